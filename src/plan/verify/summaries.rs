//! The summaries by service and mode in `run.json`.

use std::collections::BTreeMap;

use crate::instance::Mode;
use crate::units::divide_to_nearest;

use super::costs;
use super::expected::{counted_days, mode};
use super::failure::Failures;
use super::ledger::Shipment;
use super::run::{self, Run};
use super::sales::{Sale, Sales};
use super::schedule::Schedule;

/// Parcels with their weight and volume.
#[derive(Clone, Copy, Debug, Default)]
struct Amount {
    parcels: i128,
    weight: i128,
    volume: i128,
}

impl Amount {
    fn check(&self, run: &Run, under: &str, failures: &mut Failures) {
        for (name, value, places) in [
            ("parcels", self.parcels, 0),
            ("kg", self.weight, 3),
            ("m3", self.volume, 6),
        ] {
            run.check(&format!("{under}.{name}"), value, places, failures);
        }
    }
}

/// What departures do together.
#[derive(Clone, Copy, Debug, Default)]
struct Sum {
    departures: i128,
    aboard: Amount,
    gram_km: i128,
    /// Aboard with bookings, and what could be, where it is limited.
    by_weight: (i128, i128),
    by_volume: (i128, i128),
    cost: i128,
    co2e: i128,
}

impl Sum {
    fn add(&mut self, sale: &Sale<'_, '_>) {
        let Sale {
            leg,
            departure,
            load,
            space,
        } = sale;
        let (weight_room, volume_room) = space.room_bought(&leg.unit);
        let add = |sums: &mut (i128, i128), own: i128, room: Option<i128>, booked: i64| {
            if let Some(room) = room {
                sums.0 += own + i128::from(booked);
                sums.1 += room + i128::from(booked);
            }
        };
        self.departures += 1;
        self.aboard.parcels += load.parcels;
        self.aboard.weight += load.weight;
        self.aboard.volume += load.volume;
        self.gram_km += load.weight * costs::metres(leg) / 1000;
        let (booked_weight, booked_volume) = (departure.booked_weight.0, departure.booked_volume.0);
        add(&mut self.by_weight, load.weight, weight_room, booked_weight);
        add(&mut self.by_volume, load.volume, volume_room, booked_volume);
        self.cost += space.cost + load.carriage;
        self.co2e += divide_to_nearest(load.milligrams, 1000);
    }

    fn check(&self, run: &Run, under: &str, failures: &mut Failures) {
        for (name, value, places) in [
            ("tonne_km", self.gram_km, 6),
            ("cost", self.cost, 6),
            ("co2e_kg", self.co2e, 3),
        ] {
            run.check(&format!("{under}.{name}"), value, places, failures);
        }
        for (name, (part, whole)) in [("load_kg", self.by_weight), ("load_m3", self.by_volume)] {
            let key = format!("{under}.{name}");
            match whole > 0 {
                true => run.check(&key, divide_to_nearest(part * 10_000, whole), 4, failures),
                false => run.check_text(&key, None, failures),
            }
        }
    }
}

/// By mode, the parcels of the planned weeks whose main haul it is.
fn hauled(schedule: &Schedule<'_>, shipments: &[Shipment]) -> BTreeMap<Mode, Amount> {
    let instance = schedule.instance;
    let mut hauled: BTreeMap<Mode, Amount> = BTreeMap::new();
    for shipment in shipments.iter().filter(|shipment| shipment.reported) {
        let main = shipment.itinerary.as_ref();
        let Some((service, _, _)) = main.and_then(|itinerary| itinerary.main_haul(schedule)) else {
            continue;
        };
        let product = instance.demands[shipment.demand].product;
        let product = &instance.products[product.at()];
        let amount = hauled
            .entry(instance.services[service.at()].mode)
            .or_default();
        amount.parcels += shipment.parcels;
        amount.weight += i128::from(product.weight.0) * shipment.parcels;
        amount.volume += i128::from(product.volume.0) * shipment.parcels;
    }
    hauled
}

/// Compares what `run.json` says of services with what their departures carry, and of modes with
/// the parcels of which they are the main haul.
pub(super) fn check(
    schedule: &mut Schedule<'_>,
    (sales, shipments): (&Sales<'_>, &[Shipment]),
    run: &Run,
    failures: &mut Failures,
) {
    let instance = schedule.instance;
    let counted = 0..counted_days(instance);
    let mut services: BTreeMap<_, Sum> = BTreeMap::new();
    let mut modes: BTreeMap<_, Sum> = BTreeMap::new();
    for key in sales.keys() {
        let Some(sale) = sales.of(schedule, key) else {
            continue;
        };
        let used = sale.load.parcels > 0 || sale.space.cost > 0;
        if sale.departure.cancelled || !(used || counted.contains(&key.2)) {
            continue;
        }
        let (service, leg, _) = key;
        services.entry((service.0, leg)).or_default().add(&sale);
        let mode = instance.services[service.at()].mode;
        modes.entry(mode).or_default().add(&sale);
    }
    for (at, (&(service, leg), sum)) in services.iter().enumerate() {
        let service = &instance.services[service as usize];
        let under = format!("services.{at}");
        let text = |name: &str| format!("{under}.{name}");
        run.check_text(&text("service"), Some(&service.id), failures);
        run.check(&text("leg"), leg as i128 + 1, 0, failures);
        run.check_text(&text("mode"), Some(mode(service.mode)), failures);
        run.check(&text("departures"), sum.departures, 0, failures);
        sum.aboard.check(run, &under, failures);
        sum.check(run, &under, failures);
    }
    let hauled = hauled(schedule, shipments);
    for (at, (&of, sum)) in modes.iter().enumerate() {
        let under = format!("modes.{at}");
        let amount = hauled.get(&of).copied().unwrap_or_default();
        amount.check(run, &under, failures);
        run.check_text(&format!("{under}.mode"), Some(mode(of)), failures);
        sum.check(run, &under, failures);
    }
    for (list, length) in [("services", services.len()), ("modes", modes.len())] {
        run::check_length(run, list, length, failures);
    }
}
