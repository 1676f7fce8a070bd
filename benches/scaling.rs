//! How planning grows with the horizon: `cargo bench --bench scaling`.
//!
//! Generates dated instances of the size of the Liège week (or, with `--national`, a year of a
//! whole country: 60 origins, 8 products, 6 markets, 52 weeks, 500 departures a week), plans each
//! in a process of its own from the tables on disk to the tables on disk, and prints a row per
//! instance. `seconds^` is how fast time grows: the slope of log seconds over log weeks between
//! this row and the one before; the last line is the slope of the line through all rows.
//!
//! Options after `--`: `--national`, `--weeks 4,8,13`, `--keep FOLDER` (instances and plans stay
//! there).

use std::env;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use railair::engine;
use railair::instance::generate::{self, Options};
use railair::prepare;
use railair::report::{Destination, write_plan};

type Outcome<T> = Result<T, Box<dyn Error>>;

/// The stages of planning as plans name them, and writing.
const STAGES: [&str; 8] = [
    "read",
    "network",
    "program",
    "solve",
    "whole parcels",
    "proof",
    "tables",
    "write",
];

/// What one process measured, as it prints it for its parent.
#[derive(Clone, Copy, Default)]
struct Measured {
    releases: usize,
    departures: usize,
    /// See [`STAGES`].
    stages: [f64; 8],
    seconds: f64,
    gap: f64,
    peak_mib: f64,
}

fn main() -> Outcome<()> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    if let [flag, instance, plan] = arguments.as_slice()
        && flag == "--measure"
    {
        let measured = measure(Path::new(instance), Path::new(plan))?;
        println!("{}", measured.to_line());
        return Ok(());
    }
    let value = |name: &str| {
        let at = arguments.iter().position(|a| a == name)?;
        arguments.get(at + 1).cloned()
    };
    let weeks = value("--weeks").unwrap_or_else(|| "4,8,13,26,52".to_owned());
    let national = arguments.iter().any(|a| a == "--national");
    let temporary = tempfile::tempdir()?;
    let folder = value("--keep").map_or(temporary.path().to_owned(), PathBuf::from);
    let sizes = if national {
        vec![national_year()]
    } else {
        let weeks: Result<Vec<u32>, _> = weeks.split(',').map(str::parse).collect();
        (weeks?.into_iter())
            .map(|weeks| Options {
                weeks,
                ..Options::default()
            })
            .collect()
    };
    table(&folder, &sizes)
}

fn national_year() -> Options {
    Options {
        origins: 60,
        products: 8,
        markets: 6,
        services: 500,
        weeks: 52,
        ..Options::default()
    }
}

fn table(folder: &Path, sizes: &[Options]) -> Outcome<()> {
    print!("weeks  releases  departures");
    for stage in STAGES {
        print!(" {stage:>8}");
    }
    println!(" | seconds seconds^  peak MiB       gap");
    let mut points: Vec<(f64, f64)> = Vec::new();
    for options in sizes {
        let instance = folder.join(format!("{}-weeks", options.weeks));
        if !instance.exists() {
            generate::write_folder(options, &instance)?;
        }
        let m = measure_apart(&instance, &folder.join(format!("{}-plan", options.weeks)))?;
        let point = (f64::from(options.weeks).ln(), m.seconds.ln());
        let growth = points.last().map_or(String::new(), |last| {
            format!("{:.2}", (point.1 - last.1) / (point.0 - last.0))
        });
        points.push(point);
        print!("{:5} {:9} {:11}", options.weeks, m.releases, m.departures);
        for (seconds, stage) in m.stages.iter().zip(STAGES) {
            print!(" {seconds:width$.3}", width = stage.len().max(8));
        }
        println!(
            " | {:7.3} {growth:>8} {:9.0} {:9.1e}",
            m.seconds, m.peak_mib, m.gap
        );
    }
    if points.len() > 1 {
        println!("seconds grow with weeks^{:.2}", slope(&points));
    }
    Ok(())
}

/// The least-squares slope.
fn slope(points: &[(f64, f64)]) -> f64 {
    let n = points.len() as f64;
    let mean_x = points.iter().map(|p| p.0).sum::<f64>() / n;
    let mean_y = points.iter().map(|p| p.1).sum::<f64>() / n;
    let over: f64 = points.iter().map(|p| (p.0 - mean_x) * (p.1 - mean_y)).sum();
    let under: f64 = points.iter().map(|p| (p.0 - mean_x).powi(2)).sum();
    over / under
}

/// Measures in a child process, so that the peak of memory is that of one instance.
fn measure_apart(instance: &Path, plan: &Path) -> Outcome<Measured> {
    let output = Command::new(env::current_exe()?)
        .arg("--measure")
        .args([instance, plan])
        .output()?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        return Err(format!("{}: {} {said}", instance.display(), output.status).into());
    }
    Measured::from_line(&String::from_utf8(output.stdout)?)
}

impl Measured {
    fn to_line(self) -> String {
        let mut numbers = vec![self.releases as f64, self.departures as f64];
        numbers.extend(self.stages);
        numbers.extend([self.seconds, self.gap, self.peak_mib]);
        let words: Vec<_> = numbers.iter().map(f64::to_string).collect();
        words.join(" ")
    }

    fn from_line(line: &str) -> Outcome<Self> {
        let numbers: Result<Vec<f64>, _> = line.split_whitespace().map(str::parse).collect();
        let numbers = numbers?;
        let [releases, departures, stages @ .., seconds, gap, peak_mib] = numbers.as_slice() else {
            return Err(format!("not a measurement: {line}").into());
        };
        Ok(Self {
            releases: *releases as usize,
            departures: *departures as usize,
            stages: stages.try_into()?,
            seconds: *seconds,
            gap: *gap,
            peak_mib: *peak_mib,
        })
    }
}

/// Plans an instance from its tables to the tables of the plan.
fn measure(instance: &Path, folder: &Path) -> Outcome<Measured> {
    let begun = Instant::now();
    let destination = Destination::prepare(folder)?;
    let prepared = prepare(instance, None)?;
    let plan = prepared.solve(&engine::Options::default())?;
    let writing = Instant::now();
    write_plan(&plan, &destination)?;
    let written = writing.elapsed().as_secs_f64();
    let stages = STAGES.map(|stage| {
        let laps = plan.run.this_run.seconds.iter();
        let of_stage = laps.filter(|(name, _)| *name == stage);
        of_stage.map(|(_, seconds)| seconds).sum()
    });
    let mut measured = Measured {
        releases: prepared.network.releases.len(),
        departures: prepared.network.departures.len(),
        stages,
        seconds: begun.elapsed().as_secs_f64(),
        gap: plan.run.gap().map_or(f64::NAN, |gap| gap as f64 / 1e12),
        peak_mib: peak_mib(),
    };
    measured.stages[STAGES.len() - 1] = written;
    Ok(measured)
}

/// The peak resident set of this process, or NaN where the system does not say.
fn peak_mib() -> f64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM:"));
    let kib = line.and_then(|line| line.split_whitespace().nth(1)?.parse::<f64>().ok());
    kib.map_or(f64::NAN, |kib| kib / 1024.0)
}
