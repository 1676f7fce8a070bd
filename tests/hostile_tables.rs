//! Whatever stands in the files: an answer, and never a panic.

use std::fs;

use proptest::prelude::*;
use railair::instance::{Findings, load, load_tables, read_csv_texts, table_schema};

/// Texts that cells might hold, right and wrong ones.
fn cell() -> impl Strategy<Value = String> {
    const WORDS: &[&str] = &[
        "",
        "A",
        "B",
        "LGG",
        "1",
        "2",
        "0",
        "-1",
        "0.5",
        "1000000000",
        "999999999999999999999",
        "1,5",
        "1.234,5",
        "nan",
        "inf",
        "18:00",
        "25:10",
        "2019-11-04",
        "2019-11-05",
        "03/04/2019",
        "9999-12-31",
        "daily",
        "135",
        "1.3.5..",
        "yes",
        "no",
        "rail",
        "air",
        "road",
        "sea",
        "city",
        "hub",
        "EUR",
        "USD",
        "Europe/Brussels",
        "Asia/Shanghai",
        "chargeable_kg",
        "FEU",
        "dated",
        "typical-week",
        "name",
        "week_start",
        "weeks",
        "horizon",
        "520",
        "set",
        "scale",
        "add",
        "drop",
        "demand",
        "services",
        "*/*",
        "A/B",
        "units",
        "in",
        "out",
        "kg",
        "parcel",
        "week",
        "held",
        "closed",
        "delay_hours",
        "capacity_factor",
        "A > B",
        "=1+1",
        "\u{202e}",
        "\"",
        "é",
    ];
    prop_oneof![
        8 => proptest::sample::select(WORDS).prop_map(str::to_owned),
        1 => "\\PC{0,12}",
    ]
}

fn quoted(cell: &str) -> String {
    format!("\"{}\"", cell.replace('"', "\"\""))
}

/// All tables with their own headers and rows of random cells.
fn tables() -> impl Strategy<Value = Vec<(&'static str, String)>> {
    let tables: Vec<_> = table_schema()
        .iter()
        .map(|table| {
            let width = table.columns.len();
            let rows = prop::collection::vec(prop::collection::vec(cell(), width), 0..6);
            rows.prop_map(move |rows| {
                let header: Vec<&str> = table.columns.iter().map(|c| c.name).collect();
                let mut text = header.join(",") + "\n";
                for row in rows {
                    let cells: Vec<String> = row.iter().map(|cell| quoted(cell)).collect();
                    text.push_str(&(cells.join(",") + "\n"));
                }
                (table.name, text)
            })
        })
        .collect();
    tables
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn random_cells_never_panic(tables in tables(), scenario in proptest::option::of("[AB]")) {
        let tables: Vec<(&str, &str)> = tables.iter().map(|(n, t)| (*n, t.as_str())).collect();
        let mut findings = Findings::new();
        let texts = read_csv_texts(&tables, &mut findings);
        let loaded = load_tables(texts, scenario.as_deref(), findings);
        prop_assert_eq!(loaded.instance.is_some(), loaded.findings.errors() == 0);
    }

    #[test]
    fn random_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..400), at in 0..13usize) {
        let folder = tempfile::tempdir().unwrap();
        let table = table_schema()[at].name;
        fs::write(folder.path().join(format!("{table}.csv")), bytes).unwrap();
        prop_assert!(load(folder.path(), None).instance.is_none());
    }

    #[test]
    fn findings_are_the_same_every_time(tables in tables()) {
        let tables: Vec<(&str, &str)> = tables.iter().map(|(n, t)| (*n, t.as_str())).collect();
        let found = || {
            let mut findings = Findings::new();
            let texts = read_csv_texts(&tables, &mut findings);
            load_tables(texts, None, findings).findings.to_string()
        };
        prop_assert_eq!(found(), found());
    }
}

/// One changed cell of a correct instance: close to what people do, far into the checks.
#[test]
fn every_cell_of_a_correct_instance_survives_every_word() {
    let tables = [
        (
            "settings",
            "setting,value\nname,N\nhorizon,dated\nweek_start,2019-11-04\nweeks,2\n",
        ),
        (
            "places",
            "place,kind,lat,lon,time_zone,storage_m3\nA,city,30,120,UTC,5\nB,hub,50,5,,\n",
        ),
        (
            "products",
            "product,kg_per_parcel,litres_per_parcel,promise_hours,unserved_per_parcel\np,1,5,100,9\n",
        ),
        ("profiles", "profile,mon,sun\nw,0.5,0.5\n"),
        (
            "demand",
            "origin,destination,product,week,parcels,profile\nA,B,p,1,10,w\n",
        ),
        (
            "services",
            "service,leg,mode,origin,destination,days,departs,hours,unit,units,price_per_unit,currency,first_date,via\ns,1,air,A,B,135,18:00,12,chargeable_kg,9,2,USD,,\n",
        ),
        (
            "handling",
            "place,step,mode,direction,hours,tier,capacity,unit,per,price_per_unit\nB,c,air,in,1,1,10,kg,week,1\n",
        ),
        (
            "limits",
            "limit,metric,mode,per,min,max,min_share,max_share,penalty_per_unit\nl,kg,air,week,0,10,0,1,1\n",
        ),
        ("rules", "product,mode,allowed\np,air,yes\n"),
        (
            "events",
            "event,service,place,first_date,last_date,effect,value\ne,s,,2019-11-04,2019-11-05,capacity_factor,0.5\n",
        ),
        ("bookings", "service,date,kg,m3,units\ns,2019-11-04,1,1,1\n"),
        ("exchange_rates", "currency,rate\nUSD,1.1\n"),
        (
            "scenarios",
            "scenario,table,key,column,change,value\nx,demand,A,parcels,scale,2\n",
        ),
    ];
    let words = [
        "",
        "0",
        "-1",
        "1000000000",
        "9999999999999999999999999999999999",
        "2200-12-31",
        "A > B > A",
        "*",
        "held",
        "typical-week",
        "\u{0}",
    ];
    let mut loads = 0;
    for (changed, (_, text)) in tables.iter().enumerate() {
        let lines: Vec<Vec<&str>> = text.lines().map(|line| line.split(',').collect()).collect();
        for row in 0..lines.len() {
            for column in 0..lines[0].len() {
                for word in words {
                    let mut lines: Vec<Vec<String>> = lines
                        .iter()
                        .map(|line| line.iter().map(|cell| cell.to_string()).collect())
                        .collect();
                    lines[row][column] = quoted(word);
                    let text: Vec<String> = lines.iter().map(|line| line.join(",")).collect();
                    let text = text.join("\n");
                    let mut all = tables;
                    all[changed].1 = &text;
                    let mut findings = Findings::new();
                    let texts = read_csv_texts(&all, &mut findings);
                    let loaded = load_tables(texts, Some("x"), findings);
                    assert_eq!(loaded.instance.is_some(), loaded.findings.errors() == 0);
                    loads += usize::from(loaded.instance.is_some());
                }
            }
        }
    }
    // many of these changes are harmless; if none were, the checks would not have been reached
    assert!(loads > 100, "{loads}");
}
