//! Amounts that people write with a sign: currencies and per cent.

use super::fields::{Decimal, Fault};
use super::findings::quoted;

/// Signs and names of currencies, longest first, with the codes that they may stand for.
const SIGNS: &[(&str, &str)] = &[
    ("US$", "USD"),
    ("HK$", "HKD"),
    ("RMB", "CNY"),
    ("USD", "USD"),
    ("EUR", "EUR"),
    ("CNY", "CNY"),
    ("GBP", "GBP"),
    ("HKD", "HKD"),
    ("JPY", "JPY"),
    ("zł", "PLN"),
    ("元", "CNY"),
    ("￥", "CNY or JPY"),
    ("¥", "CNY or JPY"),
    ("€", "EUR"),
    ("£", "GBP"),
    ("₩", "KRW"),
    ("₸", "KZT"),
    ("₽", "RUB"),
    ("$", "USD"),
];

/// The share that a text in per cent stands for, as a table spells it: `18%` is `0.18`.
pub(super) fn share(text: &str, comma: bool) -> Option<String> {
    let number = text.strip_suffix(['%', '％'])?.trim_end();
    let number = Decimal::parse(number, comma).ok()?;
    let share = Decimal {
        mantissa: number.mantissa,
        digits: number.digits + 2,
    };
    Some(share.spell(comma))
}

/// A text that is a number beside the sign of a currency: the number, and the currency's code.
fn money(text: &str) -> Option<(&str, &'static str)> {
    SIGNS.iter().find_map(|(sign, code)| {
        let number = text.strip_prefix(sign).or(text.strip_suffix(sign))?.trim();
        let has_digits = number.bytes().any(|b| b.is_ascii_digit());
        let is_number = number
            .bytes()
            .all(|b| b.is_ascii_digit() || matches!(b, b'.' | b',' | b'-' | b'+' | b'\'' | b' '));
        (has_digits && is_number).then_some((number, *code))
    })
}

/// A sign or code that is known, as it is.
pub(super) fn sign(text: &str) -> Option<&'static str> {
    let found = SIGNS.iter().find(|(sign, _)| *sign == text);
    found.map(|(sign, _)| *sign)
}

/// Whether a sign may stand for a currency: a bare `$` for any dollar.
pub(super) fn may_be(sign: &str, currency: &str) -> bool {
    let found = SIGNS.iter().find(|(known, _)| *known == sign);
    let is_code = found.is_some_and(|(_, codes)| codes.split(" or ").any(|code| code == currency));
    is_code || (sign == "$" && currency.ends_with('D'))
}

/// The same fault with the remedy of a price that carries its currency. `own` is what the row's
/// cell `currency` says, `None` where the table has no such column.
pub(super) fn explained(fault: Fault, text: &str, own: Option<&str>) -> Fault {
    let Some((number, code)) = money(text) else {
        return fault;
    };
    let remedy = match own {
        Some("") => format!("write {number} and fill in the column `currency` with {code}"),
        Some(own) => format!("write {number}; the column `currency` says {own}"),
        None => format!("write {number} in the instance's currency, without a sign"),
    };
    let message = format!("{} is a number with a currency", quoted(text));
    Fault::new(fault.code, message, remedy)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn per_cent_are_spelled_as_fractions() {
        assert_eq!(share("18%", false).as_deref(), Some("0.18"));
        assert_eq!(share("7,5 %", true).as_deref(), Some("0,075"));
        assert_eq!(share("100%", false).as_deref(), Some("1"));
        assert_eq!(share("many%", false), None);
    }

    #[test]
    fn signs_of_currencies_are_told_from_units() {
        assert_eq!(money("$2.90"), Some(("2.90", "USD")));
        assert_eq!(money("2,90 €"), Some(("2,90", "EUR")));
        assert_eq!(money("US$ 1,250.00"), Some(("1,250.00", "USD")));
        assert_eq!(money("RMB 18"), Some(("18", "CNY")));
        assert!(may_be("$", "HKD") && may_be("¥", "CNY") && may_be("EUR", "EUR"));
        assert!(!may_be("$", "EUR") && !may_be("US$", "HKD"));
        for text in ["5 kg", "$", "USD", "x$5y"] {
            assert_eq!(money(text), None, "{text}");
        }
    }
}
