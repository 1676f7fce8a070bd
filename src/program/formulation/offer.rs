//! What is left to buy and to lift on a departure after events and bookings.

use crate::instance::{Leg, UNIT_SCALE};
use crate::network::{Departure, FULL};
use crate::units::{CubicCentimetres, Grams, Money};

/// Space on a departure. Units are counted in millionths.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Offer {
    /// How many units there are; `None` is unlimited. The leg's limit times what events leave,
    /// less the units sold to others; whole numbers where only whole units are sold.
    pub limit: Option<i64>,
    /// How many are paid for at least; never more than there are.
    pub minimum: i64,
    /// What may be lifted besides the freight of bookings.
    pub max_weight: Option<Grams>,
    /// What may be lifted besides the freight of bookings.
    pub max_volume: Option<CubicCentimetres>,
    /// Freight of bookings that shares the units; at most what all of them hold.
    pub booked_weight: Grams,
    /// Freight of bookings that shares the units; at most what all of them hold.
    pub booked_volume: CubicCentimetres,
}

impl Offer {
    /// The offer of a departure of `leg`.
    pub fn new(leg: &Leg, departure: &Departure) -> Self {
        let unit = &leg.unit;
        // Where only whole units are sold, whole ones are left.
        let step = if unit.whole { UNIT_SCALE } else { 1 };
        let limit = unit.limit.map(|limit| {
            let left = part(limit, departure.factor);
            let left = (left - departure.booked.units).max(0);
            left - left % step
        });
        let minimum = (unit.minimum + step - 1) / step * step;
        let booked = &departure.booked;
        let held = |unit_size: i64| {
            limit.map_or(i64::MAX, |limit| {
                part_of(unit_size, limit, UNIT_SCALE).max(0)
            })
        };
        let weight_held = unit.weight.map_or(i64::MAX, |weight| held(weight.0));
        let volume_held = unit.volume.map_or(i64::MAX, |volume| held(volume.0));
        Self {
            limit,
            minimum: limit.map_or(minimum, |limit| minimum.min(limit)),
            max_weight: leg
                .max_weight
                .map(|max| Grams((part(max.0, departure.factor) - booked.weight.0).max(0))),
            max_volume: leg.max_volume.map(|max| {
                CubicCentimetres((part(max.0, departure.factor) - booked.volume.0).max(0))
            }),
            booked_weight: Grams(booked.weight.0.min(weight_held)),
            booked_volume: CubicCentimetres(booked.volume.0.min(volume_held)),
        }
    }

    /// What `units` millionths cost, rounded up to a millionth.
    pub fn price_of(price: Money, units: i64) -> Money {
        let exact = i128::from(price.0) * i128::from(units);
        let scale = i128::from(UNIT_SCALE);
        super::costs::money((exact + scale - 1).div_euclid(scale))
    }
}

/// A capacity times a factor in millionths, rounded down.
pub(super) fn part(capacity: i64, factor: i64) -> i64 {
    part_of(capacity, factor, FULL)
}

fn part_of(capacity: i64, numerator: i64, denominator: i64) -> i64 {
    let exact = i128::from(capacity) * i128::from(numerator) / i128::from(denominator);
    i64::try_from(exact).unwrap_or(i64::MAX)
}
