//! What is scarce, by what the scarcity costs.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};

use rayon::prelude::*;

use crate::engine::ranging::{Answer, Direction, PARTS};
use crate::plan::what_if::{HALF_CENT, Subject, money};
use crate::units::Money;

use super::{BottleneckStory, ExplainError, Teller};

/// The share of one more by which it is found what that saves.
const STEP: f64 = 1e-3;

/// What is below half a cent is nothing.
fn told(saved: Money) -> Money {
    match saved {
        saved if saved < HALF_CENT => Money::ZERO,
        saved => saved,
    }
}

/// What goes by one name: a leg, a step, a place's storage, a limit.
struct Group {
    what: String,
    /// All of it, scarce or not: with one day's capacity endless the next day's may become scarce.
    all: Vec<Subject>,
    /// What has a price, with what one more saves at most, dearest first.
    scarce: Vec<(Money, Subject)>,
    /// What the scarcity may cost altogether, as prices say.
    worth: f64,
}

impl Teller<'_> {
    /// Everything that has a price, by what the plan would cost less if there were any amount of
    /// it: each group by itself, solved again, those of most worth first.
    pub(super) fn bottlenecks(&self) -> Vec<BottleneckStory> {
        let groups = self.groups();
        self.asked.expect(groups.len());
        let taken = AtomicUsize::new(0);
        let stories: Vec<Option<BottleneckStory>> = (0..groups.len())
            .into_par_iter()
            .with_max_len(1)
            .map(|_| {
                // in order of worth, whichever thread comes first
                let group = &groups[taken.fetch_add(1, Ordering::Relaxed)];
                let about = || format!("what the scarcity of {} costs", group.what);
                self.asked.ask(about, || self.bottleneck(group)).flatten()
            })
            .collect();
        let mut stories: Vec<BottleneckStory> = stories.into_iter().flatten().collect();
        stories.sort_by(|a, b| b.costs.cmp(&a.costs).then_with(|| a.what.cmp(&b.what)));
        stories
    }

    /// The groups of which something has a price, that of most worth first.
    fn groups(&self) -> Vec<Group> {
        let mut groups: BTreeMap<String, Group> = BTreeMap::new();
        let subjects = self.what_if.subjects().into_iter();
        for subject in subjects.filter(|subject| !matches!(subject, Subject::Demand(_))) {
            let (what, _) = self.what_if.name(subject);
            let group = groups.entry(what.clone()).or_insert(Group {
                what,
                all: Vec::new(),
                scarce: Vec::new(),
                worth: 0.0,
            });
            group.all.push(subject);
            let most = self.one_more_at_most(subject);
            if most >= HALF_CENT {
                group.scarce.push((most, subject));
                group.worth += self.what_if.worth(subject);
            }
        }
        let mut groups: Vec<Group> = groups.into_values().collect();
        groups.retain(|group| !group.scarce.is_empty());
        for group in &mut groups {
            group
                .scarce
                .sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
        }
        groups.sort_by(|a, b| {
            b.worth
                .total_cmp(&a.worth)
                .then_with(|| a.what.cmp(&b.what))
        });
        groups
    }

    /// What one more of what one buys saves at most, as prices say; nothing is ever worth more.
    pub(super) fn one_more_at_most(&self, subject: Subject) -> Money {
        let slope = self
            .what_if
            .ranger()
            .slope(&self.what_if.direction(subject));
        let (_, size) = self.unit(subject);
        money(-slope * size as f64)
    }

    /// What one more of what one buys saves, at the price that holds from where things are: solved
    /// again. It may not hold for a whole one.
    pub(super) fn one_more(&self, subject: Subject) -> Result<Money, ExplainError> {
        let (_, size) = self.unit(subject);
        let size = size as f64;
        let direction = self.what_if.direction(subject);
        let slope = self.what_if.ranger().price(&direction, STEP * size)?;
        Ok(told(money(-slope * size)))
    }

    /// How much less an answer costs than the plan as it is; nothing below half a cent.
    pub(super) fn saved_by(&self, answer: &Answer) -> Money {
        told(money(self.what_if.start().cost - answer.cost))
    }

    fn bottleneck(&self, group: &Group) -> Result<Option<BottleneckStory>, ExplainError> {
        let costs = self.saved_by(&self.with_plenty(&group.all)?);
        if costs == Money::ZERO {
            return Ok(None);
        }
        // of several right prices the proof has one: the dearest is looked for among those that
        // may be as dear
        let mut dearest: Option<(Money, Subject)> = None;
        for &(most, subject) in &group.scarce {
            if dearest.is_some_and(|(saves, _)| saves >= most) {
                break;
            }
            let saves = self.one_more(subject)?;
            if dearest.is_none_or(|(known, _)| saves > known) {
                dearest = Some((saves, subject));
            }
        }
        Ok(dearest.map(|(one_more_saves, subject)| BottleneckStory {
            what: group.what.clone(),
            times: group.scarce.len(),
            costs,
            unit: self.unit(subject).0,
            one_more_saves,
            dearest: self.what_if.name(subject).1,
        }))
    }

    /// The answer with any amount of some capacities, at their list prices.
    pub(super) fn with_plenty(&self, subjects: &[Subject]) -> Result<Answer, ExplainError> {
        let mut direction = Direction::default();
        for &subject in subjects {
            let one = self.what_if.direction(subject);
            direction.rows.extend(one.rows);
            direction.columns.extend(one.columns);
        }
        let plenty = self.what_if.ranger().plenty(&direction);
        let amount = (plenty * PARTS as f64) as i64;
        Ok(self.what_if.ranger().far_at(&direction, amount)?)
    }
}
