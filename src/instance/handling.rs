//! The table `handling`: tiers put together to steps.

use std::collections::BTreeMap;

use super::codes::Code;
use super::findings::Findings;
use super::model::{Direction, HandlingStep, Measure, Mode, Period, PlaceId, Tier};
use super::prices::Rates;
use super::row::{Names, Read, Row, must};
use super::services::MODE;
use super::text_table::TextTable;
use crate::units::Minutes;

const MEASURE: [Measure; 3] = [Measure::Parcels, Measure::Weight, Measure::Volume];
/// Capacities are read in millionths.
const READ_SCALE: i64 = 1_000_000;

/// What names a step: place, its name, direction, mode.
type Key<'a> = (u32, &'a str, usize, Option<Mode>);

/// A row, with what a blank cell leaves to tier 1.
struct TierRow {
    at: usize,
    duration: Option<Minutes>,
    measure: Option<Measure>,
    per: Option<Period>,
    capacity: Option<i64>,
    tier: Tier,
}

/// Reads the handling steps in row order of their first rows.
pub(super) fn read(
    table: Option<&TextTable>,
    findings: &mut Findings,
    places: &Names,
    rates: &mut Rates,
) -> Vec<HandlingStep> {
    let Some(table) = table else {
        return Vec::new();
    };
    let mut order = Vec::new();
    let mut groups: BTreeMap<Key<'_>, Vec<Read<TierRow>>> = BTreeMap::new();
    for at in 0..table.len() {
        let row = &mut Row::new(table, at, findings);
        let key = read_key(row, places);
        let tier = read_tier(row, at, rates);
        let Ok(key) = key else { continue };
        let group = groups.entry(key).or_default();
        if group.is_empty() {
            order.push(key);
        }
        group.push(tier);
    }
    order
        .into_iter()
        .filter_map(|key| {
            let rows: Read<Vec<TierRow>> = groups.remove(&key)?.into_iter().collect();
            put_together(table, findings, key, rows.ok()?).ok()
        })
        .collect()
}

fn read_key<'a>(row: &mut Row<'a, '_>, places: &Names) -> Read<Key<'a>> {
    let place = must(row.reference("place", places));
    let step = must(row.id("step"));
    let direction = must(row.word("direction"));
    let mode = row.word("mode").map(|word| word.map(|word| MODE[word]));
    Ok((place?, step?, direction?, mode?))
}

fn read_tier(row: &mut Row<'_, '_>, at: usize, rates: &mut Rates) -> Read<TierRow> {
    let duration = row.number_in("hours");
    let number = must(row.number_in("tier"));
    let capacity = row.number_in("capacity");
    let measure = row.word("unit");
    let per = row.word("per");
    let price = rates.price(row, "price_per_unit");
    Ok(TierRow {
        at,
        duration: duration?.map(Minutes),
        measure: measure?.map(|word| MEASURE[word]),
        per: per?.map(|word| [Period::Day, Period::Week][word]),
        capacity: capacity?,
        tier: Tier {
            number: number? as u32,
            capacity: None,
            price: price?,
            row: row.number() as usize,
        },
    })
}

fn put_together(
    table: &TextTable,
    findings: &mut Findings,
    (place, name, direction, mode): Key<'_>,
    mut rows: Vec<TierRow>,
) -> Read<HandlingStep> {
    rows.sort_by_key(|row| row.tier.number);
    let mut result = Ok(());
    for (expected, pair) in (1..).zip(rows.iter()) {
        let row = &mut Row::new(table, pair.at, findings);
        let number = pair.tier.number;
        if number > expected {
            let message = format!("step {name} has a tier {number} and no tier {expected}");
            result = Err(row.report(
                Code::NumberMissing,
                "tier",
                message,
                "add the row, or renumber",
            ));
            break;
        }
        if number < expected {
            let message = format!("step {name} has two tiers {number}");
            let remedy = "renumber one, or remove it";
            result = Err(row.report(Code::DuplicateKey, "tier", message, remedy));
            break;
        }
    }
    result?;
    let first = &rows[0];
    let (duration, measure, per) = (first.duration, first.measure, first.per);
    for later in &rows[1..] {
        let row = &mut Row::new(table, later.at, findings);
        let differs = [
            ("hours", later.duration.is_some_and(|d| Some(d) != duration)),
            (
                "unit",
                later
                    .measure
                    .is_some_and(|m| m != measure.unwrap_or(Measure::Parcels)),
            ),
            (
                "per",
                later.per.is_some_and(|p| p != per.unwrap_or(Period::Day)),
            ),
        ];
        for (column, _) in differs.into_iter().filter(|(_, differs)| *differs) {
            let message = format!("differs from tier 1 of step {name}");
            let remedy = "leave it blank, or give all tiers the same value";
            result = Err(row.report(Code::RowsDisagree, column, message, remedy));
        }
    }
    let measure = measure.unwrap_or(Measure::Parcels);
    let mut tiers = Vec::with_capacity(rows.len());
    for mut tier_row in rows {
        let row = &mut Row::new(table, tier_row.at, findings);
        match tier_row
            .capacity
            .map(|read| in_base_unit(row, read, measure))
            .transpose()
        {
            Ok(capacity) => {
                tier_row.tier.capacity = capacity;
                tiers.push(tier_row.tier);
            }
            Err(reported) => result = Err(reported),
        }
    }
    result?;
    Ok(HandlingStep {
        place: PlaceId(place),
        name: name.to_owned(),
        mode,
        direction: [Direction::In, Direction::Out][direction],
        duration: duration.unwrap_or_default(),
        measure,
        per: per.unwrap_or(Period::Day),
        tiers,
    })
}

/// From millionths of the unit to parcels, grams or cubic centimetres.
fn in_base_unit(row: &mut Row<'_, '_>, millionths: i64, measure: Measure) -> Read<i64> {
    let (per_unit, what, code) = match measure {
        Measure::Parcels => (1, "parcels", Code::NotWhole),
        Measure::Weight => (1000, "grams", Code::TooFine),
        Measure::Volume => (READ_SCALE, "cubic centimetres", Code::TooFine),
    };
    let divisor = READ_SCALE / per_unit;
    match millionths % divisor {
        0 => Ok(millionths / divisor),
        _ => Err(row.report(
            code,
            "capacity",
            format!("the capacity is not a whole number of {what}"),
            "round it",
        )),
    }
}
