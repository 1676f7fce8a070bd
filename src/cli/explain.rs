//! `railair explain`

use std::time::{Duration, Instant};

use railair::engine::Options;
use railair::plan::explain::{self, Claim, ExplainError, Explanation, Question};
use railair::report;

use super::arguments::Explain;
use super::choices::TextOrJson;
use super::claim::changed;
use super::exit::{ABOVE_GAP, Failure};
use super::{output, progress};

/// An explanation takes no more than so many times what the plan took, unless a limit is given: the
/// questions worth most come first.
const TIMES: f64 = 3.0;
/// But this many seconds at least.
const AT_LEAST: f64 = 5.0;
/// What is kept back of that for what cannot be left out.
const KEPT: f64 = 0.9;

/// Explains a plan.
pub fn run(arguments: &Explain) -> Result<(), Failure> {
    let begun = Instant::now();
    let inputs = super::claim::Claim::read(&arguments.plan);
    inputs.check_ending(&arguments.plan)?;
    let claim = Claim::read(&arguments.plan).map_err(unreadable)?;
    let path = arguments
        .instance
        .as_ref()
        .or(claim.instance.as_ref())
        .ok_or_else(|| Failure::Usage(inputs.says_nothing(&arguments.plan)))?;
    let prepared = railair::prepare(path, claim.scenario.as_deref())?;
    let tables = prepared.tables.as_deref();
    let changes = tables.map(|tables| inputs.changes(&arguments.plan, tables));
    if let Some(changes) = changes.filter(|changes| !changes.is_empty()) {
        return Err(Failure::Usage(format!(
            "{}. Solve it again, or name the instance with --instance",
            changed(&arguments.plan, path, &changes)
        )));
    }
    let options = Options {
        time_limit: Some(limit(arguments, &claim).saturating_sub(begun.elapsed())),
        ..Options::default()
    };
    progress::stop_on_ctrl_c(&options.interrupt);
    let work = progress::Work::in_parts("solving again, question by question", false);
    let asked = question(arguments)?;
    let told = explain::explain(&prepared, &claim, &asked, &options, &|all, done| {
        work.part(all, done);
    });
    drop(work);
    let told = told.map_err(|error| match error {
        ExplainError::Ranging(error) => error.into(),
        ExplainError::Plan(error) => error.into(),
        other @ ExplainError::Unknown { .. } => Failure::Usage(other.to_string()),
        other @ ExplainError::Arc(_) => unreadable(other),
    })?;
    print(arguments, &told)?;
    judge(arguments, &told, options.interrupt.is_raised())
}

/// How long the explanation may take from the start.
fn limit(arguments: &Explain, claim: &Claim) -> Duration {
    let usual = KEPT * (TIMES * claim.seconds).max(AT_LEAST);
    let usual = || Duration::try_from_secs_f64(usual).unwrap_or(Duration::MAX);
    arguments.time_limit.unwrap_or_else(usual)
}

/// An explanation that was stopped, or in which a question failed, is partial, and so is the code.
/// What the usual limit leaves out is said, but is no failure.
fn judge(arguments: &Explain, told: &Explanation, interrupted: bool) -> Result<(), Failure> {
    let was_stopped = told.not_asked > 0 && (interrupted || arguments.time_limit.is_some());
    match was_stopped || told.least_cost.is_none() || !told.unanswered.is_empty() {
        true => Err(Failure::Said(ABOVE_GAP)),
        false => Ok(()),
    }
}

fn print(arguments: &Explain, told: &Explanation) -> Result<(), Failure> {
    match arguments.format {
        TextOrJson::Text => output::print(&report::explanation::text(told)),
        TextOrJson::Json => {
            let json = serde_json::to_string_pretty(told)
                .map_err(|error| Failure::Output(error.into()))?;
            output::print(&(json + "\n"))
        }
    }
}

fn unreadable(error: impl std::error::Error + Send + Sync + 'static) -> Failure {
    Failure::Unreadable(Box::new(error))
}

fn question(arguments: &Explain) -> Result<Question, Failure> {
    let demand = match &arguments.demand[..] {
        [] => None,
        [origin, product] => Some((origin.clone(), product.clone(), None)),
        [origin, product, destination] => {
            let destination = Some(destination.clone());
            Some((origin.clone(), product.clone(), destination))
        }
        _ => {
            return Err(Failure::Usage(
                "--demand takes ORIGIN PRODUCT or ORIGIN PRODUCT DESTINATION".to_owned(),
            ));
        }
    };
    Ok(Question {
        demand,
        service: arguments.service.clone(),
    })
}
