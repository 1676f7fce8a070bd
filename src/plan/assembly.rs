//! From an engine's answer to the tables of a plan.

use std::sync::Arc;

use petgraph::graph::EdgeIndex;

use crate::engine::whole::{WholeFlow, WholeSolution};
use crate::instance::Instance;
use crate::network::{Calendar, Names, Network};
use crate::program::bound::{BoundError, Prices};
use crate::program::formulation::{Formulation, ProgramNames};
use crate::program::shortest::{InArcs, OutOfRange};
use crate::units::{CubicCentimetres, Grams, Money, Parcels};

use super::additive::Additive;
use super::demand::Shares;
use super::itinerary::{self, Itinerary};
use super::ledger::{Ledger, Shipped};
use super::limits::Counts;
use super::reasons::Reasons;
use super::rows::AllocationRow;
use super::run::Totals;
use super::space::Bought;
use super::whole_units::Judged;
use super::worth::Worth;
use super::{Plan, Run, demand, departures, handling, marginal, prices, shifts, totals};

/// What a plan is a plan of.
#[derive(Clone, Copy, Debug)]
pub struct Parts<'a> {
    /// The instance.
    pub instance: &'a Instance,
    /// Its calendar.
    pub calendar: &'a Calendar,
    /// Its network.
    pub network: &'a Network,
    /// Its program.
    pub formulation: &'a Formulation,
}

/// Why an answer has no tables.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AssemblyError {
    /// Prices leave exact arithmetic.
    #[error("the prices of the plan leave exact arithmetic")]
    Bound(#[from] BoundError),
    /// List prices leave exact arithmetic.
    #[error("the cost of arc {0} leaves exact arithmetic")]
    Arc(usize),
}

impl From<OutOfRange> for AssemblyError {
    fn from(error: OutOfRange) -> Self {
        Self::Arc(error.arc)
    }
}

/// Assembles the tables. `prices` are those of the proof, or `None` where nothing is proven;
/// `run` says how the answer came about, its figures are filled in here.
///
/// # Errors
/// [`AssemblyError`] where numbers leave exact arithmetic.
pub fn assemble(
    parts: Parts<'_>,
    answer: &WholeSolution,
    prices: Option<&Prices>,
    judged: &[Judged],
    run: Run,
) -> Result<Plan, AssemblyError> {
    let Parts {
        instance,
        calendar,
        network,
        formulation,
    } = parts;
    let answer = &*itinerary::delivered(instance, network, answer);
    let worth = match prices {
        Some(prices) => prices::worth(network, formulation, prices),
        None => Worth::unknown(network),
    };
    let names = Names {
        instance,
        calendar,
        network,
    };
    let mut entries = Entries::new(parts);
    entries.enter(&names, answer);
    let all = entries.all.as_ref().unwrap_or(&entries.ledger);
    let all_bought = departures::bought(parts, &all.aboard, &answer.columns);
    let bought = match &entries.all {
        None => all_bought.clone(),
        Some(all) => {
            departures::bought_for(parts, &entries.ledger.aboard, &all.aboard, &all_bought)
        }
    };
    let counts = &mut entries.counts;
    counts.buy(instance, calendar, network, (&bought, &all_bought));
    let handled = handling::costs(instance, network, &entries.ledger.handled);
    let limits = entries.counts.rows(instance, calendar, &worth);
    let shares = Shares::new(instance, &entries.ledger, &bought, &handled);
    let arcs = InArcs::of(&formulation.program);
    let marginal = match prices {
        Some(prices) => marginal::costs(instance, network, &formulation.program, &arcs, prices)?,
        None => vec![None; instance.demands.len()],
    };
    let reasons = reasons(&parts, (all, &all_bought), &worth, &arcs, answer)?;
    let ledger = &entries.ledger;
    let demand = demand::rows(instance, ledger, &shares, &reasons, &marginal);
    let breakdown = totals::breakdown(instance, network, ledger, &bought, &handled, &limits);
    let (services, modes) = totals::loads(instance, network, ledger, &bought);
    let penalties: Money = limits.iter().map(|row| row.cost).sum();
    let cost = breakdown.total();
    let tail_cost = match &entries.all {
        None => Money::ZERO,
        Some(all) => {
            let penalties = entries.counts.penalties(instance);
            cost_of(parts, all, &all_bought) + penalties - cost
        }
    };
    let run = Run {
        cost,
        totals: Totals {
            parcels: demand.iter().map(|row| row.parcels).sum(),
            on_time: demand.iter().map(|row| row.on_time).sum(),
            late: demand.iter().map(|row| row.late).sum(),
            unserved: demand.iter().map(|row| row.unserved).sum(),
            demand_cost: demand.iter().map(|row| row.cost).sum(),
            tail_cost,
            unused_cost: shares.unused + penalties,
            ..entries.totals
        },
        breakdown,
        services,
        modes,
        bottlenecks: totals::bottlenecks(parts, ledger, &bought, &limits, &worth),
        ..run.apart_from(tail_cost)
    };
    let program_names = ProgramNames { formulation, names };
    let aboard = &ledger.aboard;
    Ok(Plan {
        departures: departures::rows(instance, network, calendar, aboard, &bought, &worth),
        purchases: [
            departures::purchases(parts, aboard, &bought),
            shifts::purchases(parts, &ledger.handled),
        ]
        .concat(),
        purchases_tail: [
            departures::more_bought(parts, &bought, &all_bought),
            shifts::more_work(parts, &ledger.handled, &all.handled),
        ]
        .concat(),
        choices: departures::choices(
            parts,
            &bought,
            &ledger.handled,
            judged,
            (run.cost, run.bound),
        ),
        branches: Vec::new(),
        branch_prices: Vec::new(),
        handling: handling::rows(instance, network, calendar, &ledger.handled, &worth),
        prices: prices.map_or_else(Vec::new, |prices| prices::rows(&program_names, prices)),
        demand,
        limits,
        run,
        allocation: entries.allocation,
        allocation_tail: entries.allocation_tail,
    })
}

fn shared<'i>(ids: impl Iterator<Item = &'i String>) -> Vec<Arc<str>> {
    ids.map(|id| id.as_str().into()).collect()
}

/// What all parcels of a ledger cost with what is bought for them, without penalties.
fn cost_of(parts: Parts<'_>, ledger: &Ledger, bought: &[Bought]) -> Money {
    let Parts {
        instance, network, ..
    } = parts;
    let space: Money = bought.iter().map(|bought| bought.cost).sum();
    let handled = handling::costs(instance, network, &ledger.handled);
    let handled: Money = handled.into_iter().sum();
    space + handled + ledger.additive.total() + ledger.unserved_cost
}

/// What is entered parcel by parcel.
struct Entries<'a> {
    parts: Parts<'a>,
    /// The names of places, products and services.
    places: Vec<Arc<str>>,
    products: Vec<Arc<str>>,
    services: Vec<Arc<str>>,
    /// Who runs each service, and what each of its legs sells.
    operators: Vec<Arc<str>>,
    units: Vec<Vec<Arc<str>>>,
    /// What parcels of the planned weeks use and cause.
    ledger: Ledger,
    /// The same with those that compete with them after the planned weeks, where there are any.
    all: Option<Ledger>,
    counts: Counts,
    totals: Totals,
    allocation: Vec<AllocationRow>,
    allocation_tail: Vec<AllocationRow>,
}

impl<'a> Entries<'a> {
    fn new(parts: Parts<'a>) -> Self {
        let services = &parts.instance.services;
        let units = services
            .iter()
            .map(|service| shared(service.legs.iter().map(|leg| &leg.unit.name)));
        Self {
            parts,
            places: shared(parts.instance.places.iter().map(|place| &place.id)),
            products: shared(parts.instance.products.iter().map(|product| &product.id)),
            services: shared(services.iter().map(|service| &service.id)),
            operators: shared(services.iter().map(|service| &service.operator)),
            units: units.collect(),
            ledger: Ledger::new(parts.instance, parts.network),
            all: (parts.network.releases.iter())
                .any(|release| !release.reported)
                .then(|| Ledger::new(parts.instance, parts.network)),
            counts: Counts::default(),
            totals: Totals::default(),
            allocation: Vec::new(),
            allocation_tail: Vec::new(),
        }
    }

    fn enter(&mut self, names: &Names<'_>, answer: &WholeSolution) {
        let Parts {
            instance, network, ..
        } = self.parts;
        for flow in &answer.flows {
            self.ship(names, flow);
        }
        for (release, &left) in network.releases.iter().zip(&answer.unserved) {
            if release.reported {
                self.ledger.leave(instance, release, Parcels(left));
            }
            if let Some(all) = &mut self.all {
                all.leave(instance, release, Parcels(left));
            }
        }
    }

    fn ship(&mut self, names: &Names<'_>, flow: &WholeFlow) {
        let Parts {
            instance,
            calendar,
            network,
            ..
        } = self.parts;
        let release = &network.releases[flow.release as usize];
        let demand = &instance.demands[release.demand.at()];
        let product = &instance.products[demand.product.at()];
        let edges: Vec<EdgeIndex> = flow
            .arcs
            .iter()
            .map(|&arc| EdgeIndex::new(arc as usize))
            .collect();
        let itinerary = Itinerary::new(names, release.time, &edges);
        let shipped = Shipped {
            release,
            product,
            itinerary: &itinerary,
            parcels: Parcels(flow.parcels),
            each: &Additive::of(instance, network, release, &edges),
        };
        if release.reported {
            self.ledger.ship(instance, network, &shipped);
        }
        if let Some(all) = &mut self.all {
            all.ship(instance, network, &shipped);
        }
        let whole = (instance, calendar, network);
        let main = itinerary
            .main_haul(instance, network)
            .map(|main| &network.departures[main.at()]);
        let who = (demand, product, release.reported);
        self.counts.ship(whole, who, &itinerary, shipped.parcels);
        let co2e = totals::emissions(instance, network, &shipped);
        let weight = Grams(product.weight.0 * flow.parcels);
        let volume = CubicCentimetres(product.volume.0 * flow.parcels);
        let row = AllocationRow {
            origin: self.places[demand.origin.at()].clone(),
            destination: self.places[demand.destination.at()].clone(),
            product: self.products[demand.product.at()].clone(),
            release: calendar.text(demand.origin, release.time),
            parcels: shipped.parcels,
            weight,
            volume,
            cost: shipped.each.times(shipped.parcels).total(),
            delivered: calendar.text(demand.destination, itinerary.delivered),
            duration: itinerary.delivered - release.time,
            late: shipped.late(),
            co2e,
            main_service: main.map_or_else(Arc::default, |main| {
                self.services[main.service.at()].clone()
            }),
            main_leg: main.map(|main| main.leg + 1),
            mode: main.map(|main| instance.services[main.service.at()].mode),
            unit: main.map_or_else(Arc::default, |main| {
                self.units[main.service.at()][main.leg as usize].clone()
            }),
            week: calendar.week(demand.origin, release.time) + 1,
            operator: main.map_or_else(Arc::default, |main| {
                self.operators[main.service.at()].clone()
            }),
            path: itinerary.path,
        };
        if release.reported {
            self.totals.weight += weight;
            self.totals.volume += volume;
            self.totals.co2e += co2e;
            self.allocation.push(row);
        } else {
            self.allocation_tail.push(row);
        }
    }
}

/// Per demand, why parcels of it are late or left behind: what holds for its releases with most
/// parcels late, and with most left behind.
fn reasons(
    parts: &Parts<'_>,
    (ledger, bought): (&Ledger, &[Bought]),
    worth: &Worth,
    arcs: &InArcs,
    answer: &WholeSolution,
) -> Result<Vec<String>, AssemblyError> {
    let Parts {
        instance, network, ..
    } = *parts;
    let mut late: Vec<Option<&WholeFlow>> = vec![None; instance.demands.len()];
    let mut left: Vec<Option<usize>> = vec![None; instance.demands.len()];
    for flow in &answer.flows {
        let release = &network.releases[flow.release as usize];
        let last = flow
            .arcs
            .last()
            .and_then(|&arc| network.graph.edge_endpoints(EdgeIndex::new(arc as usize)));
        let delivered = last.map_or(release.time, |(_, head)| network.graph[head].time);
        let worst = &mut late[release.demand.at()];
        let more = worst.is_none_or(|worst| flow.parcels > worst.parcels);
        if release.reported && delivered > release.due && more {
            *worst = Some(flow);
        }
    }
    for (index, release) in network.releases.iter().enumerate() {
        let worst = &mut left[release.demand.at()];
        let parcels = answer.unserved[index];
        let more = worst.is_none_or(|worst| parcels > answer.unserved[worst]);
        if release.reported && parcels > 0 && more {
            *worst = Some(index);
        }
    }
    if late.iter().all(Option::is_none) && left.iter().all(Option::is_none) {
        return Ok(vec![String::new(); instance.demands.len()]);
    }
    let reasons = Reasons::new(parts, (ledger, bought), worth, arcs)?;
    let words = late.into_iter().zip(left).map(|(late, left)| {
        let late = late.map(|flow| reasons.late(flow.release as usize, &flow.arcs));
        let left = left.map(|index| reasons.left(index));
        let both: Vec<String> = [late, left].into_iter().flatten().collect();
        both.join("; ")
    });
    Ok(words.collect())
}
