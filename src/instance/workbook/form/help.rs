//! What helps to fill a column in: its note, its list or range, and a colour where it is missing.

use rust_xlsxwriter::{
    ConditionalFormatFormula, DataValidation, DataValidationErrorStyle, DataValidationRule,
    ExcelDateTime, Format, Formula, Note, Worksheet, XlsxError,
};

use super::super::super::canonical;
use super::super::super::reference;
use super::super::super::schema::{Blank, Column, Kind, Number, Scale, Table};
use super::super::super::source::Texts;
use super::super::super::tables_of_demand::SETTING;
use super::super::super::text_table::{TextTable, column_letters};
use super::cells::MISSING;

/// The explanation of a column, as its header shows it.
pub fn note(column: &Column) -> Note {
    let mut lines = vec![column.about.to_owned()];
    if !column.unit.is_empty() {
        lines.push(format!("Unit: {}", column.unit));
    }
    lines.push(format!("Cells: {}", reference::cells(&column.kind)));
    lines.push(match column.blank {
        Blank::Required => "Required".to_owned(),
        Blank::Is(text) => format!("Blank: {text}"),
        Blank::Means(words) => format!("Blank: {words}"),
    });
    lines.push(format!("Example: {}", column.example));
    note_of(&lines)
}

fn note_of(lines: &[String]) -> Note {
    const WIDTH: u32 = 300;
    const LETTERS_A_LINE: usize = 46;
    let rows: usize = lines
        .iter()
        .map(|line| line.chars().count().div_ceil(LETTERS_A_LINE).max(1))
        .sum();
    Note::new(lines.join("\n").replace('`', ""))
        .set_author("railair")
        .add_author_prefix(false)
        .set_width(WIDTH)
        .set_height(rows as u32 * 16 + 14)
}

/// Explains each setting beside its name.
pub fn explain_settings(sheet: &mut Worksheet, table: &TextTable) -> Result<(), XlsxError> {
    for row in 0..table.len() {
        let known = SETTING
            .iter()
            .find(|known| known.name == table.cell(row, 0));
        let Some(setting) = known else { continue };
        let at = row as u32 + 1;
        sheet.insert_note(at, 0, &note(setting))?;
        if let Some(rule) = rule(setting, &canonical::kind(table, row, 1), &Texts::default())? {
            sheet.add_data_validation(at, 1, at, 1, &rule)?;
        }
    }
    Ok(())
}

/// Adds what checks a column from the first row below the header to `last`.
pub fn add_rules(
    sheet: &mut Worksheet,
    table: &Table,
    at: usize,
    last: u32,
    texts: &Texts,
) -> Result<(), XlsxError> {
    let column = &table.columns[at];
    let position = at as u16;
    let kind = match (table.name, column.name) {
        ("settings", "setting") => &Kind::Word(SETTING_NAMES),
        _ => &column.kind,
    };
    if let Some(rule) = rule(column, kind, texts)? {
        sheet.add_data_validation(1, position, last, position, &rule)?;
    }
    if let Some(rule) = missing_where(table, at) {
        let missing = ConditionalFormatFormula::new()
            .set_rule(rule.as_str())
            .set_format(Format::new().set_background_color(MISSING));
        sheet.add_conditional_format(1, position, last, position, &missing)?;
    }
    Ok(())
}

/// The names of the settings, as a list to choose from; a test keeps them the same.
const SETTING_NAMES: &[&str] = &[
    "name",
    "description",
    "currency",
    "horizon",
    "week_start",
    "weeks",
    "counted_weeks",
    "tail",
    "cm3_per_chargeable_kg",
    "co2e_price_per_t",
    "ignore_columns",
];

/// When a blank cell is missing: its row has begun, and it needs a value.
fn missing_where(table: &Table, at: usize) -> Option<String> {
    let letter = |name: &str| table.position(name).map(|at| column_letters(at as u32));
    let own = column_letters(at as u32);
    let last = column_letters(table.columns.len() as u32 - 1);
    let begun = format!("COUNTA($A2:${last}2)>0,ISBLANK({own}2)");
    let column = &table.columns[at];
    match (table.name, column.name) {
        // later legs take these from the first
        ("services", "mode" | "departs") => {
            let leg = letter("leg")?;
            Some(format!("=AND({begun},OR(ISBLANK(${leg}2),${leg}2=1))"))
        }
        ("events", "value") => {
            let effect = letter("effect")?;
            Some(format!(
                "=AND({begun},OR(${effect}2=\"capacity_factor\",${effect}2=\"delay_hours\"))"
            ))
        }
        ("settings", "value") => Some(format!("=AND({begun},$A2=\"name\")")),
        _ if column.blank == Blank::Required => Some(format!("=AND({begun})")),
        _ => None,
    }
}

/// What may be typed into a column.
fn rule(column: &Column, kind: &Kind, texts: &Texts) -> Result<Option<DataValidation>, XlsxError> {
    let new = DataValidation::new();
    let (rule, hint) = match kind {
        Kind::Word(words) => (
            new.allow_list_strings(words)?,
            "Choose one of the list.".to_owned(),
        ),
        Kind::YesNo => (
            new.allow_list_strings(&["yes", "no"])?,
            "Choose yes or no.".to_owned(),
        ),
        Kind::Reference(table) => {
            let rows = texts.get(table).map_or(0, TextTable::len) + super::ROWS_TO_FILL;
            let list = format!("={table}!$A$2:$A${}", rows.min(super::MOST_ROWS) + 1);
            let rule = new
                .allow_list_formula(Formula::new(list))
                // an id may be written before its row in the other sheet
                .set_error_style(DataValidationErrorStyle::Warning);
            (rule, format!("No row of {table} has this id yet."))
        }
        Kind::Number(number) => (within(number), in_words(number)),
        Kind::Date => {
            let first = ExcelDateTime::from_ymd(1970, 1, 1)?;
            let last = ExcelDateTime::from_ymd(2200, 12, 31)?;
            let rule = new.allow_date(DataValidationRule::Between(first, last));
            (rule, "A date, such as 2019-11-11.".to_owned())
        }
        Kind::Time => {
            let rule = new.allow_decimal_number(DataValidationRule::Between(0.0, 0.999_99));
            (rule, "A time of day, such as 18:00.".to_owned())
        }
        Kind::Currency => {
            let rule = new.allow_text_length(DataValidationRule::EqualTo(3));
            (rule, "An ISO 4217 code, such as EUR.".to_owned())
        }
        Kind::Id => {
            let rule = new.allow_text_length(DataValidationRule::Between(1, 64));
            (
                rule,
                "1 to 64 letters, digits, _ - . and single spaces.".to_owned(),
            )
        }
        Kind::References(_) | Kind::Text | Kind::Days | Kind::TimeZone => return Ok(None),
    };
    let rule = rule.set_error_title(column.name)?.set_error_message(hint)?;
    Ok(Some(rule))
}

fn within(number: &Number) -> DataValidation {
    let new = DataValidation::new();
    match (
        number.scale,
        i32::try_from(number.min),
        i32::try_from(number.max),
    ) {
        (Scale::Whole, Ok(min), Ok(max)) => {
            let min = if number.above_min { min + 1 } else { min };
            new.allow_whole_number(DataValidationRule::Between(min, max))
        }
        _ => {
            let (min, max) = (number.min as f64, number.max as f64);
            // what is above 0 is at least a billionth: no column counts finer
            let min = if number.above_min { min + 1e-9 } else { min };
            new.allow_decimal_number(DataValidationRule::Between(min, max))
        }
    }
}

fn in_words(number: &Number) -> String {
    let text = reference::range(number);
    let mut letters = text.chars();
    let first = letters.next().map(|first| first.to_ascii_uppercase());
    first.into_iter().chain(letters).chain(['.']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_of_settings_is_complete() {
        let names: Vec<&str> = SETTING.iter().map(|setting| setting.name).collect();
        assert_eq!(names, SETTING_NAMES);
    }
}
