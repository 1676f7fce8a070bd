//! Killed at any moment.

use std::fs;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::cli_support::{Desk, railair};
use crate::{Content, content, leftovers, other, two_plans};

/// How many runs are killed.
fn times() -> u64 {
    match std::env::var_os("RAILAIR_LONG") {
        Some(_) => 400,
        None => 30,
    }
}

fn start(desk: &Desk, arguments: &[&str]) -> Child {
    railair()
        .current_dir(desk.path("."))
        .args(arguments)
        .stdout(Stdio::null())
        .spawn()
        .expect("railair starts")
}

/// Waits until a run has begun to write, or has ended.
fn wait_for_writing(desk: &Desk, child: &mut Child) {
    let begun = || {
        let mut folders = leftovers(desk).into_iter();
        folders.any(|folder| folder.join("new").exists())
    };
    while !begun() && child.try_wait().expect("a child").is_none() {
        sleep(Duration::from_micros(50));
    }
}

/// The plan that stands there, which must be one of the two as a whole.
fn whole(desk: &Desk, plans: &[Content; 2], round: u64) -> Content {
    let now = content(&desk.path("plan"));
    let known = plans.contains(&now);
    assert!(known, "round {round}: neither plan, but {:#?}", now.keys());
    now
}

/// Half of the runs are killed at a random moment, half as soon as they write. After each, the
/// plan is the old one or the new one, whole.
#[test]
fn a_killed_run_leaves_the_old_plan_or_the_new_one() {
    let (desk, plans) = two_plans();
    let begin = Instant::now();
    desk.run(&other(&plans[1], &plans), 0);
    let usual = begin.elapsed().as_micros() as u64;
    let mut now = plans[0].clone();
    let mut random = 0x9E37_79B9_7F4A_7C15u64;
    let (mut writing, mut changed) = (0, 0);
    for round in 0..times() {
        random = random
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        let chance = random >> 33;
        let mut child = start(&desk, &other(&now, &plans));
        if round % 2 == 0 {
            sleep(Duration::from_micros(chance % usual));
        } else {
            wait_for_writing(&desk, &mut child);
            sleep(Duration::from_micros(chance % 4_000));
        }
        // It may have ended by itself.
        let _ = child.kill();
        child.wait().expect("a child");
        writing += u64::from(!leftovers(&desk).is_empty());
        let after = whole(&desk, &plans, round);
        changed += u64::from(after != now);
        now = after;
    }
    println!("{writing} killed while writing, {changed} after");
    assert!(writing > 0, "no run was killed while it wrote");
    desk.run(&other(&now, &plans), 0);
    assert!(
        leftovers(&desk).is_empty(),
        "what killed runs left is still there"
    );
    desk.run(&["verify", "plan"], 0);
    assert_ne!(content(&desk.path("plan")), now);
}

/// The system ends a process that writes more than it may: at the same byte every time, in one
/// table after the other.
#[test]
fn a_run_that_dies_in_the_middle_of_a_table_leaves_the_old_plan() {
    let (desk, plans) = two_plans();
    let mut died = 0;
    for kilobytes in 0..12 {
        let end = Command::new("bash")
            .current_dir(desk.path("."))
            .args(["-c", "ulimit -c 0; ulimit -f $0; exec \"$@\""])
            .arg(kilobytes.to_string())
            .arg(env!("CARGO_BIN_EXE_railair"))
            .args(other(&plans[0], &plans))
            .output()
            .expect("bash runs");
        if end.status.success() {
            break;
        }
        assert_eq!(end.status.code(), None, "{end:?}");
        assert_eq!(
            leftovers(&desk).len(),
            1,
            "one dead run left, older ones are cleared"
        );
        assert_eq!(content(&desk.path("plan")), plans[0]);
        died += 1;
    }
    assert!(died > 1, "the limit was never reached");
    desk.run(&["solve", "net", "--quiet", "--out", "plan"], 0);
    assert!(leftovers(&desk).is_empty());
}

/// Two runs that write at once do not clear away each other's work.
#[test]
fn runs_side_by_side_do_not_disturb_each_other() {
    let (desk, plans) = two_plans();
    for round in 0..times() / 6 {
        let children = [&plans[0], &plans[1]].map(|now| start(&desk, &other(now, &plans)));
        for mut child in children {
            assert_eq!(
                child.wait().expect("a child").code(),
                Some(0),
                "round {round}"
            );
        }
        whole(&desk, &plans, round);
    }
    assert!(leftovers(&desk).is_empty());
    let _ = fs::remove_dir_all(desk.path("plan"));
}
