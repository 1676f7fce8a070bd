//! A typical week small enough to work out on paper: from Xi'an to Liège by train, by flight, or
//! by a train of two legs through Małaszewicze, with customs in Liège.

use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;

use crate::instance::{
    Demand, Direction, HandlingStep, Horizon, Instance, Leg, Measure, Mode, Period, Place, PlaceId,
    PlaceKind, Product, ProductId, Service, Settings, Tail, Tier, UNIT_SCALE, Unit,
};
use crate::units::{CubicCentimetres, Grams, Minutes, Money, Parcels};

pub(super) const LIEGE: PlaceId = PlaceId(0);
pub(super) const MALASZEWICZE: PlaceId = PlaceId(1);
pub(super) const XIAN: PlaceId = PlaceId(2);

/// Money in whole units of the currency.
pub(super) fn euros(amount: i64) -> Money {
    Money(amount * 1_000_000)
}

/// The instance: 100 parcels of 2 kg and 12 litres, ready on Monday at 18:00 in Xi'an.
pub(super) fn instance() -> Instance {
    Instance {
        settings: Settings {
            name: "example".to_owned(),
            description: String::new(),
            currency: "EUR".to_owned(),
            horizon: Horizon::TypicalWeek,
            week_start: Date::constant(2024, 1, 1),
            weeks: 1,
            counted_weeks: 0,
            tail: Tail::None,
            cm3_per_chargeable_kg: CubicCentimetres(6000),
            co2e_price_per_t: Money::ZERO,
        },
        places: vec![
            place("Liège", PlaceKind::Hub, "Europe/Brussels"),
            place("Małaszewicze", PlaceKind::Border, "Europe/Warsaw"),
            place("Xi'an", PlaceKind::City, "Asia/Shanghai"),
        ],
        products: vec![Product {
            id: "parcel".to_owned(),
            name: String::new(),
            weight: Grams(2_000),
            volume: CubicCentimetres(12_000),
            promise: Minutes(96 * 60),
            max_late: Minutes(600 * 60),
            late_per_parcel_day: euros(1),
            unserved_per_parcel: euros(50),
        }],
        demands: vec![Demand {
            origin: XIAN,
            destination: LIEGE,
            product: ProductId(0),
            week: 1,
            parcels: Parcels(100),
            by_day: [100, 0, 0, 0, 0, 0, 0].map(Parcels),
            release_time: Time::constant(18, 0, 0, 0),
            row: 2,
        }],
        services: vec![flight(), train()],
        handling: vec![customs()],
        limits: Vec::new(),
        rules: Vec::new(),
        events: Vec::new(),
        bookings: Vec::new(),
        scenarios: Vec::new(),
        scenario: None,
        hashes: Vec::new(),
    }
}

fn place(id: &str, kind: PlaceKind, zone: &str) -> Place {
    Place {
        id: id.to_owned(),
        name: String::new(),
        kind,
        country: String::new(),
        position: None,
        unlocode: String::new(),
        iata: String::new(),
        time_zone: TimeZone::get(zone).expect("a known zone"),
        storage: None,
        storage_per_m3_day: Money::ZERO,
    }
}

/// Wednesdays at 12:00 (UTC+8), 12 hours, 100 chargeable kg at 3 euros.
fn flight() -> Service {
    let unit = Unit {
        name: "chargeable_kg".to_owned(),
        limit: Some(100 * UNIT_SCALE),
        minimum: 0,
        weight: Some(Grams(1_000)),
        volume: Some(CubicCentimetres(6_000)),
        price: euros(3),
        whole: false,
        commit: crate::instance::Commit::Departure,
    };
    Service {
        id: "flight".to_owned(),
        operator: "Flyers".to_owned(),
        mode: Mode::Air,
        equipment: String::new(),
        days: [false, false, true, false, false, false, false],
        dates: (None, None),
        legs: vec![leg(XIAN, LIEGE, Some(12), 12, unit)],
    }
}

/// Saturdays at 06:00 (UTC+8), 200 hours to Małaszewicze, 10 hours there, 24 hours to Liège; each
/// leg has 5 containers of 1,000 kg and 2 m³ at 100 euros, and one is paid for in any case.
fn train() -> Service {
    let unit = Unit {
        name: "FEU".to_owned(),
        limit: Some(5 * UNIT_SCALE),
        minimum: UNIT_SCALE,
        weight: Some(Grams(1_000_000)),
        volume: Some(CubicCentimetres(2_000_000)),
        price: euros(100),
        whole: false,
        commit: crate::instance::Commit::Departure,
    };
    let mut second = leg(MALASZEWICZE, LIEGE, None, 24, unit.clone());
    second.dwell = Minutes(600);
    Service {
        id: "train".to_owned(),
        operator: "Railers".to_owned(),
        mode: Mode::Rail,
        equipment: String::new(),
        days: [false, false, false, false, false, true, false],
        dates: (None, None),
        legs: vec![leg(XIAN, MALASZEWICZE, Some(6), 200, unit), second],
    }
}

fn leg(origin: PlaceId, destination: PlaceId, hour: Option<i8>, hours: i64, unit: Unit) -> Leg {
    Leg {
        origin,
        destination,
        departs: hour.map(|hour| Time::constant(hour, 0, 0, 0)),
        duration: Minutes(hours * 60),
        dwell: Minutes::ZERO,
        max_weight: None,
        max_volume: None,
        unit,
        km: 8000.0,
        co2e_g_per_tkm: 0.0,
        via: Vec::new(),
        row: 2,
    }
}

/// Three hours in Liège after any arrival; 30 parcels a day at 0.10 euros, 40 more at 0.50.
fn customs() -> HandlingStep {
    let tier = |number, capacity, price| Tier {
        number,
        capacity: Some(capacity),
        shift: None,
        price: Money(price),
        row: 2,
    };
    HandlingStep {
        place: LIEGE,
        name: "customs".to_owned(),
        mode: None,
        direction: Direction::In,
        duration: Minutes(180),
        measure: Measure::Parcels,
        per: Period::Day,
        tiers: vec![tier(1, 30, 100_000), tier(2, 40, 500_000)],
    }
}
