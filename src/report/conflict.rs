//! A conflict among hard limits in words.

use std::fmt::Write as _;
use std::path::Path;

use crate::plan::PlanError;
use crate::plan::conflict::{Conflict, HEAD, Member};

use super::grid::{BAD, BOLD};
use super::people::decimal;

/// What the scenario of a repair is called.
pub const SCENARIO: &str = "repair";

/// Slack that is no more than rounding.
const UNSAID: f64 = 1e-6;

/// Whether a file holds the scenario of a repair and nothing else.
pub fn is_repair(file: &Path) -> bool {
    let Ok(text) = std::fs::read_to_string(file) else {
        return false;
    };
    let of_repair = format!("{SCENARIO},limits,");
    let mut lines = text.lines();
    lines.next() == Some(HEAD) && lines.all(|line| line.starts_with(&of_repair))
}

/// What cannot hold, what conflicts, and what would have to give.
pub fn text(error: &PlanError, conflict: Option<&Conflict>, currency: &str) -> String {
    let mut out = format!("{BAD}error{BAD:#}: {error}\n");
    let Some(conflict) = conflict else {
        return out;
    };
    let head = match (conflict.members.len(), conflict.irreducible) {
        (1, true) => "This cannot hold, whatever else gives way:",
        (_, true) => "These cannot hold together; with any one of them given up, the others can:",
        (_, false) => "These cannot hold together (time ran out before the set was irreducible):",
    };
    let _ = writeln!(out, "{BOLD}{head}{BOLD:#}");
    for member in &conflict.members {
        let _ = writeln!(out, "  {}: {}", place(member), member.says);
    }
    let _ = writeln!(
        out,
        "Demand, timetable, commitments, bookings, events and rules are taken as they are."
    );
    let Some(repair) = &conflict.repair else {
        let _ = writeln!(
            out,
            "No relaxation of limits was found with which a plan exists."
        );
        return out;
    };
    let head = match repair.slack > UNSAID {
        true => "A repair near the least",
        false => "The least repair",
    };
    let _ = writeln!(
        out,
        "{BOLD}{head}, with which a plan costs {currency} {}:{BOLD:#}",
        decimal(repair.cost.amount(), 2)
    );
    if repair.slack > UNSAID {
        let _ = writeln!(
            out,
            "Beyond the least, bounds give way by about another {} %: with less no plan in whole \
             parcels was found.",
            decimal(repair.slack * 100.0, 3)
        );
    }
    for own in &repair.relaxations {
        let _ = writeln!(
            out,
            "  limits.csv row {}, column {}: {} instead of {}",
            own.row, own.column, own.value, own.says
        );
    }
    let _ = writeln!(
        out,
        "{BOLD}As a scenario, for scenarios.csv (--repair FILE writes it):{BOLD:#}"
    );
    for line in repair.scenario(SCENARIO).lines() {
        let _ = writeln!(out, "  {line}");
    }
    out
}

fn place(member: &Member) -> String {
    let row = member
        .row
        .map_or(String::new(), |row| format!(" row {row}"));
    format!("{}{row}, column {}", member.file, member.column)
}
