//! The columns of the tables that say what is wanted, and what changes.

use super::column_kinds::*;
use super::schema::Blank::{Is, Means, Required};
use super::schema::{Column, Kind, Scale};
use super::tables::{CHANGES, COUNTS, EFFECTS, METRICS, MODES, PERIODS};

/// The columns of `limits`.
pub(super) static LIMITS: &[Column] = &[
    column("limit", Kind::Id, Required, "rail_share", "Id of the limit."),
    column("metric", Kind::Word(METRICS), Required, "kg", "What is counted, on departures: `parcels`, `kg` and `m3` boarded (who stays aboard from leg to leg counts once, and so does who gets off where nothing is handled and boards the next leg of the same run), `tonne_km`, `units` bought, `cost` of carriage, `co2e_kg`."),
    column("mode", Kind::Word(MODES), Means("any"), "rail", "Only departures of this mode."),
    column("operator", Kind::Text, Means("any"), "Cainiao", "Only departures of this operator."),
    column("service", Kind::Reference("services"), Means("any"), "ZIH", "Only departures of this service."),
    column("place", Kind::Reference("places"), Means("any"), "CGO", "Only departures that leave or reach this place."),
    column("origin", Kind::Reference("places"), Means("any"), "C_YIWU", "Only parcels from here."),
    column("destination", Kind::Reference("places"), Means("any"), "LGG", "Only parcels to here."),
    column("product", Kind::Reference("products"), Means("any"), "standard10", "Only parcels of this product."),
    column("per", Kind::Word(PERIODS), Is("week"), "week", "The limit holds in each day, each week or over the horizon, by the local day of departure; what counts are runs of [the planned weeks](#the-planned-weeks)."),
    column("min", AMOUNT, Means("none"), "1000", "At least this. A hard bound between two amounts that plans can count is met from the safe side: 100.2 parcels are 101.").unit("the metric's"),
    column("max", AMOUNT, Means("none"), "250000", "At most this: 100.7 parcels are 100 where the limit is hard, and a soft limit counts 101 as 0.3 too many.").unit("the metric's"),
    column("min_share", SHARE, Means("none"), "0.1", "At least this share of what is counted without the row's mode, operator, service and place.").unit("fraction"),
    column("max_share", SHARE, Means("none"), "0.6", "At most this share.").unit("fraction"),
    column("counts", Kind::Word(COUNTS), Means("`main` with `min_share` or `max_share`, else `aboard`"), "main", "`main`: each parcel once, on its main haul, the leg of its way with the most `km` (by great circle where blank; the first of equals), in the period in which that leaves. `aboard`: on every leg, as `metric` says. `units` and `cost` count what is bought, whatever rides."),
    column("penalty_per_unit", PRICE, Means("the limit is hard"), "0.5", "Price of a unit of violation.").unit("money"),
    NOTE,
    SOURCE,
];

/// The columns of `rules`.
pub(super) static RULES: &[Column] = &[
    column(
        "product",
        Kind::Reference("products"),
        Means("any"),
        "battery",
        "Parcels of this product.",
    ),
    column(
        "mode",
        Kind::Word(MODES),
        Means("any"),
        "air",
        "Departures of this mode.",
    ),
    column(
        "operator",
        Kind::Text,
        Means("any"),
        "Cainiao",
        "Departures of this operator.",
    ),
    column(
        "service",
        Kind::Reference("services"),
        Means("any"),
        "HKG748",
        "Departures of this service.",
    ),
    column(
        "place",
        Kind::Reference("places"),
        Means("any"),
        "HKG",
        "Departures that leave or reach this place.",
    ),
    column(
        "allowed",
        Kind::YesNo,
        Required,
        "no",
        "Whether that is allowed. The matching rule with most cells filled in decides; among equals, one that forbids; without a rule everything is allowed.",
    ),
    NOTE,
    SOURCE,
];

/// The columns of `events`.
pub(super) static EVENTS: &[Column] = &[
    column(
        "event",
        Kind::Id,
        Required,
        "border_closure",
        "Id of the event; it may have several rows.",
    ),
    column(
        "service",
        Kind::Reference("services"),
        Means("see `place`"),
        "ZIH",
        "The service it concerns; either this or `place`.",
    ),
    column(
        "place",
        Kind::Reference("places"),
        Means("see `service`"),
        "MALASZEWICZE",
        "The place it concerns: its handling, and departures that leave, pass or reach it.",
    ),
    column(
        "first_date",
        Kind::Date,
        Required,
        "2025-09-12",
        "First day, local to the place (of a service: to its leg's origin).",
    ),
    column(
        "last_date",
        Kind::Date,
        Means("`first_date`"),
        "2025-09-25",
        "Last day.",
    ),
    column(
        "effect",
        Kind::Word(EFFECTS),
        Required,
        "held",
        "`cancelled`: departures do not run; `capacity_factor`: capacities times `value`; `delay_hours`: runs are `value` hours later, from the first leg concerned on; `closed`: what would leave, pass or reach the place does not run; `held`: it waits until the day after `last_date`.",
    ),
    column(
        "value",
        number(MILLIONTHS, 0, 10_000),
        Means("none; required for `capacity_factor` and `delay_hours`"),
        "0.5",
        "The factor, or the hours.",
    ),
    NOTE,
    SOURCE,
];

/// The columns of `bookings`.
pub(super) static BOOKINGS: &[Column] = &[
    column(
        "service",
        Kind::Reference("services"),
        Required,
        "HKG748",
        "Whose departure.",
    ),
    column(
        "date",
        Kind::Date,
        Required,
        "2019-11-12",
        "Local date on which the service's first leg departs; holds for all its legs.",
    ),
    column(
        "kg",
        number(KG, 0, 1_000_000_000),
        Is("0"),
        "12000",
        "Freight of others aboard. It takes room and is paid by them: the plan buys units for its own freight only, and both together are no more than all units hold and the departure lifts.",
    )
    .unit("kg"),
    column(
        "m3",
        number(M3, 0, 100_000_000),
        Is("0"),
        "80",
        "The same by volume.",
    )
    .unit("m³"),
    column(
        "units",
        number(UNITS, 0, 1_000_000_000),
        Is("0"),
        "4",
        "Units already sold to others: so many fewer are on offer.",
    )
    .unit("units"),
    NOTE,
    SOURCE,
];

/// The columns of `exchange_rates`.
pub(super) static EXCHANGE_RATES: &[Column] = &[
    column("currency", Kind::Currency, Required, "USD", "The currency."),
    column(
        "rate",
        positive(Scale::Exact(9), 1_000_000),
        Required,
        "1.12",
        "How much of it one unit of the instance's currency buys.",
    ),
    NOTE,
    SOURCE,
];

/// The tables that scenarios may change: all but `scenarios`.
const CHANGEABLE: &[&str] = &[
    "settings",
    "places",
    "products",
    "profiles",
    "demand",
    "services",
    "handling",
    "limits",
    "rules",
    "events",
    "bookings",
    "exchange_rates",
];

/// The columns of `scenarios`.
pub(super) static SCENARIOS: &[Column] = &[
    column(
        "scenario",
        Kind::Id,
        Required,
        "no_trains",
        "Name of the scenario; its rows apply in row order.",
    ),
    column(
        "table",
        Kind::Word(CHANGEABLE),
        Required,
        "services",
        "Table that it changes.",
    ),
    column(
        "key",
        Kind::Text,
        Required,
        "ZIH/*",
        "Rows that it changes: the table's key columns joined by `/`, trailing ones may be left out, `*` is any.",
    ),
    column(
        "column",
        Kind::Text,
        Means("none, with `drop`"),
        "units",
        "Column that it changes.",
    ),
    column(
        "change",
        Kind::Word(CHANGES),
        Required,
        "set",
        "`set` to the value, `scale` by it, `add` it, or `drop` the rows.",
    ),
    column(
        "value",
        Kind::Text,
        Means("a blank cell, with `set`; none with `drop`"),
        "0",
        "The value.",
    ),
    NOTE,
    SOURCE,
];
