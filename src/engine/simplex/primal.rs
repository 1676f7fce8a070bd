//! The primal method: from a basis that keeps all bounds to one with good prices.

use super::model::{OUT, Side, Simplex};
use super::{FEASIBLE, OPTIMAL, PIVOT, Trouble};

/// What ends the move of a variable.
enum End {
    /// Its other bound.
    Own,
    /// The basic variable at a position reaches its bound on a side.
    Basic(usize, Side),
}

impl Simplex {
    /// Goes on until no variable gains by moving.
    pub(super) fn primal(&mut self, stop: &dyn Fn() -> bool) -> Result<(), Trouble> {
        let most = 500 + 50 * self.rows.len();
        for step in 0..most {
            if step % 16 == 15 && stop() {
                return Err(Trouble::Stopped);
            }
            let Some(entering) = self.most_gaining() else {
                return Ok(());
            };
            let up = self.side[entering] == Side::Lower;
            let image = self.image(entering);
            let range = self.upper[entering] - self.lower[entering];
            let (length, end) = self.furthest(&image, up, range);
            if !length.is_finite() {
                return Err(Trouble::Numerical);
            }
            let signed = if up { length } else { -length };
            match end {
                End::Own => {
                    self.shift_along(entering, signed, &image);
                    self.side[entering] = if up { Side::Upper } else { Side::Lower };
                }
                End::Basic(position, side) => {
                    let row = self.pivot_row(position);
                    self.shift_along(entering, signed, &image);
                    let outcome = self.exchange(entering, position, side, &row, &image);
                    self.done_with(row);
                    outcome?;
                }
            }
        }
        Err(Trouble::Numerical)
    }

    fn most_gaining(&self) -> Option<usize> {
        let mut best = None;
        let mut most = OPTIMAL;
        for v in 0..self.x.len() {
            if self.position[v] != OUT || self.lower[v] >= self.upper[v] {
                continue;
            }
            let gain = match self.side[v] {
                Side::Lower => -self.reduced[v],
                Side::Upper => self.reduced[v],
            };
            if gain > most {
                most = gain;
                best = Some(v);
            }
        }
        best
    }

    /// How far a variable can move, and what stops it. Of what stops it at about the same length,
    /// the largest rate.
    fn furthest(&self, image: &[f64], up: bool, range: f64) -> (f64, End) {
        let rate_of = |rate: f64| if up { rate } else { -rate };
        let room = |position: usize, rate: f64| {
            let v = self.basic[position] as usize;
            if rate > 0.0 {
                (self.x[v] - self.lower[v], Side::Lower)
            } else {
                (self.upper[v] - self.x[v], Side::Upper)
            }
        };
        let mut most = f64::INFINITY;
        for (position, &rate) in image.iter().enumerate() {
            let rate = rate_of(rate);
            if rate.abs() > PIVOT {
                let (room, _) = room(position, rate);
                most = most.min((room.max(0.0) + FEASIBLE) / rate.abs());
            }
        }
        if range <= most {
            return (range, End::Own);
        }
        let mut best = (f64::INFINITY, End::Own);
        let mut largest = 0.0;
        for (position, &rate) in image.iter().enumerate() {
            let rate = rate_of(rate);
            if rate.abs() > PIVOT {
                let (room, side) = room(position, rate);
                let length = room.max(0.0) / rate.abs();
                if length <= most && rate.abs() > largest {
                    largest = rate.abs();
                    best = (length, End::Basic(position, side));
                }
            }
        }
        best
    }
}
