//! The cells of an OpenDocument spreadsheet (ISO/IEC 26300), read in one pass.
//!
//! White space between elements means nothing (Gnumeric and SheetJS indent their XML). What a cell
//! holds stands in its attributes, except for texts and errors: Excel writes an error as the number
//! 0 whose text is `#N/A`, LibreOffice as an empty text, so the text that is shown decides.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

use quick_xml::Reader;
use quick_xml::escape::{resolve_predefined_entity, unescape};
use quick_xml::events::{BytesRef, BytesStart, Event};
use zip::ZipArchive;

use super::super::amounts;
use super::archive::{self, Refusal};
use super::text;
use super::values::{Take, Value, is_error, is_error_of_a_number};

/// The most rows of a sheet.
const MOST_ROWS: u32 = 1_048_576;
/// The most columns of a sheet that are told apart: one more than a sheet may have.
const MOST_COLUMNS: u32 = 16_385;

/// The sheets of an OpenDocument spreadsheet.
pub struct OpenDocument {
    sheets: Vec<Sheet>,
}

/// A sheet with its cells.
struct Sheet {
    name: String,
    hidden: bool,
    rows: Vec<Row>,
}

/// Equal rows one below the other.
struct Row {
    first: u32,
    repeats: u32,
    /// Columns from 0 with their values, ascending.
    cells: Vec<(u32, Value)>,
}

type Xml<'a> = Reader<BufReader<&'a mut dyn Read>>;

/// Opens a spreadsheet that [`archive::check`] has passed.
pub fn open(path: &Path) -> Result<OpenDocument, Refusal> {
    let file = BufReader::new(File::open(path).map_err(|error| archive::damaged(&error))?);
    let mut zip = ZipArchive::new(file).map_err(|error| archive::damaged(&error))?;
    if let Ok(mut part) = zip.by_name("META-INF/manifest.xml") {
        let mut manifest = String::new();
        let read = part.read_to_string(&mut manifest);
        read.map_err(|error| archive::damaged(&error))?;
        if manifest.contains("encryption-data") {
            return Err(archive::encrypted());
        }
    }
    let mut part = zip
        .by_name("content.xml")
        .map_err(|_| archive::damaged(&"it has no content"))?;
    let mut xml = Reader::from_reader(BufReader::new(&mut part as &mut dyn Read));
    xml.config_mut().expand_empty_elements = true;
    let sheets = read_sheets(&mut xml)?;
    Ok(OpenDocument { sheets })
}

impl OpenDocument {
    /// Names of the sheets in their order, and whether they are hidden.
    pub fn names(&self) -> Vec<(String, bool)> {
        let sheets = self.sheets.iter();
        sheets
            .map(|sheet| (sheet.name.clone(), sheet.hidden))
            .collect()
    }

    /// Shows all cells of a sheet that hold something, row by row.
    pub fn cells(&self, sheet: &str, take: &mut Take<'_>) {
        let rows = self.sheets.iter().filter(|known| known.name == sheet);
        for row in rows.flat_map(|sheet| &sheet.rows) {
            for number in row.first..row.first.saturating_add(row.repeats) {
                for (column, value) in &row.cells {
                    if !take(number, *column, value.clone()) {
                        return;
                    }
                }
            }
        }
    }
}

fn read_sheets(xml: &mut Xml<'_>) -> Result<Vec<Sheet>, Refusal> {
    let mut buffer = Vec::new();
    let mut sheets = Vec::new();
    let mut hidden = BTreeSet::new();
    let mut style = None;
    loop {
        buffer.clear();
        match next(xml, &mut buffer)? {
            Event::Start(element) => match element.name().0 {
                "style:style" => style = attribute(&element, "style:name")?,
                "style:table-properties" => {
                    let display = attribute(&element, "table:display")?;
                    let is_hidden = display.as_deref() == Some("false");
                    hidden.extend(style.take().filter(|_| is_hidden));
                }
                "table:table" => {
                    let name = attribute(&element, "table:name")?;
                    let style = attribute(&element, "table:style-name")?;
                    let rows = read_rows(xml)?;
                    if let Some(name) = name {
                        let hidden = style.is_some_and(|style| hidden.contains(&style));
                        sheets.push(Sheet { name, hidden, rows });
                    }
                }
                _ => {}
            },
            Event::Eof => return Ok(sheets),
            _ => {}
        }
    }
}

/// The rows of a table up to its end.
fn read_rows(xml: &mut Xml<'_>) -> Result<Vec<Row>, Refusal> {
    let mut buffer = Vec::new();
    let mut rows = Vec::new();
    let mut number = 0u32;
    loop {
        buffer.clear();
        match next(xml, &mut buffer)? {
            Event::Start(element) if element.local_name().as_ref() == "table-row" => {
                let repeats = repeated(&element, "table:number-rows-repeated")?;
                let repeats = repeats.min(MOST_ROWS.saturating_sub(number));
                let cells = read_cells(xml)?;
                if !cells.is_empty() {
                    rows.push(Row {
                        first: number,
                        repeats,
                        cells,
                    });
                }
                number += repeats;
            }
            // a table inside a cell of another is none of the planner's
            Event::End(element) if element.local_name().as_ref() == "table" => return Ok(rows),
            Event::Eof => return Err(broken_off()),
            _ => {}
        }
    }
}

/// The cells of a row that hold something, up to its end.
fn read_cells(xml: &mut Xml<'_>) -> Result<Vec<(u32, Value)>, Refusal> {
    let mut buffer = Vec::new();
    let mut cells = Vec::new();
    let mut column = 0u32;
    loop {
        buffer.clear();
        match next(xml, &mut buffer)? {
            Event::Start(element)
                if matches!(
                    element.local_name().as_ref(),
                    "table-cell" | "covered-table-cell"
                ) =>
            {
                let repeats = repeated(&element, "table:number-columns-repeated")?;
                let repeats = repeats.min(MOST_COLUMNS.saturating_sub(column));
                let cell = Cell::of(&element)?;
                let shown = read_text(xml)?;
                if let Some(value) = cell.value(shown) {
                    let columns = column..column + repeats;
                    cells.extend(columns.map(|column| (column, value.clone())));
                }
                column += repeats;
            }
            Event::End(element) if element.local_name().as_ref() == "table-row" => {
                return Ok(cells);
            }
            Event::Eof => return Err(broken_off()),
            _ => {}
        }
    }
}

/// What the attributes of a cell say.
#[derive(Default)]
struct Cell {
    kind: Option<String>,
    value: Option<String>,
    text: Option<String>,
    currency: Option<String>,
    is_error: bool,
    has_formula: bool,
}

impl Cell {
    fn of(element: &BytesStart<'_>) -> Result<Self, Refusal> {
        let mut cell = Self::default();
        for attribute in element.attributes().with_checks(false) {
            let attribute = attribute.map_err(|error| archive::refused(&error))?;
            let said = || {
                let said = unescape(&attribute.value).map_err(|error| archive::refused(&error))?;
                Ok::<_, Refusal>(Some(said.into_owned()))
            };
            match attribute.key.0 {
                "office:value-type" => cell.kind = said()?,
                "office:value"
                | "office:date-value"
                | "office:time-value"
                | "office:boolean-value" => cell.value = said()?,
                "office:currency" => cell.currency = said()?,
                "office:string-value" => cell.text = said()?,
                "calcext:value-type" => cell.is_error = &*attribute.value == "error",
                "table:formula" => cell.has_formula = true,
                _ => {}
            }
        }
        Ok(cell)
    }

    /// What the cell holds, given the text that it shows; `None` where that is nothing.
    fn value(self, shown: String) -> Option<Value> {
        let Some(kind) = self.kind else {
            let unknown = self.has_formula && shown.is_empty();
            return match unknown {
                true => Some(Value::NoResult),
                false => some_text(shown),
            };
        };
        let is_text = kind == "string";
        if self.is_error || is_error(&shown) || (!is_text && is_error_of_a_number(&shown)) {
            return Some(Value::Error(shown));
        }
        let text = match self.text {
            Some(text) if !text.is_empty() => text,
            _ => shown,
        };
        match (kind.as_str(), self.value) {
            ("date", Some(value)) => Some(text::iso_point(&value)),
            ("time", Some(value)) => Some(text::iso_span(&value)),
            ("boolean", Some(value)) => Some(Value::Truth(value.eq_ignore_ascii_case("true"))),
            ("float" | "percentage" | "currency", Some(value)) => {
                let number = value.trim().parse::<f64>().map_or(value, text::number);
                let currency = self.currency.and_then(|code| amounts::sign(&code));
                Some(match currency {
                    Some(code) => Value::Price(number, code),
                    None => Value::Text(number),
                })
            }
            _ => some_text(text),
        }
    }
}

fn some_text(text: String) -> Option<Value> {
    (!text.is_empty()).then_some(Value::Text(text))
}

/// The text that a cell shows, its paragraphs one below the other, up to the cell's end. Comments
/// and drawings are no part of it.
fn read_text(xml: &mut Xml<'_>) -> Result<String, Refusal> {
    let mut buffer = Vec::new();
    let mut shown = String::new();
    let mut paragraphs = 0;
    loop {
        buffer.clear();
        match next(xml, &mut buffer)? {
            Event::Start(element) if element.local_name().as_ref() == "p" => {
                paragraphs += 1;
                if paragraphs > 1 {
                    shown.push('\n');
                }
                read_paragraph(xml, &mut shown)?;
            }
            Event::Start(element) => {
                let end = element.to_end().into_owned();
                let mut inside = Vec::new();
                xml.read_to_end_into(end.name(), &mut inside)
                    .map_err(|error| archive::refused(&error))?;
            }
            Event::End(_) => return Ok(shown),
            Event::Eof => return Err(broken_off()),
            _ => {}
        }
    }
}

/// A paragraph's text: white space counts once (ODF 1.2, 6.1.2), written out it counts in full.
fn read_paragraph(xml: &mut Xml<'_>, shown: &mut String) -> Result<(), Refusal> {
    let mut buffer = Vec::new();
    let mut depth = 0;
    let start = shown.len();
    let mut collapsible = true;
    loop {
        buffer.clear();
        match next(xml, &mut buffer)? {
            Event::Text(some) => {
                for c in some.xml10_content().chars() {
                    if !matches!(c, ' ' | '\t' | '\n' | '\r') {
                        shown.push(c);
                        collapsible = false;
                    } else if !collapsible {
                        shown.push(' ');
                        collapsible = true;
                    }
                }
                continue;
            }
            Event::CData(some) => shown.push_str(&some),
            Event::GeneralRef(entity) => shown.push_str(&resolved(&entity)?),
            Event::Start(element) => {
                depth += 1;
                match element.local_name().as_ref() {
                    "s" => {
                        let blanks = repeated(&element, "text:c")?;
                        shown.extend((0..blanks).map(|_| ' '));
                    }
                    "tab" => shown.push('\t'),
                    "line-break" => shown.push('\n'),
                    _ => continue,
                }
            }
            Event::End(_) if depth > 0 => {
                depth -= 1;
                continue;
            }
            Event::End(_) => break,
            Event::Eof => return Err(broken_off()),
            _ => continue,
        }
        collapsible = false;
    }
    if collapsible && shown.len() > start && shown.ends_with(' ') {
        shown.pop();
    }
    Ok(())
}

fn next<'b>(xml: &mut Xml<'_>, buffer: &'b mut Vec<u8>) -> Result<Event<'b>, Refusal> {
    xml.read_event_into(buffer)
        .map_err(|error| archive::refused(&error))
}

fn resolved(entity: &BytesRef<'_>) -> Result<String, Refusal> {
    let character = entity
        .resolve_char_ref()
        .map_err(|error| archive::refused(&error))?;
    let known = resolve_predefined_entity(entity);
    match (character, known) {
        (Some(character), _) => Ok(character.to_string()),
        (None, Some(known)) => Ok(known.to_owned()),
        (None, None) => Err(archive::damaged(&"it has an unknown entity")),
    }
}

fn attribute(element: &BytesStart<'_>, name: &str) -> Result<Option<String>, Refusal> {
    let mut attributes = element.attributes();
    for attribute in attributes.with_checks(false) {
        let attribute = attribute.map_err(|error| archive::refused(&error))?;
        if attribute.key.0 == name {
            let said = unescape(&attribute.value).map_err(|error| archive::refused(&error))?;
            return Ok(Some(said.into_owned()));
        }
    }
    Ok(None)
}

/// How often an element stands for itself; 1 unless it says otherwise.
fn repeated(element: &BytesStart<'_>, name: &str) -> Result<u32, Refusal> {
    let said = attribute(element, name)?;
    Ok(said.map_or(1, |said| {
        said.trim()
            .parse::<u64>()
            .map_or(1, |many| u32::try_from(many).unwrap_or(u32::MAX))
    }))
}

fn broken_off() -> Refusal {
    archive::damaged(&"it is broken off")
}
