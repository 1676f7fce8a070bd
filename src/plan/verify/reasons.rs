//! The words of `reason` in `demand.csv`: whether they can be true.
//!
//! There is a reason where parcels are late or left behind, and none where none are. In a plan that
//! railair wrote it has one of these forms, and what it says is worked out again:
//!
//! | late, or left behind, because … | checked |
//! |---|---|
//! | nothing is fast enough: ready …, there … later at the earliest, … after the promise | that a release of the demand has just this to say, from the network |
//! | it is cheaper (… a parcel instead of … in time) | both prices: what some of its late parcels pay, and what their cheapest way in time costs |
//! | it costs the same (… a parcel, late or in time) | the same |
//! | carrying is dearer (… a parcel with SERVICE, … left behind) | both prices, and that some cheapest way rides the service |
//! | others use the space of SERVICE better, most of them DEMAND (…) | that a cheapest way that costs no more rides the service, and whose parcels are most aboard |
//! | no more of SERVICE is bought, the plan leaves room on SERVICE | the same, and that nobody else is aboard; and that what is bought is full, or that it is not |
//! | SERVICE on DAY is full (worth …), STEP at PLACE on DAY is full (worth …) | that it lies on a cheapest way, that it has no room for another parcel or a price, and the price |
//! | SERVICE on DAY is not bought | the same, and that none of its whole units is |
//! | limit LIMIT binds (worth …) | that a cheapest way takes from it, and that it has this price in that period |
//! | no service leaves …, no chain of services leads to …, no departure runs in time, the earliest delivery is … later than the latest that counts, the table rules forbids it | that some release has no way at all, and just this to say |
//!
//! Cheapest ways are those of parcels of the demand that are late, among ways in time, or that stay
//! behind, among all (see [`super::cheapest`]). Whether another reason would have been the better one
//! is not checked.

use std::collections::{BTreeMap, BTreeSet};

use crate::instance::{Instance, Measure, Metric, Product, ServiceId};
use crate::network::{Stranded, stranded};

use super::allocation::Release;
use super::capacity;
use super::cheapest::{self, Cheapest};
use super::concerned::Concerned;
use super::failure::{At, Failures};
use super::ledger::{Ledger, Shipment, chargeable};
use super::prices::Prices;
use super::proof::{Arrival, Layout};
use super::reading::{Row, Table};
use super::sales::{Sale, Sales};
use super::schedule::{Key, Schedule};
use super::tables::{self, Expected, Rigour};
use super::words;

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
    /// What cannot be carried in time at all, once it is asked for.
    stranded: Option<Vec<Stranded>>,
    cheapest: cheapest::Prices<'a, 'i>,
    concerned: Concerned<'a>,
}

/// Parcels that a reason may be about.
struct Case {
    /// What the last of them pays, where they are late.
    paid: Option<i128>,
    /// Their cheapest ways, in time where they are late.
    ways: Option<Cheapest>,
}

impl<'a, 'i> Truth<'a, 'i> {
    pub(super) fn new(
        schedule: &'a mut Schedule<'i>,
        (sales, ledger): (&'a Sales<'a>, &'a Ledger),
        (prices, layout): (&'a Prices, &'a Layout<'i>),
        parcels: (&'a [Shipment], &[Release], &[i128]),
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
            stranded: None,
            cheapest: cheapest::Prices::new(layout, ledger),
            concerned: Concerned::new(layout, parcels),
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
            .find_map(|(figure, begin)| Some((*figure, part.strip_prefix(begin)?)));
        let Some((figure, because)) = begins else {
            return Err("no reason begins like this".to_owned());
        };
        let is_late = figure == BEGINNINGS[0].0;
        if is_late && because.starts_with("nothing is fast enough: ") {
            return self.too_slow(demand, because);
        }
        let cases = self.cases(demand, is_late);
        let mut said: Vec<String> = Vec::new();
        for case in &cases {
            said.extend(self.sentences(demand, case));
        }
        if said.iter().any(|said| said == because) {
            return Ok(());
        }
        match self.all_full(demand, &cases, because) {
            Err(_) if is_about_cost(because) => Err(match said.first() {
                Some(first) => format!("it would be \"{first}\""),
                None => unknown(),
            }),
            other => other,
        }
    }

    /// The parcels of a demand that are late, or that stay behind.
    fn cases(&mut self, demand: usize, is_late: bool) -> Vec<Case> {
        let parcels = self.concerned.of(demand, is_late).to_vec();
        let cases = parcels.into_iter().map(|parcels| {
            let release = &self.layout.network.releases[parcels.release];
            let by = match parcels.late {
                Some(_) => release.due,
                None => release.latest,
            };
            let paid = |shipment| cheapest::paid(self.schedule, self.ledger, shipment);
            Case {
                paid: parcels.late.and_then(paid),
                ways: self.cheapest.of(self.schedule, parcels.release, by),
            }
        });
        cases.collect()
    }

    /// What can be said of parcels but that something is full.
    fn sentences(&mut self, demand: usize, case: &Case) -> Vec<String> {
        let Some(ways) = &case.ways else {
            return match case.paid {
                Some(_) => Vec::new(),
                None => vec![self.no_way(demand)],
            };
        };
        let behind = i128::from(self.product(demand).unserved_per_parcel.0);
        let cost = words::price(ways.cost);
        match case.paid {
            Some(paid) if paid < ways.cost => {
                let paid_in_words = words::price(paid);
                vec![match words::is_less(paid, ways.cost) {
                    true => format!(
                        "it is cheaper ({paid_in_words} a parcel instead of {cost} in time)"
                    ),
                    false => {
                        format!("it costs the same ({paid_in_words} a parcel, late or in time)")
                    }
                }]
            }
            None if ways.cost >= behind => {
                let behind = words::price(behind);
                self.services(ways)
                    .map(|name| {
                        format!(
                            "carrying is dearer ({cost} a parcel with {name}, {behind} left behind)"
                        )
                    })
                    .collect()
            }
            _ => self.no_more(demand, ways),
        }
    }

    /// The services that cheapest ways ride.
    fn services<'c>(&self, ways: &'c Cheapest) -> impl Iterator<Item = &'i str> + use<'c, 'i, 'a> {
        let instance = self.instance;
        let none = ways.departures.is_empty().then_some("no service");
        let ridden = ways.departures.iter();
        ridden.map(|key| service(instance, key.0)).chain(none)
    }

    /// Why cheapest ways are not taken that have room for one parcel more.
    fn no_more(&mut self, demand: usize, ways: &Cheapest) -> Vec<String> {
        let mut said: Vec<String> = Vec::new();
        for &key in &ways.departures {
            let name = service(self.instance, key.0);
            let Some(Sale {
                leg, load, space, ..
            }) = self.sales.of(self.schedule, key)
            else {
                continue;
            };
            let parcels = |(&owner, &part): (&usize, &i128)| {
                let other = self
                    .instance
                    .demands
                    .get(owner)
                    .filter(|_| owner != demand)?;
                let product = &self.instance.products[other.product.at()];
                Some((part / chargeable(self.instance, product), owner))
            };
            let aboard = load.parts.iter().filter_map(parcels);
            let most = aboard.min_by_key(|&(parcels, owner)| (-parcels, owner));
            let product = self.product(demand);
            let room = space.room_bought(&leg.unit);
            let is_full = load.fills(room, product) || space.units == 0;
            said.push(match most {
                Some((parcels, owner)) => format!(
                    "others use the space of {name} better, most of them {} ({parcels})",
                    words::demand(self.instance, owner)
                ),
                None if leg.unit.whole && is_full => format!("no more of {name} is bought"),
                None => format!("the plan leaves room on {name}"),
            });
        }
        if ways.departures.is_empty() {
            said.push("the plan leaves room on no service".to_owned());
        }
        said
    }

    /// Why nothing carries a demand in time.
    fn no_way(&mut self, demand: usize) -> String {
        let layout = self.layout;
        let all = self
            .stranded
            .get_or_insert_with(|| stranded(layout.instance, &layout.calendar, &layout.network));
        match all.iter().find(|one| one.demand.at() == demand) {
            Some(found) => words::no_way(self.instance, found),
            None => words::NO_DEPARTURE.to_owned(),
        }
    }

    /// One thing that is full, or two with " and " between them: an id may have that word itself,
    /// so that each could be where the first ends.
    fn all_full(&mut self, demand: usize, cases: &[Case], words: &str) -> Result<(), String> {
        let mut found = self.full(demand, cases, words);
        for (at, and) in words.match_indices(" and ") {
            if found.is_ok() {
                break;
            }
            let (first, second) = (&words[..at], &words[at + and.len()..]);
            found = self.full(demand, cases, first);
            if found.is_ok() {
                found = self.full(demand, cases, second);
            }
        }
        found
    }

    fn arrivals(&mut self, demand: usize) -> impl Iterator<Item = &Arrival> {
        let layout = self.layout;
        let all = self.arrivals.get_or_insert_with(|| layout.arrivals());
        all.iter().filter(move |arrival| arrival.demand == demand)
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
                words::span(earliest - arrival.ready),
                words::span(earliest - arrival.due)
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

    fn product(&self, demand: usize) -> &'i Product {
        &self.instance.products[self.instance.demands[demand].product.at()]
    }

    /// `limit LIMIT binds (worth PRICE CURRENCY/UNIT)`.
    fn binds(&self, cases: &[Case], words: &str) -> Option<Result<(), String>> {
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
        let taken = ways(cases).flat_map(|ways| &ways.limits);
        let periods = taken.filter(|(limit, _)| limit.at() == index);
        let mut said = periods.filter_map(|&(_, period)| {
            match millionths(&self.prices.limit(index, period.into())) {
                0 => None,
                worth => Some(self.in_words(worth, unit)),
            }
        });
        Some(match said.any(|said| said == state) {
            true => Ok(()),
            false => Err("in no period that it takes from has the limit this price".to_owned()),
        })
    }

    /// `WHAT on DAY is full (worth PRICE CURRENCY/UNIT)`, `WHAT on DAY is not bought`, or that a limit
    /// binds.
    fn full(&mut self, demand: usize, cases: &[Case], words: &str) -> Result<(), String> {
        if let Some(found) = self.binds(cases, words) {
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
        let mut departures = self.departures.get(&name).cloned().unwrap_or_default();
        let mut buckets = self.buckets.get(&name).cloned().unwrap_or_default();
        departures.retain(|key| ways(cases).any(|ways| ways.departures.contains(key)));
        buckets.retain(|bucket| ways(cases).any(|ways| ways.buckets.contains(bucket)));
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
            None => Err("nothing of that name on a cheapest way is full".to_owned()),
            Some(_) if said.iter().any(|said| said == state) => Ok(()),
            Some(first) => Err(format!("it{first}")),
        }
    }

    /// What there is to say of a departure without room.
    fn departure_says(&mut self, key: Key, product: &Product) -> Option<String> {
        let Sale {
            leg, load, space, ..
        } = self.sales.of(self.schedule, key)?;
        let worth = millionths(&self.prices.departure(self.instance, leg, key));
        let full = load.fills(space.room(&leg.unit), product);
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
        format!(" (worth {} {currency}/{unit})", words::price(worth))
    }
}

fn service(instance: &Instance, id: ServiceId) -> &str {
    &instance.services[id.at()].id
}

fn unknown() -> String {
    "no reason is worded like this".to_owned()
}

fn ways(cases: &[Case]) -> impl Iterator<Item = &Cheapest> {
    cases.iter().filter_map(|case| case.ways.as_ref())
}

/// Whether a reason that does not hold seems to be one of prices rather than of what is full.
fn is_about_cost(because: &str) -> bool {
    let begins = [
        "it is cheaper",
        "it costs the same",
        "carrying is dearer",
        "others use",
    ];
    begins.iter().any(|begin| because.starts_with(begin))
}

fn millionths(price: &Expected) -> i128 {
    match price {
        Expected::Number(value, _) => *value,
        _ => 0,
    }
}
