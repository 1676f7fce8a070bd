//! Policy limits.
//!
//! A limit counts a metric over departures, by the local day on which each leaves, per day, week
//! or horizon. With S what the departures that match all selectors count, T
//! what all departures count of the parcels that match product, origin and destination, p / q a
//! share in lowest terms, and z a violation in the metric's unit (none where the limit is hard):
//!
//! | bound | row |
//! |---|---|
//! | min | −S − B z ≤ −min |
//! | max | S − B z ≤ max |
//! | min_share | p T − q S − q B z ≤ 0 |
//! | max_share | q S − p T − q B z ≤ 0 |
//!
//! B is how many of the row's units make one of the metric: 1 for parcels, grams per kg, cm³ per
//! m³, millionths of a tonne-kilometre, milligrams per kg of CO₂e, billionths of a unit,
//! millionths of money. Amounts per parcel are rounded to the nearest of these. A hard bound between
//! two of them is the nearer one that keeps it: at most 100.7 parcels are 100, at least 100.2 are
//! 101. A soft one is exact, as its violation costs money: its row is multiplied to make it whole.
//!
//! A limit that counts main hauls counts a parcel once, on the ride that the network marks as the
//! main haul of its way (see `network::hauls`). Of the others that count what is aboard,
//! parcels, kg and m3 count where parcels board: where they are loaded, or where they stay aboard
//! for a leg that matches after one that does not. Getting off where nothing is handled and boarding
//! the next leg of the same run is no boarding: the network has no such way (see `network::layout`),
//! or a minimum could be reached on paper. Tonne-kilometres and CO₂e count on rides. Units and cost
//! count what is bought, commitments included; for a limit on a product, origin or
//! destination, and for units sold by the parcel, each parcel counts what it needs:
//! max(w / W, v / V) units. Freight of bookings never counts.
//!
//! What counts are runs whose leg 1 is scheduled to leave in the planned weeks, all their legs, and
//! of the parcels aboard those of the planned weeks; in `max` those count too that only compete for
//! space, since they take room. A leg of such a run that leaves after the planned weeks counts in a
//! period of its own, which has its maxima, but no minima: nobody is planned to reach them.

use std::collections::BTreeMap;

use super::build::{Builder, greatest_common_divisor, narrow};
use super::{
    Class, ColumnMeaning, DepartureRows, FormulationError, Limited, Side, costs, counting,
};
use crate::instance::{Horizon, Leg, Limit, LimitId, Metric, Period};
use crate::network::{Departure, DepartureId, FULL, selects};
use crate::program::{Column, Use};
use crate::units::Money;

/// What boarding and riding each departure takes from limits.
#[derive(Debug, Default)]
pub(super) struct LimitUses {
    boarding: Vec<Vec<Use>>,
    riding: Vec<Vec<Use>>,
    /// What riding it as the main haul takes.
    hauling: Vec<Vec<Use>>,
    /// For limits on boarding: what a departure that matches takes from those who stay aboard.
    joining: Vec<Vec<(LimitId, Use)>>,
    /// For limits on boarding: which of them a departure matches.
    matching: Vec<Vec<LimitId>>,
    /// What a bought unit of a departure counts: rows and amounts.
    pub(super) units: Vec<Vec<(u32, i64)>>,
}

impl LimitUses {
    pub(super) fn boarding(&self, id: DepartureId) -> &[Use] {
        self.boarding.get(id.at()).map_or(&[], Vec::as_slice)
    }

    pub(super) fn riding(&self, id: DepartureId) -> &[Use] {
        self.riding.get(id.at()).map_or(&[], Vec::as_slice)
    }

    /// What riding a departure as the main haul takes.
    pub(super) fn hauling(&self, id: DepartureId) -> &[Use] {
        self.hauling.get(id.at()).map_or(&[], Vec::as_slice)
    }

    /// What staying aboard from one leg to the next takes: from limits that only the next matches.
    pub(super) fn staying(&self, from: DepartureId, to: DepartureId) -> impl Iterator<Item = Use> {
        let counted = self.matching.get(from.at()).map_or(&[][..], Vec::as_slice);
        let joining = self.joining.get(to.at()).map_or(&[][..], Vec::as_slice);
        let new = joining.iter().filter(|(limit, _)| !counted.contains(limit));
        new.map(|&(_, usage)| usage)
    }
}

/// A limit with what its rows have in common.
struct Counted<'a> {
    id: LimitId,
    limit: &'a Limit,
    /// B.
    base: i64,
    /// The rows by bound and period.
    rows: BTreeMap<(Side, i32), Open>,
}

/// A row before it is numbered.
#[derive(Default)]
struct Open {
    /// What commitments put into the row, in millionths of its unit.
    constant: i128,
    /// What columns put into it.
    columns: Vec<(u32, i128)>,
    /// What a bought unit of a departure would put into it.
    units: Vec<(DepartureId, i128)>,
    /// Whether some departure matches all selectors.
    matched: bool,
}

/// S and T with their signs: the row is s S + t T.
#[derive(Clone, Copy)]
struct Weights {
    s: i64,
    t: i64,
}

/// Adds the rows and violations of all limits.
pub(super) fn add(
    builder: &mut Builder,
    departures: &[DepartureRows],
) -> Result<LimitUses, FormulationError> {
    let count = if builder.instance.limits.is_empty() {
        0
    } else {
        departures.len()
    };
    let mut uses = LimitUses {
        boarding: vec![Vec::new(); count],
        riding: vec![Vec::new(); count],
        hauling: vec![Vec::new(); count],
        joining: vec![Vec::new(); count],
        matching: vec![Vec::new(); count],
        units: vec![Vec::new(); count],
    };
    let instance = builder.instance;
    for (index, limit) in (0u32..).zip(&instance.limits) {
        let mut counted = Counted {
            id: LimitId(index),
            limit,
            base: counting::base(limit.metric),
            rows: BTreeMap::new(),
        };
        counted.open_planned(builder);
        counted.collect(builder, departures);
        let rows = counted.close(builder, &mut uses.units)?;
        counted.use_rows(builder, departures, &rows, &mut uses)?;
    }
    Ok(uses)
}

impl Counted<'_> {
    fn sides(&self) -> Vec<Side> {
        let limit = self.limit;
        [
            (Side::Min, limit.min),
            (Side::Max, limit.max),
            (Side::MinShare, limit.min_share),
            (Side::MaxShare, limit.max_share),
        ]
        .into_iter()
        .filter_map(|(side, bound)| bound.map(|_| side))
        .collect()
    }

    fn weights(&self, side: Side) -> Weights {
        let (p, q) = match side {
            Side::MinShare => lowest_terms(self.limit.min_share.unwrap_or(0)),
            Side::MaxShare => lowest_terms(self.limit.max_share.unwrap_or(0)),
            Side::Min | Side::Max => (0, self.multiple(side)),
        };
        match side {
            Side::Min | Side::MinShare => Weights { s: -q, t: p },
            Side::Max | Side::MaxShare => Weights { s: q, t: -p },
        }
    }

    /// By how much a soft bound is multiplied to be a whole number; a hard one is rounded.
    fn multiple(&self, side: Side) -> i64 {
        match self.limit.penalty_per_unit {
            None => 1,
            Some(_) => {
                let rest = (self.bound(side) % i128::from(FULL)) as i64;
                FULL / greatest_common_divisor(FULL, rest)
            }
        }
    }

    /// The amount of a bound, in millionths of the metric's small units.
    fn bound(&self, side: Side) -> i128 {
        let bound = match side {
            Side::Min => self.limit.min,
            Side::Max => self.limit.max,
            Side::MinShare | Side::MaxShare => None,
        };
        i128::from(bound.unwrap_or(0)) * i128::from(self.base)
    }

    /// The right-hand side of a row without commitments.
    fn right(&self, side: Side) -> i128 {
        let exact = self.bound(side) * i128::from(self.multiple(side));
        match side {
            Side::Min => (-exact).div_euclid(i128::from(FULL)),
            Side::Max => exact.div_euclid(i128::from(FULL)),
            Side::MinShare | Side::MaxShare => 0,
        }
    }

    /// Minima hold in every planned period, whatever runs in it.
    fn open_planned(&mut self, builder: &Builder) {
        if self.limit.min.is_none() {
            return;
        }
        let settings = &builder.instance.settings;
        for period in 0..settings.periods_of_runs(self.limit.per) {
            self.rows.entry((Side::Min, period)).or_default();
        }
    }

    /// Opens the rows that departures come into, and what columns and commitments put into them.
    fn collect(&mut self, builder: &Builder, departures: &[DepartureRows]) {
        let network = builder.network;
        let bought = self.is_bought();
        for (index, (departure, rows)) in network.departures.iter().zip(departures).enumerate() {
            let Some((period, planned)) = self.period(builder, departure) else {
                continue;
            };
            let matches = self.matches(builder, departure);
            for side in self.sides() {
                let minimum = matches!(side, Side::Min | Side::MinShare);
                let weights = self.weights(side);
                let weight = weights.t + if matches { weights.s } else { 0 };
                if weight == 0 || (minimum && !planned) {
                    continue;
                }
                let (_, leg) = builder.leg(departure);
                let (per_unit, committed) = self.purchase(leg, rows);
                let open = self.rows.entry((side, period)).or_default();
                open.matched |= matches;
                if bought && !costs::is_sold_by_the_parcel(&leg.unit) {
                    open.constant += i128::from(weight) * committed;
                    let amount = i128::from(weight) * i128::from(per_unit);
                    open.units.push((DepartureId(index as u32), amount));
                    if let Some(column) = rows.column {
                        open.columns.push((column, amount));
                    }
                }
            }
        }
    }

    /// What a bought unit counts, and what the commitment does in millionths of that.
    fn purchase(&self, leg: &Leg, rows: &DepartureRows) -> (i64, i128) {
        let per_unit = match self.limit.metric {
            Metric::Cost => leg.unit.price.0,
            _ => counting::PER_UNIT,
        };
        let committed = i128::from(per_unit) * i128::from(rows.offer.minimum);
        (per_unit, committed)
    }

    /// Whether it counts what is bought rather than what parcels need.
    fn is_bought(&self) -> bool {
        matches!(self.limit.metric, Metric::Units | Metric::Cost)
            && self.limit.selector.product.is_none()
            && self.limit.origin.is_none()
            && self.limit.destination.is_none()
    }

    /// Numbers the rows and adds violations.
    fn close(
        &mut self,
        builder: &mut Builder,
        units: &mut [Vec<(u32, i64)>],
    ) -> Result<BTreeMap<(Side, i32), u32>, FormulationError> {
        let limit = self.limit;
        let name = || format!("limit {}", limit.id);
        let mut numbers = BTreeMap::new();
        for (&(side, period), open) in &self.rows {
            if side == Side::MaxShare && !open.matched {
                continue;
            }
            let what = Limited::Limit {
                limit: self.id,
                side,
                period,
            };
            let scale = i128::from(self.weights(side).s.abs());
            let per_unit = narrow(i128::from(self.base) * scale, &name)?;
            // what is committed counts for no more than it is, and against it for no less
            let committed = -(-open.constant).div_euclid(i128::from(FULL));
            let upper = narrow(self.right(side) - committed, &name)?;
            let row = builder.add_row(what, per_unit, upper);
            // departures that a commitment binds together share a column
            let mut amounts: BTreeMap<u32, i128> = BTreeMap::new();
            for &(column, amount) in &open.columns {
                *amounts.entry(column).or_default() += amount;
            }
            for (column, amount) in amounts {
                let entry = (row, narrow(amount, &name)?);
                builder.program.columns[column as usize].entries.push(entry);
            }
            for &(departure, amount) in &open.units {
                units[departure.at()].push((row, narrow(amount, &name)?));
            }
            if let Some(Money(cost)) = limit.penalty_per_unit {
                let meaning = ColumnMeaning::Violation {
                    limit: self.id,
                    side,
                    period,
                };
                let column = Column {
                    cost,
                    entries: vec![(row, -per_unit)],
                    ..Column::default()
                };
                builder.add_column(meaning, column);
            }
            numbers.insert((side, period), row);
        }
        Ok(numbers)
    }

    fn use_rows(
        &self,
        builder: &mut Builder,
        departures: &[DepartureRows],
        numbers: &BTreeMap<(Side, i32), u32>,
        uses: &mut LimitUses,
    ) -> Result<(), FormulationError> {
        let network = builder.network;
        let boards = self.limit.counts_boardings();
        let hauls = self.limit.counts_main_hauls();
        for index in 0..departures.len() {
            let departure = &network.departures[index];
            let Some((period, _)) = self.period(builder, departure) else {
                continue;
            };
            let matches = self.matches(builder, departure);
            let (_, leg) = builder.leg(departure);
            if self.is_bought() && !costs::is_sold_by_the_parcel(&leg.unit) {
                continue;
            }
            if boards && matches {
                uses.matching[index].push(self.id);
            }
            for side in self.sides() {
                let Some(&row) = numbers.get(&(side, period)) else {
                    continue;
                };
                let weights = self.weights(side);
                let all = weights.t + if matches { weights.s } else { 0 };
                let list = match (hauls, boards) {
                    (true, _) => &mut uses.hauling[index],
                    (false, true) => &mut uses.boarding[index],
                    (false, false) => &mut uses.riding[index],
                };
                if all != 0 {
                    list.push(self.usage(builder, leg, row, (side, all))?);
                }
                if boards && matches {
                    let usage = self.usage(builder, leg, row, (side, weights.s))?;
                    uses.joining[index].push((self.id, usage));
                }
            }
        }
        Ok(())
    }

    fn usage(
        &self,
        builder: &mut Builder,
        leg: &Leg,
        row: u32,
        (side, weight): (Side, i64),
    ) -> Result<Use, FormulationError> {
        let name = || format!("limit {}", self.limit.id);
        let instance = builder.instance;
        let amounts = builder.classes.iter().map(|class| {
            let counts = self.counts(class) && (side == Side::Max || !class.later);
            let product = &instance.products[class.product.at()];
            let amount = if counts {
                counting::per_parcel(self.limit.metric, leg, product)
            } else {
                0
            };
            narrow(i128::from(weight) * amount, &name)
        });
        let amounts = amounts.collect::<Result<Vec<i64>, _>>()?;
        Ok(builder.use_of(row, amounts))
    }

    /// Whether parcels of a class count. Classes know the origins and destinations of limits.
    fn counts(&self, class: &Class) -> bool {
        let limit = self.limit;
        limit
            .selector
            .product
            .is_none_or(|only| only == class.product)
            && (limit.origin.is_none() || limit.origin == class.origin)
            && (limit.destination.is_none() || limit.destination == class.destination)
    }

    /// The period that a departure counts in, and whether it is a planned one; `None` if it
    /// counts in none.
    fn period(&self, builder: &Builder, departure: &Departure) -> Option<(i32, bool)> {
        if !departure.reported {
            return None;
        }
        let (_, leg) = builder.leg(departure);
        let mut day = builder.calendar.day(leg.origin, departure.departs);
        if builder.calendar.horizon() == Horizon::TypicalWeek {
            day = day.rem_euclid(7);
        }
        let planned = builder.instance.settings.days_of_runs().contains(&day);
        match self.limit.per {
            Period::Day => Some((day, planned)),
            Period::Week => Some((day.div_euclid(7), planned)),
            Period::Horizon => Some((0, true)),
        }
    }

    fn matches(&self, builder: &Builder, departure: &Departure) -> bool {
        let (service, leg) = builder.leg(departure);
        selects(&self.limit.selector, departure.service, service, leg)
    }
}

fn lowest_terms(millionths: i64) -> (i64, i64) {
    let divisor = greatest_common_divisor(FULL, millionths.max(0));
    (millionths / divisor, FULL / divisor)
}
