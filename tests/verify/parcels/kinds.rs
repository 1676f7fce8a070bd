//! The small random instances are instances, and everything that is hard in whole parcels is in them.

use std::collections::BTreeMap;

use railair::instance::{Commit, Horizon, Instance, Metric};
use railair::plan::Prepared;

use super::{FEW, parcels, small};

/// What is in an instance.
fn kinds(prepared: &Prepared) -> Vec<(&'static str, bool)> {
    let instance: &Instance = &prepared.instance;
    let legs = || instance.services.iter().flat_map(|service| &service.legs);
    let tiers = || instance.handling.iter().flat_map(|step| &step.tiers);
    let limits = &instance.limits;
    let counts = |metric| limits.iter().any(|limit| limit.metric == metric);
    let hard = |limit: &railair::instance::Limit| limit.penalty_per_unit.is_none();
    let parts = |units: Option<i64>| units.is_some_and(|units| units % 1_000_000 != 0);
    let many = parcels(prepared);
    vec![
        (
            "a typical week",
            instance.settings.horizon == Horizon::TypicalWeek,
        ),
        ("dated weeks", instance.settings.horizon == Horizon::Dated),
        ("few parcels", many <= 20),
        ("many parcels", many > FEW),
        (
            "converted prices",
            legs().any(|leg| leg.unit.price.0 % 1_000 != 0),
        ),
        ("parts of units", legs().any(|leg| parts(leg.unit.limit))),
        ("minimum units", legs().any(|leg| leg.unit.minimum > 0)),
        ("whole units", legs().any(|leg| leg.unit.whole)),
        (
            "commitments",
            legs().any(|leg| leg.unit.commit != Commit::Departure),
        ),
        ("lift", legs().any(|leg| leg.max_weight.is_some())),
        (
            "legs",
            instance
                .services
                .iter()
                .any(|service| service.legs.len() > 1),
        ),
        (
            "storage",
            instance.places.iter().any(|place| place.storage.is_some()),
        ),
        (
            "tiers",
            instance.handling.iter().any(|step| step.tiers.len() > 1),
        ),
        ("shifts", tiers().any(|tier| tier.shift.is_some())),
        ("bookings", !instance.bookings.is_empty()),
        ("floors", limits.iter().any(|limit| limit.min.is_some())),
        (
            "hard floors",
            limits
                .iter()
                .any(|limit| limit.min.is_some() && hard(limit)),
        ),
        ("maxima", limits.iter().any(|limit| limit.max.is_some())),
        (
            "least shares",
            limits.iter().any(|limit| limit.min_share.is_some()),
        ),
        (
            "greatest shares",
            limits.iter().any(|limit| limit.max_share.is_some()),
        ),
        ("soft limits", limits.iter().any(|limit| !hard(limit))),
        ("hard limits", limits.iter().any(hard)),
        ("limits on units", counts(Metric::Units)),
        ("limits on cost", counts(Metric::Cost)),
    ]
}

#[test]
fn small_instances_have_everything_that_is_hard_in_whole_parcels() {
    let mut counts: BTreeMap<&str, u32> = BTreeMap::new();
    for seed in 0..300 {
        for (kind, holds) in kinds(&small(seed)) {
            *counts.entry(kind).or_default() += u32::from(holds);
        }
    }
    for (kind, count) in counts {
        assert!(count >= 10, "{kind} in {count} of 300");
    }
}
