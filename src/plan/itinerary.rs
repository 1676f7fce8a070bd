//! What parcels do on the way, in words and in use of capacity.

use petgraph::graph::EdgeIndex;

use crate::instance::{Period, StepId};
use crate::network::{Activity, BucketId, DepartureId, Names, Network};
use crate::units::Minutes;

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

    /// Whether the last ride was on the leg before of the same run.
    fn came_by_its_run(&self, network: &Network, departure: DepartureId) -> bool {
        let onward = |ride: &Ride| network.departures[ride.departure.at()].onward;
        self.rides.last().and_then(onward) == Some(departure)
    }
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
