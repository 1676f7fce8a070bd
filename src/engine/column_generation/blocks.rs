//! What one block of path columns contributes to the normal equations.

use super::master::Restricted;
use super::point::Point;
use super::schur::TileMatrix;

/// The column of largest x/z.
fn key_of(point: &Point, range: std::ops::Range<usize>) -> usize {
    let mut key = range.start;
    for p in range {
        if point.x[p] * point.z[key] > point.x[key] * point.z[p] {
            key = p;
        }
    }
    key
}

/// Buffers for one block's part of S.
#[derive(Default)]
pub(super) struct BlockWork {
    /// −a_κ, and δ_p, which differs from it where p has entries.
    base: Vec<f64>,
    difference: Vec<f64>,
    nonzero: Vec<usize>,
    local: Vec<f64>,
    sum: Vec<f64>,
}

/// Adds one block's part of S.
pub(super) fn add_block(
    matrix: &mut TileMatrix,
    master: &Restricted,
    point: &Point,
    block: usize,
    work: &mut BlockWork,
) {
    let rows = master.rows_of(block);
    let size = rows.len();
    let range = master.block(block);
    let key = key_of(point, range.clone());
    work.local.clear();
    work.local.resize(size * size, 0.0);
    work.sum.clear();
    work.sum.resize(size, 0.0);
    work.base.clear();
    work.base.resize(size, 0.0);
    for (place, a) in master.paths.column(key) {
        work.base[place] -= a;
    }
    work.difference.clone_from(&work.base);
    let mut total = 0.0;
    for p in range {
        let weight = point.x[p] / point.z[p];
        total += weight;
        if p == key {
            continue;
        }
        for (place, a) in master.paths.column(p) {
            work.difference[place] += a;
        }
        work.nonzero.clear();
        let places = master.paths.column(p).chain(master.paths.column(key));
        work.nonzero.extend(places.map(|(place, _)| place));
        work.nonzero.sort_unstable();
        work.nonzero.dedup();
        for (count, &i) in work.nonzero.iter().enumerate() {
            let scaled = weight * work.difference[i];
            if scaled == 0.0 {
                continue;
            }
            work.sum[i] += scaled;
            let line = &mut work.local[i * size..(i + 1) * size];
            for &j in &work.nonzero[..=count] {
                line[j] += scaled * work.difference[j];
            }
        }
        for (place, _) in master.paths.column(p) {
            work.difference[place] = work.base[place];
        }
    }
    for i in 0..size {
        let factor = work.sum[i] / total;
        for j in 0..=i {
            let value = work.local[i * size + j] - factor * work.sum[j];
            if value != 0.0 {
                matrix.add(rows[i] as usize, rows[j] as usize, value);
            }
        }
    }
}

/// η = (q − Σx − Σξ)/Σd of a block, whose ξ are in `wishes`, and Σd.
fn block_shift(
    master: &Restricted,
    point: &Point,
    block: usize,
    wishes: &[f64],
    offset: usize,
) -> (f64, f64) {
    let (mut missing, mut total) = (master.quantity[block], 0.0);
    for p in master.block(block) {
        missing -= point.x[p] + wishes[p - offset];
        total += point.x[p] / point.z[p];
    }
    (missing / total, total)
}

/// Writes ξ of one block into `wishes` (which starts at column `offset`) and adds
/// Σ_p a_p (ξ_p + d_p η) to `part`.
pub(super) fn block_pull(
    master: &Restricted,
    point: &Point,
    block: usize,
    aim: impl Fn(usize) -> f64,
    (offset, wishes): (usize, &mut [f64]),
    part: &mut [f64],
) {
    for p in master.block(block) {
        wishes[p - offset] = aim(p) / point.z[p] - point.x[p];
    }
    let (eta, _) = block_shift(master, point, block, wishes, offset);
    let rows = master.rows_of(block);
    for p in master.block(block) {
        let flow = wishes[p - offset] + point.x[p] / point.z[p] * eta;
        for (place, a) in master.paths.column(p) {
            part[rows[place] as usize] += a * flow;
        }
    }
}

/// Writes Δz = δᵀΔλ − mean − η of one block into `z` (which starts at column `offset`).
pub(super) fn block_prices(
    master: &Restricted,
    point: &Point,
    block: usize,
    wishes: &[f64],
    prices: &[f64],
    (offset, z): (usize, &mut [f64]),
) {
    let range = master.block(block);
    let rows = master.rows_of(block);
    for p in range.clone() {
        let along = master.paths.column(p);
        z[p - offset] = along
            .map(|(place, a)| a * prices[rows[place] as usize])
            .sum();
    }
    let key = z[key_of(point, range.clone()) - offset];
    let (eta, total) = block_shift(master, point, block, wishes, 0);
    let mut mean = 0.0;
    for p in range.clone() {
        z[p - offset] -= key;
        mean += point.x[p] / point.z[p] * z[p - offset];
    }
    for p in range {
        z[p - offset] -= mean / total + eta;
    }
}
