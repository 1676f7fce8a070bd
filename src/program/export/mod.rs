//! The program as text for other solvers: free MPS and CPLEX LP.
//!
//! What is written is the [arc formulation](ArcSource), the program over arcs: its node balances are equations
//! named after group and node, its coupling rows are the program's rows, and its columns are the
//! flows on arcs, the flows into ends, the unserved amounts and the program's own columns. Names
//! come from the caller, who knows what nodes and rows stand for (see [`names`]). The constant part of
//! the cost is a column `constant` that is fixed at one, because not every reader takes a constant.
//!
//! [`Numbers::Exact`] writes the integers of the program: grams, cubic centimetres, millionths of the
//! currency. Solvers count in floating point with tolerances of a millionth or so, and entries of
//! hundreds of millions beside entries of one lead several of them to wrong answers. So
//! [`Numbers::Scaled`] divides by powers of ten, which loses no digit (see [`scale`]):
//!
//! - money stands in the currency's unit, and a row in kilograms, cubic metres or whatever its own
//!   unit is, divided further where its entries are not between 0.001 and 100,000; columns stay what
//!   they are, parcels and units;
//! - a row without entries is left out, unless it cannot hold: then it is kept by the constant;
//! - an upper bound is left out that a row implies anyway.
//!
//! What was divided by what stands in the comment at the beginning of the file.

pub mod names;
pub mod scale;

use std::io::{self, Read, Write};
use std::ops::Range;

use super::Program;
use super::arc_model::{ArcSource, ColumnKind, ModelColumn, RowKind};
use crate::files::{self, Owner};

use names::Named;
pub use names::{Names, Numbered};
use scale::{Form, decimal, each};
pub use scale::{Numbers, Units};

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
        let longest = HEADS.iter().map(|head| head.len()).max();
        let mut head = vec![0; longest.unwrap_or_default()];
        let read = files::open(file).and_then(|mut file| file.read(&mut head));
        let head = &head[..read.map_err(|error| error.to_string())?];
        match HEADS.iter().any(|own| head.starts_with(own.as_bytes())) {
            true => Ok(()),
            false => Err("it begins otherwise".to_owned()),
        }
    },
};

/// How what is written begins.
const HEADS: [&str; 5] = [
    "NAME railair FREE\n",
    "NAME railair\n",
    "minimize\n cost: ",
    "* railair: ",
    "\\ railair: ",
];
/// The name of the objective; no row has it.
const OBJECTIVE: &str = "cost";
/// The name of the column that carries the constant.
const CONSTANT: &str = "constant";
/// The most entries of the program's rows that are held at once.
const MOST_TERMS: usize = 1 << 22;

/// A program with names and numbers, ready to be written.
pub struct Export<'a> {
    source: ArcSource<'a>,
    named: Named<'a>,
    form: Form,
}

impl<'a> Export<'a> {
    /// The arc formulation of `program` under these names, in these numbers.
    pub fn new(program: &'a Program, names: &'a dyn Names, numbers: Numbers<'_>) -> Self {
        let source = ArcSource::of(program);
        Self {
            named: Named::of(&source, names),
            form: Form::of(&source, numbers),
            source,
        }
    }

    /// Writes the program.
    ///
    /// # Errors
    /// What writing to `out` gives.
    pub fn write(&self, format: Format, out: &mut dyn Write) -> io::Result<()> {
        let sign = match format {
            Format::Mps => '*',
            Format::Lp => '\\',
        };
        for line in self.form.comment(&self.source, &self.named) {
            writeln!(out, "{sign} {line}")?;
        }
        match format {
            Format::Mps => self.write_mps(out),
            Format::Lp => self.write_lp(out),
        }
    }

    /// Writes a table of what each name of the file stands for.
    ///
    /// # Errors
    /// What writing to `out` gives.
    pub fn write_names(&self, out: &mut dyn Write) -> io::Result<()> {
        self.named.write(&self.source, out)
    }

    /// The rows that are written, by position.
    fn rows(&self) -> impl Iterator<Item = usize> + '_ {
        (0..self.source.rows.len()).filter(|&row| !self.form.is_left_out(row))
    }

    fn row_name(&self, row: usize) -> String {
        self.named.row(row, self.source.rows[row].kind)
    }

    /// A number of a row as text.
    fn of_row(&self, row: usize, value: i64) -> String {
        decimal(i128::from(value), self.form.row_digits(row))
    }

    /// An amount of money as text.
    fn money(&self, value: impl Into<i128>) -> String {
        decimal(value.into(), self.form.money_digits())
    }

    /// What the column `constant` takes of a row: of one without entries that cannot hold, so much
    /// that what is said of it is wrong in a way that every reader sees.
    fn of_constant(&self, row: usize) -> bool {
        self.form.is_kept_by_constant(row)
    }

    fn write_mps(&self, out: &mut dyn Write) -> io::Result<()> {
        // without this word some readers take a line for fixed columns where its name is of that length
        writeln!(out, "NAME railair FREE")?;
        writeln!(out, "ROWS")?;
        writeln!(out, " N {OBJECTIVE}")?;
        for row in self.rows() {
            let sense = match self.source.rows[row].kind {
                RowKind::Balance { .. } => 'E',
                RowKind::Coupling(_) => 'L',
            };
            writeln!(out, " {sense} {}", self.row_name(row))?;
        }
        self.write_columns(out)?;
        writeln!(out, "RHS")?;
        for row in self.rows() {
            let rhs = self.rhs(row);
            if rhs != 0 {
                writeln!(out, " rhs {} {}", self.row_name(row), self.of_row(row, rhs))?;
            }
        }
        writeln!(out, "BOUNDS")?;
        writeln!(out, " FX bounds {CONSTANT} 1")?;
        self.source.columns(&mut |at, column| {
            let name = || self.named.column(at, column.kind);
            match column.upper.filter(|_| !self.form.is_idle_bound(at)) {
                Some(upper) => writeln!(out, " UP bounds {} {upper}", name()),
                // Some readers give integer columns an upper bound of one unless told otherwise.
                None if column.whole => writeln!(out, " PL bounds {}", name()),
                None => Ok(()),
            }
        })?;
        writeln!(out, "ENDATA")
    }

    fn write_columns(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "COLUMNS")?;
        writeln!(
            out,
            " {CONSTANT} {OBJECTIVE} {}",
            self.money(self.source.program.constant)
        )?;
        for row in self.rows().filter(|&row| self.of_constant(row)) {
            writeln!(
                out,
                " {CONSTANT} {} {}",
                self.row_name(row),
                self.of_row(row, 1)
            )?;
        }
        let mut whole = false;
        self.source.columns(&mut |at, column| {
            if column.whole != whole {
                let marker = if column.whole { "INTORG" } else { "INTEND" };
                writeln!(out, " marker 'MARKER' '{marker}'")?;
                whole = column.whole;
            }
            let name = self.named.column(at, column.kind);
            // A column without an entry would not exist.
            if column.cost != 0 || column.entries.is_empty() {
                writeln!(out, " {name} {OBJECTIVE} {}", self.money(column.cost))?;
            }
            for &(row, value) in &column.entries {
                let row = row as usize;
                writeln!(
                    out,
                    " {name} {} {}",
                    self.row_name(row),
                    self.of_row(row, value)
                )?;
            }
            io::Result::Ok(())
        })?;
        if whole {
            writeln!(out, " marker 'MARKER' 'INTEND'")?;
        }
        Ok(())
    }

    /// The right-hand side, with what the constant takes.
    fn rhs(&self, row: usize) -> i64 {
        let rhs = self.source.rows[row].rhs;
        match self.of_constant(row) {
            true => rhs.saturating_add(1),
            false => rhs,
        }
    }

    fn write_lp(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "minimize")?;
        write!(
            out,
            " {OBJECTIVE}: {} {CONSTANT}",
            self.money(self.source.program.constant)
        )?;
        self.source.columns(&mut |at, column| {
            if column.cost == 0 {
                return Ok(());
            }
            let cost = self.money(i128::from(column.cost).abs());
            write_term(
                out,
                column.cost < 0,
                &cost,
                &self.named.column(at, column.kind),
            )
        })?;
        writeln!(out, "\nsubject to")?;
        self.write_balances(out)?;
        self.write_couplings(out)?;
        self.write_bounds(out)?;
        writeln!(out, "end")
    }

    /// The balances of one group after the other: each has columns of its own group alone.
    fn write_balances(&self, out: &mut dyn Write) -> io::Result<()> {
        let (mut row, mut first) = (0, 0);
        let balances = 0..self.source.balances();
        for group in 0..self.source.groups.len() {
            let columns = self.source.of_group(group);
            let mut terms = Vec::new();
            for (at, column) in (first..).zip(&columns) {
                add_terms(&mut terms, at, column, &balances);
            }
            terms.sort_unstable_by_key(|term| (term.row, term.column));
            first += columns.len();
            while row < balances.end && self.is_of(row, group) {
                if !self.form.is_left_out(row) {
                    self.write_row(row, of_row(&terms, row), out)?;
                }
                row += 1;
            }
        }
        Ok(())
    }

    fn is_of(&self, row: usize, of: usize) -> bool {
        matches!(self.source.rows[row].kind, RowKind::Balance { group, .. } if group as usize == of)
    }

    /// The program's rows, as many at a time as have not too many entries: every column may have some
    /// of each.
    fn write_couplings(&self, out: &mut dyn Write) -> io::Result<()> {
        for rows in self.blocks(MOST_TERMS) {
            let mut all: Vec<Term> = Vec::new();
            self.source.columns(&mut |at, column| {
                add_terms(&mut all, at, column, &rows);
                io::Result::Ok(())
            })?;
            all.sort_unstable_by_key(|term| (term.row, term.column));
            for row in rows.filter(|&row| !self.form.is_left_out(row)) {
                self.write_row(row, of_row(&all, row), out)?;
            }
        }
        Ok(())
    }

    /// The program's rows in blocks of at most `most` entries, or of one row.
    fn blocks(&self, most: usize) -> Vec<Range<usize>> {
        let first = self.source.balances();
        let mut entries = vec![0; self.source.rows.len() - first];
        each(&self.source, &mut |column| {
            let rows = column.entries.iter().map(|&(row, _)| row as usize);
            rows.filter(|&row| row >= first)
                .for_each(|row| entries[row - first] += 1);
        });
        let mut blocks: Vec<Range<usize>> = Vec::new();
        let mut sum = 0;
        for (row, entries) in (first..).zip(entries) {
            sum += entries;
            match blocks.last_mut() {
                Some(block) if sum <= most => block.end = row + 1,
                _ => {
                    blocks.push(row..row + 1);
                    sum = entries;
                }
            }
        }
        blocks
    }

    fn write_row(&self, row: usize, terms: &[Term], out: &mut dyn Write) -> io::Result<()> {
        // A row without columns cannot be written; one that cannot hold is kept by the constant.
        let sense = match self.source.rows[row].kind {
            RowKind::Balance { .. } => "=",
            RowKind::Coupling(_) => "<=",
        };
        let (name, rhs) = (self.row_name(row), self.of_row(row, self.rhs(row)));
        if terms.is_empty() {
            let taken = i64::from(self.of_constant(row));
            let taken = self.of_row(row, taken);
            return writeln!(out, " {name}: {taken} {CONSTANT} {sense} {rhs}");
        }
        write!(out, " {name}:")?;
        for term in terms {
            let name = self.named.column(term.column as usize, term.kind);
            let amount = decimal(i128::from(term.value).abs(), self.form.row_digits(row));
            write_term(out, term.value < 0, &amount, &name)?;
        }
        writeln!(out, "\n  {sense} {rhs}")
    }

    fn write_bounds(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "bounds")?;
        writeln!(out, " {CONSTANT} = 1")?;
        let mut whole = Vec::new();
        self.source.columns(&mut |at, column| {
            if column.whole {
                whole.push(self.named.column(at, column.kind));
            }
            match column.upper.filter(|_| !self.form.is_idle_bound(at)) {
                Some(upper) => {
                    let name = self.named.column(at, column.kind);
                    writeln!(out, " 0 <= {name} <= {upper}")
                }
                None => Ok(()),
            }
        })?;
        if !whole.is_empty() {
            writeln!(out, "general")?;
        }
        whole.iter().try_for_each(|name| writeln!(out, " {name}"))
    }
}

/// Writes `program` to `out` in exact integers; see the module's description.
///
/// # Errors
/// What writing to `out` gives.
pub fn write(
    program: &Program,
    names: &dyn Names,
    format: Format,
    out: &mut dyn Write,
) -> io::Result<()> {
    Export::new(program, names, Numbers::Exact).write(format, out)
}

/// One term on a line of its own: readers limit the length of lines.
fn write_term(out: &mut dyn Write, negative: bool, amount: &str, name: &str) -> io::Result<()> {
    let sign = if negative { '-' } else { '+' };
    write!(out, "\n  {sign} {amount} {name}")
}

/// An entry of a row, with what names its column.
struct Term {
    row: u32,
    column: u32,
    kind: ColumnKind,
    value: i64,
}

/// Adds the entries of a column in some rows.
fn add_terms(terms: &mut Vec<Term>, at: usize, column: &ModelColumn, rows: &Range<usize>) {
    let entries = column.entries.iter();
    let wanted = entries.filter(|(row, _)| rows.contains(&(*row as usize)));
    terms.extend(wanted.map(|&(row, value)| Term {
        row,
        column: at as u32,
        kind: column.kind,
        value,
    }));
}

/// The entries of a row among sorted ones.
fn of_row(terms: &[Term], row: usize) -> &[Term] {
    let first = terms.partition_point(|term| (term.row as usize) < row);
    let end = terms.partition_point(|term| term.row as usize <= row);
    &terms[first..end]
}

#[cfg(test)]
mod tests;
