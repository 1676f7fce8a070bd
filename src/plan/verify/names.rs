//! The names that a path consists of.

use crate::instance::{PlaceId, ServiceId};

use super::schedule::{Key, Schedule};

/// A name in a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Name<'a> {
    Ride(Key),
    Held {
        step: &'a str,
        day: i64,
    },
    /// Off the vehicle here, to board its next leg again on that day.
    Off {
        place: PlaceId,
        day: i64,
    },
}

/// `SERVICE@RUN` or `SERVICE/LEG@RUN`.
pub(super) fn departure_name(schedule: &Schedule<'_>, (service, leg, day): Key) -> String {
    let service = &schedule.instance.services[service.at()];
    let run = schedule.calendar.day_text(day);
    match service.legs.len() {
        1 => format!("{}@{run}", service.id),
        _ => format!("{}/{}@{run}", service.id, leg + 1),
    }
}

/// Reads `SERVICE@RUN`, `SERVICE/LEG@RUN`, `STEP@DAY` or `PLACE@DAY`: what is named like a service
/// is a departure, and what is named like a step is that before it is a place.
pub(super) fn read_name<'a>(
    schedule: &mut Schedule<'_>,
    text: &'a str,
) -> Result<Name<'a>, String> {
    let (name, day) = text
        .rsplit_once('@')
        .ok_or_else(|| format!("\"{text}\" names no departure"))?;
    let day = schedule
        .calendar
        .read_day(day)
        .ok_or_else(|| format!("\"{text}\" names no day"))?;
    let instance = schedule.instance;
    let find = |id: &str| {
        instance
            .services
            .iter()
            .position(|service| service.id == id)
    };
    let (service, leg) = match name.rsplit_once('/') {
        Some((service, leg)) => (find(service), leg.parse::<usize>().ok()),
        None => (find(name), Some(1)),
    };
    if let Some(service) = service {
        let legs = instance.services[service].legs.len();
        let named = name.contains('/') == (legs > 1);
        return match leg {
            Some(leg) if named && (1..=legs).contains(&leg) => {
                Ok(Name::Ride((ServiceId(service as u32), leg - 1, day)))
            }
            _ => Err(format!(
                "\"{text}\" names no leg of {}",
                instance.services[service].id
            )),
        };
    }
    if instance.handling.iter().any(|step| step.name == name) {
        return Ok(Name::Held { step: name, day });
    }
    let named = |place: &crate::instance::Place| place.id == name;
    if let Some(place) = instance.places.iter().position(named) {
        let place = PlaceId(place as u32);
        return Ok(Name::Off { place, day });
    }
    Err(format!(
        "\"{name}\" is neither a service nor a handling step"
    ))
}
