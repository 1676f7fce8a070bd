//! Instances of few parcels, whose optimum in whole parcels is known.
//!
//! Everything that makes whole parcels hard is in them: prices converted from other currencies,
//! which are no whole number of millionths; capacities that are no multiple of a parcel; tiers by
//! the unit and in shifts; floors, shares and limits on what is bought, soft and hard; minimum
//! purchases, commitments and whole units; bookings. Many of their hard limits cannot hold.

mod policies;
mod services;

use std::fs;
use std::path::Path;

use super::random::Random;

/// The Monday from which dated weeks count.
const MONDAY: &str = "2024-03-18";

/// An instance that is being written.
struct Writer<'a> {
    random: Random,
    folder: &'a Path,
    /// Whether weeks have dates.
    dated: bool,
    /// Whether prices are in other currencies, too.
    converts: bool,
    /// Parcels of a demand at most.
    most: i64,
    /// Parcels of all demands.
    parcels: i64,
    places: &'static [&'static str],
    products: Vec<String>,
    demands: Vec<(&'static str, &'static str)>,
    /// Services, and the weekdays on which they depart.
    services: Vec<(String, &'static str)>,
    /// Modes of services.
    modes: Vec<&'static str>,
}

/// Writes the small instance of a seed into `folder`.
///
/// # Panics
/// If the folder cannot be written.
pub fn write_small_instance(seed: u64, folder: &Path) {
    let mut random = Random::new(seed);
    let most = [2, 5, 10, 10, 20, 40, 40, 40, 60, 1_200];
    let mut writer = Writer {
        dated: random.chance(40),
        converts: random.chance(50),
        most: *random.pick(&most),
        parcels: 0,
        places: &["A", "B", "C", "D", "E"][..random.between(3, 5) as usize],
        products: Vec::new(),
        demands: Vec::new(),
        services: Vec::new(),
        modes: Vec::new(),
        random,
        folder,
    };
    writer.settings();
    writer.places();
    writer.products();
    writer.demand();
    writer.services();
    writer.handling();
    writer.limits();
    writer.bookings();
}

impl Writer<'_> {
    fn table(&self, name: &str, header: &str, rows: &[String]) {
        if !rows.is_empty() {
            let text = format!("{header}\n{}\n", rows.join("\n"));
            fs::write(self.folder.join(format!("{name}.csv")), text).expect("a folder");
        }
    }

    /// An amount in thousandths, most of the time scaled with the parcels there are.
    fn amount(&mut self, amounts: &[i64]) -> i64 {
        let amount = *self.random.pick(amounts);
        match self.random.chance(70) {
            true => self.scaled(amount),
            false => amount,
        }
    }

    fn scaled(&self, amount: i64) -> i64 {
        amount * self.most.max(40) / 40
    }

    /// The currency of a price.
    fn currency(&mut self) -> &'static str {
        match self.converts {
            true => self.random.pick::<&str>(&["", "GBP", "CNY"]),
            false => "",
        }
    }

    fn place(&mut self) -> &'static str {
        self.random.pick::<&str>(self.places)
    }

    /// Two places.
    fn lane(&mut self) -> (&'static str, &'static str) {
        let mut places = self.places.to_vec();
        self.random.shuffle(&mut places);
        (places[0], places[1])
    }

    fn settings(&mut self) {
        let mut rows = vec!["name,small".to_owned()];
        if self.dated {
            rows.push("horizon,dated".to_owned());
            rows.push(format!("week_start,{MONDAY}"));
            let weeks = if self.random.chance(30) { 2 } else { 1 };
            rows.push(format!("weeks,{weeks}"));
            let tail = *self.random.pick(&["none", "repeat-last-week"]);
            rows.push(format!("tail,{tail}"));
        }
        self.table("settings", "setting,value", &rows);
        if self.converts {
            let rates = ["GBP,0.853", "CNY,7.73"].map(str::to_owned);
            self.table("exchange_rates", "currency,rate", &rates);
        }
    }

    fn places(&mut self) {
        let mut rows = Vec::new();
        for place in self.places {
            let kind = *self.random.pick(&["city", "hub", "airport", "port"]);
            let storage = *self.random.pick(&["", "", "", "0.5", "2", "8"]);
            let price = *self.random.pick(&["", "3", "20.25"]);
            rows.push(format!("{place},{kind},{storage},{price}"));
        }
        let header = "place,kind,storage_m3,storage_per_m3_day";
        self.table("places", header, &rows);
    }

    fn products(&mut self) {
        let mut rows = Vec::new();
        for number in 1..=self.random.between(1, 3) {
            let product = format!("p{number}");
            let kg = *self.random.pick(&["1", "2.37", "5", "5", "12.5", "20"]);
            let litres = *self.random.pick(&["5", "20", "60", "150"]);
            let promise = *self.random.pick(&[36, 72, 100, 150]);
            let late = *self.random.pick(&["0", "48", "100.25"]);
            let per_day = *self.random.pick(&["0", "1.5", "4", "10"]);
            let unserved = *self.random.pick(&[30, 60, 150, 1_000]);
            rows.push(format!(
                "{product},{kg},{litres},{promise},{late},{per_day},{unserved}"
            ));
            self.products.push(product);
        }
        let header = "product,kg_per_parcel,litres_per_parcel,promise_hours,max_late_hours,\
                      late_per_parcel_day,unserved_per_parcel";
        self.table("products", header, &rows);
    }

    fn demand(&mut self) {
        let profiles = [
            "uneven,0.35,,0.15,0.5,,,,00:00",
            "once,,1,,,,,,12:00",
            "daily,0.2,0.2,0.2,0.1,0.1,0.1,0.1,02:30",
        ];
        let header = "profile,mon,tue,wed,thu,fri,sat,sun,release_time";
        self.table("profiles", header, &profiles.map(str::to_owned));
        let mut rows = Vec::new();
        let mut keys = Vec::new();
        for _ in 0..self.random.between(1, 4) {
            let (from, to) = self.lane();
            let product = self.random.pick(&self.products).clone();
            let key = format!("{from},{to},{product}");
            if keys.contains(&key) {
                continue;
            }
            let parcels = self.random.between(1, self.most);
            let profile = *self.random.pick(&["uneven", "once", "daily", ""]);
            rows.push(format!("{key},{parcels},{profile}"));
            keys.push(key);
            self.demands.push((from, to));
            self.parcels += parcels;
        }
        let header = "origin,destination,product,parcels,profile";
        self.table("demand", header, &rows);
    }
}
