//! How the linear program over paths begins: from the root's answer by column generation.

use std::collections::{HashMap, HashSet};

use super::program::{FlowRows, NONE, OVER, PathProgram};
use crate::engine::Solution;
use crate::engine::integer::searches::Searches;
use crate::engine::simplex::Simplex;
use crate::program::bound::BoundError;
use crate::program::flows::Members;
use crate::program::links::Link;
use crate::program::{FORBIDDEN, Program};

/// Paths of a release to begin with, beside those that it takes.
const KEPT: usize = 10;
/// What a parcel beyond the range of a flow costs, in prices of staying behind and of the dearest
/// arc.
const PENALTY: f64 = 100.0;

impl PathProgram {
    /// The linear program of `program`, whose last rows are `links` and those of `flows` (by their
    /// [members](crate::program::flows::WithFlows::members)), over the given paths, at the basis
    /// nearest to `answer`.
    ///
    /// # Errors
    /// [`BoundError`] where costs leave the range of exact arithmetic.
    pub fn new(
        program: &Program,
        (links, flows): (&[Link], &[Members]),
        paths: impl Iterator<Item = (u32, Vec<u32>)>,
        answer: &Solution,
        gap: f64,
    ) -> Result<Self, BoundError> {
        let first_flow = program.rows.len() - 2 * flows.len();
        let first_link = first_flow - links.len();
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
            of_columns: Vec::new(),
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
            flows: FlowRows {
                count: flows.len(),
                at: by_member(flows),
                first_row: first_flow,
                first_column: program.columns.len() - flows.len(),
                penalty: penalty(program),
            },
            needs_slack: needs_slack(program, !flows.is_empty()),
            gap,
            work: 0,
        };
        this.of_columns = this.entries_by_row(program);
        this.scale_flows(program);
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

    /// What the program's own columns put into each row.
    fn entries_by_row(&self, program: &Program) -> Vec<Vec<(usize, f64)>> {
        let mut rows: Vec<Vec<(usize, f64)>> = vec![Vec::new(); program.rows.len()];
        for (j, column) in self.own_columns(program) {
            for &(row, b) in &column.entries {
                let entries = &mut rows[row as usize];
                match entries.last_mut() {
                    Some((last, sum)) if *last == j => *sum += b as f64,
                    _ => entries.push((j, b as f64)),
                }
            }
        }
        rows
    }

    /// Flows are counted in shares of all that may flow.
    fn scale_flows(&mut self, program: &Program) {
        let first = self.flows.first_column;
        for (place, column) in program.columns[first..].iter().enumerate() {
            let all = column.upper.unwrap_or(1).max(1) as f64;
            let row = self.flows.first_row + 2 * place;
            self.row_scale[row..row + 2].fill(all);
            self.column_scale[first + place] = all;
        }
    }

    fn add_columns(&mut self, program: &Program) {
        self.column = vec![NONE; program.columns.len()];
        let own = &program.columns[..self.flows.first_column];
        for (j, column) in own.iter().enumerate() {
            let scale = self.column_scale[j];
            let upper = column.upper.map_or(f64::INFINITY, |u| u as f64 / scale);
            let cost = column.cost as f64 * scale / self.cost_scale;
            self.column[j] = self.simplex.add_column(&[], cost, (0.0, upper));
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
        let own = &program.columns[..self.flows.first_column];
        for (j, column) in own.iter().enumerate() {
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

/// Rows that are broken before anything is carried, or that bought units may break, or that some goods
/// make room in, which others could need. None where whole columns alone are searched: there, that a
/// node has no plan is told from its having no answer.
fn needs_slack(program: &Program, in_parcels: bool) -> Vec<bool> {
    if !in_parcels {
        return vec![false; program.rows.len()];
    }
    let mut needs: Vec<bool> = program.rows.iter().map(|row| row.upper < 0).collect();
    for column in program.columns.iter().filter(|column| column.whole) {
        for &(row, _) in column.entries.iter().filter(|&&(_, b)| b > 0) {
            needs[row as usize] = true;
        }
    }
    for usage in &program.uses {
        let start = usage.amount as usize * program.classes;
        let amounts = &program.amounts[start..start + program.classes];
        needs[usage.row as usize] |= amounts.iter().any(|&amount| amount < 0);
    }
    needs
}

/// Which flows count what a class puts on an arc.
pub(in crate::engine::integer) fn by_member(flows: &[Members]) -> HashMap<(u32, u32), Vec<u32>> {
    let mut at: HashMap<(u32, u32), Vec<u32>> = HashMap::new();
    for (place, members) in (0u32..).zip(flows) {
        for &member in members {
            at.entry(member).or_default().push(place);
        }
    }
    at
}

/// Dearer than what any parcel can cost by itself.
fn penalty(program: &Program) -> f64 {
    let staying = program.releases.iter().filter_map(|r| r.unserved_cost);
    let staying = staying.max().unwrap_or(0) as f64;
    let arcs = program.costs.iter().filter(|&&cost| cost != FORBIDDEN);
    let dearest = arcs.max().copied().unwrap_or(0).max(0) as f64;
    PENALTY * (staying + dearest + 1.0)
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
