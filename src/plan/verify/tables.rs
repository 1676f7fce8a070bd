//! A table as it should be, against the table as it is.

use std::collections::{BTreeMap, BTreeSet};

use super::decimal;
use super::failure::{At, Failures, shown};
use super::reading::{Row, Table};

/// What a cell should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Expected {
    /// Exactly this text.
    Text(String),
    /// This many 10^-places, however many zeros follow.
    Number(i128, u32),
    /// Nothing.
    Blank,
}

impl Expected {
    /// The number, or nothing.
    pub(super) fn or_blank(value: Option<i128>, places: u32) -> Self {
        value.map_or(Self::Blank, |value| Self::Number(value, places))
    }

    fn text(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Number(value, places) => decimal::text(*value, *places),
            Self::Blank => "blank".to_owned(),
        }
    }
}

/// A row that should be there.
#[derive(Clone, Debug)]
pub(super) struct ExpectedRow {
    /// The cells that name it, in the order of the table's key columns.
    pub(super) key: Vec<String>,
    /// Its other cells by column.
    pub(super) cells: Vec<(&'static str, Expected)>,
    /// Whether its absence is a failure.
    pub(super) required: bool,
}

/// How strictly cells are checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rigour {
    /// Everything that railair writes must be there.
    Complete,
    /// What is there must be right; columns may be missing and cells blank.
    WhatIsThere,
}

/// Compares one cell and records what is wrong.
pub(super) fn compare_cell(
    table: &Table,
    row: &Row,
    key: &str,
    (column, expected): (&str, &Expected),
    rigour: Rigour,
    failures: &mut Failures,
) {
    let at = At {
        table: table.name,
        row: Some(row.line),
        key,
    };
    let Some(position) = table.column(column) else {
        return;
    };
    let found = &row.cells[position];
    if found.is_empty() && rigour == Rigour::WhatIsThere {
        return;
    }
    let failure = match expected {
        Expected::Text(text) if text == found => return,
        Expected::Blank if found.is_empty() => return,
        Expected::Number(value, places) => match table.number(found, *places) {
            Some(number) if number == *value => return,
            Some(number) => at.number(column, number, *value, *places),
            None => finer(table, found, *value, *places).map_or_else(
                || at.cell(column, found, &expected.text()),
                |(number, value)| at.number(column, number, value, places + 9),
            ),
        },
        _ => at.cell(column, found, &expected.text()),
    };
    failures.add(failure);
}

/// A number that is finer than it may be, and the value, both with nine more places.
fn finer(table: &Table, found: &str, value: i128, places: u32) -> Option<(i128, i128)> {
    let number = table.number(found, places + 9)?;
    Some((number, value.checked_mul(1_000_000_000)?))
}

/// Says which columns stand more than once: only the first is checked, and who reads the table may
/// take another.
pub(super) fn check_head(table: &Table, failures: &mut Failures) {
    let mut seen = BTreeSet::new();
    for column in table.columns.iter().filter(|column| !column.is_empty()) {
        if !seen.insert(column) {
            let at = At {
                table: table.name,
                row: Some(1),
                key: "",
            };
            let mut failure = at.row(format!("column {column} stands more than once"));
            failure.column = Some(column.clone());
            failures.add(failure);
        }
    }
}

/// Says which of the columns that railair writes are missing.
pub(super) fn check_columns(table: &Table, columns: &[&'static str], failures: &mut Failures) {
    for column in columns {
        if table.column(column).is_none() {
            let at = At {
                table: table.name,
                row: Some(1),
                key: "",
            };
            let mut failure = at.row(format!("column {column} is missing"));
            failure.column = Some((*column).to_owned());
            failures.add(failure);
        }
    }
}

/// Compares a whole table, whose rows may stand in any order.
pub(super) fn compare(
    table: &Table,
    keys: &[&'static str],
    expected: &[ExpectedRow],
    rigour: Rigour,
    failures: &mut Failures,
) {
    let positions: Option<Vec<usize>> = keys.iter().map(|key| table.column(key)).collect();
    let mut columns = keys.to_vec();
    if let Some(first) = expected.first() {
        columns.extend(first.cells.iter().map(|&(column, _)| column));
    }
    if rigour == Rigour::Complete || positions.is_none() {
        check_columns(table, &columns, failures);
    }
    let Some(positions) = positions else {
        return;
    };
    let by_key: BTreeMap<&[String], usize> = expected
        .iter()
        .enumerate()
        .map(|(index, row)| (row.key.as_slice(), index))
        .collect();
    let mut lines: Vec<Option<u64>> = vec![None; expected.len()];
    for row in &table.rows {
        let key: Vec<String> = positions
            .iter()
            .map(|&at| row.cells[at].to_owned())
            .collect();
        let name = key_text(&key);
        let at = At {
            table: table.name,
            row: Some(row.line),
            key: &name,
        };
        let Some(&index) = by_key.get(key.as_slice()) else {
            failures.add(at.row(format!("{} is nothing that this plan has", shown(&name))));
            continue;
        };
        if let Some(line) = lines[index].replace(row.line) {
            failures.add(at.row(format!("{} stands in row {line} already", shown(&name))));
            continue;
        }
        for (column, expected) in &expected[index].cells {
            let cell = (*column, expected);
            compare_cell(table, row, &name, cell, rigour, failures);
        }
    }
    for (row, line) in expected.iter().zip(lines) {
        if row.required && line.is_none() && rigour == Rigour::Complete {
            let name = key_text(&row.key);
            let at = At {
                table: table.name,
                row: None,
                key: &name,
            };
            failures.add(at.row(format!("the row of {} is missing", shown(&name))));
        }
    }
}

/// The names of a row in one text.
pub(super) fn key_text(key: &[String]) -> String {
    let parts: Vec<&str> = key.iter().map(String::as_str).collect();
    parts.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expected(name: &str, kg: i128) -> ExpectedRow {
        ExpectedRow {
            key: vec![name.to_owned()],
            cells: vec![("kg", Expected::Number(kg, 3))],
            required: name != "spare",
        }
    }

    fn failures_of(text: &str) -> Vec<String> {
        let table = Table::parse("t.csv", text.as_bytes()).expect("a table");
        let mut failures = Failures::keeping(9);
        let rows = [expected("A", 1500), expected("B", 0), expected("spare", 7)];
        compare(&table, &["name"], &rows, Rigour::Complete, &mut failures);
        let describe = |failure: super::super::Failure| {
            format!("{:?} {}", failure.row.unwrap_or(0), failure.message)
        };
        failures.into_parts().0.into_iter().map(describe).collect()
    }

    #[test]
    fn order_and_trailing_zeros_mean_nothing() {
        assert!(failures_of("name,kg\nB,0.000\nA,1.50\n").is_empty());
        assert!(failures_of("kg,name,mine\n1.5,A,x\n0,B,\n0.007,spare,\n").is_empty());
    }

    #[test]
    fn a_column_that_stands_twice_is_named() {
        let heads = |text: &str| {
            let table = Table::parse("t.csv", text.as_bytes()).expect("a table");
            let mut failures = Failures::keeping(9);
            check_head(&table, &mut failures);
            failures.into_parts().0
        };
        assert!(heads("name,kg,,\nA,1,,\n").is_empty());
        let twice = heads("name,kg,kg\nA,1,2\n");
        assert_eq!(twice.len(), 1);
        assert_eq!(twice[0].message, "column kg stands more than once");
    }

    #[test]
    fn whatever_else_changes_is_named() {
        let one = |text: &str, message: &str| assert_eq!(failures_of(text), [message], "{text}");
        one(
            "name,kg\nA,1.7\nB,0\n",
            "2 kg is 1.7 instead of 1.5 (0.2 off)",
        );
        one(
            "name,kg\nA,1.50001\nB,0\n",
            "2 kg is 1.50001 instead of 1.5 (0.00001 off)",
        );
        one("name,kg\nA,\nB,0\n", "2 kg is blank instead of 1.5");
        one("name,kg\nA,1.5\n", "0 the row of \"B\" is missing");
        one(
            "name,kg\nA,1.5\nB,0\nA,1.5\n",
            "4 \"A\" stands in row 2 already",
        );
        one(
            "name,kg\nA,1.5\nB,0\nC,1\n",
            "4 \"C\" is nothing that this plan has",
        );
        one("name\nA\nB\n", "1 column kg is missing");
        one(
            "name,kg\nA,1.5\nB,0\nspare,8\n",
            "4 kg is 8 instead of 0.007 (7.993 off)",
        );
    }
}
