//! Engines, bound and whole parcels against an oracle on random small programs.

use crate::support::{Random, oracle, program};
use railair::engine::whole::round;
use railair::engine::{EngineKind, Options, Solution, Stop, solve};
use railair::program::Program;
use railair::program::bound::{Bound, Prices, lagrangian};

/// How many random programs each property sees.
const PROGRAMS: u64 = 1_000;

fn run(program: &Program, engine: EngineKind) -> Solution {
    let options = Options {
        engine,
        gap: 1e-9,
        ..Options::default()
    };
    solve(program, &options).unwrap()
}

fn close(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-6 * a.abs().max(b.abs()).max(1.0)
}

#[test]
fn the_direct_engine_finds_the_optimum_of_the_arc_formulation() {
    let (mut solved, mut impossible, mut carried) = (0, 0, 0);
    for seed in 0..PROGRAMS {
        let program = program(seed);
        let solution = run(&program, EngineKind::Direct);
        match oracle(&program) {
            None => {
                assert_eq!(solution.stop, Stop::Infeasible, "seed {seed}");
                assert!(!solution.feasible, "seed {seed}");
                impossible += 1;
            }
            Some(optimum) => {
                assert!(solution.feasible, "seed {seed}: {solution:?}");
                assert!(
                    close(solution.cost, optimum),
                    "seed {seed}: {} instead of {optimum}",
                    solution.cost
                );
                let bound = solution.bound.unwrap() as f64;
                assert!(bound <= optimum + 1e-6 * optimum.abs(), "seed {seed}");
                // A bound is rounded down to a whole cost unit.
                assert!(
                    bound >= optimum - 1.0 - 1e-6 * optimum.abs(),
                    "seed {seed}: bound {bound}, optimum {optimum}"
                );
                solved += 1;
                carried += usize::from(!solution.flows.is_empty());
            }
        }
    }
    // The programs are worth something: most have a plan, some have none.
    println!("{solved} solved, {impossible} impossible, {carried} carry");
    assert!(solved > PROGRAMS / 2 && impossible > PROGRAMS / 50 && carried > 300);
}

#[test]
fn any_prices_prove_a_bound_below_the_optimum() {
    for seed in 0..PROGRAMS {
        let program = program(seed);
        let Some(optimum) = oracle(&program) else {
            continue;
        };
        let random = &mut Random::new(seed + 77);
        for size in [0, 10, 1_000, 100_000] {
            let prices: Vec<f64> = (program.rows.iter())
                .map(|_| random.below(size + 1) as f64 / 7.0)
                .collect();
            let Bound::AtLeast(bound) = lagrangian(&program, &Prices::round(&prices)).unwrap()
            else {
                panic!("seed {seed}: a program with a plan was called impossible");
            };
            assert!(
                bound as f64 <= optimum + 1e-6 * optimum.abs() + 1.0,
                "seed {seed}: bound {bound} above the optimum {optimum}"
            );
        }
    }
}

#[test]
fn baselines_are_whole_and_hold_and_never_beat_the_optimum() {
    let kinds = [
        EngineKind::CheapestFirst,
        EngineKind::FastestFirst,
        EngineKind::ProRata,
    ];
    let mut feasible = 0;
    for seed in 0..PROGRAMS {
        let program = program(seed);
        let optimum = oracle(&program);
        for kind in kinds {
            let solution = run(&program, kind);
            for (release, data) in program.releases.iter().enumerate() {
                let flows = solution.flows.iter();
                let carried: f64 = flows
                    .filter(|flow| flow.release as usize == release)
                    .map(|flow| flow.amount)
                    .sum();
                let total = carried + solution.unserved[release];
                assert_eq!(total, data.quantity as f64, "seed {seed}");
            }
            assert!(solution.flows.iter().all(|flow| flow.amount.fract() == 0.0));
            if solution.feasible {
                feasible += 1;
                let optimum = optimum.expect("a plan shows that there is one");
                assert!(
                    solution.cost >= optimum - 1e-6 * optimum.abs() - 1.0,
                    "seed {seed}: {kind:?} costs {} below {optimum}",
                    solution.cost
                );
            } else {
                // Only hard minimum limits and releases that must travel can be missed.
                let hard = program.rows.iter().any(|row| row.upper < 0)
                    || program.releases.iter().any(|r| r.unserved_cost.is_none());
                assert!(hard, "seed {seed}: {kind:?}");
            }
        }
    }
    assert!(feasible > 2 * PROGRAMS);
}

#[test]
fn whole_parcels_hold_exactly_and_never_beat_the_optimum() {
    let (mut whole, mut short, mut loss) = (0, 0, 0.0);
    for seed in 0..PROGRAMS {
        let program = program(seed);
        let Some(optimum) = oracle(&program) else {
            continue;
        };
        let solution = run(&program, EngineKind::Direct);
        let rounded = round(&program, &solution).unwrap();
        rounded.verify(&program).unwrap_or_else(|error| {
            panic!("seed {seed}: {error}");
        });
        if rounded.is_feasible() {
            whole += 1;
            let cost = rounded.cost as f64;
            assert!(
                cost >= optimum - 1e-6 * optimum.abs(),
                "seed {seed}: {cost} below {optimum}"
            );
            loss += (cost - optimum) / optimum.abs().max(1.0);
        } else {
            // Only hard minimum limits and releases that must travel can fail by a parcel.
            let hard = program.rows.iter().any(|row| row.upper < 0)
                || program.releases.iter().any(|r| r.unserved_cost.is_none());
            assert!(hard, "seed {seed}");
            short += 1;
        }
    }
    println!(
        "{whole} whole, {short} short, mean loss {}",
        loss / f64::from(whole)
    );
    assert!(whole > 20 * short);
}
