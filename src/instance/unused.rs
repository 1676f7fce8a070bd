//! Rows that nothing uses: harmless, or a misspelled id elsewhere.

use std::collections::BTreeSet;

use super::codes::Code;
use super::demand::Profile;
use super::findings::{Finding, Findings};
use super::model::{Direction, Horizon, Instance, PlaceId};
use super::prices::Rates;
use super::source::Texts;

/// What readers know about use beside the instance itself.
pub(super) struct Uses<'a> {
    /// The profiles, by position.
    pub profiles: &'a [Profile],
    /// Positions of profiles that demand names.
    pub used_profiles: &'a BTreeSet<u32>,
    /// The exchange rates.
    pub rates: &'a Rates,
}

/// Warns of everything in the instance that nothing uses.
pub(super) fn warn(instance: &Instance, texts: &Texts, uses: &Uses<'_>, findings: &mut Findings) {
    let used = used_places(instance);
    warn_places(instance, texts, &used, findings);
    warn_products(instance, texts, findings);
    warn_profiles(texts, uses, findings);
    if let Some(table) = texts.get("exchange_rates") {
        for (currency, row) in uses.rates.unused() {
            let message = format!("no price is in {currency}");
            let remedy = "remove it, or fill in the `currency` of the prices";
            findings.push(
                Finding::new(Code::UnusedRate, message, remedy)
                    .in_file(&table.file)
                    .in_row(row)
                    .in_column("currency"),
            );
        }
    }
    warn_handling(instance, texts, &used, findings);
    warn_typical_week(instance, texts, findings);
}

fn used_places(instance: &Instance) -> BTreeSet<PlaceId> {
    let demand = instance
        .demands
        .iter()
        .flat_map(|d| [d.origin, d.destination]);
    let legs = instance.services.iter().flat_map(|service| &service.legs);
    let lines = legs.flat_map(|leg| leg.via.iter().copied().chain([leg.origin, leg.destination]));
    demand.chain(lines).collect()
}

fn unused(code: Code, file: &str, row: u32, column: &'static str, message: String) -> Finding {
    Finding::new(code, message, "remove it, or look for the misspelled id")
        .in_file(file)
        .in_row(row)
        .in_column(column)
}

fn warn_places(
    instance: &Instance,
    texts: &Texts,
    used: &BTreeSet<PlaceId>,
    findings: &mut Findings,
) {
    let Some(table) = texts.get("places") else {
        return;
    };
    let ids: BTreeSet<&str> = used
        .iter()
        .map(|place| instance.places[place.at()].id.as_str())
        .collect();
    for (row, id) in texts.rows_of("places", "place") {
        if !ids.contains(id) {
            let message = format!("no demand and no service uses {id}");
            findings.push(unused(
                Code::UnusedPlace,
                &table.file,
                row,
                "place",
                message,
            ));
        }
    }
}

fn warn_products(instance: &Instance, texts: &Texts, findings: &mut Findings) {
    let Some(table) = texts.get("products") else {
        return;
    };
    let ids: BTreeSet<&str> = instance
        .demands
        .iter()
        .map(|demand| instance.products[demand.product.at()].id.as_str())
        .collect();
    for (row, id) in texts.rows_of("products", "product") {
        if !ids.contains(id) {
            let message = format!("no demand is of {id}");
            findings.push(unused(
                Code::UnusedProduct,
                &table.file,
                row,
                "product",
                message,
            ));
        }
    }
}

fn warn_profiles(texts: &Texts, uses: &Uses<'_>, findings: &mut Findings) {
    let Some(table) = texts.get("profiles") else {
        return;
    };
    for (at, profile) in (0..).zip(uses.profiles) {
        if !uses.used_profiles.contains(&at) {
            let message = format!("no demand has the profile {}", profile.id);
            findings.push(unused(
                Code::UnusedProfile,
                &table.file,
                profile.row,
                "profile",
                message,
            ));
        }
    }
}

/// Steps at places that are used, where nothing of their mode comes or goes.
fn warn_handling(
    instance: &Instance,
    texts: &Texts,
    used: &BTreeSet<PlaceId>,
    findings: &mut Findings,
) {
    let Some(table) = texts.get("handling") else {
        return;
    };
    for step in &instance.handling {
        let reached = instance.services.iter().any(|service| {
            step.mode.is_none_or(|mode| mode == service.mode)
                && service.legs.iter().any(|leg| match step.direction {
                    Direction::In => leg.destination == step.place,
                    Direction::Out => leg.origin == step.place,
                })
        });
        if reached || !used.contains(&step.place) {
            continue;
        }
        let place = &instance.places[step.place.at()].id;
        let message = match step.direction {
            Direction::In => format!("nothing that the step is for arrives at {place}"),
            Direction::Out => format!("nothing that the step is for departs from {place}"),
        };
        findings.push(
            Finding::new(
                Code::UnusedHandling,
                message,
                "remove the step, or correct its place, mode or direction",
            )
            .in_file(&table.file)
            .in_row(step.tiers[0].row as u32)
            .in_column("step"),
        );
    }
}

fn warn_typical_week(instance: &Instance, texts: &Texts, findings: &mut Findings) {
    if instance.settings.horizon == Horizon::Dated {
        return;
    }
    for name in ["events", "bookings"] {
        let Some(table) = texts.get(name).filter(|table| !table.is_empty()) else {
            continue;
        };
        findings.push(
            Finding::new(
                Code::UnusedTable,
                "a typical week has no dates, so the table is not used",
                "set `horizon` to `dated`, or remove the table",
            )
            .in_file(&table.file),
        );
    }
}
