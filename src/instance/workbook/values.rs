//! The cells of a workbook one after the other, as text, with what is special about them.

use std::fs::File;
use std::io::BufReader;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use calamine::{
    Data, DataRef, ExcelDateTime, Ods, OdsError, Range, Reader, SheetVisible, Xlsx, XlsxError,
};

use super::super::schema::Kind;
use super::archive::{self, Format, Refusal};
use super::text;

/// A cell that holds something.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// Text or a number.
    Text(String),
    /// A truth value, whose spelling depends on the column.
    Truth(bool),
    /// An error of the spreadsheet: `#REF!`.
    Error(String),
    /// A formula whose result was not saved.
    NoResult,
}

impl Value {
    /// Its text in a column of a kind.
    pub fn text(&self, kind: Option<&Kind>) -> &str {
        match self {
            Self::Text(text) | Self::Error(text) => text,
            Self::Truth(truth) => text::truth(*truth, kind),
            Self::NoResult => "",
        }
    }

    /// Whether it says nothing.
    pub fn is_blank(&self) -> bool {
        matches!(self, Self::Text(text) if text.trim().is_empty())
    }
}

/// Takes a cell: row and column from 0, value. `false` ends the reading.
pub type Take<'a> = dyn FnMut(u32, u32, Value) -> bool + 'a;

/// An open workbook.
pub struct Book {
    source: Source,
    /// Names, and whether they are hidden.
    sheets: Vec<(String, bool)>,
}

enum Source {
    OpenXml(Box<Xlsx<BufReader<File>>>),
    OpenDocument(Box<Ods<BufReader<File>>>),
}

/// Opens a workbook that [`archive::check`] has passed.
pub fn open(path: &Path, format: Format) -> Result<Book, Refusal> {
    guarded(|| {
        let file = BufReader::new(File::open(path).map_err(|error| archive::damaged(&error))?);
        let source = match format {
            Format::OpenXml => Source::OpenXml(Box::new(
                Xlsx::new(file).map_err(|error| wrong_xlsx(&error))?,
            )),
            Format::OpenDocument => {
                Source::OpenDocument(Box::new(Ods::new(file).map_err(|error| wrong_ods(&error))?))
            }
        };
        let metadata = match &source {
            Source::OpenXml(book) => book.sheets_metadata(),
            Source::OpenDocument(book) => book.sheets_metadata(),
        };
        let sheets = metadata
            .iter()
            .map(|sheet| (sheet.name.clone(), sheet.visible != SheetVisible::Visible))
            .collect();
        Ok(Book { source, sheets })
    })
}

impl Book {
    /// Names of all sheets in their order, and whether they are hidden.
    pub fn sheets(&self) -> &[(String, bool)] {
        &self.sheets
    }

    /// Shows all cells of a sheet that hold something, row by row.
    pub fn cells(&mut self, sheet: &str, take: &mut Take<'_>) -> Result<(), Refusal> {
        guarded(|| match &mut self.source {
            Source::OpenXml(book) => stream(book, sheet, take).map_err(|error| wrong_xlsx(&error)),
            Source::OpenDocument(book) => {
                let values = book.worksheet_range(sheet).map_err(|e| wrong_ods(&e))?;
                let formulas = book.worksheet_formula(sheet).map_err(|e| wrong_ods(&e))?;
                show(&values, &formulas, take);
                Ok(())
            }
        })
    }
}

/// The reader behind is not known to be free of panics on hostile files, and railair must be.
pub fn guarded<T>(read: impl FnOnce() -> Result<T, Refusal>) -> Result<T, Refusal> {
    catch_unwind(AssertUnwindSafe(read))
        .unwrap_or_else(|_| Err(archive::damaged(&"its parts contradict each other")))
}

fn stream(
    book: &mut Xlsx<BufReader<File>>,
    sheet: &str,
    take: &mut Take<'_>,
) -> Result<(), XlsxError> {
    let mut cells = match book.worksheet_cells_reader(sheet) {
        // a sheet of its own with a chart has no cells
        Err(XlsxError::NotAWorksheet(_)) => return Ok(()),
        other => other?,
    };
    while let Some(record) = cells.next_cell_with_formula_metadata()? {
        let value = match record.value {
            DataRef::Empty if record.formula.is_some() => Value::NoResult,
            DataRef::Empty => continue,
            DataRef::SharedString(text) => Value::Text(text.to_owned()),
            DataRef::String(text) => Value::Text(text),
            DataRef::Int(whole) => Value::Text(whole.to_string()),
            DataRef::Float(value) => Value::Text(text::number(value)),
            DataRef::Bool(truth) => Value::Truth(truth),
            DataRef::DateTime(point) => Value::Text(serial(&point)),
            DataRef::DateTimeIso(point) => Value::Text(text::iso_point(&point)),
            DataRef::DurationIso(span) => Value::Text(text::iso_span(&span)),
            DataRef::Error(error) => Value::Error(error.to_string()),
        };
        if !take(record.pos.0, record.pos.1, value) {
            break;
        }
    }
    Ok(())
}

fn show(values: &Range<Data>, formulas: &Range<String>, take: &mut Take<'_>) {
    let ranges = [
        values.start().zip(values.end()),
        formulas.start().zip(formulas.end()),
    ];
    for row in span(&ranges, |corner| corner.0) {
        for column in span(&ranges, |corner| corner.1) {
            let has_formula = || {
                formulas
                    .get_value((row, column))
                    .is_some_and(|f| !f.is_empty())
            };
            let value = match values.get_value((row, column)) {
                None | Some(Data::Empty) if has_formula() => Value::NoResult,
                None | Some(Data::Empty) => continue,
                Some(value) => value_of(value),
            };
            if !take(row, column, value) {
                return;
            }
        }
    }
}

type Corners = ((u32, u32), (u32, u32));

/// The rows, or columns, that any of the ranges has.
fn span(ranges: &[Option<Corners>], of: fn((u32, u32)) -> u32) -> std::ops::Range<u32> {
    let first = ranges.iter().flatten().map(|range| of(range.0)).min();
    let last = ranges.iter().flatten().map(|range| of(range.1)).max();
    first.unwrap_or(0)..last.map_or(0, |last| last + 1)
}

fn value_of(value: &Data) -> Value {
    match value {
        Data::Empty => Value::Text(String::new()),
        Data::String(text) if is_error(text) => Value::Error(text.clone()),
        Data::String(text) => Value::Text(text.clone()),
        Data::Int(whole) => Value::Text(whole.to_string()),
        Data::Float(value) => Value::Text(text::number(*value)),
        Data::Bool(truth) => Value::Truth(*truth),
        Data::DateTime(point) => Value::Text(serial(point)),
        Data::DateTimeIso(point) => Value::Text(text::iso_point(point)),
        Data::DurationIso(span) => Value::Text(text::iso_span(span)),
        Data::Error(error) => Value::Error(error.to_string()),
    }
}

/// OpenDocument keeps an error as the text that the cell shows (LibreOffice: `Err:502` too).
fn is_error(text: &str) -> bool {
    const ERRORS: [&str; 8] = [
        "#DIV/0!",
        "#N/A",
        "#NAME?",
        "#NULL!",
        "#NUM!",
        "#REF!",
        "#VALUE!",
        "#GETTING_DATA",
    ];
    let number = text.strip_prefix("Err:").unwrap_or("");
    ERRORS.contains(&text) || (number.len() == 3 && number.bytes().all(|b| b.is_ascii_digit()))
}

/// A point of time that a spreadsheet counts in days.
fn serial(point: &ExcelDateTime) -> String {
    let days = point.as_f64();
    if point.is_duration() {
        return text::clock((days * 86_400.0).round() as i64);
    }
    let (year, month, day, hour, minute, second, milli) = point.to_ymd_hms_milli();
    let parsed = jiff::civil::DateTime::new(
        i16::try_from(year).unwrap_or(i16::MAX),
        month as i8,
        day as i8,
        hour as i8,
        minute as i8,
        second as i8,
        i32::from(milli) * 1_000_000,
    );
    match parsed {
        Ok(parsed) if (0.0..2_958_466.0).contains(&days) => text::point(parsed, days < 1.0),
        // the 29th of February 1900, or nothing in the calendar
        _ => text::number(days),
    }
}

fn wrong_xlsx(error: &XlsxError) -> Refusal {
    match error {
        XlsxError::Password => archive::encrypted(),
        other => archive::refused(other),
    }
}

fn wrong_ods(error: &OdsError) -> Refusal {
    match error {
        OdsError::Password => archive::encrypted(),
        OdsError::CellLimitExceeded { .. } => archive::too_large("has too many cells"),
        other => archive::refused(other),
    }
}
