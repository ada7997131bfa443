//! From text to entries. Nothing of the text is repeated in a problem but ids and names of ours: a value may
//! stand wherever somebody slipped.

use std::collections::BTreeSet;

use domain::document::{Node, Place, Problems, Table, nearest, quoted};
use domain::id::{Account, Platform};
use secrecy::SecretString;
use toml::de::DeTable;

const KEYS: [&str; 7] = ["id", "kind", "platform", "value", "previous", "accounts", "application"];
const KINDS: [&str; 5] = ["app", "verify", "hook", "link", "key"];
const ID: &str = "\"meta-app\"";
const VALUE: &str = "\"…\" with the secret in it";
const ACCOUNT: &str = "\"facebook:100200300400\"";
const APPLICATION: &str = "\"78abc\"";

/// One `[[secret]]` without problems.
pub(super) struct Entry {
    pub(super) place: Place,
    pub(super) id: String,
    pub(super) kind: Kind,
    pub(super) value: Value,
    pub(super) previous: Option<Value>,
    /// The platform's own id of the app, and where it stands.
    pub(super) application: Option<(String, Place)>,
    /// Keys that say nothing about a secret of this kind.
    pub(super) idle: Vec<Place>,
}

/// What a secret is for.
pub(super) enum Kind {
    /// Signs what a platform sends for these accounts.
    App { platform: Platform, accounts: Vec<(Account, Place)> },
    /// The word of a platform's handshake.
    Verify { platform: Platform },
    /// Signs what is posted to somebody's webhook, or names whom it is for there.
    Hook,
    /// Signs links.
    Link,
    /// Makes conversation ids.
    Key,
}

impl Entry {
    /// Returns the platform of a secret that has one.
    pub(super) fn platform(&self) -> Option<Platform> {
        match self.kind {
            Kind::App { platform, .. } | Kind::Verify { platform } => Some(platform),
            Kind::Hook | Kind::Link | Kind::Key => None,
        }
    }
}

/// A value that is not empty, and where it stands.
pub(super) struct Value {
    pub(super) text: SecretString,
    pub(super) place: Place,
}

/// Reads every entry of the text; one with problems is left out.
pub(super) fn entries(problems: &mut Problems, text: &str) -> Vec<Entry> {
    let (root, errors) = DeTable::parse_recoverable(text);
    for error in &errors {
        problems.report_hidden_syntax(error);
    }
    let top = Place::new(0, "");
    let root = Table::new(top.clone(), root.get_ref());
    only(problems, &root, &["secret"]);
    let list = root.get("secret").and_then(|node| node.list(problems, "[[secret]]"));
    let mut ids = BTreeSet::new();
    let mut keys = 0;
    let mut entries = Vec::new();
    for node in list.unwrap_or_default() {
        let entry = read_entry(problems, &mut ids, &mut keys, &node);
        entries.extend(entry);
    }
    if keys == 0 {
        let fix = "write [[secret]] with id = \"names\", kind = \"key\" and 32 random bytes as value";
        problems.report_unless_broken(&top, "no secret of kind \"key\"", fix);
    }
    entries
}

fn read_entry(
    problems: &mut Problems,
    ids: &mut BTreeSet<String>,
    keys: &mut u32,
    node: &Node<'_>,
) -> Option<Entry> {
    let table = node.table(problems, "[[secret]]")?;
    let id = table.required(problems, "id", ID).and_then(|node| read_id(problems, ids, node));
    // From here on problems name the entry by its id.
    let table = match &id {
        Some(id) => node.called(id).table(problems, "[[secret]]")?,
        None => table,
    };
    only(problems, &table, &KEYS);
    let value = table.required(problems, "value", VALUE).and_then(|node| read_value(problems, node));
    let previous = table.get("previous").map(|node| read_value(problems, node));
    let platform = table.get("platform").map(|node| read_platform(problems, node));
    let kind = table.required(problems, "kind", "\"app\"").and_then(|node| read_kind(problems, node));
    let needs_platform = matches!(kind, Some("app" | "verify"));
    if needs_platform && platform.is_none() {
        table.required(problems, "platform", "\"facebook\"");
    }
    let platform = platform.flatten();
    let kind = match kind? {
        "app" => {
            let accounts = read_accounts(problems, &table, platform);
            Kind::App { platform: platform?, accounts: accounts? }
        }
        "verify" => Kind::Verify { platform: platform? },
        "hook" => Kind::Hook,
        "link" => Kind::Link,
        _ => {
            *keys += 1;
            if *keys > 1 {
                let fix = "write one; it makes the ids of conversations and never changes";
                problems.report(&table.place, "a second secret of kind \"key\"", fix);
            }
            Kind::Key
        }
    };
    let idle: &[&str] = match kind {
        Kind::App { .. } => &[],
        Kind::Verify { .. } => &["application"],
        Kind::Hook | Kind::Link | Kind::Key => &["platform", "accounts", "application"],
    };
    let idle = idle.iter().filter_map(|name| table.get(name));
    let idle = idle.map(|node| node.place.clone()).collect();
    let application = match table.get("application") {
        Some(node) => Some((node.text(problems, APPLICATION)?.to_owned(), node.place.clone())),
        None => None,
    };
    let previous = match previous {
        Some(previous) => Some(previous?),
        None => None,
    };
    Some(Entry { place: table.place.clone(), id: id?, kind, value: value?, previous, application, idle })
}

/// Reads an id: it stands in logs and beside kept bodies, so it is short and plain.
fn read_id(problems: &mut Problems, ids: &mut BTreeSet<String>, node: &Node<'_>) -> Option<String> {
    let id = node.text(problems, ID)?;
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    if !(1..=64).contains(&id.len()) || !id.chars().all(plain) {
        problems.report(
            &node.place,
            "not an id",
            "write 1 to 64 of the characters a-z, A-Z, 0-9, -, _ and .",
        );
        return None;
    }
    if !ids.insert(id.to_owned()) {
        problems.report(&node.place, format!("the id {} stands twice", quoted(id)), "write another");
    }
    Some(id.to_owned())
}

fn read_value(problems: &mut Problems, node: &Node<'_>) -> Option<Value> {
    let text = node.text(problems, VALUE)?;
    if text.is_empty() {
        problems.report(&node.place, "empty", format!("write {VALUE}"));
        return None;
    }
    Some(Value { text: SecretString::from(text), place: node.place.clone() })
}

fn read_platform(problems: &mut Problems, node: &Node<'_>) -> Option<Platform> {
    let name = node.text(problems, "\"facebook\"")?;
    let known = name.parse().ok();
    if known.is_none() {
        let names = Platform::ALL.map(Platform::name);
        let fix = match nearest(name, names) {
            Some(meant) => format!("write {}", quoted(meant)),
            None => format!("write one of {}", names.join(", ")),
        };
        problems.report(&node.place, "unknown platform", fix);
    }
    known
}

fn read_kind(problems: &mut Problems, node: &Node<'_>) -> Option<&'static str> {
    let name = node.text(problems, "\"app\"")?;
    let known = KINDS.into_iter().find(|kind| *kind == name);
    if known.is_none() {
        let fix = match nearest(name, KINDS) {
            Some(meant) => format!("write {}", quoted(meant)),
            None => "write \"app\", \"verify\", \"hook\", \"link\" or \"key\"".to_owned(),
        };
        problems.report(&node.place, "unknown kind", fix);
    }
    known
}

/// Reads the accounts of an app, each as `PLATFORM:ID` or as the bare id, since the platform is said.
fn read_accounts(
    problems: &mut Problems,
    table: &Table<'_>,
    platform: Option<Platform>,
) -> Option<Vec<(Account, Place)>> {
    let list = table.required(problems, "accounts", &format!("[{ACCOUNT}]"))?;
    let accounts = list.texts(problems, ACCOUNT, |problems, node, text| {
        let account = text.parse().ok();
        let account = account.or_else(|| Some(Account { platform: platform?, id: bare(text)?.to_owned() }));
        let Some(account) = account else {
            problems.report(&node.place, "not an account", format!("write PLATFORM:ID, such as {ACCOUNT}"));
            return None;
        };
        if platform.is_some_and(|platform| platform != account.platform) {
            let problem =
                format!("an account on {}, while the secret is of another platform", account.platform);
            let fix = "write it into a [[secret]] of its own platform";
            problems.report(&node.place, problem, fix);
            return None;
        }
        Some((account, node.place))
    })?;
    if accounts.is_empty() {
        let fix = format!("write [{ACCOUNT}] with every account it may speak for");
        problems.report(&list.place, "no account", fix);
    }
    Some(accounts)
}

/// Returns a bare id. Those of some platforms have colons; one that begins like a platform's name is a slip.
fn bare(text: &str) -> Option<&str> {
    let slip = text
        .split_once(':')
        .is_some_and(|(name, _)| nearest(name, Platform::ALL.map(Platform::name)).is_some());
    Some(text).filter(|text| !text.trim().is_empty() && !slip)
}

/// Reports every key that is not one of `known`; its name only if it is a slip of one.
fn only(problems: &mut Problems, table: &Table<'_>, known: &[&str]) {
    for (key, _) in table.entries.iter().filter(|(key, _)| !known.contains(&key.name)) {
        let place = table.place.at(key.place.at);
        match nearest(key.name, known.iter().copied()) {
            Some(meant) => {
                problems.report(
                    &place,
                    format!("unknown key {}", quoted(key.name)),
                    format!("write {meant}"),
                );
            }
            None => problems.report(&place, "unknown key", format!("write only {}", known.join(", "))),
        }
    }
}
