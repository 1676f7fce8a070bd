//! Every engine's plan of a random instance verifies.

use std::path::Path;

use railair::engine::{EngineKind, Options};
use railair::instance::Instance;
use railair::plan::verify::{self, Verification, verify};
use railair::plan::{PlanError, Prepared, prepare};
use railair::report::{Destination, write_plan};
use tempfile::TempDir;

use crate::seeds::seeds;

const ENGINES: [EngineKind; 5] = [
    EngineKind::ColumnGeneration,
    EngineKind::Direct,
    EngineKind::CheapestFirst,
    EngineKind::FastestFirst,
    EngineKind::ProRata,
];

pub fn prepared(seed: u64) -> (Prepared, TempDir) {
    let folder = tempfile::tempdir().expect("a folder");
    let shape = crate::generator::write_random_instance(seed, folder.path());
    let prepared = prepare(folder.path(), None);
    (
        prepared.unwrap_or_else(|error| panic!("seed {seed}, {shape:?}: {error:#?}")),
        folder,
    )
}

/// Solves and writes the plan; `None` where the engine finds none that holds hard limits.
pub fn written(prepared: &Prepared, engine: EngineKind, folder: &Path) -> Option<()> {
    let options = Options {
        engine,
        threads: Some(1),
        ..Options::default()
    };
    let plan = match prepared.solve(&options) {
        Ok(plan) => plan,
        Err(PlanError::Infeasible { .. } | PlanError::InfeasibleWhole { .. }) => return None,
        Err(error) => panic!("{engine:?}: {error:?}"),
    };
    let destination = Destination::prepare(folder).expect("a place for a plan");
    write_plan(&plan, &destination).expect("a plan that can be written");
    Some(())
}

pub fn checked(folder: &Path, instance: &Instance) -> Result<Verification, String> {
    let options = verify::Options::default();
    verify(folder, instance, &options).map_err(|error| error.to_string())
}

#[test]
fn every_engines_plan_verifies() {
    let mut verified = 0;
    let mut wrong = Vec::new();
    for seed in seeds(12, 300) {
        let (prepared, _instance) = prepared(seed);
        for engine in ENGINES {
            let home = tempfile::tempdir().expect("a folder");
            let folder = home.path().join("plan");
            if written(&prepared, engine, &folder).is_none() {
                continue;
            }
            let found = checked(&folder, &prepared.instance).expect("a plan");
            if !found.holds {
                let first = found.failures.iter().take(3);
                let said: Vec<String> = first
                    .map(|f| format!("{} {:?} {}: {}", f.table, f.row, f.key, f.message))
                    .collect();
                wrong.push(format!("seed {seed}, {engine:?}: {said:#?}"));
            }
            verified += 1;
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(verified > 0, "no plan at all");
    println!("{verified} plans verified");
}
