//! Synthetic instances of any size from a seed.
//!
//! What is plausible about them is that they scale one real pattern, that of Liège in 2019:
//!
//! - **Places.** Origins are sixteen Chinese cities at their coordinates, then towns strewn inland
//!   of them with 15 to 50 % of their parcels. Flights leave real airports, trains real terminals;
//!   a network of `n` departures opens about as many of them as Liège has for its 26. Markets are
//!   ten European cities, then towns around them.
//! - **Line haul.** Three departures in 26 are trains. Airports and terminals get services in
//!   proportion to the parcels near them; the first ones at an airport are those of the Liège week
//!   (aircraft, block, days), later ones are drawn. Flights take 1.04 × great circle / 790 km/h +
//!   36 minutes, cost 2.00 to 2.50 EUR per chargeable kilogram, rising with the distance, and a
//!   third of the services must be paid to 60 %. Trains are sold by the forty-foot unit (21 t,
//!   64 m³).
//! - **Feeders.** Every city trucks daily to its four nearest airports and two nearest terminals:
//!   km = 1.25 × great circle, hours = km / 65 + 1, EUR 0.0097 per m³ and km but at least 3 per m³,
//!   and 12 per m³ and 3 hours more to Hong Kong.
//! - **The hub** breaks down, strips, clears and sorts; each step has the capacity it has in the
//!   Liège week over what flies and rolls in, with overtime and temporary staff at their prices.
//! - **Markets** are reached by two trucks a day: km = 1.25 × great circle, 68 km/h + half an hour.
//! - **Demand** is spread over cities, markets and products by their shares, with a taste of each
//!   city, a season of the year and ±20 % of chance, and then scaled so that all of it together
//!   fills line haul to the wanted load, by weight or by volume, whichever is scarcer. The hub does
//!   not grow with the load.
//!
//! The same options give the same bytes: random numbers are integers (splitmix64) and every figure
//! has its own stream. Distances go through the sines of the platform but are rounded to the
//! kilometre before anything follows from them.

mod demand;
mod facts;
mod lanes;
mod random;
mod services;
mod tables;
mod world;

use std::fs::File;
use std::io::{self, BufWriter};
use std::path::{Path, PathBuf};

use jiff::civil::{Date, Weekday, date};
use thiserror::Error;

use super::NEW_INSTANCE;
use crate::files::{Destination, FolderError};

pub(crate) use random::Random;
pub use tables::Table;

/// How large an instance to make, and from which seed.
#[derive(Clone, Debug, PartialEq)]
pub struct Options {
    /// How many cities send parcels (at least 1).
    pub origins: usize,
    /// How many products there are (at least 1).
    pub products: usize,
    /// How many markets parcels go to (at least 1).
    pub markets: usize,
    /// How many trains and flights depart in a week (at least 1); trucks are not counted.
    pub services: usize,
    /// How many weeks are planned (at least 1).
    pub weeks: u32,
    /// A steady week that repeats instead of weeks with dates; `weeks` must be 1.
    pub typical: bool,
    /// The Monday on which dated weeks start.
    pub week_start: Date,
    /// What the randomness comes from.
    pub seed: u64,
    /// Demand over what trains and flights can carry, over all weeks (more than 0).
    pub load: f64,
    /// How many charters are offered on top, each whole or not at all.
    pub whole: usize,
}

impl Default for Options {
    /// The size of the Liège week, over four dated weeks.
    fn default() -> Self {
        Self {
            origins: 10,
            products: 4,
            markets: 6,
            services: 26,
            weeks: 4,
            typical: false,
            week_start: date(2024, 1, 1),
            seed: 1,
            load: 0.9,
            whole: 0,
        }
    }
}

/// More of anything than this is taken for a slip of the finger.
const MOST: usize = 100_000;
/// Ten years.
const MOST_WEEKS: u32 = 522;

/// Why nothing was generated.
#[derive(Debug, Error)]
pub enum GenerateError {
    /// A number of the options is out of range.
    #[error("{option} is {value}, which must be from {least} to {most}")]
    OutOfRange {
        /// Its name.
        option: &'static str,
        /// What it is.
        value: String,
        /// The least that is allowed.
        least: &'static str,
        /// The most that is allowed.
        most: usize,
    },
    /// A typical week of several weeks.
    #[error("a typical week is one week, not {0}")]
    TypicalWeeks(u32),
    /// The first day is no Monday.
    #[error("{0} is not a Monday")]
    NotMonday(Date),
    /// The place to write to is taken.
    #[error("{0} exists and is not an empty folder")]
    Exists(PathBuf),
    /// The folder cannot be written.
    #[error(transparent)]
    Folder(FolderError),
}

/// The tables of the instance; `demand`, the only long one, is made as it is read.
///
/// # Errors
/// Options that are out of range.
pub fn tables(options: &Options) -> Result<Vec<Table>, GenerateError> {
    check(options)?;
    Ok(tables::all(options))
}

/// Writes the instance as a folder of CSV files, whole or not at all.
///
/// # Errors
/// Options that are out of range, a `folder` that holds something, or a disk that refuses.
pub fn write_folder(options: &Options, folder: &Path) -> Result<(), GenerateError> {
    write_folder_as(options, folder, false)
}

/// The same; with `force` its tables take the place of those in the folder, and what else it holds
/// stays.
///
/// # Errors
/// As for [`write_folder`].
pub fn write_folder_as(options: &Options, folder: &Path, force: bool) -> Result<(), GenerateError> {
    let tables = tables(options)?;
    let destination = Destination::folder(folder, NEW_INSTANCE, force).map_err(refused)?;
    let written = destination.write(|folder| {
        tables.into_iter().try_for_each(|table| {
            let path = folder.join(format!("{}.csv", table.name));
            write_table(table, &path)
        })
    });
    written.map_err(refused)
}

fn refused(error: FolderError) -> GenerateError {
    match error {
        FolderError::NotOurs { path, .. } => GenerateError::Exists(path),
        other => GenerateError::Folder(other),
    }
}

fn write_table(table: Table, path: &Path) -> io::Result<()> {
    let mut writer = csv::Writer::from_writer(BufWriter::new(File::create(path)?));
    writer.write_record(table.columns)?;
    for row in table.rows {
        writer.write_record(&row)?;
    }
    writer.flush()
}

fn check(options: &Options) -> Result<(), GenerateError> {
    let counts = [
        ("origins", options.origins),
        ("products", options.products),
        ("markets", options.markets),
        ("services", options.services),
    ];
    for (option, value) in counts {
        require(option, value, (1..=MOST).contains(&value), "1", MOST)?;
    }
    let whole = options.whole;
    require("whole", whole, whole <= MOST, "0", MOST)?;
    let weeks = options.weeks;
    let in_range = (1..=MOST_WEEKS).contains(&weeks);
    require("weeks", weeks, in_range, "1", MOST_WEEKS as usize)?;
    let load = options.load;
    require(
        "load",
        load,
        (0.001..=1000.0).contains(&load),
        "0.001",
        1000,
    )?;
    if options.typical && weeks != 1 {
        return Err(GenerateError::TypicalWeeks(weeks));
    }
    if options.week_start.weekday() != Weekday::Monday {
        return Err(GenerateError::NotMonday(options.week_start));
    }
    Ok(())
}

fn require(
    option: &'static str,
    value: impl ToString,
    holds: bool,
    least: &'static str,
    most: usize,
) -> Result<(), GenerateError> {
    if holds {
        return Ok(());
    }
    Err(GenerateError::OutOfRange {
        option,
        value: value.to_string(),
        least,
        most,
    })
}
