//! The linear program of a time-expanded network.
//!
//! Arc i of the program is edge i of the graph, node i is node i, release k is release k. Money
//! stands in millionths of the currency throughout. Columns count whole units, kilograms, cubic
//! metres, parcels, or units of a limit's metric: y may be a fraction unless it is marked whole.
//! Rows count the small units below, so that every coefficient is an integer;
//! [`RowMeaning::per_unit`] says how many of them make one kilogram, cubic metre, parcel or unit.
//!
//! For a departure d with unit weight W and volume V, at most U units of which m are paid for
//! anyway, y_d ≤ U − m units bought beyond (cost: the price of a unit; constant: price × m):
//!
//! | row | unit | |
//! |---|---|---|
//! | unit weight | g | Σ w x − W y_d ≤ W m − booked weight |
//! | unit volume | cm³ | Σ v x − V y_d ≤ V m − booked volume |
//! | lift weight | g | Σ w x ≤ max_kg − booked weight |
//! | lift volume | cm³ | Σ v x ≤ max_m3 − booked volume |
//! | units | 1/1,000,000 | 1,000,000 y_d ≤ U − m, only where U − m is not a whole number |
//!
//! Departures that a commitment binds together (`commitments`) share one column: its entries are
//! those of all of them, its cost the sum of their prices, its bound that of the one with the
//! fewest units left.
//!
//! Where W m or V m is not a whole number, the row is multiplied by the smallest factor that makes
//! it one. Units that are sold by the parcel ([`costs::is_sold_by_the_parcel`]) cost the ride and
//! have no rows.
//!
//! For a bucket whose step counts a per parcel (1, grams or cm³), with tiers at prices e_1 ≤ e_2 ≤
//! …: the cheapest price is charged on the arcs, a column y_t costs e_t − e_1, and
//!
//! | row | unit | |
//! |---|---|---|
//! | bucket | parcel, g, cm³ | Σ a x − Σ_t y_t ≤ capacity at the cheapest price |
//! | tier | parcel, g, cm³ | y_t ≤ capacity, only where it is not a whole kg or m³ |
//!
//! If e_1 × a is not a whole millionth for every product, nothing is charged on the arcs and every
//! tier with a price has a column at its full price. A bucket that is unlimited at its cheapest
//! price has no row.
//!
//! A tier in whole shifts of S each has a column z_t that counts shifts, sells S of the bucket's row
//! and costs e_t S; then nothing is charged on the arcs either.
//!
//! | row | unit | |
//! |---|---|---|
//! | night | cm³ | Σ v x ≤ storage, over waits and holds that span the midnight |
//!
//! The rows of limits are described in `limits`. Lateness is charged where a release ends; the
//! cost of arcs is that of [`costs`], and rules forbid rides.
//!
//! Releases of one product form one class, finer only where limits ask for origin or destination:
//! then by the origins and destinations that some limit names, all others together.
//!
//! A way ends where parcels are first ready at their destination, whatever others may ride from
//! there. By itself nobody gains by going on; but where a limit has a `min`, or a share, who rides
//! more may keep it. Then the destinations that something leaves are told apart, and their classes
//! may not be loaded there. Releases after the planned weeks help to keep no such bound: they are
//! classes of their own, too, and count in `max` alone.

mod arcs;
mod build;
mod commitments;
pub mod costs;
pub mod counting;
mod departures;
pub mod handling;
mod limits;
mod names;
mod offer;
mod releases;
#[cfg(test)]
mod tests;

use crate::instance::{Instance, LimitId, PlaceId, ProductId};
use crate::network::{Activity, BucketId, Calendar, DepartureId, Network, NightId};
use crate::program::Program;

use build::Builder;
pub use commitments::commitments;
pub use names::ProgramNames;
pub use offer::Offer;

/// A program and what its parts mean.
#[derive(Clone, Debug)]
pub struct Formulation {
    /// The program.
    pub program: Program,
    /// What each row of the program limits.
    pub rows: Vec<RowMeaning>,
    /// What each column of the program decides.
    pub columns: Vec<ColumnMeaning>,
    /// What the program's classes are.
    pub classes: Vec<Class>,
    /// For each departure of the network, its rows and column.
    pub departures: Vec<DepartureRows>,
    /// For each bucket of the network, its row and columns.
    pub buckets: Vec<BucketRows>,
    /// For each departure of the network, what a bought unit counts in limits on units and cost:
    /// rows and amounts. Empty without limits.
    pub counted: Vec<Vec<(u32, i64)>>,
}

impl Formulation {
    /// Of each row, how many decimal digits make its unit of the small units that it counts: 3 of a
    /// row in grams, or in halves of them.
    pub fn row_digits(&self) -> Vec<i32> {
        let rows = self.rows.iter();
        rows.map(|row| row.per_unit.max(1).ilog10() as i32)
            .collect()
    }
}

/// Releases that cost and count the same along every arc.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Class {
    /// The product.
    pub product: ProductId,
    /// The origin, where a limit names it.
    pub origin: Option<PlaceId>,
    /// The destination, where a limit names it, or where something leaves it and a limit is better
    /// kept by who rides more.
    pub destination: Option<PlaceId>,
    /// Whether they come after the planned weeks, where a limit counts only those of the planned
    /// weeks.
    pub later: bool,
}

/// What a row limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RowMeaning {
    /// What it limits.
    pub what: Limited,
    /// Units of the row in one kilogram, cubic metre, parcel, unit of a departure, or unit of a
    /// limit's metric: a price of the row times this is the price of one of those.
    pub per_unit: i64,
}

/// Something limited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limited {
    /// The weight that bought units hold.
    UnitWeight(DepartureId),
    /// The volume that bought units hold.
    UnitVolume(DepartureId),
    /// The weight that may be lifted.
    LiftWeight(DepartureId),
    /// The volume that may be lifted.
    LiftVolume(DepartureId),
    /// The units there are to buy, where they are not a whole number.
    Units(DepartureId),
    /// The work of a bucket.
    Bucket(BucketId),
    /// The capacity of a dearer tier, where it is not a whole number.
    Tier {
        /// Of which bucket.
        bucket: BucketId,
        /// Which of the step's tiers, from 0.
        tier: u32,
    },
    /// What may lie at a place.
    Night(NightId),
    /// A policy limit in one period.
    Limit {
        /// Which limit.
        limit: LimitId,
        /// Which of its bounds.
        side: Side,
        /// The day or week from the first Monday, or 0 for the horizon.
        period: i32,
    },
}

/// A bound of a policy limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Side {
    /// At least an amount.
    Min,
    /// At most an amount.
    Max,
    /// At least a share.
    MinShare,
    /// At most a share.
    MaxShare,
}

/// What a column decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColumnMeaning {
    /// Units bought beyond the minimum; the column counts units. Where a commitment binds several
    /// departures, this is the first of them.
    Units(DepartureId),
    /// Work done in a tier; the column counts parcels, kilograms or cubic metres, or whole shifts.
    Tier {
        /// In which bucket.
        bucket: BucketId,
        /// Which of the step's tiers, from 0.
        tier: u32,
    },
    /// Violation of a soft limit; the column counts units of its metric.
    Violation {
        /// Of which limit.
        limit: LimitId,
        /// Of which bound.
        side: Side,
        /// In which period.
        period: i32,
    },
}

/// The rows and the column of a departure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DepartureRows {
    /// What is on offer.
    pub offer: Offer,
    /// The column of units bought beyond the minimum.
    pub column: Option<u32>,
    /// The row of [`Limited::UnitWeight`].
    pub unit_weight: Option<u32>,
    /// The row of [`Limited::UnitVolume`].
    pub unit_volume: Option<u32>,
    /// The row of [`Limited::LiftWeight`].
    pub lift_weight: Option<u32>,
    /// The row of [`Limited::LiftVolume`].
    pub lift_volume: Option<u32>,
    /// The row of [`Limited::Units`].
    pub units: Option<u32>,
}

/// The row and the columns of a bucket.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BucketRows {
    /// The row of [`Limited::Bucket`].
    pub row: Option<u32>,
    /// The price per parcel, kilogram or cubic metre that is charged on the arcs.
    pub price_on_arcs: crate::units::Money,
    /// Columns of tiers: which of the step's tiers (from 0), and the column.
    pub tiers: Vec<(u32, u32)>,
}

/// Why an instance has no program.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FormulationError {
    /// A number beyond 64 bits.
    #[error("{0} is too large a number for the program: use smaller quantities or prices")]
    TooLarge(String),
}

/// Translates a network into its program.
///
/// # Errors
/// [`FormulationError::TooLarge`] if a coefficient or bound does not fit in 64 bits.
pub fn formulate(
    instance: &Instance,
    calendar: &Calendar,
    network: &Network,
) -> Result<Formulation, FormulationError> {
    let classes = releases::classes(instance, network);
    let mut builder = Builder::new(instance, calendar, network, &classes);
    let departures = departures::add(&mut builder)?;
    let buckets = handling::add_buckets(&mut builder)?;
    let nights = handling::add_nights(&mut builder);
    let limits = limits::add(&mut builder, &departures)?;
    arcs::add(&mut builder, &departures, &buckets, &nights, &limits)?;
    releases::add(&mut builder);
    let (mut program, rows, columns) = builder.finish();
    for edge in network.graph.edge_indices() {
        if let Activity::Ride { departure, .. } = network.graph[edge]
            && network.departures[departure.at()].cancelled
        {
            program.forbid(edge.index());
        }
    }
    Ok(Formulation {
        program,
        rows,
        columns,
        classes,
        departures,
        buckets,
        counted: limits.units,
    })
}
