//! The command line: one file per command.

mod arguments;
mod check;
mod choices;
mod claim;
mod compare;
mod conflict;
mod convert;
mod difference;
mod exit;
mod explain;
mod export;
mod findings;
mod generate;
mod graph;
mod init;
mod manual;
mod output;
mod own_check;
mod progress;
mod report;
mod solve;
mod sweep;
mod sweep_arguments;
mod verify;

use std::process::ExitCode;

use clap::Parser;

use arguments::{Cli, Command};

/// Parses the command line, runs the command and gives the exit code.
pub fn run() -> ExitCode {
    let result = match Cli::parse().command {
        Command::Solve(arguments) => solve::run(&arguments),
        Command::Check(arguments) => check::run(&arguments),
        Command::Init(arguments) => init::run(&arguments),
        Command::Compare(arguments) => compare::run(&arguments),
        Command::Sweep(arguments) => sweep::run(&arguments),
        Command::Graph(arguments) => graph::run(&arguments),
        Command::Export(arguments) => export::run(&arguments),
        Command::Explain(arguments) => explain::run(&arguments),
        Command::Verify(arguments) => verify::run(&arguments),
        Command::Report(arguments) => report::run(&arguments),
        Command::Generate(arguments) => generate::run(&arguments),
        Command::Convert(arguments) => convert::run(&arguments),
        Command::Completions(arguments) => manual::completions(&arguments),
        Command::Man => manual::man(),
    };
    exit::conclude(result)
}
