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

/// What names are made of: groups, nodes and arcs, of which there are few beside the rows and columns
/// that are named after them.
struct Parts {
    groups: Vec<String>,
    nodes: Vec<String>,
    arcs: Vec<String>,
}

impl Parts {
    /// The names of a model's parts, each as `written`.
    fn of(source: &ArcSource<'_>, names: &dyn Names, written: impl Fn(String) -> String) -> Self {
        let (nodes, arcs) = (source.program.network.nodes, source.program.arcs());
        let groups = source.groups.iter();
        Self {
            groups: groups
                .map(|&(class, sink)| written(names.group(class, sink)))
                .collect(),
            nodes: (0..nodes as u32)
                .map(|node| written(names.node(node)))
                .collect(),
            arcs: (0..arcs as u32)
                .map(|arc| written(names.arc(arc)))
                .collect(),
        }
    }

    /// The name of a flow or an end.
    fn pair<'p>(&'p self, kind: ColumnKind) -> Option<[&'p str; 5]> {
        let of = |what, group: u32, at: &'p str| {
            let group = &self.groups[group as usize];
            Some([what, group.as_str(), ",", at, ")"])
        };
        match kind {
            ColumnKind::Flow { group, arc } => of("flow(", group, &self.arcs[arc as usize]),
            ColumnKind::End { group, node } => of("end(", group, &self.nodes[node as usize]),
            ColumnKind::Unserved(_) | ColumnKind::General(_) => None,
        }
    }

    /// The name of a balance.
    fn balance(&self, group: u32, node: u32) -> [&str; 5] {
        let (group, node) = (&self.groups[group as usize], &self.nodes[node as usize]);
        ["balance(", group, ",", node, ")"]
    }
}

/// The names of a model. There are as many as the file has lines, so that only their parts are kept,
/// and which of equal ones each is.
pub(super) struct Named<'a> {
    names: &'a dyn Names,
    /// In letters that are admissible.
    parts: Parts,
    /// Of the program's rows, whole.
    couplings: Vec<String>,
    /// Of each row, its number among equal names, from 1.
    rows: Vec<u32>,
    /// The same of columns.
    columns: Vec<u32>,
}

impl<'a> Named<'a> {
    pub(super) fn of(source: &ArcSource<'_>, names: &'a dyn Names) -> Self {
        let couplings = 0..source.program.rows.len() as u32;
        let mut made = Self {
            names,
            parts: Parts::of(source, names, |name| inside(&name)),
            couplings: couplings.map(|row| admissible(&names.row(row))).collect(),
            rows: Vec::new(),
            columns: Vec::new(),
        };
        made.rows = numbers(OBJECTIVE, &mut |look| {
            let rows = source.rows.iter();
            rows.for_each(|row| look(&made.row_base(row.kind)));
        });
        made.columns = numbers(CONSTANT, &mut |look| {
            each(source, &mut |column| look(&made.column_base(column.kind)));
        });
        made
    }

    /// The name of a row.
    pub(super) fn row(&self, row: usize, kind: RowKind) -> String {
        numbered(self.row_base(kind), self.rows[row])
    }

    /// The name of a column.
    pub(super) fn column(&self, column: usize, kind: ColumnKind) -> String {
        numbered(self.column_base(kind), self.columns[column])
    }

    /// What a row is, as far as a name reaches.
    fn row_base(&self, kind: RowKind) -> String {
        match kind {
            RowKind::Balance { group, node } => joined(&self.parts.balance(group, node)),
            RowKind::Coupling(row) => self.couplings[row as usize].clone(),
        }
    }

    fn column_base(&self, kind: ColumnKind) -> String {
        match self.parts.pair(kind) {
            Some(parts) => joined(&parts),
            None => admissible(&self.other_column(kind)),
        }
    }

    /// A column that is not named after parts.
    fn other_column(&self, kind: ColumnKind) -> String {
        match kind {
            ColumnKind::Unserved(release) => format!("unserved({})", self.names.release(release)),
            ColumnKind::General(column) => self.names.column(column),
            ColumnKind::Flow { .. } | ColumnKind::End { .. } => String::new(),
        }
    }

    /// What each name stands for, as a table.
    pub(super) fn write(&self, source: &ArcSource<'_>, out: &mut dyn Write) -> io::Result<()> {
        let full = Parts::of(source, self.names, |name| name);
        let mut table = csv::Writer::from_writer(out);
        table.write_record(NAMES_HEAD)?;
        for (at, row) in source.rows.iter().enumerate() {
            let stands_for = match row.kind {
                RowKind::Balance { group, node } => full.balance(group, node).concat(),
                RowKind::Coupling(row) => self.names.row(row),
            };
            table.write_record(["row", &self.row(at, row.kind), &stands_for])?;
        }
        source.columns(&mut |at, column| {
            let stands_for = match full.pair(column.kind) {
                Some(parts) => parts.concat(),
                None => self.other_column(column.kind),
            };
            table.write_record(["column", &self.column(at, column.kind), &stands_for])
        })?;
        table.flush()
    }
}

/// The columns of the table of names.
pub const NAMES_HEAD: [&str; 3] = ["what", "name_in_the_program", "stands_for"];

/// Takes a name; what shows it shows all names one after the other.
type Look<'l> = dyn FnMut(&str) + 'l;

/// Of each name that `all` shows, its number among equal ones.
fn numbers(reserved: &str, all: &mut dyn FnMut(&mut Look<'_>)) -> Vec<u32> {
    let mut expected = Vec::new();
    all(&mut |base| expected.push(hash(base)));
    let mut numbers = Vec::with_capacity(expected.len());
    let mut taken = Taken::of(reserved, expected);
    all(&mut |base| numbers.push(taken.take(base)));
    numbers
}

/// Which names are taken, by their hashes: millions of names would be large. Two names of one hash are
/// told apart though they need not be.
struct Taken {
    /// Of names without numbers, sorted.
    expected: Vec<u64>,
    /// Of those that occur twice, the number that is tried next.
    next: HashMap<u64, u32>,
    /// Of names with numbers that were given.
    given: HashSet<u64>,
}

impl Taken {
    fn of(reserved: &str, mut expected: Vec<u64>) -> Self {
        expected.push(hash(reserved));
        expected.sort_unstable();
        let equal = expected.windows(2).filter(|pair| pair[0] == pair[1]);
        let mut next: HashMap<u64, u32> = equal.map(|pair| (pair[0], 1)).collect();
        // never given without a number
        next.insert(hash(reserved), 2);
        Self {
            expected,
            next,
            given: HashSet::new(),
        }
    }

    /// A free number for a name.
    fn take(&mut self, base: &str) -> u32 {
        // lower ones were found to be taken, and stay so
        let Some(next) = self.next.get_mut(&hash(base)) else {
            return 1;
        };
        loop {
            let number = *next;
            *next += 1;
            if number == 1 {
                return 1;
            }
            let name = hash(&numbered(base.to_owned(), number));
            if self.expected.binary_search(&name).is_err() && self.given.insert(name) {
                return number;
            }
        }
    }
}

fn hash(name: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    name.hash(&mut hasher);
    hasher.finish()
}

/// A name with its number among equal ones, no longer than names may be.
fn numbered(mut base: String, number: u32) -> String {
    if number > 1 {
        let end = format!("_{number}");
        // what is admissible has one byte a character
        base.truncate(LONGEST - end.len());
        base.push_str(&end);
    }
    base
}

/// Admissible parts one after the other, as far as a name reaches.
fn joined(parts: &[&str]) -> String {
    let mut name = String::with_capacity(LONGEST);
    for part in parts {
        let room = LONGEST - name.len();
        name.push_str(&part[..part.len().min(room)]);
    }
    name
}

/// What may stand within a name: letters, digits and a few signs, as many as a name reaches.
fn inside(name: &str) -> String {
    let keep = |c: char| match c.is_ascii_alphanumeric() || "_.(),#".contains(c) {
        true => c,
        false => '_',
    };
    name.chars().map(keep).take(LONGEST).collect()
}

/// A name that stands by itself: in the LP format it must not start with a digit or a point, and one
/// that starts with an `e` and a digit would be read as a number.
fn admissible(name: &str) -> String {
    let mut name = inside(name);
    let mut letters = name.chars();
    let first = letters.next();
    let exponent = matches!(first, Some('e' | 'E'))
        && letters
            .next()
            .is_none_or(|c| c.is_ascii_digit() || c == '_');
    if exponent || !first.is_some_and(|c| c.is_ascii_alphabetic() || c == '_') {
        name.insert_str(0, "x_");
        name.truncate(LONGEST);
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_admissible_distinct_and_short() {
        let given = |names: &[&str]| {
            let bases: Vec<String> = names.iter().map(|name| admissible(name)).collect();
            let numbers = numbers(OBJECTIVE, &mut |look| {
                bases.iter().for_each(|base| look(base));
            });
            let given = bases.into_iter().zip(numbers);
            given
                .map(|(base, number)| numbered(base, number))
                .collect::<Vec<String>>()
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
