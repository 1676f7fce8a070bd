//! Sharing an amount out so that the parts add up to it.

use crate::units::Money;

/// Splits `total` in proportion to `weights`, in whole millionths by largest remainder (ties to
/// the earlier), so that the parts add up exactly. Without any weight nobody gets anything.
pub fn share_out(total: Money, weights: &[i128]) -> Vec<Money> {
    let whole: i128 = weights.iter().sum();
    if whole <= 0 {
        return vec![Money::ZERO; weights.len()];
    }
    let product = |&weight: &i128| i128::from(total.0) * weight;
    let mut parts: Vec<i128> = weights
        .iter()
        .map(|w| product(w).div_euclid(whole))
        .collect();
    let missing = i128::from(total.0) - parts.iter().sum::<i128>();
    let mut order: Vec<usize> = (0..weights.len()).collect();
    order.sort_by_key(|&i| (-product(&weights[i]).rem_euclid(whole), i));
    for &index in order.iter().take(usize::try_from(missing).unwrap_or(0)) {
        parts[index] += 1;
    }
    parts
        .into_iter()
        .map(|part| Money(i64::try_from(part).unwrap_or(i64::MAX)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_add_up_to_the_millionth() {
        // 10 over 3 equal weights is 3.33 each: 3 + 3 + 3 = 9, and the first gets the last one.
        let parts = share_out(Money(10), &[1, 1, 1]);
        assert_eq!(parts, [Money(4), Money(3), Money(3)]);
        // 7 over 1 : 5 is 1.17 and 5.83: the larger remainder gets it.
        assert_eq!(share_out(Money(7), &[1, 5]), [Money(1), Money(6)]);
        assert_eq!(share_out(Money(7), &[0, 0]), [Money(0), Money(0)]);
    }
}
