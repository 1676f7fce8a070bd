//! The proof that no plan exists.

use super::presolve::Reduced;
use super::search::Search;
use crate::program::bound::{Bound, Prices, lagrangian};
use crate::program::{FORBIDDEN, Program};

/// Rounds after which the question stays open.
const ROUNDS: usize = 60;

/// Whether some prices prove, exactly, that the rows cannot all hold.
///
/// With all costs zero, every plan costs nothing; so prices under which the Lagrangian bound is
/// positive prove that there is none (Farkas). They are looked for by the same rounds, with rows
/// that may be exceeded at a price of one each.
pub(super) fn is_proven(search: &Search) -> bool {
    let free = without_costs(search.program);
    let mut search = Search::new(&free, search.options, search.deadline.clone());
    // a row that is only presumed to hold may be the one that cannot
    search.reduced = Reduced::new(&free, (0..free.rows.len() as u32).collect());
    if search.start().is_err() {
        return false;
    }
    search.open_violated_rows();
    let mut prices = vec![0.0; free.rows.len()];
    for _ in 0..ROUNDS {
        let Some(rated) = search.least_excess(&mut prices) else {
            return false;
        };
        if rated.value > 0.0 && is_positive(&free, &rated.prices, rated.value) {
            return true;
        }
    }
    false
}

/// Whether the exact bound is positive, after scaling the prices so that it is not rounded away.
fn is_positive(free: &Program, prices: &[f64], value: f64) -> bool {
    let factor = 1e6 / value;
    let scaled: Vec<f64> = prices.iter().map(|price| price * factor).collect();
    matches!(
        lagrangian(free, &Prices::round(&scaled)),
        Ok(Bound::AtLeast(1..))
    )
}

fn without_costs(program: &Program) -> Program {
    let mut free = program.clone();
    free.constant = 0;
    for cost in free.costs.iter_mut().filter(|cost| **cost != FORBIDDEN) {
        *cost = 0;
    }
    for column in &mut free.columns {
        column.cost = 0;
    }
    for end in free.sinks.iter_mut().flat_map(|sink| &mut sink.ends) {
        end.1 = 0;
    }
    for release in &mut free.releases {
        release.unserved_cost = release.unserved_cost.map(|_| 0);
    }
    free
}
