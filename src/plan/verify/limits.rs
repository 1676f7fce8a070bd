//! Policy limits: what each counts in each period, and what is broken.

use std::collections::BTreeMap;

use crate::instance::{
    Instance, Leg, Limit, Metric, Period, Product, Selector, ServiceId, UNIT_SCALE,
};
use crate::units::divide_to_nearest;

use super::capacity::Space;
use super::costs;
use super::expected::{Frame, departures_to_list, planned_days};
use super::itinerary::Ride;
use super::ledger::{Ledger, Load, Shipment};
use super::schedule::{Key, Schedule};

/// Billionths of a unit.
const PER_UNIT: i128 = 1_000_000_000;
/// Shares and bounds are millionths.
const MILLION: i128 = 1_000_000;

/// What a limit counts in one period, in the small unit of its metric.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Count {
    /// What the departures that match the selector count.
    pub(super) chosen: i128,
    /// What all departures count, of the parcels that match.
    pub(super) all: i128,
}

/// Small units in one unit of a metric: grams in a kg, cm³ in a m³, 10⁻⁶ tonne-kilometres,
/// milligrams in a kg of CO₂e, 10⁻⁹ units, 10⁻⁶ money.
pub(super) fn base(metric: Metric) -> i128 {
    match metric {
        Metric::Parcels => 1,
        Metric::Kg => 1_000,
        Metric::M3 | Metric::TonneKm | Metric::Co2eKg | Metric::Cost => MILLION,
        Metric::Units => PER_UNIT,
    }
}

/// Counts of one limit by period: a day, a week, or 0 for the horizon.
pub(super) fn count(
    schedule: &mut Schedule<'_>,
    limit: &Limit,
    shipments: &[Shipment],
    ledger: &Ledger,
    frame: &Frame,
) -> BTreeMap<i64, Count> {
    let mut counts = BTreeMap::new();
    open_periods(schedule, limit, &mut counts);
    for shipment in shipments {
        count_shipment(schedule, limit, shipment, &mut counts);
    }
    if counts_purchases(limit) {
        count_purchases(schedule, limit, ledger, frame, &mut counts);
    }
    counts
}

/// The periods of the planned weeks that a departure of the limit could count in; those with a
/// minimum are there whatever runs.
fn open_periods(schedule: &Schedule<'_>, limit: &Limit, counts: &mut BTreeMap<i64, Count>) {
    if limit.min.is_some() {
        for day in 0..planned_days(schedule.instance) {
            counts.entry(period_of(limit, day)).or_default();
        }
    }
}

fn period_of(limit: &Limit, day: i64) -> i64 {
    match limit.per {
        Period::Day => day,
        Period::Week => day.div_euclid(7),
        Period::Horizon => 0,
    }
}

/// The period in which a departure counts, by the local day on which it leaves; a limit over the
/// horizon counts the planned weeks only.
fn period(schedule: &mut Schedule<'_>, limit: &Limit, key: Key) -> Option<i64> {
    let leg = schedule.leg(key);
    let departs = schedule.departure(key).ok()?.departs;
    let day = schedule.calendar.day(leg.origin, departs);
    let day = schedule.shared_day(day);
    let planned = (0..planned_days(schedule.instance)).contains(&day);
    (planned || limit.per != Period::Horizon).then(|| period_of(limit, day))
}

/// Whether a limit counts what is bought rather than what parcels need.
fn counts_purchases(limit: &Limit) -> bool {
    matches!(limit.metric, Metric::Units | Metric::Cost)
        && limit.selector.product.is_none()
        && limit.origin.is_none()
        && limit.destination.is_none()
}

fn counts_boarding(limit: &Limit) -> bool {
    matches!(limit.metric, Metric::Parcels | Metric::Kg | Metric::M3)
}

/// Whether a selector's mode, operator, service and place match a leg.
fn chosen(instance: &Instance, selector: &Selector, service: ServiceId, leg: &Leg) -> bool {
    let ridden = &instance.services[service.at()];
    selector.mode.is_none_or(|mode| mode == ridden.mode)
        && selector.operator.as_ref().is_none_or(|name| *name == ridden.operator)
        && selector.service.is_none_or(|only| only == service)
        && selector
            .place
            .is_none_or(|place| place == leg.origin || place == leg.destination)
}

fn count_shipment(
    schedule: &mut Schedule<'_>,
    limit: &Limit,
    shipment: &Shipment,
    counts: &mut BTreeMap<i64, Count>,
) {
    let instance = schedule.instance;
    let demand = &instance.demands[shipment.demand];
    let concerned = limit.selector.product.is_none_or(|only| only == demand.product)
        && limit.origin.is_none_or(|only| only == demand.origin)
        && limit.destination.is_none_or(|only| only == demand.destination);
    let Some(itinerary) = shipment.itinerary.as_ref().filter(|_| concerned) else {
        return;
    };
    let product = &instance.products[demand.product.at()];
    let mut before: Option<bool> = None;
    for &Ride {
        departure: key,
        boards,
        ..
    } in &itinerary.rides
    {
        let leg = schedule.leg(key);
        let matches = chosen(instance, &limit.selector, key.0, leg);
        // staying aboard counts only where it leads from a leg that does not match to one that does
        let stays = before.filter(|_| !boards);
        before = Some(matches);
        let Some(period) = period(schedule, limit, key) else {
            continue;
        };
        let (in_all, in_chosen) = match (counts_boarding(limit), stays) {
            (true, Some(matched)) => (false, matches && !matched),
            _ => (true, matches),
        };
        if counts_purchases(limit) && !costs::charged_by_parcel(&leg.unit) {
            continue;
        }
        let amount = amount(limit.metric, leg, product) * shipment.parcels;
        let count = counts.entry(period).or_default();
        count.all += if in_all { amount } else { 0 };
        count.chosen += if in_chosen { amount } else { 0 };
    }
}

/// What one parcel counts on a leg, in the small unit of the metric.
fn amount(metric: Metric, leg: &Leg, product: &Product) -> i128 {
    let weight = i128::from(product.weight.0);
    match metric {
        Metric::Parcels => 1,
        Metric::Kg => weight,
        Metric::M3 => i128::from(product.volume.0),
        Metric::TonneKm => divide_to_nearest(weight * costs::metres(leg), 1000),
        Metric::Co2eKg => costs::co2e_milligrams(leg, product),
        Metric::Units => needed(leg, product, PER_UNIT),
        Metric::Cost if costs::charged_by_parcel(&leg.unit) => costs::carriage(leg, product),
        Metric::Cost => needed(leg, product, leg.unit.price.0.into()),
    }
}

/// max(w / W, v / V) × `scale`, each to the nearest.
fn needed(leg: &Leg, product: &Product, scale: i128) -> i128 {
    let part = |size: i64, held: Option<i64>| {
        held.filter(|&held| held > 0)
            .map_or(0, |held| divide_to_nearest(i128::from(size) * scale, held.into()))
    };
    let by_weight = part(product.weight.0, leg.unit.weight.map(|held| held.0));
    let by_volume = part(product.volume.0, leg.unit.volume.map(|held| held.0));
    by_weight.max(by_volume)
}

fn count_purchases(
    schedule: &mut Schedule<'_>,
    limit: &Limit,
    ledger: &Ledger,
    frame: &Frame,
    counts: &mut BTreeMap<i64, Count>,
) {
    let nothing = Load::default();
    for key in departures_to_list(schedule, ledger, frame) {
        let leg = schedule.leg(key);
        let Some(period) = period(schedule, limit, key) else {
            continue;
        };
        let Ok(departure) = schedule.departure(key) else {
            continue;
        };
        if departure.stopped.is_some() || costs::charged_by_parcel(&leg.unit) {
            continue;
        }
        let load = ledger.departures.get(&key).unwrap_or(&nothing);
        let space = Space::new(leg, departure, load);
        let amount = match limit.metric {
            Metric::Cost => space.cost,
            _ => space.units * (PER_UNIT / i128::from(UNIT_SCALE)),
        };
        let count = counts.entry(period).or_default();
        count.all += amount;
        if chosen(schedule.instance, &limit.selector, key.0, leg) {
            count.chosen += amount;
        }
    }
}

/// By how much each bound of a limit is broken in a period, exactly, as numerator and denominator
/// in units of the metric; nothing where it holds. Minima are for the planned weeks only.
pub(super) fn violations(limit: &Limit, count: Count, planned: bool) -> Vec<(i128, i128)> {
    let base = base(limit.metric);
    let bound = |bound: i64| divide_to_nearest(i128::from(bound) * base, MILLION);
    let share = |share: i64| i128::from(share) * count.all;
    let mut broken = Vec::new();
    if planned {
        broken.extend(limit.min.map(|min| (bound(min) - count.chosen, base)));
        broken.extend(
            limit
                .min_share
                .map(|min| (share(min) - MILLION * count.chosen, MILLION * base)),
        );
    }
    broken.extend(limit.max.map(|max| (count.chosen - bound(max), base)));
    broken.extend(
        limit
            .max_share
            .map(|max| (MILLION * count.chosen - share(max), MILLION * base)),
    );
    broken.retain(|&(by, _)| by > 0);
    broken
}

/// Whether a period belongs to the planned weeks.
pub(super) fn is_planned(instance: &Instance, limit: &Limit, period: i64) -> bool {
    let days = planned_days(instance);
    match limit.per {
        Period::Day => (0..days).contains(&period),
        Period::Week => (0..days).contains(&(period * 7)),
        Period::Horizon => true,
    }
}

/// The name of a period: a day, the Monday of a week, or the horizon.
pub(super) fn period_text(schedule: &Schedule<'_>, limit: &Limit, period: i64) -> String {
    match limit.per {
        Period::Day => schedule.calendar.day_text(period),
        Period::Week => schedule.calendar.day_text(period * 7),
        Period::Horizon => "horizon".to_owned(),
    }
}
