//! Plans as folders, written whole or not at all (see [`Destination`]).

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::Path;

use crate::files::{self, Destination, FolderError, Owner};
use crate::instance::{KEPT, PLAN_TABLES};
use crate::plan::Plan;

use super::comparison::Summary;
use super::csv::Dialect;
use super::tables::{Row, Visit, visit};

/// The folder of a plan.
pub const PLAN: Owner = Owner {
    what: "a plan of railair",
    owns: belongs_to_a_plan,
    wrote: |folder| match has_marker(folder) {
        true => Ok(()),
        false => Err("it has no run.json of railair".to_owned()),
    },
};

impl Destination {
    /// Checks that a plan may be written to `path`: nothing stands there, or a plan does, and its
    /// parent (made where it is missing) takes files.
    ///
    /// # Errors
    /// [`FolderError`] otherwise.
    pub fn prepare(path: &Path) -> Result<Self, FolderError> {
        Self::plan(path, false)
    }

    /// The same; with `force` whatever else the folder holds is no hindrance, and stays. The tables
    /// of an instance are never those of a plan.
    ///
    /// # Errors
    /// [`FolderError`] otherwise.
    pub fn plan(path: &Path, force: bool) -> Result<Self, FolderError> {
        if force && path.join("settings.csv").exists() && !has_marker(path) {
            return Err(FolderError::Never {
                path: path.to_owned(),
                what: "holds an instance".to_owned(),
            });
        }
        Self::folder(path, PLAN, force)
    }

    /// Whether a plan stands there, and not only why there was none.
    pub fn holds_plan(&self) -> bool {
        self.path().join("allocation.csv").exists()
    }
}

/// Writes every table of a plan and its `run.json` to `destination`.
///
/// # Errors
/// [`FolderError::Write`] with what the file system said; what stood there before then still does.
pub fn write_plan(plan: &Plan, destination: &Destination) -> Result<(), FolderError> {
    write_plan_with(plan, destination, &Files::default(), |_| Ok(()))
}

/// What a plan's folder holds beside its plain tables.
#[derive(Clone, Debug, Default)]
pub struct Files<'a> {
    /// How its tables are spelled.
    pub dialect: Dialect,
    /// Whether `plan.xlsx` is written.
    pub workbook: bool,
    /// Plans to set beside this one in the workbook, itself the first.
    pub compared: &'a [Summary],
}

/// Files of a plan by name.
pub type Rendered = BTreeMap<String, Vec<u8>>;

/// Every table of a plan, its `run.json`, and the tables that it was made from where they are known, as
/// they are written.
///
/// # Errors
/// None that memory does not make.
pub fn render(plan: &Plan, dialect: Dialect) -> io::Result<Rendered> {
    struct Tables(Rendered, Dialect);
    impl Visit for Tables {
        type Error = io::Error;
        fn table<R: Row>(&mut self, name: &'static str, rows: &[R]) -> io::Result<()> {
            let mut bytes = Vec::new();
            super::csv::write_as(rows, self.1, &mut bytes)?;
            self.0.insert(format!("{name}.csv"), bytes);
            Ok(())
        }
    }
    let mut tables = Tables(Rendered::new(), dialect);
    visit(plan, &mut tables)?;
    let run = super::run::json(&plan.run).pretty();
    tables.0.insert("run.json".to_owned(), run.into_bytes());
    if let Some(inputs) = &plan.run.inputs {
        tables.0.insert(KEPT.to_owned(), inputs.keep().into_bytes());
    }
    Ok(tables.0)
}

/// Writes files into a folder.
///
/// # Errors
/// What the file system said.
pub fn write_into(folder: &Path, rendered: &Rendered) -> io::Result<()> {
    let write = |(name, bytes): (&String, &Vec<u8>)| fs::write(folder.join(name), bytes);
    rendered.iter().try_for_each(write)
}

/// Writes every table of a plan, its `run.json`, what else is wanted, and whatever `add` makes of
/// the new folder before it takes its place, to `destination`.
///
/// # Errors
/// [`FolderError::Write`] with what `add` or the file system said; what stood there before then still does.
pub fn write_plan_with(
    plan: &Plan,
    destination: &Destination,
    files: &Files<'_>,
    add: impl FnOnce(&Path) -> io::Result<()>,
) -> Result<(), FolderError> {
    let rendered = render(plan, files.dialect).map_err(|source| FolderError::Write {
        path: destination.path().to_owned(),
        source,
    })?;
    write_rendered((plan, &rendered), destination, files, add)
}

/// The same for a plan that is rendered already, in the dialect of `files`.
///
/// # Errors
/// As for [`write_plan_with`].
pub fn write_rendered(
    (plan, rendered): (&Plan, &Rendered),
    destination: &Destination,
    files: &Files<'_>,
    add: impl FnOnce(&Path) -> io::Result<()>,
) -> Result<(), FolderError> {
    destination.write(|folder| {
        write_into(folder, rendered)?;
        if files.workbook {
            let bytes = super::workbook::plan(plan, files.compared).map_err(io::Error::other)?;
            fs::write(folder.join("plan.xlsx"), bytes)?;
        }
        add(folder)
    })
}

/// Files that a plan may consist of.
fn belongs_to_a_plan(name: &str) -> bool {
    /// Tables that an instance has under the same names.
    const SHARED: [&str; 3] = ["handling", "demand", "limits"];
    const OTHERS: [&str; 4] = ["run.json", KEPT, "plan.xlsx", "report.html"];
    let is_table = |stem: &str| SHARED.contains(&stem) || PLAN_TABLES.contains(&stem);
    OTHERS.contains(&name) || name.strip_suffix(".csv").is_some_and(is_table)
}

/// Whether the folder's `run.json` says that railair wrote it.
pub fn has_marker(folder: &Path) -> bool {
    #[derive(serde::Deserialize)]
    struct Marker {
        program: String,
    }
    files::open(&folder.join("run.json"))
        .ok()
        .and_then(|file| serde_json::from_reader::<_, Marker>(io::BufReader::new(file)).ok())
        .is_some_and(|marker| marker.program == super::json::PROGRAM)
}

#[cfg(test)]
mod tests {
    use super::*;

    const RUN: &str = r#"{"program": "railair"}"#;

    fn write(folder: &Path, text: &str) -> Result<(), FolderError> {
        Destination::prepare(folder)?.write(|new| {
            fs::write(new.join("run.json"), RUN)?;
            fs::write(new.join("demand.csv"), text)
        })
    }

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(folder)
            .expect("a folder")
            .map(|entry| {
                entry
                    .expect("an entry")
                    .file_name()
                    .to_string_lossy()
                    .into_owned()
            })
            .collect();
        names.sort();
        names
    }

    #[test]
    fn a_plan_takes_the_place_of_a_plan_and_leaves_nothing_behind() {
        let home = tempfile::tempdir().expect("a folder");
        let plan = home.path().join("deep/plan");
        write(&plan, "one").expect("a new folder");
        write(&plan, "two").expect("over the old one");
        assert_eq!(
            fs::read_to_string(plan.join("demand.csv")).expect("a file"),
            "two"
        );
        assert_eq!(names(&home.path().join("deep")), ["plan"]);
    }

    #[test]
    fn a_failure_half_way_leaves_the_old_plan() {
        let home = tempfile::tempdir().expect("a folder");
        let plan = home.path().join("plan");
        write(&plan, "one").expect("a new folder");
        let full = Destination::prepare(&plan).expect("a plan").write(|new| {
            fs::write(new.join("demand.csv"), "half")?;
            Err(io::Error::from(io::ErrorKind::StorageFull))
        });
        assert!(matches!(full, Err(FolderError::Write { .. })));
        assert_eq!(
            fs::read_to_string(plan.join("demand.csv")).expect("a file"),
            "one"
        );
        assert_eq!(names(home.path()), ["plan"]);
    }

    #[test]
    fn whatever_is_not_a_plan_stays() {
        let home = tempfile::tempdir().expect("a folder");
        fs::write(home.path().join("thesis.doc"), "years of work").expect("a file");
        let error = write(home.path(), "x").expect_err("not a plan");
        assert!(error.to_string().contains("it holds thesis.doc"), "{error}");

        // Not even beside a plan's own files.
        let plan = home.path().join("plan");
        write(&plan, "one").expect("a new folder");
        fs::write(plan.join("notes.txt"), "mine").expect("a file");
        assert!(matches!(
            write(&plan, "two"),
            Err(FolderError::NotOurs { .. })
        ));

        let file = home.path().join("thesis.doc");
        let error = write(&file, "x").expect_err("a file");
        assert!(error.to_string().contains("it is a file"), "{error}");
    }

    #[test]
    fn a_reader_sees_the_old_plan_or_the_new_one_at_every_moment() {
        use std::sync::atomic::{AtomicBool, Ordering};
        let home = tempfile::tempdir().expect("a folder");
        let plan = home.path().join("plan");
        write(&plan, "0").expect("a new folder");
        let done = AtomicBool::new(false);
        std::thread::scope(|scope| {
            let reader = scope.spawn(|| {
                let mut reads = 0;
                while !done.load(Ordering::Relaxed) || reads == 0 {
                    assert!(plan.join("demand.csv").exists(), "the plan is gone");
                    reads += 1;
                }
            });
            for round in 1..50 {
                write(&plan, &round.to_string()).expect("over the old one");
            }
            done.store(true, Ordering::Relaxed);
            reader.join().expect("the reader saw a plan throughout");
        });
    }
}
