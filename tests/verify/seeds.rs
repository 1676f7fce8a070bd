//! Which random instances a test sees.

use std::ops::Range;

/// The first `short` seeds, or `long` where `RAILAIR_LONG` is set. `RAILAIR_SEEDS=200..900` names
/// them itself.
pub fn seeds(short: u64, long: u64) -> Range<u64> {
    let asked = std::env::var("RAILAIR_SEEDS").ok();
    let range = asked.as_deref().and_then(|text| {
        let (first, end) = text.split_once("..")?;
        Some(first.parse().ok()?..end.parse().ok()?)
    });
    let usual = match std::env::var_os("RAILAIR_LONG") {
        Some(_) => long,
        None => short,
    };
    range.unwrap_or(0..usual)
}
