//! What can still matter: reachable from a release and in time for its destination.

use super::layout::Layout;
use crate::instance::PlaceId;
use crate::units::Minutes;

/// What a release asks of the layout.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Wish {
    pub destination: PlaceId,
    pub start: u32,
    pub latest: Minutes,
}

const NEVER: i64 = i64::MAX;
const NOT_REACHED: i64 = i64::MIN;

/// Which edges lie on a way from some wish's start to its destination that may be in time.
///
/// For each destination one sweep forward carries the latest time that anything which reaches a
/// node may still be delivered, and one sweep backward the earliest time of delivery from it; an
/// edge stays if the second at its head is not after the first at its tail. O(destinations ×
/// edges). Ways end where they first reach their destination.
pub(super) fn useful_edges(layout: &Layout, mut wishes: Vec<Wish>) -> Vec<bool> {
    let mut useful = vec![false; layout.edges.len()];
    wishes.sort_unstable();
    let mut latest = vec![NOT_REACHED; layout.nodes.len()];
    let mut earliest = vec![NEVER; layout.nodes.len()];
    for group in wishes.chunk_by(|a, b| a.destination == b.destination) {
        let there = |node: u32| {
            let node = &layout.nodes[node as usize];
            node.place == group[0].destination && node.is_ready()
        };
        latest.fill(NOT_REACHED);
        for wish in group {
            let entry = &mut latest[wish.start as usize];
            *entry = (*entry).max(wish.latest.0);
        }
        for edge in layout.edges.iter().filter(|edge| !there(edge.tail)) {
            let limit = latest[edge.tail as usize];
            let head = edge.head as usize;
            if limit >= layout.nodes[head].time.0 && limit > latest[head] {
                latest[head] = limit;
            }
        }
        for (node, entry) in (0u32..).zip(&mut earliest) {
            *entry = if there(node) && layout.nodes[node as usize].is_settled() {
                layout.nodes[node as usize].time.0
            } else {
                NEVER
            };
        }
        for (edge, useful) in layout.edges.iter().zip(&mut useful).rev() {
            let delivered = earliest[edge.head as usize];
            if delivered == NEVER || there(edge.tail) {
                continue;
            }
            *useful |= delivered <= latest[edge.tail as usize];
            let entry = &mut earliest[edge.tail as usize];
            *entry = (*entry).min(delivered);
        }
    }
    useful
}
