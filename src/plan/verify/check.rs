//! The check from beginning to end.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde::Serialize;

use crate::instance::{Changes, Horizon, Instance, KEPT, ServiceId, Tables};
use crate::program::formulation::FormulationError;

use super::allocation::{self, Reader, Release};
use super::bottlenecks;
use super::branches;
use super::capacity;
use super::choices;
use super::decimal;
use super::expected::{self, Costed, Fate, Frame};
use super::failure::{At, Failure, Failures, shown};
use super::figures::{self, full_costs, gap};
use super::ledger::{Ledger, Shipment};
use super::limits;
use super::proof::{Layout, Proof};
use super::ranges::{self, Together};
use super::reading::{self, ReadError, Source, Table};
use super::reasons::{self, Truth};
use super::run::{self, Run};
use super::sales::Sales;
use super::schedule::{Key, Schedule};
use super::stated;
use super::summaries;
use super::tables::{self, ExpectedRow, Rigour};

/// Runs of services that do not run after all, by service and day: in a typical week in no week.
pub type Cancelled = BTreeSet<(ServiceId, i64)>;

/// Nothing is cancelled.
static NONE_CANCELLED: Cancelled = Cancelled::new();

/// How to check.
#[derive(Clone, Copy, Debug)]
pub struct Options<'a> {
    /// How many failures of each table are kept; the rest is counted.
    pub failures_per_table: u64,
    /// Whether a plan may be without `run.json`, as somebody makes it by hand; else that is a
    /// failure.
    pub by_hand: bool,
    /// Whether a plan may break capacities and hard limits where its `run.json` says that it is not
    /// feasible; else that is a failure whatever is said.
    pub infeasible: bool,
    /// Runs beyond those of the instance's events that nobody may ride and nobody pays for.
    pub cancelled: &'a Cancelled,
    /// The tables of the instance, where they are at hand: then the cells that have changed since are
    /// named.
    pub now: Option<&'a Tables>,
}

impl Default for Options<'_> {
    fn default() -> Self {
        Self {
            failures_per_table: 20,
            by_hand: false,
            infeasible: false,
            cancelled: &NONE_CANCELLED,
            now: None,
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
    /// What was not checked, or only for whether it can be, a sentence each.
    pub unchecked: Vec<String>,
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
    options: &Options<'_>,
) -> Result<Verification, VerifyError> {
    check(Source::Folder(folder), instance, options)
}

/// Checks a plan that is not written yet: `files` by name, as they would be written.
///
/// # Errors
/// As for [`verify`].
pub fn verify_files(
    files: &BTreeMap<String, Vec<u8>>,
    instance: &Instance,
    options: &Options<'_>,
) -> Result<Verification, VerifyError> {
    check(Source::Memory(files), instance, options)
}

fn check(
    source: Source<'_>,
    instance: &Instance,
    options: &Options<'_>,
) -> Result<Verification, VerifyError> {
    let files = Files::read(source)?;
    let mut failures = Failures::keeping(options.failures_per_table);
    let infeasible = |run: &Run| run.get("status.feasible") == Some("false");
    if options.infeasible && files.run.as_ref().is_some_and(infeasible) {
        failures = failures.of_an_infeasible_plan();
    }
    for table in files.tables() {
        tables::check_head(table, &mut failures);
    }
    match &files.run {
        Some(run) => {
            run.check_form(&mut failures);
            let changes = options.now.map(|now| files.changes(run, now));
            run.check_inputs(&instance.hashes, changes.as_ref(), &mut failures);
            if let Some(now) = options.now {
                files.check_kept(run, now, &mut failures);
            }
            run.check_text("scenario", instance.scenario.as_deref(), &mut failures);
        }
        None if options.by_hand => {}
        None => failures.add(run::at("").row(
            "the file is missing: a plan that railair made has one, and without it nothing that \
             is missing is found",
        )),
    }
    let layout = needs_layout(instance, &files)
        .then(|| Layout::without(instance, options.cancelled))
        .transpose()?;
    let frame = layout.as_ref().map(Layout::frame).unwrap_or_default();
    let mut checker = Checker::new(instance, &files, frame, failures);
    checker.schedule.cancel(options.cancelled);
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
    let planned = checker
        .shipments
        .iter()
        .filter(|shipment| shipment.reported);
    let ledger = Ledger::new(&checker.schedule, planned);
    let stated = stated::units(files.departures.as_ref(), &checker.schedule);
    let sales = Sales::new(&mut checker.schedule, &ledger, &checker.frame, &stated);
    // what competes after the planned weeks takes room, and stands in no figure
    let all_ledger = Ledger::new(&checker.schedule, checker.shipments.iter());
    let stated = sales.units(&mut checker.schedule);
    let all_sales = Sales::new(&mut checker.schedule, &all_ledger, &checker.frame, &stated);
    let all = (&all_sales, &all_ledger);
    let totals = checker.tables(&files, (&sales, &ledger), all, &proof);
    proof.leave_out(totals.tail_cost);
    let as_bought = layout.as_ref().and_then(|layout| {
        choices::proven_as_bought(layout, &proof, &mut checker.schedule, &all_sales)
    });
    let ranges = checker.ranges(&files, &totals, &proof, (&all_sales, as_bought));
    let mut unchecked = choices::Unchecked::default();
    if let Some(layout) = &layout {
        let context = choices::Context {
            layout,
            proof: &proof,
            cost: totals.cost,
            cost_of_all: totals.cost + totals.tail_cost,
            run: files.run.as_ref(),
        };
        let (schedule, failures) = (&mut checker.schedule, &mut checker.failures);
        if let (Some(table), Some(_)) = (&files.demand, &files.run) {
            let parcels = (&*checker.shipments, &*checker.releases, &*checker.carried);
            let mut truth = Truth::new(schedule, all, (&proof.prices, layout), parcels);
            truth.check(table, failures);
        }
        let table = files.choices.as_ref();
        unchecked = choices::check(&context, table, schedule, (&sales, &all_sales), failures);
    }
    if let Some(run) = &files.run {
        figures::check(&mut checker, run, files.prices.is_some(), &totals, &proof);
        let (schedule, failures) = (&mut checker.schedule, &mut checker.failures);
        summaries::check(schedule, (&sales, &checker.shipments), run, failures);
        let (plan, limits) = ((&sales, &ledger), &totals.limit_rows);
        bottlenecks::check(schedule, plan, &proof.prices, limits, run, failures);
    }
    let unchecked = in_words(&files, ranges, unchecked);
    Ok(checker.result(&files, &totals, &proof, unchecked))
}

/// What was not checked, or only for whether it can be, a sentence each.
fn in_words(files: &Files, ranges: usize, choices: choices::Unchecked) -> Vec<String> {
    let mut words = Vec::new();
    if files.run.is_some() {
        words.push(
            "what run.json says of engine, options, time, rounds, nodes and linear programs"
                .to_owned(),
        );
    }
    let mut count = |number: usize, what: &str| {
        if number > 0 {
            words.push(format!("{number} {what}"));
        }
    };
    let solved = "come of solving again: whether they can be is checked, not whether they are";
    count(
        choices.costs,
        &format!("costs of other purchases in choices.csv {solved}"),
    );
    count(
        choices.blank,
        "costs of other purchases in choices.csv are blank: what they would be, nobody says",
    );
    count(ranges, &format!("ranges of prices {solved}"));
    words
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
    pub(super) departures: Option<Table>,
    handling: Option<Table>,
    demand: Option<Table>,
    limits: Option<Table>,
    purchases: Option<Table>,
    purchases_tail: Option<Table>,
    prices: Option<Table>,
    branches: Option<Table>,
    branch_prices: Option<Table>,
    choices: Option<Table>,
    pub(super) run: Option<Run>,
    /// The text of the tables that it was made from.
    inputs: Option<String>,
}

impl Files {
    pub(super) fn read(source: Source<'_>) -> Result<Self, ReadError> {
        let allocation = Table::of(source, "allocation.csv")?;
        Ok(Self {
            allocation: allocation.ok_or_else(|| ReadError::NoPlan {
                folder: source.folder(),
            })?,
            tail: Table::of(source, "allocation_tail.csv")?,
            departures: Table::of(source, "departures.csv")?,
            handling: Table::of(source, "handling.csv")?,
            demand: Table::of(source, "demand.csv")?,
            limits: Table::of(source, "limits.csv")?,
            purchases: Table::of(source, "purchases.csv")?,
            purchases_tail: Table::of(source, "purchases_tail.csv")?,
            prices: Table::of(source, "prices.csv")?,
            branches: Table::of(source, "branches.csv")?,
            branch_prices: Table::of(source, "branch_prices.csv")?,
            choices: Table::of(source, "choices.csv")?,
            run: Run::read(source)?,
            inputs: read_inputs(source)?,
        })
    }

    /// What has changed in the instance since the plan was made.
    fn changes(&self, run: &Run, now: &Tables) -> Changes {
        let then = self.inputs.as_deref().and_then(Tables::kept);
        Changes::since(&run.inputs(), then.as_ref(), now)
    }

    /// Tables that were kept are those of the instance where the hashes are.
    fn check_kept(&self, run: &Run, now: &Tables, failures: &mut Failures) {
        let Some(text) = &self.inputs else {
            return;
        };
        let at = At {
            table: KEPT,
            row: None,
            key: "",
        };
        let Some(then) = Tables::kept(text) else {
            failures.add(at.row("it is not what a plan keeps of its instance"));
            return;
        };
        let (hashes, hashes_now) = (run.inputs(), now.hashes());
        let is_same = |table: &str| {
            let now = hashes_now.iter().find(|(name, _)| name == table);
            now.map(|(_, hash)| hash) == hashes.get(table)
        };
        // what a scenario has made of a table is as it was where the scenarios are
        if !is_same("scenarios") {
            return;
        }
        for table in then.differing(now).iter().filter(|name| is_same(name)) {
            failures.add(at.row(format!(
                "its table {} is not the one that the plan was made from",
                shown(table)
            )));
        }
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

    /// All tables that are there.
    fn tables(&self) -> impl Iterator<Item = &Table> {
        let optional = [
            &self.tail,
            &self.departures,
            &self.handling,
            &self.demand,
            &self.limits,
            &self.purchases,
            &self.purchases_tail,
            &self.prices,
            &self.branches,
            &self.branch_prices,
            &self.choices,
        ];
        let optional = optional.into_iter().filter_map(Option::as_ref);
        [&self.allocation].into_iter().chain(optional)
    }

    fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = self.tables().map(|table| table.name.to_owned()).collect();
        names.extend(self.run.as_ref().map(|_| run::NAME.to_owned()));
        names.extend(self.inputs.as_ref().map(|_| KEPT.to_owned()));
        names
    }
}

fn read_inputs(source: Source<'_>) -> Result<Option<String>, ReadError> {
    let bytes = source.read(KEPT, reading::MOST_BYTES)?;
    Ok(bytes.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()))
}

/// Everything that the tables and `run.json` add up to.
pub(super) struct Totals {
    pub(super) fates: Vec<Fate>,
    pub(super) departures: Costed,
    pub(super) handling: Costed,
    pub(super) limits: i128,
    limit_rows: Vec<ExpectedRow>,
    pub(super) cost: i128,
    /// What more everything costs with what competes after the planned weeks.
    pub(super) tail_cost: i128,
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
        (sales, ledger): (&Sales<'_>, &Ledger),
        all: (&Sales<'_>, &Ledger),
        proof: &Proof,
    ) -> Totals {
        capacity::check(&mut self.schedule, all, &mut self.failures);
        let (schedule, frame, prices) = (&mut self.schedule, &self.frame, &proof.prices);
        let (departures, mut purchases) = expected::departures(schedule, sales, prices);
        let (handling, shifts) = expected::handling(schedule, ledger, frame, prices);
        purchases.extend(shifts);
        let (shipments, failures) = (&self.shipments, &mut self.failures);
        let both = (sales, all.0);
        let (limit_rows, limits) = limits::rows(schedule, shipments, both, prices, failures);
        let [limits, limits_of_all] = limits;
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
        let more = expected::purchases_tail(&mut self.schedule, (sales, ledger), all);
        if files.purchases_tail.is_some() || !more.is_empty() {
            let table = files.purchases_tail.as_ref();
            self.compare(table, "purchases_tail.csv", &runs, &more);
        }
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
        let own = |fate: &Fate| fate.additive.total() + fate.unserved_cost;
        let (later, planned) = match fates.split_last() {
            Some((later, planned)) => (own(later), planned),
            None => (0, &fates[..]),
        };
        let own: i128 = planned.iter().map(own).sum();
        let bought = expected::cost_of(&mut self.schedule, all);
        Totals {
            cost: own + departures.cost + handling.cost + limits,
            tail_cost: later + bought - departures.cost - handling.cost + limits_of_all - limits,
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

    /// Checks the ranges of prices, where the plan has them, and answers how many it has.
    fn ranges(
        &mut self,
        files: &Files,
        totals: &Totals,
        proof: &Proof,
        (sales, as_bought): (&Sales<'_>, Option<i128>),
    ) -> usize {
        let together = self.prices_of_units(sales, proof);
        let (nothing, shadow) = (Together::new(), "shadow_price_per_unit");
        let mut checked = 0;
        for (table, price, saves, together) in [
            (&files.departures, shadow, true, &together),
            (&files.handling, shadow, true, &nothing),
            (&files.limits, shadow, true, &nothing),
            (&files.demand, "marginal_cost_per_parcel", false, &nothing),
        ] {
            let frame = ranges::Frame {
                price,
                saves,
                // ranges are of the linear program, of which branches may prove more than holds
                bound: proof.by_prices,
                as_bought,
                cost: totals.cost,
                cost_of_all: totals.cost + totals.tail_cost,
                together,
            };
            if let Some(table) = table {
                checked += ranges::check(table, frame, &mut self.failures);
            }
        }
        checked
    }

    /// What one more unit is worth where it is not the price in a departure's row: with what limits
    /// make of it, and of a commitment on all of its departures, by the first of them.
    fn prices_of_units(&self, sales: &Sales<'_>, proof: &Proof) -> Together {
        let schedule = &self.schedule;
        let worth = |&key: &Key| {
            let leg = schedule.leg(key);
            let instance = schedule.instance;
            proof.prices.departure_with_limits(instance, leg, key)
        };
        let name = |&key: &Key| expected::departure_key(schedule, key);
        let alone = proof.prices.counted.keys();
        let alone = alone.map(|key| (name(key), worth(key)));
        let together = sales.commitments().iter();
        let together = together.map(|keys| (name(&keys[0]), keys.iter().map(worth).sum()));
        alone.chain(together).collect()
    }

    fn result(
        self,
        files: &Files,
        totals: &Totals,
        proof: &Proof,
        unchecked: Vec<String>,
    ) -> Verification {
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
            unchecked,
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
