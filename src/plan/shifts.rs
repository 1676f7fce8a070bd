//! Tiers of a handling step that work in whole shifts: which of them work, and what that costs.
//!
//! What a bucket has to do decides that: of all numbers of shifts that leave no more than the tiers by
//! the unit can do, those that cost least, with the rest by the unit, cheapest first; among equals the
//! fewest of the first tier, then of the second. The decision of the search is one of them, so that a
//! plan never pays more than it decided on.

use crate::engine::whole::WholeSolution;
use crate::instance::{HandlingStep, Measure, Tier, UNIT_SCALE};
use crate::network::{Bucket, BucketId};
use crate::program::formulation::handling::price_of_shift;
use crate::units::{CubicCentimetres, Grams, Money};

use super::assembly::Parts;
use super::handling::{is_planned, per_unit, tier_capacity};
use super::rows::{PurchaseRow, Share, TailPurchaseRow};

/// Shifts of a tier on offer in a bucket.
#[derive(Clone, Copy)]
struct Shifts {
    /// Which of the step's tiers, from 0.
    tier: usize,
    /// How many there are.
    most: i64,
    /// What one works, in base units.
    size: i64,
    /// What one costs, in millionths of money.
    price: i128,
}

/// What the tiers of a step can do in a bucket.
pub(super) struct Work<'a> {
    measure: Measure,
    shifts: Vec<Shifts>,
    /// Tiers by the unit, cheapest first, and what they can do.
    by_unit: Vec<(&'a Tier, Option<i64>)>,
}

/// The best numbers of shifts so far: what is left undone, what they cost, and how many.
type Best = Option<(i64, i128, Vec<i64>)>;

impl<'a> Work<'a> {
    pub(super) fn new(step: &'a HandlingStep, bucket: &Bucket) -> Self {
        let mut by_unit: Vec<(&Tier, Option<i64>)> = Vec::new();
        let mut shifts = Vec::new();
        for (index, tier) in step.tiers.iter().enumerate() {
            let capacity = tier_capacity(tier, bucket);
            match tier.shift {
                Some(size) => shifts.push(Shifts {
                    tier: index,
                    most: capacity.unwrap_or(0) / size,
                    size,
                    price: i128::from(price_of_shift(step.measure, tier).0),
                }),
                None => by_unit.push((tier, capacity)),
            }
        }
        by_unit.sort_by_key(|(tier, _)| (tier.price, tier.number));
        Self {
            measure: step.measure,
            shifts,
            by_unit,
        }
    }

    /// How many shifts of each tier that has them work when `used` base units are to be done.
    pub(super) fn shifts(&self, used: i64) -> Vec<i64> {
        if self.shifts.is_empty() {
            return Vec::new();
        }
        let mut best = None;
        self.try_shifts(used, 0, &mut Vec::new(), &mut best);
        best.map_or_else(Vec::new, |(_, _, counts)| counts)
    }

    fn try_shifts(&self, left: i64, paid: i128, counts: &mut Vec<i64>, best: &mut Best) {
        let is_better = |undone: i64, cost: i128, best: &Best| {
            (best.as_ref()).is_none_or(|(least, cheapest, _)| (undone, cost) < (*least, *cheapest))
        };
        let Some(of_tier) = self.shifts.get(counts.len()) else {
            let (undone, cost) = self.by_unit(left.max(0));
            if is_better(undone, paid + cost, best) {
                *best = Some((undone, paid + cost, counts.clone()));
            }
            return;
        };
        let enough = (left.max(0) + of_tier.size - 1) / of_tier.size;
        for count in 0..=enough.min(of_tier.most) {
            let paid = paid + of_tier.price * i128::from(count);
            if !is_better(0, paid, best) {
                break;
            }
            counts.push(count);
            self.try_shifts(left - count * of_tier.size, paid, counts, best);
            counts.pop();
        }
    }

    /// What tiers by the unit leave of so many base units, and what they cost.
    fn by_unit(&self, amount: i64) -> (i64, i128) {
        let unit = i128::from(per_unit(self.measure));
        let (mut left, mut sum) = (amount, 0);
        for (tier, capacity) in &self.by_unit {
            let here = capacity.map_or(left, |room| room.min(left));
            let cost = i128::from(tier.price.0) * i128::from(here);
            sum += cost.div_euclid(unit) + i128::from(cost.rem_euclid(unit) > 0);
            left -= here;
        }
        (left, sum)
    }

    /// What so many shifts can do, in base units.
    pub(super) fn in_shifts(&self, counts: &[i64]) -> i64 {
        let shifts = self.shifts.iter().zip(counts);
        shifts.map(|(shifts, count)| shifts.size * count).sum()
    }

    /// What `used` base units cost with so many shifts.
    pub(super) fn cost(&self, used: i64, counts: &[i64]) -> i128 {
        let shifts = self.shifts.iter().zip(counts);
        let paid: i128 = shifts
            .map(|(shifts, &count)| shifts.price * i128::from(count))
            .sum();
        paid + self.by_unit((used - self.in_shifts(counts)).max(0)).1
    }
}

/// The shifts of a tier in a bucket that are decided by a column of the program, and how many work.
#[derive(Clone, Copy)]
pub(super) struct Decided {
    /// The column.
    pub column: u32,
    /// Which bucket.
    pub bucket: BucketId,
    /// Which of the step's tiers, from 0.
    pub tier: u32,
    /// How many work.
    pub count: i64,
    /// What the shifts of tiers before it do, in base units.
    pub before: i64,
}

/// What every bucket has to do, in base units, where that is limited.
pub(super) fn work(parts: Parts<'_>, answer: &WholeSolution) -> Vec<i64> {
    let program = &parts.formulation.program;
    let mut of_rows = vec![0i64; program.rows.len()];
    for flow in &answer.flows {
        let class = program.releases[flow.release as usize].class as usize;
        for &arc in &flow.arcs {
            for (row, amount) in program.arc_uses(class, arc as usize) {
                of_rows[row] += amount * flow.parcels;
            }
        }
    }
    let buckets = parts.formulation.buckets.iter();
    buckets
        .map(|rows| rows.row.map_or(0, |row| of_rows[row as usize]))
        .collect()
}

/// All shifts that can be decided on, in the order of their columns, where buckets do `used`.
pub(super) fn decided(parts: Parts<'_>, used: &[i64]) -> Vec<Decided> {
    let mut all = Vec::new();
    for (index, rows) in parts.formulation.buckets.iter().enumerate() {
        let bucket = &parts.network.buckets[index];
        let step = &parts.instance.handling[bucket.step.at()];
        if step.tiers.iter().all(|tier| tier.shift.is_none()) {
            continue;
        }
        let work = Work::new(step, bucket);
        let counts = work.shifts(used[index]);
        for &(tier, column) in &rows.tiers {
            let of_tier = |shifts: &Shifts| shifts.tier == tier as usize;
            if let Some(at) = work.shifts.iter().position(of_tier) {
                all.push(Decided {
                    column,
                    bucket: BucketId(index as u32),
                    tier,
                    count: counts[at],
                    before: work.in_shifts(&counts[..at]),
                });
            }
        }
    }
    all
}

/// The key of a step in its table without the tier: `LGG/sorting/in` or `LGG/break-down/in/air`.
fn key(parts: Parts<'_>, id: BucketId) -> String {
    let step = &parts.instance.handling[parts.network.buckets[id.at()].step.at()];
    let place = &parts.instance.places[step.place.at()].id;
    let direction = match step.direction {
        crate::instance::Direction::In => "in",
        crate::instance::Direction::Out => "out",
    };
    let mode = step.mode.map_or_else(String::new, |mode| {
        format!("/{}", crate::network::mode_name(mode))
    });
    format!("{place}/{}/{direction}{mode}", step.name)
}

/// What names the shifts of a tier in a bucket: the key of their step, the tier, the day.
pub(super) fn name(parts: Parts<'_>, id: BucketId, tier: u32) -> (String, u32, String) {
    let bucket = &parts.network.buckets[id.at()];
    let step = &parts.instance.handling[bucket.step.at()];
    let day = parts.calendar.day(step.place, bucket.start);
    let run = parts
        .calendar
        .day_text(super::handling::bucket_day(step, day));
    (key(parts, id), step.tiers[tier as usize].number, run)
}

/// Shifts that work beyond those that what is `used` in the planned weeks needs, where `all` is done.
pub(super) fn more_work(parts: Parts<'_>, used: &[i64], all: &[i64]) -> Vec<TailPurchaseRow> {
    let both = decided(parts, used).into_iter().zip(decided(parts, all));
    let rows = both.filter_map(|(planned, all)| {
        let (service, leg, run) = name(parts, all.bucket, all.tier);
        let units = (all.count - planned.count) * UNIT_SCALE;
        // in another mix of tiers there may be fewer of one
        (units != 0).then_some(TailPurchaseRow {
            service,
            leg,
            run,
            units,
        })
    });
    rows.collect()
}

/// Rows of the table `purchases` for shifts of the planned weeks and those that work.
pub(super) fn purchases(parts: Parts<'_>, used: &[i64]) -> Vec<PurchaseRow> {
    let mut rows = Vec::new();
    for shifts in decided(parts, used) {
        let bucket = &parts.network.buckets[shifts.bucket.at()];
        let step = &parts.instance.handling[bucket.step.at()];
        let tier = &step.tiers[shifts.tier as usize];
        let column = &parts.formulation.program.columns[shifts.column as usize];
        if shifts.count == 0 && !is_planned(parts, shifts.bucket) {
            continue;
        }
        let place = &parts.instance.places[step.place.at()].id;
        let all = shifts.count * tier.shift.unwrap_or(0);
        let done = (used[shifts.bucket.at()] - shifts.before).clamp(0, all);
        let of = |measure: Measure| if step.measure == measure { done } else { 0 };
        let load =
            |measure: Measure| Share::of(of(measure), all).filter(|_| step.measure == measure);
        let (service, leg, run) = name(parts, shifts.bucket, shifts.tier);
        rows.push(PurchaseRow {
            service,
            leg,
            run,
            departs: parts.calendar.text(step.place, bucket.start),
            origin: place.clone(),
            destination: place.clone(),
            unit: "shift".to_owned(),
            units: shifts.count * UNIT_SCALE,
            units_limit: column.upper.map(|upper| upper * UNIT_SCALE),
            cost: Money(column.cost * shifts.count),
            weight: Grams(of(Measure::Weight)),
            volume: CubicCentimetres(of(Measure::Volume)),
            load_weight: load(Measure::Weight),
            load_volume: load(Measure::Volume),
        });
    }
    rows
}
