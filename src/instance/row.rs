//! Typed access to the cells of one row, by the description of its table.
//!
//! Every accessor reports what is wrong with its cell and returns [`Reported`], so that a reader
//! first takes all cells of a row, reporting each, and then puts the row together with `?`.

use std::cell::RefCell;
use std::collections::HashMap;

use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;

use super::amounts;
use super::codes::Code;
use super::fields::{self, Fault};
use super::findings::{Finding, Findings, nearest, quoted};
use super::schema::{Blank, Column, Kind};
use super::text_table::TextTable;
use super::words;
use super::zones;

/// A cell or row is wrong, and a finding says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Reported;

/// Unknown ids of a table for which the nearest known one is looked for.
const MOST_SUGGESTIONS: usize = 50;

/// What an accessor returns.
pub(super) type Read<T> = Result<T, Reported>;

/// One row of a table.
pub(super) struct Row<'a, 'f> {
    table: &'a TextTable,
    at: usize,
    findings: &'f mut Findings,
}

/// A value that a row must have here, though the description of its column allows a blank.
pub(super) fn must<T>(value: Read<Option<T>>) -> Read<T> {
    value?.ok_or(Reported)
}

impl<'a, 'f> Row<'a, 'f> {
    /// A row by its position.
    pub fn new(table: &'a TextTable, at: usize, findings: &'f mut Findings) -> Self {
        Self {
            table,
            at,
            findings,
        }
    }

    /// Its number in the file.
    pub fn number(&self) -> u32 {
        self.table.number(self.at)
    }

    /// The text of a cell as it stands.
    pub fn raw(&self, column: &str) -> &'a str {
        let position = self.table.table.position(column);
        position.map_or("", |position| self.table.cell(self.at, position))
    }

    /// Reports something about a cell.
    pub fn report(
        &mut self,
        code: Code,
        column: &'static str,
        message: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Reported {
        let text = self.raw(column);
        let mut finding = Finding::new(code, message, remedy)
            .in_file(&self.table.file)
            .in_row(self.number())
            .in_column(column);
        if !text.is_empty() {
            finding = finding.with_text(text);
        }
        self.findings.push(finding);
        Reported
    }

    /// Reports a fault of a cell.
    pub fn fault(&mut self, column: &'static str, fault: Fault) -> Reported {
        self.report(fault.code, column, fault.message, fault.remedy)
    }

    /// A cell's text with the column's default; `None` is a blank that no text stands for.
    fn cell(&mut self, name: &str) -> Read<(&'static Column, Option<&'a str>)> {
        let position = self.table.table.position(name).ok_or(Reported)?;
        let column = &self.table.table.columns[position];
        // its heading has been reported once for all rows
        if self.table.is_misnamed(position) {
            return Err(Reported);
        }
        let text = match (self.table.cell(self.at, position), column.blank) {
            ("", Blank::Is(default)) => Some(default),
            ("", Blank::Means(_)) => None,
            // a missing column has been reported once for all rows
            ("", Blank::Required) if !self.table.has(position) => return Err(Reported),
            ("", Blank::Required) => return Err(self.blank(column.name)),
            (text, _) => Some(text),
        };
        Ok((column, text))
    }

    /// Reports a blank cell that must be filled in.
    pub fn blank(&mut self, column: &'static str) -> Reported {
        let position = self.table.table.position(column);
        if position.is_some_and(|position| self.table.is_misnamed(position)) {
            return Reported;
        }
        let example = self.table.table.column(column).map_or("", |c| c.example);
        self.report(
            Code::Blank,
            column,
            "the cell is blank",
            format!("fill it in, for example with `{example}`"),
        )
    }

    /// A value read by `read`, `None` where the cell is blank and nothing stands for it.
    fn value<T>(
        &mut self,
        name: &str,
        read: impl FnOnce(&'a str) -> Result<T, Fault>,
    ) -> Read<Option<T>> {
        let (column, text) = self.cell(name)?;
        text.map(|text| read(text).map_err(|fault| self.fault(column.name, fault)))
            .transpose()
    }

    /// A number in the column's count.
    pub fn number_in(&mut self, name: &str) -> Read<Option<i64>> {
        let (column, text) = self.cell(name)?;
        let (Kind::Number(kind), Some(text)) = (&column.kind, text) else {
            return Ok(None);
        };
        // a default is written with a point, whatever the table's decimal sign
        let comma = self.table.decimal_comma && !self.raw(name).is_empty();
        fields::number(text, comma, kind)
            .map(Some)
            .map_err(|fault| {
                let has_currency = self.table.table.position("currency").is_some();
                let currency = has_currency.then(|| self.raw("currency"));
                self.fault(column.name, amounts::explained(fault, text, currency))
            })
    }

    /// An id that the row defines.
    pub fn id(&mut self, name: &str) -> Read<Option<&'a str>> {
        self.value(name, words::id)
    }

    /// A free text; empty where blank.
    pub fn text(&mut self, name: &str) -> Read<&'a str> {
        Ok(self.value(name, words::free_text)?.unwrap_or(""))
    }

    /// The position of a word in the column's list.
    pub fn word(&mut self, name: &str) -> Read<Option<usize>> {
        let (column, text) = self.cell(name)?;
        let (Kind::Word(known), Some(text)) = (column.kind, text) else {
            return Ok(None);
        };
        words::word(text, known)
            .map(Some)
            .map_err(|fault| self.fault(column.name, fault))
    }

    /// `yes` or `no`.
    pub fn yes_no(&mut self, name: &str) -> Read<Option<bool>> {
        self.value(name, words::yes_no)
    }

    /// A time of day.
    pub fn time(&mut self, name: &str) -> Read<Option<Time>> {
        self.value(name, words::time)
    }

    /// A date.
    pub fn date(&mut self, name: &str) -> Read<Option<Date>> {
        self.value(name, words::date)
    }

    /// Weekdays.
    pub fn days(&mut self, name: &str) -> Read<Option<[bool; 7]>> {
        self.value(name, words::days)
    }

    /// A time zone.
    pub fn time_zone(&mut self, name: &str) -> Read<Option<TimeZone>> {
        self.value(name, zones::named)
    }

    /// A currency.
    pub fn currency(&mut self, name: &str) -> Read<Option<&'a str>> {
        self.value(name, words::currency)
    }

    /// The position of the thing that an id refers to.
    pub fn reference(&mut self, name: &str, known: &Names) -> Read<Option<u32>> {
        let (column, text) = self.cell(name)?;
        text.map(|text| self.look_up(column.name, text, known))
            .transpose()
    }

    /// The positions of the things that ids joined by `>` refer to.
    pub fn references(&mut self, name: &str, known: &Names) -> Read<Vec<u32>> {
        let (column, text) = self.cell(name)?;
        let found: Vec<Read<u32>> = text
            .unwrap_or("")
            .split(['>', ';'])
            .map(str::trim)
            .filter(|id| !id.is_empty())
            .map(|id| self.look_up(column.name, id, known))
            .collect();
        found.into_iter().collect()
    }

    fn look_up(&mut self, column: &'static str, id: &str, known: &Names) -> Read<u32> {
        match known.index.get(id) {
            Some(Some(at)) => Ok(*at),
            // defined in a row with another error, or in a table that could not be read
            Some(None) => Err(Reported),
            None if !known.complete => Err(Reported),
            None => {
                let remedy = known.remedy(id);
                let message = format!("{} has no {}", known.table, quoted(id));
                Err(self.report(Code::UnknownId, column, message, remedy))
            }
        }
    }
}

/// The ids that a table defines, with the position of what they name.
#[derive(Debug)]
pub(super) struct Names {
    table: &'static str,
    /// `None`: its row is wrong.
    index: HashMap<String, Option<u32>>,
    /// Whether every row of the table could be read as text.
    complete: bool,
    /// What to do about ids that are not there, for the first few: looking for the nearest takes
    /// long, and the same id may stand in millions of rows.
    remedies: RefCell<HashMap<String, String>>,
}

impl Names {
    /// The ids in a column of a table, none of them with a position yet.
    ///
    /// `incomplete` is whether rows of the table could not be read at all, so that an id not found
    /// may yet be there.
    pub fn of(
        table: &'static str,
        text: Option<&TextTable>,
        column: &str,
        incomplete: bool,
    ) -> Self {
        let mut index = HashMap::new();
        let position = text.and_then(|text| text.table.position(column));
        if let (Some(text), Some(position)) = (text, position) {
            for row in 0..text.len() {
                index.insert(text.cell(row, position).to_owned(), None);
            }
            index.remove("");
        }
        Self {
            table,
            index,
            complete: !incomplete,
            remedies: RefCell::default(),
        }
    }

    /// What to do about an id that is not there.
    fn remedy(&self, id: &str) -> String {
        let mut remedies = self.remedies.borrow_mut();
        if let Some(remedy) = remedies.get(id) {
            return remedy.clone();
        }
        let correct = || format!("correct it, or add it to {}", self.table);
        if remedies.len() >= MOST_SUGGESTIONS {
            return correct();
        }
        let near = nearest(id, self.sorted());
        let remedy = near.map_or_else(correct, |near| format!("did you mean `{near}`?"));
        remedies.insert(id.to_owned(), remedy.clone());
        remedy
    }

    /// Gives ids their positions: the order in which they are named.
    pub fn place<'i>(&mut self, ids: impl Iterator<Item = &'i str>) {
        for (at, id) in ids.enumerate() {
            self.index.insert(id.to_owned(), Some(at as u32));
        }
    }

    /// The ids that have a position, each at its position.
    pub fn by_position(&self) -> Vec<&str> {
        let mut ids: Vec<(u32, &str)> = self
            .index
            .iter()
            .filter_map(|(id, at)| Some(((*at)?, id.as_str())))
            .collect();
        ids.sort_unstable();
        ids.into_iter().map(|(_, id)| id).collect()
    }

    /// The ids, ascending.
    pub fn sorted(&self) -> Vec<&str> {
        let mut ids: Vec<&str> = self.index.keys().map(String::as_str).collect();
        ids.sort_unstable();
        ids
    }
}

/// Reads all rows of a table: each right one becomes a value.
pub(super) fn read_rows<T>(
    table: Option<&TextTable>,
    findings: &mut Findings,
    mut read: impl FnMut(&mut Row<'_, '_>) -> Read<T>,
) -> Vec<T> {
    let Some(table) = table else {
        return Vec::new();
    };
    (0..table.len())
        .filter_map(|at| read(&mut Row::new(table, at, findings)).ok())
        .collect()
}

/// Reports rows with the same key, given in any order, each but the first of its key.
pub(super) fn report_duplicates<K: Ord>(
    table: Option<&TextTable>,
    findings: &mut Findings,
    column: &'static str,
    mut keys: Vec<(K, u32)>,
    name: impl Fn(&K) -> String,
) {
    let Some(table) = table else { return };
    keys.sort_unstable();
    for pair in keys.windows(2) {
        let [(first, first_row), (second, row)] = pair else {
            continue;
        };
        if first == second {
            let message = format!("{} stands in row {first_row} already", name(second));
            findings.push(
                Finding::new(
                    Code::DuplicateKey,
                    message,
                    "remove one of the rows, or put them together",
                )
                .in_file(&table.file)
                .in_row(*row)
                .in_column(column),
            );
        }
    }
}
