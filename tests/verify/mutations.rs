//! No cell of a plan can be changed unnoticed.

use std::collections::BTreeMap;
use std::fs;

use railair::engine::EngineKind;
use railair::instance::Instance;
use railair::plan::Prepared;
use railair::plan::verify::{Proven, Verification};
use tempfile::TempDir;

use crate::generator::Random;
use crate::plans::{checked, prepared, written};
use crate::seeds::seeds;

/// Every table of a plan.
const TABLES: [&str; 11] = [
    "allocation",
    "allocation_tail",
    "departures",
    "handling",
    "demand",
    "limits",
    "purchases",
    "choices",
    "prices",
    "branches",
    "branch_prices",
];

/// Seeds whose plans have the rarer tables.
const RICH: [u64; 2] = [8, 12];

/// Those of which every cell may say something else as long as as much is proven.
const PROOFS: [&str; 3] = ["prices", "branches", "branch_prices"];

/// A plan on disk whose files are changed and put back.
pub struct Bench {
    seed: u64,
    before: Verification,
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
            before: found,
            instance: prepared.instance,
            folder,
            _home: home,
        })
    }

    pub fn read(&self, table: &str) -> Option<String> {
        fs::read_to_string(self.folder.join(table)).ok()
    }

    /// The name, file, text and rows of every table of the plan that has any.
    fn tables(&self) -> Vec<Table> {
        let table = |name: &'static str| {
            let file = format!("{name}.csv");
            let rows = rows(&self.read(&file)?);
            (rows.len() > 1).then_some(Table { name, file, rows })
        };
        TABLES.into_iter().filter_map(table).collect()
    }

    /// What is found with other text in a file; `None` where the plan does not hold with it.
    fn found_with(&self, file: &str, text: &str) -> Option<Verification> {
        let path = self.folder.join(file);
        let before = fs::read(&path).expect("a file");
        fs::write(&path, text).expect("a file that can be written");
        let found = checked(&self.folder, &self.instance);
        fs::write(&path, before).expect("a file that can be written");
        found.ok().filter(|found| found.holds)
    }

    /// Whether the plan still holds with other text in a file.
    pub fn holds_with(&self, file: &str, text: &str) -> bool {
        self.found_with(file, text).is_some()
    }

    /// Whether the plan holds with other text in a file, and then means the same: what it costs, how
    /// parcels fare, and at least as much proven as `run.json` claims.
    fn means_the_same_with(&self, file: &str, text: &str, what: &str) -> bool {
        let Some(found) = self.found_with(file, text) else {
            return false;
        };
        let figures = |v: &Verification| (v.cost.clone(), v.on_time, v.late, v.unserved);
        let seed = self.seed;
        assert_eq!(
            figures(&found),
            figures(&self.before),
            "seed {seed}: {what}"
        );
        let run = self.read("run.json").expect("a run");
        let run: serde_json::Value = serde_json::from_str(&run).expect("a run");
        let claimed = run["bound"].as_f64().expect("a bound");
        let Proven::Bound { bound, .. } = &found.proven else {
            panic!("seed {seed}: nothing is proven with {what}");
        };
        let bound: f64 = bound.parse().expect("a number");
        assert!(
            bound >= claimed - 1e-9 * claimed.abs(),
            "seed {seed}: {what}"
        );
        true
    }

    /// Whether the plan still holds without a file.
    fn holds_without(&self, file: &str) -> bool {
        let path = self.folder.join(file);
        let before = fs::read(&path).expect("a file");
        fs::remove_file(&path).expect("a file that can go");
        let found = checked(&self.folder, &self.instance);
        fs::write(&path, before).expect("a file that can be written");
        found.is_ok_and(|found| found.holds)
    }

    /// What fails with other text in a file, a line each.
    pub fn failures_with(&self, file: &str, text: &str) -> String {
        let path = self.folder.join(file);
        let before = fs::read(&path).expect("a file");
        fs::write(&path, text).expect("a file that can be written");
        let found = checked(&self.folder, &self.instance).expect("a plan");
        fs::write(&path, before).expect("a file that can be written");
        let messages = found.failures.iter().map(|f| f.message.as_str());
        messages.collect::<Vec<_>>().join("\n")
    }

    pub fn rejects(&self, file: &str, text: &str, what: &str) {
        let holds = self.holds_with(file, text);
        assert!(!holds, "seed {}: {file} holds with {what}", self.seed);
    }
}

struct Table {
    name: &'static str,
    file: String,
    rows: Vec<Vec<String>>,
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

/// Cells that may say something else and still be right. Any prices, and any branches that leave no
/// choice out, prove a bound: what counts is that it is no less than the one claimed. Another reason
/// can be true as well, and what other purchases would cost is only known to lie between two
/// figures. Names of choices that trade places say that of each other's.
fn has_leeway(table: &str, column: &str, before: &str, after: &str) -> bool {
    match (table, column) {
        (table, _) if PROOFS.contains(&table) => true,
        ("choices", "cost_with_one_less" | "cost_with_one_more") => true,
        (_, "reason") => is_still_a_reason(before, after),
        _ => false,
    }
}

#[test]
fn a_changed_cell_is_rejected() {
    let mut tried = 0;
    let mut tables: BTreeMap<&str, usize> = BTreeMap::new();
    let mut leeway: BTreeMap<&str, [usize; 2]> = BTreeMap::new();
    for seed in seeds(6, 150).chain(RICH) {
        let random = &mut Random::new(seed);
        let Some(bench) = Bench::new(seed) else {
            continue;
        };
        for Table {
            name: table,
            file,
            rows,
        } in bench.tables()
        {
            *tables.entry(table).or_default() += 1;
            for _ in 0..8 {
                let row = random.between(1, rows.len() as i64 - 1) as usize;
                let column = random.between(0, rows[0].len() as i64 - 1) as usize;
                let cell = &rows[row][column];
                let mut edited = rows.clone();
                let trades = random.chance(15);
                if trades {
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
                let what = format!(
                    "{name} {:?} instead of {cell:?} in row {row}",
                    edited[row][column]
                );
                let renames =
                    trades && table == "choices" && ["service", "leg", "run"].contains(&name);
                if renames || has_leeway(table, name, cell, &edited[row][column]) {
                    let holds = bench.means_the_same_with(&file, &text(&edited), &what);
                    leeway.entry(table).or_default()[usize::from(holds)] += 1;
                    continue;
                }
                bench.rejects(&file, &text(&edited), &what);
            }
        }
    }
    println!("{tried} cells of {tables:?}");
    println!("with leeway, rejected and as right as before: {leeway:?}");
    let [rejected, right] = leeway["prices"];
    assert!(rejected > right, "{leeway:?}");
    let missing: Vec<&str> = TABLES
        .into_iter()
        .filter(|name| !tables.contains_key(name))
        .collect();
    assert!(missing.is_empty(), "no plan has any of {missing:?}");
}

/// Everything in `run.json` one after the other: figures, and words in quotes. What says how the run
/// went (the program, the engine, why it stopped, what was asked for, the searches among whole units and
/// whole parcels, seconds) cannot be worked out from the tables; everything else can.
#[test]
fn whatever_else_the_run_says_is_rejected() {
    const FREE: [&str; 9] = [
        "this_run",
        "program",
        "version",
        "engine",
        "solver",
        "stop",
        "gap_wanted",
        "whole_units",
        "whole_parcels",
    ];
    let mut tried: BTreeMap<String, usize> = BTreeMap::new();
    for seed in seeds(6, 60).chain(RICH) {
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
            let value = value.trim_end_matches(',');
            let Some(other) = another(value).filter(|_| !above.iter().any(|n| FREE.contains(n)))
            else {
                continue;
            };
            let at = line.rfind(value).expect("a value");
            let edited = format!("{}{other}{}", &line[..at], &line[at + value.len()..]);
            let text = run.lines().enumerate();
            let text = text.map(|(n, line)| if n == number { edited.as_str() } else { line });
            let text: Vec<&str> = text.collect();
            bench.rejects("run.json", &text.join("\n"), edited.trim());
            *tried.entry(above[0].to_owned()).or_default() += 1;
        }
    }
    for part in [
        "instance",
        "weeks",
        "status",
        "cost",
        "bottlenecks",
        "services",
        "modes",
    ] {
        assert!(tried.contains_key(part), "{part} of {tried:?}");
    }
}

/// Another value than that of a line of `run.json`; `None` where it only opens an object or a list.
fn another(value: &str) -> Option<String> {
    match value {
        "true" => Some("false".to_owned()),
        "false" => Some("true".to_owned()),
        "null" => Some("0.5".to_owned()),
        _ if is_number(value) => Some(more(value)),
        _ if value.len() > 2 && value.starts_with('"') => Some(format!("\"x{}", &value[1..])),
        _ => None,
    }
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
    for seed in seeds(3, 60).chain(RICH) {
        let Some(bench) = Bench::new(seed) else {
            continue;
        };
        for Table { name, file, rows } in bench.tables() {
            let mut moved = rows.clone();
            moved[1..].reverse();
            assert!(
                bench.holds_with(&file, &text(&moved)),
                "seed {seed}: {file} reversed"
            );
            // what bounds a branch bounds it no more when said twice
            if name != "branches" {
                let mut twice = rows.clone();
                twice.push(rows[1].clone());
                bench.rejects(&file, &text(&twice), "a row twice");
            }
            let mut dropped = rows.clone();
            dropped.remove(rows.len() / 2);
            // with a price or a row of a branch less as much may be proven, never less than claimed
            match PROOFS.contains(&name) {
                true => drop(bench.means_the_same_with(&file, &text(&dropped), "a row less")),
                false => bench.rejects(&file, &text(&dropped), "a row less"),
            }
        }
    }
}

/// What railair writes must be there; only the ranges of prices are written where somebody asks.
#[test]
fn columns_may_come_but_neither_they_nor_tables_may_go() {
    const ASKED: [&str; 3] = ["exact_price", "holds_for", "cost_there"];
    let mut tables: BTreeMap<&str, usize> = BTreeMap::new();
    for seed in [1].into_iter().chain(RICH) {
        let Some(bench) = Bench::new(seed) else {
            continue;
        };
        // these five are there even where they are empty
        for file in ["departures", "handling", "demand", "limits", "purchases"] {
            assert!(!bench.holds_without(&format!("{file}.csv")), "{file}");
        }
        for Table { name, file, rows } in bench.tables() {
            // where a proof has room to spare, the plan may be as proven without one of its tables
            let missed = !bench.holds_without(&file);
            *tables.entry(name).or_default() += usize::from(missed);
            assert!(missed || PROOFS.contains(&name), "seed {seed}: {file}");
            for column in 0..rows[0].len() {
                let mut without = rows.clone();
                for row in &mut without {
                    row.remove(column);
                }
                let title = &rows[0][column];
                if !ASKED.contains(&title.as_str()) {
                    bench.rejects(&file, &text(&without), &format!("no column {title}"));
                }
            }
            let mut with = rows.clone();
            for row in &mut with {
                row.insert(1, "mine".to_owned());
            }
            assert!(
                bench.holds_with(&file, &text(&with)),
                "seed {seed}: {file} with a column more"
            );
        }
    }
    assert_eq!(tables.len(), TABLES.len(), "{tables:?}");
    assert!(tables.values().all(|&missed| missed > 0), "{tables:?}");
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
