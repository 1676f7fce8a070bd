//! A plain linear program and its way to a solver through `good_lp`.
//!
//! Solvers are given numbers of sensible size and are not trusted with others: HiGHS takes NaN
//! for optimal and drops coefficients below 1e-9. Rows are told as ≤ or =, the forms that every
//! solver behind `good_lp` reads the same way.
//!
//! Nor are they trusted to stop: microlp looks at the clock in some of its loops only, and nothing
//! reaches a solver from outside. So each works on a thread of its own, which is left to itself
//! when it is time to stop. It ends when the solver does, or with the process.

use std::collections::BTreeSet;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use good_lp::{
    Expression, ProblemVariables, ResolutionError, Solution as _, SolverModel, Variable,
    WithTimeLimit, variable,
};

use super::{Deadline, Solver};

/// How often it is asked whether to stop.
const ASK: Duration = Duration::from_millis(20);

/// minimise Σ c x subject to rows and bounds.
#[derive(Clone, Debug, Default)]
pub(crate) struct Lp {
    /// Cost, lower and upper bound of each column; bounds may be infinite.
    pub columns: Vec<(f64, f64, f64)>,
    /// Rows.
    pub rows: Vec<LpRow>,
    /// Columns that must be whole.
    pub whole: BTreeSet<usize>,
}

/// Σ entries ≤ rhs, or = rhs.
#[derive(Clone, Debug, Default)]
pub(crate) struct LpRow {
    /// Columns (distinct) and coefficients.
    pub entries: Vec<(usize, f64)>,
    /// Whether equality is asked.
    pub equal: bool,
    /// The right-hand side.
    pub rhs: f64,
}

/// Why there is no answer to a linear program.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LpError {
    /// No point satisfies the rows.
    #[error("the linear program is infeasible")]
    Infeasible,
    /// The cost falls without end.
    #[error("the linear program is unbounded")]
    Unbounded,
    /// A coefficient, cost or right-hand side is not a finite number.
    #[error("a number of the linear program is not finite")]
    NotFinite,
    /// The time ran out, or somebody asked to stop, before there was an answer.
    #[error("the linear program was stopped before it was solved")]
    Stopped,
    /// The solver broke down, in its own words.
    #[error("the solver broke down: {0}")]
    Solver(String),
}

impl Lp {
    /// The optimal columns, as `solver` finds them before `deadline`.
    pub fn solve(&self, solver: Solver, deadline: &Deadline) -> Result<Vec<f64>, LpError> {
        self.check_finite()?;
        if self.columns.is_empty() {
            return self.without_columns();
        }
        let (lp, seconds) = (self.clone(), deadline.seconds_left());
        unless_stopped(deadline, move || lp.solve_here(solver, seconds))?
    }

    fn solve_here(&self, solver: Solver, seconds: Option<f64>) -> Result<Vec<f64>, LpError> {
        let mut variables = ProblemVariables::new();
        let handles: Vec<Variable> = self
            .columns
            .iter()
            .enumerate()
            .map(|(index, &(_, lower, upper))| {
                let plain = variable().min(lower).max(upper);
                let is_whole = self.whole.contains(&index);
                variables.add(if is_whole { plain.integer() } else { plain })
            })
            .collect();
        let mut cost = Expression::with_capacity(self.columns.len());
        for (&handle, &(value, _, _)) in handles.iter().zip(&self.columns) {
            if value != 0.0 {
                cost.add_mul(value, handle);
            }
        }
        let model = variables.minimise(cost);
        let values = match solver {
            Solver::Microlp => {
                let answer = self.run(model.using(good_lp::microlp), &handles, seconds);
                match answer {
                    Err(LpError::Solver(_)) => return self.solve_backwards(seconds),
                    answer => answer?,
                }
            }
            #[cfg(feature = "highs")]
            Solver::Highs => {
                let model = model
                    .using(good_lp::highs)
                    .set_threads(1)
                    .set_option("primal_feasibility_tolerance", 1e-9)
                    .set_option("dual_feasibility_tolerance", 1e-9);
                self.run(model, &handles, seconds)?
            }
        };
        if values.iter().all(|value| value.is_finite()) {
            Ok(values)
        } else {
            Err(LpError::NotFinite)
        }
    }

    /// The same with columns and rows in reverse: where pivots in one order end in a basis that is
    /// singular to floating point, those in another often do not.
    fn solve_backwards(&self, seconds: Option<f64>) -> Result<Vec<f64>, LpError> {
        let mut variables = ProblemVariables::new();
        let mut handles: Vec<Variable> = self
            .columns
            .iter()
            .rev()
            .map(|&(_, lower, upper)| variables.add(variable().min(lower).max(upper)))
            .collect();
        handles.reverse();
        let mut cost = Expression::with_capacity(self.columns.len());
        for (&handle, &(value, _, _)) in handles.iter().zip(&self.columns) {
            cost.add_mul(value, handle);
        }
        let mut reversed = self.clone();
        reversed.rows.reverse();
        let model = variables.minimise(cost).using(good_lp::microlp);
        let values = reversed.run(model, &handles, seconds)?;
        match values.iter().all(|value| value.is_finite()) {
            true => Ok(values),
            false => Err(LpError::NotFinite),
        }
    }

    fn run<M>(
        &self,
        mut model: M,
        handles: &[Variable],
        seconds: Option<f64>,
    ) -> Result<Vec<f64>, LpError>
    where
        M: SolverModel<Error = ResolutionError> + WithTimeLimit,
    {
        if let Some(seconds) = seconds {
            model = model.with_time_limit(seconds);
        }
        for row in &self.rows {
            let mut sum = Expression::with_capacity(row.entries.len());
            for &(column, value) in &row.entries {
                sum.add_mul(value, handles[column]);
            }
            model.add_constraint(if row.equal {
                sum.eq(row.rhs)
            } else {
                sum.leq(row.rhs)
            });
        }
        let started = Instant::now();
        let is_over = || seconds.is_some_and(|limit| started.elapsed().as_secs_f64() >= limit);
        let solution = model.solve().map_err(|error| match error {
            ResolutionError::Infeasible => LpError::Infeasible,
            ResolutionError::Unbounded => LpError::Unbounded,
            // each solver has words of its own for this
            ResolutionError::Other(_) | ResolutionError::Str(_) if is_over() => LpError::Stopped,
            ResolutionError::Other(text) => LpError::Solver(text.into()),
            ResolutionError::Str(text) => LpError::Solver(text),
        })?;
        match solution.status() {
            // an integer program's best so far comes when nobody waits for it any more
            good_lp::solvers::SolutionStatus::TimeLimit => Err(LpError::Stopped),
            _ => Ok(handles
                .iter()
                .map(|&handle| solution.value(handle))
                .collect()),
        }
    }

    fn check_finite(&self) -> Result<(), LpError> {
        let columns = self
            .columns
            .iter()
            .all(|(cost, lower, upper)| cost.is_finite() && !lower.is_nan() && !upper.is_nan());
        let rows = self.rows.iter().all(|row| {
            row.rhs.is_finite() && row.entries.iter().all(|(_, value)| value.is_finite())
        });
        if columns && rows {
            Ok(())
        } else {
            Err(LpError::NotFinite)
        }
    }

    /// Some solvers refuse a model without columns.
    fn without_columns(&self) -> Result<Vec<f64>, LpError> {
        let holds = |row: &LpRow| {
            if row.equal {
                row.rhs == 0.0
            } else {
                row.rhs >= 0.0
            }
        };
        if self.rows.iter().all(holds) {
            Ok(Vec::new())
        } else {
            Err(LpError::Infeasible)
        }
    }
}

/// What `work` answers, unless it is time to stop first.
fn unless_stopped<T: Send + 'static>(
    deadline: &Deadline,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, LpError> {
    let (answer, answered) = mpsc::channel();
    let broken = |why: &str| LpError::Solver(why.to_owned());
    thread::Builder::new()
        .name("solver".to_owned())
        .spawn(move || {
            // nobody waits any more where this fails
            let _ = answer.send(work());
        })
        .map_err(|error| broken(&error.to_string()))?;
    loop {
        match answered.recv_timeout(ASK) {
            Ok(answer) => return Ok(answer),
            Err(RecvTimeoutError::Disconnected) => return Err(broken("it panicked")),
            Err(RecvTimeoutError::Timeout) if deadline.stop().is_some() => {
                return Err(LpError::Stopped);
            }
            Err(RecvTimeoutError::Timeout) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::{Interrupt, Options};

    fn never() -> Deadline {
        Deadline::start(&Options::default())
    }

    #[test]
    fn a_solver_that_does_not_stop_is_left_to_itself() {
        let interrupt = Interrupt::default();
        let asked = Options {
            interrupt: interrupt.clone(),
            ..Options::default()
        };
        let limited = Options {
            time_limit: Some(Duration::from_millis(5)),
            ..Options::default()
        };
        interrupt.raise();
        for options in [asked, limited] {
            // works until the test lets go of the other end, which is after the answer is here
            let (hold, held) = mpsc::channel::<()>();
            let end = unless_stopped(&Deadline::start(&options), move || held.recv().is_ok());
            assert_eq!(end, Err(LpError::Stopped));
            drop(hold);
        }
        assert_eq!(unless_stopped(&never(), || 7), Ok(7));
        // what ends in a panic is an error of the solver
        let end = unless_stopped(&never(), || -> u8 { panic!("singular") });
        assert!(matches!(end, Err(LpError::Solver(_))), "{end:?}");
    }

    fn row(entries: &[(usize, f64)], equal: bool, rhs: f64) -> LpRow {
        LpRow {
            entries: entries.to_vec(),
            equal,
            rhs,
        }
    }

    pub(crate) fn solvers() -> Vec<Solver> {
        vec![
            Solver::Microlp,
            #[cfg(feature = "highs")]
            Solver::Highs,
        ]
    }

    #[test]
    fn rows_of_both_kinds_hold_in_every_solver() {
        // min 2x + 3y, x + y = 10, x ≤ 4, y ≤ 9: x = 4, y = 6.
        let lp = Lp {
            columns: vec![(2.0, 0.0, f64::INFINITY), (3.0, 0.0, 9.0)],
            rows: vec![
                row(&[(0, 1.0), (1, 1.0)], true, 10.0),
                row(&[(0, 1.0)], false, 4.0),
            ],
            ..Lp::default()
        };
        for solver in solvers() {
            let values = lp.solve(solver, &never()).unwrap();
            assert!((values[0] - 4.0).abs() < 1e-9 && (values[1] - 6.0).abs() < 1e-9);
        }
    }

    #[test]
    fn backwards_it_is_the_same_program() {
        // min 2x + 3y, x + y = 10, x ≤ 4: x = 4, y = 6, told apart by their costs and rows.
        let lp = Lp {
            columns: vec![(2.0, 0.0, f64::INFINITY), (3.0, 0.0, 9.0)],
            rows: vec![
                row(&[(0, 1.0), (1, 1.0)], true, 10.0),
                row(&[(0, 1.0)], false, 4.0),
            ],
            ..Lp::default()
        };
        let values = lp.solve_backwards(None).unwrap();
        assert!((values[0] - 4.0).abs() < 1e-9 && (values[1] - 6.0).abs() < 1e-9);
    }

    #[test]
    fn what_has_no_answer_says_why() {
        let mut lp = Lp {
            columns: vec![(-1.0, 0.0, f64::INFINITY)],
            rows: vec![row(&[(0, -1.0)], false, 5.0)],
            ..Lp::default()
        };
        for solver in solvers() {
            assert_eq!(lp.solve(solver, &never()), Err(LpError::Unbounded));
        }
        lp.rows[0] = row(&[(0, 1.0)], false, -5.0);
        for solver in solvers() {
            assert_eq!(lp.solve(solver, &never()), Err(LpError::Infeasible));
        }
        lp.rows[0].rhs = f64::NAN;
        assert_eq!(lp.solve(Solver::Microlp, &never()), Err(LpError::NotFinite));
    }
}
