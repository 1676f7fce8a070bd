//! Whole units on the terminal: what to buy, where and when, what it costs, saves and fills.

use std::fmt::Write as _;

use crate::instance::UNIT_SCALE;
use crate::plan::{Plan, PurchaseRow};
use crate::units::Money;

use super::grid::{FAINT, Grid, paint, plain};
use super::people::{count, percent, short_money};
use super::terminal;

/// How many purchases are listed before the rest is summed up.
const ROWS: usize = 60;

/// The list of purchases; empty where there are no whole units.
pub(super) fn section(plan: &Plan) -> String {
    let (bought, idle): (Vec<_>, Vec<_>) = plan.purchases.iter().partition(|row| row.units > 0);
    if bought.is_empty() && idle.is_empty() {
        return String::new();
    }
    let mut grid = Grid::new(&[
        "<buy",
        "<what",
        "<leaves",
        "<from",
        "<to",
        &plan.run.currency,
        "saves",
        "kg load",
        "m³ load",
    ]);
    for row in bought.iter().take(ROWS) {
        let share = |share: Option<crate::plan::Share>| match share {
            Some(share) => percent(share.0, 10_000),
            None => "-".to_owned(),
        };
        grid.row(vec![
            plain(name(row)),
            plain(amount(row)),
            plain(&*row.departs),
            plain(&*row.origin),
            plain(&*row.destination),
            plain(short_money(row.cost)),
            plain(saving(plan, row).map_or_else(|| "-".to_owned(), short_money)),
            plain(share(row.load_weight)),
            plain(share(row.load_volume)),
        ]);
    }
    let mut text = if bought.is_empty() {
        String::new()
    } else {
        terminal::section("What to buy whole", &grid)
    };
    if bought.len() > ROWS {
        let more = bought.len() - ROWS;
        let _ = writeln!(text, "  and {more} more in purchases.csv");
    }
    text.push_str(&closing(plan, &bought, &idle));
    text
}

fn name(row: &PurchaseRow) -> String {
    match row.leg {
        1 => row.service.clone(),
        leg => format!("{}/{leg}", row.service),
    }
}

fn amount(row: &PurchaseRow) -> String {
    let (whole, part) = (row.units / UNIT_SCALE, row.units % UNIT_SCALE);
    debug_assert_eq!(part, 0);
    format!("{whole} {}", row.unit)
}

/// What the last unit saves: what the plan would cost without it, less what it costs. The choice
/// of a commitment is that of its first departure.
fn saving(plan: &Plan, row: &PurchaseRow) -> Option<Money> {
    let mut choices = plan.choices.iter();
    let own = choices.find(|choice| {
        (&choice.service, choice.leg, &choice.run) == (&row.service, row.leg, &row.run)
    });
    Some(own?.cost_with_one_less? - plan.run.cost)
}

fn closing(plan: &Plan, bought: &[&PurchaseRow], idle: &[&PurchaseRow]) -> String {
    let spent: Money = bought.iter().map(|row| row.cost).sum();
    let mut words = format!(
        "Whole units: {} for {} {}; {} left.",
        count(bought.len() as i64, "purchase", "purchases"),
        plan.run.currency,
        short_money(spent),
        count(
            idle.len() as i64,
            "other on offer is",
            "others on offer are"
        ),
    );
    if let Some(whole) = &plan.run.whole_units {
        words.push_str(
            " What one saves is the cost without it, all else bought as it is, less the cost now.",
        );
        let unsolved = whole.not_judged;
        if unsolved > 0 {
            let _ = write!(
                words,
                " {} judged by solving again, dearest first; {unsolved} not, for want of time.",
                count(whole.judged as i64, "choice was", "choices were")
            );
        }
        words.push_str(" Prices of room hold for these purchases, not for others.");
    }
    let mut text = String::new();
    for line in wrapped(&words, 98) {
        let _ = writeln!(text, "{}", paint(&line, FAINT));
    }
    text
}

/// Words in lines of at most `width` characters.
fn wrapped(words: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in words.split(' ') {
        let last = lines.last_mut().map_or(0, |line| line.chars().count());
        if last > 0 && last + 1 + word.chars().count() > width {
            lines.push(String::new());
        }
        if let Some(line) = lines.last_mut() {
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
    }
    lines
}
