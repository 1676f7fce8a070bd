//! From an interior point to a vertex, and from there to the optimum.
//!
//! First the primal push (N. Megiddo, On finding primal- and dual-optimal bases, ORSA J. Comput.
//! 3, 1991): each flow that is neither a key nor basic is drawn to zero; what stops it on the way
//! leaves the basis for it. Rows that the interior point holds tight stay tight. Then primal
//! simplex steps in key-column form repair what rounding has broken and end at exact prices.

use super::candidates;
use super::dual;
use super::keyed::{Block, Keyed, Snapshot, Variable};
use super::master::Restricted;
use super::point::Point;
use super::primal::{ratio, simplex};
use super::search::Search;

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

/// An interior point in the numbers of pool and program, with everything at its bound that looks
/// like being on its way there: what masters that gain rows and columns can start from.
pub(super) struct Inside {
    /// Of each column of the pool; infinite for one that carries all of its release.
    flow: Vec<f64>,
    general: Vec<f64>,
    /// Rows that are full.
    tight: Vec<bool>,
}

impl Inside {
    pub fn new(search: &Search, master: &Restricted, point: &Point) -> Self {
        let mut this = Self {
            flow: vec![0.0; search.pool.len()],
            general: vec![0.0; search.program.columns.len()],
            tight: vec![false; search.program.rows.len()],
        };
        let inside = |value: f64, dual: f64, size: f64| value > 1e-9 * size && value > 1e-3 * dual;
        for block in 0..master.releases.len() {
            let is_inside = |p: &usize| inside(point.x[*p], point.z[*p], master.quantity[block]);
            for p in master.block(block).filter(is_inside) {
                this.flow[master.columns[p] as usize] = point.x[p];
            }
        }
        for &column in &master.fixed {
            this.flow[column as usize] = f64::INFINITY;
        }
        for (j, &column) in master.general.iter().enumerate() {
            let (y, upper) = (point.y[j], master.general_upper[j]);
            let is_below = !upper.is_finite() || inside(upper - y, point.high[j], 1.0);
            this.general[column as usize] = match (inside(y, point.low[j], 1.0), is_below) {
                (false, _) => 0.0,
                (true, true) => y,
                (true, false) => upper,
            };
        }
        for (r, &row) in master.rows.iter().enumerate() {
            this.tight[row as usize] = point.prices[r] > point.slack[r];
        }
        this
    }

    /// The same in a master, whose other columns carry nothing.
    fn point(&self, master: &Restricted) -> Point {
        let flow = |column: u32| self.flow.get(column as usize).copied().unwrap_or(0.0);
        let mut x = Vec::with_capacity(master.columns.len());
        for block in 0..master.releases.len() {
            let flows = master.block(block).map(|p| flow(master.columns[p]));
            x.extend(flows.map(|flow| flow.min(master.quantity[block])));
        }
        let general = master.general.iter();
        Point {
            x,
            y: general
                .map(|&column| self.general[column as usize])
                .collect(),
            ..Point::default()
        }
    }
}

/// Pushes an interior point to a vertex and makes that optimal.
pub(super) fn from_interior(
    master: &Restricted,
    inside: &Inside,
    stop: impl Fn() -> bool,
) -> Vertex {
    let rows = master.rows.iter();
    let tight: Vec<bool> = rows.map(|&row| inside.tight[row as usize]).collect();
    let mut keyed = Keyed::new(master, &inside.point(master));
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
    let meeting = candidates::meeting(keyed.master);
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
