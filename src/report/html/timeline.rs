//! Departures, and what handling does, day by day.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::instance::{Direction, Horizon, Mode};
use crate::network::Calendar;

use super::super::people::{count, whole};
use super::super::tables;
use super::flows::{Scene, by};
use super::loads::load_text;
use super::map::tonnes;
use super::markup::{Px, Text, shorten};
use super::written::ReportError;

/// Pixels left of the first day and right of the last, the width of the whole where it fits, and the least of a day.
const LEFT: f64 = 178.0;
const RIGHT: f64 = 22.0;
const WIDTH: f64 = 1120.0;
const LEAST_DAY: f64 = 13.0;
/// The height of a row and of a full bar in it.
const ROW: f64 = 31.0;
const FULL: f64 = 19.0;
/// More rows than this are not drawn.
const ROWS: usize = 60;
/// More bars than this get no words of their own.
const TITLES: usize = 1500;
/// A load from which on a bar is marked as full, in ten-thousandths.
const NEARLY: i64 = 9_500;

/// Rows of bars over the days of the horizon.
#[derive(Debug, Default)]
pub(super) struct Strip {
    pub(super) svg: String,
    /// How many pixels wide it is drawn.
    pub(super) width: f64,
    /// What is not drawn, in words; empty where all is.
    pub(super) left_out: String,
}

struct Row {
    name: String,
    detail: String,
    class: &'static str,
    order: (u8, i64),
    bars: Vec<Bar>,
}

struct Bar {
    /// Minutes since the first Monday 00:00, by the local clock.
    at: i64,
    /// Shares in ten-thousandths; `None` is not limited and not drawn.
    loads: [Option<i64>; 2],
    title: String,
}

/// Departures of services with a limit, with their load by weight and volume.
pub(super) fn departures(scene: &Scene) -> Result<Strip, ReportError> {
    let sheet = &scene.written.departures;
    let calendar = Calendar::new(scene.instance);
    let texts = |column| sheet.texts(column);
    let (services, departs, arrives) = (texts("service")?, texts("departs")?, texts("arrives")?);
    let legs = sheet.numbers("leg", 0)?;
    let (parcels, weights) = (sheet.numbers("parcels", 0)?, sheet.numbers("kg", 3)?);
    let (by_weight, by_volume) = (sheet.options("load_kg", 4)?, sheet.options("load_m3", 4)?);
    let mut rows: BTreeMap<(&str, i64), Row> = BTreeMap::new();
    let mut without = BTreeMap::<&str, ()>::new();
    for at in 0..sheet.len() {
        let Some((service, leg)) = scene.leg(services[at], legs[at]) else {
            continue;
        };
        let loads = [by_weight[at], by_volume[at]];
        let Some(minute) = clock(&calendar, departs[at]) else {
            continue;
        };
        if loads == [None, None] {
            without.insert(&service.id, ());
            continue;
        }
        let row = rows.entry((services[at], legs[at])).or_insert_with(|| Row {
            name: match service.legs.len() {
                1 => service.id.clone(),
                _ => format!("{}/{}", service.id, legs[at]),
            },
            detail: format!("{} · {}", by(service.mode), scene.route(leg)),
            class: by(service.mode),
            order: (layer(service.mode), 0),
            bars: Vec::new(),
        });
        row.order.1 -= weights[at];
        let words = |load: Option<i64>| load.map_or("no limit".to_owned(), load_text);
        row.bars.push(Bar {
            at: minute,
            loads,
            title: format!(
                "{} leaves {}, arrives {}: {} parcels, {} t; {} by weight, {} by volume",
                services[at],
                departs[at],
                arrives[at],
                whole(parcels[at]),
                tonnes(weights[at]),
                words(loads[0]),
                words(loads[1])
            ),
        });
    }
    let mut strip = draw(
        scene,
        rows.into_values().collect(),
        "Departures over time with their load by weight and by volume",
    );
    if !without.is_empty() {
        let services = count(without.len() as i64, "service", "services");
        let _ = write!(
            strip.left_out,
            " {services} without a limit of space {} not drawn.",
            if without.len() == 1 { "is" } else { "are" }
        );
    }
    Ok(strip)
}

/// Handling steps with a capacity, with their load per day or week.
pub(super) fn handling(scene: &Scene) -> Result<Strip, ReportError> {
    let sheet = &scene.written.handling;
    let calendar = Calendar::new(scene.instance);
    let texts = |column| sheet.texts(column);
    let (places, steps, modes) = (texts("place")?, texts("step")?, texts("mode")?);
    let (directions, buckets, units) = (texts("direction")?, texts("bucket")?, texts("unit")?);
    let (used, capacity) = (sheet.numbers("used", 6)?, sheet.options("capacity", 6)?);
    let loads = sheet.options("load", 4)?;
    let mut rows: BTreeMap<(&str, &str, &str, &str), Row> = BTreeMap::new();
    let mut without = 0;
    for at in 0..sheet.len() {
        let (Some(load), Some(capacity)) = (loads[at], capacity[at]) else {
            without += 1;
            continue;
        };
        let Some(day) = calendar.parse_day(buckets[at]) else {
            continue;
        };
        let key = (places[at], steps[at], modes[at], directions[at]);
        let row = rows.entry(key).or_insert_with(|| {
            let way = match directions[at] == tables::direction(Direction::In) {
                true => "after arrival",
                false => "before departure",
            };
            Row {
                name: format!("{} · {}", places[at], steps[at]),
                detail: [modes[at], way].join(" ").trim().to_owned(),
                class: "handling",
                order: (0, 0),
                bars: Vec::new(),
            }
        });
        row.bars.push(Bar {
            at: i64::from(day) * 1440 + 720,
            loads: [Some(load), None],
            title: format!(
                "{} {} {}: {} of {} {}, {}",
                places[at],
                steps[at],
                buckets[at],
                whole(used[at] / 1_000_000),
                whole(capacity / 1_000_000),
                units[at].replace("m3", "m³"),
                load_text(load)
            ),
        });
    }
    let title = "Handling steps over time with their load";
    let mut strip = draw(scene, rows.into_values().collect(), title);
    if without > 0 && !strip.svg.is_empty() {
        strip
            .left_out
            .push_str(" Steps without a limit are not drawn.");
    }
    Ok(strip)
}

/// The local clock as minutes since the first Monday 00:00.
fn clock(calendar: &Calendar, text: &str) -> Option<i64> {
    let (day, clock) = text.rsplit_once(' ')?;
    let (hour, minute) = clock.split_once(':')?;
    let day = i64::from(calendar.parse_day(day)?);
    Some(day * 1440 + hour.parse::<i64>().ok()? * 60 + minute.parse::<i64>().ok()?)
}

fn layer(mode: Mode) -> u8 {
    match mode {
        Mode::Rail => 0,
        Mode::Air => 1,
        Mode::Sea => 2,
        Mode::Road => 3,
    }
}

fn draw(scene: &Scene, mut rows: Vec<Row>, label: &str) -> Strip {
    let settings = &scene.instance.settings;
    let days = i64::from(settings.weeks.max(1)) * 7;
    let end = days * 1440;
    let mut later = 0;
    for row in &mut rows {
        let all = row.bars.len();
        row.bars.retain(|bar| (0..end).contains(&bar.at));
        later += all - row.bars.len();
    }
    rows.retain(|row| !row.bars.is_empty());
    if rows.is_empty() {
        return Strip::default();
    }
    rows.sort_by(|a, b| (a.order, &a.name).cmp(&(b.order, &b.name)));
    let more = rows.len().saturating_sub(ROWS);
    rows.truncate(ROWS);
    let day = ((WIDTH - LEFT - RIGHT) / days as f64).max(LEAST_DAY);
    let width = LEFT + day * days as f64 + RIGHT;
    let height = 26.0 + ROW * rows.len() as f64 + 4.0;
    let titled = rows.iter().map(|row| row.bars.len()).sum::<usize>() <= TITLES;
    let mut svg = format!(
        "<svg class=\"strip\" viewBox=\"0 0 {w} {h}\" role=\"img\" aria-label=\"{label}. The \
         tables under Look closer say the same in figures.\">",
        w = Px(width),
        h = Px(height),
        label = Text(label),
    );
    axis(&mut svg, scene, days, day, height);
    for (index, row) in rows.iter().enumerate() {
        let base = 26.0 + ROW * (index + 1) as f64 - 4.0;
        let _ = write!(
            svg,
            "<path class=\"base\" d=\"M{l} {y}H{r}\"/><text class=\"name\" x=\"0\" y=\"{n}\">{name}<title>{full}</title></text>\
             <text class=\"detail\" x=\"0\" y=\"{d}\">{detail}</text><g class=\"bars {class}\">",
            l = Px(LEFT),
            r = Px(width - RIGHT),
            y = Px(base),
            n = Px(base - 12.0),
            d = Px(base),
            name = Text(&shorten(&row.name, 26)),
            full = Text(&row.name),
            detail = Text(&shorten(&row.detail, 30)),
            class = row.class,
        );
        bars(&mut svg, row, base, day, titled);
        svg.push_str("</g>");
    }
    svg.push_str("</svg>");
    let mut left_out = String::new();
    if more > 0 {
        let _ = write!(
            left_out,
            " {} more not drawn.",
            count(more as i64, "row is", "rows are")
        );
    }
    if later > 0 {
        left_out.push_str(" What runs after the planned weeks is not drawn.");
    }
    Strip {
        svg,
        width,
        left_out,
    }
}

/// Days and weeks.
fn axis(svg: &mut String, scene: &Scene, days: i64, day: f64, height: f64) {
    const WEEKDAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
    let settings = &scene.instance.settings;
    let dated = settings.horizon == Horizon::Dated;
    let calendar = Calendar::new(scene.instance);
    for index in 0..=days {
        let x = LEFT + day * index as f64;
        let monday = index % 7 == 0;
        let class = if monday { "week" } else { "day" };
        let _ = write!(
            svg,
            "<path class=\"{class}\" d=\"M{} 20V{}\"/>",
            Px(x),
            Px(height)
        );
        if index == days {
            break;
        }
        let date = || calendar.date(index as i32);
        let label = match (dated, day >= 60.0) {
            (false, _) => Some(WEEKDAYS[(index % 7) as usize].to_owned()),
            (true, true) => Some(date().strftime("%a %-d %b").to_string()),
            (true, false) if monday => Some(date().strftime("%-d %b %Y").to_string()),
            _ => None,
        };
        if let Some(label) = label {
            let _ = write!(
                svg,
                "<text class=\"when\" x=\"{}\" y=\"14\">{label}</text>",
                Px(x + 3.0)
            );
        }
    }
}

/// Outlines of what there is room for, filled from below as far as it is loaded.
fn bars(svg: &mut String, row: &Row, base: f64, day: f64, titled: bool) {
    let both = row
        .bars
        .iter()
        .any(|bar| bar.loads.iter().all(Option::is_some));
    let wide = match (both, day) {
        (_, day) if day >= 60.0 => 8.0,
        (true, _) => 4.0,
        (false, _) => 8.0,
    };
    let mut paths = [String::new(), String::new(), String::new(), String::new()];
    for bar in &row.bars {
        let x = LEFT + bar.at as f64 / 1440.0 * day;
        let drawn = bar.loads.iter().flatten().count() as f64;
        let mut left = x - if row.class == "handling" {
            wide * drawn / 2.0
        } else {
            0.0
        };
        let start = left;
        let mut own = [String::new(), String::new(), String::new(), String::new()];
        for (kind, load) in bar.loads.iter().enumerate() {
            let Some(load) = *load else { continue };
            let high = (load as f64 / 1e4).clamp(0.0, 1.0) * FULL;
            let l = Px(left);
            let _ = write!(own[0], "M{l} {}v-{FULL}h{wide}v{FULL}z", Px(base));
            if high > 0.0 {
                let h = Px(high);
                let _ = write!(own[1 + kind], "M{l} {}v-{h}h{wide}v{h}z", Px(base));
            }
            if load >= NEARLY {
                let _ = write!(own[3], "M{l} {}h{wide}", Px(base - FULL - 2.0));
            }
            left += wide;
        }
        if titled {
            let _ = write!(
                svg,
                "<g><title>{}</title>{}<rect class=\"hit\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"/></g>",
                Text(&bar.title),
                shapes(&own),
                Px(start),
                Px(base - FULL),
                Px(left - start),
                FULL
            );
        } else {
            for (path, own) in paths.iter_mut().zip(own) {
                path.push_str(&own);
            }
        }
    }
    svg.push_str(&shapes(&paths));
}

fn shapes(paths: &[String; 4]) -> String {
    let classes = ["room", "kg", "m3", "full"];
    let shape = |(path, class): (&String, &str)| match path.as_str() {
        "" => String::new(),
        path => format!("<path class=\"{class}\" d=\"{path}\"/>"),
    };
    paths.iter().zip(classes).map(shape).collect()
}
