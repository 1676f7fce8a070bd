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

/// What a limit counts in a period, in millionths of the small units.
#[derive(Clone, Copy, Debug, Default)]
struct Sums {
    /// S, of the planned weeks.
    s: i128,
    /// T, of the planned weeks.
    t: i128,
    /// S with what competes after the planned weeks, which `max` counts too.
    room: i128,
}

/// The sums of every limit and period.
#[derive(Debug, Default)]
pub struct Counts(BTreeMap<(u32, i32), Sums>);

impl Counts {
    /// Counts parcels on a way.
    pub fn ship(
        &mut self,
        (instance, calendar, network): (&Instance, &Calendar, &Network),
        (demand, product, reported): (&Demand, &Product, bool),
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
                let s = if in_s { amount } else { 0 };
                sums.room += s;
                if reported {
                    sums.s += s;
                    sums.t += if stays { 0 } else { amount };
                }
            }
        }
    }

    /// Counts what is bought for the planned weeks, and for all, for limits on units and cost.
    pub fn buy(
        &mut self,
        instance: &Instance,
        calendar: &Calendar,
        network: &Network,
        (planned, all): (&[Bought], &[Bought]),
    ) {
        for (index, limit) in (0u32..).zip(&instance.limits) {
            if !is_bought(limit) {
                continue;
            }
            let bought = planned.iter().zip(all);
            for (departure, (planned, all)) in network.departures.iter().zip(bought) {
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
                let amount = |bought: &Bought| i128::from(bought.units) * i128::from(per_unit);
                let sums = self.0.entry((index, period)).or_default();
                sums.t += amount(planned);
                if matches(instance, limit, departure) {
                    sums.s += amount(planned);
                    sums.room += amount(all);
                }
            }
        }
    }

    /// What all limits cost that are broken, with what competes after the planned weeks.
    pub fn penalties(&self, instance: &Instance) -> Money {
        let cost = |(&(index, period), sums): (&(u32, i32), &Sums)| {
            let limit = &instance.limits[index as usize];
            let planned = (0..instance.settings.periods_of_runs(limit.per)).contains(&period);
            Standing::new(limit, *sums, planned, sums.room).cost(limit)
        };
        // in a planned period in which nothing counts a minimum is broken, too
        let mut all = self.0.clone();
        for (index, limit) in (0u32..).zip(&instance.limits) {
            for period in 0..instance.settings.periods_of_runs(limit.per) {
                all.entry((index, period)).or_default();
            }
        }
        all.iter().map(cost).sum()
    }

    /// A row for every limit in every planned period, and in others that count something.
    pub fn rows(&self, instance: &Instance, calendar: &Calendar, worth: &Worth) -> Vec<LimitRow> {
        let mut rows = Vec::new();
        for (index, limit) in (0u32..).zip(&instance.limits) {
            let planned = instance.settings.periods_of_runs(limit.per);
            let counted = self.0.range((index, i32::MIN)..=(index, i32::MAX));
            let others = counted.filter(|(_, sums)| sums.s != 0 || sums.t != 0);
            let others = others.map(|(&(_, period), _)| period);
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

/// Where a limit stands in a period, everything in millionths of millionths of its small units.
struct Standing {
    value: i128,
    /// The highest of the bounds from below.
    least: Option<i128>,
    /// The lowest of the bounds from above.
    most: Option<i128>,
    /// What is missing or too much, over all bounds.
    violation: i128,
}

impl Standing {
    /// Where a limit stands of which `max` counts `room`.
    fn new(limit: &Limit, sums: Sums, planned: bool, room: i128) -> Self {
        let base = i128::from(counting::base(limit.metric));
        // a share of millionths counts in millionths of these
        let (s, room) = (sums.s * MILLION, room * MILLION);
        let share = |share: i64| i128::from(share) * sums.t;
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
        // Nobody is planned to reach a minimum after the planned weeks.
        let least = least.into_iter().flatten().filter(|_| planned);
        let max = limit.max.map(|max| at_most(max.into()));
        let max_share = limit.max_share.map(share);
        let short: i128 = least.clone().map(|min| (min - s).max(0)).sum();
        let over = max.map_or(0, |max| (room - max).max(0));
        let over = over + max_share.map_or(0, |max| (s - max).max(0));
        Self {
            value: s,
            least: least.max(),
            most: max.into_iter().chain(max_share).min(),
            violation: short + over,
        }
    }

    /// What the violation costs, rounded up to a millionth.
    fn cost(&self, limit: &Limit) -> Money {
        // what is left of a small unit counts as one part of it more, if anything
        let parts = -(-self.violation).div_euclid(MILLION);
        let penalty = limit
            .penalty_per_unit
            .map_or(0, |money| i128::from(money.0));
        let scale = i128::from(counting::base(limit.metric)) * MILLION;
        Money(narrow((penalty * parts + scale - 1).div_euclid(scale)))
    }
}

fn narrow(value: i128) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

fn row(limit: &Limit, period: String, sums: Sums, planned: bool, price: Money) -> LimitRow {
    let standing = Standing::new(limit, sums, planned, sums.s);
    let Standing {
        value,
        least,
        most,
        violation,
    } = standing;
    let base = i128::from(counting::base(limit.metric));
    let slack = [least.map(|min| value - min), most.map(|max| max - value)];
    let slack = slack.into_iter().flatten().min().unwrap_or(0);
    let millionths = |value: i128| narrow(divide_to_nearest(value, base * MILLION));
    LimitRow {
        limit: limit.id.clone(),
        period,
        metric: limit.metric,
        value: millionths(value),
        min: least.map(millionths),
        max: most.map(millionths),
        slack: millionths(slack),
        violation: millionths(violation),
        cost: standing.cost(limit),
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
    if !departure.reported {
        return None;
    }
    let leg = space::leg(instance, departure);
    let mut day = calendar.day(leg.origin, departure.departs);
    if calendar.horizon() == Horizon::TypicalWeek {
        day = day.rem_euclid(7);
    }
    let planned = instance.settings.days_of_runs().contains(&day);
    match limit.per {
        Period::Day => Some((day, planned)),
        Period::Week => Some((day.div_euclid(7), planned)),
        Period::Horizon => Some((0, true)),
    }
}
