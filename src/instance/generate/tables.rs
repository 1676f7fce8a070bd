//! The tables of a synthetic instance, as text.

use super::Options;
use super::demand::{Demands, weekly_capacity};
use super::lanes::{Lane, lanes};
use super::services::{SERVICES, services};
use super::world::{Gateway, Spot, World};

/// A table as text, to be read once.
pub struct Table {
    /// Its name, that of its file without `.csv`.
    pub name: &'static str,
    /// Its header.
    pub columns: &'static [&'static str],
    /// Its rows, each as long as the header.
    pub rows: Box<dyn Iterator<Item = Vec<String>>>,
}

type Rows = Vec<Vec<String>>;

/// The terminal at which trains end.
pub(super) const RAILHEAD: (&str, &str, f64, f64) =
    ("R_LLI", "Liège Logistics Intermodal", 50.65, 5.4333);
pub(super) fn all(options: &Options) -> Vec<Table> {
    let world = World::new(options);
    let lanes = lanes(options, &world);
    let source = format!("synthetic, seed {}", options.seed);
    let demands = Demands::new(options, &world, &lanes);
    let short = |name, columns, rows: Rows| Table {
        name,
        columns,
        rows: Box::new(rows.into_iter().map(sourced(source.clone()))),
    };
    vec![
        short(
            "settings",
            &["setting", "value", "source"],
            settings(options),
        ),
        short("places", PLACES, places(&world)),
        short("products", PRODUCTS, products(&world)),
        short("profiles", PROFILES, profiles(demands.has_singles_day())),
        short("services", SERVICES, services(options, &world, &lanes)),
        short("handling", HANDLING, handling(&world, &lanes)),
        demand(options, world, demands, source.clone()),
    ]
}

fn sourced(source: String) -> impl Fn(Vec<String>) -> Vec<String> {
    move |mut row| {
        row.push(source.clone());
        row
    }
}

fn row<const N: usize>(cells: [&dyn ToString; N]) -> Vec<String> {
    cells.map(ToString::to_string).to_vec()
}

fn settings(options: &Options) -> Rows {
    let horizon = if options.typical {
        "typical-week"
    } else {
        "dated"
    };
    let name = format!("synthetic-{}", options.seed);
    let description = format!(
        "{} origins, {} products, {} markets, {} departures of trains and flights a week, load {}",
        options.origins, options.products, options.markets, options.services, options.load
    );
    let mut rows = vec![
        row([&"name", &name]),
        row([&"description", &description]),
        row([&"currency", &"EUR"]),
        row([&"horizon", &horizon]),
        row([&"week_start", &options.week_start]),
        row([&"cm3_per_chargeable_kg", &6000]),
        // The mean of 2019.
        row([&"co2e_price_per_t", &25]),
    ];
    if !options.typical {
        rows.push(row([&"weeks", &options.weeks]));
        rows.push(row([&"tail", &"none"]));
    }
    rows
}

const PLACES: &[&str] = &[
    "place",
    "name",
    "kind",
    "country",
    "lat",
    "lon",
    "time_zone",
    "storage_per_m3_day",
    "source",
];

fn places(world: &World) -> Rows {
    let railhead = Spot {
        id: RAILHEAD.0.to_owned(),
        name: RAILHEAD.1.to_owned(),
        lat: RAILHEAD.2,
        lon: RAILHEAD.3,
        ..world.hub.clone()
    };
    let railhead = (!world.terminals.is_empty()).then_some(railhead);
    let kinds: [(&str, &str, &[Spot]); 6] = [
        ("city", "0.2", &world.origins),
        ("airport", "1", &world.airports),
        ("rail_terminal", "0.4", &world.terminals),
        ("rail_terminal", "0.4", railhead.as_slice()),
        ("hub", "1", std::slice::from_ref(&world.hub)),
        ("market", "", &world.markets),
    ];
    let place = |kind: &str, storage: &str, spot: &Spot| {
        row([
            &spot.id,
            &spot.name,
            &kind,
            &spot.country,
            &spot.lat,
            &spot.lon,
            &spot.time_zone,
            &storage,
        ])
    };
    (kinds.iter())
        .flat_map(|(kind, storage, spots)| spots.iter().map(|spot| place(kind, storage, spot)))
        .collect()
}

const PRODUCTS: &[&str] = &[
    "product",
    "name",
    "kg_per_parcel",
    "litres_per_parcel",
    "promise_hours",
    "max_late_hours",
    "late_per_parcel_day",
    "unserved_per_parcel",
    "source",
];

fn products(world: &World) -> Rows {
    (world.kinds.iter())
        .map(|kind| {
            row([
                &kind.id,
                &kind.name,
                &thousandths(kind.grams),
                &thousandths(kind.millilitres),
                &kind.promise_hours,
                &kind.max_late_hours,
                &kind.late_per_day,
                &kind.unserved,
            ])
        })
        .collect()
}

const PROFILES: &[&str] = &[
    "profile",
    "mon",
    "tue",
    "wed",
    "thu",
    "fri",
    "sat",
    "sun",
    "release_time",
    "source",
];

/// Fewer parcels are packed at the weekend; after 11 November (a Monday in 2024) most of the wave
/// is ready within three days.
fn profiles(singles_day: bool) -> Rows {
    let profile = |text: &str| text.split(' ').map(str::to_owned).collect();
    let mut rows = vec![profile("week 0.16 0.16 0.15 0.15 0.14 0.13 0.11 18:00")];
    if singles_day {
        rows.push(profile(
            "singles-day 0.2 0.22 0.18 0.13 0.11 0.09 0.07 18:00",
        ));
    }
    rows
}

const HANDLING: &[&str] = &[
    "place",
    "step",
    "mode",
    "direction",
    "hours",
    "tier",
    "capacity",
    "unit",
    "per",
    "price_per_unit",
    "source",
];

/// The steps of the Liège week: capacities over line haul as they are there, where 7,482 m³ fly,
/// 7,232 m³ roll and 6.92 million parcels of the mix would fill both (6.26 million fill 90.5 %).
fn handling(world: &World, lanes: &[Lane]) -> Rows {
    let mut rows = Rows::new();
    for airport in &world.airports {
        rows.push(row([
            &airport.id,
            &"build-up",
            &"air",
            &"out",
            &10,
            &"",
            &"",
            &"kg",
            &"day",
            &"",
        ]));
    }
    for terminal in &world.terminals {
        rows.push(row([
            &terminal.id,
            &"stuffing",
            &"rail",
            &"out",
            &24,
            &"",
            &"",
            &"m3",
            &"day",
            &"",
        ]));
    }
    let (mut flown, mut railed) = (0.0, 0.0);
    for lane in lanes {
        let m3 = lane.m3 * lane.frequency() as f64 / 7.0;
        match lane.gateway {
            Gateway::Airport(_) => flown += m3,
            Gateway::Terminal(_) => railed += m3,
        }
    }
    let parcels = weekly_capacity(world, lanes) / 7.0;
    let hub = world.hub.id.as_str();
    let mut step = |place: &str, name, mode, hours, unit, tiers: &[(f64, &str)]| {
        for (tier, (capacity, price)) in (1..).zip(tiers) {
            let capacity = capacity.ceil();
            let cells = row([
                &place, &name, &mode, &"in", &hours, &tier, &capacity, &unit, &"day", price,
            ]);
            rows.push(cells);
        }
    };
    if railed > 0.0 {
        // 130 and 60 containers a week at 64 m³.
        let tiers = [
            (railed * 8320.0 / 7232.0, "5"),
            (railed * 3840.0 / 7232.0, "5.94"),
        ];
        step(RAILHEAD.0, "stripping", "rail", 12, "m3", &tiers);
    }
    let tiers = [
        (flown * 8200.0 / 7482.0, "15"),
        (flown * 4500.0 / 7482.0, "22"),
    ];
    step(hub, "break-down", "air", 6, "m3", &tiers);
    let tiers = [
        (parcels * 8.75 / 6.92, "0.01"),
        (parcels * 1.75 / 6.92, "0.02"),
    ];
    step(hub, "customs", "", 2, "parcel", &tiers);
    let tiers = [
        (parcels * 7.5 / 6.92, "0.05"),
        (parcels * 1.5 / 6.92, "0.08"),
        (parcels * 1.5 / 6.92, "0.11"),
    ];
    step(hub, "sorting", "", 4, "parcel", &tiers);
    rows
}

fn demand(options: &Options, world: World, demands: Demands, source: String) -> Table {
    let typical = options.typical;
    let rows = (0..demands.len()).map(move |at| {
        let row = demands.row(at);
        let profile = if row.singles_day {
            "singles-day"
        } else {
            "week"
        };
        vec![
            world.origins[row.origin].id.clone(),
            world.markets[row.market].id.clone(),
            world.kinds[row.kind].id.clone(),
            if typical {
                String::new()
            } else {
                (row.week + 1).to_string()
            },
            row.parcels.to_string(),
            profile.to_owned(),
        ]
    });
    Table {
        name: "demand",
        columns: &[
            "origin",
            "destination",
            "product",
            "week",
            "parcels",
            "profile",
            "source",
        ],
        rows: Box::new(rows.map(sourced(source))),
    }
}

/// A count of thousandths as a decimal.
fn thousandths(count: u32) -> String {
    (f64::from(count) / 1000.0).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_as_long_as_their_header() {
        let options = Options {
            whole: 2,
            ..Options::default()
        };
        for table in all(&options) {
            for row in table.rows {
                assert_eq!(row.len(), table.columns.len(), "{}: {row:?}", table.name);
            }
        }
    }
}
