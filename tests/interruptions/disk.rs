//! Disks that are full and folders that take no files.

use std::process::{Command, Output};

use crate::cli_support::{Desk, text};
use crate::{content, leftovers, other, two_plans};

/// Runs railair where no file may grow beyond so many kilobytes, and where that is told as a full
/// disk is, rather than ending the process.
fn cramped(desk: &Desk, kilobytes: u32, arguments: &[&str]) -> Output {
    Command::new("bash")
        .current_dir(desk.path("."))
        .args(["-c", "trap '' XFSZ; ulimit -f $0; exec \"$@\""])
        .arg(kilobytes.to_string())
        .arg(env!("CARGO_BIN_EXE_railair"))
        .args(arguments)
        .output()
        .expect("bash runs")
}

#[test]
fn a_disk_that_is_full_leaves_the_old_plan_and_says_so() {
    let (desk, plans) = two_plans();
    let mut refused = 0;
    for kilobytes in 0..12 {
        let end = cramped(&desk, kilobytes, &other(&plans[0], &plans));
        if end.status.success() {
            break;
        }
        assert_eq!(end.status.code(), Some(2), "{end:?}");
        let said = text(&end.stderr);
        assert!(said.contains("failed to write the plan to"), "{said}");
        assert_eq!(content(&desk.path("plan")), plans[0]);
        assert!(leftovers(&desk).is_empty(), "{kilobytes} kB");
        refused += 1;
    }
    assert!(refused > 1, "the limit was never reached");
}

#[test]
fn other_files_are_whole_or_an_error_too() {
    let desk = Desk::with_instance();
    for arguments in [
        &["export", "net", "--format", "mps", "--out", "net.mps"][..],
        &["init", "fresh"],
    ] {
        let end = cramped(&desk, 0, arguments);
        assert_eq!(end.status.code(), Some(2), "{arguments:?}: {end:?}");
        assert!(text(&end.stderr).contains("failed to"), "{end:?}");
    }
}

/// Said before the long run, not after it.
#[test]
fn a_folder_that_takes_no_files_is_an_error_at_once() {
    let desk = Desk::with_instance();
    // Even an administrator cannot write there.
    for folder in ["/proc/plan", "/sys/plan"] {
        if std::path::Path::new(folder)
            .parent()
            .is_some_and(|p| p.exists())
        {
            let said = desk.fail(&["solve", "nowhere", "--out", folder], 2);
            assert!(said.contains("failed to write the plan to"), "{said}");
        }
    }
    // A parent that is a file.
    std::fs::write(desk.path("file"), "mine").expect("a file");
    desk.fail(&["solve", "net", "--out", "file/plan"], 2);
    assert_eq!(desk.read("file"), "mine");
}
