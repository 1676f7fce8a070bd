//! However a workbook is recalculated, changed and sorted, its sheets agree.

use std::fs;
use std::path::{Path, PathBuf};

use calamine::Data;

use crate::agreement::hold;
use crate::edited::{Edit, edit};
use crate::plan::plan_with;
use crate::programs::{Gnumeric, Office, Sheets, cells};
use crate::support::Desk;

/// A service that another one differs from by its capitals alone.
const LOWER: &str = "truck,,road,,YIW,HKG,daily,06:00,24,m3,,11.5,,80\n";
/// The tables of a plan, which nothing in them refers to.
const TABLES: [&str; 5] = ["allocation", "demand", "departures", "handling", "limits"];

/// Writes workbooks of plans whose names are and are not alike to spreadsheets.
fn written(desk: &Desk) -> Vec<PathBuf> {
    let plans = [("alike", false, LOWER), ("dated", true, "")];
    let write = |(name, dated, more)| {
        let plan = plan_with("Base", dated, more);
        let path = desk.path(&format!("{name}.xlsx"));
        let bytes = railair::report::workbook::plan(&plan, &[]).expect("a workbook");
        fs::write(&path, bytes).expect("a file");
        path
    };
    plans.into_iter().map(write).collect()
}

/// Column and row of the largest number in a column of a table.
fn largest(sheets: &Sheets, sheet: &str, column: &str) -> (u32, u32, f64) {
    let cells = &sheets[sheet];
    let head = Data::String(column.to_owned());
    let found = cells.iter().find(|(at, cell)| at.0 == 0 && **cell == head);
    let (&(_, column), _) = found.expect("a column");
    let numbers = cells.iter().filter_map(|(&(row, at), cell)| match cell {
        Data::Float(value) if at == column => Some((row, at, *value)),
        _ => None,
    });
    numbers
        .max_by(|a, b| a.2.total_cmp(&b.2))
        .expect("a number")
}

/// Changes a cell of every table that sheets add up, and sorts all tables.
fn changed(file: &Path, to: &Path) {
    let sheets = cells(file);
    let mut edits = Vec::new();
    for (sheet, column, more) in [
        ("departures", "cost", 1000.25),
        ("departures", "parcels", 7.0),
        ("departures", "kg", 12.5),
        ("departures", "carriage", 3.0),
        ("allocation", "parcels", 11.0),
        ("allocation", "cost", 250.5),
        ("demand", "unserved", 5.0),
        ("handling", "cost", 40.0),
        ("handling", "load", 0.125),
    ] {
        let (row, column, value) = largest(&sheets, sheet, column);
        edits.push((sheet, Edit::Cell(row, column, value + more)));
    }
    edits.extend(TABLES.map(|sheet| (sheet, Edit::Sort)));
    edit(file, to, &edits);
}

/// Every cell outside the tables stays what it is.
fn assert_only_tables_differ(before: &Sheets, after: &Sheets) {
    for (sheet, cells) in before {
        for (at, value) in cells.iter().filter(|_| !TABLES.contains(&sheet.as_str())) {
            let same = match (value, after[sheet].get(at)) {
                (Data::Float(one), Some(Data::Float(two))) => {
                    (one - two).abs() <= one.abs() * 1e-12
                }
                // a date is a number to one program, and its format's to another
                (Data::DateTime(one), Some(Data::DateTime(two))) => one.as_f64() == two.as_f64(),
                (value, other) => Some(value) == other,
            };
            assert!(
                same,
                "{sheet} {at:?}: {value:?} became {:?}",
                after[sheet].get(at)
            );
        }
    }
}

/// What holds of workbooks that `recalculate` has opened and saved again.
fn check(desk: &Desk, recalculate: &dyn Fn(&Path, &Path) -> PathBuf) {
    for file in written(desk) {
        let as_written = cells(&file);
        let figures = hold(&as_written);
        assert!(figures > 40, "{figures}");
        let again = cells(&recalculate(&file, &desk.path("saved")));
        assert_eq!(hold(&again), figures);

        let sorted = desk.path("sorted.xlsx");
        edit(&file, &sorted, &TABLES.map(|sheet| (sheet, Edit::Sort)));
        let sorted = cells(&recalculate(&sorted, &desk.path("saved")));
        assert_only_tables_differ(&again, &sorted);
        assert_ne!(
            again["departures"], sorted["departures"],
            "nothing was sorted"
        );

        let other = desk.path("changed.xlsx");
        changed(&file, &other);
        let other = cells(&recalculate(&other, &desk.path("saved")));
        assert_eq!(hold(&other), figures);
        assert_ne!(
            again["summary"], other["summary"],
            "no figure follows its table"
        );
        assert_ne!(again["services"], other["services"]);
        assert_ne!(again["handling_by_day"], other["handling_by_day"]);
    }
}

#[test]
fn sheets_agree_as_they_are_written() {
    let desk = Desk::new();
    for file in written(&desk) {
        assert!(hold(&cells(&file)) > 40);
    }
}

#[test]
fn office_libreoffice_agrees_however_tables_are_changed_and_sorted() {
    let desk = Desk::new();
    if let Some(office) = Office::find(&desk) {
        check(&desk, &|file, to| office.save_as(file, "xlsx", to));
    }
}

#[test]
fn office_gnumeric_agrees_however_tables_are_changed_and_sorted() {
    let desk = Desk::new();
    if let Some(gnumeric) = Gnumeric::find() {
        check(&desk, &|file, to| gnumeric.save_as(file, "xlsx", to));
    }
}

/// On shipped instances, as people will have them.
#[test]
fn office_both_programs_agree_on_shipped_plans() {
    let desk = Desk::new();
    let (Some(office), Some(gnumeric)) = (Office::find(&desk), Gnumeric::find()) else {
        return;
    };
    let shipped = Path::new(env!("CARGO_MANIFEST_DIR"));
    for name in ["src/cli/starter", "instances/liege-2019-week"] {
        let prepared = railair::prepare(&shipped.join(name), None).expect("an instance");
        let plan = prepared.solve(&Default::default()).expect("a plan");
        let file = desk.path("plan.xlsx");
        let bytes = railair::report::workbook::plan(&plan, &[]).expect("a workbook");
        fs::write(&file, bytes).expect("a file");
        let figures = hold(&cells(&file));
        for saved in [
            office.save_as(&file, "xlsx", &desk.path("office")),
            gnumeric.save_as(&file, "xlsx", &desk.path("gnumeric")),
        ] {
            assert_eq!(hold(&cells(&saved)), figures, "{name}");
        }
    }
}
