//! Whole parcels: from an engine's fractional answer to one that can be loaded.
//!
//! A basic answer has hardly more split releases than binding rows, so flooring loses little:
//!
//! 1. Every path keeps the whole part of its flow (a value within 10⁻⁶ of a whole number counts as
//!    that number, if it fits).
//! 2. What a release has left over, release by release, parcel by parcel, goes where it costs
//!    least, room that must be bought included: one of the release's own paths with room; else the
//!    shortest path of the network with the room that is left, so that every other path is
//!    offered; else, or where that is cheaper, it stays unserved.
//! 3. Then local search (`improve`) fills what flooring left open.
//!
//! All of it is counted exactly: no row is broken, in integers, and columns are bought in
//! millionths of a unit, rounded up (whole columns in units). Hard minimum limits can fail by a
//! parcel; the answer then says which rows are short. Releases are taken in order of their
//! numbers, and ties go to the path that comes first, so that equal input gives equal output.

use std::collections::BTreeMap;

use crate::program::Program;
use crate::program::shortest::InArcs;

use super::guide::Guide;
use super::improve::Improver;
use super::ledger::{PARTS, takes};
use super::residual::{Measure, Residual};
use super::{Deadline, EngineError, Options, Solution};

/// How near to a whole number a flow counts as one.
const NEAR: f64 = 1e-6;

/// How many full rows a release that may stay goes around.
const DETOURS: usize = 16;

/// Whole parcels of one release on one path.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct WholeFlow {
    /// Which release.
    pub release: u32,
    /// The arcs in order.
    pub arcs: Vec<u32>,
    /// How many parcels, at least one.
    pub parcels: i64,
}

/// An answer in whole parcels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WholeSolution {
    /// Paths with parcels, by release, then by arcs.
    pub flows: Vec<WholeFlow>,
    /// Unserved parcels per release; with the flows they add up to its quantity.
    pub unserved: Vec<i64>,
    /// y_j per column, in millionths of a unit.
    pub columns: Vec<i128>,
    /// Cost in the program's units, rounded up.
    pub cost: i128,
    /// Rows that stay short of a hard minimum; empty in a feasible answer.
    pub short_rows: Vec<u32>,
    /// Releases that must be carried and are not; empty in a feasible answer.
    pub left_behind: Vec<u32>,
}

impl WholeSolution {
    /// Whether every row and every release holds.
    pub fn is_feasible(&self) -> bool {
        self.short_rows.is_empty() && self.left_behind.is_empty()
    }

    /// Checks the answer against the program's data in exact arithmetic: paths, sums, columns,
    /// rows and cost. Shares nothing with the code that made it.
    pub fn verify(&self, program: &Program) -> Result<(), String> {
        let mut activity = vec![0i128; program.rows.len()];
        let mut carried = vec![0i64; program.releases.len()];
        let mut cost = program.constant * PARTS;
        for flow in &self.flows {
            let k = flow.release as usize;
            let per_unit = program
                .path_cost(k, &flow.arcs)
                .ok_or_else(|| format!("release {k} has a path that is none"))?;
            if flow.parcels <= 0 {
                return Err(format!("release {k} has a path without parcels"));
            }
            carried[k] += flow.parcels;
            let parcels = i128::from(flow.parcels) * PARTS;
            cost += per_unit * parcels;
            for &arc in &flow.arcs {
                for (row, amount) in
                    program.arc_uses(program.releases[k].class as usize, arc as usize)
                {
                    activity[row] += i128::from(amount) * parcels;
                }
            }
        }
        for (k, release) in program.releases.iter().enumerate() {
            let left = self.unserved[k];
            if left < 0 || carried[k] + left != release.quantity {
                return Err(format!("release {k} does not add up"));
            }
            let must = release.unserved_cost.is_none() && left > 0;
            if must != self.left_behind.contains(&(k as u32)) {
                return Err(format!("release {k} must be carried"));
            }
            cost += i128::from(release.unserved_cost.unwrap_or(0)) * i128::from(left) * PARTS;
        }
        for (j, (column, &y)) in program.columns.iter().zip(&self.columns).enumerate() {
            let upper = column.upper.map(|upper| i128::from(upper) * PARTS);
            if y < 0 || upper.is_some_and(|upper| y > upper) || (column.whole && y % PARTS != 0) {
                return Err(format!("column {j} is out of its bounds"));
            }
            cost += i128::from(column.cost) * y;
            for &(row, coefficient) in &column.entries {
                activity[row as usize] += i128::from(coefficient) * y;
            }
        }
        for (r, row) in program.rows.iter().enumerate() {
            let broken = activity[r] > i128::from(row.upper) * PARTS;
            if broken != self.short_rows.contains(&(r as u32)) {
                return Err(format!("row {r} is broken: {broken}"));
            }
        }
        let rounded = -(-cost).div_euclid(PARTS);
        if rounded != self.cost {
            return Err(format!("the cost is {rounded} and not {}", self.cost));
        }
        Ok(())
    }
}

/// Rounds `solution`, the answer of any engine for `program`, to whole parcels; see the module's
/// description. `program` must be [valid](Program::validate).
///
/// # Errors
/// [`EngineError::Bound`] where numbers leave the range of exact arithmetic.
pub fn round(program: &Program, solution: &Solution) -> Result<WholeSolution, EngineError> {
    round_within(program, solution, &Options::default())
}

/// Like [`round`], but once the time limit of `options` has passed or its interrupt is raised, the
/// search for something better ends. An answer in whole parcels is always made. Without either,
/// the answer does not depend on the clock.
///
/// # Errors
/// As for [`round`].
pub fn round_within(
    program: &Program,
    solution: &Solution,
    options: &Options,
) -> Result<WholeSolution, EngineError> {
    let deadline = Deadline::start(options);
    let network = InArcs::of(program);
    let mut load = Load::new(program, &network)?;
    let ways = load.floor(solution);
    load.insert(&ways);
    if deadline.stop().is_none() {
        let mut improver = Improver::new(program, solution, &load, &deadline)?;
        improver.run(&mut load)?;
        load.insert(&BTreeMap::new());
    }
    Ok(load.finish())
}

/// Paths of each release.
type Ways = BTreeMap<u32, Vec<Vec<u32>>>;

/// A path and what it takes from rows.
type Choice = (Vec<u32>, Vec<(u32, i64)>);

/// Whole parcels aboard, and those that are not.
pub(super) struct Load<'a> {
    program: &'a Program,
    pub network: &'a InArcs,
    pub residual: Residual<'a>,
    pub flows: BTreeMap<(u32, Vec<u32>), i64>,
    pub left: Vec<i64>,
}

impl<'a> Load<'a> {
    fn new(program: &'a Program, network: &'a InArcs) -> Result<Self, EngineError> {
        Ok(Self {
            program,
            network,
            residual: Residual::new(program, network, Measure::Cost)?,
            flows: BTreeMap::new(),
            left: program.releases.iter().map(|r| r.quantity).collect(),
        })
    }

    /// Boards the whole part of every flow; the paths of each release.
    fn floor(&mut self, solution: &Solution) -> Ways {
        let mut ways = Ways::new();
        for flow in &solution.flows {
            let k = flow.release as usize;
            let class = self.program.releases[k].class as usize;
            if self.program.path_cost(k, &flow.arcs).is_none() {
                continue;
            }
            let taken = takes(self.program, class, &flow.arcs);
            let mut count = ((flow.amount + NEAR).floor() as i64).min(self.left[k]);
            // A value that was rounded up may be one too many.
            while count > 0 && self.residual.ledger.board(&taken, count).is_err() {
                count -= 1 + count / 1000;
            }
            self.note(flow.release, &flow.arcs, count.max(0));
            ways.entry(flow.release)
                .or_default()
                .push(flow.arcs.clone());
        }
        self.residual.requote();
        ways
    }

    pub fn note(&mut self, release: u32, arcs: &[u32], count: i64) {
        if count == 0 {
            return;
        }
        let key = (release, arcs.to_vec());
        let flow = self.flows.entry(key).or_default();
        *flow += count;
        self.left[release as usize] -= count;
        if *flow == 0 {
            self.flows.remove(&(release, arcs.to_vec()));
        }
    }

    /// Offers every way to what is left over.
    fn insert(&mut self, ways: &Ways) {
        let mut guide = Guide::new(self.program);
        for k in 0..self.left.len() {
            let own = ways.get(&(k as u32)).map_or(&[][..], Vec::as_slice);
            while self.left[k] > 0 {
                let best = self.cheapest(k, own);
                let Some((arcs, taken)) = best.or_else(|| self.other(k, &mut guide)) else {
                    break;
                };
                let count = self.residual.board_at_one_price(&taken, self.left[k]);
                if count == 0 {
                    break;
                }
                self.note(k as u32, &arcs, count);
            }
        }
    }

    /// The cheapest of the given paths that has room for a parcel and is no dearer than staying.
    fn cheapest(&mut self, k: usize, paths: &[Vec<u32>]) -> Option<Choice> {
        let release = self.program.releases[k];
        let mut best: Option<(i128, Choice)> = None;
        for arcs in paths {
            let taken = takes(self.program, release.class as usize, arcs);
            let Ok(extra) = self.residual.ledger.quote(&taken, 1) else {
                continue;
            };
            let Some(cost) = self.program.path_cost(k, arcs) else {
                continue;
            };
            let cost = cost * PARTS + extra;
            let stays = release
                .unserved_cost
                .is_some_and(|price| i128::from(price) * PARTS < cost);
            if !stays && best.as_ref().is_none_or(|(least, _)| cost < *least) {
                best = Some((cost, (arcs.clone(), taken)));
            }
        }
        best.map(|(_, choice)| choice)
    }

    /// The shortest path with the room that is left, if it is no dearer than staying.
    fn other(&mut self, k: usize, guide: &mut Guide) -> Option<Choice> {
        let release = self.program.releases[k];
        let class = release.class as usize;
        let stays = release.unserved_cost.map(|price| i128::from(price) * PARTS);
        let mut closed = Vec::new();
        let found = loop {
            if stays.is_some() && closed.len() == DETOURS {
                break None;
            }
            let way = if closed.is_empty() {
                guide.way(&self.residual, &self.left, k)
            } else {
                guide.around(&self.residual, k)
            };
            let Some((arcs, weight)) = way else {
                break None;
            };
            // The first way is compared exactly below.
            if !closed.is_empty() && stays.is_some_and(|price| price < weight) {
                break None;
            }
            let taken = takes(self.program, class, &arcs);
            match self.residual.ledger.quote(&taken, 1) {
                Ok(_) => break self.cheapest(k, std::slice::from_ref(&arcs)),
                // Each arc alone has room, but not all of the path: it goes around the full row.
                Err(full) => match self.residual.detour(class, &arcs, full) {
                    Some(arc) => closed.push(arc),
                    None => break None,
                },
            }
        };
        for arc in closed {
            self.residual.open(class, arc);
        }
        found
    }

    fn finish(mut self) -> WholeSolution {
        let program = self.program;
        // What is short is reported, not an error.
        let _ = self.residual.ledger.settle();
        let mut cost = program.constant * PARTS + self.residual.ledger.cost();
        for ((release, arcs), &parcels) in &self.flows {
            let per_unit = program.path_cost(*release as usize, arcs).unwrap_or(0);
            cost += per_unit * i128::from(parcels) * PARTS;
        }
        let mut left_behind = Vec::new();
        for (k, release) in program.releases.iter().enumerate() {
            match release.unserved_cost {
                Some(price) => cost += i128::from(price) * i128::from(self.left[k]) * PARTS,
                None if self.left[k] > 0 => left_behind.push(k as u32),
                None => {}
            }
        }
        WholeSolution {
            flows: (self.flows.into_iter())
                .map(|((release, arcs), parcels)| WholeFlow {
                    release,
                    arcs,
                    parcels,
                })
                .collect(),
            unserved: self.left,
            columns: self.residual.ledger.bought().to_vec(),
            cost: -(-cost).div_euclid(PARTS),
            short_rows: (0..program.rows.len() as u32)
                .filter(|&row| self.residual.ledger.room(row) < 0)
                .collect(),
            left_behind,
        }
    }
}
