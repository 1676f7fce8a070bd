//! What the network shows to be wrong or doubtful with an instance, as findings.

use std::collections::BTreeMap;

use super::aggregate::Part;
use super::bottleneck::{Bottleneck, bottlenecks};
use super::calendar::Calendar;
use super::model::Network;
use super::names::Names;
use super::reach::{Reason, Stranded, stranded};
use crate::instance::{Code, Finding, Findings, Instance, Measure};
use crate::units::{CubicCentimetres, Grams, Parcels};

/// Capacities of a cut that a message names; the rest are counted.
const NAMED: usize = 6;

/// Demand that nothing can carry in time, and more demand than capacity.
pub fn check(instance: &Instance, calendar: &Calendar, network: &Network) -> Findings {
    let mut findings = Findings::new();
    let names = Names {
        instance,
        calendar,
        network,
    };
    // A row with a blank week is a demand in every week: it is told once.
    let mut by_row: BTreeMap<usize, (Stranded, usize)> = BTreeMap::new();
    for found in stranded(instance, calendar, network) {
        let row = instance.demands[found.demand.at()].row;
        let entry = by_row.entry(row).or_insert_with(|| {
            let first = Stranded {
                parcels: Parcels::ZERO,
                ..found.clone()
            };
            (first, 0)
        });
        entry.0.parcels += found.parcels;
        entry.1 += 1;
    }
    for (row, (found, weeks)) in by_row {
        findings.push(of_stranded(instance, row, &found, weeks));
    }
    for found in bottlenecks(instance, network) {
        findings.push(of_bottleneck(&names, &found));
    }
    findings
}

fn of_stranded(instance: &Instance, row: usize, found: &Stranded, weeks: usize) -> Finding {
    let demand = &instance.demands[found.demand.at()];
    let place = |id: crate::instance::PlaceId| &instance.places[id.at()].id;
    let (origin, destination) = (place(demand.origin), place(demand.destination));
    let product = &instance.products[demand.product.at()].id;
    let (reason, remedy) = match &found.reason {
        Reason::NothingLeaves => (
            format!("no service leaves {origin}"),
            format!("add a service from {origin}"),
        ),
        Reason::NoConnection => (
            format!("no chain of services leads from {origin} to {destination}"),
            "add the service that is missing on the way".to_owned(),
        ),
        Reason::NoDeparture => (
            "services lead there, but do not run in time".to_owned(),
            "extend their days, first_date and last_date, or allow more time".to_owned(),
        ),
        Reason::TooLate(by) => (
            format!(
                "the earliest delivery comes {} h after promise_hours and max_late_hours",
                hours(by.0)
            ),
            "allow more time, or add a faster service".to_owned(),
        ),
        Reason::Forbidden(rows) => {
            let rows: Vec<String> = rows.iter().map(usize::to_string).collect();
            (
                format!("rules forbid it (row {} of rules)", rows.join(", ")),
                "allow a service that is in time".to_owned(),
            )
        }
    };
    let when = if weeks == 1 {
        format!("in week {}", demand.week)
    } else {
        format!("in {weeks} weeks")
    };
    let message = format!(
        "nothing can carry {} parcels of {product} from {origin} to {destination} {when}: {reason}",
        found.parcels
    );
    Finding::new(Code::NothingInTime, message, remedy)
        .in_file("demand.csv")
        .in_row(row as u32)
}

fn of_bottleneck(names: &Names, found: &Bottleneck) -> Finding {
    let instance = names.instance;
    let whose = found.product.map_or(String::new(), |product| {
        format!(" of {}", instance.products[product.at()].id)
    });
    let amount = |value: i64| amount(found.measure, value);
    let scarce: Vec<String> = found
        .cut
        .iter()
        .filter_map(|(part, capacity)| match part {
            Part::Leg(service, leg) => {
                let service = &instance.services[service.at()];
                let leg = &service.legs[*leg as usize];
                let place = |id: crate::instance::PlaceId| &instance.places[id.at()].id;
                let (from, to) = (place(leg.origin), place(leg.destination));
                Some(format!("{} {from}-{to} {}", service.id, amount(*capacity)))
            }
            Part::Step(step) => Some(format!("{} {}", names.step(*step), amount(*capacity))),
            Part::Origin(_) | Part::Destination(_) => None,
        })
        .collect();
    let more = scarce.len().saturating_sub(NAMED);
    let mut listed = scarce[..scarce.len() - more].join(", ");
    if more > 0 {
        listed.push_str(&format!(" and {more} more"));
    }
    let message = format!(
        "{}{whose} released in week {} ask for more than the {} that can be carried in time; the bottleneck: {listed}",
        amount(found.demand),
        found.week,
        amount(found.capacity),
    );
    Finding::new(
        Code::MoreDemandThanCapacity,
        message,
        "add capacity there, or expect parcels to stay behind",
    )
    .in_file("demand.csv")
}

fn amount(measure: Measure, value: i64) -> String {
    match measure {
        Measure::Parcels => format!("{value} parcels"),
        Measure::Weight => format!("{} kg", Grams(value).kg().round()),
        Measure::Volume => format!(
            "{} m3",
            (CubicCentimetres(value).m3() * 10.0).round() / 10.0
        ),
    }
}

/// Minutes as hours with one decimal, rounded up so that a minute too late is not nothing.
fn hours(minutes: i64) -> String {
    let tenths = (minutes + 5).div_euclid(6);
    if tenths % 10 == 0 {
        (tenths / 10).to_string()
    } else {
        format!("{}.{}", tenths / 10, tenths % 10)
    }
}
