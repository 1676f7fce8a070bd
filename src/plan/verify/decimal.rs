//! Exact decimals: cells as integers of a fixed number of places.

/// `text` as an integer of 10^-`places`; `None` where it is not a plain decimal number or is finer
/// than that. With `comma` the decimal sign is a comma, as European spreadsheets write it.
pub(crate) fn parse(text: &str, places: u32, comma: bool) -> Option<i128> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let sign = if comma { ',' } else { '.' };
    let (whole, fraction) = digits.split_once(sign).unwrap_or((digits, ""));
    let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !all_digits(whole) || !all_digits(fraction) {
        return None;
    }
    let fraction = fraction.trim_end_matches('0');
    let missing = (places as usize).checked_sub(fraction.len())?;
    let mut value: i128 = 0;
    for digit in whole.bytes().chain(fraction.bytes()) {
        value = value
            .checked_mul(10)?
            .checked_add(i128::from(digit - b'0'))?;
    }
    let value = value.checked_mul(10i128.checked_pow(u32::try_from(missing).ok()?)?)?;
    Some(if negative { -value } else { value })
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
        for wrong in ["", "-", ".5", "1,5", "1 000", "1e3", "NaN", "--1", "+1"] {
            assert_eq!(parse(wrong, 6, false), None, "{wrong}");
        }
        let large = "9".repeat(60);
        assert_eq!(parse(&large, 6, false), None);
    }

    #[test]
    fn text_carries_no_trailing_zeros() {
        assert_eq!(text(12_500, 3), "12.5");
        assert_eq!(text(-1, 6), "-0.000001");
        assert_eq!(text(3_000_000, 6), "3");
        assert_eq!(text(0, 6), "0");
    }
}
