//! What stands where, and how it follows from the tables.

use super::tables::Facts;

/// A figure: where it stands, and what it must be.
pub struct Rule {
    /// What it is called; `said: …` where the tables cannot tell, and other places have it from there.
    pub name: &'static str,
    /// Its places: parts joined by ` | `, `*` for any; and by what the figure is multiplied there.
    pub stands: &'static [(&'static str, f64)],
    /// What it is, given what `*` stands for; `None` where the tables cannot tell.
    pub follows: fn(&Facts, &[&str]) -> Option<f64>,
    /// How much tables may be off, which round each row.
    pub hair: f64,
}

/// What stands at a place as it is.
macro_rules! rules {
    ($($name:literal: [$($place:literal $(* $factor:expr)?),+ $(,)?] $(+- $hair:literal)? => $follows:expr;)*) => {
        &[$(Rule {
            name: $name,
            stands: &[$(($place, 1.0 $(* $factor)?)),+],
            follows: $follows,
            hair: 0.0 $(+ $hair)?,
        }),*]
    };
}

const TONNE: f64 = 1e-3;

fn sum(facts: &Facts, table: &str, column: &str) -> Option<f64> {
    Some(facts.table(table).sum(column))
}

fn parcels(facts: &Facts) -> f64 {
    facts.table("demand").sum("parcels")
}

/// The column of `demand.csv` that a fate is called by.
fn fate(name: &str) -> Option<&'static str> {
    Some(match name {
        "all" => "parcels",
        "on time" | "on_time" => "on_time",
        "late" => "late",
        "left behind" | "left_behind" | "unserved" => "unserved",
        _ => return None,
    })
}

/// A part of the cost by the name it has in words, or in `run.json`.
fn part(facts: &Facts, name: &str) -> Option<f64> {
    Some(match name {
        "space on departures" | "space" | "space bought on departures" => {
            facts.table("departures").sum("cost")
        }
        "carriage by the parcel" | "carriage" => facts.table("departures").sum("carriage"),
        "handling" => facts.table("handling").sum("cost"),
        "parcels left behind" | "unserved" => facts.unserved_cost,
        "limits broken" | "limits" => facts.table("limits").sum("cost"),
        "what parcels cause by themselves" => facts.table("allocation").sum("cost"),
        // one column has the three of them with carriage: two are taken as they are said
        "storage" | "lateness" => facts.run(&format!("breakdown.{name}"))?,
        "CO₂e" | "co2e" => {
            let others = ["carriage", "storage", "lateness"];
            let others: Option<f64> = others.iter().map(|name| part(facts, name)).sum();
            facts.table("allocation").sum("cost") - others?
        }
        "of it dead freight" | "dead_freight_in_space" => {
            facts.run("breakdown.dead_freight_in_space")?
        }
        "all" => facts.cost(),
        _ => return None,
    })
}

/// Whether a mode's share or sum is that of all modes.
fn of_mode(mode: &str, one: impl Fn(&str) -> f64) -> Option<f64> {
    match mode {
        "all" => Some(["rail", "air", "road", "sea"].into_iter().map(one).sum()),
        mode => Some(one(mode)),
    }
}

fn hauled(facts: &Facts, mode: &str, column: &str) -> Option<f64> {
    of_mode(mode, |mode| facts.hauled_by(mode, column))
}

fn paid(facts: &Facts, mode: &str) -> Option<f64> {
    of_mode(mode, |mode| {
        facts.departures_by(mode, "cost") + facts.departures_by(mode, "carriage")
    })
}

fn tonne_km(facts: &Facts, mode: &str) -> Option<f64> {
    of_mode(mode, |mode| {
        facts.tonne_km.get(mode).copied().unwrap_or(0.0)
    })
}

/// A figure of an entry of a list of `run.json`, whose names are these.
fn entry(facts: &Facts, list: &str, names: &[(&str, &str)], figure: &str) -> Option<f64> {
    let items = facts.run[list].as_array()?;
    let is_it = |item: &&serde_json::Value| names.iter().all(|(key, name)| item[*key] == *name);
    items.iter().find(is_it)?[figure].as_f64()
}

/// The name of a service's leg, and its rows: `ZIH` or `ZIH/2`.
fn leg(facts: &Facts, name: &str) -> (String, String) {
    let is_service = |id: &str| !facts.mode_of(id).is_empty();
    match name.rsplit_once('/') {
        Some((service, leg)) if !is_service(name) => (service.to_owned(), leg.to_owned()),
        _ => (name.to_owned(), "1".to_owned()),
    }
}

/// What the departures of a leg carry or cost. What runs free of charge and empty has no rows.
fn aboard(facts: &Facts, name: &str, column: &str) -> Option<f64> {
    let (service, leg) = leg(facts, name);
    let names = [("service", service.as_str()), ("leg", leg.as_str())];
    let departures = facts.table("departures");
    Some(match column {
        "cost" => departures.sum_where("cost", &names) + departures.sum_where("carriage", &names),
        column => departures.sum_where(column, &names),
    })
}

/// A figure of a leg in `run.json`.
fn of_leg(facts: &Facts, name: &str, figure: &str) -> Option<f64> {
    let (service, leg) = leg(facts, name);
    let items = facts.run["services"].as_array()?;
    let is_it = |item: &&serde_json::Value| {
        item["service"] == service.as_str()
            && item["leg"]
                .as_i64()
                .is_some_and(|number| number.to_string() == leg)
    };
    items.iter().find(is_it)?[figure].as_f64()
}

/// `NAME MODE`, or `94 services MODE` for those without a limit together.
fn service_row(facts: &Facts, label: &str, column: &str) -> Option<f64> {
    let (name, mode) = label.rsplit_once(' ')?;
    let is_sum = name.split_once(' ').is_some_and(|(count, rest)| {
        count.bytes().all(|b| b.is_ascii_digit()) && rest.starts_with("service")
    });
    if !is_sum {
        return aboard(facts, name, column);
    }
    let endless = |item: &&serde_json::Value| {
        let used = item["parcels"] != 0 || item["cost"] != 0;
        let none = item["load_kg"].is_null() && item["load_m3"].is_null();
        item["mode"] == mode && used && none
    };
    let services = facts.run["services"].as_array()?.iter().filter(endless);
    let column = if column == "carriage" { "cost" } else { column };
    services.map(|item| item[column].as_f64()).sum()
}

/// Parcels late or left behind for a reason; `None` where it is no reason of a demand.
fn by_reason(facts: &Facts, reason: &str) -> Option<f64> {
    let demand = facts.table("demand");
    let of = [("reason", reason)];
    let parcels = demand.sum_where("late", &of) + demand.sum_where("unserved", &of);
    (demand.count_where(&of) > 0.0).then_some(parcels)
}

/// A demand's product and origin, `PRODUCT ORIGIN`.
fn trouble(facts: &Facts, label: &str, column: &str) -> Option<f64> {
    let demand = facts.table("demand");
    let pairs = demand.texts("product").zip(demand.texts("origin"));
    let (product, origin) = pairs
        .into_iter()
        .find(|(p, o)| label == format!("{p} {o}"))?;
    let names = [("product", product), ("origin", origin)];
    Some(demand.sum_where(column, &names))
}

/// Every figure of every output.
pub const RULES: &[Rule] = rules! {
    "parcels": ["run.json | parcels", "terminal | headline | parcels", "compare | parcels"]
        => |facts, _| Some(parcels(facts));
    "parcels by fate": ["run.json | *", "workbook | Parcels | * | parcels"]
        => |facts, at| sum(facts, "demand", fate(at[0])?);
    "parcels by fate, beside another plan": [
        "compare | parcels_on_time", "report | tile | On time | detail |",
    ] => |facts, _| sum(facts, "demand", "on_time");
    "parcels late": ["compare | parcels_late", "report | tile | Late | detail |"]
        => |facts, _| sum(facts, "demand", "late");
    "parcels left behind": [
        "compare | parcels_left_behind", "report | tile | Left behind | detail |",
    ] => |facts, _| sum(facts, "demand", "unserved");
    "share by fate": ["terminal | headline | *", "workbook | Parcels | * | share"]
        => |facts, at| Some(facts.table("demand").sum(fate(at[0])?) / parcels(facts));
    "share on time": ["report | tile | On time"]
        => |facts, _| Some(facts.table("demand").sum("on_time") / parcels(facts));
    "share late": ["report | tile | Late"]
        => |facts, _| Some(facts.table("demand").sum("late") / parcels(facts));
    "share left behind": ["report | tile | Left behind"]
        => |facts, _| Some(facts.table("demand").sum("unserved") / parcels(facts));

    "cost": [
        "run.json | cost", "terminal | headline | cost", "compare | cost", "report | tile | Cost",
        "report | tile | Cost | detail | EUR",
    ] => |facts, _| Some(facts.cost());
    "cost against itself": ["compare | cost_against_the_first"] => |_, _| Some(0.0);
    "cost of a parcel": [
        "terminal | headline | a parcel", "compare | cost_a_parcel", "report | tile | A parcel",
    ] => |facts, _| Some(facts.cost() / parcels(facts));
    "bound": ["run.json | bound", "terminal | headline | bound", "report | tile | Cost | detail | proven only that no plan costs less than", "workbook | What it costs | no plan costs less than | EUR"]
        => |facts, _| facts.run("bound");
    "distance to the bound": ["workbook | What it costs | at most to be gained | EUR"]
        => |facts, _| Some(facts.cost() - facts.run("bound")?);
    "what competes later": [
        "terminal | What it costs | apart from it, what competes later | EUR",
        "report | What it costs | apart from it, what competes later | EUR",
    ] => |facts, _| facts.run("totals.tail_cost");
    "nothing was changed in the workbook": [
        "workbook | What is paid for | changes in this workbook | EUR",
    ] => |_, _| Some(0.0);
    "cost by part": [
        "run.json | breakdown | *", "terminal | What it costs | * | EUR",
        "workbook | What it costs | * | EUR", "workbook | What is paid for | * | EUR",
        "report | What it costs | * | EUR",
    ] +- 1e-6 => |facts, at| part(facts, at[0]);
    "cost by part, a share": [
        "terminal | What it costs | * | share", "workbook | What it costs | * | share",
        "workbook | What is paid for | * | share", "report | What it costs | * | Share",
    ] +- 1e-6 => |facts, at| Some(part(facts, at[0])? / facts.cost());
    "cost by part, a parcel": [
        "terminal | What it costs | * | a parcel", "workbook | What it costs | * | a parcel",
    ] +- 1e-6 => |facts, at| Some(part(facts, at[0])? / parcels(facts));
    "gap": [
        "run.json | gap", "terminal | headline | gap", "compare | cost_proven_within",
        "report | tile | Cost | detail | proven within",
    ] => |facts, _| Some((facts.cost() - facts.run("bound")?).max(0.0) / facts.cost().abs().max(1e-6));

    "gap with the same whole units": ["terminal | headline | gap as bought"] => |facts, _| {
        let bound = facts.run("whole_units.bound_as_bought")?;
        Some((facts.cost() - bound).max(0.0) / facts.cost().abs().max(1e-6))
    };

    "weight delivered": [
        "run.json | totals | kg", "compare | tonnes_delivered" * TONNE, "report | tile | Delivered" * TONNE,
    ] => |facts, _| sum(facts, "allocation", "kg");
    "volume delivered": ["run.json | totals | m3"] => |facts, _| sum(facts, "allocation", "m3");
    "emissions": [
        "run.json | totals | co2e_kg", "compare | tonnes_of_co2e" * TONNE, "report | tile | CO₂e" * TONNE,
    ] => |facts, _| sum(facts, "allocation", "co2e_kg");
    "emissions of a parcel": ["compare | tonnes_of_co2e_kg_a_parcel", "report | tile | CO₂e | detail |"]
        => |facts, _| Some(facts.table("allocation").sum("co2e_kg") / parcels(facts));
    "cost of demands": ["run.json | totals | demand_cost"] => |facts, _| sum(facts, "demand", "cost");
    "cost that no demand bears": ["run.json | totals | unused_cost"]
        => |facts, _| Some(facts.cost() - facts.table("demand").sum("cost"));

    "parcels by main haul": [
        "run.json | modes | * | parcels", "terminal | By mode | * | parcels",
        "workbook | By mode | * | parcels", "report | By mode | * | Parcels",
    ] => |facts, at| hauled(facts, at[0], "parcels");
    "weight by main haul": [
        "run.json | modes | * | kg", "terminal | By mode | * | tonnes" * TONNE,
        "workbook | By mode | * | tonnes" * TONNE, "report | By mode | * | Tonnes" * TONNE,
    ] => |facts, at| hauled(facts, at[0], "kg");
    "weight by main haul, a share": ["terminal | By mode | * | share", "report | By mode | * | Share"]
        => |facts, at| Some(hauled(facts, at[0], "kg")? / facts.table("allocation").sum("kg"));
    "volume by main haul": [
        "run.json | modes | * | m3", "terminal | By mode | * | m³", "workbook | By mode | * | m³",
        "report | By mode | * | m³",
    ] => |facts, at| hauled(facts, at[0], "m3");
    "tonne-kilometres by mode": [
        "run.json | modes | * | tonne_km", "terminal | By mode | * | tonne-km",
        "report | By mode | * | Tonne-km", "compare | tonnes_delivered_by_*_tonne_km",
    ] +- 1e-2 => |facts, at| tonne_km(facts, at[0]);
    "space and carriage by mode": [
        "run.json | modes | * | cost", "terminal | By mode | * | EUR", "report | By mode | * | EUR",
    ] => |facts, at| paid(facts, at[0]);
    "space by mode": ["workbook | By mode | * | space"]
        => |facts, at| of_mode(at[0], |mode| facts.departures_by(mode, "cost"));
    "carriage by mode": ["workbook | By mode | * | carriage"]
        => |facts, at| of_mode(at[0], |mode| facts.departures_by(mode, "carriage"));
    "said: emissions by mode": ["run.json | modes | * | co2e_kg"]
        => |facts, at| entry(facts, "modes", &[("mode", at[0])], "co2e_kg");
    "load by weight": [
        "run.json | modes | * | load_kg", "terminal | By mode | * | kg load",
        "compare | tonnes_delivered_by_*_kg_load", "report | By mode | * | By weight",
        "report | tile | How full | detail | by volume; by weight *",
        "report | tile | How full | detail | *",
    ] +- 1e-4 => |facts, at| entry(facts, "modes", &[("mode", at[0])], "load_kg");
    "load by volume": [
        "run.json | modes | * | load_m3", "terminal | By mode | * | m³ load",
        "compare | tonnes_delivered_by_*_m3_load", "report | tile | How full | value | *", "report | By mode | * | By volume",
    ] +- 1e-4 => |facts, at| entry(facts, "modes", &[("mode", at[0])], "load_m3");
    "weight by main haul, beside another plan": [
        "compare | tonnes_delivered_by_*" * TONNE, "report | tile | Delivered | detail | *" * TONNE,
    ] => |facts, at| hauled(facts, at[0], "kg");

    "aboard a service": [
        "run.json | services | * / * | parcels",
    ] => |facts, at| aboard(facts, &format!("{}/{}", at[0], at[1]), "parcels");
    "weight aboard a service": ["run.json | services | * / * | kg"]
        => |facts, at| aboard(facts, &format!("{}/{}", at[0], at[1]), "kg");
    "volume aboard a service": ["run.json | services | * / * | m3"]
        => |facts, at| aboard(facts, &format!("{}/{}", at[0], at[1]), "m3");
    "what a service costs": ["run.json | services | * / * | cost"]
        => |facts, at| aboard(facts, &format!("{}/{}", at[0], at[1]), "cost");
    "said: of a service": [
        "run.json | services | * | leg", "run.json | services | * | departures",
        "run.json | services | * | tonne_km", "run.json | services | * | load_kg",
        "run.json | services | * | load_m3", "run.json | services | * | co2e_kg",
    ] => |_, _| None;
    "aboard a service, for people": [
        "terminal | Where the parcels go | * | parcels", "report | How full each service is | * | Parcels",
    ] => |facts, at| service_row(facts, at[0], "parcels");
    "weight aboard, for people": [
        "terminal | Where the parcels go | * | tonnes" * TONNE,
        "report | How full each service is | * | Tonnes" * TONNE,
    ] => |facts, at| service_row(facts, at[0], "kg");
    "volume aboard, for people": [
        "terminal | Where the parcels go | * | m³", "report | How full each service is | * | m³",
    ] => |facts, at| service_row(facts, at[0], "m3");
    "cost of a service, for people": [
        "terminal | Where the parcels go | * | EUR", "report | How full each service is | * | EUR",
    ] => |facts, at| service_row(facts, at[0], "cost");
    "load of a service": [
        "terminal | Where the parcels go | * | kg load", "report | How full each service is | * | By weight",
    ] +- 1e-4 => |facts, at| of_leg(facts, at[0].rsplit_once(' ')?.0, "load_kg");
    "load of a service by volume": [
        "terminal | Where the parcels go | * | m³ load", "report | How full each service is | * | By volume",
    ] +- 1e-4 => |facts, at| of_leg(facts, at[0].rsplit_once(' ')?.0, "load_m3");
    "said: departures of a service": ["report | How full each service is | * | Departures"]
        => |_, _| None;
    "a service in the workbook": ["workbook | services | * | parcels"]
        => |facts, at| aboard(facts, at[0], "parcels");
    "weight of a service in the workbook": ["workbook | services | * | tonnes" * TONNE]
        => |facts, at| aboard(facts, at[0], "kg");
    "volume of a service in the workbook": ["workbook | services | * | m³"]
        => |facts, at| aboard(facts, at[0], "m3");
    "cost of all services": ["workbook | services | all | cost"]
        => |facts, _| paid(facts, "all");
    "tonne-kilometres of all services": ["workbook | services | all | tonne-km"] +- 1e-2
        => |facts, _| tonne_km(facts, "all");
    "said: of all services": ["workbook | services | all | departures", "workbook | services | all | CO₂e"]
        => |_, _| None;
    "cost of a service in the workbook": ["workbook | services | * | cost"]
        => |facts, at| aboard(facts, at[0], "cost");
    "of a service in the workbook": ["workbook | services | * | departures"]
        => |facts, at| of_leg(facts, at[0], "departures");
    "loads in the workbook": ["workbook | services | * | load by kg"] +- 1e-4
        => |facts, at| of_leg(facts, at[0], "load_kg");
    "loads by volume in the workbook": ["workbook | services | * | load by m³"] +- 1e-4
        => |facts, at| of_leg(facts, at[0], "load_m3");
    "emissions of a service": ["workbook | services | * | CO₂e" * TONNE]
        => |facts, at| of_leg(facts, at[0], "co2e_kg");
    "tonne-kilometres of a service": ["workbook | services | * | tonne-km"]
        => |facts, at| of_leg(facts, at[0], "tonne_km");

    "said: what is scarce, by the prices of the proof": [
        "run.json | bottlenecks | * | times", "run.json | bottlenecks | * | worth_per_unit",
        "run.json | bottlenecks | * | rent",
    ] => |_, _| None;
    "times full": [
        "terminal | What is scarce, dearest first | * | times", "report | What is scarce | * | Times full",
    ] => |facts, at| entry(facts, "bottlenecks", &[("what", at[0])], "times");
    "what one more saves": [
        "terminal | What is scarce, dearest first | * | would save", "report | What is scarce | * | would save",
    ] => |facts, at| entry(facts, "bottlenecks", &[("what", at[0])], "worth_per_unit");

    "a demand's parcels": ["terminal | What is late or left behind | * | parcels"]
        => |facts, at| trouble(facts, at[0], "parcels");
    "a demand's late parcels": ["terminal | What is late or left behind | * | late"]
        => |facts, at| trouble(facts, at[0], "late");
    "a demand's parcels left behind": ["terminal | What is late or left behind | * | left behind"]
        => |facts, at| trouble(facts, at[0], "unserved");
    "said: parcels for other reasons, which add up below": [
        "terminal | What is late or left behind | other reasons | *",
        "terminal | What is late or left behind | other rows | rows",
        "workbook | Why parcels are late or left behind | for * other reason* | parcels",
    ] => |_, _| None;
    "parcels by reason": [
        "terminal | What is late or left behind | reason | *",
        "workbook | Why parcels are late or left behind | * | parcels",
    ] => |facts, at| by_reason(facts, at[0]);
    "a product's parcels": ["workbook | By product | * | parcels", "report | On time | * | Parcels"]
        => |facts, at| product(facts, at[0], "parcels");
    "a product's parcels on time": ["workbook | By product | * | on time"]
        => |facts, at| product(facts, at[0], "on_time");
    "a product's late parcels": ["workbook | By product | * | late", "report | On time | * | Late"]
        => |facts, at| product(facts, at[0], "late");
    "a product's parcels left behind": [
        "workbook | By product | * | left behind", "report | On time | * | Left behind",
    ] => |facts, at| product(facts, at[0], "unserved");
    "a product's share on time": ["report | On time | * | On time"]
        => |facts, at| Some(product(facts, at[0], "on_time")? / product(facts, at[0], "parcels")?);
    "a product's cost": ["report | On time | * | EUR"] => |facts, at| product(facts, at[0], "cost");
    "said: a product's hours, by its allocations": [
        "report | On time | * | Promise", "report | On time | * | Half within", "report | On time | * | 95 % within",
    ] => |_, _| None;

    "parcels by origin": ["workbook | origin_service | all | all"] => |facts, _| Some(parcels(facts));
    "parcels left behind, by origin": ["workbook | origin_service | * | left behind"]
        => |facts, at| match at[0] {
            "all" => sum(facts, "demand", "unserved"),
            origin => Some(facts.table("demand").sum_where("unserved", &[("origin", origin)])),
        };
    "parcels of an origin": ["workbook | origin_service | * | all"]
        => |facts, at| Some(facts.table("demand").sum_where("parcels", &[("origin", at[0])]));
    "parcels by main service": ["workbook | origin_service | all | *"]
        => |facts, at| Some(facts.table("allocation").sum_where("parcels", &[("main_service", at[0])]));
    "parcels by origin and main service": ["workbook | origin_service | * | *"]
        => |facts, at| {
            let names = [("origin", at[0]), ("main_service", at[1])];
            Some(facts.table("allocation").sum_where("parcels", &names))
        };

    "purchases": ["terminal | What to buy whole | whole units | purchases", "terminal | * | whole units | purchases"]
        => |facts, _| {
            let units = facts.table("purchases").millionths("units");
            Some(units.filter(|&units| units > 0).count() as f64)
        };
    "offers left": ["terminal | * | whole units | left"] => |facts, _| {
        Some(facts.table("purchases").count_where(&[("units", "0")]))
    };
    "what purchases cost": ["terminal | * | whole units | spent"] => |facts, _| {
        let table = facts.table("purchases");
        let rows = table.millionths("units").zip(table.millionths("cost"));
        let spent: i128 = rows.filter(|(units, _)| *units > 0).map(|(_, cost)| cost).sum();
        Some(spent as f64 / 1e6)
    };
    "said: rows of purchases, limits and pictures, as the tables have them": [
        "terminal | What to buy whole | * | *", "report | Whole units bought | * | *",
        "report | Policy limits | * | *", "report | Tonnes between places | * | *",
        "report | Tonnes from column to column | * | *", "report | Handling | * | *",
    ] => |_, _| None;
    "said: of the search and its proof": [
        "run.json | weeks", "terminal | headline | branches",
        "terminal | Where the parcels go | not used | services", "run.json | gap_wanted", "run.json | price_denominator",
        "run.json | whole_units | *", "run.json | whole_parcels | *", "run.json | totals | tail_cost",
        "run.json | this_run | *", "run.json | this_run | seconds | *",
    ] => |_, _| None;
};

fn product(facts: &Facts, label: &str, column: &str) -> Option<f64> {
    let demand = facts.table("demand");
    let mut ids = demand.texts("product");
    // the report says the name before the id
    let id = ids.find(|id| label == *id || label.ends_with(&format!(" {id}")))?;
    Some(demand.sum_where(column, &[("product", id)]))
}
