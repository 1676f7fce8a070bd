//! Small problems whose best whole parcels are known.

use super::*;
use crate::engine::whole::round;
use crate::engine::{PathFlow, Statistics, Stop};
use crate::program::{Network, Release, Row, Sink, Use};

/// Two departures from 0 to 1 with room for 10 each; 2 large parcels of 4 and 4 small ones of
/// 3 at 4/3 and 1 per unit of room if they stay, so that all room is worth the same.
fn departures() -> Program {
    let release = |class, quantity, cost| Release {
        class,
        origin: 0,
        sink: 0,
        quantity,
        unserved_cost: Some(cost),
    };
    Program {
        network: Network {
            nodes: 2,
            tails: vec![0, 0],
            heads: vec![1, 1],
            time: Some(vec![0, 60]),
        },
        classes: 2,
        costs: vec![0; 4],
        use_starts: vec![0, 1, 2],
        uses: vec![Use { row: 0, amount: 0 }, Use { row: 1, amount: 0 }],
        amounts: vec![4, 3],
        rows: vec![Row { upper: 10 }; 2],
        sinks: vec![Sink { ends: vec![(1, 0)] }],
        releases: vec![release(0, 2, 400), release(1, 4, 300)],
        ..Program::default()
    }
}

fn answer(flows: &[(u32, u32, f64)], unserved: [f64; 2]) -> Solution {
    let flow = |&(release, arc, amount): &(u32, u32, f64)| PathFlow {
        release,
        arcs: vec![arc],
        amount,
    };
    Solution {
        stop: Stop::Finished,
        feasible: true,
        flows: flows.iter().map(flow).collect(),
        unserved: unserved.to_vec(),
        columns: Vec::new(),
        prices: vec![100.0; 2],
        cost: 0.0,
        bound: Some(0),
        statistics: Statistics::default(),
    }
}

#[test]
fn a_large_parcel_changes_places_with_small_ones() {
    let program = departures();
    // 2 · 4 + 4 · 3 = 20 fills both, as 4 + 4 + 2/3 · 3 and 10/3 · 3. Rounded down, 8 and 9 are
    // aboard, and neither takes the fourth small parcel. One large and two small ones on each
    // fill both: no move alone leads there.
    let flows = [(0, 0, 2.0), (1, 0, 2.0 / 3.0), (1, 1, 10.0 / 3.0)];
    let whole = round(&program, &answer(&flows, [0.0; 2])).expect("small numbers");
    assert_eq!(whole.verify(&program), Ok(()));
    assert_eq!(whole.cost, 0);
    let aboard: Vec<_> = whole.flows.iter().map(|flow| flow.parcels).collect();
    assert_eq!(aboard, [1, 1, 2, 2]);
}

#[test]
fn what_an_engine_put_too_much_aboard_comes_off_again() {
    let program = departures();
    // 2 · 4 + 4 · 3 = 20 on one departure of 10: the small ones come off, and go on the other.
    let flows = [(0, 0, 2.0), (1, 0, 4.0)];
    let whole = round(&program, &answer(&flows, [0.0; 2])).expect("small numbers");
    assert_eq!(whole.verify(&program), Ok(()));
    assert!(whole.is_feasible());
    assert_eq!(whole.cost, 0);
}

#[test]
fn order_does_not_matter_where_parcels_make_room_for_others() {
    let mut program = departures();
    // small ones make 3 of room on departure 0 for large ones: 2 · 4 − 3 · 3 < 0 = its own room
    program.rows[0].upper = 0;
    program.amounts = vec![4, -3, 4, 3];
    program.uses[1].amount = 1;
    let flows = [(0, 0, 2.0), (1, 0, 3.0), (1, 1, 1.0)];
    let whole = round(&program, &answer(&flows, [0.0; 2])).expect("small numbers");
    assert_eq!(whole.verify(&program), Ok(()));
    assert_eq!(whole.cost, 0);
}

/// The least cost by trying every number of parcels on either departure.
fn least(program: &Program) -> i128 {
    let mut least = i128::MAX;
    for (large, small) in (0..9).flat_map(|large| (0..25).map(move |small| (large, small))) {
        let [[a, b], [c, d]] = [[large / 3, large % 3], [small / 5, small % 5]];
        let fits = |row: usize, large: i64, small: i64| {
            large * program.amounts[0] + small * program.amounts[1] <= program.rows[row].upper
        };
        if a + b <= 2 && c + d <= 4 && fits(0, a, c) && fits(1, b, d) {
            let cost = 400 * (2 - a - b) + 300 * (4 - c - d);
            least = least.min(i128::from(cost));
        }
    }
    least
}

#[test]
fn small_problems_are_rounded_to_the_best_there_is() {
    for upper in 0..400 {
        let mut program = departures();
        program.rows[0].upper = upper / 20;
        program.rows[1].upper = upper % 20;
        // the linear program's answer with large parcels first, each departure filled in turn
        let mut left = [2.0, 4.0];
        let mut flows = Vec::new();
        for (row, arc) in program.rows.iter().zip(0..) {
            let mut room = row.upper as f64;
            for (class, left) in left.iter_mut().enumerate() {
                let size = program.amounts[class] as f64;
                let amount = f64::min(*left, room / size);
                *left -= amount;
                room -= amount * size;
                flows.push((class as u32, arc, amount));
            }
        }
        flows.sort_by_key(|&(release, arc, _)| (release, arc));
        let mut solution = answer(&flows, left);
        solution.cost = 400.0 * left[0] + 300.0 * left[1];
        let whole = round(&program, &solution).expect("small numbers");
        assert_eq!(whole.verify(&program), Ok(()));
        assert_eq!(whole.cost, least(&program), "{:?}", program.rows);
    }
}
