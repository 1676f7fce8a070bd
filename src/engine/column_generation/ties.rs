//! What keeps steps of the dual simplex going where prices tie.
//!
//! Where a vertex is one of many of the same cost, nearly all reduced costs are zero: no step costs
//! anything, and none says where to go. So costs are shifted apart a little (A. Charnes, Optimality
//! and degeneracy in linear programming, Econometrica 20, 1952), and primal steps at the true costs
//! follow. And there a step may move much to mend little: of what lies beyond its bound, that
//! leaves which lies furthest in proportion to what a unit of it has meant so far (the dual form,
//! of J. J. Forrest and D. Goldfarb, Steepest-edge simplex algorithms for linear programming, Math.
//! Program. 57, 1992, of the reference weights of P. M. J. Harris, Pivot selection methods of the
//! Devex LP code, Math. Program. 5, 1973).

use super::keyed::{Keyed, Variable};
use crate::engine::improve::Random;

/// What is added to costs, give or take half of it, in units of what a path costs in the mean.
const SHIFT: f64 = 1e-5;

/// What is added for a while to the costs of variables that are neither basic nor a key; so their
/// reduced costs only rise. Zero while empty.
#[derive(Clone, Debug, Default)]
pub(super) struct Shifts {
    paths: Vec<f64>,
    slacks: Vec<f64>,
}

impl Shifts {
    pub fn new(keyed: &Keyed) -> Self {
        let mut random = Random(1);
        let mut shift = |is_idle: bool| {
            let share = random.below(1 << 20) as f64 / f64::from(1 << 20);
            if is_idle { SHIFT * (0.5 + share) } else { 0.0 }
        };
        let paths = 0..keyed.x.len();
        let paths = paths.map(|p| {
            let variable = Variable::Path(p as u32);
            shift(keyed.position(variable).is_none() && !keyed.is_key(p))
        });
        let paths = paths.collect();
        let slacks = (0..keyed.slack.len() as u32).map(Variable::Slack);
        let slacks = slacks.map(|variable| shift(keyed.position(variable).is_none()));
        Self {
            paths,
            slacks: slacks.collect(),
        }
    }

    #[inline]
    pub fn of_path(&self, path: u32) -> f64 {
        self.paths.get(path as usize).copied().unwrap_or(0.0)
    }

    #[inline]
    pub fn of_slack(&self, row: u32) -> f64 {
        self.slacks.get(row as usize).copied().unwrap_or(0.0)
    }
}

/// Reference lengths of variables: about how far all others move in all when one moves by a unit.
pub(super) struct Lengths {
    paths: Vec<f64>,
    general: Vec<f64>,
    slacks: Vec<f64>,
}

impl Lengths {
    /// All one.
    pub fn new(keyed: &Keyed) -> Self {
        Self {
            paths: vec![1.0; keyed.x.len()],
            general: vec![1.0; keyed.y.len()],
            slacks: vec![1.0; keyed.slack.len()],
        }
    }

    pub fn of(&self, variable: Variable) -> f64 {
        match variable {
            Variable::Path(p) => self.paths[p as usize],
            Variable::General(j) => self.general[j as usize],
            Variable::Slack(row) => self.slacks[row as usize],
        }
    }

    fn at(&mut self, variable: Variable) -> &mut f64 {
        match variable {
            Variable::Path(p) => &mut self.paths[p as usize],
            Variable::General(j) => &mut self.general[j as usize],
            Variable::Slack(row) => &mut self.slacks[row as usize],
        }
    }

    /// After a look at a variable that enters for one that leaves; `rate` is what its increase by
    /// one takes off the value that leaves.
    pub fn follow(&mut self, keyed: &Keyed, entering: Variable, leaving: Variable, rate: f64) {
        let own = self.of(leaving) / rate.abs();
        for &position in &keyed.moved {
            let moved = keyed.image[position as usize];
            let length = self.at(keyed.basic[position as usize]);
            *length = length.max(moved.abs() * own);
        }
        for &block in &keyed.touched {
            let moved = keyed.key_rate[block as usize];
            let length = &mut self.paths[keyed.key[block as usize] as usize];
            *length = length.max(moved.abs() * own);
        }
        *self.at(entering) = own.max(1.0);
    }
}
