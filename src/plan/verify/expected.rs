//! The tables of departures, purchases, handling and demands as they follow from the allocation.

use std::collections::{BTreeMap, BTreeSet};

use crate::instance::{Direction, Horizon, Instance, Measure, Mode, PlaceId, Tier, UNIT_SCALE};
use crate::units::Minutes;

use super::allocation::Release;
use super::capacity;
use super::costs::Additive;
use super::ledger::{self, Ledger, Load, Shipment};
use super::prices::Prices;
use super::proof::Proof;
use super::sales::{Sale, Sales};
use super::schedule::{Key, Schedule};
use super::tables::{Expected, ExpectedRow};

/// What only the network's layout decides; see [`super::proof`].
#[derive(Clone, Debug, Default)]
pub(super) struct Frame {
    /// Departures after the planned weeks.
    pub(super) departures: BTreeSet<Key>,
    /// Handling steps, and the days on which their buckets begin.
    pub(super) buckets: BTreeSet<(usize, i64)>,
    /// The releases after the planned weeks that compete for space.
    pub(super) later: Vec<Release>,
}

/// Rows and what they cost altogether.
#[derive(Debug, Default)]
pub(super) struct Costed {
    pub(super) rows: Vec<ExpectedRow>,
    pub(super) cost: i128,
    /// Of this, what is paid for and not used.
    pub(super) dead: i128,
    /// The part of the cost that is shared out to each demand.
    pub(super) shares: BTreeMap<usize, i128>,
}

impl Costed {
    fn share(&mut self, cost: i128, load: &Load) {
        self.cost += cost;
        for (owner, share) in ledger::share_out(cost, &load.parts) {
            *self.shares.entry(owner).or_default() += share;
        }
    }
}

/// How many days the planned weeks have.
pub(super) fn planned_days(instance: &Instance) -> i64 {
    match instance.settings.horizon {
        Horizon::TypicalWeek => 7,
        Horizon::Dated => i64::from(instance.settings.weeks) * 7,
    }
}

/// Whether a bucket or a night that begins on a day is one of the planned weeks.
pub(super) fn is_planned(instance: &Instance, day: i64) -> bool {
    instance.settings.horizon == Horizon::TypicalWeek || day < planned_days(instance)
}

/// How many days the planned weeks have with the weeks after them whose runs count, too.
pub(super) fn counted_days(instance: &Instance) -> i64 {
    match instance.settings.horizon {
        Horizon::TypicalWeek => 7,
        Horizon::Dated => planned_days(instance) + i64::from(instance.settings.counted_weeks) * 7,
    }
}

/// Whether a run that starts on a day counts: minimums, commitments and limits are about these
/// alone, with all their legs.
pub(super) fn is_counted(instance: &Instance, day: i64) -> bool {
    instance.settings.horizon == Horizon::TypicalWeek || day < counted_days(instance)
}

/// The tables `departures` and `purchases`.
pub(super) fn departures(
    schedule: &mut Schedule<'_>,
    sales: &Sales<'_>,
    prices: &Prices,
) -> (Costed, Vec<ExpectedRow>) {
    let mut costed = Costed::default();
    let mut purchases = Vec::new();
    for key in sales.keys() {
        let Some(sale) = sales.of(schedule, key) else {
            continue;
        };
        let Sale {
            leg, load, space, ..
        } = &sale;
        costed.share(space.cost, load);
        if space.cost > 0 {
            costed.dead += space.cost - space.price_of(&leg.unit, space.filled);
        }
        let counted = key.2 < counted_days(schedule.instance);
        let optional = counted && space.limit != Some(space.minimum);
        // what is bought for nothing and left empty is bought all the same
        if leg.unit.whole && (space.units > 0 || optional) {
            purchases.push(purchase_row(schedule, key, &sale));
        }
        let on_offer = counted && capacity::is_scarce(leg);
        if load.parcels == 0 && space.cost == 0 && !on_offer {
            continue;
        }
        let worth = prices.departure(schedule.instance, leg, key);
        costed.rows.push(departure_row(schedule, key, &sale, worth));
    }
    (costed, purchases)
}

fn purchase_row(schedule: &Schedule<'_>, key: Key, sale: &Sale<'_, '_>) -> ExpectedRow {
    let Sale {
        leg,
        departure,
        load,
        space,
    } = sale;
    let text = schedule.calendar.text(leg.origin, departure.departs);
    let held = |size: i64| i128::from(size) * space.units / i128::from(UNIT_SCALE);
    let place = |place: PlaceId| schedule.instance.places[place.at()].id.clone();
    ExpectedRow {
        key: departure_key(schedule, key),
        cells: vec![
            ("departs", Expected::Text(text)),
            ("origin", Expected::Text(place(leg.origin))),
            ("destination", Expected::Text(place(leg.destination))),
            ("unit", Expected::Text(leg.unit.name.clone())),
            ("units", Expected::Number(space.units, 6)),
            ("units_limit", Expected::or_blank(space.limit, 6)),
            ("cost", Expected::Number(space.cost, 6)),
            ("kg", Expected::Number(load.weight, 3)),
            ("m3", Expected::Number(load.volume, 6)),
            (
                "load_kg",
                share(load.weight, leg.unit.weight.map(|w| held(w.0))),
            ),
            (
                "load_m3",
                share(load.volume, leg.unit.volume.map(|v| held(v.0))),
            ),
        ],
        required: true,
    }
}

/// service, leg, run
pub(super) fn departure_key(schedule: &Schedule<'_>, (service, leg, day): Key) -> Vec<String> {
    vec![
        schedule.instance.services[service.at()].id.clone(),
        (leg + 1).to_string(),
        schedule.calendar.day_text(day),
    ]
}

fn departure_row(
    schedule: &Schedule<'_>,
    key: Key,
    sale: &Sale<'_, '_>,
    worth: Expected,
) -> ExpectedRow {
    let Sale {
        leg,
        departure,
        load,
        space,
    } = sale;
    let (booked_weight, booked_volume) = (
        i128::from(departure.booked_weight.0),
        i128::from(departure.booked_volume.0),
    );
    let (weight_room, volume_room) = space.room_bought(&leg.unit);
    let (weight_room, volume_room) = (
        weight_room.map(|room| room + booked_weight),
        volume_room.map(|room| room + booked_volume),
    );
    let text = |place, moment| Expected::Text(schedule.calendar.text(place, moment));
    let service = &schedule.instance.services[key.0.at()];
    let place = |place: PlaceId| schedule.instance.places[place.at()].id.as_str();
    ExpectedRow {
        key: departure_key(schedule, key),
        cells: vec![
            ("departs", text(leg.origin, departure.departs)),
            ("arrives", text(leg.destination, departure.arrives)),
            ("parcels", Expected::Number(load.parcels, 0)),
            ("kg", Expected::Number(load.weight, 3)),
            ("m3", Expected::Number(load.volume, 6)),
            ("load_kg", share(load.weight + booked_weight, weight_room)),
            ("load_m3", share(load.volume + booked_volume, volume_room)),
            ("units", Expected::Number(space.units, 6)),
            ("units_limit", Expected::or_blank(space.limit, 6)),
            (
                "dead_units",
                Expected::Number(space.units - space.filled, 6),
            ),
            ("cost", Expected::Number(space.cost, 6)),
            ("shadow_price_per_unit", worth),
            ("carriage", Expected::Number(load.carriage, 6)),
            ("mode", Expected::Text(mode(service.mode).to_owned())),
            ("unit", named(&leg.unit.name)),
            (
                "week",
                Expected::Number(week(schedule, leg.origin, departure.departs), 0),
            ),
            ("operator", named(&service.operator)),
            ("origin", named(place(leg.origin))),
            ("destination", named(place(leg.destination))),
        ],
        required: true,
    }
}

/// The local week of a moment, from 1.
pub(super) fn week(schedule: &Schedule<'_>, place: PlaceId, moment: Minutes) -> i128 {
    i128::from(schedule.calendar.day(place, moment).div_euclid(7) + 1)
}

/// A name, or nothing.
pub(super) fn named(name: &str) -> Expected {
    match name {
        "" => Expected::Blank,
        name => Expected::Text(name.to_owned()),
    }
}

/// part / whole to four places; blank of nothing.
fn share(part: i128, whole: Option<i128>) -> Expected {
    let whole = whole.filter(|&whole| whole > 0);
    Expected::or_blank(
        whole.map(|whole| crate::units::divide_to_nearest(part * 10_000, whole)),
        4,
    )
}

/// What is paid for space and handling.
pub(super) fn cost_of(schedule: &mut Schedule<'_>, (sales, ledger): (&Sales<'_>, &Ledger)) -> i128 {
    let mut cost = 0;
    for key in sales.keys() {
        cost += sales.of(schedule, key).map_or(0, |sale| sale.space.cost);
    }
    for (&(index, day), load) in &ledger.buckets {
        let step = &schedule.instance.handling[index];
        let capacities = capacity::tier_capacities(schedule, step, day);
        cost += capacity::handling_cost(step, &capacities, load.measured(step.measure));
    }
    cost
}

/// The table `purchases_tail`: whole units beyond those for the planned weeks.
pub(super) fn purchases_tail(
    schedule: &mut Schedule<'_>,
    (sales, ledger): (&Sales<'_>, &Ledger),
    (all_sales, all_ledger): (&Sales<'_>, &Ledger),
) -> Vec<ExpectedRow> {
    let row = |key: Vec<String>, units: i128| ExpectedRow {
        key,
        cells: vec![("units", Expected::Number(units, 6))],
        required: true,
    };
    let mut rows = Vec::new();
    for key in all_sales.keys() {
        let Some(all) = all_sales.of(schedule, key) else {
            continue;
        };
        let planned = sales.of(schedule, key).map_or(0, |sale| sale.space.units);
        if all.leg.unit.whole && all.space.units > planned {
            let units = all.space.units - planned;
            rows.push(row(departure_key(schedule, key), units));
        }
    }
    let nothing = Load::default();
    for (&(index, day), all) in &all_ledger.buckets {
        let step = &schedule.instance.handling[index];
        let capacities = capacity::tier_capacities(schedule, step, day);
        let planned = ledger.buckets.get(&(index, day)).unwrap_or(&nothing);
        let shifts =
            |load: &Load| capacity::handled(step, &capacities, load.measured(step.measure)).shifts;
        let both = shifts(planned).into_iter().zip(shifts(all));
        for (tier, (planned, all)) in both.enumerate() {
            let units = (all - planned) * i128::from(UNIT_SCALE);
            if step.tiers[tier].shift.is_some() && units != 0 {
                rows.push(row(shift_key(schedule, (index, day), tier), units));
            }
        }
    }
    rows
}

/// The table `handling`, and the rows of `purchases` with its shifts.
pub(super) fn handling(
    schedule: &Schedule<'_>,
    ledger: &Ledger,
    frame: &Frame,
    prices: &Prices,
) -> (Costed, Vec<ExpectedRow>) {
    let instance = schedule.instance;
    let mut keys: BTreeSet<(usize, i64)> = ledger.buckets.keys().copied().collect();
    keys.extend(&frame.buckets);
    let nothing = Load::default();
    let mut costed = Costed::default();
    let mut purchases = Vec::new();
    for (index, day) in keys {
        let step = &instance.handling[index];
        let load = ledger.buckets.get(&(index, day)).unwrap_or(&nothing);
        let used = load.measured(step.measure);
        let capacities = capacity::tier_capacities(schedule, step, day);
        let all: Option<i128> = capacities.iter().copied().sum();
        let handled = capacity::handled(step, &capacities, used);
        let cost = handled.cost;
        purchases.extend(shift_rows(schedule, (index, day), &handled.shifts, used));
        if used == 0 && all.is_none() {
            continue;
        }
        costed.share(cost, load);
        let places = capacity::places(step.measure);
        costed.rows.push(ExpectedRow {
            key: vec![
                instance.places[step.place.at()].id.clone(),
                step.name.clone(),
                step.mode.map_or("", mode).to_owned(),
                direction(step.direction).to_owned(),
                schedule.calendar.day_text(day),
            ],
            cells: vec![
                ("used", Expected::Number(used, places)),
                ("capacity", Expected::or_blank(all, places)),
                ("load", share(used, all)),
                ("unit", Expected::Text(measure(step.measure).to_owned())),
                ("cost", Expected::Number(cost, 6)),
                ("shadow_price_per_unit", prices.bucket(step, index, day)),
            ],
            required: true,
        });
    }
    (costed, purchases)
}

/// The name of a tier's shifts in a bucket: `PLACE/STEP/in` with the mode, the tier, the day.
pub(super) fn shift_key(
    schedule: &Schedule<'_>,
    (index, day): (usize, i64),
    tier: usize,
) -> Vec<String> {
    let step = &schedule.instance.handling[index];
    let place = &schedule.instance.places[step.place.at()].id;
    let mut name = vec![place.as_str(), &step.name, direction(step.direction)];
    name.extend(step.mode.map(mode));
    let number = step.tiers[tier].number;
    vec![
        name.join("/"),
        number.to_string(),
        schedule.calendar.day_text(day),
    ]
}

/// Rows of `purchases` for the shifts of a bucket, where `shifts` work and `used` is done. Work is
/// put to shifts in the order of tiers.
fn shift_rows(
    schedule: &Schedule<'_>,
    (index, day): (usize, i64),
    shifts: &[i128],
    used: i128,
) -> Vec<ExpectedRow> {
    let step = &schedule.instance.handling[index];
    let capacities = capacity::tier_capacities(schedule, step, day);
    let free = |(tier, capacity): (&Tier, &Option<i128>)| {
        tier.shift.is_none() && tier.price.0 == 0 && capacity.is_none()
    };
    // nobody thinks of shifts where everything is done for nothing
    if step.tiers.iter().zip(&capacities).any(free) {
        return Vec::new();
    }
    let place = schedule.instance.places[step.place.at()].id.clone();
    let begins = schedule
        .calendar
        .text(step.place, schedule.calendar.midnight(step.place, day));
    let planned = day < planned_days(schedule.instance);
    let mut left = used;
    let mut rows = Vec::new();
    for (tier, data) in step.tiers.iter().enumerate() {
        let Some(shift) = data.shift.map(i128::from) else {
            continue;
        };
        let (count, most) = (shifts[tier], capacities[tier].unwrap_or(0) / shift);
        let done = left.min(count * shift);
        left -= done;
        if most == 0 || (count == 0 && !planned) {
            continue;
        }
        let of = |counted: Measure| if step.measure == counted { done } else { 0 };
        let load = |counted: Measure| match step.measure == counted {
            true => share(done, Some(count * shift)),
            false => Expected::Blank,
        };
        let price = i128::from(data.price.0) * shift;
        let each = -(-price).div_euclid(capacity::per_unit(step.measure));
        let scale = i128::from(UNIT_SCALE);
        rows.push(ExpectedRow {
            key: shift_key(schedule, (index, day), tier),
            cells: vec![
                ("departs", Expected::Text(begins.clone())),
                ("origin", Expected::Text(place.clone())),
                ("destination", Expected::Text(place.clone())),
                ("unit", Expected::Text("shift".to_owned())),
                ("units", Expected::Number(count * scale, 6)),
                ("units_limit", Expected::Number(most * scale, 6)),
                ("cost", Expected::Number(count * each, 6)),
                ("kg", Expected::Number(of(Measure::Weight), 3)),
                ("m3", Expected::Number(of(Measure::Volume), 6)),
                ("load_kg", load(Measure::Weight)),
                ("load_m3", load(Measure::Volume)),
            ],
            required: true,
        });
    }
    rows
}

/// How the parcels of a demand fare.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Fate {
    pub(super) parcels: i128,
    pub(super) on_time: i128,
    pub(super) late: i128,
    pub(super) unserved: i128,
    /// What its parcels alone cause.
    pub(super) additive: Additive,
    /// What those left behind cost.
    pub(super) unserved_cost: i128,
}

/// The fate of every demand, and after them that of all that comes after the planned weeks.
pub(super) fn fates(
    instance: &Instance,
    releases: &[Release],
    shipments: &[Shipment],
    carried: &[i128],
) -> Vec<Fate> {
    let mut fates = vec![Fate::default(); instance.demands.len() + 1];
    let owner = |demand: usize, reported: bool| match reported {
        true => demand,
        false => instance.demands.len(),
    };
    for (release, &carried) in releases.iter().zip(carried) {
        let fate = &mut fates[owner(release.demand, release.reported)];
        let parcels = i128::from(release.parcels.0);
        let left = (parcels - carried).max(0);
        let product = instance.demands[release.demand].product;
        let price = instance.products[product.at()].unserved_per_parcel;
        fate.parcels += parcels;
        fate.unserved += left;
        fate.unserved_cost += i128::from(price.0) * left;
    }
    for shipment in shipments {
        let fate = &mut fates[owner(shipment.demand, shipment.reported)];
        if shipment.late.0 > 0 {
            fate.late += shipment.parcels;
        } else {
            fate.on_time += shipment.parcels;
        }
        fate.additive.add(shipment.each, shipment.parcels);
    }
    fates
}

/// The table `demand`; `costs` is the full cost of each demand. The reason is prose: only whether
/// there is one is checked, cell by cell elsewhere.
pub(super) fn demands(
    instance: &Instance,
    fates: &[Fate],
    costs: &[i128],
    proof: &Proof,
) -> Vec<ExpectedRow> {
    let row = |index: usize| {
        let demand = &instance.demands[index];
        let fate = fates[index];
        let marginal = proof.marginal.get(index).copied().flatten();
        let cells = vec![
            ("parcels", Expected::Number(fate.parcels, 0)),
            ("on_time", Expected::Number(fate.on_time, 0)),
            ("late", Expected::Number(fate.late, 0)),
            ("unserved", Expected::Number(fate.unserved, 0)),
            ("cost", Expected::Number(costs[index], 6)),
            ("marginal_cost_per_parcel", Expected::or_blank(marginal, 6)),
        ];
        ExpectedRow {
            key: vec![
                instance.places[demand.origin.at()].id.clone(),
                instance.places[demand.destination.at()].id.clone(),
                instance.products[demand.product.at()].id.clone(),
                demand.week.to_string(),
            ],
            cells,
            required: true,
        }
    };
    (0..instance.demands.len()).map(row).collect()
}

/// The word of a mode.
pub(super) fn mode(mode: Mode) -> &'static str {
    match mode {
        Mode::Rail => "rail",
        Mode::Air => "air",
        Mode::Road => "road",
        Mode::Sea => "sea",
    }
}

/// The word of a direction.
pub(super) fn direction(direction: Direction) -> &'static str {
    match direction {
        Direction::In => "in",
        Direction::Out => "out",
    }
}

/// The word of what a step counts.
fn measure(measure: Measure) -> &'static str {
    match measure {
        Measure::Parcels => "parcel",
        Measure::Weight => "kg",
        Measure::Volume => "m3",
    }
}
