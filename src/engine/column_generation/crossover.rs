//! From an interior point to a vertex, and from there to the optimum.
//!
//! First the primal push (N. Megiddo, On finding primal- and dual-optimal bases, ORSA J. Comput.
//! 3, 1991): each flow that is neither a key nor basic is drawn to zero; what stops it on the way
//! leaves the basis for it. Rows that the interior point holds tight stay tight. Then primal
//! simplex steps in key-column form repair what rounding has broken and end at exact prices.

use super::keyed::{Block, Keyed, Snapshot, Variable};
use super::master::Restricted;
use super::point::Point;

/// How far below zero a scaled value may lie.
const FEASIBLE: f64 = 1e-10;
/// How far below zero a scaled reduced cost may lie.
const OPTIMAL: f64 = 1e-10;
/// Rates below this do not block.
const PIVOT: f64 = 1e-9;

/// A basic answer of the master.
pub(super) struct Vertex {
    pub x: Vec<f64>,
    pub y: Vec<f64>,
    /// Prices of the rows.
    pub prices: Vec<f64>,
    /// Whether no row is exceeded and nothing is negative.
    pub feasible: bool,
    pub snapshot: Snapshot,
}

/// Pushes an interior point to a vertex and makes that optimal.
pub(super) fn from_interior(master: &Restricted, point: &Point, stop: impl Fn() -> bool) -> Vertex {
    let start = rounded(master, point);
    let tight: Vec<bool> = (0..master.rows.len())
        .map(|row| point.prices[row] > point.slack[row])
        .collect();
    let mut keyed = Keyed::new(master, &start);
    push(&mut keyed, &tight, &stop);
    keyed.refactor();
    optimal(keyed, stop)
}

/// Makes an earlier vertex optimal in a master that has changed since.
pub(super) fn from_vertex(
    master: &Restricted,
    flows: &[f64],
    snapshot: &Snapshot,
    stop: impl Fn() -> bool,
) -> Vertex {
    optimal(Keyed::resumed(master, flows, snapshot), stop)
}

fn optimal(mut keyed: Keyed, stop: impl Fn() -> bool) -> Vertex {
    let prices = simplex(&mut keyed, &stop);
    Vertex {
        feasible: infeasibility(&keyed) == 0.0,
        prices,
        snapshot: keyed.snapshot(),
        x: keyed.x,
        y: keyed.y,
    }
}

/// The point with everything at its bound that looks like being on its way there.
fn rounded(master: &Restricted, point: &Point) -> Point {
    let mut start = point.clone();
    let inside = |value: f64, dual: f64, size: f64| value > 1e-9 * size && value > 1e-3 * dual;
    for block in 0..master.releases.len() {
        for p in master.block(block) {
            if !inside(point.x[p], point.z[p], master.quantity[block]) {
                start.x[p] = 0.0;
            }
        }
    }
    for j in 0..start.y.len() {
        let upper = master.general_upper[j];
        if !inside(point.y[j], point.low[j], 1.0) {
            start.y[j] = 0.0;
        } else if upper.is_finite() && !inside(upper - point.y[j], point.high[j], 1.0) {
            start.y[j] = upper;
        }
    }
    start
}

/// Draws every nonbasic flow to its bound, the most interior ones first.
fn push(keyed: &mut Keyed, tight: &[bool], stop: &impl Fn() -> bool) {
    let master = keyed.master;
    let mut open: Vec<(f64, Variable)> = Vec::new();
    for p in 0..keyed.x.len() {
        if keyed.x[p] > 0.0 && !keyed.is_key(p) {
            let block = keyed.block[p] as usize;
            let quantity = master.quantity[block];
            open.push((keyed.x[p] / quantity, Variable::Path(p as u32)));
        }
    }
    for j in 0..keyed.y.len() {
        if keyed.y[j] > 0.0 && keyed.y[j] < master.general_upper[j] {
            open.push((f64::INFINITY, Variable::General(j as u32)));
        }
    }
    open.sort_by(|a, b| b.0.total_cmp(&a.0));
    for (count, &(_, variable)) in open.iter().enumerate() {
        if count % 64 == 0 && stop() {
            return;
        }
        // it may have become basic or a key in an exchange of keys
        let moved = matches!(variable, Variable::Path(p) if keyed.is_key(p as usize));
        if moved || keyed.position(variable).is_some() {
            continue;
        }
        keyed.look(variable);
        let room = |variable: Variable, down: bool| match variable {
            Variable::Slack(row) if tight[row as usize] => 0.0,
            Variable::General(j) if !down => {
                (master.general_upper[j as usize] - keyed.y[j as usize]).max(0.0)
            }
            _ if !down => f64::INFINITY,
            other => keyed.value(other).max(0.0),
        };
        let value = keyed.value(variable);
        let (step, blocked) = ratio(keyed, -1.0, value, room);
        keyed.shift(variable, -step);
        if blocked == Block::Bound {
            keyed.set_value(variable, 0.0);
        } else {
            let bound = bound_of(keyed, blocked, -1.0);
            keyed.exchange(variable, blocked, bound);
        }
    }
}

/// The value at which a blocking variable leaves.
fn bound_of(keyed: &Keyed, blocked: Block, direction: f64) -> f64 {
    if let Block::Position(position) = blocked
        && let Variable::General(j) = keyed.basic[position]
        && keyed.image[position] * direction < 0.0
    {
        return keyed.master.general_upper[j as usize];
    }
    0.0
}

/// How far the variable last looked at can move in a direction, at most `limit`, when each basic
/// variable and key has the given room down or up; and what stops it. Among those that stop it
/// within the tolerance, the one of largest rate (P. M. J. Harris, Pivot selection methods of the
/// Devex LP code, Math. Program. 5, 1973).
fn ratio(
    keyed: &Keyed,
    direction: f64,
    limit: f64,
    room: impl Fn(Variable, bool) -> f64,
) -> (f64, Block) {
    let basics = keyed
        .image
        .iter()
        .enumerate()
        .filter(|(_, rate)| rate.abs() > PIVOT)
        .map(|(position, &rate)| {
            let rate = -rate * direction;
            let room = room(keyed.basic[position], rate < 0.0);
            (Block::Position(position), rate, room)
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

/// How far values lie beyond their bounds.
fn infeasibility(keyed: &Keyed) -> f64 {
    let below = |values: &[f64]| {
        values
            .iter()
            .filter(|&&value| value < -FEASIBLE)
            .map(|value| -value)
            .sum::<f64>()
    };
    let above: f64 = keyed
        .y
        .iter()
        .zip(&keyed.master.general_upper)
        .map(|(y, upper)| y - upper)
        .filter(|&over| over > FEASIBLE)
        .sum();
    below(&keyed.x) + below(&keyed.y) + below(&keyed.slack) + above
}

/// Candidates that are kept from one look at everything to the next.
const CANDIDATES: usize = 64;
/// A candidate is taken without another look while it promises this share of the best that the
/// last look found.
const WORTH: f64 = 0.1;

/// Primal simplex steps until no reduced cost is negative. While something lies beyond a bound,
/// the costs are the distances; answers the prices of the last basis.
fn simplex(keyed: &mut Keyed, stop: &impl Fn() -> bool) -> Vec<f64> {
    let most = 20 * keyed.master.rows.len() + 1000;
    let mut count = 0;
    let mut candidates = Candidates::default();
    loop {
        let repairing = infeasibility(keyed) > 0.0;
        let basic_costs = (0..keyed.basic.len())
            .map(|position| {
                let variable = keyed.basic[position];
                match variable {
                    Variable::Path(p) => {
                        let key = keyed.key[keyed.block[p as usize] as usize];
                        cost(keyed, repairing, variable)
                            - cost(keyed, repairing, Variable::Path(key))
                    }
                    _ => cost(keyed, repairing, variable),
                }
            })
            .collect();
        let prices = keyed.prices(basic_costs);
        let Some((variable, direction)) = candidates.best(keyed, repairing, &prices) else {
            if keyed.basis.changes() > 0 {
                keyed.refactor();
                continue;
            }
            return prices;
        };
        count += 1;
        if count > most || (count % 16 == 0 && stop()) {
            return prices;
        }
        keyed.look(variable);
        let room = |variable: Variable, down: bool| {
            let value = keyed.value(variable);
            let upper = match variable {
                Variable::General(j) => keyed.master.general_upper[j as usize],
                _ => f64::INFINITY,
            };
            match (down, value < -FEASIBLE, value > upper + FEASIBLE) {
                (true, true, _) | (false, _, true) => f64::INFINITY,
                (true, _, true) => value - upper,
                (false, true, _) => -value,
                (true, _, _) => value.max(0.0),
                (false, _, _) => (upper - value).max(0.0),
            }
        };
        let limit = match variable {
            Variable::General(j) => keyed.master.general_upper[j as usize],
            _ => f64::INFINITY,
        };
        let (step, blocked) = ratio(keyed, direction, limit, room);
        if !step.is_finite() {
            return prices;
        }
        keyed.shift(variable, direction * step);
        if blocked != Block::Bound {
            let bound = leaving_bound(keyed, blocked);
            keyed.exchange(variable, blocked, bound);
        }
    }
}

/// What one unit of a variable costs: while `repairing`, what it adds to the distance to bounds.
#[inline]
fn cost(keyed: &Keyed, repairing: bool, variable: Variable) -> f64 {
    if repairing {
        let value = keyed.value(variable);
        let upper = match variable {
            Variable::General(j) => keyed.master.general_upper[j as usize],
            _ => f64::INFINITY,
        };
        return match value {
            _ if value < -FEASIBLE => -1.0,
            _ if value > upper + FEASIBLE => 1.0,
            _ => 0.0,
        };
    }
    match variable {
        Variable::Path(p) => keyed.master.cost[p as usize],
        Variable::General(j) => keyed.master.general_cost[j as usize],
        Variable::Slack(_) => 0.0,
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

/// Nonbasic variables of negative reduced cost, from the last look at everything (multiple
/// pricing, as of W. Orchard-Hays, Advanced Linear-Programming Computing Techniques, 1968).
#[derive(Default)]
struct Candidates {
    list: Vec<Variable>,
    /// The best reduced cost at the last look.
    best: f64,
    /// Whether costs were distances then.
    repairing: bool,
}

impl Candidates {
    /// One of negative reduced cost, and the direction in which it can move: the best of those
    /// kept, if it is not far behind the best of the last look, or else the best of all. `None`
    /// where there is none at all.
    fn best(&mut self, keyed: &Keyed, repairing: bool, prices: &[f64]) -> Option<(Variable, f64)> {
        if repairing != self.repairing {
            *self = Self {
                repairing,
                ..Self::default()
            };
        }
        let mut best = (-OPTIMAL, None);
        self.list.retain(|&variable| {
            let (reduced, direction) = reduced(keyed, repairing, prices, variable);
            if reduced < best.0 {
                best = (reduced, Some((variable, direction)));
            }
            reduced < -OPTIMAL
        });
        if best.1.is_some() && best.0 <= WORTH * self.best {
            return best.1;
        }
        let mut found = look_at_all(keyed, repairing, prices);
        found.sort_by(|a, b| a.0.total_cmp(&b.0));
        found.truncate(CANDIDATES);
        let first = found.first().copied();
        self.best = first.map_or(0.0, |(reduced, ..)| reduced);
        self.list.clear();
        self.list
            .extend(found.into_iter().map(|(_, variable, _)| variable));
        first.map(|(_, variable, direction)| (variable, direction))
    }
}

/// What moving a variable by one saves, below zero, and in which direction; nothing of a basic
/// variable or a key.
fn reduced(keyed: &Keyed, repairing: bool, prices: &[f64], variable: Variable) -> (f64, f64) {
    if keyed.position(variable).is_some() {
        return (0.0, 1.0);
    }
    match variable {
        Variable::Path(p) => {
            let block = keyed.block[p as usize] as usize;
            let key = keyed.key[block] as usize;
            let weight = |p: usize| weight(keyed, repairing, prices, block, p);
            (weight(p as usize) - weight(key), 1.0)
        }
        Variable::General(j) => {
            let priced = keyed.master.entries.column(j as usize);
            let reduced = cost(keyed, repairing, variable)
                + priced.map(|(row, b)| b * prices[row]).sum::<f64>();
            match keyed.y[j as usize] > 0.0 {
                true => (-reduced, -1.0),
                false => (reduced, 1.0),
            }
        }
        Variable::Slack(row) => (prices[row as usize], 1.0),
    }
}

/// The cost of a path column with what it takes from rows at their prices.
#[inline]
fn weight(keyed: &Keyed, repairing: bool, prices: &[f64], block: usize, p: usize) -> f64 {
    let rows = keyed.master.rows_of(block);
    let priced = keyed.master.paths.column(p);
    cost(keyed, repairing, Variable::Path(p as u32))
        + priced
            .map(|(place, a)| a * prices[rows[place] as usize])
            .sum::<f64>()
}

/// The best of each block, and every other variable, that has a negative reduced cost.
fn look_at_all(keyed: &Keyed, repairing: bool, prices: &[f64]) -> Vec<(f64, Variable, f64)> {
    let master = keyed.master;
    let mut found = Vec::new();
    for block in 0..keyed.key.len() {
        let key = keyed.key[block] as usize;
        let own = weight(keyed, repairing, prices, block, key);
        let mut best = (-OPTIMAL, None);
        for p in master.block(block) {
            let reduced = weight(keyed, repairing, prices, block, p) - own;
            if reduced < best.0 && p != key && keyed.position(Variable::Path(p as u32)).is_none() {
                best = (reduced, Some(Variable::Path(p as u32)));
            }
        }
        found.extend(best.1.map(|variable| (best.0, variable, 1.0)));
    }
    let general = (0..keyed.y.len() as u32).map(Variable::General);
    let slacks = (0..prices.len() as u32).map(Variable::Slack);
    for variable in general.chain(slacks) {
        let (reduced, direction) = reduced(keyed, repairing, prices, variable);
        if reduced < -OPTIMAL {
            found.push((reduced, variable, direction));
        }
    }
    found
}
