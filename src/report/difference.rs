//! What lies between two plans: causes of the difference in cost, what moved, what differs in the
//! tables.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::io::{self, Write};

use crate::instance;
use crate::plan::difference::{Causes, Move, Parts};
use crate::units::{Money, divide_to_nearest};

use super::cell::Cell;
use super::csv::harmless;
use super::grid::{BOLD, FAINT, Grid, paint, plain};
use super::json::Json;
use super::people::{count, decimal, money, whole};

/// Lines of each list on the terminal; the rest is counted.
const SHOWN: usize = 20;
/// A cent in millionths.
const CENT: i128 = 10_000;
/// The widest way that is shown whole.
const WIDEST: usize = 44;

/// What lies between two plans.
#[derive(Clone, Debug)]
pub struct Difference {
    /// What the plans are called.
    pub names: [String; 2],
    /// The currency of both.
    pub currency: String,
    /// What the difference of their costs is due to, or why that is not known.
    pub causes: Result<Causes, String>,
    /// What moved.
    pub moves: Vec<Move>,
    /// What differs in their tables, or why that is not known.
    pub inputs: Result<Vec<instance::Difference>, String>,
}

/// What a cause is, for people.
const MEANINGS: [&str; 6] = [
    "the same parcels on the same paths, at the other prices",
    "more or fewer parcels, each at what one of its demand cost",
    "other ways: space, carriage, handling, storage, CO₂e, penalties",
    "whole units bought, or not",
    "more or less late",
    "more or fewer left behind",
];

impl Difference {
    /// For people.
    pub fn text(&self) -> String {
        let mut text = String::new();
        match &self.causes {
            Ok(causes) => text += &self.causes_text(causes),
            Err(reason) => text += &format!("\n{}\n", paint(reason, FAINT)),
        }
        text += &self.moves_text();
        if let Ok(inputs) = &self.inputs {
            text += &inputs_text(inputs);
        }
        text
    }

    fn causes_text(&self, causes: &Causes) -> String {
        let total = causes.total();
        let [a, b] = &self.names;
        let title = match total {
            0 => format!("{b} costs what {a} costs"),
            _ => format!(
                "Why {b} costs {} {} {} than {a}",
                self.currency,
                money(in_money(total.abs())),
                if total > 0 { "more" } else { "less" }
            ),
        };
        let mut grid = Grid::new(&["<due to", &self.currency, "<what that is"]);
        let listed = causes.list();
        let cents = in_cents(listed.map(|(_, amount)| amount));
        for (((name, _), cents), meaning) in listed.into_iter().zip(cents).zip(MEANINGS) {
            let cells = vec![
                plain(name),
                plain(signed(cents * CENT)),
                (meaning.to_owned(), FAINT),
            ];
            match cents {
                0 => grid.styled_row(FAINT, cells),
                _ => grid.row(cells),
            }
        }
        grid.styled_row(BOLD, vec![plain("all"), plain(signed(total)), plain("")]);
        format!("\n{}\n{}", paint(&title, BOLD), grid.draw())
    }

    fn moves_text(&self) -> String {
        let (more, fewer) = self.moves.iter().fold((0, 0), |(more, fewer), moved| {
            let change = moved.after - moved.before;
            (more + change.max(0), fewer + (-change).max(0))
        });
        if self.moves.is_empty() {
            return format!("\n{}\n", paint("What moved: nothing", BOLD));
        }
        let title = format!(
            "What moved: {} parcels left their path, {} came to another",
            whole(fewer),
            whole(more)
        );
        let [a, b] = &self.names;
        let mut grid = Grid::new(&["<from", "<to", "<product", "<by way of", a, b, "change"]);
        let ways = ways(&self.moves);
        for ([origin, destination, product, way], [before, after]) in ways.iter().take(SHOWN) {
            let way = match way.as_str() {
                "" => ("left behind".to_owned(), FAINT),
                way => plain(shortened(way)),
            };
            grid.row(vec![
                plain(origin),
                plain(destination),
                plain(product),
                way,
                plain(whole(*before)),
                plain(whole(*after)),
                plain(format!("{}{}", plus(after - before), whole(after - before))),
            ]);
        }
        let mut text = format!("\n{}\n", paint(&title, BOLD));
        if ways.is_empty() {
            text += "  only to other days or hours of the same services\n";
        } else {
            text += &grid.draw();
        }
        text += &rest(ways.len(), "moves", "way", "ways");
        text
    }

    /// The rest of a JSON object: `causes`, `moves`, `inputs`.
    pub fn json(&self) -> Vec<(String, Json)> {
        let causes = match &self.causes {
            Ok(causes) => Json::object(
                cause_rows(causes)
                    .into_iter()
                    .map(|(cause, part, amount)| (name(cause, part), money_cell(amount).into())),
            ),
            Err(reason) => Json::object([("missing", Json::text(reason))]),
        };
        let moves = self.moves.iter().map(|moved| {
            Json::object([
                ("origin", Json::text(&moved.origin)),
                ("destination", Json::text(&moved.destination)),
                ("product", Json::text(&moved.product)),
                ("release", Json::text(&moved.release)),
                ("path", Json::text(&moved.path)),
                ("before", Cell::whole(moved.before).into()),
                ("after", Cell::whole(moved.after).into()),
            ])
        });
        let inputs = match &self.inputs {
            Ok(inputs) => Json::List(inputs.iter().map(input_json).collect()),
            Err(reason) => Json::object([("missing", Json::text(reason))]),
        };
        vec![
            ("causes".to_owned(), causes),
            ("moves".to_owned(), Json::List(moves.collect())),
            ("inputs".to_owned(), inputs),
        ]
    }

    /// The table `causes`: `cause, part, amount`; the amounts add up to the difference.
    ///
    /// # Errors
    /// Whatever the writer says.
    pub fn write_causes(&self, out: &mut dyn Write) -> io::Result<()> {
        let mut writer = csv::Writer::from_writer(out);
        writer.write_record(["cause", "part", "amount"])?;
        for (cause, part, amount) in self.causes.iter().flat_map(cause_rows) {
            writer.write_record([cause, part, &money_cell(amount).to_string()])?;
        }
        writer.flush()
    }

    /// The table `moves`: `origin, destination, product, release, path, before, after`.
    ///
    /// # Errors
    /// Whatever the writer says.
    pub fn write_moves(&self, out: &mut dyn Write) -> io::Result<()> {
        let mut writer = csv::Writer::from_writer(out);
        writer.write_record([
            "origin",
            "destination",
            "product",
            "release",
            "path",
            "before",
            "after",
        ])?;
        for moved in &self.moves {
            writer.write_record([
                harmless(&moved.origin).as_ref(),
                harmless(&moved.destination).as_ref(),
                harmless(&moved.product).as_ref(),
                harmless(&moved.release).as_ref(),
                harmless(&moved.path).as_ref(),
                &moved.before.to_string(),
                &moved.after.to_string(),
            ])?;
        }
        writer.flush()
    }

    /// The table `inputs`: `table, key, column, before, after`.
    ///
    /// # Errors
    /// Whatever the writer says.
    pub fn write_inputs(&self, out: &mut dyn Write) -> io::Result<()> {
        let mut writer = csv::Writer::from_writer(out);
        writer.write_record(["table", "key", "column", "before", "after"])?;
        for cell in self.inputs.iter().flatten() {
            writer.write_record([
                cell.table,
                harmless(&cell.key).as_ref(),
                cell.column,
                value(&cell.before).as_ref(),
                value(&cell.after).as_ref(),
            ])?;
        }
        writer.flush()
    }
}

/// Numbers keep their sign.
fn value(text: &str) -> std::borrow::Cow<'_, str> {
    match instance::is_decimal(text) {
        true => text.into(),
        false => harmless(text),
    }
}

/// Every cause, those of all parts part by part.
fn cause_rows(causes: &Causes) -> Vec<(&'static str, &'static str, i128)> {
    let by_part = |cause, parts: &Parts| {
        [
            (cause, "ways", parts.ways),
            (cause, "purchases", parts.purchases),
            (cause, "lateness", parts.lateness),
            (cause, "unserved", parts.unserved),
        ]
    };
    let mut rows = by_part("price", &causes.price).to_vec();
    rows.extend(by_part("volume", &causes.volume));
    rows.extend([
        ("routing", "ways", causes.routing),
        ("purchases", "purchases", causes.purchases),
        ("lateness", "lateness", causes.lateness),
        ("unserved", "unserved", causes.unserved),
    ]);
    rows
}

/// `price_ways`, but `lateness`.
fn name(cause: &str, part: &str) -> String {
    match cause {
        "price" | "volume" => format!("{cause}_{part}"),
        _ => cause.to_owned(),
    }
}

fn input_json(cell: &instance::Difference) -> Json {
    Json::object([
        ("table", Json::text(cell.table)),
        ("key", Json::text(&cell.key)),
        ("column", Json::text(cell.column)),
        ("before", Json::text(&cell.before)),
        ("after", Json::text(&cell.after)),
    ])
}

fn inputs_text(inputs: &[instance::Difference]) -> String {
    let title = match inputs.len() {
        0 => "What differs in the tables: nothing".to_owned(),
        number => format!(
            "What differs in the tables: {}",
            count(number as i64, "cell", "cells")
        ),
    };
    let mut text = format!("\n{}\n", paint(&title, BOLD));
    let mut grid = Grid::new(&["<table", "<row", "<column", "<before", "<after"]);
    for cell in inputs.iter().take(SHOWN) {
        let value = |text: &str| match text {
            "" => ("–".to_owned(), FAINT),
            text => plain(shortened(text)),
        };
        grid.row(vec![
            plain(cell.table),
            plain(shortened(cell.key.trim_end_matches('/'))),
            plain(cell.column),
            value(&cell.before),
            value(&cell.after),
        ]);
    }
    if !inputs.is_empty() {
        text += &grid.draw();
    }
    text + &rest(inputs.len(), "inputs", "cell", "cells")
}

/// Origin, destination, product and way, with parcels before and after.
type Ways = Vec<([String; 4], [i64; 2])>;

/// Moves by way, whatever the run, largest change first (ties by name).
fn ways(moves: &[Move]) -> Ways {
    let mut ways: BTreeMap<[String; 4], [i64; 2]> = BTreeMap::new();
    for moved in moves {
        let key = [
            moved.origin.clone(),
            moved.destination.clone(),
            moved.product.clone(),
            moved.way.clone(),
        ];
        let [before, after] = ways.entry(key).or_default();
        *before += moved.before;
        *after += moved.after;
    }
    let mut ways: Ways = ways
        .into_iter()
        .filter(|(_, [before, after])| before != after)
        .collect();
    ways.sort_by_key(|(_, [before, after])| Reverse((after - before).abs()));
    ways
}

/// Amounts in cents that add up to the cents of their sum: what rounding leaves goes to the largest.
fn in_cents(amounts: [i128; 6]) -> [i128; 6] {
    let mut cents = amounts.map(|amount| divide_to_nearest(amount, CENT));
    let total = divide_to_nearest(amounts.iter().sum(), CENT);
    let left = total - cents.iter().sum::<i128>();
    // of several that are equal `min_by_key` gives the first
    let largest = (0..amounts.len()).min_by_key(|&index| Reverse(amounts[index].abs()));
    if let Some(largest) = largest {
        cents[largest] += left;
    }
    cents
}

/// What is not shown.
fn rest(all: usize, table: &str, one: &str, many: &str) -> String {
    match all.saturating_sub(SHOWN) {
        0 => String::new(),
        more => {
            let words = count(more as i64, one, many);
            let words = format!("… and {words} more: --format csv --table {table}");
            format!("  {}\n", paint(&words, FAINT))
        }
    }
}

/// The end of a way says more than its beginning, which is a truck.
fn shortened(text: &str) -> String {
    let length = text.chars().count();
    match length > WIDEST {
        true => {
            let end = text.chars().skip(length + 1 - WIDEST);
            format!("…{}", end.collect::<String>())
        }
        false => text.to_owned(),
    }
}

fn in_money(amount: i128) -> Money {
    Money(i64::try_from(amount).unwrap_or(i64::MAX))
}

fn money_cell(amount: i128) -> Cell<'static> {
    Cell::scaled(amount, 6)
}

/// Money to the cent with its sign.
fn signed(amount: i128) -> String {
    match amount {
        0 => "0".to_owned(),
        _ => format!("{}{}", plus(amount), decimal(amount as f64 / 1e6, 2)),
    }
}

fn plus<T: Default + PartialOrd>(amount: T) -> &'static str {
    match amount > T::default() {
        true => "+",
        false => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 0.006 + 0.006 + 0.006 = 0.018: three cents by themselves, two together.
    #[test]
    fn cents_add_up_to_the_cents_of_the_sum() {
        assert_eq!(
            in_cents([6_000, 6_000, 6_000, 0, 0, 0])
                .iter()
                .sum::<i128>(),
            2
        );
        // −5 + 0.018 = −4.982, so −4.98: the largest bears what is left
        let cents = in_cents([6_000, -5_000_000, 6_000, 6_000, 0, 0]);
        assert_eq!(cents, [1, -501, 1, 1, 0, 0]);
        // 0.004 + 0.004 + 0.004 = 0.012: none by themselves, one together, which is not of what is 0
        let cents = in_cents([4_000, 4_000, 4_000, 0, 0, 0]);
        assert_eq!(cents, [1, 0, 0, 0, 0, 0]);
        // 0.012 + 0.014 + 0.004 = 0.03: what is left goes to the largest before it was rounded
        let cents = in_cents([12_000, 14_000, 4_000, 0, 0, 0]);
        assert_eq!(cents, [1, 2, 0, 0, 0, 0]);
    }
}
