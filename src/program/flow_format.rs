//! The `.flow` text format of public multicommodity-flow problems, read into a [`Program`].
//!
//! Numbers are separated by white space: `nodes arcs commodities`; a line per arc
//! `tail head cost capacity` (nodes count from 1, capacity −1 is free); a line per commodity
//! `origin destination demand [unserved_cost]`. Decimals are made whole by a power of ten per kind
//! of quantity, so that nothing is rounded: costs (of arcs and of unserved goods) by one, amounts
//! (capacities and demands) by another.

use crate::program::{Network, Program, Release, Row, Sink, Use};

/// The most nodes: ten times those of the largest road networks in use, and few enough for memory
/// whatever a text claims.
const MOST_NODES: usize = 10_000_000;
/// Costs are counted in millionths at least, so that a bound rounded to a whole unit says enough.
const COST_DIGITS: u32 = 6;

/// A public problem as a program of integers, and how to read its values back.
#[derive(Clone, Debug)]
pub struct FlowProblem {
    /// The problem. A row per arc with a capacity, in the order of the arcs.
    pub program: Program,
    /// Costs per unit are multiplied by ten to this power.
    pub cost_digits: u32,
    /// Capacities and demands are multiplied by ten to this power.
    pub amount_digits: u32,
}

impl FlowProblem {
    /// What one unit of the original cost is in the program: values divide by it.
    pub fn cost_unit(&self) -> f64 {
        10f64.powi((self.cost_digits + self.amount_digits) as i32)
    }
}

/// Why a text is not a `.flow` problem.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FlowError {
    /// A line has the wrong number of numbers.
    #[error("line {line}: expected {expected}")]
    Shape {
        /// Counted from 1.
        line: usize,
        /// What should stand there.
        expected: &'static str,
    },
    /// A text that is not a number, or has more digits than 64 bits hold.
    #[error("line {line}: `{text}` is not a number that fits")]
    Number {
        /// Counted from 1.
        line: usize,
        /// What stands there.
        text: String,
    },
    /// A node below 1 or above the number of nodes.
    #[error("line {line}: there is no node {node}")]
    Node {
        /// Counted from 1.
        line: usize,
        /// What stands there.
        node: i64,
    },
}

/// A decimal as written: `digits` × 10^−`fraction`.
#[derive(Clone, Copy)]
struct Decimal {
    digits: i64,
    fraction: u32,
}

impl Decimal {
    fn parse(text: &str) -> Option<Self> {
        let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
        let fraction = fraction.trim_end_matches('0');
        let digits = format!("{whole}{fraction}").parse().ok()?;
        Some(Self {
            digits,
            fraction: u32::try_from(fraction.len()).ok()?,
        })
    }

    /// The whole number that this is at `digits` decimals.
    fn at(self, digits: u32) -> Option<i64> {
        10i64
            .checked_pow(digits - self.fraction)?
            .checked_mul(self.digits)
    }
}

/// The non-empty lines of a text, with their numbers, split into words.
pub(super) struct Lines<'a> {
    lines: std::iter::Enumerate<std::str::Lines<'a>>,
    pub line: usize,
}

impl<'a> Lines<'a> {
    pub fn of(text: &'a str) -> Self {
        Self {
            lines: text.lines().enumerate(),
            line: 0,
        }
    }

    pub fn next(&mut self, expected: &'static str) -> Result<Vec<&'a str>, FlowError> {
        for (index, text) in self.lines.by_ref() {
            self.line = index + 1;
            let words: Vec<&str> = text.split_whitespace().collect();
            if !words.is_empty() {
                return Ok(words);
            }
        }
        Err(self.shape(expected))
    }

    pub fn shape(&self, expected: &'static str) -> FlowError {
        FlowError::Shape {
            line: self.line,
            expected,
        }
    }

    fn decimal(&self, text: &str) -> Result<Decimal, FlowError> {
        Decimal::parse(text).ok_or_else(|| self.number(text))
    }

    pub fn number(&self, text: &str) -> FlowError {
        FlowError::Number {
            line: self.line,
            text: text.to_owned(),
        }
    }

    pub fn count(&self, text: &str) -> Result<usize, FlowError> {
        text.parse().map_err(|_| self.number(text))
    }

    pub fn node(&self, text: &str, nodes: usize) -> Result<u32, FlowError> {
        let node: i64 = text.parse().map_err(|_| self.number(text))?;
        if node < 1 || node > nodes as i64 {
            return Err(FlowError::Node {
                line: self.line,
                node,
            });
        }
        u32::try_from(node - 1).map_err(|_| self.number(text))
    }
}

/// A line that has been read, waiting for the common power of ten.
struct Entry {
    line: usize,
    from: u32,
    to: u32,
    cost: Option<Decimal>,
    amount: Decimal,
}

/// Reads a problem.
pub fn read(text: &str) -> Result<FlowProblem, FlowError> {
    let mut lines = Lines::of(text);
    let (nodes, arcs, commodities) = read_counts(&mut lines)?;
    let mut arc_entries = Vec::new();
    for _ in 0..arcs {
        let words = lines.next("`tail head cost capacity`")?;
        let [tail, head, cost, capacity] = words[..] else {
            return Err(lines.shape("`tail head cost capacity`"));
        };
        arc_entries.push(Entry {
            line: lines.line,
            from: lines.node(tail, nodes)?,
            to: lines.node(head, nodes)?,
            cost: Some(lines.decimal(cost)?),
            amount: lines.decimal(capacity)?,
        });
    }
    let mut release_entries = Vec::new();
    for _ in 0..commodities {
        let words = lines.next("`origin destination demand [unserved_cost]`")?;
        let expected = "`origin destination demand [unserved_cost]`";
        let (&[origin, destination, demand], rest) = words
            .split_first_chunk::<3>()
            .filter(|(_, rest)| rest.len() <= 1)
            .ok_or_else(|| lines.shape(expected))?;
        release_entries.push(Entry {
            line: lines.line,
            from: lines.node(origin, nodes)?,
            to: lines.node(destination, nodes)?,
            cost: rest.first().map(|text| lines.decimal(text)).transpose()?,
            amount: lines.decimal(demand)?,
        });
    }
    assemble(nodes, &arc_entries, &release_entries)
}

/// `nodes arcs commodities`, on one line or on three.
fn read_counts(lines: &mut Lines) -> Result<(usize, usize, usize), FlowError> {
    let mut words = Vec::new();
    while words.len() < 3 {
        words.extend(lines.next("`nodes arcs commodities`")?);
    }
    let [nodes, arcs, commodities] = words[..] else {
        return Err(lines.shape("`nodes arcs commodities`"));
    };
    let count = lines.count(nodes)?;
    if count > MOST_NODES {
        return Err(lines.number(nodes));
    }
    Ok((count, lines.count(arcs)?, lines.count(commodities)?))
}

fn assemble(nodes: usize, arcs: &[Entry], releases: &[Entry]) -> Result<FlowProblem, FlowError> {
    let both = || arcs.iter().chain(releases);
    let cost_digits = both()
        .filter_map(|e| e.cost)
        .map(|c| c.fraction)
        .max()
        .unwrap_or(0)
        .max(COST_DIGITS);
    let amount_digits = both().map(|e| e.amount.fraction).max().unwrap_or(0);
    let scaled = |entry: &Entry, decimal: Decimal, digits| {
        decimal.at(digits).ok_or_else(|| FlowError::Number {
            line: entry.line,
            text: decimal.digits.to_string(),
        })
    };
    let mut program = Program {
        network: Network {
            nodes,
            tails: arcs.iter().map(|arc| arc.from).collect(),
            heads: arcs.iter().map(|arc| arc.to).collect(),
            time: None,
        },
        classes: 1,
        amounts: vec![1],
        use_starts: vec![0],
        ..Program::default()
    };
    for arc in arcs {
        if let Some(cost) = arc.cost {
            program.costs.push(scaled(arc, cost, cost_digits)?);
        }
        if arc.amount.digits >= 0 {
            let row = program.rows.len() as u32;
            program.uses.push(Use { row, amount: 0 });
            let upper = scaled(arc, arc.amount, amount_digits)?;
            program.rows.push(Row { upper });
        }
        program.use_starts.push(program.uses.len() as u32);
    }
    let mut sink_of_node = vec![None; nodes];
    for release in releases {
        let sink = *sink_of_node[release.to as usize].get_or_insert_with(|| {
            program.sinks.push(Sink {
                ends: vec![(release.to, 0)],
            });
            program.sinks.len() as u32 - 1
        });
        program.releases.push(Release {
            class: 0,
            origin: release.from,
            sink,
            quantity: scaled(release, release.amount, amount_digits)?,
            unserved_cost: release
                .cost
                .map(|cost| scaled(release, cost, cost_digits))
                .transpose()?,
        });
    }
    Ok(FlowProblem {
        program,
        cost_digits,
        amount_digits,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_nodes_than_fit_are_an_error() {
        let error = read("41000000000 0 0\n").expect_err("no memory has so many");
        assert!(
            matches!(error, FlowError::Number { line: 1, .. }),
            "{error}"
        );
    }

    #[test]
    fn decimals_become_whole_by_one_power_per_kind() {
        // costs 0.2500001 and 3 and 10.0 at seven digits; amounts 1.5 and 2 at one: 15, 20
        let flow = read("3\n2 1\n1 2 0.2500001 1.5\n2 3 3 -1\n1 3 2 10.0\n").unwrap();
        assert_eq!((flow.cost_digits, flow.amount_digits), (7, 1));
        assert_eq!(flow.program.costs, [2_500_001, 30_000_000]);
        assert_eq!(flow.program.rows, [Row { upper: 15 }]);
        assert_eq!(flow.program.releases[0].quantity, 20);
        assert_eq!(flow.program.releases[0].unserved_cost, Some(100_000_000));
        assert_eq!(flow.cost_unit(), 1e8);
        assert_eq!(flow.program.validate(), Ok(()));
    }

    #[test]
    fn commodities_of_one_destination_share_a_sink() {
        let flow = read("3 2 3\n1 3 1 1\n2 3 1 1\n1 3 1\n2 3 1\n3 2 1\n").unwrap();
        let sinks: Vec<u32> = flow.program.releases.iter().map(|r| r.sink).collect();
        assert_eq!(sinks, [0, 0, 1]);
    }

    #[test]
    fn errors_name_the_line() {
        assert_eq!(
            read("2 1 0\n1 3 1 1\n").unwrap_err(),
            FlowError::Node { line: 2, node: 3 }
        );
        assert_eq!(
            read("2 1 0\n1 2 1\n").unwrap_err(),
            FlowError::Shape {
                line: 2,
                expected: "`tail head cost capacity`"
            }
        );
        assert!(matches!(
            read("2 1 0\n1 2 x 1\n").unwrap_err(),
            FlowError::Number { line: 2, .. }
        ));
        assert!(matches!(read("").unwrap_err(), FlowError::Shape { .. }));
    }
}
