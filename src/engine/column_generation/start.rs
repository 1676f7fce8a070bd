//! Where the interior point starts: near known prices and flows, and off the boundary.

use super::interior::Interior;
use super::point::Point;

/// How many times μ the mean product may be at the start.
const UNEVEN: f64 = 20.0;

/// How many times μ the product of a row that is exceeded may be at the start.
const MOST_UNEVEN: f64 = 100.0;

impl Interior<'_> {
    /// A start whose μ is raised until no few pairs, such as rows that are exceeded by far, make
    /// up nearly all of the gap: from such a point no step leads anywhere.
    pub(super) fn balanced_start(
        &self,
        prices: &[f64],
        known: (&[f64], &[f64]),
        mut mu: f64,
    ) -> Point {
        let mut uneven = f64::INFINITY;
        loop {
            let point = self.start(prices, known, mu);
            let ratio = point.gap(self.master) / (self.pairs * mu);
            // a ratio that does not fall is due to pairs that grow with μ themselves
            if ratio <= UNEVEN || ratio > 0.5 * uneven || !ratio.is_finite() {
                return point;
            }
            uneven = ratio;
            mu *= 4.0;
        }
    }

    /// A point near given prices and flows, for a given μ.
    fn start(&self, prices: &[f64], known: (&[f64], &[f64]), mu: f64) -> Point {
        let mut point = self.start_prices(prices, known, mu);
        for block in 0..self.master.releases.len() {
            self.start_block(block, known.0, mu, &mut point);
        }
        let left = self.residual(&point);
        for (row, left) in left.into_iter().enumerate() {
            let (price, cap) = (point.prices[row], self.master.cap[row]);
            (point.slack[row], point.excess[row]) = slack_and_excess(mu, price, cap, left);
        }
        point
    }

    /// Prices and general columns of a start; flows, slack and excess are zero.
    pub(super) fn start_prices(
        &self,
        prices: &[f64],
        (flows, columns): (&[f64], &[f64]),
        mu: f64,
    ) -> Point {
        let master = self.master;
        let rows = master.rows.len();
        let mut point = Point {
            x: vec![0.0; master.columns.len()],
            z: vec![0.0; master.columns.len()],
            slack: vec![0.0; rows],
            excess: vec![0.0; rows],
            ..Point::default()
        };
        let usual =
            mu / (0.1 * master.upper.iter().map(|u| u.abs()).sum::<f64>() / rows as f64).max(1e-3);
        for (row, &price) in prices.iter().enumerate() {
            let cap = master.cap[row];
            point
                .prices
                .push(price.max(usual.min(0.1 * cap)).min(0.9 * cap));
        }
        let is_known = flows.iter().any(|&flow| flow > 0.0);
        for (j, &bought) in columns.iter().enumerate().take(master.general.len()) {
            let reduced = self.general_reduced(j, &point.prices);
            let upper = master.general_upper[j];
            let known = is_known.then_some(bought);
            let (y, low, high) = start_general(reduced, upper, known, mu);
            point.y.push(y);
            point.low.push(low);
            point.high.push(high);
        }
        point
    }

    /// A block near known flows, at the prices of the point.
    pub(super) fn start_block(&self, block: usize, known: &[f64], mu: f64, point: &mut Point) {
        let master = self.master;
        let (range, quantity) = (master.block(block), master.quantity[block]);
        for p in range.clone() {
            point.z[p] = master.weight(p, &point.prices);
        }
        let (x, z) = (&mut point.x[range.clone()], &mut point.z[range.clone()]);
        centre_block(z, x, quantity, mu);
        keep_flows(&known[range], x, quantity);
    }
}

/// Slack and excess of a row with so much room left.
pub(super) fn slack_and_excess(mu: f64, price: f64, cap: f64, left: f64) -> (f64, f64) {
    let (slack, excess) = (mu / price, mu / (cap - price));
    // what is exceeded by far is left to be repaired: its price would be all of the gap
    let most = (slack - left).min(MOST_UNEVEN * excess);
    (slack.max(left + excess), excess.max(most))
}

/// Turns weights into z > 0 and finds x = μ/z with Σx = q: the root s of Σ μ/(s + w − min w) = q,
/// which lies between μ/q and nμ/q. 1/Σ(1/(s + ·)) is concave and increasing, so Newton's method
/// from the left end does not overshoot.
fn centre_block(z: &mut [f64], x: &mut [f64], quantity: f64, mu: f64) {
    let least = z.iter().copied().fold(f64::INFINITY, f64::min);
    let goal = mu / quantity;
    let mut s = goal;
    for _ in 0..60 {
        let (mut sum, mut squares) = (0.0, 0.0);
        for &weight in z.iter() {
            let inverse = 1.0 / (s + weight - least);
            sum += inverse;
            squares += inverse * inverse;
        }
        let step = (goal - 1.0 / sum) * sum * sum / squares;
        s = (s + step).max(goal);
        if step.abs() <= 1e-14 * s {
            break;
        }
    }
    let mut total = 0.0;
    for (x, z) in x.iter_mut().zip(z.iter_mut()) {
        *z = s + *z - least;
        *x = mu / *z;
        total += *x;
    }
    for x in x {
        *x *= quantity / total;
    }
}

/// y, l and h of a general column. For a known y it stays, but for a hundredth towards the centre;
/// otherwise it is centred: μ/y − μ/(Y − y) is the reduced cost.
fn start_general(reduced: f64, upper: f64, known: Option<f64>, mu: f64) -> (f64, f64, f64) {
    const MOST: f64 = 0.01;
    if !upper.is_finite() {
        let low = reduced.max(mu.sqrt() * 1e-2);
        let y = known.map_or(mu / low, |y| y.max((mu / low).min(MOST)));
        return (y, low, 0.0);
    }
    let bend = (reduced * reduced * upper * upper + 4.0 * mu * mu).sqrt();
    let near = 2.0 * mu * upper / (2.0 * mu + bend + reduced.abs() * upper);
    let (centred, room) = if reduced >= 0.0 {
        (near, upper - near)
    } else {
        (upper - near, near)
    };
    let tiny = (upper * 1e-9).max(1e-300);
    let y = known.map_or(centred, |y| y.max(centred.min(MOST * upper)));
    let left = (upper - y).max(room.min(MOST * upper)).max(tiny);
    let y = (upper - left).max(tiny);
    let (low, high) = if reduced >= 0.0 {
        (reduced + mu / left, mu / left)
    } else {
        (mu / y, mu / y - reduced)
    };
    (y, low, high)
}

/// Replaces centred flows by known ones where these are larger or the centred ones large.
fn keep_flows(flows: &[f64], x: &mut [f64], quantity: f64) {
    const MOST: f64 = 0.01;
    let known: f64 = flows.iter().sum();
    if known <= 0.5 * quantity {
        return;
    }
    let mut total = 0.0;
    for (x, &flow) in x.iter_mut().zip(flows) {
        *x = flow.max(x.min(MOST * quantity));
        total += *x;
    }
    for x in x {
        *x *= quantity / total;
    }
}
