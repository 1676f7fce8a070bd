//! Solving again after a change, from what the last answer knew.

use super::finish;
use super::keyed::Snapshot;
use super::polish;
use super::pool::Pool;
use super::presolve::Reduced;
use super::search::Search;
use crate::engine::{Deadline, EngineError, Options, Solution, Stop};
use crate::program::Program;

/// A program that is solved again and again while it changes: paths, prices and the last vertex
/// stay, so that a small change costs a few simplex steps. The answer is that of a fresh solve to
/// the requested gap; where there are several, it may be another one.
#[derive(Clone, Debug)]
pub struct Session {
    program: Program,
    options: Options,
    /// Masters after which a solve ends without having reached its gap.
    most_rounds: usize,
    memory: Option<Memory>,
}

/// What one solve leaves for the next.
#[derive(Clone, Debug)]
struct Memory {
    pool: Pool,
    quantities: Vec<i64>,
    active: Vec<u32>,
    prices: Vec<f64>,
    columns: Vec<f64>,
    snapshot: Option<Snapshot>,
    insisted: Vec<u32>,
}

impl Session {
    /// A session on `program`, not yet solved.
    pub fn new(program: Program, options: Options) -> Self {
        Self {
            program,
            options,
            most_rounds: usize::MAX,
            memory: None,
        }
    }

    /// The program as it stands.
    pub fn program(&self) -> &Program {
        &self.program
    }

    /// The program, to be changed: upper sides of rows, quantities, costs, further rows, columns,
    /// arcs and releases. Nodes, arcs, rows, columns and releases keep their numbers; what is no
    /// longer wanted gets a quantity or a bound of zero, or is forbidden.
    pub fn program_mut(&mut self) -> &mut Program {
        &mut self.program
    }

    /// What the next solve is asked for.
    pub fn options_mut(&mut self) -> &mut Options {
        &mut self.options
    }

    /// Lets solves end after so many masters, as where floating point gets no further: counted, so that
    /// equal input ends in the same place whatever the time.
    pub(in crate::engine) fn limit_rounds(&mut self, most: usize) {
        self.most_rounds = most;
    }

    /// Lets the next solve start from paths and prices alone. Where much has changed at once, the
    /// interior point is at the new vertex long before simplex steps from the old one are.
    pub(in crate::engine) fn forget_vertex(&mut self) {
        if let Some(memory) = &mut self.memory {
            memory.snapshot = None;
        }
    }

    /// The paths known so far: release and arcs.
    pub(in crate::engine) fn paths(&self) -> Vec<(u32, Vec<u32>)> {
        let Some(pool) = self.memory.as_ref().map(|memory| &memory.pool) else {
            return Vec::new();
        };
        let columns = (0..pool.len()).filter(|&column| !pool.is_unserved(column));
        columns
            .filter(|&column| pool.is_alive(column))
            .map(|column| (pool.release[column], pool.arcs(column)))
            .collect()
    }

    /// Solves the program as it stands, on the threads of rayon's current pool.
    ///
    /// # Errors
    /// [`EngineError`] where the program is not valid or too large for an exact bound.
    pub fn solve(&mut self) -> Result<Solution, EngineError> {
        self.program.validate()?;
        let deadline = Deadline::start(&self.options);
        let mut search = Search::new(&self.program, &self.options, deadline);
        search.most_rounds = self.most_rounds;
        let stop = match self.memory.take() {
            None => search.run(),
            Some(memory) => again(&mut search, memory),
        };
        let solution = finish::solution(&search, stop)?;
        self.memory = Some(Memory {
            quantities: self.program.releases.iter().map(|r| r.quantity).collect(),
            prices: search.best.prices,
            pool: search.pool,
            active: search.active,
            columns: search.columns,
            snapshot: search.snapshot,
            insisted: search.reduced.insisted,
        });
        Ok(solution)
    }
}

/// Goes on from what an earlier solve knew.
fn again(search: &mut Search, memory: Memory) -> Stop {
    let program = search.program;
    search.reduced = Reduced::new(program, memory.insisted);
    let kept = search.pool.adopt(program, &memory.pool, &memory.quantities);
    if let Err(stop) = search.start() {
        return stop;
    }
    let mut prices = memory.prices;
    prices.resize(program.rows.len(), 0.0);
    let held = &search.reduced.held;
    let active = memory.active.into_iter().filter(|&row| held[row as usize]);
    search.active = active.collect();
    match search.price(prices) {
        Ok(rated) if rated.value > search.best.value => search.best = rated,
        Ok(_) => {}
        Err(stop) => return stop,
    }
    search
        .pool
        .restore_flows(program, &memory.pool, &memory.quantities, kept);
    // rounds may take long, and the paths are there twice
    drop(memory.pool);
    search.columns = memory.columns;
    search.columns.resize(program.columns.len(), 0.0);
    search.open_violated_rows();
    if kept && memory.snapshot.is_some() {
        search.snapshot = memory.snapshot;
        if let Some(stop) = polish::resume(search) {
            return stop;
        }
    }
    search.rounds()
}
