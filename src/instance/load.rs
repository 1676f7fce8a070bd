//! From a path to a checked instance.

use std::path::Path;

use super::demand::{self, DemandContext};
use super::events;
use super::findings::Findings;
use super::handling;
use super::idle;
use super::limits::{self, SelectorNames};
use super::magnitude;
use super::model::Instance;
use super::no_effect;
use super::places;
use super::prices::Rates;
use super::products;
use super::row::Names;
use super::scenario;
use super::services;
use super::settings;
use super::source::{self, Texts};
use super::sums;
use super::unused::{self, Uses};

/// An instance as far as it could be read, and everything found about it.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// The instance; `None` where there is an error.
    pub instance: Option<Instance>,
    /// Errors and warnings, in order.
    pub findings: Findings,
}

/// Reads and checks the instance at a path, with a scenario applied where one is named.
///
/// Nothing is printed and nothing panics: whatever is wrong is a finding.
pub fn load(path: &Path, scenario: Option<&str>) -> Loaded {
    let mut findings = Findings::new();
    let texts = source::read_tables(path, &mut findings);
    load_tables(texts, scenario, findings)
}

/// Checks tables that were read already; `findings` are those of reading them.
pub fn load_tables(mut texts: Texts, scenario: Option<&str>, mut findings: Findings) -> Loaded {
    let scenarios = scenario::apply(&mut texts, scenario, &mut findings);
    type_whole(&texts, (scenarios, scenario), findings)
}

/// Checks tables to which a scenario was applied already: the names of all scenarios, and its own.
pub(super) fn type_whole(
    texts: &Texts,
    (scenarios, scenario): (Vec<String>, Option<&str>),
    mut findings: Findings,
) -> Loaded {
    let mut instance = type_tables(texts, scenario.is_some(), &mut findings);
    if let Some(instance) = &mut instance {
        instance.scenarios = scenarios;
        instance.scenario = scenario.map(str::to_owned);
    }
    name_cells(texts, &mut findings);
    findings.sort();
    Loaded {
        instance: instance.filter(|_| findings.errors() == 0),
        findings,
    }
}

/// Tells findings about a workbook in which cell they stand.
fn name_cells(texts: &Texts, findings: &mut Findings) {
    for finding in findings.iter_mut().filter(|finding| finding.cell.is_none()) {
        let (Some(column), Some(row)) = (&finding.column, finding.row) else {
            continue;
        };
        let table = texts.in_file(&finding.file);
        finding.cell = table.and_then(|table| table.cell_name(column, row));
    }
}

/// Rows to values, in the order in which tables refer to each other.
fn type_tables(texts: &Texts, changed: bool, findings: &mut Findings) -> Option<Instance> {
    let settings = texts
        .get("settings")
        .and_then(|table| settings::read(table, findings));
    let settings = settings.as_ref();
    let names = |table: &'static str, column| {
        Names::of(table, texts.get(table), column, texts.is_incomplete(table))
    };
    let home = settings.map(|settings| settings.currency.clone());
    let mut rates = Rates::read(texts.get("exchange_rates"), home, findings);

    let places = places::read(texts.get("places"), findings);
    let mut place_names = names("places", "place");
    place_names.place(places.iter().map(|place| place.id.as_str()));

    let products = products::read(texts.get("products"), findings);
    let mut product_names = names("products", "product");
    product_names.place(products.iter().map(|product| product.id.as_str()));

    let profiles = demand::read_profiles(texts.get("profiles"), findings);
    let mut profile_names = names("profiles", "profile");
    profile_names.place(profiles.iter().map(|profile| profile.id.as_str()));

    let context = DemandContext {
        places: &place_names,
        products: &product_names,
        profile_names: &profile_names,
        profiles: &profiles,
        settings,
    };
    let (demands, used_profiles) = demand::read(texts.get("demand"), findings, &context);

    let services = services::read(
        texts.get("services"),
        findings,
        settings,
        &place_names,
        &places,
        &mut rates,
        texts.is_incomplete("services"),
    );
    let mut service_names = names("services", "service");
    service_names.place(services.iter().map(|service| service.id.as_str()));

    let handling = handling::read(texts.get("handling"), findings, &place_names, &mut rates);
    let operators = limits::operators(texts.get("services"), texts.is_incomplete("services"));
    let selectors = SelectorNames {
        places: &place_names,
        products: &product_names,
        services: &service_names,
        operators: &operators,
    };
    let limits = limits::read_limits(texts.get("limits"), findings, &selectors);
    let rules = limits::read_rules(texts.get("rules"), findings, &selectors);
    let events = events::read_events(
        texts.get("events"),
        findings,
        &service_names,
        &place_names,
        settings,
    );
    let bookings = events::read_bookings(
        texts.get("bookings"),
        findings,
        &service_names,
        &services,
        settings,
    );

    let instance = Instance {
        settings: settings?.clone(),
        places,
        products,
        demands,
        services,
        handling,
        limits,
        rules,
        events,
        bookings,
        scenarios: Vec::new(),
        scenario: None,
        hashes: texts.hashes(),
    };
    let uses = Uses {
        profiles: &profiles,
        used_profiles: &used_profiles,
        rates: &rates,
    };
    check_whole(&instance, texts, &uses, changed, findings);
    Some(instance)
}

/// Checks that need every table, and so would only repeat or mislead beside an error. What a
/// scenario leaves unused is no misspelling, so those warnings are for the tables as they stand.
fn check_whole(
    instance: &Instance,
    texts: &Texts,
    uses: &Uses<'_>,
    changed: bool,
    findings: &mut Findings,
) {
    if findings.errors() > 0 {
        return;
    }
    sums::check(instance, texts, findings);
    if !changed {
        unused::warn(instance, texts, uses, findings);
    }
    if !changed && findings.errors() == 0 {
        idle::warn(instance, texts, findings);
        no_effect::warn(instance, texts, findings);
    }
    if let Some(table) = texts.get("services") {
        magnitude::warn_prices(table, findings, &instance.services);
        services::warn_dates(table, findings, &instance.services, &instance.settings);
    }
}
