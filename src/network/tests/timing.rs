//! Cut-offs, waiting, through-carriage and the calendar.

use jiff::civil::{date, time};

use super::super::samples::{dated, hours, leg, typical};
use super::{network, ways};
use crate::instance::{Direction, Instance, Mode};
use crate::units::Minutes;

/// A flight at 23:00 from A, 10 hours to B, both in Brussels' zone, 18:00 releases on Monday.
fn one_flight() -> Instance {
    let mut instance = typical();
    let a = instance.add_place("A", "Europe/Brussels");
    let b = instance.add_place("B", "Europe/Brussels");
    let light = instance.add_product("light");
    instance.products[light.at()].max_late = hours(48);
    instance.add_demand((a, b), light, (1, 0), 10);
    let flight = leg(a, b, time(23, 0, 0, 0), hours(10));
    instance.add_service("AB", Mode::Air, "1234567", flight);
    instance.add_step(a, "build-up", Direction::Out, hours(5));
    instance
}

#[test]
fn a_parcel_a_minute_late_for_the_cut_off_takes_the_next_flight() {
    // 18:00 + 5 h of build-up = 23:00: just in time on Monday.
    let mut instance = one_flight();
    let first = |instance: &Instance| ways(instance, 0)[0].clone();
    assert_eq!(first(&instance), "AB@W1 Mon = W1 Tue 09:00");
    // A minute more and it leaves on Tuesday.
    instance.handling[0].duration = Minutes(301);
    assert_eq!(first(&instance), "AB@W1 Tue = W1 Wed 09:00");
}

#[test]
fn only_what_can_still_be_in_time_is_in_the_network() {
    // Promise 72 h and 48 h late: until Saturday 18:00. Flights arrive at 09:00 from Tuesday to
    // Saturday: five ways, and five departures ridden of the seven of the week.
    let instance = one_flight();
    assert_eq!(ways(&instance, 0).len(), 5);
    let (_, network) = network(&instance);
    assert_eq!(network.departures.len(), 7);
    // 5 × (aboard ×2, ready at B) + cut-offs from Monday to Friday, the first of which is the
    // release itself: 20 nodes; 4 waits + 5 × (load, ride, unload) = 19 edges.
    assert_eq!(network.graph.node_count(), 20);
    assert_eq!(network.graph.edge_count(), 19);
}

#[test]
fn the_spring_and_autumn_changes_move_departures_against_utc() {
    // Europe/Brussels went from UTC+2 to UTC+1 on Sunday 2019-10-27 at 03:00.
    let mut instance = dated(date(2019, 10, 21), 2);
    let a = instance.add_place("A", "Europe/Brussels");
    let calendar = super::Calendar::new(&instance);
    // Monday 2019-10-21 00:00 local is Sunday 22:00 UTC.
    assert_eq!(calendar.midnight(a, 0), Minutes(-120));
    // Sunday 27 has 25 hours: midnight before it at −120, after it at −60.
    assert_eq!(calendar.midnight(a, 6), Minutes(6 * 1440 - 120));
    assert_eq!(calendar.midnight(a, 7), Minutes(7 * 1440 - 60));
    let noon = calendar.at(a, 6, time(12, 0, 0, 0));
    assert_eq!(noon, Minutes(6 * 1440 + 12 * 60 - 60));
    assert_eq!(calendar.text(a, noon), "2019-10-27 12:00");
    assert_eq!(calendar.parse(a, "2019-10-27 12:00"), Some(noon));
    assert_eq!(calendar.day(a, Minutes(7 * 1440 - 61)), 6);
}

#[test]
fn parcels_wait_for_a_later_bucket_only_where_capacity_is_limited() {
    // The flight lands at B at 09:00; sorting takes 4 h.
    let mut instance = one_flight();
    let b = crate::instance::PlaceId(1);
    instance.products[0].promise = hours(24);
    instance.products[0].max_late = hours(16);
    instance.add_step(b, "sorting", Direction::In, hours(4));
    // Until Wednesday 10:00 (40 h): only Monday's flight, sorted at once.
    let at_once = "AB@W1 Mon > sorting B in W1 Tue = W1 Tue 13:00";
    assert_eq!(ways(&instance, 0), [at_once]);
    // With a capacity it may also be sorted from Wednesday 00:00 on.
    instance.handling[1].tiers[0].capacity = Some(5);
    let held = "AB@W1 Mon > sorting B in W1 Wed = W1 Wed 04:00";
    assert_eq!(ways(&instance, 0), [at_once, held]);
    // By the week there is no later bucket in time.
    instance.handling[1].per = crate::instance::Period::Week;
    let weekly = "AB@W1 Mon > sorting B in W1 Mon = W1 Tue 13:00";
    assert_eq!(ways(&instance, 0), [weekly]);
}

#[test]
fn outbound_steps_count_in_the_bucket_in_which_they_start() {
    // Flight at 02:00 on Tuesday, build-up 3 h before it, security 1 h before it: build-up starts
    // on Monday at 22:00 (02:00 − 1 h − 3 h), security on Tuesday at 01:00.
    let mut instance = one_flight();
    let a = crate::instance::PlaceId(0);
    instance.services[0].legs[0].departs = Some(time(2, 0, 0, 0));
    instance.handling[0].duration = hours(3);
    instance.add_step(a, "security", Direction::Out, hours(1));
    let (calendar, network) = network(&instance);
    let names = super::super::Names {
        instance: &instance,
        calendar: &calendar,
        network: &network,
    };
    let load = network.graph.raw_edges().iter().find_map(|edge| {
        let from = network.graph[edge.source()].time;
        match &edge.weight {
            super::Activity::Load { departure, buckets } => {
                let buckets: Vec<String> = buckets.iter().map(|&b| names.bucket(b)).collect();
                Some((
                    names.departure(*departure, 0),
                    calendar.text(a, from),
                    buckets,
                ))
            }
            _ => None,
        }
    });
    let expected = ["build-up A out W1 Mon", "security A out W1 Tue"];
    assert_eq!(
        load,
        Some((
            "AB@W1 Tue".to_owned(),
            "W1 Mon 22:00".to_owned(),
            expected.map(str::to_owned).to_vec()
        ))
    );
}

#[test]
fn through_carriage_needs_no_handling_between_legs() {
    // A to H 5 h, an hour's stop, H to B 5 h; handling at H after arrival takes 10 h.
    let mut instance = one_flight();
    let (a, b) = (crate::instance::PlaceId(0), crate::instance::PlaceId(1));
    let h = instance.add_place("H", "Europe/Brussels");
    instance.products[0].max_late = hours(0);
    instance.services[0].days = [true, false, false, false, false, false, false];
    instance.services[0].legs = vec![
        leg(a, h, time(23, 0, 0, 0), hours(5)),
        leg(h, b, time(0, 0, 0, 0), hours(5)),
    ];
    instance.services[0].legs[1].departs = None;
    instance.services[0].legs[1].dwell = hours(1);
    instance.add_step(h, "break-down", Direction::In, hours(10));
    // Mon 23:00 + 5 h + 1 h + 5 h = Tue 10:00; who alights at H has missed the only train on.
    assert_eq!(
        ways(&instance, 0),
        ["AB/1@W1 Mon > AB/2@W1 Mon = W1 Tue 10:00"]
    );
    // With its own time of day the second leg waits for it: Tue 05:00 to 06:00.
    instance.services[0].legs[1].departs = Some(time(6, 0, 0, 0));
    assert_eq!(
        ways(&instance, 0),
        ["AB/1@W1 Mon > AB/2@W1 Mon = W1 Tue 11:00"]
    );
}

#[test]
fn a_run_of_the_week_before_serves_this_week() {
    // The train leaves A on Saturday, and H, 4 days later, on Wednesday. A parcel ready at H on
    // Monday of week 1 takes the run that started on the Saturday before.
    let mut instance = one_flight();
    let (a, b) = (crate::instance::PlaceId(0), crate::instance::PlaceId(1));
    let h = instance.add_place("H", "Europe/Brussels");
    instance.demands[0].origin = h;
    instance.products[0].max_late = hours(0);
    instance.services[0].days = [false, false, false, false, false, true, false];
    let mut onward = leg(h, b, time(12, 0, 0, 0), hours(5));
    onward.dwell = hours(1);
    instance.services[0].legs = vec![leg(a, h, time(8, 0, 0, 0), hours(96)), onward];
    assert_eq!(ways(&instance, 0), ["AB/2@W0 Sat = W1 Wed 17:00"]);
    let (_, network) = network(&instance);
    let used = network.graph.edge_weights().find_map(|edge| match edge {
        super::Activity::Ride { weeks_later, .. } => Some(*weeks_later),
        _ => None,
    });
    assert_eq!(used, Some(-1));
}

#[test]
fn a_departure_after_the_autumn_change_is_an_hour_later_in_utc() {
    // Daily at 12:00 in Brussels: 10:00 UTC until Saturday 2019-10-26, 11:00 UTC from Sunday on.
    let mut instance = dated(date(2019, 10, 21), 1);
    let a = instance.add_place("A", "Europe/Brussels");
    let b = instance.add_place("B", "UTC");
    let light = instance.add_product("light");
    instance.add_demand((a, b), light, (1, 5), 1);
    let ride = leg(a, b, time(12, 0, 0, 0), hours(20));
    instance.add_service("AB", Mode::Road, "1234567", ride);
    let (_, network) = network(&instance);
    let departs: Vec<i64> = network
        .departures
        .iter()
        .filter(|d| (5..=6).contains(&d.run_day))
        .map(|d| d.departs.0 - 1440 * i64::from(d.run_day))
        .collect();
    assert_eq!(departs, [600, 660]);
    // Ready on Saturday at 18:00, delivered on Monday at 07:00 UTC: 11:00 + 20 h.
    assert_eq!(ways(&instance, 0)[0], "AB@2019-10-27 = 2019-10-28 07:00");
}
