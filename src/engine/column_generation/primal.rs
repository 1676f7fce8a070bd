//! Primal simplex steps in key-column form: to the optimum from any basis.

use std::collections::BTreeSet;

use super::candidates::Candidates;
use super::keyed::{Block, Keyed, Variable};
use super::ties::Lengths;
use crate::program::grouped::Grouped;

/// How far below zero a scaled value may lie.
pub(super) const FEASIBLE: f64 = 1e-10;
/// Rates below this do not block.
pub(super) const PIVOT: f64 = 1e-9;

/// Steps until no reduced cost is negative. While something lies beyond a bound, the costs are the
/// distances; answers the prices of the last basis, and whether nothing lies beyond a bound there.
pub(super) fn simplex(
    keyed: &mut Keyed,
    meeting: &Grouped<u32>,
    stop: &impl Fn() -> bool,
) -> (Vec<f64>, bool) {
    let rows = keyed.master.rows.len();
    let (most, most_repairing) = (20 * rows + 1000, rows + 200);
    let mut count = 0;
    let mut candidates = Candidates::new(keyed);
    let mut beyond = Beyond::new(keyed);
    loop {
        let repairing = !beyond.is_empty();
        let prices = keyed.prices(basic_costs(keyed, repairing));
        let Some((variable, direction)) = candidates.best(keyed, meeting, repairing, &prices)
        else {
            if keyed.basis.changes() > 0 {
                keyed.refactor();
                beyond = Beyond::new(keyed);
                continue;
            }
            return (prices, !repairing);
        };
        count += 1;
        let too_many = count > most || (repairing && count > most_repairing);
        if too_many || (count % 16 == 0 && stop()) {
            return (prices, !repairing);
        }
        keyed.look(variable);
        let limit = upper(keyed, variable);
        let room = |variable: Variable, down: bool| room(keyed, variable, down);
        let (step, blocked) = ratio(keyed, direction, limit, room);
        if !step.is_finite() {
            return (prices, !repairing);
        }
        keyed.shift(variable, direction * step);
        beyond.follow(keyed, variable);
        if blocked != Block::Bound {
            let bound = leaving_bound(keyed, blocked);
            keyed.exchange(variable, blocked, bound);
            if keyed.basis.changes() == 0 {
                beyond = Beyond::new(keyed);
            }
        }
    }
}

/// What the basic variables cost; a path, more than its key does.
pub(super) fn basic_costs(keyed: &Keyed, repairing: bool) -> Vec<f64> {
    let costs = keyed.basic.iter().map(|&variable| {
        let own = cost(keyed, repairing, variable);
        match variable {
            Variable::Path(p) => {
                let key = keyed.key[keyed.block[p as usize] as usize];
                own - cost(keyed, repairing, Variable::Path(key))
            }
            _ => own,
        }
    });
    costs.collect()
}

/// What one unit of a variable costs: while `repairing`, what it adds to the distance to bounds.
#[inline]
pub(super) fn cost(keyed: &Keyed, repairing: bool, variable: Variable) -> f64 {
    if repairing {
        return match keyed.value(variable) {
            value if value < -FEASIBLE => -1.0,
            value if value > upper(keyed, variable) + FEASIBLE => 1.0,
            _ => 0.0,
        };
    }
    match variable {
        Variable::Path(p) => keyed.master.cost[p as usize] + keyed.shifts.of_path(p),
        Variable::General(j) => keyed.master.general_cost[j as usize],
        Variable::Slack(row) => keyed.shifts.of_slack(row),
    }
}

/// The largest value of a variable.
pub(super) fn upper(keyed: &Keyed, variable: Variable) -> f64 {
    match variable {
        Variable::General(j) => keyed.master.general_upper[j as usize],
        _ => f64::INFINITY,
    }
}

/// How far a variable can go before a bound stops it; what lies beyond one may go back to it.
fn room(keyed: &Keyed, variable: Variable, down: bool) -> f64 {
    let (value, upper) = (keyed.value(variable), upper(keyed, variable));
    match (down, value < -FEASIBLE, value > upper + FEASIBLE) {
        (true, true, _) | (false, _, true) => f64::INFINITY,
        (true, _, true) => value - upper,
        (false, true, _) => -value,
        (true, _, _) => value.max(0.0),
        (false, _, _) => (upper - value).max(0.0),
    }
}

/// The bound nearest to the value of what blocks.
fn leaving_bound(keyed: &Keyed, blocked: Block) -> f64 {
    if let Block::Position(position) = blocked
        && let Variable::General(j) = keyed.basic[position]
    {
        let (value, upper) = (keyed.y[j as usize], keyed.master.general_upper[j as usize]);
        if upper - value < value {
            return upper;
        }
    }
    0.0
}

/// How far the variable last looked at can move in a direction, at most `limit`, when each basic
/// variable and key has the given room down or up; and what stops it. Among those that stop it
/// within the tolerance, the one of largest rate (P. M. J. Harris, Pivot selection methods of the
/// Devex LP code, Math. Program. 5, 1973).
pub(super) fn ratio(
    keyed: &Keyed,
    direction: f64,
    limit: f64,
    room: impl Fn(Variable, bool) -> f64,
) -> (f64, Block) {
    let basics = keyed.moved.iter().filter_map(|&position| {
        let position = position as usize;
        let rate = -keyed.image[position] * direction;
        let room = || room(keyed.basic[position], rate < 0.0);
        (rate.abs() > PIVOT).then(|| (Block::Position(position), rate, room()))
    });
    let keys = keyed.touched.iter().filter_map(|&block| {
        let rate = keyed.key_rate[block as usize] * direction;
        let key = Variable::Path(keyed.key[block as usize]);
        (rate.abs() > PIVOT).then(|| (Block::Key(block), rate, room(key, rate < 0.0)))
    });
    let candidates: Vec<(Block, f64, f64)> = basics.chain(keys).collect();
    let furthest = candidates
        .iter()
        .map(|&(_, rate, room)| (room + FEASIBLE) / rate.abs())
        .fold(limit, f64::min);
    let mut best = (limit, Block::Bound, 0.0);
    for (block, rate, room) in candidates {
        let step = room / rate.abs();
        if step <= furthest && step < limit && rate.abs() > best.2 {
            best = (step, block, rate.abs());
        }
    }
    (best.0.min(limit), best.1)
}

/// The variables beyond their bounds. Steps move few of all there are, so that only these are
/// looked at.
pub(super) struct Beyond {
    variables: BTreeSet<Variable>,
}

impl Beyond {
    pub fn new(keyed: &Keyed) -> Self {
        let paths = (0..keyed.x.len() as u32).map(Variable::Path);
        let general = (0..keyed.y.len() as u32).map(Variable::General);
        let slacks = (0..keyed.slack.len() as u32).map(Variable::Slack);
        let all = paths.chain(general).chain(slacks);
        Self {
            variables: all.filter(|&variable| is_beyond(keyed, variable)).collect(),
        }
    }

    pub fn is_empty(&self) -> bool {
        self.variables.is_empty()
    }

    /// The one furthest beyond its bound in proportion to its length, and by how much: less than
    /// zero below, more above.
    pub fn worst(&self, keyed: &Keyed, lengths: &Lengths) -> Option<(Variable, f64)> {
        let distances = self.variables.iter().map(|&variable| {
            let value = keyed.value(variable);
            let over = value - upper(keyed, variable);
            (variable, if over > 0.0 { over } else { value })
        });
        let share = |&(variable, distance): &(Variable, f64)| distance.abs() / lengths.of(variable);
        distances.reduce(|worst, other| match share(&other) > share(&worst) {
            true => other,
            false => worst,
        })
    }

    /// After `entering` has moved, and all with it as last looked at.
    pub fn follow(&mut self, keyed: &Keyed, entering: Variable) {
        self.variables
            .retain(|&variable| is_beyond(keyed, variable));
        let basics = keyed.moved.iter();
        let basics = basics.map(|&position| keyed.basic[position as usize]);
        let keys = keyed.touched.iter();
        let keys = keys.map(|&block| Variable::Path(keyed.key[block as usize]));
        for variable in basics.chain(keys).chain([entering]) {
            if is_beyond(keyed, variable) {
                self.variables.insert(variable);
            }
        }
    }
}

fn is_beyond(keyed: &Keyed, variable: Variable) -> bool {
    let value = keyed.value(variable);
    value < -FEASIBLE || value > upper(keyed, variable) + FEASIBLE
}
