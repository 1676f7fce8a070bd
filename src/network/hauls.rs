//! Which leg of a path is its main haul.

use crate::instance::Leg;

/// The position of the main haul among the legs that a path rides: the one with the most metres,
/// the first of equals. `None` where nothing is ridden.
///
/// Parcels that ride several legs one after the other are carried once: whatever counts parcels,
/// weight or volume by mode or service counts them by this leg.
pub fn main_haul<'a>(legs: impl IntoIterator<Item = &'a Leg>) -> Option<usize> {
    let longest_first = |a: &(usize, i64), b: &(usize, i64)| a.1.cmp(&b.1).then(b.0.cmp(&a.0));
    let metres = legs.into_iter().map(Leg::metres).enumerate();
    metres.max_by(longest_first).map(|(at, _)| at)
}
