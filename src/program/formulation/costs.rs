//! What one parcel costs by itself: carriage sold by the parcel, CO₂e, storage and lateness.
//!
//! Each is an exact integer per parcel and activity, in millionths of the currency; what is
//! bought for many parcels together (units, handling) is not in it.

use crate::instance::{Commit, Instance, Leg, Place, Product, Unit};
use crate::network::{Activity, Network};
use crate::units::{DAY, Grams, Minutes, Money, divide_to_nearest};
use petgraph::graph::EdgeIndex;

/// Whether a leg's units cost each parcel its own share and need no buying: no limit, no
/// commitment, not only whole, and one counted dimension (or a price of zero).
pub fn is_sold_by_the_parcel(unit: &Unit) -> bool {
    let free_or_one = unit.price == Money::ZERO || unit.weight.is_some() != unit.volume.is_some();
    let decided_alone = unit.commit == Commit::Departure;
    unit.limit.is_none() && unit.minimum == 0 && !unit.whole && free_or_one && decided_alone
}

/// Carriage of one parcel where it is sold by the parcel: price × w / W or price × v / V.
pub fn carriage(unit: &Unit, product: &Product) -> Money {
    if !is_sold_by_the_parcel(unit) {
        return Money::ZERO;
    }
    let share = match (unit.weight, unit.volume) {
        (Some(weight), None) => Some((product.weight.0, weight.0)),
        (None, Some(volume)) => Some((product.volume.0, volume.0)),
        _ => None,
    };
    let Some((size, unit_size)) = share.filter(|&(_, unit_size)| unit_size > 0) else {
        return Money::ZERO;
    };
    money(divide_to_nearest(
        i128::from(unit.price.0) * i128::from(size),
        i128::from(unit_size),
    ))
}

/// CO₂e of one parcel on a leg in milligrams, to the nearest: tonnes × km × g/tkm, with the
/// distance in whole metres and the factor in whole milligrams.
pub fn co2e_milligrams(leg: &Leg, weight: Grams) -> i64 {
    // g × m × mg/tkm: a tonne is 1e6 g and a kilometre 1e3 m.
    divide_to_nearest(gram_metre_milligrams(leg, weight), 1_000_000_000) as i64
}

/// The price of one parcel's CO₂e on a leg.
pub fn co2e(instance: &Instance, leg: &Leg, weight: Grams) -> Money {
    let price = i128::from(instance.settings.co2e_price_per_t.0);
    // A tonne of CO₂e is 1e9 mg.
    money(divide_to_nearest(
        gram_metre_milligrams(leg, weight) * price,
        1_000_000_000_000_000_000,
    ))
}

fn gram_metre_milligrams(leg: &Leg, weight: Grams) -> i128 {
    let milligrams_per_tkm = (leg.co2e_g_per_tkm * 1e3).round() as i128;
    i128::from(weight.0) * i128::from(leg.metres()) * milligrams_per_tkm
}

/// Storage of one parcel at a place from one time to another.
///
/// With R(t) = price × v × t to the nearest millionth, it is R(to) − R(from): however a wait is
/// cut into pieces, the pieces sum to the whole.
pub fn storage(place: &Place, product: &Product, from: Minutes, to: Minutes) -> Money {
    if place.storage_per_m3_day == Money::ZERO {
        return Money::ZERO;
    }
    let rate = i128::from(place.storage_per_m3_day.0) * i128::from(product.volume.0);
    let until =
        |time: Minutes| divide_to_nearest(rate * i128::from(time.0), i128::from(DAY.0) * 1_000_000);
    money(until(to) - until(from))
}

/// Lateness of one parcel: late_per_parcel_day × late minutes / 1440.
pub fn lateness(product: &Product, due: Minutes, delivered: Minutes) -> Money {
    let late = (delivered - due).0.max(0);
    money(divide_to_nearest(
        i128::from(product.late_per_parcel_day.0) * i128::from(late),
        i128::from(DAY.0),
    ))
}

/// What one parcel of `product` costs by itself along an edge of the network.
pub fn activity(
    instance: &Instance,
    network: &Network,
    edge: EdgeIndex,
    product: &Product,
) -> Money {
    match &network.graph[edge] {
        Activity::Ride { departure, .. } => {
            let departure = &network.departures[departure.at()];
            let service = &instance.services[departure.service.at()];
            let leg = &service.legs[departure.leg as usize];
            carriage(&leg.unit, product) + co2e(instance, leg, product.weight)
        }
        Activity::Wait { .. } | Activity::Hold { .. } => {
            let Some((tail, head)) = network.graph.edge_endpoints(edge) else {
                return Money::ZERO;
            };
            let (from, to) = (network.graph[tail], network.graph[head]);
            let place = &instance.places[from.place.at()];
            storage(place, product, from.time, to.time)
        }
        _ => Money::ZERO,
    }
}

/// Money from a wide number; what does not fit is the most that does.
pub(super) fn money(value: i128) -> Money {
    Money(i64::try_from(value).unwrap_or(i64::MAX))
}
