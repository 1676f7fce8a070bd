//! Capacity between places, whatever the time: a network of places, legs and handling steps.
//!
//! Every way through the time-expanded network is a way through this one, so that what cannot flow
//! here cannot flow there. The reverse does not hold: here parcels may use a departure that left
//! before they came.

use petgraph::algo::dinics;
use petgraph::graph::{DiGraph, NodeIndex};
use petgraph::visit::EdgeRef;

use super::chains::Chains;
use super::model::{BucketId, DepartureId, Network};
use crate::instance::{Instance, Leg, Measure, PlaceId, ServiceId, StepId, UNIT_SCALE};
use crate::network::FULL;

/// More than any capacity: sums of it do not overflow.
pub(super) const UNLIMITED: u64 = 1 << 50;

/// Something with a capacity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// The departures of a leg.
    Leg(ServiceId, u32),
    /// The buckets of a handling step.
    Step(StepId),
    /// The parcels that start at a place.
    Origin(PlaceId),
    /// The parcels that end at a place.
    Destination(PlaceId),
}

/// Which departures and buckets count.
#[derive(Clone, Debug)]
pub(super) struct Selection {
    pub departures: Vec<bool>,
    pub buckets: Vec<bool>,
}

/// The network of places.
#[derive(Clone, Debug)]
pub(super) struct Aggregate {
    pub graph: DiGraph<(), u64>,
    /// What each edge stands for, where it has a capacity.
    parts: Vec<Option<Part>>,
    source: NodeIndex,
    sink: NodeIndex,
}

/// A maximum flow with a minimum cut.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cut {
    /// How much can flow.
    pub flow: i64,
    /// The capacities above zero that stop more; they sum to the flow.
    pub parts: Vec<(Part, i64)>,
}

impl Aggregate {
    /// Places, legs and steps with what the selected departures and buckets can take, counted in
    /// `measure`; legs have no capacity in parcels, steps only in their own measure.
    pub(super) fn new(
        instance: &Instance,
        network: &Network,
        chains: &Chains,
        selection: &Selection,
        measure: Measure,
    ) -> Self {
        let mut graph = DiGraph::new();
        for _ in 0..instance.places.len() {
            graph.add_node(());
        }
        let (source, sink) = (graph.add_node(()), graph.add_node(()));
        let mut aggregate = Self {
            graph,
            parts: Vec::new(),
            source,
            sink,
        };
        let steps = aggregate.add_steps(instance, network, selection, measure);
        aggregate.add_legs(instance, network, chains, selection, measure, &steps);
        aggregate
    }

    fn add_steps(
        &mut self,
        instance: &Instance,
        network: &Network,
        selection: &Selection,
        measure: Measure,
    ) -> Vec<(NodeIndex, NodeIndex)> {
        let mut capacity = vec![0u64; instance.handling.len()];
        for (bucket, _) in selected(&network.buckets, &selection.buckets) {
            let step = &instance.handling[bucket.step.at()];
            let of_tiers = step.tiers.iter().map(|tier| {
                let counts = step.measure == measure;
                let limit = tier.capacity.filter(|_| counts);
                limit.map_or(UNLIMITED, |limit| {
                    let left = bucket.left_of(limit);
                    tier.workable(left) as u64
                })
            });
            add_to(&mut capacity[bucket.step.at()], of_tiers.fold(0, capped));
        }
        (0u32..)
            .zip(capacity)
            .map(|(index, capacity)| {
                let (from, to) = (self.graph.add_node(()), self.graph.add_node(()));
                self.connect(from, to, capacity, Some(Part::Step(StepId(index))));
                (from, to)
            })
            .collect()
    }

    fn add_legs(
        &mut self,
        instance: &Instance,
        network: &Network,
        chains: &Chains,
        selection: &Selection,
        measure: Measure,
        steps: &[(NodeIndex, NodeIndex)],
    ) {
        let first_leg = first_legs(instance);
        let legs = instance
            .services
            .iter()
            .map(|service| service.legs.len())
            .sum();
        let mut capacity: Vec<u64> = vec![0; legs];
        for (departure, index) in selected(&network.departures, &selection.departures) {
            let leg = &instance.services[departure.service.at()].legs[departure.leg as usize];
            let most = lifted(leg, &network.departures[index], measure);
            let slot = first_leg[departure.service.at()] + departure.leg as usize;
            add_to(&mut capacity[slot], most);
        }
        for (index, service) in (0u32..).zip(&instance.services) {
            let mut before: Option<NodeIndex> = None;
            for (number, leg) in (0u32..).zip(&service.legs) {
                let (from, to) = (self.graph.add_node(()), self.graph.add_node(()));
                let slot = first_leg[index as usize] + number as usize;
                let part = Part::Leg(ServiceId(index), number);
                self.connect(from, to, capacity[slot], Some(part));
                let out = chains.outbound(leg.origin, service.mode);
                self.chain(node(leg.origin), out, from, steps);
                let inbound = chains.inbound(leg.destination, service.mode);
                self.chain(to, inbound, node(leg.destination), steps);
                if let Some(before) = before {
                    self.connect(before, from, UNLIMITED, None);
                }
                before = Some(to);
            }
        }
    }

    /// From a node through steps to a node.
    fn chain(
        &mut self,
        from: NodeIndex,
        through: &[StepId],
        to: NodeIndex,
        steps: &[(NodeIndex, NodeIndex)],
    ) {
        let mut at = from;
        for step in through {
            let (enter, leave) = steps[step.at()];
            self.connect(at, enter, UNLIMITED, None);
            at = leave;
        }
        self.connect(at, to, UNLIMITED, None);
    }

    fn connect(&mut self, from: NodeIndex, to: NodeIndex, capacity: u64, part: Option<Part>) {
        self.graph.add_edge(from, to, capacity);
        self.parts.push(part);
    }

    /// Lets an amount start at a place.
    pub(super) fn supply(&mut self, place: PlaceId, amount: u64) {
        let part = Some(Part::Origin(place));
        self.connect(self.source, node(place), amount, part);
    }

    /// Lets an amount end at a place.
    pub(super) fn ask(&mut self, place: PlaceId, amount: u64) {
        let part = Some(Part::Destination(place));
        self.connect(node(place), self.sink, amount, part);
    }

    /// The most that can flow, and the cut nearest the origins that stops more; `None` if nothing
    /// does.
    pub(super) fn minimum_cut(&self) -> Option<Cut> {
        let mut flowing = self.graph.clone();
        // The algorithm asks for positive capacities; edges of zero cannot flow anyway.
        flowing.retain_edges(|graph, edge| graph[edge] > 0);
        let (flow, flows) = dinics(&flowing, self.source, self.sink);
        if flow >= UNLIMITED {
            return None;
        }
        let reached = self.reached(&flowing, &flows);
        let mut parts = Vec::new();
        for edge in self.graph.edge_references() {
            let crosses = reached[edge.source().index()]
                && !reached[edge.target().index()]
                && *edge.weight() > 0;
            if let Some(part) = self.parts[edge.id().index()].filter(|_| crosses) {
                parts.push((part, *edge.weight() as i64));
            }
        }
        parts.sort_unstable();
        Some(Cut {
            flow: flow as i64,
            parts,
        })
    }

    /// What the source still reaches along unused capacity and back along flow.
    fn reached(&self, flowing: &DiGraph<(), u64>, flows: &[u64]) -> Vec<bool> {
        let mut reached = vec![false; flowing.node_count()];
        reached[self.source.index()] = true;
        let mut open = vec![self.source];
        while let Some(at) = open.pop() {
            let ahead = flowing
                .edges(at)
                .filter(|edge| flows[edge.id().index()] < *edge.weight())
                .map(|edge| edge.target());
            let back = flowing
                .edges_directed(at, petgraph::Direction::Incoming)
                .filter(|edge| flows[edge.id().index()] > 0)
                .map(|edge| edge.source());
            for next in ahead.chain(back) {
                if !reached[next.index()] {
                    reached[next.index()] = true;
                    open.push(next);
                }
            }
        }
        reached
    }
}

/// The most that a departure can carry: what its units hold and what it may lift, whichever is
/// less, besides the freight of bookings.
fn lifted(leg: &Leg, departure: &super::Departure, measure: Measure) -> u64 {
    let (unit, max, booked) = match measure {
        Measure::Parcels => return UNLIMITED,
        Measure::Weight => (
            leg.unit.weight.map(|weight| weight.0),
            leg.max_weight.map(|max| max.0),
            departure.booked.weight.0,
        ),
        Measure::Volume => (
            leg.unit.volume.map(|volume| volume.0),
            leg.max_volume.map(|max| max.0),
            departure.booked.volume.0,
        ),
    };
    let in_units = leg.unit.limit.zip(unit).map(|(limit, size)| {
        let millionths = scaled(limit, departure.factor, FULL);
        let left = millionths.saturating_sub(departure.booked.units.max(0) as u64);
        scaled(left as i64, size, UNIT_SCALE)
    });
    let to_lift = max.map(|max| scaled(max, departure.factor, FULL));
    let most = in_units.into_iter().chain(to_lift).min();
    most.map_or(UNLIMITED, |most| most.saturating_sub(booked.max(0) as u64))
}

impl Selection {
    /// Nothing of a network.
    pub(super) fn nothing(network: &Network) -> Self {
        Self {
            departures: vec![false; network.departures.len()],
            buckets: vec![false; network.buckets.len()],
        }
    }

    pub(super) fn add_departure(&mut self, id: DepartureId) {
        self.departures[id.at()] = true;
    }

    pub(super) fn add_bucket(&mut self, id: BucketId) {
        self.buckets[id.at()] = true;
    }
}

fn selected<'a, T>(all: &'a [T], wanted: &'a [bool]) -> impl Iterator<Item = (&'a T, usize)> {
    let indexed = all.iter().zip(0usize..).zip(wanted);
    indexed.filter(|(_, wanted)| **wanted).map(|(item, _)| item)
}

fn first_legs(instance: &Instance) -> Vec<usize> {
    let mut next = 0;
    instance
        .services
        .iter()
        .map(|service| {
            let first = next;
            next += service.legs.len();
            first
        })
        .collect()
}

fn node(place: PlaceId) -> NodeIndex {
    NodeIndex::new(place.at())
}

fn scaled(value: i64, numerator: i64, denominator: i64) -> u64 {
    let exact = i128::from(value) * i128::from(numerator) / i128::from(denominator);
    exact.clamp(0, i128::from(UNLIMITED)) as u64
}

fn capped(sum: u64, more: u64) -> u64 {
    (sum + more).min(UNLIMITED)
}

fn add_to(sum: &mut u64, more: u64) {
    *sum = capped(*sum, more);
}
