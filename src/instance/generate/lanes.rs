//! Trains and flights to the hub: as many departures a week as asked for, where the parcels are.

use super::Options;
use super::facts::{AIRCRAFT, BLOCKS, FLIGHTS, TERMINALS, TRAINS};
use super::random::Random;
use super::world::{Gateway, Spot, World, trains};

/// A train or flight service from a gateway to the hub.
#[derive(Clone, Debug)]
pub(super) struct Lane {
    pub(super) id: String,
    pub(super) gateway: Gateway,
    pub(super) equipment: &'static str,
    /// Weekdays, Monday first.
    pub(super) days: [bool; 7],
    /// Local time of day in minutes.
    pub(super) departs: u32,
    /// Time under way in minutes.
    pub(super) minutes: u32,
    pub(super) km: u32,
    /// What a departure can lift.
    pub(super) kg: f64,
    /// What a departure can hold.
    pub(super) m3: f64,
    /// Price in cents: of a chargeable kilogram, of a forty-foot unit.
    pub(super) cents: u32,
    /// Units that are paid for in any case.
    pub(super) min_units: u32,
}

impl Lane {
    /// Departures a week.
    pub(super) fn frequency(&self) -> usize {
        self.days.iter().filter(|runs| **runs).count()
    }
}

/// What a forty-foot unit takes.
pub(super) const FEU_KG: u32 = 21_000;
/// What a forty-foot unit takes, as parcels are stuffed.
pub(super) const FEU_M3: u32 = 64;

/// The services of an instance; their departures a week are exactly `options.services`.
pub(super) fn lanes(options: &Options, world: &World) -> Vec<Lane> {
    let trains = trains(options.services);
    let mut lanes = Vec::new();
    fill(
        &world.airports,
        options.services - trains,
        |at, nth, left| {
            let random = &mut Random::of(options.seed, &[4, at as u64, nth as u64]);
            let lane = flight(world, at, nth, left, random);
            let opened = (lane.frequency(), lane.m3);
            lanes.push(lane);
            opened
        },
    );
    fill(&world.terminals, trains, |at, nth, left| {
        let random = &mut Random::of(options.seed, &[5, at as u64, nth as u64]);
        let lane = train(world, at, nth, left, random);
        let opened = (lane.frequency(), lane.m3);
        lanes.push(lane);
        opened
    });
    lanes.sort_by(|a, b| a.id.cmp(&b.id));
    lanes
}

/// Opens services until `departures` a week are reached: one at every gateway, then always where
/// the most parcels stand against a cubic metre. `open(gateway, nth, left)` makes the nth service
/// of a gateway with at most `left` departures and says how many it has and what each holds.
fn fill(
    gateways: &[Spot],
    departures: usize,
    mut open: impl FnMut(usize, usize, usize) -> (usize, f64),
) {
    let mut left = departures;
    let mut opened = vec![(0usize, 0.0f64); gateways.len()];
    while left > 0 {
        let need = |at: usize| gateways[at].share / (opened[at].1 + 1e-3);
        let first = |a: usize, b: usize| if need(b) > need(a) { b } else { a };
        let at = match opened.iter().position(|(services, _)| *services == 0) {
            Some(unserved) => unserved,
            None => (0..gateways.len()).fold(0, first),
        };
        let waiting = opened.iter().filter(|(services, _)| *services == 0).count();
        let most = left - waiting.saturating_sub(1);
        let (frequency, m3) = open(at, opened[at].0, most);
        opened[at].0 += 1;
        opened[at].1 += frequency as f64 * m3;
        left -= frequency;
    }
}

fn flight(world: &World, at: usize, nth: usize, left: usize, random: &mut Random) -> Lane {
    let airport = &world.airports[at];
    let known = FLIGHTS
        .iter()
        .filter(|flight| flight.0 == airport.id)
        .nth(nth);
    let (aircraft, block, days) = match known {
        Some(&(_, aircraft, block, days)) => (aircraft, block, parse_days(days)),
        None => {
            let aircraft = random.below(AIRCRAFT.len());
            let block = BLOCKS[random.below(BLOCKS.len())];
            let frequency = 1 + random.below(4);
            (aircraft, block, some_days(frequency, random))
        }
    };
    let aircraft = &AIRCRAFT[aircraft];
    let (kg, m3) = ((aircraft.kg * block).round(), (aircraft.m3 * block).round());
    let great_circle = airport.km_to(&world.hub);
    // What the whole block weighs on the bill; blocks are bought by the hundred kilograms.
    let chargeable = kg.max(m3 / 0.006);
    let committed = random.below(3) == 0;
    Lane {
        id: format!("{}-{}-{:02}", airport.id, world.hub.id, nth + 1),
        gateway: Gateway::Airport(at),
        equipment: aircraft.name,
        days: first_days(days, left),
        departs: 30 * random.below(48) as u32,
        minutes: f64::from(great_circle)
            .mul_add(1.04 * 60.0 / 790.0, 36.0)
            .round() as u32,
        // The distance that emissions are reckoned on (EN 16258).
        km: great_circle + 95,
        kg,
        m3,
        cents: air_cents(great_circle, random),
        min_units: if committed {
            (chargeable * 0.6 / 100.0) as u32 * 100
        } else {
            0
        },
    }
}

/// The line through the prices of the Liège week (2.05 for 8245 km, 2.45 for 9321 km), ±4 %.
fn air_cents(km: u32, random: &mut Random) -> u32 {
    let line = 205.0 + (f64::from(km) - 8245.0) * 40.0 / 1076.0;
    (line.max(200.0) * random.between(0.96, 1.04)).round() as u32
}

fn train(world: &World, at: usize, nth: usize, left: usize, random: &mut Random) -> Lane {
    let terminal = &world.terminals[at];
    let (hours, length) = TRAINS[at];
    // 12,000 km of line for the 9,061 km of the great circle from Yiwu.
    let km = (f64::from(terminal.km_to(&world.hub)) * 1.324).round() as u32;
    let days = match (TERMINALS[at].id, nth) {
        ("R_ZHENGZHOU", 0) => parse_days("36"),
        ("R_YIWU", 0) => parse_days("3"),
        _ => some_days(1 + random.below(2), random),
    };
    let units = length + if nth == 0 { 0 } else { random.below(10) };
    // 4,600 EUR for the 12,000 km from Yiwu, ±5 %, by the ten euros.
    let euros = (f64::from(km) * 0.0383 * random.between(0.95, 1.05)).round() as u32 * 10;
    let committed = random.below(3) == 0;
    Lane {
        id: format!("{}-{}-{:02}", terminal.id, world.hub.id, nth + 1),
        gateway: Gateway::Terminal(at),
        equipment: "40ft HC",
        days: first_days(days, left),
        departs: 960 + 30 * random.below(14) as u32,
        minutes: hours * 60,
        km,
        kg: units as f64 * f64::from(FEU_KG),
        m3: units as f64 * f64::from(FEU_M3),
        cents: euros * 100,
        min_units: if committed { units as u32 / 2 } else { 0 },
    }
}

fn parse_days(digits: &str) -> [bool; 7] {
    std::array::from_fn(|day| digits.bytes().any(|digit| usize::from(digit - b'1') == day))
}

/// `count` different days.
fn some_days(count: usize, random: &mut Random) -> [bool; 7] {
    let mut days = [false; 7];
    for taken in 0..count {
        let mut skip = random.below(7 - taken);
        for day in &mut days {
            if !*day {
                if skip == 0 {
                    *day = true;
                    break;
                }
                skip -= 1;
            }
        }
    }
    days
}

/// Only the first `most` of the days.
fn first_days(days: [bool; 7], most: usize) -> [bool; 7] {
    let mut left = most;
    days.map(|runs| {
        let kept = runs && left > 0;
        left -= usize::from(kept);
        kept
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn departures_are_as_many_as_asked_for() {
        for services in [1, 2, 5, 26, 131, 500] {
            let options = Options {
                services,
                origins: 20,
                ..Options::default()
            };
            let lanes = lanes(&options, &World::new(&options));
            assert_eq!(lanes.iter().map(Lane::frequency).sum::<usize>(), services);
            assert!(lanes.iter().all(|lane| lane.frequency() > 0));
        }
    }

    #[test]
    fn the_size_of_liege_has_the_trains_and_flights_of_liege() {
        let options = Options::default();
        let lanes = lanes(&options, &World::new(&options));
        let hkg = lanes.iter().find(|lane| lane.id == "HKG-LGG-01").unwrap();
        // A block of 60 % of a 747-8F (125 t, 730 m³) on Monday, Wednesday and Friday; 12.9 hours.
        assert_eq!((hkg.kg, hkg.m3), (75_000.0, 438.0));
        assert_eq!(hkg.days, [true, false, true, false, true, false, false]);
        assert_eq!(hkg.minutes.div_euclid(6), 128);
        let trains = lanes.iter().filter(|lane| lane.equipment == "40ft HC");
        assert_eq!(trains.map(Lane::frequency).sum::<usize>(), 3);
    }

    #[test]
    fn drawn_days_are_as_many_as_asked_for() {
        let random = &mut Random::of(1, &[]);
        for count in 0..=7 {
            let days = some_days(count, random);
            assert_eq!(days.iter().filter(|runs| **runs).count(), count);
        }
        assert_eq!(first_days(parse_days("2457"), 2), parse_days("24"));
    }
}
