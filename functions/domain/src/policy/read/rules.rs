//! `[policy.NAME.CLASS]`: targets and ladders.

use std::collections::BTreeMap;

use jiff::SignedDuration;

use super::super::defaults::{Draft, Outline, ladder};
use super::super::{Anchor, At, Class, Person, Role, Rung, Style, Targets};
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
) -> Option<Outline> {
    let names = Class::ALL.map(Class::name);
    let mut classes = BTreeMap::new();
    let mut good = true;
    for (class_key, node) in &table.entries {
        let class = class_key.name.parse::<Class>();
        if class.is_err() {
            report_unknown_key(problems, class_key, &names, "class");
        }
        // Of an unknown class everything else is told as well.
        let assumed = class.as_ref().map_or(Class::Other, |class| *class);
        let draft = node.table(problems, "a table with target and ladder");
        let draft = draft.and_then(|table| read_rules(problems, people, assumed, &table));
        match (class, draft) {
            (Ok(class), Some(draft)) => drop(classes.insert(class, draft)),
            (Ok(_) | Err(_), Some(_) | None) => good = false,
        }
    }
    if table.entries.is_empty() {
        let fix = format!("write [policy.{}.question]", key.name);
        problems.report_unless_broken(&table.place, "the policy says nothing", fix);
        return None;
    }
    good.then(|| Outline::new(key.name, classes))
}

fn read_rules(problems: &mut Problems, people: &Named<Person>, class: Class, table: &Table) -> Option<Draft> {
    table.only(problems, &["target", "next_response", "follow_up", "ladder"]);
    let mut one = |key: &str| optional(table.get(key), |node| target(problems, node).map(Some));
    let (first, next, follow_up) = (one("target"), one("next_response"), one("follow_up"));
    let steps = optional(table.get("ladder"), |node| read_ladder(problems, people, node).map(Some));
    let (first_response, next_response) = (first?, next?);
    let draft = Draft { first_response, next_response, follow_up: follow_up?, steps: None };
    // A target that is left out is the longest where nobody is on duty.
    let targets = draft.targets(class, false);
    let Some(steps) = steps? else {
        report_built_in_order(problems, class, targets, table);
        return Some(draft);
    };
    report_order(problems, targets, &steps);
    let steps = steps.into_iter().map(|(_, step)| step).collect::<Option<_>>()?;
    Some(Draft { steps: Some(steps), ..draft })
}

/// Reads the steps; absent inside are those whose problems were reported.
fn read_ladder<'t>(
    problems: &mut Problems,
    people: &Named<Person>,
    node: &Node<'t>,
) -> Option<Vec<(Node<'t>, Option<Rung>)>> {
    let steps = node.list(problems, LADDER)?;
    if steps.len() > MOST_STEPS {
        let problem = format!("{} steps", steps.len());
        problems.report(&node.place, problem, format!("write at most {MOST_STEPS}"));
        return None;
    }
    let read = steps.into_iter().map(|node| {
        let step = read_step(problems, people, &node);
        (node, step)
    });
    Some(read.collect())
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
fn report_order(problems: &mut Problems, targets: Targets, steps: &[(Node, Option<Rung>)]) {
    let times: Vec<Option<At>> = steps.iter().map(|(_, step)| Some(step.as_ref()?.at)).collect();
    let in_first = early(targets.first_response, &times);
    let in_next = early(targets.next_response, &times);
    for (place, (node, _)) in steps.iter().enumerate() {
        if in_first.contains(&place) {
            let problem = "the step is earlier than the one before it";
            problems.report(&node.place, problem, "write the steps in the order of their times");
        } else if in_next.contains(&place) {
            let problem = "with next_response the step is earlier than the one before it";
            problems.report(&node.place, problem, "write steps that are in order with both targets");
        }
    }
}

/// Reports a target of later turns that ends before the warnings of the built-in ladder, which are shares of
/// the first.
fn report_built_in_order(problems: &mut Problems, class: Class, targets: Targets, table: &Table) {
    let Some(next) = table.get("next_response") else { return };
    let steps = ladder(class, targets.first_response, false);
    let times: Vec<Option<At>> = steps.iter().map(|step| Some(step.at)).collect();
    if !early(targets.next_response, &times).is_empty() {
        let problem = "the built-in ladder warns later than that";
        problems.report(&next.place, problem, format!("write a longer one, or a ladder such as {LADDER}"));
    }
}

/// The places of the steps that are certainly earlier than one before them.
///
/// Open and elapsed time cannot be compared without a start, so that only like is compared with like.
fn early(target: Span, times: &[Option<At>]) -> Vec<usize> {
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
    let known = times.iter().enumerate().filter_map(|(place, at)| Some((place, (*at)?)));
    known.filter(|(_, at)| is_early(*at)).map(|(place, _)| place).collect()
}
