//! Dates that are not as their week says, where they explain a sum.

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

use super::Clock;
use super::wall::dated;
use crate::calendar::{Calendar, Hours, Stretch};
use crate::language::{Language, say};

/// Returns the dates that are closed by exception and would have counted between two instants if they were
/// not, with when they would have opened; earliest first.
pub(super) fn closed(
    calendar: &Calendar,
    running: &Clock<'_>,
    from: Timestamp,
    to: Timestamp,
) -> Vec<(Date, Timestamp)> {
    let [first, last] = [from, to].map(|at| calendar.zone().to_datetime(at).date());
    // The night before reaches into the first day.
    let exceptions = calendar.exceptions_between(first.yesterday().unwrap_or(first), last);
    let closed = exceptions.filter(|(_, hours)| hours.is_empty()).filter_map(|(date, _)| {
        let mut usual = stretches(calendar, date, calendar.usual_hours(date));
        let missed = usual
            .find(|usual| running.elapsed(usual.from.max(from), usual.to.min(to)) > SignedDuration::ZERO);
        Some((date, missed?.from))
    });
    closed.collect()
}

/// `Fri 1 May (May Day) holiday`, `Fri 25 Dec closed`; several: `closed on 5 days, Thu 24 Dec to Thu 31 Dec`.
pub(super) fn closed_in_words(language: Language, calendar: &Calendar, dates: &[Date]) -> String {
    let said = |date| dated(language, date);
    match *dates {
        [date] => match (calendar.holiday_name(date), calendar.is_holiday(date)) {
            (Some(name), _) => say!(language, "clock.named_holiday", date = said(date), name = name),
            (None, true) => say!(language, "clock.holiday", date = said(date)),
            (None, false) => say!(language, "clock.closed_on", date = said(date)),
        },
        [first, .., last] => {
            let count = dates.len();
            say!(language, "clock.closed_days", count = count, first = said(first), last = said(last))
        }
        [] => String::new(),
    }
}

/// Returns the date whose usual hours hold `at`.
pub(super) fn usually_open(calendar: &Calendar, at: Timestamp) -> Option<Date> {
    let holds = |stretch: Stretch| stretch.from <= at && at < stretch.to;
    around(calendar, at).find(|date| stretches(calendar, *date, calendar.usual_hours(*date)).any(holds))
}

/// Returns the date whose hours open at `at`, if it usually does not.
pub(super) fn opens(calendar: &Calendar, at: Timestamp) -> Option<Date> {
    let opens = |stretch: Stretch| stretch.from == at;
    let date =
        around(calendar, at).find(|date| stretches(calendar, *date, calendar.hours_on(*date)).any(opens))?;
    Some(date).filter(|date| !stretches(calendar, *date, calendar.usual_hours(*date)).any(opens))
}

/// Returns the date whose hours close at `at`, if it usually does not.
pub(super) fn closes(calendar: &Calendar, at: Timestamp) -> Option<Date> {
    let closes = |stretch: Stretch| stretch.to == at;
    closing(calendar, at).filter(|date| !stretches(calendar, *date, calendar.usual_hours(*date)).any(closes))
}

/// Whether the day that closes at `at` closes at other times too.
pub(super) fn is_one_close_of_many(calendar: &Calendar, at: Timestamp) -> bool {
    closing(calendar, at).is_some_and(|date| calendar.hours_on(date).len() > 1)
}

/// Says what is special about the hours of `date`.
pub(super) fn kind(language: Language, calendar: &Calendar, date: Date) -> String {
    let length = |hours: &[Hours]| -> SignedDuration {
        stretches(calendar, date, hours).map(|stretch| stretch.length()).sum()
    };
    let (usual, today) = (length(calendar.usual_hours(date)), length(calendar.hours_on(date)));
    if usual.is_zero() {
        say!(language, "clock.special_opening")
    } else if today * 3 <= usual * 2 {
        say!(language, "clock.half_day")
    } else {
        say!(language, "clock.special_hours")
    }
}

/// The date whose hours close at `at`.
fn closing(calendar: &Calendar, at: Timestamp) -> Option<Date> {
    let closes = |stretch: Stretch| stretch.to == at;
    around(calendar, at).find(|date| stretches(calendar, *date, calendar.hours_on(*date)).any(closes))
}

/// The dates whose hours can hold or end at `at`.
fn around(calendar: &Calendar, at: Timestamp) -> impl Iterator<Item = Date> {
    let date = calendar.zone().to_datetime(at).date();
    std::iter::once(date).chain(date.yesterday().ok())
}

fn stretches(calendar: &Calendar, date: Date, hours: &[Hours]) -> impl Iterator<Item = Stretch> {
    hours.iter().filter_map(move |hours| calendar.stretch(date, *hours))
}
