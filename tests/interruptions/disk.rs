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
        assert!(said.contains("failed to write "), "{said}");
        assert_eq!(content(&desk.path("plan")), plans[0]);
        assert!(leftovers(&desk).is_empty(), "{kilobytes} kB");
        refused += 1;
    }
    assert!(refused > 1, "the limit was never reached");
}

/// Runs a script with railair as `$0` and the desk as `$1`, on which a file system of its own can
/// be mounted that nobody else sees; `None` where the system does not let this process do that,
/// which long runs do not put up with.
fn with_mounts(desk: &Desk, script: &str) -> Option<Output> {
    let apart = |script: &str| {
        Command::new("unshare")
            .args(["--mount", "--map-root-user", "--propagation", "private"])
            .args(["sh", "-ec", script])
            .arg(env!("CARGO_BIN_EXE_railair"))
            .arg(desk.path("."))
            .output()
    };
    let allowed = apart("mkdir -p \"$1/disk\"; mount -t tmpfs -o size=64k tmpfs \"$1/disk\"");
    if !allowed.is_ok_and(|end| end.status.success()) {
        let long = std::env::var_os("RAILAIR_LONG").is_some();
        assert!(!long, "no file system may be mounted here");
        println!("skipped: no file system may be mounted here");
        return None;
    }
    Some(apart(script).expect("unshare runs"))
}

/// A disk of a megabyte, filled to the last byte but so many kilobytes.
#[test]
fn a_small_disk_that_is_really_full_keeps_the_old_plan() {
    let desk = Desk::with_instance();
    let script = r#"
        cd "$1"
        mount -t tmpfs -o size=1m tmpfs disk
        "$0" solve net --quiet --out disk/plan >/dev/null
        sha256sum disk/plan/* > before
        cat /dev/zero > disk/filler 2>/dev/null || true
        refused=0
        for kilobytes in 0 4 8 16 24 32; do
            truncate --size=-"${kilobytes}K" disk/filler
            code=0
            "$0" solve net --scenario no-train --quiet --out disk/plan \
                >/dev/null 2>said || code=$?
            if [ $code = 0 ]; then break; fi
            [ $code = 2 ]
            grep -q "failed to write .*: No space left on device" said
            sha256sum --quiet --check before
            "$0" verify disk/plan >/dev/null
            [ "$(ls -A disk | tr '\n' ' ')" = "filler plan " ]
            refused=$((refused + 1))
        done
        rm disk/filler
        "$0" solve net --scenario no-train --quiet --out disk/plan >/dev/null
        "$0" verify disk/plan >/dev/null
        echo "refused $refused times"
    "#;
    let Some(end) = with_mounts(&desk, script) else {
        return;
    };
    assert!(end.status.success(), "{end:?}");
    let said = text(&end.stdout);
    assert!(
        said.starts_with("refused ") && said != "refused 0 times\n",
        "{said}"
    );
}

/// The plan cannot be written there, but read, checked and explained.
#[test]
fn a_disk_that_is_read_only_is_an_error_at_once() {
    let desk = Desk::with_instance();
    let script = r#"
        cd "$1"
        mount -t tmpfs tmpfs disk
        "$0" solve net --quiet --out disk/plan >/dev/null
        sha256sum disk/plan/* > before
        mount -o remount,ro disk
        for command in "solve nowhere --out disk/plan" "solve nowhere --out disk/other" \
            "report disk/plan" "convert net disk/copy" "init disk/fresh" \
            "export net --format lp --out disk/net.lp"; do
            code=0
            "$0" $command >/dev/null 2>said || code=$?
            [ $code = 2 ] || { echo "$command: $code"; cat said; exit 1; }
            grep -q "Read-only file system" said || { echo "$command"; cat said; exit 1; }
        done
        sha256sum --quiet --check before
        "$0" verify disk/plan
        "$0" compare disk/plan disk/plan
        "$0" explain disk/plan --service CGO-LGG
    "#;
    if let Some(end) = with_mounts(&desk, script) {
        assert!(end.status.success(), "{end:?}");
    }
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
            assert!(said.contains("failed to write "), "{said}");
        }
    }
    // A parent that is a file.
    std::fs::write(desk.path("file"), "mine").expect("a file");
    desk.fail(&["solve", "net", "--out", "file/plan"], 2);
    assert_eq!(desk.read("file"), "mine");
}
