//! Which releases after the planned weeks compete with those that are planned.

use std::collections::BTreeSet;

use petgraph::visit::EdgeRef;

use super::model::{Activity, Network};
use crate::instance::{Instance, PlaceId, ServiceId, StepId};
use crate::units::Minutes;

/// Something scarce, named so that two networks of one instance can be compared.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Scarce {
    Departure(ServiceId, i32, u32),
    Bucket(StepId, Minutes),
    Night(PlaceId, Minutes),
}

/// For each release of `all`, whether it can come upon something scarce that the releases of
/// `planned` can use.
pub(super) fn competing(instance: &Instance, planned: &Network, all: &Network) -> Vec<bool> {
    let mut used = BTreeSet::new();
    for edge in planned.graph.edge_weights() {
        used.extend(scarce(instance, planned, edge));
    }
    let graph = &all.graph;
    let mut meets = vec![false; graph.node_count()];
    for node in graph.node_indices().rev() {
        meets[node.index()] = graph.edges(node).any(|edge| {
            meets[edge.target().index()]
                || scarce(instance, all, edge.weight()).any(|item| used.contains(&item))
        });
    }
    all.releases
        .iter()
        .map(|release| meets[release.node.index()])
        .collect()
}

fn scarce<'a>(
    instance: &'a Instance,
    network: &'a Network,
    activity: &'a Activity,
) -> impl Iterator<Item = Scarce> + 'a {
    let (departure, buckets, nights): (_, &[_], &[_]) = match activity {
        Activity::Ride { departure, .. } => (Some(*departure), &[], &[]),
        Activity::Load { buckets, .. } => (None, buckets, &[]),
        Activity::Handle { bucket } => (None, std::slice::from_ref(bucket), &[]),
        Activity::Wait { nights } | Activity::Hold { nights } => (None, &[], nights),
        Activity::Stay | Activity::Unload => (None, &[], &[]),
    };
    let departures = departure.into_iter().filter_map(|id| {
        let d = &network.departures[id.at()];
        let leg = &instance.services[d.service.at()].legs[d.leg as usize];
        let limited = leg.max_weight.is_some()
            || leg.max_volume.is_some()
            || leg.unit.limit.is_some()
            || leg.unit.minimum > 0
            || leg.unit.whole;
        limited.then_some(Scarce::Departure(d.service, d.run_day, d.leg))
    });
    let buckets = buckets.iter().filter_map(|id| {
        let bucket = &network.buckets[id.at()];
        let tiers = &instance.handling[bucket.step.at()].tiers;
        let limited = tiers.iter().any(|tier| tier.capacity.is_some());
        limited.then_some(Scarce::Bucket(bucket.step, bucket.start))
    });
    let nights = nights.iter().map(|id| {
        let night = &network.nights[id.at()];
        Scarce::Night(night.place, night.midnight)
    });
    departures.chain(buckets).chain(nights)
}
