//! What is full and what it is worth, what is bought whole, and what policy limits come to.

use std::fmt::Write as _;

use crate::units::Money;

use super::super::people::{count, decimal, money, price, whole};
use super::flows::Scene;
use super::loads::{ROWS, head};
use super::map::tonnes;
use super::markup::{Name, Text};
use super::written::{Facts, ReportError};

/// What is full, and what one more unit of it would save, dearest first.
pub(super) fn bottlenecks(run: &Facts) -> String {
    let list = run.list("bottlenecks");
    if run.money_or_none("bound").is_none() {
        return "<p>This plan was made by rule and has no prices: the engines <code>column-generation</code> \
                and <code>direct</code> say what scarce capacity is worth.</p>"
            .to_owned();
    }
    if list.is_empty() {
        return "<p>Nothing is scarce: no capacity has a price.</p>".to_owned();
    }
    let currency = Text(run.text("currency")).to_string();
    let mut out = String::new();
    head(
        &mut out,
        "What is scarce, dearest first",
        &[
            ("What is full", ""),
            ("Times full", "n"),
            ("One more", ""),
            (&format!("would save, {currency}"), "n"),
        ],
    );
    for item in &list {
        let _ = write!(
            out,
            "<tr><th scope=\"row\">{}</th><td class=\"n\">{}</td><td>{}</td><td class=\"n\">{}</td></tr>",
            Name(item.text("what")),
            whole(item.number("times", 0)),
            Name(item.text("unit")),
            price(item.money("worth_per_unit")),
        );
    }
    out.push_str("</tbody></table>");
    out
}

/// Whole units bought; nothing where there are none.
pub(super) fn purchases(scene: &Scene) -> Result<String, ReportError> {
    let sheet = &scene.written.purchases;
    if sheet.len() == 0 {
        return Ok(String::new());
    }
    let (services, runs, names) = (
        sheet.texts("service")?,
        sheet.texts("run")?,
        sheet.texts("unit")?,
    );
    let (units, limits) = (sheet.numbers("units", 6)?, sheet.options("units_limit", 6)?);
    let (costs, weights) = (sheet.numbers("cost", 6)?, sheet.numbers("kg", 3)?);
    let currency = Text(scene.written.run.text("currency")).to_string();
    let mut out = String::new();
    head(
        &mut out,
        "Whole units bought",
        &[
            ("Service", ""),
            ("Run", ""),
            ("Unit", ""),
            ("Bought", "n"),
            ("On offer", "n"),
            ("Tonnes", "n"),
            (&currency, "n"),
        ],
    );
    let mut order: Vec<usize> = (0..sheet.len()).filter(|&at| units[at] > 0).collect();
    order.sort_by_key(|&at| (std::cmp::Reverse(costs[at]), at));
    for &at in order.iter().take(ROWS) {
        let _ = write!(
            out,
            "<tr><th scope=\"row\">{}</th><td>{}</td><td>{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td></tr>",
            Name(services[at]),
            Text(runs[at]),
            Name(names[at]),
            units_text(units[at]),
            limits[at].map_or("no limit".to_owned(), units_text),
            tonnes(weights[at]),
            money(Money(costs[at])),
        );
    }
    let _ = write!(
        out,
        "<tr class=\"total\"><th scope=\"row\">all</th><td></td><td></td><td class=\"n\">{}</td><td></td><td class=\"n\">{}</td><td class=\"n\">{}</td></tr></tbody></table>",
        units_text(sheet.sum("units", 6)?),
        tonnes(sheet.sum("kg", 3)?),
        money(Money(sheet.sum("cost", 6)?)),
    );
    let hidden = order.len().saturating_sub(ROWS);
    if hidden > 0 {
        let _ = write!(
            out,
            "<p>{} more in purchases.csv.</p>",
            count(hidden as i64, "purchase", "purchases")
        );
    }
    let idle = sheet.len() - order.len();
    if idle > 0 {
        let _ = write!(
            out,
            "<p>{} on offer not bought.</p>",
            count(idle as i64, "other", "others")
        );
    }
    Ok(out)
}

/// Units in millionths, with decimals only where a part of one is bought.
fn units_text(millionths: i64) -> String {
    let places = if millionths % 1_000_000 == 0 { 0 } else { 3 };
    decimal(millionths as f64 / 1e6, places)
}

/// Policy limits, broken ones and tight ones first; nothing where there are none.
pub(super) fn limits(scene: &Scene) -> Result<String, ReportError> {
    let sheet = &scene.written.limits;
    if sheet.len() == 0 {
        return Ok(String::new());
    }
    let (names, periods, metrics) = (
        sheet.texts("limit")?,
        sheet.texts("period")?,
        sheet.texts("metric")?,
    );
    let values = sheet.numbers("value", 6)?;
    let (least, most) = (sheet.options("min", 6)?, sheet.options("max", 6)?);
    let (broken, prices) = (
        sheet.numbers("violation", 6)?,
        sheet.numbers("shadow_price_per_unit", 6)?,
    );
    let currency = Text(scene.written.run.text("currency")).to_string();
    let mut out = String::new();
    head(
        &mut out,
        "Policy limits, broken and tight ones first",
        &[
            ("Limit", ""),
            ("Period", ""),
            ("Counts", ""),
            ("Value", "n"),
            ("At least", "n"),
            ("At most", "n"),
            ("Broken by", "n"),
            (&format!("one more would save, {currency}"), "n"),
        ],
    );
    let mut order: Vec<usize> = (0..sheet.len()).collect();
    order.sort_by_key(|&at| (-broken[at], -prices[at], at));
    let number = |value: i64| decimal(value as f64 / 1e6, 0);
    let or_none = |value: Option<i64>| value.map_or("–".to_owned(), number);
    for &at in order.iter().take(ROWS) {
        let class = if broken[at] > 0 { "n unserved" } else { "n" };
        let _ = write!(
            out,
            "<tr><th scope=\"row\">{}</th><td>{}</td><td>{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td><td class=\"{class}\">{}</td><td class=\"n\">{}</td></tr>",
            Name(names[at]),
            Text(periods[at]),
            Text(
                &metrics[at]
                    .replace("m3", "m³")
                    .replace("co2e", "CO₂e")
                    .replace('_', " ")
            ),
            number(values[at]),
            or_none(least[at]),
            or_none(most[at]),
            if broken[at] > 0 {
                number(broken[at])
            } else {
                "–".to_owned()
            },
            price(Money(prices[at])),
        );
    }
    out.push_str("</tbody></table>");
    let hidden = order.len().saturating_sub(ROWS);
    if hidden > 0 {
        let _ = write!(
            out,
            "<p>{} more in limits.csv.</p>",
            count(hidden as i64, "row", "rows")
        );
    }
    Ok(out)
}
