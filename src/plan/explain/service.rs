//! What a service does, and what it is worth.

use std::collections::BTreeMap;

use rayon::prelude::*;

use crate::engine::Solution;
use crate::engine::ranging::PARTS;
use crate::instance::{Instance, ServiceId, nearest};
use crate::network::Activity;
use crate::plan::planner::PlanError;
use crate::plan::what_if::{self, HALF_CENT, Subject, WhatIf, money};

use super::{ExplainError, IfCancelled, IfLarger, Rider, Scarce, ServiceStory, Teller};

type Key = (String, String, String);

impl Teller<'_> {
    /// The story of a service; nothing where there is none of that name.
    pub(super) fn service(&self, name: &str) -> Option<ServiceStory> {
        let index = index(&self.what_if.prepared.instance, name).ok()?;
        let departures = self.departures_of(index);
        let network = &self.what_if.prepared.network;
        let reported = departures.iter().filter(|id| {
            network.departures[id.at()].reported && network.departures[id.at()].leg == 0
        });
        let dear = departures.iter().map(|&id| Subject::Departure(id));
        let dear = dear.filter(|&subject| {
            !self.what_if.is_whole(subject) && self.one_more_at_most(subject) >= HALF_CENT
        });
        let dear: Vec<Subject> = dear.collect();
        self.asked.expect(2 + dear.len());
        let if_larger = self.asked.ask(
            || format!("what if {name} were larger"),
            || self.if_larger(index),
        );
        let if_cancelled = self.asked.ask(
            || format!("what if {name} were cancelled"),
            || self.if_cancelled(index),
        );
        let scarce = dear.into_par_iter().map(|subject| {
            let about = || format!("what one more saves of {}", self.what_if.in_full(subject));
            self.asked.ask(about, || self.scarce(subject)).flatten()
        });
        let scarce: Vec<Option<Scarce>> = scarce.collect();
        Some(ServiceStory {
            service: name.to_owned(),
            departures: reported.count(),
            riders: self.riders(name),
            scarce: scarce.into_iter().flatten().collect(),
            if_larger,
            if_cancelled,
        })
    }

    /// What one more unit of a departure saves, and for how many; nothing where it saves nothing.
    fn scarce(&self, subject: Subject) -> Result<Option<Scarce>, ExplainError> {
        let range = self.what_if.range(subject)?;
        let (unit, size) = self.unit(subject);
        let saves = money(-range.slope * size as f64);
        let units = |until: i64| until as f64 / PARTS as f64 / size as f64;
        Ok((saves >= HALF_CENT).then(|| Scarce {
            when: self.what_if.name(subject).1,
            unit,
            saves,
            for_up_to: range.until.map(units),
        }))
    }

    /// Who rides on a service in the plan.
    fn riders(&self, name: &str) -> Vec<Rider> {
        let mut riders: BTreeMap<Key, i64> = BTreeMap::new();
        for shipment in &self.claim.shipments {
            if self.services(&shipment.path).iter().any(|own| own == name) {
                let key = (
                    shipment.origin.clone(),
                    shipment.destination.clone(),
                    shipment.product.clone(),
                );
                *riders.entry(key).or_default() += shipment.parcels;
            }
        }
        sorted(riders)
    }

    /// What if a service had any number of units and any lift.
    fn if_larger(&self, service: usize) -> Result<IfLarger, ExplainError> {
        let subjects: Vec<Subject> = self
            .departures_of(service)
            .into_iter()
            .map(Subject::Departure)
            .collect();
        let answer = self.with_plenty(&subjects)?;
        let now = self.aboard(service, &self.what_if.start().solution);
        let then = self.aboard(service, &answer.solution);
        let more = then.into_iter().map(|(key, parcels)| {
            let before = now.get(&key).copied().unwrap_or(0.0);
            (key, ((parcels - before) / PARTS as f64).round() as i64)
        });
        Ok(IfLarger {
            saves: self.saved_by(&answer),
            riders: sorted(more.filter(|&(_, parcels)| parcels > 0).collect()),
        })
    }

    /// Parcels of reported demands aboard a service, in parts.
    fn aboard(&self, service: usize, solution: &Solution) -> BTreeMap<Key, f64> {
        let prepared = self.what_if.prepared;
        let (instance, network) = (&prepared.instance, &prepared.network);
        let rides = |arc: u32| match &network.graph[petgraph::graph::EdgeIndex::new(arc as usize)] {
            Activity::Ride { departure, .. } => {
                network.departures[departure.at()].service.at() == service
            }
            _ => false,
        };
        let mut aboard = BTreeMap::new();
        for flow in &solution.flows {
            let release = &network.releases[flow.release as usize];
            if !release.reported || !flow.arcs.iter().any(|&arc| rides(arc)) {
                continue;
            }
            let demand = &instance.demands[release.demand.at()];
            let key = (
                instance.places[demand.origin.at()].id.clone(),
                instance.places[demand.destination.at()].id.clone(),
                instance.products[demand.product.at()].id.clone(),
            );
            *aboard.entry(key).or_default() += flow.amount;
        }
        aboard
    }

    /// What if a service did not run: laid out and solved from nothing without it.
    fn if_cancelled(&self, service: usize) -> Result<IfCancelled, ExplainError> {
        let mut instance = self.what_if.prepared.instance.clone();
        let id = ServiceId(service as u32);
        instance.services[id.at()].days = [false; 7];
        let prepared = self.what_if.prepared.variant(instance)?;
        let left = self.what_if.ranger().time_left();
        let mut options = self.options.clone();
        options.time_limit = left;
        if let (Some(left), Some(whole)) = (left, &mut options.whole.time_limit) {
            *whole = left.min(*whole);
        }
        let plan = match prepared.solve(&options) {
            Ok(plan) => plan,
            Err(PlanError::Infeasible { limits }) => {
                return Ok(IfCancelled::Impossible { limits });
            }
            Err(error) => return Err(error.into()),
        };
        options.time_limit = self.what_if.ranger().time_left();
        let without = WhatIf::new(&prepared, &what_if::bought(&plan), &options)?;
        let sum = |of: fn(&super::claim::Fate) -> i64| self.claim.demands.iter().map(of).sum();
        Ok(IfCancelled::Plan {
            more: money(without.start().cost - self.what_if.start().cost),
            late: plan.run.totals.late.0,
            late_now: sum(|fate| fate.late),
            unserved: plan.run.totals.unserved.0,
            unserved_now: sum(|fate| fate.unserved),
        })
    }
}

/// The number of a service.
pub(super) fn index(instance: &Instance, name: &str) -> Result<usize, ExplainError> {
    let found = instance.services.iter().position(|s| s.id == name);
    found.ok_or_else(|| {
        let ids = instance.services.iter().map(|service| &*service.id);
        ExplainError::Unknown {
            what: format!("there is no service {name}"),
            remedy: match nearest(name, ids) {
                Some(near) => format!("did you mean {near}?"),
                None => "departures.csv of the plan names all there are".to_owned(),
            },
        }
    })
}

fn sorted(riders: BTreeMap<Key, i64>) -> Vec<Rider> {
    let mut riders: Vec<Rider> = riders
        .into_iter()
        .map(|((origin, destination, product), parcels)| Rider {
            origin,
            destination,
            product,
            parcels,
        })
        .collect();
    riders.sort_by_key(|rider| -rider.parcels);
    riders
}
