//! How busy each handling step is, day by day.

use std::collections::{BTreeMap, BTreeSet};

use rust_xlsxwriter::Worksheet;

use crate::plan::HandlingRow;
use crate::report::tables::{self, Row};

use super::data::{Data, MOST_ROWS, order};
use super::page::{Look, Page, Written, day, faint, head, letters, title};
use super::tables::mark_load_between;

/// The row of the names of days, from 0.
const HEAD: u32 = 3;
/// The most days in a sheet.
const MOST_DAYS: usize = 400;

/// Place, step, mode and direction.
type Step<'a> = (&'a str, &'a str, &'static str, &'static str);

/// Writes the sheet `handling_by_day`: the load of each step with a capacity, linked to the table.
pub fn write_days(sheet: &mut Worksheet, data: &Data<'_>) -> Written {
    sheet.set_name("handling_by_day")?;
    let rows = &data.plan.handling;
    let rows = &rows[..rows.len().min(MOST_ROWS)];
    let mut days = BTreeSet::new();
    let mut loads: BTreeMap<Step<'_>, BTreeMap<(u32, &str), usize>> = BTreeMap::new();
    for (at, row) in rows.iter().enumerate() {
        if row.load.is_some() {
            let day = (order(&row.bucket), row.bucket.as_str());
            days.insert(day);
            loads.entry(step_of(row)).or_default().insert(day, at);
        }
    }
    let days: Vec<(u32, &str)> = days.into_iter().take(MOST_DAYS).collect();
    let mut page = Page { sheet };
    page.text(0, 0, "Load of handling by day", &title())?;
    let note =
        "Used of the capacity of all tiers. A step counted by the week stands at its Monday.";
    page.text(1, 0, note, &faint())?;
    heads(&mut page, &days)?;
    let column_of_load = HandlingRow::COLUMNS
        .iter()
        .position(|column| column.name == "load");
    let load = letters(column_of_load.unwrap_or(0) as u16);
    for (at, (step, loads)) in loads.iter().enumerate() {
        let line = HEAD + 1 + at as u32;
        for (at, text) in [step.0, step.1, step.2, step.3].into_iter().enumerate() {
            page.plain(line, at as u16, text)?;
        }
        for (at, day) in days.iter().enumerate() {
            let Some(&row) = loads.get(day) else { continue };
            let value = rows[row].load.map_or(0.0, |share| share.fraction());
            let formula = format!("=handling!{load}{}", row + 2);
            page.live(line, at as u16 + 4, &formula, value, &Look::Share.style())?;
        }
    }
    if !loads.is_empty() && !days.is_empty() {
        let last = (HEAD + loads.len() as u32, days.len() as u16 + 3);
        mark_load_between(page.sheet, (HEAD + 1, 4), last)?;
    }
    page.set_print(&data.plan.run.instance, Some(HEAD))
}

fn step_of(row: &HandlingRow) -> Step<'_> {
    (
        &row.place,
        &row.step,
        row.mode.map_or("", tables::mode),
        tables::direction(row.direction),
    )
}

fn heads(page: &mut Page<'_>, days: &[(u32, &str)]) -> Written {
    for (at, name) in ["place", "step", "mode", "direction"]
        .into_iter()
        .enumerate()
    {
        page.text(HEAD, at as u16, name, &head())?;
        page.sheet
            .set_column_width(at as u16, [16, 18, 8, 10][at])?;
    }
    for (at, (_, text)) in days.iter().enumerate() {
        let column = at as u16 + 4;
        match day(text) {
            Some(value) => {
                let style = head().set_num_format("ddd d mmm");
                page.number(HEAD, column, value, &style)?;
            }
            None => page.text(HEAD, column, text, &head())?,
        }
        page.sheet.set_column_width(column, 11)?;
    }
    page.sheet.set_freeze_panes(HEAD + 1, 4)?;
    Ok(())
}
