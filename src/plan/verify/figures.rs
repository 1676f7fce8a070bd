//! The figures of `run.json`: what a plan comes to, and what is claimed to be proven.

use crate::instance::Horizon;

use super::check::{Checker, Totals};
use super::costs::Additive;
use super::decimal;
use super::expected::{Costed, Fate};
use super::failure::{At, Failures};
use super::proof::Proof;
use super::relaxed::DENOMINATOR;
use super::run::{self, Run};

/// Compares the figures.
pub(super) fn check(
    checker: &mut Checker<'_>,
    run: &Run,
    has_prices: bool,
    totals: &Totals,
    proof: &Proof,
) {
    let instance = checker.schedule.instance;
    let failures = &mut checker.failures;
    let settings = &instance.settings;
    let horizon = match settings.horizon {
        Horizon::TypicalWeek => "typical-week",
        Horizon::Dated => "dated",
    };
    run.check_text("instance", Some(&settings.name), failures);
    run.check_text("currency", Some(&settings.currency), failures);
    run.check_text("horizon", Some(horizon), failures);
    run.check("weeks", settings.weeks.into(), 0, failures);
    let feasible = failures.feasible().to_string();
    run.check_text("status.feasible", Some(&feasible), failures);
    run.check("cost", totals.cost, 6, failures);
    let Some((_, planned)) = totals.fates.split_last() else {
        return;
    };
    let sum = |of: fn(&Fate) -> i128| planned.iter().map(of).sum::<i128>();
    run.check("parcels", sum(|fate| fate.parcels), 0, failures);
    run.check("on_time", sum(|fate| fate.on_time), 0, failures);
    run.check("late", sum(|fate| fate.late), 0, failures);
    run.check("unserved", sum(|fate| fate.unserved), 0, failures);
    let demands = full_costs(&totals.fates, &totals.departures, &totals.handling);
    let demand_cost: i128 = demands[..planned.len()].iter().sum();
    let shared = |costed: &Costed| costed.shares.values().sum::<i128>();
    let unused = totals.departures.cost - shared(&totals.departures) + totals.handling.cost
        - shared(&totals.handling)
        + totals.limits;
    let mut additive = Additive::default();
    for fate in planned {
        additive.add(fate.additive, 1);
    }
    let delivered = checker
        .shipments
        .iter()
        .filter(|shipment| shipment.reported);
    let (mut weight, mut volume, mut grams) = (0, 0, 0);
    for shipment in delivered {
        let product = instance.demands[shipment.demand].product;
        let product = &instance.products[product.at()];
        weight += i128::from(product.weight.0) * shipment.parcels;
        volume += i128::from(product.volume.0) * shipment.parcels;
        grams += shipment.grams_emitted();
    }
    let unserved = sum(|fate| fate.unserved_cost);
    for (key, expected, places) in [
        ("totals.kg", weight, 3),
        ("totals.m3", volume, 6),
        ("totals.co2e_kg", grams, 3),
        ("totals.demand_cost", demand_cost, 6),
        ("totals.tail_cost", totals.tail_cost, 6),
        ("totals.unused_cost", unused, 6),
        ("breakdown.space", totals.departures.cost, 6),
        ("breakdown.dead_freight_in_space", totals.departures.dead, 6),
        ("breakdown.carriage", additive.carriage, 6),
        ("breakdown.handling", totals.handling.cost, 6),
        ("breakdown.storage", additive.storage, 6),
        ("breakdown.lateness", additive.lateness, 6),
        ("breakdown.co2e", additive.co2e, 6),
        ("breakdown.unserved", unserved, 6),
        ("breakdown.limits", totals.limits, 6),
    ] {
        run.check(key, expected, places, failures);
    }
    check_claim(run, has_prices, totals.cost, proof, failures);
}

/// What each demand costs in full: its own, and its shares of space and handling.
pub(super) fn full_costs(fates: &[Fate], departures: &Costed, handling: &Costed) -> Vec<i128> {
    let share = |costed: &Costed, index| costed.shares.get(&index).copied().unwrap_or(0);
    let full = |(index, fate): (usize, &Fate)| {
        let own = fate.additive.total() + fate.unserved_cost;
        own + share(departures, index) + share(handling, index)
    };
    fates.iter().enumerate().map(full).collect()
}

/// (cost − bound) / cost in 10⁻¹².
pub(super) fn gap(cost: i128, bound: i128) -> i128 {
    let distance = (cost - bound).max(0);
    let numerator = distance.saturating_mul(1_000_000_000_000);
    crate::units::divide_to_nearest(numerator, cost.abs().max(1))
}

/// Compares what `run.json` claims to be proven with what the prices prove.
fn check_claim(run: &Run, has_prices: bool, cost: i128, proof: &Proof, failures: &mut Failures) {
    let status = if proof.bound.is_some() {
        "proven"
    } else {
        "none"
    };
    run.check_text("status.bound", Some(status), failures);
    let says = |key: &str| run.get(key).is_some();
    if says("status.ending") {
        run.check_text("status.ending", Some("found"), failures);
    }
    let table = match proof.by_branches {
        true => "branches.csv",
        false => "prices.csv",
    };
    let table = proof.bound.map(|_| table);
    if says("status.proof") {
        run.check_text("status.proof", table, failures);
    }
    check_search(run, failures);
    match (run.number("bound", 6), proof.bound) {
        (Some(claimed), Some(proven)) if claimed > proven => {
            if !has_prices {
                let at = At {
                    table: "prices.csv",
                    row: None,
                    key: "",
                };
                failures.add(at.row("the table is missing: every price counts as nothing"));
            }
            let mut failure = run::at("bound").number("bound", claimed, proven, 6);
            let (claimed, proven) = (decimal::text(claimed, 6), decimal::text(proven, 6));
            let what = if proof.by_branches {
                "branches"
            } else {
                "prices"
            };
            failure.message = format!("claims a bound of {claimed}; the {what} prove {proven}");
            failures.add(failure);
        }
        (_, Some(proven)) => run.check("bound", proven, 6, failures),
        (Some(claimed), None) => {
            let claimed = decimal::text(claimed, 6);
            let mut failure = run::at("bound").cell("bound", &claimed, "null");
            failure.message = format!("claims a bound of {claimed}, which no prices prove");
            failures.add(failure);
        }
        (None, None) => run.check_text("bound", None, failures),
    }
    match proof.bound {
        Some(bound) => {
            run.check("gap", gap(cost, bound), 12, failures);
            run.check("price_denominator", DENOMINATOR, 0, failures);
        }
        None => run.check_text("gap", None, failures),
    }
}

/// Whether what `run.json` says of the search for whole parcels can be.
fn check_search(run: &Run, failures: &mut Failures) {
    if run.under("whole_parcels.").next().is_none() {
        return;
    }
    for key in ["nodes", "linear_programs", "branches"] {
        let key = format!("whole_parcels.{key}");
        if run.number(&key, 0).is_none_or(|number| number < 0) {
            let found = run.get(&key).unwrap_or_default();
            failures.add(run::at(&key).cell(&key, found, "a whole number"));
        }
    }
}
