//! The table `services`: legs put together to services.

use std::collections::BTreeMap;

use jiff::civil::{Date, Time};

use super::codes::Code;
use super::findings::{Finding, Findings, quoted};
use super::legs::{self, LegContext};
use super::model::{Horizon, Leg, Mode, Service, Settings};
use super::prices::Rates;
use super::row::{Names, Read, Reported, Row, must};
use super::text_table::TextTable;
use crate::instance::Place;

/// The modes in the order of their words.
pub(super) const MODE: [Mode; 4] = [Mode::Rail, Mode::Air, Mode::Road, Mode::Sea];

/// What holds for a whole service; on later legs a blank is leg 1's.
#[derive(Clone, Debug, PartialEq)]
struct Shared<'a> {
    operator: &'a str,
    mode: Option<Mode>,
    equipment: &'a str,
    days: Option<[bool; 7]>,
    first: Option<Date>,
    last: Option<Date>,
}

/// A row of the table.
struct LegRow<'a> {
    at: usize,
    number: i64,
    shared: Shared<'a>,
    departs: Option<Time>,
    leg: Leg,
}

/// Reads the services, by id; legs by number.
pub(super) fn read(
    table: Option<&TextTable>,
    findings: &mut Findings,
    settings: Option<&Settings>,
    place_names: &Names,
    places: &[Place],
    rates: &mut Rates,
    incomplete: bool,
) -> Vec<Service> {
    let Some(table) = table else {
        return Vec::new();
    };
    let mut groups: BTreeMap<&str, Vec<Read<LegRow<'_>>>> = BTreeMap::new();
    for at in 0..table.len() {
        let row = &mut Row::new(table, at, findings);
        let id = must(row.id("service"));
        let mut context = LegContext {
            settings,
            place_names,
            places,
            rates,
        };
        let leg = read_row(row, at, &mut context);
        if let Ok(id) = id {
            groups.entry(id).or_default().push(leg);
        }
    }
    groups
        .into_iter()
        .filter_map(|(id, rows)| {
            let rows: Read<Vec<LegRow<'_>>> = rows.into_iter().collect();
            put_together(table, findings, id, rows.ok()?, places, incomplete).ok()
        })
        .collect()
}

fn read_row<'a>(
    row: &mut Row<'a, '_>,
    at: usize,
    context: &mut LegContext<'_>,
) -> Read<LegRow<'a>> {
    let number = must(row.number_in("leg"));
    let operator = row.text("operator");
    let mode = row.word("mode").map(|word| word.map(|word| MODE[word]));
    let equipment = row.text("equipment");
    let days = row.days("days");
    let first = row.date("first_date");
    let last = row.date("last_date");
    let departs = row.time("departs");
    let leg = legs::read(row, context);
    Ok(LegRow {
        at,
        number: number?,
        shared: Shared {
            operator: operator?,
            mode: mode?,
            equipment: equipment?,
            days: days?,
            first: first?,
            last: last?,
        },
        departs: departs?,
        leg: leg?,
    })
}

fn put_together(
    table: &TextTable,
    findings: &mut Findings,
    id: &str,
    mut rows: Vec<LegRow<'_>>,
    places: &[Place],
    incomplete: bool,
) -> Read<Service> {
    rows.sort_by_key(|row| row.number);
    check_numbers(table, findings, id, &rows, incomplete)?;
    let chain = check_chain(table, findings, id, &rows, places);
    let shared = rows[0].shared.clone();
    let head = check_first(&mut Row::new(table, rows[0].at, findings), &rows[0]);
    let mut result = chain.and(head);
    for later in &rows[1..] {
        let row = &mut Row::new(table, later.at, findings);
        result = check_later(row, &shared, &later.shared).and(result);
    }
    result?;
    let mut legs = Vec::with_capacity(rows.len());
    for mut row in rows {
        row.leg.departs = row.departs;
        let at = &mut Row::new(table, row.at, findings);
        super::magnitude::check_leg(at, shared.mode.ok_or(Reported)?, &row.leg, places)?;
        legs.push(row.leg);
    }
    Ok(Service {
        id: id.to_owned(),
        operator: shared.operator.to_owned(),
        mode: shared.mode.ok_or(Reported)?,
        equipment: shared.equipment.to_owned(),
        days: shared.days.unwrap_or([true; 7]),
        dates: (shared.first, shared.last),
        legs,
    })
}

fn check_numbers(
    table: &TextTable,
    findings: &mut Findings,
    id: &str,
    rows: &[LegRow<'_>],
    incomplete: bool,
) -> Read<()> {
    for (expected, leg) in (1..).zip(rows) {
        let row = &mut Row::new(table, leg.at, findings);
        let number = leg.number;
        if number < expected {
            let message = format!("service {id} has two legs {number}");
            let remedy = "renumber one, or remove it";
            return Err(row.report(Code::DuplicateKey, "leg", message, remedy));
        }
        if number > expected && incomplete {
            // the leg may stand in a row that could not be read
            return Err(Reported);
        }
        if number > expected {
            let message = format!("service {id} has a leg {number} and no leg {expected}");
            return Err(row.report(
                Code::NumberMissing,
                "leg",
                message,
                "add the row, or renumber",
            ));
        }
    }
    Ok(())
}

fn check_chain(
    table: &TextTable,
    findings: &mut Findings,
    id: &str,
    rows: &[LegRow<'_>],
    places: &[Place],
) -> Read<()> {
    let mut result = Ok(());
    for pair in rows.windows(2) {
        let [before, after] = pair else { continue };
        if before.leg.destination != after.leg.origin {
            let row = &mut Row::new(table, after.at, findings);
            let (end, start) = (before.leg.destination.at(), after.leg.origin.at());
            result = Err(row.report(
                Code::BrokenLegChain,
                "origin",
                format!(
                    "leg {} of {id} starts at {} and the leg before ends at {}",
                    after.number, places[start].id, places[end].id
                ),
                "correct the places, or the leg numbers",
            ));
        }
    }
    result
}

/// What only leg 1 must have, and must not.
fn check_first(row: &mut Row<'_, '_>, first: &LegRow<'_>) -> Read<()> {
    let mode = match first.shared.mode {
        Some(_) => Ok(()),
        None => Err(row.blank("mode")),
    };
    let departs = match first.departs {
        Some(_) => Ok(()),
        None => Err(row.blank("departs")),
    };
    if first.leg.dwell.0 != 0 {
        let message = "leg 1 leaves at `departs`, whatever its dwell";
        row.report(Code::UnusedCell, "dwell_hours", message, "leave it blank");
    }
    let dates = match (first.shared.first, first.shared.last) {
        (Some(first), Some(last)) if first > last => Err(row.report(
            Code::MinimumAboveMaximum,
            "last_date",
            format!("the last date is before the first, {first}"),
            "correct one of the two",
        )),
        _ => Ok(()),
    };
    mode.and(departs).and(dates)
}

/// A later leg may repeat what holds for the service, and not contradict it.
fn check_later(row: &mut Row<'_, '_>, first: &Shared<'_>, later: &Shared<'_>) -> Read<()> {
    let differs = [
        (
            "operator",
            !later.operator.is_empty() && later.operator != first.operator,
        ),
        ("mode", later.mode.is_some() && later.mode != first.mode),
        (
            "equipment",
            !later.equipment.is_empty() && later.equipment != first.equipment,
        ),
        (
            "days",
            later
                .days
                .is_some_and(|days| days != first.days.unwrap_or([true; 7])),
        ),
        (
            "first_date",
            later.first.is_some() && later.first != first.first,
        ),
        (
            "last_date",
            later.last.is_some() && later.last != first.last,
        ),
    ];
    let mut result = Ok(());
    for (column, _) in differs.into_iter().filter(|(_, differs)| *differs) {
        let message = format!(
            "{} differs from leg 1 of the service",
            quoted(row.raw(column))
        );
        let remedy = "leave it blank, or give all legs the same value";
        result = Err(row.report(Code::RowsDisagree, column, message, remedy));
    }
    result
}

/// Warns of services whose dates leave them nothing to run within the horizon, and of dates in a
/// typical week, which has none.
pub(super) fn warn_dates(
    table: &TextTable,
    findings: &mut Findings,
    services: &[Service],
    settings: &Settings,
) {
    let typical = settings.horizon == Horizon::TypicalWeek;
    for service in services {
        let (first, last) = service.dates;
        let column = if first.is_some() {
            "first_date"
        } else {
            "last_date"
        };
        let (code, column, message, remedy) = if typical && (first.is_some() || last.is_some()) {
            let message = "a typical week has no dates, so the service runs all the same";
            (
                Code::UnusedCell,
                column,
                message.to_owned(),
                "leave it blank",
            )
        } else if !typical && last.is_some_and(|last| last < settings.week_start) {
            let message = format!("service {} runs only before the horizon", service.id);
            let remedy = "correct the dates, or remove the service";
            (Code::OutsideHorizon, "last_date", message, remedy)
        } else {
            continue;
        };
        let finding = Finding::new(code, message, remedy).in_file(&table.file);
        findings.push(finding.in_row(service.legs[0].row as u32).in_column(column));
    }
}
