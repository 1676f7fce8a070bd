//! Tables as CSV.
//!
//! Comma, point, LF, quotes where needed (RFC 4180): what every spreadsheet opens. No cell starts
//! a formula: text that begins with `=`, `+`, `-`, `@`, a tab or a line end gets an apostrophe in
//! front, the way spreadsheets mark text (OWASP, *CSV Injection*). Ids cannot begin so; reasons
//! and other sentences do not, but nothing here relies on it. Numbers are exact and keep their
//! sign.

use std::borrow::Cow;
use std::io::Write;

use super::cell::Cell;
use super::tables::Row;

/// How tables are spelled.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Dialect {
    /// Commas between cells, decimal points, LF, no byte order mark.
    #[default]
    Plain,
    /// Semicolons between cells, decimal commas, CRLF and a byte order mark: what spreadsheets
    /// set to most European countries open by a double click.
    ExcelEu,
}

/// Writes a table with its head.
///
/// # Errors
/// Whatever the writer says.
pub fn write<R: Row>(rows: &[R], out: impl Write) -> std::io::Result<()> {
    write_as(rows, Dialect::Plain, out)
}

/// Writes a table with its head in a dialect.
///
/// # Errors
/// Whatever the writer says.
pub fn write_as<R: Row>(rows: &[R], dialect: Dialect, mut out: impl Write) -> std::io::Result<()> {
    let mut builder = csv::WriterBuilder::new();
    if dialect == Dialect::ExcelEu {
        out.write_all(b"\xef\xbb\xbf")?;
        builder.delimiter(b';').terminator(csv::Terminator::CRLF);
    }
    let mut writer = builder.from_writer(out);
    writer.write_record(R::COLUMNS.iter().map(|column| column.name))?;
    let mut record = csv::StringRecord::new();
    for row in rows {
        record.clear();
        for column in R::COLUMNS {
            record.push_field(&text(&(column.cell)(row), dialect));
        }
        writer.write_record(&record)?;
    }
    writer.flush()
}

fn text<'a>(cell: &'a Cell<'_>, dialect: Dialect) -> Cow<'a, str> {
    match cell {
        Cell::Text(text) => harmless(text),
        Cell::Number { .. } if dialect == Dialect::ExcelEu => {
            Cow::Owned(cell.to_string().replace('.', ","))
        }
        other => Cow::Owned(other.to_string()),
    }
}

/// The text, marked as text where a spreadsheet would take it for a formula.
pub fn harmless(text: &str) -> Cow<'_, str> {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '|', '%']) {
        Cow::Owned(format!("'{text}"))
    } else {
        Cow::Borrowed(text)
    }
}

#[cfg(test)]
mod tests {
    use super::super::tables::Column;
    use super::*;

    struct Pair(String, i64);

    impl Row for Pair {
        const COLUMNS: &'static [Column<Self>] = &[
            Column {
                name: "words",
                cell: |pair| (&pair.0).into(),
            },
            Column {
                name: "number",
                cell: |pair| Cell::scaled(pair.1, 1),
            },
        ];
    }

    fn csv(words: &str, number: i64) -> String {
        let mut out = Vec::new();
        write(&[Pair(words.to_owned(), number)], &mut out).expect("memory takes all");
        String::from_utf8(out).expect("text")
    }

    #[test]
    fn european_spreadsheets_get_their_own_dialect() {
        let mut out = Vec::new();
        let rows = [Pair("1.5; or, so".to_owned(), -15)];
        write_as(&rows, Dialect::ExcelEu, &mut out).expect("memory takes all");
        let text = String::from_utf8(out).expect("text");
        assert_eq!(text, "\u{feff}words;number\r\n\"1.5; or, so\";-1,5\r\n");
    }

    #[test]
    fn text_that_would_be_a_formula_is_marked_and_numbers_keep_their_sign() {
        assert_eq!(csv("=1+2", -5), "words,number\n'=1+2,-0.5\n");
        assert_eq!(csv("@SUM(A1)", 10), "words,number\n'@SUM(A1),1\n");
        assert_eq!(csv("-2", 0), "words,number\n'-2,0\n");
        assert_eq!(csv("a, \"b\"", 1), "words,number\n\"a, \"\"b\"\"\",0.1\n");
        assert_eq!(csv("\t=1", 1), "words,number\n'\t=1,0.1\n");
    }
}
