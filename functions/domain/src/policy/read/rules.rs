//! `[policy.NAME.CLASS]`: targets and ladders.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::SignedDuration;

use super::super::{Anchor, At, Class, Person, Policy, Role, Rules, Rung, Style, Targets};
use super::person::optional;
use super::{MOST_COMPARED, Named};
use crate::clock::{BadSpan, Span, Unit};
use crate::document::{Key, Node, Problems, Table, nearest, quoted, report_unknown_key};
use crate::id::PersonId;

/// The words that stand for a role; nobody can be called so.
pub(super) const ROLES: [&str; 5] = ["owner", "backup", "lead", "manager", "duty"];
const TARGET: &str = "\"60m\"";
const LADDER: &str = "[{ at = \"due\", to = \"lead\" }]";
const AT: &str = "\"20m\", \"due\" or \"due+30m\"";
const TO: &str = "\"owner\"";

/// The longest ladder; what is told more often than this is not read any more.
const MOST_STEPS: usize = 50;

pub(super) fn read_policy(
    problems: &mut Problems,
    people: &Named<Person>,
    key: &Key,
    table: &Table,
) -> Option<Arc<Policy>> {
    let names = Class::ALL.map(Class::name);
    let mut classes = BTreeMap::new();
    let mut good = true;
    for (class_key, node) in &table.entries {
        let class = class_key.name.parse::<Class>();
        if class.is_err() {
            report_unknown_key(problems, class_key, &names, "class");
        }
        let rules = node.table(problems, "a table with target and ladder");
        let rules = rules.and_then(|table| read_rules(problems, people, &table));
        match (class, rules) {
            (Ok(class), Some(rules)) => drop(classes.insert(class, rules)),
            (Ok(_) | Err(_), Some(_) | None) => good = false,
        }
    }
    if table.entries.is_empty() {
        let fix = format!("write [policy.{}.question]", key.name);
        problems.report_unless_broken(&table.place, "the policy says nothing", fix);
        return None;
    }
    good.then(|| Arc::new(Policy::of(key.name, classes)))
}

fn read_rules(problems: &mut Problems, people: &Named<Person>, table: &Table) -> Option<Rules> {
    table.only(problems, &["target", "next_response", "follow_up", "ladder"]);
    let first = table.required(problems, "target", TARGET).and_then(|node| target(problems, node));
    let mut other = |key: &str| optional(table.get(key), |node| target(problems, node).map(Some));
    let (next, follow_up) = (other("next_response"), other("follow_up"));
    let ladder = table.required(problems, "ladder", LADDER);
    let ladder = ladder.and_then(|node| node.list(problems, LADDER).map(|steps| (node, steps)));
    let (node, steps) = ladder?;
    if steps.len() > MOST_STEPS {
        let problem = format!("{} steps", steps.len());
        problems.report(&node.place, problem, format!("write at most {MOST_STEPS}"));
        return None;
    }
    let read = steps.iter().map(|node| read_step(problems, people, node)).collect::<Vec<_>>();
    report_order(problems, first, next.flatten(), &steps, &read);
    let targets = Targets::of(first?);
    let next_response = next?.unwrap_or(targets.next_response);
    let targets = Targets { next_response, follow_up: follow_up?.unwrap_or(targets.follow_up), ..targets };
    Some(Rules { targets, steps: read.into_iter().collect::<Option<_>>()? })
}

fn target(problems: &mut Problems, node: &Node) -> Option<Span> {
    let text = node.text(problems, TARGET)?;
    match text.parse::<Span>() {
        Ok(span) if span.length > SignedDuration::ZERO => Some(span),
        Ok(_) => {
            problems.report(&node.place, "an answer cannot take no time", format!("write {TARGET}"));
            None
        }
        Err(BadSpan::TooLong) => {
            let problem = format!("{} is longer than 400 days", quoted(text));
            problems.report(&node.place, problem, "write at most \"9600h\"");
            None
        }
        Err(BadSpan::Form) => {
            let problem = format!("{} is not a time to answer in", quoted(text));
            problems.report(&node.place, problem, "write \"60m\", \"45s\", \"2h\" or \"60m elapsed\"");
            None
        }
    }
}

fn read_step(problems: &mut Problems, people: &Named<Person>, node: &Node) -> Option<Rung> {
    let table = node.table(problems, "{ at = \"due\", to = \"lead\" }")?;
    table.only(problems, &["at", "to", "style"]);
    let at = table.required(problems, "at", "\"due\"").and_then(|node| at(problems, node));
    let to = table.required(problems, "to", TO).and_then(|node| to(problems, people, node));
    let style = match table.get("style") {
        Some(node) => style(problems, node),
        None => Some(Style::default()),
    };
    Some(Rung { at: at?, to: to?, style: style? })
}

/// Reads `[due+]N(s|m|h)[ elapsed]` or `due`.
fn at(problems: &mut Problems, node: &Node) -> Option<At> {
    let text = node.text(problems, AT)?;
    if text == "due" {
        return Some(At { anchor: Anchor::Due, offset: SignedDuration::ZERO, unit: Unit::Open });
    }
    if text.starts_with("due-") || text.starts_with('-') {
        let problem = format!("{} counts back", quoted(text));
        problems.report(&node.place, problem, "write the time from the start, such as \"45m\"");
        return None;
    }
    let (anchor, span) = match text.strip_prefix("due+") {
        Some(span) => (Anchor::Due, span),
        None => (Anchor::Start, text),
    };
    match span.parse::<Span>() {
        Ok(Span { length, unit }) => Some(At { anchor, offset: length, unit }),
        Err(BadSpan::TooLong) => {
            let problem = format!("{} is longer than 400 days", quoted(text));
            problems.report(&node.place, problem, "write at most \"9600h\"");
            None
        }
        Err(BadSpan::Form) => {
            let problem = format!("{} is not a time of a step", quoted(text));
            problems.report(&node.place, problem, format!("write {AT}, perhaps with \" elapsed\" behind it"));
            None
        }
    }
}

fn to(problems: &mut Problems, people: &Named<Person>, node: &Node) -> Option<Vec<Role>> {
    let names = node.text_or_texts(problems, TO)?;
    if names.is_empty() {
        problems.report(&node.place, "the step tells nobody", format!("write {TO}"));
        return None;
    }
    let mut roles: Vec<Role> = Vec::new();
    let mut good = true;
    for (node, name) in names {
        match role(problems, people, &node, name) {
            Some(role) if roles.contains(&role) => {
                problems.report(
                    &node.place,
                    format!("{} stands twice", quoted(name)),
                    "write everybody once",
                );
            }
            Some(role) => roles.push(role),
            None => good = false,
        }
    }
    good.then_some(roles)
}

fn role(problems: &mut Problems, people: &Named<Person>, node: &Node, name: &str) -> Option<Role> {
    match name {
        "owner" => Some(Role::Owner),
        "backup" => Some(Role::Backup),
        "lead" => Some(Role::Lead),
        "manager" => Some(Role::Manager),
        "duty" => Some(Role::Duty),
        person if people.contains_key(person) => Some(Role::Named(PersonId(person.to_owned()))),
        unknown => {
            let known = ROLES.iter().chain(people.keys()).copied();
            let fix = match nearest(unknown, known.take(MOST_COMPARED)) {
                Some(meant) => format!("write {meant:?}"),
                None => "write \"owner\", \"backup\", \"lead\", \"manager\", \"duty\" or a person".to_owned(),
            };
            problems.report_unless_broken(&node.place, format!("unknown role {}", quoted(unknown)), fix);
            None
        }
    }
}

fn style(problems: &mut Problems, node: &Node) -> Option<Style> {
    let text = node.text(problems, "\"single\"")?;
    let style = Style::ALL.into_iter().find(|style| style.name() == text);
    if style.is_none() {
        let fix = match nearest(text, Style::ALL.map(Style::name)) {
            Some(meant) => format!("write {meant:?}"),
            None => "write \"single\", \"batch\" or \"digest\"".to_owned(),
        };
        problems.report(&node.place, format!("unknown style {}", quoted(text)), fix);
    }
    style
}

/// Reports every step that is certainly earlier than one before it, in the first turn or in a later one.
fn report_order(
    problems: &mut Problems,
    first: Option<Span>,
    next: Option<Span>,
    nodes: &[Node],
    steps: &[Option<Rung>],
) {
    let early = |target: Option<Span>| target.map_or_else(Vec::new, |target| early(target, steps));
    let (in_first, in_next) = (early(first), early(next));
    for (place, node) in nodes.iter().enumerate() {
        if in_first.contains(&place) {
            let problem = "the step is earlier than the one before it";
            problems.report(&node.place, problem, "write the steps in the order of their times");
        } else if in_next.contains(&place) {
            let problem = "with next_response the step is earlier than the one before it";
            problems.report(&node.place, problem, "write steps that are in order with both targets");
        }
    }
}

/// The places of the steps that are certainly earlier than one before them.
///
/// Open and elapsed time cannot be compared without a start, so that only like is compared with like.
fn early(target: Span, steps: &[Option<Rung>]) -> Vec<usize> {
    let mut latest: BTreeMap<(Anchor, Unit), SignedDuration> = BTreeMap::new();
    let mut is_early = |at: At| {
        let own = Some(((at.anchor, at.unit), at.offset));
        let same_unit = at.unit == target.unit || at.offset.is_zero();
        let from_start = (at.anchor == Anchor::Due && same_unit)
            .then(|| ((Anchor::Start, target.unit), target.length.saturating_add(at.offset)));
        let mut early = false;
        for (key, offset) in own.into_iter().chain(from_start) {
            let before = latest.entry(key).or_insert(offset);
            early |= offset < *before;
            *before = offset.max(*before);
        }
        early
    };
    let read = steps.iter().enumerate().filter_map(|(place, step)| Some((place, step.as_ref()?.at)));
    read.filter(|(_, at)| is_early(*at)).map(|(place, _)| place).collect()
}
