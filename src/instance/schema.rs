//! What tables, columns and cells may be: the words in which [`tables`](super::table_schema) are
//! described.
//!
//! One description serves reading, checking, the format reference and whatever writes tables for
//! people to fill in.

/// A table of an instance.
#[derive(Debug)]
pub struct Table {
    /// Its name, that of its file without `.csv`.
    pub name: &'static str,
    /// Whether every instance needs it.
    pub required: bool,
    /// What a row is.
    pub about: &'static str,
    /// The columns that name a row, in the order in which scenarios join them by `/`.
    pub key: &'static [&'static str],
    /// Its columns, in canonical order.
    pub columns: &'static [Column],
}

impl Table {
    /// The position of a column.
    pub fn position(&self, column: &str) -> Option<usize> {
        self.columns.iter().position(|c| c.name == column)
    }

    /// A column by name.
    pub fn column(&self, name: &str) -> Option<&'static Column> {
        self.columns.iter().find(|c| c.name == name)
    }
}

/// A column of a table.
#[derive(Debug)]
pub struct Column {
    /// Its name in the header.
    pub name: &'static str,
    /// What its cells are.
    pub kind: Kind,
    /// The unit of its numbers in words; empty where it has none.
    pub unit: &'static str,
    /// What a blank cell means.
    pub blank: Blank,
    /// A cell that might stand there.
    pub example: &'static str,
    /// What it means.
    pub about: &'static str,
}

impl Column {
    /// Whether its cells are numbers, so that scenarios can scale them.
    pub fn is_number(&self) -> bool {
        matches!(self.kind, Kind::Number(_))
    }
}

/// What a blank cell, or a missing column, means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Blank {
    /// An error.
    Required,
    /// The same as this text.
    Is(&'static str),
    /// Something that no text says, in words: `unlimited`.
    Means(&'static str),
}

/// What a cell is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The id of the row's own thing.
    Id,
    /// The id of a row of another table.
    Reference(&'static str),
    /// Ids of rows of another table, in order, separated by `>`.
    References(&'static str),
    /// Free text.
    Text,
    /// One of these words.
    Word(&'static [&'static str]),
    /// A number.
    Number(Number),
    /// `yes` or `no`.
    YesNo,
    /// A time of day.
    Time,
    /// A date.
    Date,
    /// Weekdays.
    Days,
    /// An IANA time zone.
    TimeZone,
    /// An ISO 4217 currency.
    Currency,
}

/// What a number may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Number {
    /// In which integer it is counted.
    pub scale: Scale,
    /// The least value, in the column's unit.
    pub min: i64,
    /// The greatest value, in the column's unit.
    pub max: i64,
    /// Whether `min` itself is too little.
    pub above_min: bool,
}

/// The integer in which a number is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scale {
    /// As it is; a fraction is an error.
    Whole,
    /// Times ten to this power; anything finer is an error.
    Exact(u32),
    /// Times ten to this power, to the nearest.
    Rounded(u32),
    /// Hours, counted in minutes to the nearest.
    Minutes,
}

impl Scale {
    /// How many of the integer make one of the column's unit.
    pub fn factor(self) -> i64 {
        match self {
            Self::Whole => 1,
            Self::Exact(digits) | Self::Rounded(digits) => 10i64.pow(digits),
            Self::Minutes => 60,
        }
    }
}
