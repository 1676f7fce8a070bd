//! Local time and the horizon's minutes.
//!
//! Points of time are minutes since Monday 00:00 UTC of the first week. Days count from 0, the
//! first Monday, by the local calendar of a place: day 7 is the Monday of week 2, day −1 the
//! Sunday before. On a dated horizon a place follows the rules of its time zone, so that a day may
//! have 23 or 25 hours; on a typical week, which has no dates, it keeps the offset that was in
//! force at the first Monday.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::{Offset, TimeZone};

use crate::instance::{Horizon, Instance, Leg, PlaceId};
use crate::units::Minutes;

const DAY_MINUTES: i64 = 24 * 60;
/// Days before the first Monday that are laid out in advance.
const DAYS_BEFORE: i32 = 9;
const WEEKDAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

/// Converts between the horizon's minutes and the local time of places.
#[derive(Clone, Debug)]
pub struct Calendar {
    horizon: Horizon,
    week_start: Date,
    epoch: i64,
    zones: Vec<Zone>,
    zone_of_place: Vec<usize>,
}

/// A time zone with its midnights around the horizon.
#[derive(Clone, Debug)]
struct Zone {
    time_zone: TimeZone,
    /// Minutes east of UTC at the first Monday.
    offset: i64,
    /// Midnights from day −[`DAYS_BEFORE`] on; empty on a typical week.
    midnights: Vec<Minutes>,
}

impl Calendar {
    /// The calendar of an instance.
    pub fn new(instance: &Instance) -> Self {
        let settings = &instance.settings;
        let epoch = Offset::UTC
            .to_timestamp(settings.week_start.at(0, 0, 0, 0))
            .map_or(0, Timestamp::as_second);
        let mut calendar = Self {
            horizon: settings.horizon,
            week_start: settings.week_start,
            epoch,
            zones: Vec::new(),
            zone_of_place: Vec::new(),
        };
        let days = DAYS_BEFORE + settings.weeks_of_runs() * 7 + 2 * longest_way_days(instance) + 14;
        for place in &instance.places {
            let known = calendar
                .zones
                .iter()
                .position(|zone| zone.time_zone == place.time_zone);
            let index = known.unwrap_or_else(|| {
                let zone = calendar.lay_out(&place.time_zone, days);
                calendar.zones.push(zone);
                calendar.zones.len() - 1
            });
            calendar.zone_of_place.push(index);
        }
        calendar
    }

    fn lay_out(&self, time_zone: &TimeZone, days: i32) -> Zone {
        let offset = Timestamp::from_second(self.epoch).map_or(0, |first| {
            i64::from(time_zone.to_offset(first).seconds()).div_euclid(60)
        });
        let mut zone = Zone {
            time_zone: time_zone.clone(),
            offset,
            midnights: Vec::new(),
        };
        if self.horizon == Horizon::Dated {
            zone.midnights = (0..days)
                .map(|day| self.resolve(&zone, day - DAYS_BEFORE, Time::midnight()))
                .collect();
        }
        zone
    }

    /// Which kind of horizon it is.
    pub fn horizon(&self) -> Horizon {
        self.horizon
    }

    /// The time at which the local clock of `place` shows `time` on `day`. A time that the spring
    /// change skips is read an hour later, a time that the autumn change repeats as the first.
    pub fn at(&self, place: PlaceId, day: i32, time: Time) -> Minutes {
        let zone = self.zone(place);
        if self.horizon == Horizon::TypicalWeek {
            return zone.fixed(day, time);
        }
        match (zone.midnight(day), zone.midnight(day + 1)) {
            (Some(start), Some(end)) if (end - start).0 == DAY_MINUTES => {
                start + Minutes(minute_of_day(time))
            }
            _ => self.resolve(zone, day, time),
        }
    }

    /// The local midnight at which `day` begins.
    pub fn midnight(&self, place: PlaceId, day: i32) -> Minutes {
        match self.zone(place).midnight(day) {
            Some(midnight) => midnight,
            None => self.at(place, day, Time::midnight()),
        }
    }

    /// The local day that contains `point`.
    pub fn day(&self, place: PlaceId, point: Minutes) -> i32 {
        let zone = self.zone(place);
        let guess = (point.0 + zone.offset).div_euclid(DAY_MINUTES) as i32;
        if self.horizon == Horizon::TypicalWeek {
            return guess;
        }
        // The offset may have changed since the first Monday by less than a day.
        let mut day = guess - 1;
        while self.midnight(place, day + 1) <= point {
            day += 1;
        }
        day
    }

    /// The local week that contains `point`, from 0.
    pub fn week(&self, place: PlaceId, point: Minutes) -> i32 {
        self.day(place, point).div_euclid(7)
    }

    /// The first time from `from` on at which the local clock of `place` shows `time`.
    pub fn next(&self, place: PlaceId, from: Minutes, time: Time) -> Minutes {
        let mut day = self.day(place, from);
        loop {
            let point = self.at(place, day, time);
            if point >= from {
                return point;
            }
            day += 1;
        }
    }

    /// When a later leg leaves whose run is ready at its origin from `ready` on: at once, or at its
    /// next time of day where it has one.
    pub fn leaves(&self, leg: &Leg, ready: Minutes) -> Minutes {
        match leg.departs {
            None => ready,
            Some(time) => self.next(leg.origin, ready, time),
        }
    }

    /// The date of a day.
    pub fn date(&self, day: i32) -> Date {
        self.week_start
            .saturating_add(jiff::Span::new().days(i64::from(day)))
    }

    /// The day of a date.
    pub fn day_of(&self, date: Date) -> i32 {
        self.week_start
            .until(date)
            .map_or(i32::MAX / 2, |span| span.get_days())
    }

    /// Local text of a point of time: `2019-11-11 18:00`, or `W1 Mon 18:00` on a typical week.
    pub fn text(&self, place: PlaceId, point: Minutes) -> String {
        let (day, minute) = self.clock(place, point);
        format!(
            "{} {:02}:{:02}",
            self.day_text(day),
            minute / 60,
            minute % 60
        )
    }

    /// Text of a day: `2019-11-11`, or `W1 Mon` on a typical week.
    pub fn day_text(&self, day: i32) -> String {
        match self.horizon {
            Horizon::Dated => self.date(day).to_string(),
            Horizon::TypicalWeek => {
                let weekday = WEEKDAYS[day.rem_euclid(7) as usize];
                format!("W{} {weekday}", day.div_euclid(7) + 1)
            }
        }
    }

    /// Reads what [`Self::text`] writes; `None` if it is no such text.
    pub fn parse(&self, place: PlaceId, text: &str) -> Option<Minutes> {
        let (day, clock) = text.rsplit_once(' ')?;
        let (hour, minute) = clock.split_once(':')?;
        let time = Time::new(two_digits(hour)?, two_digits(minute)?, 0, 0).ok()?;
        Some(self.at(place, self.parse_day(day)?, time))
    }

    /// Reads what [`Self::day_text`] writes; `None` if it is no such text.
    pub fn parse_day(&self, text: &str) -> Option<i32> {
        match self.horizon {
            Horizon::Dated => {
                let date: Date = text.parse().ok()?;
                (date.to_string() == text).then(|| self.day_of(date))
            }
            Horizon::TypicalWeek => {
                let (week, weekday) = text.strip_prefix('W')?.split_once(' ')?;
                let weekday = WEEKDAYS.iter().position(|&name| name == weekday)? as i32;
                let week: i32 = week.parse().ok()?;
                week.checked_sub(1)?.checked_mul(7)?.checked_add(weekday)
            }
        }
    }

    /// The local day and the minute of it that the clock shows.
    fn clock(&self, place: PlaceId, point: Minutes) -> (i32, i64) {
        let day = self.day(place, point);
        let start = self.midnight(place, day);
        if (self.midnight(place, day + 1) - start).0 == DAY_MINUTES {
            return (day, (point - start).0);
        }
        let shown = Timestamp::from_second(self.epoch + point.0 * 60).map_or(0, |instant| {
            minute_of_day(self.zone(place).time_zone.to_datetime(instant).time())
        });
        (day, shown)
    }

    fn zone(&self, place: PlaceId) -> &Zone {
        &self.zones[self.zone_of_place[place.at()]]
    }

    /// Asks the time zone itself.
    fn resolve(&self, zone: &Zone, day: i32, time: Time) -> Minutes {
        let local = DateTime::from_parts(self.date(day), time);
        match zone.time_zone.to_timestamp(local) {
            Ok(instant) => Minutes((instant.as_second() - self.epoch).div_euclid(60)),
            Err(_) => zone.fixed(day, time),
        }
    }
}

impl Zone {
    fn fixed(&self, day: i32, time: Time) -> Minutes {
        Minutes(i64::from(day) * DAY_MINUTES + minute_of_day(time) - self.offset)
    }

    fn midnight(&self, day: i32) -> Option<Minutes> {
        let index = usize::try_from(day.checked_add(DAYS_BEFORE)?).ok()?;
        self.midnights.get(index).copied()
    }
}

/// The longest time that any product may take, in days rounded up.
fn longest_way_days(instance: &Instance) -> i32 {
    let longest = instance
        .products
        .iter()
        .map(|product| product.promise.0 + product.max_late.0)
        .max()
        .unwrap_or(0);
    (longest / DAY_MINUTES).clamp(0, 3650) as i32 + 1
}

fn minute_of_day(time: Time) -> i64 {
    i64::from(time.hour()) * 60 + i64::from(time.minute())
}

fn two_digits(text: &str) -> Option<i8> {
    (text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit()))
        .then(|| text.parse().ok())
        .flatten()
}
