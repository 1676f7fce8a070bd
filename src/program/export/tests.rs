use super::*;
use crate::program::{Column, Network, Release, Row, Sink, Use};

/// Ten units from 0 to 1 at 3 through a row of room 4, of which whole units sell 2 each.
fn program() -> Program {
    Program {
        network: Network {
            nodes: 2,
            tails: vec![0],
            heads: vec![1],
            time: None,
        },
        classes: 1,
        costs: vec![3],
        use_starts: vec![0, 1],
        uses: vec![Use { row: 0, amount: 0 }],
        amounts: vec![1],
        rows: vec![Row { upper: 4 }],
        columns: vec![Column {
            cost: 1,
            upper: Some(9),
            whole: true,
            entries: vec![(0, -2)],
        }],
        sinks: vec![Sink { ends: vec![(1, 5)] }],
        releases: vec![Release {
            class: 0,
            origin: 0,
            sink: 0,
            quantity: 10,
            unserved_cost: Some(7),
        }],
        constant: 100,
    }
}

struct Readable;

impl Names for Readable {
    fn row(&self, _: u32) -> String {
        "CA 1234|kg".into()
    }
    fn column(&self, _: u32) -> String {
        "2nd tier é".into()
    }
}

fn text(format: Format) -> String {
    let mut out = Vec::new();
    write(&program(), &Readable, format, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn mps_has_every_row_column_and_bound() {
    let expected = "\
NAME railair FREE
ROWS
 N cost
 E balance(c0_s0,n0)
 E balance(c0_s0,n1)
 L CA_1234_kg
COLUMNS
 constant cost 100
 flow(c0_s0,a0) cost 3
 flow(c0_s0,a0) balance(c0_s0,n0) 1
 flow(c0_s0,a0) balance(c0_s0,n1) -1
 flow(c0_s0,a0) CA_1234_kg 1
 end(c0_s0,n1) cost 5
 end(c0_s0,n1) balance(c0_s0,n1) 1
 unserved(k0) cost 7
 unserved(k0) balance(c0_s0,n0) 1
 marker 'MARKER' 'INTORG'
 x_2nd_tier__ cost 1
 x_2nd_tier__ CA_1234_kg -2
 marker 'MARKER' 'INTEND'
RHS
 rhs balance(c0_s0,n0) 10
 rhs CA_1234_kg 4
BOUNDS
 FX bounds constant 1
 UP bounds unserved(k0) 10
 UP bounds x_2nd_tier__ 9
ENDATA
";
    assert_eq!(text(Format::Mps), expected);
}

#[test]
fn lp_says_the_same_in_algebra() {
    let expected = "\
minimize
 cost: 100 constant
  + 3 flow(c0_s0,a0)
  + 5 end(c0_s0,n1)
  + 7 unserved(k0)
  + 1 x_2nd_tier__
subject to
 balance(c0_s0,n0):
  + 1 flow(c0_s0,a0)
  + 1 unserved(k0)
  = 10
 balance(c0_s0,n1):
  - 1 flow(c0_s0,a0)
  + 1 end(c0_s0,n1)
  = 0
 CA_1234_kg:
  + 1 flow(c0_s0,a0)
  - 2 x_2nd_tier__
  <= 4
bounds
 constant = 1
 0 <= unserved(k0) <= 10
 0 <= x_2nd_tier__ <= 9
general
 x_2nd_tier__
end
";
    assert_eq!(text(Format::Lp), expected);
}

/// The same in coarser units, whose row of twenty tonnes in grams is in tens of kilograms; a bound that
/// a balance implies is gone, and so is a row without entries, but for one that cannot hold.
#[test]
fn scaled_numbers_say_the_same() {
    let mut program = program();
    program.amounts = vec![400];
    program.columns[0].entries = vec![(0, -200_000_000)];
    program.rows = [4_000, 7, -1].map(|upper| Row { upper }).to_vec();
    let units = Units {
        about: "a test",
        money: ("EUR", 1),
        rows: &[3, 0, 0],
    };
    let export = Export::new(&program, &Numbered, Numbers::Scaled(units));
    let mut out = Vec::new();
    export.write(Format::Lp, &mut out).unwrap();
    let expected = "\
\\ railair: a test
\\ Columns count parcels or units. Costs are in EUR, weights in kilograms, volumes in cubic metres.
\\ Rows divided by 1e1: r0
\\ Left out, as nothing changes with them: 1 of 5 rows, without entries and always true, and 1 upper bounds that rows imply.
minimize
 cost: 10 constant
  + 0.3 flow(c0_s0,a0)
  + 0.5 end(c0_s0,n1)
  + 0.7 unserved(k0)
  + 0.1 y0
subject to
 balance(c0_s0,n0):
  + 1 flow(c0_s0,a0)
  + 1 unserved(k0)
  = 10
 balance(c0_s0,n1):
  - 1 flow(c0_s0,a0)
  + 1 end(c0_s0,n1)
  = 0
 r0:
  + 0.04 flow(c0_s0,a0)
  - 20000 y0
  <= 0.4
 r2: 1 constant <= 0
bounds
 constant = 1
 0 <= y0 <= 9
general
 y0
end
";
    assert_eq!(String::from_utf8(out).unwrap(), expected);
}
