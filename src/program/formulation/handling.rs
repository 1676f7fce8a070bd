//! Buckets of handling and nights of storage.

use super::build::{Builder, base_units, narrow, size};
use super::{BucketRows, ColumnMeaning, FormulationError, Limited};
use crate::instance::{HandlingStep, Measure, Tier};
use crate::network::{Bucket, BucketId, NightId};
use crate::program::Column;
use crate::units::Money;

/// Adds the row and the tiers of every bucket.
pub(super) fn add_buckets(builder: &mut Builder) -> Result<Vec<BucketRows>, FormulationError> {
    let network = builder.network;
    let instance = builder.instance;
    let mut all = Vec::with_capacity(network.buckets.len());
    for (index, bucket) in network.buckets.iter().enumerate() {
        let step = &instance.handling[bucket.step.at()];
        all.push(add_bucket(builder, BucketId(index as u32), bucket, step)?);
    }
    Ok(all)
}

fn add_bucket(
    builder: &mut Builder,
    id: BucketId,
    bucket: &Bucket,
    step: &HandlingStep,
) -> Result<BucketRows, FormulationError> {
    let base = base_units(step.measure);
    let on_arcs = price_on_arcs(builder, step);
    let mut rows = BucketRows {
        price_on_arcs: on_arcs,
        ..BucketRows::default()
    };
    if step.tiers.is_empty() {
        return Ok(rows);
    }
    let (included, dearer): (Vec<_>, Vec<_>) = (0u32..)
        .zip(&step.tiers)
        .partition(|(_, tier)| tier.shift.is_none() && tier.price == on_arcs);
    let capacity = |tier: &Tier| tier.capacity.map(|capacity| bucket.left_of(capacity));
    let mut upper = 0i128;
    for (_, tier) in included {
        let Some(capacity) = capacity(tier) else {
            return Ok(rows);
        };
        upper += i128::from(capacity);
    }
    let name = || format!("the capacity of {}", step.name);
    let row = builder.add_row(Limited::Bucket(id), base, narrow(upper, &name)?);
    rows.row = Some(row);
    for (number, tier) in dearer {
        let (bucket, tier_number) = (id, number);
        let meaning = ColumnMeaning::Tier {
            bucket,
            tier: tier_number,
        };
        let left = capacity(tier);
        if let Some(shift) = tier.shift {
            let shifts = left.map(|left| left / shift);
            if shifts != Some(0) {
                let column = Column {
                    cost: price_of_shift(step.measure, tier).0,
                    upper: shifts,
                    whole: true,
                    entries: vec![(row, -shift)],
                };
                rows.tiers
                    .push((number, builder.add_column(meaning, column)));
            }
            continue;
        }
        let column = Column {
            cost: (tier.price - on_arcs).0,
            entries: vec![(row, -base)],
            ..Column::default()
        };
        let bound = Limited::Tier {
            bucket,
            tier: tier_number,
        };
        let (column, _) = builder.add_bounded_column(meaning, column, left, base, bound);
        rows.tiers.push((number, column));
    }
    Ok(rows)
}

/// What a whole shift costs, rounded up to a millionth; nothing for a tier by the unit.
pub fn price_of_shift(measure: Measure, tier: &Tier) -> Money {
    let base = i128::from(base_units(measure));
    let exact = i128::from(tier.price.0) * i128::from(tier.shift.unwrap_or(0));
    super::costs::money((exact + base - 1).div_euclid(base))
}

/// The cheapest price where it can be charged on the arcs exactly, else nothing. Work in shifts
/// that are paid for already costs nothing more.
fn price_on_arcs(builder: &Builder, step: &HandlingStep) -> Money {
    if step.tiers.iter().any(|tier| tier.shift.is_some()) {
        return Money::ZERO;
    }
    let cheapest = step.cheapest_by_unit().unwrap_or(Money::ZERO);
    let base = i128::from(base_units(step.measure));
    let exact = builder.instance.products.iter().all(|product| {
        i128::from(size(step.measure, product)) * i128::from(cheapest.0) % base == 0
    });
    if exact { cheapest } else { Money::ZERO }
}

/// Adds a row for every night.
pub(super) fn add_nights(builder: &mut Builder) -> Vec<u32> {
    let network = builder.network;
    let instance = builder.instance;
    (0u32..)
        .zip(&network.nights)
        .map(|(index, night)| {
            let storage = instance.places[night.place.at()].storage;
            // Only places with limited storage have nights.
            let upper = storage.map_or(i64::MAX / 4, |volume| volume.0);
            let what = Limited::Night(NightId(index));
            builder.add_row(what, super::build::PER_M3, upper)
        })
        .collect()
}
