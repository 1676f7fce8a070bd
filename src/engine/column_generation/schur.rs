//! A symmetric positive definite matrix in square tiles, and its Cholesky factor.
//!
//! The normal equations of the master are as large as the rows it holds. Where everything couples
//! with everything they are dense; where rows are ordered by time they are a band. Tiles serve
//! both: only tiles that can hold anything are kept, and inside a tile everything is dense, so
//! that the work is done at the speed of the machine.

use pulp::{Simd, WithSimd};
use rayon::prelude::*;

/// Columns of tiles between two looks at the clock.
const LOOK: usize = 4;
/// Rows and columns of a tile.
const TILE: usize = 32;
const AREA: usize = TILE * TILE;
const NONE: u32 = u32::MAX;

/// The lower triangle, tile column by tile column. Inside a tile, column by column.
#[derive(Clone, Debug)]
pub(super) struct TileMatrix {
    size: usize,
    /// Tile rows.
    side: usize,
    /// The number of the tile at row i, column j: `table[j * side + i]`.
    table: Vec<u32>,
    /// The tile rows that are kept in each tile column, ascending; the diagonal comes first.
    columns: Vec<Vec<u32>>,
    /// Number of the first tile of each tile column.
    starts: Vec<usize>,
    values: Vec<f64>,
}

impl TileMatrix {
    /// A zero matrix of `size` rows that can hold, and be factored with, an entry wherever two
    /// rows of one of the `cliques` meet.
    pub fn new<'a>(size: usize, cliques: impl Iterator<Item = &'a [u32]>) -> Self {
        let side = size.div_ceil(TILE);
        let mut table = vec![NONE; side * side];
        for tile in 0..side {
            table[tile * side + tile] = 0;
        }
        let mut tiles = Vec::new();
        for clique in cliques {
            tiles.clear();
            tiles.extend(clique.iter().map(|&row| row as usize / TILE));
            tiles.sort_unstable();
            tiles.dedup();
            for (place, &column) in tiles.iter().enumerate() {
                for &row in &tiles[place..] {
                    table[column * side + row] = 0;
                }
            }
        }
        let mut this = Self {
            size,
            side,
            table,
            columns: Vec::new(),
            starts: vec![0],
            values: Vec::new(),
        };
        this.fill_in();
        this
    }

    /// Adds the tiles that elimination fills, and numbers them.
    fn fill_in(&mut self) {
        let side = self.side;
        let mut count = 0;
        for column in 0..side {
            let rows: Vec<u32> = (column..side)
                .filter(|&row| self.table[column * side + row] != NONE)
                .map(|row| row as u32)
                .collect();
            // the first tile below the diagonal inherits the rest of the column
            if let Some(&parent) = rows.get(1) {
                for &row in &rows[1..] {
                    self.table[parent as usize * side + row as usize] = 0;
                }
            }
            for &row in &rows {
                self.table[column * side + row as usize] = count;
                count += 1;
            }
            self.starts.push(count as usize);
            self.columns.push(rows);
        }
        self.values = vec![0.0; count as usize * AREA];
    }

    /// Sets every entry to zero.
    pub fn clear(&mut self) {
        self.values.fill(0.0);
    }

    /// Adds to the entry at `row` ≥ `column`.
    #[inline]
    pub fn add(&mut self, row: usize, column: usize, value: f64) {
        let tile = self.table[(column / TILE) * self.side + row / TILE] as usize;
        self.values[tile * AREA + (column % TILE) * TILE + row % TILE] += value;
    }

    /// The sum of two matrices of the same shape.
    pub fn add_all(&mut self, other: &Self) {
        for (value, &more) in self.values.iter_mut().zip(&other.values) {
            *value += more;
        }
    }

    /// Replaces the matrix by its lower Cholesky factor. A pivot that rounding has made
    /// meaningless is made infinite, which leaves its row out.
    pub fn factor(&mut self, stop: &impl Fn() -> bool) -> bool {
        for row in self.size..self.side * TILE {
            self.add(row, row, 1.0);
        }
        for column in 0..self.side {
            if column % LOOK == LOOK - 1 && stop() {
                return false;
            }
            let start = self.starts[column] * AREA;
            let end = self.starts[column + 1] * AREA;
            let (done, rest) = self.values.split_at_mut(start);
            let current = &mut rest[..end - start];
            let left: Vec<(usize, u32)> = (0..column)
                .filter_map(|k| {
                    let tile = self.table[k * self.side + column];
                    (tile != NONE).then_some((k, tile))
                })
                .collect();
            let rows = &self.columns[column];
            let update = |(place, tile): (usize, &mut [f64])| {
                let row = rows[place] as usize;
                for &(k, across) in &left {
                    let down = self.table[k * self.side + row];
                    if down != NONE {
                        subtract_product(tile, at(done, down), at(done, across));
                    }
                }
            };
            if current.len() / AREA * left.len() >= 64 {
                current.par_chunks_mut(AREA).enumerate().for_each(update);
            } else {
                current.chunks_mut(AREA).enumerate().for_each(update);
            }
            let (diagonal, below) = current.split_at_mut(AREA);
            factor_tile(diagonal);
            for tile in below.chunks_mut(AREA) {
                divide_tile(tile, diagonal);
            }
        }
        true
    }

    /// Solves with the factor, in place.
    pub fn solve(&self, vector: &mut [f64]) {
        let mut padded = vector.to_vec();
        padded.resize(self.side * TILE, 0.0);
        for column in 0..self.side {
            let (head, tail) = padded.split_at_mut((column + 1) * TILE);
            let x = &mut head[column * TILE..];
            let diagonal = at(&self.values, self.starts[column] as u32);
            for k in 0..TILE {
                x[k] /= diagonal[k * TILE + k];
                for i in k + 1..TILE {
                    x[i] -= diagonal[k * TILE + i] * x[k];
                }
            }
            for (place, &row) in self.columns[column].iter().enumerate().skip(1) {
                let tile = at(&self.values, (self.starts[column] + place) as u32);
                let start = (row as usize - column - 1) * TILE;
                let y = &mut tail[start..start + TILE];
                for k in 0..TILE {
                    for i in 0..TILE {
                        y[i] -= tile[k * TILE + i] * x[k];
                    }
                }
            }
        }
        for column in (0..self.side).rev() {
            let (head, tail) = padded.split_at_mut((column + 1) * TILE);
            let x = &mut head[column * TILE..];
            for (place, &row) in self.columns[column].iter().enumerate().skip(1) {
                let tile = at(&self.values, (self.starts[column] + place) as u32);
                let start = (row as usize - column - 1) * TILE;
                let y = &tail[start..start + TILE];
                for k in 0..TILE {
                    let column = &tile[k * TILE..(k + 1) * TILE];
                    x[k] -= column.iter().zip(y).map(|(a, b)| a * b).sum::<f64>();
                }
            }
            let diagonal = at(&self.values, self.starts[column] as u32);
            for k in (0..TILE).rev() {
                for i in k + 1..TILE {
                    x[k] -= diagonal[k * TILE + i] * x[i];
                }
                x[k] /= diagonal[k * TILE + k];
            }
        }
        vector.copy_from_slice(&padded[..vector.len()]);
    }
}

fn at(values: &[f64], tile: u32) -> &[f64] {
    &values[tile as usize * AREA..(tile as usize + 1) * AREA]
}

/// C −= A·Bᵀ, on the widest registers of the machine. Each entry is summed in the same order on
/// all of them, so that the answer does not depend on the machine.
fn subtract_product(c: &mut [f64], a: &[f64], b: &[f64]) {
    pulp::Arch::new().dispatch(Product { c, a, b });
}

struct Product<'a> {
    c: &'a mut [f64],
    a: &'a [f64],
    b: &'a [f64],
}

impl WithSimd for Product<'_> {
    type Output = ();

    /// Four columns and two registers of rows at a time.
    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        const COLUMNS: usize = 4;
        let strips = TILE / S::F64_LANES;
        let (a, _) = S::as_simd_f64s(self.a);
        let (c, _) = S::as_mut_simd_f64s(self.c);
        let (b, _) = self.b.as_chunks::<COLUMNS>();
        for j in 0..TILE / COLUMNS {
            for i in (0..strips).step_by(2) {
                let mut sum = [[simd.splat_f64s(0.0); 2]; COLUMNS];
                let columns = a.chunks_exact(strips).zip(b.chunks_exact(TILE / COLUMNS));
                for (x, y) in columns.map(|(a, b)| ([a[i], a[i + 1]], &b[j])) {
                    for (sum, &y) in sum.iter_mut().zip(y) {
                        let y = simd.splat_f64s(y);
                        sum[0] = simd.add_f64s(sum[0], simd.mul_f64s(x[0], y));
                        sum[1] = simd.add_f64s(sum[1], simd.mul_f64s(x[1], y));
                    }
                }
                for (column, sum) in sum.iter().enumerate() {
                    let place = (j * COLUMNS + column) * strips + i;
                    c[place] = simd.sub_f64s(c[place], sum[0]);
                    c[place + 1] = simd.sub_f64s(c[place + 1], sum[1]);
                }
            }
        }
    }
}

/// The Cholesky factor of a diagonal tile, in its lower triangle.
fn factor_tile(tile: &mut [f64]) {
    for k in 0..TILE {
        let pivot = tile[k * TILE + k];
        let root = if pivot > 1e-300 {
            pivot.sqrt()
        } else {
            f64::MAX.sqrt()
        };
        tile[k * TILE + k] = root;
        for i in k + 1..TILE {
            tile[k * TILE + i] /= root;
        }
        let (left, right) = tile.split_at_mut((k + 1) * TILE);
        let column = &left[k * TILE..];
        for j in k + 1..TILE {
            let factor = column[j];
            let target = &mut right[(j - k - 1) * TILE..(j - k) * TILE];
            for i in j..TILE {
                target[i] -= factor * column[i];
            }
        }
    }
}

/// X·Lᵀ = tile, in place.
fn divide_tile(tile: &mut [f64], diagonal: &[f64]) {
    for k in 0..TILE {
        let (left, right) = tile.split_at_mut((k + 1) * TILE);
        let column = &mut left[k * TILE..];
        let pivot = diagonal[k * TILE + k];
        for value in column.iter_mut() {
            *value /= pivot;
        }
        for j in k + 1..TILE {
            let factor = diagonal[k * TILE + j];
            let target = &mut right[(j - k - 1) * TILE..(j - k) * TILE];
            for (value, &x) in target.iter_mut().zip(column.iter()) {
                *value -= factor * x;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A matrix of 100 rows in three overlapping cliques, times a known vector, solved back.
    #[test]
    fn solving_undoes_multiplying() {
        let cliques: [Vec<u32>; 3] = [
            (0..40).collect(),
            (35..70).collect(),
            (0..100).step_by(9).collect(),
        ];
        let mut matrix = TileMatrix::new(100, cliques.iter().map(Vec::as_slice));
        let mut dense = vec![[0.0; 100]; 100];
        for (number, clique) in cliques.iter().enumerate() {
            for &i in clique {
                for &j in clique {
                    let value = 1.0 / (1.0 + f64::from(i.abs_diff(j)) + number as f64);
                    dense[i as usize][j as usize] += value;
                    if i >= j {
                        matrix.add(i as usize, j as usize, value);
                    }
                }
            }
        }
        for (i, row) in dense.iter_mut().enumerate() {
            row[i] += 3.0;
            matrix.add(i, i, 3.0);
        }
        let known: Vec<f64> = (0..100).map(|i| f64::from(i % 7) - 3.0).collect();
        let mut vector: Vec<f64> = dense
            .iter()
            .map(|row| row.iter().zip(&known).map(|(a, b)| a * b).sum())
            .collect();
        assert!(matrix.factor(&|| false));
        matrix.solve(&mut vector);
        for (found, known) in vector.iter().zip(&known) {
            assert!((found - known).abs() < 1e-12, "{found} is not {known}");
        }
    }

    /// Registers of any width add up the same numbers in the same order as one at a time.
    #[test]
    fn a_product_does_not_depend_on_the_machine() {
        let tile = |seed: usize| -> Vec<f64> {
            let value = |i: usize| ((i * seed) % 1009) as f64 / 7.0 - 60.0;
            (0..AREA).map(value).collect()
        };
        let (a, b, before) = (tile(31), tile(57), tile(101));
        let mut c = before.clone();
        subtract_product(&mut c, &a, &b);
        for j in 0..TILE {
            for i in 0..TILE {
                let terms = (0..TILE).map(|k| a[k * TILE + i] * b[k * TILE + j]);
                let sum = terms.fold(0.0, |sum, term| sum + term);
                assert_eq!(c[j * TILE + i], before[j * TILE + i] - sum);
            }
        }
    }
}
