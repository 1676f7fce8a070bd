//! What a plan carries by mode and by product.

use crate::instance::Mode;
use crate::plan::{AllocationRow, DemandRow, DepartureRow};
use crate::report::tables;
use crate::units::Parcels;

use super::data::{Data, MOST_ROWS, may_be_live, range};
use super::formulas::{Names, Sum};
use super::page::{Look, Page, faint, float, letters, section, sum};

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
        rows.filter(|row| row.mode == Some(mode)).map(of).sum()
    };
    let paid = |of: fn(&DepartureRow) -> i64| -> i64 {
        let rows = departures.iter();
        rows.filter(|row| data.mode(&row.service) == Some(mode))
            .map(of)
            .sum()
    };
    let of_allocation = |column| {
        let cells = |column| range::<AllocationRow>("allocation", column, allocation.len());
        [cells("mode"), cells(column)]
    };
    let of_departures = |column| {
        let cells = |column| range::<DepartureRow>("departures", column, departures.len());
        [cells("mode"), cells(column)]
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

/// Writes what each mode carries; the row of what comes next.
pub fn modes(
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
            let given = Names::WORDS.are(&of, format!("$A{}", row + 1));
            let formula = Sum::of(&cells, &[given]).rounded(divided, places).formula();
            let formula = Some(formula.as_str()).filter(|_| live);
            let place = (row, at as u16 + 1);
            page.figure(place, formula, value, &look.style())?;
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
        let letter = letters(at as u16 + 1);
        let formula = format!("=ROUND(SUM({letter}{first}:{letter}{last}),{places})");
        page.live(last, at as u16 + 1, &formula, value, &sum(look))?;
    }
    let note = "parcels, tonnes, m³: each once, by the leg of its way with the most km";
    page.text(last + 1, 0, note, &faint())?;
    Ok(last + 2)
}

/// Writes how each product fares; the row of what comes next.
pub fn products(
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
    let distinct = Names::of(products.iter().copied());
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
            let given = distinct.are(&names, format!("$A{}", row + 1));
            let formula = Sum::of(&cells, &[given]).formula();
            let formula = Some(formula.as_str()).filter(|_| live);
            let of_product = rows.iter().filter(|line| line.product == **product);
            let value: Parcels = of_product.map(parcels).sum();
            let place = (row, at as u16 + 1);
            page.figure(place, formula, value.0 as f64, &Look::Count.style())?;
        }
    }
    Ok(row + 2 + products.len() as u32)
}
