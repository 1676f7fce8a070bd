//! Instances as folders of canonical CSV tables and as workbooks, written whole or not at all.
//!
//! What stands under the name is replaced only if it is exactly what railair wrote there: a
//! workbook that would be written the same again, a folder whose tables still have the hashes that
//! its list of them says. A planner's own work, or a later change of it, is never overwritten.

use std::fs;
use std::path::{Path, PathBuf};

use crate::files::{Destination, FolderError, Owner, names_in};
use crate::instance::{
    Findings, FormError, Texts, canonical_csv, is_table_file, read_tables, workbook,
};

/// The file that lists what a folder's tables were when they were written.
const LIST: &str = ".railair-convert";

/// Why an instance was not converted.
#[derive(Debug, thiserror::Error)]
pub enum ConvertError {
    /// Its tables cannot be read.
    #[error("the instance has errors")]
    Instance(Findings),
    /// It does not fit into a workbook.
    #[error(transparent)]
    Form(#[from] FormError),
    /// The target cannot be written.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// The target is a spreadsheet in a format that is only read, or not at all.
    #[error("{} cannot be written: a workbook is written as .xlsx", .0.display())]
    Format(PathBuf),
}

/// What was converted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Converted {
    /// How many tables.
    pub tables: usize,
    /// How many rows they have together.
    pub rows: usize,
}

/// Writes the tables at `from`, a folder or a workbook, to `to`: a workbook where that is what its
/// name ends in, else a folder.
///
/// # Errors
/// [`ConvertError`]; what stood at `to` before then still does.
pub fn convert(from: &Path, to: &Path) -> Result<Converted, ConvertError> {
    convert_as(from, to, false)
}

/// The same; with `force` it takes the place of whatever tables or file stand there.
///
/// # Errors
/// As for [`convert`].
pub fn convert_as(from: &Path, to: &Path, force: bool) -> Result<Converted, ConvertError> {
    let mut findings = Findings::new();
    let texts = read_tables(from, &mut findings);
    if findings.errors() > 0 {
        findings.sort();
        return Err(ConvertError::Instance(findings));
    }
    write(&texts, to, force)?;
    let written = tables(&texts);
    Ok(Converted {
        tables: written.len(),
        rows: texts.iter().map(crate::instance::TextTable::len).sum(),
    })
}

/// Writes tables to a workbook or a folder.
///
/// # Errors
/// [`ConvertError`]; what stood at `to` before then still does.
pub fn write(texts: &Texts, to: &Path, force: bool) -> Result<(), ConvertError> {
    let end = to.extension().unwrap_or_default().to_string_lossy();
    match end.to_ascii_lowercase().as_str() {
        "xlsx" => write_workbook(texts, &Destination::file(to, WORKBOOK, force)?),
        "xlsm" | "xls" | "xlsb" | "ods" => Err(ConvertError::Format(to.to_owned())),
        _ => {
            let destination = Destination::folder(to, FOLDER, force)?;
            Ok(destination.write(|folder| write_folder(texts, folder))?)
        }
    }
}

/// Writes tables as a workbook.
///
/// # Errors
/// [`ConvertError`]; what stood there before then still does.
pub fn write_workbook(texts: &Texts, to: &Destination) -> Result<(), ConvertError> {
    let bytes = workbook(texts)?;
    Ok(to.write_file(|out| out.write_all(&bytes))?)
}

/// Names and canonical text of the tables that hold something.
fn tables(texts: &Texts) -> Vec<(&'static str, Vec<u8>)> {
    texts
        .iter()
        .filter(|text| !text.is_empty() || text.is_required())
        .map(|text| (text.name(), canonical_csv(text)))
        .collect()
}

fn write_folder(texts: &Texts, folder: &Path) -> std::io::Result<()> {
    let mut list = String::from("Written by `railair convert`, with the hash of each table.\n");
    for (name, text) in tables(texts) {
        let file = format!("{name}.csv");
        list.push_str(&format!("{}  {file}\n", blake3::hash(&text)));
        fs::write(folder.join(file), text)?;
    }
    fs::write(folder.join(LIST), list)
}

/// What `convert` writes as a workbook: one that would be written the same again.
const WORKBOOK: Owner = Owner {
    what: "as railair wrote it",
    owns: |_| true,
    wrote: check_workbook,
};

/// What `convert` writes as a folder: what its list says and nothing else.
const FOLDER: Owner = Owner {
    what: "as railair wrote it",
    owns: |name| name == LIST || is_table_file(name),
    wrote: check_folder,
};

fn check_workbook(file: &Path) -> Result<(), String> {
    let again = workbook(&read_tables(file, &mut Findings::new())).ok();
    match fs::read(file) {
        Ok(bytes) if again.as_ref() == Some(&bytes) => Ok(()),
        _ => Err("it was made or changed by somebody else".to_owned()),
    }
}

fn check_folder(folder: &Path) -> Result<(), String> {
    let names = names_in(folder).map_err(|error| error.to_string())?;
    let list = fs::read_to_string(folder.join(LIST)).unwrap_or_default();
    for name in names.iter().filter(|name| *name != LIST) {
        let bytes = fs::read(folder.join(name)).unwrap_or_default();
        let line = format!("{}  {name}", blake3::hash(&bytes));
        if !list.lines().any(|listed| listed == line) {
            return Err(match list.contains(&format!("  {name}\n")) {
                true => format!("{name} has changed since"),
                false => format!("it holds {name}"),
            });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::instance::read_csv_texts;

    fn texts(note: &str) -> Texts {
        let profiles = format!("profile,mon,sun,note\nweek,0.50,.5,{note}\n");
        let tables = [
            ("profiles", profiles.as_str()),
            ("limits", "limit,metric\n"),
        ];
        read_csv_texts(&tables, &mut Findings::new())
    }

    #[test]
    fn a_folder_is_canonical_and_replaced_only_while_it_is_ours() {
        let home = tempfile::tempdir().expect("a folder");
        let target = home.path().join("net");
        write(&texts("=1+1"), &target, false).expect("a new folder");
        let read = |name: &str| fs::read_to_string(target.join(name));
        let first = read("profiles.csv").expect("a table");
        assert_eq!(first, "profile,mon,sun,note\nweek,0.5,0.5,=1+1\n");
        assert!(
            read("limits.csv").is_err(),
            "an optional table without rows"
        );
        write(&texts("two"), &target, false).expect("over our own");

        fs::write(target.join("profiles.csv"), "profile\nmine\n").expect("a file");
        let error = write(&texts("three"), &target, false).expect_err("changed");
        assert!(
            error.to_string().contains("profiles.csv has changed"),
            "{error}"
        );
        let foreign = home.path().join("mine");
        fs::create_dir(&foreign).expect("a folder");
        write(&texts("x"), &foreign, false).expect("an empty folder");
        fs::write(foreign.join(".secret"), "").expect("a file");
        let error = write(&texts("x"), &foreign, false).expect_err("a stranger");
        assert!(error.to_string().contains("it holds .secret"), "{error}");
    }

    #[test]
    fn a_workbook_is_replaced_only_while_it_is_ours() {
        let home = tempfile::tempdir().expect("a folder");
        let target = home.path().join("net.xlsx");
        write(&texts("one"), &target, false).expect("a new file");
        let one = fs::read(&target).expect("a file");
        write(&texts("two"), &target, false).expect("over our own");
        assert_ne!(fs::read(&target).expect("a file"), one);
        write(&texts("one"), &target, false).expect("over our own");
        assert_eq!(
            fs::read(&target).expect("a file"),
            one,
            "same tables, same bytes"
        );

        fs::write(&target, "my thesis").expect("a file");
        let error = write(&texts("one"), &target, false).expect_err("a stranger");
        assert!(error.to_string().contains("somebody else"), "{error}");
        assert!(matches!(
            write(&texts("one"), &home.path().join("net.ods"), true),
            Err(ConvertError::Format(_))
        ));
    }
}
