//! Progress on stderr, where somebody watches and it takes more than a second.

use std::io::IsTerminal;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use railair::engine::{Interrupt, Options, Progress};

/// Nothing is shown before.
const QUIET_FOR: Duration = Duration::from_secs(1);

/// The line on the terminal; engines report through a plain function, so it lives here.
static LINE: OnceLock<Line> = OnceLock::new();

struct Line {
    bar: ProgressBar,
    start: Instant,
}

/// Lets an engine report on stderr, unless nobody watches or `quiet`.
pub fn watch(options: &mut Options, quiet: bool) {
    if quiet || !std::io::stderr().is_terminal() {
        return;
    }
    LINE.get_or_init(|| {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden());
        if let Ok(style) = ProgressStyle::with_template("{spinner} {elapsed} {msg}") {
            bar.set_style(style);
        }
        Line {
            bar,
            start: Instant::now(),
        }
    });
    options.progress = Some(report);
}

/// Takes the line away.
pub fn done() {
    if let Some(line) = LINE.get() {
        line.bar.finish_and_clear();
    }
}

fn report(progress: &Progress) {
    let Some(line) = LINE.get() else { return };
    if line.start.elapsed() < QUIET_FOR {
        return;
    }
    if line.bar.is_hidden() {
        line.bar.set_draw_target(ProgressDrawTarget::stderr());
    }
    line.bar.set_message(message(progress));
    line.bar.tick();
}

/// Money stands in millionths in a program.
fn message(progress: &Progress) -> String {
    let amount = |millionths: f64| match millionths.is_finite() {
        true => railair::report::people::decimal(millionths / 1e6, 0),
        false => "–".to_owned(),
    };
    format!(
        "round {}, best plan {}, proven least {}",
        progress.round,
        amount(progress.cost),
        amount(progress.bound)
    )
}

/// A line for work that does not go through an engine's rounds: shown once it has taken a second.
pub struct Work {
    bar: ProgressBar,
}

impl Work {
    /// Work that says nothing of how far it is.
    pub fn named(message: &str, quiet: bool) -> Self {
        Self::with(
            ProgressBar::hidden(),
            "{spinner} {elapsed} {msg}",
            message,
            quiet,
        )
    }

    /// Work that comes in parts, see [`part`](Self::part).
    pub fn in_parts(message: &str, quiet: bool) -> Self {
        let template = "{spinner} {elapsed} {msg} {wide_bar} {pos} of {len}, {eta} left";
        Self::with(ProgressBar::hidden(), template, message, quiet)
    }

    fn with(bar: ProgressBar, template: &str, message: &str, quiet: bool) -> Self {
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        bar.set_message(message.to_owned());
        if !quiet && std::io::stderr().is_terminal() {
            let shown = bar.clone();
            std::thread::spawn(move || {
                std::thread::sleep(QUIET_FOR);
                if !shown.is_finished() {
                    shown.set_draw_target(ProgressDrawTarget::stderr());
                    shown.enable_steady_tick(Duration::from_millis(200));
                }
            });
        }
        Self { bar }
    }

    /// So many parts of all are done.
    pub fn part(&self, all: usize, done: usize) {
        self.bar.set_length(all as u64);
        self.bar.set_position(done as u64);
    }
}

impl Drop for Work {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

/// Lets Ctrl-C (and a request to end) stop the search with the best plan so far; the second one
/// ends the process at once.
pub fn stop_on_ctrl_c(interrupt: &Interrupt) {
    let interrupt = interrupt.clone();
    // Without a handler Ctrl-C ends the process, which loses no plan that was written.
    let _ = ctrlc::set_handler(move || {
        if interrupt.is_raised() {
            std::process::exit(130);
        }
        interrupt.raise();
    });
}
