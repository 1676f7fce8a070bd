//! What a question costs beside solving from nothing, on the base week:
//! `cargo bench --bench what_if`.
//!
//! One flight's lift, one handling bucket, one demand: each changed and solved again, to a bound
//! proven within 10⁻¹¹; a cold solve of the same program to 10⁻⁶ and to 10⁻⁹; all prices with
//! their ranges.

use std::path::Path;
use std::time::Duration;

use criterion::{Criterion, SamplingMode, criterion_group, criterion_main};
use railair::engine::{self, Options};
use railair::plan::what_if::{Ranges, Subject, WhatIf, WholeUnits};

fn what_if(criterion: &mut Criterion) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("instances/liege-2019-week");
    let prepared = railair::prepare(&root, None).expect("an instance without errors");
    let what_if =
        WhatIf::new(&prepared, &WholeUnits::new(), &Options::default()).expect("an answer");
    let ranges = Ranges::find(&what_if, &|_, _| {});
    let mut group = criterion.benchmark_group("liege-2019-week");
    group
        .sample_size(10)
        .sampling_mode(SamplingMode::Flat)
        .warm_up_time(Duration::from_millis(200))
        .measurement_time(Duration::from_secs(2));
    for gap in [1e-6, 1e-9] {
        let options = Options {
            gap,
            ..Options::default()
        };
        group.bench_function(format!("cold-{gap:e}"), |b| {
            b.iter(|| engine::solve(&prepared.formulation.program, &options));
        });
    }
    let questions = [
        ("departure", is_departure as fn(&Subject) -> bool),
        ("bucket", is_bucket),
        ("demand", is_demand),
    ];
    for (name, is) in questions {
        // the one that is worth most, where something changes
        let prices = ranges.prices.iter().filter(|(subject, _)| is(subject));
        let (&subject, _) = prices
            .max_by_key(|(_, range)| range.price)
            .expect("the week has all of them");
        group.bench_function(format!("one-{name}-more"), |b| {
            b.iter(|| what_if.with_more(subject, 1_000_000));
        });
        group.bench_function(format!("thousand-{name}-more"), |b| {
            b.iter(|| what_if.with_more(subject, 1_000_000_000));
        });
    }
    group.bench_function("all-ranges", |b| {
        b.iter(|| Ranges::find(&what_if, &|_, _| {}))
    });
    group.finish();
}

fn is_departure(subject: &Subject) -> bool {
    matches!(subject, Subject::Departure(_))
}

fn is_bucket(subject: &Subject) -> bool {
    matches!(subject, Subject::Bucket(_))
}

fn is_demand(subject: &Subject) -> bool {
    matches!(subject, Subject::Demand(_))
}

criterion_group!(benches, what_if);
criterion_main!(benches);
