//! Names of rows and columns that both formats admit, none twice.
//!
//! Characters that a format does not admit become underscores; a name of more than 64 characters
//! ends early, because readers cut long names off or break; and one that was taken gets a number.

use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{self, Write};

use super::super::arc_model::{ArcSource, ColumnKind, RowKind};
use super::scale::each;
use super::{CONSTANT, OBJECTIVE};

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

/// The longest name that every reader takes.
const LONGEST: usize = 64;

/// The names of a model. Those of rows, which every entry needs, are kept; those of columns, of which
/// there are many more, are made again each time.
pub(super) struct Named<'a> {
    names: &'a dyn Names,
    /// The names of groups, nodes and arcs, of which there are few beside the columns that are named
    /// after them.
    groups: Vec<String>,
    nodes: Vec<String>,
    arcs: Vec<String>,
    /// All rows' names one after the other.
    text: String,
    /// Where each ends.
    ends: Vec<usize>,
    /// Numbers of columns whose names were taken.
    numbers: HashMap<usize, u32>,
}

impl<'a> Named<'a> {
    pub(super) fn of(source: &ArcSource<'_>, names: &'a dyn Names) -> Self {
        let groups = source.groups.iter();
        let mut made = Self {
            names,
            groups: groups
                .map(|&(class, sink)| names.group(class, sink))
                .collect(),
            nodes: (0..source.program.network.nodes as u32)
                .map(|node| names.node(node))
                .collect(),
            arcs: (0..source.program.arcs() as u32)
                .map(|arc| names.arc(arc))
                .collect(),
            text: String::new(),
            ends: Vec::with_capacity(source.rows.len()),
            numbers: HashMap::new(),
        };
        let mut taken = Taken::by(OBJECTIVE);
        let mut names = Vec::with_capacity(source.rows.len());
        let rows = source.rows.iter();
        rows.for_each(|row| taken.expect(&made.full_row(row.kind)));
        taken.sort();
        for row in &source.rows {
            names.push(taken.take(&made.full_row(row.kind)).0);
        }
        for name in names {
            made.text.push_str(&name);
            made.ends.push(made.text.len());
        }
        made.number_columns(source);
        made
    }

    fn number_columns(&mut self, source: &ArcSource<'_>) {
        let mut taken = Taken::by(CONSTANT);
        each(source, &mut |column| {
            taken.expect(&self.full_column(column.kind))
        });
        taken.sort();
        let (mut numbers, mut at) = (HashMap::new(), 0);
        each(source, &mut |column| {
            let (_, number) = taken.take(&self.full_column(column.kind));
            if number > 1 {
                numbers.insert(at, number);
            }
            at += 1;
        });
        self.numbers = numbers;
    }

    /// The name of a row.
    pub(super) fn row(&self, row: usize) -> &str {
        let start = row.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.text[start..self.ends[row]]
    }

    /// The name of a column.
    pub(super) fn column(&self, column: usize, kind: ColumnKind) -> String {
        let number = self.numbers.get(&column).copied().unwrap_or(1);
        numbered(&admissible(&self.full_column(kind)), number)
    }

    /// What a row is, in as many characters as it takes.
    fn full_row(&self, kind: RowKind) -> String {
        match kind {
            RowKind::Balance { group, node } => {
                let group = &self.groups[group as usize];
                format!("balance({group},{})", self.nodes[node as usize])
            }
            RowKind::Coupling(row) => self.names.row(row),
        }
    }

    fn full_column(&self, kind: ColumnKind) -> String {
        let group = |group: u32| &self.groups[group as usize];
        match kind {
            ColumnKind::Flow { group: g, arc } => {
                format!("flow({},{})", group(g), self.arcs[arc as usize])
            }
            ColumnKind::End { group: g, node } => {
                format!("end({},{})", group(g), self.nodes[node as usize])
            }
            ColumnKind::Unserved(release) => format!("unserved({})", self.names.release(release)),
            ColumnKind::General(column) => self.names.column(column),
        }
    }

    /// What each name stands for, as a table.
    pub(super) fn write(&self, source: &ArcSource<'_>, out: &mut dyn Write) -> io::Result<()> {
        let mut table = csv::Writer::from_writer(out);
        table.write_record(NAMES_HEAD)?;
        for (at, row) in source.rows.iter().enumerate() {
            table.write_record(["row", self.row(at), &self.full_row(row.kind)])?;
        }
        source.columns(&mut |at, column| {
            let (name, full) = (self.column(at, column.kind), self.full_column(column.kind));
            table.write_record(["column", &name, &full])
        })?;
        table.flush()
    }
}

/// The columns of the table of names.
pub const NAMES_HEAD: [&str; 3] = ["what", "name_in_the_program", "stands_for"];

/// Which names are taken, by their hashes: millions of names would be large. Two names of one hash are
/// told apart though they need not be.
struct Taken {
    /// Of names without numbers, sorted once all are expected.
    expected: Vec<u64>,
    /// Of those that occur twice, or with a number, and were given.
    given: HashSet<u64>,
}

impl Taken {
    fn by(reserved: &str) -> Self {
        Self {
            // twice, so that it is never given
            expected: vec![hash(reserved); 2],
            given: HashSet::from([hash(reserved)]),
        }
    }

    /// There will be something of this name.
    fn expect(&mut self, full: &str) {
        self.expected.push(hash(&numbered(&admissible(full), 1)));
    }

    fn sort(&mut self) {
        self.expected.sort_unstable();
    }

    /// How many have a name without a number.
    fn count(&self, hash: u64) -> usize {
        let first = self.expected.partition_point(|&other| other < hash);
        let same = self.expected[first..].iter();
        same.take(2).take_while(|&&other| other == hash).count()
    }

    /// A free name for what it stands for, and its number among equal ones.
    fn take(&mut self, full: &str) -> (String, u32) {
        let base = admissible(full);
        let name = numbered(&base, 1);
        let own = hash(&name);
        if self.count(own) < 2 || self.given.insert(own) {
            return (name, 1);
        }
        let mut number = 2;
        loop {
            let name = numbered(&base, number);
            let own = hash(&name);
            if self.count(own) == 0 && self.given.insert(own) {
                return (name, number);
            }
            number += 1;
        }
    }
}

fn hash(name: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    name.hash(&mut hasher);
    hasher.finish()
}

/// A name with its number among equal ones, no longer than names may be.
fn numbered(base: &str, number: u32) -> String {
    let end = match number {
        1 => String::new(),
        number => format!("_{number}"),
    };
    // what is admissible has one byte a character
    let kept = base.len().min(LONGEST - end.len());
    format!("{}{end}", &base[..kept])
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
    let name: String = name.chars().map(keep).take(2 * LONGEST).collect();
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_admissible_distinct_and_short() {
        let given = |names: &[&str]| {
            let mut taken = Taken::by(OBJECTIVE);
            names.iter().for_each(|name| taken.expect(name));
            taken.sort();
            let given = names.iter().map(|name| taken.take(name).0);
            given.collect::<Vec<String>>()
        };
        let names = given(&["a b", "a_b", "cost", "e5", "", "1x"]);
        assert_eq!(names, ["a_b", "a_b_2", "cost_2", "x_e5", "x_", "x_1x"]);
        // a name that another would get with its number
        assert_eq!(given(&["a b", "a_b", "a_b_2"]), ["a_b", "a_b_3", "a_b_2"]);
        let long = "flow ".repeat(40);
        let names = given(&[long.as_str(); 200]);
        assert!(names.iter().all(|name| name.len() <= LONGEST));
        assert_eq!(names.into_iter().collect::<HashSet<_>>().len(), 200);
    }
}
