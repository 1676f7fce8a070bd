//! The best way of every release on the network with the room that is left.

use std::collections::BTreeMap;

use crate::program::shortest::Tree;
use crate::program::{Program, Release};

use super::residual::Residual;

/// A way and what a parcel weighs on it.
pub(super) type Way = (Vec<u32>, i128);

/// Remembers the best way of every release while parcels board.
///
/// Weights hardly ever fall while parcels board, so a way that weighs what it weighed when it was
/// found is still the best, and where there was none, there is none. Only ways that became dearer
/// are looked for again, with one tree for all releases of a class and sink.
pub(super) struct Guide {
    tree: Tree,
    releases: Vec<Release>,
    /// Releases of the same class and sink.
    groups: Vec<Vec<usize>>,
    group_of: Vec<usize>,
    /// The way last found for each release; not yet asked for at first.
    ways: Vec<Option<Option<Way>>>,
}

impl Guide {
    /// Knows no way yet.
    pub fn new(program: &Program) -> Self {
        let releases = program.releases.clone();
        let mut by_key: BTreeMap<(u32, u32), Vec<usize>> = BTreeMap::new();
        for (k, release) in releases.iter().enumerate() {
            let key = (release.class, release.sink);
            by_key.entry(key).or_default().push(k);
        }
        let groups: Vec<Vec<usize>> = by_key.into_values().collect();
        let mut group_of = vec![0; releases.len()];
        for (index, group) in groups.iter().enumerate() {
            for &k in group {
                group_of[k] = index;
            }
        }
        Self {
            tree: Tree::default(),
            ways: vec![None; releases.len()],
            releases,
            groups,
            group_of,
        }
    }

    /// Forgets all ways: needed where weights may have fallen.
    pub fn forget(&mut self) {
        self.ways.fill(None);
    }

    /// The best way of `release` at the moment. `left` is what every release has left.
    pub fn way(&mut self, residual: &Residual, left: &[i64], release: usize) -> Option<Way> {
        match &self.ways[release] {
            Some(None) => return None,
            Some(Some((arcs, weight))) if residual.weigh(release, arcs) == Some(*weight) => {}
            _ => self.ask(residual, left, release),
        }
        self.ways[release].clone().flatten()
    }

    /// The best way of `release` when it was first asked for.
    pub fn first(&mut self, residual: &Residual, left: &[i64], release: usize) -> Option<Way> {
        if self.ways[release].is_none() {
            self.ask(residual, left, release);
        }
        self.ways[release].clone().flatten()
    }

    /// The best way of `release` while arcs are closed for it; not remembered.
    pub fn around(&mut self, residual: &Residual, release: usize) -> Option<Way> {
        let origin = self.releases[release].origin;
        residual.grow(&mut self.tree, release, std::iter::once(origin));
        residual.path(&self.tree, origin)
    }

    /// Finds the ways of all releases of a group that still have something left.
    fn ask(&mut self, residual: &Residual, left: &[i64], release: usize) {
        let group = &self.groups[self.group_of[release]];
        let waiting = group.iter().copied().filter(|&k| left[k] > 0);
        let origins = waiting.clone().map(|k| self.releases[k].origin);
        residual.grow(&mut self.tree, release, origins);
        for k in waiting {
            self.ways[k] = Some(residual.path(&self.tree, self.releases[k].origin));
        }
    }
}
