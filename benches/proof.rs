//! How long proofs and checks take on large inputs: `cargo bench --bench proof`.
//!
//! First a million rows of demand are read and checked, with the memory that it takes; then the
//! exact bound of a synthetic year of a whole country (60 origins, 8 products, 6 markets, 500
//! departures a week; `-- --weeks 13` for a part of it) is worked out from prices of nothing and
//! from arbitrary ones. No plan is made: any prices prove a bound.

use std::env;
use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::time::Instant;

use railair::instance::generate::{self, Options};
use railair::program::bound::{Prices, lagrangian};
use railair::{instance, prepare};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = env::args().collect();
    let weeks = arguments.iter().position(|a| a == "--weeks");
    let weeks = weeks.and_then(|at| arguments.get(at + 1)?.parse().ok());
    let home = tempfile::tempdir()?;
    read_a_million_rows(home.path())?;
    let country = home.path().join("country");
    prove(&country, weeks.unwrap_or(52))
}

/// Peak memory of this process so far, in MiB; nothing where the system does not say.
fn peak() -> String {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kibibytes = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
    kibibytes.map_or(String::new(), |peak| format!(", peak {} MiB", peak / 1024))
}

/// 1,000 origins, 50 markets and 20 products.
fn read_a_million_rows(home: &Path) -> Result<(), Box<dyn Error>> {
    let folder = home.join("million");
    fs::create_dir(&folder)?;
    let mut places = "place,kind,lat,lon,time_zone\nGATE,airport,30,114,UTC\n".to_owned();
    let mut services = "service,mode,origin,destination,departs,hours\n".to_owned();
    for origin in 0..1000 {
        writeln!(places, "O{origin},city,30,113,UTC")?;
        writeln!(services, "T{origin},road,O{origin},GATE,20:00,24")?;
    }
    for market in 0..50 {
        writeln!(places, "M{market},market,50,5,UTC")?;
        writeln!(services, "F{market},air,GATE,M{market},18:00,13")?;
    }
    let mut products =
        "product,kg_per_parcel,litres_per_parcel,promise_hours,unserved_per_parcel\n".to_owned();
    for product in 0..20 {
        writeln!(products, "p{product},0.5,2,200,3")?;
    }
    let mut demand = "origin,destination,product,parcels\n".to_owned();
    for row in 0..1_000_000 {
        let (origin, market, product) = (row / 1000, row / 20 % 50, row % 20);
        writeln!(demand, "O{origin},M{market},p{product},{}", 1 + row % 40)?;
    }
    for (name, text) in [
        ("settings", "setting,value\nname,Million\n"),
        ("places", &places),
        ("services", &services),
        ("products", &products),
        ("demand", &demand),
    ] {
        fs::write(folder.join(format!("{name}.csv")), text)?;
    }
    let begin = Instant::now();
    let loaded = instance::load(&folder, None);
    let seconds = begin.elapsed().as_secs_f64();
    let read = loaded.instance.ok_or_else(|| loaded.findings.to_string())?;
    println!(
        "{} rows of demand: {seconds:.2} s{}",
        read.demands.len(),
        peak()
    );
    drop(read);
    let begin = Instant::now();
    railair::check(&folder, None);
    let seconds = begin.elapsed().as_secs_f64();
    println!(
        "the same with what can be carried in time: {seconds:.2} s{}",
        peak()
    );
    Ok(())
}

fn prove(folder: &Path, weeks: u32) -> Result<(), Box<dyn Error>> {
    let options = Options {
        origins: 60,
        products: 8,
        markets: 6,
        services: 500,
        weeks,
        ..Options::default()
    };
    generate::write_folder(&options, folder)?;
    let prepared = prepare(folder, None)?;
    let program = &prepared.formulation.program;
    println!(
        "{weeks} weeks: {} releases, {} arcs, {} rows{}",
        program.releases.len(),
        program.arcs(),
        program.rows.len(),
        peak()
    );
    let arbitrary = (0..program.rows.len() as u64)
        .map(|row| i128::from(row.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 28))
        .collect();
    for (name, prices) in [
        ("nothing", Prices::zero(program.rows.len())),
        ("something", Prices::from_numerators(arbitrary)),
    ] {
        let begin = Instant::now();
        let bound = lagrangian(program, &prices)?;
        let seconds = begin.elapsed().as_secs_f64();
        println!(
            "bound from prices of {name}: {seconds:.2} s, {bound:?}{}",
            peak()
        );
    }
    Ok(())
}
