//! Known optima of public multicommodity-flow problems, where the folder with them is there.

use std::path::PathBuf;

use railair::engine::{Options, Stop, solve};
use railair::program::flow_format;

/// The smaller problems and their optima.
const KNOWN: [(&str, f64); 14] = [
    ("planar/planar30", 44_350_624.0),
    ("planar/planar50", 122_199_689.0),
    ("planar/planar80", 182_438_134.0),
    ("planar/planar100", 231_339_582.0),
    ("grid/grid1", 827_319.0),
    ("grid/grid2", 1_705_378.0),
    ("grid/grid3", 1_524_642.0),
    ("grid/grid4", 3_031_695.0),
    ("grid/grid5", 5_049_688.5),
    ("grid/grid6", 10_401_782.0),
    ("linerlib/baltic-base", 2_866_276.0),
    ("linerlib/waf-low", 5_304_976.0),
    ("linerlib/med-base", 3_652_740.0),
    ("linerlib/pacific-base", 22_678_485.0),
];

#[test]
fn known_optima_are_found_and_proven() {
    let folder = std::env::var_os("RAILAIR_OUTSIDE").unwrap_or_else(|| "../shared/outside".into());
    let folder = PathBuf::from(folder);
    if !folder.is_dir() {
        println!("skipped: there is no folder {}", folder.display());
        return;
    }
    for (name, optimum) in KNOWN {
        let text = std::fs::read_to_string(folder.join(format!("{name}.flow"))).unwrap();
        let flow = flow_format::read(&text).unwrap();
        let solution = solve(&flow.program, &Options::default()).unwrap();
        assert_eq!(solution.stop, Stop::Finished, "{name}");
        assert!(solution.feasible, "{name}");
        let value = solution.cost / flow.cost_unit();
        assert!((value - optimum).abs() <= 1e-6 * optimum, "{name}: {value}");
        let bound = solution.bound.unwrap() as f64 / flow.cost_unit();
        assert!(bound <= optimum * (1.0 + 1e-12), "{name}: bound {bound}");
        assert!(bound >= optimum * (1.0 - 1e-6), "{name}: bound {bound}");
    }
}
