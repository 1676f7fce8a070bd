//! Short ways to write columns down: what `tables_of_*` are made of.

use super::schema::{Blank, Column, Kind, Number, Scale};
use Blank::Means;

pub(super) const fn column(
    name: &'static str,
    kind: Kind,
    blank: Blank,
    example: &'static str,
    about: &'static str,
) -> Column {
    Column {
        name,
        kind,
        unit: "",
        blank,
        example,
        about,
    }
}

impl Column {
    /// The same column with a unit for its numbers.
    pub(super) const fn unit(mut self, unit: &'static str) -> Self {
        self.unit = unit;
        self
    }
}

pub(super) const fn number(scale: Scale, min: i64, max: i64) -> Kind {
    Kind::Number(Number {
        scale,
        min,
        max,
        above_min: false,
    })
}

pub(super) const fn positive(scale: Scale, max: i64) -> Kind {
    Kind::Number(Number {
        scale,
        min: 0,
        max,
        above_min: true,
    })
}

pub(super) const KG: Scale = Scale::Exact(3);
pub(super) const M3: Scale = Scale::Exact(6);
pub(super) const LITRES: Scale = Scale::Exact(3);
pub(super) const MONEY: Scale = Scale::Exact(6);
pub(super) const UNITS: Scale = Scale::Exact(6);
pub(super) const MILLIONTHS: Scale = Scale::Exact(6);
pub(super) const REAL: Scale = Scale::Rounded(9);
pub(super) const SHARE: Kind = number(Scale::Rounded(6), 0, 1);
pub(super) const PROFILE_SHARE: Kind = number(Scale::Rounded(9), 0, 1);
pub(super) const PRICE: Kind = number(MONEY, 0, 1_000_000_000);
pub(super) const COUNT: Kind = number(Scale::Whole, 0, 1_000_000_000);
pub(super) const AMOUNT: Kind = number(MILLIONTHS, 0, 1_000_000_000_000);

pub(super) const NOTE: Column = column(
    "note",
    Kind::Text,
    Means("nothing"),
    "as in 2018",
    "Anything; not read.",
);
pub(super) const SOURCE: Column = column(
    "source",
    Kind::Text,
    Means("nothing"),
    "estimate",
    "Where the figures are from; not read.",
);
pub(super) const CURRENCY: Column = column(
    "currency",
    Kind::Currency,
    Means("the instance's"),
    "USD",
    "Currency of the row's price.",
);
