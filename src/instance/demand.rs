//! The tables `profiles` and `demand`.

use std::collections::BTreeSet;

use jiff::civil::{Time, time};

use super::codes::Code;
use super::findings::Findings;
use super::model::{Demand, PlaceId, ProductId, Settings};
use super::row::{Names, Read, Reported, Row, must, read_rows, report_duplicates};
use super::tables::WEEKDAYS;
use super::text_table::TextTable;
use crate::units::Parcels;

/// The most demands, with a blank week counted once for every week.
const MOST_DEMANDS: usize = 5_000_000;
/// When parcels without a profile are ready.
const RELEASE_TIME: Time = time(18, 0, 0, 0);
/// One, as the shares of a profile are counted.
const ONE: i64 = 1_000_000_000;
/// How far the shares of a profile may be from one, for the rounding of a spreadsheet.
const TOLERANCE: i64 = ONE / 10_000;

/// How a week's parcels spread over days.
#[derive(Clone, Debug)]
pub(super) struct Profile {
    /// The id.
    pub id: String,
    /// The row it was read from.
    pub row: u32,
    shares: [i64; 7],
    release_time: Time,
}

/// Reads the profiles, by id.
pub(super) fn read_profiles(table: Option<&TextTable>, findings: &mut Findings) -> Vec<Profile> {
    let mut keys = Vec::new();
    let mut profiles = read_rows(table, findings, |row| {
        keys.push((row.raw("profile").to_owned(), row.number()));
        read_profile(row)
    });
    keys.retain(|(id, _)| !id.is_empty());
    report_duplicates(table, findings, "profile", keys, |id| {
        format!("profile {id}")
    });
    profiles.sort_by(|a, b| a.id.cmp(&b.id));
    profiles.dedup_by(|a, b| a.id == b.id);
    profiles
}

fn read_profile(row: &mut Row<'_, '_>) -> Read<Profile> {
    let id = must(row.id("profile"));
    let read = WEEKDAYS.map(|day| must(row.number_in(day)));
    let release_time = must(row.time("release_time"));
    let mut shares = [0; 7];
    for (share, read) in shares.iter_mut().zip(read) {
        *share = read?;
    }
    let sum: i64 = shares.iter().sum();
    if (sum - ONE).abs() > TOLERANCE {
        let sum = super::fields::Decimal {
            mantissa: sum.into(),
            digits: 9,
        };
        return Err(row.report(
            Code::ProfileSum,
            "profile",
            format!("the shares of the days sum to {}", sum.spell(false)),
            "make them sum to 1",
        ));
    }
    Ok(Profile {
        id: id?.to_owned(),
        row: row.number(),
        shares,
        release_time: release_time?,
    })
}

/// Whole parcels per day in proportion to shares, by largest remainder.
///
/// Day i gets ⌊q·sᵢ/Σs⌋; what is left goes, one parcel each, to the days with the largest
/// remainders q·sᵢ mod Σs, earlier days first among equals.
fn spread(parcels: i64, shares: &[i64; 7]) -> [Parcels; 7] {
    let sum: i128 = shares.iter().map(|s| i128::from(*s)).sum();
    let mut days = [Parcels(0); 7];
    let mut remainders = [(0, 0); 7];
    for (day, share) in shares.iter().enumerate() {
        let product = i128::from(parcels) * i128::from(*share);
        days[day] = Parcels((product / sum) as i64);
        remainders[day] = (-(product % sum), day);
    }
    let left = parcels - days.iter().map(|p| p.0).sum::<i64>();
    remainders.sort_unstable();
    for (_, day) in remainders.iter().take(left as usize) {
        days[*day].0 += 1;
    }
    days
}

/// What demand rows refer to.
pub(super) struct DemandContext<'a> {
    /// The ids of places.
    pub places: &'a Names,
    /// The ids of products.
    pub products: &'a Names,
    /// The ids of profiles.
    pub profile_names: &'a Names,
    /// The profiles.
    pub profiles: &'a [Profile],
    /// The settings, where they could be read.
    pub settings: Option<&'a Settings>,
}

/// Reads the demands, by origin, destination, product and week; also which profiles they name.
pub(super) fn read(
    table: Option<&TextTable>,
    findings: &mut Findings,
    context: &DemandContext<'_>,
) -> (Vec<Demand>, BTreeSet<u32>) {
    let weeks = context.settings.map_or(1, |settings| settings.weeks);
    let mut demands: Vec<Demand> = Vec::new();
    let mut used = BTreeSet::new();
    let mut too_many = false;
    read_rows(table, findings, |row| {
        let (demand, week, profile) = read_row(row, context)?;
        used.extend(profile);
        let range = match week {
            Some(week) => week..=week,
            None => 1..=weeks,
        };
        if too_many || demands.len() + range.clone().count() > MOST_DEMANDS {
            if !too_many {
                row.report(
                    Code::TooManyDemands,
                    "week",
                    format!("from this row on there are more than {MOST_DEMANDS} demands"),
                    "plan fewer weeks at once, or put demands together",
                );
            }
            too_many = true;
            demands.clear();
            return Err(Reported);
        }
        demands.extend(range.map(|week| Demand {
            week,
            ..demand.clone()
        }));
        Ok(())
    });
    // stable, so that among equal keys the earlier row is the first
    demands.sort_by_key(|d| (d.origin, d.destination, d.product, d.week));
    report_overlaps(table, findings, &demands, context);
    (demands, used)
}

fn read_row(
    row: &mut Row<'_, '_>,
    context: &DemandContext<'_>,
) -> Read<(Demand, Option<u32>, Option<u32>)> {
    let origin = must(row.reference("origin", context.places));
    let destination = must(row.reference("destination", context.places));
    let product = must(row.reference("product", context.products));
    let week = row
        .number_in("week")
        .and_then(|week| in_horizon(row, week, context));
    let parcels = must(row.number_in("parcels"));
    let profile = row.reference("profile", context.profile_names);
    let (origin, destination) = (origin?, destination?);
    if origin == destination {
        let message = "the parcels are where they are to go";
        row.report(
            Code::SamePlace,
            "destination",
            message,
            "correct one of the two",
        );
        return Err(Reported);
    }
    let parcels = parcels?;
    let profile = profile?;
    let (shares, release_time) = match profile.map(|at| &context.profiles[at as usize]) {
        Some(profile) => (profile.shares, profile.release_time),
        None => ([1; 7], RELEASE_TIME),
    };
    let demand = Demand {
        origin: PlaceId(origin),
        destination: PlaceId(destination),
        product: ProductId(product?),
        week: 1,
        parcels: Parcels(parcels),
        by_day: spread(parcels, &shares),
        release_time,
        row: row.number() as usize,
    };
    Ok((demand, week?, profile))
}

fn in_horizon(
    row: &mut Row<'_, '_>,
    week: Option<i64>,
    context: &DemandContext<'_>,
) -> Read<Option<u32>> {
    let (Some(week), Some(settings)) = (week, context.settings) else {
        return Ok(week.map(|week| week as u32));
    };
    match week <= i64::from(settings.weeks) {
        true => Ok(Some(week as u32)),
        false => Err(row.report(
            Code::WeekOutsideHorizon,
            "week",
            format!("the horizon has no week {week}"),
            format!(
                "write a week from 1 to {}, or leave it blank for every week",
                settings.weeks
            ),
        )),
    }
}

/// Reports demands given twice, among them a week of its own beside a row for every week.
fn report_overlaps(
    table: Option<&TextTable>,
    findings: &mut Findings,
    demands: &[Demand],
    context: &DemandContext<'_>,
) {
    let key = |d: &Demand| (d.origin, d.destination, d.product, d.week);
    let mut seen = BTreeSet::new();
    let mut keys = Vec::new();
    for pair in demands.windows(2) {
        let [first, second] = pair else { continue };
        if key(first) == key(second) && seen.insert((first.row, second.row)) {
            keys.push((key(first), first.row as u32));
            keys.push((key(second), second.row as u32));
        }
    }
    keys.sort_unstable();
    keys.dedup();
    let places = context.places.by_position();
    let products = context.products.by_position();
    report_duplicates(
        table,
        findings,
        "week",
        keys,
        |(origin, destination, product, week)| {
            let (origin, destination) = (places[origin.at()], places[destination.at()]);
            let product = products[product.at()];
            format!("{origin}/{destination}/{product} of week {week}")
        },
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_sum_to_the_week_by_largest_remainder() {
        // 10 parcels over seven equal days: 1 each and remainders 3/7 each, so the three left go
        // to the three earliest days
        let days = spread(10, &[1; 7]).map(|p| p.0);
        assert_eq!(days, [2, 2, 2, 1, 1, 1, 1]);
        // 7 by 0.5, 0.3, 0.2: 3.5, 2.1, 1.4 → 3, 2, 1, and the one left goes to the largest
        // remainder, 0.5
        let days = spread(7, &[5, 3, 2, 0, 0, 0, 0]).map(|p| p.0);
        assert_eq!(days, [4, 2, 1, 0, 0, 0, 0]);
    }
}
