//! The relaxation of a node as a linear program over the paths found so far, solved by the simplex
//! method from the last node's basis.
//!
//! Flows are counted in shares of their release's quantity, so that each release is a row
//! Σ x + s = 1; rows are divided by what one unit of a column sells. Rows come in when an answer
//! breaks them, links among them; paths when they cost less than their release's price.

use std::collections::{HashMap, HashSet};

use super::domain::Domain;
use super::searches::Searches;
use crate::engine::simplex::{Simplex, Trouble};
use crate::engine::{PathFlow, Solution};
use crate::program::Program;
use crate::program::bound::{BoundError, Prices};
use crate::program::links::Link;

/// Not in the linear program.
const NONE: u32 = u32::MAX;
/// Rounds of rows and paths for one node.
const ROUNDS: usize = 400;
/// How far a row may be over, of its scale, before it comes in.
const OVER: f64 = 1e-8;
/// How far a link may be over, in shares of a release.
const OVER_LINK: f64 = 1e-4;
/// A path must gain this much, of the scale of costs, to come in.
const GAIN: f64 = 1e-8;
/// Shares below this are noise.
const NOISE: f64 = 1e-11;

/// A path and its variable.
#[derive(Clone, Debug)]
struct Path {
    release: u32,
    arcs: Vec<u32>,
    variable: u32,
    /// What one unit takes from rows that are not links.
    takes: Vec<(u32, f64)>,
}

/// What a node's linear program came to.
pub(super) struct Reached {
    /// What the best prices prove.
    pub bound: i128,
    /// Those prices.
    pub prices: Prices,
}

/// The linear program over the paths found so far.
#[derive(Clone, Debug)]
pub(super) struct PathProgram {
    searches: Searches,
    simplex: Simplex,
    paths: Vec<Path>,
    known: HashSet<(u32, Vec<u32>)>,
    of_release: Vec<Vec<u32>>,
    of_row: Vec<Vec<(u32, f64)>>,
    /// Where each program row, release, staying release and column stands.
    row: Vec<u32>,
    release_row: Vec<u32>,
    staying: Vec<u32>,
    column: Vec<u32>,
    row_scale: Vec<f64>,
    column_scale: Vec<f64>,
    cost_scale: f64,
    links: Vec<Link>,
    link_at: HashMap<(u32, u32), Vec<u32>>,
    /// The first row that is a link.
    first_link: usize,
    /// Relaxations solved to this relative gap.
    gap: f64,
}

impl PathProgram {
    /// The linear program of `program`, whose last rows are `links`, over the given paths, at the
    /// basis nearest to `answer`.
    ///
    /// # Errors
    /// [`BoundError`] where costs leave the range of exact arithmetic.
    pub fn new(
        program: &Program,
        links: &[Link],
        paths: impl Iterator<Item = (u32, Vec<u32>)>,
        answer: &Solution,
        gap: f64,
    ) -> Result<Self, BoundError> {
        let first_link = program.rows.len() - links.len();
        let mut link_at: HashMap<(u32, u32), Vec<u32>> = HashMap::new();
        for (place, link) in (0u32..).zip(links) {
            let key = (link.release, link.arc);
            link_at.entry(key).or_default().push(place);
        }
        let scales = Scales::of(program, first_link, answer);
        let mut this = Self {
            searches: Searches::new(program)?,
            simplex: Simplex::default(),
            paths: Vec::new(),
            known: HashSet::new(),
            of_release: vec![Vec::new(); program.releases.len()],
            of_row: vec![Vec::new(); first_link],
            row: vec![NONE; program.rows.len()],
            release_row: vec![NONE; program.releases.len()],
            staying: vec![NONE; program.releases.len()],
            column: Vec::new(),
            row_scale: scales.rows,
            column_scale: scales.columns,
            cost_scale: scales.cost,
            links: links.to_vec(),
            link_at,
            first_link,
            gap,
        };
        this.add_columns(program);
        this.add_releases(program);
        for (release, arcs) in paths {
            this.add_path(program, release, arcs);
        }
        for flow in &answer.flows {
            this.add_path(program, flow.release, flow.arcs.clone());
        }
        this.start_from(program, answer);
        Ok(this)
    }

    fn add_columns(&mut self, program: &Program) {
        for (j, column) in program.columns.iter().enumerate() {
            let scale = self.column_scale[j];
            let upper = column.upper.map_or(f64::INFINITY, |u| u as f64 / scale);
            let cost = column.cost as f64 * scale / self.cost_scale;
            let variable = self.simplex.add_column(&[], cost, (0.0, upper));
            self.column.push(variable);
        }
    }

    fn add_releases(&mut self, program: &Program) {
        for (k, release) in program.releases.iter().enumerate() {
            if release.quantity == 0 {
                continue;
            }
            let row = self.simplex.add_row(&[], 1.0, true);
            self.release_row[k] = row;
            if let Some(price) = release.unserved_cost {
                let cost = price as f64 * release.quantity as f64 / self.cost_scale;
                let entries = [(row, 1.0)];
                let bounds = (0.0, f64::INFINITY);
                self.staying[k] = self.simplex.add_column(&entries, cost, bounds);
            }
        }
    }

    /// Adds a path unless it is there.
    fn add_path(&mut self, program: &Program, release: u32, arcs: Vec<u32>) -> bool {
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
    fn add_row(&mut self, program: &Program, row: usize) {
        let scale = self.row_scale[row];
        let mut entries = Vec::new();
        for &(number, amount) in &self.of_row[row] {
            let path = &self.paths[number as usize];
            let quantity = program.releases[path.release as usize].quantity as f64;
            entries.push((path.variable, amount * quantity / scale));
        }
        for (j, column) in program.columns.iter().enumerate() {
            let of_row = column.entries.iter().filter(|&&(r, _)| r as usize == row);
            let sum: f64 = of_row.map(|&(_, b)| b as f64).sum();
            if sum != 0.0 {
                entries.push((self.column[j], sum * self.column_scale[j] / scale));
            }
        }
        let right = program.rows[row].upper as f64 / scale;
        self.row[row] = self.simplex.add_row(&entries, right, false);
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

    /// The basis nearest to an answer, with the rows in that it gives a price or fills.
    fn start_from(&mut self, program: &Program, answer: &Solution) {
        let mut loads: Vec<f64> = vec![0.0; self.first_link];
        let mut values = Vec::new();
        let mut share: HashMap<(u32, &[u32]), f64> = HashMap::new();
        for flow in &answer.flows {
            let quantity = program.releases[flow.release as usize].quantity as f64;
            share.insert((flow.release, &flow.arcs[..]), flow.amount / quantity);
        }
        for path in &self.paths {
            let quantity = program.releases[path.release as usize].quantity as f64;
            let value = share.get(&(path.release, &path.arcs[..])).copied();
            let value = value.unwrap_or(0.0);
            values.push((path.variable, value));
            for &(row, amount) in &path.takes {
                loads[row as usize] += amount * quantity * value;
            }
        }
        for (j, column) in program.columns.iter().enumerate() {
            let value = answer.columns[j];
            values.push((self.column[j], value / self.column_scale[j]));
            for &(row, b) in &column.entries {
                if (row as usize) < self.first_link {
                    loads[row as usize] += b as f64 * value;
                }
            }
        }
        for (k, release) in program.releases.iter().enumerate() {
            if self.staying[k] != NONE {
                let value = answer.unserved[k] / release.quantity as f64;
                values.push((self.staying[k], value));
            }
        }
        let room = |row: usize| (program.rows[row].upper as f64 - loads[row]) / self.row_scale[row];
        let room: Vec<f64> = (0..self.first_link).map(room).collect();
        for (row, &room) in room.iter().enumerate() {
            if answer.prices[row] > 0.0 || room < OVER {
                self.add_row(program, row);
            }
        }
        let mut loose = vec![false; self.simplex.row_count()];
        for (&place, &room) in self.row.iter().zip(&room) {
            if place != NONE {
                loose[place as usize] = room > OVER;
            }
        }
        self.simplex.start_from(&values, |row| loose[row]);
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
            self.simplex.solve(stop)?;
            if self.add_broken_rows(program) > 0 {
                continue;
            }
            let (found, prices) = self.price(program, domain);
            let bound = found.bound.unwrap_or(i128::MIN);
            if best.as_ref().is_none_or(|best| best.bound < bound) {
                best = Some(Reached { bound, prices });
            }
            let proven = best.as_ref().map_or(i128::MIN, |best| best.bound);
            let cost = self.simplex.objective() * self.cost_scale + program.constant as f64;
            let near = cost - proven as f64 <= self.gap * cost.abs();
            let mut added = false;
            if !near && proven < need {
                for (release, arcs) in found.paths {
                    added |= self.add_path(program, release, arcs);
                }
            }
            if !added {
                return best.ok_or(Trouble::Numerical);
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
            let upper = range.upper.map_or(f64::INFINITY, |upper| upper as f64);
            let scale = self.column_scale[j];
            let lower = range.lower as f64 / scale;
            self.simplex
                .set_bounds(self.column[j], lower, upper / scale);
        }
    }

    /// Searches for paths at the prices of the basis.
    fn price(&mut self, program: &Program, domain: &Domain) -> (super::searches::Found, Prices) {
        let duals = self.simplex.duals();
        let mut prices = vec![0.0; program.rows.len()];
        for (row, &place) in self.row.iter().enumerate() {
            if place != NONE {
                let price = -duals[place as usize] * self.cost_scale;
                prices[row] = price / self.row_scale[row];
            }
        }
        let mut below = vec![0.0; program.releases.len()];
        for (k, release) in program.releases.iter().enumerate() {
            if self.release_row[k] != NONE {
                let worth = duals[self.release_row[k] as usize] - GAIN;
                below[k] = worth * self.cost_scale / release.quantity as f64;
            }
        }
        let prices = Prices::round(&prices);
        let prices = prices.repaired(program).unwrap_or(prices);
        let found = self.searches.run(program, domain, &prices, &below);
        (found, prices)
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
        for (j, column) in program.columns.iter().enumerate() {
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
        let columns = program.columns.iter().enumerate().map(|(j, column)| {
            let upper = column.upper.map_or(f64::INFINITY, |upper| upper as f64);
            (self.simplex.value(self.column[j]) * self.column_scale[j]).clamp(0.0, upper)
        });
        (flows, unserved, columns.collect())
    }

    /// Whether a link is in.
    pub fn has_link(&self, place: usize) -> bool {
        self.row[self.first_link + place] != NONE
    }
}

/// What is divided out: of rows, columns and costs.
struct Scales {
    rows: Vec<f64>,
    columns: Vec<f64>,
    cost: f64,
}

impl Scales {
    fn of(program: &Program, first_link: usize, answer: &Solution) -> Self {
        let mut rows = vec![0f64; program.rows.len()];
        for column in &program.columns {
            for &(row, b) in &column.entries {
                if column.whole {
                    rows[row as usize] = rows[row as usize].max(b.abs() as f64);
                }
            }
        }
        for (row, data) in program.rows.iter().enumerate() {
            if rows[row] == 0.0 {
                rows[row] = data.upper.abs() as f64;
            }
        }
        for column in &program.columns {
            for &(row, b) in &column.entries {
                let upper = column.upper.map_or(1.0, |upper| upper.max(1) as f64);
                if rows[row as usize] == 0.0 {
                    rows[row as usize] = b.abs() as f64 * upper;
                }
            }
        }
        let power = |value: f64| match value > 0.0 {
            true => value.log2().round().exp2(),
            false => 1.0,
        };
        // a link's row holds shares of a release as it is
        for row in &mut rows[..first_link] {
            *row = power(*row);
        }
        let columns = program.columns.iter().map(|column| {
            if column.whole {
                return 1.0;
            }
            let entries = column.entries.iter();
            let largest = entries.map(|&(row, b)| b.abs() as f64 / rows[row as usize]);
            1.0 / power(largest.fold(0.0, f64::max))
        });
        let columns = columns.collect();
        let total = answer.bound.unwrap_or(0).unsigned_abs() as f64;
        Self {
            rows,
            columns,
            cost: power(total / program.releases.len().max(1) as f64).max(1.0),
        }
    }
}
