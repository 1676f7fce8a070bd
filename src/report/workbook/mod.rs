//! `plan.xlsx`: a plan for people who live in spreadsheets.
//!
//! The first sheet says what the plan comes to, in formulas over the sheets behind it, so that a
//! planner sees where each figure is from. Every formula carries its result, worked out here in
//! exact arithmetic and rounded as the formula rounds, so that recalculating changes no figure.
//! What no table holds is written as a number and called `run.json`. Formulas give the same in every
//! spreadsheet, however the sheets behind are sorted (`formulas`). All names are written as text
//! cells, which no spreadsheet takes for formulas. The same plan gives the same bytes.

mod costs;
mod data;
mod flows;
mod formulas;
mod groups;
mod handling;
mod page;
mod prices;
mod services;
mod summary;
mod tables;

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Workbook, XlsxError};

use crate::plan::Plan;

use super::comparison::Summary;
use data::Data;

/// The workbook of a plan as bytes. `compared` are plans to set beside it, itself the first; none
/// leaves that sheet out.
///
/// # Errors
/// What the writer of workbooks says.
pub fn plan(plan: &Plan, compared: &[Summary]) -> Result<Vec<u8>, XlsxError> {
    let data = Data::of(plan);
    let mut book = Workbook::new();
    book.set_properties(&properties(plan)?);
    // sheets that others refer to are laid out first, and stand behind the summary all the same
    let summary = book.add_worksheet();
    summary.set_name("summary")?;
    services::write(book.add_worksheet(), &data)?;
    services::write_days(book.add_worksheet(), &data)?;
    flows::write(book.add_worksheet(), &data)?;
    tables::write_all(&mut book, &data)?;
    handling::write_days(book.add_worksheet(), &data)?;
    prices::write(book.add_worksheet(), &data)?;
    if !compared.is_empty() {
        prices::write_comparison(book.add_worksheet(), compared)?;
    }
    summary::write(book.worksheet_from_name("summary")?, &data)?;
    book.save_to_buffer()
}

/// Properties that are the same on every day, so that the same plan gives the same bytes.
fn properties(plan: &Plan) -> Result<DocProperties, XlsxError> {
    Ok(DocProperties::new()
        .set_title(format!("Plan of {}", plan.run.instance))
        .set_author("railair")
        .set_creation_datetime(&ExcelDateTime::from_ymd(2024, 1, 1)?))
}
