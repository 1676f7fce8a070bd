//! Wrong units give themselves away by their size: errors for what cannot be, warnings for what
//! hardly is.

use std::collections::BTreeMap;

use super::codes::Code;
use super::findings::{Finding, Findings};
use super::legs::great_circle_km;
use super::model::{Leg, Mode, Place, Service, Unit};
use super::row::{Read, Row};
use super::text_table::TextTable;
use crate::units::{CubicCentimetres, Grams};

/// What a mode of transport can do.
struct Bounds {
    /// No vehicle is faster, in km/h.
    impossible_speed: f64,
    /// Hardly one is.
    fast: f64,
    /// Hardly one is slower over more than [`SHORT_KM`].
    slow: f64,
    /// No departure lifts more, in grams (several vehicles may share one departure).
    weight: i64,
    /// No departure holds more, in cubic centimetres.
    volume: i64,
}

/// Distances below which waiting at both ends hides the speed.
const SHORT_KM: f64 = 100.0;
const TONNE: i64 = 1_000_000;
const CUBIC_METRE: i64 = 1_000_000;
/// Millionths of money per gram above which a price is impossible: a million per kilogram.
const IMPOSSIBLE_PRICE_PER_GRAM: i128 = 1_000_000_000;
/// Cubic centimetres that weigh a gram for prices of units that hold only volume.
const CM3_PER_GRAM: i64 = 6;
/// How far a price may be from the median of its mode.
const PRICE_FACTOR: f64 = 20.0;

const fn bounds(mode: Mode) -> Bounds {
    match mode {
        Mode::Rail => Bounds {
            impossible_speed: 400.0,
            fast: 160.0,
            slow: 5.0,
            weight: 100_000 * TONNE,
            volume: 500_000 * CUBIC_METRE,
        },
        Mode::Air => Bounds {
            impossible_speed: 1300.0,
            fast: 1000.0,
            slow: 200.0,
            weight: 1_000 * TONNE,
            volume: 10_000 * CUBIC_METRE,
        },
        Mode::Road => Bounds {
            impossible_speed: 150.0,
            fast: 100.0,
            slow: 10.0,
            weight: 10_000 * TONNE,
            volume: 50_000 * CUBIC_METRE,
        },
        Mode::Sea => Bounds {
            impossible_speed: 90.0,
            fast: 60.0,
            slow: 3.0,
            weight: 1_000_000 * TONNE,
            volume: 5_000_000 * CUBIC_METRE,
        },
    }
}

/// What units of well-known names hold: name, kg from and to, m³ from and to.
const KNOWN_UNITS: &[(&str, [f64; 2], [f64; 2])] = &[
    ("chargeable_kg", [0.999, 1.001], [0.001, 0.02]),
    ("kg", [0.999, 1.001], [0.0, 1.0]),
    ("tonne", [999.0, 1001.0], [0.0, 1000.0]),
    ("m3", [0.0, 25_000.0], [0.999, 1.001]),
    ("teu", [2_000.0, 30_000.0], [15.0, 50.0]),
    ("feu", [4_000.0, 36_000.0], [30.0, 100.0]),
    ("uld", [200.0, 15_000.0], [1.0, 40.0]),
    ("pallet", [20.0, 8_000.0], [0.2, 40.0]),
    ("aircraft", [200.0, 300_000.0], [1.0, 1_500.0]),
    ("truck", [200.0, 60_000.0], [2.0, 200.0]),
    ("train", [50_000.0, 20_000_000.0], [200.0, 50_000.0]),
];

/// Checks a parcel's weight, volume and density.
pub(super) fn check_parcel(
    row: &mut Row<'_, '_>,
    weight: Grams,
    volume: CubicCentimetres,
) -> Read<()> {
    // grams per cubic centimetre; osmium has 22.6, steel 7.9, packing foam 0.015
    let density = weight.0 as f64 / volume.0 as f64;
    let (kg, litres) = (weight.kg(), volume.0 as f64 / 1e3);
    let impossible = [
        ("kg_per_parcel", kg > 150.0, format!("a parcel of {kg} kg")),
        (
            "litres_per_parcel",
            litres > 2000.0,
            format!("a parcel of {litres} litres"),
        ),
        (
            "litres_per_parcel",
            density > 23.0,
            format!("a parcel of {density:.0} kg per litre"),
        ),
    ];
    if let Some((column, _, message)) = impossible.into_iter().find(|(_, found, _)| *found) {
        let remedy = "write kilograms and litres of one parcel";
        return Err(row.report(Code::ImpossibleParcel, column, message, remedy));
    }
    let doubtful = [
        ("kg_per_parcel", kg > 70.0, format!("a parcel of {kg} kg")),
        (
            "litres_per_parcel",
            litres > 500.0,
            format!("a parcel of {litres} litres"),
        ),
        (
            "litres_per_parcel",
            density > 8.0,
            format!("a parcel of {density:.1} kg per litre"),
        ),
        (
            "litres_per_parcel",
            density < 0.005,
            format!("a parcel of {density:.4} kg per litre"),
        ),
    ];
    if let Some((column, _, message)) = doubtful.into_iter().find(|(_, found, _)| *found) {
        let remedy = "check that the columns hold kilograms and litres of one parcel";
        row.report(Code::DoubtfulParcel, column, message, remedy);
    }
    Ok(())
}

/// Checks a leg's speed, distance, lift and price.
pub(super) fn check_leg(
    row: &mut Row<'_, '_>,
    mode: Mode,
    leg: &Leg,
    places: &[Place],
) -> Read<()> {
    let speed = check_speed(row, mode, leg);
    let load = check_load(row, mode, leg);
    let price = check_price(row, &leg.unit);
    if speed.is_ok() {
        warn_distance(row, leg, places);
    }
    if load.is_ok() {
        warn_contents(row, &leg.unit);
    }
    speed.and(load).and(price)
}

fn check_speed(row: &mut Row<'_, '_>, mode: Mode, leg: &Leg) -> Read<()> {
    let bounds = bounds(mode);
    let speed = leg.km / leg.duration.hours();
    let message = format!(
        "{:.0} km in {} hours is {speed:.0} km/h",
        leg.km,
        leg.duration.hours()
    );
    // minutes are rounded, which matters on the shortest legs only
    if speed > bounds.impossible_speed && leg.km > 5.0 {
        let remedy = "correct `hours` or `km`";
        return Err(row.report(Code::ImpossibleSpeed, "hours", message, remedy));
    }
    if leg.km > SHORT_KM && !(bounds.slow..=bounds.fast).contains(&speed) {
        row.report(
            Code::DoubtfulSpeed,
            "hours",
            message,
            "check `hours` and `km`",
        );
    }
    Ok(())
}

fn check_load(row: &mut Row<'_, '_>, mode: Mode, leg: &Leg) -> Read<()> {
    let bounds = bounds(mode);
    let weights = [("max_kg", leg.max_weight), ("kg_per_unit", leg.unit.weight)];
    let volumes = [("max_m3", leg.max_volume), ("m3_per_unit", leg.unit.volume)];
    let heavy = weights
        .into_iter()
        .find(|(_, weight)| weight.is_some_and(|weight| weight.0 > bounds.weight));
    let large = volumes
        .into_iter()
        .find(|(_, volume)| volume.is_some_and(|volume| volume.0 > bounds.volume));
    let found = heavy
        .map(|(column, _)| column)
        .or(large.map(|(column, _)| column));
    match found {
        None => Ok(()),
        Some(column) => Err(row.report(
            Code::ImpossibleLoad,
            column,
            "is more than a departure of the mode can lift",
            "write kilograms and cubic metres",
        )),
    }
}

/// Weight in grams that a unit's price is spread over.
fn priced_grams(unit: &Unit) -> Option<i64> {
    let by_volume = unit.volume.map(|volume| (volume.0 / CM3_PER_GRAM).max(1));
    unit.weight
        .map(|weight| weight.0)
        .into_iter()
        .chain(by_volume)
        .max()
}

fn check_price(row: &mut Row<'_, '_>, unit: &Unit) -> Read<()> {
    let Some(grams) = priced_grams(unit) else {
        return Ok(());
    };
    if i128::from(unit.price.0) <= IMPOSSIBLE_PRICE_PER_GRAM * i128::from(grams) {
        return Ok(());
    }
    Err(row.report(
        Code::ImpossiblePrice,
        "price_per_unit",
        "is more than a million per kilogram",
        "correct the price, its currency, or what the unit holds",
    ))
}

fn warn_distance(row: &mut Row<'_, '_>, leg: &Leg, places: &[Place]) {
    let position = |place: usize| places[place].position;
    let (Some(from), Some(to)) = (position(leg.origin.at()), position(leg.destination.at())) else {
        return;
    };
    let line = great_circle_km(from, to);
    let plausible = (line * 0.95)..=(line * 3.0).max(line + SHORT_KM);
    if line > SHORT_KM && !plausible.contains(&leg.km) {
        row.report(
            Code::DoubtfulDistance,
            "km",
            format!("{:.0} km, and the straight line is {line:.0} km", leg.km),
            "check `km` and the places' coordinates",
        );
    }
}

fn warn_contents(row: &mut Row<'_, '_>, unit: &Unit) {
    let name = unit.name.to_lowercase();
    let Some((_, kg, m3)) = KNOWN_UNITS.iter().find(|(known, _, _)| *known == name) else {
        return;
    };
    let contents = [
        ("kg_per_unit", unit.weight.map(Grams::kg), kg),
        ("m3_per_unit", unit.volume.map(CubicCentimetres::m3), m3),
    ];
    for (column, content, [from, to]) in contents {
        if content.is_some_and(|content| content < *from || content > *to) {
            row.report(
                Code::DoubtfulLoad,
                column,
                format!("a {} usually holds between {from} and {to}", unit.name),
                "check `kg_per_unit` and `m3_per_unit`",
            );
        }
    }
}

/// Warns of prices far from the median of their mode, both per kilogram and per tonne-kilometre
/// (a short truck is dear per kilometre and cheap per kilogram, and neither is wrong).
pub(super) fn warn_prices(table: &TextTable, findings: &mut Findings, services: &[Service]) {
    let mut by_mode: BTreeMap<Mode, Vec<(&Leg, f64, f64)>> = BTreeMap::new();
    for service in services {
        for leg in &service.legs {
            let Some(grams) = priced_grams(&leg.unit).filter(|_| leg.unit.price.0 > 0) else {
                continue;
            };
            let per_kg = leg.unit.price.amount() / (grams as f64 / 1e3);
            by_mode
                .entry(service.mode)
                .or_default()
                .push((leg, per_kg, per_kg / leg.km));
        }
    }
    for legs in by_mode.values().filter(|legs| legs.len() >= 3) {
        let per_kg = median(legs.iter().map(|leg| leg.1));
        let per_km = median(legs.iter().map(|leg| leg.2));
        let far = |price: f64, median: f64| {
            price > median * PRICE_FACTOR || price < median / PRICE_FACTOR
        };
        for (leg, price, price_per_km) in legs {
            if far(*price, per_kg) && far(*price_per_km, per_km) {
                findings.push(
                    Finding::new(
                        Code::DoubtfulPrice,
                        format!("{price:.4} per kg, and the median of the mode is {per_kg:.4}"),
                        "check the price, its currency, and what the unit holds",
                    )
                    .in_file(&table.file)
                    .in_row(leg.row as u32)
                    .in_column("price_per_unit"),
                );
            }
        }
    }
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
