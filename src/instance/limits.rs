//! The tables `limits` and `rules`.

use super::codes::Code;
use super::findings::Findings;
use super::model::{Counts, Limit, Metric, Period, PlaceId, ProductId, Rule, Selector, ServiceId};
use super::row::{Names, Read, Row, must, read_rows, report_duplicates};
use super::services::MODE;
use super::text_table::TextTable;
use crate::units::Money;

const METRIC: [Metric; 7] = [
    Metric::Parcels,
    Metric::Kg,
    Metric::M3,
    Metric::TonneKm,
    Metric::Units,
    Metric::Cost,
    Metric::Co2eKg,
];
const COUNTS: [Counts; 2] = [Counts::Main, Counts::Aboard];
const PERIOD: [Period; 3] = [Period::Day, Period::Week, Period::Horizon];

/// The ids that selectors refer to.
pub(super) struct SelectorNames<'a> {
    /// Of places.
    pub places: &'a Names,
    /// Of products.
    pub products: &'a Names,
    /// Of services.
    pub services: &'a Names,
    /// Of operators, as the services name them.
    pub operators: &'a Names,
}

/// Reads the limits, by id.
pub(super) fn read_limits(
    table: Option<&TextTable>,
    findings: &mut Findings,
    names: &SelectorNames<'_>,
) -> Vec<Limit> {
    let mut keys = Vec::new();
    let mut limits = read_rows(table, findings, |row| {
        keys.push((row.raw("limit").to_owned(), row.number()));
        read_limit(row, names)
    });
    keys.retain(|(id, _)| !id.is_empty());
    report_duplicates(table, findings, "limit", keys, |id| format!("limit {id}"));
    limits.sort_by(|a, b| a.id.cmp(&b.id));
    limits
}

fn read_selector(row: &mut Row<'_, '_>, names: &SelectorNames<'_>) -> Read<Selector> {
    let product = row.reference("product", names.products);
    let mode = row.word("mode");
    let operator = row.text("operator");
    let operator_known = row.reference("operator", names.operators);
    let service = row.reference("service", names.services);
    let place = row.reference("place", names.places);
    let operator = operator?;
    operator_known?;
    Ok(Selector {
        product: product?.map(ProductId),
        mode: mode?.map(|word| MODE[word]),
        operator: (!operator.is_empty()).then(|| operator.to_owned()),
        service: service?.map(ServiceId),
        place: place?.map(PlaceId),
    })
}

fn read_limit(row: &mut Row<'_, '_>, names: &SelectorNames<'_>) -> Read<Limit> {
    let id = must(row.id("limit"));
    let metric = must(row.word("metric")).map(|word| METRIC[word]);
    let selector = read_selector(row, names);
    let origin = row.reference("origin", names.places);
    let destination = row.reference("destination", names.places);
    let per = must(row.word("per")).map(|word| PERIOD[word]);
    let min = row.number_in("min");
    let max = row.number_in("max");
    let min_share = row.number_in("min_share");
    let max_share = row.number_in("max_share");
    let counts = row.word("counts");
    let penalty = row.number_in("penalty_per_unit");
    let limit = Limit {
        id: id?.to_owned(),
        metric: metric?,
        selector: selector?,
        origin: origin?.map(PlaceId),
        destination: destination?.map(PlaceId),
        per: per?,
        min: min?,
        max: max?,
        min_share: min_share?,
        max_share: max_share?,
        counts: counts?.map(|word| COUNTS[word]),
        penalty_per_unit: penalty?.map(Money),
        row: row.number() as usize,
    };
    check_limit(row, &limit)?;
    Ok(limit)
}

fn check_limit(row: &mut Row<'_, '_>, limit: &Limit) -> Read<()> {
    let bounds = [limit.min, limit.max, limit.min_share, limit.max_share];
    if bounds.iter().all(Option::is_none) {
        let remedy = "fill in `min`, `max`, `min_share` or `max_share`";
        return Err(row.report(Code::EmptyLimit, "limit", "the row limits nothing", remedy));
    }
    let mut result = Ok(());
    let pairs = [
        ("min", limit.min, limit.max),
        ("min_share", limit.min_share, limit.max_share),
    ];
    for (column, min, max) in pairs {
        if let (Some(min), Some(max)) = (min, max)
            && min > max
        {
            let message = "the minimum is above the maximum";
            let remedy = "correct one of the two";
            result = Err(row.report(Code::MinimumAboveMaximum, column, message, remedy));
        }
    }
    if limit.metric.is_bought() {
        let selects = [
            ("counts", limit.counts == Some(Counts::Main)),
            ("origin", limit.origin.is_some()),
            ("destination", limit.destination.is_some()),
            ("product", limit.selector.product.is_some()),
        ];
        for (column, _) in selects.into_iter().filter(|(_, selects)| *selects) {
            let message = "departures buy units for all parcels together";
            let remedy = "leave it blank, or choose another metric";
            result = Err(row.report(Code::NotAttributable, column, message, remedy));
        }
    }
    result
}

/// Reads the rules, by what they match.
pub(super) fn read_rules(
    table: Option<&TextTable>,
    findings: &mut Findings,
    names: &SelectorNames<'_>,
) -> Vec<Rule> {
    let mut keys = Vec::new();
    let mut rules = read_rows(table, findings, |row| {
        let selector = read_selector(row, names);
        let allowed = must(row.yes_no("allowed"));
        let selector = selector?;
        keys.push((order(&selector), row.number()));
        Ok(Rule {
            selector,
            allowed: allowed?,
            row: row.number() as usize,
        })
    });
    report_duplicates(table, findings, "allowed", keys, |_| {
        "the same choice".to_owned()
    });
    rules.sort_by_key(|rule| order(&rule.selector));
    rules
}

type Order = (
    Option<ProductId>,
    Option<super::model::Mode>,
    Option<String>,
    Option<ServiceId>,
    Option<PlaceId>,
);

fn order(selector: &Selector) -> Order {
    (
        selector.product,
        selector.mode,
        selector.operator.clone(),
        selector.service,
        selector.place,
    )
}

/// The operators that services name.
pub(super) fn operators(services: Option<&TextTable>, incomplete: bool) -> Names {
    let mut names = Names::of("services", services, "operator", incomplete);
    let ids: Vec<String> = names.sorted().into_iter().map(str::to_owned).collect();
    names.place(ids.iter().map(String::as_str));
    names
}
