//! `[policy.NAME.CLASS]`: targets and ladders.

use std::collections::BTreeMap;

use jiff::SignedDuration;

use super::super::defaults::{self, Draft, Outline};
use super::super::{Anchor, At, Class, Person, Role, Rung, Style};
use super::person::optional;
use super::{MOST_COMPARED, Named};
use crate::clock::{BadSpan, Span, Unit};
use crate::document::{Key, Node, Problems, Table, nearest, quoted, report_unknown_key};
use crate::id::PersonId;

mod order;

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
    // A target that is left out is the longest where nobody is on duty.
    let first_target = first.map(|first| first.unwrap_or_else(|| defaults::target(class, false)));
    let next_target = next.and_then(|next| next.or(first_target));
    if let Some(Some(steps)) = &steps {
        order::report(problems, first_target, next_target, steps);
    } else if steps.is_some()
        && let (Some(first), Some(Some(next)), Some(node)) = (first_target, next, table.get("next_response"))
    {
        order::report_built_in(problems, class, first, node, next);
    }
    let steps = match steps? {
        Some(steps) => Some(steps.into_iter().map(|step| step.rung).collect::<Option<_>>()?),
        None => None,
    };
    Some(Draft { first_response: first?, next_response: next?, follow_up: follow_up?, steps })
}

/// A step as far as it can be read.
struct Step<'t> {
    node: Node<'t>,
    at: Option<At>,
    rung: Option<Rung>,
}

fn read_ladder<'t>(
    problems: &mut Problems,
    people: &Named<Person>,
    node: &Node<'t>,
) -> Option<Vec<Step<'t>>> {
    let steps = node.list(problems, LADDER)?;
    if steps.len() > MOST_STEPS {
        let problem = format!("{} steps", steps.len());
        problems.report(&node.place, problem, format!("write at most {MOST_STEPS}"));
        return None;
    }
    Some(steps.into_iter().map(|node| read_step(problems, people, node)).collect())
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

fn read_step<'t>(problems: &mut Problems, people: &Named<Person>, node: Node<'t>) -> Step<'t> {
    let Some(table) = node.table(problems, "{ at = \"due\", to = \"lead\" }") else {
        return Step { node, at: None, rung: None };
    };
    table.only(problems, &["at", "to", "style"]);
    let at = table.required(problems, "at", "\"due\"").and_then(|node| at(problems, node));
    let to = table.required(problems, "to", TO).and_then(|node| to(problems, people, node));
    let style = match table.get("style") {
        Some(node) => style(problems, node),
        None => Some(Style::default()),
    };
    let rung = at.zip(to).zip(style).map(|((at, to), style)| Rung { at, to, style });
    Step { node, at, rung }
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
    let mut seen = Vec::new();
    let roles = node.text_or_texts(problems, TO, |problems, node, name| {
        if seen.contains(&name) {
            problems.report(&node.place, format!("{} stands twice", quoted(name)), "write everybody once");
        }
        seen.push(name);
        role(problems, people, &node, name)
    })?;
    if roles.is_empty() {
        problems.report(&node.place, "the step tells nobody", format!("write {TO}"));
        return None;
    }
    Some(roles)
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
