//! `railair check`

use railair::report::people::{count, whole};

use super::arguments::Check;
use super::choices::TextOrJson;
use super::exit::{Failure, INSTANCE};
use super::{findings, output};

/// Reads and checks an instance and says everything that was found.
pub fn run(arguments: &Check) -> Result<(), Failure> {
    let source = &arguments.source;
    let loaded = railair::check(&source.instance, source.scenario.as_deref());
    match arguments.format {
        TextOrJson::Json => {
            let json = serde_json::to_string_pretty(&loaded.findings)
                .map_err(|error| Failure::Output(error.into()))?;
            output::print(&(json + "\n"))?;
        }
        TextOrJson::Text => {
            let mut text = Vec::new();
            findings::say(&mut text, &loaded.findings).map_err(Failure::Output)?;
            if let Some(instance) = &loaded.instance {
                text.extend(in_a_sentence(instance).bytes());
            }
            output::print(&String::from_utf8_lossy(&text))?;
        }
    }
    match loaded.instance {
        Some(_) => Ok(()),
        None => Err(Failure::Said(INSTANCE)),
    }
}

fn in_a_sentence(instance: &railair::instance::Instance) -> String {
    let parcels: i64 = instance.demands.iter().map(|demand| demand.parcels.0).sum();
    let many = |number: usize, one, many| count(number as i64, one, many);
    let scenarios = match &instance.scenarios[..] {
        [] => String::new(),
        some => {
            let list = format!("scenarios: {}", some.join(", "));
            railair::report::terminal::paragraph(&list, railair::report::grid::FAINT)
        }
    };
    format!(
        "{}: {} parcels in {}, {}, {}, {}.\n{scenarios}",
        instance.settings.name,
        whole(parcels),
        many(instance.demands.len(), "demand", "demands"),
        many(instance.services.len(), "service", "services"),
        many(instance.places.len(), "place", "places"),
        many(instance.handling.len(), "handling step", "handling steps"),
    )
}
