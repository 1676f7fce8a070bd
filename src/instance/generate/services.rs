//! The `services` table: trains, flights, charters and the trucks before and after them.

use super::Options;
use super::facts::{AIRCRAFT, season};
use super::lanes::{FEU_KG, FEU_M3, Lane};
use super::random::Random;
use super::tables::RAILHEAD;
use super::world::{Feeder, Gateway, Spot, World};
use jiff::Span;
use jiff::civil::Date;

/// UK DESNZ/DEFRA 2025, well to wheel, grams per tonne-kilometre.
const CO2E: [(&str, &str); 3] = [("air", "666.46"), ("rail", "29"), ("road", "95.02")];

pub(super) const SERVICES: &[&str] = &[
    "service",
    "mode",
    "equipment",
    "origin",
    "destination",
    "days",
    "departs",
    "hours",
    "first_date",
    "last_date",
    "max_kg",
    "max_m3",
    "unit",
    "units",
    "kg_per_unit",
    "m3_per_unit",
    "price_per_unit",
    "min_units",
    "whole_units",
    "km",
    "co2e_g_per_tkm",
    "source",
];

/// A row of `services`; empty cells take the default.
#[derive(Default)]
struct Service {
    id: String,
    mode: &'static str,
    equipment: &'static str,
    ends: [String; 2],
    days: String,
    departs: u32,
    /// In hundredths of an hour.
    hours: u32,
    dates: [String; 2],
    lift: [String; 2],
    unit: &'static str,
    units: String,
    per_unit: [String; 2],
    price_cents: u32,
    min_units: String,
    whole: &'static str,
    km: u32,
}

impl Service {
    fn row(self) -> Vec<String> {
        let co2e = CO2E.iter().find(|(mode, _)| *mode == self.mode);
        let ([from, to], [first, last]) = (self.ends, self.dates);
        let ([max_kg, max_m3], [unit_kg, unit_m3]) = (self.lift, self.per_unit);
        vec![
            self.id,
            self.mode.to_owned(),
            self.equipment.to_owned(),
            from,
            to,
            self.days,
            format!("{:02}:{:02}", self.departs / 60, self.departs % 60),
            hundredths(self.hours),
            first,
            last,
            max_kg,
            max_m3,
            self.unit.to_owned(),
            self.units,
            unit_kg,
            unit_m3,
            hundredths(self.price_cents),
            self.min_units,
            self.whole.to_owned(),
            self.km.to_string(),
            co2e.map(|(_, grams)| (*grams).to_owned())
                .unwrap_or_default(),
        ]
    }
}

pub(super) fn services(options: &Options, world: &World, lanes: &[Lane]) -> Vec<Vec<String>> {
    let mut services: Vec<Service> = lanes.iter().map(|lane| line_haul(world, lane)).collect();
    services.extend((0..options.whole).map(|nth| charter(options, world, lanes, nth)));
    services.extend(
        world
            .feeders
            .iter()
            .map(|feeder| truck_to_gateway(world, feeder)),
    );
    if !world.terminals.is_empty() {
        services.extend([480, 960].map(|departs| shuttle(world, departs)));
    }
    for market in &world.markets {
        services.extend([360, 1320].map(|departs| truck_to_market(world, market, departs)));
    }
    services.into_iter().map(Service::row).collect()
}

fn line_haul(world: &World, lane: &Lane) -> Service {
    let from = world.gateway(lane.gateway).id.clone();
    let blank_if_none = |units: u32| {
        if units == 0 {
            String::new()
        } else {
            units.to_string()
        }
    };
    let common = Service {
        id: lane.id.clone(),
        equipment: lane.equipment,
        days: digits(lane.days),
        departs: lane.departs,
        hours: lane.minutes * 10 / 6,
        price_cents: lane.cents,
        min_units: blank_if_none(lane.min_units),
        km: lane.km,
        ..Service::default()
    };
    match lane.gateway {
        Gateway::Airport(_) => Service {
            mode: "air",
            ends: [from, world.hub.id.clone()],
            lift: [lane.kg.to_string(), lane.m3.to_string()],
            unit: "chargeable_kg",
            ..common
        },
        Gateway::Terminal(_) => Service {
            mode: "rail",
            ends: [from, RAILHEAD.0.to_owned()],
            unit: "FEU",
            units: (lane.m3 / f64::from(FEU_M3)).round().to_string(),
            per_unit: [FEU_KG.to_string(), FEU_M3.to_string()],
            ..common
        },
    }
}

/// A whole 747-400F at 1.3 times the price of its chargeable weight; on a dated horizon on one day
/// of the busiest weeks.
fn charter(options: &Options, world: &World, lanes: &[Lane], nth: usize) -> Service {
    let flights: Vec<_> = (lanes.iter())
        .filter(|lane| matches!(lane.gateway, Gateway::Airport(_)))
        .collect();
    let random = &mut Random::of(options.seed, &[8, nth as u64]);
    // Fewer than all departures are trains, so that there is a flight.
    let lane = flights[random.below(flights.len())];
    let aircraft = &AIRCRAFT[0];
    let chargeable = aircraft.kg.max(aircraft.m3 / 0.006);
    let day = random.below(7);
    let date = (!options.typical).then(|| peak_day(options, nth, day).to_string());
    Service {
        id: format!("X-{:03}", nth + 1),
        mode: "air",
        equipment: aircraft.name,
        days: (day + 1).to_string(),
        dates: [date.clone().unwrap_or_default(), date.unwrap_or_default()],
        lift: [String::new(), String::new()],
        unit: "aircraft",
        units: "1".to_owned(),
        per_unit: [aircraft.kg.to_string(), aircraft.m3.to_string()],
        // By the thousand euros.
        price_cents: (chargeable * f64::from(lane.cents) * 1.3 / 1e5).round() as u32 * 100_000,
        min_units: String::new(),
        whole: "yes",
        ..line_haul(world, lane)
    }
}

/// A day of one of the busiest weeks, which are taken in turn.
fn peak_day(options: &Options, nth: usize, day: usize) -> Date {
    let monday = |week: u32| {
        options
            .week_start
            .saturating_add(Span::new().days(7 * week))
    };
    let season_of = |week: u32| season(monday(week).iso_week_date().week());
    let busiest = (0..options.weeks).map(season_of).fold(0.0, f64::max);
    let peaks: Vec<_> = (0..options.weeks)
        .filter(|week| season_of(*week) >= busiest)
        .collect();
    monday(peaks[nth % peaks.len()]).saturating_add(Span::new().days(day as i64))
}

fn road(id: String, ends: [&str; 2], departs: u32, km: u32) -> Service {
    Service {
        id,
        mode: "road",
        equipment: "trailer",
        ends: ends.map(str::to_owned),
        days: "daily".to_owned(),
        departs,
        unit: "m3",
        km,
        ..Service::default()
    }
}

/// km = 1.25 × great circle (at least 15), hours = km / 65 + 1, EUR 0.0097 per m³ and km but at
/// least 3; the border of Hong Kong takes 3 hours and EUR 12 per m³.
fn truck_to_gateway(world: &World, feeder: &Feeder) -> Service {
    let (from, to) = (&world.origins[feeder.origin], world.gateway(feeder.gateway));
    let km = ((feeder.km * 5).div_ceil(4)).max(15);
    let (border_hours, border_cents) = if to.country == from.country {
        (0, 0)
    } else {
        (300, 1200)
    };
    let id = format!("{}-{}", from.id.trim_start_matches("C_"), to.id);
    Service {
        hours: 100 + (km * 100).div_ceil(65) + border_hours,
        price_cents: (km * 97).div_ceil(100).max(300) + border_cents,
        ..road(id, [&from.id, &to.id], 20 * 60, km)
    }
}

/// From the railhead to the hub beside it.
fn shuttle(world: &World, departs: u32) -> Service {
    let id = format!("{}-{}-{:02}", RAILHEAD.0, world.hub.id, departs / 60);
    Service {
        hours: 50,
        price_cents: 300,
        ..road(id, [RAILHEAD.0, &world.hub.id], departs, 5)
    }
}

/// km = 1.25 × great circle, 68 km/h + half an hour, EUR 1.14 per km + 35 a truck of 80 m³.
fn truck_to_market(world: &World, market: &Spot, departs: u32) -> Service {
    let km = (world.hub.km_to(market) * 5).div_ceil(4);
    let market_name = market.id.trim_start_matches("D_");
    let id = format!("{}-{market_name}-{:02}", world.hub.id, departs / 60);
    Service {
        hours: 50 + (km * 100).div_ceil(68),
        price_cents: (km * 114 + 3500).div_ceil(80),
        ..road(id, [&world.hub.id, &market.id], departs, km)
    }
}

/// Weekdays as digits, Monday is 1.
fn digits(days: [bool; 7]) -> String {
    ('1'..='7')
        .zip(days)
        .filter_map(|(digit, runs)| runs.then_some(digit))
        .collect()
}

/// A count of hundredths as a decimal.
fn hundredths(count: u32) -> String {
    (f64::from(count) / 100.0).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::instance::generate::tables::all;

    /// The header and the rows of the table.
    fn table(options: &Options) -> (&'static [&'static str], Vec<Vec<String>>) {
        let table = all(options)
            .into_iter()
            .find(|table| table.name == "services")
            .unwrap();
        (table.columns, table.rows.collect())
    }

    #[test]
    fn the_feeder_from_yiwu_to_hangzhou_is_that_of_the_liege_week() {
        let (columns, rows) = table(&Options::default());
        let feeder = rows.iter().find(|row| row[0] == "YIWU-HGH").unwrap();
        let cell = |name| feeder[columns.iter().position(|c| *c == name).unwrap()].as_str();
        // 109 km of great circle × 1.25 = 136.25, hence 137 km; 137 / 65 + 1 = 3.11 h; 137 ×
        // 0.0097 = 1.33 EUR, which is under the least price of 3.
        assert_eq!(cell("km"), "137");
        assert_eq!(cell("hours"), "3.11");
        assert_eq!(cell("price_per_unit"), "3");
    }

    #[test]
    fn charters_fly_whole_in_the_busiest_week() {
        let options = Options {
            whole: 3,
            weeks: 8,
            week_start: jiff::civil::date(2024, 10, 7),
            ..Options::default()
        };
        let (columns, rows) = table(&options);
        let at = |name| columns.iter().position(|c| *c == name).unwrap();
        let charters: Vec<_> = rows
            .iter()
            .filter(|row| row[at("whole_units")] == "yes")
            .collect();
        assert_eq!(charters.len(), 3);
        for charter in charters {
            // ISO weeks 46 and 47 of 2024 are 11 to 24 November.
            let date: Date = charter[at("first_date")].parse().unwrap();
            assert!(
                date.month() == 11 && (11..=24).contains(&date.day()),
                "{date}"
            );
        }
    }
}
