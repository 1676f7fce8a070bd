//! Workbooks to read, and what was read.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use railair::instance::{Code, Findings, canonical_csv, load, read_tables};
use rust_xlsxwriter::{Workbook, Worksheet};
use tempfile::TempDir;

/// The tables of a correct instance as rows of text.
pub const BASE: [(&str, &[&[&str]]); 5] = [
    (
        "settings",
        &[
            &["setting", "value"],
            &["name", "Base"],
            &["horizon", "dated"],
            &["week_start", "2019-11-04"],
            &["weeks", "2"],
        ],
    ),
    (
        "places",
        &[
            &["place", "kind", "lat", "lon", "time_zone"],
            &["YIW", "city", "29.3", "120.1", "Asia/Shanghai"],
            &["LGG", "hub", "50.6", "5.4", "Europe/Brussels"],
        ],
    ),
    (
        "products",
        &[
            &[
                "product",
                "kg_per_parcel",
                "litres_per_parcel",
                "promise_hours",
                "unserved_per_parcel",
            ],
            &["std", "0.3", "1.2", "240", "2.5"],
        ],
    ),
    (
        "demand",
        &[
            &["origin", "destination", "product", "parcels"],
            &["YIW", "LGG", "std", "1000"],
        ],
    ),
    (
        "services",
        &[
            &[
                "service",
                "mode",
                "origin",
                "destination",
                "departs",
                "hours",
                "first_date",
                "unit",
                "units",
                "price_per_unit",
                "whole_units",
            ],
            &[
                "5",
                "air",
                "YIW",
                "LGG",
                "18:00",
                "12.9",
                "2019-11-05",
                "chargeable_kg",
                "900",
                "2.45",
                "yes",
            ],
        ],
    ),
];

/// A folder of its own.
pub struct Desk(TempDir);

impl Desk {
    pub fn new() -> Self {
        Self(tempfile::tempdir().expect("a folder"))
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }
}

/// Writes the base with every cell as text, lets `change` have its way with a sheet, and adds what
/// `more` adds.
pub fn workbook(
    path: &Path,
    change: impl Fn(&str, &mut Worksheet),
    more: impl FnOnce(&mut Workbook),
) {
    let mut book = Workbook::new();
    for (name, rows) in BASE {
        let sheet = book.add_worksheet();
        sheet.set_name(name).expect("a name");
        for (row, cells) in rows.iter().enumerate() {
            for (column, cell) in cells.iter().enumerate() {
                sheet
                    .write_string(row as u32, column as u16, *cell)
                    .expect("a cell");
            }
        }
        change(name, sheet);
    }
    more(&mut book);
    book.save(path).expect("a workbook");
}

/// Every table in its canonical form.
pub fn tables(path: &Path) -> BTreeMap<String, String> {
    let mut findings = Findings::new();
    let texts = read_tables(path, &mut findings);
    assert_eq!(findings.errors(), 0, "{findings}");
    texts
        .iter()
        .map(|text| {
            let csv = String::from_utf8(canonical_csv(text)).expect("text");
            (text.name().to_owned(), csv)
        })
        .collect()
}

/// The base as it reads from CSV.
pub fn base_tables() -> BTreeMap<String, String> {
    let desk = Desk::new();
    for (name, rows) in BASE {
        let text: String = rows.iter().map(|row| row.join(",") + "\n").collect();
        fs::write(desk.path(&format!("{name}.csv")), text).expect("a file");
    }
    tables(&desk.path(""))
}

/// Asserts that a workbook has a finding of a code in one place, and says nothing else that stops.
pub fn assert_finds(path: &Path, code: Code, start: &str) {
    let loaded = load(path, None);
    let expected = format!("{}[{code}] {start}", code.severity());
    let findings = &loaded.findings;
    assert!(
        findings
            .iter()
            .any(|f| f.to_string().starts_with(&expected)),
        "expected {expected}, found:\n{findings}"
    );
    assert!(
        findings.iter().all(|f| f.code == code),
        "beside {expected}:\n{findings}"
    );
}

/// The files of a folder by name.
pub fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    fs::read_dir(folder)
        .expect("a folder")
        .map(|entry| {
            let path = entry.expect("an entry").path();
            let name = path.file_name().expect("a name").to_string_lossy();
            (name.into_owned(), fs::read(&path).expect("a file"))
        })
        .collect()
}
