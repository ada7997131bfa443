//! Explanations against an oracle that shares no code with the clock: it looks at a wall clock minute by minute.
//!
//! The oracle knows what was written into the configuration and what the clocks of a zone show at every minute
//! of some years. A minute is open when it lies between the first minute that shows an opening time and the last
//! that shows the closing time; the rest is counting. Of a ladder it knows the rules: a step counts forward from the
//! question or from the end of the time to answer, none comes before the receipt, and where that is after the time
//! to answer all but the first wait a quarter of an hour.

use domain::clock;
use domain::policy::{Class, Config};
use domain::versions::Configs;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZoneDatabase;
use proptest::prelude::*;
use proptest::test_runner::{Config as Cases, TestRunner};
use serde_json::{Value, json};

use super::Kind;
use super::play::{Message, explain};

mod question;
mod wall;

use question::{Case, Rung, any_case, written};
use wall::{Clocks, Open, reached, until};

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

/// A zone, the first known date and what its clocks show.
struct Known {
    zone: &'static str,
    first: Date,
    clocks: Clocks,
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
        let result = TestRunner::new(cases).run(&any_case(), |case| agrees(&case, case.zone.get(&known)));
        result.map_err(|error| error.to_string())
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
