//! How many cells an OpenDocument sheet has: its XML repeats rows and cells by number, so that a
//! small file can stand for billions.

use std::io::{BufReader, Read};

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::archive::{self, Refusal};

/// The most cells from the first to the last that is used, over all sheets: about 110 bytes each
/// while they are read.
const MOST_CELLS: u64 = 4_000_000;
/// The most blanks in a row that a text writes as a number.
const MOST_BLANKS: u64 = 1_000;

/// Reads `content.xml` once and refuses what would unfold to too much.
pub fn check(part: &mut impl Read) -> Result<(), Refusal> {
    let mut reader = Reader::from_reader(BufReader::new(part));
    let mut buffer = Vec::new();
    let mut count = Count::default();
    loop {
        buffer.clear();
        let event = reader.read_event_into(&mut buffer);
        match event.map_err(|error| archive::refused(&error))? {
            Event::Start(element) | Event::Empty(element) => count.start(&element)?,
            Event::Eof => break,
            _ => {}
        }
        if count.all + count.rows.saturating_mul(count.width) > MOST_CELLS {
            let message = format!("has more than {MOST_CELLS} cells");
            return Err(archive::too_large(message));
        }
    }
    Ok(())
}

/// The rectangle of used cells, as far as a sheet has been read.
#[derive(Default)]
struct Count {
    /// Cells of the sheets before.
    all: u64,
    /// Rows of this sheet up to the last one with a used cell.
    rows: u64,
    /// Rows since then.
    blank_rows: u64,
    /// Its widest row.
    width: u64,
    /// How often the current row repeats.
    repeats: u64,
    /// Cells of the current row.
    cells: u64,
    /// Whether the current row has a used cell already.
    used: bool,
}

impl Count {
    fn start(&mut self, element: &BytesStart<'_>) -> Result<(), Refusal> {
        match element.local_name().as_ref() {
            "table" => {
                self.all += self.rows.saturating_mul(self.width);
                *self = Self {
                    all: self.all,
                    ..Self::default()
                };
            }
            "table-row" => {
                self.repeats = number(element, "number-rows-repeated");
                self.blank_rows = self.blank_rows.saturating_add(self.repeats);
                self.cells = 0;
                self.used = false;
            }
            "table-cell" | "covered-table-cell" => self.cell(element),
            "s" if number(element, "c") > MOST_BLANKS => {
                return Err(archive::too_large(format!(
                    "has a text with more than {MOST_BLANKS} blanks in a row"
                )));
            }
            _ => {}
        }
        Ok(())
    }

    fn cell(&mut self, element: &BytesStart<'_>) {
        self.cells = self
            .cells
            .saturating_add(number(element, "number-columns-repeated"));
        let is_used = element
            .attributes()
            .with_checks(false)
            .flatten()
            .any(|attribute| {
                matches!(
                    attribute.key.local_name().as_ref(),
                    "value-type" | "formula"
                )
            });
        if !is_used {
            return;
        }
        self.width = self.width.max(self.cells);
        if !self.used {
            self.used = true;
            self.rows = self.rows.saturating_add(self.blank_rows);
            self.blank_rows = 0;
        }
    }
}

/// The number of an attribute; 1 where it is missing or none.
fn number(element: &BytesStart<'_>, name: &str) -> u64 {
    let mut attributes = element.attributes();
    let found = attributes
        .with_checks(false)
        .flatten()
        .find(|attribute| attribute.key.local_name().as_ref() == name);
    found
        .and_then(|attribute| attribute.value.trim().parse().ok())
        .unwrap_or(1)
}
