//! The stages of planning, on every instance of `instances/` and on 13 generated weeks:
//! `cargo bench --bench planning`.
//!
//! Reading, network, program, solving (by the default engine and, where it ends in seconds, by
//! `direct`), whole parcels with proof and tables, writing.

use std::fs;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::time::Duration;

use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, Criterion, SamplingMode, criterion_group, criterion_main};
use railair::engine::{self, EngineKind, Options, whole};
use railair::instance::{self, generate};
use railair::network::{self, Calendar};
use railair::program::formulation;
use railair::report::{Destination, write_plan};
use railair::{Prepared, prepare};

/// Programs with more releases take the direct engine minutes.
const DIRECT_RELEASES: usize = 100;

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
        let mut group = criterion.benchmark_group(name);
        group
            .sample_size(10)
            .sampling_mode(SamplingMode::Flat)
            .warm_up_time(Duration::from_millis(200))
            .measurement_time(Duration::from_secs(2));
        stages(&mut group, &folder);
        group.finish();
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

fn stages(group: &mut BenchmarkGroup<'_, WallTime>, folder: &Path) {
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
    group.bench_function("program", |b| {
        let Prepared {
            instance,
            calendar,
            network,
            ..
        } = &prepared;
        b.iter(|| formulation::formulate(instance, calendar, network));
    });
    solving(group, &prepared);
    writing(group, &prepared);
}

fn solving(group: &mut BenchmarkGroup<'_, WallTime>, prepared: &Prepared) {
    let program = &prepared.formulation.program;
    let mut engines = vec![("solve", EngineKind::ColumnGeneration)];
    if program.releases.len() <= DIRECT_RELEASES {
        engines.push(("solve-direct", EngineKind::Direct));
    }
    for (name, engine) in engines {
        let options = Options {
            engine,
            ..Options::default()
        };
        group.bench_function(name, |b| b.iter(|| engine::solve(program, &options)));
    }
}

fn writing(group: &mut BenchmarkGroup<'_, WallTime>, prepared: &Prepared) {
    let options = Options::default();
    let program = &prepared.formulation.program;
    let solution = engine::solve(program, &options).expect("an answer");
    group.bench_function("whole-parcels", |b| {
        b.iter(|| whole::round(program, black_box(&solution)));
    });
    let plan = prepared.solve(&options).expect("a plan");
    let parent = tempfile::tempdir().expect("a temporary folder");
    let destination = Destination::prepare(&parent.path().join("plan")).expect("a free name");
    group.bench_function("write", |b| b.iter(|| write_plan(&plan, &destination)));
}

criterion_group!(benches, planning);
criterion_main!(benches);
