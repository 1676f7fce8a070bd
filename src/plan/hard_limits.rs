//! Which hard limits cannot hold, and by how much.
//!
//! Where hard limits exclude each other or everything else, the program is written again with a
//! violation allowed on each of them, and with no other cost than that of violations, the same for
//! every unit of every metric: what is left violated, no plan can avoid altogether. Whole units may
//! be divided in that program, unless nothing is violated then.

use std::time::Duration;

use crate::engine::{self, Options, Solution, integer};
use crate::instance::{Horizon, Instance, Limit, Metric, Period, Selector};
use crate::network::{Names, mode_name};
use crate::program::formulation::{self, ColumnMeaning, Formulation, Side};
use crate::program::{FORBIDDEN, Program};
use crate::units::Money;

use super::outlook::separated;
use super::planner::{PlanError, Prepared};

/// How long to look for what is in the way.
const PATIENCE: Duration = Duration::from_secs(60);
/// What a unit of violation costs.
const UNIT: i64 = 1_000_000;
/// Millionths: the scale of bounds.
const MILLION: f64 = 1e6;
/// Parts of a bound that count as nothing.
const NOTHING: f64 = 1e-6;

/// A bound of a hard limit that is violated in a period.
struct Broken<'a> {
    limit: &'a Limit,
    side: Side,
    period: String,
    /// In the metric's unit.
    by: f64,
}

/// What keeps hard limits from holding.
pub(super) enum InTheWay {
    /// These, in a planner's words; none where an engine finds no answer to that question.
    Limits(Vec<String>),
    /// That parcels are whole: with parts of them all would hold.
    WholeParcels,
}

/// The hard limits that cannot hold.
///
/// # Errors
/// [`PlanError`] where the question cannot be asked.
pub(super) fn in_the_way(prepared: &Prepared, options: &Options) -> Result<InTheWay, PlanError> {
    let mut soft = prepared.instance.clone();
    for limit in &mut soft.limits {
        limit.penalty_per_unit.get_or_insert(Money::ZERO);
    }
    let mut relaxed = formulation::formulate(&soft, &prepared.calendar, &prepared.network)?;
    charge_violations_only(&prepared.instance, &mut relaxed);
    let patience = options.time_limit.unwrap_or(PATIENCE).min(PATIENCE);
    let options = Options {
        time_limit: Some(patience),
        ..options.clone()
    };
    let solution = engine::solve(&relaxed.program, &options)?;
    if !solution.feasible {
        return Ok(InTheWay::Limits(Vec::new()));
    }
    let mut broken = self::broken(prepared, &relaxed, &solution);
    let mut holds = broken.is_empty();
    // where parts of units would do, whole ones are in the way
    if broken.is_empty() && integer::has_choices(&relaxed.program) {
        let whole = integer::solve(&relaxed.program, &options)?.solution;
        holds = whole.feasible && !whole.flows.is_empty();
        if holds {
            broken = self::broken(prepared, &relaxed, &whole);
            holds = broken.is_empty();
        }
    }
    if holds {
        return Ok(InTheWay::WholeParcels);
    }
    let alone = broken.len() == 1;
    let words = |broken: &Broken<'_>| in_words(&prepared.instance, broken, alone);
    Ok(InTheWay::Limits(broken.iter().map(words).collect()))
}

fn charge_violations_only(instance: &Instance, relaxed: &mut Formulation) {
    forget_costs(&mut relaxed.program);
    for (column, meaning) in relaxed.program.columns.iter_mut().zip(&relaxed.columns) {
        if let ColumnMeaning::Violation { limit, .. } = *meaning
            && instance.limits[limit.at()].penalty_per_unit.is_none()
        {
            column.cost = UNIT;
        }
    }
}

pub(super) fn forget_costs(program: &mut Program) {
    program.constant = 0;
    for cost in program.costs.iter_mut().filter(|cost| **cost != FORBIDDEN) {
        *cost = 0;
    }
    for column in &mut program.columns {
        column.cost = 0;
    }
    for end in program.sinks.iter_mut().flat_map(|sink| &mut sink.ends) {
        end.1 = 0;
    }
    for release in &mut program.releases {
        release.unserved_cost = release.unserved_cost.map(|_| 0);
    }
}

/// The bound in millionths of the metric's unit, or of the whole for shares.
pub(super) fn bound(limit: &Limit, side: Side) -> i64 {
    let bound = match side {
        Side::Min => limit.min,
        Side::Max => limit.max,
        Side::MinShare => limit.min_share,
        Side::MaxShare => limit.max_share,
    };
    bound.unwrap_or(0)
}

fn broken<'a>(
    prepared: &'a Prepared,
    relaxed: &Formulation,
    solution: &Solution,
) -> Vec<Broken<'a>> {
    let names = Names {
        instance: &prepared.instance,
        calendar: &prepared.calendar,
        network: &prepared.network,
    };
    let columns = relaxed.columns.iter().zip(&solution.columns);
    let mut broken: Vec<Broken<'_>> = columns
        .filter_map(|(meaning, &by)| {
            let ColumnMeaning::Violation {
                limit,
                side,
                period,
            } = *meaning
            else {
                return None;
            };
            let limit = &prepared.instance.limits[limit.at()];
            let counts = by > NOTHING * (bound(limit, side) as f64 / MILLION).max(1.0);
            (limit.penalty_per_unit.is_none() && counts).then(|| Broken {
                limit,
                side,
                period: names.period(limit.per, period),
                by,
            })
        })
        .collect();
    broken.sort_by_key(|broken| (broken.limit.row, broken.side));
    broken
}

/// `limits.csv row 3, column min: at least 40 t by rail a week; the most that can be had is 31 t`.
fn in_words(instance: &Instance, broken: &Broken<'_>, alone: bool) -> String {
    let limit = broken.limit;
    let (column, bounds) = match broken.side {
        Side::Min => ("min", "at least"),
        Side::Max => ("max", "at most"),
        Side::MinShare => ("min_share", "at least"),
        Side::MaxShare => ("max_share", "at most"),
    };
    let bound = bound(limit, broken.side) as f64 / MILLION;
    let amount = |amount: f64| measured(instance, limit.metric, amount);
    let asked = match broken.side {
        Side::Min | Side::Max => amount(bound),
        Side::MinShare | Side::MaxShare => share(instance, limit.metric, bound),
    };
    let best = match alone {
        true => "at best",
        false => "with the other limits as near as they come",
    };
    let had = match broken.side {
        Side::Min if alone => format!("the most that can be had is {}", amount(bound - broken.by)),
        Side::Max if alone => format!("the least that can be had is {}", amount(bound + broken.by)),
        Side::Min | Side::MinShare => format!("{best} {} are missing", amount(broken.by)),
        Side::Max | Side::MaxShare => format!("{best} {} are too many", amount(broken.by)),
    };
    format!(
        "limits.csv row {}, column {column}: {bounds} {asked}{}{}; {had}",
        limit.row,
        selected(instance, limit),
        period(instance, limit, &broken.period)
    )
}

pub(super) fn measured(instance: &Instance, metric: Metric, amount: f64) -> String {
    match metric {
        Metric::Kg if amount.abs() >= 1e3 => format!("{} t", number(amount / 1e3)),
        Metric::Cost => format!("{} {}", instance.settings.currency, number(amount)),
        _ => format!("{} {}", number(amount), unit(instance, metric)),
    }
}

pub(super) fn share(instance: &Instance, metric: Metric, share: f64) -> String {
    let unit = unit(instance, metric);
    format!("{} % of all {unit}", number(share * 100.0))
}

fn unit(instance: &Instance, metric: Metric) -> &str {
    match metric {
        Metric::Parcels => "parcels",
        Metric::Kg => "kg",
        Metric::M3 => "m³",
        Metric::TonneKm => "tonne-kilometres",
        Metric::Units => "units",
        Metric::Cost => &instance.settings.currency,
        Metric::Co2eKg => "kg CO₂e",
    }
}

/// At most three decimals, thousands separated.
fn number(value: f64) -> String {
    let thousandths = (value.max(0.0) * 1e3).round() as i64;
    let decimals = format!(".{:03}", thousandths % 1000);
    let decimals = decimals.trim_end_matches('0').trim_end_matches('.');
    separated(thousandths / 1000) + decimals
}

/// ` of battery by rail on CGO-LGG from Zhengzhou`.
pub(super) fn selected(instance: &Instance, limit: &Limit) -> String {
    let Selector {
        product,
        mode,
        operator,
        service,
        place,
    } = &limit.selector;
    let id = |place: crate::instance::PlaceId| &*instance.places[place.at()].id;
    let words = [
        product.map(|product| ("of", &*instance.products[product.at()].id)),
        mode.map(|mode| ("by", mode_name(mode))),
        operator.as_deref().map(|operator| ("with", operator)),
        service.map(|service| ("on", &*instance.services[service.at()].id)),
        place.map(|place| ("at", id(place))),
        limit.origin.map(|place| ("from", id(place))),
        limit.destination.map(|place| ("to", id(place))),
    ];
    let words = words.into_iter().flatten();
    words.map(|(word, id)| format!(" {word} {id}")).collect()
}

fn period(instance: &Instance, limit: &Limit, period: &str) -> String {
    match (limit.per, instance.settings.horizon) {
        (Period::Day, _) => format!(" on {period}"),
        (Period::Week, Horizon::TypicalWeek) => " a week".to_owned(),
        (Period::Week, Horizon::Dated) => format!(" in the week of {period}"),
        (Period::Horizon, _) => String::new(),
    }
}
