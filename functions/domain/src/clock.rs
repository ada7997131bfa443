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

/// Returns the instant by which `span` has passed since `start`, with the time that was counted.
///
/// Without a calendar all time is open. A span that is used up exactly at closing time ends at that close,
/// not at the next opening. A span of zero has passed at once: the deadline is `start`, be it open or not,
/// and there are no slices. A start at closing time has nothing left of that day.
///
/// A calendar that stays closed for longer than [`LONGEST_CLOSED`](crate::calendar::LONGEST_CLOSED) before
/// the span is used up is not followed: all time is counted and [`Deadline::never_open`] is set. The end of
/// what a timestamp can hold ends everything.
#[must_use]
pub fn due(calendar: Option<&Calendar>, start: Timestamp, span: Span) -> Deadline {
    let (at, never_open) = reach(calendar, start, span);
    let slices = match counted(calendar, span).filter(|_| !never_open) {
        _ if at <= start => Vec::new(),
        None => vec![Stretch { from: start, to: at }],
        Some(calendar) => {
            let until = calendar.open_from(start).take_while(|stretch| stretch.from < at);
            until.map(|stretch| Stretch { to: stretch.to.min(at), ..stretch }).collect()
        }
    };
    Deadline { start, at, slices, never_open }
}

/// Returns [`due`] without the slices: what the sum costs does not grow with how far away it is.
#[must_use]
pub fn due_at(calendar: Option<&Calendar>, start: Timestamp, span: Span) -> Timestamp {
    reach(calendar, start, span).0
}

/// Returns how much of the time between `start` and `end` counts; zero if `end` is not later.
///
/// Without a calendar that is all of it, and so it is with a calendar that has no hours at all.
/// For every span of open time, `elapsed(start, due_at(start, span))` is the span again.
#[must_use]
pub fn elapsed(calendar: Option<&Calendar>, start: Timestamp, end: Timestamp) -> SignedDuration {
    match calendar.filter(|calendar| calendar.ever_opens()) {
        Some(calendar) => calendar.open_between(start, end),
        None => end.duration_since(start).max(SignedDuration::ZERO),
    }
}

/// The calendar, if `span` counts by it.
fn counted(calendar: Option<&Calendar>, span: Span) -> Option<&Calendar> {
    match span.unit {
        Unit::Open => calendar,
        Unit::Elapsed => None,
    }
}

/// The deadline, and whether the calendar was given up.
fn reach(calendar: Option<&Calendar>, start: Timestamp, span: Span) -> (Timestamp, bool) {
    let length = span.length.max(SignedDuration::ZERO);
    let open = counted(calendar, span).map(|calendar| calendar.after_open(start, length));
    match open {
        Some(Some(at)) => (at, false),
        Some(None) => (later(start, length), true),
        None => (later(start, length), false),
    }
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
