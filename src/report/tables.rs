//! The tables of a plan: names, columns and their order, said once for every format.

use std::borrow::Cow;

use crate::instance::{Direction, Measure, Metric, Mode};
use crate::plan::{
    AllocationRow, BranchPriceRow, BranchRow, ChoiceRow, DemandRow, DepartureRow, HandlingRow,
    LimitRow, Plan, PriceRange, PriceRow, PurchaseRow, TailPurchaseRow,
};

use super::cell::Cell;

/// A column of a table whose rows are `R`.
#[derive(Debug)]
pub struct Column<R> {
    /// Its name.
    pub name: &'static str,
    /// What it says of a row.
    pub cell: for<'a> fn(&'a R) -> Cell<'a>,
}

/// Rows with columns.
pub trait Row: Sized + 'static {
    /// The columns in order. Names and order are kept from version to version.
    const COLUMNS: &'static [Column<Self>];
}

/// Calls `$visit` with file name and rows of every table of a plan, in order.
///
/// `allocation_tail`, `purchases_tail` and `prices` are left out where there are none: a plan of a baseline proves
/// nothing, and only a dated horizon has a tail.
pub trait Visit {
    /// What may go wrong.
    type Error;

    /// Takes one table.
    ///
    /// # Errors
    /// Whatever goes wrong; no further table is visited.
    fn table<R: Row>(&mut self, name: &'static str, rows: &[R]) -> Result<(), Self::Error>;
}

/// Shows every table of `plan` to `visitor`.
///
/// # Errors
/// The visitor's first.
pub fn visit<V: Visit>(plan: &Plan, visitor: &mut V) -> Result<(), V::Error> {
    visit_where(plan, false, visitor)
}

/// Shows every table that a plan may have to `visitor`, those too that are left out of this one: they
/// have no rows.
///
/// # Errors
/// The visitor's first.
pub fn visit_all<V: Visit>(plan: &Plan, visitor: &mut V) -> Result<(), V::Error> {
    visit_where(plan, true, visitor)
}

fn visit_where<V: Visit>(plan: &Plan, all: bool, visitor: &mut V) -> Result<(), V::Error> {
    visitor.table("allocation", &plan.allocation)?;
    if all || !plan.allocation_tail.is_empty() {
        visitor.table("allocation_tail", &plan.allocation_tail)?;
    }
    visitor.table("departures", &plan.departures)?;
    visitor.table("handling", &plan.handling)?;
    visitor.table("demand", &plan.demand)?;
    visitor.table("limits", &plan.limits)?;
    visitor.table("purchases", &plan.purchases)?;
    if all || !plan.purchases_tail.is_empty() {
        visitor.table("purchases_tail", &plan.purchases_tail)?;
    }
    if all || !plan.prices.is_empty() {
        visitor.table("prices", &plan.prices)?;
    }
    if all || !plan.choices.is_empty() {
        visitor.table("choices", &plan.choices)?;
    }
    if all || !plan.branches.is_empty() {
        visitor.table("branches", &plan.branches)?;
        visitor.table("branch_prices", &plan.branch_prices)?;
    }
    Ok(())
}

macro_rules! columns {
    ($row:ty { $($name:literal => $cell:expr),* $(,)? }) => {
        impl Row for $row {
            const COLUMNS: &'static [Column<Self>] = &[$(Column { name: $name, cell: $cell }),*];
        }
    };
}

columns!(AllocationRow {
    "origin" => |row| (&*row.origin).into(),
    "destination" => |row| (&*row.destination).into(),
    "product" => |row| (&*row.product).into(),
    "release" => |row| (&row.release).into(),
    "path" => |row| (&row.path).into(),
    "parcels" => |row| row.parcels.into(),
    "kg" => |row| row.weight.into(),
    "m3" => |row| row.volume.into(),
    "cost" => |row| row.cost.into(),
    "delivered" => |row| (&row.delivered).into(),
    "hours" => |row| row.duration.into(),
    "late_hours" => |row| row.late.into(),
    "co2e_kg" => |row| row.co2e.into(),
    "main_service" => |row| (&*row.main_service).into(),
    "main_leg" => |row| row.main_leg.map_or(Cell::Blank, Cell::whole),
    "mode" => |row| Cell::or_blank(row.mode.map(mode)),
    "unit" => |row| Cell::or_blank(some(&row.unit)),
    "week" => |row| Cell::whole(row.week),
    "operator" => |row| Cell::or_blank(some(&row.operator)),
});

columns!(DepartureRow {
    "service" => |row| (&row.service).into(),
    "leg" => |row| Cell::whole(row.leg),
    "run" => |row| (&row.run).into(),
    "departs" => |row| (&row.departs).into(),
    "arrives" => |row| (&row.arrives).into(),
    "parcels" => |row| row.parcels.into(),
    "kg" => |row| row.weight.into(),
    "m3" => |row| row.volume.into(),
    "load_kg" => |row| Cell::or_blank(row.load_weight),
    "load_m3" => |row| Cell::or_blank(row.load_volume),
    "units" => |row| units(row.units),
    "units_limit" => |row| row.units_limit.map_or(Cell::Blank, units),
    "dead_units" => |row| units(row.dead_units),
    "cost" => |row| row.cost.into(),
    "shadow_price_per_unit" => |row| row.shadow_price.into(),
    "exact_price" => |row| Cell::or_blank(row.range.map(|range| range.price)),
    "holds_for" => |row| holds_for(row.range),
    "cost_there" => |row| Cell::or_blank(row.range.map(|range| range.cost)),
    "carriage" => |row| row.carriage.into(),
    "mode" => |row| mode(row.mode).into(),
    "unit" => |row| Cell::or_blank(some(&row.unit)),
    "week" => |row| Cell::whole(row.week),
    "operator" => |row| Cell::or_blank(some(&row.operator)),
    "origin" => |row| (&row.origin).into(),
    "destination" => |row| (&row.destination).into(),
});

columns!(HandlingRow {
    "place" => |row| (&row.place).into(),
    "step" => |row| (&row.step).into(),
    "mode" => |row| Cell::or_blank(row.mode.map(mode)),
    "direction" => |row| direction(row.direction).into(),
    "bucket" => |row| (&row.bucket).into(),
    "used" => |row| measured(row.used, row.measure),
    "capacity" => |row| row.capacity.map_or(Cell::Blank, |all| measured(all, row.measure)),
    "load" => |row| Cell::or_blank(row.load),
    "unit" => |row| measure(row.measure).into(),
    "cost" => |row| row.cost.into(),
    "shadow_price_per_unit" => |row| row.shadow_price.into(),
    "exact_price" => |row| Cell::or_blank(row.range.map(|range| range.price)),
    "holds_for" => |row| holds_for(row.range),
    "cost_there" => |row| Cell::or_blank(row.range.map(|range| range.cost)),
});

columns!(DemandRow {
    "origin" => |row| (&row.origin).into(),
    "destination" => |row| (&row.destination).into(),
    "product" => |row| (&row.product).into(),
    "week" => |row| Cell::whole(row.week),
    "parcels" => |row| row.parcels.into(),
    "on_time" => |row| row.on_time.into(),
    "late" => |row| row.late.into(),
    "unserved" => |row| row.unserved.into(),
    "cost" => |row| row.cost.into(),
    "marginal_cost_per_parcel" => |row| Cell::or_blank(row.marginal_cost),
    "reason" => |row| (&row.reason).into(),
    "exact_price" => |row| Cell::or_blank(row.range.map(|range| range.price)),
    "holds_for" => |row| holds_for(row.range),
    "cost_there" => |row| Cell::or_blank(row.range.map(|range| range.cost)),
});

columns!(LimitRow {
    "limit" => |row| (&row.limit).into(),
    "period" => |row| (&row.period).into(),
    "metric" => |row| metric(row.metric).into(),
    "value" => |row| Cell::scaled(row.value, 6),
    "min" => |row| row.min.map_or(Cell::Blank, |min| Cell::scaled(min, 6)),
    "max" => |row| row.max.map_or(Cell::Blank, |max| Cell::scaled(max, 6)),
    "slack" => |row| Cell::scaled(row.slack, 6),
    "violation" => |row| Cell::scaled(row.violation, 6),
    "cost" => |row| row.cost.into(),
    "shadow_price_per_unit" => |row| row.shadow_price.into(),
    "exact_price" => |row| Cell::or_blank(row.range.map(|range| range.price)),
    "holds_for" => |row| holds_for(row.range),
    "cost_there" => |row| Cell::or_blank(row.range.map(|range| range.cost)),
});

columns!(PurchaseRow {
    "service" => |row| (&row.service).into(),
    "leg" => |row| Cell::whole(row.leg),
    "run" => |row| (&row.run).into(),
    "departs" => |row| (&row.departs).into(),
    "origin" => |row| (&row.origin).into(),
    "destination" => |row| (&row.destination).into(),
    "unit" => |row| (&row.unit).into(),
    "units" => |row| units(row.units),
    "units_limit" => |row| row.units_limit.map_or(Cell::Blank, units),
    "cost" => |row| row.cost.into(),
    "kg" => |row| row.weight.into(),
    "m3" => |row| row.volume.into(),
    "load_kg" => |row| row.load_weight.map_or(Cell::Blank, Cell::from),
    "load_m3" => |row| row.load_volume.map_or(Cell::Blank, Cell::from),
});

columns!(TailPurchaseRow {
    "service" => |row| (&row.service).into(),
    "leg" => |row| Cell::whole(row.leg),
    "run" => |row| (&row.run).into(),
    "units" => |row| units(row.units),
});

columns!(ChoiceRow {
    "service" => |row| (&row.service).into(),
    "leg" => |row| Cell::whole(row.leg),
    "run" => |row| (&row.run).into(),
    "departures" => |row| Cell::whole(row.departures as u64),
    "units" => |row| units(row.units),
    "cost_with_one_less" => |row| row.cost_with_one_less.map_or(Cell::Blank, Cell::from),
    "cost_with_one_more" => |row| row.cost_with_one_more.map_or(Cell::Blank, Cell::from),
});

columns!(BranchRow {
    "branch" => |row| Cell::whole(row.branch as u64),
    "prices" => |row| Cell::whole(row.prices as u64),
    "what" => |row| (&row.what).into(),
    "at_least" => |row| row.at_least.map_or(Cell::Blank, Cell::whole),
    "at_most" => |row| row.at_most.map_or(Cell::Blank, Cell::whole),
});

columns!(BranchPriceRow {
    "prices" => |row| Cell::whole(row.prices as u64),
    "kind" => |row| Cell::Text(Cow::Borrowed(row.kind)),
    "name" => |row| (&row.name).into(),
    "price" => |row| Cell::whole(row.price),
});

columns!(PriceRow {
    "kind" => |row| Cell::Text(Cow::Borrowed(row.kind)),
    "name" => |row| (&row.name).into(),
    "price" => |row| Cell::whole(row.price),
});

/// A name, where there is one.
fn some(name: &str) -> Option<&str> {
    Some(name).filter(|name| !name.is_empty())
}

/// How many more units a price holds for; blank where it has no end or nobody asked.
fn holds_for<'a>(range: Option<PriceRange>) -> Cell<'a> {
    let until = range.and_then(|range| range.until);
    until.map_or(Cell::Blank, |millionths| Cell::scaled(millionths, 6))
}

/// Units count in millionths.
fn units<'a>(millionths: i64) -> Cell<'a> {
    Cell::scaled(millionths, 6)
}

fn measured<'a>(amount: i64, measure: Measure) -> Cell<'a> {
    match measure {
        Measure::Parcels => Cell::whole(amount),
        Measure::Weight => Cell::scaled(amount, 3),
        Measure::Volume => Cell::scaled(amount, 6),
    }
}

/// The word of a mode.
pub fn mode(mode: Mode) -> &'static str {
    match mode {
        Mode::Rail => "rail",
        Mode::Air => "air",
        Mode::Road => "road",
        Mode::Sea => "sea",
    }
}

/// The word of a direction of handling.
pub fn direction(direction: Direction) -> &'static str {
    match direction {
        Direction::In => "in",
        Direction::Out => "out",
    }
}

/// The word of what a handling step counts.
pub fn measure(measure: Measure) -> &'static str {
    match measure {
        Measure::Parcels => "parcel",
        Measure::Weight => "kg",
        Measure::Volume => "m3",
    }
}

/// The word of what a limit counts.
pub fn metric(metric: Metric) -> &'static str {
    match metric {
        Metric::Parcels => "parcels",
        Metric::Kg => "kg",
        Metric::M3 => "m3",
        Metric::TonneKm => "tonne_km",
        Metric::Units => "units",
        Metric::Cost => "cost",
        Metric::Co2eKg => "co2e_kg",
    }
}
