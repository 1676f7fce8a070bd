//! One row of `services`: a leg and what it sells.

use super::codes::Code;
use super::model::{Commit, Leg, Place, PlaceId, Settings, Unit};
use super::prices::Rates;
use super::row::{Names, Read, Row, must};
use super::volumes;
use crate::units::{CubicCentimetres, Grams, Minutes, Money};

/// Mean radius of the Earth in kilometres (IUGG 1980, R₁).
const EARTH_RADIUS_KM: f64 = 6371.0088;
/// A billionth: how real numbers are counted while they are read.
const BILLION: f64 = 1e9;
/// The columns that need a `unit`.
const OF_UNIT: [&str; 7] = [
    "units",
    "kg_per_unit",
    "m3_per_unit",
    "price_per_unit",
    "min_units",
    "whole_units",
    "commit",
];
/// What a decision holds for, in the order of the words.
const COMMIT: [Commit; 3] = [Commit::Departure, Commit::Week, Commit::Horizon];

/// What a leg's row refers to.
pub(super) struct LegContext<'a> {
    /// The settings, where they could be read.
    pub settings: Option<&'a Settings>,
    /// The ids of places.
    pub place_names: &'a Names,
    /// The places.
    pub places: &'a [Place],
    /// The exchange rates.
    pub rates: &'a mut Rates,
}

/// Reads a leg; when it departs, and what holds for the whole service, is the service's to read.
pub(super) fn read(row: &mut Row<'_, '_>, context: &mut LegContext<'_>) -> Read<Leg> {
    let origin = must(row.reference("origin", context.place_names));
    let destination = must(row.reference("destination", context.place_names));
    let duration = must(row.number_in("hours"));
    let dwell = must(row.number_in("dwell_hours"));
    let max_weight = row.number_in("max_kg");
    let max_volume = row.number_in("max_m3");
    let unit = read_unit(row, context);
    if let (Ok(weight), Ok(volume)) = (max_weight, max_volume) {
        volumes::doubt(
            row,
            "max_m3",
            weight.map(Grams),
            volume.map(CubicCentimetres),
        );
    }
    let co2e = must(row.number_in("co2e_g_per_tkm"));
    let via = row.references("via", context.place_names);
    let km = row.number_in("km");
    let (origin, destination, via) = (origin?, destination?, via?);
    if origin == destination {
        let message = "the leg ends where it starts";
        return Err(row.report(
            Code::SamePlace,
            "destination",
            message,
            "correct one of the two",
        ));
    }
    let km = match km? {
        Some(km) => km as f64 / BILLION,
        None => {
            let line: Vec<u32> = [origin]
                .into_iter()
                .chain(via.iter().copied())
                .chain([destination])
                .collect();
            measure(row, &line, context.places)?
        }
    };
    Ok(Leg {
        origin: PlaceId(origin),
        destination: PlaceId(destination),
        departs: None,
        duration: Minutes(duration?),
        dwell: Minutes(dwell?),
        max_weight: max_weight?.map(Grams),
        max_volume: max_volume?.map(CubicCentimetres),
        unit: unit?,
        km,
        co2e_g_per_tkm: co2e? as f64 / BILLION,
        via: via.into_iter().map(PlaceId).collect(),
        row: row.number() as usize,
    })
}

fn read_unit(row: &mut Row<'_, '_>, context: &mut LegContext<'_>) -> Read<Unit> {
    let name = row.id("unit");
    let limit = row.number_in("units");
    let weight = row.number_in("kg_per_unit");
    let volume = row.number_in("m3_per_unit");
    let price = context.rates.price(row, "price_per_unit");
    let minimum = must(row.number_in("min_units"));
    let whole = must(row.yes_no("whole_units"));
    let commit = must(row.word("commit"));
    let Some(name) = name? else {
        let filled = OF_UNIT.iter().find(|column| !row.raw(column).is_empty());
        if let Some(column) = filled {
            let message = "something is sold, and the column `unit` does not say what";
            return Err(row.report(
                Code::IncompleteUnit,
                column,
                message,
                "name the unit, for example `chargeable_kg`",
            ));
        }
        return Ok(free_carriage());
    };
    let (default_weight, default_volume) = contents(name, context.settings);
    let unit = Unit {
        name: name.to_owned(),
        limit: limit?,
        minimum: minimum?,
        weight: weight?.map(Grams).or(default_weight),
        volume: volume?.map(CubicCentimetres).or(default_volume),
        price: price?,
        whole: whole?,
        commit: COMMIT[commit?],
    };
    check_unit(row, &unit)?;
    volumes::doubt(row, "m3_per_unit", unit.weight, unit.volume);
    Ok(unit)
}

fn free_carriage() -> Unit {
    Unit {
        name: String::new(),
        limit: None,
        minimum: 0,
        weight: None,
        volume: None,
        price: Money::ZERO,
        whole: false,
        commit: Commit::Departure,
    }
}

/// What a unit of a well-known name holds unless its row says otherwise.
fn contents(name: &str, settings: Option<&Settings>) -> (Option<Grams>, Option<CubicCentimetres>) {
    let chargeable = settings.map(|settings| settings.cm3_per_chargeable_kg);
    match name {
        "chargeable_kg" => (Some(Grams(1000)), chargeable),
        "kg" => (Some(Grams(1000)), None),
        "tonne" => (Some(Grams(1_000_000)), None),
        "m3" => (None, Some(CubicCentimetres(1_000_000))),
        _ => (None, None),
    }
}

fn check_unit(row: &mut Row<'_, '_>, unit: &Unit) -> Read<()> {
    if unit.weight.is_none() && unit.volume.is_none() {
        return Err(row.report(
            Code::IncompleteUnit,
            "kg_per_unit",
            format!("a {} holds neither weight nor volume", unit.name),
            "fill in `kg_per_unit`, `m3_per_unit` or both",
        ));
    }
    if let Some(limit) = unit.limit
        && unit.minimum > limit
    {
        let message = "more units are paid for than there are";
        let remedy = "correct `min_units` or `units`";
        return Err(row.report(Code::MinimumAboveMaximum, "min_units", message, remedy));
    }
    let fraction = |units: i64| units % super::model::UNIT_SCALE != 0;
    for (column, units) in [("units", unit.limit), ("min_units", Some(unit.minimum))] {
        if unit.whole && units.is_some_and(fraction) {
            let message = "only whole units are sold here";
            return Err(row.report(
                Code::NotWhole,
                column,
                message,
                "round it, or leave `whole_units` blank",
            ));
        }
    }
    Ok(())
}

/// The length of a line through places.
fn measure(row: &mut Row<'_, '_>, line: &[u32], places: &[Place]) -> Read<f64> {
    let positions: Option<Vec<(f64, f64)>> = line
        .iter()
        .map(|&place| places[place as usize].position)
        .collect();
    let Some(positions) = positions else {
        let unknown = line
            .iter()
            .find(|&&place| places[place as usize].position.is_none());
        let id = unknown.map_or("", |&place| &places[place as usize].id);
        let message = format!("the cell is blank and {id} has no coordinates to measure from");
        let remedy = "fill in the kilometres, or the place's `lat` and `lon`";
        return Err(row.report(Code::NoDistance, "km", message, remedy));
    };
    Ok(positions
        .windows(2)
        .map(|pair| great_circle_km(pair[0], pair[1]))
        .sum())
}

/// The great-circle distance of two positions in degrees, by the haversine formula:
/// d = 2R·asin√(sin²(Δφ/2) + cos φ₁·cos φ₂·sin²(Δλ/2)).
pub fn great_circle_km(from: (f64, f64), to: (f64, f64)) -> f64 {
    let (from_lat, to_lat) = (from.0.to_radians(), to.0.to_radians());
    let half_lat = (to_lat - from_lat) / 2.0;
    let half_lon = (to.1 - from.1).to_radians() / 2.0;
    let h = half_lat.sin().powi(2) + from_lat.cos() * to_lat.cos() * half_lon.sin().powi(2);
    2.0 * EARTH_RADIUS_KM * h.sqrt().min(1.0).asin()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quarter_of_the_equator_is_a_quarter_of_the_circumference() {
        // 2π · 6371.0088 / 4 = 10007.557
        let quarter = great_circle_km((0.0, 0.0), (0.0, 90.0));
        assert!((quarter - 10_007.557).abs() < 0.001, "{quarter}");
    }
}
