//! All prices of a plan with the range over which each holds, and what to buy next.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};

use rayon::prelude::*;
use serde::Serialize;

use crate::engine::ranging::{Range, RangingError};
use crate::instance::{HandlingStep, Measure, Period};
use crate::network::{BucketId, DepartureId, NightId};
use crate::plan::{Plan, space};
use crate::units::Money;

use super::subject::{measured_in, step_of};
use super::{HALF_CENT, Subject, WhatIf, money};

/// The price of one more unit, and how long it holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PriceRange {
    /// What one more unit saves (of demand: what one more parcel costs), found by solving again.
    pub price: Money,
    /// How many more units that holds for, in millionths of one; `None` where it never ends.
    pub until: Option<i64>,
    /// The least cost at that end, parcels divided where that is cheaper; without an end, now.
    pub cost: Money,
}

/// Something worth buying.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Purchase {
    /// What it is of.
    pub subject: Subject,
    /// What it is of, by name.
    pub what: String,
    /// When: the run, day, week or period.
    pub when: String,
    /// What one buys, such as `FEU` or `t chargeable`.
    pub unit: &'static str,
    /// The same where the unit is named by the planner; empty otherwise.
    pub named_unit: String,
    /// How many units of the plan's tables one of these is.
    pub size: i64,
    /// What one saves.
    pub price: Money,
    /// How many of the tables' units that holds for, in millionths of one.
    pub until: Option<i64>,
    /// What all of them together save.
    pub saves: Money,
    /// The least cost with them.
    pub cost: Option<Money>,
}

/// All prices of an instance.
#[derive(Clone, Debug)]
pub struct Ranges {
    /// The least cost of the linear program as it is.
    pub cost: Money,
    /// Per subject.
    pub prices: BTreeMap<Subject, PriceRange>,
    /// What saves something, that which saves most in its range first.
    pub purchases: Vec<Purchase>,
    /// Of what no range was found, and why.
    pub unanswered: Vec<Unanswered>,
    /// How many were not asked, because time was up.
    pub not_asked: usize,
    /// How many times the program was solved again.
    pub solves: usize,
}

/// A question without an answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Unanswered {
    /// What was asked.
    pub what: String,
    /// Why there is no answer.
    pub why: String,
}

impl Ranges {
    /// Finds the range of every price, that which is worth most first; `progress` is told how many
    /// there are and, each time one is found, how many are. One that is not found is left out and
    /// named; those for which no time is left are counted.
    pub fn find(what_if: &WhatIf<'_>, progress: &(dyn Fn(usize, usize) + Sync)) -> Self {
        let mut subjects = what_if.subjects();
        subjects.sort_by_cached_key(|&subject| (-what_if.worth(subject) as i64, subject));
        let (taken, done) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let answers: Vec<(Subject, Result<Range, RangingError>)> = (0..subjects.len())
            .into_par_iter()
            .with_max_len(1)
            .map(|_| {
                // in order of worth, whichever thread comes first
                let subject = subjects[taken.fetch_add(1, Ordering::Relaxed)];
                let range = what_if.range(subject);
                progress(subjects.len(), done.fetch_add(1, Ordering::Relaxed) + 1);
                (subject, range)
            })
            .collect();
        let (mut found, mut unanswered, mut not_asked) = (Vec::new(), Vec::new(), 0);
        for (subject, answer) in answers {
            match answer {
                Ok(range) => found.push((subject, range)),
                Err(error) if error.is_stopped() => not_asked += 1,
                Err(error) => unanswered.push(Unanswered {
                    what: what_if.in_full(subject),
                    why: why(&error),
                }),
            }
        }
        unanswered.sort_by(|a, b| a.what.cmp(&b.what));
        let prices: BTreeMap<Subject, PriceRange> = found
            .iter()
            .map(|&(subject, range)| (subject, price(what_if, subject, &range)))
            .collect();
        let mut purchases: Vec<Purchase> = prices
            .iter()
            .filter(|(subject, range)| {
                !matches!(subject, Subject::Demand(_)) && range.price > Money::ZERO
            })
            .map(|(&subject, range)| purchase(what_if, subject, range))
            .filter(|purchase| purchase.saves.max(purchase.price) >= HALF_CENT)
            .collect();
        purchases.sort_by(|a, b| (b.saves, &a.what, a.subject).cmp(&(a.saves, &b.what, b.subject)));
        Self {
            cost: what_if.cost(),
            prices,
            purchases,
            unanswered,
            not_asked,
            solves: found.iter().map(|(_, range)| range.solves).sum(),
        }
    }

    /// Fills the ranges into the tables of a plan of the same instance.
    pub fn fill(&self, what_if: &WhatIf<'_>, plan: &mut Plan) {
        let mut by_key: BTreeMap<[String; 5], PriceRange> = BTreeMap::new();
        for (&subject, &range) in &self.prices {
            by_key.insert(key(what_if, subject), range);
        }
        let find = |key: [&str; 5]| by_key.get(&key.map(str::to_owned)).copied();
        for row in &mut plan.departures {
            row.range = find([
                "departure",
                &row.service,
                &row.leg.to_string(),
                &row.run,
                "",
            ]);
        }
        for row in &mut plan.handling {
            let mode = row.mode.map_or("", crate::network::mode_name);
            let step = format!("{} {}", row.step, direction_word(row.direction));
            row.range = find(["handling", &row.place, &step, mode, &row.bucket]);
        }
        for row in &mut plan.limits {
            row.range = find(["limit", &row.limit, &row.period, "", ""]);
        }
        for row in &mut plan.demand {
            let week = row.week.to_string();
            row.range = find(["demand", &row.origin, &row.destination, &row.product, &week]);
        }
    }
}

fn price(what_if: &WhatIf<'_>, subject: Subject, range: &Range) -> PriceRange {
    let sign = match subject {
        Subject::Demand(_) => 1.0,
        _ => -1.0,
    };
    PriceRange {
        price: money(sign * range.slope),
        until: range.until,
        cost: money(range.cost) - what_if.apart,
    }
}

fn direction_word(direction: crate::instance::Direction) -> &'static str {
    match direction {
        crate::instance::Direction::In => "in",
        crate::instance::Direction::Out => "out",
    }
}

/// What names a subject in the tables of a plan.
fn key(what_if: &WhatIf<'_>, subject: Subject) -> [String; 5] {
    let (instance, calendar) = (&what_if.prepared.instance, &what_if.prepared.calendar);
    let network = &what_if.prepared.network;
    let place = |id: crate::instance::PlaceId| instance.places[id.at()].id.clone();
    let none = String::new;
    match subject {
        Subject::Departure(id) => {
            let departure = &network.departures[id.at()];
            [
                "departure".to_owned(),
                instance.services[departure.service.at()].id.clone(),
                (departure.leg + 1).to_string(),
                calendar.day_text(departure.run_day),
                none(),
            ]
        }
        Subject::Bucket(id) => {
            let step = &instance.handling[step_of(what_if.prepared, id).at()];
            let mode = step.mode.map_or("", crate::network::mode_name);
            [
                "handling".to_owned(),
                place(step.place),
                format!("{} {}", step.name, direction_word(step.direction)),
                mode.to_owned(),
                bucket_day(what_if, step, id),
            ]
        }
        Subject::Night(id) => ["night".to_owned(), id.0.to_string(), none(), none(), none()],
        Subject::Limit(limit, period) => {
            let limit = &instance.limits[limit.at()];
            let period = what_if.names().period(limit.per, period);
            ["limit".to_owned(), limit.id.clone(), period, none(), none()]
        }
        Subject::Demand(id) => {
            let demand = &instance.demands[id.at()];
            [
                "demand".to_owned(),
                place(demand.origin),
                place(demand.destination),
                instance.products[demand.product.at()].id.clone(),
                demand.week.to_string(),
            ]
        }
    }
}

fn bucket_day(what_if: &WhatIf<'_>, step: &HandlingStep, id: BucketId) -> String {
    let calendar = &what_if.prepared.calendar;
    let bucket = &what_if.prepared.network.buckets[id.at()];
    let day = calendar.day(step.place, bucket.start);
    calendar.day_text(match step.per {
        Period::Day => day,
        Period::Week | Period::Horizon => day - day.rem_euclid(7),
    })
}

fn purchase(what_if: &WhatIf<'_>, subject: Subject, range: &PriceRange) -> Purchase {
    let (what, when) = what_if.name(subject);
    let (unit, named_unit, size) = what_if.unit(subject);
    Purchase {
        subject,
        what,
        when,
        unit,
        named_unit,
        size,
        price: Money(range.price.0.saturating_mul(size)),
        until: range.until,
        saves: what_if.cost() - range.cost,
        cost: range.until.map(|_| range.cost),
    }
}

/// An error with what is behind it, in one line.
pub(in crate::plan) fn why(error: &(dyn std::error::Error + 'static)) -> String {
    let mut words = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        words += &format!(": {cause}");
        source = cause.source();
    }
    words
}

impl WhatIf<'_> {
    /// A subject by name, with when it is.
    pub fn in_full(&self, subject: Subject) -> String {
        let (what, when) = self.name(subject);
        format!("{what} on {when}")
    }

    /// What a subject is called, and when it is.
    pub fn name(&self, subject: Subject) -> (String, String) {
        let prepared = self.prepared;
        let (instance, calendar) = (&prepared.instance, &prepared.calendar);
        let place = |id: crate::instance::PlaceId| &instance.places[id.at()].id;
        match subject {
            Subject::Departure(id) => {
                let departure = &prepared.network.departures[id.at()];
                (self.leg_name(id), calendar.day_text(departure.run_day))
            }
            Subject::Bucket(id) => {
                let step = &instance.handling[step_of(prepared, id).at()];
                let what = format!("{} at {}", step.name, place(step.place));
                (what, bucket_day(self, step, id))
            }
            Subject::Night(id) => {
                let night = &prepared.network.nights[id.at()];
                let day = calendar.day(night.place, night.midnight);
                (
                    format!("storage at {}", place(night.place)),
                    calendar.day_text(day),
                )
            }
            Subject::Limit(limit, period) => {
                let limit = &instance.limits[limit.at()];
                (
                    format!("limit {}", limit.id),
                    self.names().period(limit.per, period),
                )
            }
            Subject::Demand(id) => {
                let demand = &instance.demands[id.at()];
                let product = &instance.products[demand.product.at()].id;
                let (from, to) = (place(demand.origin), place(demand.destination));
                (
                    format!("{product} {from} to {to}"),
                    format!("W{}", demand.week),
                )
            }
        }
    }

    /// The service of a departure, with the leg where it has several.
    pub fn leg_name(&self, id: DepartureId) -> String {
        let departure = &self.prepared.network.departures[id.at()];
        let service = &self.prepared.instance.services[departure.service.at()];
        match service.legs.len() {
            1 => service.id.clone(),
            _ => format!("{}/{}", service.id, departure.leg + 1),
        }
    }

    /// In what one buys more of a subject: a word, or the planner's own name of a unit, and how
    /// many units of the tables one is.
    pub fn unit(&self, subject: Subject) -> (&'static str, String, i64) {
        let prepared = self.prepared;
        let fixed = |unit, size| (unit, String::new(), size);
        match subject {
            Subject::Departure(id) => {
                let departure = &prepared.network.departures[id.at()];
                let unit = &space::leg(&prepared.instance, departure).unit;
                match unit.name.as_str() {
                    "" | "chargeable_kg" => fixed("t chargeable", 1000),
                    "kg" => fixed("t", 1000),
                    "m3" => fixed("m³", 1),
                    "tonne" => fixed("t", 1),
                    _ => ("", unit.name.clone(), 1),
                }
            }
            Subject::Bucket(id) => {
                let step = &prepared.instance.handling[step_of(prepared, id).at()];
                match step.measure {
                    Measure::Parcels => fixed("1,000 parcels", 1000),
                    Measure::Weight => fixed("t", 1000),
                    Measure::Volume => fixed(measured_in(Measure::Volume), 1),
                }
            }
            Subject::Night(NightId(_)) => fixed("m³", 1),
            Subject::Limit(limit, _) => {
                use crate::instance::Metric;
                match prepared.instance.limits[limit.at()].metric {
                    Metric::Parcels => fixed("1,000 parcels", 1000),
                    Metric::Kg => fixed("t", 1000),
                    Metric::M3 => fixed("m³", 1),
                    Metric::TonneKm => fixed("tonne-kilometre", 1),
                    Metric::Units => fixed("unit", 1),
                    Metric::Cost => fixed("of the currency", 1),
                    Metric::Co2eKg => fixed("t CO₂e", 1000),
                }
            }
            Subject::Demand(_) => fixed("parcel", 1),
        }
    }
}
