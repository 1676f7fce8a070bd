//! Dual simplex steps in key-column form: back within all bounds at hardly any loss.
//!
//! A vertex that was optimal goes beyond bounds where rows come to the master or lose room; its
//! prices stay as good as they were. The dual simplex method (C. E. Lemke, The dual method of
//! solving the linear programming problem, Nav. Res. Logist. Q. 1, 1954) moves what lies furthest
//! beyond, for its [length](Lengths), to its bound, by that variable which becomes worth while
//! first as prices change. What is worth while to begin with, such as paths that came with the
//! rows, stays out, since it would lead away from those prices, further with every step: primal
//! steps follow in any case.

use super::candidates;
use super::keyed::{Block, Keyed, Variable};
use super::primal::{Beyond, PIVOT, basic_costs, upper};
use super::ties::{Lengths, Shifts};
use crate::program::grouped::Grouped;

/// So many steps for each row at most, beside those before costs are shifted.
const MOST: usize = 2;
/// After so many steps prices are taken to tie.
const PATIENCE: usize = 100;
/// How far reduced costs may be overrun for the sake of a larger pivot.
const SLACK: f64 = 1e-9;
/// Reduced costs further below zero are not due to what was overrun.
const WORTH_WHILE: f64 = 1e-6;
/// The share of a pivot that may be rounding.
const ROUNDING: f64 = 1e-6;

/// A variable that may enter, its reduced cost, and what its increase by one takes off the value
/// that leaves.
struct Entry {
    variable: Variable,
    reduced: f64,
    rate: f64,
}

/// Steps until nothing lies beyond a bound; less where that cannot be, time is up or figures are
/// poor, which primal steps then have to see to.
pub(super) fn repair(keyed: &mut Keyed, meeting: &Grouped<u32>, stop: &impl Fn() -> bool) {
    steps(keyed, meeting, stop);
    keyed.shifts = Shifts::default();
}

fn steps(keyed: &mut Keyed, meeting: &Grouped<u32>, stop: &impl Fn() -> bool) {
    let mut beyond = Beyond::new(keyed);
    if beyond.is_empty() {
        return;
    }
    let mut lengths = Lengths::new(keyed);
    for count in 0..PATIENCE + MOST * keyed.master.rows.len() {
        if count == PATIENCE {
            keyed.shifts = Shifts::new(keyed);
        }
        let Some((leaving, distance)) = beyond.worst(keyed, &lengths) else {
            return;
        };
        if count % 16 == 15 && stop() {
            return;
        }
        let Some(position) = seated(keyed, leaving) else {
            return;
        };
        let prices = keyed.prices(basic_costs(keyed, false));
        let Some(entry) = entering(keyed, meeting, &prices, (position, distance)) else {
            return;
        };
        keyed.look(entry.variable);
        let rate = keyed.image[position];
        if (rate - entry.rate).abs() > ROUNDING * entry.rate.abs() {
            if keyed.basis.changes() == 0 {
                return;
            }
            keyed.refactor();
            beyond = Beyond::new(keyed);
            continue;
        }
        lengths.follow(keyed, entry.variable, leaving, rate);
        keyed.shift(entry.variable, distance / rate);
        let bound = match distance > 0.0 {
            true => upper(keyed, leaving),
            false => 0.0,
        };
        keyed.exchange(entry.variable, Block::Position(position), bound);
        match keyed.basis.changes() {
            0 => beyond = Beyond::new(keyed),
            _ => beyond.follow(keyed, entry.variable),
        }
    }
}

/// The position of a variable beyond its bound; a key changes places with a basic column first.
fn seated(keyed: &mut Keyed, variable: Variable) -> Option<usize> {
    match (keyed.position(variable), variable) {
        (Some(position), _) => Some(position),
        (None, Variable::Path(p)) => keyed.seat_key(keyed.block[p as usize]),
        (None, _) => None,
    }
}

/// The variable that brings the one at a position back over its distance and whose reduced cost
/// comes to zero first; among those that do so within the tolerance, the one of largest rate, as
/// in the primal method.
fn entering(
    keyed: &mut Keyed,
    meeting: &Grouped<u32>,
    prices: &[f64],
    (position, distance): (usize, f64),
) -> Option<Entry> {
    let row = keyed.row(position);
    let mut entries = paths(keyed, meeting, prices, &row, distance);
    entries.extend(others(keyed, prices, &row, distance));
    entries.retain(|entry| entry.reduced >= -WORTH_WHILE);
    let ratio = |entry: &Entry, slack: f64| (entry.reduced.max(0.0) + slack) / entry.rate.abs();
    let furthest = (entries.iter())
        .map(|entry| ratio(entry, SLACK))
        .fold(f64::INFINITY, f64::min);
    let near = (entries.into_iter()).filter(|entry| ratio(entry, 0.0) <= furthest);
    near.reduce(|best, other| match other.rate.abs() > best.rate.abs() {
        true => other,
        false => best,
    })
}

/// The nonbasic paths of blocks that a row of W⁻¹ meets, of those that help over a distance.
fn paths(
    keyed: &Keyed,
    meeting: &Grouped<u32>,
    prices: &[f64],
    row: &[f64],
    distance: f64,
) -> Vec<Entry> {
    let mut is_met = vec![false; keyed.key.len()];
    for (at, _) in row.iter().enumerate().filter(|(_, value)| **value != 0.0) {
        for &block in meeting.of(at as u32) {
            is_met[block as usize] = true;
        }
    }
    let mut entries = Vec::new();
    for block in (0..is_met.len()).filter(|&block| is_met[block]) {
        let rate = |p: usize| keyed.master.paths.times(p, row);
        let weight = |p: usize| candidates::weight(keyed, false, prices, p);
        let key = keyed.key[block] as usize;
        let (key_rate, mut key_weight) = (rate(key), None);
        for p in keyed.master.block(block) {
            let rate = rate(p) - key_rate;
            let variable = Variable::Path(p as u32);
            if rate.abs() > PIVOT && rate * distance > 0.0 && keyed.position(variable).is_none() {
                entries.push(Entry {
                    variable,
                    reduced: weight(p) - *key_weight.get_or_insert_with(|| weight(key)),
                    rate,
                });
            }
        }
    }
    entries
}

/// The nonbasic general columns and slacks that help over a distance.
fn others(
    keyed: &Keyed,
    prices: &[f64],
    row: &[f64],
    distance: f64,
) -> impl Iterator<Item = Entry> {
    let general = (0..keyed.y.len() as u32).map(Variable::General);
    let slacks = (0..row.len() as u32).map(Variable::Slack);
    general.chain(slacks).filter_map(move |variable| {
        let mut rate = 0.0;
        keyed.column(variable, |at, value| rate += row[at] * value);
        if rate.abs() <= PIVOT || keyed.position(variable).is_some() {
            return None;
        }
        let (reduced, direction) = candidates::reduced(keyed, false, prices, variable);
        let helps = rate * direction * distance > 0.0;
        helps.then_some(Entry {
            variable,
            reduced,
            rate,
        })
    })
}

#[cfg(test)]
mod tests {
    use super::super::crossover;
    use super::super::keyed::Snapshot;
    use super::super::master::Restricted;
    use super::super::point::Point;
    use super::super::primal::simplex;
    use super::super::search::{Search, started, three_ways};
    use super::*;
    use crate::program::flow_format;

    /// The flows and the basis of the optimum that primal steps come to from the third path.
    fn optimum(master: &Restricted) -> (Vec<f64>, Snapshot) {
        let all_on_third = Point {
            x: vec![0.0, 0.0, master.quantity[0]],
            ..Point::default()
        };
        let mut keyed = Keyed::new(master, &all_on_third);
        simplex(&mut keyed, &candidates::meeting(master), &|| false);
        let snapshot = keyed.snapshot();
        (keyed.x, snapshot)
    }

    fn carried(search: &Search, x: &[f64]) -> Vec<f64> {
        let parcels = x.iter().map(|x| (x * search.scale.amount).round());
        parcels.collect()
    }

    /// Prices of the first two rows.
    fn prices(search: &Search, keyed: &mut Keyed) -> [f64; 2] {
        let prices = keyed.prices(basic_costs(keyed, false));
        [0, 1].map(|row| (search.scale.unscaled_price(row, prices[row]) / 1e6).round())
    }

    /// Over [`three_ways`], as long as only the first row is known, 60 and 40 go at 1 and 3. With
    /// the second, 10 are too many there; they go at 5, in one step, and cost nothing elsewhere:
    /// prices are 5 − 1 and 5 − 3.
    #[test]
    fn what_a_new_row_has_no_room_for_goes_elsewhere() {
        three_ways(|search| {
            let base = search.reduced.base.clone();
            search.active = vec![0];
            let before = search.restricted(&base);
            let (flows, snapshot) = optimum(&before);
            search.active = vec![0, 1];
            let after = search.restricted(&base);
            let mut keyed = Keyed::resumed(&after, &flows, &snapshot);
            assert_eq!(carried(search, &keyed.x), [60.0, 40.0, 0.0]);
            assert!(!Beyond::new(&keyed).is_empty());

            repair(&mut keyed, &candidates::meeting(&after), &|| false);

            assert_eq!(carried(search, &keyed.x), [60.0, 30.0, 10.0]);
            assert!(Beyond::new(&keyed).is_empty());
            assert_eq!(keyed.pivots, 1);
            assert_eq!(prices(search, &mut keyed), [4.0, 2.0]);
            let vertex = crossover::from_vertex(&after, &keyed.x, &keyed.snapshot(), || false);
            assert!(vertex.feasible);
        });
    }

    /// 100 units at 1 with room for 60, at 5, or at 9: as long as the second way has no row, 60 and 40
    /// go at 1 and 5. Then it has room for 20 only, and a fourth way at 3 is known. That is worth
    /// while at prices of 4 and 0, and stays out: 20 go at 9, and prices rise to 8 and 4. Primal
    /// steps then bring the 40 to the fourth.
    #[test]
    fn what_is_worth_while_anyway_waits_for_primal_steps() {
        let text = "2 4 1\n1 2 1 60\n1 2 3 -1\n1 2 5 20\n1 2 9 -1\n1 2 100\n";
        let program = flow_format::read(text).unwrap().program;
        let mut search = started(&program);
        for arc in [2, 3] {
            search.pool.add_path(&program, 0, &[arc]);
        }
        let base = search.reduced.base.clone();
        search.active = vec![0];
        let before = search.restricted(&base);
        let (flows, snapshot) = optimum(&before);
        let flows = [&flows[..], &[0.0]].concat();
        search.pool.add_path(&program, 0, &[1]);
        search.active = vec![0, 1];
        let after = search.restricted(&base);
        let mut keyed = Keyed::resumed(&after, &flows, &snapshot);
        assert_eq!(carried(&search, &keyed.x), [60.0, 40.0, 0.0, 0.0]);

        repair(&mut keyed, &candidates::meeting(&after), &|| false);

        assert_eq!(carried(&search, &keyed.x), [60.0, 20.0, 20.0, 0.0]);
        assert_eq!(prices(&search, &mut keyed), [8.0, 4.0]);
        let vertex = crossover::from_vertex(&after, &flows, &snapshot, || false);
        assert!(vertex.feasible);
        assert_eq!(carried(&search, &vertex.x), [60.0, 0.0, 0.0, 40.0]);
    }

    /// 400 times one unit, each first over an arc of its own, then over one for all or past it at the
    /// same cost. All are on that arc, which has room for 20 alone. Every step moves one unit and
    /// costs nothing, so costs are shifted on the way; in the end 380 have gone past, and no price
    /// is left.
    #[test]
    fn ties_do_not_stop_steps() {
        let mut text = "402 402 400\n1 2 1 400\n1 2 1 -1\n".to_owned();
        for node in 3..=402 {
            text += &format!("{node} 1 0 1\n");
        }
        for node in 3..=402 {
            text += &format!("{node} 2 1\n");
        }
        let mut program = flow_format::read(&text).unwrap().program;
        program.rows[0].upper = 20;
        let mut search = started(&program);
        for release in 0..400 {
            for arc in [0, 1] {
                search.pool.add_path(&program, release, &[2 + release, arc]);
            }
        }
        search.active = (0..401).collect();
        let master = search.restricted(&search.reduced.base.clone());
        // a path over the arc for all takes from two rows, one past it from its own alone
        let is_on_it = |p: usize| master.paths.column(p).count() == 2;
        let all_on_it = |p: usize| match is_on_it(p) {
            true => 1.0 / search.scale.amount,
            false => 0.0,
        };
        let point = Point {
            x: (0..master.columns.len()).map(all_on_it).collect(),
            ..Point::default()
        };
        let mut keyed = Keyed::new(&master, &point);
        assert!(!Beyond::new(&keyed).is_empty());

        repair(&mut keyed, &candidates::meeting(&master), &|| false);

        assert!(Beyond::new(&keyed).is_empty());
        assert!(keyed.pivots >= 380, "{} steps", keyed.pivots);
        let carried = |p: usize| keyed.x[p] * search.scale.amount;
        let on_it = (0..keyed.x.len()).filter(|&p| is_on_it(p));
        assert!((on_it.map(carried).sum::<f64>() - 20.0).abs() < 1e-6);
        // nothing is left of what was added to costs
        assert!((0..800).all(|path| keyed.shifts.of_path(path) == 0.0));
        assert!((0..401).all(|row| keyed.shifts.of_slack(row) == 0.0));
        let vertex = crossover::from_vertex(&master, &keyed.x, &keyed.snapshot(), || false);
        assert!(vertex.feasible);
        assert!(vertex.prices.iter().all(|price| price.abs() < 1e-12));
    }
}
