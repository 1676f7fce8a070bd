//! Plans that are right in unusual ways are not rejected.

use std::fs;

use railair::engine::Options;
use railair::plan::verify::{self, verify_files};
use railair::plan::what_if::{self, Ranges, WhatIf};
use railair::plan::{Plan, Prepared, prepare};
use railair::report::csv::Dialect;
use railair::report::render;

use crate::mutations::Bench;

/// The plan of an instance of these tables holds.
fn held(tables: &[(&str, &str)]) -> Bench {
    Bench::of(laid_out(tables), 0).expect("a plan")
}

/// The plan with the ranges of its prices, which holds.
fn with_ranges(tables: &[(&str, &str)]) -> Plan {
    let prepared = laid_out(tables);
    let options = Options {
        threads: Some(1),
        ..Options::default()
    };
    let mut plan = prepared.solve(&options).expect("a plan");
    let what_if = WhatIf::new(&prepared, &what_if::bought(&plan), &options).expect("an answer");
    let ranges = Ranges::find(&what_if, &|_, _| ());
    ranges.fill(&what_if, &mut plan);
    let files = render(&plan, Dialect::Plain).expect("tables");
    let found = verify_files(&files, &prepared.instance, &verify::Options::default());
    let found = found.expect("a plan");
    assert!(found.holds, "{:#?}", found.failures);
    plan
}

fn laid_out(tables: &[(&str, &str)]) -> Prepared {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, text) in tables {
        fs::write(folder.path().join(format!("{name}.csv")), text).expect("a table");
    }
    let prepared = prepare(folder.path(), None);
    prepared.unwrap_or_else(|error| panic!("{error:#?}"))
}

const SETTINGS: (&str, &str) = (
    "settings",
    "setting,value\nname,honest\nhorizon,dated\nweek_start,2024-01-01\n",
);
const PLACES: (&str, &str) = (
    "places",
    "place,kind,lat,lon,time_zone\nTown,city,1,1,UTC\nHub,hub,1,1,UTC\n",
);
const DEMAND: (&str, &str) = (
    "demand",
    "origin,destination,product,parcels\nTown,Hub,p,70\n",
);

/// A charter that is paid for in any case and costs nothing: bought, empty and free of charge, it is
/// bought all the same. What runs on after the week for who comes late is neither paid for nor bought.
#[test]
fn whole_units_of_the_planned_weeks_are_purchases_though_they_cost_nothing() {
    let bench = held(&[
        SETTINGS,
        PLACES,
        DEMAND,
        (
            "products",
            "product,kg_per_parcel,litres_per_parcel,promise_hours,max_late_hours,unserved_per_parcel\n\
             p,1,5,24,48,9\n",
        ),
        (
            "services",
            "service,mode,origin,destination,days,departs,hours,km,unit,units,kg_per_unit,\
             m3_per_unit,price_per_unit,min_units,whole_units\n\
             truck,road,Town,Hub,daily,20:00,2,100,kg,,1,,0.1,,\n\
             charter,air,Town,Hub,daily,22:00,1,100,aircraft,2,50,1,0,1,yes\n",
        ),
    ]);
    let purchases = bench.read("purchases.csv").expect("a table");
    assert!(purchases.contains("charter,1,2024-01-07,"), "{purchases}");
    assert!(!purchases.contains("charter,1,2024-01-08,"), "{purchases}");
}

/// Two legs of one line between the same places sell different units, and both are scarce.
#[test]
fn legs_between_the_same_places_are_scarce_in_units_of_their_own() {
    let bench = held(&[
        SETTINGS,
        PLACES,
        DEMAND,
        (
            "products",
            "product,kg_per_parcel,litres_per_parcel,promise_hours,max_late_hours,unserved_per_parcel\n\
             p,1,5,72,0,9\n",
        ),
        (
            "services",
            "service,leg,mode,origin,destination,days,departs,hours,dwell_hours,km,unit,units,\
             kg_per_unit,m3_per_unit,price_per_unit\n\
             line,1,road,Town,Hub,daily,20:00,2,,100,box,1,2,,0.1\n\
             line,2,road,Hub,Town,,,2,1,100,kg,,,,0.1\n\
             line,3,road,Town,Hub,,,2,1,100,chargeable_kg,1,,,0.1\n",
        ),
    ]);
    let run = bench.read("run.json").expect("a run");
    for unit in ["\"unit\": \"box\"", "\"unit\": \"chargeable kg\""] {
        assert!(run.contains(unit), "{unit}: {run}");
    }
}

/// Ten parcels a day, who have no time to wait for others, are cheaper at 1 each than a shift at
/// 300 × 0.05, though not than a thirtieth of one. Nor may Sunday's ten, who are sorted in the week
/// after, take so little of a shift in what their prices are worth.
#[test]
fn shifts_that_nobody_works_are_not_divided_in_ranges() {
    let plan = with_ranges(&[
        SETTINGS,
        PLACES,
        DEMAND,
        (
            "products",
            "product,kg_per_parcel,litres_per_parcel,promise_hours,max_late_hours,unserved_per_parcel\n\
             p,1,5,24,0,9\n",
        ),
        (
            "services",
            "service,mode,origin,destination,days,departs,hours,km\n\
             truck,road,Town,Hub,daily,20:00,12,100\n",
        ),
        (
            "handling",
            "place,step,direction,hours,tier,capacity,shift_capacity,unit,per,price_per_unit\n\
             Hub,sorting,in,2,1,20,,parcel,day,1\nHub,sorting,in,2,2,300,300,parcel,day,0.05\n",
        ),
    ]);
    assert_eq!(plan.run.cost.0, 70_000_000);
}

/// One parcel of a gram wants to go, and each of seven departures sells a thousandth of one: a unit
/// more is one on all of them.
#[test]
fn a_unit_more_of_a_commitment_is_one_on_all_of_its_departures() {
    with_ranges(&[
        ("settings", "setting,value\nname,honest\n"),
        PLACES,
        (
            "demand",
            "origin,destination,product,parcels\nTown,Hub,p,1\n",
        ),
        (
            "products",
            "product,kg_per_parcel,litres_per_parcel,promise_hours,unserved_per_parcel\np,0.001,1,1,1\n",
        ),
        (
            "services",
            "service,mode,origin,destination,departs,hours,km,unit,units,commit\n\
             flight,air,Town,Hub,18:00,1,,chargeable_kg,0.000001,week\n",
        ),
    ]);
}
