//! Scenarios: changes of the tables' text before it is typed.
//!
//! A row of `scenarios` names rows of a table by `key`: the table's key columns joined by `/`.
//! Trailing parts may be left out, `*` stands for any text, an empty part for a blank cell (or the
//! default that a blank cell takes). The rows of a scenario apply in row order:
//!
//! - `set` writes `value` into `column`; a blank value blanks the cell.
//! - `scale` multiplies and `add` adds, exactly, and rounds to what the column counts (whole
//!   parcels, grams, millionths of units, …) and what its row does (whole units where only those
//!   are sold), halves away from zero. Blank cells stay blank: what is unlimited stays unlimited.
//! - `drop` removes the rows.
//!
//! A row that is to exist in a scenario only stands in its table without effect (`units` or
//! `parcels` 0, `allowed` yes, a factor of 1) and the scenario sets what gives it effect.

use std::collections::BTreeSet;

use super::canonical;
use super::codes::Code;
use super::counted;
use super::fields::Decimal;
use super::findings::{Finding, Findings, nearest, quoted};
use super::row::{Read, Reported, Row, must};
use super::schema::{Blank, Column, Kind, Table};
use super::source::Texts;
use super::tables::table_schema;
use super::text_table::TextTable;
use crate::units::divide_to_nearest;

/// Comparisons of a change with a row that one scenario may take.
const MOST_COMPARISONS: usize = 1_000_000_000;
/// Comparisons that are spent on looking whether other scenarios match anything.
const MOST_LOOKS: usize = 100_000_000;

/// What is done to the rows that a key names.
#[derive(Clone, Debug)]
enum Action {
    /// Write this into a column.
    Set(usize, SetTo),
    /// Multiply a column's numbers.
    Scale(usize, Decimal),
    /// Add to a column's numbers.
    Add(usize, Decimal),
    /// Remove the rows.
    Drop,
}

/// What is written.
#[derive(Clone, Debug)]
enum SetTo {
    /// A text as it is.
    Text(String),
    /// A number, in the spelling of the table that it goes to.
    Number(Decimal),
}

/// One row of `scenarios`.
struct Change {
    at: usize,
    scenario: String,
    table: &'static Table,
    key: Vec<String>,
    action: Action,
}

/// Checks all scenarios and applies the one asked for; returns the names of all, ascending.
pub(super) fn apply(
    texts: &mut Texts,
    wanted: Option<&str>,
    findings: &mut Findings,
) -> Vec<String> {
    let Some(scenarios) = texts.get("scenarios").cloned() else {
        if let Some(wanted) = wanted.filter(|_| !texts.is_incomplete("scenarios")) {
            findings.push(unknown_scenario(wanted, &BTreeSet::new()));
        }
        return Vec::new();
    };
    let position = scenarios.table.position("scenario").unwrap_or(0);
    let names: BTreeSet<&str> = (0..scenarios.len())
        .map(|at| scenarios.cell(at, position))
        .filter(|name| !name.is_empty())
        .collect();
    if let Some(wanted) = wanted.filter(|wanted| !names.contains(wanted)) {
        findings.push(unknown_scenario(wanted, &names));
    }
    let mut changes = Vec::new();
    for at in 0..scenarios.len() {
        let row = &mut Row::new(&scenarios, at, findings);
        changes.extend(read_change(row, at, scenarios.decimal_comma));
    }
    let (chosen, others): (Vec<Change>, Vec<Change>) = changes
        .into_iter()
        .partition(|change| Some(change.scenario.as_str()) == wanted);
    look_for_matches(&others, texts, &scenarios, findings);
    apply_all(&chosen, texts, &scenarios, findings, MOST_COMPARISONS);
    names.into_iter().map(str::to_owned).collect()
}

fn unknown_scenario(wanted: &str, names: &BTreeSet<&str>) -> Finding {
    let remedy = match nearest(wanted, names.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None if names.is_empty() => "leave the scenario out; the instance has none".to_owned(),
        None => {
            let names: Vec<&str> = names.iter().copied().take(20).collect();
            format!(
                "choose one of {}",
                super::findings::shown(&names.join(", "))
            )
        }
    };
    Finding::new(
        Code::UnknownScenario,
        format!("there is no scenario {}", quoted(wanted)),
        remedy,
    )
    .with_text(wanted)
}

fn read_change(row: &mut Row<'_, '_>, at: usize, comma: bool) -> Read<Change> {
    let scenario = must(row.id("scenario"));
    let table = must(row.word("table"));
    let key = row.text("key");
    let column = row.text("column");
    let change = must(row.word("change"));
    let value = row.text("value");
    let table = &table_schema()[table?];
    let key = read_key(row, key?, table);
    let (column, change, value) = (column?, change?, value?);
    let action = match change {
        3 => read_drop(row, column, value),
        _ => read_edit(row, table, change, (column, value), comma),
    };
    Ok(Change {
        at,
        scenario: scenario?.to_owned(),
        table,
        key: key?,
        action: action?,
    })
}

fn read_key(row: &mut Row<'_, '_>, key: &str, table: &'static Table) -> Read<Vec<String>> {
    if key.is_empty() {
        return Err(row.blank("key"));
    }
    let parts: Vec<String> = key.split('/').map(|part| part.trim().to_owned()).collect();
    if parts.len() <= table.key.len() {
        return Ok(parts);
    }
    let message = format!(
        "the key has {} parts and {} has {}",
        parts.len(),
        table.name,
        table.key.len()
    );
    let remedy = format!("write {}, as many parts as needed", table.key.join("/"));
    Err(row.report(Code::ScenarioKey, "key", message, remedy))
}

fn read_drop(row: &mut Row<'_, '_>, column: &str, value: &str) -> Read<Action> {
    if column.is_empty() && value.is_empty() {
        return Ok(Action::Drop);
    }
    let which = if column.is_empty() { "value" } else { "column" };
    let message = "`drop` removes whole rows";
    let remedy = "leave `column` and `value` blank, or use `set`";
    Err(row.report(Code::ScenarioChange, which, message, remedy))
}

fn read_edit(
    row: &mut Row<'_, '_>,
    table: &'static Table,
    change: usize,
    (name, value): (&str, &str),
    comma: bool,
) -> Read<Action> {
    let Some(position) = table.position(name) else {
        if name.is_empty() {
            return Err(row.blank("column"));
        }
        let remedy = match nearest(name, table.columns.iter().map(|c| c.name)) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "write a column of the table".to_owned(),
        };
        let message = format!("{} has no column {}", table.name, quoted(name));
        return Err(row.report(Code::ScenarioColumn, "column", message, remedy));
    };
    let column = &table.columns[position];
    let is_setting = table.name == "settings" && column.name == "value";
    if change == 0 && (value.is_empty() || !column.is_number()) {
        return Ok(Action::Set(position, SetTo::Text(value.to_owned())));
    }
    if !column.is_number() && !is_setting {
        let message = format!("{} is not a column of numbers", column.name);
        return Err(row.report(Code::ScenarioChange, "change", message, "use `set`"));
    }
    // a factor is no number of the column's own kind
    let read = match column.kind {
        Kind::Number(number) if change != 1 => Decimal::of(value, comma, &number),
        _ => Decimal::parse(value, comma),
    };
    let number = read
        .map_err(|fault| row.report(Code::ScenarioChange, "value", fault.message, fault.remedy))?;
    Ok(match change {
        0 => Action::Set(position, SetTo::Number(number)),
        1 => Action::Scale(position, number),
        _ => Action::Add(position, number),
    })
}

/// Whether a row has the key, by its text or the default that a blank takes.
fn matches(text: &TextTable, at: usize, columns: &[(usize, &Column)], key: &[String]) -> bool {
    columns.iter().zip(key).all(|((position, column), part)| {
        let cell = match (text.cell(at, *position), column.blank) {
            ("", Blank::Is(default)) => default,
            (cell, _) => cell,
        };
        part == "*" || part == cell || (part.is_empty() && text.cell(at, *position).is_empty())
    })
}

fn key_columns(table: &'static Table) -> Vec<(usize, &'static Column)> {
    table
        .key
        .iter()
        .filter_map(|name| table.position(name))
        .map(|position| (position, &table.columns[position]))
        .collect()
}

fn report_no_match(change: &Change, scenarios: &TextTable, findings: &mut Findings) {
    let row = &mut Row::new(scenarios, change.at, findings);
    let message = format!("no row of {} has this key", change.table.name);
    let remedy = format!("write {}, with `*` for any", change.table.key.join("/"));
    row.report(Code::NothingMatched, "key", message, remedy);
}

/// Reports changes of scenarios that are not applied and would match nothing.
fn look_for_matches(
    changes: &[Change],
    texts: &Texts,
    scenarios: &TextTable,
    findings: &mut Findings,
) {
    let mut looks = 0;
    for change in changes {
        if texts.is_incomplete(change.table.name) {
            continue;
        }
        let text = texts.get(change.table.name);
        looks += text.map_or(0, TextTable::len);
        if looks > MOST_LOOKS {
            return;
        }
        let columns = key_columns(change.table);
        let found = text
            .is_some_and(|text| (0..text.len()).any(|at| matches(text, at, &columns, &change.key)));
        if !found {
            report_no_match(change, scenarios, findings);
        }
    }
}

fn apply_all(
    changes: &[Change],
    texts: &mut Texts,
    scenarios: &TextTable,
    findings: &mut Findings,
    most: usize,
) {
    let mut comparisons = 0;
    for change in changes {
        let incomplete = texts.is_incomplete(change.table.name);
        let Some(text) = texts.get_mut(change.table.name) else {
            if !incomplete {
                report_no_match(change, scenarios, findings);
            }
            continue;
        };
        comparisons += text.len();
        if comparisons > most {
            too_many(change, scenarios, findings);
            return;
        }
        let columns = key_columns(change.table);
        let found: Vec<bool> = (0..text.len())
            .map(|at| matches(text, at, &columns, &change.key))
            .collect();
        if !found.contains(&true) {
            if !incomplete {
                report_no_match(change, scenarios, findings);
            }
            continue;
        }
        if act(change, text, &found).is_err() {
            too_many(change, scenarios, findings);
            return;
        }
    }
}

fn too_many(change: &Change, scenarios: &TextTable, findings: &mut Findings) {
    let row = &mut Row::new(scenarios, change.at, findings);
    let message = "from this row on the scenario is too large to apply";
    row.report(
        Code::TooManyChanges,
        "key",
        message,
        "use `*` to change many rows at once",
    );
}

/// Does what a change says to the rows found.
fn act(change: &Change, text: &mut TextTable, found: &[bool]) -> Read<()> {
    let rows = found
        .iter()
        .enumerate()
        .filter(|(_, found)| **found)
        .map(|(at, _)| at);
    match &change.action {
        Action::Drop => {
            let keep: Vec<bool> = found.iter().map(|found| !found).collect();
            text.retain(&keep);
            Ok(())
        }
        Action::Set(column, to) => {
            let new = match to {
                SetTo::Text(new) => new.clone(),
                SetTo::Number(number) => number.spell(text.decimal_comma),
            };
            text.set_all(rows, *column, &new)
                .then_some(())
                .ok_or(Reported)
        }
        Action::Scale(column, by) => edit(text, rows, *column, |n| product(n, *by)),
        Action::Add(column, by) => edit(text, rows, *column, |n| sum(n, *by)),
    }
}

/// Replaces numbers; cells that are blank, or no numbers, stay for the typed reading to report.
fn edit(
    text: &mut TextTable,
    rows: impl Iterator<Item = usize>,
    column: usize,
    change: impl Fn(Decimal) -> Option<Decimal>,
) -> Read<()> {
    for at in rows {
        let cell = text.cell(at, column);
        let kind = canonical::kind(text, at, column);
        let read = match &kind {
            Kind::Number(number) => Decimal::of(cell, text.decimal_comma, number),
            _ => Decimal::parse(cell, text.decimal_comma),
        };
        let Ok(number) = read else { continue };
        let decimals = counted::decimals(text, at, column, &kind);
        // what is too large for a number of 38 digits is out of every column's range
        let new = change(number)
            .and_then(|new| rounded(new, decimals))
            .map_or_else(|| "9".repeat(31), |new| new.spell(text.decimal_comma));
        if !text.set(at, column, &new) {
            return Err(Reported);
        }
    }
    Ok(())
}

fn product(a: Decimal, b: Decimal) -> Option<Decimal> {
    Some(Decimal {
        mantissa: a.mantissa.checked_mul(b.mantissa)?,
        digits: a.digits + b.digits,
    })
}

fn sum(a: Decimal, b: Decimal) -> Option<Decimal> {
    let digits = a.digits.max(b.digits);
    let shifted = |d: Decimal| {
        d.mantissa
            .checked_mul(10i128.checked_pow(digits - d.digits)?)
    };
    Some(Decimal {
        mantissa: shifted(a)?.checked_add(shifted(b)?)?,
        digits,
    })
}

fn rounded(number: Decimal, decimals: u32) -> Option<Decimal> {
    if number.digits <= decimals {
        return Some(number);
    }
    let divisor = 10i128.checked_pow(number.digits - decimals)?;
    number.mantissa.abs().checked_mul(2)?.checked_add(divisor)?;
    Some(Decimal {
        mantissa: divide_to_nearest(number.mantissa, divisor),
        digits: decimals,
    })
}

#[cfg(test)]
mod tests {
    use super::super::source::read_csv_texts;
    use super::*;

    const SCENARIOS: &str = "scenario,table,key,column,change,value\n\
        s,demand,*/LGG/std,parcels,scale,1.5\n\
        s,demand,HGH,parcels,add,-1\n\
        s,demand,*/*/*/2,parcels,set,7\n";
    const DEMAND: &str = "origin,destination,product,week,parcels\n\
        YIW,LGG,std,,3\n\
        HGH,LGG,big,2,10\n\
        HGH,LGG,std,,\n";

    fn parcels(texts: &Texts) -> Vec<&str> {
        let demand = texts.get("demand").unwrap();
        let column = demand.table.position("parcels").unwrap();
        (0..demand.len())
            .map(|at| demand.cell(at, column))
            .collect()
    }

    fn texts() -> Texts {
        let tables = [("demand", DEMAND), ("scenarios", SCENARIOS)];
        read_csv_texts(&tables, &mut Findings::new())
    }

    #[test]
    fn changes_apply_in_row_order_and_blank_cells_stay_blank() {
        let mut texts = texts();
        let mut findings = Findings::new();
        let names = apply(&mut texts, Some("s"), &mut findings);
        assert_eq!(names, ["s"]);
        assert!(findings.is_empty(), "{findings}");
        // 3 · 1.5 = 4.5, halves away from zero: 5; 10 − 1 = 9, then set to 7; blank stays blank
        assert_eq!(parcels(&texts), ["5", "7", ""]);
    }

    /// What cells of a column are after they were scaled by a half.
    fn halved(table: &'static str, column: &str, text: &str) -> Vec<String> {
        let scenarios =
            format!("scenario,table,key,column,change,value\ns,{table},*,{column},scale,0.5\n");
        let mut findings = Findings::new();
        let mut texts = read_csv_texts(
            &[(table, text), ("scenarios", &scenarios)],
            &mut Findings::new(),
        );
        apply(&mut texts, Some("s"), &mut findings);
        assert!(findings.is_empty(), "{findings}");
        let made = texts.get(table).unwrap();
        let column = made.table.position(column).unwrap();
        let cells = (0..made.len()).map(|at| made.cell(at, column).to_owned());
        cells.collect()
    }

    /// Halves go away from zero at what the cell counts, which its row may decide.
    #[test]
    fn scaled_capacities_are_rounded_to_what_they_count() {
        let services = "service,mode,origin,destination,hours,unit,units,whole_units\n\
            A,air,X,Y,9,aircraft,3,yes\nB,air,X,Y,9,FEU,3,\nC,rail,X,Y,9,FEU,0.000001,no\n";
        assert_eq!(
            halved("services", "units", services),
            ["2", "1.5", "0.000001"]
        );
        let handling = "place,step,mode,tier,unit,capacity\n\
            X,sort,,1,,1000001\nX,sort,,2,parcel,3\nX,strip,,1,m3,0.000003\nX,strip,,2,,0.5\n\
            X,load,,1,kg,2.001\nX,load,air,1,,5\n";
        assert_eq!(
            halved("handling", "capacity", handling),
            // 1.0005 kg are 1,000.5 grams; the step of its own for air counts parcels
            ["500001", "2", "0.000002", "0.25", "1.001", "3"]
        );
        let demand = "origin,destination,product,parcels\nX,Y,p,5\nX,Y,q,4\n";
        assert_eq!(halved("demand", "parcels", demand), ["3", "2"]);
        let settings = "setting,value\nweeks,5\nco2e_price_per_t,0.000001\n";
        assert_eq!(halved("settings", "value", settings), ["3", "0.000001"]);
    }

    #[test]
    fn a_scenario_of_too_many_comparisons_is_refused() {
        let mut texts = texts();
        let scenarios = texts.get("scenarios").unwrap().clone();
        let changes: Vec<Change> = (0..scenarios.len())
            .filter_map(|at| {
                read_change(
                    &mut Row::new(&scenarios, at, &mut Findings::new()),
                    at,
                    false,
                )
                .ok()
            })
            .collect();
        // three changes of three rows are nine comparisons
        let mut findings = Findings::new();
        apply_all(&changes, &mut texts, &scenarios, &mut findings, 9);
        assert_eq!(findings.count(Code::TooManyChanges), 0);
        apply_all(&changes, &mut texts, &scenarios, &mut findings, 8);
        assert_eq!(findings.count(Code::TooManyChanges), 1);
    }
}
