//! `[person.NAME]`, and people named elsewhere.

use std::sync::Arc;

use jiff::tz::TimeZone;

use super::super::{Away, Person};
use super::{Named, Zones, lookup};
use crate::calendar::Calendar;
use crate::document::{Key, Node, Problems, Table, date, quoted};
use crate::id::PersonId;
use crate::language::Language;

mod webhook;

const EMAIL: &str = "\"dana@acme.example\"";
const AWAY: &str = "\"2026-08-03..2026-08-21\"";

pub(super) fn read(
    problems: &mut Problems,
    zones: &mut Zones,
    calendars: &Named<Arc<Calendar>>,
    key: &Key,
    table: &Table,
) -> Option<Person> {
    table.only(problems, &["name", "email", "webhook", "hours", "zone", "language", "away"]);
    let name = match table.get("name") {
        Some(node) => node.title(problems, "\"Dana Ortiz\""),
        None => Some(key.name.to_owned()),
    };
    let webhook = optional(table.get("webhook"), |node| webhook::read(problems, node).map(Some));
    let email = if table.get("webhook").is_some() {
        optional(table.get("email"), |node| email(problems, node).map(Some))
    } else {
        table.required(problems, "email", EMAIL).and_then(|node| email(problems, node)).map(Some)
    };
    let hours = optional(table.get("hours"), |node| {
        let name = node.text(problems, "\"shop\"")?;
        lookup(problems, calendars, "calendar", &node.place, name).cloned().map(Some)
    });
    let zone = optional(table.get("zone"), |node| zones.read(problems, node).map(Some));
    let language = optional(table.get("language"), |node| language(problems, node));
    let away = optional(table.get("away"), |node| away(problems, node));
    let (hours, zone) = (hours?, zone?);
    let zone = zone.or_else(|| hours.as_ref().map(|hours| hours.zone().clone())).unwrap_or(TimeZone::UTC);
    let id = PersonId(key.name.to_owned());
    let (language, away) = (language?, away?);
    Some(Person { id, name: name?, email: email?, webhook: webhook?, hours, zone, language, away })
}

/// Reads what may be left out; `None` means a problem.
pub(super) fn optional<'n, 't, T: Default>(
    node: Option<&'n Node<'t>>,
    read: impl FnOnce(&'n Node<'t>) -> Option<T>,
) -> Option<T> {
    node.map_or_else(|| Some(T::default()), read)
}

/// Reads a list of people in which nobody stands twice.
pub(super) fn list(
    problems: &mut Problems,
    people: &Named<Person>,
    node: &Node,
    example: &str,
) -> Option<Vec<PersonId>> {
    let mut seen = Vec::new();
    node.texts(problems, example.trim_matches(['[', ']']), |problems, node, name| {
        if seen.contains(&name) {
            problems.report(&node.place, format!("{} stands twice", quoted(name)), "write everybody once");
        }
        seen.push(name);
        lookup(problems, people, "person", &node.place, name).map(|person| person.id.clone())
    })
}

/// Reads an address that mail can be sent to: plain, without a displayed name.
fn email(problems: &mut Problems, node: &Node) -> Option<String> {
    let address = node.text(problems, EMAIL)?;
    let local = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(c);
    let label = |label: &str| {
        let plain = label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
        plain && (1..=63).contains(&label.len()) && !label.starts_with('-') && !label.ends_with('-')
    };
    let good = address.len() <= 254
        && address.split_once('@').is_some_and(|(name, domain)| {
            let dots = name.starts_with('.') || name.ends_with('.') || name.contains("..");
            let name = (1..=64).contains(&name.len()) && name.chars().all(local) && !dots;
            name && domain.contains('.') && domain.split('.').all(label)
        });
    if !good {
        let problem = format!("{} is not an e-mail address", quoted(address));
        problems.report(&node.place, problem, format!("write an address such as {EMAIL}"));
    }
    good.then(|| address.to_owned())
}

/// Reads the tag of a language that mails are written in.
fn language(problems: &mut Problems, node: &Node) -> Option<Language> {
    let tag = node.text(problems, "\"en\"")?;
    let language = tag.parse().ok();
    if language.is_none() {
        let known = Language::ALL.map(|language| quoted(language.tag())).join(" or ");
        problems.report(&node.place, format!("unknown language {}", quoted(tag)), format!("write {known}"));
    }
    language
}

fn away(problems: &mut Problems, node: &Node) -> Option<Vec<Away>> {
    node.texts(problems, AWAY, |problems, node, text| {
        let (first, last) = text.split_once("..").unwrap_or((text, text));
        let (Some(first), Some(last)) = (date(first), date(last)) else {
            let problem = format!("{} are not dates", quoted(text));
            problems.report(&node.place, problem, format!("write {AWAY}, or one date"));
            return None;
        };
        if last < first {
            let problem = format!("{last} is before {first}");
            problems.report(&node.place, problem, format!("write \"{last}..{first}\""));
            return None;
        }
        Some(Away { first, last })
    })
}
