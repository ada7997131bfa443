//! Openings as a table, and calendars for the tests of others.

use std::array;

use jiff::civil::Date;
use jiff::tz::{TimeZone, TimeZoneDatabase};
use jiff::{SignedDuration, Timestamp, ToSpan};
use proptest::prelude::*;

use super::{Calendar, Hours, LONGEST_CLOSED, Stretch, Week};

pub(crate) fn zone(name: &str) -> TimeZone {
    TimeZoneDatabase::bundled().get(name).unwrap()
}

/// Hours as in a configuration, separated by a blank.
pub(crate) fn hours(text: &str) -> Vec<Hours> {
    text.split_whitespace().map(|hours| hours.parse().unwrap()).collect()
}

pub(crate) fn mon_fri(text: &str) -> Week {
    array::from_fn(|day| if day < 5 { hours(text) } else { Vec::new() })
}

pub(crate) fn daily(text: &str) -> Week {
    array::from_fn(|_| hours(text))
}

pub(crate) fn on(day: usize, text: &str) -> Week {
    array::from_fn(|other| if other == day { hours(text) } else { Vec::new() })
}

/// A calendar with exceptions such as `("2026-05-01", "")`.
pub(crate) fn calendar(zone_name: &str, week: Week, days: &[(&str, &str)]) -> Calendar {
    let days = days.iter().map(|(date, text)| (date.parse().unwrap(), hours(text)));
    Calendar::new(zone(zone_name), week, days)
}

/// The instant at which clocks in `zone` show `wall`, the first if they do so twice.
pub(crate) fn local(zone: &TimeZone, wall: &str) -> Timestamp {
    zone.to_ambiguous_timestamp(wall.parse().unwrap()).earlier().unwrap()
}

/// Zones with each kind of change: an hour, half an hour, none, over midnight, in the past only.
const ZONES: [&str; 8] = [
    "America/New_York",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
    "Europe/Paris",
    "America/Santiago",
    "Asia/Beirut",
    "America/St_Johns",
    "Pacific/Apia",
];

fn any_hours() -> impl Strategy<Value = Hours> {
    // In steps of five minutes, so that neighbours touch now and then.
    (0..288_u16, 1..=288_u16).prop_map(|(open, close)| {
        let wall = |minutes: u16| format!("{:02}:{:02}", minutes * 5 / 60, minutes * 5 % 60);
        format!("{}-{}", wall(open), wall(close)).parse().unwrap()
    })
}

fn any_day() -> impl Strategy<Value = Vec<Hours>> {
    prop_oneof![
        2 => Just(hours("09:00-18:00")),
        1 => Just(Vec::new()),
        1 => prop::collection::vec(any_hours(), 0..4),
    ]
}

/// Calendars that open at least on Wednesdays, with exceptions around the clock changes of 2026.
pub(crate) fn any_calendar() -> impl Strategy<Value = Calendar> {
    let week = prop::collection::vec(any_day(), 7);
    let days = prop::collection::vec((0..365_i32, any_day()), 0..12);
    (prop::sample::select(&ZONES), week, days).prop_map(|(zone_name, week, days)| {
        let mut week: Week = week.try_into().unwrap();
        if week[2].is_empty() {
            week[2] = hours("22:30-02:15");
        }
        let first: Date = "2026-01-01".parse().unwrap();
        let days = days.into_iter().map(|(day, hours)| (first + day.days(), hours));
        Calendar::new(zone(zone_name), week, days)
    })
}

/// An instant of 2026 or around it, to the millisecond.
pub(crate) fn any_instant() -> impl Strategy<Value = Timestamp> {
    (1_767_000_000_000..1_799_000_000_000_i64).prop_map(|at| Timestamp::from_millisecond(at).unwrap())
}

#[test]
fn stretches_follow_the_wall_clock() {
    // zone, hours, exceptions, from (local), first stretches (UTC)
    let table = [
        // in the middle of the day: cut at `from`
        (
            "Europe/Paris",
            mon_fri("09:00-18:00"),
            &[][..],
            "2026-03-25T16:30",
            "25T15:30 25T17:00, 26T08:00 26T17:00",
        ),
        // at closing time: the next day
        ("Europe/Paris", mon_fri("09:00-18:00"), &[], "2026-03-25T18:00", "26T08:00 26T17:00"),
        // last night's hours reach into a holiday
        (
            "UTC",
            daily("22:00-06:00"),
            &[("2026-03-26", "")],
            "2026-03-25T23:00",
            "25T23:00 26T06:00, 27T22:00 28T06:00",
        ),
        // a special opening on a closed day
        (
            "UTC",
            mon_fri("09:00-10:00"),
            &[("2026-03-28", "11:00-12:00")],
            "2026-03-27T10:00",
            "28T11:00 28T12:00, 30T09:00 30T10:00",
        ),
        // nights that touch the next day's hours are one stretch
        (
            "UTC",
            on(2, "22:00-24:00 00:00-06:00"),
            &[("2026-03-26", "00:00-02:00 02:00-03:00")],
            "2026-03-25T12:00",
            "25T22:00 26T03:00",
        ),
        // opening and closing within the spring gap: nothing that day
        ("Europe/Paris", daily("02:10-02:50"), &[], "2026-03-28T12:00", "30T00:10 30T00:50"),
        // closing within the gap: the first instant after it
        (
            "Europe/Paris",
            daily("01:00-02:30"),
            &[],
            "2026-03-28T12:00",
            "29T00:00 29T01:00, 29T23:00 30T00:30",
        ),
    ];
    for (zone_name, week, days, from, expected) in table {
        let calendar = calendar(zone_name, week, days);
        let from_utc = local(calendar.zone(), from);
        let count = expected.split(',').count();
        let said = |at: Timestamp| at.strftime("%dT%H:%M").to_string();
        let got = calendar.open_from(from_utc).take(count);
        let got: Vec<_> = got.map(|stretch| format!("{} {}", said(stretch.from), said(stretch.to))).collect();
        assert_eq!(got.join(", "), expected, "{calendar:?} from {from}");
    }
}

#[test]
fn a_night_belongs_to_the_week_of_its_evening() {
    let nights = calendar("UTC", daily("22:00-06:00"), &[("2026-09-03", "08:00-09:00")]);
    let from = |date: &str| date.parse().unwrap();
    let days = nights
        .with_week_from(from("2026-09-03"), daily("12:00-13:00"))
        .with_week_from(from("2026-09-02"), daily("07:00-24:00"))
        .with_holidays([(from("2026-09-04"), None), (from("2026-09-03"), Some("Not closed".to_owned()))]);
    let stretches = days.open_from("2026-09-01T12:00:00Z".parse().unwrap()).take(4);
    let said = |at: Timestamp| at.strftime("%dT%H:%M").to_string();
    let got: Vec<_> =
        stretches.map(|stretch| format!("{} {}", said(stretch.from), said(stretch.to))).collect();
    assert_eq!(got, ["01T22:00 02T06:00", "02T07:00 03T00:00", "03T08:00 03T09:00", "05T12:00 05T13:00"]);
    let holiday = |date| (days.is_holiday(from(date)), days.holiday_name(from(date)));
    assert_eq!(holiday("2026-09-03"), (false, None), "it has hours of its own");
    assert_eq!(holiday("2026-09-04"), (true, None), "nobody named it");
}

#[test]
fn an_hour_that_comes_twice_is_opened_at_the_first_and_closed_at_the_last() {
    let night = calendar("America/New_York", daily("01:00-01:30"), &[]);
    let from = local(night.zone(), "2026-11-01T00:00");
    let stretch = night.open_from(from).next().unwrap();
    assert_eq!(stretch.length(), SignedDuration::from_mins(90));
}

#[test]
fn a_calendar_that_stays_closed_ends() {
    let at = "2026-03-25T12:00:00Z".parse().unwrap();
    let never = calendar("UTC", daily(""), &[]);
    assert_eq!((never.ever_opens(), never.next_opening(at)), (false, None));
    let once = calendar("UTC", daily(""), &[("2026-03-26", "09:00-10:00")]);
    assert_eq!(once.open_from(at).count(), 1);
    // exactly 400 days are still followed
    for (date, found) in [("2027-04-29", true), ("2027-04-30", false)] {
        let later = calendar("UTC", daily(""), &[(date, "12:00-13:00")]);
        assert_eq!(later.next_opening(at).is_some(), found, "{date}");
    }
}

#[test]
fn a_calendar_that_never_closes_is_long_stretches() {
    let always = calendar("America/New_York", daily("00:00-24:00"), &[]);
    let at = "2026-03-25T12:00:00.5Z".parse().unwrap();
    let stretches: Vec<Stretch> = always.open_from(at).take(3).collect();
    assert_eq!(stretches[0].from, at);
    assert!(stretches.iter().all(|stretch| stretch.length() >= LONGEST_CLOSED));
    assert!(stretches.windows(2).all(|pair| pair[0].to == pair[1].from));
}

#[test]
fn the_ends_of_time_hold() {
    let always = calendar("Pacific/Apia", daily("00:00-24:00"), &[("9999-12-31", "22:00-06:00")]);
    let year = SignedDuration::from_hours(365 * 24);
    let [first, last] = [Timestamp::MIN + year, Timestamp::MAX - year];
    assert!(always.open_between(Timestamp::MIN, first) > year - SignedDuration::from_hours(48));
    assert!(always.open_between(last, Timestamp::MAX) > year - SignedDuration::from_hours(48));
    assert_eq!(always.after_open(last, year + year), None);
    assert_eq!(always.after_open(Timestamp::MAX, SignedDuration::from_secs(1)), None);
    assert!(always.open_from(Timestamp::MIN).next().is_some());
    assert_eq!(always.open_from(Timestamp::MAX).next(), None);
}

/// Whether the wall clock alone says open; right where clocks never change.
fn is_open_by_the_wall(calendar: &Calendar, at: Timestamp) -> bool {
    let wall = calendar.zone().to_datetime(at);
    let minute = i32::from(wall.hour()) * 60 + i32::from(wall.minute());
    [0, 1].into_iter().any(|back: i32| {
        let date = wall.date() - back.days();
        let minute = minute + back * 24 * 60;
        let mut hours = calendar.hours_on(date).iter();
        hours.any(|hours| (i32::from(hours.open_minute())..i32::from(hours.close_minute())).contains(&minute))
    })
}

proptest! {
    #[test]
    fn open_time_is_what_the_wall_clock_says(
        week in prop::collection::vec(any_day(), 7), start in any_instant(), minutes in 0..6_000_i64,
    ) {
        let calendar = Calendar::new(zone("Asia/Kathmandu"), week.try_into().unwrap(), []);
        let start = start - SignedDuration::from_secs(start.as_second() % 60)
            - SignedDuration::from_nanos(i64::from(start.subsec_nanosecond()));
        let minute = |minute| start + SignedDuration::from_mins(minute);
        let open = (0..minutes).filter(|at| is_open_by_the_wall(&calendar, minute(*at))).count();
        let got = calendar.open_between(start, minute(minutes));
        prop_assert_eq!(got, SignedDuration::from_mins(i64::try_from(open).unwrap()));
    }

    #[test]
    fn stretches_are_sorted_and_apart(calendar in any_calendar(), from in any_instant()) {
        let stretches: Vec<Stretch> = calendar.open_from(from).take(30).collect();
        prop_assert!(stretches.iter().all(|stretch| from <= stretch.from && stretch.from < stretch.to));
        prop_assert!(stretches.windows(2).all(|pair| pair[0].to < pair[1].from));
        let total: SignedDuration = stretches.iter().map(Stretch::length).sum();
        let last = stretches.last().unwrap();
        prop_assert_eq!(calendar.open_between(from, last.to), total);
    }
}
