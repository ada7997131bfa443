//! `[brand.NAME]`

use std::sync::Arc;

use jiff::SignedDuration;
use jiff::tz::TimeZone;

use super::super::defaults::Outline;
use super::super::{Brand, Person, Rota};
use super::person::{list, optional};
use super::{Named, lookup};
use crate::calendar::Calendar;
use crate::clock::{BadSpan, length_of};
use crate::document::{Key, Node, Problems, Table, quoted};
use crate::id::BrandId;

mod accounts;
mod maintenance;
mod unreachable;

pub(super) use accounts::{Claim, claimed};

const REOPEN: &str = "\"72h\"";

const KEYS: [&str; 12] = [
    "name",
    "accounts",
    "calendar",
    "policy",
    "owner",
    "backup",
    "lead",
    "manager",
    "duty",
    "automation",
    "reopen",
    "maintenance",
];

/// For how long a closed case can be opened again, if the brand does not say, and at most.
const REOPEN_HOURS: i64 = 72;
const MOST_REOPEN_HOURS: i64 = 30 * 24;

/// What a brand can name.
pub(super) struct Known<'k, 't> {
    pub(super) calendars: &'k Named<'t, Arc<Calendar>>,
    pub(super) people: &'k Named<'t, Person>,
    pub(super) rotas: &'k Named<'t, Arc<Rota>>,
    pub(super) policies: &'k Named<'t, Outline>,
    /// The policy of a brand that names none.
    pub(super) built_in: &'k Outline,
}

pub(super) fn read(
    problems: &mut Problems,
    known: &Known,
    claims: &mut Vec<Claim>,
    key: &Key,
    table: &Table,
) -> Option<Brand> {
    table.only(problems, &KEYS);
    let id = BrandId(key.name.to_owned());
    let name = match table.get("name") {
        Some(node) => node.title(problems, "\"Acme\""),
        None => Some(key.name.to_owned()),
    };
    let accounts = accounts::own(problems, &id, claims, table);
    let calendar = optional(table.get("calendar"), |node| {
        let name = node.text(problems, "\"shop\"")?;
        let calendar = lookup(problems, known.calendars, "calendar", &node.place, name)?;
        Some(Some((Arc::clone(calendar), name.to_owned())))
    });
    let outline = policy(problems, known, table);
    let mut one = |key: &str| {
        optional(table.get(key), |node| {
            let name = node.text(problems, "\"dana\"")?;
            lookup(problems, known.people, "person", &node.place, name).map(|person| Some(person.id.clone()))
        })
    };
    let (owner, backup) = (one("owner"), one("backup"));
    let mut many =
        |key: &str| optional(table.get(key), |node| list(problems, known.people, node, "[\"dana\"]"));
    let (lead, manager) = (many("lead"), many("manager"));
    let duty = optional(table.get("duty"), |node| {
        let name = node.text(problems, "\"week\"")?;
        lookup(problems, known.rotas, "rota", &node.place, name).cloned().map(Some)
    });
    let automation = optional(table.get("automation"), |node| accounts::automation(problems, node));
    let reopen = match table.get("reopen") {
        Some(node) => reopen(problems, node),
        None => Some(SignedDuration::from_hours(REOPEN_HOURS)),
    };
    let zone = match &calendar {
        Some(Some((calendar, _))) => calendar.zone().clone(),
        Some(None) | None => TimeZone::UTC,
    };
    let maintenance = optional(table.get("maintenance"), |node| maintenance::read(problems, &zone, node));
    let others = [name.is_some(), accounts.is_some(), calendar.is_some(), automation.is_some()];
    let is_good = others.into_iter().all(|good| good) && reopen.is_some() && maintenance.is_some();
    let (calendar, calendar_name) = calendar.flatten().unzip();
    let duty = duty?;
    // With gaps if something is wrong: whom its ladders reach is to be told all the same.
    let brand = Brand {
        id,
        name: name.unwrap_or_default(),
        accounts: accounts.unwrap_or_default(),
        calendar,
        calendar_name,
        policy: outline?.policy(duty.is_some()),
        owner: owner?,
        backup: backup?,
        lead: lead?,
        manager: manager?,
        duty,
        automation: automation.unwrap_or_default(),
        reopen: reopen.unwrap_or_default(),
        maintenance: maintenance.unwrap_or_default(),
    };
    unreachable::report(problems, &brand, table, known.people);
    is_good.then_some(brand)
}

/// The policy that a brand names; the built-in one also by its name, unless the file has its own of it.
fn policy<'k>(problems: &mut Problems, known: &Known<'k, '_>, table: &Table) -> Option<&'k Outline> {
    let Some(node) = table.get("policy") else { return Some(known.built_in) };
    let name = node.text(problems, "\"social-60\"")?;
    if name == known.built_in.name() && !known.policies.contains_key(name) {
        return Some(known.built_in);
    }
    lookup(problems, known.policies, "policy", &node.place, name)
}

/// Reads for how long a case can be opened again.
fn reopen(problems: &mut Problems, node: &Node) -> Option<SignedDuration> {
    let text = node.text(problems, REOPEN)?;
    let most = SignedDuration::from_hours(MOST_REOPEN_HOURS);
    match length_of(text) {
        Ok(length) if length <= most => Some(length),
        Ok(_) | Err(BadSpan::TooLong) => {
            let problem = format!("{} is longer than 30 days", quoted(text));
            problems.report(&node.place, problem, format!("write at most \"{MOST_REOPEN_HOURS}h\""));
            None
        }
        Err(BadSpan::Form) => {
            let problem = format!("{} is not a time from the end of a case", quoted(text));
            problems.report(&node.place, problem, "write \"72h\", \"30m\" or \"0h\"; day and night count");
            None
        }
    }
}
