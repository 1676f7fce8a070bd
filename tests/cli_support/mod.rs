//! A desk to work at: a folder of its own, and railair at hand.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output};

use tempfile::TempDir;

/// A folder that is gone afterwards.
pub struct Desk(TempDir);

impl Desk {
    /// An empty one.
    pub fn new() -> Self {
        Self(tempfile::tempdir().expect("a folder"))
    }

    /// One with the starter instance in `net`.
    pub fn with_instance() -> Self {
        let desk = Self::new();
        desk.run(&["init", "net"], 0);
        desk
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    /// Replaces a text in a file, which must be there.
    pub fn replace(&self, name: &str, from: &str, to: &str) {
        let text = self.read(name);
        assert!(text.contains(from), "{name} has no {from}");
        fs::write(self.path(name), text.replace(from, to)).expect("a file");
    }

    /// The sum of a column of decimals, times 10^places.
    pub fn column(&self, name: &str, column: &str, places: u32) -> i128 {
        let mut table = csv::Reader::from_path(self.path(name)).expect("a table");
        let at = table
            .headers()
            .expect("a head")
            .iter()
            .position(|head| head == column)
            .expect("the column");
        table
            .records()
            .map(|row| scaled(&row.expect("a row")[at], places))
            .sum()
    }

    /// Runs railair here, expects an exit code and gives what stdout got; nothing but answers.
    pub fn run(&self, arguments: &[&str], code: i32) -> String {
        let output = self.output(arguments);
        assert_eq!(output.status.code(), Some(code), "{}", text(&output.stderr));
        text(&output.stdout)
    }

    /// Runs railair here, expects an exit code and an empty stdout, and gives what stderr got.
    pub fn fail(&self, arguments: &[&str], code: i32) -> String {
        let output = self.output(arguments);
        assert_eq!(output.status.code(), Some(code), "{}", text(&output.stderr));
        assert_eq!(text(&output.stdout), "");
        text(&output.stderr)
    }

    /// Runs railair here, expects an exit code and gives what stderr got.
    #[allow(dead_code, reason = "not every test looks at it")]
    pub fn stderr(&self, arguments: &[&str], code: i32) -> String {
        let output = self.output(arguments);
        assert_eq!(output.status.code(), Some(code), "{}", text(&output.stderr));
        text(&output.stderr)
    }

    fn output(&self, arguments: &[&str]) -> Output {
        railair()
            .current_dir(self.0.path())
            .args(arguments)
            .output()
            .expect("railair runs")
    }
}

fn scaled(cell: &str, places: u32) -> i128 {
    let (whole, fraction) = cell.split_once('.').unwrap_or((cell, ""));
    let digits = format!("{whole}{fraction:0<width$}", width = places as usize);
    digits
        .parse()
        .unwrap_or_else(|_| panic!("{cell} is no number"))
}

/// railair as built for this test.
pub fn railair() -> Command {
    Command::new(env!("CARGO_BIN_EXE_railair"))
}

/// Output as text.
pub fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("UTF-8")
}
