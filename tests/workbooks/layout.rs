//! What a planner sees of a written workbook, on the screen and on paper: figures that fit, texts that
//! are not cut off, colours that can be read, pages that end where weeks do.

use std::collections::BTreeSet;
use std::path::Path;

use calamine::Data;
use railair::engine::Options;
use railair::plan::Plan;
use unicode_width::UnicodeWidthStr;

use crate::plan::plan_with;
use crate::support::Desk;
use crate::written::{Book, LINE, figure};

/// How much wider than the workbook's own font another one may be that stands in for it.
const OTHER_FONT: f64 = 1.1;
/// How many digits wide a step of an indent is.
const INDENT: f64 = 1.5;

/// How wide a text is, in digits of the workbook's font.
fn extent(text: &str, bold: bool) -> f64 {
    let letters = text.chars().map(|c| match c {
        ' ' | ',' | '.' | ':' | ';' | '\'' | 'i' | 'l' | 'j' | 'I' => 0.55,
        '-' | '(' | ')' | '/' | 't' | 'f' | 'r' | '₂' => 0.7,
        'c' | 's' | 'v' | 'x' | 'y' | 'z' => 0.9,
        'W' | 'M' | 'm' => 1.75,
        'w' | '%' => 1.45,
        c if c.is_ascii_uppercase() => 1.25,
        c if c.is_ascii() => 1.05,
        _ => 2.0,
    });
    letters.sum::<f64>() * if bold { 1.05 } else { 1.0 } * OTHER_FONT
}

/// A number with its thousands apart.
fn apart(value: f64, decimals: usize) -> String {
    let digits = format!("{:.decimals$}", value.abs());
    let (whole, fraction) = digits.split_once('.').unwrap_or((&digits, ""));
    let mut text = String::new();
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at) % 3 == 0 {
            text.push(',');
        }
        text.push(digit);
    }
    let sign = if value < 0.0 { "-" } else { "" };
    match fraction {
        "" => format!("{sign}{text}"),
        some => format!("{sign}{text}.{some}"),
    }
}

/// What a cell shows of a number.
fn shown(value: f64, format: &str) -> String {
    match format {
        "General" => value.to_string(),
        "#,##0" | "#,##0;-#,##0;" => apart(value, 0),
        "#,##0 \"parcels\"" => apart(value, 0) + " parcels",
        "#,##0.0" => apart(value, 1),
        "#,##0.00" | "#,##0.00;-#,##0.00;\"none\"" => apart(value, 2),
        "#,##0.000" => apart(value, 3),
        "#,##0.0000" => apart(value, 4),
        "0.0%" => format!("{:.1}%", value * 100.0),
        "0.0000%" => format!("{:.4}%", value * 100.0),
        // the widest of all days
        "ddd yyyy-mm-dd" => "Wed 2000-00-00".to_owned(),
        "yyyy-mm-dd hh:mm" => "2000-00-00 00:00".to_owned(),
        "ddd d mmm" => "Wed 00 May".to_owned(),
        other => panic!("a number is shown as {other}"),
    }
}

fn assert_figures_fit(name: &str, book: &Book) -> usize {
    let mut checked = 0;
    for (title, sheet) in book.sheets() {
        for (&at, value) in &sheet.values {
            let Some(value) = figure(value) else { continue };
            let style = book.style(&sheet, at);
            let text = shown(value, &style.format);
            let extent = extent(&text, style.bold) + style.indent * INDENT;
            let width = sheet.width(at.1);
            assert!(
                extent <= width,
                "{name} {title} {at:?}: {text:?} takes {extent:.1} of {width:.1}"
            );
            checked += 1;
        }
    }
    checked
}

/// Lines that a text takes in a width, broken between words; a word that is too long goes on below.
fn lines(text: &str, width: f64) -> usize {
    let (mut lines, mut used) = (1, 0.0);
    for word in text.split(' ') {
        let word = UnicodeWidthStr::width(word) as f64;
        if used > 0.0 && used + 1.0 + word <= width {
            used += 1.0 + word;
            continue;
        }
        let more = (word / width).ceil().max(1.0) - 1.0;
        lines += usize::from(used > 0.0) + more as usize;
        used = word - more * width;
    }
    lines
}

fn assert_texts_are_whole(name: &str, book: &Book) -> usize {
    let mut checked = 0;
    for (title, sheet) in book.sheets() {
        for (&at, value) in &sheet.values {
            let style = book.style(&sheet, at);
            let (Data::String(text), true) = (value, style.wraps) else {
                continue;
            };
            let merged = sheet.merged.iter().find(|(first, _)| *first == at);
            let last = merged.map_or(at.1, |(_, last)| last.1);
            let width = sheet.width_of(at.1..last + 1) - style.indent * INDENT;
            let lines = lines(text, width);
            let height = sheet.height(at.0);
            assert!(
                lines as f64 * LINE <= height,
                "{name} {title} {at:?}: {lines} lines in {height} points"
            );
            checked += lines;
        }
    }
    checked
}

fn assert_nothing_lies_under_charts(name: &str, book: &Book) -> usize {
    let charts = book.charts();
    let sheet = &book.sheets()["summary"];
    for (first, last) in &charts {
        for (&(row, column), value) in &sheet.values {
            let Data::String(text) = value else {
                let apart = column < first.1 || column > last.1 || row < first.0 || row > last.0;
                assert!(apart, "{name} {row} {column} lies under a chart");
                continue;
            };
            let style = book.style(sheet, (row, column));
            if row < first.0 || row > last.0 || style.wraps {
                continue;
            }
            // a text runs on over the blank cells beside it
            let beside = sheet.width_of(column..first.1);
            let extent = extent(text, style.bold);
            assert!(
                column < first.1 && extent <= beside,
                "{name} {row} {column}: {text:?} takes {extent:.1} of {beside:.1} beside a chart"
            );
        }
    }
    for (at, one) in charts.iter().enumerate() {
        for other in &charts[at + 1..] {
            assert!(one.1.0 < other.0.0, "{name}: a chart lies on another");
        }
    }
    charts.len()
}

/// The week of a day in a cell: a date, or `W2 Mon`.
fn week(value: &Data) -> i64 {
    match value {
        // day 2 of spreadsheets was a Monday
        Data::Float(_) | Data::DateTime(_) | Data::Int(_) => {
            (figure(value).unwrap_or(0.0) as i64 - 2).div_euclid(7)
        }
        other => {
            let text = other.to_string();
            let week = text.split_once(' ').map_or("W0", |(week, _)| week);
            week.trim_start_matches('W').parse().expect("a week")
        }
    }
}

/// Where weeks end among cells in a line, as spreadsheets count: before the cell that is broken at.
fn ends(cells: &[(u32, &Data)]) -> BTreeSet<u32> {
    let pairs = cells.windows(2);
    let new = pairs.filter(|pair| week(pair[0].1) != week(pair[1].1));
    new.map(|pair| pair[1].0).collect()
}

fn assert_pages_end_with_weeks(name: &str, book: &Book) -> usize {
    let sheets = book.sheets();
    let days = &sheets["days"];
    let rows: Vec<(u32, &Data)> = days
        .values
        .iter()
        .filter(|(at, _)| at.1 == 0 && at.0 > 0)
        .map(|(at, value)| (at.0, value))
        .collect();
    assert_eq!(days.row_breaks, ends(&rows), "{name} days");
    let handling = &sheets["handling_by_day"];
    let columns: Vec<(u32, &Data)> = handling
        .values
        .range((3, 4)..(4, 0))
        .map(|(at, value)| (at.1, value))
        .collect();
    assert_eq!(
        handling.column_breaks,
        ends(&columns),
        "{name} handling_by_day"
    );
    // the first sheet is one page
    let others: BTreeSet<usize> = (1..sheets.len()).collect();
    assert_eq!(book.with_repeated_heads(), others, "{name}");
    days.row_breaks.len()
}

/// Contrast of two colours by WCAG 2.2.
fn contrast(one: u32, other: u32) -> f64 {
    let luminance = |colour: u32| {
        let part = |shift: u32| {
            let share = f64::from((colour >> shift) & 0xFF) / 255.0;
            match share <= 0.040_45 {
                true => share / 12.92,
                false => ((share + 0.055) / 1.055).powf(2.4),
            }
        };
        0.2126 * part(16) + 0.7152 * part(8) + 0.0722 * part(0)
    };
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

fn assert_colours_can_be_read(name: &str, book: &Book) -> usize {
    /// A sheet, and every other row of a table in it.
    const PAPER: [u32; 2] = [0xFF_FFFF, 0xDC_E6F1];
    /// Bars, which some programs paint over a background.
    const BAR: u32 = 0x9D_C3E6;
    let mut pairs = Vec::new();
    for style in &book.styles.cells {
        let text = style.text.unwrap_or(0);
        match style.fill {
            Some(fill) => pairs.push((text, fill)),
            None => pairs.extend(PAPER.map(|paper| (text, paper))),
        }
    }
    for (text, fill) in &book.styles.conditional {
        let text = text.unwrap_or(0);
        let under = fill.map_or(PAPER.to_vec(), |fill| vec![fill]);
        pairs.extend(under.into_iter().chain([BAR]).map(|under| (text, under)));
    }
    for (text, under) in &pairs {
        let found = contrast(*text, *under);
        assert!(
            found >= 4.5,
            "{name}: {text:06X} on {under:06X}: {found:.2}"
        );
    }
    pairs.len()
}

fn solved(folder: &Path) -> Plan {
    let prepared = railair::prepare(folder, None).expect("an instance");
    prepared.solve(&Options::default()).expect("a plan")
}

/// What holds of every workbook.
fn check(name: &str, plan: &Plan) {
    let book = Book::of(plan);
    assert!(assert_figures_fit(name, &book) > 50, "{name}");
    assert_texts_are_whole(name, &book);
    assert_nothing_lies_under_charts(name, &book);
    assert_pages_end_with_weeks(name, &book);
    assert!(assert_colours_can_be_read(name, &book) > 20);
}

#[test]
fn shipped_workbooks_can_be_read() {
    let shipped = Path::new(env!("CARGO_MANIFEST_DIR"));
    // the search for whole units in it takes a minute
    let long = std::env::var_os("RAILAIR_LONG").map(|_| "instances/liege-2019-peak");
    let names = [
        "src/cli/starter",
        "instances/liege-2019-week",
        "instances/liege-2019-both-ways",
        "instances/liege-2021-hub",
        "instances/liege-2025-closure",
        "instances/textbook/dantzig",
        "instances/textbook/dead-freight",
        "instances/textbook/overtime",
        "instances/textbook/weight-and-volume",
    ];
    for name in names.into_iter().chain(long) {
        check(name, &solved(&shipped.join(name)));
    }
}

#[test]
fn dated_workbooks_can_be_read_and_their_pages_end_with_weeks() {
    let plan = plan_with("Base", true, "");
    check("dated", &plan);
    let book = Book::of(&plan);
    assert!(assert_pages_end_with_weeks("dated", &book) > 1);
    assert!(assert_texts_are_whole("dated", &book) > 0);
    assert_eq!(book.charts().len(), 2);
    for seed in 1..=6 {
        let desk = Desk::new();
        crate::generator::write_random_instance(seed, &desk.path(""));
        check(&format!("random {seed}"), &solved(&desk.path("")));
    }
}

/// Figures as large as nobody plans with, and reasons as long as names make them.
#[test]
fn large_figures_and_long_reasons_have_room() {
    let name = "A very long name of a thing ".repeat(8);
    let mut plan = plan_with(&name, true, "");
    plan.run.cost.0 *= 1_000_000;
    plan.run.totals.parcels.0 *= 1_000_000;
    for row in &mut plan.departures {
        row.cost.0 *= 1_000_000;
        row.parcels.0 *= 1_000_000;
    }
    for (at, row) in plan.demand.iter_mut().enumerate() {
        row.parcels.0 *= 1_000_000;
        row.reason = format!("late because of abcdefghijklmnopqrstuvwxyz-{at} ").repeat(9);
    }
    let book = Book::of(&plan);
    assert!(assert_figures_fit("large", &book) > 50);
    assert!(assert_texts_are_whole("large", &book) > 8);
}
