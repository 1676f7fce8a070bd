//! The report in a browser. Without Chromium these tests skip, saying so; with
//! `RAILAIR_NEEDS_BROWSER=1` that is a failure.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::cli_support::Desk;
use super::devtools::{Browser, chromium};
use super::{hostile_desk, two_plans};

const INSTANCES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/instances");

/// Looks at what is wrong with a page that only a browser can tell.
const CHECKS: &str = include_str!("checks.js");

/// A browser, if there is one.
fn browser(test: &str) -> Option<Browser> {
    match chromium() {
        Some(program) => Some(Browser::start(&program)),
        None => {
            let needed = std::env::var_os("RAILAIR_NEEDS_BROWSER").is_some();
            assert!(
                !needed,
                "Chromium is not installed, and RAILAIR_NEEDS_BROWSER is set"
            );
            eprintln!("skipped {test}: Chromium is not installed");
            None
        }
    }
}

/// A report of a shipped instance.
fn drawn(instance: &str) -> (Desk, PathBuf) {
    let desk = Desk::new();
    let folder = Path::new(INSTANCES).join(instance);
    let folder = folder.to_str().expect("a path").to_owned();
    // Which plan it is does not matter here: the quickest will do.
    desk.run(
        &[
            "solve",
            &folder,
            "--quiet",
            "--engine",
            "cheapest-first",
            "--out",
            "plan",
            "--report",
        ],
        0,
    );
    let report = desk.path("plan/report.html");
    (desk, report)
}

/// Whatever the browser complained about, and whatever it asked for beyond the file itself.
fn complaints(browser: &Browser) -> Vec<String> {
    let events = browser.events.iter();
    let of = |event: &Value| {
        let said = &event["params"];
        match event["method"].as_str()? {
            "Runtime.exceptionThrown" => Some(said["exceptionDetails"].to_string()),
            "Runtime.consoleAPICalled" => Some(said["args"].to_string()),
            "Log.entryAdded" => Some(said["entry"].to_string()),
            "Network.requestWillBeSent" => {
                let address = said["request"]["url"].as_str()?;
                let own = ["file:", "data:", "blob:"]
                    .iter()
                    .any(|kind| address.starts_with(kind));
                (!own).then(|| address.to_owned())
            }
            _ => None,
        }
    };
    events.filter_map(of).collect()
}

fn theme(browser: &mut Browser, dark: bool) {
    let value = if dark { "dark" } else { "light" };
    let features = json!([{ "name": "prefers-color-scheme", "value": value }]);
    browser.call(
        "Emulation.setEmulatedMedia",
        json!({ "features": features }),
    );
}

fn window(browser: &mut Browser, width: u32) {
    let size = json!({ "width": width, "height": 900, "deviceScaleFactor": 1, "mobile": false });
    browser.call("Emulation.setDeviceMetricsOverride", size);
}

/// Where pictures are kept for people to look at.
fn pictures() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("report");
    fs::create_dir_all(&folder).expect("a folder");
    folder
}

#[test]
fn shipped_plans_are_drawn_without_a_complaint_in_every_light() {
    let Some(mut browser) = browser("shipped plans in a browser") else {
        return;
    };
    for instance in ["liege-2019-week", "liege-2021-hub"] {
        let (_desk, report) = drawn(instance);
        browser.open(&report);
        for (name, width, dark) in [
            ("light", 1280, false),
            ("dark", 1280, true),
            ("narrow", 400, false),
        ] {
            window(&mut browser, width);
            theme(&mut browser, dark);
            let wrong = browser.evaluate(CHECKS);
            assert_eq!(wrong, json!([]), "{instance}, {name}");
            browser.picture(&pictures().join(format!("{instance}-{name}.png")));
        }
        let pdf = browser.print(&pictures().join(format!("{instance}.pdf")));
        assert!(pdf.starts_with(b"%PDF-"));
        assert_eq!(complaints(&browser), Vec::<String>::new());
    }
}

#[test]
fn tables_sort_filter_and_turn_pages() {
    let Some(mut browser) = browser("tables in a browser") else {
        return;
    };
    let (desk, report) = drawn("liege-2019-week");
    browser.open(&report);
    let rows = desk.read("plan/allocation.csv").lines().count() as i64 - 1;
    let shown = "document.querySelectorAll('#table tbody tr').length";
    assert_eq!(browser.evaluate(shown), json!(20));

    // By parcels, most first: the first row is the largest of the table.
    browser.evaluate("[...document.querySelectorAll('#table thead button')].find(b => b.textContent === 'parcels').click()");
    assert_eq!(
        browser.evaluate(
            "document.querySelector('#table thead th[aria-sort]').getAttribute('aria-sort')"
        ),
        json!("descending")
    );
    let mut table = csv::Reader::from_path(desk.path("plan/allocation.csv")).expect("a table");
    let parcels: Vec<i64> = table
        .records()
        .map(|row| row.expect("a row")[5].parse().expect("a number"))
        .collect();
    let cell = "document.querySelector('#table tbody tr').cells[5].textContent.replace(/,/g, '')";
    assert_eq!(
        browser.evaluate(cell),
        json!(parcels.iter().max().expect("rows").to_string())
    );
    browser.evaluate("document.querySelector('#table th[aria-sort] button').click()");
    assert_eq!(
        browser.evaluate(cell),
        json!(parcels.iter().min().expect("rows").to_string())
    );

    // By words and by a number; the sums follow.
    let filter = |text: &str| {
        format!(
            "(() => {{ const f = document.getElementById('filter'); f.value = {}; f.dispatchEvent(new Event('input')); \
                 return new Promise(done => setTimeout(() => done(document.getElementById('status').textContent), 50)); }})()",
            json!(text)
        )
    };
    let many = parcels.iter().filter(|&&p| p > 1000).count();
    assert_eq!(
        browser.evaluate(&filter("parcels > 1000")),
        json!(format!("{many} of {rows} rows"))
    );
    let sum: i64 = parcels.iter().filter(|&&p| p > 1000).sum();
    let foot = "document.querySelector('#table tfoot tr').cells[5].textContent.replace(/,/g, '')";
    assert_eq!(browser.evaluate(foot), json!(sum.to_string()));
    let express = desk
        .read("plan/allocation.csv")
        .lines()
        .filter(|line| line.contains(",express72,") && line.contains("HGH-LGG@"))
        .count();
    assert!(express > 0);
    assert_eq!(
        browser.evaluate(&filter("EXPRESS72 hgh-lgg@")),
        json!(format!("{express} of {rows} rows"))
    );
    assert_eq!(browser.evaluate(&filter("")), json!(format!("{rows} rows")));

    // Pages, and another table.
    browser.evaluate("document.getElementById('after').click()");
    assert_eq!(
        browser.evaluate("document.getElementById('page').textContent.startsWith('Page 2 of ')"),
        json!(true)
    );
    browser.evaluate("[...document.querySelectorAll('#tables button')].find(b => b.textContent === 'Departures').click()");
    let departures = desk.read("plan/departures.csv").lines().count() - 1;
    assert_eq!(
        browser.evaluate("document.getElementById('status').textContent"),
        json!(format!("{departures} rows"))
    );
    assert_eq!(complaints(&browser), Vec::<String>::new());
}

#[test]
fn the_keyboard_reaches_and_works_everything() {
    let Some(mut browser) = browser("the keyboard in a browser") else {
        return;
    };
    let (_desk, report) = drawn("textbook/overtime");
    theme(&mut browser, false);
    browser.open(&report);
    let focused = "document.activeElement.id || document.activeElement.className";
    browser.press("Tab");
    assert_eq!(browser.evaluate(focused), json!("skip"));
    browser.press("Tab");
    assert_eq!(browser.evaluate(focused), json!("theme"));
    let paper = "getComputedStyle(document.body).backgroundColor";
    let light = browser.evaluate(paper);
    browser.press("Enter");
    assert_ne!(
        browser.evaluate(paper),
        light,
        "the first press changes what is seen"
    );
    browser.press("Enter");
    assert_eq!(browser.evaluate(paper), light);
    // Everything that can be worked is reached, in the order in which it is seen.
    let reachable = "document.querySelectorAll('a[href], button:not([disabled]):not([hidden]), input, summary, [tabindex=\"0\"]').length";
    let all = browser.evaluate(reachable).as_u64().expect("a number");
    let mut seen = 1;
    while seen < all + 5 {
        browser.press("Tab");
        seen += 1;
        if browser.evaluate("document.activeElement === document.body") == json!(true) {
            break;
        }
        if browser.evaluate("document.activeElement.closest('thead') !== null") == json!(true) {
            break;
        }
    }
    assert_eq!(
        browser.evaluate("document.activeElement.tagName"),
        json!("BUTTON")
    );
    browser.press("Enter");
    let sorted = "document.activeElement.closest('th').getAttribute('aria-sort')";
    assert_eq!(browser.evaluate(sorted), json!("ascending"));
    browser.press("Enter");
    assert_eq!(browser.evaluate(sorted), json!("descending"));
    assert_eq!(complaints(&browser), Vec::<String>::new());
}

#[test]
fn pictures_are_saved_as_files_of_their_own() {
    let Some(mut browser) = browser("saving in a browser") else {
        return;
    };
    let (_desk, report) = drawn("liege-2019-week");
    let folder = tempfile::tempdir().expect("a folder");
    let allowed = json!({ "behavior": "allow", "downloadPath": folder.path() });
    browser.call("Browser.setDownloadBehavior", allowed);
    browser.open(&report);
    browser.evaluate("document.querySelector('#map button.save').click()");
    let file = folder.path().join("map.svg");
    let start = Instant::now();
    while !file.exists() && start.elapsed() < Duration::from_secs(20) {
        browser.evaluate("new Promise(done => setTimeout(done, 100))");
    }
    let svg = fs::read_to_string(&file).expect("the saved picture");
    // It stands alone: its own size and colours.
    assert!(svg.starts_with("<svg") && svg.contains("xmlns=\"http://www.w3.org/2000/svg\""));
    assert!(svg.contains("width=\"1120\"") && svg.contains("stroke:rgb("));
    browser.open(&file);
    browser.picture(&pictures().join("saved-map.png"));
    assert_eq!(complaints(&browser), Vec::<String>::new());
}

#[test]
fn hostile_names_stay_names() {
    let Some(mut browser) = browser("hostile names in a browser") else {
        return;
    };
    let desk = hostile_desk();
    desk.run(&["report", "plan"], 0);
    browser.open(&desk.path("plan/report.html"));
    assert_eq!(browser.evaluate("document.title !== 'owned'"), json!(true));
    assert_eq!(
        browser.evaluate("document.querySelectorAll('img, iframe, object').length"),
        json!(0)
    );
    assert_eq!(
        browser.evaluate("document.querySelectorAll('script').length"),
        json!(2)
    );
    assert_eq!(browser.evaluate(CHECKS), json!([]));
    browser.picture(&pictures().join("hostile.png"));
    assert_eq!(complaints(&browser), Vec::<String>::new());
}

#[test]
fn differences_are_drawn_without_a_complaint() {
    let Some(mut browser) = browser("differences in a browser") else {
        return;
    };
    let desk = two_plans();
    desk.run(&["compare", "a", "b", "--report", "differences.html"], 0);
    browser.open(&desk.path("differences.html"));
    for (name, dark) in [("light", false), ("dark", true)] {
        theme(&mut browser, dark);
        assert_eq!(browser.evaluate(CHECKS), json!([]), "{name}");
        browser.picture(&pictures().join(format!("differences-{name}.png")));
    }
    assert_eq!(complaints(&browser), Vec::<String>::new());
}
