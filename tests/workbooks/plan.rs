//! `plan.xlsx`: golden contents, read back.

use std::collections::BTreeMap;
use std::io::Cursor;
use std::path::Path;

use calamine::{Data, Reader, Xlsx};
use railair::engine::Options;
use railair::plan::Plan;
use railair::report::workbook;

use crate::support::Desk;

/// A plan of a starter-like instance whose every free name is `name`.
fn plan_of(name: &str, dated: bool) -> Plan {
    plan_with(name, dated, "")
}

/// The same with more services.
pub fn plan_with(name: &str, dated: bool, more: &str) -> Plan {
    let desk = Desk::new();
    let quoted = format!("\"{}\"", name.replace('"', "\"\""));
    let horizon = match dated {
        true => "horizon,dated\nweek_start,2019-11-04\nweeks,2\n",
        false => "",
    };
    let tables = [
        (
            "settings",
            format!("setting,value\nname,{quoted}\ndescription,{quoted}\n{horizon}"),
        ),
        (
            "places",
            format!(
                "place,name,kind,lat,lon,country,note\n\
                 YIW,{quoted},city,29.3,120.1,{quoted},{quoted}\n\
                 HKG,{quoted},airport,22.3,113.9,,\nLGG,{quoted},hub,50.6,5.4,,\n"
            ),
        ),
        (
            "products",
            format!(
                "product,name,kg_per_parcel,litres_per_parcel,promise_hours,max_late_hours,\
                 late_per_parcel_day,unserved_per_parcel\n\
                 007,{quoted},0.17,1.2,60,200,0.2,2.5\n7,{quoted},0.3,1.5,240,0,0.1,3\n"
            ),
        ),
        (
            "demand",
            "origin,destination,product,parcels\nYIW,LGG,007,9000\nYIW,LGG,7,5000\n".to_owned(),
        ),
        (
            "services",
            format!(
                "service,operator,mode,equipment,origin,destination,days,departs,hours,unit,units,price_per_unit,min_units,co2e_g_per_tkm\n\
                 2-3,{quoted},air,{quoted},HKG,LGG,135,18:00,12.9,chargeable_kg,500,2.45,100,600\n\
                 TRUCK,{quoted},road,{quoted},YIW,HKG,daily,20:00,24,m3,,11,,80\n{more}"
            ),
        ),
        (
            "handling",
            "place,step,mode,direction,hours,capacity,unit,per,price_per_unit\n\
             LGG,customs,air,in,6,1500,parcel,day,0.03\n"
                .to_owned(),
        ),
        (
            "limits",
            "limit,metric,mode,per,max,penalty_per_unit\nair,kg,air,week,1000,0.5\n".to_owned(),
        ),
    ];
    for (table, text) in tables {
        std::fs::write(desk.path(&format!("{table}.csv")), text).unwrap();
    }
    let prepared = railair::prepare(&desk.path(""), None).unwrap_or_else(|error| {
        let railair::PlanError::Instance(findings) = error else {
            panic!("{error}");
        };
        panic!("{findings}")
    });
    prepared.solve(&Options::default()).expect("a plan")
}

struct Read {
    sheets: BTreeMap<String, BTreeMap<(u32, u32), Data>>,
    formulas: BTreeMap<String, BTreeMap<(u32, u32), String>>,
}

fn read(bytes: Vec<u8>) -> Read {
    let mut book = Xlsx::new(Cursor::new(bytes)).expect("a workbook");
    let (mut sheets, mut formulas) = (BTreeMap::new(), BTreeMap::new());
    for name in book.sheet_names() {
        let range = book.worksheet_range(&name).expect("a sheet");
        let start = range.start().unwrap_or_default();
        let cells = range.used_cells().map(|(row, column, value)| {
            let at = (start.0 + row as u32, start.1 + column as u32);
            (at, value.clone())
        });
        sheets.insert(name.clone(), cells.collect());
        let range = book.worksheet_formula(&name).expect("formulas");
        let start = range.start().unwrap_or_default();
        let cells = range.used_cells().map(|(row, column, text)| {
            let at = (start.0 + row as u32, start.1 + column as u32);
            (at, text.clone())
        });
        formulas.insert(name, cells.collect());
    }
    Read { sheets, formulas }
}

fn bytes(plan: &Plan) -> Vec<u8> {
    workbook::plan(plan, &[]).expect("a workbook")
}

#[test]
fn the_sheets_hold_the_plan() {
    let plan = plan_of("Base", false);
    let book = read(bytes(&plan));
    let names: Vec<&str> = book.sheets.keys().map(String::as_str).collect();
    assert_eq!(
        names,
        [
            "allocation",
            "days",
            "demand",
            "departures",
            "handling",
            "handling_by_day",
            "limits",
            "origin_service",
            "services",
            "summary",
            "what_to_buy"
        ]
    );
    assert_eq!(
        book.sheets["allocation"].keys().map(|(row, _)| row).max(),
        Some(&(plan.allocation.len() as u32)),
        "a row per allocation below the header"
    );
    let summary = &book.sheets["summary"];
    let value = |label: &str| {
        let (&(row, _), _) = summary
            .iter()
            .find(|(_, cell)| **cell == Data::String(label.to_owned()))
            .unwrap_or_else(|| panic!("no {label}"));
        match &summary[&(row, 1)] {
            Data::Float(value) => *value,
            other => panic!("{label} is {other:?}"),
        }
    };
    let run = &plan.run;
    assert_eq!(value("on time"), run.totals.on_time.0 as f64);
    assert_eq!(value("late"), run.totals.late.0 as f64);
    assert_eq!(value("left behind"), run.totals.unserved.0 as f64);
    assert!(
        run.totals.late.0 > 0 && run.totals.unserved.0 > 0,
        "{:?}",
        run.totals
    );
    assert!(run.breakdown.limits.0 > 0, "the limit is broken at a price");
    let totals: Vec<f64> = summary
        .iter()
        .filter(|(_, cell)| **cell == Data::String("all".to_owned()))
        .filter_map(|((row, _), _)| match summary[&(*row, 1)] {
            Data::Float(value) => Some(value),
            _ => None,
        })
        .collect();
    // parcels, what it costs by table, what is paid for: these two are the cost of the plan; by mode
    let cost = run.cost.amount();
    let delivered = run.totals.on_time + run.totals.late;
    assert_eq!(totals, [14_000.0, cost, cost, delivered.0 as f64]);
}

/// Works sums out again from the cells as they stand.
#[test]
fn every_sum_has_the_result_that_its_cells_give() {
    for dated in [false, true] {
        let book = read(bytes(&plan_of("Base", dated)));
        let mut checked = 0;
        for (sheet, formulas) in &book.formulas {
            for (at, formula) in formulas.iter().filter(|(_, text)| !text.is_empty()) {
                let Some(range) = plain_sum(formula) else {
                    continue;
                };
                let (of, range) = range.split_once('!').unwrap_or((sheet, range));
                let sum: f64 = cells(&book.sheets[of], range).sum();
                let Data::Float(result) = book.sheets[sheet][at] else {
                    panic!("{sheet} {at:?} has no result");
                };
                assert!(
                    (sum - result).abs() < 1e-6,
                    "{sheet} {formula}: {sum}, {result}"
                );
                checked += 1;
            }
        }
        assert!(checked > 20, "{checked}");
    }
}

/// The range of `SUM(…)`, rounded or not.
fn plain_sum(formula: &str) -> Option<&str> {
    if formula.contains("EXACT(") {
        return None;
    }
    let inner = formula.trim_start_matches("ROUND(").strip_prefix("SUM(")?;
    inner.split(')').next()
}

fn cells<'a>(
    sheet: &'a BTreeMap<(u32, u32), Data>,
    range: &str,
) -> impl Iterator<Item = f64> + use<'a> {
    let corner = |text: &str| {
        let text = text.replace('$', "");
        let letters: String = text.chars().take_while(char::is_ascii_uppercase).collect();
        let column = letters
            .bytes()
            .fold(0, |sum, b| sum * 26 + u32::from(b - b'A') + 1)
            - 1;
        (
            text[letters.len()..].parse::<u32>().expect("a row") - 1,
            column,
        )
    };
    let (first, last) = range.split_once(':').expect("a range");
    let (first, last) = (corner(first), corner(last));
    sheet
        .iter()
        .filter_map(move |(&(row, column), value)| match value {
            Data::Float(value)
                if (first.0..=last.0).contains(&row) && (first.1..=last.1).contains(&column) =>
            {
                Some(*value)
            }
            _ => None,
        })
}

#[test]
fn the_same_plan_gives_the_same_bytes() {
    let plan = plan_of("Base", true);
    let first = bytes(&plan);
    // zip archives count time in steps of two seconds
    std::thread::sleep(std::time::Duration::from_millis(2100));
    assert!(first == bytes(&plan_of("Base", true)));
}

#[test]
fn no_name_becomes_a_formula_a_link_or_markup() {
    let names = [
        "=HYPERLINK(\"http://example.org\",\"x\")".to_owned(),
        "+1+cmd|' /C calc'!A0".to_owned(),
        "@SUM(A1:A9)".to_owned(),
        "<script>alert(1)</script>&amp;".to_owned(),
        "\u{202e}right to left".to_owned(),
        "漢字 названия &P &[Page]".to_owned(),
        "x".repeat(300),
        "http://example.org/a b".to_owned(),
    ];
    for name in names {
        let plan = plan_of(&name, false);
        let book = read(bytes(&plan));
        assert_eq!(book.sheets["summary"][&(0, 0)], Data::String(name.clone()));
        for (sheet, formulas) in &book.formulas {
            for formula in formulas.values().filter(|text| !text.is_empty()) {
                let ours = ["SUM(", "ROUND(", "SUMIFS(", "IF("];
                assert!(
                    ours.iter().any(|start| formula.starts_with(start)),
                    "{sheet}: {formula}"
                );
                assert!(!formula.contains("example.org") && !formula.contains("cmd"));
            }
        }
    }
}

#[test]
fn a_plan_folder_holds_the_workbook_and_both_dialects_verify() {
    use railair::report::csv::Dialect;
    use railair::report::{Destination, Files, write_plan_with};
    let desk = Desk::new();
    let instance = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/cli/starter");
    let prepared = railair::prepare(&instance, None).expect("an instance");
    let plan = prepared.solve(&Options::default()).expect("a plan");
    for dialect in [Dialect::Plain, Dialect::ExcelEu] {
        let folder = desk.path("plan");
        let files = Files {
            dialect,
            workbook: true,
            compared: &[],
        };
        let destination = Destination::prepare(&folder).expect("a place");
        write_plan_with(&plan, &destination, &files, |_| Ok(())).expect("a plan");
        let head = std::fs::read(folder.join("demand.csv")).expect("a table");
        assert_eq!(
            head.starts_with(b"\xef\xbb\xbforigin;"),
            dialect == Dialect::ExcelEu
        );
        assert!(folder.join("plan.xlsx").exists());
        let options = railair::plan::verify::Options::default();
        let found = railair::plan::verify::verify(&folder, &prepared.instance, &options)
            .expect("a plan that can be read");
        assert!(found.holds, "{:?}", found.failures);
    }
}

/// Units on offer, or bought where there is no end of them, from the plan's own rows.
#[test]
fn what_is_scarce_is_counted_in_its_own_unit() {
    let plan = plan_of("Base", true);
    let book = read(bytes(&plan));
    let sheet = &book.sheets["what_to_buy"];
    let (&(head, column), _) = sheet
        .iter()
        .find(|(_, cell)| **cell == Data::String("units now".to_owned()))
        .expect("a column of units");
    let mut checked = 0;
    for departure in plan.departures.iter().filter(|row| row.shadow_price.0 > 0) {
        let name = format!("{} leg {}", departure.service, departure.leg);
        let units = departure.units_limit.unwrap_or(departure.units) as f64 / 1e6;
        let shown = sheet
            .iter()
            .filter(|(at, cell)| at.0 > head && at.1 == 0 && **cell == Data::String(name.clone()));
        for (&(row, _), _) in shown {
            assert_eq!(sheet[&(row, column)], Data::Float(units), "{name}");
            checked += 1;
        }
    }
    assert!(checked > 0);
}
