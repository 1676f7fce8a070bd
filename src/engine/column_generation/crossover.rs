//! From an interior point to a vertex, and from there to the optimum.
//!
//! First the primal push (N. Megiddo, On finding primal- and dual-optimal bases, ORSA J. Comput.
//! 3, 1991): each flow that is neither a key nor basic is drawn to zero; what stops it on the way
//! leaves the basis for it. Rows that the interior point holds tight stay tight. Then primal
//! simplex steps in key-column form repair what rounding has broken and end at exact prices.

use super::candidates::Meeting;
use super::dual;
use super::keyed::{Block, Keyed, Snapshot, Variable};
use super::master::Restricted;
use super::point::Point;
use super::primal::{ratio, simplex};

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
    let meeting = Meeting::new(keyed.master);
    dual::repair(&mut keyed, &meeting, &stop);
    let (prices, feasible) = simplex(&mut keyed, &meeting, &stop);
    Vertex {
        feasible,
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
