//! What the clocks of a zone show, minute by minute, and which of these minutes are open.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::DAY;
use super::question::{Calendar, Written};

/// What the clocks of a zone show in every minute of some years.
pub(super) struct Clocks {
    /// The first minute after 1970 that is known.
    pub(super) first: i64,
    /// What the wall clock shows, in minutes after its own 1970, by the minute.
    walls: Vec<i64>,
    /// The first and the last known minute that shows a wall time, by the wall time.
    shown: Vec<Option<(i64, i64)>>,
    /// The wall time that the first entry of `shown` is about.
    first_shown: i64,
}

impl Clocks {
    pub(super) fn of(zone: &TimeZone, first: Date, days: i64) -> Clocks {
        let epoch = Date::constant(1970, 1, 1);
        let first = days_between(epoch, first) * DAY;
        let walls: Vec<i64> = (first..first + days * DAY)
            .map(|minute| {
                let wall = zone.to_datetime(Timestamp::from_second(minute * 60).unwrap());
                assert_eq!(wall.second(), 0, "a zone whose offset is not of whole minutes");
                let time = i64::from(wall.hour()) * 60 + i64::from(wall.minute());
                days_between(epoch, wall.date()) * DAY + time
            })
            .collect();
        let (lowest, highest) = (*walls.iter().min().unwrap(), *walls.iter().max().unwrap());
        let mut shown = vec![None; usize::try_from(highest - lowest + 1).unwrap()];
        for (minute, wall) in (first..).zip(&walls) {
            let entry = &mut shown[usize::try_from(wall - lowest).unwrap()];
            *entry = Some(entry.map_or((minute, minute), |(first, _)| (first, minute)));
        }
        Clocks { first, walls, shown, first_shown: lowest }
    }

    /// The first and the last minute that shows `wall`; if none does, twice the first minute after the gap.
    fn minutes(&self, wall: i64) -> (i64, i64) {
        let place = usize::try_from(wall - self.first_shown).unwrap();
        if let Some(minutes) = self.shown[place] {
            return minutes;
        }
        let (after, _) = self.shown[place..].iter().find_map(|minutes| *minutes).unwrap();
        (after, after)
    }

    /// The last minute that is followed, ten days before the last known.
    fn last(&self) -> i64 {
        self.first + i64::try_from(self.walls.len()).unwrap() - 10 * DAY
    }

    /// The date on which clocks show `minute`, in days after 1970.
    fn date(&self, minute: i64) -> i64 {
        self.walls[usize::try_from(minute - self.first).unwrap()].div_euclid(DAY)
    }
}

fn days_between(from: Date, to: Date) -> i64 {
    i64::from(from.until(to).unwrap().get_days())
}

/// The hours that begin on a day: its own, else none on a holiday, else those of the week.
fn hours_on(calendar: &Calendar, day: i64, weekday: usize) -> &[Written] {
    if let Some((_, hours)) = calendar.days.iter().find(|(own, _)| *own == day) {
        return hours;
    }
    if calendar.holidays.iter().flatten().any(|(first, length)| (*first..first + length).contains(&day)) {
        return &[];
    }
    let later = calendar.later.iter().rev().find(|(first, _)| *first <= day);
    &later.map_or(&calendar.week, |(_, week)| week)[weekday]
}

/// Which minutes are open, from the start's on.
pub(super) struct Open<'a> {
    clocks: &'a Clocks,
    calendar: &'a Calendar,
    from: i64,
    minutes: Vec<bool>,
}

impl<'a> Open<'a> {
    pub(super) fn of(clocks: &'a Clocks, calendar: &'a Calendar, from: i64) -> Open<'a> {
        Open { clocks, calendar, from, minutes: Vec::new() }
    }

    /// Whether the minutes from the start's up to, not including, `until` are open.
    fn before(&mut self, until: i64) -> &[bool] {
        let length = usize::try_from(until - self.from).unwrap();
        if length > self.minutes.len() {
            self.extend(length);
        }
        &self.minutes[..length]
    }

    fn extend(&mut self, length: usize) {
        let until = self.from + i64::try_from(length).unwrap();
        self.minutes = vec![false; length];
        let first_day = self.clocks.first / DAY;
        for date in self.clocks.date(self.from) - 3..=self.clocks.date(until) + 2 {
            // 1970 began on a Thursday.
            let weekday = usize::try_from((date + 3).rem_euclid(7)).unwrap();
            for (open, close) in hours_on(self.calendar, date - first_day, weekday) {
                let close = if close <= open { close + DAY } else { *close };
                let (opens, _) = self.clocks.minutes(date * DAY + open);
                let (_, closes) = self.clocks.minutes(date * DAY + close);
                let (opens, closes) = (opens.max(self.from), closes.min(until));
                if opens < closes {
                    let place = |minute: i64| usize::try_from(minute - self.from).unwrap();
                    self.minutes[place(opens)..place(closes)].fill(true);
                }
            }
        }
    }

    /// The stretches in which `target` seconds are used up, or as many as there are in the known time.
    pub(super) fn slices(&mut self, start: i64, target: i64) -> Vec<(i64, i64)> {
        let (first, last) = (self.from, self.clocks.last());
        // A look at four days, at eight, sixteen …, until they are enough.
        let mut days = 4;
        loop {
            let until = last.min(first + days * DAY);
            let slices = counted(self.before(until), first, start, target);
            let found: i64 = slices.iter().map(|(from, to)| to - from).sum();
            if found == target || until == last {
                return slices;
            }
            days *= 2;
        }
    }

    /// How many seconds are open from `start` to `end`.
    pub(super) fn elapsed(&mut self, start: i64, end: i64) -> i64 {
        let first = self.from;
        let slices = counted(self.before((end + 59).div_euclid(60)), first, start, i64::MAX);
        slices.iter().map(|(from, to)| to.min(&end) - from.min(&end)).sum()
    }
}

/// When `seconds` have passed since `start` in the stretches that are open from then on; absent if they are not enough.
pub(super) fn reached(slices: &[(i64, i64)], start: i64, seconds: i64) -> Option<i64> {
    let mut left = seconds;
    for (from, to) in slices.iter().filter(|_| seconds > 0) {
        if left <= to - from {
            return Some(from + left);
        }
        left -= to - from;
    }
    (seconds == 0).then_some(start)
}

/// The stretches of `slices` up to the instant `end`.
pub(super) fn until(slices: &[(i64, i64)], end: i64) -> Vec<(i64, i64)> {
    let before = slices.iter().filter(|(from, _)| *from < end);
    before.map(|(from, to)| (*from, *to.min(&end))).collect()
}

/// The open stretches from `start` on in minutes from `first` on, until they are `most` seconds together.
fn counted(is_open: &[bool], first: i64, start: i64, most: i64) -> Vec<(i64, i64)> {
    let mut slices: Vec<(i64, i64)> = Vec::new();
    let mut left = most;
    for (minute, is_open) in (first..).zip(is_open) {
        if left == 0 {
            break;
        }
        if !is_open {
            continue;
        }
        let from = start.max(minute * 60);
        let to = (minute * 60 + 60).min(from.saturating_add(left));
        match slices.last_mut() {
            Some(slice) if slice.1 == from => slice.1 = to,
            Some(_) | None => slices.push((from, to)),
        }
        left -= to - from;
    }
    slices
}
