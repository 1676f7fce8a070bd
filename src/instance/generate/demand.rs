//! How many parcels go from where to where in which week.

use super::Options;
use super::facts::{SINGLES_DAY_WEEK, season};
use super::lanes::Lane;
use super::random::Random;
use super::world::World;

/// The rows of demand in order, one for each origin, market, product and week.
#[derive(Clone, Debug)]
pub(super) struct Demands {
    seed: u64,
    /// Shares of origins, markets and products.
    shares: [Vec<f64>; 3],
    /// The week's season, and whether it has the profile of Singles' Day.
    weeks: Vec<(f64, bool)>,
    /// Parcels per unit of weight.
    scale: f64,
}

/// Parcels of a week.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct DemandRow {
    pub(super) origin: usize,
    pub(super) market: usize,
    pub(super) kind: usize,
    /// From 0.
    pub(super) week: usize,
    pub(super) parcels: i64,
    pub(super) singles_day: bool,
}

/// What line haul can carry of the instance's mix of parcels in a week, in parcels: by weight or
/// by volume, whichever is scarcer.
pub(super) fn weekly_capacity(world: &World, lanes: &[Lane]) -> f64 {
    let a_week = |of: fn(&Lane) -> f64| -> f64 {
        lanes
            .iter()
            .map(|lane| of(lane) * lane.frequency() as f64)
            .sum()
    };
    let (mut kg, mut m3) = (0.0, 0.0);
    for kind in &world.kinds {
        kg += kind.share * f64::from(kind.grams) / 1e3;
        m3 += kind.share * f64::from(kind.millilitres) / 1e6;
    }
    (a_week(|lane| lane.kg) / kg).min(a_week(|lane| lane.m3) / m3)
}

impl Demands {
    pub(super) fn new(options: &Options, world: &World, lanes: &[Lane]) -> Self {
        let weeks = if options.typical {
            vec![(1.0, false)]
        } else {
            weeks(options)
        };
        let mut demands = Self {
            seed: options.seed,
            shares: [
                world.origins.iter().map(|origin| origin.share).collect(),
                world.markets.iter().map(|market| market.share).collect(),
                world.kinds.iter().map(|kind| kind.share).collect(),
            ],
            weeks,
            scale: 1.0,
        };
        let wanted = options.load * weekly_capacity(world, lanes) * demands.weeks.len() as f64;
        let total: f64 = (0..demands.len())
            .map(|at| demands.weight(demands.split(at)))
            .sum();
        demands.scale = wanted / total;
        demands
    }

    /// How many rows there are.
    pub(super) fn len(&self) -> usize {
        self.shares.iter().map(Vec::len).product::<usize>() * self.weeks.len()
    }

    /// Whether some week has the profile of Singles' Day.
    pub(super) fn has_singles_day(&self) -> bool {
        self.weeks.iter().any(|week| week.1)
    }

    /// Origin, market, product and week of a row.
    fn split(&self, at: usize) -> [usize; 4] {
        let [_, markets, kinds] = [0, 1, 2].map(|k| self.shares[k].len());
        let week = at % self.weeks.len();
        let at = at / self.weeks.len();
        [at / kinds / markets, at / kinds % markets, at % kinds, week]
    }

    fn weight(&self, [origin, market, kind, week]: [usize; 4]) -> f64 {
        let taste = Random::of(self.seed, &[6, origin as u64, kind as u64]).between(0.7, 1.3);
        let keys = [7, origin as u64, market as u64, kind as u64, week as u64];
        let chance = Random::of(self.seed, &keys).between(0.8, 1.2);
        let shares = self.shares[0][origin] * self.shares[1][market] * self.shares[2][kind];
        shares * self.weeks[week].0 * taste * chance
    }

    /// The row at a position below [`len`](Self::len).
    pub(super) fn row(&self, at: usize) -> DemandRow {
        let keys = self.split(at);
        let [origin, market, kind, week] = keys;
        DemandRow {
            origin,
            market,
            kind,
            week,
            parcels: (self.weight(keys) * self.scale).round().max(1.0) as i64,
            singles_day: self.weeks[week].1,
        }
    }
}

fn weeks(options: &Options) -> Vec<(f64, bool)> {
    let mut monday = options.week_start;
    (0..options.weeks)
        .map(|_| {
            let number = monday.iso_week_date().week();
            monday = monday.saturating_add(jiff::Span::new().days(7));
            (season(number), number == SINGLES_DAY_WEEK)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::instance::generate::lanes::lanes;
    use jiff::civil::date;

    fn demands(options: &Options) -> (Demands, f64) {
        let world = World::new(options);
        let lanes = lanes(options, &world);
        (
            Demands::new(options, &world, &lanes),
            weekly_capacity(&world, &lanes),
        )
    }

    #[test]
    fn a_row_for_everything_and_every_week() {
        let options = Options {
            origins: 3,
            markets: 2,
            products: 5,
            weeks: 4,
            ..Options::default()
        };
        let (demands, _) = demands(&options);
        assert_eq!(demands.len(), 3 * 2 * 5 * 4);
        let mut keys: Vec<_> = (0..demands.len()).map(|at| demands.split(at)).collect();
        assert_eq!(keys[0], [0, 0, 0, 0]);
        assert_eq!(keys[119], [2, 1, 4, 3]);
        keys.dedup();
        assert_eq!(keys.len(), 120);
    }

    #[test]
    fn all_of_it_fills_the_line_haul_to_the_load() {
        for load in [0.5, 1.1] {
            let options = Options {
                load,
                weeks: 13,
                ..Options::default()
            };
            let (demands, capacity) = demands(&options);
            let parcels: i64 = (0..demands.len()).map(|at| demands.row(at).parcels).sum();
            let reached = parcels as f64 / (capacity * 13.0);
            assert!((reached - load).abs() < 1e-3, "{reached} instead of {load}");
        }
    }

    #[test]
    fn singles_day_stands_out() {
        let options = Options {
            week_start: date(2024, 10, 28),
            weeks: 4,
            ..Options::default()
        };
        let (demands, _) = demands(&options);
        let of_week = |week| -> i64 {
            let rows = (0..demands.len()).map(|at| demands.row(at));
            rows.filter(|row| row.week == week)
                .map(|row| row.parcels)
                .sum()
        };
        // 28 October is in ISO week 44 (season 1.0) and 11 November in week 46 (1.36).
        let ratio = of_week(2) as f64 / of_week(0) as f64;
        assert!((ratio - 1.36).abs() < 0.05, "{ratio}");
        assert!(demands.row(2).singles_day && !demands.row(0).singles_day);
    }
}
