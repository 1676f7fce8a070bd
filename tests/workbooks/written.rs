//! A workbook as its files say: widths, heights, breaks and looks, which readers of cells leave out.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Cursor, Read as _};

use calamine::{Data, Reader, Xlsx};
use quick_xml::Reader as XmlReader;
use quick_xml::events::{BytesStart, Event};
use railair::plan::Plan;
use railair::report::workbook;
use zip::ZipArchive;

/// Points of a line of text, and of a row that says nothing.
pub const LINE: f64 = 15.0;
/// Characters of a column that says nothing.
const COLUMN: f64 = 8.43;
/// What stands beside the characters in a width.
const PADDING: f64 = 0.71;

/// From which row and column to which a drawing reaches.
pub type Area = ((u32, u32), (u32, u32));

/// A workbook as its files say.
pub struct Book {
    bytes: Vec<u8>,
    pub styles: Styles,
}

/// A sheet as its file says.
#[derive(Default)]
pub struct Sheet {
    widths: BTreeMap<u32, f64>,
    heights: BTreeMap<u32, f64>,
    /// Style by row and column.
    styles: BTreeMap<(u32, u32), usize>,
    pub merged: Vec<((u32, u32), (u32, u32))>,
    pub row_breaks: BTreeSet<u32>,
    pub column_breaks: BTreeSet<u32>,
    pub values: BTreeMap<(u32, u32), Data>,
}

/// What cells may look like.
#[derive(Default)]
pub struct Styles {
    pub cells: Vec<Style>,
    /// Colours of text and background that depend on a value.
    pub conditional: Vec<(Option<u32>, Option<u32>)>,
}

#[derive(Clone, Default)]
pub struct Style {
    pub format: String,
    pub bold: bool,
    pub wraps: bool,
    pub indent: f64,
    pub text: Option<u32>,
    pub fill: Option<u32>,
}

/// An attribute of an element.
fn attribute(element: &BytesStart<'_>, name: &str) -> Option<String> {
    let found = element.attributes().flatten();
    let mut found = found.filter(|attribute| attribute.key.0 == name);
    found.next().map(|attribute| attribute.value.into_owned())
}

fn number(element: &BytesStart<'_>, name: &str) -> f64 {
    let text = attribute(element, name);
    text.and_then(|text| text.parse().ok()).unwrap_or(0.0)
}

/// Shows every element with the names of those around it.
fn walk(xml: &str, mut look: impl FnMut(&[String], &BytesStart<'_>)) {
    let mut reader = XmlReader::from_str(xml);
    let mut around: Vec<String> = Vec::new();
    loop {
        match reader.read_event().expect("XML") {
            Event::Start(element) => {
                look(&around, &element);
                around.push(element.name().0.to_owned());
            }
            Event::Empty(element) => look(&around, &element),
            Event::End(_) => {
                around.pop();
            }
            Event::Eof => return,
            _ => {}
        }
    }
}

/// Row and column of `B7`, from 0.
fn place(name: &str) -> (u32, u32) {
    let letters: String = name.chars().take_while(char::is_ascii_uppercase).collect();
    let column = letters
        .bytes()
        .fold(0, |sum, b| sum * 26 + u32::from(b - b'A') + 1);
    let row: u32 = name[letters.len()..].parse().expect("a row");
    (row - 1, column - 1)
}

impl Book {
    pub fn of(plan: &Plan) -> Self {
        let bytes = workbook::plan(plan, &[]).expect("a workbook");
        let mut made = Self {
            bytes,
            styles: Styles::default(),
        };
        made.styles = Styles::of(&made.file("xl/styles.xml").expect("styles"));
        made
    }

    fn file(&self, name: &str) -> Option<String> {
        let mut zip = ZipArchive::new(Cursor::new(&self.bytes)).expect("an archive");
        let mut text = String::new();
        let mut file = zip.by_name(name).ok()?;
        file.read_to_string(&mut text).expect("text");
        Some(text)
    }

    pub fn sheets(&self) -> BTreeMap<String, Sheet> {
        let mut book = Xlsx::new(Cursor::new(self.bytes.clone())).expect("a workbook");
        let names = book.sheet_names();
        let sheets = names.iter().enumerate().map(|(at, name)| {
            let xml = self.file(&format!("xl/worksheets/sheet{}.xml", at + 1));
            let mut sheet = Sheet::of(&xml.expect("a sheet"));
            let range = book.worksheet_range(name).expect("a sheet");
            let (top, left) = range.start().unwrap_or_default();
            let cells = range.used_cells().map(|(row, column, value)| {
                ((top + row as u32, left + column as u32), value.clone())
            });
            sheet.values = cells.collect();
            (name.clone(), sheet)
        });
        sheets.collect()
    }

    /// Positions of the sheets that print their heads on every page.
    pub fn with_repeated_heads(&self) -> BTreeSet<usize> {
        let xml = self.file("xl/workbook.xml").expect("a workbook");
        let mut repeated = BTreeSet::new();
        walk(&xml, |_, element| {
            if attribute(element, "name").as_deref() == Some("_xlnm.Print_Titles") {
                repeated.insert(number(element, "localSheetId") as usize);
            }
        });
        repeated
    }

    /// The charts of the first sheet, which is the only one with some.
    pub fn charts(&self) -> Vec<Area> {
        assert!(self.file("xl/drawings/drawing2.xml").is_none());
        let Some(xml) = self.file("xl/drawings/drawing1.xml") else {
            return Vec::new();
        };
        let (mut numbers, mut inside) = (Vec::new(), false);
        let mut reader = XmlReader::from_str(&xml);
        loop {
            match reader.read_event().expect("XML") {
                Event::Start(element) => inside = matches!(element.name().0, "xdr:col" | "xdr:row"),
                Event::Text(text) if inside => {
                    numbers.push(text.to_string().parse::<u32>().expect("a number"));
                }
                Event::End(_) => inside = false,
                Event::Eof => break,
                _ => {}
            }
        }
        let corners = numbers.chunks_exact(4);
        corners.map(|at| ((at[1], at[0]), (at[3], at[2]))).collect()
    }

    /// What a cell looks like.
    pub fn style(&self, sheet: &Sheet, at: (u32, u32)) -> &Style {
        &self.styles.cells[sheet.styles.get(&at).copied().unwrap_or(0)]
    }
}

impl Sheet {
    fn of(xml: &str) -> Self {
        let mut sheet = Self::default();
        walk(xml, |around, element| match element.name().0 {
            "col" => {
                for column in number(element, "min") as u32..=number(element, "max") as u32 {
                    sheet.widths.insert(column - 1, number(element, "width"));
                }
            }
            "row" if attribute(element, "ht").is_some() => {
                let row = number(element, "r") as u32 - 1;
                sheet.heights.insert(row, number(element, "ht"));
            }
            "c" => {
                let at = place(&attribute(element, "r").expect("a place"));
                sheet.styles.insert(at, number(element, "s") as usize);
            }
            "mergeCell" => {
                let corners = attribute(element, "ref").expect("a range");
                let (first, last) = corners.split_once(':').expect("two corners");
                sheet.merged.push((place(first), place(last)));
            }
            "brk" => {
                let breaks = match around.last().map(String::as_str) {
                    Some("rowBreaks") => &mut sheet.row_breaks,
                    _ => &mut sheet.column_breaks,
                };
                breaks.insert(number(element, "id") as u32);
            }
            _ => {}
        });
        sheet
    }

    pub fn width(&self, column: u32) -> f64 {
        let width = self.widths.get(&column).copied();
        width.unwrap_or(COLUMN + PADDING) - PADDING
    }

    /// The width of columns, the last not among them.
    pub fn width_of(&self, columns: std::ops::Range<u32>) -> f64 {
        columns.map(|column| self.width(column)).sum()
    }

    pub fn height(&self, row: u32) -> f64 {
        self.heights.get(&row).copied().unwrap_or(LINE)
    }
}

fn colour(element: &BytesStart<'_>) -> Option<u32> {
    let rgb = attribute(element, "rgb")?;
    u32::from_str_radix(&rgb, 16)
        .ok()
        .map(|rgb| rgb & 0xFF_FFFF)
}

impl Styles {
    fn of(xml: &str) -> Self {
        let mut styles = Self::default();
        let mut formats = BTreeMap::new();
        let (mut fonts, mut fills) = (Vec::<Style>::new(), Vec::<Option<u32>>::new());
        walk(xml, |around, element| {
            let around: Vec<&str> = around.iter().map(String::as_str).collect();
            match (around.as_slice(), element.name().0) {
                ([.., "numFmts"], "numFmt") => {
                    let code = attribute(element, "formatCode").expect("a format");
                    let code = quick_xml::escape::unescape(&code).expect("text");
                    formats.insert(number(element, "numFmtId") as u32, code.into_owned());
                }
                ([.., "fonts"], "font") => fonts.push(Style::default()),
                ([.., "fonts", "font"], "b") => fonts.last_mut().expect("a font").bold = true,
                ([.., "fonts", "font"], "color") => {
                    fonts.last_mut().expect("a font").text = colour(element);
                }
                ([.., "fills"], "fill") => fills.push(None),
                ([.., "fills", "fill", "patternFill"], "fgColor") => {
                    *fills.last_mut().expect("a fill") = colour(element);
                }
                ([.., "cellXfs"], "xf") => {
                    let font: &Style = &fonts[number(element, "fontId") as usize];
                    let id = number(element, "numFmtId") as u32;
                    let format = formats
                        .get(&id)
                        .map_or_else(|| built_in(id), String::as_str);
                    styles.cells.push(Style {
                        format: format.to_owned(),
                        fill: fills[number(element, "fillId") as usize],
                        ..font.clone()
                    });
                }
                ([.., "cellXfs", "xf"], "alignment") => {
                    let style = styles.cells.last_mut().expect("a style");
                    style.wraps = attribute(element, "wrapText").is_some();
                    style.indent = number(element, "indent");
                }
                ([.., "dxfs"], "dxf") => styles.conditional.push((None, None)),
                ([.., "dxf", "font"], "color") => {
                    styles.conditional.last_mut().expect("a look").0 = colour(element);
                }
                ([.., "dxf", "fill", "patternFill"], "bgColor") => {
                    styles.conditional.last_mut().expect("a look").1 = colour(element);
                }
                _ => {}
            }
        });
        styles
    }
}

/// Formats that every spreadsheet has.
fn built_in(id: u32) -> &'static str {
    match id {
        0 => "General",
        1 => "0",
        2 => "0.00",
        3 => "#,##0",
        4 => "#,##0.00",
        9 => "0%",
        10 => "0.00%",
        other => panic!("no format {other}"),
    }
}

/// The number in a cell that holds one.
pub fn figure(value: &Data) -> Option<f64> {
    match value {
        Data::Float(value) => Some(*value),
        Data::Int(value) => Some(*value as f64),
        Data::DateTime(point) => Some(point.as_f64()),
        _ => None,
    }
}
