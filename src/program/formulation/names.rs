//! What rows and columns are called in exported programs.

use petgraph::graph::EdgeIndex;

use super::{ColumnMeaning, Formulation, Limited, Side};
use crate::instance::LimitId;
use crate::network::{BucketId, Names};
use crate::program::Release;
use crate::program::flows::Flow;

/// Names the rows and columns of a formulation; every name occurs once.
#[derive(Clone, Copy, Debug)]
pub struct ProgramNames<'a> {
    /// The formulation.
    pub formulation: &'a Formulation,
    /// Names of the network's parts.
    pub names: Names<'a>,
}

impl ProgramNames<'_> {
    /// The name of a row, such as `kg HGH-LGG@2019-11-12` or `sorting LGG in W1 Mon`.
    pub fn row(&self, row: usize) -> String {
        let names = &self.names;
        match self.formulation.rows[row].what {
            Limited::UnitWeight(id) => format!("kg {}", names.departure(id, 0)),
            Limited::UnitVolume(id) => format!("m3 {}", names.departure(id, 0)),
            Limited::LiftWeight(id) => format!("max_kg {}", names.departure(id, 0)),
            Limited::LiftVolume(id) => format!("max_m3 {}", names.departure(id, 0)),
            Limited::Units(id) => format!("units {}", names.departure(id, 0)),
            Limited::Bucket(id) => names.bucket(id),
            Limited::Tier { bucket, tier } => self.tier(bucket, tier),
            Limited::Night(id) => format!("storage {}", names.night(id)),
            Limited::Limit {
                limit,
                side,
                period,
            } => self.limit(limit, side, period),
        }
    }

    /// The name of a column, such as `buy HGH-LGG@2019-11-12`.
    pub fn column(&self, column: usize) -> String {
        match self.formulation.columns[column] {
            ColumnMeaning::Units(id) => format!("buy {}", self.names.departure(id, 0)),
            ColumnMeaning::Tier { bucket, tier } => format!("work {}", self.tier(bucket, tier)),
            ColumnMeaning::Violation {
                limit,
                side,
                period,
            } => format!("violate {}", self.limit(limit, side, period)),
        }
    }

    /// The name of a flow of the program or of one with classes of its own, whose releases are
    /// `releases`: `like CGO-LGG parcel@2019-11-11 08:00 on HGH-LGG@2019-11-12` for parcels of that
    /// release and of those that are interchangeable with it, `only …` where releases are kept apart
    /// by [links](crate::program::links), `of 2370 in kg HGH-LGG@2019-11-12` for those that take so
    /// much of a row.
    pub fn flow(&self, releases: &[Release], is_linked: bool, flow: Flow) -> Option<String> {
        let (class, sink, arc) = match flow {
            Flow::Row { row, amount } => {
                let own = (row as usize) < self.formulation.rows.len();
                return own.then(|| format!("of {amount} in {}", self.row(row as usize)));
            }
            Flow::Arc { class, sink, arc } => (class, sink, arc),
        };
        let of_group = |release: &Release| (release.class, release.sink) == (class, sink);
        let first = releases.iter().position(of_group)?;
        let release = self.names.release(&self.names.network.releases[first]);
        let edge = self.names.edge(EdgeIndex::new(arc as usize));
        let who = if is_linked { "only" } else { "like" };
        Some(format!("{who} {release} on {edge}"))
    }

    fn tier(&self, bucket: BucketId, tier: u32) -> String {
        let step = self.names.network.buckets[bucket.at()].step;
        let number = self.names.instance.handling[step.at()].tiers[tier as usize].number;
        format!("{} tier {number}", self.names.bucket(bucket))
    }

    fn limit(&self, limit: LimitId, side: Side, period: i32) -> String {
        let limit = &self.names.instance.limits[limit.at()];
        let side = match side {
            Side::Min => "min",
            Side::Max => "max",
            Side::MinShare => "min_share",
            Side::MaxShare => "max_share",
        };
        let period = self.names.period(limit.per, period);
        format!("limit {} {side} {period}", limit.id)
    }
}
