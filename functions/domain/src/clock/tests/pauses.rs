//! Pauses: the clock stands still, whether it is open or not.

use super::*;

/// Stretches of up to three days in the weeks after `start`, or before it; some overlap.
pub(super) fn any_pauses() -> impl Strategy<Value = Vec<(i64, i64)>> {
    prop::collection::vec((-5_000..30_000_i64, 0..4_320_i64), 0..5)
}

/// Pauses given as minutes after `start` and minutes of length.
pub(super) fn after(start: Timestamp, pauses: &[(i64, i64)]) -> Vec<Stretch> {
    let minutes = SignedDuration::from_mins;
    let pause = |(from, length): &(i64, i64)| {
        let from = start + minutes(*from);
        Stretch { from, to: from + minutes(*length) }
    };
    pauses.iter().map(pause).collect()
}

pub(super) fn any_span() -> impl Strategy<Value = Span> {
    (any_length(), any::<bool>())
        .prop_map(|(length, open)| if open { Span::open(length) } else { Span::elapsed(length) })
}

/// The clock that `span` is counted back with: elapsed time knows no calendar.
fn clock_for(calendar: &Calendar, span: Span, pauses: Vec<Stretch>) -> Clock<'_> {
    Clock::new(Some(calendar).filter(|_| span.unit == Unit::Open), pauses)
}

#[test]
fn deadlines_wait_for_pauses() {
    let paris = calendar("Europe/Paris", mon_fri("09:00-18:00"), &[("2026-05-01", "")]);
    let closed = calendar("Europe/Paris", daily(""), &[]);
    // calendar, start, span, pauses, slices; by the clocks of Paris, the days after Mon 2026-04-27, which is 1
    #[rustfmt::skip]
    let table = [
        (&paris, "1T10:00", "60m", "1T10:20-1T11:00", "1T10:00-1T10:20 1T11:00-1T11:40"), // while it runs
        (&paris, "1T10:00", "60m", "1T09:00-1T10:20", "1T10:20-1T11:20"), // asked while paused
        (&paris, "1T10:00", "60m", "1T09:00-1T10:00", "1T10:00-1T11:00"), // over when asked
        (&paris, "1T10:00", "60m", "1T11:00-1T12:00", "1T10:00-1T11:00"), // begins when the time is used up
        (&paris, "1T10:00", "60m", "1T10:59-1T12:00", "1T10:00-1T10:59 1T12:00-1T12:01"), // a minute before
        (&paris, "1T17:30", "60m", "1T18:00-2T09:00", "1T17:30-1T18:00 2T09:00-2T09:30"), // the whole night
        (&paris, "1T17:30", "60m", "1T17:45-2T09:10", "1T17:30-1T17:45 2T09:10-2T09:55"), // over closing time
        (&paris, "1T17:30", "30m", "1T17:45-1T18:00", "1T17:30-1T17:45 2T09:00-2T09:15"), // until closing time
        (&paris, "4T17:40", "60m", "4T17:50-8T09:20", "4T17:40-4T17:50 8T09:20-8T10:10"), // over a holiday, long
        (&paris, "1T10:00", "60m", "1T10:40-1T11:00 1T10:10-1T10:20", "1T10:00-1T10:10 1T10:20-1T10:40 1T11:00-1T11:30"), // in any order
        (&paris, "1T10:00", "60m", "1T10:10-1T10:30 1T10:20-1T10:40", "1T10:00-1T10:10 1T10:40-1T11:30"), // overlapping
        (&paris, "1T10:00", "60m", "1T10:30-1T10:30 1T10:40-1T10:20", "1T10:00-1T11:00"), // of no length
        (&paris, "1T17:30", "60m elapsed", "1T17:45-1T18:15", "1T17:30-1T17:45 1T18:15-1T19:00"), // day and night
        (&paris, "1T20:00", "60m elapsed", "1T20:15-1T20:30", "1T20:00-1T20:15 1T20:30-1T21:15"), // while closed
        (&paris, "1T20:00", "0m", "1T19:00-1T21:00", ""), // nothing has passed at once
        (&closed, "1T20:00", "60m", "1T20:15-1T20:30", "1T20:00-1T20:15 1T20:30-1T21:15"), // given up, and paused
    ];
    let monday: Date = "2026-04-27".parse().unwrap();
    for (calendar, start, span, pauses, slices) in table {
        let at = |text: &str| {
            let (day, time) = text.split_once('T').unwrap();
            let date = monday + (day.parse::<i64>().unwrap() - 1).days();
            local(calendar.zone(), &format!("{date}T{time}"))
        };
        let stretches = |text: &str| -> Vec<Stretch> {
            let pairs = text.split_whitespace().map(|pair| pair.split_once('-').unwrap());
            pairs.map(|(from, to)| Stretch { from: at(from), to: at(to) }).collect()
        };
        let case = format!("{span} from {start}, paused {pauses}");
        let (span, slices) = (span.parse().unwrap(), stretches(slices));
        let clock = Clock::new(Some(calendar), stretches(pauses));
        let got = clock.due(at(start), span);
        assert_eq!(got.slices, slices, "{case}");
        assert_eq!(got.at, slices.last().map_or(at(start), |slice| slice.to), "{case}");
        assert_eq!(clock.due_at(at(start), span), got.at, "{case}");
        assert_eq!(got.never_open, calendar == &closed, "{case}");
    }
}

#[test]
fn paused_time_has_not_elapsed() {
    let paris = calendar("Europe/Paris", mon_fri("09:00-18:00"), &[]);
    let at = |text: &str| local(paris.zone(), &format!("2026-03-{text}"));
    let pause = Stretch { from: at("25T17:00"), to: at("26T10:00") };
    // from, to, minutes of open time, minutes of all time
    let table = [
        ("25T16:00", "26T11:00", 120, 120),   // all of the pause
        ("25T16:00", "25T17:30", 60, 60),     // its beginning
        ("25T20:00", "26T10:30", 30, 30),     // its end
        ("25T17:30", "26T09:30", 0, 0),       // within it
        ("25T09:00", "25T17:00", 480, 480),   // before it
        ("26T10:00", "27T10:00", 540, 1_440), // after it
        ("26T11:00", "25T16:00", 0, 0),       // never below zero
    ];
    for (from, to, open, all) in table {
        let minutes = |calendar| Clock::new(calendar, [pause]).elapsed(at(from), at(to)).as_mins();
        assert_eq!((minutes(Some(&paris)), minutes(None)), (open, all), "{from} to {to}");
    }
}

proptest! {
    #[test]
    fn what_elapsed_until_the_deadline_is_the_span_with_pauses(
        calendar in any_calendar(), start in any_instant(), span in any_span(), pauses in any_pauses(),
    ) {
        let pauses = after(start, &pauses);
        let at = Clock::new(Some(&calendar), pauses.clone()).due_at(start, span);
        prop_assert_eq!(clock_for(&calendar, span, pauses).elapsed(start, at), span.length);
    }

    #[test]
    fn slices_lie_outside_pauses_and_add_up_to_the_span(
        calendar in any_calendar(), start in any_instant(), span in any_span(), pauses in any_pauses(),
    ) {
        let pauses = after(start, &pauses);
        let clock = Clock::new(Some(&calendar), pauses.clone());
        let deadline = clock.due(start, span);
        prop_assert_eq!(deadline.at, clock.due_at(start, span));
        prop_assert_eq!(deadline.slices.iter().map(Stretch::length).sum::<SignedDuration>(), span.length);
        prop_assert!(deadline.slices.windows(2).all(|pair| pair[0].to < pair[1].from));
        prop_assert_eq!(deadline.slices.last().map_or(start, |slice| slice.to), deadline.at);
        for slice in &deadline.slices {
            prop_assert!(start <= slice.from && slice.from < slice.to);
            prop_assert!(pauses.iter().all(|pause| pause.to <= slice.from || slice.to <= pause.from
                || pause.to <= pause.from), "{:?}", slice);
            if span.unit == Unit::Open {
                prop_assert_eq!(calendar.open_between(slice.from, slice.to), slice.length());
            }
        }
    }

    #[test]
    fn a_pause_that_is_over_or_yet_to_come_changes_nothing(
        calendar in any_calendar(), start in any_instant(), span in any_span(), pauses in any_pauses(),
        minutes in 0..9_000_i64,
    ) {
        let pauses = after(start, &pauses);
        let clock = Clock::new(Some(&calendar), pauses.clone());
        let deadline = clock.due(start, span);
        let minutes = SignedDuration::from_mins(minutes);
        let over = Stretch { from: start - minutes, to: start };
        let to_come = Stretch { from: deadline.at, to: deadline.at + minutes };
        let more = Clock::new(Some(&calendar), pauses.into_iter().chain([over, to_come]));
        prop_assert_eq!(more.due(start, span), deadline);
    }

    #[test]
    fn a_pause_of_closed_time_changes_nothing_for_open_spans(
        calendar in any_calendar(), start in any_instant(), length in any_length(), near in any_instant(),
    ) {
        let closes = calendar.open_from(near).next().unwrap().to;
        let closed = Stretch { from: closes, to: calendar.next_opening(closes).unwrap() };
        let clock = Clock::new(Some(&calendar), [closed]);
        let span = Span::open(length);
        let plain = due(Some(&calendar), start, span);
        prop_assert_eq!(clock.due(start, span), plain);
    }

    #[test]
    fn a_pause_may_be_made_in_parts(
        calendar in any_calendar(), start in any_instant(), span in any_span(), pauses in any_pauses(),
        part in 0..100_i32,
    ) {
        let whole = after(start, &pauses);
        let parts: Vec<Stretch> = whole
            .iter()
            .flat_map(|pause| {
                let middle = pause.from + pause.length() / 100 * part;
                [Stretch { from: middle, ..*pause }, Stretch { to: middle, ..*pause }]
            })
            .collect();
        let clock = |pauses| Clock::new(Some(&calendar), pauses);
        prop_assert_eq!(clock(parts).due(start, span), clock(whole).due(start, span));
    }

    #[test]
    fn a_later_start_or_a_longer_span_or_another_pause_is_never_due_earlier(
        calendar in any_calendar(), start in any_instant(), later_by in 0..50_000_i64, span in any_span(),
        extra in any_length(), pauses in any_pauses(), another in any_pauses(),
    ) {
        let pauses = after(start, &pauses);
        let clock = Clock::new(Some(&calendar), pauses.clone());
        let due_at = clock.due_at(start, span);
        let later_start = start + SignedDuration::from_mins(later_by);
        prop_assert!(due_at <= clock.due_at(later_start, span));
        let longer = Span { length: span.length + extra, ..span };
        prop_assert!(due_at <= clock.due_at(start, longer));
        let more = Clock::new(Some(&calendar), pauses.into_iter().chain(after(start, &another)));
        prop_assert!(due_at <= more.due_at(start, span));
    }
}
