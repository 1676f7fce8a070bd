//! Adds up what the parcels of a plan use and cause.

use std::collections::BTreeMap;

use crate::instance::{Instance, Measure, Mode, Product};
use crate::network::{Network, Release};
use crate::program::formulation::costs;
use crate::units::{CubicCentimetres, Grams, Minutes, Money, Parcels};

use super::additive::Additive;
use super::itinerary::Itinerary;
use super::run::Hauled;
use super::space;

/// What is aboard a departure; in a typical week all weeks' copies together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Aboard {
    /// Parcels that travel on it.
    pub parcels: Parcels,
    /// Their weight.
    pub weight: Grams,
    /// Their volume.
    pub volume: CubicCentimetres,
    /// Carriage charged to each parcel.
    pub carriage: Money,
    /// Emissions in milligrams.
    pub co2e_milligrams: i128,
    /// Gram-metres.
    pub gram_metres: i128,
}

impl Aboard {
    /// Whether it leaves no room for another parcel in what there is.
    pub fn fills(
        &self,
        (weight, volume): (Option<Grams>, Option<CubicCentimetres>),
        product: &Product,
    ) -> bool {
        weight.is_some_and(|room| room - self.weight < product.weight)
            || volume.is_some_and(|room| room - self.volume < product.volume)
    }
}

/// How a demand fares so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Fate {
    /// Delivered within the promise.
    pub on_time: Parcels,
    /// Delivered after it.
    pub late: Parcels,
    /// Left behind.
    pub unserved: Parcels,
    /// What its parcels alone cause, those left behind included.
    pub own_cost: Money,
}

/// A demand's part in a capacity, by which the capacity's cost is shared out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Claim {
    /// Position of the departure or bucket.
    pub resource: u32,
    /// Position of the demand; the tail is one position after the last.
    pub owner: u32,
    /// How much: chargeable grams aboard, or the bucket's measure.
    pub amount: i128,
}

/// Everything that is added up over the parcels of a plan.
#[derive(Debug)]
pub struct Ledger {
    /// Per departure.
    pub aboard: Vec<Aboard>,
    /// Per mode, parcels of the planned weeks' demands whose main haul it is: each counts once.
    pub hauled: BTreeMap<Mode, Hauled>,
    /// Per bucket, in its measure's base unit.
    pub handled: Vec<i64>,
    /// Per demand, and one for the tail.
    pub fates: Vec<Fate>,
    /// What parcels cause alone, of all releases.
    pub additive: Additive,
    /// Cost of all parcels left behind.
    pub unserved_cost: Money,
    /// Parts in departures.
    pub space_claims: Vec<Claim>,
    /// Parts in buckets.
    pub handling_claims: Vec<Claim>,
}

impl Ledger {
    /// An empty one.
    pub fn new(instance: &Instance, network: &Network) -> Self {
        Self {
            aboard: vec![Aboard::default(); network.departures.len()],
            hauled: BTreeMap::new(),
            handled: vec![0; network.buckets.len()],
            fates: vec![Fate::default(); instance.demands.len() + 1],
            additive: Additive::default(),
            unserved_cost: Money::ZERO,
            space_claims: Vec::new(),
            handling_claims: Vec::new(),
        }
    }

    /// Enters parcels on a way.
    pub fn ship(&mut self, instance: &Instance, network: &Network, shipment: &Shipped<'_>) {
        let Shipped {
            release,
            product,
            itinerary,
            parcels,
            each,
        } = *shipment;
        let owner = owner(instance, release);
        let fate = &mut self.fates[owner as usize];
        if itinerary.delivered > release.due {
            fate.late += parcels;
        } else {
            fate.on_time += parcels;
        }
        let cost = each.times(parcels);
        fate.own_cost += cost.total();
        self.additive.add(&cost);
        let main = itinerary.main_haul(instance, network);
        if let Some(main) = main.filter(|_| release.reported) {
            let service = network.departures[main.at()].service;
            let mode = instance.services[service.at()].mode;
            self.hauled.entry(mode).or_default().add(product, parcels);
        }
        for ride in &itinerary.rides {
            let departure = &network.departures[ride.departure.at()];
            let leg = space::leg(instance, departure);
            let aboard = &mut self.aboard[ride.departure.at()];
            let weight = Grams(product.weight.0 * parcels.0);
            aboard.parcels += parcels;
            aboard.weight += weight;
            aboard.volume += CubicCentimetres(product.volume.0 * parcels.0);
            aboard.carriage += Money(costs::carriage(&leg.unit, product).0 * parcels.0);
            aboard.co2e_milligrams +=
                i128::from(costs::co2e_milligrams(leg, product.weight)) * i128::from(parcels.0);
            aboard.gram_metres += i128::from(leg.metres()) * i128::from(weight.0);
            self.space_claims.push(Claim {
                resource: ride.departure.0,
                owner,
                amount: chargeable(instance, product) * i128::from(parcels.0),
            });
        }
        for bucket in &itinerary.buckets {
            let step = network.buckets[bucket.at()].step;
            let amount = measured(instance.handling[step.at()].measure, product) * parcels.0;
            self.handled[bucket.at()] += amount;
            self.handling_claims.push(Claim {
                resource: bucket.0,
                owner,
                amount: i128::from(amount),
            });
        }
    }

    /// Enters parcels that stay behind.
    pub fn leave(&mut self, instance: &Instance, release: &Release, parcels: Parcels) {
        let product = instance.demands[release.demand.at()].product;
        let cost = Money(instance.products[product.at()].unserved_per_parcel.0 * parcels.0);
        let fate = &mut self.fates[owner(instance, release) as usize];
        fate.unserved += parcels;
        fate.own_cost += cost;
        self.unserved_cost += cost;
    }
}

/// Parcels on a way, with everything known about them.
#[derive(Clone, Copy, Debug)]
pub struct Shipped<'a> {
    /// Of which release.
    pub release: &'a Release,
    /// Of which product.
    pub product: &'a Product,
    /// The way.
    pub itinerary: &'a Itinerary,
    /// How many.
    pub parcels: Parcels,
    /// What each causes alone.
    pub each: &'a Additive,
}

impl Shipped<'_> {
    /// How late they are.
    pub fn late(&self) -> Minutes {
        (self.itinerary.delivered - self.release.due).max(Minutes::ZERO)
    }
}

/// Who bears a release's costs: its demand, or the tail.
pub fn owner(instance: &Instance, release: &Release) -> u32 {
    if release.reported {
        release.demand.0
    } else {
        instance.demands.len() as u32
    }
}

/// A parcel's chargeable weight in grams: its own, or its volume's where that counts for more.
pub fn chargeable(instance: &Instance, product: &Product) -> i128 {
    let per_kg = i128::from(instance.settings.cm3_per_chargeable_kg.0.max(1));
    let by_volume = i128::from(product.volume.0) * 1000 / per_kg;
    by_volume.max(i128::from(product.weight.0)).max(1)
}

/// What one parcel takes of a handling step.
pub fn measured(measure: Measure, product: &Product) -> i64 {
    match measure {
        Measure::Parcels => 1,
        Measure::Weight => product.weight.0,
        Measure::Volume => product.volume.0,
    }
}
