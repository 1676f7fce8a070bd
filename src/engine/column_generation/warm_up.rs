//! The start: prices and flows near the optimum, and paths enough, for the first master.
//!
//! Prices follow demand (L. Walras's tâtonnement): flows come to an
//! [equilibrium] at prices that grow with the loads, prices become
//! multipliers, and now and then the network is asked for cheaper paths. That is a multiplier
//! method whose subproblems are solved roughly. It gains a digit in some ten rounds, and a round
//! takes time in proportion to the paths, which is far less than a master takes; a master gains
//! the digits that are left.
//!
//! Where many releases share a search, or this comes to nothing, releases look for paths and react
//! [in turn](super::turns): a round takes longer, but every change counts.

use std::convert::Infallible;

use super::equilibrium::{self, Equilibrium};
use super::search::Search;
use super::soft_rows::{self, SoftRows};
use super::turns::Turns;
use super::{lagrange, pool};
use crate::engine::Stop;

/// Rounds of pricing at most, and rounds that may pass without coming to within this share of the
/// nearest so far.
const ROUNDS: usize = 80;
const PATIENCE: usize = 12;
const NEARER: f64 = 0.95;

/// A rise of the bound by this share counts as getting nearer.
const RISE: f64 = 1e-3;

/// What flows and prices may keep bound and cost apart for the first master.
const NEAR: f64 = 2e-3;

/// What rows may be exceeded by for the first master, as a share of the cost if each unit is worth
/// what a path costs in the mean: where prices are small, little keeps bound and cost apart. In
/// turn, it is [`NEAR`].
const EXCESS: f64 = 0.05;

/// Passes over the paths between two changes of the multipliers; after the first ones, only over
/// those in use.
const PASSES: usize = 5;
const PASSES_OVER_ALL: usize = 2;

/// Changes of the multipliers between two rounds of pricing, where the last has brought paths for
/// no more than a small share of releases.
const SETTLEMENTS: usize = 3;
const FEW: f64 = 0.02;

/// Paths per release in the mean at which they are too many, and what is left of them beside those
/// in use.
const CROWDED: usize = 12;
const REMEMBERED: usize = 6;

/// Where this keeps bound and cost apart when patience is out, prices run ahead of flows.
const FAR: f64 = 0.03;
/// Turns between two ratings of the prices, and passes over the paths in use after each.
const TURNS: usize = 2;
const PASSES_AFTER_TURN: usize = 40;

/// Follows demand, and opens the rows that the first master holds.
pub(super) fn run(search: &mut Search) -> Result<(), Stop> {
    search.active = held(search, |_| true);
    search.offer_staying();
    follow_demand(search)?;
    let (prices, reduced) = (&search.best.prices, &search.reduced);
    search.active = held(search, |row| prices[row] > reduced.base[row]);
    search.open_violated_rows();
    search.offer_staying();
    Ok(())
}

fn follow_demand(search: &mut Search) -> Result<(), Stop> {
    let mut course = Course::new(search.pricer.is_shared());
    let mut rows = SoftRows::new(search, &lagrange::loads(search), course.pace());
    for (index, y) in search.columns.iter_mut().enumerate() {
        if !search.reduced.is_served(index) {
            *y = 0.0;
        }
    }
    let (mut equilibrium, mut turns) = (Equilibrium::new(search), Turns::default());
    let mut settlements = 1;
    loop {
        equilibrium.extend(search);
        rows.widen(search);
        let was_in_turn = course.is_in_turn;
        let prices = match was_in_turn {
            true => in_turn(search, &mut turns, &mut equilibrium, &mut rows),
            false => {
                equilibrium.gather();
                Ok(at_once(search, &mut equilibrium, &mut rows, settlements))
            }
        };
        equilibrium.write_to(&mut search.pool.flow);
        let before = search.statistics.columns;
        let rated = prices.and_then(|prices| search.price(prices));
        let rated = rated.inspect_err(|_| search.buy())?;
        let added = (search.statistics.columns - before) as f64;
        let few = added < FEW * search.program.releases.len() as f64;
        settlements = if few { SETTLEMENTS } else { 1 };
        let unsettled = rows.apart(&rated.prices, &search.reduced.base);
        let unrest = unrest(search, &rated.prices);
        // far from the optimum, where prices are small, little keeps bound and cost apart
        let rises = rated.value > search.best.value + RISE * search.best.value.abs();
        if rated.value > search.best.value {
            search.best = rated;
        }
        let reference = search.best.value.abs().max(f64::MIN_POSITIVE);
        search.value = search.best.value + unsettled + unrest;
        search.report();
        let holds = rows.excess() <= course.excess() * reference;
        if course.is_over((unsettled + unrest) / reference, holds, rises) {
            break;
        }
        if course.is_in_turn != was_in_turn {
            rows.set_pace(course.pace());
        }
        if search.pool.len() > CROWDED * search.program.releases.len() {
            // one after the other: together they are most of the memory in use
            equilibrium = Equilibrium::new(search);
            forget_dear_paths(search);
        }
    }
    search.buy();
    Ok(())
}

/// Forgets paths without flow, but for the cheapest of each release: most were found under prices
/// that were left behind long ago.
fn forget_dear_paths(search: &mut Search) {
    let mut ranked = Vec::new();
    let mut kept = vec![false; search.pool.len()];
    for release in 0..search.program.releases.len() {
        ranked.clear();
        ranked.extend(search.pool.of(release));
        ranked.sort_by(|&a, &b| search.weights[a].total_cmp(&search.weights[b]));
        for (rank, &column) in ranked.iter().enumerate() {
            kept[column] = rank < REMEMBERED || search.pool.flow[column] > 0.0;
        }
    }
    pool::keep(&mut search.weights, &kept);
    search.pool.retain(&kept);
}

/// How the start is getting on.
struct Course {
    /// Rounds left.
    left: usize,
    patience: usize,
    /// The least that has kept bound and cost apart since the bound rose, as a share of the cost.
    nearest: f64,
    is_in_turn: bool,
}

impl Course {
    fn new(is_in_turn: bool) -> Self {
        Self {
            left: ROUNDS,
            patience: PATIENCE,
            nearest: f64::INFINITY,
            is_in_turn,
        }
    }

    fn pace(&self) -> soft_rows::Pace {
        match self.is_in_turn {
            true => soft_rows::IN_TURN,
            false => soft_rows::AT_ONCE,
        }
    }

    /// What rows may be exceeded by at the end.
    fn excess(&self) -> f64 {
        if self.is_in_turn { NEAR } else { EXCESS }
    }

    /// Whether a round that left bound and cost so far `apart` is the last: where rows hold, nearly,
    /// or nothing more is to be expected.
    fn is_over(&mut self, apart: f64, holds: bool, rises: bool) -> bool {
        self.left -= 1;
        self.patience = self.patience.saturating_sub(1);
        if apart < NEARER * self.nearest || rises {
            (self.nearest, self.patience) = (apart, PATIENCE);
        }
        if apart <= NEAR && holds {
            return true;
        }
        if self.left > 0 && self.patience > 0 {
            return false;
        }
        if self.is_in_turn || apart <= FAR {
            return true;
        }
        *self = Self::new(true);
        false
    }
}

/// Flows follow prices for a few passes, and prices become multipliers at once; answers the last.
fn at_once(
    search: &mut Search,
    equilibrium: &mut Equilibrium,
    rows: &mut SoftRows,
    settlements: usize,
) -> Vec<f64> {
    for nth in 0..settlements {
        if nth > 0 {
            rows.settle();
        }
        for _ in 0..PASSES_OVER_ALL {
            equilibrium::buy(search, rows);
            equilibrium.pass(rows);
        }
        let buy = |rows: &mut SoftRows| {
            equilibrium::buy(search, rows);
            Ok::<(), Infallible>(())
        };
        let Ok(()) = equilibrium.pass_over_used(PASSES - PASSES_OVER_ALL, rows, buy);
    }
    let prices = asked(search, rows);
    rows.settle();
    prices
}

/// Releases react in turn, and prices become multipliers; answers the last, unless time is up.
fn in_turn(
    search: &mut Search,
    turns: &mut Turns,
    equilibrium: &mut Equilibrium,
    rows: &mut SoftRows,
) -> Result<Vec<f64>, Stop> {
    for nth in 0..TURNS {
        if nth > 0 {
            rows.settle();
        }
        equilibrium::buy(search, rows);
        turns.run(search, equilibrium, rows)?;
        equilibrium.pass_over_used(PASSES_AFTER_TURN, rows, |rows| {
            if let Some(stop) = search.deadline.stop() {
                return Err(stop);
            }
            equilibrium::buy(search, rows);
            Ok(())
        })?;
    }
    let prices = asked(search, rows);
    rows.settle();
    Ok(prices)
}

/// What rows ask, above their base prices.
fn asked(search: &Search, rows: &SoftRows) -> Vec<f64> {
    let mut prices = search.reduced.base.clone();
    rows.add_to(&mut prices);
    prices
}

/// Σ x (w − d) + Σ (y·max(0, g) + (Y − y)·max(0, −g)) for reduced costs w of paths, d of the
/// cheapest, g of columns: what flows that would rather go elsewhere keep bound and cost apart.
fn unrest(search: &Search, prices: &[f64]) -> f64 {
    let (program, pool) = (search.program, &search.pool);
    let mut unrest = 0.0;
    for (column, &flow) in pool.flow.iter().enumerate().filter(|entry| *entry.1 > 0.0) {
        let least = search.distances[pool.release[column] as usize];
        unrest += flow * (search.weights[column] - least).max(0.0);
    }
    for (index, column) in program.columns.iter().enumerate() {
        if search.reduced.is_served(index) {
            continue;
        }
        let entries = column.entries.iter();
        let priced: f64 = entries
            .map(|&(row, b)| b as f64 * prices[row as usize])
            .sum();
        let reduced = column.cost as f64 + priced;
        let y = search.columns[index];
        let left = column.upper.map_or(0.0, |upper| upper as f64 - y);
        unrest += y * reduced.max(0.0) + left.max(0.0) * (-reduced).max(0.0);
    }
    unrest
}

/// Held rows of a kind, ascending.
fn held(search: &Search, is_wanted: impl Fn(usize) -> bool) -> Vec<u32> {
    let rows = 0..search.program.rows.len();
    rows.filter(|&row| search.reduced.held[row] && is_wanted(row))
        .map(|row| row as u32)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How many rounds a course takes that stays so far apart, and whether it ends in turn.
    fn rounds(apart: f64, holds: bool) -> (usize, bool) {
        let mut course = Course::new(false);
        let mut rounds = 1;
        while !course.is_over(apart, holds, false) {
            rounds += 1;
        }
        (rounds, course.is_in_turn)
    }

    /// The first round is the nearest so far, twelve more are waited for; then the same again, in
    /// turn. What is near but breaks rows is not near.
    #[test]
    fn what_comes_to_nothing_is_left_or_tried_in_turn() {
        assert_eq!(rounds(0.001, true), (1, false));
        assert_eq!(rounds(0.001, false), (1 + PATIENCE, false));
        assert_eq!(rounds(0.02, true), (1 + PATIENCE, false));
        assert_eq!(rounds(0.2, true), (2 * (1 + PATIENCE), true));
    }

    /// As long as the bound rises, rounds go on, but not for ever.
    #[test]
    fn a_bound_that_rises_is_waited_for() {
        let mut course = Course::new(false);
        let over = (0..ROUNDS).position(|_| course.is_over(0.02, true, true));
        assert_eq!(over, Some(ROUNDS - 1));
    }
}
