//! The table `demand`: how each demand fares, what it costs in full, and why.

use crate::instance::Instance;
use crate::units::Money;

use super::ledger::{Claim, Ledger};
use super::rows::DemandRow;
use super::share_out::share_out;
use super::space::Bought;

/// What capacities cost, shared out to those that use them.
#[derive(Debug)]
pub struct Shares {
    /// Per demand, and one for the tail.
    pub owners: Vec<Money>,
    /// What nobody uses: commitments on departures without freight.
    pub unused: Money,
}

impl Shares {
    /// Shares the cost of departures by chargeable weight aboard and that of buckets by what they
    /// count. Every millionth goes to somebody, or to `unused`.
    pub fn new(instance: &Instance, ledger: &Ledger, bought: &[Bought], handled: &[Money]) -> Self {
        let mut shares = Self {
            owners: vec![Money::ZERO; instance.demands.len() + 1],
            unused: Money::ZERO,
        };
        let space: Vec<Money> = bought.iter().map(|bought| bought.cost).collect();
        shares.add(&ledger.space_claims, &space);
        shares.add(&ledger.handling_claims, handled);
        shares
    }

    fn add(&mut self, claims: &[Claim], costs: &[Money]) {
        let mut claims = claims.to_vec();
        claims.sort_unstable_by_key(|claim| (claim.resource, claim.owner));
        let mut claimed = vec![false; costs.len()];
        for all in claims.chunk_by(|a, b| a.resource == b.resource) {
            let resource = all[0].resource as usize;
            claimed[resource] = true;
            let mut owners = Vec::new();
            let mut weights = Vec::new();
            for own in all.chunk_by(|a, b| a.owner == b.owner) {
                owners.push(own[0].owner as usize);
                weights.push(own.iter().map(|claim| claim.amount).sum());
            }
            for (owner, part) in owners.into_iter().zip(share_out(costs[resource], &weights)) {
                self.owners[owner] += part;
            }
        }
        let unclaimed = costs.iter().zip(claimed).filter(|(_, claimed)| !claimed);
        self.unused += unclaimed.map(|(cost, _)| *cost).sum();
    }
}

/// One row per demand; `reasons` and `marginal` say more about each.
pub fn rows(
    instance: &Instance,
    ledger: &Ledger,
    shares: &Shares,
    reasons: &[String],
    marginal: &[Option<Money>],
) -> Vec<DemandRow> {
    let row = |(index, demand): (usize, &crate::instance::Demand)| {
        let fate = &ledger.fates[index];
        debug_assert_eq!(fate.on_time + fate.late + fate.unserved, demand.parcels);
        DemandRow {
            origin: instance.places[demand.origin.at()].id.clone(),
            destination: instance.places[demand.destination.at()].id.clone(),
            product: instance.products[demand.product.at()].id.clone(),
            week: demand.week,
            parcels: demand.parcels,
            on_time: fate.on_time,
            late: fate.late,
            unserved: fate.unserved,
            cost: fate.own_cost + shares.owners[index],
            marginal_cost: marginal[index],
            reason: reasons[index].clone(),
            range: None,
        }
    };
    instance.demands.iter().enumerate().map(row).collect()
}
