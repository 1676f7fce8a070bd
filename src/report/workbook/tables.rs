//! The plan's tables, one sheet each, as tables with filters.

use rust_xlsxwriter::{
    Color, ConditionalFormatCell, ConditionalFormatCellRule, ConditionalFormatDataBar,
    ConditionalFormatType, Format, FormatAlign, Table, TableColumn, TableStyle, Workbook,
    Worksheet, XlsxError,
};

use crate::report::cell::Cell;
use crate::report::tables::Row;

use super::data::{Data, MOST_ROWS, day_of};
use super::page::{
    BAD, BAR, Look, NEARLY_FULL, ON_BAD, ON_WARN, Page, WARN, Written, day, float_of, head, point,
};

/// The column whose texts take several lines.
const REASON: &str = "reason";
/// The most characters of such a line.
const WIDEST_REASON: usize = 110;

/// A column that a sheet has beyond those of its table.
struct Beyond<'b, R> {
    name: &'static str,
    cell: &'b dyn Fn(&R) -> String,
}

/// Writes all tables; those without rows that not every plan has are left out.
pub fn write_all(book: &mut Workbook, data: &Data<'_>) -> Written {
    let plan = data.plan;
    let demand = add(book, data, "demand", &plan.demand, &[])?;
    mark_fates(demand, plan.demand.len())?;
    add(book, data, "allocation", &plan.allocation, &[])?;
    if !plan.allocation_tail.is_empty() {
        add(book, data, "allocation_tail", &plan.allocation_tail, &[])?;
    }
    let departures = add(
        book,
        data,
        "departures",
        &plan.departures,
        &[Beyond {
            name: "day",
            cell: &|row| day_of(&row.departs).to_owned(),
        }],
    )?;
    mark_load(departures, plan.departures.len(), 8)?;
    mark_load(departures, plan.departures.len(), 9)?;
    let handling = add(book, data, "handling", &plan.handling, &[])?;
    mark_load(handling, plan.handling.len(), 7)?;
    if !plan.limits.is_empty() {
        add(book, data, "limits", &plan.limits, &[])?;
    }
    if !plan.purchases.is_empty() {
        add(book, data, "purchases", &plan.purchases, &[])?;
    }
    if !plan.choices.is_empty() {
        add(book, data, "choices", &plan.choices, &[])?;
    }
    Ok(())
}

fn add<'b, R: Row>(
    book: &'b mut Workbook,
    data: &Data<'_>,
    name: &str,
    rows: &[R],
    beyond: &[Beyond<'_, R>],
) -> Result<&'b mut Worksheet, XlsxError> {
    let sheet = book.add_worksheet();
    sheet.set_name(name)?;
    let rows = &rows[..rows.len().min(MOST_ROWS)];
    let names = R::COLUMNS.iter().map(|column| column.name);
    let names: Vec<&str> = names
        .chain(beyond.iter().map(|column| column.name))
        .collect();
    let styles: Vec<Format> = names.iter().map(|name| style(name)).collect();
    let mut widths: Vec<usize> = names.iter().map(|name| name.len() + 4).collect();
    let mut page = Page { sheet };
    for (at, row) in rows.iter().enumerate() {
        let own = R::COLUMNS.iter().map(|column| (column.cell)(row));
        let cells = own.chain(
            beyond
                .iter()
                .map(|column| Cell::Text((column.cell)(row).into())),
        );
        for (column, cell) in cells.enumerate() {
            let place = (at as u32 + 1, column as u16);
            let width = write_cell(&mut page, place, &cell, names[column], &styles[column])?;
            widths[column] = widths[column].max(width);
            if let (true, Cell::Text(text)) = (names[column] == REASON, &cell) {
                page.make_room(place.0, WIDEST_REASON * 9 / 10, text)?;
            }
        }
    }
    let heads: Vec<(&str, FormatAlign)> = names.iter().map(|name| (*name, aligned(name))).collect();
    add_filters(&mut page, name, (0, rows.len() as u32), &heads)?;
    let widths = names.iter().zip(&widths).map(|(name, width)| {
        let most = if *name == REASON { WIDEST_REASON } else { 60 };
        (*width).min(most) as f64
    });
    let widths: Vec<f64> = widths.collect();
    for (column, width) in widths.iter().enumerate() {
        page.sheet.set_column_width(column as u16, *width)?;
    }
    page.sheet.set_freeze_panes(1, 1)?;
    page.set_print(&data.plan.run.instance, Some(0))?;
    page.break_wide(widths.into_iter())?;
    Ok(page.sheet)
}

/// Makes a table with filters of `rows` rows below the row of its heads, which it writes.
pub fn add_filters(
    page: &mut Page<'_>,
    name: &str,
    (head_row, rows): (u32, u32),
    heads: &[(&str, FormatAlign)],
) -> Written {
    let columns: Vec<TableColumn> = heads
        .iter()
        .map(|(name, align)| {
            let indent = u8::from(*align == FormatAlign::Left);
            let head = head().set_align(*align).set_indent(indent);
            TableColumn::new().set_header(*name).set_header_format(head)
        })
        .collect();
    let table = Table::new()
        .set_name(format!("table_{name}"))
        .set_columns(&columns)
        .set_style(TableStyle::Medium2);
    let last = (head_row + rows.max(1), heads.len() as u16 - 1);
    page.sheet.add_table(head_row, 0, last.0, last.1, &table)?;
    Ok(())
}

/// Writes a cell; how wide it is.
fn write_cell(
    page: &mut Page<'_>,
    (row, column): (u32, u16),
    cell: &Cell<'_>,
    name: &str,
    style: &Format,
) -> Result<usize, XlsxError> {
    match cell {
        Cell::Blank => Ok(0),
        Cell::Number { .. } => {
            let value = float_of(cell).unwrap_or(f64::NAN);
            page.number(row, column, value, style)?;
            Ok(look(name).width_of(value))
        }
        Cell::Text(text) => {
            let dated = match look(name) {
                Look::Point => point(text),
                Look::Date => day(text),
                _ => None,
            };
            match dated {
                Some(value) => {
                    page.number(row, column, value, style)?;
                    return Ok(look(name).width());
                }
                None => page.text(row, column, text, style)?,
            }
            Ok(unicode_width::UnicodeWidthStr::width(&**text) + 3)
        }
    }
}

/// How a column is shown.
fn look(name: &str) -> Look {
    match name {
        "parcels" | "on_time" | "late" | "unserved" | "used" | "capacity" | "departures" => {
            Look::Count
        }
        "kg" | "m3" | "hours" | "late_hours" | "co2e_kg" | "units" | "units_limit"
        | "dead_units" | "value" | "min" | "max" | "slack" | "violation" => Look::Tenth,
        "cost" | "carriage" | "cost_with_one_less" | "cost_with_one_more" => Look::Money,
        "shadow_price_per_unit" | "marginal_cost_per_parcel" => Look::Price,
        "load_kg" | "load_m3" | "load" => Look::Share,
        "release" | "delivered" | "departs" | "arrives" => Look::Point,
        "day" | "bucket" | "run" | "period" => Look::Date,
        _ => Look::Text,
    }
}

fn style(name: &str) -> Format {
    let style = look(name).style().set_indent(indent(name));
    match name {
        REASON => style
            .set_text_wrap()
            .set_align(FormatAlign::Left)
            .set_align(FormatAlign::Top),
        "leg" | "main_leg" | "week" => style.set_align(FormatAlign::Center),
        _ => style,
    }
}

/// Text stands a little apart from a number before it.
fn indent(name: &str) -> u8 {
    u8::from(aligned(name) == FormatAlign::Left)
}

fn aligned(name: &str) -> FormatAlign {
    match (name, look(name)) {
        ("leg" | "main_leg" | "week", _) => FormatAlign::Center,
        (_, Look::Text | Look::Date | Look::Point) => FormatAlign::Left,
        _ => FormatAlign::Right,
    }
}

/// Bars in a column of shares, and colours for what is nearly full and full.
pub fn mark_load(sheet: &mut Worksheet, rows: usize, column: u16) -> Written {
    mark_load_between(sheet, (1, column), (rows.max(1) as u32, column))
}

/// The same between two corners.
pub fn mark_load_between(sheet: &mut Worksheet, from: (u32, u16), to: (u32, u16)) -> Written {
    let full = ConditionalFormatCell::new()
        .set_rule(ConditionalFormatCellRule::GreaterThanOrEqualTo(0.9995))
        .set_format(loud(ON_BAD).set_background_color(BAD))
        .set_stop_if_true(true);
    let nearly = ConditionalFormatCell::new()
        .set_rule(ConditionalFormatCellRule::GreaterThan(NEARLY_FULL))
        .set_format(loud(ON_WARN).set_background_color(WARN))
        .set_stop_if_true(true);
    let bar = ConditionalFormatDataBar::new()
        .set_minimum(ConditionalFormatType::Number, 0)
        .set_maximum(ConditionalFormatType::Number, 1)
        .set_fill_color(BAR)
        .set_solid_fill(true);
    sheet.add_conditional_format(from.0, from.1, to.0, to.1, &full)?;
    sheet.add_conditional_format(from.0, from.1, to.0, to.1, &nearly)?;
    sheet.add_conditional_format(from.0, from.1, to.0, to.1, &bar)?;
    Ok(())
}

/// Seen on a bar too, which LibreOffice paints over a background.
fn loud(colour: Color) -> Format {
    Format::new().set_bold().set_font_color(colour)
}

/// Colours late and left-behind parcels of the table `demand`.
fn mark_fates(sheet: &mut Worksheet, rows: usize) -> Written {
    for (column, colour) in [(6, WARN), (7, BAD)] {
        let some = ConditionalFormatCell::new()
            .set_rule(ConditionalFormatCellRule::GreaterThan(0))
            .set_format(Format::new().set_background_color(colour).set_bold());
        sheet.add_conditional_format(1, column, rows.max(1) as u32, column, &some)?;
    }
    Ok(())
}
