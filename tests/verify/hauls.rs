//! Limits that count each parcel once, on the leg of its way with the most kilometres.
//!
//! Of 700 parcels of a kilogram, a seventh each evening, all take a truck to a yard or to a port, and
//! from there a train for 2 or a flight for 1; who stays behind costs 100.

use std::fs;

use railair::engine::{EngineKind, Options};
use railair::instance::Code;
use railair::plan::verify::{self, verify_files};
use railair::plan::{Plan, prepare};
use railair::report::csv::Dialect;
use railair::report::render;
use tempfile::TempDir;

const HEADER: &str = "limit,metric,mode,per,min,max,min_share,max_share,counts";

/// The instance with limits, where the truck to the yard drives so many kilometres.
fn written(limits: &str, truck_km: i64) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let tables = [
        ("settings", "setting,value\nname,hauls\n".to_owned()),
        (
            "places",
            "place,kind\nTown,city\nYard,rail_terminal\nPort,airport\nHub,hub\n".to_owned(),
        ),
        (
            "products",
            "product,kg_per_parcel,litres_per_parcel,promise_hours,unserved_per_parcel\n\
             p,1,1,400,100\n"
                .to_owned(),
        ),
        (
            "demand",
            "origin,destination,product,parcels\nTown,Hub,p,700\n".to_owned(),
        ),
        (
            "services",
            format!(
                "service,mode,origin,destination,days,departs,hours,unit,kg_per_unit,price_per_unit,km\n\
                 to-yard,road,Town,Yard,daily,20:00,2,kg,1,0,{truck_km}\n\
                 to-port,road,Town,Port,daily,20:00,1,kg,1,0,60\n\
                 train,rail,Yard,Hub,daily,23:00,100,kg,1,2,280\n\
                 flight,air,Port,Hub,daily,23:00,12,kg,1,1,260\n"
            ),
        ),
        ("limits", format!("{HEADER}\n{limits}\n")),
    ];
    for (name, text) in tables {
        fs::write(folder.path().join(format!("{name}.csv")), text).expect("a table");
    }
    folder
}

/// The plan with a limit. The checker holds it to be right, and both engines agree on what it costs.
fn plan_with(limit: &str, truck_km: i64) -> Plan {
    let folder = written(limit, truck_km);
    let prepared = prepare(folder.path(), None).unwrap_or_else(|error| panic!("{error:#?}"));
    let by = |engine| {
        let options = Options {
            engine,
            threads: Some(1),
            ..Options::default()
        };
        prepared.solve(&options).expect("a plan")
    };
    let plan = by(EngineKind::ColumnGeneration);
    assert_eq!(plan.run.cost, by(EngineKind::Direct).run.cost);
    assert!(plan.run.bound.is_some_and(|bound| bound <= plan.run.cost));
    let files = render(&plan, Dialect::Plain).expect("tables");
    let found = verify_files(&files, &prepared.instance, &verify::Options::default());
    let found = found.expect("a plan that can be read");
    assert!(found.holds, "{:#?}", found.failures);
    let hauled: i64 = plan
        .run
        .modes
        .iter()
        .map(|mode| mode.hauled.parcels.0)
        .sum();
    let totals = &plan.run.totals;
    assert_eq!(hauled, (totals.on_time + totals.late).0);
    plan
}

/// Parcels by main haul: rail, air, road.
fn by_mode(plan: &Plan) -> [i64; 3] {
    ["rail", "air", "road"].map(|word| {
        let is_it =
            |mode: &&railair::plan::ModeTotals| railair::report::tables::mode(mode.mode) == word;
        let found = plan.run.modes.iter().find(is_it);
        found.map_or(0, |mode| mode.hauled.parcels.0)
    })
}

/// Two fifths of 700 are 280, by the train for one more each. Every truck counted, they would be two
/// fifths of 1,400 boardings; and of three fifths of those, 840, a train could carry 700 at most: only
/// nothing at all has such a share.
#[test]
fn a_share_counts_each_parcel_once() {
    let cost = |limit: &str| plan_with(limit, 100).run.cost.amount();
    assert_eq!(cost("rail,parcels,rail,week,,,0.4,,"), 700.0 + 280.0);
    assert_eq!(cost("rail,kg,rail,week,,,0.6,,main"), 700.0 + 420.0);
    assert_eq!(cost("rail,parcels,rail,week,,,0.4,,aboard"), 700.0 + 560.0);
    assert_eq!(cost("rail,m3,rail,week,,,0.6,,aboard"), 70_000.0);
    assert_eq!(cost("air,parcels,air,day,,,,0.3,"), 700.0 + 490.0);
    let plan = plan_with("rail,parcels,rail,week,,,0.4,,", 100);
    assert_eq!(by_mode(&plan), [280, 420, 0]);
    assert_eq!(plan.limits[0].value, 280_000_000);
    assert_eq!(plan.limits[0].min, Some(280_000_000));
}

/// At most 50 a day: main hauls leave on the day on which their trucks do, so that 25 could travel
/// where trucks counted, too.
#[test]
fn an_amount_counts_every_leg_unless_it_says_main() {
    let carried = |limit: &str| {
        let totals = plan_with(limit, 100).run.totals;
        (totals.on_time + totals.late).0
    };
    assert_eq!(carried("all,parcels,,day,,50,,,"), 7 * 25);
    assert_eq!(carried("all,parcels,,day,,50,,,main"), 7 * 50);
}

/// Tonne-kilometres of a main haul are those of its own leg: x parcels by the train are two fifths
/// where 280 x = 0.4 (280 x + 260 (700 − x)), x = 267.6….
#[test]
fn tonne_kilometres_are_those_of_the_main_haul() {
    let plan = plan_with("rail,tonne_km,rail,week,,,0.4,,main", 100);
    assert_eq!(by_mode(&plan), [268, 432, 0]);
}

/// The truck drives as far as the train: it is the main haul, as it comes first; a kilometre less
/// decides otherwise.
#[test]
fn of_equal_legs_the_first_is_the_main_haul() {
    let limit = "air,parcels,air,week,,,,0.5,";
    assert_eq!(by_mode(&plan_with(limit, 279)), [350, 350, 0]);
    assert_eq!(by_mode(&plan_with(limit, 280)), [0, 350, 350]);
}

/// What a share counts by default is said once, and only where it makes a difference: not where the
/// table says it, of amounts, nor where every way has one leg.
#[test]
fn what_a_share_counts_by_default_is_said_once() {
    let told = |limits: &str| {
        let folder = written(limits, 100);
        let findings = railair::check(folder.path(), None).findings;
        assert_eq!(findings.errors(), 0, "{findings}");
        let of_counts = findings
            .iter()
            .filter(|finding| finding.code == Code::CountsMainHauls);
        of_counts.map(ToString::to_string).collect::<Vec<_>>()
    };
    let both = "rail,kg,rail,week,,,0.2,,\nair,kg,air,week,,,,0.9,\n";
    let said = told(both);
    assert_eq!(said.len(), 1, "{said:?}");
    assert!(said[0].contains("air, rail"), "{said:?}");
    let silent = [
        "rail,kg,rail,week,,,0.2,,main",
        "rail,kg,rail,week,,,0.2,,aboard",
        "rail,kg,rail,week,,900,,,",
    ];
    for limits in silent {
        assert_eq!(told(limits), Vec::<String>::new());
    }
    let folder = written("rail,kg,rail,week,,,0.2,,", 100);
    let services = folder.path().join("services.csv");
    let text = fs::read_to_string(&services).expect("a table");
    let kept = text.lines().filter(|line| !line.starts_with("to-"));
    let direct: Vec<String> = kept
        .map(|line| {
            line.replace("Yard,Hub", "Town,Hub")
                .replace("Port,Hub", "Town,Hub")
        })
        .collect();
    fs::write(&services, direct.join("\n")).expect("a table");
    let findings = railair::check(folder.path(), None).findings;
    assert_eq!(findings.count(Code::CountsMainHauls), 0, "{findings}");
}

/// Units are bought for all parcels together: no main haul has some of its own.
#[test]
fn what_is_bought_has_no_main_haul() {
    let folder = written("rail,units,rail,week,,9,,,main", 100);
    let findings = railair::check(folder.path(), None).findings;
    assert_eq!(findings.count(Code::NotAttributable), 1, "{findings}");
}
