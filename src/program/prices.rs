//! Exact prices on the rows of a program, and their repair.

use super::Program;
use super::bound::{BoundError, overflow};

/// Rounds of proportional repair before the offending prices are set to zero.
const REPAIR_ROUNDS: usize = 64;

/// What a unit of the goods that take most of a row may pay for it, in cost units, where prices as
/// they are leave the range of exact arithmetic.
const MOST: [i128; 3] = [1_000_000_000_000_000, 1_000_000_000_000, 1_000_000_000];

/// Non-negative row prices as exact numbers: integers over [`DENOMINATOR`](Self::DENOMINATOR), in
/// cost units per unit of the row.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Prices(Vec<i128>);

impl Prices {
    /// Parts of a cost unit that a price counts in: 2^32. With costs in millionths of a currency
    /// and rows in grams, a price of 1 per kg is 1000 · 2^32, and rounding moves the bound by less
    /// than one cost unit per 4·10^9 grams of row.
    pub const DENOMINATOR: i128 = 1 << 32;

    /// Rounds an engine's prices to the nearest exact ones; negative prices, infinities and NaN
    /// become zero.
    pub fn round(prices: &[f64]) -> Self {
        let exact = |&price: &f64| {
            if price.is_finite() && price > 0.0 {
                (price * Self::DENOMINATOR as f64).round() as i128
            } else {
                0
            }
        };
        Self(prices.iter().map(exact).collect())
    }

    /// Prices from numerators over [`DENOMINATOR`](Self::DENOMINATOR); negative ones become zero.
    pub fn from_numerators(numerators: Vec<i128>) -> Self {
        Self(numerators.into_iter().map(|price| price.max(0)).collect())
    }

    /// A price of zero on each of `rows` rows.
    pub fn zero(rows: usize) -> Self {
        Self(vec![0; rows])
    }

    /// The numerators over [`DENOMINATOR`](Self::DENOMINATOR), one per row.
    pub fn numerators(&self) -> &[i128] {
        &self.0
    }

    /// The prices in cost units per row unit, to the nearest floating-point numbers.
    pub fn to_f64(&self) -> Vec<f64> {
        let scale = Self::DENOMINATOR as f64;
        self.0.iter().map(|&price| price as f64 / scale).collect()
    }

    /// Prices as near to these as needed under which no unlimited column has a negative reduced
    /// cost, without which the bound would be −∞.
    ///
    /// Columns are visited in order. Where f + Σ_{b>0} λ_r b < Σ_{b<0} λ_r |b|, the prices on the
    /// right are all multiplied by left/right and rounded down. Since that may take from the left
    /// side of another column, passes repeat until nothing changes. Prices only ever fall; after
    /// 64 passes the offending ones are set to zero instead, so that an end is certain.
    ///
    /// # Errors
    /// [`BoundError`] where there is not one price per row, or on overflow.
    pub fn repaired(&self, program: &Program) -> Result<Self, BoundError> {
        self.repaired_where(program, |column| program.columns[column].upper.is_none())
    }

    /// The same where not the program but `is_unlimited` says which columns are unlimited: a part of
    /// the choices bounds columns that the program does not.
    ///
    /// # Errors
    /// As for [`repaired`](Self::repaired).
    pub fn repaired_where(
        &self,
        program: &Program,
        is_unlimited: impl Fn(usize) -> bool,
    ) -> Result<Self, BoundError> {
        if self.0.len() != program.rows.len() {
            return Err(BoundError::Length {
                expected: program.rows.len(),
                found: self.0.len(),
            });
        }
        let mut prices = self.clone();
        let mut round = 0;
        loop {
            let mut changed = false;
            for (index, column) in program.columns.iter().enumerate() {
                if !is_unlimited(index) {
                    continue;
                }
                let (gain, loss) = prices.sides(program, index)?;
                if gain >= loss {
                    continue;
                }
                changed = true;
                for &(row, coefficient) in &column.entries {
                    if coefficient < 0 {
                        let price = &mut prices.0[row as usize];
                        *price = if round < REPAIR_ROUNDS {
                            scale_down(*price, gain, loss)
                        } else {
                            0
                        };
                    }
                }
            }
            if !changed {
                return Ok(prices);
            }
            round += 1;
        }
    }

    /// The same with no price higher than what the dearest goods left behind are worth.
    ///
    /// What keeps everything out of a row (one without room, above all) may have any price that is
    /// high enough, and engines stop at some that say nothing. Where a of the row are used, a price
    /// of π / a makes a path as dear as leaving the goods behind; the highest of these over all that
    /// uses the row is enough for the same bound. That needs costs and amounts of no other sign:
    /// programs with negative ones keep their prices, and so do rows that some column takes from or
    /// that must be relieved.
    #[must_use]
    pub fn capped(&self, program: &Program) -> Self {
        let is_negative = |value: &i64| *value < 0;
        if program.amounts.iter().any(is_negative) || program.costs.iter().any(is_negative) {
            return self.clone();
        }
        let mut worth: Vec<Option<i64>> = vec![Some(0); program.classes];
        for release in &program.releases {
            let worth = &mut worth[release.class as usize];
            *worth = worth.zip(release.unserved_cost).map(|(a, b)| a.max(b));
        }
        let mut caps: Vec<Option<i128>> = vec![Some(0); program.rows.len()];
        for usage in &program.uses {
            let amounts = &program.amounts[usage.amount as usize * program.classes..];
            for (worth, &amount) in worth.iter().zip(amounts).filter(|(_, amount)| **amount > 0) {
                let enough = worth.map(|worth| {
                    let exact = i128::from(worth.max(0)) * Self::DENOMINATOR;
                    exact / i128::from(amount) + 1
                });
                let cap = &mut caps[usage.row as usize];
                *cap = cap.zip(enough).map(|(a, b)| a.max(b));
            }
        }
        let entries = program.columns.iter().flat_map(|column| &column.entries);
        for &(row, _) in entries.filter(|(_, coefficient)| *coefficient > 0) {
            caps[row as usize] = None;
        }
        let rows = self.0.iter().zip(caps).zip(&program.rows);
        let capped = rows.map(|((&price, cap), row)| match cap {
            Some(cap) if cap > 0 && row.upper >= 0 => price.min(cap),
            _ => price,
        });
        Self(capped.collect())
    }

    /// These prices, then the same with an ever lower end, and at last none at all.
    ///
    /// Engines may price rows without any room beyond all that exact arithmetic can hold, where a
    /// smaller price serves as well. The first of these of which arithmetic holds what it proves is
    /// the one to use.
    pub fn ever_lower<'a>(&'a self, program: &'a Program) -> impl Iterator<Item = Self> + 'a {
        let capped = MOST.iter().map(|most| {
            let mut largest = vec![1; program.rows.len()];
            for usage in &program.uses {
                let start = usage.amount as usize * program.classes;
                for amount in &program.amounts[start..start + program.classes] {
                    let largest = &mut largest[usage.row as usize];
                    *largest = i128::from(*amount).abs().max(*largest);
                }
            }
            let prices = self.0.iter().zip(largest);
            Self(
                prices
                    .map(|(&price, largest)| price.min(most * Self::DENOMINATOR / largest))
                    .collect(),
            )
        });
        let nothing = std::iter::once_with(|| Self::zero(self.0.len()));
        std::iter::once_with(|| self.clone())
            .chain(capped)
            .chain(nothing)
    }

    /// f_j + Σ_r λ_r b_rj of column `index`, over [`DENOMINATOR`](Self::DENOMINATOR).
    ///
    /// # Errors
    /// [`BoundError::Overflow`] where it leaves 128 bits.
    pub fn reduced_cost(&self, program: &Program, index: usize) -> Result<i128, BoundError> {
        let (up, down) = self.sides(program, index)?;
        Ok(up - down)
    }

    /// f + Σ_{b>0} λ b and Σ_{b<0} λ |b| of a column: its reduced cost is their difference.
    pub(super) fn sides(
        &self,
        program: &Program,
        index: usize,
    ) -> Result<(i128, i128), BoundError> {
        let column = &program.columns[index];
        let mut up = i128::from(column.cost) * Self::DENOMINATOR;
        let mut down = 0i128;
        for &(row, coefficient) in &column.entries {
            let side = if coefficient < 0 { &mut down } else { &mut up };
            *side = i128::from(coefficient)
                .abs()
                .checked_mul(self.0[row as usize])
                .and_then(|term| side.checked_add(term))
                .ok_or_else(|| overflow("column", index))?;
        }
        Ok((up, down))
    }
}

/// ⌊value · part / whole⌋ for 0 ≤ part < whole, or slightly less where the product would overflow.
fn scale_down(value: i128, mut part: i128, mut whole: i128) -> i128 {
    loop {
        if let Some(product) = value.checked_mul(part) {
            return product / whole;
        }
        part >>= 1;
        whole = (whole >> 1) + 1;
    }
}
