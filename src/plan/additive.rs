//! What one parcel causes alone on its way, by kind.

use petgraph::graph::EdgeIndex;

use crate::instance::{Instance, Product};
use crate::network::{Activity, Network, Release};
use crate::program::formulation::costs;
use crate::units::{Money, Parcels};

use super::space;

/// Additive costs by kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Additive {
    /// Carriage charged to each parcel.
    pub carriage: Money,
    /// Waiting, by the minute.
    pub storage: Money,
    /// Lateness, by the minute.
    pub lateness: Money,
    /// The price of CO₂e.
    pub co2e: Money,
}

impl Additive {
    /// All kinds together.
    pub fn total(&self) -> Money {
        self.carriage + self.storage + self.lateness + self.co2e
    }

    /// For so many parcels.
    pub fn times(&self, parcels: Parcels) -> Self {
        let times = |money: Money| Money(money.0 * parcels.0);
        Self {
            carriage: times(self.carriage),
            storage: times(self.storage),
            lateness: times(self.lateness),
            co2e: times(self.co2e),
        }
    }

    /// Adds another.
    pub fn add(&mut self, other: &Self) {
        self.carriage += other.carriage;
        self.storage += other.storage;
        self.lateness += other.lateness;
        self.co2e += other.co2e;
    }

    /// What a parcel of `release` causes on `edges`.
    pub fn of(
        instance: &Instance,
        network: &Network,
        release: &Release,
        edges: &[EdgeIndex],
    ) -> Self {
        let product = product(instance, release);
        let mut sum = Self::default();
        let mut delivered = release.time;
        for &edge in edges {
            let Some((tail, head)) = network.graph.edge_endpoints(edge) else {
                continue;
            };
            let (tail, head) = (network.graph[tail], network.graph[head]);
            match &network.graph[edge] {
                Activity::Wait { .. } | Activity::Hold { .. } => {
                    let place = &instance.places[tail.place.at()];
                    sum.storage += costs::storage(place, product, tail.time, head.time);
                }
                Activity::Ride { departure, .. } => {
                    let leg = space::leg(instance, &network.departures[departure.at()]);
                    sum.carriage += costs::carriage(&leg.unit, product);
                    sum.co2e += costs::co2e(instance, leg, product.weight);
                }
                _ => {}
            }
            delivered = head.time;
        }
        sum.lateness = costs::lateness(product, release.due, delivered);
        sum
    }
}

/// The product of a release.
pub fn product<'a>(instance: &'a Instance, release: &Release) -> &'a Product {
    let demand = &instance.demands[release.demand.at()];
    &instance.products[demand.product.at()]
}
