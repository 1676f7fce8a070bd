//! Plans in whole parcels against the least cost that there is in whole parcels.
//!
//! What is best in whole parcels is the optimum of the arc formulation with every flow, end and
//! unserved amount a whole number. It is proven by HiGHS (`highs`) for the small random instances of
//! the table `optima.csv`, and worked out again by trying everything where that can be done
//! (`enumeration`). What the planner answers is held against the table, all misses at once;
//! `RAILAIR_SEEDS=5..9` asks for some of its seeds.

mod by_hand;
mod enumeration;
#[cfg(feature = "highs")]
mod highs;
mod kinds;
mod table;

use std::path::Path;
use std::time::Instant;

use railair::engine::Options;
use railair::instance::Instance;
use railair::plan::verify::{self, verify_files};
use railair::plan::{Plan, PlanError, Prepared, prepare};
use railair::report::csv::Dialect;
use railair::report::render;
use railair::units::Money;
use rayon::prelude::*;

use crate::generator::write_small_instance;

/// Up to so many parcels every plan must be the best; beyond, nearly every one.
const FEW: i64 = 200;
/// Of the instances of more parcels, one in so many (one of fewer) may miss the optimum ...
const MISSED: usize = 100;
/// ... by at most this share of it.
const NEVER: f64 = 1e-3;

/// Where the search has done all the work that it may before it is there: by how much it misses the
/// optimum at most. Who mends it takes it off.
///
/// Seed 908 is no fault of the search: a limit on units counts them as they are sold, in millionths
/// rounded up, and 24 parcels of 48 to a unit fill half of one only where nothing is rounded.
const KNOWN_MISSES: &[(u64, f64)] = &[
    (38, 2e-3),
    (558, 4e-4),
    (908, 3.4e-2),
    (1114, 4e-3),
    (1587, 2.9e-2),
];

/// What is known of an instance: its least cost in the currency; `None` where hard limits cannot all
/// hold.
type Optimum = Option<f64>;

/// The small instance of a seed; `RAILAIR_KEEP=FOLDER` keeps its tables there, to be looked at.
pub fn small(seed: u64) -> Prepared {
    if let Some(kept) = std::env::var_os("RAILAIR_KEEP") {
        write_small_instance(seed, &Path::new(&kept).join(seed.to_string()));
    }
    let folder = tempfile::tempdir().expect("a folder");
    write_small_instance(seed, folder.path());
    let prepared = prepare(folder.path(), None);
    prepared.unwrap_or_else(|error| panic!("seed {seed}: {error:#?}"))
}

/// How many parcels an instance plans.
fn parcels(prepared: &Prepared) -> i64 {
    let releases = prepared.formulation.program.releases.iter();
    releases.map(|release| release.quantity).sum()
}

/// What floating point makes of an optimum, in the currency.
fn hair(optimum: f64) -> f64 {
    1e-6 * optimum.abs().max(1.0)
}

/// What a plan may cost more than the optimum because units are sold in millionths, in the currency.
///
/// The arc formulation buys any part of a unit; a plan buys millionths, rounded up. So every departure
/// that buys a part of a unit may cost up to a millionth of the unit's price more: of a tonne at 2,051
/// that is 0.002, and on the fourteen departures of a commitment 0.03. The same for work in tiers, for
/// violations and for money itself, which is rounded up to a millionth, is less than 0.002.
fn rounding(plan: &Plan, instance: &Instance) -> f64 {
    let parts = plan
        .departures
        .iter()
        .filter(|row| row.units % 1_000_000 != 0);
    let prices = parts.filter_map(|row| {
        let mut services = instance.services.iter();
        let service = services.find(|service| service.id == row.service)?;
        let leg = service.legs.get(row.leg as usize - 1)?;
        Some(currency(leg.unit.price))
    });
    0.002 + prices.sum::<f64>() / 1e6
}

/// What the planner says of an instance.
#[derive(Clone, Debug)]
enum Answer {
    /// A plan: its cost, the bound that is claimed, what [`rounding`] may have added to it, and what
    /// the checker finds wrong with it.
    Plan {
        cost: Money,
        bound: Option<Money>,
        rounding: f64,
        wrong: Vec<String>,
    },
    /// Hard limits cannot all hold.
    Infeasible,
    /// Neither.
    Nothing(String),
}

impl Answer {
    fn of(prepared: &Prepared) -> Self {
        match prepared.solve(&Options::default()) {
            // the optimum is that of all, what competes after the planned weeks included
            Ok(plan) => Self::Plan {
                cost: plan.run.cost + plan.run.totals.tail_cost,
                bound: (plan.run.bound).map(|bound| bound + plan.run.totals.tail_cost),
                rounding: rounding(&plan, &prepared.instance),
                wrong: failures(&plan, prepared),
            },
            Err(PlanError::Infeasible { .. } | PlanError::InfeasibleWhole { .. }) => {
                Self::Infeasible
            }
            Err(error) => Self::Nothing(error.to_string()),
        }
    }

    /// Everything that must hold of every answer; how near plans are to the optimum is for
    /// [`Judged::excess`].
    fn objections(&self, optimum: Optimum) -> Vec<String> {
        let (cost, bound, wrong) = match (self, optimum) {
            (Self::Infeasible, None) => return Vec::new(),
            (
                Self::Plan {
                    cost, bound, wrong, ..
                },
                _,
            ) => (*cost, *bound, wrong),
            (Self::Infeasible, Some(_)) => return vec!["no plan where there is one".to_owned()],
            (Self::Nothing(said), _) => return vec![said.clone()],
        };
        let mut said = wrong.clone();
        if bound.is_none_or(|bound| bound > cost) {
            said.push("not proven, or proven to cost more".to_owned());
        }
        match optimum {
            None => said.push("a plan where there is none".to_owned()),
            Some(optimum) => {
                if bound.is_some_and(|bound| currency(bound) > optimum + hair(optimum)) {
                    said.push("a bound above the optimum".to_owned());
                }
                if currency(cost) < optimum - hair(optimum) {
                    said.push("cheaper than the optimum".to_owned());
                }
            }
        }
        said
    }
}

fn currency(money: Money) -> f64 {
    money.0 as f64 / 1e6
}

/// What the checker finds wrong with a plan as it would be written.
fn failures(plan: &Plan, prepared: &Prepared) -> Vec<String> {
    let files = render(plan, Dialect::Plain).expect("tables");
    let found = verify_files(&files, &prepared.instance, &verify::Options::default());
    let found = found.expect("a plan that can be read");
    let said = found.failures.iter();
    said.map(|f| format!("{} {:?} {}: {}", f.table, f.row, f.key, f.message))
        .collect()
}

/// An instance with its answer.
struct Judged {
    seed: u64,
    parcels: i64,
    optimum: Optimum,
    answer: Answer,
    seconds: f64,
}

impl Judged {
    fn of(seed: u64, optimum: Optimum, prepared: &Prepared) -> Self {
        let begun = Instant::now();
        let answer = Answer::of(prepared);
        Self {
            seed,
            parcels: parcels(prepared),
            optimum,
            answer,
            seconds: begun.elapsed().as_secs_f64(),
        }
    }

    fn is_large(&self) -> bool {
        self.parcels > FEW
    }

    /// How much dearer than the optimum a plan is, beyond what is tolerated; a share of it.
    fn excess(&self) -> Option<f64> {
        let (Answer::Plan { cost, rounding, .. }, Some(optimum)) = (&self.answer, self.optimum)
        else {
            return None;
        };
        let more = currency(*cost) - optimum;
        (more > rounding + hair(optimum)).then(|| more / optimum.abs().max(1e-6))
    }

    /// What no answer may be.
    fn objections(&self) -> Vec<String> {
        let mut said = self.answer.objections(self.optimum);
        let known = KNOWN_MISSES.iter().find(|(seed, _)| *seed == self.seed);
        if known.is_some() && self.excess().is_none() {
            said.push("this no longer misses".to_owned());
        }
        let allowed = match (known, self.is_large()) {
            (Some(&(_, known)), _) => known,
            (None, true) => NEVER,
            (None, false) => 0.0,
        };
        if let Some(excess) = self.excess()
            && excess > allowed
        {
            said.push(format!("{:.4} % dearer than the optimum", 100.0 * excess));
        }
        said
    }

    /// The instance and what is wrong, on a line.
    fn line(&self, said: &[String]) -> String {
        let figures = match (&self.answer, self.optimum) {
            (Answer::Plan { cost, bound, .. }, Some(optimum)) => format!(
                "cost {:.6}, optimum {optimum:.6}, bound {:.6}",
                currency(*cost),
                bound.map_or(f64::NEG_INFINITY, currency)
            ),
            (answer, optimum) => format!("{answer:?}, optimum {optimum:?}"),
        };
        let Self {
            seed,
            parcels,
            seconds,
            ..
        } = self;
        let said = said.join("; ");
        format!("seed {seed}, {parcels} parcels, {seconds:.1} s: {figures}: {said}")
    }
}

/// Holds every answer against what is known, and says all that is wrong at once.
fn assert_all(mut judged: Vec<Judged>) {
    judged.sort_by_key(|one| one.seed);
    let mut wrong: Vec<String> = (judged.iter())
        .map(|one| (one, one.objections()))
        .filter(|(_, said)| !said.is_empty())
        .map(|(one, said)| one.line(&said))
        .collect();
    let large: Vec<&Judged> = judged.iter().filter(|one| one.is_large()).collect();
    let near = |one: &&&Judged| one.excess().is_some_and(|excess| excess <= NEVER);
    let missed: Vec<&&Judged> = large.iter().filter(near).collect();
    for one in &missed {
        println!("{}", one.line(&["near the optimum".to_owned()]));
    }
    if missed.len() * MISSED > large.len().max(MISSED) {
        wrong.push(format!(
            "{} of {} instances of many parcels miss the optimum",
            missed.len(),
            large.len()
        ));
    }
    let slowest = judged.iter().max_by(|a, b| a.seconds.total_cmp(&b.seconds));
    if let Some(slowest) = slowest {
        let (seed, seconds) = (slowest.seed, slowest.seconds);
        println!(
            "{} instances, {} of many parcels; the slowest, seed {seed}, took {seconds:.1} s",
            judged.len(),
            large.len()
        );
    }
    assert!(
        wrong.is_empty(),
        "{} misses:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

#[test]
fn plans_cost_what_the_best_in_whole_parcels_do() {
    let known = table::asked_for();
    let judged = known.into_par_iter();
    assert_all(
        judged
            .map(|(seed, optimum)| Judged::of(seed, optimum, &small(seed)))
            .collect(),
    );
}

/// A share of all units that leaves room for none, beside a minimum of one: the price of what is short
/// leaves exact arithmetic, and what is looked for with it is found with a lower one.
#[test]
fn prices_beyond_exact_arithmetic_end_no_search() {
    let answer = Answer::of(&small(730));
    assert!(matches!(answer, Answer::Infeasible), "{answer:?}");
}
