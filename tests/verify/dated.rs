//! What a dated plan is about: rules that could be read in two ways, each worked out by hand.

use std::collections::BTreeMap;
use std::fs;

use railair::engine::Options;
use railair::plan::verify::{self, Verification, verify_files};
use railair::plan::{Plan, Prepared, prepare};
use railair::report::csv::Dialect;
use railair::report::render;

use crate::plans::prepared;
use crate::seeds::seeds;

type Tables<'t> = &'t [(&'t str, &'t str)];

const PLACES: (&str, &str) = (
    "places",
    "place,kind,time_zone\nTown,city,UTC\nHub,hub,UTC\n",
);
const SERVICES: &str = "service,mode,origin,destination,days,departs,hours,km,unit,units,\
                        kg_per_unit,price_per_unit,min_units,whole_units,commit\n";
/// Everything is ready on Monday at 06:00.
const MONDAY: (&str, &str) = ("profiles", "profile,release_time,mon\nd,06:00,1\n");

/// One week from 2024-06-03, with more settings.
fn week(more: &str) -> String {
    format!("setting,value\nname,dated\nhorizon,dated\nweek_start,2024-06-03\n{more}")
}

/// A product of 1 kg: hours promised and allowed late, and what a parcel left behind costs.
fn product(promise: u32, late: u32, unserved: u32) -> String {
    format!(
        "product,kg_per_parcel,litres_per_parcel,promise_hours,max_late_hours,late_per_parcel_day,\
         unserved_per_parcel\np,1,5,{promise},{late},24,{unserved}\n"
    )
}

fn demand(parcels: u32) -> String {
    format!("origin,destination,product,parcels,profile\nTown,Hub,p,{parcels},d\n")
}

fn laid_out(tables: Tables<'_>) -> Prepared {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, text) in tables {
        fs::write(folder.path().join(format!("{name}.csv")), text).expect("a table");
    }
    let prepared = prepare(folder.path(), None);
    prepared.unwrap_or_else(|error| panic!("{error:#?}"))
}

/// The plan of an instance of these tables, which the checker accepts.
fn planned(tables: Tables<'_>) -> Plan {
    changed(tables, &[])
}

/// The same; the checker refuses it with the changes, each of one file.
fn changed(tables: Tables<'_>, changes: &[(&str, &str, &str)]) -> Plan {
    let prepared = laid_out(tables);
    let options = Options {
        threads: Some(1),
        ..Options::default()
    };
    let plan = prepared.solve(&options).expect("a plan");
    let files = render(&plan, Dialect::Plain).expect("tables");
    let check = |files: &BTreeMap<String, Vec<u8>>| {
        let found = verify_files(files, &prepared.instance, &verify::Options::default());
        found.expect("a plan")
    };
    let found = check(&files);
    assert!(found.holds, "{:#?}", found.failures);
    assert!(plan.run.bound.expect("a bound") <= plan.run.cost);
    for (file, from, to) in changes {
        let mut files = files.clone();
        let text = String::from_utf8(files[*file].clone()).expect("text");
        assert!(text.contains(from), "{file}: {text}");
        files.insert((*file).to_owned(), text.replacen(from, to, 1).into_bytes());
        assert!(!check(&files).holds, "{file}: {to} for {from}");
        files.remove(*file);
        assert!(!check(&files).holds, "without {file}");
    }
    plan
}

/// What the checker says of a plan made by hand.
fn by_hand(tables: Tables<'_>, allocation: &str) -> Verification {
    let files = BTreeMap::from([("allocation.csv".to_owned(), allocation.as_bytes().to_vec())]);
    let options = verify::Options {
        by_hand: true,
        ..verify::Options::default()
    };
    verify_files(&files, &laid_out(tables).instance, &options).expect("a plan")
}

/// The cost in whole money.
fn cost(plan: &Plan) -> f64 {
    plan.run.cost.0 as f64 / 1e6
}

/// Ten parcels ride on Monday, and seven runs pay 100 kg each at 1; what runs on pays nothing,
/// however long parcels could be late.
#[test]
fn minimums_are_those_of_the_planned_weeks() {
    for late in [0, 100, 400] {
        let plan = planned(&[
            ("settings", &week("")),
            PLACES,
            MONDAY,
            ("products", &product(24, late, 1000)),
            ("demand", &demand(10)),
            (
                "services",
                &format!("{SERVICES}truck,road,Town,Hub,daily,12:00,5,100,kg,200,,1,100,,\n"),
            ),
        ]);
        assert_eq!(cost(&plan), 700.0, "{late} hours late");
        assert_eq!(plan.departures.len(), 7);
    }
}

/// Five parcels are ready on Sunday at 18:00 and ride on the Monday after the week: 7 × 100 for the
/// week's minimums, 5 for what they use of a run that has none.
#[test]
fn later_departures_cost_what_planned_parcels_use() {
    let plan = planned(&[
        ("settings", &week("")),
        PLACES,
        ("profiles", "profile,release_time,sun\nd,18:00,1\n"),
        ("products", &product(24, 0, 1000)),
        ("demand", &demand(5)),
        (
            "services",
            &format!("{SERVICES}truck,road,Town,Hub,daily,12:00,5,100,kg,200,,1,100,,\n"),
        ),
    ]);
    assert_eq!(cost(&plan), 705.0);
    assert_eq!(plan.departures.len(), 8);
}

/// Ten kilograms on Monday commit each run of the week to ten. The five of Sunday evening ride after
/// the week, where each run decides for itself: 7 × 10 + 5.
#[test]
fn commitments_bind_runs_of_the_planned_weeks() {
    for commit in ["week", "horizon"] {
        assert_eq!(cost(&committed(commit, "")), 75.0, "{commit}");
    }
}

/// Ten kilograms on Monday morning and five on Sunday evening, which ride after the week, on trucks of
/// which runs of a week or of the horizon are committed to alike.
fn committed(commit: &str, more: &str) -> Plan {
    planned(&[
        ("settings", &week(more)),
        PLACES,
        (
            "profiles",
            "profile,release_time,mon,sun\nearly,06:00,1,\nlate,18:00,,1\n",
        ),
        ("products", &(product(24, 0, 1000) + "q,1,5,24,0,24,1000\n")),
        (
            "demand",
            "origin,destination,product,parcels,profile\nTown,Hub,p,10,early\n\
             Town,Hub,q,5,late\n",
        ),
        (
            "services",
            &format!("{SERVICES}truck,road,Town,Hub,daily,12:00,5,100,kg,50,,1,,,{commit}\n"),
        ),
    ])
}

/// Of two parcels of Sunday one flies on Sunday and one on Monday, eleven hours late at 1 an hour.
/// But next Monday's parcel could then not fly before its time is up and would stay behind at 12: the
/// planned one stays instead, which costs 12 and not 11 + 12.
#[test]
fn the_tail_competes_for_whatever_is_limited() {
    let tables = |tail: &str, service: &str| {
        planned(&[
            ("settings", &week(&format!("tail,{tail}\n"))),
            PLACES,
            (
                "profiles",
                "profile,release_time,mon,sun\nd,06:00,0.3333333,0.6666667\n",
            ),
            ("products", &product(24, 48, 12)),
            ("demand", &demand(3)),
            ("services", service),
        ])
    };
    let by_units = format!("{SERVICES}flight,air,Town,Hub,17,12:00,5,,kg,1,,0,,,\n");
    let by_lift = "service,mode,origin,destination,days,departs,hours,km,max_kg\n\
                   flight,air,Town,Hub,17,12:00,5,100,1\n";
    let by_units = by_units.replace(",5,,kg", ",5,100,kg");
    for service in [by_units.as_str(), by_lift] {
        let alone = tables("none", service);
        assert_eq!((cost(&alone), alone.run.totals.late.0), (11.0, 1));
        let plan = tables("repeat-last-week", service);
        assert_eq!((cost(&plan), plan.run.totals.unserved.0), (12.0, 1));
        assert_eq!(plan.run.totals.parcels.0, 3);
    }
}

/// A flight that is chartered whole for 50 each Monday. The next week's parcels charter another, which
/// stands apart and in no figure.
#[test]
fn nothing_of_the_tail_stands_in_a_figure() {
    let tables: Tables<'_> = &[
        ("settings", &week("tail,repeat-last-week\n")),
        PLACES,
        MONDAY,
        ("products", &product(24, 168, 100)),
        ("demand", &demand(10)),
        (
            "services",
            &format!("{SERVICES}charter,air,Town,Hub,daily,12:00,5,100,aircraft,1,100,50,,yes,\n"),
        ),
        (
            "handling",
            "place,step,direction,hours,capacity,price_per_unit\nHub,sorting,in,2,12,0.1\n",
        ),
    ];
    let changes = [
        ("purchases_tail.csv", "2024-06-10,1", "2024-06-10,2"),
        ("allocation_tail.csv", ",10,10,", ",9,9,"),
        ("run.json", "\"tail_cost\": 51", "\"tail_cost\": 50"),
        ("run.json", "\"bound\": 51", "\"bound\": 52"),
    ];
    let plan = changed(tables, &changes);
    assert_eq!(cost(&plan), 51.0);
    assert_eq!(plan.run.totals.tail_cost.0, 51_000_000);
    let bought = plan.purchases.iter().filter(|row| row.units > 0);
    let runs: Vec<&str> = bought.map(|row| row.run.as_str()).collect();
    assert_eq!(runs, ["2024-06-03"]);
    assert!(plan.purchases.iter().all(|row| *row.run < *"2024-06-10"));
    assert!(plan.choices.iter().all(|row| *row.run < *"2024-06-10"));
    let apart: Vec<&str> = plan.purchases_tail.iter().map(|row| &*row.run).collect();
    assert_eq!(apart, ["2024-06-10"]);
    let aboard: i64 = plan.departures.iter().map(|row| row.parcels.0).sum();
    assert_eq!(aboard, 10);
    assert_eq!(plan.handling.iter().map(|row| row.used).sum::<i64>(), 10);
}

/// A leg after the week of a run of the week counts for the horizon, and what starts after the week
/// counts nowhere: three parcels are ready on Sunday at 18:00, and one may ride in the week or over
/// the horizon.
#[test]
fn limits_count_runs_of_the_planned_weeks() {
    let costs = |service: &str, per: &str| {
        let plan = planned(&[
            ("settings", &week("")),
            (
                "places",
                "place,kind,time_zone\nTown,city,UTC\nStop,city,UTC\nHub,hub,UTC\n",
            ),
            ("profiles", "profile,release_time,sun\nd,18:00,1\n"),
            ("products", &product(48, 0, 10)),
            ("demand", &demand(3)),
            ("services", service),
            (
                "limits",
                &format!("limit,metric,place,per,max\nL,parcels,Hub,{per},1\n"),
            ),
        ]);
        cost(&plan)
    };
    let head = "service,leg,mode,origin,destination,days,departs,hours,km\n";
    // leaves Town on Sunday at 20:00 and Stop on Monday at 08:00: two parcels stay behind
    let night = format!("{head}t,1,road,Town,Stop,7,20:00,5,9\nt,2,road,Stop,Hub,,08:00,5,9\n");
    assert_eq!(costs(&night, "horizon"), 20.0);
    // on Monday's leg the limit of the week after still holds, as it is one of the planned runs
    assert_eq!(costs(&night, "week"), 20.0);
    // leaves Town on Monday: no limit concerns it
    let morning = night.replace(",7,20:00", ",1,02:00");
    assert_eq!(costs(&morning, "horizon"), 0.0);
    assert_eq!(costs(&morning, "week"), 0.0);
}

/// Ten parcels ride on Monday. Each of the seven runs of the week pays 100, and each of a week that
/// counts with it 100 more, where nothing is ready; the checker knows both.
#[test]
fn minimums_of_later_weeks_count_where_that_is_set() {
    for (more, weeks) in [("", 1), ("counted_weeks,0\n", 1), ("counted_weeks,3\n", 4)] {
        let tables: Tables<'_> = &[
            ("settings", &week(more)),
            PLACES,
            MONDAY,
            ("products", &product(24, 0, 1000)),
            ("demand", &demand(10)),
            (
                "services",
                &format!("{SERVICES}truck,road,Town,Hub,daily,12:00,5,100,kg,200,,1,100,,\n"),
            ),
        ];
        let plan = planned(tables);
        assert_eq!(cost(&plan), f64::from(700 * weeks), "{more}");
        assert_eq!(plan.departures.len(), 7 * weeks as usize);
        assert_eq!(plan.run.services[0].departures, 7 * weeks as u32);
        let head = "origin,destination,product,release,path,parcels\n";
        let row = "Town,Hub,p,2024-06-03 06:00,truck@2024-06-03,10\n";
        let found = by_hand(tables, &format!("{head}{row}"));
        assert!(found.holds, "{:#?}", found.failures);
        assert_eq!(found.cost, (700 * weeks).to_string());
    }
}

/// Ten kilograms commit each run of their week, or of the horizon, to ten. The five of Sunday evening
/// ride after the week: in a run that decides for itself, or that is one of a week that counts.
#[test]
fn commitments_of_later_weeks_bind_where_that_is_set() {
    let costs = |commit: &str, more: &str| cost(&committed(commit, more));
    assert_eq!(costs("week", ""), 75.0);
    // 7 × 10 and 7 × 5, or 14 × 10
    assert_eq!(costs("week", "counted_weeks,1\n"), 105.0);
    assert_eq!(costs("horizon", "counted_weeks,1\n"), 140.0);
}

/// Three parcels are ready on Sunday at 18:00 and ride on Monday after the week. At most one may, for
/// two stay behind at 10 each; at least five a week should, for 1 each that is missing.
#[test]
fn limits_count_in_later_weeks_where_that_is_set() {
    let plan = |more: &str, limit: &str| {
        planned(&[
            ("settings", &week(more)),
            PLACES,
            ("profiles", "profile,release_time,sun\nd,18:00,1\n"),
            ("products", &product(48, 0, 10)),
            ("demand", &demand(3)),
            (
                "services",
                "service,mode,origin,destination,days,departs,hours,km\n\
                 truck,road,Town,Hub,1,02:00,5,9\n",
            ),
            ("limits", limit),
        ])
    };
    let one = "counted_weeks,1\n";
    for per in ["day", "week", "horizon"] {
        let most = format!("limit,metric,place,per,max\nL,parcels,Hub,{per},1\n");
        assert_eq!(cost(&plan("", &most)), 0.0, "{per}");
        assert_eq!(cost(&plan(one, &most)), 20.0, "{per}");
    }
    let least = |per: &str| format!("limit,metric,per,min,penalty_per_unit\nL,parcels,{per},5,1\n");
    // five are missing in the week; and two in the next
    assert_eq!(cost(&plan("", &least("week"))), 5.0);
    let later = plan(one, &least("week"));
    assert_eq!(cost(&later), 7.0);
    let short: Vec<i64> = later
        .limits
        .iter()
        .map(|row| row.violation / 1_000_000)
        .collect();
    assert_eq!(short, [5, 2]);
    assert_eq!(cost(&plan("", &least("horizon"))), 5.0);
    assert_eq!(cost(&plan(one, &least("horizon"))), 2.0);
}

/// The train of the second week after has a minimum of 30 and carries nobody: the tail ends before.
/// What competes after the week stands in no figure, its own use of that minimum neither.
#[test]
fn a_minimum_that_only_the_tail_could_use_is_paid_where_it_counts() {
    let costs = |more: &str| {
        let plan = planned(&[
            ("settings", &week(&format!("tail,repeat-last-week\n{more}"))),
            PLACES,
            MONDAY,
            ("products", &product(24, 168, 100)),
            ("demand", &demand(10)),
            (
                "services",
                &format!("{SERVICES}train,rail,Town,Hub,1,12:00,5,100,kg,200,1,1,30,,\n"),
            ),
        ]);
        (cost(&plan), plan.run.totals.tail_cost.0)
    };
    // the next Monday's ten parcels pay 10 beside the plan, or ride for what is paid already
    assert_eq!(costs(""), (30.0, 10_000_000));
    assert_eq!(costs("counted_weeks,1\n"), (60.0, 0));
    assert_eq!(costs("counted_weeks,2\n"), (90.0, 0));
}

/// Two hours on the first leg are two on all: 08:00, 10:30 and 13:00.
#[test]
fn a_delay_is_no_more_on_later_legs() {
    let plan = planned(&[
        ("settings", &week("")),
        (
            "places",
            "place,kind,time_zone\nTown,city,Asia/Shanghai\nA,city,Asia/Shanghai\n\
             B,city,Asia/Shanghai\nHub,hub,Asia/Shanghai\n",
        ),
        ("profiles", "profile,release_time,tue\nd,18:00,1\n"),
        ("products", &product(72, 0, 100)),
        ("demand", &demand(7)),
        (
            "services",
            "service,leg,mode,origin,destination,days,departs,hours,dwell_hours,km,unit,units,\
             price_per_unit\n\
             train,1,rail,Town,A,daily,06:00,2,,100,kg,9,1\n\
             train,2,rail,A,B,,,2,0.5,100,kg,9,1\ntrain,3,rail,B,Hub,,,2,0.5,100,kg,9,1\n",
        ),
        (
            "events",
            "event,service,first_date,effect,value\nlate,train,2024-06-05,delay_hours,2\n",
        ),
    ]);
    let of_run = plan.departures.iter().filter(|row| row.run == "2024-06-05");
    let times: Vec<&str> = of_run.map(|row| row.departs.as_str()).collect();
    let expected = ["2024-06-05 08:00", "2024-06-05 10:30", "2024-06-05 13:00"];
    assert_eq!(times, expected);
}

/// Rides cost nothing, and each boarding short of 15 costs 10. Ten parcels board once and end at the
/// hub: five are short, or one where four others go the other way.
#[test]
fn what_a_release_may_ride_does_not_depend_on_other_demand() {
    let tables = |more: &str| {
        vec![
            ("settings", "setting,value\nname,circle\n".to_owned()),
            (PLACES.0, PLACES.1.to_owned()),
            (MONDAY.0, MONDAY.1.to_owned()),
            ("products", product(72, 100, 400)),
            ("demand", demand(10) + more),
            (
                "services",
                "service,mode,origin,destination,days,departs,hours,km\n\
                 out,road,Town,Hub,246,12:00,5,100\nback,road,Hub,Town,135,12:00,5,100\n"
                    .to_owned(),
            ),
            (
                "limits",
                "limit,metric,per,min,penalty_per_unit\nL,parcels,week,15,10\n".to_owned(),
            ),
        ]
    };
    let plan = |more: &str| {
        let owned = tables(more);
        let tables: Vec<(&str, &str)> = owned.iter().map(|(name, text)| (*name, &**text)).collect();
        planned(&tables)
    };
    assert_eq!(cost(&plan("")), 50.0);
    assert_eq!(cost(&plan("Hub,Town,p,4,d\n")), 10.0);
    // and the checker accepts no such way, though it could be ridden
    let owned = tables("Hub,Town,p,4,d\n");
    let tables: Vec<(&str, &str)> = owned.iter().map(|(name, text)| (*name, &**text)).collect();
    let head = "origin,destination,product,release,path,parcels\n";
    let ride = "out@W1 Tue > back@W1 Wed > out@W1 Thu";
    let found = by_hand(
        &tables,
        &format!("{head}Town,Hub,p,W1 Mon 06:00,{ride},10\n"),
    );
    let message = &found.failures[0].message;
    assert!(
        message.contains("goes on from Hub, where the parcels are delivered"),
        "{message}"
    );
    let found = by_hand(
        &tables,
        &format!("{head}Town,Hub,p,W1 Mon 06:00,out@W1 Tue,10\n"),
    );
    assert!(found.holds, "{:#?}", found.failures);
}

/// Seven parcels a week are sorted, none on two days: exactly five, which rounded sevenths of a
/// millionth would make four.
#[test]
fn a_week_of_handling_loses_the_part_of_it_that_its_days_do() {
    let plan = planned(&[
        ("settings", &week("")),
        PLACES,
        MONDAY,
        ("products", &product(24, 0, 10)),
        ("demand", &demand(7)),
        (
            "services",
            "service,mode,origin,destination,days,departs,hours,km\n\
             truck,road,Town,Hub,daily,12:00,5,100\n",
        ),
        (
            "handling",
            "place,step,direction,hours,capacity,per\nHub,sorting,in,1,7,week\n",
        ),
        (
            "events",
            "event,place,first_date,last_date,effect,value\nx,Hub,2024-06-06,2024-06-07,\
             capacity_factor,0\n",
        ),
    ]);
    assert_eq!(cost(&plan), 20.0);
}

/// Nothing may lie at the hub at midnight. What arrives at 22:00 is sorted until 04:00, which is no
/// lying; two steps that end at 23:00 and at 01:00 are none either. But where the day's sorting is
/// full the rest would lie there until the next, from 22:00 past midnight to just then: not at it.
#[test]
fn handling_is_no_storage_and_a_midnight_counts_until_parcels_leave() {
    let costs = |handling: &str, promise: u32| {
        let plan = planned(&[
            ("settings", &week("")),
            (
                "places",
                "place,kind,time_zone,storage_m3,storage_per_m3_day\nTown,city,UTC,,\n\
                 Hub,hub,UTC,0,24000\n",
            ),
            MONDAY,
            ("products", &product(promise, 0, 10_000)),
            ("demand", &demand(2)),
            (
                "services",
                "service,mode,origin,destination,days,departs,hours,km\n\
                 truck,road,Town,Hub,1,12:00,10,100\n",
            ),
            ("handling", handling),
        ]);
        cost(&plan)
    };
    let head = "place,step,direction,hours,capacity\n";
    assert_eq!(costs(&format!("{head}Hub,sorting,in,6,9\n"), 48), 0.0);
    let two = format!("{head}Hub,customs,in,1,9\nHub,sorting,in,2,9\n");
    assert_eq!(costs(&two, 48), 0.0);
    // one of two waits for Tuesday's sorting, two hours of 0.005 m³ at 1,000 an hour: 10
    assert_eq!(costs(&format!("{head}Hub,sorting,in,6,1\n"), 48), 10.0);
}

/// On random instances: with the tail's tables taken away, and all that knows of them, the rest is a
/// plan made by hand, which holds and costs the same.
#[test]
fn a_plan_without_its_tail_is_a_plan_of_the_same_cost() {
    let mut competing = 0;
    for seed in seeds(30, 300) {
        let (prepared, _instance) = prepared(seed);
        if prepared
            .network
            .releases
            .iter()
            .all(|release| release.reported)
        {
            continue;
        }
        let options = Options {
            threads: Some(1),
            ..Options::default()
        };
        let Ok(plan) = prepared.solve(&options) else {
            continue;
        };
        competing += usize::from(!plan.allocation_tail.is_empty());
        let mut files = render(&plan, Dialect::Plain).expect("tables");
        files.retain(|name, _| ["allocation.csv", "departures.csv"].contains(&name.as_str()));
        let options = verify::Options {
            by_hand: true,
            ..verify::Options::default()
        };
        let found = verify_files(&files, &prepared.instance, &options).expect("a plan");
        let of_prices =
            |failure: &&verify::Failure| failure.column.as_deref() != Some("shadow_price_per_unit");
        let wrong: Vec<_> = found.failures.iter().filter(of_prices).collect();
        assert!(wrong.is_empty(), "seed {seed}: {wrong:#?}");
        let cost: f64 = found.cost.parse().expect("a cost");
        assert_eq!((cost * 1e6).round(), plan.run.cost.0 as f64, "seed {seed}");
    }
    assert!(competing > 3, "only {competing} plans with a tail");
}

/// Clocks in Brussels jump from 02:00 to 03:00 on 31 March 2024 and show 02:00 to 03:00 twice on
/// 27 October. What leaves at 02:30 leaves at 03:30 then, which is 01:30 UTC, and at the first 02:30
/// in autumn, 00:30 UTC.
#[test]
fn clocks_that_change_skip_times_and_repeat_them() {
    let arrival = |monday: &str| {
        let settings = week("").replace("2024-06-03", monday);
        let plan = planned(&[
            ("settings", &settings),
            (
                "places",
                "place,kind,time_zone\nTown,city,Europe/Brussels\nHub,hub,UTC\n",
            ),
            ("profiles", "profile,release_time,sat\nd,18:00,1\n"),
            ("products", &product(24, 0, 10)),
            ("demand", &demand(1)),
            (
                "services",
                "service,mode,origin,destination,days,departs,hours,km\n\
                 night,road,Town,Hub,7,02:30,5,100\n",
            ),
        ]);
        plan.allocation[0].delivered.clone()
    };
    assert_eq!(arrival("2024-03-25"), "2024-03-31 06:30");
    assert_eq!(arrival("2024-10-21"), "2024-10-27 05:30");
}
