//! Deadlines: the published vectors, and what holds for every calendar.

use jiff::ToSpan;
use jiff::civil::{Date, DateTime};
use proptest::prelude::*;

use super::*;
use crate::calendar::tests::{any_calendar, any_instant, calendar, daily, local, mon_fri, on};

mod german;
mod pauses;
mod words;

#[test]
fn deadlines_of_the_published_table() {
    let paris = || calendar("Europe/Paris", mon_fri("09:00-18:00"), &[]);
    let new_york = |week| calendar("America/New_York", week, &[]);
    let may_day = calendar("Europe/Paris", mon_fri("09:00-18:00"), &[("2026-05-01", "")]);
    let christmas = calendar("Europe/Paris", mon_fri("09:00-18:00"), &[("2026-12-24", "09:00-12:00")]);
    let lord_howe = calendar("Australia/Lord_Howe", daily("00:00-24:00"), &[]);
    let kathmandu = calendar("Asia/Kathmandu", mon_fri("09:00-18:00"), &[]);
    // id, calendar, start (local), minutes, due (local), due (UTC)
    #[rustfmt::skip]
    let table = [
        ("A", paris(), "2026-03-25T16:30", 60, "2026-03-25T17:30", "2026-03-25T16:30:00Z"),
        ("B", paris(), "2026-03-25T17:30", 60, "2026-03-26T09:30", "2026-03-26T08:30:00Z"),
        ("C", paris(), "2026-03-25T18:00", 60, "2026-03-26T10:00", "2026-03-26T09:00:00Z"), // asked at close
        ("D", paris(), "2026-03-25T09:00", 60, "2026-03-25T10:00", "2026-03-25T09:00:00Z"), // asked at open
        ("E", paris(), "2026-03-27T17:45", 60, "2026-03-30T09:45", "2026-03-30T07:45:00Z"), // over the spring change
        ("F", paris(), "2026-03-26T02:00", 60, "2026-03-26T10:00", "2026-03-26T09:00:00Z"), // asked at night
        ("G", may_day, "2026-04-30T17:40", 60, "2026-05-04T09:40", "2026-05-04T07:40:00Z"), // over a holiday
        ("H", christmas, "2026-12-24T11:40", 60, "2026-12-25T09:40", "2026-12-25T08:40:00Z"), // half a day
        ("I", new_york(daily("00:00-24:00")), "2026-03-08T01:30", 60, "2026-03-08T03:30", "2026-03-08T07:30:00Z"),
        ("J", new_york(daily("00:00-24:00")), "2026-11-01T01:30", 60, "2026-11-01T01:30", "2026-11-01T06:30:00Z"),
        ("K", new_york(daily("00:00-24:00")), "2026-11-01T00:30", 120, "2026-11-01T01:30", "2026-11-01T06:30:00Z"),
        ("L", new_york(daily("22:00-06:00")), "2026-03-07T23:30", 420, "2026-03-08T23:30", "2026-03-09T03:30:00Z"), // a night of 7 h
        ("M", new_york(daily("22:00-06:00")), "2026-10-31T23:30", 420, "2026-11-01T05:30", "2026-11-01T10:30:00Z"), // a night of 9 h
        ("N", new_york(on(6, "02:30-04:00")), "2026-03-08T00:00", 60, "2026-03-08T04:00", "2026-03-08T08:00:00Z"), // opens in the gap
        ("O", calendar("Europe/Paris", daily("09:00-12:00 14:00-18:00"), &[]), "2026-03-25T11:30", 60, "2026-03-25T14:30", "2026-03-25T13:30:00Z"),
        ("P", lord_howe, "2026-04-05T01:15", 60, "2026-04-05T01:45", "2026-04-04T15:15:00Z"), // half an hour back
        ("Q", kathmandu, "2026-03-25T17:30", 60, "2026-03-26T09:30", "2026-03-26T03:45:00Z"),
        ("R", new_york(mon_fri("09:00-17:00")), "2026-06-05T16:45", 30, "2026-06-08T09:15", "2026-06-08T13:15:00Z"),
    ];
    for (id, calendar, start, minutes, due_local, due_utc) in table {
        let start = local(calendar.zone(), start);
        let span = Span::open(SignedDuration::from_mins(minutes));
        let got = due(Some(&calendar), start, span);
        assert_eq!(got.at, due_utc.parse().unwrap(), "{id}, UTC");
        assert_eq!(
            calendar.zone().to_datetime(got.at),
            due_local.parse::<DateTime>().unwrap(),
            "{id}, local"
        );
        assert_eq!(due_at(Some(&calendar), start, span), got.at, "{id}, without slices");
        assert_eq!(elapsed(Some(&calendar), start, got.at), span.length, "{id}, back again");
        assert!(!got.never_open, "{id}");
    }
}

/// Vector S: no hours at all. A configuration refuses it; should one get here, nobody is left waiting.
#[test]
fn a_calendar_that_never_opens_counts_day_and_night_and_says_so() {
    let start: Timestamp = "2026-03-25T02:00:00Z".parse().unwrap();
    let span = Span::open(SignedDuration::from_mins(60));
    let end = start + span.length;
    let closed = calendar("UTC", daily(""), &[]);
    let slices = vec![Stretch { from: start, to: end }];
    let expected = Deadline { start, unit: Unit::Open, at: end, slices, never_open: true };
    assert_eq!(due(Some(&closed), start, span), expected);
    assert_eq!(elapsed(Some(&closed), start, end), span.length);
    // hours run out before the span does
    let once = calendar("UTC", daily(""), &[("2026-03-25", "03:00-03:30")]);
    assert_eq!(due(Some(&once), start, span), expected);
}

#[test]
fn edges_of_the_count() {
    let paris = calendar("Europe/Paris", mon_fri("09:00-18:00"), &[]);
    // calendar, start, span, due
    let table = [
        (Some(&paris), "2026-03-25T16:00:00Z", "60m", "2026-03-25T17:00:00Z"), // used up exactly at close
        (Some(&paris), "2026-03-25T16:00:00Z", "3601s", "2026-03-26T08:00:01Z"), // and a second more
        (Some(&paris), "2026-03-25T23:00:00Z", "0s", "2026-03-25T23:00:00Z"),  // nothing has passed at once
        (Some(&paris), "2026-03-25T23:00:00Z", "60m elapsed", "2026-03-26T00:00:00Z"), // day and night
        (Some(&paris), "2026-03-25T16:59:59.25Z", "1s", "2026-03-26T08:00:00.25Z"), // parts of a second
        (None, "2026-03-25T23:00:00Z", "60m", "2026-03-26T00:00:00Z"),         // no calendar
        (None, "9999-12-30T00:00:00Z", "9000h", "9999-12-30T22:00:00.999999999Z"), // the end of time
    ];
    for (calendar, start, span, expected) in table {
        let got = due(calendar, start.parse().unwrap(), span.parse().unwrap());
        assert_eq!(got.at.to_string(), expected, "{span} from {start}");
        assert!(!got.never_open, "{span} from {start}");
    }
    let [early, late] = ["2026-03-25T16:00:00Z", "2026-03-25T17:00:00Z"].map(|at| at.parse().unwrap());
    assert_eq!(elapsed(Some(&paris), late, early), SignedDuration::ZERO, "never below zero");
    assert_eq!(elapsed(None, late, early), SignedDuration::ZERO, "never below zero");
}

#[test]
fn spans_read_what_they_print() {
    for text in ["60m", "3s", "2h", "60m elapsed", "90s", "0m", "9600h elapsed"] {
        let span: Span = text.parse().unwrap();
        assert_eq!(span.to_string().parse(), Ok(span), "{text}");
    }
    for text in
        ["", "m", "60", "60 m", "-1m", "+1m", "1.5h", "60m  elapsed", "60melapsed", "60m open", "1d", "é"]
    {
        assert_eq!(text.parse::<Span>(), Err(BadSpan::Form), "{text:?}");
    }
    for text in ["9601h", "99999999999h", "99999999999999999999999999s elapsed", "9223372036854775807h"] {
        assert_eq!(text.parse::<Span>(), Err(BadSpan::TooLong), "{text:?}");
    }
}

fn any_length() -> impl Strategy<Value = SignedDuration> {
    prop_oneof![
        (0..=180_i64).prop_map(SignedDuration::from_mins),
        (1..4_000_000_000_i64).prop_map(SignedDuration::from_micros),
        (0..3_000_i64).prop_map(SignedDuration::from_hours),
    ]
}

proptest! {
    #[test]
    fn a_later_start_is_never_due_earlier(
        calendar in any_calendar(), start in any_instant(), later_start in any_instant(), length in any_length(),
    ) {
        let (first, second) = (start.min(later_start), start.max(later_start));
        let span = Span::open(length);
        prop_assert!(due_at(Some(&calendar), first, span) <= due_at(Some(&calendar), second, span));
    }

    #[test]
    fn a_longer_span_is_never_due_earlier(
        calendar in any_calendar(), start in any_instant(), length in any_length(), extra in any_length(),
    ) {
        let at = |length| due_at(Some(&calendar), start, Span::open(length));
        prop_assert!(at(length) <= at(length + extra));
    }

    #[test]
    fn what_elapsed_until_the_deadline_is_the_span(
        calendar in any_calendar(), start in any_instant(), length in any_length(),
    ) {
        let at = due_at(Some(&calendar), start, Span::open(length));
        prop_assert_eq!(elapsed(Some(&calendar), start, at), length);
    }

    #[test]
    fn a_deadline_is_open_or_a_close(
        calendar in any_calendar(), start in any_instant(), length in any_length(),
    ) {
        prop_assume!(length > SignedDuration::ZERO);
        let at = due_at(Some(&calendar), start, Span::open(length));
        let just_before = at - SignedDuration::from_nanos(1);
        prop_assert_eq!(calendar.next_opening(just_before), Some(just_before));
    }

    #[test]
    fn slices_add_up_to_the_span(
        calendar in any_calendar(), start in any_instant(), length in any_length(),
    ) {
        let deadline = due(Some(&calendar), start, Span::open(length));
        let total: SignedDuration = deadline.slices.iter().map(Stretch::length).sum();
        prop_assert_eq!(total, length);
        prop_assert!(deadline.slices.windows(2).all(|pair| pair[0].to < pair[1].from));
        prop_assert_eq!(deadline.slices.last().map_or(start, |slice| slice.to), deadline.at);
        prop_assert!(deadline.slices.first().is_none_or(|slice| start <= slice.from));
    }

    #[test]
    fn a_span_may_be_counted_in_parts(
        calendar in any_calendar(), start in any_instant(), length in any_length(), rest in any_length(),
        end in any_instant(),
    ) {
        let at = |start, length| due_at(Some(&calendar), start, Span::open(length));
        prop_assert_eq!(at(at(start, length), rest), at(start, length + rest));
        let middle = at(start, length);
        let (from, to) = (start.min(end), middle.max(end));
        let count = |from, to| elapsed(Some(&calendar), from, to);
        prop_assert_eq!(count(from, middle) + count(middle, to), count(from, to));
    }

    #[test]
    fn hours_may_be_written_in_parts(start in any_instant(), length in any_length(), minute in 1..540_u16) {
        let wall = |minute: u16| format!("{:02}:{:02}", minute / 60, minute % 60);
        let middle = wall(9 * 60 + minute);
        let whole = calendar("Europe/Paris", mon_fri("09:00-18:00"), &[]);
        let parts = calendar("Europe/Paris", mon_fri(&format!("{middle}-18:00 09:00-{middle}")), &[]);
        prop_assert_eq!(&whole, &parts);
        let span = Span::open(length);
        prop_assert_eq!(due(Some(&whole), start, span), due(Some(&parts), start, span));
    }
}
