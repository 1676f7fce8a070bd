//! A plan as its folder has it.
//!
//! The report is drawn from the tables that were written, never from what an engine remembers, so
//! that every figure in it can be found in them.

use std::fs;
use std::io;
use std::path::Path;

use serde_json::Value;

use crate::instance::Changes;
use crate::plan::verify::ReadError;
use crate::plan::verify::reading::Table;
use crate::units::Money;

/// Why a report cannot be drawn.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// A table cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The plan does not say what it comes to.
    #[error("{path} is missing, so it is not a plan that railair wrote")]
    NoRun {
        /// The file.
        path: String,
    },
}

/// A plan's tables and its `run.json`.
#[derive(Debug)]
pub struct Written {
    /// What it comes to.
    pub run: Facts,
    /// What has changed in its instance since, where somebody has looked; else hashes say in which
    /// tables.
    pub changes: Option<Changes>,
    pub(super) allocation: Sheet,
    pub(super) departures: Sheet,
    pub(super) handling: Sheet,
    pub(super) demand: Sheet,
    pub(super) limits: Sheet,
    pub(super) purchases: Sheet,
}

impl Written {
    /// Reads a plan's folder. Tables other than `allocation.csv` and `run.json` may be missing and
    /// count as empty.
    ///
    /// # Errors
    /// What is missing or cannot be read.
    pub fn read(folder: &Path) -> Result<Self, ReportError> {
        let allocation = Table::read(folder, "allocation.csv")?.ok_or_else(|| {
            let folder = folder.display().to_string();
            ReadError::NoPlan { folder }
        })?;
        let sheet = |name| Table::read(folder, name).map(Sheet::or_empty);
        Ok(Self {
            run: Facts::read(folder)?,
            changes: None,
            allocation: Sheet(Some(allocation)),
            departures: sheet("departures.csv")?,
            handling: sheet("handling.csv")?,
            demand: sheet("demand.csv")?,
            limits: sheet("limits.csv")?,
            purchases: sheet("purchases.csv")?,
        })
    }
}

/// `run.json`, read figure by figure.
#[derive(Clone, Debug)]
pub struct Facts(Value);

impl Facts {
    fn read(folder: &Path) -> Result<Self, ReportError> {
        let file = folder.join("run.json");
        let path = file.display().to_string();
        let text = match fs::read_to_string(&file) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(ReportError::NoRun { path });
            }
            Err(source) => return Err(ReadError::File { path, source }.into()),
        };
        let value = serde_json::from_str(&text);
        Ok(Self(
            value.map_err(|source| ReadError::Run { path, source })?,
        ))
    }

    /// A text, empty where there is none; `key` may join keys by points.
    pub fn text(&self, key: &str) -> &str {
        self.at(key).as_str().unwrap_or_default()
    }

    /// A number times 10^`places`, to the nearest; nothing counts as 0.
    pub fn number(&self, key: &str, places: u32) -> i64 {
        scaled(self.at(key), places).unwrap_or(0)
    }

    /// Money; `None` where there is none.
    pub fn money_or_none(&self, key: &str) -> Option<Money> {
        scaled(self.at(key), 6).map(Money)
    }

    /// Money; nothing counts as 0.
    pub fn money(&self, key: &str) -> Money {
        Money(self.number(key, 6))
    }

    /// Whether a value is `true`.
    pub fn is(&self, key: &str) -> bool {
        self.at(key).as_bool() == Some(true)
    }

    /// The items of a list.
    pub fn list(&self, key: &str) -> Vec<Facts> {
        let items = self.at(key).as_array();
        items.map_or(Vec::new(), |items| {
            items.iter().cloned().map(Facts).collect()
        })
    }

    /// Names and texts of an object.
    pub fn entries(&self, key: &str) -> Vec<(&str, &str)> {
        let object = self.at(key).as_object();
        object.map_or(Vec::new(), |object| {
            object
                .iter()
                .map(|(name, value)| (name.as_str(), value.as_str().unwrap_or_default()))
                .collect()
        })
    }

    /// A share in ten-thousandths; `None` where there is none.
    pub fn share(&self, key: &str) -> Option<i64> {
        scaled(self.at(key), 4)
    }

    fn at(&self, key: &str) -> &Value {
        key.split('.').fold(&self.0, |value, key| &value[key])
    }
}

fn scaled(value: &Value, places: u32) -> Option<i64> {
    let scaled = value.as_f64()? * 10f64.powi(places as i32);
    (scaled.abs() < 9e18).then(|| scaled.round() as i64)
}

/// A table of the plan, column by column; a missing one has no rows.
#[derive(Debug)]
pub(super) struct Sheet(Option<Table>);

impl Sheet {
    fn or_empty(table: Option<Table>) -> Self {
        Self(table)
    }

    pub(super) fn len(&self) -> usize {
        self.0.as_ref().map_or(0, |table| table.rows.len())
    }

    /// The texts of a column.
    pub(super) fn texts(&self, column: &'static str) -> Result<Vec<&str>, ReportError> {
        let Some(table) = &self.0 else {
            return Ok(Vec::new());
        };
        let at = table.required(column)?;
        Ok(table.rows.iter().map(|row| &row.cells[at]).collect())
    }

    /// The numbers of a column times 10^`places`; blank cells count as 0.
    pub(super) fn numbers(
        &self,
        column: &'static str,
        places: u32,
    ) -> Result<Vec<i64>, ReportError> {
        let options = self.options(column, places)?;
        Ok(options.into_iter().map(Option::unwrap_or_default).collect())
    }

    /// The numbers of a column times 10^`places`; `None` where the cell is blank.
    pub(super) fn options(
        &self,
        column: &'static str,
        places: u32,
    ) -> Result<Vec<Option<i64>>, ReportError> {
        let Some(table) = &self.0 else {
            return Ok(Vec::new());
        };
        let at = table.required(column)?;
        let rows = table.rows.iter().map(|row| match &row.cells[at] {
            "" => Ok(None),
            _ => Ok(Some(table.required_number(row, (at, column), places)?)),
        });
        rows.collect()
    }

    /// Adds up a column, times 10^`places`.
    pub(super) fn sum(&self, column: &'static str, places: u32) -> Result<i64, ReportError> {
        Ok(self.numbers(column, places)?.into_iter().sum())
    }
}
