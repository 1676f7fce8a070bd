//! Why a plan is as it is, as data: what is scarce and what that costs, what a demand's parcels
//! do and what keeps them from cheaper ways, and what a service is worth.
//!
//! What the parcels do is read from the plan's tables. Every "what if" is the least cost of a
//! program that was solved again with just that changed ([`WhatIf`]): no figure here is an
//! extrapolation. Wording is elsewhere (`report::explanation`).

mod alternatives;
mod asked;
mod bottlenecks;
mod claim;
mod demand;
mod service;
mod walk;

use serde::{Serialize, Serializer};

use crate::engine::Options;
use crate::engine::ranging::RangingError;
use crate::program::shortest::{InArcs, OutOfRange};
use crate::units::Money;

use super::planner::{PlanError, Prepared};
use super::reasons;
use super::what_if::{Unanswered, WhatIf, why};

use asked::Asked;

pub use asked::Progress;
pub use claim::{Claim, Shipment};

/// An explanation.
#[derive(Clone, Debug, Serialize)]
pub struct Explanation {
    /// The instance's name.
    pub instance: String,
    /// The scenario that was applied.
    pub scenario: Option<String>,
    /// The currency of all money.
    pub currency: String,
    /// What the plan costs.
    #[serde(serialize_with = "amount")]
    pub cost: Money,
    /// The least cost of the linear program, beside which every "what if" stands; `None` where it
    /// was not found, and so nothing could be asked.
    #[serde(serialize_with = "amount_or_null")]
    pub least_cost: Option<Money>,
    /// What is scarce, that which costs most altogether first.
    pub bottlenecks: Vec<BottleneckStory>,
    /// Demands of which parcels are late or left behind, most parcels first.
    pub troubles: Vec<Trouble>,
    /// The demands that were asked about.
    pub demands: Vec<DemandStory>,
    /// The service that was asked about.
    pub service: Option<ServiceStory>,
    /// How many questions there were, each a program changed and solved again.
    pub questions: usize,
    /// Those that have no answer, by name.
    pub unanswered: Vec<Unanswered>,
    /// For how many there was no time.
    pub not_asked: usize,
}

/// Something scarce.
#[derive(Clone, Debug, Serialize)]
pub struct BottleneckStory {
    /// A leg of a service, a handling step, a place's storage or a limit.
    pub what: String,
    /// How many runs, days, nights or periods of it have a price.
    pub times: usize,
    /// What less the plan would cost if there were any amount of it, at its list price.
    #[serde(serialize_with = "amount")]
    pub costs: Money,
    /// What one buys.
    pub unit: String,
    /// What one more would save at the dearest of them.
    #[serde(serialize_with = "amount")]
    pub one_more_saves: Money,
    /// Which one that is.
    pub dearest: String,
}

/// Parcels of a demand that are late or left behind.
#[derive(Clone, Debug, Serialize)]
pub struct Trouble {
    /// Where they start.
    pub origin: String,
    /// Where they go.
    pub destination: String,
    /// What they are.
    pub product: String,
    /// In which week, from 1.
    pub week: u32,
    /// How many come late.
    pub late: i64,
    /// How many stay behind.
    pub unserved: i64,
    /// Why, as the plan says.
    pub reason: String,
}

/// What a demand's parcels do.
#[derive(Clone, Debug, Serialize)]
pub struct DemandStory {
    /// Where they start.
    pub origin: String,
    /// Where they go.
    pub destination: String,
    /// What they are.
    pub product: String,
    /// In which week, from 1.
    pub week: u32,
    /// How many.
    pub parcels: i64,
    /// Delivered within the promise.
    pub on_time: i64,
    /// Delivered after it.
    pub late: i64,
    /// Left behind.
    pub unserved: i64,
    /// Where they go, most parcels first.
    pub routes: Vec<Route>,
    /// What one more parcel costs.
    #[serde(serialize_with = "amount_or_null")]
    pub one_more_costs: Option<Money>,
    /// For how many more parcels that holds.
    pub holds_for: Option<f64>,
    /// Cheaper ways that they did not take.
    pub alternatives: Vec<Alternative>,
    /// Why parcels are late or left behind, as the plan says; empty where none are.
    pub reason: String,
    /// What it would take for none to be late or left behind, where some are.
    pub all_in_time: Option<AllInTime>,
}

/// Parcels that take the same services.
#[derive(Clone, Debug, Serialize)]
pub struct Route {
    /// Services in order of travel.
    pub services: Vec<String>,
    /// How many.
    pub parcels: i64,
    /// What they cost together at list prices: carriage, space, handling, storage, lateness, CO₂e.
    #[serde(serialize_with = "amount")]
    pub cost: Money,
    /// The longest they are under way.
    pub hours: f64,
}

/// A way that is cheaper by its list price than the one that parcels took.
#[derive(Clone, Debug, Serialize)]
pub struct Alternative {
    /// The release whose parcels could have taken it.
    pub release: String,
    /// How many of its parcels cost more now.
    pub parcels: i64,
    /// The way, as paths are written.
    pub path: String,
    /// Its services in order.
    pub services: Vec<String>,
    /// What it costs a parcel at list prices.
    #[serde(serialize_with = "amount")]
    pub list_cost: Money,
    /// What the dearest way of the release's parcels costs a parcel at list prices.
    #[serde(serialize_with = "amount")]
    pub taken_cost: Money,
    /// What it costs a parcel with the worth of the space it would take from others.
    #[serde(serialize_with = "amount")]
    pub full_cost: Money,
    /// What closes it, dearest first.
    pub closed_by: Vec<Closure>,
    /// What would have to change for parcels to take it.
    pub opens: Option<Opening>,
}

/// Scarce space on a way.
#[derive(Clone, Debug, Serialize)]
pub struct Closure {
    /// Of what.
    pub what: String,
    /// When.
    pub when: String,
    /// What one buys.
    pub unit: String,
    /// What one more would save.
    #[serde(serialize_with = "amount_or_null")]
    pub one_more_saves: Option<Money>,
    /// What a parcel's share of it is worth to others.
    #[serde(serialize_with = "amount")]
    pub per_parcel: Money,
}

/// How much more of a capacity makes a way worth taking.
#[derive(Clone, Debug, Serialize)]
pub struct Opening {
    /// Of what.
    pub what: String,
    /// When.
    pub when: String,
    /// What one buys.
    pub unit: String,
    /// How many more of them.
    pub more: f64,
    /// What that saves altogether.
    #[serde(serialize_with = "amount")]
    pub saves: Money,
}

/// What it would take for all of a demand to be in time.
#[derive(Clone, Debug, Serialize)]
pub struct AllInTime {
    /// Parcels that cannot be in time at any price (to the nearest).
    pub impossible: i64,
    /// Those of them that no way is fast enough for, whatever room there is; the others find none.
    pub too_slow: i64,
    /// What more it would cost to have all others in time.
    #[serde(serialize_with = "amount")]
    pub more: Money,
}

/// What a service does and is worth.
#[derive(Clone, Debug, Serialize)]
pub struct ServiceStory {
    /// Which.
    pub service: String,
    /// How many departures in the planned weeks.
    pub departures: usize,
    /// Who rides on it, most parcels first.
    pub riders: Vec<Rider>,
    /// Departures where one more unit saves something.
    pub scarce: Vec<Scarce>,
    /// What if there were any number of units and any lift.
    pub if_larger: Option<IfLarger>,
    /// What if it did not run.
    pub if_cancelled: Option<IfCancelled>,
}

/// Parcels of a demand on a service.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Rider {
    /// Where they start.
    pub origin: String,
    /// Where they go.
    pub destination: String,
    /// What they are.
    pub product: String,
    /// How many.
    pub parcels: i64,
}

/// A departure on which one more unit saves something.
#[derive(Clone, Debug, Serialize)]
pub struct Scarce {
    /// Which run.
    pub when: String,
    /// What one buys.
    pub unit: String,
    /// What one more saves.
    #[serde(serialize_with = "amount")]
    pub saves: Money,
    /// For how many that holds.
    pub for_up_to: Option<f64>,
}

/// What if a service were as large as anybody could use.
#[derive(Clone, Debug, Serialize)]
pub struct IfLarger {
    /// What that saves.
    #[serde(serialize_with = "amount")]
    pub saves: Money,
    /// Who would ride besides, most parcels first.
    pub riders: Vec<Rider>,
}

/// What if a service did not run.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "snake_case", tag = "outcome")]
pub enum IfCancelled {
    /// There is a plan without it.
    Plan {
        /// What more that costs.
        #[serde(serialize_with = "amount")]
        more: Money,
        /// Parcels late in whole parcels, and now.
        late: i64,
        /// Parcels late now.
        late_now: i64,
        /// Parcels left behind.
        unserved: i64,
        /// Parcels left behind now.
        unserved_now: i64,
    },
    /// Hard limits cannot all hold without it.
    Impossible {
        /// Those that cannot.
        limits: Vec<String>,
    },
}

/// What to explain.
#[derive(Clone, Debug, Default)]
pub struct Question {
    /// Origin, product and, if it matters, destination of demands.
    pub demand: Option<(String, String, Option<String>)>,
    /// A service.
    pub service: Option<String>,
}

/// Why there is no explanation.
#[derive(Debug, thiserror::Error)]
pub enum ExplainError {
    /// A changed program has no answer.
    #[error(transparent)]
    Ranging(#[from] RangingError),
    /// List prices leave exact arithmetic.
    #[error("the cost of arc {0} leaves exact arithmetic")]
    Arc(usize),
    /// A plan without a service was not found.
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// There is nothing of that name.
    #[error("{what}; {remedy}")]
    Unknown {
        /// What was asked for.
        what: String,
        /// What there is.
        remedy: String,
    },
}

impl ExplainError {
    /// Whether there was no time to ask, so that nothing is said of the question itself.
    fn is_stopped(&self) -> bool {
        match self {
            Self::Ranging(error) => error.is_stopped(),
            Self::Plan(PlanError::NoPlanYet) => true,
            _ => false,
        }
    }
}

impl From<OutOfRange> for ExplainError {
    fn from(error: OutOfRange) -> Self {
        Self::Arc(error.arc)
    }
}

/// Explains a plan of `prepared`; `progress` is told how many questions there are and how many are
/// done. A question that has no answer is named in [`Explanation::unanswered`]; at the time limit of
/// `options`, which is one for all of them, or an interrupt, the others are counted.
///
/// # Errors
/// [`ExplainError`] where something asked for does not exist, or list prices are too large.
pub fn explain(
    prepared: &Prepared,
    claim: &Claim,
    question: &Question,
    options: &Options,
    progress: Progress<'_>,
) -> Result<Explanation, ExplainError> {
    let settings = &prepared.instance.settings;
    let mut told = Explanation {
        instance: settings.name.clone(),
        scenario: prepared.instance.scenario.clone(),
        currency: settings.currency.clone(),
        cost: claim.cost,
        least_cost: None,
        bottlenecks: Vec::new(),
        troubles: claim.troubles(),
        demands: Vec::new(),
        service: None,
        questions: 1,
        unanswered: Vec::new(),
        not_asked: 0,
    };
    check_exists(prepared, claim, question)?;
    let what_if = match WhatIf::new(prepared, &claim.whole_units, options) {
        Ok(what_if) => what_if.apart_from(claim.tail_cost),
        Err(error) if error.is_stopped() => {
            told.not_asked = 1;
            return Ok(told);
        }
        Err(error) => {
            told.unanswered.push(Unanswered {
                what: "the least cost, beside which every \"what if\" stands".to_owned(),
                why: why(&error),
            });
            return Ok(told);
        }
    };
    told.least_cost = Some(what_if.cost());
    let arcs = InArcs::of(&prepared.formulation.program);
    let list = reasons::list_prices(&prepared.parts(), &arcs)?;
    let asked = Asked::new(what_if.ranger(), progress);
    let teller = Teller {
        what_if: &what_if,
        claim,
        arcs: &arcs,
        list: &list,
        options,
        asked: &asked,
    };
    if let Some(wanted) = &question.demand {
        told.demands = teller.demands(wanted);
    }
    if let Some(name) = &question.service {
        told.service = teller.service(name);
    }
    if question.demand.is_none() && question.service.is_none() {
        told.bottlenecks = teller.bottlenecks();
    }
    (told.questions, told.unanswered, told.not_asked) = asked.conclude();
    Ok(told)
}

/// Whether there is what was asked about, before anything is solved.
fn check_exists(
    prepared: &Prepared,
    claim: &Claim,
    question: &Question,
) -> Result<(), ExplainError> {
    if let Some(wanted) = &question.demand
        && demand::wanted(claim, wanted).next().is_none()
    {
        return Err(demand::unknown(claim, wanted));
    }
    if let Some(name) = &question.service {
        service::index(&prepared.instance, name)?;
    }
    Ok(())
}

/// What explanations are drawn from.
#[derive(Clone, Copy)]
struct Teller<'a> {
    what_if: &'a WhatIf<'a>,
    claim: &'a Claim,
    arcs: &'a InArcs,
    /// Per class, what each arc costs a parcel with units and tiers at their list prices.
    list: &'a [Vec<i128>],
    options: &'a Options,
    asked: &'a Asked<'a>,
}

fn amount<S: Serializer>(money: &Money, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_f64(money.amount())
}

fn amount_or_null<S: Serializer>(money: &Option<Money>, to: S) -> Result<S::Ok, S::Error> {
    match money {
        Some(money) => to.serialize_f64(money.amount()),
        None => to.serialize_none(),
    }
}
