//! Hand-worked programs, and the cost of paths against a plain recomputation.

mod limits;
mod paths;
mod rows;

use super::{Formulation, formulate};
use crate::engine::{self, EngineKind, Options, Solution};
use crate::instance::{Instance, Mode, PlaceId};
use crate::network::samples::{hours, leg, typical};
use crate::network::{Calendar, Network, expand};
use jiff::civil::time;

/// 100 parcels of 1 kg and 6 litres, ready at A on Monday at 18:00; a flight from A to B on
/// Tuesday at 06:00, 12 h; all in UTC, until Thursday 18:00 without lateness and not later.
fn one_flight() -> Instance {
    let mut instance = typical();
    let [a, b] = ["A", "B"].map(|id| instance.add_place(id, "UTC"));
    let light = instance.add_product("light");
    instance.products[light.at()].max_late = hours(0);
    instance.add_demand((a, b), light, (1, 0), 100);
    let flight = leg(a, b, time(6, 0, 0, 0), hours(12));
    instance.add_service("flight", Mode::Air, "2", flight);
    instance
}

/// One of the places of [`one_flight`].
const B: PlaceId = PlaceId(1);

fn formulated(instance: &Instance) -> (Network, Formulation) {
    let calendar = Calendar::new(instance);
    let network = expand(instance, &calendar);
    let formulation = formulate(instance, &calendar, &network).expect("small numbers");
    formulation.program.validate().expect("a valid program");
    (network, formulation)
}

/// The optimum, in units of currency, with the program it belongs to.
fn solved(instance: &Instance) -> (Formulation, Solution) {
    let (_, formulation) = formulated(instance);
    let options = Options {
        engine: EngineKind::Direct,
        ..Options::default()
    };
    let solution = engine::solve(&formulation.program, &options).expect("no solver failure");
    assert!(solution.feasible);
    assert!(solution.gap().expect("a bound") < 1e-6);
    (formulation, solution)
}

/// The cost of the optimum in units of currency.
fn optimum(instance: &Instance) -> f64 {
    solved(instance).1.cost / 1e6
}

fn assert_near(found: f64, expected: f64) {
    assert!(
        (found - expected).abs() < 1e-6 * expected.abs().max(1.0),
        "{found} is not {expected}"
    );
}
