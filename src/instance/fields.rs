//! From the text of a cell to its value: numbers, exactly.
//!
//! Numbers never pass through floating point: a cell's digits become an integer and a power of
//! ten, and that an integer in the column's own count.

use super::amounts;
use super::codes::Code;
use super::findings::quoted;
use super::schema::{Number, Scale};
use crate::units::divide_to_nearest;

/// The most digits that a number may have.
const MOST_DIGITS: usize = 30;

/// What is wrong with a cell: the part of a finding that does not depend on where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fault {
    /// The code.
    pub code: Code,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub remedy: String,
}

impl Fault {
    /// A fault.
    pub fn new(code: Code, message: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            remedy: remedy.into(),
        }
    }
}

/// A decimal number: `mantissa` / 10^`digits`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Decimal {
    /// All its digits as one integer.
    pub mantissa: i128,
    /// How many of them stand behind the point.
    pub digits: u32,
}

impl Decimal {
    /// Reads a cell. `comma` is whether the table's decimal sign is the comma.
    pub fn parse(text: &str, comma: bool) -> Result<Self, Fault> {
        let (negative, unsigned) = match text.as_bytes().first() {
            Some(b'-') => (true, &text[1..]),
            Some(b'+') => (false, &text[1..]),
            _ => (false, text),
        };
        let mark = if comma { ',' } else { '.' };
        let (whole, fraction) = unsigned.split_once(mark).unwrap_or((unsigned, ""));
        let all_digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
        if (whole.is_empty() && fraction.is_empty()) || !all_digits(whole) || !all_digits(fraction)
        {
            return Err(not_a_number(text, comma));
        }
        let fraction = fraction.trim_end_matches('0');
        let whole = whole.trim_start_matches('0');
        if whole.len() + fraction.len() > MOST_DIGITS {
            return Err(Fault::new(
                Code::OutOfRange,
                format!("{} has more than {MOST_DIGITS} digits", quoted(text)),
                "round it",
            ));
        }
        let mantissa = whole
            .bytes()
            .chain(fraction.bytes())
            .fold(0i128, |sum, digit| sum * 10 + i128::from(digit - b'0'));
        Ok(Self {
            mantissa: if negative { -mantissa } else { mantissa },
            digits: fraction.len() as u32,
        })
    }

    /// Reads a cell of a column of numbers. Hours may be a duration, `36:30`. Among whole numbers `90.000` is refused: it is ninety
    /// to some and ninety thousand to others. Spreadsheets write `90.0` or `90.00`, which nobody
    /// takes for thousands.
    pub fn of(text: &str, comma: bool, number: &Number) -> Result<Self, Fault> {
        match number.scale {
            Scale::Whole if is_one_group(text, comma) => Err(ambiguous(
                text,
                "write it without a separator, or without the zeros behind it",
            )),
            Scale::Minutes if text.contains(':') => {
                duration(text).ok_or_else(|| not_a_number(text, comma))
            }
            _ => Self::parse(text, comma),
        }
    }

    /// The number counted in `scale`, to the nearest, and whether that is exact.
    ///
    /// At most [`MOST_DIGITS`] digits times at most 10^9: an `i128` holds it unless the number is
    /// out of any range, for which `None` stands.
    pub fn counted(self, scale: Scale) -> Option<(i128, bool)> {
        let numerator = self.mantissa.checked_mul(i128::from(scale.factor()))?;
        let denominator = 10i128.checked_pow(self.digits)?;
        numerator.checked_mul(2)?.checked_add(denominator)?;
        Some((
            divide_to_nearest(numerator, denominator),
            numerator % denominator == 0,
        ))
    }

    /// The number as cells spell it, with the shortest fraction that is exact.
    pub fn spell(self, comma: bool) -> String {
        let sign = if self.mantissa < 0 { "-" } else { "" };
        let digits = self.digits as usize;
        let all = format!("{:0>width$}", self.mantissa.abs(), width = digits + 1);
        let (whole, fraction) = all.split_at(all.len() - digits);
        let fraction = fraction.trim_end_matches('0');
        let mark = if comma { "," } else { "." };
        match fraction {
            "" => format!("{sign}{whole}"),
            fraction => format!("{sign}{whole}{mark}{fraction}"),
        }
    }
}

/// Reads a number into the integer that its column counts.
pub(super) fn number(text: &str, comma: bool, number: &Number) -> Result<i64, Fault> {
    let decimal = Decimal::of(text, comma, number)?;
    let out_of_range = || {
        let least = match number.above_min {
            true => format!("above {}", number.min),
            false => format!("{} or more", number.min),
        };
        Fault::new(
            Code::OutOfRange,
            format!("{} is out of range", quoted(text)),
            format!("write a number {least}, at most {}", number.max),
        )
    };
    let (value, exact) = decimal.counted(number.scale).ok_or_else(out_of_range)?;
    let factor = i128::from(number.scale.factor());
    let (min, max) = (
        i128::from(number.min) * factor,
        i128::from(number.max) * factor,
    );
    if value < min || value > max || (number.above_min && decimal.mantissa <= 0) {
        return Err(out_of_range());
    }
    match number.scale {
        Scale::Whole if !exact => Err(Fault::new(
            Code::NotWhole,
            format!("{} is not a whole number", quoted(text)),
            "round it",
        )),
        Scale::Exact(digits) if !exact => Err(Fault::new(
            Code::TooFine,
            format!("{} is finer than {digits} decimals", quoted(text)),
            format!("round it to {digits} decimals"),
        )),
        _ if number.above_min && value == 0 => Err(out_of_range()),
        _ => i64::try_from(value).map_err(|_| out_of_range()),
    }
}

/// A duration as hours: `36:30`, or `36:30:00` as spreadsheets save it.
fn duration(text: &str) -> Option<Decimal> {
    /// A second in billionths of an hour, times nine.
    const NINTHS: i128 = 2_500_000;
    let parts: Vec<&str> = text.split(':').collect();
    let number = |part: &str, most: usize| {
        let digits = (1..=most).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
        digits.then(|| part.parse::<i128>().ok()).flatten()
    };
    let sixtieths = |part: &str| number(part, 2).filter(|part_of| part.len() == 2 && *part_of < 60);
    let (hours, minutes, seconds) = match parts[..] {
        [hours, minutes] => (number(hours, 6)?, sixtieths(minutes)?, 0),
        [hours, minutes, seconds] => (number(hours, 6)?, sixtieths(minutes)?, sixtieths(seconds)?),
        _ => return None,
    };
    let seconds = (hours * 60 + minutes) * 60 + seconds;
    Some(Decimal {
        mantissa: divide_to_nearest(seconds * NINTHS, 9),
        digits: 9,
    })
}

/// Whether the decimal mark stands where a thousands separator would: `90.000`, `1.500`.
fn is_one_group(text: &str, comma: bool) -> bool {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    let Some((whole, group)) = unsigned.split_once(if comma { ',' } else { '.' }) else {
        return false;
    };
    (1..=3).contains(&whole.len()) && !whole.starts_with('0') && group.len() == 3
}

fn ambiguous(text: &str, remedy: &str) -> Fault {
    let message = format!("{} can be read as more than one number", quoted(text));
    Fault::new(Code::AmbiguousNumber, message, remedy)
}

/// A point where decimals have a comma. `51.380` is what a spreadsheet set to German writes for a
/// count whose cell shows thousands: it saves a CSV as the cells look.
fn point_in_comma_table(text: &str, bare: &str) -> Fault {
    let message = format!(
        "{} has a point, and the table's decimal sign is the comma",
        quoted(text)
    );
    let grouped = bare.split_once('.').is_some_and(|(first, rest)| {
        (1..=3).contains(&first.len()) && rest.split('.').all(|group| group.len() == 3)
    });
    let remedy = match grouped {
        true => format!(
            "write `{}` if the point separates thousands, as spreadsheets save a count that is \
             shown so: give the column the number format `0` and save it again; write a decimal \
             comma if it does not",
            text.replace('.', "")
        ),
        false => "write it with a decimal comma and without thousands separators".to_owned(),
    };
    Fault::new(Code::PointInCommaTable, message, remedy)
}

/// Says why a text is not a number.
fn not_a_number(text: &str, comma: bool) -> Fault {
    let lower = text.to_lowercase();
    let bare = lower.trim_start_matches(['+', '-']);
    if matches!(
        bare,
        "nan" | "inf" | "infinity" | "∞" | "#n/a" | "#num!" | "#div/0!"
    ) {
        return Fault::new(
            Code::NotFinite,
            format!("{} is no quantity", quoted(text)),
            "leave the cell blank for its default, or write a number",
        );
    }
    let separator = |c: char| matches!(c, ',' | '.' | '\'' | '’' | '_') || c.is_whitespace();
    let looks_grouped = bare.chars().all(|c| c.is_ascii_digit() || separator(c))
        && bare.chars().any(|c| c.is_ascii_digit());
    if comma && looks_grouped && bare.contains('.') {
        return point_in_comma_table(text, bare);
    }
    if looks_grouped && !is_version(bare, comma) {
        let mark = if comma { "comma" } else { "point" };
        let remedy = format!("write it with a decimal {mark} and without thousands separators");
        return ambiguous(text, &remedy);
    }
    let remedy = match (amounts::share(text, comma), comma) {
        (Some(share), _) => format!("write the fraction: `{share}`"),
        (None, true) => "write digits, with a decimal comma where needed".to_owned(),
        (None, false) => "write digits, with a decimal point where needed".to_owned(),
    };
    let message = format!("{} is not a number", quoted(text));
    Fault::new(Code::NotANumber, message, remedy)
}

/// `1.2.3`: the table's own decimal mark twice and nothing else is nobody's thousands.
fn is_version(text: &str, comma: bool) -> bool {
    let mark = if comma { ',' } else { '.' };
    text.chars().all(|c| c.is_ascii_digit() || c == mark)
        && text.split(mark).skip(1).any(|group| group.len() != 3)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn kilograms(text: &str) -> Result<i64, Code> {
        let kind = Number {
            scale: Scale::Exact(3),
            min: 0,
            max: 1000,
            above_min: true,
        };
        number(text, false, &kind).map_err(|fault| fault.code)
    }

    #[test]
    fn kilograms_become_grams_exactly() {
        assert_eq!(kilograms("0.17"), Ok(170));
        assert_eq!(kilograms("+1.500"), Ok(1500));
        assert_eq!(kilograms(".5"), Ok(500));
        assert_eq!(kilograms("0.0005"), Err(Code::TooFine)); // half a gram
        assert_eq!(kilograms("0"), Err(Code::OutOfRange));
        assert_eq!(kilograms("-1"), Err(Code::OutOfRange));
        assert_eq!(kilograms("1000.001"), Err(Code::OutOfRange));
        assert_eq!(kilograms(&"9".repeat(31)), Err(Code::OutOfRange));
    }

    #[test]
    fn what_people_read_in_two_ways_is_refused() {
        for text in [
            "1,234",
            "12 000",
            "1'000",
            "1.234,5",
            "1,5",
            "12\u{a0}000",
            "1.234.567",
        ] {
            assert_eq!(kilograms(text), Err(Code::AmbiguousNumber), "{text}");
        }
        for text in ["NaN", "inf", "-Infinity", "∞"] {
            assert_eq!(kilograms(text), Err(Code::NotFinite), "{text}");
        }
        for text in ["1e3", "5 kg", "ten", "1.2.3", "5%", "", "-", "."] {
            assert_eq!(kilograms(text), Err(Code::NotANumber), "{text}");
        }
    }

    #[test]
    fn a_group_of_three_among_whole_numbers_is_refused_alone_too() {
        let parcels = |text: &str, comma| {
            let kind = Number {
                scale: Scale::Whole,
                min: 0,
                max: 1_000_000,
                above_min: false,
            };
            number(text, comma, &kind).map_err(|fault| fault.code)
        };
        for text in ["90.000", "1.500", "+7.123", "999.000"] {
            assert_eq!(parcels(text, false), Err(Code::AmbiguousNumber), "{text}");
            let text = text.replace('.', ",");
            assert_eq!(parcels(&text, true), Err(Code::AmbiguousNumber), "{text}");
        }
        // what spreadsheets write, and what no group of thousands starts or ends like
        for (text, value) in [
            ("90.0", 90),
            ("90.00", 90),
            ("90.0000", 90),
            ("1234.000", 1234),
        ] {
            assert_eq!(parcels(text, false), Ok(value), "{text}");
        }
        assert_eq!(parcels("0.000", false), Ok(0));
        assert_eq!(parcels("90.5", false), Err(Code::NotWhole));
        // kilograms have three decimals
        assert_eq!(kilograms("90.000"), Ok(90_000));
    }

    #[test]
    fn a_table_with_decimal_commas_refuses_points() {
        assert_eq!(
            Decimal::parse("1,5", true).unwrap(),
            Decimal {
                mantissa: 15,
                digits: 1
            }
        );
        for text in ["1.5", "1.234", "1.234,5"] {
            assert_eq!(
                Decimal::parse(text, true).unwrap_err().code,
                Code::PointInCommaTable
            );
        }
        let remedy = |text| Decimal::parse(text, true).unwrap_err().remedy;
        // a count of 51,380 as a German spreadsheet saves it
        for (text, count) in [("51.380", "`51380`"), ("1.234.567", "`1234567`")] {
            let said = remedy(text);
            assert!(
                said.contains(count) && said.contains("number format `0`"),
                "{said}"
            );
        }
        assert!(!remedy("51.38").contains("thousands,"));
        assert_eq!(
            Decimal::parse("12 000", true).unwrap_err().code,
            Code::AmbiguousNumber
        );
    }

    #[test]
    fn hours_may_be_a_duration() {
        let minutes = |text: &str| {
            let kind = Number {
                scale: Scale::Minutes,
                min: 0,
                max: 8760,
                above_min: false,
            };
            number(text, false, &kind).map_err(|fault| fault.code)
        };
        for (text, value) in [
            ("36:00", 2160),
            ("0:20", 20),
            ("12:54:00", 774),
            ("1:59:31", 120),
        ] {
            assert_eq!(minutes(text), Ok(value), "{text}");
        }
        for text in ["36:60", "36:5", ":30", "1:2:3:4", "-1:00", "8761:00x"] {
            assert_eq!(minutes(text), Err(Code::NotANumber), "{text}");
        }
        assert_eq!(minutes("8760:01"), Err(Code::OutOfRange));
        assert_eq!(kilograms("36:00"), Err(Code::NotANumber));
    }

    #[test]
    fn hours_become_minutes_to_the_nearest() {
        let hours = |text| Decimal::parse(text, false).unwrap().counted(Scale::Minutes);
        assert_eq!(hours("12.9"), Some((774, true)));
        assert_eq!(hours("0.33"), Some((20, false))); // 19.8 minutes
    }

    proptest! {
        #[test]
        fn a_decimal_survives_spelling_and_reading(mantissa in -10i128.pow(20)..10i128.pow(20), digits in 0u32..10, comma: bool) {
            let spelled = Decimal { mantissa, digits }.spell(comma);
            let read = Decimal::parse(&spelled, comma).unwrap();
            // the same number, perhaps with fewer zeros behind the point
            prop_assert_eq!(read.mantissa * 10i128.pow(digits - read.digits), mantissa);
        }

        #[test]
        fn grams_survive_spelling_and_reading(grams in 1i64..=1_000_000) {
            let spelled = Decimal { mantissa: grams.into(), digits: 3 }.spell(false);
            prop_assert_eq!(kilograms(&spelled), Ok(grams));
        }

        #[test]
        fn no_text_makes_a_number_panic(text in "\\PC{0,40}", comma: bool) {
            let _ = Decimal::parse(&text, comma).map(|d| d.counted(Scale::Exact(9)));
        }
    }
}
