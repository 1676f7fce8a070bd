//! What fails: records by table, row and column, kept up to a number per table.

use std::collections::BTreeMap;

use serde::Serialize;

use super::decimal;

/// Something in a plan that does not hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Failure {
    /// The table it stands in, such as `allocation.csv`.
    pub table: String,
    /// The line of the file, counted from 1 with its header; `None` where a row is missing or the
    /// whole table is meant.
    pub row: Option<u64>,
    /// Which row it is, by its names.
    pub key: String,
    /// The column; `None` where the whole row is meant.
    pub column: Option<String>,
    /// What the plan says.
    pub found: String,
    /// What the instance and the allocation make of it.
    pub expected: String,
    /// Found − expected, where both are numbers.
    pub difference: Option<String>,
    /// What is wrong, as a sentence.
    pub message: String,
}

/// Failures as they are found.
#[derive(Debug)]
pub(super) struct Failures {
    kept: Vec<Failure>,
    counts: BTreeMap<String, u64>,
    most: u64,
    /// Whether the plan says itself that it breaks capacities or hard limits, which is then no
    /// failure.
    says_so: bool,
    /// Capacities and hard limits that are broken.
    broken: u64,
}

impl Failures {
    /// Keeps at most `most` failures of each table and counts the rest.
    pub(super) fn keeping(most: u64) -> Self {
        Self {
            kept: Vec::new(),
            counts: BTreeMap::new(),
            most,
            says_so: false,
            broken: 0,
        }
    }

    /// The same for a plan that says itself that it breaks capacities or hard limits.
    pub(super) fn of_an_infeasible_plan(self) -> Self {
        Self {
            says_so: true,
            ..self
        }
    }

    /// Adds a capacity or a hard limit that is broken.
    pub(super) fn add_broken(&mut self, failure: Failure) {
        self.broken += 1;
        if !self.says_so {
            self.add(failure);
        }
    }

    /// What the plan should say of itself: whether it breaks nothing. What breaks something fails,
    /// whatever is said of it, but where saying so is enough.
    pub(super) fn feasible(&self) -> bool {
        !(self.says_so && self.broken > 0)
    }

    pub(super) fn add(&mut self, failure: Failure) {
        let count = self.counts.entry(failure.table.clone()).or_default();
        *count += 1;
        if *count <= self.most {
            self.kept.push(failure);
        }
    }

    /// Failures kept, in the order in which they were found, and how many there are per table.
    pub(super) fn into_parts(self) -> (Vec<Failure>, BTreeMap<String, u64>) {
        (self.kept, self.counts)
    }
}

/// Where a failure stands.
#[derive(Clone, Copy, Debug)]
pub(super) struct At<'a> {
    pub(super) table: &'a str,
    pub(super) row: Option<u64>,
    pub(super) key: &'a str,
}

impl At<'_> {
    /// A failure that concerns the whole row.
    pub(super) fn row(self, message: impl Into<String>) -> Failure {
        Failure {
            table: self.table.to_owned(),
            row: self.row,
            key: self.key.to_owned(),
            column: None,
            found: String::new(),
            expected: String::new(),
            difference: None,
            message: message.into(),
        }
    }

    /// A cell whose text is not what it should be.
    pub(super) fn cell(self, column: &str, found: &str, expected: &str) -> Failure {
        Failure {
            column: Some(column.to_owned()),
            found: found.to_owned(),
            expected: expected.to_owned(),
            message: format!("{column} is {} instead of {expected}", shown(found)),
            ..self.row("")
        }
    }

    /// A cell whose number, in units of 10^-`places`, is not what it should be.
    pub(super) fn number(self, column: &str, found: i128, expected: i128, places: u32) -> Failure {
        let difference = decimal::text(found.saturating_sub(expected), places);
        let (found, expected) = (
            decimal::text(found, places),
            decimal::text(expected, places),
        );
        Failure {
            message: format!("{column} is {found} instead of {expected} ({difference} off)"),
            difference: Some(difference),
            ..self.cell(column, &found, &expected)
        }
    }

    /// A total that passes what it may be, both in units of 10^-`places`.
    pub(super) fn beyond(
        self,
        column: &str,
        what: &str,
        found: i128,
        allowed: i128,
        places: u32,
    ) -> Failure {
        let difference = decimal::text(found.saturating_sub(allowed), places);
        let (found, allowed) = (decimal::text(found, places), decimal::text(allowed, places));
        let side = if difference.starts_with('-') {
            "too little"
        } else {
            "too much"
        };
        Failure {
            message: format!("{what} is {found}, allowed is {allowed}: {difference} {side}"),
            difference: Some(difference),
            ..self.cell(column, &found, &allowed)
        }
    }
}

/// A cell's text in a message.
pub(super) fn shown(text: &str) -> String {
    if text.is_empty() {
        "blank".to_owned()
    } else {
        format!("\"{text}\"")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rest_is_counted_per_table() {
        let mut failures = Failures::keeping(1);
        for (table, row) in [("a.csv", 2), ("a.csv", 3), ("b.csv", 2)] {
            let at = At {
                table,
                row: Some(row),
                key: "k",
            };
            failures.add(at.number("kg", 1_500, 1_250, 3));
        }
        let (kept, counts) = failures.into_parts();
        assert_eq!(kept.len(), 2);
        assert_eq!(counts["a.csv"], 2);
        // 1.5 − 1.25
        assert_eq!(kept[0].difference.as_deref(), Some("0.25"));
    }
}
