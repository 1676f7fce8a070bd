//! The search for the end of a range, from answer to answer.

use super::{Answer, Course, PARTS, Range, RangingError};

/// Solves after which a range counts as not found.
pub(super) const SOLVES: usize = 100;
/// To which share of it the end of a range is found where lines do not say where it is.
const FINE: f64 = 1e-6;
/// What is left of a price counts as nothing below this share of it.
const FLAT: f64 = 1e-9;
/// Where two lines meet within this part of the stretch that is left, it is halved instead: lines
/// that run nearly side by side do not say where.
const EDGE: f64 = 1e-6;

/// A line that touches the least cost.
#[derive(Clone, Copy, Debug)]
pub(super) struct Line {
    at: f64,
    cost: f64,
    pub slope: f64,
}

impl Line {
    fn value(self, at: f64) -> f64 {
        self.cost + self.slope * (at - self.at)
    }
}

/// What is known of the first stretch, from the start to the first bend.
pub(super) enum Stretch {
    /// It is level, and goes on for ever.
    Nothing,
    /// It is the start's line, and ends here.
    Ended(Line),
    /// It is the start's line, and ends after the first of these and before the second.
    Between(Line, Line),
    /// It is the line of the first of these, and the second, if any, is beyond it.
    Through(Line, Option<Line>),
}

/// The search for the end of a range.
pub(super) struct Search<'a> {
    pub course: Course<'a>,
    /// What amounts are multiples of.
    pub grain: i64,
    pub solves: usize,
}

impl Search<'_> {
    pub fn run(&mut self, guess: f64) -> Result<Range, RangingError> {
        let start = self.line(0.0, self.course.ranger.start());
        match self.first_stretch(start, guess)? {
            Stretch::Nothing => Ok(self.endless(start, 0.0)),
            Stretch::Ended(end) => Ok(self.ended(start.slope, end)),
            Stretch::Between(reach, far) => self.end_between(start, reach, far),
            Stretch::Through(near, farther) => self.extend(start, near, farther),
        }
    }

    /// What is known of the stretch from the start on once its slope is.
    pub fn first_stretch(&mut self, start: Line, guess: f64) -> Result<Stretch, RangingError> {
        let tolerance = self.course.ranger.tolerance();
        // what is worth nothing stays so: V falls with every right-hand side but quantities
        if self.is_nothing(start.slope, 0.0) {
            return Ok(Stretch::Nothing);
        }
        let least = self.least();
        let mut near = self.solve(guess.max(1e-3).max(least))?;
        let mut farther: Option<Line> = None;
        while start.cost - near.value(0.0) > tolerance {
            let crossing = cross(start, near);
            if crossing < least || crossing >= near.at {
                break;
            }
            // where bends are many, crossings come down to the first one step by step
            let is_slow = crossing > 0.5 * near.at && near.at > 8.0 * least;
            let middle = self.solve(if is_slow { near.at / 8.0 } else { crossing })?;
            if middle.cost - start.value(middle.at) <= tolerance {
                return Ok(match is_slow {
                    true => Stretch::Between(middle, near),
                    false => Stretch::Ended(middle),
                });
            }
            farther = Some(near);
            near = middle;
        }
        Ok(Stretch::Through(near, farther))
    }

    /// Whether a price is nothing, or nothing beside one that was there before: whether all that
    /// there can be of it is worth less than costs are compared to.
    pub fn is_nothing(&self, slope: f64, before: f64) -> bool {
        let (ranger, direction) = (self.course.ranger, self.course.direction);
        let least = ranger.tolerance() / ranger.plenty(direction);
        direction.releases.is_empty() && slope >= -least.max(FLAT * before.abs())
    }

    /// Follows the stretch from the start through `near` to its end.
    fn extend(
        &mut self,
        start: Line,
        near: Line,
        farther: Option<Line>,
    ) -> Result<Range, RangingError> {
        if self.is_nothing(near.slope, start.slope) {
            return Ok(self.endless(start, 0.0));
        }
        let (ranger, direction) = (self.course.ranger, self.course.direction);
        let mut reach = near;
        let far = match farther {
            Some(far) => far,
            None => loop {
                let most = ranger.plenty(direction);
                if reach.at + self.least() >= most {
                    return Ok(self.endless(start, near.slope));
                }
                let next = self.solve((reach.at * 8.0).min(most))?;
                if next.cost - near.value(next.at) > ranger.tolerance() {
                    break next;
                }
                reach = next;
            },
        };
        self.end_between(near, reach, far)
    }

    /// The end of a line after `reach`, which is on it, and before `far`, which is not: where the
    /// lines of both meet, in turn with half way, since lines that run nearly side by side, or
    /// many bends, do not say where.
    fn end_between(
        &mut self,
        line: Line,
        mut reach: Line,
        mut far: Line,
    ) -> Result<Range, RangingError> {
        let tolerance = self.course.ranger.tolerance();
        let mut halve = false;
        loop {
            let left = far.at - reach.at;
            if left <= self.least().max(FINE * far.at) {
                return Ok(self.ended(line.slope, reach));
            }
            let crossing = cross(line, far);
            let inside = reach.at + EDGE * left..far.at - EDGE * left;
            let crosses = !halve && inside.contains(&crossing);
            let at = if crosses {
                crossing
            } else {
                reach.at + 0.5 * left
            };
            let middle = self.solve(at)?;
            match middle.cost - line.value(middle.at) <= tolerance {
                true if crosses => return Ok(self.ended(line.slope, middle)),
                true => reach = middle,
                false => far = middle,
            }
            halve = crosses;
        }
    }

    fn endless(&self, start: Line, slope: f64) -> Range {
        Range {
            slope,
            until: None,
            cost: start.cost,
            solves: self.solves,
        }
    }

    fn ended(&self, slope: f64, end: Line) -> Range {
        Range {
            slope,
            until: Some((end.at * PARTS as f64).round() as i64),
            cost: end.cost,
            solves: self.solves,
        }
    }

    pub fn line(&self, at: f64, answer: &Answer) -> Line {
        let Course {
            ranger, direction, ..
        } = self.course;
        Line {
            at,
            cost: answer.cost,
            slope: direction.slope(&ranger.program, &answer.solution),
        }
    }

    /// The least step, in units.
    fn least(&self) -> f64 {
        2.0 * self.grain as f64 / PARTS as f64
    }

    fn solve(&mut self, at: f64) -> Result<Line, RangingError> {
        if self.solves >= SOLVES {
            return Err(RangingError::NoEnd);
        }
        self.solves += 1;
        let parts = (at * PARTS as f64).floor() as i64;
        let amount = parts - parts % self.grain;
        let answer = self.course.at(amount)?;
        Ok(self.line(amount as f64 / PARTS as f64, &answer))
    }
}

/// Where two lines meet.
fn cross(a: Line, b: Line) -> f64 {
    let slope = a.slope - b.slope;
    if slope == 0.0 {
        return b.at;
    }
    (b.value(0.0) - a.value(0.0)) / slope
}
