//! Exact quantities with names.
//!
//! Everything a plan adds up is an integer in one fixed unit, so that sums are exact and the same
//! on every machine. Floating point appears only inside engines, whose answers are rounded and
//! re-checked in these units before anybody sees them.

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign, Neg, Sub, SubAssign};

macro_rules! quantity {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub i64);

        impl $name {
            /// Nothing of it.
            pub const ZERO: Self = Self(0);
        }

        impl Add for $name {
            type Output = Self;
            fn add(self, other: Self) -> Self {
                Self(self.0 + other.0)
            }
        }

        impl Sub for $name {
            type Output = Self;
            fn sub(self, other: Self) -> Self {
                Self(self.0 - other.0)
            }
        }

        impl Neg for $name {
            type Output = Self;
            fn neg(self) -> Self {
                Self(-self.0)
            }
        }

        impl AddAssign for $name {
            fn add_assign(&mut self, other: Self) {
                self.0 += other.0;
            }
        }

        impl SubAssign for $name {
            fn sub_assign(&mut self, other: Self) {
                self.0 -= other.0;
            }
        }

        impl Sum for $name {
            fn sum<I: Iterator<Item = Self>>(items: I) -> Self {
                items.fold(Self::ZERO, Add::add)
            }
        }
    };
}

quantity!(
    /// A weight in grams.
    Grams
);
quantity!(
    /// A volume in cubic centimetres.
    CubicCentimetres
);
quantity!(
    /// An amount of money in millionths of the instance's currency.
    Money
);
quantity!(
    /// A span or a point of time in minutes. Points count from Monday 00:00 UTC of the first week.
    Minutes
);
quantity!(
    /// A number of parcels.
    Parcels
);

/// Millionths in one unit of currency.
pub const MONEY_SCALE: i64 = 1_000_000;
/// Minutes in an hour.
pub const HOUR: Minutes = Minutes(60);
/// Minutes in a day.
pub const DAY: Minutes = Minutes(24 * 60);
/// Minutes in a week.
pub const WEEK: Minutes = Minutes(7 * 24 * 60);

impl Grams {
    /// The weight in kilograms.
    pub fn kg(self) -> f64 {
        self.0 as f64 / 1e3
    }
}

impl CubicCentimetres {
    /// The volume in cubic metres.
    pub fn m3(self) -> f64 {
        self.0 as f64 / 1e6
    }
}

impl Money {
    /// The amount in units of the instance's currency.
    pub fn amount(self) -> f64 {
        self.0 as f64 / MONEY_SCALE as f64
    }
}

impl Minutes {
    /// The span in hours.
    pub fn hours(self) -> f64 {
        self.0 as f64 / 60.0
    }
}

impl fmt::Display for Parcels {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// `numerator / denominator` to the nearest integer, halves away from zero.
///
/// # Panics
/// If `denominator` is not positive.
pub fn divide_to_nearest(numerator: i128, denominator: i128) -> i128 {
    assert!(denominator > 0, "a divisor must be positive");
    let magnitude = (numerator.abs() * 2 + denominator) / (denominator * 2);
    if numerator < 0 { -magnitude } else { magnitude }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn division_rounds_halves_away_from_zero() {
        assert_eq!(divide_to_nearest(5, 2), 3); // 2.5
        assert_eq!(divide_to_nearest(-5, 2), -3);
        assert_eq!(divide_to_nearest(4, 3), 1); // 1.33
        assert_eq!(divide_to_nearest(-5, 3), -2); // -1.67
    }
}
