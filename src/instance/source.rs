//! Where tables come from: the seam at which each kind of source becomes text tables.

use std::collections::BTreeSet;
use std::path::Path;

use super::codes::Code;
use super::csv_folder;
use super::findings::{Finding, Findings, shown};
use super::text_table::TextTable;
use super::workbook::{self, Extension};

/// The tables of an instance as text.
#[derive(Clone, Debug, Default)]
pub struct Texts {
    tables: Vec<TextTable>,
    /// Tables of which rows could not be read.
    incomplete: BTreeSet<&'static str>,
}

impl Texts {
    /// Adds a table, or says with `None` that it could not be read.
    pub(super) fn add(&mut self, table: Option<TextTable>) {
        self.tables.extend(table);
    }

    /// Puts a table in the place of the one of the same name.
    pub(super) fn replace(&mut self, table: Option<TextTable>) {
        if let Some(table) = table {
            self.tables.retain(|old| old.table.name != table.table.name);
            self.tables.push(table);
        }
    }

    /// Says that rows of a table could not be read, so that ids may be missing.
    pub(super) fn mark_incomplete(&mut self, table: &'static str) {
        self.incomplete.insert(table);
    }

    /// A table by name; `None` where it is missing or could not be read.
    pub fn get(&self, name: &str) -> Option<&TextTable> {
        self.tables.iter().find(|text| text.table.name == name)
    }

    /// A table by the name that findings give its file or sheet.
    pub(super) fn in_file(&self, file: &str) -> Option<&TextTable> {
        self.tables.iter().find(|text| text.file == file)
    }

    /// All tables, in the order in which they were read.
    pub fn iter(&self) -> std::slice::Iter<'_, TextTable> {
        self.tables.iter()
    }

    /// A table by name, to change it.
    pub(super) fn get_mut(&mut self, name: &str) -> Option<&mut TextTable> {
        self.tables.iter_mut().find(|text| text.table.name == name)
    }

    /// Whether rows of a table could not be read.
    pub(super) fn is_incomplete(&self, name: &str) -> bool {
        self.incomplete.contains(name)
    }

    /// Row numbers and ids of a table, in row order.
    pub(super) fn rows_of<'a>(
        &'a self,
        table: &str,
        column: &str,
    ) -> impl Iterator<Item = (u32, &'a str)> + use<'a> {
        let text = self.get(table);
        let position = text.and_then(|text| text.table.position(column));
        text.zip(position).into_iter().flat_map(|(text, position)| {
            (0..text.len()).map(move |at| (text.number(at), text.cell(at, position)))
        })
    }

    /// Name and hash of each table, in the order of the format.
    pub(super) fn hashes(&self) -> Vec<(String, String)> {
        self.tables
            .iter()
            .map(|text| (text.table.name.to_owned(), text.hash.clone()))
            .collect()
    }
}

/// Reads tables given as CSV text under their names, as if they were files of a folder.
pub fn read_csv_texts(tables: &[(&str, &str)], findings: &mut Findings) -> Texts {
    csv_folder::read_texts(tables, findings)
}

/// Reads the tables of an instance as text. What is wrong with their form joins the findings;
/// what can be read is returned, each table at most once.
pub fn read_tables(path: &Path, findings: &mut Findings) -> Texts {
    let name = shown(&path.to_string_lossy());
    match std::fs::metadata(path) {
        Ok(metadata) if metadata.is_dir() => csv_folder::read(path, findings),
        Ok(_) => match workbook::extension(path) {
            Extension::Workbook => workbook::read(path, findings),
            Extension::OtherSpreadsheet => {
                let finding = workbook::unread_format("is a spreadsheet in another format");
                findings.push(finding.in_file(name));
                Texts::default()
            }
            Extension::Other => {
                findings.push(not_an_instance(path, &name));
                Texts::default()
            }
        },
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            findings.push(Finding::new(
                Code::InstanceNotFound,
                format!("there is nothing at {name}"),
                remedy_for_missing(path),
            ));
            Texts::default()
        }
        Err(error) => {
            findings.push(Finding::new(
                Code::Unreadable,
                format!("{name} cannot be read: {error}"),
                "see to its permissions",
            ));
            Texts::default()
        }
    }
}

fn not_an_instance(path: &Path, name: &str) -> Finding {
    let parent = path
        .parent()
        .filter(|folder| folder.join("settings.csv").exists());
    let remedy = match parent {
        Some(folder) if folder.as_os_str().is_empty() => {
            "give the folder that it stands in: `.`".to_owned()
        }
        Some(folder) => format!(
            "give the folder that it stands in: {}",
            shown(&folder.to_string_lossy())
        ),
        None => "give the folder that holds settings.csv, or a workbook".to_owned(),
    };
    Finding::new(
        Code::NotAnInstance,
        format!("{name} is a file, and an instance is a folder of tables or a workbook"),
        remedy,
    )
}

/// Looks in the folder above for something with a similar name.
fn remedy_for_missing(path: &Path) -> String {
    let wanted = path
        .file_name()
        .map(|name| name.to_string_lossy().into_owned());
    let parent = match path.parent() {
        Some(parent) if parent.as_os_str().is_empty() => Path::new("."),
        Some(parent) => parent,
        None => Path::new("."),
    };
    let mut names: Vec<String> = std::fs::read_dir(parent)
        .into_iter()
        .flatten()
        .flatten()
        .filter(|entry| {
            let path = entry.path();
            path.join("settings.csv").exists() || workbook::extension(&path) == Extension::Workbook
        })
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    let near = wanted
        .and_then(|wanted| super::findings::nearest(&wanted, names.iter().map(String::as_str)));
    match near {
        Some(near) => format!(
            "did you mean {}?",
            shown(&parent.join(near).to_string_lossy())
        ),
        None => "give the folder that holds settings.csv, or a workbook; `railair init` writes one to start from"
            .to_owned(),
    }
}
