//! The list of runs: what each of them changes.

use std::cmp::Reverse;

use crate::instance::{Change, Findings, Instance, Loaded, Tables};
use crate::network::Departure;

use super::draws::{self, Draws, Stop};
use super::vary::Axis;
use super::{BLOCK, MOST_RUNS};

/// What a sweep runs.
#[derive(Clone, Debug)]
pub enum What {
    /// The instance as it is, and every scenario of it.
    Scenarios,
    /// Every combination of values; the last axis changes fastest.
    Grid(Vec<Axis>),
    /// The instance as it is, and without each of its services in turn.
    DropEachService,
    /// Random demand and cancellations.
    Draws(Draws),
}

/// The runs of a sweep, each worked out when it is asked for.
#[derive(Clone, Debug)]
pub struct Runs {
    what: What,
    /// Names of scenarios, services, or departures that may be cancelled.
    names: Vec<String>,
    /// Keys of the rows of `demand`.
    demand: Vec<String>,
    count: usize,
}

/// One run.
#[derive(Clone, Debug, Default)]
pub struct Run {
    /// Its parameters, a cell for each of [`Runs::columns`].
    pub cells: Vec<String>,
    scenario: Option<String>,
    changes: Vec<Change>,
    stops: Vec<Stop>,
}

impl Runs {
    pub(super) fn new(what: What, tables: &Tables, instance: &Instance) -> Result<Self, String> {
        let (mut names, mut demand) = (Vec::new(), Vec::new());
        let count = match &what {
            What::Scenarios => {
                names.clone_from(&instance.scenarios);
                if names.is_empty() {
                    return Err(
                        "the instance has no scenarios: vary something with --vary, or \
                         take --drop-each-service or --draws"
                            .to_owned(),
                    );
                }
                names.len() + 1
            }
            What::Grid(axes) => grid_size(axes, tables)?,
            What::DropEachService => {
                let services = instance.services.iter();
                names.extend(services.map(|service| service.id.clone()));
                names.len() + 1
            }
            What::Draws(draws) => {
                demand = tables.keys("demand");
                draws.count
            }
        };
        if count > MOST_RUNS {
            return Err(format!("{count} runs are more than {MOST_RUNS}"));
        }
        Ok(Self {
            what,
            names,
            demand,
            count,
        })
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.count
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// The names of the parameters.
    pub fn columns(&self) -> Vec<String> {
        let names = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect();
        match &self.what {
            What::Scenarios => names(&["scenario"]),
            What::Grid(axes) => axes.iter().map(|axis| axis.name.clone()).collect(),
            What::DropEachService => names(&["dropped"]),
            What::Draws(_) => names(&["seed", "level", "cancelled", "cancelled_departures"]),
        }
    }

    /// Run `index`, from 0.
    pub fn get(&self, index: usize, instance: &Instance) -> Run {
        match &self.what {
            What::Scenarios => {
                let scenario = index.checked_sub(1).map(|index| self.names[index].clone());
                Run {
                    cells: vec![scenario.clone().unwrap_or_default()],
                    scenario,
                    ..Run::default()
                }
            }
            What::Grid(axes) => grid_point(axes, index),
            What::DropEachService => {
                let dropped = index.checked_sub(1);
                let name = dropped.map_or(String::new(), |index| self.names[index].clone());
                Run {
                    cells: vec![name],
                    stops: dropped.map(Stop::Service).into_iter().collect(),
                    ..Run::default()
                }
            }
            What::Draws(draws) => {
                let drawn = draws::draw(draws, index, &self.demand, instance);
                Run {
                    cells: drawn.cells,
                    changes: drawn.changes,
                    stops: drawn.stops,
                    ..Run::default()
                }
            }
        }
    }

    /// The run that run `index` starts from: in a grid that one of the runs before it in its block
    /// whose values are the fewest steps away, the last of several; `None` for the instance as it
    /// is.
    pub(super) fn neighbour(&self, index: usize) -> Option<usize> {
        let What::Grid(axes) = &self.what else {
            return None;
        };
        let first = index - index % BLOCK;
        (first..index).min_by_key(|&other| (steps(axes, index, other), Reverse(other)))
    }

    /// A text that differs where the runs do.
    pub(super) fn identity(&self) -> String {
        format!("{:?}", self.what)
    }
}

impl Run {
    /// The instance of the run, or what is wrong with it.
    pub(super) fn instance(&self, tables: &Tables) -> Result<(Instance, Findings), Findings> {
        self.load(tables).into_result()
    }

    /// Whether a departure does not run.
    pub(super) fn cancels(&self, departure: &Departure) -> bool {
        self.stops.iter().any(|stop| stop.covers(departure))
    }

    fn load(&self, tables: &Tables) -> Loaded {
        match &self.scenario {
            Some(scenario) => tables.scenario(scenario),
            None => tables.changed("run", &self.changes),
        }
    }
}

fn grid_size(axes: &[Axis], tables: &Tables) -> Result<usize, String> {
    for (index, axis) in axes.iter().enumerate() {
        if let Some(fault) = axis.fault(tables) {
            return Err(fault);
        }
        if axes[..index].iter().any(|other| other.name == axis.name) {
            return Err(format!("--vary {} stands twice", axis.name));
        }
    }
    let size = |size: usize, axis: &Axis| size.checked_mul(axis.values.len());
    let size = axes.iter().try_fold(1, size);
    size.ok_or_else(|| format!("the grid has more than {MOST_RUNS} runs"))
}

/// How many values lie between two runs of a grid, over all axes.
fn steps(axes: &[Axis], mut a: usize, mut b: usize) -> usize {
    let mut steps = 0;
    for axis in axes.iter().rev() {
        let values = axis.values.len();
        steps += (a % values).abs_diff(b % values);
        (a, b) = (a / values, b / values);
    }
    steps
}

fn grid_point(axes: &[Axis], index: usize) -> Run {
    let mut run = Run::default();
    let mut rest = index;
    for axis in axes.iter().rev() {
        let value = &axis.values[rest % axis.values.len()];
        rest /= axis.values.len();
        run.cells.push(value.clone());
        run.changes.push(axis.change_to(value));
    }
    run.cells.reverse();
    run.changes.reverse();
    run
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Three by five: run 8 is (1, 3), and of the runs before it (1, 2) and (0, 3) are a step away.
    #[test]
    fn a_run_starts_from_its_nearest_neighbour() {
        let axes: Vec<Axis> = ["services.units[A]=1..3", "demand.parcels*=1..5"]
            .iter()
            .map(|axis| axis.parse().expect("an axis"))
            .collect();
        assert_eq!(steps(&axes, 8, 7), 1);
        assert_eq!(steps(&axes, 8, 3), 1);
        assert_eq!(steps(&axes, 8, 0), 4);
        let runs = Runs {
            what: What::Grid(axes),
            names: Vec::new(),
            demand: Vec::new(),
            count: 15,
        };
        assert_eq!(runs.neighbour(0), None);
        assert_eq!(runs.neighbour(8), Some(7));
        // the first of a row starts from the first of the row above, not from the end of that row
        assert_eq!(runs.neighbour(5), Some(0));
        assert_eq!(runs.neighbour(BLOCK), None);
    }

    #[test]
    fn the_last_axis_changes_fastest() {
        let axes: Vec<Axis> = ["services.units[A]=1..2", "demand.parcels*=0.5,1,2"]
            .iter()
            .map(|text| text.parse().expect("an axis"))
            .collect();
        let cells: Vec<String> = (0..6)
            .map(|i| grid_point(&axes, i).cells.join(" "))
            .collect();
        assert_eq!(cells, ["1 0.5", "1 1", "1 2", "2 0.5", "2 1", "2 2"]);
    }
}
