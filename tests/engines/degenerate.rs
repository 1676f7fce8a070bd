//! Families of programs with many ties, no room to spare, or nothing to do, where methods that
//! rely on an interior or on one best vertex go wrong.

use super::support::{Random, oracle, program};
use railair::engine::{Options, Solution, Stop, column_generation};
use railair::program::{FORBIDDEN, Network, Program, Release, Row, Sink, Use};

const PROGRAMS: u64 = 100;

fn run(program: &Program) -> Solution {
    program.validate().unwrap();
    // without the direct engine behind it
    column_generation::solve(program, &Options::default()).unwrap()
}

/// The engine proves the optimum of the arc formulation, or that there is no plan.
fn assert_right(program: &Program, what: &str) {
    let solution = run(program);
    let Some(optimum) = oracle(program) else {
        assert_eq!(solution.stop, Stop::Infeasible, "{what}");
        return;
    };
    let off = (solution.cost - optimum).abs();
    assert!(solution.feasible, "{what}: {:?}", solution.stop);
    assert_eq!(solution.stop, Stop::Finished, "{what}");
    assert!(
        off <= 1e-6 * optimum.abs().max(1.0),
        "{what}: {} is not {optimum}",
        solution.cost
    );
    // bounds are whole numbers, and never above
    let bound = solution.bound.unwrap() as f64;
    let least = solution.cost - 1.0 - 1e-6 * solution.cost.abs();
    assert!(
        bound >= least,
        "{what}: {bound} does not prove {}",
        solution.cost
    );
}

fn for_all(family: &str, change: impl Fn(&mut Program, &mut Random)) {
    for seed in 0..PROGRAMS {
        let mut program = program(seed);
        change(&mut program, &mut Random::new(seed));
        assert_right(&program, &format!("{family}, seed {seed}"));
    }
}

fn set_costs(program: &mut Program, mut cost: impl FnMut() -> i64) {
    for old in program.costs.iter_mut().filter(|cost| **cost != FORBIDDEN) {
        *old = cost();
    }
}

#[test]
fn equal_costs_everywhere() {
    for_all("equal costs", |program, _| {
        set_costs(program, || 1_000);
        for release in &mut program.releases {
            release.unserved_cost = release.unserved_cost.map(|_| 1_000);
        }
    });
}

#[test]
fn no_costs_at_all_but_for_staying() {
    for_all("no costs", |program, _| set_costs(program, || 0));
}

#[test]
fn costs_over_nine_orders_of_magnitude() {
    for_all("wide costs", |program, random| {
        set_costs(program, || 10i64.pow(random.below(10) as u32));
    });
}

#[test]
fn rows_without_room() {
    for_all("no room", |program, random| {
        for row in program.rows.iter_mut().filter(|row| row.upper > 0) {
            row.upper *= random.below(2);
        }
    });
}

#[test]
fn releases_of_nothing() {
    for_all("nothing to carry", |program, random| {
        for release in &mut program.releases {
            release.quantity *= random.below(2);
        }
    });
    for_all("nothing at all", |program, _| {
        for release in &mut program.releases {
            release.quantity = 0;
        }
    });
}

#[test]
fn origins_that_lead_nowhere() {
    for_all("a lonely origin", |program, random| {
        let Some(first) = program.releases.first().cloned() else {
            return;
        };
        // nodes are ordered by time: the newcomer is the last
        let origin = program.network.nodes as u32;
        program.network.nodes += 1;
        if let Some(time) = &mut program.network.time {
            time.push(time.last().map_or(0, |last| last + 60));
        }
        program.releases.push(Release {
            origin,
            quantity: random.between(1, 9),
            unserved_cost: Some(random.below(5_000)),
            ..first
        });
    });
}

/// A chain of arcs 0 → 1 → … with `parallel` arcs between neighbours, each with a row of its own.
fn chain(stages: usize, parallel: usize, cost: impl Fn(usize) -> i64, upper: i64) -> Program {
    let arcs = stages * parallel;
    Program {
        network: Network {
            nodes: stages + 1,
            tails: (0..arcs).map(|arc| (arc / parallel) as u32).collect(),
            heads: (0..arcs).map(|arc| (arc / parallel + 1) as u32).collect(),
            time: Some((0..=stages as i64).map(|node| 60 * node).collect()),
        },
        classes: 1,
        costs: (0..arcs).map(|arc| cost(arc % parallel)).collect(),
        use_starts: (0..=arcs as u32).collect(),
        uses: (0..arcs as u32).map(|row| Use { row, amount: 0 }).collect(),
        amounts: vec![1],
        rows: vec![Row { upper }; arcs],
        sinks: vec![Sink {
            ends: vec![(stages as u32, 0)],
        }],
        ..Program::default()
    }
}

fn release(quantity: i64) -> Release {
    Release {
        class: 0,
        origin: 0,
        sink: 0,
        quantity,
        unserved_cost: Some(1_000_000),
    }
}

#[test]
fn thousands_of_parallel_arcs() {
    // 2,000 arcs of cost 1, 2, 3, … with room for one each. 300 parcels take the 300 cheapest:
    // 1 + 2 + … + 300 = 45,150.
    let mut program = chain(1, 2_000, |arc| arc as i64 + 1, 1);
    program.network.time = None;
    program.releases = vec![release(300)];
    let solution = run(&program);
    assert_eq!((solution.stop, solution.feasible), (Stop::Finished, true));
    assert!((solution.cost - 45_150.0).abs() <= 0.05);
    assert!(solution.bound.unwrap() >= 45_149);
}

#[test]
fn capacities_exactly_equal_to_demand() {
    // Four stages of five arcs with room for 7 each, and 35 parcels in seven releases of 5: every
    // arc is full, and every plan costs 4 · 7 · (1 + 2 + 3 + 4 + 5) = 420.
    let mut program = chain(4, 5, |arc| arc as i64 + 1, 7);
    program.releases = vec![release(5); 7];
    let solution = run(&program);
    assert_eq!((solution.stop, solution.feasible), (Stop::Finished, true));
    assert!((solution.cost - 420.0).abs() <= 1e-3);
    assert!(solution.unserved.iter().sum::<f64>() <= 1e-6);
    // One more parcel stays behind, at a million.
    program.releases.push(release(1));
    assert!((run(&program).cost - 1_000_420.0).abs() <= 0.5);
    // If all must travel, there is no plan.
    for release in &mut program.releases {
        release.unserved_cost = None;
    }
    assert_eq!(run(&program).stop, Stop::Infeasible);
}
