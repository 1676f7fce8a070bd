//! Prices, stretches of time, and demands as plans say them.

use crate::instance::{Instance, PlaceId};
use crate::network::{Reason, Stranded};
use crate::units::{Minutes, Money, divide_to_nearest};

/// A price in words: as many decimals as it needs.
pub(super) fn price(millionths: i128) -> String {
    let amount = Money(i64::try_from(millionths).unwrap_or(i64::MAX)).amount();
    let size = amount.abs();
    let places = if size == 0.0 || size >= 1000.0 {
        0
    } else if size >= 0.1 {
        2
    } else if size >= 0.01 {
        3
    } else {
        4
    };
    format!("{amount:.places$}")
}

/// Whether the first of two prices is said to be less: by half a cent, and to the cent.
pub(super) fn is_less(less: i128, more: i128) -> bool {
    let cents = |millionths: i128| divide_to_nearest(millionths, 10_000);
    more - less >= 5_000 && cents(less) != cents(more)
}

/// A stretch of time in words: days with one decimal from 72 hours on, hours, minutes below one.
pub(super) fn span(span: Minutes) -> String {
    match span.0 {
        0..60 => format!("{} min", span.0),
        ..4320 => format!("{:.0} h", span.0 as f64 / 60.0),
        minutes => format!("{:.1} days", minutes as f64 / 1440.0),
    }
}

/// A demand, with its week where there are several.
pub(super) fn demand(instance: &Instance, index: usize) -> String {
    let demand = &instance.demands[index];
    let place = |id: PlaceId| instance.places[id.at()].id.as_str();
    let mut words = format!("{}-{}", place(demand.origin), place(demand.destination));
    words.push(' ');
    words.push_str(&instance.products[demand.product.at()].id);
    if instance.settings.weeks > 1 {
        words.push_str(&format!(" of week {}", demand.week));
    }
    words
}

/// Why nothing can carry a demand in time.
pub(super) fn no_way(instance: &Instance, stranded: &Stranded) -> String {
    let demand = &instance.demands[stranded.demand.at()];
    let place = |id: PlaceId| instance.places[id.at()].id.as_str();
    match &stranded.reason {
        Reason::NothingLeaves => format!("no service leaves {}", place(demand.origin)),
        Reason::NoConnection => {
            format!(
                "no chain of services leads to {}",
                place(demand.destination)
            )
        }
        Reason::NoDeparture => NO_DEPARTURE.to_owned(),
        Reason::TooLate(by) => {
            let by = span(*by);
            format!("the earliest delivery is {by} later than the latest that counts")
        }
        Reason::Forbidden(rows) => {
            let noun = if rows.len() == 1 { "row" } else { "rows" };
            let rows: Vec<String> = rows.iter().map(usize::to_string).collect();
            format!("the table rules forbids it ({noun} {})", rows.join(", "))
        }
    }
}

/// What is said where nothing more is known.
pub(super) const NO_DEPARTURE: &str = "no departure runs in time";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_have_the_words_that_plans_use() {
        let words = [1_234_567_890, 12_345_678, 99_999, 1_234, 0].map(price);
        assert_eq!(words, ["1235", "12.35", "0.100", "0.0012", "0"]);
        let spans = [59, 60, 4319, 4320].map(|minutes| span(Minutes(minutes)));
        assert_eq!(spans, ["59 min", "1 h", "72 h", "3.0 days"]);
    }

    #[test]
    fn less_is_what_shows_to_the_cent() {
        assert!(is_less(14_999, 20_001) && !is_less(15_000, 19_999));
        assert!(!is_less(10_100, 14_900) && !is_less(20_000, 10_000));
    }
}
