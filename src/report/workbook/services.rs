//! What each service carries, and what leaves on each day: the figures behind the charts.

use std::collections::BTreeMap;

use rust_xlsxwriter::{Format, FormatAlign, Note, Worksheet};

use crate::plan::{DepartureRow, Plan, ServiceTotals};
use crate::report::tables;
use crate::units::{Money, Parcels};

use super::data::{Data, MOST_ROWS, breaks_by_week, may_be_live, range, range_beyond};
use super::formulas::{Names, Sum, quoted};
use super::page::{Look, Page, Written, day, float, head, letters, sum};
use super::tables::mark_load_between;

/// The most services in the chart; the rest stands in the sheet.
pub const CHARTED: usize = 20;

/// Services that have a limit and are used, which stand first and are drawn.
pub fn charted<'a>(data: &Data<'a>) -> Vec<&'a ServiceTotals> {
    used(data)
        .into_iter()
        .filter(|service| is_limited(service))
        .collect()
}

fn used<'a>(data: &Data<'a>) -> Vec<&'a ServiceTotals> {
    let is_used = |service: &&ServiceTotals| {
        service.load.parcels != Parcels::ZERO || service.load.cost != Money::ZERO
    };
    data.plan.run.services.iter().filter(is_used).collect()
}

fn is_limited(service: &ServiceTotals) -> bool {
    service.load.is_limited
}

/// Writes the sheet `services`.
pub fn write(sheet: &mut Worksheet, data: &Data<'_>) -> Written {
    sheet.set_name("services")?;
    let currency = format!("cost, {}", data.plan.run.currency);
    let names = [
        "service",
        "mode",
        "departures",
        "parcels",
        "tonnes",
        "m³",
        &currency,
        "load by kg",
        "load by m³",
        "CO₂e, t",
        "tonne-km",
    ];
    let mut page = Page { sheet };
    page.heads(0, 0, &names)?;
    page.text(0, 1, names[1], &head())?;
    let mut services = used(data);
    services.sort_by_key(|service| !is_limited(service));
    let aboard = Aboard::of(data, services.len());
    for (at, service) in services.iter().enumerate() {
        write_service(&mut page, at as u32 + 1, service, &aboard)?;
    }
    let last = services.len() as u32;
    sums(&mut page, last, &services)?;
    for column in [2, 7, 8, 9, 10] {
        let note = Note::new("from run.json: no table has it by service").set_author("railair");
        page.sheet.insert_note(0, column, &note)?;
    }
    if last > 0 {
        page.sheet.autofilter(0, 0, last, names.len() as u16 - 1)?;
    }
    mark_load_between(page.sheet, (1, 7), (last.max(1), 8))?;
    page.sheet
        .set_column_width(0, 26)?
        .set_column_width(1, 10)?;
    let room = room(data.plan, &services);
    for column in 2..names.len() as u16 {
        page.sheet.set_column_width(column, room)?;
    }
    page.sheet.set_freeze_panes(1, 1)?;
    page.set_print(&data.plan.run.instance, Some(0))
}

/// How wide the columns of figures are.
fn room(plan: &Plan, services: &[&ServiceTotals]) -> f64 {
    let of = |service: &&ServiceTotals| service.load.gram_km;
    let tonne_km = services.iter().map(of).sum::<i128>() as f64 / 1e6;
    let parcels = services.iter().map(|service| service.load.parcels.0);
    let parcels = parcels.max().unwrap_or(0) as f64;
    let cost = Look::Money.room(14.0, float(plan.run.cost.0, 6));
    let counts = Look::Count.room(14.0, tonne_km.max(parcels));
    cost.max(counts)
}

/// What the rows of `departures` come to by service and leg.
struct Aboard<'a> {
    /// Parcels, grams, cubic centimetres, cost.
    sums: BTreeMap<(&'a str, u32), [i64; 4]>,
    /// Columns of service and leg, of the sums, and of carriage.
    keys: [String; 2],
    cells: [String; 4],
    carriage: String,
    services: Names,
    live: bool,
}

impl<'a> Aboard<'a> {
    fn of(data: &Data<'a>, services: usize) -> Self {
        let rows = &data.plan.departures;
        let mut sums: BTreeMap<(&str, u32), [i64; 4]> = BTreeMap::new();
        for row in rows {
            let sum = sums.entry((&row.service, row.leg)).or_default();
            let cost = row.cost.0 + row.carriage.0;
            let own = [row.parcels.0, row.weight.0, row.volume.0, cost];
            sum.iter_mut().zip(own).for_each(|(sum, own)| *sum += own);
        }
        let cells = |column| range::<DepartureRow>("departures", column, rows.len());
        Self {
            sums,
            keys: ["service", "leg"].map(cells),
            cells: ["parcels", "kg", "m3", "cost"].map(cells),
            carriage: cells("carriage"),
            services: Names::of(rows.iter().map(|row| row.service.as_str())),
            live: rows.len() <= MOST_ROWS && may_be_live(services * 5, rows.len()),
        }
    }

    /// The formula that adds a column up for a service, if its rows give this figure.
    fn formula(&self, service: &ServiceTotals, column: usize, value: i64) -> Option<String> {
        let leg = service.leg.max(1);
        let sums = self.sums.get(&(service.service.as_str(), leg));
        let agrees = sums.map_or(0, |sums| sums[column]) == value;
        let sum = |cells: &str| {
            let given = [
                self.services.are(&self.keys[0], quoted(&service.service)),
                Names::WORDS.are(&self.keys[1], leg.to_string()),
            ];
            Sum::of(cells, &given)
        };
        let of = sum(&self.cells[column]);
        let (of, divided, places) = match column {
            0 => (of, "", 0),
            1 => (of, "/1000", 6),
            2 => (of, "", 6),
            _ => (of.plus(&sum(&self.carriage)), "", 6),
        };
        (self.live && agrees).then(|| of.rounded(divided, places).formula())
    }
}

fn write_service(
    page: &mut Page<'_>,
    row: u32,
    service: &ServiceTotals,
    aboard: &Aboard<'_>,
) -> Written {
    let load = &service.load;
    let name = match service.leg {
        0 => service.service.clone(),
        leg => format!("{}/{leg}", service.service),
    };
    page.plain(row, 0, &name)?;
    page.plain(row, 1, tables::mode(service.mode))?;
    let cells = [
        (load.parcels.0, 0, Look::Count),
        (load.weight.0, 6, Look::Tenth),
        (load.volume.0, 6, Look::Tenth),
        (load.cost.0, 6, Look::Money),
    ];
    let departures = float(service.departures, 0);
    page.number(row, 2, departures, &Look::Count.style())?;
    for (at, (value, places, look)) in cells.into_iter().enumerate() {
        let formula = aboard.formula(service, at, value);
        let place = (row, at as u16 + 3);
        let value = float(value, places);
        page.figure(place, formula.as_deref(), value, &look.style())?;
    }
    for (column, share) in [(7, load.weight_share()), (8, load.volume_share())] {
        if let Some(share) = share {
            page.number(row, column, share.fraction(), &Look::Share.style())?;
        }
    }
    page.number(row, 9, float(load.co2e.0, 6), &Look::Tenth.style())?;
    let tonne_km = float(i64::try_from(load.gram_km).unwrap_or(i64::MAX), 6);
    page.number(row, 10, tonne_km, &Look::Count.style())
}

/// What adds up over services: not what is aboard, as parcels that ride several legs are aboard each.
fn sums(page: &mut Page<'_>, last: u32, services: &[&ServiceTotals]) -> Written {
    let row = last + 1;
    page.text(row, 0, "all", &sum(Look::Text))?;
    page.text(row, 1, "", &sum(Look::Text))?;
    let all = |of: &dyn Fn(&ServiceTotals) -> i64| -> i64 {
        services.iter().map(|service| of(service)).sum()
    };
    let columns = [
        (2, 0, all(&|s| i64::from(s.departures)), Look::Count),
        (6, 6, all(&|s| s.load.cost.0), Look::Money),
        (9, 6, all(&|s| s.load.co2e.0), Look::Tenth),
        (
            10,
            6,
            all(&|s| i64::try_from(s.load.gram_km).unwrap_or(i64::MAX)),
            Look::Count,
        ),
    ];
    for (column, places, value, look) in columns {
        let letter = letters(column);
        let formula = format!("=ROUND(SUM({letter}2:{letter}{row}),{places})");
        page.live(row, column, &formula, float(value, places), &sum(look))?;
    }
    for column in [3, 4, 5, 7, 8] {
        page.text(row, column, "", &sum(Look::Text))?;
    }
    Ok(())
}

/// Writes the sheet `days`: parcels that leave by day and mode, on each leg that they ride.
pub fn write_days(sheet: &mut Worksheet, data: &Data<'_>) -> Written {
    sheet.set_name("days")?;
    let modes = data.modes();
    let rows = &data.plan.departures;
    let sums = data.parcels_by_day();
    let mut page = Page { sheet };
    let names: Vec<&str> = modes.iter().map(|mode| tables::mode(*mode)).collect();
    page.heads(0, 0, &["day of departure"])?;
    let right = head().set_align(FormatAlign::Right);
    for (at, name) in names.iter().copied().chain(["all legs"]).enumerate() {
        page.text(0, at as u16 + 1, name, &right)?;
    }
    let live = may_be_live(data.days.len() * modes.len(), rows.len());
    let days = range_beyond::<DepartureRow>("departures", 0, rows.len());
    let of_modes = range::<DepartureRow>("departures", "mode", rows.len());
    let parcels = range::<DepartureRow>("departures", "parcels", rows.len());
    for (at, text) in data.days.iter().enumerate() {
        let row = at as u32 + 1;
        write_day(&mut page, row, text)?;
        let mut all = 0;
        for (at, mode) in modes.iter().enumerate() {
            let column = at as u16 + 1;
            let value = sums.get(&(*text, *mode)).copied().unwrap_or(0);
            all += value;
            let given = [
                Names::WORDS.are(&days, format!("$A{}", row + 1)),
                Names::WORDS.are(&of_modes, format!("{}$1", letters(column))),
            ];
            let formula = Sum::of(&parcels, &given).formula();
            let formula = Some(formula.as_str()).filter(|_| live);
            let style = Look::Count.style();
            page.figure((row, column), formula, value as f64, &style)?;
        }
        let last = letters(modes.len() as u16);
        let formula = format!("=SUM(B{0}:{last}{0})", row + 1);
        let bold = Look::Count.style().set_bold();
        page.live(row, modes.len() as u16 + 1, &formula, all as f64, &bold)?;
    }
    page.sheet.set_column_width(0, Look::Date.width() as f64)?;
    let room = Look::Count.room(14.0, sums.values().sum::<i64>() as f64);
    for column in 1..=modes.len() as u16 + 1 {
        page.sheet.set_column_width(column, room)?;
    }
    page.sheet.set_freeze_panes(1, 1)?;
    if !data.days.is_empty() {
        let last = (data.days.len() as u32, modes.len() as u16 + 1);
        page.sheet.autofilter(0, 0, last.0, last.1)?;
    }
    page.set_print(&data.plan.run.instance, Some(0))?;
    page.break_rows(1, &breaks_by_week(data.days.iter().copied()))
}

/// A local day: a date, or as it is in a typical week.
pub fn write_day(page: &mut Page<'_>, row: u32, text: &str) -> Written {
    match day(text) {
        Some(value) => page.number(row, 0, value, &Look::Date.style()),
        None => page.text(row, 0, text, &Format::new()),
    }
}
