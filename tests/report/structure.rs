//! What the file holds.

use super::cli_support::Desk;
use super::{HOSTILE, hostile_desk};

/// The elements of a page that give it its structure, in order, without what they say.
fn outline(page: &str) -> String {
    let mut out = String::new();
    for tag in page.split('<').skip(1) {
        let tag = tag.split('>').next().unwrap_or_default();
        let name = tag.split([' ', '\n']).next().unwrap_or_default();
        let kept = [
            "header", "nav", "main", "section", "footer", "h1", "h2", "h3", "figure", "table",
            "caption", "details", "script",
        ];
        if !kept.contains(&name) {
            continue;
        }
        let attribute = |key: &str| {
            let (_, rest) = tag.split_once(&format!("{key}=\""))?;
            Some(format!(" {key}={}", rest.split('"').next()?))
        };
        let depth = if ["h1", "h2", "nav", "main", "header", "footer", "section"].contains(&name) {
            0
        } else {
            2
        };
        let details: String = ["id", "class"]
            .iter()
            .filter_map(|key| attribute(key))
            .collect();
        out += &format!("{:depth$}{name}{details}\n", "");
    }
    out
}

#[test]
fn the_page_has_a_structure_to_find_ones_way_in() {
    let desk = Desk::with_instance();
    desk.run(&["solve", "net", "--quiet", "--out", "plan"], 0);
    let said = desk.run(&["report", "plan"], 0);
    assert_eq!(said, "Report written to plan/report.html.\n");
    insta::assert_snapshot!("structure", outline(&desk.read("plan/report.html")));
    // The plan is still one: it can be verified, read again and replaced.
    desk.run(&["verify", "plan"], 0);
    desk.run(&["report", "plan", "--out", "elsewhere.html"], 0);
    assert_eq!(desk.read("elsewhere.html"), desk.read("plan/report.html"));
    desk.run(&["solve", "net", "--quiet", "--out", "plan"], 0);
    assert!(!desk.path("plan/report.html").exists());
}

#[test]
fn same_input_same_bytes_whichever_way_it_is_drawn() {
    let desk = Desk::with_instance();
    desk.run(
        &[
            "solve",
            "net",
            "--quiet",
            "--out",
            "a",
            "--report",
            "--threads",
            "1",
        ],
        0,
    );
    desk.run(
        &["solve", "net", "--quiet", "--out", "b", "--threads", "2"],
        0,
    );
    desk.run(&["report", "b"], 0);
    assert_eq!(desk.read("a/report.html"), desk.read("b/report.html"));
}

#[test]
fn nothing_is_loaded_from_anywhere() {
    let desk = Desk::with_instance();
    desk.run(&["solve", "net", "--quiet", "--out", "plan", "--report"], 0);
    let page = desk.read("plan/report.html");
    assert!(page.contains("default-src 'none'"));
    for reference in [
        "src=\"",
        "href=\"http",
        "url(",
        "@import",
        "<link rel=\"stylesheet",
    ] {
        assert!(!page.contains(reference), "{reference}");
    }
    // One address remains: the name of the vector format, in the script that saves pictures.
    let addresses: Vec<&str> = page
        .match_indices("http")
        .map(|(at, _)| &page[at..(at + 26).min(page.len())])
        .collect();
    assert!(
        addresses
            .iter()
            .all(|a| a.starts_with("http://www.w3.org/2000/svg") || a.starts_with("http-equiv")),
        "{addresses:?}"
    );
}

#[test]
fn names_inject_nothing() {
    let desk = hostile_desk();
    desk.run(&["report", "plan"], 0);
    let page = desk.read("plan/report.html");
    // The page's own scripts, and no other; no element that a name brought.
    assert_eq!(page.matches("<script").count(), 2);
    assert_eq!(page.matches("</script").count(), 2);
    assert_eq!(page.matches("<!--").count(), 0);
    assert!(!page.contains("<img"));
    for text in &HOSTILE[1..3] {
        assert!(!page.contains(text), "{text}");
    }
    // They are there, as what they are.
    assert!(page.contains("&lt;img src=x onerror=&quot;document.title=&#39;owned&#39;&quot;&gt;"));
    assert!(
        page.contains("{{data}}"),
        "a name was taken for a place in the template"
    );
    assert!(page.contains("上海浦东国际机场"));
    assert!(page.contains(&"长".repeat(300)), "the full name is at hand");
    // The data is still JSON, with every sign that could end it escaped.
    let (_, data) = page.split_once("id=\"data\">").expect("data");
    let (data, _) = data.split_once("</script>").expect("its end");
    assert!(!data.contains(['<', '>', '&', '\u{2028}', '\u{2029}']));
    let tables: serde_json::Value = serde_json::from_str(data).expect("JSON");
    let text = tables.to_string();
    assert!(text.contains("رحلة-上海@W1"), "{text}");
}

#[test]
fn what_is_not_there_is_said_and_not_drawn() {
    let desk = Desk::with_instance();
    let said = desk.fail(&["report", "net"], 2);
    assert!(said.contains("allocation.csv"), "{said}");
    let said = desk.fail(&["compare", "net", "--report", "x.html"], 2);
    assert!(said.contains("two plans"), "{said}");
    let said = desk.fail(&["solve", "net", "--report"], 2);
    assert!(said.contains("--out"), "{said}");

    desk.run(&["solve", "net", "--quiet", "--out", "plan"], 0);
    desk.replace("plan/departures.csv", ",W1 Mon,", ",W1 Someday,");
    desk.run(&["report", "plan"], 0);
    desk.replace(
        "plan/allocation.csv",
        "HANGZHOU,LGG,bulky,W1 Mon 18:00",
        "HANGZHOU,LGG,bulky,x",
    );
    desk.run(&["report", "plan"], 0);
    let text = desk.read("plan/demand.csv").replace("150000", "many");
    std::fs::write(desk.path("plan/demand.csv"), text).expect("a table");
    let said = desk.fail(&["report", "plan"], 2);
    assert!(said.contains("\"many\" is no number"), "{said}");
}

#[test]
fn a_plan_without_prices_does_not_claim_that_nothing_is_scarce() {
    let desk = Desk::with_instance();
    let solve = [
        "solve",
        "net",
        "--quiet",
        "--engine",
        "fastest-first",
        "--out",
        "plan",
        "--report",
    ];
    desk.run(&solve, 0);
    let page = desk.read("plan/report.html");
    assert!(page.contains("made by rule and has no prices"));
    assert!(page.contains("nothing proven about the least"));
}

#[test]
fn a_changed_instance_is_pointed_out() {
    let desk = Desk::with_instance();
    desk.run(&["solve", "net", "--quiet", "--out", "plan"], 0);
    desk.replace("net/places.csv", "Liège,hub", "Luik,hub");
    desk.run(&["report", "plan"], 0);
    let page = desk.read("plan/report.html");
    assert!(page.contains("no longer what was planned: places differ"));
}

#[test]
fn a_large_plan_makes_a_small_file_and_says_what_it_adds_up() {
    let desk = Desk::new();
    desk.run(
        &[
            "generate",
            "quarter",
            "--weeks",
            "13",
            "--origins",
            "4",
            "--markets",
            "2",
        ],
        0,
    );
    desk.run(
        &[
            "solve",
            "quarter",
            "--quiet",
            "--out",
            "plan",
            "--engine",
            "cheapest-first",
            "--report",
        ],
        0,
    );
    let rows = desk.read("plan/allocation.csv").lines().count();
    let page = desk.read("plan/report.html");
    assert!(
        page.len() < 8_000_000,
        "{} bytes for {rows} rows",
        page.len()
    );
    // 91 days in the timeline, each departure in it or said to be left out.
    assert!(page.contains("class=\"strip\""));
}
