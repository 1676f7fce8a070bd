//! Numbers for people: thousands separated, no more digits than the eye can use.

use crate::units::{Money, divide_to_nearest};

/// `6263158` as `6,263,158`.
pub fn whole(value: i64) -> String {
    let digits = value.unsigned_abs().to_string();
    let mut text = String::with_capacity(digits.len() * 4 / 3 + 1);
    if value < 0 {
        text.push('-');
    }
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A number with `places` decimals and separated thousands.
pub fn decimal(value: f64, places: usize) -> String {
    let text = format!("{:.places$}", value.abs());
    let (before, after) = text.split_once('.').unwrap_or((&text, ""));
    let before = whole(before.parse().unwrap_or(i64::MAX));
    let zero = text.chars().all(|c| matches!(c, '0' | '.'));
    let sign = if value < 0.0 && !zero { "-" } else { "" };
    if after.is_empty() {
        format!("{sign}{before}")
    } else {
        format!("{sign}{before}.{after}")
    }
}

/// Money as a whole amount of the currency: `3,512,345`; small amounts with two decimals.
pub fn money(money: Money) -> String {
    let amount = money.amount();
    decimal(
        amount,
        if amount.abs() < 100.0 && money != Money::ZERO {
            2
        } else {
            0
        },
    )
}

/// Money in the digits that count: `3.51 m`, `12.3 k`, `236`, `0.56`.
pub fn short_money(money: Money) -> String {
    let amount = money.amount();
    match amount.abs() {
        size if size >= 999.5e6 => format!("{} bn", decimal(amount / 1e9, 2)),
        size if size >= 999.5e3 => format!("{} m", decimal(amount / 1e6, 2)),
        size if size >= 10_000.0 => format!("{} k", decimal(amount / 1e3, 1)),
        size if size >= 100.0 => decimal(amount, 0),
        _ => decimal(amount, 2),
    }
}

/// A price with as many decimals as it needs to show three digits: `0.41`, `0.0123`, `1,250`.
pub fn price(money: Money) -> String {
    let amount = money.amount();
    let places = match amount.abs() {
        0.0 => 2,
        size if size >= 1000.0 => 0,
        size if size >= 0.1 => 2,
        size if size >= 0.01 => 3,
        size if size >= 0.001 => 4,
        _ => 6,
    };
    decimal(amount, places)
}

/// A share as a percentage that says 0 and 100 only where it is exactly that: `< 0.1 %`.
pub fn percent(part: i64, whole: i64) -> String {
    if whole == 0 {
        return "–".to_owned();
    }
    let share = part as f64 / whole as f64 * 100.0;
    match (part == 0, part == whole) {
        (true, _) => "0 %".to_owned(),
        (_, true) => "100 %".to_owned(),
        _ if share < 0.05 => "< 0.1 %".to_owned(),
        _ if share >= 99.95 && part < whole => "> 99.9 %".to_owned(),
        _ => format!("{share:.1} %"),
    }
}

/// A gap in 10^-12 as a percentage: `0.0001 %`, rounded up to a digit that counts.
pub fn gap(trillionths: i128) -> String {
    if trillionths == 0 {
        return "exactly".to_owned();
    }
    let percent = trillionths as f64 / 1e10;
    let mut places = 2;
    while places < 10 && percent < 10f64.powi(-places) {
        places += 1;
    }
    let scale = 10f64.powi(places);
    let up = (percent * scale).ceil() / scale;
    format!("within {up:.width$} %", width = places as usize)
}

/// What each parcel costs of an amount, to the nearest millionth; `None` without parcels.
pub fn each(amount: Money, parcels: i64) -> Option<Money> {
    let each = (parcels > 0).then(|| divide_to_nearest(amount.0.into(), parcels.into()))?;
    i64::try_from(each).ok().map(Money)
}

/// `1 departure`, `2 departures`.
pub fn count(number: i64, one: &str, many: &str) -> String {
    format!("{} {}", whole(number), if number == 1 { one } else { many })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_separated() {
        assert_eq!(whole(6_263_158), "6,263,158");
        assert_eq!(whole(-999), "-999");
        assert_eq!(whole(1_000), "1,000");
        assert_eq!(decimal(1234.567, 1), "1,234.6");
        assert_eq!(decimal(-0.001, 2), "0.00");
    }

    #[test]
    fn money_shows_the_digits_that_count() {
        assert_eq!(short_money(Money(3_512_345_000_000)), "3.51 m");
        assert_eq!(short_money(Money(560_000)), "0.56");
        assert_eq!(short_money(Money(12_345_000_000)), "12.3 k");
        assert_eq!(price(Money(12_300)), "0.012"); // 0.0123
        assert_eq!(price(Money(410_000)), "0.41");
    }

    #[test]
    fn percentages_never_round_to_all_or_nothing() {
        assert_eq!(percent(1, 1_000_000), "< 0.1 %");
        assert_eq!(percent(999_999, 1_000_000), "> 99.9 %");
        assert_eq!(percent(0, 5), "0 %");
        assert_eq!(percent(5, 5), "100 %");
        assert_eq!(gap(1_000_000), "within 0.0001 %"); // 10^-6 = 0.0001 %
        assert_eq!(gap(1_234_567), "within 0.0002 %");
        assert_eq!(gap(50_000_000_000), "within 5.00 %");
        assert_eq!(gap(0), "exactly");
    }
}
