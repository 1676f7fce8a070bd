//! What a price is of, and what one more unit of it changes in the program.

use std::collections::BTreeMap;

use crate::engine::ranging::Direction;
use crate::instance::{DemandId, LimitId, Measure, StepId, UNIT_SCALE};
use crate::network::{BucketId, DepartureId, NightId};
use crate::plan::planner::Prepared;
use crate::plan::{handling, space};
use crate::program::formulation::Limited;

use super::WhatIf;

/// Something there can be more or less of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subject {
    /// A unit of a departure, to be bought at its price, with the lift to use it. A leg that sells
    /// nothing counts by the chargeable kilogram: 1 kg, and the volume that counts as one.
    Departure(DepartureId),
    /// A parcel, kilogram or cubic metre of a handling step's cheapest tier in a bucket.
    Bucket(BucketId),
    /// A cubic metre of storage in a night.
    Night(NightId),
    /// A unit of room in a limit's metric, on every bound of it in a period.
    Limit(LimitId, i32),
    /// A parcel of a demand, spread over its releases as the others are.
    Demand(DemandId),
}

/// What is looked up in a program again and again.
#[derive(Clone, Debug, Default)]
pub(super) struct Places {
    /// The rows of nights and limits, each with what one kilogram, cubic metre, parcel or unit is.
    rows: BTreeMap<Subject, Vec<(u32, i64)>>,
    /// The rows that limit tiers.
    tiers: BTreeMap<(BucketId, u32), u32>,
    /// The releases of demands, with their parcels.
    releases: BTreeMap<DemandId, Vec<(u32, i64)>>,
}

impl Places {
    /// Looks through a program once.
    pub(super) fn new(prepared: &Prepared) -> Self {
        let mut this = Self::default();
        for (row, meaning) in (0u32..).zip(&prepared.formulation.rows) {
            let subject = match meaning.what {
                Limited::Night(id) => Subject::Night(id),
                Limited::Limit { limit, period, .. } => Subject::Limit(limit, period),
                Limited::Tier { bucket, tier } => {
                    this.tiers.entry((bucket, tier)).or_insert(row);
                    continue;
                }
                _ => continue,
            };
            let rows = this.rows.entry(subject).or_default();
            rows.push((row, meaning.per_unit));
        }
        for (index, release) in (0u32..).zip(&prepared.network.releases) {
            if release.reported && release.parcels.0 > 0 {
                let own = this.releases.entry(release.demand).or_default();
                own.push((index, release.parcels.0));
            }
        }
        this
    }
}

impl WhatIf<'_> {
    /// What one more unit of something changes in the program.
    pub fn direction(&self, subject: Subject) -> Direction {
        let (prepared, places) = (self.prepared, &self.places);
        match subject {
            Subject::Departure(id) => departure(prepared, &self.further, id),
            Subject::Bucket(id) => bucket(prepared, places, id),
            Subject::Night(_) | Subject::Limit(..) => Direction {
                rows: places.rows.get(&subject).cloned().unwrap_or_default(),
                ..Direction::default()
            },
            Subject::Demand(id) => Direction {
                releases: places.releases.get(&id).cloned().unwrap_or_default(),
                ..Direction::default()
            },
        }
    }
}

fn departure(prepared: &Prepared, further: &[Option<u32>], id: DepartureId) -> Direction {
    let formulation = &prepared.formulation;
    let rows = &formulation.departures[id.at()];
    let leg = space::leg(&prepared.instance, &prepared.network.departures[id.at()]);
    let (weight, volume) = if space::is_free(&leg.unit) {
        let per_kg = prepared.instance.settings.cm3_per_chargeable_kg.0;
        (Some(1_000), Some(per_kg))
    } else {
        let unit = &leg.unit;
        (unit.weight.map(|w| w.0), unit.volume.map(|v| v.0))
    };
    let mut direction = Direction::default();
    let lifts = [(rows.lift_weight, weight), (rows.lift_volume, volume)];
    for (row, amount) in lifts {
        if let (Some(row), Some(amount)) = (row, amount) {
            direction.rows.push((row, amount));
        }
    }
    match (rows.units, rows.column, further[id.at()]) {
        (_, Some(_), Some(column)) => direction.columns.push((column, 1)),
        (Some(row), ..) => direction.rows.push((row, UNIT_SCALE)),
        (None, Some(column), _) | (None, None, Some(column)) => {
            direction.columns.push((column, 1));
        }
        (None, None, None) => {}
    }
    direction
}

fn bucket(prepared: &Prepared, places: &Places, id: BucketId) -> Direction {
    let formulation = &prepared.formulation;
    let rows = &formulation.buckets[id.at()];
    let step = &prepared.instance.handling[prepared.network.buckets[id.at()].step.at()];
    let mut direction = Direction::default();
    // where all work is in shifts, what one more unit of it would save
    let cheapest = step.cheapest_by_unit().unwrap_or(rows.price_on_arcs);
    if let Some(row) = rows.row {
        if cheapest == rows.price_on_arcs {
            let per_unit = handling::per_unit(step.measure);
            direction.rows.push((row, per_unit));
        } else if let Some(&(tier, column)) = rows.tiers.iter().find(|(tier, _)| {
            let tier = &step.tiers[*tier as usize];
            tier.shift.is_none() && tier.price == cheapest
        }) {
            match places.tiers.get(&(id, tier)) {
                Some(&row) => {
                    let per_unit = handling::per_unit(step.measure);
                    direction.rows.push((row, per_unit));
                }
                None => direction.columns.push((column, 1)),
            }
        }
    }
    direction
}

impl WhatIf<'_> {
    /// About how many units of a subject there are.
    pub(in crate::plan) fn size(&self, subject: Subject) -> f64 {
        let prepared = self.prepared;
        let program = &prepared.formulation.program;
        let direction = self.direction(subject);
        let rows = direction.rows.iter().map(|&(row, per_unit)| {
            program.rows[row as usize].upper.abs() as f64 / (per_unit as f64).abs().max(1.0)
        });
        let columns = direction.columns.iter().filter_map(|&(column, _)| {
            let upper = program.columns.get(column as usize)?.upper?;
            Some(upper as f64)
        });
        let releases = direction.releases.iter();
        let parcels: i64 = releases.map(|&(_, parcels)| parcels).sum();
        rows.chain(columns).fold(parcels as f64, f64::max).max(1.0)
    }

    /// Whether one buys all or nothing of a subject: a price by the unit would mislead there.
    pub fn is_whole(&self, subject: Subject) -> bool {
        let Subject::Departure(id) = subject else {
            return false;
        };
        let departure = &self.prepared.network.departures[id.at()];
        space::leg(&self.prepared.instance, departure).unit.whole
    }

    fn is_planned_night(&self, id: NightId) -> bool {
        let night = &self.prepared.network.nights[id.at()];
        let day = self.prepared.calendar.day(night.place, night.midnight);
        day < self.prepared.instance.settings.weeks as i32 * 7
    }

    /// Everything there can be more or less of in the planned weeks that has a place in the program,
    /// but for units that are sold whole.
    pub fn subjects(&self) -> Vec<Subject> {
        let network = &self.prepared.network;
        let departures = (0..network.departures.len() as u32).map(DepartureId);
        let departures = departures.filter(|id| network.departures[id.at()].reported);
        let buckets = (0..network.buckets.len() as u32).map(BucketId);
        let buckets = buckets.filter(|&id| handling::is_planned(self.prepared.parts(), id));
        let nights = (0..network.nights.len() as u32).map(NightId);
        let nights = nights.filter(|&id| self.is_planned_night(id));
        let demands = (0..self.prepared.instance.demands.len() as u32).map(DemandId);
        let limits = self.places.rows.keys().copied();
        let limits = limits.filter(|subject| matches!(subject, Subject::Limit(..)));
        departures
            .map(Subject::Departure)
            .chain(buckets.map(Subject::Bucket))
            .chain(nights.map(Subject::Night))
            .chain(limits)
            .chain(demands.map(Subject::Demand))
            .filter(|&subject| !self.is_whole(subject))
            .filter(|&subject| self.direction(subject) != Direction::default())
            .collect()
    }
}

/// The word of what a step counts, one of it.
pub(super) fn measured_in(measure: Measure) -> &'static str {
    match measure {
        Measure::Parcels => "parcel",
        Measure::Weight => "kg",
        Measure::Volume => "m³",
    }
}

/// The step of a bucket.
pub(super) fn step_of(prepared: &Prepared, id: BucketId) -> StepId {
    prepared.network.buckets[id.at()].step
}
