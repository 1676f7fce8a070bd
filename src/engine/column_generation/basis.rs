//! The working basis of the key-column simplex: a sparse factor and what has changed since.
//!
//! Columns are factored from left to right (J. R. Gilbert and T. Peierls, Sparse partial pivoting
//! in time proportional to arithmetic operations, SIAM J. Sci. Stat. Comput. 9, 1988), the short
//! ones first. Changes are kept as elementary matrices: the product form of the inverse for a
//! column that is replaced, and its mirror image for a block that takes another key column.

mod sparse;

use sparse::Reach;

/// A pivot below this share of its column's largest entry is not taken.
const THRESHOLD: f64 = 0.1;
const NONE: u32 = u32::MAX;

/// A factored square matrix, W.
#[derive(Clone, Debug, Default)]
pub(in crate::engine) struct Basis {
    size: usize,
    /// Strictly lower part by pivot: original rows and multipliers.
    lower: Columns,
    /// Strictly upper part by pivot: earlier pivots and values.
    upper: Columns,
    diagonal: Vec<f64>,
    /// The row of each pivot.
    rows: Vec<u32>,
    /// The pivot of each row.
    pivot_of: Vec<u32>,
    /// The position of each pivot's column.
    positions: Vec<u32>,
    changes: Vec<Change>,
    /// The entries of all changes.
    changed: usize,
    scratch: Vec<f64>,
    /// Zero between two solves.
    values: Vec<f64>,
    reach: Reach,
    /// How many entries the last solution had of those that may have few.
    filled: usize,
}

/// Sparse columns, one after another.
#[derive(Clone, Debug, Default)]
struct Columns {
    starts: Vec<u32>,
    entries: Vec<(u32, f64)>,
}

impl Columns {
    fn clear(&mut self) {
        self.starts.clear();
        self.starts.push(0);
        self.entries.clear();
    }

    fn close(&mut self) {
        self.starts.push(self.entries.len() as u32);
    }

    #[inline]
    fn at(&self, column: usize) -> &[(u32, f64)] {
        &self.entries[self.starts[column] as usize..self.starts[column + 1] as usize]
    }
}

/// An elementary matrix multiplied to the inverse from the left.
#[derive(Clone, Debug)]
enum Change {
    /// The column at `position` was replaced by one whose image is `pivot` there and `others`
    /// elsewhere.
    Column {
        position: u32,
        pivot: f64,
        others: Vec<(u32, f64)>,
    },
    /// The column at `position` became the key of its block, of which `others` are in the basis
    /// too; the old key stands at `position` now.
    Key { position: u32, others: Vec<u32> },
}

impl Basis {
    /// Factors the matrix whose column at each position is given by `column`. Where columns are
    /// dependent, answers the positions left over and the rows without a pivot, as many.
    pub fn factor(
        &mut self,
        size: usize,
        column: impl Fn(usize, &mut Vec<(u32, f64)>),
    ) -> Result<(), (Vec<u32>, Vec<u32>)> {
        self.size = size;
        self.changes.clear();
        self.changed = 0;
        self.scratch = vec![0.0; size];
        self.values = vec![0.0; size];
        self.reach = Reach::new(size);
        self.diagonal.clear();
        self.rows.clear();
        self.positions.clear();
        self.lower.clear();
        self.upper.clear();
        let mut all = Columns::default();
        all.clear();
        let mut buffer = Vec::new();
        for position in 0..size {
            buffer.clear();
            column(position, &mut buffer);
            all.entries.extend_from_slice(&buffer);
            all.close();
        }
        let mut counts = vec![0u32; size];
        for &(row, _) in &all.entries {
            counts[row as usize] += 1;
        }
        let mut order: Vec<u32> = (0..size as u32).collect();
        // a column that alone meets a row takes its pivot there and fills nothing
        let is_alone = |position: u32| {
            let mut rows = all.at(position as usize).iter();
            rows.any(|&(row, _)| counts[row as usize] == 1)
        };
        order.sort_by_key(|&position| (!is_alone(position), all.at(position as usize).len()));
        let mut work = Elimination::new(size);
        let mut left_over = Vec::new();
        for position in order {
            if !self.eliminate(all.at(position as usize), &counts, &mut work) {
                left_over.push(position);
                continue;
            }
            self.positions.push(position);
        }
        self.pivot_of = std::mem::take(&mut work.pivot_of);
        if left_over.is_empty() {
            return Ok(());
        }
        let missing = (0..size as u32)
            .filter(|&row| self.pivot_of[row as usize] == NONE)
            .collect();
        Err((left_over, missing))
    }

    /// Brings one more column into the factor; false if nothing of it is left.
    fn eliminate(
        &mut self,
        entries: &[(u32, f64)],
        counts: &[u32],
        work: &mut Elimination,
    ) -> bool {
        let mut largest_input = 0f64;
        for &(row, value) in entries {
            work.reach(row, &self.lower);
            work.value[row as usize] += value;
            largest_input = largest_input.max(value.abs());
        }
        // in topological order, which is the reverse of the order of completion
        for place in (0..work.reached.len()).rev() {
            let row = work.reached[place];
            let pivot = work.pivot_of[row as usize];
            if pivot == NONE {
                continue;
            }
            let factor = work.value[row as usize];
            if factor != 0.0 {
                for &(below, multiplier) in self.lower.at(pivot as usize) {
                    work.value[below as usize] -= multiplier * factor;
                }
            }
        }
        let free = |row: &&u32| work.pivot_of[**row as usize] == NONE;
        let largest = work
            .reached
            .iter()
            .filter(free)
            .map(|&row| work.value[row as usize].abs())
            .fold(0.0, f64::max);
        let good = largest > 1e-10 * largest_input;
        let chosen = work
            .reached
            .iter()
            .filter(free)
            .filter(|&&row| work.value[row as usize].abs() >= THRESHOLD * largest)
            .min_by_key(|&&row| (counts[row as usize], row))
            .copied();
        let mut accepted = false;
        if let (true, Some(chosen)) = (good, chosen) {
            accepted = true;
            let number = self.diagonal.len() as u32;
            let pivot = work.value[chosen as usize];
            for &row in &work.reached {
                let value = work.value[row as usize];
                if value == 0.0 || row == chosen {
                    continue;
                }
                match work.pivot_of[row as usize] {
                    NONE => self.lower.entries.push((row, value / pivot)),
                    earlier => self.upper.entries.push((earlier, value)),
                }
            }
            self.lower.close();
            self.upper.close();
            self.diagonal.push(pivot);
            self.rows.push(chosen);
            work.pivot_of[chosen as usize] = number;
        }
        work.forget();
        accepted
    }

    /// Whether the changes have more entries than the factor.
    pub fn is_worn(&self) -> bool {
        self.changed > self.size + self.lower.entries.len() + self.upper.entries.len()
    }

    /// How many changes there are since the matrix was factored.
    pub fn changes(&self) -> usize {
        self.changes.len()
    }

    /// x of W x = b: rows in, positions out, in place.
    pub fn solve(&mut self, vector: &mut [f64]) {
        let work = &mut self.scratch;
        for pivot in 0..self.size {
            let value = vector[self.rows[pivot] as usize];
            work[pivot] = value;
            if value != 0.0 {
                for &(row, multiplier) in self.lower.at(pivot) {
                    vector[row as usize] -= multiplier * value;
                }
            }
        }
        for pivot in (0..self.size).rev() {
            let value = work[pivot];
            if value != 0.0 {
                let value = value / self.diagonal[pivot];
                for &(earlier, entry) in self.upper.at(pivot) {
                    work[earlier as usize] -= entry * value;
                }
                vector[self.positions[pivot] as usize] = value;
            } else {
                vector[self.positions[pivot] as usize] = 0.0;
            }
        }
        for change in &self.changes {
            change.apply(vector);
        }
    }

    /// y of Wᵀ y = c: positions in, rows out, in place.
    pub fn solve_transposed(&mut self, vector: &mut [f64]) {
        for change in self.changes.iter().rev() {
            change.apply_transposed(vector);
        }
        let work = &mut self.scratch;
        for pivot in 0..self.size {
            let mut value = vector[self.positions[pivot] as usize];
            for &(earlier, entry) in self.upper.at(pivot) {
                value -= entry * work[earlier as usize];
            }
            work[pivot] = value / self.diagonal[pivot];
        }
        for pivot in 0..self.size {
            vector[self.rows[pivot] as usize] = work[pivot];
        }
        for pivot in (0..self.size).rev() {
            let mut value = vector[self.rows[pivot] as usize];
            for &(row, multiplier) in self.lower.at(pivot) {
                value -= multiplier * vector[row as usize];
            }
            vector[self.rows[pivot] as usize] = value;
        }
    }

    /// Replaces the column at `position` by one whose image is `image`, zero but at `places`.
    pub fn replace(
        &mut self,
        position: usize,
        image: &[f64],
        places: impl IntoIterator<Item = u32>,
    ) {
        let others: Vec<(u32, f64)> = places
            .into_iter()
            .map(|place| (place, image[place as usize]))
            .filter(|&(place, value)| place as usize != position && value.abs() > 1e-14)
            .collect();
        self.changed += others.len();
        self.changes.push(Change::Column {
            position: position as u32,
            pivot: image[position],
            others,
        });
    }

    /// Makes the column at `position` the key of its block.
    pub fn change_key(&mut self, position: usize, others: Vec<u32>) {
        let position = position as u32;
        self.changed += others.len();
        self.changes.push(Change::Key { position, others });
    }
}

impl Change {
    fn apply(&self, vector: &mut [f64]) {
        match self {
            Self::Column {
                position,
                pivot,
                others,
            } => {
                let value = vector[*position as usize];
                if value != 0.0 {
                    let value = value / pivot;
                    vector[*position as usize] = value;
                    for &(place, entry) in others {
                        vector[place as usize] -= entry * value;
                    }
                }
            }
            Self::Key { position, others } => {
                let sum: f64 = others.iter().map(|&place| vector[place as usize]).sum();
                vector[*position as usize] = -vector[*position as usize] - sum;
            }
        }
    }

    fn apply_transposed(&self, vector: &mut [f64]) {
        match self {
            Self::Column {
                position,
                pivot,
                others,
            } => {
                let mut value = vector[*position as usize];
                for &(place, entry) in others {
                    value -= entry * vector[place as usize];
                }
                vector[*position as usize] = value / pivot;
            }
            Self::Key { position, others } => {
                let value = vector[*position as usize];
                for &place in others {
                    vector[place as usize] -= value;
                }
                vector[*position as usize] = -value;
            }
        }
    }
}

/// Workspace of the elimination of one column.
struct Elimination {
    value: Vec<f64>,
    pivot_of: Vec<u32>,
    seen: Vec<bool>,
    /// Rows reached, in the order in which the search completed them.
    reached: Vec<u32>,
    stack: Vec<(u32, u32)>,
}

impl Elimination {
    fn new(size: usize) -> Self {
        Self {
            value: vec![0.0; size],
            pivot_of: vec![NONE; size],
            seen: vec![false; size],
            reached: Vec::new(),
            stack: Vec::new(),
        }
    }

    /// Depth-first search for the rows that a nonzero in `row` will fill.
    fn reach(&mut self, row: u32, lower: &Columns) {
        if self.seen[row as usize] {
            return;
        }
        self.seen[row as usize] = true;
        self.stack.push((row, 0));
        while let Some((row, next)) = self.stack.pop() {
            let below = match self.pivot_of[row as usize] {
                NONE => &[][..],
                pivot => lower.at(pivot as usize),
            };
            match below.get(next as usize) {
                Some(&(child, _)) => {
                    self.stack.push((row, next + 1));
                    if !self.seen[child as usize] {
                        self.seen[child as usize] = true;
                        self.stack.push((child, 0));
                    }
                }
                None => self.reached.push(row),
            }
        }
    }

    fn forget(&mut self) {
        for &row in &self.reached {
            self.value[row as usize] = 0.0;
            self.seen[row as usize] = false;
        }
        self.reached.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn multiply(columns: &[Vec<(u32, f64)>], x: &[f64]) -> Vec<f64> {
        let mut b = vec![0.0; x.len()];
        for (column, &x) in columns.iter().zip(x) {
            for &(row, value) in column {
                b[row as usize] += value * x;
            }
        }
        b
    }

    fn check(basis: &mut Basis, columns: &[Vec<(u32, f64)>]) {
        let x: Vec<f64> = (0..columns.len()).map(|i| (i % 5) as f64 - 1.5).collect();
        let mut vector = multiply(columns, &x);
        basis.solve(&mut vector);
        for (found, known) in vector.iter().zip(&x) {
            assert!((found - known).abs() < 1e-9, "{found} is not {known}");
        }
        for row in [0, 7, 31] {
            let mut vector = vec![0.0; columns.len()];
            vector[row] = 3.0;
            vector[(row + 4) % columns.len()] = -1.0;
            let mut sparse = vector.clone();
            let rows = [row as u32, (row as u32 + 4) % columns.len() as u32];
            basis.solve(&mut vector);
            let places = basis.solve_reached(&mut sparse, &rows);
            assert_eq!(sparse, vector);
            let filled = (0..).zip(&vector).filter(|(_, value)| **value != 0.0);
            assert_eq!(places, filled.map(|(place, _)| place).collect::<Vec<u32>>());
        }
        let mut dual: Vec<f64> = columns
            .iter()
            .map(|column| {
                column
                    .iter()
                    .map(|&(row, value)| value * x[row as usize])
                    .sum()
            })
            .collect();
        basis.solve_transposed(&mut dual);
        for (found, known) in dual.iter().zip(&x) {
            assert!((found - known).abs() < 1e-9, "{found} is not {known}");
        }
    }

    /// A column at position i holds 2 at row i, and ±1 at two others.
    fn columns(size: u32) -> Vec<Vec<(u32, f64)>> {
        (0..size)
            .map(|i| {
                vec![
                    (i, 2.0),
                    ((i * 7 + 3) % size, 1.0),
                    ((i * 5 + 1) % size, -1.0),
                ]
            })
            .collect()
    }

    #[test]
    fn solves_both_ways_after_factoring_and_after_changes() {
        let mut columns = columns(40);
        let mut basis = Basis::default();
        basis
            .factor(40, |position, out| {
                out.extend_from_slice(&columns[position])
            })
            .unwrap();
        check(&mut basis, &columns);
        // position 4 gets a new column
        let new = vec![(4, 1.0), (9, 3.0), (30, -2.0)];
        let mut image = vec![0.0; 40];
        for &(row, value) in &new {
            image[row as usize] = value;
        }
        basis.solve(&mut image);
        basis.replace(4, &image, 0..40);
        columns[4] = new;
        check(&mut basis, &columns);
        // positions 2, 7 and 11 are of one block: 7 becomes its key, so that 2 and 11 lose what 7
        // has, and 7 holds the old key, which is itself negated
        basis.change_key(7, vec![2, 11]);
        let key = columns[7].clone();
        for position in [2, 11] {
            columns[position].extend(key.iter().map(|&(row, value)| (row, -value)));
        }
        columns[7] = key.into_iter().map(|(row, value)| (row, -value)).collect();
        check(&mut basis, &columns);
    }

    #[test]
    fn dependent_columns_are_named() {
        // column 2 is column 0 plus column 1
        let columns = [vec![(0, 1.0)], vec![(1, 1.0)], vec![(0, 1.0), (1, 1.0)]];
        let mut basis = Basis::default();
        let outcome = basis.factor(3, |position, out| out.extend_from_slice(&columns[position]));
        assert_eq!(outcome, Err((vec![2], vec![2])));
    }
}
