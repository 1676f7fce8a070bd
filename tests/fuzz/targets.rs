//! What is fuzzed: each takes any bytes, and neither panics nor hangs.
//!
//! Several files in one input are told apart by lines `== NAME`, and a first line that begins with
//! `@` names a scenario.

use std::fs;
use std::path::Path;
use std::time::Duration;

use railair::engine::{self, EngineKind, Options};
use railair::instance::{Instance, load};
use railair::plan::verify::{self, verify};
use railair::report::{Destination, write_plan};
use railair::{PlanError, program::flow_format};
use tempfile::TempDir;

/// A folder in memory where there is one.
fn folder() -> TempDir {
    let memory = Path::new("/dev/shm");
    let made = match memory.is_dir() {
        true => tempfile::tempdir_in(memory),
        false => tempfile::tempdir(),
    };
    made.expect("a folder to work in")
}

/// The files of an input and its scenario.
fn files(data: &[u8]) -> (Option<String>, Vec<(String, Vec<u8>)>) {
    let mut scenario = None;
    let mut files: Vec<(String, Vec<u8>)> = Vec::new();
    for line in data.split_inclusive(|&byte| byte == b'\n') {
        match (line.strip_prefix(b"== "), files.last_mut()) {
            (Some(name), _) => {
                let name = String::from_utf8_lossy(name).trim().to_owned();
                let plain = name
                    .bytes()
                    .all(|b| b.is_ascii_lowercase() || b == b'_' || b == b'.');
                files.push((
                    if plain && !name.starts_with('.') {
                        name
                    } else {
                        "x".to_owned()
                    },
                    Vec::new(),
                ));
            }
            (None, Some((_, text))) => text.extend(line),
            (None, None) => {
                let name = line.strip_prefix(b"@").map(String::from_utf8_lossy);
                scenario = name.map(|name| name.trim().to_owned());
            }
        }
    }
    (scenario, files)
}

fn write(folder: &Path, files: &[(String, Vec<u8>)], end: &str) {
    for (name, text) in files.iter().filter(|(name, _)| !name.is_empty()) {
        fs::write(folder.join(format!("{name}{end}")), text).expect("a file in memory");
    }
}

/// Reading and checking the tables of an instance.
pub fn tables(data: &[u8]) {
    let home = folder();
    let (scenario, files) = files(data);
    write(home.path(), &files, ".csv");
    let loaded = load(home.path(), scenario.as_deref());
    assert_eq!(loaded.instance.is_some(), loaded.findings.errors() == 0);
    let _ = loaded.findings.to_string();
}

/// Whether an instance is small enough to plan hundreds of in a second.
fn is_tiny(instance: &Instance) -> bool {
    let hours = |product: &railair::instance::Product| (product.promise + product.max_late).0 / 60;
    let runs: usize = instance
        .services
        .iter()
        .map(|service| service.legs.len())
        .sum();
    instance.settings.weeks <= 2
        && instance.demands.len() <= 12
        && runs <= 12
        && instance.products.iter().map(hours).max() <= Some(1_000)
        && instance.handling.len() <= 8
        && instance.limits.len() <= 6
}

/// From tables to a written plan that verifies, by both engines and a baseline.
pub fn solve(data: &[u8]) {
    let home = folder();
    let (scenario, files) = files(data);
    let source = home.path().join("instance");
    fs::create_dir(&source).expect("a folder");
    write(&source, &files, ".csv");
    let loaded = railair::check(&source, scenario.as_deref());
    let Some(instance) = loaded.instance.filter(is_tiny) else {
        return;
    };
    let prepared = railair::prepare(&source, scenario.as_deref());
    let Ok(prepared) = prepared else { return };
    let mut costs = Vec::new();
    let engines = [EngineKind::ColumnGeneration, EngineKind::ProRata];
    // the slow engine on the smallest networks only
    let small = prepared.formulation.program.arcs() < 300;
    for engine in engines
        .into_iter()
        .chain(small.then_some(EngineKind::Direct))
    {
        let options = Options {
            engine,
            threads: Some(1),
            time_limit: Some(Duration::from_secs(10)),
            ..Options::default()
        };
        let plan = match prepared.solve(&options) {
            Ok(plan) => plan,
            Err(
                PlanError::Infeasible { .. }
                | PlanError::InfeasibleWhole { .. }
                | PlanError::NoWholePlan { .. }
                | PlanError::NoPlanYet,
            ) => continue,
            Err(error) => panic!("{engine:?}: {error:?}"),
        };
        let target = home.path().join(format!("{engine:?}"));
        let destination = Destination::prepare(&target).expect("a place for a plan");
        write_plan(&plan, &destination).expect("a plan that can be written");
        let found = verify(&target, &instance, &verify::Options::default());
        let found = found.expect("a plan that can be read");
        assert!(found.holds, "{engine:?}: {:#?}", found.failures);
        costs.push((engine, plan.run.cost, plan.run.bound));
    }
    for (engine, _, bound) in &costs {
        for (other, cost, _) in &costs {
            assert!(
                bound.is_none_or(|bound| bound <= *cost),
                "{engine:?} proves more than {other:?} costs"
            );
        }
    }
}

/// Public multicommodity-flow problems.
pub fn flows(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let Ok(problem) = flow_format::read(text) else {
        return;
    };
    let program = problem.program;
    if program.validate().is_err() || program.network.nodes > 60 || program.releases.len() > 60 {
        return;
    }
    let options = Options {
        threads: Some(1),
        time_limit: Some(Duration::from_secs(10)),
        ..Options::default()
    };
    let _ = engine::solve(&program, &options);
}

/// The instance whose plans are read.
const INSTANCE: &str = include_str!("corpus/solve/dated");

/// Tables of a plan, and its `run.json`, checked against a fixed instance.
pub fn plan(data: &[u8]) {
    use std::sync::OnceLock;
    static INSTANCE_READ: OnceLock<Instance> = OnceLock::new();
    let instance = INSTANCE_READ.get_or_init(|| {
        let home = folder();
        write(home.path(), &files(INSTANCE.as_bytes()).1, ".csv");
        load(home.path(), None)
            .instance
            .expect("a correct instance")
    });
    let home = folder();
    write(home.path(), &files(data).1, "");
    if let Ok(found) = verify(home.path(), instance, &verify::Options::default()) {
        assert_eq!(found.holds, found.failures.is_empty());
    }
}
