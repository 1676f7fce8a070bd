//! Solves every public flow problem below a folder and prints a line for each.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::Instant;

use railair::engine::{Options, column_generation};
use railair::program::flow_format;

fn main() {
    let folder = std::env::var_os("RAILAIR_OUTSIDE").unwrap_or_else(|| "../shared/outside".into());
    let folder = PathBuf::from(folder);
    let filter: Vec<String> = std::env::args()
        .skip(1)
        .filter(|a| !a.starts_with("--"))
        .collect();
    let mut files = Vec::new();
    collect(&folder, &mut files);
    files.sort();
    for file in files {
        let name = file.display().to_string();
        if !filter.is_empty() && !filter.iter().any(|f| name.contains(f)) {
            continue;
        }
        let text = read(&file);
        let flow = flow_format::read(&text).expect("a flow problem");
        let gap = std::env::var("GAP")
            .ok()
            .and_then(|g| g.parse().ok())
            .unwrap_or(1e-6);
        let options = Options {
            gap,
            ..Options::default()
        };
        let begun = Instant::now();
        let s = column_generation::solve(&flow.program, &options);
        let seconds = begun.elapsed().as_secs_f64();
        println!(
            "{name}: {:?} feasible {} value {:.6} gap {:.1e} {:.3} s pricing {:.3} master {:.3} rounds {} columns {} rows {}",
            s.stop,
            s.feasible,
            s.cost / flow.cost_unit(),
            s.gap().unwrap_or(f64::NAN),
            seconds,
            s.statistics.pricing_seconds,
            s.statistics.master_seconds,
            s.statistics.rounds,
            s.statistics.columns,
            s.statistics.binding_rows
        );
    }
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, files)
        } else if path.to_string_lossy().ends_with(".flow")
            || path.to_string_lossy().ends_with(".flow.gz")
        {
            files.push(path)
        }
    }
}

fn read(path: &Path) -> String {
    let bytes = std::fs::read(path).expect("readable");
    let mut text = String::new();
    if path.extension().is_some_and(|e| e == "gz") {
        flate2::read::MultiGzDecoder::new(&bytes[..])
            .read_to_string(&mut text)
            .expect("gzip");
    } else {
        text = String::from_utf8(bytes).expect("text");
    }
    text
}
