//! Two plans beside each other: what the second does otherwise than the first.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use crate::instance::Mode;
use crate::units::Money;

use super::super::comparison::{self, Summary};
use super::super::people::{money, percent, whole};
use super::explore::{Exploration, numbers, texts};
use super::flows::{Scene, Stretch, by};
use super::headline;
use super::loads::{self, Fate, fate_bar, load_text};
use super::map::{self, Line, tonnes};
use super::marks;
use super::markup::{Name, Text};
use super::page::{Page, Section, drawn, in_figures, scrolled};
use super::written::{Facts, ReportError};

/// Services that are shown one by one.
const ROWS: usize = 40;

/// The page of two plans; each is called by its name in `names`.
pub(super) fn difference(
    scenes: [&Scene; 2],
    summaries: &[Summary; 2],
) -> Result<String, ReportError> {
    let names = [0, 1].map(|at| summaries[at].name.as_str());
    let mut sections = vec![Section {
        id: "answer",
        short: "At a glance",
        title: "Side by side".to_owned(),
        lead: comparison::NOTE.to_owned(),
        body: scrolled("Side by side", &side_by_side(summaries)),
    }];
    sections.push(costs(scenes, names));
    sections.extend(mapped(scenes, names)?);
    sections.push(Section {
        id: "services",
        short: "Services",
        title: "What each service carries".to_owned(),
        lead: format!(
            "Tonnes in {} and in {}, the largest differences first. Bars to the right are more, to the left less.",
            Name(names[0]),
            Name(names[1])
        ),
        body: scrolled("What each service carries", &services(scenes, names)),
    });
    sections.push(Section {
        id: "lateness",
        short: "Promises",
        title: "Promises kept and broken".to_owned(),
        lead: String::new(),
        body: scrolled("Lateness by product", &lateness(scenes, names)?),
    });
    let title = format!("{} and {}", names[0], names[1]);
    let run = &scenes[0].written.run;
    Ok(Page {
        title: &title,
        subtitle: "What the second plan does otherwise than the first".to_owned(),
        description: &format!(
            "The first plan is called A, the second B: {}, {}.",
            described(run),
            described(&scenes[1].written.run)
        ),
        sections,
        explored: explored(scenes)?,
        made: format!(
            "<p>Drawn by railair {} from the tables of both plans; figures are theirs, rounded to the digits shown. \
             This file holds all it shows and loads nothing.</p>",
            Text(env!("CARGO_PKG_VERSION"))
        ),
    }
    .assemble())
}

/// `liege-2019-week by column-generation, scenario no-trains`.
fn described(run: &Facts) -> String {
    let scenario = match run.text("scenario") {
        "" => String::new(),
        scenario => format!(", scenario {scenario}"),
    };
    format!(
        "{} by {}{scenario}",
        run.text("instance"),
        run.text("engine")
    )
}

fn heads(names: [&str; 2]) -> String {
    format!(
        "<th scope=\"col\" class=\"n\">A: {}</th><th scope=\"col\" class=\"n\">B: {}</th>",
        Name(names[0]),
        Name(names[1])
    )
}

fn side_by_side(summaries: &[Summary; 2]) -> String {
    let names = [0, 1].map(|at| summaries[at].name.as_str());
    let mut out = format!(
        "<table class=\"figures\"><caption>Both plans in figures</caption><thead><tr><th scope=\"col\">Figure</th>{}</tr></thead><tbody>",
        heads(names)
    );
    for (label, cells) in comparison::figures(summaries) {
        let class = match label.len() - label.trim_start().len() {
            0 => "",
            2 => " class=\"sub\"",
            _ => " class=\"sub deep\"",
        };
        let _ = write!(
            out,
            "<tr{class}><th scope=\"row\">{}</th>",
            Text(label.trim())
        );
        for cell in cells {
            let _ = write!(out, "<td class=\"n\">{}</td>", Text(&cell));
        }
        out.push_str("</tr>");
    }
    out.push_str("</tbody></table>");
    out
}

/// A bar from the middle: to the right more, to the left less.
fn bar(more: i64, most: i64) -> String {
    let share = more.unsigned_abs() as f64 / most.max(1) as f64 * 50.0;
    let wide = (share.clamp(0.0, 50.0) * 10.0).round() / 10.0;
    let (class, start) = match more >= 0 {
        true => ("more", 50.0),
        false => ("less", 50.0 - wide),
    };
    format!(
        "<span class=\"track split\" aria-hidden=\"true\"><span class=\"{class}\" style=\"margin-left:{start}%;width:{wide}%\"></span></span>"
    )
}

/// A number with its sign.
fn signed(text: String, value: i64) -> String {
    match value {
        0 => "–".to_owned(),
        some if some > 0 => format!("+{text}"),
        _ => text.replacen('-', "−", 1),
    }
}

fn costs(scenes: [&Scene; 2], names: [&str; 2]) -> Section {
    let runs = scenes.map(|scene| &scene.written.run);
    let mut rows: Vec<(&str, [Money; 2])> = headline::PARTS
        .iter()
        .map(|(name, key)| {
            (
                *name,
                runs.map(|run| run.money(&format!("breakdown.{key}"))),
            )
        })
        .filter(|(_, both)| *both != [Money::ZERO; 2])
        .collect();
    rows.push(("all", runs.map(|run| run.money("cost"))));
    let most = rows
        .iter()
        .map(|(_, [a, b])| (b.0 - a.0).abs())
        .max()
        .unwrap_or(0);
    let mut out = format!(
        "<table class=\"figures\"><caption>Cost by what it pays for, in {}</caption><thead><tr><th scope=\"col\">Part</th>{}\
         <th scope=\"col\" class=\"n\">Difference</th><th scope=\"col\" class=\"bar\"><span class=\"unseen\">as a bar</span></th></tr></thead><tbody>",
        Text(runs[0].text("currency")),
        heads(names)
    );
    for (name, [a, b]) in rows {
        let class = if name == "all" {
            " class=\"total\""
        } else {
            ""
        };
        let more = b - a;
        let _ = write!(
            out,
            "<tr{class}><th scope=\"row\">{name}</th><td class=\"n\">{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td><td class=\"bar\">{}</td></tr>",
            money(a),
            money(b),
            signed(money(more), more.0),
            bar(more.0, most)
        );
    }
    out.push_str("</tbody></table>");
    Section {
        id: "costs",
        short: "Cost",
        title: "Where the money differs".to_owned(),
        lead: String::new(),
        body: scrolled("Where the money differs", &out),
    }
}

/// A map of what travels more and less.
fn mapped(scenes: [&Scene; 2], names: [&str; 2]) -> Result<Option<Section>, ReportError> {
    // Places are those of the first plan's instance, so the second's stretches are looked up there.
    let places =
        |scene: &Scene, at: crate::instance::PlaceId| scene.instance.places[at.at()].id.clone();
    let mut sums: BTreeMap<(Mode, String, String), (Stretch, [i64; 2])> = BTreeMap::new();
    for (plan, scene) in scenes.iter().enumerate() {
        for stretch in scene.stretches()? {
            let ends = (places(scene, stretch.ends.0), places(scene, stretch.ends.1));
            let (Some(a), Some(b)) = (scenes[0].place(&ends.0), scenes[0].place(&ends.1)) else {
                continue;
            };
            let here = Stretch {
                ends: (a.min(b), a.max(b)),
                ..stretch
            };
            let key = (stretch.mode, ends.0, ends.1);
            let sum = sums.entry(key).or_insert((here, [0, 0]));
            sum.1[plan] += stretch.there + stretch.back;
        }
    }
    let mut lines: Vec<Line> = Vec::new();
    let mut rows: Vec<(i64, Vec<String>)> = Vec::new();
    for (stretch, [a, b]) in sums.into_values() {
        let more = b - a;
        if more == 0 {
            continue;
        }
        let name = |place| Name(scenes[0].place_name(place)).to_string();
        rows.push((
            more.abs(),
            vec![
                name(stretch.ends.0),
                name(stretch.ends.1),
                by(stretch.mode).to_owned(),
                tonnes(a),
                tonnes(b),
                signed(tonnes(more), more),
            ],
        ));
        lines.push(Line {
            stretch: Stretch {
                there: more.abs(),
                back: 0,
                ..stretch
            },
            weight: more.abs(),
            class: if more > 0 { "more" } else { "less" },
        });
    }
    if lines.is_empty() {
        return Ok(None);
    }
    rows.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
    let rows: Vec<_> = rows.into_iter().map(|(_, row)| row).collect();
    let legend = format!(
        "<ul class=\"legend\">{}{}</ul>{}",
        sample("more", "more in B"),
        sample("less", "less in B"),
        marks::legend(scenes[0], &lines)
    );
    let head = ["Between", "and", "Mode", "A, t", "B, t", "Difference, t"];
    Ok(Some(Section {
        id: "map",
        short: "Map",
        title: "Where more travels, and where less".to_owned(),
        lead: format!(
            "Width is the difference in weight between {} and {}, both directions together. Solid lines are more, broken ones less.",
            Name(names[0]),
            Name(names[1])
        ),
        body: drawn(map::maps(scenes[0], &lines), &legend)
            + &in_figures("Tonnes between places", &head, &rows),
    }))
}

fn sample(class: &str, words: &str) -> String {
    format!(
        "<li><svg viewBox=\"0 0 42 14\" width=\"42\" height=\"14\" aria-hidden=\"true\"><g class=\"way {class}\">\
         <path d=\"M2 7H40\" stroke-width=\"5\"/></g></svg>{words}</li>"
    )
}

fn services(scenes: [&Scene; 2], names: [&str; 2]) -> String {
    let mut found: BTreeMap<(String, i64), [Option<Facts>; 2]> = BTreeMap::new();
    for (plan, scene) in scenes.iter().enumerate() {
        for service in scene.written.run.list("services") {
            let key = (service.text("service").to_owned(), service.number("leg", 0));
            found.entry(key).or_default()[plan] = Some(service);
        }
    }
    let grams = |facts: &Option<Facts>| facts.as_ref().map_or(0, |f| f.number("kg", 3));
    let mut rows: Vec<_> = found
        .into_iter()
        .map(|(key, both)| (grams(&both[1]) - grams(&both[0]), key, both))
        .filter(|(more, ..)| *more != 0)
        .collect();
    rows.sort_by(|a, b| b.0.abs().cmp(&a.0.abs()).then_with(|| a.1.cmp(&b.1)));
    let most = rows.first().map_or(0, |row| row.0.abs());
    let mut out = format!(
        "<table class=\"figures\"><caption>Tonnes by service, and how full by volume (by weight where volume has no limit)</caption><thead><tr>\
         <th scope=\"col\">Service</th><th scope=\"col\">Mode</th>{}<th scope=\"col\" class=\"n\">Difference</th>\
         <th scope=\"col\" class=\"bar\"><span class=\"unseen\">as a bar</span></th><th scope=\"col\" class=\"n\">Load in A</th><th scope=\"col\" class=\"n\">Load in B</th></tr></thead><tbody>",
        heads(names)
    );
    let load = |facts: &Option<Facts>| {
        let facts = facts.as_ref()?;
        facts.share("load_m3").or(facts.share("load_kg"))
    };
    let hidden = rows.len().saturating_sub(ROWS);
    for (more, (name, leg), both) in rows.into_iter().take(ROWS) {
        let mode = both.iter().flatten().next().map_or("", |f| f.text("mode"));
        let legs = scenes
            .iter()
            .find_map(|s| s.service(&name))
            .map_or(1, |s| s.legs.len());
        let leg = if legs > 1 {
            format!("/{leg}")
        } else {
            String::new()
        };
        let percent = |facts| load(facts).map_or("–".to_owned(), load_text);
        let _ = write!(
            out,
            "<tr><th scope=\"row\">{}{leg}</th><td>{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td><td class=\"bar\">{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td></tr>",
            Name(&name),
            Text(mode),
            tonnes(grams(&both[0])),
            tonnes(grams(&both[1])),
            signed(tonnes(more), more),
            bar(more, most),
            percent(&both[0]),
            percent(&both[1]),
        );
    }
    out.push_str("</tbody></table>");
    if most == 0 {
        return "<p>Every service carries the same weight in both plans.</p>".to_owned();
    }
    if hidden > 0 {
        let _ = write!(
            out,
            "<p>{hidden} smaller differences are in the departures below.</p>"
        );
    }
    out
}

fn lateness(scenes: [&Scene; 2], names: [&str; 2]) -> Result<String, ReportError> {
    let fates = [loads::fates(scenes[0])?, loads::fates(scenes[1])?];
    let products: BTreeSet<&String> = fates.iter().flat_map(BTreeMap::keys).collect();
    let mut out = String::from(
        "<table class=\"figures\"><caption>On time, late and left behind, by product and plan</caption><thead><tr><th scope=\"col\">Product</th>\
         <th scope=\"col\">Plan</th><th scope=\"col\" class=\"n\">Parcels</th><th scope=\"col\" class=\"bar\"><span class=\"unseen\">as a bar</span></th>\
         <th scope=\"col\" class=\"n\">On time</th><th scope=\"col\" class=\"n\">Late</th><th scope=\"col\" class=\"n\">Left behind</th></tr></thead><tbody>",
    );
    for product in products {
        for (plan, letter) in ["A", "B"].iter().enumerate() {
            let fate = fates[plan]
                .get(product)
                .cloned()
                .unwrap_or_else(Fate::default);
            let known = scenes
                .iter()
                .find_map(|s| s.instance.products.iter().find(|p| p.id == *product));
            let _ = write!(
                out,
                "<tr><th scope=\"row\">{}</th><td>{letter}: {}</td><td class=\"n\">{}</td><td class=\"bar fate\">{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td></tr>",
                loads::product_name(known.map_or("", |p| &p.name), product),
                Name(names[plan]),
                whole(fate.parcels),
                fate_bar(&fate),
                percent(fate.on_time, fate.parcels),
                whole(fate.late),
                whole(fate.unserved),
            );
        }
    }
    out.push_str("</tbody></table>");
    Ok(out)
}

/// Departures and demands of both plans, row by row.
fn explored(scenes: [&Scene; 2]) -> Result<Exploration, ReportError> {
    let mut all = Exploration::new();
    let mut departures = Joined::default();
    for (plan, scene) in scenes.iter().enumerate() {
        let sheet = &scene.written.departures;
        let legs = sheet.texts("leg")?;
        let (services, departs) = (sheet.texts("service")?, sheet.texts("departs")?);
        let values = [
            sheet.numbers("parcels", 6)?,
            sheet.numbers("kg", 6)?,
            sheet.numbers("cost", 6)?,
        ];
        for at in 0..sheet.len() {
            let key = [services[at], legs[at], departs[at]]
                .map(str::to_owned)
                .to_vec();
            departures.add(plan, key, values.each_ref().map(|v| v[at]));
        }
    }
    let note = "Departures that differ. A is the first plan, B the second.";
    let columns = departures.columns(&["service", "leg", "departs"], ["parcels", "kg", "cost"]);
    all.add("Departures", note, columns);
    let mut demands = Joined::default();
    for (plan, scene) in scenes.iter().enumerate() {
        let sheet = &scene.written.demand;
        let keys = [
            sheet.texts("origin")?,
            sheet.texts("destination")?,
            sheet.texts("product")?,
            sheet.texts("week")?,
        ];
        let values = [
            sheet.numbers("late", 6)?,
            sheet.numbers("unserved", 6)?,
            sheet.numbers("cost", 6)?,
        ];
        for at in 0..sheet.len() {
            let key = keys.iter().map(|texts| texts[at].to_owned()).collect();
            demands.add(plan, key, values.each_ref().map(|v| v[at]));
        }
    }
    let names = ["origin", "destination", "product", "week"];
    let columns = demands.columns(&names, ["late", "unserved", "cost"]);
    all.add(
        "Demand",
        "Demands that differ. A is the first plan, B the second.",
        columns,
    );
    Ok(all)
}

/// Rows of both plans by what they have in common; three figures of each, in millionths.
#[derive(Default)]
struct Joined(BTreeMap<Vec<String>, [Option<[i64; 3]>; 2]>);

impl Joined {
    fn add(&mut self, plan: usize, key: Vec<String>, values: [i64; 3]) {
        self.0.entry(key).or_default()[plan] = Some(values);
    }

    /// Columns of the rows that differ.
    fn columns(&self, keys: &[&'static str], figures: [&'static str; 3]) -> Vec<serde_json::Value> {
        let rows: Vec<_> = self.0.iter().filter(|(_, [a, b])| a != b).collect();
        let mut columns = Vec::new();
        for (at, name) in keys.iter().enumerate() {
            let cells: Vec<&str> = rows.iter().map(|(key, _)| key[at].as_str()).collect();
            columns.push(texts(name, &cells));
        }
        for (at, name) in figures.into_iter().enumerate() {
            let of = |plan: usize| -> Vec<Option<i64>> {
                rows.iter()
                    .map(|(_, both)| both[plan].map(|v| v[at]))
                    .collect()
            };
            let (a, b) = (of(0), of(1));
            let more: Vec<_> = a
                .iter()
                .zip(&b)
                .map(|(a, b)| Some(b.unwrap_or(0) - a.unwrap_or(0)))
                .collect();
            columns.push(numbers(&format!("{name}_a"), &a, 6, 0));
            columns.push(numbers(&format!("{name}_b"), &b, 6, 0));
            columns.push(numbers(&format!("more_{name}"), &more, 6, 0));
        }
        columns
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::people::decimal;
    use super::*;

    #[test]
    fn differences_carry_their_sign() {
        assert_eq!(signed(decimal(-1.5, 1), -15), "−1.5");
        assert_eq!(signed(decimal(1.5, 1), 15), "+1.5");
        assert_eq!(signed(decimal(0.0, 1), 0), "–");
        assert!(bar(-10, 40).contains("class=\"less\" style=\"margin-left:37.5%;width:12.5%\""));
        assert!(bar(40, 40).contains("class=\"more\" style=\"margin-left:50%;width:50%\""));
    }
}
