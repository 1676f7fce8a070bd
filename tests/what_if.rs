//! Prices and ranges against solving again from nothing.

use std::path::Path;

use railair::Prepared;
use railair::engine::ranging::{PARTS, Range};
use railair::engine::{self, Options, Stop};
use railair::instance::generate;
use railair::plan::what_if::{Ranges, Subject, WhatIf, WholeUnits};

fn instance(name: &str) -> Prepared {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("instances");
    railair::prepare(&root.join(name), None).expect("an instance without errors")
}

/// The least cost after a change, solved from nothing.
fn cold(what_if: &WhatIf<'_>, subject: Subject, amount: i64) -> f64 {
    let mut program = what_if.ranger().program().clone();
    let direction = what_if.direction(subject);
    direction
        .apply(&mut program, amount)
        .expect("small numbers");
    let options = Options {
        gap: 1e-9,
        ..Options::default()
    };
    let solution = engine::solve(&program, &options).expect("an answer");
    assert_eq!(solution.stop, Stop::Finished);
    solution.cost / PARTS as f64
}

/// At a third and at the end of its range a price is right, and beyond the end it is not.
fn check(what_if: &WhatIf<'_>, subject: Subject, range: &Range) {
    let start = what_if.start().cost;
    let close = |a: f64, b: f64| (a - b).abs() <= 1e-8 * start.abs().max(1.0);
    let (what, when) = what_if.name(subject);
    let at = |amount: i64| {
        let cost = cold(what_if, subject, amount);
        (cost, start + range.slope * amount as f64 / PARTS as f64)
    };
    let inside = range.until.map_or(5 * PARTS, |until| until / 3);
    let (cost, line) = at(inside);
    assert!(
        close(cost, line),
        "{what} {when} inside: {cost} {line} {range:?}"
    );
    let Some(until) = range.until else { return };
    let (cost, line) = at(until);
    assert!(
        close(cost, line),
        "{what} {when} at the end: {cost} {line} {range:?}"
    );
    assert!(close(cost, range.cost), "{what} {when}: {cost} {range:?}");
    let (cost, line) = at(until + until / 2 + PARTS);
    assert!(cost > line, "{what} {when} beyond: {cost} {line} {range:?}");
    assert!(
        !close(cost, line),
        "{what} {when} beyond: {cost} {line} {range:?}"
    );
}

#[test]
fn prices_and_ranges_are_those_of_solving_from_nothing() {
    for name in ["dantzig", "dead-freight", "overtime", "weight-and-volume"] {
        let prepared = instance(&format!("textbook/{name}"));
        let what_if =
            WhatIf::new(&prepared, &WholeUnits::new(), &Options::default()).expect("solved");
        for subject in what_if.subjects() {
            let range = what_if.range(subject).unwrap_or_else(|error| {
                panic!("{name} {:?}: {error}", what_if.name(subject));
            });
            check(&what_if, subject, &range);
        }
    }
}

/// Made-up weeks, typical and dated: every fifth of what has a price, inside its range, at its end
/// and beyond; and no price without a range.
#[test]
fn ranges_of_made_up_weeks_are_those_of_solving_from_nothing() {
    for (typical, seed) in [(true, 1), (true, 2), (false, 1)] {
        made_up_week(typical, seed);
    }
}

fn made_up_week(typical: bool, seed: u64) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("week");
    let options = generate::Options {
        origins: 2,
        products: 2,
        markets: 2,
        services: 4,
        weeks: 1,
        typical,
        load: 1.1,
        seed,
        ..generate::Options::default()
    };
    generate::write_folder(&options, &path).expect("an instance");
    let prepared = railair::prepare(&path, None).expect("an instance without errors");
    let what_if = WhatIf::new(&prepared, &WholeUnits::new(), &Options::default()).expect("solved");
    let mut priced = 0;
    for subject in what_if.subjects() {
        let range = what_if.range(subject).unwrap_or_else(|error| {
            panic!("{:?}: {error}", what_if.name(subject));
        });
        if range.slope.abs() > 1.0 {
            priced += 1;
            if priced % 5 == 1 {
                check(&what_if, subject, &range);
            }
        }
    }
    assert!(priced > 5, "only {priced} prices");
}

/// The same questions give the same figures in any order, on any number of threads.
#[test]
fn ranges_do_not_depend_on_threads() {
    let prepared = instance("textbook/overtime");
    let with = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads);
        pool.build().expect("threads").install(|| {
            let what_if =
                WhatIf::new(&prepared, &WholeUnits::new(), &Options::default()).expect("solved");
            Ranges::find(&what_if, &|_, _| {}).prices
        })
    };
    assert_eq!(with(1), with(3));
}
