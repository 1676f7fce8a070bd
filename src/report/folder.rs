//! Plans as folders, written whole or not at all.
//!
//! All files go into a temporary folder beside the target and are flushed to disk; then the two
//! folders trade names in one step (`renameat2` with `RENAME_EXCHANGE` on Linux, `renamex_np`
//! on macOS). A crash or a full disk at any point leaves the old plan or the new one under the
//! target's name, never a mixture and never neither. Where a file system cannot exchange, the old
//! folder is moved aside first and put back if the new one cannot take its place.
//!
//! A killed run leaves its temporary folder; the next run clears it away (see `workplace`).

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use crate::files;
use crate::instance::{KEPT, PLAN_TABLES};
use crate::plan::Plan;

use super::comparison::Summary;
use super::csv::Dialect;
use super::tables::{Row, Visit, visit};
use super::workplace::{self, Workplace};

/// Where a plan is written to. Made before the long run, so that a bad path fails at once.
#[derive(Debug)]
pub struct Destination {
    /// The folder itself, links resolved.
    folder: PathBuf,
    /// The folder it stands in.
    parent: PathBuf,
}

/// Why a plan's folder was not written.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    /// There is something else under that name.
    #[error(
        "{} is not a plan of railair ({what}), and nothing else is overwritten: choose another folder",
        path.display()
    )]
    NotAPlan {
        /// The path.
        path: PathBuf,
        /// What was found.
        what: String,
    },
    /// There is something under that name that `convert` did not write, or that was changed since.
    #[error(
        "{} is not as railair wrote it ({what}), and nothing else is overwritten: choose another name",
        path.display()
    )]
    NotOurs {
        /// The path.
        path: PathBuf,
        /// What was found.
        what: String,
    },
    /// The path cannot be a folder's.
    #[error("{} cannot be the name of a folder for a plan", path.display())]
    NoName {
        /// The path.
        path: PathBuf,
    },
    /// The file system refused.
    #[error("failed to write {}", path.display())]
    Write {
        /// The folder.
        path: PathBuf,
        /// What the file system said.
        source: io::Error,
    },
}

impl Destination {
    /// Checks that a plan may be written to `path`: nothing stands there, or a plan does, and its
    /// parent (made where it is missing) takes files.
    ///
    /// # Errors
    /// [`FolderError`] otherwise.
    pub fn prepare(path: &Path) -> Result<Self, FolderError> {
        Self::prepare_where(path, check_is_plan)
    }

    /// Checks that a folder or file may be written to `path`: `may_replace`, given the path itself
    /// and as it was typed, passes what stands there.
    pub(super) fn prepare_where(
        path: &Path,
        may_replace: impl FnOnce(&Path, &Path) -> Result<(), FolderError>,
    ) -> Result<Self, FolderError> {
        let refused = |source| FolderError::Write {
            path: path.to_owned(),
            source,
        };
        let folder = match fs::canonicalize(path) {
            Ok(folder) => folder,
            Err(error) if error.kind() == io::ErrorKind::NotFound => new_folder(path)?,
            Err(error) => return Err(refused(error)),
        };
        let parent = folder.parent().ok_or_else(|| FolderError::NoName {
            path: path.to_owned(),
        })?;
        workplace::clear(parent, &folder);
        may_replace(&folder, path)?;
        Workplace::beside(parent, &folder).map_err(refused)?;
        Ok(Self {
            parent: parent.to_owned(),
            folder,
        })
    }

    /// Whether a plan stands there, and not only why there was none.
    pub fn holds_plan(&self) -> bool {
        self.folder.join("allocation.csv").exists()
    }

    /// The folder's path.
    pub fn path(&self) -> &Path {
        &self.folder
    }

    /// Lets `fill` write all files into an empty folder, which then takes the target's place.
    ///
    /// # Errors
    /// [`FolderError::Write`] with what `fill` or the file system said; the target is then as it
    /// was.
    pub fn write(&self, fill: impl FnOnce(&Path) -> io::Result<()>) -> Result<(), FolderError> {
        self.write_and_swap(fill)
            .map_err(|source| FolderError::Write {
                path: self.folder.clone(),
                source,
            })
    }

    /// Writes a file of these bytes, which takes the target's place whole.
    pub(super) fn write_file(&self, bytes: &[u8]) -> Result<(), FolderError> {
        let write = || {
            let workplace = Workplace::beside(&self.parent, &self.folder)?;
            let new = workplace.new_folder();
            fs::write(&new, bytes)?;
            File::open(&new)?.sync_all()?;
            fs::rename(&new, &self.folder)?;
            sync_folder(&self.parent)
        };
        write().map_err(|source| FolderError::Write {
            path: self.folder.clone(),
            source,
        })
    }

    fn write_and_swap(&self, fill: impl FnOnce(&Path) -> io::Result<()>) -> io::Result<()> {
        let workplace = Workplace::beside(&self.parent, &self.folder)?;
        let new = workplace.new_folder();
        fs::create_dir(&new)?;
        fill(&new)?;
        sync(&new)?;
        if self.folder.exists() {
            exchange(&new, &self.folder, &workplace.old_folder())?;
        } else {
            fs::rename(&new, &self.folder)?;
        }
        sync_folder(&self.parent)?;
        // What is left to remove is the old plan; failing to is no reason to fail.
        drop(workplace);
        Ok(())
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
        path: destination.folder.clone(),
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

/// Writes one file whole or not at all, whatever stands there.
///
/// # Errors
/// [`FolderError::Write`] with what the file system said; what stood there before then still does.
pub fn write_file(path: &Path, content: &[u8]) -> Result<(), FolderError> {
    Destination::prepare_where(path, |_, _| Ok(()))?.write_file(content)
}

/// The absolute path of a folder that does not exist yet; makes its parents.
fn new_folder(path: &Path) -> Result<PathBuf, FolderError> {
    let name = path.file_name().ok_or_else(|| FolderError::NoName {
        path: path.to_owned(),
    })?;
    let parent = match path.parent() {
        Some(parent) if parent != Path::new("") => parent,
        _ => Path::new("."),
    };
    fs::create_dir_all(parent)
        .and_then(|()| fs::canonicalize(parent))
        .map(|parent| parent.join(name))
        .map_err(|source| FolderError::Write {
            path: path.to_owned(),
            source,
        })
}

/// Whether what stands at `folder` may be replaced.
fn check_is_plan(folder: &Path, path: &Path) -> Result<(), FolderError> {
    let not_a_plan = |what: String| FolderError::NotAPlan {
        path: path.to_owned(),
        what,
    };
    let mut names = names_in(folder, path, not_a_plan)?;
    names.retain(|name| !name.starts_with('.'));
    if let Some(stranger) = names.iter().find(|name| !belongs_to_a_plan(name)) {
        return Err(not_a_plan(format!("it holds {stranger}")));
    }
    if !names.is_empty() && !has_marker(folder) {
        return Err(not_a_plan("it has no run.json of railair".to_owned()));
    }
    Ok(())
}

/// The sorted names of what stands in `folder`, typed as `path`; none where nothing stands there,
/// and `refused` where a file does.
pub(super) fn names_in(
    folder: &Path,
    path: &Path,
    refused: impl FnOnce(String) -> FolderError,
) -> Result<Vec<String>, FolderError> {
    if !folder.exists() {
        return Ok(Vec::new());
    }
    if !folder.is_dir() {
        return Err(refused("it is a file".to_owned()));
    }
    let entries = fs::read_dir(folder).map_err(|source| FolderError::Write {
        path: path.to_owned(),
        source,
    })?;
    let mut names: Vec<String> = entries
        .filter_map(Result::ok)
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    Ok(names)
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

/// Flushes a folder and the files in it to disk.
fn sync(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        File::open(entry?.path())?.sync_all()?;
    }
    sync_folder(folder)
}

#[cfg(unix)]
fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

#[cfg(not(unix))]
fn sync_folder(_: &Path) -> io::Result<()> {
    Ok(())
}

/// Puts `new` in the place of `target`; what was there ends up as `new` or as `aside`.
fn exchange(new: &Path, target: &Path, aside: &Path) -> io::Result<()> {
    #[cfg(any(target_os = "linux", target_os = "macos"))]
    {
        use rustix::fs::{CWD, RenameFlags, renameat_with};
        if renameat_with(CWD, new, CWD, target, RenameFlags::EXCHANGE).is_ok() {
            return Ok(());
        }
    }
    fs::rename(target, aside)?;
    fs::rename(new, target).inspect_err(|_| {
        let _ = fs::rename(aside, target);
    })
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
            Err(FolderError::NotAPlan { .. })
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
