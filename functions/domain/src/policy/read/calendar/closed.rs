//! Calendars that stay closed for longer than a deadline may wait.

use jiff::civil::Date;

use super::WEEK;
use crate::calendar::{Calendar, Week};
use crate::document::{Problems, Table};

/// The most days in a row without hours: with the rest of the day before and of the day after, they are
/// less than what a deadline waits for an opening.
const MOST_CLOSED: usize = 397;

/// Reports a calendar that never opens, or not for longer than a deadline may wait.
pub(super) fn report(problems: &mut Problems, table: &Table, calendar: &Calendar) {
    let closed = |(_, week): &(Date, &Week)| week.iter().all(Vec::is_empty);
    let fix = format!("write week = {WEEK}");
    if !calendar.ever_opens() {
        problems.report(&table.place, "the calendar never opens", fix);
    } else if calendar.weeks().next_back().as_ref().is_some_and(closed) {
        let problem = "the calendar opens on single dates only: after the last, nothing would ever be due";
        problems.report(&table.place, problem, fix);
    } else if calendar.weeks().next().as_ref().is_some_and(closed) {
        let problem = "the calendar opens on single dates only before its second version";
        problems.report(&table.place, problem, format!("{fix} in the first"));
    } else if let Some(first) = closed_for_long(calendar) {
        let problem = format!("the calendar stays closed for more than {MOST_CLOSED} days from {first} on");
        problems.report(&table.place, problem, "write fewer closed days");
    }
}

/// The first of too many days in a row on which nothing opens.
fn closed_for_long(calendar: &Calendar) -> Option<Date> {
    let closed = |date: &Date| calendar.hours_on(*date).is_empty();
    // A week that opens has an exception or another week's beginning in every long run of closed days.
    let exceptions = calendar.exceptions_between(Date::MIN, Date::MAX).map(|(date, _)| date);
    let mut dates: Vec<Date> = exceptions.chain(calendar.weeks().map(|(first, _)| first)).collect();
    dates.sort_unstable();
    // A run of closed days is looked at once, from the first such date in it.
    let mut seen = None;
    for date in dates.into_iter().filter(closed) {
        if seen.is_some_and(|seen| date <= seen) {
            continue;
        }
        let back = std::iter::successors(Some(date), |date| date.yesterday().ok()).take_while(closed);
        let first = back.last().unwrap_or(date);
        let run = std::iter::successors(Some(first), |date| date.tomorrow().ok()).take_while(closed);
        if run.take(MOST_CLOSED + 1).inspect(|date| seen = Some(*date)).count() > MOST_CLOSED {
            return Some(first);
        }
    }
    None
}
