//! Paths, rows and links coming in, prices going out.

use std::collections::{HashMap, HashSet};

use crate::engine::PathFlow;
use crate::engine::integer::domain::Domain;
use crate::engine::integer::searches::{Found, Searches};
use crate::engine::integer::tree::SAME;
use crate::engine::simplex::{Simplex, Trouble};
use crate::program::bound::Prices;
use crate::program::links::Link;
use crate::program::{Column, Program};

/// Not in the linear program.
pub(super) const NONE: u32 = u32::MAX;
/// Rounds of rows and paths for one node.
const ROUNDS: usize = 400;
/// How far a row may be over, of its scale, before it comes in.
pub(super) const OVER: f64 = 1e-8;
/// How far a link may be over, in shares of a release.
const OVER_LINK: f64 = 1e-4;
/// A path must gain this much, of the scale of costs, to come in.
const GAIN: f64 = 1e-8;
/// What exceeding a row by its scale costs, of the scale of costs.
const EXCESS: f64 = 1e4;
/// Shares below this are noise.
const NOISE: f64 = 1e-11;

/// A path and its variable.
#[derive(Clone, Debug)]
pub(super) struct Path {
    pub(super) release: u32,
    pub(super) arcs: Vec<u32>,
    pub(super) variable: u32,
    /// What one unit takes from rows that are not links.
    pub(super) takes: Vec<(u32, f64)>,
}

/// What a node's linear program came to.
pub(in crate::engine::integer) struct Reached {
    /// What the best prices prove, over [`Prices::DENOMINATOR`]; `None` where that is nothing.
    pub numerator: Option<i128>,
    /// Those prices.
    pub prices: Prices,
    /// Whether the answer is as near to the bound as was asked, or the bound reaches what was
    /// needed.
    pub done: bool,
}

impl Reached {
    /// No plan costs less.
    pub fn bound(&self) -> i128 {
        rounded_down(self.numerator)
    }
}

fn rounded_down(numerator: Option<i128>) -> i128 {
    numerator.map_or(i128::MIN, |numerator| {
        numerator.div_euclid(Prices::DENOMINATOR)
    })
}

/// The linear program over the paths found so far.
#[derive(Clone, Debug)]
pub(in crate::engine::integer) struct PathProgram {
    pub(super) searches: Searches,
    pub(in crate::engine::integer) simplex: Simplex,
    pub(super) paths: Vec<Path>,
    pub(super) known: HashSet<(u32, Vec<u32>)>,
    pub(super) of_release: Vec<Vec<u32>>,
    pub(super) of_row: Vec<Vec<(u32, f64)>>,
    /// By row, the program's own columns with entries there, and what these come to.
    pub(super) of_columns: Vec<Vec<(usize, f64)>>,
    /// Where each program row, release, staying release and column stands.
    pub(super) row: Vec<u32>,
    pub(super) release_row: Vec<u32>,
    pub(super) staying: Vec<u32>,
    pub(super) column: Vec<u32>,
    pub(super) row_scale: Vec<f64>,
    pub(super) column_scale: Vec<f64>,
    pub(super) cost_scale: f64,
    pub(super) links: Vec<Link>,
    pub(super) link_at: HashMap<(u32, u32), Vec<u32>>,
    /// The first row that is a link.
    pub(super) first_link: usize,
    pub(super) flows: FlowRows,
    /// Which of the program's own rows carrying nothing may break.
    pub(super) needs_slack: Vec<bool>,
    /// Relaxations solved to this relative gap.
    pub(in crate::engine::integer) gap: f64,
    /// What solving has taken so far, in entries looked at, about: a count that no clock disturbs.
    pub(in crate::engine::integer) work: u64,
}

/// Flows that are whole columns; each comes in once its range is narrower than all it may be, as one
/// equation for its two rows.
#[derive(Clone, Debug, Default)]
pub(super) struct FlowRows {
    pub(super) count: usize,
    /// Which of them a class puts something into on an arc.
    pub(super) at: HashMap<(u32, u32), Vec<u32>>,
    /// The first of the program's rows and columns that belong to them.
    pub(super) first_row: usize,
    pub(super) first_column: usize,
    /// What a parcel too much or too few costs, so that every node has an answer.
    pub(super) penalty: f64,
}

impl FlowRows {
    /// The flows that a path of a class is part of.
    fn of_path<'a>(&'a self, class: u32, arcs: &'a [u32]) -> impl Iterator<Item = usize> + 'a {
        let found = arcs
            .iter()
            .filter_map(move |&arc| self.at.get(&(class, arc)));
        found.flatten().map(|&place| place as usize)
    }

    /// The program's rows of a flow: at most its column, and at least.
    fn rows(&self, place: usize) -> [usize; 2] {
        let first = self.first_row + 2 * place;
        [first, first + 1]
    }
}

impl PathProgram {
    /// Adds a path unless it is there.
    pub(super) fn add_path(&mut self, program: &Program, release: u32, arcs: Vec<u32>) -> bool {
        let k = release as usize;
        if self.release_row[k] == NONE || !self.known.insert((release, arcs.clone())) {
            return false;
        }
        let Some(cost) = program.path_cost(k, &arcs) else {
            return false;
        };
        let data = &program.releases[k];
        let quantity = data.quantity as f64;
        let mut takes: Vec<(u32, f64)> = Vec::new();
        for &arc in &arcs {
            for (row, amount) in program.arc_uses(data.class as usize, arc as usize) {
                if amount == 0 || row >= self.first_link {
                    continue;
                }
                match takes.iter_mut().find(|(known, _)| *known == row as u32) {
                    Some((_, sum)) => *sum += amount as f64,
                    None => takes.push((row as u32, amount as f64)),
                }
            }
        }
        let mut entries = vec![(self.release_row[k], 1.0)];
        for &(row, amount) in &takes {
            if self.row[row as usize] != NONE {
                let value = amount * quantity / self.row_scale[row as usize];
                entries.push((self.row[row as usize], value));
            }
        }
        for &arc in &arcs {
            for &place in self.link_at.get(&(release, arc)).into_iter().flatten() {
                let row = self.row[self.first_link + place as usize];
                if row != NONE {
                    entries.push((row, 1.0));
                }
            }
        }
        for place in self.flows.of_path(data.class, &arcs) {
            let [most, _] = self.flows.rows(place);
            let row = self.row[most];
            if row == NONE {
                continue;
            }
            let value = quantity / self.row_scale[most];
            match entries.iter_mut().find(|(known, _)| *known == row) {
                Some((_, sum)) => *sum += value,
                None => entries.push((row, value)),
            }
        }
        let number = self.paths.len() as u32;
        for &(row, amount) in &takes {
            self.of_row[row as usize].push((number, amount));
        }
        self.of_release[k].push(number);
        let cost = cost as f64 * quantity / self.cost_scale;
        let bounds = (0.0, f64::INFINITY);
        let variable = self.simplex.add_column(&entries, cost, bounds);
        self.paths.push(Path {
            release,
            arcs,
            variable,
            takes,
        });
        true
    }

    /// Brings a row in.
    pub(super) fn add_row(&mut self, program: &Program, row: usize) {
        let scale = self.row_scale[row];
        let mut entries = Vec::new();
        for &(number, amount) in &self.of_row[row] {
            let path = &self.paths[number as usize];
            let quantity = program.releases[path.release as usize].quantity as f64;
            entries.push((path.variable, amount * quantity / scale));
        }
        for &(j, sum) in &self.of_columns[row] {
            if sum != 0.0 {
                entries.push((self.column[j], sum * self.column_scale[j] / scale));
            }
        }
        // a row that carrying nothing may break can be exceeded at a price, so that every node has an
        // answer, and prices of which a bound follows that shows where it has no plan
        if self.needs_slack[row] {
            let bounds = (0.0, f64::INFINITY);
            entries.push((self.simplex.add_column(&[], EXCESS, bounds), -1.0));
        }
        let right = program.rows[row].upper as f64 / scale;
        self.row[row] = self.simplex.add_row(&entries, right, false);
    }

    /// Brings a flow in: its column, and the equation that makes it what goods put on its arc. More
    /// or less of them costs a penalty, so that no range leaves the program without an answer.
    fn add_flow(&mut self, program: &Program, place: usize) {
        let [most, least] = self.flows.rows(place);
        let scale = self.row_scale[most];
        let mut entries = Vec::new();
        for path in &self.paths {
            let release = &program.releases[path.release as usize];
            let flows = self.flows.of_path(release.class, &path.arcs);
            let times = flows.filter(|&other| other == place).count();
            if times > 0 {
                let quantity = (times as i64 * release.quantity) as f64;
                entries.push((path.variable, quantity / scale));
            }
        }
        let column = self.simplex.add_column(&[], 0.0, (0.0, 1.0));
        entries.push((column, -1.0));
        let penalty = self.flows.penalty * scale / self.cost_scale;
        for sign in [1.0, -1.0] {
            let slack = self.simplex.add_column(&[], penalty, (0.0, f64::INFINITY));
            entries.push((slack, sign));
        }
        self.column[self.flows.first_column + place] = column;
        let row = self.simplex.add_row(&entries, 0.0, true);
        (self.row[most], self.row[least]) = (row, row);
    }

    /// Brings a link in.
    fn add_link(&mut self, place: usize) {
        let link = self.links[place];
        let mut entries: Vec<(u32, f64)> = self.of_release[link.release as usize]
            .iter()
            .map(|&number| &self.paths[number as usize])
            .filter(|path| path.arcs.contains(&link.arc))
            .map(|path| (path.variable, 1.0))
            .collect();
        let column = link.column as usize;
        entries.push((self.column[column], -self.column_scale[column]));
        self.row[self.first_link + place] = self.simplex.add_row(&entries, 0.0, false);
    }

    /// Solves the relaxation with whole columns in `domain` until its gap is small, nothing is
    /// found any more, or its bound reaches `need`.
    pub fn solve(
        &mut self,
        program: &Program,
        domain: &Domain,
        need: i128,
        stop: &dyn Fn() -> bool,
    ) -> Result<Reached, Trouble> {
        self.set_bounds(program, domain);
        let mut best: Option<Reached> = None;
        for _ in 0..ROUNDS {
            // the simplex method asks only after some steps, and most rounds have few
            if stop() {
                return Err(Trouble::Stopped);
            }
            let steps = self.simplex.step_count();
            let solved = self.simplex.solve(stop);
            let steps = (self.simplex.step_count() - steps + 1) as u64;
            self.work += steps * self.simplex.size() as u64;
            solved?;
            if self.add_broken_rows(program) > 0 {
                continue;
            }
            self.work += self.searches.size(program) as u64;
            let (found, prices) = self.price(program, domain, stop).ok_or(Trouble::Stopped)?;
            let bound = rounded_down(found.numerator);
            if best.as_ref().is_none_or(|best| best.bound() < bound) {
                best = Some(Reached {
                    numerator: found.numerator,
                    prices,
                    done: false,
                });
            }
            let proven = best.as_ref().map_or(i128::MIN, Reached::bound);
            let cost = self.simplex.objective() * self.cost_scale + program.constant as f64;
            let distance = cost - proven as f64;
            let near = distance <= self.gap * cost.abs();
            let mut added = false;
            if !near && proven < need {
                for (release, arcs) in found.paths {
                    added |= self.add_path(program, release, arcs);
                }
            }
            if !added {
                let same = distance <= SAME.1 + SAME.0 * cost.abs();
                let done = near || same || proven >= need;
                return best
                    .map(|best| Reached { done, ..best })
                    .ok_or(Trouble::Numerical);
            }
        }
        best.ok_or(Trouble::Numerical)
    }

    fn set_bounds(&mut self, program: &Program, domain: &Domain) {
        let mut ranges = domain.0.iter();
        for (j, column) in program.columns.iter().enumerate() {
            if !column.whole {
                continue;
            }
            let Some(range) = ranges.next() else {
                return;
            };
            if let Some(place) = j.checked_sub(self.flows.first_column) {
                let is_free = range.lower == 0 && range.upper == column.upper;
                if self.column[j] == NONE && is_free {
                    continue;
                }
                if self.column[j] == NONE {
                    self.add_flow(program, place);
                }
            }
            let upper = range.upper.map_or(f64::INFINITY, |upper| upper as f64);
            let scale = self.column_scale[j];
            let lower = range.lower as f64 / scale;
            self.simplex
                .set_bounds(self.column[j], lower, upper / scale);
        }
    }

    /// Searches for paths at the prices of the basis; `None` where it is time to stop.
    fn price(
        &mut self,
        program: &Program,
        domain: &Domain,
        stop: &dyn Fn() -> bool,
    ) -> Option<(Found, Prices)> {
        let duals = self.simplex.duals();
        let mut prices = vec![0.0; program.rows.len()];
        for (row, &place) in self.row.iter().enumerate() {
            if place != NONE {
                let price = -duals[place as usize] * self.cost_scale;
                prices[row] = price / self.row_scale[row];
            }
        }
        // the equation of a flow prices one of its two rows
        for (at, price) in prices[self.flows.first_row..].iter_mut().enumerate() {
            let is_least = at % 2 == 1;
            *price = if is_least { -*price } else { *price }.max(0.0);
        }
        let mut below = vec![0.0; program.releases.len()];
        for (k, release) in program.releases.iter().enumerate() {
            if self.release_row[k] != NONE {
                let worth = duals[self.release_row[k] as usize] - GAIN;
                below[k] = worth * self.cost_scale / release.quantity as f64;
            }
        }
        let unlimited: Vec<bool> = domain
            .of_all(program)
            .map(|range| range.upper.is_none())
            .collect();
        let mut paths = Vec::new();
        for prices in Prices::round(&prices).ever_lower(program) {
            let Ok(prices) = prices.repaired_where(program, |column| unlimited[column]) else {
                continue;
            };
            let found = self.searches.run(program, domain, &prices, &below, stop)?;
            if found.numerator.is_some() {
                return Some((found, prices));
            }
            paths = found.paths;
        }
        let nothing = Prices::zero(program.rows.len());
        let numerator = None;
        Some((Found { numerator, paths }, nothing))
    }

    /// Brings rows and links in that the answer breaks; how many.
    fn add_broken_rows(&mut self, program: &Program) -> usize {
        let mut loads = vec![0.0; self.first_link];
        let mut on_arc: HashMap<(u32, u32), f64> = HashMap::new();
        for path in &self.paths {
            let share = self.simplex.value(path.variable);
            if share <= NOISE {
                continue;
            }
            let quantity = program.releases[path.release as usize].quantity as f64;
            for &(row, amount) in &path.takes {
                loads[row as usize] += amount * quantity * share;
            }
            if !self.links.is_empty() {
                for &arc in &path.arcs {
                    *on_arc.entry((path.release, arc)).or_default() += share;
                }
            }
        }
        for (j, column) in self.own_columns(program) {
            let value = self.simplex.value(self.column[j]) * self.column_scale[j];
            for &(row, b) in &column.entries {
                if (row as usize) < self.first_link && value != 0.0 {
                    loads[row as usize] += b as f64 * value;
                }
            }
        }
        let mut broken = Vec::new();
        for (row, load) in loads.iter().enumerate() {
            let over = load - program.rows[row].upper as f64;
            if self.row[row] == NONE && over > OVER * self.row_scale[row] {
                broken.push(row);
            }
        }
        let mut open = Vec::new();
        for (key, share) in &on_arc {
            for &place in self.link_at.get(key).into_iter().flatten() {
                let column = self.links[place as usize].column as usize;
                let allowed = self.simplex.value(self.column[column]) * self.column_scale[column];
                let row = self.first_link + place as usize;
                if self.row[row] == NONE && *share > allowed + OVER_LINK {
                    open.push(place as usize);
                }
            }
        }
        // no order of a map may decide anything
        open.sort_unstable();
        for &row in &broken {
            self.add_row(program, row);
        }
        for &place in &open {
            self.add_link(place);
        }
        broken.len() + open.len()
    }

    /// Flows, unserved amounts and columns of the last answer.
    pub fn answer(&self, program: &Program) -> (Vec<PathFlow>, Vec<f64>, Vec<f64>) {
        let mut flows = Vec::new();
        let mut unserved = vec![0.0; program.releases.len()];
        for (k, release) in program.releases.iter().enumerate() {
            let quantity = release.quantity as f64;
            let start = flows.len();
            let mut left = quantity;
            for &number in &self.of_release[k] {
                let path = &self.paths[number as usize];
                let amount = self.simplex.value(path.variable) * quantity;
                if amount > NOISE * quantity {
                    left -= amount;
                    flows.push(PathFlow {
                        release: k as u32,
                        arcs: path.arcs.clone(),
                        amount,
                    });
                }
            }
            if self.staying[k] != NONE {
                let amount = self.simplex.value(self.staying[k]) * quantity;
                if amount > NOISE * quantity {
                    unserved[k] = amount;
                    left -= amount;
                }
            }
            let of_release = flows[start..].iter_mut();
            match of_release.max_by(|a, b| a.amount.total_cmp(&b.amount)) {
                Some(largest) if largest.amount >= unserved[k] => largest.amount += left,
                _ => unserved[k] = (unserved[k] + left).max(0.0),
            }
            flows[start..].sort_unstable_by(|a, b| a.arcs.cmp(&b.arcs));
        }
        let columns = self.own_columns(program).map(|(j, column)| {
            let upper = column.upper.map_or(f64::INFINITY, |upper| upper as f64);
            (self.simplex.value(self.column[j]) * self.column_scale[j]).clamp(0.0, upper)
        });
        let mut columns: Vec<f64> = columns.collect();
        columns.extend(self.on_arcs(program, &flows));
        (flows, unserved, columns)
    }

    /// The columns of the program that are no flows.
    pub(super) fn own_columns<'p>(
        &self,
        program: &'p Program,
    ) -> impl Iterator<Item = (usize, &'p Column)> + use<'p> {
        let first_flow = self.flows.first_column;
        program.columns.iter().enumerate().take(first_flow)
    }

    /// What goods put into each flow.
    fn on_arcs(&self, program: &Program, flows: &[PathFlow]) -> Vec<f64> {
        let mut sums = vec![0.0; self.flows.count];
        for flow in flows {
            let class = program.releases[flow.release as usize].class;
            for place in self.flows.of_path(class, &flow.arcs) {
                sums[place] += flow.amount;
            }
        }
        sums
    }

    /// Whether a link is in.
    pub fn has_link(&self, place: usize) -> bool {
        self.row[self.first_link + place] != NONE
    }
}
