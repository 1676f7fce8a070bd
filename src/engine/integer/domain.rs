//! Bounds on whole columns: what a node of the tree has decided.

use crate::program::{Program, Row};

/// Values from `lower` to `upper`, both included; `None` is without end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Range {
    /// The least value.
    pub lower: i64,
    /// The largest value.
    pub upper: Option<i64>,
}

impl Range {
    /// Only one value.
    pub fn only(value: i64) -> Self {
        Self {
            lower: value,
            upper: Some(value),
        }
    }

    /// Whether one value is left.
    pub fn is_decided(self) -> bool {
        self.upper == Some(self.lower)
    }

    /// The values of `self` up to `value`, and those from `value + 1`.
    pub fn split(self, value: i64) -> (Self, Self) {
        let low = Self {
            upper: Some(self.upper.map_or(value, |upper| upper.min(value))),
            ..self
        };
        let high = Self {
            lower: self.lower.max(value + 1),
            ..self
        };
        (low, high)
    }
}

/// A range per whole column, in the order of the program's columns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Domain(pub Vec<Range>);

impl Domain {
    /// All values that the program allows.
    pub fn of(program: &Program) -> Self {
        let columns = program.columns.iter().filter(|column| column.whole);
        Self(
            columns
                .map(|column| Range {
                    lower: 0,
                    upper: column.upper,
                })
                .collect(),
        )
    }

    /// Only these values.
    pub fn only(values: &[i64]) -> Self {
        Self(values.iter().map(|&value| Range::only(value)).collect())
    }

    /// The same with one range replaced.
    pub fn with(&self, place: usize, range: Range) -> Self {
        let mut ranges = self.0.clone();
        ranges[place] = range;
        Self(ranges)
    }

    /// What every column may be: whole ones as here, the others as the program says.
    pub(super) fn of_all<'a>(&'a self, program: &'a Program) -> impl Iterator<Item = Range> + 'a {
        let mut ranges = self.0.iter();
        program.columns.iter().map(move |column| {
            let free = Range {
                lower: 0,
                upper: column.upper,
            };
            match column.whole {
                true => ranges.next().copied().unwrap_or(free),
                false => free,
            }
        })
    }

    /// Writes the ranges into `program`, a copy of `base`: y = l + y', so that rows gain what l
    /// units sell, the constant what they cost, and 0 ≤ y' ≤ u − l.
    pub fn apply(&self, base: &Program, program: &mut Program) {
        program.rows.clone_from(&base.rows);
        program.constant = base.constant;
        let whole = base.columns.iter().enumerate().filter(|(_, c)| c.whole);
        for ((index, column), range) in whole.zip(&self.0) {
            program.columns[index].upper = range.upper.map(|upper| upper - range.lower);
            if range.lower == 0 {
                continue;
            }
            program.constant += i128::from(column.cost) * i128::from(range.lower);
            for &(row, coefficient) in &column.entries {
                let Row { upper } = &mut program.rows[row as usize];
                // what leaves the range of a row is for whoever solves to refuse
                *upper = upper.saturating_sub(coefficient.saturating_mul(range.lower));
            }
        }
    }
}

/// The places of the whole columns among all.
pub(super) fn whole_columns(program: &Program) -> Vec<usize> {
    let columns = program.columns.iter().enumerate();
    columns
        .filter(|(_, column)| column.whole)
        .map(|(index, _)| index)
        .collect()
}
