//! Plans in whole parcels worked out by hand, one for each kind of thing that is hard in them.
//!
//! Parcels of a kilogram and a litre are ready at Town every evening at six, a seventh of the week's
//! each day, and are due at Hub a day later; who stays behind costs 9. The week is a typical one.

use std::fs;
use std::path::Path;
use std::process::Command;

use railair::engine::Options;
use railair::plan::verify::{self, verify_files};
use railair::plan::{Plan, PlanError, prepare};
use railair::report::csv::Dialect;
use railair::report::render;
use railair::units::Money;
use tempfile::TempDir;

const PRODUCTS: (&str, &str) = (
    "products",
    "product,kg_per_parcel,litres_per_parcel,promise_hours,max_late_hours,unserved_per_parcel\n\
     p,1,1,24,0,9\n",
);

/// The tables of a week with so many parcels, and these beside them or in their place.
fn written(parcels: i64, tables: &[(&str, &str)]) -> TempDir {
    let demand = format!("origin,destination,product,parcels\nTown,Hub,p,{parcels}\n");
    let common = [
        ("settings", "setting,value\nname,by hand\n"),
        ("places", "place,kind\nTown,city\nHub,hub\n"),
        ("demand", demand.as_str()),
        PRODUCTS,
    ];
    let folder = tempfile::tempdir().expect("a folder");
    for (name, text) in common.iter().chain(tables) {
        fs::write(folder.path().join(format!("{name}.csv")), text).expect("a table");
    }
    folder
}

/// The best plan in whole parcels, which the checker holds to be right.
fn answer(parcels: i64, tables: &[(&str, &str)]) -> Result<Plan, PlanError> {
    let folder = written(parcels, tables);
    let prepared = prepare(folder.path(), None).unwrap_or_else(|error| panic!("{error:#?}"));
    let options = Options {
        threads: Some(1),
        ..Options::default()
    };
    let plan = prepared.solve(&options)?;
    let files = render(&plan, Dialect::Plain).expect("tables");
    let found = verify_files(&files, &prepared.instance, &verify::Options::default());
    let found = found.expect("a plan that can be read");
    assert!(found.holds, "{:#?}", found.failures);
    assert!(plan.run.bound.is_some_and(|bound| bound <= plan.run.cost));
    Ok(plan)
}

fn solved(parcels: i64, tables: &[(&str, &str)]) -> Plan {
    answer(parcels, tables).expect("a plan")
}

/// Whether a plan costs this, in millionths. Each of up to a dozen purchases is rounded up to a
/// millionth of a unit, and none of these units costs more than 20.
fn costs(plan: &Plan, millionths: i64) {
    let cost = plan.run.cost.0;
    assert!((millionths..millionths + 240).contains(&cost), "{cost}");
}

/// A truck that is cheap and a flight that is dear, both by the kilogram.
const TWO_WAYS: (&str, &str) = (
    "services",
    "service,mode,origin,destination,departs,hours,km,unit,price_per_unit\n\
     truck,road,Town,Hub,20:00,2,100,kg,0.1\nflight,air,Town,Hub,20:00,1,100,kg,1\n",
);

/// Each day's departures of a service in turn: parcels aboard.
fn aboard(plan: &Plan, service: &str) -> Vec<i64> {
    let rows = plan.departures.iter();
    let rows = rows.filter(|row| row.service == service);
    rows.map(|row| row.parcels.0).collect()
}

/// 18.9 kg a day must fly: no eighteen parcels weigh that, so nineteen fly each day and one of the
/// day's twenty rides: 7 × (19 × 1 + 1 × 0.1) = 133.70.
#[test]
fn a_floor_between_two_parcels_takes_the_one_above() {
    let floor = "limit,metric,mode,per,min\nfly,kg,air,day,18.9\n";
    let plan = solved(140, &[TWO_WAYS, ("limits", floor)]);
    assert_eq!(aboard(&plan, "flight"), [19; 7]);
    costs(&plan, 133_700_000);
}

/// Sorting is priced at 0.298 yuan a kilogram, 0.038551 each, of which a parcel of 2.37 kg makes no
/// whole number of millionths. Of the day's five parcels, 11.85 kg, 10.5 kg have room.
#[test]
fn a_tier_with_a_converted_price_and_room_for_part_of_a_parcel_is_never_exceeded() {
    let products = PRODUCTS.1.replace("p,1,", "p,2.37,");
    let free =
        "service,mode,origin,destination,departs,hours,km\ntruck,road,Town,Hub,20:00,2,100\n";
    let sorting = |tiers: &str| {
        let header = "place,step,hours,tier,unit,capacity,price_per_unit,currency";
        let handling = format!("{header}\n{tiers}");
        let tables = [
            ("products", products.as_str()),
            ("services", free),
            ("exchange_rates", "currency,rate\nCNY,7.73\n"),
            ("handling", handling.as_str()),
        ];
        solved(35, &tables)
    };
    // four parcels of 9.48 kg are sorted for 0.365463 and one stays behind, each day
    let alone = sorting("Hub,sort,1,1,kg,10.5,0.298,CNY\n");
    assert_eq!(aboard(&alone, "truck"), [4; 7]);
    costs(&alone, 7 * 9_365_463);
    // dearer work takes what has no room: 10.5 × 0.038551 + 1.35 × 1 a day
    let both = sorting("Hub,sort,1,1,kg,10.5,0.298,CNY\nHub,sort,,2,,,1,\n");
    assert_eq!(aboard(&both, "truck"), [5; 7]);
    costs(&both, 7 * 1_754_785);
}

/// Of the 70 parcels of a week 80.5 should fly: all that there are do, and 10.5 are paid for. It is
/// a plan like any other, for which the program ends with 0.
#[test]
fn a_soft_floor_out_of_reach_is_paid_for() {
    let floor = "limit,metric,mode,per,min,penalty_per_unit\nfly,parcels,air,week,80.5,2\n";
    let tables = [TWO_WAYS, ("limits", floor)];
    let plan = solved(70, &tables);
    assert!(plan.run.feasible);
    costs(&plan, 70_000_000 + 21_000_000);
    let violated: Vec<i64> = plan.limits.iter().map(|row| row.violation).collect();
    assert_eq!(violated, [10_500_000]);
    let folder = written(70, &tables);
    let program = env!("CARGO_BIN_EXE_railair");
    let run = Command::new(program)
        .arg("solve")
        .arg(folder.path())
        .output();
    let run = run.expect("the program runs");
    assert_eq!(run.status.code(), Some(0), "{run:?}");
}

/// And where it is cheaper to pay than to fly, nobody flies: 0.5 a parcel against 0.9.
#[test]
fn a_soft_floor_that_costs_more_than_its_price_is_not_kept() {
    let floor = "limit,metric,mode,per,min,penalty_per_unit\nfly,parcels,air,week,20.5,0.5\n";
    let plan = solved(70, &[TWO_WAYS, ("limits", floor)]);
    assert_eq!(aboard(&plan, "flight").iter().sum::<i64>(), 0);
    costs(&plan, 7_000_000 + 10_250_000);
}

/// A truck and a flight that sell boxes for ten parcels.
const BOXES: (&str, &str) = (
    "services",
    "service,mode,origin,destination,days,departs,hours,km,unit,kg_per_unit,units,price_per_unit\n\
     truck,road,Town,Hub,1,20:00,2,100,box,10,9,1\nflight,air,Town,Hub,1,20:00,1,100,box,10,9,3\n",
);
const MONDAY: (&str, &str) = ("profiles", "profile,mon,release_time\nmonday,1,18:00\n");

fn on_monday(parcels: i64, limit: &str) -> Plan {
    let demand =
        format!("origin,destination,product,parcels,profile\nTown,Hub,p,{parcels},monday\n");
    let tables = [BOXES, MONDAY, ("demand", &demand), ("limits", limit)];
    solved(parcels, &tables)
}

/// Units bought on the only departure of a service, and those of them that are empty, in millionths.
fn bought(plan: &Plan, service: &str) -> (i64, i64) {
    let mut rows = plan.departures.iter();
    let row = rows
        .find(|row| row.service == service)
        .expect("a departure");
    (row.units, row.dead_units)
}

/// Ten parcels fill a box of the truck. Three boxes must be flown, empty or not: with the parcels in
/// one of them nothing else is bought, 9 and not 9 + 1.
#[test]
fn a_hard_floor_on_units_buys_what_nobody_needs() {
    let floor = "limit,metric,mode,per,min\nfly,units,air,week,3\n";
    let plan = on_monday(10, floor);
    assert_eq!(bought(&plan, "flight"), (3_000_000, 2_000_000));
    assert_eq!(bought(&plan, "truck"), (0, 0));
    costs(&plan, 9_000_000);
}

/// At most half of the boxes should be the truck's; one more costs a penalty. Of 41 parcels, 20.5
/// make up half of 4.1 boxes: 20 ride and 21 fly for 2 + 6.3. With 21 that ride 2.1 + 6 and 0.05 of a
/// box at the penalty: 8.35 at 5, but 8.15 at 1, where all of them ride for 4.1 + 2.05 = 6.15.
#[test]
fn a_soft_share_of_units_is_kept_as_far_as_it_pays() {
    let share = |penalty: &str| {
        let header = "limit,metric,mode,per,max_share,penalty_per_unit";
        on_monday(
            41,
            &format!("{header}\nhalf,units,road,week,0.5,{penalty}\n"),
        )
    };
    let kept = share("5");
    assert_eq!(
        (aboard(&kept, "truck"), aboard(&kept, "flight")),
        (vec![20], vec![21])
    );
    costs(&kept, 8_300_000);
    let paid = share("1");
    assert_eq!(
        (aboard(&paid, "truck"), aboard(&paid, "flight")),
        (vec![41], vec![0])
    );
    costs(&paid, 6_150_000);
}

/// Between 100.2 and 100.7 there is no whole number of parcels, between 100.2 and 101.2 there is one.
#[test]
fn no_plan_flies_parts_of_parcels_to_keep_two_limits() {
    let between = |max: &str| {
        let limits = format!("limit,metric,mode,per,min,max\nfly,parcels,air,week,100.2,{max}\n");
        answer(140, &[TWO_WAYS, ("limits", &limits)])
    };
    let none = between("100.7");
    assert!(
        matches!(
            none,
            Err(PlanError::Infeasible { .. } | PlanError::InfeasibleWhole { .. })
        ),
        "{none:?}"
    );
    let one = between("101.2").expect("a plan");
    assert_eq!(aboard(&one, "flight").iter().sum::<i64>(), 101);
    costs(&one, 101_000_000 + 3_900_000);
}

/// Seven flights a week, each with room for all, at the same price by the kilogram and with nothing to
/// pay for being late: whichever carries a parcel, the plan costs 700 × 2. The one that is there first
/// does.
#[test]
fn of_ways_that_cost_the_same_the_first_to_arrive_is_taken() {
    let products = "product,kg_per_parcel,litres_per_parcel,promise_hours,unserved_per_parcel\n\
                    p,1,1,72,9\n";
    let services = "service,mode,origin,destination,departs,hours,km,unit,price_per_unit,units\n\
                    flight,air,Town,Hub,20:00,1,100,kg,2,100000\n";
    let plan = solved(700, &[("products", products), ("services", services)]);
    costs(&plan, 1_400_000_000);
    assert_eq!(aboard(&plan, "flight"), [100; 7]);
    assert_eq!(plan.run.totals.late.0, 0);
    // ready at six, there at nine
    let minutes = plan.allocation.iter().map(|row| row.duration.0);
    assert_eq!(minutes.max(), Some(180), "{:?}", plan.allocation);
}

/// A truck takes nine days for 0.5 where a flight takes an hour for 1, and lateness costs nothing much;
/// no more than 300 kg a week may fly. What is late is late because of that limit: one more kilogram by
/// air would save what a parcel costs by truck, late, less what it costs by air.
#[test]
fn a_limit_that_binds_is_the_reason() {
    let products = "product,kg_per_parcel,litres_per_parcel,promise_hours,max_late_hours,\
                    late_per_parcel_day,unserved_per_parcel\np,1,1,72,1000,0.5,200\n";
    let services = "service,mode,origin,destination,departs,hours,km,unit,price_per_unit\n\
                    flight,air,Town,Hub,20:00,1,100,kg,1\ntruck,road,Town,Hub,20:00,214,100,kg,0.5\n";
    let limits = "limit,metric,mode,per,max\nairmax,kg,air,week,300\n";
    let tables = [
        ("products", products),
        ("services", services),
        ("limits", limits),
    ];
    let plan = solved(700, &tables);
    assert_eq!(aboard(&plan, "flight").iter().sum::<i64>(), 300);
    let reason = &plan.demand[0].reason;
    // 216 hours after it is ready, six days late: 0.5 + 6 × 0.5 − 1 = 2.5
    assert_eq!(
        reason,
        "late because limit airmax binds (worth 2.50 EUR/kg)"
    );
}

/// What is short on a whole week is a few grams of a floor, on flights that are full: light parcels have
/// to make room for heavy ones, which no parcel that moves by itself does.
#[test]
fn a_floor_on_the_base_week_is_met_in_whole_parcels() {
    let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("instances/liege-2019-week");
    let folder = tempfile::tempdir().expect("a folder");
    for entry in fs::read_dir(&shipped).expect("the base week") {
        let entry = entry.expect("a table");
        fs::copy(entry.path(), folder.path().join(entry.file_name())).expect("a copy");
    }
    let limits = "limit,metric,mode,origin,per,min\nby air,kg,air,C_HANGZHOU,horizon,120000\n";
    fs::write(folder.path().join("limits.csv"), limits).expect("a table");
    let prepared = prepare(folder.path(), None).unwrap_or_else(|error| panic!("{error:#?}"));
    let plan = prepared.solve(&Options::default()).expect("a plan");
    let files = render(&plan, Dialect::Plain).expect("tables");
    let found = verify_files(&files, &prepared.instance, &verify::Options::default());
    assert!(found.expect("a plan that can be read").holds);
    let bound = plan.run.bound.expect("a bound");
    assert!(plan.run.cost - bound <= Money(bound.0 / 100_000));
    let [floor] = &plan.limits[..] else {
        panic!("one limit: {:?}", plan.limits);
    };
    assert!((120_000_000_000..120_003_000_000).contains(&floor.value));
}
