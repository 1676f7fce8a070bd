//! What scarce capacities are worth by the prices of the proof.

use std::collections::BTreeMap;

use crate::instance::{HandlingStep, Instance, Leg, PlaceId};
use crate::units::divide_to_nearest;

use super::schedule::Key;
use super::tables::Expected;

/// More parts of money than anything costs, and few enough to round.
pub(super) const MOST: i128 = 1 << 120;

/// Prices of a departure's rows, per kilogram and cubic metre.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct SpacePrices {
    /// Weight against the units bought.
    pub(super) weight: i128,
    /// Volume against the units bought.
    pub(super) volume: i128,
    /// Weight against what may be lifted.
    pub(super) lift_weight: i128,
    /// Volume against what may be lifted.
    pub(super) lift_volume: i128,
}

/// Prices over a common denominator, in millionths of money.
#[derive(Clone, Debug, Default)]
pub(super) struct Prices {
    pub(super) denominator: i128,
    pub(super) departures: BTreeMap<Key, SpacePrices>,
    /// Per parcel, kilogram or cubic metre, by step and the day on which the bucket begins, with
    /// the price of the cheapest tier.
    pub(super) buckets: BTreeMap<(usize, i64), i128>,
    /// Per cubic metre of a night's storage, by place.
    pub(super) nights: Vec<(PlaceId, i64, i128)>,
    /// What limits that count a unit bought on a departure make of it: less where they forbid it, more
    /// where they ask for it.
    pub(super) counted: BTreeMap<Key, i128>,
    /// Per unit of the metric, by limit and period; all bounds together.
    pub(super) limits: BTreeMap<(usize, i64), i128>,
}

impl Prices {
    /// The prices of a departure, to add to.
    pub(super) fn space(&mut self, key: Key) -> &mut SpacePrices {
        self.departures.entry(key).or_default()
    }

    /// An edited price may be any number of 128 bits; nothing of money is beyond `MOST`. What one more
    /// would save beyond all that money of 64 bits can be stands in a table as that much.
    fn money(&self, numerator: i128) -> Expected {
        let numerator = numerator.clamp(-MOST, MOST);
        let millionths = divide_to_nearest(numerator, self.denominator.max(1));
        Expected::Number(millionths.min(i64::MAX.into()), 6)
    }

    /// What one more unit of a departure, with the lift to use it, would save:
    /// max(0, W·λ_weight + V·λ_volume − price) + W·λ_lift_weight + V·λ_lift_volume. Where nothing is
    /// sold, a chargeable kilogram.
    pub(super) fn departure(&self, instance: &Instance, leg: &Leg, key: Key) -> Expected {
        self.money(self.unit(instance, leg, key, 0))
    }

    /// The same with what limits make of a unit that is bought, in millionths of money.
    pub(super) fn departure_with_limits(&self, instance: &Instance, leg: &Leg, key: Key) -> i128 {
        let counted = self.counted.get(&key).copied().unwrap_or(0);
        match self.money(self.unit(instance, leg, key, counted)) {
            Expected::Number(worth, _) => worth,
            _ => 0,
        }
    }

    fn unit(&self, instance: &Instance, leg: &Leg, key: Key, counted: i128) -> i128 {
        let prices = self.departures.get(&key).copied().unwrap_or_default();
        let unit = &leg.unit;
        let (weight, volume, price) = match (unit.weight, unit.volume) {
            (None, None) => (1000, instance.settings.cm3_per_chargeable_kg.0, 0),
            (weight, volume) => (
                weight.map_or(0, |held| held.0),
                volume.map_or(0, |held| held.0),
                unit.price.0,
            ),
        };
        let (weight, volume) = (i128::from(weight), i128::from(volume));
        let of = |by_weight: i128, by_volume: i128| {
            let by_weight = weight.saturating_mul(by_weight) / 1_000;
            by_weight.saturating_add(volume.saturating_mul(by_volume) / 1_000_000)
        };
        let paid = i128::from(price) * self.denominator;
        let sold = of(prices.weight, prices.volume).saturating_sub(paid);
        let sold = sold.saturating_add(counted);
        let lift = of(prices.lift_weight, prices.lift_volume);
        sold.max(0).saturating_add(lift)
    }

    /// What one more unit of a bucket at the price of its step's cheapest tier would save.
    pub(super) fn bucket(&self, step: &HandlingStep, index: usize, day: i64) -> Expected {
        let price = self.buckets.get(&(index, day)).copied().unwrap_or(0);
        let by_unit = step.tiers.iter().filter(|tier| tier.shift.is_none());
        let cheapest = by_unit.map(|tier| tier.price.0).min();
        let paid = i128::from(cheapest.unwrap_or(0)) * self.denominator;
        self.money(price.saturating_sub(paid).max(0))
    }

    /// What one more cubic metre of storage would save at a night's price.
    pub(super) fn night(&self, price: i128) -> Expected {
        self.money(price)
    }

    /// What one more unit of room in a limit would save.
    pub(super) fn limit(&self, limit: usize, period: i64) -> Expected {
        self.money(self.limits.get(&(limit, period)).copied().unwrap_or(0))
    }
}
