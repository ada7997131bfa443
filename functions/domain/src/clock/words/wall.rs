//! Times as the clocks of a zone show them.

use std::fmt::Write;

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Weekday};
use jiff::tz::{Offset, TimeZone};

use crate::calendar::Stretch;
use crate::language::{Language, Reader, say};

/// The clocks of a zone, told to somebody who remembers which day was said last.
pub(super) struct Wall<'a> {
    pub(super) language: Language,
    zone: &'a TimeZone,
    /// The day that the reader counts from.
    today: Date,
    /// The day that was said last.
    said: Option<Date>,
}

impl Wall<'_> {
    /// Makes the clocks of a reader who thinks of `since`.
    pub(super) fn new(Reader { language, zone }: Reader<'_>, since: Timestamp) -> Wall<'_> {
        Wall { language, zone, today: zone.to_datetime(since).date(), said: None }
    }

    /// Whether the clocks change within `stretch`.
    pub(super) fn change_within(&self, stretch: Stretch) -> bool {
        self.zone.to_offset(stretch.from) != self.zone.to_offset(stretch.to)
    }

    /// Whether time that ends at `end` ends on another day than the one that was said last.
    pub(super) fn ends_another_day(&self, end: Timestamp) -> bool {
        self.said != Some(last_day(self.zone.to_datetime(end)))
    }

    /// `Thu 17:40`; the offset is said if `changes`, or if the clocks show the time twice.
    pub(super) fn at(&mut self, at: Timestamp, changes: bool) -> String {
        self.said = None;
        self.next(at, changes)
    }

    /// `17:40` or, on another day than the one that was said last, `Thu 17:40`.
    pub(super) fn next(&mut self, at: Timestamp, changes: bool) -> String {
        let wall = self.zone.to_datetime(at);
        self.told(at, changes, wall.date(), time(wall))
    }

    /// What [`Wall::next`] says, but `24:00` instead of midnight, for time that ends there.
    pub(super) fn next_end(&mut self, end: Timestamp, changes: bool) -> String {
        let wall = self.zone.to_datetime(end);
        let date = last_day(wall);
        let time = if date == wall.date() { time(wall) } else { "24:00".to_owned() };
        self.told(end, changes, date, time)
    }

    fn told(&mut self, at: Timestamp, changes: bool, date: Date, time: String) -> String {
        let mut told = match self.said.replace(date) {
            Some(said) if said == date => time,
            Some(_) | None => format!("{} {time}", self.day(date)),
        };
        if changes || self.zone.to_ambiguous_timestamp(self.zone.to_datetime(at)).is_ambiguous() {
            write!(told, " ({})", utc(self.zone.to_offset(at))).expect("a string takes all text");
        }
        told
    }

    /// `Thu`, or `Thu 7 May` where the weekday alone could be another week's.
    fn day(&self, date: Date) -> String {
        let near = self.today.until(date).is_ok_and(|days| days.get_days().abs() < 7);
        if near { weekday(self.language, date.weekday()) } else { dated(self.language, date) }
    }
}

/// `Fri 1 May`
pub(super) fn dated(language: Language, date: Date) -> String {
    let month = nth(&say!(language, "months"), date.month() - 1);
    let weekday = weekday(language, date.weekday());
    say!(language, "clock.date", weekday = weekday, day = date.day(), month = month)
}

/// The day of which `end` is the end: at midnight the one before.
fn last_day(end: DateTime) -> Date {
    let midnight = end == end.date().at(0, 0, 0, 0);
    let before = end.date().yesterday().ok().filter(|_| midnight);
    before.unwrap_or(end.date())
}

/// `17:40` or `17:40:13`
fn time(wall: DateTime) -> String {
    let (hour, minute, second) = (wall.hour(), wall.minute(), wall.second());
    if second == 0 { format!("{hour:02}:{minute:02}") } else { format!("{hour:02}:{minute:02}:{second:02}") }
}

fn weekday(language: Language, weekday: Weekday) -> String {
    nth(&say!(language, "weekdays"), weekday.to_monday_zero_offset())
}

/// The word at `place`, from 0.
fn nth(words: &str, place: i8) -> String {
    words.split(' ').nth(usize::from(place.unsigned_abs())).unwrap_or_default().to_owned()
}

/// `UTC-5`, `UTC+10:30`
fn utc(offset: Offset) -> String {
    let seconds = offset.seconds();
    let sign = if seconds < 0 { '-' } else { '+' };
    let (hours, minutes) = (seconds.abs() / 3600, seconds.abs() % 3600 / 60);
    if minutes == 0 { format!("UTC{sign}{hours}") } else { format!("UTC{sign}{hours}:{minutes:02}") }
}
