//! The ranges of prices, where a plan has them: `exact_price`, `holds_for` and `cost_there`.
//!
//! They come from solving again, which the checker does not do. What it can check without trust:
//! a price runs in a straight line from the least cost V to `cost_there`, so
//! V = `cost_there` ± `exact_price` × `holds_for` must lie between the proven bound and the cost of
//! the plan; and the prices of the proof bound the cost of every changed program too (the
//! Lagrangian bound is linear in right-hand sides), so `cost_there` is at least the bound less what
//! they say that `holds_for` more are worth. Where `holds_for` is blank there is no end, and
//! `cost_there` is V.

use super::decimal;
use super::failure::{At, Failures};
use super::reading::{Row, Table};

/// Millionths: the scale of prices, amounts and money in these columns.
const SCALE: i128 = 1_000_000;
/// The gap, over the cost, to which changed programs are solved.
const SOLVED: i128 = 1_000_000_000;

/// What the ranges of a table are held against.
#[derive(Clone, Copy, Debug)]
pub(super) struct Frame {
    /// The column of the proof's price.
    pub(super) price: &'static str,
    /// Whether one more of it saves, or costs.
    pub(super) saves: bool,
    /// The proven bound in millionths of money.
    pub(super) bound: Option<i128>,
    /// The cost of the plan in millionths of money.
    pub(super) cost: i128,
}

/// Checks the ranges of a table; a table without them has nothing wrong.
pub(super) fn check(table: &Table, frame: Frame, failures: &mut Failures) {
    let columns = ["exact_price", "holds_for", "cost_there", frame.price];
    let [Some(exact), Some(holds), Some(there), Some(price)] =
        columns.map(|name| table.column(name))
    else {
        return;
    };
    for row in &table.rows {
        let cells = [exact, holds, there, price].map(|at| &row.cells[at]);
        check_row(table, row, cells, frame, failures);
    }
}

fn check_row(
    table: &Table,
    row: &Row,
    [exact, holds, there, price]: [&str; 4],
    frame: Frame,
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
    let (Some(bound), Some(price)) = (frame.bound, table.number(price, 6)) else {
        return;
    };
    let sign = if frame.saves { -1 } else { 1 };
    // prices are rounded to a millionth, and so are costs
    let rounding = units.abs() / SCALE + 10 + frame.cost.abs() / SOLVED;
    let start = there - sign * exact_price * units / SCALE;
    if start < bound - rounding || start > frame.cost + rounding {
        let words = format!(
            "cost_there and exact_price × holds_for lead back to a cost of {}, which is not between \
             the bound and the cost of the plan",
            decimal::text(start, 6)
        );
        failures.add(at.row(words));
    }
    let least = bound + sign * price * units / SCALE;
    if there < least - rounding {
        let words = format!(
            "cost_there is {}, but the prices prove that it is at least {}",
            decimal::text(there, 6),
            decimal::text(least, 6)
        );
        failures.add(at.row(words));
    }
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
            cost: 101_000_000,
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
}
