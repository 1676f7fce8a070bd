//! Where along its line a leg is when.

use crate::instance::{Instance, Leg, PlaceId, great_circle_km};
use crate::units::Minutes;

/// The places of a leg in order of travel: origin, via, destination.
pub fn places(leg: &Leg) -> impl Iterator<Item = PlaceId> + '_ {
    std::iter::once(leg.origin)
        .chain(leg.via.iter().copied())
        .chain(std::iter::once(leg.destination))
}

/// Minutes after departure at which each place of [`places`] is passed: by great-circle distance
/// along the line, or evenly where a place has no coordinates.
pub fn passing_times(instance: &Instance, leg: &Leg) -> Vec<Minutes> {
    let line: Vec<PlaceId> = places(leg).collect();
    let steps = distances(instance, &line).unwrap_or_else(|| vec![1.0; line.len() - 1]);
    let total: f64 = steps.iter().sum();
    let mut times = vec![Minutes::ZERO];
    let mut gone = 0.0;
    for step in &steps {
        gone += step;
        times.push(Minutes(
            (leg.duration.0 as f64 * gone / total).round() as i64
        ));
    }
    // The last place is the destination, whatever rounding said.
    if let Some(last) = times.last_mut() {
        *last = leg.duration;
    }
    times
}

fn distances(instance: &Instance, line: &[PlaceId]) -> Option<Vec<f64>> {
    let positions: Option<Vec<_>> = line
        .iter()
        .map(|place| instance.places[place.at()].position)
        .collect();
    let steps: Vec<f64> = positions?
        .windows(2)
        .map(|pair| great_circle_km(pair[0], pair[1]))
        .collect();
    (steps.iter().sum::<f64>() > 0.0).then_some(steps)
}
