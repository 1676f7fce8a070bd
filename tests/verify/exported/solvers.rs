//! Solvers that exported programs are handed to, and how their answers are read.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Stdio};

use good_lp::{Expression, ProblemVariables, ResolutionError, Solution, SolverModel, variable};
use railair::program::arc_model::{ArcModel, RowKind};
use railair::program::export::Format;

use super::reader::Program;

/// What a solver says of a program.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Answer {
    Optimum(f64),
    Infeasible,
    /// It could not read the program, which is never right.
    Unread,
}

impl Answer {
    pub fn agrees(self, other: Self) -> bool {
        match (self, other) {
            (Self::Optimum(a), Self::Optimum(b)) => (a - b).abs() <= 1e-5 * a.abs().max(1.0),
            _ => self == other,
        }
    }
}

/// A solver.
pub struct Solver {
    pub name: &'static str,
    pub formats: &'static [Format],
    pub is_here: fn() -> bool,
    /// Of what is not part of this program.
    pub version: fn() -> String,
    /// `None` where it gives no answer.
    pub solve: fn(&str, Format) -> Option<Answer>,
    /// Whether it is right wherever it answers; others are in nineteen of twenty.
    pub is_trusted: bool,
}

const BOTH: &[Format] = &[Format::Mps, Format::Lp];

/// All that are asked.
pub const SOLVERS: &[Solver] = &[
    Solver {
        name: "microlp",
        formats: BOTH,
        is_here: || true,
        version: String::new,
        solve: |text, format| solved(&super::read(text, format), By::Microlp),
        is_trusted: true,
    },
    #[cfg(feature = "highs")]
    Solver {
        name: "HiGHS with presolve",
        formats: BOTH,
        is_here: || true,
        version: String::new,
        solve: |text, format| solved(&super::read(text, format), By::Highs(true)),
        is_trusted: true,
    },
    #[cfg(feature = "highs")]
    Solver {
        name: "HiGHS without presolve",
        formats: BOTH,
        is_here: || true,
        version: String::new,
        solve: |text, format| solved(&super::read(text, format), By::Highs(false)),
        is_trusted: true,
    },
    Solver {
        name: "CBC",
        formats: BOTH,
        is_here: || is_here("cbc"),
        version: || version("cbc", &["quit"]),
        solve: |text, format| outside(text, format, cbc),
        is_trusted: true,
    },
    Solver {
        name: "GLPK",
        formats: BOTH,
        is_here: || is_here("glpsol"),
        version: || version("glpsol", &["--version"]),
        solve: |text, format| outside(text, format, glpk),
        is_trusted: true,
    },
    Solver {
        name: "SCIP",
        formats: BOTH,
        is_here: || is_here("scip"),
        version: || version("scip", &["--version"]),
        solve: |text, format| outside(text, format, scip),
        is_trusted: true,
    },
    Solver {
        name: "lp_solve",
        // its own LP format is another one
        formats: &[Format::Mps],
        is_here: || is_here("lp_solve"),
        version: || version("lp_solve", &["-h"]),
        solve: |text, format| outside(text, format, lp_solve),
        is_trusted: false,
    },
];

/// Other programs are asked where that is wanted, so that the plain tests are the same everywhere.
fn is_here(program: &str) -> bool {
    if std::env::var_os("RAILAIR_ASKS_SOLVERS").is_none() {
        return false;
    }
    let mut command = Command::new(program);
    let command = command.stdin(Stdio::null()).stdout(Stdio::null());
    // whatever it says to this: it is there
    let version = command.stderr(Stdio::null()).arg("--version").status();
    version.is_ok()
}

/// The first word of what a program says to this that looks like a version.
fn version(program: &str, arguments: &[&str]) -> String {
    let text = said(Command::new(program).args(arguments));
    let is_one = |word: &&str| word.starts_with(|c: char| c.is_ascii_digit()) && word.contains('.');
    let word = text.split_whitespace().find(is_one).unwrap_or_default();
    word.trim_end_matches(':').to_owned()
}

#[derive(Clone, Copy)]
enum By {
    Microlp,
    #[cfg(feature = "highs")]
    Highs(bool),
}

fn solved(program: &Program, by: By) -> Option<Answer> {
    let mut variables = ProblemVariables::new();
    let mut cost = Expression::default();
    let mut handles = BTreeMap::new();
    for (name, column) in &program.columns {
        let mut definition = variable().min(column.least);
        if let Some(most) = column.most {
            definition = definition.max(most);
        }
        if column.is_whole {
            definition = definition.integer();
        }
        let handle = variables.add(definition);
        cost.add_mul(column.cost, handle);
        handles.insert(name.as_str(), handle);
    }
    let rows = program.rows.values().map(|row| {
        let mut sum = Expression::default();
        for (name, &value) in &row.entries {
            sum.add_mul(value, handles[name.as_str()]);
        }
        match row.is_equation {
            true => sum.eq(row.rhs),
            false => sum.leq(row.rhs),
        }
    });
    let problem = variables.minimise(&cost);
    let result = match by {
        By::Microlp => {
            let mut problem = problem.using(good_lp::microlp);
            for row in rows {
                problem.add_constraint(row);
            }
            problem.solve().map(|solution| solution.eval(&cost))
        }
        #[cfg(feature = "highs")]
        By::Highs(presolve) => {
            use good_lp::solvers::highs::{HighsPresolveType, highs};
            let presolve = match presolve {
                true => HighsPresolveType::On,
                false => HighsPresolveType::Off,
            };
            let mut problem = problem.using(highs);
            problem.set_verbose(false);
            let mut problem = problem.set_presolve(presolve).set_threads(1);
            problem = problem.set_option("mip_rel_gap", 0.0);
            for row in rows {
                problem.add_constraint(row);
            }
            problem.solve().map(|solution| solution.eval(&cost))
        }
    };
    match result {
        Ok(cost) => Some(Answer::Optimum(cost)),
        Err(ResolutionError::Infeasible) => Some(Answer::Infeasible),
        Err(_) => None,
    }
}

/// What microlp says of the arc formulation, never written: in the currency, rows by their largest
/// entry.
pub fn of_model(model: &ArcModel) -> Option<Answer> {
    let mut largest = vec![1.0_f64; model.rows.len()];
    for &(row, value) in model.columns.iter().flat_map(|column| &column.entries) {
        let most = &mut largest[row as usize];
        *most = most.max(value.abs() as f64);
    }
    let mut sums = vec![Expression::default(); model.rows.len()];
    let (mut cost, mut variables) = (Expression::default(), ProblemVariables::new());
    for column in &model.columns {
        let mut definition = variable().min(0.0);
        if let Some(upper) = column.upper {
            definition = definition.max(upper as f64);
        }
        if column.whole {
            definition = definition.integer();
        }
        let handle = variables.add(definition);
        cost.add_mul(column.cost as f64 / 1e6, handle);
        for &(row, value) in &column.entries {
            sums[row as usize].add_mul(value as f64 / largest[row as usize], handle);
        }
    }
    let mut problem = variables.minimise(&cost).using(good_lp::microlp);
    for ((row, sum), largest) in model.rows.iter().zip(sums).zip(&largest) {
        let rhs = row.rhs as f64 / largest;
        problem.add_constraint(match row.kind {
            RowKind::Balance { .. } => sum.eq(rhs),
            RowKind::Coupling(_) => sum.leq(rhs),
        });
    }
    match problem.solve() {
        Ok(solution) => {
            let constant = model.constant as f64 / 1e6;
            Some(Answer::Optimum(solution.eval(&cost) + constant))
        }
        Err(ResolutionError::Infeasible) => Some(Answer::Infeasible),
        Err(_) => None,
    }
}

/// Writes the program to a folder and asks a solver that is not part of this one.
fn outside(
    text: &str,
    format: Format,
    ask: fn(&Path, &Path, Format) -> Option<Answer>,
) -> Option<Answer> {
    let folder = tempfile::tempdir().expect("a folder");
    let name = match format {
        Format::Mps => "program.mps",
        Format::Lp => "program.lp",
    };
    let (file, out) = (folder.path().join(name), folder.path().join("out"));
    std::fs::write(&file, text).expect("a file");
    ask(&file, &out, format)
}

/// Runs a command and gives what it printed.
fn said(command: &mut Command) -> String {
    let output = command.stdin(Stdio::null()).output().expect("it runs");
    let texts = [output.stdout, output.stderr];
    texts
        .map(|text| String::from_utf8_lossy(&text).into_owned())
        .concat()
}

/// What a solver that could not read the program says of that.
fn is_unread(screen: &str) -> bool {
    let words = [
        "errors on input",
        "file processing error",
        "Unable to read model",
        "error reading",
    ];
    words.iter().any(|words| screen.contains(words))
}

/// The number behind some words.
fn after(text: &str, words: &str) -> Option<f64> {
    let rest = text.split(words).nth(1)?;
    rest.split_whitespace().next()?.parse().ok()
}

fn cbc(file: &Path, out: &Path, _: Format) -> Option<Answer> {
    let options = ["ratio", "0", "allow", "0", "sec", "20", "solve", "solution"];
    let mut command = Command::new("cbc");
    let screen = said(command.arg(file).args(options).arg(out).arg("quit"));
    if is_unread(&screen) {
        return Some(Answer::Unread);
    }
    // of what its presolve finds infeasible it writes no solution
    let text = std::fs::read_to_string(out).unwrap_or_default();
    let first = text.lines().next().unwrap_or(&screen);
    if first.starts_with("Optimal") {
        return after(first, "objective value").map(Answer::Optimum);
    }
    let is_impossible = first.contains("nfeasible");
    is_impossible.then_some(Answer::Infeasible)
}

fn glpk(file: &Path, out: &Path, format: Format) -> Option<Answer> {
    let kind = match format {
        Format::Mps => "--freemps",
        Format::Lp => "--lp",
    };
    let mut command = Command::new("glpsol");
    let screen = said(
        command
            .args([kind, "--tmlim", "20"])
            .arg(file)
            .arg("-o")
            .arg(out),
    );
    if is_unread(&screen) {
        return Some(Answer::Unread);
    }
    let text = std::fs::read_to_string(out).unwrap_or_default();
    let status = text.lines().find(|line| line.starts_with("Status:"));
    let is_best = |line: &str| line.ends_with("OPTIMAL") && !line.contains("NON-OPTIMAL");
    if status.is_some_and(is_best) {
        return after(&text, "cost =").map(Answer::Optimum);
    }
    let impossible = ["NO PRIMAL FEASIBLE", "NO FEASIBLE", "NO INTEGER FEASIBLE"];
    let impossible = impossible.iter().any(|words| screen.contains(words));
    impossible.then_some(Answer::Infeasible)
}

fn scip(file: &Path, _: &Path, _: Format) -> Option<Answer> {
    let read = format!("read {}", file.display());
    let commands = [
        &read,
        "set limits time 20",
        "optimize",
        "display solution",
        "quit",
    ];
    let mut command = Command::new("scip");
    commands.iter().for_each(|words| {
        command.args(["-c", words]);
    });
    let text = said(&mut command);
    if is_unread(&text) {
        return Some(Answer::Unread);
    }
    if text.contains("problem is solved [infeasible]") {
        return Some(Answer::Infeasible);
    }
    let is_solved = text.contains("problem is solved [optimal");
    is_solved
        .then(|| after(&text, "objective value:"))?
        .map(Answer::Optimum)
}

fn lp_solve(file: &Path, _: &Path, _: Format) -> Option<Answer> {
    let options = ["-S4", "-timeout", "20"];
    let text = said(
        Command::new("lp_solve")
            .arg("-fmps")
            .arg(file)
            .args(options),
    );
    if is_unread(&text) {
        return Some(Answer::Unread);
    }
    if text.contains("sub-optimal") {
        return None;
    }
    if text.contains("This problem is infeasible") {
        return Some(Answer::Infeasible);
    }
    after(&text, "Value of objective function:").map(Answer::Optimum)
}
