//! Units, commitments and lift of departures.

use super::build::{Builder, PER_KG, PER_M3, greatest_common_divisor, narrow};
use super::costs::is_sold_by_the_parcel;
use super::{ColumnMeaning, DepartureRows, FormulationError, Limited, Offer, commitments};
use crate::instance::{Commit, Leg, UNIT_SCALE};
use crate::network::DepartureId;
use crate::program::Column;

/// Adds the rows and columns of every departure, and the cost of commitments.
pub(super) fn add(builder: &mut Builder) -> Result<Vec<DepartureRows>, FormulationError> {
    let network = builder.network;
    let mut all = Vec::with_capacity(network.departures.len());
    let mut committed = 0;
    for (index, departure) in network.departures.iter().enumerate() {
        let id = DepartureId(index as u32);
        let (service, leg) = builder.leg(departure);
        let offer = Offer::new(leg, departure);
        let mut rows = DepartureRows {
            offer,
            column: None,
            unit_weight: None,
            unit_volume: None,
            lift_weight: None,
            lift_volume: None,
            units: None,
        };
        let name = || format!("the capacity of {}", service.id);
        committed += i128::from(leg.unit.price.0) * i128::from(offer.minimum);
        if !is_sold_by_the_parcel(&leg.unit) {
            add_units(builder, id, leg, &mut rows, &name)?;
        }
        rows.lift_weight = offer
            .max_weight
            .map(|max| builder.add_row(Limited::LiftWeight(id), PER_KG, max.0));
        rows.lift_volume = offer
            .max_volume
            .map(|max| builder.add_row(Limited::LiftVolume(id), PER_M3, max.0));
        all.push(rows);
    }
    // plans round what each departure costs up, so that the sum is no more than they pay
    builder.program.constant += committed.div_euclid(i128::from(UNIT_SCALE));
    for group in commitments(builder.instance, network) {
        add_commitment(builder, &group, &mut all)?;
    }
    Ok(all)
}

/// The rows of what bought units hold, and the column of units beyond the minimum.
fn add_units(
    builder: &mut Builder,
    id: DepartureId,
    leg: &Leg,
    rows: &mut DepartureRows,
    name: &dyn Fn() -> String,
) -> Result<(), FormulationError> {
    let Offer { limit, minimum, .. } = rows.offer;
    let weight = leg.unit.weight.map(|weight| weight.0);
    let volume = leg.unit.volume.map(|volume| volume.0);
    let mut entries = Vec::new();
    let dimensions = [
        (Limited::UnitWeight(id), PER_KG, weight),
        (Limited::UnitVolume(id), PER_M3, volume),
    ];
    let mut added = [None; 2];
    for (slot, (what, base, size)) in added.iter_mut().zip(dimensions) {
        let Some(size) = size else { continue };
        let held = i128::from(size) * i128::from(minimum);
        let scale = scale_of(held);
        let million = i128::from(UNIT_SCALE);
        let upper = held * i128::from(scale) / million;
        let row = builder.add_row(what, base * scale, narrow(upper, name)?);
        let coefficient = narrow(-i128::from(size) * i128::from(scale), name)?;
        entries.push((row, coefficient));
        *slot = Some(row);
    }
    [rows.unit_weight, rows.unit_volume] = added;
    let decides_alone =
        leg.unit.commit == Commit::Departure || !builder.network.departures[id.at()].reported;
    if entries.is_empty() || limit == Some(minimum) || !decides_alone {
        return Ok(());
    }
    let column = Column {
        cost: leg.unit.price.0,
        upper: None,
        whole: leg.unit.whole,
        entries,
    };
    let (index, row) = builder.add_bounded_column(
        ColumnMeaning::Units(id),
        column,
        limit.map(|limit| limit - minimum),
        UNIT_SCALE,
        Limited::Units(id),
    );
    rows.column = Some(index);
    rows.units = row;
    Ok(())
}

/// The column of units that all departures of a group buy beyond their minimum.
fn add_commitment(
    builder: &mut Builder,
    group: &[DepartureId],
    all: &mut [DepartureRows],
) -> Result<(), FormulationError> {
    let Some(&first) = group.first() else {
        return Ok(());
    };
    let (service, leg) = builder.leg(&builder.network.departures[first.at()]);
    let name = || format!("the capacity of {}", service.id);
    let mut entries = Vec::new();
    let mut most: Option<i64> = None;
    for id in group {
        let rows = &all[id.at()];
        let sizes = [
            (rows.unit_weight, PER_KG, leg.unit.weight.map(|w| w.0)),
            (rows.unit_volume, PER_M3, leg.unit.volume.map(|v| v.0)),
        ];
        for (row, base, size) in sizes {
            if let (Some(row), Some(size)) = (row, size) {
                let scale = i128::from(builder.scale(row, base));
                entries.push((row, narrow(-i128::from(size) * scale, &name)?));
            }
        }
        if let Some(limit) = rows.offer.limit {
            let left = limit - rows.offer.minimum;
            most = Some(most.map_or(left, |most| most.min(left)));
        }
    }
    if entries.is_empty() {
        return Ok(());
    }
    let column = Column {
        cost: narrow(i128::from(leg.unit.price.0) * group.len() as i128, &name)?,
        upper: None,
        whole: leg.unit.whole,
        entries,
    };
    let meaning = ColumnMeaning::Units(first);
    let bound = Limited::Units(first);
    let (column, row) = builder.add_bounded_column(meaning, column, most, UNIT_SCALE, bound);
    for id in group {
        all[id.at()].column = Some(column);
    }
    all[first.at()].units = row;
    Ok(())
}

/// The smallest factor that makes `millionths` of a base unit a whole number.
fn scale_of(millionths: i128) -> i64 {
    let rest = (millionths % i128::from(UNIT_SCALE)) as i64;
    UNIT_SCALE / greatest_common_divisor(UNIT_SCALE, rest)
}
