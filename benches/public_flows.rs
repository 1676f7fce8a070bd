//! Solves every `.flow` and `.flow.gz` problem below a folder and prints a line for each.
//!
//! `cargo bench --bench public_flows -- [--csv] [--gap 1e-6] [--time-limit SECONDS]
//! [--highs-limit SECONDS] [NAME ..]`
//!
//! The folder stands in `RAILAIR_OUTSIDE` (default `../shared/outside`); where it has an
//! `optima.csv` (`file,kind,optimum,..`), values are compared with it. A name selects the problems
//! whose path contains it. With the feature `highs`, HiGHS solves the arc formulation aggregated
//! by origin in the same run, by simplex and by interior point, with one thread and two, each
//! within its limit (default 60 s), and the best of these is compared, with its peak of memory.

use std::io::Read;
use std::path::Path;
use std::time::{Duration, Instant};

use railair::engine::{Options, Solution, Stop, solve};
use railair::program::flow_format::{self, FlowProblem};

#[cfg(feature = "highs")]
#[path = "support/highs.rs"]
mod highs;
#[path = "support/outside.rs"]
mod outside;

use outside::Problem;

const HEADER: &str = "name,nodes,arcs,commodities,value,known,difference,bound,gap,seconds,rounds,\
columns,binding_rows,pricing_share,master_share,peak_mib";

/// What the command line asks for.
struct Arguments {
    csv: bool,
    gap: f64,
    time_limit: Duration,
    highs_limit: Duration,
    names: Vec<String>,
}

fn main() {
    let arguments = arguments();
    let Some(problems) = outside::problems(&[".flow", ".flow.gz"], &arguments.names) else {
        return;
    };
    println!(
        "{}",
        if arguments.csv {
            HEADER.to_owned()
        } else {
            heading()
        }
    );
    let mut ratios = Vec::new();
    for problem in problems {
        measure(&problem, &arguments, &mut ratios);
    }
    if !ratios.is_empty() {
        let mean = ratios.iter().map(|r: &f64| r.ln()).sum::<f64>() / ratios.len() as f64;
        println!("geometric mean of the ratios, or more: {:.1}", mean.exp());
    }
}

fn arguments() -> Arguments {
    let mut arguments = Arguments {
        csv: false,
        gap: 1e-6,
        time_limit: Duration::from_secs(300),
        highs_limit: Duration::from_secs(60),
        names: Vec::new(),
    };
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        let mut number =
            |default: f64| words.next().and_then(|w| w.parse().ok()).unwrap_or(default);
        match word.as_str() {
            "--csv" => arguments.csv = true,
            "--gap" => arguments.gap = number(1e-6),
            "--highs-limit" => arguments.highs_limit = Duration::from_secs_f64(number(60.0)),
            "--time-limit" => arguments.time_limit = Duration::from_secs_f64(number(300.0)),
            "--bench" => {}
            _ => arguments.names.push(word),
        }
    }
    arguments
}

fn measure(problem: &Problem, arguments: &Arguments, ratios: &mut Vec<f64>) {
    let path = &problem.path;
    // an optimum that is no number cannot be compared with
    let known: Option<f64> = (problem.known.as_ref()).and_then(|known| known.parse().ok());
    let flow = match read(&problem.file) {
        Ok(flow) => flow,
        Err(error) => {
            println!("{path}: {error}");
            return;
        }
    };
    let options = Options {
        gap: arguments.gap,
        time_limit: Some(arguments.time_limit),
        ..Options::default()
    };
    reset_peak();
    let begun = Instant::now();
    let solution = match solve(&flow.program, &options) {
        Ok(solution) => solution,
        Err(error) => {
            println!("{path}: {error}");
            return;
        }
    };
    let seconds = begun.elapsed().as_secs_f64();
    let fields = fields(path, &flow, &solution, known, seconds);
    if arguments.csv {
        println!("{}", fields.join(","));
    } else {
        println!("{}", line(&fields));
    }
    if solution.stop != Stop::Finished || !solution.feasible {
        println!("  {:?}, feasible: {}", solution.stop, solution.feasible);
    }
    #[cfg(feature = "highs")]
    ratios.push(highs::compare(&flow, seconds, arguments.highs_limit));
    #[cfg(not(feature = "highs"))]
    let _ = ratios;
}

fn fields(
    path: &str,
    flow: &FlowProblem,
    solution: &Solution,
    known: Option<f64>,
    seconds: f64,
) -> Vec<String> {
    let unit = flow.cost_unit();
    let value = solution.cost / unit;
    let bound = solution.bound.map(|bound| bound as f64 / unit);
    let statistics = &solution.statistics;
    let optional = |number: Option<String>| number.unwrap_or_default();
    vec![
        path.trim_end_matches(".gz")
            .trim_end_matches(".flow")
            .to_owned(),
        flow.program.network.nodes.to_string(),
        flow.program.arcs().to_string(),
        flow.program.releases.len().to_string(),
        format!("{value:.6}"),
        optional(known.map(|known| known.to_string())),
        optional(known.map(|known| format!("{:.1e}", (value - known) / known.abs().max(1.0)))),
        optional(bound.map(|bound| format!("{bound:.6}"))),
        optional(solution.gap().map(|gap| format!("{gap:.1e}"))),
        format!("{seconds:.3}"),
        statistics.rounds.to_string(),
        statistics.columns.to_string(),
        statistics.binding_rows.to_string(),
        format!("{:.2}", statistics.pricing_seconds / seconds),
        format!("{:.2}", statistics.master_seconds / seconds),
        optional(peak_mib().map(|peak| format!("{peak:.1}"))),
    ]
}

const WIDTHS: [usize; 16] = [26, 7, 7, 7, 18, 18, 9, 18, 8, 8, 7, 8, 13, 14, 13, 9];

fn heading() -> String {
    line(&HEADER.split(',').map(str::to_owned).collect::<Vec<_>>())
}

fn line(fields: &[String]) -> String {
    let cells = fields.iter().zip(WIDTHS);
    cells
        .map(|(text, width)| format!("{text:>width$}"))
        .collect::<Vec<_>>()
        .join(" ")
}

fn read(path: &Path) -> Result<FlowProblem, Box<dyn std::error::Error>> {
    let bytes = std::fs::read(path)?;
    let mut text = String::new();
    if path.extension().is_some_and(|extension| extension == "gz") {
        flate2::read::MultiGzDecoder::new(&bytes[..]).read_to_string(&mut text)?;
    } else {
        text = String::from_utf8(bytes)?;
    }
    Ok(flow_format::read(&text)?)
}

/// Forgets the peak of the memory in use, where the system can.
fn reset_peak() {
    // only Linux has it; without it the peak is that of the run so far
    let _ = std::fs::write("/proc/self/clear_refs", "5");
}

/// The peak of the memory in use.
fn peak_mib() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    let kib: f64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kib / 1024.0)
}
