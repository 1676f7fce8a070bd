//! From a path's name back to the edges of the network.

use petgraph::graph::{EdgeIndex, NodeIndex};
use petgraph::visit::EdgeRef;

use crate::network::{Activity, Names, Release, Stage};

use crate::plan::itinerary::Itinerary;

/// The edges of the path that is called `path`, from a release; `None` where there is none.
///
/// Names decide everything but waiting: parcels board the departures named, in order, and steps
/// that are not named start at once.
pub(super) fn edges(names: &Names<'_>, release: &Release, path: &str) -> Option<Vec<EdgeIndex>> {
    let parts: Vec<&str> = path.split(" > ").collect();
    let mut walk = Walk {
        names,
        release,
        path,
        edges: Vec::new(),
    };
    walk.from(release.node, &parts).then_some(walk.edges)
}

struct Walk<'a> {
    names: &'a Names<'a>,
    release: &'a Release,
    path: &'a str,
    edges: Vec<EdgeIndex>,
}

impl Walk<'_> {
    /// Goes on from a node with the names that are left; the edges stay where that succeeds.
    fn from(&mut self, node: NodeIndex, left: &[&str]) -> bool {
        let network = self.names.network;
        if left.is_empty() && self.has_arrived(node) {
            return true;
        }
        // edges out of a node are few: waiting, departures, steps
        let mut ways: Vec<(EdgeIndex, NodeIndex)> = network
            .graph
            .edges(node)
            .map(|edge| (edge.id(), edge.target()))
            .collect();
        ways.sort_unstable();
        for (edge, head) in ways {
            let Some(left) = self.after(edge, node, left) else {
                continue;
            };
            self.edges.push(edge);
            if self.from(head, left) {
                return true;
            }
            self.edges.pop();
        }
        false
    }

    /// The names left after an edge; `None` where it does not fit them.
    fn after<'n>(
        &self,
        edge: EdgeIndex,
        node: NodeIndex,
        left: &'n [&'n str],
    ) -> Option<&'n [&'n str]> {
        let network = self.names.network;
        let next = left.first().copied();
        match &network.graph[edge] {
            Activity::Ride {
                departure,
                weeks_later,
                ..
            } => {
                let name = self.names.departure(*departure, *weeks_later);
                (next == Some(name.as_str())).then(|| &left[1..])
            }
            Activity::Load { .. } => {
                let place = &self.names.instance.places[network.graph[node].place.at()].id;
                let got_off = next.is_some_and(|name| is_at(name, place));
                match got_off {
                    true => Some(&left[1..]),
                    false => next.map(|_| left),
                }
            }
            Activity::Hold { .. } => {
                let Stage::Inbound(step, _) = network.graph[node].stage else {
                    return None;
                };
                let step = &self.names.instance.handling[step.at()].name;
                let held = next.is_some_and(|name| is_at(name, step));
                held.then_some(left)
            }
            Activity::Handle { .. } => {
                let held = self
                    .edges
                    .last()
                    .is_some_and(|&last| matches!(network.graph[last], Activity::Hold { .. }));
                match held {
                    true => Some(&left[1..]),
                    false => Some(left),
                }
            }
            Activity::Wait { .. } | Activity::Stay => next.map(|_| left),
            Activity::Unload => Some(left),
        }
    }

    fn has_arrived(&self, node: NodeIndex) -> bool {
        let network = self.names.network;
        let demand = &self.names.instance.demands[self.release.demand.at()];
        let at = network.graph[node];
        at.is_delivered(demand.destination)
            && Itinerary::new(self.names, self.release.time, &self.edges).path == self.path
    }
}

/// Whether a name is `WHAT@…`.
fn is_at(name: &str, what: &str) -> bool {
    name.strip_prefix(what)
        .is_some_and(|rest| rest.starts_with('@'))
}
