//! Where on its way a leg passes the places of its line.

use crate::instance::{Instance, Leg, PlaceId};
use crate::units::Minutes;

/// Radius of the Earth in kilometres (mean radius of the GRS 80 ellipsoid).
const RADIUS: f64 = 6371.0088;

/// The places that a leg leaves, passes and reaches, in order, each with the time under way until
/// it is there: by great-circle distance along the line, or evenly where a place has no
/// coordinates.
pub(super) fn stations(instance: &Instance, leg: &Leg) -> Vec<(PlaceId, Minutes)> {
    let mut places = vec![leg.origin];
    places.extend(&leg.via);
    places.push(leg.destination);
    let stretches = stretches(instance, &places);
    let total: f64 = stretches.iter().sum();
    let mut stations = vec![(leg.origin, Minutes::ZERO)];
    let mut behind = 0.0;
    for (&place, stretch) in places[1..].iter().zip(&stretches) {
        behind += stretch;
        let minutes = (leg.duration.0 as f64 * behind / total).round() as i64;
        stations.push((place, Minutes(minutes)));
    }
    let last = stations.len() - 1;
    stations[last].1 = leg.duration;
    stations
}

fn stretches(instance: &Instance, places: &[PlaceId]) -> Vec<f64> {
    let positions: Option<Vec<(f64, f64)>> = places
        .iter()
        .map(|place| instance.places[place.at()].position)
        .collect();
    let measured: Vec<f64> = positions
        .unwrap_or_default()
        .windows(2)
        .map(|pair| great_circle(pair[0], pair[1]))
        .collect();
    if measured.iter().sum::<f64>() > 0.0 {
        measured
    } else {
        vec![1.0; places.len() - 1]
    }
}

/// The haversine distance in kilometres between two points in degrees.
fn great_circle(a: (f64, f64), b: (f64, f64)) -> f64 {
    let (latitude, longitude) = ((b.0 - a.0).to_radians(), (b.1 - a.1).to_radians());
    let half = (latitude / 2.0).sin().powi(2)
        + a.0.to_radians().cos() * b.0.to_radians().cos() * (longitude / 2.0).sin().powi(2);
    2.0 * RADIUS * half.sqrt().min(1.0).asin()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quarter_of_the_equator() {
        // 90 degrees: 2 × π × 6371.0088 / 4 = 10,007.557 km
        let km = great_circle((0.0, 0.0), (0.0, 90.0));
        assert!((km - 10_007.557).abs() < 0.001);
    }
}
