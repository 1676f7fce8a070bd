//! Cells of tables: exact quantities as text.

use std::borrow::Cow;
use std::fmt::{self, Write as _};

use crate::plan::Share;
use crate::units::{CubicCentimetres, Grams, Minutes, Money, Parcels};

/// One cell of a table, before it becomes text of some format.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cell<'a> {
    /// Nothing.
    Blank,
    /// Words.
    Text(Cow<'a, str>),
    /// A number: `mantissa / 10^places`, written without trailing zeros.
    Number {
        /// The digits.
        mantissa: i128,
        /// How many of them stand behind the point.
        places: u32,
    },
}

impl<'a> Cell<'a> {
    /// A whole number.
    pub fn whole(value: impl Into<i128>) -> Self {
        Self::scaled(value, 0)
    }

    /// `mantissa / 10^places`.
    pub fn scaled(mantissa: impl Into<i128>, places: u32) -> Self {
        Self::Number {
            mantissa: mantissa.into(),
            places,
        }
    }

    /// Whatever can be a cell, or a blank.
    pub fn or_blank<T: Into<Cell<'a>>>(value: Option<T>) -> Self {
        value.map_or(Self::Blank, Into::into)
    }
}

impl<'a> From<&'a str> for Cell<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(Cow::Borrowed(text))
    }
}

impl<'a> From<&'a String> for Cell<'a> {
    fn from(text: &'a String) -> Self {
        Self::Text(Cow::Borrowed(text))
    }
}

impl From<Parcels> for Cell<'_> {
    fn from(parcels: Parcels) -> Self {
        Self::whole(parcels.0)
    }
}

impl From<Grams> for Cell<'_> {
    /// In kilograms.
    fn from(weight: Grams) -> Self {
        Self::scaled(weight.0, 3)
    }
}

impl From<CubicCentimetres> for Cell<'_> {
    /// In cubic metres.
    fn from(volume: CubicCentimetres) -> Self {
        Self::scaled(volume.0, 6)
    }
}

impl From<Money> for Cell<'_> {
    /// In units of the currency.
    fn from(money: Money) -> Self {
        Self::scaled(money.0, 6)
    }
}

impl From<Minutes> for Cell<'_> {
    /// In hours, to four places: enough to tell minutes apart.
    fn from(span: Minutes) -> Self {
        Self::scaled(
            crate::units::divide_to_nearest(i128::from(span.0) * 10_000, 60),
            4,
        )
    }
}

impl From<Share> for Cell<'_> {
    fn from(share: Share) -> Self {
        Self::scaled(share.0, 4)
    }
}

impl fmt::Display for Cell<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Blank => Ok(()),
            Self::Text(text) => f.write_str(text),
            Self::Number { mantissa, places } => f.write_str(&decimal(*mantissa, *places)),
        }
    }
}

/// `mantissa / 10^places` without trailing zeros: `1.5`, `-0.25`, `3`.
pub fn decimal(mantissa: i128, places: u32) -> String {
    let scale = 10u128.pow(places);
    let magnitude = mantissa.unsigned_abs();
    let mut text = String::new();
    if mantissa < 0 {
        text.push('-');
    }
    let _ = write!(text, "{}", magnitude / scale);
    let fraction = magnitude % scale;
    if fraction != 0 {
        let digits = format!("{fraction:0width$}", width = places as usize);
        text.push('.');
        text.push_str(digits.trim_end_matches('0'));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_exact_and_short() {
        assert_eq!(Cell::from(Money(1_500_000)).to_string(), "1.5");
        assert_eq!(Cell::from(Money(-250_000)).to_string(), "-0.25");
        assert_eq!(Cell::from(Money(1)).to_string(), "0.000001");
        assert_eq!(Cell::from(Grams(3_000)).to_string(), "3");
        assert_eq!(Cell::from(CubicCentimetres(7_000)).to_string(), "0.007");
        assert_eq!(Cell::from(Minutes(50)).to_string(), "0.8333"); // 50/60
        assert_eq!(
            Cell::from(Money(i64::MIN)).to_string(),
            "-9223372036854.775808"
        );
    }

    #[test]
    fn hours_tell_minutes_apart() {
        // One minute is 0.01667 h, more than the 0.0001 h of the last place.
        let texts: std::collections::BTreeSet<String> = (0..600)
            .map(|m| Cell::from(Minutes(m)).to_string())
            .collect();
        assert_eq!(texts.len(), 600);
    }
}
