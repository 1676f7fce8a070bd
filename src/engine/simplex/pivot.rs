//! One exchange of a basic variable for another.

use super::model::{OUT, Side, Simplex};
use super::{PIVOT, REFACTOR, Trouble};

/// A row of the inverse times the matrix.
pub(super) struct PivotRow {
    /// The row of the inverse.
    pub inverse: Vec<f64>,
    /// Entries of variables that are not basic, and which those are.
    pub entries: Vec<f64>,
    pub touched: Vec<u32>,
}

impl Simplex {
    /// The pivot row at a position.
    pub(super) fn pivot_row(&mut self, position: usize) -> PivotRow {
        let mut inverse = vec![0.0; self.rows.len()];
        inverse[position] = 1.0;
        self.basis.solve_transposed(&mut inverse);
        let mut entries = std::mem::take(&mut self.scratch);
        entries.resize(self.x.len(), 0.0);
        self.met.resize(self.x.len(), false);
        let mut touched = Vec::new();
        for (row, &value) in inverse.iter().enumerate() {
            if value.abs() < 1e-13 {
                continue;
            }
            for &(variable, entry) in &self.rows[row] {
                let v = variable as usize;
                if self.position[v] == OUT {
                    if !std::mem::replace(&mut self.met[v], true) {
                        touched.push(variable);
                    }
                    entries[v] += value * entry;
                }
            }
        }
        PivotRow {
            inverse,
            entries,
            touched,
        }
    }

    /// Hands a pivot row's space back.
    pub(super) fn done_with(&mut self, row: PivotRow) {
        let PivotRow {
            mut entries,
            touched,
            ..
        } = row;
        for variable in touched {
            entries[variable as usize] = 0.0;
            self.met[variable as usize] = false;
        }
        self.scratch = entries;
    }

    /// The image of a variable's column.
    pub(super) fn image(&mut self, variable: usize) -> Vec<f64> {
        let mut image = vec![0.0; self.rows.len()];
        for &(row, entry) in &self.columns[variable] {
            image[row as usize] += entry;
        }
        self.basis.solve(&mut image);
        image
    }

    /// Moves a variable that is not basic by `step`, and basic ones along.
    pub(super) fn shift_along(&mut self, variable: usize, step: f64, image: &[f64]) {
        if step == 0.0 {
            return;
        }
        self.x[variable] += step;
        for (&basic, &rate) in self.basic.iter().zip(image) {
            if rate != 0.0 {
                self.x[basic as usize] -= step * rate;
            }
        }
    }

    /// Lets `entering` take the place of the variable at `position`, which goes to its bound on
    /// `side`. Values were moved already.
    pub(super) fn exchange(
        &mut self,
        entering: usize,
        position: usize,
        side: Side,
        row: &PivotRow,
        image: &[f64],
    ) -> Result<(), Trouble> {
        let pivot = image[position];
        let expected = row.entries[entering];
        if pivot.abs() < PIVOT || (pivot - expected).abs() > 1e-6 * (1.0 + pivot.abs()) {
            if self.basis.changes() == 0 {
                return Err(Trouble::Numerical);
            }
            self.refresh();
            return Ok(());
        }
        let leaving = self.basic[position] as usize;
        let ratio = self.reduced[entering] / pivot;
        for &variable in &row.touched {
            self.reduced[variable as usize] -= ratio * row.entries[variable as usize];
        }
        self.reduced[entering] = 0.0;
        self.reduced[leaving] = -ratio;
        self.lengthen(position, row, image);
        self.basic[position] = entering as u32;
        self.position[entering] = position as u32;
        self.position[leaving] = OUT;
        self.side[leaving] = side;
        self.x[leaving] = match side {
            Side::Lower => self.lower[leaving],
            Side::Upper => self.upper[leaving],
        };
        let all = 0..image.len() as u32;
        self.basis.replace(position, image, all);
        self.steps += 1;
        if self.basis.changes() >= REFACTOR {
            self.refresh();
        }
        Ok(())
    }

    /// The lengths of edges after an exchange.
    fn lengthen(&mut self, position: usize, row: &PivotRow, image: &[f64]) {
        let pivot = image[position];
        let length: f64 = row.inverse.iter().map(|value| value * value).sum();
        let mut other = row.inverse.clone();
        self.basis.solve(&mut other);
        for (place, (&rate, &other)) in image.iter().zip(&other).enumerate() {
            if rate != 0.0 && place != position {
                let ratio = rate / pivot;
                let new = self.edge[place] - 2.0 * ratio * other + ratio * ratio * length;
                self.edge[place] = new.max(1e-4 + ratio * ratio * 1e-4);
            }
        }
        self.edge[position] = (length / (pivot * pivot)).max(1e-4);
    }
}
