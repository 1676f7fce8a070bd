//! The command line as a planner meets it.

mod cli_support;

use std::fs;
use std::path::Path;
use std::process::Stdio;

use cli_support::{Desk, railair, text};

#[test]
fn the_first_four_commands_of_a_newcomer_work() {
    let desk = Desk::new();
    let said = desk.run(&["init", "net"], 0);
    assert!(said.contains("railair solve net"), "{said}");
    let said = desk.run(&["check", "net"], 0);
    assert!(said.contains("0 errors"), "{said}");
    let said = desk.run(&["solve", "net", "--out", "plan"], 0);
    assert!(said.contains("Tables written to plan."), "{said}");
    let said = desk.run(&["verify", "plan"], 0);
    assert!(said.contains("The plan holds."), "{said}");
}

#[test]
fn the_answer_reads_well() {
    let desk = Desk::with_instance();
    let answer = desk.run(&["solve", "net"], 0);
    insta::assert_snapshot!("solve", without_seconds(&answer));
    let answer = desk.run(&["solve", "net", "--scenario", "no-train"], 0);
    insta::assert_snapshot!("solve-no-train", without_seconds(&answer));
    assert!(
        answer.lines().all(|line| line.chars().count() <= 100),
        "a line is wider than 100 columns"
    );
    assert!(!answer.contains('\u{1b}'), "colour where nobody sees it");
}

/// The line that says how the answer came about, without how long it took: seconds differ from run
/// to run, rounds with every improvement of the engine.
fn without_seconds(answer: &str) -> String {
    let line = |line: &str| match line.split_once(" · column-generation · ") {
        Some((before, _)) => format!("{before} · column-generation · …\n"),
        _ => format!("{line}\n"),
    };
    answer.lines().map(line).collect()
}

/// The README shows the answer on the week of 2019, cut in the middle.
#[test]
fn the_readme_shows_what_the_main_job_says() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let readme = fs::read_to_string(root.join("README.md")).expect("a README");
    // commands stand in the first block, the answer in the second
    let shown = readme.split("```").nth(3).expect("an answer");
    let output = railair()
        .current_dir(root)
        .args(["solve", "instances/liege-2019-week"])
        .output()
        .expect("railair runs");
    let answer = without_seconds(&text(&output.stdout));
    let mut said = answer.lines();
    let is_cut = |line: &&str| line.is_empty() || line.trim() == "…";
    for line in without_seconds(shown).lines().filter(|line| !is_cut(line)) {
        assert!(said.any(|said| said == line), "the README says:\n{line}");
    }
}

#[test]
fn tables_keep_their_columns_and_add_up_to_the_millionth() {
    let desk = Desk::with_instance();
    desk.run(&["solve", "net", "--out", "plan"], 0);
    let mut heads = String::new();
    let mut names: Vec<_> = fs::read_dir(desk.path("plan"))
        .expect("a plan")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|end| end == "csv"))
        .collect();
    names.sort();
    for path in names {
        let table = fs::read_to_string(&path).expect("a table");
        let name = path.file_name().expect("a name").to_string_lossy();
        heads += &format!("{name}: {}\n", table.lines().next().expect("a head"));
    }
    insta::assert_snapshot!("heads", heads);

    let run: serde_json::Value = serde_json::from_str(&desk.read("plan/run.json")).expect("a run");
    let sum = |table: &str| desk.column(&format!("plan/{table}.csv"), "cost", 6);
    // Nothing is left behind and there are no limits: three tables hold all of the cost.
    assert_eq!(run["unserved"], 0);
    let cost = (run["cost"].as_f64().expect("a cost") * 1e6).round() as i128;
    assert_eq!(
        sum("allocation") + sum("departures") + sum("handling"),
        cost
    );
    // Shared out to demands it is the same again: no departure runs empty.
    assert_eq!(sum("demand"), cost);
    let carried = desk.column("plan/allocation.csv", "parcels", 0);
    assert_eq!(carried, 210_000);
}

#[test]
fn the_same_input_gives_the_same_bytes_whatever_the_threads() {
    same_bytes(&Desk::with_instance(), "net");
}

/// Forty origins share each search, so that releases look for their ways in turn.
#[test]
fn a_crowd_gives_the_same_bytes_whatever_the_threads() {
    let desk = Desk::with_instance();
    let of = ["--origins", "40", "--products", "2", "--markets", "1"];
    let size = ["--services", "60", "--weeks", "1"];
    desk.run(&[&["generate", "crowd"], &of[..], &size[..]].concat(), 0);
    same_bytes(&desk, "crowd");
}

/// Solves an instance on one thread and on several.
fn same_bytes(desk: &Desk, instance: &str) {
    desk.run(&["solve", instance, "--out", "one", "--threads", "1"], 0);
    desk.run(&["solve", instance, "--out", "two", "--threads", "4"], 0);
    for name in ["allocation", "departures", "handling", "demand", "prices"] {
        let [one, two] = ["one", "two"].map(|plan| desk.read(&format!("{plan}/{name}.csv")));
        assert_eq!(one, two, "{name}.csv");
    }
    let [one, two] = ["one", "two"].map(|plan| {
        let text = desk.read(&format!("{plan}/run.json"));
        let mut run: serde_json::Value = serde_json::from_str(&text).expect("a run");
        run.as_object_mut().expect("an object").remove("this_run");
        run
    });
    assert_eq!(one, two);
}

#[test]
fn mistakes_in_an_instance_are_told_with_what_to_do() {
    let desk = Desk::with_instance();
    let said = desk.fail(&["solve", "nowhere"], 3);
    assert!(said.contains("nowhere"), "{said}");
    let said = desk.fail(&["solve", "net", "--scenario", "no-trian"], 3);
    assert!(
        said.contains("no-train"),
        "the nearest name is missing: {said}"
    );
    desk.replace("net/services.csv", "price_per_unit", "price_per_units");
    let said = desk.fail(&["solve", "net"], 3);
    assert!(
        said.contains("price_per_units") && said.contains("`price_per_unit`"),
        "{said}"
    );
    let json = desk.run(&["check", "net", "--format", "json"], 3);
    let json: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    assert!(json["errors"].as_u64().expect("a number") > 0);
}

#[test]
fn demand_that_nothing_can_carry_is_told_before_any_plan() {
    let desk = Desk::with_instance();
    desk.replace("net/demand.csv", "HANGZHOU,LGG,bulky", "LGG,HANGZHOU,bulky");
    let said = desk.run(&["check", "net"], 0);
    assert!(
        said.contains("W801") && said.contains("no service leaves LGG"),
        "{said}"
    );
    let said = desk.run(&["solve", "net"], 0);
    assert!(
        said.contains("left behind because no service leaves LGG"),
        "{said}"
    );
}

/// The train lifts 8 containers of 64 m³ on each of two days: 2 × 512 = 1,024 m³ a week; nothing
/// else goes by rail, so a minimum of 1,100 m³ is 76 m³ too much. The weight is less than that of
/// containers, 16 × 21 t.
#[test]
fn hard_limits_that_cannot_hold_are_named_with_what_can_be_had() {
    let desk = Desk::with_instance();
    let limits = "limit,metric,mode,per,min,max,penalty_per_unit\n\
                  flights,kg,air,week,,80000,\n\
                  rail,m3,rail,week,1100,,\n";
    fs::write(desk.path("net/limits.csv"), limits).expect("a table");
    for engine in ["column-generation", "direct"] {
        let said = desk.fail(&["solve", "net", "--engine", engine], 4);
        assert!(
            said.contains(
                "limits.csv row 3, column min: at least 1,100 m³ by rail a week; \
                 the most that can be had is 1,024 m³"
            ),
            "{engine}: {said}"
        );
        assert!(!said.contains("row 2"), "{engine}: {said}");
    }
    desk.replace("net/limits.csv", "1100,,", "1100,,2");
    let said = desk.run(&["solve", "net"], 0);
    assert!(said.contains("limits broken"), "{said}");
}

#[test]
fn nothing_but_a_plan_is_overwritten() {
    let desk = Desk::with_instance();
    let said = desk.fail(&["solve", "net", "--out", "net"], 2);
    assert!(said.contains("is not a plan of railair"), "{said}");
    fs::write(desk.path("file"), "mine").expect("a file");
    let said = desk.fail(&["solve", "net", "--out", "file"], 2);
    assert!(said.contains("it is a file"), "{said}");
    assert_eq!(desk.read("file"), "mine");
    let said = desk.fail(&["init", "net"], 2);
    assert!(said.contains("is not empty"), "{said}");
    // A plan takes the place of a plan, and nothing else lies about.
    desk.run(&["solve", "net", "--out", "plan", "--quiet"], 0);
    desk.run(
        &[
            "solve",
            "net",
            "--out",
            "plan",
            "--engine",
            "cheapest-first",
        ],
        0,
    );
    assert!(desk.read("plan/run.json").contains("cheapest-first"));
    assert!(
        !desk.path("plan/prices.csv").exists(),
        "a baseline proves nothing"
    );
    let mut names: Vec<_> = fs::read_dir(desk.path("."))
        .expect("the desk")
        .map(|entry| entry.expect("an entry").file_name())
        .collect();
    names.sort();
    assert_eq!(names, ["file", "net", "plan"]);
}

#[test]
fn an_edited_plan_fails_verification() {
    let desk = Desk::with_instance();
    desk.run(&["solve", "net", "--out", "plan"], 0);
    let table = desk.read("plan/departures.csv");
    let mut lines: Vec<&str> = table.lines().collect();
    lines.remove(1);
    fs::write(desk.path("plan/departures.csv"), lines.join("\n")).expect("a table");
    let said = desk.run(&["verify", "plan"], 5);
    assert!(said.contains("departures.csv"), "{said}");
    let json = desk.run(&["verify", "plan", "--format", "json"], 5);
    let json: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(json["holds"], false);
    desk.run(&["solve", "net", "--out", "plan"], 0);
    fs::remove_file(desk.path("plan/prices.csv")).expect("a table");
    let said = desk.run(&["verify", "plan"], 5);
    assert!(
        said.contains("the table is missing: every price counts as nothing"),
        "{said}"
    );
    fs::write(desk.path("plan/run.json"), "{\"program\":").expect("half a run");
    let said = desk.fail(&["verify", "plan"], 2);
    assert!(said.contains("run.json is damaged (EOF"), "{said}");
}

/// A plan of railair that lost its `run.json` is none made by hand, unless somebody says so.
#[test]
fn a_plan_without_a_run_needs_to_be_made_by_hand() {
    let desk = Desk::with_instance();
    desk.run(&["solve", "net", "--out", "plan"], 0);
    let said = desk.run(&["verify", "plan"], 0);
    assert!(
        said.contains("not checked: what run.json says of engine"),
        "{said}"
    );
    fs::remove_file(desk.path("plan/run.json")).expect("a run");
    let verify = ["verify", "plan", "--instance", "net"];
    let said = desk.run(&verify, 5);
    assert!(said.contains("run.json"), "{said}");
    let by_hand = [&verify[..], &["--by-hand"]].concat();
    let said = desk.run(&by_hand, 0);
    assert!(said.contains("made by hand"), "{said}");
}

#[test]
fn policies_and_plans_stand_side_by_side() {
    let desk = Desk::with_instance();
    let table = desk.run(&["compare", "net"], 0);
    insta::assert_snapshot!("compare", table);
    desk.run(&["solve", "net", "--out", "a"], 0);
    desk.run(&["solve", "net", "--out", "b", "--scenario", "no-train"], 0);
    let json = desk.run(&["compare", "a", "b", "--format", "json"], 0);
    let json: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(json["plans"][0]["figures"]["cost_against_the_first"], 0);
    assert_eq!(json["plans"][1]["figures"]["tonnes_delivered_by_rail"], 0);
    let csv = desk.run(&["compare", "a", "b", "--format", "csv"], 0);
    assert!(csv.starts_with("figure,a,b\ncost,"), "{csv}");
    let said = desk.fail(&["compare", "a"], 2);
    assert!(said.contains("two and more plans"), "{said}");
    let said = desk.fail(&["compare", "a", "net"], 2);
    assert!(said.contains("net is not a plan"), "{said}");
}

/// The same plan in the dialect of European spreadsheets is the same plan to every command.
#[test]
fn plans_are_read_in_whatever_dialect_they_are_written() {
    let desk = Desk::with_instance();
    desk.run(&["solve", "net", "--out", "plain"], 0);
    let eu = ["--csv-dialect", "excel-eu"];
    desk.run(&[&["solve", "net", "--out", "eu"], &eu[..]].concat(), 0);
    assert!(desk.read("eu/allocation.csv").contains(';'));
    desk.run(&["verify", "eu"], 0);
    for of in [
        &[][..],
        &["--demand", "HANGZHOU", "bulky"],
        &["--service", "HGH-LGG"],
    ] {
        let told = ["plain", "eu"].map(|plan| desk.run(&[&["explain", plan], of].concat(), 0));
        assert_eq!(told[0], told[1], "{of:?}");
    }
    let moves = ["--format", "csv", "--table", "moves"];
    let moves = desk.run(&[&["compare", "plain", "eu"], &moves[..]].concat(), 0);
    assert_eq!(moves.lines().count(), 1, "{moves}");
    let pages = ["plain", "eu"].map(|plan| {
        desk.run(&["report", plan], 0);
        let page = desk.read(&format!("{plan}/report.html"));
        page.lines()
            .filter(|line| line.contains("<section"))
            .count()
    });
    assert_eq!(pages[0], pages[1]);
    desk.run(&["compare", "plain", "eu", "--report", "page.html"], 0);
}

/// Every table of a plan can be printed by its file's name, and may lie beside those of an instance.
#[test]
fn tables_of_a_plan_are_known_by_name() {
    let desk = Desk::with_instance();
    // why there is no plan is no table of one
    let own = railair::instance::PLAN_TABLES.iter().copied();
    let own = own.filter(|name| *name != "conflict");
    for name in own.chain(["handling", "demand", "limits"]) {
        let table = desk.run(&["solve", "net", "--format", "csv", "--table", name], 0);
        assert!(
            table.lines().next().is_some_and(|head| head.contains(',')),
            "{name}"
        );
        let file = desk.path(&format!("net/{name}.csv"));
        if !["handling", "demand", "limits"].contains(&name) {
            fs::write(file, table).expect("a table");
        }
    }
    let said = desk.run(&["check", "net"], 0);
    assert!(said.contains("0 errors, 0 warnings"), "{said}");
}

#[test]
fn an_instance_that_has_changed_since_is_said_with_its_cells() {
    let desk = Desk::with_instance();
    desk.run(&["solve", "net", "--out", "a"], 0);
    desk.run(&["solve", "net", "--out", "b", "--scenario", "no-train"], 0);
    let said = desk.fail(&["explain", "a", "--demand", "hangzhou", "Bulky"], 2);
    assert!(
        said.contains("did you mean --demand HANGZHOU bulky?"),
        "{said}"
    );

    // spelled differently, nothing has changed but the bytes
    let before = desk.read("net/demand.csv");
    let lines = before.replace('\n', "\r\n");
    fs::write(desk.path("net/demand.csv"), lines).expect("a table");
    desk.run(&["explain", "a"], 0);
    let said = desk.run(&["verify", "a"], 5);
    assert!(
        said.contains("spelled differently, no cell differs"),
        "{said}"
    );

    let row = before.lines().nth(1).expect("a demand");
    let parcels = row.split(',').nth(3).expect("parcels");
    let more = before.replacen(&format!(",{parcels},"), ",4711,", 1);
    fs::write(desk.path("net/demand.csv"), more).expect("a table");
    let cell = format!("parcels: {parcels} then, 4711 now");
    let said = [
        desk.fail(&["explain", "a"], 2),
        desk.run(&["verify", "a"], 5),
        desk.stderr(&["report", "a"], 0),
        desk.read("a/report.html"),
        desk.run(&["compare", "a", "b"], 0),
        desk.stderr(&["compare", "a", "b", "--report", "page.html"], 0),
    ];
    for said in said {
        assert!(said.contains(&cell), "{said}");
    }
    // a scenario that has changed shows in what it changes
    fs::write(desk.path("net/demand.csv"), before).expect("a table");
    desk.run(&["solve", "net", "--out", "c", "--scenario", "peak"], 0);
    desk.replace("net/scenarios.csv", "scale,1.3", "scale,1.4");
    desk.run(&["explain", "a"], 0);
    let said = desk.fail(&["explain", "c"], 2);
    assert!(said.contains("195000 then, 210000 now"), "{said}");
}

#[test]
fn programs_get_json_and_csv() {
    let desk = Desk::with_instance();
    let json = desk.run(&["solve", "net", "--format", "json"], 0);
    let json: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(json["run"]["parcels"], 210_000);
    assert_eq!(json["demand"].as_array().expect("rows").len(), 2);
    let csv = desk.run(&["solve", "net", "--format", "csv", "--table", "demand"], 0);
    assert_eq!(csv.lines().count(), 3, "{csv}");
}

#[test]
fn the_program_and_the_network_can_be_taken_elsewhere() {
    let desk = Desk::with_instance();
    let lp = desk.run(&["export", "net", "--format", "lp"], 0);
    assert!(
        lp.contains("HGH_LGG_W1_Mon") && lp.contains("subject to"),
        "{}",
        &lp[..500]
    );
    desk.run(&["export", "net", "--format", "mps", "--out", "net.mps"], 0);
    assert!(desk.read("net.mps").contains("ENDATA"));
    let said = desk.run(&["graph", "net"], 0);
    insta::assert_snapshot!("graph", said);
    assert!(
        desk.run(&["graph", "net", "--format", "dot"], 0)
            .contains("digraph")
    );
    let map = desk.run(&["graph", "net", "--format", "geojson"], 0);
    let map: serde_json::Value = serde_json::from_str(&map).expect("JSON");
    assert_eq!(map["type"], "FeatureCollection");
}

#[test]
fn help_has_examples_and_shells_complete() {
    let desk = Desk::new();
    for command in [
        "solve", "check", "init", "compare", "graph", "export", "explain", "verify",
    ] {
        let help = desk.run(&[command, "--help"], 0);
        assert!(help.contains("Examples:"), "{command}: {help}");
        assert!(
            help.lines().all(|line| line.chars().count() <= 100),
            "{command}"
        );
    }
    assert!(desk.run(&["completions", "bash"], 0).contains("railair"));
    assert!(desk.run(&["man"], 0).contains(".TH railair"));
    desk.fail(&["solve", "net", "--gap", "2"], 2);
    desk.fail(&["solve", "net", "--time-limit", "-1"], 2);
}

#[test]
fn a_reader_who_leaves_is_no_error_and_a_full_disk_is_one() {
    let desk = Desk::with_instance();
    let mut child = railair()
        .current_dir(desk.path("."))
        .args(["solve", "net", "--format", "json"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("railair starts");
    drop(child.stdout.take());
    let end = child.wait_with_output().expect("railair ends");
    assert_eq!(end.status.code(), Some(0));
    assert_eq!(text(&end.stderr), "");

    if let Ok(full) = fs::File::options().write(true).open("/dev/full") {
        let end = railair()
            .current_dir(desk.path("."))
            .args(["solve", "net"])
            .stdout(full)
            .output()
            .expect("railair ends");
        assert_eq!(end.status.code(), Some(2));
        assert!(text(&end.stderr).contains("failed to print the answer"));
    }
}
