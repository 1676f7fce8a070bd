//! Who travels by what: parcels by origin and by the train, flight or ship that carries them.

use std::collections::BTreeMap;

use rust_xlsxwriter::{Color, ConditionalFormat2ColorScale, FormatAlign, Worksheet, XlsxError};

use crate::plan::{AllocationRow, DemandRow};

use super::data::{Data, MOST_ROWS, may_be_live, range};
use super::formulas::{Names, Sum};
use super::page::{Look, Page, Written, faint, head, letters, sum, title};

/// The row of the names of services, from 0.
const HEAD: u32 = 3;

/// Writes the sheet `origin_service`.
pub fn write(sheet: &mut Worksheet, data: &Data<'_>) -> Written {
    sheet.set_name("origin_service")?;
    let matrix = Matrix::of(data);
    let mut page = Page { sheet };
    page.text(0, 0, "Parcels by origin and main service", &title())?;
    let note = "Each parcel counts once, by the service of its main haul: the leg of its way with the most \
                km.";
    page.text(1, 0, note, &faint())?;
    matrix.write(&mut page, data)?;
    page.set_print(&data.plan.run.instance, Some(HEAD))
}

struct Matrix<'a> {
    origins: Vec<&'a str>,
    services: Vec<&'a str>,
    parcels: BTreeMap<(&'a str, &'a str), i64>,
    unserved: BTreeMap<&'a str, i64>,
}

impl<'a> Matrix<'a> {
    fn of(data: &Data<'a>) -> Self {
        let mut parcels: BTreeMap<(&str, &str), i64> = BTreeMap::new();
        let mut unserved: BTreeMap<&str, i64> = BTreeMap::new();
        for row in &data.plan.demand {
            *unserved.entry(&row.origin).or_default() += row.unserved.0;
        }
        for row in &data.plan.allocation {
            *parcels.entry((&row.origin, &row.main_service)).or_default() += row.parcels.0;
        }
        let mut services: Vec<&str> = parcels.keys().map(|(_, service)| *service).collect();
        services.sort_unstable_by_key(|service| (data.mode(service), *service));
        services.dedup();
        // a sheet has no room for more, and nobody would read it
        services.truncate(1_000);
        Self {
            origins: unserved.keys().copied().collect(),
            services,
            parcels,
            unserved,
        }
    }

    fn write(&self, page: &mut Page<'_>, data: &Data<'_>) -> Written {
        self.write_head(page)?;
        let rows = data.plan.allocation.len();
        let cells = self.origins.len() * (self.services.len() + 1);
        let live = rows <= MOST_ROWS && may_be_live(cells, rows);
        let origin = range::<AllocationRow>("allocation", "origin", rows);
        let main = range::<AllocationRow>("allocation", "main_service", rows);
        let parcels = range::<AllocationRow>("allocation", "parcels", rows);
        let places = Names::of(self.origins.iter().copied());
        let services = Names::of(self.parcels.keys().map(|(_, service)| *service));
        let left = data.plan.demand.len();
        let (of, unserved) = (
            range::<DemandRow>("demand", "origin", left),
            range::<DemandRow>("demand", "unserved", left),
        );
        for (at, name) in self.origins.iter().enumerate() {
            let row = HEAD + 1 + at as u32;
            page.plain(row, 0, name)?;
            for (at, service) in self.services.iter().enumerate() {
                let column = at as u16 + 1;
                let given = [
                    places.are(&origin, format!("$A{}", row + 1)),
                    services.are(&main, format!("{}${}", letters(column), HEAD + 1)),
                ];
                let formula = Sum::of(&parcels, &given).formula();
                put(page, (row, column), &formula, self.at(name, service), live)?;
            }
            let column = self.services.len() as u16 + 1;
            let given = places.are(&of, format!("$A{}", row + 1));
            let formula = Sum::of(&unserved, &[given]).formula();
            let behind = self.unserved[name];
            put(page, (row, column), &formula, behind, live)?;
            let all: i64 = self
                .services
                .iter()
                .map(|service| self.at(name, service))
                .sum();
            let formula = format!("=SUM(B{0}:{1}{0})", row + 1, letters(column));
            let bold = Look::Count.style().set_bold();
            page.live(row, column + 1, &formula, (all + behind) as f64, &bold)?;
        }
        if !self.origins.is_empty() {
            let last = (
                HEAD + self.origins.len() as u32,
                self.services.len() as u16 + 2,
            );
            page.sheet.autofilter(HEAD, 0, last.0, last.1)?;
        }
        self.write_sums(page)
    }

    fn write_head(&self, page: &mut Page<'_>) -> Written {
        let turned = head().set_rotation(45).set_align(FormatAlign::Center);
        page.text(HEAD, 0, "origin", &head())?;
        let last = ["left behind", "all"];
        for (at, name) in self.services.iter().copied().chain(last).enumerate() {
            page.text(HEAD, at as u16 + 1, name, &turned)?;
            page.sheet.set_column_width(at as u16 + 1, self.room())?;
        }
        let longest = self.services.iter().map(|name| name.chars().count()).max();
        let height = 30.0 + 4.4 * longest.unwrap_or(0).clamp(6, 30) as f64;
        page.sheet.set_row_height(HEAD, height)?;
        page.sheet.set_column_width(0, 22)?;
        page.sheet.set_freeze_panes(HEAD + 1, 1)?;
        Ok(())
    }

    /// How wide a column of parcels is.
    fn room(&self) -> f64 {
        let carried = self.parcels.values().sum::<i64>();
        let all = carried + self.unserved.values().sum::<i64>();
        Look::Count.room(11.0, all as f64)
    }

    fn write_sums(&self, page: &mut Page<'_>) -> Written {
        let last = HEAD + self.origins.len() as u32;
        let row = last + 1;
        page.text(row, 0, "all", &sum(Look::Text))?;
        let mut everything = 0;
        for column in 1..=self.services.len() as u16 + 2 {
            let at = column as usize - 1;
            let value: i64 = match self.services.get(at) {
                Some(service) => self.origins.iter().map(|name| self.at(name, service)).sum(),
                None if at == self.services.len() => self.unserved.values().sum(),
                None => everything,
            };
            everything += value;
            let letter = letters(column);
            let formula = format!("=SUM({letter}{}:{letter}{})", HEAD + 2, last + 1);
            page.live(row, column, &formula, value as f64, &sum(Look::Count))?;
        }
        if self.origins.is_empty() || self.services.is_empty() {
            return Ok(());
        }
        let scale = ConditionalFormat2ColorScale::new()
            .set_minimum_color(Color::White)
            .set_maximum_color(Color::RGB(0x9DC3E6));
        let right = self.services.len() as u16;
        page.sheet
            .add_conditional_format(HEAD + 1, 1, last, right, &scale)?;
        Ok(())
    }

    fn at(&self, origin: &str, service: &str) -> i64 {
        self.parcels.get(&(origin, service)).copied().unwrap_or(0)
    }
}

fn put(
    page: &mut Page<'_>,
    (row, column): (u32, u16),
    formula: &str,
    value: i64,
    live: bool,
) -> Result<(), XlsxError> {
    // nothing is easier to read as a blank than as a nought
    let style = rust_xlsxwriter::Format::new().set_num_format("#,##0;-#,##0;");
    match live {
        true => page.live(row, column, formula, value as f64, &style),
        false => page.number(row, column, value as f64, &style),
    }
}
