//! A plan on the terminal: the answer first, then where the money and the parcels go, what is
//! scarce, and what is late or left behind.
//!
//! Lines stay within 100 columns as long as ids do not exceed 16 characters. Colours are written
//! as ANSI codes; whoever prints strips them where nobody sees them.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use anstyle::Style;

use crate::engine::Stop;
use crate::instance::Horizon;
use crate::plan::{DemandRow, Hauled, Load, Plan, Run, Share};
use crate::units::{Money, Parcels, divide_to_nearest};

use super::grid::{BAD, BOLD, FAINT, GOOD, Grid, WARN, bar, paint, plain};
use super::people::{count, decimal, gap, money, percent, price, short_money, whole};
use super::run::engine;
use super::why::Reasons;
use super::{people, purchases, tables};

/// How many rows of a list are shown before the rest is summed up.
const ROWS: usize = 12;

/// How many reasons are told before the rest is summed up.
const REASONS: usize = 5;

/// Of more services than this only those with a limit are shown one by one, the others summed
/// up by mode.
const SERVICES: usize = 20;

/// The whole answer.
pub fn plan(plan: &Plan) -> String {
    let mut out = headline(&plan.run);
    out.push_str(&origin_of_answer(&plan.run));
    for section in [
        costs(&plan.run),
        services(&plan.run),
        modes(&plan.run),
        purchases::section(plan),
        bottlenecks(&plan.run),
        troubles(plan),
    ] {
        if !section.is_empty() {
            out.push('\n');
            out.push_str(&section);
        }
    }
    out
}

/// The answer in a sentence.
pub fn headline(run: &Run) -> String {
    let totals = &run.totals;
    let all = totals.parcels.0;
    let mut fates = Vec::new();
    if totals.on_time.0 > 0 || all == 0 {
        fates.push(format!("{} on time", percent(totals.on_time.0, all)));
    }
    if totals.late.0 > 0 {
        fates.push(format!("{} late", percent(totals.late.0, all)));
    }
    if totals.unserved.0 > 0 {
        fates.push(format!("{} left behind", percent(totals.unserved.0, all)));
    }
    let cost = run.cost;
    let each = people::each(cost, all).unwrap_or(Money::ZERO);
    let first = format!("{}: {}", count(all, "parcel", "parcels"), fates.join(", "));
    let mut second = format!(
        "{} {} = {} a parcel",
        run.currency,
        short_money(cost),
        price(each)
    );
    let proof = proof(run.cost, run.bound);
    let _ = write!(second, ", {proof}");
    for proof in [proof_as_bought(run), proof_in_parcels(run)] {
        let _ = proof.map_or(Ok(()), |proof| write!(second, ", {proof}"));
    }
    second.push('.');
    let joined = format!("{first}; {second}");
    let lines = if joined.chars().count() <= 92 {
        vec![joined]
    } else {
        vec![format!("{first};"), second]
    };
    let mut out: String = lines.iter().map(|line| paint(line, BOLD) + "\n").collect();
    if let Some((words, style)) = warning(run) {
        let _ = writeln!(out, "{}", paint(&words, style));
    }
    out
}

/// A hundredth of the currency.
const CENT: i64 = 10_000;
/// A gap in trillionths from which on a percentage of it says little.
const WIDE: i128 = 10_000_000_000;

/// What is proven of a plan, in words: how far its cost can be from the least.
pub(super) fn proof(cost: Money, bound: Option<Money>) -> String {
    let Some(bound) = bound else {
        return "nothing proven about the least".to_owned();
    };
    let distance = (cost - bound).0.max(0);
    let share = i128::from(distance) * 1_000_000_000_000;
    match divide_to_nearest(share, i128::from(cost.0.abs().max(1))) {
        _ if distance == 0 => "proven to be the least".to_owned(),
        _ if distance < CENT => "proven to be the least, to the cent".to_owned(),
        share if share > WIDE => format!(
            "proven only that no plan costs less than {}",
            short_money(bound)
        ),
        share => format!("proven {} of the least", gap(share)),
    }
}

/// What is proven among the plans that buy the same whole units, where that is nearer: which units
/// to buy is decided to a coarser gap, and the rest is lost to whole parcels.
fn proof_as_bought(run: &Run) -> Option<String> {
    let (all, same) = (run.gap()?, run.gap_as_bought()?);
    (same < all && all <= WIDE).then(|| format!("{} with these whole units", gap(same)))
}

/// What a planner must know before using the plan.
fn warning(run: &Run) -> Option<(String, Style)> {
    if !run.feasible {
        let words = "this plan breaks a hard limit: see limits.csv";
        return Some((words.to_owned(), BAD));
    }
    let why = match run.stop {
        Stop::TimeLimit => "stopped at the time limit",
        Stop::Interrupted => "stopped early",
        Stop::Numerical => "stopped where floating point could get no further",
        Stop::Infeasible => "stopped because the hard limits cannot all hold",
        Stop::Finished => return finished_above_gap(run).map(|words| (words, FAINT)),
    };
    let place = match run.is_above_gap() {
        true => format!("above the requested gap of {}", wanted(run)),
        false => format!("within the requested gap of {}", wanted(run)),
    };
    Some((format!("{why}, {place}: a better plan may exist"), BAD))
}

/// What an engine that is done leaves open lies between parts of parcels and whole ones.
fn finished_above_gap(run: &Run) -> Option<String> {
    let above = run.bound.is_some() && run.is_above_gap();
    let searched = match run.whole_parcels {
        Some(search) => format!(
            " after {}",
            count(
                search.relaxations as i64,
                "linear program",
                "linear programs"
            )
        ),
        None => String::new(),
    };
    above.then(|| {
        format!(
            "above the requested gap of {}: a cheaper plan in whole parcels may exist, the search \
             ended{searched}",
            wanted(run)
        )
    })
}

/// That the bound is one on plans in whole parcels.
fn proof_in_parcels(run: &Run) -> Option<String> {
    let search = run.whole_parcels.filter(|search| search.proves)?;
    Some(format!(
        "proven in whole parcels by {}",
        count(search.leaves as i64, "branch", "branches")
    ))
}

fn wanted(run: &Run) -> String {
    // A gap is a share, at most 1: far from what does not fit.
    let trillionths = (run.gap_wanted * 1e12).round() as i128;
    match trillionths {
        0 => "0 %".to_owned(),
        some => gap(some).replace("within ", ""),
    }
}

fn origin_of_answer(run: &Run) -> String {
    let weeks = match run.horizon {
        Horizon::TypicalWeek => "a typical week".to_owned(),
        Horizon::Dated => count(i64::from(run.weeks), "week", "weeks"),
    };
    let mut words = vec![run.instance.clone(), weeks];
    if let Some(scenario) = &run.scenario {
        words.push(format!("scenario {scenario}"));
    }
    words.push(engine(run.engine).to_owned());
    if run.this_run.rounds > 0 {
        words.push(count(run.this_run.rounds as i64, "round", "rounds"));
    }
    let seconds: f64 = run.this_run.seconds.iter().map(|(_, s)| s).sum();
    if seconds > 0.0 {
        words.push(format!("{} s", decimal(seconds, 2)));
    }
    paint(&words.join(" · "), FAINT) + "\n"
}

fn costs(run: &Run) -> String {
    let mut grid = Grid::new(&["<", &run.currency, "a parcel", "share"]);
    let each =
        |part: Money| people::each(part, run.totals.parcels.0).map_or_else(String::new, price);
    let mut add = |style: Style, name: &str, part: Money, each: String| {
        let share = percent(part.0, run.cost.0);
        let cells = vec![plain(name), plain(money(part)), plain(each), plain(share)];
        grid.styled_row(style, cells);
    };
    for (name, part) in run.breakdown.parts() {
        if part != Money::ZERO {
            add(Style::new(), name, part, each(part));
        }
        if name == "space on departures" && run.breakdown.dead != Money::ZERO {
            let dead = run.breakdown.dead;
            add(FAINT, "  of it dead freight", dead, each(dead));
        }
    }
    add(BOLD, "all", run.cost, each(run.cost));
    if run.totals.tail_cost != Money::ZERO {
        let tail = run.totals.tail_cost;
        let cells = ["apart from it, what competes later", &money(tail), "", ""];
        grid.styled_row(FAINT, cells.map(plain).to_vec());
    }
    section("What it costs", &grid)
}

fn services(run: &Run) -> String {
    let mut grid = Grid::new(&[
        "<service",
        "<mode",
        "parcels",
        "tonnes",
        "m³",
        "<kg load",
        "",
        "<m³ load",
        "",
        &run.currency,
    ]);
    let many = run.services.len() > SERVICES;
    let mut endless: BTreeMap<&str, (i64, Load)> = BTreeMap::new();
    let mut idle = Vec::new();
    for service in &run.services {
        let name = match service.leg {
            0 => service.service.clone(),
            leg => format!("{}/{leg}", service.service),
        };
        let (load, mode) = (&service.load, tables::mode(service.mode));
        let limited = load.is_limited;
        let used = load.parcels != Parcels::ZERO || load.cost != Money::ZERO;
        if used && many && !limited {
            let (services, sum) = endless.entry(mode).or_default();
            *services += 1;
            sum.add(load);
        } else if used {
            grid.row(load_cells(&name, mode, load, Style::new()));
        } else if limited || !many {
            idle.push(name);
        }
    }
    for (mode, (services, sum)) in endless {
        let name = count(services, "service", "services");
        grid.row(load_cells(&name, mode, &sum, Style::new()));
    }
    let mut text = section("Where the parcels go", &grid);
    if idle.len() > ROWS {
        let of = if many { " with a limit" } else { "" };
        let services = count(idle.len() as i64, "service", "services");
        let verb = if idle.len() == 1 { "is" } else { "are" };
        let line = format!("{services}{of} {verb} not used: see departures.csv");
        text.push_str(&paragraph(&line, FAINT));
    } else if !idle.is_empty() {
        text.push_str(&paragraph(&format!("not used: {}", idle.join(", ")), FAINT));
    }
    text
}

/// Each parcel once, by the mode of its main haul; loads and costs of all legs of a mode.
fn modes(run: &Run) -> String {
    let mut grid = Grid::new(&[
        "<mode",
        "parcels",
        "tonnes",
        "share",
        "m³",
        "tonne-km",
        "kg load",
        "m³ load",
        &run.currency,
    ]);
    let delivered = run.totals.weight.0;
    let row = |name: &str, hauled: &Hauled, load: &Load| {
        let full = |share: Option<Share>| {
            share.map_or("–".to_owned(), |share| percent_of_load(share.fraction()))
        };
        vec![
            plain(name),
            plain(whole(hauled.parcels.0)),
            plain(decimal(hauled.weight.kg() / 1e3, 1)),
            plain(percent(hauled.weight.0, delivered)),
            plain(decimal(hauled.volume.m3(), 0)),
            plain(decimal(load.gram_km as f64 / 1e6, 0)),
            plain(full(load.weight_share())),
            plain(full(load.volume_share())),
            plain(money(load.cost)),
        ]
    };
    let (mut all, mut legs) = (Hauled::default(), Load::default());
    for mode in &run.modes {
        all.join(&mode.hauled);
        legs.gram_km += mode.load.gram_km;
        legs.cost += mode.load.cost;
        if mode.is_used() {
            grid.row(row(tables::mode(mode.mode), &mode.hauled, &mode.load));
        }
    }
    if grid.is_empty() {
        return String::new();
    }
    grid.styled_row(BOLD, row("all", &all, &legs));
    let note = "each parcel once, by the leg of its way with the most km; tonne-km, loads and costs are \
                those of all legs";
    section("By mode", &grid) + &paragraph(note, FAINT)
}

fn load_cells(name: &str, mode: &str, load: &Load, style: Style) -> Vec<(String, Style)> {
    let mut cells = vec![
        (name.to_owned(), style),
        (mode.to_owned(), style),
        (whole(load.parcels.0), style),
        (decimal(load.weight.kg() / 1e3, 1), style),
        (decimal(load.volume.m3(), 0), style),
    ];
    for share in [load.weight_share(), load.volume_share()] {
        match share {
            Some(share) => {
                cells.push(bar(share.fraction()));
                cells.push((percent_of_load(share.fraction()), style));
            }
            None => cells.extend([("no limit".to_owned(), FAINT), plain("")]),
        }
    }
    cells.push((money(load.cost), style));
    cells
}

fn percent_of_load(share: f64) -> String {
    format!("{:.0} %", (share * 100.0).floor())
}

/// Bottlenecks whose scarcity costs at least a hundred-thousandth of the plan.
fn bottlenecks(run: &Run) -> String {
    let mut grid = Grid::new(&["<what is full", "times", "<one more", "would save"]);
    let matters = |rent: Money| rent.0 >= run.cost.0 / 100_000;
    let dear = run
        .bottlenecks
        .iter()
        .filter(|bottleneck| matters(bottleneck.rent));
    for bottleneck in dear.take(ROWS) {
        grid.row(vec![
            plain(&*bottleneck.what),
            plain(whole(i64::from(bottleneck.times))),
            plain(&*bottleneck.unit),
            plain(format!("{} {}", run.currency, price(bottleneck.worth))),
        ]);
    }
    if grid.is_empty() {
        return String::new();
    }
    section("What is scarce, dearest first", &grid)
}

/// Late and left-behind parcels by product and origin, with the reason that most of them share.
fn troubles(plan: &Plan) -> String {
    let mut groups: BTreeMap<(&str, &str), Trouble> = BTreeMap::new();
    for row in &plan.demand {
        let group = groups.entry((&row.product, &row.origin)).or_default();
        group.add(row);
    }
    let mut groups: Vec<_> = groups
        .into_iter()
        .filter(|(_, group)| group.late + group.unserved > Parcels::ZERO)
        .collect();
    if groups.is_empty() {
        return paint("Nothing is late and nothing is left behind.", GOOD) + "\n";
    }
    groups.sort_by_key(|(name, group)| (-(group.late.0 + group.unserved.0), *name));
    let mut grid = Grid::new(&["<product", "<from", "parcels", "late", "left behind"]);
    for ((product, origin), group) in groups.iter().take(ROWS) {
        let mark = |parcels: Parcels, style| match parcels {
            Parcels(0) => ("–".to_owned(), FAINT),
            some => (whole(some.0), style),
        };
        grid.row(vec![
            plain(*product),
            plain(*origin),
            plain(whole(group.parcels.0)),
            mark(group.late, WARN),
            mark(group.unserved, BAD),
        ]);
    }
    let mut text = section("What is late or left behind", &grid);
    if groups.len() > ROWS {
        let rest = format!("and {} more: see demand.csv", groups.len() - ROWS);
        text.push_str(&paragraph(&rest, FAINT));
    }
    text.push_str(&reasons(plan));
    text
}

/// The reasons that concern most parcels, and how many parcels have others.
fn reasons(plan: &Plan) -> String {
    let rows = plan.demand.iter();
    let (told, rest) =
        Reasons::of(rows.map(|row| (&*row.reason, row.late.0 + row.unserved.0))).split(REASONS);
    let mut text = String::new();
    for (reason, parcels) in told {
        let line = format!("{} {reason}", count(parcels, "parcel", "parcels"));
        text.push_str(&paragraph(&line, Style::new()));
    }
    if let Some(rest) = rest {
        let line = format!("{}: see demand.csv", rest.words());
        text.push_str(&paragraph(&line, FAINT));
    }
    text
}

#[derive(Default)]
struct Trouble {
    parcels: Parcels,
    late: Parcels,
    unserved: Parcels,
}

impl Trouble {
    fn add(&mut self, row: &DemandRow) {
        self.parcels += row.parcels;
        self.late += row.late;
        self.unserved += row.unserved;
    }
}

pub(super) fn section(title: &str, grid: &Grid) -> String {
    format!("{}\n{}", paint(title, BOLD), grid.draw())
}

/// Words broken into lines of at most 96 columns, indented by two, later lines by four.
pub fn paragraph(text: &str, style: Style) -> String {
    let mut lines: Vec<String> = vec![String::from(" ")];
    for word in text.split(' ') {
        let line = lines.last_mut().expect("there is a first line");
        if line.chars().count() + 1 + word.chars().count() > 96 && !line.trim().is_empty() {
            lines.push(format!("    {word}"));
        } else {
            line.push(' ');
            line.push_str(word);
        }
    }
    lines.iter().map(|line| paint(line, style) + "\n").collect()
}
