//! Expansion and formulation of a week and of a national year.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use jiff::civil::{date, time};
use jiff::tz::TimeZone;
use railair::instance::{
    Commit, Demand, Direction, HandlingStep, Horizon, Instance, Leg, Measure, Mode, Period, Place,
    PlaceId, PlaceKind, Product, ProductId, Service, Settings, Tail, Tier, UNIT_SCALE, Unit,
};
use railair::network::{Calendar, expand};
use railair::program::formulation::formulate;
use railair::units::{CubicCentimetres, Grams, Minutes, Money, Parcels};

/// How large an instance is.
struct Size {
    origins: usize,
    products: usize,
    gateways: usize,
    markets: usize,
    weeks: u32,
    horizon: Horizon,
}

/// Origins feed gateways by daily trucks; every gateway flies daily and sends two trains a week to
/// the hub, from where trucks leave for the markets every day.
fn build(size: &Size) -> Instance {
    let mut places = vec![place("HUB".to_owned(), "Europe/Brussels", None)];
    let mut add = |prefix: &str, count: usize, zone: &str| -> Vec<PlaceId> {
        (0..count)
            .map(|number| {
                places.push(place(format!("{prefix}{number}"), zone, None));
                PlaceId(places.len() as u32 - 1)
            })
            .collect()
    };
    let origins = add("O", size.origins, "Asia/Shanghai");
    let gateways = add("G", size.gateways, "Asia/Shanghai");
    let markets = add("M", size.markets, "Europe/Brussels");
    let hub = PlaceId(0);
    let mut services = Vec::new();
    for (number, &origin) in origins.iter().enumerate() {
        for &gateway in gateways
            .iter()
            .cycle()
            .skip(number)
            .take(size.gateways.min(3))
        {
            services.push(service(Mode::Road, [true; 7], (origin, gateway), 20, None));
        }
    }
    for (number, &gateway) in gateways.iter().enumerate() {
        let mut days = [false; 7];
        days[number % 7] = true;
        days[(number + 3) % 7] = true;
        services.push(service(
            Mode::Air,
            [true; 7],
            (gateway, hub),
            13,
            Some((100_000, 2.0)),
        ));
        services.push(service(
            Mode::Rail,
            days,
            (gateway, hub),
            16 * 24,
            Some((200_000, 0.6)),
        ));
    }
    for &market in &markets {
        services.push(service(Mode::Road, [true; 7], (hub, market), 10, None));
    }
    let mut demands = Vec::new();
    for &origin in &origins {
        for &destination in &markets {
            for product in 0..size.products {
                for week in 1..=size.weeks {
                    demands.push(Demand {
                        origin,
                        destination,
                        product: ProductId(product as u32),
                        week,
                        parcels: Parcels(7 * 40),
                        by_day: [Parcels(40); 7],
                        release_time: time(18, 0, 0, 0),
                        row: 2,
                    });
                }
            }
        }
    }
    Instance {
        settings: Settings {
            name: "bench".to_owned(),
            description: String::new(),
            currency: "EUR".to_owned(),
            horizon: size.horizon,
            week_start: date(2024, 1, 1),
            weeks: size.weeks,
            counted_weeks: 0,
            tail: Tail::None,
            cm3_per_chargeable_kg: CubicCentimetres(6000),
            co2e_price_per_t: Money(80_000_000),
        },
        places,
        products: (0..size.products).map(product).collect(),
        demands,
        services,
        handling: vec![
            step(hub, "break-down", 6, None),
            step(hub, "customs", 12, None),
            step(hub, "sorting", 8, Some(2_000_000)),
        ],
        limits: Vec::new(),
        rules: Vec::new(),
        events: Vec::new(),
        bookings: Vec::new(),
        scenarios: Vec::new(),
        scenario: None,
        hashes: Vec::new(),
    }
}

fn place(id: String, zone: &str, storage: Option<CubicCentimetres>) -> Place {
    Place {
        name: id.clone(),
        id,
        kind: PlaceKind::Hub,
        country: String::new(),
        position: None,
        unlocode: String::new(),
        iata: String::new(),
        time_zone: TimeZone::get(zone).expect("a zone of the bundled database"),
        storage,
        storage_per_m3_day: Money(500_000),
    }
}

fn product(number: usize) -> Product {
    Product {
        id: format!("P{number}"),
        name: String::new(),
        weight: Grams(300 + 150 * number as i64),
        volume: CubicCentimetres(2000 + 500 * number as i64),
        promise: Minutes(60 * 24 * (5 + 3 * number as i64)),
        max_late: Minutes(60 * 168),
        late_per_parcel_day: Money(300_000),
        unserved_per_parcel: Money(30_000_000),
    }
}

fn service(
    mode: Mode,
    days: [bool; 7],
    (origin, destination): (PlaceId, PlaceId),
    hours: i64,
    sold: Option<(i64, f64)>,
) -> Service {
    let unit = Unit {
        name: "chargeable_kg".to_owned(),
        limit: sold.map(|(kg, _)| kg * UNIT_SCALE),
        minimum: 0,
        weight: Some(Grams(1000)),
        volume: sold.map(|_| CubicCentimetres(6000)),
        price: Money(sold.map_or(100_000, |(_, price)| (price * 1e6) as i64)),
        whole: false,
        commit: Commit::Departure,
    };
    Service {
        id: format!("{mode:?}-{}-{}", origin.0, destination.0),
        operator: String::new(),
        mode,
        equipment: String::new(),
        days,
        dates: (None, None),
        legs: vec![Leg {
            origin,
            destination,
            departs: Some(time(22, 0, 0, 0)),
            duration: Minutes(60 * hours),
            dwell: Minutes::ZERO,
            max_weight: None,
            max_volume: None,
            unit,
            km: 1000.0,
            co2e_g_per_tkm: 50.0,
            via: Vec::new(),
            row: 2,
        }],
    }
}

fn step(place: PlaceId, name: &str, hours: i64, capacity: Option<i64>) -> HandlingStep {
    HandlingStep {
        place,
        name: name.to_owned(),
        mode: None,
        direction: Direction::In,
        duration: Minutes(60 * hours),
        measure: Measure::Parcels,
        per: Period::Day,
        tiers: vec![Tier {
            number: 1,
            capacity,
            shift: None,
            price: Money(100_000),
            row: 2,
        }],
    }
}

fn measure(criterion: &mut Criterion) {
    let week = Size {
        origins: 10,
        products: 4,
        gateways: 10,
        markets: 1,
        weeks: 1,
        horizon: Horizon::TypicalWeek,
    };
    let national = Size {
        origins: 60,
        products: 8,
        gateways: 40,
        markets: 6,
        weeks: 52,
        horizon: Horizon::Dated,
    };
    let mut group = criterion.benchmark_group("network");
    group.sample_size(10);
    for (name, size) in [("week", week), ("national year", national)] {
        let instance = build(&size);
        let calendar = Calendar::new(&instance);
        let network = expand(&instance, &calendar);
        let formulation = formulate(&instance, &calendar, &network).expect("numbers fit");
        eprintln!(
            "{name}: {} releases, {} departures, {} nodes, {} edges, {} rows, {} columns, {} sinks, {} ends",
            network.releases.len(),
            network.departures.len(),
            network.graph.node_count(),
            network.graph.edge_count(),
            formulation.rows.len(),
            formulation.columns.len(),
            formulation.program.sinks.len(),
            formulation
                .program
                .sinks
                .iter()
                .map(|s| s.ends.len())
                .sum::<usize>(),
        );
        group.bench_function(format!("expand {name}"), |bencher| {
            bencher.iter(|| black_box(expand(&instance, &calendar)));
        });
        group.bench_function(format!("formulate {name}"), |bencher| {
            bencher.iter(|| black_box(formulate(&instance, &calendar, &network)));
        });
    }
    group.finish();
}

criterion_group!(benches, measure);
criterion_main!(benches);
