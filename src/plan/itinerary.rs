//! What parcels do on the way, in words and in use of capacity.

use std::borrow::Cow;
use std::collections::BTreeMap;

use petgraph::graph::EdgeIndex;

use crate::engine::whole::{WholeFlow, WholeSolution};
use crate::instance::{Instance, Period, StepId};
use crate::network::{Activity, BucketId, DepartureId, Names, Network, main_haul};
use crate::units::Minutes;

use super::space;

/// A ride on a departure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ride {
    /// Which departure.
    pub departure: DepartureId,
    /// Whether the parcels board here, rather than stay aboard from the leg before.
    pub boards: bool,
}

/// One way through the network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Itinerary {
    /// Departures and held steps by name, in order of travel, joined by ` > `.
    pub path: String,
    /// The rides in order.
    pub rides: Vec<Ride>,
    /// The buckets used, in order.
    pub buckets: Vec<BucketId>,
    /// When it ends.
    pub delivered: Minutes,
}

impl Itinerary {
    /// Follows `edges` from a release.
    pub fn new(names: &Names<'_>, start: Minutes, edges: &[EdgeIndex]) -> Self {
        let network = names.network;
        let mut steps: Vec<String> = Vec::new();
        let mut itinerary = Self {
            path: String::new(),
            rides: Vec::new(),
            buckets: Vec::new(),
            delivered: start,
        };
        let mut held = false;
        let mut boards = false;
        // how many names there were after the last departure
        let mut named = 0;
        for &edge in edges {
            let (tail, head) = ends(network, edge);
            match &network.graph[edge] {
                Activity::Wait { .. } | Activity::Unload | Activity::Stay => held = false,
                Activity::Hold { .. } => held = true,
                Activity::Load { buckets, .. } => {
                    itinerary.buckets.extend(buckets);
                    boards = true;
                }
                Activity::Ride {
                    departure,
                    weeks_later,
                    ..
                } => {
                    let departure = *departure;
                    let silent = steps.len() == named;
                    if boards && silent && itinerary.came_by_its_run(network, departure) {
                        steps.push(off_name(names, departure, tail));
                    }
                    itinerary.rides.push(Ride { departure, boards });
                    steps.push(names.departure(departure, *weeks_later));
                    named = steps.len();
                    boards = false;
                }
                Activity::Handle { bucket } => {
                    itinerary.buckets.push(*bucket);
                    if held {
                        let step = network.buckets[bucket.at()].step;
                        steps.push(held_name(names, step, tail));
                    }
                    held = false;
                }
            }
            itinerary.delivered = head;
        }
        itinerary.path = steps.join(" > ");
        itinerary
    }

    /// The position of the ride that is the main haul; `None` where nothing is ridden.
    pub fn main_ride(&self, instance: &Instance, network: &Network) -> Option<usize> {
        let departure = |ride: &Ride| &network.departures[ride.departure.at()];
        let legs = self.rides.iter().map(departure);
        main_haul(legs.map(|departure| space::leg(instance, departure)))
    }

    /// The departure that is the main haul.
    pub fn main_haul(&self, instance: &Instance, network: &Network) -> Option<DepartureId> {
        let at = self.main_ride(instance, network)?;
        Some(self.rides[at].departure)
    }

    /// Whether the last ride was on the leg before of the same run.
    fn came_by_its_run(&self, network: &Network, departure: DepartureId) -> bool {
        let onward = |ride: &Ride| network.departures[ride.departure.at()].onward;
        self.rides.last().and_then(onward) == Some(departure)
    }
}

/// The answer with paths that end where parcels are first ready at their destination. Where that
/// costs nothing an engine may let them lie there, or ride on and come back, but they are delivered
/// when nothing is left to be done with them. What differed only in that is one path.
pub fn delivered<'a>(
    instance: &Instance,
    network: &Network,
    answer: &'a WholeSolution,
) -> Cow<'a, WholeSolution> {
    let needed = |flow: &WholeFlow| {
        let demand = network.releases[flow.release as usize].demand;
        let destination = instance.demands[demand.at()].destination;
        let is_there = |&arc: &u32| {
            let ends = network.graph.edge_endpoints(EdgeIndex::new(arc as usize));
            ends.is_some_and(|(_, head)| network.graph[head].is_delivered(destination))
        };
        let first = flow.arcs.iter().position(is_there);
        first.map_or(flow.arcs.len(), |at| at + 1)
    };
    if (answer.flows.iter()).all(|flow| needed(flow) == flow.arcs.len()) {
        return Cow::Borrowed(answer);
    }
    let mut flows: BTreeMap<(u32, &[u32]), i64> = BTreeMap::new();
    for flow in &answer.flows {
        let arcs = &flow.arcs[..needed(flow)];
        *flows.entry((flow.release, arcs)).or_default() += flow.parcels;
    }
    let flow = |((release, arcs), parcels): ((u32, &[u32]), i64)| WholeFlow {
        release,
        arcs: arcs.to_vec(),
        parcels,
    };
    Cow::Owned(WholeSolution {
        flows: flows.into_iter().map(flow).collect(),
        ..answer.clone()
    })
}

fn ends(network: &Network, edge: EdgeIndex) -> (Minutes, Minutes) {
    let (tail, head) = network
        .graph
        .edge_endpoints(edge)
        .expect("a path's edges are the network's");
    (network.graph[tail].time, network.graph[head].time)
}

/// `PLACE@DAY`: where parcels leave a run and join its next leg again on that day. Without it the
/// path would read as if they had stayed aboard.
fn off_name(names: &Names<'_>, departure: DepartureId, departs: Minutes) -> String {
    let departure = &names.network.departures[departure.at()];
    let leg = &names.instance.services[departure.service.at()].legs[departure.leg as usize];
    let place = &names.instance.places[leg.origin.at()].id;
    let day = names.calendar.day(leg.origin, departs);
    format!("{place}@{}", names.calendar.day_text(day))
}

/// `STEP@DAY`: the local day, or the Monday of the week, on which a held step starts.
fn held_name(names: &Names<'_>, step: StepId, start: Minutes) -> String {
    let step = &names.instance.handling[step.at()];
    let day = names.calendar.day(step.place, start);
    let day = match step.per {
        Period::Day => day,
        Period::Week | Period::Horizon => day - day.rem_euclid(7),
    };
    format!("{}@{}", step.name, names.calendar.day_text(day))
}

#[cfg(test)]
mod tests {
    use petgraph::algo::astar;
    use petgraph::graph::NodeIndex;
    use petgraph::visit::EdgeRef;

    use super::*;

    /// Parcels of the hub lie there until the next truck leaves, so that others may, too.
    const TO_AND_FRO: [(&str, &str); 5] = [
        ("settings", "setting,value\nname,to and fro\n"),
        (
            "places",
            "place,kind,time_zone\nTown,city,UTC\nHub,hub,UTC\n",
        ),
        (
            "products",
            "product,kg_per_parcel,litres_per_parcel,promise_hours,unserved_per_parcel\np,1,5,100,9\n",
        ),
        (
            "demand",
            "origin,destination,product,parcels\nTown,Hub,p,70\nHub,Town,p,70\n",
        ),
        (
            "services",
            "service,mode,origin,destination,days,departs,hours,km\n\
             out,road,Town,Hub,daily,20:00,2,100\nback,road,Hub,Town,daily,08:00,2,100\n",
        ),
    ];

    /// A way to the hub, and the same with a wait there: seven parcels and five on one path.
    #[test]
    fn parcels_that_lie_at_their_destination_are_delivered() {
        let folder = tempfile::tempdir().expect("a folder");
        for (name, text) in TO_AND_FRO {
            let path = folder.path().join(name).with_extension("csv");
            std::fs::write(path, text).expect("a table");
        }
        let prepared = crate::prepare(folder.path(), None).expect("an instance");
        let network = &prepared.network;
        let to_hub = |release: &crate::network::Release| {
            let destination = prepared.instance.demands[release.demand.at()].destination;
            prepared.instance.places[destination.at()].id == "Hub"
        };
        let at = network.releases.iter().position(to_hub);
        let at = at.expect("a release to the hub");
        let release = &network.releases[at];
        let hub = prepared.instance.demands[release.demand.at()].destination;
        let wait = network.graph.edge_references().find(|edge| {
            let place = network.graph[edge.source()].place;
            let after = network.graph[edge.source()].time > release.time;
            place == hub && after && matches!(edge.weight(), Activity::Wait { .. })
        });
        let wait = wait.expect("somebody may wait at the hub");
        let is_there = |node: NodeIndex| node == wait.source();
        let way = astar(&network.graph, release.node, is_there, |_| 1, |_| 0);
        let (_, nodes) = way.expect("a way to where the wait starts");
        let mut arcs: Vec<u32> = nodes
            .windows(2)
            .filter_map(|ends| network.graph.find_edge(ends[0], ends[1]))
            .map(|edge| edge.index() as u32)
            .collect();
        let flow = |arcs: &[u32], parcels| WholeFlow {
            release: at as u32,
            arcs: arcs.to_vec(),
            parcels,
        };
        let direct = flow(&arcs, 7);
        arcs.push(wait.id().index() as u32);
        let idle = flow(&arcs, 5);
        let answer = |flows: &[WholeFlow]| WholeSolution {
            flows: flows.to_vec(),
            unserved: Vec::new(),
            columns: Vec::new(),
            cost: 0,
            short_rows: Vec::new(),
            left_behind: Vec::new(),
        };
        let both = answer(&[direct.clone(), idle]);
        let all = flow(&direct.arcs, 12);
        assert_eq!(delivered(&prepared.instance, network, &both).flows, [all]);
        // and nothing is copied where nobody waits
        let one = answer(&[direct]);
        assert!(matches!(
            delivered(&prepared.instance, network, &one),
            Cow::Borrowed(_)
        ));
    }
}
