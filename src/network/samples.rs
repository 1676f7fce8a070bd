//! Instances built by hand for tests: plain values, changed in place where a test needs more.

use jiff::civil::{Date, Time, date, time};
use jiff::tz::TimeZone;

use crate::instance::{
    Demand, Direction, HandlingStep, Horizon, Instance, Leg, Limit, Measure, Metric, Mode, Period,
    Place, PlaceId, PlaceKind, Product, ProductId, Selector, Service, ServiceId, Settings, StepId,
    Tail, Tier, Unit,
};
use crate::units::{CubicCentimetres, Grams, Minutes, Money, Parcels};

/// Hours as minutes.
pub(crate) fn hours(count: i64) -> Minutes {
    Minutes(count * 60)
}

/// Whole units of currency.
pub(crate) fn money(amount: f64) -> Money {
    Money((amount * 1e6).round() as i64)
}

/// An instance with settings and nothing else: EUR, a typical week.
pub(crate) fn typical() -> Instance {
    Instance {
        settings: Settings {
            name: "sample".to_owned(),
            description: String::new(),
            currency: "EUR".to_owned(),
            horizon: Horizon::TypicalWeek,
            week_start: date(2024, 1, 1),
            weeks: 1,
            counted_weeks: 0,
            tail: Tail::None,
            cm3_per_chargeable_kg: CubicCentimetres(6000),
            co2e_price_per_t: Money::ZERO,
        },
        places: Vec::new(),
        products: Vec::new(),
        demands: Vec::new(),
        services: Vec::new(),
        handling: Vec::new(),
        limits: Vec::new(),
        rules: Vec::new(),
        events: Vec::new(),
        bookings: Vec::new(),
        scenarios: Vec::new(),
        scenario: None,
        hashes: Vec::new(),
    }
}

/// A dated instance of `weeks` weeks from `start`.
pub(crate) fn dated(start: Date, weeks: u32) -> Instance {
    let mut instance = typical();
    instance.settings.horizon = Horizon::Dated;
    instance.settings.week_start = start;
    instance.settings.weeks = weeks;
    instance
}

impl Instance {
    /// Adds a place in a time zone.
    pub(crate) fn add_place(&mut self, id: &str, zone: &str) -> PlaceId {
        self.places.push(Place {
            id: id.to_owned(),
            name: id.to_owned(),
            kind: PlaceKind::Hub,
            country: String::new(),
            position: None,
            unlocode: String::new(),
            iata: String::new(),
            time_zone: TimeZone::get(zone).expect("a zone of the bundled database"),
            storage: None,
            storage_per_m3_day: Money::ZERO,
        });
        PlaceId(self.places.len() as u32 - 1)
    }

    /// Adds a product of 1 kg and 6 litres: promise 72 h, 168 h late at most at 1 EUR a day,
    /// 50 EUR unserved.
    pub(crate) fn add_product(&mut self, id: &str) -> ProductId {
        self.products.push(Product {
            id: id.to_owned(),
            name: id.to_owned(),
            weight: Grams(1000),
            volume: CubicCentimetres(6000),
            promise: hours(72),
            max_late: hours(168),
            late_per_parcel_day: money(1.0),
            unserved_per_parcel: money(50.0),
        });
        ProductId(self.products.len() as u32 - 1)
    }

    /// Adds parcels that are all ready at 18:00 on one weekday of a week (from 1).
    pub(crate) fn add_demand(
        &mut self,
        (origin, destination): (PlaceId, PlaceId),
        product: ProductId,
        (week, weekday): (u32, usize),
        parcels: i64,
    ) {
        let mut by_day = [Parcels::ZERO; 7];
        by_day[weekday] = Parcels(parcels);
        self.demands.push(Demand {
            origin,
            destination,
            product,
            week,
            parcels: Parcels(parcels),
            by_day,
            release_time: time(18, 0, 0, 0),
            row: self.demands.len() + 2,
        });
    }

    /// Adds a service of one leg that is free and unlimited.
    pub(crate) fn add_service(&mut self, id: &str, mode: Mode, days: &str, leg: Leg) -> ServiceId {
        let mut weekdays = [false; 7];
        for digit in days.bytes() {
            weekdays[usize::from(digit - b'1')] = true;
        }
        self.services.push(Service {
            id: id.to_owned(),
            operator: String::new(),
            mode,
            equipment: String::new(),
            days: weekdays,
            dates: (None, None),
            legs: vec![leg],
        });
        ServiceId(self.services.len() as u32 - 1)
    }

    /// Adds a handling step by the parcel, per day, free and unlimited.
    pub(crate) fn add_step(
        &mut self,
        place: PlaceId,
        name: &str,
        direction: Direction,
        duration: Minutes,
    ) -> StepId {
        self.handling.push(HandlingStep {
            place,
            name: name.to_owned(),
            mode: None,
            direction,
            duration,
            measure: Measure::Parcels,
            per: Period::Day,
            tiers: vec![Tier {
                number: 1,
                capacity: None,
                shift: None,
                price: Money::ZERO,
                row: self.handling.len() + 2,
            }],
        });
        StepId(self.handling.len() as u32 - 1)
    }

    /// Adds a limit per week on parcels that limits nothing yet.
    pub(crate) fn add_limit(&mut self, id: &str, metric: Metric, selector: Selector) -> &mut Limit {
        self.limits.push(Limit {
            id: id.to_owned(),
            metric,
            selector,
            origin: None,
            destination: None,
            per: Period::Week,
            min: None,
            max: None,
            min_share: None,
            max_share: None,
            counts: None,
            penalty_per_unit: None,
            row: self.limits.len() + 2,
        });
        let last = self.limits.len() - 1;
        &mut self.limits[last]
    }
}

/// A leg that is free and unlimited.
pub(crate) fn leg(origin: PlaceId, destination: PlaceId, departs: Time, duration: Minutes) -> Leg {
    Leg {
        origin,
        destination,
        departs: Some(departs),
        duration,
        dwell: Minutes::ZERO,
        max_weight: None,
        max_volume: None,
        unit: Unit {
            name: String::new(),
            limit: None,
            minimum: 0,
            weight: None,
            volume: None,
            price: Money::ZERO,
            whole: false,
            commit: crate::instance::Commit::Departure,
        },
        km: 1000.0,
        co2e_g_per_tkm: 0.0,
        via: Vec::new(),
        row: 2,
    }
}

/// Chargeable kilograms (1 kg or 6 litres): `limit` of them, `minimum` paid for anyway.
pub(crate) fn chargeable(limit: Option<i64>, minimum: i64, price: f64) -> Unit {
    Unit {
        name: "chargeable_kg".to_owned(),
        limit: limit.map(|units| units * 1_000_000),
        minimum: minimum * 1_000_000,
        weight: Some(Grams(1000)),
        volume: Some(CubicCentimetres(6000)),
        price: money(price),
        whole: false,
        commit: crate::instance::Commit::Departure,
    }
}
