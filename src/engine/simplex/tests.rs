//! The method against hand-worked programs.

use super::{Simplex, Trouble};
use crate::engine::improve::Random;
use crate::engine::lp::{Lp, LpError, LpRow};
use crate::engine::{Deadline, Options, Solver};

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

/// A program told to the method and, as it stands, to another one each time.
struct Pair {
    simplex: Simplex,
    variables: Vec<u32>,
    plain: Lp,
}

impl Pair {
    fn add_column(&mut self, random: &mut Random) {
        let mut entries = Vec::new();
        for (index, row) in self.plain.rows.iter_mut().enumerate() {
            if random.below(3) > 0 {
                let value = random.below(13) as f64 - 4.0;
                row.entries.push((self.plain.columns.len(), value));
                entries.push((index as u32, value));
            }
        }
        let (cost, upper) = (random.below(41) as f64 - 25.0, random.below(8) as f64);
        self.plain.columns.push((cost, 0.0, upper));
        let variable = self.simplex.add_column(&entries, cost, (0.0, upper));
        self.variables.push(variable);
    }

    fn add_row(&mut self, random: &mut Random) {
        let mut row = LpRow {
            equal: random.below(8) == 0,
            rhs: random.below(40) as f64,
            ..LpRow::default()
        };
        for column in 0..self.plain.columns.len() {
            if random.below(3) > 0 {
                row.entries.push((column, random.below(13) as f64 - 4.0));
            }
        }
        let own = |&(column, value): &(usize, f64)| (self.variables[column], value);
        let entries: Vec<(u32, f64)> = row.entries.iter().map(own).collect();
        self.simplex.add_row(&entries, row.rhs, row.equal);
        self.plain.rows.push(row);
    }

    fn change_bounds(&mut self, random: &mut Random) {
        let column = random.below(self.plain.columns.len());
        let lower = random.below(4) as f64;
        let upper = lower + random.below(6) as f64;
        (self.plain.columns[column].1, self.plain.columns[column].2) = (lower, upper);
        (self.simplex).set_bounds(self.variables[column], lower, upper);
    }

    /// What the duals prove: Σ y b and, of each column, the better end at its reduced cost.
    fn proven(&mut self) -> f64 {
        let duals = self.simplex.duals();
        let mut reduced: Vec<f64> = self.plain.columns.iter().map(|c| c.0).collect();
        let mut sum = 0.0;
        for (row, dual) in self.plain.rows.iter().zip(duals) {
            assert!(row.equal || dual < 1e-7, "a price below zero: {dual}");
            sum += dual * row.rhs;
            for &(column, value) in &row.entries {
                reduced[column] -= dual * value;
            }
        }
        let columns = self.plain.columns.iter().zip(reduced);
        sum + columns
            .map(|(&(_, lower, upper), d)| (d * lower).min(d * upper))
            .sum::<f64>()
    }
}

#[test]
fn follows_changes_to_where_another_method_comes_from_nothing() {
    let never = Deadline::start(&Options::default());
    let (mut solved, mut impossible) = (0, 0);
    for seed in 1..=40u64 {
        let random = &mut Random(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
        let mut pair = Pair {
            simplex: Simplex::default(),
            variables: Vec::new(),
            plain: Lp::default(),
        };
        for _ in 0..4 {
            pair.add_column(random);
        }
        let mut start = pair.simplex.start();
        for step in 0..25 {
            // from another basis the answer is the same
            match random.below(6) {
                0 => start = pair.simplex.start(),
                1 => pair.simplex.go_back(&start),
                _ => {}
            }
            match random.below(8) {
                0 | 1 => pair.add_column(random),
                2 if pair.plain.rows.len() < 10 => pair.add_row(random),
                _ => pair.change_bounds(random),
            }
            let at = format!("seed {seed}, step {step}");
            let outcome = pair.simplex.solve(&|| false);
            let values = match pair.plain.solve(Solver::Microlp, &never) {
                Ok(values) => values,
                Err(LpError::Infeasible) => {
                    assert_eq!(outcome, Err(Trouble::Infeasible), "{at}");
                    impossible += 1;
                    continue;
                }
                Err(error) => panic!("{at}: {error}"),
            };
            assert_eq!(outcome, Ok(()), "{at}");
            let costs = pair.plain.columns.iter().zip(&values);
            let optimum: f64 = costs.map(|(column, value)| column.0 * value).sum();
            let near = 1e-6 * optimum.abs().max(1.0);
            let cost = pair.simplex.objective();
            assert!(
                (cost - optimum).abs() <= near,
                "{at}: {cost}, not {optimum}"
            );
            let proven = pair.proven();
            assert!((proven - cost).abs() <= near, "{at}: {proven} of {cost}");
            solved += 1;
        }
    }
    assert!(solved > 400 && impossible > 20, "{solved} {impossible}");
}
