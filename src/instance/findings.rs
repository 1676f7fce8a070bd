//! What is wrong with an instance, in a form that people and programs can act on.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::hash::{DefaultHasher, Hash, Hasher};

use serde::Serialize;

use super::codes::{Code, Severity};
use super::rows::Rows;

/// Findings of one code that are kept; further ones are counted.
pub const KEPT_PER_CODE: usize = 1000;
/// Characters of an offending text that are shown.
const SHOWN_CHARACTERS: usize = 60;

/// Something that is wrong, or doubtful, and where.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What kind it is.
    pub code: Code,
    /// Error or warning.
    pub severity: Severity,
    /// The file, or the sheet of a workbook; empty where it concerns the whole instance.
    pub file: String,
    /// The row as a spreadsheet numbers it: the header is 1. Of several the first.
    pub row: Option<u32>,
    /// All rows in which the same is found.
    pub rows: Rows,
    /// The column.
    pub column: Option<Cow<'static, str>>,
    /// The cell as a spreadsheet names it, `services!H14`; only in a workbook.
    pub cell: Option<String>,
    /// The offending text, escaped and shortened.
    pub text: Option<String>,
    /// What is wrong: a fragment without a final stop.
    pub message: String,
    /// What to do: a fragment without a final stop.
    pub remedy: String,
}

impl Finding {
    /// A finding that concerns the whole instance; narrow it down with the methods below.
    pub fn new(code: Code, message: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self {
            code,
            severity: code.severity(),
            file: String::new(),
            row: None,
            rows: Rows::default(),
            column: None,
            cell: None,
            text: None,
            message: message.into(),
            remedy: remedy.into(),
        }
    }

    /// Says in which file.
    #[must_use]
    pub fn in_file(mut self, file: impl Into<String>) -> Self {
        self.file = file.into();
        self
    }

    /// Says in which row, as a spreadsheet numbers it.
    #[must_use]
    pub fn in_row(mut self, row: u32) -> Self {
        self.row = Some(row);
        self.rows = Rows::just(row);
        self
    }

    /// Says that no row is meant.
    #[must_use]
    pub(super) fn in_no_row(mut self) -> Self {
        self.row = None;
        self.rows = Rows::default();
        self
    }

    /// Says in which column.
    #[must_use]
    pub fn in_column(mut self, column: impl Into<Cow<'static, str>>) -> Self {
        self.column = Some(column.into());
        self
    }

    /// Says in which cell of a workbook.
    #[must_use]
    pub fn in_cell(mut self, cell: impl Into<String>) -> Self {
        self.cell = Some(cell.into());
        self
    }

    /// Says which text offends; it is escaped and shortened.
    #[must_use]
    pub fn with_text(mut self, text: &str) -> Self {
        self.text = Some(shown(text));
        self
    }

    /// Where it stands: `services!H14`, `services.csv rows 14–20, 25`, or as much of it as is
    /// known; empty where it concerns the whole instance.
    pub fn location(&self) -> String {
        match (&self.cell, self.row) {
            (Some(cell), Some(_)) if self.rows.count() > 1 => self
                .rows
                .in_column(cell.trim_end_matches(|c: char| c.is_ascii_digit())),
            (Some(cell), _) => cell.clone(),
            (None, Some(_)) => format!("{} {}", self.file, self.rows)
                .trim_start()
                .to_owned(),
            (None, None) => self.file.clone(),
        }
    }

    /// Whether the other says the same of another row.
    fn repeats(&self, other: &Self) -> bool {
        self.same() == other.same() && self.row.is_some() && other.row.is_some()
    }

    /// What findings that are said once have in common.
    fn same(&self) -> (Code, &str, Option<&str>, &str, &str) {
        let column = self.column.as_deref();
        (self.code, &self.file, column, &self.message, &self.remedy)
    }

    fn hash_of_same(&self) -> u64 {
        // what else they have in common hardly ever differs
        let mut hasher = DefaultHasher::new();
        (self.code, &self.column, &self.message).hash(&mut hasher);
        hasher.finish()
    }

    fn place(&self) -> (&str, u32, &str, Code, &str) {
        (
            &self.file,
            self.row.unwrap_or(0),
            self.column.as_deref().unwrap_or(""),
            self.code,
            &self.message,
        )
    }
}

/// `error[E209] services.csv row 14, column departs: "25:10" is not a time; write HH:MM …`
impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}[{}]", self.severity, self.code)?;
        let location = self.location();
        if !location.is_empty() {
            write!(f, " {location}")?;
        }
        match &self.column {
            Some(column) if !location.is_empty() => write!(f, ", column {column}")?,
            Some(column) => write!(f, " column {column}")?,
            None => {}
        }
        write!(f, ": {}; {}", self.message, self.remedy)
    }
}

/// A text as findings show it: without control characters, of bounded length.
pub fn shown(text: &str) -> String {
    let mut shown: String = text
        .chars()
        .take(SHOWN_CHARACTERS)
        .flat_map(|c| match c {
            '"' | '\'' | '\\' => vec![c],
            c => c.escape_debug().collect(),
        })
        .collect();
    if text.chars().nth(SHOWN_CHARACTERS).is_some() {
        shown.push('…');
    }
    shown
}

/// A text as findings quote it.
pub(super) fn quoted(text: &str) -> String {
    format!("\"{}\"", shown(text))
}

/// How many further findings of a code were counted and not kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct More {
    /// Of which code.
    pub code: Code,
    /// How many.
    pub count: usize,
}

/// All findings about an instance.
///
/// What is equally wrong in many rows is one finding. Per code the first [`KEPT_PER_CODE`] are kept
/// and the rest counted. Printed, iterated and
/// serialized in the order of file, row, column and code once [`Findings::sort`] has run, which
/// [`load`](fn@super::load) does before it returns.
#[derive(Clone, Debug, Default)]
pub struct Findings {
    kept: Vec<Finding>,
    counts: BTreeMap<Code, usize>,
    /// Where findings stand in `kept`, by what they have in common with those of other rows.
    places: HashMap<u64, usize>,
}

impl Findings {
    /// No findings.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a finding, or its rows to the one that says the same.
    pub fn push(&mut self, finding: Finding) {
        let hash = finding.hash_of_same();
        if let Some(said) = self.places.get(&hash).map(|&at| &mut self.kept[at])
            && said.repeats(&finding)
        {
            if finding.row < said.row {
                (said.row, said.cell) = (finding.row, finding.cell.clone());
            }
            said.rows.extend(&finding.rows);
            return;
        }
        let count = self.counts.entry(finding.code).or_default();
        *count += 1;
        if *count <= KEPT_PER_CODE {
            self.places.insert(hash, self.kept.len());
            self.kept.push(finding);
        }
    }

    /// Adds all of another collection.
    pub fn extend(&mut self, other: Self) {
        let beyond = other.more();
        for finding in other.kept {
            self.push(finding);
        }
        for More { code, count } in beyond {
            *self.counts.entry(code).or_default() += count;
        }
    }

    /// Brings the findings into their order: file, row, column, code, message.
    pub fn sort(&mut self) {
        self.kept.sort_by(|a, b| a.place().cmp(&b.place()));
        self.find_places();
    }

    fn find_places(&mut self) {
        let places = self.kept.iter().enumerate();
        self.places = places
            .map(|(at, finding)| (finding.hash_of_same(), at))
            .collect();
    }

    /// Names sheets where files of a folder were named.
    pub(crate) fn name_sheets(&mut self) {
        for finding in &mut self.kept {
            if let Some(sheet) = finding.file.strip_suffix(".csv") {
                finding.file = sheet.to_owned();
            }
        }
        self.find_places();
    }

    /// The kept findings, to change them.
    pub(super) fn iter_mut(&mut self) -> std::slice::IterMut<'_, Finding> {
        self.kept.iter_mut()
    }

    /// The kept findings.
    pub fn iter(&self) -> std::slice::Iter<'_, Finding> {
        self.kept.iter()
    }

    /// How many there are of a code, kept or not.
    pub fn count(&self, code: Code) -> usize {
        self.counts.get(&code).copied().unwrap_or(0)
    }

    /// How many errors there are, kept or not.
    pub fn errors(&self) -> usize {
        self.total(Severity::Error)
    }

    /// How many warnings there are, kept or not.
    pub fn warnings(&self) -> usize {
        self.total(Severity::Warning)
    }

    /// Whether there are none at all.
    pub fn is_empty(&self) -> bool {
        self.counts.is_empty()
    }

    /// Per code, ascending, how many were counted and not kept.
    pub fn more(&self) -> Vec<More> {
        self.counts
            .iter()
            .filter(|(_, count)| **count > KEPT_PER_CODE)
            .map(|(&code, &count)| More {
                code,
                count: count - KEPT_PER_CODE,
            })
            .collect()
    }

    fn total(&self, severity: Severity) -> usize {
        self.counts
            .iter()
            .filter(|(code, _)| code.severity() == severity)
            .map(|(_, count)| count)
            .sum()
    }
}

impl<'a> IntoIterator for &'a Findings {
    type Item = &'a Finding;
    type IntoIter = std::slice::Iter<'a, Finding>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

/// One finding per line, then how many more there are of each code.
impl fmt::Display for Findings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for finding in self {
            writeln!(f, "{finding}")?;
        }
        for more in self.more() {
            writeln!(f, "… and {} more of {}", more.count, more.code)?;
        }
        Ok(())
    }
}

/// `{"errors": …, "warnings": …, "findings": […], "more": […]}`
impl Serialize for Findings {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Report<'a> {
            errors: usize,
            warnings: usize,
            findings: &'a [Finding],
            more: Vec<More>,
        }
        Report {
            errors: self.errors(),
            warnings: self.warnings(),
            findings: &self.kept,
            more: self.more(),
        }
        .serialize(serializer)
    }
}

/// The known name that a misspelled one most resembles, if any does.
///
/// Case is ignored; at most a third of the characters may differ (Damerau–Levenshtein).
pub fn nearest<'a>(unknown: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if unknown.len() > 100 {
        return None;
    }
    let unknown = unknown.to_lowercase();
    known
        .into_iter()
        .map(|name| {
            let distance = strsim::damerau_levenshtein(&unknown, &name.to_lowercase());
            (distance, name)
        })
        .filter(|(distance, name)| {
            *distance <= (name.chars().count().max(unknown.chars().count()) / 3).max(1)
        })
        .min()
        .map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(row: u32) -> Finding {
        Finding::new(Code::NotATime, "\"25:10\" is not a time", "write HH:MM")
            .in_file("services.csv")
            .in_row(row)
            .in_column("departs")
    }

    #[test]
    fn findings_read_as_one_line() {
        assert_eq!(
            at(14).to_string(),
            "error[E209] services.csv row 14, column departs: \"25:10\" is not a time; write HH:MM"
        );
    }

    #[test]
    fn the_first_thousand_of_a_code_are_kept_and_the_rest_counted() {
        let mut findings = Findings::new();
        for row in 0..1234 {
            let message = format!("\"{row}\" is not a time");
            findings.push(Finding::new(Code::NotATime, message, "write HH:MM").in_row(row));
        }
        assert_eq!(findings.iter().count(), 1000);
        assert_eq!(findings.errors(), 1234);
        assert_eq!(findings.more()[0].count, 234);
        let mut all = Findings::new();
        all.push(at(1));
        all.extend(findings);
        assert_eq!(all.errors(), 1235);
        assert_eq!(all.iter().count(), 1000);
    }

    #[test]
    fn what_is_equally_wrong_in_many_rows_is_said_once() {
        let mut findings = Findings::new();
        for row in [14, 16, 15, 30] {
            findings.push(at(row));
        }
        findings.sort();
        findings.push(at(13));
        findings.push(at(20).in_column("days"));
        assert_eq!(findings.errors(), 2);
        assert_eq!(
            findings.to_string().lines().next(),
            Some(
                "error[E209] services.csv rows 13–16, 30, column departs: \"25:10\" is not a time; write HH:MM"
            )
        );
        let cell = |row| at(row).in_cell(format!("services!H{row}"));
        let mut findings = Findings::new();
        for row in [15, 14, 20] {
            findings.push(cell(row));
        }
        assert_eq!(
            findings.iter().next().unwrap().location(),
            "services!H14:H15, H20"
        );
    }

    #[test]
    fn hostile_text_is_escaped_and_shortened() {
        assert_eq!(shown("a\u{1b}[31m\u{202e}é漢"), "a\\u{1b}[31m\\u{202e}é漢");
        assert_eq!(shown(&"x".repeat(300)).chars().count(), 61);
    }

    #[test]
    fn the_nearest_name_is_found_and_a_far_one_is_not() {
        let known = ["departs", "days", "destination"];
        assert_eq!(nearest("Depart", known), Some("departs"));
        assert_eq!(nearest("colour", known), None);
    }
}
