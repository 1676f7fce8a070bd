//! Pricing: the cheapest path of every release under given prices.
//!
//! Releases that share what a search starts from share the search. In a network ordered by time,
//! the releases of one (class, sink) share one backward sweep over the nodes between their
//! earliest origin and their latest end; each arc in that window is read once, in memory order.
//! In a cyclic network it is Dijkstra's search, from the origins or from the sinks, whichever
//! needs fewer searches, ended as soon as the last release of the group is settled. A release that
//! is alone in its group is searched again and again as prices change; where it has a path
//! already, that happens within its [corridor](super::corridor).

use rayon::prelude::*;

use super::corridor::{Corridor, Corridors, Surveyor};
use super::graph::{Graph, Weights};
use super::shortest::{Scratch, Search};
use crate::program::Program;

/// A corridor holds paths that cost this many times what the release's best known path weighs: as
/// prices rise it is wide enough for some more rounds.
const WIDER: f64 = 1.05;

/// As many releases to a search, in the mean, are many.
const MANY: usize = 32;

/// How a group of releases is searched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Method {
    /// Backward in time order from a sink.
    Sweep,
    /// Dijkstra from an origin.
    FromOrigin,
    /// Dijkstra from a sink.
    FromSink,
}

/// Releases that share one search.
#[derive(Clone, Debug)]
struct Group {
    class: u32,
    /// A node for [`Method::FromOrigin`], a sink otherwise.
    root: u32,
    /// Where its releases stand in [`Pricer::order`].
    releases: std::ops::Range<usize>,
}

/// What a release asks of a pricing round.
#[derive(Clone, Copy, Debug)]
pub(super) enum Ask {
    /// Nothing: its cheapest path is known to weigh this.
    Known(f64),
    /// The weight of its cheapest path, and the path itself where it weighs less than this.
    Below(f64),
}

/// A path found for a release, in pieces.
#[derive(Clone, Debug)]
pub(super) struct Found {
    pub release: u32,
    pub path: Vec<u32>,
}

/// Searches for all releases of a program.
#[derive(Clone, Debug)]
pub(super) struct Pricer {
    method: Method,
    pub(super) graph: Graph,
    weights: Weights,
    /// Nodes and costs of ending there, sink by sink: `ends[end_starts[s]..end_starts[s + 1]]`.
    ends: Vec<(u32, f64)>,
    end_starts: Vec<u32>,
    groups: Vec<Group>,
    order: Vec<u32>,
    /// Of groups of one release, in a network that is searched from one group after the other.
    corridors: Option<Corridors>,
}

impl Pricer {
    pub fn new(program: &Program) -> Self {
        let by_origin = grouped(program, |release| release.origin);
        let by_sink = grouped(program, |release| release.sink);
        let method = if program.network.time.is_some() {
            Method::Sweep
        } else if by_origin.0.len() <= by_sink.0.len() {
            Method::FromOrigin
        } else {
            Method::FromSink
        };
        let (groups, order) = match method {
            Method::FromOrigin => by_origin,
            Method::Sweep | Method::FromSink => by_sink,
        };
        let graph = match method {
            Method::FromSink => Graph::incoming(program),
            Method::Sweep | Method::FromOrigin => Graph::outgoing(program),
        };
        let weights = Weights::new(program, &graph);
        let mut ends = Vec::new();
        let mut end_starts = vec![0];
        for sink in &program.sinks {
            let here = |&(node, cost): &(u32, i64)| (graph.node(node), cost as f64);
            ends.extend(sink.ends.iter().map(here));
            end_starts.push(ends.len() as u32);
        }
        let is_alone = |group: &Group| group.releases.len() == 1;
        let corridors = method != Method::Sweep && groups.iter().any(is_alone);
        Self {
            method,
            weights,
            ends,
            end_starts,
            corridors: corridors.then(|| Corridors::new(&graph, groups.len())),
            groups,
            order,
            graph,
        }
    }

    /// Cheapest weights under `prices` into `distances`, and the paths asked for, ordered by
    /// group and release. `stop` is asked before every search; if it answers, so does this.
    pub fn price<S: Sync + Fn() -> bool>(
        &mut self,
        program: &Program,
        prices: &[f64],
        asks: &[Ask],
        distances: &mut [f64],
        stop: S,
    ) -> Option<Vec<Found>> {
        let ask = |release: u32| asks[release as usize];
        self.begin(program, prices, ask, &stop);
        let this = &*self;
        let results: Vec<Option<Answers>> = (0..this.groups.len())
            .into_par_iter()
            .map_init(
                || Scratch::new(this.graph.nodes),
                |scratch, index| (!stop()).then(|| this.search(program, index, ask, scratch)),
            )
            .collect();
        let mut found = Vec::new();
        for (group, answers) in results.into_iter().enumerate() {
            let answers = answers?;
            let releases = self.releases(group).iter();
            for (&release, distance) in releases.zip(answers.distances) {
                distances[release as usize] = distance;
            }
            found.extend(answers.found);
        }
        Some(found)
    }

    /// Weights under `prices`, and corridors that are wide enough.
    pub fn begin<S: Sync + Fn() -> bool>(
        &mut self,
        program: &Program,
        prices: &[f64],
        ask: impl Fn(u32) -> Ask,
        stop: S,
    ) {
        self.weights.set(program, prices);
        self.survey(program, ask, stop);
    }

    /// Weights where the prices of some `rows` have changed.
    pub fn change(&mut self, program: &Program, prices: &[f64], rows: &[u32]) {
        self.weights.reset(program, prices, rows);
    }

    /// The number of searches that a round of pricing takes.
    pub fn groups(&self) -> usize {
        self.groups.len()
    }

    /// Whether in a network ordered by time so many releases share a search that they would all
    /// go for the same few departures.
    pub fn is_shared(&self) -> bool {
        self.method == Method::Sweep && self.order.len() >= MANY * self.groups.len()
    }

    /// The releases that share a search.
    pub fn releases(&self, group: usize) -> &[u32] {
        &self.order[self.groups[group].releases.clone()]
    }

    /// As many scratches as searches are made side by side.
    pub fn scratches(&self, count: usize) -> Vec<Scratch> {
        let nodes = self.graph.nodes;
        (0..count).map(|_| Scratch::new(nodes)).collect()
    }

    /// Searches side by side under the weights as they are, one for each scratch.
    pub fn search_abreast(
        &self,
        program: &Program,
        groups: &[usize],
        ask: impl Fn(u32) -> Ask + Sync,
        scratches: &mut [Scratch],
    ) -> Vec<Answers> {
        let searches = groups.par_iter().zip(scratches);
        searches
            .map(|(&group, scratch)| self.search(program, group, &ask, scratch))
            .collect()
    }

    /// Finds corridors for releases that are alone in their group, once a path is known.
    fn survey<S: Sync + Fn() -> bool>(
        &mut self,
        program: &Program,
        ask: impl Fn(u32) -> Ask,
        stop: S,
    ) {
        let Some(corridors) = &self.corridors else {
            return;
        };
        let wanted = (0..self.groups.len()).filter_map(|index| {
            let &[release] = self.releases(index) else {
                return None;
            };
            match ask(release) {
                Ask::Below(below) if below.is_finite() => Some((index, below)),
                _ => None,
            }
        });
        let wanted: Vec<(usize, f64)> = corridors.missing(wanted);
        let nodes = self.graph.nodes;
        let find = |surveyor: &mut Surveyor, &(index, below): &(usize, f64)| {
            let group = &self.groups[index];
            let release = &program.releases[self.order[group.releases.start] as usize];
            let start = [(self.graph.node(release.origin), 0.0)];
            let ends = self.ends(release.sink);
            let between = match self.method {
                Method::FromOrigin => (&start[..], ends),
                Method::Sweep | Method::FromSink => (ends, &start[..]),
            };
            let costs = self.weights.costs_of(group.class as usize);
            let arcs = (&self.graph, &corridors.backward);
            (!stop()).then(|| surveyor.find(arcs, costs, between, below * WIDER))
        };
        let found: Vec<Option<Corridor>> = wanted
            .par_iter()
            .map_init(|| Surveyor::new(nodes), find)
            .collect();
        let wanted = wanted.iter().map(|wanted| wanted.0);
        if let Some(corridors) = &mut self.corridors {
            corridors.keep(wanted.zip(found));
        }
    }

    pub(super) fn ends(&self, sink: u32) -> &[(u32, f64)] {
        let starts = &self.end_starts[sink as usize..];
        &self.ends[starts[0] as usize..starts[1] as usize]
    }

    fn search(
        &self,
        program: &Program,
        index: usize,
        ask: impl Fn(u32) -> Ask,
        scratch: &mut Scratch,
    ) -> Answers {
        let group = &self.groups[index];
        let releases = self.releases(index);
        let asks: Vec<Ask> = releases.iter().map(|&release| ask(release)).collect();
        if let (&[release], &[Ask::Below(below)]) = (releases, &asks[..])
            && let Some(corridor) = self.corridors.as_ref().and_then(|all| all.of(index, below))
        {
            return self.follow(corridor, group.class, release, below);
        }
        let is_open = |(&release, ask): (&u32, &Ask)| match ask {
            Ask::Known(_) => None,
            Ask::Below(_) => Some(release),
        };
        let open: Vec<u32> = releases.iter().zip(&asks).filter_map(is_open).collect();
        let search = Search {
            program,
            pricer: self,
            weights: self.weights.of(group.class as usize),
            root: group.root,
            open: &open,
        };
        if !open.is_empty() {
            match self.method {
                Method::Sweep => search.sweep(scratch),
                Method::FromOrigin => search.search_from_origin(scratch),
                Method::FromSink => search.search_from_sink(scratch),
            }
        }
        let mut answers = Answers::default();
        for (&release, ask) in releases.iter().zip(asks) {
            let below = match ask {
                Ask::Known(distance) => {
                    answers.distances.push(distance);
                    continue;
                }
                Ask::Below(below) => below,
            };
            let (distance, node) = search.distance(self.method, release, scratch);
            answers.distances.push(distance);
            if distance < below {
                let path = search.path(self.method, node, scratch);
                answers.found.push(Found { release, path });
            }
        }
        scratch.forget();
        answers
    }

    /// Searches a release within its corridor.
    fn follow(&self, corridor: &Corridor, class: u32, release: u32, below: f64) -> Answers {
        let (distance, mut places) = corridor.search(self.weights.of(class as usize));
        let mut answers = Answers {
            distances: vec![distance],
            found: Vec::new(),
        };
        if distance < below {
            if self.method == Method::FromOrigin {
                places.reverse();
            }
            let path = self.graph.path(&places);
            answers.found.push(Found { release, path });
        }
        answers
    }
}

/// What a search has to say of its releases.
#[derive(Default)]
pub(super) struct Answers {
    /// The weight of each one's cheapest path.
    pub distances: Vec<f64>,
    pub found: Vec<Found>,
}

fn grouped(
    program: &Program,
    root: impl Fn(&crate::program::Release) -> u32,
) -> (Vec<Group>, Vec<u32>) {
    let key = |&k: &u32| {
        let release = &program.releases[k as usize];
        (release.class, root(release), k)
    };
    let mut order: Vec<u32> = (0..program.releases.len() as u32).collect();
    order.sort_unstable_by_key(key);
    let mut groups: Vec<Group> = Vec::new();
    for (place, release) in order.iter().enumerate() {
        let (class, root, _) = key(release);
        match groups.last_mut() {
            Some(last) if (last.class, last.root) == (class, root) => {
                last.releases.end = place + 1;
            }
            _ => groups.push(Group {
                class,
                root,
                releases: place..place + 1,
            }),
        }
    }
    (groups, order)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::program::flow_format;

    /// Arcs, releases, and two times a price per arc.
    type Case = (
        Vec<(u8, u8, u8)>,
        std::collections::BTreeSet<(u8, u8)>,
        [Vec<u8>; 2],
    );

    fn case() -> impl Strategy<Value = Case> {
        let arcs = prop::collection::vec((1..9u8, 1..9u8, 0..6u8), 1..40);
        let releases = prop::collection::btree_set((1..9u8, 1..9u8), 1..5);
        let prices = prop::collection::vec(0..4u8, 40);
        (arcs, releases, [prices.clone(), prices])
    }

    proptest! {
        /// What a release weighs and finds is the same whether it is searched from one end, in the
        /// corridor found before, or in a wider one.
        #[test]
        fn corridors_hide_nothing((arcs, releases, rounds) in case()) {
            let mut text = format!("8 {} {}\n", arcs.len(), releases.len());
            for (tail, head, cost) in &arcs {
                text += &format!("{tail} {head} {cost} 1\n");
            }
            for (origin, sink) in &releases {
                text += &format!("{origin} {sink} 1\n");
            }
            let program = flow_format::read(&text).unwrap().program;
            let mut pricer = Pricer::new(&program);
            let all = vec![Ask::Below(f64::INFINITY); program.releases.len()];
            let mut weights = vec![0.0; program.releases.len()];
            for round in rounds {
                let prices: Vec<f64> = round.iter().map(|&price| f64::from(price) * 1e6).collect();
                let prices = &prices[..program.rows.len()];
                let mut expected = weights.clone();
                Pricer::new(&program).price(&program, prices, &all, &mut expected, || false);
                // one above what they weigh: found again
                let above: Vec<Ask> = expected.iter().map(|w| Ask::Below(w + 1.0)).collect();
                let found = pricer.price(&program, prices, &above, &mut weights, || false).unwrap();
                prop_assert_eq!(&weights, &expected);
                for Found { release, path } in &found {
                    let arcs = pricer.graph.pieces.expand(path);
                    let weight: f64 = arcs.iter().map(|&arc| {
                        let uses = program.arc_uses(0, arc as usize);
                        let priced = uses.map(|(row, amount)| prices[row] * amount as f64);
                        program.costs[arc as usize] as f64 + priced.sum::<f64>()
                    }).sum();
                    prop_assert_eq!(weight, expected[*release as usize]);
                }
                let reached = expected.iter().filter(|w| w.is_finite()).count();
                prop_assert_eq!(found.len(), reached);
            }
        }

        /// Weights where some prices have changed are those under the prices as they are now.
        #[test]
        fn changed_weights_are_those_set_anew((arcs, _, [before, after]) in case()) {
            let mut text = format!("8 {} 1\n", arcs.len());
            for (tail, head, cost) in &arcs {
                text += &format!("{tail} {head} {cost} 1\n");
            }
            let mut program = flow_format::read(&(text + "1 2 1\n")).unwrap().program;
            let rows = program.rows.len();
            // a second class that costs and takes more, and arcs that share rows
            program.classes = 2;
            let dearer: Vec<i64> = program.costs.iter().map(|cost| cost + 1).collect();
            program.costs.extend(dearer);
            let both = program.amounts.iter().flat_map(|&amount| [amount, amount + 1]);
            program.amounts = both.collect();
            for usage in &mut program.uses {
                usage.row %= 3;
            }
            let price = |prices: &Vec<u8>| -> Vec<f64> {
                prices[..rows].iter().map(|&price| f64::from(price)).collect()
            };
            let (before, after) = (price(&before), price(&after));
            let (mut pricer, mut anew) = (Pricer::new(&program), Pricer::new(&program));
            let known = |_| Ask::Known(0.0);
            pricer.begin(&program, &before, known, || false);
            anew.begin(&program, &after, known, || false);
            let changed = |row: &u32| before[*row as usize] != after[*row as usize];
            let changed: Vec<u32> = (0..rows as u32).filter(changed).collect();
            pricer.change(&program, &after, &changed);
            for class in 0..2 {
                prop_assert_eq!(pricer.weights.of(class), anew.weights.of(class));
            }
        }
    }
}
