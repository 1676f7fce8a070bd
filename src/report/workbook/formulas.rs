//! Sums over the rows of a sheet in which names are given, as every spreadsheet understands them.
//!
//! `SUMIFS` is fast and known to all programs, but takes `HZ` for `hz`, and some take `007` for
//! `7` and `1E3` for `1000`. Where names could be confused so, a sum compares with `EXACT` instead,
//! as an array formula: outside of one, Gnumeric and others compare with the first row only. Sums
//! over names never point at single rows, so that sorting a table changes no other sheet.

use std::collections::BTreeSet;

/// What stands in a column with names.
#[derive(Clone, Copy, Debug)]
pub struct Names {
    exact: bool,
}

impl Names {
    /// Words of railair's, days, or numbers: none is taken for another.
    pub const WORDS: Self = Self { exact: false };

    /// All names of the column.
    pub fn of<'n>(names: impl Iterator<Item = &'n str>) -> Self {
        Self {
            exact: may_be_confused(names),
        }
    }

    /// That the column's cells say what cell `is` says.
    pub fn are(self, cells: &str, is: String) -> Given {
        Given {
            cells: cells.to_owned(),
            is,
            exact: self.exact,
        }
    }

    /// That the column's cells are blank: a formula would take a blank cell to compare with for a
    /// nought.
    pub fn are_blank(self, cells: &str) -> Given {
        Self::WORDS.are(cells, "\"=\"".to_owned())
    }
}

/// A text to compare with that no cell holds.
pub fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}

/// What the rows of a sum have in common.
pub struct Given {
    cells: String,
    is: String,
    exact: bool,
}

impl Given {
    fn factor(&self) -> String {
        let Self { cells, is, exact } = self;
        match (exact, is.as_str()) {
            (true, _) => format!("EXACT({cells},{is})"),
            (false, "\"=\"") => format!("({cells}=\"\")"),
            (false, _) => format!("({cells}={is})"),
        }
    }
}

/// A formula that is being put together.
pub struct Sum {
    text: String,
    is_array: bool,
}

impl Sum {
    /// The sum of `cells` in the rows in which all of `given` holds.
    pub fn of(cells: &str, given: &[Given]) -> Self {
        if given.iter().any(|given| given.exact) {
            let factors: Vec<String> = given.iter().map(Given::factor).collect();
            return Self {
                text: format!("SUM({}*{cells})", factors.join("*")),
                is_array: true,
            };
        }
        let pairs = given
            .iter()
            .map(|given| format!(",{},{}", given.cells, given.is));
        Self {
            text: format!("SUMIFS({cells}{})", pairs.collect::<String>()),
            is_array: false,
        }
    }

    /// Both together.
    pub fn plus(self, other: &Self) -> Self {
        Self {
            text: format!("{}+{}", self.text, other.text),
            is_array: self.is_array || other.is_array,
        }
    }

    /// Divided, where `divided` says so (`/1000`), and rounded to `places`.
    pub fn rounded(self, divided: &str, places: u32) -> Self {
        let sum = match self.text.contains(")+") && !divided.is_empty() {
            true => format!("({})", self.text),
            false => self.text,
        };
        Self {
            text: format!("ROUND({sum}{divided},{places})"),
            ..self
        }
    }

    /// As it is written into a cell.
    pub fn formula(self) -> String {
        match self.is_array {
            true => format!("{{={}}}", self.text),
            false => format!("={}", self.text),
        }
    }
}

/// Whether a spreadsheet that compares as `SUMIFS` does may take one of these names for another, or
/// for something that is no name.
fn may_be_confused<'n>(names: impl Iterator<Item = &'n str>) -> bool {
    let names: BTreeSet<&str> = names.collect();
    let mut read = BTreeSet::new();
    names.into_iter().any(|name| {
        let is_no_text = name.is_empty() || matches!(&*name.to_uppercase(), "TRUE" | "FALSE");
        is_no_text || !read.insert(as_read(name))
    })
}

/// A name as a spreadsheet may read it: a number by its value, a date by its numbers, anything else
/// without capitals.
fn as_read(name: &str) -> String {
    if let Ok(number) = name.parse::<f64>() {
        return number.to_string();
    }
    let parts = name.to_lowercase();
    let parts = parts.split(['-', '.', ' ', '/', ':']);
    let without_zeros = parts.map(|part| match part.trim_start_matches('0') {
        "" if !part.is_empty() => "0",
        digits if digits.bytes().all(|byte| byte.is_ascii_digit()) => digits,
        _ => part,
    });
    without_zeros.collect::<Vec<_>>().join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn confused(names: &[&str]) -> bool {
        may_be_confused(names.iter().copied())
    }

    #[test]
    fn names_that_differ_by_capitals_or_are_equal_as_numbers_are_confused() {
        for names in [
            ["HZ", "hz"],
            ["007", "7"],
            ["1E3", "1000"],
            ["1.50", "1.5"],
            ["2-3", "02-03"],
            ["Dec-19", "dec 19"],
            ["A", "TRUE"],
            ["A", ""],
        ] {
            assert!(confused(&names), "{names:?}");
        }
        for names in [
            ["HZ", "HZ2"],
            ["7", "8"],
            ["2-3", "3-2"],
            ["A-007", "B-007"],
            ["ZIH", "ZIH"],
        ] {
            assert!(!confused(&names), "{names:?}");
        }
    }

    #[test]
    fn sums_are_sumifs_unless_names_are_confused() {
        let sum = |names: [&str; 2]| {
            let name = Names::of(names.into_iter()).are("t!$A$2:$A$9", "$A5".to_owned());
            let blank = Names::WORDS.are_blank("t!$B$2:$B$9");
            Sum::of("t!$C$2:$C$9", &[name, blank])
                .rounded("/1000", 6)
                .formula()
        };
        assert_eq!(
            sum(["A", "B"]),
            "=ROUND(SUMIFS(t!$C$2:$C$9,t!$A$2:$A$9,$A5,t!$B$2:$B$9,\"=\")/1000,6)"
        );
        assert_eq!(
            sum(["A", "a"]),
            "{=ROUND(SUM(EXACT(t!$A$2:$A$9,$A5)*(t!$B$2:$B$9=\"\")*t!$C$2:$C$9)/1000,6)}"
        );
    }
}
