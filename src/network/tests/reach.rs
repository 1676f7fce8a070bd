//! Reasons, bottlenecks and single points of failure.

use jiff::civil::time;

use super::super::samples::{chargeable, hours, leg, typical};
use super::super::{
    Part, Point, Reason, bottlenecks, bridges, dependences, geojson, places_dot, reaches, stranded,
};
use super::network;
use crate::instance::{
    Direction, Instance, Measure, Mode, PlaceId, Rule, Selector, ServiceId, StepId,
};
use crate::units::{Grams, Minutes, Parcels};

/// A truck from A to G every day at 22:00, 10 h; a train from G to B on Wednesday at 12:00, 48 h;
/// a flight from G to B every day at 12:00, 12 h. 100 parcels of 1 kg at A, Monday 18:00.
fn chain() -> Instance {
    let mut instance = typical();
    let [a, b, g] = ["A", "B", "G"].map(|id| instance.add_place(id, "UTC"));
    let light = instance.add_product("light");
    instance.add_demand((a, b), light, (1, 0), 100);
    let flight = leg(g, b, time(12, 0, 0, 0), hours(12));
    instance.add_service("flight", Mode::Air, "1234567", flight);
    let train = leg(g, b, time(12, 0, 0, 0), hours(48));
    instance.add_service("train", Mode::Rail, "3", train);
    let truck = leg(a, g, time(22, 0, 0, 0), hours(10));
    instance.add_service("truck", Mode::Road, "1234567", truck);
    instance
}

fn why(instance: &Instance) -> Option<Reason> {
    let (calendar, network) = network(instance);
    let found = stranded(instance, &calendar, &network);
    assert!(found.len() <= 1);
    found.into_iter().next().map(|stranded| {
        assert_eq!(stranded.parcels, Parcels(100));
        stranded.reason
    })
}

fn forbid(instance: &mut Instance, selector: Selector, row: usize) {
    instance.rules.push(Rule {
        selector,
        allowed: false,
        row,
    });
}

#[test]
fn what_can_travel_is_not_stranded() {
    assert_eq!(why(&chain()), None);
}

#[test]
fn the_reason_tells_missing_services_apart() {
    let mut instance = chain();
    instance.services.truncate(2);
    assert_eq!(why(&instance), Some(Reason::NothingLeaves));
    let mut instance = chain();
    instance.services.drain(..2);
    assert_eq!(why(&instance), Some(Reason::NoConnection));
}

#[test]
fn the_reason_tells_by_how_much_time_misses() {
    // Mon 18:00, truck Mon 22:00 to Tue 08:00, flight Tue 12:00 to Wed 00:00: 30 h. With 24 h of
    // promise and 2 h late it misses by 4 h.
    let mut instance = chain();
    instance.products[0].promise = hours(24);
    instance.products[0].max_late = hours(2);
    assert_eq!(why(&instance), Some(Reason::TooLate(Minutes(240))));
}

#[test]
fn the_reason_names_the_rule() {
    // Until Wed 06:00 only the flight is in time, and row 7 forbids it.
    let mut instance = chain();
    instance.products[0].promise = hours(36);
    instance.products[0].max_late = hours(0);
    let air = Selector {
        mode: Some(Mode::Air),
        ..Selector::default()
    };
    forbid(&mut instance, air, 7);
    assert_eq!(why(&instance), Some(Reason::Forbidden(vec![7])));
    // The train arrives on Fri at 12:00, 90 h after release: 36 h + 54 h carry it.
    instance.products[0].max_late = hours(54);
    assert_eq!(why(&instance), None);
}

#[test]
fn more_specific_rules_decide_and_among_equals_those_that_forbid() {
    let mut instance = chain();
    instance.products[0].promise = hours(36);
    instance.products[0].max_late = hours(0);
    let air = Selector {
        mode: Some(Mode::Air),
        ..Selector::default()
    };
    forbid(&mut instance, air.clone(), 2);
    // Allowed for this service of this mode: two selectors beat one.
    instance.rules.push(Rule {
        selector: Selector {
            service: Some(ServiceId(0)),
            ..air.clone()
        },
        allowed: true,
        row: 3,
    });
    assert_eq!(why(&instance), None);
    // Forbidden from place G by air: also two selectors, and forbidding wins.
    let from_g = Selector {
        place: Some(PlaceId(2)),
        ..air
    };
    forbid(&mut instance, from_g, 4);
    assert_eq!(why(&instance), Some(Reason::Forbidden(vec![4])));
}

#[test]
fn the_bottleneck_is_named_with_its_capacity() {
    // Until Wed 18:00 (48 h) only the flight of Tuesday is in time (Wed 00:00): 30 kg for 100 kg.
    let mut instance = chain();
    instance.products[0].promise = hours(48);
    instance.products[0].max_late = hours(0);
    instance.services[0].legs[0].unit = chargeable(Some(30), 0, 1.0);
    let (_, network) = network(&instance);
    let found = bottlenecks(&instance, &network);
    let weight = &found[0];
    assert_eq!((weight.measure, weight.demand), (Measure::Weight, 100_000));
    assert_eq!(weight.capacity, 30_000);
    assert_eq!(weight.cut, [(Part::Leg(ServiceId(0), 0), 30_000)]);
    // 30 chargeable kg hold 30 × 6 litres for 100 × 6 litres.
    assert_eq!(found[1].measure, Measure::Volume);
    assert_eq!((found[1].demand, found[1].capacity), (600_000, 180_000));
    assert_eq!(found.len(), 2);
}

#[test]
fn steps_are_bottlenecks_in_their_own_measure() {
    // Sorting at B takes 8 parcels a day; delivered by Sat 18:00 (120 h) at the latest: parcels
    // arrive from Wednesday 00:00 on, so that the buckets of Wednesday to Saturday are of use.
    let mut instance = chain();
    instance.products[0].promise = hours(120);
    instance.products[0].max_late = hours(0);
    let sorting = instance.add_step(PlaceId(1), "sorting", Direction::In, hours(1));
    instance.handling[sorting.at()].tiers[0].capacity = Some(8);
    let (_, network) = network(&instance);
    let found = bottlenecks(&instance, &network);
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].demand, found[0].capacity), (100, 32));
    assert_eq!(found[0].cut, [(Part::Step(StepId(0)), 32)]);
}

#[test]
fn every_way_passes_the_truck_and_the_gateway() {
    let mut instance = chain();
    let (calendar, network) = network(&instance);
    let found = dependences(&instance, &network);
    assert_eq!(found.len(), 1);
    let passes = [Point::Leg(ServiceId(2), 0), Point::Place(PlaceId(2))];
    assert_eq!(found[0].passes.as_deref(), Some(&passes[..]));
    // Both lines of the star are bridges: A and G, B and G.
    let lines: Vec<(PlaceId, PlaceId)> = bridges(&instance, &network)
        .iter()
        .map(|b| b.places)
        .collect();
    assert_eq!(lines, [(PlaceId(0), PlaceId(2)), (PlaceId(1), PlaceId(2))]);
    // Nothing is limited, so that nothing cuts B off.
    let weight = &reaches(&instance, &calendar, &network)[0];
    assert_eq!(
        (weight.measure, weight.cut.clone()),
        (Measure::Weight, None)
    );
    // 7 flights of 30 kg and a train of 500 kg a week.
    instance.services[0].legs[0].unit = chargeable(Some(30), 0, 1.0);
    instance.services[1].legs[0].max_weight = Some(Grams(500_000));
    let (calendar, network) = super::network(&instance);
    let reach = &reaches(&instance, &calendar, &network)[0];
    assert_eq!(reach.cut.as_ref().map(|cut| cut.flow), Some(710_000));
}

#[test]
fn maps_are_written_for_places_with_coordinates() {
    let mut instance = chain();
    instance.places[0].name = "A \"quoted\"".to_owned();
    instance.places[0].position = Some((30.0, 120.0));
    instance.places[2].position = Some((31.0, 121.0));
    let (_, network) = network(&instance);
    let dot = places_dot(&instance, &network);
    assert!(dot.contains(r#""A" [label="A\nA \"quoted\""]"#), "{dot}");
    assert!(dot.contains(r#""A" -> "G" [label="truck\nroad × 7 a week", color=gray40]"#));
    let map: serde_json::Value = serde_json::from_str(&geojson(&instance, &network)).unwrap();
    let features = map["features"].as_array().unwrap();
    // Two places and the truck; B has no coordinates.
    assert_eq!(features.len(), 3);
    assert_eq!(features[2]["properties"]["service"], "truck");
    assert_eq!(
        features[0]["geometry"]["coordinates"],
        serde_json::json!([120.0, 30.0])
    );
}
