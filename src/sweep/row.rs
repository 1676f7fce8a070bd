//! One run as one row of a tidy table.
//!
//! | column | |
//! |---|---|
//! | `run` | its number, from 1 |
//! | parameters | a column for each: what was varied, `scenario`, `dropped`, or what was drawn |
//! | `status` | `finished` (a plan, proven); `infeasible` (hard limits cannot all hold); `no_whole_plan` (no plan in whole parcels was found, none is known to be impossible); `wrong` (the instance with these changes has errors); or why the engine stopped, as in `run.json` |
//! | `cost`, `bound`, `gap` | as in `run.json`: of the plan in whole parcels, exact |
//! | `parcels`, `on_time`, `late`, `unserved` | of the planned weeks |
//! | `tonnes`, `m3` | delivered |
//! | `tonnes_rail` … `tonnes_sea` | boarded by mode; a parcel that changes mode counts for each |
//! | `load_kg_rail` … `load_m3_sea` | load factors by mode; blank where nothing is limited |
//! | `cost_space` … `cost_limits` | the parts of the cost; `cost_dead_freight` is inside `cost_space` |
//! | `co2e_kg` | emissions |
//! | `message` | what is infeasible or wrong |
//! | `runs`, `sweep` | how many runs the sweep has, and its fingerprint |

use crate::instance::Mode;
use crate::plan;
use crate::report::cell::{Cell, decimal};
use crate::report::csv::harmless;
use crate::report::{run, tables};

use super::solver::Outcome;
use super::{Run, Sweep};

/// The modes, in the order of their columns.
const MODES: [Mode; 4] = [Mode::Rail, Mode::Air, Mode::Road, Mode::Sea];
/// Columns between the status and the loads.
const FIGURES: [&str; 9] = [
    "cost", "bound", "gap", "parcels", "on_time", "late", "unserved", "tonnes", "m3",
];
/// Columns after the loads.
const COSTS: [&str; 10] = [
    "cost_space",
    "cost_dead_freight",
    "cost_carriage",
    "cost_handling",
    "cost_storage",
    "cost_lateness",
    "cost_co2e",
    "cost_unserved",
    "cost_limits",
    "co2e_kg",
];

/// The head of the table.
pub fn head(sweep: &Sweep) -> Vec<String> {
    let mut head = vec!["run".to_owned()];
    head.extend(sweep.runs.columns());
    head.push("status".to_owned());
    head.extend(FIGURES.map(str::to_owned));
    for prefix in ["tonnes", "load_kg", "load_m3"] {
        head.extend(MODES.map(|mode| format!("{prefix}_{}", tables::mode(mode))));
    }
    head.extend(COSTS.map(str::to_owned));
    head.extend(["message", "runs", "sweep"].map(str::to_owned));
    head
}

/// The row of run `index` (from 0); none where it was stopped.
pub fn row(
    sweep: &Sweep,
    fingerprint: &str,
    index: usize,
    run: &Run,
    outcome: &Outcome,
) -> Option<Vec<String>> {
    let (status, figures, message) = match outcome {
        Outcome::Plan(plan) => (run::stop(plan.run.stop), figures(&plan.run), ""),
        Outcome::Infeasible(limits) => ("infeasible", Vec::new(), limits.as_str()),
        Outcome::NoPlan(short) => ("no_whole_plan", Vec::new(), short.as_str()),
        Outcome::Wrong(finding) => ("wrong", Vec::new(), finding.as_str()),
        Outcome::Stopped => return None,
    };
    let mut cells = vec![(index + 1).to_string()];
    cells.extend(run.cells.iter().map(|cell| parameter(cell)));
    cells.push(status.to_owned());
    let width = FIGURES.len() + 3 * MODES.len() + COSTS.len();
    cells.extend(figures.iter().map(ToString::to_string));
    cells.resize(run.cells.len() + 2 + width, String::new());
    cells.push(harmless(&one_line(message)).into_owned());
    cells.push(sweep.runs.len().to_string());
    cells.push(fingerprint.to_owned());
    Some(cells)
}

/// A value as it was typed; numbers keep their sign.
fn parameter(text: &str) -> String {
    match crate::instance::is_decimal(text) {
        true => text.to_owned(),
        false => harmless(&one_line(text)).into_owned(),
    }
}

/// A row is a line: what was written half can then be told by its missing end.
fn one_line(text: &str) -> String {
    let whitespace = |c: char| c == '\n' || c == '\r';
    let parts: Vec<&str> = text.split(whitespace).map(str::trim).collect();
    parts.join(" ")
}

fn figures(run: &plan::Run) -> Vec<Cell<'static>> {
    let totals = &run.totals;
    let mut cells = vec![
        run.cost.into(),
        Cell::or_blank(run.bound),
        run.gap()
            .map_or(Cell::Blank, |gap| Cell::Text(decimal(gap, 12).into())),
        totals.parcels.into(),
        totals.on_time.into(),
        totals.late.into(),
        totals.unserved.into(),
        Cell::scaled(totals.weight.0, 6),
        totals.volume.into(),
    ];
    let of = |mode: Mode| run.modes.iter().find(|totals| totals.mode == mode);
    let load = |mode: Mode| of(mode).map(|totals| totals.load).unwrap_or_default();
    let hauled = |mode: Mode| of(mode).map_or(0, |totals| totals.hauled.weight.0);
    cells.extend(MODES.map(|mode| Cell::scaled(hauled(mode), 6)));
    cells.extend(MODES.map(|mode| Cell::or_blank(load(mode).weight_share())));
    cells.extend(MODES.map(|mode| Cell::or_blank(load(mode).volume_share())));
    let parts = &run.breakdown;
    cells.extend(
        [
            parts.space,
            parts.dead,
            parts.carriage,
            parts.handling,
            parts.storage,
            parts.lateness,
            parts.co2e,
            parts.unserved,
            parts.limits,
        ]
        .map(Cell::from),
    );
    cells.push(totals.co2e.into());
    cells
}
