//! The table `limits`: what every policy limit comes to in every period.
//!
//! S is what the departures that match all selectors count, T what all departures count of the
//! parcels that match product, origin and destination, both in small units
//! ([`counting::base`]); `program::formulation` says when what counts.

use std::collections::BTreeMap;

use crate::instance::{Demand, Horizon, Instance, Limit, LimitId, Metric, Period, Product};
use crate::network::{Calendar, Departure, Network, selects};
use crate::program::formulation::{costs, counting};
use crate::units::{Money, Parcels, divide_to_nearest};

use super::itinerary::Itinerary;
use super::rows::LimitRow;
use super::space::{self, Bought};
use super::worth::Worth;

/// One: the scale of limits and of what they come to.
const MILLION: i128 = 1_000_000;

/// S and T of every limit and period, in millionths of the small units.
#[derive(Debug, Default)]
pub struct Counts(BTreeMap<(u32, i32), [i128; 2]>);

impl Counts {
    /// Counts parcels on a way.
    pub fn ship(
        &mut self,
        (instance, calendar, network): (&Instance, &Calendar, &Network),
        (demand, product): (&Demand, &Product),
        itinerary: &Itinerary,
        parcels: Parcels,
    ) {
        for (index, limit) in (0u32..).zip(&instance.limits) {
            if !counts_demand(limit, demand) {
                continue;
            }
            let boards = limit.counts_boardings();
            let only = match limit.counts_main_hauls() {
                true => itinerary.main_ride(instance, network),
                false => None,
            };
            let mut matched_before = false;
            for (at, ride) in itinerary.rides.iter().enumerate() {
                if only.is_some_and(|main| main != at) {
                    continue;
                }
                let departure = &network.departures[ride.departure.at()];
                let leg = space::leg(instance, departure);
                let matched = matches(instance, limit, departure);
                let stays = boards && !ride.boards;
                let in_s = matched && !(stays && matched_before);
                matched_before = matched;
                let by_unit = is_bought(limit) && !costs::is_sold_by_the_parcel(&leg.unit);
                let Some((period, _)) = period(instance, calendar, limit, departure) else {
                    continue;
                };
                if by_unit || (stays && !in_s) {
                    continue;
                }
                let each = counting::per_parcel(limit.metric, leg, product);
                let amount = each * i128::from(parcels.0) * MILLION;
                let sums = self.0.entry((index, period)).or_default();
                sums[0] += if in_s { amount } else { 0 };
                sums[1] += if stays { 0 } else { amount };
            }
        }
    }

    /// Counts what is bought, for limits on units and cost.
    pub fn buy(
        &mut self,
        instance: &Instance,
        calendar: &Calendar,
        network: &Network,
        bought: &[Bought],
    ) {
        for (index, limit) in (0u32..).zip(&instance.limits) {
            if !is_bought(limit) {
                continue;
            }
            for (departure, bought) in network.departures.iter().zip(bought) {
                let leg = space::leg(instance, departure);
                if costs::is_sold_by_the_parcel(&leg.unit) {
                    continue;
                }
                let Some((period, _)) = period(instance, calendar, limit, departure) else {
                    continue;
                };
                // units are counted in millionths, and money before it is rounded up to be paid
                let per_unit = match limit.metric {
                    Metric::Cost => leg.unit.price.0,
                    _ => counting::PER_UNIT,
                };
                let amount = i128::from(bought.units) * i128::from(per_unit);
                let sums = self.0.entry((index, period)).or_default();
                sums[1] += amount;
                if matches(instance, limit, departure) {
                    sums[0] += amount;
                }
            }
        }
    }

    /// A row for every limit in every planned period, and in others that count something.
    pub fn rows(&self, instance: &Instance, calendar: &Calendar, worth: &Worth) -> Vec<LimitRow> {
        let mut rows = Vec::new();
        for (index, limit) in (0u32..).zip(&instance.limits) {
            let planned = planned_periods(instance, limit);
            let counted = self.0.range((index, i32::MIN)..=(index, i32::MAX));
            let others = counted.map(|(&(_, period), _)| period);
            let others = others.filter(|period| !(0..planned).contains(period));
            for period in (0..planned).chain(others) {
                let sums = self.0.get(&(index, period)).copied().unwrap_or_default();
                let price = worth.limit(LimitId(index), period);
                let name = match limit.per {
                    Period::Day => calendar.day_text(period),
                    Period::Week => calendar.day_text(period * 7),
                    Period::Horizon => "horizon".to_owned(),
                };
                rows.push(row(
                    limit,
                    name,
                    sums,
                    (0..planned).contains(&period),
                    price,
                ));
            }
        }
        rows
    }
}

fn row(limit: &Limit, period: String, [s, t]: [i128; 2], planned: bool, price: Money) -> LimitRow {
    let base = i128::from(counting::base(limit.metric));
    // a share of millionths counts in millionths of these
    let s = s * MILLION;
    let share = |share: i64| i128::from(share) * t;
    // a hard bound between two amounts is the one that keeps it
    let hard = limit.penalty_per_unit.is_none();
    let at_most = |bound: i128| match hard {
        true => (bound * base).div_euclid(MILLION) * MILLION * MILLION,
        false => bound * base * MILLION,
    };
    let least = [
        limit.min.map(|min| -at_most(-i128::from(min))),
        limit.min_share.map(share),
    ];
    let most = [
        limit.max.map(|max| at_most(max.into())),
        limit.max_share.map(share),
    ];
    // Nobody is planned to reach a minimum after the planned weeks.
    let least = least.into_iter().flatten().filter(|_| planned);
    let short: i128 = least.clone().map(|min| (min - s).max(0)).sum();
    let over: i128 = most.into_iter().flatten().map(|max| (s - max).max(0)).sum();
    let (least, most) = (least.max(), most.into_iter().flatten().min());
    let slack = [least.map(|min| s - min), most.map(|max| max - s)];
    let slack = slack.into_iter().flatten().min().unwrap_or(0);
    let narrow = |value: i128| i64::try_from(value).unwrap_or(i64::MAX);
    let millionths = |value: i128| narrow(divide_to_nearest(value, base * MILLION));
    let violation = short + over;
    // what is left of a small unit counts as one part of it more, if anything
    let parts = -(-violation).div_euclid(MILLION);
    let penalty = limit
        .penalty_per_unit
        .map_or(0, |money| i128::from(money.0));
    let scale = base * MILLION;
    LimitRow {
        limit: limit.id.clone(),
        period,
        metric: limit.metric,
        value: millionths(s),
        min: least.map(millionths),
        max: most.map(millionths),
        slack: millionths(slack),
        violation: millionths(violation),
        cost: Money(narrow((penalty * parts + scale - 1).div_euclid(scale))),
        shadow_price: price,
        range: None,
    }
}

/// Whether parcels of a demand count.
fn counts_demand(limit: &Limit, demand: &Demand) -> bool {
    limit
        .selector
        .product
        .is_none_or(|only| only == demand.product)
        && limit.origin.is_none_or(|only| only == demand.origin)
        && limit
            .destination
            .is_none_or(|only| only == demand.destination)
}

/// Whether it counts what is bought rather than what parcels need.
fn is_bought(limit: &Limit) -> bool {
    matches!(limit.metric, Metric::Units | Metric::Cost)
        && limit.selector.product.is_none()
        && limit.origin.is_none()
        && limit.destination.is_none()
}

fn matches(instance: &Instance, limit: &Limit, departure: &Departure) -> bool {
    let service = &instance.services[departure.service.at()];
    let leg = &service.legs[departure.leg as usize];
    selects(&limit.selector, departure.service, service, leg)
}

/// The period that a departure counts in, and whether it is a planned one; `None` where it counts
/// in none.
fn period(
    instance: &Instance,
    calendar: &Calendar,
    limit: &Limit,
    departure: &Departure,
) -> Option<(i32, bool)> {
    let leg = space::leg(instance, departure);
    let mut day = calendar.day(leg.origin, departure.departs);
    if calendar.horizon() == Horizon::TypicalWeek {
        day = day.rem_euclid(7);
    }
    let planned = (0..instance.settings.weeks as i32 * 7).contains(&day);
    match limit.per {
        Period::Day => Some((day, planned)),
        Period::Week => Some((day.div_euclid(7), planned)),
        Period::Horizon => planned.then_some((0, true)),
    }
}

fn planned_periods(instance: &Instance, limit: &Limit) -> i32 {
    let weeks = instance.settings.weeks as i32;
    match limit.per {
        Period::Day => weeks * 7,
        Period::Week => weeks,
        Period::Horizon => 1,
    }
}
