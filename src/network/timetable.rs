//! The departures of every service.

use super::calendar::Calendar;
use super::events::Events;
use super::model::{Booked, Departure, DepartureId};
use crate::instance::{Booking, Horizon, Instance, Service, ServiceId};
use crate::units::Minutes;

/// All departures whose run starts in the horizon, by service, departure time and leg.
///
/// A typical week holds each departure once, in the run that starts in its week 1; later legs may
/// leave in later weeks. A dated horizon holds every run that is scheduled to start between its
/// first Monday and `end`, by the local calendar of the run's first place.
///
/// The timetable goes on leg by leg: a later leg is scheduled `dwell` after the arrival of the leg
/// before, then at its own time of day where it has one. What events make of that says
/// `Events::run`.
pub fn departures(instance: &Instance, calendar: &Calendar, end: Minutes) -> Vec<Departure> {
    let events = Events::new(instance, calendar);
    let mut departures = Vec::new();
    for (index, service) in instance.services.iter().enumerate() {
        let id = ServiceId(index as u32);
        let bookings = bookings_of(instance, calendar, id);
        for day in run_days(instance, calendar, service, end) {
            let booked = booked_on(&bookings, day);
            append_run(
                &mut departures,
                calendar,
                &events,
                (id, service),
                day,
                booked,
            );
        }
    }
    if calendar.horizon() == Horizon::Dated {
        let counted = instance.settings.days_of_runs();
        for departure in &mut departures {
            departure.reported = counted.contains(&departure.run_day);
        }
    }
    in_order(departures)
}

fn run_days(instance: &Instance, calendar: &Calendar, service: &Service, end: Minutes) -> Vec<i32> {
    let Some(leg) = service.legs.first() else {
        return Vec::new();
    };
    let runs = |day: &i32| service.days[day.rem_euclid(7) as usize];
    if instance.settings.horizon == Horizon::TypicalWeek {
        return (0..7).filter(runs).collect();
    }
    let (first, last) = service.dates;
    let first = first.map_or(0, |date| calendar.day_of(date)).max(0);
    let counted = instance.settings.days_of_runs().end - 1;
    let until = calendar.day(leg.origin, end).max(counted);
    let last = last.map_or(until, |date| calendar.day_of(date)).min(until);
    (first..=last).filter(runs).collect()
}

fn append_run(
    departures: &mut Vec<Departure>,
    calendar: &Calendar,
    events: &Events,
    (id, service): (ServiceId, &Service),
    run_day: i32,
    booked: Booked,
) {
    let scheduled = schedule(calendar, service, run_day);
    let run = events.run(id, &service.legs, &scheduled);
    let legs = run.len() as u32;
    for (leg, timing) in (0..).zip(run) {
        let next = DepartureId(departures.len() as u32 + 1);
        departures.push(Departure {
            service: id,
            leg,
            departs: timing.departs,
            arrives: timing.arrives,
            run_day,
            factor: timing.factor,
            booked,
            onward: (leg + 1 < legs).then_some(next),
            reported: true,
            cancelled: false,
        });
    }
}

/// When the timetable has every leg of a run leave, whatever events there are.
fn schedule(calendar: &Calendar, service: &Service, run_day: i32) -> Vec<Minutes> {
    let mut times: Vec<Minutes> = Vec::with_capacity(service.legs.len());
    let mut arrived: Option<Minutes> = None;
    for leg in &service.legs {
        let departs = match arrived {
            None => calendar.at(leg.origin, run_day, leg.departs.unwrap_or_default()),
            Some(arrived) => calendar.leaves(leg, arrived + leg.dwell),
        };
        times.push(departs);
        arrived = Some(departs + leg.duration);
    }
    times
}

fn bookings_of<'a>(
    instance: &'a Instance,
    calendar: &Calendar,
    service: ServiceId,
) -> Vec<(i32, &'a Booking)> {
    if calendar.horizon() == Horizon::TypicalWeek {
        return Vec::new();
    }
    let of_service = instance.bookings.iter().filter(|b| b.service == service);
    of_service
        .map(|booking| (calendar.day_of(booking.date), booking))
        .collect()
}

fn booked_on(bookings: &[(i32, &Booking)], day: i32) -> Booked {
    let mut booked = Booked::default();
    for (_, booking) in bookings.iter().filter(|(date, _)| *date == day) {
        booked.weight += booking.weight;
        booked.volume += booking.volume;
        booked.units += booking.units;
    }
    booked
}

fn in_order(departures: Vec<Departure>) -> Vec<Departure> {
    keep(departures, |_, _| true).0
}

/// The departures that `wanted` keeps, in order, and the new number of each old one.
pub(super) fn keep(
    departures: Vec<Departure>,
    wanted: impl Fn(usize, &Departure) -> bool,
) -> (Vec<Departure>, Vec<Option<DepartureId>>) {
    let mut order: Vec<usize> = (0..departures.len())
        .filter(|&index| wanted(index, &departures[index]))
        .collect();
    order.sort_by_key(|&index| {
        let d = &departures[index];
        (d.service, d.departs, d.leg, d.run_day)
    });
    let mut renumbered = vec![None; departures.len()];
    for (new, &old) in order.iter().enumerate() {
        renumbered[old] = Some(DepartureId(new as u32));
    }
    let kept = order
        .iter()
        .map(|&old| {
            let mut departure = departures[old].clone();
            departure.onward = departure.onward.and_then(|next| renumbered[next.at()]);
            departure
        })
        .collect();
    (kept, renumbered)
}
