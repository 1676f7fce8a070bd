//! Reading a plan's tables as text with a place in a file.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use crate::files;

use super::decimal;

/// The most bytes of a table of a plan.
pub(super) const MOST_BYTES: u64 = 1 << 30;

/// Where the files of a plan are.
#[derive(Clone, Copy, Debug)]
pub(super) enum Source<'a> {
    /// In a folder.
    Folder(&'a Path),
    /// In memory, by name, as they would be written.
    Memory(&'a BTreeMap<String, Vec<u8>>),
}

impl<'a> Source<'a> {
    /// The bytes of a file, of which there are at most `most`; `None` where it is not there.
    pub(super) fn read(self, name: &str, most: u64) -> Result<Option<Cow<'a, [u8]>>, ReadError> {
        match self {
            Self::Memory(files) => Ok(files.get(name).map(|bytes| bytes.as_slice().into())),
            Self::Folder(folder) => match files::read(&folder.join(name), most) {
                Ok(bytes) => Ok(Some(bytes.into())),
                Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
                Err(source) => {
                    let path = self.describe(name);
                    Err(ReadError::File { path, source })
                }
            },
        }
    }

    /// What the files are in, for messages.
    pub(super) fn folder(self) -> String {
        match self {
            Self::Folder(folder) => folder.display().to_string(),
            Self::Memory(_) => "what is to be written".to_owned(),
        }
    }

    /// A file's name for messages.
    pub(super) fn describe(self, name: &str) -> String {
        match self {
            Self::Folder(folder) => folder.join(name).display().to_string(),
            Self::Memory(_) => name.to_owned(),
        }
    }
}

/// A table of a plan.
#[derive(Clone, Debug)]
pub(crate) struct Table {
    /// The file's name.
    pub(crate) name: &'static str,
    /// Names of columns.
    pub(crate) columns: Vec<String>,
    /// Rows that are not blank.
    pub(crate) rows: Vec<Row>,
    /// Whether decimals have a comma (the table's separator is a semicolon).
    pub(crate) comma: bool,
}

/// A row of a table.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    /// The line of the file, from 1.
    pub(crate) line: u64,
    /// As many cells as the table has columns, without surrounding blanks.
    pub(crate) cells: csv::StringRecord,
}

/// Why a plan cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The folder or a file cannot be opened.
    #[error("failed to read {path}")]
    File {
        /// Which.
        path: String,
        /// Why.
        source: io::Error,
    },
    /// A file is not a table.
    #[error("{path} is not a table")]
    Csv {
        /// Which.
        path: String,
        /// Why.
        source: csv::Error,
    },
    /// A column that nothing can be checked without.
    #[error("{table} has no column \"{column}\"")]
    MissingColumn {
        /// Which table.
        table: &'static str,
        /// Which column.
        column: &'static str,
    },
    /// A cell is no number.
    #[error("{table} row {row}: {column} \"{text}\" is no number")]
    Number {
        /// Which table.
        table: &'static str,
        /// The line of the file, from 1.
        row: u64,
        /// Which column.
        column: &'static str,
        /// What stands there.
        text: String,
    },
    /// The table that nothing can be checked without.
    #[error("{folder} holds no allocation.csv, so it is not a plan")]
    NoPlan {
        /// The folder.
        folder: String,
    },
    /// `run.json` is not one.
    #[error("{path} is not what a run writes")]
    Run {
        /// Which.
        path: String,
        /// Why.
        source: serde_json::Error,
    },
}

impl Table {
    /// Reads `folder/name`; `None` where there is no such file.
    pub(crate) fn read(folder: &Path, name: &'static str) -> Result<Option<Self>, ReadError> {
        Self::of(Source::Folder(folder), name)
    }

    /// Reads a table of a plan; `None` where it is not there.
    pub(super) fn of(source: Source<'_>, name: &'static str) -> Result<Option<Self>, ReadError> {
        let Some(bytes) = source.read(name, MOST_BYTES)? else {
            return Ok(None);
        };
        let table = Self::parse(name, &bytes);
        let table = table.map_err(|error| ReadError::Csv {
            path: source.describe(name),
            source: error,
        });
        table.map(Some)
    }

    /// A table from its bytes: a byte order mark, CRLF, blank lines, short rows, and semicolons
    /// with decimal commas are what spreadsheets do to tables and no failure.
    pub(crate) fn parse(name: &'static str, bytes: &[u8]) -> Result<Self, csv::Error> {
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let header = bytes.split(|&byte| byte == b'\n').next().unwrap_or(bytes);
        let count = |sign: u8| header.iter().filter(|&&byte| byte == sign).count();
        let comma = count(b';') > count(b',');
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(if comma { b';' } else { b',' })
            .flexible(true)
            .trim(csv::Trim::All)
            .from_reader(bytes);
        let columns: Vec<String> = reader.headers()?.iter().map(str::to_owned).collect();
        let mut rows = Vec::new();
        let mut lines = Lines::of(bytes);
        for record in reader.records() {
            let mut cells = record?;
            if cells.iter().all(str::is_empty) {
                continue;
            }
            let start = cells.position().map_or(0, csv::Position::byte);
            let line = lines.at(start as usize);
            while cells.len() < columns.len() {
                cells.push_field("");
            }
            rows.push(Row { line, cells });
        }
        Ok(Self {
            name,
            columns,
            rows,
            comma,
        })
    }

    /// The position of a column.
    pub(crate) fn column(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column == name)
    }

    /// The position of a column that must be there.
    pub(crate) fn required(&self, name: &'static str) -> Result<usize, ReadError> {
        self.column(name).ok_or(ReadError::MissingColumn {
            table: self.name,
            column: name,
        })
    }

    /// A cell as an integer of 10^-`places`.
    pub(crate) fn number(&self, text: &str, places: u32) -> Option<i128> {
        decimal::parse(text, places, self.comma)
    }

    /// The same of a cell that must hold one, at a position that the column has.
    pub(crate) fn required_number<T: TryFrom<i128>>(
        &self,
        row: &Row,
        (at, column): (usize, &'static str),
        places: u32,
    ) -> Result<T, ReadError> {
        let text = &row.cells[at];
        let number = self.number(text, places);
        let number = number.and_then(|number| T::try_from(number).ok());
        number.ok_or_else(|| ReadError::Number {
            table: self.name,
            row: row.line,
            column,
            text: text.chars().take(60).collect(),
        })
    }
}

/// Counts the lines of a file as its records are read.
struct Lines<'a> {
    bytes: &'a [u8],
    counted: usize,
    line: u64,
}

impl<'a> Lines<'a> {
    fn of(bytes: &'a [u8]) -> Self {
        Self {
            bytes,
            counted: 0,
            line: 1,
        }
    }

    /// The line of the first text from byte `start` on: a record's own position is that of the
    /// blank lines before it. `start` never falls.
    fn at(&mut self, start: usize) -> u64 {
        let is_blank = |byte: &&u8| matches!(byte, b'\r' | b'\n');
        let start = start.clamp(self.counted, self.bytes.len());
        let blank = self.bytes[start..].iter().take_while(is_blank).count();
        let passed = &self.bytes[self.counted..start + blank];
        self.line += passed.iter().filter(|&&byte| byte == b'\n').count() as u64;
        self.counted = start + blank;
        self.line
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_spreadsheet_does_to_a_table_is_no_failure() {
        let text = b"\xef\xbb\xbforigin;kg\r\nA;1,5\r\n;\r\n\r\nB;2\r\n";
        let table = Table::parse("t.csv", text).expect("a table");
        assert_eq!(table.columns, ["origin", "kg"]);
        assert_eq!(table.rows.len(), 2);
        assert_eq!(table.number(&table.rows[0].cells[1], 3), Some(1500));
        assert_eq!(table.rows[1].line, 5);
    }
}
