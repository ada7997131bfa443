//! Questions to the clock: calendars, ladders and times by chance, and how they are written down.

use std::fmt::Write;

use jiff::ToSpan;
use proptest::prelude::*;
use proptest::sample::Index;

use super::{DAY, Known};

/// Opening and closing time in minutes, as written: a close that is not later is on the next day.
pub(super) type Written = (i64, i64);
/// Monday first.
type Week = Vec<Vec<Written>>;

/// A calendar as it is written.
#[derive(Clone, Debug)]
pub(super) struct Calendar {
    pub(super) week: Week,
    /// Other weekly hours from a day on, in days after the first known one; later ones later.
    pub(super) later: Vec<(i64, Week)>,
    /// Days with hours of their own.
    pub(super) days: Vec<(i64, Vec<Written>)>,
    /// First day and length of each list of holidays.
    pub(super) holidays: Vec<Vec<(i64, i64)>>,
}

/// A step of a ladder as it is written.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rung {
    /// Counted from the end of the time to answer, else from the question.
    pub(super) from_due: bool,
    pub(super) seconds: i64,
    /// Whether time counts while it is closed.
    pub(super) elapsed: bool,
}

/// One question to the clock.
#[derive(Clone, Debug)]
pub(super) struct Case {
    pub(super) zone: Index,
    pub(super) calendar: Calendar,
    /// In seconds after the first known instant.
    pub(super) start: i64,
    pub(super) target_seconds: i64,
    /// Whether the target counts while it is closed.
    pub(super) elapsed: bool,
    pub(super) ladder: Vec<Rung>,
    /// How many seconds after the start the question was received.
    pub(super) lag: i64,
    /// Until when elapsed time is asked for, in seconds after the start.
    pub(super) end: i64,
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

pub(super) fn any_case() -> impl Strategy<Value = Case> {
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

/// A step as TOML.
fn written_step(rung: &Rung) -> String {
    let anchor = if rung.from_due { "due+" } else { "" };
    let unit = if rung.elapsed { " elapsed" } else { "" };
    format!("{{ at = \"{anchor}{}s{unit}\", to = \"owner\" }}", rung.seconds)
}

/// The calendar as TOML, in a configuration with nothing else in it but what is promised.
pub(super) fn written(calendar: &Calendar, target: &str, ladder: &[(i64, Rung)], known: &Known) -> String {
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
