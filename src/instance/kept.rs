//! The tables of an instance as a plan keeps them, and what has changed in them since.
//!
//! A plan's `run.json` has a hash of each table, which says that a table has changed and not where.
//! `inputs.json` beside it has their canonical text, as the plan's scenario had made them.

use std::collections::BTreeMap;

use super::canonical;
use super::differences::{Difference, differences};
use super::findings::Findings;
use super::in_memory::Tables;

/// What the file is called in a plan's folder.
pub const KEPT: &str = "inputs.json";
/// Most cells that are named in a sentence.
const MOST_NAMED: usize = 5;

impl Tables {
    /// The tables as the text of [`KEPT`]: an object of a list of lines per table.
    pub fn keep(&self) -> String {
        let lines: BTreeMap<&str, Vec<String>> = self
            .canonical()
            .into_iter()
            .map(|(name, text)| (name, text.split('\n').map(str::to_owned).collect()))
            .collect();
        // names and lines are all that JSON takes
        serde_json::to_string_pretty(&lines).unwrap_or_default() + "\n"
    }

    /// The tables that [`keep`](Self::keep) wrote; `None` where the text is something else.
    pub fn kept(text: &str) -> Option<Self> {
        let lines: BTreeMap<String, Vec<String>> = serde_json::from_str(text).ok()?;
        let texts: Vec<(String, String)> = lines
            .into_iter()
            .map(|(name, lines)| (name, lines.join("\n")))
            .collect();
        let texts: Vec<(&str, &str)> = texts
            .iter()
            .map(|(name, text)| (name.as_str(), text.as_str()))
            .collect();
        // what was read once is read again; what was edited since differs
        Some(Self::from_csv(&texts, &mut Findings::new()))
    }

    /// Names and canonical text of the tables that hold something.
    fn canonical(&self) -> BTreeMap<&'static str, String> {
        let texts = self.texts().iter().filter(|table| !table.is_empty());
        texts
            .map(|table| {
                let text = canonical::csv(table);
                (table.name(), String::from_utf8_lossy(&text).into_owned())
            })
            .collect()
    }

    /// Tables that do not say the same, by name. Scenarios count where they are applied alone.
    pub fn differing(&self, other: &Self) -> Vec<String> {
        let (mine, theirs) = (self.canonical(), other.canonical());
        let mut names: Vec<&str> = mine.keys().chain(theirs.keys()).copied().collect();
        names.sort_unstable();
        names.dedup();
        names.retain(|name| *name != "scenarios" && mine.get(name) != theirs.get(name));
        names.into_iter().map(str::to_owned).collect()
    }
}

/// What is no longer as it was when a plan was made.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// Tables that have changed, come or gone, by name.
    pub tables: Vec<String>,
    /// Cells that differ; empty where the plan did not keep its tables.
    pub cells: Vec<Difference>,
    /// Whether the plan kept its tables, so that cells are known.
    pub are_cells_known: bool,
}

impl Changes {
    /// What has changed in the tables `now` of an instance since a plan was made of it: `hashes` are
    /// those that the plan names, and `then` the tables that it kept.
    pub fn since(hashes: &BTreeMap<String, String>, then: Option<&Tables>, now: &Tables) -> Self {
        let by_hashes = Self::of_tables(hashes, &now.hashes());
        let Some(then) = then.filter(|_| !by_hashes.is_empty()) else {
            return by_hashes;
        };
        // spelled differently is not changed
        let tables = then.differing(now);
        let mut cells = differences(then, now);
        cells.retain(|cell| tables.iter().any(|table| table == cell.table));
        Self {
            tables,
            cells,
            are_cells_known: true,
        }
    }

    /// The same by hashes alone.
    pub fn of_tables(then: &BTreeMap<String, String>, now: &[(String, String)]) -> Self {
        Self {
            tables: changed_tables(then, now),
            ..Self::default()
        }
    }

    /// Whether everything is as it was.
    pub fn is_empty(&self) -> bool {
        self.tables.is_empty()
    }

    /// The cells of one table in words, as many as fit; empty where none are known.
    pub fn cells_of(&self, table: &str) -> String {
        let of_table = self.cells.iter().filter(|cell| cell.table == table);
        let cells: Vec<&Difference> = of_table.collect();
        let mut words: Vec<String> = cells.iter().take(MOST_NAMED).map(|c| in_words(c)).collect();
        match (cells.len(), self.are_cells_known) {
            (0, true) => "the order of rows, or remarks".to_owned(),
            (all, _) => {
                if all > MOST_NAMED {
                    words.push(format!("and {} more", all - MOST_NAMED));
                }
                words.join("; ")
            }
        }
    }

    /// What has changed, in a sentence without its end: tables, and their cells where known.
    pub fn in_words(&self) -> String {
        let table = |table: &String| match self.cells_of(table).as_str() {
            "" => table.clone(),
            cells => format!("{table} ({cells})"),
        };
        let tables: Vec<String> = self.tables.iter().map(table).collect();
        tables.join(", ")
    }
}

/// A cell that differs, as `row HZ/LGG/small/, parcels: 100 then, 120 now`.
fn in_words(cell: &Difference) -> String {
    let blank = |text: &str| match text {
        "" => "blank".to_owned(),
        text => super::findings::shown(text),
    };
    format!(
        "row {}, {}: {} then, {} now",
        super::findings::shown(&cell.key),
        cell.column,
        blank(&cell.before),
        blank(&cell.after)
    )
}

/// Names of tables of which the hash differs, or that are there on one side only.
fn changed_tables(then: &BTreeMap<String, String>, now: &[(String, String)]) -> Vec<String> {
    let now: BTreeMap<&str, &str> = now
        .iter()
        .map(|(table, hash)| (table.as_str(), hash.as_str()))
        .collect();
    let before = |table: &str| then.get(table).map(String::as_str);
    let mut tables: Vec<&str> = then.keys().map(String::as_str).collect();
    tables.extend(now.keys().filter(|table| before(table).is_none()));
    tables.sort_unstable();
    tables.retain(|table| before(table) != now.get(table).copied());
    tables.into_iter().map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tables(demand: &str) -> Tables {
        let demand = format!("origin,destination,product,parcels,note\n{demand}");
        let tables = [
            ("demand", demand.as_str()),
            (
                "products",
                "product,name\np,\"two\nlines, \"\"quoted\"\"\"\n",
            ),
        ];
        Tables::from_csv(&tables, &mut Findings::new())
    }

    fn hashes(tables: &Tables) -> BTreeMap<String, String> {
        tables.hashes().into_iter().collect()
    }

    #[test]
    fn what_is_kept_is_read_again_as_it_was() {
        let before = tables("A,B,p,3,\nB,A,p,5,x\n");
        let again = Tables::kept(&before.keep()).expect("tables");
        assert_eq!(before.differing(&again), Vec::<String>::new());
        assert_eq!(before.keep(), again.keep());
        assert!(Tables::kept("[1]").is_none());
    }

    #[test]
    fn cells_that_changed_are_named_and_spelling_is_no_change() {
        let then = tables("A,B,p,3,\nB,A,p,5,\n");
        let since = |now: &Tables| Changes::since(&hashes(&then), Some(&then), now);
        let changed = since(&tables("A,B,p,4,\nB,A,p,5,\n"));
        assert_eq!(
            changed.in_words(),
            "demand (row A/B/p/, parcels: 3 then, 4 now)"
        );
        assert!(since(&tables("A,B,p,03,\nB,A,p,5.0,\n")).is_empty());
        let sorted = since(&tables("B,A,p,5,\nA,B,p,3,\n"));
        assert_eq!(sorted.in_words(), "demand (the order of rows, or remarks)");
        let unknown = Changes::since(&hashes(&then), None, &tables("A,B,p,4,\n"));
        assert_eq!(unknown.in_words(), "demand");
    }
}
