//! Days and hours as a planner says them.

use crate::instance::{DemandId, Horizon, Instance, Metric, PlaceId};
use crate::network::Calendar;
use crate::units::Minutes;

const WEEKDAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

/// `Tue 12 Nov`, or `Tue` in a typical week.
pub fn day(calendar: &Calendar, day: i32) -> String {
    let weekday = WEEKDAYS[day.rem_euclid(7) as usize];
    match calendar.horizon() {
        Horizon::TypicalWeek => weekday.to_owned(),
        Horizon::Dated => calendar.date(day).strftime("%a %-d %b").to_string(),
    }
}

/// `Tue 12 Nov 18:00`, local to the place.
pub fn point(calendar: &Calendar, place: PlaceId, time: Minutes) -> String {
    let text = calendar.text(place, time);
    let clock = text.rsplit(' ').next().unwrap_or_default();
    format!("{} {clock}", day(calendar, calendar.day(place, time)))
}

/// One of what a limit counts.
pub fn unit(metric: Metric, currency: &str) -> &str {
    match metric {
        Metric::Parcels => "parcel",
        Metric::Kg => "kg",
        Metric::M3 => "m³",
        Metric::TonneKm => "tkm",
        Metric::Units => "unit",
        Metric::Cost => currency,
        Metric::Co2eKg => "kg CO₂e",
    }
}

/// `PVG-LGG parcel`, and in a plan of several weeks `PVG-LGG parcel of week 2`.
pub fn of_demand(instance: &Instance, id: DemandId) -> String {
    let demand = &instance.demands[id.at()];
    let place = |id: PlaceId| &instance.places[id.at()].id;
    let (from, to) = (place(demand.origin), place(demand.destination));
    let product = &instance.products[demand.product.at()].id;
    let week = match instance.settings.weeks {
        1 => String::new(),
        _ => format!(" of week {}", demand.week),
    };
    format!("{from}-{to} {product}{week}")
}

/// `26 h`, `3.5 days`.
pub fn span(span: Minutes) -> String {
    let hours = span.hours();
    if hours >= 72.0 {
        format!("{:.1} days", hours / 24.0)
    } else if hours >= 1.0 {
        format!("{hours:.0} h")
    } else {
        format!("{} min", span.0)
    }
}

/// A price with as many decimals as it needs: `0.41`, `0.0123`, `12.5`.
pub fn price(amount: f64) -> String {
    let places = match amount.abs() {
        0.0 => 0,
        size if size >= 1000.0 => 0,
        size if size >= 0.1 => 2,
        size if size >= 0.01 => 3,
        _ => 4,
    };
    format!("{amount:.places$}")
}
