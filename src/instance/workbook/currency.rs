//! Currencies that a cell shows beside its number, by the format of the cell.
//!
//! A price of `$2.90` is a plain 2.9 in the file; that it is in dollars says the cell's format
//! alone. Where the row's own currency is another, the sign must not be lost.

use super::super::amounts;

/// Built-in formats whose sign is that of the machine that opens them.
const OF_THE_MACHINE: [u32; 8] = [5, 6, 7, 8, 41, 42, 43, 44];

/// The currency that a number format shows, as its sign or code: `$`, `€`, `USD`.
pub fn of_format(code: &str, id: Option<u32>) -> Option<&'static str> {
    if id.is_some_and(|id| OF_THE_MACHINE.contains(&id)) {
        return None;
    }
    // the first section is that of positive numbers
    let positive = code.split(';').next().unwrap_or("");
    if let Some((_, rest)) = positive.split_once("[$") {
        let sign = rest.split(['-', ']']).next().unwrap_or("");
        return amounts::sign(sign.trim());
    }
    let literal = positive.split('"').nth(1).map(str::trim);
    let bare = || {
        positive
            .chars()
            .find(|c| matches!(c, '$' | '€' | '£' | '¥' | '￥'))
    };
    literal
        .and_then(amounts::sign)
        .or_else(|| amounts::sign(bare()?.encode_utf8(&mut [0; 4])))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_are_found_in_formats() {
        for (code, sign) in [
            ("[$$-409]#,##0.00", "$"),
            ("#,##0.00\\ [$€-407]", "€"),
            ("[$USD] #,##0.00;-[$USD] #,##0.00", "USD"),
            ("\"$\"#,##0.00", "$"),
            ("¥#,##0", "¥"),
            ("#,##0.00 \"RMB\"", "RMB"),
        ] {
            assert_eq!(of_format(code, Some(164)), Some(sign), "{code}");
        }
        for code in [
            "General",
            "0.00",
            "#,##0 \"kg\"",
            "[Red]0",
            "[$-409]0.00",
            "0;\"$\"0",
        ] {
            assert_eq!(of_format(code, None), None, "{code}");
        }
        assert_eq!(of_format("_($* #,##0.00_)", Some(44)), None);
    }
}
