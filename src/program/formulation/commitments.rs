//! Departures for which one decision on units holds.

use std::collections::BTreeMap;

use super::Offer;
use crate::instance::{Commit, Instance};
use crate::network::{DepartureId, Network};

/// The groups of departures that buy the same number of units beyond their minimum, by service,
/// leg and period; departures with nothing to sell beyond it are in none, and so are those that
/// decide for themselves, that do not run after all, or whose run starts after the planned weeks.
pub fn commitments(instance: &Instance, network: &Network) -> Vec<Vec<DepartureId>> {
    let mut groups: BTreeMap<(u32, u32, i32), Vec<DepartureId>> = BTreeMap::new();
    for (index, departure) in network.departures.iter().enumerate() {
        let service = &instance.services[departure.service.at()];
        let leg = &service.legs[departure.leg as usize];
        let offer = Offer::new(leg, departure);
        if offer.limit == Some(offer.minimum) || departure.cancelled || !departure.reported {
            continue;
        }
        let period = match leg.unit.commit {
            Commit::Departure => continue,
            Commit::Week => departure.run_day.div_euclid(7),
            Commit::Horizon => 0,
        };
        let key = (departure.service.0, departure.leg, period);
        groups
            .entry(key)
            .or_default()
            .push(DepartureId(index as u32));
    }
    groups.into_values().collect()
}
