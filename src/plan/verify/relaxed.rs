//! What prices come to, whatever is bought: the rows of a program relaxed, summed in whole numbers.

use crate::program::{Program, Release as Goods};

use super::ways::{self, Backwards};

/// Prices count in parts of this many to one.
pub(super) const DENOMINATOR: i128 = 1 << 32;

/// Why prices prove nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unproven {
    /// This column earns without limit.
    Unlimited(usize),
    /// A sum leaves 128 bits.
    TooLarge,
}

/// What prices come to (see the formula in [`crate::program::bound`]), over [`DENOMINATOR`].
#[derive(Clone, Debug)]
pub(super) struct Relaxed {
    /// All terms but those of the columns.
    rest: i128,
    /// Each column's cost per unit less what it earns.
    columns: Vec<i128>,
    /// The cost of a parcel of each release.
    pub(super) parcels: Vec<i128>,
}

/// From the least to the most that a column may be; nothing is without end.
pub(super) type Choice = (i64, Option<i64>);

/// All that the program allows.
pub(super) fn all_choices(program: &Program) -> Vec<Choice> {
    program
        .columns
        .iter()
        .map(|column| (0, column.upper))
        .collect()
}

impl Relaxed {
    /// Leaves so many millionths of money out of every bound.
    pub(super) fn leave_out(&mut self, cost: i128) {
        self.rest = self.rest.saturating_sub(cost.saturating_mul(DENOMINATOR));
    }

    /// What every plan with these choices costs at least, rounded down.
    pub(super) fn bound(&self, choices: &[Choice]) -> Result<i128, Unproven> {
        let large = Unproven::TooLarge;
        let mut bound = self.rest;
        for (index, (&cost, &(least, most))) in self.columns.iter().zip(choices).enumerate() {
            let value = match most {
                _ if cost >= 0 => least,
                Some(most) => most,
                None => return Err(Unproven::Unlimited(index)),
            };
            let worth = cost.checked_mul(i128::from(value)).ok_or(large)?;
            bound = bound.checked_add(worth).ok_or(large)?;
        }
        Ok(bound.div_euclid(DENOMINATOR))
    }
}

/// Relaxes all rows of a program at their prices.
pub(super) fn lagrangian(program: &Program, prices: &[i128]) -> Result<Relaxed, Unproven> {
    let large = Unproven::TooLarge;
    let times = |a: i128, b: i64| a.checked_mul(i128::from(b)).ok_or(large);
    let plus = |a: i128, b: i128| a.checked_add(b).ok_or(large);
    let mut rest = program.constant.checked_mul(DENOMINATOR).ok_or(large)?;
    for (row, &price) in program.rows.iter().zip(prices) {
        rest = plus(rest, -times(price, row.upper)?)?;
    }
    let mut columns = Vec::with_capacity(program.columns.len());
    for column in &program.columns {
        let mut cost = times(DENOMINATOR, column.cost)?;
        for &(row, coefficient) in &column.entries {
            cost = plus(cost, times(prices[row as usize], coefficient)?)?;
        }
        columns.push(cost);
    }
    let mut parcels = vec![0i128; program.releases.len()];
    let backwards = Backwards::new(program);
    let (mut known, mut costs) = (None, Vec::new());
    for ((class, sink), releases) in ways::groups(program) {
        // groups of a class follow each other
        if known != Some(class) {
            costs = arc_costs(program, class, prices)?;
            known = Some(class);
        }
        let origins = releases.iter().map(|&at| program.releases[at].origin);
        let ends = program.sinks[sink].ends.iter();
        let ends = ends.map(|&(node, cost)| (node, i128::from(cost) * DENOMINATOR));
        let ways = backwards.cheapest(origins, ends, |arc, rest| {
            let way = costs[arc].map(|cost| plus(cost, rest));
            way.transpose()
        })?;
        for at in releases {
            let release = &program.releases[at];
            parcels[at] = cost_of_parcel(release, ways.from(release.origin));
            rest = plus(rest, times(parcels[at], release.quantity)?)?;
        }
    }
    Ok(Relaxed {
        rest,
        columns,
        parcels,
    })
}

fn cost_of_parcel(release: &Goods, carried: Option<i128>) -> i128 {
    let left = release
        .unserved_cost
        .map(|cost| i128::from(cost) * DENOMINATOR);
    left.into_iter().chain(carried).min().unwrap_or(0)
}

/// Costs of arcs with the prices of what they take; `None` where the class may not go.
fn arc_costs(
    program: &Program,
    class: usize,
    prices: &[i128],
) -> Result<Vec<Option<i128>>, Unproven> {
    let cost_of = |arc: usize| {
        let Some(cost) = program.cost(class, arc) else {
            return Ok(None);
        };
        let mut sum = i128::from(cost) * DENOMINATOR;
        for (row, amount) in program.arc_uses(class, arc) {
            let paid = prices[row].checked_mul(i128::from(amount));
            sum = paid
                .and_then(|paid| sum.checked_add(paid))
                .filter(|sum| sum.unsigned_abs() < 1 << 110)
                .ok_or(Unproven::TooLarge)?;
        }
        Ok(Some(sum))
    };
    (0..program.arcs()).map(cost_of).collect()
}
