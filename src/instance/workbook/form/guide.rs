//! The first sheet: what the workbook is, and how to fill it in.

use rust_xlsxwriter::{Color, Format, FormatAlign, Url, Worksheet, XlsxError};

use super::super::super::source::Texts;
use super::super::super::tables::table_schema;
use super::super::super::text_table::TextTable;
use super::cells::{MISSING, OPTIONAL, REQUIRED};

const HOW_TO: [&str; 7] = [
    "Each sheet is a table of the instance. Point at a column's name to read what it means, its unit and its default.",
    "A blank cell takes the default. Every table may have free text in `note` and `source`.",
    "Write numbers as numbers, dates as dates, times as times. Prices in another currency name it in `currency`.",
    "Rows may be sorted, except in handling, where the steps of a place run in row order, and within a scenario.",
    "Formulas are fine: railair reads the results that were saved last. Own sheets under other names are not read.",
    "Then, beside the workbook:   railair check FILE   says what is missing or wrong, with sheet and cell;",
    "railair solve FILE --out plan   plans it;   railair convert FILE FOLDER   turns it into CSV tables.",
];

/// Fills in the sheet.
pub fn write(sheet: &mut Worksheet, texts: &Texts) -> Result<(), XlsxError> {
    let title = Format::new().set_bold().set_font_size(16);
    let bold = Format::new().set_bold();
    let text = Format::new().set_text_wrap().set_align(FormatAlign::Top);
    sheet.set_name(super::super::GUIDE)?;
    sheet.set_screen_gridlines(false);
    sheet.set_column_width(0, 18)?.set_column_width(1, 12)?;
    sheet.set_column_width(2, 10)?.set_column_width(3, 88)?;
    sheet.write_string_with_format(0, 0, "A railair instance", &title)?;
    let mut row = 2;
    for line in HOW_TO {
        sheet.merge_range(row, 0, row, 3, &line.replace('`', ""), &text)?;
        row += 1;
    }
    row += 1;
    for (colour, meaning) in [
        (REQUIRED, "a column that must be filled in"),
        (OPTIONAL, "a column with a default"),
        (MISSING, "a cell that is still missing"),
    ] {
        sheet.write_blank(row, 0, &Format::new().set_background_color(colour))?;
        sheet.write_string(row, 1, meaning)?;
        row += 1;
    }
    row += 1;
    let header = Format::new()
        .set_bold()
        .set_background_color(REQUIRED)
        .set_font_color(Color::White);
    for (column, name) in ["sheet", "required", "rows", "a row is"]
        .into_iter()
        .enumerate()
    {
        sheet.write_string_with_format(row, column as u16, name, &header)?;
    }
    for table in table_schema() {
        row += 1;
        let link = Url::new(format!("internal:'{}'!A1", table.name)).set_text(table.name);
        sheet.write_with_format(row, 0, link, &Format::new().set_hyperlink())?;
        let required = if table.required { "yes" } else { "" };
        sheet.write_string_with_format(row, 1, required, &bold)?;
        let rows = texts.get(table.name).map_or(0, TextTable::len);
        let centred = Format::new().set_align(FormatAlign::Center);
        sheet.write_number_with_format(row, 2, rows as f64, &centred)?;
        sheet.write_string_with_format(row, 3, table.about, &text)?;
    }
    sheet
        .set_landscape()
        .set_paper_size(9)
        .set_print_fit_to_pages(1, 1);
    Ok(())
}
