//! Where the interior point starts: near known prices and flows, and off the boundary.

/// Turns weights into z > 0 and finds x = μ/z with Σx = q: the root s of Σ μ/(s + w − min w) = q,
/// which lies between μ/q and nμ/q. 1/Σ(1/(s + ·)) is concave and increasing, so Newton's method
/// from the left end does not overshoot.
pub(super) fn centre_block(z: &mut [f64], x: &mut [f64], quantity: f64, mu: f64) {
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
pub(super) fn start_general(
    reduced: f64,
    upper: f64,
    known: Option<f64>,
    mu: f64,
) -> (f64, f64, f64) {
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
pub(super) fn keep_flows(flows: &[f64], x: &mut [f64], quantity: f64) {
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
