//! The format reference says what railair reads.

use std::fs;
use std::path::Path;

use railair::instance::{Code, format_reference, table_schema};

/// With `RAILAIR_WRITE_REFERENCE` set, writes the file instead of comparing it.
#[test]
fn the_reference_is_what_railair_reads_by() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("instances/README.md");
    let written = format_reference();
    if std::env::var_os("RAILAIR_WRITE_REFERENCE").is_some() {
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(&file, &written).unwrap();
    }
    let there = fs::read_to_string(&file).unwrap_or_default();
    assert!(
        there == written,
        "instances/README.md is out of date: run this test with RAILAIR_WRITE_REFERENCE=1"
    );
    for table in table_schema() {
        for column in table.columns {
            assert!(
                there.contains(&format!("| `{}` |", column.name)),
                "{}",
                column.name
            );
        }
    }
    for code in Code::all() {
        assert!(there.contains(&format!("| {code} |")), "{code}");
    }
}
