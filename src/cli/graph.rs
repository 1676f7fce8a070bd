//! `railair graph`

use std::collections::BTreeMap;
use std::fmt::Write as _;

use anstyle::Style;
use railair::instance::{Instance, Measure, PlaceId};
use railair::network::{self, Calendar, Cut, Network, Part, Point};
use railair::plan::{PlanError, measured, part_name};
use railair::report::grid::{BAD, BOLD, FAINT, GOOD, paint};
use railair::report::terminal::paragraph;

use super::arguments::Graph;
use super::choices::GraphFormat;
use super::exit::Failure;
use super::output;

/// Shows what the network hangs on, or draws it.
pub fn run(arguments: &Graph) -> Result<(), Failure> {
    let source = &arguments.source;
    let loaded = railair::instance::load(&source.instance, source.scenario.as_deref());
    let Some(instance) = loaded.instance else {
        return Err(PlanError::Instance(loaded.findings).into());
    };
    let calendar = Calendar::new(&instance);
    let network = network::expand(&instance, &calendar);
    match arguments.format {
        GraphFormat::Dot => output::print(&network::places_dot(&instance, &network)),
        GraphFormat::Geojson => output::print(&network::geojson(&instance, &network)),
        GraphFormat::Text => output::print(&text(&instance, &calendar, &network)),
    }
}

fn text(instance: &Instance, calendar: &Calendar, network: &Network) -> String {
    let mut out = format!(
        "{BOLD}{}: {} places, {} services, {} departures{BOLD:#}\n",
        instance.settings.name,
        instance.places.len(),
        instance.services.len(),
        network.departures.len()
    );
    out.push_str(&single_points(instance, network));
    out.push_str(&lines(instance, network));
    out.push_str(&narrowest(instance, calendar, network));
    out
}

fn id(instance: &Instance, place: PlaceId) -> &str {
    &instance.places[place.at()].id
}

/// What every way passes, origins with the same answer together.
fn single_points(instance: &Instance, network: &Network) -> String {
    let mut groups: BTreeMap<(&str, String), Vec<&str>> = BTreeMap::new();
    for dependence in network::dependences(instance, network) {
        let passes = match &dependence.passes {
            None => paint("no way at all", BAD),
            Some(points) if points.is_empty() => paint("nothing: there are several ways", GOOD),
            Some(points) => {
                let names: Vec<String> = points.iter().map(|&p| point(instance, p)).collect();
                names.join(" > ")
            }
        };
        let destination = id(instance, dependence.destination);
        let origins = groups.entry((destination, passes)).or_default();
        origins.push(id(instance, dependence.origin));
    }
    let mut out = paint("\nSingle points of failure: every way passes", BOLD) + "\n";
    for ((destination, passes), origins) in groups {
        let pairs = format!("{} to {destination}", origins.join(", "));
        out.push_str(&paragraph(&pairs, Style::new()));
        let _ = writeln!(out, "    {passes}");
    }
    out
}

fn point(instance: &Instance, point: Point) -> String {
    match point {
        Point::Place(place) => id(instance, place).to_owned(),
        Point::Leg(service, leg) => part_name(instance, Part::Leg(service, leg)),
    }
}

/// Lines without which the network falls apart.
fn lines(instance: &Instance, network: &Network) -> String {
    let bridges = network::bridges(instance, network);
    if bridges.is_empty() {
        return String::new();
    }
    let mut out = paint("\nLines that nothing runs beside", BOLD) + "\n";
    for bridge in bridges {
        let services: Vec<&str> = bridge
            .services
            .iter()
            .map(|service| instance.services[service.at()].id.as_str())
            .collect();
        let (one, other) = bridge.places;
        let _ = writeln!(
            out,
            "  {} – {}  {}",
            id(instance, one),
            id(instance, other),
            paint(&services.join(", "), FAINT)
        );
    }
    out
}

/// The minimum cut towards each destination.
fn narrowest(instance: &Instance, calendar: &Calendar, network: &Network) -> String {
    let mut out = paint("\nAt most, in the planned weeks", BOLD) + "\n";
    for reach in network::reaches(instance, calendar, network) {
        let destination = id(instance, reach.destination);
        let line = match &reach.cut {
            None => format!("to {destination}: no limit by {}", by(reach.measure)),
            Some(cut) => format!(
                "to {destination}: {} through {}",
                measured(reach.measure, cut.flow),
                parts(instance, reach.measure, cut)
            ),
        };
        out.push_str(&paragraph(&line, Style::new()));
    }
    out
}

fn parts(instance: &Instance, measure: Measure, cut: &Cut) -> String {
    let names: Vec<String> = cut
        .parts
        .iter()
        .map(|&(part, most)| {
            format!(
                "{} ({})",
                part_name(instance, part),
                measured(measure, most)
            )
        })
        .collect();
    names.join(", ")
}

fn by(measure: Measure) -> &'static str {
    match measure {
        Measure::Parcels => "parcels",
        Measure::Weight => "weight",
        Measure::Volume => "volume",
    }
}
