//! What to say where hard limits cannot all hold.

use railair::engine::Options;
use railair::files::Owner;
use railair::plan::conflict::{self, Conflict};
use railair::report::{self, Destination};
use railair::{PlanError, Prepared};

use super::exit::Failure;
use super::{output, progress};

/// The scenario of a repair and nothing else.
pub const REPAIR: Owner = Owner {
    what: "a repair of railair",
    owns: |_| true,
    wrote: |file| match report::conflict::is_repair(file) {
        true => Ok(()),
        false => Err("it holds other scenarios, or none".to_owned()),
    },
};

/// Says on stderr what conflicts and what would have to give, and writes the repair.
pub fn tell(
    prepared: &Prepared,
    options: &Options,
    error: &PlanError,
    to: Option<&Destination>,
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
    output::tell(&text);
    let Some(destination) = to else {
        return Ok(found);
    };
    match found.as_ref().and_then(|found| found.repair.as_ref()) {
        Some(repair) => {
            let text = repair.scenario(report::conflict::SCENARIO);
            destination.write_file(|out| out.write_all(text.as_bytes()))?;
        }
        None => output::tell("no repair was found, so none is written\n"),
    }
    Ok(found)
}
