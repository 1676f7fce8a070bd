//! A plan is checked before anything is said of it.
//!
//! The checker trusts no engine and none of the code that makes tables: it reads them as they will be
//! written. What it rejects is a fault of railair, never the planner's: nothing is shown or written
//! under the name that was asked for, and the files are kept beside it, so that they can be reported.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use railair::instance::Instance;
use railair::plan::verify::{self, Cancelled, Verification};
use railair::plan::{Plan, Prepared};
use railair::report::csv::Dialect;
use railair::report::{self, Rendered};

use super::exit::Failure;
use super::verify::failures;

/// Names that are tried for what is kept.
const MOST_NAMES: usize = 1_000;

/// The files of a plan that stands up to the checker, in a dialect; `out` is where they are to go.
pub fn files(
    instance: &Instance,
    plan: &Plan,
    dialect: Dialect,
    out: Option<&Path>,
) -> Result<Rendered, Failure> {
    let files = report::render(plan, dialect).map_err(Failure::Output)?;
    accepted(instance, files, out)
}

/// The files where they stand up; else they are kept.
fn accepted(instance: &Instance, files: Rendered, out: Option<&Path>) -> Result<Rendered, Failure> {
    match check(instance, &files, &Cancelled::new()) {
        Ok(()) => Ok(files),
        Err(wrong) => Err(Failure::Rejected {
            wrong,
            kept: kept(&files, out),
        }),
    }
}

/// The same for plans that are only shown.
pub fn stands_up(instance: &Instance, plan: &Plan) -> Result<(), Failure> {
    files(instance, plan, Dialect::Plain, None).map(drop)
}

/// What is wrong with the plan of a run of a sweep, whose runs may be cancelled.
pub fn of_run(prepared: &Prepared, plan: &Plan) -> Result<(), String> {
    let files = report::render(plan, Dialect::Plain).map_err(|error| error.to_string())?;
    let cancelled = prepared.network.departures.iter();
    let cancelled = cancelled.filter(|departure| departure.cancelled);
    let cancelled = cancelled.map(|departure| (departure.service, i64::from(departure.run_day)));
    check(&prepared.instance, &files, &cancelled.collect())
}

fn check(instance: &Instance, files: &Rendered, cancelled: &Cancelled) -> Result<(), String> {
    let options = verify::Options {
        infeasible: true,
        cancelled,
        ..verify::Options::default()
    };
    match verify::verify_files(files, instance, &options) {
        Ok(Verification { holds: true, .. }) => Ok(()),
        Ok(found) => Err(failures(&found)),
        Err(error) => Err(format!("{error}\n")),
    }
}

/// Keeps files beside `out`, or in a new folder of their own, and says where.
fn kept(files: &Rendered, out: Option<&Path>) -> String {
    let folder = match out {
        Some(out) => beside(out),
        None => tempfile::Builder::new()
            .prefix("railair-rejected-")
            .tempdir()
            .map(tempfile::TempDir::keep),
    };
    let written = folder.and_then(|folder| {
        report::write_into(&folder, files)?;
        Ok(folder)
    });
    match written {
        Ok(folder) => format!("its files are kept in {}", folder.display()),
        Err(error) => format!("its files could not be kept: {error}"),
    }
}

/// A new folder beside `out`: nothing that is there is touched.
fn beside(out: &Path) -> io::Result<PathBuf> {
    for number in 1..=MOST_NAMES {
        let mut name = out.as_os_str().to_owned();
        name.push(".rejected");
        if number > 1 {
            name.push(format!("-{number}"));
        }
        match fs::create_dir(&name) {
            Ok(()) => return Ok(name.into()),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
    Err(io::ErrorKind::AlreadyExists.into())
}

#[cfg(test)]
mod tests {
    use railair::engine::Options;

    use super::super::exit::INTERNAL;
    use super::*;

    /// The plan of 2,500 parcels costs 600; it says 599.
    #[test]
    fn a_plan_that_does_not_stand_up_is_kept_beside_its_place() {
        let path = Path::new("instances/textbook/overtime");
        let prepared = railair::prepare(path, None).expect("an instance");
        let plan = prepared.solve(&Options::default()).expect("a plan");
        let home = tempfile::tempdir().expect("a folder");
        let out = home.path().join("plan");
        let dialect = Dialect::Plain;
        let mut files = files(&prepared.instance, &plan, dialect, Some(&out)).expect("a plan");
        let run = String::from_utf8(files["run.json"].clone()).expect("text");
        let wrong = run.replace("\"cost\": 600,", "\"cost\": 599,");
        assert_ne!(run, wrong);
        files.insert("run.json".to_owned(), wrong.clone().into_bytes());
        let failure = accepted(&prepared.instance, files, Some(&out)).expect_err("a fault");
        assert_eq!(failure.code(), INTERNAL);
        let Failure::Rejected { wrong: said, kept } = failure else {
            panic!("{failure}");
        };
        assert!(
            said.contains("cost is 599 instead of 600 (-1 off)"),
            "{said}"
        );
        let folder = home.path().join("plan.rejected");
        assert!(kept.ends_with(&folder.display().to_string()), "{kept}");
        let text = fs::read_to_string(folder.join("run.json")).expect("a file");
        assert_eq!(text, wrong);
        assert!(!out.exists());
    }

    /// What is cancelled is nothing that the instance says.
    #[test]
    fn a_plan_without_a_cancelled_run_stands_up_where_it_is_known_to_be_cancelled() {
        let path = Path::new("instances/textbook/overtime");
        let loaded = railair::instance::load(path, None);
        let (instance, findings) = loaded.into_result().expect("an instance");
        let prepared = Prepared::of(instance, findings, path, &|_| true).expect("a program");
        let plan = prepared.solve(&Options::default()).expect("a plan");
        assert_eq!(of_run(&prepared, &plan), Ok(()));
    }

    #[test]
    fn what_is_kept_takes_the_place_of_nothing() {
        let home = tempfile::tempdir().expect("a folder");
        let out = home.path().join("plan");
        let files = Rendered::from([("run.json".to_owned(), b"{}".to_vec())]);
        for name in ["plan.rejected", "plan.rejected-2"] {
            let said = kept(&files, Some(&out));
            let folder = home.path().join(name);
            assert_eq!(said, format!("its files are kept in {}", folder.display()));
            let text = fs::read_to_string(folder.join("run.json")).expect("a file");
            assert_eq!(text, "{}");
        }
        assert!(!out.exists());
    }
}
