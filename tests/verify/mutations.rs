//! No cell of a plan can be changed unnoticed.

use std::collections::BTreeMap;
use std::fs;

use railair::engine::EngineKind;
use railair::instance::Instance;
use railair::plan::Prepared;
use tempfile::TempDir;

use crate::generator::Random;
use crate::plans::{checked, prepared, written};
use crate::seeds::seeds;

const TABLES: [&str; 8] = [
    "allocation",
    "departures",
    "handling",
    "demand",
    "limits",
    "purchases",
    "choices",
    "prices",
];

/// A plan on disk whose files are changed and put back.
pub struct Bench {
    seed: u64,
    instance: Instance,
    folder: std::path::PathBuf,
    _home: TempDir,
}

impl Bench {
    pub fn new(seed: u64) -> Option<Self> {
        let (prepared, _instance) = prepared(seed);
        Self::of(prepared, seed)
    }

    /// A plan of an instance; `None` where there is none.
    pub fn of(prepared: Prepared, seed: u64) -> Option<Self> {
        let home = tempfile::tempdir().expect("a folder");
        let folder = home.path().join("plan");
        written(&prepared, EngineKind::ColumnGeneration, &folder)?;
        let found = checked(&folder, &prepared.instance).expect("a plan");
        // of a plan that fails anyway every change would be "rejected"
        assert!(found.holds, "seed {seed}: {:#?}", found.failures);
        Some(Self {
            seed,
            instance: prepared.instance,
            folder,
            _home: home,
        })
    }

    pub fn read(&self, table: &str) -> Option<String> {
        fs::read_to_string(self.folder.join(table)).ok()
    }

    /// Whether the plan still holds with other text in a file.
    pub fn holds_with(&self, file: &str, text: &str) -> bool {
        let path = self.folder.join(file);
        let before = fs::read(&path).expect("a file");
        fs::write(&path, text).expect("a file that can be written");
        let found = checked(&self.folder, &self.instance);
        fs::write(&path, before).expect("a file that can be written");
        found.is_ok_and(|found| found.holds)
    }

    pub fn rejects(&self, file: &str, text: &str, what: &str) {
        let holds = self.holds_with(file, text);
        assert!(!holds, "seed {}: {file} holds with {what}", self.seed);
    }
}

pub fn rows(text: &str) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .from_reader(text.as_bytes());
    let records = reader.records().map(|record| record.expect("a row"));
    records
        .map(|record| record.iter().map(str::to_owned).collect())
        .collect()
}

pub fn text(rows: &[Vec<String>]) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    for row in rows {
        writer.write_record(row).expect("a row");
    }
    String::from_utf8(writer.into_inner().expect("a table")).expect("text")
}

/// Whether a text is a number as railair writes them.
fn is_number(cell: &str) -> bool {
    !cell.is_empty()
        && cell
            .bytes()
            .all(|byte| byte.is_ascii_digit() || byte == b'.')
}

/// A number with another digit at a place, or words with another letter, one more or one less.
fn changed(cell: &str, random: &mut Random) -> String {
    if cell.is_empty() {
        return random.pick(&["1", "x", "0.5"]).to_string();
    }
    let letters: Vec<char> = cell.chars().collect();
    let at = random.between(0, letters.len() as i64 - 1) as usize;
    let mut edited = letters.clone();
    match random.between(1, 5) {
        1 => return String::new(),
        2 => edited.insert(at, '7'),
        3 => drop(edited.remove(at)),
        _ => {
            edited[at] = match letters[at].to_digit(10) {
                Some(digit) => {
                    char::from(b'0' + ((digit as i64 + random.between(1, 9)) % 10) as u8)
                }
                None => 'x',
            }
        }
    }
    edited.into_iter().collect()
}

/// The number behind a cell, so that `1.5` and `1.50` are told apart from nothing, and a path
/// however much room is between its names.
fn meaning(cell: &str) -> String {
    if cell.contains('>') {
        let names: Vec<&str> = cell.split('>').map(str::trim).collect();
        return names.join(" > ");
    }
    match is_number(cell) && cell.matches('.').count() <= 1 {
        true => {
            let (whole, part) = cell.split_once('.').unwrap_or((cell, ""));
            let whole = whole.trim_start_matches('0');
            format!("{whole}.{}", part.trim_end_matches('0'))
        }
        false => cell.trim().to_owned(),
    }
}

/// Rows as a set, each cell by its meaning.
fn meanings(rows: &[Vec<String>]) -> Vec<Vec<String>> {
    let mut all: Vec<Vec<String>> = rows[1..]
        .iter()
        .map(|row| row.iter().map(|cell| meaning(cell)).collect())
        .collect();
    all.sort();
    all
}

/// Whether a reason is still one for the same.
fn is_still_a_reason(before: &str, after: &str) -> bool {
    let said = |text: &str| ["late because ", "left behind because "].map(|why| text.contains(why));
    said(before) == said(after)
}

/// Cells that may say something else and still be right: other prices prove the same now and then,
/// another reason can be true as well, and what other purchases would cost is only known to lie
/// between two figures.
fn has_leeway(table: &str, column: &str, before: &str, after: &str) -> bool {
    match (table, column) {
        ("prices", _) => true,
        ("choices", "cost_with_one_less" | "cost_with_one_more") => true,
        (_, "reason") => is_still_a_reason(before, after),
        _ => false,
    }
}

#[test]
fn a_changed_cell_is_rejected() {
    let mut tried = 0;
    let mut leeway: BTreeMap<&str, [usize; 2]> = BTreeMap::new();
    for seed in seeds(6, 150) {
        let random = &mut Random::new(seed);
        let Some(bench) = Bench::new(seed) else {
            continue;
        };
        for table in TABLES {
            let file = format!("{table}.csv");
            let Some(before) = bench.read(&file) else {
                continue;
            };
            let rows = rows(&before);
            if rows.len() < 2 {
                continue;
            }
            for _ in 0..8 {
                let row = random.between(1, rows.len() as i64 - 1) as usize;
                let column = random.between(0, rows[0].len() as i64 - 1) as usize;
                let cell = &rows[row][column];
                let mut edited = rows.clone();
                if random.chance(15) {
                    // two cells of a column trade places, as a sort of one column does
                    let other = random.between(1, rows.len() as i64 - 1) as usize;
                    edited[row][column].clone_from(&rows[other][column]);
                    edited[other][column].clone_from(cell);
                } else {
                    edited[row][column] = changed(cell, random);
                }
                let name = rows[0][column].as_str();
                if meanings(&edited) == meanings(&rows) {
                    continue;
                }
                tried += 1;
                if has_leeway(table, name, cell, &edited[row][column]) {
                    let holds = bench.holds_with(&file, &text(&edited));
                    leeway.entry(table).or_default()[usize::from(holds)] += 1;
                    continue;
                }
                let what = format!(
                    "{name} {:?} instead of {cell:?} in row {row}",
                    edited[row][column]
                );
                bench.rejects(&file, &text(&edited), &what);
            }
        }
    }
    println!("{tried} cells; with leeway, rejected and as right as before: {leeway:?}");
    let [rejected, right] = leeway["prices"];
    assert!(rejected > right, "{leeway:?}");
}

/// The figures of `run.json` one after the other. What says how the run went (the engine, what was
/// asked for, the search among whole units, seconds, the version) cannot be worked out from the tables;
/// everything else can.
#[test]
fn a_changed_figure_of_the_run_is_rejected() {
    let mut tried = 0;
    for seed in seeds(3, 60) {
        let Some(bench) = Bench::new(seed) else {
            continue;
        };
        let run = bench.read("run.json").expect("a run");
        let mut above: Vec<&str> = Vec::new();
        for (number, line) in run.lines().enumerate() {
            let depth = line.len() - line.trim_start().len();
            let Some((name, value)) = line.trim().split_once(": ") else {
                continue;
            };
            above.truncate(depth / 2 - 1);
            above.push(name.trim_matches('"'));
            let free = [
                "this_run",
                "bottlenecks",
                "weeks",
                "gap_wanted",
                "whole_units",
            ];
            let figure = value.trim_end_matches(',');
            if free.contains(&above[0]) || !is_number(figure) {
                continue;
            }
            let edited = line.replace(figure, &more(figure));
            let text = run.lines().enumerate();
            let text = text.map(|(n, line)| if n == number { edited.as_str() } else { line });
            let text: Vec<&str> = text.collect();
            bench.rejects("run.json", &text.join("\n"), edited.trim());
            tried += 1;
        }
    }
    assert!(tried > 0, "nothing was changed");
}

/// A number that is one more in its last digit.
fn more(figure: &str) -> String {
    let digits: String = figure.chars().filter(char::is_ascii_digit).collect();
    let places = figure.split_once('.').map_or(0, |(_, part)| part.len());
    let more = digits.parse::<u128>().expect("digits") + 1;
    let padded = format!("{more:0>width$}", width = places + 1);
    match places {
        0 => padded,
        _ => format!(
            "{}.{}",
            &padded[..padded.len() - places],
            &padded[padded.len() - places..]
        ),
    }
}

#[test]
fn rows_may_move_but_not_go_or_come_twice() {
    for seed in seeds(3, 60) {
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
