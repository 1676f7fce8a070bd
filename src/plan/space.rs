//! What a departure sells and what is bought of it.

use crate::instance::{Instance, Leg, Product, UNIT_SCALE, Unit};
use crate::network::Departure;
use crate::program::formulation::{Offer, costs};
use crate::units::{CubicCentimetres, Grams, Money, divide_to_nearest};

/// The leg of which a departure is a run.
pub fn leg<'a>(instance: &'a Instance, departure: &Departure) -> &'a Leg {
    &instance.services[departure.service.at()].legs[departure.leg as usize]
}

/// Whether the leg sells nothing, and carries free of charge.
pub fn is_free(unit: &Unit) -> bool {
    unit.weight.is_none() && unit.volume.is_none()
}

/// The most weight and volume that the departure can carry besides the freight of bookings.
pub fn room(leg: &Leg, departure: &Departure) -> (Option<Grams>, Option<CubicCentimetres>) {
    let offer = Offer::new(leg, departure);
    let sold = |held: Option<i64>| {
        let amount = i128::from(held?) * i128::from(offer.limit?) / i128::from(UNIT_SCALE);
        Some(i64::try_from(amount).unwrap_or(i64::MAX))
    };
    let least = |a: Option<i64>, b: Option<i64>| match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    };
    let weight = sold(leg.unit.weight.map(|w| w.0));
    let volume = sold(leg.unit.volume.map(|v| v.0));
    (
        least(offer.max_weight.map(|w| w.0), weight).map(Grams),
        least(offer.max_volume.map(|v| v.0), volume).map(CubicCentimetres),
    )
}

/// The most that the departure can carry as it is bought: of whole units those that are bought, and
/// where none is, nothing runs and `None` is said; of others all that are on offer.
pub fn room_bought(
    leg: &Leg,
    departure: &Departure,
    bought: &Bought,
) -> (Option<Grams>, Option<CubicCentimetres>) {
    let (weight, volume) = room(leg, departure);
    if !leg.unit.whole {
        return (weight, volume);
    }
    if bought.units == 0 {
        return (None, None);
    }
    let held = |size: Option<i64>| {
        let amount = i128::from(size?) * i128::from(bought.units) / i128::from(UNIT_SCALE);
        Some(i64::try_from(amount).unwrap_or(i64::MAX))
    };
    let held_weight = held(leg.unit.weight.map(|w| w.0)).map(Grams);
    let held_volume = held(leg.unit.volume.map(|v| v.0)).map(CubicCentimetres);
    (
        weight.into_iter().chain(held_weight).min(),
        volume.into_iter().chain(held_volume).min(),
    )
}

/// What is bought on a departure.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Bought {
    /// Units paid for, in millionths: at least max(minimum, Σ kg / kg_per_unit, Σ m³ / m3_per_unit),
    /// rounded up to a millionth, or to a whole unit where only those are sold; more where a limit
    /// asks for it. Freight of bookings is paid by others.
    pub units: i64,
    /// Units that the freight takes, rounded in the same way.
    pub filled: i64,
    /// Units times price, rounded up to a millionth.
    pub cost: Money,
}

impl Bought {
    /// What `weight` and `volume` make it necessary to buy on a departure of `leg`.
    pub fn on(leg: &Leg, departure: &Departure, weight: Grams, volume: CubicCentimetres) -> Self {
        let offer = Offer::new(leg, departure);
        Self::of(&leg.unit, offer.minimum, weight, volume)
    }

    fn of(unit: &Unit, minimum: i64, weight: Grams, volume: CubicCentimetres) -> Self {
        let filled = [
            unit.weight.map(|held| units_for(weight.0, held.0)),
            unit.volume.map(|held| units_for(volume.0, held.0)),
        ];
        let filled = filled.into_iter().flatten().max().unwrap_or(0);
        let filled = if unit.whole {
            whole_units(filled)
        } else {
            filled
        };
        let mut bought = Self {
            filled,
            ..Self::default()
        };
        bought.pay_for(unit, filled.max(minimum));
        bought
    }

    /// Pays for so many millionths of a unit.
    pub fn pay_for(&mut self, unit: &Unit, units: i64) {
        self.units = units;
        self.cost = if costs::is_sold_by_the_parcel(unit) {
            Money::ZERO
        } else {
            Offer::price_of(unit.price, units)
        };
    }
}

/// What a parcel takes of the units alone, at their price: max(w / kg_per_unit, v / m3_per_unit).
pub fn list_price(unit: &Unit, product: &Product) -> Money {
    let part = |amount: i64, held: Option<i64>| {
        held.map_or(0, |held| {
            divide_to_nearest(
                i128::from(unit.price.0) * i128::from(amount),
                i128::from(held.max(1)),
            )
        })
    };
    let by_weight = part(product.weight.0, unit.weight.map(|held| held.0));
    let by_volume = part(product.volume.0, unit.volume.map(|held| held.0));
    Money(i64::try_from(by_weight.max(by_volume)).unwrap_or(i64::MAX))
}

fn units_for(amount: i64, held: i64) -> i64 {
    let units = i128::from(amount) * i128::from(UNIT_SCALE);
    let held = i128::from(held.max(1));
    i64::try_from((units + held - 1).div_euclid(held)).unwrap_or(i64::MAX)
}

fn whole_units(millionths: i64) -> i64 {
    (millionths + UNIT_SCALE - 1).div_euclid(UNIT_SCALE) * UNIT_SCALE
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unit() -> Unit {
        Unit {
            name: "chargeable_kg".to_owned(),
            limit: Some(10_000 * UNIT_SCALE),
            minimum: 0,
            weight: Some(Grams(1_000)),
            volume: Some(CubicCentimetres(6_000)),
            price: Money(2_500_000),
            whole: false,
            commit: crate::instance::Commit::Departure,
        }
    }

    #[test]
    fn weight_and_volume_consolidate() {
        // 100 kg take 100 units; 0.9 m³ take 0.9 / 0.006 = 150: the larger, at 2.50 each = 375.
        let bought = Bought::of(&unit(), 0, Grams(100_000), CubicCentimetres(900_000));
        assert_eq!(bought.units, 150 * UNIT_SCALE);
        assert_eq!(bought.cost, Money(375_000_000));
    }

    #[test]
    fn what_is_committed_is_paid() {
        let bought = Bought::of(
            &unit(),
            200 * UNIT_SCALE,
            Grams(100_000),
            CubicCentimetres(0),
        );
        // 100 units are dead
        let units = (bought.units, bought.filled);
        assert_eq!(units, (200 * UNIT_SCALE, 100 * UNIT_SCALE));
        assert_eq!(bought.cost, Money(500_000_000));
    }

    #[test]
    fn whole_units_are_rounded_up_and_others_to_a_millionth() {
        let feu = Unit {
            weight: Some(Grams(20_000_000)),
            volume: None,
            whole: true,
            limit: Some(50),
            price: Money(3_000_000_000),
            ..unit()
        };
        // 41 t in units of 20 t: 2.05, so 3 whole ones at 3,000.
        let bought = Bought::of(&feu, 0, Grams(41_000_000), CubicCentimetres(0));
        assert_eq!(
            (bought.units, bought.cost),
            (3 * UNIT_SCALE, Money(9_000_000_000))
        );
        // 1 cm³ of 6,000 cm³ is 0.0001666… of a unit; 2.5 × 0.000167 = 0.0004175, rounded up.
        let bought = Bought::of(&unit(), 0, Grams(0), CubicCentimetres(1));
        assert_eq!((bought.units, bought.cost), (167, Money(418)));
    }
}
