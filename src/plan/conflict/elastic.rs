//! The program in which nothing costs anything but exceeding hard limits.
//!
//! Each bound of a hard limit may be exceeded by one amount in all its periods, at a price of
//! [`WHOLE`] for the whole bound. What that costs at least is how far the limits are from holding;
//! where it is more than nothing, some of them cannot. Whole units are divided as long as that is
//! enough to see it.

use std::collections::BTreeMap;

use crate::engine::{self, Options, Solution, Stop, integer};
use crate::instance::{Instance, Limit, Metric};
use crate::plan::hard_limits::{bound, forget_costs};
use crate::plan::planner::{PlanError, Prepared};
use crate::plan::space;
use crate::program::formulation::Side;
use crate::program::{Column, Program};

use super::Cell;

/// What exceeding a bound by as much as it is costs.
const WHOLE: f64 = 1e12;
/// Below this, limits count as holding: a hundred-millionth of a bound.
const NOTHING: f64 = 1e4;
/// Amounts may become so large that no sum of two leaves 64 bits.
const MOST: i128 = 1 << 60;

/// The elastic program of an instance.
pub(super) struct Elastic<'a> {
    prepared: &'a Prepared,
    options: &'a Options,
    program: Program,
    /// The cell of each row of the program.
    cells: Vec<Option<Cell>>,
    /// The column of violation of each bound of a hard limit.
    violations: BTreeMap<Cell, usize>,
}

impl<'a> Elastic<'a> {
    pub(super) fn new(prepared: &'a Prepared, options: &'a Options) -> Result<Self, PlanError> {
        let mut program = prepared.formulation.program.clone();
        add_further_units(prepared, &mut program);
        forget_costs(&mut program);
        let rows = prepared.formulation.rows.iter();
        let cells: Vec<Option<Cell>> = rows.map(|row| Cell::of(prepared, row.what)).collect();
        let mut violations = BTreeMap::new();
        for (row, cell) in (0u32..).zip(&cells) {
            let Some(cell @ Cell::Limit(id, side)) = *cell else {
                continue;
            };
            let limit = &prepared.instance.limits[id.at()];
            let column = *violations.entry(cell).or_insert_with(|| {
                let size = size(&prepared.instance, limit, side);
                program.columns.push(Column {
                    cost: (WHOLE / size).round().max(1.0) as i64,
                    ..Column::default()
                });
                program.columns.len() - 1
            });
            let per_unit = prepared.formulation.rows[row as usize].per_unit;
            program.columns[column].entries.push((row, -per_unit));
        }
        Ok(Self {
            prepared,
            options,
            program,
            cells,
            violations,
        })
    }

    /// The cells that the proof needs that not all limits can hold; `None` where they can.
    pub(super) fn suspects(&self) -> Result<Option<Vec<Cell>>, PlanError> {
        let solution = self.solve(&self.program)?;
        if !exceeds(&solution) {
            return Ok(None);
        }
        let mut suspects: Vec<Cell> = self
            .cells
            .iter()
            .zip(&solution.prices)
            .filter(|&(_, &price)| price > 0.0)
            .filter_map(|(&cell, _)| cell)
            .collect();
        suspects.sort_unstable();
        suspects.dedup();
        if self.is_conflict(&suspects)? {
            return Ok(Some(suspects));
        }
        let mut all: Vec<Cell> = self.cells.iter().copied().flatten().collect();
        all.sort_unstable();
        all.dedup();
        Ok(Some(all))
    }

    /// Whether some cells cannot hold together, all others given up.
    pub(super) fn is_conflict(&self, kept: &[Cell]) -> Result<bool, PlanError> {
        if !kept.iter().any(|cell| matches!(cell, Cell::Limit(..))) {
            return Ok(false);
        }
        let mut program = self.program.clone();
        for (cell, &column) in &self.violations {
            if !kept.contains(cell) {
                program.columns[column].cost = 0;
            }
        }
        let totals = self.totals();
        let given_up = |row: usize| self.cells[row].is_some_and(|cell| !kept.contains(&cell));
        let units = |row: usize| matches!(self.cells[row], Some(Cell::Units(..)));
        let limits = |row: usize| matches!(self.cells[row], None | Some(Cell::Limit(..)));
        for (row, &total) in totals.iter().enumerate() {
            if given_up(row) && !units(row) && !limits(row) {
                program.rows[row].upper = program.rows[row].upper.max(total);
            }
        }
        // further units are bought in columns, and those may be bounded by a row
        for column in &mut program.columns {
            let of_units = column.entries.iter();
            let enough = of_units
                .filter(|&&(row, b)| b < 0 && units(row as usize) && given_up(row as usize))
                .map(|&(row, b)| totals[row as usize] / b.abs() + 1)
                .max();
            let Some(enough) = enough else { continue };
            column.upper = column.upper.map(|upper| upper.max(enough));
            for &(row, b) in &column.entries {
                if b > 0 && units(row as usize) {
                    let upper = i128::from(enough) * i128::from(b);
                    program.rows[row as usize].upper = upper.min(MOST) as i64;
                }
            }
        }
        Ok(exceeds(&self.solve(&program)?))
    }

    /// By how much each bound of a hard limit is exceeded, in its metric's unit, where the sum of
    /// relative excesses is least.
    pub(super) fn least_excess(&self) -> Result<BTreeMap<Cell, f64>, PlanError> {
        let solution = self.solve(&self.program)?;
        let solution = self.solve_whole(&self.program, solution)?;
        let by = |(&cell, &column): (&Cell, &usize)| (cell, solution.columns[column]);
        Ok(self.violations.iter().map(by).collect())
    }

    fn solve(&self, program: &Program) -> Result<Solution, PlanError> {
        let solution = engine::solve(program, self.options)?;
        match solution.stop {
            Stop::TimeLimit | Stop::Interrupted if !solution.feasible => Err(PlanError::NoPlanYet),
            _ if exceeds(&solution) => Ok(solution),
            _ => self.solve_whole(program, solution),
        }
    }

    /// The same with whole units whole, where there are any.
    fn solve_whole(&self, program: &Program, divided: Solution) -> Result<Solution, PlanError> {
        if !integer::has_choices(program) {
            return Ok(divided);
        }
        let solution = integer::solve(program, self.options)?.solution;
        let is_cut = matches!(solution.stop, Stop::TimeLimit | Stop::Interrupted);
        let is_known = exceeds(&solution) || (solution.feasible && solution.cost <= NOTHING);
        match is_cut && !is_known {
            true => Err(PlanError::NoPlanYet),
            false => Ok(solution),
        }
    }

    /// What all goods together could take from each row, were they to use it twice.
    fn totals(&self) -> Vec<i64> {
        let program = &self.program;
        let quantity: i128 = program
            .releases
            .iter()
            .map(|release| i128::from(release.quantity))
            .sum();
        let mut largest = vec![0i64; program.rows.len()];
        for usage in &program.uses {
            let first = usage.amount as usize * program.classes;
            let amounts = &program.amounts[first..first + program.classes];
            let most = amounts.iter().map(|amount| amount.abs()).max();
            let row = &mut largest[usage.row as usize];
            *row = (*row).max(most.unwrap_or(0));
        }
        let total = |&amount: &i64| (2 * quantity * i128::from(amount)).min(MOST) as i64;
        largest.iter().map(total).collect()
    }

    /// The instance.
    pub(super) fn instance(&self) -> &'a Instance {
        &self.prepared.instance
    }
}

/// Columns of units where a departure has none of its own, whole where units are.
fn add_further_units(prepared: &Prepared, program: &mut Program) {
    let further = crate::plan::what_if::add_further_units(prepared, program);
    let departures = &prepared.network.departures;
    let rows = &prepared.formulation.departures;
    for ((departure, rows), further) in departures.iter().zip(rows).zip(further) {
        let Some(further) = further else { continue };
        let column = &mut program.columns[further as usize];
        if rows.column.is_some() {
            column.entries.clear();
        }
        column.whole = space::leg(&prepared.instance, departure).unit.whole;
    }
}

fn exceeds(solution: &Solution) -> bool {
    match solution.bound {
        Some(bound) => bound as f64 > NOTHING,
        None => solution.cost > NOTHING,
    }
}

/// What counts as all of a bound, in the metric's unit.
fn size(instance: &Instance, limit: &Limit, side: Side) -> f64 {
    let bound = bound(limit, side) as f64 / 1e6;
    let of_all = |of: fn(&crate::instance::Product) -> f64| -> f64 {
        let demands = instance.demands.iter();
        demands
            .map(|d| d.parcels.0 as f64 * of(&instance.products[d.product.at()]))
            .sum()
    };
    let size = match side {
        Side::Min | Side::Max => bound,
        Side::MinShare | Side::MaxShare => {
            let all = match limit.metric {
                Metric::Parcels => of_all(|_| 1.0),
                Metric::M3 => of_all(|product| product.volume.m3()),
                _ => of_all(|product| product.weight.kg()),
            };
            bound * all
        }
    };
    if size > 0.0 { size } else { 1.0 }
}
