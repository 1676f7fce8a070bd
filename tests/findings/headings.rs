//! Headings as planners write them: capitals, blanks, columns of their own, and mistakes that are
//! said once.

use railair::instance::{Code, Findings, load};

use crate::cases::Edit::{Add, Replace, Write};
use crate::cases::{Edit, base, findings_of};

fn services(text: &str) -> Edit {
    Write("services", text.as_bytes().to_vec())
}

fn one(findings: &Findings, code: Code) -> String {
    assert_eq!(findings.iter().count(), 1, "{findings}");
    assert_eq!(findings.count(code), 1, "{findings}");
    findings.iter().next().unwrap().to_string()
}

#[test]
fn data_under_a_blank_heading_is_not_lost_in_silence() {
    // prices without a heading: everything would ride for nothing
    let text = "service,mode,origin,destination,departs,hours,unit,units,\n\
        AIR,air,HKG,LGG,18:00,12.9,chargeable_kg,60000,2.45\n\
        TRUCK,road,YIW,HKG,20:00,24,m3,,11\n";
    let said = one(&findings_of(&[services(text)], None), Code::BlankHeading);
    assert!(
        said.contains("services.csv row 1: column I holds data in rows 2, 3"),
        "{said}"
    );
    // an empty column, as spreadsheets leave them to the right, is none
    let empty = text.replace(",2.45", ",").replace(",11", ",");
    let findings = findings_of(&[services(&empty)], None);
    assert!(findings.is_empty(), "{findings}");
}

#[test]
fn capitals_and_blanks_around_a_heading_do_not_matter() {
    let text = "Service, MODE ,Origin,destination,Departs,hours\n\
        AIR,air,HKG,LGG,18:00,12.9\nTRUCK,road,YIW,HKG,20:00,24\n";
    let findings = findings_of(&[services(text)], None);
    assert!(findings.is_empty(), "{findings}");
    let twice = text
        .replace("hours\n", "hours,HOURS\n")
        .replace("12.9", "12.9,1");
    let findings = findings_of(&[services(&twice.replace("20:00,24", "20:00,24,"))], None);
    assert_eq!(findings.count(Code::DuplicateColumn), 1, "{findings}");
}

/// `departs` is needed on every first leg: without its heading sixty rows lack it, and one finding
/// says why.
#[test]
fn a_wrong_heading_is_said_once() {
    for (heading, meant) in [("departure", "departs"), ("mod", "mode")] {
        let mut text = String::from(
            "service,mode,origin,destination,departs,hours\nT,road,YIW,HKG,20:00,24\n",
        )
        .replace(meant, heading);
        for number in 0..60 {
            text.push_str(&format!("A{number},air,HKG,LGG,18:00,12.9\n"));
        }
        let said = one(&findings_of(&[services(&text)], None), Code::UnknownColumn);
        assert!(
            said.ends_with(&format!("did you mean `{meant}`?")),
            "{said}"
        );
    }
    // a required column too, and the settings' own
    let edits = [Replace("demand", "parcels", "Parcel")];
    one(&findings_of(&edits, None), Code::UnknownColumn);
    let edits = [Replace("settings", "value", "values")];
    one(&findings_of(&edits, None), Code::UnknownColumn);
}

#[test]
fn what_is_equally_wrong_in_many_rows_is_one_finding() {
    let mut text =
        String::from("service,mode,origin,destination,departs,hours\nT,road,YIW,HKG,20:00,24\n");
    for number in 0..61 {
        let departs = if number == 30 { "18:00" } else { "25:10" };
        text.push_str(&format!("A{number:02},air,HKG,LGG,{departs},12.9\n"));
    }
    let findings = findings_of(&[services(&text)], None);
    let said = one(&findings, Code::NotATime);
    // rows 3 to 63, and row 33 is right
    assert!(
        said.contains("services.csv rows 3–32, 34–63, column departs"),
        "{said}"
    );
    let json = serde_json::to_value(&findings).unwrap();
    assert_eq!(json["errors"], 1);
    assert_eq!(json["findings"][0]["row"], 3);
    assert_eq!(json["findings"][0]["rows"]["count"], 60);
    assert_eq!(json["findings"][0]["rows"]["ranges"][1][0], 34);
}

#[test]
fn columns_of_the_planners_own_are_passed_over() {
    let text = "service,X_owner,mode,origin,destination,departs,hours,Checked by\n\
        AIR,Li,air,HKG,LGG,18:00,12.9,Monday\nTRUCK,,road,YIW,HKG,20:00,24,\n,to do,,,,,,\n";
    let said = one(&findings_of(&[services(text)], None), Code::UnknownColumn);
    assert!(
        said.contains("Checked by") && said.contains("ignore_columns"),
        "{said}"
    );
    let ignore = Add("settings", "ignore_columns,\"contract, checked BY\"");
    let findings = findings_of(&[services(text), ignore], None);
    assert!(findings.is_empty(), "{findings}");
    // the settings may have such a column themselves
    let settings = "setting,value,who\nname,Base,Li\nignore_columns,who,\n";
    let findings = findings_of(&[Write("settings", settings.as_bytes().to_vec())], None);
    assert!(findings.is_empty(), "{findings}");
}

/// Nothing but the columns that are read makes the instance.
#[test]
fn own_columns_change_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let mut tables = base();
    crate::cases::write(folder.path(), &tables);
    let before = load(folder.path(), None).instance.unwrap();
    let demand = b"x_id,origin,destination,product,week,parcels,profile\n7,YIW,LGG,std,,1000,\n";
    tables.insert("demand", demand.to_vec());
    crate::cases::write(folder.path(), &tables);
    let after = load(folder.path(), None).instance.unwrap();
    assert_eq!(
        format!("{:?}", before.demands),
        format!("{:?}", after.demands)
    );
}

/// Ninety thousand parcels must not become ninety, in a table or through a scenario.
#[test]
fn ninety_thousand_is_never_ninety() {
    let edits = |parcels| [Replace("demand", "1000", parcels)];
    let said = one(&findings_of(&edits("90.000"), None), Code::AmbiguousNumber);
    assert!(said.contains("demand.csv row 2, column parcels"), "{said}");
    assert!(findings_of(&edits("90.0"), None).is_empty());
    let change = |row: &'static str| {
        let table = Add("scenarios", "scenario,table,key,column,change,value");
        [table, Add("scenarios", row)]
    };
    let set = change("s,demand,YIW,parcels,set,90.000");
    let findings = findings_of(&set, Some("s"));
    assert_eq!(findings.errors(), 1, "{findings}");
    let [table, row] = change("s,demand,YIW,parcels,scale,1.125");
    let scaled = findings_of(
        &[table, row, Replace("demand", "1000", "90.000")],
        Some("s"),
    );
    one(&scaled, Code::AmbiguousNumber);
    // the factor itself is no number of parcels
    assert!(findings_of(&change("s,demand,YIW,parcels,scale,1.125"), Some("s")).is_empty());
}
