//! From the text of a cell to its value: ids, times, dates, weekdays, words.

use jiff::civil::{Date, Time};

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
        let remedy = match (two_digits(text), part_of_day(text)) {
            (Some(hour @ 0..24), _) => format!("write `{hour:02}:00` if that is the hour"),
            (_, Some(time)) => format!(
                "as a part of a day it is `{time}`: write that, or give the cell the format of a time"
            ),
            _ if text.starts_with("24:00") => "midnight is `00:00` of the next day".to_owned(),
            _ => "write HH:MM between 00:00 and 23:59".to_owned(),
        };
        let message = format!("{} is not a time", quoted(text));
        Fault::new(Code::NotATime, message, remedy)
    })
}

/// The time that a spreadsheet keeps as this part of a day, in whole minutes.
fn part_of_day(text: &str) -> Option<String> {
    let digits = text.strip_prefix("0.")?;
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let minutes = text.parse::<f64>().ok()? * 1440.0;
    let whole = minutes.round();
    let is_whole = (minutes - whole).abs() < 1e-6 && whole < 1440.0;
    is_whole.then(|| format!("{:02}:{:02}", whole as u32 / 60, whole as u32 % 60))
}

/// The date that a spreadsheet keeps as this number of days, in years of which plans are made.
fn counted_date(text: &str) -> Option<Date> {
    const ORIGIN: Date = Date::constant(1899, 12, 30);
    let is_count = text.len() == 5 && text.bytes().all(|b| b.is_ascii_digit());
    let days: i64 = text.parse().ok().filter(|_| is_count)?;
    let date = ORIGIN.checked_add(jiff::Span::new().days(days)).ok()?;
    YEARS.contains(&date.year()).then_some(date)
}

fn two_digits(text: &str) -> Option<i8> {
    let digits = (1..=2).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    digits.then(|| text.parse().ok()).flatten()
}

/// A date: `2019-11-11`, or its midnight as programs write it: `2019-11-11T00:00:00`.
pub(super) fn date(text: &str) -> Result<Date, Fault> {
    let whole = text;
    let text = without_midnight(text);
    let parts: Vec<&str> = text.split(['-', '/', '.']).collect();
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    let &[year, month, day] = parts.as_slice() else {
        return Err(not_a_date(whole));
    };
    if !parts.iter().all(|part| digits(part)) {
        return Err(not_a_date(whole));
    }
    if year.len() <= 2 && day.len() >= 2 {
        return Err(Fault::new(
            Code::AmbiguousDate,
            format!("{} can be read as more than one date", quoted(text)),
            "write year-month-day, such as 2019-11-11",
        ));
    }
    if year.len() != 4 || month.len() != 2 || day.len() != 2 || text.contains(['/', '.']) {
        return Err(not_a_date(whole));
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

/// A date without the midnight behind it.
fn without_midnight(text: &str) -> &str {
    let Some((date, time)) = text.split_once(['T', ' ']) else {
        return text;
    };
    let time = time.trim_end_matches('Z');
    let (seconds, fraction) = time.split_once('.').unwrap_or((time, ""));
    let midnight = matches!(seconds, "00:00" | "00:00:00") && fraction.bytes().all(|b| b == b'0');
    if midnight { date } else { text }
}

fn not_a_date(text: &str) -> Fault {
    let remedy = match counted_date(text) {
        Some(date) => {
            format!(
                "as a count of days it is `{date}`: write that, or give the cell the format of a date"
            )
        }
        None => "write year-month-day, such as 2019-11-11".to_owned(),
    };
    let message = format!("{} is not a date", quoted(text));
    Fault::new(Code::NotADate, message, remedy)
}

/// Weekdays, Monday is 1: `daily`; digits in order, `135`, perhaps with blanks between, `1 3 5`;
/// or each in its place among seven, with dots for days without service, `1.3.5..`, of which the
/// last may be left out, `.2.4`.
///
/// Whatever stands between them, digits name their days, so that blanks that were trimmed away
/// change nothing. Two readings has only what is a number too: `1.3` may stand for Monday to
/// Wednesday.
pub(super) fn days(text: &str) -> Result<[bool; 7], Fault> {
    if text == "daily" {
        return Ok([true; 7]);
    }
    let has_dots = text.contains('.');
    let is_number = has_dots && text.parse::<f64>().is_ok();
    let mut days = [false; 7];
    let mut last = None;
    for (place, c) in text.chars().enumerate() {
        let day = match c {
            '1'..='7' => c as usize - '1' as usize,
            '.' if place < 7 => continue,
            ' ' if !has_dots => continue,
            _ => return Err(not_days(text)),
        };
        if last.is_some_and(|last| last >= day) || (has_dots && place != day) {
            return Err(not_days(text));
        }
        last = Some(day);
        days[day] = true;
    }
    match last.is_some() && !is_number {
        true => Ok(days),
        false => Err(not_days(text)),
    }
}

fn not_days(text: &str) -> Fault {
    Fault::new(
        Code::NotDays,
        format!("{} is not a pattern of weekdays", quoted(text)),
        "write `daily`, or days from Monday = 1 in order: `135`, `1 3 5` or `1.3.5..`",
    )
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
        assert_eq!(
            time("9").unwrap_err().remedy,
            "write `09:00` if that is the hour"
        );
        assert_eq!(
            time("24:00").unwrap_err().remedy,
            "midnight is `00:00` of the next day"
        );
    }

    /// Programs drop the format of a cell, and what is left of a time or a date is a number.
    #[test]
    fn numbers_of_days_are_refused_with_what_they_were() {
        let remedy = |text: &str| time(text).unwrap_err().remedy;
        for (text, was) in [
            ("0.75", "`18:00`"),
            ("0.979166666666667", "`23:30`"),
            ("0.0006944444444", "`00:01`"),
        ] {
            assert!(remedy(text).contains(was), "{}", remedy(text));
        }
        for text in ["0.7501", "0.", "1.75", "0.99999999999", "-0.5"] {
            assert!(remedy(text).starts_with("write HH:MM"), "{text}");
        }
        let remedy = |text: &str| date(text).unwrap_err().remedy;
        assert!(remedy("43745").contains("`2019-10-07`"));
        for text in ["00191", "4374", "9999a"] {
            assert!(remedy(text).starts_with("write year-month-day"), "{text}");
        }
    }

    #[test]
    fn dates_are_year_month_day_and_nothing_else() {
        assert_eq!(date("2019-11-11").unwrap(), Date::constant(2019, 11, 11));
        let code = |text| date(text).unwrap_err().code;
        for text in [
            "2019-11-11T00:00:00",
            "2019-11-11 00:00",
            "2019-11-11T00:00:00.000Z",
        ] {
            assert_eq!(date(text).unwrap(), Date::constant(2019, 11, 11), "{text}");
        }
        assert_eq!(code("2019-11-11T18:00:00"), Code::NotADate);
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
        assert_eq!(days("1.3.5").unwrap(), monday_wednesday_friday);
        assert_eq!(days("1 3 5").unwrap(), monday_wednesday_friday);
        let tuesday_thursday = [false, true, false, true, false, false, false];
        // SSIM's " 2 4   " comes without the blanks around it
        for text in [".2.4...", ".2.4", "2 4", "2  4", "24"] {
            assert_eq!(days(text).unwrap(), tuesday_thursday, "{text}");
        }
        assert_eq!(days(".....67").unwrap()[5..], [true, true]);
        assert_eq!(days("daily").unwrap(), [true; 7]);
        for text in [
            "", ".......", "531", "11", "8", "1.3", ".2", "2.4", "13.5...", "Mon", "1.3.5...",
            "1 3.5", "5 3", "1,3", "1-5", "1.3.5. 7", " ",
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
}
