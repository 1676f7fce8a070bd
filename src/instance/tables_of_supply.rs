//! The columns of the tables that say what can carry and handle.

use super::column_kinds::*;
use super::schema::Blank::{Is, Means, Required};
use super::schema::{Column, Kind, Scale};
use super::tables::{COMMITS, DIRECTIONS, MEASURES, MODES};

/// The columns of `services`.
pub(super) static SERVICES: &[Column] = &[
    column("service", Kind::Id, Required, "ZIH", "Id of the service; the rows of one service are its legs."),
    column("leg", number(Scale::Whole, 1, 100), Is("1"), "1", "Number of the leg, from 1."),
    column("operator", Kind::Text, Means("none; leg 1's"), "Cainiao", "Who runs it; limits and rules can select it."),
    column("mode", Kind::Word(MODES), Means("leg 1's; required there"), "rail", "What it runs with."),
    column("equipment", Kind::Text, Means("none; leg 1's"), "block train", "What vehicle."),
    column("origin", Kind::Reference("places"), Required, "CGO", "Where the leg starts."),
    column("destination", Kind::Reference("places"), Required, "LGG", "Where the leg ends."),
    column("days", Kind::Days, Means("daily; leg 1's"), "1.3.5..", "Weekdays on which leg 1 departs, Monday is 1: `daily`; numbers in order, `135` or `1 3 5`; or each in its place with dots for days without service, `1.3.5..`, of which those at the end may be left out, `.2.4`. What is a number too, `1.3`, is refused."),
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
    column("min_units", number(UNITS, 0, 1_000_000_000), Is("0"), "30000", "Units paid for whether used or not, on runs of the planned weeks; what is not used is dead freight.").unit("units"),
    column("whole_units", Kind::YesNo, Is("no"), "yes", "Whether only whole units are sold (a charter, a train)."),
    column("commit", Kind::Word(COMMITS), Is("departure"), "week", "For which departures of the leg one decision on units holds: each `departure` decides for itself, or all of a `week` or of the `horizon` buy the same number beyond `min_units`, at most what the one with the fewest has; those that have nothing to sell are left out. Runs after the planned weeks decide for themselves."),
    column("km", positive(REAL, 50_000), Means("the great circle along `via`"), "9416", "Distance, for CO₂e and tonne-kilometres.").unit("km"),
    column("co2e_g_per_tkm", number(REAL, 0, 100_000), Is("0"), "500", "Emissions.").unit("g CO₂e per tonne-kilometre"),
    column("via", Kind::References("places"), Means("none"), "ALASHANKOU > MALASZEWICZE", "Places that the line passes, in order, joined by `>`: for the map, for distances and for events."),
    NOTE,
    SOURCE,
];

/// The columns of `handling`.
pub(super) static HANDLING: &[Column] = &[
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
        "shift_capacity",
        AMOUNT,
        Means("the tier works by the unit"),
        "62500",
        "Capacity of a shift: the tier then works in whole shifts or not at all, as many as `capacity` has room for, and each is paid for whether it is full or not.",
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
