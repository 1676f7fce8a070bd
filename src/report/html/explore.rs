//! The tables that a reader sorts and filters, as data for the page's script.
//!
//! Columns rather than rows, texts by number: a plan's tables repeat themselves, and so they take a
//! fifth of their space.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::super::people::{count, whole};
use super::flows::Scene;
use super::markup::json_for_script;
use super::written::{ReportError, Sheet};

/// More allocations than this are added up by the services they travel with.
const ALLOCATIONS: usize = 20_000;
/// More rows than this of any table are left out.
const ROWS: usize = 20_000;

/// A column: its name, and how many decimals it shows; text where there are none to show.
type Format = (&'static str, Option<u32>);

/// A table for the script.
pub(super) struct Exploration {
    tables: Vec<Value>,
}

impl Exploration {
    pub(super) fn new() -> Self {
        Self { tables: Vec::new() }
    }

    /// Adds a table; `sums` are columns that are added up under it.
    pub(super) fn add(&mut self, name: &str, note: &str, columns: Vec<Value>) {
        if columns.iter().any(|column| column["v"] != json!([])) {
            self.tables
                .push(json!({ "name": name, "note": note, "columns": columns }));
        }
    }

    /// The data, safe inside a script element.
    pub(super) fn data(&self) -> String {
        json_for_script(&Value::from(self.tables.clone()).to_string())
    }

    /// Names of the tables.
    pub(super) fn is_empty(&self) -> bool {
        self.tables.is_empty()
    }
}

/// A column of texts: each different one once, and its number per row.
pub(super) fn texts(name: &str, texts: &[&str]) -> Value {
    let mut numbers: BTreeMap<&str, usize> = texts.iter().map(|&text| (text, 0)).collect();
    for (number, entry) in numbers.values_mut().enumerate() {
        *entry = number;
    }
    let distinct: Vec<&str> = numbers.keys().copied().collect();
    let rows: Vec<usize> = texts.iter().map(|text| numbers[text]).collect();
    json!({ "n": name, "d": distinct, "v": rows })
}

/// A column of exact decimals: integers times 10^-`places`, of which `shown` are shown.
pub(super) fn numbers(name: &str, values: &[Option<i64>], places: u32, shown: u32) -> Value {
    // Fewer digits are a smaller file: whole columns often have none after the point.
    let mut divisor = 1;
    let mut kept = places;
    while kept > 0
        && values
            .iter()
            .flatten()
            .all(|value| value % (divisor * 10) == 0)
    {
        divisor *= 10;
        kept -= 1;
    }
    let scaled: Vec<Option<i64>> = values.iter().map(|v| v.map(|v| v / divisor)).collect();
    json!({ "n": name, "p": kept, "s": shown, "v": scaled })
}

/// The allocations, departures, handling steps and demands of a plan.
pub(super) fn explore(scene: &Scene) -> Result<Exploration, ReportError> {
    let written = scene.written;
    let mut all = Exploration::new();
    allocations(scene, &mut all)?;
    let formats: &[Format] = &[
        ("service", None),
        ("leg", Some(0)),
        ("departs", None),
        ("arrives", None),
        ("parcels", Some(0)),
        ("kg", Some(0)),
        ("m3", Some(1)),
        ("load_kg", Some(4)),
        ("load_m3", Some(4)),
        ("units", Some(0)),
        ("units_limit", Some(0)),
        ("dead_units", Some(0)),
        ("cost", Some(0)),
        ("shadow_price_per_unit", Some(2)),
    ];
    table(&mut all, "Departures", &written.departures, formats)?;
    let formats: &[Format] = &[
        ("place", None),
        ("step", None),
        ("mode", None),
        ("direction", None),
        ("bucket", None),
        ("used", Some(0)),
        ("capacity", Some(0)),
        ("load", Some(4)),
        ("unit", None),
        ("cost", Some(0)),
        ("shadow_price_per_unit", Some(2)),
    ];
    table(&mut all, "Handling", &written.handling, formats)?;
    let formats: &[Format] = &[
        ("origin", None),
        ("destination", None),
        ("product", None),
        ("week", Some(0)),
        ("parcels", Some(0)),
        ("on_time", Some(0)),
        ("late", Some(0)),
        ("unserved", Some(0)),
        ("cost", Some(0)),
        ("marginal_cost_per_parcel", Some(2)),
        ("reason", None),
    ];
    table(&mut all, "Demand", &written.demand, formats)?;
    Ok(all)
}

fn table(
    all: &mut Exploration,
    name: &str,
    sheet: &Sheet,
    formats: &[Format],
) -> Result<(), ReportError> {
    let kept = sheet.len().min(ROWS);
    let mut columns = Vec::new();
    for &(column, shown) in formats {
        columns.push(match shown {
            None => texts(column, &sheet.texts(column)?[..kept]),
            Some(shown) => numbers(column, &sheet.options(column, 6)?[..kept], 6, shown),
        });
    }
    let note = match sheet.len() {
        all if all > kept => format!(
            "The first {} of {} rows; all of them are in the plan's folder.",
            whole(kept as i64),
            whole(all as i64)
        ),
        _ => String::new(),
    };
    all.add(name, &note, columns);
    Ok(())
}

/// Allocations as they are, or added up where they are many.
fn allocations(scene: &Scene, all: &mut Exploration) -> Result<(), ReportError> {
    let sheet = &scene.written.allocation;
    if sheet.len() > ALLOCATIONS {
        return routes(scene, all);
    }
    let formats: &[Format] = &[
        ("origin", None),
        ("destination", None),
        ("product", None),
        ("release", None),
        ("path", None),
        ("parcels", Some(0)),
        ("kg", Some(0)),
        ("m3", Some(1)),
        ("cost", Some(2)),
        ("delivered", None),
        ("hours", Some(1)),
        ("late_hours", Some(1)),
        ("co2e_kg", Some(0)),
    ];
    table(all, "Allocations", sheet, formats)
}

/// Origin, destination, product and services.
type Key<'a> = (&'a str, &'a str, &'a str, String);

/// What travels from where to where with which services, whatever the day.
#[derive(Default)]
struct Route {
    rows: i64,
    parcels: i64,
    weight: i64,
    volume: i64,
    cost: i64,
    late: i64,
    longest: i64,
    co2e: i64,
}

fn routes(scene: &Scene, all: &mut Exploration) -> Result<(), ReportError> {
    let sheet = &scene.written.allocation;
    let [origins, destinations, products, paths] = [
        sheet.texts("origin")?,
        sheet.texts("destination")?,
        sheet.texts("product")?,
        sheet.texts("path")?,
    ];
    let number = |column, places| sheet.numbers(column, places);
    let (parcels, weights, volumes) = (number("parcels", 0)?, number("kg", 6)?, number("m3", 6)?);
    let (costs, hours, late, co2e) = (
        number("cost", 6)?,
        number("hours", 6)?,
        number("late_hours", 6)?,
        number("co2e_kg", 6)?,
    );
    let mut routes: BTreeMap<Key, Route> = BTreeMap::new();
    for at in 0..sheet.len() {
        let key = (
            origins[at],
            destinations[at],
            products[at],
            scene.route_of(paths[at]),
        );
        let route = routes.entry(key).or_default();
        route.rows += 1;
        route.parcels += parcels[at];
        route.weight += weights[at];
        route.volume += volumes[at];
        route.cost += costs[at];
        route.late += if late[at] > 0 { parcels[at] } else { 0 };
        route.longest = route.longest.max(hours[at]);
        route.co2e += co2e[at];
    }
    let found = routes.len();
    let mut routes: Vec<_> = routes.into_iter().collect();
    if found > ROWS {
        routes.sort_by(|a, b| (b.1.parcels, &a.0).cmp(&(a.1.parcels, &b.0)));
        routes.truncate(ROWS);
    }
    let of_text = |name, of: &dyn Fn(&Key) -> String| {
        let owned: Vec<String> = routes.iter().map(|(key, _)| of(key)).collect();
        let borrowed: Vec<&str> = owned.iter().map(String::as_str).collect();
        texts(name, &borrowed)
    };
    let of_number = |name, places, shown, of: &dyn Fn(&Route) -> i64| {
        let values: Vec<_> = routes.iter().map(|(_, route)| Some(of(route))).collect();
        numbers(name, &values, places, shown)
    };
    let columns = vec![
        of_text("origin", &|key| key.0.to_owned()),
        of_text("destination", &|key| key.1.to_owned()),
        of_text("product", &|key| key.2.to_owned()),
        of_text("services", &|key| key.3.clone()),
        of_number("allocations", 0, 0, &|r| r.rows),
        of_number("parcels", 0, 0, &|r| r.parcels),
        of_number("late_parcels", 0, 0, &|r| r.late),
        of_number("kg", 6, 0, &|r| r.weight),
        of_number("m3", 6, 1, &|r| r.volume),
        of_number("cost", 6, 2, &|r| r.cost),
        of_number("longest_hours", 6, 1, &|r| r.longest),
        of_number("co2e_kg", 6, 0, &|r| r.co2e),
    ];
    let mut note = format!(
        "{} are added up by the services they travel with; each stands in allocation.csv.",
        count(sheet.len() as i64, "allocation", "allocations")
    );
    if found > ROWS {
        note.push_str(&format!(
            " The {} with most parcels of {} are shown.",
            whole(ROWS as i64),
            whole(found as i64)
        ));
    }
    all.add("Allocations", &note, columns);
    Ok(())
}
