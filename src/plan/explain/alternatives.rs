//! Ways that are cheaper by their list price than the one parcels took, and what closes them.
//!
//! The cheapest way of a release at list prices is found; what is scarce on it is what closes it.
//! With that closed, the next cheapest is sought, until it is no cheaper than what was taken.

use std::collections::{BTreeMap, BTreeSet};

use petgraph::graph::EdgeIndex;
use rayon::prelude::*;

use crate::engine::Solution;
use crate::engine::ranging::{PARTS, RangingError, marginal_cost, path_price};
use crate::network::{Activity, DepartureId};
use crate::plan::what_if::{HALF_CENT, Subject, is_told, money};
use crate::plan::{itinerary::Itinerary, reasons};
use crate::program::formulation::Limited;
use crate::program::shortest::Tree;
use crate::units::Money;

use super::{Alternative, Closure, ExplainError, Opening, Teller};

/// Alternatives of a release that are looked at.
const MOST: usize = 3;
/// A parcel's share of space counts as nothing below this many millionths.
const NOTHING: f64 = 0.5;
/// To which share of it an amount that opens a way is found.
const FINE: f64 = 1e-3;

/// A way that is cheaper by its list price than the one taken.
pub(super) struct Cheaper {
    pub(super) release: usize,
    /// How many parcels of the release pay what is `taken`.
    pub(super) parcels: i64,
    pub(super) taken: Money,
    pub(super) cost: Money,
    pub(super) path: String,
    arcs: Vec<u32>,
    /// What is scarce on it, with what a parcel's share is worth, dearest first; never empty.
    pub(super) closures: Vec<(Subject, f64)>,
}

/// A way by its arcs.
pub(super) struct Way {
    pub(super) arcs: Vec<u32>,
    pub(super) cost: Money,
}

impl Teller<'_> {
    /// What a parcel of a release costs on a way at list prices; `None` where it may not take it.
    pub(super) fn list_cost(&self, release: usize, arcs: &[u32]) -> Option<Money> {
        let program = &self.what_if.prepared.formulation.program;
        let data = &program.releases[release];
        let weights = &self.list[data.class as usize];
        let mut sum = 0i128;
        for &arc in arcs {
            sum += self.arcs.weight(weights, arc)?;
        }
        let last = arcs.last();
        let end = last.map_or(data.origin, |&arc| program.network.heads[arc as usize]);
        let ends = &program.sinks[data.sink as usize].ends;
        let at = ends.binary_search_by_key(&end, |&(node, _)| node).ok()?;
        Some(Money((sum + i128::from(ends[at].1)) as i64))
    }

    /// Ways of a release that are cheaper than what its parcels took by half a cent a parcel or
    /// more, the cheapest first, with what closes them.
    pub(super) fn cheaper(&self, release: usize, (taken, parcels): (Money, i64)) -> Vec<Cheaper> {
        let prepared = self.what_if.prepared;
        let program = &prepared.formulation.program;
        let mut weights = self.list[program.releases[release].class as usize].clone();
        let mut found = Vec::new();
        while found.len() < MOST {
            let Some(way) = self.cheapest(release, &weights) else {
                break;
            };
            if !is_told(way.cost, taken) {
                break;
            }
            let closures = self.closures(release, &way.arcs);
            if closures.is_empty() {
                break;
            }
            for &arc in &way.arcs {
                let closes = |&(subject, _): &(Subject, f64)| self.is_on(subject, arc);
                if closures.iter().any(closes) {
                    self.arcs.set_weight(&mut weights, arc, None);
                }
            }
            self.close(&closures, &mut weights);
            let edges: Vec<EdgeIndex> = way
                .arcs
                .iter()
                .map(|&arc| EdgeIndex::new(arc as usize))
                .collect();
            let time = prepared.network.releases[release].time;
            // the dearest in any case, and what else a parcel's share is told of
            let mut told = closures;
            let rest = told.split_off(1).into_iter();
            told.extend(rest.filter(|&(_, worth)| worth >= HALF_CENT.0 as f64));
            found.push(Cheaper {
                release,
                parcels,
                taken,
                cost: way.cost,
                path: Itinerary::new(&self.what_if.names(), time, &edges).path,
                arcs: way.arcs,
                closures: told,
            });
        }
        found
    }

    /// Ways in full: what closes them, and what would open them.
    pub(super) fn tell(&self, ways: Vec<Cheaper>, of: &str) -> Vec<Alternative> {
        let scarce = ways.iter().flat_map(|way| &way.closures);
        let scarce: BTreeSet<Subject> = scarce.map(|&(subject, _)| subject).collect();
        self.asked.expect(scarce.len() + ways.len());
        let one_more = |subject: Subject| {
            let about = || format!("what one more saves of {}", self.what_if.in_full(subject));
            let saves = self.asked.ask(about, || self.one_more(subject));
            (subject, saves)
        };
        let one_more: BTreeMap<Subject, Option<Money>> =
            scarce.into_par_iter().map(one_more).collect();
        ways.into_par_iter()
            .map(|way| {
                let about = || format!("what opens {} to {of}", way.path);
                let opens = self.asked.ask(about, || self.opening(&way));
                self.told(&way, &one_more, opens.flatten())
            })
            .collect()
    }

    fn told(
        &self,
        way: &Cheaper,
        one_more: &BTreeMap<Subject, Option<Money>>,
        opens: Option<Opening>,
    ) -> Alternative {
        let prepared = self.what_if.prepared;
        let prices = &self.what_if.start().solution.prices;
        let data = &prepared.network.releases[way.release];
        let program = self.what_if.ranger().program();
        let full = path_price(program, prices, way.release as u32, &way.arcs);
        let demand = &prepared.instance.demands[data.demand.at()];
        let closures = way.closures.iter();
        let closures = closures.map(|&(subject, per_parcel)| {
            let (what, when) = self.what_if.name(subject);
            Closure {
                what,
                when,
                unit: self.unit(subject).0,
                one_more_saves: one_more.get(&subject).copied().flatten(),
                per_parcel: money(per_parcel),
            }
        });
        Alternative {
            release: prepared.calendar.text(demand.origin, data.time),
            parcels: way.parcels,
            services: self.services(&way.path),
            path: way.path.clone(),
            list_cost: way.cost,
            taken_cost: way.taken,
            full_cost: money(full),
            closed_by: closures.collect(),
            opens,
        }
    }

    /// In what one buys more of a subject, and how many units of the tables that is.
    pub(super) fn unit(&self, subject: Subject) -> (String, i64) {
        let (unit, named, size) = self.what_if.unit(subject);
        let unit = if unit.is_empty() {
            named
        } else {
            unit.to_owned()
        };
        (unit, size)
    }

    /// The cheapest way of a release where arcs weigh so much.
    fn cheapest(&self, release: usize, weights: &[i128]) -> Option<Way> {
        let program = &self.what_if.prepared.formulation.program;
        let data = &program.releases[release];
        let ends = &program.sinks[data.sink as usize].ends;
        let mut tree = Tree::default();
        tree.grow(
            self.arcs,
            weights,
            ends.iter().map(|&(node, cost)| (node, i128::from(cost))),
            std::iter::once(data.origin),
        );
        Some(Way {
            cost: Money(i64::try_from(tree.distance(data.origin)?).ok()?),
            arcs: tree.path(self.arcs, data.origin),
        })
    }

    /// What is scarce on a way, with what a parcel's share of it is worth beyond its list price,
    /// dearest first.
    fn closures(&self, release: usize, arcs: &[u32]) -> Vec<(Subject, f64)> {
        let prepared = self.what_if.prepared;
        let formulation = &prepared.formulation;
        let class = formulation.program.releases[release].class as usize;
        let product = &prepared.instance.products[formulation.classes[class].product.at()];
        let prices = &self.what_if.start().solution.prices;
        let mut worth: BTreeMap<Subject, f64> = BTreeMap::new();
        for &arc in arcs {
            let arc = arc as usize;
            for (row, amount) in formulation.program.arc_uses(class, arc) {
                let subject = subject_of(formulation.rows[row].what);
                *worth.entry(subject).or_default() += prices[row] * amount as f64;
            }
            let list = reasons::list_price(&prepared.parts(), class, product, arc);
            let own = formulation.program.cost(class, arc);
            let Some((list, own)) = list.zip(own) else {
                continue;
            };
            // what the arc costs by its list price beyond its own cost is what its space costs
            let space = (list - i128::from(own)) as f64;
            if let Some(subject) = self.first_subject(arc) {
                *worth.entry(subject).or_default() -= space;
            }
        }
        let mut closures: Vec<(Subject, f64)> = worth
            .into_iter()
            .filter(|&(_, worth)| worth > NOTHING)
            .collect();
        closures.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        closures
    }

    /// What an arc sells at a list price.
    fn first_subject(&self, arc: usize) -> Option<Subject> {
        match &self.what_if.prepared.network.graph[EdgeIndex::new(arc)] {
            Activity::Ride { departure, .. } => Some(Subject::Departure(*departure)),
            Activity::Handle { bucket } => Some(Subject::Bucket(*bucket)),
            Activity::Load { buckets, .. } => buckets.first().map(|&b| Subject::Bucket(b)),
            _ => None,
        }
    }

    /// Whether an arc takes from a subject.
    fn is_on(&self, subject: Subject, arc: u32) -> bool {
        let formulation = &self.what_if.prepared.formulation;
        let uses = formulation.program.use_starts[arc as usize] as usize
            ..formulation.program.use_starts[arc as usize + 1] as usize;
        formulation.program.uses[uses]
            .iter()
            .any(|usage| subject_of(formulation.rows[usage.row as usize].what) == subject)
    }

    /// Closes every arc that takes from what closes a way.
    fn close(&self, closures: &[(Subject, f64)], weights: &mut [i128]) {
        let arcs = self.what_if.prepared.formulation.program.arcs() as u32;
        for arc in 0..arcs {
            if closures
                .iter()
                .any(|&(subject, _)| self.is_on(subject, arc))
            {
                self.arcs.set_weight(weights, arc, None);
            }
        }
    }

    /// How much more of the scarcest makes a way one of the cheapest: found by bisection, every
    /// step of which is solved again.
    fn opening(&self, way: &Cheaper) -> Result<Option<Opening>, ExplainError> {
        let (subject, _) = way.closures[0];
        let ranger = self.what_if.ranger();
        let direction = self.what_if.direction(subject);
        let release = way.release as u32;
        let is_open = |solution: &Solution| {
            let full = path_price(ranger.program(), &solution.prices, release, &way.arcs);
            full - marginal_cost(ranger.program(), solution, release) <= NOTHING
        };
        if is_open(&self.what_if.start().solution) {
            return Ok(None);
        }
        let mut course = ranger.course(&direction);
        let mut at = |units: f64| -> Result<_, RangingError> {
            let answer = course.at((units * PARTS as f64).ceil() as i64)?;
            let saves = self.saved_by(&answer);
            Ok((is_open(&answer.solution), saves))
        };
        let plenty = ranger.plenty(&direction);
        let (mut below, mut above) = (0.0, (self.what_if.size(subject) * 0.02).min(plenty));
        let mut saves = loop {
            let (open, saves) = at(above)?;
            if open {
                break saves;
            }
            if above >= plenty {
                return Ok(None);
            }
            (below, above) = (above, (above * 4.0).min(plenty));
        };
        while above - below > FINE * above {
            let middle = 0.5 * (below + above);
            match at(middle)? {
                (true, here) => (above, saves) = (middle, here),
                (false, _) => below = middle,
            }
        }
        let (what, when) = self.what_if.name(subject);
        let (unit, size) = self.unit(subject);
        Ok(Some(Opening {
            what,
            when,
            unit,
            more: above / size as f64,
            saves,
        }))
    }

    /// The services that a path names, in order, each once where it comes in a row.
    pub(super) fn services(&self, path: &str) -> Vec<String> {
        let instance = &self.what_if.prepared.instance;
        let mut services: Vec<String> = Vec::new();
        for part in path.split(" > ") {
            let name = part.split('@').next().unwrap_or(part);
            let id = name.split('/').next().unwrap_or(name);
            let known = instance.services.iter().any(|service| service.id == id);
            if known && services.last().is_none_or(|last| last != id) {
                services.push(id.to_owned());
            }
        }
        services
    }

    /// The departures of a service, in order.
    pub(super) fn departures_of(&self, service: usize) -> Vec<DepartureId> {
        let departures = (0u32..).zip(&self.what_if.prepared.network.departures);
        departures
            .filter(|(_, departure)| departure.service.at() == service)
            .map(|(index, _)| DepartureId(index))
            .collect()
    }
}

/// What a row is a limit of.
pub(super) fn subject_of(what: Limited) -> Subject {
    match what {
        Limited::UnitWeight(id)
        | Limited::UnitVolume(id)
        | Limited::LiftWeight(id)
        | Limited::LiftVolume(id)
        | Limited::Units(id) => Subject::Departure(id),
        Limited::Bucket(id) | Limited::Tier { bucket: id, .. } => Subject::Bucket(id),
        Limited::Night(id) => Subject::Night(id),
        Limited::Limit { limit, period, .. } => Subject::Limit(limit, period),
    }
}
