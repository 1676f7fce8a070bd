//! Demand that nothing can carry in time, and why.

use petgraph::graph::NodeIndex;
use petgraph::visit::EdgeRef;

use super::calendar::Calendar;
use super::expand::expand_releases;
use super::model::{Activity, DepartureId, Network, Release};
use super::rules;
use crate::instance::{DemandId, Instance, Leg, PlaceId, ProductId, ServiceId};
use crate::units::{Minutes, Parcels, WEEK};

/// How much longer than allowed is looked for a delivery, to say by how much it misses.
const LONGER: Minutes = Minutes(12 * WEEK.0);

/// Releases of a demand that nothing can carry in time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stranded {
    /// Which demand.
    pub demand: DemandId,
    /// How many of its parcels.
    pub parcels: Parcels,
    /// Why, for the first of its releases.
    pub reason: Reason,
}

/// Why nothing can carry a release in time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// No service leaves its origin.
    NothingLeaves,
    /// Services leave, but no chain of them leads to the destination.
    NoConnection,
    /// A chain of services leads there, but not on days on which they run.
    NoDeparture,
    /// The earliest delivery misses the latest time by this much.
    TooLate(Minutes),
    /// It could be in time, but these rows of `rules` forbid what it would use.
    Forbidden(Vec<usize>),
}

/// The planned releases that nothing can carry in time, by demand.
pub fn stranded(instance: &Instance, calendar: &Calendar, network: &Network) -> Vec<Stranded> {
    let pairs = network.releases.iter().zip(hopeless(instance, network));
    let mut lost: Vec<Release> = pairs
        .filter(|(release, hopeless)| release.reported && *hopeless)
        .map(|(release, _)| *release)
        .collect();
    lost.sort_by_key(|release| (release.demand, release.time));
    let mut found: Vec<(Stranded, Release)> = Vec::new();
    for release in lost {
        match found.last_mut() {
            Some((last, _)) if last.demand == release.demand => last.parcels += release.parcels,
            _ => {
                let stranded = Stranded {
                    demand: release.demand,
                    parcels: release.parcels,
                    reason: Reason::NoDeparture,
                };
                found.push((stranded, release));
            }
        }
    }
    if found.is_empty() {
        return Vec::new();
    }
    // All of them again with more time, to see what they miss.
    let patient = found.iter().map(|(_, release)| Release {
        latest: release.latest + LONGER,
        ..*release
    });
    let longer = expand_releases(instance, calendar, patient.collect());
    for (stranded, release) in &mut found {
        let node = longer.releases.iter().find(|r| r.demand == release.demand);
        if let Some(patient) = node {
            stranded.reason = reason(instance, &longer, release, patient.node);
        }
    }
    found.into_iter().map(|(stranded, _)| stranded).collect()
}

/// For each release, whether it cannot be delivered in time.
pub(super) fn hopeless(instance: &Instance, network: &Network) -> Vec<bool> {
    let mut groups: Vec<(ProductId, PlaceId)> = network
        .releases
        .iter()
        .map(|release| {
            let demand = &instance.demands[release.demand.at()];
            (demand.product, demand.destination)
        })
        .collect();
    groups.sort_unstable();
    groups.dedup();
    // Products under the same rules share a sweep.
    let mut hopeless = vec![false; network.releases.len()];
    let mut swept: Vec<(Vec<bool>, PlaceId, Vec<Option<Minutes>>)> = Vec::new();
    let mut sweep_of = Vec::with_capacity(groups.len());
    for &(product, destination) in &groups {
        let allowed = allowed_departures(instance, network, product);
        let known = swept
            .iter()
            .position(|(rules, place, _)| *place == destination && *rules == allowed);
        let index = known.unwrap_or_else(|| {
            let earliest = earliest(network, destination, |id| allowed[id.at()]);
            swept.push((allowed, destination, earliest));
            swept.len() - 1
        });
        sweep_of.push(index);
    }
    for (release, hopeless) in network.releases.iter().zip(&mut hopeless) {
        let demand = &instance.demands[release.demand.at()];
        let group = (demand.product, demand.destination);
        let index = sweep_of[groups.partition_point(|&g| g < group)];
        let delivered = swept[index].2[release.node.index()];
        *hopeless = delivered.is_none_or(|time| time > release.latest);
    }
    hopeless
}

fn allowed_departures(instance: &Instance, network: &Network, product: ProductId) -> Vec<bool> {
    let by_leg: Vec<Vec<bool>> = (0u32..)
        .zip(&instance.services)
        .map(|(index, service)| {
            let may = |leg| rules::is_allowed(instance, product, ServiceId(index), leg);
            service.legs.iter().map(may).collect()
        })
        .collect();
    let departures = network.departures.iter();
    departures
        .map(|d| by_leg[d.service.at()][d.leg as usize])
        .collect()
}

/// The earliest delivery at a destination from every node.
fn earliest(
    network: &Network,
    destination: PlaceId,
    allowed: impl Fn(DepartureId) -> bool,
) -> Vec<Option<Minutes>> {
    let graph = &network.graph;
    let mut earliest: Vec<Option<Minutes>> = graph
        .node_weights()
        .map(|node| node.is_delivered(destination).then_some(node.time))
        .collect();
    for edge in graph.raw_edges().iter().rev() {
        if let Activity::Ride { departure, .. } = &edge.weight
            && !allowed(*departure)
        {
            continue;
        }
        let ahead = earliest[edge.target().index()];
        let entry = &mut earliest[edge.source().index()];
        *entry = match (*entry, ahead) {
            (Some(own), Some(ahead)) => Some(own.min(ahead)),
            (own, ahead) => own.or(ahead),
        };
    }
    earliest
}

fn reason(instance: &Instance, longer: &Network, release: &Release, start: NodeIndex) -> Reason {
    let demand = &instance.demands[release.demand.at()];
    let allowed = allowed_departures(instance, longer, demand.product);
    let lawful = earliest(longer, demand.destination, |id| allowed[id.at()])[start.index()];
    let any = earliest(longer, demand.destination, |_| true);
    match (lawful, any[start.index()]) {
        (_, Some(time)) if time <= release.latest => {
            Reason::Forbidden(rows_on_way(instance, longer, &any, start, demand.product))
        }
        (Some(time), _) => Reason::TooLate(time - release.latest),
        (None, Some(_)) => {
            Reason::Forbidden(rows_on_way(instance, longer, &any, start, demand.product))
        }
        (None, None) => without_time(instance, demand.origin, demand.destination),
    }
}

/// The rules that forbid departures on the earliest way.
fn rows_on_way(
    instance: &Instance,
    network: &Network,
    earliest: &[Option<Minutes>],
    start: NodeIndex,
    product: ProductId,
) -> Vec<usize> {
    let mut rows = Vec::new();
    let mut at = start;
    while let Some(edge) = network
        .graph
        .edges(at)
        .filter(|edge| earliest[edge.target().index()] == earliest[at.index()])
        .min_by_key(|edge| edge.target())
    {
        if let Activity::Ride { departure, .. } = edge.weight() {
            let departure = &network.departures[departure.at()];
            let service = departure.service;
            let leg = &instance.services[service.at()].legs[departure.leg as usize];
            let rule = rules::deciding_rule(instance, product, service, leg);
            rows.extend(rule.filter(|rule| !rule.allowed).map(|rule| rule.row));
        }
        at = edge.target();
    }
    rows.sort_unstable();
    rows.dedup();
    rows
}

/// Why no time is enough.
fn without_time(instance: &Instance, origin: PlaceId, destination: PlaceId) -> Reason {
    let legs = || instance.services.iter().flat_map(|service| &service.legs);
    if !legs().any(|leg| leg.origin == origin) {
        return Reason::NothingLeaves;
    }
    let mut reached = vec![false; instance.places.len()];
    reached[origin.at()] = true;
    loop {
        let new: Vec<&Leg> = legs()
            .filter(|leg| reached[leg.origin.at()] && !reached[leg.destination.at()])
            .collect();
        if new.is_empty() {
            break;
        }
        for leg in new {
            reached[leg.destination.at()] = true;
        }
    }
    if reached[destination.at()] {
        Reason::NoDeparture
    } else {
        Reason::NoConnection
    }
}
