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

/// What an engine says.
#[derive(Debug)]
enum Answer {
    /// An optimum, and what is proven of it.
    Plan { cost: f64, bound: f64 },
    /// Hard limits cannot hold.
    Nothing,
    /// That it found no answer, for which the reference may be forgiven now and then.
    GaveUp(String),
}

fn answer(program: &Program, engine: EngineKind) -> Answer {
    let options = Options {
        engine,
        gap: 1e-9,
        threads: Some(1),
        ..Options::default()
    };
    let solution = match solve(program, &options) {
        Ok(solution) => solution,
        Err(error) => return Answer::GaveUp(format!("{error:?}")),
    };
    match (solution.stop, solution.bound) {
        (Stop::Infeasible, _) => Answer::Nothing,
        (_, Some(bound)) if solution.feasible => Answer::Plan {
            cost: solution.cost,
            bound: bound as f64,
        },
        (stop, bound) => Answer::GaveUp(format!("{stop:?}, bound {bound:?}")),
    }
}

/// What is wrong with an answer.
fn objection(answer: &Answer, optimum: Option<f64>) -> Option<String> {
    let wrong = match (answer, optimum) {
        (Answer::Nothing, None) => false,
        (&Answer::Plan { cost, bound }, Some(optimum)) => {
            let hair = 1e-6 * optimum.abs();
            // a bound is rounded down to a whole cost unit
            let proven = optimum - 1.0 - hair..=optimum + hair;
            !close(cost, optimum) || !proven.contains(&bound)
        }
        _ => true,
    };
    wrong.then(|| format!("{answer:?}, the arc formulation {optimum:?}"))
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
    let (mut wrong, mut gave_up) = (Vec::new(), 0);
    let range = seeds(25, 600);
    let many = range.end - range.start;
    for seed in range {
        let prepared = prepared(seed);
        let program = &prepared.formulation.program;
        let optimum = oracle(program);
        for engine in [EngineKind::ColumnGeneration, EngineKind::Direct] {
            let answer = answer(program, engine);
            if engine == EngineKind::Direct
                && let Answer::GaveUp(why) = &answer
            {
                println!("seed {seed}: the direct engine gave up: {why}");
                gave_up += 1;
            } else if let Some(said) = objection(&answer, optimum) {
                println!("seed {seed}: {engine:?}: {said}");
                wrong.push(format!("seed {seed}: {engine:?}: {said}"));
            }
        }
    }
    println!("{many} instances, on {gave_up} of which the direct engine gave up");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(
        gave_up <= 1 + many / 1000,
        "the direct engine gave up on {gave_up}"
    );
}
