//! What people do to a written workbook: they change cells and sort tables.

use std::fs::{self, File};
use std::io::{Read, Write};
use std::path::Path;

use calamine::{Reader, Xlsx, open_workbook};
use zip::ZipArchive;
use zip::write::{SimpleFileOptions, ZipWriter};

/// A change of a sheet.
pub enum Edit {
    /// The number in a cell: row and column from 0, and what it becomes.
    Cell(u32, u32, f64),
    /// The cell with a point of time as ISO 8601 writes it.
    Point(u32, u32, &'static str),
    /// The rows below the first stand the other way round, whole.
    Sort,
}

/// Writes a workbook with changed sheets to another file.
pub fn edit(from: &Path, to: &Path, edits: &[(&str, Edit)]) {
    let book: Xlsx<_> = open_workbook(from).expect("a workbook");
    let names = book.sheet_names();
    let mut archive = ZipArchive::new(File::open(from).expect("a file")).expect("an archive");
    let mut written = ZipWriter::new(File::create(to).expect("a file"));
    for at in 0..archive.len() {
        let mut part = archive.by_index(at).expect("a part");
        let name = part.name().expect("a name").into_owned();
        let mut bytes = Vec::new();
        part.read_to_end(&mut bytes).expect("its bytes");
        for (sheet, edit) in edits {
            let number = names.iter().position(|known| known == sheet);
            let number = number.unwrap_or_else(|| panic!("no sheet {sheet}")) + 1;
            if name == format!("xl/worksheets/sheet{number}.xml") {
                let xml = String::from_utf8(bytes).expect("XML");
                bytes = edited(&xml, edit).into_bytes();
            }
        }
        written
            .start_file(name, SimpleFileOptions::default())
            .expect("a part");
        written.write_all(&bytes).expect("its bytes");
    }
    written.finish().expect("an archive");
    assert!(fs::metadata(to).expect("a file").len() > 0);
}

fn edited(xml: &str, edit: &Edit) -> String {
    match edit {
        Edit::Cell(row, column, value) => changed(xml, *row, *column, *value),
        Edit::Point(row, column, point) => pointed(xml, *row, *column, point),
        Edit::Sort => sorted(xml),
    }
}

fn changed(xml: &str, row: u32, column: u32, value: f64) -> String {
    let name = rust_xlsxwriter::utility::row_col_to_cell(row, column as u16);
    let cell = xml
        .find(&format!("<c r=\"{name}\""))
        .unwrap_or_else(|| panic!("no cell {name}"));
    let start = cell + xml[cell..].find("<v>").expect("a value") + 3;
    let end = start + xml[start..].find("</v>").expect("its end");
    format!("{}{value}{}", &xml[..start], &xml[end..])
}

fn pointed(xml: &str, row: u32, column: u32, point: &str) -> String {
    let name = rust_xlsxwriter::utility::row_col_to_cell(row, column as u16);
    let start = xml.find(&format!("<c r=\"{name}\"")).expect("a cell");
    let end = start + xml[start..].find("</c>").expect("its end");
    format!(
        "{}<c r=\"{name}\" t=\"d\"><v>{point}</v>{}",
        &xml[..start],
        &xml[end..]
    )
}

/// Every row has the cells of another, under its own number.
fn sorted(xml: &str) -> String {
    let begin = xml.find("<sheetData>").expect("rows") + "<sheetData>".len();
    let end = xml.find("</sheetData>").expect("their end");
    let mut rows: Vec<&str> = xml[begin..end].split_inclusive("</row>").collect();
    let head = rows.remove(0);
    let count = rows.len();
    let mut out = String::from(head);
    for (at, row) in rows.iter().rev().enumerate() {
        let (old, new) = (count - at + 1, at + 2);
        assert!(row.starts_with(&format!("<row r=\"{old}\"")), "{row}");
        let (first, cells) = row.split_once('>').expect("a row");
        out.push_str(&first.replacen(&format!("r=\"{old}\""), &format!("r=\"{new}\""), 1));
        out.push('>');
        let mut parts = cells.split("<c r=\"");
        out.push_str(parts.next().unwrap_or(""));
        for part in parts {
            let (name, rest) = part.split_once('"').expect("a cell's name");
            let letters = name.trim_end_matches(|c: char| c.is_ascii_digit());
            out.push_str(&format!("<c r=\"{letters}{new}\"{rest}"));
        }
    }
    format!("{}{out}{}", &xml[..begin], &xml[end..])
}
