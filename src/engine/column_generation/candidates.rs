//! Which variables a simplex step may move: those of negative reduced cost.
//!
//! Steps change few prices, and these meet few blocks where time keeps most rows apart. So a look
//! at everything asks only those blocks again of which a price, the key or a basic column has
//! changed since the last one, and remembers the others' answers.

use super::keyed::{Keyed, Variable};
use super::master::Restricted;
use super::primal::cost;
use crate::program::grouped::Grouped;

/// How far below zero a scaled reduced cost may lie.
const OPTIMAL: f64 = 1e-10;
/// Candidates that are kept from one look at everything to the next: one for so many blocks, since a
/// look takes as long as there are blocks, but at least and at most so many.
const BLOCKS: usize = 32;
const CANDIDATES: (usize, usize) = (64, 4096);
/// A candidate is taken without another look while it promises this share of the best that the
/// last look found.
const WORTH: f64 = 0.01;

/// Nonbasic variables of negative reduced cost, from the last look at everything (multiple
/// pricing, as of W. Orchard-Hays, Advanced Linear-Programming Computing Techniques, 1968).
pub(super) struct Candidates {
    list: Vec<Variable>,
    /// The best reduced cost at the last look.
    best: f64,
    /// Whether costs were distances then.
    repairing: bool,
    /// The prices then; nothing where everything must be asked.
    prices: Vec<f64>,
    /// What each block offered then: a reduced cost below zero and its path.
    offers: Vec<Option<(f64, u32)>>,
}

/// The blocks that meet each row, ascending.
pub(super) fn meeting(master: &Restricted) -> Grouped<u32> {
    let pairs = (0..master.releases.len()).flat_map(|block| {
        let rows = master.rows_of(block).iter();
        rows.map(move |&row| (row, block as u32))
    });
    Grouped::new(master.rows.len(), pairs)
}

impl Candidates {
    /// None yet.
    pub fn new(keyed: &Keyed) -> Self {
        Self {
            list: Vec::new(),
            best: 0.0,
            repairing: false,
            prices: Vec::new(),
            offers: vec![None; keyed.key.len()],
        }
    }

    /// One of negative reduced cost, and the direction in which it can move: the best of those
    /// kept, if it is not far behind the best of the last look, or else the best of all. `None`
    /// where there is none at all.
    pub fn best(
        &mut self,
        keyed: &mut Keyed,
        meeting: &Grouped<u32>,
        repairing: bool,
        prices: &[f64],
    ) -> Option<(Variable, f64)> {
        if repairing != self.repairing {
            self.repairing = repairing;
            self.list.clear();
            self.prices.clear();
        }
        let mut best = (-OPTIMAL, None);
        self.list.retain(|&variable| {
            let (reduced, direction) = reduced(keyed, repairing, prices, variable);
            if reduced < best.0 {
                best = (reduced, Some((variable, direction)));
            }
            reduced < -OPTIMAL
        });
        if best.1.is_some() && best.0 <= WORTH * self.best {
            return best.1;
        }
        let mut found = self.look_at_all(keyed, meeting, prices);
        found.sort_by(|a, b| a.0.total_cmp(&b.0));
        found.truncate((self.offers.len() / BLOCKS).clamp(CANDIDATES.0, CANDIDATES.1));
        let first = found.first().copied();
        self.best = first.map_or(0.0, |(reduced, ..)| reduced);
        self.list.clear();
        self.list
            .extend(found.into_iter().map(|(_, variable, _)| variable));
        first.map(|(_, variable, direction)| (variable, direction))
    }

    /// The best of each block, and every other variable, that has a negative reduced cost.
    fn look_at_all(
        &mut self,
        keyed: &mut Keyed,
        meeting: &Grouped<u32>,
        prices: &[f64],
    ) -> Vec<(f64, Variable, f64)> {
        self.ask_blocks(keyed, meeting, prices);
        let offers = self.offers.iter().flatten();
        let mut found: Vec<(f64, Variable, f64)> = offers
            .map(|&(reduced, path)| (reduced, Variable::Path(path), 1.0))
            .collect();
        let general = (0..keyed.y.len() as u32).map(Variable::General);
        let slacks = (0..prices.len() as u32).map(Variable::Slack);
        for variable in general.chain(slacks) {
            let (reduced, direction) = reduced(keyed, self.repairing, prices, variable);
            if reduced < -OPTIMAL {
                found.push((reduced, variable, direction));
            }
        }
        found
    }

    /// Brings what blocks offer up to date.
    fn ask_blocks(&mut self, keyed: &mut Keyed, meeting: &Grouped<u32>, prices: &[f64]) {
        let blocks = self.offers.len();
        let exchanged = std::mem::take(&mut keyed.exchanged);
        // distances change with values, which steps change without a change of prices
        if self.repairing || self.prices.is_empty() {
            for block in 0..blocks {
                self.offers[block] = offer(keyed, self.repairing, prices, block);
            }
        } else {
            let mut is_asked = vec![false; blocks];
            for block in exchanged {
                is_asked[block as usize] = true;
            }
            for row in (0..prices.len()).filter(|&row| prices[row] != self.prices[row]) {
                for &block in meeting.of(row as u32) {
                    is_asked[block as usize] = true;
                }
            }
            for block in (0..blocks).filter(|&block| is_asked[block]) {
                self.offers[block] = offer(keyed, self.repairing, prices, block);
            }
        }
        self.prices.clear();
        self.prices.extend_from_slice(prices);
    }
}

/// The path of a block with the lowest reduced cost below zero.
fn offer(keyed: &Keyed, repairing: bool, prices: &[f64], block: usize) -> Option<(f64, u32)> {
    let key = keyed.key[block] as usize;
    let own = weight(keyed, repairing, prices, key);
    let mut best = (-OPTIMAL, None);
    for p in keyed.master.block(block) {
        let reduced = weight(keyed, repairing, prices, p) - own;
        if reduced < best.0 && p != key && keyed.position(Variable::Path(p as u32)).is_none() {
            best = (reduced, Some(p as u32));
        }
    }
    best.1.map(|path| (best.0, path))
}

/// What moving a variable by one saves, below zero, and in which direction; nothing of a basic
/// variable or a key.
pub(super) fn reduced(
    keyed: &Keyed,
    repairing: bool,
    prices: &[f64],
    variable: Variable,
) -> (f64, f64) {
    if keyed.position(variable).is_some() {
        return (0.0, 1.0);
    }
    match variable {
        Variable::Path(p) => {
            let block = keyed.block[p as usize] as usize;
            let key = keyed.key[block] as usize;
            let weight = |p: usize| weight(keyed, repairing, prices, p);
            (weight(p as usize) - weight(key), 1.0)
        }
        Variable::General(j) => {
            let priced = keyed.master.entries.column(j as usize);
            let reduced = cost(keyed, repairing, variable)
                + priced.map(|(row, b)| b * prices[row]).sum::<f64>();
            match keyed.y[j as usize] > 0.0 {
                true => (-reduced, -1.0),
                false => (reduced, 1.0),
            }
        }
        Variable::Slack(row) => (cost(keyed, repairing, variable) + prices[row as usize], 1.0),
    }
}

/// The cost of a path column with what it takes from rows at their prices.
#[inline]
pub(super) fn weight(keyed: &Keyed, repairing: bool, prices: &[f64], p: usize) -> f64 {
    cost(keyed, repairing, Variable::Path(p as u32)) + keyed.master.paths.times(p, prices)
}
