//! Every input of the fuzzing corpus, what it once broke included, runs through its target.
//!
//! `tests/fuzz/run` looks for more.

#[path = "fuzz/targets.rs"]
mod targets;

use std::fs;
use std::path::Path;

fn replay(name: &str, target: fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fuzz/corpus")
        .join(name);
    let mut files: Vec<_> = fs::read_dir(folder)
        .expect("a corpus")
        .map(|entry| entry.expect("an entry").path())
        .collect();
    files.sort();
    assert!(!files.is_empty(), "an empty corpus");
    for file in files {
        println!("{}", file.display());
        target(&fs::read(&file).expect("an input"));
    }
}

#[test]
fn tables() {
    replay("tables", targets::tables);
}

#[test]
fn solve() {
    replay("solve", targets::solve);
}

#[test]
fn flows() {
    replay("flows", targets::flows);
}

#[test]
fn plan() {
    replay("plan", targets::plan);
}
