//! The table `prices`: what the proof needs, and what it says about scarce capacities.

use crate::network::Network;
use crate::program::bound::Prices;
use crate::program::formulation::{Formulation, Limited, ProgramNames};

use super::rows::PriceRow;
use super::worth::Worth;

/// Rows for all prices that are not zero, in the program's order.
pub fn rows(names: &ProgramNames<'_>, prices: &Prices) -> Vec<PriceRow> {
    let mut rows = Vec::new();
    for (index, &price) in prices.numerators().iter().enumerate() {
        if price == 0 {
            continue;
        }
        let (kind, name) = label(names, index);
        rows.push(PriceRow { kind, name, price });
    }
    rows
}

/// The kind and the name under which a row's price stands.
pub(super) fn label(names: &ProgramNames<'_>, row: usize) -> (&'static str, String) {
    let (kind, prefix) = kind(names.formulation.rows[row].what);
    let name = names.row(row);
    let short = name.strip_prefix(prefix).unwrap_or(&name).to_owned();
    (kind, short)
}

/// The kind of a row, and what its name in the program begins with.
fn kind(what: Limited) -> (&'static str, &'static str) {
    match what {
        Limited::UnitWeight(_) => ("unit_kg", "kg "),
        Limited::UnitVolume(_) => ("unit_m3", "m3 "),
        Limited::LiftWeight(_) => ("max_kg", "max_kg "),
        Limited::LiftVolume(_) => ("max_m3", "max_m3 "),
        Limited::Units(_) => ("units", "units "),
        Limited::Bucket(_) => ("handling", ""),
        Limited::Tier { .. } => ("tier", ""),
        Limited::Night(_) => ("storage", "storage "),
        Limited::Limit { .. } => ("limit", "limit "),
    }
}

/// What the prices make of each capacity.
pub fn worth(network: &Network, formulation: &Formulation, prices: &Prices) -> Worth {
    let mut worth = Worth {
        known: true,
        denominator: Prices::DENOMINATOR,
        ..Worth::unknown(network)
    };
    for (meaning, &price) in formulation.rows.iter().zip(prices.numerators()) {
        // The price of a kilogram, cubic metre, parcel, unit or limit's unit.
        let price = price * i128::from(meaning.per_unit);
        match meaning.what {
            Limited::UnitWeight(id) => worth.departures[id.at()].weight += price,
            Limited::UnitVolume(id) => worth.departures[id.at()].volume += price,
            Limited::LiftWeight(id) => worth.departures[id.at()].lift_weight += price,
            Limited::LiftVolume(id) => worth.departures[id.at()].lift_volume += price,
            Limited::Bucket(id) => worth.buckets[id.at()] += price,
            Limited::Night(id) => worth.nights[id.at()] += price,
            Limited::Limit {
                limit,
                side,
                period,
            } => *worth.limits.entry((limit, side, period)).or_default() += price,
            Limited::Units(_) | Limited::Tier { .. } => {}
        }
    }
    for (own, rows) in worth.buckets.iter_mut().zip(&formulation.buckets) {
        if rows.row.is_some() {
            *own += i128::from(rows.price_on_arcs.0) * Prices::DENOMINATOR;
        }
    }
    worth
}
