//! Every code, provoked from a file, and silence where another finding has said it.

mod cases;

use std::collections::BTreeSet;
use std::fs;

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

    // told of a path, a size, an option, a workbook or the network; see the tests below, those of
    // scenarios, of workbooks and of the network
    let elsewhere = [
        Code::InstanceNotFound,
        Code::NotAnInstance,
        Code::Unreadable,
        Code::FileTooLarge,
        Code::TooManyChanges,
        Code::UnknownScenario,
        Code::DamagedWorkbook,
        Code::EncryptedWorkbook,
        Code::UnreadFormat,
        Code::DuplicateSheet,
        Code::ErrorCell,
        Code::NoResult,
        Code::WorkbookTooLarge,
        Code::ForeignSheet,
        Code::HiddenSheet,
        Code::NetworkTooLarge,
        Code::TooManyCells,
        Code::NothingInTime,
        Code::MoreDemandThanCapacity,
    ];
    let missing: Vec<&Code> = Code::all()
        .iter()
        .filter(|code| !found.contains(code) && !elsewhere.contains(code))
        .collect();
    assert!(missing.is_empty(), "no case for {missing:?}");
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
