//! Two plans in folders, and what lies between them.

use std::path::{Path, PathBuf};

use railair::instance::{Instance, Tables, differences};
use railair::plan::difference::{Causes, at_prices_of, causes, moves};
use railair::plan::verify;
use railair::report::comparison::Summary;
use railair::report::difference::Difference;

use super::claim::{Claim, changed};
use super::exit::Failure;

/// What lies between the plans at `a` and `b`, whose summaries are given in this order. Where an
/// instance is no longer there, or another by now, it is said why causes and inputs are missing.
pub fn between(a: &Path, b: &Path, plans: &[Summary]) -> Result<Difference, Failure> {
    let sources = source(a).and_then(|first| Ok((first, source(b)?)));
    let (causes, inputs) = match &sources {
        Ok((first, second)) => (
            split(a, first, b, second, plans),
            Ok(differences(&first.tables, &second.tables)),
        ),
        Err(reason) => (Err(reason.clone()), Err(reason.clone())),
    };
    Ok(Difference {
        names: [plans[0].name.clone(), plans[1].name.clone()],
        currency: plans[0].currency.clone(),
        causes,
        moves: moves(a, b).map_err(|error| Failure::Unreadable(Box::new(error)))?,
        inputs,
    })
}

/// What a plan was made from.
struct Source {
    tables: Tables,
    instance: Instance,
}

fn source(plan: &Path) -> Result<Source, String> {
    let claim = Claim::read(plan);
    let path: PathBuf = claim
        .instance
        .clone()
        .ok_or_else(|| format!("{} does not say which instance it plans", plan.display()))?;
    let (tables, loaded) = Tables::read(&path, claim.scenario.as_deref());
    let Ok((instance, _)) = loaded.into_result() else {
        return Err(format!(
            "the instance of {} cannot be read: railair check {}",
            plan.display(),
            path.display()
        ));
    };
    let mut changes = claim.changes(plan, &tables);
    // another scenario more or less is no change; a change of the plan's own shows in its cost
    changes.tables.retain(|table| table != "scenarios");
    if !changes.is_empty() {
        return Err(changed(plan, &path, &changes));
    }
    Ok(Source { tables, instance })
}

fn split(
    a: &Path,
    first: &Source,
    b: &Path,
    second: &Source,
    plans: &[Summary],
) -> Result<Causes, String> {
    let value = |plan: &Path, instance: &Instance| {
        verify::value(plan, instance).map_err(|error| {
            let plan = plan.display();
            format!("the cost of {plan} cannot be split: {error}; railair verify {plan}")
        })
    };
    let own = value(a, &first.instance)?;
    let repriced = value(a, &at_prices_of(&first.instance, &second.instance))?;
    let other = value(b, &second.instance)?;
    for (plan, valued, summary) in [(a, &own, &plans[0]), (b, &other, &plans[1])] {
        if valued.parts().total() != i128::from(summary.cost.0) {
            let plan = plan.display();
            return Err(format!(
                "the cost that {plan} states is not what its tables come to: railair verify {plan}"
            ));
        }
    }
    Ok(causes(&own, &repriced, &other))
}
