//! LibreOffice opens, recalculates and converts the workbooks, and no figure changes.

use std::fs;
use std::path::{Path, PathBuf};

use calamine::Data;
use railair::engine::Options;
use railair::report::instance::convert;

use crate::programs::{Gnumeric, Office, Sheets, cells};
use crate::support::{Desk, files};

fn assert_same(before: &Sheets, after: &Sheets) {
    let names: Vec<&String> = before.keys().collect();
    assert_eq!(names, after.keys().collect::<Vec<_>>());
    for (name, cells) in before {
        for (at, value) in cells {
            let other = after[name].get(at);
            let same = match (value, other) {
                // LibreOffice saves the fifteen digits that count
                (Data::Float(one), Some(Data::Float(two))) => {
                    (one - two).abs() <= one.abs() * 5e-15
                }
                (value, other) => Some(value) == other,
            };
            assert!(same, "{name} {at:?}: {value:?} became {other:?}");
        }
        assert_eq!(cells.len(), after[name].len(), "{name}");
    }
}

#[test]
fn libreoffice_changes_no_figure_of_a_plan() {
    let desk = Desk::new();
    let Some(office) = Office::find(&desk) else {
        return;
    };
    let shipped = Path::new(env!("CARGO_MANIFEST_DIR"));
    for (name, scenario) in [
        ("src/cli/starter", None),
        ("instances/liege-2019-week", Some("no-trains")),
    ] {
        let prepared = railair::prepare(&shipped.join(name), scenario).expect("an instance");
        let plan = prepared.solve(&Options::default()).expect("a plan");
        let bytes = railair::report::workbook::plan(&plan, &[]).expect("a workbook");
        let file = desk.path("plan.xlsx");
        fs::write(&file, bytes).expect("a file");
        let saved = office.save_as(&file, "xlsx", &desk.path("saved"));
        assert_same(&cells(&file), &cells(&saved));
        office.save_as(&file, "pdf", &desk.path("saved"));
    }
}

/// An instance's workbook that `save_as` has saved in a format has the same cells.
fn assert_same_cells(desk: &Desk, save_as: &dyn Fn(&Path, &str) -> PathBuf) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("instances/liege-2019-peak");
    let file = desk.path("net.xlsx");
    convert(&folder, &file).expect("a workbook");
    convert(&folder, &desk.path("tidy")).expect("a folder");
    let tidy = files(&desk.path("tidy"));
    for format in ["xlsx", "ods"] {
        let saved = save_as(&file, format);
        let back = desk.path(&format!("back-from-{format}"));
        convert(&saved, &back).expect("a folder");
        for (name, text) in &tidy {
            let text = String::from_utf8_lossy(text);
            assert_eq!(
                text,
                String::from_utf8_lossy(&files(&back)[name]),
                "{name} in {format}"
            );
        }
        // what was planned from the folder is proven from the saved workbook: the hashes are the same
        let hashes = |path: &Path| {
            railair::instance::load(path, None)
                .instance
                .expect("an instance")
                .hashes
        };
        assert_eq!(hashes(&desk.path("tidy")), hashes(&saved));
    }
}

#[test]
fn libreoffice_changes_no_cell_of_an_instance() {
    let desk = Desk::new();
    if let Some(office) = Office::find(&desk) {
        let saved = desk.path("saved");
        assert_same_cells(&desk, &|file, format| office.save_as(file, format, &saved));
    }
}

#[test]
fn gnumeric_changes_no_cell_of_an_instance() {
    let desk = Desk::new();
    if let Some(gnumeric) = Gnumeric::find() {
        let saved = desk.path("saved");
        assert_same_cells(&desk, &|file, format| {
            gnumeric.save_as(file, format, &saved)
        });
    }
}
