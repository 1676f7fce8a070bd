//! The answer in the planner's words.
//!
//! An engine's whole answer becomes the tables of a plan: ways become paths by name
//! (`itinerary`), everything parcels use and cause is added up once (`ledger`), departures,
//! handling and limits follow from it, and their costs are shared out to demands so that the parts
//! add up to the whole (`demand`). `reasons` says why parcels are late or stay behind.
//! [`prepare`] and [`Prepared::solve`] run the whole way from a folder to a plan.

mod additive;
mod assembly;
pub mod conflict;
mod demand;
mod departures;
pub mod difference;
pub mod explain;
mod handling;
mod hard_limits;
mod itinerary;
mod ledger;
mod limits;
mod marginal;
mod outlook;
mod planner;
mod prices;
mod reasons;
mod rows;
mod run;
mod share_out;
mod shifts;
mod space;
mod totals;
pub mod verify;
pub mod what_if;
pub mod whole_units;
mod words;
mod worth;

pub use assembly::{AssemblyError, Parts, assemble};
pub use outlook::{check, measured, part_name};
pub use planner::{PlanError, Prepared, prepare};
pub use rows::{
    AllocationRow, BranchPriceRow, BranchRow, ChoiceRow, DemandRow, DepartureRow, HandlingRow,
    LimitRow, PriceRow, PurchaseRow, Share, TailPurchaseRow,
};
pub use run::{
    Bottleneck, Breakdown, Hauled, Load, ModeTotals, Run, ServiceTotals, ThisRun, Totals,
    WholeParcels, WholeUnits,
};
pub use what_if::PriceRange;
pub use worth::{SpacePrices, Worth};

/// The tables of a plan.
#[derive(Clone, Debug)]
pub struct Plan {
    /// What goes on what.
    pub allocation: Vec<AllocationRow>,
    /// The same for the demand after the last week, which only competes for space.
    pub allocation_tail: Vec<AllocationRow>,
    /// What each departure carries and costs.
    pub departures: Vec<DepartureRow>,
    /// What each handling step does.
    pub handling: Vec<HandlingRow>,
    /// How each demand fares.
    pub demand: Vec<DemandRow>,
    /// What each policy limit comes to.
    pub limits: Vec<LimitRow>,
    /// Whole units on offer, bought or not.
    pub purchases: Vec<PurchaseRow>,
    /// Whole units beyond those for the demand after the last week, which only competes for space.
    pub purchases_tail: Vec<TailPurchaseRow>,
    /// What each choice of whole units is worth.
    pub choices: Vec<ChoiceRow>,
    /// The proof where whole units are decided: parts that all choices lie in.
    pub branches: Vec<BranchRow>,
    /// The prices of the branches.
    pub branch_prices: Vec<BranchPriceRow>,
    /// What the proof needs; empty where nothing is proven.
    pub prices: Vec<PriceRow>,
    /// What it comes to.
    pub run: Run,
}
