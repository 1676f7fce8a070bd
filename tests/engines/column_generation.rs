//! The default engine against the arc formulation, and against itself.

use super::support::{Random, oracle, program};
use railair::engine::column_generation::{self, Session};
use railair::engine::{EngineKind, Options, Solution, Stop, solve};
use railair::program::Program;

const PROGRAMS: u64 = 1_000;

fn options(gap: f64) -> Options {
    Options {
        engine: EngineKind::ColumnGeneration,
        gap,
        ..Options::default()
    }
}

/// Without the direct engine behind it.
fn run(program: &Program) -> Solution {
    column_generation::solve(program, &options(1e-9)).unwrap()
}

fn close(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-6 * a.abs().max(b.abs()).max(1.0)
}

#[test]
fn it_finds_the_optimum_of_the_arc_formulation_or_proves_that_there_is_none() {
    let mut wrong = Vec::new();
    for seed in 0..PROGRAMS {
        let program = program(seed);
        let solution = run(&program);
        let right = match oracle(&program) {
            None => solution.stop == Stop::Infeasible && !solution.feasible,
            Some(optimum) => {
                let bound = solution.bound.unwrap() as f64;
                assert!(bound <= optimum + 1e-6 * optimum.abs(), "seed {seed}");
                solution.stop == Stop::Finished
                    && solution.feasible
                    && close(solution.cost, optimum)
            }
        };
        if !right {
            wrong.push((seed, solution.stop, solution.cost));
        }
    }
    assert!(wrong.is_empty(), "{} wrong: {wrong:?}", wrong.len());
}

/// Changes one number of a program.
fn change(program: &mut Program, random: &mut Random) {
    match random.below(4) {
        0 if !program.rows.is_empty() => {
            let row = random.below(program.rows.len() as i64) as usize;
            program.rows[row].upper += random.between(-3, 6);
        }
        1 if !program.releases.is_empty() => {
            let release = random.below(program.releases.len() as i64) as usize;
            program.releases[release].quantity = random.between(0, 20);
        }
        2 if !program.columns.is_empty() => {
            let column = random.below(program.columns.len() as i64) as usize;
            program.columns[column].cost += random.between(0, 500);
        }
        _ => {
            let arc = random.below(program.arcs() as i64) as usize;
            let cost = &mut program.costs[arc];
            if *cost < i64::MAX - 1_000 {
                *cost += random.between(0, 300);
            }
        }
    }
}

#[test]
fn solving_again_after_a_change_equals_solving_afresh() {
    for seed in 0..60 {
        let mut session = Session::new(program(seed), options(1e-9));
        session.solve().unwrap();
        let random = &mut Random::new(seed + 5);
        for step in 0..20 {
            change(session.program_mut(), random);
            let warm = session.solve().unwrap();
            let cold = run(session.program());
            assert_eq!(warm.feasible, cold.feasible, "seed {seed}, step {step}");
            if cold.stop == Stop::Finished {
                assert_eq!(warm.stop, Stop::Finished, "seed {seed}, step {step}");
                assert!(close(warm.cost, cold.cost), "seed {seed}, step {step}");
            }
        }
    }
}

#[test]
fn one_thread_and_two_give_the_same_bytes() {
    for seed in 0..50 {
        let program = program(seed);
        let with = |threads| {
            let options = Options {
                threads: Some(threads),
                ..options(1e-6)
            };
            let solution = solve(&program, &options).unwrap();
            (solution.flows, solution.columns, solution.prices)
        };
        assert_eq!(with(1), with(2), "seed {seed}");
    }
}
