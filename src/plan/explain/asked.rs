//! The questions of an explanation: how many there are, and what became of them.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::engine::ranging::{Ranger, RangingError};
use crate::plan::what_if::{Unanswered, why};

use super::ExplainError;

/// Is told how many questions there are, and how many are done.
pub type Progress<'a> = &'a (dyn Fn(usize, usize) + Sync);

/// Asks questions one by one, and keeps count. One that has no answer takes nothing from the others.
pub(super) struct Asked<'a> {
    ranger: &'a Ranger,
    progress: Progress<'a>,
    all: AtomicUsize,
    done: AtomicUsize,
    not_asked: AtomicUsize,
    unanswered: Mutex<Vec<Unanswered>>,
}

impl<'a> Asked<'a> {
    /// No questions yet; whether there is time for them, `ranger` says.
    pub fn new(ranger: &'a Ranger, progress: Progress<'a>) -> Self {
        Self {
            ranger,
            progress,
            all: AtomicUsize::new(0),
            done: AtomicUsize::new(0),
            not_asked: AtomicUsize::new(0),
            unanswered: Mutex::new(Vec::new()),
        }
    }

    /// So many more questions are coming.
    pub fn expect(&self, more: usize) {
        self.all.fetch_add(more, Ordering::Relaxed);
    }

    /// The answer to one of the questions that were [expected](Self::expect). Without one, the
    /// question is noted by what it is about, or counted where there was no time for it.
    pub fn ask<T>(
        &self,
        about: impl FnOnce() -> String,
        question: impl FnOnce() -> Result<T, ExplainError>,
    ) -> Option<T> {
        let answer = match self.ranger.stop() {
            Some(stop) => Err(RangingError::Unfinished(stop).into()),
            None => question(),
        };
        let done = self.done.fetch_add(1, Ordering::Relaxed) + 1;
        (self.progress)(self.all.load(Ordering::Relaxed), done);
        match answer {
            Ok(answer) => Some(answer),
            Err(error) if self.ranger.stop().is_some() || error.is_stopped() => {
                self.not_asked.fetch_add(1, Ordering::Relaxed);
                None
            }
            Err(error) => {
                let question = Unanswered {
                    what: about(),
                    why: why(&error),
                };
                let mut unanswered = self.unanswered.lock().unwrap_or_else(|e| e.into_inner());
                unanswered.push(question);
                None
            }
        }
    }

    /// How many questions there were, those without an answer, and for how many there was no time.
    pub fn conclude(self) -> (usize, Vec<Unanswered>, usize) {
        let unanswered = self.unanswered.into_inner();
        let mut unanswered = unanswered.unwrap_or_else(|e| e.into_inner());
        unanswered.sort_by(|a, b| a.what.cmp(&b.what));
        (
            self.all.into_inner(),
            unanswered,
            self.not_asked.into_inner(),
        )
    }
}
