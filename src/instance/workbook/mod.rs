//! Reads one workbook with a sheet per table into text tables.
//!
//! The sheets have the names and columns of the CSV tables. What spreadsheets and people do to
//! tables is read right or refused with its cell: titles above the header, empty rows and columns,
//! numbers, dates and times in cells of their own type, numbers kept as text, hidden sheets,
//! formulas with their last result. A sheet with another name is the planner's own business and
//! only warned about, unless its name is nearly a table's.
//!
//! Hostile files cost bounded memory and end in a finding: [`archive`] unpacks every part once,
//! into nothing, and refuses a workbook whose parts are too large before anything parses them;
//! [`open_document`] does the same for the repeated cells of `.ods`.

mod archive;
mod currency;
pub(super) mod form;
mod open_cells;
mod open_document;
mod renamed_errors;
mod sheet;
mod text;
mod values;

use std::path::Path;

use super::canonical;
use super::codes::Code;
use super::findings::{Finding, Findings, nearest, quoted, shown};
use super::header::Home;
use super::schema::Table;
use super::source::Texts;
use super::tables::table_schema;
use values::Book;

/// Sheets that railair writes for people, and that hold no table.
pub(super) const GUIDE: &str = "guide";

/// What a path's last letters say about the kind of file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Extension {
    /// A workbook that can be read.
    Workbook,
    /// A spreadsheet in another format.
    OtherSpreadsheet,
    /// Something else.
    Other,
}

/// What kind of file a path names.
pub(super) fn extension(path: &Path) -> Extension {
    let text = path.extension().unwrap_or_default().to_string_lossy();
    match text.to_ascii_lowercase().as_str() {
        "xlsx" | "xlsm" | "ods" => Extension::Workbook,
        "xls" | "xlsb" | "xltx" | "fods" | "numbers" => Extension::OtherSpreadsheet,
        _ => Extension::Other,
    }
}

/// Whether a path names a workbook that railair reads, by its last letters.
pub fn is_workbook(path: &Path) -> bool {
    extension(path) == Extension::Workbook
}

/// A spreadsheet that is not read.
pub(super) fn unread_format(message: &str) -> archive::Refusal {
    let remedy = "save it as .xlsx, without a password";
    Box::new(Finding::new(Code::UnreadFormat, message, remedy))
}

/// Reads every table of a workbook.
pub(super) fn read(path: &Path, findings: &mut Findings) -> Texts {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let name = shown(&name);
    let format = values::guarded(|| archive::check(path));
    let opened = format.and_then(|format| values::open(path, format));
    let mut book = match opened {
        Ok(book) => book,
        Err(finding) => {
            findings.push(finding.in_file(name));
            return Texts::default();
        }
    };
    let sheets = find_sheets(&book, findings);
    let mut texts = Texts::default();
    for table in table_schema() {
        let errors = findings.errors();
        let sheet = sheets.iter().find(|(of, _)| of.name == table.name);
        match sheet {
            Some((_, sheet)) => read_sheet(&mut book, table, sheet, &mut texts, findings),
            None if table.required => {
                let message = format!("sheet `{}` is missing", table.name);
                let remedy = "add it; its columns stand in the format reference";
                let finding = Finding::new(Code::MissingTable, message, remedy);
                findings.push(finding.in_file(&name));
            }
            None => {}
        }
        if findings.errors() > errors {
            texts.mark_incomplete(table.name);
        }
    }
    texts
}

/// Which sheet holds which table; others are reported.
fn find_sheets(book: &Book, findings: &mut Findings) -> Vec<(&'static Table, String)> {
    let mut found: Vec<(&'static Table, String)> = Vec::new();
    for (sheet, hidden) in book.sheets() {
        let name = sheet.trim().to_lowercase();
        let table = table_schema().iter().find(|table| table.name == name);
        let file = shown(sheet);
        match table {
            Some(table) if found.iter().any(|(of, _)| of.name == table.name) => {
                let message = format!("a second sheet is called {}", quoted(table.name));
                let remedy = "remove one of them";
                findings.push(Finding::new(Code::DuplicateSheet, message, remedy).in_file(file));
            }
            Some(table) => {
                found.push((table, sheet.clone()));
                if *hidden {
                    let message = "the sheet is hidden, and is read all the same";
                    let remedy = "unhide it, or remove it";
                    findings.push(Finding::new(Code::HiddenSheet, message, remedy).in_file(file));
                }
            }
            None if name == GUIDE => {}
            None => findings.push(foreign(sheet, &name).in_file(file)),
        }
    }
    found
}

fn foreign(sheet: &str, name: &str) -> Finding {
    match nearest(name, table_schema().iter().map(|table| table.name)) {
        Some(table) => Finding::new(
            Code::UnknownTable,
            format!("{} is not a table of railair", quoted(sheet)),
            format!("did you mean `{table}`? Give it another name if not"),
        ),
        None => Finding::new(
            Code::ForeignSheet,
            "the sheet is no table of railair and is not read",
            "no need to change anything if it is not meant to be read",
        ),
    }
}

/// Reads a sheet. An optional table without rows is the same as none.
fn read_sheet(
    book: &mut Book,
    table: &'static Table,
    sheet: &str,
    texts: &mut Texts,
    findings: &mut Findings,
) {
    let errors = findings.errors();
    let home = Home::of(texts);
    let Some(mut made) = sheet::read(book, table, sheet, &home, findings) else {
        return;
    };
    if made.is_empty() {
        if table.required && findings.errors() == errors {
            let finding = Finding::new(Code::NoRows, "has no rows", "add at least one row");
            findings.push(finding.in_file(&made.file));
        }
        if !table.required {
            return;
        }
    }
    made.hash = blake3::hash(&canonical::csv(&made)).to_hex().to_string();
    texts.add(Some(made));
}
