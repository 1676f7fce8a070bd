//! One shortest-path search, for the releases of a group.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::pricing::{Method, Pricer};
use crate::program::Program;

const NONE: u32 = u32::MAX;

/// What a search writes down per node, reused from search to search.
pub(super) struct Scratch {
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
    pub fn new(nodes: usize) -> Self {
        Self {
            distance: vec![f64::INFINITY; nodes],
            arc: vec![NONE; nodes],
            touched: Vec::new(),
            window: 0..0,
            heap: BinaryHeap::new(),
            targets: vec![0; nodes],
        }
    }

    pub fn forget(&mut self) {
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
pub(super) struct Search<'a> {
    pub program: &'a Program,
    pub pricer: &'a Pricer,
    pub weights: &'a [f64],
    /// A node of the program, or a sink.
    pub root: u32,
    /// The releases that are searched for.
    pub open: &'a [u32],
}

impl Search<'_> {
    fn origin(&self, release: u32) -> u32 {
        self.pricer
            .graph
            .node(self.program.releases[release as usize].origin)
    }

    /// dist(v) = min(cost of ending at v, min over arcs v → w of weight + dist(w)), from the
    /// latest end back to the earliest origin.
    pub fn sweep(&self, scratch: &mut Scratch) {
        let mut ends = self.pricer.ends(self.root).iter().rev().peekable();
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

    pub fn search_from_origin(&self, scratch: &mut Scratch) {
        let mut targets = Vec::new();
        for &release in self.open {
            let sink = self.program.releases[release as usize].sink;
            targets.extend(self.pricer.ends(sink).iter().map(|&(node, _)| node));
        }
        let root = self.pricer.graph.node(self.root);
        scratch.reach(root, 0.0, NONE);
        self.settle(targets, scratch);
    }

    pub fn search_from_sink(&self, scratch: &mut Scratch) {
        let origins = self
            .open
            .iter()
            .map(|&release| self.origin(release))
            .collect();
        for &(node, cost) in self.pricer.ends(self.root) {
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
    pub fn distance(&self, method: Method, release: u32, scratch: &Scratch) -> (f64, u32) {
        if method != Method::FromOrigin {
            let origin = self.origin(release);
            return (scratch.distance[origin as usize], origin);
        }
        let mut best = (f64::INFINITY, NONE);
        for &(node, cost) in self
            .pricer
            .ends(self.program.releases[release as usize].sink)
        {
            let distance = scratch.distance[node as usize] + cost;
            if distance < best.0 {
                best = (distance, node);
            }
        }
        best
    }

    /// The pieces between a node and the root of the search, in travelling order.
    pub fn path(&self, method: Method, mut node: u32, scratch: &Scratch) -> Vec<u32> {
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
        graph.path(&places)
    }
}
