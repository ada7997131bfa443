//! `[rota.NAME]`

use std::sync::Arc;

use jiff::civil::{Date, Time};

use super::super::{Person, Rota};
use super::calendar::DAYS;
use super::{Named, Zones, person};
use crate::document::{Node, Problems, Table, quoted};

const HAND_OVER: &str = "\"mon 09:00\"";
const PEOPLE: &str = "[\"dana\", \"lee\"]";
const FROM: &str = "\"2026-01-05\"";

/// The longest turn of one person.
const MOST_WEEKS: i64 = 52;

pub(super) fn read(
    problems: &mut Problems,
    zones: &mut Zones,
    people: &Named<Person>,
    table: &Table,
) -> Option<Arc<Rota>> {
    table.only(problems, &["zone", "hand_over", "people", "from", "weeks"]);
    let zone = table.required(problems, "zone", "\"Europe/Paris\"");
    let zone = zone.and_then(|node| zones.read(problems, node));
    let hand_over = table.required(problems, "hand_over", HAND_OVER);
    let hand_over = hand_over.and_then(|node| hand_over_of(problems, node));
    let order = table.required(problems, "people", PEOPLE).and_then(|node| {
        let order = person::list(problems, people, node, PEOPLE)?;
        if order.is_empty() {
            problems.report(&node.place, "a rota without people", format!("write {PEOPLE}"));
        }
        Some(order)
    });
    let from = table.required(problems, "from", FROM);
    let from = from.and_then(|node| Some((node, node.date(problems, FROM)?)));
    let weeks = match table.get("weeks") {
        Some(node) => node.whole_number(problems, 1..=MOST_WEEKS, "2"),
        None => Some(1),
    };
    let ((day, time), (node, from)) = (hand_over?, from?);
    report_other_day(problems, node, from, day);
    Some(Arc::new(Rota { zone: zone?, first: from.to_datetime(time), weeks: weeks?, people: order? }))
}

/// Reads `mon 09:00`: the day, Monday as 0, and the time.
fn hand_over_of(problems: &mut Problems, node: &Node) -> Option<(usize, Time)> {
    let text = node.text(problems, HAND_OVER)?;
    let hand_over = text.split_once(' ').and_then(|(day, time)| {
        let digits = time.len() == 5 && time.bytes().all(|byte| byte.is_ascii_digit() || byte == b':');
        let time = time.parse().ok().filter(|_| digits)?;
        Some((DAYS.iter().position(|known| *known == day)?, time))
    });
    if hand_over.is_none() {
        let problem = format!("{} is not a day of the week and a time", quoted(text));
        problems.report(
            &node.place,
            problem,
            format!("write a day from mon to sun and a time, as {HAND_OVER}"),
        );
    }
    hand_over
}

/// Reports a first date that is another day of the week than that of the hand-over.
fn report_other_day(problems: &mut Problems, node: &Node, from: Date, day: usize) {
    let day_of = |date: Date| usize::from(date.weekday().to_monday_zero_offset().unsigned_abs());
    if day_of(from) == day {
        return;
    }
    let mut later = std::iter::successors(Some(from), |date| date.tomorrow().ok());
    let fix = match later.find(|date| day_of(*date) == day) {
        Some(date) => format!("write \"{date}\""),
        None => format!("write {FROM}"),
    };
    let problem = format!("{from} is a {}, and the hand-over on {}", DAYS[day_of(from)], DAYS[day]);
    problems.report(&node.place, problem, fix);
}
