//! Every figure shown is the plan's own.

use super::cli_support::Desk;
use super::two_plans;

/// Thousands separated, as people read them.
fn grouped(number: i128) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[test]
fn headline_figures_are_those_of_the_tables() {
    let desk = Desk::with_instance();
    desk.run(&["solve", "net", "--quiet", "--out", "plan", "--report"], 0);
    let page = desk.read("plan/report.html");
    let sum = |table: &str, column: &str, places| {
        desk.column(&format!("plan/{table}.csv"), column, places)
    };
    let parcels = sum("demand", "parcels", 0);
    let on_time = sum("demand", "on_time", 0);
    let expected = format!("{} of {} parcels", grouped(on_time), grouped(parcels));
    assert!(page.contains(&expected), "{expected}");
    // Nothing is left behind, so that the cost is what three tables add up to, to the nearest euro.
    let cost =
        sum("allocation", "cost", 6) + sum("departures", "cost", 6) + sum("handling", "cost", 6);
    let expected = format!("EUR {}, proven", grouped((cost + 500_000) / 1_000_000));
    assert!(page.contains(&expected), "{expected}");
    // Weight in tonnes with one decimal: grams / 100,000, to the nearest.
    let tenths = (sum("allocation", "kg", 3) + 50_000) / 100_000;
    let tonnes = format!("{}.{}", grouped(tenths / 10), tenths % 10);
    assert!(
        page.contains(&format!("{tonnes} <span class=\"unit\">t</span>")),
        "{tonnes}"
    );
}

#[test]
fn embedded_tables_are_the_plans_to_the_last_digit() {
    let desk = Desk::with_instance();
    desk.run(&["solve", "net", "--quiet", "--out", "plan", "--report"], 0);
    let page = desk.read("plan/report.html");
    let (_, data) = page.split_once("id=\"data\">").expect("data");
    let (data, _) = data.split_once("</script>").expect("its end");
    let tables: serde_json::Value = serde_json::from_str(data).expect("JSON");
    for (name, file) in [
        ("Allocations", "allocation"),
        ("Departures", "departures"),
        ("Handling", "handling"),
        ("Demand", "demand"),
    ] {
        let table = tables
            .as_array()
            .expect("tables")
            .iter()
            .find(|t| t["name"] == name)
            .expect("the table");
        for column in table["columns"].as_array().expect("columns") {
            let Some(places) = column["p"].as_u64() else {
                continue;
            };
            let sum: i128 = column["v"]
                .as_array()
                .expect("values")
                .iter()
                .filter_map(|v| v.as_i64())
                .map(i128::from)
                .sum();
            let head = column["n"].as_str().expect("a name");
            let mut csv =
                csv::Reader::from_path(desk.path(&format!("plan/{file}.csv"))).expect("a table");
            let at = csv
                .headers()
                .expect("heads")
                .iter()
                .position(|h| h == head)
                .expect("the column");
            let wanted: i128 = csv
                .records()
                .map(|row| millionths(&row.expect("a row")[at]))
                .sum();
            assert_eq!(sum * 10i128.pow(6 - places as u32), wanted, "{file}.{head}");
        }
    }
}

fn millionths(cell: &str) -> i128 {
    if cell.is_empty() {
        return 0;
    }
    let (whole, fraction) = cell.split_once('.').unwrap_or((cell, ""));
    format!("{whole}{fraction:0<6}").parse().expect("a number")
}

#[test]
fn differences_are_those_of_both_plans() {
    let desk = two_plans();
    let said = desk.run(&["compare", "a", "b", "--report", "differences.html"], 0);
    assert!(said.contains("against the first"));
    let page = desk.read("differences.html");
    let cost = |plan: &str| {
        let run: serde_json::Value =
            serde_json::from_str(&desk.read(&format!("{plan}/run.json"))).expect("a run");
        (run["cost"].as_f64().expect("a cost") * 1e6).round() as i128
    };
    let more = (cost("b") - cost("a") + 500_000) / 1_000_000;
    assert!(page.contains(&format!("+{}", grouped(more))), "{more}");
    assert!(page.contains("scenario no-train"));
    // The train carries nothing in the second plan: its whole weight is less.
    let grams = {
        let mut table = csv::Reader::from_path(desk.path("a/departures.csv")).expect("a table");
        let rows = table.records().map(|row| row.expect("a row"));
        rows.filter(|row| &row[0] == "CGO-LGG")
            .map(|row| millionths(&row[6]) / 1000)
            .sum::<i128>()
    };
    assert!(grams > 0);
    let tenths = (grams + 50_000) / 100_000;
    let less = format!("−{}.{}", grouped(tenths / 10), tenths % 10);
    assert!(page.contains(&less), "{less}");
    // Same plans, same bytes; a plan beside itself differs in nothing.
    desk.run(&["compare", "a", "b", "--report", "again.html"], 0);
    assert_eq!(desk.read("again.html"), page);
    desk.run(&["compare", "a", "a", "--report", "none.html"], 0);
    assert!(
        desk.read("none.html")
            .contains("Every service carries the same weight")
    );
}
