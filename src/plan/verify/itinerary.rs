//! One path, walked step by step from its release with a watch in hand.

use crate::instance::{
    Demand, Direction, HandlingStep, Instance, Leg, Mode, Period, PlaceId, ServiceId,
};
use crate::units::Minutes;

use super::costs;
use super::names::{Name, departure_name, read_name};
use super::rules::forbidden;
use super::schedule::{Key, Schedule};

/// What parcels do on a path.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Itinerary {
    /// Departures in order.
    pub(super) rides: Vec<Ride>,
    /// Handling in order.
    pub(super) work: Vec<Work>,
    /// Waiting at places.
    pub(super) lying: Vec<Lying>,
    /// When it is over.
    pub(super) delivered: Minutes,
}

impl Itinerary {
    /// The departure that carries the parcels furthest, the first of equals.
    pub(super) fn main_haul(&self, schedule: &Schedule<'_>) -> Option<Key> {
        let mut main: Option<(i128, Key)> = None;
        for ride in &self.rides {
            let metres = costs::metres(schedule.leg(ride.departure));
            if main.is_none_or(|(most, _)| metres > most) {
                main = Some((metres, ride.departure));
            }
        }
        main.map(|(_, departure)| departure)
    }
}

/// A ride on a departure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Ride {
    /// Which departure; the day is that of the path, not yet shared between weeks.
    pub(super) departure: Key,
    /// Whether the parcels board here, rather than stay aboard.
    pub(super) boards: bool,
    /// When it leaves.
    pub(super) departs: Minutes,
}

/// Handling of a step in a bucket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Work {
    /// The step's position in the instance.
    pub(super) step: usize,
    /// The local day on which the bucket begins.
    pub(super) bucket: i64,
}

/// Waiting at a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Lying {
    pub(super) place: PlaceId,
    pub(super) from: Minutes,
    pub(super) to: Minutes,
}

/// Walks `path` for parcels of `demand` that are ready at `release`.
///
/// # Errors
/// What makes the path impossible, as the end of a sentence.
pub(super) fn walk(
    schedule: &mut Schedule<'_>,
    demand: &Demand,
    release: Minutes,
    path: &str,
) -> Result<Itinerary, String> {
    let mut names = Vec::new();
    for text in path.split('>') {
        names.push(read_name(schedule, text.trim())?);
    }
    let mut walker = Walker {
        schedule,
        demand,
        place: demand.origin,
        now: release,
        aboard: None,
        boards_on: None,
        itinerary: Itinerary {
            rides: Vec::new(),
            work: Vec::new(),
            lying: Vec::new(),
            delivered: release,
        },
    };
    let mut names = names.as_slice();
    while let Some((first, rest)) = names.split_first() {
        names = match *first {
            Name::Ride(key) => {
                walker.ride(key)?;
                rest
            }
            Name::Off { place, day } => {
                walker.get_off(place, day)?;
                rest
            }
            Name::Held { step, .. } if walker.aboard.is_none() => {
                return Err(format!("{step} is held where nothing has arrived"));
            }
            Name::Held { .. } => walker.unload(names)?,
        };
    }
    walker.unload(&[])?;
    walker.finish()
}

struct Walker<'s, 'i> {
    schedule: &'s mut Schedule<'i>,
    demand: &'s Demand,
    place: PlaceId,
    now: Minutes,
    aboard: Option<Key>,
    /// The day on which the next departure must leave, where the path says so.
    boards_on: Option<i64>,
    itinerary: Itinerary,
}

impl<'i> Walker<'_, 'i> {
    /// Boards a departure, or stays aboard where it is the next leg of the same run.
    fn ride(&mut self, key: Key) -> Result<(), String> {
        let stays = self
            .aboard
            .is_some_and(|(service, leg, day)| (service, leg + 1, day) == key);
        if !stays {
            self.unload(&[])?;
            self.goes_on()?;
        }
        let leg = self.schedule.leg(key);
        let departure = self.schedule.departure(key)?.clone();
        let name = self.name(key);
        if let Some(reason) = departure.stopped {
            return Err(format!("{name} does not run: {reason}"));
        }
        if departure.cancelled {
            return Err(format!("{name} does not run: cancelled"));
        }
        if leg.origin != self.place {
            let (leaves, at) = (self.id(leg.origin), self.id(self.place));
            return Err(format!(
                "{name} leaves {leaves}, but the parcels are at {at}"
            ));
        }
        self.permitted(key.0, leg, &name)?;
        if stays {
            if departure.departs < self.now {
                return Err(format!("{name} leaves before its leg before has arrived"));
            }
        } else {
            self.load(key, departure.departs, &name)?;
        }
        let day = self.schedule.calendar.day(leg.origin, departure.departs);
        if self.boards_on.take().is_some_and(|on| on != day) {
            let day = self.schedule.calendar.day_text(day);
            return Err(format!("{name} leaves on {day}"));
        }
        self.itinerary.rides.push(Ride {
            departure: key,
            boards: !stays,
            departs: departure.departs,
        });
        self.aboard = Some(key);
        self.place = leg.destination;
        self.now = departure.arrives;
        Ok(())
    }

    /// A way ends where parcels are first ready at their destination, off every vehicle.
    fn goes_on(&self) -> Result<(), String> {
        match self.itinerary.rides.is_empty() || self.place != self.demand.destination {
            true => Ok(()),
            false => Err(format!(
                "the path goes on from {}, where the parcels are delivered",
                self.id(self.place)
            )),
        }
    }

    /// Off the vehicle between two legs of its run.
    fn get_off(&mut self, place: PlaceId, day: i64) -> Result<(), String> {
        let name = self.id(place);
        if self.aboard.is_none() || self.place != place {
            return Err(format!("nothing has just arrived at {name}"));
        }
        self.unload(&[])?;
        self.boards_on = Some(day);
        Ok(())
    }

    /// Outbound steps, which end at the departure.
    fn load(&mut self, key: Key, departs: Minutes, name: &str) -> Result<(), String> {
        let mode = self.schedule.instance.services[key.0.at()].mode;
        let steps = self.steps(mode, Direction::Out);
        let all: i64 = steps.iter().map(|&(_, step)| step.duration.0).sum();
        let mut start = Minutes(departs.0 - all);
        if self.now > start {
            let place = self.place;
            let text = |moment| self.schedule.calendar.text(place, moment);
            let (ready, cut_off) = (text(self.now), text(start));
            return Err(format!(
                "parcels are ready at {ready}, after the cut-off of {name} at {cut_off}"
            ));
        }
        self.lie_until(start);
        for (index, step) in steps {
            self.work(index, step, start);
            start += step.duration;
        }
        Ok(())
    }

    /// Inbound steps, of which those that `names` starts with are held; what is left of `names`.
    fn unload<'n, 'a>(&mut self, mut names: &'n [Name<'a>]) -> Result<&'n [Name<'a>], String> {
        let Some(key) = self.aboard.take() else {
            return Ok(names);
        };
        let mode = self.schedule.instance.services[key.0.at()].mode;
        for (index, step) in self.steps(mode, Direction::In) {
            if let Some((&Name::Held { step: held, day }, rest)) = names.split_first()
                && held == step.name
            {
                self.hold(step, day)?;
                names = rest;
            }
            self.work(index, step, self.now);
            self.now += step.duration;
        }
        match names.first() {
            Some(Name::Held { step, .. }) => {
                let place = self.id(self.place);
                Err(format!("{step} is no step left to do at {place}"))
            }
            _ => Ok(names),
        }
    }

    /// Waits for the bucket of a step that begins on `day`.
    fn hold(&mut self, step: &HandlingStep, day: i64) -> Result<(), String> {
        let calendar = &self.schedule.calendar;
        let text = calendar.day_text(day);
        if step.per == Period::Week && day.rem_euclid(7) != 0 {
            return Err(format!(
                "{} is held to {text}, which is no Monday",
                step.name
            ));
        }
        let start = calendar.midnight(self.place, day);
        if start <= self.now {
            let ready = calendar.text(self.place, self.now);
            let step = &step.name;
            return Err(format!(
                "{step} is held to {text}, but can start at {ready}"
            ));
        }
        self.lie_until(start);
        self.now = start;
        Ok(())
    }

    fn lie_until(&mut self, moment: Minutes) {
        if moment > self.now {
            self.itinerary.lying.push(Lying {
                place: self.place,
                from: self.now,
                to: moment,
            });
        }
    }

    fn work(&mut self, index: usize, step: &HandlingStep, start: Minutes) {
        let day = self.schedule.calendar.day(self.place, start);
        self.itinerary.work.push(Work {
            step: index,
            bucket: bucket(step, day),
        });
    }

    /// The steps of a mode and direction here, in order.
    fn steps(&self, mode: Mode, direction: Direction) -> Vec<(usize, &'i HandlingStep)> {
        steps(self.schedule.instance, self.place, mode, direction)
    }

    fn permitted(&self, service: ServiceId, leg: &Leg, name: &str) -> Result<(), String> {
        match forbidden(self.schedule.instance, self.demand, service, leg) {
            None => Ok(()),
            Some(rule) => {
                let product = &self.schedule.instance.products[self.demand.product.at()].id;
                Err(format!(
                    "{product} may not use {name}: row {} of rules",
                    rule.row
                ))
            }
        }
    }

    fn finish(mut self) -> Result<Itinerary, String> {
        if self.boards_on.is_some() {
            return Err("the path ends where parcels were to board again".to_owned());
        }
        if self.place != self.demand.destination {
            let (ends, destination) = (self.id(self.place), self.id(self.demand.destination));
            return Err(format!("the path ends in {ends} instead of {destination}"));
        }
        self.itinerary.delivered = self.now;
        Ok(self.itinerary)
    }

    fn id(&self, place: PlaceId) -> String {
        self.schedule.instance.places[place.at()].id.clone()
    }

    fn name(&self, key: Key) -> String {
        departure_name(self.schedule, key)
    }
}

/// The steps of a mode and direction at a place, in order.
pub(super) fn steps(
    instance: &Instance,
    place: PlaceId,
    mode: Mode,
    direction: Direction,
) -> Vec<(usize, &HandlingStep)> {
    instance
        .handling
        .iter()
        .enumerate()
        .filter(|(_, step)| step.place == place && step.direction == direction)
        .filter(|(_, step)| step.mode.is_none_or(|only| only == mode))
        .collect()
}

/// The day on which the bucket of a step that starts on `day` begins.
pub(super) fn bucket(step: &HandlingStep, day: i64) -> i64 {
    match step.per {
        Period::Day => day,
        Period::Week | Period::Horizon => day - day.rem_euclid(7),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::verify::example::{self, LIEGE, MALASZEWICZE, XIAN};

    /// Monday 18:00 in Xi'an is 10:00 UTC.
    const RELEASE: Minutes = Minutes(600);
    const HOUR: i64 = 60;
    const DAY: i64 = 24 * HOUR;

    fn walk_in(instance: &Instance, path: &str) -> Result<Itinerary, String> {
        let mut schedule = Schedule::new(instance);
        walk(&mut schedule, &instance.demands[0], RELEASE, path)
    }

    #[test]
    fn a_flight_and_customs() {
        let itinerary = walk_in(&example::instance(), "flight@W1 Wed").expect("a path");
        // waits from Monday 10:00 to Wednesday 12:00 − 8 = 04:00 UTC, flies 12 hours,
        // 3 hours of customs on Wednesday
        let departs = 2 * DAY + 4 * HOUR;
        let lies = Lying {
            place: XIAN,
            from: RELEASE,
            to: Minutes(departs),
        };
        assert_eq!(itinerary.lying, [lies]);
        assert_eq!(itinerary.delivered, Minutes(departs + 15 * HOUR));
        assert_eq!(itinerary.work, [Work { step: 0, bucket: 2 }]);
    }

    #[test]
    fn two_legs_aboard_and_customs_held_to_another_day() {
        let path = "train/1@W1 Sat > train/2@W1 Sat > customs@W3 Wed";
        let itinerary = walk_in(&example::instance(), path).expect("a path");
        assert!(itinerary.rides[0].boards && !itinerary.rides[1].boards);
        // leaves on Friday 22:00 UTC; 200 + 10 + 24 = 234 hours later it is Monday 16:00 UTC of
        // week 3; customs waits for Wednesday 00:00 in Liège, Tuesday 23:00 UTC
        let arrives = 4 * DAY + 22 * HOUR + 234 * HOUR;
        assert_eq!(arrives, 14 * DAY + 16 * HOUR);
        let lies = Lying {
            place: LIEGE,
            from: Minutes(arrives),
            to: Minutes(15 * DAY + 23 * HOUR),
        };
        assert_eq!(itinerary.lying[1], lies);
        assert_eq!(itinerary.delivered, Minutes(16 * DAY + 2 * HOUR));
        assert_eq!(
            itinerary.work,
            [Work {
                step: 0,
                bucket: 16
            }]
        );
    }

    #[test]
    fn off_the_train_and_on_again() {
        let path = "train/1@W1 Sat > Małaszewicze@W3 Sun > train/2@W1 Sat";
        // 200 hours after Friday 22:00 UTC it is Sunday 06:00 of week 2, and the train stays ten
        // hours: it is W2 Sun that it leaves
        assert!(walk_in(&example::instance(), path).is_err());
        let path = path.replace("W3 Sun", "W2 Sun");
        let itinerary = walk_in(&example::instance(), &path).expect("a path");
        assert!(itinerary.rides[1].boards);
        let lies = itinerary.lying[1];
        assert_eq!(
            (lies.place, (lies.to - lies.from).0),
            (MALASZEWICZE, 10 * HOUR)
        );
    }

    #[test]
    fn what_cannot_be_is_said() {
        let mut instance = example::instance();
        for (path, reason) in [
            ("flight@W1 Thu", "flight does not run on W1 Thu"),
            (
                "flight@W0 Wed",
                "after the cut-off of flight@W0 Wed at W0 Wed 12:00",
            ),
            ("train/1@W1 Sat", "ends in Małaszewicze instead of Liège"),
            (
                "train/2@W1 Sat",
                "leaves Małaszewicze, but the parcels are at Xi'an",
            ),
            ("train/3@W1 Sat", "names no leg of train"),
            ("train@W1 Sat", "names no leg of train"),
            (
                "flight@W1 Wed > customs@W1 Wed",
                "but can start at W1 Wed 17:00",
            ),
            (
                "flight@W1 Wed > customs@W1 Fri > customs@W1 Sat",
                "is no step left to do",
            ),
            ("customs@W1 Fri", "held where nothing has arrived"),
            ("ferry@W1 Fri", "neither a service nor a handling step"),
            ("Liège@W1 Fri", "nothing has just arrived at Liège"),
            (
                "train/1@W1 Sat > Małaszewicze@W2 Mon > train/2@W1 Sat",
                "train/2@W1 Sat leaves on W2 Sun",
            ),
            ("flight", "names no departure"),
        ] {
            let error = walk_in(&instance, path).expect_err(path);
            assert!(error.contains(reason), "{path}: {error}");
        }
        // three hours of build-up at Małaszewicze do not fit into ten minutes there
        let mut step = instance.handling[0].clone();
        step.place = XIAN;
        step.direction = Direction::Out;
        step.duration = Minutes(43 * HOUR);
        instance.handling.push(step);
        // Wednesday 12:00 − 43 hours is Monday 17:00, an hour before the release
        let error = walk_in(&instance, "flight@W1 Wed").expect_err("late");
        assert!(
            error.contains("cut-off of flight@W1 Wed at W1 Mon 17:00"),
            "{error}"
        );
    }
}
