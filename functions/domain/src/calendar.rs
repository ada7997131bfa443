//! When somebody is there: weekly hours by the wall clock of a zone, and dated exceptions.
//!
//! Hours are written by the wall clock and counted in real time: a calendar turns every date into UTC
//! instants once, and all arithmetic is done on those. A night on which the clocks change is as long as it
//! really was.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::OnceLock;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

mod block;
mod hours;
#[cfg(test)]
pub(crate) mod tests;
pub(crate) mod wall;

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

/// The hours of each weekday, Monday first.
pub type Week = [Vec<Hours>; 7];

/// Weekly opening hours in a time zone, with dates on which other hours hold.
///
/// A dated exception replaces the hours that *begin* on its day: no hours make it a holiday, hours make it
/// a half day or a special opening. A night that began the evening before still reaches into it. So it does
/// where other weekly hours begin to hold. An exception of the calendar's own goes before a list of holidays,
/// and both before the week.
///
/// An hour that the spring change skips opens and closes at the first instant after the gap. An hour that
/// comes twice in autumn opens at its first and closes at its last occurrence.
#[derive(Clone)]
pub struct Calendar {
    zone: TimeZone,
    /// By the first date on which each holds, the first of all from the beginning of time; the hours of a day
    /// sorted, without overlap.
    weeks: BTreeMap<Date, Week>,
    days: BTreeMap<Date, Exception>,
    /// Expanded when first asked for; not part of what the calendar means.
    blocks: Box<[OnceLock<Block>]>,
}

/// What holds on one date instead of the week.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Exception {
    /// Hours of the calendar's own: sorted, without overlap; none on a closed day.
    Own(Vec<Hours>),
    /// A list of holidays closes it, perhaps with what people call the day.
    Holiday(Option<String>),
}

impl Exception {
    fn hours(&self) -> &[Hours] {
        match self {
            Exception::Own(hours) => hours,
            Exception::Holiday(_) => &[],
        }
    }
}

impl Calendar {
    /// Makes a calendar from the hours of each weekday, Monday first, and of single dates.
    ///
    /// Hours of one day may come in any order; what overlaps or touches becomes one.
    #[must_use]
    pub fn new(zone: TimeZone, week: Week, days: impl IntoIterator<Item = (Date, Vec<Hours>)>) -> Calendar {
        Calendar {
            zone,
            weeks: BTreeMap::from([(Date::MIN, week.map(hours::merged))]),
            days: days
                .into_iter()
                .map(|(date, hours)| (date, Exception::Own(hours::merged(hours))))
                .collect(),
            blocks: block::slots(),
        }
    }

    /// Returns the calendar with other weekly hours from `first` on, up to the next such date.
    ///
    /// A second week from the same date takes the place of the first.
    #[must_use]
    pub fn with_week_from(mut self, first: Date, week: Week) -> Calendar {
        self.weeks.insert(first, week.map(hours::merged));
        self.blocks = block::slots();
        self
    }

    /// Returns the calendar closed on `holidays`, which may have names, unless it has hours of its own for
    /// the date.
    ///
    /// The first to close a date names it.
    #[must_use]
    pub fn with_holidays(mut self, holidays: impl IntoIterator<Item = (Date, Option<String>)>) -> Calendar {
        for (date, name) in holidays {
            self.days.entry(date).or_insert(Exception::Holiday(name));
        }
        self.blocks = block::slots();
        self
    }

    /// Returns the zone whose wall clock the hours mean.
    #[must_use]
    pub fn zone(&self) -> &TimeZone {
        &self.zone
    }

    /// Whether there is any opening at all, weekly or on some date, past or future.
    #[must_use]
    pub fn ever_opens(&self) -> bool {
        let weekly = self.weeks.values().flatten().map(Vec::as_slice);
        weekly.chain(self.days.values().map(Exception::hours)).any(|hours| !hours.is_empty())
    }

    /// Returns the weekly hours with the first date on which each holds, earliest first.
    ///
    /// There is at least one; the first begins with [`Date::MIN`].
    #[must_use]
    pub fn weeks(&self) -> impl DoubleEndedIterator<Item = (Date, &Week)> {
        self.weeks.iter().map(|(first, week)| (*first, week))
    }

    /// Returns the hours that begin on `date`, exceptions included.
    #[must_use]
    pub fn hours_on(&self, date: Date) -> &[Hours] {
        match self.days.get(&date) {
            Some(exception) => exception.hours(),
            None => self.usual_hours(date),
        }
    }

    /// Returns the hours that would begin on `date` if it were no exception.
    #[must_use]
    pub fn usual_hours(&self, date: Date) -> &[Hours] {
        let (_, week) =
            self.weeks.range(..=date).next_back().expect("the first week holds from the beginning");
        &week[usize::from(date.weekday().to_monday_zero_offset().unsigned_abs())]
    }

    /// Whether a list of holidays closes `date`.
    #[must_use]
    pub fn is_holiday(&self, date: Date) -> bool {
        matches!(self.days.get(&date), Some(Exception::Holiday(_)))
    }

    /// Returns what people call the holiday that closes `date`.
    #[must_use]
    pub fn holiday_name(&self, date: Date) -> Option<&str> {
        match self.days.get(&date)? {
            Exception::Own(_) => None,
            Exception::Holiday(name) => name.as_deref(),
        }
    }

    /// Returns the dated exceptions from `first` to `last`, both included, earliest first.
    pub fn exceptions_between(&self, first: Date, last: Date) -> impl Iterator<Item = (Date, &[Hours])> {
        // A map has no range from a later key to an earlier one.
        let days = self.days.range(first..=last.max(first));
        days.map(|(date, exception)| (*date, exception.hours()))
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
        let Calendar { zone, weeks, days, blocks: _ } = self;
        let zone = zone.iana_name().unwrap_or("?");
        f.debug_struct("Calendar").field("zone", &zone).field("weeks", weeks).field("days", days).finish()
    }
}

impl PartialEq for Calendar {
    fn eq(&self, other: &Calendar) -> bool {
        self.zone == other.zone && self.weeks == other.weeks && self.days == other.days
    }
}

impl Eq for Calendar {}
