//! The table `settings`: one row per setting, read as if it were one row with a column each.

use std::borrow::Cow;
use std::collections::BTreeMap;

use jiff::civil::{Date, Weekday};

use super::codes::Code;
use super::findings::{Finding, Findings, nearest, quoted};
use super::header::Ignored;
use super::model::{Horizon, Settings, Tail};
use super::row::{Read, Reported, Row, must};
use super::schema::Table;
use super::tables_of_demand::SETTING;
use super::text_table::{Builder, TextTable};
use super::zones::TYPICAL_WEEK_START;
use crate::units::{CubicCentimetres, Money};

/// The settings as a table of one row.
static WIDE: Table = Table {
    name: "settings",
    required: true,
    about: "",
    key: &[],
    columns: SETTING,
};

/// Reads the settings; `None` where one of them is wrong.
pub(super) fn read(table: &TextTable, findings: &mut Findings) -> Option<Settings> {
    // without knowing where names and values stand, nothing is known to be missing
    if (0..2).any(|column| table.is_misnamed(column)) {
        return None;
    }
    let rows = rows_by_setting(table, findings);
    let cells: Vec<&str> = SETTING
        .iter()
        .map(|setting| rows.get(setting.name).map_or("", |&row| table.cell(row, 1)))
        .collect();
    let header: Vec<&str> = SETTING.iter().map(|setting| setting.name).collect();
    let mut found = Findings::new();
    let wide = {
        let mut builder = Builder::start(&WIDE, &table.file, 1, &header, &mut found)?;
        // a row of blanks would be passed over, and then nothing is set at all
        builder.row(1, cells.iter().copied());
        builder.finish(table.decimal_comma, String::new(), &Ignored::default())
    };
    let settings = match wide.is_empty() {
        true => None,
        false => read_wide(&mut Row::new(&wide, 0, &mut found)).ok(),
    };
    if wide.is_empty() {
        let remedy = "add a row for `name`, for example";
        found.push(Finding::new(
            Code::MissingSetting,
            "setting `name` is missing",
            remedy,
        ));
    }
    for finding in &found {
        findings.push(in_its_row(finding.clone(), table, &rows));
    }
    settings
}

/// Which row sets what.
fn rows_by_setting<'a>(table: &'a TextTable, findings: &mut Findings) -> BTreeMap<&'a str, usize> {
    let mut rows: BTreeMap<&str, usize> = BTreeMap::new();
    for at in 0..table.len() {
        let setting = table.cell(at, 0);
        let mut row = Row::new(table, at, findings);
        if setting.is_empty() {
            row.blank("setting");
        } else if !SETTING.iter().any(|known| known.name == setting) {
            let remedy = match nearest(setting, SETTING.iter().map(|known| known.name)) {
                Some(near) => format!("did you mean `{near}`?"),
                None => "choose one of the settings in the format reference".to_owned(),
            };
            let message = format!("{} is not a setting", quoted(setting));
            row.report(Code::UnknownSetting, "setting", message, remedy);
        } else if let Some(first) = rows.get(setting) {
            let message = format!("{setting} stands in row {} already", table.number(*first));
            row.report(
                Code::DuplicateKey,
                "setting",
                message,
                "remove one of the rows",
            );
        } else {
            rows.insert(setting, at);
        }
    }
    rows
}

/// A finding about the wide row, told about the row of its setting.
fn in_its_row(mut finding: Finding, table: &TextTable, rows: &BTreeMap<&str, usize>) -> Finding {
    let setting = finding.column.take().unwrap_or(Cow::Borrowed(""));
    match rows.get(&*setting) {
        Some(&row) => finding.in_row(table.number(row)).in_column("value"),
        None => {
            finding = finding.in_no_row();
            if finding.code == Code::Blank {
                finding.code = Code::MissingSetting;
                finding.message = format!("setting `{setting}` is missing");
            }
            finding.in_file(&table.file)
        }
    }
}

fn read_wide(row: &mut Row<'_, '_>) -> Read<Settings> {
    let name = row.text("name");
    let description = row.text("description");
    let currency = row.currency("currency");
    let horizon = row.word("horizon").map(|word| match word {
        Some(1) => Horizon::Dated,
        _ => Horizon::TypicalWeek,
    });
    let week_start = row
        .date("week_start")
        .and_then(|date| monday(row, date, horizon));
    let mut weeks_in = |column, of_typical, why| {
        must(row.number_in(column)).and_then(|weeks| match horizon {
            Ok(Horizon::TypicalWeek) if weeks != of_typical => Err(row.report(
                Code::OutOfRange,
                column,
                why,
                "leave it blank, or set `horizon` to `dated`",
            )),
            _ => Ok(weeks as u32),
        })
    };
    let weeks = weeks_in("weeks", 1, "a typical week is one week");
    let why = "nothing comes after a typical week, which repeats";
    let counted_weeks = weeks_in("counted_weeks", 0, why);
    let tail = row.word("tail").map(|word| match word {
        Some(0) => Tail::RepeatLastWeek,
        _ => Tail::None,
    });
    let volume = must(row.number_in("cm3_per_chargeable_kg"));
    let co2e_price = must(row.number_in("co2e_price_per_t"));
    // read when the headings are
    let ignored = row.text("ignore_columns");
    ignored?;
    Ok(Settings {
        name: name?.to_owned(),
        description: description?.to_owned(),
        currency: must(currency)?.to_owned(),
        horizon: horizon?,
        week_start: week_start?,
        weeks: weeks?,
        counted_weeks: counted_weeks?,
        tail: tail?,
        cm3_per_chargeable_kg: CubicCentimetres(volume?),
        co2e_price_per_t: Money(co2e_price?),
    })
}

fn monday(row: &mut Row<'_, '_>, date: Option<Date>, horizon: Read<Horizon>) -> Read<Date> {
    match (date, horizon) {
        (None, Ok(Horizon::TypicalWeek)) => Ok(TYPICAL_WEEK_START),
        (None, Ok(Horizon::Dated)) => Err(row.blank("week_start")),
        (None, Err(Reported)) => Err(Reported),
        (Some(date), _) if date.weekday() == Weekday::Monday => Ok(date),
        (Some(date), _) => {
            let monday = date
                .nth_weekday(-1, Weekday::Monday)
                .map_or_else(|_| "a Monday".to_owned(), |monday| format!("{monday}"));
            Err(row.report(
                Code::NotAMonday,
                "week_start",
                format!("{date} is not a Monday"),
                format!("write {monday}, the Monday before, or another Monday"),
            ))
        }
    }
}
