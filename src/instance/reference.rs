//! The format reference, written from the descriptions that reading follows.

use std::fmt::{self, Write};

use super::codes::{Code, Severity};
use super::reference_of_plans::RULES;
use super::schema::{Blank, Column, Kind, Number, Scale, Table};
use super::tables::table_schema;
use super::tables_of_demand::SETTING;

const INTRODUCTION: &str = "\
# Instances: the format reference

An instance is a folder with one CSV file per table, or one workbook with one sheet per table. \
`railair init DIR` or `railair init FILE.xlsx` writes a small one to start from, `railair check` says \
what is wrong with one, and `railair solve` plans it; `railair convert` turns one form into the other. \
Each folder beside this page is an instance with a README of its own.

This page is written from the descriptions that railair itself reads by; a test keeps them the same.

## What holds for every table

- The first line names the columns, in capitals or not. Their order is free; columns with a default \
may be left out. Every table may have the columns `note` and `source` for free text, and columns of \
your own that are not read: those whose name starts with `x_`, and those that the setting \
`ignore_columns` lists. Any other column that is not listed here is an error, and so is a column with \
data and without a name.
- A blank cell takes the default. Blank lines are passed over. The order of rows has no meaning, \
except in `handling`, where the steps of a place run in row order, and within a scenario.
- Text is UTF-8, with or without a byte order mark. Cells with commas, quotes or line breaks stand \
in double quotes.
- Numbers have a decimal point and no thousands separator. `1,234` and `12 000` are errors, never \
guesses. A table whose header is separated by semicolons, as a European spreadsheet saves it, has \
decimal commas, and a point inside a number is then an error for the same reason. Among whole numbers \
one group of exactly three digits behind the decimal sign, `90.000`, is an error too; `90.0` and \
`90.00`, as spreadsheets write them, are ninety.
- Numbers are read exactly: grams, cubic centimetres, millionths of money and of units. \
Anything finer is an error. Hours are rounded to the nearest minute, shares to the nearest \
millionth (profiles: billionth).
- Units stand in the column's name or in the tables below. Money is in the instance's currency \
unless the row has a `currency`; it is then divided by that currency's rate and rounded to the \
nearest millionth.
- Times of day are local to the place (`18:00`, `9:05`); dates are year-month-day (`2019-11-11`, or \
its midnight, `2019-11-11T00:00:00`). Hours may be written as a duration, `36:30`.
- Ids are 1 to 64 letters and digits of any script, `_`, `-`, `.` and single inner spaces. They \
start with none of `= + - @ .`, so that no cell can start a formula, and are compared exactly.
- Limits of size: 256 MiB per table, 1 MiB per line, 200 columns, 5,000,000 demands, 2,000,000 \
departures. A million demand rows (21 MB) take about 230 MB of memory to read.
";

const WORKBOOKS: &str = "\
## What holds for workbooks

- `.xlsx`, `.xlsm` and `.ods` are read, `.xlsx` is written. A sheet holds the table that it is named \
after; capitals do not matter. Other sheets are not read, and a sheet that is nearly named after a \
table is an error. Hidden sheets and rows are read.
- The header is the first row with two or more of the table's column names; titles above it, blank \
rows and blank columns are passed over. A column without a name inside the table, or right beside it, \
is an error where it holds data; what stands beyond a blank column beside the table is yours and not read.
- A number is taken to 15 digits, as spreadsheets show it; numbers kept as text are read as they are. \
A date is read as `2019-11-11`, a time as `18:00` (to the second), a duration of 36 hours as `36:00`, \
a percentage as the fraction that \
it is, true and false as `yes` and `no` where the column wants that.
- A price in a cell that shows a currency (`$2.90`) must be in the row's currency, or in the \
instance's where that is blank; another is an error.
- Of a formula the result that was saved is read. An error (`#REF!`), or a formula that was never \
calculated, is an error.
- Limits: 128 MiB packed, 1 GiB unpacked (512 MiB a sheet, 128 MiB of texts), 32,000,000 elements \
(rows, cells and values, blank ones too), 4,000,000 cells in an `.ods`. They are checked before anything is parsed; a workbook made to need as much memory as these \
limits allow took 620 MB to read.
- The canonical form, which `convert` writes and of which the hashes in a plan's `run.json` are taken \
where a workbook was read: columns in the order below without those that say nothing, rows in their \
order without blank ones, numbers and times in their shortest spelling. Columns of your own are not \
in it.
";

const SCENARIOS: &str = "\
### How scenarios change tables

The rows of a scenario apply in row order, to the tables as text, before anything is read.

- `key` names rows: the key columns of the table joined by `/`. Trailing parts may be left out \
(`ZIH` is every leg of service ZIH, `C_YIWU/LGG` every demand between the two), `*` stands for any \
(`*/LGG/express72`), an empty part for a blank cell.
- `set` writes `value` into `column`; a blank value blanks the cell.
- `scale` multiplies and `add` adds, exactly; the result is rounded to what the column counts \
(whole parcels, grams, millionths of units; whole units where only those are sold; a handling \
step's capacity in whole parcels, grams or cubic centimetres by its `unit`), halves away from zero. A blank cell stays blank: what \
is unlimited stays unlimited.
- `drop` removes the rows; `column` and `value` stay blank.

A row that is to exist in a scenario only stands in its table without effect: a service with \
`units` 0, a demand with `parcels` 0, a rule that says yes, an event with the factor 1, a limit with \
`max_share` 1. The scenario sets what gives it effect.

Without `--scenario` all scenarios are checked and none is applied. Warnings about unused rows are \
given for the tables as they stand, not for what a scenario leaves of them.
";

/// The text of `instances/README.md`: every table, column, setting and code.
pub fn format_reference() -> String {
    let mut text = format!("{INTRODUCTION}\n{WORKBOOKS}");
    // writing to a string cannot fail
    let _ = write_tables(&mut text);
    let _ = write!(text, "\n{RULES}");
    let _ = write_codes(&mut text);
    text
}

fn write_tables(out: &mut String) -> fmt::Result {
    writeln!(out, "\n## The tables\n")?;
    writeln!(out, "| table | a row is | required |\n|---|---|---|")?;
    for table in table_schema() {
        let required = if table.required { "yes" } else { "no" };
        let name = table.name;
        writeln!(
            out,
            "| [`{name}`](#{name}) | {} | {required} |",
            table.about
        )?;
    }
    for table in table_schema() {
        write_table(out, table)?;
    }
    Ok(())
}

fn write_table(out: &mut String, table: &Table) -> fmt::Result {
    let required = if table.required {
        "Required."
    } else {
        "Optional."
    };
    writeln!(out, "\n### `{}`\n", table.name)?;
    writeln!(
        out,
        "A row is {}. {required} Key: `{}`.\n",
        table.about,
        table.key.join("/")
    )?;
    write_columns(out, "column", table.columns)?;
    match table.name {
        "settings" => {
            writeln!(out, "\nThe settings:\n")?;
            write_columns(out, "setting", SETTING)
        }
        "scenarios" => write!(out, "\n{SCENARIOS}"),
        _ => Ok(()),
    }
}

fn write_columns(out: &mut String, what: &str, columns: &[Column]) -> fmt::Result {
    writeln!(out, "| {what} | meaning | cells | unit | blank | example |")?;
    writeln!(out, "|---|---|---|---|---|---|")?;
    for column in columns {
        let blank = match column.blank {
            Blank::Required => "**required**".to_owned(),
            Blank::Is(text) => format!("`{text}`"),
            Blank::Means(words) => words.to_owned(),
        };
        let Column {
            name,
            about,
            unit,
            example,
            ..
        } = column;
        let cells = cells(&column.kind);
        writeln!(
            out,
            "| `{name}` | {about} | {cells} | {unit} | {blank} | `{example}` |"
        )?;
    }
    Ok(())
}

/// What stands in a column's cells, in words.
pub(super) fn cells(kind: &Kind) -> String {
    match kind {
        Kind::Id => "id".to_owned(),
        Kind::Reference(table) => format!("id of {table}"),
        Kind::References(table) => format!("ids of {table}, joined by `>`"),
        Kind::Text => "text".to_owned(),
        Kind::Word(words) => words
            .iter()
            .map(|word| format!("`{word}`"))
            .collect::<Vec<_>>()
            .join(", "),
        Kind::Number(number) => range(number),
        Kind::YesNo => "`yes`, `no`".to_owned(),
        Kind::Time => "HH:MM".to_owned(),
        Kind::Date => "year-month-day".to_owned(),
        Kind::Days => "weekdays".to_owned(),
        Kind::TimeZone => "IANA time zone".to_owned(),
        Kind::Currency => "ISO 4217 code".to_owned(),
    }
}

/// What a number may be, in words.
pub(super) fn range(number: &Number) -> String {
    let what = match number.scale {
        Scale::Whole => "whole number".to_owned(),
        Scale::Exact(digits) => format!("number, {digits} decimals"),
        Scale::Rounded(_) | Scale::Minutes => "number".to_owned(),
    };
    let least = match number.above_min {
        true => format!("above {}", number.min),
        false => format!("from {}", number.min),
    };
    format!("{what}, {least} to {}", grouped(number.max))
}

/// A bound for people: `1,000,000,000` is read at a glance.
fn grouped(number: i64) -> String {
    let digits = number.to_string();
    let first = digits.len() % 3;
    let mut text = digits[..first].to_owned();
    for (at, digit) in digits[first..].chars().enumerate() {
        if at % 3 == 0 && !text.is_empty() {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

fn write_codes(out: &mut String) -> fmt::Result {
    writeln!(
        out,
        "\n## What `railair check` finds\n\n\
         Everything is found at once, with file, row, column (in a workbook: sheet and cell, \
         `services!H14`) and what to do. What is equally wrong in many rows is said once, with the rows. Rows are numbered as a spreadsheet shows them: the header \
         of a file is 1. Errors stop (exit code 3), warnings do not. Of \
         each code the first 1,000 are printed and the rest counted; `--format json` gives \
         `{{\"errors\", \"warnings\", \"findings\": [{{\"code\", \"severity\", \"file\", \"row\", \
         \"rows\": {{\"count\", \"ranges\"}}, \"column\", \"cell\", \"text\", \"message\", \"remedy\"}}], \"more\": [{{\"code\", \"count\"}}]}}`."
    )?;
    for (severity, title) in [(Severity::Error, "Errors"), (Severity::Warning, "Warnings")] {
        writeln!(
            out,
            "\n### {title}\n\n| code | what is wrong | remedy |\n|---|---|---|"
        )?;
        for code in Code::all()
            .iter()
            .filter(|code| code.severity() == severity)
        {
            let (what, remedy): (Vec<&str>, Vec<&str>) = code
                .entry()
                .iter()
                .map(|line| line.trim())
                .partition(|line| !line.starts_with("Remedy: "));
            let remedy = remedy.join(" ").replace("Remedy: ", "");
            writeln!(
                out,
                "| {code} | {} | {} |",
                what.join(" "),
                sentence(&remedy)
            )?;
        }
    }
    Ok(())
}

/// The text with a capital first letter.
fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    letters
        .next()
        .map(|first| first.to_uppercase().chain(letters).collect())
        .unwrap_or_default()
}
