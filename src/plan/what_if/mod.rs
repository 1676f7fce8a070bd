//! What if: an instance solved once, and again after changes.
//!
//! [`WhatIf`] keeps the solved linear program of an instance. One capacity or demand is changed
//! and the program solved again from what the last answer knew, so that a question takes
//! milliseconds; [`ranging`](crate::engine::ranging) says over which range a price holds. All
//! costs here are those of the linear program, in which parcels may be divided: a plan in whole
//! parcels costs a little more, by no more than its gap.

mod prices;
mod subject;

use std::collections::BTreeMap;

use crate::engine::Options;
use crate::engine::integer::{Domain, Range as DomainRange};
use crate::engine::ranging::{Answer, PARTS, Range, Ranger, RangingError};
use crate::instance::UNIT_SCALE;
use crate::network::{BucketId, Names};
use crate::program::{Column, Program};
use crate::units::{Money, divide_to_nearest};

use super::planner::Prepared;
use super::{Plan, shifts, space};

use subject::Places;

pub(in crate::plan) use prices::why;
pub use prices::{PriceRange, Purchase, Ranges, Unanswered};
pub use subject::Subject;

/// An instance solved once, ready for questions.
#[derive(Debug)]
pub struct WhatIf<'a> {
    /// The instance with its network and program.
    pub prepared: &'a Prepared,
    ranger: Ranger,
    /// For departures of which everything on offer is committed, a column of further units, none
    /// of which there are yet.
    further: Vec<Option<u32>>,
    places: Places,
    /// What of all costs is left out of those that are told.
    apart: Money,
}

/// Whole units that a plan buys, in millionths, by service, leg (from 1) and run.
pub type WholeUnits = BTreeMap<(String, u32, String), i64>;

/// The whole units that a plan buys, those included that only what competes after the planned weeks
/// needs.
pub fn bought(plan: &Plan) -> WholeUnits {
    let rows = plan.purchases.iter();
    let rows = rows.map(|row| ((row.service.clone(), row.leg, row.run.clone()), row.units));
    let more = plan.purchases_tail.iter();
    let more = more.map(|row| ((row.service.clone(), row.leg, row.run.clone()), row.units));
    together(rows.chain(more))
}

/// Units by name, several of one name added up.
pub(in crate::plan) fn together(
    rows: impl Iterator<Item = ((String, u32, String), i64)>,
) -> WholeUnits {
    let mut units = WholeUnits::new();
    for (name, more) in rows {
        *units.entry(name).or_default() += more;
    }
    units
}

impl<'a> WhatIf<'a> {
    /// Solves the linear program of an instance, with whole units bought as `bought` says and none of
    /// what it does not name: plans name no shifts of later weeks in which nobody works. Where it is
    /// empty they may be divided.
    ///
    /// # Errors
    /// [`RangingError`] where it has no finished answer.
    pub fn new(
        prepared: &'a Prepared,
        bought: &WholeUnits,
        options: &Options,
    ) -> Result<Self, RangingError> {
        let mut program = prepared.formulation.program.clone();
        let further = add_further_units(prepared, &mut program);
        settle(prepared, &mut program, bought);
        Ok(Self {
            prepared,
            ranger: Ranger::new(&program, options)?,
            further,
            places: Places::new(prepared),
            apart: Money::ZERO,
        })
    }

    /// The same, leaving out of all costs what a plan says that competes after the planned weeks
    /// costs more.
    #[must_use]
    pub fn apart_from(mut self, tail_cost: Money) -> Self {
        self.apart = tail_cost;
        self
    }

    /// The least cost as it is.
    pub fn cost(&self) -> Money {
        money(self.ranger.start().cost) - self.apart
    }

    /// The answer as it is.
    pub fn start(&self) -> &Answer {
        self.ranger.start()
    }

    /// The solved program.
    pub fn ranger(&self) -> &Ranger {
        &self.ranger
    }

    /// The least cost with so many millionths of a unit more of something; fewer below zero.
    ///
    /// # Errors
    /// [`RangingError`] where the changed program has no finished answer.
    pub fn with_more(&self, subject: Subject, millionths: i64) -> Result<Money, RangingError> {
        let answer = self.answer(subject, millionths)?;
        Ok(money(answer.cost) - self.apart)
    }

    /// The answer with so many millionths of a unit more of something.
    ///
    /// # Errors
    /// [`RangingError`] where the changed program has no finished answer.
    pub fn answer(&self, subject: Subject, millionths: i64) -> Result<Answer, RangingError> {
        const { assert!(PARTS == 1_000_000) };
        self.ranger.at(&self.direction(subject), millionths)
    }

    /// What one more of what is bought of something would save at most, all there is of it
    /// included: what questions of it are worth asking for, before any is.
    pub(in crate::plan) fn worth(&self, subject: Subject) -> f64 {
        self.ranger.slope(&self.direction(subject)).abs() * self.size(subject)
    }

    /// Over which range the price of one more unit of something holds.
    ///
    /// # Errors
    /// [`RangingError`] where some change has no finished answer, or no range is found.
    pub fn range(&self, subject: Subject) -> Result<Range, RangingError> {
        let guess = self.size(subject) * 0.02;
        self.ranger.range(&self.direction(subject), guess)
    }

    /// Names of the network's parts.
    pub fn names(&self) -> Names<'a> {
        Names {
            instance: &self.prepared.instance,
            calendar: &self.prepared.calendar,
            network: &self.prepared.network,
        }
    }
}

/// Differences of costs below half a cent count as none: nobody decides anything by them, and costs
/// that are the same for people should not read as if one were more.
pub const HALF_CENT: Money = Money(5_000);

/// Whether people are told of two costs that one is less: by half a cent, and so that it shows when
/// both are rounded to the cent.
pub fn is_told(less: Money, more: Money) -> bool {
    let cents = |money: Money| divide_to_nearest(i128::from(money.0), 2 * i128::from(HALF_CENT.0));
    more.0.saturating_sub(less.0) >= HALF_CENT.0 && cents(less) != cents(more)
}

/// Cost units are millionths of money.
pub(in crate::plan) fn money(cost: f64) -> Money {
    Money(cost.round() as i64)
}

/// Puts whole units that were bought into the program: what they sell and count into the rows, what
/// they cost into the constant. There are no more of them, and none can be given back.
fn settle(prepared: &Prepared, program: &mut Program, bought: &WholeUnits) {
    if bought.is_empty() {
        return;
    }
    let network = &prepared.network;
    let mut chosen: BTreeMap<u32, i64> = BTreeMap::new();
    let departures = network.departures.iter();
    for (departure, rows) in departures.zip(&prepared.formulation.departures) {
        let service = &prepared.instance.services[departure.service.at()].id;
        let run = prepared.calendar.day_text(departure.run_day);
        let key = (service.clone(), departure.leg + 1, run);
        if let (Some(&units), Some(column)) = (bought.get(&key), rows.column) {
            // of a commitment all departures share one column, which is settled once
            let beyond = units.saturating_sub(rows.offer.minimum).max(0) / UNIT_SCALE;
            chosen.entry(column).or_insert(beyond);
        }
    }
    for (index, rows) in (0u32..).zip(&prepared.formulation.buckets) {
        for &(tier, column) in &rows.tiers {
            let key = shifts::name(prepared.parts(), BucketId(index), tier);
            if let Some(&units) = bought.get(&key) {
                chosen.insert(column, units / UNIT_SCALE);
            }
        }
    }
    let mut domain = Domain::of(program);
    let columns = (0u32..).zip(&program.columns);
    let whole = columns.filter(|(_, column)| column.whole);
    for ((index, _), range) in whole.zip(&mut domain.0) {
        *range = DomainRange::only(chosen.get(&index).copied().unwrap_or(0));
    }
    domain.apply(&program.clone(), program);
}

/// Columns of units beyond those that are all committed, or chosen whole: a departure whose limit
/// is its minimum has none of its own, and one whose units are whole is settled.
pub(super) fn add_further_units(prepared: &Prepared, program: &mut Program) -> Vec<Option<u32>> {
    let formulation = &prepared.formulation;
    let departures = prepared
        .network
        .departures
        .iter()
        .zip(&formulation.departures);
    let mut further = Vec::new();
    for (index, (departure, rows)) in departures.enumerate() {
        let unit = &space::leg(&prepared.instance, departure).unit;
        let sizes = [
            (rows.unit_weight, unit.weight.map(|w| w.0), 1_000),
            (rows.unit_volume, unit.volume.map(|v| v.0), 1_000_000),
        ];
        let mut entries: Vec<(u32, i64)> = sizes
            .into_iter()
            .filter_map(|(row, size, base)| {
                let scale = formulation.rows[row? as usize].per_unit / base;
                Some((row?, -size? * scale))
            })
            .collect();
        let column = rows.column.map(|column| &program.columns[column as usize]);
        if column.is_some_and(|column| !column.whole) || entries.is_empty() {
            further.push(None);
            continue;
        }
        // limits count further units like any others
        entries.extend(formulation.counted.get(index).into_iter().flatten());
        further.push(Some(program.columns.len() as u32));
        program.columns.push(Column {
            cost: unit.price.0,
            upper: Some(0),
            whole: false,
            entries,
        });
    }
    further
}
