//! What a plan costs: by the table in which it stands, and by what is paid for.

use rust_xlsxwriter::Format;

use crate::plan::{AllocationRow, DepartureRow, HandlingRow, LimitRow};
use crate::units::Money;

use super::data::{Data, MOST_ROWS, range};
use super::page::{Look, Page, faint, float, section, share, sum};
use super::summary::PARCELS;

/// A line of the costs: what, formula (or none), amount, where it is from.
type Line = (&'static str, Option<String>, Money, &'static str);

fn cost_lines(data: &Data<'_>) -> Vec<Line> {
    let plan = data.plan;
    let total = |cells: String| Some(format!("=ROUND(SUM({cells}),6)"));
    let whole = |rows: usize, cells: String| total(cells).filter(|_| rows <= MOST_ROWS);
    let allocation = range::<AllocationRow>("allocation", "cost", plan.allocation.len());
    let departures = range::<DepartureRow>("departures", "cost", plan.departures.len());
    let handling = range::<HandlingRow>("handling", "cost", plan.handling.len());
    let limits = range::<LimitRow>("limits", "cost", plan.limits.len());
    let mut lines = vec![
        (
            "space bought on departures",
            whole(plan.departures.len(), departures),
            plan.departures.iter().map(|row| row.cost).sum(),
            "departures, cost",
        ),
        (
            "what parcels cause by themselves",
            whole(plan.allocation.len(), allocation),
            plan.allocation.iter().map(|row| row.cost).sum(),
            "allocation, cost: carriage, storage, lateness, CO₂e",
        ),
    ];
    lines.push((
        "handling",
        whole(plan.handling.len(), handling),
        plan.handling.iter().map(|row| row.cost).sum(),
        "handling, cost",
    ));
    lines.push((
        "parcels left behind",
        None,
        plan.run.breakdown.unserved,
        "run.json: parcels × unserved_per_parcel",
    ));
    if !plan.limits.is_empty() {
        let sum = plan.limits.iter().map(|row| row.cost).sum();
        lines.push(("limits broken", total(limits), sum, "limits, cost"));
    }
    lines
}

/// Writes what it costs by table; the rows of the total and of what comes next.
pub fn costs(
    page: &mut Page<'_>,
    data: &Data<'_>,
    row: u32,
) -> Result<(u32, u32), rust_xlsxwriter::XlsxError> {
    let run = &data.plan.run;
    page.text(row, 0, "What it costs", &section())?;
    page.heads(row + 1, 0, &["", &run.currency, "share", "a parcel"])?;
    page.text(row + 1, 5, "from the sheet", &super::page::head())?;
    let lines = cost_lines(data);
    let first = row + 2;
    let last = first + lines.len() as u32;
    let (money, price) = (Look::Money.style(), Look::Price.style());
    let all = float(run.cost.0, 6);
    let parcels = run.totals.parcels.0 as f64;
    let each = |page: &mut Page<'_>, row: u32, amount: f64, style: &Format| {
        // the number of all parcels is the first figure of the sheet
        let formula = format!("=IF($B${PARCELS}=0,0,B{}/$B${PARCELS})", row + 1);
        let result = if parcels == 0.0 {
            0.0
        } else {
            amount / parcels
        };
        page.live(row, 3, &formula, result, style)
    };
    for (at, (name, formula, amount, from)) in lines.iter().enumerate() {
        let row = first + at as u32;
        let amount = float(amount.0, 6);
        page.plain(row, 0, name)?;
        match formula {
            Some(formula) => page.live(row, 1, formula, amount, &money)?,
            None => page.number(row, 1, amount, &money)?,
        }
        share(page, (row, 2), (row, 1), last + 1, (amount, all))?;
        each(page, row, amount, &price)?;
        page.text(row, 5, from, &faint())?;
    }
    page.text(last, 0, "all", &sum(Look::Text))?;
    let formula = format!("=ROUND(SUM(B{}:B{last}),6)", first + 1);
    page.live(last, 1, &formula, all, &sum(Look::Money))?;
    page.text(last, 2, "", &sum(Look::Text))?;
    each(page, last, all, &sum(Look::Price))?;
    if let Some(bound) = run.bound {
        let bound = float(bound.0, 6);
        page.plain(last + 1, 0, "no plan costs less than")?;
        page.number(last + 1, 1, bound, &money)?;
        page.text(
            last + 1,
            5,
            "run.json: proven in exact arithmetic",
            &faint(),
        )?;
        page.plain(last + 2, 0, "at most to be gained")?;
        let formula = format!("=ROUND(B{}-B{},6)", last + 1, last + 2);
        let distance = float(run.cost.0 - run.bound.map_or(0, |bound| bound.0), 6);
        page.live(last + 2, 1, &formula, distance, &money)?;
        return Ok((last, last + 3));
    }
    Ok((last, last + 1))
}

/// What is paid for: name, amount, and where a column adds up to it, its formula and name.
type Part = (&'static str, Money, Option<(String, &'static str)>);

fn part_lines(data: &Data<'_>) -> Vec<Part> {
    let plan = data.plan;
    let (departures, handling, limits) = (&plan.departures, &plan.handling, &plan.limits);
    let column = |amount: Money, rows: usize, cells: String, from: &'static str| {
        let formula = format!("=ROUND(SUM({cells}),6)");
        (0 < rows && rows <= MOST_ROWS).then_some((amount, formula, from))
    };
    let of_departures = |name| range::<DepartureRow>("departures", name, departures.len());
    let space = column(
        departures.iter().map(|row| row.cost).sum(),
        departures.len(),
        of_departures("cost"),
        "departures, cost",
    );
    let carriage = column(
        departures.iter().map(|row| row.carriage).sum(),
        departures.len(),
        of_departures("carriage"),
        "departures, carriage",
    );
    let handled = column(
        handling.iter().map(|row| row.cost).sum(),
        handling.len(),
        range::<HandlingRow>("handling", "cost", handling.len()),
        "handling, cost",
    );
    let broken = column(
        limits.iter().map(|row| row.cost).sum(),
        limits.len(),
        range::<LimitRow>("limits", "cost", limits.len()),
        "limits, cost",
    );
    let columns = [space, carriage, handled, None, None, None, None, broken];
    let parts = plan.run.breakdown.parts().into_iter().zip(columns);
    parts
        .filter(|((_, amount), _)| *amount != Money::ZERO)
        .map(|((name, amount), column)| {
            let column = column.filter(|(sum, ..)| *sum == amount);
            (
                name,
                amount,
                column.map(|(_, formula, from)| (formula, from)),
            )
        })
        .collect()
}

/// Writes what is paid for, part by part, beside the total in row `total`; the row of what comes
/// next. Not every part is the sum of a column: what a change of the sheets makes of the total
/// besides stands in a line of its own, so that both totals stay one.
pub fn parts(
    page: &mut Page<'_>,
    data: &Data<'_>,
    (row, total): (u32, u32),
) -> Result<u32, rust_xlsxwriter::XlsxError> {
    let run = &data.plan.run;
    page.text(row, 0, "What is paid for", &section())?;
    page.heads(row + 1, 0, &["", &run.currency, "share"])?;
    page.text(row + 1, 5, "from the sheet", &super::page::head())?;
    let lines = part_lines(data);
    let first = row + 2;
    let changes = first + lines.len() as u32;
    let last = changes + 1;
    let all = float(run.cost.0, 6);
    for (at, (name, amount, column)) in lines.iter().enumerate() {
        let row = first + at as u32;
        let amount = float(amount.0, 6);
        page.plain(row, 0, name)?;
        let formula = column.as_ref().map(|(formula, _)| formula.as_str());
        page.figure((row, 1), formula, amount, &Look::Money.style())?;
        share(page, (row, 2), (row, 1), last + 1, (amount, all))?;
        let from = column.as_ref().map_or("run.json", |(_, from)| from);
        page.text(row, 5, from, &faint())?;
    }
    page.plain(changes, 0, "changes in this workbook")?;
    let parts = match lines.is_empty() {
        true => "0".to_owned(),
        false => format!("SUM(B{}:B{changes})", first + 1),
    };
    let formula = format!("=ROUND(B{}-{parts},6)", total + 1);
    let none = Format::new().set_num_format("#,##0.00;-#,##0.00;\"none\"");
    let none = none.set_align(rust_xlsxwriter::FormatAlign::Right);
    page.live(changes, 1, &formula, 0.0, &none)?;
    let note = "what a change of the sheets makes besides";
    page.text(changes, 5, note, &faint())?;
    page.text(last, 0, "all", &sum(Look::Text))?;
    let formula = format!("=ROUND(SUM(B{}:B{last}),6)", first + 1);
    page.live(last, 1, &formula, all, &sum(Look::Money))?;
    page.text(last, 2, "", &sum(Look::Text))?;
    page.plain(last + 1, 0, "of it dead freight")?;
    let dead = float(run.breakdown.dead.0, 6);
    page.number(last + 1, 1, dead, &Look::Money.style())?;
    let note = "run.json: units paid for and not used";
    page.text(last + 1, 5, note, &faint())?;
    Ok(last + 2)
}
