//! What is paid for and cannot be used, and what would rather be left behind than carried.
//!
//! Both follow from which places legs join, whatever the clock: where not even that lets a parcel
//! ride, nothing does.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};

use super::codes::Code;
use super::findings::{Finding, Findings};
use super::model::{Instance, Leg, PlaceId, Product, ProductId};
use super::source::Texts;
use crate::units::Money;

/// Searches for the cheapest way that are spent on one product.
const MOST_SEARCHES: usize = 1000;

/// Warns of minimums that no demand can use, and of products that are dearer to carry than to
/// leave behind.
pub(super) fn warn(instance: &Instance, texts: &Texts, findings: &mut Findings) {
    warn_minimums(instance, texts, findings);
    warn_left_behind(instance, texts, findings);
}

/// The legs that can carry something.
fn legs(instance: &Instance) -> impl Iterator<Item = &Leg> {
    let legs = instance.services.iter().flat_map(|service| &service.legs);
    legs.filter(|leg| leg.unit.limit != Some(0))
}

fn warn_minimums(instance: &Instance, texts: &Texts, findings: &mut Findings) {
    let Some(table) = texts.get("services") else {
        return;
    };
    let paid: Vec<&Leg> = legs(instance)
        .filter(|leg| leg.unit.minimum > 0 && leg.unit.price > Money::ZERO)
        .collect();
    if paid.is_empty() {
        return;
    }
    let mut next: BTreeMap<PlaceId, Vec<PlaceId>> = BTreeMap::new();
    let mut before: BTreeMap<PlaceId, Vec<PlaceId>> = BTreeMap::new();
    for leg in legs(instance) {
        next.entry(leg.origin).or_default().push(leg.destination);
        before.entry(leg.destination).or_default().push(leg.origin);
    }
    let wanted: BTreeSet<(PlaceId, PlaceId)> = instance
        .demands
        .iter()
        .filter(|demand| demand.parcels.0 > 0)
        .map(|demand| (demand.origin, demand.destination))
        .collect();
    for leg in paid {
        // a way passes no place twice
        let from = reached(leg.origin, leg.destination, &before);
        let to = reached(leg.destination, leg.origin, &next);
        let used = |(origin, destination): &(PlaceId, PlaceId)| {
            from.contains(origin) && to.contains(destination)
        };
        if wanted.iter().any(used) {
            continue;
        }
        let id = |place: PlaceId| &instance.places[place.at()].id;
        let message = format!(
            "these units are paid for, and no demand can ride from {} to {}",
            id(leg.origin),
            id(leg.destination)
        );
        let remedy = "remove the service, or correct its places or those of the demand";
        findings.push(
            Finding::new(Code::IdleMinimum, message, remedy)
                .in_file(&table.file)
                .in_row(leg.row as u32)
                .in_column("min_units"),
        );
    }
}

/// The places that `arcs` lead to from `start` without passing `avoided`.
fn reached(
    start: PlaceId,
    avoided: PlaceId,
    arcs: &BTreeMap<PlaceId, Vec<PlaceId>>,
) -> BTreeSet<PlaceId> {
    let mut found = BTreeSet::from([start]);
    let mut open = vec![start];
    while let Some(place) = open.pop() {
        for &next in arcs.get(&place).into_iter().flatten() {
            if next != avoided && found.insert(next) {
                open.push(next);
            }
        }
    }
    found
}

fn warn_left_behind(instance: &Instance, texts: &Texts, findings: &mut Findings) {
    let Some(table) = texts.get("products") else {
        return;
    };
    let mut pairs: BTreeMap<ProductId, BTreeSet<(PlaceId, PlaceId)>> = BTreeMap::new();
    for demand in instance
        .demands
        .iter()
        .filter(|demand| demand.parcels.0 > 0)
    {
        let pairs = pairs.entry(demand.product).or_default();
        pairs.insert((demand.origin, demand.destination));
    }
    for (row, id) in texts.rows_of("products", "product") {
        let product = (0..)
            .zip(&instance.products)
            .find(|(_, known)| known.id == id);
        let Some((at, product)) = product else {
            continue;
        };
        let Some(pairs) = pairs.get(&ProductId(at)) else {
            continue;
        };
        let unserved = product.unserved_per_parcel.amount();
        let Some(least) = cheapest(instance, product, pairs, unserved) else {
            continue;
        };
        let currency = &instance.settings.currency;
        let message = format!(
            "a parcel left behind costs {currency} {unserved}, and space for it on any way at least {currency} {least:.4}, so that nothing is carried"
        );
        let remedy = "check `unserved_per_parcel` and the prices of carriage";
        findings.push(
            Finding::new(Code::CheaperLeftBehind, message, remedy)
                .in_file(&table.file)
                .in_row(row)
                .in_column("unserved_per_parcel"),
        );
    }
}

/// The least that space for a parcel costs on any way of any of the pairs; `None` where a pair has
/// one at no more than `bearable`, where there is none at all, or where too many would have to be
/// looked at.
fn cheapest(
    instance: &Instance,
    product: &Product,
    pairs: &BTreeSet<(PlaceId, PlaceId)>,
    bearable: f64,
) -> Option<f64> {
    let mut arcs: BTreeMap<PlaceId, Vec<(PlaceId, f64)>> = BTreeMap::new();
    for leg in legs(instance) {
        let arc = (leg.destination, space(leg, product));
        arcs.entry(leg.origin).or_default().push(arc);
    }
    let mut by_origin: BTreeMap<PlaceId, Vec<PlaceId>> = BTreeMap::new();
    for (origin, destination) in pairs {
        by_origin.entry(*origin).or_default().push(*destination);
    }
    if by_origin.len() > MOST_SEARCHES {
        return None;
    }
    let mut least = f64::INFINITY;
    for (origin, destinations) in by_origin {
        let costs = costs_from(origin, &arcs);
        for destination in destinations {
            least = least.min(costs.get(&destination).copied().unwrap_or(f64::INFINITY));
            if least <= bearable {
                return None;
            }
        }
    }
    least.is_finite().then_some(least)
}

/// What the space of a parcel costs at least: nothing where units are paid for anyhow.
fn space(leg: &Leg, product: &Product) -> f64 {
    if leg.unit.minimum > 0 {
        return 0.0;
    }
    let share = |of: i64, holds: Option<i64>| holds.map_or(0.0, |holds| of as f64 / holds as f64);
    let by_weight = share(product.weight.0, leg.unit.weight.map(|weight| weight.0));
    let by_volume = share(product.volume.0, leg.unit.volume.map(|volume| volume.0));
    by_weight.max(by_volume) * leg.unit.price.amount()
}

/// The least cost from a place to every place that can be reached.
fn costs_from(
    origin: PlaceId,
    arcs: &BTreeMap<PlaceId, Vec<(PlaceId, f64)>>,
) -> BTreeMap<PlaceId, f64> {
    let mut costs = BTreeMap::from([(origin, 0.0)]);
    // costs are not negative, so that their bits are in their order
    let mut open = BinaryHeap::from([Reverse((0u64, origin))]);
    while let Some(Reverse((bits, place))) = open.pop() {
        let cost = f64::from_bits(bits);
        if costs.get(&place).is_some_and(|known| *known < cost) {
            continue;
        }
        for &(next, price) in arcs.get(&place).into_iter().flatten() {
            let total = cost + price;
            if costs.get(&next).is_none_or(|known| total < *known) {
                costs.insert(next, total);
                open.push(Reverse((total.to_bits(), next)));
            }
        }
    }
    costs
}
