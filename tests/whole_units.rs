//! Whole units from tables to a plan that verifies: charters, fleets, commitments.

use std::fs;
use std::path::Path;

use railair::engine::Options;
use railair::plan::verify::{self, verify};
use railair::plan::what_if::{self, WhatIf};
use railair::plan::{Plan, prepare};
use railair::report::{Destination, write_plan};

/// Two dated weeks from Monday 6 January 2020, one origin with an airport, one market; parcels of
/// 1 kg and 1 litre that cost 10 to leave behind and cannot wait for the next week's flight.
struct Tables {
    /// Parcels of week 1 and week 2.
    parcels: [i64; 2],
    /// Cells of the charter from `units` on: `units,kg_per_unit,price_per_unit,whole_units,commit` and,
    /// where it is not 0, `min_units`.
    charter: &'static str,
}

fn write(tables: &Tables, folder: &Path) {
    let [first, second] = tables.parcels;
    let charter = tables.charter;
    let minimum = match charter.split(',').count() {
        5 => ",0",
        _ => "",
    };
    let files = [
        (
            "settings.csv",
            "setting,value\nname,two weeks\ncurrency,EUR\nhorizon,dated\nweek_start,2020-01-06\nweeks,2\ntail,none\n"
                .to_owned(),
        ),
        (
            "places.csv",
            "place,kind,country,time_zone\nXI,airport,CN,Asia/Shanghai\nLG,market,BE,Europe/Brussels\n"
                .to_owned(),
        ),
        (
            "products.csv",
            "product,kg_per_parcel,litres_per_parcel,promise_hours,max_late_hours,unserved_per_parcel\n\
             box,1,1,60,0,10\n"
                .to_owned(),
        ),
        (
            "profiles.csv",
            "profile,mon,release_time\nmonday,1,00:00\n".to_owned(),
        ),
        (
            "demand.csv",
            format!(
                "origin,destination,product,week,parcels,profile\n\
                 XI,LG,box,1,{first},monday\nXI,LG,box,2,{second},monday\n"
            ),
        ),
        (
            "services.csv",
            format!(
                "service,mode,origin,destination,days,departs,hours,last_date,km,unit,units,kg_per_unit,price_per_unit,whole_units,commit,min_units\n\
                 charter,air,XI,LG,.2.....,12:00,12,2020-01-19,9000,aircraft,{charter}{minimum}\n"
            ),
        ),
    ];
    for (name, text) in files {
        fs::write(folder.join(name), text).expect("a table");
    }
}

/// Solves to a gap of nothing, writes the plan, verifies it.
fn solved(tables: &Tables) -> Plan {
    let folder = tempfile::tempdir().expect("a folder");
    write(tables, folder.path());
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
    plan
}

/// Units bought per departure, in whole units, and the cost in the currency.
fn bought(plan: &Plan) -> (Vec<i64>, i64) {
    let units = plan.purchases.iter().map(|row| row.units / 1_000_000);
    (units.collect(), plan.run.cost.0 / 1_000_000)
}

#[test]
fn a_charter_flies_if_it_is_cheaper_by_one_euro() {
    // 100 parcels a week cost 1,000 to leave behind.
    let charter = |price: &'static str| Tables {
        parcels: [100, 100],
        charter: price,
    };
    let dear = solved(&charter("1,100,1001,yes,departure"));
    assert_eq!(bought(&dear), (vec![0, 0], 2_000));
    let cheap = solved(&charter("1,100,999,yes,departure"));
    assert_eq!(bought(&cheap), (vec![1, 1], 1_998));
    // without one of them its 100 parcels stay behind: 1,998 − 999 + 1,000
    let less = cheap.choices[0].cost_with_one_less.expect("solved again");
    assert_eq!(less.0 / 1_000_000, 1_999);
    assert_eq!(cheap.choices[0].cost_with_one_more, None);
}

#[test]
fn what_is_bought_cannot_be_given_back_to_meet_a_maximum() {
    // 95 parcels a week cost 950 to leave behind, an aircraft for 100 is 800 and, above a maximum
    // of none, another 50. Were a twentieth of it given back, 2.50 of that would be saved.
    let folder = tempfile::tempdir().expect("a folder");
    let tables = Tables {
        parcels: [95, 95],
        charter: "1,100,800,yes,departure",
    };
    write(&tables, folder.path());
    let limits = "limit,metric,service,per,max,penalty_per_unit\nfew,units,charter,week,0,50\n";
    fs::write(folder.path().join("limits.csv"), limits).expect("a table");
    let prepared = prepare(folder.path(), None).unwrap_or_else(|error| panic!("{error:#?}"));
    let mut options = Options::default();
    options.whole.gap = 0.0;
    let plan = prepared.solve(&options).expect("a plan");
    assert_eq!(bought(&plan), (vec![1, 1], 1_700));
    let what_if = WhatIf::new(&prepared, &what_if::bought(&plan), &options).expect("solved");
    assert_eq!(what_if.cost(), plan.run.cost);
}

#[test]
fn a_fleet_is_filled_aircraft_by_aircraft() {
    // 250 parcels, 100 an aircraft at 600: two carry 200 and leave 50 behind, 1,200 + 500; three
    // cost 1,800. In week 2 there are 270: three at 1,800 against 1,200 + 700.
    let plan = solved(&Tables {
        parcels: [250, 270],
        charter: "5,100,600,yes,departure",
    });
    assert_eq!(bought(&plan), (vec![2, 3], 3_500));
    // one less in week 2 leaves 70 behind: 3,500 − 600 + 700
    let less = plan.choices[1].cost_with_one_less.expect("solved again");
    assert_eq!(less.0 / 1_000_000, 3_600);
    // one more in week 1 takes the 50 that stay: 3,500 + 600 − 500
    let more = plan.choices[0].cost_with_one_more.expect("solved again");
    assert_eq!(more.0 / 1_000_000, 3_600);
}

#[test]
fn a_commitment_for_the_horizon_binds_both_weeks() {
    // 100 parcels in week 1, 40 in week 2, an aircraft at 600. Alone, week 1 flies (600 < 1,000)
    // and week 2 does not (400 < 600): 1,000 in all.
    let alone = solved(&Tables {
        parcels: [100, 40],
        charter: "1,100,600,yes,departure",
    });
    assert_eq!(bought(&alone), (vec![1, 0], 1_000));
    // Bound together: both fly for 1,200 or none for 1,400.
    let together = solved(&Tables {
        parcels: [100, 40],
        charter: "1,100,600,yes,horizon",
    });
    assert_eq!(bought(&together), (vec![1, 1], 1_200));
    assert_eq!(together.choices.len(), 1);
    assert_eq!(together.choices[0].departures, 2);
    // With 10 parcels in week 2, none: 1,100 against 1,200.
    let neither = solved(&Tables {
        parcels: [100, 10],
        charter: "1,100,600,yes,horizon",
    });
    assert_eq!(bought(&neither), (vec![0, 0], 1_100));
    // A commitment for a week binds only its own departures, here one a week.
    let weekly = solved(&Tables {
        parcels: [100, 40],
        charter: "1,100,600,yes,week",
    });
    assert_eq!(bought(&weekly), (vec![1, 0], 1_000));
}

#[test]
fn commitments_of_parts_of_units_bind_too() {
    // Space by the kilogram at 6, committed for the horizon: 100 kg in both weeks cost 1,200 and
    // save 1,000 + 400; the first 40 kg save 800 for 480, the other 60 save 600 for 720. So 40.
    let plan = solved(&Tables {
        parcels: [100, 40],
        charter: "100,1,6,no,horizon",
    });
    let units: Vec<i64> = plan.departures.iter().map(|row| row.units).collect();
    assert_eq!(units, [40_000_000, 40_000_000]);
    assert_eq!(plan.run.cost.0 / 1_000_000, 480 + 600);
}

#[test]
fn minimum_units_are_paid_and_what_is_beyond_them_is_bound_for_the_horizon() {
    // One aircraft is paid for in any case. 250 parcels in week 1 fill three at 200 (600 against
    // 1,500 left behind), so week 2 buys two beyond its minimum too: 6 × 200, though 90 parcels fill
    // one only and two are dead freight. Two aircraft in both weeks: 800 + 50 parcels left = 1,300.
    let plan = solved(&Tables {
        parcels: [250, 90],
        charter: "3,100,200,yes,horizon,1",
    });
    assert_eq!(bought(&plan), (vec![3, 3], 1_200));
    let dead: Vec<i64> = plan.departures.iter().map(|row| row.dead_units).collect();
    assert_eq!(dead, [0, 2_000_000]);
    let less = plan.choices[0].cost_with_one_less.expect("solved again");
    assert_eq!(less.0 / 1_000_000, 1_300);
    // with no parcels at all the minimum is paid, and it is all dead freight
    let idle = solved(&Tables {
        parcels: [0, 0],
        charter: "3,100,200,yes,departure,2",
    });
    assert_eq!(bought(&idle), (vec![2, 2], 800));
    assert_eq!(idle.run.breakdown.dead.0 / 1_000_000, 800);
}

#[test]
fn every_choice_is_judged_or_counted_as_not() {
    let plan = solved(&Tables {
        parcels: [250, 270],
        charter: "5,100,600,yes,departure",
    });
    let whole = plan.run.whole_units.expect("whole units");
    assert_eq!((whole.judged, whole.not_judged), (2, 0));
}
