//! A correct instance, and for each code what provokes it.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use railair::instance::{Code, Findings, load};

pub type Tables = BTreeMap<&'static str, Vec<u8>>;

/// A correct instance without a warning; each case changes it.
pub fn base() -> Tables {
    [
        ("settings", "setting,value\nname,Base\n"),
        (
            "places",
            "place,kind,lat,lon,time_zone\nYIW,city,29.3,120.1,Asia/Shanghai\nHKG,airport,22.3,113.9,Asia/Hong_Kong\nLGG,airport,50.6,5.4,Europe/Brussels\n",
        ),
        (
            "products",
            "product,kg_per_parcel,litres_per_parcel,promise_hours,unserved_per_parcel\nstd,0.17,1.2,240,2.5\n",
        ),
        (
            "demand",
            "origin,destination,product,week,parcels,profile\nYIW,LGG,std,,1000,\n",
        ),
        (
            "services",
            "service,leg,mode,origin,destination,days,departs,hours,unit,units,kg_per_unit,m3_per_unit,price_per_unit,currency,min_units,whole_units,km,max_kg,last_date\n\
             AIR,,air,HKG,LGG,135,18:00,12.9,chargeable_kg,60000,,,2.45,,,,,,\n\
             TRUCK,,road,YIW,HKG,daily,20:00,24,m3,,,,11,,,,,,\n",
        ),
    ]
    .into_iter()
    .map(|(name, text)| (name, text.as_bytes().to_vec()))
    .collect()
}

/// What a case does to the tables.
pub enum Edit {
    /// Replaces a text that stands in a table once.
    Replace(&'static str, &'static str, &'static str),
    /// Adds a row to a table, or writes the table where it is not there.
    Add(&'static str, &'static str),
    /// Writes a table anew.
    Write(&'static str, Vec<u8>),
    /// Leaves a table out.
    Remove(&'static str),
}
use Edit::{Add, Remove, Replace, Write};

pub fn apply(tables: &mut Tables, edit: &Edit) {
    match edit {
        Replace(table, from, to) => {
            let text = String::from_utf8(tables[table].clone()).unwrap();
            assert_eq!(text.matches(from).count(), 1, "{from} in {table}");
            tables.insert(table, text.replace(from, to).into_bytes());
        }
        Add(table, row) => {
            let text = tables.entry(table).or_default();
            text.extend(row.as_bytes());
            text.push(b'\n');
        }
        Write(table, bytes) => {
            tables.insert(table, bytes.clone());
        }
        Remove(table) => {
            tables.remove(table);
        }
    }
}

pub fn write(folder: &Path, tables: &Tables) {
    for (name, text) in tables {
        fs::write(folder.join(format!("{name}.csv")), text).unwrap();
    }
}

pub fn findings_of(edits: &[Edit], scenario: Option<&str>) -> Findings {
    let mut tables = base();
    for edit in edits {
        apply(&mut tables, edit);
    }
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), &tables);
    let loaded = load(folder.path(), scenario);
    assert_eq!(
        loaded.instance.is_some(),
        loaded.findings.errors() == 0,
        "an instance exactly where there is no error"
    );
    loaded.findings
}

/// A code, where it is found, and what provokes it.
pub struct Case(pub Code, pub &'static str, pub Vec<Edit>);

fn dated() -> Edit {
    Write(
        "settings",
        b"setting,value\nname,Base\nhorizon,dated\nweek_start,2019-11-04\nweeks,2\n".to_vec(),
    )
}

fn file_cases() -> Vec<Case> {
    let wide = format!("profile{}\n", ",note".repeat(200)).into_bytes();
    let long = format!("profile,note\na,{}\n", "x".repeat(1 << 20)).into_bytes();
    vec![
        Case(
            Code::MissingTable,
            "services.csv:",
            vec![Remove("services")],
        ),
        Case(
            Code::UnknownTable,
            "servces.csv:",
            vec![Add("servces", "a,b")],
        ),
        Case(
            Code::NotUtf8,
            "places.csv row 4, column place:",
            vec![Write("places", b"place,kind,lat,lon,time_zone\nYIW,city,29.3,120.1,Asia/Shanghai\nHKG,airport,22.3,113.9,Asia/Hong_Kong\nLi\xe8ge,airport,50.6,5.4,Europe/Brussels\n".to_vec()), Replace("demand", "LGG", "Liège"), Replace("services", "HKG,LGG", "HKG,Liège")],
        ),
        Case(
            Code::NoHeader,
            "profiles.csv:",
            vec![Write("profiles", Vec::new())],
        ),
        Case(
            Code::MissingColumn,
            "demand.csv row 1:",
            vec![Write(
                "demand",
                b"origin,destination,product\nYIW,LGG,std\n".to_vec(),
            )],
        ),
        Case(
            Code::UnknownColumn,
            "demand.csv row 1:",
            vec![Replace("demand", ",profile", ",profil")],
        ),
        Case(
            Code::BlankHeading,
            "demand.csv row 1:",
            vec![Replace("demand", ",parcels,", ",,")],
        ),
        Case(
            Code::DuplicateColumn,
            "demand.csv row 1:",
            vec![
                Replace("demand", ",week,", ",week,week,"),
                Replace("demand", "std,,", "std,,,"),
            ],
        ),
        Case(
            Code::RaggedRow,
            "demand.csv row 2:",
            vec![Replace("demand", "1000,", "1,000,")],
        ),
        Case(
            Code::UnclosedQuote,
            "places.csv row 3:",
            vec![Replace("places", "HKG,airport", "\"HKG,airport")],
        ),
        Case(
            Code::NoRows,
            "demand.csv:",
            vec![Write(
                "demand",
                b"origin,destination,product,parcels\n".to_vec(),
            )],
        ),
        Case(
            Code::TabSeparated,
            "profiles.csv row 1:",
            vec![Add("profiles", "profile\tmon")],
        ),
        Case(
            Code::LineTooLong,
            "profiles.csv row 2:",
            vec![Write("profiles", long)],
        ),
        Case(
            Code::TooManyColumns,
            "profiles.csv row 1:",
            vec![Write("profiles", wide)],
        ),
    ]
}

fn cell_cases() -> Vec<Case> {
    let parcels = |text| vec![Replace("demand", "1000", text)];
    let row = "demand.csv row 2, column parcels:";
    vec![
        Case(Code::Blank, "services.csv row 2, column departs:", vec![Replace("services", "18:00", "")]),
        Case(Code::NotANumber, row, parcels("1e3")),
        Case(Code::AmbiguousNumber, row, parcels("\"1,234\"")),
        Case(Code::AmbiguousNumber, row, parcels("12 000")),
        Case(Code::NotFinite, row, parcels("NaN")),
        Case(
            Code::PointInCommaTable,
            "demand.csv row 2, column parcels:",
            vec![Write("demand", b"origin;destination;product;parcels\nYIW;LGG;std;1.000\n".to_vec())],
        ),
        Case(Code::TooFine, "products.csv row 2, column kg_per_parcel:", vec![Replace("products", "0.17", "0.1705")]),
        Case(Code::OutOfRange, row, parcels("-1")),
        Case(Code::OutOfRange, row, parcels("99999999999999999999999999999999")),
        Case(Code::NotWhole, row, parcels("1.5")),
        Case(Code::NotATime, "services.csv row 2, column departs:", vec![Replace("services", "18:00", "25:10")]),
        Case(Code::NotADate, "services.csv row 2, column last_date:", vec![Replace("services", "2.45,,,,,,", "2.45,,,,,,2019-02-30")]),
        Case(Code::AmbiguousDate, "services.csv row 2, column last_date:", vec![Replace("services", "2.45,,,,,,", "2.45,,,,,,03/04/2019")]),
        Case(Code::NotDays, "services.csv row 2, column days:", vec![Replace("services", "135", "Mon")]),
        Case(Code::NotYesNo, "services.csv row 2, column whole_units:", vec![Replace("services", "2.45,,,", "2.45,,,TRUE")]),
        Case(Code::UnknownWord, "places.csv row 2, column kind:", vec![Replace("places", "city", "town")]),
        Case(Code::BadId, "products.csv row 3, column product:", vec![Add("products", "=1+1,0.17,1.2,240,2.5")]),
        Case(Code::BadText, "settings.csv row 3, column value:", vec![Add("settings", "description,a\u{1b}[31m")]),
        Case(
            Code::UnknownTimeZone,
            "places.csv row 2, column time_zone:",
            vec![Write("places", b"place,kind,lat,lon,time_zone\nYIW,city,29.3,120.1,China\nHKG,airport,22.3,113.9,Asia/Hong_Kong\nLGG,airport,50.6,5.4,Europe/Brussels\n".to_vec())],
        ),
        Case(Code::BadCurrency, "services.csv row 2, column currency:", vec![Replace("services", "2.45,", "2.45,$")]),
    ]
}

fn relation_cases() -> Vec<Case> {
    let handling = "place,step,hours,tier,capacity\nLGG,customs,4,1,100\n";
    vec![
        Case(
            Code::DuplicateKey,
            "demand.csv row 3, column week:",
            vec![Add("demand", "YIW,LGG,std,1,5,")],
        ),
        Case(
            Code::DuplicateKey,
            "places.csv row 5, column place:",
            vec![Add("places", "LGG,hub,50,5,UTC")],
        ),
        Case(
            Code::UnknownId,
            "demand.csv row 2, column origin:",
            vec![Replace("demand", "YIW", "YIX")],
        ),
        Case(
            Code::UnknownSetting,
            "settings.csv row 3, column setting:",
            vec![Add("settings", "curency,EUR")],
        ),
        Case(
            Code::MissingSetting,
            "settings.csv:",
            vec![Write("settings", b"setting,value\ncurrency,EUR\n".to_vec())],
        ),
        Case(
            Code::NotAMonday,
            "settings.csv row 3, column value:",
            vec![Add("settings", "week_start,2019-11-05")],
        ),
        Case(
            Code::WeekOutsideHorizon,
            "demand.csv row 2, column week:",
            vec![Replace("demand", "std,,", "std,2,")],
        ),
        Case(
            Code::ProfileSum,
            "profiles.csv row 2, column profile:",
            vec![Add("profiles", "profile,mon,tue\nhalf,0.5,0.4")],
        ),
        Case(
            Code::NumberMissing,
            "services.csv row 3, column leg:",
            vec![Replace("services", "TRUCK,,", "TRUCK,2,")],
        ),
        Case(
            Code::NumberMissing,
            "handling.csv row 4, column tier:",
            vec![
                Add("handling", handling),
                Add("handling", "LGG,customs,,3,"),
            ],
        ),
        Case(
            Code::BrokenLegChain,
            "services.csv row 4, column origin:",
            vec![Add("services", "TRUCK,2,,LGG,YIW,,,200,m3,,,,11,,,,,,")],
        ),
        Case(
            Code::RowsDisagree,
            "services.csv row 4, column mode:",
            vec![Add("services", "TRUCK,2,air,HKG,LGG,,,12,m3,,,,11,,,,,,")],
        ),
        Case(
            Code::RowsDisagree,
            "handling.csv row 4, column hours:",
            vec![
                Add("handling", handling),
                Add("handling", "LGG,customs,5,2,"),
            ],
        ),
        Case(
            Code::IncompleteShift,
            "handling.csv row 2, column shift_capacity:",
            vec![Add(
                "handling",
                "place,step,capacity,shift_capacity\nLGG,customs,,50",
            )],
        ),
        Case(
            Code::IncompleteShift,
            "handling.csv row 2, column shift_capacity:",
            vec![Add(
                "handling",
                "place,step,capacity,shift_capacity\nLGG,customs,500,0",
            )],
        ),
        Case(
            Code::IncompleteShift,
            "handling.csv row 2, column shift_capacity:",
            vec![Add(
                "handling",
                "place,step,capacity,shift_capacity\nLGG,customs,5000,1",
            )],
        ),
        Case(
            Code::IncompleteShift,
            "handling.csv row 5, column shift_capacity:",
            vec![
                Add(
                    "handling",
                    "place,step,tier,capacity,shift_capacity\nLGG,customs,1,5,5",
                ),
                Add("handling", "LGG,customs,2,5,5"),
                Add("handling", "LGG,customs,3,5,5"),
                Add("handling", "LGG,customs,4,5,5"),
            ],
        ),
        Case(
            Code::UnusedCell,
            "handling.csv row 2, column shift_capacity:",
            vec![Add(
                "handling",
                "place,step,capacity,shift_capacity\nLGG,customs,5,50",
            )],
        ),
        Case(
            Code::NotWhole,
            "handling.csv row 2, column shift_capacity:",
            vec![Add(
                "handling",
                "place,step,capacity,shift_capacity\nLGG,customs,5,2.5",
            )],
        ),
        Case(
            Code::SamePlace,
            "demand.csv row 2, column destination:",
            vec![Replace("demand", "YIW,LGG", "LGG,LGG")],
        ),
        Case(
            Code::NoDistance,
            "services.csv row 3, column km:",
            vec![Replace("places", "29.3,120.1", ",")],
        ),
        Case(
            Code::IncompleteUnit,
            "services.csv row 3, column price_per_unit:",
            vec![Replace("services", "24,m3", "24,")],
        ),
        Case(
            Code::IncompleteUnit,
            "services.csv row 3, column kg_per_unit:",
            vec![Replace("services", "24,m3", "24,ULD")],
        ),
        Case(
            Code::MinimumAboveMaximum,
            "services.csv row 2, column min_units:",
            vec![Replace("services", "2.45,,", "2.45,,70000")],
        ),
        Case(
            Code::EmptyLimit,
            "limits.csv row 2, column limit:",
            vec![Add("limits", "limit,metric,max\nnone,kg,")],
        ),
        Case(
            Code::NotAttributable,
            "limits.csv row 2, column product:",
            vec![Add("limits", "limit,metric,product,max\nbuy,units,std,5")],
        ),
        Case(
            Code::EventTarget,
            "events.csv row 2, column service:",
            vec![
                dated(),
                Add(
                    "events",
                    "event,service,place,first_date,effect\nx,AIR,LGG,2019-11-05,cancelled",
                ),
            ],
        ),
        Case(
            Code::EventEffect,
            "events.csv row 2, column value:",
            vec![
                dated(),
                Add(
                    "events",
                    "event,service,first_date,effect\nx,AIR,2019-11-05,delay_hours",
                ),
            ],
        ),
        Case(
            Code::EventEffect,
            "events.csv row 2, column effect:",
            vec![
                dated(),
                Add(
                    "events",
                    "event,service,first_date,effect\nx,AIR,2019-11-05,held",
                ),
            ],
        ),
        Case(
            Code::NoExchangeRate,
            "services.csv row 2, column currency:",
            vec![Replace("services", "2.45,", "2.45,USD")],
        ),
        Case(
            Code::HalfPosition,
            "places.csv row 2, column lon:",
            vec![Replace("places", "29.3,120.1", "29.3,")],
        ),
    ]
}

fn size_cases() -> Vec<Case> {
    let weeks = |weeks: &str| {
        let text = format!(
            "setting,value\nname,Base\nhorizon,dated\nweek_start,2019-11-04\nweeks,{weeks}\n"
        );
        Write("settings", text.into_bytes())
    };
    // 10,000 pairs of places with 520 weeks each are 5.2 million demands
    let mut places =
        b"place,kind,lat,lon,time_zone\nHKG,airport,22.3,113.9,UTC\nLGG,airport,50.6,5.4,UTC\nYIW,city,29.3,120.1,UTC\n"
            .to_vec();
    let mut demand = b"origin,destination,product,parcels\n".to_vec();
    for at in 0..10_000 {
        places.extend(format!("P{at},city,,,UTC\n").bytes());
        demand.extend(format!("P{at},LGG,std,1\n").bytes());
    }
    // 600 services, daily for 520 weeks and more: 2.2 million departures
    let mut services = b"service,mode,origin,destination,departs,hours\n".to_vec();
    for at in 0..600 {
        services.extend(format!("S{at},air,HKG,LGG,18:00,12.9\n").bytes());
    }
    vec![
        Case(
            Code::TooManyDemands,
            "demand.csv row 9617, column week:",
            vec![
                weeks("520"),
                Write("places", places),
                Write("demand", demand),
            ],
        ),
        Case(
            Code::TooManyDepartures,
            "services.csv row ",
            vec![weeks("520"), Write("services", services)],
        ),
        Case(
            Code::SumTooLarge,
            "services.csv row 2, column price_per_unit:",
            vec![
                Replace("services", "60000,,,2.45,", ",,,900000,"),
                Replace("demand", "1000", "1000000000"),
            ],
        ),
        Case(
            Code::SumTooLarge,
            "demand.csv row 2, column parcels:",
            vec![
                Replace("demand", "1000", "1000000000"),
                Replace("products", "2.5", "1000000000"),
            ],
        ),
        Case(
            Code::LimitTooLarge,
            "limits.csv row 2, column penalty_per_unit:",
            vec![Write(
                "limits",
                b"limit,metric,per,min,penalty_per_unit\nl,kg,horizon,1000000000000,1000000000\n"
                    .to_vec(),
            )],
        ),
        Case(
            Code::ImpossibleParcel,
            "products.csv row 2, column kg_per_parcel:",
            vec![Replace("products", "0.17", "300")],
        ),
        Case(
            Code::ImpossibleSpeed,
            "services.csv row 2, column hours:",
            vec![Replace("services", "12.9", "1")],
        ),
        Case(
            Code::ImpossiblePrice,
            "services.csv row 2, column price_per_unit:",
            vec![Replace("services", "2.45,", "2450000,")],
        ),
        Case(
            Code::ImpossibleLoad,
            "services.csv row 2, column max_kg:",
            vec![Replace("services", "2.45,,,,,", "2.45,,,,,60000000")],
        ),
        Case(
            Code::DoubtfulParcel,
            "products.csv row 2, column kg_per_parcel:",
            vec![Replace("products", "0.17,1.2,240,2.5", "80,300,240,900")],
        ),
        Case(
            Code::DoubtfulSpeed,
            "services.csv row 2, column hours:",
            vec![Replace("services", "12.9", "129")],
        ),
        Case(
            Code::DoubtfulPrice,
            "services.csv row 5, column price_per_unit:",
            vec![
                Add(
                    "services",
                    "AIR2,,air,HKG,LGG,2,18:00,12.9,chargeable_kg,60000,,,2.50,,,,,,",
                ),
                Add(
                    "services",
                    "AIR3,,air,HKG,LGG,4,18:00,12.9,chargeable_kg,60000,,,250,,,,,,",
                ),
            ],
        ),
        Case(
            Code::DoubtfulLoad,
            "services.csv row 3, column kg_per_unit:",
            vec![Replace("services", "24,m3,,,", "24,FEU,,68,68")],
        ),
        Case(
            Code::BlankTimeZone,
            "places.csv row 3, column time_zone:",
            vec![Replace("places", "Asia/Hong_Kong", "")],
        ),
        Case(
            Code::DoubtfulDistance,
            "services.csv row 2, column km:",
            vec![Replace("services", "2.45,,,,", "2.45,,,,5000")],
        ),
    ]
}

fn doubt_cases() -> Vec<Case> {
    vec![
        Case(
            Code::DoubtfulRate,
            "exchange_rates.csv row 2, column rate:",
            vec![
                Replace("services", "2.45,", "2.45,USD"),
                Add("exchange_rates", "currency,rate\nUSD,0.855"),
            ],
        ),
        Case(
            Code::DoubtfulTimeZone,
            "places.csv row 2, column time_zone:",
            vec![Replace("places", "Asia/Shanghai", "Europe/Brussels")],
        ),
        Case(
            Code::DoubtfulVolume,
            "services.csv row 3, column m3_per_unit:",
            vec![Replace("services", "24,m3,,,,11", "24,cage,,1000,11000,11")],
        ),
        Case(
            Code::DoubtfulVolume,
            "bookings.csv row 2, column m3:",
            vec![
                dated(),
                Add("bookings", "service,date,kg,m3\nAIR,2019-11-04,100,600"),
            ],
        ),
        Case(
            Code::IdleMinimum,
            "services.csv row 4, column min_units:",
            vec![Add(
                "services",
                "BACK,,air,LGG,HKG,135,18:00,12.9,chargeable_kg,60000,,,2.45,,100,,,,",
            )],
        ),
        Case(
            Code::CheaperLeftBehind,
            "products.csv row 2, column unserved_per_parcel:",
            vec![Replace("products", "2.5", "0.01")],
        ),
        Case(
            Code::Overbooked,
            "bookings.csv row 2, column units:",
            vec![
                dated(),
                Add("bookings", "service,date,units\nAIR,2019-11-04,70000"),
            ],
        ),
        Case(
            Code::NoSuchDeparture,
            "bookings.csv row 2, column date:",
            vec![
                dated(),
                Add("bookings", "service,date,kg\nAIR,2019-11-05,100"),
            ],
        ),
        Case(
            Code::NoEffect,
            "events.csv row 2, column effect:",
            vec![
                dated(),
                Add(
                    "events",
                    "event,service,first_date,effect\nx,AIR,2019-11-05,cancelled",
                ),
            ],
        ),
    ]
}

fn scenario_cases() -> Vec<Case> {
    let change = |row: &'static str| {
        vec![
            Add("scenarios", "scenario,table,key,column,change,value"),
            Add("scenarios", row),
        ]
    };
    vec![
        Case(
            Code::ScenarioColumn,
            "scenarios.csv row 2, column column:",
            change("s,services,AIR,unit_limit,set,0"),
        ),
        Case(
            Code::ScenarioKey,
            "scenarios.csv row 2, column key:",
            change("s,services,AIR/1/2,units,set,0"),
        ),
        Case(
            Code::NothingMatched,
            "scenarios.csv row 2, column key:",
            change("s,services,AIX,units,set,0"),
        ),
        Case(
            Code::ScenarioChange,
            "scenarios.csv row 2, column change:",
            change("s,services,AIR,days,scale,2"),
        ),
        Case(
            Code::ScenarioChange,
            "scenarios.csv row 2, column value:",
            change("s,services,AIR,units,scale,twice"),
        ),
        Case(
            Code::ScenarioChange,
            "scenarios.csv row 2, column column:",
            change("s,services,AIR,units,drop,"),
        ),
    ]
}

fn unused_cases() -> Vec<Case> {
    vec![
        Case(Code::UnusedPlace, "places.csv row 5, column place:", vec![Add("places", "PVG,airport,31,121,Asia/Shanghai")]),
        Case(Code::UnusedProduct, "products.csv row 3, column product:", vec![Add("products", "big,0.5,1.2,240,2.5")]),
        Case(Code::UnusedProfile, "profiles.csv row 2, column profile:", vec![Add("profiles", "profile,mon\nmonday,1")]),
        Case(Code::UnusedRate, "exchange_rates.csv row 2, column currency:", vec![Add("exchange_rates", "currency,rate\nUSD,1.2")]),
        Case(Code::UnusedHandling, "handling.csv row 2, column step:", vec![Add("handling", "place,step,mode\nLGG,strip,rail")]),
        Case(Code::UnusedTable, "events.csv:", vec![Add("events", "event,service,first_date,effect\nx,AIR,2019-11-05,cancelled")]),
        Case(Code::OutsideHorizon, "bookings.csv row 2, column date:", vec![dated(), Add("bookings", "service,date\nAIR,2019-11-01")]),
        Case(Code::OutsideHorizon, "events.csv row 2, column last_date:", vec![dated(), Add("events", "event,service,first_date,effect\nx,AIR,2019-11-01,cancelled")]),
        Case(Code::OutsideHorizon, "services.csv row 2, column last_date:", vec![dated(), Replace("services", "2.45,,,,,,", "2.45,,,,,,2019-11-01")]),
        Case(
            Code::UnusedCell,
            "services.csv row 2, column last_date:",
            vec![Replace("services", "2.45,,,,,,", "2.45,,,,,,2019-11-01")],
        ),
        Case(
            Code::UnusedCell,
            "services.csv row 2, column dwell_hours:",
            vec![Write("services", b"service,mode,origin,destination,departs,hours,dwell_hours\nAIR,air,HKG,LGG,18:00,12.9,3\nT,road,YIW,HKG,20:00,24,\n".to_vec())],
        ),
    ]
}

pub fn all_cases() -> Vec<Case> {
    let mut cases = file_cases();
    cases.extend(cell_cases());
    cases.extend(relation_cases());
    cases.extend(size_cases());
    cases.extend(doubt_cases());
    cases.extend(scenario_cases());
    cases.extend(unused_cases());
    cases
}
