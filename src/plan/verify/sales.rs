//! What every departure sells: what is aboard, and what is paid for.

use std::collections::{BTreeMap, BTreeSet};

use crate::instance::{Commit, Leg, ServiceId};

use super::capacity::Space;
use super::expected::{Frame, planned_days};
use super::ledger::{Ledger, Load};
use super::schedule::{Departure, Key, Schedule};

/// Nothing aboard.
static NOTHING: Load = Load {
    parcels: 0,
    weight: 0,
    volume: 0,
    carriage: 0,
    milligrams: 0,
    parts: BTreeMap::new(),
};

/// The departures that there are to speak of, and what commitments make them pay for.
#[derive(Debug)]
pub(super) struct Sales<'l> {
    keys: BTreeSet<Key>,
    /// Millionths of a unit: as many beyond the minimum as the one of the period that takes the
    /// most.
    committed: BTreeMap<Key, i128>,
    ledger: &'l Ledger,
}

/// A departure that runs.
#[derive(Clone, Debug)]
pub(super) struct Sale<'l, 'i> {
    pub(super) leg: &'i Leg,
    pub(super) departure: Departure,
    /// What is aboard.
    pub(super) load: &'l Load,
    /// What is paid for, commitments included.
    pub(super) space: Space,
}

/// A departure that a commitment binds.
struct Bound {
    key: Key,
    /// Units paid for in any case.
    minimum: i128,
    /// Units that its own freight takes beyond them.
    beyond: i128,
}

impl<'l> Sales<'l> {
    /// Those of all departures of the planned weeks, of the frame, and of what carries parcels.
    pub(super) fn new(schedule: &mut Schedule<'_>, ledger: &'l Ledger, frame: &Frame) -> Self {
        let mut sales = Self {
            keys: keys(schedule, ledger, frame),
            committed: BTreeMap::new(),
            ledger,
        };
        sales.committed = sales.committed(schedule);
        sales
    }

    /// What a bucket of a handling step has to do.
    pub(super) fn bucket(&self, bucket: (usize, i64)) -> &'l Load {
        self.ledger.buckets.get(&bucket).unwrap_or(&NOTHING)
    }

    /// All departures in order, those that do not run included.
    pub(super) fn keys(&self) -> impl Iterator<Item = Key> {
        self.keys.iter().copied()
    }

    /// A departure; `None` where it does not run.
    pub(super) fn of<'i>(&self, schedule: &mut Schedule<'i>, key: Key) -> Option<Sale<'l, 'i>> {
        let mut sale = self.alone(schedule, key)?;
        if let Some(&units) = self.committed.get(&key) {
            sale.space = sale.space.paying_for(&sale.leg.unit, units);
        }
        Some(sale)
    }

    /// A departure as if no commitment bound it to others.
    fn alone<'i>(&self, schedule: &mut Schedule<'i>, key: Key) -> Option<Sale<'l, 'i>> {
        let leg = schedule.leg(key);
        let departure = schedule.departure(key).ok()?.clone();
        let load = self.ledger.departures.get(&key).unwrap_or(&NOTHING);
        departure.stopped.is_none().then(|| Sale {
            leg,
            load,
            space: Space::new(leg, &departure, load),
            departure,
        })
    }

    fn committed(&self, schedule: &mut Schedule<'_>) -> BTreeMap<Key, i128> {
        let mut groups: BTreeMap<(ServiceId, usize, i64), Vec<Bound>> = BTreeMap::new();
        for key in self.keys() {
            let period = match schedule.leg(key).unit.commit {
                Commit::Departure => continue,
                Commit::Week => key.2.div_euclid(7),
                Commit::Horizon => i64::from(key.2 >= planned_days(schedule.instance)),
            };
            let Some(Sale { space, .. }) = self.alone(schedule, key) else {
                continue;
            };
            if space.limit != Some(space.minimum) {
                let group = groups.entry((key.0, key.1, period)).or_default();
                group.push(Bound {
                    key,
                    minimum: space.minimum,
                    beyond: space.units - space.minimum,
                });
            }
        }
        let mut units = BTreeMap::new();
        for group in groups.into_values() {
            let most = group.iter().map(|bound| bound.beyond).max();
            for bound in group {
                units.insert(bound.key, bound.minimum + most.unwrap_or(0));
            }
        }
        units
    }
}

fn keys(schedule: &mut Schedule<'_>, ledger: &Ledger, frame: &Frame) -> BTreeSet<Key> {
    let mut keys: BTreeSet<Key> = frame.departures.clone();
    keys.extend(ledger.departures.keys());
    let instance = schedule.instance;
    for (index, service) in instance.services.iter().enumerate() {
        for day in 0..planned_days(instance) {
            let id = ServiceId(index as u32);
            if schedule.run(id, day).is_some() {
                keys.extend((0..service.legs.len()).map(|leg| (id, leg, day)));
            }
        }
    }
    keys
}
