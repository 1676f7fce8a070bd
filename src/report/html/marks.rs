//! Marks of places on a map, their labels, and the legend.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use crate::instance::{Mode, PlaceId, PlaceKind};

use super::flows::{MODES, Scene, by};
use super::labels::{Area, Board};
use super::map::{Line, WIDEST, tonnes, used};
use super::markup::{Px, Text, shorten};
use super::projection::Projection;

/// Marks of places, and labels where there is room, the busiest places first.
pub(super) fn marks(
    scene: &Scene,
    places: &BTreeSet<PlaceId>,
    lines: &[Line],
    projection: &Projection,
    thick: &[((f64, f64), f64)],
) -> (String, String) {
    let mut busy: BTreeMap<PlaceId, i64> = BTreeMap::new();
    for line in lines {
        for end in [line.stretch.ends.0, line.stretch.ends.1] {
            *busy.entry(end).or_default() += line.weight;
        }
    }
    let rank = |place: PlaceId| match scene.instance.places[place.at()].kind {
        PlaceKind::Hub => 0,
        PlaceKind::City | PlaceKind::Market => 1,
        PlaceKind::Border => 2,
        PlaceKind::Airport | PlaceKind::RailTerminal | PlaceKind::Port => 3,
    };
    let mut spots: Vec<(PlaceId, (f64, f64))> = places
        .iter()
        .filter_map(|&place| {
            let at = projection.at(scene.instance.places[place.at()].position?);
            projection.shows(at, 0.0).then_some((place, at))
        })
        .collect();
    spots.sort_by_key(|&(place, _)| (rank(place), -busy.get(&place).copied().unwrap_or(0), place));
    let mut board = Board::new(projection.size);
    board.take(Area {
        left: 0.0,
        top: projection.size.1 - 34.0,
        right: 200.0,
        bottom: projection.size.1,
    });
    for &(_, at) in &spots {
        board.take(Area::around(at, 4.0));
    }
    for (at, wide) in thick {
        board.avoid(Area::around(*at, wide / 2.0));
    }
    let mut labels = String::new();
    let mut labelled: Vec<(f64, f64)> = Vec::new();
    for &(place, at) in &spots {
        let near = |other: &(f64, f64)| (other.0 - at.0).hypot(other.1 - at.1) < 6.0;
        if labelled.iter().any(near) {
            continue;
        }
        let hub = rank(place) == 0;
        let room = if projection.size.0 > 800.0 { 34 } else { 26 };
        let text = shorten(&border_names(scene, &spots, (place, at)), room);
        let gap = if hub { 11.0 } else { 8.0 };
        let Some(spot) = board.place(&text, at, gap, hub) else {
            continue;
        };
        labelled.push(at);
        let class = if hub { " class=\"hub\"" } else { "" };
        let _ = write!(
            labels,
            "<text{class} x=\"{}\" y=\"{}\" text-anchor=\"{}\">{}</text>",
            Px(spot.x),
            Px(spot.y),
            spot.anchor,
            Text(&text)
        );
    }
    let mut marks = String::new();
    // The most important mark lies on top.
    for &(place, at) in spots.iter().rev() {
        let kind = scene.instance.places[place.at()].kind;
        let title = format!(
            "{} ({})",
            scene.place_name(place),
            scene.instance.places[place.at()].id
        );
        let _ = write!(
            marks,
            "<g class=\"place\"><title>{}</title>{}</g>",
            Text(&title),
            mark(kind, at)
        );
    }
    (marks, format!("<g class=\"labels\">{labels}</g>"))
}

/// The name of a place; border stations that lie together share one label, as trains pass both.
fn border_names(
    scene: &Scene,
    spots: &[(PlaceId, (f64, f64))],
    (place, at): (PlaceId, (f64, f64)),
) -> String {
    let is_border = |place: PlaceId| scene.instance.places[place.at()].kind == PlaceKind::Border;
    if !is_border(place) {
        return short_name(scene, place);
    }
    let near = |other: &(f64, f64)| (other.0 - at.0).hypot(other.1 - at.1) < 6.0;
    let together = spots.iter().filter(|(p, at)| is_border(*p) && near(at));
    let names: Vec<String> = together.map(|&(p, _)| short_name(scene, p)).collect();
    names.join(" / ")
}

/// An airport by its IATA code, others by name.
fn short_name(scene: &Scene, place: PlaceId) -> String {
    let of = &scene.instance.places[place.at()];
    match of.kind {
        PlaceKind::Airport if !of.iata.is_empty() => of.iata.clone(),
        _ => scene.place_name(place).to_owned(),
    }
}

/// A mark whose shape says what a place is.
fn mark(kind: PlaceKind, (x, y): (f64, f64)) -> String {
    let at = |dx: f64, dy: f64| format!("{} {}", Px(x + dx), Px(y + dy));
    match kind {
        PlaceKind::Hub => format!(
            "<circle class=\"ring\" cx=\"{0}\" cy=\"{1}\" r=\"6.5\"/><circle cx=\"{0}\" cy=\"{1}\" r=\"3\"/>",
            Px(x),
            Px(y)
        ),
        PlaceKind::City => format!("<circle cx=\"{}\" cy=\"{}\" r=\"3.6\"/>", Px(x), Px(y)),
        PlaceKind::Market => format!(
            "<circle class=\"hollow\" cx=\"{}\" cy=\"{}\" r=\"3.4\"/>",
            Px(x),
            Px(y)
        ),
        PlaceKind::Airport => format!(
            "<path d=\"M{}L{}L{}Z\"/>",
            at(0.0, -4.5),
            at(4.2, 3.4),
            at(-4.2, 3.4)
        ),
        PlaceKind::RailTerminal => format!(
            "<rect x=\"{}\" y=\"{}\" width=\"6.4\" height=\"6.4\"/>",
            Px(x - 3.2),
            Px(y - 3.2)
        ),
        PlaceKind::Port => format!(
            "<path d=\"M{}L{}L{}L{}Z\"/>",
            at(0.0, -4.6),
            at(4.6, 0.0),
            at(0.0, 4.6),
            at(-4.6, 0.0)
        ),
        PlaceKind::Border => format!(
            "<path class=\"bar\" d=\"M{}L{}\"/>",
            at(0.0, -5.0),
            at(0.0, 5.0)
        ),
    }
}

/// What the marks, lines and widths mean.
pub(super) fn legend(scene: &Scene, lines: &[Line]) -> String {
    let mut out = String::from("<ul class=\"legend\">");
    for mode in MODES {
        if lines
            .iter()
            .any(|line| line.stretch.mode == mode && line.class == by(mode))
        {
            let ties = match mode {
                Mode::Rail => "<path class=\"ties\" d=\"M2 7H40\" stroke-width=\"5\"/>",
                _ => "",
            };
            let _ = write!(
                out,
                "<li><svg viewBox=\"0 0 42 14\" width=\"42\" height=\"14\" aria-hidden=\"true\"><g class=\"way {0}\">\
                 <path d=\"M2 7H40\" stroke-width=\"5\"/>{ties}</g></svg>{0}</li>",
                by(mode)
            );
        }
    }
    let places = used(scene, lines);
    for (kind, name) in [
        (PlaceKind::City, "city"),
        (PlaceKind::Airport, "airport"),
        (PlaceKind::RailTerminal, "rail terminal"),
        (PlaceKind::Port, "port"),
        (PlaceKind::Border, "border"),
        (PlaceKind::Hub, "hub"),
        (PlaceKind::Market, "market"),
    ] {
        if places
            .iter()
            .any(|p| scene.instance.places[p.at()].kind == kind)
        {
            let _ = write!(
                out,
                "<li><svg viewBox=\"0 0 16 14\" width=\"16\" height=\"14\" aria-hidden=\"true\"><g class=\"place\">{}</g></svg>{name}</li>",
                mark(kind, (8.0, 7.0))
            );
        }
    }
    let widest = lines.iter().map(|line| line.weight).max().unwrap_or(0);
    let _ = write!(
        out,
        "<li><svg viewBox=\"0 0 42 16\" width=\"42\" height=\"16\" aria-hidden=\"true\"><path class=\"measure\" d=\"M2 8H40\" stroke-width=\"{}\"/></svg>{} t</li></ul>",
        Px(WIDEST),
        tonnes(widest)
    );
    out
}
