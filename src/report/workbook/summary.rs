//! The first sheet: what the plan comes to, each figure a formula over the sheets behind it.

use rust_xlsxwriter::{
    Chart, ChartFormat, ChartLegendPosition, ChartSolidFill, ChartType, Color, Format, FormatAlign,
    Worksheet,
};

use crate::instance::{Horizon, Mode};
use crate::plan::{AllocationRow, DemandRow, DepartureRow, HandlingRow, LimitRow, Run};
use crate::report::tables;
use crate::units::{Money, Parcels};

use super::super::terminal;
use super::super::why::Reasons;
use super::data::{Data, MOST_ROWS, may_be_live, range, range_beyond};
use super::page::{Look, Page, Written, colour, faint, float, section, sum, title};
use super::services::CHARTED;

/// Reasons that are told.
const REASONS: usize = 8;
/// Where the charts stand: to the right of the figures.
const BESIDE: u16 = 6;
/// Pixels between the figures and the charts.
const GAP: u32 = 20;

/// The row, as spreadsheets number it, of the number of all parcels: below a headline of up to
/// three lines.
const PARCELS: u32 = 9;

/// Writes the sheet.
pub fn write(sheet: &mut Worksheet, data: &Data<'_>) -> Written {
    let run = &data.plan.run;
    sheet.set_screen_gridlines(false);
    sheet.set_column_width(0, 34)?.set_column_width(5, 44)?;
    for column in 1..5 {
        sheet.set_column_width(column, 14)?;
    }
    let mut page = Page { sheet };
    page.text(0, 0, &run.instance, &title())?;
    page.text(1, 0, &origin(run), &faint())?;
    let headline = anstream::adapter::strip_str(&terminal::headline(run)).to_string();
    for (at, line) in headline.lines().take(3).enumerate() {
        page.text(2 + at as u32, 0, line, &Format::new().set_bold())?;
    }
    let mut row = parcels(&mut page, data, PARCELS - 3)?;
    row = costs(&mut page, data, row + 1)?;
    row = parts(&mut page, data, row + 1)?;
    row = modes(&mut page, data, row + 1)?;
    row = products(&mut page, data, row + 1)?;
    reasons(&mut page, data, row + 1)?;
    charts(&mut page, data)?;
    page.set_print(&run.instance, None)?;
    page.sheet.set_print_fit_to_pages(1, 1);
    page.sheet.set_active(true);
    Ok(())
}

fn origin(run: &Run) -> String {
    let weeks = match run.horizon {
        Horizon::TypicalWeek => "a typical week".to_owned(),
        Horizon::Dated => super::super::people::count(i64::from(run.weeks), "week", "weeks"),
    };
    let scenario = run.scenario.as_ref();
    let scenario = scenario.map_or(String::new(), |name| format!(" · scenario {name}"));
    format!(
        "{weeks}{scenario} · {} · figures are formulas over the sheets behind this one",
        super::super::run::engine(run.engine)
    )
}

fn parcels(
    page: &mut Page<'_>,
    data: &Data<'_>,
    row: u32,
) -> Result<u32, rust_xlsxwriter::XlsxError> {
    let totals = &data.plan.run.totals;
    page.text(row, 0, "Parcels", &section())?;
    page.heads(row + 1, 0, &["", "parcels", "share"])?;
    let lines = [
        ("all", "parcels", totals.parcels),
        ("on time", "on_time", totals.on_time),
        ("late", "late", totals.late),
        ("left behind", "unserved", totals.unserved),
    ];
    let first = row + 3;
    for (at, (name, column, parcels)) in lines.into_iter().enumerate() {
        let row = row + 2 + at as u32;
        let cells = range::<DemandRow>("demand", column, data.plan.demand.len());
        page.plain(row, 0, name)?;
        page.live(
            row,
            1,
            &format!("=SUM({cells})"),
            parcels.0 as f64,
            &Look::Count.style(),
        )?;
        share(
            page,
            (row, 2),
            (row, 1),
            first,
            (parcels.0 as f64, totals.parcels.0 as f64),
        )?;
    }
    Ok(row + 6)
}

/// A part of a whole that stands in the same column, in row `whole` as spreadsheets number it.
fn share(
    page: &mut Page<'_>,
    at: (u32, u16),
    part: (u32, u16),
    whole: u32,
    (value, all): (f64, f64),
) -> Written {
    let column = super::page::letters(part.1);
    let formula = format!(
        "=IF({column}${whole}=0,0,{column}{}/{column}${whole})",
        part.0 + 1
    );
    let result = if all == 0.0 { 0.0 } else { value / all };
    page.live(at.0, at.1, &formula, result, &Look::Share.style())
}

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

fn costs(
    page: &mut Page<'_>,
    data: &Data<'_>,
    row: u32,
) -> Result<u32, rust_xlsxwriter::XlsxError> {
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
        return Ok(last + 3);
    }
    Ok(last + 1)
}

fn parts(
    page: &mut Page<'_>,
    data: &Data<'_>,
    row: u32,
) -> Result<u32, rust_xlsxwriter::XlsxError> {
    let run = &data.plan.run;
    page.text(row, 0, "What is paid for", &section())?;
    page.heads(row + 1, 0, &["", &run.currency, "share"])?;
    let mut lines: Vec<(&str, Money)> = run.breakdown.parts().to_vec();
    lines.retain(|(_, amount)| *amount != Money::ZERO);
    let first = row + 2;
    let last = first + lines.len() as u32;
    let all = float(run.cost.0, 6);
    for (at, (name, amount)) in lines.iter().enumerate() {
        let row = first + at as u32;
        let amount = float(amount.0, 6);
        page.plain(row, 0, name)?;
        page.number(row, 1, amount, &Look::Money.style())?;
        share(page, (row, 2), (row, 1), last + 1, (amount, all))?;
    }
    page.text(last, 0, "all", &sum(Look::Text))?;
    let formula = match lines.is_empty() {
        true => "=0".to_owned(),
        false => format!("=ROUND(SUM(B{}:B{last}),6)", first + 1),
    };
    page.live(last, 1, &formula, all, &sum(Look::Money))?;
    page.text(last, 2, "", &sum(Look::Text))?;
    page.plain(last + 1, 0, "of it dead freight")?;
    page.number(
        last + 1,
        1,
        float(run.breakdown.dead.0, 6),
        &Look::Money.style(),
    )?;
    page.text(last + 1, 5, "units paid for and not used", &faint())?;
    Ok(last + 2)
}

/// Where a figure by mode is added up from: sheet column, divisor, places.
struct ByMode {
    /// The cells with the modes, and those that are added.
    cells: [String; 2],
    divided: &'static str,
    places: u32,
    value: f64,
    look: Look,
}

fn by_mode(data: &Data<'_>, mode: Mode) -> Vec<ByMode> {
    let (allocation, departures) = (&data.plan.allocation, &data.plan.departures);
    let hauled = |of: fn(&AllocationRow) -> i64| -> i64 {
        let rows = allocation.iter();
        rows.filter(|row| row.main_mode == Some(mode)).map(of).sum()
    };
    let paid = |of: fn(&DepartureRow) -> i64| -> i64 {
        let rows = departures.iter();
        rows.filter(|row| data.mode(&row.service) == Some(mode))
            .map(of)
            .sum()
    };
    let of_allocation = |column| {
        let cells = |column| range::<AllocationRow>("allocation", column, allocation.len());
        [cells("main_mode"), cells(column)]
    };
    let of_departures = |column| {
        [
            range_beyond::<DepartureRow>("departures", 0, departures.len()),
            range::<DepartureRow>("departures", column, departures.len()),
        ]
    };
    let figure = |cells, divided, places, value: i64, look| ByMode {
        cells,
        divided,
        places,
        value: float(value, places),
        look,
    };
    vec![
        figure(
            of_allocation("parcels"),
            "",
            0,
            hauled(|row| row.parcels.0),
            Look::Count,
        ),
        figure(
            of_allocation("kg"),
            "/1000",
            6,
            hauled(|row| row.weight.0),
            Look::Tenth,
        ),
        figure(
            of_allocation("m3"),
            "",
            6,
            hauled(|row| row.volume.0),
            Look::Tenth,
        ),
        figure(
            of_departures("cost"),
            "",
            6,
            paid(|row| row.cost.0),
            Look::Money,
        ),
        figure(
            of_departures("carriage"),
            "",
            6,
            paid(|row| row.carriage.0),
            Look::Money,
        ),
    ]
}

fn modes(
    page: &mut Page<'_>,
    data: &Data<'_>,
    row: u32,
) -> Result<u32, rust_xlsxwriter::XlsxError> {
    let modes = data.modes();
    page.text(row, 0, "By mode", &section())?;
    let currency = &data.plan.run.currency;
    let (space, carriage) = (
        format!("space, {currency}"),
        format!("carriage, {currency}"),
    );
    page.heads(
        row + 1,
        0,
        &["", "parcels", "tonnes", "m³", &space, &carriage],
    )?;
    let looks = modes.len() * (3 * data.plan.allocation.len() + 2 * data.plan.departures.len());
    let rows = data.plan.allocation.len().max(data.plan.departures.len());
    let live = may_be_live(1, looks) && rows <= MOST_ROWS;
    let first = row + 3;
    let last = row + 2 + modes.len() as u32;
    let mut sums: Vec<(f64, u32, Look)> = Vec::new();
    for (at, mode) in modes.iter().enumerate() {
        let row = row + 2 + at as u32;
        page.plain(row, 0, tables::mode(*mode))?;
        for (at, figure) in by_mode(data, *mode).into_iter().enumerate() {
            let ByMode {
                cells: [of, cells],
                divided,
                places,
                value,
                look,
            } = figure;
            let name = row + 1;
            let formula =
                format!("=ROUND(SUMPRODUCT(EXACT({of},$A{name})*{cells}){divided},{places})");
            let column = at as u16 + 1;
            match live {
                true => page.live(row, column, &formula, value, &look.style())?,
                false => page.number(row, column, value, &look.style())?,
            }
            match sums.get_mut(at) {
                Some(sum) => sum.0 += value,
                None => sums.push((value, places, look)),
            }
        }
    }
    if modes.is_empty() {
        return Ok(last);
    }
    page.text(last, 0, "all", &sum(Look::Text))?;
    for (at, (value, places, look)) in sums.into_iter().enumerate() {
        let letter = super::page::letters(at as u16 + 1);
        let formula = format!("=ROUND(SUM({letter}{first}:{letter}{last}),{places})");
        page.live(last, at as u16 + 1, &formula, value, &sum(look))?;
    }
    let note = "parcels, tonnes, m³: each once, by the leg of its way with the most km";
    page.text(last + 1, 0, note, &faint())?;
    Ok(last + 2)
}

fn products(
    page: &mut Page<'_>,
    data: &Data<'_>,
    row: u32,
) -> Result<u32, rust_xlsxwriter::XlsxError> {
    let rows = &data.plan.demand;
    let mut products: Vec<&str> = rows.iter().map(|row| row.product.as_str()).collect();
    products.sort_unstable();
    products.dedup();
    page.text(row, 0, "By product", &section())?;
    page.heads(
        row + 1,
        0,
        &["", "parcels", "on time", "late", "left behind"],
    )?;
    let live = may_be_live(products.len() * 4, rows.len());
    let names = range::<DemandRow>("demand", "product", rows.len());
    type Count = fn(&DemandRow) -> Parcels;
    let of: [(&str, Count); 4] = [
        ("parcels", |row| row.parcels),
        ("on_time", |row| row.on_time),
        ("late", |row| row.late),
        ("unserved", |row| row.unserved),
    ];
    for (at, product) in products.iter().enumerate() {
        let row = row + 2 + at as u32;
        page.plain(row, 0, product)?;
        for (at, (column, parcels)) in of.iter().enumerate() {
            let cells = range::<DemandRow>("demand", column, rows.len());
            let formula = format!("=SUMPRODUCT(EXACT({names},$A{})*{cells})", row + 1);
            let of_product = rows.iter().filter(|line| line.product == **product);
            let value: Parcels = of_product.map(parcels).sum();
            let (column, value) = (at as u16 + 1, value.0 as f64);
            match live {
                true => page.live(row, column, &formula, value, &Look::Count.style())?,
                false => page.number(row, column, value, &Look::Count.style())?,
            }
        }
    }
    Ok(row + 2 + products.len() as u32)
}

/// The reasons that concern most late and left-behind parcels.
fn reasons(page: &mut Page<'_>, data: &Data<'_>, row: u32) -> Written {
    let rows = data.plan.demand.iter();
    let reasons = Reasons::of(rows.map(|row| (&*row.reason, row.late.0 + row.unserved.0)));
    page.text(row, 0, "Why parcels are late or left behind", &section())?;
    if reasons.is_empty() {
        return page.plain(row + 1, 0, "Nothing is late and nothing is left behind.");
    }
    let (told, rest) = reasons.split(REASONS);
    let others = rest.map(|rest| {
        (
            format!("{}: see the sheet demand", rest.reasons()),
            rest.parcels(),
        )
    });
    let told = told
        .into_iter()
        .map(|(reason, parcels)| (reason.to_owned(), parcels));
    let style = Format::new()
        .set_num_format("#,##0 \"parcels\"")
        .set_align(FormatAlign::Left);
    for (at, (reason, parcels)) in told.chain(others).enumerate() {
        let row = row + 1 + at as u32;
        page.number(row, 0, parcels as f64, &style)?;
        page.plain(row, 1, &reason)?;
    }
    Ok(())
}

/// Load of services, and parcels by mode and day.
fn charts(page: &mut Page<'_>, data: &Data<'_>) -> Written {
    let services = CHARTED.min(super::services::charted(data).len()) as u32;
    if services > 0 {
        let mut chart = Chart::new(ChartType::Bar);
        for (column, name, shade) in [(7, "by weight", 0x2F75B5), (8, "by volume", 0xF4B183)] {
            chart
                .add_series()
                .set_name(name)
                .set_categories(("services", 1, 0, services, 0))
                .set_values(("services", 1, column, services, column))
                .set_format(&mut fill(Color::RGB(shade)))
                .set_gap(60);
        }
        chart.title().set_name("How full the services are");
        chart.x_axis().set_min(0).set_max(1).set_num_format("0%");
        chart.y_axis().set_reverse();
        chart.legend().set_position(ChartLegendPosition::Bottom);
        chart.set_width(720).set_height(120 + 34 * services);
        chart.set_alt_text("Load of each service by weight and by volume");
        page.sheet
            .insert_chart_with_offset(3, BESIDE, &chart, GAP, 0)?;
    }
    let modes = data.modes();
    let days = data.days.len() as u32;
    if days > 0 && !modes.is_empty() {
        let mut chart = Chart::new(ChartType::ColumnStacked);
        for (at, mode) in modes.iter().enumerate() {
            let column = at as u16 + 1;
            chart
                .add_series()
                .set_name(tables::mode(*mode))
                .set_categories(("days", 1, 0, days, 0))
                .set_values(("days", 1, column, days, column))
                .set_format(&mut fill(colour(*mode)))
                .set_gap(40);
        }
        chart.title().set_name("Parcels that leave by day and mode");
        chart.y_axis().set_num_format("#,##0");
        if data.plan.run.horizon == Horizon::Dated {
            // days are dates there, which an axis would show as numbers
            chart.x_axis().set_date_axis(true).set_num_format("d mmm");
        }
        chart.legend().set_position(ChartLegendPosition::Bottom);
        chart.set_width(720).set_height(320);
        chart.set_alt_text("Parcels that leave on each day, by mode");
        // a row is 20 pixels high in one spreadsheet and 17 in the other
        page.sheet.insert_chart_with_offset(
            5 + (120 + 34 * services) / 17,
            BESIDE,
            &chart,
            GAP,
            0,
        )?;
    }
    Ok(())
}

fn fill(colour: Color) -> ChartFormat {
    let mut format = ChartFormat::new();
    format.set_solid_fill(ChartSolidFill::new().set_color(colour));
    format
}
