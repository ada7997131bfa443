//! `[holidays.NAME]`

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::person::optional;
use crate::document::{Node, Problems, Table};

const DAYS: &str = "{ 2026-12-25 = \"Christmas\" }";

/// Dates on which every calendar that names the list is closed.
pub(super) struct Holidays {
    /// With what people call them, if the list says so.
    days: BTreeMap<Date, Option<String>>,
    /// A list from elsewhere counts only when a person has looked it through.
    counts: bool,
}

impl Holidays {
    /// Returns the dates that count, with what people call them.
    pub(super) fn days(&self) -> impl Iterator<Item = (Date, Option<String>)> {
        self.days.iter().filter(|_| self.counts).map(|(date, name)| (*date, name.clone()))
    }
}

/// Reads a list; one that does not count is a doubt.
pub(super) fn read(problems: &mut Problems, table: &Table) -> Option<Holidays> {
    table.only(problems, &["days", "source", "reviewed"]);
    let days = table.required(problems, "days", DAYS).and_then(|node| days(problems, node));
    let source = optional(table.get("source"), |node| {
        node.title(problems, "\"https://holidays.example/fr.ics\"").map(Some)
    });
    let reviewed = optional(table.get("reviewed"), |node| node.truth(problems, "true").map(Some));
    let counts = reviewed?.unwrap_or(source?.is_none());
    if !counts {
        let fix = "write reviewed = true once somebody has";
        problems.doubt(&table.place, "the list does not count: nobody has looked it through", fix);
    }
    Some(Holidays { days: days?, counts })
}

/// Reads `["2026-12-25"]` or `{ 2026-12-25 = "Christmas" }`.
fn days(problems: &mut Problems, node: &Node) -> Option<BTreeMap<Date, Option<String>>> {
    let days: Option<BTreeMap<_, _>> = if node.is_list() {
        let mut seen = BTreeSet::new();
        let entries = node.each(problems, DAYS, |problems, node| {
            let date = node.date(problems, "\"2026-12-25\"")?;
            if !seen.insert(date) {
                problems.report(&node.place, format!("{date} stands twice"), "write every date once");
            }
            Some((date, None))
        });
        entries.map(|entries| entries.into_iter().collect())
    } else {
        let entries = node.table(problems, DAYS)?.entries.into_iter().map(|(key, node)| {
            let date = key.date(problems);
            let name = node.title(problems, "\"Christmas\"");
            Some((date?, Some(name?)))
        });
        entries.collect::<Vec<_>>().into_iter().collect()
    };
    if days.as_ref().is_some_and(BTreeMap::is_empty) {
        problems.report(&node.place, "the list has no dates", format!("write days = {DAYS}"));
    }
    days
}
