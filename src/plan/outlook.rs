//! What is plain before any plan: demand that nothing can carry in time, and more demand than
//! capacity, as findings about the instance.

use std::collections::BTreeMap;
use std::path::Path;

use crate::instance::{self, Code, Finding, Instance, Limit, Loaded, Measure, PlaceId};
use crate::network::{self, Activity, Bottleneck, Calendar, Network, Part, Reason, Stranded};
use crate::units::Parcels;

use super::words;

/// Reads and checks an instance like [`instance::load`], and then looks at its network: what
/// cannot arrive in time (W801), where there is more demand than capacity (W802), and which limits
/// count main hauls by default (W803).
pub fn check(path: &Path, scenario: Option<&str>) -> Loaded {
    let mut loaded = instance::load(path, scenario);
    if let Some(instance) = &loaded.instance {
        let calendar = Calendar::new(instance);
        let network = network::expand(instance, &calendar);
        let all = network::stranded(instance, &calendar, &network);
        for (stranded, weeks) in by_row(instance, all) {
            let finding = nothing_in_time(instance, &stranded, weeks);
            loaded.findings.push(finding);
        }
        for bottleneck in network::bottlenecks(instance, &network) {
            loaded.findings.push(too_little(instance, &bottleneck));
        }
        if let Some(finding) = counted_once(instance, &network) {
            loaded.findings.push(finding);
        }
        if instance::is_workbook(path) {
            loaded.findings.name_sheets();
        }
        loaded.findings.sort();
    }
    loaded
}

/// A row with a blank week is a demand in every week: it is told once for each reason, with how
/// many weeks.
fn by_row(instance: &Instance, all: Vec<Stranded>) -> Vec<(Stranded, usize)> {
    let mut by_row: BTreeMap<usize, Vec<(Stranded, usize)>> = BTreeMap::new();
    for found in all {
        let row = instance.demands[found.demand.at()].row;
        let told = by_row.entry(row).or_default();
        match told.iter_mut().find(|(own, _)| own.reason == found.reason) {
            Some((first, weeks)) => {
                first.parcels += found.parcels;
                *weeks += 1;
            }
            None => told.push((found, 1)),
        }
    }
    by_row.into_values().flatten().collect()
}

fn nothing_in_time(instance: &Instance, stranded: &Stranded, weeks: usize) -> Finding {
    let demand = &instance.demands[stranded.demand.at()];
    let when = match weeks {
        1 => format!("week {}", demand.week),
        weeks => format!("{weeks} weeks"),
    };
    let message = format!(
        "{} of {} from {} to {} in {when} cannot be carried in time: {}",
        parcels(stranded.parcels),
        instance.products[demand.product.at()].id,
        instance.places[demand.origin.at()].id,
        instance.places[demand.destination.at()].id,
        why(
            instance,
            demand.origin,
            demand.destination,
            &stranded.reason
        )
    );
    let remedy = match stranded.reason {
        Reason::NothingLeaves | Reason::NoConnection => "add the service that is missing",
        Reason::NoDeparture => "look at the days and dates of the services",
        Reason::TooLate(_) => "look at max_late_hours, or add a faster service",
        Reason::Forbidden(_) => "look at the rules, or add a service that they allow",
    };
    let row = u32::try_from(demand.row).unwrap_or(u32::MAX);
    Finding::new(Code::NothingInTime, message, remedy)
        .in_file("demand.csv")
        .in_row(row)
}

/// Why nothing can carry something in time, in a planner's words.
pub fn why(instance: &Instance, origin: PlaceId, destination: PlaceId, reason: &Reason) -> String {
    let place = |id: PlaceId| &instance.places[id.at()].id;
    match reason {
        Reason::NothingLeaves => format!("no service leaves {}", place(origin)),
        Reason::NoConnection => format!("no chain of services leads to {}", place(destination)),
        Reason::NoDeparture => "no departure runs in time".to_owned(),
        Reason::TooLate(by) => format!(
            "the earliest delivery is {} later than the latest that counts",
            words::span(*by)
        ),
        Reason::Forbidden(rows) => {
            let rows: Vec<String> = rows.iter().map(ToString::to_string).collect();
            let noun = if rows.len() == 1 { "row" } else { "rows" };
            format!("the table rules forbids it ({noun} {})", rows.join(", "))
        }
    }
}

/// The limits that count main hauls without saying so, where that makes a difference.
fn counted_once(instance: &Instance, network: &Network) -> Option<Finding> {
    let by_default = |limit: &&Limit| limit.counts.is_none() && limit.counts_main_hauls();
    let limits: Vec<&Limit> = instance.limits.iter().filter(by_default).collect();
    let first = limits.first()?;
    let mut edges = network.graph.edge_weights();
    if !edges.any(|edge| matches!(edge, Activity::Ride { main: false, .. })) {
        return None;
    }
    let names: Vec<String> = limits.iter().map(|limit| limit.id.clone()).collect();
    let (noun, verb) = match names.len() {
        1 => ("limit", "counts"),
        _ => ("limits", "count"),
    };
    let message = format!(
        "{noun} {} {verb} each parcel once, on the leg of its way with the most km, as `counts` is blank",
        listed(&names)
    );
    let remedy = "write `main` where that is meant, or `aboard` to count every leg";
    let finding = Finding::new(Code::CountsMainHauls, message, remedy).in_file("limits.csv");
    let row = u32::try_from(first.row).unwrap_or(u32::MAX);
    Some(finding.in_row(row))
}

fn too_little(instance: &Instance, bottleneck: &Bottleneck) -> Finding {
    let what = match bottleneck.product {
        Some(product) => format!(" of {}", instance.products[product.at()].id),
        None => String::new(),
    };
    let amount = |amount: i64| measured(bottleneck.measure, amount);
    let cut: Vec<String> = bottleneck
        .cut
        .iter()
        .filter(|(part, _)| matches!(part, Part::Leg(..) | Part::Step(_)))
        .map(|&(part, capacity)| format!("{} ({})", part_name(instance, part), amount(capacity)))
        .collect();
    let message = format!(
        "week {} releases {}{what}, but at most {} can be carried: {} {} in the way",
        bottleneck.week,
        amount(bottleneck.demand),
        amount(bottleneck.capacity),
        listed(&cut),
        if cut.len() == 1 { "is" } else { "are" }
    );
    Finding::new(
        Code::MoreDemandThanCapacity,
        message,
        "add capacity there, or expect parcels to stay behind",
    )
    .in_file("demand.csv")
}

/// At most six of them, and how many more.
fn listed(items: &[String]) -> String {
    match items.len() {
        0..=6 => items.join(", "),
        more => format!("{} and {} more", items[..6].join(", "), more - 6),
    }
}

/// What a part of a cut is called.
pub fn part_name(instance: &Instance, part: Part) -> String {
    let place = |id: PlaceId| &instance.places[id.at()].id;
    match part {
        Part::Leg(service, leg) => {
            let service = &instance.services[service.at()];
            match service.legs.len() {
                1 => service.id.clone(),
                _ => format!("{}/{}", service.id, leg + 1),
            }
        }
        Part::Step(step) => {
            let step = &instance.handling[step.at()];
            format!("{} at {}", step.name, place(step.place))
        }
        Part::Origin(id) => format!("what starts at {}", place(id)),
        Part::Destination(id) => format!("what ends at {}", place(id)),
    }
}

/// An amount with its unit, for people.
pub fn measured(measure: Measure, amount: i64) -> String {
    match measure {
        Measure::Parcels => parcels(Parcels(amount)),
        Measure::Weight => format!("{} t", thousands(amount)),
        Measure::Volume => format!("{} m³", thousands(amount)),
    }
}

/// Millions of small units with one decimal, thousands separated.
fn thousands(amount: i64) -> String {
    let tenths = (amount + 50_000) / 100_000;
    format!("{}.{}", separated(tenths / 10), tenths % 10)
}

/// A number that is not negative, thousands separated.
pub(super) fn separated(number: i64) -> String {
    match number {
        0..1000 => number.to_string(),
        _ => format!("{},{:03}", separated(number / 1000), number % 1000),
    }
}

fn parcels(parcels: Parcels) -> String {
    let noun = if parcels.0 == 1 { "parcel" } else { "parcels" };
    format!("{} {noun}", separated(parcels.0))
}
