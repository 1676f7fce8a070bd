//! The program as text for other solvers: free MPS and CPLEX LP.
//!
//! What is written is the [`ArcModel`], the program over arcs: its node balances are equations
//! named after group and node, its coupling rows are the program's rows, and its columns are the
//! flows on arcs, the flows into ends, the unserved amounts and the program's own columns. Names
//! come from the caller, who knows what nodes and rows stand for; characters that a format does
//! not admit become underscores, and a name that was taken gets a number. The constant part of the
//! cost is a column `constant` that is fixed at one, because not every reader takes a constant.

use std::collections::HashSet;
use std::io::{self, Read, Write};

use super::Program;
use super::arc_model::{ArcModel, ColumnKind, RowKind};
use crate::files::{self, Owner};

/// Readable names for what a program numbers. Every method has a default that names by number.
pub trait Names {
    /// A node.
    fn node(&self, node: u32) -> String {
        format!("n{node}")
    }
    /// An arc.
    fn arc(&self, arc: u32) -> String {
        format!("a{arc}")
    }
    /// The releases of a class that share a sink.
    fn group(&self, class: u32, sink: u32) -> String {
        format!("c{class}_s{sink}")
    }
    /// A release.
    fn release(&self, release: u32) -> String {
        format!("k{release}")
    }
    /// A row of the program.
    fn row(&self, row: u32) -> String {
        format!("r{row}")
    }
    /// A column of the program.
    fn column(&self, column: u32) -> String {
        format!("y{column}")
    }
}

/// Names everything by its number.
#[derive(Clone, Copy, Debug, Default)]
pub struct Numbered;

impl Names for Numbered {}

/// The formats that can be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Free MPS: sections, one entry per line, names without blanks.
    Mps,
    /// CPLEX LP: algebra for people.
    Lp,
}

/// A program that was exported.
pub const EXPORTED: Owner = Owner {
    what: "a program exported by railair",
    owns: |_| true,
    wrote: |file| {
        let mut head = vec![0; HEADS[0].len().max(HEADS[1].len())];
        let read = files::open(file).and_then(|mut file| file.read(&mut head));
        let head = &head[..read.map_err(|error| error.to_string())?];
        match HEADS.iter().any(|own| head.starts_with(own.as_bytes())) {
            true => Ok(()),
            false => Err("it begins otherwise".to_owned()),
        }
    },
};

/// How what is written begins.
const HEADS: [&str; 2] = ["NAME railair\n", "minimize\n cost: "];

/// Writes `program` to `out`; see the module's description.
///
/// # Errors
/// What writing to `out` gives.
pub fn write(
    program: &Program,
    names: &dyn Names,
    format: Format,
    out: &mut dyn Write,
) -> io::Result<()> {
    let model = ArcModel::of(program);
    let named = Named::of(&model, names);
    match format {
        Format::Mps => write_mps(&model, &named, out),
        Format::Lp => write_lp(&model, &named, out),
    }
}

/// The name of the objective; no row has it.
const OBJECTIVE: &str = "cost";
/// The name of the column that carries the constant.
const CONSTANT: &str = "constant";
/// The longest name that every reader takes.
const LONGEST: usize = 200;

struct Named {
    rows: Vec<String>,
    columns: Vec<String>,
}

impl Named {
    fn of(model: &ArcModel, names: &dyn Names) -> Self {
        let group = |group: u32| {
            let (class, sink) = model.groups[group as usize];
            names.group(class, sink)
        };
        let rows = model.rows.iter().map(|row| match row.kind {
            RowKind::Balance { group: g, node } => {
                format!("balance({},{})", group(g), names.node(node))
            }
            RowKind::Coupling(row) => names.row(row),
        });
        let columns = model.columns.iter().map(|column| match column.kind {
            ColumnKind::Flow { group: g, arc } => format!("flow({},{})", group(g), names.arc(arc)),
            ColumnKind::End { group: g, node } => format!("end({},{})", group(g), names.node(node)),
            ColumnKind::Unserved(release) => format!("unserved({})", names.release(release)),
            ColumnKind::General(column) => names.column(column),
        });
        Self {
            rows: distinct(rows, OBJECTIVE),
            columns: distinct(columns, CONSTANT),
        }
    }
}

/// Names that both formats admit, none twice and none equal to `reserved`.
fn distinct(names: impl Iterator<Item = String>, reserved: &str) -> Vec<String> {
    let mut taken = HashSet::from([reserved.to_owned()]);
    names
        .map(|name| {
            let base = admissible(&name);
            let mut name = base.clone();
            let mut number = 2;
            while !taken.insert(name.clone()) {
                name = format!("{base}_{number}");
                number += 1;
            }
            name
        })
        .collect()
}

/// Letters, digits and a few signs; in the LP format a name must not start with a digit or a
/// point, and one that starts with an `e` and a digit would be read as a number.
fn admissible(name: &str) -> String {
    let keep = |c: char| {
        if c.is_ascii_alphanumeric() || "_.(),#".contains(c) {
            c
        } else {
            '_'
        }
    };
    let name: String = name.chars().map(keep).take(LONGEST).collect();
    let mut letters = name.chars();
    let first = letters.next();
    let exponent = matches!(first, Some('e' | 'E'))
        && letters
            .next()
            .is_none_or(|c| c.is_ascii_digit() || c == '_');
    if exponent || !first.is_some_and(|c| c.is_ascii_alphabetic() || c == '_') {
        format!("x_{name}")
    } else {
        name
    }
}

fn write_mps(model: &ArcModel, named: &Named, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "NAME railair")?;
    writeln!(out, "ROWS")?;
    writeln!(out, " N {OBJECTIVE}")?;
    for (row, name) in model.rows.iter().zip(&named.rows) {
        let sense = match row.kind {
            RowKind::Balance { .. } => 'E',
            RowKind::Coupling(_) => 'L',
        };
        writeln!(out, " {sense} {name}")?;
    }
    writeln!(out, "COLUMNS")?;
    writeln!(out, " {CONSTANT} {OBJECTIVE} {}", model.constant)?;
    let mut whole = false;
    for (column, name) in model.columns.iter().zip(&named.columns) {
        if column.whole != whole {
            let marker = if column.whole { "INTORG" } else { "INTEND" };
            writeln!(out, " marker 'MARKER' '{marker}'")?;
            whole = column.whole;
        }
        // A column without an entry would not exist.
        if column.cost != 0 || column.entries.is_empty() {
            writeln!(out, " {name} {OBJECTIVE} {}", column.cost)?;
        }
        for &(row, value) in &column.entries {
            writeln!(out, " {name} {} {value}", named.rows[row as usize])?;
        }
    }
    if whole {
        writeln!(out, " marker 'MARKER' 'INTEND'")?;
    }
    writeln!(out, "RHS")?;
    for (row, name) in model.rows.iter().zip(&named.rows) {
        if row.rhs != 0 {
            writeln!(out, " rhs {name} {}", row.rhs)?;
        }
    }
    writeln!(out, "BOUNDS")?;
    writeln!(out, " FX bounds {CONSTANT} 1")?;
    for (column, name) in model.columns.iter().zip(&named.columns) {
        match column.upper {
            Some(upper) => writeln!(out, " UP bounds {name} {upper}")?,
            // Some readers give integer columns an upper bound of one unless told otherwise.
            None if column.whole => writeln!(out, " PL bounds {name}")?,
            None => {}
        }
    }
    writeln!(out, "ENDATA")
}

fn write_lp(model: &ArcModel, named: &Named, out: &mut dyn Write) -> io::Result<()> {
    let mut of_row: Vec<Vec<(usize, i64)>> = vec![Vec::new(); model.rows.len()];
    for (index, column) in model.columns.iter().enumerate() {
        for &(row, value) in &column.entries {
            of_row[row as usize].push((index, value));
        }
    }
    writeln!(out, "minimize")?;
    write!(out, " {OBJECTIVE}: {} {CONSTANT}", model.constant)?;
    for (column, name) in model.columns.iter().zip(&named.columns) {
        if column.cost != 0 {
            write_term(out, column.cost, name)?;
        }
    }
    writeln!(out, "\nsubject to")?;
    for ((row, name), entries) in model.rows.iter().zip(&named.rows).zip(&of_row) {
        // A row without columns cannot be written; one that cannot hold is kept by the constant.
        let sense = match row.kind {
            RowKind::Balance { .. } => "=",
            RowKind::Coupling(_) => "<=",
        };
        if entries.is_empty() {
            writeln!(out, " {name}: 0 {CONSTANT} {sense} {}", row.rhs)?;
            continue;
        }
        write!(out, " {name}:")?;
        for &(column, value) in entries {
            write_term(out, value, &named.columns[column])?;
        }
        writeln!(out, "\n  {sense} {}", row.rhs)?;
    }
    writeln!(out, "bounds")?;
    writeln!(out, " {CONSTANT} = 1")?;
    for (column, name) in model.columns.iter().zip(&named.columns) {
        if let Some(upper) = column.upper {
            writeln!(out, " 0 <= {name} <= {upper}")?;
        }
    }
    if model.columns.iter().any(|column| column.whole) {
        writeln!(out, "general")?;
        for (column, name) in model.columns.iter().zip(&named.columns) {
            if column.whole {
                writeln!(out, " {name}")?;
            }
        }
    }
    writeln!(out, "end")
}

/// One term on a line of its own: readers limit the length of lines.
fn write_term(out: &mut dyn Write, value: i64, name: &str) -> io::Result<()> {
    let sign = if value < 0 { '-' } else { '+' };
    write!(out, "\n  {sign} {} {name}", value.unsigned_abs())
}

#[cfg(test)]
mod tests {
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
NAME railair
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

    #[test]
    fn names_are_admissible_and_distinct() {
        let names = ["a b", "a_b", "cost", "e5", "", "1x"].map(String::from);
        assert_eq!(
            distinct(names.into_iter(), OBJECTIVE),
            ["a_b", "a_b_2", "cost_2", "x_e5", "x_", "x_1x"]
        );
    }
}
