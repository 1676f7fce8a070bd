//! Time zones: their names, and whether they go with where a place lies.

use jiff::civil::Date;
use jiff::tz::{TimeZone, TimeZoneDatabase};

use super::codes::Code;
use super::fields::Fault;
use super::findings::{nearest, quoted};

/// The Monday on which a typical week starts unless it says otherwise: the first of a year, and
/// after the last change of rules in the database that railair carries (tz 2026e), so that a steady
/// week keeps the clocks of today. Never the day on which railair runs: the same tables give the
/// same plan.
pub(super) const TYPICAL_WEEK_START: Date = Date::constant(2027, 1, 4);
/// Hours by which a zone's standard time may differ from the sun's (western China: three).
const MOST_HOURS_FROM_THE_SUN: f64 = 3.5;
/// Degrees that the sun passes in an hour.
const DEGREES_PER_HOUR: f64 = 15.0;

/// A zone for each usual standard time, in minutes from UTC.
const ZONES: &[(i64, &str)] = &[
    (-600, "Pacific/Honolulu"),
    (-540, "America/Anchorage"),
    (-480, "America/Los_Angeles"),
    (-420, "America/Denver"),
    (-360, "America/Chicago"),
    (-300, "America/New_York"),
    (-240, "America/Halifax"),
    (-210, "America/St_Johns"),
    (-180, "America/Sao_Paulo"),
    (-60, "Atlantic/Azores"),
    (0, "Europe/London"),
    (60, "Europe/Brussels"),
    (120, "Europe/Athens"),
    (180, "Europe/Moscow"),
    (210, "Asia/Tehran"),
    (240, "Asia/Dubai"),
    (270, "Asia/Kabul"),
    (300, "Asia/Almaty"),
    (330, "Asia/Kolkata"),
    (345, "Asia/Kathmandu"),
    (360, "Asia/Dhaka"),
    (390, "Asia/Yangon"),
    (420, "Asia/Bangkok"),
    (480, "Asia/Shanghai"),
    (540, "Asia/Tokyo"),
    (570, "Australia/Adelaide"),
    (600, "Australia/Sydney"),
    (660, "Pacific/Noumea"),
    (720, "Pacific/Auckland"),
];

/// An IANA time zone from the database that railair carries, so that every machine has the same.
pub(super) fn named(text: &str) -> Result<TimeZone, Fault> {
    let database = TimeZoneDatabase::bundled();
    database.get(text).map_err(|_| {
        let known: Vec<String> = match text.len() < 64 {
            true => database.available().map(|name| name.to_string()).collect(),
            false => Vec::new(),
        };
        let by_offset = minutes_of(text).and_then(zone_at);
        let remedy = match by_offset.or_else(|| nearest(text, known.iter().map(String::as_str))) {
            Some(name) => format!("did you mean `{name}`?"),
            None => "write an IANA name, such as Europe/Brussels".to_owned(),
        };
        let message = format!("{} is not a time zone", quoted(text));
        Fault::new(Code::UnknownTimeZone, message, remedy)
    })
}

/// What is doubtful about a zone at a latitude and longitude. `UTC` is taken for meant.
pub(super) fn doubt(name: &str, zone: &TimeZone, (lat, lon): (f64, f64)) -> Option<Fault> {
    let standard = standard_minutes(zone)? as f64 / 60.0;
    let sun = lon / DEGREES_PER_HOUR;
    // the date line makes a day of difference and none of the clock
    let apart = (standard - sun + 12.0).rem_euclid(24.0) - 12.0;
    if name == "UTC" || apart.abs() <= MOST_HOURS_FROM_THE_SUN {
        return None;
    }
    let message = format!(
        "{name} is {} in winter, and by its longitude the place is near {}",
        utc(standard),
        utc((sun * 2.0).round() / 2.0)
    );
    let near = zone_of_place(lat, lon).map(|near| format!("did you mean `{near}`?"));
    let near = near.unwrap_or_else(|| "check the zone and the coordinates".to_owned());
    let remedy = match name.strip_prefix("Etc/GMT") {
        Some(sign) if sign.starts_with(['+', '-']) => {
            format!("`Etc/GMT+8` is eight hours behind UTC, not ahead; {near}")
        }
        _ => near,
    };
    Some(Fault::new(Code::DoubtfulTimeZone, message, remedy))
}

/// `UTC+8`, `UTC-3:30`.
fn utc(hours: f64) -> String {
    let minutes = (hours * 60.0).round() as i64;
    let sign = if minutes < 0 { '-' } else { '+' };
    match (minutes.abs() / 60, minutes.abs() % 60) {
        (hours, 0) => format!("UTC{sign}{hours}"),
        (hours, minutes) => format!("UTC{sign}{hours}:{minutes:02}"),
    }
}

/// A zone's offset from UTC outside of summer time.
fn standard_minutes(zone: &TimeZone) -> Option<i64> {
    let half_a_year = jiff::Span::new().weeks(26);
    let summer = TYPICAL_WEEK_START.checked_add(half_a_year).ok()?;
    let minutes = |date: Date| {
        let noon = date.at(12, 0, 0, 0).to_zoned(zone.clone()).ok()?;
        Some(i64::from(noon.offset().seconds()) / 60)
    };
    Some(minutes(TYPICAL_WEEK_START)?.min(minutes(summer)?))
}

fn zone_at(minutes: i64) -> Option<&'static str> {
    let found = ZONES.iter().find(|(offset, _)| *offset == minutes);
    found.map(|(_, name)| *name)
}

/// A zone that a place probably keeps: that of China far beyond its own sun.
fn zone_of_place(lat: f64, lon: f64) -> Option<&'static str> {
    match (18.0..54.0).contains(&lat) && (97.0..127.0).contains(&lon) {
        true => zone_at(480),
        false => zone_at((lon / DEGREES_PER_HOUR).round() as i64 * 60),
    }
}

/// The offset that a text like `GMT+8`, `UTC+05:30` or `+0800` gives, in minutes.
fn minutes_of(text: &str) -> Option<i64> {
    let upper = text.to_ascii_uppercase().replace(' ', "");
    let bare = upper.strip_prefix("UTC").or(upper.strip_prefix("GMT"));
    let bare = bare.unwrap_or(&upper);
    let sign = match bare.chars().next()? {
        '+' => 1,
        '-' | '−' => -1,
        _ => return None,
    };
    let digits = bare.trim_start_matches(['+', '-', '−']);
    let (hours, minutes) = match digits.split_once(':') {
        Some(parts) => parts,
        None if digits.len() == 4 && digits.is_ascii() => digits.split_at(2),
        None => (digits, "0"),
    };
    let number = |part: &str| part.parse::<u8>().ok().map(i64::from);
    Some(sign * (number(hours)? * 60 + number(minutes)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_misspelled_zone_gets_the_nearest() {
        assert!(named("Asia/Shanghai").is_ok());
        let fault = named("Europe/Brusels").unwrap_err();
        assert_eq!(fault.remedy, "did you mean `Europe/Brussels`?");
    }

    #[test]
    fn an_offset_gets_a_zone_that_has_it() {
        for text in ["GMT+8", "UTC+8", "utc +08:00", "+0800"] {
            assert_eq!(
                named(text).unwrap_err().remedy,
                "did you mean `Asia/Shanghai`?",
                "{text}"
            );
        }
        assert_eq!(
            named("GMT-5").unwrap_err().remedy,
            "did you mean `America/New_York`?"
        );
        assert_eq!(
            named("UTC+5:30").unwrap_err().remedy,
            "did you mean `Asia/Kolkata`?"
        );
        assert_eq!(minutes_of("+99999999999"), None);
        for (minutes, name) in ZONES {
            let zone = named(name).unwrap_or_else(|_| panic!("{name}"));
            assert_eq!(standard_minutes(&zone), Some(*minutes), "{name}");
        }
    }

    #[test]
    fn a_zone_far_from_the_sun_is_doubtful() {
        let said = |name: &str, place| doubt(name, &named(name).unwrap(), place).map(|f| f.remedy);
        // Hangzhou, at 120°, is eight hours ahead
        let hangzhou = (30.2, 120.4);
        assert_eq!(
            said("Europe/Brussels", hangzhou).as_deref(),
            Some("did you mean `Asia/Shanghai`?")
        );
        assert!(said("Etc/GMT+8", hangzhou).unwrap().contains("behind UTC"));
        assert_eq!(said("Asia/Shanghai", hangzhou), None);
        assert_eq!(said("Etc/GMT-8", hangzhou), None);
        assert_eq!(said("UTC", hangzhou), None);
        // Kashgar keeps Beijing's time three hours from its sun, Galicia Brussels' nearly two,
        // Kiritimati is a day ahead of its longitude
        for (name, place) in [
            ("Asia/Shanghai", (39.5, 76.0)),
            ("Europe/Madrid", (42.9, -8.5)),
            ("Pacific/Kiritimati", (1.9, -157.4)),
            ("America/New_York", (40.6, -73.8)),
        ] {
            assert_eq!(said(name, place), None, "{name}");
        }
        assert!(
            said("Europe/Brussels", (40.6, -73.8))
                .unwrap()
                .contains("New_York")
        );
    }

    /// The typical week lies after every change of rules: from there on each zone does the same
    /// year after year. (Morocco's clocks follow the moon in other months.)
    #[test]
    fn no_zone_changes_its_rules_after_the_typical_week() {
        let later = |weeks: i64| TYPICAL_WEEK_START + jiff::Span::new().weeks(weeks);
        for name in TimeZoneDatabase::bundled().available() {
            let zone = named(name.as_str()).unwrap();
            let offset = |date: Date| {
                date.at(12, 0, 0, 0)
                    .to_zoned(zone.clone())
                    .unwrap()
                    .offset()
            };
            for (before, after) in [(0, 52), (0, 104), (26, 78)] {
                assert_eq!(
                    offset(later(before)),
                    offset(later(after)),
                    "{}",
                    name.as_str()
                );
            }
        }
        let almaty = named("Asia/Almaty").unwrap();
        assert_eq!(standard_minutes(&almaty), Some(300));
    }
}
