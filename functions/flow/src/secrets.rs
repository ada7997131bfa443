//! The secrets: one TOML text, checked completely before any of it is used.

use std::collections::BTreeSet;
use std::fmt;

use domain::id::{Account, HashKey, Platform};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

/// All secrets of an installation.
#[derive(Debug)]
pub struct Secrets {
    apps: Vec<App>,
    tokens: Vec<Token>,
    key: HashKey,
}

/// A secret that signs bodies, and the accounts it may speak for.
struct App {
    id: String,
    platform: Platform,
    values: Vec<SecretString>,
    accounts: BTreeSet<Account>,
}

/// A verify token of a platform's handshake.
struct Token {
    platform: Platform,
    values: Vec<SecretString>,
}

impl fmt::Debug for App {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "App({})", self.id)
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Token({})", self.platform)
    }
}

/// Whom a valid signature speaks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Speaker {
    /// The ids of the secrets that matched.
    pub secret: String,
    accounts: BTreeSet<Account>,
}

impl Speaker {
    /// Whether the secret may speak for `account`: a valid signature proves only who holds the secret.
    #[must_use]
    pub fn may_speak_for(&self, account: &Account) -> bool {
        self.accounts.contains(account)
    }
}

/// The text of the secrets cannot be used; every reason at once, none of them with a value in it.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("secrets: {}", .0.join("; "))]
pub struct Unusable(pub Vec<String>);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    secret: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    id: String,
    kind: EntryKind,
    platform: Option<String>,
    value: SecretString,
    previous: Option<SecretString>,
    #[serde(default)]
    accounts: Vec<String>,
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum EntryKind {
    App,
    Verify,
    Link,
    Key,
}

impl Secrets {
    /// Reads the TOML text.
    ///
    /// An empty value is refused: an empty verify token would match a request without one.
    ///
    /// # Errors
    ///
    /// [`Unusable`] with every problem found; values are never part of it.
    pub fn parse(text: &str) -> Result<Secrets, Unusable> {
        // The parser's own message can quote the line, and with it a value: only the place is told.
        let file: File = toml::from_str(text).map_err(|error| {
            let line = error.span().map_or(0, |span| text[..span.start].matches('\n').count() + 1);
            Unusable(vec![format!("line {line}: not the form of a secrets file")])
        })?;
        let mut problems = Vec::new();
        let mut ids = BTreeSet::new();
        let (mut apps, mut tokens, mut keys) = (Vec::new(), Vec::new(), Vec::new());
        for entry in file.secret {
            let id = entry.id.clone();
            let mut problem = |what: &str| problems.push(format!("{id}: {what}"));
            if !ids.insert(entry.id.clone()) {
                problem("this id stands twice");
            }
            let values: Vec<SecretString> = std::iter::once(entry.value).chain(entry.previous).collect();
            if values.iter().any(|value| value.expose_secret().is_empty()) {
                problem("value and previous must not be empty");
                continue;
            }
            let needs_platform = matches!(entry.kind, EntryKind::App | EntryKind::Verify);
            let platform = match entry.platform.as_deref().map(str::parse::<Platform>) {
                Some(Ok(platform)) => Some(platform),
                Some(Err(unknown)) => {
                    problem(&unknown.to_string());
                    continue;
                }
                None if needs_platform => {
                    problem("platform is missing");
                    continue;
                }
                None => None,
            };
            match (entry.kind, platform) {
                (EntryKind::App, Some(platform)) => {
                    let accounts = accounts(platform, &entry.accounts, &mut problem);
                    if accounts.is_empty() {
                        problem("accounts is missing: name the accounts it may speak for");
                    }
                    apps.push(App { id: entry.id, platform, values, accounts });
                }
                (EntryKind::Verify, Some(platform)) => tokens.push(Token { platform, values }),
                (EntryKind::Key, _) => keys.extend(values.into_iter().next()),
                // Nothing signs links yet; the entry may stand there already.
                (EntryKind::Link, _) | (EntryKind::App | EntryKind::Verify, None) => {}
            }
        }
        if keys.len() != 1 {
            problems.push("exactly one secret of kind \"key\" must stand there".to_owned());
        }
        let key = keys.first().map_or("", |value| value.expose_secret());
        let key = HashKey::new(key.as_bytes());
        if problems.is_empty() { Ok(Secrets { apps, tokens, key }) } else { Err(Unusable(problems)) }
    }

    /// Returns the key of conversation ids.
    #[must_use]
    pub fn key(&self) -> &HashKey {
        &self.key
    }

    /// Returns the verify tokens of a platform, current and previous.
    pub fn tokens(&self, platform: Platform) -> impl Iterator<Item = &str> {
        let tokens = self.tokens.iter().filter(move |token| token.platform == platform);
        tokens.flat_map(|token| &token.values).map(ExposeSecret::expose_secret)
    }

    /// Returns the current secrets of a platform's apps, in the order of the text.
    pub fn apps(&self, platform: Platform) -> impl Iterator<Item = &[u8]> {
        let apps = self.apps.iter().filter(move |app| app.platform == platform);
        apps.filter_map(|app| app.values.first()).map(|value| value.expose_secret().as_bytes())
    }

    /// Returns whom the body speaks for: `matches` says whether a secret's value signed it.
    ///
    /// Several entries may hold the same value; then it speaks for the accounts of all of them. `None` if
    /// no secret of the platform matches.
    pub fn speaker(&self, platform: Platform, matches: impl Fn(&[u8]) -> bool) -> Option<Speaker> {
        let signed = |app: &&App| {
            app.platform == platform
                && app.values.iter().any(|value| matches(value.expose_secret().as_bytes()))
        };
        let apps: Vec<&App> = self.apps.iter().filter(signed).collect();
        let secret = apps.iter().map(|app| app.id.as_str()).collect::<Vec<_>>().join("+");
        let accounts = apps.iter().flat_map(|app| app.accounts.iter().cloned()).collect();
        (!apps.is_empty()).then_some(Speaker { secret, accounts })
    }
}

fn accounts(platform: Platform, listed: &[String], problem: &mut impl FnMut(&str)) -> BTreeSet<Account> {
    let mut accounts = BTreeSet::new();
    for text in listed {
        // `facebook:1`, or the bare id since the platform is said.
        let account = text.parse().unwrap_or_else(|_| Account { platform, id: text.clone() });
        if account.platform == platform {
            accounts.insert(account);
        } else {
            problem(&format!("account {text} is on another platform"));
        }
    }
    accounts
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = r#"
        [[secret]]
        id = "meta"
        kind = "app"
        platform = "facebook"
        value = "new"
        previous = "old"
        accounts = ["facebook:1", "2"]

        [[secret]]
        id = "names"
        kind = "key"
        value = "k"
    "#;

    #[test]
    fn a_secret_speaks_for_its_accounts_only_by_either_value() {
        let secrets = Secrets::parse(TEXT).unwrap();
        let account = |id: &str| Account { platform: Platform::Facebook, id: id.to_owned() };
        for value in ["new", "old"] {
            let speaker = secrets.speaker(Platform::Facebook, |secret| secret == value.as_bytes()).unwrap();
            assert!(speaker.may_speak_for(&account("1")) && speaker.may_speak_for(&account("2")));
            assert!(!speaker.may_speak_for(&account("3")));
        }
        assert_eq!(secrets.speaker(Platform::X, |_| true), None);
    }

    #[test]
    fn problems_are_told_all_at_once_and_never_with_a_value() {
        let text = r#"
            [[secret]]
            id = "a"
            kind = "app"
            platform = "facebook"
            value = "hunter2"
            [[secret]]
            id = "a"
            kind = "verify"
            value = "hunter2"
            [[secret]]
            id = "b"
            kind = "verify"
            platform = "myspace"
            value = ""
        "#;
        let Unusable(problems) = Secrets::parse(text).unwrap_err();
        assert_eq!(
            problems,
            [
                "a: accounts is missing: name the accounts it may speak for",
                "a: this id stands twice",
                "a: platform is missing",
                "b: value and previous must not be empty",
                "exactly one secret of kind \"key\" must stand there",
            ]
        );
        let broken = Secrets::parse("[[secret]]\nid = \"a\"\nvalue = \"hunter2\"\nkind = 3").unwrap_err();
        assert_eq!(broken.to_string(), "secrets: line 4: not the form of a secrets file");
    }
}
