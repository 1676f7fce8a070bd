//! What every departure sells: what is aboard, and what is paid for.
//!
//! Paid for is at least the minimum and what the freight takes, and where the plan says that it buys
//! more, that: a limit may ask for more than freight takes. What can be bought is what there is,
//! whole where only whole units are sold, and on all departures of one commitment as much beyond
//! their minimum. Where a plan says what cannot be, its freight decides, and the cell fails.

use std::collections::{BTreeMap, BTreeSet};

use crate::instance::{Commit, Leg, ServiceId, UNIT_SCALE};

use super::capacity::Space;
use super::costs;
use super::expected::{Frame, counted_days, is_counted};
use super::ledger::{Ledger, Load};
use super::schedule::{Departure, Key, Schedule};
use super::stated::Stated;

/// Nothing aboard.
static NOTHING: Load = Load {
    parcels: 0,
    weight: 0,
    volume: 0,
    carriage: 0,
    milligrams: 0,
    parts: BTreeMap::new(),
};

/// The departures that there are to speak of, and what is bought of them.
#[derive(Debug)]
pub(super) struct Sales<'l> {
    keys: BTreeSet<Key>,
    /// Millionths of a unit paid for, of departures with more on offer than their minimum.
    bought: BTreeMap<Key, i128>,
    /// Departures that one commitment binds.
    commitments: Vec<Vec<Key>>,
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

/// A departure with units on offer beyond its minimum; its amounts are millionths of a unit.
struct Offered {
    key: Key,
    /// Paid for in any case.
    minimum: i128,
    /// What its own freight takes beyond that.
    taken: i128,
    /// What there is beyond it.
    left: Option<i128>,
    /// What units are sold in.
    step: i128,
    /// What the plan says it buys beyond it.
    stated: Option<i128>,
}

/// What decides on units.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Decision {
    /// A departure by itself.
    Alone(Key),
    /// The departures of a leg in one period of the planned weeks.
    Together(ServiceId, usize, i64),
}

/// What is bought beyond the minimum on every departure of one decision.
fn beyond(offered: &[Offered]) -> i128 {
    let needed = offered.iter().map(|offered| offered.taken).max();
    let needed = needed.unwrap_or(0);
    let left = offered.iter().filter_map(|offered| offered.left).min();
    let step = offered.iter().map(|offered| offered.step).max();
    let mut stated = offered.iter().filter_map(|offered| offered.stated);
    let first = stated.next().unwrap_or(needed);
    let agreed = stated.all(|other| other == first);
    let is_whole = first % step.unwrap_or(1) == 0;
    let can_be = first >= needed && left.is_none_or(|left| first <= left);
    match agreed && is_whole && can_be {
        true => first,
        false => needed,
    }
}

impl<'l> Sales<'l> {
    /// Those of all departures of the planned weeks, of the frame, and of what carries parcels, where
    /// the plan says that it buys what is `stated`.
    pub(super) fn new(
        schedule: &mut Schedule<'_>,
        ledger: &'l Ledger,
        frame: &Frame,
        stated: &Stated,
    ) -> Self {
        let mut sales = Self {
            keys: keys(schedule, ledger, frame),
            bought: BTreeMap::new(),
            commitments: Vec::new(),
            ledger,
        };
        for offered in sales.offered(schedule, stated).into_values() {
            let beyond = beyond(&offered);
            let bought = offered.iter().map(|one| (one.key, one.minimum + beyond));
            sales.bought.extend(bought);
            if offered.len() > 1 {
                let together = offered.iter().map(|one| one.key).collect();
                sales.commitments.push(together);
            }
        }
        sales
    }

    /// What a bucket of a handling step has to do.
    pub(super) fn bucket(&self, bucket: (usize, i64)) -> &'l Load {
        self.ledger.buckets.get(&bucket).unwrap_or(&NOTHING)
    }

    /// What is bought of every departure that runs, in millionths of a unit.
    pub(super) fn units(&self, schedule: &mut Schedule<'_>) -> Stated {
        let bought = |key| Some((key, self.of(schedule, key)?.space.units));
        self.keys().filter_map(bought).collect()
    }

    /// Departures that one commitment binds, in order, for every commitment that binds several.
    pub(super) fn commitments(&self) -> &[Vec<Key>] {
        &self.commitments
    }

    /// All departures in order, those that do not run included.
    pub(super) fn keys(&self) -> impl Iterator<Item = Key> {
        self.keys.iter().copied()
    }

    /// A departure; `None` where it does not run.
    pub(super) fn of<'i>(&self, schedule: &mut Schedule<'i>, key: Key) -> Option<Sale<'l, 'i>> {
        let mut sale = self.alone(schedule, key)?;
        if let Some(&units) = self.bought.get(&key) {
            sale.space = sale.space.paying_for(&sale.leg.unit, units);
        }
        Some(sale)
    }

    /// A departure that buys what its own freight takes.
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

    /// Departures with something to decide, by what decides.
    fn offered(
        &self,
        schedule: &mut Schedule<'_>,
        stated: &Stated,
    ) -> BTreeMap<Decision, Vec<Offered>> {
        let mut decisions: BTreeMap<Decision, Vec<Offered>> = BTreeMap::new();
        for key in self.keys() {
            let unit = &schedule.leg(key).unit;
            let decision = match unit.commit {
                _ if !is_counted(schedule.instance, key.2) => Decision::Alone(key),
                Commit::Departure => Decision::Alone(key),
                Commit::Week => Decision::Together(key.0, key.1, key.2.div_euclid(7)),
                Commit::Horizon => Decision::Together(key.0, key.1, 0),
            };
            let Some(sale) = self.alone(schedule, key) else {
                continue;
            };
            let space = sale.space;
            let sells_no_more = space.limit == Some(space.minimum);
            if sells_no_more || costs::charged_by_parcel(unit) || sale.departure.cancelled {
                continue;
            }
            let offered = Offered {
                key,
                minimum: space.minimum,
                taken: space.units - space.minimum,
                left: space.limit.map(|limit| limit - space.minimum),
                step: if unit.whole { UNIT_SCALE.into() } else { 1 },
                stated: stated.get(&key).map(|&units| units - space.minimum),
            };
            decisions.entry(decision).or_default().push(offered);
        }
        decisions
    }
}

fn keys(schedule: &mut Schedule<'_>, ledger: &Ledger, frame: &Frame) -> BTreeSet<Key> {
    let mut keys: BTreeSet<Key> = frame.departures.clone();
    keys.extend(ledger.departures.keys());
    let instance = schedule.instance;
    for (index, service) in instance.services.iter().enumerate() {
        for day in 0..counted_days(instance) {
            let id = ServiceId(index as u32);
            if schedule.run(id, day).is_some() {
                keys.extend((0..service.legs.len()).map(|leg| (id, leg, day)));
            }
        }
    }
    keys
}

#[cfg(test)]
mod tests {
    use crate::instance::{Booking, Commit, Horizon, Instance, Limit, Metric, Period, Selector};
    use crate::instance::{Mode, ServiceId, UNIT_SCALE};
    use crate::plan::verify::Verification;
    use crate::plan::verify::example;
    use crate::plan::verify::tests::{FLIGHT, HEADER, TRAIN, by_hand, check, only};
    use crate::units::{CubicCentimetres, Grams};
    use jiff::civil::Date;

    const HEAD: &str = "service,leg,run,units,dead_units,cost";

    /// 50 parcels fly and 40 take the train, which costs 1,436 where one of five containers of 2 m³
    /// at 100 is paid for on each leg: the freight takes 40 × 0.012 / 2 = 0.24 of it.
    fn with(instance: &Instance, rows: &[&str]) -> Verification {
        let departures = format!("{HEAD}\n{}\n", rows.join("\n"));
        let allocation = by_hand(&[(FLIGHT, 50), (TRAIN, 40)]);
        let tables = [
            ("allocation.csv", allocation.as_str()),
            ("departures.csv", departures.as_str()),
        ];
        check(instance, &tables)
    }

    fn messages(found: &Verification) -> Vec<&str> {
        let failures = found.failures.iter();
        failures.map(|failure| failure.message.as_str()).collect()
    }

    #[test]
    fn what_a_plan_says_it_buys_is_bought_where_it_can_be() {
        let mut instance = example::instance();
        // three on the first leg, of which 2.76 stay empty: 200 more
        let found = with(&instance, &["train,1,W1 Sat,3,2.76,300"]);
        assert!(found.holds, "{:#?}", found.failures);
        assert_eq!(found.cost, "1636");
        // less than is committed to, more than there are, and part of a whole one
        for (units, cost) in [("0.5", "50"), ("6", "600")] {
            let found = with(&instance, &[&format!("train,1,W1 Sat,{units},,{cost}")]);
            let first = format!("units is {units} instead of 1");
            assert!(messages(&found)[0].starts_with(&first), "{found:#?}");
            assert_eq!(found.cost, "1436");
        }
        instance.services[1].legs[0].unit.whole = true;
        let found = with(&instance, &["train,1,W1 Sat,2.5,2.26,250"]);
        assert!(messages(&found)[0].starts_with("units is 2.5 instead of 1"));
        // whole containers: the freight takes one
        let found = with(&instance, &["train,1,W1 Sat,2,1,200"]);
        assert!(found.holds, "{:#?}", found.failures);
        assert_eq!(found.cost, "1536");
    }

    #[test]
    fn a_limit_counts_what_is_bought_beyond_the_freight() {
        let mut instance = example::instance();
        instance.limits.push(Limit {
            id: "six boxes".to_owned(),
            metric: Metric::Units,
            selector: Selector {
                mode: Some(Mode::Rail),
                ..Selector::default()
            },
            origin: None,
            destination: None,
            per: Period::Week,
            min: Some(6 * UNIT_SCALE),
            max: None,
            min_share: None,
            max_share: None,
            counts: None,
            penalty_per_unit: None,
            row: 2,
        });
        let found = with(&instance, &[]);
        let message = &only(&found).message;
        assert!(message.contains("W1 Mon is 2, allowed is 6"), "{message}");
        // three on each leg are six: 4 × 100 more than one on each
        let rows = ["train,1,W1 Sat,3,,300", "train,2,W1 Sat,3,2.76,"];
        let found = with(&instance, &rows);
        assert!(found.holds, "{:#?}", found.failures);
        assert_eq!(found.cost, "1836");
    }

    #[test]
    fn departures_of_one_commitment_buy_as_many_beyond_their_minimum() {
        let mut instance = example::instance();
        instance.services[1].days[6] = true;
        instance.services[1].legs[0].unit.commit = Commit::Week;
        // without more: one container on four departures instead of two, 1,436 + 200
        assert_eq!(with(&instance, &[]).cost, "1636");
        // what Saturday buys Sunday buys too, said or not: 2 × 300 and 2 × 100
        let saturday = "train,1,W1 Sat,3,,300";
        let found = with(&instance, &[saturday]);
        assert!(found.holds, "{:#?}", found.failures);
        assert_eq!(found.cost, "2036");
        let found = with(&instance, &[saturday, "train,1,W1 Sun,3,3,300"]);
        assert!(found.holds, "{:#?}", found.failures);
        let found = with(&instance, &[saturday, "train,1,W1 Sun,2,2,200"]);
        let units: Vec<&str> = messages(&found)
            .into_iter()
            .filter(|message| message.starts_with("units is"))
            .collect();
        assert_eq!(
            units,
            [
                "units is 3 instead of 1 (2 off)",
                "units is 2 instead of 1 (1 off)"
            ]
        );
    }

    /// Containers of 0.1 m³: 40 parcels take 4.8 of five on Saturday, and Sunday has to pay as many,
    /// but others have bought three of its five.
    #[test]
    fn a_commitment_to_more_than_there_is_fails() {
        let mut instance = example::instance();
        instance.settings.horizon = Horizon::Dated;
        instance.services[1].days[6] = true;
        let unit = &mut instance.services[1].legs[0].unit;
        unit.commit = Commit::Week;
        unit.volume = Some(CubicCentimetres(100_000));
        instance.bookings.push(Booking {
            service: ServiceId(1),
            date: Date::constant(2024, 1, 7),
            weight: Grams(0),
            volume: CubicCentimetres(0),
            units: 3 * UNIT_SCALE,
            row: 2,
        });
        let path = "train/1@2024-01-06 > train/2@2024-01-06";
        let table = format!("{HEADER}\nXi'an,Liège,parcel,2024-01-01 18:00,{path},40\n");
        let found = check(&instance, &[("allocation.csv", &table)]);
        let message = &only(&found).message;
        assert!(
            message.starts_with("units of train/1@2024-01-07 is 4.8, allowed is 2"),
            "{message}"
        );
    }
}
