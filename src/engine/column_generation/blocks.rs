//! What one block of path columns contributes to the normal equations.

use super::master::Restricted;
use super::point::Point;
use super::schur::TileMatrix;

/// What the blocks' parts of one iteration share.
#[derive(Clone, Debug, Default)]
pub(super) struct Weights {
    /// d = x/z of each column.
    ratio: Vec<f64>,
    /// Σ d of each block.
    total: Vec<f64>,
    /// The column of largest d of each block.
    key: Vec<u32>,
}

impl Weights {
    pub fn new(master: &Restricted, point: &Point) -> Self {
        let pairs = point.x.iter().zip(&point.z);
        let mut this = Self {
            ratio: pairs.map(|(x, z)| x / z).collect(),
            ..Self::default()
        };
        for block in 0..master.releases.len() {
            let range = master.block(block);
            let mut key = range.start;
            let mut total = 0.0;
            for p in range {
                total += this.ratio[p];
                if this.ratio[p] > this.ratio[key] {
                    key = p;
                }
            }
            this.total.push(total);
            this.key.push(key as u32);
        }
        this
    }

    /// d of a column.
    pub fn of(&self, column: usize) -> f64 {
        self.ratio[column]
    }
}

/// Buffers for one block's part of S. A block may know thousands of rows of which its columns
/// differ in a few, so that only what was written to is looked at and cleared again.
#[derive(Clone, Debug, Default)]
pub(super) struct BlockWork {
    /// The place of each row among the block's, and the others'.
    places: Vec<u32>,
    /// The places where a column differs from the key, and by how much.
    difference: Vec<(usize, f64)>,
    /// A square of `side`², zero between two blocks.
    local: Vec<f64>,
    side: usize,
    /// Zero between two blocks.
    sum: Vec<f64>,
    /// The places that any column of the block differs in, and whether a place is one of them.
    touched: Vec<usize>,
    is_touched: Vec<bool>,
}

impl BlockWork {
    pub fn new(rows: usize) -> Self {
        Self {
            places: vec![0; rows],
            ..Self::default()
        }
    }

    /// Makes room for a block of so many rows.
    fn reach(&mut self, size: usize) {
        if size > self.side {
            self.side = size;
            self.local = vec![0.0; size * size];
            self.sum = vec![0.0; size];
            self.is_touched = vec![false; size];
        }
    }

    /// Adds a column's part to the square and the sum.
    fn add_column(&mut self, weight: f64) {
        for (count, &(i, difference)) in self.difference.iter().enumerate() {
            if !std::mem::replace(&mut self.is_touched[i], true) {
                self.touched.push(i);
            }
            let scaled = weight * difference;
            self.sum[i] += scaled;
            let line = &mut self.local[i * self.side..(i + 1) * self.side];
            for &(j, other) in &self.difference[..=count] {
                line[j] += scaled * other;
            }
        }
    }

    /// Writes a_p − a_κ to `difference`. Entries of a column are ascending.
    fn differ(&mut self, master: &Restricted, p: usize, key: usize) {
        self.difference.clear();
        let mut own = master.paths.column(p).peekable();
        let mut others = master.paths.column(key).peekable();
        loop {
            let (row, value) = match (own.peek(), others.peek()) {
                (None, None) => return,
                (Some(&(i, a)), Some(&(j, k))) if i == j => {
                    own.next();
                    others.next();
                    (i, a - k)
                }
                (Some(&(i, a)), Some(&(j, _))) if i < j => {
                    own.next();
                    (i, a)
                }
                (Some(&(i, a)), None) => {
                    own.next();
                    (i, a)
                }
                (_, Some(&(j, k))) => {
                    others.next();
                    (j, -k)
                }
            };
            if value != 0.0 {
                self.difference.push((self.places[row] as usize, value));
            }
        }
    }
}

/// Adds one block's part of S.
pub(super) fn add_block(
    matrix: &mut TileMatrix,
    master: &Restricted,
    weights: &Weights,
    block: usize,
    work: &mut BlockWork,
) {
    let rows = master.rows_of(block);
    let size = rows.len();
    let (key, total) = (weights.key[block] as usize, weights.total[block]);
    for (place, &row) in rows.iter().enumerate() {
        work.places[row as usize] = place as u32;
    }
    work.reach(size);
    for p in master.block(block).filter(|&p| p != key) {
        work.differ(master, p, key);
        work.add_column(weights.of(p));
    }
    work.touched.sort_unstable();
    for (count, &i) in work.touched.iter().enumerate() {
        let factor = work.sum[i] / total;
        for &j in &work.touched[..=count] {
            let entry = &mut work.local[i * work.side + j];
            let value = std::mem::take(entry) - factor * work.sum[j];
            if value != 0.0 {
                matrix.add(rows[i] as usize, rows[j] as usize, value);
            }
        }
    }
    for i in work.touched.drain(..) {
        work.sum[i] = 0.0;
        work.is_touched[i] = false;
    }
}

/// η = (q − Σx − Σξ)/Σd of a block, whose ξ are in `wishes`.
fn block_shift(
    (master, point, weights): (&Restricted, &Point, &Weights),
    block: usize,
    wishes: &[f64],
    offset: usize,
) -> f64 {
    let mut missing = master.quantity[block];
    for p in master.block(block) {
        missing -= point.x[p] + wishes[p - offset];
    }
    missing / weights.total[block]
}

/// Writes ξ of one block into `wishes` (which starts at column `offset`) and adds
/// Σ_p a_p (ξ_p + d_p η) to `part`.
pub(super) fn block_pull(
    (master, point, weights): (&Restricted, &Point, &Weights),
    block: usize,
    aim: impl Fn(usize) -> f64,
    (offset, wishes): (usize, &mut [f64]),
    part: &mut [f64],
) {
    for p in master.block(block) {
        wishes[p - offset] = aim(p) / point.z[p] - point.x[p];
    }
    let eta = block_shift((master, point, weights), block, wishes, offset);
    for p in master.block(block) {
        let flow = wishes[p - offset] + weights.of(p) * eta;
        for (row, a) in master.paths.column(p) {
            part[row] += a * flow;
        }
    }
}

/// Writes Δz = δᵀΔλ − mean − η of one block into `z` (which starts at column `offset`).
pub(super) fn block_prices(
    (master, point, weights): (&Restricted, &Point, &Weights),
    block: usize,
    wishes: &[f64],
    prices: &[f64],
    (offset, z): (usize, &mut [f64]),
) {
    let range = master.block(block);
    for p in range.clone() {
        z[p - offset] = master.paths.times(p, prices);
    }
    let key = z[weights.key[block] as usize - offset];
    let eta = block_shift((master, point, weights), block, wishes, 0);
    let mut mean = 0.0;
    for p in range.clone() {
        z[p - offset] -= key;
        mean += weights.of(p) * z[p - offset];
    }
    for p in range {
        z[p - offset] -= mean / weights.total[block] + eta;
    }
}
