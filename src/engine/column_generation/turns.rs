//! Releases that react in turn, each to what those before have left.
//!
//! Where all look for their cheapest paths under the same prices, all find the same few departures,
//! and as many rounds go by as there are departures to choose from. So after every search the
//! releases that it was made for move at once, and the next search sees what they ask for
//! (H. Bar-Gera, Origin-based algorithm for the traffic assignment problem, Transportation Science
//! 36, 2002).
//! Some searches are made side by side, always the same ones however many threads there are. Groups
//! are ordered by class, then sink, and those side by side are as far apart as can be: mostly of
//! different classes to like sinks. Different sinks side by side led to no better starts.

use std::time::Instant;

use super::equilibrium::Equilibrium;
use super::pricing::{Answers, Ask};
use super::search::Search;
use super::shortest::Scratch;
use super::soft_rows::SoftRows;
use crate::engine::Stop;

/// Searches side by side.
const ABREAST: usize = 8;

/// What is used again from turn to turn.
#[derive(Default)]
pub(super) struct Turns {
    scratches: Vec<Scratch>,
    prices: Vec<f64>,
    moved: Vec<u32>,
}

impl Turns {
    /// Lets every release look for a cheaper path and react.
    pub fn run(
        &mut self,
        search: &mut Search,
        equilibrium: &mut Equilibrium,
        rows: &mut SoftRows,
    ) -> Result<(), Stop> {
        if self.scratches.is_empty() {
            self.scratches = search.pricer.scratches(ABREAST);
        }
        self.prices.clone_from(&search.reduced.base);
        rows.add_all_to(&mut self.prices);
        rows.take_moved(&mut self.moved);
        let (program, free, deadline) = (search.program, &search.free, &search.deadline);
        let is_over = || deadline.stop().is_some();
        let ask = |release| wish(equilibrium, rows, free, release);
        search.pricer.begin(program, &self.prices, ask, is_over);
        for abreast in abreast(search.pricer.groups()) {
            if let Some(stop) = search.deadline.stop() {
                return Err(stop);
            }
            let begun = Instant::now();
            let free = &search.free;
            let ask = |release| wish(equilibrium, rows, free, release);
            let pricer = &search.pricer;
            let answers = pricer.search_abreast(program, &abreast, ask, &mut self.scratches);
            search.statistics.pricing_seconds += begun.elapsed().as_secs_f64();
            for (group, answers) in abreast.into_iter().zip(answers) {
                react(search, equilibrium, rows, (group, answers));
            }
            rows.take_moved(&mut self.moved);
            for &row in &self.moved {
                self.prices[row as usize] = search.reduced.base[row as usize] + rows.price(row);
            }
            search.pricer.change(program, &self.prices, &self.moved);
        }
        Ok(())
    }
}

/// The groups searched side by side, step by step.
fn abreast(groups: usize) -> impl Iterator<Item = Vec<usize>> {
    let steps = groups.div_ceil(ABREAST);
    (0..steps).map(move |step| (step..groups).step_by(steps).collect())
}

fn wish(equilibrium: &Equilibrium, rows: &SoftRows, free: &[f64], release: u32) -> Ask {
    equilibrium.ask(release, free[release as usize], rows)
}

/// The releases of a group take what was found for them, and react.
fn react(
    search: &mut Search,
    equilibrium: &mut Equilibrium,
    rows: &mut SoftRows,
    (group, answers): (usize, Answers),
) {
    let mut found = answers.found.into_iter().peekable();
    let releases = search.pricer.releases(group).to_vec();
    for (release, distance) in releases.into_iter().zip(answers.distances) {
        let path = found.next_if(|path| path.release == release);
        if search.program.releases[release as usize].quantity == 0 {
            continue;
        }
        let added = path.and_then(|path| search.add_found(&path, distance));
        if let Some(column) = added.or_else(|| search.add_staying(release, distance)) {
            equilibrium.add(search, column);
        }
        equilibrium.react(release, rows);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::column_generation::lagrange;
    use crate::engine::column_generation::search::started;
    use crate::engine::column_generation::soft_rows::IN_TURN;
    use crate::program::flow_format;

    /// Twenty groups take three steps, and each is searched once.
    #[test]
    fn every_group_has_its_step() {
        let steps: Vec<Vec<usize>> = abreast(20).collect();
        assert_eq!(steps[0], [0, 3, 6, 9, 12, 15, 18]);
        let mut all = steps.concat();
        all.sort_unstable();
        assert_eq!((steps.len(), all), (3, (0..20).collect()));
        assert_eq!(abreast(0).count(), 0);
    }

    /// Nine times 10 units at 1 over one arc with room for 50, or each past it at 3. Nine groups
    /// take two steps. In the first, 0, 2, 4, 6 and 8 meet a price of 5.12: the multiplier is what
    /// was asked before, 0.1 · 4 · 40/25 = 0.64, the width is 0.8 · 25 = 20, and
    /// 0.64 · 4 · 40/20 = 5.12. As 10, 10 and 4.4 go past, it comes down to the 2 that this costs
    /// more. The others, in the second step, have nothing to look for.
    #[test]
    fn those_who_come_later_see_what_others_have_left() {
        let mut text = "11 19 9\n1 2 1 50\n".to_owned();
        for node in 3..=11 {
            text += &format!("2 {node} 0 -1\n1 {node} 3 -1\n");
        }
        for node in 3..=11 {
            text += &format!("1 {node} 10\n");
        }
        let mut program = flow_format::read(&text).unwrap().program;
        program.network.time = Some((0..11).collect());
        let mut search = started(&program);
        let mut rows = SoftRows::new(&search, &lagrange::loads(&search), IN_TURN);
        rows.settle();
        assert!(
            (rows.price(0) / 1e6 - 5.12).abs() < 1e-9,
            "{}",
            rows.price(0)
        );
        let (mut turns, mut equilibrium) = (Turns::default(), Equilibrium::new(&search));
        equilibrium.extend(&search);
        turns.run(&mut search, &mut equilibrium, &mut rows).unwrap();
        assert_eq!(search.pool.release[9..], [0, 2, 4, 6, 8]);
        assert!(
            (rows.price(0) / 1e6 - 2.0).abs() < 1e-6,
            "{}",
            rows.price(0)
        );
    }

    /// 100 units on three parallel arcs: at 1 with room for 60, at 2 with room for 30, or at 5. At
    /// first only the cheapest is known. The second is found once the first is dearer, the third
    /// once both are, and then the first two are priced at 5 − 1 = 4 and 5 − 2 = 3.
    #[test]
    fn ways_are_found_as_others_fill() {
        let text = "2 3 1\n1 2 1 60\n1 2 2 30\n1 2 5 -1\n1 2 100\n";
        let program = flow_format::read(text).unwrap().program;
        let mut search = started(&program);
        let mut rows = SoftRows::new(&search, &lagrange::loads(&search), IN_TURN);
        let (mut turns, mut equilibrium) = (Turns::default(), Equilibrium::new(&search));
        equilibrium.extend(&search);
        assert_eq!(equilibrium.flows(), [100.0]);
        for _ in 0..40 {
            turns.run(&mut search, &mut equilibrium, &mut rows).unwrap();
            rows.settle();
        }
        let is_near = |found: f64, expected: f64| (found - expected).abs() < 0.01;
        let flows = equilibrium.flows();
        assert!(
            is_near(flows[0], 60.0) && is_near(flows[1], 30.0),
            "{flows:?}"
        );
        assert!(is_near(flows[2], 10.0), "{flows:?}");
        let prices = [rows.price(0) / 1e6, rows.price(1) / 1e6];
        assert!(
            is_near(prices[0], 4.0) && is_near(prices[1], 3.0),
            "{prices:?}"
        );
    }
}
