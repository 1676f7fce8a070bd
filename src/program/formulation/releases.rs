//! Classes, sinks and releases.

use std::collections::{BTreeSet, HashMap};

use super::Class;
use super::build::Builder;
use super::costs;
use crate::instance::{Demand, Instance, PlaceId, ProductId};
use crate::network::{Activity, Network};
use crate::program::{self, Sink};
use crate::units::Minutes;

/// The classes that the releases of a network need, ascending.
pub(super) fn classes(instance: &Instance, network: &Network) -> Vec<Class> {
    let finer = Finer::new(instance, network);
    let releases: BTreeSet<_> = (network.releases.iter())
        .map(|release| (release.demand, release.reported))
        .collect();
    let classes: BTreeSet<Class> = releases
        .into_iter()
        .map(|(demand, reported)| finer.class(&instance.demands[demand.at()], reported))
        .collect();
    classes.into_iter().collect()
}

/// What tells releases of one product apart.
struct Finer {
    origins: BTreeSet<PlaceId>,
    destinations: BTreeSet<PlaceId>,
    later: bool,
}

impl Finer {
    fn new(instance: &Instance, network: &Network) -> Self {
        let limits = &instance.limits;
        let named = limits.iter().filter_map(|limit| limit.destination);
        let mut destinations: BTreeSet<PlaceId> = named.collect();
        // riding more keeps these
        let rewards = limits.iter().any(|limit| {
            limit.min.is_some() || limit.min_share.is_some() || limit.max_share.is_some()
        });
        if rewards {
            let loads = network.graph.raw_edges().iter();
            let loads = loads.filter(|edge| matches!(edge.weight, Activity::Load { .. }));
            let left: BTreeSet<PlaceId> = loads
                .map(|edge| network.graph[edge.source()].place)
                .collect();
            let wanted = instance.demands.iter().map(|demand| demand.destination);
            destinations.extend(wanted.filter(|place| left.contains(place)));
        }
        Self {
            origins: limits.iter().filter_map(|limit| limit.origin).collect(),
            destinations,
            later: rewards,
        }
    }

    fn class(&self, demand: &Demand, reported: bool) -> Class {
        let named = |places: &BTreeSet<PlaceId>, place| places.contains(&place).then_some(place);
        Class {
            product: demand.product,
            origin: named(&self.origins, demand.origin),
            destination: named(&self.destinations, demand.destination),
            later: self.later && !reported,
        }
    }
}

/// Adds releases, and a sink for those of one product, destination, due and latest time.
pub(super) fn add(builder: &mut Builder) {
    let network = builder.network;
    let instance = builder.instance;
    let finer = Finer::new(instance, network);
    let ready = ready_nodes(instance, network);
    let mut sinks: HashMap<(PlaceId, ProductId, Minutes, Minutes), (u32, Minutes)> = HashMap::new();
    let mut keys = Vec::new();
    for release in &network.releases {
        let demand = &instance.demands[release.demand.at()];
        let product = &instance.products[demand.product.at()];
        let key = (
            demand.destination,
            demand.product,
            release.due,
            release.latest,
        );
        let sink = sinks.entry(key).or_insert_with(|| {
            keys.push(key);
            (keys.len() as u32 - 1, release.time)
        });
        sink.1 = sink.1.min(release.time);
        let class = finer.class(demand, release.reported);
        let class = builder.classes.binary_search(&class);
        builder.program.releases.push(program::Release {
            // Classes were collected from these releases.
            class: class.unwrap_or_default() as u32,
            origin: release.node.index() as u32,
            sink: sink.0,
            quantity: release.parcels.0,
            unserved_cost: Some(product.unserved_per_parcel.0),
        });
    }
    for key in keys {
        let (destination, product, due, latest) = key;
        let product = &instance.products[product.at()];
        let (_, from) = sinks[&key];
        let nodes = &ready[destination.at()];
        let first = nodes.partition_point(|&(_, time)| time < from);
        let ends = nodes[first..]
            .iter()
            .take_while(|&&(_, time)| time <= latest)
            .map(|&(node, time)| (node, costs::lateness(product, due, time).0))
            .collect();
        builder.program.sinks.push(Sink { ends });
    }
}

/// The ready nodes of every place that is a destination, in order of time.
fn ready_nodes(instance: &Instance, network: &Network) -> Vec<Vec<(u32, Minutes)>> {
    let mut wanted = vec![false; instance.places.len()];
    for demand in &instance.demands {
        wanted[demand.destination.at()] = true;
    }
    let mut ready = vec![Vec::new(); instance.places.len()];
    for (index, node) in (0u32..).zip(network.graph.node_weights()) {
        if node.is_ready() && node.is_settled() && wanted[node.place.at()] {
            ready[node.place.at()].push((index, node.time));
        }
    }
    ready
}
