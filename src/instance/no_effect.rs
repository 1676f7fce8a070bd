//! Events that change nothing, and bookings of more than there is.

use std::collections::BTreeMap;

use jiff::Span;
use jiff::civil::Date;

use super::codes::Code;
use super::findings::{Finding, Findings};
use super::model::{
    Booking, Effect, Event, EventTarget, Horizon, Instance, Leg, PlaceId, Service, ServiceId,
    UNIT_SCALE,
};
use super::source::Texts;
use super::sums::{days_of_runs, run_on_days};
use super::text_table::TextTable;
use crate::units::DAY;

/// Looks at a day of a service that are spent on events.
const MOST_LOOKS: i64 = 20_000_000;
/// A factor that changes nothing.
const ONE: i64 = 1_000_000;

/// Warns of events without an effect and of bookings that cannot be, on a dated horizon.
pub(super) fn warn(instance: &Instance, texts: &Texts, findings: &mut Findings) {
    if instance.settings.horizon != Horizon::Dated {
        return;
    }
    if let Some(table) = texts.get("events") {
        warn_events(instance, table, changes_events(texts), findings);
    }
    if let Some(table) = texts.get("bookings") {
        warn_bookings(instance, table, findings);
    }
}

/// Whether a scenario gives events their effect.
fn changes_events(texts: &Texts) -> bool {
    texts
        .rows_of("scenarios", "table")
        .any(|(_, table)| table == "events")
}

fn warn_events(instance: &Instance, table: &TextTable, changed: bool, findings: &mut Findings) {
    let mut looks = MOST_LOOKS;
    for event in &instance.events {
        // told already
        if event.last < instance.settings.week_start {
            continue;
        }
        let nothing = match event.effect {
            Effect::CapacityFactor(ONE) => (!changed).then_some("the factor 1 changes nothing"),
            Effect::Delay(delay) if delay.0 == 0 => {
                (!changed).then_some("a delay of 0 hours changes nothing")
            }
            _ if concerns_something(instance, event, &mut looks) => None,
            Effect::Cancelled => Some(match event.target {
                EventTarget::Service(_) => "no run of the service starts on these days",
                EventTarget::Place(_) => "on these days nothing leaves the place",
            }),
            Effect::CapacityFactor(_) => Some(match event.target {
                EventTarget::Service(_) => {
                    "on these days the service has no departure whose capacity is limited"
                }
                EventTarget::Place(_) => {
                    "on these days nothing that is limited leaves, passes or reaches the place, or is \
                     handled there"
                }
            }),
            _ => Some(match event.target {
                EventTarget::Service(_) => "the service has no departure on these days",
                EventTarget::Place(_) => {
                    "on these days nothing leaves, passes or reaches the place"
                }
            }),
        };
        let Some(message) = nothing else { continue };
        let remedy = "correct the service or place, the dates or the value, or remove it";
        findings.push(
            Finding::new(Code::NoEffect, message, remedy)
                .in_file(&table.file)
                .in_row(event.row as u32)
                .in_column("effect"),
        );
    }
}

/// Whether anything runs, or is handled, where and when the event is. In doubt it does: when later
/// legs run is known to within their waiting only.
fn concerns_something(instance: &Instance, event: &Event, looks: &mut i64) -> bool {
    let concerned = |service: &Service, legs: usize, looks: &mut i64| {
        runs(
            instance,
            service,
            event,
            days_before(&service.legs[..legs]),
            looks,
        )
    };
    let scales = matches!(event.effect, Effect::CapacityFactor(_));
    match event.target {
        EventTarget::Service(ServiceId(at)) => {
            let service = &instance.services[at as usize];
            let last = match event.effect {
                // by its leg 1 alone
                Effect::Cancelled => Some(0),
                _ => service
                    .legs
                    .iter()
                    .rposition(|leg| !scales || is_limited(leg)),
            };
            last.is_some_and(|last| concerned(service, last, looks))
        }
        EventTarget::Place(place) => {
            let leaves = event.effect == Effect::Cancelled;
            let concerns = |leg: &Leg| match leaves {
                true => leg.origin == place,
                false => touches(leg, place) && (!scales || is_limited(leg)),
            };
            // parcels may lie there for work whenever they arrived
            let handled = instance.handling.iter().any(|step| {
                step.place == place && step.tiers.iter().any(|tier| tier.capacity.is_some())
            });
            (scales && handled)
                || instance.services.iter().any(|service| {
                    let last = service.legs.iter().rposition(concerns);
                    last.is_some_and(|last| concerned(service, last + 1, looks))
                })
        }
    }
}

/// Whether a leg has a capacity that there can be less of.
fn is_limited(leg: &Leg) -> bool {
    leg.unit.limit.is_some() || leg.max_weight.is_some() || leg.max_volume.is_some()
}

fn touches(leg: &Leg, place: PlaceId) -> bool {
    leg.origin == place || leg.destination == place || leg.via.contains(&place)
}

/// Days that a run may be under way before it is past these legs: each may wait for its time of
/// departure, and clocks of places are up to a day apart.
fn days_before(legs: &[Leg]) -> i64 {
    let minutes: i64 = legs.iter().map(|leg| leg.duration.0 + leg.dwell.0).sum();
    minutes / DAY.0 + 3 * legs.len() as i64
}

/// Whether a run of the service starts on a day of the event, or up to `before` days earlier.
fn runs(
    instance: &Instance,
    service: &Service,
    event: &Event,
    before: i64,
    looks: &mut i64,
) -> bool {
    let settings = &instance.settings;
    let days = days_of_runs(settings, run_on_days(instance)) + 1;
    let shifted = |date: Date, days: i64| date.checked_add(Span::new().days(days)).ok();
    let first = shifted(event.first, -before).unwrap_or(event.first);
    let end = shifted(settings.week_start, days).unwrap_or(event.last);
    let first = first.max(settings.week_start);
    let last = event.last.min(end);
    let mut dates = first
        .series(Span::new().days(1))
        .take_while(|date| *date <= last);
    dates.any(|date| {
        *looks -= 1;
        *looks < 0 || service.runs_on(date)
    })
}

fn warn_bookings(instance: &Instance, table: &TextTable, findings: &mut Findings) {
    let mut departures: BTreeMap<(ServiceId, Date), Vec<&Booking>> = BTreeMap::new();
    for booking in &instance.bookings {
        let departure = departures
            .entry((booking.service, booking.date))
            .or_default();
        departure.push(booking);
    }
    for ((id, date), bookings) in departures {
        let service = &instance.services[id.at()];
        let last = bookings
            .iter()
            .map(|booking| booking.row)
            .max()
            .unwrap_or(0);
        let mut say = |column, message| {
            findings.push(
                Finding::new(
                    Code::Overbooked,
                    message,
                    "correct the booking, or what it is of",
                )
                .in_file(&table.file)
                .in_row(last as u32)
                .in_column(column),
            );
        };
        if let Some(event) = cancelled(instance, id, date) {
            let message = format!("the event {event} cancels {} on {date}", service.id);
            say("date", message);
            continue;
        }
        for (column, booked, has) in beyond(service, &bookings) {
            let message = format!(
                "{booked} are booked on {} on {date}, and it has {has}",
                service.id
            );
            say(column, message);
        }
    }
}

/// The event that cancels a service's departure of a day.
fn cancelled(instance: &Instance, service: ServiceId, date: Date) -> Option<&str> {
    let event = instance.events.iter().find(|event| {
        event.effect == Effect::Cancelled
            && matches!(event.target, EventTarget::Service(target) if target == service)
            && (event.first..=event.last).contains(&date)
    });
    event.map(|event| event.id.as_str())
}

/// What is booked beyond what any leg of the service has: column, booked, there.
fn beyond(service: &Service, bookings: &[&Booking]) -> Vec<(&'static str, f64, f64)> {
    let least = |of: fn(&Leg) -> Option<i64>| service.legs.iter().filter_map(of).min();
    let sum = |of: fn(&Booking) -> i64| bookings.iter().map(|booking| of(booking)).sum::<i64>();
    let all = [
        (
            "kg",
            sum(|booking| booking.weight.0),
            least(|leg| leg.max_weight.map(|weight| weight.0)),
            1000,
        ),
        (
            "m3",
            sum(|booking| booking.volume.0),
            least(|leg| leg.max_volume.map(|volume| volume.0)),
            1_000_000,
        ),
        (
            "units",
            sum(|booking| booking.units),
            least(|leg| leg.unit.limit),
            UNIT_SCALE,
        ),
    ];
    all.into_iter()
        .filter_map(|(column, booked, has, scale)| {
            let has = has.filter(|has| booked > *has)?;
            Some((
                column,
                booked as f64 / scale as f64,
                has as f64 / scale as f64,
            ))
        })
        .collect()
}
