//! Where things are, how far apart, and what the parcels are.

use super::Options;
use super::facts::{self, AIRPORTS, CITIES, HUB, MARKETS, PARCELS, Site, TERMINALS};
use super::random::Random;
use crate::instance::great_circle_km;

/// A place with its share of all parcels (of gateways: of the parcels near it).
#[derive(Clone, Debug)]
pub(super) struct Spot {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) country: &'static str,
    pub(super) time_zone: &'static str,
    pub(super) lat: f64,
    pub(super) lon: f64,
    pub(super) share: f64,
}

impl Spot {
    fn of(site: &Site) -> Self {
        Self {
            id: site.id.to_owned(),
            name: site.name.to_owned(),
            country: site.country,
            time_zone: site.time_zone,
            lat: site.lat,
            lon: site.lon,
            share: site.share,
        }
    }

    /// The great circle to another place, rounded to the kilometre.
    pub(super) fn km_to(&self, other: &Self) -> u32 {
        great_circle_km((self.lat, self.lon), (other.lat, other.lon)).round() as u32
    }
}

/// A class of parcels with its share of them.
#[derive(Clone, Debug)]
pub(super) struct Kind {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) share: f64,
    pub(super) grams: u32,
    pub(super) millilitres: u32,
    pub(super) promise_hours: u32,
    pub(super) max_late_hours: u32,
    pub(super) late_per_day: f64,
    pub(super) unserved: f64,
}

/// A daily truck from a city to a gateway.
#[derive(Clone, Debug)]
pub(super) struct Feeder {
    pub(super) origin: usize,
    pub(super) gateway: Gateway,
    pub(super) km: u32,
}

/// An airport or a terminal, by its position among those that are open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Gateway {
    Airport(usize),
    Terminal(usize),
}

/// The places, products and feeders of an instance. Shares of cities, markets and products each
/// sum to 1.
#[derive(Clone, Debug)]
pub(super) struct World {
    pub(super) hub: Spot,
    pub(super) origins: Vec<Spot>,
    pub(super) markets: Vec<Spot>,
    pub(super) airports: Vec<Spot>,
    pub(super) terminals: Vec<Spot>,
    pub(super) kinds: Vec<Kind>,
    pub(super) feeders: Vec<Feeder>,
}

/// How many of a week's departures are trains: 3 of 26, as in the Liège week.
pub(super) fn trains(departures: usize) -> usize {
    (departures * 3 + 13) / 26
}

impl World {
    pub(super) fn new(options: &Options) -> Self {
        let trains = trains(options.services);
        let flights = options.services - trains;
        let mut world = Self {
            hub: Spot::of(&HUB),
            origins: spread(&CITIES, options.origins, |k| inland(options.seed, k)),
            markets: spread(&MARKETS, options.markets, |k| around(options.seed, k)),
            airports: opened(&AIRPORTS, (flights * 3).div_ceil(8)),
            terminals: opened(&TERMINALS, (trains * 2).div_ceil(3)),
            kinds: kinds(options),
            feeders: Vec::new(),
        };
        for origin in 0..world.origins.len() {
            world.add_feeders(origin, 4, 2);
        }
        world
    }

    fn add_feeders(&mut self, origin: usize, airports: usize, terminals: usize) {
        let city = &self.origins[origin];
        let share = city.share;
        for (at, km) in nearest(city, &self.airports, airports) {
            self.airports[at].share += share;
            let gateway = Gateway::Airport(at);
            self.feeders.push(Feeder {
                origin,
                gateway,
                km,
            });
        }
        for (at, km) in nearest(&self.origins[origin], &self.terminals, terminals) {
            self.terminals[at].share += share;
            let gateway = Gateway::Terminal(at);
            self.feeders.push(Feeder {
                origin,
                gateway,
                km,
            });
        }
    }

    /// The place of a gateway.
    pub(super) fn gateway(&self, gateway: Gateway) -> &Spot {
        match gateway {
            Gateway::Airport(at) => &self.airports[at],
            Gateway::Terminal(at) => &self.terminals[at],
        }
    }
}

fn opened(sites: &[Site], count: usize) -> Vec<Spot> {
    sites.iter().take(count).map(Spot::of).collect()
}

/// The nearest places with their distance in kilometres, the nearest first.
fn nearest(from: &Spot, among: &[Spot], count: usize) -> Vec<(usize, u32)> {
    let mut all: Vec<_> = among.iter().map(|to| from.km_to(to)).enumerate().collect();
    all.sort_by_key(|&(at, km)| (km, at));
    all.truncate(count);
    all
}

/// The first `count` places: those that are known, then satellites of each of them in turn.
/// `satellite(k)` gives the k-th one's way from its parent in degrees and its share of the
/// parent's parcels. Shares sum to 1.
fn spread(known: &[Site], count: usize, satellite: impl Fn(usize) -> (f64, f64, f64)) -> Vec<Spot> {
    let mut spots: Vec<_> = known.iter().take(count).map(Spot::of).collect();
    for k in spots.len()..count {
        let parent = &spots[k % known.len()];
        let number = k / known.len() + 1;
        let (north, east, share) = satellite(k);
        spots.push(Spot {
            id: format!("{}_{number}", parent.id),
            name: format!("{} area {number}", parent.name),
            lat: four_places(parent.lat + north),
            lon: four_places(parent.lon + east),
            share: parent.share * share,
            ..parent.clone()
        });
    }
    let total: f64 = spots.iter().map(|spot| spot.share).sum();
    for spot in &mut spots {
        spot.share /= total;
    }
    spots
}

fn four_places(degrees: f64) -> f64 {
    (degrees * 1e4).round() / 1e4
}

/// North-west of the parent: away from the coast on which most of them lie.
fn inland(seed: u64, k: usize) -> (f64, f64, f64) {
    let mut random = Random::of(seed, &[1, k as u64]);
    let north = random.between(0.1, 1.5);
    let east = random.between(-1.5, -0.1);
    (north, east, random.between(0.15, 0.5))
}

fn around(seed: u64, k: usize) -> (f64, f64, f64) {
    let mut random = Random::of(seed, &[2, k as u64]);
    let north = random.between(-0.8, 0.8);
    let east = random.between(-0.8, 0.8);
    (north, east, random.between(0.15, 0.5))
}

/// The four products of Liège, then variants of each of them in turn. A product and its variants
/// divide its share of the parcels, so that what is urgent and what can roll stay in proportion.
fn kinds(options: &Options) -> Vec<Kind> {
    let mut kinds: Vec<Kind> = (0..options.products)
        .map(|k| {
            let parcel = &PARCELS[k % PARCELS.len()];
            if k < PARCELS.len() {
                original(parcel)
            } else {
                variant(parcel, k, &mut Random::of(options.seed, &[3, k as u64]))
            }
        })
        .collect();
    let families = kinds.len().min(PARCELS.len());
    let known: f64 = PARCELS[..families].iter().map(|parcel| parcel.share).sum();
    for (family, parcel) in PARCELS.iter().enumerate().take(families) {
        let whole: f64 = kinds
            .iter()
            .skip(family)
            .step_by(PARCELS.len())
            .map(|k| k.share)
            .sum();
        for kind in kinds.iter_mut().skip(family).step_by(PARCELS.len()) {
            kind.share *= parcel.share / whole / known;
        }
    }
    kinds
}

fn original(parcel: &facts::Parcel) -> Kind {
    Kind {
        id: parcel.id.to_owned(),
        name: parcel.name.to_owned(),
        share: parcel.share,
        grams: parcel.grams as u32,
        millilitres: (parcel.litres * 1000.0).round() as u32,
        promise_hours: parcel.promise_hours,
        max_late_hours: parcel.max_late_hours,
        late_per_day: parcel.late_per_day,
        unserved: parcel.unserved,
    }
}

fn variant(parcel: &facts::Parcel, k: usize, random: &mut Random) -> Kind {
    let number = k / PARCELS.len() + 1;
    let size = random.between(0.6, 1.6);
    let density = random.between(0.85, 1.2);
    let days = (f64::from(parcel.promise_hours) / 24.0 * random.between(0.85, 1.25)).round();
    Kind {
        id: format!("{}-{number}", parcel.id),
        name: format!("{}, kind {number}", parcel.name),
        share: parcel.share * random.between(0.2, 0.6),
        grams: (parcel.grams * size * density).round() as u32,
        millilitres: (parcel.litres * size * 1000.0).round() as u32,
        promise_hours: days as u32 * 24,
        max_late_hours: parcel.max_late_hours,
        late_per_day: cents(parcel.late_per_day * random.between(0.7, 1.4)),
        unserved: cents(parcel.unserved * random.between(0.8, 1.25)),
    }
}

fn cents(amount: f64) -> f64 {
    (amount * 100.0).round() / 100.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_are_those_of_the_lanes() {
        let spot = |id| {
            AIRPORTS
                .iter()
                .find(|site| site.id == id)
                .map(Spot::of)
                .unwrap()
        };
        // Great circles to Liège as computed for the Liège instances.
        for (id, km) in [("HKG", 9321), ("CGO", 8245), ("CTU", 7982)] {
            let away = spot(id).km_to(&Spot::of(&HUB));
            assert!(away.abs_diff(km) <= 15, "{id}: {away}");
        }
    }

    #[test]
    fn shares_sum_to_one_and_keep_the_urgent_in_proportion() {
        for products in [1, 2, 3, 4, 8, 13] {
            let options = Options {
                origins: 40,
                products,
                ..Options::default()
            };
            let world = World::new(&options);
            let sum = |shares: Vec<f64>| shares.iter().sum::<f64>();
            assert!((sum(world.origins.iter().map(|o| o.share).collect()) - 1.0).abs() < 1e-9);
            assert!((sum(world.kinds.iter().map(|k| k.share).collect()) - 1.0).abs() < 1e-9);
            if products >= 4 {
                let express = world.kinds.iter().filter(|k| k.id.starts_with("express"));
                let share: f64 = express.map(|kind| kind.share).sum();
                assert!((share - 0.04).abs() < 1e-9, "{products}: {share}");
            }
        }
    }

    #[test]
    fn a_city_trucks_to_what_is_near() {
        let world = World::new(&Options {
            origins: 1,
            ..Options::default()
        });
        // 23 flights open ceil(23 × 3 / 8) = 9 airports; Yiwu's nearest are Hangzhou, Shanghai
        // Pudong, Nanjing and Wuhan.
        let near: Vec<_> = (world.feeders.iter())
            .filter(|feeder| matches!(feeder.gateway, Gateway::Airport(_)))
            .map(|feeder| world.gateway(feeder.gateway).id.as_str())
            .collect();
        assert_eq!(near, ["HGH", "PVG", "NKG", "WUH"]);
    }
}
