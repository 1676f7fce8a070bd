//! What to say where hard limits cannot all hold.

use std::fs;
use std::io::Write;
use std::path::Path;

use railair::Prepared;
use railair::engine::Options;
use railair::plan::conflict;
use railair::report;

use super::exit::{Failure, INFEASIBLE};
use super::progress;

/// Says on stderr what conflicts and what would have to give, and writes the repair.
pub fn tell(
    prepared: &Prepared,
    options: &Options,
    limits: &[String],
    file: Option<&Path>,
    quiet: bool,
) -> Result<(), Failure> {
    let work = progress::Work::named("looking for the smallest conflict and a repair", quiet);
    let found = conflict::find(prepared, options)?;
    drop(work);
    let currency = &prepared.instance.settings.currency;
    let text = report::conflict::text(limits, found.as_ref(), currency);
    anstream::stderr()
        .write_all(text.as_bytes())
        .map_err(Failure::Output)?;
    if let Some(path) = file {
        let repair = found
            .and_then(|found| found.repair)
            .ok_or_else(|| Failure::Usage("no repair was found, so none is written".to_owned()))?;
        let written = fs::write(path, repair.scenario(report::conflict::SCENARIO));
        written.map_err(|source| Failure::File {
            what: format!("write {}", path.display()),
            source,
        })?;
    }
    Err(Failure::Said(INFEASIBLE))
}
