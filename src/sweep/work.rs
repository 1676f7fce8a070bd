//! Spreads the runs over threads and gives their rows out in order.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{self, Sender};

use super::row;
use super::solver::{Outcome, Solver};
use super::{BLOCK, Sweep, SweepError};

/// How a run ended, for whoever watches.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Runs with a proven plan.
    pub finished: usize,
    /// Runs whose hard limits cannot all hold.
    pub infeasible: usize,
    /// Runs whose instance is wrong.
    pub wrong: usize,
    /// Runs with a plan that is not proven to be near enough to the least cost.
    pub above_gap: usize,
}

impl Progress {
    /// All runs that have a row.
    pub fn rows(&self) -> usize {
        self.finished + self.infeasible + self.wrong + self.above_gap
    }
}

/// What a worker sends.
type Message = Result<(usize, Vec<String>, Progress), SweepError>;

/// Takes the rows in order, with how the runs so far ended.
pub type Out<'a> = &'a mut dyn FnMut(&[String], &Progress) -> Result<(), SweepError>;

/// Solves `runs` on `threads` threads, one run on each at a time, and gives the rows to `out` in
/// order, each as soon as those before it are there. Ends early, without an error, where the
/// interrupt of the sweep's options is raised: the rows so far are the first ones.
///
/// # Errors
/// The first error of a run or of `out`.
pub fn work(
    sweep: &Sweep,
    runs: Range<usize>,
    threads: usize,
    out: Out<'_>,
) -> Result<Progress, SweepError> {
    let blocks = runs.start / BLOCK..runs.end.div_ceil(BLOCK);
    let next = AtomicUsize::new(blocks.start);
    let enough = AtomicBool::new(false);
    let (sender, messages) = mpsc::channel();
    let threads = threads.clamp(1, blocks.len().max(1));
    let mut pools = Vec::new();
    for _ in 0..threads {
        // a run does not wait for threads that are busy with other runs
        let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build();
        pools.push(pool.map_err(|error| SweepError::Threads(error.to_string()))?);
    }
    std::thread::scope(|scope| {
        for pool in pools {
            let worker = Worker {
                sweep,
                runs: &runs,
                end: blocks.end,
                next: &next,
                enough: &enough,
                sender: sender.clone(),
            };
            scope.spawn(move || pool.install(|| worker.run()));
        }
        drop(sender);
        let mut waiting: BTreeMap<usize, (Vec<String>, Progress)> = BTreeMap::new();
        let (mut progress, mut due) = (Progress::default(), runs.start);
        let mut result = Ok(());
        for message in messages {
            let step = message.and_then(|(index, cells, kind)| {
                waiting.insert(index, (cells, kind));
                while let Some((cells, kind)) = waiting.remove(&due) {
                    progress.finished += kind.finished;
                    progress.infeasible += kind.infeasible;
                    progress.wrong += kind.wrong;
                    progress.above_gap += kind.above_gap;
                    out(&cells, &progress)?;
                    due += 1;
                }
                Ok(())
            });
            if step.is_err() {
                enough.store(true, Ordering::Relaxed);
                result = step;
                break;
            }
        }
        result.map(|()| progress)
    })
}

struct Worker<'a> {
    sweep: &'a Sweep,
    runs: &'a Range<usize>,
    end: usize,
    next: &'a AtomicUsize,
    enough: &'a AtomicBool,
    sender: Sender<Message>,
}

impl Worker<'_> {
    fn run(self) {
        let fingerprint = self.sweep.fingerprint();
        let mut solver = Solver::new(self.sweep);
        loop {
            let block = self.next.fetch_add(1, Ordering::Relaxed);
            let stopped = self.sweep.options.interrupt.is_raised();
            if block >= self.end || stopped || self.enough.load(Ordering::Relaxed) {
                return;
            }
            // nobody listens once the first error is known
            let result = solver.solve(block, self.runs, &mut |index, run, outcome| {
                let cells = row::row(self.sweep, &fingerprint, index, run, &outcome);
                if let Some(cells) = cells {
                    let _ = self.sender.send(Ok((index, cells, kind(&outcome))));
                }
            });
            if let Err(error) = result {
                let _ = self.sender.send(Err(error));
                return;
            }
        }
    }
}

fn kind(outcome: &Outcome) -> Progress {
    let mut kind = Progress::default();
    match outcome {
        Outcome::Plan(plan) if plan.run.stop == crate::engine::Stop::Finished => kind.finished = 1,
        Outcome::Plan(_) | Outcome::NoPlan(_) | Outcome::Stopped => kind.above_gap = 1,
        Outcome::Infeasible(_) => kind.infeasible = 1,
        Outcome::Wrong(_) => kind.wrong = 1,
    }
    kind
}
