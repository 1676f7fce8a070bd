//! The instance that a plan's folder says it plans.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use railair::instance::Instance;
use railair::plan::PlanError;

use super::exit::Failure;

/// The most of `run.json` that is read.
const MOST_BYTES: u64 = 64 << 20;

/// The instance of a plan: the one that is given, else the one that the plan names.
pub fn instance(
    plan: &Path,
    given: Option<&Path>,
    scenario: Option<&str>,
) -> Result<Instance, Failure> {
    let claim = Claim::read(plan);
    if let Some(ending) = claim.ending.filter(|ending| ending != "found") {
        let (plan, ending) = (plan.display(), ending.replace('_', " "));
        return Err(Failure::Usage(format!(
            "{plan} holds no plan: the search for it ended as \"{ending}\"; run.json and \
             conflict.csv there say why"
        )));
    }
    let path = given.map(Path::to_owned).or(claim.instance);
    let path = path.ok_or_else(|| {
        let (plan, damaged) = (plan.display(), claim.damaged);
        Failure::Usage(match damaged {
            Some(why) => {
                format!("{plan}: run.json is damaged ({why}): name the instance with --instance")
            }
            None => format!("{plan} does not say which instance it plans: name it with --instance"),
        })
    })?;
    let scenario = scenario.map(str::to_owned).or(claim.scenario);
    let loaded = railair::instance::load(&path, scenario.as_deref());
    loaded
        .instance
        .ok_or_else(|| PlanError::Instance(loaded.findings).into())
}

/// What a plan says it plans.
#[derive(Default)]
pub struct Claim {
    /// Where the instance is.
    pub instance: Option<PathBuf>,
    /// Which scenario of it.
    pub scenario: Option<String>,
    /// How the search for it ended.
    ending: Option<String>,
    /// Tables and their hashes.
    pub inputs: BTreeMap<String, String>,
    /// Why `run.json` says nothing, where it is there and cannot be understood.
    damaged: Option<String>,
}

impl Claim {
    /// From `run.json`; nothing where there is none or it does not say.
    pub fn read(plan: &Path) -> Self {
        let Ok(bytes) = railair::files::read(&plan.join("run.json"), MOST_BYTES) else {
            return Self::default();
        };
        let run: serde_json::Value = match serde_json::from_slice(&bytes) {
            Ok(run) => run,
            Err(error) => {
                let damaged = Some(error.to_string());
                return Self {
                    damaged,
                    ..Self::default()
                };
            }
        };
        let words = |value: &serde_json::Value| value.as_str().map(str::to_owned);
        Self {
            instance: words(&run["this_run"]["instance_path"]).map(PathBuf::from),
            scenario: words(&run["scenario"]),
            ending: words(&run["status"]["ending"]),
            inputs: serde_json::from_value(run["inputs"].clone()).unwrap_or_default(),
            damaged: None,
        }
    }
}
