//! Files that are no workbooks, or mean harm: a finding, little memory, and never a panic.

use std::fs::{self, File};
use std::io::{Read, Write};
use std::path::Path;

use railair::instance::{Code, load};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

use crate::support::{Desk, assert_finds, base_tables, tables, workbook};

/// Copies a workbook, each part as `change` makes it.
fn rewrite(from: &Path, to: &Path, change: impl Fn(&str, Vec<u8>) -> Vec<u8>) {
    let mut old = ZipArchive::new(File::open(from).unwrap()).unwrap();
    let mut new = ZipWriter::new(File::create(to).unwrap());
    for index in 0..old.len() {
        let mut part = old.by_index(index).unwrap();
        let name = part.name().unwrap().into_owned();
        let mut bytes = Vec::new();
        part.read_to_end(&mut bytes).unwrap();
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
        new.start_file(name.as_str(), options).unwrap();
        new.write_all(&change(&name, bytes)).unwrap();
    }
    new.finish().unwrap();
}

fn base(desk: &Desk) -> std::path::PathBuf {
    let path = desk.path("base.xlsx");
    workbook(&path, |_, _| {}, |_| {});
    path
}

/// The base with a text of a part replaced; it must be there.
fn replaced(part: &str, from: &str, to: &str) -> Desk {
    let desk = Desk::new();
    rewrite(&base(&desk), &desk.path("net.xlsx"), |name, bytes| {
        if name != part {
            return bytes;
        }
        let text = String::from_utf8(bytes).unwrap();
        assert!(text.contains(from), "{part} has no {from}:\n{text}");
        text.replacen(from, to, 1).into_bytes()
    });
    desk
}

#[test]
fn what_is_no_workbook_says_so() {
    let desk = Desk::new();
    let path = desk.path("net.xlsx");
    let whole = fs::read(base(&desk)).unwrap();
    for bytes in [
        Vec::new(),
        b"place,kind\nYIW,city\n".to_vec(),
        b"PK\x03\x04 and nothing else".to_vec(),
        whole[..whole.len() / 2].to_vec(),
    ] {
        fs::write(&path, bytes).unwrap();
        assert_finds(&path, Code::DamagedWorkbook, "net.xlsx:");
    }
    let mut empty = ZipWriter::new(File::create(&path).unwrap());
    empty
        .start_file("a.txt", SimpleFileOptions::default())
        .unwrap();
    empty.finish().unwrap();
    assert_finds(&path, Code::DamagedWorkbook, "net.xlsx:");
}

#[test]
fn encrypted_and_old_workbooks_are_told_apart() {
    let desk = Desk::new();
    let path = desk.path("net.xlsx");
    let mut compound = vec![0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];
    compound.resize(2048, 0);
    fs::write(&path, &compound).unwrap();
    assert_finds(&path, Code::UnreadFormat, "net.xlsx:");
    compound.extend("EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes));
    fs::write(&path, &compound).unwrap();
    assert_finds(&path, Code::EncryptedWorkbook, "net.xlsx:");
    fs::write(desk.path("net.xls"), &compound).unwrap();
    let findings = load(&desk.path("net.xls"), None).findings;
    assert_eq!(findings.count(Code::UnreadFormat), 1, "{findings}");
}

#[test]
fn what_unpacks_to_too_much_is_refused_before_it_is_parsed() {
    let desk = Desk::new();
    let base = base(&desk);
    let path = desk.path("net.xlsx");
    // 9 MiB of blanks in a part that is never larger than a few kilobytes
    rewrite(&base, &path, |name, mut bytes| {
        if name == "xl/styles.xml" {
            bytes.resize(9 << 20, b' ');
        }
        bytes
    });
    assert!(
        fs::metadata(&path).unwrap().len() < 100_000,
        "it packs well"
    );
    assert_finds(&path, Code::WorkbookTooLarge, "net.xlsx:");
}

#[test]
fn a_stated_number_of_texts_reserves_no_memory() {
    for count in [
        "99999999999",
        "18446744073709551615",
        "99999999999999999999999",
    ] {
        let desk = replaced(
            "xl/sharedStrings.xml",
            "uniqueCount=\"",
            &format!("uniqueCount=\"{count}\" was=\""),
        );
        assert_finds(&desk.path("net.xlsx"), Code::DamagedWorkbook, "net.xlsx:");
    }
}

#[test]
fn too_many_columns_and_rows_are_an_error_and_not_memory() {
    let wide = r#"<c r="ZZZZZ1" t="inlineStr"><is><t>x</t></is></c></row>"#;
    let desk = replaced("xl/worksheets/sheet4.xml", "</row>", wide);
    assert_finds(&desk.path("net.xlsx"), Code::DamagedWorkbook, "demand:");
    // within a sheet's width, but more names than a table may have
    let many: String = (0..16_000)
        .map(|_| r#"<c t="inlineStr"><is><t>note</t></is></c>"#)
        .collect();
    let desk = replaced("xl/worksheets/sheet4.xml", "</row>", &(many + "</row>"));
    assert_finds(
        &desk.path("net.xlsx"),
        Code::TooManyColumns,
        "demand row 1:",
    );
    // references that overflow are an answer too, whichever
    for at in [
        "A99999999999999999999",
        "AAAAAAAAAAAAAAAAAAA1",
        "1A",
        "",
        "A0",
        "-",
    ] {
        let cell = format!(r#"<c r="{at}" t="inlineStr"><is><t>x</t></is></c></row>"#);
        let desk = replaced("xl/worksheets/sheet4.xml", "</row>", &cell);
        assert!(
            load(&desk.path("net.xlsx"), None).findings.errors() > 0,
            "{at}"
        );
    }
}

#[test]
fn a_formula_that_was_never_calculated_is_not_a_blank() {
    let desk = Desk::new();
    let formula = |name: &str, sheet: &mut rust_xlsxwriter::Worksheet| {
        if name == "demand" {
            sheet.write_formula(1, 3, "=250*4").unwrap();
        }
    };
    workbook(&desk.path("base.xlsx"), formula, |_| {});
    rewrite(
        &desk.path("base.xlsx"),
        &desk.path("net.xlsx"),
        |name, bytes| {
            if name != "xl/worksheets/sheet4.xml" {
                return bytes;
            }
            let text = String::from_utf8(bytes).unwrap();
            assert!(text.contains("</f><v>0</v>"), "{text}");
            text.replace("</f><v>0</v>", "</f>").into_bytes()
        },
    );
    assert_finds(
        &desk.path("net.xlsx"),
        Code::NoResult,
        "demand!D2, column parcels",
    );
}

/// Errors that Excel has grown since its format was laid down; the cells before and after are read.
#[test]
fn newer_errors_are_named_with_their_cell() {
    for error in [
        "#SPILL!",
        "#CALC!",
        "#FIELD!",
        "#BLOCKED!",
        "#CONNECT!",
        "#UNKNOWN!",
        "#GETTING_DATA",
        "#BUSY!",
    ] {
        let cell = format!(r#"<c r="D2" t="e"><v>{error}</v>"#);
        let desk = with_cell(DEMAND, "D2", &cell);
        assert_finds(
            &desk.path("net.xlsx"),
            Code::ErrorCell,
            "demand!D2, column parcels",
        );
        let said = load(&desk.path("net.xlsx"), None).findings.to_string();
        assert!(said.contains(error), "{said}");
    }
}

/// The part of the fourth sheet, after settings, places and products.
const DEMAND: &str = "xl/worksheets/sheet4.xml";
const SERVICES: &str = "xl/worksheets/sheet5.xml";

/// The base with the XML of a cell replaced, up to its end.
fn with_cell(sheet: &str, name: &str, cell: &str) -> Desk {
    let desk = Desk::new();
    rewrite(&base(&desk), &desk.path("net.xlsx"), |part, bytes| {
        if part != sheet {
            return bytes;
        }
        let text = String::from_utf8(bytes).unwrap();
        let start = text.find(&format!(r#"<c r="{name}""#)).expect("the cell");
        let end = start + text[start..].find("</c>").expect("its end");
        format!("{}{cell}{}", &text[..start], &text[end..]).into_bytes()
    });
    desk
}

/// Programs write a day as its midnight, some with a mark for a time zone that no cell has.
#[test]
fn a_date_written_as_its_midnight_is_the_day() {
    for midnight in [
        "2019-11-05",
        "2019-11-05T00:00:00",
        "2019-11-05T00:00:00.000Z",
    ] {
        let cell = format!(r#"<c r="G2" t="d"><v>{midnight}</v>"#);
        let desk = with_cell(SERVICES, "G2", &cell);
        assert_eq!(tables(&desk.path("net.xlsx")), base_tables(), "{midnight}");
    }
}

/// Some programs write a time of day as one on the day from which days are counted.
#[test]
fn a_time_written_on_the_day_of_no_days_is_the_time() {
    let time = r#"<c r="E2" t="d"><v>1899-12-30T18:00:00.000Z</v>"#;
    let desk = with_cell(SERVICES, "E2", time);
    assert_eq!(tables(&desk.path("net.xlsx")), base_tables());
    // a format that was lost leaves a number behind
    let desk = with_cell(SERVICES, "E2", r#"<c r="E2"><v>0.75</v>"#);
    let said = "services!E2, column departs: \"0.75\" is not a time";
    assert_finds(&desk.path("net.xlsx"), Code::NotATime, said);
}

#[test]
fn two_sheets_for_one_table_are_an_error() {
    let desk = Desk::new();
    workbook(
        &desk.path("net.xlsx"),
        |_, _| {},
        |book| {
            book.add_worksheet().set_name("Demand ").unwrap();
        },
    );
    assert_finds(&desk.path("net.xlsx"), Code::DuplicateSheet, "Demand :");
}

/// An `.ods` of one sheet with this XML of rows.
fn open_document(path: &Path, rows: &str) {
    let mut zip = ZipWriter::new(File::create(path).unwrap());
    let options = SimpleFileOptions::default();
    let content = format!(
        r#"<?xml version="1.0"?><office:document-content xmlns:office="o" xmlns:table="t" xmlns:text="x"><office:body><office:spreadsheet><table:table table:name="demand">{rows}</table:table></office:spreadsheet></office:body></office:document-content>"#
    );
    for (name, text) in [
        ("mimetype", "application/vnd.oasis.opendocument.spreadsheet"),
        (
            "META-INF/manifest.xml",
            r#"<?xml version="1.0"?><manifest:manifest xmlns:manifest="m"/>"#,
        ),
        ("content.xml", content.as_str()),
    ] {
        zip.start_file(name, options).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.finish().unwrap();
}

#[test]
fn repeated_cells_of_open_documents_do_not_unfold_into_memory() {
    let desk = Desk::new();
    let path = desk.path("net.ods");
    let cell = r#"<table:table-cell office:value-type="float" office:value="1" table:number-columns-repeated="16000"/>"#;
    let row = format!(
        r#"<table:table-row table:number-rows-repeated="1000000">{cell}</table:table-row>"#
    );
    open_document(&path, &row);
    assert_finds(&path, Code::WorkbookTooLarge, "net.ods:");
    let blanks = r#"<table:table-row><table:table-cell office:value-type="string"><text:p><text:s text:c="99999999999"/></text:p></table:table-cell></table:table-row>"#;
    open_document(&path, blanks);
    assert_finds(&path, Code::WorkbookTooLarge, "net.ods:");
    // what spreadsheets write below every sheet is no harm
    let usual = r#"<table:table-row table:number-rows-repeated="1048000"><table:table-cell table:number-columns-repeated="16384"/></table:table-row>"#;
    open_document(&path, usual);
    let findings = load(&path, None).findings;
    assert_eq!(findings.count(Code::NoHeader), 1, "{findings}");
    assert_eq!(findings.count(Code::MissingTable), 4, "{findings}");
}

#[test]
fn broken_bytes_never_panic() {
    let desk = Desk::new();
    let whole = fs::read(base(&desk)).unwrap();
    let path = desk.path("net.xlsx");
    let mut state = 7u64;
    for _ in 0..300 {
        let mut bytes = whole.clone();
        for _ in 0..3 {
            // a generator with a long period is enough to pick bytes (Knuth's MMIX)
            state = state
                .wrapping_mul(6364136223846793005)
                .wrapping_add(1442695040888963407);
            let at = (state >> 33) as usize % bytes.len();
            bytes[at] = (state >> 24) as u8;
        }
        fs::write(&path, bytes).unwrap();
        let loaded = load(&path, None);
        assert_eq!(loaded.instance.is_some(), loaded.findings.errors() == 0);
    }
}

/// A sheet of rows with nothing in them, and one of blank cells from right to left, in which each would
/// have to be put before all others.
#[test]
fn what_says_nothing_takes_no_time() {
    let (desk, begun) = (Desk::new(), std::time::Instant::now());
    let base = base(&desk);
    let path = desk.path("net.xlsx");
    let with_rows = |rows: &str| {
        rewrite(&base, &path, |name, bytes| match name {
            "xl/worksheets/sheet1.xml" => {
                let text = String::from_utf8(bytes).unwrap();
                let end = text.find("</sheetData>").expect("the end of the rows");
                format!("{}{rows}{}", &text[..end], &text[end..]).into_bytes()
            }
            _ => bytes,
        });
    };
    with_rows(&"<row/>".repeat(32_000_001));
    assert_finds(&path, Code::WorkbookTooLarge, "net.xlsx:");

    let column = |at: u32| {
        let letters = [at / 676, at / 26 % 26, at % 26];
        letters
            .map(|letter| char::from(b'A' + letter as u8))
            .iter()
            .collect::<String>()
    };
    let mut rows = String::new();
    for row in 900..930 {
        rows.push_str(&format!("<row r=\"{row}\">"));
        for at in (676..15_000).rev() {
            rows.push_str(&format!("<c r=\"{}{row}\"><v>1</v></c>", column(at)));
        }
        rows.push_str("</row>");
    }
    with_rows(&rows);
    let loaded = load(&path, None);
    assert!(loaded.instance.is_some(), "{}", loaded.findings);
    assert!(begun.elapsed().as_secs() < 60, "{:?}", begun.elapsed());
}
