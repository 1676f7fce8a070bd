//! Which leg of a path is its main haul, and a network that knows it.
//!
//! Parcels that ride several legs one after the other are carried once: whatever counts parcels,
//! weight or volume by mode or service counts them by their main haul. Which leg that is depends on
//! the whole path, while a limit is written edge by edge. Where a limit counts main hauls, nodes are
//! therefore split by what of a path lies behind them ([`Haul`]): parcels decide as they ride a leg
//! whether it is their main haul, before it they may only ride shorter legs, after it none that is
//! longer, and a path ends where that is decided. Every path then has exactly one way through the
//! network, and its main haul is the one ride on it that is marked.
//!
//! Of the longest leg so far only that matters which can still be compared with a leg ahead: what
//! no leg ahead tells apart is one node. At a hub where nothing leaves that is all of it.

use super::layout::{Edge, Kind, Layout};
use super::model::{Departure, Haul, Node};
use crate::instance::{Instance, Leg, Limit};

/// The position of the main haul among the legs that a path rides: the one with the most metres,
/// the first of equals. `None` where nothing is ridden.
pub fn main_haul<'a>(legs: impl IntoIterator<Item = &'a Leg>) -> Option<usize> {
    let longest_first = |a: &(usize, i64), b: &(usize, i64)| a.1.cmp(&b.1).then(b.0.cmp(&a.0));
    let metres = legs.into_iter().map(Leg::metres).enumerate();
    metres.max_by(longest_first).map(|(at, _)| at)
}

/// Whether some limit counts main hauls.
pub(super) fn are_counted(instance: &Instance) -> bool {
    let mut limits = instance.limits.iter();
    limits.any(Limit::counts_main_hauls)
}

/// The useful part of a layout with its nodes split by what lies behind them.
pub(super) fn split(
    instance: &Instance,
    departures: &[Departure],
    layout: Layout,
    useful: &[bool],
) -> Layout {
    let kept = layout
        .edges
        .iter()
        .zip(useful)
        .filter(|(_, useful)| **useful);
    let edges: Vec<Edge> = kept.map(|(edge, _)| *edge).collect();
    let ranks = ranks(instance, departures, &layout);
    let splitter = Splitter {
        ahead: Ahead::of(&layout, &edges, &ranks),
        ranks,
    };
    let hauls = splitter.hauls(&layout, &edges);
    let mut first = vec![0u32];
    let mut nodes = Vec::new();
    for (node, hauls) in layout.nodes.iter().zip(&hauls) {
        nodes.extend(hauls.iter().map(|&haul| Node { haul, ..*node }));
        first.push(nodes.len() as u32);
    }
    let number = |node: u32, haul: Haul| {
        let position = hauls[node as usize].partition_point(|&other| other < haul);
        first[node as usize] + position as u32
    };
    let mut split = Vec::with_capacity(edges.len());
    for edge in &edges {
        for &haul in &hauls[edge.tail as usize] {
            let ways = splitter.follow(edge, haul);
            split.extend(ways.into_iter().flatten().map(|(kind, after)| Edge {
                tail: number(edge.tail, haul),
                head: number(edge.head, after),
                kind,
            }));
        }
    }
    split.sort_unstable_by_key(|edge| (edge.tail, edge.head, edge.kind));
    let starts = layout.starts.iter();
    Layout {
        starts: starts.map(|&start| number(start, Haul::START)).collect(),
        nodes,
        edges: split,
        runs: layout.runs,
    }
}

/// By run, the rank of its leg by distance, from 1; equal distances have equal ranks.
fn ranks(instance: &Instance, departures: &[Departure], layout: &Layout) -> Vec<u32> {
    let metres = |run: &super::layout::Run| {
        let departure = &departures[run.departure.at()];
        instance.services[departure.service.at()].legs[departure.leg as usize].metres()
    };
    let all: Vec<i64> = layout.runs.iter().map(metres).collect();
    let mut distances = all.clone();
    distances.sort_unstable();
    distances.dedup();
    let rank = |metres| distances.partition_point(|&other| other < metres) as u32 + 1;
    all.into_iter().map(rank).collect()
}

/// By node, the ranks of all legs that can be ridden after it: a set of bits.
struct Ahead {
    /// Words of 64 ranks for each node.
    words: usize,
    bits: Vec<u64>,
}

impl Ahead {
    fn of(layout: &Layout, edges: &[Edge], ranks: &[u32]) -> Self {
        let most = ranks.iter().max().map_or(0, |&rank| rank as usize);
        let words = most / 64 + 1;
        let mut ahead = Self {
            words,
            bits: vec![0; layout.nodes.len() * words],
        };
        // heads stand behind tails, so that what follows a head is known
        for edge in edges.iter().rev() {
            let (tail, head) = (edge.tail as usize * words, edge.head as usize * words);
            for word in 0..words {
                ahead.bits[tail + word] |= ahead.bits[head + word];
            }
            if let Kind::Ride(run, _) = edge.kind {
                let rank = ranks[run as usize] as usize;
                ahead.bits[tail + rank / 64] |= 1 << (rank % 64);
            }
        }
        ahead
    }

    /// The highest rank up to `rank` that is ridden after a node; 0 where there is none.
    fn up_to(&self, node: u32, rank: u32) -> u32 {
        let (last, bit) = (rank as usize / 64, rank % 64);
        let words = &self.bits[node as usize * self.words..][..=last];
        for (at, &word) in words.iter().enumerate().rev() {
            let kept = if at == last {
                u64::MAX >> (63 - bit)
            } else {
                u64::MAX
            };
            if word & kept != 0 {
                return at as u32 * 64 + (word & kept).ilog2();
            }
        }
        0
    }
}

struct Splitter {
    ranks: Vec<u32>,
    ahead: Ahead,
}

impl Splitter {
    /// By node, what can lie behind it, in order.
    fn hauls(&self, layout: &Layout, edges: &[Edge]) -> Vec<Vec<Haul>> {
        let mut hauls: Vec<Vec<Haul>> = vec![Vec::new(); layout.nodes.len()];
        for &start in &layout.starts {
            hauls[start as usize] = vec![Haul::START];
        }
        // edges stand in the order of their tails, so that all that reaches a tail is known
        for edge in edges {
            let behind = std::mem::take(&mut hauls[edge.tail as usize]);
            for &haul in &behind {
                for (_, after) in self.follow(edge, haul).into_iter().flatten() {
                    let there = &mut hauls[edge.head as usize];
                    if let Err(position) = there.binary_search(&after) {
                        there.insert(position, after);
                    }
                }
            }
            hauls[edge.tail as usize] = behind;
        }
        hauls
    }

    /// What an edge makes of what lies behind its tail: a ride as a leg among others, or as the main
    /// haul.
    fn follow(&self, edge: &Edge, haul: Haul) -> [Option<(Kind, Haul)>; 2] {
        let after = |is_open, longest| Haul {
            is_open,
            longest: self.ahead.up_to(edge.head, longest),
        };
        let Kind::Ride(run, _) = edge.kind else {
            return [Some((edge.kind, after(haul.is_open, haul.longest))), None];
        };
        let rank = self.ranks[run as usize];
        let is_longer = rank > haul.longest;
        let among_others = (haul.is_open || !is_longer).then(|| {
            let longest = haul.longest.max(rank);
            (Kind::Ride(run, false), after(haul.is_open, longest))
        });
        let as_main =
            (haul.is_open && is_longer).then(|| (Kind::Ride(run, true), after(false, rank)));
        [among_others, as_main]
    }
}
