//! `railair init`

use std::fs;
use std::io;
use std::path::Path;

use railair::instance::{Findings, is_workbook, read_csv_texts};
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

/// Writes the tables into a new or empty folder.
pub fn run(arguments: &Init) -> Result<(), Failure> {
    let folder = &arguments.folder;
    if is_workbook(folder) {
        return write_workbook(folder);
    }
    let failed = |source| Failure::File {
        what: format!("write {}", folder.display()),
        source,
    };
    if !is_free(folder).map_err(failed)? {
        return Err(Failure::Usage(format!(
            "{} is not empty, and nothing is overwritten: choose another folder",
            folder.display()
        )));
    }
    fs::create_dir_all(folder).map_err(failed)?;
    for (name, text) in TABLES {
        fs::write(folder.join(name), text).map_err(failed)?;
    }
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
fn write_workbook(file: &Path) -> Result<(), Failure> {
    if file.exists() {
        return Err(Failure::Usage(format!(
            "{} is there already, and nothing is overwritten: choose another name",
            file.display()
        )));
    }
    let tables: Vec<(&str, &str)> = TABLES
        .iter()
        .map(|(name, text)| (name.trim_end_matches(".csv"), *text))
        .collect();
    let texts = read_csv_texts(&tables, &mut Findings::new());
    railair::report::instance::write(&texts, file).map_err(super::convert::failure)?;
    output::print(&format!(
        "{BOLD}A small instance is in {0}, a sheet per table.{BOLD:#}\n\n\
         Point at a column's name to read what it means. Now:\n  \
         railair solve {0}\n  \
         railair solve {0} --scenario no-train\n",
        file.display()
    ))
}

/// Whether nothing stands there yet.
fn is_free(folder: &Path) -> io::Result<bool> {
    match fs::read_dir(folder) {
        Ok(mut entries) => Ok(entries.next().is_none()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(true),
        Err(error) => Err(error),
    }
}
