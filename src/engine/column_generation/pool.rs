//! The columns found so far: one per release and path, or per release left unserved.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use super::pieces::Pieces;
use crate::program::Program;

/// No further column.
const NONE: u32 = u32::MAX;

/// Columns in compact parallel arrays; a column's number is its place.
#[derive(Clone, Debug, Default)]
pub(super) struct Pool {
    /// The release of each column.
    pub release: Vec<u32>,
    /// c_p, or π_k for an unserved column.
    pub cost: Vec<f64>,
    /// The flow in the last answer of the master, in the program's units.
    pub flow: Vec<f64>,
    unserved: Vec<bool>,
    alive: Vec<bool>,
    revived: Vec<bool>,
    /// What paths are made of.
    pieces: Arc<Pieces>,
    path_starts: Vec<u32>,
    paths: Vec<u32>,
    entry_starts: Vec<u32>,
    /// Places in `takings`.
    entries: Vec<u32>,
    /// Rows, and what is taken from them: many paths take alike.
    takings: Vec<(u32, f64)>,
    /// Where a row and the bits of an amount stand.
    places: HashMap<(u32, u64), u32>,
    first: Vec<u32>,
    next: Vec<u32>,
}

impl Pool {
    pub fn new(program: &Program, pieces: &Arc<Pieces>) -> Self {
        Self {
            pieces: pieces.clone(),
            release: Vec::new(),
            cost: Vec::new(),
            flow: Vec::new(),
            unserved: Vec::new(),
            alive: Vec::new(),
            revived: Vec::new(),
            path_starts: vec![0],
            paths: Vec::new(),
            entry_starts: vec![0],
            entries: Vec::new(),
            takings: Vec::new(),
            places: HashMap::new(),
            first: vec![NONE; program.releases.len()],
            next: Vec::new(),
        }
    }

    pub fn len(&self) -> usize {
        self.release.len()
    }

    /// The program's arcs of a column's path.
    pub fn arcs(&self, column: usize) -> Vec<u32> {
        self.pieces.expand(self.path(column))
    }

    /// The pieces of a column's path.
    fn path(&self, column: usize) -> &[u32] {
        &self.paths[self.path_starts[column] as usize..self.path_starts[column + 1] as usize]
    }

    /// What a column takes from rows: rows ascending and distinct, amounts not zero.
    #[inline]
    pub fn entries(&self, column: usize) -> impl ExactSizeIterator<Item = (u32, f64)> + '_ {
        let entries = self.entries_in_places(column).iter();
        entries.map(|&place| self.takings[place as usize])
    }

    /// The same as places in the [list of all](Self::takings).
    pub fn entries_in_places(&self, column: usize) -> &[u32] {
        &self.entries[self.entry_starts[column] as usize..self.entry_starts[column + 1] as usize]
    }

    /// All that columns take: rows and amounts, in places that they keep.
    pub fn takings(&self) -> &[(u32, f64)] {
        &self.takings
    }

    /// Whether the column leaves its release unserved.
    pub fn is_unserved(&self, column: usize) -> bool {
        self.unserved[column]
    }

    /// The columns of a release that are in use, latest first.
    pub fn of(&self, release: usize) -> impl Iterator<Item = usize> + '_ {
        self.all_of(release).filter(|&column| self.alive[column])
    }

    /// Takes a column out of use, until it is added again; then it stays, lest columns come and
    /// go for ever.
    pub fn drop_column(&mut self, column: usize) {
        if !self.revived[column] {
            self.alive[column] = false;
            self.flow[column] = 0.0;
        }
    }

    /// Whether a column is in use.
    pub fn is_alive(&self, column: usize) -> bool {
        self.alive[column]
    }

    fn revive(&mut self, column: usize) -> Option<usize> {
        let was_alive = std::mem::replace(&mut self.alive[column], true);
        self.revived[column] |= !was_alive;
        (!was_alive).then_some(column)
    }

    fn all_of(&self, release: usize) -> impl Iterator<Item = usize> + '_ {
        let known = |column: u32| (column != NONE).then_some(column as usize);
        std::iter::successors(known(self.first[release]), move |&column| {
            known(self.next[column])
        })
    }

    /// The weight of a column under prices.
    pub fn weight(&self, column: usize, prices: &[f64]) -> f64 {
        let priced: f64 = self
            .entries(column)
            .map(|(row, amount)| prices[row as usize] * amount)
            .sum();
        self.cost[column] + priced
    }

    /// Adds a path, in pieces, and answers its column, or `None` if the release has that path in
    /// use already.
    pub fn add_path(&mut self, program: &Program, release: u32, path: &[u32]) -> Option<usize> {
        let known = self
            .all_of(release as usize)
            .find(|&column| !self.unserved[column] && self.path(column) == path);
        if let Some(known) = known {
            return self.revive(known);
        }
        let arcs = self.pieces.expand(path);
        let cost = program.path_cost(release as usize, &arcs)?;
        let class = program.releases[release as usize].class as usize;
        let uses = arcs
            .iter()
            .flat_map(|&arc| program.arc_uses(class, arc as usize));
        let uses = uses
            .map(|(row, amount)| (row as u32, amount as f64))
            .collect();
        for (row, amount) in merged(uses) {
            let place = self.place_of(row, amount);
            self.entries.push(place);
        }
        self.paths.extend_from_slice(path);
        Some(self.close(release, cost as f64, false))
    }

    /// Adds the choice to leave a release unserved, unless it is there.
    pub fn add_unserved(&mut self, release: u32, cost: f64) -> Option<usize> {
        let known = self
            .all_of(release as usize)
            .find(|&column| self.unserved[column]);
        match known {
            Some(known) => self.revive(known),
            None => Some(self.close(release, cost, true)),
        }
    }

    /// Forgets all columns but those that are `kept`; the others get new numbers, in the same order.
    pub fn retain(&mut self, kept: &[bool]) {
        keep_ranges(&mut self.path_starts, &mut self.paths, kept);
        keep_ranges(&mut self.entry_starts, &mut self.entries, kept);
        keep(&mut self.release, kept);
        keep(&mut self.cost, kept);
        keep(&mut self.flow, kept);
        keep(&mut self.unserved, kept);
        keep(&mut self.alive, kept);
        keep(&mut self.revived, kept);
        self.first.fill(NONE);
        self.next.clear();
        for column in 0..self.release.len() {
            self.enlist(column);
        }
    }

    /// Takes over the columns of an earlier pool, at the costs and amounts of `program` now.
    /// Answers whether all of them still are paths, and so keep their numbers.
    pub fn adopt(&mut self, program: &Program, earlier: &Self, quantities: &[i64]) -> bool {
        let mut kept = true;
        let chains = (self.pieces != earlier.pieces).then(|| self.pieces.chains());
        for column in 0..earlier.len() {
            let release = earlier.release[column];
            if earlier.unserved[column] {
                match program.releases[release as usize].unserved_cost {
                    Some(cost) => kept &= self.add_unserved(release, cost as f64).is_some(),
                    None => kept = false,
                }
            } else {
                let path = match &chains {
                    None => Cow::Borrowed(earlier.path(column)),
                    Some(chains) => Cow::Owned(chains.join(&earlier.arcs(column))),
                };
                kept &= self.add_path(program, release, &path).is_some();
            }
        }
        kept && quantities.len() <= program.releases.len()
    }

    /// Takes over the flows of an earlier pool, in proportion to the quantities.
    pub fn restore_flows(
        &mut self,
        program: &Program,
        earlier: &Self,
        quantities: &[i64],
        kept: bool,
    ) {
        self.flow.fill(0.0);
        if !kept {
            return;
        }
        for (column, &flow) in earlier.flow.iter().enumerate() {
            let release = earlier.release[column] as usize;
            let factor = program.releases[release].quantity as f64 / quantities[release] as f64;
            if factor.is_finite() {
                self.flow[column] = flow * factor;
            }
        }
    }

    fn close(&mut self, release: u32, cost: f64, unserved: bool) -> usize {
        let column = self.release.len();
        self.release.push(release);
        self.cost.push(cost);
        self.flow.push(0.0);
        self.unserved.push(unserved);
        self.alive.push(true);
        self.revived.push(false);
        self.path_starts.push(self.paths.len() as u32);
        self.entry_starts.push(self.entries.len() as u32);
        self.enlist(column);
        column
    }

    /// Puts the next column before the others of its release.
    fn enlist(&mut self, column: usize) {
        let first = &mut self.first[self.release[column] as usize];
        self.next.push(std::mem::replace(first, column as u32));
    }

    /// Where an amount of a row stands, from now on.
    fn place_of(&mut self, row: u32, amount: f64) -> u32 {
        let next = self.takings.len() as u32;
        let place = self.places.entry((row, amount.to_bits()));
        let place = *place.or_insert(next);
        if place == next {
            self.takings.push((row, amount));
        }
        place
    }
}

/// Keeps some items of a list, in place.
pub(super) fn keep<T>(items: &mut Vec<T>, kept: &[bool]) {
    let mut kept = kept.iter();
    items.retain(|_| kept.next() == Some(&true));
}

/// Keeps some of the ranges of items that begin at `starts`.
fn keep_ranges<T: Copy>(starts: &mut Vec<u32>, items: &mut Vec<T>, kept: &[bool]) {
    let (mut columns, mut end) = (0, 0);
    for column in (0..kept.len()).filter(|&column| kept[column]) {
        let range = starts[column] as usize..starts[column + 1] as usize;
        let length = range.len();
        items.copy_within(range, end);
        starts[columns] = end as u32;
        (columns, end) = (columns + 1, end + length);
    }
    starts[columns] = end as u32;
    starts.truncate(columns + 1);
    items.truncate(end);
}

/// Entries by row, those of one row added up, without zeros.
fn merged(mut entries: Vec<(u32, f64)>) -> Vec<(u32, f64)> {
    entries.sort_unstable_by_key(|&(row, _)| row);
    entries.dedup_by(|next, kept| {
        let same = next.0 == kept.0;
        if same {
            kept.1 += next.1;
        }
        same
    });
    entries.retain(|&(_, amount)| amount != 0.0);
    entries
}

#[cfg(test)]
mod tests {
    use super::super::search::{Search, started};
    use super::*;
    use crate::engine::{Deadline, Options};
    use crate::program::flow_format;

    /// 5 − 5 of row 2 come to nothing, 3 + 4 of row 1 to 7.
    #[test]
    fn what_is_taken_of_a_row_is_added_up() {
        let entries = vec![(2, 5.0), (1, 3.0), (4, 1.0), (1, 4.0), (2, -5.0)];
        assert_eq!(merged(entries), [(1, 7.0), (4, 1.0)]);
    }

    /// Of three ranges, the first and the third.
    #[test]
    fn ranges_move_together() {
        let (mut starts, mut items) = (vec![0, 2, 3, 5], vec!['a', 'b', 'c', 'd', 'e']);
        keep_ranges(&mut starts, &mut items, &[true, false, true]);
        assert_eq!((starts, items), (vec![0, 2, 4], vec!['a', 'b', 'd', 'e']));
    }

    #[test]
    fn equal_amounts_of_a_row_stand_once() {
        let mut pool = Pool::new(&Program::default(), &Arc::default());
        let takings = [(4, 7.0), (4, 1.5), (4, 7.0), (5, 1.5)];
        let places = takings.map(|(row, amount)| pool.place_of(row, amount));
        assert_eq!(places, [0, 1, 0, 2]);
        assert_eq!(pool.takings(), [(4, 7.0), (4, 1.5), (5, 1.5)]);
    }

    /// 1 → 2 → 3 → 4 is one piece, until a second release starts at 3. The path that was known is
    /// then two pieces, and not found once more.
    #[test]
    fn a_known_path_is_known_in_other_pieces() {
        let network = "1 2 1 9\n2 3 1 9\n3 4 1 9\n";
        let read = |text: String| flow_format::read(&text).unwrap().program;
        let before = read(format!("4 3 1\n{network}1 4 5\n"));
        let after = read(format!("4 3 2\n{network}1 4 5\n3 4 1\n"));
        let options = Options::default();
        let earlier = started(&before);
        let mut search = Search::new(&after, &options, Deadline::start(&options));
        assert!(search.pool.adopt(&after, &earlier.pool, &[5]));
        search.start().unwrap();
        assert_eq!(earlier.pool.path(0).len(), 1);
        assert_eq!(search.pool.path(0).len(), 2);
        assert_eq!(search.pool.release, [0, 1]);
        assert_eq!(search.pool.arcs(0), [0, 1, 2]);
    }
}
