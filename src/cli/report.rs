//! `railair report`

use std::io;
use std::path::Path;

use railair::instance::Instance;
use railair::report::Destination;
use railair::report::html::{self, PAGE, Written};

use super::arguments::Report;
use super::claim::{self, Source};
use super::exit::Failure;
use super::output;

/// What a plan's report is called in its folder.
pub const NAME: &str = "report.html";

/// Draws a plan.
pub fn run(arguments: &Report) -> Result<(), Failure> {
    let plan = &arguments.plan;
    let (instance, scenario) = (arguments.instance.as_deref(), arguments.scenario.as_deref());
    let (written, source) = read(plan, instance, scenario)?;
    let path = arguments.out.clone().unwrap_or_else(|| plan.join(NAME));
    let destination = Destination::file(&path, PAGE, arguments.insist.force)?;
    let page = html::report(&written, &source.instance).map_err(unreadable)?;
    write_page(&destination, &page)?;
    output::print(&format!("Report written to {}.\n", path.display()))
}

/// Reads a plan's folder and the instance that it plans, and says where that has changed since.
pub fn read(
    plan: &Path,
    instance: Option<&Path>,
    scenario: Option<&str>,
) -> Result<(Written, Source), Failure> {
    claim::Claim::read(plan).check_ending(plan)?;
    let mut written = Written::read(plan).map_err(unreadable)?;
    let source = claim::source(plan, instance, scenario)?;
    claim::warn_changed(plan, &source);
    written.changes = Some(source.changes.clone());
    Ok((written, source))
}

/// Writes a page whole or not at all.
pub fn write_page(to: &Destination, page: &str) -> Result<(), Failure> {
    Ok(to.write_file(|out| out.write_all(page.as_bytes()))?)
}

/// Draws the plan whose tables stand in `folder`, into it.
pub fn draw_into(folder: &Path, instance: &Instance) -> io::Result<()> {
    let page = Written::read(folder)
        .and_then(|written| html::report(&written, instance))
        .map_err(io::Error::other)?;
    std::fs::write(folder.join(NAME), page)
}

/// A plan whose tables cannot be read.
pub fn unreadable(error: html::ReportError) -> Failure {
    Failure::Unreadable(Box::new(error))
}
