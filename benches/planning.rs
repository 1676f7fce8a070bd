//! The stages of planning, on every instance of `instances/` and on 13 generated weeks:
//! `cargo bench --bench planning`.
//!
//! Reading, network, program, solving with whole units relaxed (by the default engine and, where it
//! ends in seconds, by `direct`), whole parcels, writing. What takes longer than a second is done
//! once, for a minute at most, and a line printed. The last line of each instance says what share
//! of solving the program takes to build.

use std::fs;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, Criterion, SamplingMode, criterion_group, criterion_main};
use railair::engine::{self, EngineKind, Options, Solution, WholeOptions, whole};
use railair::instance::{self, generate};
use railair::network::{self, Calendar};
use railair::program::Program;
use railair::program::formulation::{self, Formulation};
use railair::report::{Destination, write_plan};
use railair::{Prepared, prepare};

/// Programs with more releases take the direct engine minutes.
const DIRECT_RELEASES: usize = 100;
/// What takes longer is solved once.
const SAMPLED: Duration = Duration::from_secs(1);
/// The longest that anything is solved.
const LONGEST: Duration = Duration::from_secs(60);
/// The longest that whole units are searched for a plan to write.
const SEARCHED: Duration = Duration::from_secs(5);

fn planning(criterion: &mut Criterion) {
    let generated = tempfile::tempdir().expect("a temporary folder");
    let weeks = generated.path().join("generated-13-weeks");
    let options = generate::Options {
        weeks: 13,
        ..generate::Options::default()
    };
    generate::write_folder(&options, &weeks).expect("a generated instance");
    let mut folders = shipped();
    folders.push(weeks);
    for folder in folders {
        let name = folder.file_name().unwrap_or_default().to_string_lossy();
        let mut group = criterion.benchmark_group(&*name);
        group
            .sample_size(10)
            .sampling_mode(SamplingMode::Flat)
            .warm_up_time(Duration::from_millis(200))
            .measurement_time(Duration::from_secs(2));
        let share = stages(&mut group, &folder);
        group.finish();
        println!(
            "{name}: the program takes {:.1} % of solving it",
            100.0 * share
        );
    }
}

/// The folders below `instances` that hold an instance.
fn shipped() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("instances");
    let entries = fs::read_dir(root).expect("the shipped instances");
    let mut folders: Vec<PathBuf> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.join("settings.csv").exists())
        .collect();
    folders.sort();
    folders
}

/// Measures every stage and answers what share of solving it the program takes.
fn stages(group: &mut BenchmarkGroup<'_, WallTime>, folder: &Path) -> f64 {
    let prepared = prepare(folder, None).expect("an instance without errors");
    group.bench_function("read", |b| {
        b.iter(|| instance::load(black_box(folder), None))
    });
    group.bench_function("network", |b| {
        b.iter(|| {
            let calendar = Calendar::new(&prepared.instance);
            network::expand(&prepared.instance, &calendar)
        });
    });
    let Prepared {
        instance,
        calendar,
        network,
        formulation: Formulation { program, .. },
        ..
    } = &prepared;
    let build = || formulation::formulate(instance, calendar, network);
    group.bench_function("program", |b| b.iter(build));
    let (_, building) = (0..3)
        .map(|_| timed(build))
        .min_by_key(|(_, time)| *time)
        .expect("three");
    let (solution, solving) = solving(group, program);
    let options = Options {
        time_limit: Some(SEARCHED),
        ..Options::default()
    };
    sampled(group, "whole-parcels", || {
        whole::round_within(program, black_box(&solution), &options).expect("whole parcels")
    });
    writing(group, &prepared);
    building.as_secs_f64() / solving.as_secs_f64()
}

fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let begin = Instant::now();
    let made = work();
    (made, begin.elapsed())
}

/// Solves with each engine; the answer of the default one, and how long it took.
fn solving(group: &mut BenchmarkGroup<'_, WallTime>, program: &Program) -> (Solution, Duration) {
    let solve = |engine| {
        let options = Options {
            engine,
            time_limit: Some(LONGEST),
            ..Options::default()
        };
        engine::solve(program, &options).expect("an answer")
    };
    if program.releases.len() <= DIRECT_RELEASES {
        sampled(group, "solve-direct", || solve(EngineKind::Direct));
    }
    let (solution, time) = sampled(group, "solve", || solve(EngineKind::ColumnGeneration));
    let gap = solution.gap().unwrap_or(f64::INFINITY);
    println!("gap {gap:.1e}");
    (solution, time)
}

/// Samples work that is quick, and tells how long the rest took once. What it made at first, and
/// how long that took.
fn sampled<T>(
    group: &mut BenchmarkGroup<'_, WallTime>,
    name: &str,
    mut work: impl FnMut() -> T,
) -> (T, Duration) {
    let (made, once) = timed(&mut work);
    if once < SAMPLED {
        group.bench_function(name, |b| b.iter(&mut work));
    } else {
        println!("{name}: once, {:.1} s", once.as_secs_f64());
    }
    (made, once)
}

fn writing(group: &mut BenchmarkGroup<'_, WallTime>, prepared: &Prepared) {
    let options = Options {
        time_limit: Some(LONGEST),
        whole: WholeOptions {
            time_limit: Some(SEARCHED),
            ..WholeOptions::default()
        },
        ..Options::default()
    };
    let plan = prepared.solve(&options).expect("a plan");
    let parent = tempfile::tempdir().expect("a temporary folder");
    let destination = Destination::prepare(&parent.path().join("plan")).expect("a free name");
    group.bench_function("write", |b| b.iter(|| write_plan(&plan, &destination)));
}

criterion_group!(benches, planning);
criterion_main!(benches);
