//! Splits a difference of costs by cause.

use std::collections::BTreeMap;

use crate::plan::verify::{DemandValue, Parts, Valuation};
use crate::units::divide_to_nearest;

/// What a difference of costs is due to, in millionths of money; see the module.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Causes {
    /// Other prices for the same, by part.
    pub price: Parts,
    /// More or fewer parcels, by part.
    pub volume: Parts,
    /// Other ways.
    pub routing: i128,
    /// Other whole units.
    pub purchases: i128,
    /// More or less lateness.
    pub lateness: i128,
    /// More or fewer parcels left behind.
    pub unserved: i128,
}

impl Causes {
    /// The causes with their names, in the order in which they are told.
    pub fn list(&self) -> [(&'static str, i128); 6] {
        [
            ("price", self.price.total()),
            ("volume", self.volume.total()),
            ("routing", self.routing),
            ("purchases", self.purchases),
            ("lateness", self.lateness),
            ("unserved", self.unserved),
        ]
    }

    /// All of them: the difference of the costs.
    pub fn total(&self) -> i128 {
        self.list().into_iter().map(|(_, amount)| amount).sum()
    }
}

/// The causes of what plan B costs more than plan A: from A at its own prices (`a`), A at B's
/// prices (`a_at_b`), and B (`b`).
pub fn causes(a: &Valuation, a_at_b: &Valuation, b: &Valuation) -> Causes {
    let before = by_key(a_at_b);
    let after = by_key(b);
    let mut volume = Parts::default();
    for (key, old) in &before {
        let parcels = after.get(key).map_or(0, |new| new.parcels);
        if old.parcels > 0 {
            let more = parcels - old.parcels;
            volume += (old.parts).map(|part| divide_to_nearest(part * more, old.parcels));
        }
    }
    for (key, new) in &after {
        if before.get(key).is_none_or(|old| old.parcels == 0) {
            volume += new.parts;
        }
    }
    let left = b.parts() - a_at_b.parts() - volume;
    Causes {
        price: a_at_b.parts() - a.parts(),
        volume,
        routing: left.ways,
        purchases: left.purchases,
        lateness: left.lateness,
        unserved: left.unserved,
    }
}

fn by_key(valuation: &Valuation) -> BTreeMap<&[String; 4], &DemandValue> {
    let demands = valuation.demands.iter();
    demands.map(|demand| (&demand.key, demand)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Parts in the order ways, purchases, lateness, unserved.
    fn parts([ways, purchases, lateness, unserved]: [i128; 4]) -> Parts {
        Parts {
            ways,
            purchases,
            lateness,
            unserved,
        }
    }

    fn plan(demands: &[(&str, i128, [i128; 4])], rest: [i128; 4]) -> Valuation {
        let demand = |&(origin, parcels, costs): &(&str, i128, [i128; 4])| DemandValue {
            key: [origin, "LGG", "std", "1"].map(str::to_owned),
            parcels,
            parts: parts(costs),
        };
        Valuation {
            demands: demands.iter().map(demand).collect(),
            rest: parts(rest),
        }
    }

    fn listed(causes: &Causes) -> [i128; 6] {
        causes.list().map(|(_, amount)| amount)
    }

    #[test]
    fn dearer_units_are_price() {
        // 100 parcels for 500 cost 600 at the new prices, and still do.
        let a = plan(&[("X", 100, [500, 0, 0, 0])], [0; 4]);
        let b = plan(&[("X", 100, [600, 0, 0, 0])], [0; 4]);
        assert_eq!(listed(&causes(&a, &b, &b)), [100, 0, 0, 0, 0, 0]);
    }

    #[test]
    fn more_parcels_at_what_a_parcel_costs_are_volume() {
        // 20 more at 500 / 100 = 5 each are 100; that they cost 130 in the end is 30 of routing.
        let a = plan(&[("X", 100, [500, 0, 0, 0])], [0; 4]);
        let b = plan(&[("X", 120, [630, 0, 0, 0])], [0; 4]);
        assert_eq!(listed(&causes(&a, &a, &b)), [0, 100, 30, 0, 0, 0]);
        // A demand that is new is volume with all that it costs, one that is gone likewise.
        let b = plan(
            &[("X", 100, [500, 0, 0, 0]), ("Y", 10, [70, 5, 0, 2])],
            [0; 4],
        );
        assert_eq!(listed(&causes(&a, &a, &b)), [0, 77, 0, 0, 0, 0]);
        assert_eq!(listed(&causes(&b, &b, &a)), [0, -77, 0, 0, 0, 0]);
    }

    #[test]
    fn each_part_has_its_cause() {
        // The same 100 parcels: ways 40 cheaper, a whole unit of 300 bought, lateness 20 more,
        // nothing left behind any more (−250).
        let a = plan(&[("X", 100, [500, 0, 10, 250])], [0; 4]);
        let b = plan(&[("X", 100, [460, 300, 30, 0])], [0; 4]);
        assert_eq!(listed(&causes(&a, &a, &b)), [0, 0, -40, 300, 20, -250]);
    }

    #[test]
    fn what_no_demand_bears_is_routing() {
        // A commitment of 80 that nobody uses any more is dead, and parcels go for 30 less.
        let a = plan(&[("X", 100, [580, 0, 0, 0])], [0; 4]);
        let b = plan(&[("X", 100, [470, 0, 0, 0])], [80, 0, 0, 0]);
        assert_eq!(listed(&causes(&a, &a, &b)), [0, 0, -30, 0, 0, 0]);
    }

    #[test]
    fn causes_add_up_to_the_millionth_whatever_is_rounded() {
        let mut state = 1u64;
        let mut next = |most: i128| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            i128::from(state >> 33) % most
        };
        for _ in 0..500 {
            let mut random = |shift: usize| {
                let demands: Vec<(&str, i128, [i128; 4])> = ["P", "Q", "R", "S"][shift..]
                    .iter()
                    .map(|&name| (name, next(50), [0; 4].map(|_: i128| next(1_000_003))))
                    .collect();
                plan(&demands, [0; 4].map(|_: i128| next(1_000_003)))
            };
            let (a, a_at_b, b) = (random(0), random(0), random(1));
            let causes = causes(&a, &a_at_b, &b);
            assert_eq!(causes.total(), b.parts().total() - a.parts().total());
        }
    }
}
