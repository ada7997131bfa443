//! `accounts` and `automation` of a brand.

use std::collections::{BTreeMap, BTreeSet};

use crate::document::{Node, Place, Problems, Table, nearest, quoted};
use crate::id::{Account, BrandId, Platform, Unnamed};

const ACCOUNT: &str = "\"facebook:100200300400\"";
const APP: &str = "\"x:268278\"";

/// An account that a brand says is its own, and where it does.
pub(in super::super) struct Claim {
    place: Place,
    account: Account,
    brand: BrandId,
}

/// Reads the accounts of a brand, and claims each that can be read.
pub(super) fn own(
    problems: &mut Problems,
    brand: &BrandId,
    claims: &mut Vec<Claim>,
    table: &Table,
) -> Option<Vec<Account>> {
    let list = table.required(problems, "accounts", &format!("[{ACCOUNT}]"))?;
    let accounts = list.texts(problems, ACCOUNT, |problems, node, text| {
        let account = account(problems, &node, text, ACCOUNT)?;
        if let Some(form) = account.misshapen() {
            let doubt = format!("{} names no account of {}", quoted(text), account.platform);
            problems.doubt(&node.place, doubt, format!("write {form}"));
        }
        claims.push(Claim { place: node.place, account: account.clone(), brand: brand.clone() });
        Some(account)
    })?;
    if accounts.is_empty() {
        problems.report(&list.place, "a brand without accounts hears nothing", format!("write [{ACCOUNT}]"));
        return None;
    }
    Some(accounts)
}

/// Reads the apps whose posts are not answers, and the accounts only a machine writes with.
pub(super) fn automation(problems: &mut Problems, list: &Node) -> Option<Vec<Account>> {
    let mut seen = BTreeSet::new();
    list.texts(problems, APP, |problems, node, text| {
        let app = account(problems, &node, text, APP)?;
        if !seen.insert(app.clone()) {
            let problem = format!("{} stands twice", quoted(&app.to_string()));
            problems.report(&node.place, problem, "write every app once");
        }
        Some(app)
    })
}

fn account(problems: &mut Problems, node: &Node, text: &str, example: &str) -> Option<Account> {
    let account = text.parse();
    account.map_err(|error| report_account(problems, node, text, &error, example)).ok()
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
pub(in super::super) fn claimed(
    problems: &mut Problems,
    mut claims: Vec<Claim>,
) -> BTreeMap<Account, BrandId> {
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
