//! The text that a CSV table would hold for a typed cell of a sheet.

use jiff::civil::DateTime;
use jiff::{RoundMode, SpanRelativeTo, Unit};

use super::super::schema::Kind;

/// Digits to which spreadsheets calculate and show numbers.
const DIGITS: usize = 15;

/// A number with at most 15 digits that count, in its shortest spelling without an exponent.
///
/// Spreadsheets calculate in binary floating point and show 15 digits: what they show as 0.3 may be
/// stored as 0.30000000000000004, and 0.3 is what the planner sees and what a CSV export holds.
pub fn number(value: f64) -> String {
    if value == 0.0 {
        return "0".to_owned();
    }
    if !value.is_finite() {
        return value.to_string();
    }
    let digits = format!("{value:.*e}", DIGITS - 1);
    let rounded: f64 = digits.parse().unwrap_or(value);
    rounded.to_string()
}

/// A truth value: `yes` or `no` where the column wants that, else as spreadsheets export it.
pub fn truth(value: bool, kind: Option<&Kind>) -> &'static str {
    match (kind, value) {
        (Some(Kind::YesNo), true) => "yes",
        (Some(Kind::YesNo), false) => "no",
        (_, true) => "TRUE",
        (_, false) => "FALSE",
    }
}

/// A date, a time of day, or both: `2019-11-11`, `18:00`, `2019-11-11 18:00`.
///
/// Spreadsheets count days, so that a time is a fraction: it is taken to the nearest second, and
/// seconds are written only where there are some.
pub fn point(point: DateTime, is_time_alone: bool) -> String {
    let point = nearest_second(point);
    let time = clock(
        i64::from(point.hour()) * 3600 + i64::from(point.minute()) * 60 + i64::from(point.second()),
    );
    let midnight = point.time() == jiff::civil::Time::midnight();
    match (is_time_alone, midnight) {
        (true, _) => time,
        (false, true) => point.date().to_string(),
        (false, false) => format!("{} {time}", point.date()),
    }
}

fn nearest_second(point: DateTime) -> DateTime {
    let rounding = jiff::civil::DateTimeRound::new()
        .smallest(Unit::Second)
        .mode(RoundMode::HalfExpand);
    point.round(rounding).unwrap_or(point)
}

/// A span of time in seconds: `18:00`, `26:30`, `0:00:05`.
pub fn clock(seconds: i64) -> String {
    let (minutes, left) = (seconds / 60, seconds % 60);
    let text = format!("{:02}:{:02}", minutes / 60, minutes % 60);
    match left {
        0 => text,
        some => format!("{text}:{some:02}"),
    }
}

/// A date or time as OpenDocument writes it: `2019-11-11`, `2019-11-11T18:00:00`.
pub fn iso_point(text: &str) -> String {
    match text.parse::<DateTime>() {
        Ok(parsed) => point(parsed, false),
        Err(_) => match text.parse::<jiff::civil::Time>() {
            Ok(time) => point(
                jiff::civil::Date::constant(2000, 1, 1).to_datetime(time),
                true,
            ),
            Err(_) => text.to_owned(),
        },
    }
}

/// A time of day as OpenDocument writes it: `PT18H00M00S`.
pub fn iso_span(text: &str) -> String {
    let seconds = text.parse::<jiff::Span>().ok().and_then(|span| {
        let total = span.total((Unit::Second, SpanRelativeTo::days_are_24_hours()));
        total.ok().filter(|total| *total >= 0.0)
    });
    seconds.map_or_else(|| text.to_owned(), |total| clock(total.round() as i64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_what_the_spreadsheet_shows() {
        assert_eq!(number(0.1 + 0.2), "0.3"); // stored as 0.30000000000000004
        assert_eq!(number(1_549_198.0), "1549198");
        assert_eq!(number(-0.0), "0");
        assert_eq!(number(1e-7), "0.0000001");
        assert_eq!(number(1e20), "100000000000000000000");
        assert_eq!(number(123_456_789_012_345.0), "123456789012345");
        assert_eq!(number(f64::NAN), "NaN");
        // one third is what fifteen digits say of it
        assert_eq!(number(1.0 / 3.0), "0.333333333333333");
    }

    #[test]
    fn every_decimal_of_fifteen_digits_comes_back() {
        for (mantissa, places) in [(245, 2), (999_999_999_999_999, 6), (1, 9), (17, 3)] {
            let text = crate::report::cell::decimal(mantissa, places);
            assert_eq!(number(text.parse().expect("a number")), text);
        }
    }

    #[test]
    fn dates_and_times_are_written_as_tables_hold_them() {
        let at = |text: &str| text.parse::<DateTime>().expect("a point of time");
        assert_eq!(point(at("2019-11-11T00:00:00"), false), "2019-11-11");
        assert_eq!(point(at("1899-12-31T09:04:59.999"), true), "09:05");
        assert_eq!(point(at("2019-11-11T18:00:00"), false), "2019-11-11 18:00");
        assert_eq!(point(at("2019-11-11T23:59:59.999"), false), "2019-11-12");
        assert_eq!(iso_point("2019-11-11"), "2019-11-11");
        assert_eq!(iso_point("2019-11-11T18:00:00"), "2019-11-11 18:00");
        assert_eq!(iso_span("PT18H00M00S"), "18:00");
        assert_eq!(iso_span("PT26H30M05S"), "26:30:05");
        assert_eq!(iso_span("P nonsense"), "P nonsense");
    }
}
