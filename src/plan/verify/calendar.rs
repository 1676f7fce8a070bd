//! Local days and times as minutes, and the text that plans use for them.

use jiff::civil::{Date, Time};
use jiff::tz::{Offset, TimeZone};
use jiff::{Span, Timestamp};

use crate::instance::{Horizon, Instance, PlaceId};
use crate::units::{DAY, Minutes};

const WEEKDAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

/// Translates between minutes and what clocks on walls show.
///
/// Days are counted from the local Monday of `week_start`, minutes from its Monday 00:00 UTC. In
/// a typical week each place keeps the offset from UTC that it has at that moment, so that every
/// week is 10,080 minutes long everywhere.
#[derive(Debug)]
pub(super) struct Calendar {
    start: Date,
    epoch: Timestamp,
    typical: bool,
    zones: Vec<TimeZone>,
}

impl Calendar {
    pub(super) fn new(instance: &Instance) -> Self {
        let start = instance.settings.week_start;
        let epoch = TimeZone::UTC
            .to_timestamp(start.at(0, 0, 0, 0))
            .unwrap_or(Timestamp::UNIX_EPOCH);
        let typical = instance.settings.horizon == Horizon::TypicalWeek;
        let zone = |zone: &TimeZone| match typical {
            true => TimeZone::fixed(zone.to_offset(epoch)),
            false => zone.clone(),
        };
        let zones = instance
            .places
            .iter()
            .map(|place| zone(&place.time_zone))
            .collect();
        Self {
            start,
            epoch,
            typical,
            zones,
        }
    }

    /// When the clocks of `place` show `time` on `day`; the later moment where clocks jump over
    /// it, the earlier one where they show it twice.
    pub(super) fn moment(&self, place: PlaceId, day: i64, time: Time) -> Minutes {
        let local = self.date(day).to_datetime(time);
        let ambiguous = self.zones[place.at()].to_ambiguous_timestamp(local);
        let seconds = ambiguous
            .compatible()
            .or_else(|_| Offset::UTC.to_timestamp(local))
            .map_or(0, Timestamp::as_second);
        Minutes((seconds - self.epoch.as_second()).div_euclid(60))
    }

    /// The midnight at which `day` starts at `place`.
    pub(super) fn midnight(&self, place: PlaceId, day: i64) -> Minutes {
        self.moment(place, day, Time::midnight())
    }

    /// The local day of a moment, and the minute of the day that clocks show.
    pub(super) fn local(&self, place: PlaceId, moment: Minutes) -> (i64, i64) {
        let seconds = self.epoch.as_second() + moment.0 * 60;
        let offset = Timestamp::from_second(seconds)
            .map_or(0, |at| self.zones[place.at()].to_offset(at).seconds());
        let local = moment.0 + i64::from(offset).div_euclid(60);
        (local.div_euclid(DAY.0), local.rem_euclid(DAY.0))
    }

    /// The local day of a moment.
    pub(super) fn day(&self, place: PlaceId, moment: Minutes) -> i64 {
        self.local(place, moment).0
    }

    /// The date of a day.
    pub(super) fn date(&self, day: i64) -> Date {
        let span = Span::new().try_days(day);
        span.map_or(self.start, |span| self.start.saturating_add(span))
    }

    /// The day of a date.
    pub(super) fn day_of(&self, date: Date) -> i64 {
        let span = self.start.until(date);
        span.map_or(i64::MIN, |span| i64::from(span.get_days()))
    }

    /// `2019-11-11`, or `W1 Mon` in a typical week.
    pub(super) fn day_text(&self, day: i64) -> String {
        if self.typical {
            let weekday = WEEKDAYS[day.rem_euclid(7) as usize];
            format!("W{} {weekday}", day.div_euclid(7) + 1)
        } else {
            self.date(day).to_string()
        }
    }

    /// The day as reasons say it: `Mon 11 Nov`, or `Mon` in a typical week.
    pub(super) fn day_words(&self, day: i64) -> String {
        if self.typical {
            WEEKDAYS[day.rem_euclid(7) as usize].to_owned()
        } else {
            self.date(day).strftime("%a %-d %b").to_string()
        }
    }

    /// `2019-11-11 18:00`, or `W1 Mon 18:00` in a typical week.
    pub(super) fn text(&self, place: PlaceId, moment: Minutes) -> String {
        let (day, minute) = self.local(place, moment);
        let (hour, minute) = (minute / 60, minute % 60);
        format!("{} {hour:02}:{minute:02}", self.day_text(day))
    }

    /// The day that [`Self::day_text`] wrote.
    pub(super) fn read_day(&self, text: &str) -> Option<i64> {
        if !self.typical {
            let date: Date = text.parse().ok()?;
            let day = self.day_of(date);
            return (self.day_text(day) == text).then_some(day);
        }
        let (week, weekday) = text.strip_prefix('W')?.split_once(' ')?;
        let week: i64 = week
            .parse()
            .ok()
            .filter(|week| (-999..=9_999).contains(week))?;
        let weekday = WEEKDAYS.iter().position(|&name| name == weekday)?;
        Some((week - 1) * 7 + weekday as i64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::verify::example;

    #[test]
    fn a_typical_week_keeps_the_offsets_of_its_monday() {
        let calendar = Calendar::new(&example::instance());
        // Xi'an is 8 hours ahead of UTC: Monday 18:00 there is 10:00 UTC
        let release = calendar.moment(example::XIAN, 0, Time::constant(18, 0, 0, 0));
        assert_eq!(release, Minutes(10 * 60));
        assert_eq!(calendar.text(example::XIAN, release), "W1 Mon 18:00");
        assert_eq!(calendar.read_day("W2 Sun"), Some(13));
        assert_eq!(calendar.read_day("W0 Sun"), Some(-1));
        assert_eq!(calendar.day_text(-1), "W0 Sun");
        assert_eq!(calendar.read_day("2019-11-11"), None);
    }

    #[test]
    fn dated_weeks_follow_the_clocks() {
        let mut instance = example::instance();
        instance.settings.horizon = Horizon::Dated;
        instance.settings.week_start = Date::constant(2019, 10, 21);
        let calendar = Calendar::new(&instance);
        // Liège: summer time (UTC+2) until Sunday 27 October 03:00, then UTC+1
        let before = calendar.midnight(example::LIEGE, 0);
        assert_eq!(before, Minutes(-120));
        let after = calendar.midnight(example::LIEGE, 7);
        assert_eq!(after, Minutes(7 * 1440 - 60));
        assert_eq!(calendar.local(example::LIEGE, after), (7, 0));
        assert_eq!(calendar.read_day("2019-10-28"), Some(7));
        assert_eq!(calendar.read_day("2019-10-8"), None);
    }
}
