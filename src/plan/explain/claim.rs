//! What a plan's folder says.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::instance::UNIT_SCALE;
use crate::plan::what_if::{WholeUnits, together};
use crate::units::{MONEY_SCALE, Money};

use super::Trouble;

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
    /// Hashes of the instance's tables when the plan was made.
    pub inputs: BTreeMap<String, String>,
    /// What goes on what.
    pub shipments: Vec<Shipment>,
    /// How each demand fares.
    pub demands: Vec<Fate>,
    /// The whole units that it buys.
    pub whole_units: WholeUnits,
}

/// A row of `purchases.csv`.
#[derive(Deserialize)]
struct Purchase {
    service: String,
    leg: u32,
    run: String,
    units: f64,
}

/// A row of `allocation.csv`.
#[derive(Clone, Debug, Deserialize)]
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
#[derive(Clone, Debug, Deserialize)]
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
    #[serde(default)]
    pub reason: String,
}

/// Why a plan cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ClaimError {
    /// A file cannot be opened.
    #[error("failed to read {path}")]
    File {
        /// Which.
        path: String,
        /// Why.
        source: io::Error,
    },
    /// A table is not one.
    #[error("{path} is not a table of a plan")]
    Table {
        /// Which.
        path: String,
        /// Why.
        source: csv::Error,
    },
    /// `run.json` is not one.
    #[error("{path} is not what a run writes")]
    Run {
        /// Which.
        path: String,
        /// Why.
        source: serde_json::Error,
    },
}

#[derive(Deserialize)]
struct Run {
    scenario: Option<String>,
    cost: f64,
    #[serde(default)]
    totals: Totals,
    #[serde(default)]
    inputs: BTreeMap<String, String>,
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
    /// [`ClaimError`] where it holds no plan.
    pub fn read(folder: &Path) -> Result<Self, ClaimError> {
        let path = folder.join("run.json");
        let name = path.display().to_string();
        let text = fs::read_to_string(&path).map_err(|source| ClaimError::File {
            path: name.clone(),
            source,
        })?;
        let run: Run =
            serde_json::from_str(&text).map_err(|source| ClaimError::Run { path: name, source })?;
        Ok(Self {
            seconds: run.this_run.seconds.values().sum(),
            instance: run.this_run.instance_path,
            scenario: run.scenario,
            cost: amount(run.cost),
            tail_cost: amount(run.totals.tail_cost),
            inputs: run.inputs,
            shipments: table(&folder.join("allocation.csv"))?,
            demands: table(&folder.join("demand.csv"))?,
            whole_units: whole_units(folder)?,
        })
    }

    /// The tables of an instance that are not those the plan was made from, by name.
    pub fn changed_inputs(&self, hashes: &[(String, String)]) -> Vec<String> {
        let now: BTreeMap<&str, &str> = hashes
            .iter()
            .map(|(table, hash)| (table.as_str(), hash.as_str()))
            .collect();
        let then = |table: &str| self.inputs.get(table).map(String::as_str);
        let mut tables: Vec<&str> = self.inputs.keys().map(String::as_str).collect();
        tables.extend(now.keys().filter(|table| then(table).is_none()));
        tables.sort_unstable();
        let changed = |table: &&str| then(table) != now.get(table).copied();
        tables
            .into_iter()
            .filter(changed)
            .map(str::to_owned)
            .collect()
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

/// Whole units, where there are any to buy, those included that what competes after the planned
/// weeks needs.
fn whole_units(folder: &Path) -> Result<WholeUnits, ClaimError> {
    let mut rows: Vec<Purchase> = Vec::new();
    for name in ["purchases.csv", "purchases_tail.csv"] {
        let path = folder.join(name);
        if path.exists() {
            rows.append(&mut table(&path)?);
        }
    }
    let units = |units: f64| (units * UNIT_SCALE as f64).round() as i64;
    let named = rows.into_iter();
    let named = named.map(|row| ((row.service, row.leg, row.run), units(row.units)));
    Ok(together(named))
}

fn table<T: for<'de> Deserialize<'de>>(path: &Path) -> Result<Vec<T>, ClaimError> {
    let failed = |source| ClaimError::Table {
        path: path.display().to_string(),
        source,
    };
    let mut reader = csv::Reader::from_path(path).map_err(failed)?;
    reader
        .deserialize()
        .map(|row| row.map_err(failed))
        .collect()
}
