//! What was found about an instance, for people.

use std::io::{self, Write};

use railair::instance::{Finding, Findings, Severity};
use railair::report::grid::{BAD, BOLD, FAINT, WARN};
use railair::report::people::count;

/// One finding after the other, each with what to do, then how many there are.
pub fn say(out: &mut impl Write, findings: &Findings) -> io::Result<()> {
    for finding in findings {
        say_one(out, finding)?;
    }
    for more in findings.more() {
        writeln!(out, "… and {} more of {}\n", more.count, more.code)?;
    }
    let errors = count(findings.errors() as i64, "error", "errors");
    let warnings = count(findings.warnings() as i64, "warning", "warnings");
    writeln!(out, "{BOLD}{errors}, {warnings}{BOLD:#}")
}

fn say_one(out: &mut impl Write, finding: &Finding) -> io::Result<()> {
    let style = match finding.severity {
        Severity::Error => BAD.bold(),
        Severity::Warning => WARN.bold(),
    };
    let (severity, code) = (finding.severity, finding.code);
    write!(out, "{style}{severity}[{code}]{style:#}")?;
    let location = finding.location();
    if !location.is_empty() {
        write!(out, " {location}")?;
    }
    if let Some(column) = &finding.column {
        write!(out, ", column {column}")?;
    }
    writeln!(out, "\n  {}", finding.message)?;
    writeln!(out, "  {FAINT}→ {}{FAINT:#}\n", finding.remedy)
}
