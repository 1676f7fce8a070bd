//! What the network of places depends on, whatever the time.

use std::collections::{BTreeMap, BTreeSet};

use petgraph::algo::dominators::simple_fast;
use petgraph::graph::{DiGraph, NodeIndex, UnGraph};

use super::aggregate::{Aggregate, Cut, Selection, UNLIMITED};
use super::calendar::Calendar;
use super::chains::Chains;
use super::model::Network;
use crate::instance::{Instance, Measure, PlaceId, ServiceId};

/// What every way from an origin to a destination passes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dependence {
    /// From where.
    pub origin: PlaceId,
    /// To where.
    pub destination: PlaceId,
    /// The places and legs that all ways have in common, in order of travel; `None` where there is
    /// no way at all.
    pub passes: Option<Vec<Point>>,
}

/// Something that a way passes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Point {
    /// A place.
    Place(PlaceId),
    /// A leg of a service, from 0.
    Leg(ServiceId, u32),
}

/// Two places that only one line joins: without it, what lies on one side cannot reach the other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bridge {
    /// The places, the lower first.
    pub places: (PlaceId, PlaceId),
    /// The services that run between them, in either direction.
    pub services: Vec<ServiceId>,
}

/// How much can reach a destination at most, and what stops more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reach {
    /// Where to.
    pub destination: PlaceId,
    /// What is counted.
    pub measure: Measure,
    /// The minimum cut over the planned weeks, in parcels, grams, or cubic centimetres; `None`
    /// where nothing limits it.
    pub cut: Option<Cut>,
}

/// The single points of failure of every origin towards every destination it sends to.
///
/// A point is one where every way passes it: a dominator of the destination in the graph of places
/// and legs (Cooper, Harvey and Kennedy 2001, as `petgraph` implements it).
pub fn dependences(instance: &Instance, network: &Network) -> Vec<Dependence> {
    let legs = running_legs(network);
    let mut graph: DiGraph<Point, ()> = DiGraph::new();
    for index in 0..instance.places.len() {
        graph.add_node(Point::Place(PlaceId(index as u32)));
    }
    for &(service, number) in &legs {
        let leg = &instance.services[service.at()].legs[number as usize];
        let on = graph.add_node(Point::Leg(service, number));
        graph.add_edge(node(leg.origin), on, ());
        graph.add_edge(on, node(leg.destination), ());
    }
    let mut found = Vec::new();
    for (origin, destinations) in pairs(instance) {
        let tree = simple_fast(&graph, node(origin));
        for destination in destinations {
            let passes = tree.strict_dominators(node(destination)).map(|dominators| {
                let mut points: Vec<Point> = dominators
                    .filter(|&point| point != node(origin))
                    .map(|point| graph[point])
                    .collect();
                points.reverse();
                points
            });
            found.push(Dependence {
                origin,
                destination,
                passes,
            });
        }
    }
    found
}

/// The pairs of places whose line is the only link between two parts of the network, whatever its
/// direction: bridges of the undirected graph (`petgraph::algo::bridges`, after Tarjan 1974).
pub fn bridges(instance: &Instance, network: &Network) -> Vec<Bridge> {
    let mut lines: BTreeMap<(PlaceId, PlaceId), BTreeSet<ServiceId>> = BTreeMap::new();
    for (service, number) in running_legs(network) {
        let leg = &instance.services[service.at()].legs[number as usize];
        let ends = (
            leg.origin.min(leg.destination),
            leg.origin.max(leg.destination),
        );
        lines.entry(ends).or_default().insert(service);
    }
    let mut graph: UnGraph<(), ()> = UnGraph::default();
    for _ in 0..instance.places.len() {
        graph.add_node(());
    }
    let ends: Vec<(PlaceId, PlaceId)> = lines.keys().copied().collect();
    for &(one, other) in &ends {
        graph.add_edge(node(one), node(other), ());
    }
    let mut found: Vec<Bridge> = petgraph::algo::bridges(&graph)
        .map(|edge| {
            let places = ends[petgraph::visit::EdgeRef::id(&edge).index()];
            Bridge {
                places,
                services: lines[&places].iter().copied().collect(),
            }
        })
        .collect();
    found.sort_by_key(|bridge| bridge.places);
    found
}

/// How much the planned weeks can carry to each destination from all the origins that send there,
/// by weight, volume and parcels, as if it had the network to itself.
pub fn reaches(instance: &Instance, calendar: &Calendar, network: &Network) -> Vec<Reach> {
    let chains = Chains::new(instance);
    let mut selection = Selection::nothing(network);
    for (index, departure) in network.departures.iter().enumerate() {
        selection.departures[index] = departure.reported;
    }
    let weeks = instance.settings.weeks as i32;
    for (index, bucket) in network.buckets.iter().enumerate() {
        let place = instance.handling[bucket.step.at()].place;
        let week = calendar.week(place, bucket.start);
        selection.buckets[index] = (0..weeks).contains(&week);
    }
    let mut origins: BTreeMap<PlaceId, BTreeSet<PlaceId>> = BTreeMap::new();
    for (origin, destinations) in pairs(instance) {
        for destination in destinations {
            origins.entry(destination).or_default().insert(origin);
        }
    }
    let mut found = Vec::new();
    for (destination, origins) in origins {
        for measure in [Measure::Weight, Measure::Volume, Measure::Parcels] {
            let mut aggregate = Aggregate::new(instance, network, &chains, &selection, measure);
            for &origin in &origins {
                aggregate.supply(origin, UNLIMITED);
            }
            aggregate.ask(destination, UNLIMITED);
            found.push(Reach {
                destination,
                measure,
                cut: aggregate.minimum_cut(),
            });
        }
    }
    found
}

/// The legs that run at least once, ascending.
pub(super) fn running_legs(network: &Network) -> BTreeSet<(ServiceId, u32)> {
    let departures = network.departures.iter();
    departures.map(|d| (d.service, d.leg)).collect()
}

/// Origins and where they send parcels.
fn pairs(instance: &Instance) -> BTreeMap<PlaceId, BTreeSet<PlaceId>> {
    let mut pairs: BTreeMap<PlaceId, BTreeSet<PlaceId>> = BTreeMap::new();
    for demand in &instance.demands {
        pairs
            .entry(demand.origin)
            .or_default()
            .insert(demand.destination);
    }
    pairs
}

fn node(place: PlaceId) -> NodeIndex {
    NodeIndex::new(place.at())
}
