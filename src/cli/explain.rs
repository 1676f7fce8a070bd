//! `railair explain`

use railair::engine::Options;
use railair::plan::explain::{self, Claim, ExplainError, Question};
use railair::report;

use super::arguments::Explain;
use super::choices::TextOrJson;
use super::exit::Failure;
use super::{output, progress};

/// Explains a plan.
pub fn run(arguments: &Explain) -> Result<(), Failure> {
    let claim = Claim::read(&arguments.plan).map_err(unreadable)?;
    let path = arguments
        .instance
        .as_ref()
        .or(claim.instance.as_ref())
        .ok_or_else(|| {
            Failure::Usage(format!(
                "{} does not say which instance it plans: name it with --instance",
                arguments.plan.display()
            ))
        })?;
    let prepared = railair::prepare(path, claim.scenario.as_deref())?;
    let changed = claim.changed_inputs(&prepared.instance.hashes);
    if !changed.is_empty() {
        return Err(Failure::Usage(format!(
            "{} is not what {} was made from: {} changed since. Solve it again, or name the \
             instance with --instance",
            path.display(),
            arguments.plan.display(),
            changed.join(", ")
        )));
    }
    let options = Options::default();
    progress::stop_on_ctrl_c(&options.interrupt);
    let work = progress::Work::named("solving again, question by question", false);
    let told = explain::explain(&prepared, &claim, &question(arguments)?, &options);
    drop(work);
    let told = told.map_err(|error| match error {
        ExplainError::Ranging(error) => error.into(),
        ExplainError::Plan(error) => error.into(),
        other @ ExplainError::Unknown { .. } => Failure::Usage(other.to_string()),
        other @ ExplainError::Arc(_) => unreadable(other),
    })?;
    match arguments.format {
        TextOrJson::Text => output::print(&report::explanation::text(&told)),
        TextOrJson::Json => {
            let json = serde_json::to_string_pretty(&told)
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
