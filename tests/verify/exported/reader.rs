//! Reads exported programs back: as much of free MPS and CPLEX LP as is written, in code of its own.

use std::collections::BTreeMap;

/// A row of a program that was read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Row {
    pub is_equation: bool,
    pub rhs: f64,
    /// Columns and values.
    pub entries: BTreeMap<String, f64>,
}

/// A column.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Column {
    pub cost: f64,
    /// Lower bound.
    pub least: f64,
    pub most: Option<f64>,
    pub is_whole: bool,
}

/// A program.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Program {
    pub rows: BTreeMap<String, Row>,
    pub columns: BTreeMap<String, Column>,
}

fn number(text: &str) -> f64 {
    text.parse()
        .unwrap_or_else(|_| panic!("{text} is no number"))
}

impl Program {
    /// Reads free MPS.
    pub fn of_mps(text: &str) -> Self {
        let mut made = Self::default();
        let (mut section, mut whole) = ("", false);
        for line in text.lines().filter(|line| !line.starts_with('*')) {
            let words: Vec<&str> = line.split_whitespace().collect();
            if !line.starts_with(' ') {
                section = words[0];
                continue;
            }
            match (section, &words[..]) {
                ("ROWS", ["N", "cost"]) => {}
                ("ROWS", [sense, name]) => {
                    let row = Row {
                        is_equation: *sense == "E",
                        ..Row::default()
                    };
                    assert!(
                        made.rows.insert((*name).to_owned(), row).is_none(),
                        "{name}"
                    );
                }
                ("COLUMNS", [_, "'MARKER'", kind]) => whole = *kind == "'INTORG'",
                ("COLUMNS", [name, row, value]) => made.enter(name, row, number(value), whole),
                ("RHS", [_, row, value]) => made.row(row).rhs = number(value),
                ("BOUNDS", ["PL", _, name]) => made.column(name).most = None,
                ("BOUNDS", ["UP", _, name, value]) => {
                    made.column(name).most = Some(number(value));
                }
                ("BOUNDS", ["FX", _, name, value]) => {
                    let column = made.column(name);
                    (column.least, column.most) = (number(value), Some(number(value)));
                }
                other => panic!("{other:?}"),
            }
        }
        made
    }

    fn enter(&mut self, name: &str, row: &str, value: f64, whole: bool) {
        let column = self.columns.entry(name.to_owned()).or_default();
        column.is_whole = whole;
        match row {
            "cost" => column.cost = value,
            row => {
                self.row(row).entries.insert(name.to_owned(), value);
            }
        }
    }

    fn row(&mut self, name: &str) -> &mut Row {
        self.rows
            .get_mut(name)
            .unwrap_or_else(|| panic!("no row {name}"))
    }

    fn column(&mut self, name: &str) -> &mut Column {
        self.columns
            .get_mut(name)
            .unwrap_or_else(|| panic!("no column {name}"))
    }

    /// Reads CPLEX LP.
    pub fn of_lp(text: &str) -> Self {
        let mut made = Self::default();
        let lines = text.lines().filter(|line| !line.starts_with('\\'));
        let (mut section, mut row) = (String::new(), String::new());
        for line in lines {
            if !line.starts_with(' ') {
                section = line.to_owned();
                continue;
            }
            let mut words: Vec<&str> = line.split_whitespace().collect();
            if let Some(name) = words[0].strip_suffix(':') {
                row = name.to_owned();
                words.remove(0);
                if section == "subject to" {
                    let double = made.rows.insert(row.clone(), Row::default());
                    assert!(double.is_none(), "{row}");
                }
            }
            match section.as_str() {
                "minimize" | "subject to" => made.terms(&row, &words),
                "bounds" => made.bound(&words),
                "general" => {
                    let column = made.columns.entry(words[0].to_owned()).or_default();
                    column.is_whole = true;
                }
                other => panic!("{other}"),
            }
        }
        made
    }

    fn terms(&mut self, row: &str, words: &[&str]) {
        let (mut sign, mut at) = (1.0, 0);
        while at < words.len() {
            match words[at] {
                "+" => sign = 1.0,
                "-" => sign = -1.0,
                sense @ ("=" | "<=") => {
                    let rhs = number(words[at + 1]);
                    let row = self.row(row);
                    (row.is_equation, row.rhs) = (sense == "=", rhs);
                    at += 1;
                }
                value => {
                    let name = words[at + 1].to_owned();
                    let value = sign * number(value);
                    let column = self.columns.entry(name.clone()).or_default();
                    if row == "cost" {
                        column.cost = value;
                    } else if value != 0.0 {
                        self.row(row).entries.insert(name, value);
                    }
                    at += 1;
                }
            }
            at += 1;
        }
    }

    fn bound(&mut self, words: &[&str]) {
        match words {
            [name, "=", value] => {
                let column = self.column(name);
                (column.least, column.most) = (number(value), Some(number(value)));
            }
            ["0", "<=", name, "<=", value] => {
                // a column without an entry stands in bounds alone
                let column = self.columns.entry((*name).to_owned()).or_default();
                column.most = Some(number(value));
            }
            other => panic!("{other:?}"),
        }
    }
}
