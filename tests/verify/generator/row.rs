//! Rows of a table, filled in by the names of its columns.

/// A row by column name; what is not set is blank.
pub struct Row {
    columns: &'static [&'static str],
    cells: Vec<String>,
}

impl Row {
    /// A blank row of a table with these columns.
    pub fn of(columns: &'static [&'static str]) -> Self {
        Self {
            columns,
            cells: vec![String::new(); columns.len()],
        }
    }

    /// Fills in a cell.
    pub fn set(&mut self, column: &str, value: impl ToString) -> &mut Self {
        let at = self.columns.iter().position(|&name| name == column);
        self.cells[at.expect("a column of the table")] = value.to_string();
        self
    }

    /// The row as a line of CSV.
    pub fn text(&self) -> String {
        self.cells.join(",")
    }
}
