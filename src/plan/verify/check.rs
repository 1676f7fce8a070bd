//! The check from beginning to end.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Serialize;

use crate::instance::{Horizon, Instance};
use crate::program::formulation::FormulationError;

use super::allocation::{self, Reader, Release};
use super::bottlenecks;
use super::branches;
use super::capacity;
use super::choices;
use super::decimal;
use super::expected::{self, Costed, Fate, Frame};
use super::failure::{At, Failure, Failures};
use super::figures::{self, full_costs, gap};
use super::ledger::{Ledger, Shipment};
use super::limits;
use super::proof::{Layout, Proof};
use super::ranges;
use super::reading::{ReadError, Table};
use super::reasons::{self, Truth};
use super::run::Run;
use super::sales::Sales;
use super::schedule::Schedule;
use super::summaries;
use super::tables::{self, ExpectedRow, Rigour};

/// How to check.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// How many failures of each table are kept; the rest is counted.
    pub failures_per_table: u64,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            failures_per_table: 20,
        }
    }
}

/// What a check found. Money and shares are exact decimals as text.
#[derive(Clone, Debug, Serialize)]
pub struct Verification {
    /// Whether nothing failed.
    pub holds: bool,
    /// What fails, in the order of tables, up to a number per table.
    pub failures: Vec<Failure>,
    /// How many failures each table has, kept or not.
    pub failure_counts: BTreeMap<String, u64>,
    /// The files that were read.
    pub read: Vec<String>,
    /// Whether the plan has no `run.json`: made by hand, checked for feasibility and cost.
    pub by_hand: bool,
    /// The instance's currency.
    pub currency: String,
    /// What the plan costs, worked out again.
    pub cost: String,
    /// What is proven about all plans.
    pub proven: Proven,
    /// Parcels of the planned weeks.
    pub parcels: i64,
    /// Parcels delivered within their promise.
    pub on_time: i64,
    /// Parcels delivered after it.
    pub late: i64,
    /// Parcels left behind.
    pub unserved: i64,
}

/// What `prices.csv` proves.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "snake_case", tag = "proof")]
pub enum Proven {
    /// There are no prices, or none that prove anything.
    Nothing,
    /// No plan costs less.
    Bound {
        /// Than this.
        bound: String,
        /// (cost − bound) / cost to twelve places.
        gap: String,
    },
}

/// Why a plan cannot be checked.
#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    /// Its files cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The instance's numbers are too large for the program that the bound is about.
    #[error(transparent)]
    Program(#[from] FormulationError),
}

/// Checks the plan in `folder` against the instance that it is for.
///
/// # Errors
/// [`VerifyError`] where there is no plan, or a file of it is not what it should be. What is wrong
/// in a plan that can be read is in the [`Verification`].
pub fn verify(
    folder: &Path,
    instance: &Instance,
    options: &Options,
) -> Result<Verification, VerifyError> {
    let files = Files::read(folder)?;
    let mut failures = Failures::keeping(options.failures_per_table);
    if let Some(run) = &files.run {
        run.check_inputs(&instance.hashes, &mut failures);
        run.check_text("scenario", instance.scenario.as_deref(), &mut failures);
    }
    let layout = needs_layout(instance, &files)
        .then(|| Layout::new(instance))
        .transpose()?;
    let frame = layout.as_ref().map(Layout::frame).unwrap_or_default();
    let mut checker = Checker::new(instance, &files, frame, failures);
    checker.allocate(&files)?;
    let mut proof = match &layout {
        Some(layout) if files.prices.is_some() || files.claims_a_bound() => {
            layout.prove(files.prices.as_ref(), &mut checker.failures)?
        }
        _ => Proof::default(),
    };
    if let (Some(layout), Some(branches), Some(prices)) =
        (&layout, &files.branches, &files.branch_prices)
    {
        proof.bound = branches::prove(layout, branches, prices, &mut checker.failures)?;
        proof.by_branches = true;
    }
    let ledger = Ledger::new(&checker.schedule, &checker.shipments);
    let sales = Sales::new(&mut checker.schedule, &ledger, &checker.frame);
    let totals = checker.tables(&files, &ledger, &sales, &proof);
    checker.ranges(&files, &totals, &proof);
    if let Some(layout) = &layout {
        let context = choices::Context {
            layout,
            proof: &proof,
            cost: totals.cost,
            run: files.run.as_ref(),
        };
        let (schedule, failures) = (&mut checker.schedule, &mut checker.failures);
        if let (Some(table), Some(_)) = (&files.demand, &files.run) {
            Truth::new(schedule, (&sales, &ledger), &proof.prices, layout).check(table, failures);
        }
        choices::check(&context, files.choices.as_ref(), schedule, &sales, failures);
    }
    if let Some(run) = &files.run {
        figures::check(&mut checker, run, files.prices.is_some(), &totals, &proof);
        let (schedule, failures) = (&mut checker.schedule, &mut checker.failures);
        summaries::check(schedule, &sales, run, failures);
        let (plan, limits) = ((&sales, &ledger), &totals.limit_rows);
        bottlenecks::check(schedule, plan, &proof.prices, limits, run, failures);
    }
    Ok(checker.result(&files, &totals, &proof))
}

/// Whether anything that the network decides is to be checked.
fn needs_layout(instance: &Instance, files: &Files) -> bool {
    let tail = files.tail.is_some() && instance.settings.horizon == Horizon::Dated;
    files.run.is_some() || files.prices.is_some() || files.choices.is_some() || tail
}

/// The files of a plan.
pub(super) struct Files {
    allocation: Table,
    tail: Option<Table>,
    departures: Option<Table>,
    handling: Option<Table>,
    demand: Option<Table>,
    limits: Option<Table>,
    purchases: Option<Table>,
    prices: Option<Table>,
    branches: Option<Table>,
    branch_prices: Option<Table>,
    choices: Option<Table>,
    pub(super) run: Option<Run>,
}

impl Files {
    pub(super) fn read(folder: &Path) -> Result<Self, ReadError> {
        let allocation = Table::read(folder, "allocation.csv")?;
        Ok(Self {
            allocation: allocation.ok_or_else(|| ReadError::NoPlan {
                folder: folder.display().to_string(),
            })?,
            tail: Table::read(folder, "allocation_tail.csv")?,
            departures: Table::read(folder, "departures.csv")?,
            handling: Table::read(folder, "handling.csv")?,
            demand: Table::read(folder, "demand.csv")?,
            limits: Table::read(folder, "limits.csv")?,
            purchases: Table::read(folder, "purchases.csv")?,
            prices: Table::read(folder, "prices.csv")?,
            branches: Table::read(folder, "branches.csv")?,
            branch_prices: Table::read(folder, "branch_prices.csv")?,
            choices: Table::read(folder, "choices.csv")?,
            run: Run::read(folder)?,
        })
    }

    /// Whether the run says that something is proven. Without prices that is what prices of nothing
    /// prove: where nothing is scarce the table is not there.
    fn claims_a_bound(&self) -> bool {
        let claims = |run: &Run| run.get("bound").is_some();
        self.run.as_ref().is_some_and(claims)
    }

    fn rigour(&self) -> Rigour {
        match self.run {
            Some(_) => Rigour::Complete,
            None => Rigour::WhatIsThere,
        }
    }

    fn names(&self) -> Vec<String> {
        let optional = [
            &self.tail,
            &self.departures,
            &self.handling,
            &self.demand,
            &self.limits,
            &self.purchases,
            &self.prices,
            &self.branches,
            &self.branch_prices,
            &self.choices,
        ];
        let mut names = vec![self.allocation.name.to_owned()];
        names.extend(
            optional
                .into_iter()
                .flatten()
                .map(|table| table.name.to_owned()),
        );
        names.extend(self.run.as_ref().map(|_| "run.json".to_owned()));
        names
    }
}

/// Everything that the tables and `run.json` add up to.
pub(super) struct Totals {
    pub(super) fates: Vec<Fate>,
    pub(super) departures: Costed,
    pub(super) handling: Costed,
    pub(super) limits: i128,
    limit_rows: Vec<ExpectedRow>,
    pub(super) cost: i128,
}

pub(super) struct Checker<'i> {
    pub(super) schedule: Schedule<'i>,
    rigour: Rigour,
    pub(super) releases: Vec<Release>,
    pub(super) shipments: Vec<Shipment>,
    pub(super) carried: Vec<i128>,
    pub(super) frame: Frame,
    pub(super) failures: Failures,
}

impl<'i> Checker<'i> {
    /// One that has checked nothing yet.
    pub(super) fn new(
        instance: &'i Instance,
        files: &Files,
        frame: Frame,
        failures: Failures,
    ) -> Self {
        Self {
            schedule: Schedule::new(instance),
            rigour: files.rigour(),
            releases: Vec::new(),
            shipments: Vec::new(),
            carried: Vec::new(),
            frame,
            failures,
        }
    }

    /// Walks what the plan allocates.
    pub(super) fn allocate(&mut self, files: &Files) -> Result<(), ReadError> {
        self.releases = allocation::planned(&self.schedule);
        self.releases.append(&mut self.frame.later);
        let tables = [
            (Some(&files.allocation), true),
            (files.tail.as_ref(), false),
        ];
        for (table, reported) in tables {
            let Some(table) = table else {
                continue;
            };
            let schedule = &mut self.schedule;
            let mut reader = Reader::new(schedule, &self.releases, reported, self.rigour);
            self.shipments
                .extend(reader.read(table, &mut self.failures)?);
        }
        self.carried = allocation::carried(&self.releases, &self.shipments, &mut self.failures);
        Ok(())
    }

    fn tables(
        &mut self,
        files: &Files,
        ledger: &Ledger,
        sales: &Sales<'_>,
        proof: &Proof,
    ) -> Totals {
        capacity::check(&mut self.schedule, ledger, &mut self.failures);
        let (schedule, frame, prices) = (&mut self.schedule, &self.frame, &proof.prices);
        let (departures, mut purchases) = expected::departures(schedule, sales, prices);
        let (handling, shifts) = expected::handling(schedule, ledger, frame, prices);
        purchases.extend(shifts);
        let (shipments, failures) = (&self.shipments, &mut self.failures);
        let (limit_rows, limits) = limits::rows(schedule, shipments, sales, prices, failures);
        let instance = self.schedule.instance;
        let fates = expected::fates(instance, &self.releases, &self.shipments, &self.carried);
        let costs = full_costs(&fates, &departures, &handling);
        let demand = expected::demands(instance, &fates, &costs, proof);
        let steps = ["place", "step", "mode", "direction", "bucket"];
        let runs = ["service", "leg", "run"];
        let demands = ["origin", "destination", "product", "week"];
        self.compare(
            files.departures.as_ref(),
            "departures.csv",
            &runs,
            &departures.rows,
        );
        self.compare(files.purchases.as_ref(), "purchases.csv", &runs, &purchases);
        self.compare(
            files.handling.as_ref(),
            "handling.csv",
            &steps,
            &handling.rows,
        );
        self.compare(files.demand.as_ref(), "demand.csv", &demands, &demand);
        self.compare(
            files.limits.as_ref(),
            "limits.csv",
            &["limit", "period"],
            &limit_rows,
        );
        if let Some(table) = &files.demand {
            reasons::check_presence(table, self.rigour, &mut self.failures);
        }
        let own: i128 = fates
            .iter()
            .map(|fate| fate.additive.total() + fate.unserved_cost)
            .sum();
        Totals {
            cost: own + departures.cost + handling.cost + limits,
            fates,
            departures,
            handling,
            limits,
            limit_rows,
        }
    }

    fn compare(
        &mut self,
        table: Option<&Table>,
        name: &str,
        keys: &[&'static str],
        rows: &[ExpectedRow],
    ) {
        match table {
            Some(table) => tables::compare(table, keys, rows, self.rigour, &mut self.failures),
            None if self.rigour == Rigour::Complete => {
                let at = At {
                    table: name,
                    row: None,
                    key: "",
                };
                self.failures.add(at.row("the table is missing"));
            }
            None => {}
        }
    }

    /// Checks the ranges of prices, where the plan has them.
    fn ranges(&mut self, files: &Files, totals: &Totals, proof: &Proof) {
        let shadow = "shadow_price_per_unit";
        for (table, price, saves) in [
            (&files.departures, shadow, true),
            (&files.handling, shadow, true),
            (&files.limits, shadow, true),
            (&files.demand, "marginal_cost_per_parcel", false),
        ] {
            let frame = ranges::Frame {
                price,
                saves,
                bound: proof.bound,
                cost: totals.cost,
            };
            if let Some(table) = table {
                ranges::check(table, frame, &mut self.failures);
            }
        }
    }

    fn result(self, files: &Files, totals: &Totals, proof: &Proof) -> Verification {
        let (failures, failure_counts) = self.failures.into_parts();
        let planned = &totals.fates[..self.schedule.instance.demands.len()];
        let sum = |of: fn(&Fate) -> i128| {
            let sum: i128 = planned.iter().map(of).sum();
            i64::try_from(sum).unwrap_or(i64::MAX)
        };
        let proven = match proof.bound {
            None => Proven::Nothing,
            Some(bound) => Proven::Bound {
                bound: decimal::text(bound, 6),
                gap: decimal::text(gap(totals.cost, bound), 12),
            },
        };
        Verification {
            holds: failure_counts.is_empty(),
            failures,
            failure_counts,
            read: files.names(),
            by_hand: files.run.is_none(),
            currency: self.schedule.instance.settings.currency.clone(),
            cost: decimal::text(totals.cost, 6),
            proven,
            parcels: sum(|fate| fate.parcels),
            on_time: sum(|fate| fate.on_time),
            late: sum(|fate| fate.late),
            unserved: sum(|fate| fate.unserved),
        }
    }
}
