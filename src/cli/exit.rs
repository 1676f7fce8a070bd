//! How a command ends: exit codes, and what stderr says.

use std::error::Error;
use std::io::{self, Write};
use std::process::ExitCode;

/// Done.
pub const DONE: u8 = 0;
/// Something inside railair went wrong.
pub const INTERNAL: u8 = 1;
/// The command line, a file or a folder cannot be used.
pub const USAGE: u8 = 2;
/// The instance has errors.
pub const INSTANCE: u8 = 3;
/// Hard limits cannot all hold.
pub const INFEASIBLE: u8 = 4;
/// A plan fails verification.
pub const VERIFICATION: u8 = 5;
/// Stopped with a plan above the requested gap, or with part of an explanation.
pub const ABOVE_GAP: u8 = 6;

/// No plan in whole parcels was found in time.
pub const NO_PLAN: u8 = 7;

/// Why a command did not end in [`DONE`].
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// What was typed makes no sense together.
    #[error("{0}")]
    Usage(String),
    /// The output folder cannot be written.
    #[error(transparent)]
    Folder(#[from] railair::report::FolderError),
    /// A file cannot be read or written.
    #[error("failed to {what}")]
    File {
        /// What was tried.
        what: String,
        /// What the system said.
        source: io::Error,
    },
    /// A synthetic instance cannot be made.
    #[error("failed to make an instance")]
    Generate(#[from] railair::instance::generate::GenerateError),
    /// Stdout takes no more.
    #[error("failed to print the answer")]
    Output(#[source] io::Error),
    /// No plan was made.
    #[error(transparent)]
    Plan(#[from] railair::PlanError),
    /// A sweep cannot be run.
    #[error(transparent)]
    Sweep(#[from] railair::sweep::SweepError),
    /// A question about a plan has no answer.
    #[error(transparent)]
    WhatIf(#[from] railair::engine::ranging::RangingError),
    /// A plan does not stand up to the checker.
    #[error("the plan fails its own check; this is a fault of railair, please report it: {kept}")]
    Rejected {
        /// What fails, as `verify` says it.
        wrong: String,
        /// Where its files are.
        kept: String,
    },
    /// A planner's habit ends with a hard limit unmet.
    #[error("this habit finds no plan that keeps all hard limits; column-generation looks for one")]
    ByHand,
    /// A plan cannot be read.
    #[error("failed to read the plan")]
    Unreadable(#[source] Box<dyn Error + Send + Sync>),
    /// Everything was said already; only the code is left.
    #[error("")]
    Said(u8),
}

impl Failure {
    /// The exit code; the only place that decides it.
    pub fn code(&self) -> u8 {
        use railair::PlanError;
        use railair::sweep::SweepError;
        match self {
            Self::Usage(_)
            | Self::Folder(_)
            | Self::File { .. }
            | Self::Generate(_)
            | Self::Output(_)
            | Self::Unreadable(_) => USAGE,
            Self::Sweep(SweepError::Usage(_) | SweepError::File { .. }) => USAGE,
            Self::Plan(PlanError::Instance(_)) | Self::Sweep(SweepError::Instance(_)) => INSTANCE,
            Self::Sweep(_) => INTERNAL,
            Self::Plan(PlanError::Infeasible { .. } | PlanError::InfeasibleWhole { .. }) => {
                INFEASIBLE
            }
            Self::Plan(PlanError::NoPlanYet | PlanError::NoWholePlan { .. }) | Self::ByHand => {
                NO_PLAN
            }
            Self::Plan(_) | Self::WhatIf(_) | Self::Rejected { .. } => INTERNAL,
            Self::Said(code) => *code,
        }
    }

    /// Whether nobody reads stdout any more, which is no error.
    fn is_broken_pipe(&self) -> bool {
        matches!(self, Self::Output(error) if error.kind() == io::ErrorKind::BrokenPipe)
    }
}

/// Says on stderr what went wrong and gives the exit code.
pub fn conclude(result: Result<(), Failure>) -> ExitCode {
    let failure = match result {
        Ok(()) => return ExitCode::from(DONE),
        Err(failure) if failure.is_broken_pipe() => return ExitCode::from(DONE),
        Err(failure) => failure,
    };
    let mut stderr = anstream::stderr().lock();
    // Nobody is left to tell if stderr is closed.
    let _ = match &failure {
        Failure::Said(_) => Ok(()),
        Failure::Plan(railair::PlanError::Instance(findings))
        | Failure::Sweep(railair::sweep::SweepError::Instance(findings)) => {
            super::findings::say(&mut stderr, findings)
        }
        Failure::Rejected { wrong, .. } => {
            write!(stderr, "{wrong}").and_then(|()| say(&mut stderr, &failure))
        }
        other => say(&mut stderr, other),
    };
    ExitCode::from(failure.code())
}

fn say(stderr: &mut impl Write, failure: &Failure) -> io::Result<()> {
    let red = railair::report::grid::BAD;
    write!(stderr, "{red}error{red:#}: {failure}")?;
    let mut source = failure.source();
    while let Some(cause) = source {
        write!(stderr, ": {cause}")?;
        source = cause.source();
    }
    writeln!(stderr)
}
