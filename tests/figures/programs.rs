//! What programs read: `run.json`, and the comparison as CSV.

use serde_json::Value;

use super::figures::{Collected, Shown};

/// Every number of `run.json`; entries of lists are called by what they are about.
pub fn run(json: &Value) -> Collected {
    let mut figures = Collected::default();
    walk(json, &mut vec!["run.json".to_owned()], &mut figures);
    figures
}

fn walk(value: &Value, at: &mut Vec<String>, figures: &mut Collected) {
    match value {
        Value::Number(number) => {
            let at: Vec<&str> = at.iter().map(String::as_str).collect();
            figures.add(&at, Shown::exact(number.as_f64().expect("a number")));
        }
        Value::Object(entries) => {
            for (name, value) in entries {
                at.push(name.clone());
                walk(value, at, figures);
                at.pop();
            }
        }
        Value::Array(items) => {
            for item in items {
                at.push(called(item));
                walk(item, at, figures);
                at.pop();
            }
        }
        _ => {}
    }
}

fn called(item: &Value) -> String {
    let names = ["service", "leg", "what", "unit", "mode"];
    let key = if item.get("service").is_some() {
        &names[..2]
    } else {
        &names[2..]
    };
    let texts = key.iter().filter_map(|name| item.get(name));
    let texts = texts.map(|value| value.as_str().map_or(value.to_string(), str::to_owned));
    texts.collect::<Vec<_>>().join(" / ")
}

/// The first plan of a comparison.
pub fn comparison(csv: &[u8]) -> Collected {
    let mut figures = Collected::default();
    let mut reader = csv::Reader::from_reader(csv);
    for row in reader.records() {
        let row = row.expect("a row");
        figures.add_text(&["compare", &row[0]], &row[1]);
    }
    for figure in &mut figures.0 {
        figure.shown = Shown::exact(figure.shown.middle());
    }
    figures
}
