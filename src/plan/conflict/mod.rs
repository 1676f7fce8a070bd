//! Why hard limits cannot all hold, and the least that would have to give.
//!
//! A *cell* is a number that a planner wrote: a bound of a hard limit, units or lift of a service,
//! capacity of a handling step, storage of a place. With the demand, the timetable, commitments,
//! bookings, events and rules as they are (a limit that they alone break is a conflict by itself),
//! [`find`] names an irreducible set of cells that cannot hold together: any one of them given up,
//! the others can (deletion filter: J. Chinneck and E. Dravnieks, Locating
//! minimal infeasible constraint sets in linear programs, ORSA J. Comput. 3, 1991). It starts from
//! the cells whose rows have a price in the proof that not all can hold. The repair relaxes limits
//! only, by the least sum of relative relaxations, and is solved to see that it holds.

mod cells;
mod elastic;
mod repair;

use std::time::{Duration, Instant};

use crate::engine::{Options, Stop};
use crate::instance::Instance;

use super::planner::{PlanError, Prepared};
use crate::units::Money;

pub use cells::Cell;
pub use repair::{HEAD, Relaxation, Repair};

use elastic::Elastic;

/// How long to look.
const PATIENCE: Duration = Duration::from_secs(60);

/// A set of cells that cannot hold together, and the least repair.
#[derive(Clone, Debug)]
pub struct Conflict {
    /// The cells.
    pub members: Vec<Member>,
    /// Whether the set is known to be irreducible; not if time ran out before that.
    pub irreducible: bool,
    /// What would have to give; `None` where no relaxation of limits helps, or none was found.
    pub repair: Option<Repair>,
}

/// A member of a conflict.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// What it is.
    pub cell: Cell,
    /// The file it stands in.
    pub file: &'static str,
    /// Its row of the file, where known.
    pub row: Option<usize>,
    /// Its column.
    pub column: &'static str,
    /// What it says.
    pub says: String,
}

/// Finds a conflict among the hard limits of an instance; `None` where they can all hold.
///
/// # Errors
/// [`PlanError`] where the question cannot be asked.
pub fn find(prepared: &Prepared, options: &Options) -> Result<Option<Conflict>, PlanError> {
    let patience = options.time_limit.unwrap_or(PATIENCE).min(PATIENCE);
    let end = Instant::now() + patience;
    let options = Options {
        gap: 1e-9,
        time_limit: Some(patience),
        progress: None,
        ..options.clone()
    };
    let elastic = Elastic::new(prepared, &options)?;
    let Some(mut cells) = elastic.suspects()? else {
        return Ok(None);
    };
    let mut irreducible = true;
    for cell in cells.clone() {
        if Instant::now() >= end || options.interrupt.is_raised() {
            irreducible = false;
            break;
        }
        let others: Vec<Cell> = cells.iter().copied().filter(|&own| own != cell).collect();
        match elastic.is_conflict(&others) {
            Ok(true) => cells = others,
            Ok(false) => {}
            Err(PlanError::NoPlanYet) => irreducible = false,
            Err(error) => return Err(error),
        }
    }
    Ok(Some(Conflict {
        members: cells.iter().map(|cell| cell.member(prepared)).collect(),
        irreducible,
        repair: repair::find(prepared, &elastic, &options)?,
    }))
}

/// Whether the linear program of a variant of the instance has an answer.
fn holds(prepared: &Prepared, instance: Instance, options: &Options) -> Result<bool, PlanError> {
    let variant = prepared.variant(instance)?;
    let solution = crate::engine::solve(&variant.formulation.program, options)?;
    Ok(solution.feasible && solution.stop != Stop::Infeasible)
}

/// What a plan in whole parcels of a variant of the instance costs; `None` where none holds.
fn cost_of(
    prepared: &Prepared,
    instance: Instance,
    options: &Options,
) -> Result<Option<Money>, PlanError> {
    if !holds(prepared, instance.clone(), options)? {
        return Ok(None);
    }
    match prepared.variant(instance)?.solve(options) {
        Ok(plan) => Ok(plan.run.feasible.then_some(plan.run.cost)),
        Err(
            PlanError::Infeasible { .. }
            | PlanError::InfeasibleWhole { .. }
            | PlanError::NoWholePlan { .. },
        ) => Ok(None),
        Err(error) => Err(error),
    }
}
