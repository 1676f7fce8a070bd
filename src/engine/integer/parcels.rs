//! The search for the best plan in whole parcels.
//!
//! Rounding a linear program's answer loses little where parcels are many and nearly everything where
//! they are few. So what rounding leaves open is searched: the tree of [`super`], in which besides
//! whole columns the [flows](crate::program::flows) of groups on arcs are branched on. Every node's
//! answer is rounded to whole parcels, exactly, so that plans are found long before the tree closes;
//! what the leaves prove holds whether it closes or not.
//!
//! Only arcs on which a cheaper plan could travel are branched on: with prices that prove a bound L
//! and a plan that costs U, a path whose reduced cost is more than U − L is in no cheaper plan. Where
//! no plan in whole parcels is known, all arcs count.
//!
//! Where rounding leaves a row short and flows are too many, those that take from that row are
//! branched on, first for any plan and then for a cheap one.
//!
//! How far the search goes is limited by work counted without a clock, so that equal input gives
//! equal output; the clock ends only what takes longer all the same.

use std::collections::BTreeMap;

use crate::engine::whole::{self, WholeSolution};
use crate::engine::{Deadline, EngineError, Options, PathFlow, Solution, Stop};
use crate::program::Program;
use crate::program::bound::Prices;
use crate::program::flows::{Flow, WithFlows, of_rows, with_flows};
use crate::program::links::{self, Link};
use crate::program::shortest::InArcs;

use super::answer::IntegerSolution;
use super::tree::{LINKED, Tree};
use super::{arcs, has_choices, shortage};

/// Flows that are branched on, at most: programs with more are left to rounding and local search.
const MOST: usize = 4_000;
/// Groups times arcs, at most: where there is a plan, and where any is looked for.
const SIZE: (usize, usize) = (4_000_000, 16_000_000);
/// How often rounding looks at each part of an answer, about.
const ROUNDING: usize = 100;
/// Nodes whose answers are all rounded, and of how many one is after them.
const ROUNDED: (usize, usize) = (64, 8);
/// How near to a whole number a flow on an arc counts as one.
const NEAR: f64 = 1e-5;

/// What the tree knows of whole parcels.
#[derive(Debug)]
pub(super) struct Parcels<'a> {
    program: &'a Program,
    network: InArcs,
    /// The best plan so far.
    pub best: WholeSolution,
}

/// What was found, and what proves it.
#[derive(Debug)]
pub struct ParcelSearch {
    /// The best plan in whole parcels, the one to begin with included.
    pub best: WholeSolution,
    /// The tree; `None` where it is proven that there is no plan in whole parcels, or where none was
    /// found.
    pub proof: Option<IntegerSolution>,
    /// Whether it is proven that there is no plan in whole parcels.
    pub is_infeasible: bool,
}

impl ParcelSearch {
    /// Where nothing was searched.
    pub fn nothing(best: WholeSolution) -> Self {
        Self {
            best,
            proof: None,
            is_infeasible: false,
        }
    }
}

/// Looks for a plan in whole parcels that costs less than `start`. `prices` of the linear relaxation
/// say where one could be, those of the program's rows first and those of its links after them;
/// `None` where the program is too large for that, or no time is left. No more work is begun than
/// `work`.
///
/// Where `start` breaks a row, the search is first for one that breaks none: of the same program in
/// which nothing costs anything but exceeding such rows. A bound on that above nothing proves that
/// there is none.
///
/// # Errors
/// [`EngineError`] where there is no answer at all.
pub fn search(
    program: &Program,
    prices: &[f64],
    start: &WholeSolution,
    work: u64,
    options: &Options,
) -> Result<Option<ParcelSearch>, EngineError> {
    let is_timed = program.network.time.is_some();
    let most = match start.is_feasible() {
        true => SIZE.0,
        false => SIZE.1,
    };
    let is_small = program.releases.len() * program.arcs() <= most;
    if !is_timed || !is_small || Deadline::start(options).stop().is_some() {
        return Ok(None);
    }
    let options = Options {
        gap: 0.0,
        progress: None,
        ..options.clone()
    };
    let short = start.short_rows.clone();
    let start = match start.is_feasible() {
        true => start.clone(),
        false => match find_any(program, start, work, &options)? {
            Some(Any::Found(plan)) => plan,
            Some(Any::None { is_proven }) => {
                return Ok(Some(ParcelSearch {
                    best: start.clone(),
                    proof: None,
                    is_infeasible: is_proven,
                }));
            }
            None => return Ok(None),
        },
    };
    let found = Search::of(program, prices, Some(start.cost), &short)?.map(|search| {
        let parcels = search.parcels(program, start.clone());
        search.run(parcels, None, work, &options)
    });
    let Some((mut best, proof)) = found.transpose()? else {
        return Ok(Some(ParcelSearch::nothing(start)));
    };
    if proof.solution.stop != Stop::Finished {
        // the tree has come nearer to the best than rounding did, and moves may come nearer still
        let plan = Solution {
            prices: prices[..program.rows.len()].to_vec(),
            ..shortage::solution(&best, program)
        };
        let polished = whole::polish(program, &plan, &Deadline::start(&options))?;
        if polished.is_feasible() && polished.cost < best.cost {
            best = polished;
        }
    }
    Ok(Some(ParcelSearch {
        best,
        proof: Some(proof),
        is_infeasible: false,
    }))
}

/// What is known of plans in whole parcels that break no row.
enum Any {
    Found(WholeSolution),
    None { is_proven: bool },
}

/// Looks for any plan in whole parcels; `None` where the program is too large for that.
fn find_any(
    program: &Program,
    start: &WholeSolution,
    work: u64,
    options: &Options,
) -> Result<Option<Any>, EngineError> {
    let elastic = shortage::program(program);
    let prices = vec![0.0; program.rows.len()];
    let Some(search) = Search::of(&elastic, &prices, None, &start.short_rows)? else {
        return Ok(None);
    };
    let network = InArcs::of(&elastic);
    let begin = whole::round_quickly(&elastic, &network, &shortage::solution(start, &elastic));
    let parcels = search.parcels(&elastic, begin);
    // any bound above nothing proves enough
    let (best, proof) = search.run(parcels, Some(1), work, options)?;
    if best.is_feasible() && best.cost == 0 {
        let network = InArcs::of(program);
        let plan = whole::round_quickly(program, &network, &shortage::solution(&best, program));
        if plan.is_feasible() {
            return Ok(Some(Any::Found(plan)));
        }
    }
    let bound = proof.leaves.iter().map(|leaf| leaf.by_prices).min();
    Ok(Some(Any::None {
        is_proven: bound.is_some_and(|bound| bound > 0),
    }))
}

/// Whether a flow takes from some of these rows.
fn takes_from(program: &Program, rows: &[u32], flow: &Flow) -> bool {
    match *flow {
        Flow::Row { row, .. } => rows.contains(&row),
        Flow::Arc { class, arc, .. } => program
            .arc_uses(class as usize, arc as usize)
            .any(|(row, amount)| amount != 0 && rows.contains(&(row as u32))),
    }
}

/// A program with flows, ready to be searched.
struct Search {
    with: WithFlows,
    links: Vec<Link>,
    flows: Vec<Flow>,
}

impl Search {
    /// Links where there are whole units, and the flows on arcs on which a plan could travel that is
    /// cheaper than one. Where those are too many, the flows that take from rows that are `short`, which
    /// decide on these rows most of the time; `None` where no rows are, or still too many flows.
    fn of(
        program: &Program,
        prices: &[f64],
        cheaper_than: Option<i128>,
        short: &[u32],
    ) -> Result<Option<Self>, EngineError> {
        let is_linked = has_choices(program) && links::size(program) <= LINKED;
        let linked = is_linked.then(|| links::linked(program));
        let linked = linked.filter(|(_, links)| !links.is_empty());
        let (strong, links) = linked.unwrap_or_else(|| (program.clone(), Vec::new()));
        let mut prices = prices.to_vec();
        prices.resize(strong.rows.len(), 0.0);
        let is_own = |flow: &Flow| match *flow {
            Flow::Row { row, .. } => (row as usize) < program.rows.len(),
            Flow::Arc { .. } => true,
        };
        // parcels in rows first: of equal candidates the first is branched on
        let mut flows = of_rows(&strong);
        flows.retain(is_own);
        flows.extend(arcs::within(
            &strong,
            &Prices::round(&prices),
            cheaper_than,
        )?);
        if flows.len() > MOST && !short.is_empty() {
            flows.retain(|flow| takes_from(program, short, flow));
        }
        if flows.len() > MOST {
            return Ok(None);
        }
        Ok(Some(Self {
            with: with_flows(&strong, &flows),
            links,
            flows,
        }))
    }

    fn parcels<'a>(&self, program: &'a Program, best: WholeSolution) -> Parcels<'a> {
        Parcels {
            program,
            network: InArcs::of(program),
            best,
        }
    }

    /// Searches on from a plan, for one that costs less than `need` where that is given.
    fn run(
        &self,
        parcels: Parcels<'_>,
        need: Option<i128>,
        work: u64,
        options: &Options,
    ) -> Result<(WholeSolution, IntegerSolution), EngineError> {
        let begin = parcels.best.clone();
        let mut tree = Tree::new(&self.with.program, &self.links, &self.with.members, options);
        tree.work_limit = Some(work);
        tree.begin_with(parcels);
        tree.need = need.unwrap_or(tree.need).min(tree.need);
        let (mut proof, parcels) = tree.run()?;
        proof.linked = !self.links.is_empty();
        proof.flows.clone_from(&self.flows);
        let best = parcels.map_or(begin, |parcels| parcels.best);
        Ok((best, proof))
    }
}

impl Parcels<'_> {
    /// Rounds an answer of the tree's program; whether that is the best plan so far.
    pub fn round(&mut self, solution: &Solution) -> bool {
        let rows = self.program.rows.len();
        let columns = self.program.columns.len();
        let own = Solution {
            flows: self.integral(&solution.flows),
            columns: solution.columns[..columns].to_vec(),
            prices: solution.prices[..rows].to_vec(),
            ..solution.clone()
        };
        let found = whole::round_quickly(self.program, &self.network, &own);
        let is_better =
            found.is_feasible() && (!self.best.is_feasible() || found.cost < self.best.cost);
        if is_better {
            self.best = found;
        }
        is_better
    }

    /// By how much a plan may cost more than what was decided, because columns are bought in
    /// millionths.
    pub fn allowance(&self) -> i128 {
        let columns = self.program.columns.iter().zip(&self.best.columns);
        let parts = columns.filter(|&(column, bought)| !column.whole && bought % whole::PARTS != 0);
        let cost: i128 = parts.map(|(column, _)| i128::from(column.cost)).sum();
        cost / whole::PARTS + 1
    }

    /// The same flows, in whole parcels where what they put on arcs is whole.
    fn integral(&self, flows: &[PathFlow]) -> Vec<PathFlow> {
        let releases = &self.program.releases;
        let group = |flow: &PathFlow| {
            let release = &releases[flow.release as usize];
            (release.class, release.sink)
        };
        let mut order: Vec<&PathFlow> = flows.iter().collect();
        order.sort_by_key(|flow| group(flow));
        let mut all = Vec::new();
        for of_group in order.chunk_by(|a, b| group(a) == group(b)) {
            match self.decompose(of_group) {
                Some(whole) => all.extend(whole),
                None => all.extend(of_group.iter().map(|&flow| flow.clone())),
            }
        }
        all.sort_by(|a, b| (a.release, &a.arcs).cmp(&(b.release, &b.arcs)));
        all
    }

    /// The flows of a group as paths with whole parcels; `None` where they put parts of parcels on
    /// an arc.
    fn decompose(&self, flows: &[&PathFlow]) -> Option<Vec<PathFlow>> {
        let network = &self.program.network;
        let mut on_arc: BTreeMap<u32, f64> = BTreeMap::new();
        let mut ending: BTreeMap<u32, f64> = BTreeMap::new();
        let mut carried: BTreeMap<u32, f64> = BTreeMap::new();
        for flow in flows {
            for &arc in &flow.arcs {
                *on_arc.entry(arc).or_default() += flow.amount;
            }
            let origin = self.program.releases[flow.release as usize].origin;
            let last = flow.arcs.last().map(|&arc| network.heads[arc as usize]);
            *ending.entry(last.unwrap_or(origin)).or_default() += flow.amount;
            *carried.entry(flow.release).or_default() += flow.amount;
        }
        let whole = |(key, value): (u32, f64)| {
            let near = (value - value.round()).abs() <= NEAR;
            near.then_some((key, value.round() as i64))
        };
        let mut on_arc: BTreeMap<u32, i64> =
            on_arc.into_iter().map(whole).collect::<Option<_>>()?;
        let mut ending: BTreeMap<u32, i64> =
            ending.into_iter().map(whole).collect::<Option<_>>()?;
        let carried: BTreeMap<u32, i64> = carried.into_iter().map(whole).collect::<Option<_>>()?;
        let mut leaving: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
        for &arc in on_arc.keys() {
            leaving
                .entry(network.tails[arc as usize])
                .or_default()
                .push(arc);
        }
        let mut paths = Vec::new();
        for (release, mut left) in carried {
            while left > 0 {
                let mut node = self.program.releases[release as usize].origin;
                let mut arcs = Vec::new();
                let mut parcels = left;
                loop {
                    let onward = leaving.get(&node).into_iter().flatten();
                    let next = onward.copied().find(|arc| on_arc[arc] > 0);
                    let ends = ending.get(&node).copied().unwrap_or(0);
                    match next {
                        _ if ends > 0 => {
                            parcels = parcels.min(ends);
                            break;
                        }
                        Some(arc) => {
                            parcels = parcels.min(on_arc[&arc]);
                            arcs.push(arc);
                            node = network.heads[arc as usize];
                        }
                        None => return None,
                    }
                }
                for arc in &arcs {
                    *on_arc.get_mut(arc)? -= parcels;
                }
                *ending.get_mut(&node)? -= parcels;
                left -= parcels;
                paths.push(PathFlow {
                    release,
                    arcs,
                    amount: parcels as f64,
                });
            }
        }
        Some(paths)
    }
}

impl<'a> Tree<'a> {
    /// Lets the search begin with a plan in whole parcels.
    fn begin_with(&mut self, parcels: Parcels<'a>) {
        self.parcels = Some(parcels);
        self.ask_for_cheaper_parcels();
    }

    /// Rounds an answer to whole parcels and asks for less than the best of them from now on.
    pub(super) fn offer_parcels(&mut self, solution: &Solution) {
        let Some(parcels) = &mut self.parcels else {
            return;
        };
        self.relaxation.charge(ROUNDING, solution);
        if parcels.round(solution) {
            self.ask_for_cheaper_parcels();
            self.report();
        }
    }

    /// Whether the answer of the node at hand is to be rounded: it is whole, or its turn has come.
    pub(super) fn is_rounded(&self, solution: &Solution) -> bool {
        let (all, turn) = ROUNDED;
        self.nodes <= all || self.nodes.is_multiple_of(turn) || self.relaxation.is_whole(solution)
    }

    fn ask_for_cheaper_parcels(&mut self) {
        let Some(parcels) = self.parcels.as_ref().filter(|p| p.best.is_feasible()) else {
            return;
        };
        let need = parcels.best.cost - parcels.allowance();
        self.need = self.need.min(need);
    }
}
