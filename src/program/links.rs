//! Rows that say what whole columns imply: nothing travels on what is not bought.
//!
//! Where a row r can only be filled by buying a whole column j (u_r ≤ 0, no other column sells in
//! r), a release k on an arc a that takes from r needs y_j ≥ 1, and so
//!
//! ```text
//! x_ka ≤ q_k · y_j        for every release k and arc a that takes from r
//! ```
//!
//! holds for every plan, since a path uses an arc at most once. Relaxed to fractions, the row r
//! itself says far less: half an aircraft may carry half its load, all of it one small release's.
//! These are the strong inequalities of fixed-charge network design (Gendron and Crainic,
//! Relaxations for multicommodity capacitated network design problems, CRT-965, 1994). They need
//! amounts that differ by release, and so a class per release: worth it for few releases on few
//! priced arcs, not for thousands that share each aircraft.

use std::collections::BTreeMap;

use super::flows::{add_unit_amounts, with_classes};
use super::{Program, Row, Use};

/// A row that was added: release `release` on arc `arc` needs column `column`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Link {
    /// Which release.
    pub release: u32,
    /// Which arc.
    pub arc: u32,
    /// Which column.
    pub column: u32,
}

/// `program` with a class per release and a row per [`Link`], after its own rows and in the order
/// given with it. Every plan of one is a plan of the other, at the same cost.
pub fn linked(program: &Program) -> (Program, Vec<Link>) {
    let gates = gates(program);
    let mut links = Vec::new();
    let mut strong = by_release(program);
    let amounts = add_unit_amounts(&mut strong, 1) as usize;
    let mut uses = Vec::new();
    let mut starts = vec![0];
    for arc in 0..program.arcs() {
        let own = program.use_starts[arc] as usize..program.use_starts[arc + 1] as usize;
        uses.extend_from_slice(&program.uses[own.clone()]);
        let mut columns: Vec<u32> = program.uses[own]
            .iter()
            .filter_map(|usage| gates.get(&usage.row).copied())
            .collect();
        columns.sort_unstable();
        columns.dedup();
        for column in columns {
            for (release, data) in program.releases.iter().enumerate() {
                let open = program.cost(data.class as usize, arc).is_some();
                if data.quantity == 0 || !open || !says_more(program, release, arc, &gates, column)
                {
                    continue;
                }
                let row = strong.rows.len() as u32;
                strong.rows.push(Row { upper: 0 });
                strong.columns[column as usize]
                    .entries
                    .push((row, -data.quantity));
                uses.push(Use {
                    row,
                    amount: (amounts + release) as u32,
                });
                links.push(Link {
                    release: release as u32,
                    arc: arc as u32,
                    column,
                });
            }
        }
        starts.push(uses.len() as u32);
    }
    strong.uses = uses;
    strong.use_starts = starts;
    (strong, links)
}

/// How many entries [`linked`] would write: releases times arcs, for costs and links alike.
pub fn size(program: &Program) -> usize {
    program.releases.len() * (program.arcs() + program.releases.len())
}

/// Rows that only one whole column fills, with that column.
fn gates(program: &Program) -> BTreeMap<u32, u32> {
    let mut sellers: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
    for (index, column) in program.columns.iter().enumerate() {
        for &(row, coefficient) in &column.entries {
            if coefficient < 0 {
                sellers.entry(row).or_default().push(index as u32);
            }
        }
    }
    let mut gates = BTreeMap::new();
    for (row, columns) in sellers {
        if let [only] = columns[..]
            && program.columns[only as usize].whole
            && program.rows[row as usize].upper <= 0
        {
            gates.insert(row, only);
        }
    }
    // an arc that gives back to a row, for whatever class, opens it to others
    for usage in &program.uses {
        let start = usage.amount as usize * program.classes;
        let amounts = &program.amounts[start..start + program.classes];
        if amounts.iter().any(|&amount| amount < 0) {
            gates.remove(&usage.row);
        }
    }
    gates
}

/// Whether a release on an arc takes from rows behind `column`, and none of them already says as
/// much: a release larger than what one unit of the column holds is bound by the row itself.
fn says_more(
    program: &Program,
    release: usize,
    arc: usize,
    gates: &BTreeMap<u32, u32>,
    column: u32,
) -> bool {
    let data = &program.releases[release];
    let entries = &program.columns[column as usize].entries;
    let mut found = false;
    for (row, amount) in program.arc_uses(data.class as usize, arc) {
        if amount > 0 && gates.get(&(row as u32)) == Some(&column) {
            found = true;
            let of_row = entries.iter().filter(|&&(other, _)| other as usize == row);
            let sold: i128 = of_row.map(|&(_, b)| -i128::from(b)).sum();
            if i128::from(amount) * i128::from(data.quantity) >= sold {
                return false;
            }
        }
    }
    found
}

/// The same program with a class per release.
fn by_release(program: &Program) -> Program {
    let releases = program.releases.iter();
    let old: Vec<usize> = releases.map(|release| release.class as usize).collect();
    let new: Vec<u32> = (0..old.len() as u32).collect();
    with_classes(program, &old, &new)
}
