//! Numbers as large as the reference allows: an error with its row, or figures that are right.

use std::fs;
use std::path::Path;

use railair::engine::Options;
use railair::instance::Severity;
use railair::plan::verify::{self, verify_files};
use railair::plan::{PlanError, prepare};
use railair::report::csv::Dialect;
use railair::report::render;

use crate::generator::Random;
use crate::seeds::seeds;

/// A number that is usual, and the most that the reference allows.
struct Number(&'static str, &'static str);

/// One of both, the larger now and then.
fn pick(random: &mut Random, number: &Number) -> &'static str {
    match random.chance(30) {
        true => number.1,
        false => number.0,
    }
}

/// From Town to the hub by truck, by container, and by whole aircraft, with work and storage at the
/// hub and two limits.
fn write(random: &mut Random, folder: &Path) {
    let mut of = |usual, most| pick(random, &Number(usual, most)).to_owned();
    let price = |of: &mut dyn FnMut(&'static str, &'static str) -> String| of("2.5", "1000000000");
    let table = |name: &str, text: String| {
        fs::write(folder.join(format!("{name}.csv")), text).expect("a table");
    };
    let horizon = of(
        "horizon,typical-week",
        "horizon,dated\nweek_start,2024-01-01\nweeks,3",
    );
    table(
        "settings",
        format!(
            "setting,value\nname,large\n{horizon}\nco2e_price_per_t,{}\n",
            of("90", "1000000")
        ),
    );
    table(
        "places",
        format!(
            "place,kind,time_zone,storage_m3,storage_per_m3_day\nTown,city,UTC,,{}\nHub,hub,UTC,,\n",
            of("", "1000000")
        ),
    );
    table(
        "products",
        format!(
            "product,kg_per_parcel,litres_per_parcel,promise_hours,max_late_hours,\
             late_per_parcel_day,unserved_per_parcel\np,{},5,{},100,{},{}\n",
            of("1", "140"),
            of("10", "200"),
            price(&mut of),
            price(&mut of),
        ),
    );
    table(
        "demand",
        format!(
            "origin,destination,product,parcels\nTown,Hub,p,{}\n",
            of("70", "1000000000")
        ),
    );
    table(
        "services",
        format!(
            "service,mode,origin,destination,days,departs,hours,km,co2e_g_per_tkm,unit,units,\
             kg_per_unit,m3_per_unit,price_per_unit,min_units,whole_units,commit\n\
             truck,road,Town,Hub,daily,08:00,4,200,{},kg,,,,{},,,\n\
             train,rail,Town,Hub,135,09:00,9,400,20,FEU,{},10000,60,{},{},,{}\n\
             plane,air,Town,Hub,26,10:00,1,400,600,aircraft,2,30,1,{},1,yes,\n",
            of("60", "100000"),
            of("0.2", "1000000"),
            of("3", "1000000000"),
            of("30", "1000000000"),
            of("", "1"),
            of("", "week"),
            of("500", "30000000"),
        ),
    );
    table(
        "handling",
        format!(
            "place,step,mode,direction,hours,tier,capacity,unit,per,price_per_unit\n\
             Hub,sorting,,in,2,1,20,parcel,day,0.1\nHub,sorting,,in,2,2,,parcel,day,{}\n",
            of("0.4", "1000000000")
        ),
    );
    let (metric, other) = (of("kg", "units"), of("parcels", "cost"));
    table(
        "limits",
        format!(
            "limit,metric,mode,per,min,max,max_share,penalty_per_unit\n\
             a,{metric},rail,week,{},,,{}\nb,{other},,{},,{},,{}\n",
            of("3", "1000000000000"),
            of("0.5", "1000000000"),
            of("day", "horizon"),
            of("0", "1000000000000"),
            of("4", "1000000000"),
        ),
    );
}

/// What `check` finds nothing wrong with has a plan that the checker, which adds up in 128 bits,
/// finds right to the last digit.
#[test]
fn numbers_at_their_maxima_are_refused_or_added_up() {
    let (mut refused, mut right) = (0, 0);
    for seed in seeds(60, 600) {
        let folder = tempfile::tempdir().expect("a folder");
        write(&mut Random::new(seed), folder.path());
        let prepared = match prepare(folder.path(), None) {
            Ok(prepared) => prepared,
            Err(PlanError::Instance(findings)) => {
                let errors = findings.iter().filter(|f| f.severity == Severity::Error);
                for error in errors {
                    assert!(error.row.is_some(), "seed {seed}: {error}");
                }
                refused += 1;
                continue;
            }
            Err(error) => panic!("seed {seed}: {error:?}"),
        };
        let options = Options {
            threads: Some(1),
            ..Options::default()
        };
        let plan = match prepared.solve(&options) {
            Ok(plan) => plan,
            Err(PlanError::Infeasible { .. }) => continue,
            Err(error) => panic!("seed {seed}: {error:?}"),
        };
        let files = render(&plan, Dialect::Plain).expect("tables");
        let options = verify::Options {
            infeasible: true,
            ..verify::Options::default()
        };
        let found = verify_files(&files, &prepared.instance, &options).expect("a plan");
        assert!(found.holds, "seed {seed}: {:#?}", found.failures);
        let cost: f64 = found.cost.parse().expect("a number");
        assert!(cost >= 0.0, "seed {seed}: {cost}");
        right += 1;
    }
    assert!(refused > 5 && right > 5, "{refused} refused, {right} right");
}
