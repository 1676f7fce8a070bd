//! `railair solve`

use std::io::{self, Write};

use railair::engine::Stop;
use railair::plan::{Plan, Run};
use railair::report::grid::{FAINT, WARN, paint};
use railair::report::tables::{Row, Visit, visit};
use railair::report::{self, Destination, people};

use super::arguments::{Format, Solve, TableName};
use super::exit::{ABOVE_GAP, Failure, INFEASIBLE};
use super::{output, progress};

/// Finds a plan, writes its tables and shows it.
pub fn run(arguments: &Solve) -> Result<(), Failure> {
    // Before the long run, so that a bad path fails at once.
    let destination = match &arguments.out {
        Some(folder) => Some(Destination::prepare(folder)?),
        None => None,
    };
    let mut options = arguments.search.options();
    progress::stop_on_ctrl_c(&options.interrupt);
    progress::watch(&mut options, arguments.quiet);
    let source = &arguments.source;
    let prepared = railair::prepare(&source.instance, source.scenario.as_deref())?;
    let plan = prepared.solve(&options);
    progress::done();
    let plan = plan?;
    if let Some(destination) = &destination {
        report::write_plan_with(&plan, destination, |folder| match arguments.report {
            true => super::report::draw_into(folder, &prepared.instance),
            false => Ok(()),
        })?;
    }
    if !arguments.quiet {
        print(arguments, &plan)?;
        let warnings = prepared.findings.warnings();
        if warnings > 0 {
            warn(warnings, arguments)?;
        }
    }
    judge(&plan.run)
}

fn print(arguments: &Solve, plan: &Plan) -> Result<(), Failure> {
    match arguments.format {
        Format::Text => output::print(&(report::terminal::plan(plan) + &closing(arguments))),
        Format::Json => output::print(&report::json::plan(plan).pretty()),
        Format::Csv => output::stream(|out| print_table(plan, arguments.table, out)),
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

fn warn(warnings: usize, arguments: &Solve) -> Result<(), Failure> {
    let words = format!(
        "{}: railair check {}",
        people::count(warnings as i64, "warning", "warnings"),
        arguments.source.instance.display()
    );
    writeln!(anstream::stderr(), "{}", paint(&words, WARN)).map_err(Failure::Output)
}

fn print_table(plan: &Plan, table: TableName, out: &mut dyn Write) -> io::Result<()> {
    struct Chosen<'a> {
        name: &'static str,
        out: &'a mut dyn Write,
    }
    impl Visit for Chosen<'_> {
        type Error = io::Error;
        fn table<R: Row>(&mut self, name: &'static str, rows: &[R]) -> io::Result<()> {
            if name == self.name {
                report::csv::write(rows, &mut *self.out)?;
            }
            Ok(())
        }
    }
    let name = match table {
        TableName::Allocation => "allocation",
        TableName::Departures => "departures",
        TableName::Handling => "handling",
        TableName::Demand => "demand",
        TableName::Limits => "limits",
        TableName::Purchases => "purchases",
        TableName::Prices => "prices",
    };
    visit(plan, &mut Chosen { name, out })
}

/// The exit code of a plan.
fn judge(run: &Run) -> Result<(), Failure> {
    if !run.feasible {
        return Err(Failure::Said(INFEASIBLE));
    }
    match run.stop {
        Stop::TimeLimit | Stop::Interrupted | Stop::Numerical if run.is_above_gap() => {
            Err(Failure::Said(ABOVE_GAP))
        }
        _ => Ok(()),
    }
}
