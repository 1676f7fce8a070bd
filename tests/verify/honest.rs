//! Plans that are right in unusual ways are not rejected.

use std::fs;

use railair::plan::prepare;

use crate::mutations::Bench;

/// The plan of an instance of these tables holds.
fn held(tables: &[(&str, &str)]) -> Bench {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, text) in tables {
        fs::write(folder.path().join(format!("{name}.csv")), text).expect("a table");
    }
    let prepared = prepare(folder.path(), None);
    let prepared = prepared.unwrap_or_else(|error| panic!("{error:#?}"));
    Bench::of(prepared, 0).expect("a plan")
}

const SETTINGS: (&str, &str) = (
    "settings",
    "setting,value\nname,honest\nhorizon,dated\nweek_start,2024-01-01\n",
);
const PLACES: (&str, &str) = (
    "places",
    "place,kind,time_zone\nTown,city,UTC\nHub,hub,UTC\n",
);
const DEMAND: (&str, &str) = (
    "demand",
    "origin,destination,product,parcels\nTown,Hub,p,70\n",
);

/// A charter that is paid for in any case and costs nothing runs on after the week for who comes
/// late: bought, empty and free of charge, it is bought all the same.
#[test]
fn whole_units_after_the_planned_weeks_are_purchases_though_they_cost_nothing() {
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
    assert!(purchases.contains("charter,1,2024-01-08,"), "{purchases}");
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
