//! A plan worked out on paper, and what is said when it is wrong.

use std::fs;

use crate::instance::{Horizon, Instance, Limit, Metric, Period, Selector, UNIT_SCALE};
use crate::units::{CubicCentimetres, Money};

use super::example::{self, euros};
use super::{Failure, Options, Proven, Verification, verify, verify_files};

pub(super) const HEADER: &str = "origin,destination,product,release,path,parcels";
const START: &str = "Xi'an,Liège,parcel,W1 Mon 18:00";
pub(super) const FLIGHT: &str = "flight@W1 Wed";
pub(super) const TRAIN: &str = "train/1@W1 Sat > train/2@W1 Sat";

pub(super) fn check(instance: &Instance, tables: &[(&str, &str)]) -> Verification {
    let options = Options {
        by_hand: true,
        ..Options::default()
    };
    let folder = tempfile::tempdir().expect("a folder");
    for (name, text) in tables {
        fs::write(folder.path().join(name), text).expect("a file");
    }
    verify(folder.path(), instance, &options).expect("a plan")
}

pub(super) fn by_hand(rows: &[(&str, u32)]) -> String {
    let rows = rows
        .iter()
        .map(|(path, parcels)| format!("{START},{path},{parcels}\n"));
    format!("{HEADER}\n{}", rows.collect::<String>())
}

pub(super) fn only(verification: &Verification) -> &Failure {
    assert_eq!(
        verification.failures.len(),
        1,
        "{:#?}",
        verification.failures
    );
    &verification.failures[0]
}

/// 50 parcels fly, 40 take the train, 10 stay behind:
///
/// | | | euros |
/// |---|---|---|
/// | flight | 50 × 2 kg = 50 × 12 l = 100 chargeable kg at 3 | 300 |
/// | train | 40 × 12 l of 2 m³ is 0.24 of a container, one is paid for on each leg | 200 |
/// | customs on Wednesday | 30 at 0.10 and 20 at 0.50 | 13 |
/// | customs on Monday (of week 3, which is every Monday) | 30 at 0.10 and 10 at 0.50 | 8 |
/// | lateness | 40 × 249 hours at 1 a day: 10.375 each | 415 |
/// | left behind | 10 at 50 | 500 |
///
/// The train's 249 hours: ready on Monday 10:00 UTC, delivered on Monday of week 3 at 19:00 UTC,
/// 345 hours later; 96 are promised.
#[test]
fn a_plan_made_by_hand_costs_what_paper_says() {
    let allocation = by_hand(&[(FLIGHT, 50), (TRAIN, 40)]);
    let found = check(&example::instance(), &[("allocation.csv", &allocation)]);
    assert!(found.holds, "{:#?}", found.failures);
    assert!(found.by_hand);
    assert_eq!(found.cost, "1436");
    assert!(matches!(found.proven, Proven::Nothing));
    assert_eq!((found.on_time, found.late, found.unserved), (50, 40, 10));
}

/// A plan that lost its `run.json` would be checked for what is there alone.
#[test]
fn a_plan_without_a_run_is_one_only_where_somebody_says_that_it_was_made_by_hand() {
    let files = std::collections::BTreeMap::from([(
        "allocation.csv".to_owned(),
        by_hand(&[(FLIGHT, 50)]).into_bytes(),
    )]);
    let found = verify_files(&files, &example::instance(), &Options::default()).expect("a plan");
    let failure = only(&found);
    assert_eq!(failure.table, "run.json");
    assert!(
        failure.message.starts_with("the file is missing"),
        "{failure:?}"
    );
}

#[test]
fn nobody_rides_or_pays_for_what_is_cancelled() {
    let instance = example::instance();
    let cancelled = super::Cancelled::from([(crate::instance::ServiceId(1), 5)]);
    let options = Options {
        by_hand: true,
        cancelled: &cancelled,
        ..Options::default()
    };
    let found = |rows: &[(&str, u32)]| {
        let table = by_hand(rows).into_bytes();
        let files = std::collections::BTreeMap::from([("allocation.csv".to_owned(), table)]);
        verify_files(&files, &instance, &options).expect("a plan")
    };
    // 50 × 2 chargeable kg at 3, customs 30 × 0.10 and 20 × 0.50, 50 left behind at 50; without the
    // train of Saturday nobody pays its containers
    assert_eq!(found(&[(FLIGHT, 50)]).cost, (300 + 13 + 2_500).to_string());
    let message = only(&found(&[(TRAIN, 1)])).message.clone();
    assert_eq!(message, "train/1@W1 Sat does not run: cancelled");
}

#[test]
fn cells_that_are_there_are_checked() {
    let table = |kg: &str, late: &str, cost: &str| {
        format!(
            "path,{HEADER_REST},parcels,kg,m3,late_hours,delivered,cost\n\
             {TRAIN},{START},40,{kg},0.48,{late},W3 Mon 20:00,{cost}\n"
        )
    };
    const HEADER_REST: &str = "origin,destination,product,release";
    let instance = example::instance();
    let right = check(&instance, &[("allocation.csv", &table("80", "249", "415"))]);
    assert!(right.holds, "{:#?}", right.failures);
    let blank = check(&instance, &[("allocation.csv", &table("", "249.0", ""))]);
    assert!(blank.holds, "{:#?}", blank.failures);
    for (text, column, difference) in [
        (table("80.001", "249", "415"), "kg", "0.001"),
        (table("80", "250", "415"), "late_hours", "1"),
        (table("80", "249", "414.999999"), "cost", "-0.000001"),
    ] {
        let found = check(&instance, &[("allocation.csv", &text)]);
        let failure = only(&found);
        assert_eq!(
            (failure.table.as_str(), failure.row),
            ("allocation.csv", Some(2))
        );
        assert_eq!(failure.column.as_deref(), Some(column));
        assert_eq!(failure.difference.as_deref(), Some(difference));
    }
}

#[test]
fn a_row_names_a_release_a_path_and_a_number_and_only_once() {
    let instance = example::instance();
    let message = |rows: &str| {
        let table = format!("{HEADER}\n{rows}");
        let found = check(&instance, &[("allocation.csv", &table)]);
        only(&found).message.clone()
    };
    let row = |parcels: &str| format!("{START},{FLIGHT},{parcels}\n");
    for parcels in ["0", "-1", "1.5", "many", ""] {
        let text = message(&row(parcels));
        assert!(
            text.ends_with("instead of a number of parcels above 0"),
            "{text}"
        );
    }
    let text = message(&row("1").replace("Mon", "Tue"));
    assert!(
        text.ends_with("W1 Tue 18:00, flight@W1 Wed\" is no release of the instance"),
        "{text}"
    );
    let twice = message(&(row("1") + &row("2")));
    assert_eq!(twice, "the same path stands in row 2 already");
}

/// Somebody wrote 41 over 40: weight, volume and cost still know.
#[test]
fn an_edited_number_of_parcels_is_told_from_the_rest_of_its_row() {
    let allocation = format!(
        "path,origin,destination,product,release,parcels,kg,m3,cost\n\
         {TRAIN},{START},41,80,0.48,415\n"
    );
    let found = check(&example::instance(), &[("allocation.csv", &allocation)]);
    let failure = only(&found);
    assert_eq!(
        failure.message,
        "parcels is 41, but kg and m3 are those of 40"
    );
    assert_eq!(failure.column.as_deref(), Some("parcels"));
}

#[test]
fn whatever_does_not_fit_is_said_with_how_much() {
    let instance = example::instance();
    let of = |instance: &Instance, rows: &[(&str, u32)]| {
        let found = check(instance, &[("allocation.csv", &by_hand(rows))]);
        let failure = only(&found);
        (
            failure.message.clone(),
            failure.difference.clone().unwrap_or_default(),
        )
    };
    let (message, difference) = of(&instance, &[(FLIGHT, 51)]);
    assert!(
        message.starts_with("units of flight@W1 Wed is 102, allowed is 100"),
        "{message}"
    );
    assert_eq!(difference, "2");
    // 30 + 40 a day
    let (message, difference) = of(&instance, &[(TRAIN, 71)]);
    assert!(
        message.starts_with("customs at Liège in the bucket of W1 Mon is 71"),
        "{message}"
    );
    assert_eq!(difference, "1");
    // one parcel more than there are
    let later = format!("{TRAIN} > customs@W3 Tue");
    let rows = [(FLIGHT, 50), (TRAIN, 40), (later.as_str(), 11)];
    let (message, difference) = of(&instance, &rows);
    assert!(
        message.starts_with("the sum of parcels of this release is 101"),
        "{message}"
    );
    assert_eq!(difference, "1");
}

#[test]
fn lift_storage_and_lateness_have_their_limits() {
    let mut instance = example::instance();
    let message = |instance: &Instance, rows: &[(&str, u32)]| {
        let found = check(instance, &[("allocation.csv", &by_hand(rows))]);
        only(&found).message.clone()
    };
    instance.services[0].legs[0].max_volume = Some(CubicCentimetres(100_000));
    // 9 × 12 litres
    let text = message(&instance, &[(FLIGHT, 9)]);
    assert!(
        text.starts_with("m3 aboard flight@W1 Wed is 0.108, allowed is 0.1"),
        "{text}"
    );
    instance.services[0].legs[0].max_volume = None;
    instance.services[0].legs[0].max_weight = Some(crate::units::Grams(17_999));
    let text = message(&instance, &[(FLIGHT, 9)]);
    assert!(
        text.starts_with("kg aboard flight@W1 Wed is 18, allowed is 17.999"),
        "{text}"
    );
    // 40 × 12 litres lie in Xi'an on Tuesday's and Wednesday's midnights, and on none after that
    let mut instance = example::instance();
    instance.places[example::XIAN.at()].storage = Some(CubicCentimetres(479_000));
    let found = check(&instance, &[("allocation.csv", &by_hand(&[(FLIGHT, 40)]))]);
    let nights: Vec<&str> = found
        .failures
        .iter()
        .map(|failure| failure.message.as_str())
        .collect();
    assert_eq!(nights.len(), 2);
    assert!(nights[0].contains("Xi'an at 00:00 on W1 Tue, in m3, is 0.48, allowed is 0.479"));
    // 249 hours late
    let mut instance = example::instance();
    instance.products[0].max_late = crate::units::Minutes(248 * 60);
    let text = message(&instance, &[(TRAIN, 1)]);
    assert_eq!(
        text,
        "delivered 249 hours after the promise, allowed are 248"
    );
}

#[test]
fn storage_costs_by_the_minute_of_waiting() {
    let mut instance = example::instance();
    instance.places[example::XIAN.at()].storage_per_m3_day = euros(100);
    // from Monday 18:00 to Wednesday 12:00 are 42 hours, 1.75 days: 0.012 m³ × 1.75 × 100 = 2.10
    // a parcel; 10 parcels 21, 20 chargeable kg at 3, customs 10 × 0.10, two containers paid for
    // on the train, 90 parcels left behind
    let found = check(&instance, &[("allocation.csv", &by_hand(&[(FLIGHT, 10)]))]);
    assert!(found.holds, "{:#?}", found.failures);
    assert_eq!(found.cost, (21 + 60 + 1 + 200 + 90 * 50).to_string());
}

#[test]
fn limits_are_hard_or_have_their_price() {
    let mut instance = example::instance();
    instance.limits.push(Limit {
        id: "few by air".to_owned(),
        metric: Metric::Kg,
        selector: Selector {
            mode: Some(crate::instance::Mode::Air),
            ..Selector::default()
        },
        origin: None,
        destination: None,
        per: Period::Week,
        min: None,
        max: Some(90_000_000),
        min_share: None,
        max_share: None,
        counts: None,
        penalty_per_unit: None,
        row: 2,
    });
    let allocation = by_hand(&[(FLIGHT, 50), (TRAIN, 40)]);
    let tables = [("allocation.csv", allocation.as_str())];
    let failure = only(&check(&instance, &tables)).message.clone();
    assert!(
        failure.contains("kg of limit few by air, W1 Mon is 100, allowed is 90"),
        "{failure}"
    );
    // 10 kg too much at 2 euros
    instance.limits[0].penalty_per_unit = Some(euros(2));
    assert_eq!(check(&instance, &tables).cost, "1456");
    // at most half of the weight: 100 of the 180 kg that board, 10 too much
    instance.limits[0].max = None;
    instance.limits[0].max_share = Some(500_000);
    assert_eq!(check(&instance, &tables).cost, "1456");
    // at least 120 kg by air, 20 too little, on one of seven days; the other days 120 each
    instance.limits[0].max_share = None;
    instance.limits[0].min = Some(120_000_000);
    instance.limits[0].per = Period::Day;
    instance.limits[0].penalty_per_unit = Some(Money(1));
    assert_eq!(check(&instance, &tables).cost, "1436.00074");
}

/// Nothing is handled in Małaszewicze: who gets off there and boards the same train has stayed
/// aboard. With work there, two boardings of 40.
#[test]
fn getting_off_for_nothing_is_no_boarding() {
    let mut instance = example::instance();
    instance.limits.push(Limit {
        id: "much by rail".to_owned(),
        metric: Metric::Parcels,
        selector: Selector {
            mode: Some(crate::instance::Mode::Rail),
            ..Selector::default()
        },
        origin: None,
        destination: None,
        per: Period::Week,
        min: Some(80_000_000),
        max: None,
        min_share: None,
        max_share: None,
        counts: None,
        penalty_per_unit: None,
        row: 2,
    });
    let path = "train/1@W1 Sat > Małaszewicze@W2 Sun > train/2@W1 Sat";
    let allocation = by_hand(&[(path, 40)]);
    let tables = [("allocation.csv", allocation.as_str())];
    let message = only(&check(&instance, &tables)).message.clone();
    assert!(
        message.contains("parcels of limit much by rail, W1 Mon is 40, allowed is 80"),
        "{message}"
    );
    let mut unloading = instance.handling[0].clone();
    unloading.place = example::MALASZEWICZE;
    instance.handling.push(unloading);
    let found = check(&instance, &tables);
    assert!(found.holds, "{:#?}", found.failures);
}

#[test]
fn dated_weeks_know_bookings_and_events() {
    use crate::instance::{Booking, Effect, Event, EventTarget, ServiceId};
    use crate::units::Grams;
    use jiff::civil::Date;
    let mut instance = example::instance();
    instance.settings.horizon = Horizon::Dated;
    let row = |parcels| {
        format!("{HEADER}\nXi'an,Liège,parcel,2024-01-01 18:00,flight@2024-01-03,{parcels}\n")
    };
    let message = |instance: &Instance, parcels| {
        let found = check(instance, &[("allocation.csv", &row(parcels))]);
        only(&found).message.clone()
    };
    assert!(check(&instance, &[("allocation.csv", &row(50))]).holds);
    instance.bookings.push(Booking {
        service: ServiceId(0),
        date: Date::constant(2024, 1, 3),
        weight: Grams(1_000),
        volume: CubicCentimetres(0),
        units: 10 * UNIT_SCALE,
        row: 2,
    });
    // 10 of 100 units are gone, and others have a kilogram aboard of what the 90 hold, and pay for it
    let text = message(&instance, 45);
    assert!(
        text.starts_with("kg aboard flight@2024-01-03 is 90, allowed is 89"),
        "{text}"
    );
    assert!(check(&instance, &[("allocation.csv", &row(44))]).holds);
    instance.events.push(Event {
        id: "strike".to_owned(),
        target: EventTarget::Place(example::LIEGE),
        first: Date::constant(2024, 1, 3),
        last: Date::constant(2024, 1, 4),
        effect: Effect::Closed,
        row: 2,
    });
    let text = message(&instance, 1);
    assert_eq!(
        text,
        "flight@2024-01-03 does not run: closed by event strike"
    );
    // held in Xi'an until Friday 00:00: delivered there + 12 + 3 hours, on Friday 08:00 in Liège
    instance.events[0].effect = Effect::Held;
    instance.events[0].target = EventTarget::Place(example::XIAN);
    let table = format!(
        "{HEADER},delivered\n\
         Xi'an,Liège,parcel,2024-01-01 18:00,flight@2024-01-03,1,2024-01-05 08:00\n"
    );
    let found = check(&instance, &[("allocation.csv", &table)]);
    assert!(found.holds, "{:#?}", found.failures);
}

#[test]
fn tables_beside_the_allocation_are_compared() {
    let allocation = by_hand(&[(FLIGHT, 50), (TRAIN, 40)]);
    let demand = |late: u32, cost: &str| {
        format!(
            "week,product,destination,origin,late,unserved,cost\n\
             1,parcel,Liège,Xi'an,{late},10,{cost}\n"
        )
    };
    // the customs of others is theirs to pay, but here there are none: everything is one demand's
    let right = demand(40, "1436");
    let tables = [
        ("allocation.csv", allocation.as_str()),
        ("demand.csv", &right),
    ];
    let found = check(&example::instance(), &tables);
    assert!(found.holds, "{:#?}", found.failures);
    let wrong = demand(41, "1436");
    let tables = [
        ("allocation.csv", allocation.as_str()),
        ("demand.csv", &wrong),
    ];
    let found = check(&example::instance(), &tables);
    let failure = only(&found);
    assert_eq!(failure.message, "late is 41 instead of 40 (1 off)");
    assert_eq!(failure.key, "Xi'an, Liège, parcel, 1");
}
