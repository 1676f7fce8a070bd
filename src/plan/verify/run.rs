//! `run.json`: totals and claims.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use serde_json::value::RawValue;

use crate::files;

use super::decimal;
use super::failure::{At, Failures, shown};
use super::reading::ReadError;

const NAME: &str = "run.json";
/// The most bytes that are read.
const MOST_BYTES: u64 = 64 << 20;
/// Levels below which a value stays text; railair writes four.
const DEEPEST: usize = 8;

/// The text of every value of `run.json`, by its path of keys joined by points. Numbers keep their
/// digits, so that money is compared exactly.
#[derive(Clone, Debug, Default)]
pub(super) struct Run(BTreeMap<String, String>);

impl Run {
    /// Reads `run.json`; `None` where there is none.
    pub(super) fn read(folder: &Path) -> Result<Option<Self>, ReadError> {
        let path = folder.join(NAME);
        let describe = || path.display().to_string();
        let text = match files::read(&path, MOST_BYTES) {
            Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(source) => {
                let path = describe();
                return Err(ReadError::File { path, source });
            }
        };
        Self::parse(&text).map(Some).map_err(|source| {
            let path = describe();
            ReadError::Run { path, source }
        })
    }

    fn parse(text: &str) -> Result<Self, serde_json::Error> {
        let mut run = Self::default();
        let top: BTreeMap<String, Box<RawValue>> = serde_json::from_str(text)?;
        for (key, value) in top {
            run.enter(&key, &value, 0);
        }
        Ok(run)
    }

    /// Enters a value; what is in an object stands under its names, what is in a list under its
    /// positions from 0.
    fn enter(&mut self, key: &str, value: &RawValue, depth: usize) {
        let list: Result<Vec<Box<RawValue>>, _> = serde_json::from_str(value.get());
        if let Ok(list) = list
            && depth < DEEPEST
        {
            for (at, value) in list.iter().enumerate() {
                self.enter(&format!("{key}.{at}"), value, depth + 1);
            }
            return;
        }
        let inner: Result<BTreeMap<String, Box<RawValue>>, _> = serde_json::from_str(value.get());
        if let Ok(inner) = inner
            && depth < DEEPEST
        {
            for (name, value) in inner {
                self.enter(&format!("{key}.{name}"), &value, depth + 1);
            }
            return;
        }
        let text: Result<String, _> = serde_json::from_str(value.get());
        let text = text.unwrap_or_else(|_| value.get().to_owned());
        self.0.insert(key.to_owned(), text);
    }

    /// The text of a value; `null` counts as none.
    pub(super) fn get(&self, key: &str) -> Option<&str> {
        self.0
            .get(key)
            .map(String::as_str)
            .filter(|&text| text != "null")
    }

    /// Keys that begin with `prefix`, without it, and their texts.
    pub(super) fn under<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
        let entries = self.0.iter();
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

    /// Compares a text; `None` is `null`.
    pub(super) fn check_text(&self, key: &str, expected: Option<&str>, failures: &mut Failures) {
        let found = self.get(key);
        if found != expected {
            let (found, expected) = (found.unwrap_or_default(), expected.unwrap_or("null"));
            failures.add(at(key).cell(key, found, expected));
        }
    }

    /// Names the tables of the instance that are not those the plan was made from.
    pub(super) fn check_inputs(&self, hashes: &[(String, String)], failures: &mut Failures) {
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
            failure.message = format!("the instance's table {} {what}", shown(table));
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
        run.check_inputs(&now, &mut failures);
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
