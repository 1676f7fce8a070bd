//! What departures, handling and storage can take, what it costs, and what is too much.

use crate::instance::{HandlingStep, Leg, Measure, Period, Tier, UNIT_SCALE, Unit};

use super::costs;
use super::failure::{At, Failures};
use super::ledger::{Ledger, Load};
use super::names::departure_name;
use super::sales::{Sale, Sales};
use super::schedule::{Departure, Key, Schedule, WHOLE, scaled};

/// What a departure offers and what is bought of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Space {
    /// Units on offer in millionths: the leg's times what events leave, less what others bought.
    pub(super) limit: Option<i128>,
    /// Units paid for in any case, in millionths; never more than there are.
    pub(super) minimum: i128,
    /// Units paid for, in millionths: the minimum, or what the freight takes.
    pub(super) units: i128,
    /// Units that the freight takes, in millionths.
    pub(super) filled: i128,
    /// Price × units, rounded up to a millionth; nothing where carriage is charged by parcel.
    pub(super) cost: i128,
    /// Grams that may be aboard besides bookings: of what can be lifted after events, and of what
    /// the units on offer hold.
    pub(super) lift_weight: Option<i128>,
    /// The same in cubic centimetres.
    pub(super) lift_volume: Option<i128>,
}

impl Space {
    pub(super) fn new(leg: &Leg, departure: &Departure, load: &Load) -> Self {
        let unit = &leg.unit;
        let scale = i128::from(UNIT_SCALE);
        let step = if unit.whole { scale } else { 1 };
        let limit = limit(unit, departure);
        let (held_weight, held_volume) = (unit.weight.map(|w| w.0), unit.volume.map(|v| v.0));
        let (weight, volume) = (load.weight, load.volume);
        let takes =
            |amount: i128, held: i64| round_up(ceiling(amount * scale, i128::from(held)), step);
        let by_weight = held_weight.map_or(0, |held| takes(weight, held));
        let by_volume = held_volume.map_or(0, |held| takes(volume, held));
        let filled = by_weight.max(by_volume);
        // after the planned weeks, and for what does not run, only what is used is paid for
        let committed = match departure.counted && !departure.cancelled {
            true => unit.minimum,
            false => 0,
        };
        let minimum = round_up(i128::from(committed), step);
        let minimum = limit.map_or(minimum, |limit| minimum.min(limit));
        let units = filled.max(minimum);
        let cost = match costs::charged_by_parcel(unit) {
            true => 0,
            false => ceiling(i128::from(unit.price.0) * units, scale),
        };
        // others pay for what is booked, and it takes room
        let left = |lifted: Option<i64>, held: Option<i64>, booked: i64| {
            let lifted = lifted.map(|max| i128::from(scaled(max, departure.factor)));
            let held = held.zip(limit).filter(|_| booked > 0);
            let held = held.map(|(held, limit)| i128::from(held) * limit / scale);
            let most = match (lifted, held) {
                (Some(lifted), Some(held)) => Some(lifted.min(held)),
                (lifted, held) => lifted.or(held),
            };
            most.map(|most| (most - i128::from(booked)).max(0))
        };
        let lift_weight = left(
            leg.max_weight.map(|max| max.0),
            held_weight,
            departure.booked_weight.0,
        );
        let lift_volume = left(
            leg.max_volume.map(|max| max.0),
            held_volume,
            departure.booked_volume.0,
        );
        Self {
            limit,
            minimum,
            units,
            filled,
            cost,
            lift_weight,
            lift_volume,
        }
    }

    /// The same with so many millionths of a unit paid for.
    pub(super) fn paying_for(self, unit: &Unit, units: i128) -> Self {
        let cost = match costs::charged_by_parcel(unit) {
            true => 0,
            false => self.price_of(unit, units),
        };
        Self {
            units,
            cost,
            ..self
        }
    }

    /// What so many millionths of a unit cost, rounded up to a millionth.
    pub(super) fn price_of(&self, unit: &Unit, units: i128) -> i128 {
        ceiling(i128::from(unit.price.0) * units, i128::from(UNIT_SCALE))
    }

    /// The same as it is bought: of whole units those that are bought, and nothing is said where none
    /// is.
    pub(super) fn room_bought(&self, unit: &Unit) -> (Option<i128>, Option<i128>) {
        if unit.whole && self.units == 0 {
            return (None, None);
        }
        let (weight, volume) = self.room(unit);
        let within = |room: Option<i128>, held: Option<i64>| {
            let held = held.filter(|_| unit.whole);
            let held = held.map(|held| i128::from(held) * self.units / i128::from(UNIT_SCALE));
            room.into_iter().chain(held).min()
        };
        (
            within(weight, unit.weight.map(|weight| weight.0)),
            within(volume, unit.volume.map(|volume| volume.0)),
        )
    }

    /// Grams and cubic centimetres that can be carried at most besides bookings.
    pub(super) fn room(&self, unit: &Unit) -> (Option<i128>, Option<i128>) {
        let sold = |held: i64| Some(i128::from(held) * self.limit? / i128::from(UNIT_SCALE));
        let least = |lift: Option<i128>, sold: Option<i128>| match (lift, sold) {
            (Some(lift), Some(sold)) => Some(lift.min(sold)),
            (lift, sold) => lift.or(sold),
        };
        let weight = unit.weight.and_then(|held| sold(held.0));
        let volume = unit.volume.and_then(|held| sold(held.0));
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

/// Capacities of a step's tiers in the bucket that starts on `day`, in row order; those of tiers in
/// whole shifts without what is too little for one.
pub(super) fn tier_capacities(
    schedule: &Schedule<'_>,
    step: &HandlingStep,
    day: i64,
) -> Vec<Option<i128>> {
    let days = if step.per == Period::Day { 1 } else { 7 };
    let factor = schedule.handling_factor(step.place, day, days);
    step.tiers
        .iter()
        .map(|tier| {
            // a week loses exactly the part of it that its days do
            let all = i128::from(tier.capacity?) * factor;
            let all = all.div_euclid(i128::from(days) * i128::from(WHOLE));
            Some(all - tier.shift.map_or(0, |shift| all % i128::from(shift)))
        })
        .collect()
}

/// The cost of `used` base units with the shifts that work.
pub(super) fn handling_cost(step: &HandlingStep, capacities: &[Option<i128>], used: i128) -> i128 {
    handled(step, capacities, used).cost
}

/// How the work of a bucket is done.
pub(super) struct Handled {
    /// Millionths of money.
    pub(super) cost: i128,
    /// Per tier, how many whole shifts work.
    pub(super) shifts: Vec<i128>,
}

/// The cheapest way to do `used` base units. Every number of whole shifts is tried, counting up like
/// an odometer whose last digit is the last tier's, and the first of the cheapest is kept; the rest is
/// done by the unit, cheapest first, among equals by number, each tier rounded up to a millionth.
pub(super) fn handled(step: &HandlingStep, capacities: &[Option<i128>], used: i128) -> Handled {
    let most = |(tier, capacity): (&Tier, &Option<i128>)| match tier.shift {
        Some(shift) => capacity.unwrap_or(0) / i128::from(shift),
        None => 0,
    };
    let most: Vec<i128> = step.tiers.iter().zip(capacities).map(most).collect();
    let mut by_unit: Vec<(&Tier, Option<i128>)> = (step.tiers.iter())
        .zip(capacities.iter().copied())
        .filter(|(tier, _)| tier.shift.is_none())
        .collect();
    by_unit.sort_by_key(|(tier, _)| (tier.price, tier.number));
    let mut digits = vec![0; most.len()];
    let mut best: Option<(i128, Handled)> = None;
    loop {
        let (mut left, mut cost) = (used, 0);
        for (tier, &count) in step.tiers.iter().zip(&digits) {
            if let Some(shift) = tier.shift {
                let each = i128::from(tier.price.0) * i128::from(shift);
                cost += count * ceiling(each, per_unit(step.measure));
                left -= count * i128::from(shift);
            }
        }
        left = left.max(0);
        for (tier, capacity) in &by_unit {
            let here = capacity.map_or(left, |capacity| capacity.min(left));
            cost += ceiling(i128::from(tier.price.0) * here, per_unit(step.measure));
            left -= here;
        }
        let known = best.as_ref().map(|(undone, best)| (*undone, best.cost));
        if known.is_none_or(|known| (left, cost) < known) {
            let shifts = digits.clone();
            best = Some((left, Handled { cost, shifts }));
        }
        // the next reading of the odometer
        let Some(turned) = (0..digits.len()).rev().find(|&at| digits[at] < most[at]) else {
            break;
        };
        digits[turned] += 1;
        digits[turned + 1..].fill(0);
    }
    best.map_or(
        Handled {
            cost: 0,
            shifts: Vec::new(),
        },
        |(_, handled)| handled,
    )
}

/// Checks every departure that is paid for, and every bucket and night that parcels use.
pub(super) fn check(
    schedule: &mut Schedule<'_>,
    (sales, ledger): (&Sales<'_>, &Ledger),
    failures: &mut Failures,
) {
    for key in sales.keys() {
        if let Some(sale) = sales.of(schedule, key) {
            check_departure(schedule, key, &sale, failures);
        }
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
            failures.add_broken(at.beyond("used", &what, used, all, places(step.measure)));
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
            failures.add_broken(at.beyond("m3", &what, volume, storage.0.into(), 6));
        }
    }
}

fn check_departure(
    schedule: &Schedule<'_>,
    key: Key,
    sale: &Sale<'_, '_>,
    failures: &mut Failures,
) {
    let Sale { load, space, .. } = sale;
    let name = departure_name(schedule, key);
    let at = at("departures.csv", &name);
    if let Some(lift) = space.lift_weight.filter(|&lift| load.weight > lift) {
        let what = format!("kg aboard {name}");
        failures.add_broken(at.beyond("kg", &what, load.weight, lift, 3));
    }
    if let Some(lift) = space.lift_volume.filter(|&lift| load.volume > lift) {
        let what = format!("m3 aboard {name}");
        failures.add_broken(at.beyond("m3", &what, load.volume, lift, 6));
    }
    // others of the same commitment may make it pay for more than it has
    let units = space.units.max(space.filled);
    if let Some(limit) = space.limit.filter(|&limit| units > limit) {
        let what = format!("units of {name}");
        failures.add_broken(at.beyond("units", &what, units, limit, 6));
    }
}

fn at<'a>(table: &'a str, key: &'a str) -> At<'a> {
    At {
        table,
        row: None,
        key,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::instance::generate::Random;
    use crate::instance::{Direction, PlaceId, StepId};
    use crate::network::Bucket;
    use crate::plan::shifts::Work;
    use crate::units::{Minutes, Money};

    /// Steps of one to four tiers with a few shifts each, and all kinds of work.
    #[test]
    fn the_cheapest_shifts_are_those_of_the_checker() {
        let random = &mut Random::of(3, &[]);
        for _ in 0..2_000 {
            let tiers = (1..=1 + random.below(4) as u32)
                .map(|number| {
                    let capacity = random.below(60) as i64;
                    let shift = 1 + random.below(20) as i64;
                    Tier {
                        number,
                        capacity: Some(capacity),
                        shift: (number < 4 && random.below(3) > 0).then_some(shift),
                        price: Money(random.below(9) as i64),
                        row: 2,
                    }
                })
                .collect();
            let step = HandlingStep {
                place: PlaceId(0),
                name: "sorting".to_owned(),
                mode: None,
                direction: Direction::In,
                duration: Minutes(60),
                measure: Measure::Parcels,
                per: Period::Day,
                tiers,
            };
            let bucket = Bucket {
                step: StepId(0),
                start: Minutes(0),
                end: Minutes(1440),
                days: 1,
                factor: 1_000_000,
            };
            let used = random.below(150) as i64;
            let work = Work::new(&step, &bucket);
            let counts = work.shifts(used);
            let all = step.tiers.iter().map(|tier| {
                let all = tier.capacity.map(i128::from)?;
                Some(all - tier.shift.map_or(0, |shift| all % i128::from(shift)))
            });
            let all: Vec<Option<i128>> = all.collect();
            let checked = handled(&step, &all, used.into());
            assert_eq!(work.cost(used, &counts), checked.cost, "{step:?} {used}");
            let in_shifts = step.tiers.iter().zip(checked.shifts);
            let theirs: Vec<i128> = in_shifts
                .filter_map(|(tier, count)| tier.shift.map(|_| count))
                .collect();
            let own: Vec<i128> = counts.into_iter().map(i128::from).collect();
            assert_eq!(own, theirs, "{step:?} {used}");
        }
    }
}
