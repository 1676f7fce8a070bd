//! What is left over boards: first on the ways of its own release, then anywhere.

use std::ops::Range;

use crate::engine::guide::Guide;
use crate::engine::ledger::{Ledger, PARTS};
use crate::engine::residual::{Measure, Residual};
use crate::engine::ways::Way;
use crate::engine::{Deadline, EngineError};

use super::Load;

/// Arcs that searches for parcels that may stay behind look at once time is up, about: counted, so
/// that small programs are rounded in the same way whatever the time.
const LATE: usize = 1 << 30;
/// How many full rows a release that may stay goes around.
const DETOURS: usize = 16;

impl Load<'_> {
    /// Offers its own ways to what each release has left over, those first that make room in rows
    /// that are short.
    pub fn insert(&mut self) {
        let urgent = self.urgent() as i128;
        let mut start = 0;
        while start < self.ways.len() {
            let release = self.ways[start].release;
            let count = self.ways[start..].partition_point(|way| way.release == release);
            let stays = start + count - 1;
            while self.ways[stays].parcels > 0 {
                let Some(best) = self.cheapest(start..stays, urgent) else {
                    break;
                };
                let taken = &self.ways[best].takes;
                let steps = taken.iter().map(|&(row, amount)| {
                    let ledger = &self.ledger;
                    (ledger.before_price_changes(row, amount))
                        .min(ledger.until_relieved(row, amount))
                });
                let mut parcels = steps
                    .min()
                    .unwrap_or(i64::MAX)
                    .min(self.ways[stays].parcels);
                while parcels > 0 && self.ledger.board(taken, parcels).is_err() {
                    parcels /= 2;
                }
                self.ledger.commit();
                if parcels == 0 {
                    break;
                }
                self.ways[best].parcels += parcels;
                self.ways[stays].parcels -= parcels;
            }
            start += count;
        }
    }

    /// The cheapest of these ways that has room for a parcel and is no dearer than staying, where
    /// making room in rows that are short is `urgent`.
    fn cheapest(&mut self, ways: Range<usize>, urgent: i128) -> Option<usize> {
        let mut best: Option<(i128, usize)> = None;
        for index in ways {
            let way = &self.ways[index];
            let Ok(extra) = self.ledger.quote(&way.takes, 1) else {
                continue;
            };
            let credit = self.ledger.credit(&way.takes, urgent);
            let cost = way.cost * PARTS + extra - credit;
            if best.is_none_or(|(least, _)| cost < least) && self.is_worth(way.release, cost) {
                best = Some((cost, index));
            }
        }
        best.map(|(_, index)| index)
    }

    /// Whether a parcel had better go at this cost, in [`PARTS`], than stay.
    fn is_worth(&self, release: u32, cost: i128) -> bool {
        let unserved = self.program.releases[release as usize].unserved_cost;
        unserved.is_none_or(|price| i128::from(price) * PARTS >= cost)
    }

    /// Offers every other path to what is left over; once time is up, to what may stay behind only
    /// for a little longer.
    pub fn insert_anywhere(&mut self, deadline: &Deadline) -> Result<(), EngineError> {
        let mut left = vec![0; self.program.releases.len()];
        let stays = self.ways.iter().filter(|way| way.arcs.is_none());
        for way in stays {
            left[way.release as usize] = way.parcels;
        }
        if left.iter().all(|&left| left == 0) {
            return Ok(());
        }
        let ledger = std::mem::replace(&mut self.ledger, Ledger::new(self.program));
        let mut residual = Residual::with(self.program, self.network, Measure::Cost, ledger)?;
        let mut guide = Guide::new(self.program);
        let mut found = Vec::new();
        let mut late = 0;
        for k in 0..left.len() {
            let may_stay = self.program.releases[k].unserved_cost.is_some();
            while left[k] > 0 {
                if may_stay && deadline.stop().is_some() {
                    late += self.program.network.tails.len();
                    if late > LATE {
                        break;
                    }
                }
                let Some(way) = self.other(&mut residual, &left, k, &mut guide) else {
                    break;
                };
                let parcels = residual.board_at_one_price(&way.takes, left[k]);
                if parcels == 0 {
                    break;
                }
                left[k] -= parcels;
                found.push(Way { parcels, ..way });
            }
        }
        self.ledger = residual.ledger;
        for way in &mut self.ways {
            if way.arcs.is_none() {
                way.parcels = left[way.release as usize];
            }
        }
        self.ways.append(&mut found);
        Ok(())
    }

    /// The shortest path with the room that is left, if it is no dearer than staying.
    fn other(
        &self,
        residual: &mut Residual,
        left: &[i64],
        k: usize,
        guide: &mut Guide,
    ) -> Option<Way> {
        let release = self.program.releases[k];
        let class = release.class as usize;
        let mut closed = Vec::new();
        let found = loop {
            if release.unserved_cost.is_some() && closed.len() == DETOURS {
                break None;
            }
            let path = match closed.is_empty() {
                true => guide.way(residual, left, k),
                false => guide.around(residual, k),
            };
            let Some((arcs, weight)) = path else {
                break None;
            };
            // The first path is compared exactly below.
            if !closed.is_empty() && !self.is_worth(k as u32, weight) {
                break None;
            }
            let way = self.way(k as u32, Some(arcs))?;
            match residual.ledger.quote(&way.takes, 1) {
                Ok(extra) => {
                    let cost = way.cost * PARTS + extra;
                    break self.is_worth(k as u32, cost).then_some(way);
                }
                // Each arc alone has room, but not all of the path: it goes around the full row.
                Err(full) => match residual.detour(class, way.arcs.as_deref()?, full) {
                    Some(arc) => closed.push(arc),
                    None => break None,
                },
            }
        };
        for arc in closed {
            residual.open(class, arc);
        }
        found
    }
}
