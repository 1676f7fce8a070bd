//! Parcels by the reason for which they are late or left behind, so that they add up to all of them.

use std::collections::BTreeMap;

use super::people::count;

/// What is said where no reason is: plans made by rule have no prices that could tell one.
const NONE: &str = "late or left behind for no reason that is known";

/// Parcels by reason, the most first.
pub(super) struct Reasons<'a>(Vec<(&'a str, i64)>);

/// What the reasons that are not told come to.
pub(super) struct Rest {
    /// How many they are.
    reasons: usize,
    /// How many parcels have them.
    parcels: i64,
}

impl<'a> Reasons<'a> {
    /// Of rows with a reason and as many parcels that are late or left behind.
    pub(super) fn of(rows: impl IntoIterator<Item = (&'a str, i64)>) -> Self {
        let mut sums: BTreeMap<&str, i64> = BTreeMap::new();
        for (reason, parcels) in rows.into_iter().filter(|&(_, parcels)| parcels > 0) {
            let reason = if reason.is_empty() { NONE } else { reason };
            *sums.entry(reason).or_default() += parcels;
        }
        let mut sums: Vec<(&str, i64)> = sums.into_iter().collect();
        sums.sort_by_key(|&(reason, parcels)| (-parcels, reason));
        Self(sums)
    }

    /// Whether there are none.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The first `most`, and what the others come to.
    pub(super) fn split(mut self, most: usize) -> (Vec<(&'a str, i64)>, Option<Rest>) {
        let others = self.0.split_off(self.0.len().min(most));
        let rest = Rest {
            reasons: others.len(),
            parcels: others.iter().map(|(_, parcels)| parcels).sum(),
        };
        (self.0, (rest.reasons > 0).then_some(rest))
    }
}

impl Rest {
    /// How many parcels have them.
    pub(super) fn parcels(&self) -> i64 {
        self.parcels
    }

    /// `and 1,200 parcels for 7 other reasons`.
    pub(super) fn words(&self) -> String {
        format!(
            "and {} {}",
            count(self.parcels, "parcel", "parcels"),
            self.reasons()
        )
    }

    /// `for 7 other reasons`.
    pub(super) fn reasons(&self) -> String {
        format!(
            "for {}",
            count(self.reasons as i64, "other reason", "other reasons")
        )
    }
}
