//! `railair generate`

use railair::instance::generate::{GenerateError, Options, write_folder_as};
use railair::report::grid::BOLD;

use super::arguments::Generate;
use super::exit::Failure;
use super::output;

/// Writes a synthetic instance into a new or empty folder.
pub fn run(arguments: &Generate) -> Result<(), Failure> {
    write_folder_as(
        &options(arguments),
        &arguments.folder,
        arguments.insist.force,
    )
    .map_err(failure)?;
    output::print(&format!(
        "{BOLD}A synthetic instance is in {0}.{BOLD:#} Now:\n  railair solve {0}\n",
        arguments.folder.display()
    ))
}

fn options(arguments: &Generate) -> Options {
    Options {
        origins: arguments.origins,
        products: arguments.products,
        markets: arguments.markets,
        services: arguments.services,
        weeks: if arguments.typical {
            1
        } else {
            arguments.weeks
        },
        typical: arguments.typical,
        week_start: arguments.week_start,
        seed: arguments.seed,
        load: arguments.load,
        whole: arguments.whole,
    }
}

fn failure(error: GenerateError) -> Failure {
    match error {
        GenerateError::Folder(error) => error.into(),
        GenerateError::Exists(path) => Failure::Usage(format!(
            "{} is not an empty folder, and nothing is overwritten: choose another, or insist with \
             --force",
            path.display()
        )),
        other => Failure::Usage(other.to_string()),
    }
}
