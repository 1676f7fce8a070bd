//! Fills what flooring left open.
//!
//! After rounding, what is lost against the linear program is mostly room: every binding row ends
//! with less free than its next parcel needs, and each unit of it is worth the row's price. Parcels
//! differ in size, so exchanging a few of them fills rows better. A *move* takes parcels of one
//! release from one of its ways to another (staying unserved is a way). For one row after the
//! other, those with the dearest free room first, all single moves and pairs of moves that touch
//! the row, a few parcels each, are weighed by what they change in cost; the best that break
//! nothing are tried on the exact ledger, and what lowers the cost there is kept. This goes on
//! until nothing does.
//!
//! Only the moves of least reduced cost are looked at per row: with the prices λ of the linear
//! program a move changes the cost by its drift (the difference of reduced costs) minus the worth
//! of the room that it fills, so a large drift is never won back.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use crate::program::Program;

use super::ledger::{Ledger, PARTS, takes};
use super::ways::alternatives;
use super::whole::Load;
use super::{Deadline, EngineError, Solution};

/// Moves per row.
const MOVES: usize = 40;
/// Parcels per move.
const PARCELS: i64 = 6;
/// Combinations per row that are tried on the ledger at a time.
const TRIALS: usize = 40;
/// Rounds over all rows.
const ROUNDS: usize = 12;

/// Steps of annealing per move, and at most.
const STEPS_PER_MOVE: usize = 1_000;
const STEPS: usize = 2_000_000;
/// Steps between two looks at the clock.
const CHECK: usize = 1 << 12;
/// The largest drift of its moves and its first threshold, in units of what is lost per row before it.
const DRIFT: f64 = 0.3;
const HOT: f64 = 0.3;

/// One way of a release: a path, or staying unserved.
struct Way {
    release: u32,
    /// `None` is staying.
    arcs: Option<Vec<u32>>,
    cost: f64,
    exact: i128,
    takes: Vec<(u32, i64)>,
    parcels: i64,
}

/// One parcel from one way to another.
struct Move {
    from: usize,
    to: usize,
    /// What it changes in cost, without columns.
    cost: f64,
    drift: f64,
    /// What it takes from rows.
    takes: Vec<(u32, i64)>,
}

/// Up to two moves with numbers of parcels.
type Combination = [(usize, i64); 2];

/// Local search over the ways that an answer uses.
pub(super) struct Improver<'a> {
    program: &'a Program,
    prices: &'a [f64],
    deadline: &'a Deadline,
    ways: Vec<Way>,
    of_release: Vec<Vec<usize>>,
    /// The exact change of cost so far, in [`PARTS`].
    change: i128,
}

impl<'a> Improver<'a> {
    /// The ways of `solution` and of `load`, and others that cost hardly more under the prices.
    pub fn new(
        program: &'a Program,
        solution: &'a Solution,
        load: &Load,
        deadline: &'a Deadline,
    ) -> Result<Self, EngineError> {
        let mut improver = Self {
            program,
            prices: &solution.prices,
            deadline,
            ways: Vec::new(),
            of_release: vec![Vec::new(); program.releases.len()],
            change: 0,
        };
        let mut paths: BTreeMap<(u32, Vec<u32>), i64> = (solution.flows.iter())
            .map(|flow| ((flow.release, flow.arcs.clone()), 0))
            .collect();
        for key in alternatives(program, load.network, &solution.prices, deadline)? {
            paths.insert(key, 0);
        }
        for (key, &parcels) in &load.flows {
            paths.insert(key.clone(), parcels);
        }
        for ((release, arcs), parcels) in paths {
            improver.add(release, Some(arcs), parcels);
        }
        for (k, release) in program.releases.iter().enumerate() {
            if release.quantity > 0 && release.unserved_cost.is_some() {
                improver.add(k as u32, None, load.left[k]);
            }
        }
        Ok(improver)
    }

    fn add(&mut self, release: u32, arcs: Option<Vec<u32>>, parcels: i64) {
        let data = &self.program.releases[release as usize];
        let (exact, taken) = match &arcs {
            None => (i128::from(data.unserved_cost.unwrap_or(0)), Vec::new()),
            Some(arcs) => {
                let Some(cost) = self.program.path_cost(release as usize, arcs) else {
                    return;
                };
                (cost, takes(self.program, data.class as usize, arcs))
            }
        };
        self.of_release[release as usize].push(self.ways.len());
        self.ways.push(Way {
            release,
            arcs,
            cost: exact as f64,
            exact,
            takes: taken,
            parcels,
        });
    }

    /// Improves `load` until nothing helps or time is up.
    pub fn run(&mut self, load: &mut Load) -> Result<(), EngineError> {
        let ledger = &mut load.residual.ledger;
        ledger.commit();
        let moves = self.moves();
        self.anneal(ledger, &moves);
        for _ in 0..ROUNDS {
            let mut of_row = self.by_row(&moves);
            let worth = self.worth(ledger);
            let mut rows: Vec<usize> = (0..of_row.len()).filter(|&row| worth[row] > 0.0).collect();
            rows.sort_by(|&a, &b| worth[b].total_cmp(&worth[a]).then(a.cmp(&b)));
            let before = self.change;
            for row in rows {
                let nearby = nearest(&moves, &mut of_row[row]);
                while !self.is_over() && self.improve(ledger, &moves, nearby) {}
            }
            if self.change == before || self.is_over() {
                break;
            }
        }
        self.write_back(load)
    }

    fn is_over(&self) -> bool {
        self.deadline.stop().is_some()
    }

    fn by_row(&self, moves: &[Move]) -> Vec<Vec<usize>> {
        let mut of_row = vec![Vec::new(); self.program.rows.len()];
        for (index, candidate) in moves.iter().enumerate() {
            for &(row, _) in &candidate.takes {
                of_row[row as usize].push(index);
            }
        }
        of_row
    }

    /// Threshold accepting (Dueck and Scheuer 1990), annealing without chance in the acceptance,
    /// over moves of little drift: the threshold falls from about what is lost per row to nothing.
    /// It needs no logarithm or power, whose last bit differs from one processor to the next.
    fn anneal(&mut self, ledger: &mut Ledger, moves: &[Move]) {
        let worth = self.worth(ledger);
        let rows = worth.iter().filter(|&&worth| worth > 0.0).count().max(1);
        let typical = worth.iter().sum::<f64>() / PARTS as f64 / rows as f64;
        let near: Vec<usize> = (0..moves.len())
            .filter(|&index| moves[index].drift <= DRIFT * typical)
            .collect();
        let mut of_row = vec![Vec::new(); self.program.rows.len()];
        for &index in &near {
            for &(row, _) in &moves[index].takes {
                of_row[row as usize].push(index);
            }
        }
        if near.is_empty() || typical <= 0.0 {
            return;
        }
        let start = (ledger.clone(), self.parcels());
        let random = &mut Random(0x9E37_79B9_7F4A_7C15);
        let steps = STEPS.min(STEPS_PER_MOVE * near.len());
        for step in 0..steps {
            if step % CHECK == 0 && self.is_over() {
                break;
            }
            let progress = step as f64 / steps as f64;
            let limit = HOT * typical * (1.0 - progress) * (1.0 - progress);
            let first = near[random.below(near.len())];
            let one = 1 + random.below(3) as i64;
            let takes = &moves[first].takes;
            let mut combination = [(first, one), (first, 0)];
            if !takes.is_empty() && random.below(3) > 0 {
                let row = takes[random.below(takes.len())].0;
                let list = &of_row[row as usize];
                let second = list[random.below(list.len())];
                if second != first {
                    combination[1] = (second, 1 + random.below(3) as i64);
                }
            }
            if combination
                .iter()
                .any(|&(index, count)| self.ways[moves[index].from].parcels < count)
            {
                continue;
            }
            if estimate(ledger, moves, combination).is_some_and(|change| change < limit) {
                let limit = (limit * PARTS as f64) as i128;
                self.attempt(ledger, moves, combination, limit);
            }
        }
        if self.change > 0 {
            *ledger = start.0;
            self.change = 0;
            for (way, parcels) in self.ways.iter_mut().zip(start.1) {
                way.parcels = parcels;
            }
        }
    }

    fn parcels(&self) -> Vec<i64> {
        self.ways.iter().map(|way| way.parcels).collect()
    }

    /// What is lost in each row: free room at its price, and what its columns could still sell
    /// for less than that.
    fn worth(&self, ledger: &Ledger) -> Vec<f64> {
        let mut worth: Vec<f64> = (self.prices.iter().enumerate())
            .map(|(row, price)| price * ledger.room(row as u32).max(0) as f64)
            .collect();
        for (j, column) in self.program.columns.iter().enumerate() {
            let Some(upper) = column.upper else {
                continue;
            };
            let entries = column.entries.iter();
            let value: f64 = entries
                .map(|&(row, b)| -self.prices[row as usize] * b as f64)
                .sum();
            let spare = i128::from(upper) * PARTS - ledger.bought()[j];
            let lost = (value - column.cost as f64).max(0.0) * spare as f64;
            for &(row, _) in &column.entries {
                worth[row as usize] += lost;
            }
        }
        worth
    }

    fn moves(&self) -> Vec<Move> {
        let mut moves = Vec::new();
        for ways in &self.of_release {
            for &from in ways {
                for &to in ways {
                    if from != to {
                        moves.push(self.weigh(from, to));
                    }
                }
            }
        }
        moves
    }

    fn weigh(&self, from: usize, to: usize) -> Move {
        let (a, b) = (&self.ways[from], &self.ways[to]);
        let mut sums: BTreeMap<u32, i64> = b.takes.iter().copied().collect();
        for &(row, amount) in &a.takes {
            *sums.entry(row).or_default() -= amount;
        }
        sums.retain(|_, amount| *amount != 0);
        let cost = b.cost - a.cost;
        let priced = |(&row, &amount): (&u32, &i64)| self.prices[row as usize] * amount as f64;
        Move {
            from,
            to,
            cost,
            drift: cost + sums.iter().map(priced).sum::<f64>(),
            takes: sums.into_iter().collect(),
        }
    }

    /// Tries the best combinations on one row; whether one of them lowered the cost.
    fn improve(&mut self, ledger: &mut Ledger, moves: &[Move], nearby: &[usize]) -> bool {
        let mut found: Vec<(f64, Combination)> = Vec::new();
        for (position, &first) in nearby.iter().enumerate() {
            for one in 1..=self.most(&moves[first]) {
                self.note(ledger, moves, [(first, one), (first, 0)], &mut found);
                for &second in &nearby[position + 1..] {
                    for two in 1..=self.most(&moves[second]) {
                        self.note(ledger, moves, [(first, one), (second, two)], &mut found);
                    }
                }
            }
            if found.len() > 64 * TRIALS {
                shorten(&mut found);
            }
        }
        shorten(&mut found);
        found
            .into_iter()
            .any(|(_, combination)| self.attempt(ledger, moves, combination, 0))
    }

    fn most(&self, candidate: &Move) -> i64 {
        self.ways[candidate.from].parcels.min(PARCELS)
    }

    /// Keeps a combination that lowers the cost and seems to fit.
    fn note(
        &self,
        ledger: &Ledger,
        moves: &[Move],
        combination: Combination,
        found: &mut Vec<(f64, Combination)>,
    ) {
        if let Some(change) = estimate(ledger, moves, combination)
            && change < -1.0
        {
            found.push((change, combination));
        }
    }

    /// Tries a combination on the ledger and keeps it if it changes the exact cost by less than
    /// `limit`, in [`PARTS`] of a cost unit.
    fn attempt(
        &mut self,
        ledger: &mut Ledger,
        moves: &[Move],
        combination: Combination,
        limit: i128,
    ) -> bool {
        let mark = ledger.mark();
        let mut change = 0;
        let mut fits = true;
        let mut from: BTreeMap<usize, i64> = BTreeMap::new();
        for (index, count) in combination.into_iter().filter(|&(_, count)| count > 0) {
            *from.entry(moves[index].from).or_default() += count;
        }
        if from.iter().any(|(&way, &n)| self.ways[way].parcels < n) {
            return false;
        }
        for (&way, &count) in &from {
            let way = &self.ways[way];
            change -= way.exact * i128::from(count) * PARTS;
            match ledger.unload(&way.takes, count) {
                Ok(saved) => change -= saved,
                Err(_) => fits = false,
            }
        }
        for (index, count) in combination.into_iter().filter(|&(_, count)| count > 0) {
            let way = &self.ways[moves[index].to];
            change += way.exact * i128::from(count) * PARTS;
            match ledger.board(&way.takes, count) {
                Ok(paid) => change += paid,
                Err(_) => fits = false,
            }
        }
        if !fits || change >= limit {
            ledger.roll_back(mark);
            return false;
        }
        ledger.commit();
        self.change += change;
        for (index, count) in combination {
            self.ways[moves[index].from].parcels -= count;
            self.ways[moves[index].to].parcels += count;
        }
        true
    }

    fn write_back(&self, load: &mut Load) -> Result<(), EngineError> {
        load.residual.restate()?;
        load.flows.clear();
        for way in &self.ways {
            match &way.arcs {
                None => load.left[way.release as usize] = way.parcels,
                Some(arcs) if way.parcels > 0 => {
                    load.flows.insert((way.release, arcs.clone()), way.parcels);
                }
                Some(_) => {}
            }
        }
        Ok(())
    }
}

/// xorshift64*, always from the same seed: the same answer every time.
pub(super) struct Random(pub u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    pub fn below(&mut self, end: usize) -> usize {
        ((self.next() >> 32) as usize * end) >> 32
    }
}

/// The moves of least drift among those of a row.
fn nearest<'m>(moves: &[Move], of_row: &'m mut Vec<usize>) -> &'m [usize] {
    let drift = |&index: &usize| moves[index].drift;
    of_row.sort_by(|a, b| drift(a).total_cmp(&drift(b)).then(a.cmp(b)));
    of_row.truncate(MOVES);
    of_row
}

fn shorten(found: &mut Vec<(f64, Combination)>) {
    found.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    found.truncate(TRIALS);
}

/// About what a combination changes in cost; `None` where it does not seem to fit.
fn estimate(ledger: &Ledger, moves: &[Move], combination: Combination) -> Option<f64> {
    let [(first, one), (second, two)] = combination;
    let mut takes: Vec<(u32, i64)> = Vec::with_capacity(32);
    let (mut a, mut b) = (&moves[first].takes[..], &moves[second].takes[..]);
    if two == 0 {
        b = &[];
    }
    while let (Some(&(row_a, x)), Some(&(row_b, y))) = (a.first(), b.first()) {
        if row_a <= row_b {
            a = &a[1..];
        }
        if row_b <= row_a {
            b = &b[1..];
        }
        takes.push(match row_a.cmp(&row_b) {
            Ordering::Less => (row_a, x * one),
            Ordering::Greater => (row_b, y * two),
            Ordering::Equal => (row_a, x * one + y * two),
        });
    }
    takes.extend(a.iter().map(|&(row, x)| (row, x * one)));
    takes.extend(b.iter().map(|&(row, y)| (row, y * two)));
    let cost = moves[first].cost * one as f64 + moves[second].cost * two as f64;
    Some(cost + ledger.estimate(&takes)?)
}
