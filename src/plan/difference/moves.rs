//! What moved: parcels by release and path.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

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
    /// A table cannot be read.
    #[error("failed to read {path}")]
    Read {
        /// Which.
        path: String,
        /// Why.
        source: csv::Error,
    },
    /// A table lacks a column, or a number is none.
    #[error("{path} is not a table of a plan: {what}")]
    Table {
        /// Which.
        path: String,
        /// What is wrong.
        what: String,
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
        read(&folder.join("allocation.csv"), columns, "parcels", &mut add)?;
        let columns = ["origin", "destination", "product", "week", ""];
        let mut left = |mut key: Key, parcels| {
            key[3] = format!("week {}", key[3]);
            add(key, parcels);
        };
        read(&folder.join("demand.csv"), columns, "unserved", &mut left)?;
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
    read(
        &folder.join("departures.csv"),
        columns,
        "leg",
        &mut |key, _| {
            let [service, ..] = key;
            services.push(service);
        },
    )?;
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

fn read(
    path: &Path,
    columns: [&str; 5],
    count: &str,
    add: &mut dyn FnMut(Key, i64),
) -> Result<(), MoveError> {
    let described = || path.display().to_string();
    let failed = |source| MoveError::Read {
        path: described(),
        source,
    };
    let wrong = |what: String| MoveError::Table {
        path: described(),
        what,
    };
    let mut reader = csv::Reader::from_path(path).map_err(failed)?;
    let head = reader.headers().map_err(failed)?.clone();
    let position = |name: &str| match name {
        "" => Ok(None),
        name => (head.iter().position(|column| column == name))
            .map(Some)
            .ok_or_else(|| wrong(format!("it has no column {name}"))),
    };
    let mut positions = [None; 5];
    for (found, name) in positions.iter_mut().zip(columns) {
        *found = position(name)?;
    }
    let counted = position(count)?;
    for record in reader.records() {
        let record = record.map_err(failed)?;
        let cell = |at: Option<usize>| at.and_then(|at| record.get(at)).unwrap_or_default();
        let parcels = cell(counted).parse();
        let parcels = parcels.map_err(|_| wrong(format!("\"{}\" is no number", cell(counted))))?;
        add(positions.map(|at| cell(at).to_owned()), parcels);
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
