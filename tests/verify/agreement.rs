//! Engine against engine against the arc formulation, on random instances with every feature on.

use railair::engine::{EngineKind, Options, Stop, solve};
use railair::plan::{Prepared, prepare};
use railair::program::Program;

use crate::generator::{Random, Shape, write_instance};
use crate::oracle::oracle;
use crate::seeds::seeds;

fn close(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-6 * a.abs().max(b.abs()).max(1.0)
}

/// What an engine finds: cost and bound, or that hard limits cannot hold.
fn found(program: &Program, engine: EngineKind) -> Result<Option<(f64, f64)>, String> {
    let options = Options {
        engine,
        gap: 1e-9,
        threads: Some(1),
        ..Options::default()
    };
    let solution = solve(program, &options).map_err(|error| format!("{engine:?}: {error:?}"))?;
    match (solution.stop, solution.bound) {
        (Stop::Infeasible, _) => Ok(None),
        (_, Some(bound)) if solution.feasible => Ok(Some((solution.cost, bound as f64))),
        (stop, bound) => Err(format!(
            "{engine:?}: {stop:?}, bound {bound:?}, feasible {}",
            solution.feasible
        )),
    }
}

fn disagreement(program: &Program) -> Result<(), String> {
    let optimum = oracle(program);
    for engine in [EngineKind::ColumnGeneration, EngineKind::Direct] {
        let found = found(program, engine)?;
        let (Some((cost, bound)), Some(optimum)) = (found, optimum) else {
            if found.is_none() && optimum.is_none() {
                continue;
            }
            return Err(format!(
                "{engine:?} found {found:?}, the oracle {optimum:?}"
            ));
        };
        if !close(cost, optimum) {
            return Err(format!("{engine:?} found {cost}, the oracle {optimum}"));
        }
        // a bound is rounded down to a whole cost unit
        if bound > optimum + 1e-6 * optimum.abs() || bound < optimum - 1.0 - 1e-6 * optimum.abs() {
            return Err(format!("{engine:?} proves {bound} of {optimum}"));
        }
    }
    Ok(())
}

/// A random instance with a network that is small enough for the oracle.
fn prepared(seed: u64) -> Prepared {
    let folder = tempfile::tempdir().expect("a folder");
    let mut random = Random::new(seed);
    let shape = Shape::random(&mut random);
    let shape = Shape {
        dated_weeks: shape.dated_weeks.map(|_| 1),
        tail: false,
        origins: shape.origins.min(2),
        products: shape.products.min(2),
        hasty: true,
        ..shape
    };
    write_instance(&shape, &mut random, folder.path());
    prepare(folder.path(), None)
        .unwrap_or_else(|error| panic!("seed {seed}, {shape:?}: {error:#?}"))
}

#[test]
fn engines_and_the_arc_formulation_agree() {
    let mut wrong = Vec::new();
    let range = seeds(25, 600);
    let many = range.end - range.start;
    for seed in range {
        let prepared = prepared(seed);
        if let Err(said) = disagreement(&prepared.formulation.program) {
            println!("seed {seed}: {said}");
            wrong.push(format!("seed {seed}: {said}"));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {many}:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}
