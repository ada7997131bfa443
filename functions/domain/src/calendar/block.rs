//! A calendar's hours as UTC instants, a year or so at a time.
//!
//! A deadline, however far away, is found by whole blocks and one binary search in the last.

use std::borrow::Cow;
use std::sync::OnceLock;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::wall::{self, Twice};
use super::{Calendar, Hours, Stretch};

/// Seconds in a block: 388 days, so that a block is shorter than the longest closed time.
const SECONDS: i64 = 1 << 25;
/// The first block that is kept once it was expanded; it begins in January 2004.
const FIRST_KEPT: i64 = 32;
/// How many blocks are kept; the last ends in 2072. Others are expanded each time.
const KEPT: usize = 64;
/// The block of the last instant there is.
pub(super) const LAST: i64 = 253_402_207_200 / SECONDS;

/// The open stretches of one block: sorted, apart, cut at the block's ends.
#[derive(Clone, Debug)]
pub(super) struct Block {
    stretches: Vec<Stretch>,
    /// The open time of the block before each stretch, and at the end of the last.
    before: Vec<SignedDuration>,
}

/// Returns the places in which a calendar keeps its blocks.
pub(super) fn slots() -> Box<[OnceLock<Block>]> {
    std::iter::repeat_with(OnceLock::new).take(KEPT).collect()
}

/// Returns the number of the block that holds `at`.
pub(super) fn index(at: Timestamp) -> i64 {
    at.as_second().div_euclid(SECONDS)
}

/// Returns the first instant of block `index`, within what a timestamp can hold.
fn start(index: i64) -> Timestamp {
    let limit = if index < 0 { Timestamp::MIN } else { Timestamp::MAX };
    index.checked_mul(SECONDS).and_then(|second| Timestamp::from_second(second).ok()).unwrap_or(limit)
}

/// Returns the first instant after block `index`, within what a timestamp can hold.
pub(super) fn end(index: i64) -> Timestamp {
    start(index.saturating_add(1))
}

impl Block {
    /// Returns the open time of the whole block.
    pub(super) fn total(&self) -> SignedDuration {
        self.before.last().copied().unwrap_or_default()
    }

    /// Returns the open time of the block that lies before `at`.
    pub(super) fn open_before(&self, at: Timestamp) -> SignedDuration {
        let ended = self.stretches.partition_point(|stretch| stretch.to <= at);
        let running = self.stretches.get(ended).map(|stretch| at.duration_since(stretch.from));
        self.before[ended] + running.unwrap_or_default().max(SignedDuration::ZERO)
    }

    /// Returns the first instant with `open` of the block's open time before it; `None` if it has less.
    ///
    /// `open` is more than zero. At the end of a stretch it is the close, not the next opening.
    pub(super) fn reach(&self, open: SignedDuration) -> Option<Timestamp> {
        let place = self.before.partition_point(|before| *before < open).checked_sub(1)?;
        let stretch = self.stretches.get(place)?;
        stretch.from.checked_add(open - self.before[place]).ok()
    }

    /// Returns the stretch that holds `at`, cut there, or else the next one of the block.
    pub(super) fn first_after(&self, at: Timestamp) -> Option<Stretch> {
        let ended = self.stretches.partition_point(|stretch| stretch.to <= at);
        self.stretches.get(ended).map(|stretch| Stretch { from: stretch.from.max(at), to: stretch.to })
    }

    /// Returns when the block's last stretch ends.
    pub(super) fn last_close(&self) -> Option<Timestamp> {
        self.stretches.last().map(|stretch| stretch.to)
    }
}

impl Calendar {
    /// Returns block `index`, expanded now or before.
    pub(super) fn block(&self, index: i64) -> Cow<'_, Block> {
        let slot = usize::try_from(index - FIRST_KEPT).ok().and_then(|place| self.blocks.get(place));
        match slot {
            Some(slot) => Cow::Borrowed(slot.get_or_init(|| self.expand(index))),
            None => Cow::Owned(self.expand(index)),
        }
    }

    /// Returns when `hours` of `date` are open, in real time; `None` beyond what a timestamp can hold, and
    /// where the clocks skip them.
    pub(crate) fn stretch(&self, date: Date, hours: Hours) -> Option<Stretch> {
        stretch(&self.zone, date, hours).filter(|stretch| stretch.from < stretch.to)
    }

    fn expand(&self, index: i64) -> Block {
        let (start, end) = (start(index), end(index));
        // Two days early: last night's hours reach into the block, and where the clocks go back over
        // midnight the date falls back by one.
        let first = self.zone.to_datetime(start).date();
        let first = (0..2).fold(first, |date, _| date.yesterday().unwrap_or(date));
        let last = self.zone.to_datetime(end).date();
        let last = last.tomorrow().unwrap_or(last);
        let dates = std::iter::successors(Some(first), |date| date.tomorrow().ok());
        let mut stretches: Vec<Stretch> = Vec::new();
        for date in dates.take_while(|date| *date <= last) {
            for hours in self.hours_on(date) {
                let Some(found) = stretch(&self.zone, date, *hours) else { continue };
                let (from, to) = (found.from.max(start), found.to.min(end));
                match stretches.last_mut() {
                    _ if to <= from => {}
                    Some(last) if from <= last.to => last.to = last.to.max(to),
                    Some(_) | None => stretches.push(Stretch { from, to }),
                }
            }
        }
        let mut before = vec![SignedDuration::ZERO];
        before.extend(stretches.iter().scan(SignedDuration::ZERO, |sum, stretch| {
            *sum += stretch.length();
            Some(*sum)
        }));
        Block { stretches, before }
    }
}

/// The instants between which `hours` of `date` are open; `None` beyond what a date can hold.
fn stretch(zone: &TimeZone, date: Date, hours: Hours) -> Option<Stretch> {
    let from = instant(zone, date, hours.open_minute(), Twice::First)?;
    let to = instant(zone, date, hours.close_minute(), Twice::Last)?;
    Some(Stretch { from, to })
}

/// The instant at which clocks in `zone` show `minute` of `date`.
fn instant(zone: &TimeZone, date: Date, minute: u16, twice: Twice) -> Option<Timestamp> {
    let midnights = minute / (24 * 60);
    let date = (0..midnights).try_fold(date, |date, _| date.tomorrow().ok())?;
    let [hour, minute] = [minute / 60 % 24, minute % 60].map(|part| i8::try_from(part).ok());
    wall::instant(zone, date.at(hour?, minute?, 0, 0), twice)
}
