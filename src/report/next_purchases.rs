//! What to buy next, on the terminal.

use crate::plan::what_if::{Purchase, Ranges, Unanswered};
use crate::units::{Money, divide_to_nearest};

use super::cell;
use super::grid::{BOLD, FAINT, Grid, WARN, paint, plain};
use super::people::{price, short_money, whole};
use super::terminal::paragraph;

/// How many rows are shown.
const ROWS: usize = 12;

/// What saves most, one line each: what one more saves, for how many that holds, what all of them
/// save and what the plan then costs.
pub fn list(ranges: &Ranges, currency: &str) -> String {
    let mut grid = Grid::new(&[
        "<what",
        "<when",
        "<one more",
        &format!("saves {currency}"),
        "for up to",
        "all save",
        "then the cost is",
    ]);
    for purchase in ranges.purchases.iter().take(ROWS) {
        grid.row(vec![
            plain(&*purchase.what),
            plain(&*purchase.when),
            plain(unit(purchase)),
            plain(price(purchase.price)),
            plain(amount(purchase)),
            plain(short_money(purchase.saves)),
            plain(purchase.cost.map_or_else(|| "–".to_owned(), exact)),
        ]);
    }
    let missing = missing(ranges);
    if grid.is_empty() {
        let words = "Nothing is worth buying: no more of any capacity would save anything.";
        return format!("\n{}\n{missing}", paint(words, BOLD));
    }
    let mut text = format!("\n{}\n{}", paint("What to buy next", BOLD), grid.draw());
    if let Some(more) = ranges.purchases.len().checked_sub(ROWS).filter(|&n| n > 0) {
        let rest = format!("and {more} more: see exact_price in departures.csv and handling.csv");
        text.push_str(&paragraph(&rest, FAINT));
    }
    let note = format!(
        "each by itself, beside a least cost of {currency} {}, parcels divided where that is cheaper",
        exact(ranges.cost)
    );
    text.push_str(&paragraph(&note, FAINT));
    text + &missing
}

/// Which ranges are blank, and how many were not asked for.
fn missing(ranges: &Ranges) -> String {
    let mut text = String::new();
    for Unanswered { what, why } in ranges.unanswered.iter().take(ROWS) {
        text += &paragraph(&format!("no range was found of {what}: {why}"), WARN);
    }
    let all = ranges.unanswered.len();
    if all > 0 {
        let words = match all {
            1 => "1 range was not found: its cells are blank".to_owned(),
            all => format!("{all} ranges were not found: their cells are blank"),
        };
        text += &paragraph(&words, WARN);
    }
    if ranges.not_asked > 0 {
        let of = ranges.prices.len() + all + ranges.not_asked;
        let words = format!(
            "time was up: {} of {} prices were not asked for their ranges, those that are worth \
             least; their cells are blank",
            whole(ranges.not_asked as i64),
            whole(of as i64)
        );
        text += &paragraph(&words, WARN);
    }
    text
}

/// What one buys.
pub fn unit(purchase: &Purchase) -> &str {
    match purchase.unit {
        "" => &purchase.named_unit,
        unit => unit,
    }
}

/// For how many of them the price holds: three digits, rounded down.
fn amount(purchase: &Purchase) -> String {
    let Some(until) = purchase.until else {
        return "any number".to_owned();
    };
    let millionths = until / purchase.size;
    let places = match millionths {
        100_000_000.. => 0,
        10_000_000.. => 1,
        1_000_000.. => 2,
        _ => 3,
    };
    let step = 10_i64.pow(6 - places);
    let text = cell::decimal(i128::from(millionths / step), places);
    match text.split_once('.') {
        Some((before, after)) => format!("{}.{after}", whole(before.parse().unwrap_or(i64::MAX))),
        None => whole(text.parse().unwrap_or(i64::MAX)),
    }
}

/// Money to the cent.
fn exact(money: Money) -> String {
    let cents = divide_to_nearest(i128::from(money.0), 10_000) as i64;
    format!("{}.{:02}", whole(cents / 100), (cents % 100).abs())
}
