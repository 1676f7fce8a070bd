//! Random draws of demand and cancellations.
//!
//! Draw i of a seed is the same on every machine, in every version and whatever other draws are
//! made: integers only, each from its own stream (splitmix64).
//!
//! - A level L that all demand shares and a factor F of each row of `demand` by itself; parcels
//!   become parcels · L · F, rounded to whole parcels. Both are triangular around 1: for a spread s,
//!   1 − s + (u + u′) with u and u′ uniform on 0, 0.0001, …, s; their mean is exactly 1.
//! - Every run of a train, flight or ship is cancelled with a probability, one by one. Trucks run.
//!   On a typical week a cancelled run does not run in any week. Nothing is paid for what does not
//!   run.

use crate::instance::generate::Random;
use crate::instance::{Change, Horizon, Instance, Mode, Service};
use crate::network::{Calendar, Departure};

/// Ten-thousandths: what spreads and probabilities are counted in.
const SCALE: usize = 10_000;

/// What is drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draws {
    /// How many times.
    pub count: usize,
    /// From which seed.
    pub seed: u64,
    /// The spread of the level that all demand shares, in ten-thousandths, at most 10,000.
    pub level_spread: usize,
    /// The spread of each row of demand by itself, in ten-thousandths, at most 10,000.
    pub demand_spread: usize,
    /// How likely each run of a train, flight or ship is cancelled, in ten-thousandths.
    pub cancellation: usize,
}

/// Something that does not run, as if it were not there; what names it stays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stop {
    /// A service, by position.
    Service(usize),
    /// The run of a service that starts on this day, counted from the first Monday; on a typical
    /// week that of every week.
    Run(usize, i32),
}

impl Stop {
    /// Whether a departure belongs to it.
    pub(super) fn covers(self, departure: &Departure) -> bool {
        match self {
            Self::Service(service) => departure.service.at() == service,
            Self::Run(service, day) => {
                departure.service.at() == service && departure.run_day == day
            }
        }
    }
}

/// One draw.
#[derive(Clone, Debug)]
pub(super) struct Drawn {
    pub cells: Vec<String>,
    pub changes: Vec<Change>,
    pub stops: Vec<Stop>,
}

/// What the streams of a draw are for.
#[derive(Clone, Copy)]
enum Stream {
    Level,
    Demand,
    Cancellation,
}

/// Draw `index`, over the rows of `demand` with these keys.
pub(super) fn draw(draws: &Draws, index: usize, demand: &[String], instance: &Instance) -> Drawn {
    let random = |stream: Stream, item: usize| {
        Random::of(draws.seed, &[index as u64, stream as u64, item as u64])
    };
    let level = triangular(random(Stream::Level, 0), draws.level_spread);
    let changes = demand.iter().enumerate().map(|(row, key)| {
        let own = triangular(random(Stream::Demand, row), draws.demand_spread);
        Change {
            table: "demand".to_owned(),
            key: key.clone(),
            column: "parcels".to_owned(),
            change: "scale",
            value: decimal(level * own, 8),
        }
    });
    let changes = changes.collect();
    let (mut stops, mut names) = (Vec::new(), Vec::new());
    for (item, (stop, name)) in cancellable(instance).into_iter().enumerate() {
        if random(Stream::Cancellation, item).below(SCALE) < draws.cancellation {
            stops.push(stop);
            names.push(name);
        }
    }
    Drawn {
        cells: vec![
            draws.seed.to_string(),
            decimal(level, 4),
            names.len().to_string(),
            names.join("; "),
        ],
        changes,
        stops,
    }
}

/// From 1 − spread to 1 + spread, most likely 1, in ten-thousandths.
fn triangular(mut random: Random, spread: usize) -> usize {
    SCALE - spread + random.below(spread + 1) + random.below(spread + 1)
}

fn decimal(mantissa: usize, places: u32) -> String {
    crate::report::cell::decimal(mantissa as i128, places)
}

/// Every run that may be cancelled, with its name, by service and day.
fn cancellable(instance: &Instance) -> Vec<(Stop, String)> {
    let calendar = Calendar::new(instance);
    let mut runs = Vec::new();
    for (index, service) in instance.services.iter().enumerate() {
        if service.mode == Mode::Road {
            continue;
        }
        for day in run_days(instance, &calendar, service) {
            let name = format!("{}@{}", service.id, calendar.day_text(day));
            runs.push((Stop::Run(index, day), name));
        }
    }
    runs
}

/// Days of the planned weeks on which a service starts a run.
fn run_days(instance: &Instance, calendar: &Calendar, service: &Service) -> Vec<i32> {
    match instance.settings.horizon {
        Horizon::TypicalWeek => (0..7).filter(|&day| service.days[day as usize]).collect(),
        Horizon::Dated => {
            let days = 0..instance.settings.weeks as i32 * 7;
            days.filter(|&day| service.runs_on(calendar.date(day)))
                .collect()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_triangle_has_the_stated_ends_and_mean() {
        // u and u′ on 0..=2000, each with mean 1000: 10000 − 2000 + 2000
        let drawn: Vec<usize> = (0..20_000)
            .map(|i| triangular(Random::of(1, &[i]), 2000))
            .collect();
        assert!(drawn.iter().all(|factor| (8_000..=12_000).contains(factor)));
        let mean = drawn.iter().sum::<usize>() as f64 / 20_000.0;
        // the deviation of a draw is 2000 / √6 = 816, of the mean 5.8
        assert!((mean - 10_000.0).abs() < 30.0, "{mean}");
        assert_eq!(triangular(Random::of(1, &[1]), 0), 10_000);
    }
}
