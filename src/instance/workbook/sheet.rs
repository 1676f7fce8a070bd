//! One sheet: finds its header and gives its rows to the table's builder.

use std::borrow::Cow;

use super::super::amounts;
use super::super::codes::Code;
use super::super::findings::{Finding, Findings, quoted, shown};
use super::super::header::{self, Home};
use super::super::schema::Table;
use super::super::text_table::{Builder, TextTable, cell_name};
use super::archive::{self, Refusal};
use super::values::{Book, Value};

/// Rows among which the header is looked for.
const ROWS_ABOVE: usize = 30;
/// Column names that make a row the header.
const NAMES_OF_A_HEADER: usize = 2;
/// The most columns of a sheet, in both formats.
const MOST_SHEET_COLUMNS: u32 = 16_384;

/// A row of a sheet that holds something.
struct SheetRow {
    /// Its number, from 1.
    number: u32,
    /// Columns from 0 and their values, ascending once the row is whole.
    cells: Vec<(u32, Value)>,
}

impl SheetRow {
    /// Sorts the cells, which spreadsheets write in order and others may not; of two in one place the
    /// last one counts.
    fn put_in_order(&mut self) {
        let is_ascending = self.cells.windows(2).all(|pair| pair[0].0 < pair[1].0);
        if !is_ascending {
            self.cells.reverse();
            self.cells.sort_by_key(|(column, _)| *column);
            self.cells.dedup_by_key(|(column, _)| *column);
        }
    }

    fn header(&self) -> Vec<String> {
        let width = self
            .cells
            .last()
            .map_or(0, |(column, _)| *column as usize + 1);
        let mut header = vec![String::new(); width];
        for (column, value) in &self.cells {
            header[*column as usize] = value.text(None).trim().to_owned();
        }
        header
    }

    fn names_of(&self, table: &Table) -> usize {
        let known =
            |(_, value): &&(u32, Value)| header::position(table, &value.text(None)).is_some();
        self.cells.iter().filter(known).count()
    }
}

/// Reads a sheet; `None` where it holds nothing or its header is wrong.
pub fn read(
    book: &mut Book,
    table: &'static Table,
    sheet: &str,
    home: &Home,
    findings: &mut Findings,
) -> Option<TextTable> {
    let mut reading = Reading {
        table,
        file: shown(sheet),
        above: Vec::new(),
        builder: None,
        home,
        findings: Some(findings),
        failed: false,
    };
    let mut row: Option<SheetRow> = None;
    let result = book.cells(sheet, &mut |number, column, value| {
        if column >= MOST_SHEET_COLUMNS {
            reading.too_wide();
            return false;
        }
        if value.is_blank() {
            return true;
        }
        if row.as_ref().is_some_and(|row| row.number != number + 1)
            && let Some(done) = row.take()
            && !reading.take(done)
        {
            return false;
        }
        let current = row.get_or_insert_with(|| SheetRow {
            number: number.saturating_add(1),
            cells: Vec::new(),
        });
        current.cells.push((column, value));
        true
    });
    if let Some(last) = row {
        reading.take(last);
    }
    reading.finish(result.err())
}

/// A sheet while it is read: first its head is looked for, then rows go to the builder.
struct Reading<'f> {
    table: &'static Table,
    file: String,
    above: Vec<SheetRow>,
    builder: Option<Builder<'f>>,
    home: &'f Home,
    /// Until the builder has them.
    findings: Option<&'f mut Findings>,
    failed: bool,
}

impl Reading<'_> {
    /// Takes a row; `false` where no further one is wanted.
    fn take(&mut self, mut row: SheetRow) -> bool {
        row.put_in_order();
        if self.builder.is_some() {
            return self.add(&row);
        }
        let found = row.names_of(self.table) >= NAMES_OF_A_HEADER;
        self.above.push(row);
        match found {
            true => self.start(self.above.len() - 1),
            false if self.above.len() < ROWS_ABOVE => true,
            false => self.start_at_best(),
        }
    }

    /// Without a row that looks like a header, the one that does so most is taken for it, so that
    /// what is wrong with it can be told.
    fn start_at_best(&mut self) -> bool {
        let best = (0..self.above.len())
            .rev()
            .max_by_key(|&at| self.above[at].names_of(self.table));
        best.is_none_or(|best| self.start(best))
    }

    fn start(&mut self, header: usize) -> bool {
        let Some(findings) = self.findings.take() else {
            return false;
        };
        let rows = std::mem::take(&mut self.above);
        let found = rows[header].header();
        let names: Vec<&str> = found.iter().map(String::as_str).collect();
        let number = rows[header].number;
        let started = Builder::start(self.table, &self.file, number, &names, findings);
        let Some(mut builder) = started else {
            self.failed = true;
            return false;
        };
        builder.in_sheet();
        self.builder = Some(builder);
        rows.iter().skip(header + 1).all(|row| self.add(row))
    }

    fn add(&mut self, row: &SheetRow) -> bool {
        let Some(builder) = &mut self.builder else {
            return false;
        };
        let mut cells = vec![Cow::Borrowed(""); builder.width()];
        let mut fits = true;
        for (column, value) in &row.cells {
            let at = *column as usize;
            let fault = match value {
                _ if builder.is_unread(at) => {
                    builder.found(at, row.number);
                    continue;
                }
                Value::Error(text) => Some(error_cell(text)),
                Value::NoResult => Some(no_result()),
                _ => None,
            };
            match fault {
                None => cells[at] = value.text(builder.kind_at(at)),
                Some(mut fault) => {
                    fits = false;
                    fault = fault
                        .in_row(row.number)
                        .in_cell(cell_name(&self.file, *column, row.number));
                    if let Some(name) = builder.column_at(at) {
                        fault = fault.in_column(name);
                    }
                    builder.report(fault);
                }
            }
        }
        mark_foreign(&mut cells, &row.cells, builder, &self.home.currency);
        !fits || builder.row(row.number, cells.iter().map(AsRef::as_ref))
    }

    fn too_wide(&mut self) {
        let message = format!("the sheet has more than {MOST_SHEET_COLUMNS} columns");
        self.fail(*archive::damaged(&message));
    }

    fn fail(&mut self, finding: Finding) {
        self.failed = true;
        match (&mut self.builder, &mut self.findings) {
            (Some(builder), _) => builder.report(finding),
            (None, Some(findings)) => findings.push(finding.in_file(&self.file)),
            (None, None) => {}
        }
    }

    fn finish(mut self, failure: Option<Refusal>) -> Option<TextTable> {
        if let Some(failure) = failure {
            self.fail(*failure);
        } else if self.builder.is_none() && !self.failed {
            self.start_at_best();
        }
        if self.builder.is_none() && !self.failed && self.table.required {
            let remedy = "write the column names in its first row";
            self.fail(Finding::new(Code::NoHeader, "is empty", remedy));
        }
        let failed = self.failed;
        self.builder
            .filter(|_| !failed)
            .map(|builder| builder.finish(false, String::new(), &self.home.ignored))
    }
}

/// Writes the currency that a price is shown in beside it, where the row's own is another: a
/// number with a sign is then an error, and never a price in the wrong currency.
fn mark_foreign(
    cells: &mut [Cow<'_, str>],
    values: &[(u32, Value)],
    builder: &Builder<'_>,
    home: &str,
) {
    let own = builder
        .place_of("currency")
        .map(|at| cells[at].trim().to_owned());
    let own = own.filter(|own| !own.is_empty());
    let own = own.as_deref().unwrap_or(home);
    for (column, value) in values {
        let at = *column as usize;
        if let Value::Price(number, sign) = value
            && builder.is_price(at)
            && !amounts::may_be(sign, own)
        {
            cells[at] = format!("{sign} {number}").into();
        }
    }
}

fn error_cell(text: &str) -> Finding {
    Finding::new(
        Code::ErrorCell,
        format!("the cell holds the error {}", quoted(text)),
        "correct its formula, or what the formula refers to",
    )
    .with_text(text)
}

fn no_result() -> Finding {
    Finding::new(
        Code::NoResult,
        "the result of the formula was never calculated",
        "open the workbook in a spreadsheet and save it there",
    )
}
