//! What is scarce and what to buy, and how the plan compares with what is done by hand.

use rust_xlsxwriter::{Format, FormatAlign, Worksheet};

use crate::plan::Plan;
use crate::report::comparison::{Summary, sheet_lines};
use crate::report::tables;
use crate::units::Money;

use super::data::Data;
use super::page::{Look, Page, Written, day, faint, float, float_of, head, point, section, title};
use super::tables::add_filters;

/// The most lines of single capacities; the rest stands in the tables.
const MOST_LINES: usize = 500;

/// A capacity of which more would save something.
struct Offer {
    what: String,
    when: String,
    now: f64,
    worth: Money,
}

/// Writes the sheet `what_to_buy`; the table `prices` is the proof, and another thing.
pub fn write(sheet: &mut Worksheet, data: &Data<'_>) -> Written {
    sheet.set_name("what_to_buy")?;
    let run = &data.plan.run;
    let mut page = Page { sheet };
    page.text(0, 0, "What to buy", &title())?;
    let note = "What one more unit would save, at the margin: it holds for a unit, not for a train. \
                Buy what is on offer for less.";
    page.text(1, 0, note, &faint())?;
    page.text(3, 0, "What is scarce, dearest first", &section())?;
    let saves = format!("saves, {}", run.currency);
    let heads = [
        ("what is full", FormatAlign::Left),
        ("one more", FormatAlign::Left),
        ("times full", FormatAlign::Right),
        (saves.as_str(), FormatAlign::Right),
    ];
    let mut row = 5;
    for bottleneck in run.bottlenecks.iter().take(MOST_LINES) {
        page.plain(row, 0, &bottleneck.what)?;
        page.plain(row, 1, &bottleneck.unit)?;
        page.number(row, 2, f64::from(bottleneck.times), &Look::Count.style())?;
        page.number(row, 3, float(bottleneck.worth.0, 6), &Look::Price.style())?;
        row += 1;
    }
    if run.bottlenecks.is_empty() {
        page.plain(row, 0, "Nothing is scarce, or nothing is proven.")?;
        row += 1;
    }
    add_filters(&mut page, "scarce", (4, row - 5), &heads)?;
    let offers = offers(data.plan);
    page.text(row + 1, 0, "Where and when", &section())?;
    let heads = [
        ("capacity", FormatAlign::Left),
        ("when", FormatAlign::Left),
        ("units now", FormatAlign::Right),
        (saves.as_str(), FormatAlign::Right),
    ];
    let count = offers.len().min(MOST_LINES) as u32;
    add_filters(&mut page, "capacities", (row + 2, count), &heads)?;
    for (at, offer) in offers.iter().take(MOST_LINES).enumerate() {
        let row = row + 3 + at as u32;
        page.plain(row, 0, &offer.what)?;
        match (point(&offer.when), day(&offer.when)) {
            (Some(value), _) => page.number(row, 1, value, &Look::Point.style())?,
            (None, Some(value)) => page.number(row, 1, value, &Look::Date.style())?,
            (None, None) => page.plain(row, 1, &offer.when)?,
        }
        page.number(row, 2, offer.now, &Look::Tenth.style())?;
        page.number(row, 3, float(offer.worth.0, 6), &Look::Price.style())?;
    }
    page.sheet
        .set_column_width(0, 46)?
        .set_column_width(1, Look::Point.width() as f64)?;
    for column in 2..5 {
        page.sheet.set_column_width(column, 16)?;
    }
    page.set_print(&run.instance, None)?;
    // the longer of the two tables has its heads on every page
    page.sheet.set_repeat_rows(row + 2, row + 2)?;
    Ok(())
}

/// Departures, steps and limits with a price, dearest first.
fn offers(plan: &Plan) -> Vec<Offer> {
    let departures = plan.departures.iter().map(|row| Offer {
        what: format!("{} leg {}", row.service, row.leg),
        when: row.departs.clone(),
        now: float(row.units_limit.unwrap_or(row.units), 6),
        worth: row.shadow_price,
    });
    let handling = plan.handling.iter().map(|row| Offer {
        what: format!(
            "{} at {} ({})",
            row.step,
            row.place,
            tables::measure(row.measure)
        ),
        when: row.bucket.clone(),
        now: row.capacity.map_or(0.0, |all| {
            float(
                all,
                match row.measure {
                    crate::instance::Measure::Parcels => 0,
                    crate::instance::Measure::Weight => 3,
                    crate::instance::Measure::Volume => 6,
                },
            )
        }),
        worth: row.shadow_price,
    });
    let limits = plan.limits.iter().map(|row| Offer {
        what: format!("limit {} ({})", row.limit, tables::metric(row.metric)),
        when: row.period.clone(),
        now: float(row.value, 6),
        worth: row.shadow_price,
    });
    let mut offers: Vec<Offer> = departures.chain(handling).chain(limits).collect();
    offers.retain(|offer| offer.worth > Money::ZERO);
    offers.sort_by_key(|offer| std::cmp::Reverse(offer.worth));
    offers
}

/// Writes the sheet `comparison`: plans side by side, the first the reference.
pub fn write_comparison(sheet: &mut Worksheet, plans: &[Summary]) -> Written {
    sheet.set_name("comparison")?;
    let mut page = Page { sheet };
    page.text(0, 0, "The plan beside what is done by hand", &title())?;
    let names: Vec<&str> = plans.iter().map(|plan| plan.name.as_str()).collect();
    page.heads(2, 0, &[""])?;
    let lines = sheet_lines(plans);
    let numbers = lines.iter().flat_map(|(.., cells)| cells.iter());
    let largest = numbers.filter_map(float_of).fold(0.0, f64::max);
    let room = Look::Tenth.room(20.0, largest);
    for (at, name) in names.iter().enumerate() {
        page.text(
            2,
            at as u16 + 1,
            name,
            &head().set_align(FormatAlign::Right),
        )?;
        page.sheet.set_column_width(at as u16 + 1, room)?;
    }
    for (at, (label, bold, cells)) in lines.iter().enumerate() {
        let row = at as u32 + 3;
        let style = if *bold {
            Format::new().set_bold()
        } else {
            Format::new()
        };
        page.text(row, 0, label, &style)?;
        for (at, cell) in cells.iter().enumerate() {
            let Some(value) = float_of(cell) else {
                continue;
            };
            page.number(
                row,
                at as u16 + 1,
                value,
                &style.clone().set_num_format(number_format(label)),
            )?;
        }
    }
    page.sheet.set_column_width(0, 34)?;
    page.sheet.set_freeze_panes(3, 1)?;
    page.set_print("", None)
}

fn number_format(label: &str) -> &'static str {
    match label.trim() {
        "a parcel" | "kg a parcel" => "#,##0.000",
        "proven within" => "0.0000%",
        label if label.contains("load") || label.contains("full") => "0.0%",
        label if label.starts_with("tonnes") || label.starts_with("by ") => "#,##0.0",
        _ => "#,##0",
    }
}
