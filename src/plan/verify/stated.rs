//! Units that a plan says it buys.

use std::collections::BTreeMap;

use super::reading::Table;
use super::schedule::{Key, Schedule};
use crate::instance::ServiceId;

/// Millionths of a unit by departure.
pub(super) type Stated = BTreeMap<Key, i128>;

/// What `departures.csv` says in `units`. Rows that name no departure, and cells that are no number,
/// say nothing here; they fail where the table is compared.
pub(super) fn units(table: Option<&Table>, schedule: &Schedule<'_>) -> Stated {
    let mut stated = Stated::new();
    let Some(table) = table else {
        return stated;
    };
    let columns = ["service", "leg", "run", "units"].map(|name| table.column(name));
    let [Some(service), Some(leg), Some(run), Some(units)] = columns else {
        return stated;
    };
    let services = (0u32..).zip(&schedule.instance.services);
    let services: BTreeMap<&str, ServiceId> = services
        .map(|(index, service)| (service.id.as_str(), ServiceId(index)))
        .collect();
    for row in &table.rows {
        let named = services.get(&row.cells[service]);
        let leg = row.cells[leg].parse::<usize>().ok();
        let leg = leg.and_then(|leg| leg.checked_sub(1));
        let day = schedule.calendar.read_day(&row.cells[run]);
        let units = table.number(&row.cells[units], 6);
        if let (Some(&service), Some(leg), Some(day), Some(units)) = (named, leg, day, units) {
            stated.entry((service, leg, day)).or_insert(units);
        }
    }
    stated
}
