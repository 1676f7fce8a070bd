//! `railair compare`

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use railair::engine::Options;
use railair::report::Destination;
use railair::report::comparison::{self, Summary};
use railair::report::difference::Difference;
use railair::report::grid::{FAINT, paint};
use railair::report::html::{self, PAGE};
use railair::report::json::Json;

use super::arguments::Compare;
use super::choices::{ComparisonTable, Engine, Format};
use super::exit::Failure;
use super::{difference, output, own_check, progress, report};

/// Policies that are compared when none are named: the proven plan first, then planners' habits.
const POLICIES: [Engine; 4] = [
    Engine::ColumnGeneration,
    Engine::CheapestFirst,
    Engine::FastestFirst,
    Engine::ProRata,
];

/// How many times as much time one that proves has as one that does not.
const PROVING: u32 = 6;

/// Compares policies on one instance, or plans.
pub fn run(arguments: &Compare) -> Result<(), Failure> {
    let plans: Vec<bool> = arguments
        .subjects
        .iter()
        .map(|path| is_plan(path))
        .collect();
    let summaries = match &arguments.subjects[..] {
        [instance] if !plans[0] => policies(instance, arguments)?,
        [_] => {
            return Err(Failure::Usage(
                "compare takes one instance, or two and more plans: name another plan".to_owned(),
            ));
        }
        folders => match plans.iter().position(|is_plan| !is_plan) {
            None => written(folders, arguments)?,
            Some(stranger) => {
                return Err(Failure::Usage(format!(
                    "{} is not a plan of railair: compare takes one instance, or two and more plans",
                    folders[stranger].display()
                )));
            }
        },
    };
    if let Some(path) = &arguments.report {
        draw(
            (path, arguments.insist.force),
            &arguments.subjects,
            &summaries,
        )?;
    }
    let difference = match &arguments.subjects[..] {
        [a, b] => Some(difference::between(a, b, &summaries)?),
        _ => None,
    };
    print(arguments, &summaries, difference.as_ref())
}

/// Draws the differences between two plans.
fn draw(
    (path, force): (&Path, bool),
    folders: &[PathBuf],
    summaries: &[Summary],
) -> Result<(), Failure> {
    let ([a, b], [first, second]) = (folders, summaries) else {
        return Err(Failure::Usage(
            "--report draws the differences between two plans: name two folders".to_owned(),
        ));
    };
    let destination = Destination::file(path, PAGE, force)?;
    let drawn = |plan| report::read(plan, None, None);
    let [(one, first_source), (two, second_source)] = [drawn(a)?, drawn(b)?];
    let plans = [
        (&one, &first_source.instance),
        (&two, &second_source.instance),
    ];
    let page =
        html::difference(plans, &[first.clone(), second.clone()]).map_err(report::unreadable)?;
    report::write_page(&destination, &page)
}

fn is_plan(path: &Path) -> bool {
    railair::report::has_marker(path)
}

fn policies(instance: &Path, arguments: &Compare) -> Result<Vec<Summary>, Failure> {
    let begun = Instant::now();
    let prepared = railair::prepare(instance, arguments.scenario.as_deref())?;
    let making_ready = begun.elapsed();
    let policies = match &arguments.policies[..] {
        [] => &POLICIES[..],
        some => some,
    };
    let mut options = Options::default();
    progress::stop_on_ctrl_c(&options.interrupt);
    progress::watch(&mut options, false);
    // habits need little of the time that is shared: most, and what they leave, is for those that prove
    let mut order: Vec<usize> = (0..policies.len()).collect();
    order.sort_by_key(|&at| policies[at].kind().proves());
    let part = |at: usize| {
        if policies[at].kind().proves() {
            PROVING
        } else {
            1
        }
    };
    let mut parts: u32 = order.iter().map(|&at| part(at)).sum();
    let mut summaries = vec![None; policies.len()];
    for at in order {
        options.engine = policies[at].kind();
        let limit = arguments.time_limit;
        let share = limit
            .map(|limit| limit.saturating_sub(begun.elapsed()) * part(at) / parts + making_ready);
        parts -= part(at);
        let plan = prepared.solve(&options.within(share).searching(making_ready));
        progress::done();
        let plan = plan?;
        own_check::stands_up(&prepared.instance, &plan)?;
        summaries[at] = Some(Summary::of_engine(&plan.run));
    }
    Ok(summaries.into_iter().flatten().collect())
}

fn written(folders: &[PathBuf], arguments: &Compare) -> Result<Vec<Summary>, Failure> {
    if arguments.scenario.is_some() || !arguments.policies.is_empty() {
        return Err(Failure::Usage(
            "--scenario and --policy go with an instance, not with plans".to_owned(),
        ));
    }
    let mut summaries = Vec::new();
    for folder in folders {
        let path = folder.join("run.json");
        let text = fs::read_to_string(&path).map_err(|source| Failure::File {
            what: format!("read {}", path.display()),
            source,
        })?;
        let summary = Summary::parse(folder.display().to_string(), &text).map_err(|wrong| {
            Failure::Usage(format!("{} cannot be compared: {wrong}", path.display()))
        })?;
        summaries.push(summary);
    }
    let currency = &summaries[0].currency;
    if let Some(other) = summaries.iter().find(|plan| plan.currency != *currency) {
        return Err(Failure::Usage(format!(
            "{} is in {}, {} in {currency}: their costs cannot be compared",
            other.name, other.currency, summaries[0].name
        )));
    }
    Ok(summaries)
}

fn print(
    arguments: &Compare,
    plans: &[Summary],
    difference: Option<&Difference>,
) -> Result<(), Failure> {
    match arguments.format {
        Format::Text => {
            let note = comparison::NOTE;
            let difference = difference.map_or(String::new(), Difference::text);
            output::print(&format!(
                "{}{}\n{difference}",
                comparison::text(plans),
                paint(note, FAINT)
            ))
        }
        Format::Json => {
            let mut json = comparison::json(plans);
            if let (Json::Object(pairs), Some(difference)) = (&mut json, difference) {
                pairs.extend(difference.json());
            }
            output::print(&json.pretty())
        }
        Format::Csv if arguments.table == ComparisonTable::Figures => {
            output::stream(|out| comparison::csv(plans, out))
        }
        Format::Csv => {
            let difference = difference.ok_or_else(|| {
                Failure::Usage("that table is of two plans: name two folders".to_owned())
            })?;
            let table = arguments.table;
            if table == ComparisonTable::Causes {
                said(difference.causes.as_ref().err())?;
            } else if table == ComparisonTable::Inputs {
                said(difference.inputs.as_ref().err())?;
            }
            output::stream(|out| match table {
                ComparisonTable::Causes => difference.write_causes(out),
                ComparisonTable::Inputs => difference.write_inputs(out),
                _ => difference.write_moves(out),
            })
        }
    }
}

/// What is missing is no empty table.
fn said(reason: Option<&String>) -> Result<(), Failure> {
    reason.map_or(Ok(()), |reason| Err(Failure::Usage(reason.clone())))
}
