//! A point of the interior-point method, and how far it can move.

use rayon::prelude::*;

use super::master::Restricted;

/// Numbers from which on a vector is worked on in parts, and how many make up a part at
/// least.
const SPLIT: usize = 1 << 14;
const PART: usize = 1 << 13;

/// A point. All components are positive.
#[derive(Clone, Debug, Default)]
pub(super) struct Point {
    pub x: Vec<f64>,
    pub z: Vec<f64>,
    pub prices: Vec<f64>,
    pub slack: Vec<f64>,
    pub excess: Vec<f64>,
    pub y: Vec<f64>,
    pub low: Vec<f64>,
    /// Zero where y has no upper bound.
    pub high: Vec<f64>,
}

/// A direction: the same components, of any sign.
pub(super) type Direction = Point;

/// A number for each complementary pair.
#[derive(Clone, Debug, Default)]
pub(super) struct Products {
    pub x: Vec<f64>,
    pub slack: Vec<f64>,
    pub excess: Vec<f64>,
    pub low: Vec<f64>,
    pub high: Vec<f64>,
}

impl Products {
    pub fn parts(&mut self) -> [&mut Vec<f64>; 5] {
        [
            &mut self.x,
            &mut self.slack,
            &mut self.excess,
            &mut self.low,
            &mut self.high,
        ]
    }
}

impl Point {
    /// The products of the complementary pairs of a point.
    pub fn products(&self, master: &Restricted) -> Products {
        self.paired(master, |bound, value| bound - value)
    }

    /// The products of the changes of complementary pairs along a direction: what a whole step
    /// leaves of them beyond the linear. The complement of a bounded variable moves against it.
    pub fn bends(&self, master: &Restricted) -> Products {
        self.paired(master, |_, change| -change)
    }

    fn paired(&self, master: &Restricted, left: impl Fn(f64, f64) -> f64) -> Products {
        let times = |a: &[f64], b: &[f64]| paired(a, b, |a, b| a * b);
        let caps = self.prices.iter().zip(&master.cap);
        let uppers = self.y.iter().zip(&master.general_upper);
        Products {
            x: times(&self.x, &self.z),
            slack: times(&self.slack, &self.prices),
            excess: caps
                .zip(&self.excess)
                .map(|((&price, &cap), excess)| excess * left(cap, price))
                .collect(),
            low: times(&self.y, &self.low),
            high: uppers
                .zip(&self.high)
                .map(|((&y, &upper), &high)| {
                    if upper.is_finite() {
                        high * left(upper, y)
                    } else {
                        0.0
                    }
                })
                .collect(),
        }
    }

    /// The sum of all products of complementary pairs.
    pub fn gap(&self, master: &Restricted) -> f64 {
        let products = &mut self.products(master);
        products.parts().into_iter().flatten().map(|p| *p).sum()
    }

    /// The longest primal and dual steps that keep everything positive, at most 1.
    pub fn lengths(&self, master: &Restricted, direction: &Direction) -> (f64, f64) {
        let mut primal = longest(&self.x, &direction.x)
            .min(longest(&self.slack, &direction.slack))
            .min(longest(&self.excess, &direction.excess))
            .min(longest(&self.y, &direction.y));
        let mut dual = longest(&self.z, &direction.z)
            .min(longest(&self.prices, &direction.prices))
            .min(longest(&self.low, &direction.low))
            .min(longest(&self.high, &direction.high));
        for (row, &step) in direction.prices.iter().enumerate() {
            if step > 0.0 {
                dual = dual.min((master.cap[row] - self.prices[row]) / step);
            }
        }
        for (j, &step) in direction.y.iter().enumerate() {
            if step > 0.0 {
                primal = primal.min((master.general_upper[j] - self.y[j]) / step);
            }
        }
        (primal, dual)
    }

    /// The point that steps of two lengths along a direction lead to.
    pub fn moved(&self, direction: &Direction, primal: f64, dual: f64) -> Self {
        let along = |values: &[f64], steps: &[f64], length: f64| {
            paired(values, steps, |value, step| value + length * step)
        };
        Self {
            x: along(&self.x, &direction.x, primal),
            slack: along(&self.slack, &direction.slack, primal),
            excess: along(&self.excess, &direction.excess, primal),
            y: along(&self.y, &direction.y, primal),
            z: along(&self.z, &direction.z, dual),
            prices: along(&self.prices, &direction.prices, dual),
            low: along(&self.low, &direction.low, dual),
            high: along(&self.high, &direction.high, dual),
        }
    }
}

/// `one` of each two numbers.
fn paired(a: &[f64], b: &[f64], one: impl Fn(f64, f64) -> f64 + Sync) -> Vec<f64> {
    if a.len() < SPLIT {
        return a.iter().zip(b).map(|(&a, &b)| one(a, b)).collect();
    }
    let pairs = a.par_iter().zip(b).with_min_len(PART);
    pairs.map(|(&a, &b)| one(a, b)).collect()
}

/// The longest step that keeps all values positive, at most 1.
fn longest(values: &[f64], steps: &[f64]) -> f64 {
    let within = |values: &[f64], steps: &[f64]| {
        let pairs = values.iter().zip(steps);
        let falling = pairs.filter(|&(_, &step)| step < 0.0);
        falling
            .map(|(value, step)| -value / step)
            .fold(1.0, f64::min)
    };
    if values.len() < SPLIT {
        return within(values, steps);
    }
    let parts = values.par_chunks(PART).zip(steps.par_chunks(PART));
    parts
        .map(|(values, steps)| within(values, steps))
        .reduce(|| 1.0, f64::min)
}
