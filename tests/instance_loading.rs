//! A correct instance, read end to end.

use std::fs;
use std::path::Path;

use railair::instance::{Horizon, Instance, Loaded, Mode, load};
use railair::units::{CubicCentimetres, Grams, Minutes, Money, Parcels};

/// Two origins, a flight and a train of two legs, in the spelling of different spreadsheets.
const TABLES: &[(&str, &str)] = &[
    (
        "settings",
        "\u{feff}setting,value\r\nname,Small\r\ncurrency,EUR\r\n\r\n\r\n",
    ),
    (
        "places",
        "place,kind,lat,lon,time_zone,source\n\
         C_A,city,30,120,Asia/Shanghai,\"a map, of sorts\"\n\
         CAN,airport,23.4,113.3,Asia/Shanghai,\n\
         CGO,rail_terminal,34.7,113.6,Asia/Shanghai,\n\
         MAL,border,52,23.5,Europe/Warsaw,\n\
         LGG,airport,50.6,5.4,Europe/Brussels,\n",
    ),
    (
        "products",
        "product;kg_per_parcel;litres_per_parcel;promise_hours;unserved_per_parcel\n\
         std;0,17;1,2;240;2,5\n",
    ),
    (
        "demand",
        "origin,destination,product,parcels\nC_A,LGG,std,1000\n",
    ),
    (
        "services",
        "service,leg,mode,origin,destination,days,departs,hours,dwell_hours,unit,units,kg_per_unit,m3_per_unit,price_per_unit,currency\n\
         TRAIN,2,,MAL,LGG,,,48,6,FEU,40,24000,68,1000,\n\
         TRAIN,1,rail,CGO,MAL,135,9:05,300,,FEU,40,24000,68,5000,USD\n\
         AIR,,air,CAN,LGG,daily,18:00,12.9,,chargeable_kg,60000,,,2.45,EUR\n\
         T1,,road,C_A,CAN,,20:00,24,,m3,,,,11,CNY\n\
         T2,,road,C_A,CGO,,20:00,20,,m3,,,,9,CNY\n",
    ),
    (
        "handling",
        "place,step,mode,hours,tier,capacity,price_per_unit\n\
         LGG,break_down,air,6,,,\n\
         LGG,customs,,4,1,500,0.01\n\
         LGG,customs,,,2,100,0.02\n",
    ),
    ("exchange_rates", "currency,rate\nUSD,1.25\nCNY,8\n"),
    (
        "scenarios",
        "scenario,table,key,column,change,value\n\
         more,demand,C_A/LGG/std,parcels,scale,1.0005\n\
         more,services,TRAIN,units,set,41\n\
         no_trains,services,TRAIN/*,,drop,\n\
         no_trains,services,T2,,drop,\n\
         no_trains,places,CGO,,drop,\n\
         no_trains,places,MAL,,drop,\n",
    ),
];

fn write(folder: &Path) {
    for (name, text) in TABLES {
        fs::write(folder.join(format!("{name}.csv")), text).unwrap();
    }
    fs::write(folder.join("README.md"), "not a table").unwrap();
}

fn loaded(scenario: Option<&str>) -> Loaded {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path());
    load(folder.path(), scenario)
}

fn small(scenario: Option<&str>) -> Instance {
    let loaded = loaded(scenario);
    assert!(loaded.findings.is_empty(), "{}", loaded.findings);
    loaded.instance.unwrap()
}

#[test]
fn a_folder_becomes_an_instance() {
    let instance = small(None);
    assert_eq!(instance.settings.name, "Small");
    assert_eq!(instance.settings.horizon, Horizon::TypicalWeek);
    assert_eq!(instance.scenarios, ["more", "no_trains"]);

    let product = &instance.products[0];
    assert_eq!(product.weight, Grams(170));
    assert_eq!(product.volume, CubicCentimetres(1200));
    assert_eq!(product.max_late, Minutes(168 * 60));

    // 1000 = 7 · 142 + 6: the first six days get one more
    let days = instance.demands[0].by_day.map(|parcels| parcels.0);
    assert_eq!(days, [143, 143, 143, 143, 143, 143, 142]);

    let ids: Vec<&str> = instance.services.iter().map(|s| s.id.as_str()).collect();
    assert_eq!(ids, ["AIR", "T1", "T2", "TRAIN"]);
    let [air, t1, _, train] = instance.services.as_slice() else {
        panic!("four services");
    };
    assert_eq!(air.legs[0].duration, Minutes(774)); // 12.9 h
    assert_eq!(air.legs[0].unit.weight, Some(Grams(1000)));
    assert_eq!(air.legs[0].unit.volume, Some(CubicCentimetres(6000)));
    assert_eq!(air.legs[0].unit.limit, Some(60_000_000_000)); // millionths
    assert_eq!(t1.legs[0].unit.price, Money(1_375_000)); // 11 CNY / 8
    assert_eq!(t1.legs[0].unit.limit, None);
    assert_eq!(train.mode, Mode::Rail);
    assert_eq!(train.days, [true, false, true, false, true, false, false]);
    assert_eq!(train.legs[0].unit.price, Money(4_000_000_000)); // 5000 USD / 1.25
    assert_eq!(train.legs[1].unit.price, Money(1_000_000_000)); // the instance's own
    assert_eq!(train.legs[1].dwell, Minutes(360));
    assert_eq!(train.legs[1].departs, None);

    let [break_down, customs] = instance.handling.as_slice() else {
        panic!("two steps");
    };
    assert_eq!(break_down.mode, Some(Mode::Air));
    assert_eq!(customs.tiers[1].capacity, Some(100));
    assert_eq!(instance.hashes.len(), TABLES.len());
}

#[test]
fn scenarios_change_rows_before_they_are_read() {
    let more = small(Some("more"));
    assert_eq!(more.demands[0].parcels, Parcels(1001)); // 1000.5, halves away from zero
    assert_eq!(more.services[3].legs[1].unit.limit, Some(41_000_000));
    assert_eq!(more.scenario.as_deref(), Some("more"));

    let no_trains = small(Some("no_trains"));
    assert_eq!(no_trains.services.len(), 2);
    assert_eq!(no_trains.places.len(), 3);
}

#[test]
fn row_order_carries_no_meaning_outside_of_handling() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path());
    for (name, text) in TABLES.iter().filter(|(name, _)| *name != "handling") {
        let mut lines: Vec<&str> = text.lines().collect();
        lines[1..].reverse();
        fs::write(folder.path().join(format!("{name}.csv")), lines.join("\n")).unwrap();
    }
    let reversed = load(folder.path(), None);
    let reversed = reversed
        .instance
        .unwrap_or_else(|| panic!("{}", reversed.findings));
    let straight = small(None);
    let ids = |instance: &Instance| -> Vec<String> {
        let places = instance.places.iter().map(|p| p.id.clone());
        places
            .chain(instance.services.iter().map(|s| s.id.clone()))
            .collect()
    };
    assert_eq!(ids(&reversed), ids(&straight));
}
