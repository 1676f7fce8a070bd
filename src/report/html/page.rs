//! The page: a template, and what stands in its places.

use std::fmt::Write as _;

use super::explore::{Exploration, explore};
use super::flows::{Scene, Stretch, by};
use super::map::{self, Line, Map, tonnes};
use super::markup::{Name, Px, Text};
use super::written::ReportError;
use super::{headline, loads, marks, sankey, scarce, timeline};

const PAGE: &str = include_str!("page.html");
const STYLE: &str = include_str!("style.css");
const SCRIPT: &str = include_str!("script.js");

/// Rows of the tables that say in figures what a picture shows.
const FIGURES: usize = 200;

/// A part of the page.
pub(super) struct Section {
    pub(super) id: &'static str,
    /// What the contents call it.
    pub(super) short: &'static str,
    pub(super) title: String,
    /// A sentence or two that say how to read it; HTML.
    pub(super) lead: String,
    pub(super) body: String,
}

pub(super) fn report(scene: &Scene) -> Result<String, ReportError> {
    let run = &scene.written.run;
    let name = run.text("instance");
    let mut sections = vec![Section {
        id: "answer",
        short: "At a glance",
        title: "The plan at a glance".to_owned(),
        lead: String::new(),
        body: headline::warnings(scene) + &headline::tiles(run),
    }];
    sections.push(Section {
        id: "costs",
        short: "Cost",
        title: "What it costs".to_owned(),
        lead: String::new(),
        body: scrolled("What it costs", &headline::costs(run)),
    });
    sections.push(mapped(scene)?);
    sections.extend(flow(scene)?);
    sections.extend(departures(scene)?);
    sections.push(Section {
        id: "loads",
        short: "Load factors",
        title: "Load factors".to_owned(),
        lead: "How much of what could be carried is carried. A service is full when either weight or volume is; full bars are marked.".to_owned(),
        body: scrolled("How full each service is", &loads::services(scene)),
    });
    sections.push(Section {
        id: "lateness",
        short: "Promises",
        title: "Promises kept and broken".to_owned(),
        lead: String::new(),
        body: scrolled("Lateness by product", &loads::lateness(scene)?),
    });
    sections.push(Section {
        id: "scarce",
        short: "Bottlenecks",
        title: "Bottlenecks and what they are worth".to_owned(),
        lead: "What one more unit of a full capacity would save. Prices hold for the next unit, not for any number of them.".to_owned(),
        body: scrolled("Bottlenecks", &scarce::bottlenecks(run)),
    });
    sections.extend(handling(scene)?);
    for (id, short, title, body) in [
        (
            "purchases",
            "Purchases",
            "Whole units bought",
            scarce::purchases(scene)?,
        ),
        ("limits", "Limits", "Policy limits", scarce::limits(scene)?),
    ] {
        if !body.is_empty() {
            sections.push(Section {
                id,
                short,
                title: title.to_owned(),
                lead: String::new(),
                body: scrolled(title, &body),
            });
        }
    }
    let explored = explore(scene)?;
    Ok(Page {
        title: name,
        subtitle: headline::subtitle(scene),
        description: &scene.instance.settings.description,
        sections,
        explored,
        made: made(scene),
    }
    .assemble())
}

/// All that differs from page to page.
pub(super) struct Page<'a> {
    pub(super) title: &'a str,
    /// HTML.
    pub(super) subtitle: String,
    pub(super) description: &'a str,
    pub(super) sections: Vec<Section>,
    pub(super) explored: Exploration,
    /// How it was made; HTML.
    pub(super) made: String,
}

impl Page<'_> {
    pub(super) fn assemble(&self) -> String {
        let mut contents = String::new();
        let mut body = String::new();
        let closer = !self.explored.is_empty();
        for section in &self.sections {
            link(&mut contents, section.id, section.short);
            let lead = match section.lead.as_str() {
                "" => String::new(),
                lead => format!("<p class=\"lead\">{lead}</p>"),
            };
            let _ = write!(
                body,
                "<section id=\"{id}\" aria-labelledby=\"{id}-title\"><h2 id=\"{id}-title\">{}</h2>{lead}{}</section>",
                section.title,
                section.body,
                id = section.id,
            );
        }
        if closer {
            link(&mut contents, "closer", "Look closer");
        }
        let data = self.explored.data();
        let title = Text(self.title).to_string();
        let description = Name(self.description).to_string();
        let filled = |nonce: &str| {
            fill(
                PAGE,
                &[
                    ("title", &title),
                    ("nonce", nonce),
                    ("style", STYLE),
                    ("subtitle", &self.subtitle),
                    ("description", &description),
                    ("contents", &contents),
                    ("sections", &body),
                    ("closer", if closer { "" } else { " hidden" }),
                    ("data", &data),
                    ("script", SCRIPT),
                    ("made", &self.made),
                ],
            )
        };
        filled(&nonce(&filled("")))
    }
}

/// The hash of all content cannot be foreseen by whoever wrote a name in it.
fn nonce(page: &str) -> String {
    blake3::hash(page.as_bytes()).to_hex()[..32].to_owned()
}

/// Whether a page is as it was drawn: its nonce is the hash of what it is without it.
pub(super) fn is_as_drawn(page: &str) -> bool {
    let Some((_, rest)) = page.split_once("script-src 'nonce-") else {
        return false;
    };
    let Some((own, _)) = rest.split_once('\'') else {
        return false;
    };
    let places = [
        (format!("'nonce-{own}'"), "'nonce-'"),
        (format!("nonce=\"{own}\""), "nonce=\"\""),
    ];
    let blank = places
        .iter()
        .fold(page.to_owned(), |page, (with, without)| {
            page.replace(with, without)
        });
    !own.is_empty() && nonce(&blank) == own
}

fn link(out: &mut String, id: &str, title: &str) {
    let _ = write!(out, "<li><a href=\"#{id}\">{title}</a></li>");
}

/// Puts values in the places `{{name}}` of a template, in one pass: what a value says is never
/// taken for a place.
fn fill(template: &str, values: &[(&str, &str)]) -> String {
    let mut out = String::with_capacity(template.len() + 1024);
    let mut rest = template;
    while let Some((before, after)) = rest.split_once("{{") {
        out.push_str(before);
        let (name, after) = after.split_once("}}").unwrap_or((after, ""));
        let value = values.iter().find(|(known, _)| *known == name);
        out.push_str(value.map_or("", |(_, value)| value));
        rest = after;
    }
    out.push_str(rest);
    out
}

/// A box that scrolls sideways where the window is narrow, and can be reached by keyboard for it.
pub(super) fn scrolled(label: &str, content: &str) -> String {
    format!(
        "<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"{}\">{content}</div>",
        Text(label)
    )
}

/// A picture with its caption; HTML. Pictures keep their size and scroll where there is no room.
pub(super) fn figure(label: &str, svg: &str, width: f64, caption: &str) -> String {
    format!(
        "<figure><div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"{}\"><div class=\"canvas\" style=\"--wide:{}px\">{svg}</div></div>\
         <figcaption>{caption} <button type=\"button\" class=\"save\" data-name=\"{0}\" hidden>Save picture</button></figcaption></figure>",
        Text(label),
        Px(width),
    )
}

/// The same as a picture in figures, folded away.
pub(super) fn in_figures(caption: &str, head: &[&str], rows: &[Vec<String>]) -> String {
    let mut out = format!(
        "<details><summary>The same in figures</summary><div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"{caption}\">\
         <table class=\"figures\"><caption>{caption}</caption><thead><tr>"
    );
    for (at, name) in head.iter().enumerate() {
        let class = if at + 1 == head.len() {
            " class=\"n\""
        } else {
            ""
        };
        let _ = write!(out, "<th scope=\"col\"{class}>{name}</th>");
    }
    out.push_str("</tr></thead><tbody>");
    for row in rows.iter().take(FIGURES) {
        out.push_str("<tr>");
        for (at, cell) in row.iter().enumerate() {
            let class = if at + 1 == row.len() {
                " class=\"n\""
            } else {
                ""
            };
            let _ = write!(out, "<td{class}>{cell}</td>");
        }
        out.push_str("</tr>");
    }
    out.push_str("</tbody></table>");
    if rows.len() > FIGURES {
        let _ = write!(out, "<p>The heaviest {FIGURES} of {}.</p>", rows.len());
    }
    out.push_str("</div></details>");
    out
}

fn mapped(scene: &Scene) -> Result<Section, ReportError> {
    let stretches = scene.stretches()?;
    let line = |stretch: &Stretch| Line {
        stretch: *stretch,
        weight: stretch.there + stretch.back,
        class: by(stretch.mode),
    };
    let lines: Vec<Line> = stretches.iter().map(line).collect();
    let rows = |stretch: &Stretch| {
        let ends = [
            (stretch.ends.0, stretch.ends.1, stretch.there),
            (stretch.ends.1, stretch.ends.0, stretch.back),
        ];
        let name = |place| Name(scene.place_name(place)).to_string();
        let mode = by(stretch.mode);
        ends.into_iter()
            .filter(|end| end.2 > 0)
            .map(move |(from, to, weight)| {
                (
                    weight,
                    vec![name(from), name(to), mode.to_owned(), tonnes(weight)],
                )
            })
            .collect::<Vec<_>>()
    };
    let mut figures: Vec<_> = stretches.iter().flat_map(rows).collect();
    figures.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
    let figures: Vec<_> = figures.into_iter().map(|(_, row)| row).collect();
    Ok(Section {
        id: "map",
        short: "Map",
        title: "What travels where".to_owned(),
        lead: "Width is weight, over all departures. Flights follow great circles; trains and ships pass the places that their lines name, and what several carry along a line is drawn together.".to_owned(),
        body: drawn(map::maps(scene, &lines), &marks::legend(scene, &lines))
            + &in_figures("Tonnes between places", &["From", "To", "Mode", "Tonnes"], &figures),
    })
}

/// Maps: the first wide, the others side by side below.
pub(super) fn drawn(maps: Vec<Map>, legend: &str) -> String {
    if maps.is_empty() {
        return "<p>No map: the places have no coordinates.</p>".to_owned();
    }
    let mut out = String::from(legend);
    let credit = "Land: Natural Earth.";
    for (at, map) in maps.iter().enumerate() {
        if at == 1 {
            let class = if maps.len() == 2 { "alone" } else { "beside" };
            let _ = write!(out, "<div class=\"{class}\">");
        }
        let (label, caption) = match map.caption.as_str() {
            "" => ("Map".to_owned(), credit.to_owned()),
            name => (format!("Map: {name}"), Name(name).to_string()),
        };
        out.push_str(&figure(&label, &map.svg, map.width, &caption));
    }
    if maps.len() > 1 {
        out.push_str("</div>");
    }
    out
}

fn flow(scene: &Scene) -> Result<Option<Section>, ReportError> {
    let picture = sankey::draw(scene)?;
    if picture.svg.is_empty() {
        return Ok(None);
    }
    let mut links = picture.links;
    links.sort_by(|a, b| {
        b.3.cmp(&a.3)
            .then_with(|| (&a.0, &a.1, a.2).cmp(&(&b.0, &b.1, b.2)))
    });
    let rows: Vec<Vec<String>> = links
        .iter()
        .map(|(from, to, mode, weight)| {
            vec![
                Name(from).to_string(),
                Name(to).to_string(),
                (*mode).to_owned(),
                tonnes(*weight),
            ]
        })
        .collect();
    Ok(Some(Section {
        id: "flow",
        short: "Flow",
        title: "From origins over services to where it ends".to_owned(),
        lead: "Height is weight in tonnes. Of each way the service of its longest ride is shown; trucks that feed it are left out.".to_owned(),
        body: figure("Flow of weight", &picture.svg, 1120.0, &modes_legend(&links))
            + &in_figures("Tonnes from column to column", &["From", "To", "Mode", "Tonnes"], &rows),
    }))
}

fn modes_legend(links: &[(String, String, &'static str, i64)]) -> String {
    let used = |mode: &&str| links.iter().any(|link| link.2 == *mode);
    let key = |mode| format!("<span><span class=\"key {mode}\"></span>{mode}</span> ");
    ["rail", "air", "sea", "road"]
        .into_iter()
        .filter(used)
        .map(key)
        .collect()
}

fn departures(scene: &Scene) -> Result<Option<Section>, ReportError> {
    let strip = timeline::departures(scene)?;
    if strip.svg.is_empty() {
        return Ok(None);
    }
    let caption = format!(
        "<span><span class=\"key kg\"></span>by weight</span> <span><span class=\"key m3\"></span>by volume</span> \
         <span><span class=\"key full\"></span>95 % and more.</span> Times are local to the place of departure.{}",
        strip.left_out
    );
    Ok(Some(Section {
        id: "timeline",
        short: "Departures",
        title: "Departures and how full they are".to_owned(),
        lead: "Each outline is what a departure can carry, filled as far as it does: the left bar by weight, the right one by volume.".to_owned(),
        body: figure("Departures over time", &strip.svg, strip.width, &caption),
    }))
}

fn handling(scene: &Scene) -> Result<Option<Section>, ReportError> {
    let strip = timeline::handling(scene)?;
    if strip.svg.is_empty() {
        return Ok(None);
    }
    let caption = format!(
        "<span class=\"key full\"></span>95 % and more.{}",
        strip.left_out
    );
    Ok(Some(Section {
        id: "handling",
        short: "Handling",
        title: "Handling by day".to_owned(),
        lead: "Each outline is what a step can do in a day or week, filled as far as it does."
            .to_owned(),
        body: figure("Handling over time", &strip.svg, strip.width, &caption),
    }))
}

fn made(scene: &Scene) -> String {
    let run = &scene.written.run;
    let mut out = format!(
        "<p>Drawn by railair {} from the plan's tables; figures are theirs, rounded to the digits shown. \
         This file holds all it shows and loads nothing.</p><details><summary>Input tables and their BLAKE3 hashes</summary><dl class=\"hashes\">",
        Text(run.text("version"))
    );
    for (table, hash) in run.entries("inputs") {
        let _ = write!(
            out,
            "<dt>{}</dt><dd><code>{}</code></dd>",
            Text(table),
            Text(hash)
        );
    }
    out.push_str("</dl></details>");
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_never_taken_for_a_place_in_the_template() {
        let filled = fill("<b>{{a}}</b>{{b}}", &[("a", "{{b}}"), ("b", "2")]);
        assert_eq!(filled, "<b>{{b}}</b>2");
    }
}
