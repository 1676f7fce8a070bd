//! Random programs.

pub use crate::oracle::oracle;
use railair::program::{Column, FORBIDDEN, Network, Program, Release, Row, Sink, Use};

/// xorshift64*: the same programs on every machine.
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    pub fn below(&mut self, end: i64) -> i64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        ((self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) % end as u64) as i64
    }

    pub fn between(&mut self, low: i64, high: i64) -> i64 {
        low + self.below(high - low + 1)
    }

    pub fn chance(&mut self, percent: i64) -> bool {
        self.below(100) < percent
    }
}

/// A small program with everything in it: classes, forbidden arcs, rows of several kinds, tiers,
/// units that sell weight and volume together, soft and hard limits, releases that must travel.
pub fn program(seed: u64) -> Program {
    let random = &mut Random::new(seed);
    let timed = random.chance(60);
    let nodes = random.between(4, 9) as usize;
    let classes = random.between(1, 3) as usize;
    let mut network = Network {
        nodes,
        ..Network::default()
    };
    for _ in 0..random.between(nodes as i64, 3 * nodes as i64) {
        let (a, b) = (random.below(nodes as i64), random.below(nodes as i64));
        if a == b {
            continue;
        }
        let (tail, head) = if timed { (a.min(b), a.max(b)) } else { (a, b) };
        network.tails.push(tail as u32);
        network.heads.push(head as u32);
    }
    if timed {
        network.time = Some((0..nodes as i64).map(|node| 60 * node).collect());
    }
    let arcs = network.tails.len();
    let costs = (0..classes * arcs)
        .map(|_| match random.below(12) {
            0 => FORBIDDEN,
            1 if timed => -random.below(5_000),
            _ => random.below(60_000),
        })
        .collect();
    let mut program = Program {
        network,
        classes,
        costs,
        constant: i128::from(random.below(1_000)),
        ..Program::default()
    };
    // Entries of amounts: weight, volume, one apiece, and a limit's share that may be negative.
    program.amounts = (0..4 * classes)
        .map(|entry| match entry / classes {
            0 => random.between(100, 1_900),
            1 => random.between(500, 9_000),
            2 => 1,
            _ if timed => random.between(-4, 6),
            _ => random.between(0, 6),
        })
        .collect();
    add_rows(random, &mut program, arcs);
    for _ in 0..random.between(1, 2) {
        let mut ends: Vec<(u32, i64)> = (0..random.between(1, 2))
            .map(|_| {
                let node = random.between(nodes as i64 / 2, nodes as i64 - 1);
                (node as u32, random.below(9_000))
            })
            .collect();
        ends.sort_unstable();
        ends.dedup_by_key(|end| end.0);
        program.sinks.push(Sink { ends });
    }
    for _ in 0..random.between(1, 6) {
        let must = random.chance(4);
        let release = Release {
            class: random.below(classes as i64) as u32,
            origin: random.below(nodes as i64) as u32,
            sink: random.below(program.sinks.len() as i64) as u32,
            quantity: random.below(60),
            unserved_cost: (!must).then(|| random.between(20_000, 250_000)),
        };
        program.releases.push(release);
    }
    program.validate().expect("generated programs are valid");
    program
}

fn add_rows(random: &mut Random, program: &mut Program, arcs: usize) {
    let mut of_arc: Vec<Vec<Use>> = vec![Vec::new(); arcs];
    let mut attach = |random: &mut Random, row: u32, amount: u32, percent| {
        for uses in &mut of_arc {
            if random.chance(percent) {
                uses.push(Use { row, amount });
            }
        }
    };
    // Departures: weight and volume rows, and what they sell.
    for _ in 0..random.between(1, 4) {
        let row = program.rows.len() as u32;
        let minimum = random.below(10);
        program.rows.push(Row {
            upper: 1000 * minimum,
        });
        program.rows.push(Row {
            upper: 6000 * minimum,
        });
        let before = random.0;
        attach(random, row, 0, 15);
        random.0 = before; // the same arcs again
        attach(random, row + 1, 1, 15);
        for tier in 0..random.below(3) {
            program.columns.push(Column {
                cost: random.between(1_000, 9_000) * (tier + 1),
                upper: random.chance(60).then(|| random.between(1, 15)),
                whole: false,
                entries: vec![(row, -1000), (row + 1, -6000)],
            });
        }
    }
    // Handling with an overtime tier.
    for _ in 0..random.below(3) {
        let row = program.rows.len() as u32;
        program.rows.push(Row {
            upper: random.between(0, 60),
        });
        attach(random, row, 2, 25);
        program.columns.push(Column {
            cost: random.between(100, 20_000),
            upper: Some(random.between(1, 30)),
            whole: false,
            entries: vec![(row, -1)],
        });
    }
    // Limits: soft, hard, and now and then a minimum (a maximum of what is negative).
    for _ in 0..random.below(3) {
        let row = program.rows.len() as u32;
        let upper = if random.chance(15) {
            -random.below(10)
        } else {
            random.between(0, 80)
        };
        program.rows.push(Row { upper });
        attach(random, row, 3, 20);
        if random.chance(60) {
            program.columns.push(Column {
                cost: random.between(1_000, 50_000),
                upper: None,
                whole: false,
                entries: vec![(row, -1)],
            });
        }
    }
    program.use_starts = vec![0];
    for uses in of_arc {
        program.uses.extend(uses);
        program.use_starts.push(program.uses.len() as u32);
    }
}
