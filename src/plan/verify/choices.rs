//! `choices.csv`: what the plan would cost with one whole unit less or more.
//!
//! Which choices there are, how many departures each binds and how many units are bought follows
//! from the instance and the plan, and is checked cell by cell. The costs come from solving again,
//! which the checker does not do. What it says of them without trust:
//!
//! | a cost | because |
//! |---|---|
//! | stands only where there is a unit to take away, or one more to have | |
//! | is at least the proven bound | that holds whatever is bought |
//! | is at least what `prices.csv` proves of all plans that buy this | any prices bound every program (see `Relaxed::bound`) |
//! | with one more is at most the cost of the plan and the price of the unit | it may fly empty, where no limit counts units |
//!
//! Costs are those of linear programs, solved to a share of the gap that was asked for; so far they
//! may be off.

use crate::program::Program;

use super::capacity;
use super::decimal;
use super::expected;
use super::failure::{At, Failures};
use super::proof::{Layout, Proof};
use super::reading::{Row, Table};
use super::relaxed::{self, Choice};
use super::run::{self, Run};
use super::sales::{Sale, Sales};
use super::schedule::Schedule;
use super::tables::{self, Expected, ExpectedRow, Rigour};
use crate::instance::UNIT_SCALE;

/// Linear programs of choices are solved to this share of the gap that was asked for, within these
/// bounds, in parts of 10¹²; twice that is allowed, for the cost before and after.
const SHARE: (i128, i128) = (2, 100);
const FINEST: i128 = 1_000;
const COARSEST: i128 = 100_000_000;

/// What choices are held against.
pub(super) struct Context<'a> {
    pub(super) layout: &'a Layout<'a>,
    pub(super) proof: &'a Proof,
    /// What the plan costs, in millionths of money.
    pub(super) cost: i128,
    /// The same with what competes after the planned weeks, which programs are solved with.
    pub(super) cost_of_all: i128,
    pub(super) run: Option<&'a Run>,
}

/// A decision on whole units as the plan took it.
struct Decision {
    column: usize,
    /// The first departure that it binds, or the tier and bucket of shifts, as the table names them.
    key: Vec<String>,
    /// How many departures it binds; none for shifts.
    departures: usize,
    /// Whether it is one of the planned weeks, and stands in the table.
    listed: bool,
    /// Millionths of a unit bought on each.
    units: i128,
    /// Units beyond the minimum, with those that only what competes after the planned weeks needs.
    beyond: i64,
}

/// What of the table nobody can check without solving again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Unchecked {
    /// Costs, which are known only to be possible.
    pub(super) costs: usize,
    /// Cells without a cost, though there is a unit to take away or one more to have.
    pub(super) blank: usize,
}

/// Checks the table and what `run.json` says of it, and says what is left.
pub(super) fn check(
    context: &Context<'_>,
    table: Option<&Table>,
    schedule: &mut Schedule<'_>,
    (planned, all): (&Sales<'_>, &Sales<'_>),
    failures: &mut Failures,
) -> Unchecked {
    let mut decisions = decisions(context.layout, schedule, all);
    let units = self::decisions(context.layout, schedule, planned);
    for (decision, planned) in decisions.iter_mut().zip(units) {
        decision.units = planned.units;
    }
    let searched = context
        .run
        .filter(|run| run.under("whole_units.").next().is_some());
    if let Some(run) = searched {
        if decisions.is_empty() {
            let none = run::at("whole_units").row("the instance has no whole units to decide");
            failures.add(none);
        }
        check_search(run, failures);
        check_as_bought(context, &decisions, run, failures);
    }
    let at = At {
        table: "choices.csv",
        row: None,
        key: "",
    };
    let Some(table) = table else {
        let some = decisions.iter().any(|decision| decision.listed);
        if some && context.run.is_some() {
            failures.add(at.row("the table is missing"));
        }
        return Unchecked::default();
    };
    let rigour = match context.run {
        Some(_) => Rigour::Complete,
        None => Rigour::WhatIsThere,
    };
    let listed: Vec<&Decision> = decisions.iter().filter(|one| one.listed).collect();
    let rows: Vec<ExpectedRow> = listed
        .iter()
        .map(|decision| ExpectedRow {
            key: decision.key.clone(),
            cells: vec![
                (
                    "departures",
                    Expected::Number(decision.departures as i128, 0),
                ),
                ("units", Expected::Number(decision.units, 6)),
            ],
            required: true,
        })
        .collect();
    let keys = ["service", "leg", "run"];
    tables::compare(table, &keys, &rows, rigour, failures);
    let found = costs(context, table, (&decisions, &listed), &rows, failures);
    match searched {
        Some(run) => check_judged(run, listed.len(), found.judged, failures),
        None if found.judged > 0 && context.run.is_some() => {
            failures.add(at.row("costs of other purchases come of a search, and there was none"));
        }
        None => {}
    }
    found.unchecked
}

/// How many choices were judged and how many not: together all, or none where nobody asked. One may
/// be judged and have no cost, where neither less nor more is possible.
fn check_judged(run: &Run, decisions: usize, with_cost: usize, failures: &mut Failures) {
    let (key, rest) = (
        "whole_units.judged_by_solving_again",
        "whole_units.not_judged",
    );
    let (Some(judged), Some(not_judged)) = (run.number(key, 0), run.number(rest, 0)) else {
        // which was said already
        return;
    };
    let (all, least) = (decisions as i128, with_cost as i128);
    if !(least..=all).contains(&judged) {
        let expected = format!("from {least} to {all}");
        failures.add(run::at(key).cell(key, &judged.to_string(), &expected));
    } else if (judged, not_judged) != (0, 0) && judged + not_judged != all {
        failures.add(run::at(rest).number(rest, not_judged, all - judged, 0));
    }
}

/// Every decision on whole units, and what the plan buys.
fn decisions(layout: &Layout<'_>, schedule: &mut Schedule<'_>, sales: &Sales<'_>) -> Vec<Decision> {
    let mut decisions = Vec::new();
    for (column, keys) in layout.choices() {
        let first = keys[0];
        let Some(Sale { space, .. }) = sales.of(schedule, first) else {
            continue;
        };
        let units = space.units;
        let beyond = (units - space.minimum) / i128::from(UNIT_SCALE);
        decisions.push(Decision {
            column,
            key: expected::departure_key(schedule, first),
            departures: keys.len(),
            listed: expected::is_counted(schedule.instance, first.2),
            units,
            beyond: i64::try_from(beyond).unwrap_or(i64::MAX),
        });
    }
    for (column, (index, day), tier) in layout.shifts() {
        let step = &schedule.instance.handling[index];
        let capacities = capacity::tier_capacities(schedule, step, day);
        let load = sales.bucket((index, day));
        let handled = capacity::handled(step, &capacities, load.measured(step.measure));
        let count = handled.shifts[tier];
        decisions.push(Decision {
            column,
            key: expected::shift_key(schedule, (index, day), tier),
            departures: 0,
            listed: expected::is_planned(schedule.instance, day),
            units: count * i128::from(UNIT_SCALE),
            beyond: i64::try_from(count).unwrap_or(i64::MAX),
        });
    }
    decisions
}

/// The choices of which only what the plan buys is left.
fn as_bought(program: &Program, decisions: &[Decision]) -> Vec<Choice> {
    let mut bought = relaxed::all_choices(program);
    for decision in decisions {
        bought[decision.column] = (decision.beyond, Some(decision.beyond));
    }
    bought
}

/// What the prices prove of all plans that buy the same.
pub(super) fn proven_as_bought(
    layout: &Layout<'_>,
    proof: &Proof,
    schedule: &mut Schedule<'_>,
    sales: &Sales<'_>,
) -> Option<i128> {
    let bought = as_bought(layout.program(), &decisions(layout, schedule, sales));
    proof.relaxed.as_ref()?.bound(&bought).ok()
}

/// Checks what is said to be proven of all plans that buy the same.
fn check_as_bought(
    context: &Context<'_>,
    decisions: &[Decision],
    run: &Run,
    failures: &mut Failures,
) {
    let key = "whole_units.bound_as_bought";
    let bought = as_bought(context.layout.program(), decisions);
    let relaxed = context.proof.relaxed.as_ref();
    // nothing is said of what only a plan that breaks nothing can buy
    let feasible = failures.feasible();
    match relaxed.and_then(|relaxed| relaxed.bound(&bought).ok()) {
        Some(_) if !feasible => run.check_text(key, None, failures),
        Some(proven) => run.check(key, proven, 6, failures),
        None => run.check_text(key, None, failures),
    }
}

/// What the cells with costs come to.
#[derive(Default)]
struct Found {
    /// Decisions with a cost.
    judged: usize,
    unchecked: Unchecked,
}

/// Checks the costs.
fn costs(
    context: &Context<'_>,
    table: &Table,
    (decisions, listed): (&[Decision], &[&Decision]),
    names: &[ExpectedRow],
    failures: &mut Failures,
) -> Found {
    let columns = [
        "service",
        "leg",
        "run",
        "cost_with_one_less",
        "cost_with_one_more",
    ];
    let mut found = Found::default();
    let [Some(service), Some(leg), Some(run), Some(less), Some(more)] =
        columns.map(|name| table.column(name))
    else {
        if context.run.is_some() {
            tables::check_columns(table, &columns, failures);
        }
        return found;
    };
    let program = context.layout.program();
    let mut bought = as_bought(program, decisions);
    for row in &table.rows {
        let key = [service, leg, run].map(|at| row.cells[at].to_owned());
        let Some(at) = names.iter().position(|name| name.key == key) else {
            continue;
        };
        let changes = [(less, -1), (more, 1)].map(|(column, by)| Change {
            column: listed[at].column,
            by,
            cell: &row.cells[column],
        });
        found.judged += usize::from(changes.iter().any(|change| !change.cell.is_empty()));
        for change in changes {
            if !change.cell.is_empty() {
                found.unchecked.costs += 1;
                let place = (table, row);
                check_cost(context, program, &mut bought, change, place, failures);
            } else if change.is_possible(program, &bought) {
                found.unchecked.blank += 1;
            }
        }
    }
    found
}

/// One unit less or more of one decision, and the cell with its cost.
struct Change<'a> {
    column: usize,
    by: i64,
    cell: &'a str,
}

impl Change<'_> {
    /// Whether there is a unit to take away, or one more to have.
    fn is_possible(&self, program: &Program, bought: &[Choice]) -> bool {
        let units = bought[self.column].0 + self.by;
        let upper = program.columns[self.column].upper;
        units >= 0 && upper.is_none_or(|upper| units <= upper)
    }
}

fn check_cost(
    context: &Context<'_>,
    program: &Program,
    bought: &mut [Choice],
    change: Change<'_>,
    (table, row): (&Table, &Row),
    failures: &mut Failures,
) {
    let at = At {
        table: table.name,
        row: Some(row.line),
        key: "",
    };
    let (name, what) = match change.by {
        1 => ("cost_with_one_more", "one unit more"),
        _ => ("cost_with_one_less", "one unit less"),
    };
    let Some(cost) = table.number(change.cell, 6) else {
        failures.add(at.cell(name, change.cell, "a cost"));
        return;
    };
    if !change.is_possible(program, bought) {
        failures.add(at.cell(name, change.cell, ""));
        return;
    }
    let column = &program.columns[change.column];
    let before = bought[change.column];
    let units = before.0 + change.by;
    bought[change.column] = (units, Some(units));
    let by_prices = context
        .proof
        .relaxed
        .as_ref()
        .and_then(|relaxed| relaxed.bound(bought).ok());
    bought[change.column] = before;
    let hair = hair(context);
    let least = by_prices.into_iter().chain(context.proof.bound).max();
    // a plan that breaks something may cost less than any that breaks nothing, and so may others
    let least = least.filter(|_| failures.feasible());
    if let Some(least) = least.filter(|&least| cost < least - hair) {
        let (cost, least) = (decimal::text(cost, 6), decimal::text(least, 6));
        failures.add(at.row(format!(
            "{name} is {cost}, but with {what} no plan costs less than {least}"
        )));
    }
    let is_counted = column.entries.iter().any(|&(_, amount)| amount > 0);
    let most = context.cost + i128::from(column.cost);
    if change.by > 0 && !is_counted && cost > most + hair {
        let (cost, most) = (decimal::text(cost, 6), decimal::text(most, 6));
        failures.add(at.row(format!(
            "{name} is {cost}, but left empty the unit makes it {most}"
        )));
    }
}

/// How far costs of choices may be off.
fn hair(context: &Context<'_>) -> i128 {
    let wanted = context.run.and_then(|run| run.number("gap_wanted", 12));
    let share = wanted.unwrap_or(COARSEST).saturating_mul(SHARE.0) / SHARE.1;
    let share = share.clamp(FINEST, COARSEST);
    2 * (context.cost_of_all.abs().saturating_mul(share) / 1_000_000_000_000 + 1)
}

/// Whether what `run.json` says of the search can be.
fn check_search(run: &Run, failures: &mut Failures) {
    run.check_text("whole_units.proof", Some("branches.csv"), failures);
    let number = |key: &str, places| run.number(key, places);
    for key in [
        "nodes",
        "linear_programs",
        "judged_by_solving_again",
        "not_judged",
    ] {
        let key = format!("whole_units.{key}");
        if number(&key, 0).is_none_or(|number| number < 0) {
            let found = run.get(&key).unwrap_or_default();
            failures.add(run::at(&key).cell(&key, found, "a whole number"));
        }
    }
    // a search only ever proves more than its first linear program
    let (root, bound) = ("whole_units.root_bound", number("bound", 6));
    if let (Some(found), Some(bound)) = (number(root, 6), bound)
        && found > bound
    {
        let mut failure = run::at(root).number(root, found, bound, 6);
        failure.message = format!(
            "the first linear program is said to prove {}, more than the whole search",
            decimal::text(found, 6)
        );
        failures.add(failure);
    }
}
