//! The places and lines as GeoJSON (RFC 7946).

use serde_json::{Value, json};

use super::line;
use super::model::Network;
use super::names::mode_name;
use super::structure::running_legs;
use crate::instance::{Instance, Place, PlaceKind, great_circle_km};

/// The longest piece of a great circle that is drawn straight, in kilometres.
const PIECE_KM: f64 = 100.0;

/// A position in degrees: latitude, longitude.
type Position = (f64, f64);

/// A feature collection: places as points, legs as lines along their `via`, or along great
/// circles. Places without coordinates, and legs that touch one, are left out.
pub fn geojson(instance: &Instance, network: &Network) -> String {
    let places = instance.places.iter().filter_map(place_feature);
    let legs = running_legs(network)
        .into_iter()
        .filter_map(|(id, number)| {
            let service = &instance.services[id.at()];
            let leg = &service.legs[number as usize];
            let line: Option<Vec<Position>> = line::places(leg)
                .map(|place| instance.places[place.at()].position)
                .collect();
            let properties = json!({
                "service": service.id,
                "leg": number + 1,
                "operator": service.operator,
                "mode": mode_name(service.mode),
                "equipment": service.equipment,
                "origin": instance.places[leg.origin.at()].id,
                "destination": instance.places[leg.destination.at()].id,
                "departures_per_week": service.days.iter().filter(|&&runs| runs).count(),
                "hours": leg.duration.hours(),
                "km": leg.km,
            });
            Some(feature(lines(&arcs(&line?)), properties))
        });
    let features: Vec<Value> = places.chain(legs).collect();
    let collection = json!({ "type": "FeatureCollection", "features": features });
    format!("{collection:#}\n")
}

fn place_feature(place: &Place) -> Option<Value> {
    let geometry = json!({ "type": "Point", "coordinates": coordinates(place.position?) });
    let properties = json!({
        "place": place.id,
        "name": place.name,
        "kind": kind_name(place.kind),
        "country": place.country,
        "unlocode": place.unlocode,
        "iata": place.iata,
    });
    Some(feature(geometry, properties))
}

fn feature(geometry: Value, properties: Value) -> Value {
    json!({ "type": "Feature", "geometry": geometry, "properties": properties })
}

fn kind_name(kind: PlaceKind) -> &'static str {
    match kind {
        PlaceKind::City => "city",
        PlaceKind::Airport => "airport",
        PlaceKind::RailTerminal => "rail_terminal",
        PlaceKind::Port => "port",
        PlaceKind::Border => "border",
        PlaceKind::Hub => "hub",
        PlaceKind::Market => "market",
    }
}

/// Points along great circles through the given positions (latitude and longitude in degrees), no
/// more than 100 km apart.
pub fn arcs(line: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let mut points: Vec<Position> = line.first().copied().into_iter().collect();
    for pair in line.windows(2) {
        let km = great_circle_km(pair[0], pair[1]);
        let pieces = (km / PIECE_KM).ceil().max(1.0) as u32;
        for piece in 1..=pieces {
            let part = f64::from(piece) / f64::from(pieces);
            points.push(between(pair[0], pair[1], part));
        }
    }
    points
}

/// The point a part of the way along the great circle: the two positions as unit vectors, weighted
/// by sin((1 − f)δ) and sin(fδ), where δ is the angle between them.
fn between(from: Position, to: Position, part: f64) -> Position {
    let (start, end) = (unit_vector(from), unit_vector(to));
    let dot: f64 = start.iter().zip(&end).map(|(a, b)| a * b).sum();
    let angle = dot.clamp(-1.0, 1.0).acos();
    if part >= 1.0 || angle.sin() < 1e-9 {
        return to;
    }
    let (a, b) = (((1.0 - part) * angle).sin(), (part * angle).sin());
    let [x, y, z] = [0, 1, 2].map(|axis| a * start[axis] + b * end[axis]);
    (z.atan2(x.hypot(y)).to_degrees(), y.atan2(x).to_degrees())
}

fn unit_vector((lat, lon): Position) -> [f64; 3] {
    let (lat, lon) = (lat.to_radians(), lon.to_radians());
    [lat.cos() * lon.cos(), lat.cos() * lon.sin(), lat.sin()]
}

/// A line, cut where it crosses the antimeridian as RFC 7946 asks (section 3.1.9). A point on it is at
/// 180 degrees east and west alike, and belongs to the side that the line is on.
fn lines(points: &[Position]) -> Value {
    let mut pieces: Vec<Vec<Value>> = vec![Vec::new()];
    let mut before: Option<Position> = None;
    for &point in points {
        if let Some(last) = before
            && (point.1 - last.1).abs() > 180.0
        {
            let edge = if last.1 > 0.0 { 180.0 } else { -180.0 };
            let (way, to_edge) = (point.1 + 2.0 * edge - last.1, edge - last.1);
            let part = if way == 0.0 { 0.0 } else { to_edge / way };
            let lat = last.0 + (point.0 - last.0) * part;
            push(&mut pieces, (lat, edge));
            pieces.push(Vec::new());
            push(&mut pieces, (lat, -edge));
        }
        push(&mut pieces, point);
        before = Some(point);
    }
    // a line that begins or ends on the antimeridian leaves a point on its other side
    let mut drawn: Vec<Vec<Value>> = pieces
        .iter()
        .filter(|piece| piece.len() > 1)
        .cloned()
        .collect();
    match (drawn.pop(), drawn.is_empty()) {
        (Some(only), true) => json!({ "type": "LineString", "coordinates": only }),
        (Some(last), false) => {
            drawn.push(last);
            json!({ "type": "MultiLineString", "coordinates": drawn })
        }
        (None, _) => {
            // a line to where it began, which has two positions all the same
            let point = pieces.into_iter().flatten().next().unwrap_or_default();
            json!({ "type": "LineString", "coordinates": [point, point] })
        }
    }
}

/// Adds a point to the last piece, unless it is where that ends.
fn push(pieces: &mut [Vec<Value>], point: Position) {
    let point = coordinates(point);
    if let Some(piece) = pieces
        .last_mut()
        .filter(|piece| piece.last() != Some(&point))
    {
        piece.push(point);
    }
}

/// Longitude, latitude, to a hundred-thousandth of a degree (a metre).
fn coordinates((lat, lon): Position) -> Value {
    let rounded = |degrees: f64| (degrees * 1e5).round() / 1e5;
    json!([rounded(lon), rounded(lat)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_of_an_arc_lies_on_the_great_circle() {
        // From (0°, 0°) to (0°, 90°E): the middle is (0°, 45°E).
        let middle = between((0.0, 0.0), (0.0, 90.0), 0.5);
        assert!(middle.0.abs() < 1e-9 && (middle.1 - 45.0).abs() < 1e-9);
        // From 60°N 0° over the pole side to 60°N 180°: the middle is the pole.
        let pole = between((60.0, 0.0), (60.0, 179.999_999), 0.5);
        assert!((pole.0 - 90.0).abs() < 1e-4);
    }

    #[test]
    fn a_line_over_the_antimeridian_is_cut_there() {
        // From 170°E to 170°W along the equator: cut at ±180°.
        let cut = lines(&[(0.0, 170.0), (0.0, -170.0)]);
        assert_eq!(cut["type"], "MultiLineString");
        assert_eq!(cut["coordinates"][0][1], json!([180.0, 0.0]));
        assert_eq!(cut["coordinates"][1][0], json!([-180.0, 0.0]));
    }

    /// Whatever a line crosses or touches: numbers between 180 degrees west and east, two positions or
    /// more a piece, and no step further than half the way around.
    #[test]
    fn lines_stay_on_the_map() {
        let edges = [-180.0, -179.99, -90.0, 0.0, 90.0, 179.99, 180.0];
        let places: Vec<Position> = [-60.0, 0.0, 45.0]
            .iter()
            .flat_map(|&lat| edges.map(|lon| (lat, lon)))
            .collect();
        for &from in &places {
            for &to in &places {
                for points in [vec![from, to], arcs(&[from, to])] {
                    let drawn = lines(&points);
                    let pieces = match drawn["type"] == "LineString" {
                        true => vec![drawn["coordinates"].clone()],
                        false => drawn["coordinates"].as_array().cloned().unwrap_or_default(),
                    };
                    for piece in pieces {
                        assert_on_the_map(&piece, from, to);
                    }
                }
            }
        }
    }

    fn assert_on_the_map(piece: &Value, from: Position, to: Position) {
        let piece = piece.as_array().expect("positions");
        assert!(piece.len() > 1, "{from:?} {to:?}: {piece:?}");
        let lon = |at: &Value| at[0].as_f64().expect("a number");
        assert!(
            piece
                .iter()
                .all(|at| at[1].is_number() && lon(at).abs() <= 180.0)
        );
        let steps = piece.windows(2).map(|pair| lon(&pair[1]) - lon(&pair[0]));
        assert!(
            steps.into_iter().all(|step| step.abs() <= 180.0),
            "{from:?} {to:?}: {piece:?}"
        );
    }
}
