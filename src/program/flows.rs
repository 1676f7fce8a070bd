//! Flows that are decided as whole numbers: how many parcels of a group take an arc.
//!
//! Releases of a class that share a sink form a *group*: parcels of one group are interchangeable
//! wherever they meet, so that a plan is in whole parcels if and only if what each group puts on each
//! arc is a whole number (an integral flow falls apart into integral paths; Ahuja, Magnanti and
//! Orlin, *Network Flows*, chapter 3.5). Branching on such a flow is a bound on a column
//!
//! ```text
//! z_ga = Σ_{p of group g over arc a} x_p        0 ≤ z_ga ≤ Σ_{k in g} q_k, whole
//! ```
//!
//! written as two rows, Σ x − z ≤ 0 and z − Σ x ≤ 0. How many parcels of a size a row holds, whatever
//! their groups, is a whole number as well, and says more where groups share what is scarce. To the pricing of paths these are rows like any
//! other: a price on an arc (branch and price on arc flows; C. Barnhart, C. A. Hane and P. H. Vance,
//! Using branch-and-price-and-cut to solve origin-destination integer multicommodity flow problems,
//! Operations Research 48, 2000). Amounts that differ by group need a class per group.
//!
//! A row that holds nothing but whole numbers says more than its right-hand side: what it holds is a
//! multiple of the greatest common divisor of its amounts, and so is the bound (Chvátal and Gomory's
//! rounding of one row).

use std::collections::{BTreeMap, HashMap};

use super::{Column, Program, Row, Use};

/// Parcels that are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Flow {
    /// Those that take so much of a row each, whoever they are and as often as they take it: with
    /// these whole, a departure holds a whole number of parcels of each size.
    Row {
        /// The row.
        row: u32,
        /// What one of them takes.
        amount: i64,
    },
    /// What the releases of a class and sink put on an arc.
    Arc {
        /// The class of the group.
        class: u32,
        /// The sink of the group.
        sink: u32,
        /// The arc.
        arc: u32,
    },
}

/// Which classes count on which arcs.
pub type Members = Vec<(u32, u32)>;

/// A program in which flows are whole columns.
#[derive(Clone, Debug)]
pub struct WithFlows {
    /// The program with a class per group, after its own columns one per flow, and after its own
    /// rows two per flow: at most its column, and at least its column.
    pub program: Program,
    /// How many rows stand before those of the flows.
    pub own_rows: usize,
    /// How many columns stand before those of the flows.
    pub own_columns: usize,
    /// What each flow counts.
    pub members: Vec<Members>,
}

/// `program` with whole columns for `flows`. Every plan in whole parcels of one is a plan of the
/// other, at the same cost. `program` must be ordered by time. Without flows it is `program` as it
/// is, in which parcels may be divided.
pub fn with_flows(program: &Program, flows: &[Flow]) -> WithFlows {
    if flows.is_empty() {
        return WithFlows {
            program: program.clone(),
            own_rows: program.rows.len(),
            own_columns: program.columns.len(),
            members: Vec::new(),
        };
    }
    let (mut split, reachable) = split(program);
    let (own_rows, own_columns) = (split.rows.len(), split.columns.len());
    let by_row = by_row(&split, &reachable);
    let group_of = groups(program);
    let members: Vec<Members> = (flows.iter())
        .map(|flow| match *flow {
            Flow::Row { row, amount } => by_row.get(&(row, amount)).cloned().unwrap_or_default(),
            Flow::Arc { class, sink, arc } => {
                let group = group_of.get(&(class, sink));
                group.map(|&group| (group, arc)).into_iter().collect()
            }
        })
        .collect();
    let most = most(&split, &members);
    add_columns(&mut split, &most);
    add_uses(&mut split, &members, own_rows as u32);
    WithFlows {
        program: split,
        own_rows,
        own_columns,
        members,
    }
}

/// The flows through rows that some plan could have: by row and amount, in that order.
pub fn of_rows(program: &Program) -> Vec<Flow> {
    let (split, reachable) = split(program);
    let mut keys: Vec<(u32, i64)> = by_row(&split, &reachable).into_keys().collect();
    keys.sort_unstable();
    keys.into_iter()
        .map(|(row, amount)| Flow::Row { row, amount })
        .collect()
}

/// The number of each group, by class and sink, in the order of their first releases.
fn groups(program: &Program) -> BTreeMap<(u32, u32), u32> {
    let mut group_of = BTreeMap::new();
    for release in &program.releases {
        let next = group_of.len() as u32;
        group_of
            .entry((release.class, release.sink))
            .or_insert(next);
    }
    group_of
}

/// `program` with a class per group and rows as tight as whole parcels make them, and which arcs each
/// group can take.
fn split(program: &Program) -> (Program, Vec<Vec<bool>>) {
    let group_of = groups(program);
    let mut old = vec![0; group_of.len()];
    for (&(class, _), &group) in &group_of {
        old[group as usize] = class as usize;
    }
    let releases = program.releases.iter();
    let new: Vec<u32> = releases
        .map(|release| group_of[&(release.class, release.sink)])
        .collect();
    let mut split = with_classes(program, &old, &new);
    let reachable = reachable(&split);
    tighten(&mut split, &reachable);
    (split, reachable)
}
/// Which classes take so much of which rows, on which arcs of their paths.
fn by_row(program: &Program, reachable: &[Vec<bool>]) -> HashMap<(u32, i64), Members> {
    let mut found: HashMap<(u32, i64), Members> = HashMap::new();
    for (class, is_on_a_path) in reachable.iter().enumerate() {
        for arc in (0..program.arcs()).filter(|&arc| is_on_a_path[arc]) {
            for (row, amount) in program
                .arc_uses(class, arc)
                .filter(|&(_, amount)| amount != 0)
            {
                let members = found.entry((row as u32, amount)).or_default();
                members.push((class as u32, arc as u32));
            }
        }
    }
    found
}

/// The most that each flow can be: all parcels of each class, as often as one of its paths can pass.
fn most(program: &Program, members: &[Members]) -> Vec<i64> {
    let mut quantities = vec![0i64; program.classes];
    for release in &program.releases {
        let sum = &mut quantities[release.class as usize];
        *sum = sum.saturating_add(release.quantity);
    }
    let heads = &program.network.heads;
    let of_flow = |members: &Members| {
        let of_class = members.chunk_by(|a, b| a.0 == b.0).map(|members| {
            // arcs lead from lower to higher nodes: the longest chain of those that count
            let mut arcs: Vec<u32> = members.iter().map(|&(_, arc)| arc).collect();
            arcs.sort_unstable_by_key(|&arc| program.network.tails[arc as usize]);
            let mut times = 0i64;
            let mut free_at = 0;
            for arc in arcs {
                if program.network.tails[arc as usize] >= free_at {
                    times += 1;
                    free_at = heads[arc as usize];
                } else {
                    free_at = free_at.min(heads[arc as usize]);
                }
            }
            // an arc may count more than once
            let twice = members.chunk_by(|a, b| a == b).map(<[_]>::len).max();
            times
                .saturating_mul(twice.unwrap_or(1) as i64)
                .saturating_mul(quantities[members[0].0 as usize])
        });
        of_class.fold(0i64, i64::saturating_add).min(i64::MAX / 8)
    };
    members.iter().map(of_flow).collect()
}

/// The same program with other classes: `old` says which of today's each is, `new` which one each
/// release has.
pub(super) fn with_classes(program: &Program, old: &[usize], new: &[u32]) -> Program {
    let arcs = program.arcs();
    let mut split = program.clone();
    split.classes = old.len();
    split.costs = old
        .iter()
        .flat_map(|&class| &program.costs[class * arcs..(class + 1) * arcs])
        .copied()
        .collect();
    split.amounts = program
        .amounts
        .chunks(program.classes.max(1))
        .flat_map(|entry| old.iter().map(|&class| entry[class]))
        .collect();
    for (release, &class) in split.releases.iter_mut().zip(new) {
        release.class = class;
    }
    split
}

/// The amounts of one parcel of one class: one entry per class, of which `sign` stands at its own.
pub(super) fn add_unit_amounts(program: &mut Program, sign: i64) -> u32 {
    let first = program.amounts.len() / program.classes.max(1);
    for class in 0..program.classes {
        let entry = (0..program.classes).map(|other| if other == class { sign } else { 0 });
        program.amounts.extend(entry);
    }
    first as u32
}

fn add_columns(program: &mut Program, most: &[i64]) {
    for &most in most {
        let row = program.rows.len() as u32;
        program.rows.extend([Row { upper: 0 }; 2]);
        program.columns.push(Column {
            cost: 0,
            upper: Some(most),
            whole: true,
            entries: vec![(row, -1), (row + 1, 1)],
        });
    }
}

fn add_uses(program: &mut Program, members: &[Members], first_row: u32) {
    let more = add_unit_amounts(program, 1);
    let less = add_unit_amounts(program, -1);
    let mut of_arc: BTreeMap<u32, Vec<Use>> = BTreeMap::new();
    for (number, members) in (0u32..).zip(members) {
        let row = first_row + 2 * number;
        for &(class, arc) in members {
            let of = |row, amount| Use { row, amount };
            let uses = [of(row, more + class), of(row + 1, less + class)];
            of_arc.entry(arc).or_default().extend(uses);
        }
    }
    let mut uses = Vec::with_capacity(program.uses.len());
    let mut starts = vec![0];
    for arc in 0..program.arcs() {
        let own = program.use_starts[arc] as usize..program.use_starts[arc + 1] as usize;
        uses.extend_from_slice(&program.uses[own]);
        uses.extend(of_arc.get(&(arc as u32)).into_iter().flatten());
        starts.push(uses.len() as u32);
    }
    program.uses = uses;
    program.use_starts = starts;
}

/// Rounds the right-hand sides of rows that hold nothing but whole numbers. `program` has a class per
/// group.
fn tighten(program: &mut Program, reachable: &[Vec<bool>]) {
    let mut divisors = vec![0i64; program.rows.len()];
    let mut add = |row: usize, amount: i64| {
        divisors[row] = greatest_common_divisor(divisors[row], amount);
    };
    for column in &program.columns {
        for &(row, b) in &column.entries {
            add(row as usize, if column.whole { b } else { 1 });
        }
    }
    for (class, is_on_a_path) in reachable.iter().enumerate() {
        let arcs = (0..program.arcs()).filter(|&arc| is_on_a_path[arc]);
        for (row, amount) in arcs.flat_map(|arc| program.arc_uses(class, arc)) {
            add(row, amount);
        }
    }
    for (row, divisor) in program.rows.iter_mut().zip(divisors) {
        if divisor > 1 {
            row.upper = row.upper.div_euclid(divisor) * divisor;
        }
    }
}

/// By class, which arcs lie on a path from an origin of its releases to their sink. The network is
/// ordered by time.
fn reachable(program: &Program) -> Vec<Vec<bool>> {
    let network = &program.network;
    let arcs = program.arcs();
    let mut by_tail: Vec<u32> = (0..arcs as u32).collect();
    by_tail.sort_by_key(|&arc| network.tails[arc as usize]);
    let ends = |arc: usize| (network.tails[arc] as usize, network.heads[arc] as usize);
    let mut from = vec![vec![false; network.nodes]; program.classes];
    let mut to = from.clone();
    for release in program
        .releases
        .iter()
        .filter(|release| release.quantity > 0)
    {
        let class = release.class as usize;
        from[class][release.origin as usize] = true;
        for &(node, _) in &program.sinks[release.sink as usize].ends {
            to[class][node as usize] = true;
        }
    }
    let classes = (0..program.classes).zip(from.iter_mut().zip(&mut to));
    classes
        .map(|(class, (from, to))| {
            let open = |arc: usize| program.cost(class, arc).is_some();
            for &arc in &by_tail {
                let (tail, head) = ends(arc as usize);
                from[head] |= from[tail] && open(arc as usize);
            }
            for &arc in by_tail.iter().rev() {
                let (tail, head) = ends(arc as usize);
                to[tail] |= to[head] && open(arc as usize);
            }
            let lies = |arc: usize| open(arc) && from[ends(arc).0] && to[ends(arc).1];
            (0..arcs).map(lies).collect()
        })
        .collect()
}

/// Of nothing and a number, the number.
fn greatest_common_divisor(a: i64, b: i64) -> i64 {
    match b {
        0 => a.saturating_abs(),
        _ => greatest_common_divisor(b, a % b),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::program::{Network, Release, Sink};

    /// Two arcs from 0 to 1; two releases of one class with different sinks at the same node.
    fn program() -> Program {
        let release = |sink, quantity| Release {
            class: 0,
            origin: 0,
            sink,
            quantity,
            unserved_cost: Some(9),
        };
        Program {
            network: Network {
                nodes: 2,
                tails: vec![0, 0],
                heads: vec![1, 1],
                time: Some(vec![0, 1]),
            },
            classes: 1,
            costs: vec![3, 4],
            use_starts: vec![0, 1, 1],
            uses: vec![Use { row: 0, amount: 0 }],
            amounts: vec![6],
            rows: vec![Row { upper: 20 }],
            sinks: vec![Sink { ends: vec![(1, 0)] }, Sink { ends: vec![(1, 2)] }],
            releases: vec![release(0, 5), release(1, 7)],
            ..Program::default()
        }
    }

    #[test]
    fn a_flow_is_a_whole_column_with_two_rows() {
        let flow = Flow::Arc {
            class: 0,
            sink: 1,
            arc: 0,
        };
        let with = with_flows(&program(), &[flow]);
        let split = &with.program;
        assert_eq!(split.validate(), Ok(()));
        assert_eq!((split.classes, &with.members[0]), (2, &vec![(1, 0)]));
        assert_eq!((with.own_rows, with.own_columns), (1, 0));
        assert_eq!(split.columns[0].upper, Some(7));
        // a parcel of the second group puts one into the flow, one of the first nothing
        let of = |class| split.arc_uses(class, 0).collect::<Vec<_>>();
        assert_eq!(of(0), [(0, 6), (1, 0), (2, 0)]);
        assert_eq!(of(1), [(0, 6), (1, 1), (2, -1)]);
        // parcels of 6 fill 18 of 20
        assert_eq!(split.rows[0].upper, 18);
    }

    #[test]
    fn a_row_counts_parcels_of_both_groups() {
        let flows = of_rows(&program());
        assert_eq!(flows, [Flow::Row { row: 0, amount: 6 }]);
        let with = with_flows(&program(), &flows);
        assert_eq!(with.members, [[(0, 0), (1, 0)]]);
        // 5 and 7 parcels, each once
        assert_eq!(with.program.columns[0].upper, Some(12));
        let of = |class| {
            with.program
                .arc_uses(class, 0)
                .map(|(_, a)| a)
                .collect::<Vec<_>>()
        };
        assert_eq!(of(0), [6, 1, -1, 0, 0]);
        assert_eq!(of(1), [6, 0, 0, 1, -1]);
    }
}
