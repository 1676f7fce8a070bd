//! Reads a folder of CSV files into text tables.
//!
//! A byte order mark, CRLF, quoted cells and blank lines are no errors. A header with semicolons
//! and without commas outside of quotes announces the dialect of European spreadsheets: semicolons
//! between cells, commas in numbers.
//!
//! A file is held in memory once as bytes and once as cells; with [`MOST_BYTES`] per table no
//! instance takes more than about twelve times that to read.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use super::codes::Code;
use super::csv_text::{self, RowNumbers, delimiter, reader, unclosed_quote};
use super::encoding;
use super::findings::{Finding, Findings, nearest, quoted, shown};
use super::header::Ignored;
use super::schema::Table;
use super::source::Texts;
use super::tables::{table_named, table_schema};
use super::text_table::{Builder, TextTable};
use crate::files;

/// The most bytes of a file.
const MOST_BYTES: u64 = 256 << 20;
/// The most bytes of a line.
const LONGEST_LINE: usize = 1 << 20;
/// Tables of a plan that are none of an instance, beside which they may lie.
pub const PLAN_TABLES: &[&str] = &[
    "allocation",
    "allocation_tail",
    "departures",
    "purchases",
    "purchases_tail",
    "prices",
    "choices",
    "branches",
    "branch_prices",
    "conflict",
];

/// Reads every table of a folder.
pub(super) fn read(folder: &Path, findings: &mut Findings) -> Texts {
    find_unknown_files(folder, findings);
    let is_plan = folder.join("run.json").exists() && folder.join("allocation.csv").exists();
    read_each(
        findings,
        |table, file, ignored, findings| match files::open(&folder.join(file)) {
            Ok(opened) => read_table(table, file, opened, ignored, findings),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                report_missing(table, file, is_plan, findings);
                None
            }
            Err(error) => {
                findings.push(unreadable(file, &error));
                None
            }
        },
    )
}

/// Reads tables given as text under their names.
pub(super) fn read_texts(tables: &[(&str, &str)], findings: &mut Findings) -> Texts {
    read_each(findings, |table, file, ignored, findings| {
        let given = tables.iter().find(|(name, _)| *name == table.name);
        let Some((_, text)) = given else {
            report_missing(table, file, false, findings);
            return None;
        };
        read_bytes(table, file, text.as_bytes().to_vec(), ignored, findings)
    })
}

fn read_each(
    findings: &mut Findings,
    mut read: impl FnMut(&'static Table, &str, &Ignored, &mut Findings) -> Option<TextTable>,
) -> Texts {
    let mut texts = Texts::default();
    for table in table_schema() {
        let errors = findings.errors();
        let file = format!("{}.csv", table.name);
        let made = read(table, &file, &Ignored::of(&texts), findings);
        if let Some(made) = made
            .as_ref()
            .filter(|made| made.is_empty() && table.required)
            && findings.errors() == errors
        {
            let remedy = "add at least one row";
            findings.push(Finding::new(Code::NoRows, "has no rows", remedy).in_file(&made.file));
        }
        texts.add(made);
        if findings.errors() > errors {
            texts.mark_incomplete(table.name);
        }
    }
    texts
}

fn report_missing(table: &'static Table, file: &str, is_plan: bool, findings: &mut Findings) {
    if !table.required {
        return;
    }
    let remedy = match is_plan {
        true => "this folder holds a plan; give the folder of its instance".to_owned(),
        false => format!("add {file}; its columns stand in the format reference"),
    };
    findings.push(Finding::new(Code::MissingTable, "the file is missing", remedy).in_file(file));
}

fn unreadable(file: &str, error: &std::io::Error) -> Finding {
    Finding::new(
        Code::Unreadable,
        format!("cannot be read: {error}"),
        "see to its permissions, and that it is an ordinary file",
    )
    .in_file(file)
}

/// Finds CSV files that are none of the tables.
fn find_unknown_files(folder: &Path, findings: &mut Findings) {
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) => {
            findings.push(unreadable(&shown(&folder.to_string_lossy()), &error));
            return;
        }
    };
    let mut names: Vec<String> = entries
        .flatten()
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    for name in names {
        let Some((stem, extension)) = name.rsplit_once('.') else {
            continue;
        };
        let known = table_named(stem).is_some() && extension == "csv";
        let hidden = name.starts_with(['.', '~']);
        if known || hidden || PLAN_TABLES.contains(&stem) || !extension.eq_ignore_ascii_case("csv")
        {
            continue;
        }
        let remedy = match nearest(stem, table_schema().iter().map(|t| t.name)) {
            Some(table) => format!("did you mean {table}.csv?"),
            None => "move it elsewhere, or give it a table's name".to_owned(),
        };
        let message = format!("{} is not a table of railair", quoted(&name));
        findings.push(
            Finding::new(Code::UnknownTable, message, remedy)
                .in_file(shown(&name))
                .with_text(&name),
        );
    }
}

/// Reads one table; `None` where its text cannot be taken apart.
fn read_table(
    table: &'static Table,
    file: &str,
    opened: File,
    ignored: &Ignored,
    findings: &mut Findings,
) -> Option<TextTable> {
    let mut fail = |finding: Finding| -> Option<TextTable> {
        findings.push(finding.in_file(file));
        None
    };
    let too_large = || {
        Finding::new(
            Code::FileTooLarge,
            format!("is larger than {} MiB", MOST_BYTES >> 20),
            "leave out columns and rows that are not needed",
        )
    };
    match opened.metadata() {
        Ok(metadata) if metadata.len() > MOST_BYTES => return fail(too_large()),
        Ok(metadata) if !metadata.is_file() => {
            return fail(unreadable(file, &std::io::Error::other("not a file")));
        }
        Ok(_) => {}
        Err(error) => return fail(unreadable(file, &error)),
    }
    let mut bytes = Vec::new();
    if let Err(error) = opened.take(MOST_BYTES + 1).read_to_end(&mut bytes) {
        return fail(unreadable(file, &error));
    }
    if bytes.len() as u64 > MOST_BYTES {
        return fail(too_large());
    }
    read_bytes(table, file, bytes, ignored, findings)
}

fn read_bytes(
    table: &'static Table,
    file: &str,
    bytes: Vec<u8>,
    ignored: &Ignored,
    findings: &mut Findings,
) -> Option<TextTable> {
    let hash = blake3::hash(&bytes).to_hex().to_string();
    let (text, foreign) = encoding::decoded(bytes);
    // what is wrong besides is told of the text that the letters probably are
    if let Some(foreign) = foreign {
        findings.push(foreign.finding(&text).in_file(file));
    }
    let text = csv_text::with_line_ends(text);
    if let Some(row) = csv_text::long_line(&text, LONGEST_LINE) {
        let message = format!("the line is longer than {} MiB", LONGEST_LINE >> 20);
        let remedy = "look whether the file is a table at all";
        let finding = Finding::new(Code::LineTooLong, message, remedy);
        findings.push(finding.in_file(file).in_row(row));
        return None;
    }
    parse(table, file, &text, hash, ignored, findings)
}

fn parse(
    table: &'static Table,
    file: &str,
    text: &str,
    hash: String,
    ignored: &Ignored,
    findings: &mut Findings,
) -> Option<TextTable> {
    let delimiter = match delimiter(text) {
        Ok(delimiter) => delimiter,
        Err(finding) => {
            findings.push(finding.in_file(file));
            return None;
        }
    };
    if let Some(row) = unclosed_quote(text, delimiter) {
        let message = "a quoted cell does not end";
        let remedy = "close the quote; a quote inside a quoted cell is written twice";
        let finding = Finding::new(Code::UnclosedQuote, message, remedy);
        findings.push(finding.in_file(file).in_row(row));
        return None;
    }
    let mut reader = reader(text, delimiter);
    let mut record = csv::StringRecord::new();
    let mut rows = RowNumbers::default();
    // reading from memory that is known to be UTF-8 cannot fail
    if !reader.read_record(&mut record).unwrap_or(false) {
        let remedy = "write the column names in its first line";
        findings.push(Finding::new(Code::NoHeader, "is empty", remedy).in_file(file));
        return None;
    }
    let number = rows.next(&record, reader.position().line());
    let header: Vec<&str> = record.iter().collect();
    let mut builder = Builder::start(table, file, number, &header, findings)?;
    while reader.read_record(&mut record).unwrap_or(false) {
        let number = rows.next(&record, reader.position().line());
        if !builder.row(number, record.iter()) {
            break;
        }
    }
    Some(builder.finish(delimiter == b';', hash, ignored))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn profiles(text: &str) -> (Option<TextTable>, Findings) {
        let mut findings = Findings::new();
        let table = table_named("profiles").unwrap();
        let bytes = text.as_bytes().to_vec();
        let ignored = Ignored::default();
        let made = read_bytes(table, "profiles.csv", bytes, &ignored, &mut findings);
        (made, findings)
    }

    #[test]
    fn rows_are_numbered_as_a_spreadsheet_shows_them() {
        let text = "\u{feff}profile,note\r\n\r\na,\"two\r\nlines\"\r\nb,\r\n\r\n\r\nc,";
        let (made, findings) = profiles(text);
        assert!(findings.is_empty(), "{findings}");
        let made = made.unwrap();
        // row 2 is blank, row 3 has a cell of two lines, rows 5 and 6 are blank
        let rows: Vec<(u32, &str)> = (0..made.len())
            .map(|r| (made.number(r), made.cell(r, 0)))
            .collect();
        assert_eq!(rows, [(3, "a"), (4, "b"), (7, "c")]);
        assert_eq!(
            made.cell(0, made.table.position("note").unwrap()),
            "two\nlines"
        );
    }

    #[test]
    fn semicolons_in_the_header_announce_decimal_commas() {
        let (made, _) = profiles("profile;mon\na;0,5\n");
        let made = made.unwrap();
        assert!(made.decimal_comma);
        assert_eq!(made.cell(0, 1), "0,5");
    }

    #[test]
    fn an_unclosed_quote_is_found_and_a_stray_one_is_not() {
        let (_, findings) = profiles("profile,note\na,\"b\nc,d\n");
        assert_eq!(findings.count(Code::UnclosedQuote), 1);
        let (made, findings) = profiles("profile,note\na,5\" pipe\nc,d\n");
        assert!(findings.is_empty(), "{findings}");
        assert_eq!(made.unwrap().len(), 2);
    }
}
