//! The ranges of prices, where a plan has them: `exact_price`, `holds_for` and `cost_there`.
//!
//! They come from solving again, which the checker does not do. What it can check without trust:
//! a price runs in a straight line from the least cost V to `cost_there`, so
//! V = `cost_there` ± `exact_price` × `holds_for` must lie between the proven bound and the cost of
//! the plan; and the prices of the proof bound the cost of every changed program too (the
//! Lagrangian bound is linear in right-hand sides), so `cost_there` is at least what they prove of the
//! plan's own program, less what they say that `holds_for` more are worth. Whole units stay as they
//! are bought, so what they prove is that of plans which buy the same; and one more unit of what a
//! commitment binds is one on every departure of it, which stands with the first. Where `holds_for`
//! is blank there is no end, and `cost_there` is V.

use std::collections::BTreeMap;

use super::decimal;
use super::failure::{At, Failures};
use super::reading::{Row, Table};

/// Millionths: the scale of prices, amounts and money in these columns.
const SCALE: i128 = 1_000_000;
/// The gap, over the cost, to which changed programs are solved.
const SOLVED: i128 = 1_000_000_000;

/// Prices of rows by the cells of their service, leg and run.
pub(super) type Together = BTreeMap<Vec<String>, i128>;

/// What the ranges of a table are held against.
#[derive(Clone, Copy, Debug)]
pub(super) struct Frame<'a> {
    /// The column of the proof's price.
    pub(super) price: &'static str,
    /// Whether one more of it saves, or costs.
    pub(super) saves: bool,
    /// The proven bound in millionths of money.
    pub(super) bound: Option<i128>,
    /// What the prices prove of all plans that buy the same whole units.
    pub(super) as_bought: Option<i128>,
    /// The cost of the plan in millionths of money.
    pub(super) cost: i128,
    /// The same with what competes after the planned weeks, which programs are solved with.
    pub(super) cost_of_all: i128,
    /// Millionths of money that the proof says one more is worth where it is not the price in the
    /// row alone.
    pub(super) together: &'a Together,
}

/// Checks the ranges of a table and answers how many it has; a table without them has nothing wrong.
pub(super) fn check(table: &Table, frame: Frame<'_>, failures: &mut Failures) -> usize {
    let columns = ["exact_price", "holds_for", "cost_there", frame.price];
    let [Some(exact), Some(holds), Some(there), Some(price)] =
        columns.map(|name| table.column(name))
    else {
        return 0;
    };
    let mut ranges = 0;
    for row in &table.rows {
        let cells = [exact, holds, there, price].map(|at| &row.cells[at]);
        ranges += usize::from(!cells[1..3].iter().all(|cell| cell.is_empty()));
        check_row(table, row, cells, frame, failures);
    }
    ranges
}

fn check_row(
    table: &Table,
    row: &Row,
    [exact, holds, there, price]: [&str; 4],
    frame: Frame<'_>,
    failures: &mut Failures,
) {
    let at = At {
        table: table.name,
        row: Some(row.line),
        key: "",
    };
    if [exact, holds, there].iter().all(|cell| cell.is_empty()) {
        return;
    }
    let Some(exact_price) = table.number(exact, 6) else {
        failures.add(at.cell("exact_price", exact, "a price"));
        return;
    };
    let Some(there) = table.number(there, 6) else {
        failures.add(at.cell("cost_there", there, "a cost"));
        return;
    };
    let endless = holds.is_empty();
    let Some(units) = table.number(if endless { "0" } else { holds }, 6) else {
        failures.add(at.cell("holds_for", holds, "a number"));
        return;
    };
    if endless && frame.saves && exact_price != 0 {
        failures.add(at.cell(
            "holds_for",
            holds,
            "an end, since nothing saves without end",
        ));
    }
    let price = price_together(table, row, frame).or_else(|| table.number(price, 6));
    let (Some(bound), Some(price)) = (frame.bound, price) else {
        return;
    };
    // a plan that breaks something may cost less than any that breaks nothing
    if !failures.feasible() {
        return;
    }
    let sign = if frame.saves { -1 } else { 1 };
    // prices are rounded to a millionth, and so are costs
    let rounding = units.abs() / SCALE + 10 + frame.cost_of_all.abs() / SOLVED;
    let start = there - sign * exact_price * units / SCALE;
    if start < bound - rounding || start > frame.cost + rounding {
        let words = format!(
            "cost_there and exact_price × holds_for lead back to a cost of {}, which is not between \
             the bound and the cost of the plan",
            decimal::text(start, 6)
        );
        failures.add(at.row(words));
    }
    let least = frame.as_bought.unwrap_or(bound) + sign * price * units / SCALE;
    if there < least - rounding {
        let words = format!(
            "cost_there is {}, but the prices prove that it is at least {}",
            decimal::text(there, 6),
            decimal::text(least, 6)
        );
        failures.add(at.row(words));
    }
}

/// The price of a row that stands for several.
fn price_together(table: &Table, row: &Row, frame: Frame<'_>) -> Option<i128> {
    if frame.together.is_empty() {
        return None;
    }
    let cell = |name| Some(row.cells[table.column(name)?].to_owned());
    let key = vec![cell("service")?, cell("leg")?, cell("run")?];
    frame.together.get(&key).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The bound is 100 and the plan costs 101; one more unit saves 4 by the proof.
    fn failures(cells: &str) -> usize {
        let head = "shadow_price_per_unit,exact_price,holds_for,cost_there\n";
        let text = format!("{head}4,{cells}\n");
        let table = Table::parse("departures.csv", text.as_bytes()).expect("a table");
        let frame = Frame {
            price: "shadow_price_per_unit",
            saves: true,
            bound: Some(100_000_000),
            as_bought: Some(100_000_000),
            cost: 101_000_000,
            cost_of_all: 101_000_000,
            together: &Together::new(),
        };
        let mut failures = Failures::keeping(9);
        check(&table, frame, &mut failures);
        failures.into_parts().0.len()
    }

    #[test]
    fn a_range_must_lead_back_to_the_least_cost_and_keep_what_the_proof_says() {
        assert_eq!(failures(",,"), 0); // nobody asked
        assert_eq!(failures("0,,100.5"), 0); // worth nothing, without end
        assert_eq!(failures("1,,100.5"), 1); // nothing saves without end
        assert_eq!(failures("0,,99"), 2); // less than the bound, and than what the prices prove
        assert_eq!(failures("4,10,60.5"), 0); // 60.5 + 4 × 10 = 100.5
        assert_eq!(failures("4,10,70"), 1); // 110 is more than the plan costs
        assert_eq!(failures("5,10,50.5"), 1); // 100.5, but the proof says at least 100 − 4 × 10
        assert_eq!(failures("4,10,"), 1);
        assert_eq!(failures("1,,"), 1);
        assert_eq!(failures("much,10,60"), 1);
    }

    /// A unit more on each of seven departures saves 42, of which the proof says 6 for each.
    #[test]
    fn one_more_of_what_a_commitment_binds_is_one_on_each() {
        let text = "service,leg,run,shadow_price_per_unit,exact_price,holds_for,cost_there\n\
                    a,1,W1 Mon,6,42,2,16\n";
        let table = Table::parse("departures.csv", text.as_bytes()).expect("a table");
        let first = ["a", "1", "W1 Mon"].map(str::to_owned).to_vec();
        for (together, fails) in [
            (Together::new(), 1), // 16 is less than 100 − 2 × 6
            (Together::from([(first, 42_000_000)]), 0),
        ] {
            let frame = Frame {
                price: "shadow_price_per_unit",
                saves: true,
                bound: Some(100_000_000),
                as_bought: Some(100_000_000),
                cost: 101_000_000,
                cost_of_all: 101_000_000,
                together: &together,
            };
            let mut failures = Failures::keeping(9);
            assert_eq!(check(&table, frame, &mut failures), 1);
            assert_eq!(failures.into_parts().0.len(), fails);
        }
    }

    /// A search among whole units may prove 100 of all plans where the prices prove 90 of those that
    /// buy the same: 4 × 10 less is 50.
    #[test]
    fn whole_units_stay_as_they_are_bought() {
        let text = "shadow_price_per_unit,exact_price,holds_for,cost_there\n4,5,10,50.5\n";
        let table = Table::parse("departures.csv", text.as_bytes()).expect("a table");
        for (as_bought, fails) in [(90_000_000, 0), (100_000_000, 1)] {
            let frame = Frame {
                price: "shadow_price_per_unit",
                saves: true,
                bound: Some(100_000_000),
                as_bought: Some(as_bought),
                cost: 101_000_000,
                cost_of_all: 101_000_000,
                together: &Together::new(),
            };
            let mut failures = Failures::keeping(9);
            check(&table, frame, &mut failures);
            assert_eq!(failures.into_parts().0.len(), fails);
        }
    }
}
