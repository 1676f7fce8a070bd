//! Workbooks on the command line, from the first one to a plan.

use std::fs;
use std::process::Command;

use crate::support::{Desk, files};

/// Runs railair in a folder and gives exit code, stdout and stderr.
fn run(desk: &Desk, arguments: &[&str]) -> (i32, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_railair"))
        .current_dir(desk.path(""))
        .args(arguments)
        .output()
        .expect("railair runs");
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("UTF-8");
    let code = output.status.code().expect("an exit code");
    (code, text(&output.stdout), text(&output.stderr))
}

#[test]
fn a_workbook_goes_all_the_way() {
    let desk = Desk::new();
    let done = |arguments: &[&str], says: &str| {
        let (code, out, err) = run(&desk, arguments);
        assert_eq!(code, 0, "{arguments:?}: {err}");
        assert!(out.contains(says), "{arguments:?}: {out}");
    };
    done(&["init", "net.xlsx"], "railair solve net.xlsx");
    done(&["init", "net"], "railair solve net");
    done(&["check", "net.xlsx"], "0 errors");
    done(&["graph", "net.xlsx"], "");
    done(&["compare", "net.xlsx"], "pro-rata");
    done(
        &["solve", "net.xlsx", "--out", "plan", "--xlsx", "--compare"],
        "Tables written to plan.",
    );
    assert!(desk.path("plan/plan.xlsx").exists());
    done(&["verify", "plan"], "The plan holds.");
    done(&["convert", "net.xlsx", "from-book"], "8 tables");
    done(&["convert", "net", "from-folder"], "8 tables");
    assert_eq!(
        files(&desk.path("from-book")),
        files(&desk.path("from-folder")),
        "both first instances are the same"
    );
    // the plan of the workbook is proven from its canonical tables too
    done(
        &["verify", "plan", "--instance", "from-book"],
        "The plan holds.",
    );
    let eu = [
        "--csv-dialect",
        "excel-eu",
        "--format",
        "csv",
        "--table",
        "demand",
    ];
    let arguments = [&["solve", "net.xlsx"][..], &eu[..]].concat();
    done(&arguments, "\u{feff}origin;destination;");
}

#[test]
fn nothing_foreign_is_overwritten() {
    let desk = Desk::new();
    let refused = |arguments: &[&str], code: i32, says: &str| {
        let (found, out, err) = run(&desk, arguments);
        assert_eq!(found, code, "{arguments:?}: {out}{err}");
        assert!(err.contains(says), "{arguments:?}: {err}");
    };
    assert_eq!(run(&desk, &["init", "net.xlsx"]).0, 0);
    refused(&["init", "net.xlsx"], 2, "is there already");
    fs::write(desk.path("mine.xlsx"), "my own").expect("a file");
    refused(&["convert", "net.xlsx", "mine.xlsx"], 2, "somebody else");
    refused(
        &["convert", "mine.xlsx", "tables"],
        3,
        "error[E115] mine.xlsx",
    );
    refused(&["convert", "nothing.xlsx", "tables"], 3, "error[E101]");
    refused(&["convert", "net.xlsx", "net.ods"], 2, "written as .xlsx");
    refused(&["solve", "net.xlsx", "--xlsx"], 2, "--out");
    assert_eq!(
        fs::read_to_string(desk.path("mine.xlsx")).expect("a file"),
        "my own"
    );
    assert!(!desk.path("tables").exists());
    // what railair wrote and nobody touched is its own
    assert_eq!(run(&desk, &["convert", "net.xlsx", "tables"]).0, 0);
    assert_eq!(run(&desk, &["convert", "net.xlsx", "tables"]).0, 0);
    assert_eq!(run(&desk, &["convert", "tables", "net.xlsx"]).0, 0);
}
