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
    /// How many are paid for at least; never more than there are, and none on runs that start after
    /// the planned weeks.
    pub minimum: i64,
    /// What may be aboard besides the freight of bookings: of what the departure can lift, and of
    /// what all units on offer hold where bookings share them. Bookings take room and are paid by
    /// others, so that they count here and not among the units that the plan buys.
    pub max_weight: Option<Grams>,
    /// The same of volume.
    pub max_volume: Option<CubicCentimetres>,
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
        // nobody pays for what does not run, and after the planned weeks only for what is used
        let minimum = match departure.reported && !departure.cancelled {
            true => (unit.minimum + step - 1) / step * step,
            false => 0,
        };
        let booked = &departure.booked;
        let held = |size: Option<i64>| Some(part_of(size?, limit?, UNIT_SCALE));
        let lift = |max: Option<i64>, size: Option<i64>, booked: i64| {
            let lifted = max.map(|max| part(max, departure.factor));
            // without bookings the units themselves say what they hold
            let held = held(size).filter(|_| booked > 0);
            let most = lifted.into_iter().chain(held).min()?;
            Some((most - booked).max(0))
        };
        let (weight, volume) = (unit.weight.map(|w| w.0), unit.volume.map(|v| v.0));
        Self {
            limit,
            minimum: limit.map_or(minimum, |limit| minimum.min(limit)),
            max_weight: lift(leg.max_weight.map(|max| max.0), weight, booked.weight.0).map(Grams),
            max_volume: lift(leg.max_volume.map(|max| max.0), volume, booked.volume.0)
                .map(CubicCentimetres),
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
fn part(capacity: i64, factor: i64) -> i64 {
    part_of(capacity, factor, FULL)
}

fn part_of(capacity: i64, numerator: i64, denominator: i64) -> i64 {
    let exact = i128::from(capacity) * i128::from(numerator) / i128::from(denominator);
    i64::try_from(exact).unwrap_or(i64::MAX)
}
