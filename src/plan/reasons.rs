//! Why parcels are late or stay behind, in a planner's words.
//!
//! For a release in trouble the way is sought that it would take were space endless: the cheapest
//! one in time for what is late, the cheapest at all for what stays behind, units and tiers at
//! their list prices. If there is none, time (or a rule) is the reason; if it costs more than what
//! was done instead, the price is; otherwise something on it is full, or a limit binds that it counts
//! in, and that is named with what one more unit of it is worth.

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};

use petgraph::graph::{EdgeIndex, NodeIndex};
use petgraph::visit::EdgeRef;

use crate::instance::{DemandId, Instance, Measure, Product};
use crate::network::{self, Activity, BucketId, Calendar, DepartureId, Network, Release, Stranded};
use crate::program::formulation::{Formulation, Limited, costs};
use crate::program::shortest::{InArcs, OutOfRange, Tree};
use crate::units::{Minutes, Money};

use super::assembly::Parts;
use super::ledger::{Ledger, chargeable, measured};
use super::space::Bought;
use super::what_if::is_told;
use super::worth::Worth;
use super::{additive, handling, outlook, space, words};

/// What the reasons are drawn from.
#[derive(Debug)]
pub struct Reasons<'a> {
    instance: &'a Instance,
    network: &'a Network,
    calendar: &'a Calendar,
    formulation: &'a Formulation,
    ledger: &'a Ledger,
    bought: &'a [Bought],
    worth: &'a Worth,
    arcs: &'a InArcs,
    /// Per class, what each arc costs one more parcel: units at their list prices, handling at the
    /// price of the cheapest tier with room.
    list_prices: Vec<Vec<i128>>,
    /// What cannot be carried in time at all, once it is asked for.
    stranded: OnceCell<Vec<Stranded>>,
    /// Parcels aboard by departure and demand, once they are asked for.
    aboard: OnceCell<BTreeMap<(u32, u32), i128>>,
}

/// A way found.
struct Way {
    edges: Vec<EdgeIndex>,
    cost: Money,
}

impl<'a> Reasons<'a> {
    /// Gets ready to give reasons.
    ///
    /// # Errors
    /// [`OutOfRange`] where prices leave exact arithmetic.
    pub fn new(
        parts: &Parts<'a>,
        (ledger, bought): (&'a Ledger, &'a [Bought]),
        worth: &'a Worth,
        arcs: &'a InArcs,
    ) -> Result<Self, OutOfRange> {
        let Parts {
            instance,
            calendar,
            network,
            formulation,
        } = *parts;
        let next = |bucket| tier_price(parts, ledger, bucket, 0);
        let list_prices = prices_on_arcs(parts, arcs, &next)?;
        Ok(Self {
            instance,
            network,
            calendar,
            formulation,
            ledger,
            bought,
            worth,
            arcs,
            list_prices,
            stranded: OnceCell::new(),
            aboard: OnceCell::new(),
        })
    }

    /// Why parcels of a release are late that take the way `taken`.
    pub fn late(&self, index: usize, taken: &[u32]) -> String {
        let release = &self.network.releases[index];
        let Some(way) = self.cheapest(index, release.due) else {
            return format!("late because {}", self.too_slow(index, release));
        };
        let full = self.full_on(index, &way);
        if !full.is_empty() {
            return format!("late because {full}");
        }
        let here = self.cost_of(index, taken);
        if here >= way.cost {
            // what whole parcels leave
            return format!("late because {}", self.no_more(index, &way));
        }
        if !is_told(here, way.cost) {
            return format!(
                "late because it costs the same ({} a parcel, late or in time)",
                words::price(here.amount())
            );
        }
        format!(
            "late because it is cheaper ({} a parcel instead of {} in time)",
            words::price(here.amount()),
            words::price(way.cost.amount())
        )
    }

    /// Why parcels of a release stay behind.
    pub fn left(&self, index: usize) -> String {
        let release = &self.network.releases[index];
        let Some(way) = self.cheapest(index, release.latest) else {
            return format!("left behind because {}", self.no_way(release));
        };
        let product = additive::product(self.instance, release);
        let behind = product.unserved_per_parcel;
        if way.cost >= behind {
            return format!(
                "left behind because carrying is dearer ({} a parcel with {}, {} left behind)",
                words::price(way.cost.amount()),
                self.main_service(&way),
                words::price(behind.amount())
            );
        }
        let full = self.full_on(index, &way);
        if full.is_empty() {
            return format!("left behind because {}", self.no_more(index, &way));
        }
        format!("left behind because {full}")
    }

    /// Nothing arrives by the promise.
    fn too_slow(&self, index: usize, release: &Release) -> String {
        let place = self.network.graph[release.node].place;
        let arrives = self.earliest(index).unwrap_or(release.latest);
        format!(
            "nothing is fast enough: ready {}, there {} later at the earliest, {} after the promise",
            words::point(self.calendar, place, release.time),
            words::span(arrives - release.time),
            words::span(arrives - release.due)
        )
    }

    /// Nothing arrives at all in time.
    fn no_way(&self, release: &Release) -> String {
        let all = self
            .stranded
            .get_or_init(|| network::stranded(self.instance, self.calendar, self.network));
        let demand = &self.instance.demands[release.demand.at()];
        match all
            .iter()
            .find(|stranded| stranded.demand == release.demand)
        {
            Some(Stranded { reason, .. }) => {
                outlook::why(self.instance, demand.origin, demand.destination, reason)
            }
            None => "no departure runs in time".to_owned(),
        }
    }

    /// The earliest arrival that still counts: one sweep over the nodes that a release can reach,
    /// which are numbered along their edges.
    fn earliest(&self, index: usize) -> Option<Minutes> {
        let program = &self.formulation.program;
        let release = &program.releases[index];
        let ends = &program.sinks[release.sink as usize].ends;
        let (last, _) = *ends.last()?;
        let class = release.class as usize;
        let first = release.origin as usize;
        let mut reached = vec![false; (last as usize + 1).saturating_sub(first)];
        *reached.first_mut()? = true;
        for at in 0..reached.len() {
            if !reached[at] {
                continue;
            }
            let node = (first + at) as u32;
            if ends.binary_search_by_key(&node, |&(end, _)| end).is_ok() {
                return Some(self.time(node));
            }
            let leaving = self.network.graph.edges(NodeIndex::new(first + at));
            let open = leaving.filter(|edge| program.cost(class, edge.id().index()).is_some());
            for edge in open {
                if let Some(head) = reached.get_mut(edge.target().index() - first) {
                    *head = true;
                }
            }
        }
        None
    }

    /// The cheapest way of a release that arrives by `latest`, at list prices.
    fn cheapest(&self, index: usize, latest: Minutes) -> Option<Way> {
        let program = &self.formulation.program;
        let release = &program.releases[index];
        let weights = &self.list_prices[release.class as usize];
        let ends = &program.sinks[release.sink as usize].ends;
        let by = ends.partition_point(|&(node, _)| self.time(node) <= latest);
        let mut tree = Tree::default();
        tree.grow(
            self.arcs,
            weights,
            ends[..by]
                .iter()
                .map(|&(node, cost)| (node, i128::from(cost))),
            std::iter::once(release.origin),
        );
        let cost = tree.distance(release.origin)?;
        let arcs = tree.path(self.arcs, release.origin);
        Some(Way {
            cost: Money(i64::try_from(cost).unwrap_or(i64::MAX)),
            edges: arcs
                .into_iter()
                .map(|arc| EdgeIndex::new(arc as usize))
                .collect(),
        })
    }

    fn time(&self, node: u32) -> Minutes {
        self.network.graph[NodeIndex::new(node as usize)].time
    }

    /// What the last parcel costs on the way that it takes, handling at the price of the dearest
    /// tier in use.
    fn cost_of(&self, index: usize, arcs: &[u32]) -> Money {
        let parts = Parts {
            instance: self.instance,
            calendar: self.calendar,
            network: self.network,
            formulation: self.formulation,
        };
        let program = &self.formulation.program;
        let release = &program.releases[index];
        let class = release.class as usize;
        let product = additive::product(self.instance, &self.network.releases[index]);
        let last = |bucket| tier_price(&parts, self.ledger, bucket, 1);
        let along = arcs
            .iter()
            .filter_map(|&arc| price_on_arc(&parts, class, product, arc as usize, &last));
        let end = arcs
            .last()
            .map_or(release.origin, |&arc| program.network.heads[arc as usize]);
        let ends = &program.sinks[release.sink as usize].ends;
        let at = ends.binary_search_by_key(&end, |&(node, _)| node);
        let late = at.map_or(0, |at| i128::from(ends[at].1));
        Money(i64::try_from(along.sum::<i128>() + late).unwrap_or(i64::MAX))
    }

    /// What is full on a way of a release and which limits bind on it, dearest first, at most two;
    /// empty if nothing is.
    fn full_on(&self, index: usize, way: &Way) -> String {
        let product = additive::product(self.instance, &self.network.releases[index]);
        let mut full = self.binding(index, way);
        for &edge in &way.edges {
            match &self.network.graph[edge] {
                Activity::Ride { departure, .. } => {
                    full.extend(self.full_departure(product, *departure));
                }
                Activity::Load { buckets, .. } => {
                    full.extend(buckets.iter().filter_map(|b| self.full_bucket(product, *b)));
                }
                Activity::Handle { bucket } => full.extend(self.full_bucket(product, *bucket)),
                _ => {}
            }
        }
        full.sort_by_key(|(worth, _)| std::cmp::Reverse(*worth));
        full.dedup_by(|a, b| a.1 == b.1);
        let words: Vec<String> = full.into_iter().take(2).map(|(_, words)| words).collect();
        words.join(" and ")
    }

    /// The limits with a price that a way of a release takes from.
    fn binding(&self, index: usize, way: &Way) -> Vec<(Money, String)> {
        let program = &self.formulation.program;
        let class = program.releases[index].class as usize;
        let arcs = way.edges.iter().map(|edge| edge.index());
        let taken = arcs.flat_map(|arc| program.arc_uses(class, arc));
        let rows = taken.filter(|&(_, amount)| amount > 0).map(|(row, _)| row);
        let limits: BTreeSet<_> = rows
            .filter_map(|row| match self.formulation.rows[row].what {
                Limited::Limit { limit, period, .. } => Some((limit, period)),
                _ => None,
            })
            .collect();
        let worth = limits.into_iter().map(|(id, period)| {
            let limit = &self.instance.limits[id.at()];
            let worth = self.worth.limit(id, period);
            let unit = words::unit(limit.metric, &self.instance.settings.currency);
            let binds = format!("limit {} binds", limit.id);
            (worth, binds + &self.worth_in_words(worth, unit))
        });
        worth.filter(|&(worth, _)| worth > Money::ZERO).collect()
    }

    fn full_departure(&self, product: &Product, id: DepartureId) -> Option<(Money, String)> {
        let departure = &self.network.departures[id.at()];
        let leg = space::leg(self.instance, departure);
        let aboard = &self.ledger.aboard[id.at()];
        let worth = self.worth.departure(self.instance, departure, id);
        let full = aboard.fills(space::room(leg, departure), product);
        if !full && worth == Money::ZERO {
            return None;
        }
        let service = &self.instance.services[departure.service.at()].id;
        let day = words::day(
            self.calendar,
            self.calendar.day(leg.origin, departure.departs),
        );
        if !full && leg.unit.whole && self.bought[id.at()].units == 0 {
            return Some((worth, format!("{service} on {day} is not bought")));
        }
        let what = format!("{service} on {day} is full");
        let unit = if leg.unit.name.is_empty() {
            "kg"
        } else {
            &leg.unit.name
        };
        Some((worth, what + &self.worth_in_words(worth, unit)))
    }

    fn full_bucket(&self, product: &Product, id: BucketId) -> Option<(Money, String)> {
        let bucket = &self.network.buckets[id.at()];
        let step = &self.instance.handling[bucket.step.at()];
        let room = handling::capacity(step, bucket)? - self.ledger.handled[id.at()];
        if room >= measured(step.measure, product) {
            return None;
        }
        let worth = self.worth.bucket(step, id);
        let place = &self.instance.places[step.place.at()].id;
        let day = words::day(self.calendar, self.calendar.day(step.place, bucket.start));
        let what = format!("{} at {place} on {day} is full", step.name);
        let unit = match step.measure {
            Measure::Parcels => "parcel",
            Measure::Weight => "kg",
            Measure::Volume => "m³",
        };
        Some((worth, what + &self.worth_in_words(worth, unit)))
    }

    fn worth_in_words(&self, worth: Money, unit: &str) -> String {
        if worth == Money::ZERO {
            return String::new();
        }
        let unit = unit.strip_prefix("chargeable_").unwrap_or(unit);
        let currency = &self.instance.settings.currency;
        format!(
            " (worth {} {currency}/{unit})",
            words::price(worth.amount())
        )
    }

    /// Why a way is not taken that has room for one parcel more: whose parcels ride it, that no more
    /// of it is bought, or that the plan leaves that room.
    fn no_more(&self, index: usize, way: &Way) -> String {
        let main = self.main_service(way);
        let left = format!("the plan leaves room on {main}");
        let Some(id) = self.main_departure(way) else {
            return left;
        };
        if let Some((demand, parcels)) = self.most_aboard(id, self.network.releases[index].demand) {
            let who = words::of_demand(self.instance, demand);
            return format!(
                "others use the space of {main} better, most of them {who} ({parcels})"
            );
        }
        let departure = &self.network.departures[id.at()];
        let leg = space::leg(self.instance, departure);
        let product = additive::product(self.instance, &self.network.releases[index]);
        let aboard = &self.ledger.aboard[id.at()];
        let bought = &self.bought[id.at()];
        let room = space::room_bought(leg, departure, bought);
        let is_full = aboard.fills(room, product) || bought.units == 0;
        match leg.unit.whole && is_full {
            true => format!("no more of {main} is bought"),
            false => left,
        }
    }

    /// The demand with most parcels aboard a departure besides `own`, the first of equals; none where
    /// only what competes after the planned weeks rides with it.
    fn most_aboard(&self, id: DepartureId, own: DemandId) -> Option<(DemandId, i128)> {
        let aboard = self
            .aboard
            .get_or_init(|| parcels_aboard(self.instance, self.ledger));
        let here = aboard.range((id.0, 0)..=(id.0, u32::MAX));
        let others = here.filter(|&(&(_, owner), _)| owner != own.0);
        let most = others.min_by_key(|&(&(_, owner), &parcels)| (-parcels, owner));
        most.map(|(&(_, owner), &parcels)| (DemandId(owner), parcels))
    }

    /// The service that a way spends most time on.
    fn main_service(&self, way: &Way) -> &str {
        self.main_departure(way).map_or("no service", |id| {
            let departure = &self.network.departures[id.at()];
            &self.instance.services[departure.service.at()].id
        })
    }

    fn main_departure(&self, way: &Way) -> Option<DepartureId> {
        let rides = way
            .edges
            .iter()
            .filter_map(|&edge| match &self.network.graph[edge] {
                Activity::Ride { departure, .. } => Some(*departure),
                _ => None,
            });
        rides.max_by_key(|id| {
            let departure = &self.network.departures[id.at()];
            departure.arrives - departure.departs
        })
    }
}

/// Parcels aboard by departure and demand of the planned weeks.
fn parcels_aboard(instance: &Instance, ledger: &Ledger) -> BTreeMap<(u32, u32), i128> {
    let mut aboard: BTreeMap<(u32, u32), i128> = BTreeMap::new();
    for claim in &ledger.space_claims {
        if let Some(demand) = instance.demands.get(claim.owner as usize) {
            let product = &instance.products[demand.product.at()];
            let parcels = claim.amount / chargeable(instance, product);
            *aboard.entry((claim.resource, claim.owner)).or_default() += parcels;
        }
    }
    aboard
}

/// The price of the tier that works on what comes after all but so many base units of what a bucket
/// handles.
fn tier_price(parts: &Parts<'_>, ledger: &Ledger, id: BucketId, but: i64) -> Money {
    let bucket = &parts.network.buckets[id.at()];
    let step = &parts.instance.handling[bucket.step.at()];
    handling::price_beyond(step, bucket, (ledger.handled[id.at()] - but).max(0))
}

/// Per class, what each arc costs a parcel with space and handling at list prices.
///
/// # Errors
/// [`OutOfRange`] where prices leave exact arithmetic.
pub fn list_prices(parts: &Parts<'_>, arcs: &InArcs) -> Result<Vec<Vec<i128>>, OutOfRange> {
    prices_on_arcs(parts, arcs, &|bucket| cheapest_tier(parts, bucket))
}

fn prices_on_arcs(
    parts: &Parts<'_>,
    arcs: &InArcs,
    handling: &(dyn Fn(BucketId) -> Money + Sync),
) -> Result<Vec<Vec<i128>>, OutOfRange> {
    let of_class = |(class, meaning): (usize, &crate::program::formulation::Class)| {
        let product = &parts.instance.products[meaning.product.at()];
        arcs.weights(|arc| Ok(price_on_arc(parts, class, product, arc, handling)))
    };
    let classes = parts.formulation.classes.iter().enumerate();
    classes.map(of_class).collect()
}

/// What an arc costs a parcel with space and handling at list prices; `None` where it is
/// forbidden.
pub fn list_price(parts: &Parts<'_>, class: usize, product: &Product, arc: usize) -> Option<i128> {
    let cheapest = |bucket| cheapest_tier(parts, bucket);
    price_on_arc(parts, class, product, arc, &cheapest)
}

fn cheapest_tier(parts: &Parts<'_>, id: BucketId) -> Money {
    let step = &parts.instance.handling[parts.network.buckets[id.at()].step.at()];
    let cheapest = step.tiers.iter().map(|tier| tier.price).min();
    cheapest.unwrap_or(Money::ZERO)
}

/// The same with handling at these prices.
fn price_on_arc(
    parts: &Parts<'_>,
    class: usize,
    product: &Product,
    arc: usize,
    tier: &dyn Fn(BucketId) -> Money,
) -> Option<i128> {
    let Parts {
        instance,
        network,
        formulation,
        ..
    } = *parts;
    let work = |bucket: &BucketId| {
        let step = &instance.handling[network.buckets[bucket.at()].step.at()];
        let charged = formulation.buckets[bucket.at()].price_on_arcs;
        let amount = i128::from(measured(step.measure, product));
        let at = |price: Money| {
            i128::from(price.0) * amount / i128::from(handling::per_unit(step.measure))
        };
        at(tier(*bucket)) - at(charged)
    };
    let own = i128::from(formulation.program.cost(class, arc)?);
    let bought = match &network.graph[EdgeIndex::new(arc)] {
        Activity::Load { buckets, .. } => buckets.iter().map(work).sum(),
        Activity::Handle { bucket } => work(bucket),
        Activity::Ride { departure, .. } => {
            let unit = &space::leg(instance, &network.departures[departure.at()]).unit;
            match costs::is_sold_by_the_parcel(unit) {
                true => 0,
                false => i128::from(space::list_price(unit, product).0),
            }
        }
        _ => 0,
    };
    Some(own + bought)
}
