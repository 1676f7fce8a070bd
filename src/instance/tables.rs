//! The tables of an instance and their columns: the one description of the format.

use super::schema::{Blank, Column, Kind, Number, Scale, Table};
use Blank::{Is, Means, Required};

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
/// The directions of handling, as cells spell them.
pub(super) const DIRECTIONS: &[&str] = &["in", "out"];
/// What handling counts, as cells spell it.
pub(super) const MEASURES: &[&str] = &["parcel", "kg", "m3"];
/// What limits count, as cells spell it.
pub(super) const METRICS: &[&str] = &[
    "parcels", "kg", "m3", "tonne_km", "units", "cost", "co2e_kg",
];
/// The periods of limits, as cells spell them.
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

const fn column(
    name: &'static str,
    kind: Kind,
    blank: Blank,
    example: &'static str,
    about: &'static str,
) -> Column {
    Column {
        name,
        kind,
        unit: "",
        blank,
        example,
        about,
    }
}

impl Column {
    const fn unit(mut self, unit: &'static str) -> Self {
        self.unit = unit;
        self
    }
}

const fn number(scale: Scale, min: i64, max: i64) -> Kind {
    Kind::Number(Number {
        scale,
        min,
        max,
        above_min: false,
    })
}

const fn positive(scale: Scale, max: i64) -> Kind {
    Kind::Number(Number {
        scale,
        min: 0,
        max,
        above_min: true,
    })
}

const KG: Scale = Scale::Exact(3);
const M3: Scale = Scale::Exact(6);
const LITRES: Scale = Scale::Exact(3);
const MONEY: Scale = Scale::Exact(6);
const UNITS: Scale = Scale::Exact(3);
const MILLIONTHS: Scale = Scale::Exact(6);
const REAL: Scale = Scale::Rounded(9);
const SHARE: Kind = number(Scale::Rounded(6), 0, 1);
const PROFILE_SHARE: Kind = number(Scale::Rounded(9), 0, 1);
const PRICE: Kind = number(MONEY, 0, 1_000_000_000);
const COUNT: Kind = number(Scale::Whole, 0, 1_000_000_000);
const AMOUNT: Kind = number(MILLIONTHS, 0, 1_000_000_000_000);

const NOTE: Column = column(
    "note",
    Kind::Text,
    Means("nothing"),
    "as in 2018",
    "Anything; not read.",
);
const SOURCE: Column = column(
    "source",
    Kind::Text,
    Means("nothing"),
    "estimate",
    "Where the figures are from; not read.",
);
const CURRENCY: Column = column(
    "currency",
    Kind::Currency,
    Means("the instance's"),
    "USD",
    "Currency of the row's price.",
);

static SETTINGS: &[Column] = &[
    column(
        "setting",
        Kind::Id,
        Required,
        "weeks",
        "Name of the setting; see below.",
    ),
    column(
        "value",
        Kind::Text,
        Means("the setting's default"),
        "8",
        "Its value.",
    ),
    NOTE,
    SOURCE,
];

/// The settings, described like columns: each is a row of the table `settings`.
pub(super) static SETTING: &[Column] = &[
    column(
        "name",
        Kind::Text,
        Required,
        "Liège 2019",
        "A short name for reports.",
    ),
    column(
        "description",
        Kind::Text,
        Means("nothing"),
        "The typical week of 2019.",
        "A sentence or two for reports.",
    ),
    column(
        "currency",
        Kind::Currency,
        Is("EUR"),
        "EUR",
        "The currency of the plan, and of prices without one.",
    ),
    column(
        "horizon",
        Kind::Word(&["typical-week", "dated"]),
        Is("typical-week"),
        "dated",
        "`typical-week`: one steady week that repeats for ever; `dated`: weeks with dates, events and bookings.",
    ),
    column(
        "week_start",
        Kind::Date,
        Means(
            "2024-01-01 for a typical week, which needs it only for time zones; required for `dated`",
        ),
        "2019-11-04",
        "The Monday from which weeks count.",
    ),
    column(
        "weeks",
        number(Scale::Whole, 1, 520),
        Is("1"),
        "8",
        "How many weeks are planned; 1 for a typical week.",
    ),
    column(
        "tail",
        Kind::Word(&["repeat-last-week", "none"]),
        Is("none"),
        "none",
        "What competes for space after the last week of a dated horizon: the last week's demand again (planned, not reported), or nothing.",
    ),
    column(
        "cm3_per_chargeable_kg",
        number(Scale::Whole, 1, 1_000_000),
        Is("6000"),
        "6000",
        "The volume that air freight charges as a kilogram.",
    )
    .unit("cm³"),
    column(
        "co2e_price_per_t",
        number(MONEY, 0, 1_000_000),
        Is("0"),
        "80",
        "What a tonne of CO₂e costs; part of every plan's cost.",
    )
    .unit("money per t"),
];

static PLACES: &[Column] = &[
    column("place", Kind::Id, Required, "LGG", "Id of the place."),
    column(
        "name",
        Kind::Text,
        Means("the id"),
        "Liège Airport",
        "Name for people.",
    ),
    column(
        "kind",
        Kind::Word(PLACE_KINDS),
        Required,
        "airport",
        "What it is.",
    ),
    column(
        "country",
        Kind::Text,
        Means("unknown"),
        "BE",
        "ISO 3166 country code.",
    ),
    column(
        "lat",
        number(REAL, -90, 90),
        Means("unknown"),
        "50.6374",
        "Latitude, north positive; needed for `km` left blank and for maps.",
    )
    .unit("degrees"),
    column(
        "lon",
        number(REAL, -180, 180),
        Means("unknown"),
        "5.4432",
        "Longitude, east positive.",
    )
    .unit("degrees"),
    column("unlocode", Kind::Text, Means("none"), "BELGG", "UN/LOCODE."),
    column("iata", Kind::Text, Means("none"), "LGG", "IATA code."),
    column(
        "time_zone",
        Kind::TimeZone,
        Is("UTC"),
        "Europe/Brussels",
        "IANA time zone; times of day at the place are local to it.",
    ),
    column(
        "storage_m3",
        number(M3, 0, 1_000_000_000),
        Means("unlimited"),
        "5000",
        "Volume that may lie here at any local midnight.",
    )
    .unit("m³"),
    column(
        "storage_per_m3_day",
        number(MONEY, 0, 1_000_000),
        Is("0"),
        "1.5",
        "Price of a cubic metre lying here for a day, charged by the minute.",
    )
    .unit("money per m³ and day"),
    NOTE,
    SOURCE,
];

static PRODUCTS: &[Column] = &[
    column(
        "product",
        Kind::Id,
        Required,
        "standard10",
        "Id of the product.",
    ),
    column(
        "name",
        Kind::Text,
        Means("the id"),
        "Standard, 10 days",
        "Name for people.",
    ),
    column(
        "kg_per_parcel",
        positive(KG, 1_000_000),
        Required,
        "0.17",
        "Weight of a parcel.",
    )
    .unit("kg"),
    column(
        "litres_per_parcel",
        positive(LITRES, 1_000_000_000),
        Required,
        "1.2",
        "Volume of a parcel.",
    )
    .unit("litres"),
    column(
        "promise_hours",
        positive(Scale::Minutes, 8760),
        Required,
        "240",
        "From release to delivered without lateness.",
    )
    .unit("hours"),
    column(
        "max_late_hours",
        number(Scale::Minutes, 0, 8760),
        Is("168"),
        "72",
        "Later than promise and this counts as not delivered.",
    )
    .unit("hours"),
    column(
        "late_per_parcel_day",
        PRICE,
        Is("0"),
        "0.25",
        "Cost of a parcel a day late, charged by the minute.",
    )
    .unit("money"),
    column(
        "unserved_per_parcel",
        PRICE,
        Required,
        "2.5",
        "Cost of a parcel that stays behind.",
    )
    .unit("money"),
    NOTE,
    SOURCE,
];

const fn day(name: &'static str) -> Column {
    column(
        name,
        PROFILE_SHARE,
        Is("0"),
        "0.15",
        "Share of the week's parcels that is ready on this day.",
    )
    .unit("fraction")
}

static PROFILES: &[Column] = &[
    column(
        "profile",
        Kind::Id,
        Required,
        "weekdays",
        "Id of the profile.",
    ),
    day("mon"),
    day("tue"),
    day("wed"),
    day("thu"),
    day("fri"),
    day("sat"),
    day("sun"),
    column(
        "release_time",
        Kind::Time,
        Is("18:00"),
        "18:00",
        "When a day's parcels are ready, local to the origin.",
    )
    .unit("local time"),
    NOTE,
    SOURCE,
];

static DEMAND: &[Column] = &[
    column(
        "origin",
        Kind::Reference("places"),
        Required,
        "C_YIWU",
        "Where the parcels start.",
    ),
    column(
        "destination",
        Kind::Reference("places"),
        Required,
        "LGG",
        "Where they go.",
    ),
    column(
        "product",
        Kind::Reference("products"),
        Required,
        "standard10",
        "What they are.",
    ),
    column(
        "week",
        number(Scale::Whole, 1, 520),
        Means("every week"),
        "3",
        "In which week they are ready, from 1.",
    ),
    column(
        "parcels",
        COUNT,
        Required,
        "1549198",
        "How many in the week; 0 keeps the row for scenarios.",
    )
    .unit("parcels"),
    column(
        "profile",
        Kind::Reference("profiles"),
        Means("a seventh each day, at 18:00"),
        "weekdays",
        "How they spread over the days: whole parcels by largest remainder.",
    ),
    NOTE,
    SOURCE,
];

static SERVICES: &[Column] = &[
    column("service", Kind::Id, Required, "ZIH", "Id of the service; the rows of one service are its legs."),
    column("leg", number(Scale::Whole, 1, 100), Is("1"), "1", "Number of the leg, from 1."),
    column("operator", Kind::Text, Means("none; leg 1's"), "Cainiao", "Who runs it; limits and rules can select it."),
    column("mode", Kind::Word(MODES), Means("leg 1's; required there"), "rail", "What it runs with."),
    column("equipment", Kind::Text, Means("none; leg 1's"), "block train", "What vehicle."),
    column("origin", Kind::Reference("places"), Required, "CGO", "Where the leg starts."),
    column("destination", Kind::Reference("places"), Required, "LGG", "Where the leg ends."),
    column("days", Kind::Days, Means("daily; leg 1's"), "1.3.5..", "Weekdays on which leg 1 departs: `daily`, `135` or `1.3.5..`, Monday is 1."),
    column("departs", Kind::Time, Means("as soon as `dwell_hours` are over; required on leg 1"), "18:00", "Local time of departure; a later leg waits for it.").unit("local time"),
    column("hours", positive(Scale::Minutes, 8760), Required, "12.9", "Time under way.").unit("hours"),
    column("dwell_hours", number(Scale::Minutes, 0, 8760), Is("0"), "6", "Time between the arrival of the leg before and this departure.").unit("hours"),
    column("first_date", Kind::Date, Means("no first; leg 1's"), "2019-11-04", "First local date of leg 1's departures; dated horizon only."),
    column("last_date", Kind::Date, Means("no last; leg 1's"), "2019-12-29", "Last local date of leg 1's departures; dated horizon only."),
    column("max_kg", number(KG, 0, 1_000_000_000), Means("unlimited"), "60000", "What a departure can lift whatever is bought.").unit("kg"),
    column("max_m3", number(M3, 0, 100_000_000), Means("unlimited"), "360", "What a departure can lift whatever is bought.").unit("m³"),
    column("unit", Kind::Id, Means("nothing is sold: carriage is free within `max_kg` and `max_m3`"), "chargeable_kg", "What a departure sells: `chargeable_kg`, `kg`, `tonne`, `m3`, `FEU`, `ULD`, `aircraft`, … (any id)."),
    column("units", number(UNITS, 0, 1_000_000_000), Means("unlimited"), "60000", "How many units a departure has; 0 keeps the row for scenarios.").unit("units"),
    column("kg_per_unit", positive(KG, 1_000_000_000), Means("weight does not count; 1 with unit `chargeable_kg` or `kg`, 1000 with `tonne`"), "24000", "Weight that a unit holds.").unit("kg"),
    column("m3_per_unit", positive(M3, 100_000_000), Means("volume does not count; `cm3_per_chargeable_kg` / 10^6 with unit `chargeable_kg`, 1 with `m3`"), "68", "Volume that a unit holds.").unit("m³"),
    column("price_per_unit", PRICE, Is("0"), "2.45", "Price of a unit.").unit("money"),
    CURRENCY,
    column("min_units", number(UNITS, 0, 1_000_000_000), Is("0"), "30000", "Units paid for whether used or not; what is not used is dead freight.").unit("units"),
    column("whole_units", Kind::YesNo, Is("no"), "yes", "Whether only whole units are sold (a charter, a train)."),
    column("km", positive(REAL, 50_000), Means("the great circle along `via`"), "9416", "Distance, for CO₂e and tonne-kilometres.").unit("km"),
    column("co2e_g_per_tkm", number(REAL, 0, 100_000), Is("0"), "500", "Emissions.").unit("g CO₂e per tonne-kilometre"),
    column("via", Kind::References("places"), Means("none"), "ALASHANKOU > MALASZEWICZE", "Places that the line passes, in order, joined by `>`: for the map, for distances and for events."),
    NOTE,
    SOURCE,
];

static HANDLING: &[Column] = &[
    column(
        "place",
        Kind::Reference("places"),
        Required,
        "LGG",
        "Where.",
    ),
    column(
        "step",
        Kind::Id,
        Required,
        "customs",
        "Name of the step. Steps of a place and direction run in row order.",
    ),
    column(
        "mode",
        Kind::Word(MODES),
        Means("every mode; they share the capacity"),
        "air",
        "Only for what comes or goes by this mode.",
    ),
    column(
        "direction",
        Kind::Word(DIRECTIONS),
        Is("in"),
        "in",
        "`in`: after arrivals; `out`: before departures, ending at the departure.",
    ),
    column(
        "hours",
        number(Scale::Minutes, 0, 8760),
        Means("0; tier 1's"),
        "6",
        "How long the step takes.",
    )
    .unit("hours"),
    column(
        "tier",
        number(Scale::Whole, 1, 100),
        Is("1"),
        "2",
        "Tier 2 adds capacity of the same step at its own price (overtime), and so on.",
    ),
    column(
        "capacity",
        AMOUNT,
        Means("unlimited"),
        "1250000",
        "Capacity of the tier in each period.",
    )
    .unit("the row's unit"),
    column(
        "unit",
        Kind::Word(MEASURES),
        Means("parcel; tier 1's"),
        "parcel",
        "What capacity and price count.",
    ),
    column(
        "per",
        Kind::Word(&["day", "week"]),
        Means("day; tier 1's"),
        "day",
        "The period of the capacity: the local day or week in which the step starts.",
    ),
    column("price_per_unit", PRICE, Is("0"), "0.03", "Price of a unit.").unit("money"),
    CURRENCY,
    NOTE,
    SOURCE,
];

static LIMITS: &[Column] = &[
    column("limit", Kind::Id, Required, "rail_share", "Id of the limit."),
    column("metric", Kind::Word(METRICS), Required, "kg", "What is counted, on departures: `parcels`, `kg` and `m3` boarded, `tonne_km`, `units` bought, `cost` of carriage, `co2e_kg`."),
    column("mode", Kind::Word(MODES), Means("any"), "rail", "Only departures of this mode."),
    column("operator", Kind::Text, Means("any"), "Cainiao", "Only departures of this operator."),
    column("service", Kind::Reference("services"), Means("any"), "ZIH", "Only departures of this service."),
    column("place", Kind::Reference("places"), Means("any"), "CGO", "Only departures that leave or reach this place."),
    column("origin", Kind::Reference("places"), Means("any"), "C_YIWU", "Only parcels from here."),
    column("destination", Kind::Reference("places"), Means("any"), "LGG", "Only parcels to here."),
    column("product", Kind::Reference("products"), Means("any"), "standard10", "Only parcels of this product."),
    column("per", Kind::Word(PERIODS), Is("week"), "week", "The limit holds in each day, each week or over the horizon, by the local day of departure."),
    column("min", AMOUNT, Means("none"), "1000", "At least this.").unit("the metric's"),
    column("max", AMOUNT, Means("none"), "250000", "At most this.").unit("the metric's"),
    column("min_share", SHARE, Means("none"), "0.1", "At least this share of what is counted without the row's mode, operator, service and place.").unit("fraction"),
    column("max_share", SHARE, Means("none"), "0.6", "At most this share.").unit("fraction"),
    column("penalty_per_unit", PRICE, Means("the limit is hard"), "0.5", "Price of a unit of violation.").unit("money"),
    NOTE,
    SOURCE,
];

static RULES: &[Column] = &[
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

static EVENTS: &[Column] = &[
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
        "`cancelled`: departures do not run; `capacity_factor`: capacities times `value`; `delay_hours`: departures leave `value` hours later; `closed`: what would leave, pass or reach the place does not run; `held`: it waits until the day after `last_date`.",
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

static BOOKINGS: &[Column] = &[
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
        "Freight already aboard.",
    )
    .unit("kg"),
    column(
        "m3",
        number(M3, 0, 100_000_000),
        Is("0"),
        "80",
        "Freight already aboard.",
    )
    .unit("m³"),
    column(
        "units",
        number(UNITS, 0, 1_000_000_000),
        Is("0"),
        "4",
        "Units already sold to others.",
    )
    .unit("units"),
    NOTE,
    SOURCE,
];

static EXCHANGE_RATES: &[Column] = &[
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

static SCENARIOS: &[Column] = &[
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

/// A table by name.
pub(super) fn table_named(name: &str) -> Option<&'static Table> {
    table_schema().iter().find(|table| table.name == name)
}
