//! The table `handling`: what each step does in each bucket, tiers filled cheapest first.

use crate::instance::{HandlingStep, Instance, Measure, Period, Tier};
use crate::network::{Bucket, BucketId, Calendar, Network};
use crate::units::Money;

use super::assembly::Parts;
use super::rows::{HandlingRow, Share};
use super::shifts::Work;
use super::worth::Worth;

/// Rows for every bucket that is used, or that could be in the planned weeks.
pub fn rows(
    instance: &Instance,
    network: &Network,
    calendar: &Calendar,
    used: &[i64],
    worth: &Worth,
) -> Vec<HandlingRow> {
    let last_day = instance.settings.weeks as i32 * 7;
    let mut rows = Vec::new();
    for (index, bucket) in network.buckets.iter().enumerate() {
        let step = &instance.handling[bucket.step.at()];
        let day = calendar.day(step.place, bucket.start);
        let capacity = capacity(step, bucket);
        let planned = day < last_day && capacity.is_some();
        if used[index] == 0 && !planned {
            continue;
        }
        rows.push(HandlingRow {
            place: instance.places[step.place.at()].id.clone(),
            step: step.name.clone(),
            mode: step.mode,
            direction: step.direction,
            bucket: calendar.day_text(bucket_day(step, day)),
            used: used[index],
            capacity,
            load: capacity.and_then(|all| Share::of(used[index], all)),
            measure: step.measure,
            cost: cost(step, bucket, used[index]),
            shadow_price: worth.bucket(step, BucketId(index as u32)),
            range: None,
        });
    }
    rows
}

/// Whether a bucket begins in the planned weeks.
pub(super) fn is_planned(parts: Parts<'_>, id: BucketId) -> bool {
    let bucket = &parts.network.buckets[id.at()];
    let place = parts.instance.handling[bucket.step.at()].place;
    parts.calendar.day(place, bucket.start) < parts.instance.settings.weeks as i32 * 7
}

/// The local day that names a bucket: its own, or the Monday of its week.
pub(super) fn bucket_day(step: &HandlingStep, day: i32) -> i32 {
    match step.per {
        Period::Day => day,
        Period::Week | Period::Horizon => day - day.rem_euclid(7),
    }
}

/// Base units in the unit of which capacity and price count.
pub fn per_unit(measure: Measure) -> i64 {
    match measure {
        Measure::Parcels => 1,
        Measure::Weight => 1_000,
        Measure::Volume => 1_000_000,
    }
}

/// A tier's capacity in a bucket, after events, in base units.
pub(super) fn tier_capacity(tier: &Tier, bucket: &Bucket) -> Option<i64> {
    Some(tier.workable(bucket.left_of(tier.capacity?)))
}

/// All tiers of a step in a bucket, after events, in base units; `None` is unlimited.
pub fn capacity(step: &HandlingStep, bucket: &Bucket) -> Option<i64> {
    step.tiers
        .iter()
        .map(|tier| tier_capacity(tier, bucket))
        .try_fold(0i64, |sum, tier| Some(sum.saturating_add(tier?)))
}

/// What the work in every bucket costs.
pub fn costs(instance: &Instance, network: &Network, used: &[i64]) -> Vec<Money> {
    let buckets = network.buckets.iter().zip(used);
    buckets
        .map(|(bucket, &used)| cost(&instance.handling[bucket.step.at()], bucket, used))
        .collect()
}

/// What so many base units cost: the whole shifts that make it least, and for what they leave the
/// tiers by the unit, cheapest first (ties by number), each rounded up to a millionth.
pub fn cost(step: &HandlingStep, bucket: &Bucket, used: i64) -> Money {
    let work = Work::new(step, bucket);
    let shifts = work.shifts(used);
    Money(i64::try_from(work.cost(used, &shifts)).unwrap_or(i64::MAX))
}

/// The price of the tier that takes the next base unit after so many; of the dearest where all are
/// full. In shifts that are paid for already it is nothing.
pub fn price_beyond(step: &HandlingStep, bucket: &Bucket, used: i64) -> Money {
    let work = Work::new(step, bucket);
    let mut left = used - work.in_shifts(&work.shifts(used));
    if left < 0 {
        return Money::ZERO;
    }
    let mut tiers: Vec<&Tier> = step.tiers.iter().collect();
    tiers.sort_by_key(|tier| (tier.price, tier.number));
    tiers.retain(|tier| tier.shift.is_none());
    for tier in &tiers {
        match tier_capacity(tier, bucket) {
            Some(room) if room <= left => left -= room,
            _ => return tier.price,
        }
    }
    // what is left to take is whole shifts
    let dearest = step.tiers.iter().map(|tier| tier.price).max();
    dearest.unwrap_or(Money::ZERO)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::instance::{Direction, PlaceId, StepId};
    use crate::units::Minutes;

    fn step() -> HandlingStep {
        let tier = |number, capacity, price| Tier {
            number,
            capacity,
            shift: None,
            price: Money(price),
            row: 2,
        };
        HandlingStep {
            place: PlaceId(0),
            name: "sorting".to_owned(),
            mode: None,
            direction: Direction::In,
            duration: Minutes(60),
            measure: Measure::Weight,
            per: Period::Day,
            // The second tier is the cheaper one.
            tiers: vec![
                tier(1, Some(100_000), 300_000),
                tier(2, Some(50_000), 100_000),
            ],
        }
    }

    fn bucket(factor: i64) -> Bucket {
        Bucket {
            step: StepId(0),
            start: Minutes(0),
            end: Minutes(1440),
            days: 1,
            factor,
        }
    }

    #[test]
    fn tiers_fill_cheapest_first() {
        // 80 kg: 50 at 0.10 and 30 at 0.30 = 5 + 9 = 14.
        assert_eq!(cost(&step(), &bucket(1_000_000), 80_000), Money(14_000_000));
        // At half capacity 25 at 0.10 and 50 at 0.30 = 2.50 + 15 = 17.50.
        assert_eq!(capacity(&step(), &bucket(500_000)), Some(75_000));
        assert_eq!(cost(&step(), &bucket(500_000), 75_000), Money(17_500_000));
    }

    #[test]
    fn the_next_kilogram_costs_what_the_first_tier_with_room_asks() {
        let price = |used| price_beyond(&step(), &bucket(1_000_000), used);
        assert_eq!(price(49_999), Money(100_000));
        assert_eq!(price(50_000), Money(300_000));
        assert_eq!(price(150_000), Money(300_000));
    }
}
