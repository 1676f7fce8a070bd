//! Litres that were written for cubic metres: a thousand times too much room, or too much freight.

use super::codes::Code;
use super::row::Row;
use crate::units::{CubicCentimetres, Grams};

/// Grams that a cubic metre holds at least where both are told: air itself weighs more.
const LEAST_GRAMS_PER_M3: i128 = 1000;
/// Cubic centimetres of a cubic metre.
const CM3_PER_M3: i128 = 1_000_000;

/// Warns of a volume that hardly weighs anything, in the column of the volume.
pub(super) fn doubt(
    row: &mut Row<'_, '_>,
    column: &'static str,
    weight: Option<Grams>,
    volume: Option<CubicCentimetres>,
) {
    let (Some(weight), Some(volume)) = (weight, volume) else {
        return;
    };
    let light = i128::from(weight.0) * CM3_PER_M3 < i128::from(volume.0) * LEAST_GRAMS_PER_M3;
    if weight.0 == 0 || !light || row.raw(column).is_empty() {
        return;
    }
    let (kg, m3) = (weight.kg(), volume.m3());
    let message = format!("{m3} m³ beside {kg} kg is less than a kilogram a cubic metre");
    let remedy = format!("write {} if {m3} litres are meant", m3 / 1000.0);
    row.report(Code::DoubtfulVolume, column, message, remedy);
}
