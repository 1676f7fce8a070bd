//! What a demand's parcels do, and why not something cheaper.

use std::collections::BTreeMap;

use rayon::prelude::*;

use crate::engine::ranging::{Answer, PARTS};
use crate::instance::{DemandId, nearest};
use crate::network::Network;
use crate::plan::what_if::{Subject, money};
use crate::program::shortest::Tree;
use crate::program::{Release, Sink};
use crate::units::{Minutes, Money};

use super::alternatives::Cheaper;
use super::claim::Fate;
use super::{AllInTime, Claim, DemandStory, ExplainError, Route, Shipment, Teller, walk};

/// Alternatives that are told of a demand.
const MOST: usize = 4;
/// What leaving a parcel behind costs at least where that is out of the question.
const MUCH: i64 = 1_000_000_000;

/// An origin, a product and, where it matters, a destination.
type Wanted = (String, String, Option<String>);

/// The demands of an origin and product, and destination where it is named.
pub(super) fn wanted<'a>(
    claim: &'a Claim,
    (origin, product, to): &'a Wanted,
) -> impl Iterator<Item = &'a Fate> {
    let is_wanted = |fate: &&Fate| fate.origin == *origin && fate.product == *product;
    let goes_there = |fate: &&Fate| to.as_ref().is_none_or(|to| *to == fate.destination);
    claim.demands.iter().filter(is_wanted).filter(goes_there)
}

/// There is no such demand: the one that was probably meant, or what there is.
pub(super) fn unknown(claim: &Claim, wanted: &Wanted) -> ExplainError {
    let (origin, product, to) = wanted;
    let words = to.as_ref().map(|to| format!(" to {to}"));
    ExplainError::Unknown {
        what: format!(
            "the plan has no demand of {product} from {origin}{}",
            words.unwrap_or_default()
        ),
        remedy: match meant(claim, wanted) {
            Some((origin, product, to)) => format!(
                "did you mean --demand {origin} {product}{}?",
                to.map_or(String::new(), |to| format!(" {to}"))
            ),
            None => "demand.csv of the plan names all there are".to_owned(),
        },
    }
}

/// The demand with the names that most resemble those asked for, where there is one.
fn meant(claim: &Claim, (origin, product, to): &Wanted) -> Option<Wanted> {
    let known = |unknown: &String, of: fn(&Fate) -> &String| {
        let names = || claim.demands.iter().map(of).map(String::as_str);
        let same = names().find(|name| name == unknown);
        same.or_else(|| nearest(unknown, names()))
            .map(str::to_owned)
    };
    let origin = known(origin, |fate| &fate.origin)?;
    let product = known(product, |fate| &fate.product)?;
    let to = match to {
        Some(to) => Some(known(to, |fate| &fate.destination)?),
        None => None,
    };
    let meant = (origin, product, to);
    let exists = wanted(claim, &meant).next().is_some();
    exists.then_some(meant)
}

/// What a release's parcels cost at list prices: the dearest, and how many pay it.
type Dearest = BTreeMap<usize, (Money, i64)>;

impl Teller<'_> {
    /// The demands of an origin and product, and destination where it is named.
    pub(super) fn demands(&self, wanted: &Wanted) -> Vec<DemandStory> {
        let fates = self::wanted(self.claim, wanted);
        fates.map(|fate| self.demand(fate)).collect()
    }

    fn demand(&self, fate: &Fate) -> DemandStory {
        let id = self.id_of(fate);
        let parcels = fate.on_time + fate.late + fate.unserved;
        let of = format!(
            "{} from {} to {}, week {}",
            fate.product, fate.origin, fate.destination, fate.week
        );
        let ask_price = |id: DemandId| {
            self.asked.expect(1);
            let about = || format!("what one more parcel costs of {of}");
            self.asked
                .ask(about, || Ok(self.what_if.range(Subject::Demand(id))?))
        };
        let price = id.filter(|_| parcels > 0).and_then(ask_price);
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
        let cheaper = dearest
            .into_par_iter()
            .flat_map_iter(|(release, taken)| self.cheaper(release, taken));
        let alternatives = self.tell(self.most_telling(cheaper.collect()), &of);
        let ask_in_time = |id: DemandId| {
            self.asked.expect(1);
            let about = || format!("what it takes to have all in time of {of}");
            self.asked.ask(about, || self.all_in_time(id))
        };
        let in_trouble = id.filter(|_| fate.late + fate.unserved > 0);
        DemandStory {
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
            alternatives,
            reason: fate.reason.clone(),
            all_in_time: in_trouble.and_then(ask_in_time),
        }
    }

    /// Of ways by the same services and closed by the same, the one that most parcels miss most
    /// by; those of most weight first.
    fn most_telling(&self, ways: Vec<Cheaper>) -> Vec<Cheaper> {
        let weight = |way: &Cheaper| (way.taken - way.cost).0 * way.parcels;
        let mut best: BTreeMap<(Vec<String>, String), Cheaper> = BTreeMap::new();
        for way in ways {
            let (subject, _) = way.closures[0];
            let key = (self.services(&way.path), self.what_if.name(subject).0);
            match best.get(&key) {
                Some(known) if weight(known) >= weight(&way) => {}
                _ => {
                    best.insert(key, way);
                }
            }
        }
        let mut ways: Vec<Cheaper> = best.into_values().collect();
        ways.sort_by_key(|way| -weight(way));
        ways.truncate(MOST);
        ways
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
    /// cannot be in time at any price: found first, and then free to do what is cheapest.
    fn all_in_time(&self, id: DemandId) -> Result<AllInTime, ExplainError> {
        let network = &self.what_if.prepared.network;
        let own: Vec<usize> = (0..network.releases.len())
            .filter(|&k| network.releases[k].demand == id && network.releases[k].reported)
            .collect();
        let never = self.never();
        let mut late = vec![0; own.len()];
        let mut answer = self.in_time(&own, &late, never)?;
        let behind = |&k: &usize| answer.solution.unserved[k] / PARTS as f64;
        let impossible: f64 = own.iter().map(behind).sum();
        let slow = own.iter().filter(|&&k| !self.has_way_in_time(k));
        let too_slow: f64 = slow.map(behind).sum();
        if impossible >= 0.5 {
            // a part of a parcel beyond, against rounding
            let behind = |&k: &usize| answer.solution.unserved[k].ceil() as i64 + 1;
            late = own.iter().map(behind).collect();
            answer = self.in_time(&own, &late, never)?;
        }
        let impossible = impossible.round() as i64;
        Ok(AllInTime {
            impossible,
            too_slow: (too_slow.round() as i64).min(impossible),
            more: money(answer.cost - self.what_if.start().cost),
        })
    }

    /// Whether there is any way in time for a release, were all of it free.
    fn has_way_in_time(&self, release: usize) -> bool {
        let network = &self.what_if.prepared.network;
        let program = &self.what_if.prepared.formulation.program;
        let data = &program.releases[release];
        let ends = program.sinks[data.sink as usize].ends.iter();
        let in_time = ends.filter(|end| time(network, end.0) <= network.releases[release].due);
        let mut tree = Tree::default();
        tree.grow(
            self.arcs,
            &self.list[data.class as usize],
            in_time.map(|&(node, cost)| (node, i128::from(cost))),
            std::iter::once(data.origin),
        );
        tree.distance(data.origin).is_some()
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
