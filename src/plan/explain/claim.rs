//! What a plan's folder says.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::instance::UNIT_SCALE;
use crate::plan::verify::ReadError;
use crate::plan::verify::reading::{Row, Table};
use crate::plan::what_if::{WholeUnits, together};
use crate::units::{MONEY_SCALE, Money};

use super::Trouble;

/// Places of the hours in a plan's tables.
const PLACES: u32 = 6;

/// What is read from the folder of a plan.
#[derive(Clone, Debug)]
pub struct Claim {
    /// Where the instance was.
    pub instance: Option<PathBuf>,
    /// The scenario that was applied.
    pub scenario: Option<String>,
    /// What it costs.
    pub cost: Money,
    /// What more everything costs with what competes after the planned weeks.
    pub tail_cost: Money,
    /// How long it took to find, in seconds, as far as the plan says.
    pub seconds: f64,
    /// What goes on what.
    pub shipments: Vec<Shipment>,
    /// How each demand fares.
    pub demands: Vec<Fate>,
    /// The whole units that it buys.
    pub whole_units: WholeUnits,
}

/// A row of `allocation.csv`.
#[derive(Clone, Debug)]
pub struct Shipment {
    /// Where parcels start.
    pub origin: String,
    /// Where they go.
    pub destination: String,
    /// What they are.
    pub product: String,
    /// When they are ready.
    pub release: String,
    /// Their way.
    pub path: String,
    /// How many.
    pub parcels: i64,
    /// From release to delivered.
    pub hours: f64,
}

/// A row of `demand.csv`.
#[derive(Clone, Debug)]
pub struct Fate {
    /// Where parcels start.
    pub origin: String,
    /// Where they go.
    pub destination: String,
    /// What they are.
    pub product: String,
    /// In which week.
    pub week: u32,
    /// Delivered within the promise.
    pub on_time: i64,
    /// Delivered after it.
    pub late: i64,
    /// Left behind.
    pub unserved: i64,
    /// Why.
    pub reason: String,
}

#[derive(Deserialize)]
struct Run {
    scenario: Option<String>,
    cost: f64,
    #[serde(default)]
    totals: Totals,
    #[serde(default)]
    this_run: ThisRun,
}

#[derive(Default, Deserialize)]
struct Totals {
    #[serde(default)]
    tail_cost: f64,
}

#[derive(Default, Deserialize)]
struct ThisRun {
    instance_path: Option<PathBuf>,
    #[serde(default)]
    seconds: BTreeMap<String, f64>,
}

impl Claim {
    /// Reads the plan in `folder`.
    ///
    /// # Errors
    /// [`ReadError`] where it holds no plan.
    pub fn read(folder: &Path) -> Result<Self, ReadError> {
        let path = folder.join("run.json");
        let name = path.display().to_string();
        let text = fs::read_to_string(&path).map_err(|source| ReadError::File {
            path: name.clone(),
            source,
        })?;
        let run: Run =
            serde_json::from_str(&text).map_err(|source| ReadError::Run { path: name, source })?;
        Ok(Self {
            seconds: run.this_run.seconds.values().sum(),
            instance: run.this_run.instance_path,
            scenario: run.scenario,
            cost: amount(run.cost),
            tail_cost: amount(run.totals.tail_cost),
            shipments: shipments(folder)?,
            demands: fates(folder)?,
            whole_units: whole_units(folder)?,
        })
    }

    /// Demands of which parcels are late or left behind, most parcels first.
    pub(super) fn troubles(&self) -> Vec<Trouble> {
        let mut troubles: Vec<Trouble> = self
            .demands
            .iter()
            .filter(|fate| fate.late + fate.unserved > 0)
            .map(|fate| Trouble {
                origin: fate.origin.clone(),
                destination: fate.destination.clone(),
                product: fate.product.clone(),
                week: fate.week,
                late: fate.late,
                unserved: fate.unserved,
                reason: fate.reason.clone(),
            })
            .collect();
        troubles.sort_by_key(|trouble| -(trouble.late + trouble.unserved));
        troubles
    }
}

fn amount(money: f64) -> Money {
    Money((money * MONEY_SCALE as f64).round() as i64)
}

/// What goes on what.
fn shipments(folder: &Path) -> Result<Vec<Shipment>, ReadError> {
    let columns = [
        "origin",
        "destination",
        "product",
        "release",
        "path",
        "parcels",
        "hours",
    ];
    let rows = Rows::read(folder, "allocation.csv", columns)?;
    rows.each(|row| {
        Ok(Shipment {
            origin: row.text(0),
            destination: row.text(1),
            product: row.text(2),
            release: row.text(3),
            path: row.text(4),
            parcels: row.whole(5)?,
            hours: row.scaled::<i64>(6, PLACES)? as f64 / 10f64.powi(PLACES as i32),
        })
    })
}

/// How demands fare; a table that somebody made by hand may be without reasons.
fn fates(folder: &Path) -> Result<Vec<Fate>, ReadError> {
    let columns = [
        "origin",
        "destination",
        "product",
        "week",
        "on_time",
        "late",
        "unserved",
    ];
    let rows = Rows::read(folder, "demand.csv", columns)?;
    let reason = rows.table.column("reason");
    rows.each(|row| {
        Ok(Fate {
            origin: row.text(0),
            destination: row.text(1),
            product: row.text(2),
            week: row.whole(3)?,
            on_time: row.whole(4)?,
            late: row.whole(5)?,
            unserved: row.whole(6)?,
            reason: reason.map_or(String::new(), |at| row.row.cells[at].to_owned()),
        })
    })
}

/// Whole units, where there are any to buy, those included that what competes after the planned
/// weeks needs.
fn whole_units(folder: &Path) -> Result<WholeUnits, ReadError> {
    let columns = ["service", "leg", "run", "units"];
    let mut bought = Vec::new();
    for name in ["purchases.csv", "purchases_tail.csv"] {
        if folder.join(name).exists() {
            let rows = Rows::read(folder, name, columns)?;
            bought.extend(rows.each(|row| {
                let units = row.scaled(3, UNIT_SCALE.ilog10())?;
                Ok(((row.text(0), row.whole(1)?, row.text(2)), units))
            })?);
        }
    }
    Ok(together(bought.into_iter()))
}

/// A table of a plan by columns that it must have, in whatever dialect it is spelled.
struct Rows<const N: usize> {
    table: Table,
    names: [&'static str; N],
    positions: [usize; N],
}

impl<const N: usize> Rows<N> {
    fn read(
        folder: &Path,
        name: &'static str,
        names: [&'static str; N],
    ) -> Result<Self, ReadError> {
        let table = Table::read(folder, name)?.ok_or_else(|| ReadError::File {
            path: folder.join(name).display().to_string(),
            source: io::ErrorKind::NotFound.into(),
        })?;
        let mut positions = [0; N];
        for (position, name) in positions.iter_mut().zip(names) {
            *position = table.required(name)?;
        }
        Ok(Self {
            table,
            names,
            positions,
        })
    }

    fn each<T>(
        &self,
        make: impl Fn(Cells<'_, N>) -> Result<T, ReadError>,
    ) -> Result<Vec<T>, ReadError> {
        let rows = self.table.rows.iter();
        rows.map(|row| make(Cells { rows: self, row })).collect()
    }
}

/// A row, whose cells are asked for by the position of their column's name.
#[derive(Clone, Copy)]
struct Cells<'a, const N: usize> {
    rows: &'a Rows<N>,
    row: &'a Row,
}

impl<const N: usize> Cells<'_, N> {
    fn text(self, at: usize) -> String {
        self.row.cells[self.rows.positions[at]].to_owned()
    }

    /// A whole number.
    fn whole<T: TryFrom<i128>>(self, at: usize) -> Result<T, ReadError> {
        self.scaled(at, 0)
    }

    /// A number of at most so many places, times as many tens.
    fn scaled<T: TryFrom<i128>>(self, at: usize, places: u32) -> Result<T, ReadError> {
        let Rows {
            table,
            names,
            positions,
        } = self.rows;
        table.required_number(self.row, (positions[at], names[at]), places)
    }
}
