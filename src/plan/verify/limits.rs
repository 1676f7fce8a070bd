//! Policy limits: what each counts in each period, and what is broken.

use std::collections::BTreeMap;

use crate::instance::{
    Direction, Instance, Leg, Limit, Metric, Period, Product, Selector, ServiceId,
};
use crate::units::divide_to_nearest;

use super::capacity::ceiling;
use super::costs;
use super::expected::{counted_days, is_counted};
use super::failure::{At, Failures};
use super::itinerary::{Ride, steps};
use super::ledger::Shipment;
use super::prices::Prices;
use super::sales::{Sale, Sales};
use super::schedule::{Key, Schedule};
use super::tables::{Expected, ExpectedRow};

/// Billionths of a unit.
const PER_UNIT: i128 = 1_000_000_000;
/// Shares and bounds are millionths.
const MILLION: i128 = 1_000_000;

/// What a limit counts in one period, in millionths of the small unit of its metric.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Count {
    /// What the departures that match the selector count.
    pub(super) chosen: i128,
    /// What all departures count, of the parcels that match.
    pub(super) all: i128,
    /// What those that match count with what competes after the planned weeks: `max` does.
    room: i128,
}

/// Small units in one unit of a metric: grams in a kg, cm³ in a m³, 10⁻⁶ tonne-kilometres,
/// milligrams in a kg of CO₂e, 10⁻⁹ units, 10⁻⁶ money.
fn base(metric: Metric) -> i128 {
    match metric {
        Metric::Parcels => 1,
        Metric::Kg => 1_000,
        Metric::M3 | Metric::TonneKm | Metric::Co2eKg | Metric::Cost => MILLION,
        Metric::Units => PER_UNIT,
    }
}

/// Counts of one limit by period: a day, a week, or 0 for the horizon.
fn count(
    schedule: &mut Schedule<'_>,
    limit: &Limit,
    shipments: &[Shipment],
    (planned, all): (&Sales<'_>, &Sales<'_>),
) -> BTreeMap<i64, Count> {
    let mut counts = BTreeMap::new();
    for shipment in shipments {
        count_shipment(schedule, limit, shipment, &mut counts);
    }
    if counts_purchases(limit) {
        count_purchases(
            schedule,
            limit,
            planned,
            &mut counts,
            |count, chosen, all| {
                count.chosen += chosen;
                count.all += all;
            },
        );
        count_purchases(schedule, limit, all, &mut counts, |count, chosen, _| {
            count.room += chosen;
        });
    }
    counts
}

fn period_of(limit: &Limit, day: i64) -> i64 {
    match limit.per {
        Period::Day => day,
        Period::Week => day.div_euclid(7),
        Period::Horizon => 0,
    }
}

/// The period in which a departure counts, by the local day on which it leaves; none where its run
/// starts after the planned weeks.
fn period(schedule: &mut Schedule<'_>, limit: &Limit, key: Key) -> Option<i64> {
    if !is_counted(schedule.instance, schedule.shared_day(key.2)) {
        return None;
    }
    let leg = schedule.leg(key);
    let departs = schedule.departure(key).ok()?.departs;
    let day = schedule.calendar.day(leg.origin, departs);
    Some(period_of(limit, schedule.shared_day(day)))
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
        && selector
            .operator
            .as_ref()
            .is_none_or(|name| *name == ridden.operator)
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
    let concerned = limit
        .selector
        .product
        .is_none_or(|only| only == demand.product)
        && limit.origin.is_none_or(|only| only == demand.origin)
        && limit
            .destination
            .is_none_or(|only| only == demand.destination);
    let Some(itinerary) = shipment.itinerary.as_ref().filter(|_| concerned) else {
        return;
    };
    let product = &instance.products[demand.product.at()];
    let only = match limit.counts_main_hauls() {
        true => itinerary.main_haul(schedule),
        false => None,
    };
    let mut before: Option<(Key, bool)> = None;
    for &Ride {
        departure: key,
        boards,
        ..
    } in &itinerary.rides
    {
        if only.is_some_and(|main| main != key) {
            continue;
        }
        let leg = schedule.leg(key);
        let matches = chosen(instance, &limit.selector, key.0, leg);
        // staying aboard counts only where it leads from a leg that does not match to one that does
        let stays = before
            .filter(|&(from, _)| !boards || stays_in_truth(instance, from, key))
            .map(|(_, matched)| matched);
        before = Some((key, matches));
        let Some(period) = period(schedule, limit, key) else {
            continue;
        };
        let once = only.is_some() || !counts_boarding(limit);
        let (in_all, in_chosen) = match (!once, stays) {
            (true, Some(matched)) => (false, matches && !matched),
            _ => (true, matches),
        };
        let by_unit = counts_purchases(limit) && !costs::charged_by_parcel(&leg.unit);
        if by_unit || !(in_all || in_chosen) {
            continue;
        }
        let amount = amount(limit.metric, leg, product) * shipment.parcels * MILLION;
        let count = counts.entry(period).or_default();
        count.room += if in_chosen { amount } else { 0 };
        if shipment.reported {
            count.all += if in_all { amount } else { 0 };
            count.chosen += if in_chosen { amount } else { 0 };
        }
    }
}

/// Whether boarding `to` after `from` is staying aboard under another name: the next leg of the
/// same run, at a place that does nothing with what the mode brings or takes.
fn stays_in_truth(instance: &Instance, from: Key, to: Key) -> bool {
    let (service, leg, day) = from;
    let service = &instance.services[service.at()];
    let idle = |direction| {
        let place = service.legs[leg].destination;
        steps(instance, place, service.mode, direction).is_empty()
    };
    (from.0, leg + 1, day) == to && idle(Direction::In) && idle(Direction::Out)
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
        held.filter(|&held| held > 0).map_or(0, |held| {
            divide_to_nearest(i128::from(size) * scale, held.into())
        })
    };
    let by_weight = part(product.weight.0, leg.unit.weight.map(|held| held.0));
    let by_volume = part(product.volume.0, leg.unit.volume.map(|held| held.0));
    by_weight.max(by_volume)
}

fn count_purchases(
    schedule: &mut Schedule<'_>,
    limit: &Limit,
    sales: &Sales<'_>,
    counts: &mut BTreeMap<i64, Count>,
    add: fn(&mut Count, i128, i128),
) {
    for key in sales.keys() {
        let Some(period) = period(schedule, limit, key) else {
            continue;
        };
        let Some(Sale { leg, space, .. }) = sales.of(schedule, key) else {
            continue;
        };
        if costs::charged_by_parcel(&leg.unit) {
            continue;
        }
        // millionths of units at their price, not yet rounded to be paid
        let amount = match limit.metric {
            Metric::Cost => space.units * i128::from(leg.unit.price.0),
            _ => space.units * PER_UNIT,
        };
        let is_chosen = chosen(schedule.instance, &limit.selector, key.0, leg);
        let chosen = if is_chosen { amount } else { 0 };
        add(counts.entry(period).or_default(), chosen, amount);
    }
}

/// What a limit comes to in a period, everything in the small unit of its metric × 10¹².
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Standing {
    pub(super) value: i128,
    /// The highest of the bounds from below; none after the planned weeks, when nobody is there to
    /// reach it.
    pub(super) least: Option<i128>,
    /// The lowest of the bounds from above.
    pub(super) most: Option<i128>,
    /// What `max` allows, and what counts there with what competes after the planned weeks.
    room: Option<(i128, i128)>,
    /// What is missing or too much, over all bounds.
    pub(super) broken: i128,
    /// The penalty, rounded up to a millionth.
    pub(super) cost: i128,
    /// The same with what competes after the planned weeks.
    cost_with_later: i128,
}

/// Where a limit stands.
fn standing(limit: &Limit, count: Count, planned: bool) -> Standing {
    let base = base(limit.metric);
    // between two small units a hard bound asks for the one that keeps it
    let step = match limit.penalty_per_unit {
        None => MILLION,
        Some(_) => 1,
    };
    let from = |bound: i64| ceiling(i128::from(bound) * base, step) * step * MILLION;
    let up_to = |bound: i64| (i128::from(bound) * base).div_euclid(step) * step * MILLION;
    let share = |share: i64| i128::from(share) * count.all;
    let value = count.chosen * MILLION;
    let below = [limit.min.map(from), limit.min_share.map(share)];
    let max = limit.max.map(up_to);
    let max_share = limit.max_share.map(share);
    let below: Vec<i128> = below.into_iter().flatten().filter(|_| planned).collect();
    let missing: i128 = below.iter().map(|bound| (bound - value).max(0)).sum();
    let beyond = |value: i128, bound: Option<i128>| bound.map_or(0, |bound| (value - bound).max(0));
    let shares = missing + beyond(value, max_share);
    let broken = shares + beyond(value, max);
    let room = count.room * MILLION;
    let penalty = i128::from(limit.penalty_per_unit.map_or(0, |penalty| penalty.0));
    let cost = |broken: i128| ceiling(penalty * ceiling(broken, MILLION), base * MILLION);
    Standing {
        value,
        least: below.into_iter().max(),
        most: max.into_iter().chain(max_share).min(),
        room: max.map(|max| (max, room)),
        broken,
        cost: cost(broken),
        cost_with_later: cost(shares + beyond(room, max)),
    }
}

/// The table `limits`, what it costs, and what it would with what competes after the planned weeks;
/// and hard limits that do not hold. `sales` are those to the planned weeks and to all.
pub(super) fn rows(
    schedule: &mut Schedule<'_>,
    shipments: &[Shipment],
    sales: (&Sales<'_>, &Sales<'_>),
    prices: &Prices,
    failures: &mut Failures,
) -> (Vec<ExpectedRow>, [i128; 2]) {
    let mut rows = Vec::new();
    let mut costs = [0; 2];
    for (index, limit) in schedule.instance.limits.iter().enumerate() {
        let mut counts = count(schedule, limit, shipments, sales);
        let periods = counted_periods(schedule.instance, limit);
        for period in 0..periods {
            counts.entry(period).or_default();
        }
        for (period, count) in counts {
            let is_counted = (0..periods).contains(&period);
            let standing = standing(limit, count, is_counted);
            let name = period_text(schedule, limit, period);
            costs[0] += standing.cost;
            costs[1] += standing.cost_with_later;
            if limit.penalty_per_unit.is_none() {
                check_hard(limit, &name, standing, failures);
            }
            if is_counted || count.chosen != 0 || count.all != 0 {
                let worth = prices.limit(index, period);
                rows.push(row(limit, name, standing, worth));
            }
        }
    }
    (rows, costs)
}

fn check_hard(limit: &Limit, period: &str, standing: Standing, failures: &mut Failures) {
    let key = format!("{}, {period}", limit.id);
    let at = At {
        table: "limits.csv",
        row: None,
        key: &key,
    };
    let base = base(limit.metric);
    let shown = |value: i128| divide_to_nearest(value, base * MILLION);
    let what = format!("{} of limit {key}", metric(limit.metric));
    let missed = standing.least.filter(|&least| standing.value < least);
    let passed = standing.most.filter(|&most| standing.value > most);
    for bound in missed.into_iter().chain(passed) {
        failures.add_broken(at.beyond("value", &what, shown(standing.value), shown(bound), 6));
    }
    let crowded = standing
        .room
        .filter(|&(max, room)| room > max && passed.is_none());
    if let Some((max, room)) = crowded {
        let what = format!("{what}, with what competes after the planned weeks,");
        failures.add_broken(at.beyond("value", &what, shown(room), shown(max), 6));
    }
}

fn row(limit: &Limit, period: String, standing: Standing, worth: Expected) -> ExpectedRow {
    let base = base(limit.metric);
    let millionths = |value: i128| divide_to_nearest(value, base * MILLION);
    let room = [
        standing.least.map(|least| standing.value - least),
        standing.most.map(|most| most - standing.value),
    ];
    let slack = room.into_iter().flatten().min().unwrap_or(0);
    ExpectedRow {
        key: vec![limit.id.clone(), period],
        cells: vec![
            ("metric", Expected::Text(metric(limit.metric).to_owned())),
            ("value", Expected::Number(millionths(standing.value), 6)),
            ("min", Expected::or_blank(standing.least.map(millionths), 6)),
            ("max", Expected::or_blank(standing.most.map(millionths), 6)),
            ("slack", Expected::Number(millionths(slack), 6)),
            (
                "violation",
                Expected::Number(millionths(standing.broken), 6),
            ),
            ("cost", Expected::Number(standing.cost, 6)),
            ("shadow_price_per_unit", worth),
        ],
        required: true,
    }
}

/// The word of a metric.
fn metric(metric: Metric) -> &'static str {
    match metric {
        Metric::Parcels => "parcels",
        Metric::Kg => "kg",
        Metric::M3 => "m3",
        Metric::TonneKm => "tonne_km",
        Metric::Units => "units",
        Metric::Cost => "cost",
        Metric::Co2eKg => "co2e_kg",
    }
}

/// How many periods the planned weeks have, and those that count with them.
fn counted_periods(instance: &Instance, limit: &Limit) -> i64 {
    let days = counted_days(instance);
    match limit.per {
        Period::Day => days,
        Period::Week => days / 7,
        Period::Horizon => 1,
    }
}

/// The name of a period: a day, the Monday of a week, or the horizon.
fn period_text(schedule: &Schedule<'_>, limit: &Limit, period: i64) -> String {
    match limit.per {
        Period::Day => schedule.calendar.day_text(period),
        Period::Week => schedule.calendar.day_text(period * 7),
        Period::Horizon => "horizon".to_owned(),
    }
}
