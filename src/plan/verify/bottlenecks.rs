//! The bottlenecks in `run.json`: what is scarce, at the prices of the proof.
//!
//! Capacities of one name and unit stand together: how many have a price, the dearest price, and price times
//! what is used of it over all of them, each to the nearest millionth. Of departures the units paid
//! for count (where nothing is sold, the chargeable kilograms aboard), of storage all there is.

use std::collections::BTreeMap;

use crate::instance::{Instance, Leg, Measure, UNIT_SCALE};
use crate::units::divide_to_nearest;

use super::capacity;
use super::expected::{is_counted, is_planned, mode};
use super::failure::Failures;
use super::ledger::{self, Ledger};
use super::prices::{MOST, Prices};
use super::run::{self, Run};
use super::sales::{Sale, Sales};
use super::schedule::{Key, Schedule};
use super::tables::{Expected, ExpectedRow};

/// Money, shares and amounts count in millionths.
const MILLION: i128 = 1_000_000;

/// Capacities of one name and unit.
#[derive(Debug, Default)]
struct Scarce {
    times: i128,
    worth: i128,
    rent: i128,
}

/// By name and unit.
#[derive(Debug, Default)]
struct Groups(BTreeMap<(String, String), Scarce>);

impl Groups {
    fn add(&mut self, what: String, unit: &str, worth: &Expected, (amount, per): (i128, i128)) {
        let Expected::Number(worth, _) = *worth else {
            return;
        };
        if worth <= 0 {
            return;
        }
        let scarce = self.0.entry((what, unit.to_owned())).or_default();
        scarce.times += 1;
        scarce.worth = scarce.worth.max(worth);
        let rent = worth.saturating_mul(amount).clamp(-MOST, MOST);
        scarce.rent += divide_to_nearest(rent, per);
    }
}

/// Compares the bottlenecks with what the prices say; `limits` are the rows of `limits.csv`.
pub(super) fn check(
    schedule: &mut Schedule<'_>,
    (sales, ledger): (&Sales<'_>, &Ledger),
    prices: &Prices,
    limits: &[ExpectedRow],
    run: &Run,
    failures: &mut Failures,
) {
    let instance = schedule.instance;
    let mut groups = Groups::default();
    // what is scarce after the planned weeks is another plan's
    let planned = |day: i64| is_planned(instance, day);
    let counted = |key: &&Key| is_counted(instance, key.2);
    for &key in prices.departures.keys().filter(counted) {
        if let Some(sale) = sales.of(schedule, key) {
            add_departure(&mut groups, instance, key, &sale, prices);
        }
    }
    for &(index, day) in prices.buckets.keys().filter(|(_, day)| planned(*day)) {
        let step = &instance.handling[index];
        let unit = match step.measure {
            Measure::Parcels => "parcel",
            Measure::Weight => "kg",
            Measure::Volume => "m³",
        };
        let what = format!("{} at {}", step.name, instance.places[step.place.at()].id);
        let load = ledger.buckets.get(&(index, day));
        let used = load.map_or(0, |load| load.measured(step.measure));
        let worth = prices.bucket(step, index, day);
        groups.add(what, unit, &worth, (used, capacity::per_unit(step.measure)));
    }
    for &(place, day, price) in &prices.nights {
        if !planned(day) {
            continue;
        }
        let place = &instance.places[place.at()];
        let room = place.storage.map_or(0, |storage| i128::from(storage.0));
        let what = format!("storage at {}", place.id);
        groups.add(what, "m³", &prices.night(price), (room, MILLION));
    }
    for row in limits {
        let cell = |name| row.cells.iter().find(|(column, _)| *column == name);
        if let (Some((_, Expected::Number(value, _))), Some((_, worth))) =
            (cell("value"), cell("shadow_price_per_unit"))
        {
            let what = format!("limit {}", row.key[0]);
            groups.add(what, "unit", worth, (*value, MILLION));
        }
    }
    compare(groups, run, failures);
}

fn add_departure(
    groups: &mut Groups,
    instance: &Instance,
    key: Key,
    sale: &Sale<'_, '_>,
    prices: &Prices,
) {
    let Sale {
        leg, load, space, ..
    } = sale;
    let worth = prices.departure(instance, leg, key);
    let what = name(instance, key, leg);
    if leg.unit.weight.is_none() && leg.unit.volume.is_none() {
        let chargeable = ledger::chargeable_grams(instance, load.weight, load.volume);
        groups.add(what, "kg", &worth, (chargeable, 1000));
    } else {
        let unit = leg.unit.name.replace("chargeable_kg", "chargeable kg");
        groups.add(what, &unit, &worth, (space.units, UNIT_SCALE.into()));
    }
}

/// `SERVICE (MODE FROM to TO)`
fn name(instance: &Instance, key: Key, leg: &Leg) -> String {
    let service = &instance.services[key.0.at()];
    let [from, to] = [leg.origin, leg.destination].map(|place| &instance.places[place.at()].id);
    format!("{} ({} {from} to {to})", service.id, mode(service.mode))
}

/// The dearest altogether first, ties by name.
fn compare(groups: Groups, run: &Run, failures: &mut Failures) {
    let mut all: Vec<((String, String), Scarce)> = groups.0.into_iter().collect();
    all.sort_by(|a, b| b.1.rent.cmp(&a.1.rent).then_with(|| a.0.cmp(&b.0)));
    for (at, ((what, unit), scarce)) in all.iter().enumerate() {
        let key = |name: &str| format!("bottlenecks.{at}.{name}");
        run.check_text(&key("what"), Some(what), failures);
        run.check(&key("times"), scarce.times, 0, failures);
        run.check_text(&key("unit"), Some(unit), failures);
        run.check(&key("worth_per_unit"), scarce.worth, 6, failures);
        run.check(&key("rent"), scarce.rent, 6, failures);
    }
    run::check_length(run, "bottlenecks", all.len(), failures);
}
