//! The program in which nothing costs anything but exceeding rows.

use crate::engine::whole::{PARTS, WholeSolution};
use crate::engine::{PathFlow, Solution, Statistics, Stop};
use crate::program::{Column, FORBIDDEN, Program};

/// What a unit of a row that is exceeded costs.
const UNIT: i64 = 1_000_000;

/// `program` with nothing to pay, and for every row that carrying nothing may break, a column by which
/// it can be exceeded at a price.
pub(super) fn program(program: &Program) -> Program {
    let mut elastic = program.clone();
    elastic.constant = 0;
    for cost in elastic.costs.iter_mut().filter(|cost| **cost != FORBIDDEN) {
        *cost = 0;
    }
    for column in &mut elastic.columns {
        column.cost = 0;
    }
    for end in elastic.sinks.iter_mut().flat_map(|sink| &mut sink.ends) {
        end.1 = 0;
    }
    for release in &mut elastic.releases {
        release.unserved_cost = release.unserved_cost.map(|_| 0);
    }
    let mut may_break: Vec<bool> = program.rows.iter().map(|row| row.upper < 0).collect();
    for usage in &program.uses {
        let start = usage.amount as usize * program.classes;
        let amounts = &program.amounts[start..start + program.classes];
        may_break[usage.row as usize] |= amounts.iter().any(|&amount| amount < 0);
    }
    let rows = (0u32..).zip(may_break).filter(|&(_, may_break)| may_break);
    elastic.columns.extend(rows.map(|(row, _)| Column {
        cost: UNIT,
        entries: vec![(row, -1)],
        ..Column::default()
    }));
    elastic
}

/// A plan as an answer of a program that differs in costs and further columns only.
pub(super) fn solution(plan: &WholeSolution, program: &Program) -> Solution {
    let flow = |flow: &crate::engine::whole::WholeFlow| PathFlow {
        release: flow.release,
        arcs: flow.arcs.clone(),
        amount: flow.parcels as f64,
    };
    let bought = plan.columns.iter().map(|&y| y as f64 / PARTS as f64);
    let further = std::iter::repeat(0.0);
    Solution {
        stop: Stop::Finished,
        feasible: false,
        flows: plan.flows.iter().map(flow).collect(),
        unserved: plan.unserved.iter().map(|&left| left as f64).collect(),
        columns: bought.chain(further).take(program.columns.len()).collect(),
        prices: vec![0.0; program.rows.len()],
        cost: plan.cost as f64,
        bound: None,
        statistics: Statistics::default(),
    }
}
