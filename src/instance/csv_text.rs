//! How the text of a CSV file is taken apart: its lines, its cells, and which row is which.

use super::codes::Code;
use super::findings::Finding;

/// The text with `\n` at the end of every line.
pub(super) fn with_line_ends(mut text: String) -> String {
    if text.contains('\r') {
        text = match text.contains('\n') {
            true => text.replace("\r\n", "\n"),
            false => text.replace('\r', "\n"),
        };
    }
    if !text.ends_with('\n') {
        text.push('\n');
    }
    text
}

/// The first line that is longer than a table's may be.
pub(super) fn long_line(text: &str, most: usize) -> Option<u32> {
    let line = text.split('\n').position(|line| line.len() > most)?;
    Some(line as u32 + 1)
}

/// A reader of all rows, the header among them.
pub(super) fn reader(text: &str, delimiter: u8) -> csv::Reader<&[u8]> {
    csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter)
        .terminator(csv::Terminator::Any(b'\n'))
        .from_reader(text.as_bytes())
}

/// The row in which a quoted cell starts that runs to the end of the file, if one does.
///
/// Every quoted cell has an even number of quotes, so an odd number in all is a sign of it; a
/// quote inside an unquoted cell (`5" pipe`) is none.
pub(super) fn unclosed_quote(text: &str, delimiter: u8) -> Option<u32> {
    if text.bytes().filter(|b| *b == b'"').count() % 2 == 0 {
        return None;
    }
    let mut reader = reader(text, delimiter);
    let mut record = csv::StringRecord::new();
    let mut rows = RowNumbers::default();
    let mut last = None;
    while reader.read_record(&mut record).unwrap_or(false) {
        // the file's last line break stands inside the cell, so the row ends without one
        let row = rows.next(&record, reader.position().line()) + 1;
        last = record
            .iter()
            .any(|cell| cell.ends_with('\n'))
            .then_some(row);
    }
    last
}

/// Finds what separates the cells of a table by its header line.
pub(super) fn delimiter(text: &str) -> Result<u8, Box<Finding>> {
    let header = text.lines().find(|line| !line.is_empty()).unwrap_or("");
    let mut quoted = false;
    let mut count = [0; 3];
    for c in header.chars() {
        match c {
            '"' => quoted = !quoted,
            ',' if !quoted => count[0] += 1,
            ';' if !quoted => count[1] += 1,
            '\t' if !quoted => count[2] += 1,
            _ => {}
        }
    }
    match count {
        [0, 0, tabs] if tabs > 0 => Err(Box::new(
            Finding::new(
                Code::TabSeparated,
                "the header is separated by tabs",
                "save the table with commas or semicolons",
            )
            .in_row(1),
        )),
        [0, semicolons, _] if semicolons > 0 => Ok(b';'),
        _ => Ok(b','),
    }
}

/// Numbers rows as a spreadsheet does: a quoted cell of several lines is still one row.
#[derive(Default)]
pub(super) struct RowNumbers {
    breaks_in_cells: u64,
}

impl RowNumbers {
    /// The row of a record that was just read, when the reader stands on `line`.
    pub fn next(&mut self, record: &csv::StringRecord, line: u64) -> u32 {
        let breaks = |cell: &str| cell.bytes().filter(|b| *b == b'\n').count() as u64;
        self.breaks_in_cells += record.iter().map(breaks).sum::<u64>();
        (line - 1).saturating_sub(self.breaks_in_cells) as u32
    }
}
