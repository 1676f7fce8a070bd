//! What a planner does by hand, to compare with.
//!
//! All three baselines put whole parcels on paths with room, never break a row, and buy room at
//! list price where the free room ends: cheapest columns first. None of them looks ahead or takes
//! anything back, which is what costs money. Releases come in the order of the time of their
//! origin (in a network without times, all at once), then of their numbers.
//!
//! - **Cheapest first.** Each release takes, parcel by parcel, the path that costs least at the
//!   moment: arcs, end, and the room that must be bought. As soon as that is dearer than leaving
//!   the parcel behind, or nothing has room, the rest of the release stays unserved.
//! - **Fastest first.** The same with the path that arrives first; of equally fast ones the
//!   cheapest. In a network without times, the path with the fewest arcs. A parcel whose fastest
//!   path costs more than leaving it behind takes its cheapest path at the end, when everybody
//!   else has boarded, or stays.
//! - **Pro rata.** Everybody asks for the cheapest path on the empty network. Where those who ask
//!   want more of a row than it has and can buy, all are cut in the same proportion, and a release
//!   by the scarcest row on its path, rounded down. What was cut asks again on the network as it
//!   is then, until a round places nothing; odd parcels that are left go cheapest first.
//!
//! Nothing makes a baseline meet a hard minimum; where it does not, the answer says that it is not
//! feasible. Prices and a bound they do not have.

use std::collections::BTreeMap;

use crate::program::Program;
use crate::program::shortest::InArcs;

use super::check::assess;
use super::guide::Guide;
use super::ledger::{PARTS, takes};
use super::residual::{Measure, Residual};
use super::{EngineError, PathFlow, Solution, Statistics, Stop};

/// Rounds of sharing before the rest goes cheapest first.
const ROUNDS: usize = 50;

/// Each release on its cheapest way with room left.
pub(super) fn cheapest_first(program: &Program) -> Result<Solution, EngineError> {
    let network = InArcs::of(program);
    let mut planner = Planner::new(program, &network, Measure::Cost)?;
    planner.one_by_one();
    Ok(planner.finish())
}

/// Each release on its fastest way with room left.
pub(super) fn fastest_first(program: &Program) -> Result<Solution, EngineError> {
    let network = InArcs::of(program);
    let mut planner = Planner::new(program, &network, Measure::Time)?;
    planner.one_by_one();
    planner.turn_to(Measure::Cost)?;
    planner.one_by_one();
    Ok(planner.finish())
}

/// Scarce space shared in proportion to what asks for it.
pub(super) fn pro_rata(program: &Program) -> Result<Solution, EngineError> {
    let network = InArcs::of(program);
    let mut planner = Planner::new(program, &network, Measure::Cost)?;
    for _ in 0..ROUNDS {
        if !planner.share() {
            break;
        }
    }
    planner.one_by_one();
    Ok(planner.finish())
}

struct Planner<'a> {
    program: &'a Program,
    residual: Residual<'a>,
    guide: Guide,
    flows: BTreeMap<(u32, Vec<u32>), i64>,
    left: Vec<i64>,
    /// Releases in the order in which they are served.
    order: Vec<usize>,
}

impl<'a> Planner<'a> {
    fn new(
        program: &'a Program,
        network: &'a InArcs,
        measure: Measure,
    ) -> Result<Self, EngineError> {
        let releases = &program.releases;
        let time = |k: usize| {
            let times = program.network.time.as_ref();
            times.map_or(0, |time| time[releases[k].origin as usize])
        };
        let mut order: Vec<usize> = (0..releases.len()).collect();
        order.sort_by_key(|&k| (time(k), k));
        Ok(Self {
            program,
            residual: Residual::new(program, network, measure)?,
            guide: Guide::new(program),
            flows: BTreeMap::new(),
            left: releases.iter().map(|release| release.quantity).collect(),
            order,
        })
    }

    /// Goes on with another measure on what is left.
    fn turn_to(&mut self, measure: Measure) -> Result<(), EngineError> {
        self.residual.turn_to(measure)?;
        self.guide.forget();
        Ok(())
    }

    fn one_by_one(&mut self) {
        for index in 0..self.order.len() {
            let release = self.order[index];
            self.serve(release);
        }
    }

    /// Boards what there is of one release until nothing has room or staying is cheaper.
    fn serve(&mut self, release: usize) {
        let class = self.program.releases[release].class as usize;
        let mut closed = Vec::new();
        while self.left[release] > 0 {
            let way = if closed.is_empty() {
                self.guide.way(&self.residual, &self.left, release)
            } else {
                self.guide.around(&self.residual, release)
            };
            let Some((arcs, _)) = way else {
                break;
            };
            let taken = takes(self.program, class, &arcs);
            match self.residual.ledger.quote(&taken, 1) {
                Ok(extra) if self.is_worth(release, &arcs, extra) => {
                    self.board(release, &arcs, &taken, self.left[release]);
                }
                Ok(_) => break,
                // Each arc alone has room, but not all of the path: it goes around the full row.
                Err(full) => match self.residual.detour(class, &arcs, full) {
                    Some(arc) => closed.push(arc),
                    None => break,
                },
            }
        }
        for arc in closed {
            self.residual.open(class, arc);
        }
    }

    /// Whether a path is no dearer than staying.
    fn is_worth(&self, release: usize, arcs: &[u32], extra: i128) -> bool {
        let cost = self.program.path_cost(release, arcs);
        let Some(cost) = cost.map(|cost| cost * PARTS + extra) else {
            return false;
        };
        let unserved = self.program.releases[release].unserved_cost;
        unserved.is_none_or(|price| cost <= i128::from(price) * PARTS)
    }

    /// Boards up to `most` parcels, as many as go at one price; how many.
    fn board(&mut self, release: usize, arcs: &[u32], taken: &[(u32, i64)], most: i64) -> i64 {
        let count = self.residual.board_at_one_price(taken, most);
        if count > 0 {
            let key = (release as u32, arcs.to_vec());
            *self.flows.entry(key).or_default() += count;
            self.left[release] -= count;
        }
        count
    }

    /// One round of sharing; whether anything was placed.
    fn share(&mut self) -> bool {
        self.guide.forget();
        let mut asks = Vec::new();
        let mut wanted: BTreeMap<u32, i128> = BTreeMap::new();
        for index in 0..self.order.len() {
            let k = self.order[index];
            if self.left[k] == 0 {
                continue;
            }
            let Some((arcs, _)) = self.guide.first(&self.residual, &self.left, k) else {
                continue;
            };
            let taken = takes(self.program, self.program.releases[k].class as usize, &arcs);
            let Ok(extra) = self.residual.ledger.quote(&taken, 1) else {
                continue;
            };
            if self.is_worth(k, &arcs, extra) {
                for &(row, amount) in taken.iter().filter(|&&(_, amount)| amount > 0) {
                    *wanted.entry(row).or_default() +=
                        i128::from(amount) * i128::from(self.left[k]);
                }
                asks.push((k, arcs, taken));
            }
        }
        // Room is read before anybody boards: everybody is cut by the same shares.
        let room: BTreeMap<u32, Option<i128>> = wanted
            .keys()
            .map(|&row| (row, self.residual.ledger.total_room(row)))
            .collect();
        let mut placed = false;
        for (k, arcs, taken) in asks {
            let mut share = self.left[k];
            for (row, _) in taken.iter().filter(|&&(_, amount)| amount > 0) {
                if let Some(room) = room[row] {
                    let part = proportion(self.left[k], room / PARTS, wanted[row]);
                    share = share.min(part);
                }
            }
            while share > 0 {
                match self.board(k, &arcs, &taken, share) {
                    0 => break,
                    count => share -= count,
                }
                placed = true;
                let Ok(extra) = self.residual.ledger.quote(&taken, 1) else {
                    break;
                };
                if !self.is_worth(k, &arcs, extra) {
                    break;
                }
            }
        }
        placed
    }

    fn finish(mut self) -> Solution {
        let settled = self.residual.ledger.settle().is_ok();
        let flows: Vec<PathFlow> = self
            .flows
            .into_iter()
            .map(|((release, arcs), count)| PathFlow {
                release,
                arcs,
                amount: count as f64,
            })
            .collect();
        let unserved: Vec<f64> = self.left.iter().map(|&left| left as f64).collect();
        let bought = self.residual.ledger.bought().iter();
        let columns: Vec<f64> = bought.map(|&y| y as f64 / PARTS as f64).collect();
        let checked = assess(self.program, &flows, &unserved, &columns);
        Solution {
            stop: Stop::Finished,
            feasible: checked.feasible && settled,
            statistics: Statistics {
                columns: flows.len(),
                ..Statistics::default()
            },
            flows,
            unserved,
            columns,
            prices: vec![0.0; self.program.rows.len()],
            cost: checked.cost,
            bound: None,
        }
    }
}

/// ⌊left · room / wanted⌋, at most `left`.
fn proportion(left: i64, room: i128, wanted: i128) -> i64 {
    if room >= wanted {
        return left;
    }
    let part = i128::from(left).saturating_mul(room.max(0)) / wanted.max(1);
    i64::try_from(part).unwrap_or(left).min(left)
}
