//! The tables `departures` and `purchases`, and what is bought.

use std::collections::BTreeMap;

use crate::instance::{Instance, Leg, UNIT_SCALE};
use crate::network::{Calendar, Departure, DepartureId, Network};
use crate::program::formulation::{Offer, costs};
use crate::units::{CubicCentimetres, Grams, Money, divide_to_nearest};

use super::assembly::Parts;
use super::handling;
use super::ledger::Aboard;
use super::rows::{ChoiceRow, DepartureRow, PurchaseRow, Share, TailPurchaseRow};
use super::run::Load;
use super::shifts;
use super::space::{self, Bought};
use super::whole_units::Judged;
use super::worth::Worth;

/// What is bought on every departure: what its freight takes, and as much as `columns`, in
/// millionths, say that is bought beyond the minimum. That is more where a limit asks for it, and
/// where a commitment binds departures of which another takes more.
pub fn bought(parts: Parts<'_>, aboard: &[Aboard], columns: &[i128]) -> Vec<Bought> {
    let departures = parts.network.departures.iter().zip(aboard);
    let all = departures.zip(&parts.formulation.departures);
    all.map(|((departure, aboard), rows)| {
        let leg = space::leg(parts.instance, departure);
        let mut bought = Bought::on(leg, departure, aboard.weight, aboard.volume);
        let beyond = rows.column.map_or(0, |column| columns[column as usize]);
        let decided = i128::from(rows.offer.minimum) + beyond;
        let units = i64::try_from(decided).unwrap_or(i64::MAX).max(bought.units);
        bought.pay_for(&leg.unit, units);
        bought
    })
    .collect()
}

/// What of `all` that is bought is for the parcels of the planned weeks, of which `planned` are
/// aboard: what they need, with the minimum of the planned weeks' runs; and all of it where nobody
/// else is aboard, where more is bought than freight takes, or where a limit counts it.
pub fn bought_for(
    parts: Parts<'_>,
    planned: &[Aboard],
    aboard: &[Aboard],
    all: &[Bought],
) -> Vec<Bought> {
    let departures = || {
        let rows = parts.network.departures.iter();
        rows.zip(&parts.formulation.departures).enumerate()
    };
    let alone = |at: usize, aboard: &Aboard| {
        let departure = &parts.network.departures[at];
        let leg = space::leg(parts.instance, departure);
        Bought::on(leg, departure, aboard.weight, aboard.volume)
    };
    // per column, what its departures need beyond their minimum for the planned weeks, and for all
    let mut needed: BTreeMap<u32, (i64, i64)> = BTreeMap::new();
    for (at, (_, rows)) in departures() {
        if let Some(column) = rows.column {
            let beyond = |of: &[Aboard]| alone(at, &of[at]).units - rows.offer.minimum;
            let known = needed.entry(column).or_default();
            *known = (known.0.max(beyond(planned)), known.1.max(beyond(aboard)));
        }
    }
    departures()
        .map(|(at, (departure, rows))| {
            let unit = &space::leg(parts.instance, departure).unit;
            let (all, mut own) = (all[at], alone(at, &planned[at]));
            let (need, need_of_all) = match rows.column {
                Some(column) => needed[&column],
                None => (0, all.units - rows.offer.minimum),
            };
            let more = all.units - rows.offer.minimum > need_of_all;
            let counted = parts.formulation.counted.get(at);
            let counted = counted.is_some_and(|counted| !counted.is_empty());
            let shared = need < need_of_all || planned[at].parcels < aboard[at].parcels;
            let units = match (more || counted || !shared) && departure.reported {
                true => all.units,
                false => own.units.max(rows.offer.minimum + need),
            };
            own.pay_for(unit, units);
            own
        })
        .collect()
}

/// Whole units of departures that are bought beyond those for the planned weeks.
pub fn more_bought(parts: Parts<'_>, planned: &[Bought], all: &[Bought]) -> Vec<TailPurchaseRow> {
    let departures = parts.network.departures.iter().zip(planned.iter().zip(all));
    let rows = departures.filter_map(|(departure, (planned, all))| {
        let leg = space::leg(parts.instance, departure);
        let units = all.units - planned.units;
        (leg.unit.whole && units > 0).then(|| TailPurchaseRow {
            service: parts.instance.services[departure.service.at()].id.clone(),
            leg: departure.leg + 1,
            run: parts.calendar.day_text(departure.run_day),
            units,
        })
    });
    rows.collect()
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
        let load = load_of(leg, departure, aboard, bought);
        let service = &instance.services[departure.service.at()];
        rows.push(DepartureRow {
            service: service.id.clone(),
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
            carriage: aboard.carriage,
            mode: service.mode,
            unit: leg.unit.name.clone(),
            week: calendar.week(leg.origin, departure.departs) + 1,
            operator: service.operator.clone(),
            origin: instance.places[leg.origin.at()].id.clone(),
            destination: instance.places[leg.destination.at()].id.clone(),
        });
    }
    rows
}

/// What is aboard against what can be, bookings counted on both sides. Where only whole units are
/// sold, what is not bought stays on the ground and can carry nothing.
pub fn load_of(leg: &Leg, departure: &Departure, aboard: &Aboard, bought: &Bought) -> Load {
    let (most_weight, most_volume) = space::room(leg, departure);
    let (weight, volume) = space::room_bought(leg, departure, bought);
    let booked = departure.booked;
    let with = |limited: bool, own: i64, booked: i64| if limited { own + booked } else { 0 };
    Load {
        parcels: aboard.parcels,
        weight: aboard.weight,
        volume: aboard.volume,
        is_limited: most_weight.is_some() || most_volume.is_some(),
        weight_of_limited: Grams(with(weight.is_some(), aboard.weight.0, booked.weight.0)),
        volume_of_limited: CubicCentimetres(with(
            volume.is_some(),
            aboard.volume.0,
            booked.volume.0,
        )),
        weight_limit: weight.map_or(Grams::ZERO, |room| room + booked.weight),
        volume_limit: volume.map_or(CubicCentimetres::ZERO, |room| room + booked.volume),
        gram_km: aboard.gram_metres / 1000,
        cost: bought.cost + aboard.carriage,
        co2e: Grams(divide_to_nearest(aboard.co2e_milligrams, 1000) as i64),
    }
}

/// Whether a leg can run out of room or costs something by the unit.
fn is_scarce(leg: &Leg) -> bool {
    let unlimited = leg.max_weight.is_none() && leg.max_volume.is_none();
    let by_the_parcel = costs::is_sold_by_the_parcel(&leg.unit);
    !(unlimited && by_the_parcel)
}

/// Rows for every departure that has whole units to choose, and of which whole units are bought.
pub fn purchases(parts: Parts<'_>, aboard: &[Aboard], bought: &[Bought]) -> Vec<PurchaseRow> {
    let Parts {
        instance,
        calendar,
        network,
        ..
    } = parts;
    let mut rows = Vec::new();
    for (index, departure) in network.departures.iter().enumerate() {
        let leg = space::leg(instance, departure);
        let (aboard, bought) = (&aboard[index], &bought[index]);
        let offer = Offer::new(leg, departure);
        let optional = departure.reported && offer.limit.is_none_or(|limit| limit > offer.minimum);
        if !leg.unit.whole || !(optional || bought.units > 0) {
            continue;
        }
        let held = |size: Option<i64>| {
            size.map(|size| part_of_units(size, bought.units))
                .unwrap_or(0)
        };
        rows.push(PurchaseRow {
            service: instance.services[departure.service.at()].id.clone(),
            leg: departure.leg + 1,
            run: calendar.day_text(departure.run_day),
            departs: calendar.text(leg.origin, departure.departs),
            origin: instance.places[leg.origin.at()].id.clone(),
            destination: instance.places[leg.destination.at()].id.clone(),
            unit: leg.unit.name.clone(),
            units: bought.units,
            units_limit: offer.limit,
            cost: bought.cost,
            weight: aboard.weight,
            volume: aboard.volume,
            load_weight: Share::of(aboard.weight.0, held(leg.unit.weight.map(|held| held.0))),
            load_volume: Share::of(aboard.volume.0, held(leg.unit.volume.map(|held| held.0))),
        });
    }
    rows
}

/// Rows for every choice of whole units in the planned weeks, in the order of their first departures,
/// then of shifts, where buckets have `handled` work. `cost` is what the plan costs, and no plan costs less than
/// `bound`: solved again with parts of parcels, one with other choices could.
pub fn choices(
    parts: Parts<'_>,
    bought: &[Bought],
    handled: &[i64],
    judged: &[Judged],
    (cost, bound): (Money, Option<Money>),
) -> Vec<ChoiceRow> {
    let mut by_column: BTreeMap<u32, Vec<DepartureId>> = BTreeMap::new();
    for (index, rows) in parts.formulation.departures.iter().enumerate() {
        let whole = |column: &u32| parts.formulation.program.columns[*column as usize].whole;
        let planned = parts.network.departures[index].reported;
        if let Some(column) = rows.column.filter(whole).filter(|_| planned) {
            let id = DepartureId(index as u32);
            by_column.entry(column).or_default().push(id);
        }
    }
    let costs = |column: u32| {
        let found = judged.iter().find(|judged| judged.column as u32 == column);
        let total = |change: Option<i64>| Some(Money(cost.0 + change?)).max(bound);
        let total = |change: Option<i64>| change.and_then(|change| total(Some(change)));
        [
            found.and_then(|j| total(j.less)),
            found.and_then(|j| total(j.more)),
        ]
    };
    let row = |(column, departures): (u32, Vec<DepartureId>)| {
        let first = departures[0];
        let departure = &parts.network.departures[first.at()];
        let [cost_with_one_less, cost_with_one_more] = costs(column);
        ChoiceRow {
            service: parts.instance.services[departure.service.at()].id.clone(),
            leg: departure.leg + 1,
            run: parts.calendar.day_text(departure.run_day),
            departures: departures.len(),
            units: bought[first.at()].units,
            cost_with_one_less,
            cost_with_one_more,
        }
    };
    let mut rows: Vec<ChoiceRow> = by_column.into_iter().map(row).collect();
    let shifts = shifts::decided(parts, handled).into_iter();
    let shifts = shifts.filter(|decided| handling::is_planned(parts, decided.bucket));
    rows.extend(shifts.map(|decided| {
        let (service, leg, run) = shifts::name(parts, decided.bucket, decided.tier);
        let [cost_with_one_less, cost_with_one_more] = costs(decided.column);
        ChoiceRow {
            service,
            leg,
            run,
            departures: 0,
            units: decided.count * UNIT_SCALE,
            cost_with_one_less,
            cost_with_one_more,
        }
    }));
    rows
}

/// What millionths of a unit of `size` hold.
fn part_of_units(size: i64, units: i64) -> i64 {
    let held = i128::from(size) * i128::from(units) / i128::from(UNIT_SCALE);
    i64::try_from(held).unwrap_or(i64::MAX)
}
