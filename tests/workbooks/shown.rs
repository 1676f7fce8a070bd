//! What the cells of written workbooks show: a spreadsheet that saves a CSV saves what it shows.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use calamine::{Data, Reader, Xlsx, open_workbook};
use railair::report::instance::convert;

use crate::support::Desk;

/// The cells of a sheet with the formats in which they are shown.
fn formats(path: &Path, sheet: &str) -> BTreeMap<(u32, u32), String> {
    let mut book: Xlsx<_> = open_workbook(path).expect("a workbook");
    let mut cells = book.worksheet_cells_reader(sheet).expect("a sheet");
    let codes: Vec<String> = cells
        .styles()
        .iter()
        .map(|style| {
            let format = style.number_format.as_ref();
            format.map_or("General".to_owned(), |format| format.format_code.clone())
        })
        .collect();
    let mut shown = BTreeMap::new();
    while let Some((row, column, style)) = cells.next_style_id().expect("a cell") {
        shown.insert((row, column), codes[style].clone());
    }
    shown
}

/// A number as a format with or without decimals shows it.
fn as_shown(value: f64, format: &str) -> f64 {
    match format {
        "General" => value,
        "#,##0" => value.round(),
        other => panic!("a number is shown as {other}"),
    }
}

#[test]
fn every_number_of_an_instance_is_shown_as_it_is() {
    let desk = Desk::new();
    let folder = desk.path("net");
    fs::create_dir(&folder).expect("a folder");
    let starter = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/cli/starter");
    for entry in fs::read_dir(starter).expect("the starter") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().expect("a name").to_owned();
        if path.extension().is_some_and(|end| end == "csv") {
            fs::copy(&path, folder.join(name)).expect("a file");
        }
    }
    let scenarios = "scenario,table,key,column,change,value\n\
                     more,demand,*,parcels,scale,1.3\n\
                     more,demand,*,parcels,add,250000\n\
                     more,services,*,price_per_unit,scale,0.95\n";
    fs::write(folder.join("scenarios.csv"), scenarios).expect("a file");
    let file = desk.path("net.xlsx");
    convert(&folder, &file).expect("a workbook");
    let mut book: Xlsx<_> = open_workbook(&file).expect("a workbook");
    let (mut fractions, mut counts) = (0, 0);
    for sheet in book.sheet_names() {
        let formats = formats(&file, &sheet);
        let range = book.worksheet_range(&sheet).expect("a sheet");
        let (top, left) = range.start().unwrap_or_default();
        for (row, column, value) in range.used_cells() {
            let Data::Float(value) = value else { continue };
            let place = (top + row as u32, left + column as u32);
            let format = formats.get(&place).map_or("General", String::as_str);
            assert_eq!(
                as_shown(*value, format),
                *value,
                "{sheet} {row} {column}: {format}"
            );
            fractions += usize::from(value.fract() != 0.0);
            counts += usize::from(format == "#,##0");
        }
    }
    assert!(fractions > 10 && counts > 0, "{fractions}, {counts}");
    // the same cell takes a factor as well as a count
    let values = formats(&file, "scenarios");
    for row in 1..=3 {
        let format = values.get(&(row, 5)).map_or("General", String::as_str);
        assert_eq!(format, "General");
    }
}
