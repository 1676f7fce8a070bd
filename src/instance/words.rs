//! From the text of a cell to its value: ids, times, dates, weekdays, words.

use jiff::civil::{Date, Time};
use jiff::tz::{TimeZone, TimeZoneDatabase};

use super::codes::Code;
use super::fields::Fault;
use super::findings::{nearest, quoted};

/// The most characters of an id.
const LONGEST_ID: usize = 64;
/// The most characters of a free text.
const LONGEST_TEXT: usize = 1000;
/// The years that a date may be in.
const YEARS: std::ops::RangeInclusive<i16> = 1970..=2200;

/// Checks an id: it must be safe in paths, file names and spreadsheets.
pub(super) fn id(text: &str) -> Result<&str, Fault> {
    let fits = text.chars().count() <= LONGEST_ID
        && !text.starts_with(['=', '+', '-', '@', '.'])
        && !text.contains("  ")
        && text
            .chars()
            .all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | ' '));
    match fits {
        true => Ok(text),
        false => Err(Fault::new(
            Code::BadId,
            format!("{} cannot be an id", quoted(text)),
            "use up to 64 letters, digits, `_`, `-`, `.` and single spaces, starting with a letter, a digit or `_`",
        )),
    }
}

/// Checks a free text.
pub(super) fn free_text(text: &str) -> Result<&str, Fault> {
    let fits = text.chars().count() <= LONGEST_TEXT
        && !text
            .chars()
            .any(|c| c.is_control() && c != '\n' && c != '\t');
    match fits {
        true => Ok(text),
        false => Err(Fault::new(
            Code::BadText,
            format!(
                "{} is longer than {LONGEST_TEXT} characters, or has control characters",
                quoted(text)
            ),
            "shorten it, or type it anew",
        )),
    }
}

/// The position of a word among those that a column knows.
pub(super) fn word(text: &str, known: &[&str]) -> Result<usize, Fault> {
    known.iter().position(|word| *word == text).ok_or_else(|| {
        let remedy = match nearest(text, known.iter().copied()) {
            Some(word) => format!("did you mean `{word}`?"),
            None => format!("write one of {}", known.join(", ")),
        };
        Fault::new(
            Code::UnknownWord,
            format!("{} is not one of the column's words", quoted(text)),
            remedy,
        )
    })
}

/// `yes` or `no`.
pub(super) fn yes_no(text: &str) -> Result<bool, Fault> {
    match text {
        "yes" => Ok(true),
        "no" => Ok(false),
        _ => Err(Fault::new(
            Code::NotYesNo,
            format!("{} is neither yes nor no", quoted(text)),
            "write `yes` or `no`",
        )),
    }
}

/// A time of day: `18:00`, `9:05`, or `18:00:00` as spreadsheets save it.
pub(super) fn time(text: &str) -> Result<Time, Fault> {
    let parsed = || {
        let mut parts = text.split(':');
        let hour = two_digits(parts.next()?)?;
        let minute = parts.next().filter(|m| m.len() == 2).and_then(two_digits)?;
        if parts.next().is_some_and(|seconds| seconds != "00") || parts.next().is_some() {
            return None;
        }
        Time::new(hour, minute, 0, 0).ok()
    };
    parsed().ok_or_else(|| {
        Fault::new(
            Code::NotATime,
            format!("{} is not a time", quoted(text)),
            "write HH:MM between 00:00 and 23:59",
        )
    })
}

fn two_digits(text: &str) -> Option<i8> {
    let digits = (1..=2).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    digits.then(|| text.parse().ok()).flatten()
}

/// A date: `2019-11-11`.
pub(super) fn date(text: &str) -> Result<Date, Fault> {
    let parts: Vec<&str> = text.split(['-', '/', '.']).collect();
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    let &[year, month, day] = parts.as_slice() else {
        return Err(not_a_date(text));
    };
    if !parts.iter().all(|part| digits(part)) {
        return Err(not_a_date(text));
    }
    if year.len() <= 2 && day.len() >= 2 {
        return Err(Fault::new(
            Code::AmbiguousDate,
            format!("{} can be read as more than one date", quoted(text)),
            "write year-month-day, such as 2019-11-11",
        ));
    }
    if year.len() != 4 || month.len() != 2 || day.len() != 2 || text.contains(['/', '.']) {
        return Err(not_a_date(text));
    }
    let date = two_digits(month)
        .zip(two_digits(day))
        .zip(year.parse().ok())
        .and_then(|((month, day), year)| Date::new(year, month, day).ok())
        .ok_or_else(|| {
            Fault::new(
                Code::NotADate,
                format!("{} is not in the calendar", quoted(text)),
                "correct the month or the day",
            )
        })?;
    match YEARS.contains(&date.year()) {
        true => Ok(date),
        false => Err(Fault::new(
            Code::OutOfRange,
            format!("{} is out of range", quoted(text)),
            format!("write a year from {} to {}", YEARS.start(), YEARS.end()),
        )),
    }
}

fn not_a_date(text: &str) -> Fault {
    Fault::new(
        Code::NotADate,
        format!("{} is not a date", quoted(text)),
        "write year-month-day, such as 2019-11-11",
    )
}

/// Weekdays: `daily`, `135` or `1.3.5..`; Monday is 1.
pub(super) fn days(text: &str) -> Result<[bool; 7], Fault> {
    let mut days = [false; 7];
    if text == "daily" {
        return Ok([true; 7]);
    }
    let positional = text.contains('.');
    let mut last = None;
    for (position, c) in text.chars().enumerate() {
        let day = match c {
            '.' if position < 7 => continue,
            '1'..='7' => c as usize - '1' as usize,
            _ => return Err(not_days(text)),
        };
        let in_order = last.is_none_or(|last| last < day);
        if !in_order || (positional && position != day) {
            return Err(not_days(text));
        }
        last = Some(day);
        days[day] = true;
    }
    let complete = !positional || text.len() == 7;
    match last.is_some() && complete {
        true => Ok(days),
        false => Err(not_days(text)),
    }
}

fn not_days(text: &str) -> Fault {
    Fault::new(
        Code::NotDays,
        format!("{} is not a pattern of weekdays", quoted(text)),
        "write `daily`, or days from Monday = 1 in order: `135` or `1.3.5..`",
    )
}

/// An IANA time zone from the database that railair carries, so that every machine has the same.
pub(super) fn time_zone(text: &str) -> Result<TimeZone, Fault> {
    let database = TimeZoneDatabase::bundled();
    database.get(text).map_err(|_| {
        let known: Vec<String> = match text.len() < 64 {
            true => database.available().map(|name| name.to_string()).collect(),
            false => Vec::new(),
        };
        let remedy = match nearest(text, known.iter().map(String::as_str)) {
            Some(name) => format!("did you mean `{name}`?"),
            None => "write an IANA name, such as Europe/Brussels".to_owned(),
        };
        Fault::new(
            Code::UnknownTimeZone,
            format!("{} is not a time zone", quoted(text)),
            remedy,
        )
    })
}

/// An ISO 4217 currency.
pub(super) fn currency(text: &str) -> Result<&str, Fault> {
    match text.len() == 3 && text.bytes().all(|b| b.is_ascii_uppercase()) {
        true => Ok(text),
        false => Err(Fault::new(
            Code::BadCurrency,
            format!("{} is not a currency", quoted(text)),
            "write three capital letters, such as EUR",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_of_day() {
        assert_eq!(time("18:00").unwrap(), Time::constant(18, 0, 0, 0));
        assert_eq!(time("9:05").unwrap(), Time::constant(9, 5, 0, 0));
        assert_eq!(time("18:00:00").unwrap(), Time::constant(18, 0, 0, 0));
        for text in [
            "25:10",
            "24:00",
            "9:5",
            "9.30",
            "18",
            "18:00:30",
            "+9:00",
            "18:00:00:00",
        ] {
            assert_eq!(time(text).unwrap_err().code, Code::NotATime, "{text}");
        }
    }

    #[test]
    fn dates_are_year_month_day_and_nothing_else() {
        assert_eq!(date("2019-11-11").unwrap(), Date::constant(2019, 11, 11));
        let code = |text| date(text).unwrap_err().code;
        assert_eq!(code("11/11/2019"), Code::AmbiguousDate);
        assert_eq!(code("3.4.2019"), Code::AmbiguousDate);
        assert_eq!(code("03-04-19"), Code::AmbiguousDate);
        assert_eq!(code("2019-02-30"), Code::NotADate);
        assert_eq!(code("2019/11/11"), Code::NotADate);
        assert_eq!(code("20191111"), Code::NotADate);
        assert_eq!(code("0019-11-11"), Code::OutOfRange);
    }

    #[test]
    fn weekdays_by_number_or_by_position() {
        let monday_wednesday_friday = [true, false, true, false, true, false, false];
        assert_eq!(days("135").unwrap(), monday_wednesday_friday);
        assert_eq!(days("1.3.5..").unwrap(), monday_wednesday_friday);
        assert_eq!(days("daily").unwrap(), [true; 7]);
        for text in [
            "", ".......", "531", "11", "8", "1.3", "13.5...", "Mon", "1.3.5...",
        ] {
            assert_eq!(days(text).unwrap_err().code, Code::NotDays, "{text}");
        }
    }

    #[test]
    fn ids_are_safe_in_paths_and_spreadsheets() {
        for text in ["C_YIWU", "HKG-LGG 748", "郑州", "Małaszewicze", "7"] {
            assert_eq!(id(text), Ok(text));
        }
        for text in [
            "=A1", "-x", "@a", "a/b", "a>b", "a@b", "a,b", "a  b", "..", "a\u{1b}",
        ] {
            assert_eq!(id(text).unwrap_err().code, Code::BadId, "{text}");
        }
        assert_eq!(id(&"x".repeat(65)).unwrap_err().code, Code::BadId);
    }

    #[test]
    fn a_misspelled_zone_gets_the_nearest() {
        assert!(time_zone("Asia/Shanghai").is_ok());
        let fault = time_zone("Europe/Brusels").unwrap_err();
        assert_eq!(fault.remedy, "did you mean `Europe/Brussels`?");
    }
}
