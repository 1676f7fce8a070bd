//! Every node and edge between the first release and the last delivery, useful or not.
//!
//! Places are laid out one after the other: arrivals go through the inbound steps of their mode,
//! state by state in row order, and end among the times at which parcels can be ready. Those times
//! and the cut-offs of departures form one chain of waits per place.
//!
//! Who leaves a train at a stop without handling and boards its next leg has never left it, and a
//! limit that counts boardings must not count them twice. Where there is such a limit, what gets off
//! there has a chain of its own until the train has left: from it everything can be boarded but
//! that train. Without such a limit nothing is gained by getting off, and nothing is split.

use std::collections::BTreeMap;

use super::calendar::Calendar;
use super::chains::{self, Chains};
use super::model::{Departure, DepartureId, Haul, Node, Stage};
use crate::instance::{Horizon, Instance, Mode, PlaceId, StepId};
use crate::units::{Minutes, WEEK};

/// One departure in one week: on a typical week a departure has several, on a dated one its own.
#[derive(Clone, Copy, Debug)]
pub(super) struct Run {
    pub departure: DepartureId,
    pub weeks_later: i32,
    pub departs: Minutes,
    pub arrives: Minutes,
}

/// An edge before buckets and nights are named; runs stand by their position in [`Layout::runs`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Wait,
    Load(u32),
    /// Whether it is the main haul, where that is told.
    Ride(u32, bool),
    Stay,
    Unload,
    Hold,
    Handle(StepId),
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Edge {
    pub tail: u32,
    pub head: u32,
    pub kind: Kind,
}

/// Nodes in topological order and edges by tail and head.
#[derive(Debug, Default)]
pub(super) struct Layout {
    pub nodes: Vec<Node>,
    pub edges: Vec<Edge>,
    pub runs: Vec<Run>,
    /// The nodes that releases start from, in the order of their points of time and place.
    pub starts: Vec<u32>,
}

/// The parcels that reach a state at a time: from which node, by what.
type Entries = Vec<(Minutes, u32, Kind)>;

struct Builder<'a> {
    instance: &'a Instance,
    calendar: &'a Calendar,
    chains: &'a Chains,
    departures: &'a [Departure],
    end: Minutes,
    layout: Layout,
    /// By run, the run of its next leg.
    onward: Vec<Option<u32>>,
    /// What tells nodes of one time, rank and place apart.
    details: Vec<u32>,
}

/// Lays out everything from the earliest of `starts` until `end`.
///
/// `starts` are the places and times at which releases are ready.
pub(super) fn lay_out(
    instance: &Instance,
    calendar: &Calendar,
    chains: &Chains,
    departures: &[Departure],
    starts: &[(PlaceId, Minutes)],
    end: Minutes,
) -> Layout {
    let begin = starts.iter().map(|&(_, time)| time).min().unwrap_or(end);
    let mut builder = Builder {
        instance,
        calendar,
        chains,
        departures,
        end,
        layout: Layout::default(),
        onward: Vec::new(),
        details: Vec::new(),
    };
    builder.add_runs(begin);
    builder.add_places(starts);
    builder.sorted()
}

impl Builder<'_> {
    /// Aboard nodes, rides and stays.
    fn add_runs(&mut self, begin: Minutes) {
        let steady = self.calendar.horizon() == Horizon::TypicalWeek;
        // Position of the run of a departure in a week.
        let mut places: BTreeMap<(u32, i32), u32> = BTreeMap::new();
        for (index, departure) in self.departures.iter().enumerate() {
            let weeks = if steady {
                let first = (begin - departure.departs).0.div_euclid(WEEK.0);
                let last = (self.end - departure.departs).0.div_euclid(WEEK.0);
                first as i32..=last as i32
            } else {
                0..=0
            };
            for weeks_later in weeks {
                let shift = Minutes(i64::from(weeks_later) * WEEK.0);
                let run = Run {
                    departure: DepartureId(index as u32),
                    weeks_later,
                    departs: departure.departs + shift,
                    arrives: departure.arrives + shift,
                };
                if run.departs >= begin && run.arrives <= self.end {
                    places.insert((index as u32, weeks_later), self.layout.runs.len() as u32);
                    self.layout.runs.push(run);
                }
            }
        }
        for index in 0..self.layout.runs.len() {
            let run = self.layout.runs[index];
            let departure = &self.departures[run.departure.at()];
            let leg = &self.instance.services[departure.service.at()].legs[departure.leg as usize];
            for (place, time) in [(leg.origin, run.departs), (leg.destination, run.arrives)] {
                self.add_node(place, Stage::Aboard(run.departure), time, index as u32);
            }
            let aboard = 2 * index as u32;
            self.add_edge(aboard, aboard + 1, Kind::Ride(index as u32, false));
            let onward = departure.onward.map(|next| (next.0, run.weeks_later));
            let onward = onward.and_then(|key| places.get(&key)).copied();
            if let Some(next) = onward {
                self.add_edge(aboard + 1, 2 * next, Kind::Stay);
            }
            self.onward.push(onward);
        }
    }

    fn add_places(&mut self, starts: &[(PlaceId, Minutes)]) {
        let count = self.instance.places.len();
        let mut arriving: Vec<Vec<(u32, Mode)>> = vec![Vec::new(); count];
        let mut stopping: Vec<Vec<(u32, u32)>> = vec![Vec::new(); count];
        let boardings_count = self
            .instance
            .limits
            .iter()
            .any(|limit| limit.counts_boardings());
        let mut leaving: Vec<Vec<(Minutes, u32)>> = vec![Vec::new(); count];
        for (index, run) in self.layout.runs.iter().enumerate() {
            let departure = &self.departures[run.departure.at()];
            let service = &self.instance.services[departure.service.at()];
            let leg = &service.legs[departure.leg as usize];
            let stop = self.onward[index]
                .filter(|_| boardings_count && !self.chains.handles(leg.destination, service.mode));
            match stop {
                Some(next) => stopping[leg.destination.at()].push((index as u32, next)),
                None => arriving[leg.destination.at()].push((index as u32, service.mode)),
            }
            let hours = self.chains.cut_off(self.instance, leg.origin, service.mode);
            leaving[leg.origin.at()].push((run.departs - hours, index as u32));
        }
        let mut released: Vec<Vec<Minutes>> = vec![Vec::new(); count];
        for &(place, time) in starts {
            released[place.at()].push(time);
        }
        let mut ready: Vec<(u32, Vec<Minutes>)> = Vec::with_capacity(count);
        for index in 0..count {
            let place = PlaceId(index as u32);
            leaving[index].sort_unstable();
            let entries = self.add_inbound(place, &arriving[index]);
            ready.push(self.add_ready(place, entries, &leaving[index], &released[index]));
            for &stop in &stopping[index] {
                self.add_stop(place, stop, &leaving[index], &ready[index]);
            }
        }
        let node_of = |&(place, time): &(PlaceId, Minutes)| {
            let (base, times) = &ready[place.at()];
            base + position(times, time)
        };
        self.layout.starts = starts.iter().map(node_of).collect();
    }

    /// The inbound states of a place; gives what becomes ready there.
    fn add_inbound(&mut self, place: PlaceId, arriving: &[(u32, Mode)]) -> Entries {
        let mut ready = Entries::new();
        // States by step, then by lane: a step's successors stand after it in row order.
        let mut states: BTreeMap<(StepId, Mode), (Vec<StepId>, Entries)> = BTreeMap::new();
        for &(run, mode) in arriving {
            let node = 2 * run + 1;
            let entry = (self.layout.nodes[node as usize].time, node, Kind::Unload);
            let rest = self.chains.inbound(place, mode);
            enter(&mut states, &mut ready, self.chains, place, rest, entry);
        }
        while let Some(((step, lane), (rest, entries))) = states.pop_first() {
            let row = &self.instance.handling[step.at()];
            let times = self.inbound_times(step, &entries);
            let base = self.layout.nodes.len() as u32;
            for &time in &times {
                let detail = step.0 * 4 + lane as u32;
                self.add_node(place, Stage::Inbound(step, lane), time, detail);
            }
            for (time, tail, kind) in entries {
                self.add_edge(tail, base + position(&times, time), kind);
            }
            for (index, &time) in times.iter().enumerate() {
                let tail = base + index as u32;
                let next = chains::next_bucket(self.calendar, row, time);
                if chains::may_hold(row) && next <= self.end {
                    self.add_edge(tail, base + position(&times, next), Kind::Hold);
                }
                let done = time + row.duration;
                if done <= self.end {
                    let entry = (done, tail, Kind::Handle(step));
                    enter(
                        &mut states,
                        &mut ready,
                        self.chains,
                        place,
                        &rest[1..],
                        entry,
                    );
                }
            }
        }
        ready
    }

    /// When parcels can stand before an inbound step: as they arrive, and at later buckets.
    fn inbound_times(&self, step: StepId, entries: &Entries) -> Vec<Minutes> {
        let row = &self.instance.handling[step.at()];
        let mut times: Vec<Minutes> = entries.iter().map(|entry| entry.0).collect();
        if chains::may_hold(row)
            && let Some(&first) = times.iter().min()
        {
            let mut bucket = chains::next_bucket(self.calendar, row, first);
            while bucket <= self.end {
                times.push(bucket);
                bucket = chains::next_bucket(self.calendar, row, bucket);
            }
        }
        times.sort_unstable();
        times.dedup();
        times
    }

    /// The chain of times at which parcels are ready, and the loadings from it.
    fn add_ready(
        &mut self,
        place: PlaceId,
        entries: Entries,
        leaving: &[(Minutes, u32)],
        released: &[Minutes],
    ) -> (u32, Vec<Minutes>) {
        let mut times: Vec<Minutes> = entries.iter().map(|entry| entry.0).collect();
        times.extend(leaving.iter().map(|&(cut_off, _)| cut_off));
        times.extend(released);
        times.sort_unstable();
        times.dedup();
        let base = self.layout.nodes.len() as u32;
        for &time in &times {
            self.add_node(place, Stage::Ready, time, 0);
        }
        for (time, tail, kind) in entries {
            self.add_edge(tail, base + position(&times, time), kind);
        }
        for &(cut_off, run) in leaving {
            self.add_edge(base + position(&times, cut_off), 2 * run, Kind::Load(run));
        }
        if let Some(&(last, _)) = leaving.iter().max() {
            for later in 1..=position(&times, last) {
                self.add_edge(base + later - 1, base + later, Kind::Wait);
            }
        }
        (base, times)
    }

    /// What leaves a run at a stop without handling, until its next leg has left. `leaving` are the
    /// cut-offs of the place in order, `main` its chain of ready times.
    fn add_stop(
        &mut self,
        place: PlaceId,
        (run, next): (u32, u32),
        leaving: &[(Minutes, u32)],
        main: &(u32, Vec<Minutes>),
    ) {
        let arrives = self.layout.runs[run as usize].arrives;
        let gone = self.layout.runs[next as usize].departs;
        let first = leaving.partition_point(|&(cut_off, _)| cut_off < arrives);
        let end = leaving.partition_point(|&(cut_off, _)| cut_off <= gone);
        let others = leaving[first..end]
            .iter()
            .filter(|&&(_, other)| other != next);
        let mut times: Vec<Minutes> = others.clone().map(|&(cut_off, _)| cut_off).collect();
        times.insert(0, arrives);
        times.dedup();
        let base = self.layout.nodes.len() as u32;
        let departure = self.layout.runs[run as usize].departure;
        let off = Stage::Off(departure, self.layout.runs[run as usize].weeks_later);
        for &time in &times {
            self.add_node(place, off, time, run + 1);
        }
        self.add_edge(2 * run + 1, base, Kind::Unload);
        for &(cut_off, other) in others {
            self.add_edge(
                base + position(&times, cut_off),
                2 * other,
                Kind::Load(other),
            );
        }
        let last = base + times.len() as u32 - 1;
        for tail in base..last {
            self.add_edge(tail, tail + 1, Kind::Wait);
        }
        // from then on it waits with all others, for what still leaves
        let (chain, ready) = main;
        let later = ready.partition_point(|&time| time <= gone);
        let leaves = |time: &Minutes| leaving.last().is_some_and(|(cut_off, _)| time <= cut_off);
        if ready.get(later).is_some_and(leaves) {
            self.add_edge(last, chain + later as u32, Kind::Wait);
        }
    }

    fn add_node(&mut self, place: PlaceId, stage: Stage, time: Minutes, detail: u32) {
        self.layout.nodes.push(Node {
            place,
            stage,
            time,
            haul: Haul::default(),
        });
        self.details.push(detail);
    }

    fn add_edge(&mut self, tail: u32, head: u32, kind: Kind) {
        self.layout.edges.push(Edge { tail, head, kind });
    }

    /// Numbers nodes by time, within a time in the order in which parcels can pass them.
    fn sorted(self) -> Layout {
        let Builder {
            layout, details, ..
        } = self;
        let rank = |index: usize| match layout.nodes[index].stage {
            // Rides take time, so that a node aboard is either an arrival or a departure.
            Stage::Aboard(_) if index % 2 == 1 => 0u8,
            Stage::Inbound(..) => 1,
            Stage::Ready | Stage::Off(..) => 2,
            Stage::Aboard(_) => 3,
        };
        let mut order: Vec<u32> = (0..layout.nodes.len() as u32).collect();
        order.sort_unstable_by_key(|&old| {
            let index = old as usize;
            let node = &layout.nodes[index];
            (node.time, rank(index), node.place, details[index])
        });
        let mut new_number = vec![0u32; order.len()];
        for (new, &old) in order.iter().enumerate() {
            new_number[old as usize] = new as u32;
        }
        let renumber = |old: u32| new_number[old as usize];
        let mut edges: Vec<Edge> = layout
            .edges
            .iter()
            .map(|edge| Edge {
                tail: renumber(edge.tail),
                head: renumber(edge.head),
                kind: edge.kind,
            })
            .collect();
        edges.sort_unstable_by_key(|edge| (edge.tail, edge.head, edge.kind));
        Layout {
            nodes: order
                .iter()
                .map(|&old| layout.nodes[old as usize])
                .collect(),
            edges,
            runs: layout.runs,
            starts: layout.starts.iter().map(|&old| renumber(old)).collect(),
        }
    }
}

/// Puts parcels before the first step of `rest`, or among what is ready.
fn enter(
    states: &mut BTreeMap<(StepId, Mode), (Vec<StepId>, Entries)>,
    ready: &mut Entries,
    chains: &Chains,
    place: PlaceId,
    rest: &[StepId],
    entry: (Minutes, u32, Kind),
) {
    let Some(&step) = rest.first() else {
        ready.push(entry);
        return;
    };
    let lane = chains.lane(place, rest);
    let state = states
        .entry((step, lane))
        .or_insert_with(|| (rest.to_vec(), Entries::new()));
    state.1.push(entry);
}

/// Where a time stands in a sorted list that has it.
fn position(times: &[Minutes], time: Minutes) -> u32 {
    times.partition_point(|&other| other < time) as u32
}
