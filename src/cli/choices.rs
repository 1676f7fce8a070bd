//! What an option can be set to, by name.

use clap::ValueEnum;
use railair::engine::{EngineKind, Solver};
use railair::report::csv::Dialect;

/// Engines by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Engine {
    /// Paths priced into a master: fast, proven
    ColumnGeneration,
    /// The whole linear program at once, by --solver: the reference, proven
    Direct,
    /// Each release on its cheapest way with room left, as by hand
    CheapestFirst,
    /// Each release on its fastest way with room left, as by hand
    FastestFirst,
    /// Scarce space shared in proportion to demand, as by hand
    ProRata,
}

impl Engine {
    /// The engine itself.
    pub fn kind(self) -> EngineKind {
        match self {
            Self::ColumnGeneration => EngineKind::ColumnGeneration,
            Self::Direct => EngineKind::Direct,
            Self::CheapestFirst => EngineKind::CheapestFirst,
            Self::FastestFirst => EngineKind::FastestFirst,
            Self::ProRata => EngineKind::ProRata,
        }
    }
}

/// Solvers by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum SolverName {
    /// Pure Rust, always there
    Microlp,
    /// HiGHS
    #[cfg(feature = "highs")]
    Highs,
}

impl SolverName {
    /// The solver itself.
    pub fn solver(self) -> Solver {
        match self {
            Self::Microlp => Solver::Microlp,
            #[cfg(feature = "highs")]
            Self::Highs => Solver::Highs,
        }
    }
}

/// Spellings of tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum CsvDialect {
    /// Commas, decimal points
    Plain,
    /// Semicolons, decimal commas, byte order mark: for spreadsheets set to European countries
    ExcelEu,
}

impl CsvDialect {
    /// The dialect itself.
    pub fn dialect(self) -> Dialect {
        match self {
            Self::Plain => Dialect::Plain,
            Self::ExcelEu => Dialect::ExcelEu,
        }
    }
}

/// Formats of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people
    Text,
    /// For programs
    Json,
    /// For spreadsheets
    Csv,
}

/// Tables of a comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ComparisonTable {
    /// A column per plan
    Figures,
    /// What the difference of two plans' costs is due to
    Causes,
    /// Parcels by release and path in two plans, where they differ
    Moves,
    /// Cells of two plans' instances that differ
    Inputs,
}

/// Formats of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum TextOrJson {
    /// For people
    Text,
    /// For programs
    Json,
}

/// Formats of a network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum GraphFormat {
    /// Single points of failure and narrowest cuts, for people
    Text,
    /// Places and services for Graphviz
    Dot,
    /// Places and lines for a map
    Geojson,
}

/// Formats of a linear program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ExportFormat {
    /// Free MPS
    Mps,
    /// CPLEX LP
    Lp,
}

/// Tables of a plan by the names of their files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "snake_case")]
pub enum TableName {
    /// What goes on what
    Allocation,
    /// The same for the demand after the last week
    AllocationTail,
    /// What each departure carries and costs
    Departures,
    /// What each handling step does each day or week
    Handling,
    /// How each demand fares, and why
    Demand,
    /// Policy limits
    Limits,
    /// Whole units bought
    Purchases,
    /// Whole units bought that only the demand after the last week needs
    PurchasesTail,
    /// What the proof needs
    Prices,
    /// What other choices of whole units would cost
    Choices,
    /// The parts that the proof divides all plans into
    Branches,
    /// What the proof needs of each of them
    BranchPrices,
}
