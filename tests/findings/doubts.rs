//! What is written as planners write it and means something else: amounts with signs, rates the
//! wrong way round, clocks of the wrong place, and rows that do nothing.

use jiff::civil::date;
use railair::instance::{Code, Findings};

use crate::cases::Edit::{Add, Replace, Write};
use crate::cases::{Edit, apply, base, findings_of, write};

fn said(edits: &[Edit]) -> String {
    findings_of(edits, None).to_string()
}

fn counts(edits: &[Edit], code: Code) -> usize {
    let findings: Findings = findings_of(edits, None);
    assert!(
        findings.iter().all(|found| found.code == code),
        "{findings}"
    );
    findings.count(code)
}

fn dated() -> Edit {
    let text = "setting,value\nname,Base\nhorizon,dated\nweek_start,2019-11-04\nweeks,2\n";
    Write("settings", text.as_bytes().to_vec())
}

#[test]
fn a_price_with_a_sign_names_the_column_of_currencies() {
    let said = said(&[Replace("services", "2.45,", "$2.45,")]);
    assert!(
        said.contains("row 2, column price_per_unit: \"$2.45\" is a number with a currency; write 2.45 and fill in the column `currency` with USD"),
        "{said}"
    );
    let products = [Replace("products", "2.5", "2.5 €")];
    assert!(
        findings_of(&products, None)
            .to_string()
            .contains("in the instance's currency")
    );
}

#[test]
fn per_cent_get_their_fraction() {
    let said = said(&[Add("profiles", "profile,mon,tue\nhalf,18%,0.82")]);
    assert!(
        said.contains("column mon: \"18%\" is not a number; write the fraction: `0.18`"),
        "{said}"
    );
}

#[test]
fn a_rate_the_wrong_way_round_is_told_as_it_is_read() {
    let with = |rate: &'static str| {
        [
            Replace("services", "2.45,", "2.45,USD"),
            Add("exchange_rates", rate),
        ]
    };
    let said = said(&with("currency,rate\nUSD,0.855"));
    assert!(
        said.contains("one EUR is read as buying 0.855 USD"),
        "{said}"
    );
    // 1 / 0.855
    assert!(
        said.contains("write 1.169591 if 0.855 EUR is what one USD costs"),
        "{said}"
    );
    assert_eq!(
        counts(&with("currency,rate\nUSD,1.17"), Code::DoubtfulRate),
        0
    );
    assert_eq!(
        counts(&with("currency,rate\nUSD,117"), Code::DoubtfulRate),
        1
    );
}

#[test]
fn zones_go_with_places() {
    let zone = |zone| [Replace("places", "Asia/Shanghai", zone)];
    let far = said(&zone("Etc/GMT+8"));
    assert!(
        far.contains("Etc/GMT+8 is UTC-8 in winter, and by its longitude the place is near UTC+8"),
        "{far}"
    );
    assert!(said(&zone("UTC+8")).contains("did you mean `Asia/Shanghai`?"));
    assert_eq!(counts(&zone("Asia/Urumqi"), Code::DoubtfulTimeZone), 0);
    assert_eq!(counts(&zone("UTC"), Code::DoubtfulTimeZone), 0);
}

/// Kazakhstan has kept one clock, UTC+5, since March 2024: a steady week keeps it too.
#[test]
fn a_typical_week_keeps_the_clocks_of_today() {
    let mut tables = base();
    apply(
        &mut tables,
        &Replace("places", "Asia/Shanghai", "Asia/Almaty"),
    );
    apply(&mut tables, &Replace("places", "29.3,120.1", "44.2,80.3"));
    apply(&mut tables, &Replace("services", "20:00,24", "20:00,72"));
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), &tables);
    let instance = railair::instance::load(folder.path(), None)
        .instance
        .unwrap();
    assert_eq!(instance.settings.week_start, date(2027, 1, 4));
    let khorgos = instance
        .places
        .iter()
        .find(|place| place.id == "YIW")
        .unwrap();
    let noon = instance.settings.week_start.at(12, 0, 0, 0);
    let zoned = noon.to_zoned(khorgos.time_zone.clone()).unwrap();
    assert_eq!(zoned.offset().seconds(), 5 * 3600);
}

#[test]
fn a_minimum_that_some_demand_can_use_is_none_of_the_idle_ones() {
    let minimum = |row| [Add("services", row)];
    let beside = minimum("B,,air,HKG,LGG,2,18:00,12.9,chargeable_kg,60000,,,2.45,,100,,,,");
    assert_eq!(counts(&beside, Code::IdleMinimum), 0);
    let back = minimum("B,,air,LGG,HKG,2,18:00,12.9,chargeable_kg,60000,,,2.45,,100,,,,");
    assert_eq!(counts(&back, Code::IdleMinimum), 1);
    // nothing is paid for
    let free = minimum("B,,air,LGG,HKG,2,18:00,12.9,chargeable_kg,60000,,,0,,100,,,,");
    assert_eq!(counts(&free, Code::IdleMinimum), 0);
}

/// A parcel of 0.17 kg and 1.2 litres is 0.2 chargeable kg, 0.49 at 2.45, and 0.0132 by truck at 11
/// a cubic metre: 0.5032 in all.
#[test]
fn what_is_cheaper_left_behind_is_told_to_the_cent() {
    let unserved = |price| [Replace("products", "2.5", price)];
    let said = said(&unserved("0.5"));
    assert!(
        said.contains(
            "a parcel left behind costs EUR 0.5, and space for it on any way at least EUR 0.5032"
        ),
        "{said}"
    );
    assert_eq!(counts(&unserved("0.51"), Code::CheaperLeftBehind), 0);
}

#[test]
fn bookings_are_held_against_the_departure() {
    let booked = |row| [dated(), Add("bookings", row)];
    let two = booked("service,date,units\nAIR,2019-11-04,40000\nAIR,2019-11-04,30000");
    let told = said(&two);
    assert!(
        told.contains("bookings.csv row 3, column units: 70000 are booked on AIR on 2019-11-04, and it has 60000"),
        "{told}"
    );
    let fits = booked("service,date,units\nAIR,2019-11-04,30000\nAIR,2019-11-04,30000");
    assert_eq!(counts(&fits, Code::Overbooked), 0);
    let [settings, booking] = booked("service,date,units\nAIR,2019-11-04,1");
    let strike = "event,service,first_date,effect\nstrike,AIR,2019-11-04,cancelled";
    let told = said(&[settings, booking, Add("events", strike)]);
    assert!(
        told.contains("the event strike cancels AIR on 2019-11-04"),
        "{told}"
    );
}

#[test]
fn events_without_an_effect_are_told_and_others_are_not() {
    let event = |row: &'static str| {
        let header = "event,service,place,first_date,last_date,effect,value";
        [dated(), Add("events", header), Add("events", row)]
    };
    // AIR leaves on Mondays, Wednesdays and Fridays
    for idle in [
        "x,AIR,,2019-11-05,,cancelled,",
        "x,AIR,,2021-11-08,,cancelled,",
        "x,AIR,,2019-11-04,,capacity_factor,1",
        "x,AIR,,2019-11-04,,delay_hours,0",
        // the truck has no capacity that there could be less of
        "x,TRUCK,,2019-11-05,,capacity_factor,0.5",
        // nothing leaves the hub by this
        "x,,LGG,2019-11-05,,cancelled,",
    ] {
        assert_eq!(counts(&event(idle), Code::NoEffect), 1, "{idle}");
    }
    for felt in [
        "x,AIR,,2019-11-05,2019-11-06,cancelled,",
        "x,,HKG,2019-11-05,,closed,",
        "x,TRUCK,,2019-11-05,,delay_hours,3",
        "x,AIR,,2019-11-04,,capacity_factor,0.5",
    ] {
        assert_eq!(counts(&event(felt), Code::NoEffect), 0, "{felt}");
    }
    // a row that a scenario gives its effect
    let [settings, header, row] = event("x,AIR,,2019-11-04,,capacity_factor,1");
    let scenarios = "scenario,table,key,column,change,value\nhalf,events,x,value,set,0.5";
    assert_eq!(
        counts(
            &[settings, header, row, Add("scenarios", scenarios)],
            Code::NoEffect
        ),
        0
    );
}
