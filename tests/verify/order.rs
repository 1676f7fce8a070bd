//! The same plan, byte for byte, whatever the order of rows and the number of threads.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use railair::engine::{EngineKind, Options, Stop, WholeOptions};
use railair::plan::PlanError;
use railair::prepare;
use railair::report::{Destination, write_plan};

use crate::generator::{Random, write_random_instance};
use crate::seeds::seeds;

/// Seconds from which the limit for whole units, one minute, may have cut something short.
const LONG: f64 = 30.0;

/// How planning ends.
#[derive(Debug, PartialEq)]
enum End {
    /// The files of a plan by name, without the hashes of the input and what differs from run to
    /// run.
    Plan(BTreeMap<String, String>),
    /// Hard limits cannot all hold. Which are named depends on the numbers of their rows.
    NoPlan,
    /// Only what a search had found when its time was up, which depends on the clock.
    CutShort,
}

fn plan(instance: &Path, engine: EngineKind, threads: usize) -> End {
    let prepared = prepare(instance, None).expect("a correct instance");
    let options = Options {
        engine,
        threads: Some(threads),
        whole: WholeOptions {
            gap: 0.01,
            ..WholeOptions::default()
        },
        ..Options::default()
    };
    let plan = match prepared.solve(&options) {
        Ok(plan) => plan,
        Err(PlanError::Infeasible { .. } | PlanError::InfeasibleWhole { .. }) => {
            return End::NoPlan;
        }
        Err(PlanError::NoWholePlan { .. } | PlanError::NoPlanYet) => return End::CutShort,
        Err(error) => panic!("{engine:?}: {error:?}"),
    };
    let search = plan.run.this_run.seconds.iter();
    let seconds: f64 = search.map(|(_, seconds)| seconds).sum();
    if plan.run.stop == Stop::TimeLimit || (plan.run.whole_units.is_some() && seconds > LONG) {
        return End::CutShort;
    }
    let home = tempfile::tempdir().expect("a folder");
    let folder = home.path().join("plan");
    let destination = Destination::prepare(&folder).expect("a place for a plan");
    write_plan(&plan, &destination).expect("a plan that can be written");
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(folder).expect("a plan") {
        let path = entry.expect("a file").path();
        let mut text = fs::read_to_string(&path).expect("text");
        if path.extension().is_some_and(|end| end == "json") {
            let mut run: serde_json::Value = serde_json::from_str(&text).expect("JSON");
            let run = run.as_object_mut().expect("an object");
            run.remove("this_run");
            run.remove("inputs");
            text = format!("{run:#?}");
        }
        let name = path.file_name().expect("a name").to_string_lossy();
        files.insert(name.into_owned(), text);
    }
    End::Plan(files)
}

/// Puts the rows of every table into another order, but of those where order carries meaning: the
/// steps of handling run in row order, and so do the changes of a scenario.
fn shuffle(folder: &Path, random: &mut Random) {
    for entry in fs::read_dir(folder).expect("an instance") {
        let path = entry.expect("a file").path();
        let kept = ["handling", "scenarios"]
            .iter()
            .any(|name| path.file_stem().is_some_and(|stem| stem == *name));
        if kept {
            continue;
        }
        let text = fs::read_to_string(&path).expect("text");
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        let mut rows = lines.split_off(1);
        random.shuffle(&mut rows);
        lines.extend(rows);
        fs::write(&path, lines.join("\n") + "\n").expect("a table");
    }
}

#[test]
fn rows_in_another_order_and_more_threads_give_the_same_bytes() {
    let mut plans = 0;
    for seed in seeds(20, 300) {
        let folder = tempfile::tempdir().expect("a folder");
        write_random_instance(seed, folder.path());
        for engine in [EngineKind::ColumnGeneration, EngineKind::ProRata] {
            let before = plan(folder.path(), engine, 1);
            shuffle(folder.path(), &mut Random::new(seed ^ 0xABCD));
            let after = plan(folder.path(), engine, 2);
            let (before, after) = match (before, after) {
                (End::CutShort, _) | (_, End::CutShort) => continue,
                (End::Plan(before), End::Plan(after)) => (before, after),
                (before, after) => {
                    assert_eq!(before, after, "seed {seed}, {engine:?}");
                    continue;
                }
            };
            // the tables as they were given keep their order
            let differs =
                |name: &&String| *name != "inputs.json" && before.get(*name) != after.get(*name);
            let names: Vec<&String> = (before.keys().chain(after.keys()))
                .filter(differs)
                .collect();
            assert!(names.is_empty(), "seed {seed}, {engine:?}: {names:?}");
            plans += 1;
        }
    }
    println!("{plans} plans are the same");
    assert!(plans > 0, "no plan at all");
}
