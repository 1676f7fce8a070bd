//! More demand than capacity, with the bottleneck named.
//!
//! For the parcels released in each week, all products together and each alone, and for each
//! measure: the departures and buckets that they can reach in time, whatever else wants them, are
//! summed into a network of places, and a maximum flow tells what can pass at most. Where that is
//! less than the parcels, its minimum cut is the bottleneck. What this finds is certain; a shortage
//! that comes from times alone may stay hidden.

use std::collections::BTreeMap;

use super::aggregate::{Aggregate, Cut, Part, Selection};
use super::chains::Chains;
use super::model::{Activity, Network, Release};
use super::{reach, rules};
use crate::instance::{Instance, Measure, PlaceId, ProductId, ServiceId};
use crate::units::Parcels;

/// Parcels of a week that cannot all be carried, whatever it costs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bottleneck {
    /// The week of release, from 1.
    pub week: u32,
    /// The product, where it is short by itself.
    pub product: Option<ProductId>,
    /// What is counted.
    pub measure: Measure,
    /// How much asks for it: parcels, grams, or cubic centimetres.
    pub demand: i64,
    /// How much can be carried at most.
    pub capacity: i64,
    /// The departures and steps that stop more, each with its capacity. Origins and destinations
    /// stand for their own demand, which passes elsewhere.
    pub cut: Vec<(Part, i64)>,
}

/// The bottlenecks of planned releases that can be in time at all, by week, product and measure; a product is looked at by
/// itself only where all together are not short.
pub fn bottlenecks(instance: &Instance, network: &Network) -> Vec<Bottleneck> {
    let chains = Chains::new(instance);
    let mut weeks: BTreeMap<u32, Vec<&Release>> = BTreeMap::new();
    let hopeless = reach::hopeless(instance, network);
    for (release, hopeless) in network.releases.iter().zip(hopeless) {
        if release.reported && !hopeless {
            let week = instance.demands[release.demand.at()].week;
            weeks.entry(week).or_default().push(release);
        }
    }
    let mut found = Vec::new();
    for (week, releases) in weeks {
        let together = Search {
            instance,
            network,
            chains: &chains,
            week,
            product: None,
        };
        let mut of_week = together.run(&releases);
        if of_week.is_empty() {
            for index in 0..instance.products.len() {
                let product = ProductId(index as u32);
                let mine: Vec<&Release> = releases
                    .iter()
                    .filter(|r| instance.demands[r.demand.at()].product == product)
                    .copied()
                    .collect();
                let alone = Search {
                    product: Some(product),
                    ..together
                };
                of_week.extend(alone.run(&mine));
            }
        }
        found.extend(of_week);
    }
    found
}

#[derive(Clone, Copy)]
struct Search<'a> {
    instance: &'a Instance,
    network: &'a Network,
    chains: &'a Chains,
    week: u32,
    product: Option<ProductId>,
}

impl Search<'_> {
    fn run(&self, releases: &[&Release]) -> Vec<Bottleneck> {
        if releases.is_empty() {
            return Vec::new();
        }
        let selection = self.reachable(releases);
        let measures = [Measure::Weight, Measure::Volume, Measure::Parcels];
        let found = measures.into_iter().filter_map(|measure| {
            let mut aggregate = Aggregate::new(
                self.instance,
                self.network,
                self.chains,
                &selection,
                measure,
            );
            let demand = self.load(&mut aggregate, releases, measure);
            let Cut { flow, parts } = aggregate.minimum_cut()?;
            (flow < demand).then_some(Bottleneck {
                week: self.week,
                product: self.product,
                measure,
                demand,
                capacity: flow,
                cut: parts,
            })
        });
        found.collect()
    }

    /// Lets the releases start and end; gives their sum.
    fn load(&self, aggregate: &mut Aggregate, releases: &[&Release], measure: Measure) -> i64 {
        let mut starting: BTreeMap<PlaceId, i64> = BTreeMap::new();
        let mut ending: BTreeMap<PlaceId, i64> = BTreeMap::new();
        for release in releases {
            let demand = &self.instance.demands[release.demand.at()];
            let product = &self.instance.products[demand.product.at()];
            let size = match measure {
                Measure::Parcels => 1,
                Measure::Weight => product.weight.0,
                Measure::Volume => product.volume.0,
            };
            let Parcels(parcels) = release.parcels;
            *starting.entry(demand.origin).or_default() += parcels * size;
            *ending.entry(demand.destination).or_default() += parcels * size;
        }
        for (&place, &amount) in &starting {
            aggregate.supply(place, amount as u64);
        }
        for (&place, &amount) in &ending {
            aggregate.ask(place, amount as u64);
        }
        starting.values().sum()
    }

    /// What the releases can reach before the last of them must be delivered.
    fn reachable(&self, releases: &[&Release]) -> Selection {
        let graph = &self.network.graph;
        let mut selection = Selection::nothing(self.network);
        let allowed = self.allowed();
        let mut latest = vec![i64::MIN; graph.node_count()];
        for release in releases {
            let entry = &mut latest[release.node.index()];
            *entry = (*entry).max(release.latest.0);
        }
        // Edges stand in order of their tails, and tails in order of time.
        let first = releases.iter().map(|release| release.node).min();
        let last = releases.iter().map(|release| release.latest).max();
        let (first, last) = (first.unwrap_or_default(), last.unwrap_or_default());
        let edges = graph.raw_edges();
        let from = edges.partition_point(|edge| edge.source() < first);
        for edge in &edges[from..] {
            if graph[edge.source()].time > last {
                break;
            }
            let limit = latest[edge.source().index()];
            if limit < graph[edge.target()].time.0 {
                continue;
            }
            match &edge.weight {
                Activity::Ride { departure, .. } => {
                    if !allowed(*departure) {
                        continue;
                    }
                    selection.add_departure(*departure);
                }
                Activity::Handle { bucket } => selection.add_bucket(*bucket),
                Activity::Load { buckets, .. } => {
                    buckets
                        .iter()
                        .for_each(|&bucket| selection.add_bucket(bucket));
                }
                _ => {}
            }
            let entry = &mut latest[edge.target().index()];
            *entry = (*entry).max(limit);
        }
        selection
    }

    /// Whether the product, or any product, may use a departure.
    fn allowed(&self) -> impl Fn(super::DepartureId) -> bool {
        let services = (0u32..).zip(&self.instance.services);
        let legs: Vec<Vec<bool>> = services
            .map(|(index, service)| {
                let id = ServiceId(index);
                let may = |leg| match self.product {
                    Some(product) => rules::is_allowed(self.instance, product, id, leg),
                    None => (0..self.instance.products.len() as u32)
                        .any(|p| rules::is_allowed(self.instance, ProductId(p), id, leg)),
                };
                service.legs.iter().map(may).collect()
            })
            .collect();
        let departures = &self.network.departures;
        move |id| {
            let departure = &departures[id.at()];
            legs[departure.service.at()][departure.leg as usize]
        }
    }
}
