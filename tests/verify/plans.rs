//! Every engine's plan of a random instance verifies, and no cell of it can be changed unnoticed.

use std::fs;
use std::path::Path;

use railair::engine::{EngineKind, Options};
use railair::instance::Instance;
use railair::plan::verify::{self, Verification, verify};
use railair::plan::{PlanError, Prepared, prepare};
use railair::report::{Destination, write_plan};
use tempfile::TempDir;

const ENGINES: [EngineKind; 5] = [
    EngineKind::ColumnGeneration,
    EngineKind::Direct,
    EngineKind::CheapestFirst,
    EngineKind::FastestFirst,
    EngineKind::ProRata,
];

fn prepared(seed: u64) -> (Prepared, TempDir) {
    let folder = tempfile::tempdir().expect("a folder");
    let shape = crate::generator::write_random_instance(seed, folder.path());
    let prepared = prepare(folder.path(), None);
    (
        prepared.unwrap_or_else(|error| panic!("seed {seed}, {shape:?}: {error:#?}")),
        folder,
    )
}

/// Solves and writes the plan; `None` where the engine finds none that holds hard limits.
fn written(prepared: &Prepared, engine: EngineKind, folder: &Path) -> Option<()> {
    let options = Options {
        engine,
        threads: Some(1),
        ..Options::default()
    };
    let plan = match prepared.solve(&options) {
        Ok(plan) => plan,
        Err(PlanError::Infeasible { .. }) => return None,
        Err(error) => panic!("{engine:?}: {error:?}"),
    };
    let destination = Destination::prepare(folder).expect("a place for a plan");
    write_plan(&plan, &destination).expect("a plan that can be written");
    Some(())
}

fn checked(folder: &Path, instance: &Instance) -> Result<Verification, String> {
    let options = verify::Options::default();
    verify(folder, instance, &options).map_err(|error| error.to_string())
}

#[test]
fn every_engines_plan_verifies() {
    let mut verified = 0;
    let mut wrong = Vec::new();
    for seed in 0..seeds(12) {
        let (prepared, _instance) = prepared(seed);
        for engine in ENGINES {
            let home = tempfile::tempdir().expect("a folder");
            let folder = home.path().join("plan");
            if written(&prepared, engine, &folder).is_none() {
                continue;
            }
            let found = checked(&folder, &prepared.instance).expect("a plan");
            if !found.holds {
                let first = found.failures.iter().take(3);
                let said: Vec<String> = first
                    .map(|f| format!("{} {:?} {}: {}", f.table, f.row, f.key, f.message))
                    .collect();
                wrong.push(format!("seed {seed}, {engine:?}: {said:#?}"));
            }
            verified += 1;
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(verified > 30, "only {verified} plans");
}

/// How many seeds: more where the environment asks for a long run.
fn seeds(usual: u64) -> u64 {
    let asked = std::env::var("RAILAIR_SEEDS").ok();
    asked.and_then(|text| text.parse().ok()).unwrap_or(usual)
}

const TABLES: [&str; 7] = [
    "allocation",
    "departures",
    "handling",
    "demand",
    "limits",
    "purchases",
    "prices",
];

/// A plan on disk whose files are changed and put back.
struct Bench {
    seed: u64,
    instance: Instance,
    folder: std::path::PathBuf,
    _home: TempDir,
}

impl Bench {
    fn new(seed: u64) -> Option<Self> {
        let (prepared, _instance) = prepared(seed);
        let home = tempfile::tempdir().expect("a folder");
        let folder = home.path().join("plan");
        written(&prepared, EngineKind::ColumnGeneration, &folder)?;
        Some(Self {
            seed,
            instance: prepared.instance,
            folder,
            _home: home,
        })
    }

    fn read(&self, table: &str) -> Option<String> {
        fs::read_to_string(self.folder.join(table)).ok()
    }

    /// Whether the plan still holds with other text in a file.
    fn holds_with(&self, file: &str, text: &str) -> bool {
        let path = self.folder.join(file);
        let before = fs::read(&path).expect("a file");
        fs::write(&path, text).expect("a file that can be written");
        let found = checked(&self.folder, &self.instance);
        fs::write(&path, before).expect("a file that can be written");
        found.is_ok_and(|found| found.holds)
    }

    fn rejects(&self, file: &str, text: &str, what: &str) {
        let holds = self.holds_with(file, text);
        assert!(!holds, "seed {}: {file} holds with {what}", self.seed);
    }
}

fn rows(text: &str) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .from_reader(text.as_bytes());
    let records = reader.records().map(|record| record.expect("a row"));
    records
        .map(|record| record.iter().map(str::to_owned).collect())
        .collect()
}

fn text(rows: &[Vec<String>]) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    for row in rows {
        writer.write_record(row).expect("a row");
    }
    String::from_utf8(writer.into_inner().expect("a table")).expect("text")
}

/// The cell with another meaning: a number off by one in its last digit, words with one more
/// letter, something in a blank.
fn changed(cell: &str) -> String {
    let digits = cell
        .bytes()
        .all(|byte| byte.is_ascii_digit() || byte == b'.');
    match cell.bytes().last() {
        None => "1".to_owned(),
        Some(last) if digits && last.is_ascii_digit() => {
            let digit = (last - b'0' + 1) % 10;
            // 9 + 1 would be the 0 that means nothing behind a point
            let digit = if digit == 0 { 8 } else { digit };
            format!("{}{digit}", &cell[..cell.len() - 1])
        }
        Some(_) => format!("{cell}x"),
    }
}

#[test]
fn a_changed_cell_is_rejected() {
    let mut tried = 0;
    for seed in 0..seeds(3) {
        let Some(bench) = Bench::new(seed) else {
            continue;
        };
        for table in TABLES {
            let file = format!("{table}.csv");
            let Some(before) = bench.read(&file) else {
                continue;
            };
            let rows = rows(&before);
            let last = rows.len() - 1;
            for row in [1, last / 2, last] {
                if row == 0 || last == 0 {
                    continue;
                }
                for column in 0..rows[0].len() {
                    let name = rows[0][column].as_str();
                    // other words are still a reason; a hair's breadth of a price changes no bound
                    let skipped =
                        name == "price" || (name == "reason" && !rows[row][column].is_empty());
                    if skipped {
                        continue;
                    }
                    let mut edited = rows.clone();
                    edited[row][column] = changed(&rows[row][column]);
                    let what = format!("{name} {:?} in row {row}", edited[row][column]);
                    bench.rejects(&file, &text(&edited), &what);
                    tried += 1;
                }
            }
        }
    }
    assert!(tried > 200, "only {tried} cells");
}

#[test]
fn rows_may_move_but_not_go_or_come_twice() {
    for seed in 0..seeds(3) {
        let Some(bench) = Bench::new(seed) else {
            continue;
        };
        for table in TABLES {
            let file = format!("{table}.csv");
            let Some(before) = bench.read(&file) else {
                continue;
            };
            let rows = rows(&before);
            let mut moved = rows.clone();
            moved[1..].reverse();
            assert!(
                bench.holds_with(&file, &text(&moved)),
                "seed {seed}: {file} reversed"
            );
            if rows.len() < 2 {
                continue;
            }
            let mut twice = rows.clone();
            twice.push(rows[1].clone());
            bench.rejects(&file, &text(&twice), "a row twice");
            // without one of its prices less may be proven, or as much
            if table != "prices" {
                let mut dropped = rows.clone();
                dropped.remove(rows.len() / 2);
                bench.rejects(&file, &text(&dropped), "a row less");
            }
        }
    }
}

#[test]
fn nothing_more_is_claimed_than_is_proven() {
    let Some(bench) = Bench::new(0) else {
        panic!("seed 0 has a plan");
    };
    let run = bench.read("run.json").expect("a run");
    let value: serde_json::Value = serde_json::from_str(&run).expect("a run");
    let line = run
        .lines()
        .find(|line| line.trim_start().starts_with("\"bound\": ") && !line.contains("proven"))
        .expect("a bound");
    let bound = value["bound"].as_f64().expect("a bound");
    let more = format!("  \"bound\": {:.6},", bound + 0.01);
    bench.rejects("run.json", &run.replace(line, &more), "a higher bound");
    let cheaper = run.replacen("\"cost\": ", "\"cost\": -", 1);
    bench.rejects("run.json", &cheaper, "another cost");
    let hash = value["inputs"]["demand"].as_str().expect("a hash");
    let other = run.replace(hash, &hash.chars().rev().collect::<String>());
    bench.rejects("run.json", &other, "another hash of demand");
}
