//! A deadline's sum as a sentence.

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

use super::{Clock, Deadline, Unit};
use crate::calendar::{Calendar, Stretch};
use crate::language::{Reader, say};

mod exception;
mod wall;

use wall::Wall;

/// With more stretches than this, those in the middle are counted instead of listed.
const LISTED: usize = 6;
/// More closed days or pauses in a row than this are counted instead of listed.
const IN_A_ROW: usize = 3;

/// Says how a deadline came about, by the clocks and in the language of `reader`; a zone alone reads English:
/// `asked Thu 17:40 · 20 min until close · Fri 1 May (May Day) holiday · 40 min from Mon 09:00 = Mon 09:40`.
///
/// `began` says what the count began with, in that language, such as `asked`. `pauses` are those of the clock that made the
/// deadline, each with its reason, which is said as it is; one that took no time that counts is not said, and
/// of two that overlap the second is said from the end of the first.
///
/// Dates on which `calendar` is closed by exception are named where they were passed over, other exceptions
/// where they are why the time began, ended or did not run. Each length stands where its time was, and all of
/// them add up to the span. When a length begins is said unless it begins where the words before it end, the
/// time of a close where the day alone does not tell. A day more than six days after the start has its date
/// with it. Seconds are said where they are not zero, cut off below that. The offset is said where the clocks
/// show a time twice or change within a stretch.
#[must_use]
pub fn in_words<'a>(
    deadline: &Deadline,
    began: &str,
    calendar: Option<&'a Calendar>,
    reader: impl Into<Reader<'a>>,
    pauses: impl IntoIterator<Item = (Stretch, &'a str)>,
) -> String {
    let reader = reader.into();
    let language = reader.language;
    let calendar = calendar.filter(|_| deadline.unit == Unit::Open && !deadline.never_open);
    let mut sum = Sum {
        start: deadline.start,
        calendar,
        pauses: said(deadline, calendar, pauses),
        wall: Wall::new(reader, deadline.start),
        followed: deadline.start,
        exception: None,
        parts: Vec::new(),
    };
    sum.begin(began, deadline.slices.first());
    let slices = &deadline.slices;
    let lengths = lengths(slices);
    let middle = if slices.len() > LISTED { LISTED / 2..slices.len() - 1 } else { 0..0 };
    let mut passed = deadline.start;
    for (place, slice) in slices.iter().enumerate() {
        if middle.contains(&place) {
            if place == middle.start {
                let total = duration_in_words(lengths[middle.clone()].iter().sum());
                sum.parts.push(say!(language, "clock.middle", total = total, count = middle.len()));
            }
            continue;
        }
        sum.pass(passed, slice.from);
        let mut length = duration_in_words(lengths[place]);
        match (place, calendar) {
            (0, None) if deadline.never_open => length = say!(language, "clock.never_open", length = length),
            (0, None) => length = say!(language, "clock.day_and_night", length = length),
            _ => {}
        }
        sum.run(*slice, &length, place + 1 == slices.len());
        passed = slice.to;
    }
    if slices.is_empty() {
        sum.parts.push(say!(language, "clock.at_once"));
    }
    let changes = slices.last().is_some_and(|slice| sum.wall.change_within(*slice));
    format!("{} = {}", sum.parts.join(" · "), sum.wall.at(deadline.at, changes))
}

/// Says when `at` is by the clocks of `reader`, who thinks of `since`: `Thu 17:40`, or `Thu 7 May 17:40` more than
/// six days away.
#[must_use]
pub fn instant_in_words<'a>(at: Timestamp, since: Timestamp, reader: impl Into<Reader<'a>>) -> String {
    Wall::new(reader.into(), since).at(at, false)
}

/// Says how long `length` is: `45 s`, `60 min`, `19 min 47 s`, `2 h`, `9 h 30 min`.
///
/// Hours begin at two; below a second nothing is said. The units are the same in every language.
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

/// A sentence that is being made, and what its reader knows so far.
struct Sum<'a> {
    start: Timestamp,
    /// None where all time counts.
    calendar: Option<&'a Calendar>,
    /// Sorted, apart from each other.
    pauses: Vec<(Stretch, &'a str)>,
    wall: Wall<'a>,
    /// Where the words before end.
    followed: Timestamp,
    /// The date whose other hours were said last.
    exception: Option<Date>,
    parts: Vec<String>,
}

/// What lies between two slices.
enum Passed<'a> {
    Closed(String),
    Paused(&'a [(Stretch, &'a str)]),
}

impl Sum<'_> {
    /// `asked Thu 17:40` or `asked Thu 02:00, closed`
    fn begin(&mut self, began: &str, first: Option<&Stretch>) {
        let changes = first.is_some_and(|slice| slice.from == self.start && self.wall.change_within(*slice));
        let at = self.wall.at(self.start, changes);
        let closed = |calendar: &&Calendar| calendar.next_opening(self.start) != Some(self.start);
        let calendar = self.calendar.filter(closed).filter(|_| first.is_some());
        let closed = match calendar.map(|calendar| (calendar, exception::usually_open(calendar, self.start)))
        {
            None => String::new(),
            // That the date is closed is said next.
            Some((calendar, Some(date))) if calendar.hours_on(date).is_empty() => String::new(),
            Some((_, date)) => {
                format!(", {}{}", say!(self.wall.language, "clock.closed"), self.exception(date))
            }
        };
        self.parts.push(format!("{began} {at}{closed}"));
    }

    /// `Fri 1 May (May Day) holiday`, `paused 10:05–11:00 (legal)`
    fn pass(&mut self, from: Timestamp, to: Timestamp) {
        let language = self.wall.language;
        // What was paused would not have counted on a usual day either.
        let running = Clock::new(None, self.pauses.iter().map(|(pause, _)| *pause));
        let closed =
            self.calendar.map(|calendar| (calendar, exception::closed(calendar, &running, from, to)));
        let pauses = self.pauses.iter().filter(|(pause, _)| from <= pause.from && pause.from < to);
        let pauses: Vec<(Stretch, &str)> = pauses.copied().collect();
        let mut passed: Vec<(Timestamp, Passed)> = Vec::new();
        if let Some((calendar, closed)) = closed {
            passed.extend(closed.chunks(together(closed.len())).map(|closed| {
                let dates: Vec<Date> = closed.iter().map(|(date, _)| *date).collect();
                (closed[0].1, Passed::Closed(exception::closed_in_words(language, calendar, &dates)))
            }));
        }
        let together = pauses.chunks(together(pauses.len()));
        passed.extend(together.map(|pauses| (pauses[0].0.from, Passed::Paused(pauses))));
        passed.sort_by_key(|(begins, _)| *begins);
        for (_, passed) in passed {
            let part = match passed {
                Passed::Closed(words) => words,
                Passed::Paused(pauses) => self.paused(pauses),
            };
            self.parts.push(part);
        }
    }

    /// `paused 10:05–11:00 (legal)`, or `paused 5 times, 10:05–Fri 11:00`
    fn paused(&mut self, pauses: &[(Stretch, &str)]) -> String {
        let whole = Stretch { from: pauses[0].0.from, to: pauses[pauses.len() - 1].0.to };
        let changes = self.wall.change_within(whole);
        let language = self.wall.language;
        let from = if whole.from == self.start { None } else { Some(self.wall.next(whole.from, changes)) };
        let to = self.wall.next(whole.to, changes);
        let when = match from {
            None => say!(language, "clock.until", time = to),
            Some(from) => format!("{from}–{to}"),
        };
        self.followed = whole.to;
        match pauses {
            [(_, "")] => say!(language, "clock.paused", when = when),
            [(_, reason)] => say!(language, "clock.paused_for", when = when, reason = reason),
            _ => say!(language, "clock.paused_often", count = pauses.len(), when = when),
        }
    }

    /// `20 min until close`, `9 h from Thu 09:00 until close`, `40 min from Mon 09:00`
    fn run(&mut self, slice: Stretch, length: &str, last: bool) {
        let language = self.wall.language;
        let changes = self.wall.change_within(slice);
        let (mut opening, mut close, mut unusual) = (String::new(), String::new(), None);
        if slice.from != self.followed {
            opening =
                format!(" {}", say!(language, "clock.from", time = self.wall.next(slice.from, changes)));
            unusual = self.calendar.and_then(|calendar| exception::opens(calendar, slice.from));
        }
        let closes = |calendar: &&Calendar| calendar.next_opening(slice.to) != Some(slice.to);
        if let Some(calendar) = self.calendar.filter(closes) {
            let unclear = changes
                || self.wall.ends_another_day(slice.to)
                || exception::is_one_close_of_many(calendar, slice.to);
            // When the last one ends is said as the end of it all.
            close = if unclear && !last {
                let end = self.wall.next_end(slice.to, changes);
                format!(" {}", say!(language, "clock.until_close_at", time = end))
            } else {
                format!(" {}", say!(language, "clock.until_close"))
            };
            unusual = unusual.or_else(|| exception::closes(calendar, slice.to));
        }
        let exception = self.exception(unusual);
        self.parts.push(format!("{length}{opening}{close}{exception}"));
        self.followed = slice.to;
    }

    /// ` (Thu 24 Dec half day)`, unless it was said last.
    fn exception(&mut self, date: Option<Date>) -> String {
        let date = date.filter(|date| self.exception != Some(*date));
        let Some((date, calendar)) = date.zip(self.calendar) else { return String::new() };
        self.exception = Some(date);
        let language = self.wall.language;
        format!(" ({} {})", wall::dated(language, date), exception::kind(language, calendar, date))
    }
}

/// How many of `number` in a row are said in one: each alone, or all of them.
fn together(number: usize) -> usize {
    if number > IN_A_ROW { number } else { 1 }
}

/// The pauses to say: of those that took time that counts, what no earlier one took.
fn said<'a>(
    deadline: &Deadline,
    calendar: Option<&Calendar>,
    pauses: impl IntoIterator<Item = (Stretch, &'a str)>,
) -> Vec<(Stretch, &'a str)> {
    let mut pauses: Vec<_> = pauses.into_iter().collect();
    pauses.sort_by_key(|(pause, _)| (pause.from, pause.to));
    let clock = Clock::steady(calendar);
    let mut taken = deadline.start;
    pauses.retain_mut(|(pause, _)| {
        pause.from = pause.from.max(taken);
        let counts = pause.from < deadline.at && !clock.elapsed(pause.from, pause.to).is_zero();
        taken = taken.max(pause.to);
        counts
    });
    pauses
}

/// The lengths to say, in whole seconds that add up to those of all slices together.
///
/// Where it can be, each is what lies between the times that the clocks show at its ends. Pauses that begin or
/// end within a second make that impossible.
fn lengths(slices: &[Stretch]) -> Vec<SignedDuration> {
    let total: SignedDuration = slices.iter().map(Stretch::length).sum();
    let by_the_clocks = slices.iter().map(|slice| slice.to.as_second() - slice.from.as_second());
    if by_the_clocks.clone().sum::<i64>() == total.as_secs() {
        return by_the_clocks.map(SignedDuration::from_secs).collect();
    }
    let sums = slices.iter().scan(SignedDuration::ZERO, |sum, slice| {
        let before = sum.as_secs();
        *sum += slice.length();
        Some(sum.as_secs() - before)
    });
    sums.map(SignedDuration::from_secs).collect()
}
