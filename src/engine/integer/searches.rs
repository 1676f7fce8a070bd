//! Cheapest paths under exact prices, and what those prices prove, for one network and many prices.
//!
//! The same bound as [`crate::program::bound::lagrangian`], term by term, but that what does not
//! change between nodes is laid out once, and that the shortest paths that prove it are at hand as
//! new columns.

use super::domain::Domain;
use crate::program::Program;
use crate::program::bound::{BoundError, Prices};
use crate::program::shortest::{InArcs, MAGNITUDE, Tree};

/// Releases of a class that share a sink.
#[derive(Clone, Debug)]
struct Group {
    class: usize,
    sink: usize,
    releases: Vec<u32>,
}

/// What a round of searches found.
pub(super) struct Found {
    /// What the prices prove, as a numerator over [`Prices::DENOMINATOR`]; `None` where that is
    /// nothing, or leaves the range of exact arithmetic.
    pub numerator: Option<i128>,
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
                    return Some(Found {
                        numerator: None,
                        paths,
                    });
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
            numerator: total,
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
                    .filter(|weight| weight.abs() < MAGNITUDE)?;
                self.network.set_weight(weights, arc, Some(weight));
            }
        }
        Some(())
    }
}

/// Σ_j min over y of the reduced cost times y, minus Σ_r λ_r u_r, with whole columns in `domain`.
pub(super) fn column_part(program: &Program, domain: &Domain, prices: &Prices) -> Option<i128> {
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

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::engine::improve::Random;
    use crate::engine::integer::Range;
    use crate::program::bound::lagrangian_numerator;
    use crate::program::{Column, FORBIDDEN, Network, Release, Row, Sink, Use};

    /// Six nodes, arcs forwards, two classes, four rows, columns of all kinds.
    pub fn program(random: &mut Random) -> Program {
        let mut program = Program {
            network: Network {
                nodes: 6,
                time: (random.below(2) == 0).then(|| (0..6).collect()),
                ..Network::default()
            },
            classes: 2,
            amounts: (0..6).map(|_| random.below(9) as i64).collect(),
            rows: (0..4)
                .map(|_| Row {
                    upper: random.below(60) as i64 - 10,
                })
                .collect(),
            sinks: vec![Sink {
                ends: vec![(4, random.below(9) as i64), (5, 0)],
            }],
            constant: random.below(100) as i128,
            use_starts: vec![0],
            ..Program::default()
        };
        for (tail, head) in (0..6).flat_map(|tail| (tail + 1..6).map(move |head| (tail, head))) {
            if random.below(3) == 0 {
                continue;
            }
            program.network.tails.push(tail);
            program.network.heads.push(head);
            for row in 0..4 {
                // an amount that there is not: no use of this row
                let amount = random.below(6) as u32;
                if amount >= 3 {
                    continue;
                }
                program.uses.push(Use { row, amount });
            }
            program.use_starts.push(program.uses.len() as u32);
        }
        program.costs = (0..2 * program.arcs())
            .map(|_| match random.below(8) {
                0 => FORBIDDEN,
                _ => random.below(50) as i64,
            })
            .collect();
        program.columns = (0..5)
            .map(|_| Column {
                cost: random.below(90) as i64,
                upper: (random.below(3) > 0).then(|| random.below(6) as i64),
                whole: random.below(3) > 0,
                entries: (0..4)
                    .map(|row| (row, random.below(40) as i64 - 14))
                    .filter(|&(_, coefficient)| coefficient < 6)
                    .collect(),
            })
            .collect();
        program.releases = (0..5)
            .map(|_| Release {
                class: random.below(2) as u32,
                origin: random.below(5) as u32,
                sink: 0,
                quantity: random.below(30) as i64,
                unserved_cost: (random.below(9) > 0).then(|| random.below(200) as i64),
            })
            .collect();
        program.validate().expect("a valid program");
        program
    }

    #[test]
    fn proves_what_the_bound_of_the_narrowed_program_is() {
        let (mut proven, mut nothing, mut rewarded) = (0, 0, 0);
        for seed in 1..=400u64 {
            let random = &mut Random(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
            let program = program(random);
            let mut domain = Domain::of(&program);
            for range in &mut domain.0 {
                let lower = random.below(4) as i64;
                *range = match range.upper {
                    Some(upper) => Range {
                        lower: lower.min(upper),
                        upper: Some(upper),
                    },
                    None => Range {
                        lower,
                        upper: (random.below(2) == 0).then(|| lower + random.below(4) as i64),
                    },
                };
            }
            let prices: Vec<f64> = (0..4).map(|_| random.below(900) as f64 / 64.0).collect();
            let mut narrowed = program.clone();
            domain.apply(&program, &mut narrowed);
            let prices = Prices::round(&prices);
            let expected = lagrangian_numerator(&narrowed, &prices)
                .expect("small numbers")
                .value();
            let unlimited: Vec<bool> = (domain.of_all(&program))
                .map(|range| range.upper.is_none())
                .collect();
            let own = prices
                .repaired_where(&program, |column| unlimited[column])
                .expect("small numbers");
            let searches = Searches::new(&program).expect("small numbers");
            let bound = |prices: &Prices| {
                let found = searches.run(&program, &domain, prices, &[0.0; 5], &|| false);
                found.expect("nobody stops it").numerator
            };
            assert_eq!(bound(&own), expected, "seed {seed}");
            match expected {
                Some(_) => proven += 1,
                None => nothing += 1,
            }
            // without the repair, an unlimited column that pays leaves nothing proven
            if own != prices {
                assert_eq!(bound(&prices), None, "seed {seed}");
                rewarded += 1;
            }
        }
        assert!(
            proven > 200 && nothing > 10 && rewarded > 50,
            "{proven} {nothing} {rewarded}"
        );
    }
}
