//! The cells of a workbook one after the other, as text, with what is special about them.

use std::borrow::Cow;
use std::fs::File;
use std::io::BufReader;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use calamine::{DataRef, ExcelDateTime, Reader, SheetVisible, Xlsx, XlsxError};

use super::super::schema::Kind;
use super::archive::{self, Format, Refusal};
use super::currency;
use super::open_cells::{self, OpenDocument};
use super::renamed_errors;
use super::text::{self, Days};

/// A cell that holds something.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// Text or a number.
    Text(String),
    /// A number, and the currency that its cell shows beside it.
    Price(String, &'static str),
    /// A date, a time or a duration that is kept as a count of days.
    Days(Days),
    /// A truth value, whose spelling depends on the column.
    Truth(bool),
    /// An error of the spreadsheet: `#REF!`.
    Error(String),
    /// A formula whose result was not saved.
    NoResult,
}

impl Value {
    /// Its text in a column of a kind.
    pub fn text(&self, kind: Option<&Kind>) -> Cow<'_, str> {
        match self {
            Self::Text(text) | Self::Error(text) | Self::Price(text, _) => text.into(),
            Self::Days(days) => days.text(kind).into(),
            Self::Truth(truth) => text::truth(*truth, kind).into(),
            Self::NoResult => "".into(),
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
    OpenXml(PathBuf, Box<Xlsx<BufReader<File>>>),
    OpenDocument(OpenDocument),
}

/// Opens a workbook that [`archive::check`] has passed.
pub fn open(path: &Path, format: Format) -> Result<Book, Refusal> {
    guarded(|| {
        if format == Format::OpenDocument {
            let document = open_cells::open(path)?;
            return Ok(Book {
                sheets: document.names(),
                source: Source::OpenDocument(document),
            });
        }
        let book = open_xml(File::open(path).map_err(|error| archive::damaged(&error))?)?;
        let metadata = book.sheets_metadata().iter();
        let sheets = metadata
            .map(|sheet| (sheet.name.clone(), sheet.visible != SheetVisible::Visible))
            .collect();
        Ok(Book {
            source: Source::OpenXml(path.to_owned(), book),
            sheets,
        })
    })
}

fn open_xml(file: File) -> Result<Box<Xlsx<BufReader<File>>>, Refusal> {
    let book = Xlsx::new(BufReader::new(file));
    Ok(Box::new(book.map_err(|error| wrong_xlsx(&error))?))
}

impl Book {
    /// Names of all sheets in their order, and whether they are hidden.
    pub fn sheets(&self) -> &[(String, bool)] {
        &self.sheets
    }

    /// Shows all cells of a sheet that hold something, row by row.
    pub fn cells(&mut self, sheet: &str, take: &mut Take<'_>) -> Result<(), Refusal> {
        guarded(|| match &mut self.source {
            Source::OpenXml(path, book) => {
                let mut shown = 0;
                match stream(book, sheet, &mut shown, 0, take) {
                    // an error newer than the reader behind: once more, from where it gave up
                    Err(XlsxError::CellError(_)) => {
                        **book = *open_xml(renamed_errors::as_texts(path)?)?;
                        stream(book, sheet, &mut 0, shown, take)
                    }
                    other => other,
                }
                .map_err(|error| wrong_xlsx(&error))
            }
            Source::OpenDocument(document) => {
                document.cells(sheet, take);
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

/// Counts the cells that are read in `read`, and shows those after the first `known`.
fn stream(
    book: &mut Xlsx<BufReader<File>>,
    sheet: &str,
    read: &mut usize,
    known: usize,
    take: &mut Take<'_>,
) -> Result<(), XlsxError> {
    let mut shown = currencies(book, sheet)?.into_iter().peekable();
    let mut cells = match book.worksheet_cells_reader(sheet) {
        // a sheet of its own with a chart has no cells
        Err(XlsxError::NotAWorksheet(_)) => return Ok(()),
        other => other?,
    };
    while let Some(record) = cells.next_cell_with_formula_metadata()? {
        *read += 1;
        let currency = shown.next_if(|(place, _)| *place == record.pos);
        if *read <= known {
            continue;
        }
        let value = match record.value {
            DataRef::Empty if record.formula.is_some() => Value::NoResult,
            DataRef::Empty => continue,
            DataRef::SharedString(text) => Value::Text(text.to_owned()),
            DataRef::String(text) if is_error(&text) => Value::Error(text),
            DataRef::String(text) => Value::Text(text),
            DataRef::Int(whole) => number(whole.to_string(), currency),
            DataRef::Float(value) => number(text::number(value), currency),
            DataRef::Bool(truth) => Value::Truth(truth),
            DataRef::DateTime(point) => Value::Days(serial(&point)),
            DataRef::DateTimeIso(point) => text::iso_point(&point),
            DataRef::DurationIso(span) => text::iso_span(&span),
            DataRef::Error(error) => Value::Error(error.to_string()),
        };
        if !take(record.pos.0, record.pos.1, value) {
            break;
        }
    }
    Ok(())
}

/// The currency that a cell shows, by its row and column.
type Shown = ((u32, u32), &'static str);

fn number(text: String, currency: Option<Shown>) -> Value {
    match currency {
        Some((_, sign)) => Value::Price(text, sign),
        None => Value::Text(text),
    }
}

/// The cells of a sheet that show a currency, in the order in which cells are read; the sheet is
/// gone through for them only where the workbook has such a format.
fn currencies(book: &mut Xlsx<BufReader<File>>, sheet: &str) -> Result<Vec<Shown>, XlsxError> {
    let mut cells = match book.worksheet_cells_reader(sheet) {
        Err(XlsxError::NotAWorksheet(_)) => return Ok(Vec::new()),
        other => other?,
    };
    let formats = cells
        .styles()
        .iter()
        .map(|style| style.number_format.as_ref());
    let signs: Vec<Option<&'static str>> = formats
        .map(|format| {
            format.and_then(|format| currency::of_format(&format.format_code, format.format_id))
        })
        .collect();
    let mut found = Vec::new();
    if signs.iter().all(Option::is_none) {
        return Ok(found);
    }
    while let Some((row, column, style)) = cells.next_style_id()? {
        if let Some(sign) = signs.get(style).copied().flatten() {
            found.push(((row, column), sign));
        }
    }
    Ok(found)
}

/// Whether a text is an error that a spreadsheet shows (LibreOffice: `Err:502` too).
pub fn is_error(text: &str) -> bool {
    const ERRORS: [&str; 18] = [
        "#BLOCKED!",
        "#BUSY!",
        "#CALC!",
        "#CONNECT!",
        "#DATA!",
        "#DIV/0!",
        "#EXTERNAL!",
        "#FIELD!",
        "#GETTING_DATA",
        "#N/A",
        "#NAME?",
        "#NULL!",
        "#NUM!",
        "#PYTHON!",
        "#REF!",
        "#SPILL!",
        "#UNKNOWN!",
        "#VALUE!",
    ];
    let number = text.strip_prefix("Err:").unwrap_or("");
    ERRORS.contains(&text) || (number.len() == 3 && number.bytes().all(|b| b.is_ascii_digit()))
}

/// Whether a number that shows this text stands for an error: in whatever language the spreadsheet
/// spoke (`#NV`, `#BEZUG!`), no number looks like that.
pub fn is_error_of_a_number(text: &str) -> bool {
    let letters = text.strip_prefix('#').unwrap_or("");
    letters.chars().next().is_some_and(char::is_uppercase)
        && letters
            .chars()
            .all(|c| c.is_uppercase() || matches!(c, '/' | '!' | '?' | '_' | '0'))
}

/// A point of time that a spreadsheet counts in days.
fn serial(point: &ExcelDateTime) -> Days {
    let days = point.as_f64();
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
    let shown = match parsed {
        Ok(parsed) if (1.0..2_958_466.0).contains(&days) => text::point(parsed),
        // the 29th of February 1900, or nothing in the calendar
        _ => text::number(days),
    };
    Days::new(days, point.is_duration(), shown)
}

fn wrong_xlsx(error: &XlsxError) -> Refusal {
    match error {
        XlsxError::Password => archive::encrypted(),
        other => archive::refused(other),
    }
}
