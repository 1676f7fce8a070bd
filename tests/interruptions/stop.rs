//! Ctrl-C.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use crate::cli_support::{Desk, railair, text};

/// Starts to plan the week of 2019, to a gap that takes all the time there is.
fn start(desk: &Desk) -> Child {
    let week = Path::new(env!("CARGO_MANIFEST_DIR")).join("instances/liege-2019-week");
    railair()
        .current_dir(desk.path("."))
        .arg("solve")
        .arg(week)
        .args(["--gap", "0", "--quiet", "--out", "plan"])
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .expect("railair starts")
}

fn interrupt(child: &Child) {
    let sent = Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status()
        .expect("kill runs");
    assert!(sent.success());
}

/// Interrupted later and later: first before anything is asked for, then before there is a plan,
/// then with one, which is written and holds, until the search ends by itself.
#[test]
fn ctrl_c_writes_the_best_plan_so_far_and_exits_with_6() {
    let desk = Desk::new();
    let (mut planned, mut waited) = (0, Duration::ZERO);
    for _ in 0..60 {
        let _ = std::fs::remove_dir_all(desk.path("plan"));
        let mut child = start(&desk);
        waited += Duration::from_millis(50) + waited / 8;
        sleep(waited);
        if child.try_wait().expect("a child").is_some() {
            break;
        }
        interrupt(&child);
        let end = child.wait_with_output().expect("railair ends");
        let said = text(&end.stderr);
        match (end.status.code(), desk.path("plan").exists()) {
            // so early that nothing listened yet
            (None, false) => {}
            (Some(6), false) => assert!(said.contains("before there was a plan"), "{said}"),
            (Some(6), true) => {
                desk.run(&["verify", "plan"], 0);
                assert!(desk.read("plan/run.json").contains("\"interrupted\""));
                planned += 1;
                if planned == 3 {
                    return;
                }
            }
            // the last look at the whole parcels may end a search that was done anyway
            (Some(0), true) => break,
            other => panic!("{other:?} after {waited:?}: {said}"),
        }
    }
    assert!(planned > 0, "never interrupted with a plan in hand");
}
