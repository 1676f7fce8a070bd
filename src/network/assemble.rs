//! The useful part of a layout, with its departures, buckets and nights, as a [`Network`].

use petgraph::graph::{DiGraph, NodeIndex};

use super::calendar::Calendar;
use super::chains::{self, Chains};
use super::events::Events;
use super::layout::{Edge, Kind, Layout};
use super::model::{
    Activity, BucketId, Departure, DepartureId, Network, Night, NightId, Node, Stage,
};
use super::timetable;
use crate::instance::{Horizon, Instance, PlaceId, StepId};
use crate::units::Minutes;

/// Numbers what is used and builds the graph; also gives the node of each of the layout's starts.
pub(super) fn assemble(
    instance: &Instance,
    calendar: &Calendar,
    chains: &Chains,
    departures: Vec<Departure>,
    layout: Layout,
    useful: &[bool],
) -> (Network, Vec<NodeIndex>) {
    let mut ridden = vec![false; departures.len()];
    for (edge, _) in layout.edges.iter().zip(useful).filter(|(_, u)| **u) {
        if let Kind::Ride(run, _) = edge.kind {
            ridden[layout.runs[run as usize].departure.at()] = true;
        }
    }
    let (departures, renumbered) =
        timetable::keep(departures, |index, d| d.reported || ridden[index]);
    let mut assembly = Assembly {
        instance,
        calendar,
        chains,
        layout: &layout,
        departures: &departures,
        // Every departure that an edge uses is kept.
        renumbered: renumbered
            .into_iter()
            .map(|new| new.unwrap_or(DepartureId(u32::MAX)))
            .collect(),
        buckets: Vec::new(),
        nights: Vec::new(),
    };
    assembly.collect(useful);
    let (graph, new_node) = assembly.graph(useful);
    let events = Events::new(instance, calendar);
    let buckets = assembly
        .buckets
        .iter()
        .map(|&(step, index)| chains::bucket(instance, calendar, &events, step, index))
        .collect();
    let nights = assembly
        .nights
        .iter()
        .map(|&(place, day)| Night {
            place,
            midnight: calendar.midnight(place, day),
        })
        .collect();
    let starts = layout
        .starts
        .iter()
        .map(|&start| NodeIndex::new(new_node[start as usize] as usize))
        .collect();
    let network = Network {
        graph,
        departures,
        buckets,
        nights,
        releases: Vec::new(),
    };
    (network, starts)
}

struct Assembly<'a> {
    instance: &'a Instance,
    calendar: &'a Calendar,
    chains: &'a Chains,
    layout: &'a Layout,
    departures: &'a [Departure],
    renumbered: Vec<DepartureId>,
    /// Steps and bucket numbers that are used, ascending.
    buckets: Vec<(StepId, i32)>,
    /// Places and days whose midnights are used, ascending.
    nights: Vec<(PlaceId, i32)>,
}

impl Assembly<'_> {
    fn collect(&mut self, useful: &[bool]) {
        let (mut buckets, mut nights) = (Vec::new(), Vec::new());
        for edge in kept(self.layout, useful) {
            match edge.kind {
                Kind::Load(run) => buckets.extend(self.outbound_buckets(run)),
                Kind::Handle(step) => buckets.push(self.bucket_at(step, self.tail(edge).time)),
                Kind::Wait | Kind::Hold => nights.extend(self.nights_of(edge)),
                Kind::Ride(..) | Kind::Stay | Kind::Unload => {}
            }
        }
        buckets.sort_unstable();
        buckets.dedup();
        nights.sort_unstable();
        nights.dedup();
        (self.buckets, self.nights) = (buckets, nights);
    }

    fn graph(&self, useful: &[bool]) -> (DiGraph<Node, Activity>, Vec<u32>) {
        let mut wanted = vec![false; self.layout.nodes.len()];
        for &start in &self.layout.starts {
            wanted[start as usize] = true;
        }
        for edge in kept(self.layout, useful) {
            wanted[edge.tail as usize] = true;
            wanted[edge.head as usize] = true;
        }
        let nodes = wanted.iter().filter(|&&w| w).count();
        let edges = useful.iter().filter(|&&u| u).count();
        let mut graph = DiGraph::with_capacity(nodes, edges);
        let mut new_node = vec![u32::MAX; wanted.len()];
        for (old, node) in self.layout.nodes.iter().enumerate() {
            if wanted[old] {
                new_node[old] = graph.node_count() as u32;
                graph.add_node(self.node(node));
            }
        }
        for edge in kept(self.layout, useful) {
            let end = |old: u32| NodeIndex::new(new_node[old as usize] as usize);
            graph.add_edge(end(edge.tail), end(edge.head), self.activity(edge));
        }
        (graph, new_node)
    }

    fn node(&self, node: &Node) -> Node {
        let stage = match node.stage {
            Stage::Aboard(departure) => Stage::Aboard(self.renumbered[departure.at()]),
            Stage::Off(departure, weeks_later) => {
                Stage::Off(self.renumbered[departure.at()], weeks_later)
            }
            other @ (Stage::Ready | Stage::Inbound(..)) => other,
        };
        Node { stage, ..*node }
    }

    fn activity(&self, edge: &Edge) -> Activity {
        match edge.kind {
            Kind::Wait => Activity::Wait {
                nights: self.night_ids(edge),
            },
            Kind::Hold => Activity::Hold {
                nights: self.night_ids(edge),
            },
            Kind::Load(run) => Activity::Load {
                departure: self.departure(run),
                buckets: self
                    .outbound_buckets(run)
                    .map(|key| BucketId(find(&self.buckets, &key)))
                    .collect(),
            },
            Kind::Ride(run, main) => Activity::Ride {
                departure: self.departure(run),
                weeks_later: self.layout.runs[run as usize].weeks_later,
                main,
            },
            Kind::Stay => Activity::Stay,
            Kind::Unload => Activity::Unload,
            Kind::Handle(step) => {
                let key = self.bucket_at(step, self.tail(edge).time);
                Activity::Handle {
                    bucket: BucketId(find(&self.buckets, &key)),
                }
            }
        }
    }

    fn departure(&self, run: u32) -> DepartureId {
        self.renumbered[self.layout.runs[run as usize].departure.at()]
    }

    fn tail(&self, edge: &Edge) -> &Node {
        &self.layout.nodes[edge.tail as usize]
    }

    fn bucket_at(&self, step: StepId, start: Minutes) -> (StepId, i32) {
        let row = &self.instance.handling[step.at()];
        (step, chains::bucket_index(self.calendar, row, start))
    }

    /// The buckets of the outbound steps before a run, each where the step starts.
    fn outbound_buckets(&self, run: u32) -> impl Iterator<Item = (StepId, i32)> + '_ {
        let departure = &self.departures[self.departure(run).at()];
        let service = &self.instance.services[departure.service.at()];
        let origin = service.legs[departure.leg as usize].origin;
        let hours = self.chains.cut_off(self.instance, origin, service.mode);
        let mut start = self.layout.runs[run as usize].departs - hours;
        let steps = self.chains.outbound(origin, service.mode);
        steps.iter().map(move |&step| {
            let key = self.bucket_at(step, start);
            start += self.instance.handling[step.at()].duration;
            key
        })
    }

    /// The nights of limited storage from an edge's tail (inclusive) to its head (exclusive).
    fn nights_of(&self, edge: &Edge) -> impl Iterator<Item = (PlaceId, i32)> + '_ {
        let node = self.tail(edge);
        let place = node.place;
        let limited = self.instance.places[place.at()].storage.is_some();
        let (first, last) = if limited {
            let head = &self.layout.nodes[edge.head as usize];
            let minute = Minutes(1);
            (
                self.calendar.day(place, node.time - minute) + 1,
                self.calendar.day(place, head.time - minute),
            )
        } else {
            (0, -1)
        };
        let steady = self.calendar.horizon() == Horizon::TypicalWeek;
        (first..=last).map(move |day| (place, if steady { day.rem_euclid(7) } else { day }))
    }

    fn night_ids(&self, edge: &Edge) -> Vec<NightId> {
        self.nights_of(edge)
            .map(|key| NightId(find(&self.nights, &key)))
            .collect()
    }
}

fn kept<'a>(layout: &'a Layout, useful: &'a [bool]) -> impl Iterator<Item = &'a Edge> {
    let pairs = layout.edges.iter().zip(useful);
    pairs.filter(|(_, useful)| **useful).map(|(edge, _)| edge)
}

/// Where a key stands in a sorted list that has it.
fn find<T: Ord>(sorted: &[T], key: &T) -> u32 {
    sorted.partition_point(|other| other < key) as u32
}
