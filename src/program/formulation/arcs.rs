//! What each edge of the network costs a class and takes from rows.

use super::build::{Builder, base_units, narrow, size};
use super::limits::LimitUses;
use super::{BucketRows, DepartureRows, FormulationError, costs};
use crate::instance::{Product, ProductId};
use crate::network::{Activity, BucketId, DepartureId, NightId, Stage, is_allowed};
use crate::program::{FORBIDDEN, Use};
use petgraph::graph::{Edge, NodeIndex};
use petgraph::visit::NodeIndexable;

/// Adds nodes, arcs, their costs and uses.
pub(super) fn add(
    builder: &mut Builder,
    departures: &[DepartureRows],
    buckets: &[BucketRows],
    nights: &[u32],
    limits: &LimitUses,
) -> Result<(), FormulationError> {
    let graph = &builder.network.graph;
    builder.program.network.nodes = graph.node_bound();
    let times = graph.node_weights().map(|node| node.time.0);
    builder.program.network.time = Some(times.collect());
    let edges = graph.raw_edges();
    let end = |node: NodeIndex| node.index() as u32;
    builder.program.network.tails = edges.iter().map(|edge| end(edge.source())).collect();
    builder.program.network.heads = edges.iter().map(|edge| end(edge.target())).collect();
    add_costs(builder, buckets)?;
    add_uses(builder, departures, buckets, nights, limits);
    Ok(())
}

fn add_costs(builder: &mut Builder, buckets: &[BucketRows]) -> Result<(), FormulationError> {
    let edges = builder.network.graph.raw_edges();
    let mut costs: Vec<i64> = Vec::with_capacity(edges.len() * builder.classes.len());
    let mut done: Option<ProductId> = None;
    for class in builder.classes {
        if done == Some(class.product) {
            // classes of one product stand together and cost the same
            costs.extend_from_within(costs.len() - edges.len()..);
            continue;
        }
        done = Some(class.product);
        let prices = Prices::new(builder, class.product, buckets)?;
        costs.extend(edges.iter().map(|edge| prices.of(builder, edge)));
    }
    // but none goes on from its destination
    let graph = &builder.network.graph;
    for (class, costs) in builder
        .classes
        .iter()
        .zip(costs.chunks_mut(edges.len().max(1)))
    {
        let Some(destination) = class.destination else {
            continue;
        };
        for (edge, cost) in edges.iter().zip(costs) {
            let leaves = matches!(edge.weight, Activity::Load { .. });
            if leaves && graph[edge.source()].place == destination {
                *cost = FORBIDDEN;
            }
        }
    }
    builder.program.costs = costs;
    Ok(())
}

/// What the activities of one product cost per parcel.
struct Prices<'a> {
    product: &'a Product,
    rides: Vec<i64>,
    buckets: Vec<i64>,
}

impl<'a> Prices<'a> {
    fn new(
        builder: &Builder<'a>,
        id: ProductId,
        buckets: &[BucketRows],
    ) -> Result<Self, FormulationError> {
        let product = &builder.instance.products[id.at()];
        let work = builder.network.buckets.iter().zip(buckets);
        let work = work.map(|(bucket, rows)| {
            let step = &builder.instance.handling[bucket.step.at()];
            let exact = i128::from(rows.price_on_arcs.0) * i128::from(size(step.measure, product));
            let name = || format!("the price of {}", step.name);
            narrow(exact / i128::from(base_units(step.measure)), &name)
        });
        Ok(Self {
            product,
            rides: rides(builder, id, product),
            buckets: work.collect::<Result<_, _>>()?,
        })
    }

    fn of(&self, builder: &Builder, edge: &Edge<Activity>) -> i64 {
        match &edge.weight {
            Activity::Wait { .. } | Activity::Hold { .. } => {
                let graph = &builder.network.graph;
                let (from, to) = (graph[edge.source()], graph[edge.target()]);
                let place = &builder.instance.places[from.place.at()];
                costs::storage(place, self.product, from.time, to.time).0
            }
            Activity::Load { departure, buckets } => {
                if self.rides[departure.at()] == FORBIDDEN {
                    return FORBIDDEN;
                }
                buckets.iter().map(|bucket| self.buckets[bucket.at()]).sum()
            }
            Activity::Ride { departure, .. } => self.rides[departure.at()],
            Activity::Handle { bucket } => self.buckets[bucket.at()],
            Activity::Stay | Activity::Unload => 0,
        }
    }
}

/// The cost of riding each departure, [`FORBIDDEN`] where a rule says so.
fn rides(builder: &Builder, id: ProductId, product: &Product) -> Vec<i64> {
    let instance = builder.instance;
    let by_leg: Vec<Vec<i64>> = (0u32..)
        .zip(&instance.services)
        .map(|(index, service)| {
            let service_id = crate::instance::ServiceId(index);
            let of_leg = |leg| {
                if is_allowed(instance, id, service_id, leg) {
                    let co2e = costs::co2e(instance, leg, product.weight);
                    (costs::carriage(&leg.unit, product) + co2e).0
                } else {
                    FORBIDDEN
                }
            };
            service.legs.iter().map(of_leg).collect()
        })
        .collect();
    let departures = builder.network.departures.iter();
    departures
        .map(|d| by_leg[d.service.at()][d.leg as usize])
        .collect()
}

fn add_uses(
    builder: &mut Builder,
    departures: &[DepartureRows],
    buckets: &[BucketRows],
    nights: &[u32],
    limits: &LimitUses,
) {
    let network = builder.network;
    let rides: Vec<Vec<Use>> = departures
        .iter()
        .map(|rows| capacity_uses(builder, rows))
        .collect();
    let work: Vec<Option<Use>> = (0u32..)
        .zip(buckets)
        .map(|(index, rows)| bucket_use(builder, BucketId(index), rows))
        .collect();
    let mut uses = Vec::new();
    let mut starts = vec![0u32];
    for edge in network.graph.raw_edges() {
        match &edge.weight {
            Activity::Wait { nights: over } | Activity::Hold { nights: over } => {
                append_nights(builder, &mut uses, nights, over);
            }
            Activity::Load { departure, buckets } => {
                append_work(&mut uses, &work, buckets);
                uses.extend(limits.boarding(*departure));
            }
            Activity::Ride {
                departure, main, ..
            } => {
                uses.extend(&rides[departure.at()]);
                uses.extend(limits.riding(*departure));
                if *main {
                    uses.extend(limits.hauling(*departure));
                }
            }
            Activity::Stay => {
                let aboard = |node: NodeIndex| match network.graph[node].stage {
                    Stage::Aboard(departure) => departure,
                    _ => DepartureId(0),
                };
                uses.extend(limits.staying(aboard(edge.source()), aboard(edge.target())));
            }
            Activity::Handle { bucket } => {
                append_work(&mut uses, &work, std::slice::from_ref(bucket));
            }
            Activity::Unload => {}
        }
        starts.push(uses.len() as u32);
    }
    builder.program.uses = uses;
    builder.program.use_starts = starts;
}

/// What a ride takes from the rows of its departure.
fn capacity_uses(builder: &mut Builder, rows: &DepartureRows) -> Vec<Use> {
    let weights = [rows.unit_weight, rows.lift_weight];
    let volumes = [rows.unit_volume, rows.lift_volume];
    let mut uses = Vec::new();
    for row in weights.into_iter().flatten() {
        let scale = builder.scale(row, super::build::PER_KG);
        let amounts = builder.per_class(|product| product.weight.0 * scale);
        uses.push(builder.use_of(row, amounts));
    }
    for row in volumes.into_iter().flatten() {
        let scale = builder.scale(row, super::build::PER_M3);
        let amounts = builder.per_class(|product| product.volume.0 * scale);
        uses.push(builder.use_of(row, amounts));
    }
    uses
}

fn bucket_use(builder: &mut Builder, id: BucketId, rows: &BucketRows) -> Option<Use> {
    let row = rows.row?;
    let step = builder.network.buckets[id.at()].step;
    let measure = builder.instance.handling[step.at()].measure;
    let amounts = builder.per_class(|product| size(measure, product));
    Some(builder.use_of(row, amounts))
}

/// Steps may share a bucket only with themselves, so that no row appears twice.
fn append_work(uses: &mut Vec<Use>, work: &[Option<Use>], buckets: &[BucketId]) {
    uses.extend(buckets.iter().filter_map(|bucket| work[bucket.at()]));
}

/// A wait of more than a week on a typical week takes the same night again.
fn append_nights(builder: &mut Builder, uses: &mut Vec<Use>, rows: &[u32], over: &[NightId]) {
    let mut over = over.to_vec();
    over.sort_unstable();
    for same in over.chunk_by(|a, b| a == b) {
        let times = same.len() as i64;
        let amounts = builder.per_class(|product| product.volume.0 * times);
        uses.push(builder.use_of(rows[same[0].at()], amounts));
    }
}
