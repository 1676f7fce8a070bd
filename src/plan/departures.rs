//! The tables `departures` and `purchases`.

use crate::instance::{Instance, Leg};
use crate::network::{Calendar, Departure, DepartureId, Network};
use crate::program::formulation::{Offer, costs};
use crate::units::{CubicCentimetres, Grams, divide_to_nearest};

use super::ledger::Aboard;
use super::rows::{DepartureRow, PurchaseRow};
use super::run::Load;
use super::space::{self, Bought};
use super::worth::Worth;

/// What is bought on every departure.
pub fn bought(instance: &Instance, network: &Network, aboard: &[Aboard]) -> Vec<Bought> {
    let buy = |(departure, aboard): (&Departure, &Aboard)| {
        let leg = space::leg(instance, departure);
        Bought::on(leg, departure, aboard.weight, aboard.volume)
    };
    network.departures.iter().zip(aboard).map(buy).collect()
}

/// Rows for every departure that carries or costs something, and for those of the planned weeks
/// that could.
pub fn rows(
    instance: &Instance,
    network: &Network,
    calendar: &Calendar,
    aboard: &[Aboard],
    bought: &[Bought],
    worth: &Worth,
) -> Vec<DepartureRow> {
    let mut rows = Vec::new();
    for (index, departure) in network.departures.iter().enumerate() {
        let leg = space::leg(instance, departure);
        let (aboard, bought) = (&aboard[index], &bought[index]);
        let used = aboard.parcels.0 > 0 || bought.cost.0 > 0;
        let on_offer = departure.reported && is_scarce(leg);
        if !used && !on_offer {
            continue;
        }
        let load = load_of(leg, departure, aboard);
        rows.push(DepartureRow {
            service: instance.services[departure.service.at()].id.clone(),
            leg: departure.leg + 1,
            run: calendar.day_text(departure.run_day),
            departs: calendar.text(leg.origin, departure.departs),
            arrives: calendar.text(leg.destination, departure.arrives),
            parcels: aboard.parcels,
            weight: aboard.weight,
            volume: aboard.volume,
            load_weight: load.weight_share(),
            load_volume: load.volume_share(),
            units: bought.units,
            units_limit: Offer::new(leg, departure).limit,
            dead_units: bought.units - bought.filled,
            cost: bought.cost,
            shadow_price: worth.departure(instance, departure, DepartureId(index as u32)),
            range: None,
        });
    }
    rows
}

/// What is aboard against what can be, bookings counted on both sides.
pub fn load_of(leg: &Leg, departure: &Departure, aboard: &Aboard) -> Load {
    let (weight, volume) = space::room(leg, departure);
    let booked = departure.booked;
    let with = |limited: bool, own: i64, booked: i64| if limited { own + booked } else { 0 };
    Load {
        parcels: aboard.parcels,
        weight: aboard.weight,
        volume: aboard.volume,
        weight_of_limited: Grams(with(weight.is_some(), aboard.weight.0, booked.weight.0)),
        volume_of_limited: CubicCentimetres(with(
            volume.is_some(),
            aboard.volume.0,
            booked.volume.0,
        )),
        weight_limit: weight.map_or(Grams::ZERO, |room| room + booked.weight),
        volume_limit: volume.map_or(CubicCentimetres::ZERO, |room| room + booked.volume),
        gram_km: aboard.gram_metres / 1000,
        cost: aboard.carriage,
        co2e: Grams(divide_to_nearest(aboard.co2e_milligrams, 1000) as i64),
    }
}

/// Whether a leg can run out of room or costs something by the unit.
fn is_scarce(leg: &Leg) -> bool {
    let unlimited = leg.max_weight.is_none() && leg.max_volume.is_none();
    let by_the_parcel = costs::is_sold_by_the_parcel(&leg.unit);
    !(unlimited && by_the_parcel)
}

/// Rows for every departure of which whole units are bought.
pub fn purchases(
    instance: &Instance,
    network: &Network,
    calendar: &Calendar,
    aboard: &[Aboard],
    bought: &[Bought],
) -> Vec<PurchaseRow> {
    let mut rows = Vec::new();
    for (index, departure) in network.departures.iter().enumerate() {
        let leg = space::leg(instance, departure);
        let (aboard, bought) = (&aboard[index], &bought[index]);
        if !leg.unit.whole || bought.units == 0 {
            continue;
        }
        rows.push(PurchaseRow {
            service: instance.services[departure.service.at()].id.clone(),
            leg: departure.leg + 1,
            run: calendar.day_text(departure.run_day),
            unit: leg.unit.name.clone(),
            units: bought.units,
            units_limit: Offer::new(leg, departure).limit,
            cost: bought.cost,
            weight: aboard.weight,
            volume: aboard.volume,
        });
    }
    rows
}
