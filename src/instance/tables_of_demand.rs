//! The columns of the tables that say what is to be carried, and where places are.

use super::column_kinds::*;
use super::schema::Blank::{Is, Means, Required};
use super::schema::{Column, Kind, Scale};
use super::tables::PLACE_KINDS;

/// The columns of `settings`.
pub(super) static SETTINGS: &[Column] = &[
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
            "2027-01-04 for a typical week, which needs it only for time zones: a winter week after the last change of rules in the time zones that railair knows; required for `dated`",
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
        "counted_weeks",
        number(Scale::Whole, 0, 52),
        Is("0"),
        "2",
        "Of how many weeks after the planned ones the runs have minimums, commitments and limits too; for `dated` alone. See [the planned weeks](#the-planned-weeks).",
    ),
    column(
        "tail",
        Kind::Word(&["repeat-last-week", "none"]),
        Is("none"),
        "none",
        "What competes for space after the last week of a dated horizon: the last week's demand again, for as long as parcels of the planned weeks can be under way, or nothing. It stands in no figure: see [the tail](#the-tail).",
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
    column(
        "ignore_columns",
        Kind::Text,
        Means("none"),
        "contract, checked by",
        "Names of columns of your own, in any table, separated by commas; they are not read. Columns that railair knows are read all the same.",
    ),
];

/// The columns of `places`.
pub(super) static PLACES: &[Column] = &[
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
        "IANA time zone; times of day at the place are local to it. A blank is told (W416) where it is probably not meant.",
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

/// The columns of `products`.
pub(super) static PRODUCTS: &[Column] = &[
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

/// The columns of `profiles`.
pub(super) static PROFILES: &[Column] = &[
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

/// The columns of `demand`.
pub(super) static DEMAND: &[Column] = &[
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
