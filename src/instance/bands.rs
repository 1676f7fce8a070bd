//! What exchange rates have been: enough to see that one stands the wrong way round.

/// What a euro has bought of a currency at least and at most.
///
/// The European Central Bank's euro reference rates from January 2005 to December 2025, lowest and
/// highest, rounded outwards by a few per cent. Where the currency's own value has changed several
/// times over (lira, rouble, tenge) no band would say anything, and there is none.
const BANDS: &[(&str, f64, f64)] = &[
    ("EUR", 1.0, 1.0),
    ("AUD", 1.15, 2.10),
    ("CAD", 1.20, 1.80),
    ("CHF", 0.90, 1.70),
    ("CNY", 6.50, 11.40),
    ("CZK", 22.0, 31.5),
    ("DKK", 7.40, 7.50),
    ("GBP", 0.64, 0.99),
    ("HKD", 7.40, 12.50),
    ("HUF", 225.0, 435.0),
    ("INR", 50.0, 108.0),
    ("JPY", 92.0, 186.0),
    ("KRW", 1100.0, 2050.0),
    ("NOK", 7.20, 13.2),
    ("PLN", 3.15, 5.0),
    ("RON", 3.05, 5.2),
    ("SEK", 8.10, 12.1),
    ("SGD", 1.35, 2.25),
    ("USD", 0.94, 1.62),
];

/// How far outside of the band of the past a rate may be.
const TOLERANCE: f64 = 1.05;

/// What one unit of `home` has bought of `currency`, at least and at most, with some room.
pub(super) fn band(home: &str, currency: &str) -> Option<(f64, f64)> {
    let of = |code: &str| BANDS.iter().find(|(known, _, _)| *known == code);
    let (home, foreign) = (of(home)?, of(currency)?);
    let room = if home.0 == foreign.0 { 1.0 } else { TOLERANCE };
    Some((foreign.1 / home.2 / room, foreign.2 / home.1 * room))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_of_all_years_are_inside_and_inverted_ones_outside() {
        let inside = |home, currency, rate: f64| {
            let (least, most) = band(home, currency).expect("a band");
            (least..=most).contains(&rate)
        };
        // a euro in dollars: November 2005, July 2008, September 2022
        for rate in [1.17, 1.599, 0.9565] {
            assert!(inside("EUR", "USD", rate), "{rate}");
        }
        assert!(!inside("EUR", "USD", 1.0 / 1.17));
        assert!(inside("EUR", "CNY", 7.8) && !inside("EUR", "CNY", 0.128));
        assert!(inside("USD", "EUR", 0.855) && !inside("USD", "EUR", 1.17));
        assert!(inside("CNY", "USD", 0.14) && !inside("CNY", "USD", 7.1));
        assert_eq!(band("EUR", "TRY"), None);
        for (code, least, most) in BANDS {
            assert!(least <= most && code.len() == 3, "{code}");
        }
    }
}
