//! `railair solve`

use std::io::{self, Write};
use std::time::Instant;

use clap::ValueEnum;
use clap::builder::PossibleValue;
use railair::engine::{Options, Stop};
use railair::plan::what_if::{self, Ranges, WhatIf};
use railair::plan::{Plan, Run};
use railair::report::comparison::Summary;
use railair::report::csv::Dialect;
use railair::report::ending::Ending;
use railair::report::grid::{FAINT, WARN, paint};
use railair::report::tables::{Row, Visit, visit_all};
use railair::report::{self, Destination, Files, people};
use railair::{PlanError, Prepared};

use super::arguments::Solve;
use super::choices::{Engine, Format};
use super::exit::{ABOVE_GAP, Failure, INFEASIBLE};
use super::{conflict, output, own_check, progress};

/// Finds a plan, writes its tables and shows it.
pub fn run(arguments: &Solve) -> Result<(), Failure> {
    // Before the long run, so that a bad path fails at once.
    let destination = match &arguments.out {
        Some(folder) => Some(Destination::plan(folder, arguments.insist.force)?),
        None => None,
    };
    let repair = match &arguments.repair {
        Some(file) => Some(Destination::file(
            file,
            conflict::REPAIR,
            arguments.insist.force,
        )?),
        None => None,
    };
    let mut options = arguments.search.options();
    progress::stop_on_ctrl_c(&options.interrupt);
    progress::watch(&mut options, arguments.quiet);
    let begun = Instant::now();
    let source = &arguments.source;
    let prepared = railair::prepare(&source.instance, source.scenario.as_deref())?;
    let options = options.searching(begun.elapsed());
    let begun = Instant::now();
    let plan = prepared.solve(&options);
    progress::done();
    let mut plan = match plan {
        Err(error) => {
            return without_plan(arguments, &prepared, (destination, repair), &options, error);
        }
        Ok(plan) => plan,
    };
    if !plan.run.feasible {
        return Err(Failure::ByHand);
    }
    let ranges = match arguments.ranges {
        true => {
            let left = options.after(begun.elapsed());
            find_ranges(&prepared, &left, &mut plan, arguments.quiet)?
        }
        false => None,
    };
    let dialect = arguments.csv_dialect.dialect();
    let out = destination.as_ref().map(Destination::path);
    let rendered = own_check::files(&prepared.instance, &plan, dialect, out)?;
    if let Some(destination) = &destination {
        let compared = match arguments.compare {
            true => by_hand(&prepared, &plan, &options)?,
            false => Vec::new(),
        };
        let files = Files {
            dialect,
            workbook: arguments.xlsx,
            compared: &compared,
        };
        let draw = |folder: &_| match arguments.report {
            true => super::report::draw_into(folder, &prepared.instance),
            false => Ok(()),
        };
        report::write_rendered((&plan, &rendered), destination, &files, draw)?;
    }
    if !arguments.quiet {
        print(arguments, &plan, ranges.as_ref())?;
        let warnings = prepared.findings.warnings();
        if warnings > 0 {
            warn(warnings, arguments);
        }
    }
    judge(&plan.run)
}

/// Says why there is no plan, and writes that where no older plan stands.
fn without_plan(
    arguments: &Solve,
    prepared: &Prepared,
    (destination, repair): (Option<Destination>, Option<Destination>),
    options: &Options,
    error: PlanError,
) -> Result<(), Failure> {
    let conflict = match &error {
        PlanError::Infeasible { .. } | PlanError::InfeasibleWhole { .. } => {
            let to = repair.as_ref();
            conflict::tell(prepared, options, &error, to, arguments.quiet)?
        }
        _ => None,
    };
    let ending = Ending {
        error: &error,
        conflict: conflict.as_ref(),
    };
    let is_free = |destination: &Destination| !destination.holds_plan();
    if let Some(destination) = destination.filter(is_free)
        && ending.name().is_some()
    {
        let files = ending.files(prepared);
        destination.write(|folder| report::write_into(folder, &files))?;
    }
    match error {
        PlanError::Infeasible { .. } | PlanError::InfeasibleWhole { .. } => {
            Err(Failure::Said(INFEASIBLE))
        }
        other => Err(other.into()),
    }
}

/// Finds the range of every price and fills it into the plan's tables. Whatever keeps it from that,
/// the plan is there, and is not lost for it.
fn find_ranges(
    prepared: &Prepared,
    options: &Options,
    plan: &mut Plan,
    quiet: bool,
) -> Result<Option<Ranges>, Failure> {
    let work = progress::Work::in_parts("ranges of prices", quiet);
    let options = Options {
        progress: None,
        ..options.clone()
    };
    let what_if = match WhatIf::new(prepared, &what_if::bought(plan), &options) {
        Ok(what_if) => what_if.apart_from(plan.run.totals.tail_cost),
        Err(error) => {
            drop(work);
            let words = format!("no range was asked for: {error}");
            output::tell(&(paint(&words, WARN) + "\n"));
            return Ok(None);
        }
    };
    let ranges = Ranges::find(&what_if, &|all, done| work.part(all, done));
    ranges.fill(&what_if, plan);
    Ok(Some(ranges))
}

/// The plan, and what planners' habits make of the same instance.
fn by_hand(prepared: &Prepared, plan: &Plan, options: &Options) -> Result<Vec<Summary>, Failure> {
    let mut summaries = vec![Summary::of_engine(&plan.run)];
    for habit in [Engine::CheapestFirst, Engine::FastestFirst, Engine::ProRata] {
        let options = Options {
            engine: habit.kind(),
            ..options.clone()
        };
        let plan = prepared.solve(&options)?;
        own_check::stands_up(&prepared.instance, &plan)?;
        summaries.push(Summary::of_engine(&plan.run));
    }
    Ok(summaries)
}

fn print(arguments: &Solve, plan: &Plan, ranges: Option<&Ranges>) -> Result<(), Failure> {
    match arguments.format {
        Format::Text => {
            let next =
                ranges.map(|ranges| report::next_purchases::list(ranges, &plan.run.currency));
            let text = report::terminal::plan(plan) + &next.unwrap_or_default();
            output::print(&(text + &closing(arguments)))
        }
        Format::Json => output::print(&report::json::plan(plan).pretty()),
        Format::Csv => output::stream(|out| print_table(plan, arguments, out)),
    }
}

/// Where the tables are, or how to get them.
fn closing(arguments: &Solve) -> String {
    let words = match &arguments.out {
        Some(folder) => format!("Tables written to {}.", folder.display()),
        None => format!(
            "Nothing written. To write the tables: railair solve {} --out plan",
            arguments.source.instance.display()
        ),
    };
    format!("\n{}\n", paint(&words, FAINT))
}

fn warn(warnings: usize, arguments: &Solve) {
    let words = format!(
        "{}: railair check {}",
        people::count(warnings as i64, "warning", "warnings"),
        arguments.source.instance.display()
    );
    output::tell(&(paint(&words, WARN) + "\n"));
}

fn print_table(plan: &Plan, arguments: &Solve, out: &mut dyn Write) -> io::Result<()> {
    struct Chosen<'a> {
        name: &'a str,
        dialect: Dialect,
        out: &'a mut dyn Write,
    }
    impl Visit for Chosen<'_> {
        type Error = io::Error;
        fn table<R: Row>(&mut self, name: &'static str, rows: &[R]) -> io::Result<()> {
            if name == self.name {
                report::csv::write_as(rows, self.dialect, &mut *self.out)?;
            }
            Ok(())
        }
    }
    let dialect = arguments.csv_dialect.dialect();
    let name = arguments.table.to_possible_value();
    let name = name.as_ref().map_or("", PossibleValue::get_name);
    visit_all(plan, &mut Chosen { name, dialect, out })
}

/// The exit code of a plan.
fn judge(run: &Run) -> Result<(), Failure> {
    match run.stop {
        Stop::TimeLimit | Stop::Interrupted | Stop::Numerical if run.is_above_gap() => {
            Err(Failure::Said(ABOVE_GAP))
        }
        _ => Ok(()),
    }
}
