//! An explanation in sentences. The data is made in `plan::explain`; here are only words.

use std::fmt::Write as _;

use anstyle::Style;

use crate::plan::explain::{
    Alternative, BottleneckStory, DemandStory, Explanation, IfCancelled, Opening, Rider,
    ServiceStory, Trouble,
};
use crate::units::Money;

use super::grid::{BOLD, FAINT, GOOD, Grid, paint, plain};
use super::people::{count, decimal, money, price, whole};
use super::terminal::paragraph;

/// How many rows of a list are shown.
const ROWS: usize = 12;

/// The explanation for people.
pub fn text(told: &Explanation) -> String {
    let mut out = String::new();
    let scenario = told.scenario.as_ref();
    let scenario = scenario.map_or(String::new(), |name| format!(", scenario {name}"));
    let _ = writeln!(
        out,
        "{BOLD}{}{scenario}: the plan costs {} {}.{BOLD:#}",
        told.instance,
        told.currency,
        cents(told.cost)
    );
    let beside = format!(
        "Every \"what if\" below is solved again, beside the least cost of {} {} with parcels divided.",
        told.currency,
        cents(told.least_cost)
    );
    out.push_str(&paragraph(&beside, FAINT));
    for demand in &told.demands {
        out.push('\n');
        out.push_str(&demand_text(demand, &told.currency));
    }
    if let Some(service) = &told.service {
        out.push('\n');
        out.push_str(&service_text(service, &told.currency));
    }
    if told.demands.is_empty() && told.service.is_none() {
        out.push('\n');
        out.push_str(&bottlenecks(&told.bottlenecks, &told.currency));
        out.push('\n');
        out.push_str(&troubles(&told.troubles));
    }
    out
}

fn bottlenecks(stories: &[BottleneckStory], currency: &str) -> String {
    if stories.is_empty() {
        let words = "Nothing is scarce: no more of any capacity would save anything.";
        return paint(words, BOLD) + "\n";
    }
    let mut out = paint("What is scarce, by what that costs", BOLD) + "\n";
    for story in stories.iter().take(ROWS) {
        let sentence = format!(
            "{}: with as much of it as anybody could use the plan would cost {currency} {} less. \
             {} {} on {}{}.",
            story.what,
            money(story.costs),
            capital(&one_more(&story.unit)),
            price(story.one_more_saves),
            story.dearest,
            match story.times {
                1 => String::new(),
                more => format!(", the dearest of {more}"),
            }
        );
        out.push_str(&paragraph(&sentence, Style::new()));
    }
    if let Some(more) = stories.len().checked_sub(ROWS).filter(|&more| more > 0) {
        out.push_str(&paragraph(&format!("and {more} more"), FAINT));
    }
    out
}

fn troubles(troubles: &[Trouble]) -> String {
    if troubles.is_empty() {
        return paint("Nothing is late and nothing is left behind.", GOOD) + "\n";
    }
    let mut out = paint("Why parcels are late or left behind", BOLD) + "\n";
    for trouble in troubles.iter().take(ROWS) {
        let sentence = format!(
            "{} from {} to {}: {}",
            trouble.product,
            trouble.origin,
            trouble.destination,
            fates_because(trouble.late, trouble.unserved, &trouble.reason)
        );
        out.push_str(&paragraph(&sentence, Style::new()));
    }
    if let Some(more) = troubles.len().checked_sub(ROWS).filter(|&more| more > 0) {
        out.push_str(&paragraph(
            &format!("and {more} more: see demand.csv"),
            FAINT,
        ));
    }
    let first = &troubles[0];
    let hint = format!(
        "What it would take: railair explain PLAN --demand {} {}",
        first.origin, first.product
    );
    out.push_str(&paragraph(&hint, FAINT));
    out
}

fn fates(late: i64, unserved: i64) -> String {
    let mut parts = Vec::new();
    if late > 0 {
        parts.push(format!("{} late", whole(late)));
    }
    if unserved > 0 {
        parts.push(format!("{} left behind", whole(unserved)));
    }
    parts.join(", ")
}

/// How many, and why: `3,000 late because …`, without saying twice what became of them.
fn fates_because(late: i64, unserved: i64, reason: &str) -> String {
    let fates = fates(late, unserved);
    let fate = if late > 0 { "late " } else { "left behind " };
    let because = reason
        .strip_prefix(fate)
        .filter(|_| late == 0 || unserved == 0);
    match because {
        Some(because) => format!("{fates} {because}"),
        None => format!("{fates}: {reason}"),
    }
}

/// `one more FEU saves`, `1,000 parcels more save`.
fn one_more(unit: &str) -> String {
    match unit {
        "t" => "one more tonne saves".to_owned(),
        "t chargeable" => "one more tonne of chargeable weight saves".to_owned(),
        "t CO₂e" => "one more tonne of CO₂e saves".to_owned(),
        _ if unit.starts_with(|c: char| c.is_ascii_digit()) => format!("{unit} more save"),
        _ => format!("one more {unit} saves"),
    }
}

fn capital(words: &str) -> String {
    let mut letters = words.chars();
    let first = letters.next().map(|first| first.to_uppercase());
    first.into_iter().flatten().chain(letters).collect()
}

fn demand_text(story: &DemandStory, currency: &str) -> String {
    let mut out = format!(
        "{BOLD}{} from {} to {}, week {}: {}{BOLD:#}\n",
        story.product,
        story.origin,
        story.destination,
        story.week,
        count(story.parcels, "parcel", "parcels")
    );
    let mut grid = Grid::new(&["parcels", "a parcel", "hours at most", "<by"]);
    for route in &story.routes {
        let each = Money(route.cost.0.checked_div(route.parcels).unwrap_or(0));
        grid.row(vec![
            plain(whole(route.parcels)),
            plain(price(each)),
            plain(decimal(route.hours, 0)),
            plain(route.services.join(" > ")),
        ]);
    }
    if !grid.is_empty() {
        out.push_str(&grid.draw());
    }
    if let Some(each) = story.one_more_costs {
        let until = story.holds_for.map_or(String::new(), |until| {
            format!(", for up to {} more", whole(until.floor() as i64))
        });
        let sentence = format!("One more parcel costs {currency} {}{until}.", price(each));
        out.push_str(&paragraph(&sentence, Style::new()));
    }
    if story.alternatives.is_empty() && !story.routes.is_empty() {
        let words = "No way is cheaper by its list price than what they take.";
        out.push_str(&paragraph(words, GOOD));
    }
    for way in &story.alternatives {
        out.push_str(&alternative(way, currency));
    }
    out.push_str(&lateness(story, currency));
    out
}

fn lateness(story: &DemandStory, currency: &str) -> String {
    if story.late + story.unserved == 0 {
        return String::new();
    }
    let fates = fates_because(story.late, story.unserved, &story.reason);
    let mut sentence = capital(&format!("{fates}."));
    if let Some(all) = &story.all_in_time {
        let late = story.late + story.unserved;
        let _ = match (all.impossible, all.more) {
            (0, more) => write!(
                sentence,
                " To have all in time costs {currency} {} more.",
                cents(more)
            ),
            (some, _) if some >= late => write!(
                sentence,
                " Nothing can bring {} of them in time, whatever it costs.",
                whole(some)
            ),
            (some, more) => write!(
                sentence,
                " Nothing can bring {} of them in time, whatever it costs; to have the others in \
                 time costs {currency} {} more.",
                whole(some),
                cents(more)
            ),
        };
    }
    paragraph(&sentence, Style::new())
}

fn alternative(way: &Alternative, currency: &str) -> String {
    let mut sentence = format!(
        "{} of {} {} not take {}, though by its list price that is {currency} {} a parcel and not \
         {}.",
        count(way.parcels, "parcel", "parcels"),
        way.release,
        if way.parcels == 1 { "does" } else { "do" },
        way.path,
        price(way.list_cost),
        price(way.taken_cost)
    );
    let closures: Vec<String> = way
        .closed_by
        .iter()
        .map(|closure| {
            format!(
                "{} on {} ({} {}; a parcel's share is worth {} to others)",
                closure.what,
                closure.when,
                one_more(&closure.unit),
                price(closure.one_more_saves),
                price(closure.per_parcel)
            )
        })
        .collect();
    let (verb, priced) = match closures.len() {
        1 => ("closes", "its price"),
        _ => ("close", "their prices"),
    };
    let _ = write!(
        sentence,
        " {} {verb} it; with {priced} it would cost {}.",
        closures.join(" and "),
        price(way.full_cost)
    );
    if let Some(Opening {
        what,
        when,
        unit,
        more,
        saves,
    }) = &way.opens
    {
        let _ = write!(
            sentence,
            " They would take it with {} {unit} more of {what} on {when}, which saves {currency} \
             {} in all.",
            three_digits(*more),
            money(*saves)
        );
    }
    paragraph(&sentence, Style::new())
}

fn service_text(story: &ServiceStory, currency: &str) -> String {
    let mut out = format!(
        "{BOLD}{}: {}{BOLD:#}\n",
        story.service,
        count(story.departures as i64, "departure", "departures")
    );
    let ride = |riders: &[Rider], what: &str| {
        let all: i64 = riders.iter().map(|rider| rider.parcels).sum();
        let shown: Vec<String> = riders
            .iter()
            .take(ROWS)
            .map(|rider| {
                format!(
                    "{} {} from {}",
                    whole(rider.parcels),
                    rider.product,
                    rider.origin
                )
            })
            .collect();
        let more = match riders.len().checked_sub(ROWS) {
            Some(more) if more > 0 => format!(" and {more} more"),
            _ => String::new(),
        };
        let all = count(all, "parcel", "parcels");
        format!("{all} {what}: {}{more}.", shown.join(", "))
    };
    let aboard = match story.riders.is_empty() {
        true => "Nothing rides on it.".to_owned(),
        false => ride(&story.riders, "ride on it"),
    };
    out.push_str(&paragraph(&aboard, Style::new()));
    for scarce in &story.scarce {
        let until = scarce.for_up_to.map_or(String::new(), |until| {
            format!(", for up to {}", three_digits(until))
        });
        let sentence = format!(
            "{}: {} {currency} {}{until}.",
            scarce.when,
            one_more(&scarce.unit),
            price(scarce.saves)
        );
        out.push_str(&paragraph(&sentence, Style::new()));
    }
    let larger = &story.if_larger;
    let larger = match larger.saves.0 {
        ..10_000 => "Were it larger, nothing would be saved.".to_owned(),
        _ => format!(
            "Were it as large as anybody could use, the plan would cost {currency} {} less{}",
            cents(larger.saves),
            match larger.riders.is_empty() {
                true => ".".to_owned(),
                false => format!("; {}", ride(&larger.riders, "would ride besides")),
            }
        ),
    };
    out.push_str(&paragraph(&larger, Style::new()));
    out.push_str(&paragraph(
        &cancelled(&story.if_cancelled, currency),
        Style::new(),
    ));
    out
}

fn cancelled(outcome: &IfCancelled, currency: &str) -> String {
    match outcome {
        IfCancelled::Plan {
            more,
            late,
            late_now,
            unserved,
            unserved_now,
        } => {
            let cost = match more.0 {
                0.. => format!("{currency} {} more", cents(*more)),
                _ => format!("{currency} {} less", cents(-*more)),
            };
            format!(
                "If it is cancelled, the plan costs {cost}; {} come late (now {}) and {} stay \
                 behind (now {}).",
                whole(*late),
                whole(*late_now),
                whole(*unserved),
                whole(*unserved_now)
            )
        }
        IfCancelled::Impossible { limits } => format!(
            "It cannot be cancelled: hard limits cannot all hold without it. {}",
            limits.join("; ")
        ),
    }
}

/// Money to the cent.
fn cents(money: Money) -> String {
    decimal(money.amount(), 2)
}

/// A number of units with three digits, rounded up.
fn three_digits(value: f64) -> String {
    let places = match value {
        100.0.. => 0,
        10.0.. => 1,
        1.0.. => 2,
        _ => 3,
    };
    let scale = 10f64.powi(places);
    decimal((value * scale).ceil() / scale, places as usize)
}
