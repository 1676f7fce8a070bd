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

use std::collections::BTreeMap;

use crate::program::Program;

use super::Solution;
use super::ledger::{Ledger, PARTS, takes};
use super::whole::Load;

/// Moves per row.
const MOVES: usize = 96;
/// Parcels per move.
const PARCELS: i64 = 6;
/// Combinations per row that are tried on the ledger at a time.
const TRIALS: usize = 40;
/// Rounds over all rows.
const ROUNDS: usize = 12;

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
    /// What it changes in cost, room for sale at its price.
    gain: f64,
    drift: f64,
    /// What it takes from rows in which nothing is for sale.
    takes: Vec<(u32, i64)>,
}

/// Up to two moves with numbers of parcels.
type Combination = [(usize, i64); 2];

/// Local search over the ways that an answer uses.
pub(super) struct Improver<'a> {
    program: &'a Program,
    prices: &'a [f64],
    ways: Vec<Way>,
    of_release: Vec<Vec<usize>>,
}

impl<'a> Improver<'a> {
    /// The ways of `solution` and of `load`.
    pub fn new(program: &'a Program, solution: &'a Solution, load: &Load) -> Self {
        let mut improver = Self {
            program,
            prices: &solution.prices,
            ways: Vec::new(),
            of_release: vec![Vec::new(); program.releases.len()],
        };
        let mut paths: BTreeMap<(u32, Vec<u32>), i64> = (solution.flows.iter())
            .map(|flow| ((flow.release, flow.arcs.clone()), 0))
            .collect();
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
        improver
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

    /// Improves `load` until nothing helps.
    pub fn run(&mut self, load: &mut Load) {
        for _ in 0..ROUNDS {
            let ledger = &mut load.residual.ledger;
            let moves = self.moves(ledger);
            let mut of_row = vec![Vec::new(); self.program.rows.len()];
            for (index, candidate) in moves.iter().enumerate() {
                for &(row, _) in &candidate.takes {
                    of_row[row as usize].push(index);
                }
            }
            let worth = |row: usize| self.prices[row] * ledger.room(row as u32) as f64;
            let mut rows: Vec<usize> = (0..of_row.len()).filter(|&row| worth(row) > 0.0).collect();
            rows.sort_by(|&a, &b| worth(b).total_cmp(&worth(a)).then(a.cmp(&b)));
            let mut improved = false;
            for row in rows {
                let nearby = nearest(&moves, &mut of_row[row]);
                while self.improve(ledger, &moves, nearby) {
                    improved = true;
                }
            }
            if !improved {
                break;
            }
        }
        self.write_back(load);
    }

    /// All moves, at today's state of what is for sale.
    fn moves(&self, ledger: &Ledger) -> Vec<Move> {
        let sold: Vec<bool> = (0..self.program.rows.len() as u32)
            .map(|row| ledger.seller(row).is_some())
            .collect();
        let mut moves = Vec::new();
        for ways in &self.of_release {
            for &from in ways {
                for &to in ways {
                    if from != to {
                        moves.push(self.weigh(from, to, &sold));
                    }
                }
            }
        }
        moves
    }

    fn weigh(&self, from: usize, to: usize, sold: &[bool]) -> Move {
        let (a, b) = (&self.ways[from], &self.ways[to]);
        let mut sums: BTreeMap<u32, i64> = b.takes.iter().copied().collect();
        for &(row, amount) in &a.takes {
            *sums.entry(row).or_default() -= amount;
        }
        let mut drift = b.cost - a.cost;
        let mut gain = drift;
        let mut hard = Vec::new();
        for (row, amount) in sums {
            if amount == 0 {
                continue;
            }
            let price = self.prices[row as usize] * amount as f64;
            drift += price;
            if sold[row as usize] {
                gain += price;
            } else {
                hard.push((row, amount));
            }
        }
        Move {
            from,
            to,
            gain,
            drift,
            takes: hard,
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
            .any(|(_, combination)| self.attempt(ledger, moves, combination))
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
        let gain: f64 = (combination.iter())
            .map(|&(index, count)| moves[index].gain * count as f64)
            .sum();
        if gain > -1.0 {
            return;
        }
        let [(first, one), (second, two)] = combination;
        let (a, b) = (&moves[first].takes, &moves[second].takes);
        let fits =
            |row: u32, taken: i64| taken <= 0 || i128::from(taken) * PARTS <= ledger.room(row);
        let amount = |list: &[(u32, i64)], row: u32| {
            let position = list.binary_search_by_key(&row, |&(row, _)| row);
            position.map_or(0, |position| list[position].1)
        };
        let first_fits = (a.iter()).all(|&(row, x)| fits(row, x * one + amount(b, row) * two));
        if first_fits
            && b.iter()
                .all(|&(row, x)| fits(row, x * two + amount(a, row) * one))
        {
            found.push((gain, combination));
        }
    }

    /// Tries a combination on the ledger and keeps it if it lowers the exact cost.
    fn attempt(&mut self, ledger: &mut Ledger, moves: &[Move], combination: Combination) -> bool {
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
        if !fits || change >= 0 {
            ledger.roll_back(mark);
            return false;
        }
        for (index, count) in combination {
            self.ways[moves[index].from].parcels -= count;
            self.ways[moves[index].to].parcels += count;
        }
        true
    }

    fn write_back(&self, load: &mut Load) {
        load.residual.requote();
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
