//! Plans side by side.

use crate::plan::{Run, Share};
use crate::units::{Money, Parcels};

use super::cell::Cell;
use super::grid::{BOLD, FAINT, Grid, plain};
use super::json::Json;
use super::people::{self, decimal, money, percent, price, whole};
use super::{run, tables};

/// How parcels that ride several legs count.
pub const NOTE: &str =
    "Tonnes by mode: each parcel once, by the longest leg of its way. Tonne-km, loads: all legs.";

/// One plan of a comparison: what `run.json` says of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Summary {
    /// What it is called: an engine, or a folder.
    pub name: String,
    /// The currency of its money.
    pub currency: String,
    /// The cost of everything.
    pub cost: Money,
    /// What is proven.
    pub bound: Option<Money>,
    /// All parcels.
    pub parcels: Parcels,
    /// Delivered within the promise.
    pub on_time: Parcels,
    /// Delivered after it.
    pub late: Parcels,
    /// Left behind.
    pub unserved: Parcels,
    /// Grams of CO₂e.
    pub co2e: i64,
    /// Grams delivered.
    pub weight: i64,
    /// By mode.
    pub modes: Vec<ModeSummary>,
}

/// What a mode carries in a plan.
#[derive(Clone, Debug, PartialEq)]
pub struct ModeSummary {
    /// Its word.
    pub mode: String,
    /// Grams of which it is the main haul: over all modes, what is delivered.
    pub weight: i64,
    /// Gram-kilometres of all its legs.
    pub gram_km: i64,
    /// Load by weight.
    pub load_weight: Option<Share>,
    /// Load by volume.
    pub load_volume: Option<Share>,
}

impl Summary {
    /// Of a plan in memory.
    pub fn of(name: String, run: &Run) -> Self {
        let mode = |mode: &crate::plan::ModeTotals| ModeSummary {
            mode: tables::mode(mode.mode).to_owned(),
            weight: mode.hauled.weight.0,
            gram_km: i64::try_from(mode.load.gram_km).unwrap_or(i64::MAX),
            load_weight: mode.load.weight_share(),
            load_volume: mode.load.volume_share(),
        };
        Self {
            name,
            currency: run.currency.clone(),
            cost: run.cost,
            bound: run.bound,
            parcels: run.totals.parcels,
            on_time: run.totals.on_time,
            late: run.totals.late,
            unserved: run.totals.unserved,
            co2e: run.totals.co2e.0,
            weight: run.totals.weight.0,
            modes: run.modes.iter().map(mode).collect(),
        }
    }

    /// Of an engine's plan in memory.
    pub fn of_engine(run: &Run) -> Self {
        Self::of(run::engine(run.engine).to_owned(), run)
    }

    /// From the text of a `run.json`.
    ///
    /// # Errors
    /// What is missing or no number.
    pub fn parse(name: String, text: &str) -> Result<Self, String> {
        let json: serde_json::Value = serde_json::from_str(text).map_err(|e| e.to_string())?;
        let exact = |value: &serde_json::Value, key: &str, places: u32| {
            scaled(&value[key], places).ok_or_else(|| format!("it has no number {key}"))
        };
        let parcels = |key| exact(&json, key, 0).map(Parcels);
        let mode = |mode: &serde_json::Value| -> Result<ModeSummary, String> {
            Ok(ModeSummary {
                mode: mode["mode"]
                    .as_str()
                    .ok_or("a mode has no name")?
                    .to_owned(),
                weight: exact(mode, "kg", 3)?,
                gram_km: exact(mode, "tonne_km", 6)?,
                load_weight: scaled(&mode["load_kg"], 4).map(Share),
                load_volume: scaled(&mode["load_m3"], 4).map(Share),
            })
        };
        let modes = json["modes"].as_array().ok_or("it has no modes")?;
        Ok(Self {
            name,
            currency: json["currency"]
                .as_str()
                .ok_or("it has no currency")?
                .to_owned(),
            cost: Money(exact(&json, "cost", 6)?),
            bound: scaled(&json["bound"], 6).map(Money),
            parcels: parcels("parcels")?,
            on_time: parcels("on_time")?,
            late: parcels("late")?,
            unserved: parcels("unserved")?,
            co2e: exact(&json["totals"], "co2e_kg", 3)?,
            weight: exact(&json["totals"], "kg", 3)?,
            modes: modes.iter().map(mode).collect::<Result<_, _>>()?,
        })
    }

    /// (cost − bound) / cost as a percentage.
    fn gap(&self) -> Option<f64> {
        let bound = self.bound?;
        Some((self.cost.0 - bound.0).max(0) as f64 / self.cost.0.abs().max(1) as f64 * 100.0)
    }

    fn mode(&self, word: &str) -> Option<&ModeSummary> {
        self.modes.iter().find(|mode| mode.mode == word)
    }
}

/// A JSON number times 10^places, to the nearest.
fn scaled(value: &serde_json::Value, places: u32) -> Option<i64> {
    let scaled = value.as_f64()? * 10f64.powi(places as i32);
    (scaled.abs() < 9e18).then(|| scaled.round() as i64)
}

/// A line of the comparison.
struct Line {
    label: String,
    people: Vec<String>,
    cells: Vec<Cell<'static>>,
    bold: bool,
}

fn lines(plans: &[Summary]) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut add = |label: &str, bold: bool, of: &dyn Fn(&Summary) -> (String, Cell<'static>)| {
        let (people, cells) = plans.iter().map(of).unzip();
        lines.push(Line {
            label: label.to_owned(),
            people,
            cells,
            bold,
        });
    };
    let first = &plans[0];
    let currency = &first.currency;
    add(&format!("cost, {currency}"), true, &|p| {
        (money(p.cost), p.cost.into())
    });
    add("  against the first", false, &|p| {
        let more = p.cost - first.cost;
        let share = more.0 as f64 / first.cost.0.abs().max(1) as f64 * 100.0;
        let people = match more {
            Money(0) => "–".to_owned(),
            _ => format!("{share:+.2} %"),
        };
        (people, more.into())
    });
    add("  a parcel", false, &|p| {
        let each = people::each(p.cost, p.parcels.0).unwrap_or(Money::ZERO);
        (price(each), each.into())
    });
    add("  proven within", false, &|p| match p.gap() {
        Some(gap) => (
            people::gap((gap * 1e10).round() as i128).replace("within ", ""),
            Cell::scaled((gap * 1e8).round() as i64, 10),
        ),
        None => ("–".to_owned(), Cell::Blank),
    });
    add("parcels", true, &|p| (whole(p.parcels.0), p.parcels.into()));
    let fate = |of: fn(&Summary) -> Parcels| {
        move |p: &Summary| {
            let parcels = of(p);
            (percent(parcels.0, p.parcels.0), Cell::from(parcels))
        }
    };
    add("  on time", false, &fate(|p| p.on_time));
    add("  late", false, &fate(|p| p.late));
    add("  left behind", false, &fate(|p| p.unserved));
    add("tonnes delivered", true, &|p| {
        (decimal(p.weight as f64 / 1e6, 1), Cell::scaled(p.weight, 6))
    });
    let mut words: Vec<&str> = plans
        .iter()
        .flat_map(|plan| plan.modes.iter())
        .filter(|mode| mode.weight > 0 || mode.gram_km > 0)
        .map(|mode| mode.mode.as_str())
        .collect();
    words.sort_unstable();
    words.dedup();
    for word in words {
        add(&format!("  by {word}"), false, &|p| match p.mode(word) {
            Some(mode) => {
                let share = percent(mode.weight, p.weight);
                let tonnes = decimal(mode.weight as f64 / 1e6, 1);
                (format!("{tonnes} ({share})"), Cell::scaled(mode.weight, 6))
            }
            None => ("–".to_owned(), Cell::scaled(0, 0)),
        });
        add("    tonne-km", false, &|p| match p.mode(word) {
            Some(mode) => (
                decimal(mode.gram_km as f64 / 1e6, 0),
                Cell::scaled(mode.gram_km, 6),
            ),
            None => ("–".to_owned(), Cell::scaled(0, 0)),
        });
        type OfLoad = fn(&ModeSummary) -> Option<Share>;
        let loads: [(&str, OfLoad); 2] = [
            ("kg", |mode| mode.load_weight),
            ("m³", |mode| mode.load_volume),
        ];
        for (unit, of) in loads {
            if !plans
                .iter()
                .any(|plan| plan.mode(word).and_then(of).is_some())
            {
                continue;
            }
            add(
                &format!("    {unit} load"),
                false,
                &|p| match p.mode(word).and_then(of) {
                    Some(share) => (format!("{:.1} %", share.fraction() * 100.0), share.into()),
                    None => ("–".to_owned(), Cell::Blank),
                },
            );
        }
    }
    add("tonnes of CO₂e", true, &|p| {
        (decimal(p.co2e as f64 / 1e6, 1), Cell::scaled(p.co2e, 6))
    });
    add("  kg a parcel", false, &|p| {
        let each = p.co2e as f64 / 1e3 / p.parcels.0.max(1) as f64;
        (
            decimal(each, 3),
            Cell::scaled((each * 1e6).round() as i64, 6),
        )
    });
    lines
}

/// The comparison as a table for people; the first plan is the reference.
pub fn text(plans: &[Summary]) -> String {
    let mut head = vec!["<"];
    head.extend(plans.iter().map(|plan| plan.name.as_str()));
    let mut grid = Grid::new(&head);
    for line in lines(plans) {
        let mut cells = vec![plain(line.label)];
        cells.extend(line.people.into_iter().map(|text| match text.as_str() {
            "–" => (text, FAINT),
            _ => plain(text),
        }));
        if line.bold {
            grid.styled_row(BOLD, cells);
        } else {
            grid.row(cells);
        }
    }
    grid.draw()
}

/// The comparison for a sheet: label, whether it heads a group, and a cell per plan.
pub fn sheet_lines(plans: &[Summary]) -> Vec<(String, bool, Vec<Cell<'static>>)> {
    let lines = lines(plans).into_iter();
    lines
        .map(|line| (line.label, line.bold, line.cells))
        .collect()
}

/// Each figure of the comparison: its label, indented as in the table for people, and what each
/// plan comes to.
pub(super) fn figures(plans: &[Summary]) -> Vec<(String, Vec<String>)> {
    let figures = lines(plans).into_iter();
    figures.map(|line| (line.label, line.people)).collect()
}

/// The comparison as CSV: a row per figure, a column per plan, in exact numbers.
///
/// # Errors
/// Whatever the writer says.
pub fn csv(plans: &[Summary], out: impl std::io::Write) -> std::io::Result<()> {
    let mut writer = csv::Writer::from_writer(out);
    let mut head = vec![std::borrow::Cow::from("figure")];
    head.extend(plans.iter().map(|plan| super::csv::harmless(&plan.name)));
    writer.write_record(head.iter().map(|cell| cell.as_bytes()))?;
    for (name, line) in named(plans) {
        let cells = line.cells.iter().map(ToString::to_string);
        writer.write_record(std::iter::once(name).chain(cells))?;
    }
    writer.flush()
}

/// The comparison as JSON: an object of figures per plan.
pub fn json(plans: &[Summary]) -> Json {
    let lines = named(plans);
    let figures = |index: usize| {
        let pairs = lines
            .iter()
            .map(|(name, line)| (name.clone(), Json::from(line.cells[index].clone())));
        Json::object(pairs)
    };
    let plan = |(index, plan): (usize, &Summary)| {
        Json::object([
            ("name", Json::text(&plan.name)),
            ("currency", Json::text(&plan.currency)),
            ("figures", figures(index)),
        ])
    };
    Json::object([(
        "plans",
        Json::List(plans.iter().enumerate().map(plan).collect()),
    )])
}

/// Lines with names for programs: words joined by underscores, of their group where indented.
fn named(plans: &[Summary]) -> Vec<(String, Line)> {
    let mut groups: [String; 2] = Default::default();
    lines(plans)
        .into_iter()
        .map(|line| {
            let depth = (line.label.len() - line.label.trim_start().len()) / 2;
            let own = line.label.trim().split(',').next().unwrap_or_default();
            let own = own
                .replace("CO₂e", "co2e")
                .replace("m³", "m3")
                .replace([' ', '-'], "_");
            let name = match depth {
                0 => own.clone(),
                1 => format!("{}_{own}", groups[0]),
                _ => format!("{}_{own}", groups[1]),
            };
            if depth < 2 {
                groups[depth].clone_from(&name);
            }
            (name, line)
        })
        .collect()
}
