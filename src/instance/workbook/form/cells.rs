//! Cells of the type of their column.

use jiff::civil::Date;
use rust_xlsxwriter::{Color, Format, FormatAlign, Worksheet, XlsxError};

use super::super::super::canonical;
use super::super::super::schema::{Blank, Kind, Number, Scale, Table};
use super::super::super::text_table::TextTable;
use super::super::super::words;
use super::super::text;

/// Colour of what every instance needs.
pub const REQUIRED: Color = Color::RGB(0x1F4E78);
/// Colour of what may be left out.
pub const OPTIONAL: Color = Color::RGB(0xBDD0E4);
/// Colour of what is still missing.
pub const MISSING: Color = Color::RGB(0xFFD9B3);
/// Rows that decide about the width of a column.
const ROWS_TO_MEASURE: usize = 500;
/// Numbers from here on have their thousands separated.
const LARGE: i64 = 100_000;

/// How cells look.
pub struct Styles {
    /// The header of a column that must be filled in.
    pub required: Format,
    /// The header of a column with a default.
    pub optional: Format,
    /// Text, a little apart from a number before it.
    pub text: Format,
    date: Format,
    time: Format,
    count: Format,
}

impl Styles {
    /// The styles of all sheets.
    pub fn new() -> Self {
        let header = Format::new()
            .set_bold()
            .set_indent(1)
            .set_align(FormatAlign::VerticalCenter);
        Self {
            text: Format::new().set_indent(1),
            required: header
                .clone()
                .set_background_color(REQUIRED)
                .set_font_color(Color::White),
            optional: header.set_background_color(OPTIONAL),
            date: Format::new()
                .set_num_format("yyyy-mm-dd")
                .set_align(FormatAlign::Right),
            time: Format::new()
                .set_num_format("hh:mm")
                .set_align(FormatAlign::Right),
            count: Format::new().set_num_format("#,##0"),
        }
    }
}

/// Writes the rows of a table.
pub struct Writer<'a> {
    /// Where to.
    pub sheet: &'a mut Worksheet,
    /// How they look.
    pub styles: &'a Styles,
}

impl Writer<'_> {
    /// All rows below the header.
    pub fn write(&mut self, table: &TextTable) -> Result<(), XlsxError> {
        for row in 0..table.len() {
            for column in 0..table.table.columns.len() {
                let text = canonical::cell(table, row, column);
                if !text.is_empty() {
                    let kind = canonical::kind(table, row, column);
                    let counts = is_count(&table.table.columns[column].kind, &text);
                    self.cell((row as u32 + 1, column as u16), &text, (kind, counts))?;
                }
            }
        }
        Ok(())
    }

    fn cell(
        &mut self,
        (row, column): (u32, u16),
        text: &str,
        (kind, counts): (Kind, bool),
    ) -> Result<(), XlsxError> {
        let (sheet, styles) = (&mut *self.sheet, self.styles);
        match (value_of(text, &kind), kind) {
            (None, _) => sheet.write_string_with_format(row, column, text, &styles.text)?,
            (Some(value), Kind::Date) => {
                sheet.write_number_with_format(row, column, value, &styles.date)?
            }
            (Some(value), Kind::Time) => {
                sheet.write_number_with_format(row, column, value, &styles.time)?
            }
            (Some(value), _) if counts => {
                sheet.write_number_with_format(row, column, value, &styles.count)?
            }
            (Some(value), _) => sheet.write_number(row, column, value)?,
        };
        Ok(())
    }
}

/// The number that a cell of a spreadsheet holds for a text; `None` where it is written as text.
fn value_of(text: &str, kind: &Kind) -> Option<f64> {
    match kind {
        Kind::Number(_) => as_number(text),
        Kind::Date => as_days(text),
        Kind::Time => as_share_of_a_day(text),
        _ => None,
    }
}

/// Whether the thousands of a cell are separated: where all that its column may ever hold is whole.
/// A cell of `scenarios` holds a count or a factor, and a spreadsheet that saves what it shows would
/// make 1 of 1.3.
fn is_count(column: &Kind, text: &str) -> bool {
    let whole = matches!(column, Kind::Number(number) if is_large(number));
    whole && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_large(number: &Number) -> bool {
    number.scale == Scale::Whole && number.max >= LARGE
}

/// The number, where a spreadsheet keeps all of its digits.
fn as_number(text: &str) -> Option<f64> {
    let value: f64 = text.parse().ok()?;
    (value.is_finite() && text::number(value) == text).then_some(value)
}

/// The day as spreadsheets count it, from the 30th of December 1899.
fn as_days(text: &str) -> Option<f64> {
    const ORIGIN: Date = Date::constant(1899, 12, 30);
    let date = words::date(text).ok()?;
    let days = ORIGIN.until(date).ok()?.get_days();
    (date.to_string() == text).then_some(f64::from(days))
}

fn as_share_of_a_day(text: &str) -> Option<f64> {
    let time = words::time(text).ok()?;
    let minutes = f64::from(time.hour()) * 60.0 + f64::from(time.minute());
    Some(minutes / 1440.0)
}

/// Columns wide enough for what stands in them, within reason.
pub fn set_widths(
    sheet: &mut Worksheet,
    table: &Table,
    text: Option<&TextTable>,
) -> Result<(), XlsxError> {
    for (at, column) in table.columns.iter().enumerate() {
        let rows = text.map_or(0, |text| text.len().min(ROWS_TO_MEASURE));
        let widest = (0..rows)
            .filter_map(|row| text.map(|text| canonical::cell(text, row, at)))
            .map(|cell| unicode_width::UnicodeWidthStr::width(&*cell))
            .max()
            .unwrap_or(0);
        // the button of the filter stands beside the header
        let header = column.name.len() + 4;
        let most = if column.blank == Blank::Required {
            50
        } else {
            36
        };
        sheet.set_column_width(at as u16, (widest + 1).clamp(header.max(9), most) as f64)?;
    }
    Ok(())
}
