//! Sizes of limits: what they count and what breaking them costs must stay countable.
//!
//! Taken for the worst are plans that nobody would make: all demand rides where it counts most, and
//! everything that is asked for is missing in every period. A parcel counts once for each ride; what
//! nine rides come to is still within 64 bits.

use super::codes::Code;
use super::findings::{Finding, Findings};
use super::model::{Instance, Leg, Limit, Metric, Service, ServiceId, UNIT_SCALE};
use super::sums::{self, MOST, Totals};

/// Limits count in millionths of their metric's unit.
const MILLION: i128 = 1_000_000;

/// Reports rows of which the value or the penalties leave exact arithmetic, and rows from which on
/// the penalties of all limits do.
pub(super) fn check(instance: &Instance, totals: &Totals, findings: &mut Findings) {
    let mut penalties = 0i128;
    for limit in &instance.limits {
        let report = |findings: &mut Findings, column, what| {
            findings.push(too_large(limit, column, what));
        };
        let base = base(limit.metric);
        let bounds = [("min", limit.min), ("max", limit.max)];
        let large = |bound: Option<i64>| i128::from(bound.unwrap_or(0)) * base / MILLION > MOST;
        if let Some((column, _)) = bounds.into_iter().find(|&(_, bound)| large(bound)) {
            report(
                findings,
                column,
                "the bound in the parts in which its metric counts",
            );
            continue;
        }
        let counted = counted(instance, limit, totals);
        if counted * MILLION / base > MOST || counted > MOST {
            report(
                findings,
                "metric",
                "what the limit counts if all demand rides where it counts most",
            );
            continue;
        }
        let missing =
            i128::from(limit.min.unwrap_or(0)) * base / MILLION * periods(instance, limit);
        let asked = i128::from(limit.min_share.unwrap_or(0)) * counted / MILLION;
        let broken = missing + asked + counted;
        let penalty = limit.penalty_per_unit.map_or(0, |penalty| penalty.0);
        penalties += i128::from(penalty) * broken / base;
        if penalties > MOST {
            let what = "the penalties of all limits up to this row, in a plan that breaks them,";
            report(findings, "penalty_per_unit", what);
            return;
        }
    }
    check_floors(instance, totals, findings);
}

/// The small units in one unit of a metric: grams, cubic centimetres, millionths, or billionths of a
/// unit that is sold.
fn base(metric: Metric) -> i128 {
    match metric {
        Metric::Parcels => 1,
        Metric::Kg => 1_000,
        Metric::M3 | Metric::TonneKm | Metric::Co2eKg | Metric::Cost => MILLION,
        Metric::Units => 1_000_000_000,
    }
}

/// How many periods there may be in which something is missing.
fn periods(instance: &Instance, limit: &Limit) -> i128 {
    instance.settings.periods_of_runs(limit.per).into()
}

/// What a limit counts at most, in the small units of its metric, over all periods.
fn counted(instance: &Instance, limit: &Limit, totals: &Totals) -> i128 {
    let legs = || instance.services.iter().flat_map(|service| &service.legs);
    let most = |of: &dyn Fn(&Leg) -> f64| legs().map(of).fold(0.0, f64::max);
    match limit.metric {
        Metric::Parcels => totals.parcels,
        Metric::Kg => totals.grams,
        Metric::M3 => totals.cm3,
        // grams × metres / 1000, and that times milligrams per tonne-kilometre / 10^6
        Metric::TonneKm => (totals.grams as f64 * most(&|leg| leg.km)).ceil() as i128,
        Metric::Co2eKg => {
            let longest = most(&|leg| leg.km * leg.co2e_g_per_tkm);
            (totals.grams as f64 * longest / 1e3).ceil() as i128
        }
        Metric::Units => bought(instance, totals, &|_, units| units * 1_000),
        Metric::Cost => bought(instance, totals, &|leg, units| {
            units * i128::from(leg.unit.price.0) / i128::from(UNIT_SCALE)
        }),
    }
}

/// What all departures buy together, in what `of` makes of millionths of a unit of a leg: for all
/// demand on the leg where that is most, and for hardly anything on all others.
fn bought(instance: &Instance, totals: &Totals, of: &dyn Fn(&Leg, i128) -> i128) -> i128 {
    let legs = |service: &'_ Service| -> (i128, i128) {
        let runs = sums::all_runs(instance, service);
        let freight = service.legs.iter();
        let freight = freight.map(|leg| of(leg, sums::needed(leg, totals)));
        let hardly = service.legs.iter();
        let hardly = hardly.map(|leg| of(leg, sums::hardly_used(leg) * runs));
        (freight.max().unwrap_or(0), hardly.sum())
    };
    let all = instance.services.iter().map(legs);
    let (freight, hardly): (Vec<i128>, Vec<i128>) = all.unzip();
    freight.into_iter().max().unwrap_or(0) + hardly.into_iter().sum::<i128>()
}

/// Reports floors on units that make departures buy so much that its price leaves exact arithmetic.
fn check_floors(instance: &Instance, totals: &Totals, findings: &mut Findings) {
    for limit in &instance.limits {
        if limit.metric != Metric::Units {
            continue;
        }
        let floor = i128::from(limit.min.unwrap_or(0)) * periods(instance, limit);
        // of a share s, s / (1 − s) of what others buy
        let share = i128::from(limit.min_share.unwrap_or(0));
        let others = bought(instance, totals, &|_, units| units);
        let asked = floor + others * share / (MILLION - share).max(1);
        let services = (0u32..).zip(&instance.services);
        let dear = services.flat_map(|(id, service)| {
            let legs = service.legs.iter();
            legs.map(move |leg| (ServiceId(id), service, leg))
        });
        let mut dear = dear.filter(|&(id, service, leg)| {
            let there = leg
                .unit
                .limit
                .map(|all| i128::from(all) * sums::all_runs(instance, service));
            let units = there.map_or(asked, |there| there.min(asked));
            let matches = limit.selector.service.is_none_or(|only| only == id);
            matches && units * i128::from(leg.unit.price.0) / i128::from(UNIT_SCALE) > MOST
        });
        if dear.next().is_some() {
            let column = if limit.min.is_some() {
                "min"
            } else {
                "min_share"
            };
            let what = "the price of the units that the limit asks for";
            findings.push(too_large(limit, column, what));
        }
    }
}

fn too_large(limit: &Limit, column: &'static str, what: &str) -> Finding {
    Finding::new(
        Code::LimitTooLarge,
        format!("{what} leaves exact arithmetic"),
        "correct the bound or the penalty: a penalty above all other costs of a unit is enough, and \
         blank makes the limit hard",
    )
    .in_file("limits.csv")
    .in_row(limit.row as u32)
    .in_column(column)
}
