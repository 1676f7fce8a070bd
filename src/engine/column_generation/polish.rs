//! The end: from the interior point to a vertex that nothing in the network improves.

use std::time::Instant;

use super::crossover::{self, Inside, Vertex};
use super::master::Restricted;
use super::point::Point;
use super::search::Search;
use crate::engine::Stop;

/// Rounds of simplex and pricing before the interior point takes over again.
const ROUNDS: usize = 20;

/// Rows insisted on at a vertex, times the rows of its master, from which on the
/// interior point takes over, unless they are fewer than one row of so many: what was bought for
/// them unseen has to be brought into the basis step by step, and steps take longer the larger the
/// basis is.
const MANY: usize = 12_000;
const ONE_OF: usize = 500;

/// Crosses over and goes on from vertex to vertex until the gap is closed. Answers why to stop, or
/// nothing where the interior point should go on.
pub(super) fn run(search: &mut Search, master: &Restricted, point: &Point) -> Option<Stop> {
    let inside = Inside::new(search, master, point);
    let vertex = cross_over(search, master, &inside);
    from(search, master, vertex, Some(&inside))
}

fn cross_over(search: &mut Search, master: &Restricted, inside: &Inside) -> Vertex {
    let begun = Instant::now();
    let deadline = search.deadline.clone();
    let vertex = crossover::from_interior(master, inside, || deadline.stop().is_some());
    search.statistics.master_seconds += begun.elapsed().as_secs_f64();
    vertex
}

/// Goes on from the vertex that the search remembers.
pub(super) fn resume(search: &mut Search) -> Option<Stop> {
    let snapshot = search.snapshot.take()?;
    let prices = search.reduced.base.clone();
    let master = search.restricted(&prices);
    let deadline = search.deadline.clone();
    let flows = search.flows(&master);
    let vertex = crossover::from_vertex(&master, &flows, &snapshot, || deadline.stop().is_some());
    from(search, &master, vertex, None)
}

fn from(
    search: &mut Search,
    master: &Restricted,
    mut vertex: Vertex,
    mut inside: Option<&Inside>,
) -> Option<Stop> {
    let mut master = std::borrow::Cow::Borrowed(master);
    let mut is_fresh = true;
    for _ in 0..ROUNDS {
        if let Some(stop) = search.deadline.stop() {
            if vertex.feasible {
                search.take_flows(&master, &vertex.x, &vertex.y);
            }
            return Some(stop);
        }
        if !vertex.feasible {
            // where prices tie, the way back from a row that came in can be longer than the one
            // from the interior
            let inside = inside.filter(|_| !is_fresh)?;
            vertex = cross_over(search, &master, inside);
            is_fresh = true;
            continue;
        }
        search.take_flows(&master, &vertex.x, &vertex.y);
        // a vertex has exact prices: they are worth one round even where the gap is closed
        let mut prices = search.reduced.base.clone();
        for (&row, &price) in master.rows.iter().zip(&vertex.prices) {
            prices[row as usize] += search.scale.unscaled_price(row as usize, price.max(0.0));
        }
        let rows = master.rows.len();
        let failed = match search.insist_on_failed_rows() {
            Ok(failed) if failed * rows > MANY && failed * ONE_OF > rows => return None,
            Ok(failed) => failed,
            Err(stop) => return Some(stop),
        };
        if failed > 0 {
            // the interior point knows nothing of what is bought for these rows
            inside = None;
        }
        search.snapshot = Some(vertex.snapshot);
        search.open_violated_rows();
        // the master may lack rows that were opened before it was solved; those insisted on may
        // make others needless
        let opened = search.active.len().saturating_sub(rows) + failed;
        let before = search.statistics.columns;
        let rated = match search.price(prices.clone()) {
            Ok(rated) => rated,
            Err(stop) => return Some(stop),
        };
        if rated.value > search.best.value {
            search.best = rated;
        }
        let added = search.statistics.columns - before;
        search.report();
        if opened == 0 && search.gap() <= search.options.gap {
            return Some(Stop::Finished);
        }
        if opened + added == 0 {
            return None;
        }
        let begun = Instant::now();
        let next = search.restricted(&prices);
        let flows = search.flows(&next);
        let snapshot = search.snapshot.take().unwrap_or_default();
        let deadline = search.deadline.clone();
        vertex = crossover::from_vertex(&next, &flows, &snapshot, || deadline.stop().is_some());
        master = std::borrow::Cow::Owned(next);
        is_fresh = false;
        search.statistics.master_seconds += begun.elapsed().as_secs_f64();
    }
    None
}
