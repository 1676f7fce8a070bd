//! The columns of the tables: those that follow from others, and those that are what is known first.

use std::collections::BTreeMap;

use calamine::Data;

use super::tables::{Facts, Table, millionths};

/// What a column is.
enum Basis {
    /// What everything else follows from; `verify` works it out from the instance.
    Known,
    /// It follows, row by row, in millionths.
    Follows(fn(&Facts) -> Vec<i128>),
}

use Basis::{Follows, Known};

/// Every column with numbers of every table that people read.
const COLUMNS: &[(&str, &str, Basis)] = &[
    ("allocation", "parcels", Known),
    ("allocation", "kg", Known),
    ("allocation", "m3", Known),
    ("allocation", "cost", Known),
    ("allocation", "hours", Known),
    ("allocation", "late_hours", Known),
    ("allocation", "co2e_kg", Known),
    ("allocation", "main_leg", Known),
    ("allocation", "week", Known),
    ("departures", "leg", Known),
    ("departures", "week", Known),
    (
        "departures",
        "parcels",
        Follows(|facts| aboard(facts, "parcels")),
    ),
    ("departures", "kg", Follows(|facts| aboard(facts, "kg"))),
    ("departures", "m3", Follows(|facts| aboard(facts, "m3"))),
    ("departures", "load_kg", Known),
    ("departures", "load_m3", Known),
    ("departures", "units", Known),
    ("departures", "units_limit", Known),
    ("departures", "dead_units", Known),
    ("departures", "cost", Known),
    ("departures", "shadow_price_per_unit", Known),
    ("departures", "carriage", Known),
    ("handling", "used", Known),
    ("handling", "capacity", Known),
    ("handling", "load", Known),
    ("handling", "cost", Known),
    ("handling", "shadow_price_per_unit", Known),
    ("demand", "week", Known),
    ("demand", "parcels", Follows(parcels)),
    ("demand", "on_time", Known),
    ("demand", "late", Known),
    ("demand", "unserved", Known),
    ("demand", "cost", Known),
    ("demand", "marginal_cost_per_parcel", Known),
    ("limits", "value", Known),
    ("limits", "min", Known),
    ("limits", "max", Known),
    ("limits", "slack", Known),
    ("limits", "violation", Follows(violations)),
    ("limits", "cost", Known),
    ("limits", "shadow_price_per_unit", Known),
    ("purchases", "leg", Known),
    ("purchases", "units", Known),
    ("purchases", "units_limit", Known),
    ("purchases", "cost", Known),
    ("purchases", "kg", Known),
    ("purchases", "m3", Known),
    ("purchases", "load_kg", Known),
    ("purchases", "load_m3", Known),
];

/// Tables of the proof and of what would be otherwise.
const OTHERS: [&str; 6] = [
    "allocation_tail",
    "prices",
    "choices",
    "branches",
    "branch_prices",
    "purchases_tail",
];

/// On time, late and left behind.
fn parcels(facts: &Facts) -> Vec<i128> {
    let demand = facts.table("demand");
    let fates = ["on_time", "late", "unserved"].map(|fate| demand.millionths(fate).collect());
    let [on_time, late, unserved]: [Vec<i128>; 3] = fates;
    (0..demand.rows.len())
        .map(|at| on_time[at] + late[at] + unserved[at])
        .collect()
}

/// What a value is below the least or above the most; a limit with both is broken on one side.
fn violations(facts: &Facts) -> Vec<i128> {
    let limits = facts.table("limits");
    let bounds = limits.texts("min").zip(limits.texts("max"));
    let rows = limits.millionths("value").zip(bounds);
    let beyond = |(value, (min, max)): (i128, (&str, &str))| {
        let below = millionths(min).map_or(0, |min| (min - value).max(0));
        let above = millionths(max).map_or(0, |max| (value - max).max(0));
        below + above
    };
    rows.map(beyond).collect()
}

/// What the paths of allocations put aboard each departure.
fn aboard(facts: &Facts, column: &str) -> Vec<i128> {
    let mut sums: BTreeMap<String, i128> = BTreeMap::new();
    let allocation = facts.table("allocation");
    for (path, amount) in allocation.texts("path").zip(allocation.millionths(column)) {
        for name in path.split(" > ") {
            *sums.entry(shared(name)).or_default() += amount;
        }
    }
    let departures = facts.table("departures");
    let names = departures
        .texts("service")
        .zip(departures.texts("leg"))
        .zip(departures.texts("run"));
    let name = |((service, leg), run): ((&str, &str), &str)| match facts.legs[service] > 1 {
        true => shared(&format!("{service}/{leg}@{run}")),
        false => shared(&format!("{service}@{run}")),
    };
    names
        .map(|row| sums.get(&name(row)).copied().unwrap_or(0))
        .collect()
}

/// A departure of a typical week is that of every week.
fn shared(name: &str) -> String {
    let weekday = name.rsplit_once("@W").and_then(|(service, run)| {
        let (week, day) = run.split_once(' ')?;
        week.bytes()
            .all(|b| b.is_ascii_digit())
            .then(|| format!("{service}@W1 {day}"))
    });
    weekday.unwrap_or_else(|| name.to_owned())
}

/// What is wrong with the columns of a plan.
pub fn wrong(facts: &Facts) -> Vec<String> {
    let mut wrong = Vec::new();
    let tables = facts
        .tables
        .iter()
        .filter(|(name, _)| !OTHERS.contains(&name.as_str()));
    for (name, table) in tables {
        for column in &table.head {
            let known = COLUMNS
                .iter()
                .find(|(of, known, _)| of == name && known == column);
            let numbers = table.texts(column).any(|cell| millionths(cell).is_some());
            match known {
                None if numbers && !is_asked(column) && !is_name(column) => {
                    wrong.push(format!("{name}.csv: no rule says what {column} is"));
                }
                Some((.., Follows(follows))) => {
                    let rows = table.millionths(column).zip(follows(facts)).enumerate();
                    wrong.extend(rows.filter(|(_, (own, wanted))| own != wanted).map(
                        |(at, (own, wanted))| {
                            let row = at + 2;
                            format!(
                                "{name}.csv row {row}: {column} is {own}, not {wanted} millionths"
                            )
                        },
                    ));
                }
                _ => {}
            }
        }
    }
    wrong
}

/// Ranges, which only `--ranges` asks for.
fn is_asked(column: &str) -> bool {
    ["exact_price", "holds_for", "cost_there"].contains(&column)
}

/// Names may be numbers.
fn is_name(column: &str) -> bool {
    let names = [
        "origin",
        "destination",
        "product",
        "service",
        "place",
        "step",
        "limit",
        "main_service",
        "operator",
        "unit",
    ];
    names.contains(&column)
}

/// The sheets with the plan's tables hold the same numbers.
pub fn sheets_hold_tables(sheets: &BTreeMap<String, BTreeMap<(u32, u32), Data>>, facts: &Facts) {
    for (name, table) in &facts.tables {
        let Some(cells) = sheets
            .get(name)
            .filter(|_| !OTHERS.contains(&name.as_str()))
        else {
            continue;
        };
        let heads: Vec<String> = (0..table.head.len() as u32)
            .map(|column| match cells.get(&(0, column)) {
                Some(Data::String(text)) => text.clone(),
                _ => String::new(),
            })
            .collect();
        assert_eq!(heads, table.head, "{name}");
        same_cells(name, table, cells);
    }
}

fn same_cells(name: &str, table: &Table, cells: &BTreeMap<(u32, u32), Data>) {
    for (at, row) in table.rows.iter().enumerate() {
        for (column, cell) in row.iter().enumerate() {
            let (Some(wanted), head) = (millionths(cell), &table.head[column]) else {
                continue;
            };
            if is_name(head) {
                continue;
            }
            let found = match cells.get(&(at as u32 + 1, column as u32)) {
                Some(Data::Float(value)) => *value,
                other => panic!("{name} row {}: {head} is {other:?}, not {cell}", at + 2),
            };
            let wanted = wanted as f64 / 1e6;
            let near = (found - wanted).abs() <= 1e-12 * wanted.abs().max(1.0);
            assert!(near, "{name} row {}: {head} is {found}, not {cell}", at + 2);
        }
    }
}
