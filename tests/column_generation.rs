//! The default engine against the arc formulation, and against itself.

mod support;

use railair::engine::{EngineKind, Options, Solution, Stop, solve};
use railair::program::Program;
use support::{oracle, program};

const PROGRAMS: u64 = 1_000;

fn run(program: &Program) -> Solution {
    let options = Options {
        engine: EngineKind::ColumnGeneration,
        gap: 1e-9,
        time_limit: Some(std::time::Duration::from_secs(2)),
        ..Options::default()
    };
    solve(program, &options).unwrap()
}

fn close(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-6 * a.abs().max(b.abs()).max(1.0)
}

#[test]
fn it_finds_the_optimum_of_the_arc_formulation_or_proves_that_there_is_none() {
    let mut wrong = Vec::new();
    let one: Option<u64> = std::env::var("SEED").ok().and_then(|s| s.parse().ok());
    let most = std::env::var("N")
        .ok()
        .and_then(|s| s.parse().ok())
        .unwrap_or(PROGRAMS);
    for seed in one.map_or(0..most, |s| s..s + 1) {
        let program = program(seed);
        let solution = run(&program);
        match oracle(&program) {
            None => {
                if solution.stop != Stop::Infeasible || solution.feasible {
                    wrong.push((
                        seed,
                        solution.stop,
                        solution.feasible,
                        solution.cost,
                        f64::NAN,
                    ));
                }
            }
            Some(optimum) => {
                let bound = solution.bound.unwrap() as f64;
                assert!(bound <= optimum + 1e-6 * optimum.abs(), "seed {seed}");
                if solution.stop != Stop::Finished || !close(solution.cost, optimum) {
                    wrong.push((
                        seed,
                        solution.stop,
                        solution.feasible,
                        solution.cost,
                        optimum,
                    ));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} wrong: {wrong:#?}", wrong.len());
}
