//! One axis of a grid: `table.column[key]=values`.

use std::str::FromStr;

use crate::instance::{Change, Tables, decimal_range, is_decimal, table_schema};

use super::MOST_RUNS;

/// One thing that a grid varies, and the values that it takes.
///
/// ```text
/// services.units[ZIH]=1..4              set: 1, 2, 3, 4
/// demand.parcels*=0.8..2.0/0.1          scale every row: 0.8, 0.9, …, 2
/// demand.parcels[YIWU/LGG]+=-500,0,500  add
/// services.days[ZIH]=135,daily          words as they are
/// settings.value[co2e_price_per_t]=0..100/25
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Axis {
    /// What stands before the `=`, as it was typed: the column's name in the table of runs.
    pub name: String,
    /// The change, without its value.
    change: Change,
    /// The values, in order.
    pub values: Vec<String>,
}

impl FromStr for Axis {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || {
            format!(
                "\"{text}\" is not TABLE.COLUMN[KEY]=VALUES, such as services.units[ZIH]=1..4 or \
                 demand.parcels*=0.8..2.0/0.1"
            )
        };
        let (name, values) = text.split_once('=').ok_or_else(wrong)?;
        let name = name.trim();
        let (target, change) = match name.as_bytes().last() {
            Some(b'*') => (&name[..name.len() - 1], "scale"),
            Some(b'+') => (&name[..name.len() - 1], "add"),
            _ => (name, "set"),
        };
        let (cell, key) = match target.trim().split_once('[') {
            Some((cell, key)) => (cell, key.strip_suffix(']').ok_or_else(wrong)?),
            None => (target, "*"),
        };
        let (table, column) = cell.trim().split_once('.').ok_or_else(wrong)?;
        let change = Change {
            table: table.trim().to_owned(),
            key: key.trim().to_owned(),
            column: column.trim().to_owned(),
            change,
            value: String::new(),
        };
        let values = read_values(values, counts(&change))?;
        Ok(Self {
            name: name.to_owned(),
            change,
            values,
        })
    }
}

impl Axis {
    /// The change to one of the values.
    pub(super) fn change_to(&self, value: &str) -> Change {
        Change {
            value: value.to_owned(),
            ..self.change.clone()
        }
    }

    /// What is wrong with it on these tables, in words.
    pub(super) fn fault(&self, tables: &Tables) -> Option<String> {
        let fault = |value: &String| tables.fault(&self.change_to(value));
        let fault = self.values.iter().find_map(fault)?;
        Some(format!("--vary {}: {fault}", self.name))
    }
}

/// Whether the values of a change are numbers.
fn counts(change: &Change) -> bool {
    let is_number = |column: &str| {
        let table = table_schema().iter().find(|t| t.name == change.table);
        table.is_none_or(|table| table.column(column).is_none_or(|c| c.is_number()))
    };
    change.change != "set" || change.table == "settings" || is_number(&change.column)
}

fn read_values(text: &str, counts: bool) -> Result<Vec<String>, String> {
    let mut values = Vec::new();
    for item in text.split(',').map(str::trim) {
        match item.split_once("..") {
            Some((from, rest)) if counts => values.extend(read_range(item, from, rest)?),
            _ => values.push(item.to_owned()),
        }
    }
    Ok(values)
}

fn read_range(item: &str, from: &str, rest: &str) -> Result<Vec<String>, String> {
    let (to, step) = rest.split_once('/').unwrap_or((rest, "1"));
    decimal_range(from, to, step, MOST_RUNS).ok_or_else(|| {
        match [from, to, step]
            .into_iter()
            .find(|text| !is_decimal(text.trim()))
        {
            Some(text) => format!("\"{text}\" in the range \"{item}\" is not a number"),
            None => {
                format!("the range \"{item}\" needs a step above 0 and at most {MOST_RUNS} values")
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn axis(text: &str) -> Axis {
        text.parse().unwrap_or_else(|error| panic!("{error}"))
    }

    #[test]
    fn an_axis_is_read_as_it_is_typed() {
        let units = axis("services.units[ZIH]=1..4");
        assert_eq!(units.name, "services.units[ZIH]");
        assert_eq!(units.values, ["1", "2", "3", "4"]);
        assert_eq!(units.change.change, "set");
        assert_eq!(units.change.key, "ZIH");
        let demand = axis("demand.parcels*=0.8..2.0/0.1");
        assert_eq!(
            (demand.change.change, demand.change.key.as_str()),
            ("scale", "*")
        );
        assert_eq!(demand.values.len(), 13); // (2.0 - 0.8) / 0.1 + 1
        assert_eq!(demand.name, "demand.parcels*");
        let one = axis("demand.parcels[YIWU/LGG]+=-500,0,500");
        assert_eq!(
            (one.change.change, one.change.key.as_str()),
            ("add", "YIWU/LGG")
        );
        assert_eq!(one.values, ["-500", "0", "500"]);
        // the points of days are no range
        assert_eq!(
            axis("services.days[ZIH]=1..4...,daily").values,
            ["1..4...", "daily"]
        );
        assert_eq!(
            axis("settings.value[co2e_price_per_t]=0..50/25").values,
            ["0", "25", "50"]
        );
        assert_eq!(axis("services.units[ZIH]=,2").values, ["", "2"]); // blank: unlimited
    }

    #[test]
    fn what_is_no_axis_is_told() {
        for wrong in ["units", "units=3", "services.units[ZIH=3"] {
            let said = wrong.parse::<Axis>().unwrap_err();
            assert!(said.contains("services.units[ZIH]=1..4"), "{said}");
        }
        let said = "services.units=1..x".parse::<Axis>().unwrap_err();
        assert!(said.contains("\"x\""), "{said}");
        let said = "services.units=1..2/0".parse::<Axis>().unwrap_err();
        assert!(said.contains("step above 0"), "{said}");
    }
}
