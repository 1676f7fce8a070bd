//! Every figure of every output follows from the plan's tables.
//!
//! The outputs of a plan are taken apart into figures, each with its place: `terminal | By mode | rail
//! | tonnes`. `rules` lists what stands where and how it follows from the tables, `columns` what each
//! column of the tables is. Each figure needs a rule and must be what the rule says, to the digit
//! shown, and each rule must find a figure in some plan.

mod book;
mod columns;
mod figures;
#[allow(
    dead_code,
    unused_imports,
    reason = "only whole instances are wanted here"
)]
#[path = "../verify/generator/mod.rs"]
mod generator;
mod page;
mod programs;
mod rules;
#[path = "../shipped/mod.rs"]
mod shipped;
mod tables;
mod terminal;

use std::collections::BTreeSet;
use std::path::Path;

use railair::engine::Options;
use railair::plan::{Plan, Prepared, prepare};
use railair::report::comparison::{self, Summary};
use railair::report::html::{self, Written};
use railair::report::{Destination, workbook, write_plan};

use rayon::prelude::*;

use figures::{Collected, Figure};
use rules::RULES;
use shipped::shipped;
use tables::Facts;

/// How many random dated instances are walked.
const SEEDS: u64 = 24;

/// What every output of a plan shows.
fn shown(prepared: &Prepared, plan: &Plan, facts: &Facts) -> Vec<Figure> {
    let summary = Summary::of("plan".to_owned(), &plan.run);
    let mut beside = Vec::new();
    comparison::csv(std::slice::from_ref(&summary), &mut beside).expect("a comparison");
    let parsed = Summary::parse("plan".to_owned(), &facts.run.to_string());
    assert_eq!(
        parsed.as_ref(),
        Ok(&summary),
        "run.json says what is compared"
    );
    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path().join("plan");
    write_plan(plan, &Destination::prepare(&out).expect("a folder")).expect("a plan");
    let written = Written::read(&out).expect("what was written");
    let report = html::report(&written, &prepared.instance).expect("a report");
    let sheets = book::sheets(workbook::plan(plan, &[]).expect("a workbook"));
    let outputs: [Collected; 7] = [
        programs::run(&facts.run),
        programs::comparison(&beside),
        terminal::read(&railair::report::terminal::plan(plan)),
        page::read(&report),
        book::summary(&sheets["summary"]),
        book::grid("services", &sheets["services"], 0),
        book::grid("origin_service", &sheets["origin_service"], 3),
    ];
    columns::sheets_hold_tables(&sheets, facts);
    // rules speak of euros
    let currency = |part: &mut String| {
        if *part == plan.run.currency {
            "EUR".clone_into(part);
        }
    };
    let mut all: Vec<Figure> = outputs
        .into_iter()
        .flat_map(|collected| collected.0)
        .collect();
    all.iter_mut()
        .for_each(|figure| figure.at.iter_mut().for_each(currency));
    all
}

/// What `*` of a pattern stands for at a place; `None` where it is another one.
fn matched<'f>(pattern: &str, at: &'f [String]) -> Option<Vec<&'f str>> {
    let parts: Vec<&str> = pattern
        .split(" | ")
        .map(|part| part.trim_end_matches(" |"))
        .collect();
    let parts: Vec<&str> = match pattern.ends_with(" |") {
        true => parts.into_iter().chain([""]).collect(),
        false => parts,
    };
    if parts.len() != at.len() {
        return None;
    }
    let mut found = Vec::new();
    for (part, own) in parts.iter().zip(at) {
        let pieces: Vec<&str> = part.split('*').collect();
        match pieces[..] {
            [text] if text == own => {}
            [before, after] => {
                let inside = own.strip_prefix(before)?.strip_suffix(after)?;
                found.push(inside);
            }
            [before, between, after] => {
                let inside = own.strip_prefix(before)?.strip_suffix(after)?;
                let (first, second) = inside.rsplit_once(between)?;
                found.extend([first, second]);
            }
            _ => return None,
        }
    }
    Some(found)
}

/// The rule for a place by its position, and what stands there by it: the first that gives something,
/// else the first by which the tables cannot tell.
fn rule_of(facts: &Facts, at: &[String]) -> Option<(usize, Option<f64>)> {
    let matching = RULES.iter().enumerate().flat_map(|(index, rule)| {
        let places = rule.stands.iter();
        places.filter_map(move |&(pattern, factor)| {
            let found = matched(pattern, at)?;
            let value = (rule.follows)(facts, &found).map(|value| value * factor);
            Some((index, value))
        })
    });
    let is_said = |index: usize| RULES[index].name.starts_with("said: ");
    let mut said = None;
    for (index, value) in matching {
        match (value, is_said(index)) {
            (value, false) if value.is_some() => return Some((index, value)),
            (_, true) => said = said.or(Some((index, None))),
            _ => {}
        }
    }
    said
}

/// All that is wrong with the figures of a plan; `used` gathers the rules that found one.
fn wrong(facts: &Facts, figures: &[Figure], used: &mut BTreeSet<usize>) -> Vec<String> {
    let mut wrong = Vec::new();
    for figure in figures {
        let place = figure.at.join(" | ");
        let Some((index, value)) = rule_of(facts, &figure.at) else {
            wrong.push(format!("{place}: no rule says what {:?} is", figure.shown));
            continue;
        };
        used.insert(index);
        let (rule, Some(value)) = (&RULES[index], value) else {
            continue;
        };
        let shown = figure.shown.give(rule.hair);
        if !shown.is(value) {
            wrong.push(format!(
                "{place}: {}: {:?}, by the tables {value}",
                rule.name, figure.shown
            ));
        }
    }
    wrong.extend(short_of_all(facts, figures));
    wrong
}

/// Reasons, those told and the others, must add up to what is late and left behind.
fn short_of_all(facts: &Facts, figures: &[Figure]) -> Vec<String> {
    let demand = facts.table("demand");
    let all = demand.sum("late") + demand.sum("unserved");
    let places: [fn(&[String]) -> bool; 2] = [
        |at| {
            at[0] == "terminal"
                && (at[2] == "reason" || (at[2] == "other reasons" && at[3] == "parcels"))
        },
        |at| at[0] == "workbook" && at[1].starts_with("Why parcels are late"),
    ];
    let sums = places.map(|is_one| {
        let own = figures
            .iter()
            .filter(|figure| figure.at.len() > 3 && is_one(&figure.at));
        own.map(|figure| figure.shown.middle()).sum::<f64>()
    });
    let words = |sum: &f64| format!("reasons add up to {sum}, late or left behind are {all}");
    sums.iter().filter(|&&sum| sum != all).map(words).collect()
}

/// Walks the figures of a plan: what is wrong by name, and the rules that found a figure.
fn walk(name: &str, path: &Path) -> (Vec<String>, BTreeSet<usize>) {
    let mut used = BTreeSet::new();
    let prepared = prepare(path, None).unwrap_or_else(|error| panic!("{name}: {error:?}"));
    let Ok(plan) = prepared.solve(&Options::default()) else {
        return (Vec::new(), used);
    };
    let facts = Facts::of(&plan, &prepared.instance);
    let mut all = columns::wrong(&facts);
    all.extend(wrong(&facts, &shown(&prepared, &plan, &facts), &mut used));
    // a place that is wrong is so in many rows
    let more = all.len().saturating_sub(12);
    all.truncate(12);
    if more > 0 {
        all.push(format!("and {more} more"));
    }
    let named = all.into_iter().map(|wrong| format!("{name}: {wrong}"));
    (named.collect(), used)
}

#[test]
fn every_figure_follows_from_the_tables() {
    let shipped = shipped().into_par_iter();
    let shipped = shipped.map(|path| walk(&path.display().to_string(), &path));
    let dated = (0..SEEDS).into_par_iter().map(|seed| {
        let folder = tempfile::tempdir().expect("a folder");
        let mut random = generator::Random::new(seed);
        let shape = generator::Shape {
            dated_weeks: Some(1 + seed as i64 % 3),
            tail: seed % 2 == 0,
            whole_units: seed % 4 == 0,
            ..generator::Shape::random(&mut random)
        };
        generator::write_instance(&shape, &mut random, folder.path());
        walk(&format!("seed {seed}"), folder.path())
    });
    let all: Vec<(Vec<String>, BTreeSet<usize>)> = shipped.chain(dated).collect();
    let wrong: Vec<&str> = all
        .iter()
        .flat_map(|(wrong, _)| wrong.iter().map(String::as_str))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let used: BTreeSet<usize> = all
        .iter()
        .flat_map(|(_, used)| used.iter().copied())
        .collect();
    let idle = RULES
        .iter()
        .enumerate()
        .filter(|(index, _)| !used.contains(index));
    let idle: Vec<&str> = idle.map(|(_, rule)| rule.name).collect();
    assert!(
        idle.is_empty(),
        "nothing stands where these rules look: {idle:?}"
    );
}

/// A walk that would let anything pass would be worth nothing: one parcel more in one row of each
/// table is told, and so is a figure without a rule.
#[test]
fn a_wrong_figure_is_told() {
    let path = Path::new("instances/textbook/overtime");
    let prepared = prepare(path, None).expect("an instance");
    let plan = prepared.solve(&Options::default()).expect("a plan");
    let facts = Facts::of(&plan, &prepared.instance);
    let figures = shown(&prepared, &plan, &facts);
    assert_eq!(
        wrong(&facts, &figures, &mut BTreeSet::new()),
        Vec::<String>::new()
    );
    let mut held = BTreeSet::new();
    for at in 0..figures.len() {
        let mut changed = figures.clone();
        changed[at].shown = changed[at].shown.moved();
        let is_told = !wrong(&facts, &changed, &mut BTreeSet::new()).is_empty();
        let (index, value) = rule_of(&facts, &figures[at].at).expect("a rule");
        assert_eq!(
            is_told,
            value.is_some(),
            "{}: {}",
            figures[at].at.join(" | "),
            RULES[index].name
        );
        held.extend(value.map(|_| index));
    }
    assert!(held.len() > 30, "{held:?}");
    let mut changed = figures;
    changed[0].at.push("elsewhere".to_owned());
    assert!(!wrong(&facts, &changed, &mut BTreeSet::new()).is_empty());
}
