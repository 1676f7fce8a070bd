//! What differs between the tables of two instances.

use std::collections::{BTreeMap, BTreeSet};

use super::fields::Decimal;
use super::in_memory::Tables;
use super::schema::{Blank, Table};
use super::tables::table_schema;
use super::text_table::TextTable;

/// Columns that say nothing to a plan.
const REMARKS: [&str; 2] = ["note", "source"];

/// A cell that differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// In which table.
    pub table: &'static str,
    /// In which row: its key columns joined by `/`.
    pub key: String,
    /// In which column; that of the key's last part where a row without other cells comes or goes.
    pub column: &'static str,
    /// What stood there; empty for a blank cell, or a row that was not there.
    pub before: String,
    /// What stands there.
    pub after: String,
}

/// The rows of a table by key; rows of one key by how many stand before.
type Rows = BTreeMap<(Vec<String>, usize), BTreeMap<usize, String>>;

/// Every cell that differs, by table, key and column. Numbers differ by value, not by spelling, and
/// a blank is the default that it takes; rows have no order but those of `handling`, where it is
/// not compared. Scenarios, notes and sources are left out.
pub fn differences(before: &Tables, after: &Tables) -> Vec<Difference> {
    let mut found = Vec::new();
    for table in table_schema() {
        if table.name == "scenarios" {
            continue;
        }
        let rows = |tables: &Tables| {
            let text = tables.texts().get(table.name);
            text.map_or_else(Rows::new, |text| rows_of(table, text))
        };
        compare(table, &rows(before), &rows(after), &mut found);
    }
    found
}

fn compare(table: &'static Table, before: &Rows, after: &Rows, found: &mut Vec<Difference>) {
    let keys: BTreeSet<_> = before.keys().chain(after.keys()).collect();
    let nothing = BTreeMap::new();
    for key in keys {
        let (old, new) = (before.get(key), after.get(key));
        let gone_or_new = old.is_none() || new.is_none();
        let (old, new) = (old.unwrap_or(&nothing), new.unwrap_or(&nothing));
        for (position, column) in table.columns.iter().enumerate() {
            let is_key = table.key.contains(&column.name);
            let shown = gone_or_new && table.key.last() == Some(&column.name);
            if (is_key && !shown) || REMARKS.contains(&column.name) {
                continue;
            }
            let cell =
                |cells: &BTreeMap<usize, String>| cells.get(&position).cloned().unwrap_or_default();
            let (old, new) = (cell(old), cell(new));
            if old != new {
                found.push(Difference {
                    table: table.name,
                    key: key.0.join("/"),
                    column: column.name,
                    before: old,
                    after: new,
                });
            }
        }
    }
}

fn rows_of(table: &'static Table, text: &TextTable) -> Rows {
    let mut rows = Rows::new();
    let mut counts: BTreeMap<Vec<String>, usize> = BTreeMap::new();
    for at in 0..text.len() {
        let cells: BTreeMap<usize, String> = (0..table.columns.len())
            .map(|position| (position, value(table, text, at, position)))
            .collect();
        let positions = table.key.iter().filter_map(|name| table.position(name));
        let key: Vec<String> = positions.map(|position| cells[&position].clone()).collect();
        let count = counts.entry(key.clone()).or_default();
        rows.insert((key, *count), cells);
        *count += 1;
    }
    rows
}

/// A cell as it counts: the default of a blank, a number in its shortest spelling.
fn value(table: &Table, text: &TextTable, row: usize, position: usize) -> String {
    let column = &table.columns[position];
    let cell = match (text.cell(row, position), column.blank) {
        ("", Blank::Is(default)) => return default.to_owned(),
        (cell, _) => cell,
    };
    let counts = column.is_number() || table.name == "settings";
    match Decimal::parse(cell, text.decimal_comma) {
        Ok(number) if counts => number.spell(false),
        _ => cell.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::instance::Findings;

    fn tables(services: &str) -> Tables {
        let head = "service,leg,mode,origin,destination,days,hours,units,note\n";
        let text = format!("{head}{services}");
        Tables::from_csv(&[("services", &text)], &mut Findings::new())
    }

    #[test]
    fn cells_differ_by_what_they_mean() {
        let before = tables("A,1,rail,X,Y,135,20,4,old\nB,1,air,X,Y,,3.50,,\n");
        let after = tables("B,1,air,X,Y,,3.5,,new\nA,,rail,X,Y,135,20,5.0,\n");
        // B: 3.50 is 3.5, notes say nothing; A: a blank leg is leg 1
        let found = differences(&before, &after);
        let expected = Difference {
            table: "services",
            key: "A/1".to_owned(),
            column: "units",
            before: "4".to_owned(),
            after: "5".to_owned(),
        };
        assert_eq!(found, [expected]);
        assert_eq!(differences(&before, &before), []);
    }

    #[test]
    fn rows_come_and_go_cell_by_cell() {
        let before = tables("A,1,rail,X,Y,135,20,4,\n");
        let found = differences(&before, &tables(""));
        let columns: Vec<&str> = found.iter().map(|cell| cell.column).collect();
        assert!(
            columns.contains(&"units") && columns.contains(&"leg"),
            "{columns:?}"
        );
        assert!(
            found
                .iter()
                .all(|cell| cell.after.is_empty() && cell.key == "A/1")
        );
    }
}
