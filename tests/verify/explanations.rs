//! Every question about random instances has an answer, and every range is what solving again at
//! both of its ends says.

use railair::engine::ranging::{PARTS, Range};
use railair::engine::{self, Options, Stop};
use railair::plan::explain::{self, Claim, Question};
use railair::plan::verify::{self, verify};
use railair::plan::what_if::{self, Ranges, Subject, WhatIf};
use railair::report::{self, Destination};
use railair::units::Money;
use railair::{Plan, PlanError, Prepared};

use crate::seeds::seeds;

/// Of every plan all ranges are found, `verify` accepts them, and `explain` answers everything.
#[test]
fn every_question_about_a_random_plan_is_answered() {
    let (mut plans, mut prices, mut held) = (0, 0, 0);
    for seed in seeds(120, 600) {
        let folder = tempfile::tempdir().expect("a folder");
        let instance = folder.path().join("net");
        std::fs::create_dir(&instance).expect("a folder");
        crate::generator::write_random_instance(seed, &instance);
        let prepared = railair::prepare(&instance, None).expect("an instance");
        let mut plan = match prepared.solve(&Options::default()) {
            Err(PlanError::Infeasible { .. }) => continue,
            plan => plan.unwrap_or_else(|error| panic!("seed {seed}: {error}")),
        };
        plans += 1;
        let (asked, inside) = ranges(seed, &prepared, &mut plan);
        prices += asked;
        held += inside;
        explained(seed, &prepared, &plan, &folder.path().join("plan"));
    }
    assert!(plans >= 100, "only {plans} plans");
    assert!(prices > 10 * plans, "only {prices} prices of {plans} plans");
    assert!(held > plans, "only {held} ranges of {plans} plans end");
}

/// Finds all ranges and checks a few; answers how many prices there are and how many have an end.
fn ranges(seed: u64, prepared: &Prepared, plan: &mut Plan) -> (usize, usize) {
    let bought = what_if::bought(plan);
    let what_if = WhatIf::new(prepared, &bought, &Options::default())
        .unwrap_or_else(|error| panic!("seed {seed}: {error}"));
    let ranges = Ranges::find(&what_if, &|_, _| {});
    assert_eq!(ranges.unanswered, [], "seed {seed}");
    assert_eq!(ranges.not_asked, 0, "seed {seed}");
    ranges.fill(&what_if, plan);
    let ends = ranges
        .prices
        .iter()
        .filter(|(_, range)| range.until.is_some());
    let ends: Vec<Subject> = ends.map(|(&subject, _)| subject).collect();
    // one that ends and one that does not: all would take an hour
    let endless = ranges
        .prices
        .iter()
        .find(|(_, range)| range.until.is_none());
    let some = ends.iter().skip(seed as usize % 3).step_by(5).take(2);
    for &subject in some.chain(endless.map(|(subject, _)| subject)) {
        let range = what_if.range(subject).expect("found before");
        check(seed, &what_if, subject, &range);
    }
    (ranges.prices.len(), ends.len())
}

/// Whether a price holds in its range and no further, by programs solved from nothing.
fn check(seed: u64, what_if: &WhatIf<'_>, subject: Subject, range: &Range) {
    let name = what_if.name(subject);
    let start = what_if.start().cost;
    let at = |amount: i64| {
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
        assert_eq!(solution.stop, Stop::Finished, "seed {seed}: {name:?}");
        (
            solution.cost / PARTS as f64,
            start + range.slope * amount as f64 / PARTS as f64,
        )
    };
    let small = 1e-8 * start.abs() + 1e-3;
    let inside = range.until.map_or(5 * PARTS, |until| until / 3);
    let (cost, line) = at(inside);
    assert!(
        (cost - line).abs() <= small,
        "seed {seed}: {name:?} inside: {cost} is not {line}, {range:?}"
    );
    let Some(until) = range.until else { return };
    let (cost, line) = at(until);
    assert!(
        (cost - line).abs() <= small && (cost - range.cost).abs() <= small,
        "seed {seed}: {name:?} at the end: {cost} is not {line}, {range:?}"
    );
    // beyond the end another price holds, which leaves the line; how far on is seen of it depends
    // on how near the two prices are
    let mut beyond = until;
    for _ in 0..40 {
        beyond = beyond.saturating_mul(2).saturating_add(PARTS);
        let is_possible =
            (beyond as f64) < what_if.ranger().plenty(&what_if.direction(subject)) * 1e6;
        let (cost, line) = at(beyond);
        assert!(
            cost >= line - small,
            "seed {seed}: {name:?}: {cost} below {line}"
        );
        if cost > line + small {
            return;
        }
        assert!(is_possible, "seed {seed}: {name:?} never ends, {range:?}");
    }
    panic!("seed {seed}: {name:?} never ends, {range:?}");
}

/// Explains a plan: what is scarce, the first demand in trouble, and a service.
fn explained(seed: u64, prepared: &Prepared, plan: &Plan, folder: &std::path::Path) {
    let destination = Destination::prepare(folder).expect("a folder");
    report::write_plan(plan, &destination).expect("written");
    let verified = verify(folder, &prepared.instance, &verify::Options::default()).expect("read");
    assert!(verified.holds, "seed {seed}: {:#?}", verified.failures);
    let claim = Claim::read(folder).expect("a plan");
    let service = prepared.instance.services[0].id.clone();
    let first = |fate: &&railair::plan::DemandRow| fate.late.0 + fate.unserved.0 > 0;
    let trouble = plan.demand.iter().find(first).or(plan.demand.first());
    let demand = trouble.map(|row| (row.origin.clone(), row.product.clone(), None));
    for question in [
        Question::default(),
        Question {
            demand,
            service: None,
        },
        Question {
            demand: None,
            service: Some(service),
        },
    ] {
        let told = explain::explain(prepared, &claim, &question, &Options::default(), &|_, _| {})
            .unwrap_or_else(|error| panic!("seed {seed}: {error}"));
        assert_eq!(told.unanswered, [], "seed {seed}: {question:?}");
        assert_eq!(told.not_asked, 0, "seed {seed}: {question:?}");
        assert!(told.least_cost.is_some(), "seed {seed}");
        for story in &told.bottlenecks {
            assert!(story.costs >= Money(5_000), "seed {seed}: {story:?}");
        }
        for way in told.demands.iter().flat_map(|story| &story.alternatives) {
            assert!(
                way.taken_cost - way.list_cost >= Money(5_000),
                "seed {seed}: {way:?}"
            );
        }
    }
}
