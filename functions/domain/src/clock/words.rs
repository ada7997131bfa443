//! A deadline's sum as a sentence.

use std::fmt::Write;

use jiff::civil::{Date, DateTime, Weekday};
use jiff::tz::{Offset, TimeZone};
use jiff::{SignedDuration, Timestamp};

use super::Deadline;
use crate::calendar::{Calendar, Stretch};

/// With more stretches than this, those in the middle are counted instead of listed.
const LISTED: usize = 6;

/// Says how a deadline came about, by the clocks of `zone`:
/// `Thu 17:40–18:00 20 min · Fri 1 May closed · Mon 09:00–09:40 40 min = Mon 09:40`.
///
/// Dates on which `calendar` is closed by exception are named where they were passed over, with what people
/// call the holiday if the calendar knows. A day more than six days after the start has its date with it.
/// Seconds are said where they are not zero, cut off below that. The offset is said where the clocks show a
/// time twice or change within a stretch.
#[must_use]
pub fn in_words(deadline: &Deadline, calendar: Option<&Calendar>, zone: &TimeZone) -> String {
    let clock = Clock { zone, today: zone.to_datetime(deadline.start).date() };
    let slices = &deadline.slices;
    let mut parts: Vec<String> = Vec::new();
    let mut passed = deadline.start;
    let middle = if slices.len() > LISTED { LISTED / 2..slices.len() - 1 } else { 0..0 };
    for (place, slice) in slices.iter().enumerate() {
        if place == middle.start && !middle.is_empty() {
            let total = slices[middle.clone()].iter().map(Stretch::length).sum();
            parts.push(format!("… {} stretches {} …", middle.len(), duration_in_words(total)));
        }
        if !middle.contains(&place) {
            parts.extend(calendar.and_then(|calendar| closed(calendar, passed, slice.from)));
            parts.push(clock.slice(*slice));
        }
        passed = slice.to;
    }
    if parts.is_empty() {
        parts.push("at once".to_owned());
    }
    let mut words = parts.join(" · ");
    if deadline.never_open {
        words.push_str(" (counted day and night: the calendar does not open)");
    }
    write!(words, " = {}", clock.at(deadline.at)).expect("a string takes all text");
    words
}

/// Says when `at` is by the clocks of `zone`, to somebody who thinks of `since`: `Thu 17:40`, or
/// `Thu 7 May 17:40` more than six days away.
#[must_use]
pub fn instant_in_words(at: Timestamp, since: Timestamp, zone: &TimeZone) -> String {
    Clock { zone, today: zone.to_datetime(since).date() }.at(at)
}

/// Says how long `length` is: `45 s`, `60 min`, `19 min 47 s`, `2 h`, `9 h 30 min`.
///
/// Hours begin at two; below a second nothing is said.
#[must_use]
pub fn duration_in_words(length: SignedDuration) -> String {
    let seconds = length.as_secs();
    let hours = if seconds < 2 * 3600 { 0 } else { seconds / 3600 };
    let (minutes, seconds) = ((seconds - hours * 3600) / 60, seconds % 60);
    let parts = [(hours, "h"), (minutes, "min"), (seconds, "s")];
    let said = parts.iter().filter(|(number, _)| *number != 0);
    let said: Vec<String> = said.map(|(number, unit)| format!("{number} {unit}")).collect();
    if said.is_empty() { "0 min".to_owned() } else { said.join(" ") }
}

/// The clocks of a zone, and the day on which the reader counts from.
struct Clock<'a> {
    zone: &'a TimeZone,
    today: Date,
}

impl Clock<'_> {
    /// `Thu 17:40`
    fn at(&self, at: Timestamp) -> String {
        let wall = self.zone.to_datetime(at);
        let offset = self.zone.to_ambiguous_timestamp(wall).is_ambiguous();
        format!("{} {}", self.day(wall.date()), self.time(at, wall, offset))
    }

    /// `Thu 17:40–18:00 20 min`
    fn slice(&self, slice: Stretch) -> String {
        let [from, to] = [slice.from, slice.to].map(|at| self.zone.to_datetime(at));
        let changes = self.zone.to_offset(slice.from) != self.zone.to_offset(slice.to);
        let twice = |wall| self.zone.to_ambiguous_timestamp(wall).is_ambiguous();
        let opens = self.time(slice.from, from, changes || twice(from));
        let closes = self.time(slice.to, to, changes || twice(to));
        let closes = if from.date() == to.date() {
            closes
        } else if !changes && from.date().tomorrow().is_ok_and(|date| date.at(0, 0, 0, 0) == to) {
            "24:00".to_owned()
        } else {
            format!("{} {closes}", self.day(to.date()))
        };
        // Both ends are cut to seconds, so that the lengths said add up to the span.
        let length = SignedDuration::from_secs(slice.to.as_second() - slice.from.as_second());
        format!("{} {opens}–{closes} {}", self.day(from.date()), duration_in_words(length))
    }

    /// `Thu`, or `Thu 7 May` where the weekday alone could be another week's.
    fn day(&self, date: Date) -> String {
        let near = self.today.until(date).is_ok_and(|days| days.get_days().abs() < 7);
        if near { weekday(date.weekday()).to_owned() } else { dated(date) }
    }

    /// `17:40` or `17:40:13`, with `(UTC+2)` behind it if `offset` is to be said.
    fn time(&self, at: Timestamp, wall: DateTime, offset: bool) -> String {
        let mut time = format!("{:02}:{:02}", wall.hour(), wall.minute());
        if wall.second() != 0 {
            write!(time, ":{:02}", wall.second()).expect("a string takes all text");
        }
        if offset {
            write!(time, " ({})", utc(self.zone.to_offset(at))).expect("a string takes all text");
        }
        time
    }
}

/// `Fri 1 May (May Day) closed`, for the dates between two instants on which `calendar` is closed by exception.
fn closed(calendar: &Calendar, from: Timestamp, to: Timestamp) -> Option<String> {
    let [from, to] = [from, to].map(|at| calendar.zone().to_datetime(at).date());
    let passed = calendar
        .exceptions_between(from, to)
        .filter(|(date, hours)| hours.is_empty() && !calendar.usual_hours(*date).is_empty());
    let dates: Vec<Date> = passed.map(|(date, _)| date).collect();
    let named = |date: Date| match calendar.holiday_name(date) {
        Some(name) => format!("{} ({name})", dated(date)),
        None => dated(date),
    };
    match dates.as_slice() {
        [] => None,
        [date] => Some(format!("{} closed", named(*date))),
        [first, second] => Some(format!("{} and {} closed", named(*first), named(*second))),
        [first, .., last] => {
            Some(format!("{} days from {} to {} closed", dates.len(), dated(*first), dated(*last)))
        }
    }
}

/// `Fri 1 May`
fn dated(date: Date) -> String {
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let month = MONTHS[usize::from(date.month().unsigned_abs()) - 1];
    format!("{} {} {month}", weekday(date.weekday()), date.day())
}

fn weekday(weekday: Weekday) -> &'static str {
    match weekday {
        Weekday::Monday => "Mon",
        Weekday::Tuesday => "Tue",
        Weekday::Wednesday => "Wed",
        Weekday::Thursday => "Thu",
        Weekday::Friday => "Fri",
        Weekday::Saturday => "Sat",
        Weekday::Sunday => "Sun",
    }
}

/// `UTC-5`, `UTC+10:30`
fn utc(offset: Offset) -> String {
    let seconds = offset.seconds();
    let sign = if seconds < 0 { '-' } else { '+' };
    let (hours, minutes) = (seconds.abs() / 3600, seconds.abs() % 3600 / 60);
    if minutes == 0 { format!("UTC{sign}{hours}") } else { format!("UTC{sign}{hours}:{minutes:02}") }
}
