//! Nothing is lost, whatever happens while railair runs: killed, out of disk, out of patience, fed
//! with files made to hurt.
//!
//! With `RAILAIR_LONG` set many more runs are killed.
#![cfg(unix)]

#[path = "../cli_support/mod.rs"]
#[expect(
    dead_code,
    reason = "part of the desk is for the tests of the command line"
)]
mod cli_support;

mod disk;
mod hostile;
mod kill;
mod memory;
mod stop;
mod trample;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use cli_support::Desk;

/// The files of a plan, without what differs from run to run.
type Content = BTreeMap<String, String>;

fn content(plan: &Path) -> Content {
    let read = |entry: std::io::Result<fs::DirEntry>| {
        let path = entry.expect("an entry").path();
        let name = path.file_name().expect("a name").to_string_lossy();
        let mut text = fs::read_to_string(&path).expect("text");
        if name == "run.json" {
            let mut run: serde_json::Value = serde_json::from_str(&text).expect("a whole run.json");
            run.as_object_mut().expect("an object").remove("this_run");
            text = run.to_string();
        }
        (name.into_owned(), text)
    };
    fs::read_dir(plan).expect("a plan").map(read).collect()
}

/// Folders that runs have left on the desk.
fn leftovers(desk: &Desk) -> Vec<std::path::PathBuf> {
    let entries = fs::read_dir(desk.path(".")).expect("the desk");
    entries
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.to_string_lossy().contains(".plan.writing-"))
        .collect()
}

/// A desk with two plans of the starter instance that differ, as `one` and `two`, and their files.
/// `plan` holds the first.
fn two_plans() -> (Desk, [Content; 2]) {
    let desk = Desk::with_instance();
    for (plan, scenario) in [("one", None), ("two", Some("no-train")), ("plan", None)] {
        let mut arguments = vec!["solve", "net", "--quiet", "--out", plan];
        arguments.extend(scenario.iter().flat_map(|name| ["--scenario", name]));
        desk.run(&arguments, 0);
        desk.run(&["verify", plan], 0);
    }
    let contents = ["one", "two"].map(|plan| content(&desk.path(plan)));
    assert_ne!(contents[0], contents[1]);
    assert_eq!(contents[0], content(&desk.path("plan")));
    (desk, contents)
}

/// What plans the content that does not stand there yet.
fn other(now: &Content, plans: &[Content; 2]) -> Vec<&'static str> {
    let mut arguments = vec!["solve", "net", "--quiet", "--out", "plan"];
    if *now == plans[0] {
        arguments.extend(["--scenario", "no-train"]);
    }
    arguments
}
