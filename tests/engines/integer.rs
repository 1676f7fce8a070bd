//! Whole columns: by hand, and against every choice tried one by one.

use crate::support::{Random, oracle, program};
use railair::engine::integer::{self, IntegerSolution, Range};
use railair::engine::{Options, Stop};
use railair::program::{Column, Network, Program, Release, Row, Sink, Use};

/// Random programs that the oracle sees.
const PROGRAMS: u64 = 150;
/// Choices that are tried one by one, at most.
const CHOICES: usize = 2_000;

fn run(program: &Program, gap: f64) -> IntegerSolution {
    let options = Options {
        gap,
        threads: Some(1),
        ..Options::default()
    };
    integer::solve(program, &options).expect("a valid program")
}

/// `quantity` parcels that cost 10 each to leave, and an aircraft for ten of them at `price`.
fn charter(quantity: i64, price: i64, aircraft: i64) -> Program {
    Program {
        network: Network {
            nodes: 2,
            tails: vec![0],
            heads: vec![1],
            time: Some(vec![0, 60]),
        },
        classes: 1,
        costs: vec![0],
        use_starts: vec![0, 1],
        uses: vec![Use { row: 0, amount: 0 }],
        amounts: vec![1],
        rows: vec![Row { upper: 0 }],
        columns: vec![Column {
            cost: price,
            upper: Some(aircraft),
            whole: true,
            entries: vec![(0, -10)],
        }],
        sinks: vec![Sink { ends: vec![(1, 0)] }],
        releases: vec![Release {
            class: 0,
            origin: 0,
            sink: 0,
            quantity,
            unserved_cost: Some(10),
        }],
        constant: 0,
    }
}

#[test]
fn rounding_the_relaxation_is_wrong_in_either_direction() {
    // Five parcels: half an aircraft at 60 costs 30, so the relaxation flies. A whole one costs 60
    // and leaving all five 50: rounding up is wrong.
    let answer = run(&charter(5, 60, 3), 0.0);
    assert_eq!(
        (answer.solution.cost, answer.solution.columns[0]),
        (50.0, 0.0)
    );
    // Fourteen parcels at 45: 1.4 aircraft in the relaxation. Two cost 90; one and four left
    // behind cost 45 + 40 = 85: rounding up is wrong again. Sixteen: two cost 90, one and six left
    // behind 45 + 60 = 105: rounding down is wrong.
    let answer = run(&charter(14, 45, 3), 0.0);
    assert_eq!(
        (answer.solution.cost, answer.solution.columns[0]),
        (85.0, 1.0)
    );
    let answer = run(&charter(16, 45, 3), 0.0);
    assert_eq!(
        (answer.solution.cost, answer.solution.columns[0]),
        (90.0, 2.0)
    );
}

#[test]
fn a_charter_too_dear_by_one_stays_on_the_ground_and_cheaper_by_one_flies() {
    // Ten parcels cost 100 to leave.
    let dear = run(&charter(10, 101, 1), 0.0);
    assert_eq!((dear.solution.cost, dear.solution.columns[0]), (100.0, 0.0));
    let cheap = run(&charter(10, 99, 1), 0.0);
    assert_eq!(
        (cheap.solution.cost, cheap.solution.columns[0]),
        (99.0, 1.0)
    );
    assert_eq!(cheap.solution.stop, Stop::Finished);
}

/// Without an upper bound a column's reduced cost may be negative only where a branch bounds it, and
/// there it is what closes the gap.
#[test]
fn as_many_aircraft_as_one_likes_are_chosen_as_if_there_were_just_enough() {
    // As above: fourteen parcels at 45 an aircraft cost 85, sixteen 90, five at 60 are left behind.
    for (quantity, price, cost, aircraft) in
        [(14, 45, 85.0, 1.0), (16, 45, 90.0, 2.0), (5, 60, 50.0, 0.0)]
    {
        let mut program = charter(quantity, price, 0);
        program.columns[0].upper = None;
        let solution = run(&program, 0.0).solution;
        assert_eq!((solution.cost, solution.columns[0]), (cost, aircraft));
        assert_eq!(solution.stop, Stop::Finished);
        assert!(
            solution
                .bound
                .is_some_and(|bound| bound as f64 >= cost - 8.0)
        );
    }
}

/// A limit on what is of no use changes neither the answer nor what is proven.
#[test]
fn columns_without_end_end_where_limits_beyond_all_need_end() {
    let mut solved = 0;
    for seed in 0..PROGRAMS {
        let (mut limited, mut unlimited) = (with_whole_columns(seed), with_whole_columns(seed));
        for column in limited.columns.iter_mut().filter(|column| column.whole) {
            column.upper = Some(1_000);
        }
        for column in unlimited.columns.iter_mut().filter(|column| column.whole) {
            column.upper = None;
        }
        let (limited, unlimited) = (run(&limited, 0.0).solution, run(&unlimited, 0.0).solution);
        assert_eq!(limited.feasible, unlimited.feasible, "seed {seed}");
        assert_eq!(limited.stop, unlimited.stop, "seed {seed}");
        if !limited.feasible {
            continue;
        }
        let near = 1e-6 * limited.cost.abs().max(1.0);
        assert!(
            (limited.cost - unlimited.cost).abs() <= near,
            "seed {seed}: {} and {}",
            limited.cost,
            unlimited.cost
        );
        let bound = unlimited.bound.expect("a bound") as f64;
        assert!(
            bound <= limited.cost + near && bound >= limited.cost - near - 10.0,
            "seed {seed}: bound {bound}, optimum {}",
            limited.cost
        );
        solved += 1;
    }
    assert!(solved > 100, "{solved}");
}

#[test]
fn what_must_travel_and_has_too_few_aircraft_is_proven_impossible() {
    let mut program = charter(31, 45, 3);
    program.releases[0].unserved_cost = None;
    assert_eq!(run(&program, 0.0).solution.stop, Stop::Infeasible);
    program.releases[0].quantity = 30;
    assert_eq!(run(&program, 0.0).solution.cost, 135.0);
}

/// A random program some of whose columns are whole, few enough to try every choice.
fn with_whole_columns(seed: u64) -> Program {
    let random = &mut Random::new(seed + 10_000);
    let mut program = program(seed);
    let mut choices = 1;
    for column in &mut program.columns {
        let upper = random.between(1, 3);
        if random.chance(80) && choices * (upper as usize + 1) <= CHOICES {
            choices *= upper as usize + 1;
            column.whole = true;
            column.upper = Some(upper);
            // a few large units instead of many small ones
            for entry in &mut column.entries {
                entry.1 *= 8;
            }
            column.cost *= 6;
        }
    }
    program
}

/// The least cost over all choices, each by the oracle for linear programs.
fn by_trying(program: &Program) -> Option<f64> {
    let whole: Vec<usize> = (0..program.columns.len())
        .filter(|&column| program.columns[column].whole)
        .collect();
    let mut values = vec![0; whole.len()];
    let mut best: Option<f64> = None;
    loop {
        let mut fixed = program.clone();
        for (&column, &value) in whole.iter().zip(&values) {
            fixed.constant += i128::from(program.columns[column].cost * value);
            fixed.columns[column].upper = Some(0);
            for &(row, coefficient) in &program.columns[column].entries {
                fixed.rows[row as usize].upper -= coefficient * value;
            }
        }
        if let Some(cost) = oracle(&fixed) {
            best = Some(best.map_or(cost, |best| best.min(cost)));
        }
        let next = whole
            .iter()
            .zip(&mut values)
            .find(|(column, value)| **value < program.columns[**column].upper.expect("a bound"));
        let Some((&column, _)) = next else {
            return best;
        };
        for (&place, value) in whole.iter().zip(&mut values) {
            if place == column {
                *value += 1;
                break;
            }
            *value = 0;
        }
    }
}

#[test]
fn the_best_of_all_choices_is_found_and_proven() {
    let (mut solved, mut impossible, mut split) = (0, 0, 0);
    for seed in 0..PROGRAMS {
        let program = with_whole_columns(seed);
        let answer = run(&program, 0.0);
        let solution = &answer.solution;
        let Some(optimum) = by_trying(&program) else {
            assert!(!solution.feasible, "seed {seed}: {solution:?}");
            impossible += 1;
            continue;
        };
        let near = 1e-6 * optimum.abs().max(1.0);
        assert!(solution.feasible, "seed {seed}: {:?}", solution.stop);
        assert!(
            (solution.cost - optimum).abs() <= near,
            "seed {seed}: {} instead of {optimum}",
            solution.cost
        );
        let bound = solution.bound.expect("a bound") as f64;
        assert!(
            bound <= optimum + near && bound >= optimum - near - 10.0,
            "seed {seed}: bound {bound}, optimum {optimum}"
        );
        for (column, value) in program.columns.iter().zip(&solution.columns) {
            assert!(!column.whole || value.fract() == 0.0, "seed {seed}");
        }
        assert_leaves_hold(&answer, seed);
        solved += 1;
        split += usize::from(answer.nodes > 2);
    }
    println!("{solved} solved, {impossible} impossible, {split} split");
    assert!(solved > 100 && split > 10, "{solved} {impossible} {split}");
}

/// The chosen values lie in a leaf, and no leaf claims less than the bound.
fn assert_leaves_hold(answer: &IntegerSolution, seed: u64) {
    let bound = answer.solution.bound.expect("a bound");
    let least = answer.leaves.iter().map(|leaf| leaf.bound).min();
    assert_eq!(least, Some(bound), "seed {seed}");
    let within = |range: &Range, value: i64| {
        value >= range.lower && range.upper.is_none_or(|upper| value <= upper)
    };
    assert!(
        answer.leaves.iter().any(|leaf| {
            let values = leaf.domain.0.iter().zip(&answer.choices);
            values
                .into_iter()
                .all(|(range, &value)| within(range, value))
        }),
        "seed {seed}"
    );
}

#[test]
fn two_runs_at_a_gap_of_zero_give_the_same_answer() {
    for seed in [3, 17, 40] {
        let program = with_whole_columns(seed);
        let (first, second) = (run(&program, 0.0), run(&program, 0.0));
        assert_eq!(first.solution.flows, second.solution.flows, "seed {seed}");
        assert_eq!(
            first.solution.columns, second.solution.columns,
            "seed {seed}"
        );
        assert_eq!(first.solution.bound, second.solution.bound, "seed {seed}");
        assert_eq!(first.nodes, second.nodes, "seed {seed}");
    }
}
