//! The table of what is known: `optima.csv`.

use std::fs;
use std::path::PathBuf;

use super::Optimum;
use crate::seeds::seeds;

const HEADER: &str = "seed,status,optimum";

fn path() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/verify/optima.csv")
}

/// Every seed of the table with its optimum.
pub fn read() -> Vec<(u64, Optimum)> {
    let text = fs::read_to_string(path()).expect("the table of optima");
    let mut lines = text.lines();
    assert_eq!(lines.next(), Some(HEADER));
    lines.map(|line| row(line).expect(line)).collect()
}

fn row(line: &str) -> Option<(u64, Optimum)> {
    let (seed, rest) = line.split_once(',')?;
    let optimum = match rest.split_once(',')? {
        ("optimal", cost) => Some(cost.parse().ok()?),
        ("infeasible", "") => None,
        _ => return None,
    };
    Some((seed.parse().ok()?, optimum))
}

/// Those of the table that `RAILAIR_SEEDS` names, else all.
pub fn asked_for() -> Vec<(u64, Optimum)> {
    let range = seeds(u64::MAX, u64::MAX);
    let known = read().into_iter();
    known.filter(|(seed, _)| range.contains(seed)).collect()
}

/// The table as text.
#[cfg(feature = "highs")]
pub fn text(known: &[(u64, Optimum)]) -> String {
    let mut text = format!("{HEADER}\n");
    for (seed, optimum) in known {
        text += &match optimum {
            Some(cost) => format!("{seed},optimal,{cost:.6}\n"),
            None => format!("{seed},infeasible,\n"),
        };
    }
    text
}

/// Writes the table anew.
#[cfg(feature = "highs")]
pub fn write(known: &[(u64, Optimum)]) {
    fs::write(path(), text(known)).expect("a table that can be written");
}

#[test]
fn the_table_knows_three_hundred_instances_of_both_kinds() {
    let known = read();
    assert_eq!(known.len(), 300);
    assert!(known.is_sorted_by(|a, b| a.0 < b.0));
    let infeasible = known.iter().filter(|(_, optimum)| optimum.is_none());
    let infeasible = infeasible.count();
    assert!((15..150).contains(&infeasible), "{infeasible}");
}
