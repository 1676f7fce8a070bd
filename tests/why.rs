//! Explanations, ranges and conflicts at the command line, against figures worked out by hand and
//! against solving again.

mod cli_support;

use std::fs;

use cli_support::Desk;
use railair::plan::explain::{AllInTime, DemandStory, Explanation};
use railair::plan::what_if::{Ranges, Unanswered};
use railair::units::Money;
use serde_json::Value;

/// A textbook instance in `net`, and its plan in `plan`.
fn textbook(name: &str) -> Desk {
    let desk = Desk::new();
    let from = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("instances/textbook");
    fs::create_dir(desk.path("net")).expect("a folder");
    for entry in fs::read_dir(from.join(name)).expect("a textbook instance") {
        let path = entry.expect("a file").path();
        let to = desk.path("net").join(path.file_name().expect("a name"));
        fs::copy(&path, to).expect("copied");
    }
    desk
}

fn solved(desk: &Desk) {
    desk.run(&["solve", "net", "--out", "plan", "--quiet"], 0);
}

fn explained(desk: &Desk, question: &[&str]) -> Value {
    let mut arguments = vec!["explain", "plan", "--format", "json"];
    arguments.extend(question);
    serde_json::from_str(&desk.run(&arguments, 0)).expect("JSON")
}

/// The least cost of a scenario of `net`, to a hundredth.
fn cost(desk: &Desk, scenario: &str) -> f64 {
    let json = desk.run(
        &["solve", "net", "--format", "json", "--scenario", scenario],
        0,
    );
    let json: Value = serde_json::from_str(&json).expect("JSON");
    json["run"]["cost"].as_f64().expect("a cost")
}

fn close(value: &Value, expected: f64) {
    let value = value.as_f64().expect("a number");
    assert!(
        (value - expected).abs() < 0.005,
        "{value} is not {expected}"
    );
}

/// 2,500 parcels wait at a hub that sorts 1,000 a day at 0.10 and 600 more at 0.40. See the table
/// on paper of the instance.
#[test]
fn ranges_stand_in_the_tables_and_hold_what_they_say() {
    let desk = textbook("overtime");
    let said = desk.run(&["solve", "net", "--ranges", "--out", "plan"], 0);
    assert!(said.contains("What to buy next"), "{said}");
    // 1,000 more at 0.10 on Monday save 0.30 a parcel while there is overtime to replace
    assert!(said.contains("300.00"), "{said}");
    let verified = desk.run(&["verify", "plan"], 0);
    assert!(verified.contains("The plan holds."), "{verified}");
    assert_eq!(desk.column("plan/demand.csv", "parcels", 0), 2_500);
    // without being asked for, the cells are blank
    desk.run(&["solve", "net", "--out", "bare", "--quiet"], 0);
    let table = desk.read("bare/handling.csv");
    for line in table.lines().skip(1) {
        assert!(line.ends_with(",,,"), "{line}");
    }
    // a range that does not lead back to the least cost is found out
    let table = desk.read("plan/handling.csv");
    let line = table
        .lines()
        .find(|line| line.contains("W1 Mon,"))
        .expect("Monday");
    let there = line.rsplit(',').next().expect("a cost");
    let wrong = line.replace(&format!(",{there}"), ",1");
    fs::write(desk.path("plan/handling.csv"), table.replace(line, &wrong)).expect("written");
    let said = desk.run(&["verify", "plan"], 5);
    assert!(said.contains("cost_there"), "{said}");
}

/// Ten containers on the train are paid for and free to fill; the others go by ship at 800 / 4,000
/// boxes = 0.20 a box. The train's next container costs 1,000: 0.25 a box.
#[test]
fn a_demand_is_told_with_where_it_goes_and_what_one_more_costs() {
    let desk = textbook("dead-freight");
    solved(&desk);
    let told = explained(&desk, &["--demand", "Factory", "box"]);
    let demand = &told["demands"][0];
    assert_eq!(demand["parcels"], 60_000);
    let route = |service: &str, key: &str| {
        let routes = demand["routes"].as_array().expect("routes");
        let own = routes.iter().find(|route| route["services"][0] == service);
        own.expect("the route")[key].clone()
    };
    assert_eq!(route("train", "parcels"), 40_000);
    assert_eq!(route("ship", "parcels"), 20_000);
    // at list prices 10 containers at 1,000 and 5 at 800
    close(&route("train", "cost"), 10_000.0);
    close(&route("ship", "cost"), 4_000.0);
    close(&demand["one_more_costs"], 0.2);
    // the ship takes any number, so there is no end to that
    assert_eq!(demand["holds_for"], Value::Null);
}

/// Without the train, 15 containers at 800 on the ship: 12,000, 2,000 less than now, because the
/// commitment goes too.
#[test]
fn a_cancelled_service_costs_what_the_explanation_says() {
    let desk = textbook("dead-freight");
    let scenarios = desk.read("net/scenarios.csv") + "cancelled,services,train,,drop,,\n";
    fs::write(desk.path("net/scenarios.csv"), scenarios).expect("a table");
    solved(&desk);
    let told = explained(&desk, &["--service", "train"]);
    let service = &told["service"];
    let by_hand = 15.0 * 800.0 - 14_000.0;
    close(&service["if_cancelled"]["more"], by_hand);
    let least = told["least_cost"].as_f64().expect("a cost");
    close(
        &service["if_cancelled"]["more"],
        cost(&desk, "cancelled") - least,
    );
    // all that rides are boxes, forty thousand of them; a larger train would save nothing
    assert_eq!(service["riders"][0]["parcels"], 40_000);
    close(&service["if_larger"]["saves"], 0.0);
}

/// The cheap flight lifts 5 t chargeable; see the instance's table on paper: one more tonne of it
/// saves 1,000 until nothing is left for the other.
#[test]
fn a_cheaper_way_is_told_with_what_closes_it_and_what_opens_it() {
    let desk = textbook("weight-and-volume");
    solved(&desk);
    let told = explained(&desk, &[]);
    let bottleneck = &told["bottlenecks"][0];
    assert_eq!(bottleneck["what"], "cheap flight");
    close(&bottleneck["one_more_saves"], 1_000.0);
    close(&bottleneck["costs"], 500.0);
    let said = desk.run(&["explain", "plan"], 0);
    insta::assert_snapshot!("explain", said);
}

#[test]
fn the_starter_is_explained_in_words() {
    let desk = Desk::with_instance();
    solved(&desk);
    insta::assert_snapshot!("explain-starter", desk.run(&["explain", "plan"], 0));
    let said = desk.run(&["explain", "plan", "--demand", "HANGZHOU", "bulky"], 0);
    insta::assert_snapshot!("explain-demand", said);
    let said = desk.run(&["explain", "plan", "--service", "HGH-LGG"], 0);
    insta::assert_snapshot!("explain-service", said);
    let wide = |line: &&str| line.chars().count() > 100;
    assert_eq!(said.lines().find(wide), None);
}

/// Whether two costs are the same but for whole parcels: one more that stays behind is 4e-5.
fn near(value: &Value, expected: f64, of: f64) {
    let value = value.as_f64().expect("a number");
    assert!(
        (value - expected).abs() < 5e-5 * of,
        "{value} is not {expected}"
    );
}

/// The flight without end and the flight cancelled, each as a scenario that is solved by itself.
#[test]
fn what_if_costs_what_the_scenario_costs() {
    let desk = Desk::with_instance();
    let scenarios = desk.read("net/scenarios.csv")
        + "cancelled,services,HGH-LGG,,drop,,\nendless,services,HGH-LGG,units,set,,\n";
    fs::write(desk.path("net/scenarios.csv"), scenarios).expect("a table");
    solved(&desk);
    let told = explained(&desk, &["--service", "HGH-LGG"]);
    let least = told["least_cost"].as_f64().expect("a cost");
    let service = &told["service"];
    let cancelled = cost(&desk, "cancelled");
    near(&service["if_cancelled"]["more"], cancelled - least, least);
    let endless = cost(&desk, "endless");
    near(&service["if_larger"]["saves"], least - endless, least);
    assert!(endless < least && least < cancelled);
    // late and left behind are those of a plan without it
    desk.run(
        &[
            "solve",
            "net",
            "--scenario",
            "cancelled",
            "--out",
            "without",
        ],
        0,
    );
    for fate in ["late", "unserved"] {
        let column = desk.column("without/demand.csv", fate, 0);
        assert_eq!(service["if_cancelled"][fate], column as i64, "{fate}");
        let column = desk.column("plan/demand.csv", fate, 0);
        let now = format!("{fate}_now");
        assert_eq!(service["if_cancelled"][&now], column as i64, "{now}");
    }
    // what is scarce costs what it would cost less without end
    let bottlenecks = explained(&desk, &[]);
    let flight = &bottlenecks["bottlenecks"][0];
    assert_eq!(flight["what"], "HGH-LGG");
    near(&flight["costs"], least - endless, least);
}

/// A parcel of a litre, one of the 10,000 that a unit of 10 m³ at 1 EUR holds: 0.0001 EUR, of which
/// a price, rounded to a part of 2^-32, proves less than the ninth digit.
#[test]
fn what_costs_next_to_nothing_is_explained_like_anything_else() {
    let desk = Desk::new();
    fs::create_dir(desk.path("net")).expect("a folder");
    let tables = [
        ("settings", "setting,value\nname,tiny\n"),
        (
            "places",
            "place,kind,lat,lon\nFROM,market,,\nTO,border,1,1\n",
        ),
        (
            "products",
            "product,kg_per_parcel,litres_per_parcel,promise_hours,unserved_per_parcel\np,1,1,1,1\n",
        ),
        (
            "demand",
            "origin,destination,product,parcels\nFROM,TO,p,1\n",
        ),
        (
            "services",
            "service,mode,origin,destination,departs,hours,km,unit,units,m3_per_unit,price_per_unit\n\
             flight,air,FROM,TO,12:00,1,1,case,1,10,1\n",
        ),
    ];
    for (name, text) in tables {
        fs::write(desk.path(&format!("net/{name}.csv")), text).expect("a table");
    }
    desk.run(&["solve", "net", "--ranges", "--out", "plan"], 0);
    let table = desk.read("plan/demand.csv");
    assert!(
        !table.lines().nth(1).expect("a demand").ends_with(",,,"),
        "{table}"
    );
    let told = explained(&desk, &[]);
    assert!((told["least_cost"].as_f64().expect("a cost") - 0.0001).abs() < 1e-9);
    assert_eq!(told["unanswered"], Value::Array(Vec::new()));
    assert_eq!(told["not_asked"], 0);
}

/// No time at all: what the plan itself says is told, and that nothing was asked.
#[test]
fn without_time_an_explanation_tells_what_it_has() {
    let desk = Desk::with_instance();
    solved(&desk);
    let said = desk.run(&["explain", "plan", "--time-limit", "0.000001"], 6);
    assert!(said.contains("late because"), "{said}");
    assert!(said.contains("Time was up before anything"), "{said}");
}

/// 15,000 parcels find no room, so that more room could take them: then it must not be said that
/// nothing could. 200 are too slow whatever room there is. A difference of 0.0049 is none.
#[test]
fn what_lacks_room_is_not_said_to_be_out_of_reach() {
    let story = |impossible, too_slow| DemandStory {
        origin: "A".to_owned(),
        destination: "B".to_owned(),
        product: "p".to_owned(),
        week: 1,
        parcels: 20_000,
        on_time: 4_000,
        late: 0,
        unserved: 16_000,
        routes: Vec::new(),
        one_more_costs: None,
        holds_for: None,
        alternatives: Vec::new(),
        reason: "left behind because F on Mon is full".to_owned(),
        all_in_time: Some(AllInTime {
            impossible,
            too_slow,
            more: Money(4_900),
        }),
    };
    let told = Explanation {
        instance: "net".to_owned(),
        scenario: None,
        currency: "EUR".to_owned(),
        cost: Money(1_000_000),
        least_cost: Some(Money(1_000_000)),
        bottlenecks: Vec::new(),
        troubles: Vec::new(),
        demands: vec![story(15_000, 0), story(15_200, 200)],
        service: None,
        questions: 2,
        unanswered: Vec::new(),
        not_asked: 0,
    };
    let said = railair::report::explanation::text(&told);
    let said = said.split_whitespace().collect::<Vec<_>>().join(" ");
    for words in [
        "there is no room to have 15,000 of them in time",
        "No way is fast enough for 200 of them, whatever it costs; there is no room to have 15,000 \
         others in time",
        "to have the others in time costs the same",
    ] {
        assert!(said.contains(words), "{said}");
    }
    assert!(!said.contains("0.00"), "{said}");
}

/// A range that was not found is named, and those that were not asked for are counted.
#[test]
fn blank_ranges_are_named_and_counted() {
    let ranges = Ranges {
        cost: Money(1_000_000),
        prices: std::collections::BTreeMap::new(),
        purchases: Vec::new(),
        unanswered: vec![Unanswered {
            what: "HGH-LGG on W1 Mon".to_owned(),
            why: "time fell out".to_owned(),
        }],
        not_asked: 3,
        solves: 0,
    };
    let said = railair::report::next_purchases::list(&ranges, "EUR");
    assert!(
        said.contains("no range was found of HGH-LGG on W1 Mon: time fell out"),
        "{said}"
    );
    assert!(
        said.contains("1 range was not found: its cells are blank"),
        "{said}"
    );
    assert!(said.contains("3 of 4 prices were not asked"), "{said}");
}

#[test]
fn what_cannot_be_explained_is_refused() {
    let desk = Desk::with_instance();
    solved(&desk);
    let said = desk.fail(&["explain", "plan", "--service", "HGH-LG"], 2);
    assert!(said.contains("did you mean HGH-LGG"), "{said}");
    let said = desk.fail(&["explain", "plan", "--demand", "HANGZHOU", "x"], 2);
    assert!(said.contains("no demand of x from HANGZHOU"), "{said}");
    desk.fail(&["explain", "net"], 2);
    desk.replace("net/services.csv", ",18000,", ",19000,");
    let said = desk.fail(&["explain", "plan"], 2);
    assert!(
        said.contains("services") && said.contains("changed since"),
        "{said}"
    );
}

/// The train lifts 8 containers of 64 m³ on two days: 1,024 m³ a week. 1,100 m³ by rail cannot be
/// had; the flights' limit has nothing to do with it. By a twelfth less, 1,024, it can.
#[test]
fn a_conflict_is_smallest_and_its_repair_solves() {
    let desk = Desk::with_instance();
    let limits = "limit,metric,mode,per,min,max,penalty_per_unit\n\
                  flights,kg,air,week,,80000,\n\
                  rail,m3,rail,week,1100,,\n";
    fs::write(desk.path("net/limits.csv"), limits).expect("a table");
    let said = desk.fail(&["solve", "net", "--repair", "repair.csv"], 4);
    insta::assert_snapshot!("conflict", said);
    assert!(said.contains("limits.csv row 3, column min"), "{said}");
    assert!(said.contains("column units"), "{said}");
    assert!(
        !said.contains("row 2"),
        "the flights' limit is no part of it: {said}"
    );
    assert_eq!(
        desk.read("repair.csv"),
        "scenario,table,key,column,change,value\nrepair,limits,rail,min,set,1024\n"
    );
    fs::copy(desk.path("repair.csv"), desk.path("net/scenarios.csv")).expect("copied");
    desk.run(&["solve", "net", "--scenario", "repair"], 0);
    // without either member there is a plan: it was smallest
    desk.replace("net/services.csv", "FEU,8,", "FEU,9,");
    desk.run(&["solve", "net"], 0);
    desk.replace("net/services.csv", "FEU,9,", "FEU,8,");
    fs::remove_file(desk.path("net/scenarios.csv")).expect("removed");
    desk.replace("net/limits.csv", "rail,m3,rail,week,1100,,\n", "");
    desk.run(&["solve", "net"], 0);
}

/// Two limits that exclude each other, whatever the capacity: at least 900 m³ and at most 700 m³
/// by rail. Relative to itself it is less to lower 900 to 700 (2/9) than to raise 700 to 900 (2/7).
#[test]
fn two_limits_that_exclude_each_other_are_the_whole_conflict() {
    let desk = Desk::with_instance();
    let limits = "limit,metric,mode,per,min,max,penalty_per_unit\n\
                  much,m3,rail,week,900,,\n\
                  little,m3,rail,week,,700,\n";
    fs::write(desk.path("net/limits.csv"), limits).expect("a table");
    let said = desk.fail(&["solve", "net", "--repair", "repair.csv"], 4);
    assert!(
        said.contains("limits.csv row 2, column min: at least 900 m³"),
        "{said}"
    );
    assert!(
        said.contains("limits.csv row 3, column max: at most 700 m³"),
        "{said}"
    );
    assert!(!said.contains("column units"), "{said}");
    let repair = desk.read("repair.csv");
    // whole parcels do not come to exactly 700 m³: a little less is asked for
    let value = repair
        .trim_end()
        .strip_prefix("scenario,table,key,column,change,value\nrepair,limits,much,min,set,");
    let value: f64 = value.expect("one change").parse().expect("a number");
    assert!((699.0..=700.0).contains(&value), "{value}");
    fs::write(desk.path("net/scenarios.csv"), repair).expect("a table");
    desk.run(&["solve", "net", "--scenario", "repair"], 0);
}

/// The train lifts no more than 1,024 m³, so that 50 t by air are more than a tenth of all weight.
/// Three limits ask for that much: it is less to let the share go than all of them. Trucks
/// are no main haul of anything, so that all is 210 t: 50/210 = 0.238096.
#[test]
fn a_share_gives_way_by_no_more_than_it_takes() {
    let desk = Desk::with_instance();
    let limits = "limit,metric,mode,per,min,max_share,penalty_per_unit\n\
                  flights,kg,air,week,50000,,\n\
                  flights-at-all,kg,air,horizon,50000,,\n\
                  flights-again,kg,air,week,50000,,\n\
                  little,kg,air,week,,0.1,\n";
    fs::write(desk.path("net/limits.csv"), limits).expect("a table");
    let said = desk.fail(&["solve", "net", "--repair", "repair.csv"], 4);
    assert!(
        said.contains("limits.csv row 5, column max_share: at most 10 % of all kg by air a week"),
        "{said}"
    );
    assert!(said.contains("are taken as they are"), "{said}");
    let repair = desk.read("repair.csv");
    let value = repair.trim_end().strip_prefix(
        "scenario,table,key,column,change,value\nrepair,limits,little,max_share,set,",
    );
    let value: f64 = value.expect("one change").parse().expect("a share");
    assert!((0.238..0.239).contains(&value), "{value}");
    fs::write(desk.path("net/scenarios.csv"), &repair).expect("a table");
    desk.run(
        &["solve", "net", "--scenario", "repair", "--out", "repaired"],
        0,
    );
    desk.run(&["verify", "repaired"], 0);
    // a thousandth less is not enough
    let less = repair.replace(&value.to_string(), &(value - 0.001).to_string());
    fs::write(desk.path("net/scenarios.csv"), less).expect("a table");
    desk.fail(&["solve", "net", "--scenario", "repair"], 4);
    // without any one of the members there is a plan
    let members: Vec<&str> = said.lines().filter(|line| line.contains(" row ")).collect();
    assert!(members.len() >= 2, "{said}");
    fs::remove_file(desk.path("net/scenarios.csv")).expect("removed");
    desk.replace("net/limits.csv", "little,kg,air,week,,0.1,\n", "");
    desk.run(&["solve", "net"], 0);
}

/// Aircraft of 100 kg run whole. At most 0.9 of them a week would carry 20 of the parcels of 1 kg,
/// were they sold in parts; whole, there is none and nothing is carried. It is less to allow one
/// aircraft (0.1/0.9) than to ask for no parcels (20/20).
#[test]
fn whole_units_are_told_as_a_conflict_where_parts_would_do() {
    let desk = Desk::new();
    fs::create_dir(desk.path("net")).expect("a folder");
    let tables = [
        (
            "settings",
            "setting,value\nname,two weeks\ncurrency,EUR\nhorizon,dated\nweek_start,2020-01-06\nweeks,2\ntail,none\n",
        ),
        (
            "places",
            "place,kind,country,time_zone\nXI,airport,CN,Asia/Shanghai\nLG,market,BE,Europe/Brussels\n",
        ),
        (
            "products",
            "product,kg_per_parcel,litres_per_parcel,promise_hours,max_late_hours,unserved_per_parcel\n\
             box,1,1,60,0,10\n",
        ),
        ("profiles", "profile,mon,release_time\nmonday,1,00:00\n"),
        (
            "demand",
            "origin,destination,product,parcels,profile\nXI,LG,box,100,monday\n",
        ),
        (
            "services",
            "service,mode,origin,destination,days,departs,hours,last_date,km,unit,units,kg_per_unit,price_per_unit,whole_units\n\
             charter,air,XI,LG,.2.....,12:00,12,2020-01-19,9000,aircraft,3,100,600,yes\n",
        ),
        (
            "limits",
            "limit,metric,service,per,min,max\n\
             few,units,charter,week,,0.9\n\
             some,parcels,charter,week,20,\n",
        ),
    ];
    for (name, text) in tables {
        fs::write(desk.path(&format!("net/{name}.csv")), text).expect("a table");
    }
    let said = desk.fail(&["solve", "net", "--repair", "repair.csv"], 4);
    for member in [
        "limits.csv row 2, column max: at most 0.9 units",
        "limits.csv row 3, column min: at least 20 parcels",
    ] {
        assert!(said.contains(member), "{said}");
    }
    assert!(said.contains("cannot hold together"), "{said}");
    // more aircraft on offer would count in the limit too
    assert!(!said.contains("services.csv"), "{said}");
    assert_eq!(
        desk.read("repair.csv"),
        "scenario,table,key,column,change,value\nrepair,limits,few,max,set,1\n"
    );
    fs::copy(desk.path("repair.csv"), desk.path("net/scenarios.csv")).expect("copied");
    desk.run(&["solve", "net", "--scenario", "repair"], 0);
}

/// 700 parcels go by rail or stay behind. Between 100.2 and 100.7 kg lies no whole number of parcels of
/// 1 kg. That is written where no plan stands, and a plan that is there stays as it is.
#[test]
fn the_end_of_a_search_is_written_where_no_plan_stands() {
    let desk = Desk::new();
    fs::create_dir(desk.path("net")).expect("a folder");
    let tables = [
        (
            "settings",
            "setting,value\nname,between\ncurrency,EUR\nhorizon,typical-week\n",
        ),
        (
            "places",
            "place,kind,country,time_zone\nXI,airport,CN,Asia/Shanghai\nLG,market,BE,Europe/Brussels\n",
        ),
        (
            "products",
            "product,kg_per_parcel,litres_per_parcel,promise_hours,unserved_per_parcel\nbox,1,1,60,10\n",
        ),
        (
            "demand",
            "origin,destination,product,parcels\nXI,LG,box,700\n",
        ),
        (
            "services",
            "service,mode,origin,destination,departs,hours,km,unit,price_per_unit\nair,air,XI,LG,12:00,12,9000,kg,1\n",
        ),
    ];
    for (name, text) in tables {
        fs::write(desk.path(&format!("net/{name}.csv")), text).expect("a table");
    }
    solved(&desk);
    let before = [desk.read("plan/run.json"), desk.read("plan/allocation.csv")];
    let limits = "limit,metric,service,per,min,max\nair,kg,air,week,100.2,100.7\n";
    fs::write(desk.path("net/limits.csv"), limits).expect("a table");
    for folder in ["plan", "none"] {
        let said = desk.fail(&["solve", "net", "--out", folder], 4);
        assert!(said.contains("whole parcels"), "{said}");
    }
    let after = [desk.read("plan/run.json"), desk.read("plan/allocation.csv")];
    assert_eq!(before, after);
    assert!(!desk.path("plan/conflict.csv").exists());
    let written = fs::read_dir(desk.path("none")).expect("a folder");
    let mut names: Vec<String> = written
        .map(|entry| {
            entry
                .expect("a file")
                .file_name()
                .to_string_lossy()
                .into_owned()
        })
        .filter(|name| !name.starts_with('.'))
        .collect();
    names.sort();
    assert_eq!(names, ["conflict.csv", "run.json"]);
    let run: Value = serde_json::from_str(&desk.read("none/run.json")).expect("JSON");
    assert_eq!(run["status"]["ending"], "infeasible_in_whole_parcels");
    assert_eq!(run["status"]["feasible"], false);
    // divided, parcels would keep every limit: no cells conflict
    let conflict = desk.read("none/conflict.csv");
    assert_eq!(conflict, "file,row,column,says,irreducible\n");
    // nobody takes it for a plan
    for command in ["verify", "explain", "report"] {
        let said = desk.fail(&[command, "none"], 2);
        assert!(said.contains("holds no plan"), "{command}: {said}");
    }
}
