//! The tables of an instance and their columns: the one description of the format.

use super::schema::{Column, Table};
use super::tables_of_demand::{DEMAND, PLACES, PRODUCTS, PROFILES, SETTINGS};
use super::tables_of_policy::{BOOKINGS, EVENTS, EXCHANGE_RATES, LIMITS, RULES, SCENARIOS};
use super::tables_of_supply::{HANDLING, SERVICES};
use crate::files::Owner;

/// The modes of transport, as cells spell them.
pub(super) const MODES: &[&str] = &["rail", "air", "road", "sea"];
/// The kinds of place, as cells spell them.
pub(super) const PLACE_KINDS: &[&str] = &[
    "city",
    "airport",
    "rail_terminal",
    "port",
    "border",
    "hub",
    "market",
];
/// For which departures a decision holds, as cells spell it.
pub(super) const COMMITS: &[&str] = &["departure", "week", "horizon"];
/// The directions of handling, as cells spell them.
pub(super) const DIRECTIONS: &[&str] = &["in", "out"];
/// What handling counts, as cells spell it.
pub(super) const MEASURES: &[&str] = &["parcel", "kg", "m3"];
/// What limits count, as cells spell it.
pub(super) const METRICS: &[&str] = &[
    "parcels", "kg", "m3", "tonne_km", "units", "cost", "co2e_kg",
];
/// The periods of limits, as cells spell them.
pub(super) const COUNTS: &[&str] = &["main", "aboard"];
pub(super) const PERIODS: &[&str] = &["day", "week", "horizon"];
/// The effects of events, as cells spell them.
pub(super) const EFFECTS: &[&str] = &[
    "cancelled",
    "capacity_factor",
    "delay_hours",
    "closed",
    "held",
];
/// The changes of scenarios, as cells spell them.
pub(super) const CHANGES: &[&str] = &["set", "scale", "add", "drop"];
/// The weekdays, as columns spell them, Monday first.
pub(super) const WEEKDAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// The tables of an instance in the order in which they are read and documented.
pub fn table_schema() -> &'static [Table] {
    static TABLES: &[Table] = &[
        table("settings", true, "one setting", &["setting"], SETTINGS),
        table(
            "places",
            true,
            "a place: a city, airport, rail terminal, port, border station, hub or market",
            &["place"],
            PLACES,
        ),
        table(
            "products",
            true,
            "a product: a class of parcels with its promise and what lateness and non-service cost",
            &["product"],
            PRODUCTS,
        ),
        table(
            "profiles",
            false,
            "how a week's parcels spread over days",
            &["profile"],
            PROFILES,
        ),
        table(
            "demand",
            true,
            "parcels of a product from an origin to a destination in a week",
            &["origin", "destination", "product", "week"],
            DEMAND,
        ),
        table(
            "services",
            true,
            "a leg of a scheduled train, flight, truck or ship",
            &["service", "leg"],
            SERVICES,
        ),
        table(
            "handling",
            false,
            "a tier of a handling step",
            &["place", "step", "direction", "mode", "tier"],
            HANDLING,
        ),
        table(
            "limits",
            false,
            "a policy limit on what departures carry or cost",
            &["limit"],
            LIMITS,
        ),
        table(
            "rules",
            false,
            "who may, or may not, use what",
            &["product", "mode", "operator", "service", "place"],
            RULES,
        ),
        table(
            "events",
            false,
            "a disruption or an extra (dated horizon only)",
            &["event", "service", "place", "effect", "first_date"],
            EVENTS,
        ),
        table(
            "bookings",
            false,
            "space already taken on a departure (dated horizon only); rows of one departure add up",
            &["service", "date"],
            BOOKINGS,
        ),
        table(
            "exchange_rates",
            false,
            "a currency",
            &["currency"],
            EXCHANGE_RATES,
        ),
        table(
            "scenarios",
            false,
            "one change of one scenario",
            &["scenario", "table", "key", "column"],
            SCENARIOS,
        ),
    ];
    TABLES
}

const fn table(
    name: &'static str,
    required: bool,
    about: &'static str,
    key: &'static [&'static str],
    columns: &'static [Column],
) -> Table {
    Table {
        name,
        required,
        about,
        key,
        columns,
    }
}

/// A folder for a new instance, which takes the place of nothing.
pub const NEW_INSTANCE: Owner = Owner {
    what: "an empty folder",
    owns: is_table_file,
    wrote: |_| Err("it is not empty".to_owned()),
};

/// Whether a file of this name is a table of an instance.
pub fn is_table_file(name: &str) -> bool {
    let stem = name.strip_suffix(".csv");
    stem.is_some_and(|stem| table_named(stem).is_some())
}

/// A table by name.
pub(super) fn table_named(name: &str) -> Option<&'static Table> {
    table_schema().iter().find(|table| table.name == name)
}
