//! The `.dow` text format of fixed-charge network design, read into a [`Program`].
//!
//! A line of comment, `nodes arcs commodities`, a line per arc `tail head variable_cost capacity
//! fixed_cost _ _` (nodes count from 1), a line per commodity `origin destination demand`. An arc
//! may be used only if its fixed cost is paid: a whole column that sells the arc's capacity once.
//! Everything must be carried. Costs are counted in thousandths, so that a bound rounded down to
//! a whole unit says enough.

use super::flow_format::{FlowError, Lines};
use super::{Column, Network, Program, Release, Row, Sink, Use};

/// Program cost units in one unit of the file's costs.
pub const COST_UNIT: i64 = 1_000;

/// Reads a problem: row and column a belong to arc a.
///
/// # Errors
/// [`FlowError`] with the line.
pub fn read(text: &str) -> Result<Program, FlowError> {
    let mut lines = Lines::of(text);
    lines.next("a comment")?;
    let counts = lines.next("`nodes arcs commodities`")?;
    let &[nodes, arcs, commodities] = &counts[..] else {
        return Err(lines.shape("`nodes arcs commodities`"));
    };
    let (nodes, arcs) = (lines.count(nodes)?, lines.count(arcs)?);
    let commodities = lines.count(commodities)?;
    let mut program = Program {
        network: Network {
            nodes,
            ..Network::default()
        },
        classes: 1,
        amounts: vec![1],
        use_starts: vec![0],
        ..Program::default()
    };
    for arc in 0..arcs {
        read_arc(&mut lines, nodes, arc, &mut program)?;
    }
    program.sinks = (0..nodes as u32)
        .map(|node| Sink {
            ends: vec![(node, 0)],
        })
        .collect();
    for _ in 0..commodities {
        let expected = "`origin destination demand`";
        let words = lines.next(expected)?;
        let &[origin, destination, demand] = &words[..] else {
            return Err(lines.shape(expected));
        };
        program.releases.push(Release {
            class: 0,
            origin: lines.node(origin, nodes)?,
            sink: lines.node(destination, nodes)?,
            quantity: whole(&lines, demand)?,
            unserved_cost: None,
        });
    }
    Ok(program)
}

fn read_arc(
    lines: &mut Lines<'_>,
    nodes: usize,
    arc: usize,
    program: &mut Program,
) -> Result<(), FlowError> {
    let expected = "`tail head variable_cost capacity fixed_cost _ _`";
    let words = lines.next(expected)?;
    let &[tail, head, cost, capacity, fixed, _, _] = &words[..] else {
        return Err(lines.shape(expected));
    };
    program.network.tails.push(lines.node(tail, nodes)?);
    program.network.heads.push(lines.node(head, nodes)?);
    program.costs.push(whole(lines, cost)? * COST_UNIT);
    program.rows.push(Row { upper: 0 });
    program.uses.push(Use {
        row: arc as u32,
        amount: 0,
    });
    program.use_starts.push(arc as u32 + 1);
    program.columns.push(Column {
        cost: whole(lines, fixed)? * COST_UNIT,
        upper: Some(1),
        whole: true,
        entries: vec![(arc as u32, -whole(lines, capacity)?)],
    });
    Ok(())
}

/// A whole number below 2^40, which leaves room to multiply.
fn whole(lines: &Lines<'_>, text: &str) -> Result<i64, FlowError> {
    match text.parse::<i64>() {
        Ok(number) if (0..1 << 40).contains(&number) => Ok(number),
        _ => Err(lines.number(text)),
    }
}
