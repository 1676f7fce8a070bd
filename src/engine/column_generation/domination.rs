//! Columns that the master can do without.
//!
//! Prices are never negative. So a column that costs no less than another of its release and takes
//! no less of any row in the master is never better than that one, whatever the prices: in a
//! network in time, the same flight reached by a truck that waits for another day. Which columns
//! these are depends on the rows in the master alone, so it is asked again for every master.

use super::pool::Pool;
use super::presolve::Reduced;
use crate::program::Program;

/// Which columns the master over the rows in `active` can do without; what they carry goes to the
/// columns that stand in for them.
pub(super) fn idle(
    program: &Program,
    reduced: &Reduced,
    active: &[u32],
    pool: &mut Pool,
) -> Vec<bool> {
    let mut is_active = vec![false; program.rows.len()];
    for &row in active {
        is_active[row as usize] = true;
    }
    let mut idle = vec![false; pool.len()];
    let mut members: Vec<(f64, usize)> = Vec::new();
    let mut kept: Vec<usize> = Vec::new();
    for release in 0..program.releases.len() {
        members.clear();
        members.extend(
            pool.of(release)
                .map(|column| (pool.weight(column, &reduced.base), column)),
        );
        members.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        kept.clear();
        for &(_, column) in &members {
            let takes_no_more = |&&other: &&usize| {
                takes_no_more(pool.entries(other), pool.entries(column), &is_active)
            };
            let better = kept.iter().find(takes_no_more);
            match better {
                Some(&other) => {
                    idle[column] = true;
                    pool.flow[other] += std::mem::take(&mut pool.flow[column]);
                }
                None => kept.push(column),
            }
        }
    }
    idle
}

/// Whether `one` takes no more than `other` of any active row; both by ascending row.
fn takes_no_more(
    one: impl Iterator<Item = (u32, f64)>,
    other: impl Iterator<Item = (u32, f64)>,
    is_active: &[bool],
) -> bool {
    let (mut ones, mut others) = (one.peekable(), other.peekable());
    loop {
        let (row, more) = match (ones.peek(), others.peek()) {
            (None, None) => return true,
            (Some(&(row, amount)), None) => {
                ones.next();
                (row, amount)
            }
            (None, Some(&(row, amount))) => {
                others.next();
                (row, -amount)
            }
            (Some(&(a, amount)), Some(&(b, other))) => {
                let row = a.min(b);
                let one = if a == row { amount } else { 0.0 };
                let other = if b == row { other } else { 0.0 };
                if a == row {
                    ones.next();
                }
                if b == row {
                    others.next();
                }
                (row, one - other)
            }
        };
        if more > 0.0 && is_active[row as usize] {
            return false;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holds(one: &[(u32, f64)], other: &[(u32, f64)], is_active: &[bool]) -> bool {
        takes_no_more(one.iter().copied(), other.iter().copied(), is_active)
    }

    /// One takes 2 of row 0 and 1 of row 3, the other 2 of row 0, 5 of row 2 and 1 of row 3: the
    /// first takes no more. Against 2 of row 0 and 5 of row 2 it takes 1 more of row 3, which
    /// counts only if that row is there. What gives back (−1 of row 1) is better still.
    #[test]
    fn takes_are_compared_row_by_row() {
        let one = [(0, 2.0), (3, 1.0)];
        let all = [true; 4];
        assert!(holds(&one, &[(0, 2.0), (2, 5.0), (3, 1.0)], &all));
        assert!(!holds(&one, &[(0, 2.0), (2, 5.0)], &all));
        assert!(holds(
            &one,
            &[(0, 2.0), (2, 5.0)],
            &[true, true, true, false]
        ));
        assert!(!holds(&one, &[(0, 2.0), (1, -1.0), (3, 1.0)], &all));
        assert!(holds(&[(0, 2.0), (1, -1.0)], &[(0, 2.0)], &all));
        assert!(holds(&one, &one, &all));
    }
}
