//! The summaries by service and mode in `run.json`.

use std::collections::BTreeMap;

use crate::units::divide_to_nearest;

use super::capacity::Space;
use super::costs;
use super::decimal;
use super::expected::{Frame, committed, departures_to_list, mode, planned_days};
use super::failure::Failures;
use super::ledger::{Ledger, Load};
use super::run::{self, Run};
use super::schedule::{Departure, Key, Schedule};

/// What departures of the planned weeks carry together.
#[derive(Clone, Copy, Debug, Default)]
struct Sum {
    departures: i128,
    parcels: i128,
    weight: i128,
    volume: i128,
    gram_km: i128,
    /// Aboard with bookings, and what could be, where it is limited.
    by_weight: (i128, i128),
    by_volume: (i128, i128),
    cost: i128,
    co2e: i128,
}

impl Sum {
    /// Adds a departure; `committed` are the units that a commitment makes it pay for.
    fn add(
        &mut self,
        schedule: &Schedule<'_>,
        key: Key,
        departure: &Departure,
        load: &Load,
        committed: Option<i128>,
    ) {
        let leg = schedule.leg(key);
        let mut space = Space::new(leg, departure, load);
        if let Some(units) = committed {
            space = space.paying_for(&leg.unit, units);
        }
        let (weight_room, volume_room) = space.room(&leg.unit);
        let add = |sums: &mut (i128, i128), own: i128, room: Option<i128>, booked: i64| {
            if let Some(room) = room {
                sums.0 += own + i128::from(booked);
                sums.1 += room + i128::from(booked);
            }
        };
        self.departures += 1;
        self.parcels += load.parcels;
        self.weight += load.weight;
        self.volume += load.volume;
        self.gram_km += load.weight * costs::metres(leg) / 1000;
        let (booked_weight, booked_volume) = (departure.booked_weight.0, departure.booked_volume.0);
        add(&mut self.by_weight, load.weight, weight_room, booked_weight);
        add(&mut self.by_volume, load.volume, volume_room, booked_volume);
        self.cost += space.cost + load.carriage;
        self.co2e += divide_to_nearest(load.milligrams, 1000);
    }

    fn check(&self, run: &Run, under: &str, failures: &mut Failures) {
        for (name, value, places) in [
            ("parcels", self.parcels, 0),
            ("kg", self.weight, 3),
            ("m3", self.volume, 6),
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

/// Compares what `run.json` says of services and modes with what their departures carry.
pub(super) fn check(
    schedule: &mut Schedule<'_>,
    ledger: &Ledger,
    frame: &Frame,
    run: &Run,
    failures: &mut Failures,
) {
    let instance = schedule.instance;
    let planned = 0..planned_days(instance);
    let nothing = Load::default();
    let committed = committed(schedule, ledger, frame);
    let mut services: BTreeMap<_, Sum> = BTreeMap::new();
    let mut modes: BTreeMap<_, Sum> = BTreeMap::new();
    for key in departures_to_list(schedule, ledger, frame) {
        let Ok(departure) = schedule.departure(key).cloned() else {
            continue;
        };
        if departure.stopped.is_some() || !planned.contains(&key.2) {
            continue;
        }
        let load = ledger.departures.get(&key).unwrap_or(&nothing);
        let (service, leg, _) = key;
        let by_service = services.entry((service.0, leg)).or_default();
        let units = committed.get(&key).copied();
        by_service.add(schedule, key, &departure, load, units);
        let by_mode = modes
            .entry(instance.services[service.at()].mode)
            .or_default();
        by_mode.add(schedule, key, &departure, load, units);
    }
    for (at, (&(service, leg), sum)) in services.iter().enumerate() {
        let service = &instance.services[service as usize];
        let under = format!("services.{at}");
        let text = |name: &str| format!("{under}.{name}");
        run.check_text(&text("service"), Some(&service.id), failures);
        run.check(&text("leg"), leg as i128 + 1, 0, failures);
        run.check_text(&text("mode"), Some(mode(service.mode)), failures);
        run.check(&text("departures"), sum.departures, 0, failures);
        sum.check(run, &under, failures);
    }
    for (at, (&of, sum)) in modes.iter().enumerate() {
        let under = format!("modes.{at}");
        run.check_text(&format!("{under}.mode"), Some(mode(of)), failures);
        sum.check(run, &under, failures);
    }
    for (list, length) in [("services", services.len()), ("modes", modes.len())] {
        let next = format!("{list}.{length}.");
        if run.under(&next).next().is_some() {
            let found = decimal::text(length as i128 + 1, 0);
            let expected = decimal::text(length as i128, 0);
            failures.add(run::at(list).cell(list, &found, &expected));
        }
    }
}
