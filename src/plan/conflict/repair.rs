//! The least that limits would have to give, as changes that can be applied.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::engine::Options;
use crate::instance::{Instance, Limit, LimitId};
use crate::plan::hard_limits::bound;
use crate::plan::planner::{PlanError, Prepared};
use crate::program::formulation::Side;
use crate::units::Money;

use super::cells::{decimal, limit_says};
use super::elastic::Elastic;
use super::{Cell, cost_of, holds};

/// Parts of a bound that count as nothing.
const NOTHING: f64 = 1e-9;
/// Steps of bisection for shares.
const STEPS: usize = 20;
/// Slack of which it does not matter how much less would do.
const FINE: f64 = 1e-4;
/// Steps of bisection for slack.
const NEARER: usize = 5;
/// A whole share in millionths.
const ALL: f64 = 1e6;

/// A bound that gives way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Relaxation {
    /// Which limit.
    pub limit: String,
    /// Its row of `limits`.
    pub row: usize,
    /// The column of the bound.
    pub column: &'static str,
    /// What it asks for.
    pub says: String,
    /// The new bound as it is written in the table.
    pub value: String,
}

/// Bounds that have to give way so that a plan exists.
#[derive(Clone, Debug, PartialEq)]
pub struct Repair {
    /// Which, and by how much.
    pub relaxations: Vec<Relaxation>,
    /// What a plan in whole parcels costs then.
    pub cost: Money,
    /// The part of every bound, and of how far it moves, that was added to the least relaxation
    /// for parts of parcels because no plan in whole parcels was found with that; of shares, the
    /// part of the whole.
    pub slack: f64,
}

impl Repair {
    /// The repair as rows of the table `scenarios`, with its head.
    pub fn scenario(&self, name: &str) -> String {
        let mut text = format!("{HEAD}\n");
        for own in &self.relaxations {
            let _ = writeln!(
                text,
                "{name},limits,{},{},set,{}",
                own.limit, own.column, own.value
            );
        }
        text
    }
}

/// The columns of [`scenario`](Repair::scenario).
pub const HEAD: &str = "scenario,table,key,column,change,value";

/// New bounds by limit and side, in millionths.
type Bounds = BTreeMap<(LimitId, Side), i64>;

/// Finds the repair with the least sum of relative relaxations, or one near it where whole parcels
/// need more, and solves it.
pub(super) fn find(
    prepared: &Prepared,
    elastic: &Elastic<'_>,
    options: &Options,
) -> Result<Option<Repair>, PlanError> {
    let instance = elastic.instance();
    let excess: Vec<(LimitId, Side, f64)> = elastic
        .least_excess()?
        .into_iter()
        .filter_map(|(cell, by)| match cell {
            Cell::Limit(id, side) => {
                let size = bound(&instance.limits[id.at()], side) as f64 / 1e6;
                (by > NOTHING * size.max(1.0)).then_some((id, side, by))
            }
            _ => None,
        })
        .collect();
    let search = Search {
        prepared,
        excess,
        options,
    };
    // the nearest thousandth first, since the excess is found in floating point; then outwards, as
    // far as whole parcels need
    let mut below = 0.0;
    for (step, slack) in [
        (1_000, 0.0),
        (1, 1e-7),
        (1_000, 1e-5),
        (1_000, 1e-4),
        (1_000, 1e-3),
        (1_000, 1e-2),
        (1_000, 5e-2),
        (1_000, 2e-1),
    ] {
        if let Some(found) = search.at(step, slack)? {
            return search.nearer(found, below).map(Some);
        }
        below = slack;
    }
    Ok(None)
}

/// Looks for a repair about the least excess.
struct Search<'a> {
    prepared: &'a Prepared,
    excess: Vec<(LimitId, Side, f64)>,
    options: &'a Options,
}

impl Search<'_> {
    /// The repair with bounds at multiples of `step` millionths and with `slack` beyond the least;
    /// none where no plan in whole parcels was found with it.
    fn at(&self, step: i64, slack: f64) -> Result<Option<Repair>, PlanError> {
        let instance = &self.prepared.instance;
        let mut bounds = Bounds::new();
        for &(id, side, by) in &self.excess {
            if matches!(side, Side::Min | Side::Max) {
                let old = bound(&instance.limits[id.at()], side);
                bounds.insert((id, side), relaxed(old, side, by, step, slack));
            }
        }
        let sides = self.excess.iter().map(|&(id, side, _)| (id, side));
        let shares: Vec<(LimitId, Side)> = sides
            .filter(|(_, side)| matches!(side, Side::MinShare | Side::MaxShare))
            .collect();
        if !shares.is_empty()
            && !relax_shares(self.prepared, &mut bounds, &shares, slack, self.options)?
        {
            return Ok(None);
        }
        let cost = cost_of(self.prepared, with(instance, &bounds), self.options)?;
        Ok(cost.map(|cost| told(instance, &bounds, cost, slack)))
    }

    /// A repair with less slack than `found`, between that and `below`, with which there is none.
    fn nearer(&self, mut found: Repair, mut below: f64) -> Result<Repair, PlanError> {
        for _ in 0..NEARER {
            if found.slack <= FINE || self.options.interrupt.is_raised() {
                break;
            }
            let middle = 0.5 * (below + found.slack);
            match self.at(1_000, middle)? {
                Some(other) => found = other,
                None => below = middle,
            }
        }
        Ok(found)
    }
}

/// A bound moved by an excess, to a multiple of `step` millionths.
fn relaxed(old: i64, side: Side, by: f64, step: i64, slack: f64) -> i64 {
    let millionths = by * 1e6 * (1.0 + slack) + slack * old.abs() as f64;
    let value = match side {
        Side::Max | Side::MaxShare => old as f64 + millionths,
        Side::Min | Side::MinShare => (old as f64 - millionths).max(0.0),
    };
    let steps = value / step as f64;
    let rounded = match (slack > 0.0, side) {
        (false, _) => steps.round(),
        (true, Side::Max | Side::MaxShare) => steps.ceil(),
        (true, Side::Min | Side::MinShare) => steps.floor(),
    };
    rounded as i64 * step
}

/// Moves shares by the same part of the way to what asks for nothing, no farther than needed, and
/// by `slack` of the whole beyond that.
fn relax_shares(
    prepared: &Prepared,
    bounds: &mut Bounds,
    shares: &[(LimitId, Side)],
    slack: f64,
    options: &Options,
) -> Result<bool, PlanError> {
    let instance = &prepared.instance;
    let moved = |bounds: &Bounds, part: f64, slack: f64| {
        let mut moved = bounds.clone();
        for &(id, side) in shares {
            let old = bound(&instance.limits[id.at()], side) as f64;
            let value = match side {
                Side::MaxShare => (old + part * (ALL - old) + slack * ALL).ceil().min(ALL),
                _ => (old * (1.0 - part) - slack * ALL).floor().max(0.0),
            };
            moved.insert((id, side), value as i64);
        }
        moved
    };
    let is_enough = |bounds: &Bounds| holds(prepared, with(instance, bounds), options);
    if !is_enough(&moved(bounds, 1.0, 0.0))? {
        return Ok(false);
    }
    let (mut below, mut above) = (0.0, 1.0);
    for _ in 0..STEPS {
        let middle = 0.5 * (below + above);
        match is_enough(&moved(bounds, middle, 0.0))? {
            true => above = middle,
            false => below = middle,
        }
    }
    *bounds = moved(bounds, above, slack);
    Ok(true)
}

/// The instance with new bounds.
fn with(instance: &Instance, bounds: &Bounds) -> Instance {
    let mut instance = instance.clone();
    for (&(id, side), &value) in bounds {
        *cell(&mut instance.limits[id.at()], side) = Some(value);
    }
    instance
}

fn cell(limit: &mut Limit, side: Side) -> &mut Option<i64> {
    match side {
        Side::Min => &mut limit.min,
        Side::Max => &mut limit.max,
        Side::MinShare => &mut limit.min_share,
        Side::MaxShare => &mut limit.max_share,
    }
}

fn told(instance: &Instance, bounds: &Bounds, cost: Money, slack: f64) -> Repair {
    let relaxation = |(&(id, side), &value): (&(LimitId, Side), &i64)| {
        let limit = &instance.limits[id.at()];
        let (column, says) = limit_says(instance, id, side);
        Relaxation {
            limit: limit.id.clone(),
            row: limit.row,
            column,
            says,
            value: decimal(value, 6),
        }
    };
    Repair {
        relaxations: bounds.iter().map(relaxation).collect(),
        cost,
        slack,
    }
}
