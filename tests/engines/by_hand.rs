//! Small programs with an answer that can be worked out on paper, one for each kind of row.

use crate::support::oracle;
use railair::engine::whole::round;
use railair::engine::{EngineKind, Options, Solution, Stop, solve};
use railair::program::{Column, Network, Program, Release, Row, Sink, Use};

/// Arcs from 0 to 1 in parallel, with one cost per class, and what each takes from rows.
fn parallel(costs: &[&[i64]], uses: &[&[Use]], amounts: Vec<i64>) -> Program {
    let (classes, arcs) = (costs.len(), costs[0].len());
    let mut program = Program {
        network: Network {
            nodes: 2,
            tails: vec![0; arcs],
            heads: vec![1; arcs],
            time: Some(vec![0, 60]),
        },
        classes,
        costs: costs.concat(),
        use_starts: vec![0],
        amounts,
        sinks: vec![Sink { ends: vec![(1, 0)] }],
        ..Program::default()
    };
    for uses in uses {
        program.uses.extend_from_slice(uses);
        program.use_starts.push(program.uses.len() as u32);
    }
    program
}

fn release(class: u32, quantity: i64, unserved_cost: Option<i64>) -> Release {
    Release {
        class,
        origin: 0,
        sink: 0,
        quantity,
        unserved_cost,
    }
}

fn column(cost: i64, upper: Option<i64>, entries: &[(u32, i64)]) -> Column {
    Column {
        cost,
        upper,
        whole: false,
        entries: entries.to_vec(),
    }
}

fn uses(row: u32, amount: u32) -> Use {
    Use { row, amount }
}

fn run(program: &Program, engine: EngineKind) -> Solution {
    let options = Options {
        engine,
        ..Options::default()
    };
    solve(program, &options).unwrap()
}

/// The direct engine's answer, which must be proven and equal the oracle's.
fn direct(program: &Program) -> Solution {
    let solution = run(program, EngineKind::Direct);
    assert_eq!(solution.stop, Stop::Finished);
    assert!(solution.feasible);
    let optimum = oracle(program).unwrap();
    assert!((solution.cost - optimum).abs() < 1e-6 * optimum);
    assert!(solution.bound.unwrap() as f64 >= optimum - 1.0 - 1e-6 * optimum);
    assert!(solution.bound.unwrap() as f64 <= optimum * (1.0 + 1e-9));
    solution
}

fn near(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-6 * b.abs().max(1.0)
}

#[test]
fn one_binding_capacity() {
    // 10 parcels at 300 through room for 6, else at 500, or unserved at 900.
    let mut program = parallel(&[&[300, 500]], &[&[uses(0, 0)], &[]], vec![1]);
    program.rows = vec![Row { upper: 6 }];
    program.releases = vec![release(0, 10, Some(900))];
    let solution = direct(&program);
    // 6·300 + 4·500 = 3800; one more place would save 200.
    assert!(near(solution.cost, 3_800.0));
    assert!(near(solution.prices[0], 200.0));
    for engine in [EngineKind::CheapestFirst, EngineKind::FastestFirst] {
        assert!(near(run(&program, engine).cost, 3_800.0));
    }
}

#[test]
fn a_price_on_staying_leaves_the_rest_unserved() {
    // As above without the second way: 6·300 + 4·900 = 5400; one more place would save 600.
    let mut program = parallel(&[&[300]], &[&[uses(0, 0)]], vec![1]);
    program.rows = vec![Row { upper: 6 }];
    program.releases = vec![release(0, 10, Some(900))];
    let solution = direct(&program);
    assert!(near(solution.cost, 5_400.0) && near(solution.unserved[0], 4.0));
    assert!(near(solution.prices[0], 600.0));
    // At 200 nothing travels, with the baselines neither.
    program.releases[0].unserved_cost = Some(200);
    assert!(near(direct(&program).cost, 2_000.0));
    assert!(near(run(&program, EngineKind::CheapestFirst).cost, 2_000.0));
    // What must travel and has no room is no plan.
    program.releases[0].unserved_cost = None;
    let solution = run(&program, EngineKind::Direct);
    assert_eq!(solution.stop, Stop::Infeasible);
    assert!(!solution.feasible && solution.bound.is_none());
}

#[test]
fn a_pallet_mixes_dense_and_light_parcels() {
    // A unit of 1 kg or 6000 cm³ costs 40; dense parcels: 500 g, 1000 cm³; light: 100 g, 2000 cm³.
    // Apart, 20 dense fill 10 kg = 10 units, 20 light fill 40 000 cm³ = 6⅔ units. Together they
    // weigh 12 kg and fill 60 000 cm³ = 10 units: 12 units, 480.
    let both = [uses(0, 0), uses(1, 1)];
    let mut program = parallel(&[&[0], &[0]], &[&both], vec![500, 100, 1000, 2000]);
    program.rows = vec![Row { upper: 0 }, Row { upper: 0 }];
    program.columns = vec![column(40, None, &[(0, -1000), (1, -6000)])];
    program.releases = vec![release(0, 20, Some(900)), release(1, 20, Some(900))];
    let solution = direct(&program);
    assert!(near(solution.cost, 480.0) && near(solution.columns[0], 12.0));
    // Weight is what costs: 40 per 1000 g, volume is free.
    assert!(near(solution.prices[0], 0.04) && near(solution.prices[1], 0.0));
    assert_eq!(round(&program, &solution).unwrap().cost, 480);
    assert!(near(run(&program, EngineKind::CheapestFirst).cost, 480.0));
}

#[test]
fn dense_parcels_that_travel_alone_pay_by_weight() {
    // A unit of 10 g or 10 cm³ costs 10. 90 light parcels of 1 g and 4 cm³ go by the first
    // departure at 1, 10 dense ones of 5 g and 1 cm³ by the second at 1; the other way round costs
    // 100 more. All together are light, 140 g and 370 cm³, but the dense ones travel alone:
    // 360 cm³ are 36 units, 50 g are 5 units: 90 + 360 + 10 + 50 = 510.
    let first = [uses(0, 0), uses(1, 1)];
    let second = [uses(2, 0), uses(3, 1)];
    let amounts = vec![1, 5, 4, 1];
    let mut program = parallel(&[&[1, 101], &[101, 1]], &[&first, &second], amounts);
    program.rows = vec![Row { upper: 0 }; 4];
    program.columns = vec![
        column(10, None, &[(0, -10), (1, -10)]),
        column(10, None, &[(2, -10), (3, -10)]),
    ];
    program.releases = vec![release(0, 90, Some(900)), release(1, 10, Some(900))];
    let solution = direct(&program);
    assert!(near(solution.cost, 510.0) && near(solution.columns[1], 5.0));
    let solution = run(&program, EngineKind::ColumnGeneration);
    assert_eq!(solution.stop, Stop::Finished);
    assert!(near(solution.cost, 510.0) && near(solution.columns[1], 5.0));
    // by volume on the first, by weight on the second: one for each
    let expected = [0.0, 1.0, 1.0, 0.0];
    assert!(
        solution
            .prices
            .iter()
            .zip(expected)
            .all(|(price, one)| near(*price, one))
    );
}

#[test]
fn minimum_units_are_paid_and_free_to_fill() {
    // Five units at 40 are paid anyway: a constant of 200 and room for 5 kg, then 40 per kg.
    // 20 parcels of 500 g: 10 kg, five more units: 200 + 200.
    let mut program = parallel(&[&[0]], &[&[uses(0, 0)]], vec![500]);
    program.constant = 200;
    program.rows = vec![Row { upper: 5_000 }];
    program.columns = vec![column(40, Some(8), &[(0, -1000)])];
    program.releases = vec![release(0, 20, Some(900))];
    assert!(near(direct(&program).cost, 400.0));
    assert!(near(run(&program, EngineKind::ProRata).cost, 400.0));
    // 8 parcels: 4 kg fit into what is paid: 200, one unit is dead freight.
    program.releases[0].quantity = 8;
    assert!(near(direct(&program).cost, 200.0));
}

#[test]
fn tiers_come_in_the_order_of_their_price() {
    // Room for 10, overtime for 5 at 20 each, temporary staff for 5 at 70: 18 parcels cost
    // 5·20 + 3·70 = 310; the next place is worth 70.
    let mut program = parallel(&[&[0]], &[&[uses(0, 0)]], vec![1]);
    program.rows = vec![Row { upper: 10 }];
    program.columns = vec![
        column(70, Some(5), &[(0, -1)]),
        column(20, Some(5), &[(0, -1)]),
    ];
    program.releases = vec![release(0, 18, Some(900))];
    let solution = direct(&program);
    assert!(near(solution.cost, 310.0) && near(solution.prices[0], 70.0));
    assert!(near(run(&program, EngineKind::CheapestFirst).cost, 310.0));
    // 25 parcels: five stay, 100 + 350 + 5·900.
    program.releases[0].quantity = 25;
    assert!(near(direct(&program).cost, 4_950.0));
}

#[test]
fn soft_limits_cost_and_hard_limits_hold() {
    // At most 4 on the cheap way (300 against 500), 150 per parcel more: worth it, 10·300 + 6·150.
    let mut program = parallel(&[&[300, 500]], &[&[uses(0, 0)], &[]], vec![1]);
    program.rows = vec![Row { upper: 4 }];
    program.columns = vec![column(150, None, &[(0, -1)])];
    program.releases = vec![release(0, 10, Some(900))];
    assert!(near(direct(&program).cost, 3_900.0));
    // At 250 per parcel it is not: 4·300 + 6·500.
    program.columns[0].cost = 250;
    assert!(near(direct(&program).cost, 4_200.0));
    program.columns.clear();
    assert!(near(direct(&program).cost, 4_200.0));
}

#[test]
fn minimum_limits_are_maxima_of_what_is_negative() {
    // At least 3 on the dear way: −x ≤ −3. Seven at 300, three at 500; the row's price is the 200
    // that each costs more.
    let mut program = parallel(&[&[300, 500]], &[&[], &[uses(0, 0)]], vec![-1]);
    program.rows = vec![Row { upper: -3 }];
    program.releases = vec![release(0, 10, Some(900))];
    let solution = direct(&program);
    assert!(near(solution.cost, 3_600.0) && near(solution.prices[0], 200.0));
    assert!(round(&program, &solution).unwrap().is_feasible());
    // A planner's habit misses it, and says so.
    assert!(!run(&program, EngineKind::CheapestFirst).feasible);
    // Soft at 50 per parcel it is paid for: 10·300 + 3·50, which a habit may do.
    program.columns = vec![column(50, None, &[(0, -1)])];
    assert!(near(direct(&program).cost, 3_150.0));
    let habit = run(&program, EngineKind::CheapestFirst);
    assert!(habit.feasible && near(habit.cost, 3_150.0));
    // More than there is cannot be had.
    program.columns.clear();
    program.rows[0].upper = -11;
    assert_eq!(run(&program, EngineKind::Direct).stop, Stop::Infeasible);
}

#[test]
fn pro_rata_cuts_all_in_the_same_proportion() {
    // Three releases of 40, 20 and 20 ask for room for 40: half of each. The rest goes at 500.
    let mut program = parallel(&[&[300, 500]], &[&[uses(0, 0)], &[]], vec![1]);
    program.rows = vec![Row { upper: 40 }];
    program.releases = [40, 20, 20].map(|q| release(0, q, Some(900))).to_vec();
    let solution = run(&program, EngineKind::ProRata);
    let amounts: Vec<(u32, Vec<u32>, f64)> = (solution.flows.into_iter())
        .map(|flow| (flow.release, flow.arcs, flow.amount))
        .collect();
    let expected = [
        (0, vec![0], 20.0),
        (0, vec![1], 20.0),
        (1, vec![0], 10.0),
        (1, vec![1], 10.0),
        (2, vec![0], 10.0),
        (2, vec![1], 10.0),
    ];
    assert_eq!(amounts, expected);
}

#[test]
fn fastest_first_takes_the_early_arrival_and_cheapest_first_the_cheap_one() {
    // 0 → 1 arrives after an hour at 800, 0 → 2 after two at 100; staying costs 1000.
    let mut program = parallel(&[&[800, 100]], &[&[], &[]], vec![]);
    program.network.nodes = 3;
    program.network.heads = vec![1, 2];
    program.network.time = Some(vec![0, 60, 120]);
    program.sinks[0].ends = vec![(1, 0), (2, 0)];
    program.releases = vec![release(0, 10, Some(1_000))];
    assert!(near(run(&program, EngineKind::FastestFirst).cost, 8_000.0));
    assert!(near(run(&program, EngineKind::CheapestFirst).cost, 1_000.0));
    // Where the fast way is dearer than staying, the cheap one is taken after all.
    program.releases[0].unserved_cost = Some(700);
    assert!(near(run(&program, EngineKind::FastestFirst).cost, 1_000.0));
}

#[test]
fn whole_parcels_fill_a_row_with_what_fits() {
    // 1000 g for parcels of 300 g (worth 600 each) and 230 g (worth 455): the linear program takes
    // 3⅓ heavy ones, 2000. Whole: 3 heavy ones leave 100 g; 1 heavy and 3 light fill 990 g and
    // save 1965, better than 3·600 = 1800 and 2·600 + 455 = 1655.
    let mut program = parallel(&[&[0], &[0]], &[&[uses(0, 0)]], vec![300, 230]);
    program.rows = vec![Row { upper: 1000 }];
    program.releases = vec![release(0, 9, Some(600)), release(1, 9, Some(455))];
    let solution = direct(&program);
    let all = 9 * 600 + 9 * 455;
    assert!(near(solution.cost, f64::from(all - 2_000)));
    let whole = round(&program, &solution).unwrap();
    whole.verify(&program).unwrap();
    assert_eq!(whole.cost, i128::from(all - 1_965));
}

#[test]
fn a_time_limit_of_nothing_still_gives_a_plan_and_a_bound() {
    let mut program = parallel(&[&[300, 500]], &[&[uses(0, 0)], &[]], vec![1]);
    program.rows = vec![Row { upper: 6 }];
    program.releases = vec![release(0, 10, Some(900))];
    let options = Options {
        engine: EngineKind::Direct,
        time_limit: Some(std::time::Duration::ZERO),
        ..Options::default()
    };
    let solution = solve(&program, &options).unwrap();
    assert_eq!(solution.stop, Stop::TimeLimit);
    assert!(solution.feasible);
    assert!(solution.bound.unwrap() as f64 <= 3_800.0 && solution.cost >= 3_800.0 - 1e-6);
    let options = Options {
        time_limit: None,
        ..options
    };
    options.interrupt.raise();
    let solution = solve(&program, &options).unwrap();
    assert_eq!(solution.stop, Stop::Interrupted);
    assert!(solution.feasible && solution.bound.is_some());
}
