//! What moved: parcels by release and path.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::plan::verify::ReadError;
use crate::plan::verify::reading::Table;

/// Parcels of a release on a path, before and after.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Move {
    /// Where they start.
    pub origin: String,
    /// Where they go.
    pub destination: String,
    /// What they are.
    pub product: String,
    /// When they are ready; `week N` of parcels left behind, which a plan counts by week.
    pub release: String,
    /// Departures in order; empty for parcels left behind.
    pub path: String,
    /// The services of the path in order, whatever the run; empty for parcels left behind.
    pub way: String,
    /// How many in the first plan.
    pub before: i64,
    /// How many in the second.
    pub after: i64,
}

/// Why two plans cannot be held against each other.
#[derive(Debug, thiserror::Error)]
pub enum MoveError {
    /// A table is missing.
    #[error("{folder} has no {table}")]
    Missing {
        /// Which plan.
        folder: String,
        /// Which table.
        table: &'static str,
    },
    /// A table cannot be read.
    #[error("failed to read the plan in {folder}")]
    Read {
        /// Which plan.
        folder: String,
        /// Why.
        source: ReadError,
    },
    /// A number is none.
    #[error("{folder}: {table} row {row}: {column} \"{text}\" is no number")]
    Number {
        /// Which plan.
        folder: String,
        /// Which table.
        table: &'static str,
        /// The line of the file, from 1.
        row: u64,
        /// Which column.
        column: &'static str,
        /// What stands there.
        text: String,
    },
}

/// Origin, destination, product, release and path.
type Key = [String; 5];

/// Every release and path that carries other numbers of parcels in the plan at `b` than in that at
/// `a`, and every demand of which other numbers are left behind, in the order of their names.
///
/// # Errors
/// [`MoveError`].
pub fn moves(a: &Path, b: &Path) -> Result<Vec<Move>, MoveError> {
    let mut all: BTreeMap<Key, [i64; 2]> = BTreeMap::new();
    for (side, folder) in [a, b].into_iter().enumerate() {
        let mut add = |key: Key, parcels: i64| all.entry(key).or_default()[side] += parcels;
        let columns = ["origin", "destination", "product", "release", "path"];
        read(folder, "allocation.csv", columns, "parcels", &mut add)?;
        let columns = ["origin", "destination", "product", "week", ""];
        let mut left = |mut key: Key, parcels| {
            key[3] = format!("week {}", key[3]);
            add(key, parcels);
        };
        read(folder, "demand.csv", columns, "unserved", &mut left)?;
    }
    let both = [services(a)?, services(b)?].concat();
    let services: BTreeSet<String> = both.into_iter().collect();
    let moved = all
        .into_iter()
        .filter(|(_, [before, after])| before != after);
    let moved = moved.map(|(key, [before, after])| {
        let [origin, destination, product, release, path] = key;
        Move {
            origin,
            destination,
            product,
            release,
            way: way(&path, &services),
            path,
            before,
            after,
        }
    });
    Ok(moved.collect())
}

/// The services that run in a plan.
fn services(folder: &Path) -> Result<Vec<String>, MoveError> {
    let mut services = Vec::new();
    let columns = ["service", "", "", "", ""];
    read(folder, "departures.csv", columns, "leg", &mut |key, _| {
        let [service, ..] = key;
        services.push(service);
    })?;
    Ok(services)
}

/// The services of a path, those that carry through once; steps that were held are left out.
fn way(path: &str, services: &BTreeSet<String>) -> String {
    let name = |part: &str| {
        part.split(['@', '/'])
            .next()
            .unwrap_or_default()
            .trim()
            .to_owned()
    };
    let mut names: Vec<String> = path.split('>').map(name).collect();
    names.retain(|name| services.contains(name));
    names.dedup();
    names.join(" > ")
}

/// Reads a table, in whatever dialect it is spelled, and hands on five of its columns and a number.
fn read(
    folder: &Path,
    name: &'static str,
    columns: [&'static str; 5],
    count: &'static str,
    add: &mut dyn FnMut(Key, i64),
) -> Result<(), MoveError> {
    let described = || folder.display().to_string();
    let failed = |source| MoveError::Read {
        folder: described(),
        source,
    };
    let table = Table::read(folder, name).map_err(failed)?;
    let table = table.ok_or_else(|| MoveError::Missing {
        folder: described(),
        table: name,
    })?;
    let mut positions = [None; 5];
    for (found, column) in positions.iter_mut().zip(columns) {
        if !column.is_empty() {
            *found = Some(table.required(column).map_err(failed)?);
        }
    }
    let counted = table.required(count).map_err(failed)?;
    for row in &table.rows {
        let text = &row.cells[counted];
        let number = table.number(text, 0);
        let number = number.and_then(|number| i64::try_from(number).ok());
        let number = number.ok_or_else(|| MoveError::Number {
            folder: described(),
            table: name,
            row: row.line,
            column: count,
            text: text.chars().take(60).collect(),
        })?;
        let cell = |at: Option<usize>| at.map_or(String::new(), |at| row.cells[at].to_owned());
        add(positions.map(cell), number);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_changes_is_listed_and_what_stays_is_not() {
        let desk = tempfile::tempdir().expect("a folder");
        let plan = |name: &str, train: i64, flight: i64, left: i64| {
            let folder = desk.path().join(name);
            std::fs::create_dir(&folder).expect("a folder");
            let mut rows = "origin,destination,product,release,path,parcels\n".to_owned();
            let paths = [
                (
                    "TRUCK@W1 Mon > TRAIN/1@W1 Tue > TRAIN/2@W1 Tue > customs@W1 Fri",
                    train,
                ),
                ("FLIGHT@W1 Mon", flight),
            ];
            for (path, parcels) in paths {
                if parcels > 0 {
                    rows += &format!("X,LGG,std,W1 Mon 18:00,{path},{parcels}\n");
                }
            }
            std::fs::write(folder.join("allocation.csv"), rows).expect("a file");
            let departures = "service,leg\nTRUCK,1\nTRAIN,1\nTRAIN,2\nFLIGHT,1\n";
            std::fs::write(folder.join("departures.csv"), departures).expect("a file");
            let demand = format!("origin,destination,product,week,unserved\nX,LGG,std,1,{left}\n");
            std::fs::write(folder.join("demand.csv"), demand).expect("a file");
            folder
        };
        let (a, b) = (plan("a", 70, 30, 0), plan("b", 0, 30, 70));
        let found = moves(&a, &b).expect("two plans");
        let listed: Vec<(String, String, i64, i64)> = found
            .iter()
            .map(|m| (m.release.clone(), m.way.clone(), m.before, m.after))
            .collect();
        let train = ("W1 Mon 18:00".to_owned(), "TRUCK > TRAIN".to_owned(), 70, 0);
        let left = ("week 1".to_owned(), String::new(), 0, 70);
        assert_eq!(listed, [train, left]);
    }
}
