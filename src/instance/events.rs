//! The tables `events` and `bookings`, in force on a dated horizon.

use jiff::Span;
use jiff::civil::Date;

use super::codes::Code;
use super::findings::Findings;
use super::model::{
    Booking, Effect, Event, EventTarget, Horizon, PlaceId, Service, ServiceId, Settings,
};
use super::row::{Names, Read, Row, must, read_rows, report_duplicates};
use super::text_table::TextTable;
use super::volumes;
use crate::units::{CubicCentimetres, Grams, Minutes, divide_to_nearest};

/// Factors and hours are read in millionths.
const MILLION: i64 = 1_000_000;

/// Reads the events, by id, first day and target.
pub(super) fn read_events(
    table: Option<&TextTable>,
    findings: &mut Findings,
    services: &Names,
    places: &Names,
    settings: Option<&Settings>,
) -> Vec<Event> {
    let mut keys = Vec::new();
    let mut events = read_rows(table, findings, |row| {
        let event = read_event(row, services, places)?;
        if let Some(settings) = dated(settings)
            && event.last < settings.week_start
        {
            warn_outside(row, "last_date");
        }
        let word = row.word("effect")?;
        keys.push((key(&event, word), row.number()));
        Ok((key(&event, word), event))
    });
    report_duplicates(table, findings, "event", keys, |key| {
        format!("the same of event {}", key.0)
    });
    events.sort_by(|a, b| a.0.cmp(&b.0));
    events.into_iter().map(|(_, event)| event).collect()
}

type Key = (
    String,
    Date,
    Option<ServiceId>,
    Option<PlaceId>,
    Option<usize>,
);

fn key(event: &Event, effect: Option<usize>) -> Key {
    let (service, place) = match event.target {
        EventTarget::Service(service) => (Some(service), None),
        EventTarget::Place(place) => (None, Some(place)),
    };
    (event.id.clone(), event.first, service, place, effect)
}

fn dated(settings: Option<&Settings>) -> Option<&Settings> {
    settings.filter(|settings| settings.horizon == Horizon::Dated)
}

fn warn_outside(row: &mut Row<'_, '_>, column: &'static str) {
    let message = "the date is before the horizon, and the row is not used";
    let remedy = "correct the date, or remove the row";
    row.report(Code::OutsideHorizon, column, message, remedy);
}

fn read_event(row: &mut Row<'_, '_>, services: &Names, places: &Names) -> Read<Event> {
    let id = must(row.id("event"));
    let service = row.reference("service", services);
    let place = row.reference("place", places);
    let first = must(row.date("first_date"));
    let last = row.date("last_date");
    let effect = must(row.word("effect"));
    let value = row.number_in("value");
    let target = match (service?, place?) {
        (Some(service), None) => EventTarget::Service(ServiceId(service)),
        (None, Some(place)) => EventTarget::Place(PlaceId(place)),
        (service, _) => {
            let which = if service.is_some() { "both" } else { "neither" };
            return Err(row.report(
                Code::EventTarget,
                "service",
                format!("the event concerns {which} of a service and a place"),
                "fill in exactly one of `service` and `place`",
            ));
        }
    };
    let (first, last) = (first?, last?);
    let last = last.unwrap_or(first);
    if first > last {
        let message = format!("the last date is before the first, {first}");
        return Err(row.report(
            Code::MinimumAboveMaximum,
            "last_date",
            message,
            "correct one of the two",
        ));
    }
    Ok(Event {
        id: id?.to_owned(),
        target,
        first,
        last,
        effect: effect_of(row, effect?, value?, target)?,
        row: row.number() as usize,
    })
}

fn effect_of(
    row: &mut Row<'_, '_>,
    word: usize,
    value: Option<i64>,
    target: EventTarget,
) -> Read<Effect> {
    let of_service = matches!(target, EventTarget::Service(_));
    match (word, value) {
        (0, None) => Ok(Effect::Cancelled),
        (1, Some(factor)) => Ok(Effect::CapacityFactor(factor)),
        (2, Some(hours)) => {
            let minutes = divide_to_nearest(i128::from(hours) * 60, i128::from(MILLION));
            Ok(Effect::Delay(Minutes(minutes as i64)))
        }
        (1 | 2, None) => {
            let message = "the effect needs a value";
            let remedy = "write the factor, or the hours";
            Err(row.report(Code::EventEffect, "value", message, remedy))
        }
        (3 | 4, None) if of_service => {
            let message = "the effect is for places";
            let remedy = "write `cancelled` or `delay_hours` for a service";
            Err(row.report(Code::EventEffect, "effect", message, remedy))
        }
        (3, None) => Ok(Effect::Closed),
        (_, None) => Ok(Effect::Held),
        (_, Some(_)) => {
            let message = "the effect takes no value";
            Err(row.report(Code::EventEffect, "value", message, "leave it blank"))
        }
    }
}

/// Reads the bookings, by service and date.
pub(super) fn read_bookings(
    table: Option<&TextTable>,
    findings: &mut Findings,
    names: &Names,
    services: &[Service],
    settings: Option<&Settings>,
) -> Vec<Booking> {
    let mut bookings = read_rows(table, findings, |row| {
        let booking = read_booking(row, names)?;
        if let Some(settings) = dated(settings) {
            check_booking(row, &booking, &services[booking.service.at()], settings);
        }
        Ok(booking)
    });
    bookings.sort_by_key(|b| (b.service, b.date, b.weight, b.volume, b.units));
    bookings
}

fn read_booking(row: &mut Row<'_, '_>, names: &Names) -> Read<Booking> {
    let service = must(row.reference("service", names));
    let date = must(row.date("date"));
    let weight = must(row.number_in("kg"));
    let volume = must(row.number_in("m3"));
    let units = must(row.number_in("units"));
    let (weight, volume) = (Grams(weight?), CubicCentimetres(volume?));
    volumes::doubt(row, "m3", Some(weight), Some(volume));
    Ok(Booking {
        service: ServiceId(service?),
        date: date?,
        weight,
        volume,
        units: units?,
        row: row.number() as usize,
    })
}

fn check_booking(row: &mut Row<'_, '_>, booking: &Booking, service: &Service, settings: &Settings) {
    if booking.date < settings.week_start {
        warn_outside(row, "date");
        return;
    }
    if service.runs_on(booking.date) {
        return;
    }
    let next = (1..=7)
        .filter_map(|days| booking.date.checked_add(Span::new().days(days)).ok())
        .find(|date| service.runs_on(*date));
    let remedy = match next {
        Some(next) => format!("write a date on which it departs, such as {next}"),
        None => "correct the service or the date".to_owned(),
    };
    let message = format!(
        "{} does not depart on {}, and the row is not used",
        service.id, booking.date
    );
    row.report(Code::NoSuchDeparture, "date", message, remedy);
}
