//! What one more parcel of each demand would cost.

use crate::instance::Instance;
use crate::network::Network;
use crate::program::Program;
use crate::program::bound::{self, BoundError, Prices};
use crate::program::shortest::{InArcs, Tree};
use crate::units::{Money, divide_to_nearest};

/// Per demand, min(unserved, cheapest path at the prices of the proof), averaged over its
/// releases by their parcels; `None` where a demand has none.
///
/// # Errors
/// [`BoundError`] where numbers leave exact arithmetic.
pub fn costs(
    instance: &Instance,
    network: &Network,
    program: &Program,
    arcs: &InArcs,
    prices: &Prices,
) -> Result<Vec<Option<Money>>, BoundError> {
    let per_release = per_release(program, arcs, prices)?;
    let mut sums = vec![(0i128, 0i128); instance.demands.len()];
    for (release, cost) in network.releases.iter().zip(per_release) {
        if release.reported {
            let (sum, parcels) = &mut sums[release.demand.at()];
            *sum += cost * i128::from(release.parcels.0);
            *parcels += i128::from(release.parcels.0);
        }
    }
    let mean = |(sum, parcels): (i128, i128)| {
        (parcels > 0).then(|| {
            let cost = divide_to_nearest(sum, parcels * Prices::DENOMINATOR);
            Money(i64::try_from(cost).unwrap_or(i64::MAX))
        })
    };
    Ok(sums.into_iter().map(mean).collect())
}

/// Per release, the cost of one more parcel times [`Prices::DENOMINATOR`].
fn per_release(program: &Program, arcs: &InArcs, prices: &Prices) -> Result<Vec<i128>, BoundError> {
    let releases = &program.releases;
    let key = |&k: &usize| (releases[k].class, releases[k].sink);
    let mut order: Vec<usize> = (0..releases.len()).collect();
    order.sort_by_key(key);
    let mut costs = vec![0; releases.len()];
    let mut tree = Tree::default();
    for class in order.chunk_by(|a, b| releases[*a].class == releases[*b].class) {
        let reduced =
            bound::reduced_costs(program, arcs, releases[class[0]].class as usize, prices)?;
        for group in class.chunk_by(|a, b| key(a) == key(b)) {
            let ends = &program.sinks[releases[group[0]].sink as usize].ends;
            tree.grow(
                arcs,
                &reduced,
                ends.iter()
                    .map(|&(node, cost)| (node, i128::from(cost) * Prices::DENOMINATOR)),
                group.iter().map(|&k| releases[k].origin),
            );
            for &k in group {
                let left = releases[k]
                    .unserved_cost
                    .map(|cost| i128::from(cost) * Prices::DENOMINATOR);
                let carried = tree.distance(releases[k].origin);
                costs[k] = [left, carried].into_iter().flatten().min().unwrap_or(0);
            }
        }
    }
    Ok(costs)
}
