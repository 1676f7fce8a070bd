//! Fills what flooring left open.
//!
//! After rounding, what is lost against the linear program is mostly room: every binding row ends
//! with less free than its next parcel needs, and each unit of it is worth the row's price. Parcels
//! differ in size, so exchanging a few of them fills rows better. A *move* takes parcels of one
//! release from one of its ways to another (staying unserved is a way). Two full departures whose
//! free room is too small for a parcel each gain from a large parcel that goes one way and small
//! ones that go the other, so moves come in *chains* (Glover 1996, ejection chains): a first move
//! may put too much into a row; the next takes what is too much out of that row, to where it may
//! again be too much, a few times. A chain that ends with every row within its supply is weighed
//! by what it changes in cost.
//!
//! Chains are drawn at random from a fixed seed and kept by threshold accepting (Dueck and Scheuer
//! 1990), annealing without chance in the acceptance: the threshold falls from about what is lost
//! per row to nothing. It needs no logarithm or power, whose last bit differs from one processor
//! to the next.
//!
//! Only chains of little drift are followed: with the prices λ of the linear program a move changes
//! the cost by its drift (the difference of reduced costs) minus the worth of the room that it
//! fills, so a large drift is never won back.

use std::ops::Range;

use super::Deadline;
use super::supply::Supply;
use super::ways::Way;

/// Most parcels of a first move, and of those that follow.
const FIRST: usize = 3;
const PARCELS: i64 = 6;
/// Most moves of a chain.
const CHAIN: usize = 6;
/// How many ways out of a full row are looked at.
const TRIES: usize = 12;
/// Chains between two looks at the clock.
const CHECK: usize = 1 << 10;
/// The first threshold, in units of what is lost per row.
const HOT: f64 = 0.1;

/// Local search over ways of releases, with what is known of rows in whole units.
pub(super) struct Search<'a> {
    ways: &'a mut [Way],
    supply: Supply,
    /// Ways that take from each row.
    users: Vec<Vec<u32>>,
    /// Where the ways of each way's release stand.
    siblings: Vec<Range<u32>>,
    /// Ways with parcels, and where each way stands among them.
    active: Vec<u32>,
    places: Vec<u32>,
    /// The largest drift of a chain.
    drift: f64,
    /// The drift of the chain at hand.
    drifted: f64,
    random: Random,
    /// The chain at hand: from, to, parcels.
    chain: Vec<(u32, u32, i64)>,
    /// What a parcel of the move at hand takes more where it goes, by row.
    takes: Vec<(u32, i64)>,
    /// Rows that the chain has put too much into.
    short: Vec<u32>,
    change: f64,
}

impl<'a> Search<'a> {
    /// `ways` are ordered by release. Every round draws other chains.
    pub fn new(ways: &'a mut [Way], supply: Supply, rows: usize, drift: f64, round: u64) -> Self {
        let mut users = vec![Vec::new(); rows];
        for (index, way) in ways.iter().enumerate() {
            for &(row, _) in way.takes.iter().filter(|&&(_, amount)| amount > 0) {
                users[row as usize].push(index as u32);
            }
        }
        let mut siblings = Vec::with_capacity(ways.len());
        for of_release in ways.chunk_by(|a, b| a.release == b.release) {
            let start = siblings.len() as u32;
            let range = start..start + of_release.len() as u32;
            siblings.resize(range.end as usize, range);
        }
        let mut search = Self {
            active: Vec::new(),
            places: vec![0; ways.len()],
            ways,
            supply,
            users,
            siblings,
            drift,
            drifted: 0.0,
            random: Random(0x9E37_79B9_7F4A_7C15 ^ round),
            chain: Vec::new(),
            takes: Vec::new(),
            short: Vec::new(),
            change: 0.0,
        };
        for index in 0..search.ways.len() as u32 {
            if search.ways[index as usize].parcels > 0 {
                search.activate(index);
            }
        }
        search
    }

    fn activate(&mut self, way: u32) {
        self.places[way as usize] = self.active.len() as u32;
        self.active.push(way);
    }

    fn deactivate(&mut self, way: u32) {
        let place = self.places[way as usize];
        self.active.swap_remove(place as usize);
        if let Some(&moved) = self.active.get(place as usize) {
            self.places[moved as usize] = place;
        }
    }

    /// Draws so many chains, or fewer if time is up. `lost` is what is lost per row.
    pub fn run(&mut self, chains: usize, lost: f64, deadline: &Deadline) {
        if self.active.is_empty() {
            return;
        }
        for step in 0..chains {
            if step % CHECK == 0 && deadline.stop().is_some() {
                break;
            }
            let rest = 1.0 - step as f64 / chains as f64;
            let limit = HOT * lost * rest * rest;
            let from = self.active[self.random.below(self.active.len())];
            let parcels = 1 + self.random.below(FIRST) as i64;
            let Some(to) = self.target(from, parcels) else {
                continue;
            };
            (self.change, self.drifted) = (0.0, 0.0);
            self.short.clear();
            self.apply(from, to, parcels);
            if self.relieve() && self.change < limit {
                self.chain.clear();
            } else {
                self.take_back();
            }
        }
    }

    /// Another way for so many parcels of a way; `None` where it has not so many, or the draw is
    /// not a good one.
    fn target(&mut self, from: u32, parcels: i64) -> Option<u32> {
        let way = &self.ways[from as usize];
        if way.parcels < parcels {
            return None;
        }
        let siblings = &self.siblings[from as usize];
        let to = siblings.start + self.random.below(siblings.len()) as u32;
        (to != from && self.is_near(from, to, parcels)).then_some(to)
    }

    /// Whether a move adds no more drift than may be won back.
    fn is_near(&self, from: u32, to: u32, parcels: i64) -> bool {
        let drift = self.ways[to as usize].reduced - self.ways[from as usize].reduced;
        self.drifted + drift * parcels as f64 <= self.drift
    }

    /// Adds moves to the chain until no row is short; whether that works.
    fn relieve(&mut self) -> bool {
        while let Some(row) = self.short.pop() {
            let short = self.supply.short(row);
            if short > 0 && (self.chain.len() == CHAIN || !self.relieve_row(row, short)) {
                return false;
            }
        }
        true
    }

    fn relieve_row(&mut self, row: u32, short: i64) -> bool {
        for _ in 0..TRIES {
            let users = &self.users[row as usize];
            if users.is_empty() {
                return false;
            }
            let from = users[self.random.below(users.len())];
            let Some(to) = self.target(from, 1) else {
                continue;
            };
            let [from_way, to_way] = [from, to].map(|way| &self.ways[way as usize]);
            let made = from_way.amount(row) - to_way.amount(row);
            let parcels = if made > 0 {
                (short + made - 1) / made
            } else {
                i64::MAX
            };
            if parcels <= PARCELS.min(from_way.parcels) && self.is_near(from, to, parcels) {
                self.apply(from, to, parcels);
                return true;
            }
        }
        false
    }

    fn apply(&mut self, from: u32, to: u32, parcels: i64) {
        let drift = self.ways[to as usize].reduced - self.ways[from as usize].reduced;
        self.drifted += drift * parcels as f64;
        self.shift(from, to, parcels);
        self.chain.push((from, to, parcels));
        let short = self.takes.iter().map(|&(row, _)| row);
        let short = short.filter(|&row| self.supply.short(row) > 0);
        self.short.extend(short);
    }

    fn take_back(&mut self) {
        while let Some((from, to, parcels)) = self.chain.pop() {
            self.shift(to, from, parcels);
        }
    }

    fn shift(&mut self, from: u32, to: u32, parcels: i64) {
        let [a, b] = [from, to].map(|way| &self.ways[way as usize]);
        self.change += (b.cost - a.cost) as f64 * parcels as f64;
        self.takes.clear();
        difference(&a.takes, &b.takes, &mut self.takes);
        for &(row, amount) in &self.takes {
            self.change += self.supply.take(row, amount * parcels);
        }
        self.ways[from as usize].parcels -= parcels;
        if self.ways[from as usize].parcels == 0 {
            self.deactivate(from);
        }
        if self.ways[to as usize].parcels == 0 {
            self.activate(to);
        }
        self.ways[to as usize].parcels += parcels;
    }
}

/// What `to` takes more than `from`, by row, zeros left out; both are ordered by row.
pub(super) fn difference(from: &[(u32, i64)], to: &[(u32, i64)], sums: &mut Vec<(u32, i64)>) {
    let (mut a, mut b) = (from, to);
    loop {
        let [row_a, row_b] = [a, b].map(|list| list.first().map_or(u32::MAX, |&(row, _)| row));
        let row = row_a.min(row_b);
        let mut sum = 0;
        if row_b == row {
            let Some((first, rest)) = b.split_first() else {
                return;
            };
            sum += first.1;
            b = rest;
        }
        if row_a == row {
            let Some((first, rest)) = a.split_first() else {
                return;
            };
            sum -= first.1;
            a = rest;
        }
        if sum != 0 {
            sums.push((row, sum));
        }
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
