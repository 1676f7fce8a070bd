//! Plans as JSON, with exact numbers and keys in a fixed order.

use std::fmt::Write as _;

use crate::plan::Plan;

use super::cell::Cell;
use super::tables::{Row, Visit, visit};

/// The name by which `run.json` tells who wrote it.
pub const PROGRAM: &str = "railair";

/// A JSON value that keeps the digits of its numbers and the order of its keys.
#[derive(Clone, Debug, PartialEq)]
pub enum Json {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number, as its digits.
    Number(String),
    /// Text.
    Text(String),
    /// A list.
    List(Vec<Json>),
    /// Keys and values, in order.
    Object(Vec<(String, Json)>),
}

impl Json {
    /// An object of the keys and values.
    pub fn object<K: Into<String>>(pairs: impl IntoIterator<Item = (K, Json)>) -> Self {
        Self::Object(
            pairs
                .into_iter()
                .map(|(key, value)| (key.into(), value))
                .collect(),
        )
    }

    /// Text.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// A finite number with `places` decimals; `null` for others.
    pub fn float(value: f64, places: usize) -> Self {
        if value.is_finite() {
            let digits = format!("{value:.places$}");
            let digits = match digits.contains('.') {
                true => digits.trim_end_matches('0').trim_end_matches('.'),
                false => &digits,
            };
            Self::Number(digits.to_owned())
        } else {
            Self::Null
        }
    }

    /// The value, or `null`.
    pub fn or_null<T: Into<Json>>(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }

    /// The text of it, indented by two spaces per level, with a line end.
    pub fn pretty(&self) -> String {
        let mut text = String::new();
        self.write(&mut text, 0);
        text.push('\n');
        text
    }

    fn write(&self, out: &mut String, depth: usize) {
        match self {
            Self::Null => out.push_str("null"),
            Self::Bool(value) => {
                let _ = write!(out, "{value}");
            }
            Self::Number(digits) => out.push_str(digits),
            Self::Text(text) => write_text(out, text),
            Self::List(items) => write_block(out, depth, ['[', ']'], items, |out, item, depth| {
                item.write(out, depth);
            }),
            Self::Object(pairs) => {
                write_block(out, depth, ['{', '}'], pairs, |out, (key, value), depth| {
                    write_text(out, key);
                    out.push_str(": ");
                    value.write(out, depth);
                });
            }
        }
    }
}

fn write_text(out: &mut String, text: &str) {
    out.push_str(&serde_json::Value::from(text).to_string());
}

fn write_block<T>(
    out: &mut String,
    depth: usize,
    brackets: [char; 2],
    items: &[T],
    mut write: impl FnMut(&mut String, &T, usize),
) {
    out.push(brackets[0]);
    for (index, item) in items.iter().enumerate() {
        out.push_str(if index == 0 { "\n" } else { ",\n" });
        out.extend(std::iter::repeat_n("  ", depth + 1));
        write(out, item, depth + 1);
    }
    if !items.is_empty() {
        out.push('\n');
        out.extend(std::iter::repeat_n("  ", depth));
    }
    out.push(brackets[1]);
}

impl<'a, T: Into<Cell<'a>>> From<T> for Json {
    fn from(value: T) -> Self {
        match value.into() {
            Cell::Blank => Self::Null,
            Cell::Text(text) => Self::Text(text.into_owned()),
            number @ Cell::Number { .. } => Self::Number(number.to_string()),
        }
    }
}

/// A list of objects, one per row, with the table's columns as keys.
pub fn rows<R: Row>(rows: &[R]) -> Json {
    let object = |row| Json::object(R::COLUMNS.iter().map(|c| (c.name, (c.cell)(row).into())));
    Json::List(rows.iter().map(object).collect())
}

/// The run and every table of a plan.
pub fn plan(plan: &Plan) -> Json {
    struct Tables(Vec<(String, Json)>);
    impl Visit for Tables {
        type Error = std::convert::Infallible;
        fn table<R: Row>(&mut self, name: &'static str, all: &[R]) -> Result<(), Self::Error> {
            self.0.push((name.to_owned(), rows(all)));
            Ok(())
        }
    }
    let mut tables = Tables(vec![("run".to_owned(), super::run::json(&plan.run))]);
    let Ok(()) = visit(plan, &mut tables);
    Json::Object(tables.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::Money;

    #[test]
    fn numbers_keep_their_digits_and_keys_their_order() {
        let json = Json::object([
            ("z", Json::from(Money(9_007_199_254_740_993))), // 2^53 + 1: no f64 holds it
            (
                "a",
                Json::List(vec![
                    Json::Null,
                    Json::text("\"<\u{1}"),
                    Json::float(0.5, 3),
                ]),
            ),
            ("none", Json::Object(vec![])),
        ]);
        let text = json.pretty();
        assert_eq!(
            text,
            "{\n  \"z\": 9007199254.740993,\n  \"a\": [\n    null,\n    \"\\\"<\\u0001\",\n    0.5\n  ],\n  \"none\": {}\n}\n"
        );
        assert!(serde_json::from_str::<serde_json::Value>(&text).is_ok());
    }
}
