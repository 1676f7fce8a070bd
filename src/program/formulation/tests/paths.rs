//! Costs of paths against a recomputation from the tables.

use jiff::civil::time;

use super::formulated;
use crate::instance::{Direction, Instance, Measure, Mode, Period, Product};
use crate::network::samples::{hours, leg, money, typical};
use crate::network::{Activity, Network};
use crate::program::Program;
use crate::units::{CubicCentimetres, Grams, Money};

/// Two products, a chain of truck, train or flight, and handling with odd prices everywhere.
fn odd_prices() -> Instance {
    let mut instance = typical();
    instance.settings.co2e_price_per_t = Money(83_333_333);
    let [a, b, g] = ["A", "B", "G"].map(|id| instance.add_place(id, "Europe/Brussels"));
    for (number, place) in instance.places.iter_mut().enumerate() {
        place.storage_per_m3_day = Money(1_234_567 + number as i64);
    }
    for (id, grams, volume) in [("light", 347, 2891), ("heavy", 7013, 9973)] {
        let product = instance.add_product(id);
        let product = &mut instance.products[product.at()];
        product.weight = Grams(grams);
        product.volume = CubicCentimetres(volume);
        product.promise = hours(70);
        product.late_per_parcel_day = Money(777_777);
    }
    for (product, weekday) in [(0, 0), (1, 3)] {
        let product = crate::instance::ProductId(product);
        instance.add_demand((a, b), product, (1, weekday), 100);
    }
    for (id, mode, days, (from, to), duration) in [
        ("flight", Mode::Air, "1357", (g, b), 13),
        ("train", Mode::Rail, "26", (g, b), 77),
        ("truck", Mode::Road, "1234567", (a, g), 9),
    ] {
        let mut row = leg(from, to, time(21, 17, 0, 0), hours(duration));
        row.unit.weight = Some(Grams(1000));
        row.unit.price = Money(1_733_219);
        row.co2e_g_per_tkm = 612.25;
        row.km = 1234.567;
        instance.add_service(id, mode, days, row);
    }
    let sorting = instance.add_step(b, "sorting", Direction::In, hours(3));
    instance.handling[sorting.at()].tiers[0].capacity = Some(1000);
    instance.handling[sorting.at()].tiers[0].price = money(0.07);
    let build_up = instance.add_step(g, "build-up", Direction::Out, hours(2));
    let step = &mut instance.handling[build_up.at()];
    step.measure = Measure::Weight;
    step.per = Period::Week;
    step.tiers[0].price = money(0.021);
    instance
}

/// Millionths of the exact cost of a path, as a fraction in floating point.
fn plain_cost(instance: &Instance, network: &Network, product: &Product, path: &[u32]) -> f64 {
    let mut cost = 0.0;
    let (kg, m3) = (product.weight.kg(), product.volume.m3());
    for &arc in path {
        let edge = &network.graph.raw_edges()[arc as usize];
        let (from, to) = (network.graph[edge.source()], network.graph[edge.target()]);
        let place = &instance.places[from.place.at()];
        let buckets: &[_] = match &edge.weight {
            Activity::Wait { .. } | Activity::Hold { .. } => {
                let days = (to.time - from.time).hours() / 24.0;
                cost += place.storage_per_m3_day.amount() * m3 * days;
                &[]
            }
            Activity::Ride { departure, .. } => {
                let departure = &network.departures[departure.at()];
                let leg = &instance.services[departure.service.at()].legs[0];
                cost += leg.unit.price.amount() * kg;
                let tonnes = kg / 1e3 * leg.km * leg.co2e_g_per_tkm / 1e6;
                cost += tonnes * instance.settings.co2e_price_per_t.amount();
                &[]
            }
            Activity::Load { buckets, .. } => buckets,
            Activity::Handle { bucket } => std::slice::from_ref(bucket),
            Activity::Stay | Activity::Unload => &[],
        };
        for bucket in buckets {
            let step = &instance.handling[network.buckets[bucket.at()].step.at()];
            let counted = if step.measure == Measure::Weight {
                kg
            } else {
                1.0
            };
            cost += step.tiers[0].price.amount() * counted;
        }
    }
    cost
}

/// All paths of a release to its sink.
fn all_paths(program: &Program, release: usize) -> Vec<Vec<u32>> {
    let data = program.releases[release];
    let ends = &program.sinks[data.sink as usize].ends;
    let mut done = Vec::new();
    let mut open = vec![(data.origin, Vec::new())];
    while let Some((node, path)) = open.pop() {
        if ends.iter().any(|&(end, _)| end == node) {
            done.push(path);
            continue;
        }
        for arc in 0..program.arcs() {
            if program.network.tails[arc] == node {
                let mut longer = path.clone();
                longer.push(arc as u32);
                open.push((program.network.heads[arc], longer));
            }
        }
    }
    done
}

#[test]
fn the_cost_of_every_path_is_what_its_activities_cost() {
    let instance = odd_prices();
    let (network, formulation) = formulated(&instance);
    let program = &formulation.program;
    let mut compared = 0;
    for release in 0..program.releases.len() {
        let data = &network.releases[release];
        let demand = &instance.demands[data.demand.at()];
        let product = &instance.products[demand.product.at()];
        for path in all_paths(program, release) {
            let last = path[path.len() - 1] as usize;
            let end = network.graph[network.graph.raw_edges()[last].target()];
            assert!(end.is_delivered(demand.destination));
            // All times of the path follow one another, from ready to delivered.
            let late = (end.time - data.due).hours().max(0.0) / 24.0;
            let expected = plain_cost(&instance, &network, product, &path)
                + late * product.late_per_parcel_day.amount();
            let found = program
                .path_cost(release, &path)
                .expect("a path to the sink");
            // Each activity rounds to a millionth: by half of one at most.
            let allowed = 0.5 * (2.0 * path.len() as f64 + 1.0) + 0.5;
            let difference = (found as f64 - expected * 1e6).abs();
            assert!(difference <= allowed, "{found} against {expected}");
            compared += 1;
        }
    }
    assert!(compared >= 20, "{compared}");
}

#[test]
fn a_wait_costs_the_same_in_one_piece_or_many() {
    let instance = odd_prices();
    let (place, product) = (&instance.places[0], &instance.products[0]);
    let storage = crate::program::formulation::costs::storage;
    let times = [-77, 3, 4, 1000, 20_000].map(crate::units::Minutes);
    let pieces: Money = times
        .windows(2)
        .map(|pair| storage(place, product, pair[0], pair[1]))
        .sum();
    assert_eq!(pieces, storage(place, product, times[0], times[4]));
    // 20,077 minutes × 2891 cm³ × 1.234567 a m³ and day.
    assert!((pieces.0 - 49_762).abs() <= 1, "{pieces:?}");
}
