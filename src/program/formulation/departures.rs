//! Units, commitments and lift of departures.

use super::build::{Builder, PER_KG, PER_M3, greatest_common_divisor, narrow};
use super::costs::is_sold_by_the_parcel;
use super::{ColumnMeaning, DepartureRows, FormulationError, Limited, Offer};
use crate::instance::{Leg, UNIT_SCALE};
use crate::network::DepartureId;
use crate::program::Column;

/// Adds the rows and columns of every departure, and the cost of commitments.
pub(super) fn add(builder: &mut Builder) -> Result<Vec<DepartureRows>, FormulationError> {
    let network = builder.network;
    let mut all = Vec::with_capacity(network.departures.len());
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
        let committed = Offer::price_of(leg.unit.price, offer.minimum);
        builder.program.constant += i128::from(committed.0);
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
    let (booked_weight, booked_volume) = (rows.offer.booked_weight.0, rows.offer.booked_volume.0);
    let dimensions = [
        (Limited::UnitWeight(id), PER_KG, weight, booked_weight),
        (Limited::UnitVolume(id), PER_M3, volume, booked_volume),
    ];
    let mut added = [None; 2];
    for (slot, (what, base, size, booked)) in added.iter_mut().zip(dimensions) {
        let Some(size) = size else { continue };
        let held = i128::from(size) * i128::from(minimum);
        let scale = scale_of(held);
        let million = i128::from(UNIT_SCALE);
        let upper = held * i128::from(scale) / million - i128::from(booked) * i128::from(scale);
        let row = builder.add_row(what, base * scale, narrow(upper, name)?);
        let coefficient = narrow(-i128::from(size) * i128::from(scale), name)?;
        entries.push((row, coefficient));
        *slot = Some(row);
    }
    [rows.unit_weight, rows.unit_volume] = added;
    if entries.is_empty() || limit == Some(minimum) {
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

/// The smallest factor that makes `millionths` of a base unit a whole number.
fn scale_of(millionths: i128) -> i64 {
    let rest = (millionths % i128::from(UNIT_SCALE)) as i64;
    UNIT_SCALE / greatest_common_divisor(UNIT_SCALE, rest)
}
