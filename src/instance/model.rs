//! A checked instance: ids resolved to indices, units exact, defaults filled in.

use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;

use crate::units::{CubicCentimetres, Grams, Minutes, Money, Parcels};

macro_rules! index {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub u32);

        impl $name {
            /// The position in its table.
            pub fn at(self) -> usize {
                self.0 as usize
            }
        }
    };
}

index!(
    /// A place, by its position in [`Instance::places`].
    PlaceId
);
index!(
    /// A product, by its position in [`Instance::products`].
    ProductId
);
index!(
    /// A demand, by its position in [`Instance::demands`].
    DemandId
);
index!(
    /// A service, by its position in [`Instance::services`].
    ServiceId
);
index!(
    /// A handling step, by its position in [`Instance::handling`].
    StepId
);
index!(
    /// A policy limit, by its position in [`Instance::limits`].
    LimitId
);

/// Everything a planner wrote down, checked.
///
/// All tables but `handling` stand in canonical order (ascending by id), whatever the order of
/// their rows, so that the same tables give the same plan. The order of handling steps at a place
/// is their meaning and is kept.
#[derive(Clone, Debug)]
pub struct Instance {
    /// The settings.
    pub settings: Settings,
    /// The places, by id.
    pub places: Vec<Place>,
    /// The products, by id.
    pub products: Vec<Product>,
    /// The demands, by origin, destination, product and week.
    pub demands: Vec<Demand>,
    /// The services, by id.
    pub services: Vec<Service>,
    /// The handling steps, in row order.
    pub handling: Vec<HandlingStep>,
    /// The policy limits, by id.
    pub limits: Vec<Limit>,
    /// The rules.
    pub rules: Vec<Rule>,
    /// The events, in force only on a dated horizon.
    pub events: Vec<Event>,
    /// The bookings, in force only on a dated horizon.
    pub bookings: Vec<Booking>,
    /// The names of the scenarios that the instance offers, ascending.
    pub scenarios: Vec<String>,
    /// The scenario that was applied.
    pub scenario: Option<String>,
    /// Table name and BLAKE3 hash (hex) of each file as it was read.
    pub hashes: Vec<(String, String)>,
}

/// The settings of an instance.
#[derive(Clone, Debug)]
pub struct Settings {
    /// A short name.
    pub name: String,
    /// A sentence or two.
    pub description: String,
    /// ISO 4217 code of the instance's currency.
    pub currency: String,
    /// Steady or dated weeks.
    pub horizon: Horizon,
    /// The Monday from which time counts; a typical week uses it only for offsets from UTC.
    pub week_start: Date,
    /// How many weeks are planned (1 for a typical week).
    pub weeks: u32,
    /// How many weeks after the planned ones have runs that count as theirs do (0 for a typical week).
    pub counted_weeks: u32,
    /// What happens after the last week.
    pub tail: Tail,
    /// Volume that counts as one kilogram (6000).
    pub cm3_per_chargeable_kg: CubicCentimetres,
    /// Price of a tonne of CO₂e.
    pub co2e_price_per_t: Money,
}

impl Settings {
    /// The weeks whose runs have minimums, commitments and limits: the planned ones, and those that
    /// count with them.
    pub fn weeks_of_runs(&self) -> i32 {
        (self.weeks + self.counted_weeks) as i32
    }

    /// The days on which such runs start.
    pub fn days_of_runs(&self) -> std::ops::Range<i32> {
        0..self.weeks_of_runs() * 7
    }

    /// How many periods of a limit these days have.
    pub fn periods_of_runs(&self, per: Period) -> i32 {
        match per {
            Period::Day => self.days_of_runs().end,
            Period::Week => self.weeks_of_runs(),
            Period::Horizon => 1,
        }
    }
}

/// How time is laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Horizon {
    /// One steady week that repeats.
    TypicalWeek,
    /// Weeks with dates.
    Dated,
}

/// What competes for space after the last week of a dated horizon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tail {
    /// The last week's demand again and again; planned, not reported.
    RepeatLastWeek,
    /// Nothing.
    None,
}

/// A city, airport, rail terminal, port, border station, hub or market.
#[derive(Clone, Debug)]
pub struct Place {
    /// The id.
    pub id: String,
    /// The name for people.
    pub name: String,
    /// What it is.
    pub kind: PlaceKind,
    /// ISO 3166 country code; may be empty.
    pub country: String,
    /// Latitude and longitude in degrees.
    pub position: Option<(f64, f64)>,
    /// UN/LOCODE; may be empty.
    pub unlocode: String,
    /// IATA code; may be empty.
    pub iata: String,
    /// The time zone; UTC where the cell is blank.
    pub time_zone: TimeZone,
    /// Volume that may lie here at any local midnight.
    pub storage: Option<CubicCentimetres>,
    /// Price of one cubic metre for a day, charged by the minute of waiting.
    pub storage_per_m3_day: Money,
}

/// What a place is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlaceKind {
    /// A city where parcels start.
    City,
    /// An airport.
    Airport,
    /// A rail terminal.
    RailTerminal,
    /// A sea or river port.
    Port,
    /// A border station.
    Border,
    /// A sorting or transhipment hub.
    Hub,
    /// A market where parcels end.
    Market,
}

/// A class of parcels.
#[derive(Clone, Debug)]
pub struct Product {
    /// The id.
    pub id: String,
    /// The name for people.
    pub name: String,
    /// Weight of a parcel.
    pub weight: Grams,
    /// Volume of a parcel.
    pub volume: CubicCentimetres,
    /// From release to delivered.
    pub promise: Minutes,
    /// Later than promise + this is not delivered at all (default: 168 hours).
    pub max_late: Minutes,
    /// Cost of a parcel a day late, charged by the minute.
    pub late_per_parcel_day: Money,
    /// Cost of a parcel that stays behind.
    pub unserved_per_parcel: Money,
}

/// Parcels of a product from an origin to a destination in a week.
#[derive(Clone, Debug)]
pub struct Demand {
    /// Where they start.
    pub origin: PlaceId,
    /// Where they go.
    pub destination: PlaceId,
    /// What they are.
    pub product: ProductId,
    /// The week, counted from 1; a blank cell has become one demand per week.
    pub week: u32,
    /// How many.
    pub parcels: Parcels,
    /// Parcels ready per weekday, Monday first: the profile applied to `parcels`, in whole
    /// parcels by largest remainder (ties to the earlier day), so that the days sum to `parcels`.
    pub by_day: [Parcels; 7],
    /// When a day's parcels are ready, local to the origin (default: 18:00).
    pub release_time: Time,
    /// The row of `demand` it was read from.
    pub row: usize,
}

/// The vehicle's kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Mode {
    /// A train.
    Rail,
    /// A flight.
    Air,
    /// A truck.
    Road,
    /// A ship.
    Sea,
}

/// A scheduled train, flight, truck or ship.
#[derive(Clone, Debug)]
pub struct Service {
    /// The id.
    pub id: String,
    /// Who runs it; may be empty.
    pub operator: String,
    /// Its mode.
    pub mode: Mode,
    /// What vehicle; may be empty.
    pub equipment: String,
    /// The weekdays on which the first leg departs, Monday first.
    pub days: [bool; 7],
    /// First and last local date on which the first leg may depart (dated horizon).
    pub dates: (Option<Date>, Option<Date>),
    /// Its legs in order, at least one; each starts where the one before ends.
    pub legs: Vec<Leg>,
}

/// One leg of a service; each of its runs is a departure that sells its own units.
#[derive(Clone, Debug)]
pub struct Leg {
    /// Where it starts.
    pub origin: PlaceId,
    /// Where it ends.
    pub destination: PlaceId,
    /// Local time of departure of the first leg. A later leg leaves `dwell` after the leg before
    /// has arrived, and then waits for its `departs` where it has one.
    pub departs: Option<Time>,
    /// Time under way.
    pub duration: Minutes,
    /// Time between the arrival of the leg before and this leg's departure.
    pub dwell: Minutes,
    /// What may be lifted whatever is bought.
    pub max_weight: Option<Grams>,
    /// What may be lifted whatever is bought.
    pub max_volume: Option<CubicCentimetres>,
    /// What is sold.
    pub unit: Unit,
    /// Distance; from coordinates along `via` where the cell is blank.
    pub km: f64,
    /// Emissions in grams of CO₂e per tonne-kilometre.
    pub co2e_g_per_tkm: f64,
    /// Places that the line passes, for the map and for events.
    pub via: Vec<PlaceId>,
    /// The row of `services` it was read from.
    pub row: usize,
}

impl Leg {
    /// The distance in whole metres.
    pub fn metres(&self) -> i64 {
        (self.km * 1e3).round() as i64
    }
}

/// What a departure sells.
#[derive(Clone, Debug)]
pub struct Unit {
    /// Its name: `chargeable_kg`, `FEU`, `m3`, `ULD`, `aircraft`, …
    pub name: String,
    /// How many there are, in millionths (see [`UNIT_SCALE`]; a multiple of it where `whole`);
    /// `None` is unlimited.
    pub limit: Option<i64>,
    /// How many are paid for at least, in millionths (a multiple of [`UNIT_SCALE`] where `whole`).
    pub minimum: i64,
    /// Weight that a unit holds; `None` does not count.
    pub weight: Option<Grams>,
    /// Volume that a unit holds; `None` does not count.
    pub volume: Option<CubicCentimetres>,
    /// Price of a unit in the instance's currency.
    pub price: Money,
    /// Whether only whole units are sold.
    pub whole: bool,
    /// For which departures one decision is made.
    pub commit: Commit,
}

/// For which departures of a leg one decision on units holds: all of them then buy the same number
/// beyond their minimum.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Commit {
    /// Each decides for itself.
    #[default]
    Departure,
    /// All of a week, counted from the first Monday by the run's local date.
    Week,
    /// All of the horizon; departures after its last week are one group of their own.
    Horizon,
}

/// Millionths: the scale in which [`Unit::limit`] and [`Unit::minimum`] count units.
pub const UNIT_SCALE: i64 = 1_000_000;

/// A direction of handling.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// After an arrival.
    In,
    /// Before a departure.
    Out,
}

/// The period of a capacity or of a limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Period {
    /// A local day.
    Day,
    /// A local week, from Monday.
    Week,
    /// The whole horizon (limits only).
    Horizon,
}

/// Work at a place with its own hours, cost and capacity.
#[derive(Clone, Debug)]
pub struct HandlingStep {
    /// Where.
    pub place: PlaceId,
    /// Its name: `customs`, `sorting`, …
    pub name: String,
    /// Only for this mode; `None` is every mode (they share the capacity).
    pub mode: Option<Mode>,
    /// After arrivals or before departures.
    pub direction: Direction,
    /// How long it takes.
    pub duration: Minutes,
    /// What its capacity and price count.
    pub measure: Measure,
    /// The bucket of its capacity: day or week.
    pub per: Period,
    /// Its tiers, ascending by number; dearer ones need not be later.
    pub tiers: Vec<Tier>,
}

/// Capacity of a handling step at a price.
#[derive(Clone, Debug)]
pub struct Tier {
    /// Its number (1, 2, …).
    pub number: u32,
    /// Capacity per bucket in the measure's base unit (parcels, grams, cubic centimetres); `None`
    /// is unlimited.
    pub capacity: Option<i64>,
    /// What a shift works, in the same unit, where the tier works in whole shifts and each is paid
    /// for in full; `None` is by the unit.
    pub shift: Option<i64>,
    /// Price per parcel, kilogram or cubic metre.
    pub price: Money,
    /// The row of `handling` it was read from.
    pub row: usize,
}

impl HandlingStep {
    /// The least price of a tier that works by the unit.
    pub fn cheapest_by_unit(&self) -> Option<Money> {
        let by_unit = self.tiers.iter().filter(|tier| tier.shift.is_none());
        by_unit.map(|tier| tier.price).min()
    }
}

impl Tier {
    /// What of a capacity the tier can work: all, or as many whole shifts as it has room for.
    pub fn workable(&self, capacity: i64) -> i64 {
        self.shift
            .map_or(capacity, |shift| capacity / shift.max(1) * shift)
    }
}

/// What a handling step counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    /// Parcels.
    Parcels,
    /// Kilograms, in grams.
    Weight,
    /// Cubic metres, in cubic centimetres.
    Volume,
}

/// A policy limit.
///
/// It counts what the departures that match the selectors carry or cost, in each period by the
/// local day on which the departure leaves. Parcels, kg and m3 count once per boarding. Staying
/// aboard for the next leg does not count again, nor does getting off where the place has no
/// handling for the mode and boarding the next leg of the same run.
#[derive(Clone, Debug)]
pub struct Limit {
    /// The id.
    pub id: String,
    /// What is counted.
    pub metric: Metric,
    /// Which departures and parcels count.
    pub selector: Selector,
    /// Only parcels from here.
    pub origin: Option<PlaceId>,
    /// Only parcels to here.
    pub destination: Option<PlaceId>,
    /// The period of each row of the limit.
    pub per: Period,
    /// At least this, in the metric's unit, in millionths.
    pub min: Option<i64>,
    /// At most this, in the metric's unit, in millionths.
    pub max: Option<i64>,
    /// At least this share, in millionths, of the metric without the selector's mode, operator,
    /// service and place.
    pub min_share: Option<i64>,
    /// At most this share, in millionths.
    pub max_share: Option<i64>,
    /// Which of a path's legs count; `None` is the default ([`Limit::counts`]).
    pub counts: Option<Counts>,
    /// Price of a unit of violation; `None` is a hard limit.
    pub penalty_per_unit: Option<Money>,
    /// The row of `limits` it was read from.
    pub row: usize,
}

impl Limit {
    /// Which of a path's legs count: for shares of a whole the main haul alone, so that each parcel
    /// counts once in the whole; for amounts every leg. What is bought belongs to no path.
    pub fn counts(&self) -> Counts {
        let is_share = self.min_share.is_some() || self.max_share.is_some();
        match self.counts {
            _ if self.metric.is_bought() => Counts::Aboard,
            Some(counts) => counts,
            None if is_share => Counts::Main,
            None => Counts::Aboard,
        }
    }

    /// Whether it counts each parcel once, on its main haul.
    pub fn counts_main_hauls(&self) -> bool {
        self.counts() == Counts::Main
    }

    /// Whether it counts where parcels board, rather than main hauls, every ride or what is bought.
    pub fn counts_boardings(&self) -> bool {
        self.counts() == Counts::Aboard && self.metric.counts_boardings()
    }
}

/// Which legs of a path a limit counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counts {
    /// The main haul: the leg with the most kilometres, the first of equals.
    Main,
    /// Every leg on which parcels are aboard.
    Aboard,
}

/// What a limit counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Metric {
    /// Parcels boarded.
    Parcels,
    /// Kilograms boarded.
    Kg,
    /// Cubic metres boarded.
    M3,
    /// Tonne-kilometres flown, railed, driven or shipped.
    TonneKm,
    /// Units bought.
    Units,
    /// Carriage paid.
    Cost,
    /// Kilograms of CO₂e.
    Co2eKg,
}

impl Metric {
    /// Whether it counts where parcels board, rather than on every ride or what is bought.
    pub fn counts_boardings(self) -> bool {
        matches!(self, Self::Parcels | Self::Kg | Self::M3)
    }

    /// Whether it counts what is bought for all parcels together.
    pub fn is_bought(self) -> bool {
        matches!(self, Self::Units | Self::Cost)
    }
}

/// A choice of products and departures; `None` matches all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selector {
    /// Parcels of this product.
    pub product: Option<ProductId>,
    /// Departures of this mode.
    pub mode: Option<Mode>,
    /// Departures of this operator.
    pub operator: Option<String>,
    /// Departures of this service.
    pub service: Option<ServiceId>,
    /// Departures whose leg leaves or reaches this place.
    pub place: Option<PlaceId>,
}

/// Who may, or may not, use what.
///
/// Of the rules that match a product on a leg, the one with the most selectors filled in decides;
/// among equals, one that forbids. Without a matching rule everything is allowed.
#[derive(Clone, Debug)]
pub struct Rule {
    /// What it matches.
    pub selector: Selector,
    /// Whether that is allowed.
    pub allowed: bool,
    /// The row of `rules` it was read from.
    pub row: usize,
}

/// A disruption or an extra, on local dates of the place concerned (for a service: of its leg's
/// origin).
#[derive(Clone, Debug)]
pub struct Event {
    /// The id.
    pub id: String,
    /// What it concerns.
    pub target: EventTarget,
    /// First day.
    pub first: Date,
    /// Last day.
    pub last: Date,
    /// What it does.
    pub effect: Effect,
    /// The row of `events` it was read from.
    pub row: usize,
}

/// What an event concerns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EventTarget {
    /// Departures of one service.
    Service(ServiceId),
    /// A place: its handling, and the departures that leave, pass or reach it.
    Place(PlaceId),
}

/// What an event does.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Effect {
    /// Departures of the days do not run (for a place: those that leave it).
    Cancelled,
    /// Units, lift and handling capacity of the days times this, in millionths.
    CapacityFactor(i64),
    /// Departures of the days leave this much later, and so do the legs after them.
    Delay(Minutes),
    /// Nothing leaves, passes or reaches the place on the days: those departures do not run.
    Closed,
    /// Whatever would leave, pass or reach the place on the days is held until the day after.
    Held,
}

/// Space already taken.
///
/// `weight` and `volume` are freight already aboard: they share what is bought and what may be
/// lifted. `units` are units already sold to others: they are no longer there to buy.
#[derive(Clone, Debug)]
pub struct Booking {
    /// Which service (every leg of its run).
    pub service: ServiceId,
    /// Local date on which the run's first leg departs.
    pub date: Date,
    /// Freight aboard.
    pub weight: Grams,
    /// Freight aboard.
    pub volume: CubicCentimetres,
    /// Units gone, in millionths.
    pub units: i64,
    /// The row of `bookings` it was read from.
    pub row: usize,
}

impl Service {
    /// Whether a run of the service is scheduled to start on a local date (dated horizon).
    pub fn runs_on(&self, date: Date) -> bool {
        let (first, last) = self.dates;
        self.days[date.weekday().to_monday_zero_offset() as usize]
            && first.is_none_or(|first| date >= first)
            && last.is_none_or(|last| date <= last)
    }
}
