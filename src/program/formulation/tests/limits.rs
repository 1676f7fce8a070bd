//! Policy limits: amounts, shares, periods, violations and the classes they need.

use jiff::civil::time;

use super::{B, assert_near, formulated, one_flight, optimum, solved};
use crate::instance::{Instance, Metric, Mode, Period, PlaceId, ProductId, Selector};
use crate::network::Activity;
use crate::network::samples::{chargeable, hours, leg, money};
use crate::program::formulation::{Formulation, Limited, Side};

const A: PlaceId = PlaceId(0);

/// [`one_flight`] at 5 a chargeable kg, with a train on the same day, 20 h, at 1.
fn two_modes() -> Instance {
    let mut instance = one_flight();
    instance.services[0].legs[0].unit = chargeable(None, 0, 5.0);
    let mut train = leg(A, B, time(6, 0, 0, 0), hours(20));
    train.unit = chargeable(None, 0, 1.0);
    instance.add_service("train", Mode::Rail, "2", train);
    instance
}

fn by(mode: Mode) -> Selector {
    Selector {
        mode: Some(mode),
        ..Selector::default()
    }
}

/// What one parcel of the first class puts into a row, by the service it boards or rides.
fn takes(instance: &Instance, row: usize) -> Vec<(String, i64)> {
    let (network, formulation) = formulated(instance);
    let mut found = Vec::new();
    for (arc, edge) in network.graph.edge_weights().enumerate() {
        let (Activity::Load { departure, .. } | Activity::Ride { departure, .. }) = edge else {
            continue;
        };
        let service = network.departures[departure.at()].service;
        for (used, amount) in formulation.program.arc_uses(0, arc) {
            if used == row {
                found.push((instance.services[service.at()].id.clone(), amount));
            }
        }
    }
    found
}

/// The rows of limits: their number, bound and upper side.
fn limit_rows(formulation: &Formulation) -> Vec<(usize, Side, i32, i64)> {
    let rows = formulation.rows.iter().enumerate();
    rows.filter_map(|(index, meaning)| match meaning.what {
        Limited::Limit { side, period, .. } => {
            let upper = formulation.program.rows[index].upper;
            Some((index, side, period, upper))
        }
        _ => None,
    })
    .collect()
}

#[test]
fn a_share_is_a_row_in_lowest_terms() {
    // At least 40 % of the kilograms by air: 2/5 T − S ≤ 0, that is 2 T − 5 S ≤ 0 in grams: a kg
    // by train takes 2000, a kg by air 2000 − 5000 = −3000.
    let mut instance = two_modes();
    let limit = instance.add_limit("air", Metric::Kg, by(Mode::Air));
    limit.min_share = Some(400_000);
    let (_, formulation) = formulated(&instance);
    let rows = limit_rows(&formulation);
    assert_eq!(rows, [(4, Side::MinShare, 0, 0)]);
    let mut amounts = takes(&instance, 4);
    amounts.sort();
    assert_eq!(
        amounts,
        [("flight".to_owned(), -3000), ("train".to_owned(), 2000)]
    );
    // 40 kg at 5 and 60 kg at 1.
    assert_near(optimum(&instance), 260.0);
    // At most 30 % by train: 10 S − 3 T ≤ 0: 70 kg at 5 and 30 at 1.
    instance.limits.clear();
    let limit = instance.add_limit("rail", Metric::Kg, by(Mode::Rail));
    limit.max_share = Some(300_000);
    assert_near(optimum(&instance), 380.0);
}

#[test]
fn soft_limits_are_broken_at_their_price() {
    // At most 20 kg by train: 20 + 80 × 5 = 420. Each kg more costs 3 as violation and saves 4.
    let mut instance = two_modes();
    let limit = instance.add_limit("rail", Metric::Kg, by(Mode::Rail));
    limit.max = Some(20_000_000);
    assert_near(optimum(&instance), 420.0);
    instance.limits[0].penalty_per_unit = Some(money(3.0));
    let (formulation, solution) = solved(&instance);
    assert_near(solution.cost / 1e6, 100.0 + 80.0 * 3.0);
    // The violation counts kilograms.
    assert_near(solution.columns[formulation.columns.len() - 1], 80.0);
    // A share counts kilograms too: at most 20 % of 100 kg, broken by 80.
    instance.limits[0].max = None;
    instance.limits[0].max_share = Some(200_000);
    assert_near(optimum(&instance), 100.0 + 80.0 * 3.0);
}

#[test]
fn units_and_cost_count_commitments() {
    // The train's 30 committed units count: at least 90 units by air or rail together are
    // 60 more, which 100 parcels of 1 kg buy anyway; at most 90 leaves 10 behind.
    let mut instance = two_modes();
    instance.services[1].legs[0].unit = chargeable(None, 30, 1.0);
    let limit = instance.add_limit("all", Metric::Units, Selector::default());
    limit.min = Some(90_000_000);
    assert_near(optimum(&instance), 100.0);
    instance.limits[0].min = None;
    instance.limits[0].max = Some(90_000_000);
    let (_, formulation) = formulated(&instance);
    let [(_, Side::Max, 0, upper)] = limit_rows(&formulation)[..] else {
        panic!("one row of the limit");
    };
    assert_eq!(upper, 60_000_000_000); // 90 − 30 units, in billionths
    assert_near(optimum(&instance), 90.0 + 10.0 * 50.0);
    // At most 50 of carriage by rail, 30 of it committed: 20 kg more; 50 by air at 5.
    instance.limits[0].metric = Metric::Cost;
    instance.limits[0].selector = by(Mode::Rail);
    instance.limits[0].max = Some(50_000_000);
    assert_near(optimum(&instance), 50.0 + 50.0 * 5.0);
}

#[test]
fn a_limit_on_an_origin_needs_a_class_for_it() {
    let mut instance = two_modes();
    let c = instance.add_place("C", "UTC");
    let d = instance.add_place("D", "UTC");
    for (place, service) in [(c, "truck C"), (d, "truck D")] {
        instance.add_demand((place, B), ProductId(0), (1, 0), 10);
        let truck = leg(place, A, time(20, 0, 0, 0), hours(2));
        instance.add_service(service, Mode::Road, "1", truck);
    }
    assert_eq!(formulated(&instance).1.classes.len(), 1);
    // 120 kg at 1 by train; but parcels from C by train at most 4 kg: 6 go by air, 4 dearer each.
    let limit = instance.add_limit("from C", Metric::Kg, by(Mode::Rail));
    limit.origin = Some(c);
    limit.max = Some(4_000_000);
    let (_, formulation) = formulated(&instance);
    let origins: Vec<_> = formulation
        .classes
        .iter()
        .map(|class| class.origin)
        .collect();
    assert_eq!(origins, [None, Some(c)]);
    assert_near(optimum(&instance), 120.0 + 6.0 * 4.0);
}

#[test]
fn staying_aboard_counts_once() {
    // A train over H: boarding in A counts one parcel, on the second leg nothing more.
    let mut instance = one_flight();
    let h = instance.add_place("H", "UTC");
    instance.services[0].legs = vec![
        leg(A, h, time(6, 0, 0, 0), hours(5)),
        leg(h, B, time(12, 0, 0, 0), hours(5)),
    ];
    // Alighting and boarding again takes an hour too long.
    instance.add_step(h, "break-down", crate::instance::Direction::In, hours(2));
    let limit = instance.add_limit("air", Metric::Parcels, by(Mode::Air));
    limit.max = Some(100_000_000);
    assert_near(optimum(&instance), 0.0);
    // A limit on the second leg only (it reaches B) counts those who stay aboard for it.
    instance.limits[0].selector.place = Some(B);
    instance.limits[0].max = Some(70_000_000);
    assert_near(optimum(&instance), 30.0 * 50.0);
}

#[test]
fn who_gets_off_for_nothing_has_not_boarded_again() {
    // The train over H again, an hour there. At least 150 parcels by air, at 1 for each that is
    // missing: a hundred board once, and fifty are missing, whoever gets off at H to stretch.
    let mut instance = one_flight();
    let h = instance.add_place("H", "UTC");
    instance.services[0].legs = vec![
        leg(A, h, time(6, 0, 0, 0), hours(5)),
        leg(h, B, time(12, 0, 0, 0), hours(5)),
    ];
    let limit = instance.add_limit("air", Metric::Parcels, by(Mode::Air));
    limit.min = Some(150_000_000);
    limit.penalty_per_unit = Some(money(1.0));
    assert_near(optimum(&instance), 50.0);
    // Where there is work on them, they are unloaded and loaded: fifty do so.
    instance.add_step(h, "break-down", crate::instance::Direction::In, hours(1));
    assert_near(optimum(&instance), 0.0);
}

#[test]
fn minima_hold_in_every_planned_period_and_maxima_where_something_runs() {
    // Per day: seven minima, of which only Tuesday can be met; a maximum on Tuesday only.
    let mut instance = two_modes();
    let limit = instance.add_limit("air", Metric::TonneKm, by(Mode::Air));
    limit.per = Period::Day;
    limit.min = Some(10_000_000);
    limit.max = Some(50_000_000);
    limit.penalty_per_unit = Some(money(1.0));
    let (_, formulation) = formulated(&instance);
    let rows = limit_rows(&formulation);
    assert_eq!(rows.len(), 8);
    assert_eq!(rows[7], (11, Side::Max, 1, 50_000_000));
    // A kg over 1000 km is a tonne-kilometre: 10 by air cost 40 more and spare 10 of violation:
    // not worth it. Seven days × 10 tkm at 1.
    assert_near(optimum(&instance), 100.0 + 70.0);
}
