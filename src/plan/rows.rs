//! The rows of a plan's tables.
//!
//! Every quantity is exact. Names of places, products and services are the planner's ids; times
//! are local to the place concerned and written by the calendar. What a column means
//! is said here, field by field; `report::tables` gives the columns their names and order.

use std::sync::Arc;

use crate::instance::{Direction, Measure, Metric, Mode};
use crate::units::{CubicCentimetres, Grams, Minutes, Money, Parcels};

use super::what_if::PriceRange;

/// Parcels of a release on a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AllocationRow {
    /// Where they start. Rows share these names: a year has millions of them.
    pub origin: Arc<str>,
    /// Where they go.
    pub destination: Arc<str>,
    /// What they are.
    pub product: Arc<str>,
    /// When they are ready, local to the origin.
    pub release: String,
    /// Departures in order of travel, and the handling steps that were held to a later bucket.
    pub path: String,
    /// How many.
    pub parcels: Parcels,
    /// Their weight.
    pub weight: Grams,
    /// Their volume.
    pub volume: CubicCentimetres,
    /// What they alone cause: carriage at a cost, storage, lateness and CO₂e.
    pub cost: Money,
    /// When they are delivered, local to the destination.
    pub delivered: String,
    /// From release to delivered.
    pub duration: Minutes,
    /// What of it exceeds the promise.
    pub late: Minutes,
    /// Emissions, to the nearest gram.
    pub co2e: Grams,
    /// The service of the main haul; blank where nothing is ridden.
    pub main_service: Arc<str>,
    /// Which of its legs, from 1.
    pub main_leg: Option<u32>,
    /// Its mode.
    pub mode: Option<Mode>,
    /// What it sells; blank where that has no name.
    pub unit: Arc<str>,
    /// The local week in which they are ready, from 1.
    pub week: i32,
    /// Who runs the main haul; may be blank.
    pub operator: Arc<str>,
}

/// What one departure carries and costs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DepartureRow {
    /// Which service.
    pub service: String,
    /// Which of its legs, from 1.
    pub leg: u32,
    /// The run it belongs to, as in paths.
    pub run: String,
    /// When it leaves, local.
    pub departs: String,
    /// When it arrives, local.
    pub arrives: String,
    /// Parcels aboard.
    pub parcels: Parcels,
    /// Their weight.
    pub weight: Grams,
    /// Their volume.
    pub volume: CubicCentimetres,
    /// Weight aboard, bookings included, as a share of what can be carried: of the units bought
    /// where only whole ones are sold.
    pub load_weight: Option<Share>,
    /// Volume aboard, bookings included, as a share of the same.
    pub load_volume: Option<Share>,
    /// Units paid for, in millionths.
    pub units: i64,
    /// Units on offer, in millionths; `None` is unlimited.
    pub units_limit: Option<i64>,
    /// Units paid for and not used, in millionths.
    pub dead_units: i64,
    /// Units times price, rounded up to a millionth. Nothing where carriage is charged to each
    /// parcel.
    pub cost: Money,
    /// What one more unit (with the lift to use it) would save.
    pub shadow_price: Money,
    /// How long the price of one more unit holds; only where that was asked for.
    pub range: Option<PriceRange>,
    /// Carriage charged to each parcel aboard.
    pub carriage: Money,
    /// The mode of its service.
    pub mode: Mode,
    /// What it sells; blank where that has no name.
    pub unit: String,
    /// The local week in which it leaves, from 1.
    pub week: i32,
    /// Who runs it; may be blank.
    pub operator: String,
    /// Where it leaves.
    pub origin: String,
    /// Where it goes.
    pub destination: String,
}

/// The use of a handling step in one bucket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HandlingRow {
    /// Where.
    pub place: String,
    /// Which step.
    pub step: String,
    /// For which mode; `None` is every mode.
    pub mode: Option<Mode>,
    /// After arrivals or before departures.
    pub direction: Direction,
    /// The local day, or the Monday of the local week.
    pub bucket: String,
    /// What is used, in the measure's base unit.
    pub used: i64,
    /// All tiers together, in the measure's base unit; `None` is unlimited.
    pub capacity: Option<i64>,
    /// Used / capacity.
    pub load: Option<Share>,
    /// What is counted.
    pub measure: Measure,
    /// Tiers filled cheapest first, each rounded to the nearest millionth.
    pub cost: Money,
    /// What one more unit of capacity would save.
    pub shadow_price: Money,
    /// How long the price of one more unit holds; only where that was asked for.
    pub range: Option<PriceRange>,
}

/// How a demand fares.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DemandRow {
    /// Where it starts.
    pub origin: String,
    /// Where it goes.
    pub destination: String,
    /// What it is.
    pub product: String,
    /// In which week, from 1.
    pub week: u32,
    /// How many parcels.
    pub parcels: Parcels,
    /// Delivered within the promise.
    pub on_time: Parcels,
    /// Delivered after it.
    pub late: Parcels,
    /// Left behind.
    pub unserved: Parcels,
    /// Everything it causes, its share of space and handling and the price of what is left behind
    /// included.
    pub cost: Money,
    /// What one more parcel would cost; `None` without prices.
    pub marginal_cost: Option<Money>,
    /// Why parcels are late or left behind, in a planner's words; empty where none are.
    pub reason: String,
    /// How long the price of one more parcel holds; only where that was asked for.
    pub range: Option<PriceRange>,
}

/// A policy limit in one period.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LimitRow {
    /// Which limit.
    pub limit: String,
    /// The local day, the week, or `horizon`.
    pub period: String,
    /// What it counts.
    pub metric: Metric,
    /// What the plan comes to, in millionths of the metric's unit.
    pub value: i64,
    /// At least this, in millionths.
    pub min: Option<i64>,
    /// At most this, in millionths.
    pub max: Option<i64>,
    /// Distance to the nearer end, in millionths; negative where it is broken.
    pub slack: i64,
    /// What is broken, in millionths.
    pub violation: i64,
    /// What that costs.
    pub cost: Money,
    /// What one unit more of room would save.
    pub shadow_price: Money,
    /// How long the price of one more unit holds; only where that was asked for.
    pub range: Option<PriceRange>,
}

/// Whole units on offer, bought or not: of a departure, or shifts of a handling step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PurchaseRow {
    /// Which service, or the key of the step: `LGG/sorting/in`.
    pub service: String,
    /// Which of its legs, from 1, or the tier.
    pub leg: u32,
    /// Which run, or the day of the bucket.
    pub run: String,
    /// When it leaves, or the bucket begins, local.
    pub departs: String,
    /// Where it leaves, or where the step is.
    pub origin: String,
    /// Where it goes, or where the step is.
    pub destination: String,
    /// What a unit is.
    pub unit: String,
    /// How many are bought, in millionths.
    pub units: i64,
    /// How many are on offer, in millionths.
    pub units_limit: Option<i64>,
    /// What they cost.
    pub cost: Money,
    /// Weight they carry, or work where the step counts weight.
    pub weight: Grams,
    /// Volume they carry, or work where the step counts volume.
    pub volume: CubicCentimetres,
    /// Their weight, bookings included, as a share of what the units hold.
    pub load_weight: Option<Share>,
    /// Their volume, bookings included, as a share of what the units hold.
    pub load_volume: Option<Share>,
}

/// Whole units that only what competes after the planned weeks needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TailPurchaseRow {
    /// Which service, or the key of a handling step as in [`PurchaseRow`].
    pub service: String,
    /// Which of its legs, from 1, or the tier.
    pub leg: u32,
    /// Which run, or the day of the bucket.
    pub run: String,
    /// How many more than [`PurchaseRow::units`], in millionths.
    pub units: i64,
}

/// What a choice of whole units is worth, by solving again. No part of the proof.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChoiceRow {
    /// Which service, or the key of a handling step as in [`PurchaseRow`].
    pub service: String,
    /// Which of its legs, from 1, or the tier.
    pub leg: u32,
    /// Which run; of a commitment, the first; or the day of the bucket.
    pub run: String,
    /// How many departures the choice is made for; none for shifts.
    pub departures: usize,
    /// How many units are bought on each, in millionths.
    pub units: i64,
    /// What the plan would cost with one unit less, all other whole units as they are, by linear
    /// programming; `None` where there is none or that was not solved.
    pub cost_with_one_less: Option<Money>,
    /// The same with one more.
    pub cost_with_one_more: Option<Money>,
}

/// A part of the choices of whole units, and the prices that prove what a plan of it costs at
/// least. A branch has a row per decision that is narrowed, or one row without any.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BranchRow {
    /// The number of the branch, from 1.
    pub branch: usize,
    /// Which prices of `branch_prices`.
    pub prices: usize,
    /// Which decision; blank where all choices are in the branch.
    pub what: String,
    /// At least this many units beyond the minimum, where that is narrowed.
    pub at_least: Option<i64>,
    /// At most this many units beyond the minimum, where that is narrowed.
    pub at_most: Option<i64>,
}

/// A price of the proof of a branch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BranchPriceRow {
    /// The number of the prices, from 1.
    pub prices: usize,
    /// What kind of row of the program it belongs to.
    pub kind: &'static str,
    /// Which one.
    pub name: String,
    /// The price over the denominator stated in `run.json`.
    pub price: i128,
}

/// A price of the proof.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PriceRow {
    /// What kind of row of the program it belongs to.
    pub kind: &'static str,
    /// Which one.
    pub name: String,
    /// The price over the denominator stated in `run.json`.
    pub price: i128,
}

/// A share in ten-thousandths.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Share(pub i64);

impl Share {
    /// `part / whole`, to the nearest ten-thousandth; `None` of nothing.
    pub fn of(part: i64, whole: i64) -> Option<Self> {
        let share =
            || crate::units::divide_to_nearest(i128::from(part) * 10_000, i128::from(whole));
        (whole > 0).then(|| Self(i64::try_from(share()).unwrap_or(i64::MAX)))
    }

    /// As a fraction.
    pub fn fraction(self) -> f64 {
        self.0 as f64 / 1e4
    }
}
