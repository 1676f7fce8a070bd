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
