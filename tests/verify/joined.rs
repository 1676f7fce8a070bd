//! What a table says so that nobody has to join it with another: mode, unit, week, operator, places.

use std::collections::BTreeMap;

use railair::instance::Instance;

use crate::claims::with;
use crate::generator::Random;
use crate::mutations::{Bench, rows};
use crate::plans::prepared;
use crate::seeds::seeds;

/// Columns of each table, in their order, as the last ones.
const JOINED: [(&str, &[&str]); 2] = [
    ("allocation.csv", &["mode", "unit", "week", "operator"]),
    (
        "departures.csv",
        &["mode", "unit", "week", "operator", "origin", "destination"],
    ),
];

#[test]
fn no_joined_cell_can_be_changed_unnoticed() {
    let mut changed = 0;
    for seed in seeds(6, 40) {
        let Some(bench) = Bench::new(seed) else {
            continue;
        };
        let mut random = Random::new(seed);
        for (file, columns) in JOINED {
            let table = rows(&bench.read(file).expect("a table"));
            let last: Vec<&str> = table[0].iter().map(String::as_str).collect();
            assert!(last.ends_with(columns), "{last:?}");
            if table.len() < 2 {
                continue;
            }
            for column in columns {
                let row = 1 + random.between(0, table.len() as i64 - 2) as usize;
                for other in ["sea", "", "97"] {
                    let text = with(&table, row, column, other);
                    let at = table[0].iter().position(|name| name == column);
                    if table[row][at.expect("a column")] != other {
                        bench.rejects(file, &text, &format!("{column} {other:?}"));
                        changed += 1;
                    }
                }
            }
        }
    }
    assert!(changed > 40, "{changed}");
}

/// Legs of services by name, as the tables name them.
fn legs(instance: &Instance) -> BTreeMap<(String, String), [String; 5]> {
    let mut legs = BTreeMap::new();
    for service in &instance.services {
        for (at, leg) in service.legs.iter().enumerate() {
            let place = |place: railair::instance::PlaceId| instance.places[place.at()].id.clone();
            let said = [
                format!("{:?}", service.mode).to_lowercase(),
                leg.unit.name.clone(),
                service.operator.clone(),
                place(leg.origin),
                place(leg.destination),
            ];
            legs.insert((service.id.clone(), (at + 1).to_string()), said);
        }
    }
    legs
}

#[test]
fn joined_cells_are_what_a_join_gives() {
    let mut joined = 0;
    for seed in seeds(6, 40) {
        let (prepared, _folder) = prepared(seed);
        let legs = legs(&prepared.instance);
        let Some(bench) = Bench::of(prepared, seed) else {
            continue;
        };
        for (file, service, leg, columns) in [
            (
                "allocation.csv",
                "main_service",
                "main_leg",
                &["mode", "unit", "operator"][..],
            ),
            (
                "departures.csv",
                "service",
                "leg",
                &["mode", "unit", "operator", "origin", "destination"],
            ),
        ] {
            let table = rows(&bench.read(file).expect("a table"));
            let at = |name: &str| table[0].iter().position(|known| known == name);
            let cell = |row: &[String], name: &str| row[at(name).expect("a column")].clone();
            for row in table
                .iter()
                .skip(1)
                .filter(|row| !cell(row, leg).is_empty())
            {
                let said = &legs[&(cell(row, service), cell(row, leg))];
                for (column, said) in columns.iter().zip(said) {
                    assert_eq!(cell(row, column), *said, "seed {seed}, {file}: {row:?}");
                    joined += 1;
                }
            }
        }
    }
    assert!(joined > 100, "{joined}");
}
