//! Known optima of public multicommodity-flow and network design problems, where the folder with
//! them is there.

use std::path::PathBuf;

use railair::engine::integer::{self, IntegerSolution};
use railair::engine::{Options, Stop, solve};
use railair::program::design_format::{self, COST_UNIT};
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

/// Fixed-charge network design: the optima where they are proven; `None` is proven to have none.
const DESIGNS: [(&str, Option<f64>); 8] = [
    ("r01.1", Some(74_079.0)),
    ("r01.7", None),
    ("r05.1", Some(123_003.0)),
    ("c25_100_10_V_L_5", Some(14_712.0)),
    ("c25_100_30_V_T_5", Some(365_272.0)),
    ("c33", Some(423_848.0)),
    ("c35", Some(371_475.0)),
    ("c25_100_10_F_L_5", Some(14_941.0)),
];

/// How many of them are solved within seconds; the others with `RAILAIR_LONG` only.
const QUICK: usize = 7;

/// The gap that is asked for.
const GAP: f64 = 1e-4;

#[test]
fn known_designs_are_found_and_no_more_is_claimed_than_holds() {
    let folder = std::env::var_os("RAILAIR_OUTSIDE").unwrap_or_else(|| "../shared/outside".into());
    let folder = PathBuf::from(folder).join("canad");
    if !folder.is_dir() {
        println!("skipped: there is no folder {}", folder.display());
        return;
    }
    let is_long = std::env::var_os("RAILAIR_LONG").is_some();
    let count = if is_long { DESIGNS.len() } else { QUICK };
    for (name, optimum) in &DESIGNS[..count] {
        let text = std::fs::read_to_string(folder.join(format!("{name}.dow"))).unwrap();
        let program = design_format::read(&text).unwrap();
        let options = Options {
            gap: GAP,
            ..Options::default()
        };
        let answer = integer::solve(&program, &options).unwrap();
        let solution = &answer.solution;
        let Some(optimum) = *optimum else {
            assert_eq!(solution.stop, Stop::Infeasible, "{name}");
            assert!(!solution.feasible, "{name}");
            continue;
        };
        assert_eq!(solution.stop, Stop::Finished, "{name}");
        assert!(solution.feasible, "{name}");
        let value = solution.cost / COST_UNIT as f64;
        let bound = solution.bound.unwrap() as f64 / COST_UNIT as f64;
        assert!(bound <= optimum * (1.0 + 1e-12), "{name}: bound {bound}");
        assert!(value >= optimum * (1.0 - 1e-9), "{name}: {value}");
        assert!(
            value - bound <= GAP * value * (1.0 + 1e-9),
            "{name}: {value}, {bound}"
        );
        let counted = counted(&text, &answer);
        assert!(
            (value - counted).abs() <= 1e-6 * counted,
            "{name}: {value}, {counted}"
        );
    }
}

/// What an answer costs, added up from the file's own lines, on which its flows must fit.
fn counted(text: &str, answer: &IntegerSolution) -> f64 {
    let numbers = |line: &str| -> Vec<f64> {
        let words = line.split_whitespace();
        words.filter_map(|word| word.parse().ok()).collect()
    };
    let mut lines = text.lines().skip(1).map(numbers);
    let counts = lines.next().unwrap();
    let arcs: Vec<Vec<f64>> = lines.by_ref().take(counts[1] as usize).collect();
    let demands: Vec<Vec<f64>> = lines.take(counts[2] as usize).collect();
    let mut loads = vec![0.0; arcs.len()];
    let mut carried = vec![0.0; demands.len()];
    for flow in &answer.solution.flows {
        let demand = flow.release as usize;
        carried[demand] += flow.amount;
        let mut at = demands[demand][0];
        for &arc in &flow.arcs {
            assert_eq!(arcs[arc as usize][0], at);
            at = arcs[arc as usize][1];
            loads[arc as usize] += flow.amount;
        }
        assert_eq!(demands[demand][1], at);
    }
    for (carried, demand) in carried.iter().zip(&demands) {
        assert!((carried - demand[2]).abs() <= 1e-6 * demand[2]);
    }
    let mut cost = 0.0;
    for ((load, arc), &used) in loads.iter().zip(&arcs).zip(&answer.choices) {
        let room = arc[3] * used as f64;
        assert!(*load <= room + 1e-6 * arc[3], "{load} of {room}");
        cost += load * arc[2] + arc[4] * used as f64;
    }
    cost
}
