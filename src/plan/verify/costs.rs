//! What one parcel causes by itself, each activity rounded to the nearest millionth.

use crate::instance::{Commit, Leg, Place, Product, Unit};
use crate::units::{Minutes, Money, divide_to_nearest};

/// Minutes of a day, as a divisor.
const DAY: i128 = 24 * 60;

/// What one parcel causes by itself, by kind, in millionths of money.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Additive {
    pub(super) carriage: i128,
    pub(super) storage: i128,
    pub(super) lateness: i128,
    pub(super) co2e: i128,
}

impl Additive {
    /// All kinds together.
    pub(super) fn total(self) -> i128 {
        self.carriage + self.storage + self.lateness + self.co2e
    }

    /// Adds `parcels` times another.
    pub(super) fn add(&mut self, each: Self, parcels: i128) {
        self.carriage += each.carriage * parcels;
        self.storage += each.storage * parcels;
        self.lateness += each.lateness * parcels;
        self.co2e += each.co2e * parcels;
    }
}

/// Whether carriage is charged to each parcel: without a limit, a minimum or whole units, and with
/// one dimension that counts (or none to pay for), a unit is nothing but a price by weight or by
/// volume.
pub(super) fn charged_by_parcel(unit: &Unit) -> bool {
    let one_price = unit.weight.is_some() != unit.volume.is_some() || unit.price == Money::ZERO;
    let decided_alone = unit.commit == Commit::Departure;
    unit.limit.is_none() && unit.minimum == 0 && !unit.whole && one_price && decided_alone
}

/// Carriage of a parcel: price × w / W or price × v / V; nothing where units are bought instead.
pub(super) fn carriage(leg: &Leg, product: &Product) -> i128 {
    if !charged_by_parcel(&leg.unit) {
        return 0;
    }
    let price = i128::from(leg.unit.price.0);
    match (leg.unit.weight, leg.unit.volume) {
        (Some(unit), None) => {
            divide_to_nearest(price * i128::from(product.weight.0), i128::from(unit.0))
        }
        (None, Some(unit)) => {
            divide_to_nearest(price * i128::from(product.volume.0), i128::from(unit.0))
        }
        _ => 0,
    }
}

/// Storage of a parcel: price per m³ and day × v / 10⁶ × minutes / 1440, each end of the wait
/// rounded by itself, so that a wait costs the same in one piece or in many.
pub(super) fn storage(place: &Place, product: &Product, from: Minutes, to: Minutes) -> i128 {
    let price = i128::from(place.storage_per_m3_day.0) * i128::from(product.volume.0);
    let until = |moment: Minutes| divide_to_nearest(price * i128::from(moment.0), 1_000_000 * DAY);
    until(to) - until(from)
}

/// Lateness of a parcel: price per day × minutes / 1440.
pub(super) fn lateness(product: &Product, late: Minutes) -> i128 {
    let price = i128::from(product.late_per_parcel_day.0);
    divide_to_nearest(price * i128::from(late.0), DAY)
}

/// The length of a leg in whole metres.
pub(super) fn metres(leg: &Leg) -> i128 {
    (leg.km * 1000.0).round() as i128
}

/// Grams × metres × milligrams of CO₂e per tonne-kilometre of a parcel on a leg: 10⁻⁹ milligrams.
fn emitted(leg: &Leg, product: &Product) -> i128 {
    let per_tkm = (leg.co2e_g_per_tkm * 1000.0).round() as i128;
    i128::from(product.weight.0) * metres(leg) * per_tkm
}

/// Milligrams of CO₂e of a parcel on a leg, to the nearest.
pub(super) fn co2e_milligrams(leg: &Leg, product: &Product) -> i128 {
    divide_to_nearest(emitted(leg, product), 1_000_000_000)
}

/// The price of a parcel's CO₂e on a leg; a tonne is 10⁹ milligrams.
pub(super) fn co2e(price_per_t: Money, leg: &Leg, product: &Product) -> i128 {
    let price = i128::from(price_per_t.0);
    divide_to_nearest(emitted(leg, product) * price, 1_000_000_000_000_000_000)
}
