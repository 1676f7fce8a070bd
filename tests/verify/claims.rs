//! What is said rather than counted: reasons, and what other purchases would cost.

use std::fs;
use std::path::Path;

use railair::plan::prepare;

use crate::mutations::{Bench, rows, text};

fn overtime(scenario: Option<&str>) -> Bench {
    let path = Path::new("instances/textbook/overtime");
    let prepared = prepare(path, scenario).expect("an instance");
    Bench::of(prepared, 0).expect("a plan")
}

/// Of 2,500 parcels the hub sorts 1,000 on Monday at 0.10 and 600 in overtime at 0.40. A thousand
/// wait for Tuesday at 0.10 and 0.20 of lateness; in time the next one would need overtime.
#[test]
fn who_waits_is_told_what_being_in_time_would_cost() {
    let demand = overtime(None).read("demand.csv").expect("a table");
    let reason = "late because it is cheaper (0.30 a parcel instead of 0.40 in time)";
    assert!(demand.contains(reason), "{demand}");
}

/// Without overtime Monday's thousand are all that is in time, and half of Wednesday stays free.
#[test]
fn a_reason_that_is_not_true_is_rejected() {
    let bench = overtime(Some("no-overtime"));
    let demand = bench.read("demand.csv").expect("a table");
    let true_one = "late because sorting at Hub on Mon is full (worth 0.68 EUR/parcel)";
    assert!(demand.contains(true_one), "{demand}");
    for other in [
        "late because sorting at Hub on Mon is full (worth 0.69 EUR/parcel)",
        "late because sorting at Hub on Mon is full",
        "late because sorting at Hub on Wed is full",
        // which it is too, but who is sorted then is late
        "late because sorting at Hub on Tue is full (worth 0.48 EUR/parcel)",
        "late because sorting at Town on Mon is full (worth 0.68 EUR/parcel)",
        "late because truck on Mon is full",
        "late because truck on Mon is not bought",
        "\"late because nothing is fast enough: ready Mon 06:00, there 6 h later at the earliest, \
         1 h after the promise\"",
        "late because no service leaves Town",
        "late because others use the space of the tram better",
        "late because I say so",
        "left behind because sorting at Hub on Mon is full (worth 0.68 EUR/parcel)",
        "",
    ] {
        bench.rejects("demand.csv", &demand.replace(true_one, other), other);
    }
}

/// Ten parcels of Monday and the only truck, which is at the hub on Monday of the second week; none
/// is planned but the first.
fn truck_of_sunday(promise_hours: u32, sorted_a_week: u32) -> Bench {
    let folder = tempfile::tempdir().expect("a folder");
    let products = format!(
        "product,kg_per_parcel,litres_per_parcel,promise_hours,max_late_hours,late_per_parcel_day,\
         unserved_per_parcel\nparcel,1,5,{promise_hours},{},1,9\n",
        240 - promise_hours
    );
    let handling = format!(
        "place,step,mode,direction,hours,tier,capacity,unit,per,price_per_unit\n\
         Hub,sorting,road,in,2,1,{sorted_a_week},parcel,week,0.10\n"
    );
    for (name, text) in [
        (
            "settings",
            "setting,value\nname,late\nhorizon,dated\nweek_start,2024-01-01\n",
        ),
        (
            "places",
            "place,kind,time_zone\nTown,city,UTC\nHub,hub,UTC\n",
        ),
        ("products", &products),
        ("profiles", "profile,mon,release_time\nmonday,1,06:00\n"),
        (
            "demand",
            "origin,destination,product,parcels,profile\nTown,Hub,parcel,10,monday\n",
        ),
        (
            "services",
            "service,mode,origin,destination,days,departs,hours,km\n\
             truck,road,Town,Hub,7,08:00,20,120\n",
        ),
        ("handling", &handling),
    ] {
        fs::write(folder.path().join(format!("{name}.csv")), text).expect("a table");
    }
    let prepared = prepare(folder.path(), None).expect("an instance");
    Bench::of(prepared, 0).expect("a plan")
}

/// The table of demand, and the reason in its only row.
fn reason(bench: &Bench) -> (Vec<Vec<String>>, String) {
    let table = rows(&bench.read("demand.csv").expect("a table"));
    let at = table[0].iter().position(|name| name == "reason");
    let reason = table[1][at.expect("a column")].clone();
    (table, reason)
}

/// The hub never works, in a week that is not planned: that stands in no row of `handling.csv`. A
/// parcel more would spare the 9 that it costs left behind, and cost 0.10 to sort.
#[test]
fn a_step_that_never_works_is_full_on_days_that_are_not_listed() {
    let bench = truck_of_sunday(240, 0);
    let handling = bench.read("handling.csv").expect("a table");
    assert_eq!(rows(&handling).len(), 1, "{handling}");
    let (table, reason) = reason(&bench);
    let worth = reason
        .strip_prefix("left behind because sorting at Hub on Mon 8 Jan is full (worth ")
        .and_then(|rest| rest.strip_suffix(" EUR/parcel)"));
    let worth: f64 = worth.expect(&reason).parse().expect("a price");
    assert!((8.9..=9.0).contains(&worth), "{reason}");
    let also_late = format!("{reason}; {}", reason.replace("left behind", "late"));
    for other in [
        reason.replace("is full", "is not bought"),
        reason.replace("8 Jan", "15 Jan"),
        reason.replace("sorting", "sortin"),
        reason.replace("(worth ", "(worth 1"),
        String::new(),
        also_late,
        "left behind because no service leaves Town".to_owned(),
        "left behind because carrying is dearer (9 a parcel with truck, 4 left behind)".to_owned(),
        "left behind because carrying is dearer (9 a parcel with tram, 9.00 left behind)"
            .to_owned(),
        "left behind because carrying is dear".to_owned(),
        "because".to_owned(),
    ] {
        bench.rejects("demand.csv", &with(&table, 1, "reason", &other), &other);
    }
}

/// Ready on Monday 06:00 and sorted on the next at 06:00: 168 hours, of which 20 are promised.
#[test]
fn what_nothing_carries_in_time_is_not_late_for_its_price() {
    let bench = truck_of_sunday(20, 100);
    let (table, reason) = reason(&bench);
    let start = "late because nothing is fast enough: ready Mon 1 Jan 06:00, there ";
    assert!(reason.starts_with(start), "{reason}");
    for other in [
        reason.replace("06:00", "07:00"),
        "late because it is cheaper (0.30 a parcel instead of 0.40 in time)".to_owned(),
        "late because sorting at Hub on Mon 8 Jan is full".to_owned(),
        format!("{reason}; left behind because others use the space of truck better"),
    ] {
        bench.rejects("demand.csv", &with(&table, 1, "reason", &other), &other);
    }
}

/// Ids have single spaces, and so may have the words that reasons are made of.
#[test]
fn a_reason_holds_whatever_words_its_ids_have() {
    let folder = tempfile::tempdir().expect("a folder");
    let (step, hub) = ("pick and pack is full", "Bed on and off and Breakfast");
    for file in fs::read_dir("instances/textbook/overtime").expect("an instance") {
        let path = file.expect("a file").path();
        let name = path.file_name().expect("a name");
        let text = fs::read_to_string(&path).expect("a table");
        let text = text.replace("sorting", step).replace("Hub", hub);
        fs::write(folder.path().join(name), text).expect("a table");
    }
    let prepared = prepare(folder.path(), Some("no-overtime")).expect("an instance");
    // which is verified once as it was written
    let bench = Bench::of(prepared, 0).expect("a plan");
    let demand = bench.read("demand.csv").expect("a table");
    let on = |day: &str, worth: &str| {
        format!("{step} at {hub} on {day} is full (worth {worth} EUR/parcel)")
    };
    let monday = on("Mon", "0.68");
    let true_one = format!("late because {monday}");
    assert!(demand.contains(&true_one), "{demand}");
    let with = |other: String| demand.replace(&monday, &other);
    let twice = format!("{monday} and {monday}");
    assert!(bench.holds_with("demand.csv", &with(twice)), "twice");
    for other in [
        format!("{monday} and {}", on("Wed", "0.48")),
        format!("{} and {monday}", on("Tue", "0.49")),
        format!("{monday} and pack"),
        format!("{step} at {hub}"),
    ] {
        bench.rejects("demand.csv", &with(other.clone()), &other);
    }
}

/// With the cell of a column of a row changed.
pub fn with(table: &[Vec<String>], row: usize, column: &str, cell: &str) -> String {
    let at = table[0].iter().position(|name| name == column);
    let mut changed = table.to_vec();
    changed[row][at.expect("a column")] = cell.to_owned();
    text(&changed)
}

/// A plan whose choices were solved again, and the first row with a cost in `column`.
fn judged(column: &str) -> (Bench, Vec<Vec<String>>, usize) {
    for seed in 0..60 {
        let Some(bench) = Bench::new(seed) else {
            continue;
        };
        let Some(table) = bench.read("choices.csv").map(|text| rows(&text)) else {
            continue;
        };
        let at = table[0].iter().position(|name| name == column);
        let at = at.expect("a column");
        if let Some(row) = (1..table.len()).find(|&row| !table[row][at].is_empty()) {
            return (bench, table, row);
        }
    }
    panic!("no plan of sixty has a {column}");
}

#[test]
fn what_other_purchases_cost_lies_between_what_is_proven_and_what_is_plain() {
    for column in ["cost_with_one_less", "cost_with_one_more"] {
        let (bench, table, row) = judged(column);
        bench.rejects("choices.csv", &with(&table, row, column, "1"), column);
        bench.rejects("choices.csv", &with(&table, row, column, "much"), column);
        bench.rejects("choices.csv", &with(&table, row, "units", "7"), column);
        bench.rejects("choices.csv", &with(&table, row, "departures", "9"), column);
        bench.rejects("choices.csv", &with(&table, row, "run", "never"), column);
        // no unit can be taken away where none is bought
        let units = table[0].iter().position(|name| name == "units");
        let units = units.expect("a column");
        if table[row][units] == "0" {
            let changed = with(&table, row, "cost_with_one_less", "999999999");
            bench.rejects("choices.csv", &changed, "one less than none");
        }
    }
    // at the worst the unit stays empty
    let column = "cost_with_one_more";
    let (bench, table, row) = judged(column);
    let changed = with(&table, row, column, "999999999999");
    bench.rejects("choices.csv", &changed, "more than an empty unit");
}

/// A bench whose plan was searched for among whole units, with branches.
fn searched() -> Bench {
    let branches = |bench: &Bench| {
        let run = bench.read("run.json").expect("a run");
        let table = bench.read("branches.csv").unwrap_or_default();
        let count = table.lines().count();
        (count > 2 && run.contains("\"whole_units\": {")).then_some(count)
    };
    let benches = (0..60).filter_map(Bench::new);
    let counted = benches.filter_map(|bench| Some((branches(&bench)?, bench)));
    let fewest = counted.min_by_key(|&(count, _)| count);
    fewest.expect("a plan with branches").1
}

/// The positions of columns of a table.
fn at<const N: usize>(table: &[Vec<String>], names: [&str; N]) -> [usize; N] {
    let of = |name: &str| table[0].iter().position(|title| title == name);
    names.map(|name| of(name).expect("a column"))
}

/// Fewer branches prove more, and so do prices below nothing: neither is a proof.
#[test]
fn a_branch_left_out_or_a_price_below_nothing_proves_nothing() {
    let bench = searched();
    let branches = rows(&bench.read("branches.csv").expect("a table"));
    let [branch, what, least, most] = at(&branches, ["branch", "what", "at_least", "at_most"]);
    for one in branches[1..].iter().take(20) {
        let others = branches.iter().filter(|row| row[branch] != one[branch]);
        let others: Vec<Vec<String>> = others.cloned().collect();
        bench.rejects("branches.csv", &text(&others), "a branch less");
    }
    for (column, cell) in [
        (branch, "one"),
        (what, "nobody"),
        (least, "9"),
        (most, "-1"),
    ] {
        let row = (1..branches.len()).find(|&row| !branches[row][what].is_empty());
        let mut edited = branches.clone();
        edited[row.expect("a choice")][column] = cell.to_owned();
        bench.rejects("branches.csv", &text(&edited), cell);
    }
    let prices = rows(&bench.read("branch_prices.csv").expect("a table"));
    let [set, kind, name, price] = at(&prices, ["prices", "kind", "name", "price"]);
    let all = rows(&bench.read("prices.csv").expect("a table"));
    let [its_kind, its_name] = at(&all, ["kind", "name"]);
    let mut more = prices.clone();
    // in a set of its own, which no branch speaks of
    let mut row = vec![String::new(); prices[0].len()];
    row[set] = "9999".to_owned();
    row[kind].clone_from(&all[1][its_kind]);
    row[name].clone_from(&all[1][its_name]);
    row[price] = "1".to_owned();
    more.push(row);
    assert!(bench.holds_with("branch_prices.csv", &text(&more)), "spare");
    let last = more.len() - 1;
    for (column, cell) in [
        (price, "-1"),
        (price, "0.5"),
        (name, "nobody"),
        (kind, "link"),
        (kind, "luck"),
        (set, "first"),
    ] {
        let mut edited = more.clone();
        edited[last][column] = cell.to_owned();
        bench.rejects("branch_prices.csv", &text(&edited), cell);
    }
    more.push(more[last].clone());
    bench.rejects("branch_prices.csv", &text(&more), "a price twice");
}

#[test]
fn what_is_said_of_the_search_must_be_possible() {
    let bench = searched();
    let run = bench.read("run.json").expect("a run");
    let line = |name: &str| {
        let lines = run
            .lines()
            .skip_while(|line| !line.contains("\"whole_units\""));
        let mut found = lines.filter(|line| line.contains(&format!("\"{name}\": ")));
        found.next().expect(name).to_owned()
    };
    for (name, value) in [
        ("proof", "\"my word\""),
        ("root_bound", "1000000000000"),
        ("bound_as_bought", "1000000000000"),
        ("nodes", "-1"),
        ("linear_programs", "many"),
        ("judged_by_solving_again", "1000000"),
        ("not_judged", "0.5"),
    ] {
        let (before, other) = (line(name), format!("    \"{name}\": {value},"));
        let other = match before.ends_with(',') {
            true => other,
            false => other.trim_end_matches(',').to_owned(),
        };
        bench.rejects("run.json", &run.replace(&before, &other), &other);
    }
    let bench = overtime(None);
    let run = bench.read("run.json").expect("a run");
    let searched = "\"whole_units\": {\"proof\": \"branches.csv\", \"nodes\": 1, \
                    \"linear_programs\": 1, \"judged_by_solving_again\": 0, \"not_judged\": 0}";
    let other = run.replace("\"whole_units\": null", searched);
    bench.rejects("run.json", &other, "a search for nothing");
}

/// That less is proven than could be is no lie, but not what the prices say.
#[test]
fn a_bound_that_is_lower_than_its_prices_prove_is_named() {
    let bench = overtime(None);
    let run = bench.read("run.json").expect("a run");
    let lower = run.replace("\"bound\": 600,", "\"bound\": 540,");
    // (600 − 540) / 600
    let lower = lower.replace("\"gap\": 0,", "\"gap\": 0.1,");
    assert!(lower.contains("540") && lower.contains("\"gap\": 0.1"));
    bench.rejects("run.json", &lower, "a lower bound");
}

#[test]
fn what_the_run_adds_to_a_list_is_named() {
    let bench = overtime(None);
    let run = bench.read("run.json").expect("a run");
    let run: serde_json::Value = serde_json::from_str(&run).expect("a run");
    let held = bench.holds_with("run.json", &run.to_string());
    assert!(held, "the same in another layout");
    for list in ["services", "modes", "bottlenecks"] {
        let mut longer = run.clone();
        let entries = longer[list].as_array_mut().expect("a list");
        entries.push(entries[0].clone());
        bench.rejects("run.json", &longer.to_string(), list);
        longer[list].as_array_mut().expect("a list").clear();
        bench.rejects("run.json", &longer.to_string(), list);
    }
}

/// As large as 128 bits hold, and a digit more.
#[test]
fn a_price_beyond_all_money_is_no_price() {
    let bench = overtime(None);
    let prices = rows(&bench.read("prices.csv").expect("a table"));
    for price in [i128::MAX.to_string(), format!("{}0", i128::MAX)] {
        let other = with(&prices, 1, "price", &price);
        bench.rejects("prices.csv", &other, &price);
    }
}
