//! From an instance to its time-expanded network.

use super::calendar::Calendar;
use super::chains::Chains;
use super::layout::{Layout, lay_out};
use super::model::{Network, Release};
use super::prune::{Wish, useful_edges};
use super::{assemble, hauls, timetable};
use crate::instance::{DemandId, Horizon, Instance, PlaceId, Tail};
use crate::units::{Minutes, Parcels};
use petgraph::graph::NodeIndex;

/// Lays an instance out in time.
///
/// The graph holds only what some release can reach and what can still reach a destination in
/// time, and the node of every release. Departures of the planned weeks are all there, whether
/// anything can use them or not (their commitments are paid either way); later ones only where
/// something can.
///
/// On a dated horizon services run on until the last release may still be delivered. With
/// [`Tail::RepeatLastWeek`] the last week's demand is released again in the weeks that follow, for
/// as long as parcels of the planned weeks can be under way; those releases come last and are not
/// reported.
pub fn expand(instance: &Instance, calendar: &Calendar) -> Network {
    let mut releases = planned_releases(instance, calendar);
    let dated = calendar.horizon() == Horizon::Dated;
    if dated && instance.settings.tail == Tail::RepeatLastWeek {
        let end = releases.iter().map(|release| release.latest).max();
        let end = end.unwrap_or(Minutes::ZERO);
        releases.append(&mut tail_releases(instance, calendar, end));
    }
    expand_releases(instance, calendar, releases)
}

fn planned_releases(instance: &Instance, calendar: &Calendar) -> Vec<Release> {
    let mut releases = Vec::new();
    for (index, demand) in instance.demands.iter().enumerate() {
        let monday = (demand.week as i32 - 1) * 7;
        append_week(
            &mut releases,
            instance,
            calendar,
            DemandId(index as u32),
            monday,
            true,
        );
    }
    releases
}

/// The last week's demand again, week after week: what is ready before `end`.
fn tail_releases(instance: &Instance, calendar: &Calendar, end: Minutes) -> Vec<Release> {
    let weeks = instance.settings.weeks as i32;
    let mut releases = Vec::new();
    for (index, demand) in instance.demands.iter().enumerate() {
        if demand.week as i32 != weeks {
            continue;
        }
        let mut week = weeks;
        while calendar.midnight(demand.origin, week * 7) < end {
            let id = DemandId(index as u32);
            append_week(&mut releases, instance, calendar, id, week * 7, false);
            week += 1;
        }
    }
    releases.retain(|release| release.time < end);
    releases
}

fn append_week(
    releases: &mut Vec<Release>,
    instance: &Instance,
    calendar: &Calendar,
    id: DemandId,
    monday: i32,
    reported: bool,
) {
    let demand = &instance.demands[id.at()];
    let product = &instance.products[demand.product.at()];
    for (day, &parcels) in (0i32..).zip(&demand.by_day) {
        if parcels <= Parcels::ZERO {
            continue;
        }
        let time = calendar.at(demand.origin, monday + day, demand.release_time);
        let due = time + product.promise;
        releases.push(Release {
            demand: id,
            time,
            parcels,
            due,
            latest: due + product.max_late,
            node: NodeIndex::end(),
            reported,
        });
    }
}

/// The network of given releases; their nodes are set here.
pub(super) fn expand_releases(
    instance: &Instance,
    calendar: &Calendar,
    mut releases: Vec<Release>,
) -> Network {
    let end = releases.iter().map(|release| release.latest).max();
    let end = end.unwrap_or(Minutes::ZERO);
    let place_of = |release: &Release| instance.demands[release.demand.at()].origin;
    let mut starts: Vec<(PlaceId, Minutes)> = releases
        .iter()
        .map(|release| (place_of(release), release.time))
        .collect();
    starts.sort_unstable();
    starts.dedup();
    let start_of: Vec<usize> = releases
        .iter()
        .map(|release| starts.partition_point(|&s| s < (place_of(release), release.time)))
        .collect();

    let chains = Chains::new(instance);
    let departures = timetable::departures(instance, calendar, end);
    let mut layout = lay_out(instance, calendar, &chains, &departures, &starts, end);
    let useful_of = |layout: &Layout| {
        let wishes = wishes(instance, layout, &releases, &start_of);
        useful_edges(layout, wishes)
    };
    let mut useful = useful_of(&layout);
    if hauls::are_counted(instance) {
        layout = hauls::split(instance, &departures, layout, &useful);
        useful = useful_of(&layout);
    }
    let (mut network, node_of_start) =
        assemble::assemble(instance, calendar, &chains, departures, layout, &useful);
    for (release, &start) in releases.iter_mut().zip(&start_of) {
        release.node = node_of_start[start];
    }
    network.releases = releases;
    network
}

fn wishes(
    instance: &Instance,
    layout: &Layout,
    releases: &[Release],
    start_of: &[usize],
) -> Vec<Wish> {
    let mut wishes: Vec<Wish> = releases
        .iter()
        .zip(start_of)
        .map(|(release, &start)| Wish {
            destination: instance.demands[release.demand.at()].destination,
            start: layout.starts[start],
            latest: release.latest,
        })
        .collect();
    wishes.sort_unstable();
    wishes.dedup();
    wishes
}
