//! The proof where whole units or whole parcels are decided: that every choice lies in a branch, and
//! what each branch's prices prove.
//!
//! A choice is a column of the program that is bought whole, or how many parcels of some releases take
//! an arc, which every plan in whole parcels decides ([`crate::program::flows`]).
//!
//! Branches are boxes: for each decision from the least to the most units beyond the minimum. They
//! leave nothing out if one of them holds all choices, or if some decision can be split so that
//! every branch lies on one side and both sides are left with nothing out.

use std::collections::{BTreeMap, BTreeSet};

use crate::program::flows::{Flow, with_flows};
use crate::program::{Program, links};

use super::failure::{At, Failures};
use super::proof::{Layout, Named};
use super::reading::{ReadError, Table};
use super::relaxed::{self, Choice, Relaxed, Unproven};

/// A branch.
struct Branch {
    prices: i128,
    choices: Vec<Choice>,
}

/// What the branches of a plan prove; `None` where they prove nothing, and why is a failure.
pub(super) fn prove(
    layout: &Layout<'_>,
    branches: &Table,
    prices: &Table,
    failures: &mut Failures,
) -> Result<Option<i128>, ReadError> {
    let kind = prices.required("kind")?;
    // links are added, and releases kept apart, where some price or choice speaks of that
    let what = branches.required("what")?;
    let is_linked = prices.rows.iter().any(|row| &row.cells[kind] == "link")
        || (branches.rows.iter()).any(|row| row.cells[what].starts_with(ALONE));
    let linked;
    let base = if is_linked {
        linked = links::linked(layout.program()).0;
        &linked
    } else {
        layout.program()
    };
    let Some(flows) = read_flows(layout, base, (branches, prices), failures)? else {
        return Ok(None);
    };
    let listed: Vec<Flow> = flows.iter().map(|&(_, flow)| flow).collect();
    let with = with_flows(base, &listed);
    let program = &with.program;
    let searched = Searched {
        layout,
        program,
        flows: (flows.into_iter().map(|(name, _)| name))
            .zip(with.own_rows..)
            .map(|(name, at)| (name, at - with.own_rows))
            .collect(),
        own_rows: with.own_rows,
        own_columns: with.own_columns,
    };
    let Some(branches) = searched.read_branches(branches, failures)? else {
        return Ok(None);
    };
    let first = branches.first().map_or(0, |branch| branch.prices);
    let Some(sets) = searched.read_prices(prices, first, failures)? else {
        return Ok(None);
    };
    let at = At {
        table: "branches.csv",
        row: None,
        key: "",
    };
    let places: Vec<&Branch> = branches.iter().collect();
    if !leaves_nothing_out(&places, &relaxed::all_choices(program)) {
        failures.add(at.row("the branches leave choices out, so they prove nothing".to_owned()));
        return Ok(None);
    }
    let mut relaxed: BTreeMap<i128, Relaxed> = BTreeMap::new();
    let mut bound: Option<i128> = None;
    for branch in &branches {
        let nothing = vec![0; program.rows.len()];
        let known = sets.get(&branch.prices).unwrap_or(&nothing);
        let proven = match relaxed.get(&branch.prices) {
            Some(relaxed) => relaxed.bound(&branch.choices),
            None => relaxed::lagrangian(program, known).and_then(|fresh| {
                let bound = fresh.bound(&branch.choices);
                relaxed.insert(branch.prices, fresh);
                bound
            }),
        };
        match proven {
            Ok(value) => bound = Some(bound.map_or(value, |least| least.min(value))),
            Err(Unproven::Unlimited(column)) => {
                let name = layout.names().column(column);
                failures.add(at.row(format!(
                    "a branch proves nothing: {name} earns without limit"
                )));
                return Ok(None);
            }
            Err(Unproven::TooLarge) => {
                failures.add(at.row("a branch's prices are too large to add up".to_owned()));
                return Ok(None);
            }
        }
    }
    Ok(bound)
}

/// How the names of flows begin: of a group on an arc, of a release alone on one, and of a row; and what
/// stands between their parts.
const ON_ARC: (&str, &str) = ("like ", " on ");
const ALONE: &str = "only ";
const IN_ROW: (&str, &str) = ("of ", " in ");

/// The flows that branches decide or price, in the order of their first rows; `None` where one is none.
fn read_flows(
    layout: &Layout<'_>,
    program: &Program,
    (branches, prices): (&Table, &Table),
    failures: &mut Failures,
) -> Result<Option<Vec<(String, Flow)>>, ReadError> {
    let (what, kind, name) = (
        branches.required("what")?,
        prices.required("kind")?,
        prices.required("name")?,
    );
    let decided = branches.rows.iter().map(|row| (branches.name, row, what));
    let priced = prices
        .rows
        .iter()
        .filter(|row| row.cells[kind].starts_with("flow_"));
    let priced = priced.map(|row| (prices.name, row, name));
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    let mut flows = Vec::new();
    let mut named = None;
    for (table, row, cell) in decided.chain(priced) {
        let name = &row.cells[cell];
        let is_flow = [ON_ARC.0, ALONE, IN_ROW.0]
            .iter()
            .any(|start| name.starts_with(start));
        if !is_flow || !seen.insert(name) {
            continue;
        }
        let named: &Named = named.get_or_insert_with(|| layout.named(program));
        let Some(flow) = named.flow(name) else {
            let at = At {
                table,
                row: Some(row.line),
                key: name,
            };
            failures.add(at.row("nothing in the instance is decided under this name".to_owned()));
            return Ok(None);
        };
        flows.push((name.to_owned(), flow));
    }
    Ok(Some(flows))
}

impl Named {
    /// The flow of a name. A name may itself hold what separates its parts.
    fn flow(&self, name: &str) -> Option<Flow> {
        let on_arc = name.strip_prefix(ON_ARC.0).or(name.strip_prefix(ALONE));
        if let Some(rest) = on_arc {
            return rest.match_indices(ON_ARC.1).find_map(|(at, separator)| {
                let &(class, sink) = self.groups.get(&rest[..at])?;
                let &arc = self.arcs.get(&rest[at + separator.len()..])?;
                Some(Flow::Arc { class, sink, arc })
            });
        }
        let (amount, row) = name.strip_prefix(IN_ROW.0)?.split_once(IN_ROW.1)?;
        let &row = self.rows.get(row)?;
        Some(Flow::Row {
            row,
            amount: amount.parse().ok()?,
        })
    }
}

/// The program that the branches are about.
struct Searched<'a> {
    layout: &'a Layout<'a>,
    program: &'a Program,
    /// Flows by name.
    flows: BTreeMap<String, usize>,
    own_rows: usize,
    own_columns: usize,
}

impl Searched<'_> {
    /// The branches by number; `None` where a row is wrong.
    fn read_branches(
        &self,
        table: &Table,
        failures: &mut Failures,
    ) -> Result<Option<Vec<Branch>>, ReadError> {
        let Self {
            layout, program, ..
        } = *self;
        let names = ["branch", "prices", "what", "at_least", "at_most"];
        let mut columns = [0; 5];
        for (column, name) in columns.iter_mut().zip(names) {
            *column = table.required(name)?;
        }
        let mut by_name: BTreeMap<String, usize> = BTreeMap::new();
        for (index, column) in program.columns[..self.own_columns].iter().enumerate() {
            if column.whole {
                by_name.insert(layout.names().column(index), index);
            }
        }
        let flows = self.flows.iter();
        by_name.extend(flows.map(|(name, &place)| (name.clone(), self.own_columns + place)));
        let all = relaxed::all_choices(program);
        let mut branches: BTreeMap<i128, Branch> = BTreeMap::new();
        for row in &table.rows {
            let [branch, prices, what, at_least, at_most] = columns.map(|c| &row.cells[c]);
            let at = At {
                table: table.name,
                row: Some(row.line),
                key: branch,
            };
            let whole = |text: &str| table.number(text, 0).and_then(|n| i64::try_from(n).ok());
            let (Some(number), Some(prices)) = (table.number(branch, 0), table.number(prices, 0))
            else {
                failures.add(at.row("branches and prices have whole numbers".to_owned()));
                return Ok(None);
            };
            let entry = branches.entry(number).or_insert_with(|| Branch {
                prices,
                choices: all.clone(),
            });
            if what.is_empty() {
                continue;
            }
            let Some(&column) = by_name.get(what) else {
                failures
                    .add(at.row("nothing in the instance is decided under this name".to_owned()));
                return Ok(None);
            };
            let choice = &mut entry.choices[column];
            if !at_least.is_empty() {
                choice.0 = choice.0.max(whole(at_least).unwrap_or(i64::MAX));
            }
            if !at_most.is_empty() {
                let most = whole(at_most).unwrap_or(i64::MIN);
                choice.1 = Some(choice.1.map_or(most, |known| known.min(most)));
            }
            if entry.prices != prices || choice.1.is_some_and(|most| most < choice.0) {
                failures.add(at.row("this branch contradicts itself".to_owned()));
                return Ok(None);
            }
        }
        Ok(Some(branches.into_values().collect()))
    }

    /// Prices of rows by the number of the set; `None` where a row is wrong. A price of nothing says
    /// that there are links where none has a price, once, among the prices of the `first` branch.
    fn read_prices(
        &self,
        table: &Table,
        first: i128,
        failures: &mut Failures,
    ) -> Result<Option<BTreeMap<i128, Vec<i128>>>, ReadError> {
        let Self {
            layout, program, ..
        } = *self;
        let [set, kind, name, price] =
            ["prices", "kind", "name", "price"].map(|c| table.required(c));
        let (set, kind, name, price) = (set?, kind?, name?, price?);
        let mut by_name: BTreeMap<&str, BTreeMap<String, usize>> = BTreeMap::new();
        for ((kind, name), row) in layout.rows_by_name() {
            by_name.entry(kind).or_default().insert(name, row);
        }
        let own = layout.program().rows.len();
        let mut sets: BTreeMap<i128, Vec<i128>> = BTreeMap::new();
        let mut seen: BTreeSet<(i128, usize)> = BTreeSet::new();
        for row in &table.rows {
            let at = At {
                table: table.name,
                row: Some(row.line),
                key: &row.cells[name],
            };
            let of_flow = || {
                self.flows
                    .get(&row.cells[name])
                    .map(|at| self.own_rows + 2 * at)
            };
            let found = match &row.cells[kind] {
                "link" => {
                    let number = row.cells[name].parse::<usize>().unwrap_or(0);
                    let link = (number > 0).then(|| own + number - 1);
                    link.filter(|&link| link < self.own_rows)
                }
                "flow_most" => of_flow(),
                "flow_least" => of_flow().map(|most| most + 1),
                kind => {
                    let of_kind = by_name.get(kind);
                    of_kind
                        .and_then(|names| names.get(&row.cells[name]))
                        .copied()
                }
            };
            let value = table
                .number(&row.cells[price], 0)
                .filter(|&value| value >= 0);
            let number = table.number(&row.cells[set], 0);
            let (Some(index), Some(value), Some(number)) = (
                found.filter(|&index| index < program.rows.len()),
                value,
                number,
            ) else {
                failures.add(at.row("nothing in the instance has this price".to_owned()));
                return Ok(None);
            };
            let says_linked = (&row.cells[kind], &row.cells[name], number) == ("link", "1", first);
            if value == 0 && !says_linked {
                failures.add(at.row("a price of nothing proves nothing".to_owned()));
                return Ok(None);
            }
            // or the order of rows would count
            if !seen.insert((number, index)) {
                failures.add(at.row("the same price stands in another row already".to_owned()));
                return Ok(None);
            }
            let prices = sets.entry(number);
            prices.or_insert_with(|| vec![0; program.rows.len()])[index] = value;
        }
        Ok(Some(sets))
    }
}

/// Whether every choice lies in a branch.
fn leaves_nothing_out(branches: &[&Branch], all: &[Choice]) -> bool {
    let mut stack = vec![(branches.to_vec(), all.to_vec())];
    while let Some((branches, all)) = stack.pop() {
        if branches.iter().any(|branch| holds(&branch.choices, &all)) {
            continue;
        }
        let Some((column, value)) = split(&branches, &all) else {
            return false;
        };
        let (least, most) = all[column];
        for (side, low) in [((least, Some(value)), true), ((value + 1, most), false)] {
            let on_side = |branch: &&&Branch| {
                let (least, most) = branch.choices[column];
                if low {
                    least <= value
                } else {
                    most.is_none_or(|most| most > value)
                }
            };
            let mut choices = all.clone();
            choices[column] = side;
            stack.push((branches.iter().filter(on_side).copied().collect(), choices));
        }
    }
    true
}

fn holds(outer: &[Choice], inner: &[Choice]) -> bool {
    outer.iter().zip(inner).all(|(outer, inner)| {
        outer.0 <= inner.0
            && match (outer.1, inner.1) {
                (None, _) => true,
                (Some(_), None) => false,
                (Some(outer), Some(inner)) => outer >= inner,
            }
    })
}

/// A column and a value such that every branch lies up to the value or beyond it.
fn split(branches: &[&Branch], all: &[Choice]) -> Option<(usize, i64)> {
    for branch in branches {
        for (column, (&(least, most), &(all_least, all_most))) in
            branch.choices.iter().zip(all).enumerate()
        {
            let below = (least > all_least).then(|| least - 1);
            let above = most.filter(|&most| all_most.is_none_or(|all| most < all));
            for value in [below, above].into_iter().flatten() {
                let apart = branches.iter().all(|other| {
                    let (least, most) = other.choices[column];
                    least > value || most.is_some_and(|most| most <= value)
                });
                if apart {
                    return Some((column, value));
                }
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn branch(choices: &[Choice]) -> Branch {
        Branch {
            prices: 1,
            choices: choices.to_vec(),
        }
    }

    fn covered(branches: &[Branch], all: &[Choice]) -> bool {
        leaves_nothing_out(&branches.iter().collect::<Vec<_>>(), all)
    }

    #[test]
    fn every_choice_must_lie_in_a_branch() {
        let all = [(0, Some(1)), (0, Some(3))];
        // the first is 0; or it is 1 and the second at most 1, or at least 2
        let mut branches = vec![
            branch(&[(0, Some(0)), (0, Some(3))]),
            branch(&[(1, Some(1)), (0, Some(1))]),
            branch(&[(1, Some(1)), (2, Some(3))]),
        ];
        assert!(covered(&branches, &all));
        // without the last, (1, 2) and (1, 3) are in none
        branches.pop();
        assert!(!covered(&branches, &all));
        assert!(!covered(&[], &all));
    }

    #[test]
    fn what_is_without_end_needs_a_branch_without_end() {
        let all = [(0, None)];
        assert!(covered(
            &[branch(&[(0, Some(2))]), branch(&[(3, None)])],
            &all
        ));
        assert!(!covered(
            &[branch(&[(0, Some(2))]), branch(&[(3, Some(9))])],
            &all
        ));
    }
}
