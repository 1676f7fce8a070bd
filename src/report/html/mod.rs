//! A plan as one HTML file to look at.
//!
//! The file holds everything: styles, pictures (SVG drawn here, so that they need no script to be
//! seen or printed) and the tables that its script sorts and filters. It loads nothing, and its
//! content security policy forbids that it does; scripts run only by a nonce, the hash of the
//! content itself, so that no name in a table can bring its own. Nothing in it depends on when or
//! where it is drawn: same tables, same bytes.
//!
//! Every figure comes from the plan's tables, exactly, and is rounded once, to the digit shown.
//! Pictures and tables of large plans leave out or add up what would be too much to look at, and
//! say so beside it.

mod difference;
mod explore;
mod flows;
mod headline;
mod labels;
mod loads;
mod map;
mod marks;
mod markup;
mod page;
mod projection;
mod sankey;
mod scarce;
mod timeline;
mod written;

use crate::files::Owner;
use crate::instance::Instance;

use super::comparison::Summary;

pub use written::{Facts, ReportError, Written};

use flows::Scene;

/// A page that was drawn here and not changed since.
pub const PAGE: Owner = Owner {
    what: "a report of railair",
    owns: |_| true,
    wrote: |file| match std::fs::read_to_string(file) {
        Ok(text) if page::is_as_drawn(&text) => Ok(()),
        _ => Err("it was made or changed by somebody else".to_owned()),
    },
};

/// The report of a plan of `instance`.
///
/// # Errors
/// A table of the plan that cannot be read.
pub fn report(plan: &Written, instance: &Instance) -> Result<String, ReportError> {
    page::report(&Scene::new(plan, instance))
}

/// The differences between two plans, each with the instance it plans and its summary, whose name
/// is what the plan is called.
///
/// # Errors
/// A table of a plan that cannot be read.
pub fn difference(
    plans: [(&Written, &Instance); 2],
    summaries: &[Summary; 2],
) -> Result<String, ReportError> {
    let [a, b] = plans.map(|(written, instance)| Scene::new(written, instance));
    difference::difference([&a, &b], summaries)
}
