//! Cheapest paths under exact prices, and what those prices prove, for one network and many prices.
//!
//! The same bound as [`crate::program::bound::lagrangian`], term by term, but that what does not
//! change between nodes is laid out once, and that the shortest paths that prove it are at hand as
//! new columns.

use super::domain::Domain;
use crate::program::Program;
use crate::program::bound::{BoundError, Prices};
use crate::program::shortest::{InArcs, Tree};

/// Releases of a class that share a sink.
#[derive(Clone, Debug)]
struct Group {
    class: usize,
    sink: usize,
    releases: Vec<u32>,
}

/// What a round of searches found.
pub(super) struct Found {
    /// What the prices prove; `None` where that is nothing, or leaves the range of exact arithmetic.
    pub bound: Option<i128>,
    /// Paths that cost less than their release's price: release and arcs.
    pub paths: Vec<(u32, Vec<u32>)>,
}

/// The network of a program, laid out to be searched again and again.
#[derive(Clone, Debug)]
pub(super) struct Searches {
    network: InArcs,
    /// Arc costs by class, in the order of the network.
    costs: Vec<Vec<i128>>,
    /// Which arcs meet a row, and with which entry of the program's amounts.
    meets: Vec<Vec<(u32, u32)>>,
    groups: Vec<Group>,
}

impl Searches {
    /// Lays out a program.
    ///
    /// # Errors
    /// [`BoundError`] where costs leave the range of exact arithmetic.
    pub fn new(program: &Program) -> Result<Self, BoundError> {
        let network = InArcs::of(program);
        let cost = |class: usize| {
            let scaled = |arc: usize| {
                let cost = program.cost(class, arc);
                Ok(cost.map(|cost| i128::from(cost) * Prices::DENOMINATOR))
            };
            network
                .weights(scaled)
                .map_err(|error| BoundError::Overflow {
                    what: "arc",
                    index: error.arc,
                })
        };
        let costs = (0..program.classes).map(cost).collect::<Result<_, _>>()?;
        let mut meets = vec![Vec::new(); program.rows.len()];
        for arc in 0..program.arcs() {
            let uses = program.use_starts[arc] as usize..program.use_starts[arc + 1] as usize;
            for usage in &program.uses[uses] {
                meets[usage.row as usize].push((arc as u32, usage.amount));
            }
        }
        let mut order: Vec<u32> = (0..program.releases.len() as u32)
            .filter(|&k| program.releases[k as usize].quantity > 0)
            .collect();
        let key = |&k: &u32| {
            let release = &program.releases[k as usize];
            (release.class, release.sink)
        };
        order.sort_by_key(key);
        let groups = order.chunk_by(|a, b| key(a) == key(b));
        Ok(Self {
            network,
            costs,
            meets,
            groups: groups
                .map(|releases| Group {
                    class: key(&releases[0]).0 as usize,
                    sink: key(&releases[0]).1 as usize,
                    releases: releases.to_vec(),
                })
                .collect(),
        })
    }

    /// How many arcs a round of searches looks at, at most.
    pub fn size(&self, program: &Program) -> usize {
        self.groups.len() * program.arcs()
    }

    /// The cheapest path of every release under `prices`, which are
    /// [repaired](Prices::repaired_where) for `domain`, and the bound on every plan with whole
    /// columns in it. `below` says, by release, what a path has to cost less than, per unit, to be
    /// of interest. `None` where it is time to `stop`.
    pub fn run(
        &self,
        program: &Program,
        domain: &Domain,
        prices: &Prices,
        below: &[f64],
        stop: &dyn Fn() -> bool,
    ) -> Option<Found> {
        let mut paths = Vec::new();
        let mut sum = column_part(program, domain, prices);
        let mut tree = Tree::default();
        let mut weights = Vec::new();
        let mut class = usize::MAX;
        for group in &self.groups {
            if stop() {
                return None;
            }
            if group.class != class {
                class = group.class;
                if self.weigh(program, class, prices, &mut weights).is_none() {
                    return Some(Found { bound: None, paths });
                }
            }
            let ends = &program.sinks[group.sink].ends;
            let origin = |&k: &u32| program.releases[k as usize].origin;
            tree.grow(
                &self.network,
                &weights,
                ends.iter()
                    .map(|&(node, cost)| (node, i128::from(cost) * Prices::DENOMINATOR)),
                group.releases.iter().map(origin),
            );
            for &k in &group.releases {
                let release = &program.releases[k as usize];
                let staying = release
                    .unserved_cost
                    .map(|cost| i128::from(cost) * Prices::DENOMINATOR);
                let path = tree.distance(release.origin);
                if let Some(distance) = path
                    && (distance as f64 / Prices::DENOMINATOR as f64) < below[k as usize]
                {
                    paths.push((k, tree.path(&self.network, release.origin)));
                }
                let best = match (path, staying) {
                    (Some(path), Some(staying)) => Some(path.min(staying)),
                    (some, none) => some.or(none),
                };
                sum = best
                    .and_then(|best| best.checked_mul(i128::from(release.quantity)))
                    .and_then(|term| sum?.checked_add(term));
            }
        }
        let constant = program.constant.checked_mul(Prices::DENOMINATOR);
        let total = constant.and_then(|constant| sum?.checked_add(constant));
        Some(Found {
            bound: total.map(|total| total.div_euclid(Prices::DENOMINATOR)),
            paths,
        })
    }

    /// Arc weights of a class under prices.
    fn weigh(
        &self,
        program: &Program,
        class: usize,
        prices: &Prices,
        weights: &mut Vec<i128>,
    ) -> Option<()> {
        weights.clone_from(&self.costs[class]);
        for (row, &price) in prices.numerators().iter().enumerate() {
            if price == 0 {
                continue;
            }
            for &(arc, amount) in &self.meets[row] {
                let amount = program.amounts[amount as usize * program.classes + class];
                if amount == 0 {
                    continue;
                }
                let Some(weight) = self.network.weight(weights, arc) else {
                    continue;
                };
                let weight = price
                    .checked_mul(i128::from(amount))
                    .and_then(|term| weight.checked_add(term))
                    .filter(|weight| weight.abs() < 1 << 90)?;
                self.network.set_weight(weights, arc, Some(weight));
            }
        }
        Some(())
    }
}

/// Σ_j min over y of the reduced cost times y, minus Σ_r λ_r u_r, with whole columns in `domain`.
fn column_part(program: &Program, domain: &Domain, prices: &Prices) -> Option<i128> {
    let mut sum = 0i128;
    for (row, &price) in program.rows.iter().zip(prices.numerators()) {
        if price != 0 {
            sum = sum.checked_sub(price.checked_mul(i128::from(row.upper))?)?;
        }
    }
    for (index, range) in domain.of_all(program).enumerate() {
        let reduced = prices.reduced_cost(program, index).ok()?;
        // prices that make more of an unlimited column ever better prove nothing
        let value = if reduced < 0 {
            range.upper?
        } else {
            range.lower
        };
        sum = sum.checked_add(reduced.checked_mul(i128::from(value))?)?;
    }
    Some(sum)
}
