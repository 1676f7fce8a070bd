//! Which handling steps stand between a vehicle and a place, and in which buckets they start.

use super::calendar::Calendar;
use super::events::Events;
use super::model::Bucket;
use crate::instance::{Direction, HandlingStep, Horizon, Instance, Mode, Period, PlaceId, StepId};
use crate::units::Minutes;

const MODES: [Mode; 4] = [Mode::Rail, Mode::Air, Mode::Road, Mode::Sea];

/// The handling steps of every place, mode and direction in row order.
#[derive(Clone, Debug)]
pub struct Chains {
    steps: Vec<Vec<StepId>>,
}

impl Chains {
    /// The chains of an instance.
    pub fn new(instance: &Instance) -> Self {
        let mut steps = vec![Vec::new(); instance.places.len() * 2 * MODES.len()];
        for (index, step) in instance.handling.iter().enumerate() {
            for mode in MODES {
                if step.mode.is_none_or(|only| only == mode) {
                    steps[slot(step.place, mode, step.direction)].push(StepId(index as u32));
                }
            }
        }
        Self { steps }
    }

    /// The steps after arrivals of `mode` at `place`, first to last.
    pub fn inbound(&self, place: PlaceId, mode: Mode) -> &[StepId] {
        &self.steps[slot(place, mode, Direction::In)]
    }

    /// The steps before departures of `mode` from `place`, first to last.
    pub fn outbound(&self, place: PlaceId, mode: Mode) -> &[StepId] {
        &self.steps[slot(place, mode, Direction::Out)]
    }

    /// Whether there is any work on what a mode brings to or takes from a place.
    pub(super) fn handles(&self, place: PlaceId, mode: Mode) -> bool {
        !(self.inbound(place, mode).is_empty() && self.outbound(place, mode).is_empty())
    }

    /// The hours that all outbound steps take: how long before a departure parcels must be ready.
    pub fn cut_off(&self, instance: &Instance, place: PlaceId, mode: Mode) -> Minutes {
        let steps = self.outbound(place, mode).iter();
        steps
            .map(|step| instance.handling[step.at()].duration)
            .sum()
    }

    /// The modes whose parcels go through the same steps after arrival are handled together:
    /// the first of the modes whose chain ends with `rest` stands for all of them.
    pub(super) fn lane(&self, place: PlaceId, rest: &[StepId]) -> Mode {
        let together = |mode: &&Mode| self.inbound(place, **mode).ends_with(rest);
        *MODES.iter().find(together).unwrap_or(&MODES[0])
    }
}

fn slot(place: PlaceId, mode: Mode, direction: Direction) -> usize {
    (place.at() * 2 + direction as usize) * MODES.len() + mode as usize
}

/// Whether it can help to hold parcels for a later bucket of the step: where some tier is limited.
/// Without a limit the step costs the same today as tomorrow.
pub(super) fn may_hold(step: &HandlingStep) -> bool {
    step.tiers.iter().any(|tier| tier.capacity.is_some())
}

/// The number of the bucket of `step` in which `start` lies: a day or a week counted from the
/// first Monday; on a typical week those of week 1.
pub(super) fn bucket_index(calendar: &Calendar, step: &HandlingStep, start: Minutes) -> i32 {
    let day = calendar.day(step.place, start);
    let steady = calendar.horizon() == Horizon::TypicalWeek;
    match (step.per, steady) {
        (Period::Day, true) => day.rem_euclid(7),
        (Period::Day, false) => day,
        (_, true) => 0,
        (_, false) => day.div_euclid(7),
    }
}

/// The start of the bucket after the one in which `start` lies.
pub(super) fn next_bucket(calendar: &Calendar, step: &HandlingStep, start: Minutes) -> Minutes {
    let day = calendar.day(step.place, start);
    let next = match step.per {
        Period::Day => day + 1,
        _ => (day.div_euclid(7) + 1) * 7,
    };
    calendar.midnight(step.place, next)
}

/// The bucket of `step` with a number from [`bucket_index`].
pub(super) fn bucket(
    instance: &Instance,
    calendar: &Calendar,
    events: &Events,
    id: StepId,
    index: i32,
) -> Bucket {
    let step = &instance.handling[id.at()];
    let (first, days) = match step.per {
        Period::Day => (index, 1),
        _ => (index * 7, 7),
    };
    Bucket {
        step: id,
        start: calendar.midnight(step.place, first),
        end: calendar.midnight(step.place, first + days),
        days: i64::from(days),
        factor: events.handling_factor(step.place, first, days),
    }
}
