//! What events do to one departure.

use super::calendar::Calendar;
use super::line;
use crate::instance::{Effect, Event, EventTarget, Horizon, Instance, Leg, PlaceId, ServiceId};
use crate::units::Minutes;

/// Millionths: a departure or bucket that no event touches has this much of its capacity.
pub const FULL: i64 = 1_000_000;

/// The events of an instance by what they concern; none on a typical week.
#[derive(Debug)]
pub(super) struct Events<'a> {
    instance: &'a Instance,
    calendar: &'a Calendar,
    by_service: Vec<Vec<Dated<'a>>>,
    by_place: Vec<Vec<Dated<'a>>>,
}

/// An event with its days.
#[derive(Clone, Copy, Debug)]
struct Dated<'a> {
    event: &'a Event,
    first: i32,
    last: i32,
}

impl Dated<'_> {
    fn covers(&self, day: i32) -> bool {
        (self.first..=self.last).contains(&day)
    }
}

/// When a departure leaves and arrives, and how much of its capacity is left in millionths.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Timing {
    pub departs: Minutes,
    pub arrives: Minutes,
    pub factor: i64,
}

impl<'a> Events<'a> {
    pub(super) fn new(instance: &'a Instance, calendar: &'a Calendar) -> Self {
        let mut events = Self {
            instance,
            calendar,
            by_service: vec![Vec::new(); instance.services.len()],
            by_place: vec![Vec::new(); instance.places.len()],
        };
        if calendar.horizon() == Horizon::TypicalWeek {
            return events;
        }
        for event in &instance.events {
            let dated = Dated {
                event,
                first: calendar.day_of(event.first),
                last: calendar.day_of(event.last),
            };
            match event.target {
                EventTarget::Service(service) => events.by_service[service.at()].push(dated),
                EventTarget::Place(place) => events.by_place[place.at()].push(dated),
            }
        }
        events
    }

    /// The timing of a leg that is scheduled to leave at `scheduled`, or `None` if it does not
    /// run.
    ///
    /// Events of the service count by the local date at the leg's origin on which it is scheduled
    /// to leave. Of the events of places, cancellations and delays count by the schedule; then
    /// whatever is held waits, place by place along the line; closures and capacity count by the
    /// times that result.
    pub(super) fn timing(
        &self,
        service: ServiceId,
        leg: &Leg,
        scheduled: Minutes,
    ) -> Option<Timing> {
        let timing = Timing {
            departs: scheduled,
            arrives: scheduled + leg.duration,
            factor: FULL,
        };
        let line: Vec<PlaceId> = line::places(leg).collect();
        let events = &self.by_service[service.at()];
        if events.is_empty()
            && line
                .iter()
                .all(|place| self.by_place[place.at()].is_empty())
        {
            return Some(timing);
        }
        let (departs, factor) = self.of_service(events, leg, scheduled)?;
        let passing = line::passing_times(self.instance, leg);
        let delay = self.delay_at_places(&line, &passing, scheduled)?;
        let times = self.hold_along(&line, &passing, departs + delay);
        let factor = self.capacity_along(&line, &times, factor)?;
        Some(Timing {
            departs: times[0],
            arrives: times[times.len() - 1],
            factor,
        })
    }

    fn of_service(
        &self,
        events: &[Dated],
        leg: &Leg,
        scheduled: Minutes,
    ) -> Option<(Minutes, i64)> {
        let day = self.calendar.day(leg.origin, scheduled);
        let (mut departs, mut held, mut factor) = (scheduled, scheduled, FULL);
        for dated in events.iter().filter(|dated| dated.covers(day)) {
            match dated.event.effect {
                Effect::Cancelled | Effect::Closed => return None,
                Effect::Delay(delay) => departs += delay,
                Effect::Held => {
                    held = held.max(self.calendar.midnight(leg.origin, dated.last + 1));
                }
                Effect::CapacityFactor(value) => factor = times(factor, value),
            }
        }
        Some((departs.max(held), factor))
    }

    /// The delay that places add, or `None` if the place of origin cancels the departure.
    fn delay_at_places(
        &self,
        line: &[PlaceId],
        passing: &[Minutes],
        scheduled: Minutes,
    ) -> Option<Minutes> {
        let mut delay = Minutes::ZERO;
        for (index, (&place, &after)) in line.iter().zip(passing).enumerate() {
            for dated in self.at(place, scheduled + after) {
                match dated.event.effect {
                    Effect::Cancelled if index == 0 => return None,
                    Effect::Delay(value) => delay += value,
                    _ => {}
                }
            }
        }
        Some(delay)
    }

    /// When each place of the line is left or reached, waiting wherever something is held.
    fn hold_along(&self, line: &[PlaceId], passing: &[Minutes], departs: Minutes) -> Vec<Minutes> {
        let mut times = Vec::with_capacity(line.len());
        let mut shift = Minutes::ZERO;
        for (&place, &after) in line.iter().zip(passing) {
            let mut time = departs + after + shift;
            while let Some(free) = self.held_until(place, time) {
                shift += free - time;
                time = free;
            }
            times.push(time);
        }
        times
    }

    fn held_until(&self, place: PlaceId, time: Minutes) -> Option<Minutes> {
        self.at(place, time)
            .filter(|dated| dated.event.effect == Effect::Held)
            .map(|dated| self.calendar.midnight(place, dated.last + 1))
            .max()
    }

    /// The capacity that places leave, or `None` where one is closed.
    fn capacity_along(
        &self,
        line: &[PlaceId],
        touched: &[Minutes],
        mut factor: i64,
    ) -> Option<i64> {
        for (&place, &time) in line.iter().zip(touched) {
            for dated in self.at(place, time) {
                match dated.event.effect {
                    Effect::Closed => return None,
                    Effect::CapacityFactor(value) => factor = times(factor, value),
                    _ => {}
                }
            }
        }
        Some(factor)
    }

    fn at(&self, place: PlaceId, time: Minutes) -> impl Iterator<Item = &Dated<'a>> {
        let events = &self.by_place[place.at()];
        // Most places have no events: do not ask the calendar for them.
        let day = if events.is_empty() {
            0
        } else {
            self.calendar.day(place, time)
        };
        events.iter().filter(move |dated| dated.covers(day))
    }

    /// What is left of a place's handling capacity over the days `first..first + days`, in
    /// millionths: the average of the days.
    pub(super) fn handling_factor(&self, place: PlaceId, first: i32, days: i32) -> i64 {
        let events = &self.by_place[place.at()];
        if events.is_empty() {
            return FULL;
        }
        let sum: i64 = (first..first + days)
            .map(|day| {
                let on_day = events.iter().filter(|dated| dated.covers(day));
                on_day.fold(FULL, |factor, dated| match dated.event.effect {
                    Effect::CapacityFactor(value) => times(factor, value),
                    _ => factor,
                })
            })
            .sum();
        sum / i64::from(days)
    }
}

fn times(factor: i64, value: i64) -> i64 {
    (i128::from(factor) * i128::from(value) / i128::from(FULL)) as i64
}
