//! The bound that `prices.csv` proves, and what only the network's layout decides.
//!
//! This is the one part of the checker that shares code with planning: the expansion of the
//! network and its translation into a program, whose rows the prices belong to. A bound is a
//! statement about all plans, and what all plans are is defined there; a second translation could
//! only disagree by being a different problem. What is done with the program is not shared: the
//! sums (`relaxed`) and shortest paths (`ways`) are written out plainly, with no tolerance and no
//! code of the engines. From the same expansion come the names of what a plan lists beyond its own
//! freight: releases after the planned weeks that compete for space, departures after them that
//! somebody could use, and handling buckets that nobody uses. Feasibility and cost rest on none of
//! it.

use std::collections::BTreeMap;
use std::convert::Infallible;

use petgraph::graph::NodeIndex;

use crate::instance::{Horizon, Instance};
use crate::network::{Calendar, DepartureId, Names, Network, expand};
use crate::program::Program;
use crate::program::formulation::{
    ColumnMeaning, Formulation, FormulationError, Limited, ProgramNames, formulate,
};
use crate::units::{Minutes, divide_to_nearest};

use super::allocation::Release;
use super::check::Cancelled;
use super::expected::Frame;
use super::failure::{At, Failures};
use super::itinerary;
use super::prices::Prices;
use super::reading::{ReadError, Table};
use super::relaxed::{self, DENOMINATOR, Relaxed, Unproven};
use super::schedule::Key;
use super::ways::{self, Backwards};

/// The network of an instance and its program.
#[derive(Debug)]
pub(super) struct Layout<'a> {
    pub(super) instance: &'a Instance,
    pub(super) calendar: Calendar,
    pub(super) network: Network,
    pub(super) formulation: Formulation,
}

/// Parts of a program by name.
pub(super) struct Named {
    /// Class and sink of each release.
    pub(super) groups: BTreeMap<String, (u32, u32)>,
    pub(super) arcs: BTreeMap<String, u32>,
    pub(super) rows: BTreeMap<String, u32>,
}

/// When the parcels of a planned release can arrive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Arrival {
    pub(super) demand: usize,
    pub(super) ready: Minutes,
    /// Ready plus promise.
    pub(super) due: Minutes,
    /// At the earliest, were there room for everything; `None` if too late to count.
    pub(super) earliest: Option<Minutes>,
}

/// What prices prove.
#[derive(Clone, Debug, Default)]
pub(super) struct Proof {
    /// No plan costs less than this many millionths of money; `None` where nothing is proven.
    pub(super) bound: Option<i128>,
    /// What `prices.csv` alone proves, of plans with parts of parcels too.
    pub(super) by_prices: Option<i128>,
    /// Whether branches prove it rather than `prices.csv`.
    pub(super) by_branches: bool,
    /// What one more parcel of each demand would cost.
    pub(super) marginal: Vec<Option<i128>>,
    /// The prices by what they are for.
    pub(super) prices: Prices,
    /// What the prices come to, whatever is bought.
    pub(super) relaxed: Option<Relaxed>,
}

impl Proof {
    /// Leaves what competes after the planned weeks out of what is proven: no plan in which that
    /// costs no more than `tail_cost` costs less.
    pub(super) fn leave_out(&mut self, tail_cost: i128) {
        for bound in [&mut self.bound, &mut self.by_prices].into_iter().flatten() {
            *bound -= tail_cost;
        }
        if let Some(relaxed) = &mut self.relaxed {
            relaxed.leave_out(tail_cost);
        }
    }
}

impl<'a> Layout<'a> {
    pub(super) fn new(instance: &'a Instance) -> Result<Self, FormulationError> {
        Self::without(instance, &Cancelled::new())
    }

    /// The same without the runs that are `cancelled`.
    pub(super) fn without(
        instance: &'a Instance,
        cancelled: &Cancelled,
    ) -> Result<Self, FormulationError> {
        let calendar = Calendar::new(instance);
        let mut network = expand(instance, &calendar);
        for departure in &mut network.departures {
            let run = (departure.service, i64::from(departure.run_day));
            departure.cancelled = cancelled.contains(&run);
        }
        let formulation = formulate(instance, &calendar, &network)?;
        Ok(Self {
            instance,
            calendar,
            network,
            formulation,
        })
    }

    /// What a plan lists beyond its own freight.
    pub(super) fn frame(&self) -> Frame {
        let mut frame = Frame::default();
        for release in self
            .network
            .releases
            .iter()
            .filter(|release| !release.reported)
        {
            frame.later.push(Release {
                demand: release.demand.at(),
                time: release.time,
                parcels: release.parcels,
                reported: false,
            });
        }
        for departure in self.network.departures.iter().filter(|d| !d.reported) {
            let day = i64::from(departure.run_day);
            frame
                .departures
                .insert((departure.service, departure.leg as usize, day));
        }
        frame.buckets = self
            .buckets()
            .filter(|&(_, day)| day < self.planned_days())
            .collect();
        frame
    }

    fn planned_days(&self) -> i64 {
        i64::from(self.instance.settings.weeks) * 7
    }

    pub(super) fn departure(&self, id: DepartureId) -> Key {
        let departure = &self.network.departures[id.at()];
        let day = i64::from(departure.run_day);
        (departure.service, departure.leg as usize, day)
    }

    /// A bucket by step and the day on which it begins.
    pub(super) fn bucket(&self, index: usize) -> (usize, i64) {
        let bucket = &self.network.buckets[index];
        let step = &self.instance.handling[bucket.step.at()];
        let day = i64::from(self.calendar.day(step.place, bucket.start));
        let typical = self.instance.settings.horizon == Horizon::TypicalWeek;
        let day = if typical { day.rem_euclid(7) } else { day };
        (bucket.step.at(), itinerary::bucket(step, day))
    }

    /// Reads the prices, which are all nothing without a table, and works out what they prove.
    pub(super) fn prove(
        &self,
        table: Option<&Table>,
        failures: &mut Failures,
    ) -> Result<Proof, ReadError> {
        let prices = match table {
            Some(table) => self.read(table, failures)?,
            None => vec![0; self.formulation.rows.len()],
        };
        let mut proof = Proof {
            bound: None,
            by_prices: None,
            by_branches: false,
            marginal: vec![None; self.instance.demands.len()],
            prices: self.worth(&prices),
            relaxed: None,
        };
        let at = At {
            table: "prices.csv",
            row: None,
            key: "",
        };
        let program = &self.formulation.program;
        let relaxed = relaxed::lagrangian(program, &prices)
            .and_then(|relaxed| Ok((relaxed.bound(&relaxed::all_choices(program))?, relaxed)));
        match relaxed {
            Ok((bound, relaxed)) => {
                (proof.bound, proof.by_prices) = (Some(bound), Some(bound));
                proof.marginal = self.marginal(&relaxed.parcels);
                proof.relaxed = Some(relaxed);
            }
            Err(Unproven::Unlimited(column)) => failures.add(at.row(format!(
                "the prices prove nothing: {} would earn without limit",
                self.names().column(column)
            ))),
            Err(Unproven::TooLarge) => {
                failures.add(at.row("the prices prove nothing: they are too large to add up"));
            }
        }
        Ok(proof)
    }

    pub(super) fn names(&self) -> ProgramNames<'_> {
        ProgramNames {
            formulation: &self.formulation,
            names: Names {
                instance: self.instance,
                calendar: &self.calendar,
                network: &self.network,
            },
        }
    }

    /// The number of each row by kind and name.
    pub(super) fn rows_by_name(&self) -> BTreeMap<(&'static str, String), usize> {
        let names = self.names();
        let rows = self.formulation.rows.iter().enumerate();
        rows.map(|(index, row)| {
            let (kind, prefix) = kind_of(row.what);
            let full = names.row(index);
            let short = full.strip_prefix(prefix).unwrap_or(&full).to_owned();
            ((kind, short), index)
        })
        .collect()
    }

    /// The names by which plans speak of parts of `program`, this layout's with other classes.
    pub(super) fn named(&self, program: &Program) -> Named {
        let names = self.names();
        let releases = self.network.releases.iter().zip(&program.releases);
        let groups = releases.map(|(named, release)| {
            let group = (release.class, release.sink);
            (names.names.release(named), group)
        });
        let edges = self.network.graph.edge_indices();
        let arcs = edges.map(|edge| (names.names.edge(edge), edge.index() as u32));
        let rows = (0..self.formulation.rows.len()).map(|row| (names.row(row), row as u32));
        Named {
            groups: groups.collect(),
            arcs: arcs.collect(),
            rows: rows.collect(),
        }
    }

    /// Every handling step that somebody could use, and the day on which the bucket begins.
    pub(super) fn buckets(&self) -> impl Iterator<Item = (usize, i64)> {
        (0..self.network.buckets.len()).map(|index| self.bucket(index))
    }

    /// When each planned release can arrive.
    pub(super) fn arrivals(&self) -> Vec<Arrival> {
        let program = &self.formulation.program;
        let time = |node: u32| self.network.graph[NodeIndex::new(node as usize)].time;
        let backwards = Backwards::new(program);
        let mut earliest: Vec<Option<Minutes>> = vec![None; program.releases.len()];
        for ((class, sink), releases) in ways::groups(program) {
            let origins = releases.iter().map(|&at| program.releases[at].origin);
            let ends = program.sinks[sink].ends.iter();
            let ends = ends.map(|&(node, _)| (node, time(node)));
            let Ok(ways) = backwards.cheapest(origins, ends, |arc, end| {
                Ok::<_, Infallible>(program.cost(class, arc).map(|_| end))
            });
            for at in releases {
                earliest[at] = ways.from(program.releases[at].origin);
            }
        }
        let releases = self.network.releases.iter().zip(earliest);
        let planned = releases.filter(|(release, _)| release.reported);
        planned
            .map(|(release, earliest)| Arrival {
                demand: release.demand.at(),
                ready: release.time,
                due: release.due,
                earliest,
            })
            .collect()
    }

    /// For every column of the program that is bought whole, the departures that it decides.
    pub(super) fn choices(&self) -> BTreeMap<usize, Vec<Key>> {
        let mut choices: BTreeMap<usize, Vec<Key>> = BTreeMap::new();
        for (index, rows) in self.formulation.departures.iter().enumerate() {
            let column = rows.column.map(|column| column as usize);
            if let Some(column) = column.filter(|&at| self.formulation.program.columns[at].whole) {
                let key = self.departure(DepartureId(index as u32));
                choices.entry(column).or_default().push(key);
            }
        }
        choices
    }

    /// For every column of the program that counts whole shifts: the column, the bucket, and which of
    /// the step's tiers, from 0.
    pub(super) fn shifts(&self) -> Vec<(usize, (usize, i64), usize)> {
        let columns = self.formulation.columns.iter().enumerate();
        let shifts = columns.filter_map(|(at, meaning)| match *meaning {
            ColumnMeaning::Tier { bucket, tier } if self.formulation.program.columns[at].whole => {
                Some((at, self.bucket(bucket.at()), tier as usize))
            }
            _ => None,
        });
        shifts.collect()
    }

    pub(super) fn program(&self) -> &Program {
        &self.formulation.program
    }

    /// One price per row of the program; rows without one cost nothing.
    fn read(&self, table: &Table, failures: &mut Failures) -> Result<Vec<i128>, ReadError> {
        let columns = ["kind", "name", "price"];
        let [kind, name, price] = columns.map(|column| table.required(column));
        let (kind, name, price) = (kind?, name?, price?);
        let by_name = self.rows_by_name();
        let mut prices: Vec<Option<i128>> = vec![None; self.formulation.rows.len()];
        for row in &table.rows {
            let key = format!("{}, {}", &row.cells[kind], &row.cells[name]);
            let at = At {
                table: table.name,
                row: Some(row.line),
                key: &key,
            };
            let found = (&row.cells[kind], row.cells[name].to_owned());
            let Some(&index) = by_name.get(&found) else {
                failures.add(at.row("nothing in the instance has this price"));
                continue;
            };
            let cell = &row.cells[price];
            let Some(value) = table.number(cell, 0).filter(|&value| value >= 0) else {
                failures.add(at.cell("price", cell, "a whole number from 0"));
                continue;
            };
            if prices[index].replace(value).is_some() {
                failures.add(at.row("the same price stands in another row already"));
            }
        }
        Ok(prices.into_iter().map(Option::unwrap_or_default).collect())
    }

    /// Prices per kilogram, cubic metre, parcel and unit.
    fn worth(&self, prices: &[i128]) -> Prices {
        let mut worth = Prices {
            denominator: DENOMINATOR,
            ..Prices::default()
        };
        for (row, &price) in self.formulation.rows.iter().zip(prices) {
            // the price of a kilogram, a cubic metre, a parcel or a unit
            let price = price.saturating_mul(i128::from(row.per_unit));
            match row.what {
                Limited::UnitWeight(id) => add(&mut worth.space(self.departure(id)).weight, price),
                Limited::UnitVolume(id) => add(&mut worth.space(self.departure(id)).volume, price),
                Limited::LiftWeight(id) => {
                    add(&mut worth.space(self.departure(id)).lift_weight, price);
                }
                Limited::LiftVolume(id) => {
                    add(&mut worth.space(self.departure(id)).lift_volume, price);
                }
                Limited::Bucket(id) => {
                    add(
                        worth.buckets.entry(self.bucket(id.at())).or_default(),
                        price,
                    );
                }
                Limited::Limit { limit, period, .. } => {
                    let key = (limit.at(), i64::from(period));
                    add(worth.limits.entry(key).or_default(), price);
                }
                Limited::Night(id) => {
                    let night = &self.network.nights[id.at()];
                    let day = self.calendar.day(night.place, night.midnight);
                    worth.nights.push((night.place, day.into(), price));
                }
                Limited::Units(_) | Limited::Tier { .. } => {}
            }
        }
        for (index, entries) in (0u32..).zip(&self.formulation.counted) {
            for &(row, amount) in entries {
                let price = prices[row as usize].saturating_mul(-i128::from(amount));
                let key = self.departure(DepartureId(index));
                add(worth.counted.entry(key).or_default(), price);
            }
        }
        for (index, rows) in self.formulation.buckets.iter().enumerate() {
            if rows.row.is_some() {
                let charged = i128::from(rows.price_on_arcs.0) * DENOMINATOR;
                add(
                    worth.buckets.entry(self.bucket(index)).or_default(),
                    charged,
                );
            }
        }
        worth
    }

    /// The mean over a demand's releases, weighted by their parcels, of what a parcel costs.
    fn marginal(&self, parcels: &[i128]) -> Vec<Option<i128>> {
        let mut sums = vec![(0i128, 0i128); self.instance.demands.len()];
        for (release, &cost) in self.network.releases.iter().zip(parcels) {
            if release.reported {
                let count = i128::from(release.parcels.0);
                let (sum, all) = &mut sums[release.demand.at()];
                *sum = sum.saturating_add(cost.saturating_mul(count));
                *all += count;
            }
        }
        let mean =
            |(sum, all): (i128, i128)| (all > 0).then(|| divide_to_nearest(sum, all * DENOMINATOR));
        sums.into_iter().map(mean).collect()
    }
}

/// Adds a price; beyond 128 bits it stays there, and the bound says that it is too large.
fn add(sum: &mut i128, price: i128) {
    *sum = sum.saturating_add(price);
}

/// The kind under which a row's price stands, and what its name in the program begins with.
fn kind_of(what: Limited) -> (&'static str, &'static str) {
    match what {
        Limited::UnitWeight(_) => ("unit_kg", "kg "),
        Limited::UnitVolume(_) => ("unit_m3", "m3 "),
        Limited::LiftWeight(_) => ("max_kg", "max_kg "),
        Limited::LiftVolume(_) => ("max_m3", "max_m3 "),
        Limited::Units(_) => ("units", "units "),
        Limited::Bucket(_) => ("handling", ""),
        Limited::Tier { .. } => ("tier", ""),
        Limited::Night(_) => ("storage", "storage "),
        Limited::Limit { .. } => ("limit", "limit "),
    }
}
