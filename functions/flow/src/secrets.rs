//! The secrets: one TOML text, checked completely before any of it is used.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use domain::document::{Problem, Problems};
use domain::id::{Account, HashKey, Platform};
use domain::platform::AppSecret;
use secrecy::{ExposeSecret, SecretString};

mod doubts;
mod read;

pub use doubts::{Examined, HookSecret, examine};
use read::{Entry, Kind, Value};

/// All secrets of an installation.
#[derive(Debug)]
pub struct Secrets {
    apps: Vec<App>,
    tokens: Vec<Token>,
    hooks: BTreeMap<String, Vec<SecretString>>,
    key: HashKey,
}

/// A secret that signs bodies, and the accounts it may speak for.
struct App {
    id: String,
    platform: Platform,
    /// The platform's own id of the app.
    application: Option<String>,
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
    /// The same one by one, each with `:previous` behind it if its previous value matched.
    pub names: Vec<String>,
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
#[error("secrets: {}", in_one_line(.0))]
pub struct Unusable(pub Vec<Problem>);

fn in_one_line(problems: &[Problem]) -> String {
    problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
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
        let mut problems = Problems::new(text);
        let entries = read::entries(&mut problems, text);
        let problems = problems.into_findings().problems;
        if !problems.is_empty() {
            return Err(Unusable(problems));
        }
        let (mut apps, mut tokens, mut hooks) = (Vec::new(), Vec::new(), BTreeMap::new());
        let mut key = HashKey::new(&[]);
        for Entry { id, kind, value, previous, application, .. } in entries {
            let values = |previous: Option<Value>| -> Vec<SecretString> {
                std::iter::once(value.text.clone()).chain(previous.map(|value| value.text)).collect()
            };
            match kind {
                Kind::App { platform, accounts } => {
                    let accounts = accounts.into_iter().map(|(account, _)| account).collect();
                    let application = application.map(|(application, _)| application);
                    apps.push(App { id, platform, application, values: values(previous), accounts });
                }
                Kind::Verify { platform } => tokens.push(Token { platform, values: values(previous) }),
                Kind::Key => key = HashKey::new(value.text.expose_secret().as_bytes()),
                Kind::Hook => {
                    hooks.insert(id, values(previous));
                }
                // Nothing signs links yet; the entry may stand there already.
                Kind::Link => {}
            }
        }
        Ok(Secrets { apps, tokens, hooks, key })
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

    /// Returns the values of the secret of a webhook of ours, current and previous; empty if there is none of that id.
    #[must_use]
    pub fn hook(&self, id: &str) -> Vec<&str> {
        self.hooks.get(id).into_iter().flatten().map(ExposeSecret::expose_secret).collect()
    }

    /// Returns the current secrets of a platform's apps, in the order of the text.
    pub fn apps(&self, platform: Platform) -> impl Iterator<Item = AppSecret<'_>> {
        let apps = self.apps.iter().filter(move |app| app.platform == platform);
        apps.filter_map(|app| {
            let value = app.values.first()?.expose_secret().as_bytes();
            Some(AppSecret { application: app.application.as_deref(), value })
        })
    }

    /// Returns whom the body speaks for: `matches` says whether a secret's value signed it.
    ///
    /// Several entries may hold the same value; then it speaks for the accounts of all of them. `None` if
    /// no secret of the platform matches.
    pub fn speaker(&self, platform: Platform, matches: impl Fn(&[u8]) -> bool) -> Option<Speaker> {
        let signed =
            |app: &App| app.values.iter().position(|value| matches(value.expose_secret().as_bytes()));
        let apps = self.apps.iter().filter(|app| app.platform == platform);
        let apps: Vec<(&App, usize)> = apps.filter_map(|app| Some((app, signed(app)?))).collect();
        let secret = apps.iter().map(|(app, _)| app.id.as_str()).collect::<Vec<_>>().join("+");
        let name = |(app, place): &(&App, usize)| match place {
            0 => app.id.clone(),
            _ => format!("{}:previous", app.id), // no id holds a colon
        };
        let names = apps.iter().map(name).collect();
        let accounts = apps.iter().flat_map(|(app, _)| app.accounts.iter().cloned()).collect();
        (!apps.is_empty()).then_some(Speaker { secret, names, accounts })
    }
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
        for (value, name) in [("new", "meta"), ("old", "meta:previous")] {
            let speaker = secrets.speaker(Platform::Facebook, |secret| secret == value.as_bytes()).unwrap();
            assert!(speaker.may_speak_for(&account("1")) && speaker.may_speak_for(&account("2")));
            assert!(!speaker.may_speak_for(&account("3")));
            assert_eq!((speaker.secret.as_str(), speaker.names), ("meta", vec![name.to_owned()]));
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
        let problems: Vec<_> = problems.iter().map(ToString::to_string).collect();
        insta::assert_snapshot!(problems.join("\n"), @r#"
        1:1: file: no secret of kind "key"; write [[secret]] with id = "names", kind = "key" and 32 random bytes as value
        2:13: a: `accounts` is missing; write accounts = ["facebook:100200300400"]
        7:13: a: `platform` is missing; write platform = "facebook"
        8:18: secret[1].id: the id "a" stands twice; write another
        14:24: b.platform: unknown platform; write one of facebook, instagram, x, linkedin, whatsapp, threads, telegram, tiktok, youtube, google, generic
        15:21: b.value: empty; write "…" with the secret in it
        "#);
        let broken =
            Secrets::parse("[[secret]]\nid = \"a\"\nvalue = hunter2\nhunter2\nkind = 3").unwrap_err();
        insta::assert_snapshot!(
            broken,
            @r#"secrets: 3:9: file: not TOML; write KEY = "VALUE", lists as ["A", "B"]; 4:8: file: not TOML; write KEY = "VALUE", lists as ["A", "B"]"#
        );
        assert!(!format!("{problems:?}{broken:?}").contains("hunter2"));
    }

    #[test]
    fn no_place_of_the_text_lets_a_value_out() {
        let lines = ["id", "kind", "platform", "value", "previous", "accounts", "hunter2"];
        for name in lines {
            for value in
                ["hunter2", "\"hunter2", "\"hunter2\"", "[\"hunter2\"]", "[hunter2]", "{ hunter2 = 1 }"]
            {
                for others in [&[][..], &["kind = \"app\"", "platform = \"facebook\"", "accounts = [\"1\"]"]]
                {
                    let others: Vec<_> =
                        others.iter().filter(|line| !line.starts_with(name)).copied().collect();
                    let other = others.join("\n");
                    let text = format!("[[secret]]\n{name} = {value}\n{other}");
                    let said = format!("{:?}{:?}", Secrets::parse(&text), examine(&text, None));
                    // An id is no secret: it is what is logged.
                    let is_id = name == "id" && value == "\"hunter2\"";
                    assert!(is_id || !said.contains("hunter2"), "{text}\n{said}");
                }
            }
        }
    }
}
