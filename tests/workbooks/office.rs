//! LibreOffice opens, recalculates and converts the workbooks, and no figure changes.
//!
//! Skipped, saying so, where LibreOffice is not there; with `RAILAIR_NEEDS_OFFICE=1` that is a
//! failure.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use calamine::{Data, Reader, Xlsx, open_workbook};
use railair::engine::Options;
use railair::report::instance::convert;

use crate::support::{Desk, files};

/// Always recalculates what it opens.
const PROFILE: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item>
<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="ODFRecalcMode" oor:op="fuse"><value>0</value></prop></item>
</oor:items>"#;

/// LibreOffice with a profile of its own, if it is there.
struct Office {
    profile: PathBuf,
}

impl Office {
    fn find(desk: &Desk) -> Option<Self> {
        let there = Command::new("soffice").arg("--version").output().is_ok();
        if !there {
            assert!(
                std::env::var_os("RAILAIR_NEEDS_OFFICE").is_none(),
                "soffice is not there, and RAILAIR_NEEDS_OFFICE is set"
            );
            eprintln!("skipped: soffice is not there");
            return None;
        }
        let profile = desk.path("profile");
        fs::create_dir_all(profile.join("user")).expect("a folder");
        fs::write(profile.join("user/registrymodifications.xcu"), PROFILE).expect("a file");
        Some(Self { profile })
    }

    /// Opens a file and saves it in a format; where to.
    fn save_as(&self, file: &Path, format: &str, folder: &Path) -> PathBuf {
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

type Sheets = BTreeMap<String, BTreeMap<(u32, u32), Data>>;

fn cells(path: &Path) -> Sheets {
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

fn assert_same(before: &Sheets, after: &Sheets) {
    let names: Vec<&String> = before.keys().collect();
    assert_eq!(names, after.keys().collect::<Vec<_>>());
    for (name, cells) in before {
        for (at, value) in cells {
            let other = after[name].get(at);
            let same = match (value, other) {
                // LibreOffice saves the fifteen digits that count
                (Data::Float(one), Some(Data::Float(two))) => {
                    (one - two).abs() <= one.abs() * 5e-15
                }
                (value, other) => Some(value) == other,
            };
            assert!(same, "{name} {at:?}: {value:?} became {other:?}");
        }
        assert_eq!(cells.len(), after[name].len(), "{name}");
    }
}

#[test]
fn libreoffice_changes_no_figure_of_a_plan() {
    let desk = Desk::new();
    let Some(office) = Office::find(&desk) else {
        return;
    };
    let shipped = Path::new(env!("CARGO_MANIFEST_DIR"));
    for (name, scenario) in [
        ("src/cli/starter", None),
        ("instances/liege-2019-week", Some("no-trains")),
    ] {
        let prepared = railair::prepare(&shipped.join(name), scenario).expect("an instance");
        let plan = prepared.solve(&Options::default()).expect("a plan");
        let bytes = railair::report::workbook::plan(&plan, &[]).expect("a workbook");
        let file = desk.path("plan.xlsx");
        fs::write(&file, bytes).expect("a file");
        let saved = office.save_as(&file, "xlsx", &desk.path("saved"));
        assert_same(&cells(&file), &cells(&saved));
        office.save_as(&file, "pdf", &desk.path("saved"));
    }
}

#[test]
fn libreoffice_changes_no_cell_of_an_instance() {
    let desk = Desk::new();
    let Some(office) = Office::find(&desk) else {
        return;
    };
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("instances/liege-2019-peak");
    let file = desk.path("net.xlsx");
    convert(&folder, &file).expect("a workbook");
    convert(&folder, &desk.path("tidy")).expect("a folder");
    let tidy = files(&desk.path("tidy"));
    for format in ["xlsx", "ods"] {
        let saved = office.save_as(&file, format, &desk.path("saved"));
        let back = desk.path(&format!("back-from-{format}"));
        convert(&saved, &back).expect("a folder");
        for (name, text) in &tidy {
            let text = String::from_utf8_lossy(text);
            assert_eq!(
                text,
                String::from_utf8_lossy(&files(&back)[name]),
                "{name} in {format}"
            );
        }
        // what was planned from the folder is proven from the saved workbook: the hashes are the same
        let hashes = |path: &Path| {
            railair::instance::load(path, None)
                .instance
                .expect("an instance")
                .hashes
        };
        assert_eq!(hashes(&desk.path("tidy")), hashes(&saved));
    }
}
