//! What stands in the workbook.

use std::collections::BTreeMap;
use std::io::Cursor;

use calamine::{Data, Reader, Xlsx};

use super::figures::{Collected, Shown};

type Cells = BTreeMap<(u32, u32), Data>;

/// Sections of the sheet `summary`.
const SECTIONS: [&str; 6] = [
    "Parcels",
    "What it costs",
    "What is paid for",
    "By mode",
    "By product",
    "Why parcels are late or left behind",
];

/// The sheets by name.
pub fn sheets(bytes: Vec<u8>) -> BTreeMap<String, Cells> {
    let mut book = Xlsx::new(Cursor::new(bytes)).expect("a workbook");
    let names = book.sheet_names();
    let cells = |name: &String| {
        let range = book.worksheet_range(name).expect("a sheet");
        let start = range.start().unwrap_or_default();
        let cells = range.used_cells().map(|(row, column, value)| {
            (
                (start.0 + row as u32, start.1 + column as u32),
                value.clone(),
            )
        });
        cells.collect()
    };
    names
        .iter()
        .map(cells)
        .zip(&names)
        .map(|(cells, name)| (name.clone(), cells))
        .collect()
}

fn text(cells: &Cells, at: (u32, u32)) -> String {
    match cells.get(&at) {
        Some(Data::String(text)) => text.clone(),
        _ => String::new(),
    }
}

/// The figures of the sheet `summary`: by section, label and heading.
pub fn summary(cells: &Cells) -> Collected {
    let mut figures = Collected::default();
    let (mut section, mut head) = (String::new(), 0);
    let last = cells.keys().map(|at| at.0).max().unwrap_or(0);
    for row in 0..=last {
        let label = text(cells, (row, 0));
        if SECTIONS.contains(&label.as_str()) {
            (section, head) = (label, row + 1);
            continue;
        }
        for (&(_, column), value) in cells.range((row, 0)..(row + 1, 0)) {
            let Data::Float(value) = *value else {
                continue;
            };
            let reason = text(cells, (row, 1));
            let (label, heading) = match column {
                0 => (reason, "parcels".to_owned()),
                _ => (label.clone(), text(cells, (head, column))),
            };
            let heading = heading.split(',').next().unwrap_or_default();
            figures.add(
                &["workbook", &section, &label, heading],
                Shown::exact(value),
            );
        }
    }
    figures
}

/// The figures of a sheet with a heading in each column and a name in each row.
pub fn grid(sheet: &str, cells: &Cells, head: u32) -> Collected {
    let mut figures = Collected::default();
    for (&(row, column), value) in cells.range((head + 1, 0)..) {
        if let (Data::Float(value), true) = (value, column > 0) {
            let heading = text(cells, (head, column));
            let heading = heading.split(',').next().unwrap_or_default();
            let label = match cells.get(&(row, 0)) {
                Some(Data::String(label)) => label.clone(),
                Some(Data::DateTime(day)) => day.as_f64().to_string(),
                _ => String::new(),
            };
            figures.add(&["workbook", sheet, &label, heading], Shown::exact(*value));
        }
    }
    figures
}
