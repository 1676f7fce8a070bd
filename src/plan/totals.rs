//! What a plan comes to: by kind of cost, by mode, by service, and what is scarce.

use std::collections::BTreeMap;

use crate::instance::{Instance, Measure, Mode, UNIT_SCALE};
use crate::network::{BucketId, DepartureId, Network, NightId};
use crate::program::formulation::{Offer, costs};
use crate::units::{Grams, Money, Parcels, divide_to_nearest};

use super::assembly::Parts;
use super::departures::load_of;
use super::handling;
use super::ledger::{Aboard, Ledger, Shipped};
use super::rows::LimitRow;
use super::run::{Bottleneck, Breakdown, Load, ModeTotals, ServiceTotals};
use super::space::{self, Bought};
use super::worth::Worth;

/// The cost by kind.
pub fn breakdown(
    instance: &Instance,
    network: &Network,
    ledger: &Ledger,
    bought: &[Bought],
    handled: &[Money],
    limits: &[LimitRow],
) -> Breakdown {
    let dead = network
        .departures
        .iter()
        .zip(bought)
        .map(|(departure, bought)| {
            let unit = &space::leg(instance, departure).unit;
            match costs::is_sold_by_the_parcel(unit) {
                true => Money::ZERO,
                false => bought.cost - Offer::price_of(unit.price, bought.filled),
            }
        });
    Breakdown {
        space: bought.iter().map(|bought| bought.cost).sum(),
        dead: dead.sum(),
        carriage: ledger.additive.carriage,
        handling: handled.iter().copied().sum(),
        storage: ledger.additive.storage,
        lateness: ledger.additive.lateness,
        co2e: ledger.additive.co2e,
        unserved: ledger.unserved_cost,
        limits: limits.iter().map(|limit| limit.cost).sum(),
    }
}

/// What every service leg and mode carries: on departures of the planned weeks, and on those after
/// them that carry or cost something, so that the costs add up to space and carriage.
pub fn loads(
    instance: &Instance,
    network: &Network,
    ledger: &Ledger,
    bought: &[Bought],
) -> (Vec<ServiceTotals>, Vec<ModeTotals>) {
    let mut services: BTreeMap<(u32, u32), ServiceTotals> = BTreeMap::new();
    let mut modes: BTreeMap<Mode, Load> = BTreeMap::new();
    let is_used = |index: usize| {
        let (aboard, bought): (&Aboard, &Bought) = (&ledger.aboard[index], &bought[index]);
        aboard.parcels > Parcels::ZERO || bought.cost > Money::ZERO
    };
    for (index, departure) in network.departures.iter().enumerate() {
        if departure.cancelled || !(departure.reported || is_used(index)) {
            continue;
        }
        let leg = space::leg(instance, departure);
        let service = &instance.services[departure.service.at()];
        let load = load_of(leg, departure, &ledger.aboard[index], &bought[index]);
        let totals = services
            .entry((departure.service.0, departure.leg))
            .or_insert_with(|| ServiceTotals {
                service: service.id.clone(),
                leg: if service.legs.len() > 1 {
                    departure.leg + 1
                } else {
                    0
                },
                mode: service.mode,
                departures: 0,
                load: Load::default(),
            });
        totals.departures += 1;
        totals.load.add(&load);
        modes.entry(service.mode).or_default().add(&load);
    }
    let modes = modes.into_iter().map(|(mode, load)| ModeTotals {
        mode,
        hauled: ledger.hauled.get(&mode).copied().unwrap_or_default(),
        load,
    });
    (services.into_values().collect(), modes.collect())
}

/// Emissions of all parcels of the planned weeks' demands that `shipped` carries.
pub fn emissions(instance: &Instance, network: &Network, shipped: &Shipped<'_>) -> Grams {
    let each: i64 = shipped
        .itinerary
        .rides
        .iter()
        .map(|ride| {
            let leg = space::leg(instance, &network.departures[ride.departure.at()]);
            costs::co2e_milligrams(leg, shipped.product.weight)
        })
        .sum();
    let all = i128::from(each) * i128::from(shipped.parcels.0);
    Grams(divide_to_nearest(all, 1000) as i64)
}

/// A group of equal capacities that are scarce.
#[derive(Default)]
struct Scarce {
    times: u32,
    worth: Money,
    rent: i128,
}

/// What is scarce by its name and its unit: legs of a service between the same places may sell
/// different ones.
#[derive(Default)]
struct Groups(BTreeMap<(String, String), Scarce>);

impl Groups {
    /// Adds `amount` of something that is counted `per_unit`, where one more unit is worth something.
    fn add(&mut self, what: String, unit: &str, worth: Money, (amount, per_unit): (i128, i128)) {
        if worth <= Money::ZERO {
            return;
        }
        let scarce = self.0.entry((what, unit.to_owned())).or_default();
        scarce.times += 1;
        scarce.worth = scarce.worth.max(worth);
        scarce.rent += divide_to_nearest(i128::from(worth.0) * amount, per_unit);
    }
}

/// All that is scarce in the planned weeks, dearest altogether first (ties by name).
pub fn bottlenecks(
    parts: Parts<'_>,
    ledger: &Ledger,
    bought: &[Bought],
    limits: &[LimitRow],
    worth: &Worth,
) -> Vec<Bottleneck> {
    let Parts {
        instance,
        calendar,
        network,
        ..
    } = parts;
    let mut groups = Groups::default();
    add_departures(&mut groups, instance, network, ledger, bought, worth);
    for (index, bucket) in network.buckets.iter().enumerate() {
        if !handling::is_planned(parts, BucketId(index as u32)) {
            continue;
        }
        let step = &instance.handling[bucket.step.at()];
        let place = &instance.places[step.place.at()].id;
        let unit = match step.measure {
            Measure::Parcels => "parcel",
            Measure::Weight => "kg",
            Measure::Volume => "m³",
        };
        let per_unit = handling::per_unit(step.measure);
        let used = i128::from(ledger.handled[index]);
        let saves = worth.bucket(step, BucketId(index as u32));
        let what = format!("{} at {place}", step.name);
        groups.add(what, unit, saves, (used, i128::from(per_unit)));
    }
    for (index, night) in network.nights.iter().enumerate() {
        let day = calendar.day(night.place, night.midnight);
        if day >= instance.settings.weeks as i32 * 7 {
            continue;
        }
        let place = &instance.places[night.place.at()];
        let volume = place.storage.map_or(0, |storage| i128::from(storage.0));
        let what = format!("storage at {}", place.id);
        let saves = worth.night(NightId(index as u32));
        groups.add(what, "m³", saves, (volume, 1_000_000));
    }
    for row in limits {
        let (what, value) = (format!("limit {}", row.limit), i128::from(row.value));
        groups.add(what, "unit", row.shadow_price, (value, 1_000_000));
    }
    let mut all: Vec<Bottleneck> = groups
        .0
        .into_iter()
        .map(|((what, unit), scarce)| Bottleneck {
            what,
            times: scarce.times,
            unit,
            worth: scarce.worth,
            rent: Money(i64::try_from(scarce.rent).unwrap_or(i64::MAX)),
        })
        .collect();
    all.sort_by(|a, b| {
        let by_name = || (&a.what, &a.unit).cmp(&(&b.what, &b.unit));
        b.rent.cmp(&a.rent).then_with(by_name)
    });
    all
}

fn add_departures(
    groups: &mut Groups,
    instance: &Instance,
    network: &Network,
    ledger: &Ledger,
    bought: &[Bought],
    worth: &Worth,
) {
    let departures = network.departures.iter().enumerate();
    for (index, departure) in departures.filter(|(_, departure)| departure.reported) {
        let leg = space::leg(instance, departure);
        let service = &instance.services[departure.service.at()];
        let place = |id: crate::instance::PlaceId| &instance.places[id.at()].id;
        let what = format!(
            "{} ({} {} to {})",
            service.id,
            crate::network::mode_name(service.mode),
            place(leg.origin),
            place(leg.destination)
        );
        let saves = worth.departure(instance, departure, DepartureId(index as u32));
        if space::is_free(&leg.unit) {
            let chargeable = by_chargeable_weight(instance, ledger, index);
            groups.add(what, "kg", saves, (chargeable, 1000));
        } else {
            let unit = leg.unit.name.replace("chargeable_kg", "chargeable kg");
            let units = i128::from(bought[index].units);
            groups.add(what, &unit, saves, (units, i128::from(UNIT_SCALE)));
        }
    }
}

/// Chargeable grams aboard.
fn by_chargeable_weight(instance: &Instance, ledger: &Ledger, index: usize) -> i128 {
    let aboard = &ledger.aboard[index];
    let per_kg = i128::from(instance.settings.cm3_per_chargeable_kg.0.max(1));
    let by_volume = i128::from(aboard.volume.0) * 1000 / per_kg;
    by_volume.max(i128::from(aboard.weight.0))
}
