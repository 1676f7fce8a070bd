//! What events do to the legs of a run, and to handling.

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

impl Timing {
    /// That of a leg that no event concerns.
    fn planned(leg: &Leg, scheduled: Minutes) -> Self {
        Self {
            departs: scheduled,
            arrives: scheduled + leg.duration,
            factor: FULL,
        }
    }
}

/// What has delayed a run so far.
#[derive(Debug, Default)]
struct Moved<'a> {
    by: Minutes,
    /// The events that have.
    events: Vec<&'a Event>,
}

impl<'a> Moved<'a> {
    /// The delay of an event, unless it has moved the run already.
    fn once(&mut self, event: &'a Event, delay: Minutes) -> Minutes {
        if (self.events.iter()).any(|known| std::ptr::eq(*known, event)) {
            return Minutes::ZERO;
        }
        self.events.push(event);
        self.by += delay;
        delay
    }
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

    /// The timing of the legs of a run that are `scheduled` to leave at these times, up to the first
    /// that does not run: it takes those after it with it.
    ///
    /// Events of the service count by the local date, at the leg's origin, on which the timetable
    /// has the leg leave; where they cancel leg 1 no leg runs, and what has left goes on. Those of
    /// places count by when the leg leaves, passes or reaches them: cancellations and delays by when
    /// it would as things stand then, closures and capacity by when it does after all waiting.
    ///
    /// A delay moves the run once, from the first leg that it concerns; later legs move along.
    /// Whatever is held waits, place by place along the line, and a leg that its run reaches too
    /// late for leaves when it can again.
    pub(super) fn run(
        &self,
        service: ServiceId,
        legs: &[Leg],
        scheduled: &[Minutes],
    ) -> Vec<Timing> {
        let own = &self.by_service[service.at()];
        let concerns = |leg: &Leg| line::places(leg).any(|at| !self.by_place[at.at()].is_empty());
        if own.is_empty() && !legs.iter().any(concerns) {
            let planned = legs.iter().zip(scheduled);
            return planned
                .map(|(leg, &time)| Timing::planned(leg, time))
                .collect();
        }
        let mut run: Vec<Timing> = Vec::new();
        let mut moved = Moved::default();
        for (leg, &scheduled) in legs.iter().zip(scheduled) {
            let arrived = run.last().map(|before| before.arrives);
            match self.timing(own, leg, (scheduled, arrived), &mut moved) {
                Some(timing) => run.push(timing),
                None => break,
            }
        }
        run
    }

    /// The timing of a leg whose run has `arrived` at its origin, unless it is the first; `None` if
    /// it does not run.
    fn timing(
        &self,
        own: &[Dated<'a>],
        leg: &Leg,
        (scheduled, arrived): (Minutes, Option<Minutes>),
        moved: &mut Moved<'a>,
    ) -> Option<Timing> {
        let mut departs = scheduled + moved.by;
        let ready = arrived.map(|arrived| arrived + leg.dwell);
        if let Some(ready) = ready.filter(|&ready| ready > departs) {
            departs = self.calendar.leaves(leg, ready);
        }
        let day = self.calendar.day(leg.origin, scheduled);
        let mut factor = FULL;
        for dated in own.iter().filter(|dated| dated.covers(day)) {
            match dated.event.effect {
                Effect::Cancelled if arrived.is_none() => return None,
                Effect::Delay(delay) => departs += moved.once(dated.event, delay),
                Effect::CapacityFactor(value) => factor = times(factor, value),
                // the others concern places
                Effect::Cancelled | Effect::Closed | Effect::Held => {}
            }
        }
        let line: Vec<PlaceId> = line::places(leg).collect();
        let passing = line::passing_times(self.instance, leg);
        let delay = self.delay_at_places(&line, &passing, departs, moved)?;
        let times = self.hold_along(&line, &passing, departs + delay);
        let factor = self.capacity_along(&line, &times, factor)?;
        Some(Timing {
            departs: times[0],
            arrives: times[times.len() - 1],
            factor,
        })
    }

    /// The delay that places add, or `None` if the place of origin cancels the departure.
    fn delay_at_places(
        &self,
        line: &[PlaceId],
        passing: &[Minutes],
        departs: Minutes,
        moved: &mut Moved<'a>,
    ) -> Option<Minutes> {
        let mut delay = Minutes::ZERO;
        for (index, (&place, &after)) in line.iter().zip(passing).enumerate() {
            for dated in self.at(place, departs + after) {
                match dated.event.effect {
                    Effect::Cancelled if index == 0 => return None,
                    Effect::Delay(value) => delay += moved.once(dated.event, value),
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

    /// What is left of a place's handling capacity over the days `first..first + days`, in millionths
    /// of a day's: the sum of the days, so that a week loses exactly the part of it that its days do.
    pub(super) fn handling_factor(&self, place: PlaceId, first: i32, days: i32) -> i64 {
        let events = &self.by_place[place.at()];
        let on = |day: i32| {
            let on_day = events.iter().filter(|dated| dated.covers(day));
            on_day.fold(FULL, |factor, dated| match dated.event.effect {
                Effect::CapacityFactor(value) => times(factor, value),
                _ => factor,
            })
        };
        (first..first + days).map(on).sum()
    }
}

fn times(factor: i64, value: i64) -> i64 {
    (i128::from(factor) * i128::from(value) / i128::from(FULL)) as i64
}
