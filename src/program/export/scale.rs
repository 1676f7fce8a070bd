//! In which numbers a program is written.
//!
//! Every number is divided by a power of ten, so that it stands in the file as an exact decimal
//! whatever was chosen. A row is divided as its own unit asks, and then by as little more or less as
//! brings the largest of its entries to 100,000 or below and the smallest to 0.001 or above; where the
//! two are further apart than that, the largest is at 100,000 or below, and the comment names the row.

use std::convert::Infallible;

use super::super::arc_model::{ArcSource, ModelColumn, RowKind};
use super::names::Named;

/// The largest entry of a row, as a power of ten.
const LARGEST: i32 = 5;
/// The smallest.
const SMALLEST: i32 = -3;
/// Characters of a line of the comment.
const LINE: usize = 120;

/// In which numbers to write a program.
#[derive(Clone, Copy, Debug)]
pub enum Numbers<'a> {
    /// Its own integers.
    Exact,
    /// In coarser units, row by row.
    Scaled(Units<'a>),
}

/// What a program's integers count.
#[derive(Clone, Copy, Debug)]
pub struct Units<'a> {
    /// What the program is of, for the comment.
    pub about: &'a str,
    /// The name of the currency, of which costs are so many decimal digits.
    pub money: (&'a str, i32),
    /// Of each row of the program, decimal digits that make its unit: 3 of a row in grams.
    pub rows: &'a [i32],
}

/// How the numbers of a model are written.
#[derive(Clone, Debug, Default)]
pub(super) struct Form {
    about: String,
    currency: String,
    is_scaled: bool,
    money: i32,
    /// Per row, its own unit's digits and those that it is divided by.
    digits: Vec<(i32, i32)>,
    left_out: Vec<bool>,
    kept: Vec<bool>,
    idle: Vec<bool>,
    /// Rows whose entries are too far apart: the digits of the smallest and the largest.
    wide: Vec<(usize, i64, i64)>,
}

impl Form {
    pub(super) fn of(source: &ArcSource<'_>, numbers: Numbers<'_>) -> Self {
        match numbers {
            Numbers::Exact => Self::default(),
            Numbers::Scaled(units) => Self::scaled(source, units),
        }
    }

    fn scaled(source: &ArcSource<'_>, units: Units<'_>) -> Self {
        let spans = spans(source);
        let mut form = Self {
            about: units.about.to_owned(),
            currency: units.money.0.to_owned(),
            is_scaled: true,
            money: units.money.1,
            idle: idle_bounds(source),
            ..Self::default()
        };
        for (at, (row, span)) in source.rows.iter().zip(spans).enumerate() {
            let own = match row.kind {
                RowKind::Balance { .. } => 0,
                RowKind::Coupling(row) => units.rows.get(row as usize).copied().unwrap_or(0),
            };
            let holds = match row.kind {
                RowKind::Balance { .. } => row.rhs == 0,
                RowKind::Coupling(_) => row.rhs >= 0,
            };
            form.left_out.push(span.is_none() && holds);
            form.kept.push(span.is_none() && !holds);
            let digits = span.map_or(own, |(least, most)| digits(own, least, most));
            form.digits.push((own, digits));
            if let Some((least, most)) = span
                && beyond(least, digits)
            {
                form.wide.push((at, least, most));
            }
        }
        form
    }

    pub(super) fn is_left_out(&self, row: usize) -> bool {
        self.left_out.get(row).copied().unwrap_or(false)
    }

    pub(super) fn is_kept_by_constant(&self, row: usize) -> bool {
        self.kept.get(row).copied().unwrap_or(false)
    }

    pub(super) fn is_idle_bound(&self, column: usize) -> bool {
        self.idle.get(column).copied().unwrap_or(false)
    }

    pub(super) fn row_digits(&self, row: usize) -> i32 {
        self.digits.get(row).map_or(0, |&(_, digits)| digits)
    }

    pub(super) fn money_digits(&self) -> i32 {
        self.money
    }

    /// What was divided by what, in lines; none of exact integers.
    pub(super) fn comment(&self, source: &ArcSource<'_>, named: &Named<'_>) -> Vec<String> {
        if !self.is_scaled {
            return Vec::new();
        }
        let mut lines = vec![
            format!("railair: {}", self.about),
            format!(
                "Columns count parcels or units. Costs are in {}, weights in kilograms, volumes in cubic metres.",
                self.currency
            ),
        ];
        let mut by_step: std::collections::BTreeMap<i32, Vec<usize>> = Default::default();
        for (row, &(own, digits)) in self.digits.iter().enumerate() {
            if own != digits && !self.is_left_out(row) {
                by_step.entry(digits - own).or_default().push(row);
            }
        }
        for (step, rows) in by_step {
            let how = match step > 0 {
                true => format!("Rows divided by 1e{step}:"),
                false => format!("Rows multiplied by 1e{}:", -step),
            };
            lines.extend(listed(
                &how,
                rows.iter()
                    .map(|&row| named.row(row, source.rows[row].kind)),
            ));
        }
        for &(row, least, most) in &self.wide {
            let ratio = most as f64 / least as f64;
            let (least, most) = (i128::from(least), i128::from(most));
            let digits = self.row_digits(row);
            lines.push(format!(
                "Entries of {} are from {} to {}, a ratio of {ratio:.1e}.",
                named.row(row, source.rows[row].kind),
                decimal(least, digits),
                decimal(most, digits)
            ));
        }
        let left_out = self.left_out.iter().filter(|&&left_out| left_out).count();
        let idle = self.idle.iter().filter(|&&idle| idle).count();
        lines.push(format!(
            "Left out, as nothing changes with them: {left_out} of {} rows, without entries and always \
             true, and {idle} upper bounds that rows imply.",
            source.rows.len()
        ));
        lines
    }
}

/// Names after a few words, in lines that are not too long.
fn listed(how: &str, names: impl Iterator<Item = impl AsRef<str>>) -> Vec<String> {
    let mut lines = vec![how.to_owned()];
    for name in names {
        let name = name.as_ref();
        let last = lines.last().map_or(0, String::len);
        if last + name.len() > LINE {
            lines.push(" ".to_owned());
        }
        if let Some(line) = lines.last_mut() {
            line.push(' ');
            line.push_str(name);
        }
    }
    lines
}

/// The smallest and the largest entry of each row, without sign.
fn spans(source: &ArcSource<'_>) -> Vec<Option<(i64, i64)>> {
    let mut spans: Vec<Option<(i64, i64)>> = vec![None; source.rows.len()];
    each(source, &mut |column| {
        for &(row, value) in &column.entries {
            let size = i64::try_from(value.unsigned_abs()).unwrap_or(i64::MAX);
            let span = spans[row as usize].get_or_insert((size, size));
            *span = (span.0.min(size), span.1.max(size));
        }
    });
    spans
}

/// By how many digits to divide a row of this unit, whose entries are from `least` to `most`.
fn digits(own: i32, least: i64, most: i64) -> i32 {
    // most / 10^at_least is at most 10^LARGEST, least / 10^at_most at least 10^SMALLEST
    let at_least = digits_to(most) - LARGEST;
    let at_most = least.max(1).ilog10() as i32 - SMALLEST;
    own.min(at_most).max(at_least)
}

/// The smallest d with `value` at most 10^d.
fn digits_to(value: i64) -> i32 {
    let below = value.max(1).ilog10();
    match 10_i64.checked_pow(below) == Some(value) {
        true => below as i32,
        false => below as i32 + 1,
    }
}

/// Whether the smallest entry of a row is too small after it was divided.
fn beyond(least: i64, digits: i32) -> bool {
    (least.max(1).ilog10() as i32) - digits < SMALLEST
}

/// Bounds that a row implies: where everything in a row takes from it, nothing takes more than there
/// is.
fn idle_bounds(source: &ArcSource<'_>) -> Vec<bool> {
    let mut gives = vec![false; source.rows.len()];
    each(source, &mut |column| {
        for &(row, value) in &column.entries {
            gives[row as usize] |= value < 0;
        }
    });
    let implied = |column: &ModelColumn, upper: i64| {
        column.entries.iter().any(|&(row, value)| {
            let row = row as usize;
            let rhs = i128::from(source.rows[row].rhs);
            value > 0 && !gives[row] && rhs <= i128::from(value) * i128::from(upper)
        })
    };
    let mut idle = Vec::new();
    each(source, &mut |column| {
        idle.push(column.upper.is_some_and(|upper| implied(column, upper)));
    });
    idle
}

/// Looks at every column.
pub(super) fn each(source: &ArcSource<'_>, look: &mut dyn FnMut(&ModelColumn)) {
    let looked = source.columns(&mut |_, column| {
        look(column);
        Ok::<(), Infallible>(())
    });
    // nothing can fail
    looked.unwrap_or(());
}

/// `value` / 10^`digits`, exactly.
pub(super) fn decimal(value: i128, digits: i32) -> String {
    let sign = if value < 0 { "-" } else { "" };
    let magnitude = value.unsigned_abs().to_string();
    if magnitude == "0" {
        return magnitude;
    }
    let Ok(places) = usize::try_from(digits) else {
        let zeros = "0".repeat(digits.unsigned_abs() as usize);
        return format!("{sign}{magnitude}{zeros}");
    };
    let padded = format!("{magnitude:0>width$}", width = places + 1);
    let (whole, fraction) = padded.split_at(padded.len() - places);
    match fraction.trim_end_matches('0') {
        "" => format!("{sign}{whole}"),
        fraction => format!("{sign}{whole}.{fraction}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_lose_no_digit() {
        assert_eq!(decimal(12_345, 3), "12.345");
        assert_eq!(decimal(-5, 6), "-0.000005");
        assert_eq!(decimal(12_000, 3), "12");
        assert_eq!(decimal(7, -2), "700");
        assert_eq!(decimal(0, 6), "0");
    }

    #[test]
    fn rows_are_divided_as_little_as_their_entries_ask() {
        assert_eq!(digits(3, 400, 21_000_000), 3); // 0.4 kg to 21 t
        assert_eq!(digits(3, 400, 240_000_000), 4); // 240,000 kg are too much
        assert_eq!(digits(0, 1, 100_000), 0);
        assert_eq!(digits(6, 2_000, 64_000_000), 6); // 0.002 to 64 m3
        assert_eq!(digits(6, 20, 64_000), 4); // 0.00002 m3 are too little
        assert_eq!(digits(0, 1, 10_i64.pow(12)), 7); // too far apart
        assert!(beyond(1, 7) && !beyond(2_000, 6));
    }
}
