//! Rules: who may not use what.

use crate::instance::{Demand, Instance, Leg, Rule, ServiceId};

/// The rule that keeps a demand's product off a leg: the most specific one decides, among equals
/// one that forbids.
pub(super) fn forbidden<'a>(
    instance: &'a Instance,
    demand: &Demand,
    service: ServiceId,
    leg: &Leg,
) -> Option<&'a Rule> {
    let ridden = &instance.services[service.at()];
    let matches = |rule: &&Rule| {
        let choice = &rule.selector;
        choice
            .product
            .is_none_or(|product| product == demand.product)
            && choice.mode.is_none_or(|mode| mode == ridden.mode)
            && choice
                .operator
                .as_ref()
                .is_none_or(|name| *name == ridden.operator)
            && choice.service.is_none_or(|only| only == service)
            && choice
                .place
                .is_none_or(|place| place == leg.origin || place == leg.destination)
    };
    let specific = |rule: &Rule| {
        let choice = &rule.selector;
        usize::from(choice.product.is_some())
            + usize::from(choice.mode.is_some())
            + usize::from(choice.operator.is_some())
            + usize::from(choice.service.is_some())
            + usize::from(choice.place.is_some())
    };
    let decides = instance
        .rules
        .iter()
        .filter(matches)
        .max_by_key(|rule| (specific(rule), !rule.allowed))?;
    (!decides.allowed).then_some(decides)
}

#[cfg(test)]
mod tests {
    use crate::instance::{Instance, Mode, ProductId, Rule, Selector};
    use crate::plan::verify::example::{self, MALASZEWICZE};
    use crate::plan::verify::itinerary::{Itinerary, walk};
    use crate::plan::verify::schedule::Schedule;
    use crate::units::Minutes;

    /// Walks from Monday 10:00 UTC on.
    fn walk_in(instance: &Instance, path: &str) -> Result<Itinerary, String> {
        let mut schedule = Schedule::new(instance);
        walk(&mut schedule, &instance.demands[0], Minutes(600), path)
    }

    #[test]
    fn the_most_specific_rule_decides() {
        let mut instance = example::instance();
        let rule = |product: Option<ProductId>, mode: Option<Mode>, place, allowed, row| Rule {
            selector: Selector {
                product,
                mode,
                place,
                ..Selector::default()
            },
            allowed,
            row,
        };
        instance
            .rules
            .push(rule(None, Some(Mode::Rail), None, false, 2));
        let path = "train/1@W1 Sat > train/2@W1 Sat";
        let error = walk_in(&instance, path).expect_err("forbidden");
        assert!(error.contains("row 2 of rules"), "{error}");
        // two selectors beat one; both legs touch Małaszewicze
        let rail = Some(Mode::Rail);
        instance
            .rules
            .push(rule(None, rail, Some(MALASZEWICZE), true, 3));
        assert!(walk_in(&instance, path).is_ok());
        // among equals the one that forbids
        instance
            .rules
            .push(rule(Some(ProductId(0)), rail, None, false, 4));
        assert!(walk_in(&instance, path).is_err());
    }
}
