//! The first sheet: what the plan comes to, figures as formulas over the sheets behind it.

use rust_xlsxwriter::{
    Chart, ChartFormat, ChartLegendPosition, ChartSolidFill, ChartType, Color, Format, FormatAlign,
    Worksheet,
};

use crate::instance::Horizon;
use crate::plan::{DemandRow, Run};
use crate::report::tables;

use super::super::terminal;
use super::super::why::Reasons;
use super::data::{Data, range};
use super::page::{Look, Page, Written, colour, faint, section, share, title};
use super::services::CHARTED;
use super::{costs, groups};

/// Reasons that are told.
const REASONS: usize = 8;
/// Where the charts stand: to the right of the figures.
const BESIDE: u16 = 6;
/// Characters of a line of a reason, between its number and the charts.
const REASON: usize = 90;
/// How wide the column is that says where figures are from: nothing runs on under a chart.
const FROM: f64 = 50.0;
/// Pixels between the figures and the charts.
const GAP: u32 = 20;

/// The row, as spreadsheets number it, of the number of all parcels: below a headline of up to
/// three lines.
pub const PARCELS: u32 = 9;

/// Writes the sheet.
pub fn write(sheet: &mut Worksheet, data: &Data<'_>) -> Written {
    let run = &data.plan.run;
    sheet.set_screen_gridlines(false);
    sheet.set_column_width(0, 34)?.set_column_width(5, FROM)?;
    let most = Look::Money.room(14.0, super::page::float(run.cost.0, 6));
    let room = Look::Count.room(most, run.totals.parcels.0 as f64);
    for column in 1..5 {
        sheet.set_column_width(column, room)?;
    }
    let mut page = Page { sheet };
    page.text(0, 0, &run.instance, &title())?;
    page.text(1, 0, &origin(run), &faint())?;
    let headline = anstream::adapter::strip_str(&terminal::headline(run)).to_string();
    for (at, line) in headline.lines().take(3).enumerate() {
        page.text(2 + at as u32, 0, line, &Format::new().set_bold())?;
    }
    let mut row = parcels(&mut page, data, PARCELS - 3)?;
    let (total, next) = costs::costs(&mut page, data, row + 1)?;
    row = costs::parts(&mut page, data, (next + 1, total))?;
    row = groups::modes(&mut page, data, row + 1)?;
    row = groups::products(&mut page, data, row + 1)?;
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
        "{weeks}{scenario} · {} · figures are formulas over the sheets behind this one, but for what only run.json says",
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
        .set_align(FormatAlign::Left)
        .set_align(FormatAlign::Top);
    for (at, (reason, parcels)) in told.chain(others).enumerate() {
        let row = row + 1 + at as u32;
        page.number(row, 0, parcels as f64, &style)?;
        page.wrapped(row, (1, BESIDE - 1), REASON, &reason)?;
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
