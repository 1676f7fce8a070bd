//! Prices that prove nothing are named, and why.

use std::fs;
use std::path::Path;

use railair::plan::prepare;

use crate::claims::with;
use crate::mutations::{Bench, rows};

/// The overtime of the textbook in whole shifts, and temporary staff without a limit: a hub that
/// sorts a thousand a day in two shifts at 0.10, and more at 0.40.
fn shifts_and_no_limit() -> Bench {
    let folder = tempfile::tempdir().expect("a folder");
    let tables = Path::new("instances/textbook/overtime");
    for entry in fs::read_dir(tables).expect("an instance") {
        let path = entry.expect("a file").path();
        let name = path.file_name().expect("a name");
        if name != "scenarios.csv" {
            fs::copy(&path, folder.path().join(name)).expect("a copy");
        }
    }
    let handling = "place,step,mode,direction,hours,tier,capacity,shift_capacity,unit,per,\
                    price_per_unit\nHub,sorting,road,in,2,1,1000,500,parcel,day,0.10\n\
                    Hub,sorting,road,in,2,2,,,parcel,day,0.40\n";
    fs::write(folder.path().join("handling.csv"), handling).expect("a table");
    let prepared = prepare(folder.path(), None).expect("an instance");
    Bench::of(prepared, 0).expect("a plan")
}

/// What is said where the first price is `price`.
fn said(table: &str, price: &str) -> String {
    let bench = shifts_and_no_limit();
    let prices = rows(&bench.read(table).expect("a table"));
    bench.failures_with(table, &with(&prices, 1, "price", price))
}

#[test]
fn a_price_that_makes_more_of_something_ever_better_proves_nothing() {
    // a million a parcel, where there is no limit to what is sorted at 0.40
    let price = (1_000_000_000_000i128 << 32).to_string();
    for (table, expected) in [
        ("prices.csv", "the prices prove nothing: "),
        ("branch_prices.csv", "a branch proves nothing: "),
    ] {
        let said = said(table, &price);
        assert!(said.contains(expected), "{table}: {said}");
        assert!(said.contains("earn"), "{table}: {said}");
        assert!(said.contains("without limit"), "{table}: {said}");
    }
}

#[test]
fn prices_beyond_128_bits_prove_nothing() {
    for price in [i128::MAX, i128::MAX >> 10, 1 << 112] {
        for (table, expected) in [
            ("prices.csv", "the prices prove nothing: they are too large"),
            ("branch_prices.csv", "a branch's prices are too large"),
        ] {
            let said = said(table, &price.to_string());
            assert!(said.contains(expected), "{table}: {said}");
        }
    }
}

/// What is bought for the plan is the proof's own: nobody may claim that more is proven of it.
#[test]
fn what_is_proven_of_plans_that_buy_the_same_is_worked_out_again() {
    let bench = shifts_and_no_limit();
    let run = bench.read("run.json").expect("a run");
    let key = "\"bound_as_bought\": ";
    let (before, after) = run.split_once(key).expect("a bound");
    let (bound, after) = after.split_once(',').expect("more");
    assert!(bench.holds_with("run.json", &run));
    for other in ["0", "null", "\"all\"", &format!("1{bound}")] {
        let edited = format!("{before}{key}{other},{after}");
        bench.rejects("run.json", &edited, other);
    }
}
