//! `run.json`: totals and claims.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::instance::Changes;

use super::decimal;
use super::failure::{At, Failures, shown};
use super::reading::{ReadError, Source};

pub(super) const NAME: &str = "run.json";
/// The most bytes that are read.
const MOST_BYTES: u64 = 64 << 20;
/// Levels below which a value stays text; railair writes four.
const DEEPEST: usize = 8;

/// The text of every value of `run.json`, by its path of names joined by points. Numbers keep their
/// digits, so that money is compared exactly.
#[derive(Clone, Debug, Default)]
pub(super) struct Run {
    values: BTreeMap<String, String>,
    /// Paths that stand more than once: which of their values holds, readers may see differently.
    twice: BTreeSet<String>,
}

/// The entries of an object in order; a map would keep one of those that have the same name.
struct Entries(Vec<(String, Box<RawValue>)>);

impl<'de> Deserialize<'de> for Entries {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Object;
        impl<'de> Visitor<'de> for Object {
            type Value = Entries;
            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("an object")
            }
            fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Entries, M::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                }
                Ok(Entries(entries))
            }
        }
        deserializer.deserialize_map(Object)
    }
}

/// A name as part of a path: a point in it is none between names.
fn part(name: &str) -> String {
    name.replace('\\', "\\\\").replace('.', "\\.")
}

impl Run {
    /// Reads `run.json`; `None` where there is none.
    pub(super) fn read(source: Source<'_>) -> Result<Option<Self>, ReadError> {
        let Some(bytes) = source.read(NAME, MOST_BYTES)? else {
            return Ok(None);
        };
        let run = Self::parse(&String::from_utf8_lossy(&bytes));
        let run = run.map_err(|error| ReadError::Run {
            path: source.describe(NAME),
            source: error,
        });
        run.map(Some)
    }

    fn parse(text: &str) -> Result<Self, serde_json::Error> {
        let mut run = Self::default();
        let Entries(top) = serde_json::from_str(text)?;
        run.enter_all("", top, 0);
        Ok(run)
    }

    fn enter_all(&mut self, under: &str, entries: Vec<(String, Box<RawValue>)>, depth: usize) {
        let mut seen = BTreeSet::new();
        for (name, value) in entries {
            let key = format!("{under}{}", part(&name));
            if !seen.insert(name) {
                self.twice.insert(key.clone());
            }
            self.enter(key, &value, depth);
        }
    }

    /// Enters a value; what is in an object stands under its names, what is in a list under its
    /// positions from 0.
    fn enter(&mut self, key: String, value: &RawValue, depth: usize) {
        let list: Result<Vec<Box<RawValue>>, _> = serde_json::from_str(value.get());
        if let Ok(list) = list
            && depth < DEEPEST
        {
            for (at, value) in list.iter().enumerate() {
                self.enter(format!("{key}.{at}"), value, depth + 1);
            }
            return;
        }
        let inner: Result<Entries, _> = serde_json::from_str(value.get());
        if let Ok(Entries(inner)) = inner
            && depth < DEEPEST
        {
            self.enter_all(&format!("{key}."), inner, depth + 1);
            return;
        }
        let text: Result<String, _> = serde_json::from_str(value.get());
        let text = text.unwrap_or_else(|_| value.get().to_owned());
        self.values.insert(key, text);
    }

    /// Names what stands more than once.
    pub(super) fn check_form(&self, failures: &mut Failures) {
        for key in &self.twice {
            failures.add(at(key).row(format!("{key} stands more than once")));
        }
    }

    /// The text of a value; `null` counts as none.
    pub(super) fn get(&self, key: &str) -> Option<&str> {
        self.values
            .get(key)
            .map(String::as_str)
            .filter(|&text| text != "null")
    }

    /// Keys that begin with `prefix`, without it, and their texts.
    pub(super) fn under<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
        let entries = self.values.iter();
        entries.filter_map(move |(key, text)| Some((key.strip_prefix(prefix)?, text.as_str())))
    }

    /// A number in units of 10^-`places`.
    pub(super) fn number(&self, key: &str, places: u32) -> Option<i128> {
        decimal::parse(self.get(key)?, places, false)
    }

    /// Compares a number that follows from the tables.
    pub(super) fn check(&self, key: &str, expected: i128, places: u32, failures: &mut Failures) {
        let found = self.get(key).unwrap_or_default();
        match decimal::parse(found, places, false) {
            Some(number) if number == expected => {}
            Some(number) => failures.add(at(key).number(key, number, expected, places)),
            None => {
                let expected = decimal::text(expected, places);
                failures.add(at(key).cell(key, found, &expected));
            }
        }
    }

    /// The hash of each table that the plan says it was made from.
    pub(super) fn inputs(&self) -> BTreeMap<String, String> {
        let inputs = self.under("inputs.");
        inputs
            .map(|(table, hash)| (table.to_owned(), hash.to_owned()))
            .collect()
    }

    /// Compares a text; `None` is `null`.
    pub(super) fn check_text(&self, key: &str, expected: Option<&str>, failures: &mut Failures) {
        let found = self.get(key);
        if found != expected {
            let (found, expected) = (found.unwrap_or_default(), expected.unwrap_or("null"));
            failures.add(at(key).cell(key, found, expected));
        }
    }

    /// Names the tables of the instance that are not those the plan was made from; `changes` says
    /// where, as far as that is known.
    pub(super) fn check_inputs(
        &self,
        hashes: &[(String, String)],
        changes: Option<&Changes>,
        failures: &mut Failures,
    ) {
        let now: BTreeMap<&str, &str> = hashes
            .iter()
            .map(|(table, hash)| (table.as_str(), hash.as_str()))
            .collect();
        let then: BTreeMap<&str, &str> = self.under("inputs.").collect();
        let mut tables: Vec<&str> = now.keys().chain(then.keys()).copied().collect();
        tables.sort_unstable();
        tables.dedup();
        for table in tables {
            let (now, then) = (now.get(table), then.get(table));
            let what = match (then, now) {
                (Some(then), Some(now)) if then == now => continue,
                (Some(_), Some(_)) => "has changed since the plan was made",
                (Some(_), None) => "is no longer there",
                (None, _) => "has come since the plan was made",
            };
            let mut failure = at(table).cell(
                "inputs",
                then.copied().unwrap_or_default(),
                now.copied().unwrap_or_default(),
            );
            let cells = changes.map_or(String::new(), |changes| match changes.tables {
                ref changed if changed.iter().any(|name| name == table) => changes.cells_of(table),
                _ if changes.are_cells_known => "spelled differently, no cell differs".to_owned(),
                _ => String::new(),
            });
            let cells = match cells.as_str() {
                "" => cells,
                some => format!(": {some}"),
            };
            failure.message = format!("the instance's table {} {what}{cells}", shown(table));
            failures.add(failure);
        }
    }
}

/// Says that a list has more entries than it should have.
pub(super) fn check_length(run: &Run, list: &str, length: usize, failures: &mut Failures) {
    let next = format!("{list}.{length}");
    if run.get(&next).is_some() || run.under(&format!("{next}.")).next().is_some() {
        let found = format!("more than {length}");
        failures.add(at(list).cell(list, &found, &length.to_string()));
    }
}

/// A place in `run.json`.
pub(super) fn at(key: &str) -> At<'_> {
    At {
        table: NAME,
        row: None,
        key,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_have_positions_and_depth_has_an_end() {
        let run = Run::parse(r#"{"services": [{"kg": 1.5}, {"kg": 2}]}"#).expect("a run");
        assert_eq!(run.get("services.1.kg"), Some("2"));
        let deep = |open: &str, close: &str| {
            let text = format!("{{\"a\": {}{}}}", open.repeat(50_000), close.repeat(50_000));
            Run::parse(&text).is_ok()
        };
        // an answer of either kind, and no end of the stack
        let _ = (deep("[", "]"), deep("{\"a\":", "}"));
    }

    #[test]
    fn what_stands_twice_is_named_and_points_in_names_are_none_between_names() {
        let text = r#"{"a.b": 1, "a": {"b": 2, "c": 3, "c": 4}, "e": [{"f": 5, "f": 5}]}"#;
        let run = Run::parse(text).expect("a run");
        assert_eq!(run.get("a.b"), Some("2"));
        let mut failures = Failures::keeping(9);
        run.check_form(&mut failures);
        let (kept, _) = failures.into_parts();
        let keys: Vec<&str> = kept.iter().map(|failure| failure.key.as_str()).collect();
        assert_eq!(keys, ["a.c", "e.0.f"]);
        // whichever comes first
        let run = Run::parse(r#"{"a": {"b": 2}, "a.b": 1}"#).expect("a run");
        assert_eq!(run.get("a.b"), Some("2"));
    }

    #[test]
    fn numbers_keep_their_digits() {
        let text = r#"{"cost": 9007199254740.993001, "totals": {"kg": 1.5}, "bound": null,
                       "engine": "direct", "inputs": {"demand": "aa", "events": "ee", "places": "bb"}}"#;
        let run = Run::parse(text).expect("a run");
        // an f64 holds no 16 digits
        assert_eq!(run.number("cost", 6), Some(9_007_199_254_740_993_001));
        assert_eq!(run.number("totals.kg", 3), Some(1500));
        assert_eq!(run.get("bound"), None);
        assert_eq!(run.get("engine"), Some("direct"));
        let mut failures = Failures::keeping(9);
        let now = [("demand", "aa"), ("places", "cc"), ("rules", "dd")];
        let now = now.map(|(table, hash)| (table.to_owned(), hash.to_owned()));
        run.check_inputs(&now, None, &mut failures);
        let messages: Vec<String> = failures
            .into_parts()
            .0
            .into_iter()
            .map(|f| f.message)
            .collect();
        assert_eq!(
            messages,
            [
                "the instance's table \"events\" is no longer there",
                "the instance's table \"places\" has changed since the plan was made",
                "the instance's table \"rules\" has come since the plan was made"
            ]
        );
    }
}
