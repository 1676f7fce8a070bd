//! Writes the tables of an instance as a workbook that helps people fill it in.
//!
//! One sheet per table, empty ones too, with every column of the format: the header stays in sight
//! and explains each column in a note, ids and words are chosen from lists, ranges are checked
//! while typing, and required cells that are still blank are coloured. Cells have the type of
//! their column, as long as reading them gives back the same text; text is always written as text,
//! so that no cell can start a formula. The same tables give the same bytes.

mod cells;
mod guide;
mod help;

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Workbook, Worksheet, XlsxError};

use super::super::schema::{Blank, Table};
use super::super::source::Texts;
use super::super::tables::table_schema;
use super::super::text_table::TextTable;
use cells::Writer;

/// Rows that can still be filled in with lists and checks.
const ROWS_TO_FILL: usize = 1_000;
/// The most rows of a sheet below its header.
const MOST_ROWS: usize = 1_048_575;
/// The most characters of a cell.
const MOST_CHARACTERS: usize = 32_767;

/// Why tables do not fit into a workbook.
#[derive(Debug, thiserror::Error)]
pub enum FormError {
    /// A table has more rows than a sheet.
    #[error("table {table} has {rows} rows, and a sheet holds {MOST_ROWS}: keep it as CSV")]
    TooManyRows {
        /// Which table.
        table: &'static str,
        /// How many it has.
        rows: usize,
    },
    /// A cell has more text than a cell of a sheet.
    #[error("{file} row {row}: a cell of a sheet holds {MOST_CHARACTERS} characters: shorten it")]
    TooLong {
        /// Which table.
        file: String,
        /// Its row.
        row: u32,
    },
    /// The workbook could not be put together.
    #[error("failed to put the workbook together")]
    Workbook(#[from] XlsxError),
}

/// The workbook of all tables as bytes.
///
/// # Errors
/// [`FormError`] where a table does not fit.
pub fn workbook(texts: &Texts) -> Result<Vec<u8>, FormError> {
    for table in texts.iter() {
        check(table)?;
    }
    let mut book = Workbook::new();
    book.set_properties(&properties()?);
    guide::write(book.add_worksheet(), texts)?;
    let styles = cells::Styles::new();
    for table in table_schema() {
        let sheet = book.add_worksheet();
        write_table(sheet, table, texts, &styles)?;
    }
    Ok(book.save_to_buffer()?)
}

/// Properties that are the same on every day, so that the same tables give the same bytes.
fn properties() -> Result<DocProperties, XlsxError> {
    Ok(DocProperties::new()
        .set_title("railair instance")
        .set_author("railair")
        .set_comment("One sheet per table; the header of each column explains it.")
        .set_creation_datetime(&ExcelDateTime::from_ymd(2024, 1, 1)?))
}

fn check(table: &TextTable) -> Result<(), FormError> {
    if table.len() > MOST_ROWS {
        let rows = table.len();
        let table = table.table.name;
        return Err(FormError::TooManyRows { table, rows });
    }
    let columns = table.table.columns.len();
    for row in 0..table.len() {
        let long = |column| {
            let cell = table.cell(row, column);
            cell.len() > MOST_CHARACTERS && cell.encode_utf16().count() > MOST_CHARACTERS
        };
        if (0..columns).any(long) {
            let (file, row) = (table.file.clone(), table.number(row));
            return Err(FormError::TooLong { file, row });
        }
    }
    Ok(())
}

fn write_table(
    sheet: &mut Worksheet,
    table: &'static Table,
    texts: &Texts,
    styles: &cells::Styles,
) -> Result<(), XlsxError> {
    sheet.set_name(table.name)?;
    sheet.set_tab_color(match table.required {
        true => cells::REQUIRED,
        false => cells::OPTIONAL,
    });
    let text = texts.get(table.name);
    let rows = text.map_or(0, TextTable::len);
    let last_to_fill = (rows + ROWS_TO_FILL).min(MOST_ROWS) as u32;
    let last_column = (table.columns.len() - 1) as u16;
    for (at, column) in table.columns.iter().enumerate() {
        let required = column.blank == Blank::Required;
        let style = if required {
            &styles.required
        } else {
            &styles.optional
        };
        sheet.write_string_with_format(0, at as u16, column.name, style)?;
        sheet.insert_note(0, at as u16, &help::note(column))?;
        help::add_rules(sheet, table, at, last_to_fill, texts)?;
    }
    if let Some(text) = text {
        let mut writer = Writer { sheet, styles };
        writer.write(text)?;
        if table.name == "settings" {
            help::explain_settings(writer.sheet, text)?;
        }
    }
    cells::set_widths(sheet, table, text)?;
    sheet.set_freeze_panes(1, if table.name == "settings" { 0 } else { 1 })?;
    sheet.autofilter(0, 0, rows.max(1) as u32, last_column)?;
    sheet.set_repeat_rows(0, 0)?;
    sheet
        .set_landscape()
        .set_paper_size(9)
        .set_print_fit_to_pages(if table.columns.len() > 16 { 2 } else { 1 }, 0);
    sheet.set_footer("&L&A&Rpage &P of &N");
    Ok(())
}
