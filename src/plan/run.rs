//! What a plan comes to, and how it came about.

use std::sync::Arc;

use crate::engine::integer::IntegerSolution;
use crate::engine::{EngineKind, Solver, Stop};
use crate::instance::{Horizon, Mode, Product, Tables};
use crate::units::{CubicCentimetres, Grams, Money, Parcels, divide_to_nearest};

use super::Share;

/// The summary of a plan: what `run.json` and the first screen say.
#[derive(Clone, Debug)]
pub struct Run {
    /// The instance's name.
    pub instance: String,
    /// The scenario that was applied.
    pub scenario: Option<String>,
    /// The currency of all money.
    pub currency: String,
    /// Steady or dated weeks.
    pub horizon: Horizon,
    /// How many weeks are planned.
    pub weeks: u32,
    /// Which engine found the plan.
    pub engine: EngineKind,
    /// Which solver stood behind it, where one did.
    pub solver: Option<Solver>,
    /// The gap that was asked for.
    pub gap_wanted: f64,
    /// Why the engine stopped.
    pub stop: Stop,
    /// Whether the plan breaks nothing.
    pub feasible: bool,
    /// What parcels of the planned weeks cost and what the planned weeks pay for in any case, exactly
    /// what the tables add up to.
    pub cost: Money,
    /// No plan costs less than this, in which what competes after the planned weeks costs no more
    /// than here; `None` where nothing is proven.
    pub bound: Option<Money>,
    /// How whole units were decided, where there are any to choose. Prices are then those of the
    /// linear program with the choices fixed, and the bound is proven by `branches.csv`.
    pub whole_units: Option<WholeUnits>,
    /// How whole parcels were searched; `None` where rounding lost nothing worth a search, or the
    /// program is too large for one.
    pub whole_parcels: Option<WholeParcels>,
    /// What a price of 1 in `prices.csv` counts in: cost units times this.
    pub price_denominator: i128,
    /// Parcels, weight and money.
    pub totals: Totals,
    /// The cost by what it pays for.
    pub breakdown: Breakdown,
    /// Every mode that carries something or could.
    pub modes: Vec<ModeTotals>,
    /// Every service leg, by service and leg.
    pub services: Vec<ServiceTotals>,
    /// The dearest bottlenecks, dearest first.
    pub bottlenecks: Vec<Bottleneck>,
    /// Table names and hashes of what was read.
    pub hashes: Vec<(String, String)>,
    /// The tables themselves, where the plan is of what was read and not of a variant in memory.
    pub inputs: Option<Arc<Tables>>,
    /// What differs from run to run.
    pub this_run: ThisRun,
}

impl Run {
    /// What is proven, with what competes after the planned weeks left out: no plan in which that
    /// costs no more than `tail_cost` costs less than the bound then says.
    pub(super) fn apart_from(mut self, tail_cost: Money) -> Self {
        let apart = |bound: Option<Money>| bound.map(|bound| bound - tail_cost);
        self.bound = apart(self.bound);
        if let Some(whole) = &mut self.whole_units {
            whole.root_bound = apart(whole.root_bound);
            whole.bound_as_bought = apart(whole.bound_as_bought);
        }
        self
    }

    /// (cost − bound) / cost in 10^-12, to the nearest; `None` without a bound.
    pub fn gap(&self) -> Option<i128> {
        Some(self.gap_to(self.bound?))
    }

    /// The same with the bound on plans that buy the same whole units.
    pub fn gap_as_bought(&self) -> Option<i128> {
        Some(self.gap_to(self.whole_units?.bound_as_bought?))
    }

    fn gap_to(&self, bound: Money) -> i128 {
        let cost = i128::from(self.cost.0);
        let distance = cost - i128::from(bound.0);
        divide_to_nearest(distance.max(0) * 1_000_000_000_000, cost.abs().max(1))
    }

    /// Whether less is proven than was asked for: of the cost of all that is planned, what only
    /// competes for space included.
    pub fn is_above_gap(&self) -> bool {
        self.bound.is_none_or(|bound| {
            let all = (self.cost + self.totals.tail_cost).0.abs().max(1);
            let distance = (self.cost - bound).0.max(0);
            distance as f64 / all as f64 > self.gap_wanted
        })
    }
}

/// How whole units were decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WholeUnits {
    /// Nodes of the tree.
    pub nodes: usize,
    /// Linear programs solved.
    pub relaxations: usize,
    /// What was proven before any choice was made.
    pub root_bound: Option<Money>,
    /// No plan with the whole units as they are bought costs less; what the plan costs more than
    /// that comes of whole parcels, and what it costs more than the bound of which units to buy.
    pub bound_as_bought: Option<Money>,
    /// Decisions that were judged by solving again with one unit less and one more.
    pub judged: usize,
    /// Decisions that were not, for want of time.
    pub not_judged: usize,
}

/// The search for a better plan in whole parcels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WholeParcels {
    /// Nodes of the tree.
    pub nodes: usize,
    /// Linear programs solved.
    pub relaxations: usize,
    /// Branches that were not split further.
    pub leaves: usize,
    /// Whether the bound is what they prove.
    pub proves: bool,
}

impl WholeParcels {
    /// What a search came to.
    pub fn of(proof: &IntegerSolution, proves: bool) -> Self {
        Self {
            nodes: proof.nodes,
            relaxations: proof.relaxations,
            leaves: proof.leaves.len(),
            proves,
        }
    }
}

/// What the plan does with the reported parcels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// All of them.
    pub parcels: Parcels,
    /// Delivered within the promise.
    pub on_time: Parcels,
    /// Delivered after it.
    pub late: Parcels,
    /// Left behind.
    pub unserved: Parcels,
    /// Weight delivered.
    pub weight: Grams,
    /// Volume delivered.
    pub volume: CubicCentimetres,
    /// Emissions.
    pub co2e: Grams,
    /// What the reported demands cost: the sum of `cost` in `demand.csv`.
    pub demand_cost: Money,
    /// What more everything would cost with what competes for space after the planned weeks; in no
    /// other figure.
    pub tail_cost: Money,
    /// Commitments on departures and limits that no demand's parcels use.
    pub unused_cost: Money,
}

/// The cost by what it pays for; the parts add up to it exactly.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Breakdown {
    /// Units of departures, used or dead.
    pub space: Money,
    /// Of this, units paid for and not used.
    pub dead: Money,
    /// Carriage charged to each parcel.
    pub carriage: Money,
    /// Handling steps.
    pub handling: Money,
    /// Storage.
    pub storage: Money,
    /// Lateness.
    pub lateness: Money,
    /// The price of CO₂e.
    pub co2e: Money,
    /// Parcels left behind.
    pub unserved: Money,
    /// Penalties of limits.
    pub limits: Money,
}

impl Breakdown {
    /// The parts with their names; `dead` is inside `space`.
    pub fn parts(&self) -> [(&'static str, Money); 8] {
        [
            ("space on departures", self.space),
            ("carriage by the parcel", self.carriage),
            ("handling", self.handling),
            ("storage", self.storage),
            ("lateness", self.lateness),
            ("CO₂e", self.co2e),
            ("parcels left behind", self.unserved),
            ("limits broken", self.limits),
        ]
    }

    /// All parts together.
    pub fn total(&self) -> Money {
        self.parts().into_iter().map(|(_, part)| part).sum()
    }
}

/// What one mode carries of the reported weeks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ModeTotals {
    /// Which mode.
    pub mode: Mode,
    /// Parcels whose main haul it is: over all modes, what is delivered.
    pub hauled: Hauled,
    /// What its departures carry, leg by leg: parcels that ride several of them count on each.
    pub load: Load,
}

impl ModeTotals {
    /// Whether it carries or costs anything.
    pub fn is_used(&self) -> bool {
        self.load.parcels != Parcels::ZERO || self.load.cost != Money::ZERO
    }
}

/// Parcels that each count once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Hauled {
    /// How many.
    pub parcels: Parcels,
    /// Their weight.
    pub weight: Grams,
    /// Their volume.
    pub volume: CubicCentimetres,
}

impl Hauled {
    /// Adds parcels of a product.
    pub fn add(&mut self, product: &Product, parcels: Parcels) {
        self.parcels += parcels;
        self.weight += Grams(product.weight.0 * parcels.0);
        self.volume += CubicCentimetres(product.volume.0 * parcels.0);
    }

    /// Adds others.
    pub fn join(&mut self, other: &Self) {
        self.parcels += other.parcels;
        self.weight += other.weight;
        self.volume += other.volume;
    }
}

/// What one leg of a service carries in the reported weeks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceTotals {
    /// Which service.
    pub service: String,
    /// Which of its legs, from 1; 0 where the service has but one.
    pub leg: u32,
    /// Its mode.
    pub mode: Mode,
    /// How many departures.
    pub departures: u32,
    /// Load carried.
    pub load: Load,
}

/// Load, what could be carried, and what it costs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Load {
    /// Parcels boarded (those that stay aboard for a later leg count on that leg's row too).
    pub parcels: Parcels,
    /// Their weight.
    pub weight: Grams,
    /// Their volume.
    pub volume: CubicCentimetres,
    /// Whether something limits what can be carried, bought or not.
    pub is_limited: bool,
    /// Weight aboard with bookings, where the weight that can be carried is limited.
    pub weight_of_limited: Grams,
    /// Volume aboard with bookings, where the volume that can be carried is limited.
    pub volume_of_limited: CubicCentimetres,
    /// Weight that can be carried, where it is limited.
    pub weight_limit: Grams,
    /// Volume that can be carried, where it is limited.
    pub volume_limit: CubicCentimetres,
    /// Gram-kilometres.
    pub gram_km: i128,
    /// Units bought and carriage by the parcel.
    pub cost: Money,
    /// Emissions.
    pub co2e: Grams,
}

impl Load {
    /// What is aboard.
    pub fn aboard(&self) -> Hauled {
        Hauled {
            parcels: self.parcels,
            weight: self.weight,
            volume: self.volume,
        }
    }

    /// Load by weight, where it is limited.
    pub fn weight_share(&self) -> Option<Share> {
        Share::of(self.weight_of_limited.0, self.weight_limit.0)
    }

    /// Load by volume, where it is limited.
    pub fn volume_share(&self) -> Option<Share> {
        Share::of(self.volume_of_limited.0, self.volume_limit.0)
    }

    /// Adds another load.
    pub fn add(&mut self, other: &Self) {
        self.parcels += other.parcels;
        self.weight += other.weight;
        self.volume += other.volume;
        self.is_limited |= other.is_limited;
        self.weight_of_limited += other.weight_of_limited;
        self.volume_of_limited += other.volume_of_limited;
        self.weight_limit += other.weight_limit;
        self.volume_limit += other.volume_limit;
        self.gram_km += other.gram_km;
        self.cost += other.cost;
        self.co2e += other.co2e;
    }
}

/// A capacity that costs by being scarce.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bottleneck {
    /// What it is, in a planner's words.
    pub what: String,
    /// How many departures or buckets of it are full.
    pub times: u32,
    /// What one more is.
    pub unit: String,
    /// What one more would save, at the dearest of them.
    pub worth: Money,
    /// Price times what is used, over all of them: by what prices say, the order of importance. It is
    /// no saving, as no price holds for so much more.
    pub rent: Money,
}

/// What differs from run to run.
#[derive(Clone, Debug, Default)]
pub struct ThisRun {
    /// Where the instance was read from.
    pub path: String,
    /// Seconds of each stage.
    pub seconds: Vec<(&'static str, f64)>,
    /// Worker threads; `None` is every core.
    pub threads: Option<usize>,
    /// Rounds that the engine took.
    pub rounds: usize,
    /// Path columns that the engine generated.
    pub columns: usize,
}
