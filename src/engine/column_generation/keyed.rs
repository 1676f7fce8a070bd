//! A vertex of the restricted master in key-column form.
//!
//! Each block has a key column, which takes what the block's other columns leave of its quantity.
//! So the blocks' equations need no basis of their own, and the working basis W is only as large
//! as the rows (G. B. Dantzig and R. M. Van Slyke, Generalized upper bounding techniques,
//! J. Comput. Syst. Sci. 1, 1967). A path column enters it as its difference to the key.

use super::basis::Basis;
use super::master::Restricted;
use super::point::Point;
use super::ties::Shifts;

/// A variable of the master other than a key column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Variable {
    /// A path column.
    Path(u32),
    /// A general column.
    General(u32),
    /// The slack of a row: negative where flows exceed it.
    Slack(u32),
}

/// No position in the basis.
const NONE: u32 = u32::MAX;

/// Basis, keys and values.
pub(super) struct Keyed<'a> {
    pub master: &'a Restricted,
    pub basis: Basis,
    /// The variable at each position of W.
    pub basic: Vec<Variable>,
    /// The key column of each block.
    pub key: Vec<u32>,
    /// The block of each path column.
    pub block: Vec<u32>,
    pub x: Vec<f64>,
    pub y: Vec<f64>,
    pub slack: Vec<f64>,
    /// Positions in the basis.
    path_position: Vec<u32>,
    general_position: Vec<u32>,
    slack_position: Vec<u32>,
    /// Basic positions of each block's columns.
    members: Vec<Vec<u32>>,
    /// Change of each block's key while a variable moves, and the blocks where there may be any.
    pub key_rate: Vec<f64>,
    pub touched: Vec<u32>,
    is_touched: Vec<bool>,
    pub image: Vec<f64>,
    /// The positions where `image` is not zero.
    pub moved: Vec<u32>,
    /// Blocks whose key or basic columns have changed since somebody last emptied this.
    pub exchanged: Vec<u32>,
    pub pivots: usize,
    /// What costs are raised by while dual steps go on.
    pub shifts: Shifts,
    /// How many times the basis was factored since values were computed.
    factored: usize,
}

/// What stops a variable that moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Block {
    /// Its own bound.
    Bound,
    /// The basic variable at this position.
    Position(usize),
    /// The key of this block.
    Key(u32),
}

/// Changes of the basis before it is factored again, or as many as its rows over `ROWS` where these
/// are more and they have few entries: in a large basis, most changes do not meet.
const REFACTOR: usize = 64;
const ROWS: usize = 16;
/// How many times it is factored before values are computed anew: what steps add up to is as good
/// as that for long, and reading every column takes longer than factoring.
const RECOMPUTE: usize = 16;

/// A vertex apart from its master, in the numbers of pool and program.
#[derive(Clone, Debug, Default)]
pub(super) struct Snapshot {
    /// Basic columns of the pool.
    paths: Vec<u32>,
    /// Basic general columns of the program.
    general: Vec<u32>,
    /// Rows whose slack is not basic.
    tight: Vec<u32>,
    /// General columns at their upper bound.
    upper: Vec<u32>,
}

impl<'a> Keyed<'a> {
    /// The vertex again, in a master that has gained or lost columns and rows since. Flows name
    /// the key columns: the largest of each block that is not basic.
    pub fn resumed(master: &'a Restricted, flows: &[f64], snapshot: &Snapshot) -> Self {
        let is_in = |list: &[u32], number: u32| list.binary_search(&number).is_ok();
        let point = Point {
            x: (0..flows.len())
                .map(|p| {
                    let basic = is_in(&snapshot.paths, master.columns[p]);
                    if basic { 0.0 } else { flows[p] }
                })
                .collect(),
            y: (0..master.general.len())
                .map(|j| {
                    let upper = is_in(&snapshot.upper, master.general[j]);
                    if upper { master.general_upper[j] } else { 0.0 }
                })
                .collect(),
            ..Point::default()
        };
        let mut this = Self::bare(master, &point);
        let mut positions: Vec<usize> = (0..master.rows.len())
            .filter(|&row| is_in(&snapshot.tight, master.rows[row]))
            .collect();
        let paths = (0..master.columns.len())
            .filter(|&p| is_in(&snapshot.paths, master.columns[p]) && !this.is_key(p))
            .map(|p| Variable::Path(p as u32));
        let general = (0..master.general.len())
            .filter(|&j| is_in(&snapshot.general, master.general[j]))
            .map(|j| Variable::General(j as u32));
        let entering: Vec<Variable> = general.chain(paths).collect();
        positions.reverse();
        for variable in entering {
            let Some(position) = positions.pop() else {
                break;
            };
            this.seat(variable, position);
        }
        this.refactor();
        this
    }

    /// What is needed to resume.
    pub fn snapshot(&self) -> Snapshot {
        let master = self.master;
        let mut snapshot = Snapshot::default();
        for &variable in &self.basic {
            match variable {
                Variable::Path(p) => snapshot.paths.push(master.columns[p as usize]),
                Variable::General(j) => snapshot.general.push(master.general[j as usize]),
                Variable::Slack(_) => {}
            }
        }
        let nonbasic = |&row: &usize| self.slack_position[row] == NONE;
        let rows = (0..master.rows.len()).filter(nonbasic);
        snapshot.tight = rows.map(|row| master.rows[row]).collect();
        let raised = |&j: &usize| self.general_position[j] == NONE && self.y[j] > 0.0;
        let raised = (0..self.y.len()).filter(raised);
        snapshot.upper = raised.map(|j| master.general[j]).collect();
        snapshot.paths.sort_unstable();
        snapshot.general.sort_unstable();
        snapshot.tight.sort_unstable();
        snapshot.upper.sort_unstable();
        snapshot
    }

    /// All slacks basic, the largest flow of each block its key.
    pub fn new(master: &'a Restricted, point: &Point) -> Self {
        let mut this = Self::bare(master, point);
        this.refactor();
        this
    }

    fn bare(master: &'a Restricted, point: &Point) -> Self {
        let rows = master.rows.len();
        let blocks = master.releases.len();
        let mut key = Vec::with_capacity(blocks);
        let mut block_of = Vec::with_capacity(master.columns.len());
        for block in 0..blocks {
            let range = master.block(block);
            let largest = range
                .clone()
                .max_by(|&a, &b| point.x[a].total_cmp(&point.x[b]).then(b.cmp(&a)));
            key.push(largest.unwrap_or(range.start) as u32);
            block_of.extend(range.map(|_| block as u32));
        }
        Self {
            master,
            basis: Basis::default(),
            basic: (0..rows as u32).map(Variable::Slack).collect(),
            key,
            block: block_of,
            x: point.x.clone(),
            y: point.y.clone(),
            slack: vec![0.0; rows],
            path_position: vec![NONE; master.columns.len()],
            general_position: vec![NONE; master.general.len()],
            slack_position: (0..rows as u32).collect(),
            members: vec![Vec::new(); blocks],
            key_rate: vec![0.0; blocks],
            touched: Vec::new(),
            is_touched: vec![false; blocks],
            image: vec![0.0; rows],
            moved: Vec::new(),
            exchanged: Vec::new(),
            pivots: 0,
            shifts: Shifts::default(),
            factored: 0,
        }
    }

    /// Puts a variable at a position of the basis whose slack leaves.
    fn seat(&mut self, variable: Variable, position: usize) {
        self.forget(self.basic[position], position as u32);
        self.basic[position] = variable;
        self.set_position(variable, position as u32);
        if let Variable::Path(p) = variable {
            self.members[self.block[p as usize] as usize].push(position as u32);
        }
    }

    /// The position of a variable in the basis.
    pub fn position(&self, variable: Variable) -> Option<usize> {
        let position = match variable {
            Variable::Path(p) => self.path_position[p as usize],
            Variable::General(j) => self.general_position[j as usize],
            Variable::Slack(r) => self.slack_position[r as usize],
        };
        (position != NONE).then_some(position as usize)
    }

    fn set_position(&mut self, variable: Variable, position: u32) {
        match variable {
            Variable::Path(p) => {
                self.path_position[p as usize] = position;
                self.exchanged.push(self.block[p as usize]);
            }
            Variable::General(j) => self.general_position[j as usize] = position,
            Variable::Slack(r) => self.slack_position[r as usize] = position,
        }
    }

    pub fn value(&self, variable: Variable) -> f64 {
        match variable {
            Variable::Path(p) => self.x[p as usize],
            Variable::General(j) => self.y[j as usize],
            Variable::Slack(r) => self.slack[r as usize],
        }
    }

    pub fn set_value(&mut self, variable: Variable, value: f64) {
        match variable {
            Variable::Path(p) => self.x[p as usize] = value,
            Variable::General(j) => self.y[j as usize] = value,
            Variable::Slack(r) => self.slack[r as usize] = value,
        }
    }

    /// Whether a path column is its block's key.
    pub fn is_key(&self, path: usize) -> bool {
        self.key[self.block[path] as usize] as usize == path
    }

    /// Calls `each` with the rows and entries of a variable's column in W.
    #[inline]
    pub fn column(&self, variable: Variable, mut each: impl FnMut(usize, f64)) {
        match variable {
            Variable::Slack(row) => each(row as usize, 1.0),
            Variable::General(j) => {
                for (row, b) in self.master.entries.column(j as usize) {
                    each(row, b);
                }
            }
            Variable::Path(p) => {
                let block = self.block[p as usize] as usize;
                for (row, a) in self.master.paths.column(p as usize) {
                    each(row, a);
                }
                for (row, a) in self.master.paths.column(self.key[block] as usize) {
                    each(row, -a);
                }
            }
        }
    }

    /// Factors the basis anew and recomputes its values.
    pub fn refactor(&mut self) {
        self.factor();
        self.recompute();
    }

    /// Factors the basis anew. Dependent columns leave for slacks; answers whether there are any.
    fn factor(&mut self) -> bool {
        let mut basis = std::mem::take(&mut self.basis);
        let mut any_left = false;
        for _ in 0..3 {
            let outcome = basis.factor(self.basic.len(), |position, out| {
                self.column(self.basic[position], |row, value| {
                    match out.iter_mut().find(|(known, _)| *known as usize == row) {
                        Some((_, sum)) => *sum += value,
                        None => out.push((row as u32, value)),
                    }
                });
                out.retain(|&(_, value)| value != 0.0);
            });
            let Err((positions, rows)) = outcome else {
                break;
            };
            any_left = true;
            for (position, row) in positions.into_iter().zip(rows) {
                self.seat(Variable::Slack(row), position as usize);
            }
        }
        self.basis = basis;
        self.factored += 1;
        any_left
    }

    fn forget(&mut self, variable: Variable, position: u32) {
        self.set_position(variable, NONE);
        if let Variable::Path(p) = variable {
            self.members[self.block[p as usize] as usize].retain(|&other| other != position);
        }
        let bound = match variable {
            Variable::General(j) => {
                let upper = self.master.general_upper[j as usize];
                let value = self.y[j as usize];
                if upper - value < value { upper } else { 0.0 }
            }
            _ => 0.0,
        };
        self.set_value(variable, bound);
    }

    /// The basic values and keys from the nonbasic ones.
    fn recompute(&mut self) {
        self.factored = 0;
        for &variable in &self.basic.clone() {
            self.set_value(variable, 0.0);
        }
        self.settle_keys();
        let mut left = self.left();
        for (left, slack) in left.iter_mut().zip(&self.slack) {
            *left -= slack;
        }
        self.basis.solve(&mut left);
        for (position, value) in left.into_iter().enumerate() {
            self.set_value(self.basic[position], value);
        }
        self.settle_keys();
    }

    fn settle_keys(&mut self) {
        for block in 0..self.key.len() {
            let key = self.key[block] as usize;
            let others: f64 = self
                .master
                .block(block)
                .filter(|&p| p != key)
                .map(|p| self.x[p])
                .sum();
            self.x[key] = self.master.quantity[block] - others;
        }
    }

    /// u − Ax − By.
    pub fn left(&self) -> Vec<f64> {
        let master = self.master;
        let mut left = master.upper.clone();
        for (p, &x) in self.x.iter().enumerate().filter(|(_, x)| **x != 0.0) {
            for (row, a) in master.paths.column(p) {
                left[row] -= a * x;
            }
        }
        for (j, y) in self.y.iter().enumerate() {
            for (row, b) in master.entries.column(j) {
                left[row] -= b * y;
            }
        }
        left
    }

    /// Writes W⁻¹ times the variable's column to `image`, and what its increase by one does to
    /// the keys to `key_rate`.
    pub fn look(&mut self, variable: Variable) {
        let mut image = std::mem::take(&mut self.image);
        for &position in &self.moved {
            image[position as usize] = 0.0;
        }
        let mut rows = Vec::new();
        self.column(variable, |row, value| {
            rows.push(row as u32);
            image[row] += value;
        });
        self.moved = self.basis.solve_sparse(&mut image, &rows);
        for block in self.touched.drain(..) {
            self.key_rate[block as usize] = 0.0;
            self.is_touched[block as usize] = false;
        }
        if let Variable::Path(p) = variable {
            self.touch(self.block[p as usize], -1.0);
        }
        for place in 0..self.moved.len() {
            let position = self.moved[place] as usize;
            if let Variable::Path(p) = self.basic[position] {
                self.touch(self.block[p as usize], image[position]);
            }
        }
        self.image = image;
    }

    fn touch(&mut self, block: u32, rate: f64) {
        if !std::mem::replace(&mut self.is_touched[block as usize], true) {
            self.touched.push(block);
        }
        self.key_rate[block as usize] += rate;
    }

    /// Moves a variable by `step` and all basic variables and keys with it, as last looked at.
    pub fn shift(&mut self, variable: Variable, step: f64) {
        self.set_value(variable, self.value(variable) + step);
        for place in 0..self.moved.len() {
            let position = self.moved[place] as usize;
            let basic = self.basic[position];
            self.set_value(basic, self.value(basic) - step * self.image[position]);
        }
        for &block in &self.touched {
            self.x[self.key[block as usize] as usize] += step * self.key_rate[block as usize];
        }
    }

    /// Exchanges the variable last looked at, which enters, for what blocked it, which gets
    /// `bound` as its value.
    pub fn exchange(&mut self, entering: Variable, blocked: Block, bound: f64) {
        self.pivots += 1;
        match blocked {
            Block::Bound => {}
            Block::Position(position) => self.replace(entering, position, bound),
            Block::Key(block) => {
                let old = self.key[block as usize];
                match self.seat_key(block) {
                    None => {
                        // only the entering column moves this block
                        if let Variable::Path(p) = entering {
                            self.exchanged.push(block);
                            self.key[block as usize] = p;
                            self.x[old as usize] = bound;
                        }
                    }
                    Some(position) => {
                        self.look(entering);
                        self.replace(entering, position, bound);
                    }
                }
            }
        }
        let (changes, many) = (self.basis.changes(), self.basic.len() / ROWS);
        let is_due = changes >= REFACTOR && (changes >= many || self.basis.is_worn());
        if is_due && (self.factor() || self.factored >= RECOMPUTE) {
            self.recompute();
        }
    }

    /// Makes the largest basic column of a block its key and answers its position, where the old
    /// key stands from then on; nothing where the block has no basic column.
    pub fn seat_key(&mut self, block: u32) -> Option<usize> {
        let members = self.members[block as usize].iter().copied();
        let largest = members.max_by(|&a, &b| {
            let value = |position: u32| self.value(self.basic[position as usize]);
            value(a).total_cmp(&value(b)).then(b.cmp(&a))
        })?;
        self.change_key(block, largest);
        Some(largest as usize)
    }

    /// Makes the basic column at `position` the key of its block; the old key takes its place.
    fn change_key(&mut self, block: u32, position: u32) {
        let Variable::Path(new) = self.basic[position as usize] else {
            return;
        };
        let old = self.key[block as usize];
        let others = self.members[block as usize]
            .iter()
            .copied()
            .filter(|&other| other != position)
            .collect();
        self.basis.change_key(position as usize, others);
        self.key[block as usize] = new;
        self.exchanged.push(block);
        self.path_position[new as usize] = NONE;
        self.path_position[old as usize] = position;
        self.basic[position as usize] = Variable::Path(old);
    }

    fn replace(&mut self, entering: Variable, position: usize, bound: f64) {
        let leaving = self.basic[position];
        self.seat(entering, position);
        self.set_value(leaving, bound);
        let image = std::mem::take(&mut self.image);
        self.basis
            .replace(position, &image, self.moved.iter().copied());
        self.image = image;
    }

    /// A row of W⁻¹.
    pub fn row(&mut self, position: usize) -> Vec<f64> {
        let mut row = vec![0.0; self.basic.len()];
        row[position] = 1.0;
        self.basis.solve_transposed(&mut row);
        row
    }

    /// λ for given costs of the basic variables: −y of Wᵀy = c.
    pub fn prices(&mut self, mut costs: Vec<f64>) -> Vec<f64> {
        self.basis.solve_transposed(&mut costs);
        for cost in &mut costs {
            *cost = -*cost;
        }
        costs
    }
}
