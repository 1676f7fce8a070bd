//! The words of `reason` in `demand.csv`: whether they can be true.
//!
//! There is a reason where parcels are late or left behind, and none where none are. In a plan that
//! railair wrote it has one of these forms, and what it says is worked out again:
//!
//! | late, or left behind, because … | checked |
//! |---|---|
//! | nothing is fast enough: ready …, there … later at the earliest, … after the promise | that a release of the demand has just this to say, from the network |
//! | it is cheaper (… a parcel instead of … in time) | that some release has a way in time |
//! | it costs the same (… a parcel, late or in time) | the same |
//! | carrying is dearer (… a parcel with SERVICE, … left behind) | the service, and what staying costs |
//! | others use the space of SERVICE better | the service |
//! | SERVICE on DAY is full (worth …), STEP at PLACE on DAY is full (worth …) | that it has no room for another parcel or a price, and the price |
//! | SERVICE on DAY is not bought | that none of its whole units is |
//! | limit LIMIT binds (worth …) | that it has this price in some period |
//! | no service leaves …, no chain of services leads to …, no departure runs in time, the earliest delivery is … later than the latest that counts, the table rules forbids it | that some release has no way at all |
//!
//! Whether another reason would have been the better one is not.

use std::collections::{BTreeMap, BTreeSet};

use crate::instance::{Instance, Measure, Metric, Product, ServiceId};
use crate::units::{Minutes, Money};

use super::capacity;
use super::failure::{At, Failures};
use super::ledger::Ledger;
use super::prices::Prices;
use super::proof::{Arrival, Layout};
use super::reading::{Row, Table};
use super::sales::{Sale, Sales};
use super::schedule::{Key, Schedule};
use super::tables::{self, Expected, Rigour};

/// How a reason for what is late, and one for what stays behind, begins.
pub(super) const BEGINNINGS: [(&str, &str); 2] = [
    ("late", "late because "),
    ("unserved", "left behind because "),
];

/// Whether `reason` says why parcels are late where some are, and why parcels are left behind where
/// some are, and says neither otherwise.
pub(super) fn check_presence(table: &Table, rigour: Rigour, failures: &mut Failures) {
    let Some(reason) = table.column("reason") else {
        if rigour == Rigour::Complete {
            tables::check_columns(table, &["reason"], failures);
        }
        return;
    };
    for (figure, begin) in BEGINNINGS {
        let Some(figure) = table.column(figure) else {
            continue;
        };
        for row in &table.rows {
            let words = &row.cells[reason];
            let some = table.number(&row.cells[figure], 0) != Some(0);
            if some == words.contains(begin) {
                continue;
            }
            let expected = match some {
                true => format!("{begin}…"),
                false => format!("nothing {}", begin.trim_end()),
            };
            failures.add(at(table, row).cell("reason", words, &expected));
        }
    }
}

fn at<'a>(table: &Table, row: &Row) -> At<'a> {
    At {
        table: table.name,
        row: Some(row.line),
        key: "",
    }
}

/// What reasons are held against.
pub(super) struct Truth<'a, 'i> {
    instance: &'i Instance,
    schedule: &'a mut Schedule<'i>,
    sales: &'a Sales<'a>,
    ledger: &'a Ledger,
    prices: &'a Prices,
    layout: &'a Layout<'i>,
    /// Departures by service and day in words.
    departures: BTreeMap<(String, String), Vec<Key>>,
    /// Buckets by `STEP at PLACE` and day in words.
    buckets: BTreeMap<(String, String), Vec<(usize, i64)>>,
    /// Of every planned release, once they are asked for.
    arrivals: Option<Vec<Arrival>>,
}

impl<'a, 'i> Truth<'a, 'i> {
    pub(super) fn new(
        schedule: &'a mut Schedule<'i>,
        (sales, ledger): (&'a Sales<'a>, &'a Ledger),
        prices: &'a Prices,
        layout: &'a Layout<'i>,
    ) -> Self {
        let instance = schedule.instance;
        let mut departures: BTreeMap<_, Vec<Key>> = BTreeMap::new();
        for key in sales.keys() {
            let place = schedule.leg(key).origin;
            let Ok(departs) = schedule.departure(key).map(|departure| departure.departs) else {
                continue;
            };
            let day = schedule.calendar.day(place, departs);
            let name = service(instance, key.0).to_owned();
            let name = (name, schedule.calendar.day_words(day));
            departures.entry(name).or_default().push(key);
        }
        let mut buckets: BTreeMap<_, Vec<(usize, i64)>> = BTreeMap::new();
        // the network's, and not the listed ones alone: what works on no day after the planned
        // weeks stands in no row of `handling.csv`, and can be in the way all the same
        let used = ledger.buckets.keys().copied();
        let all: BTreeSet<(usize, i64)> = used.chain(layout.buckets()).collect();
        for (index, day) in all {
            let step = &instance.handling[index];
            let name = format!("{} at {}", step.name, instance.places[step.place.at()].id);
            let name = (name, schedule.calendar.day_words(day));
            buckets.entry(name).or_default().push((index, day));
        }
        Self {
            instance,
            schedule,
            sales,
            ledger,
            prices,
            layout,
            departures,
            buckets,
            arrivals: None,
        }
    }

    /// Checks what every reason of the table says.
    pub(super) fn check(&mut self, table: &Table, failures: &mut Failures) {
        let names = ["origin", "destination", "product", "week", "reason"];
        let columns = names.map(|name| table.column(name));
        let [
            Some(origin),
            Some(destination),
            Some(product),
            Some(week),
            Some(reason),
        ] = columns
        else {
            return;
        };
        let place = |id: crate::instance::PlaceId| self.instance.places[id.at()].id.as_str();
        let demands: BTreeMap<[String; 4], usize> = (self.instance.demands.iter().enumerate())
            .map(|(index, demand)| {
                let product = &self.instance.products[demand.product.at()].id;
                let ids = [place(demand.origin), place(demand.destination), product];
                let [a, b, c] = ids.map(str::to_owned);
                ([a, b, c, demand.week.to_string()], index)
            })
            .collect();
        for row in &table.rows {
            let words = &row.cells[reason];
            let key = [origin, destination, product, week].map(|at| row.cells[at].to_owned());
            let (false, Some(&demand)) = (words.is_empty(), demands.get(&key)) else {
                continue;
            };
            for part in words.split("; ") {
                if let Err(why) = self.check_part(demand, part) {
                    failures.add(at(table, row).row(format!("\"{part}\": {why}")));
                }
            }
        }
    }

    fn check_part(&mut self, demand: usize, part: &str) -> Result<(), String> {
        let begins = BEGINNINGS
            .iter()
            .find_map(|(_, begin)| part.strip_prefix(begin));
        let Some(because) = begins else {
            return Err("no reason begins like this".to_owned());
        };
        if because.starts_with("nothing is fast enough: ") {
            return self.too_slow(demand, because);
        }
        let cheaper = between(because, "it is cheaper (", " in time)");
        let the_same = between(
            because,
            "it costs the same (",
            " a parcel, late or in time)",
        );
        if cheaper.is_some() || the_same.is_some() {
            if let Some(rest) = cheaper {
                rest.split_once(" a parcel instead of ")
                    .ok_or_else(unknown)?;
            }
            return self.some_release(demand, "has a way in time", |arrival| {
                arrival
                    .earliest
                    .is_some_and(|earliest| earliest <= arrival.due)
            });
        }
        if let Some(rest) = between(because, "carrying is dearer (", " left behind)") {
            return self.too_dear(demand, rest);
        }
        if let Some(name) = between(because, "others use the space of ", " better") {
            return self.is_service(name);
        }
        if has_no_way(because) {
            let least = |arrival: &Arrival| arrival.earliest.is_none();
            return self.some_release(demand, "is without any way", least);
        }
        self.all_full(demand, because)
    }

    /// One thing that is full, or two with " and " between them: an id may have that word itself,
    /// so that each could be where the first ends.
    fn all_full(&mut self, demand: usize, words: &str) -> Result<(), String> {
        let mut found = self.full(demand, words);
        for (at, and) in words.match_indices(" and ") {
            if found.is_ok() {
                break;
            }
            let (first, second) = (&words[..at], &words[at + and.len()..]);
            found = self.full(demand, first);
            if found.is_ok() {
                found = self.full(demand, second);
            }
        }
        found
    }

    fn arrivals(&mut self, demand: usize) -> impl Iterator<Item = &Arrival> {
        let layout = self.layout;
        let all = self.arrivals.get_or_insert_with(|| layout.arrivals());
        all.iter().filter(move |arrival| arrival.demand == demand)
    }

    fn some_release(
        &mut self,
        demand: usize,
        what: &str,
        is: impl Fn(&Arrival) -> bool,
    ) -> Result<(), String> {
        match self.arrivals(demand).any(is) {
            true => Ok(()),
            false => Err(format!("no release of this demand {what}")),
        }
    }

    fn too_slow(&mut self, demand: usize, because: &str) -> Result<(), String> {
        let place = self.instance.demands[demand].origin;
        let arrivals: Vec<Arrival> = self.arrivals(demand).copied().collect();
        let calendar = &self.schedule.calendar;
        let says = |arrival: &Arrival| {
            let earliest = arrival
                .earliest
                .filter(|&earliest| earliest > arrival.due)?;
            let (day, minute) = calendar.local(place, arrival.ready);
            Some(format!(
                "nothing is fast enough: ready {} {:02}:{:02}, there {} later at the earliest, {} \
                 after the promise",
                calendar.day_words(day),
                minute / 60,
                minute % 60,
                span(earliest - arrival.ready),
                span(earliest - arrival.due)
            ))
        };
        match arrivals
            .iter()
            .any(|one| says(one).as_deref() == Some(because))
        {
            true => Ok(()),
            false => Err("no release of this demand has this to say".to_owned()),
        }
    }

    fn too_dear(&mut self, demand: usize, rest: &str) -> Result<(), String> {
        let (_, rest) = rest.split_once(" a parcel with ").ok_or_else(unknown)?;
        let (name, price) = rest.rsplit_once(", ").ok_or_else(unknown)?;
        let product = self.product(demand);
        let expected = price_words(product.unserved_per_parcel.0.into());
        if price != expected {
            return Err(format!("a parcel left behind costs {expected}"));
        }
        self.is_service(name)
    }

    fn product(&self, demand: usize) -> &'i Product {
        &self.instance.products[self.instance.demands[demand].product.at()]
    }

    fn is_service(&self, name: &str) -> Result<(), String> {
        let known = self
            .instance
            .services
            .iter()
            .any(|service| service.id == name);
        match known || name == "no service" {
            true => Ok(()),
            false => Err("there is no such service".to_owned()),
        }
    }

    /// `limit LIMIT binds (worth PRICE CURRENCY/UNIT)`.
    fn binds(&self, words: &str) -> Option<Result<(), String>> {
        let (name, state) = words.strip_prefix("limit ")?.rsplit_once(" binds")?;
        let mut limits = self.instance.limits.iter();
        let index = limits.position(|limit| limit.id == name)?;
        let metric = self.instance.limits[index].metric;
        let unit = match metric {
            Metric::Parcels => "parcel",
            Metric::Kg => "kg",
            Metric::M3 => "m³",
            Metric::TonneKm => "tkm",
            Metric::Units => "unit",
            Metric::Cost => &self.instance.settings.currency,
            Metric::Co2eKg => "kg CO₂e",
        };
        let of_limit = (index, i64::MIN)..=(index, i64::MAX);
        let prices = self.prices.limits.range(of_limit);
        let mut said = prices.filter_map(|(&(_, period), _)| {
            match millionths(&self.prices.limit(index, period)) {
                0 => None,
                worth => Some(self.in_words(worth, unit)),
            }
        });
        Some(match said.any(|said| said == state) {
            true => Ok(()),
            false => Err("in no period the limit has this price".to_owned()),
        })
    }

    /// `WHAT on DAY is full (worth PRICE CURRENCY/UNIT)`, `WHAT on DAY is not bought`, or that a limit
    /// binds.
    fn full(&mut self, demand: usize, words: &str) -> Result<(), String> {
        if let Some(found) = self.binds(words) {
            return found;
        }
        let (what, state) = [" is full", " is not bought"]
            .iter()
            .filter_map(|state| words.rfind(state))
            .max()
            .map(|at| words.split_at(at))
            .ok_or_else(unknown)?;
        let (name, day) = what.rsplit_once(" on ").ok_or_else(unknown)?;
        let name = (name.to_owned(), day.to_owned());
        let departures = self.departures.get(&name).cloned().unwrap_or_default();
        let buckets = self.buckets.get(&name).cloned().unwrap_or_default();
        let product = self.product(demand);
        let mut said: Vec<String> = Vec::new();
        said.extend(
            departures
                .iter()
                .filter_map(|&key| self.departure_says(key, product)),
        );
        said.extend(
            buckets
                .iter()
                .filter_map(|&bucket| self.bucket_says(bucket, product)),
        );
        match said.first() {
            None => Err("there is room".to_owned()),
            Some(_) if said.iter().any(|said| said == state) => Ok(()),
            Some(first) => Err(format!("it{first}")),
        }
    }

    /// What there is to say of a departure without room.
    fn departure_says(&mut self, key: Key, product: &Product) -> Option<String> {
        let Sale {
            leg, load, space, ..
        } = self.sales.of(self.schedule, key)?;
        let (weight, volume) = space.room(&leg.unit);
        let worth = millionths(&self.prices.departure(self.instance, leg, key));
        let full = weight.is_some_and(|room| room - load.weight < i128::from(product.weight.0))
            || volume.is_some_and(|room| room - load.volume < i128::from(product.volume.0));
        if !full && worth == 0 {
            return None;
        }
        if !full && leg.unit.whole && space.units == 0 {
            return Some(" is not bought".to_owned());
        }
        let unit = match leg.unit.name.as_str() {
            "" => "kg",
            name => name.strip_prefix("chargeable_").unwrap_or(name),
        };
        Some(self.is_full(worth, unit))
    }

    /// What there is to say of a bucket without room.
    fn bucket_says(&mut self, (index, day): (usize, i64), product: &Product) -> Option<String> {
        let step = &self.instance.handling[index];
        let capacities = capacity::tier_capacities(self.schedule, step, day);
        let all = capacities.iter().copied().sum::<Option<i128>>()?;
        let load = self.ledger.buckets.get(&(index, day));
        let used = load.map_or(0, |load| load.measured(step.measure));
        let (each, unit) = match step.measure {
            Measure::Parcels => (1, "parcel"),
            Measure::Weight => (product.weight.0, "kg"),
            Measure::Volume => (product.volume.0, "m³"),
        };
        if all - used >= i128::from(each) {
            return None;
        }
        let worth = millionths(&self.prices.bucket(step, index, day));
        Some(self.is_full(worth, unit))
    }

    fn is_full(&self, worth: i128, unit: &str) -> String {
        match worth {
            0 => " is full".to_owned(),
            _ => " is full".to_owned() + &self.in_words(worth, unit),
        }
    }

    fn in_words(&self, worth: i128, unit: &str) -> String {
        let currency = &self.instance.settings.currency;
        format!(" (worth {} {currency}/{unit})", price_words(worth))
    }
}

fn service(instance: &Instance, id: ServiceId) -> &str {
    &instance.services[id.at()].id
}

fn unknown() -> String {
    "no reason is worded like this".to_owned()
}

fn between<'a>(text: &'a str, begin: &str, end: &str) -> Option<&'a str> {
    text.strip_prefix(begin)?.strip_suffix(end)
}

fn has_no_way(because: &str) -> bool {
    because == "no departure runs in time"
        || because.starts_with("no service leaves ")
        || because.starts_with("no chain of services leads to ")
        || between(
            because,
            "the earliest delivery is ",
            " later than the latest that counts",
        )
        .is_some()
        || between(because, "the table rules forbids it (row", ")").is_some()
}

fn millionths(price: &Expected) -> i128 {
    match price {
        Expected::Number(value, _) => *value,
        _ => 0,
    }
}

/// A price in words: as many decimals as it needs.
fn price_words(millionths: i128) -> String {
    let amount = Money(i64::try_from(millionths).unwrap_or(i64::MAX)).amount();
    let size = amount.abs();
    let places = if size == 0.0 || size >= 1000.0 {
        0
    } else if size >= 0.1 {
        2
    } else if size >= 0.01 {
        3
    } else {
        4
    };
    format!("{amount:.places$}")
}

/// A stretch of time in words: days with one decimal from 72 hours on, hours, minutes below one.
fn span(span: Minutes) -> String {
    match span.0 {
        0..60 => format!("{} min", span.0),
        ..4320 => format!("{:.0} h", span.0 as f64 / 60.0),
        minutes => format!("{:.1} days", minutes as f64 / 1440.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_have_the_words_that_plans_use() {
        let words = [1_234_567_890, 12_345_678, 99_999, 1_234, 0].map(price_words);
        assert_eq!(words, ["1235", "12.35", "0.100", "0.0012", "0"]);
        let spans = [59, 60, 4319, 4320].map(|minutes| span(Minutes(minutes)));
        assert_eq!(spans, ["59 min", "1 h", "72 h", "3.0 days"]);
    }

    #[test]
    fn what_cannot_be_carried_is_said_in_one_of_these_ways() {
        assert!(has_no_way("no service leaves XIY"));
        assert!(has_no_way("the table rules forbids it (rows 2, 3)"));
        assert!(!has_no_way("no service leaves"));
        assert!(!has_no_way("the moon is full"));
    }
}
