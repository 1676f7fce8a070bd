//! The instance that a plan's folder says it plans, and what has changed in it since.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use railair::instance::{Changes, Instance, KEPT, Tables};
use railair::plan::PlanError;
use railair::report::grid::{WARN, paint};

use super::exit::Failure;
use super::output;

/// The most of `run.json` that is read.
const MOST_BYTES: u64 = 64 << 20;
/// The most of the tables that a plan keeps.
const MOST_KEPT: u64 = 1 << 30;

/// What a plan was made from, as it is now.
pub struct Source {
    /// Where it is.
    pub path: PathBuf,
    /// Its tables, with the plan's scenario applied.
    pub tables: Tables,
    /// What they say.
    pub instance: Instance,
    /// What has changed since the plan was made.
    pub changes: Changes,
}

/// What a plan was made from: what is given, else what the plan names.
pub fn source(
    plan: &Path,
    given: Option<&Path>,
    scenario: Option<&str>,
) -> Result<Source, Failure> {
    let claim = Claim::read(plan);
    claim.check_ending(plan)?;
    let path = match given.map(Path::to_owned).or_else(|| claim.instance.clone()) {
        Some(path) => path,
        None => return Err(Failure::Usage(claim.says_nothing(plan))),
    };
    let scenario = scenario.or(claim.scenario.as_deref());
    let (tables, loaded) = Tables::read(&path, scenario);
    let (instance, _) = loaded.into_result().map_err(PlanError::Instance)?;
    Ok(Source {
        changes: claim.changes(plan, &tables),
        path,
        tables,
        instance,
    })
}

/// Says on stderr what has changed in an instance since a plan was made, where something has.
pub fn warn_changed(plan: &Path, source: &Source) {
    if !source.changes.is_empty() {
        let words = changed(plan, &source.path, &source.changes);
        output::tell(&(paint(&words, WARN) + "\n"));
    }
}

/// That an instance is no longer what a plan was made from, and where.
pub fn changed(plan: &Path, instance: &Path, changes: &Changes) -> String {
    format!(
        "{} is not what {} was made from: changed since are {}",
        instance.display(),
        plan.display(),
        changes.in_words()
    )
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
    inputs: BTreeMap<String, String>,
    /// Whether it is there.
    is_there: bool,
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
            is_there: true,
            damaged: None,
        }
    }

    /// What has changed in an instance since the plan was made. A plan made by hand says nothing of
    /// what it was made from.
    pub fn changes(&self, plan: &Path, now: &Tables) -> Changes {
        if !self.is_there {
            return Changes::default();
        }
        let kept = railair::files::read(&plan.join(KEPT), MOST_KEPT).ok();
        let kept = kept.and_then(|bytes| Tables::kept(&String::from_utf8_lossy(&bytes)));
        Changes::since(&self.inputs, kept.as_ref(), now)
    }

    /// Refuses a folder in which a search has left only how it ended.
    pub fn check_ending(&self, plan: &Path) -> Result<(), Failure> {
        let Some(ending) = (self.ending.as_ref()).filter(|ending| *ending != "found") else {
            return Ok(());
        };
        let (plan, ending) = (plan.display(), ending.replace('_', " "));
        Err(Failure::Usage(format!(
            "{plan} holds no plan: the search for it ended as \"{ending}\"; run.json and \
             conflict.csv there say why"
        )))
    }

    /// Where a plan does not say what it plans.
    pub fn says_nothing(&self, plan: &Path) -> String {
        let plan = plan.display();
        match &self.damaged {
            Some(why) => {
                format!("{plan}: run.json is damaged ({why}): name the instance with --instance")
            }
            None => format!("{plan} does not say which instance it plans: name it with --instance"),
        }
    }
}
