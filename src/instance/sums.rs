//! Sizes: what all rows together ask for must stay countable.

use std::collections::BTreeMap;

use super::codes::Code;
use super::findings::{Finding, Findings};
use super::model::{Commit, Horizon, Instance, Leg, Measure, Service, Settings, UNIT_SCALE};
use super::source::Texts;
use super::sums_of_limits;
use crate::units::DAY;

/// The most departures within the horizon and the weeks in which services run on.
const MOST_DEPARTURES: i64 = 2_000_000;
/// More days than any horizon and its tail have.
const DAYS: i128 = 10_000;
/// What a sum may reach; an `i64` holds nine times as much.
pub(super) const MOST: i128 = 1_000_000_000_000_000_000;

/// Reports rows from which on sums leave exact arithmetic, or departures become too many.
pub(super) fn check(instance: &Instance, texts: &Texts, findings: &mut Findings) {
    let totals = check_demand(instance, findings);
    check_departures(instance, findings);
    for service in &instance.services {
        for leg in &service.legs {
            check_leg(instance, service, leg, &totals, findings);
        }
    }
    check_minimums(instance, findings);
    sums_of_limits::check(instance, &totals, findings);
    check_handling(instance, &totals, findings);
    check_storage(instance, texts, &totals, findings);
}

/// What all demands weigh and measure together.
pub(super) struct Totals {
    pub parcels: i128,
    pub grams: i128,
    pub cm3: i128,
}

fn too_large(file: &str, row: usize, column: &'static str, what: &str) -> Finding {
    Finding::new(
        Code::SumTooLarge,
        format!("{what} leaves exact arithmetic"),
        "correct the number; it is far above anything carried",
    )
    .in_file(file)
    .in_row(row as u32)
    .in_column(column)
}

fn check_demand(instance: &Instance, findings: &mut Findings) -> Totals {
    let mut totals = Totals {
        parcels: 0,
        grams: 0,
        cm3: 0,
    };
    let mut cost = 0i128;
    for demand in &instance.demands {
        let product = &instance.products[demand.product.at()];
        let parcels = i128::from(demand.parcels.0);
        let late_days = i128::from(product.max_late.0 / DAY.0 + 1);
        let worst = i128::from(product.unserved_per_parcel.0)
            + i128::from(product.late_per_parcel_day.0) * late_days;
        totals.parcels += parcels;
        totals.grams += parcels * i128::from(product.weight.0);
        totals.cm3 += parcels * i128::from(product.volume.0);
        cost += parcels * worst;
        let sums = [
            (totals.grams, "the weight of all demand up to this row"),
            (totals.cm3, "the volume of all demand up to this row"),
            (
                cost,
                "the cost of leaving or delaying all demand up to this row",
            ),
        ];
        if let Some((_, what)) = sums.into_iter().find(|(sum, _)| *sum > MOST) {
            findings.push(too_large("demand.csv", demand.row, "parcels", what));
            return totals;
        }
    }
    totals
}

/// How many runs of a service start within the weeks and `run_on` days after them, or in the weeks
/// that count with them.
fn runs(service: &Service, settings: &Settings, run_on: i64) -> i64 {
    let per_week = service.days.iter().filter(|day| **day).count() as i64;
    if settings.horizon == Horizon::TypicalWeek {
        return per_week;
    }
    let days = |from: jiff::civil::Date, to: jiff::civil::Date| i64::from((to - from).get_days());
    let last = days_of_runs(settings, run_on) - 1;
    let from = service
        .dates
        .0
        .map_or(0, |first| days(settings.week_start, first).max(0));
    let to = service
        .dates
        .1
        .map_or(last, |date| days(settings.week_start, date).min(last));
    if to < from {
        return 0;
    }
    let count = to - from + 1;
    let rest = (0..count % 7)
        .filter(|day| service.days[((from + day) % 7) as usize])
        .count();
    count / 7 * per_week + rest as i64
}

/// Days on which runs start: those that count, and `run_on` days after the planned weeks.
pub(super) fn days_of_runs(settings: &Settings, run_on: i64) -> i64 {
    let counted = settings.days_of_runs().end.into();
    (i64::from(settings.weeks) * 7 + run_on).max(counted)
}

/// Days after the weeks in which their last releases may still travel.
pub(super) fn run_on_days(instance: &Instance) -> i64 {
    let longest = instance
        .products
        .iter()
        .map(|p| p.promise.0 + p.max_late.0)
        .max();
    longest.unwrap_or(0) / DAY.0 + 1
}

fn check_departures(instance: &Instance, findings: &mut Findings) {
    let run_on = run_on_days(instance);
    let mut departures = 0;
    for service in &instance.services {
        departures += runs(service, &instance.settings, run_on) * service.legs.len() as i64;
        if departures > MOST_DEPARTURES {
            findings.push(
                Finding::new(
                    Code::TooManyDepartures,
                    format!(
                        "up to service {} there are more than {MOST_DEPARTURES} departures",
                        service.id
                    ),
                    "plan fewer weeks at once, or leave out services",
                )
                .in_file("services.csv")
                .in_row(service.legs[0].row as u32)
                .in_column("days"),
            );
            return;
        }
    }
}

/// How many runs of a service there may be, those after the weeks included.
pub(super) fn all_runs(instance: &Instance, service: &Service) -> i128 {
    runs(service, &instance.settings, run_on_days(instance)).into()
}

/// Units, in millionths, that all demand would need on one departure.
pub(super) fn needed(leg: &Leg, totals: &Totals) -> i128 {
    let per = |total: i128, unit: i64| total * i128::from(UNIT_SCALE) / i128::from(unit.max(1)) + 1;
    let by_weight = leg
        .unit
        .weight
        .map_or(0, |weight| per(totals.grams, weight.0));
    let by_volume = leg
        .unit
        .volume
        .map_or(0, |volume| per(totals.cm3, volume.0));
    by_weight.max(by_volume).max(leg.unit.minimum.into())
}

fn check_leg(
    instance: &Instance,
    service: &Service,
    leg: &Leg,
    totals: &Totals,
    findings: &mut Findings,
) {
    let unit = &leg.unit;
    let limit = unit.limit.map(i128::from);
    let holds = unit
        .weight
        .map_or(0, |w| w.0)
        .max(unit.volume.map_or(0, |v| v.0));
    if let Some(limit) = limit
        && limit * i128::from(holds) / i128::from(UNIT_SCALE) > MOST
    {
        let what = "what all units of the departure hold";
        findings.push(too_large("services.csv", leg.row, "units", what));
    }
    let needed = needed(leg, totals);
    let bought = limit.map_or(needed, |limit| limit.min(needed));
    // what one departure needs, all of its commitment pay for
    let bought = match unit.commit {
        Commit::Departure => bought,
        Commit::Week | Commit::Horizon => bought * all_runs(instance, service),
    };
    if bought * i128::from(unit.price.0) / i128::from(UNIT_SCALE) > MOST {
        let what = "the price of all units that demand may need";
        findings.push(too_large("services.csv", leg.row, "price_per_unit", what));
    }
    // tonnes × km × g per tkm, in tonnes of CO₂e, times the price of one
    let tonnes = totals.grams as f64 / 1e6 * leg.km * leg.co2e_g_per_tkm / 1e6;
    if tonnes * instance.settings.co2e_price_per_t.0 as f64 > MOST as f64 {
        let what = "the price of the emissions of all demand";
        findings.push(too_large("services.csv", leg.row, "co2e_g_per_tkm", what));
    }
}

/// Units, in millionths, that a departure may pay for whatever little rides on it: its minimum, and
/// one whole unit that is not full.
pub(super) fn hardly_used(leg: &Leg) -> i128 {
    let unit = &leg.unit;
    let whole = if unit.whole { UNIT_SCALE } else { 0 };
    let units = i128::from(unit.minimum) + i128::from(whole);
    unit.limit.map_or(units, |limit| units.min(limit.into()))
}

fn check_minimums(instance: &Instance, findings: &mut Findings) {
    let mut cost = 0i128;
    for service in &instance.services {
        let runs = all_runs(instance, service);
        for leg in &service.legs {
            let units = hardly_used(leg);
            cost += units * i128::from(leg.unit.price.0) / i128::from(UNIT_SCALE) * runs;
            if cost > MOST {
                let what = "what departures cost that hardly anything rides on, up to this row,";
                let minimum = leg.unit.minimum > 0;
                let column = if minimum {
                    "min_units"
                } else {
                    "price_per_unit"
                };
                findings.push(too_large("services.csv", leg.row, column, what));
                return;
            }
        }
    }
}

fn check_handling(instance: &Instance, totals: &Totals, findings: &mut Findings) {
    for step in &instance.handling {
        // the price is per parcel, kilogram or cubic metre
        let (amount, per_unit) = match step.measure {
            Measure::Parcels => (totals.parcels, 1),
            Measure::Weight => (totals.grams / 1000 + 1, 1000),
            Measure::Volume => (totals.cm3 / 1_000_000 + 1, 1_000_000),
        };
        for tier in &step.tiers {
            // shifts are paid for whether there is work for them or not
            let capacity = tier.shift.and(tier.capacity).unwrap_or(0);
            let shifts = i128::from(capacity) * i128::from(tier.price.0) / per_unit * DAYS;
            if shifts > MOST {
                let what = "the price of all shifts";
                findings.push(too_large("handling.csv", tier.row, "price_per_unit", what));
            }
            if amount * i128::from(tier.price.0) > MOST {
                let what = "the price of handling all demand";
                findings.push(too_large("handling.csv", tier.row, "price_per_unit", what));
            }
        }
    }
}

fn check_storage(instance: &Instance, texts: &Texts, totals: &Totals, findings: &mut Findings) {
    let days = i128::from(run_on_days(instance));
    let dear: BTreeMap<&str, ()> = instance
        .places
        .iter()
        .filter(|place| {
            let price = i128::from(place.storage_per_m3_day.0);
            (totals.cm3 / 1_000_000 + 1) * days * price > MOST
        })
        .map(|place| (place.id.as_str(), ()))
        .collect();
    for (row, id) in texts.rows_of("places", "place") {
        if dear.contains_key(id) {
            let what = "the price of storing all demand";
            findings.push(too_large(
                "places.csv",
                row as usize,
                "storage_per_m3_day",
                what,
            ));
        }
    }
}
