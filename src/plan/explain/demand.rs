//! What a demand's parcels do, and why not something cheaper.

use std::collections::BTreeMap;

use crate::engine::ranging::{Answer, PARTS};
use crate::instance::DemandId;
use crate::network::Network;
use crate::plan::what_if::{Subject, money};
use crate::program::{Release, Sink};
use crate::units::{Minutes, Money};

use super::claim::Fate;
use super::{AllInTime, Alternative, DemandStory, ExplainError, Route, Shipment, Teller, walk};

/// Alternatives that are told of a demand.
const MOST: usize = 4;
/// What leaving a parcel behind costs at least where that is out of the question.
const MUCH: i64 = 1_000_000_000;

/// What a release's parcels cost at list prices: the dearest, and how many pay it.
type Dearest = BTreeMap<usize, (Money, i64)>;

impl Teller<'_> {
    /// The demands of an origin and product, and destination where it is named.
    pub(super) fn demands(
        &self,
        (origin, product, destination): &(String, String, Option<String>),
    ) -> Result<Vec<DemandStory>, ExplainError> {
        let fates: Vec<&Fate> = self
            .claim
            .demands
            .iter()
            .filter(|fate| fate.origin == *origin && fate.product == *product)
            .filter(|fate| {
                destination
                    .as_ref()
                    .is_none_or(|to| *to == fate.destination)
            })
            .collect();
        if fates.is_empty() {
            let to = destination.as_ref().map(|to| format!(" to {to}"));
            return Err(ExplainError::Unknown {
                what: format!(
                    "the plan has no demand of {product} from {origin}{}",
                    to.unwrap_or_default()
                ),
                remedy: "demand.csv of the plan names all there are".to_owned(),
            });
        }
        fates.into_iter().map(|fate| self.demand(fate)).collect()
    }

    fn demand(&self, fate: &Fate) -> Result<DemandStory, ExplainError> {
        let id = self.id_of(fate);
        let parcels = fate.on_time + fate.late + fate.unserved;
        let price = match id.filter(|_| parcels > 0) {
            Some(id) => Some(self.what_if.range(Subject::Demand(id))?),
            None => None,
        };
        let own = |shipment: &&Shipment| {
            shipment.origin == fate.origin
                && shipment.destination == fate.destination
                && shipment.product == fate.product
        };
        let shipments: Vec<&Shipment> = self.claim.shipments.iter().filter(own).collect();
        let (routes, dearest) = id.map_or_else(
            || (Vec::new(), Dearest::new()),
            |id| self.routes(id, &shipments),
        );
        let mut alternatives = Vec::new();
        for (release, (taken, parcels)) in dearest {
            alternatives.extend(self.alternatives(release, taken, parcels)?);
        }
        Ok(DemandStory {
            origin: fate.origin.clone(),
            destination: fate.destination.clone(),
            product: fate.product.clone(),
            week: fate.week,
            parcels,
            on_time: fate.on_time,
            late: fate.late,
            unserved: fate.unserved,
            routes,
            one_more_costs: price.map(|range| money(range.slope)),
            holds_for: price.and_then(|range| Some(range.until? as f64 / PARTS as f64)),
            alternatives: most_telling(alternatives),
            reason: fate.reason.clone(),
            all_in_time: match id {
                Some(id) if fate.late + fate.unserved > 0 => Some(self.all_in_time(id)?),
                _ => None,
            },
        })
    }

    fn id_of(&self, fate: &Fate) -> Option<DemandId> {
        let instance = &self.what_if.prepared.instance;
        let found = instance.demands.iter().position(|demand| {
            instance.places[demand.origin.at()].id == fate.origin
                && instance.places[demand.destination.at()].id == fate.destination
                && instance.products[demand.product.at()].id == fate.product
                && demand.week == fate.week
        });
        Some(DemandId(u32::try_from(found?).ok()?))
    }

    /// Where a demand's parcels go by services, and what each release's dearest parcels cost.
    fn routes(&self, id: DemandId, shipments: &[&Shipment]) -> (Vec<Route>, Dearest) {
        let prepared = self.what_if.prepared;
        let demand = &prepared.instance.demands[id.at()];
        let names = self.what_if.names();
        let mut routes: BTreeMap<Vec<String>, Route> = BTreeMap::new();
        let mut dearest = Dearest::new();
        for (index, release) in prepared.network.releases.iter().enumerate() {
            if release.demand != id || !release.reported {
                continue;
            }
            let ready = prepared.calendar.text(demand.origin, release.time);
            for shipment in shipments.iter().filter(|own| own.release == ready) {
                let edges = walk::edges(&names, release, &shipment.path);
                let arcs: Vec<u32> = edges
                    .into_iter()
                    .flatten()
                    .map(|edge| edge.index() as u32)
                    .collect();
                let each = self.list_cost(index, &arcs).unwrap_or(Money::ZERO);
                let services = self.services(&shipment.path);
                let route = routes.entry(services.clone()).or_insert(Route {
                    services,
                    parcels: 0,
                    cost: Money::ZERO,
                    hours: 0.0,
                });
                route.parcels += shipment.parcels;
                route.cost += Money(each.0.saturating_mul(shipment.parcels));
                route.hours = route.hours.max(shipment.hours);
                let own = dearest.entry(index).or_insert((each, 0));
                if each > own.0 {
                    *own = (each, 0);
                }
                if each == own.0 {
                    own.1 += shipment.parcels;
                }
            }
        }
        let mut routes: Vec<Route> = routes.into_values().collect();
        routes.sort_by(|a, b| (b.parcels, &a.services).cmp(&(a.parcels, &b.services)));
        (routes, dearest)
    }

    /// The least cost if none of a demand's parcels may be late or stay behind, but for those that
    /// nothing can bring in time: found first, and then free to do what is cheapest.
    fn all_in_time(&self, id: DemandId) -> Result<AllInTime, ExplainError> {
        let network = &self.what_if.prepared.network;
        let own: Vec<usize> = (0..network.releases.len())
            .filter(|&k| network.releases[k].demand == id && network.releases[k].reported)
            .collect();
        let never = self.never();
        let mut late = vec![0; own.len()];
        let mut answer = self.in_time(&own, &late, never)?;
        let behind = |&k: &usize| answer.solution.unserved[k];
        let impossible: f64 = own.iter().map(behind).sum::<f64>() / PARTS as f64;
        if impossible >= 0.5 {
            // a part of a parcel beyond, against rounding
            late = own.iter().map(|k| behind(k).ceil() as i64 + 1).collect();
            answer = self.in_time(&own, &late, never)?;
        }
        Ok(AllInTime {
            impossible: impossible.round() as i64,
            more: money(answer.cost - self.what_if.start().cost),
        })
    }

    /// The answer where releases must be in time, but for so many parts of each.
    fn in_time(&self, own: &[usize], late: &[i64], never: i64) -> Result<Answer, ExplainError> {
        let network = &self.what_if.prepared.network;
        let answer = self.what_if.ranger().after(|program| {
            for (&k, &late) in own.iter().zip(late) {
                let late = late.min(program.releases[k].quantity);
                if late > 0 {
                    let quantity = late;
                    let free = Release {
                        quantity,
                        ..program.releases[k]
                    };
                    program.releases.push(free);
                }
                let sink = &program.sinks[program.releases[k].sink as usize];
                let in_time = |node: u32| time(network, node) <= network.releases[k].due;
                let ends = sink.ends.iter().copied();
                let ends = ends.filter(|&(node, _)| in_time(node)).collect();
                program.releases[k].sink = program.sinks.len() as u32;
                program.sinks.push(Sink { ends });
                program.releases[k].unserved_cost = Some(never);
                program.releases[k].quantity -= late;
            }
            Ok(())
        })?;
        Ok(answer)
    }

    /// A cost of leaving a parcel behind that nothing can be worth.
    fn never(&self) -> i64 {
        let products = self.what_if.prepared.instance.products.iter();
        let dearest = products.map(|product| product.unserved_per_parcel.0).max();
        dearest
            .unwrap_or(0)
            .saturating_mul(1_000)
            .clamp(MUCH, i64::MAX / 1_000_000)
    }
}

fn time(network: &Network, node: u32) -> Minutes {
    network.graph[petgraph::graph::NodeIndex::new(node as usize)].time
}

/// Of alternatives by the same services and closed by the same, the one that most parcels miss
/// most by; those of most weight first.
fn most_telling(alternatives: Vec<Alternative>) -> Vec<Alternative> {
    let weight = |way: &Alternative| (way.taken_cost - way.list_cost).0 * way.parcels;
    let mut best: BTreeMap<(Vec<String>, String), Alternative> = BTreeMap::new();
    for way in alternatives {
        let closed = way.closed_by.first().map(|closure| closure.what.clone());
        let key = (way.services.clone(), closed.unwrap_or_default());
        match best.get(&key) {
            Some(known) if weight(known) >= weight(&way) => {}
            _ => {
                best.insert(key, way);
            }
        }
    }
    let mut ways: Vec<Alternative> = best.into_values().collect();
    ways.sort_by_key(|way| -weight(way));
    ways.truncate(MOST);
    ways
}
