//! The tables of allocations: every row walked, and its other cells worked out again.

use std::collections::BTreeMap;

use crate::instance::{Instance, Product};
use crate::units::{Minutes, Parcels, divide_to_nearest};

use super::costs::{self, Additive};
use super::expected::{mode, named, week};
use super::failure::{At, Failures, shown};
use super::itinerary::{self, Itinerary};
use super::ledger::Shipment;
use super::reading::{ReadError, Row, Table};
use super::schedule::Schedule;
use super::tables::{Expected, Rigour, compare_cell, key_text};

/// The columns that name a row, and the number that nothing can be checked without.
const KEYS: [&str; 5] = ["origin", "destination", "product", "release", "path"];
const PARCELS: &str = "parcels";
/// The other columns that railair writes.
pub(super) const DERIVED: [&str; 13] = [
    "kg",
    "m3",
    "cost",
    "delivered",
    "hours",
    "late_hours",
    "co2e_kg",
    "main_service",
    "main_leg",
    "mode",
    "unit",
    "week",
    "operator",
];

/// Parcels of a demand that become ready together.
#[derive(Clone, Debug)]
pub(super) struct Release {
    /// The demand, by position.
    pub(super) demand: usize,
    /// When they are ready.
    pub(super) time: Minutes,
    /// How many there are.
    pub(super) parcels: Parcels,
    /// Whether they belong to the planned weeks.
    pub(super) reported: bool,
}

/// The releases of the planned weeks, by demand and day.
pub(super) fn planned(schedule: &Schedule<'_>) -> Vec<Release> {
    let mut releases = Vec::new();
    for (demand, row) in schedule.instance.demands.iter().enumerate() {
        let monday = (i64::from(row.week) - 1) * 7;
        for (day, &parcels) in (monday..).zip(&row.by_day) {
            if parcels > Parcels::ZERO {
                let calendar = &schedule.calendar;
                releases.push(Release {
                    demand,
                    time: calendar.moment(row.origin, day, row.release_time),
                    parcels,
                    reported: true,
                });
            }
        }
    }
    releases
}

/// Reads the rows of an allocation table.
pub(super) struct Reader<'r, 'i> {
    schedule: &'r mut Schedule<'i>,
    releases: &'r [Release],
    by_name: BTreeMap<[String; 4], usize>,
    rigour: Rigour,
}

impl<'r, 'i> Reader<'r, 'i> {
    /// A reader of rows that belong to `releases` for which `reported` is as given.
    pub(super) fn new(
        schedule: &'r mut Schedule<'i>,
        releases: &'r [Release],
        reported: bool,
        rigour: Rigour,
    ) -> Self {
        let instance = schedule.instance;
        let name = |release: &Release| {
            let demand = &instance.demands[release.demand];
            let place = |place: crate::instance::PlaceId| instance.places[place.at()].id.clone();
            [
                place(demand.origin),
                place(demand.destination),
                instance.products[demand.product.at()].id.clone(),
                schedule.calendar.text(demand.origin, release.time),
            ]
        };
        let by_name = releases
            .iter()
            .enumerate()
            .filter(|(_, release)| release.reported == reported)
            .map(|(index, release)| (name(release), index))
            .collect();
        Self {
            schedule,
            releases,
            by_name,
            rigour,
        }
    }

    /// Walks every row; rows that cannot be read at all are failures and nothing else.
    pub(super) fn read(
        &mut self,
        table: &Table,
        failures: &mut Failures,
    ) -> Result<Vec<Shipment>, ReadError> {
        let mut keys = [0; 5];
        for (position, name) in keys.iter_mut().zip(KEYS) {
            *position = table.required(name)?;
        }
        let parcels = table.required(PARCELS)?;
        if self.rigour == Rigour::Complete {
            super::tables::check_columns(table, &DERIVED, failures);
        }
        let mut seen: BTreeMap<(usize, &str), u64> = BTreeMap::new();
        let mut shipments = Vec::new();
        for row in &table.rows {
            let key = keys.map(|position| row.cells[position].to_owned());
            let Some(shipment) = self.row(table, row, key, parcels, failures) else {
                continue;
            };
            let path = (shipment.release, &row.cells[keys[4]]);
            if let Some(line) = seen.insert(path, row.line) {
                let at = at(table, row, &shipment.key);
                failures.add(at.row(format!("the same path stands in row {line} already")));
            }
            shipments.push(shipment);
        }
        Ok(shipments)
    }

    fn row(
        &mut self,
        table: &Table,
        row: &Row,
        key: [String; 5],
        parcels: usize,
        failures: &mut Failures,
    ) -> Option<Shipment> {
        let name = key_text(&key);
        let at = at(table, row, &name);
        let [origin, destination, product, release, path] = key;
        let Some(&release) = self.by_name.get(&[origin, destination, product, release]) else {
            failures.add(at.row(format!("{} is no release of the instance", shown(&name))));
            return None;
        };
        let found = &row.cells[parcels];
        let count = table.number(found, 0).filter(|&count| count > 0);
        let Some(parcels) = count.filter(|&count| count <= i128::from(i64::MAX)) else {
            failures.add(at.cell(PARCELS, found, "a number of parcels above 0"));
            return None;
        };
        let demand = self.releases[release].demand;
        let time = self.releases[release].time;
        let instance = self.schedule.instance;
        let product = &instance.products[instance.demands[demand].product.at()];
        let mut shipment = Shipment {
            table: table.name,
            line: row.line,
            key: name.clone(),
            demand,
            release,
            reported: self.releases[release].reported,
            parcels,
            itinerary: None,
            late: Minutes::ZERO,
            each: Additive::default(),
            milligrams: 0,
        };
        match itinerary::walk(self.schedule, &instance.demands[demand], time, &path) {
            Ok(itinerary) => {
                let due = time + product.promise;
                let late = Minutes((itinerary.delivered - due).0.max(0));
                if late > product.max_late {
                    let hours = divide_to_nearest(i128::from(late.0) * 100, 60);
                    let message = format!(
                        "delivered {} hours after the promise, allowed are {}",
                        super::decimal::text(hours, 2),
                        product.max_late.hours(),
                    );
                    failures.add(at.row(message));
                }
                shipment.late = late;
                shipment.each = self.cost_of_each(&itinerary, product, late);
                let legs = itinerary
                    .rides
                    .iter()
                    .map(|ride| self.schedule.leg(ride.departure));
                shipment.milligrams = legs.map(|leg| costs::co2e_milligrams(leg, product)).sum();
                self.derived(table, row, &shipment, &itinerary, failures);
                shipment.itinerary = Some(itinerary);
            }
            Err(reason) => failures.add(at.row(reason)),
        }
        Some(shipment)
    }

    fn cost_of_each(&self, itinerary: &Itinerary, product: &Product, late: Minutes) -> Additive {
        let instance = self.schedule.instance;
        let mut cost = Additive {
            lateness: costs::lateness(product, late),
            ..Additive::default()
        };
        for lying in &itinerary.lying {
            let place = &instance.places[lying.place.at()];
            cost.storage += costs::storage(place, product, lying.from, lying.to);
        }
        for ride in &itinerary.rides {
            let leg = self.schedule.leg(ride.departure);
            cost.carriage += costs::carriage(leg, product);
            cost.co2e += costs::co2e(instance.settings.co2e_price_per_t, leg, product);
        }
        cost
    }

    /// Compares the cells that follow from the others.
    fn derived(
        &self,
        table: &Table,
        row: &Row,
        shipment: &Shipment,
        itinerary: &Itinerary,
        failures: &mut Failures,
    ) {
        let instance: &Instance = self.schedule.instance;
        let demand = &instance.demands[shipment.demand];
        let product = &instance.products[demand.product.at()];
        let release = self.releases[shipment.release].time;
        let delivered = self
            .schedule
            .calendar
            .text(demand.destination, itinerary.delivered);
        let others = speak_of(table, row, product).filter(|&others| others != shipment.parcels);
        if let Some(others) = others {
            let at = at(table, row, &shipment.key);
            let mut failure = at.number(PARCELS, shipment.parcels, others, 0);
            failure.message = format!(
                "parcels is {}, but kg and m3 are those of {others}",
                shipment.parcels
            );
            failures.add(failure);
        }
        // then the rest of the row is held against what it speaks of
        let parcels = others.unwrap_or(shipment.parcels);
        let number = |each: i128, places| Expected::Number(each * parcels, places);
        let main = itinerary.main_haul(self.schedule);
        let service = main.map(|(service, _, _)| &instance.services[service.at()]);
        for (column, expected) in [
            ("kg", number(product.weight.0.into(), 3)),
            ("m3", number(product.volume.0.into(), 6)),
            ("cost", number(shipment.each.total(), 6)),
            ("delivered", Expected::Text(delivered)),
            ("hours", hours(itinerary.delivered - release)),
            ("late_hours", hours(shipment.late)),
            (
                "co2e_kg",
                Expected::Number(shipment.grams_emitted_by(parcels), 3),
            ),
            ("main_service", text(service.map(|service| &*service.id))),
            (
                "main_leg",
                Expected::or_blank(main.map(|(_, leg, _)| leg as i128 + 1), 0),
            ),
            ("mode", text(service.map(|service| mode(service.mode)))),
            (
                "unit",
                main.map_or(Expected::Blank, |main| {
                    named(&self.schedule.leg(main).unit.name)
                }),
            ),
            (
                "week",
                Expected::Number(week(self.schedule, demand.origin, release), 0),
            ),
            (
                "operator",
                service.map_or(Expected::Blank, |service| named(&service.operator)),
            ),
        ] {
            let cell = (column, &expected);
            compare_cell(table, row, &shipment.key, cell, self.rigour, failures);
        }
    }
}

/// The number of parcels that a row's weight and volume speak of, where they agree.
fn speak_of(table: &Table, row: &Row, product: &Product) -> Option<i128> {
    let parcels = |column, places, each: i64| {
        let all = table.number(&row.cells[table.column(column)?], places)?;
        (each > 0 && all > 0 && all % i128::from(each) == 0).then(|| all / i128::from(each))
    };
    let by_weight = parcels("kg", 3, product.weight.0)?;
    let by_volume = parcels("m3", 6, product.volume.0)?;
    (by_weight == by_volume && by_weight <= i128::from(i64::MAX)).then_some(by_weight)
}

/// A text, or nothing.
fn text(text: Option<&str>) -> Expected {
    text.map_or(Expected::Blank, |text| Expected::Text(text.to_owned()))
}

/// Hours to four places, which tell minutes apart.
fn hours(span: Minutes) -> Expected {
    Expected::Number(divide_to_nearest(i128::from(span.0) * 10_000, 60), 4)
}

fn at<'a>(table: &'a Table, row: &Row, key: &'a str) -> At<'a> {
    At {
        table: table.name,
        row: Some(row.line),
        key,
    }
}

/// Parcels of each release that the plan carries; more than there are is a failure.
pub(super) fn carried(
    releases: &[Release],
    shipments: &[Shipment],
    failures: &mut Failures,
) -> Vec<i128> {
    let mut carried = vec![0i128; releases.len()];
    let mut last: Vec<Option<&Shipment>> = vec![None; releases.len()];
    for shipment in shipments {
        carried[shipment.release] += shipment.parcels;
        last[shipment.release] = Some(shipment);
    }
    for ((release, &carried), last) in releases.iter().zip(&carried).zip(last) {
        let parcels = i128::from(release.parcels.0);
        if let Some(shipment) = last.filter(|_| carried > parcels) {
            let at = At {
                table: shipment.table,
                row: Some(shipment.line),
                key: &shipment.key,
            };
            let what = "the sum of parcels of this release";
            failures.add(at.beyond(PARCELS, what, carried, parcels, 0));
        }
    }
    carried
}
