//! The dual method: from a basis with good prices to one that keeps all bounds.

use super::model::{Side, Simplex};
use super::pivot::PivotRow;
use super::{FEASIBLE, NOISE, OPTIMAL, PIVOT, Trouble};

/// A variable that may enter.
struct Candidate {
    variable: u32,
    ratio: f64,
    size: f64,
}

/// The candidate of the least ratio, of the lowest number.
fn nearest(candidates: &[Candidate]) -> Option<usize> {
    (0..candidates.len()).min_by(|&a, &b| {
        let (a, b) = (&candidates[a], &candidates[b]);
        (a.ratio.total_cmp(&b.ratio)).then(a.variable.cmp(&b.variable))
    })
}

impl Simplex {
    /// Goes on until all variables are within their bounds.
    pub(super) fn dual(&mut self, stop: &dyn Fn() -> bool) -> Result<(), Trouble> {
        let most = 200 + 20 * self.rows.len();
        for step in 0..most {
            if step % 16 == 15 && stop() {
                return Err(Trouble::Stopped);
            }
            let Some(position) = self.leaving() else {
                return Ok(());
            };
            let leaving = self.basic[position] as usize;
            let row = self.pivot_row(position);
            let low = self.x[leaving] < self.lower[leaving];
            let violation = self.violation(leaving);
            let entering = self.entering(&row, low, (violation, self.x[leaving].abs()));
            let outcome = match entering {
                None if self.basis.changes() > 0 => Ok(false),
                None if self.could_help(&row, low, violation) => Err(Trouble::Numerical),
                None => Err(Trouble::Infeasible),
                Some((entering, flips)) => {
                    self.flip(&flips);
                    self.enter(entering, position, low, &row)
                }
            };
            self.done_with(row);
            if !outcome? {
                self.refresh();
            }
        }
        Err(Trouble::Numerical)
    }

    /// Exchanges; false where the factor has become too inexact for that.
    fn enter(
        &mut self,
        entering: usize,
        position: usize,
        low: bool,
        row: &PivotRow,
    ) -> Result<bool, Trouble> {
        let leaving = self.basic[position] as usize;
        let image = self.image(entering);
        if image[position].abs() < PIVOT {
            return match self.basis.changes() {
                0 => Err(Trouble::Numerical),
                _ => Ok(false),
            };
        }
        let (side, bound) = match low {
            true => (Side::Lower, self.lower[leaving]),
            false => (Side::Upper, self.upper[leaving]),
        };
        let step = (self.x[leaving] - bound) / image[position];
        self.shift_along(entering, step, &image);
        self.exchange(entering, position, side, row, &image)?;
        Ok(true)
    }

    /// The position that is furthest out of its bounds, by the length of its edge.
    fn leaving(&self) -> Option<usize> {
        let mut best = None;
        let mut most = 0.0;
        for (position, &variable) in self.basic.iter().enumerate() {
            let v = variable as usize;
            let violation = self.violation(v);
            if violation > FEASIBLE * (1.0 + self.x[v].abs()) {
                let score = violation * violation / self.edge[position];
                if score > most {
                    most = score;
                    best = Some(position);
                }
            }
        }
        best
    }

    /// What may enter first so that all prices stay good, and the boxed variables that go to their
    /// other bound on the way.
    fn entering(
        &mut self,
        row: &PivotRow,
        low: bool,
        (violation, size): (f64, f64),
    ) -> Option<(usize, Vec<u32>)> {
        let mut candidates = Vec::new();
        for &variable in &row.touched {
            let v = variable as usize;
            let entry = if low { -row.entries[v] } else { row.entries[v] };
            let outward = match self.side[v] {
                Side::Lower => entry,
                Side::Upper => -entry,
            };
            if outward > PIVOT && self.lower[v] < self.upper[v] {
                candidates.push(Candidate {
                    variable,
                    ratio: self.reduced[v].abs() / outward,
                    size: outward,
                });
            }
        }
        let mut slope = violation;
        let mut flips = Vec::new();
        // those that a boxed variable may pass; where the other bound of the last is just enough, it
        // enters and ends there
        while let Some(nearest) = nearest(&candidates) {
            let v = candidates[nearest].variable as usize;
            slope -= candidates[nearest].size * (self.upper[v] - self.lower[v]);
            if slope <= FEASIBLE * (1.0 + size) {
                break;
            }
            flips.push(candidates.swap_remove(nearest).variable);
        }
        let within = candidates.iter().map(|c| c.ratio + OPTIMAL / c.size);
        let most = within.fold(f64::INFINITY, f64::min);
        let within = candidates.iter().filter(|c| c.ratio <= most);
        let chosen =
            within.max_by(|a, b| (a.size.total_cmp(&b.size)).then(b.variable.cmp(&a.variable)))?;
        let entering = chosen.variable as usize;
        // those passed over within the tolerance keep a reduced cost of the right sign
        let theta = chosen.ratio;
        for passed in candidates.iter().filter(|c| c.ratio < theta) {
            let v = passed.variable as usize;
            let missing = theta * passed.size - self.reduced[v].abs();
            let up = match self.side[v] {
                Side::Lower => missing,
                Side::Upper => -missing,
            };
            self.shift[v] += up;
            self.reduced[v] += up;
        }
        Some((entering, flips))
    }

    /// Whether entries that were left out as noise could repair a row, so that it proves nothing.
    fn could_help(&self, row: &PivotRow, low: bool, violation: f64) -> bool {
        let most = |&variable: &u32| {
            let v = variable as usize;
            let entry = if low { -row.entries[v] } else { row.entries[v] };
            let outward = match self.side[v] {
                Side::Lower => entry,
                Side::Upper => -entry,
            };
            let range = self.upper[v] - self.lower[v];
            let counts = outward > NOISE && range > 0.0;
            if counts { outward * range } else { 0.0 }
        };
        row.touched.iter().map(most).sum::<f64>() >= violation
    }

    fn flip(&mut self, flips: &[u32]) {
        if flips.is_empty() {
            return;
        }
        let mut change = vec![0.0; self.rows.len()];
        for &variable in flips {
            let v = variable as usize;
            let (side, step) = match self.side[v] {
                Side::Lower => (Side::Upper, self.upper[v] - self.lower[v]),
                Side::Upper => (Side::Lower, self.lower[v] - self.upper[v]),
            };
            self.side[v] = side;
            self.x[v] += step;
            for &(row, entry) in &self.columns[v] {
                change[row as usize] += entry * step;
            }
        }
        self.basis.solve(&mut change);
        for (&variable, change) in self.basic.iter().zip(change) {
            self.x[variable as usize] -= change;
        }
    }
}
