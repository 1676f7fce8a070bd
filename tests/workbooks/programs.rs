//! LibreOffice and Gnumeric, where they are there.
//!
//! Skipped, saying so, where one is not; with `RAILAIR_NEEDS_OFFICE=1` that is a failure.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use calamine::{Data, Reader, Xlsx, open_workbook};

use crate::support::Desk;

fn is_there(program: &str) -> bool {
    let there = Command::new(program).arg("--version").output().is_ok();
    if !there {
        assert!(
            std::env::var_os("RAILAIR_NEEDS_OFFICE").is_none(),
            "{program} is not there, and RAILAIR_NEEDS_OFFICE is set"
        );
        eprintln!("skipped: {program} is not there");
    }
    there
}

/// Always recalculates what it opens.
const PROFILE: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item>
<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="ODFRecalcMode" oor:op="fuse"><value>0</value></prop></item>
</oor:items>"#;

/// LibreOffice with a profile of its own, if it is there.
pub struct Office {
    profile: PathBuf,
}

impl Office {
    pub fn find(desk: &Desk) -> Option<Self> {
        if !is_there("soffice") {
            return None;
        }
        let profile = desk.path("profile");
        fs::create_dir_all(profile.join("user")).expect("a folder");
        fs::write(profile.join("user/registrymodifications.xcu"), PROFILE).expect("a file");
        Some(Self { profile })
    }

    /// Opens a file and saves it in a format; where to.
    pub fn save_as(&self, file: &Path, format: &str, folder: &Path) -> PathBuf {
        let output = Command::new("soffice")
            .arg(format!(
                "-env:UserInstallation=file://{}",
                self.profile.display()
            ))
            .args([
                "--headless",
                "--norestore",
                "--convert-to",
                format,
                "--outdir",
            ])
            .arg(folder)
            .arg(file)
            .output()
            .expect("soffice runs");
        let made = folder
            .join(file.file_stem().expect("a name"))
            .with_extension(format);
        assert!(
            made.exists(),
            "{}{}",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        );
        made
    }
}

/// Cells that hold something, by sheet and place.
pub type Sheets = BTreeMap<String, BTreeMap<(u32, u32), Data>>;

/// Reads a workbook.
pub fn cells(path: &Path) -> Sheets {
    let mut book: Xlsx<_> = open_workbook(path).expect("a workbook");
    let mut sheets = Sheets::new();
    for name in book.sheet_names() {
        let range = book.worksheet_range(&name).expect("a sheet");
        let start = range.start().unwrap_or_default();
        let used = range.used_cells().filter(|(_, _, value)| {
            // one program keeps an empty text, the other a blank
            !matches!(value, Data::Empty) && **value != Data::String(String::new())
        });
        let cells = used.map(|(row, column, value)| {
            let at = (start.0 + row as u32, start.1 + column as u32);
            (at, value.clone())
        });
        sheets.insert(name, cells.collect());
    }
    sheets
}

/// Gnumeric's `ssconvert`, if it is there.
pub struct Gnumeric;

impl Gnumeric {
    pub fn find() -> Option<Self> {
        is_there("ssconvert").then_some(Self)
    }

    /// Opens a workbook, recalculates it and saves it in a format; where to.
    pub fn save_as(&self, file: &Path, format: &str, folder: &Path) -> PathBuf {
        fs::create_dir_all(folder).expect("a folder");
        let made = folder
            .join(file.file_stem().expect("a name"))
            .with_extension(format);
        let output = Command::new("ssconvert")
            .arg("--recalc")
            .args([file, &made])
            .output()
            .expect("ssconvert runs");
        assert!(
            made.exists(),
            "{}{}",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        );
        made
    }
}
