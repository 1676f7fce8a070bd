//! What one more of each capacity would save, from the prices of the proof.
//!
//! A departure has up to four priced rows: weight and volume against the units bought, weight and
//! volume against the lift. One more unit holds W grams and V cubic centimetres and costs e, so
//! with the lift to use it, it would save
//!
//! ```text
//! max(0, W·λ_weight + V·λ_volume − e) + W·λ_lift_weight + V·λ_lift_volume
//! ```
//!
//! A leg that sells no unit is valued by the chargeable kilogram: 1 kg, and the volume that counts
//! as one.

use std::collections::BTreeMap;

use crate::instance::{HandlingStep, Instance, LimitId};
use crate::network::{BucketId, Departure, DepartureId, Network, NightId};
use crate::program::formulation::Side;
use crate::units::{Grams, Money, divide_to_nearest};

use super::space;

/// Prices of a departure's rows, per kilogram and cubic metre, over [`Worth::denominator`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SpacePrices {
    /// Weight against units.
    pub weight: i128,
    /// Volume against units.
    pub volume: i128,
    /// Weight against lift.
    pub lift_weight: i128,
    /// Volume against lift.
    pub lift_volume: i128,
}

/// What scarce capacities are worth.
#[derive(Clone, Debug, Default)]
pub struct Worth {
    /// Whether there are prices at all; baselines have none.
    pub known: bool,
    /// What all prices are over, in millionths of money.
    pub denominator: i128,
    /// Per departure.
    pub departures: Vec<SpacePrices>,
    /// Per bucket and parcel, kilogram or cubic metre, the price of its cheapest tier included.
    pub buckets: Vec<i128>,
    /// Per night and cubic metre.
    pub nights: Vec<i128>,
    /// Per limit, bound and period, and unit of the limit's metric.
    pub limits: BTreeMap<(LimitId, Side, i32), i128>,
}

impl Worth {
    /// Nothing known.
    pub fn unknown(network: &Network) -> Self {
        Self {
            known: false,
            denominator: 1,
            departures: vec![SpacePrices::default(); network.departures.len()],
            buckets: vec![0; network.buckets.len()],
            nights: vec![0; network.nights.len()],
            limits: BTreeMap::new(),
        }
    }

    /// What one more unit of a departure would save.
    pub fn departure(&self, instance: &Instance, departure: &Departure, id: DepartureId) -> Money {
        let leg = space::leg(instance, departure);
        let prices = self.departures[id.at()];
        let (weight, volume, price) = if space::is_free(&leg.unit) {
            let per_kg = instance.settings.cm3_per_chargeable_kg;
            (Some(Grams(1000)), Some(per_kg), Money::ZERO)
        } else {
            (leg.unit.weight, leg.unit.volume, leg.unit.price)
        };
        let weight = weight.map_or(0, |w| i128::from(w.0));
        let volume = volume.map_or(0, |v| i128::from(v.0));
        let of = |by_weight: i128, by_volume: i128| {
            weight * by_weight / 1_000 + volume * by_volume / 1_000_000
        };
        let price = i128::from(price.0) * self.denominator;
        let sold = of(prices.weight, prices.volume) - price;
        let lift = of(prices.lift_weight, prices.lift_volume);
        self.money(sold.max(0) + lift)
    }

    /// What one more unit of a handling step in a bucket would save, at the price of the step's
    /// cheapest tier: nothing while that tier has room, and what overtime costs more once the
    /// next one is in use.
    pub fn bucket(&self, step: &HandlingStep, id: BucketId) -> Money {
        let cheapest = step.cheapest_by_unit().unwrap_or(Money::ZERO);
        let price = i128::from(cheapest.0) * self.denominator;
        self.money((self.buckets[id.at()] - price).max(0))
    }

    /// What one more cubic metre of storage in a night would save.
    pub fn night(&self, id: NightId) -> Money {
        self.money(self.nights[id.at()])
    }

    /// What one unit more of room in a limit would save in a period, over all its bounds.
    pub fn limit(&self, limit: LimitId, period: i32) -> Money {
        let sides = [Side::Min, Side::Max, Side::MinShare, Side::MaxShare];
        let price = |side| {
            self.limits
                .get(&(limit, side, period))
                .copied()
                .unwrap_or(0)
        };
        self.money(sides.into_iter().map(price).sum())
    }

    /// To the nearest millionth.
    pub fn money(&self, numerator: i128) -> Money {
        let millionths = divide_to_nearest(numerator, self.denominator.max(1));
        Money(i64::try_from(millionths).unwrap_or(i64::MAX))
    }
}
