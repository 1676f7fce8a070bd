//! `railair init`

use std::fs;
use std::path::Path;

use railair::files::{Destination, Owner};
use railair::instance::{Findings, NEW_INSTANCE, is_workbook, read_csv_texts};
use railair::report::grid::{BOLD, FAINT};

use super::arguments::Init;
use super::exit::Failure;
use super::output;

/// A small instance that solves: one flight, one train, two products, two scenarios.
const TABLES: [(&str, &str); 8] = [
    ("settings.csv", include_str!("starter/settings.csv")),
    ("places.csv", include_str!("starter/places.csv")),
    ("products.csv", include_str!("starter/products.csv")),
    ("profiles.csv", include_str!("starter/profiles.csv")),
    ("demand.csv", include_str!("starter/demand.csv")),
    ("services.csv", include_str!("starter/services.csv")),
    ("handling.csv", include_str!("starter/handling.csv")),
    ("scenarios.csv", include_str!("starter/scenarios.csv")),
];

/// A workbook takes the place of nothing.
const NEW_WORKBOOK: Owner = Owner {
    what: "a new name",
    owns: |_| true,
    wrote: |_| Err("it is there already".to_owned()),
};

/// Writes the tables into a new or empty folder, or a workbook: all of them or none.
pub fn run(arguments: &Init) -> Result<(), Failure> {
    let to = &arguments.folder;
    match is_workbook(to) {
        true => write_workbook(to, arguments.insist.force),
        false => write_folder(to, arguments.insist.force),
    }
}

fn write_folder(folder: &Path, force: bool) -> Result<(), Failure> {
    Destination::folder(folder, NEW_INSTANCE, force)?.write(|new| {
        let mut tables = TABLES.iter();
        tables.try_for_each(|(name, text)| fs::write(new.join(name), text))
    })?;
    let names: Vec<&str> = TABLES.iter().map(|(name, _)| *name).collect();
    output::print(&format!(
        "{BOLD}A small instance is in {0}.{BOLD:#}\n{FAINT}{1}{FAINT:#}\n\n\
         Its columns called note say what the others mean. Now:\n  \
         railair solve {0}\n  \
         railair solve {0} --scenario no-train\n",
        folder.display(),
        names.join(", ")
    ))
}

/// Writes the same tables as one workbook.
fn write_workbook(file: &Path, force: bool) -> Result<(), Failure> {
    let destination = Destination::file(file, NEW_WORKBOOK, force)?;
    let tables: Vec<(&str, &str)> = TABLES
        .iter()
        .map(|(name, text)| (name.trim_end_matches(".csv"), *text))
        .collect();
    let texts = read_csv_texts(&tables, &mut Findings::new());
    let written = railair::report::instance::write_workbook(&texts, &destination);
    written.map_err(super::convert::failure)?;
    output::print(&format!(
        "{BOLD}A small instance is in {0}, a sheet per table.{BOLD:#}\n\n\
         Point at a column's name to read what it means. Now:\n  \
         railair solve {0}\n  \
         railair solve {0} --scenario no-train\n",
        file.display()
    ))
}
