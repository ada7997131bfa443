//! When somebody is there: weekly hours by the wall clock of a zone, and dated exceptions.
//!
//! Hours are written by the wall clock and counted in real time: a calendar turns every date into UTC
//! instants once, and all arithmetic is done on those. A night on which the clocks change is as long as it
//! really was.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::OnceLock;

use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

mod block;
mod hours;
#[cfg(test)]
pub(crate) mod tests;

use block::Block;
pub use hours::{BadHours, Hours};

/// The longest time a calendar may stay closed; one that does is treated as never open again.
pub const LONGEST_CLOSED: SignedDuration = SignedDuration::from_hours(400 * 24);

/// A stretch of time from `from` up to, not including, `to`. Never empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Stretch {
    /// The first instant of it.
    pub from: Timestamp,
    /// The first instant after it.
    pub to: Timestamp,
}

impl Stretch {
    /// Returns how long the stretch really is.
    #[must_use]
    pub fn length(&self) -> SignedDuration {
        self.to.duration_since(self.from)
    }
}

/// Weekly opening hours in a time zone, with dates on which other hours hold.
///
/// A dated exception replaces the hours that *begin* on its day: no hours make it a holiday, hours make it
/// a half day or a special opening. A night that began the evening before still reaches into it.
///
/// An hour that the spring change skips opens and closes at the first instant after the gap. An hour that
/// comes twice in autumn opens at its first and closes at its last occurrence.
#[derive(Clone)]
pub struct Calendar {
    zone: TimeZone,
    /// Monday first; each day sorted, without overlap.
    week: [Vec<Hours>; 7],
    days: BTreeMap<Date, Vec<Hours>>,
    /// Expanded when first asked for; not part of what the calendar means.
    blocks: Box<[OnceLock<Block>]>,
}

impl Calendar {
    /// Makes a calendar from the hours of each weekday, Monday first, and of single dates.
    ///
    /// Hours of one day may come in any order; what overlaps or touches becomes one.
    #[must_use]
    pub fn new(
        zone: TimeZone,
        week: [Vec<Hours>; 7],
        days: impl IntoIterator<Item = (Date, Vec<Hours>)>,
    ) -> Calendar {
        Calendar {
            zone,
            week: week.map(hours::merged),
            days: days.into_iter().map(|(date, hours)| (date, hours::merged(hours))).collect(),
            blocks: block::slots(),
        }
    }

    /// Returns the zone whose wall clock the hours mean.
    #[must_use]
    pub fn zone(&self) -> &TimeZone {
        &self.zone
    }

    /// Whether there is any opening at all, weekly or on some date, past or future.
    #[must_use]
    pub fn ever_opens(&self) -> bool {
        self.week.iter().chain(self.days.values()).any(|hours| !hours.is_empty())
    }

    /// Whether any day of the week has hours.
    #[must_use]
    pub fn opens_weekly(&self) -> bool {
        self.week.iter().any(|hours| !hours.is_empty())
    }

    /// Returns the hours that begin on `date`, exceptions included.
    #[must_use]
    pub fn hours_on(&self, date: Date) -> &[Hours] {
        self.days.get(&date).map_or_else(|| self.usual_hours(date.weekday()), Vec::as_slice)
    }

    /// Returns the hours that begin on every `weekday` that is no exception.
    #[must_use]
    pub fn usual_hours(&self, weekday: Weekday) -> &[Hours] {
        &self.week[usize::from(weekday.to_monday_zero_offset().unsigned_abs())]
    }

    /// Returns the dated exceptions from `first` to `last`, both included, earliest first.
    pub fn exceptions_between(&self, first: Date, last: Date) -> impl Iterator<Item = (Date, &[Hours])> {
        // A map has no range from a later key to an earlier one.
        let days = self.days.range(first..=last.max(first));
        days.map(|(date, hours)| (*date, hours.as_slice()))
    }

    /// Returns the open stretches from `from` on: sorted, apart from each other, the first cut at `from`.
    ///
    /// It ends when nothing opens within [`LONGEST_CLOSED`]. A calendar that never closes gives parts of
    /// at least that length, each beginning where the one before ended.
    pub fn open_from(&self, from: Timestamp) -> impl Iterator<Item = Stretch> {
        let mut at = from;
        std::iter::from_fn(move || {
            let mut stretch = self.first_open(at)?;
            while stretch.length() < LONGEST_CLOSED
                && let Some(next) = self.first_open(stretch.to).filter(|next| next.from == stretch.to)
            {
                stretch.to = next.to;
            }
            at = stretch.to;
            Some(stretch)
        })
    }

    /// Returns the first open instant at or after `at`: `at` itself when open, `None` when nothing opens
    /// within [`LONGEST_CLOSED`].
    #[must_use]
    pub fn next_opening(&self, at: Timestamp) -> Option<Timestamp> {
        self.first_open(at).map(|stretch| stretch.from)
    }

    /// Returns the open time between `start` and `end`; zero if `end` is not later.
    #[must_use]
    pub fn open_between(&self, start: Timestamp, end: Timestamp) -> SignedDuration {
        if end <= start {
            return SignedDuration::ZERO;
        }
        let (first, last) = (block::index(start), block::index(end));
        let whole: SignedDuration = (first..last).map(|index| self.block(index).total()).sum();
        whole + self.block(last).open_before(end) - self.block(first).open_before(start)
    }

    /// Returns the first instant by which `length` of open time has passed since `start`.
    ///
    /// `None` if the calendar stays closed for more than [`LONGEST_CLOSED`] before that.
    #[must_use]
    pub fn after_open(&self, start: Timestamp, length: SignedDuration) -> Option<Timestamp> {
        if length <= SignedDuration::ZERO {
            return Some(start);
        }
        let first = block::index(start);
        let mut left = self.block(first).open_before(start).checked_add(length)?;
        let mut closed_since = start;
        for index in first..=block::LAST {
            let block = self.block(index);
            let opens = block.first_after(start).map_or(block::end(index), |stretch| stretch.from);
            if opens.duration_since(closed_since) > LONGEST_CLOSED {
                return None;
            }
            if let Some(at) = block.reach(left) {
                return Some(at);
            }
            left -= block.total();
            closed_since = block.last_close().map_or(closed_since, |close| close.max(start));
        }
        None
    }

    /// The open stretch that holds `at` or comes next, cut at `at`; it may touch the one after it.
    fn first_open(&self, at: Timestamp) -> Option<Stretch> {
        let first = block::index(at);
        // A block is shorter than the longest closed time, which therefore ends in one of these three.
        let found = (first..=first + 2).find_map(|index| self.block(index).first_after(at));
        found.filter(|stretch| stretch.from.duration_since(at) <= LONGEST_CLOSED)
    }
}

impl fmt::Debug for Calendar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Calendar { zone, week, days, blocks: _ } = self;
        let zone = zone.iana_name().unwrap_or("?");
        f.debug_struct("Calendar").field("zone", &zone).field("week", week).field("days", days).finish()
    }
}

impl PartialEq for Calendar {
    fn eq(&self, other: &Calendar) -> bool {
        self.zone == other.zone && self.week == other.week && self.days == other.days
    }
}

impl Eq for Calendar {}
