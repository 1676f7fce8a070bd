//! How busy each handling step is, day by day.

use std::collections::{BTreeMap, BTreeSet};

use rust_xlsxwriter::Worksheet;

use crate::plan::HandlingRow;
use crate::report::tables;

use super::data::{Data, MOST_ROWS, breaks_by_week, may_be_live, order, range};
use super::formulas::{Names, Sum};
use super::page::{Look, Page, Written, day, faint, head, letters, title};
use super::tables::mark_load_between;

/// The row of the names of days, from 0.
const HEAD: u32 = 3;
/// How wide the column of a day is: its name takes `Wed 27 May`, in whatever font.
const DAY: f64 = 14.0;
/// The most days in a sheet.
const MOST_DAYS: usize = 400;

/// Place, step, mode and direction.
type Step<'a> = (&'a str, &'a str, &'static str, &'static str);

/// Writes the sheet `handling_by_day`: the load of each step with a capacity, looked up in the table.
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
    let sums = Sums::of(rows);
    let cells = loads.len() * days.len();
    let live = may_be_live(cells, rows.len());
    for (at, (step, loads)) in loads.iter().enumerate() {
        let line = HEAD + 1 + at as u32;
        for (at, text) in [step.0, step.1, step.2, step.3].into_iter().enumerate() {
            page.plain(line, at as u16, text)?;
        }
        for (at, day) in days.iter().enumerate() {
            let Some(&row) = loads.get(day) else { continue };
            let value = rows[row].load.map_or(0.0, |share| share.fraction());
            let place = (line, at as u16 + 4);
            let formula = live.then(|| sums.load(place, step.2));
            page.figure(place, formula.as_deref(), value, &Look::Share.style())?;
        }
    }
    if !loads.is_empty() && !days.is_empty() {
        let last = (HEAD + loads.len() as u32, days.len() as u16 + 3);
        mark_load_between(page.sheet, (HEAD + 1, 4), last)?;
        page.sheet.autofilter(HEAD, 0, last.0, last.1)?;
    }
    page.set_print(&data.plan.run.instance, Some(HEAD))?;
    let weeks = breaks_by_week(days.iter().map(|(_, day)| *day));
    page.break_columns(4, &weeks)
}

/// The load of a step on a day, looked up by its names: rows of the table may be sorted.
struct Sums {
    load: String,
    /// Columns of place, step, mode, direction and bucket.
    columns: [String; 5],
    places: Names,
    steps: Names,
}

impl Sums {
    fn of(rows: &[HandlingRow]) -> Self {
        let cells = |column| range::<HandlingRow>("handling", column, rows.len());
        Self {
            load: cells("load"),
            columns: ["place", "step", "mode", "direction", "bucket"].map(cells),
            places: Names::of(rows.iter().map(|row| row.place.as_str())),
            steps: Names::of(rows.iter().map(|row| row.step.as_str())),
        }
    }

    fn load(&self, (row, column): (u32, u16), mode: &str) -> String {
        let [places, steps, modes, directions, buckets] = &self.columns;
        let own = |letter: char| format!("${letter}{}", row + 1);
        let given = [
            self.places.are(places, own('A')),
            self.steps.are(steps, own('B')),
            match mode {
                "" => Names::WORDS.are_blank(modes),
                _ => Names::WORDS.are(modes, own('C')),
            },
            Names::WORDS.are(directions, own('D')),
            Names::WORDS.are(buckets, format!("{}${}", letters(column), HEAD + 1)),
        ];
        Sum::of(&self.load, &given).formula()
    }
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
            .set_column_width(at as u16, [14, 16, 9, 12][at])?;
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
        page.sheet.set_column_width(column, DAY)?;
    }
    page.sheet.set_freeze_panes(HEAD + 1, 4)?;
    Ok(())
}
