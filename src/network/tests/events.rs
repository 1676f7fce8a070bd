//! Disruptions, extras and bookings on dated horizons.

use jiff::civil::{date, time};

use super::super::samples::{dated, hours, leg};
use super::{network, ways};
use crate::instance::{
    Booking, Effect, Event, EventTarget, Instance, Mode, PlaceId, ServiceId, Tail, UNIT_SCALE,
};
use crate::units::{CubicCentimetres, Grams, Minutes};

/// A train from A (0°E) over border X (30°E) to H (40°E), 40 hours, then on to B 2 hours after its
/// arrival, 10 hours; every day at 00:00, all in UTC, two weeks from 2025-09-08.
fn train() -> Instance {
    let mut instance = dated(date(2025, 9, 8), 2);
    let places = ["A", "X", "H", "B"].map(|id| instance.add_place(id, "UTC"));
    for (place, longitude) in places.iter().zip([0.0, 30.0, 40.0, 50.0]) {
        instance.places[place.at()].position = Some((0.0, longitude));
    }
    let [a, x, h, b] = places;
    let light = instance.add_product("light");
    instance.products[light.at()].promise = hours(24 * 20);
    instance.add_demand((a, b), light, (1, 0), 10);
    let mut first = leg(a, h, time(0, 0, 0, 0), hours(40));
    first.via = vec![x];
    let mut second = leg(h, b, time(0, 0, 0, 0), hours(10));
    second.departs = None;
    second.dwell = hours(2);
    let train = instance.add_service("train", Mode::Rail, "1234567", first);
    instance.services[train.at()].legs.push(second);
    instance
}

fn add_event(instance: &mut Instance, target: EventTarget, days: (i8, i8), effect: Effect) {
    instance.events.push(Event {
        id: format!("event {}", instance.events.len()),
        target,
        first: date(2025, 9, days.0),
        last: date(2025, 9, days.1),
        effect,
        row: 2,
    });
}

const BORDER: EventTarget = EventTarget::Place(PlaceId(1));
const TRAIN: EventTarget = EventTarget::Service(ServiceId(0));

/// Departure and arrival of both legs of the run of a day, in hours after its scheduled start.
fn run(instance: &Instance, day: i32) -> Vec<(f64, f64)> {
    let (_, network) = network(instance);
    let start = Minutes(1440 * i64::from(day));
    let of_run = network.departures.iter().filter(|d| d.run_day == day);
    of_run
        .map(|d| ((d.departs - start).hours(), (d.arrives - start).hours()))
        .collect()
}

#[test]
fn a_held_border_shifts_the_rest_of_the_line_and_later_legs() {
    // X is 30° of the 40°: passed after 40 h × 3/4 = 30 h, at 06:00 on the next day.
    let mut instance = train();
    assert_eq!(run(&instance, 3), [(0.0, 40.0), (42.0, 52.0)]);
    // Held on the 12th and 13th. The run of the 11th (day 3) would pass on the 12th at 06:00; it
    // goes on at 00:00 of the 14th, 72 h after its start, and reaches H 10 h later.
    add_event(&mut instance, BORDER, (12, 13), Effect::Held);
    assert_eq!(run(&instance, 3), [(0.0, 82.0), (84.0, 94.0)]);
    // The run of the 12th passes on the 13th: it goes on at the same moment.
    assert_eq!(run(&instance, 4), [(0.0, 58.0), (60.0, 70.0)]);
    // The run of the 13th passes on the 14th, the run of the 10th on the 11th: not held.
    assert_eq!(run(&instance, 5), [(0.0, 40.0), (42.0, 52.0)]);
    assert_eq!(run(&instance, 2), [(0.0, 40.0), (42.0, 52.0)]);
}

#[test]
fn a_closed_border_stops_what_would_pass() {
    let mut instance = train();
    add_event(&mut instance, BORDER, (12, 12), Effect::Closed);
    // The run of the 11th would pass X on the 12th: neither leg runs.
    assert_eq!(run(&instance, 3), []);
    assert_eq!(run(&instance, 4).len(), 2);
}

#[test]
fn a_delay_moves_later_legs_and_a_cancellation_removes_them() {
    let mut instance = train();
    add_event(&mut instance, TRAIN, (9, 9), Effect::Delay(hours(5)));
    assert_eq!(run(&instance, 1), [(5.0, 45.0), (47.0, 57.0)]);
    let mut instance = train();
    // Cancelled on the 10th: the first leg of that day's run, and the second leg of the run of
    // the 8th, which leaves H on the 9th at 18:00 — the 9th, so that it runs.
    add_event(&mut instance, TRAIN, (10, 10), Effect::Cancelled);
    assert_eq!(run(&instance, 2), []);
    assert_eq!(run(&instance, 0).len(), 2);
    // The run of the 9th leaves H on the 10th at 18:00: its first leg runs, its second does not.
    assert_eq!(run(&instance, 1), [(0.0, 40.0)]);
}

#[test]
fn capacity_factors_multiply() {
    let mut instance = train();
    // 500,000 × 400,000 / 10⁶ = 200,000 millionths for the leg that passes X on the 9th.
    add_event(
        &mut instance,
        TRAIN,
        (8, 8),
        Effect::CapacityFactor(500_000),
    );
    add_event(
        &mut instance,
        BORDER,
        (9, 9),
        Effect::CapacityFactor(400_000),
    );
    let (_, network) = network(&instance);
    let factors: Vec<i64> = network.departures[..4].iter().map(|d| d.factor).collect();
    // By departure: day 0 leg 1, day 1 leg 1, day 0 leg 2 (on the 9th at 18:00), day 2 leg 1.
    assert_eq!(factors, [200_000, 1_000_000, 1_000_000, 1_000_000]);
}

#[test]
fn a_booking_takes_from_every_leg_of_its_run() {
    let mut instance = train();
    instance.bookings.push(Booking {
        service: ServiceId(0),
        date: date(2025, 9, 9),
        weight: Grams(7000),
        volume: CubicCentimetres(8000),
        units: 3 * UNIT_SCALE,
        row: 2,
    });
    let (_, network) = network(&instance);
    for departure in &network.departures {
        let expected = if departure.run_day == 1 { 7000 } else { 0 };
        assert_eq!(departure.booked.weight, Grams(expected));
    }
}

#[test]
fn services_run_on_after_the_planned_weeks_for_late_releases() {
    // Ready on the last Monday (day 7) at 18:00, 20 days of promise: departures until day 25 are
    // of use, those from day 14 on not reported.
    let mut instance = train();
    instance.demands[0].week = 2;
    instance.products[0].max_late = hours(0);
    let (_, network) = network(&instance);
    let last = network.departures.iter().map(|d| d.run_day).max();
    // Ready at day 7.75, to be delivered by day 27.75: the run of day 25 arrives 52 h after its
    // start, on day 27.17.
    assert_eq!(last, Some(25));
    assert!(
        network
            .departures
            .iter()
            .all(|d| d.reported == (d.run_day < 14))
    );
    // On legs 1 of days 8 to 25 and legs 2 of the same day or later: 18 × 19 / 2; and for each
    // day, besides staying aboard, alighting at H and boarding the same train again.
    assert_eq!(ways(&instance, 0).len(), 171 + 18);
}

#[test]
fn the_tail_repeats_the_last_week_while_it_competes() {
    // Ready on day 7 at 18:00 with 5 days in all: the runs of days 8 and 9 deliver in time (day 9
    // + 52 h = day 11.17; day 10 + 52 h = 12.17; day 11 + 52 h = 13.17 > 12.75): days 8, 9, 10.
    let mut instance = train();
    instance.demands[0].week = 2;
    instance.products[0].promise = hours(120);
    instance.products[0].max_late = hours(0);
    instance.settings.tail = Tail::RepeatLastWeek;
    let limited = super::super::samples::chargeable(Some(10), 0, 1.0);
    instance.services[0].legs[0].unit = limited;
    // The next release, on day 14, comes after the last of them: no tail.
    assert_eq!(network(&instance).1.releases.len(), 1);
    // With 12 days in all, days 8 to 17 are of use; the releases of day 14 compete for days 15 to
    // 17, those of day 21 for none.
    instance.products[0].promise = hours(12 * 24);
    let releases = network(&instance).1.releases;
    let reported: Vec<bool> = releases.iter().map(|r| r.reported).collect();
    assert_eq!(reported, [true, false]);
    // Where nothing is limited, nobody competes.
    instance.services[0].legs[0].unit.limit = None;
    assert_eq!(network(&instance).1.releases.len(), 1);
}
