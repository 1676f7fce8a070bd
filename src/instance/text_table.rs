//! A table as text: cells under the columns of the format, with their rows in the file.
//!
//! Whatever is read, a folder of CSV files or a workbook, becomes text tables through [`Builder`],
//! which checks header and row lengths in one place. A million rows cost their text and eight bytes per
//! cell.

use super::codes::Code;
use super::findings::{Finding, Findings};
use super::header::{Header, Ignored};
use super::schema::{Kind, Table};

/// The most columns of a header.
pub(super) const MOST_COLUMNS: usize = 200;
/// The most cells of a table, at eight bytes each.
const MOST_CELLS: usize = 48_000_000;
/// The most text of a table, in bytes, with what scenarios add.
pub(super) const MOST_TEXT: usize = 256 << 20;

/// A table as text.
#[derive(Clone, Debug)]
pub struct TextTable {
    /// What it should be.
    pub(super) table: &'static Table,
    /// How findings name the file.
    pub(super) file: String,
    /// Whether its decimal sign is the comma.
    pub(super) decimal_comma: bool,
    /// BLAKE3 hash of the file, in hex.
    pub(super) hash: String,
    text: String,
    /// Per row, per column of `table`: start and end in `text`.
    cells: Vec<(u32, u32)>,
    /// Per row: its number in the file.
    rows: Vec<u32>,
    /// Columns that stand in the file, per column of `table`.
    present: Vec<bool>,
    /// Columns that probably stand there under another name, per column of `table`.
    misnamed: Vec<bool>,
    /// Of a sheet: which of its columns each column of `table` is.
    sheet_columns: Option<Vec<Option<u32>>>,
}

impl TextTable {
    /// The table's name.
    pub fn name(&self) -> &'static str {
        self.table.name
    }

    /// Whether every instance needs it.
    pub fn is_required(&self) -> bool {
        self.table.required
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The number of a row in its file; the header is 1.
    pub fn number(&self, row: usize) -> u32 {
        self.rows[row]
    }

    /// The text of a cell, without surrounding white space; empty where the column is missing.
    pub fn cell(&self, row: usize, column: usize) -> &str {
        let (start, end) = self.cells[row * self.table.columns.len() + column];
        &self.text[start as usize..end as usize]
    }

    /// What names a row: its key columns joined by `/`, as scenarios do.
    pub(super) fn key(&self, row: usize) -> String {
        let columns = self.table.key.iter();
        let positions = columns.filter_map(|name| self.table.position(name));
        let parts: Vec<&str> = positions.map(|column| self.cell(row, column)).collect();
        parts.join("/")
    }

    /// The name of a cell of a sheet, `services!H14`; `None` in a file, or where the sheet does not
    /// have the column.
    pub(super) fn cell_name(&self, column: &str, row: u32) -> Option<String> {
        let position = self.table.position(column)?;
        let column = self.sheet_columns.as_ref()?.get(position).copied()??;
        Some(cell_name(&self.file, column, row))
    }

    /// Whether the file has a column.
    pub(super) fn has(&self, column: usize) -> bool {
        self.present[column]
    }

    /// Whether a column probably stands in the file under a wrong name, which has been reported.
    pub(super) fn is_misnamed(&self, column: usize) -> bool {
        self.misnamed[column]
    }

    /// Replaces the text of a cell; `false` where the table would grow too large.
    pub(super) fn set(&mut self, row: usize, column: usize, text: &str) -> bool {
        let Some(span) = append(&mut self.text, text) else {
            return false;
        };
        self.cells[row * self.table.columns.len() + column] = span;
        true
    }

    /// Replaces the text of a column's cells in some rows, storing it once.
    pub(super) fn set_all(
        &mut self,
        rows: impl Iterator<Item = usize>,
        column: usize,
        text: &str,
    ) -> bool {
        let Some(span) = append(&mut self.text, text) else {
            return false;
        };
        let width = self.table.columns.len();
        for row in rows {
            self.cells[row * width + column] = span;
        }
        true
    }

    /// Keeps the rows for which `keep` (by position) is true.
    pub(super) fn retain(&mut self, keep: &[bool]) {
        let width = self.table.columns.len();
        let mut cells = std::mem::take(&mut self.cells).into_iter();
        for &kept in keep {
            let row = cells.by_ref().take(width);
            match kept {
                true => self.cells.extend(row),
                false => row.for_each(drop),
            }
        }
        let mut kept = keep.iter();
        self.rows.retain(|_| *kept.next().unwrap_or(&true));
    }
}

/// `services!H14` of a sheet, a column from 0 and a row from 1.
pub(super) fn cell_name(sheet: &str, column: u32, row: u32) -> String {
    format!("{sheet}!{}{row}", column_letters(column))
}

/// The letters of a column from 0: `A`, `Z`, `AA`.
pub(super) fn column_letters(column: u32) -> String {
    let mut letters = Vec::new();
    let mut left = u64::from(column) + 1;
    while left > 0 {
        left -= 1;
        letters.push(char::from(b'A' + (left % 26) as u8));
        left /= 26;
    }
    letters.into_iter().rev().collect()
}

fn append(buffer: &mut String, text: &str) -> Option<(u32, u32)> {
    let start = buffer.len();
    let end = start + text.len();
    if end > MOST_TEXT {
        return None;
    }
    buffer.push_str(text);
    Some((start as u32, end as u32))
}

/// Builds a [`TextTable`] from a header and rows, and finds what is wrong with their form.
pub(super) struct Builder<'a> {
    made: TextTable,
    findings: &'a mut Findings,
    header: Header,
    /// The header's row.
    number: u32,
}

impl<'a> Builder<'a> {
    /// Starts a table with the header of a file, in row `number`. `None` where the header is so
    /// wrong that its rows cannot be read.
    pub fn start(
        table: &'static Table,
        file: &str,
        number: u32,
        header: &[&str],
        findings: &'a mut Findings,
    ) -> Option<Self> {
        if header.len() > MOST_COLUMNS {
            let finding = Finding::new(
                Code::TooManyColumns,
                format!("the header has {} columns", header.len()),
                format!("remove what railair does not read; {MOST_COLUMNS} is the most"),
            );
            findings.push(finding.in_file(file).in_row(number));
            return None;
        }
        let header = Header::new(table, header);
        Some(Self {
            made: TextTable {
                table,
                file: file.to_owned(),
                decimal_comma: false,
                hash: String::new(),
                text: String::new(),
                cells: Vec::new(),
                rows: Vec::new(),
                present: header.present(),
                misnamed: vec![false; table.columns.len()],
                sheet_columns: None,
            },
            findings,
            header,
            number,
        })
    }

    /// Says that the table is a sheet, so that findings can name its cells.
    pub fn in_sheet(&mut self) {
        let mut at = vec![None; self.made.table.columns.len()];
        for column in 0..self.header.len() {
            if let Some(position) = self.header.position(column) {
                at[position] = Some(column as u32);
            }
        }
        self.made.sheet_columns = Some(at);
        self.header.in_sheet();
    }

    /// How many columns the header has.
    pub fn width(&self) -> usize {
        self.header.len()
    }

    /// Whether nothing of a column of the file is read: it has no name, or is the planner's own.
    pub fn is_unread(&self, column: usize) -> bool {
        self.header.is_unnamed(column) || self.header.is_own(column)
    }

    /// Says that a column holds data in a row, and takes note if it has no name.
    pub fn found(&mut self, column: usize, row: u32) {
        if self.header.is_unnamed(column) {
            self.header.found_unnamed(column, row);
        }
    }

    /// Where a column of the table stands in the file.
    pub fn place_of(&self, name: &str) -> Option<usize> {
        let position = self.made.table.position(name)?;
        (0..self.header.len()).find(|&column| self.header.position(column) == Some(position))
    }

    /// Whether a column of the file holds prices.
    pub fn is_price(&self, column: usize) -> bool {
        let position = self.header.position(column);
        position.is_some_and(|at| self.made.table.columns[at].unit.starts_with("money"))
    }

    /// The name of the table's column that stands in a column of the file.
    pub fn column_at(&self, column: usize) -> Option<&'static str> {
        let position = self.header.position(column)?;
        Some(self.made.table.columns[position].name)
    }

    /// What a cell in a column of the file should be.
    pub fn kind_at(&self, column: usize) -> Option<&'static Kind> {
        let position = self.header.position(column)?;
        Some(&self.made.table.columns[position].kind)
    }

    /// Reports something about the table.
    pub fn report(&mut self, finding: Finding) {
        self.findings.push(finding.in_file(&self.made.file));
    }

    /// Adds a row; one without a cell that is read is passed over. `false` where the table is too
    /// large to go on.
    pub fn row<'c>(&mut self, number: u32, cells: impl Iterator<Item = &'c str> + Clone) -> bool {
        if cells.clone().all(|cell| cell.trim().is_empty()) {
            return true;
        }
        if !self.has_right_length(number, cells.clone().count()) {
            return true;
        }
        let mut is_read = false;
        for (column, cell) in cells.clone().enumerate() {
            if !cell.trim().is_empty() {
                self.found(column, number);
                is_read |= !self.is_unread(column);
            }
        }
        if !is_read {
            return true;
        }
        let made = &mut self.made;
        let first = made.cells.len();
        if first + made.table.columns.len() > MOST_CELLS {
            let message = format!("is the first of more rows than fit into {MOST_CELLS} cells");
            let remedy = "leave out rows that are not needed, or put demands together";
            let finding = Finding::new(Code::TooManyCells, message, remedy);
            self.findings
                .push(finding.in_file(&made.file).in_row(number));
            return false;
        }
        made.cells.resize(first + made.table.columns.len(), (0, 0));
        made.rows.push(number);
        for (at, cell) in cells.enumerate() {
            let Some(column) = self.header.position(at) else {
                continue;
            };
            match append(&mut made.text, cell.trim()) {
                Some(span) => made.cells[first + column] = span,
                None => return false,
            }
        }
        true
    }

    /// Blank cells beyond the header are no better: `1,000` with a blank last column is one.
    fn has_right_length(&mut self, number: u32, found: usize) -> bool {
        let width = self.header.len();
        if found == width {
            return true;
        }
        let message = format!("the row has {found} cells and the header {width}");
        let remedy = match found > width {
            true => {
                "put cells with commas in double quotes, and write numbers without thousands separators"
            }
            false => "fill the row up; a blank cell still needs its separator",
        };
        let finding = Finding::new(Code::RaggedRow, message, remedy);
        self.findings
            .push(finding.in_file(&self.made.file).in_row(number));
        false
    }

    /// Ends the table, and says what is wrong with its header. `ignored` are the planner's own
    /// columns; the settings say themselves which those are.
    pub fn finish(self, decimal_comma: bool, hash: String, ignored: &Ignored) -> TextTable {
        let own = (self.made.table.name == "settings").then(|| Ignored::said_by(&self.made));
        let ignored = own.as_ref().unwrap_or(ignored);
        let (findings, misnamed) = self.header.judge(self.number, ignored);
        for finding in findings {
            self.findings.push(finding.in_file(&self.made.file));
        }
        TextTable {
            decimal_comma,
            hash,
            misnamed,
            ..self.made
        }
    }
}
