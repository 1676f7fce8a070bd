//! What parcels count in a limit's metric, in small units so that it is a whole number.

use super::costs;
use crate::instance::{Leg, Metric, Product};
use crate::units::divide_to_nearest;

/// Billionths of a unit: fine enough for a parcel's share of a container.
pub const PER_UNIT: i64 = 1_000_000_000;

/// B: the small units in one unit of the metric.
pub fn base(metric: Metric) -> i64 {
    match metric {
        Metric::Parcels => 1,
        Metric::Kg => super::build::PER_KG,
        Metric::M3 => super::build::PER_M3,
        Metric::TonneKm | Metric::Co2eKg | Metric::Cost => 1_000_000,
        Metric::Units => PER_UNIT,
    }
}

/// What one parcel counts on a leg, in small units.
pub fn per_parcel(metric: Metric, leg: &Leg, product: &Product) -> i128 {
    let weight = product.weight;
    match metric {
        Metric::Parcels => 1,
        Metric::Kg => i128::from(weight.0),
        Metric::M3 => i128::from(product.volume.0),
        // g × m is 1e-9 of a tonne-kilometre.
        Metric::TonneKm => {
            let gram_metres = i128::from(weight.0) * i128::from(leg.metres());
            divide_to_nearest(gram_metres, 1000)
        }
        Metric::Co2eKg => i128::from(costs::co2e_milligrams(leg, weight)),
        Metric::Units => needed(leg, product, PER_UNIT),
        Metric::Cost if costs::is_sold_by_the_parcel(&leg.unit) => {
            i128::from(costs::carriage(&leg.unit, product).0)
        }
        Metric::Cost => needed(leg, product, leg.unit.price.0),
    }
}

/// max(w / W, v / V) × `scale`, to the nearest.
fn needed(leg: &Leg, product: &Product, scale: i64) -> i128 {
    let share = |size: i64, unit: Option<i64>| {
        unit.filter(|&unit| unit > 0).map_or(0, |unit| {
            divide_to_nearest(i128::from(size) * i128::from(scale), i128::from(unit))
        })
    };
    let weight = share(product.weight.0, leg.unit.weight.map(|weight| weight.0));
    let volume = share(product.volume.0, leg.unit.volume.map(|volume| volume.0));
    weight.max(volume)
}
