//! Canonical folder to workbook to folder: the same bytes; any other folder comes back canonical.

use std::fs;
use std::path::Path;

use proptest::prelude::*;
use railair::instance::table_schema;
use railair::report::instance::convert;

use crate::support::{Desk, files};

/// Converts a folder to a workbook and back, and compares with its canonical form.
fn there_and_back(folder: &Path) {
    let desk = Desk::new();
    let (tidy, book, back) = (desk.path("tidy"), desk.path("net.xlsx"), desk.path("back"));
    convert(folder, &tidy).expect("a tidy folder");
    convert(folder, &book).expect("a workbook");
    convert(&book, &back).expect("a folder again");
    let (tidy, back) = (files(&tidy), files(&back));
    for (name, text) in &tidy {
        let other = back.get(name).map(|bytes| String::from_utf8_lossy(bytes));
        assert_eq!(
            Some(String::from_utf8_lossy(text)),
            other,
            "{name} of {}",
            folder.display()
        );
    }
    assert_eq!(tidy.len(), back.len());
    let first = fs::read(&book).expect("a file");
    convert(&desk.path("back"), &book).expect("over our own");
    assert!(
        first == fs::read(&book).expect("a file"),
        "another workbook"
    );
}

#[test]
fn random_instances_come_back() {
    for seed in 0..40 {
        let (random, small) = (Desk::new(), Desk::new());
        crate::generator::write_random_instance(seed, &random.path(""));
        there_and_back(&random.path(""));
        crate::generator::write_small_instance(seed, &small.path(""));
        there_and_back(&small.path(""));
    }
}

#[test]
fn the_shipped_instances_come_back() {
    let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("instances");
    let mut count = 0;
    for entry in fs::read_dir(shipped).expect("instances") {
        let folder = entry.expect("an entry").path();
        if folder.join("settings.csv").exists() {
            there_and_back(&folder);
            count += 1;
        }
    }
    assert!(count >= 5, "{count}");
}

/// Texts that spreadsheets might take for something else.
fn cell() -> impl Strategy<Value = String> {
    const WORDS: &[&str] = &[
        "",
        "A",
        "007",
        "1.50",
        "+1",
        ".5",
        "1e5",
        "0.1",
        "12345678901234567890",
        "0.300000000000000004",
        "-0",
        "TRUE",
        "yes",
        "18:00",
        "9:05",
        "18:00:00",
        "2019-11-04",
        "2019-13-04",
        "4/11/2019",
        "=1+1",
        "=HYPERLINK(\"http://x\")",
        "@SUM(A1)",
        "-A",
        "'quoted",
        "#REF!",
        "_x0041_",
        "_x005F_",
        "two\nlines",
        "a\ttab",
        "semi;colon",
        "com,ma",
        "\"",
        "<b>&amp;</b>",
        "漢字",
        "\u{202e}right to left",
        "e\u{301}",
        "\u{1F600}",
        "\u{7}",
        "\u{0}",
        "guide",
        "NaN",
        "1,5",
        "100%",
    ];
    prop_oneof![
        8 => proptest::sample::select(WORDS).prop_map(str::to_owned),
        2 => "\\PC{0,20}",
        1 => Just("x".repeat(300)),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn whatever_stands_in_the_cells_comes_back(
        rows in prop::collection::vec(prop::collection::vec(cell(), 28), 1..5)
    ) {
        let desk = Desk::new();
        let folder = desk.path("net");
        fs::create_dir(&folder).unwrap();
        for table in table_schema() {
            let mut writer = csv::Writer::from_path(folder.join(format!("{}.csv", table.name))).unwrap();
            writer.write_record(table.columns.iter().map(|column| column.name)).unwrap();
            for row in &rows {
                writer.write_record(row.iter().cycle().take(table.columns.len())).unwrap();
            }
            // required tables need a row that is not blank
            writer.write_record(table.columns.iter().map(|_| "Z")).unwrap();
            writer.flush().unwrap();
        }
        there_and_back(&folder);
    }
}
