//! The one spelling of a table: what `convert` writes, and what the hash of a sheet is taken of.
//!
//! Columns stand in the order of the format; those without a value are left out unless every
//! instance needs them. Rows keep their order, blank ones are gone. Commas between cells, points in
//! numbers, no superfluous zeros or quotes, LF at the end of lines, UTF-8 without a byte order
//! mark. Two tables that read the same have the same canonical form, whatever they were read from,
//! except for columns that say nothing but a default.

use std::borrow::Cow;

use super::fields::Decimal;
use super::schema::{Blank, Column, Kind};
use super::tables::table_named;
use super::tables_of_demand::SETTING;
use super::text_table::TextTable;
use super::words;

/// The canonical text of a table.
pub fn csv(table: &TextTable) -> Vec<u8> {
    let columns = columns(table);
    let mut writer = csv::WriterBuilder::new().from_writer(Vec::new());
    let mut record = csv::StringRecord::new();
    let header = columns.iter().map(|&at| table.table.columns[at].name);
    record.extend(header);
    // writing to memory cannot fail
    let _ = writer.write_record(&record);
    for row in 0..table.len() {
        record.clear();
        for &column in &columns {
            record.push_field(&cell(table, row, column));
        }
        let _ = writer.write_record(&record);
    }
    writer.into_inner().unwrap_or_default()
}

/// The columns of the canonical form, by position in the format.
fn columns(table: &TextTable) -> Vec<usize> {
    let said = |column: usize| (0..table.len()).any(|row| !table.cell(row, column).is_empty());
    (0..table.table.columns.len())
        .filter(|&at| table.table.columns[at].blank == Blank::Required || said(at))
        .collect()
}

/// The canonical text of a cell; what is no value of its column stays as it is.
pub fn cell(table: &TextTable, row: usize, column: usize) -> Cow<'_, str> {
    let text = table.cell(row, column);
    let spelled = match kind(table, row, column) {
        Kind::Number(number) => Decimal::of(text, table.decimal_comma, &number)
            .ok()
            .map(|number| number.spell(false)),
        Kind::Time => words::time(text)
            .ok()
            .map(|time| format!("{:02}:{:02}", time.hour(), time.minute())),
        _ => None,
    };
    spelled.map_or(Cow::Borrowed(text), Cow::Owned)
}

/// What a cell is: the values of settings and scenarios are what they are written for.
pub fn kind(table: &TextTable, row: usize, column: usize) -> Kind {
    let own = &table.table.columns[column];
    let is_value = own.name == "value";
    match table.table.name {
        "settings" if is_value => {
            let setting = table.cell(row, 0);
            let known = SETTING.iter().find(|known| known.name == setting);
            known.map_or(Kind::Text, |known| known.kind)
        }
        "scenarios" if is_value => kind_of_change(table, row).unwrap_or(Kind::Text),
        _ => own.kind,
    }
}

/// The kind of the column that a row of `scenarios` writes into, where that is a number: other
/// values are read as text.
fn kind_of_change(table: &TextTable, row: usize) -> Option<Kind> {
    let text = |name| {
        let at = table.table.position(name)?;
        Some(table.cell(row, at))
    };
    let column: &Column = table_named(text("table")?)?.column(text("column")?)?;
    column.is_number().then_some(column.kind)
}
