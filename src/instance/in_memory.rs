//! Scenarios that stand in memory: one instance, read once, changed many times.

use std::path::Path;

use super::fields::Decimal;
use super::findings::{Finding, Findings, nearest};
use super::header::Ignored;
use super::load::{Loaded, load_tables, type_whole};
use super::model::Instance;
use super::scenario;
use super::source::{self, Texts};
use super::tables::{table_named, table_schema};
use super::text_table::{Builder, TextTable};

/// The columns of a change, in the order of [`Change`].
const COLUMNS: [&str; 6] = ["scenario", "table", "key", "column", "change", "value"];

/// One change of a scenario: a row of the table `scenarios` without the scenario's name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Change {
    /// Which table.
    pub table: String,
    /// Which rows: key columns joined by `/`, `*` for any.
    pub key: String,
    /// Which column; empty with `drop`.
    pub column: String,
    /// `set`, `scale`, `add` or `drop`.
    pub change: &'static str,
    /// What is set, or by how much; with a decimal point.
    pub value: String,
}

/// The tables of an instance, to be changed again and again without being read again.
#[derive(Clone, Debug)]
pub struct Tables {
    texts: Texts,
}

impl Tables {
    /// Reads the tables at a path and applies a scenario of the instance, where one is named; the
    /// instance that they are, with what was found.
    pub fn read(path: &Path, scenario: Option<&str>) -> (Self, Loaded) {
        let mut findings = Findings::new();
        let mut texts = source::read_tables(path, &mut findings);
        let scenarios = scenario::apply(&mut texts, scenario, &mut findings);
        let loaded = type_whole(&texts, (scenarios, scenario), findings);
        (Self { texts }, loaded)
    }

    /// Tables given as CSV text under their names.
    pub fn from_csv(tables: &[(&str, &str)], findings: &mut Findings) -> Self {
        Self {
            texts: source::read_csv_texts(tables, findings),
        }
    }

    /// The instance with changes applied in order, as a scenario of this name; without any, as it
    /// is.
    pub fn changed(&self, name: &str, changes: &[Change]) -> Loaded {
        let mut findings = Findings::new();
        if changes.is_empty() {
            return load_tables(self.texts.clone(), None, findings);
        }
        let texts = self.with_scenario(name, changes, &mut findings);
        load_tables(texts, Some(name), findings)
    }

    /// The instance with a scenario of its own applied.
    pub fn scenario(&self, name: &str) -> Loaded {
        load_tables(self.texts.clone(), Some(name), Findings::new())
    }

    /// The tables with a table `scenarios` that says nothing but these changes.
    fn with_scenario(&self, name: &str, changes: &[Change], findings: &mut Findings) -> Texts {
        let mut texts = self.texts.clone();
        texts.replace(scenario_table(name, changes, findings));
        texts
    }

    /// What is wrong with a change, in words; `None` where it can be applied to some row. Whether
    /// the rows are right after it, only [`changed`](Self::changed) says.
    pub fn fault(&self, change: &Change) -> Option<String> {
        let Some(table) = table_named(&change.table) else {
            let names = table_schema().iter().map(|table| table.name);
            let near = nearest(&change.table, names).map_or(String::new(), did_you_mean);
            return Some(format!("there is no table \"{}\"{near}", change.table));
        };
        if table.name == "scenarios" {
            return Some("the table \"scenarios\" cannot be changed by a scenario".to_owned());
        }
        if !change.column.is_empty() && table.position(&change.column).is_none() {
            let names = table.columns.iter().map(|column| column.name);
            let near = nearest(&change.column, names).map_or(String::new(), did_you_mean);
            return Some(format!(
                "{} has no column \"{}\"{near}",
                table.name, change.column
            ));
        }
        let mut findings = Findings::new();
        let name = "change";
        let mut texts = self.with_scenario(name, std::slice::from_ref(change), &mut findings);
        scenario::apply(&mut texts, Some(name), &mut findings);
        let finding = findings.iter().next()?;
        Some(self.in_words(finding, change))
    }

    fn in_words(&self, finding: &Finding, change: &Change) -> String {
        if finding.code != super::codes::Code::NothingMatched {
            return format!("{}; {}", finding.message, finding.remedy);
        }
        let keys = self.keys(&change.table);
        let depth = change.key.split('/').count();
        let short = |key: &String| key.split('/').take(depth).collect::<Vec<_>>().join("/");
        let mut known: Vec<String> = keys.iter().map(short).collect();
        known.dedup();
        let near = match nearest(&change.key, known.iter().map(String::as_str)) {
            Some(near) => did_you_mean(near),
            None => format!("; {}", finding.remedy),
        };
        format!(
            "no row of {} has the key \"{}\"{near}",
            change.table, change.key
        )
    }

    /// The keys of all rows of a table, in row order: key columns joined by `/`.
    pub fn keys(&self, table: &str) -> Vec<String> {
        let Some(text) = self.texts.get(table) else {
            return Vec::new();
        };
        (0..text.len()).map(|row| text.key(row)).collect()
    }

    /// Name and hash of each table as it was read.
    pub fn hashes(&self) -> Vec<(String, String)> {
        self.texts.hashes()
    }

    /// The tables as text, in the order of the format.
    pub(super) fn texts(&self) -> &Texts {
        &self.texts
    }
}

fn did_you_mean(near: &str) -> String {
    format!("; did you mean `{near}`?")
}

fn scenario_table(name: &str, changes: &[Change], findings: &mut Findings) -> Option<TextTable> {
    let table = table_named("scenarios")?;
    let mut builder = Builder::start(table, "scenarios", 1, &COLUMNS, findings)?;
    for (number, change) in (2..).zip(changes) {
        let cells = [
            name,
            &change.table,
            &change.key,
            &change.column,
            change.change,
            &change.value,
        ];
        builder.row(number, cells.into_iter());
    }
    Some(builder.finish(false, String::new(), &Ignored::default()))
}

/// The numbers from one to another by a step, as cells spell them: `None` where one of them is no
/// decimal number, the step is nothing, or there are more than `most`. The last one is not beyond
/// `to`; the step's sign is that of the direction.
pub fn decimal_range(from: &str, to: &str, step: &str, most: usize) -> Option<Vec<String>> {
    let parse = |text: &str| Decimal::parse(text.trim(), false).ok();
    let (from, to, step) = (parse(from)?, parse(to)?, parse(step)?);
    let digits = from.digits.max(to.digits).max(step.digits);
    let whole = |number: Decimal| {
        let factor = 10i128.checked_pow(digits - number.digits)?;
        number.mantissa.checked_mul(factor)
    };
    let (from, to, step) = (whole(from)?, whole(to)?, whole(step)?.abs());
    if step == 0 {
        return None;
    }
    let count = (to.checked_sub(from)?.abs() / step).checked_add(1)?;
    if count > most as i128 {
        return None;
    }
    let direction = if to < from { -step } else { step };
    let number = |index: i128| {
        let mantissa = from + index * direction;
        Decimal { mantissa, digits }.spell(false)
    };
    Some((0..count).map(number).collect())
}

/// Whether a text is a decimal number.
pub fn is_decimal(text: &str) -> bool {
    Decimal::parse(text, false).is_ok()
}

/// An instance that nothing is wrong with, or what is.
impl Loaded {
    /// The instance, or everything found.
    ///
    /// # Errors
    /// The findings, where there is an error among them.
    pub fn into_result(self) -> Result<(Instance, Findings), Findings> {
        match self.instance {
            Some(instance) => Ok((instance, self.findings)),
            None => Err(self.findings),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tables() -> Tables {
        let services = "service,leg,mode,origin,destination,days,departs,hours,units\n\
            TRAIN,1,rail,A,B,135,10:00,20,4\n\
            TRAIN,2,rail,B,C,,,20,4\n\
            FLIGHT,1,air,A,C,daily,10:00,5,\n";
        Tables::from_csv(&[("services", services)], &mut Findings::new())
    }

    fn change(table: &str, key: &str, column: &str, change: &'static str, value: &str) -> Change {
        Change {
            table: table.to_owned(),
            key: key.to_owned(),
            column: column.to_owned(),
            change,
            value: value.to_owned(),
        }
    }

    #[test]
    fn ranges_are_exact_in_either_direction() {
        let range = |from, to, step| decimal_range(from, to, step, 100);
        assert_eq!(range("1", "4", "1").unwrap(), ["1", "2", "3", "4"]);
        // in floating point 0.8 + 0.1 + 0.1 is not 1
        assert_eq!(
            range("0.8", "1.1", "0.1").unwrap(),
            ["0.8", "0.9", "1", "1.1"]
        );
        assert_eq!(range("1", "4", "2").unwrap(), ["1", "3"]); // 5 is beyond 4
        assert_eq!(range("1", "-1", "1").unwrap(), ["1", "0", "-1"]);
        assert_eq!(range("1", "4", "0"), None);
        assert_eq!(range("1", "x", "1"), None);
        assert_eq!(decimal_range("0", "100", "1", 100), None); // 101 numbers
    }

    #[test]
    fn faults_name_what_is_nearest() {
        let tables = tables();
        let fault = |c: Change| tables.fault(&c).unwrap_or_default();
        assert_eq!(
            tables.fault(&change("services", "TRAIN", "units", "set", "3")),
            None
        );
        let said = fault(change("service", "TRAIN", "units", "set", "3"));
        assert!(said.contains("`services`"), "{said}");
        let said = fault(change("services", "TRAIN", "unit_s", "set", "3"));
        assert!(said.contains("`units`"), "{said}");
        let said = fault(change("services", "TRIAN", "units", "set", "3"));
        assert!(said.contains("`TRAIN`"), "{said}");
        let said = fault(change("services", "TRIAN/2", "units", "set", "3"));
        assert!(said.contains("`TRAIN/2`"), "{said}");
        let said = fault(change("services", "TRAIN", "units", "scale", "x"));
        assert!(said.contains("not a number"), "{said}");
    }

    #[test]
    fn keys_keep_blanks_so_that_they_name_one_row() {
        let demand = "origin,destination,product,week,parcels\nA,B,p,,3\nA,B,p,2,3\n";
        let tables = Tables::from_csv(&[("demand", demand)], &mut Findings::new());
        assert_eq!(tables.keys("demand"), ["A/B/p/", "A/B/p/2"]);
    }
}
