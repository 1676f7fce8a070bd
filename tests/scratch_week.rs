mod support;
use railair::engine::*;
use std::time::Instant;
#[test]
fn scratch() {
    let env = |n: &str, d: i64| {
        std::env::var(n)
            .ok()
            .and_then(|v| v.parse().ok())
            .unwrap_or(d)
    };
    let p = support::week::week(env("O", 10), env("D", 7), env("T", 90), 7);
    println!(
        "nodes {} arcs {} rows {} cols {} rel {} sinks {}",
        p.network.nodes,
        p.arcs(),
        p.rows.len(),
        p.columns.len(),
        p.releases.len(),
        p.sinks.len()
    );
    for e in [
        EngineKind::CheapestFirst,
        EngineKind::FastestFirst,
        EngineKind::ProRata,
    ] {
        let t = Instant::now();
        let s = solve(
            &p,
            &Options {
                engine: e,
                ..Options::default()
            },
        )
        .unwrap();
        println!(
            "{e:?} cost {:.3} feas {} unserved {} flows {} {:?}",
            s.cost / 1e6,
            s.feasible,
            s.unserved.iter().sum::<f64>(),
            s.flows.len(),
            t.elapsed()
        );
    }
    let t = Instant::now();
    #[cfg(feature = "highs")]
    let solver = if std::env::var("H").is_ok() {
        Solver::Highs
    } else {
        Solver::Microlp
    };
    #[cfg(not(feature = "highs"))]
    let solver = Solver::Microlp;
    let s = solve(
        &p,
        &Options {
            engine: EngineKind::Direct,
            solver,
            time_limit: Some(std::time::Duration::from_secs(env("L", 120) as u64)),
            gap: 1e-8,
            progress: Some(|p| eprintln!("{p:?}")),
            ..Options::default()
        },
    )
    .unwrap();
    println!(
        "direct {:?} cost {:.3} bound {:?} gap {:?} feas {} unserved {} flows {} {:?} {:?}",
        s.stop,
        s.cost / 1e6,
        s.bound,
        s.gap(),
        s.feasible,
        s.unserved.iter().sum::<f64>(),
        s.flows.len(),
        s.statistics,
        t.elapsed()
    );
    let t = Instant::now();
    let w = whole::round(&p, &s).unwrap();
    w.verify(&p).unwrap();
    println!(
        "split {} whole cost {:.3} gap {:.3e} {:?}",
        s.flows.iter().filter(|f| f.amount.fract() > 1e-6).count(),
        w.cost as f64 / 1e6,
        (w.cost - s.bound.unwrap()) as f64 / w.cost as f64,
        t.elapsed()
    );
}
