//! Exact decimals: cells as integers of a fixed number of places.

/// The most digits that an exponent moves the point by; money of 128 bits has 39.
const MOST_SHIFT: i32 = 99;

/// `text` as an integer of 10^-`places`; `None` where it is not a decimal number or is finer than
/// that. With `comma` the decimal sign is a comma, as European spreadsheets write it. An exponent
/// (`5e-06`, as programs write small numbers) moves the decimal sign and is as exact.
pub(crate) fn parse(text: &str, places: u32, comma: bool) -> Option<i128> {
    let (negative, text) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let (digits, exponent) = match text.split_once(['e', 'E']) {
        Some((digits, exponent)) => (digits, read_exponent(exponent)?),
        None => (text, 0),
    };
    let sign = if comma { ',' } else { '.' };
    let (whole, fraction) = digits.split_once(sign).unwrap_or((digits, ""));
    if whole.is_empty() || !is_digits(whole) || !is_digits(fraction) {
        return None;
    }
    // whatever follows the last digit that counts is nothing
    let all = [whole, fraction].concat();
    let significant = all.trim_end_matches('0');
    let zeros = i32::try_from(all.len() - significant.len()).ok()?;
    let after_point = i32::try_from(fraction.len()).ok()?;
    let mut value: i128 = 0;
    for digit in significant.bytes() {
        value = value
            .checked_mul(10)?
            .checked_add(i128::from(digit - b'0'))?;
    }
    if value == 0 {
        return Some(0);
    }
    let shift = i32::try_from(places).ok()? + exponent + zeros - after_point;
    let value = value.checked_mul(10i128.checked_pow(u32::try_from(shift).ok()?)?)?;
    Some(if negative { -value } else { value })
}

/// An exponent: a sign or none, and digits.
fn read_exponent(text: &str) -> Option<i32> {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    if digits.is_empty() || !is_digits(digits) {
        return None;
    }
    let exponent: i32 = text.parse().ok()?;
    (-MOST_SHIFT..=MOST_SHIFT)
        .contains(&exponent)
        .then_some(exponent)
}

fn is_digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

/// `value` × 10^-`places` as text without trailing zeros.
pub(super) fn text(value: i128, places: u32) -> String {
    let scale = 10u128.pow(places);
    let magnitude = value.unsigned_abs();
    let sign = if value < 0 { "-" } else { "" };
    let (whole, fraction) = (magnitude / scale, magnitude % scale);
    if fraction == 0 {
        return format!("{sign}{whole}");
    }
    let fraction = format!("{fraction:0width$}", width = places as usize);
    format!("{sign}{whole}.{}", fraction.trim_end_matches('0'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_read_exactly_or_not_at_all() {
        assert_eq!(parse("12.5", 3, false), Some(12_500));
        assert_eq!(parse("-0.001", 3, false), Some(-1));
        assert_eq!(parse("7", 0, false), Some(7));
        assert_eq!(parse("1.2500000", 2, false), Some(125)); // zeros are not finer
        assert_eq!(parse("1.255", 2, false), None); // finer than a hundredth
        assert_eq!(parse("1,5", 1, true), Some(15));
        for wrong in ["", "-", ".5", "1,5", "1 000", "NaN", "--1", "+1"] {
            assert_eq!(parse(wrong, 6, false), None, "{wrong}");
        }
        let large = "9".repeat(60);
        assert_eq!(parse(&large, 6, false), None);
    }

    #[test]
    fn exponents_move_the_decimal_sign_and_lose_nothing() {
        assert_eq!(parse("5e-06", 6, false), Some(5)); // as pandas writes 0.000005
        assert_eq!(parse("1.25E+3", 0, false), Some(1_250));
        assert_eq!(parse("-1e16", 0, false), Some(-10_000_000_000_000_000));
        assert_eq!(parse("2,5e1", 0, true), Some(25));
        assert_eq!(parse("1500e-3", 1, false), Some(15)); // 1.5 has one place
        assert_eq!(parse("5e-07", 6, false), None); // finer than a millionth
        assert_eq!(parse("0e99", 6, false), Some(0));
        for wrong in [
            "e3", "1e", "1e-", "1e+-2", "1e1.5", "1e2e3", "1e100", "1e99", "1e 2",
        ] {
            assert_eq!(parse(wrong, 6, false), None, "{wrong}");
        }
    }

    #[test]
    fn text_carries_no_trailing_zeros() {
        assert_eq!(text(12_500, 3), "12.5");
        assert_eq!(text(-1, 6), "-0.000001");
        assert_eq!(text(3_000_000, 6), "3");
        assert_eq!(text(0, 6), "0");
    }
}
