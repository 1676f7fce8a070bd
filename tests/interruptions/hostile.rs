//! Files made to hurt end in an error that says so, within two gigabytes of address space.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::process::{Command, Output};

use crate::cli_support::{Desk, text};

/// Kilobytes of address space that railair gets.
const MEMORY: u32 = 2 << 20;

/// Runs railair in so much memory; one thread, because each takes address space for itself.
fn confined(desk: &Desk, arguments: &[&str]) -> Output {
    Command::new("bash")
        .current_dir(desk.path("."))
        .env("RAYON_NUM_THREADS", "1")
        .args(["-c", "ulimit -c 0; ulimit -v $0; exec timeout 60 \"$@\""])
        .arg(MEMORY.to_string())
        .arg(env!("CARGO_BIN_EXE_railair"))
        .args(arguments)
        .output()
        .expect("bash runs")
}

/// Checks the instance and expects errors, among them one of these words.
fn refuses(desk: &Desk, code: &str, words: &str) {
    let end = confined(desk, &["check", "net"]);
    let said = text(&end.stdout) + &text(&end.stderr);
    assert_eq!(end.status.code(), Some(3), "{code}: {said}");
    assert!(
        said.contains(code) && said.contains(words),
        "{code}: {said}"
    );
}

fn table(desk: &Desk, name: &str) -> BufWriter<File> {
    BufWriter::new(File::create(desk.path(&format!("net/{name}.csv"))).expect("a table"))
}

#[test]
fn what_is_too_large_is_an_error() {
    let desk = Desk::with_instance();
    let good = desk.read("net/demand.csv");
    let hole = |bytes: u64| {
        let file = File::create(desk.path("net/demand.csv")).expect("a table");
        file.set_len(bytes).expect("a hole");
    };
    // 2 GiB in one line, unread, and a line of 100 MiB that is read
    hole(2 << 30);
    refuses(&desk, "E501", "larger than 256 MiB");
    hole(100 << 20);
    refuses(&desk, "E502", "longer than 1 MiB");
    // a million columns are a line of 2 MB; half of them fit into one
    fs::write(desk.path("net/demand.csv"), "a,".repeat(1_000_000)).expect("a table");
    refuses(&desk, "E502", "longer than 1 MiB");
    fs::write(desk.path("net/demand.csv"), "a,".repeat(500_000)).expect("a table");
    refuses(&desk, "E503", "500001 columns");
    // more cells than memory is meant for: 6 of demand's columns here, and all of them count
    let mut demand = table(&desk, "demand");
    demand
        .write_all(b"origin,destination,product,parcels\n")
        .expect("a row");
    for _ in 0..6_100_000 {
        demand.write_all(b"A,B,p,1\n").expect("a row");
    }
    demand.flush().expect("a table");
    refuses(&desk, "E509", "48000000 cells");
    fs::write(desk.path("net/demand.csv"), good).expect("a table");
}

#[test]
fn a_date_range_of_a_thousand_million_departures_is_an_error() {
    let desk = Desk::with_instance();
    // its rows are for services that are no longer there
    fs::remove_file(desk.path("net/scenarios.csv")).expect("a table");
    let mut settings = table(&desk, "settings");
    let rows = "setting,value\nname,N\nhorizon,dated\nweek_start,2019-11-04\nweeks,520\n";
    settings.write_all(rows.as_bytes()).expect("a table");
    settings.flush().expect("a table");
    // 300,000 services a day for 520 weeks: 1.1 · 10^9
    let mut services = table(&desk, "services");
    services
        .write_all(b"service,mode,origin,destination,departs,hours,first_date,last_date\n")
        .expect("a row");
    for at in 0..300_000 {
        writeln!(
            services,
            "S{at},road,HANGZHOU,LGG,18:00,300,2019-01-01,2099-12-31"
        )
        .expect("a row");
    }
    services.flush().expect("a table");
    refuses(&desk, "E505", "departures");
}

#[test]
fn what_never_ends_is_not_waited_for() {
    let desk = Desk::with_instance();
    let path = desk.path("net/limits.csv");
    std::os::unix::fs::symlink("/dev/zero", &path).expect("a link");
    refuses(&desk, "E105", "not an ordinary file");
    fs::remove_file(&path).expect("the link");
    let made = Command::new("mkfifo")
        .arg(&path)
        .status()
        .expect("mkfifo runs");
    assert!(made.success());
    refuses(&desk, "E105", "not an ordinary file");
    fs::remove_file(&path).expect("the pipe");

    desk.run(&["solve", "net", "--quiet", "--out", "plan"], 0);
    for name in ["allocation.csv", "run.json"] {
        let path = desk.path(&format!("plan/{name}"));
        let before = fs::read(&path).expect("a file");
        fs::remove_file(&path).expect("a file");
        std::os::unix::fs::symlink("/dev/zero", &path).expect("a link");
        let end = confined(&desk, &["verify", "plan", "--instance", "net"]);
        assert_eq!(end.status.code(), Some(2), "{name}: {end:?}");
        assert!(
            text(&end.stderr).contains("not an ordinary file"),
            "{end:?}"
        );
        fs::remove_file(&path).expect("the link");
        File::create(&path)
            .expect("a file")
            .set_len(2 << 30)
            .expect("a hole");
        let end = confined(&desk, &["verify", "plan", "--instance", "net"]);
        assert_eq!(end.status.code(), Some(2), "{name}: {end:?}");
        assert!(text(&end.stderr).contains("larger than"), "{end:?}");
        fs::write(&path, before).expect("a file");
    }
    desk.run(&["verify", "plan"], 0);
}
