//! Explanations against an oracle that shares no code with the clock: it looks at a wall clock minute by minute.
//!
//! The oracle knows what was written into the configuration and what the clocks of a zone show at every minute
//! of some years. A minute is open when it lies between the first minute that shows an opening time and the last
//! that shows the closing time; the rest is counting.

use std::fmt::Write;

use domain::clock;
use domain::policy::{Class, Config};
use domain::versions::Configs;
use jiff::civil::Date;
use jiff::tz::{TimeZone, TimeZoneDatabase};
use jiff::{Timestamp, ToSpan};
use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::{Config as Cases, TestRunner};
use serde_json::Value;

/// Minutes of a day.
const DAY: i64 = 24 * 60;

/// How many calendars are tried, each with its own zone, start and target.
const CASES: u32 = 10_000;

/// Zones with odd clocks, and the years to look at: with changes by half an hour, at 00:01, by 45 minutes past
/// the hour, over midnight, on a date that never was, and with none.
const ZONES: [(&str, &str, i64); 12] = [
    ("Australia/Lord_Howe", "2026-01-01", 730),
    ("Asia/Kathmandu", "2026-01-01", 730),
    ("America/St_Johns", "2026-01-01", 730),
    ("America/St_Johns", "2010-01-01", 730),
    ("Pacific/Apia", "2011-01-01", 730),
    ("Pacific/Chatham", "2026-01-01", 730),
    ("America/New_York", "2026-01-01", 730),
    ("America/New_York", "2004-06-01", 730), // over the end of one of the clock's blocks
    ("Europe/Berlin", "2026-01-01", 730),
    ("Asia/Kolkata", "2026-01-01", 730),
    ("America/Santiago", "2026-01-01", 730),
    ("Asia/Beirut", "2026-01-01", 730),
];

/// What the clocks of a zone show in every minute of some years.
struct Clocks {
    /// The first minute after 1970 that is known.
    first: i64,
    /// What the wall clock shows, in minutes after its own 1970, by the minute.
    walls: Vec<i64>,
    /// The first and the last known minute that shows a wall time, by the wall time.
    shown: Vec<Option<(i64, i64)>>,
    /// The wall time that the first entry of `shown` is about.
    first_shown: i64,
}

impl Clocks {
    fn of(zone: &TimeZone, first: Date, days: i64) -> Clocks {
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

/// Opening and closing time in minutes, as written: a close that is not later is on the next day.
type Written = (i64, i64);
/// Monday first.
type Week = Vec<Vec<Written>>;

/// A calendar as it is written.
#[derive(Clone, Debug)]
struct Calendar {
    week: Week,
    /// Other weekly hours from a day on, in days after the first known one; later ones later.
    later: Vec<(i64, Week)>,
    /// Days with hours of their own.
    days: Vec<(i64, Vec<Written>)>,
    /// First day and length of each list of holidays.
    holidays: Vec<Vec<(i64, i64)>>,
}

/// One question to the clock.
#[derive(Clone, Debug)]
struct Case {
    zone: Index,
    calendar: Calendar,
    /// In seconds after the first known instant.
    start: i64,
    target_seconds: i64,
    /// Until when elapsed time is asked for, in seconds after the start.
    end: i64,
}

fn any_hours() -> impl Strategy<Value = Written> {
    prop_oneof![
        4 => (0..96_i64, 1..=96_i64).prop_map(|(open, close)| (open * 15, close * 15)),
        1 => (0..DAY, 1..=DAY), // any minute
        2 => Just((9 * 60, 18 * 60)),
        1 => Just((22 * 60, 6 * 60)),
        1 => Just((0, DAY)),
        1 => (0..8_i64, 1..12_i64).prop_map(|(open, length)| (open * 30, open * 30 + length * 15)), // at night
    ]
}

fn any_day() -> impl Strategy<Value = Vec<Written>> {
    prop_oneof![2 => Just(Vec::new()), 5 => prop::collection::vec(any_hours(), 1..4)]
}

fn any_week() -> impl Strategy<Value = Week> {
    let usual = any_day().prop_map(|day| [vec![day; 5], vec![Vec::new(); 2]].concat());
    let week = prop_oneof![usual, prop::collection::vec(any_day(), 7)];
    week.prop_map(|mut week| {
        if week.iter().all(Vec::is_empty) {
            week[2].push((22 * 60 + 30, 2 * 60 + 15));
        }
        week
    })
}

fn any_case() -> impl Strategy<Value = Case> {
    let later = prop::collection::vec((20..400_i64, any_week()), 0..3);
    let days = prop::collection::vec((20..400_i64, any_day()), 0..8);
    let closed = prop_oneof![4 => 1..4_i64, 1 => 10..100_i64];
    let holidays = prop::collection::vec(prop::collection::vec((20..280_i64, closed), 1..4), 0..3);
    let calendar = (any_week(), later, days, holidays).prop_map(|(week, mut later, mut days, holidays)| {
        later.sort_by_key(|(day, _)| *day);
        later.dedup_by_key(|(day, _)| *day);
        days.sort_by_key(|(day, _)| *day);
        days.dedup_by_key(|(day, _)| *day);
        Calendar { week, later, days, holidays }
    });
    let target = prop_oneof![
        6 => 1..8 * 3_600_i64,
        4 => (1..16_i64).prop_map(|quarters| quarters * 900), // often exactly until close
        2 => 3_600..5 * 24 * 3_600_i64,
        1 => (1..200_i64).prop_map(|hours| hours * 3_600),
    ];
    let start = prop_oneof![20 * 86_400..300 * 86_400_i64, (20 * 96..300 * 96_i64).prop_map(|it| it * 900)];
    (any::<Index>(), calendar, start, target, 0..10 * 86_400_i64).prop_map(
        |(zone, calendar, start, target_seconds, end)| Case { zone, calendar, start, target_seconds, end },
    )
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
struct Open<'a> {
    clocks: &'a Clocks,
    calendar: &'a Calendar,
    from: i64,
    minutes: Vec<bool>,
}

impl<'a> Open<'a> {
    fn of(clocks: &'a Clocks, calendar: &'a Calendar, from: i64) -> Open<'a> {
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
    fn slices(&mut self, start: i64, target: i64) -> Vec<(i64, i64)> {
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
    fn elapsed(&mut self, start: i64, end: i64) -> i64 {
        let first = self.from;
        let slices = counted(self.before((end + 59).div_euclid(60)), first, start, i64::MAX);
        slices.iter().map(|(from, to)| to.min(&end) - from.min(&end)).sum()
    }
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

/// The calendar as TOML, in a configuration with nothing else in it.
fn written(calendar: &Calendar, target_seconds: i64, zone: &str, first: Date) -> String {
    let date = |day: i64| first + day.days();
    let wall = |minute: i64| format!("{:02}:{:02}", minute / 60, minute % 60);
    let hours = |hours: &[Written]| {
        let hours = hours.iter().map(|(open, close)| format!("\"{}-{}\"", wall(*open), wall(*close)));
        format!("[{}]", hours.collect::<Vec<_>>().join(", "))
    };
    let week = |week: &Week| {
        let names = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
        let days = names.iter().zip(week).map(|(name, day)| format!("{name} = {}", hours(day)));
        format!("week = {{ {} }}\n", days.collect::<Vec<_>>().join(", "))
    };
    let mut text = format!(
        "[brand.acme]\naccounts = [\"x:1\"]\ncalendar = \"shop\"\npolicy = \"one\"\nowner = \"dana\"\n\
         [person.dana]\nemail = \"dana@acme.example\"\n\
         [policy.one.question]\ntarget = \"{target_seconds}s\"\nladder = []\n"
    );
    for (number, list) in calendar.holidays.iter().enumerate() {
        let mut days: Vec<i64> = list.iter().flat_map(|(first, length)| *first..first + length).collect();
        days.sort_unstable();
        days.dedup();
        let days: Vec<String> = days.into_iter().map(|day| format!("\"{}\"", date(day))).collect();
        writeln!(text, "[holidays.list{number}]\ndays = [{}]", days.join(", ")).unwrap();
    }
    let lists: Vec<String> = (0..calendar.holidays.len()).map(|number| format!("\"list{number}\"")).collect();
    writeln!(text, "[calendar.shop]\nzone = \"{zone}\"\nholidays = [{}]", lists.join(", ")).unwrap();
    if calendar.later.is_empty() {
        text.push_str(&week(&calendar.week));
    }
    text.push_str("[calendar.shop.days]\n");
    for (day, own) in &calendar.days {
        writeln!(text, "{} = {}", date(*day), hours(own)).unwrap();
    }
    if !calendar.later.is_empty() {
        write!(text, "[[calendar.shop.version]]\n{}", week(&calendar.week)).unwrap();
    }
    for (day, later) in &calendar.later {
        let from = date(*day);
        write!(text, "[[calendar.shop.version]]\neffective_from = \"{from}\"\n{}", week(later)).unwrap();
    }
    text
}

#[test]
fn explanations_are_what_a_look_at_the_wall_clock_every_minute_says() {
    let known: Vec<(&str, Date, Clocks)> = ZONES
        .iter()
        .map(|(name, first, days)| {
            let zone = TimeZoneDatabase::bundled().get(name).unwrap();
            let first = first.parse().unwrap();
            (*name, first, Clocks::of(&zone, first, *days))
        })
        .collect();
    let mut runner = TestRunner::new(Cases { failure_persistence: None, ..Cases::with_cases(CASES) });
    let result = runner.run(&any_case(), |case| {
        let (zone, first, clocks) = case.zone.get(&known);
        let start = clocks.first * 60 + case.start;
        let mut open = Open::of(clocks, &case.calendar, start.div_euclid(60));
        let slices = open.slices(start, case.target_seconds);
        let (_, due) = *slices.last().expect("every calendar opens every week of most weeks");
        let target = slices.iter().map(|(from, to)| to - from).sum();

        let text = written(&case.calendar, target, zone, *first);
        let config = Config::parse(&text)
            .map_err(|problems| TestCaseError::fail(format!("{}\n{text}", problems.first().unwrap())))?;
        let configs = Configs::only(config);
        let brand = configs.current().unwrap().brands.values().next().unwrap();
        let calendar = brand.calendar.as_deref().unwrap();
        let at = |second: i64| Timestamp::from_second(second).unwrap();
        let explanation =
            super::explain(&configs, brand, calendar.zone().clone(), Class::Question, at(start));
        let document = serde_json::to_value(explanation.document()).unwrap();
        let slices: Vec<Value> = slices
            .into_iter()
            .map(|(from, to)| serde_json::json!({"from": at(from), "to": at(to), "seconds": to - from}))
            .collect();
        prop_assert_eq!(&document["due"], &serde_json::json!(at(due)), "{}", text);
        prop_assert_eq!(&document["slices"], &Value::Array(slices), "{}", text);

        let end = start + case.end;
        let elapsed = clock::elapsed(Some(calendar), at(start), at(end));
        prop_assert_eq!(elapsed.as_secs(), open.elapsed(start, end), "until {}: {}", at(end), text);
        Ok(())
    });
    if let Err(error) = result {
        panic!("{error}");
    }
}
