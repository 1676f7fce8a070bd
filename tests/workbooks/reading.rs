//! What people and spreadsheets do to tables reads right, or fails with its cell.

use railair::instance::{Code, load};
use rust_xlsxwriter::{ExcelDateTime, Format, Formula, Workbook, Worksheet};

use crate::edited::{Edit, edit};
use crate::support::{Desk, assert_finds, base_tables, tables, workbook};

fn nothing(_: &str, _: &mut Worksheet) {}
fn no_more(_: &mut Workbook) {}

/// Reads the base with one sheet changed.
fn changed(sheet: &str, change: impl Fn(&mut Worksheet)) -> Desk {
    let desk = Desk::new();
    let change = |name: &str, worksheet: &mut Worksheet| {
        if name == sheet {
            change(worksheet);
        }
    };
    workbook(&desk.path("net.xlsx"), change, no_more);
    desk
}

#[test]
fn numbers_kept_as_text_read_as_they_are() {
    let desk = changed("", |_| {});
    assert_eq!(tables(&desk.path("net.xlsx")), base_tables());
    let loaded = load(&desk.path("net.xlsx"), None);
    assert!(loaded.instance.is_some(), "{}", loaded.findings);
}

#[test]
fn cells_of_every_type_read_as_the_csv_would_hold_them() {
    let date = Format::new().set_num_format("dd/mm/yyyy");
    let time = Format::new().set_num_format("h:mm AM/PM");
    let percent = Format::new().set_num_format("0%");
    let change = |name: &str, sheet: &mut Worksheet| {
        let monday = ExcelDateTime::from_ymd(2019, 11, 4).unwrap();
        let tuesday = ExcelDateTime::from_ymd(2019, 11, 5).unwrap();
        match name {
            "settings" => {
                sheet
                    .write_datetime_with_format(3, 1, &monday, &date)
                    .unwrap();
                sheet.write_number(4, 1, 2).unwrap();
            }
            "places" => {
                sheet.write_number(1, 2, 29.3).unwrap();
                // 2930 % is the number 29.3, however it is shown
                sheet
                    .write_number_with_format(1, 2, 29.3, &percent)
                    .unwrap();
            }
            "products" => {
                // stored as 0.30000000000000004, shown as 0.3
                sheet.write_number(1, 1, 0.1 + 0.2).unwrap();
                sheet.write_number(1, 4, 2.5).unwrap();
            }
            "demand" => {
                // a formula with the result that was saved with it
                let formula = Formula::new("=250*4").set_result("1000");
                sheet.write_formula(1, 3, formula).unwrap();
            }
            "services" => {
                sheet.write_number(1, 0, 5).unwrap();
                sheet.write_number_with_format(1, 4, 0.75, &time).unwrap();
                sheet
                    .write_datetime_with_format(1, 6, &tuesday, &date)
                    .unwrap();
                sheet.write_number(1, 9, 2.45).unwrap();
                sheet.write_boolean(1, 10, true).unwrap();
            }
            _ => {}
        }
    };
    let desk = Desk::new();
    workbook(&desk.path("net.xlsx"), change, no_more);
    assert_eq!(tables(&desk.path("net.xlsx")), base_tables());
}

#[test]
fn titles_blank_rows_and_columns_and_capitals_change_nothing() {
    let desk = Desk::new();
    let mut book = Workbook::new();
    for (name, rows) in crate::support::BASE {
        let sheet = book.add_worksheet();
        let name = format!(" {} ", name.to_uppercase());
        sheet.set_name(name.as_str()).unwrap();
        let title = Format::new().set_bold();
        sheet
            .merge_range(0, 0, 0, 5, "Plan of the week", &title)
            .unwrap();
        sheet
            .merge_range(1, 0, 1, 5, "by the planner", &title)
            .unwrap();
        for (row, cells) in rows.iter().enumerate() {
            // a blank row between rows, blank columns to the left and in the middle
            for (column, cell) in cells.iter().enumerate() {
                let column = 1 + column as u16 + u16::from(column > 1);
                sheet
                    .write_string(4 + 2 * row as u32, column, *cell)
                    .unwrap();
            }
            sheet.write_string(4 + 2 * row as u32, 40, "  ").unwrap();
        }
        sheet.write_blank(900, 90, &title).unwrap();
    }
    book.save(desk.path("net.xlsx")).unwrap();
    assert_eq!(tables(&desk.path("net.xlsx")), base_tables());
}

#[test]
fn findings_name_sheet_and_cell() {
    let desk = changed("services", |sheet| {
        sheet.write_string(1, 4, "25:10").unwrap();
    });
    let path = desk.path("net.xlsx");
    assert_finds(
        &path,
        Code::NotATime,
        "services!E2, column departs: \"25:10\"",
    );
    let json = serde_json::to_value(&load(&path, None).findings).unwrap();
    assert_eq!(json["findings"][0]["cell"], "services!E2");
    assert_eq!(json["findings"][0]["file"], "services");
    assert_eq!(json["findings"][0]["row"], 2);

    // a date where a number should be is nobody's guess
    let desk = changed("demand", |sheet| {
        let date = Format::new().set_num_format("yyyy-mm-dd");
        sheet.write_number_with_format(1, 3, 43_774, &date).unwrap();
    });
    assert_finds(&desk.path("net.xlsx"), Code::NotANumber, "demand!D2");

    let desk = changed("settings", |sheet| {
        sheet.write_string(3, 1, "2019-11-05").unwrap();
    });
    assert_finds(&desk.path("net.xlsx"), Code::NotAMonday, "settings!B4");
}

#[test]
fn durations_are_hours_and_mistyped_times_are_named_as_typed() {
    let cell = |column, value: f64, format: &'static str| {
        changed("services", move |sheet| {
            let format = Format::new().set_num_format(format);
            sheet
                .write_number_with_format(1, column, value, &format)
                .unwrap();
        })
    };
    // 12:54 hours are 12.9
    let desk = cell(5, 12.9 / 24.0, "[h]:mm");
    assert_eq!(tables(&desk.path("net.xlsx")), base_tables());
    let desk = cell(5, 1.5, "[h]:mm:ss");
    let loaded = load(&desk.path("net.xlsx"), None).instance.unwrap();
    assert_eq!(loaded.services[0].legs[0].duration.hours(), 36.0);
    // the cell shows 12:00, and a day and a half was typed: nobody knows
    let desk = cell(5, 1.5, "h:mm");
    assert_finds(&desk.path("net.xlsx"), Code::NotANumber, "services!F2");
    for (value, typed) in [(1.0, "24:00"), (9.0, "9"), (86_399.6 / 86_400.0, "24:00")] {
        let desk = cell(4, value, "h:mm");
        let said = format!("services!E2, column departs: \"{typed}\" is not a time");
        assert_finds(&desk.path("net.xlsx"), Code::NotATime, &said);
    }
}

/// The file holds a plain 2.45; the cell shows dollars, and plans are in euros.
#[test]
fn a_price_shown_in_another_currency_is_not_taken_for_one_in_euros() {
    let shown = |format: &'static str| {
        changed("services", move |sheet| {
            let format = Format::new().set_num_format(format);
            sheet.write_number_with_format(1, 9, 2.45, &format).unwrap();
        })
    };
    for format in ["[$$-409]#,##0.00", "[$USD] #,##0.00", "\"$\"#,##0.00"] {
        let desk = shown(format);
        assert_finds(
            &desk.path("net.xlsx"),
            Code::NotANumber,
            "services!J2, column price_per_unit",
        );
        let said = load(&desk.path("net.xlsx"), None).findings.to_string();
        assert!(said.contains("column `currency` with USD"), "{said}");
    }
    for format in ["#,##0.00 [$€-407]", "0.00"] {
        assert_eq!(
            tables(&shown(format).path("net.xlsx")),
            base_tables(),
            "{format}"
        );
    }
    // number 44 shows the sign of whichever machine opens the file
    let desk = changed("services", |sheet| {
        let format = Format::new().set_num_format_index(44);
        sheet.write_number_with_format(1, 9, 2.45, &format).unwrap();
    });
    assert_eq!(tables(&desk.path("net.xlsx")), base_tables());
    // the row says dollars itself
    let desk = changed("services", |sheet| {
        let format = Format::new().set_num_format("[$$-409]#,##0.00");
        sheet.write_number_with_format(1, 9, 2.45, &format).unwrap();
        sheet.write_string(0, 11, "currency").unwrap();
        sheet.write_string(1, 11, "USD").unwrap();
    });
    let findings = load(&desk.path("net.xlsx"), None).findings;
    assert_eq!(findings.count(Code::NotANumber), 0, "{findings}");
    assert_eq!(findings.count(Code::NoExchangeRate), 1, "{findings}");
}

/// Programs that write ISO 8601 write a date with its midnight.
#[test]
fn dates_written_out_are_read() {
    let desk = changed("", |_| {});
    let other = desk.path("iso.xlsx");
    for date in [
        "2019-11-05T00:00:00",
        "2019-11-05",
        "2019-11-05T00:00:00.000Z",
    ] {
        let edits = [("services", Edit::Point(1, 6, date))];
        edit(&desk.path("net.xlsx"), &other, &edits);
        assert_eq!(tables(&other), base_tables(), "{date}");
    }
    let edits = [("services", Edit::Point(1, 6, "2019-11-05T06:30:00"))];
    edit(&desk.path("net.xlsx"), &other, &edits);
    assert_finds(&other, Code::NotADate, "services!G2, column first_date");
}

#[test]
fn error_cells_are_errors_and_not_text() {
    let desk = changed("demand", |sheet| {
        let formula = Formula::new("=1/0").set_result("#DIV/0!");
        sheet.write_formula(1, 3, formula).unwrap();
    });
    assert_finds(
        &desk.path("net.xlsx"),
        Code::ErrorCell,
        "demand!D2, column parcels",
    );
}

#[test]
fn a_column_without_a_name_is_not_lost_in_silence() {
    // right beside the table, whose columns are A to D
    let desk = changed("demand", |sheet| {
        sheet.write_string(1, 4, "7").unwrap();
    });
    assert_finds(&desk.path("net.xlsx"), Code::BlankHeading, "demand row 1:");
    // inside the table, under a name that was deleted
    let desk = changed("services", |sheet| {
        sheet.write_string(0, 9, " ").unwrap();
    });
    assert_finds(
        &desk.path("net.xlsx"),
        Code::BlankHeading,
        "services row 1:",
    );
}

#[test]
fn notes_beside_a_table_are_the_planners_own() {
    let desk = changed("demand", |sheet| {
        sheet.write_string(1, 6, "see the mail of Monday").unwrap();
        sheet.write_string(0, 8, "who").unwrap();
        sheet.write_string(9, 8, "Li").unwrap();
        let formula = Formula::new("=1/0").set_result("#DIV/0!");
        sheet.write_formula(3, 8, formula).unwrap();
    });
    let findings = load(&desk.path("net.xlsx"), None).findings;
    assert!(findings.is_empty(), "{findings}");
    assert_eq!(tables(&desk.path("net.xlsx")), base_tables());
    // a misspelled column there is none of them
    let desk = changed("demand", |sheet| {
        sheet.write_string(0, 6, "profil").unwrap();
    });
    assert_finds(&desk.path("net.xlsx"), Code::UnknownColumn, "demand row 1:");
}

#[test]
fn sheets_that_are_no_tables_are_named() {
    let add = |name: &'static str| {
        let desk = Desk::new();
        workbook(&desk.path("net.xlsx"), nothing, |book: &mut Workbook| {
            let sheet = book.add_worksheet();
            sheet.set_name(name).unwrap();
            sheet.write_string(0, 0, "whatever").unwrap();
        });
        desk
    };
    assert_finds(&add("limit").path("net.xlsx"), Code::UnknownTable, "limit:");
    let desk = add("my sums");
    assert_finds(&desk.path("net.xlsx"), Code::ForeignSheet, "my sums:");
    assert!(load(&desk.path("net.xlsx"), None).instance.is_some());
}

#[test]
fn a_hidden_table_is_read_and_told_of() {
    let desk = changed("demand", |sheet| {
        sheet.set_hidden(true);
    });
    assert_finds(&desk.path("net.xlsx"), Code::HiddenSheet, "demand:");
    assert_eq!(tables(&desk.path("net.xlsx")), base_tables());
}

#[test]
fn a_missing_or_empty_sheet_is_named() {
    let desk = Desk::new();
    let mut book = Workbook::new();
    book.add_worksheet().set_name("settings").unwrap();
    book.save(desk.path("net.xlsx")).unwrap();
    let findings = load(&desk.path("net.xlsx"), None).findings;
    assert_eq!(findings.count(Code::NoHeader), 1, "{findings}");
    assert_eq!(findings.count(Code::MissingTable), 4, "{findings}");
    assert!(
        findings.to_string().contains("sheet `demand` is missing"),
        "{findings}"
    );
}
