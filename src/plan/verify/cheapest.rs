//! What a parcel would pay on its cheapest ways, were there room everywhere: carriage, storage,
//! lateness and CO₂e as the tables say, space at its list price, and handling at the price of the tier
//! that takes the next unit.

use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;

use petgraph::graph::{EdgeIndex, NodeIndex};

use crate::instance::{HandlingStep, LimitId, Measure, Product, Tier, Unit};
use crate::network::Activity;
use crate::program::formulation::Limited;
use crate::units::{Minutes, divide_to_nearest};

use super::capacity;
use super::costs;
use super::ledger::{Ledger, Shipment};
use super::proof::Layout;
use super::schedule::{Key, Schedule};
use super::ways::{Backwards, Ways};

/// All cheapest ways of a release together.
#[derive(Debug, Default)]
pub(super) struct Cheapest {
    /// What each of them costs a parcel, in millionths of money.
    pub(super) cost: i128,
    /// The departures that some of them rides.
    pub(super) departures: BTreeSet<Key>,
    /// The buckets in which some of them is handled.
    pub(super) buckets: BTreeSet<(usize, i64)>,
    /// The limits, and the periods of these, that some of them takes from.
    pub(super) limits: BTreeSet<(LimitId, i32)>,
}

/// Finds cheapest ways.
pub(super) struct Prices<'a, 'i> {
    layout: &'a Layout<'i>,
    backwards: Backwards<'a>,
    ledger: &'a Ledger,
    /// The price of the next base unit in each bucket that was asked for.
    handling: BTreeMap<usize, i128>,
    /// By product, what a parcel pays on each arc that was asked for.
    on_arcs: BTreeMap<usize, Vec<Option<i128>>>,
}

impl<'a, 'i> Prices<'a, 'i> {
    pub(super) fn new(layout: &'a Layout<'i>, ledger: &'a Ledger) -> Self {
        Self {
            layout,
            backwards: Backwards::new(layout.program()),
            ledger,
            handling: BTreeMap::new(),
            on_arcs: BTreeMap::new(),
        }
    }

    /// The cheapest ways of a release of the network that arrive by `latest`; `None` where there is
    /// none.
    pub(super) fn of(
        &mut self,
        schedule: &Schedule<'_>,
        release: usize,
        latest: Minutes,
    ) -> Option<Cheapest> {
        let layout = self.layout;
        let program = layout.program();
        let goods = &program.releases[release];
        let due = layout.network.releases[release].due;
        let (which, product) = self.product(release);
        let time = |node: u32| layout.network.graph[NodeIndex::new(node as usize)].time;
        let ends = program.sinks[goods.sink as usize].ends.iter();
        let ends = ends
            .map(|&(node, _)| node)
            .filter(|&node| time(node) <= latest);
        let late = |node: u32| Minutes((time(node) - due).0.max(0));
        let ends: Vec<(u32, i128)> = ends
            .map(|node| (node, costs::lateness(product, late(node))))
            .collect();
        let class = goods.class as usize;
        let last = ends.iter().map(|&(node, _)| node).max()?;
        let prices = self.on_arcs.remove(&which);
        let mut prices = prices.unwrap_or_else(|| vec![None; program.arcs()]);
        let between = self
            .backwards
            .between(goods.origin as usize, last as usize + 1)
            .to_vec();
        for arc in between {
            if prices[arc].is_none() && program.cost(class, arc).is_some() {
                prices[arc] = Some(self.on_arc(schedule, product, arc));
            }
        }
        let price = |arc: usize| prices[arc].filter(|_| program.cost(class, arc).is_some());
        let origins = std::iter::once(goods.origin);
        let Ok(ways) = self
            .backwards
            .cheapest(origins, ends.into_iter(), |arc, rest: i128| {
                Ok::<_, Infallible>(price(arc).map(|price| price + rest))
            });
        let found = ways
            .from(goods.origin)
            .map(|cost| self.noted(goods.origin, cost, (class, &ways), price));
        self.on_arcs.insert(which, prices);
        found
    }

    /// What all ways from `origin` use that cost the least.
    fn noted(
        &self,
        origin: u32,
        cost: i128,
        (class, ways): (usize, &Ways<i128>),
        price: impl Fn(usize) -> Option<i128>,
    ) -> Cheapest {
        let heads = &self.layout.program().network.heads;
        let mut found = Cheapest {
            cost,
            ..Cheapest::default()
        };
        let (mut seen, mut open) = (BTreeSet::from([origin]), vec![origin]);
        while let Some(node) = open.pop() {
            let at = node as usize;
            for &arc in self.backwards.between(at, at + 1) {
                let head = heads[arc];
                let Some((price, rest)) = price(arc).zip(ways.from(head)) else {
                    continue;
                };
                if ways.from(node) == Some(price + rest) {
                    self.note(&mut found, class, arc);
                    if seen.insert(head) {
                        open.push(head);
                    }
                }
            }
        }
        found
    }

    fn product(&self, release: usize) -> (usize, &'i Product) {
        let instance = self.layout.instance;
        let demand = self.layout.network.releases[release].demand;
        let product = instance.demands[demand.at()].product.at();
        (product, &instance.products[product])
    }

    /// What is used on an arc.
    fn note(&self, found: &mut Cheapest, class: usize, arc: usize) {
        let layout = self.layout;
        match &layout.network.graph[EdgeIndex::new(arc)] {
            Activity::Ride { departure, .. } => {
                found.departures.insert(layout.departure(*departure));
            }
            Activity::Load { buckets, .. } => {
                let buckets = buckets.iter().map(|bucket| layout.bucket(bucket.at()));
                found.buckets.extend(buckets);
            }
            Activity::Handle { bucket } => {
                found.buckets.insert(layout.bucket(bucket.at()));
            }
            _ => {}
        }
        let taken = layout.program().arc_uses(class, arc);
        for (row, _) in taken.filter(|&(_, amount)| amount > 0) {
            if let Limited::Limit { limit, period, .. } = layout.formulation.rows[row].what {
                found.limits.insert((limit, period));
            }
        }
    }

    fn on_arc(&mut self, schedule: &Schedule<'_>, product: &Product, arc: usize) -> i128 {
        let layout = self.layout;
        let graph = &layout.network.graph;
        let edge = EdgeIndex::new(arc);
        match &graph[edge] {
            Activity::Wait { .. } | Activity::Hold { .. } => {
                let ends = graph.edge_endpoints(edge);
                ends.map_or(0, |(tail, head)| {
                    let place = &layout.instance.places[graph[tail].place.at()];
                    costs::storage(place, product, graph[tail].time, graph[head].time)
                })
            }
            Activity::Ride { departure, .. } => {
                ride(schedule, layout.departure(*departure), product)
            }
            Activity::Load { buckets, .. } => {
                let buckets = buckets.iter();
                buckets
                    .map(|bucket| self.work(schedule, product, bucket.at()))
                    .sum()
            }
            Activity::Handle { bucket } => self.work(schedule, product, bucket.at()),
            Activity::Stay | Activity::Unload => 0,
        }
    }

    fn work(&mut self, schedule: &Schedule<'_>, product: &Product, bucket: usize) -> i128 {
        let (index, day) = self.layout.bucket(bucket);
        let step = &schedule.instance.handling[index];
        let price = *self.handling.entry(bucket).or_insert_with(|| {
            price_beyond(
                schedule,
                (index, day),
                used(schedule, self.ledger, (index, day)),
            )
        });
        of_parcel(step, product, price)
    }
}

/// What the last parcel of a shipment pays on its way, handling at the price of the dearest tier in
/// use.
pub(super) fn paid(schedule: &Schedule<'_>, ledger: &Ledger, shipment: &Shipment) -> Option<i128> {
    let instance = schedule.instance;
    let product = &instance.products[instance.demands[shipment.demand].product.at()];
    let itinerary = shipment.itinerary.as_ref()?;
    let space = itinerary.rides.iter().map(|ride| {
        let leg = schedule.leg(ride.departure);
        list_price(&leg.unit, product)
    });
    let work = itinerary.work.iter().map(|work| {
        let bucket = (work.step, schedule.shared_day(work.bucket));
        let before = (used(schedule, ledger, bucket) - 1).max(0);
        let price = price_beyond(schedule, bucket, before);
        of_parcel(&instance.handling[work.step], product, price)
    });
    Some(shipment.each.total() + space.sum::<i128>() + work.sum::<i128>())
}

fn ride(schedule: &Schedule<'_>, key: Key, product: &Product) -> i128 {
    let leg = schedule.leg(key);
    let co2e = costs::co2e(schedule.instance.settings.co2e_price_per_t, leg, product);
    costs::carriage(leg, product) + co2e + list_price(&leg.unit, product)
}

/// What a parcel takes of units that are bought, at their price: of weight or volume, whichever is
/// more.
fn list_price(unit: &Unit, product: &Product) -> i128 {
    if costs::charged_by_parcel(unit) {
        return 0;
    }
    let part = |amount: i64, held: i64| {
        divide_to_nearest(
            i128::from(unit.price.0) * i128::from(amount),
            held.max(1).into(),
        )
    };
    let by_weight = unit.weight.map(|held| part(product.weight.0, held.0));
    let by_volume = unit.volume.map(|held| part(product.volume.0, held.0));
    by_weight.into_iter().chain(by_volume).max().unwrap_or(0)
}

/// A parcel's work at a price by the unit, whole millionths.
fn of_parcel(step: &HandlingStep, product: &Product, price: i128) -> i128 {
    let amount = match step.measure {
        Measure::Parcels => 1,
        Measure::Weight => product.weight.0,
        Measure::Volume => product.volume.0,
    };
    price * i128::from(amount) / capacity::per_unit(step.measure)
}

/// What a bucket does, in the base unit of its step.
fn used(schedule: &Schedule<'_>, ledger: &Ledger, bucket: (usize, i64)) -> i128 {
    let load = ledger.buckets.get(&bucket);
    let measure = schedule.instance.handling[bucket.0].measure;
    load.map_or(0, |load| load.measured(measure))
}

/// The price of the tier by the unit that takes the next base unit after so many; of the dearest tier
/// where all are full. What shifts that work already can do costs nothing more.
fn price_beyond(schedule: &Schedule<'_>, (index, day): (usize, i64), used: i128) -> i128 {
    let step = &schedule.instance.handling[index];
    let capacities = capacity::tier_capacities(schedule, step, day);
    let shifts = capacity::handled(step, &capacities, used).shifts;
    let done =
        |(tier, count): (&Tier, &i128)| tier.shift.map_or(0, |size| count * i128::from(size));
    let mut left = used - step.tiers.iter().zip(&shifts).map(done).sum::<i128>();
    if left < 0 {
        return 0;
    }
    let mut by_unit: Vec<(&Tier, Option<i128>)> = (step.tiers.iter())
        .zip(capacities)
        .filter(|(tier, _)| tier.shift.is_none())
        .collect();
    by_unit.sort_by_key(|(tier, _)| (tier.price, tier.number));
    for (tier, capacity) in by_unit {
        match capacity {
            Some(room) if room <= left => left -= room,
            _ => return tier.price.0.into(),
        }
    }
    let dearest = step.tiers.iter().map(|tier| tier.price.0).max();
    dearest.unwrap_or(0).into()
}
