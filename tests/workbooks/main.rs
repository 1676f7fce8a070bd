//! Workbooks in and out: what people and spreadsheets do to them, and what they come back as.

mod agreement;
mod cli;
mod edited;
#[expect(unused_imports, reason = "only whole instances are wanted here")]
#[path = "../verify/generator/mod.rs"]
mod generator;
mod hostile;
mod layout;
mod office;
mod open_document;
mod plan;
mod programs;
mod reading;
mod recalculated;
mod round_trip;
mod shown;
mod support;
mod written;
