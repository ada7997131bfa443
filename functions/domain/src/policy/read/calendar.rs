//! `[calendar.NAME]`

use std::array;
use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::civil::Date;

use super::Zones;
use crate::calendar::{Calendar, Hours};
use crate::document::{Key, Node, Problems, Table, quoted, report_unknown_key};

const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
const HOURS: &str = "\"09:00-18:00\"";
const WEEK: &str = "{ mon-fri = [\"09:00-18:00\"] }";

pub(super) fn read(problems: &mut Problems, zones: &mut Zones, table: &Table) -> Option<Arc<Calendar>> {
    table.only(problems, &["zone", "week", "days"]);
    let zone = table.required(problems, "zone", "\"Europe/Paris\"");
    let zone = zone.and_then(|node| zones.read(problems, node));
    let week = table.required(problems, "week", WEEK).and_then(|node| week(problems, node));
    let days = table.get("days").map_or_else(|| Some(BTreeMap::new()), |node| days(problems, node));
    let calendar = Calendar::new(zone?, week?, days?);
    report_closed(problems, table, &calendar);
    Some(Arc::new(calendar))
}

fn week(problems: &mut Problems, node: &Node) -> Option<[Vec<Hours>; 7]> {
    let table = node.table(problems, WEEK)?;
    let mut week: [Vec<Hours>; 7] = array::from_fn(|_| Vec::new());
    let mut said_by: [Option<&str>; 7] = [None; 7];
    let mut good = true;
    for (key, node) in &table.entries {
        let hours = hours(problems, node);
        let Some(days) = days_of(key.name) else {
            report_unknown_key(problems, key, &DAYS, "day");
            good = false;
            continue;
        };
        for day in days {
            if let Some(other) = said_by[day].replace(key.name) {
                let problem = format!("{} has hours by {other} already", DAYS[day]);
                problems.report(&key.place, problem, "write every day once");
                good = false;
            }
            week[day].extend(hours.iter().flatten());
        }
        good &= hours.is_some();
    }
    good.then_some(week)
}

/// The days of `mon` or `fri-mon`, Monday as 0; `None` if it is neither.
fn days_of(name: &str) -> Option<Vec<usize>> {
    let day = |name: &str| DAYS.iter().position(|day| *day == name);
    let Some((first, last)) = name.split_once('-') else { return Some(vec![day(name)?]) };
    let (first, last) = (day(first)?, day(last)?);
    let length = (last + DAYS.len() - first) % DAYS.len();
    Some((first..=first + length).map(|day| day % DAYS.len()).collect())
}

fn days(problems: &mut Problems, node: &Node) -> Option<BTreeMap<Date, Vec<Hours>>> {
    let table = node.table(problems, "{ 2026-12-25 = [] }")?;
    let days = table.entries.iter().map(|(key, node)| {
        let date = date(key.name);
        if date.is_none() {
            report_date(problems, key);
        }
        let hours = hours(problems, node);
        Some((date?, hours?))
    });
    days.collect::<Vec<_>>().into_iter().collect()
}

fn report_date(problems: &mut Problems, key: &Key) {
    problems.report(&key.place, format!("{} is not a date", quoted(key.name)), "write it as 2026-12-24");
}

/// Reads `2026-12-24` and no other form.
pub(super) fn date(text: &str) -> Option<Date> {
    let plain = text.len() == 10 && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
    text.parse().ok().filter(|_| plain)
}

fn hours(problems: &mut Problems, node: &Node) -> Option<Vec<Hours>> {
    let texts = node.texts(problems, HOURS)?;
    let hours = texts.into_iter().map(|(node, text)| {
        let hours = text.parse();
        if hours.is_err() {
            let problem = format!("{} are not opening hours", quoted(text));
            let fix = match repaired(text) {
                Some(meant) => format!("write \"{meant}\""),
                None => format!("write {HOURS}, times from 00:00 to 24:00"),
            };
            problems.report(&node.place, problem, fix);
        }
        hours.ok()
    });
    hours.collect::<Vec<_>>().into_iter().collect()
}

/// What was probably meant by `9-18`, `9:00 – 18.30`.
fn repaired(text: &str) -> Option<Hours> {
    let (open, close) = text.split_once(['-', '–', '—'])?;
    let time = |text: &str| {
        let text = text.trim();
        let (hour, minute) = text.split_once([':', '.', 'h']).unwrap_or((text, "00"));
        format!("{hour:0>2}:{minute:0>2}")
    };
    format!("{}-{}", time(open), time(close)).parse().ok()
}

/// Reports a calendar that never opens, or that stays closed for longer than a deadline may wait.
fn report_closed(problems: &mut Problems, table: &Table, calendar: &Calendar) {
    let fix = format!("write week = {WEEK}");
    if !calendar.ever_opens() {
        problems.report(&table.place, "the calendar never opens", fix);
    } else if !calendar.opens_weekly() {
        let problem = "the calendar opens on single dates only: after the last, nothing would ever be due";
        problems.report(&table.place, problem, fix);
    } else if let Some(first) = closed_for_long(calendar) {
        let problem = format!("the calendar stays closed for more than {MOST_CLOSED} days from {first} on");
        problems.report(&table.place, problem, "write fewer closed days");
    }
}

/// The most days in a row without hours: with the rest of the day before and of the day after, they are
/// less than what a deadline waits for an opening.
const MOST_CLOSED: usize = 397;

/// The first of too many days in a row on which nothing opens.
fn closed_for_long(calendar: &Calendar) -> Option<Date> {
    let closed = |date: &Date| calendar.hours_on(*date).is_empty();
    let exceptions = calendar.exceptions_between(Date::MIN, Date::MAX).map(|(date, _)| date);
    // A run of closed days is looked at once, from the first exception in it.
    let mut seen = None;
    for date in exceptions.filter(closed) {
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
