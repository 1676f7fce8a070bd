//! What a plan costs, by demand and by part, at the prices of an instance.

use std::iter::Sum;
use std::ops::{Add, AddAssign, Neg, Sub};
use std::path::Path;

use crate::instance::Instance;
use crate::program::formulation::FormulationError;

use super::capacity;
use super::check::{Checker, Files};
use super::expected;
use super::failure::Failures;
use super::ledger::{self, Ledger};
use super::limits;
use super::prices::Prices;
use super::proof::Layout;
use super::reading::{ReadError, Source};
use super::sales::{Sale, Sales};
use super::schedule::Schedule;
use super::stated::{self, Stated};

/// Costs by part, in millionths of money.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Parts {
    /// What the ways cost: units of departures but whole ones, carriage by the parcel, handling,
    /// storage, CO₂e, and penalties of limits.
    pub ways: i128,
    /// Units of departures that are sold whole.
    pub purchases: i128,
    /// Lateness.
    pub lateness: i128,
    /// Parcels left behind.
    pub unserved: i128,
}

impl Parts {
    /// All parts together.
    pub fn total(self) -> i128 {
        self.ways + self.purchases + self.lateness + self.unserved
    }

    /// Each part by itself.
    #[must_use]
    pub fn map(self, of: impl Fn(i128) -> i128) -> Self {
        Self {
            ways: of(self.ways),
            purchases: of(self.purchases),
            lateness: of(self.lateness),
            unserved: of(self.unserved),
        }
    }
}

impl Add for Parts {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self {
            ways: self.ways + other.ways,
            purchases: self.purchases + other.purchases,
            lateness: self.lateness + other.lateness,
            unserved: self.unserved + other.unserved,
        }
    }
}

impl Neg for Parts {
    type Output = Self;
    fn neg(self) -> Self {
        self.map(|part| -part)
    }
}

impl Sub for Parts {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        self + -other
    }
}

impl AddAssign for Parts {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl Sum for Parts {
    fn sum<I: Iterator<Item = Self>>(items: I) -> Self {
        items.fold(Self::default(), Add::add)
    }
}

/// What a demand of the planned weeks costs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DemandValue {
    /// Its origin, destination, product and week.
    pub key: [String; 4],
    /// How many parcels it has.
    pub parcels: i128,
    /// What they cost: their own, their shares of departures (by chargeable weight aboard) and of
    /// handling (by what it counts), exactly as in `demand.csv`.
    pub parts: Parts,
}

/// What a plan costs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Valuation {
    /// By demand.
    pub demands: Vec<DemandValue>,
    /// What no demand bears: commitments on departures that nobody rides, and penalties.
    pub rest: Parts,
}

impl Valuation {
    /// The cost of the plan by part.
    pub fn parts(&self) -> Parts {
        self.demands
            .iter()
            .map(|demand| demand.parts)
            .sum::<Parts>()
            + self.rest
    }
}

/// Why a plan has no value.
#[derive(Debug, thiserror::Error)]
pub enum ValueError {
    /// Its files cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The instance's numbers are too large.
    #[error(transparent)]
    Program(#[from] FormulationError),
    /// Its paths are none of this instance.
    #[error("it is no plan of its instance: {0}")]
    Broken(String),
}

/// What the plan in `folder` costs on `instance`: the instance that it plans, or one that differs
/// from it in prices only.
///
/// # Errors
/// [`ValueError`].
pub fn value(folder: &Path, instance: &Instance) -> Result<Valuation, ValueError> {
    let files = Files::read(Source::Folder(folder))?;
    let frame = Layout::new(instance)?.frame();
    let mut checker = Checker::new(instance, &files, frame, Failures::keeping(1));
    checker.allocate(&files)?;
    let (failures, _) = std::mem::replace(&mut checker.failures, Failures::keeping(1)).into_parts();
    let broken = failures.iter().find(|failure| is_broken(failure));
    if let Some(failure) = broken {
        return Err(ValueError::Broken(failure.message.clone()));
    }
    let stated = stated::units(files.departures.as_ref(), &checker.schedule);
    Ok(valued(&mut checker, &stated))
}

/// Figures in other columns differ where prices do; what cannot be walked has no value.
fn is_broken(failure: &super::Failure) -> bool {
    failure
        .column
        .as_deref()
        .is_none_or(|column| column == "parcels")
}

fn valued(checker: &mut Checker<'_>, stated: &Stated) -> Valuation {
    let instance = checker.schedule.instance;
    let planned = checker
        .shipments
        .iter()
        .filter(|shipment| shipment.reported);
    let ledger = Ledger::new(&checker.schedule, planned);
    let fates = expected::fates(
        instance,
        &checker.releases,
        &checker.shipments,
        &checker.carried,
    );
    // one more for what comes after the planned weeks, which is left out
    let own = |fate: &expected::Fate| Parts {
        ways: fate.additive.carriage + fate.additive.storage + fate.additive.co2e,
        purchases: 0,
        lateness: fate.additive.lateness,
        unserved: fate.unserved_cost,
    };
    let mut parts: Vec<Parts> = fates.iter().map(own).collect();
    let mut unused = Parts::default();
    let schedule = &mut checker.schedule;
    let sales = Sales::new(schedule, &ledger, &checker.frame, stated);
    add_departures(schedule, &sales, &mut parts, &mut unused);
    add_handling(schedule, &ledger, &mut parts);
    let failures = &mut Failures::keeping(0);
    let none = Prices::default();
    let both = (&sales, &sales);
    let (_, penalties) = limits::rows(schedule, &checker.shipments, both, &none, failures);
    unused.ways += penalties[0];
    parts.pop();
    let demands = instance.demands.iter().zip(&fates).zip(parts);
    Valuation {
        demands: demands
            .map(|((demand, fate), parts)| DemandValue {
                key: [
                    instance.places[demand.origin.at()].id.clone(),
                    instance.places[demand.destination.at()].id.clone(),
                    instance.products[demand.product.at()].id.clone(),
                    demand.week.to_string(),
                ],
                parcels: fate.parcels,
                parts,
            })
            .collect(),
        rest: unused,
    }
}

fn add_departures(
    schedule: &mut Schedule<'_>,
    sales: &Sales<'_>,
    parts: &mut [Parts],
    unused: &mut Parts,
) {
    for key in sales.keys() {
        let Some(Sale {
            leg, load, space, ..
        }) = sales.of(schedule, key)
        else {
            continue;
        };
        let cost = space.cost;
        let part = |cost| match leg.unit.whole {
            true => Parts {
                purchases: cost,
                ..Parts::default()
            },
            false => Parts {
                ways: cost,
                ..Parts::default()
            },
        };
        let shares = ledger::share_out(cost, &load.parts);
        if shares.is_empty() {
            *unused += part(cost);
        }
        for (owner, share) in shares {
            parts[owner] += part(share);
        }
    }
}

fn add_handling(schedule: &Schedule<'_>, ledger: &Ledger, parts: &mut [Parts]) {
    for (&(index, day), load) in &ledger.buckets {
        let step = &schedule.instance.handling[index];
        let capacities = capacity::tier_capacities(schedule, step, day);
        let cost = capacity::handling_cost(step, &capacities, load.measured(step.measure));
        for (owner, share) in ledger::share_out(cost, &load.parts) {
            parts[owner].ways += share;
        }
    }
}
