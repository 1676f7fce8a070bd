//! What to say where hard limits cannot all hold.

use std::fs;
use std::io::Write;
use std::path::Path;

use railair::engine::Options;
use railair::plan::conflict::{self, Conflict};
use railair::report;
use railair::{PlanError, Prepared};

use super::exit::Failure;
use super::progress;

/// Says on stderr what conflicts and what would have to give, and writes the repair.
pub fn tell(
    prepared: &Prepared,
    options: &Options,
    error: &PlanError,
    file: Option<&Path>,
    quiet: bool,
) -> Result<Option<Conflict>, Failure> {
    let work = progress::Work::named(
        "looking for a conflict that cannot be made smaller, and a repair",
        quiet,
    );
    let found = conflict::find(prepared, options)?;
    drop(work);
    let currency = &prepared.instance.settings.currency;
    let text = report::conflict::text(error, found.as_ref(), currency);
    anstream::stderr()
        .write_all(text.as_bytes())
        .map_err(Failure::Output)?;
    let Some(path) = file else {
        return Ok(found);
    };
    match found.as_ref().and_then(|found| found.repair.as_ref()) {
        Some(repair) => {
            let written = fs::write(path, repair.scenario(report::conflict::SCENARIO));
            written.map_err(|source| Failure::File {
                what: format!("write {}", path.display()),
                source,
            })?;
        }
        None => anstream::stderr()
            .write_all(b"no repair was found, so none is written\n")
            .map_err(Failure::Output)?,
    }
    Ok(found)
}
