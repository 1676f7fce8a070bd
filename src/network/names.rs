//! What parts of the network are called, in plans and in exported programs.

use petgraph::graph::{EdgeIndex, NodeIndex};

use super::calendar::Calendar;
use super::model::{Activity, BucketId, DepartureId, Haul, Network, NightId, Release, Stage};
use crate::instance::{Direction, Instance, Mode, Period, StepId};

/// Names the parts of a network.
#[derive(Clone, Copy, Debug)]
pub struct Names<'a> {
    /// The instance.
    pub instance: &'a Instance,
    /// Its calendar.
    pub calendar: &'a Calendar,
    /// Its network.
    pub network: &'a Network,
}

impl Names<'_> {
    /// `SERVICE@RUN`, or `SERVICE/LEG@RUN` for services of several legs (legs count from 1). RUN is
    /// the day on which the run starts: `2019-11-12`, or `W1 Tue` on a typical week, where
    /// `weeks_later` says in which week the departure is used.
    pub fn departure(&self, id: DepartureId, weeks_later: i32) -> String {
        let departure = &self.network.departures[id.at()];
        let service = &self.instance.services[departure.service.at()];
        let run = self.calendar.day_text(departure.run_day + 7 * weeks_later);
        if service.legs.len() == 1 {
            format!("{}@{run}", service.id)
        } else {
            format!("{}/{}@{run}", service.id, departure.leg + 1)
        }
    }

    /// `STEP PLACE in DAY`, with the mode where the step is for one mode only.
    pub fn bucket(&self, id: BucketId) -> String {
        let bucket = &self.network.buckets[id.at()];
        let place = self.instance.handling[bucket.step.at()].place;
        let day = self.calendar.day(place, bucket.start);
        format!("{} {}", self.step(bucket.step), self.calendar.day_text(day))
    }

    /// `STEP PLACE in`, with the mode where the step is for one mode only.
    pub fn step(&self, id: StepId) -> String {
        let step = &self.instance.handling[id.at()];
        let direction = match step.direction {
            Direction::In => "in",
            Direction::Out => "out",
        };
        let mode = step
            .mode
            .map_or(String::new(), |mode| format!(" {}", mode_name(mode)));
        let place = &self.instance.places[step.place.at()].id;
        format!("{} {place} {direction}{mode}", step.name)
    }

    /// `PLACE DAY`: the night that ends as the day begins.
    pub fn night(&self, id: NightId) -> String {
        let night = &self.network.nights[id.at()];
        let day = self.calendar.day(night.place, night.midnight);
        let place = &self.instance.places[night.place.at()].id;
        format!("{place} {}", self.calendar.day_text(day))
    }

    /// `ORIGIN-DESTINATION PRODUCT@TIME`, with `later` for those after the planned weeks.
    pub fn release(&self, release: &Release) -> String {
        let demand = &self.instance.demands[release.demand.at()];
        let place = |id: crate::instance::PlaceId| &self.instance.places[id.at()].id;
        let later = if release.reported { "" } else { " later" };
        format!(
            "{}-{} {}@{}{later}",
            place(demand.origin),
            place(demand.destination),
            self.instance.products[demand.product.at()].id,
            self.calendar.text(demand.origin, release.time)
        )
    }

    /// What happens along an edge, named so that no two edges share a name: `FLIGHT@RUN`,
    /// `boarding FLIGHT@RUN from TIME with STEP DAY`, `sorting LGG in DAY from TIME`, with what lies
    /// behind where main hauls are counted, and with what brought parcels where that decides what
    /// can follow.
    pub fn edge(&self, edge: EdgeIndex) -> String {
        let Some((tail, head)) = self.network.graph.edge_endpoints(edge) else {
            return String::new();
        };
        let main = match self.network.graph[edge] {
            Activity::Ride { main: true, .. } => " as main haul",
            _ => "",
        };
        let what = self.activity(edge, (tail, head));
        let tail = self.network.graph[tail];
        format!(
            "{what}{main}{}{}",
            self.brought_by(tail.stage),
            haul_text(tail.haul)
        )
    }

    /// ` off TRAIN@RUN` where its next leg may not be boarded; ` after air` before a step of every
    /// mode, where what follows is not as after rail.
    fn brought_by(&self, stage: Stage) -> String {
        match stage {
            Stage::Off(departure, weeks_later) => {
                format!(" off {}", self.departure(departure, weeks_later))
            }
            Stage::Inbound(step, lane)
                if lane != Mode::Rail && self.instance.handling[step.at()].mode.is_none() =>
            {
                format!(" after {}", mode_name(lane))
            }
            _ => String::new(),
        }
    }

    fn activity(&self, edge: EdgeIndex, (tail, head): (NodeIndex, NodeIndex)) -> String {
        let graph = &self.network.graph;
        let place = |node: NodeIndex| &self.instance.places[graph[node].place.at()].id;
        let time = |node: NodeIndex| self.calendar.text(graph[node].place, graph[node].time);
        let aboard = |node: NodeIndex| match graph[node].stage {
            Stage::Aboard(departure) => self.departure(departure, 0),
            Stage::Inbound(step, _) => self.step(step),
            Stage::Ready | Stage::Off(..) => place(node).clone(),
        };
        match &graph[edge] {
            Activity::Ride {
                departure,
                weeks_later,
                ..
            } => self.departure(*departure, *weeks_later),
            Activity::Load { departure, buckets } => {
                let steps: Vec<String> = buckets.iter().map(|&b| self.bucket(b)).collect();
                let steps = match &steps[..] {
                    [] => String::new(),
                    steps => format!(" with {}", steps.join(", ")),
                };
                let (ship, from, to) = (self.departure(*departure, 0), time(tail), time(head));
                format!("boarding {ship} from {from} to {to}{steps}")
            }
            Activity::Wait { .. } => {
                format!("wait {} {} to {}", place(tail), time(tail), time(head))
            }
            Activity::Hold { .. } => {
                format!("wait {} {} to {}", aboard(tail), time(tail), time(head))
            }
            Activity::Handle { bucket } => format!("{} from {}", self.bucket(*bucket), time(tail)),
            Activity::Stay => format!("stay on {} from {}", aboard(head), time(tail)),
            Activity::Unload => format!("off {} at {}", aboard(tail), time(tail)),
        }
    }

    /// The name of a period of a limit: a day, the Monday of a week, or `horizon`.
    pub fn period(&self, per: Period, index: i32) -> String {
        match per {
            Period::Day => self.calendar.day_text(index),
            Period::Week => self.calendar.day_text(index * 7),
            Period::Horizon => "horizon".to_owned(),
        }
    }
}

/// What lies behind a node of a network in which main hauls are told: ` before main haul 2` where
/// that is still to come and must be longer than the second shortest leg.
pub fn haul_text(haul: Haul) -> String {
    match haul {
        Haul {
            is_open: true,
            longest,
        } => format!(" before main haul {longest}"),
        Haul { longest: 0, .. } => String::new(),
        Haul { longest, .. } => format!(" after main haul {longest}"),
    }
}

/// `rail`, `air`, `road` or `sea`.
pub fn mode_name(mode: Mode) -> &'static str {
    match mode {
        Mode::Rail => "rail",
        Mode::Air => "air",
        Mode::Road => "road",
        Mode::Sea => "sea",
    }
}
