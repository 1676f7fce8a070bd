//! All sheets of a plan's workbook, held against each other: every figure that a table gives is
//! added up here from the table's rows.

use std::collections::BTreeMap;

use calamine::Data;

use crate::programs::Sheets;

/// A sheet with the names of its columns in one row.
struct Table<'a> {
    cells: &'a BTreeMap<(u32, u32), Data>,
    columns: BTreeMap<String, u32>,
    rows: Vec<u32>,
}

/// The text of a cell: of a date its number.
fn text(cell: Option<&Data>) -> String {
    match cell {
        None => String::new(),
        Some(Data::DateTime(point)) => point.as_f64().to_string(),
        Some(Data::Float(value)) => value.to_string(),
        Some(Data::Int(value)) => value.to_string(),
        Some(other) => other.to_string(),
    }
}

impl<'a> Table<'a> {
    /// The table whose names stand in row `head`, up to a row without a first cell, or of sums.
    fn of(sheets: &'a Sheets, name: &str, head: u32) -> Self {
        let cells = &sheets[name];
        let names = cells.range((head, 0)..(head + 1, 0));
        let columns = names.map(|(&(_, column), cell)| (text(Some(cell)), column));
        let begun = |row: &u32| !matches!(&*text(cells.get(&(*row, 0))), "" | "all");
        Self {
            cells,
            columns: columns.collect(),
            rows: (head + 1..).take_while(begun).collect(),
        }
    }

    fn text(&self, row: u32, column: &str) -> String {
        let column = self.columns.get(column);
        let column = column.unwrap_or_else(|| panic!("no column in {:?}", self.columns));
        text(self.cells.get(&(row, *column)))
    }

    /// What the first cell of a row says.
    fn label(&self, row: u32) -> String {
        text(self.cells.get(&(row, 0)))
    }

    fn number(&self, row: u32, column: &str) -> f64 {
        self.text(row, column).parse().unwrap_or(0.0)
    }

    /// The sum of a column in rows whose cells are what is given.
    fn sum(&self, column: &str, given: &[(&str, &str)]) -> f64 {
        let is = |row: &u32| given.iter().all(|(name, is)| self.text(*row, name) == *is);
        let rows = self.rows.iter().copied().filter(is);
        rows.map(|row| self.number(row, column)).sum()
    }
}

/// How many figures agreed.
#[derive(Default)]
struct Agreed(usize);

impl Agreed {
    fn hold(&mut self, what: &str, found: f64, expected: f64) {
        let near = (found - expected).abs() <= 1e-6 + expected.abs() * 1e-12;
        assert!(near, "{what} is {found}, and its rows give {expected}");
        self.0 += 1;
    }
}

/// Panics where a sheet says something else than the tables; how many figures were compared.
pub fn hold(sheets: &Sheets) -> usize {
    let mut agreed = Agreed::default();
    origins(sheets, &mut agreed);
    days(sheets, &mut agreed);
    services(sheets, &mut agreed);
    handling(sheets, &mut agreed);
    summary(sheets, &mut agreed);
    agreed.0
}

fn origins(sheets: &Sheets, agreed: &mut Agreed) {
    let matrix = Table::of(sheets, "origin_service", 3);
    let allocation = Table::of(sheets, "allocation", 0);
    let demand = Table::of(sheets, "demand", 0);
    for &row in &matrix.rows {
        let origin = matrix.text(row, "origin");
        let mut all = 0.0;
        for name in matrix.columns.keys() {
            let own = match name.as_str() {
                "origin" | "all" => continue,
                "left behind" => demand.sum("unserved", &[("origin", &origin)]),
                service => {
                    let given = [("origin", origin.as_str()), ("main_service", service)];
                    allocation.sum("parcels", &given)
                }
            };
            agreed.hold(
                &format!("{origin} by {name}"),
                matrix.number(row, name),
                own,
            );
            all += own;
        }
        agreed.hold(&origin, matrix.number(row, "all"), all);
    }
}

fn days(sheets: &Sheets, agreed: &mut Agreed) {
    let table = Table::of(sheets, "days", 0);
    let departures = Table::of(sheets, "departures", 0);
    for &row in &table.rows {
        let day = table.text(row, "day of departure");
        for mode in table.columns.keys() {
            if matches!(mode.as_str(), "day of departure" | "all legs") {
                continue;
            }
            let own = departures.sum("parcels", &[("day", &day), ("mode", mode)]);
            agreed.hold(&format!("{day} {mode}"), table.number(row, mode), own);
        }
    }
}

fn services(sheets: &Sheets, agreed: &mut Agreed) {
    let table = Table::of(sheets, "services", 0);
    let departures = Table::of(sheets, "departures", 0);
    let cost = table.columns.keys().find(|name| name.starts_with("cost, "));
    let cost = cost.expect("a column of costs");
    for &row in &table.rows {
        let name = table.text(row, "service");
        let (service, leg) = name.split_once('/').unwrap_or((&name, "1"));
        let sum = |column| departures.sum(column, &[("service", service), ("leg", leg)]);
        for (column, own) in [
            ("parcels", sum("parcels")),
            ("tonnes", sum("kg") / 1000.0),
            ("m³", sum("m3")),
            (cost, sum("cost") + sum("carriage")),
        ] {
            agreed.hold(&format!("{name} {column}"), table.number(row, column), own);
        }
    }
}

fn handling(sheets: &Sheets, agreed: &mut Agreed) {
    let by_day = Table::of(sheets, "handling_by_day", 3);
    let handling = Table::of(sheets, "handling", 0);
    const KEYS: [&str; 4] = ["place", "step", "mode", "direction"];
    for &row in &by_day.rows {
        let names = KEYS.map(|key| by_day.text(row, key));
        for day in by_day
            .columns
            .keys()
            .filter(|name| !KEYS.contains(&&***name))
        {
            let mut given: Vec<(&str, &str)> = KEYS
                .into_iter()
                .zip(names.iter().map(String::as_str))
                .collect();
            given.push(("bucket", day));
            let own = handling.sum("load", &given);
            let what = format!("{} on {day}", names.join(" "));
            agreed.hold(&what, by_day.number(row, day), own);
        }
    }
}

/// The rows of a part of the summary, by label, up to the next blank label.
fn section<'a>(sheets: &'a Sheets, title: &str) -> Table<'a> {
    let cells = &sheets["summary"];
    let found = cells.iter().find(|(_, cell)| text(Some(cell)) == title);
    let (&(row, _), _) = found.unwrap_or_else(|| panic!("no {title}"));
    Table::of(sheets, "summary", row + 1)
}

fn summary(sheets: &Sheets, agreed: &mut Agreed) {
    let demand = Table::of(sheets, "demand", 0);
    let allocation = Table::of(sheets, "allocation", 0);
    let departures = Table::of(sheets, "departures", 0);
    let products = section(sheets, "By product");
    for &row in &products.rows {
        let product = products.label(row);
        for (head, column) in [
            ("parcels", "parcels"),
            ("on time", "on_time"),
            ("late", "late"),
            ("left behind", "unserved"),
        ] {
            let own = demand.sum(column, &[("product", &product)]);
            agreed.hold(
                &format!("{product} {head}"),
                products.number(row, head),
                own,
            );
        }
    }
    let modes = section(sheets, "By mode");
    for &row in &modes.rows {
        let mode = modes.label(row);
        let hauled = |column| allocation.sum(column, &[("mode", &mode)]);
        agreed.hold(&mode, modes.number(row, "parcels"), hauled("parcels"));
        agreed.hold(&mode, modes.number(row, "tonnes"), hauled("kg") / 1000.0);
        agreed.hold(&mode, modes.number(row, "m³"), hauled("m3"));
        let space = modes
            .columns
            .keys()
            .find(|name| name.starts_with("space, "));
        let space = modes.number(row, space.expect("a column of space"));
        agreed.hold(&mode, space, departures.sum("cost", &[("mode", &mode)]));
    }
    let mut totals = Vec::new();
    for title in ["What it costs", "What is paid for"] {
        let lines = section(sheets, title);
        let money = |row: u32| {
            text(lines.cells.get(&(row, 1)))
                .parse::<f64>()
                .unwrap_or(0.0)
        };
        let last = lines.rows.last().expect("lines") + 1;
        agreed.hold(
            title,
            money(last),
            lines.rows.iter().map(|&row| money(row)).sum(),
        );
        totals.push(money(last));
    }
    agreed.hold("what is paid for", totals[1], totals[0]);
}
