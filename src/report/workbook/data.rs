//! What the sheets share: modes and days of departures, and where each table's columns stand.

use std::collections::{BTreeMap, BTreeSet};

use crate::instance::Mode;
use crate::plan::{DepartureRow, Plan};

use super::super::tables::Row;
use super::page::letters;

/// The most rows of a table in the workbook; the rest stands in the plan's CSV table.
pub const MOST_ROWS: usize = 1_000_000;
/// The most cells that the formulas of one sheet look at altogether; beyond it they would keep a
/// spreadsheet busy for longer than anybody waits, and figures are written instead.
const MOST_LOOKS: usize = 30_000_000;

/// A plan with what follows from it.
pub struct Data<'a> {
    /// The plan.
    pub plan: &'a Plan,
    /// Modes by service.
    modes: BTreeMap<&'a str, Mode>,
    /// Local days on which something departs, in order.
    pub days: Vec<&'a str>,
}

impl<'a> Data<'a> {
    /// Works out what the sheets share.
    pub fn of(plan: &'a Plan) -> Self {
        let modes = plan
            .run
            .services
            .iter()
            .map(|service| (service.service.as_str(), service.mode))
            .collect();
        let days: BTreeSet<(u32, &str)> = plan
            .departures
            .iter()
            .map(|row| day_of(&row.departs))
            .map(|day| (order(day), day))
            .collect();
        Self {
            plan,
            modes,
            days: days.into_iter().map(|(_, day)| day).collect(),
        }
    }

    /// The mode of a service.
    pub fn mode(&self, service: &str) -> Option<Mode> {
        self.modes.get(service).copied()
    }

    /// Modes that run something, in their order.
    pub fn modes(&self) -> Vec<Mode> {
        let used = |row: &DepartureRow| row.parcels.0 > 0 || row.cost.0 > 0;
        let rows = self.plan.departures.iter().filter(|row| used(row));
        let modes: BTreeSet<Mode> = rows.filter_map(|row| self.mode(&row.service)).collect();
        modes.into_iter().collect()
    }

    /// Parcels by day of departure and mode.
    pub fn parcels_by_day(&self) -> BTreeMap<(&'a str, Mode), i64> {
        let mut sums = BTreeMap::new();
        for row in &self.plan.departures {
            if let Some(mode) = self.mode(&row.service) {
                *sums.entry((day_of(&row.departs), mode)).or_default() += row.parcels.0;
            }
        }
        sums
    }
}

/// The day of a local point of time: all but its clock.
pub fn day_of(point: &str) -> &str {
    point.rsplit_once(' ').map_or(point, |(day, _)| day)
}

/// Brings the days of a typical week into their order; dates are in order as texts.
pub fn order(day: &str) -> u32 {
    const WEEKDAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
    let Some((week, weekday)) = day.split_once(' ') else {
        return 0;
    };
    let week: u32 = week.trim_start_matches('W').parse().unwrap_or(0);
    let at = WEEKDAYS.iter().position(|known| *known == weekday);
    week.saturating_mul(8) + at.map_or(7, |at| at as u32)
}

/// Where a new week begins among days in their order, by position; a week begins on its Monday.
pub fn breaks_by_week<'d>(days: impl Iterator<Item = &'d str>) -> Vec<usize> {
    let weeks: Vec<i64> = days.map(week_of).collect();
    let pairs = weeks.windows(2).enumerate();
    pairs
        .filter(|(_, pair)| pair[0] != pair[1])
        .map(|(at, _)| at + 1)
        .collect()
}

/// A number that the days of one week have in common.
fn week_of(day: &str) -> i64 {
    // the 1st of January 1900, day 2 of spreadsheets, was a Monday
    let dated = super::page::day(day).map(|days| (days as i64 - 2).div_euclid(7));
    dated.unwrap_or_else(|| i64::from(order(day) / 8))
}

/// Whether so many formulas may look through so many rows each.
pub fn may_be_live(formulas: usize, rows: usize) -> bool {
    formulas.saturating_mul(rows) <= MOST_LOOKS
}

/// The cells of a column of a table's sheet: `departures!$F$2:$F$99`.
pub fn range<R: Row>(sheet: &str, column: &str, rows: usize) -> String {
    let at = R::COLUMNS.iter().position(|known| known.name == column);
    range_at(sheet, at.unwrap_or(0), rows)
}

/// The same of a column that stands behind those of the table.
pub fn range_beyond<R: Row>(sheet: &str, beyond: usize, rows: usize) -> String {
    range_at(sheet, R::COLUMNS.len() + beyond, rows)
}

fn range_at(sheet: &str, column: usize, rows: usize) -> String {
    let letters = letters(column as u16);
    format!("{sheet}!${letters}$2:${letters}${}", rows.max(1) + 1)
}
