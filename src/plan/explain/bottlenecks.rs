//! What is scarce, by what the scarcity costs.

use std::collections::BTreeMap;

use rayon::prelude::*;

use crate::engine::ranging::{Direction, PARTS};
use crate::plan::what_if::{Subject, money};

use super::alternatives::subject_of;
use super::{BottleneckStory, ExplainError, Teller};

impl Teller<'_> {
    /// Everything that has a price, by what the plan would cost less if there were any amount of
    /// it: each group (a leg, a step, a place's storage, a limit) by itself, solved again.
    pub(super) fn bottlenecks(&self) -> Result<Vec<BottleneckStory>, ExplainError> {
        let formulation = &self.what_if.prepared.formulation;
        let prices = &self.what_if.start().solution.prices;
        let mut groups: BTreeMap<String, Vec<Subject>> = BTreeMap::new();
        for (meaning, &price) in formulation.rows.iter().zip(prices) {
            let subject = subject_of(meaning.what);
            if price > 0.0 && !self.what_if.is_whole(subject) {
                let (what, _) = self.what_if.name(subject);
                let group = groups.entry(what).or_default();
                if !group.contains(&subject) {
                    group.push(subject);
                }
            }
        }
        let groups: Vec<(String, Vec<Subject>)> = groups.into_iter().collect();
        let stories: Vec<Option<BottleneckStory>> = groups
            .into_par_iter()
            .map(|(what, subjects)| self.bottleneck(what, &subjects))
            .collect::<Result<_, _>>()?;
        let mut stories: Vec<BottleneckStory> = stories.into_iter().flatten().collect();
        stories.sort_by(|a, b| b.costs.cmp(&a.costs).then_with(|| a.what.cmp(&b.what)));
        Ok(stories)
    }

    fn bottleneck(
        &self,
        what: String,
        scarce: &[Subject],
    ) -> Result<Option<BottleneckStory>, ExplainError> {
        let mut dearest: Option<(f64, Subject)> = None;
        let mut times = 0;
        for &subject in scarce {
            let range = self.what_if.range(subject)?;
            if range.slope < -0.5 {
                times += 1;
                if dearest.is_none_or(|(slope, _)| range.slope < slope) {
                    dearest = Some((range.slope, subject));
                }
            }
        }
        let Some((slope, subject)) = dearest else {
            return Ok(None);
        };
        let all = self.group_of(&what);
        let cost = self.cost_with_plenty(&all)?;
        let (unit, size) = self.unit(subject);
        let (_, when) = self.what_if.name(subject);
        Ok(Some(BottleneckStory {
            what,
            times,
            costs: money(self.what_if.start().cost - cost),
            unit,
            one_more_saves: money(-slope * size as f64),
            dearest: when,
        }))
    }

    /// All subjects of a name, scarce or not: with one day's capacity endless the next day's may
    /// become scarce.
    fn group_of(&self, what: &str) -> Vec<Subject> {
        let all = self.what_if.subjects().into_iter();
        all.filter(|&subject| self.what_if.name(subject).0 == what)
            .collect()
    }

    /// The least cost with any amount of some capacities, at their list prices.
    pub(super) fn cost_with_plenty(&self, subjects: &[Subject]) -> Result<f64, ExplainError> {
        let answer = self.with_plenty(subjects)?;
        Ok(answer.cost)
    }

    /// The answer with any amount of some capacities.
    pub(super) fn with_plenty(
        &self,
        subjects: &[Subject],
    ) -> Result<crate::engine::ranging::Answer, ExplainError> {
        let mut direction = Direction::default();
        for &subject in subjects {
            let one = self.what_if.direction(subject);
            direction.rows.extend(one.rows);
            direction.columns.extend(one.columns);
        }
        let plenty = self.what_if.ranger().plenty(&direction);
        let amount = (plenty * PARTS as f64) as i64;
        Ok(self.what_if.ranger().at(&direction, amount)?)
    }
}
