//! A plan's tables and `run.json` as they are written, in exact numbers.

use std::collections::BTreeMap;

use railair::instance::Instance;
use railair::plan::Plan;
use railair::report::csv::Dialect;
use railair::report::render;
use serde_json::Value;

/// A million: amounts count in millionths.
pub const MILLION: f64 = 1e6;

/// One table.
pub struct Table {
    pub head: Vec<String>,
    pub rows: Vec<Vec<String>>,
}

impl Table {
    fn parse(bytes: &[u8]) -> Self {
        let mut reader = csv::Reader::from_reader(bytes);
        let words = |record: &csv::StringRecord| record.iter().map(str::to_owned).collect();
        let head = words(reader.headers().expect("a head"));
        let rows = reader.records().map(|row| words(&row.expect("a row")));
        Self {
            head,
            rows: rows.collect(),
        }
    }

    pub fn at(&self, column: &str) -> usize {
        let found = self.head.iter().position(|name| name == column);
        found.unwrap_or_else(|| panic!("no column {column}"))
    }

    /// The cells of a column.
    pub fn texts<'a>(&'a self, column: &str) -> impl Iterator<Item = &'a str> + use<'a> {
        let at = self.at(column);
        self.rows.iter().map(move |row| row[at].as_str())
    }

    /// The numbers of a column in millionths; blanks are nothing.
    pub fn millionths<'a>(&'a self, column: &str) -> impl Iterator<Item = i128> + use<'a> {
        self.texts(column).map(|cell| millionths(cell).unwrap_or(0))
    }

    /// The sum of a column.
    pub fn sum(&self, column: &str) -> f64 {
        self.millionths(column).sum::<i128>() as f64 / MILLION
    }

    /// The sum of a column over rows in which others have these texts.
    pub fn sum_where(&self, column: &str, texts: &[(&str, &str)]) -> f64 {
        let (at, texts) = (self.at(column), self.positions(texts));
        let rows = self.rows.iter().filter(|row| has(row, &texts));
        let cells = rows.map(|row| millionths(&row[at]).unwrap_or(0));
        cells.sum::<i128>() as f64 / MILLION
    }

    /// How many rows have these texts.
    pub fn count_where(&self, texts: &[(&str, &str)]) -> f64 {
        let texts = self.positions(texts);
        self.rows.iter().filter(|row| has(row, &texts)).count() as f64
    }

    fn positions<'t>(&self, texts: &[(&str, &'t str)]) -> Vec<(usize, &'t str)> {
        texts
            .iter()
            .map(|&(column, text)| (self.at(column), text))
            .collect()
    }
}

fn has(row: &[String], texts: &[(usize, &str)]) -> bool {
    texts.iter().all(|&(at, text)| row[at] == text)
}

/// A decimal in millionths, exactly; `None` where it is none.
pub fn millionths(cell: &str) -> Option<i128> {
    let (digits, negative) = match cell.strip_prefix('-') {
        Some(digits) => (digits, true),
        None => (cell, false),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let is_number = !whole.is_empty() && fraction.len() <= 6;
    if !is_number || !(whole.bytes().chain(fraction.bytes())).all(|b| b.is_ascii_digit()) {
        return None;
    }
    let value: i128 = format!("{whole}{fraction:0<6}").parse().ok()?;
    Some(if negative { -value } else { value })
}

/// Everything that figures can follow from.
pub struct Facts {
    pub tables: BTreeMap<String, Table>,
    pub run: Value,
    /// What parcels left behind cost, by the prices of the instance.
    pub unserved_cost: f64,
    /// How many legs each service has.
    pub legs: BTreeMap<String, usize>,
    /// Tonne-kilometres of departures by mode, by the distances of the instance.
    pub tonne_km: BTreeMap<String, f64>,
}

impl Facts {
    pub fn of(plan: &Plan, instance: &Instance) -> Self {
        let files = render(plan, Dialect::Plain).expect("tables");
        let run = &files["run.json"];
        let tables = files.iter().filter_map(|(name, bytes)| {
            let name = name.strip_suffix(".csv")?;
            Some((name.to_owned(), Table::parse(bytes)))
        });
        let mut facts = Self {
            run: serde_json::from_slice(run).expect("JSON"),
            tables: tables.collect(),
            unserved_cost: 0.0,
            legs: instance
                .services
                .iter()
                .map(|service| (service.id.clone(), service.legs.len()))
                .collect(),
            tonne_km: BTreeMap::new(),
        };
        let demand = facts.table("demand");
        let left = demand.texts("product").zip(demand.millionths("unserved"));
        let price = |id: &str| {
            let product = instance.products.iter().find(|product| product.id == id);
            i128::from(product.expect("a product").unserved_per_parcel.0)
        };
        let cost: i128 = left
            .map(|(product, left)| left / 1_000_000 * price(product))
            .sum();
        facts.unserved_cost = cost as f64 / MILLION;
        facts.measure(instance);
        facts
    }

    fn measure(&mut self, instance: &Instance) {
        let departures = self.table("departures");
        let legs = departures.texts("service").zip(departures.texts("leg"));
        let mut sums: BTreeMap<String, f64> = BTreeMap::new();
        for ((service, leg), grams) in legs.zip(departures.millionths("kg")) {
            let mut services = instance.services.iter();
            let known = services
                .find(|known| known.id == service)
                .expect("a service");
            let leg: usize = leg.parse().expect("a leg");
            let mode = self.mode_of(service).to_owned();
            // millionths of a kilogram are billionths of a tonne
            *sums.entry(mode).or_default() += grams as f64 / 1e9 * known.legs[leg - 1].km;
        }
        self.tonne_km = sums;
    }

    pub fn table(&self, name: &str) -> &Table {
        self.tables
            .get(name)
            .unwrap_or_else(|| panic!("no table {name}"))
    }

    /// A number of `run.json`, by its names joined by points.
    pub fn run(&self, path: &str) -> Option<f64> {
        let value = path
            .split('.')
            .try_fold(&self.run, |value, name| value.get(name));
        value?.as_f64()
    }

    /// Everything that the planned weeks cost, added up from the tables.
    pub fn cost(&self) -> f64 {
        let sums = ["departures", "handling", "allocation", "limits"];
        let sums: f64 = sums.iter().map(|name| self.table(name).sum("cost")).sum();
        sums + self.unserved_cost
    }

    /// The mode of a service.
    pub fn mode_of(&self, service: &str) -> &str {
        let services = self.run["services"].as_array().expect("services");
        let found = services.iter().find(|row| row["service"] == service);
        found
            .and_then(|row| row["mode"].as_str())
            .unwrap_or_default()
    }

    /// The sum of a column over departures by a mode.
    pub fn departures_by(&self, mode: &str, column: &str) -> f64 {
        let departures = self.table("departures");
        let rows = departures
            .texts("service")
            .zip(departures.millionths(column));
        let own = rows.filter(|(service, _)| self.mode_of(service) == mode);
        own.map(|(_, amount)| amount).sum::<i128>() as f64 / MILLION
    }

    /// The sum of a column over allocations of which a mode is the main haul.
    pub fn hauled_by(&self, mode: &str, column: &str) -> f64 {
        self.table("allocation")
            .sum_where(column, &[("mode", mode)])
    }
}
