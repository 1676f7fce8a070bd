//! Every code, provoked from a file, and silence where another finding has said it.

mod cases;
mod doubts;
mod headings;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use cases::Edit::{Add, Remove, Replace};
use cases::{Case, all_cases, base, findings_of, write};
use railair::instance::{Code, load};

#[test]
fn the_base_is_without_findings() {
    let findings = findings_of(&[], None);
    assert!(findings.is_empty(), "{findings}");
}

#[test]
fn every_code_is_found_where_it_stands_and_nothing_repeats_it() {
    let mut found = BTreeSet::new();
    let mut texts = String::new();
    let mut wrong = String::new();
    for Case(code, place, edits) in all_cases() {
        let findings = findings_of(&edits, None);
        let expected = format!("{}[{code}] {place}", code.severity());
        let at_place = findings
            .iter()
            .any(|f| f.to_string().starts_with(&expected));
        if !at_place {
            wrong.push_str(&format!("expected {expected}, found:\n{findings}\n"));
        }
        if findings.iter().any(|f| f.code != code) {
            wrong.push_str(&format!("beside {expected}:\n{findings}\n"));
        }
        if let Some(first) = findings.iter().find(|f| f.code == code) {
            texts.push_str(&format!("{first}\n"));
        }
        found.insert(code);
    }
    assert!(wrong.is_empty(), "{wrong}");
    insta::assert_snapshot!("messages", texts);

    // told of a path, a size, an option, a workbook or the network: tests of their own
    let others = sources(Path::new("tests"));
    let provoked = |code: &&Code| {
        let (name, number) = (format!("Code::{code:?}"), format!("\"{code}\""));
        found.contains(code)
            || others
                .iter()
                .any(|text| text.contains(&name) || text.contains(&number))
    };
    let missing: Vec<&Code> = Code::all().iter().filter(|code| !provoked(code)).collect();
    assert!(missing.is_empty(), "no test provokes {missing:?}");
}

/// The text of every test below a folder.
fn sources(folder: &Path) -> Vec<String> {
    let mut texts = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            texts.extend(sources(&path));
        } else if path.extension().is_some_and(|end| end == "rs") {
            texts.push(fs::read_to_string(path).unwrap());
        }
    }
    texts
}

/// Two million parcels of 1.2 litres are 2,400 m³; three flights of 60,000 × 6 litres take 1,080.
#[test]
fn more_demand_than_capacity_names_the_bottleneck() {
    let mut tables = base();
    cases::apply(&mut tables, &Replace("demand", ",1000,", ",2000000,"));
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), &tables);
    let findings = railair::check(folder.path(), None).findings;
    assert_eq!(findings.errors(), 0, "{findings}");
    assert!(
        findings.count(Code::MoreDemandThanCapacity) > 0,
        "{findings}"
    );
    let said = findings.to_string();
    assert!(said.contains("2,400.0 m³"), "{said}");
    assert!(said.contains("AIR (1,080.0 m³)"), "{said}");
}

#[test]
fn what_nothing_can_carry_is_told_once_for_all_weeks() {
    let mut tables = base();
    let dated = "setting,value\nname,Base\nhorizon,dated\nweek_start,2019-11-04\nweeks,2\n";
    tables.insert("settings", dated.as_bytes().to_vec());
    cases::apply(&mut tables, &Replace("demand", "YIW,LGG", "LGG,YIW"));
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), &tables);
    let findings = railair::check(folder.path(), None).findings;
    assert_eq!(findings.count(Code::NothingInTime), 1, "{findings}");
    let said = findings.to_string();
    assert!(
        said.contains("2,000 parcels of std from LGG to YIW in 2 weeks"),
        "{said}"
    );
    assert!(said.contains("no service leaves LGG"), "{said}");
}

/// Ten thousand changes of a hundred thousand rows and one are a thousand million comparisons and
/// more.
#[test]
fn more_changes_than_can_be_looked_up_are_refused() {
    let mut profiles = String::from("profile,mon\n");
    for number in 0..100_001 {
        profiles.push_str(&format!("p{number},1\n"));
    }
    let mut scenarios = String::from("scenario,table,key,column,change,value\n");
    for number in 0..10_000 {
        scenarios.push_str(&format!("s,profiles,p{number},mon,set,1\n"));
    }
    let tables = [
        cases::Edit::Write("profiles", profiles.into_bytes()),
        cases::Edit::Write("scenarios", scenarios.into_bytes()),
    ];
    let findings = findings_of(&tables, Some("s"));
    assert_eq!(findings.count(Code::TooManyChanges), 1);
}

#[test]
fn a_wrong_path_says_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let instance = folder.path().join("liege");
    fs::create_dir(&instance).unwrap();
    write(&instance, &base());

    let missing = load(&folder.path().join("liage"), None).findings;
    assert_eq!(missing.count(Code::InstanceNotFound), 1);
    assert!(missing.to_string().contains("did you mean"), "{missing}");

    let file = load(&instance.join("demand.csv"), None).findings;
    assert_eq!(file.count(Code::NotAnInstance), 1);
    assert!(file.to_string().contains("give the folder"), "{file}");

    fs::create_dir(instance.join("limits.csv")).unwrap();
    let unreadable = load(&instance, None).findings;
    assert_eq!(unreadable.count(Code::Unreadable), 1, "{unreadable}");
}

#[test]
fn a_misspelled_scenario_gets_the_nearest() {
    let table = Add(
        "scenarios",
        "scenario,table,key,column,change,value\nno_trains,services,AIR,units,set,0",
    );
    let findings = findings_of(&[table], Some("notrains"));
    assert_eq!(findings.count(Code::UnknownScenario), 1);
    assert!(findings.to_string().contains("`no_trains`"), "{findings}");
}

#[test]
fn a_row_with_another_error_still_defines_its_id() {
    // YIW has a wrong kind; demand and services that name it are not wrong
    let findings = findings_of(&[Replace("places", "city", "town")], None);
    assert_eq!(findings.errors(), 1, "{findings}");
    // places cannot be read at all: one finding, not one per reference
    let findings = findings_of(&[Remove("places")], None);
    assert_eq!(findings.errors(), 1, "{findings}");
}

#[test]
fn findings_are_read_by_programs_in_a_stated_form() {
    let findings = findings_of(&[Replace("demand", "1000", "\"1,234\"")], None);
    let json = serde_json::to_value(&findings).unwrap();
    assert_eq!(json["errors"], 1);
    assert_eq!(json["findings"][0]["code"], "E203");
    assert_eq!(json["findings"][0]["severity"], "error");
    assert_eq!(json["findings"][0]["file"], "demand.csv");
    assert_eq!(json["findings"][0]["row"], 2);
    assert_eq!(json["findings"][0]["column"], "parcels");
    assert_eq!(json["findings"][0]["text"], "1,234");
}

#[test]
fn a_table_beyond_the_limit_is_refused_unread() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), &base());
    let file = fs::File::create(folder.path().join("profiles.csv")).unwrap();
    file.set_len(2 << 30).unwrap(); // a hole of 2 GiB
    let findings = load(folder.path(), None).findings;
    assert_eq!(findings.count(Code::FileTooLarge), 1, "{findings}");
    assert_eq!(findings.errors(), 1, "{findings}");
}
