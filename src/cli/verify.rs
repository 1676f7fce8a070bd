//! `railair verify`

use std::fmt::Write as _;

use railair::plan::verify::{self, Proven, Verification};
use railair::report::grid::{BAD, BOLD, FAINT, GOOD, paint};
use railair::report::people::{self, count, whole};

use super::arguments::Verify;
use super::choices::TextOrJson;
use super::exit::{Failure, VERIFICATION};
use super::{claim, output};

/// Checks a plan against its instance.
pub fn run(arguments: &Verify) -> Result<(), Failure> {
    let source = claim::source(
        &arguments.plan,
        arguments.instance.as_deref(),
        arguments.scenario.as_deref(),
    )?;
    let options = verify::Options {
        by_hand: arguments.by_hand,
        now: Some(&source.tables),
        ..verify::Options::default()
    };
    let found = verify::verify(&arguments.plan, &source.instance, &options)
        .map_err(|error| Failure::Unreadable(Box::new(error)))?;
    match arguments.format {
        TextOrJson::Json => {
            let json = serde_json::to_string_pretty(&found)
                .map_err(|error| Failure::Output(error.into()))?;
            output::print(&(json + "\n"))?;
        }
        TextOrJson::Text => output::print(&text(&found))?,
    }
    match found.holds {
        true => Ok(()),
        false => Err(Failure::Said(VERIFICATION)),
    }
}

fn text(found: &Verification) -> String {
    let all: u64 = found.failure_counts.values().sum();
    let mut out = failures(found) + &verdict(found, all);
    for what in &found.unchecked {
        let _ = writeln!(out, "{}", paint(&format!("not checked: {what}"), FAINT));
    }
    out
}

/// What fails, one after the other.
pub fn failures(found: &Verification) -> String {
    let mut out = String::new();
    for failure in &found.failures {
        let row = failure
            .row
            .map_or(String::new(), |row| format!(" row {row}"));
        let column = failure
            .column
            .as_deref()
            .map_or(String::new(), |c| format!(", column {c}"));
        let place = format!("{}{row}{column}", failure.table);
        let _ = writeln!(out, "{} {}", paint(&place, BAD), paint(&failure.key, FAINT));
        let _ = writeln!(out, "  {}", failure.message);
        let difference = failure.difference.as_ref();
        if let Some(difference) = difference.filter(|text| !failure.message.contains(*text)) {
            let _ = writeln!(out, "  {}", paint(&format!("off by {difference}"), FAINT));
        }
    }
    let shown = found.failures.len() as u64;
    let all: u64 = found.failure_counts.values().sum();
    if all > shown {
        let _ = writeln!(out, "… and {} more", whole((all - shown) as i64));
    }
    out
}

fn verdict(found: &Verification, failures: u64) -> String {
    let headline = match found.holds {
        true => paint("The plan holds.", GOOD.bold()),
        false => {
            let words = format!(
                "{} in the plan.",
                count(failures as i64, "failure", "failures")
            );
            paint(&words, BAD.bold())
        }
    };
    let proof = match &found.proven {
        Proven::Nothing => "nothing is proven about the least cost".to_owned(),
        Proven::Bound { bound, gap } => {
            let gap = gap.parse::<f64>().unwrap_or(f64::NAN);
            let trillionths = (gap * 1e12).round() as i128;
            format!(
                "no plan costs less than {bound}: {}",
                match trillionths {
                    0 => "it is the least".to_owned(),
                    some => format!("proven {} of the least", people::gap(some)),
                }
            )
        }
    };
    let hand = if found.by_hand { "made by hand, " } else { "" };
    format!(
        "{headline}\n{BOLD}{hand}{} parcels: {} on time, {} late, {} left behind{BOLD:#}\n\
         worked out again it costs {} {}; {proof}\n",
        whole(found.parcels),
        whole(found.on_time),
        whole(found.late),
        whole(found.unserved),
        found.currency,
        found.cost
    )
}
