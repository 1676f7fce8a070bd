//! Solutions of few entries, looked for one by one.
//!
//! In a large basis a column meets few others, and most entries of a solution are zero (J. A. J.
//! Hall and K. I. M. McKinnon, Hyper-sparsity in the revised simplex method and how to exploit it,
//! Comput. Optim. Appl. 32, 2005).

use super::{Basis, Change};

/// Rows from which on the entries of a solution may be looked for one by one, and the part of all
/// that those of the solution before were at most.
const LARGE: usize = 1000;
const FEW: usize = 16;

impl Basis {
    /// x of W x = b where few entries are not zero, in place: takes the rows of these and answers
    /// the positions of those of x, ascending.
    pub fn solve_sparse(&mut self, vector: &mut [f64], rows: &[u32]) -> Vec<u32> {
        let places = if self.size >= LARGE && self.filled * FEW <= self.size {
            self.solve_reached(vector, rows)
        } else {
            self.solve(vector);
            let all = 0..self.size as u32;
            all.filter(|&place| vector[place as usize] != 0.0).collect()
        };
        self.filled = places.len();
        places
    }

    /// Looks only at what the entries reach, in the order of a solution that looks everywhere, so that
    /// no digit differs.
    pub(super) fn solve_reached(&mut self, vector: &mut [f64], rows: &[u32]) -> Vec<u32> {
        let Self { lower, upper, .. } = self;
        let pivot_of = |&(row, _): &(u32, f64)| self.pivot_of[row as usize];
        let below = |pivot: u32| lower.at(pivot as usize).iter().map(pivot_of);
        let pivots = rows.iter().map(|&row| self.pivot_of[row as usize]);
        let mut pivots = self.reach.from(pivots, below);
        pivots.sort_unstable();
        for &pivot in &pivots {
            let row = self.rows[pivot as usize] as usize;
            let value = std::mem::take(&mut vector[row]);
            self.values[pivot as usize] = value;
            for &(row, multiplier) in lower.at(pivot as usize) {
                vector[row as usize] -= multiplier * value;
            }
        }
        let earlier = |pivot: u32| upper.at(pivot as usize).iter().map(|&(pivot, _)| pivot);
        let mut all = self.reach.from(pivots.iter().copied(), earlier);
        all.sort_unstable();
        let mut places = Vec::with_capacity(all.len());
        for &pivot in all.iter().rev() {
            let value = std::mem::take(&mut self.values[pivot as usize]);
            if value == 0.0 {
                continue;
            }
            let value = value / self.diagonal[pivot as usize];
            for &(earlier, entry) in upper.at(pivot as usize) {
                self.values[earlier as usize] -= entry * value;
            }
            let position = self.positions[pivot as usize];
            vector[position as usize] = value;
            places.push(position);
        }
        for change in &self.changes {
            change.apply_sparse(vector, &mut places);
        }
        places.sort_unstable();
        places.dedup();
        places.retain(|&place| vector[place as usize] != 0.0);
        places
    }
}

impl Change {
    /// The same, noting the places that it fills.
    fn apply_sparse(&self, vector: &mut [f64], places: &mut Vec<u32>) {
        match self {
            Self::Column {
                position, others, ..
            } => {
                if vector[*position as usize] != 0.0 {
                    let filled = others.iter().map(|&(place, _)| place);
                    places.extend(filled.filter(|&place| vector[place as usize] == 0.0));
                }
            }
            Self::Key { position, .. } => places.push(*position),
        }
        self.apply(vector);
    }
}

/// What can be reached from some pivots.
#[derive(Clone, Debug, Default)]
pub(super) struct Reach {
    seen: Vec<bool>,
    stack: Vec<u32>,
}

impl Reach {
    pub fn new(size: usize) -> Self {
        Self {
            seen: vec![false; size],
            stack: Vec::new(),
        }
    }

    /// Pivots that `starts` are or lead to, in no particular order.
    fn from<I: Iterator<Item = u32>>(
        &mut self,
        starts: impl Iterator<Item = u32>,
        next: impl Fn(u32) -> I,
    ) -> Vec<u32> {
        let Self { seen, stack } = self;
        let mut reached = Vec::new();
        for start in starts {
            if !std::mem::replace(&mut seen[start as usize], true) {
                stack.push(start);
            }
            while let Some(pivot) = stack.pop() {
                reached.push(pivot);
                let unseen = next(pivot)
                    .filter(|&pivot| !std::mem::replace(&mut seen[pivot as usize], true));
                stack.extend(unseen);
            }
        }
        for &pivot in &reached {
            seen[pivot as usize] = false;
        }
        reached
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// In 300 groups of five, each column meets its own row and the next of its group. Over many
    /// replaced columns and keys, solutions of few entries are the same as those looked for
    /// everywhere, entry by entry.
    #[test]
    fn few_entries_are_found_where_they_are() {
        let size = 1500u32;
        let next = |row: u32| row - row % 5 + (row + 1) % 5;
        let mut basis = Basis::default();
        let column = |position: usize, out: &mut Vec<(u32, f64)>| {
            let row = position as u32;
            out.extend([(row, 2.0), (next(row), -1.0)]);
        };
        basis.factor(size as usize, column).unwrap();
        for step in 0..200 {
            let row = (step * 37) % size;
            let rows = [row, next(row), (row + 700) % size];
            let mut sparse = vec![0.0; size as usize];
            for (&row, value) in rows.iter().zip([1.0, 0.5, -3.0]) {
                sparse[row as usize] = value;
            }
            let mut dense = sparse.clone();
            let places = basis.solve_sparse(&mut sparse, &rows);
            basis.solve(&mut dense);
            assert_eq!(sparse, dense);
            let filled = (0..size).filter(|&place| dense[place as usize] != 0.0);
            assert_eq!(places, filled.collect::<Vec<u32>>());
            assert!(places.len() <= 30, "{}", places.len());
            if step % 7 == 3 {
                basis.change_key(row as usize, vec![next(row)]);
            } else {
                basis.replace(row as usize, &sparse, places);
            }
        }
        assert_eq!(basis.changes(), 200);
        assert!(!basis.is_worn());
    }
}
