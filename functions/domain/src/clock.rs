//! Until when: deadlines in open time or in elapsed time, and the sum that explains them.

use std::fmt;
use std::str::FromStr;

use jiff::{SignedDuration, Timestamp};

use crate::calendar::{Calendar, Stretch};

#[cfg(test)]
mod tests;
mod words;

pub use words::{duration_in_words, in_words, instant_in_words};

/// What sort of time is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Unit {
    /// Only while the calendar is open.
    Open,
    /// All of it, day and night.
    Elapsed,
}

impl Unit {
    /// Returns the unit as it stands in JSON, such as `open`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Unit::Open => "open",
            Unit::Elapsed => "elapsed",
        }
    }
}

/// How long somebody may wait, written `60m`, `3s`, `2h` or `60m elapsed`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Span {
    /// How much time; what is below zero counts as zero.
    pub length: SignedDuration,
    /// Which time.
    pub unit: Unit,
}

/// The longest span that can be written: 400 days.
pub const LONGEST_SPAN: SignedDuration = SignedDuration::from_hours(400 * 24);

/// Text that is no [`Span`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadSpan {
    /// It is not a whole number with one of the letters s, m and h, perhaps followed by ` elapsed`.
    #[error("not of the form 60m, 3s, 2h or 60m elapsed")]
    Form,
    /// It is more than [`LONGEST_SPAN`].
    #[error("longer than 400 days")]
    TooLong,
}

/// An instant by which an amount of time has passed, and where that time lies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deadline {
    /// When the count began.
    pub start: Timestamp,
    /// Which time was to be counted.
    pub unit: Unit,
    /// The last instant that is in time.
    pub at: Timestamp,
    /// The stretches that were counted: sorted, apart from each other, together exactly the span.
    pub slices: Vec<Stretch>,
    /// The calendar stays closed for too long, so all time was counted. Somebody must repair it.
    pub never_open: bool,
}

impl Span {
    /// Makes a span that counts only while the calendar is open.
    #[must_use]
    pub const fn open(length: SignedDuration) -> Span {
        Span { length, unit: Unit::Open }
    }

    /// Makes a span that counts day and night.
    #[must_use]
    pub const fn elapsed(length: SignedDuration) -> Span {
        Span { length, unit: Unit::Elapsed }
    }
}

impl FromStr for Span {
    type Err = BadSpan;

    fn from_str(text: &str) -> Result<Span, BadSpan> {
        let (length, unit) = match text.strip_suffix(" elapsed") {
            Some(length) => (length, Unit::Elapsed),
            None => (text, Unit::Open),
        };
        Ok(Span { length: length_of(length)?, unit })
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.length.as_secs();
        match (seconds % 3600, seconds % 60) {
            (0, _) if seconds != 0 => write!(f, "{}h", seconds / 3600)?,
            (_, 0) => write!(f, "{}m", seconds / 60)?,
            _ => write!(f, "{seconds}s")?,
        }
        match self.unit {
            Unit::Open => Ok(()),
            Unit::Elapsed => f.write_str(" elapsed"),
        }
    }
}

/// What time is counted by: a calendar, and the pauses in which the count stands still.
///
/// Without a calendar all time is open. A pause stops open and elapsed spans alike: its time does not count,
/// whether it is open or not.
#[derive(Clone, Debug)]
pub struct Clock<'a> {
    calendar: Option<&'a Calendar>,
    /// Sorted, apart from each other, none empty.
    pauses: Vec<Stretch>,
}

impl<'a> Clock<'a> {
    /// Makes a clock; pauses may come in any order, and what overlaps or touches becomes one.
    #[must_use]
    pub fn new(calendar: Option<&'a Calendar>, pauses: impl IntoIterator<Item = Stretch>) -> Clock<'a> {
        Clock { calendar, pauses: joined(pauses) }
    }

    /// Makes a clock that never pauses.
    #[must_use]
    pub const fn steady(calendar: Option<&'a Calendar>) -> Clock<'a> {
        Clock { calendar, pauses: Vec::new() }
    }

    /// Returns the instant by which `span` has passed since `start`, with the time that was counted.
    ///
    /// A span that is used up exactly at closing time, or where a pause begins, ends there, not at the next
    /// opening or the pause's end. A span of zero has passed at once: the deadline is `start`, be it open or
    /// not, paused or not, and there are no slices. A start at closing time has nothing left of that day.
    ///
    /// A calendar that stays closed for longer than [`LONGEST_CLOSED`](crate::calendar::LONGEST_CLOSED)
    /// before the span is used up is not followed: all time outside pauses is counted and
    /// [`Deadline::never_open`] is set. The end of what a timestamp can hold ends everything.
    #[must_use]
    pub fn due(&self, start: Timestamp, span: Span) -> Deadline {
        let (at, never_open) = self.reach(start, span);
        let slices = match self.calendar_for(span).filter(|_| !never_open) {
            _ if at <= start => Vec::new(),
            None => self.running(std::iter::once(Stretch { from: start, to: at }), at),
            Some(calendar) => self.running(calendar.open_from(start), at),
        };
        Deadline { start, unit: span.unit, at, slices, never_open }
    }

    /// Returns [`Clock::due`] without the slices: what the sum costs does not grow with how far away it is.
    #[must_use]
    pub fn due_at(&self, start: Timestamp, span: Span) -> Timestamp {
        self.reach(start, span).0
    }

    /// Returns how much of the time between `start` and `end` counts; zero if `end` is not later.
    ///
    /// Without a calendar that is all of it outside pauses, and so it is with a calendar that has no hours at
    /// all. For every span of open time, `elapsed(start, due_at(start, span))` is the span again.
    #[must_use]
    pub fn elapsed(&self, start: Timestamp, end: Timestamp) -> SignedDuration {
        let calendar = self.calendar.filter(|calendar| calendar.ever_opens());
        let within = |pause: &Stretch| open_between(calendar, pause.from.max(start), pause.to.min(end));
        open_between(calendar, start, end) - self.pauses.iter().map(within).sum::<SignedDuration>()
    }

    /// The deadline, and whether the calendar was given up.
    fn reach(&self, start: Timestamp, span: Span) -> (Timestamp, bool) {
        let length = span.length.max(SignedDuration::ZERO);
        let by_calendar = self.calendar_for(span).map(|calendar| {
            // The calendar is asked from the start, so that it gives up as it would without pauses.
            calendar.after_open(start, self.with_pauses(Some(calendar), start, length))
        });
        match by_calendar {
            Some(Some(at)) => (at, false),
            given_up => (later(start, self.with_pauses(None, start, length)), given_up.is_some()),
        }
    }

    /// `length` and the open time of the pauses that begin before it has passed since `start`.
    fn with_pauses(
        &self,
        calendar: Option<&Calendar>,
        start: Timestamp,
        length: SignedDuration,
    ) -> SignedDuration {
        let mut length = length;
        for pause in &self.pauses {
            let from = pause.from.max(start);
            if length <= open_between(calendar, start, from) {
                break;
            }
            length = length.saturating_add(open_between(calendar, from, pause.to));
        }
        length
    }

    /// The parts of `stretches` before `at` that lie in no pause; what touches becomes one.
    fn running(&self, stretches: impl Iterator<Item = Stretch>, at: Timestamp) -> Vec<Stretch> {
        let mut running: Vec<Stretch> = Vec::new();
        let mut run = |from, to| match running.last_mut() {
            _ if to <= from => {}
            Some(last) if last.to == from => last.to = to,
            Some(_) | None => running.push(Stretch { from, to }),
        };
        for Stretch { mut from, to } in stretches.take_while(|stretch| stretch.from < at) {
            let to = to.min(at);
            for pause in self.pauses.iter().filter(|pause| pause.from < to) {
                run(from, pause.from);
                from = from.max(pause.to);
            }
            run(from, to);
        }
        running
    }

    /// The calendar, if `span` counts by it.
    fn calendar_for(&self, span: Span) -> Option<&'a Calendar> {
        match span.unit {
            Unit::Open => self.calendar,
            Unit::Elapsed => None,
        }
    }
}

/// Returns [`Clock::due`] of a clock that never pauses.
#[must_use]
pub fn due(calendar: Option<&Calendar>, start: Timestamp, span: Span) -> Deadline {
    Clock::steady(calendar).due(start, span)
}

/// Returns [`Clock::due_at`] of a clock that never pauses.
#[must_use]
pub fn due_at(calendar: Option<&Calendar>, start: Timestamp, span: Span) -> Timestamp {
    Clock::steady(calendar).due_at(start, span)
}

/// Returns [`Clock::elapsed`] of a clock that never pauses.
#[must_use]
pub fn elapsed(calendar: Option<&Calendar>, start: Timestamp, end: Timestamp) -> SignedDuration {
    Clock::steady(calendar).elapsed(start, end)
}

/// The open time between two instants; zero if `end` is not later.
fn open_between(calendar: Option<&Calendar>, start: Timestamp, end: Timestamp) -> SignedDuration {
    match calendar {
        Some(calendar) => calendar.open_between(start, end),
        None => end.duration_since(start).max(SignedDuration::ZERO),
    }
}

/// Sorts stretches, leaves out what is empty, and makes one of those that overlap or touch.
pub(crate) fn joined(stretches: impl IntoIterator<Item = Stretch>) -> Vec<Stretch> {
    let mut joined: Vec<Stretch> =
        stretches.into_iter().filter(|stretch| stretch.from < stretch.to).collect();
    joined.sort_unstable_by_key(|stretch| stretch.from);
    joined.dedup_by(|next, last| {
        let touches = next.from <= last.to;
        if touches {
            last.to = last.to.max(next.to);
        }
        touches
    });
    joined
}

/// `at` plus `length`, or the last instant there is.
pub(crate) fn later(at: Timestamp, length: SignedDuration) -> Timestamp {
    at.checked_add(length).unwrap_or(Timestamp::MAX)
}

/// Reads a whole number with `s`, `m` or `h` behind it.
pub(crate) fn length_of(text: &str) -> Result<SignedDuration, BadSpan> {
    let unit_seconds = match text.bytes().last() {
        Some(b's') => 1,
        Some(b'm') => 60,
        Some(b'h') => 3600,
        _ => return Err(BadSpan::Form),
    };
    let digits = &text[..text.len() - 1];
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(BadSpan::Form);
    }
    // Digits alone can only fail to be a number by being too many.
    let number: i64 = digits.parse().map_err(|_| BadSpan::TooLong)?;
    let seconds = number.checked_mul(unit_seconds).ok_or(BadSpan::TooLong)?;
    Some(SignedDuration::from_secs(seconds)).filter(|length| *length <= LONGEST_SPAN).ok_or(BadSpan::TooLong)
}
