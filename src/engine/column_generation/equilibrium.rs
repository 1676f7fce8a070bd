//! Flows that no release and no purchase would change at the prices they cause.
//!
//! Minimises Σ c x + Σ f y + Σ_r Φ_r(load) over the paths known, where Φ′ = P is the price of a
//! [soft row](super::soft_rows), by moving flow of one release after another, each on the prices
//! that the ones before have left: from every path to the cheapest, by a Newton step along the
//! difference of the two (R. Jayakrishnan et al., A faster path-based algorithm for traffic
//! assignment, Transportation Research Record 1443, 1994),
//!
//! ```text
//! Δ = min(x_p, (w_p − w_*) / Σ_r (a_rp − a_r*)² P′_r)
//! ```
//!
//! and columns y likewise between 0 and Y. A pass reads every known path once, which costs a
//! small part of a round of pricing.

use super::pricing::Ask;
use super::search::Search;
use super::soft_rows::SoftRows;

/// No further path.
const NONE: u32 = u32::MAX;

/// A path that is cheaper by this share alone is not looked for: entries have no more digits.
const ALIKE: f64 = 1e-6;

/// Flows over the paths of a pool.
pub(super) struct Equilibrium {
    /// How many columns of the pool were looked at.
    known: usize,
    /// The first and the last path of each release, and the one behind each path.
    first: Vec<u32>,
    last: Vec<u32>,
    next: Vec<u32>,
    /// The pool's column.
    columns: Vec<u32>,
    paths: PathFlows,
    balance: Balance,
    /// The paths of the release that reacts.
    places: Vec<usize>,
}

/// Paths by their places.
#[derive(Default)]
struct PathFlows {
    /// c and what base prices add to it.
    costs: Vec<f64>,
    flows: Vec<f64>,
    /// Where the entries of a path end.
    ends: Vec<u32>,
    /// What paths take from held rows, as places among the takings: passes are as fast as these
    /// are read.
    entries: Vec<u32>,
}

/// What moves flow from path to path.
struct Balance {
    /// Rows and what is taken from them, to as many digits as a start needs; the places are those
    /// of the pool.
    takings: Vec<(u32, f32)>,
    /// What the path that flow moves to takes from each row.
    target: Vec<f64>,
}

impl Equilibrium {
    /// No paths yet.
    pub fn new(search: &Search) -> Self {
        let (releases, rows) = (search.program.releases.len(), search.program.rows.len());
        Self {
            known: 0,
            first: vec![NONE; releases],
            last: vec![NONE; releases],
            next: Vec::new(),
            columns: Vec::new(),
            paths: PathFlows::default(),
            balance: Balance {
                takings: Vec::new(),
                target: vec![0.0; rows],
            },
            places: Vec::new(),
        }
    }

    /// Takes in the paths that a search has found since, with the flows of its pool, each behind
    /// the others of its release.
    pub fn extend(&mut self, search: &Search) {
        let (pool, releases) = (&search.pool, &search.program.releases);
        let is_used = |column: &usize| {
            pool.is_alive(*column) && releases[pool.release[*column] as usize].quantity > 0
        };
        let mut new: Vec<usize> = (self.known..pool.len()).filter(is_used).collect();
        new.sort_by_key(|&column| pool.release[column]);
        for column in new {
            self.add(search, column);
        }
        self.known = pool.len();
    }

    /// Puts the paths of each release side by side: passes over all are as fast as memory is read.
    pub fn gather(&mut self) {
        let mut order: Vec<usize> = Vec::with_capacity(self.columns.len());
        for release in 0..self.first.len() {
            let start = order.len();
            order.extend(self.of(release as u32));
            if order.len() > start {
                (self.first[release], self.last[release]) = (start as u32, order.len() as u32 - 1);
            }
        }
        self.next = (1..=order.len() as u32).collect();
        for &last in self.last.iter().filter(|&&last| last != NONE) {
            self.next[last as usize] = NONE;
        }
        self.columns = order.iter().map(|&place| self.columns[place]).collect();
        self.paths = self.paths.only(order.iter().copied());
    }

    /// Appends a column of the pool that is not known yet.
    pub fn add(&mut self, search: &Search, column: usize) {
        let Search { pool, reduced, .. } = search;
        let cost = pool.weight(column, &reduced.base);
        self.balance.learn(pool.takings());
        let (place, release) = (self.columns.len() as u32, pool.release[column] as usize);
        match std::mem::replace(&mut self.last[release], place) {
            NONE => self.first[release] = place,
            last => self.next[last as usize] = place,
        }
        self.next.push(NONE);
        self.columns.push(column as u32);
        let entries = pool.entries_in_places(column).iter();
        let is_held = |&&place: &&u32| reduced.held[pool.takings()[place as usize].0 as usize];
        let held = entries.filter(is_held).copied();
        self.paths.push(cost, pool.flow[column], held);
        self.known = self.known.max(column + 1);
    }

    /// The paths of a release.
    fn of(&self, release: u32) -> impl Iterator<Item = usize> + '_ {
        let known = |place: u32| (place != NONE).then_some(place as usize);
        std::iter::successors(known(self.first[release as usize]), move |&place| {
            known(self.next[place])
        })
    }

    /// What a release asks for: a path that is cheaper than those it knows, unless one of these
    /// weighs no more than `free`. Nothing, if it knows none: then it has nothing to send.
    pub fn ask(&self, release: u32, free: f64, rows: &SoftRows) -> Ask {
        let weight = |place: usize| self.balance.weight(&self.paths, place, rows);
        let best = self.of(release).map(weight).fold(f64::INFINITY, f64::min);
        match best <= free || best.is_infinite() {
            true => Ask::Known(best),
            false => Ask::Below(best * (1.0 - ALIKE * best.signum())),
        }
    }

    /// Moves flow of a release to the cheapest of its paths.
    pub fn react(&mut self, release: u32, rows: &mut SoftRows) {
        let mut places = std::mem::take(&mut self.places);
        places.clear();
        places.extend(self.of(release));
        let among = places.iter().copied();
        self.balance.run(&mut self.paths, among, rows);
        self.places = places;
    }

    /// Moves flow of every release once.
    pub fn pass(&mut self, rows: &mut SoftRows) {
        for release in 0..self.first.len() as u32 {
            self.react(release, rows);
        }
    }

    /// Moves flow of every release between the paths that are in use now, in so many passes unless
    /// `before_each` ends them: apart from the others, so that passes are as fast as memory is read.
    pub fn pass_over_used<E>(
        &mut self,
        passes: usize,
        rows: &mut SoftRows,
        mut before_each: impl FnMut(&mut SoftRows) -> Result<(), E>,
    ) -> Result<(), E> {
        let (places, starts) = self.used();
        let mut used = self.paths.only(places.iter().copied());
        let done = (0..passes).try_for_each(|_| {
            before_each(rows)?;
            for window in starts.windows(2) {
                self.balance.run(&mut used, window[0]..window[1], rows);
            }
            Ok(())
        });
        for (place, flow) in places.into_iter().zip(used.flows) {
            self.paths.flows[place] = flow;
        }
        done
    }

    /// The paths in use of every release that uses several, and where each release's begin.
    fn used(&self) -> (Vec<usize>, Vec<usize>) {
        let (mut used, mut starts) = (Vec::new(), vec![0]);
        for release in 0..self.first.len() as u32 {
            let before = used.len();
            let carries = |place: &usize| self.paths.flows[*place] > 0.0;
            used.extend(self.of(release).filter(carries));
            match used.len() - before {
                0 | 1 => used.truncate(before),
                _ => starts.push(used.len()),
            }
        }
        (used, starts)
    }

    /// The flows, by place.
    #[cfg(test)]
    pub fn flows(&self) -> &[f64] {
        &self.paths.flows
    }

    /// The flows to the pool.
    pub fn write_to(&self, flow: &mut [f64]) {
        flow.fill(0.0);
        for (&column, &x) in self.columns.iter().zip(&self.paths.flows) {
            flow[column as usize] = x;
        }
    }
}

impl PathFlows {
    fn push(&mut self, cost: f64, flow: f64, entries: impl Iterator<Item = u32>) {
        self.costs.push(cost);
        self.flows.push(flow);
        self.entries.extend(entries);
        self.ends.push(self.entries.len() as u32);
    }

    #[inline]
    fn range(&self, place: usize) -> std::ops::Range<usize> {
        let start = place.checked_sub(1).map_or(0, |before| self.ends[before]);
        start as usize..self.ends[place] as usize
    }

    #[inline]
    fn entries(&self, place: usize) -> &[u32] {
        &self.entries[self.range(place)]
    }

    /// What a path takes from rows.
    #[inline]
    fn taken(&self, takings: &[(u32, f32)], place: usize) -> impl Iterator<Item = (u32, f64)> {
        let entries = self.entries(place).iter();
        entries.map(|&entry| {
            let (row, amount) = takings[entry as usize];
            (row, f64::from(amount))
        })
    }

    /// Some of the paths, in this order.
    fn only(&self, places: impl Iterator<Item = usize> + Clone) -> Self {
        let entries = places.clone().map(|place| self.range(place).len()).sum();
        let mut some = Self {
            entries: Vec::with_capacity(entries),
            ..Self::default()
        };
        for place in places {
            let entries = self.entries(place).iter().copied();
            some.push(self.costs[place], self.flows[place], entries);
        }
        some
    }
}

impl Balance {
    /// Takes in the takings that are new.
    fn learn(&mut self, takings: &[(u32, f64)]) {
        let new = takings[self.takings.len()..].iter();
        let new = new.map(|&(row, amount)| (row, amount as f32));
        self.takings.extend(new);
    }

    #[inline]
    fn weight(&self, paths: &PathFlows, place: usize, rows: &SoftRows) -> f64 {
        let taken = paths.taken(&self.takings, place);
        let priced: f64 = taken.map(|(row, amount)| amount * rows.price(row)).sum();
        paths.costs[place] + priced
    }

    /// Moves flow to the cheapest of a release's paths.
    fn run(
        &mut self,
        paths: &mut PathFlows,
        places: impl ExactSizeIterator<Item = usize> + Clone,
        rows: &mut SoftRows,
    ) {
        if places.len() < 2 {
            return;
        }
        let (mut least, mut cheapest) = (f64::INFINITY, 0);
        for place in places.clone() {
            let weight = self.weight(paths, place, rows);
            if weight < least {
                (least, cheapest) = (weight, place);
            }
        }
        self.mark(paths, cheapest, true);
        for place in places {
            if place != cheapest && paths.flows[place] > 0.0 {
                self.shift(paths, place, cheapest, rows);
            }
        }
        self.mark(paths, cheapest, false);
    }

    /// Writes down, or wipes out, what a path takes from rows.
    fn mark(&mut self, paths: &PathFlows, place: usize, on: bool) {
        for (row, amount) in paths.taken(&self.takings, place) {
            self.target[row as usize] = if on { amount } else { 0.0 };
        }
    }

    /// Moves flow from one path to the marked one.
    fn shift(&self, paths: &mut PathFlows, from: usize, to: usize, rows: &mut SoftRows) {
        let gain = self.weight(paths, from, rows) - self.weight(paths, to, rows);
        if gain <= 0.0 {
            return;
        }
        let square = |(row, amount): (u32, f64)| amount.powi(2) * rows.slope(row);
        let mut curvature: f64 = paths.taken(&self.takings, to).map(square).sum();
        for (row, amount) in paths.taken(&self.takings, from) {
            let other = self.target[row as usize];
            curvature += ((amount - other).powi(2) - other * other) * rows.slope(row);
        }
        let flow = paths.flows[from];
        let moved = if curvature > 0.0 {
            flow.min(gain / curvature)
        } else {
            flow
        };
        paths.flows[from] -= moved;
        paths.flows[to] += moved;
        for (row, amount) in paths.taken(&self.takings, from) {
            rows.load(row, -amount * moved);
        }
        for (row, amount) in paths.taken(&self.takings, to) {
            rows.load(row, amount * moved);
        }
    }
}

/// Moves every column of the program that is not always bought to where its rows pay for it.
pub(super) fn buy(search: &mut Search, rows: &mut SoftRows) {
    let Search {
        program,
        reduced,
        columns,
        ..
    } = search;
    for (index, column) in program.columns.iter().enumerate() {
        if reduced.is_served(index) {
            continue;
        }
        let held = || {
            let entries = column.entries.iter();
            entries.filter(|entry| reduced.held[entry.0 as usize])
        };
        let priced: f64 = held().map(|&(row, b)| b as f64 * rows.price(row)).sum();
        let gradient = reduced.column_cost(program, index) + priced;
        let squares = held().map(|&(row, b)| (b as f64).powi(2) * rows.slope(row));
        let curvature: f64 = squares.sum();
        if curvature <= 0.0 {
            continue;
        }
        let most = column.upper.map_or(f64::INFINITY, |upper| upper as f64);
        let before = columns[index];
        columns[index] = (before - gradient / curvature).clamp(0.0, most);
        for &(row, b) in held() {
            rows.load(row, b as f64 * (columns[index] - before));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::search::started;
    use super::super::soft_rows::AT_ONCE;
    use super::*;
    use crate::engine::Stop;
    use crate::program::{Column, Program, flow_format};

    /// 100 units on two parallel arcs: at 1 with room for 60, or at 3.
    fn parallel() -> Program {
        let text = "2 2 1\n1 2 1 60\n1 2 3 -1\n1 2 100\n";
        flow_format::read(text).unwrap().program
    }

    /// Flows on the two arcs, the price of the row in units of cost, and y, where prices have
    /// followed demand for long, most of the time over the paths in use alone.
    fn at_rest(program: &Program) -> (Vec<f64>, f64, Vec<f64>) {
        let mut search = started(program);
        search.pool.add_path(program, 0, &[1]);
        let loads = super::super::lagrange::loads(&search);
        let mut rows = SoftRows::new(&search, &loads, AT_ONCE);
        let mut equilibrium = Equilibrium::new(&search);
        equilibrium.extend(&search);
        for _ in 0..20 {
            equilibrium.pass(&mut rows);
            let done = equilibrium.pass_over_used(10, &mut rows, |rows| {
                rows.settle();
                buy(&mut search, rows);
                Ok::<(), Stop>(())
            });
            done.unwrap();
            rows.settle();
        }
        equilibrium.write_to(&mut search.pool.flow);
        (search.pool.flow, rows.price(0) / 1e6, search.columns)
    }

    fn is_near(found: f64, expected: f64) -> bool {
        (found - expected).abs() < 1e-3
    }

    /// The first arc carries 60 and is priced at 3 − 1 = 2, the second carries the other 40.
    #[test]
    fn prices_come_to_what_the_other_way_costs_more() {
        let (flows, price, _) = at_rest(&parallel());
        assert!(
            is_near(flows[0], 60.0) && is_near(flows[1], 40.0),
            "{flows:?}"
        );
        assert!(is_near(price, 2.0), "{price}");
    }

    /// Up to 30 more at 1 each, which is less than the 2 that they save: all are bought, the first
    /// arc carries 90 and its price stays 2.
    #[test]
    fn what_pays_is_bought() {
        let mut program = parallel();
        program.columns.push(Column {
            cost: 1_000_000,
            upper: Some(30),
            whole: false,
            entries: vec![(0, -1)],
        });
        let (flows, price, columns) = at_rest(&program);
        assert!(
            is_near(flows[0], 90.0) && is_near(flows[1], 10.0),
            "{flows:?}"
        );
        assert!(is_near(price, 2.0), "{price}");
        assert_eq!(columns, [30.0]);
    }

    /// At 2.5 each nothing is bought, since going the other way costs only 2 more.
    #[test]
    fn what_does_not_pay_is_not_bought() {
        let mut program = parallel();
        program.columns.push(Column {
            cost: 2_500_000,
            upper: None,
            whole: false,
            entries: vec![(0, -1)],
        });
        let (flows, price, columns) = at_rest(&program);
        assert!(
            is_near(flows[0], 60.0) && is_near(price, 2.0),
            "{flows:?} {price}"
        );
        assert!(is_near(columns[0], 0.0), "{columns:?}");
    }
}
