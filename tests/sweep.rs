//! What-if questions as a planner asks them: sweeps, and plans held against each other.

mod cli_support;

use std::collections::BTreeMap;
use std::fs;
use std::time::Duration;

use cli_support::{Desk, railair};

/// Twenty runs of the starter instance: two blocks.
const GRID: [&str; 4] = [
    "--vary",
    "demand.parcels*=0.5..1.4/0.1",
    "--vary",
    "services.units[CGO-LGG]=6,8",
];

fn sweep<'a>(more: &[&'a str]) -> Vec<&'a str> {
    [&["sweep", "net"], &GRID[..], more].concat()
}

/// Rows by column.
fn rows(table: &str) -> Vec<BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_reader(table.as_bytes());
    reader
        .deserialize()
        .map(|row| row.expect("a row"))
        .collect()
}

fn millionths(text: &str) -> i128 {
    (text.parse::<f64>().expect("a number") * 1e6).round() as i128
}

#[test]
fn the_bytes_do_not_depend_on_threads_shards_or_stops() {
    let desk = Desk::with_instance();
    let whole = desk.run(&sweep(&["--threads", "1"]), 0);
    assert_eq!(rows(&whole).len(), 20);
    desk.run(&sweep(&["--threads", "3", "--out", "three.csv"]), 0);
    assert_eq!(desk.read("three.csv"), whole, "threads");

    // Shards end within blocks: 20 runs are 6, 7 and 7, blocks 16 and 4.
    for shard in ["1", "2", "3"] {
        let (of, name) = (format!("{shard}/3"), format!("part{shard}"));
        desk.run(&sweep(&["--shard", &of, "--out", &name]), 0);
    }
    let merged = desk.run(&["sweep", "--merge", "part3", "part1", "part2"], 0);
    assert_eq!(merged, whole, "shards");
    desk.run(
        &[
            "sweep", "--merge", "part1", "part2", "part3", "--out", "all.csv",
        ],
        0,
    );
    assert_eq!(desk.read("all.csv"), whole);
    let said = desk.fail(&["sweep", "--merge", "part1", "part3"], 2);
    assert!(said.contains("runs 7 to 13 are missing"), "{said}");

    // A stop leaves whole rows and a part of one, wherever it comes.
    let third_row = whole.match_indices('\n').nth(3).expect("rows").0;
    for length in [
        0,
        3,
        third_row + 1,
        third_row + 30,
        whole.len() - 1,
        whole.len(),
    ] {
        fs::write(desk.path("cut.csv"), &whole[..length]).expect("a file");
        desk.run(&sweep(&["--out", "cut.csv"]), 0);
        assert_eq!(desk.read("cut.csv"), whole, "cut at {length}");
    }
}

/// The commands that the README gives to schedulers, with fewer draws, run as a scheduler would:
/// sixteen times, each with its number.
#[test]
fn the_examples_for_schedulers_make_the_bytes_of_one_run() {
    let readme = include_str!("../README.md");
    let commands: Vec<String> = readme
        .match_indices("railair sweep week --draws 100000")
        .map(|(start, _)| {
            let end = readme[start..].find(".csv").expect("a file") + ".csv".len();
            readme[start..start + end]
                .replace("\\\n", " ")
                .replace('\n', " ")
        })
        .collect();
    assert_eq!(commands.len(), 3, "Slurm, Kubernetes and GNU parallel");
    let desk = Desk::new();
    desk.run(&["init", "week"], 0);
    let whole = desk.run(&["sweep", "week", "--draws", "20"], 0);
    for command in commands {
        let binary = env!("CARGO_BIN_EXE_railair");
        let command = command.replace("railair", binary).replace("100000", "20");
        for number in 1..=16 {
            let status = std::process::Command::new("sh")
                .args(["-c", &command.replace("{}", &number.to_string())])
                .current_dir(desk.path(""))
                .env("SLURM_ARRAY_TASK_ID", number.to_string())
                .env("SLURM_CPUS_PER_TASK", "2")
                .env("JOB_COMPLETION_INDEX", (number - 1).to_string())
                .output()
                .expect("a shell");
            assert!(status.status.success(), "{command}: {status:?}");
        }
        let parts = fs::read_dir(desk.path("")).expect("a folder");
        let names = parts.map(|part| part.expect("a file").file_name());
        let parts: Vec<String> = names
            .filter_map(|name| name.into_string().ok())
            .filter(|name| name.starts_with("part-"))
            .collect();
        assert_eq!(parts.len(), 16);
        let mut merge = vec!["sweep", "--merge"];
        merge.extend(parts.iter().map(String::as_str));
        assert_eq!(desk.run(&merge, 0), whole, "{command}");
        for part in &parts {
            fs::remove_file(desk.path(part)).expect("removed");
        }
    }
}

#[test]
fn a_sweep_that_was_killed_goes_on_to_the_same_file() {
    let desk = Desk::with_instance();
    let draws = ["sweep", "net", "--draws", "40", "--seed", "3"];
    let whole = desk.run(&draws, 0);
    let path = desk.path("runs.csv");
    let mut child = railair()
        .current_dir(desk.path(""))
        .args(draws)
        .args(["--out", "runs.csv", "--threads", "1"])
        .spawn()
        .expect("railair runs");
    let rows = || fs::read_to_string(&path).map_or(0, |text| text.lines().count());
    while rows() < 4 && child.try_wait().expect("a child").is_none() {
        std::thread::sleep(Duration::from_millis(1));
    }
    child.kill().expect("a child");
    child.wait().expect("a child");
    let left = desk.read("runs.csv");
    assert!(whole.starts_with(&left), "rows are written in order");
    desk.run(&[&draws[..], &["--out", "runs.csv"]].concat(), 0);
    assert_eq!(desk.read("runs.csv"), whole);
}

#[test]
fn every_row_costs_what_a_plan_of_its_own_costs() {
    let desk = Desk::with_instance();
    let table = desk.run(&sweep(&[]), 0);
    let scenarios = desk.read("net/scenarios.csv");
    let mut lines = scenarios.lines().next().expect("a head").to_owned();
    let width = lines.split(',').count();
    let mut row = |cells: [&str; 6]| {
        let blanks = ",".repeat(width - cells.len());
        lines += &format!("\n{}{blanks}", cells.join(","));
    };
    let runs = rows(&table);
    for run in &runs {
        let name = format!("run{}", run["run"]);
        row([
            &name,
            "demand",
            "*",
            "parcels",
            "scale",
            &run["demand.parcels*"],
        ]);
        let units = &run["services.units[CGO-LGG]"];
        row([&name, "services", "CGO-LGG", "units", "set", units]);
    }
    fs::write(desk.path("net/scenarios.csv"), lines).expect("a file");
    for run in runs.iter().step_by(3) {
        let name = format!("run{}", run["run"]);
        let json = desk.run(
            &["solve", "net", "--scenario", &name, "--format", "json"],
            0,
        );
        let json: serde_json::Value = serde_json::from_str(&json).expect("JSON");
        let alone = |key: &str| (json["run"][key].as_f64().expect("a number") * 1e6) as i128;
        let (cost, bound) = (millionths(&run["cost"]), millionths(&run["bound"]));
        assert_eq!(run["status"], "finished");
        // Each is a plan, and each bound holds for all plans.
        assert!(bound <= cost && bound <= alone("cost") + 1 && alone("bound") <= cost + 1);
        let gap: f64 = run["gap"].parse().expect("a number");
        let apart = (cost - alone("cost")).abs() as f64 / cost as f64;
        assert!(apart <= gap.max(1e-6) * 2.0, "run {}: {apart}", run["run"]);
        assert_eq!(run["parcels"], json["run"]["parcels"].to_string());
    }
}

#[test]
fn a_service_left_out_costs_what_the_instance_without_it_costs() {
    let desk = Desk::with_instance();
    let table = desk.run(&["sweep", "net", "--drop-each-service"], 0);
    let runs = rows(&table);
    assert_eq!(runs[0]["dropped"], "");
    let services = desk.read("net/services.csv");
    let left_out = runs.iter().find(|run| run["dropped"] == "CGO-LGG");
    let left_out = left_out.expect("a run without the train");
    let mut without: Vec<&str> = services.lines().collect();
    without.retain(|line| !line.starts_with("CGO-LGG,"));
    fs::write(desk.path("net/services.csv"), without.join("\n")).expect("a file");
    fs::remove_file(desk.path("net/scenarios.csv")).expect("a file");
    let json = desk.run(&["solve", "net", "--format", "json"], 0);
    let json: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    let alone = json["run"]["cost"].as_f64().expect("a cost");
    let cost: f64 = left_out["cost"].parse().expect("a cost");
    assert!((cost - alone).abs() <= 1e-4 * alone, "{cost} and {alone}");
    assert!(left_out["tonnes_rail"].is_empty() || left_out["tonnes_rail"] == "0");
}

#[test]
fn draws_are_the_same_for_a_seed_and_others_for_another() {
    let desk = Desk::with_instance();
    let draw = |seed: &str, count: &str| {
        let drawn = [
            "sweep",
            "net",
            "--draws",
            count,
            "--seed",
            seed,
            "--cancelled",
            "0.3",
        ];
        rows(&desk.run(&drawn, 0))
    };
    let (five, three, other) = (draw("7", "5"), draw("7", "3"), draw("8", "3"));
    let drawn = |rows: &[BTreeMap<String, String>]| -> Vec<String> {
        rows.iter()
            .map(|row| format!("{} {} {}", row["level"], row["cancelled"], row["parcels"]))
            .collect()
    };
    assert_eq!(drawn(&five[..3]), drawn(&three)); // more draws leave the first as they are
    assert_ne!(drawn(&three), drawn(&other));
    for row in &five {
        let names = row["cancelled_departures"].split("; ");
        let count = names.filter(|name| !name.is_empty()).count();
        assert_eq!(row["cancelled"], count.to_string());
    }
    assert!(five.iter().any(|row| row["cancelled"] != "0"));
}

#[test]
fn what_is_not_there_is_told_with_what_is_near() {
    let desk = Desk::with_instance();
    for (spec, near) in [
        ("service.units[CGO-LGG]=1..4", "`services`"),
        ("services.unitss[CGO-LGG]=1..4", "`units`"),
        ("services.units[CGO-LG]=1..4", "`CGO-LGG`"),
        ("services.units[CGO-LGG]=1..x", "\"x\""),
        ("units", "TABLE.COLUMN[KEY]=VALUES"),
    ] {
        let said = desk.fail(&["sweep", "net", "--vary", spec], 2);
        assert!(said.contains(near), "{spec}: {said}");
    }
    let said = desk.fail(&["sweep", "net", "--shard", "4/3"], 2);
    assert!(said.contains("3/16"), "{said}");
}

#[test]
fn a_file_of_something_else_is_refused_and_left_alone() {
    let desk = Desk::with_instance();
    desk.run(&sweep(&["--out", "runs.csv", "--shard", "1/4"]), 0);
    let before = desk.read("runs.csv");
    let other = [
        "sweep",
        "net",
        "--vary",
        "demand.parcels*=1,2",
        "--out",
        "runs.csv",
    ];
    let said = desk.fail(&other, 2);
    assert!(said.contains("other parameters"), "{said}");
    let said = desk.fail(&sweep(&["--out", "runs.csv", "--shard", "2/4"]), 2);
    assert!(said.contains("another shard"), "{said}");
    desk.replace("net/settings.csv", "currency,EUR", "currency,USD");
    let said = desk.fail(&sweep(&["--out", "runs.csv", "--shard", "1/4"]), 2);
    assert!(said.contains("another instance"), "{said}");
    assert_eq!(desk.read("runs.csv"), before);
    desk.run(
        &sweep(&["--out", "runs.csv", "--shard", "1/4", "--restart"]),
        0,
    );
    assert_ne!(desk.read("runs.csv"), before);
}

#[test]
fn wrong_and_impossible_runs_have_rows_too() {
    let desk = Desk::with_instance();
    let table = desk.run(
        &["sweep", "net", "--vary", "services.units[CGO-LGG]=8,-1"],
        3,
    );
    let runs = rows(&table);
    assert_eq!(
        (runs[0]["status"].as_str(), runs[1]["status"].as_str()),
        ("finished", "wrong")
    );
    assert!(
        runs[1]["message"].contains("units"),
        "{}",
        runs[1]["message"]
    );
    assert_eq!(runs[1]["cost"], "");

    // The train lifts 1,024 m³ a week (see the test of hard limits in cli.rs).
    let limits = "limit,metric,mode,per,min\nrail,m3,rail,week,100\n";
    fs::write(desk.path("net/limits.csv"), limits).expect("a file");
    let table = desk.run(&["sweep", "net", "--vary", "limits.min[rail]=100,1100"], 0);
    let runs = rows(&table);
    assert_eq!(runs[1]["status"], "infeasible");
    assert!(
        runs[1]["message"].contains("rail"),
        "{}",
        runs[1]["message"]
    );
}

#[test]
fn the_head_is_kept() {
    let desk = Desk::with_instance();
    let table = desk.run(&["sweep", "net"], 0);
    insta::assert_snapshot!("sweep-head", table.lines().next().expect("a head"));
    let scenarios: Vec<String> = rows(&table).iter().map(|r| r["scenario"].clone()).collect();
    assert_eq!(scenarios.first().map(String::as_str), Some("")); // the instance as it is
    assert!(scenarios.iter().any(|name| name == "no-train"));
}

/// 1,000 parcels of 1 kg, ready on Monday at 18:00 in X. A truck leaves daily at 20:00, takes a day,
/// and costs 2 a kg; there is an aircraft to be had whole, of which none is on offer. Everything
/// goes by Monday's truck: 2,000, on time within 48 hours.
const SMALL: [(&str, &str); 6] = [
    (
        "settings",
        "setting,value\nname,small\ncurrency,EUR\nhorizon,typical-week\n",
    ),
    ("places", "place,kind\nX,city\nLGG,hub\n"),
    (
        "products",
        "product,kg_per_parcel,litres_per_parcel,promise_hours,max_late_hours,late_per_parcel_day,unserved_per_parcel\n\
         box,1,10,48,100,0.5,20\n",
    ),
    ("profiles", "profile,mon\nmonday,1\n"),
    (
        "demand",
        "origin,destination,product,parcels,profile\nX,LGG,box,1000,monday\n",
    ),
    (
        "services",
        "service,mode,origin,destination,days,departs,hours,max_kg,unit,units,kg_per_unit,price_per_unit,whole_units,km\n\
         TRUCK,road,X,LGG,daily,20:00,24,,kg,,1,2,,1000\n\
         CHARTER,air,X,LGG,1,20:00,12,,aircraft,0,1000,1000,yes,1000\n",
    ),
];

const SMALL_SCENARIOS: &str = "scenario,table,key,column,change,value\n\
    dearer,services,TRUCK,price_per_unit,set,3\n\
    more,demand,*,parcels,scale,1.2\n\
    charter,services,CHARTER,units,set,1\n\
    slow,services,TRUCK,hours,set,72\n\
    short,services,TRUCK,days,set,1\n\
    short,services,TRUCK,max_kg,set,400\n\
    short,products,*,max_late_hours,set,0\n\
    all,services,TRUCK,price_per_unit,set,3\n\
    all,demand,*,parcels,scale,1.2\n\
    all,services,TRUCK,max_kg,set,700\n\
    all,services,TRUCK,hours,set,25\n\
    all,products,*,max_late_hours,set,10\n";

fn small() -> Desk {
    let desk = Desk::new();
    fs::create_dir(desk.path("net")).expect("a folder");
    for (name, text) in SMALL.iter().chain(&[("scenarios", SMALL_SCENARIOS)]) {
        fs::write(desk.path(&format!("net/{name}.csv")), text).expect("a file");
    }
    desk.run(&["solve", "net", "--out", "base"], 0);
    desk
}

fn solve(desk: &Desk, scenario: &str) {
    let plan = ["solve", "net", "--scenario", scenario, "--out", scenario];
    desk.run(&plan, 0);
}

/// Causes in the order price, volume, routing, purchases, lateness, unserved; exact millionths.
fn causes(desk: &Desk, a: &str, b: &str) -> [i128; 6] {
    let table = desk.run(
        &["compare", a, b, "--format", "csv", "--table", "causes"],
        0,
    );
    let sum = |cause: &str| {
        let rows = rows(&table).into_iter().filter(|row| row["cause"] == cause);
        rows.map(|row| millionths(&row["amount"])).sum()
    };
    let names = [
        "price",
        "volume",
        "routing",
        "purchases",
        "lateness",
        "unserved",
    ];
    let causes = names.map(sum);
    fs::write(desk.path("causes.csv"), &table).expect("a file");
    assert_eq!(desk.column("causes.csv", "amount", 6), causes.iter().sum());
    causes
}

fn cost(desk: &Desk, plan: &str) -> i128 {
    let run: serde_json::Value =
        serde_json::from_str(&desk.read(&format!("{plan}/run.json"))).expect("JSON");
    (run["cost"].as_f64().expect("a cost") * 1e6).round() as i128
}

#[test]
fn each_cause_is_what_a_planner_would_work_out() {
    let desk = small();
    assert_eq!(cost(&desk, "base"), 2_000_000_000);
    for (scenario, expected) in [
        // 1,000 kg at 3 instead of 2
        ("dearer", [1_000_000_000, 0, 0, 0, 0, 0]),
        // 200 parcels more at 2 each
        ("more", [0, 400_000_000, 0, 0, 0, 0]),
        // all 1,000 kg fly: no truck any more, one aircraft for 1,000
        ("charter", [0, 0, -2_000_000_000, 1_000_000_000, 0, 0]),
        // there after 2 + 72 hours, 26 late: 0.5 × 26 / 24 = 0.541667 each
        ("slow", [0, 0, 0, 0, 541_667_000, 0]),
        // 600 stay at 20 each, for whom no truck is paid at 2
        ("short", [0, 0, -1_200_000_000, 0, 0, 12_000_000_000]),
    ] {
        solve(&desk, scenario);
        assert_eq!(causes(&desk, "base", scenario), expected, "{scenario}");
        let back = causes(&desk, scenario, "base");
        let there = cost(&desk, scenario) - cost(&desk, "base");
        assert_eq!(back.iter().sum::<i128>(), -there, "{scenario} back");
    }
}

/// 1,200 parcels at 3 a kg, of which 700 go on Monday and 500 a day later: ready on Monday at 18:00,
/// there on Wednesday at 21:00, 51 hours later and 3 late.
#[test]
fn two_plans_read_well_side_by_side() {
    let desk = small();
    solve(&desk, "all");
    // price: 1,000 × 1; volume: 200 × 3; lateness: 500 × 0.5 × 3 / 24 = 31.25
    assert_eq!(
        causes(&desk, "base", "all"),
        [1_000_000_000, 600_000_000, 0, 0, 31_250_000, 0]
    );
    let text = desk.run(&["compare", "base", "all"], 0);
    insta::assert_snapshot!("compare-plans", text);
    assert!(text.lines().all(|line| line.chars().count() <= 100));
    let moves = desk.run(
        &[
            "compare", "base", "all", "--format", "csv", "--table", "moves",
        ],
        0,
    );
    insta::assert_snapshot!("compare-moves", moves);
    let inputs = desk.run(
        &[
            "compare", "base", "all", "--format", "csv", "--table", "inputs",
        ],
        0,
    );
    assert!(
        inputs.contains("services,TRUCK/1,price_per_unit,2,3"),
        "{inputs}"
    );
    let json = desk.run(&["compare", "base", "all", "--format", "json"], 0);
    let json: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(json["causes"]["price_ways"], 1000);
    assert_eq!(json["moves"].as_array().map(Vec::len), Some(2));
}

#[test]
fn without_its_instance_a_plan_is_compared_as_far_as_it_goes() {
    let desk = small();
    solve(&desk, "more");
    desk.replace("net/services.csv", ",kg,,1,2,", ",kg,,1,2.5,");
    let text = desk.run(&["compare", "base", "more"], 0);
    assert!(text.contains("is not what base was made from"), "{text}");
    assert!(text.contains("What moved"), "{text}");
    let said = desk.fail(
        &[
            "compare", "base", "more", "--format", "csv", "--table", "causes",
        ],
        2,
    );
    let cell = "row TRUCK/1, price_per_unit: 2 then, 2.5 now";
    assert!(text.contains(cell) && said.contains(cell), "{said}");
}

#[test]
fn causes_add_up_between_all_plans_of_an_instance() {
    let desk = Desk::with_instance();
    desk.run(&["solve", "net", "--out", "base"], 0);
    solve(&desk, "peak");
    solve(&desk, "no-train");
    desk.run(
        &[
            "solve",
            "net",
            "--engine",
            "cheapest-first",
            "--out",
            "by-hand",
        ],
        0,
    );
    let plans = ["base", "peak", "no-train", "by-hand"];
    for (a, b) in plans.iter().flat_map(|a| plans.map(|b| (*a, b))) {
        let all: i128 = causes(&desk, a, b).iter().sum();
        assert_eq!(all, cost(&desk, b) - cost(&desk, a), "{a} and {b}");
    }
}
