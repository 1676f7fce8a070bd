//! What departures, handling and storage can take, what it costs, and what is too much.

use crate::instance::{HandlingStep, Leg, Measure, Period, Tier, UNIT_SCALE, Unit};

use super::costs;
use super::failure::{At, Failures};
use super::itinerary::departure_name;
use super::ledger::{Ledger, Load};
use super::schedule::{Departure, Key, Schedule, scaled};

/// What a departure offers and what is bought of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Space {
    /// Units on offer in millionths: the leg's times what events leave, less what others bought.
    pub(super) limit: Option<i128>,
    /// Units paid for in any case, in millionths; never more than there are.
    pub(super) minimum: i128,
    /// Units paid for, in millionths: the minimum, or what the freight takes.
    pub(super) units: i128,
    /// Units that the freight takes, bookings included, in millionths.
    pub(super) filled: i128,
    /// Price × units, rounded up to a millionth; nothing where carriage is charged by parcel.
    pub(super) cost: i128,
    /// Grams and cubic centimetres of bookings that share the units.
    pub(super) booked: (i128, i128),
    /// Grams that may be lifted besides bookings, after events.
    pub(super) lift_weight: Option<i128>,
    /// Cubic centimetres that may be lifted besides bookings, after events.
    pub(super) lift_volume: Option<i128>,
}

impl Space {
    pub(super) fn new(leg: &Leg, departure: &Departure, load: &Load) -> Self {
        let unit = &leg.unit;
        let scale = i128::from(UNIT_SCALE);
        let step = if unit.whole { scale } else { 1 };
        let limit = limit(unit, departure);
        // freight of bookings that no units are left for pays for itself elsewhere
        let booked = |booked: i64, held: Option<i64>| {
            let all = held
                .zip(limit)
                .map(|(held, limit)| i128::from(held) * limit / scale);
            all.map_or(booked.into(), |all| all.min(booked.into()))
        };
        let (held_weight, held_volume) = (unit.weight.map(|w| w.0), unit.volume.map(|v| v.0));
        let booked = (
            booked(departure.booked_weight.0, held_weight),
            booked(departure.booked_volume.0, held_volume),
        );
        let (weight, volume) = (load.weight + booked.0, load.volume + booked.1);
        let takes =
            |amount: i128, held: i64| round_up(ceiling(amount * scale, i128::from(held)), step);
        let by_weight = held_weight.map_or(0, |held| takes(weight, held));
        let by_volume = held_volume.map_or(0, |held| takes(volume, held));
        let filled = by_weight.max(by_volume);
        let minimum = round_up(i128::from(unit.minimum), step);
        let minimum = limit.map_or(minimum, |limit| minimum.min(limit));
        let units = filled.max(minimum);
        let cost = match costs::charged_by_parcel(unit) {
            true => 0,
            false => ceiling(i128::from(unit.price.0) * units, scale),
        };
        let left = |amount: i64, booked: i64| {
            i128::from((scaled(amount, departure.factor) - booked).max(0))
        };
        let lift_weight = leg
            .max_weight
            .map(|max| left(max.0, departure.booked_weight.0));
        let lift_volume = leg
            .max_volume
            .map(|max| left(max.0, departure.booked_volume.0));
        Self {
            limit,
            minimum,
            units,
            filled,
            cost,
            booked,
            lift_weight,
            lift_volume,
        }
    }

    /// What so many millionths of a unit cost, rounded up to a millionth.
    pub(super) fn price_of(&self, unit: &Unit, units: i128) -> i128 {
        ceiling(i128::from(unit.price.0) * units, i128::from(UNIT_SCALE))
    }

    /// Grams and cubic centimetres that can be carried at most besides bookings.
    pub(super) fn room(&self, unit: &Unit) -> (Option<i128>, Option<i128>) {
        let sold = |held: i64, booked: i128| {
            let all = i128::from(held) * self.limit? / i128::from(UNIT_SCALE);
            Some((all - booked).max(0))
        };
        let least = |lift: Option<i128>, sold: Option<i128>| match (lift, sold) {
            (Some(lift), Some(sold)) => Some(lift.min(sold)),
            (lift, sold) => lift.or(sold),
        };
        let weight = unit.weight.and_then(|held| sold(held.0, self.booked.0));
        let volume = unit.volume.and_then(|held| sold(held.0, self.booked.1));
        (
            least(self.lift_weight, weight),
            least(self.lift_volume, volume),
        )
    }
}

/// Units on offer in millionths, whole ones where only those are sold.
fn limit(unit: &Unit, departure: &Departure) -> Option<i128> {
    let step = if unit.whole { UNIT_SCALE } else { 1 };
    let left = scaled(unit.limit?, departure.factor);
    let left = i128::from((left - departure.booked_units).max(0));
    Some(left - left % i128::from(step))
}

/// `numerator / denominator`, rounded up.
pub(super) fn ceiling(numerator: i128, denominator: i128) -> i128 {
    let denominator = denominator.max(1);
    numerator.div_euclid(denominator) + i128::from(numerator.rem_euclid(denominator) > 0)
}

/// The next multiple of `step`.
fn round_up(value: i128, step: i128) -> i128 {
    ceiling(value, step) * step
}

/// Whether a leg can run out of room or costs something by the unit.
pub(super) fn is_scarce(leg: &Leg) -> bool {
    let lift = leg.max_weight.is_some() || leg.max_volume.is_some();
    lift || !costs::charged_by_parcel(&leg.unit)
}

/// Base units in what a step's capacity and price count.
pub(super) fn per_unit(measure: Measure) -> i128 {
    match measure {
        Measure::Parcels => 1,
        Measure::Weight => 1_000,
        Measure::Volume => 1_000_000,
    }
}

/// The places after the point of an amount of a measure.
pub(super) fn places(measure: Measure) -> u32 {
    match measure {
        Measure::Parcels => 0,
        Measure::Weight => 3,
        Measure::Volume => 6,
    }
}

/// Capacities of a step's tiers in the bucket that starts on `day`, in row order.
pub(super) fn tier_capacities(
    schedule: &Schedule<'_>,
    step: &HandlingStep,
    day: i64,
) -> Vec<Option<i128>> {
    let days = if step.per == Period::Day { 1 } else { 7 };
    let factor = schedule.handling_factor(step.place, day, days);
    step.tiers
        .iter()
        .map(|tier| tier.capacity.map(|all| i128::from(scaled(all, factor))))
        .collect()
}

/// The cost of `used` base units: tiers cheapest first, among equals by number, each rounded up
/// to a millionth.
pub(super) fn handling_cost(step: &HandlingStep, capacities: &[Option<i128>], used: i128) -> i128 {
    let mut tiers: Vec<(&Tier, Option<i128>)> =
        step.tiers.iter().zip(capacities.iter().copied()).collect();
    tiers.sort_by_key(|(tier, _)| (tier.price, tier.number));
    let mut left = used;
    let mut cost = 0;
    for (tier, capacity) in tiers {
        let here = capacity.map_or(left, |capacity| capacity.min(left));
        cost += ceiling(i128::from(tier.price.0) * here, per_unit(step.measure));
        left -= here;
    }
    cost
}

/// Checks every departure, bucket and night that parcels use.
pub(super) fn check(schedule: &mut Schedule<'_>, ledger: &Ledger, failures: &mut Failures) {
    for (&key, load) in &ledger.departures {
        check_departure(schedule, key, load, failures);
    }
    for (&(index, day), load) in &ledger.buckets {
        let step = &schedule.instance.handling[index];
        let capacities = tier_capacities(schedule, step, day);
        let all: Option<i128> = capacities.iter().copied().sum();
        let used = load.measured(step.measure);
        if let Some(all) = all.filter(|&all| used > all) {
            let place = &schedule.instance.places[step.place.at()].id;
            let bucket = schedule.calendar.day_text(day);
            let key = format!("{place}, {}, {bucket}", step.name);
            let what = format!("{} at {place} in the bucket of {bucket}", step.name);
            let at = at("handling.csv", &key);
            failures.add(at.beyond("used", &what, used, all, places(step.measure)));
        }
    }
    for (&(index, day), &volume) in &ledger.nights {
        let place = &schedule.instance.places[index];
        let Some(storage) = place.storage else {
            continue;
        };
        if volume > i128::from(storage.0) {
            let night = schedule.calendar.day_text(day);
            let what = format!("what lies at {} at 00:00 on {night}, in m3,", place.id);
            let at = at("allocation.csv", &place.id);
            failures.add(at.beyond("m3", &what, volume, storage.0.into(), 6));
        }
    }
}

fn check_departure(schedule: &mut Schedule<'_>, key: Key, load: &Load, failures: &mut Failures) {
    let leg = schedule.leg(key);
    let Ok(departure) = schedule.departure(key).cloned() else {
        return;
    };
    let space = Space::new(leg, &departure, load);
    let name = departure_name(schedule, key);
    let at = at("departures.csv", &name);
    if let Some(lift) = space.lift_weight.filter(|&lift| load.weight > lift) {
        let what = format!("kg aboard {name}");
        failures.add(at.beyond("kg", &what, load.weight, lift, 3));
    }
    if let Some(lift) = space.lift_volume.filter(|&lift| load.volume > lift) {
        let what = format!("m3 aboard {name}");
        failures.add(at.beyond("m3", &what, load.volume, lift, 6));
    }
    if let Some(limit) = space.limit.filter(|&limit| space.filled > limit) {
        let what = format!("units of {name}");
        failures.add(at.beyond("units", &what, space.filled, limit, 6));
    }
}

fn at<'a>(table: &'a str, key: &'a str) -> At<'a> {
    At {
        table,
        row: None,
        key,
    }
}
