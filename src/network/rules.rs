//! Which products may use which legs.

use crate::instance::{Instance, Leg, ProductId, Rule, Selector, Service, ServiceId};

/// Whether a selector's mode, operator, service and place match a leg; its product is not looked
/// at.
pub fn selects(selector: &Selector, id: ServiceId, service: &Service, leg: &Leg) -> bool {
    selector.mode.is_none_or(|mode| mode == service.mode)
        && selector
            .operator
            .as_ref()
            .is_none_or(|operator| *operator == service.operator)
        && selector.service.is_none_or(|wanted| wanted == id)
        && selector
            .place
            .is_none_or(|place| place == leg.origin || place == leg.destination)
}

/// The rule that decides whether `product` may use a leg; `None` where no rule matches, and
/// everything is allowed.
///
/// The rule with the most selectors filled in decides; among equals one that forbids, and among
/// those the first row.
pub fn deciding_rule<'a>(
    instance: &'a Instance,
    product: ProductId,
    id: ServiceId,
    leg: &Leg,
) -> Option<&'a Rule> {
    let service = &instance.services[id.at()];
    let matching = instance.rules.iter().filter(|rule| {
        let selector = &rule.selector;
        selector.product.is_none_or(|only| only == product) && selects(selector, id, service, leg)
    });
    matching.max_by_key(|rule| {
        let forbids = !rule.allowed;
        (filled(&rule.selector), forbids, std::cmp::Reverse(rule.row))
    })
}

/// Whether `product` may use a leg.
pub fn is_allowed(instance: &Instance, product: ProductId, id: ServiceId, leg: &Leg) -> bool {
    deciding_rule(instance, product, id, leg).is_none_or(|rule| rule.allowed)
}

fn filled(selector: &Selector) -> usize {
    [
        selector.product.is_some(),
        selector.mode.is_some(),
        selector.operator.is_some(),
        selector.service.is_some(),
        selector.place.is_some(),
    ]
    .into_iter()
    .filter(|&is_filled| is_filled)
    .count()
}
