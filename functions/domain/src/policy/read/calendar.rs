//! `[calendar.NAME]`

use std::array;
use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::holidays::Holidays;
use super::person::optional;
use super::{Named, Zones, lookup};
use crate::calendar::{Calendar, Hours, Week};
use crate::document::{Node, Problems, Table, quoted, report_unknown_key};

mod closed;
mod version;

pub(super) const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
const HOURS: &str = "\"09:00-18:00\"";
const WEEK: &str = "{ mon-fri = [\"09:00-18:00\"] }";

pub(super) fn read(
    problems: &mut Problems,
    zones: &mut Zones,
    holidays: &Named<Holidays>,
    table: &Table,
) -> Option<Arc<Calendar>> {
    table.only(problems, &["zone", "week", "days", "holidays", "version"]);
    let zone = table.required(problems, "zone", "\"Europe/Paris\"");
    let zone = zone.and_then(|node| zones.read(problems, node));
    let weeks = version::weeks(problems, table);
    let days = optional(table.get("days"), |node| days(problems, node));
    let holidays = optional(table.get("holidays"), |node| lists(problems, holidays, node));
    let mut weeks = weeks?.into_iter();
    let (_, first) = weeks.next()?;
    // Whether it ever opens does not hang on the zone.
    let assumed = zone.clone().unwrap_or(TimeZone::UTC);
    let calendar = Calendar::new(assumed, first, days?).with_holidays(holidays?);
    let calendar = weeks.fold(calendar, |calendar, (from, week)| calendar.with_week_from(from, week));
    closed::report(problems, table, &calendar);
    zone.map(|_| Arc::new(calendar))
}

/// Reads the names of lists of holidays, and returns their dates.
fn lists(
    problems: &mut Problems,
    known: &Named<Holidays>,
    node: &Node,
) -> Option<Vec<(Date, Option<String>)>> {
    let lists = node.texts(problems, "\"france\"", |problems, node, name| {
        lookup(problems, known, "holidays", &node.place, name)
    });
    Some(lists?.into_iter().flat_map(Holidays::days).collect())
}

fn week(problems: &mut Problems, node: &Node) -> Option<Week> {
    let table = node.table(problems, WEEK)?;
    let mut week: Week = array::from_fn(|_| Vec::new());
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
        let date = key.date(problems);
        let hours = hours(problems, node);
        Some((date?, hours?))
    });
    days.collect::<Vec<_>>().into_iter().collect()
}

fn hours(problems: &mut Problems, node: &Node) -> Option<Vec<Hours>> {
    node.texts(problems, HOURS, |problems, node, text| {
        let hours: Option<Hours> = text.parse().ok();
        if hours.is_none() {
            let problem = format!("{} are not opening hours", quoted(text));
            let fix = match repaired(text) {
                Some(meant) => format!("write \"{meant}\""),
                None => format!("write {HOURS}, times from 00:00 to 24:00"),
            };
            problems.report(&node.place, problem, fix);
        }
        if let Some(open) = text.strip_suffix("-23:59") {
            let fix = format!("write \"{open}-24:00\" if the whole day is meant");
            problems.doubt(&node.place, "the last minute of the day is closed", fix);
        }
        hours
    })
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
