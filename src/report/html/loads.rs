//! Tables with bars: how full services are, and what is late.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::units::{Minutes, Money};

use super::super::people::{count, decimal, money, percent, whole};
use super::super::why::Reasons;
use super::flows::Scene;
use super::headline::is_used;
use super::map::tonnes;
use super::markup::{Name, Text, shorten};
use super::written::{Facts, ReportError};

/// Rows of a list that are shown.
pub(super) const ROWS: usize = 40;

/// Reasons that are told.
const REASONS: usize = 8;

/// A load in ten-thousandths as a percentage.
pub(super) fn load_text(load: i64) -> String {
    percent(load, 10_000)
}

/// A bar of a share from 0 to 1.
pub(super) fn plain_bar(share: f64) -> String {
    let wide = (share.clamp(0.0, 1.0) * 1000.0).round() / 10.0;
    format!(
        "<span class=\"track\" aria-hidden=\"true\"><span style=\"width:{wide}%\"></span></span>"
    )
}

fn load_cells(load: Option<i64>, class: &str) -> String {
    match load {
        None => "<td class=\"bar none\"></td><td class=\"n none\">no limit</td>".to_owned(),
        Some(load) => {
            let full = if load >= 9_500 { " full" } else { "" };
            format!(
                "<td class=\"bar {class}{full}\">{}</td><td class=\"n{full}\">{}</td>",
                plain_bar(load as f64 / 1e4),
                load_text(load)
            )
        }
    }
}

/// Begins a table: its caption, and its columns with the class of their cells.
pub(super) fn head(out: &mut String, caption: &str, columns: &[(&str, &str)]) {
    let _ = write!(
        out,
        "<table class=\"figures\"><caption>{caption}</caption><thead><tr>"
    );
    for (name, class) in columns {
        let _ = match *class {
            "bar" => write!(
                out,
                "<th scope=\"col\" class=\"bar\"><span class=\"unseen\">{name}, as a bar</span></th>"
            ),
            class => write!(out, "<th scope=\"col\" class=\"{class}\">{name}</th>"),
        };
    }
    out.push_str("</tr></thead><tbody>");
}

/// How full each service is, the heaviest first; those without a limit as one row per mode.
pub(super) fn services(scene: &Scene) -> String {
    let run = &scene.written.run;
    let currency = Text(run.text("currency")).to_string();
    let mut out = String::new();
    head(
        &mut out,
        "How full each service is",
        &[
            ("Service", ""),
            ("Mode", ""),
            ("Departures", "n"),
            ("Parcels", "n"),
            ("Tonnes", "n"),
            ("m³", "n"),
            ("Load by weight", "bar"),
            ("By weight", "n"),
            ("Load by volume", "bar"),
            ("By volume", "n"),
            (&currency, "n"),
        ],
    );
    let mut services = run.list("services");
    services.retain(|s| s.number("parcels", 0) > 0 || s.number("cost", 6) > 0);
    let limited = |s: &Facts| s.share("load_kg").is_some() || s.share("load_m3").is_some();
    let (mut full, endless): (Vec<Facts>, Vec<Facts>) = services.into_iter().partition(limited);
    full.sort_by_key(|s| {
        (
            -s.number("kg", 3),
            s.text("service").to_owned(),
            s.number("leg", 0),
        )
    });
    let rest = full.split_off(full.len().min(ROWS));
    for service in &full {
        row(&mut out, &service_name(scene, service), service, "");
    }
    for mode in ["rail", "air", "sea", "road"] {
        let of = |list: &[Facts]| -> Vec<Facts> {
            list.iter()
                .filter(|s| s.text("mode") == mode)
                .cloned()
                .collect()
        };
        sum(&mut out, mode, &of(&rest), "more");
        sum(&mut out, mode, &of(&endless), "without a limit");
    }
    out.push_str("</tbody></table>");
    out.push_str(&modes(run));
    out
}

/// Each parcel once, by the mode of its main haul, beside the tonne-kilometres, loads and costs of
/// all legs of the mode.
fn modes(run: &Facts) -> String {
    let currency = Text(run.text("currency")).to_string();
    let mut out = String::new();
    head(
        &mut out,
        "By mode: each parcel once, by the leg of its way with the most km; tonne-km, loads and \
         costs of all legs",
        &[
            ("Mode", ""),
            ("Parcels", "n"),
            ("Tonnes", "n"),
            ("Share", "n"),
            ("m³", "n"),
            ("Tonne-km", "n"),
            ("Load by weight", "bar"),
            ("By weight", "n"),
            ("Load by volume", "bar"),
            ("By volume", "n"),
            (&currency, "n"),
        ],
    );
    let mut modes = run.list("modes");
    modes.retain(is_used);
    let whole_weight = run.number("totals.kg", 3);
    let mut line = |name: &str, class: &str, modes: &[Facts], loads: String| {
        let sum = |key, places| {
            modes
                .iter()
                .map(|mode| mode.number(key, places))
                .sum::<i64>()
        };
        let _ = write!(
            out,
            "<tr{class}><th scope=\"row\">{name}</th><td class=\"n\">{}</td><td class=\"n\">{}</td>\
             <td class=\"n\">{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td>{loads}<td class=\"n\">{}</td></tr>",
            whole(sum("parcels", 0)),
            tonnes(sum("kg", 3)),
            percent(sum("kg", 3), whole_weight),
            decimal(sum("m3", 6) as f64 / 1e6, 0),
            decimal(sum("tonne_km", 6) as f64 / 1e6, 0),
            money(Money(sum("cost", 6))),
        );
    };
    for mode in &modes {
        let loads = [("load_kg", "kg"), ("load_m3", "m3")];
        let loads = loads.map(|(key, class)| load_cells(mode.share(key), class));
        let name = Text(mode.text("mode")).to_string();
        line(&name, "", std::slice::from_ref(mode), loads.concat());
    }
    let no_loads = "<td class=\"bar\"></td><td class=\"n none\">–</td>".repeat(2);
    line("all", " class=\"total\"", &modes, no_loads);
    out.push_str("</tbody></table>");
    out
}

fn service_name(scene: &Scene, service: &Facts) -> String {
    let id = service.text("service");
    match scene.service(id).map(|s| s.legs.len()) {
        Some(legs) if legs > 1 => format!("{}/{}", Name(id), service.number("leg", 0)),
        _ => Name(id).to_string(),
    }
}

fn row(out: &mut String, name: &str, load: &Facts, class: &str) {
    let departures = match load.number("departures", 0) {
        0 => String::new(),
        some => whole(some),
    };
    let _ = write!(
        out,
        "<tr{class}><th scope=\"row\">{name}</th><td>{}</td><td class=\"n\">{departures}</td><td class=\"n\">{}</td>\
         <td class=\"n\">{}</td><td class=\"n\">{}</td>{}{}<td class=\"n\">{}</td></tr>",
        Text(load.text("mode")),
        whole(load.number("parcels", 0)),
        tonnes(load.number("kg", 3)),
        decimal(load.number("m3", 6) as f64 / 1e6, 0),
        load_cells(load.share("load_kg"), "kg"),
        load_cells(load.share("load_m3"), "m3"),
        money(load.money("cost")),
    );
}

/// Several services in one row, without loads.
fn sum(out: &mut String, mode: &str, services: &[Facts], what: &str) {
    if services.is_empty() {
        return;
    }
    let total = |key, places| services.iter().map(|s| s.number(key, places)).sum::<i64>();
    let _ = write!(
        out,
        "<tr class=\"sub\"><th scope=\"row\">{} {what}</th><td>{mode}</td><td class=\"n\">{}</td><td class=\"n\">{}</td>\
         <td class=\"n\">{}</td><td class=\"n\">{}</td><td class=\"bar\"></td><td class=\"n none\">–</td><td class=\"bar\"></td>\
         <td class=\"n none\">–</td><td class=\"n\">{}</td></tr>",
        count(services.len() as i64, "service", "services"),
        whole(total("departures", 0)),
        whole(total("parcels", 0)),
        tonnes(total("kg", 3)),
        decimal(total("m3", 6) as f64 / 1e6, 0),
        money(Money(total("cost", 6))),
    );
}

/// What happens to the parcels of a product.
#[derive(Clone, Debug, Default)]
pub(super) struct Fate {
    pub(super) parcels: i64,
    pub(super) on_time: i64,
    pub(super) late: i64,
    pub(super) unserved: i64,
    pub(super) cost: i64,
    /// Minutes from release to delivered, and parcels.
    hours: BTreeMap<i64, i64>,
}

impl Fate {
    /// The time within which a share of the delivered parcels arrives.
    fn within(&self, share: f64) -> Option<Minutes> {
        let all: i64 = self.hours.values().sum();
        let wanted = (all as f64 * share).ceil() as i64;
        let mut so_far = 0;
        self.hours
            .iter()
            .find(|(_, parcels)| {
                so_far += **parcels;
                so_far >= wanted
            })
            .map(|(&minutes, _)| Minutes(minutes))
    }
}

/// Fates by product id.
pub(super) fn fates(scene: &Scene) -> Result<BTreeMap<String, Fate>, ReportError> {
    let mut fates: BTreeMap<String, Fate> = BTreeMap::new();
    let demand = &scene.written.demand;
    let [parcels, on_time, late, unserved] = [
        demand.numbers("parcels", 0)?,
        demand.numbers("on_time", 0)?,
        demand.numbers("late", 0)?,
        demand.numbers("unserved", 0)?,
    ];
    let costs = demand.numbers("cost", 6)?;
    for (at, product) in demand.texts("product")?.into_iter().enumerate() {
        let fate = fates.entry(product.to_owned()).or_default();
        fate.parcels += parcels[at];
        fate.on_time += on_time[at];
        fate.late += late[at];
        fate.unserved += unserved[at];
        fate.cost += costs[at];
    }
    let allocation = &scene.written.allocation;
    let (parcels, hours) = (
        allocation.numbers("parcels", 0)?,
        allocation.numbers("hours", 6)?,
    );
    for (at, product) in allocation.texts("product")?.into_iter().enumerate() {
        let minutes = (hours[at] as f64 * 60.0 / 1e6).round() as i64;
        let fate = fates.entry(product.to_owned()).or_default();
        *fate.hours.entry(minutes).or_default() += parcels[at];
    }
    Ok(fates)
}

/// Lateness by product, with the reasons that concern most parcels.
pub(super) fn lateness(scene: &Scene) -> Result<String, ReportError> {
    let mut out = String::new();
    let currency = Text(scene.written.run.text("currency")).to_string();
    head(
        &mut out,
        "On time, late and left behind, by product",
        &[
            ("Product", ""),
            ("Promise", "n"),
            ("Half within", "n"),
            ("95 % within", "n"),
            ("Parcels", "n"),
            ("Share on time", "bar"),
            ("On time", "n"),
            ("Late", "n"),
            ("Left behind", "n"),
            (&currency, "n"),
        ],
    );
    for (product, fate) in fates(scene)? {
        let known = scene.instance.products.iter().find(|p| p.id == product);
        let days = |minutes: Option<Minutes>| minutes.map_or("–".to_owned(), span);
        let mark = |parcels: i64, class| match parcels {
            0 => "<td class=\"n none\">–</td>".to_owned(),
            some => format!("<td class=\"n {class}\">{}</td>", whole(some)),
        };
        let _ = write!(
            out,
            "<tr><th scope=\"row\">{}</th><td class=\"n\">{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td>\
             <td class=\"bar fate\">{}</td><td class=\"n\">{}</td>{}{}<td class=\"n\">{}</td></tr>",
            product_name(known.map_or("", |p| &p.name), &product),
            days(known.map(|p| p.promise)),
            days(fate.within(0.5)),
            days(fate.within(0.95)),
            whole(fate.parcels),
            fate_bar(&fate),
            percent(fate.on_time, fate.parcels),
            mark(fate.late, "late"),
            mark(fate.unserved, "unserved"),
            money(Money(fate.cost)),
        );
    }
    out.push_str("</tbody></table>");
    out.push_str(&reasons(scene)?);
    Ok(out)
}

/// The name of a product and its id, once where they are the same.
pub(super) fn product_name(name: &str, id: &str) -> String {
    match name {
        "" => Name(id).to_string(),
        name if name == id => Name(id).to_string(),
        name => format!(
            "{} <span class=\"id\">{}</span>",
            Name(&shorten(name, 40)),
            Name(id)
        ),
    }
}

/// Days with a decimal, hours below three days.
fn span(minutes: Minutes) -> String {
    let hours = minutes.hours();
    match hours >= 72.0 {
        true => format!("{} d", decimal(hours / 24.0, 1)),
        false => format!("{} h", decimal(hours, 0)),
    }
}

/// On time, late, left behind, in that order.
pub(super) fn fate_bar(fate: &Fate) -> String {
    let part = |class: &str, parcels: i64| match parcels {
        0 => String::new(),
        some => {
            let wide = some as f64 / fate.parcels.max(1) as f64 * 100.0;
            // Whatever is late is seen.
            format!(
                "<span class=\"{class}\" style=\"width:{:.2}%\"></span>",
                wide.max(0.8)
            )
        }
    };
    format!(
        "<span class=\"track\" aria-hidden=\"true\">{}{}{}</span>",
        part("good", fate.on_time),
        part("late", fate.late),
        part("unserved", fate.unserved)
    )
}

fn reasons(scene: &Scene) -> Result<String, ReportError> {
    let demand = &scene.written.demand;
    let (late, unserved) = (demand.numbers("late", 0)?, demand.numbers("unserved", 0)?);
    let rows = demand.texts("reason")?.into_iter().enumerate();
    let reasons = Reasons::of(rows.map(|(at, reason)| (reason, late[at] + unserved[at])));
    if reasons.is_empty() {
        return Ok("<p>Nothing is late and nothing is left behind.</p>".to_owned());
    }
    let mut out = String::from("<h3>Why</h3><ul class=\"reasons\">");
    let (told, rest) = reasons.split(REASONS);
    for (reason, parcels) in told {
        let parcels = count(parcels, "parcel", "parcels");
        let _ = write!(out, "<li><strong>{parcels}</strong> {}</li>", Name(reason));
    }
    out.push_str("</ul>");
    if let Some(rest) = rest {
        let _ = write!(out, "<p>{}: see the demand table below.</p>", rest.words());
    }
    Ok(out)
}
