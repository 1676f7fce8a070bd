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

/// How many shifts a tier may have in a period.
const MOST_SHIFTS: i64 = 100;
/// How many tiers of a step may work in whole shifts.
const MOST_SHIFT_TIERS: usize = 3;

/// What names a step: place, its name, direction, mode.
type Key<'a> = (u32, &'a str, usize, Option<Mode>);

/// A row, with what a blank cell leaves to tier 1.
struct TierRow {
    at: usize,
    duration: Option<Minutes>,
    measure: Option<Measure>,
    per: Option<Period>,
    capacity: Option<i64>,
    shift: Option<i64>,
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
    let shift = row.number_in("shift_capacity");
    let measure = row.word("unit");
    let per = row.word("per");
    let price = rates.price(row, "price_per_unit");
    Ok(TierRow {
        at,
        duration: duration?.map(Minutes),
        measure: measure?.map(|word| MEASURE[word]),
        per: per?.map(|word| [Period::Day, Period::Week][word]),
        capacity: capacity?,
        shift: shift?,
        tier: Tier {
            number: number? as u32,
            capacity: None,
            shift: None,
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
        let mut read = |column, cell: Option<i64>| {
            cell.map(|read| in_base_unit(row, column, read, measure))
                .transpose()
        };
        let capacity = read("capacity", tier_row.capacity);
        let shift = read("shift_capacity", tier_row.shift);
        match (capacity, shift) {
            (Ok(capacity), Ok(shift)) => {
                (tier_row.tier.capacity, tier_row.tier.shift) = (capacity, shift);
                if let Err(reported) = check_shifts(row, &tier_row.tier) {
                    result = Err(reported);
                }
                tiers.push(tier_row.tier);
            }
            (Err(reported), _) | (_, Err(reported)) => result = Err(reported),
        }
    }
    result?;
    check_shift_tiers(table, findings, name, &tiers)?;
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

/// Whether a tier that works in shifts says how many there are.
fn check_shifts(row: &mut Row<'_, '_>, tier: &Tier) -> Read<()> {
    let Some(shift) = tier.shift else {
        return Ok(());
    };
    let mut wrong = |message: &str, remedy: &str| {
        Err(row.report(Code::IncompleteShift, "shift_capacity", message, remedy))
    };
    let Some(capacity) = tier.capacity else {
        let message = "a tier in whole shifts has no capacity, so nobody knows how many there are";
        return wrong(message, "fill in `capacity`: that of all shifts together");
    };
    if shift == 0 {
        return wrong(
            "a shift works nothing",
            "write what a shift works, or leave it blank",
        );
    }
    if capacity / shift > MOST_SHIFTS {
        let message = format!(
            "the tier has {} shifts, and more than {MOST_SHIFTS} are as good as by the unit",
            capacity / shift
        );
        return wrong(
            &message,
            "write what a whole shift works, or leave it blank",
        );
    }
    if capacity > 0 && capacity < shift {
        let message = "the tier's capacity has no room for a whole shift, so none works";
        row.report(
            Code::UnusedCell,
            "shift_capacity",
            message,
            "write what a shift works, at most the capacity",
        );
    }
    Ok(())
}

/// A step may have a few tiers in whole shifts: which of them work at least cost is found by trying.
fn check_shift_tiers(
    table: &TextTable,
    findings: &mut Findings,
    name: &str,
    tiers: &[Tier],
) -> Read<()> {
    let mut in_shifts = tiers.iter().filter(|tier| tier.shift.is_some());
    let Some(beyond) = in_shifts.nth(MOST_SHIFT_TIERS) else {
        return Ok(());
    };
    let message = format!("step {name} has more than {MOST_SHIFT_TIERS} tiers in whole shifts");
    let remedy = "put some together, or let them work by the unit";
    let at =
        (0..table.len()).find(|&at| Row::new(table, at, findings).number() as usize == beyond.row);
    let row = &mut Row::new(table, at.unwrap_or(0), findings);
    Err(row.report(Code::IncompleteShift, "shift_capacity", message, remedy))
}

/// From millionths of the unit to parcels, grams or cubic centimetres.
fn in_base_unit(
    row: &mut Row<'_, '_>,
    column: &'static str,
    millionths: i64,
    measure: Measure,
) -> Read<i64> {
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
            column,
            format!("the capacity is not a whole number of {what}"),
            "round it",
        )),
    }
}
