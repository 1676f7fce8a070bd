//! The parts of the time-expanded network.
//!
//! ```text
//! (place, Ready, t) ──Wait──▶ (place, Ready, t')            parcels lie at a place
//! (place, Ready, t) ──Load(d)──▶ (Aboard d, departs)        outbound steps, ending at departure
//! (Aboard d, departs) ──Ride(d)──▶ (Aboard d, arrives)
//! (Aboard d, arrives) ──Stay──▶ (Aboard d', departs)        through-carriage to the next leg
//! (Aboard d, arrives) ──Unload──▶ (place, Inbound step, t)
//! (place, Inbound step, t) ──Hold──▶ (place, Inbound step, next bucket)
//! (place, Inbound step, t) ──Handle(b)──▶ (place, next Inbound step or Ready, t + hours)
//! ```
//!
//! On a typical week the graph is unrolled over as many weeks as a release may take, and the
//! copies of a departure or bucket share one capacity: [`Network::departures`] and
//! [`Network::buckets`] hold each once, in its first week, and edges say how many weeks later
//! they use it.
//!
//! A wait or hold from t until t' counts at the midnights m with t ≤ m < t'.

use petgraph::graph::{DiGraph, NodeIndex};

use super::events::FULL;
use crate::instance::{DemandId, Mode, PlaceId, ServiceId, StepId};
use crate::units::{Minutes, Parcels};

/// The time-expanded network of an instance.
#[derive(Clone, Debug)]
pub struct Network {
    /// Nodes numbered so that every edge leads from a lower to a higher number.
    pub graph: DiGraph<Node, Activity>,
    /// Departures, ordered by service, departure time and leg.
    pub departures: Vec<Departure>,
    /// Buckets of handling capacity, ordered by step and start.
    pub buckets: Vec<Bucket>,
    /// Nights of storage at places whose storage is limited, ordered by place and time.
    pub nights: Vec<Night>,
    /// What is to be carried, ordered by demand and time; the tail's last.
    pub releases: Vec<Release>,
}

/// A place at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Node {
    /// Where; aboard a departure, the place it leaves or has reached.
    pub place: PlaceId,
    /// In which state.
    pub stage: Stage,
    /// When.
    pub time: Minutes,
    /// What of a path lies behind, where limits count main hauls.
    pub haul: Haul,
}

impl Node {
    /// Whether parcels here are free to be loaded, or delivered.
    pub fn is_ready(&self) -> bool {
        matches!(self.stage, Stage::Ready | Stage::Off(..))
    }

    /// Whether a path can end here, as far as its main haul goes.
    pub fn is_settled(&self) -> bool {
        !self.haul.is_open
    }

    /// Whether parcels for `destination` are delivered here.
    pub fn is_delivered(&self, destination: PlaceId) -> bool {
        self.place == destination && self.is_ready() && self.is_settled()
    }
}

/// What of a path lies behind a node, where limits count main hauls (`hauls`); elsewhere it is
/// always the default.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Haul {
    /// Whether the main haul is still ahead.
    pub is_open: bool,
    /// The rank by distance of the longest leg so far, as far as legs ahead can tell; 0 where they
    /// cannot.
    pub longest: u32,
}

impl Haul {
    /// Nothing is ridden so far.
    pub const START: Self = Self {
        is_open: true,
        longest: 0,
    };
}

/// The state of parcels at a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Free to be loaded, or delivered.
    Ready,
    /// As `Ready`, off a departure that many weeks later: parcels board anything but its next leg,
    /// which has not left.
    Off(DepartureId, i32),
    /// Waiting for a handling step after arrival, by the mode that stands for all whose steps are the
    /// same from there on.
    Inbound(StepId, Mode),
    /// Aboard a departure, which leaves or has arrived.
    Aboard(DepartureId),
}

/// What happens along an edge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Activity {
    /// Parcels lie at the place until the head's time; the nights are those of
    /// [`Network::nights`] that they spend there.
    Wait {
        /// Nights spent where storage is limited.
        nights: Vec<NightId>,
    },
    /// Outbound steps in order, ending at the departure, and boarding.
    Load {
        /// Which departure.
        departure: DepartureId,
        /// The bucket of each outbound step.
        buckets: Vec<BucketId>,
    },
    /// A departure under way.
    Ride {
        /// Which departure.
        departure: DepartureId,
        /// How many weeks after the departure's own time (0 on a dated horizon). Negative for a
        /// run that started in the week before: its later legs may leave in week 1.
        weeks_later: i32,
        /// Whether it is the main haul of the path; said only where limits count main hauls.
        main: bool,
    },
    /// Through-carriage to the next leg.
    Stay,
    /// Off the vehicle.
    Unload,
    /// Waiting for a later bucket of an inbound step; storage as for [`Activity::Wait`].
    Hold {
        /// Nights spent where storage is limited.
        nights: Vec<NightId>,
    },
    /// An inbound step.
    Handle {
        /// The bucket in which it starts.
        bucket: BucketId,
    },
}

macro_rules! index {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub u32);

        impl $name {
            /// The position in its list.
            pub fn at(self) -> usize {
                self.0 as usize
            }
        }
    };
}

index!(
    /// A departure, by its position in [`Network::departures`].
    DepartureId
);
index!(
    /// A bucket, by its position in [`Network::buckets`].
    BucketId
);
index!(
    /// A night, by its position in [`Network::nights`].
    NightId
);

/// One run of a service leg at one time.
#[derive(Clone, Debug, PartialEq)]
pub struct Departure {
    /// Which service.
    pub service: ServiceId,
    /// Which of its legs, from 0.
    pub leg: u32,
    /// When it leaves, after delays. On a typical week the run starts in week 1, so that a later
    /// leg may leave in a later week; its runs of earlier weeks leave in week 1 as well.
    pub departs: Minutes,
    /// When it arrives.
    pub arrives: Minutes,
    /// The local date, counted in days from the horizon's first Monday, on which its run's first
    /// leg was scheduled: what bookings and the plan name it by.
    pub run_day: i32,
    /// Capacity left by events, in millionths of the leg's (1,000,000 without an event).
    pub factor: i64,
    /// What bookings take from it.
    pub booked: Booked,
    /// The next leg of the same run.
    pub onward: Option<DepartureId>,
    /// Whether its run belongs to the planned weeks, or to those that count with them; after them
    /// services only run on.
    pub reported: bool,
    /// Whether it does not run after all and only keeps its place: nothing rides on it and nothing
    /// is paid for it. What events cancel is not in the network.
    pub cancelled: bool,
}

/// Space taken on a departure.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Booked {
    /// Freight aboard.
    pub weight: crate::units::Grams,
    /// Freight aboard.
    pub volume: crate::units::CubicCentimetres,
    /// Units sold to others, in millionths.
    pub units: i64,
}

/// The capacity of a handling step in one local day or week.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bucket {
    /// Which step.
    pub step: StepId,
    /// From when.
    pub start: Minutes,
    /// Until when (exclusive).
    pub end: Minutes,
    /// How many days it has.
    pub days: i64,
    /// Capacity left by events, in millionths of a day's: 1,000,000 for each of the days without an
    /// event.
    pub factor: i64,
}

impl Bucket {
    /// What events leave of a capacity, rounded down.
    pub fn left_of(&self, capacity: i64) -> i64 {
        let all = i128::from(FULL) * i128::from(self.days.max(1));
        let left = i128::from(capacity) * i128::from(self.factor) / all;
        i64::try_from(left).unwrap_or(i64::MAX)
    }
}

/// A local midnight at a place with limited storage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Night {
    /// Where.
    pub place: PlaceId,
    /// The midnight.
    pub midnight: Minutes,
}

/// Parcels of a demand that become ready together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Release {
    /// Of which demand (in the tail: of the last week's).
    pub demand: DemandId,
    /// When they are ready.
    pub time: Minutes,
    /// How many.
    pub parcels: Parcels,
    /// Ready plus promise.
    pub due: Minutes,
    /// Delivered after this does not count.
    pub latest: Minutes,
    /// The node they start from.
    pub node: NodeIndex,
    /// Whether the plan reports them; the tail's are planned only.
    pub reported: bool,
}
