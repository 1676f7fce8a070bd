//! A part of a sweep.

use std::ops::Range;
use std::str::FromStr;

/// Part `number` of `count`: consecutive runs, so that the parts in order are the whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shard {
    /// Which part, from 1.
    pub number: usize,
    /// Of how many.
    pub count: usize,
}

impl Shard {
    /// All of it.
    pub const WHOLE: Self = Self {
        number: 1,
        count: 1,
    };

    /// The runs of the shard, of `runs` in all: from ⌊(k − 1) · runs / n⌋ to ⌊k · runs / n⌋. The
    /// sizes of two shards differ by one run at most.
    pub fn of(self, runs: usize) -> Range<usize> {
        let end = |number: usize| (number as u128 * runs as u128 / self.count as u128) as usize;
        end(self.number - 1)..end(self.number)
    }
}

impl FromStr for Shard {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let number = |text: &str| text.trim().parse().ok();
        let (number, count) = text
            .split_once('/')
            .and_then(|(k, n)| number(k).zip(number(n)))
            .filter(|&(k, n): &(usize, usize)| (1..=n).contains(&k))
            .ok_or_else(|| {
                format!("\"{text}\" is no shard: write 3/16 for the third of sixteen parts")
            })?;
        Ok(Self { number, count })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shards_in_order_are_the_whole() {
        for runs in [0, 1, 15, 16, 17, 1000] {
            for count in [1, 2, 3, 16, 17] {
                let parts: Vec<Range<usize>> = (1..=count)
                    .map(|number| Shard { number, count }.of(runs))
                    .collect();
                let all: Vec<usize> = parts.iter().cloned().flatten().collect();
                assert_eq!(all, (0..runs).collect::<Vec<_>>());
                let sizes = parts.iter().map(ExactSizeIterator::len);
                let (least, most) = (sizes.clone().min(), sizes.max());
                assert!(most.unwrap_or(0) - least.unwrap_or(0) <= 1);
            }
        }
    }

    #[test]
    fn shards_count_from_one() {
        assert_eq!(
            "3/16".parse(),
            Ok(Shard {
                number: 3,
                count: 16
            })
        );
        for wrong in ["0/4", "5/4", "3", "a/b", "1/0"] {
            assert!(wrong.parse::<Shard>().is_err(), "{wrong}");
        }
    }
}
