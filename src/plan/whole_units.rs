//! From a program with whole units to a plan: choices, prices with the choices fixed, the proof by
//! branches, and what each choice is worth.
//!
//! Prices of whole things mislead: an aircraft that flies half full has a price of zero for room.
//! So each optional unit is judged by solving again with one unit less and with one more, all
//! other units as they are, what is bought before what is not, dearest first. How many are judged
//! is limited by [`MOST`] and by work counted without a clock ([`Again::work`](integer::Again::work)),
//! in proportion to the time limit; the clock only ends what takes longer all the same.

use std::collections::BTreeSet;
use std::time::Instant;

use crate::engine::integer::{self, Domain, IntegerSolution, ParcelSearch};
use crate::engine::whole::{self, WholeSolution};
use crate::engine::{EngineError, Options, Solution, Stop};
use crate::program::Program;
use crate::program::bound::{self, BoundError, Prices};
use crate::program::flows::{Flow, with_flows};
use crate::program::formulation::{ColumnMeaning, ProgramNames};
use crate::program::links;

use super::assembly::Parts;
use super::planner::{WORK, Watch};
use super::rows::{BranchPriceRow, BranchRow};
use super::{handling, prices, shifts};

/// How many optional units are judged by solving again, at most.
pub const MOST: usize = 400;
/// Branches of a search for whole parcels that are written down, at most.
const READABLE: usize = 1_000;
/// What of the time limit is kept for whole parcels.
const KEPT: f64 = 0.1;
/// What of the time limit is kept for judging units.
const JUDGING: f64 = 0.15;
/// Work per second of that: all 76 choices of the peak of 2019, 4.5e9, are within what the default
/// time limit allows. A busy machine may be slower, and then the clock decides.
const WORK_PER_SECOND: f64 = 6e8;

/// What was decided, and why.
#[derive(Debug)]
pub(super) struct Decided {
    /// The answer of the integer program.
    pub solution: Solution,
    /// In whole parcels.
    pub answer: WholeSolution,
    /// The proof.
    pub proof: IntegerSolution,
    /// What the search for a better plan in whole parcels proves, where there was one.
    pub in_parcels: Option<IntegerSolution>,
    /// What was found instead, where that is no plan in whole parcels.
    pub no_plan: Option<ParcelSearch>,
    /// What the linear program with the choices fixed costs, and its prices.
    pub fixed: Option<Solution>,
    /// The whole columns as they are paid for.
    pub values: Vec<i64>,
    /// Per whole column that was judged: its place, the cost with one unit less and with one more,
    /// each against the plan's.
    pub judged: Vec<Judged>,
    /// How many whole columns that could have been judged were not.
    pub not_judged: usize,
}

/// What the plan would cost with other choices for one column, less what it costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Judged {
    /// Which column of the program.
    pub column: usize,
    /// With one unit less; `None` where there is none to take away.
    pub less: Option<i64>,
    /// With one more; `None` where there is no more.
    pub more: Option<i64>,
}

/// Decides whole units, then whole parcels on what was decided.
pub(super) fn decide(
    parts: Parts<'_>,
    options: &Options,
    watch: &mut Watch,
) -> Result<Decided, EngineError> {
    let program = &parts.formulation.program;
    let options = options.for_whole_units();
    let share = |share| options.time_limit.map(|limit| limit.mul_f64(share));
    let searching = Options {
        time_limit: share(1.0 - KEPT - JUDGING),
        ..options.clone()
    };
    let begun = Instant::now();
    let mut proof = integer::solve(program, &searching)?;
    let solution = proof.solution.clone();
    if solution.stop == Stop::Infeasible || (!solution.feasible && solution.flows.is_empty()) {
        watch.lap("solve");
        return Ok(Decided {
            answer: whole::round_within(program, &solution, &options)?,
            solution,
            proof,
            in_parcels: None,
            no_plan: None,
            fixed: None,
            values: Vec::new(),
            judged: Vec::new(),
            not_judged: 0,
        });
    }
    let bounded = bounded(program, &solution);
    let rounding = Options {
        time_limit: share(1.0 - JUDGING),
        ..options.clone()
    };
    proof.again.restart(&rounding.after(begun.elapsed()));
    // the search needs linear programs only as near to their least cost as tells choices apart
    let refined = match solution.stop {
        Stop::Finished => proof.again.solve_finely(&Domain::only(&proof.choices))?,
        _ => None,
    };
    let refined = refined.filter(|refined| refined.stop == Stop::Finished);
    watch.lap("solve");
    let rounding = rounding.after(begun.elapsed());
    let fractional = refined.as_ref().unwrap_or(&solution);
    let answer = whole::round_within(&bounded, fractional, &rounding)?;
    watch.lap("whole parcels");
    let rounding = rounding.after(begun.elapsed());
    let found = search_parcels(program, &proof, answer, &rounding)?;
    watch.lap("search");
    if !found.best.is_feasible() {
        return Ok(Decided {
            answer: found.best.clone(),
            no_plan: Some(found),
            solution,
            proof,
            in_parcels: None,
            fixed: None,
            values: Vec::new(),
            judged: Vec::new(),
            not_judged: 0,
        });
    }
    let answer = whole::hasten(program, found.best, &fractional.prices)?;
    let in_parcels = found.proof;
    // what whole parcels need, which is what is paid for
    let values = values(parts, &answer);
    proof.again.restart(&options.after(begun.elapsed()));
    let fixed = match refined {
        Some(refined) if values == proof.choices => Some(refined),
        _ => proof.again.solve_finely(&Domain::only(&values))?,
    };
    proof.again.start_from_here();
    let allowed = share(JUDGING).map(|time| (time.as_secs_f64() * WORK_PER_SECOND) as u64);
    let choices = choices(parts, &values);
    let judged = match &fixed {
        Some(fixed) if fixed.stop == Stop::Finished => {
            judge(program, &mut proof, &values, &choices, fixed, allowed)?
        }
        _ => Vec::new(),
    };
    watch.lap("judging");
    Ok(Decided {
        solution,
        answer,
        proof,
        in_parcels,
        no_plan: None,
        fixed,
        values,
        not_judged: choices.len() - judged.len(),
        judged,
    })
}

/// Looks for a better plan in whole parcels, with other whole units too.
fn search_parcels(
    program: &Program,
    proof: &IntegerSolution,
    answer: WholeSolution,
    options: &Options,
) -> Result<ParcelSearch, EngineError> {
    if !whole::is_improvable(&proof.solution, &answer) {
        return Ok(ParcelSearch::nothing(answer));
    }
    // those of the root, which are about all choices
    let mut prices = vec![0.0; program.rows.len()];
    for &(row, price) in proof.prices.first().into_iter().flatten() {
        if let Some(known) = prices.get_mut(row as usize) {
            *known = price as f64 / Prices::DENOMINATOR as f64;
        }
    }
    let found = integer::search_parcels(program, &prices, &answer, WORK, options)?;
    Ok(found.unwrap_or_else(|| ParcelSearch::nothing(answer)))
}

/// The program with no more whole units than were decided on.
fn bounded(program: &Program, solution: &Solution) -> Program {
    let mut bounded = program.clone();
    if !solution.feasible {
        return bounded;
    }
    for (column, value) in bounded.columns.iter_mut().zip(&solution.columns) {
        if column.whole {
            column.upper = Some(value.round() as i64);
        }
    }
    bounded
}

/// The whole columns of an answer, as they are paid for.
fn values(parts: Parts<'_>, answer: &WholeSolution) -> Vec<i64> {
    let program = &parts.formulation.program;
    let mut values: Vec<i64> = (answer.columns.iter())
        .map(|&bought| (bought / 1_000_000) as i64)
        .collect();
    let used = shifts::work(parts, answer);
    for decided in shifts::decided(parts, &used) {
        values[decided.column as usize] = decided.count;
    }
    let columns = program.columns.iter().zip(values);
    columns
        .filter(|(column, _)| column.whole)
        .map(|(_, value)| value)
        .collect()
}

/// What can be judged, as places among the whole columns and columns: decisions of the planned weeks,
/// what is bought before what is not, dearest first.
fn choices(parts: Parts<'_>, values: &[i64]) -> Vec<(usize, usize)> {
    let program = &parts.formulation.program;
    let planned = |column: usize| match parts.formulation.columns[column] {
        ColumnMeaning::Units(id) => parts.network.departures[id.at()].reported,
        ColumnMeaning::Tier { bucket, .. } => handling::is_planned(parts, bucket),
        ColumnMeaning::Violation { .. } => false,
    };
    let columns = program.columns.iter().enumerate();
    let mut choices: Vec<(usize, usize)> = columns
        .filter(|(_, column)| column.whole)
        .map(|(index, _)| index)
        .enumerate()
        .filter(|&(_, column)| program.columns[column].upper != Some(0) && planned(column))
        .collect();
    choices.sort_by_key(|&(place, column)| {
        let cost = program.columns[column].cost;
        (values[place] == 0, std::cmp::Reverse(cost), column)
    });
    choices
}

/// Solves again with one unit less and one more of each choice, until the work that is `allowed` is
/// done or the time is up.
fn judge(
    program: &Program,
    proof: &mut IntegerSolution,
    values: &[i64],
    choices: &[(usize, usize)],
    fixed: &Solution,
    allowed: Option<u64>,
) -> Result<Vec<Judged>, EngineError> {
    let before = proof.again.work();
    let mut judged = Vec::new();
    for &(place, column) in choices.iter().take(MOST) {
        let is_spent = allowed.is_some_and(|allowed| proof.again.work() - before >= allowed);
        if is_spent || proof.again.stop().is_some() {
            break;
        }
        let mut with = |value: i64| -> Result<Option<(i64, Stop)>, EngineError> {
            let mut changed = values.to_vec();
            changed[place] = value;
            let solution = proof.again.solve(&Domain::only(&changed))?;
            Ok(solution.map(|s| ((s.cost - fixed.cost).round() as i64, s.stop)))
        };
        let value = values[place];
        let less = if value > 0 { with(value - 1)? } else { None };
        let has_more = (program.columns[column].upper).is_none_or(|upper| value < upper);
        let more = if has_more { with(value + 1)? } else { None };
        let stops = [less, more].map(|side| side.map_or(Stop::Finished, |(_, stop)| stop));
        if stops.contains(&Stop::TimeLimit) || stops.contains(&Stop::Interrupted) {
            break;
        }
        // a cost that is not proven to be the least says nothing of what a unit is worth
        if stops != [Stop::Finished; 2] {
            continue;
        }
        judged.push(Judged {
            column,
            less: less.map(|(cost, _)| cost),
            more: more.map(|(cost, _)| cost),
        });
    }
    Ok(judged)
}

/// The tables `branches` and `branch_prices`.
pub(super) fn tables(
    names: &ProgramNames<'_>,
    program: &Program,
    proof: &IntegerSolution,
) -> (Vec<BranchRow>, Vec<BranchPriceRow>) {
    let searched = Searched::new(names, program, proof);
    let all = searched.all();
    let mut branches = Vec::new();
    let mut used = BTreeSet::new();
    let mut names_a_flow = false;
    for (number, leaf) in proof.leaves.iter().enumerate() {
        let set = leaf.prices;
        used.insert(set);
        let row = |what: String, at_least, at_most| BranchRow {
            branch: number + 1,
            prices: set + 1,
            what,
            at_least,
            at_most,
        };
        let before = branches.len();
        for (place, (range, free)) in leaf.domain.0.iter().zip(&all.0).enumerate() {
            if range != free {
                names_a_flow |= searched.is_flow(place);
                let at_least = (range.lower > free.lower).then_some(range.lower);
                let at_most = range.upper.filter(|_| range.upper != free.upper);
                branches.push(row(searched.column(place), at_least, at_most));
            }
        }
        if branches.len() == before {
            branches.push(row(String::new(), None, None));
        }
    }
    let mut lines = Vec::new();
    for set in used {
        for &(row, price) in &proof.prices[set] {
            names_a_flow |= searched.is_of_flow(row as usize);
            let (kind, name) = searched.row(row as usize);
            lines.push(BranchPriceRow {
                prices: set + 1,
                kind,
                name,
                price,
            });
        }
    }
    // releases are kept apart where some price speaks of a link
    let is_link = |line: &BranchPriceRow| line.kind == "link";
    if let (true, Some(leaf)) = (searched.links > 0, proof.leaves.first())
        && !lines.iter().any(is_link)
    {
        lines.push(BranchPriceRow {
            prices: leaf.prices + 1,
            kind: "link",
            name: "1".to_owned(),
            price: 0,
        });
    }
    // parcels are whole where branches or prices speak of flows
    if let (false, Some(flow)) = (names_a_flow, searched.flows.first()) {
        branches.push(BranchRow {
            branch: 1,
            prices: proof.leaves.first().map_or(0, |leaf| leaf.prices) + 1,
            what: flow.clone(),
            at_least: None,
            at_most: None,
        });
        branches.sort_by_key(|row| row.branch);
    }
    (branches, lines)
}

/// The program that a search was about, to name what it decided and priced.
struct Searched<'a> {
    names: &'a ProgramNames<'a>,
    own_rows: usize,
    links: usize,
    /// Names of the whole columns, those of flows last.
    columns: Vec<String>,
    flows: Vec<String>,
    /// All that the whole columns may be.
    all: Domain,
}

impl<'a> Searched<'a> {
    fn new(names: &'a ProgramNames<'a>, program: &Program, proof: &IntegerSolution) -> Self {
        let linked;
        let base = if proof.linked {
            linked = links::linked(program).0;
            &linked
        } else {
            program
        };
        let with = with_flows(base, &proof.flows);
        let named = |flow: &Flow| {
            let name = names.flow(&base.releases, proof.linked, *flow);
            name.unwrap_or_default()
        };
        let flows: Vec<String> = proof.flows.iter().map(named).collect();
        let whole = program.columns.iter().enumerate().filter(|(_, c)| c.whole);
        let own = whole.map(|(index, _)| names.column(index));
        Self {
            names,
            own_rows: program.rows.len(),
            links: base.rows.len() - program.rows.len(),
            columns: own.chain(flows.iter().cloned()).collect(),
            flows,
            all: Domain::of(&with.program),
        }
    }

    fn all(&self) -> &Domain {
        &self.all
    }

    fn column(&self, place: usize) -> String {
        self.columns[place].clone()
    }

    /// Whether a whole column is a flow.
    fn is_flow(&self, place: usize) -> bool {
        place >= self.columns.len() - self.flows.len()
    }

    /// Whether a row is one of a flow.
    fn is_of_flow(&self, row: usize) -> bool {
        row >= self.own_rows + self.links
    }

    /// The kind and the name under which the price of a row stands.
    fn row(&self, row: usize) -> (&'static str, String) {
        let Some(added) = row.checked_sub(self.own_rows) else {
            return prices::label(self.names, row);
        };
        match added.checked_sub(self.links) {
            None => ("link", (added + 1).to_string()),
            Some(of_flow) => {
                let kind = if of_flow % 2 == 0 {
                    "flow_most"
                } else {
                    "flow_least"
                };
                (kind, self.flows[of_flow / 2].clone())
            }
        }
    }
}

/// What the branches prove by their prices.
pub(super) fn bound(proof: &IntegerSolution) -> Option<i128> {
    proof.leaves.iter().map(|leaf| leaf.by_prices).min()
}

/// The same of a search for whole parcels, where its branches are few enough to be written down and
/// read: a tree that did not close proves hardly more than its root, in a hundred thousand rows.
pub(super) fn readable_bound(proof: &IntegerSolution) -> Option<i128> {
    bound(proof).filter(|_| proof.leaves.len() <= READABLE)
}

/// What `prices` prove of all plans with the choices of the answer; `None` where it is no plan.
pub(super) fn bound_as_bought(
    program: &Program,
    decided: &Decided,
    prices: &Prices,
) -> Result<Option<i128>, BoundError> {
    if !decided.answer.is_feasible() || decided.values.is_empty() {
        return Ok(None);
    }
    let mut bought = program.clone();
    Domain::only(&decided.values).apply(program, &mut bought);
    Ok(bound::lagrangian(&bought, prices)?.value())
}

/// The exact prices with the choices fixed.
pub(super) fn exact_prices(decided: &Decided) -> Prices {
    let solution = decided.fixed.as_ref().unwrap_or(&decided.solution);
    Prices::round(&solution.prices)
}
