//! What railair holds in memory while it writes what is much larger.
#![cfg(target_os = "linux")]

use std::fs;
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::cli_support::Desk;

/// Nine demands that every day may ride whatever leaves in the twelve days after it: a program of
/// hundreds of thousands of rows out of a few kilobytes.
fn nine_demands(desk: &Desk, weeks: u32) {
    let mut demand = "origin,destination,product,parcels\n".to_owned();
    let mut places = "place,kind,lat,lon\nLGG,hub,50.6,5.4\n".to_owned();
    let mut services =
        "service,mode,origin,destination,days,departs,hours,unit,units,price_per_unit\n".to_owned();
    for at in 0..9 {
        places.push_str(&format!("C{at},city,30,{}\n", 110 + at));
        demand.push_str(&format!("C{at},LGG,P{at},1000\n"));
        services.push_str(&format!(
            "F{at},air,C{at},LGG,daily,1{at}:00,12,kg,900,2.45\n"
        ));
        let next = (at + 1) % 9;
        services.push_str(&format!(
            "T{at},road,C{at},C{next},daily,0{at}:00,20,kg,500,0.4\n"
        ));
    }
    let mut products = "product,kg_per_parcel,litres_per_parcel,promise_hours,max_late_hours,\
                        late_per_parcel_day,unserved_per_parcel\n"
        .to_owned();
    for at in 0..9 {
        products.push_str(&format!("P{at},0.3,1.2,200,100,0.1,9\n"));
    }
    let settings =
        format!("setting,value\nname,Nine\nhorizon,dated\nweek_start,2024-01-01\nweeks,{weeks}\n");
    fs::create_dir(desk.path("nine")).expect("a folder");
    for (name, text) in [
        ("settings", settings),
        ("places", places),
        ("products", products),
        ("demand", demand),
        ("services", services),
    ] {
        fs::write(desk.path(&format!("nine/{name}.csv")), text).expect("a table");
    }
}

/// The most memory, in kilobytes, that railair has held on its way to its end.
fn most_held(desk: &Desk, arguments: &[&str]) -> u64 {
    let mut child = Command::new(env!("CARGO_BIN_EXE_railair"))
        .args(arguments)
        .current_dir(desk.path(""))
        .stdout(Stdio::null())
        .spawn()
        .expect("railair runs");
    let status = format!("/proc/{}/status", child.id());
    let mut most = 0;
    loop {
        // what is over has no memory
        let said = fs::read_to_string(&status).unwrap_or_default();
        let line = said.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let held = line.and_then(|line| line.trim().strip_suffix(" kB")?.parse().ok());
        most = most.max(held.unwrap_or(0));
        if let Some(ended) = child.try_wait().expect("a child") {
            assert!(ended.success(), "{ended}");
            return most;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// Of a file one group of columns is held at a time, and of every name a few numbers: three quarters of
/// its size at most, where the whole would be as much as that and those numbers besides.
#[test]
fn a_program_is_written_without_being_held() {
    let desk = Desk::new();
    nine_demands(&desk, 12);
    let read = most_held(&desk, &["graph", "nine"]);
    for format in ["mps", "lp"] {
        let file = format!("nine.{format}");
        let export = ["export", "nine", "--format", format, "--out", &file];
        let held = most_held(&desk, &export).saturating_sub(read);
        let written = fs::metadata(desk.path(&file)).expect("a file").len() / 1024;
        let said = format!("{format}: {held} kB held beyond {read} kB, {written} kB written");
        println!("{said}");
        assert!(written > 50_000, "{said}: too little to show anything");
        assert!(held < written / 4 * 3, "{said}");
    }
}
