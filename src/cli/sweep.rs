//! `railair sweep`

use std::io::{self, IsTerminal, Write};
use std::path::Path;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use railair::engine::Options;
use railair::files::Destination;
use railair::report::grid::{FAINT, WARN, paint};
use railair::report::people::{count, whole};
use railair::sweep::file::{Existing, RUNS, RunsFile, line, merge};
use railair::sweep::{self, Progress, Shard, SweepError, row};

use super::exit::{ABOVE_GAP, Failure, INSTANCE};
use super::sweep_arguments::Sweep;
use super::{output, own_check, progress};

/// Solves the runs, or puts shards together.
pub fn run(arguments: &Sweep) -> Result<(), Failure> {
    match &arguments.instance {
        Some(instance) => solve(arguments, instance),
        None => put_together(arguments),
    }
}

fn put_together(arguments: &Sweep) -> Result<(), Failure> {
    let destination = match &arguments.out {
        Some(path) => Some(Destination::file(path, RUNS, arguments.insist.force)?),
        None => None,
    };
    let text = merge(&arguments.merge)?;
    match destination {
        None => output::stream(|out| out.write_all(text.as_bytes())),
        Some(to) => Ok(to.write_file(|out| out.write_all(text.as_bytes()))?),
    }
}

fn solve(arguments: &Sweep, instance: &Path) -> Result<(), Failure> {
    let options = Options {
        gap: arguments.gap,
        ..Options::default()
    };
    let what = arguments.variants.what();
    let mut sweep = sweep::Sweep::new(instance, arguments.scenario.as_deref(), what, options)?;
    sweep.thorough = arguments.thorough;
    sweep.check = Some(own_check::of_run);
    let mut range = arguments.shard.unwrap_or(Shard::WHOLE).of(sweep.runs.len());
    let head = row::head(&sweep);
    let existing = Existing {
        restart: arguments.restart,
        force: arguments.insist.force,
    };
    let mut file = match &arguments.out {
        Some(path) => Some(RunsFile::open(
            path,
            &head,
            &sweep.fingerprint(),
            &range,
            existing,
        )?),
        None => None,
    };
    progress::stop_on_ctrl_c(&sweep.options.interrupt);
    let total = range.len();
    let there = file.as_ref().map_or(0, RunsFile::rows);
    range.start += there;
    let bar = Bar::new(total, there, arguments.quiet);
    let mut stdout = io::stdout().lock();
    if file.is_none() {
        stdout
            .write_all(line(&head).as_bytes())
            .map_err(Failure::Output)?;
    }
    let threads = arguments.threads.map_or_else(cores, usize::from);
    let mut write = |cells: &[String], progress: &Progress| -> Result<(), SweepError> {
        match &mut file {
            Some(file) => file.append(cells)?,
            None => {
                stdout
                    .write_all(line(cells).as_bytes())
                    .map_err(|source| SweepError::File {
                        what: "print a row".to_owned(),
                        source,
                    })?
            }
        }
        bar.show(progress);
        Ok(())
    };
    let done = sweep::work(&sweep, range, threads, &mut write);
    bar.done();
    let done = match done {
        Err(SweepError::File { source, .. }) if arguments.out.is_none() => {
            return Err(Failure::Output(source));
        }
        other => other?,
    };
    stdout.flush().map_err(Failure::Output)?;
    if !arguments.quiet {
        say(arguments, &done, there, total);
    }
    judge(&done, there, total)
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// What came out, on stderr: stdout may be the table.
fn say(arguments: &Sweep, done: &Progress, there: usize, total: usize) {
    let mut parts = vec![format!("{} proven", whole(done.finished as i64))];
    let mut add = |number: usize, words: &str| {
        if number > 0 {
            parts.push(format!("{} {words}", whole(number as i64)));
        }
    };
    add(done.infeasible, "where hard limits cannot all hold");
    add(done.wrong, "where the instance is wrong");
    add(done.above_gap, "above the requested gap");
    add(there, "there already");
    let runs = count((there + done.rows()) as i64, "run", "runs");
    let mut words = paint(&format!("{runs}: {}", parts.join(", ")), FAINT);
    if there + done.rows() < total {
        let left = total - there - done.rows();
        let how = match arguments.out {
            Some(_) => "the same command goes on",
            None => "with --out the same command would go on",
        };
        words = format!("{words}\n{}", paint(&format!("{left} left: {how}"), WARN));
    }
    output::tell(&format!("{words}\n"));
}

fn judge(done: &Progress, there: usize, total: usize) -> Result<(), Failure> {
    if there + done.rows() < total || done.above_gap > 0 {
        return Err(Failure::Said(ABOVE_GAP));
    }
    match done.wrong {
        0 => Ok(()),
        _ => Err(Failure::Said(INSTANCE)),
    }
}

/// A bar with the time left, where somebody watches.
struct Bar(ProgressBar);

impl Bar {
    fn new(total: usize, there: usize, quiet: bool) -> Self {
        let target = match quiet || !io::stderr().is_terminal() {
            true => ProgressDrawTarget::hidden(),
            false => ProgressDrawTarget::stderr(),
        };
        let bar = ProgressBar::with_draw_target(Some(total as u64), target);
        let template = "{bar:30} {human_pos}/{human_len} runs, {per_sec}, {eta_precise} left {msg}";
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style.progress_chars("█▌·"));
        }
        // what was there says nothing about how long the rest takes
        bar.set_position(there as u64);
        bar.reset_eta();
        bar.enable_steady_tick(Duration::from_millis(250));
        Self(bar)
    }

    fn show(&self, progress: &Progress) {
        self.0.inc(1);
        let others = progress.rows() - progress.finished;
        if others > 0 {
            self.0
                .set_message(format!("({others} without a proven plan)"));
        }
    }

    fn done(&self) {
        self.0.finish_and_clear();
    }
}
