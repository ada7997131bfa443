//! `[brand.NAME]`

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::super::defaults::Outline;
use super::super::{Brand, Person, Role, Rota};
use super::person::{list, optional};
use super::{Named, lookup};
use crate::calendar::Calendar;
use crate::clock::{BadSpan, length_of};
use crate::document::{Key, Node, Place, Problems, Table, nearest, quoted};
use crate::id::{Account, BrandId, Platform, Unnamed};
use crate::ladder::candidates;

mod maintenance;

const ACCOUNT: &str = "\"facebook:100200300400\"";
const APP: &str = "\"x:268278\"";
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

/// An account that a brand says is its own, and where it does.
pub(super) struct Claim {
    place: Place,
    account: Account,
    brand: BrandId,
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
    let accounts = table.required(problems, "accounts", &format!("[{ACCOUNT}]"));
    let accounts = accounts.and_then(|node| own_accounts(problems, node, &id, claims));
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
    let automation = optional(table.get("automation"), |node| automation(problems, node));
    let reopen = match table.get("reopen") {
        Some(node) => reopen(problems, node),
        None => Some(SignedDuration::from_hours(REOPEN_HOURS)),
    };
    let zone = match &calendar {
        Some(Some((calendar, _))) => calendar.zone().clone(),
        Some(None) | None => TimeZone::UTC,
    };
    let maintenance = optional(table.get("maintenance"), |node| maintenance::read(problems, &zone, node));
    let (calendar, calendar_name) = calendar?.unzip();
    let duty = duty?;
    let brand = Brand {
        id,
        name: name?,
        accounts: accounts?,
        calendar,
        calendar_name,
        policy: outline?.policy(duty.is_some()),
        owner: owner?,
        backup: backup?,
        lead: lead?,
        manager: manager?,
        duty,
        automation: automation?,
        reopen: reopen?,
        maintenance: maintenance?,
    };
    report_unreachable(problems, &brand, table, known.people);
    Some(brand)
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

fn own_accounts(
    problems: &mut Problems,
    node: &Node,
    brand: &BrandId,
    claims: &mut Vec<Claim>,
) -> Option<Vec<Account>> {
    let accounts = accounts(problems, node, ACCOUNT)?;
    if accounts.is_empty() {
        problems.report(&node.place, "a brand without accounts hears nothing", format!("write [{ACCOUNT}]"));
        return None;
    }
    claims.extend(accounts.iter().map(|(node, account)| Claim {
        place: node.place.clone(),
        account: account.clone(),
        brand: brand.clone(),
    }));
    Some(accounts.into_iter().map(|(_, account)| account).collect())
}

fn automation(problems: &mut Problems, node: &Node) -> Option<Vec<Account>> {
    let apps = accounts(problems, node, APP)?;
    let mut seen = BTreeSet::new();
    for (node, app) in &apps {
        if !seen.insert(app) {
            let problem = format!("{} stands twice", quoted(&app.to_string()));
            problems.report(&node.place, problem, "write every app once");
        }
    }
    Some(apps.into_iter().map(|(_, app)| app).collect())
}

fn accounts<'t>(problems: &mut Problems, node: &Node<'t>, example: &str) -> Option<Vec<(Node<'t>, Account)>> {
    let texts = node.texts(problems, example)?;
    let accounts = texts.into_iter().map(|(node, text)| match text.parse::<Account>() {
        Ok(account) => Some((node, account)),
        Err(error) => {
            report_account(problems, &node, text, &error, example);
            None
        }
    });
    accounts.collect::<Vec<_>>().into_iter().collect()
}

fn report_account(problems: &mut Problems, node: &Node, text: &str, error: &Unnamed, example: &str) {
    let names = Platform::ALL.map(Platform::name);
    let (problem, fix) = match error {
        Unnamed::Platform(name) => {
            let fix = match nearest(name, names) {
                Some(meant) => {
                    let id = text.split_once(':').map_or("", |(_, id)| id);
                    format!("write {}", quoted(&format!("{meant}:{id}")))
                }
                None => format!("write one of {}", names.join(", ")),
            };
            (format!("unknown platform {}", quoted(name)), fix)
        }
        Unnamed::Account(_) | Unnamed::Step(_) => {
            (format!("{} is not PLATFORM:ID", quoted(text)), format!("write {example}"))
        }
    };
    problems.report(&node.place, problem, fix);
}

/// Gives every account to the brand that claims it first in the text; reports every other claim.
pub(super) fn claimed(problems: &mut Problems, mut claims: Vec<Claim>) -> BTreeMap<Account, BrandId> {
    claims.sort_by_key(|claim| claim.place.at);
    let mut accounts: BTreeMap<Account, BrandId> = BTreeMap::new();
    for Claim { place, account, brand } in claims {
        if let Some(first) = accounts.get(&account) {
            let owner = if *first == brand { "this brand".to_owned() } else { format!("brand {first}") };
            let problem = format!("{} belongs to {owner} already", quoted(&account.to_string()));
            problems.report(&place, problem, "write every account once");
        } else {
            accounts.insert(account, brand);
        }
    }
    accounts
}

/// Reports every role that a step of the brand's ladders goes to, where the step would reach nobody.
fn report_unreachable(problems: &mut Problems, brand: &Brand, table: &Table, people: &Named<Person>) {
    let somebody = people.keys().next().copied().unwrap_or("dana");
    let steps = || {
        brand.policy.all_rules().flat_map(|(class, rules)| rules.steps.iter().map(move |step| (class, step)))
    };
    // A rota has somebody at any instant.
    let is_filled = |role: &Role| candidates(role, brand, Timestamp::UNIX_EPOCH).next().is_some();
    let named = steps().any(|(_, step)| step.to.iter().any(|role| matches!(role, Role::Named(_))));
    if !named && !Role::OF_A_BRAND.iter().any(is_filled) {
        let fix =
            format!("write owner = \"{somebody}\", lead = [\"{somebody}\"], manager = [\"{somebody}\"]");
        problems.report_unless_broken(&table.place, "the brand has nobody who could be told", fix);
        return;
    }
    let mut reported: Vec<&Role> = Vec::new();
    for (class, step) in steps() {
        if step.to.iter().any(is_filled) {
            continue;
        }
        let Some(role) = step.to.first().filter(|role| !reported.contains(role)) else { continue };
        reported.push(role);
        let policy = &brand.policy.name;
        let problem = format!("policy {policy} tells the {role} about {class}, and the brand has none");
        let fix = match role {
            Role::Owner | Role::Backup => format!("write {role} = \"{somebody}\""),
            Role::Duty => "write duty = \"NAME\" of a [rota.NAME]".to_owned(),
            Role::Lead | Role::Manager | Role::Named(_) => format!("write {role} = [\"{somebody}\"]"),
        };
        problems.report_unless_broken(&table.place, problem, fix);
    }
}
