//! The ways of the graph against all itineraries, found by trying departure after departure.

use std::collections::BTreeSet;

use jiff::civil::time;

use super::super::samples::{hours, leg, typical};
use super::super::{Calendar, Names};
use super::{network, ways};
use crate::instance::{Direction, Instance, Metric, Mode, PlaceId, Selector};
use crate::units::{Minutes, WEEK};

/// A random number generator that is good enough to vary instances (xorshift64*).
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) % bound
    }
}

const ZONES: [&str; 3] = ["Asia/Shanghai", "UTC", "Europe/Brussels"];

fn random_instance(dice: &mut Dice) -> Instance {
    let mut instance = typical();
    let places: Vec<PlaceId> = (0..4)
        .map(|number| {
            let zone = ZONES[dice.below(3) as usize];
            instance.add_place(&format!("P{number}"), zone)
        })
        .collect();
    let product = instance.add_product("light");
    instance.products[product.at()].promise = hours(24 + dice.below(72) as i64);
    instance.products[product.at()].max_late = hours(dice.below(48) as i64);
    instance.add_demand(
        (places[0], places[3]),
        product,
        (1, dice.below(7) as usize),
        5,
    );
    for number in 0..5 {
        let from = dice.below(4) as usize;
        let to = (from + 1 + dice.below(3) as usize) % 4;
        let days = ["135", "1234567", "26", "4"][dice.below(4) as usize];
        let mode = [Mode::Rail, Mode::Air][dice.below(2) as usize];
        let departs = time(dice.below(24) as i8, 30, 0, 0);
        let mut first = leg(
            places[from],
            places[to],
            departs,
            hours(1 + dice.below(40) as i64),
        );
        first.km = dice.below(5) as f64 * 100.0;
        let service = instance.add_service(&format!("S{number}"), mode, days, first);
        if dice.below(3) == 0 {
            let on = (to + 1 + dice.below(3) as usize) % 4;
            let mut second = leg(
                places[to],
                places[on],
                departs,
                hours(1 + dice.below(30) as i64),
            );
            second.km = dice.below(5) as f64 * 100.0;
            second.dwell = hours(dice.below(5) as i64);
            if dice.below(2) == 0 {
                second.departs = None;
            }
            instance.services[service.at()].legs.push(second);
        }
    }
    for number in 0..3 {
        let direction = [Direction::In, Direction::Out][dice.below(2) as usize];
        let place = places[dice.below(4) as usize];
        let duration = hours(dice.below(8) as i64);
        let step = instance.add_step(place, &format!("step{number}"), direction, duration);
        instance.handling[step.at()].mode =
            [None, Some(Mode::Rail), Some(Mode::Air)][dice.below(3) as usize];
        if dice.below(2) == 0 {
            instance.handling[step.at()].tiers[0].capacity = Some(100);
        }
    }
    if dice.below(2) == 0 {
        // it only counts
        instance.add_limit("boarded", Metric::Kg, Selector::default());
    }
    instance
}

/// All itineraries by plain search over services, legs, days and weeks.
struct Search<'a> {
    instance: &'a Instance,
    calendar: Calendar,
    latest: Minutes,
    found: Vec<String>,
}

impl Search<'_> {
    /// At a place, ready: take any run of any service from any of its legs on.
    fn ready(&mut self, place: PlaceId, time: Minutes, so_far: &[String]) {
        let destination = self.instance.demands[0].destination;
        if time > self.latest {
            return;
        }
        if place == destination {
            let delivered = self.calendar.text(place, time);
            self.found
                .push(format!("{} = {delivered}", so_far.join(" > ")));
            return;
        }
        let instance = self.instance;
        for service in 0..instance.services.len() {
            for leg in 0..instance.services[service].legs.len() {
                for day in (-14..42)
                    .filter(|d: &i32| instance.services[service].days[d.rem_euclid(7) as usize])
                {
                    self.board(service, leg, day, place, time, so_far);
                }
            }
        }
    }

    fn board(
        &mut self,
        service: usize,
        leg: usize,
        day: i32,
        place: PlaceId,
        ready: Minutes,
        so_far: &[String],
    ) {
        let row = &self.instance.services[service];
        if row.legs[leg].origin != place {
            return;
        }
        if self.has_never_left(service, leg, day, place, so_far) {
            return;
        }
        let (departs, arrives) = self.times(service, leg, day);
        let steps: Minutes = self
            .instance
            .handling
            .iter()
            .filter(|s| {
                s.place == place
                    && s.direction == Direction::Out
                    && s.mode.is_none_or(|mode| mode == row.mode)
            })
            .map(|s| s.duration)
            .sum();
        if departs - steps >= ready && arrives <= self.latest {
            self.aboard(service, leg, day, arrives, so_far);
        }
    }

    /// Whether boarding a leg now is staying aboard under another name, and a limit would count it.
    fn has_never_left(
        &self,
        service: usize,
        leg: usize,
        day: i32,
        place: PlaceId,
        so_far: &[String],
    ) -> bool {
        let row = &self.instance.services[service];
        let idle = !self
            .instance
            .handling
            .iter()
            .any(|s| s.place == place && s.mode.is_none_or(|mode| mode == row.mode));
        let leg_before = format!("{}/{leg}@{}", row.id, self.calendar.day_text(day));
        !self.instance.limits.is_empty() && idle && so_far.last() == Some(&leg_before)
    }

    /// Has ridden a leg: alight, or stay for the next.
    fn aboard(
        &mut self,
        service: usize,
        leg: usize,
        day: i32,
        arrived: Minutes,
        so_far: &[String],
    ) {
        let row = &self.instance.services[service];
        let run = self.calendar.day_text(day);
        let name = if row.legs.len() == 1 {
            format!("{}@{run}", row.id)
        } else {
            format!("{}/{}@{run}", row.id, leg + 1)
        };
        let mut path = so_far.to_vec();
        path.push(name);
        let place = row.legs[leg].destination;
        let steps: Vec<usize> = (0..self.instance.handling.len())
            .filter(|&index| {
                let step = &self.instance.handling[index];
                step.place == place
                    && step.direction == Direction::In
                    && step.mode.is_none_or(|mode| mode == row.mode)
            })
            .collect();
        self.inbound(place, &steps, arrived, &path);
        if leg + 1 < row.legs.len() {
            let (_, arrives) = self.times(service, leg + 1, day);
            if arrives <= self.latest {
                self.aboard(service, leg + 1, day, arrives, &path);
            }
        }
    }

    fn inbound(&mut self, place: PlaceId, steps: &[usize], time: Minutes, so_far: &[String]) {
        let Some((&first, rest)) = steps.split_first() else {
            self.ready(place, time, so_far);
            return;
        };
        let step = &self.instance.handling[first];
        let limited = step.tiers[0].capacity.is_some();
        let mut start = time;
        while start <= self.latest {
            let day = self.calendar.day(place, start);
            let mode = match step.mode {
                Some(Mode::Rail) => " rail",
                Some(_) => " air",
                None => "",
            };
            let place_id = &self.instance.places[place.at()].id;
            // Buckets of a typical week are named in week 1.
            let day_name = self.calendar.day_text(day.rem_euclid(7));
            let mut path = so_far.to_vec();
            path.push(format!("{} {place_id} in{mode} {day_name}", step.name));
            self.inbound(place, rest, start + step.duration, &path);
            if !limited {
                break;
            }
            start = self.calendar.midnight(place, day + 1);
        }
    }

    /// Departure and arrival of a leg of the run that starts on a day.
    fn times(&self, service: usize, leg: usize, day: i32) -> (Minutes, Minutes) {
        let legs = &self.instance.services[service].legs;
        let mut departs = self
            .calendar
            .at(legs[0].origin, day, legs[0].departs.unwrap());
        for index in 0..leg {
            let earliest = departs + legs[index].duration + legs[index + 1].dwell;
            departs = match legs[index + 1].departs {
                Some(time) => self.calendar.next(legs[index + 1].origin, earliest, time),
                None => earliest,
            };
        }
        (departs, departs + legs[leg].duration)
    }
}

/// Limits split nodes by what lies behind them: every way must still be there once, with the leg of
/// the most kilometres marked, the first of equals, and no other.
#[test]
fn main_hauls_are_marked_on_every_way_once() {
    let mut dice = Dice(24);
    let (mut several, mut not_first) = (0, 0);
    for _ in 0..500 {
        let mut instance = random_instance(&mut dice);
        instance.limits.clear();
        let mut plain = ways(&instance, 0);
        plain.sort();
        let limit = instance.add_limit("once", Metric::Kg, Selector::default());
        limit.max_share = Some(1_000_000);
        let marked = ways(&instance, 0);
        for way in &marked {
            let (way, _) = way.split_once(" = ").expect("a delivery");
            let rides = way.split(" > ").filter(|name| name.contains('@'));
            let rides: Vec<&str> = rides.collect();
            let longest = rides.iter().map(|name| kilometres(&instance, name)).max();
            let first = rides
                .iter()
                .position(|name| Some(kilometres(&instance, name)) == longest);
            let marks = rides
                .iter()
                .enumerate()
                .filter(|(_, name)| name.ends_with('!'));
            let marks: Vec<usize> = marks.map(|(at, _)| at).collect();
            assert_eq!(marks, Vec::from_iter(first), "{way}");
            several += usize::from(rides.len() > 1);
            not_first += usize::from(marks[0] > 0);
        }
        let mut unmarked: Vec<String> = marked.iter().map(|way| way.replace('!', "")).collect();
        unmarked.sort();
        assert_eq!(unmarked, plain);
    }
    assert!(several > 200 && not_first > 50, "{several}, {not_first}");
}

/// The distance of a ride by its name, `S1/2@W1 Mon!`.
fn kilometres(instance: &Instance, name: &str) -> i64 {
    let (leg, _) = name.split_once('@').expect("a departure");
    let (service, leg) = leg.split_once('/').unwrap_or((leg, "1"));
    let service = instance.services.iter().find(|s| s.id == service);
    let at = leg.parse::<usize>().expect("a number") - 1;
    service.expect("a service").legs[at].km as i64
}

/// Whoever reads a proof finds an edge by its name alone.
#[test]
fn no_two_edges_share_a_name() {
    let mut dice = Dice(7);
    let (mut named, mut lanes, mut off) = (0, 0, 0);
    for round in 0..3_000 {
        let mut instance = random_instance(&mut dice);
        if round % 2 == 0 {
            let limit = instance.add_limit("main", Metric::Kg, Selector::default());
            limit.max_share = Some(1_000_000);
        }
        let (calendar, network) = network(&instance);
        let names = Names {
            instance: &instance,
            calendar: &calendar,
            network: &network,
        };
        let mut seen = BTreeSet::new();
        for edge in network.graph.edge_indices() {
            let name = names.edge(edge);
            lanes += usize::from(name.contains(" after air"));
            off += usize::from(name.contains(" off S"));
            assert!(!seen.contains(&name), "{name}");
            seen.insert(name);
            named += 1;
        }
    }
    assert!(
        named > 10_000 && lanes > 20 && off > 20,
        "{named} {lanes} {off}"
    );
}

#[test]
fn the_graph_has_exactly_the_itineraries_that_there_are() {
    let mut dice = Dice(2019);
    let mut compared = 0;
    let mut split = 0;
    for _ in 0..500 {
        let instance = random_instance(&mut dice);
        let calendar = Calendar::new(&instance);
        let demand = &instance.demands[0];
        let day = demand.by_day.iter().position(|p| p.0 > 0).unwrap() as i32;
        let start = calendar.at(demand.origin, day, demand.release_time);
        assert!(start.0.abs() < 2 * WEEK.0);
        let product = &instance.products[0];
        let mut search = Search {
            instance: &instance,
            calendar,
            latest: start + product.promise + product.max_late,
            found: Vec::new(),
        };
        search.ready(demand.origin, start, &[]);
        search.found.sort();
        let mut in_graph = ways(&instance, 0);
        in_graph.sort();
        assert_eq!(in_graph, search.found);
        compared += in_graph.len();
        let mut unlimited = instance.clone();
        unlimited.limits.clear();
        split += ways(&unlimited, 0).len() - in_graph.len();
    }
    // The instances are not empty ones.
    assert!(compared > 500, "{compared}");
    // Nor are those without stops at which nobody gets off to board again.
    assert!(split > 10, "{split}");
}
