//! What keeps steps of the dual simplex going where prices tie.
//!
//! Where a vertex is one of many of the same cost, nearly all reduced costs are zero: no step costs
//! anything, and none says where to go. So costs are shifted apart a little (the dual counterpart
//! of A. Charnes, Optimality and degeneracy in linear programming, Econometrica 20, 1952), and
//! primal steps at the true costs follow. And there a step may move much to mend little: of what
//! lies beyond its bound, that leaves which lies furthest in proportion to how easily it moves (the
//! reference weights of P. M. J. Harris, Pivot selection methods of the Devex LP code, Math.
//! Program. 5, 1973, in the dual form of J. J. Forrest and D. Goldfarb, Steepest-edge simplex
//! algorithms for linear programming, Math. Program. 57, 1992).

use super::keyed::{Keyed, Variable};
use crate::engine::improve::Random;

/// What is added to costs, give or take half of it, in units of what a path costs in the mean.
const SHIFT: f64 = 1e-5;

/// A length beyond this says little any more: all begin again.
const LONGEST: f64 = 1e6;

/// What is added for a while to the costs of paths and slacks that are neither basic nor a key when
/// it is found; so prices stay, and reduced costs only rise. Zero while empty.
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

/// Reference lengths: about how far a basic variable or a key moves in all when each of those that
/// were idle at first moves by one. All of these are one then.
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
        if own > LONGEST {
            *self = Self::new(keyed);
            return;
        }
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

#[cfg(test)]
mod tests {
    use super::super::candidates::reduced;
    use super::super::keyed::Block;
    use super::super::point::Point;
    use super::super::primal::basic_costs;
    use super::super::search::three_ways;
    use super::*;

    /// All of the units of [`three_ways`] at 3, which is the key; slacks are basic.
    fn at_3(check: impl FnOnce(&mut Keyed)) {
        three_ways(|search| {
            search.active = vec![0, 1];
            let master = search.restricted(&search.reduced.base.clone());
            let point = Point {
                x: vec![0.0, master.quantity[0], 0.0],
                ..Point::default()
            };
            check(&mut Keyed::new(&master, &point));
        });
    }

    #[test]
    fn shifts_leave_prices_and_raise_reduced_costs() {
        at_3(|keyed| {
            // the path at 1 in the place of the second row's slack
            let (entering, leaving) = (Variable::Path(0), Variable::Slack(1));
            keyed.look(entering);
            let position = keyed.position(leaving).unwrap();
            keyed.exchange(entering, Block::Position(position), 0.0);
            let all = [0, 1, 2].map(Variable::Path).into_iter();
            let all = all.chain([0, 1].map(Variable::Slack));
            let before = keyed.prices(basic_costs(keyed, false));
            let costs: Vec<f64> = all
                .clone()
                .map(|variable| reduced(keyed, false, &before, variable).0)
                .collect();

            keyed.shifts = Shifts::new(keyed);

            let prices = keyed.prices(basic_costs(keyed, false));
            assert_eq!(prices, before);
            let shifts = &keyed.shifts;
            let of_slacks = [0, 1].map(|row| shifts.of_slack(row));
            let shifts = [0, 1, 2].map(|path| shifts.of_path(path));
            // the path at 5 and the second slack alone are idle
            assert!(shifts[2] >= 0.5 * SHIFT && shifts[2] <= 1.5 * SHIFT);
            assert!(of_slacks[1] >= 0.5 * SHIFT && of_slacks[1] <= 1.5 * SHIFT);
            assert_eq!((shifts[0], shifts[1], of_slacks[0]), (0.0, 0.0, 0.0));
            let shifts = shifts.into_iter().chain(of_slacks);
            for ((variable, cost), shift) in all.zip(costs).zip(shifts) {
                let now = reduced(keyed, false, &prices, variable).0;
                assert!((now - cost - shift).abs() < 1e-12, "{variable:?}");
            }
        });
    }

    /// The path at 1 comes in for the second row's slack, whose image is −a where a is what a unit
    /// takes of that row; the first row's is b. So a unit of the entering path is 1/a long, and so
    /// is one of the key, of which it takes as much; the first slack b/a, if these are above one.
    /// From three times the length, all are three times as long.
    #[test]
    fn what_enters_is_as_long_as_it_makes_the_leaving_one_move() {
        at_3(|keyed| {
            let (entering, leaving) = (Variable::Path(0), Variable::Slack(1));
            keyed.look(entering);
            let image = |keyed: &Keyed, row: u32| {
                keyed.image[keyed.position(Variable::Slack(row)).unwrap()]
            };
            let (b, a) = (image(keyed, 0), -image(keyed, 1));
            assert!(a > 0.0 && b > 0.0);
            let mut lengths = Lengths::new(keyed);
            *lengths.at(leaving) = 3.0;
            lengths.follow(keyed, entering, leaving, -a);
            let expected = [
                (entering, (3.0 / a).max(1.0)),
                (Variable::Path(1), (3.0 / a).max(1.0)),
                (Variable::Slack(0), (3.0 * b / a).max(1.0)),
                (Variable::Path(2), 1.0),
            ];
            for (variable, length) in expected {
                let found = lengths.of(variable);
                assert!((found - length).abs() < 1e-12, "{variable:?}: {found}");
            }
            // what says little is forgotten
            lengths.follow(keyed, entering, leaving, 1e-7);
            assert_eq!(lengths.of(entering), 1.0);
        });
    }
}
