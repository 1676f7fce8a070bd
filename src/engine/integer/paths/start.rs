//! How the linear program over paths begins: from the root's answer by column generation.

use std::collections::{HashMap, HashSet};

use super::program::{NONE, OVER, PathProgram};
use crate::engine::Solution;
use crate::engine::integer::searches::Searches;
use crate::engine::simplex::Simplex;
use crate::program::Program;
use crate::program::bound::BoundError;
use crate::program::links::Link;

/// Paths of a release to begin with, beside those that it takes.
const KEPT: usize = 10;

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
            work: 0,
        };
        this.add_columns(program);
        this.add_releases(program);
        for flow in &answer.flows {
            this.add_path(program, flow.release, flow.arcs.clone());
        }
        for (release, arcs) in cheapest(program, paths, &answer.prices) {
            this.add_path(program, release, arcs);
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
}

/// Of each release, the [`KEPT`] paths that cost least under prices. Column generation leaves many
/// more than a vertex needs; what is missed is priced again.
fn cheapest(
    program: &Program,
    paths: impl Iterator<Item = (u32, Vec<u32>)>,
    prices: &[f64],
) -> Vec<(u32, Vec<u32>)> {
    let weight = |release: u32, arcs: &[u32]| {
        let class = program.releases[release as usize].class as usize;
        let cost = program.path_cost(release as usize, arcs).unwrap_or(0) as f64;
        let uses = arcs
            .iter()
            .flat_map(|&arc| program.arc_uses(class, arc as usize));
        let priced: f64 = uses.map(|(row, a)| prices[row] * a as f64).sum();
        cost + priced
    };
    let mut rated: Vec<(u32, f64, Vec<u32>)> = paths
        .map(|(release, arcs)| (release, weight(release, &arcs), arcs))
        .collect();
    rated.sort_by(|a, b| {
        (a.0.cmp(&b.0))
            .then(a.1.total_cmp(&b.1))
            .then(a.2.cmp(&b.2))
    });
    let of_release = rated.chunk_by(|a, b| a.0 == b.0);
    let kept = of_release.flat_map(|paths| paths.iter().take(KEPT));
    kept.map(|(release, _, arcs)| (*release, arcs.clone()))
        .collect()
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
