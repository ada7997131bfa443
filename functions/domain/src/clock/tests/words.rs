//! Sums in words: every case as people read it, and that the lengths said add up.

use jiff::tz::TimeZone;

use super::pauses::{after, any_pauses, any_span};
use super::*;

#[test]
fn deadlines_in_words() {
    let paris = calendar("Europe/Paris", mon_fri("09:00-18:00"), &[("2026-05-01", ""), ("2026-05-02", "")]);
    let named = calendar("Europe/Paris", mon_fri("09:00-18:00"), &[("2026-04-30", "")]).with_holidays([
        ("2026-05-01".parse().unwrap(), Some("May Day".to_owned())),
        ("2026-05-08".parse().unwrap(), None),
    ]);
    let winter: Vec<_> = (24..=31).map(|day| (format!("2026-12-{day}"), "")).collect();
    let winter: Vec<_> = winter.iter().map(|(date, hours)| (date.as_str(), *hours)).collect();
    let winter = calendar("Europe/Paris", mon_fri("09:00-18:00"), &winter);
    let odd = calendar(
        "Europe/Paris",
        mon_fri("09:00-18:00"),
        &[
            ("2026-12-24", "09:00-12:00"),
            ("2026-12-26", "10:00-12:00"),
            ("2026-12-29", "10:30-18:00"),
            ("2026-12-31", "09:00-10:00 11:00-12:00"),
        ],
    );
    let always = calendar("America/New_York", daily("00:00-24:00"), &[]);
    let night = calendar("America/New_York", daily("22:00-06:00"), &[("2026-06-11", "")]);
    let evening = calendar("America/New_York", daily("16:00-24:00"), &[]);
    let lunch = calendar("Europe/Paris", mon_fri("09:00-12:00 14:00-18:00"), &[("2026-03-31", "")]);
    let split = calendar("Europe/Paris", daily("10:00-12:00 20:00-24:00"), &[]);
    let weekdays = calendar("America/New_York", mon_fri("00:00-24:00"), &[]);
    let gap = calendar("America/New_York", on(6, "02:30-04:00"), &[]);
    let closed = calendar("Europe/Paris", daily(""), &[]);
    // calendar, start (local), span, words
    #[rustfmt::skip]
    let table = [
        // within a day, until its close, over its close
        (&paris, "2026-03-25T16:30", "60m", "asked Wed 16:30 · 60 min = Wed 17:30"),
        (&paris, "2026-03-25T17:30", "60m", "asked Wed 17:30 · 30 min until close · 30 min from Thu 09:00 = Thu 09:30"),
        (&paris, "2026-03-25T17:00", "60m", "asked Wed 17:00 · 60 min until close = Wed 18:00"),
        (&paris, "2026-03-25T17:00", "10h", "asked Wed 17:00 · 60 min until close · 9 h from Thu 09:00 until close = Thu 18:00"),
        (&paris, "2026-03-25T17:00", "11h", "asked Wed 17:00 · 60 min until close · 9 h from Thu 09:00 until close · 60 min from Fri 09:00 = Fri 10:00"),
        // asked while closed
        (&paris, "2026-03-25T18:00", "60m", "asked Wed 18:00, closed · 60 min from Thu 09:00 = Thu 10:00"),
        (&paris, "2026-03-26T02:00", "60m", "asked Thu 02:00, closed · 60 min from 09:00 = Thu 10:00"),
        // a day that its week opens is named, a weekend is not
        (&paris, "2026-04-30T17:40", "60m", "asked Thu 17:40 · 20 min until close · Fri 1 May closed · 40 min from Mon 09:00 = Mon 09:40"),
        (&named, "2026-04-29T17:40", "60m", "asked Wed 17:40 · 20 min until close · Thu 30 Apr closed · Fri 1 May (May Day) holiday · 40 min from Mon 09:00 = Mon 09:40"),
        (&named, "2026-04-30T17:40", "60m", "asked Thu 17:40 · Thu 30 Apr closed · Fri 1 May (May Day) holiday · 60 min from Mon 09:00 = Mon 10:00"),
        (&named, "2026-05-01T10:00", "60m", "asked Fri 10:00 · Fri 1 May (May Day) holiday · 60 min from Mon 09:00 = Mon 10:00"),
        (&named, "2026-05-01T20:00", "60m", "asked Fri 20:00, closed · 60 min from Mon 09:00 = Mon 10:00"),
        (&named, "2026-05-07T17:40", "60m", "asked Thu 17:40 · 20 min until close · Fri 8 May holiday · 40 min from Mon 09:00 = Mon 09:40"),
        (&winter, "2026-12-23T17:40", "60m", "asked Wed 17:40 · 20 min until close · closed on 6 days, Thu 24 Dec to Thu 31 Dec · 40 min from Fri 1 Jan 09:00 = Fri 1 Jan 09:40"),
        // hours that are not the usual ones, where they are the reason
        (&odd, "2026-12-24T11:40", "60m", "asked Thu 11:40 · 20 min until close (Thu 24 Dec half day) · 40 min from Fri 09:00 = Fri 09:40"),
        (&odd, "2026-12-24T10:40", "60m", "asked Thu 10:40 · 60 min = Thu 11:40"),
        (&odd, "2026-12-24T14:00", "60m", "asked Thu 14:00, closed (Thu 24 Dec half day) · 60 min from Fri 09:00 = Fri 10:00"),
        (&odd, "2026-12-25T17:40", "60m", "asked Fri 17:40 · 20 min until close · 40 min from Sat 10:00 (Sat 26 Dec special opening) = Sat 10:40"),
        (&odd, "2026-12-25T17:40", "3h", "asked Fri 17:40 · 20 min until close · 2 h from Sat 10:00 until close (Sat 26 Dec special opening) · 40 min from Mon 09:00 = Mon 09:40"),
        (&odd, "2026-12-29T09:40", "60m", "asked Tue 09:40, closed (Tue 29 Dec special hours) · 60 min from 10:30 = Tue 11:30"),
        (&odd, "2026-12-31T09:40", "2h", "asked Thu 09:40 · 20 min until close 10:00 (Thu 31 Dec half day) · 60 min from 11:00 until close 12:00 · 40 min from Fri 09:00 = Fri 09:40"),
        // several times a day
        (&lunch, "2026-03-25T11:40", "60m", "asked Wed 11:40 · 20 min until close 12:00 · 40 min from 14:00 = Wed 14:40"),
        (&lunch, "2026-03-25T13:00", "60m", "asked Wed 13:00, closed · 60 min from 14:00 = Wed 15:00"),
        (&lunch, "2026-03-25T11:00", "60m", "asked Wed 11:00 · 60 min until close = Wed 12:00"),
        (&lunch, "2026-03-25T17:30", "60m", "asked Wed 17:30 · 30 min until close 18:00 · 30 min from Thu 09:00 = Thu 09:30"),
        (&split, "2026-03-25T23:30", "60m", "asked Wed 23:30 · 30 min until close 24:00 · 30 min from Thu 10:00 = Thu 10:30"),
        // seconds, cut off below that, still add up
        (&paris, "2026-03-25T17:40:13.9", "60m", "asked Wed 17:40:13 · 19 min 47 s until close · 40 min 13 s from Thu 09:00 = Thu 09:40:13"),
        (&paris, "2026-03-25T10:00", "45s", "asked Wed 10:00 · 45 s = Wed 10:00:45"),
        // nothing to count, day and night, a calendar that was given up
        (&paris, "2026-03-25T02:00", "0s", "asked Wed 02:00 · at once = Wed 02:00"),
        (&paris, "2026-03-25T02:00", "60m elapsed", "asked Wed 02:00 · 60 min day and night = Wed 03:00"),
        (&closed, "2026-03-25T09:00", "60m", "asked Wed 09:00 · 60 min day and night, as the calendar does not open = Wed 10:00"),
        // clocks go forward, clocks go back
        (&always, "2026-03-08T01:30", "60m", "asked Sun 01:30 (UTC-5) · 60 min = Sun 03:30 (UTC-4)"),
        (&always, "2026-11-01T01:30", "60m", "asked Sun 01:30 (UTC-4) · 60 min = Sun 01:30 (UTC-5)"),
        (&always, "2026-11-01T01:30", "5m", "asked Sun 01:30 (UTC-4) · 5 min = Sun 01:35 (UTC-4)"),
        (&gap, "2026-03-08T00:00", "60m", "asked Sun 00:00, closed · 60 min from 03:00 until close = Sun 04:00"),
        (&night, "2026-03-07T23:30", "420m", "asked Sat 23:30 (UTC-5) · 5 h 30 min until close Sun 06:00 (UTC-4) · 90 min from 22:00 = Sun 23:30"),
        (&night, "2026-10-31T23:30", "420m", "asked Sat 23:30 (UTC-4) · 7 h = Sun 05:30 (UTC-5)"),
        // over midnight
        (&night, "2026-06-05T23:30", "7h", "asked Fri 23:30 · 6 h 30 min until close Sat 06:00 · 30 min from 22:00 = Sat 22:30"),
        (&night, "2026-06-05T12:30", "9h", "asked Fri 12:30, closed · 8 h from 22:00 until close Sat 06:00 · 60 min from 22:00 = Sat 23:00"),
        (&night, "2026-06-10T23:30", "9h", "asked Wed 23:30 · 6 h 30 min until close Thu 06:00 · Thu 11 Jun closed · 2 h 30 min from Fri 22:00 = Sat 00:30"),
        (&night, "2026-06-12T02:00", "9h", "asked Fri 02:00 · Thu 11 Jun closed · 8 h from 22:00 until close Sat 06:00 · 60 min from 22:00 = Sat 23:00"),
        (&evening, "2026-06-05T23:30", "9h", "asked Fri 23:30 · 30 min until close · 8 h from Sat 16:00 until close · 30 min from Sun 16:00 = Sun 16:30"),
        (&always, "2026-06-05T22:00", "120m", "asked Fri 22:00 · 2 h = Sat 00:00"),
        (&weekdays, "2026-03-27T23:00", "2h", "asked Fri 23:00 · 60 min until close · 60 min from Mon 00:00 = Mon 01:00"),
        (&weekdays, "2026-03-22T12:00", "130h", "asked Sun 12:00, closed · 120 h from Mon 00:00 until close Fri 24:00 · 10 h from Mon 30 Mar 00:00 = Mon 30 Mar 10:00"),
        // more than a week: dates; more than six stretches: the middle is counted
        (&lunch, "2026-03-25T09:00", "40h", "asked Wed 09:00 · 3 h until close 12:00 · 4 h from 14:00 until close 18:00 · 3 h from Thu 09:00 until close 12:00 · … 28 h in 8 stretches … · Tue 31 Mar closed · 2 h from Thu 2 Apr 14:00 = Thu 2 Apr 16:00"),
    ];
    for (calendar, start, span, expected) in table {
        let deadline = due(Some(calendar), local(calendar.zone(), start), span.parse().unwrap());
        let words = in_words(&deadline, "asked", Some(calendar), calendar.zone(), []);
        assert_eq!(words, expected, "{span} from {start}");
    }
}

#[test]
fn pauses_in_words() {
    let office = calendar("Europe/Paris", mon_fri("09:00-18:00"), &[])
        .with_holidays([("2026-05-01".parse().unwrap(), Some("May Day".to_owned()))]);
    // start (local), span, pauses (local, each with its reason), words
    #[rustfmt::skip]
    let table = [
        ("04-30T10:00", "60m", &["04-30T10:05 04-30T11:00 waiting for the customer"][..],
            "asked Thu 10:00 · 5 min · paused 10:05–11:00 (waiting for the customer) · 55 min = Thu 11:55"),
        // while it was asked, by day and by night
        ("04-30T10:00", "60m", &["04-29T10:05 04-30T11:00 legal"],
            "asked Thu 10:00 · paused until 11:00 (legal) · 60 min = Thu 12:00"),
        ("04-29T20:30", "60m", &["04-29T19:00 04-30T09:20 legal"],
            "asked Wed 20:30, closed · paused until Thu 09:20 (legal) · 60 min = Thu 10:20"),
        // over closing time, into closed time, from closed time
        ("04-29T17:30", "60m", &["04-29T17:45 04-30T09:10 legal"],
            "asked Wed 17:30 · 15 min · paused 17:45–Thu 09:10 (legal) · 45 min = Thu 09:55"),
        ("04-29T17:30", "60m", &["04-29T17:45 04-29T18:10 legal"],
            "asked Wed 17:30 · 15 min · paused 17:45–18:10 (legal) · 45 min from Thu 09:00 = Thu 09:45"),
        ("04-29T17:30", "60m", &["04-29T18:00 04-30T09:10 legal"],
            "asked Wed 17:30 · 30 min until close · paused 18:00–Thu 09:10 (legal) · 30 min = Thu 09:40"),
        // one that took nothing is not said: while closed, before, after
        ("04-29T17:30", "60m", &["04-29T19:00 04-30T09:00 legal"],
            "asked Wed 17:30 · 30 min until close · 30 min from Thu 09:00 = Thu 09:30"),
        ("04-29T10:00", "60m", &["04-29T11:00 04-29T12:00 legal", "04-29T09:00 04-29T10:00 legal"],
            "asked Wed 10:00 · 60 min = Wed 11:00"),
        // two that overlap, one within another, several in a row
        ("04-29T10:00", "60m", &["04-29T10:30 04-29T11:00 ", "04-29T10:20 04-29T10:40 legal"],
            "asked Wed 10:00 · 20 min · paused 10:20–10:40 (legal) · paused 10:40–11:00 · 40 min = Wed 11:40"),
        ("04-29T10:00", "60m", &["04-29T10:20 04-29T11:00 legal", "04-29T10:30 04-29T10:40 outage"],
            "asked Wed 10:00 · 20 min · paused 10:20–11:00 (legal) · 40 min = Wed 11:40"),
        ("04-29T10:00", "60m", &["04-29T10:20 04-29T10:21 a", "04-29T10:21 04-29T10:22 b", "04-29T10:22 04-29T10:23 c", "04-29T10:23 04-29T10:24 d"],
            "asked Wed 10:00 · 20 min · paused 4 times, 10:20–10:24 · 40 min = Wed 11:04"),
        // a holiday is said if it took time, and not if a pause did
        ("04-29T17:40", "60m", &["04-29T17:50 04-30T17:50 legal"],
            "asked Wed 17:40 · 10 min · paused 17:50–Thu 17:50 (legal) · 10 min until close · Fri 1 May (May Day) holiday · 40 min from Mon 09:00 = Mon 09:40"),
        ("04-30T17:40", "60m", &["04-30T17:50 05-04T12:00 legal"],
            "asked Thu 17:40 · 10 min · paused 17:50–Mon 12:00 (legal) · 50 min = Mon 12:50"),
        // day and night
        ("04-29T10:00", "60m elapsed", &["04-29T10:20 04-29T10:40 legal"],
            "asked Wed 10:00 · 20 min day and night · paused 10:20–10:40 (legal) · 40 min = Wed 11:20"),
        // over a change of the clocks
        ("03-28T23:00", "4h elapsed", &["03-29T01:00 03-29T04:00 legal"],
            "asked Sat 23:00 · 2 h day and night · paused Sun 01:00 (UTC+1)–04:00 (UTC+2) (legal) · 2 h = Sun 06:00"),
    ];
    for (start, span, pauses, expected) in table {
        let at = |at: &str| local(office.zone(), &format!("2026-{at}"));
        let pauses = pauses.iter().map(|pause| {
            let parts: Vec<&str> = pause.splitn(3, ' ').collect();
            (Stretch { from: at(parts[0]), to: at(parts[1]) }, parts[2])
        });
        let clock = Clock::new(Some(&office), pauses.clone().map(|(pause, _)| pause));
        let deadline = clock.due(at(start), span.parse().unwrap());
        let words = in_words(&deadline, "asked", Some(&office), office.zone(), pauses);
        assert_eq!(words, expected, "{span} from {start}");
    }
}

#[test]
fn sums_of_others() {
    let paris = calendar("Europe/Paris", mon_fri("09:00-18:00"), &[]);
    let start = local(paris.zone(), "2026-04-30T17:40");
    let hour = Span::open(SignedDuration::from_mins(60));
    // what began, calendar, whose clocks, words
    #[rustfmt::skip]
    let table = [
        ("asked", None, paris.zone(), "asked Thu 17:40 · 60 min day and night = Thu 18:40"),
        ("promised", Some(&paris), paris.zone(), "promised Thu 17:40 · 20 min until close · 40 min from Fri 09:00 = Fri 09:40"),
        ("asked", Some(&paris), &TimeZone::UTC, "asked Thu 15:40 · 20 min until close · 40 min from Fri 07:00 = Fri 07:40"),
    ];
    for (began, calendar, zone, expected) in table {
        let deadline = due(calendar, start, hour);
        assert_eq!(in_words(&deadline, began, calendar, zone, []), expected);
    }
}

#[test]
fn durations_in_words() {
    // seconds, words
    let table = [
        (0, "0 min"),
        (45, "45 s"),
        (60, "1 min"),
        (3600, "60 min"),
        (7199, "119 min 59 s"),
        (7200, "2 h"),
        (34_200, "9 h 30 min"),
        (7201, "2 h 1 s"),
    ];
    for (seconds, words) in table {
        assert_eq!(duration_in_words(SignedDuration::from_secs(seconds)), words);
    }
}

/// Adds up the lengths that a sum says.
fn total(words: &str) -> SignedDuration {
    let (parts, _) = words.rsplit_once(" = ").unwrap();
    parts.split(" · ").map(|part| length(part.trim_start_matches("… ")).0).sum()
}

/// Reads the length with which a part begins, zero if it does with none; and what follows.
fn length(part: &str) -> (SignedDuration, &str) {
    let word = |text: &str| text.split_once(' ').map_or(text.len(), |(word, _)| word.len());
    let (mut length, mut rest) = (SignedDuration::ZERO, part);
    loop {
        let (number, after) = rest.split_at(word(rest));
        let (unit, after) = after.trim_start().split_at(word(after.trim_start()));
        let seconds = match unit {
            "h" => 3600,
            "min" => 60,
            "s" => 1,
            _ => return (length, rest),
        };
        let Ok(number) = number.parse::<i64>() else { return (length, rest) };
        length += SignedDuration::from_secs(number * seconds);
        rest = after.trim_start();
    }
}

/// Somebody who has nothing but the words, a clock on the wall and a diary.
struct Reader<'a> {
    zone: &'a TimeZone,
    today: Date,
    day: Date,
}

impl Reader<'_> {
    /// Reads `Thu 17:40`, `Thu 7 May 17:40`, or `17:40` of the day that was read last.
    fn at(&mut self, text: &str) -> Timestamp {
        let (day, time) = text.rsplit_once(' ').unwrap_or(("", text));
        if !day.is_empty() {
            let mut days = self.today.series(1.day());
            let said =
                |date: &Date| [date.strftime("%a").to_string(), date.strftime("%a %-d %b").to_string()];
            self.day = days.find(|date| said(date).iter().any(|said| said == day)).unwrap();
        }
        match time {
            "24:00" => local(self.zone, &format!("{}T00:00", self.day.tomorrow().unwrap())),
            time => local(self.zone, &format!("{}T{time}", self.day)),
        }
    }

    /// Does the sum again, and returns what comes out and what the words say comes out.
    fn redo(&mut self, words: &str) -> (Timestamp, Timestamp) {
        let (parts, end) = words.rsplit_once(" = ").unwrap();
        let mut parts = parts.split(" · ");
        let asked = parts.next().unwrap().strip_prefix("asked ").unwrap();
        let mut at = self.at(asked.split(',').next().unwrap());
        for part in parts {
            let part = part.split(" (").next().unwrap();
            if let Some(pause) = part.strip_prefix("paused ") {
                let pause = pause.split_once("times, ").map_or(pause, |(_, pause)| pause);
                let (from, to) = pause.split_once('–').unwrap_or(("", pause.trim_start_matches("until ")));
                let from = if from.is_empty() { at } else { self.at(from) };
                assert!(at <= from, "{part} in {words}");
                at = self.at(to);
            }
            let (length, rest) = length(part);
            let (begins, closes) = rest.split_once("until close").unwrap_or((rest, ""));
            if let Some(from) = begins.trim().strip_prefix("from ") {
                let from = self.at(from);
                assert!(at < from, "{part} in {words}");
                at = from;
            }
            at += length;
            if !closes.is_empty() {
                assert_eq!(at, self.at(closes.trim()), "{part} in {words}");
            }
        }
        (at, self.at(end))
    }
}

proptest! {
    #[test]
    fn the_lengths_said_add_up_to_the_span(
        calendar in any_calendar(), start in any_instant(), span in any_span(), pauses in any_pauses(),
        within in 0..1_000_i64,
    ) {
        let pauses = after(start + SignedDuration::from_millis(within), &pauses);
        let deadline = Clock::new(Some(&calendar), pauses.clone()).due(start, span);
        let pauses = pauses.into_iter().map(|pause| (pause, "legal"));
        let words = in_words(&deadline, "asked", Some(&calendar), calendar.zone(), pauses);
        prop_assert_eq!(total(&words), SignedDuration::from_secs(span.length.as_secs()), "{}", words);
    }

    /// Where the clocks do not change and no stretches are left out, the words alone are enough.
    #[test]
    fn a_reader_can_do_the_sum_again(
        calendar in any_calendar(), start in any_instant(), minutes in 0..3_000_i64, open: bool,
        pauses in any_pauses(), seconds in 0..60_i64,
    ) {
        let start = Timestamp::from_second(start.as_second()).unwrap();
        let length = SignedDuration::from_secs(minutes * 60 + seconds);
        let span = if open { Span::open(length) } else { Span::elapsed(length) };
        let pauses = after(start, &pauses);
        let deadline = Clock::new(Some(&calendar), pauses.clone()).due(start, span);
        let pauses = pauses.into_iter().map(|pause| (pause, "legal"));
        let words = in_words(&deadline, "asked", Some(&calendar), calendar.zone(), pauses);
        prop_assume!(!words.contains("(UTC") && !words.contains('…'));
        let today = calendar.zone().to_datetime(start).date();
        let mut reader = Reader { zone: calendar.zone(), today, day: today };
        let (result, said) = reader.redo(&words);
        prop_assert_eq!(result, said, "{}", words);
        prop_assert_eq!(said, deadline.at, "{}", words);
    }
}
