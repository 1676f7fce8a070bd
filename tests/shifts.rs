//! Handling tiers in whole shifts, from tables to a plan that verifies.

use std::fs;
use std::path::Path;

use railair::engine::Options;
use railair::plan::verify::{self, verify};
use railair::plan::what_if::{self, WhatIf};
use railair::plan::{Plan, PurchaseRow, prepare};
use railair::report::{Destination, write_plan};

/// A dated week from Monday 6 January 2020. Parcels of 1 kg and 2 litres are ready at XI on Monday at
/// 00:00, a truck brings them to LG by 13:00, and they must be sorted by midnight or stay behind at 10
/// each. `tiers` are the rows of sorting from `tier` on:
/// `tier,capacity,shift_capacity,unit,price_per_unit`.
fn write(folder: &Path, parcels: i64, tiers: &[&str], events: &str) {
    let sorting: String = (tiers.iter())
        .map(|tier| format!("LG,sorting,in,1,{tier}\n"))
        .collect();
    let files = [
        (
            "settings.csv",
            "setting,value\nname,a week\nhorizon,dated\nweek_start,2020-01-06\n".to_owned(),
        ),
        (
            "places.csv",
            "place,kind,time_zone\nXI,city,UTC\nLG,hub,UTC\n".to_owned(),
        ),
        (
            "products.csv",
            "product,kg_per_parcel,litres_per_parcel,promise_hours,max_late_hours,unserved_per_parcel\n\
             box,1,2,24,0,10\n"
                .to_owned(),
        ),
        (
            "profiles.csv",
            "profile,mon,release_time\nmonday,1,00:00\n".to_owned(),
        ),
        (
            "demand.csv",
            format!(
                "origin,destination,product,parcels,profile\nXI,LG,box,{parcels},monday\n"
            ),
        ),
        (
            "services.csv",
            "service,mode,origin,destination,departs,hours,km\ntruck,road,XI,LG,01:00,12,800\n"
                .to_owned(),
        ),
        (
            "handling.csv",
            format!(
                "place,step,direction,hours,tier,capacity,shift_capacity,unit,price_per_unit\n{sorting}"
            ),
        ),
        (
            "events.csv",
            format!("event,place,first_date,last_date,effect,value\n{events}"),
        ),
    ];
    for (name, text) in files {
        fs::write(folder.join(name), text).expect("a table");
    }
}

/// Solves to a gap of nothing, writes the plan, verifies it.
fn solved(parcels: i64, tiers: &[&str], events: &str) -> Plan {
    let folder = tempfile::tempdir().expect("a folder");
    write(folder.path(), parcels, tiers, events);
    let prepared = prepare(folder.path(), None).unwrap_or_else(|error| panic!("{error:#?}"));
    let mut options = Options {
        threads: Some(1),
        ..Options::default()
    };
    options.whole.gap = 0.0;
    let plan = prepared.solve(&options).expect("a plan");
    let target = folder.path().join("plan");
    let destination = Destination::prepare(&target).expect("a place for a plan");
    write_plan(&plan, &destination).expect("a plan that can be written");
    let found = verify(&target, &prepared.instance, &verify::Options::default());
    let found = found.expect("a plan that can be read");
    assert!(found.holds, "{:#?}", found.failures);
    // the program with the shifts as they are costs what the plan does
    let what_if = WhatIf::new(&prepared, &what_if::bought(&plan), &options).expect("solved");
    assert_eq!(what_if.cost(), plan.run.cost);
    plan
}

/// What a plan costs, in the currency.
fn cost(plan: &Plan) -> i64 {
    let bound = plan.run.bound.expect("a bound");
    assert!(plan.run.cost.0 - bound.0 <= 2, "{bound:?}");
    plan.run.cost.0 / 1_000_000
}

/// The shifts of Monday, tier by tier.
fn monday(plan: &Plan) -> Vec<&PurchaseRow> {
    let rows = plan.purchases.iter();
    rows.filter(|row| row.run == "2020-01-06").collect()
}

#[test]
fn a_shift_works_if_it_is_cheaper_by_one_euro() {
    // 150 parcels, of which 100 are sorted by the unit at 1. The others stay behind for 500, 600 in
    // all; or a shift of 100 comes and 50 are sorted by the unit: its price and 50.
    let staffed = |price: &str| {
        let overtime = format!("2,100,100,,{price}");
        solved(150, &["1,100,,parcel,1", &overtime], "")
    };
    let dear = staffed("5.51");
    assert_eq!(cost(&dear), 600);
    assert_eq!(monday(&dear)[0].units, 0);
    let more = dear.choices[0].cost_with_one_more.expect("solved again");
    assert_eq!(more.0 / 1_000_000, 601);
    let cheap = staffed("5.49");
    assert_eq!(cost(&cheap), 599);
    let shift = monday(&cheap)[0];
    assert_eq!((shift.units, shift.cost.0), (1_000_000, 549_000_000));
    assert_eq!((shift.service.as_str(), shift.leg), ("LG/sorting/in", 2));
    let less = cheap.choices[0].cost_with_one_less.expect("solved again");
    assert_eq!(less.0 / 1_000_000, 600);
}

#[test]
fn half_a_shift_is_paid_in_full() {
    // By the unit at 5.49 the same tier takes the 50 for 274.50 beside 100 at 1.
    let by_unit = solved(150, &["1,100,,parcel,1", "2,100,,,5.49"], "");
    assert_eq!(by_unit.run.cost.0, 374_500_000);
    assert!(by_unit.purchases.is_empty() && by_unit.choices.is_empty());
}

#[test]
fn shifts_that_are_cheaper_by_the_parcel_do_not_start_for_a_few() {
    // By the unit: 100 at 1, then 50 at 4. A shift of 100 costs 90.
    let tiers = ["1,100,,parcel,1", "2,200,100,,0.9", "3,50,,,4"];
    // 20 parcels cost 20 by the unit
    let few = solved(20, &tiers, "");
    assert_eq!((cost(&few), monday(&few)[0].units), (20, 0));
    // 110 cost 90 and 10 by the unit, against 140
    let some = solved(110, &tiers, "");
    assert_eq!((cost(&some), monday(&some)[0].units), (100, 1_000_000));
    // 200 cost two shifts, 180, against a shift and 100 by the unit, 190
    let many = solved(200, &tiers, "");
    assert_eq!((cost(&many), monday(&many)[0].units), (180, 2_000_000));
    // 360: all that can be done, 350, for 180 + 100 + 200, and 10 left behind
    let all = solved(360, &tiers, "");
    assert_eq!(cost(&all), 580);
}

#[test]
fn two_tiers_in_shifts_are_put_together_at_least_cost() {
    // Shifts of 40 for 30 and of 100 for 70, nothing by the unit. 140 parcels: one of each, 100;
    // 120: three of 40 for 90, as there are three, against 100 and 140; 130: one of each.
    let tiers = ["1,120,40,parcel,0.75", "2,200,100,,0.7"];
    let of = |plan: &Plan| -> Vec<i64> {
        let rows = monday(plan).into_iter();
        rows.map(|row| row.units / 1_000_000).collect()
    };
    for (parcels, counts, total) in [(140, [1, 1], 100), (120, [3, 0], 90), (130, [1, 1], 100)] {
        let plan = solved(parcels, &tiers, "");
        assert_eq!((of(&plan), cost(&plan)), (counts.to_vec(), total));
    }
}

#[test]
fn shifts_by_weight_and_by_volume_say_how_full_they_are() {
    // 50 parcels of 1 kg in a shift of 200 kg at 0.25: 50, a quarter full
    let weight = solved(50, &["1,200,200,kg,0.25"], "");
    let shift = monday(&weight)[0];
    assert_eq!(
        (cost(&weight), shift.weight.0, shift.volume.0),
        (50, 50_000, 0)
    );
    assert_eq!(shift.load_weight.map(|load| load.0), Some(2_500));
    assert_eq!(shift.load_volume, None);
    // 50 parcels of 2 litres in shifts of 0.04 m³ at 100 a m³: three shifts of 4, 0.1 of 0.12 m³
    let volume = solved(50, &["1,0.16,0.04,m3,100"], "");
    let shift = monday(&volume)[0];
    assert_eq!((cost(&volume), shift.units), (12, 3_000_000));
    assert_eq!(shift.load_volume.map(|load| load.0), Some(8_333));
}

#[test]
fn what_events_leave_works_in_whole_shifts() {
    // Half of 250 has room for one shift of 100: 100 sorted for 100, 50 left behind
    let strike = "strike,LG,2020-01-06,2020-01-06,capacity_factor,0.5\n";
    let plan = solved(150, &["1,250,100,parcel,1"], strike);
    assert_eq!(
        (cost(&plan), monday(&plan)[0].units_limit),
        (600, Some(1_000_000))
    );
    // without it two shifts sort them all: 200
    assert_eq!(cost(&solved(150, &["1,250,100,parcel,1"], "")), 200);
}
