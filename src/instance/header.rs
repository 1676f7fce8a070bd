//! The header of a table: which column stands where, and what is wrong with it.
//!
//! Case and blanks around a name do not matter. Columns named `x_…`, and those that the setting
//! `ignore_columns` names, are the planner's own and passed over. A wrong heading is said once: the
//! columns that it may stand for count as misnamed, so that nothing repeats it row by row.

use std::collections::{BTreeMap, BTreeSet};

use super::codes::Code;
use super::findings::{Finding, nearest, quoted};
use super::rows::Rows;
use super::schema::{Blank, Table};
use super::source::Texts;
use super::text_table::{TextTable, column_letters};

/// How names of the planner's own columns start.
const OWN: &str = "x_";

/// Names of columns that the setting `ignore_columns` passes over, in lower case.
#[derive(Clone, Debug, Default)]
pub(super) struct Ignored(BTreeSet<String>);

impl Ignored {
    /// What the settings among the tables read so far say.
    pub fn of(texts: &Texts) -> Self {
        texts
            .get("settings")
            .map_or_else(Self::default, Self::said_by)
    }

    /// What the table of settings says.
    pub fn said_by(settings: &TextTable) -> Self {
        let names = (0..settings.len())
            .filter(|&row| settings.cell(row, 0) == "ignore_columns")
            .flat_map(|row| settings.cell(row, 1).split([',', ';']))
            .map(|name| name.trim().to_lowercase())
            .filter(|name| !name.is_empty());
        Self(names.collect())
    }
}

/// What a sheet is read with beside its cells.
#[derive(Clone, Debug, Default)]
pub(super) struct Home {
    /// Names of the planner's own columns.
    pub ignored: Ignored,
    /// The instance's currency.
    pub currency: String,
}

impl Home {
    /// What the settings among the tables read so far say.
    pub fn of(texts: &Texts) -> Self {
        let says = |table: &TextTable| {
            let row = (0..table.len()).find(|&row| table.cell(row, 0) == "currency")?;
            Some(table.cell(row, 1).to_owned()).filter(|said| !said.is_empty())
        };
        let currency = texts.get("settings").and_then(says);
        Self {
            ignored: Ignored::of(texts),
            currency: currency.unwrap_or_else(|| "EUR".to_owned()),
        }
    }
}

/// What a column of the file is.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Heading {
    /// A column of the table, by position.
    Known(usize),
    /// The planner's own.
    Own,
    /// One that the table does not have.
    Unknown(String),
    /// A name that stood further left already.
    Twice(String),
    /// No name.
    Blank,
}

/// The columns of a file.
pub(super) struct Header {
    table: &'static Table,
    headings: Vec<Heading>,
    /// Of columns without a name, and cells beyond the last: where they hold data.
    unnamed: BTreeMap<usize, Rows>,
    /// A sheet: notes beside the table are the planner's own.
    is_sheet: bool,
}

impl Header {
    /// The columns that a file names.
    pub fn new(table: &'static Table, names: &[&str]) -> Self {
        let mut seen = BTreeSet::new();
        let heading = |name: &&str| {
            let name = name.trim();
            match position(table, name) {
                Some(position) if seen.insert(position) => Heading::Known(position),
                Some(_) => Heading::Twice(name.to_owned()),
                None if name.is_empty() => Heading::Blank,
                None if name.to_lowercase().starts_with(OWN) => Heading::Own,
                None => Heading::Unknown(name.to_owned()),
            }
        };
        Self {
            table,
            headings: names.iter().map(heading).collect(),
            unnamed: BTreeMap::new(),
            is_sheet: false,
        }
    }

    /// Says that the columns are those of a sheet: names beyond a blank column beside the table
    /// head the planner's notes, unless they may well be columns of it.
    pub fn in_sheet(&mut self) {
        self.is_sheet = true;
        let (mine, present) = (self.belonging(), self.present());
        let is_note = |(column, heading): (usize, &Heading)| match heading {
            Heading::Unknown(name) => {
                !mine.contains(&column) && self.nearest(name, &present).is_none()
            }
            _ => false,
        };
        let notes: Vec<bool> = self.headings.iter().enumerate().map(is_note).collect();
        for (heading, is_note) in self.headings.iter_mut().zip(notes) {
            if is_note {
                *heading = Heading::Own;
            }
        }
    }

    /// How many columns there are.
    pub fn len(&self) -> usize {
        self.headings.len()
    }

    /// Which column of the table stands in a column of the file.
    pub fn position(&self, column: usize) -> Option<usize> {
        match self.headings.get(column)? {
            Heading::Known(position) => Some(*position),
            _ => None,
        }
    }

    /// Whether a column of the file belongs to nobody that it names.
    pub fn is_unnamed(&self, column: usize) -> bool {
        matches!(self.headings.get(column), None | Some(Heading::Blank))
    }

    /// Whether a column is the planner's own.
    pub fn is_own(&self, column: usize) -> bool {
        self.headings.get(column) == Some(&Heading::Own)
    }

    /// Says that a column without a name holds data in a row.
    pub fn found_unnamed(&mut self, column: usize, row: u32) {
        self.unnamed.entry(column).or_default().add(row);
    }

    /// Which columns of the table the file has.
    pub fn present(&self) -> Vec<bool> {
        let mut present = vec![false; self.table.columns.len()];
        for position in (0..self.len()).filter_map(|column| self.position(column)) {
            present[position] = true;
        }
        present
    }

    /// What is wrong with the header in row `number`, once all rows are known, and which columns
    /// of the table may stand under another name.
    pub fn judge(&self, number: u32, ignored: &Ignored) -> (Vec<Finding>, Vec<bool>) {
        let mut findings = Vec::new();
        let mut say = |code, name: &str, message, remedy: String| {
            let finding = Finding::new(code, message, remedy).in_row(number);
            findings.push(match name {
                "" => finding,
                name => finding.with_text(name),
            });
        };
        let present = self.present();
        let mut misnamed = vec![false; present.len()];
        let mine = self.belonging();
        for heading in &self.headings {
            match heading {
                Heading::Twice(name) => say(
                    Code::DuplicateColumn,
                    name,
                    format!("column {} stands twice", quoted(name)),
                    "remove one of them".to_owned(),
                ),
                Heading::Unknown(name) if !ignored.0.contains(&name.to_lowercase()) => {
                    let near = self.nearest(name, &present);
                    if let Some(absent) = near.filter(|&near| !present[near]) {
                        misnamed[absent] = true;
                    }
                    let message = format!("{} has no column {}", self.table.name, quoted(name));
                    say(Code::UnknownColumn, name, message, self.remedy(near));
                }
                _ => {}
            }
        }
        let mut unnamed = false;
        for (&column, rows) in self.unnamed.iter().filter(|(at, _)| mine.contains(at)) {
            unnamed = true;
            say(Code::BlankHeading, "", self.holds_data(column, rows), {
                "write its name above it; a column of your own is called `x_…`".to_owned()
            });
        }
        for (at, column) in self.table.columns.iter().enumerate() {
            // it may be the one without a name
            misnamed[at] |= unnamed && !present[at];
            if column.blank == Blank::Required && !present[at] && !misnamed[at] {
                let message = format!("column `{}` is missing", column.name);
                let remedy = format!("add it, for example with `{}`", column.example);
                say(Code::MissingColumn, column.name, message, remedy);
            }
        }
        (findings, misnamed)
    }

    fn holds_data(&self, column: usize, rows: &Rows) -> String {
        let letters = column_letters(column as u32);
        format!("column {letters} holds data in {rows} and has no name")
    }

    fn remedy(&self, near: Option<usize>) -> String {
        match near {
            Some(near) => format!("did you mean `{}`?", self.table.columns[near].name),
            None => "put free text into `note` or `source`; a column of your own is called `x_…`, or stands in the setting `ignore_columns`".to_owned(),
        }
    }

    /// The column of the table that a name most resembles: rather one that is not there.
    fn nearest(&self, name: &str, present: &[bool]) -> Option<usize> {
        let columns = || self.table.columns.iter().zip(present);
        let absent = columns().filter(|(_, present)| !**present);
        nearest(name, absent.map(|(column, _)| column.name))
            .or_else(|| nearest(name, columns().map(|(column, _)| column.name)))
            .and_then(|near| self.table.position(near))
    }

    /// The columns of the file that belong to the table: in a sheet those up to the first column
    /// on either side that is blank throughout; in a file all.
    fn belonging(&self) -> std::ops::Range<usize> {
        let beyond = self.unnamed.last_key_value().map_or(0, |(at, _)| at + 1);
        let width = self.len().max(beyond);
        let is_known = |at: &usize| self.position(*at).is_some();
        let known = (0..self.len())
            .find(is_known)
            .zip((0..self.len()).rfind(is_known));
        let Some((mut first, mut last)) = known.filter(|_| self.is_sheet) else {
            return 0..width;
        };
        let is_filled = |at: usize| !self.is_unnamed(at) || self.unnamed.contains_key(&at);
        while first > 0 && is_filled(first - 1) {
            first -= 1;
        }
        while last + 1 < width && is_filled(last + 1) {
            last += 1;
        }
        first..last + 1
    }
}

/// The column of a table with a name, whatever its case.
pub(super) fn position(table: &Table, name: &str) -> Option<usize> {
    let name = name.trim();
    table
        .columns
        .iter()
        .position(|column| column.name.eq_ignore_ascii_case(name))
}
