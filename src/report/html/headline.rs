//! The answer: what happens to the parcels, what it costs, what is proven.

use std::fmt::Write as _;

use crate::instance::Changes;
use crate::units::Money;

use super::super::people::{count, decimal, each, money, percent, price, short_money, whole};
use super::super::terminal::proof;
use super::flows::Scene;
use super::loads::{load_text, plain_bar};
use super::map::tonnes;
use super::markup::{Name, Text};
use super::written::Facts;

/// What a plan comes to, under its title.
pub(super) fn tiles(run: &Facts) -> String {
    let number = |key| run.number(key, 0);
    let all = number("parcels");
    let cost = run.money("cost");
    let currency = run.text("currency");
    let each = each(cost, all).unwrap_or(Money::ZERO);
    let mut out = String::from("<dl class=\"tiles\">");
    let mut tile = |class: &str, name: &str, value: String, detail: String| {
        let _ = write!(
            out,
            "<div class=\"tile {class}\"><dt>{name}</dt><dd class=\"value\">{value}</dd><dd>{detail}</dd></div>"
        );
    };
    let fate = |key| percent(number(key), all);
    let of = |key| format!("{} of {} parcels", whole(number(key)), whole(all));
    tile("wide", "On time", fate("on_time"), of("on_time"));
    let mark = |key, class| if number(key) > 0 { class } else { "none" };
    tile(
        mark("late", "late"),
        "Late",
        fate("late"),
        parcels(number("late")),
    );
    tile(
        mark("unserved", "unserved"),
        "Left behind",
        fate("unserved"),
        parcels(number("unserved")),
    );
    tile(
        "wide",
        "Cost",
        format!(
            "<span class=\"unit\">{}</span> {}",
            Text(currency),
            short_money(cost)
        ),
        format!("{} {}, {}", Text(currency), money(cost), proof_of(run)),
    );
    tile(
        "",
        "A parcel",
        format!(
            "<span class=\"unit\">{}</span> {}",
            Text(currency),
            price(each)
        ),
        "all costs over all parcels".to_owned(),
    );
    let weight = run.number("totals.kg", 3);
    tile(
        "",
        "Delivered",
        format!("{} <span class=\"unit\">t</span>", tonnes(weight)),
        by_mode(run),
    );
    let co2e = run.number("totals.co2e_kg", 3);
    let per_parcel = co2e as f64 / 1e3 / all.max(1) as f64;
    tile(
        "",
        "CO₂e",
        format!("{} <span class=\"unit\">t</span>", tonnes(co2e)),
        format!("{} kg a parcel", decimal(per_parcel, 2)),
    );
    let (tight, other) = loads(run);
    tile("words", "How full", tight, other);
    out.push_str("</dl>");
    out
}

/// Load factors of the modes with a limit: by volume, and by weight.
fn loads(run: &Facts) -> (String, String) {
    let of = |key: &str| {
        let mode = |mode: &Facts| {
            let load = mode.share(key)?;
            is_used(mode).then(|| format!("{} {}", Text(mode.text("mode")), load_text(load)))
        };
        run.list("modes")
            .iter()
            .filter_map(mode)
            .collect::<Vec<_>>()
            .join(", ")
    };
    let or_none = |words: String| match words.as_str() {
        "" => "no limits".to_owned(),
        _ => words,
    };
    (
        or_none(of("load_m3")),
        format!("by volume; by weight {}", or_none(of("load_kg"))),
    )
}

fn parcels(number: i64) -> String {
    match number {
        0 => "no parcels".to_owned(),
        some => count(some, "parcel", "parcels"),
    }
}

/// Whether a mode carries or costs anything.
pub(super) fn is_used(mode: &Facts) -> bool {
    let carries = mode.number("parcels", 0) > 0 || mode.number("tonne_km", 6) > 0;
    carries || mode.money("cost") != Money::ZERO
}

/// `rail 839 t, air 1,002 t`: each parcel once, by its main haul.
fn by_mode(run: &Facts) -> String {
    let modes = run.list("modes");
    let words: Vec<String> = modes
        .iter()
        .filter(|mode| mode.number("kg", 3) > 0)
        .map(|mode| {
            format!(
                "{} {} t",
                Text(mode.text("mode")),
                tonnes(mode.number("kg", 3))
            )
        })
        .collect();
    words.join(", ")
}

fn proof_of(run: &Facts) -> String {
    proof(run.money("cost"), run.money_or_none("bound"))
}

/// What a reader must know before using the plan.
pub(super) fn warnings(scene: &Scene) -> String {
    let run = &scene.written.run;
    let mut out = String::new();
    let mut warn = |words: &str| {
        let _ = write!(
            out,
            "<p class=\"warning\"><strong>Take care:</strong> {words}</p>"
        );
    };
    if !run.is("status.feasible") {
        warn("this plan breaks a hard limit. See the limits below.");
    }
    match run.text("status.stop") {
        "time-limit" => warn("the search stopped at its time limit. A better plan may exist."),
        "interrupted" => warn("the search was stopped early. A better plan may exist."),
        "numerical" => warn(
            "the search stopped where floating point could get no further. A better plan may exist.",
        ),
        _ => {}
    }
    let changes = changes(scene);
    if !changes.is_empty() {
        let cells = match changes.are_cells_known {
            true => format!(" ({})", changes.in_words()),
            false => String::new(),
        };
        warn(&format!(
            "the instance is no longer what was planned: {} differ{}. Names, lines and promises are of today.",
            Text(&changes.tables.join(", ")),
            Text(&cells)
        ));
    }
    out
}

fn changes(scene: &Scene) -> Changes {
    let known = scene.written.changes.clone();
    known.unwrap_or_else(|| {
        let inputs = scene.written.run.entries("inputs").into_iter();
        let inputs = inputs.map(|(table, hash)| (table.to_owned(), hash.to_owned()));
        Changes::of_tables(&inputs.collect(), &scene.instance.hashes)
    })
}

/// What is shown, in a line under the title.
pub(super) fn subtitle(scene: &Scene) -> String {
    let (run, settings) = (&scene.written.run, &scene.instance.settings);
    let mut words = vec![match run.text("horizon") {
        "dated" => format!(
            "{} from {}",
            count(run.number("weeks", 0), "week", "weeks"),
            settings.week_start.strftime("%-d %B %Y")
        ),
        _ => "a typical week".to_owned(),
    }];
    match run.text("scenario") {
        "" => {}
        scenario => words.push(format!("scenario {}", Name(scenario))),
    }
    words.push(format!("planned by {}", Text(run.text("engine"))));
    words.join(" · ")
}

/// What cost pays for, in words and as `run.json` names it.
pub(super) const PARTS: [(&str, &str); 8] = [
    ("space on departures", "space"),
    ("carriage by the parcel", "carriage"),
    ("handling", "handling"),
    ("storage", "storage"),
    ("lateness", "lateness"),
    ("CO₂e", "co2e"),
    ("parcels left behind", "unserved"),
    ("limits broken", "limits"),
];

/// The cost by what it pays for.
pub(super) fn costs(run: &Facts) -> String {
    let all = run.money("cost");
    let parts: Vec<(&str, Money)> = PARTS
        .into_iter()
        .map(|(name, key)| (name, run.money(&format!("breakdown.{key}"))))
        .filter(|(_, part)| *part != Money::ZERO)
        .collect();
    let most = parts
        .iter()
        .map(|(_, part)| part.0)
        .max()
        .unwrap_or(0)
        .max(1);
    let mut out = format!(
        "<table class=\"figures\"><caption>What it costs, in {}</caption><thead><tr><th scope=\"col\">Part</th>\
         <th scope=\"col\" class=\"bar\"><span class=\"unseen\">Bar</span></th><th scope=\"col\" class=\"n\">{0}</th>\
         <th scope=\"col\" class=\"n\">Share</th></tr></thead><tbody>",
        Text(run.text("currency"))
    );
    let mut row = |class: &str, name: &str, part: Money, bar: bool| {
        let bar = match bar {
            true => plain_bar(part.0 as f64 / most as f64),
            false => String::new(),
        };
        let _ = write!(
            out,
            "<tr{class}><th scope=\"row\">{name}</th><td class=\"bar\">{bar}</td><td class=\"n\">{}</td><td class=\"n\">{}</td></tr>",
            money(part),
            percent(part.0, all.0),
        );
    };
    let dead = run.money("breakdown.dead_freight_in_space");
    for (name, part) in parts {
        row("", name, part, true);
        if name == "space on departures" && dead != Money::ZERO {
            row(" class=\"sub\"", "of it dead freight", dead, true);
        }
    }
    row(" class=\"total\"", "all", all, false);
    let tail = run.money("totals.tail_cost");
    if tail != Money::ZERO {
        // no part of the whole, and so without a share of it
        let _ = write!(
            out,
            "<tr class=\"sub\"><th scope=\"row\">apart from it, what competes later</th>\
             <td class=\"bar\"></td><td class=\"n\">{}</td><td class=\"n\"></td></tr>",
            money(tail)
        );
    }
    out.push_str("</tbody></table>");
    out
}
