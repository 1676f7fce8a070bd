//! Hand-worked networks.

mod enumeration;
mod events;
mod reach;
mod timing;

use super::{Activity, Calendar, Network, expand};
use crate::instance::Instance;
use crate::units::Minutes;
use petgraph::graph::NodeIndex;
use petgraph::visit::EdgeRef;

/// The network of an instance; every edge leads forward.
fn network(instance: &Instance) -> (Calendar, Network) {
    let calendar = Calendar::new(instance);
    let network = expand(instance, &calendar);
    for edge in network.graph.raw_edges() {
        assert!(edge.source() < edge.target());
        let (tail, head) = (network.graph[edge.source()], network.graph[edge.target()]);
        assert!(tail.time <= head.time);
    }
    (calendar, network)
}

/// Every way of a release to its destination in time, as the services and steps on it, with the
/// local time of delivery; the earliest first. A ride that is marked as the main haul ends in `!`.
fn ways(instance: &Instance, release: usize) -> Vec<String> {
    let (calendar, network) = network(instance);
    let mut found = Vec::new();
    let start = network.releases[release].node;
    walk(
        instance,
        &calendar,
        &network,
        release,
        start,
        &mut Vec::new(),
        &mut found,
    );
    found.sort();
    found.into_iter().map(|(_, way)| way).collect()
}

fn walk(
    instance: &Instance,
    calendar: &Calendar,
    network: &Network,
    release: usize,
    at: NodeIndex,
    so_far: &mut Vec<String>,
    found: &mut Vec<(Minutes, String)>,
) {
    let release_data = &network.releases[release];
    let node = network.graph[at];
    let destination = instance.demands[release_data.demand.at()].destination;
    if node.time > release_data.latest {
        return;
    }
    if node.is_delivered(destination) {
        let delivered = calendar.text(destination, node.time);
        let way = format!("{} = {delivered}", so_far.join(" > "));
        found.push((node.time, way));
        return;
    }
    let names = super::Names {
        instance,
        calendar,
        network,
    };
    for edge in network.graph.edges(at) {
        let name = match edge.weight() {
            Activity::Ride {
                departure,
                weeks_later,
                main,
            } => {
                let mark = if *main { "!" } else { "" };
                let name = names.departure(*departure, *weeks_later);
                Some(format!("{name}{mark}"))
            }
            Activity::Handle { bucket } => Some(names.bucket(*bucket)),
            _ => None,
        };
        let length = so_far.len();
        so_far.extend(name);
        walk(
            instance,
            calendar,
            network,
            release,
            edge.target(),
            so_far,
            found,
        );
        so_far.truncate(length);
    }
}
