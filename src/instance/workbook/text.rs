//! The text that a CSV table would hold for a typed cell of a sheet.

use jiff::civil::DateTime;
use jiff::{RoundMode, SpanRelativeTo, Unit};

use super::super::schema::Kind;
use super::values::Value;

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

/// Days of a time of day that was typed as something else: beyond them begin dates.
const DAYS_OF_NO_DATE: f64 = 60.0;

/// What spreadsheets keep as a count of days, and show as a date, a time of day or a duration.
#[derive(Clone, Debug, PartialEq)]
pub struct Days {
    days: f64,
    /// Whether it is shown as a duration (`[h]:mm`).
    is_duration: bool,
    /// The date, or date and time, that it is.
    point: String,
}

impl Days {
    /// A count of days, and how the point of time is written that it may be.
    pub fn new(days: f64, is_duration: bool, point: String) -> Self {
        Self {
            days,
            is_duration,
            point,
        }
    }

    /// What a table would hold in a column of a kind.
    ///
    /// A duration is one in every column: `36:00` where hours are counted. In a column of times, what was typed as
    /// one is named as it was typed, not as the day in January 1900 that it counts as: `24:00` is
    /// a day, and nine days are a `9` that somebody typed.
    pub fn text(&self, kind: Option<&Kind>) -> String {
        let days = self.days;
        let clock = || clock((days * 86_400.0).round() as i64);
        let of_times = kind == Some(&Kind::Time) && days < DAYS_OF_NO_DATE;
        match days {
            _ if days < 0.0 => number(days),
            _ if of_times && days > 1.0 && days.fract() == 0.0 => number(days),
            _ if days < 1.0 || self.is_duration || of_times => clock(),
            _ => self.point.clone(),
        }
    }
}

/// A date, or a date and a time of day: `2019-11-11`, `2019-11-11 18:00`.
///
/// Spreadsheets count days, so that a time is a fraction: it is taken to the nearest second, and
/// seconds are written only where there are some.
pub fn point(point: DateTime) -> String {
    let point = nearest_second(point);
    let time = clock(
        i64::from(point.hour()) * 3600 + i64::from(point.minute()) * 60 + i64::from(point.second()),
    );
    match point.time() == jiff::civil::Time::midnight() {
        true => point.date().to_string(),
        false => format!("{} {time}", point.date()),
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

/// A date or time as ISO 8601 writes it: `2019-11-11`, `2019-11-11T18:00:00`. A `Z` behind it
/// stands for no time zone in a spreadsheet, which has none.
///
/// Spreadsheets keep a time of day as one on the day from which they count, and some write it so:
/// `1899-12-30T18:00:00`.
pub fn iso_point(text: &str) -> Value {
    let bare = text.trim().trim_end_matches(['Z', 'z']);
    match (bare.parse::<DateTime>(), bare.parse::<jiff::civil::Time>()) {
        (Ok(parsed), _) => match days_since_origin(parsed) {
            days if (0.0..DAYS_OF_NO_DATE).contains(&days) => {
                Value::Days(Days::new(days, false, point(parsed)))
            }
            _ => Value::Text(point(parsed)),
        },
        (_, Ok(time)) => {
            let since = time.duration_since(jiff::civil::Time::midnight());
            Value::Text(clock((since.as_secs_f64()).round() as i64))
        }
        _ => Value::Text(text.to_owned()),
    }
}

/// Days and parts of a day since the day from which spreadsheets count.
fn days_since_origin(point: DateTime) -> f64 {
    const ORIGIN: DateTime = DateTime::constant(1899, 12, 30, 0, 0, 0, 0);
    point.duration_since(ORIGIN).as_secs_f64() / 86_400.0
}

/// A time of day or a duration as OpenDocument writes it: `PT18H00M00S`.
pub fn iso_span(text: &str) -> Value {
    let seconds = text.trim().parse::<jiff::Span>().ok().and_then(|span| {
        let total = span.total((Unit::Second, SpanRelativeTo::days_are_24_hours()));
        total.ok().filter(|total| *total >= 0.0)
    });
    match seconds {
        Some(seconds) => Value::Days(Days::new(seconds / 86_400.0, true, String::new())),
        None => Value::Text(text.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::schema::{Number, Scale};
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

    const HOURS: Kind = Kind::Number(Number {
        scale: Scale::Minutes,
        min: 0,
        max: 8760,
        above_min: false,
    });

    #[test]
    fn dates_and_times_are_written_as_tables_hold_them() {
        let at = |text: &str| text.parse::<DateTime>().expect("a point of time");
        assert_eq!(point(at("2019-11-11T00:00:00")), "2019-11-11");
        assert_eq!(point(at("2019-11-11T18:00:00")), "2019-11-11 18:00");
        assert_eq!(point(at("2019-11-11T23:59:59.999")), "2019-11-12");
        let iso = |text: &str| iso_point(text).text(Some(&Kind::Time)).into_owned();
        assert_eq!(iso("2019-11-11"), "2019-11-11");
        assert_eq!(iso("2019-11-11T00:00:00.000Z"), "2019-11-11");
        assert_eq!(iso("2019-11-11T18:00:00"), "2019-11-11 18:00");
        assert_eq!(iso("18:00:00"), "18:00");
        assert_eq!(iso("nonsense"), "nonsense");
        // a time of day on the day from which days are counted, and what is none
        assert_eq!(iso("1899-12-30T18:00:00.000Z"), "18:00");
        assert_eq!(iso("1899-12-30T00:00:00"), "00:00");
        assert_eq!(iso("1899-12-31T00:00:00"), "24:00");
        assert_eq!(iso("1900-01-08"), "9");
        assert_eq!(iso("1899-12-29T18:00:00"), "1899-12-29 18:00");
        let span = |text: &str, kind| iso_span(text).text(kind).into_owned();
        assert_eq!(span("PT18H00M00S", Some(&Kind::Time)), "18:00");
        assert_eq!(span("PT26H30M05S", None), "26:30:05");
        assert_eq!(span("P nonsense", None), "P nonsense");
    }

    #[test]
    fn days_are_what_their_column_holds() {
        let days = |days: f64, is_duration, kind| {
            Days::new(days, is_duration, "1900-01-09".to_owned()).text(Some(kind))
        };
        assert_eq!(days(0.75, false, &Kind::Time), "18:00");
        // 09:04:59.9 is 09:05 to the second; 23:59:59.6 is no 00:00 of the same day
        assert_eq!(days(32_699.9 / 86_400.0, false, &Kind::Time), "09:05");
        assert_eq!(days(86_399.6 / 86_400.0, false, &Kind::Time), "24:00");
        assert_eq!(days(1.0, false, &Kind::Time), "24:00");
        assert_eq!(days(9.0, false, &Kind::Time), "9");
        assert_eq!(days(9.0, true, &Kind::Time), "9");
        assert_eq!(days(9.0, false, &Kind::Date), "1900-01-09");
        assert_eq!(days(1.5, true, &HOURS), "36:00");
        assert_eq!(days(0.5, false, &HOURS), "12:00");
        // shown as 00:00 in the cell, so nobody knows what was meant
        assert_eq!(days(9.0, false, &HOURS), "1900-01-09");
    }
}
