//! `[[calendar.NAME.version]]`: weekly hours that hold from one date to another.

use jiff::civil::Date;

use super::super::person::optional;
use super::{WEEK, week};
use crate::calendar::Week;
use crate::document::{Place, Problems, Table};

const FROM: &str = "\"2027-01-01\"";
const TO: &str = "\"2026-12-31\"";

/// Weekly hours and the dates they hold on.
struct Version {
    place: Place,
    /// The first; absent: from the beginning.
    from: Option<Date>,
    /// The last; absent: until the next version begins.
    to: Option<Date>,
    week: Week,
}

/// Reads the weekly hours of a calendar with the first date on which each holds, earliest first.
///
/// They stand in `week`, or in versions of which each begins where the one before ends.
pub(super) fn weeks(problems: &mut Problems, table: &Table) -> Option<Vec<(Date, Week)>> {
    let Some(node) = table.get("version") else {
        let node = table.required(problems, "week", WEEK)?;
        return Some(vec![(Date::MIN, week(problems, node)?)]);
    };
    if let Some(week) = table.get("week") {
        let fix = "write week into the first [[calendar.NAME.version]]";
        problems.report(&week.place, "the calendar has versions besides", fix);
    }
    let versions = node.each(problems, "[[calendar.NAME.version]]", |problems, node| {
        let table = node.table(problems, "[[calendar.NAME.version]]")?;
        version(problems, &table)
    })?;
    if versions.is_empty() {
        problems.report(
            &node.place,
            "a calendar without versions never opens",
            format!("write week = {WEEK}"),
        );
        return None;
    }
    report_gaps(problems, &versions);
    let weeks = versions.into_iter().map(|version| (version.from.unwrap_or(Date::MIN), version.week));
    Some(weeks.collect())
}

fn version(problems: &mut Problems, table: &Table) -> Option<Version> {
    table.only(problems, &["effective_from", "effective_to", "week"]);
    let from = optional(table.get("effective_from"), |node| node.date(problems, FROM).map(Some));
    let to = optional(table.get("effective_to"), |node| node.date(problems, TO).map(Some));
    let week = table.required(problems, "week", WEEK).and_then(|node| week(problems, node));
    Some(Version { place: table.place.clone(), from: from?, to: to?, week: week? })
}

/// Reports dates on which no version holds, or two.
fn report_gaps(problems: &mut Problems, versions: &[Version]) {
    let (Some(first), Some(last)) = (versions.first(), versions.last()) else { return };
    if let Some(from) = first.from {
        let problem = format!("no hours hold before {from}");
        problems.report(&first.place, problem, "write the first version without effective_from");
    }
    if let Some(to) = last.to {
        let problem = format!("no hours hold after {to}");
        problems.report(&last.place, problem, "write the last version without effective_to");
    }
    for version in versions {
        if let (Some(from), Some(to)) = (version.from, version.to)
            && to < from
        {
            let problem = format!("the version ends on {to}, before it begins");
            problems.report(&version.place, problem, format!("write an effective_to from {from} on"));
        }
    }
    for pair in versions.windows(2) {
        report_seam(problems, &pair[0], &pair[1]);
    }
}

/// Reports that a version does not begin on the day after the one before.
fn report_seam(problems: &mut Problems, before: &Version, version: &Version) {
    let next = before.to.and_then(|to| to.tomorrow().ok());
    let fix = match next {
        Some(next) => format!("write effective_from = \"{next}\""),
        None => format!("write effective_from = {FROM}, the first day of these hours"),
    };
    let Some(from) = version.from else {
        problems.report(&version.place, "the version does not say when it begins", fix);
        return;
    };
    match (before.from, next) {
        (Some(earlier), _) if from <= earlier => {
            let problem = format!("the version begins on {from}, and the one before on {earlier}");
            problems.report(&version.place, problem, "write the versions in the order of their dates");
        }
        (_, Some(next)) if from > next => {
            let last = from.yesterday().unwrap_or(from);
            let problem = format!("no hours hold from {next} to {last}");
            problems.report(&version.place, problem, fix);
        }
        (_, Some(next)) if from < next => {
            let last = next.yesterday().unwrap_or(next);
            let problem = format!("two versions hold from {from} to {last}");
            problems.report(&version.place, problem, fix);
        }
        (_, Some(_) | None) => {}
    }
}
