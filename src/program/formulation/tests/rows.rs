//! Units, commitments, lift, handling, storage, lateness, CO₂e and unserved parcels.

use jiff::civil::time;

use super::{B, assert_near, formulated, one_flight, optimum, solved};
use crate::instance::{Direction, Measure, Mode, Period, PlaceId, Tier, UNIT_SCALE};
use crate::network::samples::{chargeable, hours, leg, money};
use crate::program::formulation::{ColumnMeaning, Limited};
use crate::units::{CubicCentimetres, Grams, Money};

#[test]
fn dense_and_light_parcels_share_chargeable_weight() {
    // 100 parcels of 2 kg and 3 l, 100 of 1 kg and 12 l. Each alone: max(200, 300/6) = 200 and
    // max(100, 1200/6) = 200 chargeable kg. Together max(300, 1500/6 = 250) = 300, at 2 each.
    let mut instance = one_flight();
    instance.products[0].weight = Grams(2000);
    instance.products[0].volume = CubicCentimetres(3000);
    let bulky = instance.add_product("bulky");
    instance.products[1].volume = CubicCentimetres(12_000);
    instance.products[1].max_late = hours(0);
    instance.add_demand((PlaceId(0), B), bulky, (1, 0), 100);
    instance.services[0].legs[0].unit = chargeable(Some(1000), 0, 2.0);
    let (formulation, solution) = solved(&instance);
    assert_near(solution.cost / 1e6, 600.0);
    assert_eq!(formulation.classes.len(), 2);
    // The unit is 1 kg = 1000 g or 6000 cm³, bought whole in the column's count.
    let column = &formulation.program.columns[0];
    assert_eq!(column.cost, 2_000_000);
    assert_eq!(column.upper, Some(1000));
    assert_eq!(column.entries, [(0, -1000), (1, -6000)]);
    assert_near(solution.columns[0], 300.0);
}

#[test]
fn a_commitment_is_paid_and_used_first() {
    // 100 chargeable kg at 2; 70 are paid anyway (140), 30 bought (60).
    let mut instance = one_flight();
    instance.services[0].legs[0].unit = chargeable(Some(1000), 70, 2.0);
    let (formulation, solution) = solved(&instance);
    assert_eq!(formulation.program.constant, 140_000_000);
    assert_eq!(formulation.program.rows[0].upper, 70_000);
    assert_eq!(formulation.program.columns[0].upper, Some(930));
    assert_near(solution.cost / 1e6, 200.0);
    // 500 paid for: 400 units of dead freight.
    instance.services[0].legs[0].unit = chargeable(Some(1000), 500, 2.0);
    assert_near(optimum(&instance), 1000.0);
}

#[test]
fn odd_fractions_of_units_are_scaled_to_integers() {
    // Units of 999 g: half a unit committed holds 499.5 g, so that the row counts half grams;
    // 2.25 units less 0.5 are no whole number, so that a row of millionths bounds the column.
    let mut instance = one_flight();
    let unit = &mut instance.services[0].legs[0].unit;
    unit.weight = Some(Grams(999));
    unit.limit = Some(2_250_000);
    unit.minimum = 500_000;
    unit.price = Money(7);
    let (_, formulation) = formulated(&instance);
    let program = &formulation.program;
    // 3.5 millionths, rounded down: a plan pays 4, and no bound may be above that
    assert_eq!(program.constant, 3);
    assert_eq!(program.rows[0].upper, 999);
    assert_eq!(formulation.rows[0].per_unit, 2000);
    assert_eq!(program.columns[0].entries, [(0, -1998), (1, 1_000_000)]);
    assert_eq!(program.columns[0].upper, None);
    assert_eq!(program.rows[1].upper, 1_750_000);
    assert!(matches!(formulation.rows[1].what, Limited::Units(_)));
    // A parcel of 1 kg takes 2000 half grams on the ride.
    let ride = (0..program.arcs()).find(|&arc| program.arc_uses(0, arc).count() > 0);
    let uses: Vec<_> = program.arc_uses(0, ride.expect("a ride")).collect();
    assert_eq!(uses, [(0, 2000)]);
}

#[test]
fn carriage_by_the_kilogram_costs_the_ride_and_has_no_rows() {
    // 100 kg at 0.35.
    let mut instance = one_flight();
    let unit = &mut instance.services[0].legs[0].unit;
    unit.weight = Some(Grams(1000));
    unit.price = money(0.35);
    let (formulation, solution) = solved(&instance);
    assert!(formulation.rows.is_empty() && formulation.columns.is_empty());
    assert_near(solution.cost / 1e6, 35.0);
}

#[test]
fn what_cannot_be_lifted_stays_behind_at_its_price() {
    // 40.5 kg may be lifted: 40.5 of 100 parcels (whole ones are not this program's business);
    // 59.5 × 50 = 2975.
    let mut instance = one_flight();
    instance.services[0].legs[0].max_weight = Some(Grams(40_500));
    assert_near(optimum(&instance), 2975.0);
    // By volume: 180 l hold 30 parcels of 6 l.
    instance.services[0].legs[0].max_volume = Some(CubicCentimetres(180_000));
    assert_near(optimum(&instance), 3500.0);
}

#[test]
fn dearer_tiers_come_after_cheaper_ones() {
    // 60 parcels at 0.1, then 30 at 0.3, then 10 stay behind: 6 + 9 + 500.
    let mut instance = one_flight();
    let sorting = instance.add_step(B, "sorting", Direction::In, hours(1));
    let tier = |number, capacity, price| Tier {
        number,
        capacity: Some(capacity),
        shift: None,
        price: money(price),
        row: 2,
    };
    instance.handling[sorting.at()].per = Period::Week;
    instance.handling[sorting.at()].tiers = vec![tier(1, 60, 0.1), tier(2, 30, 0.3)];
    let (formulation, solution) = solved(&instance);
    assert_near(solution.cost / 1e6, 515.0);
    // The cheapest price is on the arcs, the dearer tier pays the difference.
    let bucket = &formulation.buckets[0];
    assert_eq!(bucket.price_on_arcs, money(0.1));
    assert_eq!(bucket.tiers, [(1, 0)]);
    assert_eq!(formulation.program.columns[0].cost, 200_000);
    assert_eq!(formulation.program.rows[0].upper, 60);
    // By weight, at a price that is no whole millionth per parcel (0.75): a column for each tier.
    let step = &mut instance.handling[sorting.at()];
    step.measure = Measure::Weight;
    step.tiers = vec![
        Tier {
            price: Money(3),
            ..tier(1, 15_000, 0.0)
        },
        tier(2, 7_500, 0.3),
    ];
    instance.products[0].weight = Grams(250);
    // 15 kg are 60 parcels: 45 millionths; 7.5 kg are 30 parcels: 2.25; and 10 stay behind.
    let (formulation, solution) = solved(&instance);
    assert_near(solution.cost / 1e6, 502.250_045);
    assert_eq!(formulation.buckets[0].price_on_arcs, Money::ZERO);
    assert_eq!(formulation.columns.len(), 2);
    // 7.5 kg are no whole kilograms: the tier has a row of 7500 g.
    assert!(matches!(
        formulation.rows[1].what,
        Limited::Tier { tier: 1, .. }
    ));
    assert_eq!(formulation.program.rows[1].upper, 7500);
}

#[test]
fn a_limited_bucket_sends_parcels_to_the_next_day() {
    // Delivered on Tuesday at 19:00 or, from the bucket of Wednesday, at 01:00 (31 h, late by 5 h
    // and 3 h more): promise 26 h is until Tuesday 20:00, so that Wednesday 01:00 is 5 h late.
    let mut instance = one_flight();
    instance.products[0].promise = hours(26);
    instance.products[0].max_late = hours(24);
    let sorting = instance.add_step(B, "sorting", Direction::In, hours(1));
    instance.handling[sorting.at()].tiers[0].capacity = Some(60);
    // 40 parcels × 5 h × 1 a day / 24 = 8.3333; a parcel's 5 h are 208,333 millionths.
    assert_near(optimum(&instance), 40.0 * 0.208_333);
}

#[test]
fn storage_is_charged_by_the_minute_and_limited_at_midnight() {
    // Ready on Monday at 18:00, loaded on Tuesday at 06:00: 12 h of 0.6 m³ at 2 a day: 0.6.
    let mut instance = one_flight();
    instance.places[0].storage_per_m3_day = money(2.0);
    assert_near(optimum(&instance), 0.6);
    // 0.3 m³ may lie there at midnight: 50 parcels wait (0.3), 50 stay behind.
    instance.places[0].storage = Some(CubicCentimetres(300_000));
    let (formulation, solution) = solved(&instance);
    assert_near(solution.cost / 1e6, 2500.3);
    assert!(matches!(formulation.rows[0].what, Limited::Night(_)));
}

#[test]
fn emissions_are_priced_by_weight_and_distance() {
    // 100 kg × 1000 km = 100 tkm; at 600 g: 60 kg of CO₂e; at 80 a tonne: 4.8.
    let mut instance = one_flight();
    instance.settings.co2e_price_per_t = money(80.0);
    instance.services[0].legs[0].co2e_g_per_tkm = 600.0;
    assert_near(optimum(&instance), 4.8);
}

#[test]
fn a_train_of_many_days_shares_its_departures_between_weeks() {
    // A weekly train of 18 days for 60 kg. In a steady week 100 kg are released; whether they
    // take this week's train or the next, the trains carry 60 a week: 40 stay behind.
    let mut instance = one_flight();
    instance.services[0].mode = Mode::Rail;
    instance.services[0].legs[0].duration = hours(18 * 24);
    instance.services[0].legs[0].max_weight = Some(Grams(60_000));
    instance.products[0].promise = hours(40 * 24);
    let (network, formulation) = formulated(&instance);
    assert_eq!(network.departures.len(), 1);
    assert_eq!(formulation.rows.len(), 1);
    let rides = network.graph.edge_weights().filter_map(|edge| match edge {
        crate::network::Activity::Ride { weeks_later, .. } => Some(*weeks_later),
        _ => None,
    });
    // Until day 40.75: the runs of days 1, 8 and 15 and 22 arrive on days 19.25 to 40.25.
    assert_eq!(rides.collect::<Vec<_>>(), [0, 1, 2, 3]);
    assert_near(optimum(&instance), 40.0 * 50.0);
}

#[test]
fn whole_units_are_marked_and_relaxed() {
    // A charter of 1000 at 500 kg: relaxed, 100 kg buy a fifth of it.
    let mut instance = one_flight();
    let unit = &mut instance.services[0].legs[0].unit;
    unit.weight = Some(Grams(500_000));
    unit.limit = Some(UNIT_SCALE);
    unit.whole = true;
    unit.price = money(1000.0);
    let (formulation, solution) = solved(&instance);
    assert!(formulation.program.columns[0].whole);
    assert_eq!(formulation.program.columns[0].upper, Some(1));
    assert!(matches!(formulation.columns[0], ColumnMeaning::Units(_)));
    assert_near(solution.cost / 1e6, 200.0);
}

#[test]
fn releases_that_are_due_together_share_a_sink() {
    // A second origin with its own flight, the same product and day: one sink, one class.
    let mut instance = one_flight();
    let c = instance.add_place("C", "UTC");
    instance.add_demand((c, B), crate::instance::ProductId(0), (1, 0), 10);
    let flight = leg(c, B, time(7, 0, 0, 0), hours(12));
    instance.add_service("second", Mode::Air, "2", flight);
    let (_, formulation) = formulated(&instance);
    let program = &formulation.program;
    assert_eq!((program.releases.len(), program.sinks.len()), (2, 1));
    assert_eq!(program.classes, 1);
    assert_eq!(program.sinks[0].ends.len(), 2);
}
