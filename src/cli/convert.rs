//! `railair convert`

use railair::PlanError;
use railair::report::grid::BOLD;
use railair::report::instance::{ConvertError, convert_as};
use railair::report::people::count;

use super::arguments::Convert;
use super::exit::Failure;
use super::output;

/// Writes an instance as a workbook or a folder.
pub fn run(arguments: &Convert) -> Result<(), Failure> {
    let Convert { from, to, insist } = arguments;
    let converted = convert_as(from, to, insist.force).map_err(failure)?;
    output::print(&format!(
        "{BOLD}{} with {} written to {}.{BOLD:#}\n",
        count(converted.tables as i64, "table", "tables"),
        count(converted.rows as i64, "row", "rows"),
        to.display()
    ))
}

/// What a failure of converting means on the command line.
pub fn failure(error: ConvertError) -> Failure {
    match error {
        ConvertError::Instance(findings) => PlanError::Instance(findings).into(),
        ConvertError::Folder(error) => error.into(),
        other => Failure::Usage(other.to_string()),
    }
}
