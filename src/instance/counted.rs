//! To how many decimals a cell counts: what a scenario rounds to.
//!
//! That is not always the column's doing: units are whole where only whole ones are sold, and the
//! capacity of a handling step counts what its `unit` says.

use super::schema::{Kind, Scale};
use super::text_table::TextTable;

/// Decimals that a time, or a text that is a number, keeps.
const KEPT: u32 = 9;

/// The decimals to which a cell of a kind counts.
pub(super) fn decimals(text: &TextTable, row: usize, column: usize, kind: &Kind) -> u32 {
    let name = text.table.columns[column].name;
    match (text.table.name, name) {
        ("services", "units" | "min_units") if cell(text, row, "whole_units") == "yes" => 0,
        ("handling", "capacity" | "shift_capacity") => match unit_of_step(text, row) {
            "kg" => 3,
            "m3" => 6,
            _ => 0,
        },
        _ => match kind {
            Kind::Number(number) => match number.scale {
                Scale::Whole => 0,
                Scale::Exact(digits) | Scale::Rounded(digits) => digits,
                Scale::Minutes => KEPT,
            },
            _ => KEPT,
        },
    }
}

fn cell<'a>(text: &'a TextTable, row: usize, column: &str) -> &'a str {
    let position = text.table.position(column);
    position.map_or("", |position| text.cell(row, position))
}

/// The unit of a tier's step: its own, or that of another tier; blank means parcels.
fn unit_of_step(text: &TextTable, row: usize) -> &str {
    let step = |row| {
        let direction = match cell(text, row, "direction") {
            "" => "in",
            some => some,
        };
        let key = ["place", "step", "mode"].map(|column| cell(text, row, column));
        (key, direction)
    };
    let own = cell(text, row, "unit");
    if !own.is_empty() {
        return own;
    }
    let others = (0..text.len()).filter(|&other| step(other) == step(row));
    others
        .map(|other| cell(text, other, "unit"))
        .find(|unit| !unit.is_empty())
        .unwrap_or("")
}
