//! Numbers that a planner wrote and that keep something from fitting.

use crate::instance::{Instance, LimitId, PlaceId, ServiceId, StepId, UNIT_SCALE};
use crate::network::DepartureId;
use crate::plan::hard_limits::{bound, measured, selected, share};
use crate::plan::planner::Prepared;
use crate::program::formulation::{Limited, Side};

use super::Member;

/// A cell of the tables (for a handling step: the capacities of its tiers together).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cell {
    /// A bound of a hard limit.
    Limit(LimitId, Side),
    /// The units that a leg offers.
    Units(ServiceId, u32),
    /// The weight that a leg may lift.
    LiftWeight(ServiceId, u32),
    /// The volume that a leg may lift.
    LiftVolume(ServiceId, u32),
    /// The capacity of a handling step.
    Step(StepId),
    /// The storage of a place.
    Storage(PlaceId),
}

impl Cell {
    /// The cell that a row of the program comes from; `None` for soft limits.
    pub(super) fn of(prepared: &Prepared, what: Limited) -> Option<Self> {
        let network = &prepared.network;
        let leg = |id: DepartureId| {
            let departure = &network.departures[id.at()];
            (departure.service, departure.leg)
        };
        Some(match what {
            Limited::UnitWeight(id) | Limited::UnitVolume(id) | Limited::Units(id) => {
                let (service, leg) = leg(id);
                Self::Units(service, leg)
            }
            Limited::LiftWeight(id) => {
                let (service, leg) = leg(id);
                Self::LiftWeight(service, leg)
            }
            Limited::LiftVolume(id) => {
                let (service, leg) = leg(id);
                Self::LiftVolume(service, leg)
            }
            Limited::Bucket(id) | Limited::Tier { bucket: id, .. } => {
                Self::Step(network.buckets[id.at()].step)
            }
            Limited::Night(id) => Self::Storage(network.nights[id.at()].place),
            Limited::Limit { limit, side, .. } => {
                let hard = prepared.instance.limits[limit.at()]
                    .penalty_per_unit
                    .is_none();
                return hard.then_some(Self::Limit(limit, side));
            }
        })
    }

    /// The cell by file, row and column, and what it says.
    pub(super) fn member(self, prepared: &Prepared) -> Member {
        let instance = &prepared.instance;
        let place = |id: PlaceId| &instance.places[id.at()].id;
        let leg = |service: ServiceId, leg: u32| {
            let service = &instance.services[service.at()];
            (&service.id, &service.legs[leg as usize])
        };
        let member = |file, row, column, says| Member {
            cell: self,
            file,
            row,
            column,
            says,
        };
        match self {
            Self::Limit(id, side) => {
                let limit = &instance.limits[id.at()];
                let (column, says) = limit_says(instance, id, side);
                member("limits.csv", Some(limit.row), column, says)
            }
            Self::Units(service, number) => {
                let (id, leg) = leg(service, number);
                let units = leg.unit.limit.unwrap_or(0);
                let units = decimal(units, UNIT_SCALE.ilog10());
                let says = format!("{id} offers {units} {}", leg.unit.name);
                member("services.csv", Some(leg.row), "units", says)
            }
            Self::LiftWeight(service, number) => {
                let (id, leg) = leg(service, number);
                let kg = leg.max_weight.map_or(0, |weight| weight.0);
                let says = format!("{id} lifts {} kg", decimal(kg, 3));
                member("services.csv", Some(leg.row), "max_kg", says)
            }
            Self::LiftVolume(service, number) => {
                let (id, leg) = leg(service, number);
                let volume = leg.max_volume.map_or(0, |volume| volume.0);
                let says = format!("{id} lifts {} m³", decimal(volume, 6));
                member("services.csv", Some(leg.row), "max_m3", says)
            }
            Self::Step(id) => {
                let step = &instance.handling[id.at()];
                let row = step.tiers.first().map(|tier| tier.row);
                let says = format!("the capacity of {} at {}", step.name, place(step.place));
                member("handling.csv", row, "capacity", says)
            }
            Self::Storage(id) => {
                let says = format!("the storage of {}", place(id));
                member("places.csv", None, "storage_m3", says)
            }
        }
    }
}

/// The column of a bound, and what it asks for.
pub(super) fn limit_says(instance: &Instance, id: LimitId, side: Side) -> (&'static str, String) {
    let limit = &instance.limits[id.at()];
    let value = bound(limit, side) as f64 / 1e6;
    let (column, words) = match side {
        Side::Min => ("min", "at least"),
        Side::Max => ("max", "at most"),
        Side::MinShare => ("min_share", "at least"),
        Side::MaxShare => ("max_share", "at most"),
    };
    let amount = match side {
        Side::Min | Side::Max => measured(instance, limit.metric, value),
        Side::MinShare | Side::MaxShare => share(instance, limit.metric, value),
    };
    let per = match limit.per {
        crate::instance::Period::Day => " a day",
        crate::instance::Period::Week => " a week",
        crate::instance::Period::Horizon => "",
    };
    let says = format!("{words} {amount}{}{per}", selected(instance, limit));
    (column, says)
}

/// `mantissa / 10^places` without trailing zeros.
pub(super) fn decimal(mantissa: i64, places: u32) -> String {
    let scale = 10_u64.pow(places);
    let magnitude = mantissa.unsigned_abs();
    let sign = if mantissa < 0 { "-" } else { "" };
    let digits = format!(".{:0width$}", magnitude % scale, width = places as usize);
    let digits = digits.trim_end_matches('0').trim_end_matches('.');
    format!("{sign}{}{digits}", magnitude / scale)
}
