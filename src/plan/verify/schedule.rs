//! Which departures there are, when they leave and arrive, and what they can carry.

use std::collections::BTreeMap;

use crate::instance::{Effect, Event, EventTarget, Horizon, Instance, Leg, PlaceId, ServiceId};
use crate::units::{CubicCentimetres, Grams, Minutes};

use super::calendar::Calendar;
use super::check::Cancelled;
use super::distance;
use super::expected::is_counted;

/// A million: events scale capacity in millionths.
pub(super) const WHOLE: i64 = 1_000_000;

/// One run of a service leg.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Departure {
    /// When it leaves, after delays.
    pub(super) departs: Minutes,
    /// When it arrives.
    pub(super) arrives: Minutes,
    /// Why it does not run, if it does not.
    pub(super) stopped: Option<String>,
    /// Capacity left by events, in millionths.
    pub(super) factor: i64,
    /// Freight aboard from bookings.
    pub(super) booked_weight: Grams,
    /// Freight aboard from bookings.
    pub(super) booked_volume: CubicCentimetres,
    /// Units that others bought, in millionths.
    pub(super) booked_units: i64,
    /// Whether it keeps its place, but nobody may ride on it and nothing is paid for it.
    pub(super) cancelled: bool,
    /// Whether its run starts in the planned weeks, or in those that count with them.
    pub(super) counted: bool,
}

/// A departure by name: service, leg from 0, and the day of its run.
pub(super) type Key = (ServiceId, usize, i64);

/// The departures of an instance, worked out run by run when they are asked for.
#[derive(Debug)]
pub(super) struct Schedule<'a> {
    pub(super) instance: &'a Instance,
    pub(super) calendar: Calendar,
    runs: BTreeMap<(ServiceId, i64), Option<Vec<Departure>>>,
    cancelled: Cancelled,
}

impl<'a> Schedule<'a> {
    pub(super) fn new(instance: &'a Instance) -> Self {
        Self {
            instance,
            calendar: Calendar::new(instance),
            runs: BTreeMap::new(),
            cancelled: Cancelled::new(),
        }
    }

    /// Takes runs out that do not run after all.
    pub(super) fn cancel(&mut self, cancelled: &Cancelled) {
        self.cancelled.clone_from(cancelled);
        self.runs.clear();
    }

    /// Whether weeks repeat.
    pub(super) fn typical(&self) -> bool {
        self.instance.settings.horizon == Horizon::TypicalWeek
    }

    /// A day that stands for all days that share capacities with it: itself, or in a typical week
    /// the day of week 1.
    pub(super) fn shared_day(&self, day: i64) -> i64 {
        if self.typical() {
            day.rem_euclid(7)
        } else {
            day
        }
    }

    /// The leg of a departure.
    pub(super) fn leg(&self, key: Key) -> &'a Leg {
        &self.instance.services[key.0.at()].legs[key.1]
    }

    /// A departure, or why there is none of that name.
    pub(super) fn departure(&mut self, key: Key) -> Result<&Departure, String> {
        let (service, leg, day) = key;
        let text = self.calendar.day_text(day);
        let id = &self.instance.services[service.at()].id;
        let missing = || format!("{id} does not run on {text}");
        let run = self.run(service, day).ok_or_else(missing)?;
        run.get(leg).ok_or_else(missing)
    }

    /// The legs of the run of `service` that is scheduled on `day`.
    pub(super) fn run(&mut self, service: ServiceId, day: i64) -> Option<&[Departure]> {
        if !self.runs.contains_key(&(service, day)) {
            let run = self.work_out(service, day);
            self.runs.insert((service, day), run);
        }
        self.runs[&(service, day)].as_deref()
    }

    /// Whether a run of the service is scheduled on a day.
    fn scheduled(&self, service: ServiceId, day: i64) -> bool {
        let service = &self.instance.services[service.at()];
        let weekday = day.rem_euclid(7) as usize;
        if !service.days[weekday] {
            return false;
        }
        if self.typical() {
            return true;
        }
        let date = self.calendar.date(day);
        let (first, last) = service.dates;
        day >= 0 && first.is_none_or(|first| first <= date) && last.is_none_or(|last| date <= last)
    }

    fn work_out(&self, service: ServiceId, day: i64) -> Option<Vec<Departure>> {
        if !self.scheduled(service, day) {
            return None;
        }
        let mut run: Vec<Departure> = Vec::new();
        let mut delays = Delays::default();
        // what the timetable says, were there no events
        let mut planned = Minutes(0);
        for (index, leg) in self.instance.services[service.at()].legs.iter().enumerate() {
            planned = match index {
                0 => self
                    .calendar
                    .moment(leg.origin, day, leg.departs.unwrap_or_default()),
                _ => self.next_departure(leg, planned + leg.dwell),
            };
            let arrived = run.last().map(|before| before.arrives);
            let mut departure = self.disrupted(service, leg, (planned, arrived), &mut delays);
            // a leg that does not run takes the legs after it with it
            if let Some(stopped) = run.last().and_then(|before| before.stopped.clone()) {
                departure.stopped = Some(stopped);
            }
            self.book(&mut departure, service, day);
            let shared = self.shared_day(day);
            departure.cancelled = self.cancelled.contains(&(service, shared));
            departure.counted = is_counted(self.instance, day);
            run.push(departure);
            planned += leg.duration;
        }
        Some(run)
    }

    /// When a later leg that is ready at `ready` leaves: at once, or at its next time of day.
    fn next_departure(&self, leg: &Leg, ready: Minutes) -> Minutes {
        let Some(time) = leg.departs else {
            return ready;
        };
        let today = self.calendar.day(leg.origin, ready);
        (today..)
            .map(|day| self.calendar.moment(leg.origin, day, time))
            .find(|&moment| moment >= ready)
            .unwrap_or(ready)
    }

    /// A departure that the timetable has leave at a moment, with what events make of it; its run has
    /// `arrived` unless it is the first leg. It leaves as late as its run is by then, and no earlier
    /// than it can. Events of the service count by the timetable's day, cancelling nothing that is on
    /// its way; cancellations and delays of places by when the leg would leave, pass or reach them;
    /// then whatever is held waits; closures and capacity count by the times that come of it.
    fn disrupted(
        &self,
        service: ServiceId,
        leg: &Leg,
        (planned, arrived): (Minutes, Option<Minutes>),
        delays: &mut Delays<'a>,
    ) -> Departure {
        let mut departs = planned + delays.all;
        if let Some(ready) = arrived.map(|arrived| arrived + leg.dwell)
            && ready > departs
        {
            departs = self.next_departure(leg, ready);
        }
        let mut departure = Departure {
            departs,
            arrives: departs + leg.duration,
            stopped: None,
            factor: WHOLE,
            booked_weight: Grams::ZERO,
            booked_volume: CubicCentimetres::ZERO,
            booked_units: 0,
            cancelled: false,
            counted: true,
        };
        if self.typical() {
            return departure;
        }
        let is_first = arrived.is_none();
        for event in self.events(EventTarget::Service(service), leg.origin, planned) {
            match event.effect {
                Effect::Cancelled if is_first => departure.stop(event),
                Effect::Delay(late) => departure.departs += delays.of(event, late),
                Effect::CapacityFactor(by) => departure.factor = scaled(departure.factor, by),
                _ => {}
            }
        }
        let line = distance::stations(self.instance, leg);
        self.delay_by_places(&line, &mut departure, delays);
        let times = self.hold_at_places(&line, departure.departs);
        departure.departs = times[0];
        departure.arrives = times[times.len() - 1];
        for (&(place, _), &time) in line.iter().zip(&times) {
            for event in self.events(EventTarget::Place(place), place, time) {
                match event.effect {
                    Effect::Closed => departure.stop(event),
                    Effect::CapacityFactor(by) => {
                        departure.factor = scaled(departure.factor, by);
                    }
                    _ => {}
                }
            }
        }
        departure
    }

    fn delay_by_places(
        &self,
        line: &[(PlaceId, Minutes)],
        departure: &mut Departure,
        delays: &mut Delays<'a>,
    ) {
        let leaves = departure.departs;
        for (index, &(place, after)) in line.iter().enumerate() {
            for event in self.events(EventTarget::Place(place), place, leaves + after) {
                match event.effect {
                    Effect::Cancelled if index == 0 => departure.stop(event),
                    Effect::Delay(late) => departure.departs += delays.of(event, late),
                    _ => {}
                }
            }
        }
    }

    /// When each place of the line is left, passed or reached by what leaves at `departs` and
    /// waits wherever something is held.
    fn hold_at_places(&self, line: &[(PlaceId, Minutes)], departs: Minutes) -> Vec<Minutes> {
        let mut waited = Minutes::ZERO;
        let mut times = Vec::new();
        for &(place, after) in line {
            let mut time = departs + after + waited;
            while let Some(free) = self.held_until(place, time) {
                waited += free - time;
                time = free;
            }
            times.push(time);
        }
        times
    }

    fn held_until(&self, place: PlaceId, moment: Minutes) -> Option<Minutes> {
        self.events(EventTarget::Place(place), place, moment)
            .filter(|event| event.effect == Effect::Held)
            .map(|event| self.day_after(event, place))
            .max()
    }

    /// The midnight after the last day of an event.
    fn day_after(&self, event: &Event, place: PlaceId) -> Minutes {
        let last = self.calendar.day_of(event.last);
        self.calendar.midnight(place, last + 1)
    }

    /// Events of a target on the local day of a moment at a place.
    fn events(
        &self,
        target: EventTarget,
        place: PlaceId,
        moment: Minutes,
    ) -> impl Iterator<Item = &'a Event> {
        let concerns = |event: &&Event| event.target == target;
        let any = self.instance.events.iter().any(|event| concerns(&event));
        let date = any.then(|| self.calendar.date(self.calendar.day(place, moment)));
        self.instance.events.iter().filter(move |event| {
            event.target == target
                && date.is_some_and(|date| event.first <= date && date <= event.last)
        })
    }

    /// Takes what bookings of the run have taken.
    fn book(&self, departure: &mut Departure, service: ServiceId, day: i64) {
        if self.typical() {
            return;
        }
        let date = self.calendar.date(day);
        for booking in &self.instance.bookings {
            if booking.service == service && booking.date == date {
                departure.booked_weight += booking.weight;
                departure.booked_volume += booking.volume;
                departure.booked_units += booking.units;
            }
        }
    }

    /// What events leave of the handling capacity of a place over `days` days from `first`, in
    /// millionths of a day's.
    pub(super) fn handling_factor(&self, place: PlaceId, first: i64, days: i64) -> i128 {
        if self.typical() {
            return i128::from(WHOLE) * i128::from(days);
        }
        let on = |day: i64| {
            let date = self.calendar.date(day);
            let left = self
                .instance
                .events
                .iter()
                .filter(|event| event.target == EventTarget::Place(place))
                .filter(|event| event.first <= date && date <= event.last)
                .fold(WHOLE, |factor, event| match event.effect {
                    Effect::CapacityFactor(by) => scaled(factor, by),
                    _ => factor,
                });
            i128::from(left)
        };
        (first..first + days).map(on).sum()
    }
}

/// By how much events have delayed a run so far; each of them does once.
#[derive(Debug, Default)]
struct Delays<'a> {
    all: Minutes,
    by: Vec<&'a Event>,
}

impl<'a> Delays<'a> {
    /// What an event adds.
    fn of(&mut self, event: &'a Event, late: Minutes) -> Minutes {
        if self.by.iter().any(|known| std::ptr::eq(*known, event)) {
            return Minutes::ZERO;
        }
        self.by.push(event);
        self.all += late;
        late
    }
}

impl Departure {
    fn stop(&mut self, event: &Event) {
        let what = match event.effect {
            Effect::Closed => "closed",
            _ => "cancelled",
        };
        self.stopped = Some(format!("{what} by event {}", event.id));
    }
}

/// `value` × `factor` millionths, rounded down.
pub(super) fn scaled(value: i64, factor: i64) -> i64 {
    let product = i128::from(value) * i128::from(factor);
    i64::try_from(product.div_euclid(i128::from(WHOLE))).unwrap_or(i64::MAX)
}
