//! A made-up week like a planner's: origins with flights and trains, a hub with daily sorting.

use railair::program::{Column, Program, Release, Row, Sink, Use};

use crate::support::Random;
use railair::engine::whole::{round, round_within};
use railair::engine::{EngineKind, Options, Stop, solve};

const DAYS: i64 = 35;
const SLOTS: i64 = 4;
/// Grams and cm³ per parcel of four products, late cost per day and cost of staying.
const PRODUCTS: [(i64, i64, i64, i64); 4] = [
    (170, 900, 400_000, 9_000_000),
    (310, 1_700, 150_000, 7_000_000),
    (900, 6_500, 600_000, 14_000_000),
    (1_870, 8_100, 90_000, 16_000_000),
];

struct Builder {
    program: Program,
    arcs: Vec<(u32, u32, [i64; 4], Vec<Use>)>,
    times: Vec<i64>,
}

impl Builder {
    fn node(&mut self, time: i64) -> u32 {
        self.times.push(time);
        self.times.len() as u32 - 1
    }

    fn row(&mut self, upper: i64) -> u32 {
        self.program.rows.push(Row { upper });
        self.program.rows.len() as u32 - 1
    }

    fn column(&mut self, cost: i64, upper: Option<i64>, entries: Vec<(u32, i64)>) {
        self.program.columns.push(Column {
            cost,
            upper,
            whole: false,
            entries,
        });
    }
}

/// `origins` places, `destinations` markets, `tightness` percent of space for what there is.
pub fn week(origins: i64, destinations: i64, tightness: i64, seed: u64) -> Program {
    let random = &mut Random::new(seed);
    let mut b = Builder {
        program: Program {
            classes: 4,
            ..Program::default()
        },
        arcs: Vec::new(),
        times: Vec::new(),
    };
    let amounts = &mut b.program.amounts;
    amounts.extend(PRODUCTS.iter().map(|p| p.0));
    amounts.extend(PRODUCTS.iter().map(|p| p.1));
    amounts.extend([1; 4]);
    let slots = DAYS * SLOTS;
    let chain = |b: &mut Builder, wait: i64| {
        let nodes: Vec<u32> = (0..slots).map(|slot| b.node(slot)).collect();
        for pair in nodes.windows(2) {
            b.arcs.push((pair[0], pair[1], [wait; 4], Vec::new()));
        }
        nodes
    };
    let at: Vec<Vec<u32>> = (0..origins).map(|_| chain(&mut b, 1_000)).collect();
    let landed = chain(&mut b, 500);
    let sorted = chain(&mut b, 100);
    let market: Vec<Vec<u32>> = (0..destinations).map(|_| chain(&mut b, 0)).collect();
    for day in 0..DAYS {
        let row = b.row(1_000_000);
        b.column(60_000, Some(200_000), vec![(row, -1)]);
        for slot in day * SLOTS..(day * SLOTS + SLOTS).min(slots - 2) {
            let (from, to) = (landed[slot as usize], sorted[slot as usize + 2]);
            let uses = vec![Use { row, amount: 2 }];
            b.arcs.push((from, to, [110_000; 4], uses));
        }
    }
    for places in &market {
        for day in 0..DAYS - 2 {
            let (from, to) = (day * SLOTS, day * SLOTS + 3);
            let (from, to) = (sorted[from as usize], places[to as usize]);
            let costs = PRODUCTS.map(|p| p.0 * 90);
            b.arcs.push((from, to, costs, Vec::new()));
        }
    }
    let parcels = 6_260_000 / (origins * destinations * 28);
    let grams: i64 = PRODUCTS.iter().map(|p| p.0).sum::<i64>() * parcels * destinations;
    for places in &at {
        // Five flights a week take most of a week's weight, a train a fifth of it.
        for day in 0..DAYS {
            let flight = day % 7 < 5;
            let share = if flight { 16 } else { 20 };
            let lift = grams * 7 * share / 100 * tightness / 100 * random.between(80, 120) / 100;
            if !flight && day % 7 != 6 {
                continue;
            }
            let (hours, price) = if flight { (3, 3_300) } else { (4 * 14, 900) };
            let leaves = day * SLOTS + random.below(SLOTS);
            let arrives = leaves + hours;
            if arrives >= slots {
                continue;
            }
            let (lift_row, kg, cm3) = (b.row(lift), b.row(lift / 4), b.row(lift / 4 * 6));
            let price = price * 1000 * random.between(85, 115) / 100;
            b.column(price, None, vec![(kg, -1_000), (cm3, -6_000)]);
            let uses = vec![
                Use {
                    row: lift_row,
                    amount: 0,
                },
                Use { row: kg, amount: 0 },
                Use {
                    row: cm3,
                    amount: 1,
                },
            ];
            let costs = PRODUCTS.map(|p| p.0 * 150);
            let (from, to) = (places[leaves as usize], landed[arrives as usize]);
            b.arcs.push((from, to, costs, uses));
        }
    }
    add_releases(&mut b, random, &at, &market, parcels);
    finish(b)
}

fn add_releases(
    b: &mut Builder,
    random: &mut Random,
    at: &[Vec<u32>],
    market: &[Vec<u32>],
    parcels: i64,
) {
    for places in market {
        for day in 0..7 {
            for (class, product) in PRODUCTS.iter().enumerate() {
                let promise = (day + 6 + 2 * class as i64) * SLOTS;
                let ends = places.iter().enumerate().map(|(slot, &node)| {
                    let late = (slot as i64 - promise).max(0);
                    (node, late * product.2 / SLOTS)
                });
                let sink = b.program.sinks.len() as u32;
                b.program.sinks.push(Sink {
                    ends: ends.collect(),
                });
                for origin in at {
                    b.program.releases.push(Release {
                        class: class as u32,
                        origin: origin[(day * SLOTS + 2) as usize],
                        sink,
                        quantity: parcels * random.between(50, 150) / 100,
                        unserved_cost: Some(product.3 + random.below(400_000)),
                    });
                }
            }
        }
    }
}

/// Numbers the nodes by time, so that arcs lead upwards.
fn finish(b: Builder) -> Program {
    let mut program = b.program;
    let mut order: Vec<u32> = (0..b.times.len() as u32).collect();
    order.sort_by_key(|&node| (b.times[node as usize], node));
    let mut number = vec![0u32; order.len()];
    for (index, &node) in order.iter().enumerate() {
        number[node as usize] = index as u32;
    }
    let renumber = |node: u32| number[node as usize];
    program.use_starts.push(0);
    for (tail, head, _, uses) in &b.arcs {
        program.network.tails.push(renumber(*tail));
        program.network.heads.push(renumber(*head));
        program.uses.extend(uses);
        program.use_starts.push(program.uses.len() as u32);
    }
    for class in 0..4 {
        program.costs.extend(b.arcs.iter().map(|arc| arc.2[class]));
    }
    for sink in &mut program.sinks {
        for end in &mut sink.ends {
            end.0 = renumber(end.0);
        }
        sink.ends.sort_unstable();
    }
    for release in &mut program.releases {
        release.origin = renumber(release.origin);
    }
    program.network.nodes = order.len();
    program.network.time = Some(
        order
            .iter()
            .map(|&node| b.times[node as usize] * 360)
            .collect(),
    );
    program.validate().expect("the week is valid");
    program
}

#[test]
fn a_made_up_week_is_solved_proven_and_loaded_whole() {
    let program = week(3, 2, 95, 7);
    let run = |engine| {
        let options = Options {
            engine,
            ..Options::default()
        };
        solve(&program, &options).unwrap()
    };
    let solution = run(EngineKind::Direct);
    assert_eq!(solution.stop, Stop::Finished);
    assert!(solution.feasible && solution.gap().unwrap() <= 1e-6);
    let whole = round(&program, &solution).unwrap();
    whole.verify(&program).unwrap();
    assert!(whole.is_feasible());
    let loss = (whole.cost - solution.bound.unwrap()) as f64 / whole.cost as f64;
    assert!((0.0..1e-4).contains(&loss), "loss {loss}");
    assert_eq!(whole, round(&program, &solution).unwrap());
    // Whoever asks to stop gets whole parcels without the search for something better.
    let options = Options::default();
    options.interrupt.raise();
    let hasty = round_within(&program, &solution, &options).unwrap();
    hasty.verify(&program).unwrap();
    assert!(hasty.is_feasible() && hasty.cost > whole.cost);
    // A poor answer, hardly anything of it placed, is filled up to a plan that holds.
    let mut poor = solution.clone();
    for flow in &mut poor.flows {
        poor.unserved[flow.release as usize] += flow.amount * 0.7;
        flow.amount *= 0.3;
    }
    let filled = round_within(&program, &poor, &options).unwrap();
    filled.verify(&program).unwrap();
    assert!(filled.is_feasible());
    let stays: i64 = filled.unserved.iter().sum();
    let stayed: f64 = poor.unserved.iter().sum();
    println!(
        "{stays} of {stayed} stay, {} against {}",
        filled.cost, whole.cost
    );
    assert!((stays as f64) < 0.5 * stayed, "{stays} of {stayed} stay");
    for engine in [
        EngineKind::CheapestFirst,
        EngineKind::FastestFirst,
        EngineKind::ProRata,
    ] {
        let habit = run(engine);
        assert!(habit.feasible && habit.cost > solution.cost);
    }
}
