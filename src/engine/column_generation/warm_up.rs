//! The start: prices near enough to the optimum, and paths enough, for the first master.
//!
//! Prices follow demand (L. Walras's tâtonnement). Every release asks for its cheapest path; what
//! a row's price p exceeds its base by then moves by the power of how much too much is asked of it,
//!
//! ```text
//! p − base ← (p − base) · (load / room)^η        load: a running mean over the steps
//! ```
//!
//! (where one of the two is not positive, it doubles or halves by which is larger), and where
//! columns make room, their prices meet what they cost (see [`Purchases`]). A step costs one round
//! of pricing, a small part of what a master costs, and finds each release a path that is cheapest
//! at prices near the final ones.

use super::lagrange;
use super::search::Search;
use crate::engine::Stop;
use crate::program::Program;

/// Steps of the start.
const STEPS: usize = 30;

/// Following demand ends where the bound has grown by no more than this share in so many steps.
const SMALL: f64 = 0.005;
const PATIENCE: usize = 6;

/// η of the first step, and the steps over which it falls to a half.
const POWER: (f64, f64) = (0.8, 5.0);

/// The share that a step's loads have at least in the running mean.
const SHARE: f64 = 0.3;

/// The factor by which a price moves in one step at most.
const MOST: f64 = 2.0;

/// The least price that counts, in scaled units.
const LEAST: f64 = 0.01;

/// Follows demand for a while, and opens the rows that the first master holds.
pub(super) fn run(search: &mut Search) -> Result<(), Stop> {
    search.active = held(search, |_| true);
    search.offer_staying();
    follow_demand(search)?;
    let (prices, reduced) = (&search.best.prices, &search.reduced);
    let used = used(search.program);
    search.active = held(search, |row| used[row] || prices[row] > reduced.base[row]);
    search.offer_staying();
    Ok(())
}

fn follow_demand(search: &mut Search) -> Result<(), Stop> {
    let mut prices = search.best.prices.clone();
    let mut loads = lagrange::loads(search);
    let mut flows = search.pool.flow.clone();
    let mut values = vec![search.best.value];
    for step in 0..STEPS {
        if step >= PATIENCE
            && search.best.value < values[step - PATIENCE] + SMALL * search.best.value.abs()
        {
            break;
        }
        let step = step as f64;
        move_prices(
            search,
            &mut prices,
            &loads,
            POWER.0 / (1.0 + step / POWER.1),
        );
        let rated = search.price(prices.clone())?;
        lagrange::follow_cheapest(search, &rated.prices);
        let share = (2.0 / (step + 3.0)).max(SHARE);
        for (load, new) in loads.iter_mut().zip(lagrange::loads(search)) {
            *load += share * (new - *load);
        }
        flows.resize(search.pool.len(), 0.0);
        for (flow, &new) in flows.iter_mut().zip(&search.pool.flow) {
            *flow += share * (new - *flow);
        }
        if rated.value > search.best.value {
            search.best = rated;
        }
        values.push(search.best.value);
    }
    search.pool.flow = flows;
    Ok(())
}

/// Held rows of a kind, ascending.
fn held(search: &Search, is_wanted: impl Fn(usize) -> bool) -> Vec<u32> {
    let rows = 0..search.program.rows.len();
    rows.filter(|&row| search.reduced.held[row] && is_wanted(row))
        .map(|row| row as u32)
        .collect()
}

/// In a network ordered by time, the rows that paths use: there one row opens after another as
/// goods give way to later departures. Elsewhere none.
fn used(program: &Program) -> Vec<bool> {
    let mut used = vec![false; program.rows.len()];
    if program.network.time.is_some() {
        for usage in &program.uses {
            used[usage.row as usize] = true;
        }
    }
    used
}

fn move_prices(search: &Search, prices: &mut [f64], loads: &[f64], power: f64) {
    let reduced = &search.reduced;
    let purchases = Purchases::for_loads(search, loads);
    for (row, price) in prices.iter_mut().enumerate() {
        if !reduced.held[row] {
            continue;
        }
        let least = LEAST * search.scale.cost / search.scale.rows[row];
        let room = purchases.room[row];
        let load = loads[row];
        let factor = if load > 0.0 && room > 0.0 {
            (load / room).powf(power).clamp(1.0 / MOST, MOST)
        } else if load > room {
            MOST
        } else {
            1.0 / MOST
        };
        let before = *price - reduced.base[row];
        let added = if factor > 1.0 {
            before.max(least)
        } else if before < least {
            0.0
        } else {
            before
        };
        *price = reduced.base[row] + added * factor;
    }
    purchases.meet_costs(search, prices);
}

/// What has to be bought for given loads.
struct Purchases {
    /// y of each column: what its fullest row asks for, at most its upper bound.
    bought: Vec<f64>,
    /// Whether more is asked for than can be bought.
    is_short: Vec<bool>,
    /// The upper side of each row with what is bought.
    room: Vec<f64>,
}

impl Purchases {
    fn for_loads(search: &Search, loads: &[f64]) -> Self {
        let (columns, reduced) = (&search.program.columns, &search.reduced);
        let mut this = Self {
            bought: vec![0.0; columns.len()],
            is_short: vec![false; columns.len()],
            room: reduced.upper.clone(),
        };
        for (index, column) in columns.iter().enumerate() {
            if reduced.is_served(index) {
                continue;
            }
            let relieved = column.entries.iter().filter(|entry| entry.1 < 0);
            let wanted = relieved
                .map(|&(row, b)| (loads[row as usize] - reduced.upper[row as usize]) / -b as f64)
                .fold(0.0, f64::max);
            let upper = column.upper.map_or(f64::INFINITY, |upper| upper as f64);
            this.is_short[index] = wanted >= upper;
            this.bought[index] = wanted.min(upper);
            for &(row, b) in &column.entries {
                this.room[row as usize] -= b as f64 * this.bought[index];
            }
        }
        this
    }

    /// Brings what each column's rows pay for it to its cost: at least that where it is bought, at
    /// most where there is more of it to buy.
    fn meet_costs(&self, search: &Search, prices: &mut [f64]) {
        let reduced = &search.reduced;
        for (index, column) in search.program.columns.iter().enumerate() {
            if reduced.is_served(index) {
                continue;
            }
            let cost = column.cost as f64;
            let entries = column.entries.iter();
            let paid: f64 = entries
                .map(|&(row, b)| -b as f64 * prices[row as usize])
                .sum();
            let too_little = self.bought[index] > 0.0 && paid < cost;
            let too_much = paid > cost && !self.is_short[index];
            if !too_little && !too_much {
                continue;
            }
            let relieved = || column.entries.iter().filter(|entry| entry.1 < 0);
            let count = relieved().count() as f64;
            for &(row, b) in relieved() {
                let price = &mut prices[row as usize];
                *price = if paid > 0.0 {
                    (*price * cost / paid).max(reduced.base[row as usize])
                } else {
                    cost / (count * -b as f64)
                };
            }
        }
    }
}
