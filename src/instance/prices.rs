//! The table `exchange_rates`, and prices in the instance's currency.

use std::collections::{BTreeMap, BTreeSet};

use super::bands::band;
use super::codes::Code;
use super::findings::{Findings, nearest, quoted};
use super::row::{Read, Reported, Row, must, read_rows, report_duplicates};
use super::schema::Scale;
use super::text_table::TextTable;
use crate::units::{Money, divide_to_nearest};

/// Exchange rates, and which of them have been used.
pub(super) struct Rates {
    /// The instance's currency; `None` where it could not be read.
    home: Option<String>,
    /// Rate of a currency, in billionths, and its row; `None`: its row is wrong.
    rates: BTreeMap<String, Option<i64>>,
    rows: BTreeMap<String, u32>,
    used: BTreeSet<String>,
}

impl Rates {
    /// Reads the rates against the instance's currency.
    pub fn read(table: Option<&TextTable>, home: Option<String>, findings: &mut Findings) -> Self {
        let mut keys = Vec::new();
        let mut rates = BTreeMap::new();
        let mut rows = BTreeMap::new();
        read_rows(table, findings, |row| {
            let currency = must(row.currency("currency"));
            let rate = must(row.number_in("rate"));
            let currency = currency?;
            if let (Some(home), Ok(rate)) = (&home, rate) {
                doubt(row, home, currency, rate);
            }
            keys.push((currency.to_owned(), row.number()));
            rates.insert(currency.to_owned(), rate.ok());
            rows.insert(currency.to_owned(), row.number());
            Ok(())
        });
        report_duplicates(table, findings, "currency", keys, |id| {
            format!("currency {id}")
        });
        Self {
            home,
            rates,
            rows,
            used: BTreeSet::new(),
        }
    }

    /// The price in a column, in the instance's currency: price / rate, exact in the fraction,
    /// rounded to the nearest millionth.
    pub fn price(&mut self, row: &mut Row<'_, '_>, column: &str) -> Read<Money> {
        let price = must(row.number_in(column));
        let currency = row.currency("currency");
        let rate = match currency? {
            None => None,
            Some(currency) => self.rate(row, currency)?,
        };
        let price = price?;
        let Some(rate) = rate else {
            return Ok(Money(price));
        };
        let scaled = i128::from(price) * i128::from(Scale::Exact(9).factor());
        let converted = divide_to_nearest(scaled, i128::from(rate));
        match i64::try_from(converted) {
            Ok(converted) => Ok(Money(converted)),
            Err(_) => Err(row.report(
                Code::OutOfRange,
                "currency",
                "the price is out of range in the instance's currency",
                "correct the price or the exchange rate",
            )),
        }
    }

    /// The rate of a currency; `None` is the instance's own.
    fn rate(&mut self, row: &mut Row<'_, '_>, currency: &str) -> Read<Option<i64>> {
        let home = self.home.as_deref().ok_or(Reported)?;
        if let Some(rate) = self.rates.get(currency) {
            self.used.insert(currency.to_owned());
            return Ok(Some((*rate).ok_or(Reported)?));
        }
        if currency == home {
            return Ok(None);
        }
        let known = self.rates.keys().map(String::as_str).chain([home]);
        let remedy = match nearest(currency, known) {
            Some(near) => format!("did you mean {near}? otherwise add its rate to exchange_rates"),
            None => "add its rate to exchange_rates".to_owned(),
        };
        let message = format!("{} has no exchange rate", quoted(currency));
        Err(row.report(Code::NoExchangeRate, "currency", message, remedy))
    }

    /// Currencies that no price used, with their rows.
    pub fn unused(&self) -> impl Iterator<Item = (&str, u32)> {
        self.rows
            .iter()
            .filter(|(currency, _)| !self.used.contains(*currency))
            .map(|(currency, row)| (currency.as_str(), *row))
    }
}

/// Says how a rate is read that has never been one: it may stand the wrong way round.
fn doubt(row: &mut Row<'_, '_>, home: &str, currency: &str, billionths: i64) {
    let rate = billionths as f64 / 1e9;
    let Some((least, most)) = band(home, currency) else {
        return;
    };
    if (least..=most).contains(&rate) {
        return;
    }
    let message = format!(
        "one {home} is read as buying {rate} {currency}, and it has bought between {least:.3} and {most:.3}"
    );
    let inverted = 1.0 / rate;
    let remedy = match (least..=most).contains(&inverted) {
        true => format!("write {inverted:.6} if {rate} {home} is what one {currency} costs"),
        false => format!("write how much {currency} one {home} buys"),
    };
    row.report(Code::DoubtfulRate, "rate", message, remedy);
}
