//! Maps: places, and what travels between them.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use crate::instance::{Mode, PlaceId, PlaceKind};
use crate::network::arcs;

use super::super::people::decimal;
use super::flows::{Scene, Stretch, by};
use super::marks::marks;
use super::markup::{Px, Text};
use super::projection::Projection;

/// Outlines of land, a ring per line, each a list of `longitude,latitude` in tenths of a degree.
/// From Natural Earth 4.1.0, land at 1:110 million (public domain, naturalearthdata.com),
/// simplified to a fifth of a degree; islands of less than a degree and a half and Antarctica are
/// left out.
const LAND: &str = include_str!("land.txt");

/// The widest line, in pixels, and the thinnest.
pub(super) const WIDEST: f64 = 15.0;
const THINNEST: f64 = 0.8;
/// Lines of at least this width are not written upon where there is room elsewhere.
const THICK: f64 = 4.0;

/// A map drawn.
pub(super) struct Map {
    pub(super) svg: String,
    /// What it shows, in words.
    pub(super) caption: String,
    pub(super) width: f64,
}

/// A line of a map: a stretch with its weight and, where two plans are compared, which is more.
#[derive(Clone, Copy, Debug)]
pub(super) struct Line {
    pub(super) stretch: Stretch,
    /// Grams that decide on the width.
    pub(super) weight: i64,
    /// The class that decides on the colour.
    pub(super) class: &'static str,
}

/// The maps of a plan: the whole, and each crowded region on its own.
pub(super) fn maps(scene: &Scene, lines: &[Line]) -> Vec<Map> {
    let widest = lines.iter().map(|line| line.weight).max().unwrap_or(0);
    let places = used(scene, lines);
    let Some(whole) = draw(scene, lines, &places, widest, (1120.0, (300.0, 600.0)), "") else {
        return Vec::new();
    };
    let mut maps = vec![whole];
    let regions = regions(scene, lines, &places);
    let size = match regions.len() {
        1 => (1120.0, (300.0, 460.0)),
        _ => (552.0, (300.0, 430.0)),
    };
    for (name, region) in regions.into_iter().take(4) {
        maps.extend(draw(scene, lines, &region, widest, size, &name));
    }
    maps
}

/// Places that are on a line or send or receive parcels.
pub(super) fn used(scene: &Scene, lines: &[Line]) -> BTreeSet<PlaceId> {
    let ends = lines
        .iter()
        .flat_map(|line| [line.stretch.ends.0, line.stretch.ends.1]);
    let demands = &scene.instance.demands;
    ends.chain(demands.iter().flat_map(|d| [d.origin, d.destination]))
        .collect()
}

/// Places that short lines join, where there are at least three of them in different spots; each
/// with a name, the busiest first.
fn regions(
    scene: &Scene,
    lines: &[Line],
    places: &BTreeSet<PlaceId>,
) -> Vec<(String, BTreeSet<PlaceId>)> {
    let mut group: BTreeMap<PlaceId, PlaceId> = places.iter().map(|&p| (p, p)).collect();
    for line in lines.iter().filter(|line| !line.stretch.far) {
        let (a, b) = line.stretch.ends;
        if let (Some(&from), Some(&to)) = (group.get(&a), group.get(&b)) {
            group
                .values_mut()
                .filter(|g| **g == to)
                .for_each(|g| *g = from);
        }
    }
    let mut members: BTreeMap<PlaceId, BTreeSet<PlaceId>> = BTreeMap::new();
    for (place, of) in group {
        members.entry(of).or_default().insert(place);
    }
    let spots = |region: &BTreeSet<PlaceId>| {
        let mut spots: Vec<_> = region
            .iter()
            .filter_map(|p| scene.instance.places[p.at()].position)
            .map(|(lat, lon)| ((lat * 2.0).round() as i64, (lon * 2.0).round() as i64))
            .collect();
        spots.sort_unstable();
        spots.dedup();
        spots.len()
    };
    let mut regions: Vec<BTreeSet<PlaceId>> = members
        .into_values()
        .filter(|region| spots(region) >= 3 && region.len() < places.len())
        .collect();
    regions.sort_by_key(|region| (std::cmp::Reverse(region.len()), region.first().copied()));
    regions
        .into_iter()
        .map(|region| {
            let of = |kinds: &[PlaceKind]| {
                let kind = |p: &&PlaceId| kinds.contains(&scene.instance.places[p.at()].kind);
                region.iter().find(kind).copied()
            };
            let hub = of(&[PlaceKind::Hub]);
            let name = match hub {
                Some(hub) => format!("Around {}", scene.place_name(hub)),
                None if of(&[PlaceKind::City]).is_some() => "Where parcels start".to_owned(),
                None => format!(
                    "Around {}",
                    scene.place_name(*region.first().expect("three"))
                ),
            };
            (name, region)
        })
        .collect()
}

/// Draws a map that shows all of `places`; lines beyond them are cut at the frame.
fn draw(
    scene: &Scene,
    lines: &[Line],
    places: &BTreeSet<PlaceId>,
    widest: i64,
    (width, heights): (f64, (f64, f64)),
    name: &str,
) -> Option<Map> {
    let position = |place: PlaceId| scene.instance.places[place.at()].position;
    let mut shown: Vec<_> = places.iter().filter_map(|&p| position(p)).collect();
    let within = |line: &&Line| {
        places.contains(&line.stretch.ends.0) && places.contains(&line.stretch.ends.1)
    };
    let arc = |stretch: &Stretch| {
        Some(arcs(&[
            position(stretch.ends.0)?,
            position(stretch.ends.1)?,
        ]))
    };
    for line in lines.iter().filter(within) {
        shown.extend(arc(&line.stretch).unwrap_or_default());
    }
    let projection = Projection::fit(&shown, width, heights, 34.0)?;
    let mut ways = String::new();
    let mut thick = Vec::new();
    let mut order: Vec<&Line> = lines.iter().collect();
    // Trucks below trains below flights, and the heaviest first, so that thin ones stay visible.
    let layer = |mode: Mode| match mode {
        Mode::Road => 0,
        Mode::Sea => 1,
        Mode::Air => 2,
        Mode::Rail => 3,
    };
    order.sort_by_key(|line| (layer(line.stretch.mode), -line.weight, line.stretch.ends));
    for line in order {
        let Some(arc) = arc(&line.stretch) else {
            continue;
        };
        let pieces = projection.line(&arc);
        let near = |&point: &(f64, f64)| projection.shows(point, 40.0);
        let wide = width_of(line, widest);
        if wide >= THICK {
            thick.extend(pieces.iter().flatten().map(|&at| (at, wide)));
        }
        if pieces.iter().flatten().any(near) {
            way(&mut ways, scene, line, &pieces, widest);
        }
    }
    let (marks, labels) = marks(scene, places, lines, &projection, &thick);
    let label = match name {
        "" => "Map of places and of what travels between them".to_owned(),
        name => format!("Map: {name}"),
    };
    let height = projection.size.1;
    let svg = format!(
        "<svg class=\"map\" viewBox=\"0 0 {width} {height}\" role=\"img\" aria-label=\"{label}. \
         The table below it says the same in figures.\">{land}{scale}{ways}{marks}{labels}</svg>",
        height = Px(height),
        label = Text(&label),
        land = ground(&projection),
        scale = scale_bar(&projection),
    );
    Some(Map {
        svg,
        caption: name.to_owned(),
        width,
    })
}

fn way(out: &mut String, scene: &Scene, line: &Line, pieces: &[Vec<(f64, f64)>], widest: i64) {
    let mut path = String::new();
    for piece in pieces {
        let mut last = String::new();
        for &(x, y) in piece {
            let point = format!("{} {}", Px(x), Px(y));
            if last != point {
                let sign = if last.is_empty() { "M" } else { "L" };
                let _ = write!(path, "{sign}{point}");
            }
            last = point;
        }
    }
    let wide = Px(width_of(line, widest));
    let class = line.class;
    let _ = write!(
        out,
        "<g class=\"way {class}\"><title>{}</title><path d=\"{path}\" stroke-width=\"{wide}\"/>",
        Text(&title(scene, &line.stretch))
    );
    // The sleepers of a railway tell it from a flight without any colour.
    if line.stretch.mode == Mode::Rail {
        let _ = write!(
            out,
            "<path class=\"ties\" d=\"{path}\" stroke-width=\"{wide}\"/>"
        );
    }
    out.push_str("</g>");
}

/// The width of a line in pixels.
fn width_of(line: &Line, widest: i64) -> f64 {
    let share = line.weight as f64 / widest.max(1) as f64;
    (WIDEST * share).max(THINNEST)
}

fn title(scene: &Scene, stretch: &Stretch) -> String {
    let (a, b) = (
        scene.place_name(stretch.ends.0),
        scene.place_name(stretch.ends.1),
    );
    let one = |from: &str, to: &str, weight: i64| {
        format!(
            "{from} to {to} by {}: {} t",
            by(stretch.mode),
            tonnes(weight)
        )
    };
    match (stretch.there, stretch.back) {
        (there, 0) => one(a, b, there),
        (0, back) => one(b, a, back),
        (there, back) => format!("{}; {}", one(a, b, there), one(b, a, back)),
    }
}

/// Grams as tonnes with one decimal.
pub(super) fn tonnes(grams: i64) -> String {
    decimal(grams as f64 / 1e6, 1)
}

/// Land and a net of meridians and parallels.
fn ground(projection: &Projection) -> String {
    let mut land = String::new();
    for ring in LAND.lines() {
        let positions = ring.split(' ').filter_map(|pair| {
            let (lon, lat) = pair.split_once(',')?;
            let degrees = |text: &str| text.parse::<f64>().ok().map(|tenths| tenths / 10.0);
            Some((degrees(lat)?, degrees(lon)?))
        });
        let positions: Vec<_> = positions.collect();
        for points in projection.rings(&positions) {
            if !is_outside(projection, &points) {
                outline(&mut land, &points, true);
            }
        }
    }
    let mut net = String::new();
    let step = if projection.per_km() > 0.25 { 5 } else { 15 };
    for lat in (-75..=75).step_by(step) {
        let line: Vec<_> = (-180..=180)
            .step_by(3)
            .map(|lon| (f64::from(lat), f64::from(lon)))
            .collect();
        net_line(&mut net, projection, &line);
    }
    for lon in (-180..180).step_by(step) {
        let line: Vec<_> = (-84..=84)
            .step_by(3)
            .map(|lat| (f64::from(lat), f64::from(lon)))
            .collect();
        net_line(&mut net, projection, &line);
    }
    format!("<path class=\"land\" d=\"{land}\"/><path class=\"net\" d=\"{net}\"/>")
}

/// Whether all points lie beyond the same edge of the frame.
fn is_outside(projection: &Projection, points: &[(f64, f64)]) -> bool {
    let (width, height) = projection.size;
    let all = |beyond: &dyn Fn(&(f64, f64)) -> bool| points.iter().all(beyond);
    all(&|p| p.0 < 0.0) || all(&|p| p.0 > width) || all(&|p| p.1 < 0.0) || all(&|p| p.1 > height)
}

fn net_line(out: &mut String, projection: &Projection, line: &[(f64, f64)]) {
    for piece in projection.line(line) {
        let near: Vec<_> = piece
            .into_iter()
            .filter(|&p| projection.shows(p, 200.0))
            .collect();
        outline(out, &near, false);
    }
}

fn outline(out: &mut String, points: &[(f64, f64)], closed: bool) {
    if points.len() < 2 {
        return;
    }
    for (index, &(x, y)) in points.iter().enumerate() {
        let sign = if index == 0 { "M" } else { "L" };
        let _ = write!(out, "{sign}{:.0} {:.0}", x, y);
    }
    if closed {
        out.push('Z');
    }
}

/// A bar of a round number of kilometres.
fn scale_bar(projection: &Projection) -> String {
    let mut km = 1.0;
    for round in [2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1000.0] {
        if round * projection.per_km() <= 130.0 {
            km = round;
        }
    }
    let (left, y) = (16.0, projection.size.1 - 16.0);
    let right = left + km * projection.per_km();
    format!(
        "<g class=\"scale\"><path d=\"M{left} {top}V{y}H{right}V{top}\"/>\
         <text x=\"{text}\" y=\"{y}\">{km} km at {lat:.0}°</text></g>",
        lat = projection.latitude().abs(),
        y = Px(y),
        top = Px(y - 5.0),
        right = Px(right),
        text = Px(right + 6.0),
        km = decimal(km, 0),
    )
}
