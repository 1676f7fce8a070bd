//! The Lagrangian bound, in exact arithmetic.
//!
//! Any prices λ ≥ 0 on the coupling rows prove a lower bound on the cost of every plan. Moving the
//! rows into the objective relaxes them, and what is left falls apart into one shortest path per
//! release and one sign test per column (Held and Karp 1970; Ahuja, Magnanti and Orlin, *Network
//! Flows*, chapter 16):
//!
//! ```text
//! L(λ) = constant
//!      + Σ_k q_k · min(π_k, min over paths p of k of Σ_{a∈p} (c_a + Σ_r λ_r a_ra) + sink cost)
//!      + Σ_j min over 0 ≤ y ≤ Y_j of (f_j + Σ_r λ_r b_rj) · y
//!      − Σ_r λ_r u_r
//! ```
//!
//! Prices are integers in units of 1/[`Prices::DENOMINATOR`] of a cost unit per row unit, and
//! every datum of a [`Program`] is an integer, so each term above is an integer numerator over
//! that one denominator. The sum is formed in `i128` with checked operations and divided once, at
//! the end, downwards. No solver is trusted and no tolerance is needed: whatever engine the
//! prices come from, the result is a bound.

use rayon::prelude::*;

use super::Program;
use super::between::Between;
pub use super::prices::Prices;
use super::shortest::{InArcs, OutArcs, OutOfRange, Tree};

/// What prices prove.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bound {
    /// No plan costs less than this many cost units.
    AtLeast(i128),
    /// No plan exists: this release must be carried and no path leads to its sink.
    NoPlan {
        /// The release of the lowest number of which this holds.
        release: usize,
    },
}

impl Bound {
    /// The bound as a number, or `None` where no plan exists at all.
    pub fn value(self) -> Option<i128> {
        match self {
            Self::AtLeast(value) => Some(value),
            Self::NoPlan { .. } => None,
        }
    }
}

/// Why no bound was computed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BoundError {
    /// There is not one price per row.
    #[error("{found} prices for {expected} rows")]
    Length {
        /// How many rows there are.
        expected: usize,
        /// How many prices were given.
        found: usize,
    },
    /// A sum left the range of exact arithmetic.
    #[error("the bound leaves the range of 128-bit integers at {what} {index}")]
    Overflow {
        /// What was being added.
        what: &'static str,
        /// Its number.
        index: usize,
    },
}

pub(super) fn overflow(what: &'static str, index: usize) -> BoundError {
    BoundError::Overflow { what, index }
}

/// The Lagrangian bound that `prices` prove, after [`Prices::repaired`], rounded down to a whole
/// cost unit. `program` must be [valid](Program::validate).
///
/// In a network with times, one backward sweep per (class, sink) visits the nodes from the last
/// end to the first origin that can reach the sink; without times, a Dijkstra search per (class,
/// sink) runs backwards until the last origin is settled, and one release alone is searched from
/// both ends. Groups are independent and share the threads of rayon's current pool; being exact,
/// the sum does not depend on their number.
///
/// # Errors
/// [`BoundError`] where there is not one price per row, or where a sum leaves 128 bits.
pub fn lagrangian(program: &Program, prices: &Prices) -> Result<Bound, BoundError> {
    Ok(match lagrangian_numerator(program, prices)? {
        Bound::AtLeast(numerator) => Bound::AtLeast(numerator.div_euclid(Prices::DENOMINATOR)),
        none => none,
    })
}

/// The same, not rounded down: a numerator over [`Prices::DENOMINATOR`].
///
/// # Errors
/// As for [`lagrangian`].
pub fn lagrangian_numerator(program: &Program, prices: &Prices) -> Result<Bound, BoundError> {
    let prices = prices.repaired(program)?;
    let columns = column_part(program, &prices)?;
    let network = InArcs::of(program);
    let outgoing = (!network.is_timed()).then(|| OutArcs::of(&network));
    let groups = groups(program);
    let by_class: Vec<&[Group]> = groups.chunk_by(|a, b| a.class == b.class).collect();
    let parts: Vec<Part> = by_class
        .par_iter()
        .map(|groups| {
            let reduced = reduced_costs(program, &network, groups[0].class, &prices)?;
            groups
                .par_iter()
                .map_init(Scratch::default, |scratch, group| {
                    let arcs = (&network, outgoing.as_ref());
                    group.part(program, scratch.distances(program, arcs, &reduced, group))
                })
                .try_reduce(Part::default, Part::join)
        })
        .collect::<Result<_, BoundError>>()?;
    let part = parts.into_iter().try_fold(Part::default(), Part::join)?;
    if let Some(release) = part.stranded {
        return Ok(Bound::NoPlan { release });
    }
    let constant = program
        .constant
        .checked_mul(Prices::DENOMINATOR)
        .and_then(|constant| constant.checked_add(columns))
        .ok_or_else(|| overflow("constant", 0))?;
    let numerator = part
        .sum
        .checked_add(constant)
        .ok_or_else(|| overflow("release", program.releases.len()))?;
    Ok(Bound::AtLeast(numerator))
}

/// What `prices` prove and those prices, or [lower ones](Prices::ever_lower) where what these prove
/// leaves the range of exact arithmetic.
///
/// # Errors
/// [`BoundError`] where there is not one price per row, or where even no prices at all leave it.
pub fn proven(program: &Program, prices: &Prices) -> Result<(Prices, Bound), BoundError> {
    within_range(program, prices, |prices| lagrangian(program, prices))
}

/// What is asked of `prices`, or of the first [lower ones](Prices::ever_lower) of which it stays within
/// the range of exact arithmetic, and these prices.
fn within_range<T>(
    program: &Program,
    prices: &Prices,
    ask: impl Fn(&Prices) -> Result<T, BoundError>,
) -> Result<(Prices, T), BoundError> {
    let mut last = overflow("row", 0);
    for prices in prices.ever_lower(program) {
        match ask(&prices) {
            Err(overflow @ BoundError::Overflow { .. }) => last = overflow,
            answer => return answer.map(|answer| (prices, answer)),
        }
    }
    Err(last)
}

/// Σ_j min over y of the reduced cost times y, minus Σ_r λ_r u_r.
fn column_part(program: &Program, prices: &Prices) -> Result<i128, BoundError> {
    let mut sum = 0i128;
    for (index, row) in program.rows.iter().enumerate() {
        sum = prices.numerators()[index]
            .checked_mul(i128::from(row.upper))
            .and_then(|term| sum.checked_sub(term))
            .ok_or_else(|| overflow("row", index))?;
    }
    for (index, column) in program.columns.iter().enumerate() {
        let (up, down) = prices.sides(program, index)?;
        let reduced = up - down;
        if let Some(upper) = column.upper
            && reduced < 0
        {
            sum = reduced
                .checked_mul(i128::from(upper))
                .and_then(|term| sum.checked_add(term))
                .ok_or_else(|| overflow("column", index))?;
        }
    }
    Ok(sum)
}

/// [`reduced_costs`] under `prices`, or under [lower ones](Prices::ever_lower) where those leave the
/// range of exact arithmetic: for searches that need no more than good ways.
///
/// # Errors
/// [`BoundError`] where even no prices at all leave it.
pub fn reduced_costs_within_range(
    program: &Program,
    network: &InArcs,
    class: usize,
    prices: &Prices,
) -> Result<Vec<i128>, BoundError> {
    let ask = |prices: &Prices| reduced_costs(program, network, class, prices);
    within_range(program, prices, ask).map(|(_, costs)| costs)
}

/// (c_a + Σ_r λ_r a_ra) · [`Prices::DENOMINATOR`] of every arc for `class`, in the order that
/// [`Tree::grow`] wants.
///
/// # Errors
/// [`BoundError::Overflow`] with the arc.
pub fn reduced_costs(
    program: &Program,
    network: &InArcs,
    class: usize,
    prices: &Prices,
) -> Result<Vec<i128>, BoundError> {
    let weight = |arc: usize| {
        let Some(cost) = program.cost(class, arc) else {
            return Ok(None);
        };
        let mut reduced = i128::from(cost) * Prices::DENOMINATOR;
        for (row, amount) in program.arc_uses(class, arc) {
            reduced = prices.numerators()[row]
                .checked_mul(i128::from(amount))
                .and_then(|term| reduced.checked_add(term))
                .ok_or(OutOfRange { arc })?;
        }
        Ok(Some(reduced))
    };
    network
        .weights(weight)
        .map_err(|OutOfRange { arc }| overflow("arc", arc))
}

/// The releases of one class that share a sink.
struct Group {
    class: usize,
    sink: usize,
    releases: Vec<usize>,
}

/// All releases with something to carry, by class, then sink.
fn groups(program: &Program) -> Vec<Group> {
    let releases = &program.releases;
    let mut order: Vec<usize> = (0..releases.len())
        .filter(|&k| releases[k].quantity > 0)
        .collect();
    order.sort_by_key(|&k| (releases[k].class, releases[k].sink));
    order
        .chunk_by(|&a, &b| {
            (releases[a].class, releases[a].sink) == (releases[b].class, releases[b].sink)
        })
        .map(|chunk| Group {
            class: releases[chunk[0]].class as usize,
            sink: releases[chunk[0]].sink as usize,
            releases: chunk.to_vec(),
        })
        .collect()
}

/// What a set of releases adds to the numerator, and the first that cannot be carried and must.
#[derive(Clone, Copy, Debug, Default)]
struct Part {
    sum: i128,
    stranded: Option<usize>,
}

impl Part {
    fn join(self, other: Self) -> Result<Self, BoundError> {
        let stranded = match (self.stranded, other.stranded) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
        let sum = self
            .sum
            .checked_add(other.sum)
            .ok_or_else(|| overflow("release", 0))?;
        Ok(Self { sum, stranded })
    }
}

/// What searches write down, reused from group to group.
#[derive(Default)]
struct Scratch {
    tree: Tree,
    between: Between,
}

impl Scratch {
    /// The length of the shortest path of each release of a group, if it has one.
    fn distances(
        &mut self,
        program: &Program,
        (network, outgoing): (&InArcs, Option<&OutArcs>),
        reduced: &[i128],
        group: &Group,
    ) -> Vec<Option<i128>> {
        let ends = program.sinks[group.sink].ends.iter();
        let ends = ends.map(|&(node, cost)| (node, i128::from(cost) * Prices::DENOMINATOR));
        let origins = group.releases.iter().map(|&k| program.releases[k].origin);
        if let (Some(outgoing), &[release]) = (outgoing, &group.releases[..]) {
            let origin = program.releases[release].origin;
            let arcs = (network, outgoing);
            return vec![self.between.distance(arcs, reduced, origin, ends)];
        }
        self.tree.grow(network, reduced, ends, origins.clone());
        origins.map(|origin| self.tree.distance(origin)).collect()
    }
}

impl Group {
    /// Σ q_k · min(π_k, shortest path) over the group.
    fn part(&self, program: &Program, distances: Vec<Option<i128>>) -> Result<Part, BoundError> {
        let mut part = Part::default();
        for (&k, path) in self.releases.iter().zip(distances) {
            let release = &program.releases[k];
            let unserved = release
                .unserved_cost
                .map(|cost| i128::from(cost) * Prices::DENOMINATOR);
            let best = match (path, unserved) {
                (Some(path), Some(unserved)) => path.min(unserved),
                (Some(cost), None) | (None, Some(cost)) => cost,
                (None, None) => {
                    part.stranded = Some(part.stranded.map_or(k, |other| other.min(k)));
                    continue;
                }
            };
            part.sum = best
                .checked_mul(i128::from(release.quantity))
                .and_then(|term| part.sum.checked_add(term))
                .ok_or_else(|| overflow("release", k))?;
        }
        Ok(part)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::program::{Column, FORBIDDEN, Network, Release, Row, Sink, Use};

    /// Two arcs 0 → 1 at 3 and 5 per unit; the cheap one uses a row of room 4, to which a column
    /// adds 2 per unit bought at 1 each. Ten units at most, unserved at 7.
    fn two_ways(upper: Option<i64>) -> Program {
        Program {
            network: Network {
                nodes: 2,
                tails: vec![0, 0],
                heads: vec![1, 1],
                time: Some(vec![0, 9]),
            },
            classes: 1,
            costs: vec![3, 5],
            use_starts: vec![0, 1, 1],
            uses: vec![Use { row: 0, amount: 0 }],
            amounts: vec![1],
            rows: vec![Row { upper: 4 }],
            columns: vec![Column {
                cost: 1,
                upper,
                whole: false,
                entries: vec![(0, -2)],
            }],
            sinks: vec![Sink { ends: vec![(1, 0)] }],
            releases: vec![Release {
                class: 0,
                origin: 0,
                sink: 0,
                quantity: 10,
                unserved_cost: Some(7),
            }],
            constant: 100,
        }
    }

    fn bound(program: &Program, prices: &[f64]) -> i128 {
        lagrangian(program, &Prices::round(prices))
            .unwrap()
            .value()
            .unwrap()
    }

    #[test]
    fn a_price_moves_the_row_into_the_objective() {
        let program = two_ways(Some(1));
        // λ = 0: all ten go the cheap way, 100 + 10·3; the column stays at 0.
        assert_eq!(bound(&program, &[0.0]), 130);
        // λ = 2: both ways cost 5; the column gains (1 − 2·2)·1 = −3; the row gives back 2·4.
        // 100 + 50 − 3 − 8 = 139, the optimum: 6 the cheap way with one unit bought, 4 the other.
        assert_eq!(bound(&program, &[2.0]), 139);
        // λ = 9: min(7, 5, 12) = 5; the column gains −17; 100 + 50 − 17 − 36.
        assert_eq!(bound(&program, &[9.0]), 97);
        // Fractions of a cost unit round down: λ = 0.1 gives 100 + 31 + 0 − 0.4 = 130.6.
        assert_eq!(bound(&program, &[0.1]), 130);
    }

    #[test]
    fn what_keeps_everything_out_is_priced_at_what_that_costs() {
        // Nothing goes the cheap way and the other is closed: all ten are left behind at 7. The
        // cheap way costs 3, so that 4 on its row is enough; whatever the engine says, 7 is.
        let mut program = two_ways(Some(0));
        program.rows[0].upper = 0;
        program.costs[1] = FORBIDDEN;
        let prices = Prices::round(&[1e12]);
        let capped = prices.capped(&program);
        assert_eq!(capped.numerators(), [7 * Prices::DENOMINATOR + 1]);
        assert_eq!(lagrangian(&program, &capped), Ok(Bound::AtLeast(170)));
        assert_eq!(lagrangian(&program, &prices), Ok(Bound::AtLeast(170)));
        // Below that it stays as it is.
        assert_eq!(
            Prices::round(&[5.0]).capped(&program),
            Prices::round(&[5.0])
        );
        // Two of the row each: 3.5 is as dear.
        program.amounts = vec![2];
        assert_eq!(prices.capped(&program).to_f64()[0].round(), 4.0);
        // What must be carried has no such price, and neither has a row that must be relieved.
        program.releases[0].unserved_cost = None;
        assert_eq!(prices.capped(&program), prices);
        let mut program = two_ways(Some(9));
        program.rows[0].upper = -2;
        assert_eq!(prices.capped(&program), prices);
    }

    #[test]
    fn prices_beyond_arithmetic_fall_until_it_holds_what_they_prove() {
        // Nothing goes the cheap way; all ten go the other, at 5 each.
        let mut program = two_ways(Some(0));
        program.rows[0].upper = 0;
        program.amounts = vec![1_000];
        let prices = Prices::round(&[1e35]);
        assert!(matches!(
            lagrangian(&program, &prices),
            Err(BoundError::Overflow { .. })
        ));
        let (lower, bound) = proven(&program, &prices).unwrap();
        assert_eq!(bound, Bound::AtLeast(150));
        assert_eq!(lower.to_f64(), [1e12]);
        // What arithmetic holds stays as it is.
        let prices = Prices::round(&[2.0]);
        assert_eq!(proven(&program, &prices).unwrap().0, prices);
        // Where the right-hand side is as large as can be, nothing but no price is left.
        program.rows[0].upper = i64::MAX;
        program.columns[0].cost = i64::MAX;
        program.columns[0].entries[0].1 = i64::MIN + 1;
        program.columns[0].upper = Some(i64::MAX);
        let (lower, bound) = proven(&program, &Prices::round(&[1e35])).unwrap();
        assert_eq!((lower, bound), (Prices::zero(1), Bound::AtLeast(130)));
        let short = proven(&program, &Prices::zero(2));
        assert_eq!(
            short.map(|_| ()),
            Err(BoundError::Length {
                expected: 1,
                found: 2
            })
        );
    }

    #[test]
    fn an_unlimited_column_caps_the_price_of_what_it_sells() {
        let program = two_ways(None);
        // λ = 2 would let the column gain without end; it falls to 1/2, where f − 2λ = 0:
        // 100 + 10·3.5 − 0.5·4 = 133 = 3 bought (3·1) for six more of the cheap way, 100 + 30 + 3.
        assert_eq!(bound(&program, &[2.0]), 133);
        let repaired = Prices::round(&[2.0]).repaired(&program).unwrap();
        assert_eq!(repaired.to_f64(), [0.5]);
    }

    #[test]
    fn repair_follows_chains_of_unlimited_columns() {
        let mut program = two_ways(None);
        program.rows.push(Row { upper: 0 });
        // The column now sells 2 of row 0 and uses 1 of row 1; a second one sells row 1 at 1.
        program.columns[0].entries.push((1, 1));
        program.columns.push(Column {
            cost: 1,
            entries: vec![(1, -1)],
            ..Column::default()
        });
        // λ = (2, 3): column 0 has 1 + 3 ≥ 4, column 1 has 1 < 3: λ_1 falls to 1; now column 0
        // has 1 + 1 < 4: λ_0 falls to 2·2/4 = 1.
        let repaired = Prices::round(&[2.0, 3.0]).repaired(&program).unwrap();
        assert_eq!(repaired.to_f64(), [1.0, 1.0]);
    }

    #[test]
    fn what_must_travel_and_cannot_proves_that_there_is_no_plan() {
        let mut program = two_ways(None);
        program.costs = vec![FORBIDDEN, FORBIDDEN];
        assert_eq!(bound(&program, &[0.0]), 170); // unserved at 7 each
        program.releases[0].unserved_cost = None;
        let nothing = lagrangian(&program, &Prices::zero(1)).unwrap();
        assert_eq!(nothing, Bound::NoPlan { release: 0 });
        program.releases[0].quantity = 0;
        assert_eq!(bound(&program, &[0.0]), 100);
    }

    #[test]
    fn a_cyclic_network_is_searched_and_a_timed_one_swept_to_the_same_length() {
        // 0 → 1 → 2 → 3 at 1 each beats 0 → 3 at 4; 2 → 1 closes a cycle without times.
        let mut program = two_ways(None);
        program.network = Network {
            nodes: 4,
            tails: vec![0, 1, 2, 0, 2],
            heads: vec![1, 2, 3, 3, 1],
            time: None,
        };
        program.costs = vec![1, 1, 1, 4, 1];
        program.use_starts = vec![0, 1, 1, 1, 1, 1];
        program.sinks[0].ends = vec![(3, 0)];
        assert_eq!(bound(&program, &[0.0]), 130);
        // λ = 1/2 on the first arc: 10·3.5 − 0.5·4 = 33.
        assert_eq!(bound(&program, &[0.5]), 133);
        program.network.time = Some(vec![0, 1, 2, 3]);
        program.costs[4] = FORBIDDEN;
        (program.network.tails[4], program.network.heads[4]) = (0, 1);
        assert_eq!(bound(&program, &[0.5]), 133);
    }

    #[test]
    fn a_forbidden_arc_stays_closed_under_negative_costs() {
        let mut program = two_ways(None);
        program.costs = vec![FORBIDDEN, FORBIDDEN];
        program.sinks[0].ends = vec![(1, -1_000_000)];
        assert_eq!(bound(&program, &[0.0]), 170);
    }

    #[test]
    fn numbers_out_of_range_are_an_error_and_nonsense_is_a_price_of_zero() {
        let program = two_ways(Some(1));
        assert_eq!(bound(&program, &[f64::NAN]), 130);
        assert_eq!(bound(&program, &[-3.0]), 130);
        let huge = Prices::from_numerators(vec![i128::MAX]);
        assert!(matches!(
            lagrangian(&program, &huge),
            Err(BoundError::Overflow { .. })
        ));
        assert!(matches!(
            lagrangian(&program, &Prices::zero(2)),
            Err(BoundError::Length { .. })
        ));
    }
}
