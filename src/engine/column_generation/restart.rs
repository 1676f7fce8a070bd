//! Where the interior point goes on once its master has gained columns and rows.
//!
//! At the end of a master its flows lie at the boundary, and new columns ask for more there than
//! steps can give. So it goes on from a point that was passed on the way, when bound and cost were
//! as far apart as the new columns put them now (J. Gondzio, Warm start of the primal-dual method
//! applied in the cutting-plane scheme, Math. Program. 83, 1998). What was known there stays. Where
//! a column comes in that weighs less than its block's σ there, by δ, the z of the block rise
//! until its own is δ too, or enough for it to carry no more than a small share, x = μ/z.

use super::interior::Interior;
use super::master::Restricted;
use super::point::Point;
use super::search::Search;
use super::start::slack_and_excess;

/// A waypoint is noted where the gap is this share of that of the one before, and so many are kept.
const APART: f64 = 0.5;
const KEPT: usize = 6;

/// The least product of a pair, in multiples of μ: one that is smaller shortens steps.
const LEAST: f64 = 0.1;

/// What a new column carries at most of its block's quantity.
const SHARE: f64 = 0.1;

/// A point that was passed on the way.
#[derive(Clone, Debug)]
pub(super) struct Waypoint {
    /// The sum of all products of complementary pairs.
    pub gap: f64,
    mu: f64,
    /// Without z.
    point: Point,
    /// σ of each block.
    sigma: Vec<f64>,
}

impl Waypoint {
    /// Notes a point if it is far enough from the last one noted.
    pub fn note(known: &mut Vec<Self>, master: &Restricted, point: &Point, (gap, mu): (f64, f64)) {
        if known.last().is_some_and(|last| gap > APART * last.gap) {
            return;
        }
        if known.len() == KEPT {
            known.remove(0);
        }
        let sigma = |block: usize| {
            let first = master.block(block).start;
            master.weight(first, &point.prices) - point.z[first]
        };
        known.push(Self {
            gap,
            mu,
            sigma: (0..master.releases.len()).map(sigma).collect(),
            point: Point {
                z: Vec::new(),
                ..point.clone()
            },
        });
    }
}

/// A waypoint in the numbers of pool and program; nothing where its master knew nothing.
pub(super) struct Restart {
    mu: f64,
    /// x of each column of the pool; not a number where nothing is known, which takes half as much
    /// memory as saying so.
    flows: Vec<f64>,
    /// σ of each release.
    sigma: Vec<Option<f64>>,
    /// Price, slack and excess of each row.
    rows: Vec<Option<[f64; 3]>>,
    /// y, l and h of each general column.
    general: Vec<Option<[f64; 3]>>,
}

impl Restart {
    pub fn new(search: &Search, master: &Restricted, waypoint: &Waypoint) -> Self {
        let mut this = Self {
            mu: waypoint.mu,
            flows: vec![f64::NAN; search.pool.len()],
            sigma: vec![None; search.program.releases.len()],
            rows: vec![None; search.program.rows.len()],
            general: vec![None; search.program.columns.len()],
        };
        let point = &waypoint.point;
        for (&column, &x) in master.columns.iter().zip(&point.x) {
            this.flows[column as usize] = x;
        }
        for (&release, &sigma) in master.releases.iter().zip(&waypoint.sigma) {
            this.sigma[release as usize] = Some(sigma);
        }
        for (r, &row) in master.rows.iter().enumerate() {
            this.rows[row as usize] = Some([point.prices[r], point.slack[r], point.excess[r]]);
        }
        for (j, &column) in master.general.iter().enumerate() {
            this.general[column as usize] = Some([point.y[j], point.low[j], point.high[j]]);
        }
        this
    }
}

impl Interior<'_> {
    /// The waypoint in this master; `prices` and `known` flows and columns are for what is new.
    pub(super) fn restarted(
        &self,
        restart: &Restart,
        prices: &[f64],
        known: (&[f64], &[f64]),
    ) -> Point {
        let (master, mu) = (self.master, restart.mu);
        let mut point = self.start_prices(prices, known, mu);
        for (r, &row) in master.rows.iter().enumerate() {
            if let Some([price, ..]) = restart.rows[row as usize] {
                point.prices[r] = price.min(0.9 * master.cap[r]);
            }
        }
        for block in 0..master.releases.len() {
            self.restart_block(block, restart, known.0, &mut point);
        }
        for (j, &column) in master.general.iter().enumerate() {
            if let Some([y, low, high]) = restart.general[column as usize] {
                let dearer = self.general_reduced(j, &point.prices) - (low - high);
                point.y[j] = y;
                (point.low[j], point.high[j]) = match master.general_upper[j].is_finite() {
                    true => (low + dearer.max(0.0), high + (-dearer).max(0.0)),
                    false => ((low + dearer).max(LEAST * mu / y), 0.0),
                };
            }
        }
        for (r, &row) in master.rows.iter().enumerate() {
            let known = restart.rows[row as usize].unwrap_or_default();
            [_, point.slack[r], point.excess[r]] = known;
        }
        let left = self.residual(&point);
        for (r, &row) in master.rows.iter().enumerate() {
            if restart.rows[row as usize].is_none() {
                let (price, cap) = (point.prices[r], master.cap[r]);
                (point.slack[r], point.excess[r]) = slack_and_excess(mu, price, cap, left[r]);
            }
        }
        point
    }

    /// A block of which the waypoint knows too little starts from prices and `known` flows.
    fn restart_block(&self, block: usize, restart: &Restart, known: &[f64], point: &mut Point) {
        let (master, mu) = (self.master, restart.mu);
        let (range, quantity) = (master.block(block), master.quantity[block]);
        let flows = master.columns[range.clone()].iter();
        let flows = flows.map(|&column| restart.flows.get(column as usize).copied());
        let flows = flows.map(|flow| flow.filter(|x| !x.is_nan()));
        let carried: f64 = flows.clone().flatten().sum();
        let sigma = restart.sigma[master.releases[block] as usize];
        let Some(sigma) = sigma.filter(|_| carried > 0.5 * quantity) else {
            return self.start_block(block, known, mu, point);
        };
        let (x, z) = (&mut point.x[range.clone()], &mut point.z[range.clone()]);
        let mut rise = 0f64;
        for ((p, flow), z) in range.zip(flows.clone()).zip(z.iter_mut()) {
            *z = master.weight(p, &point.prices) - sigma;
            rise = rise.max(match flow {
                Some(x) => LEAST * mu / x - *z,
                None => (-2.0 * *z).max(mu / (SHARE * quantity) - *z),
            });
        }
        for ((flow, x), z) in flows.zip(x.iter_mut()).zip(z) {
            *z += rise;
            *x = flow.unwrap_or(mu / *z);
        }
        let total: f64 = x.iter().sum();
        for x in x {
            *x *= quantity / total;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::interior::{Ending, Target};
    use super::super::search::started;
    use super::*;
    use crate::program::flow_format;

    const TARGET: Target = Target {
        tolerance: 1e-9,
        reference: 100.0,
        start: 1.0,
        patience: usize::MAX,
    };

    /// 100 units on parallel arcs: at 1 with room for 60, at 3, and, found later, at 2 with room
    /// for 30. Without the third, 60 and 40, and room on the first is worth 3 − 1 = 2. The third is
    /// cheaper than what both then weigh, by 1; with it the second carries 10, and room on the
    /// third is worth 1.
    #[test]
    fn a_cheaper_column_and_its_row_come_in_where_a_master_came_by() {
        let text = "2 3 1\n1 2 1 60\n1 2 3 -1\n1 2 2 30\n1 2 100\n";
        let program = flow_format::read(text).unwrap().program;
        let mut search = started(&program);
        search.pool.add_path(&program, 0, &[1]);
        search.active = vec![0];
        search.cap = 100.0;
        let prices = search.reduced.base.clone();
        let master = search.restricted(&prices);
        let mut interior = Interior::new(&master);
        interior.waypoints = Some(Vec::new());
        let known = (&search.flows(&master)[..], &[][..]);
        let ending = interior.solve(&[0.0], known, TARGET, || false);
        assert_eq!(ending, Ending::Converged);
        let waypoints = interior.waypoints.unwrap();
        assert!(waypoints.len() > 1 && waypoints.len() <= KEPT);
        let restart = Restart::new(&search, &master, &waypoints[0]);

        search.pool.add_path(&program, 0, &[2]);
        search.active = vec![0, 1];
        let master = search.restricted(&prices);
        let mut interior = Interior::new(&master);
        let known = (&search.flows(&master)[..], &[][..]);
        let point = interior.restarted(&restart, &[0.0, 0.0], known);
        let total: f64 = point.x.iter().sum();
        assert!((total - master.quantity[0]).abs() < 1e-12);
        for (p, (&x, &z)) in point.x.iter().zip(&point.z).enumerate() {
            assert!(x > 0.0 && z > 0.0, "column {p} at {x} and {z}");
            // one σ for all
            let sigma = master.weight(p, &point.prices) - z;
            let first = master.weight(0, &point.prices) - point.z[0];
            assert!((sigma - first).abs() < 1e-12);
        }
        let ending = interior.resume(&restart, &[0.0, 0.0], known, TARGET, || false);
        assert_eq!(ending, Ending::Converged);
        search.take_flows(&master, &interior.point.x, &interior.point.y);
        for (flow, expected) in search.pool.flow.iter().zip([60.0, 10.0, 30.0]) {
            assert!((flow - expected).abs() < 1e-5, "{flow} is not {expected}");
        }
        for (row, expected) in [(0, 2e6), (1, 1e6)] {
            let price = search.scale.unscaled_price(row, interior.point.prices[row]);
            assert!((price / expected - 1.0).abs() < 1e-5, "{price}");
        }
    }
}
