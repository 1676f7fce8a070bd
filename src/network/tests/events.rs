//! Disruptions, extras and bookings on dated horizons.

use jiff::civil::{date, time};

use super::super::Bucket;
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

/// Both legs leave on the 9th; the second leg, at 18:00 on the day after, is on days 10 and 11 too.
#[test]
fn a_delay_moves_a_run_once_and_later_legs_along() {
    for days in [(9, 9), (9, 10), (9, 11)] {
        let mut instance = train();
        add_event(&mut instance, TRAIN, days, Effect::Delay(hours(5)));
        assert_eq!(run(&instance, 1), [(5.0, 45.0), (47.0, 57.0)], "{days:?}");
    }
    // The run of the 8th is under way, and leaves H on the 9th at 18:00: from there on it is late.
    let mut instance = train();
    add_event(&mut instance, TRAIN, (9, 9), Effect::Delay(hours(5)));
    assert_eq!(run(&instance, 0), [(0.0, 40.0), (47.0, 57.0)]);
    // Two delays are two: on the 9th five hours, and three more for the leg of the 10th.
    add_event(&mut instance, TRAIN, (10, 10), Effect::Delay(hours(3)));
    assert_eq!(run(&instance, 1), [(5.0, 45.0), (50.0, 60.0)]);
}

/// H is reached at 40 h and left at 42 h, both on the second day: one event moves the run once, from
/// the leg that reaches it.
#[test]
fn a_place_delays_a_run_once() {
    let mut instance = train();
    let place = EventTarget::Place(PlaceId(2));
    add_event(&mut instance, place, (9, 10), Effect::Delay(hours(5)));
    assert_eq!(run(&instance, 0), [(5.0, 45.0), (47.0, 57.0)]);
    // the run of the 7th is before the horizon, that of the 10th comes to H on the 11th
    assert_eq!(run(&instance, 2), [(0.0, 40.0), (42.0, 52.0)]);
}

/// A later leg with a time of day of its own, 20:00 or two hours after 18:00: five hours late it
/// leaves five hours late, at 01:00, and not at 20:00 of the next day.
#[test]
fn a_delay_moves_legs_with_times_of_their_own() {
    let mut instance = train();
    instance.services[0].legs[1].departs = Some(time(20, 0, 0, 0));
    assert_eq!(run(&instance, 1), [(0.0, 40.0), (44.0, 54.0)]);
    add_event(&mut instance, TRAIN, (9, 9), Effect::Delay(hours(5)));
    assert_eq!(run(&instance, 1), [(5.0, 45.0), (49.0, 59.0)]);
    // but what is held leaves at its next time: at H on the 13th at 10:00, on at 20:00
    let mut instance = train();
    instance.services[0].legs[1].departs = Some(time(20, 0, 0, 0));
    add_event(&mut instance, BORDER, (9, 12), Effect::Held);
    assert_eq!(run(&instance, 0), [(0.0, 130.0), (140.0, 150.0)]);
}

#[test]
fn a_cancelled_service_cancels_runs_whole_and_none_that_is_on_its_way() {
    let mut instance = train();
    add_event(&mut instance, TRAIN, (10, 10), Effect::Cancelled);
    assert_eq!(run(&instance, 2), []);
    // the run of the 9th leaves H on the 10th at 18:00, and goes on
    assert_eq!(run(&instance, 1).len(), 2);
    assert_eq!(run(&instance, 3).len(), 2);
}

/// H cancels what leaves it on the 10th: of the run of the 9th the second leg alone.
#[test]
fn a_place_cancels_the_legs_that_leave_it_and_those_after_them() {
    let mut instance = train();
    let from = |place: u32| EventTarget::Place(PlaceId(place));
    add_event(&mut instance, from(2), (10, 10), Effect::Cancelled);
    assert_eq!(run(&instance, 1), [(0.0, 40.0)]);
    assert_eq!(run(&instance, 0).len(), 2);
    // nothing that only passes or reaches a place is cancelled there
    let mut instance = train();
    add_event(&mut instance, from(1), (8, 12), Effect::Cancelled);
    add_event(&mut instance, from(3), (8, 12), Effect::Cancelled);
    assert_eq!(run(&instance, 1).len(), 2);
    // and what leaves A on the 9th takes the second leg with it
    add_event(&mut instance, from(0), (9, 9), Effect::Cancelled);
    assert_eq!(run(&instance, 1), []);
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
fn the_tail_repeats_the_last_week_while_planned_parcels_can_be_under_way() {
    // Ready on day 7 at 18:00 with 5 days in all: under way until day 12.75.
    let mut instance = train();
    instance.demands[0].week = 2;
    instance.products[0].promise = hours(120);
    instance.products[0].max_late = hours(0);
    instance.settings.tail = Tail::RepeatLastWeek;
    let reported = |instance: &Instance| -> Vec<bool> {
        let releases = network(instance).1.releases;
        releases.iter().map(|r| r.reported).collect()
    };
    // The next release, on day 14 at 18:00, comes after that, and just so with seven days in all.
    assert_eq!(reported(&instance), [true]);
    instance.products[0].promise = hours(7 * 24);
    assert_eq!(reported(&instance), [true]);
    // With seven days and an hour, promised or late, and with 15 days.
    instance.products[0].promise = hours(7 * 24 + 1);
    assert_eq!(reported(&instance), [true, false]);
    instance.products[0].promise = hours(24);
    instance.products[0].max_late = hours(6 * 24 + 1);
    assert_eq!(reported(&instance), [true, false]);
    instance.products[0].max_late = hours(14 * 24);
    assert_eq!(reported(&instance), [true, false, false]);
    // Whatever is limited, or nothing.
    let limited = super::super::samples::chargeable(Some(10), 0, 1.0);
    instance.services[0].legs[0].unit = limited;
    assert_eq!(reported(&instance), [true, false, false]);
}

/// Five parcels of capacity a week, none on two of its days: of 10 exactly 10 × 5/7 = 7.14, rounded
/// down to 7, and of 7 exactly 5, which rounded sevenths would make 4.
#[test]
fn a_week_loses_exactly_the_part_of_its_capacity_that_its_days_do() {
    let bucket = Bucket {
        step: crate::instance::StepId(0),
        start: Minutes(0),
        end: Minutes(7 * 1440),
        days: 7,
        factor: 5_000_000,
    };
    assert_eq!([7, 10, 14].map(|all| bucket.left_of(all)), [5, 7, 10]);
}
