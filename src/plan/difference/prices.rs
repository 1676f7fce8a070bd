//! One instance at the prices of another.

use crate::instance::{Instance, Leg, Tier};

/// `instance` with every price that `prices` has for the same thing: units of a leg of the same
/// service and number that are called and hold the same, tiers of the same handling step and
/// number, storage, lateness, parcels left behind, CO₂e, and penalties of soft limits.
pub fn at_prices_of(instance: &Instance, prices: &Instance) -> Instance {
    let mut made = instance.clone();
    made.settings.co2e_price_per_t = prices.settings.co2e_price_per_t;
    for place in &mut made.places {
        if let Some(other) = prices.places.iter().find(|other| other.id == place.id) {
            place.storage_per_m3_day = other.storage_per_m3_day;
        }
    }
    for product in &mut made.products {
        if let Some(other) = prices.products.iter().find(|other| other.id == product.id) {
            product.late_per_parcel_day = other.late_per_parcel_day;
            product.unserved_per_parcel = other.unserved_per_parcel;
        }
    }
    for service in &mut made.services {
        if let Some(other) = prices.services.iter().find(|other| other.id == service.id) {
            for (leg, other) in service.legs.iter_mut().zip(&other.legs) {
                price_leg(leg, other);
            }
        }
    }
    for limit in &mut made.limits {
        let other = prices.limits.iter().find(|other| other.id == limit.id);
        let penalty = other.and_then(|other| other.penalty_per_unit);
        if limit.penalty_per_unit.is_some() && penalty.is_some() {
            limit.penalty_per_unit = penalty;
        }
    }
    price_handling(&mut made, instance, prices);
    made
}

fn price_leg(leg: &mut Leg, other: &Leg) {
    let (unit, priced) = (&mut leg.unit, &other.unit);
    let same = unit.name == priced.name
        && unit.weight == priced.weight
        && unit.volume == priced.volume
        && unit.whole == priced.whole;
    if same {
        unit.price = priced.price;
    }
}

fn price_handling(made: &mut Instance, instance: &Instance, prices: &Instance) {
    for step in &mut made.handling {
        let place = &instance.places[step.place.at()].id;
        let other = prices.handling.iter().find(|other| {
            prices.places[other.place.at()].id == *place
                && other.name == step.name
                && other.mode == step.mode
                && other.direction == step.direction
                && other.measure == step.measure
        });
        let Some(other) = other else { continue };
        for tier in &mut step.tiers {
            let same = |other: &&Tier| other.number == tier.number;
            if let Some(other) = other.tiers.iter().find(same) {
                tier.price = other.price;
            }
        }
    }
}
