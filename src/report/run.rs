//! `run.json`: what a plan comes to, for programs.

use crate::engine::{EngineKind, Solver, Stop};
use crate::instance::Horizon;
use crate::plan::{Breakdown, Hauled, Load, Run, ThisRun, Totals, WholeParcels, WholeUnits};

use super::cell::Cell;
use super::json::{Json, PROGRAM};
use super::tables;

/// The run as JSON. What differs between runs of the same input stands under `this_run` alone.
pub fn json(run: &Run) -> Json {
    Json::object([
        ("program", Json::text(PROGRAM)),
        ("version", Json::text(env!("CARGO_PKG_VERSION"))),
        ("instance", Json::text(&run.instance)),
        ("scenario", Json::or_null(run.scenario.as_ref())),
        ("currency", Json::text(&run.currency)),
        ("horizon", Json::text(horizon(run.horizon))),
        ("weeks", number(run.weeks)),
        ("engine", Json::text(engine(run.engine))),
        (
            "solver",
            run.solver.map_or(Json::Null, |s| Json::text(solver(s))),
        ),
        ("status", status(run)),
        ("cost", run.cost.into()),
        ("bound", Json::or_null(run.bound)),
        (
            "gap",
            run.gap()
                .map_or(Json::Null, |gap| Cell::scaled(gap, 12).into()),
        ),
        (
            "whole_units",
            run.whole_units.as_ref().map_or(Json::Null, whole_units),
        ),
        (
            "whole_parcels",
            run.whole_parcels.map_or(Json::Null, whole_parcels),
        ),
        ("gap_wanted", Json::float(run.gap_wanted, 12)),
        ("price_denominator", number(run.price_denominator)),
        ("parcels", run.totals.parcels.into()),
        ("on_time", run.totals.on_time.into()),
        ("late", run.totals.late.into()),
        ("unserved", run.totals.unserved.into()),
        ("totals", totals(&run.totals)),
        ("breakdown", breakdown(&run.breakdown)),
        ("modes", modes(run)),
        ("services", services(run)),
        ("bottlenecks", bottlenecks(run)),
        ("inputs", inputs(run)),
        ("this_run", this_run(&run.this_run)),
    ])
}

fn number(value: impl Into<i128>) -> Json {
    Cell::whole(value).into()
}

fn status(run: &Run) -> Json {
    let bound = if run.bound.is_some() {
        "proven"
    } else {
        "none"
    };
    let proof = match run.whole_parcels.is_some_and(|search| search.proves) {
        _ if run.bound.is_none() => Json::Null,
        true => Json::text("branches.csv"),
        false if run.whole_units.is_some() => Json::text("branches.csv"),
        false => Json::text("prices.csv"),
    };
    Json::object([
        ("ending", Json::text("found")),
        ("proof", proof),
        ("stop", Json::text(stop(run.stop))),
        ("feasible", Json::Bool(run.feasible)),
        ("bound", Json::text(bound)),
    ])
}

fn whole_units(whole: &WholeUnits) -> Json {
    Json::object([
        (
            "prices",
            Json::text("of the linear program with the choices fixed"),
        ),
        ("proof", Json::text("branches.csv")),
        ("root_bound", Json::or_null(whole.root_bound)),
        ("bound_as_bought", Json::or_null(whole.bound_as_bought)),
        ("nodes", number(whole.nodes as u64)),
        ("linear_programs", number(whole.relaxations as u64)),
        ("judged_by_solving_again", number(whole.judged as u64)),
        ("not_judged", number(whole.not_judged as u64)),
    ])
}

fn whole_parcels(search: WholeParcels) -> Json {
    Json::object([
        ("nodes", number(search.nodes as u64)),
        ("linear_programs", number(search.relaxations as u64)),
        ("branches", number(search.leaves as u64)),
    ])
}

fn totals(totals: &Totals) -> Json {
    Json::object([
        ("kg", totals.weight.into()),
        ("m3", totals.volume.into()),
        ("co2e_kg", totals.co2e.into()),
        ("demand_cost", totals.demand_cost.into()),
        ("tail_cost", totals.tail_cost.into()),
        ("unused_cost", totals.unused_cost.into()),
    ])
}

fn breakdown(parts: &Breakdown) -> Json {
    Json::object([
        ("space", parts.space.into()),
        ("dead_freight_in_space", parts.dead.into()),
        ("carriage", parts.carriage.into()),
        ("handling", parts.handling.into()),
        ("storage", parts.storage.into()),
        ("lateness", parts.lateness.into()),
        ("co2e", parts.co2e.into()),
        ("unserved", parts.unserved.into()),
        ("limits", parts.limits.into()),
    ])
}

/// How many parcels, and how heavy and large they are.
fn amounts(hauled: &Hauled) -> [(&'static str, Json); 3] {
    [
        ("parcels", hauled.parcels.into()),
        ("kg", hauled.weight.into()),
        ("m3", hauled.volume.into()),
    ]
}

/// What the departures of a service or mode do.
fn load(load: &Load) -> Vec<(&'static str, Json)> {
    vec![
        ("tonne_km", Cell::scaled(load.gram_km, 6).into()),
        ("load_kg", Json::or_null(load.weight_share())),
        ("load_m3", Json::or_null(load.volume_share())),
        ("cost", load.cost.into()),
        ("co2e_kg", load.co2e.into()),
    ]
}

fn modes(run: &Run) -> Json {
    let object = |mode: &crate::plan::ModeTotals| {
        let mut pairs = vec![("mode", Json::text(tables::mode(mode.mode)))];
        pairs.extend(amounts(&mode.hauled));
        pairs.extend(load(&mode.load));
        Json::object(pairs)
    };
    Json::List(run.modes.iter().map(object).collect())
}

fn services(run: &Run) -> Json {
    let object = |service: &crate::plan::ServiceTotals| {
        let mut pairs = vec![
            ("service", Json::text(&service.service)),
            ("leg", number(service.leg.max(1))),
            ("mode", Json::text(tables::mode(service.mode))),
            ("departures", number(service.departures)),
        ];
        pairs.extend(amounts(&service.load.aboard()));
        pairs.extend(load(&service.load));
        Json::object(pairs)
    };
    Json::List(run.services.iter().map(object).collect())
}

fn bottlenecks(run: &Run) -> Json {
    let object = |bottleneck: &crate::plan::Bottleneck| {
        Json::object([
            ("what", Json::text(&bottleneck.what)),
            ("times", number(bottleneck.times)),
            ("unit", Json::text(&bottleneck.unit)),
            ("worth_per_unit", bottleneck.worth.into()),
            ("rent", bottleneck.rent.into()),
        ])
    };
    Json::List(run.bottlenecks.iter().map(object).collect())
}

fn inputs(run: &Run) -> Json {
    Json::object(
        run.hashes
            .iter()
            .map(|(table, hash)| (table.as_str(), Json::text(hash))),
    )
}

fn this_run(this: &ThisRun) -> Json {
    let seconds = this
        .seconds
        .iter()
        .map(|&(stage, seconds)| (stage, Json::float(seconds, 6)));
    Json::object([
        ("instance_path", Json::text(&this.path)),
        ("seconds", Json::object(seconds)),
        (
            "threads",
            this.threads.map_or(Json::Null, |n| number(n as u64)),
        ),
        ("rounds", number(this.rounds as u64)),
        ("columns", number(this.columns as u64)),
    ])
}

/// The word of a horizon.
pub fn horizon(horizon: Horizon) -> &'static str {
    match horizon {
        Horizon::TypicalWeek => "typical-week",
        Horizon::Dated => "dated",
    }
}

/// The word of an engine.
pub fn engine(engine: EngineKind) -> &'static str {
    match engine {
        EngineKind::ColumnGeneration => "column-generation",
        EngineKind::Direct => "direct",
        EngineKind::CheapestFirst => "cheapest-first",
        EngineKind::FastestFirst => "fastest-first",
        EngineKind::ProRata => "pro-rata",
    }
}

/// The word of a solver.
pub fn solver(solver: Solver) -> &'static str {
    match solver {
        Solver::Microlp => "microlp",
        #[cfg(feature = "highs")]
        Solver::Highs => "highs",
    }
}

/// The word of why an engine stopped.
pub fn stop(stop: Stop) -> &'static str {
    match stop {
        Stop::Finished => "finished",
        Stop::Infeasible => "infeasible",
        Stop::TimeLimit => "time-limit",
        Stop::Interrupted => "interrupted",
        Stop::Numerical => "numerical",
    }
}
