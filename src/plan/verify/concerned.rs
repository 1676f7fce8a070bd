//! Whose parcels are late or stay behind: those that a reason may be about.

use std::collections::BTreeMap;

use crate::units::Minutes;

use super::allocation::Release;
use super::ledger::Shipment;
use super::proof::Layout;

/// Parcels of one release.
#[derive(Clone, Copy)]
pub(super) struct Parcels<'a> {
    /// Which, in the network.
    pub(super) release: usize,
    /// How they travel, where they are late; `None` where they stay behind.
    pub(super) late: Option<&'a Shipment>,
}

/// Parcels by demand.
pub(super) struct Concerned<'a> {
    late: BTreeMap<usize, Vec<Parcels<'a>>>,
    left: BTreeMap<usize, Vec<Parcels<'a>>>,
}

impl<'a> Concerned<'a> {
    pub(super) fn new(
        layout: &Layout<'_>,
        (shipments, releases, carried): (&'a [Shipment], &[Release], &[i128]),
    ) -> Self {
        let planned = layout.network.releases.iter().enumerate();
        let planned = planned.filter(|(_, release)| release.reported);
        let by_time: BTreeMap<(usize, Minutes), usize> = planned
            .map(|(index, release)| ((release.demand.at(), release.time), index))
            .collect();
        let (mut late, mut left) = (BTreeMap::new(), BTreeMap::new());
        let add = |to: &mut BTreeMap<usize, Vec<Parcels<'a>>>, of: &Release, late| {
            if let Some(&release) = by_time.get(&(of.demand, of.time)) {
                let of_demand = to.entry(of.demand).or_default();
                of_demand.push(Parcels { release, late });
            }
        };
        for shipment in shipments {
            if shipment.reported && shipment.late > Minutes::ZERO {
                add(&mut late, &releases[shipment.release], Some(shipment));
            }
        }
        for (release, &carried) in releases.iter().zip(carried) {
            if release.reported && i128::from(release.parcels.0) > carried {
                add(&mut left, release, None);
            }
        }
        Self { late, left }
    }

    /// Those of a demand that are late, or that stay behind.
    pub(super) fn of(&self, demand: usize, is_late: bool) -> &[Parcels<'a>] {
        let of_kind = match is_late {
            true => &self.late,
            false => &self.left,
        };
        of_kind.get(&demand).map_or(&[], Vec::as_slice)
    }
}
