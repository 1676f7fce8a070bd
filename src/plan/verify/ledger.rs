//! Adds up what all parcels of a plan take of every capacity.

use std::collections::BTreeMap;

use crate::instance::{Instance, Measure, Product};
use crate::units::{DAY, Minutes, divide_to_nearest};

use super::costs::{self, Additive};
use super::itinerary::{Itinerary, Lying};
use super::schedule::{Key, Schedule};

/// Parcels of a release on a path, walked.
#[derive(Clone, Debug)]
pub(super) struct Shipment {
    /// The table it stands in.
    pub(super) table: &'static str,
    /// The line of that table.
    pub(super) line: u64,
    /// Its names, for messages.
    pub(super) key: String,
    /// The demand, by position.
    pub(super) demand: usize,
    /// Which of the releases.
    pub(super) release: usize,
    /// Whether it belongs to the planned weeks.
    pub(super) reported: bool,
    /// How many parcels.
    pub(super) parcels: i128,
    /// What they do; `None` where the path is impossible.
    pub(super) itinerary: Option<Itinerary>,
    /// What exceeds the promise.
    pub(super) late: Minutes,
    /// What each parcel causes alone.
    pub(super) each: Additive,
    /// Milligrams of CO₂e of each parcel.
    pub(super) milligrams: i128,
}

impl Shipment {
    /// Grams of CO₂e of all parcels, to the nearest.
    pub(super) fn grams_emitted(&self) -> i128 {
        self.grams_emitted_by(self.parcels)
    }

    /// The same of so many of them.
    pub(super) fn grams_emitted_by(&self, parcels: i128) -> i128 {
        divide_to_nearest(self.milligrams * parcels, 1000)
    }
}

/// What is aboard a departure or goes through a handling step.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Load {
    pub(super) parcels: i128,
    pub(super) weight: i128,
    pub(super) volume: i128,
    /// Carriage charged to the parcels aboard.
    pub(super) carriage: i128,
    /// Milligrams of CO₂e of the parcels aboard.
    pub(super) milligrams: i128,
    /// Parts by owner, for sharing out the cost: chargeable grams aboard, or the step's measure.
    pub(super) parts: BTreeMap<usize, i128>,
}

impl Load {
    fn add(&mut self, product: &Product, parcels: i128, owner: usize, part: i128) {
        self.parcels += parcels;
        self.weight += i128::from(product.weight.0) * parcels;
        self.volume += i128::from(product.volume.0) * parcels;
        *self.parts.entry(owner).or_default() += part * parcels;
    }

    /// Whether it leaves no room for another parcel in what there is.
    pub(super) fn fills(
        &self,
        (weight, volume): (Option<i128>, Option<i128>),
        product: &Product,
    ) -> bool {
        weight.is_some_and(|room| room - self.weight < i128::from(product.weight.0))
            || volume.is_some_and(|room| room - self.volume < i128::from(product.volume.0))
    }

    /// The load in what a step counts.
    pub(super) fn measured(&self, measure: Measure) -> i128 {
        match measure {
            Measure::Parcels => self.parcels,
            Measure::Weight => self.weight,
            Measure::Volume => self.volume,
        }
    }
}

/// All loads.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    /// By departure; in a typical week the copies of all weeks together.
    pub(super) departures: BTreeMap<Key, Load>,
    /// By handling step and the first day of its bucket.
    pub(super) buckets: BTreeMap<(usize, i64), Load>,
    /// Cubic centimetres by place and the day that the midnight starts.
    pub(super) nights: BTreeMap<(usize, i64), i128>,
}

impl Ledger {
    /// The loads of shipments.
    pub(super) fn new<'s>(
        schedule: &Schedule<'_>,
        shipments: impl Iterator<Item = &'s Shipment>,
    ) -> Self {
        let mut ledger = Self::default();
        for shipment in shipments {
            if let Some(itinerary) = &shipment.itinerary {
                ledger.enter(schedule, shipment, itinerary);
            }
        }
        ledger
    }

    fn enter(&mut self, schedule: &Schedule<'_>, shipment: &Shipment, itinerary: &Itinerary) {
        let instance = schedule.instance;
        let product = &instance.products[instance.demands[shipment.demand].product.at()];
        let owner = if shipment.reported {
            shipment.demand
        } else {
            instance.demands.len()
        };
        for ride in &itinerary.rides {
            let (service, leg, day) = ride.departure;
            let key = (service, leg, schedule.shared_day(day));
            let part = chargeable(instance, product);
            let load = self.departures.entry(key).or_default();
            load.add(product, shipment.parcels, owner, part);
            let leg = schedule.leg(ride.departure);
            load.carriage += costs::carriage(leg, product) * shipment.parcels;
            load.milligrams += costs::co2e_milligrams(leg, product) * shipment.parcels;
        }
        for work in &itinerary.work {
            let key = (work.step, schedule.shared_day(work.bucket));
            let part = match instance.handling[work.step].measure {
                Measure::Parcels => 1,
                Measure::Weight => product.weight.0,
                Measure::Volume => product.volume.0,
            };
            let load = self.buckets.entry(key).or_default();
            load.add(product, shipment.parcels, owner, i128::from(part));
        }
        let volume = i128::from(product.volume.0) * shipment.parcels;
        for lying in &itinerary.lying {
            for day in nights(schedule, lying) {
                let key = (lying.place.at(), schedule.shared_day(day));
                *self.nights.entry(key).or_default() += volume;
            }
        }
    }
}

/// The days at whose first midnight parcels lie somewhere: from ≤ midnight < to.
fn nights(schedule: &Schedule<'_>, lying: &Lying) -> Vec<i64> {
    let calendar = &schedule.calendar;
    let first = calendar.day(lying.place, lying.from);
    let last = calendar.day(lying.place, lying.to);
    let inside = |&day: &i64| {
        let midnight = calendar.midnight(lying.place, day);
        lying.from <= midnight && midnight < lying.to
    };
    debug_assert!(last - first <= (lying.to - lying.from).0 / DAY.0 + 1);
    (first..=last).filter(inside).collect()
}

/// Grams for which a parcel counts aboard: its weight, or its volume's chargeable weight.
pub(super) fn chargeable(instance: &Instance, product: &Product) -> i128 {
    chargeable_grams(instance, product.weight.0.into(), product.volume.0.into()).max(1)
}

/// Grams for which a weight and a volume count aboard.
pub(super) fn chargeable_grams(instance: &Instance, weight: i128, volume: i128) -> i128 {
    let per_kg = i128::from(instance.settings.cm3_per_chargeable_kg.0.max(1));
    weight.max(volume * 1000 / per_kg)
}

/// Shares `total` out in proportion to `parts`: each gets the whole part of its share, and what is
/// left goes one by one to the largest remainders, among equals to the earlier. Without parts
/// nobody gets anything.
pub(super) fn share_out(total: i128, parts: &BTreeMap<usize, i128>) -> BTreeMap<usize, i128> {
    let all: i128 = parts.values().sum();
    if all <= 0 {
        return BTreeMap::new();
    }
    let mut shares: BTreeMap<usize, i128> = BTreeMap::new();
    let mut remainders: Vec<(i128, usize)> = Vec::new();
    for (&owner, &part) in parts {
        shares.insert(owner, (total * part).div_euclid(all));
        remainders.push((-(total * part).rem_euclid(all), owner));
    }
    remainders.sort_unstable();
    let mut left = total - shares.values().sum::<i128>();
    for (_, owner) in remainders {
        if left == 0 {
            break;
        }
        if let Some(share) = shares.get_mut(&owner) {
            *share += 1;
        }
        left -= 1;
    }
    shares
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::verify::example::{self, LIEGE};

    #[test]
    fn shares_add_up() {
        // 10 over 1 : 1 : 1 is 3⅓ each, and the one left over goes to the first
        let shares = share_out(10, &BTreeMap::from([(4, 1), (7, 1), (9, 1)]));
        assert_eq!(shares, BTreeMap::from([(4, 4), (7, 3), (9, 3)]));
        // 7 over 1 : 5 is 1.17 and 5.83
        let shares = share_out(7, &BTreeMap::from([(0, 1), (1, 5)]));
        assert_eq!(shares, BTreeMap::from([(0, 1), (1, 6)]));
    }

    #[test]
    fn a_night_counts_from_its_midnight_on() {
        let instance = example::instance();
        let schedule = Schedule::new(&instance);
        // Liège is an hour ahead of UTC in January: its Tuesday starts on Monday 23:00
        let tuesday = Minutes(23 * 60);
        let lie = |from: i64, to: i64| {
            let lying = Lying {
                place: LIEGE,
                from: Minutes(tuesday.0 + from),
                to: Minutes(tuesday.0 + to),
            };
            nights(&schedule, &lying)
        };
        assert_eq!(lie(-10, 10), [1]);
        assert_eq!(lie(0, 10), [1]);
        assert!(lie(-10, 0).is_empty());
        assert_eq!(lie(-10, 1441), [1, 2]);
    }
}
