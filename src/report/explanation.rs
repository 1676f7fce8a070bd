//! An explanation in sentences. The data is made in `plan::explain`; here are only words.

use std::fmt::Write as _;

use anstyle::Style;

use crate::plan::explain::{
    AllInTime, Alternative, BottleneckStory, DemandStory, Explanation, IfCancelled, IfLarger,
    Opening, Rider, ServiceStory, Trouble,
};
use crate::plan::what_if::{HALF_CENT, Unanswered};
use crate::units::Money;

use super::grid::{BOLD, FAINT, GOOD, Grid, WARN, paint, plain};
use super::people::{self, count, decimal, money, price, whole};
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
    if let Some(least) = told.least_cost {
        let beside = format!(
            "Every \"what if\" below is solved again, beside the least cost of {} {} with parcels \
             divided.",
            told.currency,
            cents(least)
        );
        out.push_str(&paragraph(&beside, FAINT));
    }
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
        let is_all = told.least_cost.is_some() && told.not_asked == 0 && told.unanswered.is_empty();
        if is_all || !told.bottlenecks.is_empty() {
            out.push_str(&bottlenecks(&told.bottlenecks, &told.currency));
            out.push('\n');
        }
        out.push_str(&troubles(&told.troubles));
    }
    out.push_str(&without_answer(told));
    out
}

/// Which questions have no answer, and for how many there was no time.
fn without_answer(told: &Explanation) -> String {
    let mut out = String::new();
    for Unanswered { what, why } in told.unanswered.iter().take(ROWS) {
        out.push_str(&paragraph(&format!("No answer to {what}: {why}."), WARN));
    }
    let more = told.unanswered.len().checked_sub(ROWS);
    if let Some(more) = more.filter(|&more| more > 0) {
        let words = format!(
            "nor to {}",
            count(more as i64, "other question", "other questions")
        );
        out.push_str(&paragraph(&words, WARN));
    }
    if told.not_asked > 0 {
        let words = match told.least_cost {
            None => "Time was up before anything could be solved again.".to_owned(),
            Some(_) => format!(
                "Time was up: {} of {} questions were not asked, of those that may be worth least.",
                whole(told.not_asked as i64),
                whole(told.questions as i64)
            ),
        };
        let hint = " More time: railair explain PLAN --time-limit SECONDS";
        out.push_str(&paragraph(&(words + hint), WARN));
    }
    match out.is_empty() {
        true => out,
        false => format!("\n{out}"),
    }
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
        let each = people::each(route.cost, route.parcels).unwrap_or(Money::ZERO);
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
        sentence.push_str(&all_in_time(all, currency, late));
    }
    paragraph(&sentence, Style::new())
}

/// What it would take for all that is late or left behind to be in time.
fn all_in_time(all: &AllInTime, currency: &str, late: i64) -> String {
    let costs = match all.more {
        more if more < HALF_CENT => "costs the same".to_owned(),
        more => format!("costs {currency} {} more", cents(more)),
    };
    let no_room = all.impossible - all.too_slow;
    let mut sentence = String::new();
    if all.too_slow > 0 {
        let slow = whole(all.too_slow);
        let _ = write!(
            sentence,
            " No way is fast enough for {slow} of them, whatever it costs"
        );
    }
    if no_room > 0 {
        let also = match all.too_slow {
            0 => " As things are there is",
            _ => "; there is",
        };
        let _ = write!(
            sentence,
            "{also} no room to have {} {} in time, whatever it costs: what would open it must \
             grow",
            whole(no_room),
            if all.too_slow > 0 {
                "others"
            } else {
                "of them"
            }
        );
    }
    match all.impossible {
        0 => format!(" To have all in time {costs}."),
        some if some >= late => sentence + ".",
        _ => format!("{sentence}; to have the others in time {costs}."),
    }
}

fn alternative(way: &Alternative, currency: &str) -> String {
    let mut sentence = format!(
        "{} of {} {} not take {}, though by its list price that is {currency} {} a parcel and not \
         {}.",
        count(way.parcels, "parcel", "parcels"),
        way.release,
        if way.parcels == 1 { "does" } else { "do" },
        way.path,
        apart(way.list_cost, way.taken_cost),
        apart(way.taken_cost, way.list_cost)
    );
    let closures: Vec<String> = way
        .closed_by
        .iter()
        .map(|closure| {
            let saves = closure.one_more_saves.map_or_else(String::new, |saves| {
                let saves = match saves {
                    Money::ZERO => "nothing".to_owned(),
                    saves => price(saves),
                };
                format!("{} {saves}; ", one_more(&closure.unit))
            });
            format!(
                "{} on {} ({saves}a parcel's share is worth {} to others)",
                closure.what,
                closure.when,
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
            " They would take it with {} {unit} more of {what} on {when}{}.",
            three_digits(*more),
            match *saves {
                Money::ZERO => String::new(),
                saves => format!(", which saves {currency} {} in all", money(saves)),
            }
        );
    }
    paragraph(&sentence, Style::new())
}

/// How many ride, and who they are.
fn ride(riders: &[Rider], what: &str) -> String {
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
}

fn service_text(story: &ServiceStory, currency: &str) -> String {
    let mut out = format!(
        "{BOLD}{}: {}{BOLD:#}\n",
        story.service,
        count(story.departures as i64, "departure", "departures")
    );
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
    if let Some(larger) = &story.if_larger {
        out.push_str(&paragraph(&larger_text(larger, currency), Style::new()));
    }
    if let Some(outcome) = &story.if_cancelled {
        out.push_str(&paragraph(&cancelled(outcome, currency), Style::new()));
    }
    out
}

fn larger_text(larger: &IfLarger, currency: &str) -> String {
    if larger.saves < HALF_CENT {
        return "Were it larger, nothing would be saved.".to_owned();
    }
    let riders = match larger.riders.is_empty() {
        true => ".".to_owned(),
        false => format!("; {}", ride(&larger.riders, "would ride besides")),
    };
    format!(
        "Were it as large as anybody could use, the plan would cost {currency} {} less{riders}",
        cents(larger.saves)
    )
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
            let cost = match *more {
                more if more >= HALF_CENT => format!("{currency} {} more", cents(more)),
                more if -more >= HALF_CENT => format!("{currency} {} less", cents(-more)),
                _ => "the same".to_owned(),
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

/// A price beside another: to the cent where fewer digits would make one of both.
fn apart(one: Money, other: Money) -> String {
    match price(one) == price(other) {
        true => cents(one),
        false => price(one),
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
