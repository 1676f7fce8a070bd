//! OpenDocument spreadsheets as other programs write them, built by hand.

use std::fs::File;
use std::io::Write as _;
use std::path::Path;

use railair::instance::{Code, load};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::support::{BASE, Desk, assert_finds, base_tables, tables};

/// How a program lays out its XML.
#[derive(Clone, Copy)]
struct Layout {
    /// What stands between elements.
    between: &'static str,
    /// What stands around the text of a cell.
    around: &'static str,
}

const DENSE: Layout = Layout {
    between: "",
    around: "",
};
/// Gnumeric and SheetJS indent.
const INDENTED: Layout = Layout {
    between: "\n    ",
    around: "\n  ",
};

/// A cell: its attributes, and the text that it shows.
fn cell(attributes: &str, shown: &str, layout: Layout) -> String {
    let Layout { between, around } = layout;
    let shown = match shown {
        "" => String::new(),
        some => format!("{between}<text:p>{around}{some}{around}</text:p>"),
    };
    format!("{between}<table:table-cell {attributes}>{shown}{between}</table:table-cell>")
}

fn text(shown: &str, layout: Layout) -> String {
    cell(r#"office:value-type="string""#, shown, layout)
}

/// Writes the base as `.ods`, with the XML of cells that `change` gives by sheet, row and column.
fn write(path: &Path, layout: Layout, change: impl Fn(&str, usize, usize) -> Option<String>) {
    let between = layout.between;
    let mut body = String::new();
    for (name, rows) in BASE {
        body.push_str(&format!(r#"{between}<table:table table:name="{name}">"#));
        body.push_str(&format!(
            r#"{between}<table:table-column table:number-columns-repeated="4"/>"#
        ));
        for (row, cells) in rows.iter().enumerate() {
            body.push_str(&format!("{between}<table:table-row>"));
            for (column, shown) in cells.iter().enumerate() {
                let changed = change(name, row, column);
                body.push_str(&changed.unwrap_or_else(|| text(shown, layout)));
            }
            body.push_str(&format!("{between}</table:table-row>"));
        }
        // spreadsheets fill their sheets up with nothing
        body.push_str(&format!(
            r#"{between}<table:table-row table:number-rows-repeated="1048000">{between}<table:table-cell table:number-columns-repeated="1024"/>{between}</table:table-row>"#
        ));
        body.push_str(&format!("{between}</table:table>"));
    }
    let content = format!(
        r#"<?xml version="1.0" encoding="UTF-8"?><office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0">{between}<office:body>{between}<office:spreadsheet>{body}{between}</office:spreadsheet>{between}</office:body>{between}</office:document-content>"#
    );
    let mut zip = ZipWriter::new(File::create(path).unwrap());
    for (name, text) in [
        ("mimetype", "application/vnd.oasis.opendocument.spreadsheet"),
        (
            "META-INF/manifest.xml",
            r#"<manifest:manifest xmlns:manifest="m"/>"#,
        ),
        ("content.xml", content.as_str()),
    ] {
        zip.start_file(name, SimpleFileOptions::default()).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.finish().unwrap();
}

/// The base with one cell changed.
fn with(sheet: &'static str, at: (usize, usize), attributes: &str, shown: &str) -> Desk {
    let desk = Desk::new();
    let xml = cell(attributes, shown, DENSE);
    write(&desk.path("net.ods"), DENSE, |name, row, column| {
        ((name, (row, column)) == (sheet, at)).then(|| xml.clone())
    });
    desk
}

#[test]
fn white_space_between_elements_means_nothing() {
    for layout in [DENSE, INDENTED] {
        let desk = Desk::new();
        write(&desk.path("net.ods"), layout, |_, _, _| None);
        assert_eq!(tables(&desk.path("net.ods")), base_tables());
    }
}

/// Excel stores an error in `.ods` as the number 0 that shows the error.
#[test]
fn errors_are_known_by_the_text_that_is_shown() {
    let zero = r#"office:value-type="float" office:value="0""#;
    for shown in ["#N/A", "#DIV/0!", "#SPILL!", "#NV", "#BEZUG!", "#ÜBERLAUF!"] {
        let desk = with("demand", (1, 3), zero, shown);
        assert_finds(
            &desk.path("net.ods"),
            Code::ErrorCell,
            "demand!D2, column parcels",
        );
    }
    let libre = r#"office:value-type="string" office:string-value="" calcext:value-type="error""#;
    let desk = with("demand", (1, 3), libre, "#NAME?");
    assert_finds(&desk.path("net.ods"), Code::ErrorCell, "demand!D2");
    let formula = r#"table:formula="of:=1/0""#;
    let desk = with("demand", (1, 3), formula, "");
    assert_finds(&desk.path("net.ods"), Code::NoResult, "demand!D2");
    // a number whose format begins with the sign is none of them
    let desk = with(
        "demand",
        (1, 3),
        r#"office:value-type="float" office:value="1000""#,
        "#1,000",
    );
    assert_eq!(tables(&desk.path("net.ods")), base_tables());
}

#[test]
fn cells_of_every_type_read_as_the_csv_would_hold_them() {
    let date = r#"office:value-type="date" office:date-value="2019-11-05T00:00:00""#;
    let time = r#"office:value-type="time" office:time-value="PT18H00M00S""#;
    let truth = r#"office:value-type="boolean" office:boolean-value="true""#;
    let number = r#"office:value-type="float" office:value="2.45""#;
    let on_no_day = r#"office:value-type="date" office:date-value="1899-12-30T18:00:00""#;
    for (column, attributes, shown) in [
        (4, time, "18:00"),
        (4, on_no_day, "18:00"),
        (6, date, "05/11/19"),
        (9, number, "2,45"),
        (10, truth, "WAHR"),
    ] {
        let desk = with("services", (1, column), attributes, shown);
        assert_eq!(tables(&desk.path("net.ods")), base_tables(), "{attributes}");
    }
    let dollars = r#"office:value-type="currency" office:currency="USD" office:value="2.45""#;
    let desk = with("services", (1, 9), dollars, "$2.45");
    assert_finds(
        &desk.path("net.ods"),
        Code::NotANumber,
        "services!J2, column price_per_unit",
    );
    let desk = with("services", (1, 9), &dollars.replace("USD", "EUR"), "2,45 €");
    assert_eq!(tables(&desk.path("net.ods")), base_tables());
    // 12:54 hours are 12.9
    let duration = r#"office:value-type="time" office:time-value="PT12H54M00S""#;
    let desk = with("services", (1, 5), duration, "12:54:00");
    assert_eq!(tables(&desk.path("net.ods")), base_tables());
}

#[test]
fn what_was_typed_for_a_time_is_named_as_it_was_typed() {
    for (span, typed) in [
        ("PT24H00M00S", "24:00"),
        ("PT216H00M00S", "9"),
        ("PT23H59M59.6S", "24:00"),
    ] {
        let time = format!(r#"office:value-type="time" office:time-value="{span}""#);
        let desk = with("services", (1, 4), &time, "00:00");
        let said = format!("services!E2, column departs: \"{typed}\" is not a time");
        assert_finds(&desk.path("net.ods"), Code::NotATime, &said);
    }
}

#[test]
fn texts_are_read_with_their_own_blanks_and_without_comments() {
    let comment = "<office:annotation><text:p>ask Li</text:p></office:annotation>";
    let shown = format!(
        r#"</text:p>{comment}<text:p>Lüttich &amp;<text:s text:c="2"/><text:span>Li&#xe8;ge</text:span>"#
    );
    let desk = with("settings", (1, 1), r#"office:value-type="string""#, &shown);
    let read = tables(&desk.path("net.ods"));
    assert!(
        read["settings"].contains("Lüttich &  Liège"),
        "{}",
        read["settings"]
    );
    assert!(!read["settings"].contains("ask Li"));
}

#[test]
fn a_hidden_sheet_is_told_of_and_a_broken_one_named() {
    let desk = Desk::new();
    let path = desk.path("net.ods");
    write(&path, DENSE, |_, _, _| {
        Some("<table:table-cell>".to_owned())
    });
    let findings = load(&path, None).findings;
    assert_eq!(findings.count(Code::DamagedWorkbook), 1, "{findings}");
}
