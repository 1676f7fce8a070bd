//! Pricing: the cheapest path of every release under given prices.
//!
//! Releases that share what a search starts from share the search. In a network ordered by time,
//! the releases of one (class, sink) share one backward sweep over the nodes between their
//! earliest origin and their latest end; each arc in that window is read once, in memory order.
//! In a cyclic network it is Dijkstra's search, from the origins or from the sinks, whichever
//! needs fewer searches, ended as soon as the last release of the group is settled.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use rayon::prelude::*;

use super::graph::{Graph, Weights};
use crate::program::Program;

/// How a group of releases is searched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Method {
    /// Backward in time order from a sink.
    Sweep,
    /// Dijkstra from an origin.
    FromOrigin,
    /// Dijkstra from a sink.
    FromSink,
}

/// Releases that share one search.
#[derive(Clone, Debug)]
struct Group {
    class: u32,
    /// A node for [`Method::FromOrigin`], a sink otherwise.
    root: u32,
    /// Where its releases stand in [`Pricer::order`].
    releases: std::ops::Range<usize>,
}

/// What a release asks of a pricing round.
#[derive(Clone, Copy, Debug)]
pub(super) enum Ask {
    /// Nothing: its cheapest path is known to weigh this.
    Known(f64),
    /// The weight of its cheapest path, and the path itself where it weighs less than this.
    Below(f64),
}

/// A path found for a release, its arcs in order.
#[derive(Clone, Debug)]
pub(super) struct Found {
    pub release: u32,
    pub arcs: Vec<u32>,
}

/// Searches for all releases of a program.
#[derive(Clone, Debug)]
pub(super) struct Pricer {
    method: Method,
    graph: Graph,
    weights: Weights,
    /// Nodes and costs of ending there, sink by sink: `ends[end_starts[s]..end_starts[s + 1]]`.
    ends: Vec<(u32, f64)>,
    end_starts: Vec<u32>,
    groups: Vec<Group>,
    order: Vec<u32>,
}

impl Pricer {
    pub fn new(program: &Program) -> Self {
        let by_origin = grouped(program, |release| release.origin);
        let by_sink = grouped(program, |release| release.sink);
        let method = if program.network.time.is_some() {
            Method::Sweep
        } else if by_origin.0.len() <= by_sink.0.len() {
            Method::FromOrigin
        } else {
            Method::FromSink
        };
        let (groups, order) = match method {
            Method::FromOrigin => by_origin,
            Method::Sweep | Method::FromSink => by_sink,
        };
        let graph = match method {
            Method::FromSink => Graph::incoming(program),
            Method::Sweep | Method::FromOrigin => Graph::outgoing(program),
        };
        let weights = Weights::new(program, &graph);
        let mut ends = Vec::new();
        let mut end_starts = vec![0];
        for sink in &program.sinks {
            let here = |&(node, cost): &(u32, i64)| (graph.node(node), cost as f64);
            ends.extend(sink.ends.iter().map(here));
            end_starts.push(ends.len() as u32);
        }
        Self {
            method,
            graph,
            weights,
            ends,
            end_starts,
            groups,
            order,
        }
    }

    /// Cheapest weights under `prices` into `distances`, and the paths asked for, ordered by
    /// group and release. `stop` is asked before every search; if it answers, so does this.
    pub fn price<S: Sync + Fn() -> bool>(
        &mut self,
        program: &Program,
        prices: &[f64],
        asks: &[Ask],
        distances: &mut [f64],
        stop: S,
    ) -> Option<Vec<Found>> {
        self.weights.set(program, prices);
        let this = &*self;
        let results: Vec<Option<Answers>> = this
            .groups
            .par_iter()
            .map_init(
                || Scratch::new(this.graph.nodes()),
                |scratch, group| (!stop()).then(|| this.search(program, group, asks, scratch)),
            )
            .collect();
        let mut found = Vec::new();
        for (group, answers) in this.groups.iter().zip(results) {
            let answers = answers?;
            let releases = &this.order[group.releases.clone()];
            for (&release, distance) in releases.iter().zip(answers.distances) {
                distances[release as usize] = distance;
            }
            found.extend(answers.found);
        }
        Some(found)
    }

    fn search(
        &self,
        program: &Program,
        group: &Group,
        asks: &[Ask],
        scratch: &mut Scratch,
    ) -> Answers {
        let releases = &self.order[group.releases.clone()];
        let open: Vec<u32> = releases
            .iter()
            .copied()
            .filter(|&k| matches!(asks[k as usize], Ask::Below(_)))
            .collect();
        let search = Search {
            program,
            pricer: self,
            weights: self.weights.of(group.class as usize),
            root: group.root,
            open: &open,
        };
        if !open.is_empty() {
            match self.method {
                Method::Sweep => search.sweep(scratch),
                Method::FromOrigin => search.search_from_origin(scratch),
                Method::FromSink => search.search_from_sink(scratch),
            }
        }
        let mut answers = Answers::default();
        for &release in releases {
            let below = match asks[release as usize] {
                Ask::Known(distance) => {
                    answers.distances.push(distance);
                    continue;
                }
                Ask::Below(below) => below,
            };
            let (distance, node) = search.distance(self.method, release, scratch);
            answers.distances.push(distance);
            if distance < below {
                let arcs = search.path(self.method, node, scratch);
                answers.found.push(Found { release, arcs });
            }
        }
        scratch.forget();
        answers
    }
}

#[derive(Default)]
struct Answers {
    distances: Vec<f64>,
    found: Vec<Found>,
}

fn grouped(
    program: &Program,
    root: impl Fn(&crate::program::Release) -> u32,
) -> (Vec<Group>, Vec<u32>) {
    let key = |&k: &u32| {
        let release = &program.releases[k as usize];
        (release.class, root(release), k)
    };
    let mut order: Vec<u32> = (0..program.releases.len() as u32).collect();
    order.sort_unstable_by_key(key);
    let mut groups: Vec<Group> = Vec::new();
    for (place, release) in order.iter().enumerate() {
        let (class, root, _) = key(release);
        match groups.last_mut() {
            Some(last) if (last.class, last.root) == (class, root) => {
                last.releases.end = place + 1;
            }
            _ => groups.push(Group {
                class,
                root,
                releases: place..place + 1,
            }),
        }
    }
    (groups, order)
}

const NONE: u32 = u32::MAX;

/// What a search writes down per node, reused from search to search.
struct Scratch {
    distance: Vec<f64>,
    /// The place in the graph of the arc by which the node was reached, or [`NONE`] at a root.
    arc: Vec<u32>,
    /// Nodes written, to be forgotten one by one.
    touched: Vec<u32>,
    /// Nodes written by a sweep, to be forgotten at once.
    window: std::ops::Range<usize>,
    heap: BinaryHeap<Reverse<(u64, u32)>>,
    /// How many targets stand at a node.
    targets: Vec<u32>,
}

impl Scratch {
    fn new(nodes: usize) -> Self {
        Self {
            distance: vec![f64::INFINITY; nodes],
            arc: vec![NONE; nodes],
            touched: Vec::new(),
            window: 0..0,
            heap: BinaryHeap::new(),
            targets: vec![0; nodes],
        }
    }

    fn forget(&mut self) {
        for &node in &self.touched {
            self.distance[node as usize] = f64::INFINITY;
            self.arc[node as usize] = NONE;
        }
        self.touched.clear();
        self.distance[self.window.clone()].fill(f64::INFINITY);
        self.arc[self.window.clone()].fill(NONE);
        self.window = 0..0;
        self.heap.clear();
    }

    #[inline]
    fn reach(&mut self, node: u32, distance: f64, arc: u32) {
        let known = &mut self.distance[node as usize];
        if distance < *known {
            if known.is_infinite() {
                self.touched.push(node);
            }
            *known = distance;
            self.arc[node as usize] = arc;
            // non-negative floats order as their bits do
            self.heap.push(Reverse((distance.to_bits(), node)));
        }
    }
}

/// One search.
struct Search<'a> {
    program: &'a Program,
    pricer: &'a Pricer,
    weights: &'a [f64],
    /// A node of the graph, or a sink.
    root: u32,
    open: &'a [u32],
}

impl Search<'_> {
    fn ends(&self, sink: u32) -> &[(u32, f64)] {
        let starts = &self.pricer.end_starts[sink as usize..];
        &self.pricer.ends[starts[0] as usize..starts[1] as usize]
    }

    fn origin(&self, release: u32) -> u32 {
        self.pricer
            .graph
            .node(self.program.releases[release as usize].origin)
    }

    /// dist(v) = min(cost of ending at v, min over arcs v → w of weight + dist(w)), from the
    /// latest end back to the earliest origin.
    fn sweep(&self, scratch: &mut Scratch) {
        let mut ends = self.ends(self.root).iter().rev().peekable();
        let Some(&&(last, _)) = ends.peek() else {
            return;
        };
        let origins = self.open.iter().map(|&release| self.origin(release));
        let first = origins.min().unwrap_or(last) as usize;
        let last = last as usize;
        if first > last {
            return;
        }
        scratch.window = first..last + 1;
        for node in (first..=last).rev() {
            let mut best = f64::INFINITY;
            let mut via = NONE;
            for place in self.pricer.graph.at(node) {
                let distance =
                    self.weights[place] + scratch.distance[self.pricer.graph.far[place] as usize];
                if distance < best {
                    best = distance;
                    via = place as u32;
                }
            }
            if let Some(&(_, cost)) = ends.next_if(|end| end.0 as usize == node)
                && cost <= best
            {
                best = cost;
                via = NONE;
            }
            scratch.distance[node] = best;
            scratch.arc[node] = via;
        }
    }

    fn search_from_origin(&self, scratch: &mut Scratch) {
        let mut targets = Vec::new();
        for &release in self.open {
            let sink = self.program.releases[release as usize].sink;
            targets.extend(self.ends(sink).iter().map(|&(node, _)| node));
        }
        let root = self.pricer.graph.node(self.root);
        scratch.reach(root, 0.0, NONE);
        self.settle(targets, scratch);
    }

    fn search_from_sink(&self, scratch: &mut Scratch) {
        let origins = self
            .open
            .iter()
            .map(|&release| self.origin(release))
            .collect();
        for &(node, cost) in self.ends(self.root) {
            scratch.reach(node, cost, NONE);
        }
        self.settle(origins, scratch);
    }

    /// Dijkstra's search until every target is settled.
    fn settle(&self, targets: Vec<u32>, scratch: &mut Scratch) {
        let mut left = 0usize;
        for &node in &targets {
            let mark = &mut scratch.targets[node as usize];
            left += usize::from(*mark == 0);
            *mark = 1;
        }
        while left > 0
            && let Some(Reverse((bits, node))) = scratch.heap.pop()
        {
            let distance = f64::from_bits(bits);
            if distance > scratch.distance[node as usize] {
                continue;
            }
            left -= std::mem::take(&mut scratch.targets[node as usize]) as usize;
            for place in self.pricer.graph.at(node as usize) {
                scratch.reach(
                    self.pricer.graph.far[place],
                    distance + self.weights[place],
                    place as u32,
                );
            }
        }
        for &node in &targets {
            scratch.targets[node as usize] = 0;
        }
    }

    /// The weight of a release's cheapest path, and the node from which to read the path back.
    fn distance(&self, method: Method, release: u32, scratch: &Scratch) -> (f64, u32) {
        if method != Method::FromOrigin {
            let origin = self.origin(release);
            return (scratch.distance[origin as usize], origin);
        }
        let mut best = (f64::INFINITY, NONE);
        for &(node, cost) in self.ends(self.program.releases[release as usize].sink) {
            let distance = scratch.distance[node as usize] + cost;
            if distance < best.0 {
                best = (distance, node);
            }
        }
        best
    }

    /// The arcs between a node and the root of the search, in travelling order.
    fn path(&self, method: Method, mut node: u32, scratch: &Scratch) -> Vec<u32> {
        let graph = &self.pricer.graph;
        let mut places = Vec::new();
        while scratch.arc[node as usize] != NONE {
            let place = scratch.arc[node as usize];
            places.push(place);
            node = match method {
                Method::FromOrigin | Method::FromSink => graph.near[place as usize],
                Method::Sweep => graph.far[place as usize],
            };
        }
        if method == Method::FromOrigin {
            places.reverse();
        }
        let mut arcs = Vec::new();
        for place in places {
            graph.expand(place, &mut arcs);
        }
        arcs
    }
}
