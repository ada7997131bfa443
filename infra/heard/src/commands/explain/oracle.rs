//! Explanations against an oracle that shares no code with the clock: it looks at a wall clock minute by minute.
//!
//! The oracle knows what was written into the configuration and what the clocks of a zone show at every minute
//! of some years. A minute is open when it lies between the first minute that shows an opening time and the last
//! that shows the closing time; the rest is counting. Of a ladder it knows the rules: a step counts forward from the
//! question or from the end of the time to answer, none comes before the receipt, and where that is after the time
//! to answer all but the first wait a quarter of an hour.

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
use serde_json::{Value, json};

use super::Kind;
use super::play::{Message, explain};

/// Minutes of a day.
const DAY: i64 = 24 * 60;

/// How many calendars are tried, each with its own zone, start and target.
const CASES: u32 = 10_000;
/// How many of them are tried at the same time.
const THREADS: u32 = 4;

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

/// A step of a ladder as it is written.
#[derive(Clone, Copy, Debug)]
struct Rung {
    /// Counted from the end of the time to answer, else from the question.
    from_due: bool,
    seconds: i64,
    /// Whether time counts while it is closed.
    elapsed: bool,
}

/// One question to the clock.
#[derive(Clone, Debug)]
struct Case {
    zone: Index,
    calendar: Calendar,
    /// In seconds after the first known instant.
    start: i64,
    target_seconds: i64,
    /// Whether the target counts while it is closed.
    elapsed: bool,
    ladder: Vec<Rung>,
    /// How many seconds after the start the question was received.
    lag: i64,
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
    let elapsed = prop::bool::weighted(0.2);
    let question =
        (start, target, elapsed, prop_oneof![3 => Just(0), 1 => 0..4 * 3_600_i64, 1 => 0..6 * 86_400_i64]);
    let ladder = prop::collection::vec(any_rung(), 0..6);
    (any::<Index>(), calendar, question, ladder, 0..10 * 86_400_i64).prop_map(
        |(zone, calendar, (start, target_seconds, elapsed, lag), ladder, end)| Case {
            zone,
            calendar,
            start,
            target_seconds,
            elapsed,
            ladder,
            lag,
            end,
        },
    )
}

fn any_rung() -> impl Strategy<Value = Rung> {
    let seconds = prop_oneof![
        1 => Just(0),
        2 => (0..16_i64).prop_map(|quarters| quarters * 900),
        3 => 0..10 * 3_600_i64,
        1 => 0..3 * 86_400_i64,
    ];
    (any::<bool>(), seconds, any::<bool>()).prop_map(|(from_due, seconds, elapsed)| Rung {
        from_due,
        seconds,
        elapsed,
    })
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

/// When `seconds` have passed since `start` in the stretches that are open from then on; absent if they are not enough.
fn reached(slices: &[(i64, i64)], start: i64, seconds: i64) -> Option<i64> {
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
fn until(slices: &[(i64, i64)], end: i64) -> Vec<(i64, i64)> {
    let before = slices.iter().filter(|(from, _)| *from < end);
    before.map(|(from, to)| (*from, *to.min(&end))).collect()
}

/// When each step falls due by the sum alone, in the order of time; what lies beyond the known time is left out.
fn falls_due(
    case: &Case,
    known: &Known,
    open: &[(i64, i64)],
    start: i64,
    due: i64,
    target: i64,
) -> Vec<(i64, Rung)> {
    let from_due = |seconds| {
        let mut after = Open::of(&known.clocks, &case.calendar, due.div_euclid(60));
        let slices = after.slices(due, seconds);
        reached(&slices, due, seconds)
    };
    let at = |rung: &Rung| match *rung {
        Rung { from_due: false, seconds, elapsed: true } => Some(start + seconds),
        Rung { from_due: true, seconds, elapsed: true } => Some(due + seconds),
        Rung { from_due: false, seconds, elapsed: false } => reached(open, start, seconds),
        Rung { from_due: true, seconds, elapsed: false } if case.elapsed => from_due(seconds),
        Rung { from_due: true, seconds, elapsed: false } => reached(open, start, target + seconds),
    };
    let mut falls_due: Vec<_> = case.ladder.iter().filter_map(|rung| Some((at(rung)?, *rung))).collect();
    falls_due.sort_by_key(|(at, _)| *at);
    falls_due
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

/// A zone, the first known date and what its clocks show.
struct Known {
    zone: &'static str,
    first: Date,
    clocks: Clocks,
}

/// A step as TOML.
fn written_step(rung: &Rung) -> String {
    let anchor = if rung.from_due { "due+" } else { "" };
    let unit = if rung.elapsed { " elapsed" } else { "" };
    format!("{{ at = \"{anchor}{}s{unit}\", to = \"owner\" }}", rung.seconds)
}

/// The calendar as TOML, in a configuration with nothing else in it but what is promised.
fn written(calendar: &Calendar, target: &str, ladder: &[(i64, Rung)], known: &Known) -> String {
    let Known { zone, first, .. } = known;
    let first = *first;
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
         [policy.one.question]\ntarget = \"{target}\"\nladder = [{}]\n",
        ladder.iter().map(|(_, rung)| written_step(rung)).collect::<Vec<_>>().join(", ")
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
    let known: Vec<Known> = ZONES
        .iter()
        .map(|(name, first, days)| {
            let zone = TimeZoneDatabase::bundled().get(name).unwrap();
            let first = first.parse().unwrap();
            Known { zone: name, first, clocks: Clocks::of(&zone, first, *days) }
        })
        .collect();
    let some = || {
        let cases = Cases { failure_persistence: None, ..Cases::with_cases(CASES / THREADS) };
        TestRunner::new(cases).run(&any_case(), |case| agrees(&case, case.zone.get(&known)))
    };
    std::thread::scope(|scope| {
        let running: Vec<_> = (0..THREADS).map(|_| scope.spawn(some)).collect();
        for result in running.into_iter().map(|thread| thread.join().unwrap()) {
            if let Err(error) = result {
                panic!("{error}");
            }
        }
    });
}

/// Compares the explanation of one question with what the clocks say.
fn agrees(case: &Case, known: &Known) -> Result<(), TestCaseError> {
    let start = known.clocks.first * 60 + case.start;
    let mut open = Open::of(&known.clocks, &case.calendar, start.div_euclid(60));
    let furthest = case.ladder.iter().filter(|rung| !rung.elapsed).map(|rung| rung.seconds).max();
    let counted = open.slices(start, case.target_seconds + furthest.unwrap_or(0));
    let (target, slices) = if case.elapsed {
        (case.target_seconds, vec![(start, start + case.target_seconds)])
    } else {
        let all: i64 = counted.iter().map(|(from, to)| to - from).sum();
        let target = all.min(case.target_seconds);
        let due = reached(&counted, start, target).expect("it is no more than there is");
        (target, until(&counted, due))
    };
    let (_, due) = *slices.last().expect("every calendar opens every week of most weeks");
    let ladder = falls_due(case, known, &counted, start, due, target);

    let unit = if case.elapsed { " elapsed" } else { "" };
    let text = written(&case.calendar, &format!("{target}s{unit}"), &ladder, known);
    let config = Config::parse(&text)
        .map_err(|problems| TestCaseError::fail(format!("{}\n{text}", problems.first().unwrap())))?;
    let configs = Configs::only(config);
    let brand = configs.current().unwrap().brands.values().next().unwrap();
    let at = |second: i64| Timestamp::from_second(second).unwrap();
    let received = start + case.lag;
    let message = Message {
        account: brand.accounts[0].clone(),
        class: Class::Question,
        kind: Kind::FirstResponse,
        at: at(start),
        received_at: at(received),
    };
    let explanation = explain(&configs, brand, &message);
    let document = serde_json::to_value(explanation.document()).unwrap();
    let slices: Vec<Value> = slices
        .into_iter()
        .map(|(from, to)| json!({"from": at(from), "to": at(to), "seconds": to - from}))
        .collect();
    prop_assert_eq!(&document["due"], &json!(at(due)), "{}", text);
    prop_assert_eq!(&document["slices"], &Value::Array(slices), "{}", text);

    let late = due < received;
    let expected = ladder.iter().enumerate().map(|(place, (falls_due, _))| {
        let earliest = if late && place > 0 { received + 15 * 60 } else { received };
        (place, at(*falls_due.max(&earliest)))
    });
    let mut steps: Vec<(usize, Timestamp)> =
        explanation.steps.iter().map(|step| (usize::from(step.index), step.at)).collect();
    steps.sort_unstable();
    prop_assert_eq!(steps, expected.collect::<Vec<_>>(), "received {}: {}", at(received), text);

    let end = start + case.end;
    let elapsed = clock::elapsed(brand.calendar.as_deref(), at(start), at(end));
    prop_assert_eq!(elapsed.as_secs(), open.elapsed(start, end), "until {}: {}", at(end), text);
    Ok(())
}
