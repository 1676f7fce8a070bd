//! The tables of a random instance.

use std::fs;
use std::path::Path;

use super::random::{Random, thousandths};

/// How large an instance is and what is on.
#[derive(Clone, Copy, Debug)]
pub struct Shape {
    /// Weeks with dates; none is a typical week.
    pub dated_weeks: Option<i64>,
    /// Weeks after these whose runs count with them.
    pub counted_weeks: i64,
    /// Whether the last week's demand repeats after the end.
    pub tail: bool,
    /// Origins.
    pub origins: usize,
    /// Markets.
    pub markets: usize,
    /// Products.
    pub products: usize,
    /// Main services beside the trucks.
    pub services: usize,
    /// Parcels of a demand at most.
    pub parcels: i64,
    /// Handling steps with tiers.
    pub handling: bool,
    /// Limits, hard and soft.
    pub limits: bool,
    /// Rules.
    pub rules: bool,
    /// Events and bookings (dated weeks only).
    pub events: bool,
    /// Limited and priced storage.
    pub storage: bool,
    /// Services that run whole or not at all.
    pub whole_units: bool,
    /// Whether parcels wait for days rather than weeks, so that networks are small.
    pub hasty: bool,
}

impl Shape {
    /// A shape drawn from a stream: small, every feature on most of the time.
    pub fn random(random: &mut Random) -> Self {
        // drawn apart, so that all else of a seed is what it would be without
        let mut apart = Random::new(random.clone().bits() ^ 0xC0);
        Self {
            counted_weeks: *apart.pick(&[0, 0, 1, 3]),
            dated_weeks: random.chance(50).then(|| random.between(1, 2)),
            tail: random.chance(50),
            origins: random.between(1, 3) as usize,
            markets: random.between(1, 2) as usize,
            products: random.between(1, 3) as usize,
            services: random.between(1, 4) as usize,
            parcels: *random.pick(&[5, 60, 2000]),
            handling: random.chance(80),
            limits: random.chance(70),
            rules: random.chance(60),
            events: random.chance(70),
            storage: random.chance(60),
            whole_units: random.chance(25),
            hasty: false,
        }
    }
}

const ZONES: [&str; 4] = ["Asia/Shanghai", "Asia/Almaty", "Europe/Brussels", ""];
/// Two Mondays around which clocks change in Europe, and a quiet one.
const MONDAYS: [&str; 3] = ["2019-11-04", "2019-10-21", "2024-03-25"];

/// Writes the instance of a seed into `folder` and says what is in it.
pub fn write_random_instance(seed: u64, folder: &Path) -> Shape {
    let mut random = Random::new(seed);
    let shape = Shape::random(&mut random);
    write_instance(&shape, &mut random, folder);
    shape
}

/// Writes an instance of a shape into `folder`.
///
/// # Panics
/// If the folder cannot be written.
pub fn write_instance(shape: &Shape, random: &mut Random, folder: &Path) {
    let mut writer = Writer {
        shape: *shape,
        random,
        folder,
        monday: "",
        sold: Vec::new(),
    };
    writer.monday = *writer.random.pick(&MONDAYS);
    writer.settings();
    writer.places();
    writer.products();
    writer.demand();
    writer.services();
    if shape.handling {
        writer.handling();
    }
    if shape.limits {
        writer.limits();
    }
    if shape.rules {
        writer.rules();
    }
    if shape.events && shape.dated_weeks.is_some() {
        writer.events();
    }
}

pub(super) struct Writer<'a> {
    pub(super) shape: Shape,
    pub(super) random: &'a mut Random,
    folder: &'a Path,
    pub(super) monday: &'static str,
    /// Services that sell units, and their days.
    pub(super) sold: Vec<(String, &'static str)>,
}

impl Writer<'_> {
    /// Writes a table with its rows in random order, which carries no meaning.
    pub(super) fn table(&mut self, name: &str, header: &str, mut rows: Vec<String>) {
        if name != "handling" {
            self.random.shuffle(&mut rows);
        }
        let text = format!("{header}\n{}\n", rows.join("\n"));
        fs::write(self.folder.join(format!("{name}.csv")), text).expect("a folder to write into");
    }

    fn settings(&mut self) {
        let mut rows = vec!["name,random".to_owned(), "currency,EUR".to_owned()];
        match self.shape.dated_weeks {
            Some(weeks) => {
                let tail = if self.shape.tail {
                    "repeat-last-week"
                } else {
                    "none"
                };
                rows.push("horizon,dated".to_owned());
                rows.push(format!("week_start,{}", self.monday));
                rows.push(format!("weeks,{weeks}"));
                if self.shape.counted_weeks > 0 {
                    rows.push(format!("counted_weeks,{}", self.shape.counted_weeks));
                }
                rows.push(format!("tail,{tail}"));
            }
            None => rows.push("horizon,typical-week".to_owned()),
        }
        if self.random.chance(50) {
            rows.push(format!("co2e_price_per_t,{}", self.random.between(1, 200)));
        }
        self.table("settings", "setting,value", rows);
    }

    fn place_names(&self) -> Vec<String> {
        let mut names: Vec<String> = (1..=self.shape.origins).map(|i| format!("O{i}")).collect();
        names.extend(["Gate".to_owned(), "Mid".to_owned(), "Hub".to_owned()]);
        names.extend((1..=self.shape.markets).map(|i| format!("M{i}")));
        names
    }

    fn places(&mut self) {
        let mut rows = Vec::new();
        for name in self.place_names() {
            let (kind, longitude) = match name.as_bytes()[0] {
                b'O' => ("city", 112),
                b'G' => ("airport", 110),
                b'H' => ("hub", 6),
                b'M' if name == "Mid" => ("rail_terminal", 60),
                _ => ("market", 4),
            };
            let zone = *self.random.pick(&ZONES);
            let stored = self.shape.storage && self.random.chance(50);
            let (storage, price) = if stored {
                (
                    self.random.decimal(10, 30_000),
                    self.random.decimal(0, 9_000),
                )
            } else {
                (String::new(), String::new())
            };
            rows.push(format!(
                "{name},{kind},{}.5,{longitude}.{},{zone},{storage},{price}",
                self.random.between(30, 50),
                self.random.between(0, 99),
            ));
        }
        let header = "place,kind,lat,lon,time_zone,storage_m3,storage_per_m3_day";
        self.table("places", header, rows);
    }

    fn products(&mut self) {
        let mut rows = Vec::new();
        for product in 1..=self.shape.products {
            let grams = self.random.between(100, 9_000);
            // 150 to 900 kg per cubic metre
            let litres = grams * 1000 / self.random.between(150, 900);
            let (promise, late) = match self.shape.hasty {
                true => (self.random.between(24, 200), self.random.between(0, 120)),
                false => (self.random.between(72, 400), self.random.between(300, 500)),
            };
            rows.push(format!(
                "P{product},{},{},{promise},{late},{},{}",
                thousandths(grams),
                thousandths(litres),
                self.random.decimal(0, 3_000),
                self.random.decimal(5_000, 60_000),
            ));
        }
        let header = "product,kg_per_parcel,litres_per_parcel,promise_hours,max_late_hours,\
                      late_per_parcel_day,unserved_per_parcel";
        self.table("products", header, rows);
    }

    fn demand(&mut self) {
        let profiles = vec![
            "even,0.2,0.2,0.2,0.1,0.1,0.1,0.1,06:30".to_owned(),
            "weekend,0,0,0,0,0.25,0.5,0.25,".to_owned(),
        ];
        let header = "profile,mon,tue,wed,thu,fri,sat,sun,release_time";
        self.table("profiles", header, profiles);
        let weeks = self.shape.dated_weeks.unwrap_or(1);
        let mut rows = Vec::new();
        for origin in 1..=self.shape.origins {
            for market in 1..=self.shape.markets {
                for product in 1..=self.shape.products {
                    if !rows.is_empty() && self.random.chance(40) {
                        continue;
                    }
                    let profile = *self.random.pick(&["even", "weekend", ""]);
                    let every_week = self.random.chance(50);
                    for week in 1..=if every_week { 1 } else { weeks } {
                        let week = if every_week {
                            String::new()
                        } else {
                            week.to_string()
                        };
                        let parcels = self.random.between(1, self.shape.parcels);
                        rows.push(format!(
                            "O{origin},M{market},P{product},{week},{parcels},{profile}"
                        ));
                    }
                }
            }
        }
        let header = "origin,destination,product,week,parcels,profile";
        self.table("demand", header, rows);
    }
}
