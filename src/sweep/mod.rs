//! Many runs of one instance: what if.
//!
//! A [`Sweep`] is an instance, read once, and a list of runs, each a scenario that stands in
//! memory: the scenarios of the instance, a grid of changes, every service taken away in turn, or
//! random draws ([`What`]). Each run becomes a plan in whole parcels with a proven bound, and one
//! row of a tidy table ([`row`]).
//!
//! # The same bytes, however it is run
//!
//! Where there are several cheapest plans, a start from a neighbour's answer may end at another of
//! them than a fresh one, with other parcels late. What a run starts from is therefore part of
//! what the sweep is, not of how it is run: the runs stand in blocks of [`BLOCK`] by number, and each
//! starts from a certain run before it in its block, or from the instance as it is ([`solver`]), and
//! from nothing else. A row so depends on the instance, the list of runs and its own number;
//! threads, shards and interruptions decide only who works it out. Whoever is given half a block
//! solves those once more that lead to it.
//!
//! [`mod@file`] appends whole rows, in order, to a table that says what sweep it belongs to
//! ([`Sweep::fingerprint`]), goes on after a stop, and puts shards together.

mod draws;
pub mod file;
pub mod row;
mod runs;
mod shard;
pub mod solver;
mod vary;
mod work;

use std::path::{Path, PathBuf};

use crate::engine::Options;
use crate::instance::{Findings, Instance, Tables};
use crate::plan::{Plan, Prepared};

pub use draws::Draws;
pub use runs::{Run, Runs, What};
pub use shard::Shard;
pub use vary::Axis;
pub use work::{Out, Progress, work};

/// Runs that start from each other.
pub const BLOCK: usize = 16;

/// The most runs of a sweep.
pub const MOST_RUNS: usize = 1_000_000;

/// Looks at the plan of a run and says what is wrong with it.
pub type Check = fn(&Prepared, &Plan) -> Result<(), String>;

/// An instance and what is asked of it.
#[derive(Debug)]
pub struct Sweep {
    /// Where the instance was read from.
    pub path: PathBuf,
    /// Its tables, with a scenario applied where one was named.
    pub tables: Tables,
    /// The instance that they are.
    pub instance: Instance,
    /// What is run.
    pub runs: Runs,
    /// How each run is solved.
    pub options: Options,
    /// Whether to look for better whole parcels as long as a single solve does.
    pub thorough: bool,
    /// What looks at every plan before anything is said of it.
    pub check: Option<Check>,
    scenario: Option<String>,
}

/// Why there is no sweep.
#[derive(Debug, thiserror::Error)]
pub enum SweepError {
    /// The instance has errors.
    #[error("the instance has errors")]
    Instance(Findings),
    /// What is asked for makes no sense for the instance.
    #[error("{0}")]
    Usage(String),
    /// The table cannot be read or written.
    #[error("failed to {what}")]
    File {
        /// What was tried.
        what: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// A run could not be solved for a reason that lies in railair.
    #[error("run {run} failed")]
    Run {
        /// Its number, from 1.
        run: usize,
        /// Why.
        source: Box<crate::plan::PlanError>,
    },
    /// The plan of a run does not stand up to its check.
    #[error("the plan of run {run} fails its own check:\n{wrong}")]
    Rejected {
        /// Its number, from 1.
        run: usize,
        /// What fails.
        wrong: String,
    },
    /// The worker threads could not be started.
    #[error("failed to start worker threads: {0}")]
    Threads(String),
}

impl Sweep {
    /// Reads the instance at `path`, with a scenario of it applied where one is named, and lists
    /// the runs.
    ///
    /// # Errors
    /// [`SweepError::Instance`] with what is wrong with the instance; [`SweepError::Usage`] where
    /// `what` names something that it has not, with the nearest that it has.
    pub fn new(
        path: &Path,
        scenario: Option<&str>,
        what: What,
        options: Options,
    ) -> Result<Self, SweepError> {
        let (tables, loaded) = Tables::read(path, scenario);
        let (instance, _) = loaded.into_result().map_err(SweepError::Instance)?;
        let runs = Runs::new(what, &tables, &instance).map_err(SweepError::Usage)?;
        Ok(Self {
            path: path.to_owned(),
            tables,
            instance,
            runs,
            options,
            thorough: false,
            check: None,
            scenario: scenario.map(str::to_owned),
        })
    }

    /// Twelve hexadecimal digits that differ where rows may: of railair's version, the tables as
    /// read, the scenario, every parameter and the options that decide the answer.
    pub fn fingerprint(&self) -> String {
        let mut hasher = blake3::Hasher::new();
        let mut add = |part: &str| {
            hasher.update(&(part.len() as u64).to_le_bytes());
            hasher.update(part.as_bytes());
        };
        add(env!("CARGO_PKG_VERSION"));
        for (table, hash) in self.tables.hashes() {
            add(&table);
            add(&hash);
        }
        add(self.scenario.as_deref().unwrap_or(""));
        add(&self.runs.identity());
        add(&format!("{:?} {:?}", self.options.engine, self.options.gap));
        add(if self.thorough { "thorough" } else { "quick" });
        hasher.finalize().to_hex()[..12].to_owned()
    }
}
