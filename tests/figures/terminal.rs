//! What stands on the terminal.

use super::figures::{Collected, Shown};

/// What is written under tables without a figure of the plan in it.
const NOTES: [&str; 4] = [
    "not used: ",
    "each parcel once, by the leg",
    "Nothing is late and nothing is left behind.",
    "What one saves is the cost without it",
];

/// The figures of the text of a plan.
pub fn read(text: &str) -> Collected {
    let text = anstream::adapter::strip_str(text).to_string();
    let mut figures = Collected::default();
    let mut lines = text.lines().peekable();
    headline(&mut lines, &mut figures);
    let mut section = "";
    let mut head: Option<Vec<Cell>> = None;
    while let Some(line) = lines.next() {
        let is_row = line.starts_with("  ");
        if line.is_empty() {
            head = None;
        } else if !is_row && lines.peek().is_some_and(|next| next.starts_with("  ")) {
            section = line;
            head = lines.next().map(cells);
        } else if let Some(head) = head.as_ref().filter(|_| is_row && cells(line).len() > 1) {
            row(section, head, line, &mut figures);
        } else {
            let mut whole = line.trim().to_owned();
            let goes_on = |next: &&str| match is_row {
                true => next.starts_with("    ") && cells(next).len() == 1,
                false => !next.is_empty() && !next.starts_with(' '),
            };
            while let Some(next) = lines.next_if(goes_on) {
                whole = format!("{whole} {}", next.trim());
            }
            sentence(section, &whole, &mut figures);
        }
    }
    figures
}

/// A text between runs of two blanks, with where it begins and ends.
struct Cell {
    text: String,
    begin: usize,
    end: usize,
}

fn cells(line: &str) -> Vec<Cell> {
    let signs: Vec<char> = line.chars().collect();
    let mut cells: Vec<Cell> = Vec::new();
    let mut at = 0;
    while at < signs.len() {
        if signs[at] == ' ' {
            at += 1;
            continue;
        }
        let begin = at;
        while at < signs.len() && !(signs[at] == ' ' && signs.get(at + 1).is_none_or(|c| *c == ' '))
        {
            at += 1;
        }
        let text = signs[begin..at].iter().collect();
        cells.push(Cell {
            text,
            begin,
            end: at,
        });
    }
    cells
}

/// A row of a table: its label is the words before the first number.
fn row(section: &str, head: &[Cell], line: &str, figures: &mut Collected) {
    let cells = cells(line);
    let is_figure = |cell: &Cell| amount(&cell.text).is_some();
    let first = cells.iter().position(is_figure).unwrap_or(cells.len());
    let label: Vec<&str> = cells[..first]
        .iter()
        .map(|cell| cell.text.as_str())
        .collect();
    let label = label.join(" ");
    let mut last = "";
    for cell in &cells {
        let of = |name: &&Cell| name.end == cell.end || name.begin == cell.begin;
        let column = head.iter().find(of).map(|name| name.text.as_str());
        let column = column.unwrap_or(last);
        last = column;
        let shown = amount(&cell.text).map(|shown| match column.ends_with(" load") {
            true => shown.rounded_down(),
            false => shown,
        });
        if let Some(shown) = shown {
            figures.add(&["terminal", section, &label, column], shown);
        }
    }
}

/// A number, with a currency before it or without.
fn amount(text: &str) -> Option<Shown> {
    let without = text.split_once(' ').filter(|(currency, _)| {
        currency.len() == 3 && currency.bytes().all(|b| b.is_ascii_uppercase())
    });
    Shown::read(without.map_or(text, |(_, amount)| amount))
}

/// The answer in a sentence, of one line or two.
fn headline<'a>(
    lines: &mut std::iter::Peekable<impl Iterator<Item = &'a str>>,
    figures: &mut Collected,
) {
    let mut said = String::new();
    while let Some(line) = lines.next_if(|line| !line.contains(" · ")) {
        said.push_str(line);
        said.push(' ');
    }
    lines.next();
    let at = |what| ["terminal", "headline", what];
    let (parcels, rest) = said.split_once(" parcel").expect("parcels");
    figures.add_text(&at("parcels"), parcels);
    let (fates, costs) = rest.split_once(';').expect("costs");
    let fates = fates.split_once(": ").map_or("", |(_, fates)| fates);
    for fate in fates.split(", ") {
        let (share, what) = fate.split_once(" % ").expect("a share");
        figures.add_text(&at(what), &format!("{share} %"));
    }
    let (cost, proof) = costs.split_once(" a parcel, ").expect("what is proven");
    let (all, each) = cost.split_once(" = ").expect("what a parcel costs");
    let (_, all) = all.trim().split_once(' ').expect("a currency");
    figures.add_text(&at("cost"), all);
    figures.add_text(&at("a parcel"), each);
    // what else a planner must know follows in a sentence of its own
    let proof = proof.split(". ").next().unwrap_or_default();
    for proof in proof.trim_end_matches('.').split(", ") {
        claim(proof, figures);
    }
}

/// What is proven.
fn claim(words: &str, figures: &mut Collected) {
    const CLAIMS: [(&str, &str, &str); 4] = [
        ("proven within ", " of the least", "gap"),
        ("proven only that no plan costs less than ", "", "bound"),
        ("within ", " with these whole units", "gap as bought"),
        ("proven in whole parcels by ", " branches", "branches"),
    ];
    let found = CLAIMS.into_iter().find_map(|(before, after, what)| {
        Some((words.strip_prefix(before)?.strip_suffix(after)?, what))
    });
    let Some((number, what)) = found else {
        let has_figures = words.bytes().any(|b| b.is_ascii_digit());
        assert!(!has_figures || words.ends_with("by 1 branch"), "{words}");
        return;
    };
    let shown = Shown::read(number).expect("a number");
    let shown = match what.starts_with("gap") {
        true => shown.rounded_up(),
        false => shown,
    };
    figures.add(&["terminal", "headline", what], shown);
}

/// A sentence below a table: parcels and why, what is bought, how many more there are.
fn sentence(section: &str, line: &str, figures: &mut Collected) {
    if NOTES.iter().any(|note| line.starts_with(note)) {
        return;
    }
    let words: Vec<&str> = line.split(' ').collect();
    let mut add = |what: &str, of: &str, at: usize| {
        let shown = words
            .get(at)
            .and_then(|word| Shown::read(word.trim_end_matches([';', '.'])));
        let shown = shown.unwrap_or_else(|| panic!("{section}: {line}"));
        figures.add(&["terminal", section, what, of], shown);
    };
    match words[..] {
        ["and", _, "parcel" | "parcels", "for", _, "other", ..] => {
            add("other reasons", "parcels", 1);
            add("other reasons", "reasons", 4);
        }
        ["and", _, "more:", "see", "demand.csv"] => add("other rows", "rows", 1),
        [_, "parcel" | "parcels", ..] => add("reason", &words[2..].join(" "), 0),
        [_, "service" | "services", ..] if line.ends_with("not used: see departures.csv") => {
            add("not used", "services", 0);
        }
        ["Whole", "units:", _, _, "for", _, ..] => {
            let (bought, rest) = line.split_once("; ").expect("what is left");
            let (_, spent) = bought.split_once(" for ").expect("what is spent");
            let (_, spent) = spent.split_once(' ').expect("a currency");
            add("whole units", "purchases", 2);
            let left = rest.split(' ').next().unwrap_or_default();
            assert!(figures.add_text(&["terminal", section, "whole units", "spent"], spent));
            assert!(figures.add_text(&["terminal", section, "whole units", "left"], left));
        }
        _ => {
            let has_figures = line.bytes().any(|b| b.is_ascii_digit());
            assert!(!has_figures, "no figure is read from: {line}");
        }
    }
}
