//! Nothing that somebody else wrote is lost, whatever railair writes.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::process::{Command, Stdio};

use crate::cli_support::{Desk, railair};

/// Commands that write a file, to be followed by its name.
const WRITERS: [&[&str]; 8] = [
    &["report", "plan", "--out"],
    &["compare", "plan", "other", "--report"],
    &["export", "net", "--format", "mps", "--out"],
    &["export", "net", "--format", "lp", "--out"],
    &["solve", "impossible", "--repair"],
    &["sweep", "net", "--quiet", "--out"],
    &["sweep", "--merge", "runs.csv", "--out"],
    &["convert", "net"],
];

/// A desk with all that the writers need.
fn desk() -> Desk {
    let desk = Desk::with_instance();
    desk.run(&["solve", "net", "--quiet", "--out", "plan"], 0);
    let no_train = ["--quiet", "--scenario", "no-train", "--out", "other"];
    desk.run(&[&["solve", "net"], &no_train[..]].concat(), 0);
    desk.run(&["sweep", "net", "--quiet", "--out", "runs.csv"], 0);
    desk.run(&["init", "impossible"], 0);
    let limits = "limit,metric,mode,per,min\nrail,m3,rail,week,1100\n";
    fs::write(desk.path("impossible/limits.csv"), limits).expect("a table");
    desk
}

/// The name that a writer writes to: that of a workbook where its end decides what is written.
fn name(writer: &[&str]) -> &'static str {
    match writer[0] {
        "convert" => "target.xlsx",
        _ => "target",
    }
}

fn code(writer: &[&str]) -> i32 {
    match writer.contains(&"--repair") {
        true => 4,
        false => 0,
    }
}

#[test]
fn a_file_of_somebody_else_is_left_alone_unless_one_insists() {
    let desk = desk();
    for writer in WRITERS {
        let (name, code) = (name(writer), code(writer));
        let target = desk.path(name);
        let write = [writer, &[name]].concat();
        fs::write(&target, "years of work").expect("a file");
        let said = desk.fail(&write, 2);
        assert!(said.contains("--force"), "{write:?}: {said}");
        assert_eq!(desk.read(name), "years of work", "{write:?}");

        desk.stderr(&[&write[..], &["-f"]].concat(), code);
        let ours = fs::read(&target).expect("a file");
        assert_ne!(ours, b"years of work", "{write:?}");

        // what railair wrote it replaces, and what it may not read it does not open to others
        fs::set_permissions(&target, fs::Permissions::from_mode(0o640)).expect("permissions");
        desk.stderr(&write, code);
        let mode = fs::metadata(&target).expect("a file").permissions().mode();
        assert_eq!(mode & 0o777, 0o640, "{write:?}");
        assert_eq!(fs::read(&target).expect("a file"), ours, "{write:?}");

        // but not where it was changed since, or is not to be written
        if writer[0] != "sweep" && writer[0] != "export" {
            let mut changed = ours.clone();
            changed.extend(b"and my notes\n");
            fs::write(&target, changed).expect("a file");
            desk.fail(&write, 2);
        }
        fs::remove_file(&target).expect("a file");
    }
}

#[test]
fn links_stay_and_pipes_and_folders_are_never_replaced() {
    let desk = desk();
    for writer in WRITERS {
        let (name, code) = (name(writer), code(writer));
        let target = desk.path(name);
        let write = [writer, &[name]].concat();
        let insist = [&write[..], &["--force"]].concat();

        let made = Command::new("mkfifo").arg(&target).status();
        assert!(made.expect("mkfifo runs").success());
        desk.fail(&insist, 2);
        let kind = fs::symlink_metadata(&target).expect("a pipe").file_type();
        assert!(!kind.is_file(), "{write:?}");
        fs::remove_file(&target).expect("a pipe");

        fs::create_dir(&target).expect("a folder");
        desk.fail(&insist, 2);
        fs::remove_dir(&target).expect("a folder that is still empty");

        if writer[0] == "sweep" && !writer.contains(&"--merge") {
            continue; // rows are appended to what a link names, there or not
        }
        symlink("nowhere", &target).expect("a link");
        desk.fail(&insist, 2);
        assert!(!desk.path("nowhere").exists());
        fs::remove_file(&target).expect("a link");

        symlink("real", &target).expect("a link");
        fs::write(desk.path("real"), "mine").expect("a file");
        if writer[0] != "convert" {
            desk.fail(&write, 2);
            desk.stderr(&insist, code);
            assert!(target.is_symlink(), "{write:?}");
            assert_ne!(fs::read(desk.path("real")).expect("a file"), b"mine");
        }
        fs::remove_file(&target).expect("a link");
    }
}

/// Commands that write a folder, to be followed by its name.
const FOLDERS: [&[&str]; 4] = [
    &["solve", "net", "--quiet", "--out"],
    &["init"],
    &["generate", "--typical"],
    &["convert", "net"],
];

#[test]
fn hidden_entries_are_entries_and_stay() {
    let desk = Desk::with_instance();
    for writer in FOLDERS {
        let write = [writer, &["folder"]].concat();
        fs::create_dir_all(desk.path("folder/.git")).expect("a folder");
        fs::write(desk.path("folder/.git/HEAD"), "mine").expect("a file");
        let said = desk.fail(&write, 2);
        assert!(said.contains("folder"), "{said}");
        fs::write(desk.path("folder/notes.txt"), "mine too").expect("a file");
        desk.fail(&write, 2);
        desk.run(&[&write[..], &["--force"]].concat(), 0);
        assert_eq!(desk.read("folder/.git/HEAD"), "mine", "{write:?}");
        assert_eq!(desk.read("folder/notes.txt"), "mine too", "{write:?}");
        let tables = desk.path("folder/demand.csv");
        assert!(tables.is_file(), "{write:?}");
        fs::remove_dir_all(desk.path("folder")).expect("a folder");
    }
    // a plan under version control is a plan
    desk.run(&["solve", "net", "--quiet", "--out", "folder"], 0);
    fs::create_dir(desk.path("folder/.git")).expect("a folder");
    fs::write(desk.path("folder/.git/HEAD"), "mine").expect("a file");
    let folder = fs::Permissions::from_mode(0o750);
    fs::set_permissions(desk.path("folder"), folder).expect("permissions");
    let again = ["--quiet", "--scenario", "no-train", "--out", "folder"];
    desk.run(&[&["solve", "net"], &again[..]].concat(), 0);
    assert_eq!(desk.read("folder/.git/HEAD"), "mine");
    desk.run(&["verify", "folder"], 0);
    let mode = fs::metadata(desk.path("folder")).expect("a folder").mode();
    assert_eq!(mode & 0o777, 0o750);
    // an instance is never a plan's place, however one insists
    desk.fail(&["solve", "net", "--out", "net", "--force"], 2);
    desk.run(&["check", "net"], 0);
}

#[test]
fn the_folder_one_works_in_stays_the_same_folder() {
    let desk = Desk::with_instance();
    fs::create_dir(desk.path("here")).expect("a folder");
    let before = fs::metadata(desk.path("here")).expect("a folder").ino();
    let run = |arguments: &[&str]| {
        let end = railair()
            .current_dir(desk.path("here"))
            .args(arguments)
            .output()
            .expect("railair runs");
        assert_eq!(end.status.code(), Some(0), "{end:?}");
    };
    run(&["init", "."]);
    assert!(desk.path("here/settings.csv").is_file());
    fs::remove_dir_all(desk.path("net")).expect("a folder");
    fs::create_dir(desk.path("net")).expect("a folder");
    for entry in fs::read_dir(desk.path("here")).expect("a folder") {
        let entry = entry.expect("an entry");
        fs::rename(entry.path(), desk.path("net").join(entry.file_name())).expect("moved");
    }
    run(&["solve", "../net", "--quiet", "--out", "."]);
    run(&["solve", "../net", "--quiet", "--out", "."]);
    run(&["verify", "."]);
    let after = fs::metadata(desk.path("here")).expect("a folder").ino();
    assert_eq!(before, after);
    let names = fs::read_dir(desk.path(".")).expect("the desk").count();
    assert_eq!(names, 2, "nothing is left beside it");
}

#[cfg(target_os = "linux")]
#[test]
fn a_mount_point_is_refused_before_anything_is_solved() {
    let desk = Desk::new();
    // an instance that is not there is only found later
    let said = desk.fail(&["solve", "nowhere", "--out", "/proc"], 2);
    assert!(said.contains("is a mount point"), "{said}");
}

#[test]
fn an_instance_is_begun_whole_or_not_at_all() {
    for target in ["net", "net.xlsx"] {
        let desk = Desk::new();
        let end = Command::new("bash")
            .current_dir(desk.path("."))
            .args(["-c", "ulimit -c 0; ulimit -f 0; exec \"$@\"", "bash"])
            .arg(env!("CARGO_BIN_EXE_railair"))
            .args(["init", target])
            .output()
            .expect("bash runs");
        assert!(!end.status.success(), "{end:?}");
        assert!(!desk.path(target).exists(), "{target}");
        desk.run(&["init", target], 0);
    }
}

/// Nobody reads the answer; how it ended is known all the same.
#[test]
fn a_reader_who_leaves_takes_nothing_from_the_exit_code() {
    let desk = desk();
    desk.run(&["solve", "net", "--quiet", "--out", "wrong"], 0);
    desk.replace("wrong/demand.csv", "HANGZHOU", "HANGZHOV");
    fs::create_dir(desk.path("empty")).expect("a folder");
    let endings: [(&[&str], i32); 6] = [
        (&["check", "net"], 0),
        (&["check", "empty"], 3),
        (&["verify", "plan"], 0),
        (&["verify", "wrong"], 5),
        (&["solve", "impossible"], 4),
        (&["explain", "plan", "--time-limit", "0.000001"], 6),
    ];
    for (arguments, code) in endings {
        let mut child = railair()
            .current_dir(desk.path("."))
            .args(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("railair starts");
        drop((child.stdout.take(), child.stderr.take()));
        let end = child.wait().expect("railair ends");
        assert_eq!(end.code(), Some(code), "{arguments:?}");
    }
}
