//! The method against hand-worked programs.

use super::Simplex;

/// minimise −3a − 2b, a + b ≤ 4, a + 3b ≤ 7, 0 ≤ a ≤ 3: at a = 3, b = 1, which costs −11.
fn small() -> (Simplex, u32, u32) {
    let mut lp = Simplex::default();
    let a = lp.add_column(&[], -3.0, (0.0, 3.0));
    let b = lp.add_column(&[], -2.0, (0.0, f64::INFINITY));
    lp.add_row(&[(a, 1.0), (b, 1.0)], 4.0, false);
    lp.add_row(&[(a, 1.0), (b, 3.0)], 7.0, false);
    (lp, a, b)
}

#[test]
fn goes_on_after_a_bound_a_row_and_a_column() {
    let (mut lp, a, b) = small();
    lp.solve(&|| false).unwrap();
    assert!((lp.objective() + 11.0).abs() < 1e-9);
    // the first row alone is worth anything: 2 for b
    assert!((lp.duals()[0] + 2.0).abs() < 1e-9);
    // a ≤ 1: b = 2, −3 − 4
    lp.set_bounds(a, 0.0, 1.0);
    lp.solve(&|| false).unwrap();
    assert!((lp.objective() + 7.0).abs() < 1e-9);
    // and b ≤ 1 as a row
    let row = lp.add_row(&[(b, 1.0)], 1.0, false);
    lp.solve(&|| false).unwrap();
    assert!((lp.objective() + 5.0).abs() < 1e-9);
    // c may take from b's row at a gain of 5 for each half: 2 c instead of b
    lp.add_column(&[(row, 0.5)], -5.0, (0.0, f64::INFINITY));
    lp.solve(&|| false).unwrap();
    assert!((lp.objective() + 13.0).abs() < 1e-9);
}

#[test]
fn says_that_nothing_holds() {
    let (mut lp, a, b) = small();
    lp.set_bounds(a, 3.0, 3.0);
    lp.set_bounds(b, 2.0, 2.0);
    assert_eq!(lp.solve(&|| false), Err(super::Trouble::Infeasible));
}
