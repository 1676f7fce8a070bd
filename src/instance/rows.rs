//! Row numbers of findings: what is equally wrong in many rows is said once.

use std::fmt;

use serde::Serialize;

/// Ranges that are kept; rows beyond them are counted.
const MOST_RANGES: usize = 1000;
/// Ranges that are printed.
const SHOWN_RANGES: usize = 8;

/// The rows in which a finding holds, ascending, as a spreadsheet numbers them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Rows {
    /// How many there are.
    count: usize,
    /// First and last row of each range, ascending.
    ranges: Vec<(u32, u32)>,
}

impl Rows {
    /// One row.
    pub fn just(row: u32) -> Self {
        Self {
            count: 1,
            ranges: vec![(row, row)],
        }
    }

    /// How many rows there are.
    pub fn count(&self) -> usize {
        self.count
    }

    /// The first row, where there is any.
    pub fn first(&self) -> Option<u32> {
        self.ranges.first().map(|range| range.0)
    }

    /// Adds a row; one that is there already stays one.
    pub fn add(&mut self, row: u32) {
        // rows mostly come one after the other
        if let Some(last) = self.ranges.last_mut()
            && last.1 + 1 == row
        {
            last.1 = row;
            self.count += 1;
            return;
        }
        let at = self.ranges.partition_point(|range| range.1 < row);
        if self.ranges.get(at).is_some_and(|range| range.0 <= row) {
            return;
        }
        self.count += 1;
        let follows = at > 0 && self.ranges[at - 1].1 + 1 == row;
        let precedes = self.ranges.get(at).is_some_and(|range| row + 1 == range.0);
        match (follows, precedes) {
            (true, true) => {
                self.ranges[at - 1].1 = self.ranges[at].1;
                self.ranges.remove(at);
            }
            (true, false) => self.ranges[at - 1].1 = row,
            (false, true) => self.ranges[at].0 = row,
            (false, false) if self.ranges.len() < MOST_RANGES => {
                self.ranges.insert(at, (row, row));
            }
            (false, false) => {}
        }
    }

    /// Adds all rows of another collection.
    pub fn extend(&mut self, other: &Self) {
        if let (1, Some(row)) = (other.count, other.first()) {
            self.add(row);
            return;
        }
        let listed: usize = other.ranges.iter().map(length).sum();
        for (first, last) in &other.ranges {
            (*first..=*last).for_each(|row| self.add(row));
        }
        self.count += other.count - listed;
    }

    /// The rows as people read them, each range written by `range`.
    fn shown(&self, f: &mut fmt::Formatter<'_>, range: impl Fn(u32, u32) -> String) -> fmt::Result {
        let shown = &self.ranges[..self.ranges.len().min(SHOWN_RANGES)];
        let texts: Vec<String> = shown.iter().map(|(a, b)| range(*a, *b)).collect();
        f.write_str(&texts.join(", "))?;
        match self.count - shown.iter().map(length).sum::<usize>() {
            0 => Ok(()),
            more => write!(f, " and {more} more"),
        }
    }

    /// The rows as cells of a column of a sheet: `services!H14:H20, H25`.
    pub(super) fn in_column(&self, sheet_and_letters: &str) -> String {
        struct Cells<'a>(&'a Rows, &'a str);
        impl fmt::Display for Cells<'_> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let letters = self.1;
                self.0.shown(f, |first, last| match first == last {
                    true => format!("{letters}{first}"),
                    false => format!("{letters}{first}:{letters}{last}"),
                })
            }
        }
        let (sheet, letters) = sheet_and_letters
            .rsplit_once('!')
            .unwrap_or(("", sheet_and_letters));
        format!("{sheet}!{}", Cells(self, letters))
    }
}

fn length(range: &(u32, u32)) -> usize {
    (range.1 - range.0) as usize + 1
}

/// `row 14`, `rows 14–20, 25 and 3 more`.
impl fmt::Display for Rows {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.count == 1 { "row " } else { "rows " })?;
        self.shown(f, |first, last| match last - first {
            0 => first.to_string(),
            1 => format!("{first}, {last}"),
            _ => format!("{first}–{last}"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(numbers: impl IntoIterator<Item = u32>) -> Rows {
        let mut rows = Rows::default();
        numbers.into_iter().for_each(|row| rows.add(row));
        rows
    }

    #[test]
    fn rows_become_ranges_in_whatever_order_they_come() {
        assert_eq!(rows([14]).to_string(), "row 14");
        assert_eq!(rows([3, 2]).to_string(), "rows 2, 3");
        let mixed = rows([20, 14, 16, 15, 18, 19, 17, 25, 25]);
        assert_eq!(mixed.to_string(), "rows 14–20, 25");
        assert_eq!(mixed.count(), 8);
        assert_eq!(mixed.in_column("a!b!H"), "a!b!H14:H20, H25");
    }

    #[test]
    fn many_ranges_are_cut_and_counted() {
        // every other row from 2 to 40 makes twenty ranges, of which eight are shown
        let odd = rows((1..=20).map(|at| at * 2));
        assert_eq!(
            odd.to_string(),
            "rows 2, 4, 6, 8, 10, 12, 14, 16 and 12 more"
        );
    }

    #[test]
    fn collections_add_up() {
        let mut some = rows([1, 2, 9]);
        some.extend(&rows([3, 9]));
        assert_eq!(some, rows([1, 2, 3, 9]));
        // beyond the ranges that are kept, rows are still counted
        let mut many = rows((0..2500).map(|at| at * 2));
        many.extend(&rows([9999]));
        assert_eq!(many.count(), 2501);
    }
}
