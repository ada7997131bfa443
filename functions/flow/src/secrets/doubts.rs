//! What a text of secrets may say and hardly means: told to whoever checks it, refused by nobody.

use std::collections::{BTreeMap, BTreeSet};

use domain::document::{Findings, Place, Problem, Problems};
use domain::id::{Account, Platform};
use domain::platform::{Proof, Protocol, Sending, Unusable, generic};
use jiff::Timestamp;
use secrecy::ExposeSecret;

use super::read::{self, Entry, Kind, Value};

/// Fewer bytes than this can be guessed by trying.
const SHORTEST: usize = 32;

/// Everything there is to say about a text of secrets; no value is part of it.
#[derive(Debug, Default)]
pub struct Examined {
    /// Why it cannot be used.
    pub problems: Vec<Problem>,
    /// What can be used and is probably not meant.
    pub doubts: Vec<Problem>,
    /// Every account that some secret may speak for.
    pub accounts: BTreeSet<Account>,
    /// The ids of the secrets of people's webhooks, and what each is.
    pub hooks: BTreeMap<String, HookSecret>,
}

/// What the secret of a person's webhook is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HookSecret {
    /// Requests are signed with it.
    Signs,
    /// It stands in the request, and says whom it is for.
    Names,
}

/// Examines the text; with the accounts of a configuration also whether each secret speaks for some of them.
#[must_use]
pub fn examine(text: &str, configured: Option<&BTreeSet<Account>>) -> Examined {
    let mut problems = Problems::new(text);
    let entries = read::entries(&mut problems, text);
    for entry in &entries {
        about_one(&mut problems, entry);
    }
    // Of a text with holes nobody can tell what is missing.
    if problems.is_empty() {
        about_all(&mut problems, &entries);
    }
    let named = || {
        entries.iter().flat_map(|entry| match &entry.kind {
            Kind::App { accounts, .. } => accounts.as_slice(),
            Kind::Verify { .. } | Kind::Hook | Kind::Link | Kind::Key => &[],
        })
    };
    about_accounts(&mut problems, named(), configured);
    let accounts = named().map(|(account, _)| account.clone()).collect();
    let hooks = entries.iter().filter(|entry| matches!(entry.kind, Kind::Hook)).map(|entry| {
        // Such a key is base64, too. Who means it to sign writes whsec_ before it.
        let is_key = is_routing_key(entry.value.text.expose_secret());
        (entry.id.clone(), if is_key { HookSecret::Names } else { HookSecret::Signs })
    });
    let hooks = hooks.collect();
    let Findings { problems, doubts } = problems.into_findings();
    Examined { problems, doubts, accounts, hooks }
}

/// Whether the platform's handshake names a token, and so needs a secret of the kind `verify`. Nobody reads the
/// secrets of a platform that is not built: it needs none.
fn names_a_token(platform: Platform) -> bool {
    Protocol::of(platform).is_some_and(|protocol| protocol.scheme().handshake == Proof::Token)
}

/// Whether the platform's handshake may name one of several apps.
fn names_an_application(platform: Platform) -> bool {
    Protocol::of(platform).is_some_and(Protocol::names_an_application)
}

/// Whether Standard Webhooks can be signed with it.
fn signs(secret: &str) -> bool {
    let sending = Sending { id: "msg_1", at: Timestamp::UNIX_EPOCH };
    generic::sign(secret.as_bytes(), b"", &sending).is_ok()
}

/// Whether it looks like what PagerDuty calls an integration key.
fn is_routing_key(text: &str) -> bool {
    text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

fn about_one(problems: &mut Problems, entry: &Entry) {
    let Entry { place, kind, value, previous, application, idle, .. } = entry;
    if let Some(platform) = entry.platform() {
        if Protocol::of(platform).is_none() {
            let doubt = format!("{platform} is not built yet, so nothing reads this secret");
            problems.doubt(place, doubt, "write it when a version of Heard speaks with the platform");
        } else if matches!(kind, Kind::Verify { .. }) && !names_a_token(platform) {
            let doubt = format!("the handshake of {platform} names no token, so nothing reads this secret");
            problems.doubt(place, doubt, "write kind = \"app\" if it is the app's secret");
        }
    }
    if let (Some((_, place)), Kind::App { platform, .. }) = (application, kind)
        && !names_an_application(*platform)
    {
        let doubt = format!("the handshake of {platform} names no app, so nothing reads this");
        problems.doubt(place, doubt, "write it for linkedin only");
    }
    for place in idle {
        let fix = match kind {
            Kind::Verify { .. } => "write it for app only",
            Kind::App { .. } | Kind::Hook | Kind::Link | Kind::Key => "write it for app and verify only",
        };
        problems.doubt(place, "says nothing about a secret of this kind", fix);
    }
    for Value { text, place } in std::iter::once(value).chain(previous) {
        let text = text.expose_secret();
        if text.trim() != text {
            let fix = "write it without, unless the platform shows it so";
            problems.doubt(place, "begins or ends with blank space, which belongs to it", fix);
        } else if let Kind::App { platform, .. } = kind
            && let Some(Err(Unusable(form))) =
                Protocol::of(*platform).map(|protocol| protocol.usable(text.as_bytes()))
        {
            let doubt = format!("no secret of {platform}, so no signature is right under it");
            problems.doubt(place, doubt, format!("write another: {form}"));
        } else if matches!(kind, Kind::Hook) && !signs(text) && !is_routing_key(text) {
            let fix = "write whsec_ and the base64 of 24 to 64 bytes, or the 32 letters and digits of an integration";
            problems.doubt(place, "neither signs webhooks nor is a routing key of PagerDuty", fix);
        }
    }
    if let Some(previous) = previous {
        if previous.text.expose_secret() == value.text.expose_secret() {
            let fix = "write the value that was in force before, or no previous";
            problems.doubt(&previous.place, "the same as value", fix);
        }
        if matches!(kind, Kind::Key) {
            problems.doubt(
                &previous.place,
                "the key never changes, so nothing reads this",
                "write no previous",
            );
        }
    }
    let fix = match kind {
        Kind::Key => "write 32 random bytes before the first event is stored, and never change them after",
        Kind::Link => "write 32 random bytes",
        Kind::App { .. } | Kind::Verify { .. } | Kind::Hook => return,
    };
    if value.text.expose_secret().len() < SHORTEST {
        problems.doubt(&value.place, format!("shorter than {SHORTEST} bytes"), fix);
    }
}

fn about_all(problems: &mut Problems, entries: &[Entry]) {
    let verified: BTreeSet<Platform> = entries
        .iter()
        .filter(|entry| matches!(entry.kind, Kind::Verify { .. }))
        .filter_map(Entry::platform)
        .collect();
    let mut asked = BTreeSet::new();
    for entry in entries {
        if let Kind::App { platform, .. } = entry.kind
            && names_a_token(platform)
            && !verified.contains(&platform)
            && asked.insert(platform)
        {
            let doubt =
                format!("no verify token for {platform}, so its dashboard cannot confirm our address");
            let fix = format!("write [[secret]] with kind = \"verify\" and platform = \"{platform}\"");
            problems.doubt(&entry.place, doubt, fix);
        }
    }
    about_apps(problems, entries);
    if !entries.iter().any(|entry| matches!(entry.kind, Kind::Link)) {
        let fix = "write [[secret]] with id = \"links\", kind = \"link\" and 32 random bytes as value";
        problems.doubt(&Place::new(0, ""), "no secret of kind \"link\": links in mails need it", fix);
    }
    let mut owners: BTreeMap<&str, &Entry> = BTreeMap::new();
    for entry in entries {
        let value = entry.value.text.expose_secret();
        match owners.get(value) {
            // Two apps may share a secret; a word that is shown to others may not be a key as well.
            Some(other) if std::mem::discriminant(&other.kind) != std::mem::discriminant(&entry.kind) => {
                let doubt = format!("the same value as {}, which is of another kind", other.id);
                problems.doubt(&entry.value.place, doubt, "write a value of its own");
            }
            Some(_) => {}
            None => {
                owners.insert(value, entry);
            }
        }
    }
}

/// Where a platform has more than one app, all of them have to stand here, each with what tells it from the others.
fn about_apps(problems: &mut Problems, entries: &[Entry]) {
    let apps = entries.iter().filter_map(|entry| match &entry.kind {
        Kind::App { platform, accounts } => Some((entry, *platform, accounts)),
        Kind::Verify { .. } | Kind::Hook | Kind::Link | Kind::Key => None,
    });
    let apps: Vec<_> = apps.collect();
    for (entry, platform, accounts) in &apps {
        let others = || apps.iter().filter(|(other, ..)| other.id != entry.id);
        if names_an_application(*platform)
            && entry.application.is_none()
            && others().any(|(_, other, _)| other == platform)
        {
            let doubt = format!("one of several apps on {platform}, whose handshake says which is meant");
            problems.doubt(&entry.place, doubt, "write application = \"…\" with the app's Client ID");
        }
        // Which of its two apps signs for an account there, Meta does not say.
        let has_another = |account: &Account| {
            let shares = |list: &[(Account, Place)]| list.iter().any(|(one, _)| one == account);
            others().any(|(_, _, list)| shares(list))
        };
        if *platform == Platform::Instagram && !accounts.iter().all(|(account, _)| has_another(account)) {
            let doubt = "the only secret for some account on instagram, where either of two apps may sign";
            let fix = "write two [[secret]], with the App secret and with the Instagram app secret";
            problems.doubt(&entry.place, doubt, fix);
        }
    }
}

fn about_accounts<'e>(
    problems: &mut Problems,
    named: impl Iterator<Item = &'e (Account, Place)>,
    configured: Option<&BTreeSet<Account>>,
) {
    let mut platforms: BTreeMap<&str, Platform> = BTreeMap::new();
    for (account, place) in named {
        let first = *platforms.entry(&account.id).or_insert(account.platform);
        if first != account.platform {
            let doubt = format!("the same id as an account on {first}");
            problems.doubt(place, doubt, format!("write the id that it has on {}", account.platform));
        }
        if let Some(form) = account.misshapen() {
            problems.doubt(place, "not of the form of an account's id there", format!("write {form}"));
        }
        if configured.is_some_and(|configured| !configured.contains(account)) {
            let doubt = "no brand of the configuration has this account";
            problems.doubt(place, doubt, "write it into the accounts of its brand, or leave it out here");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Secrets;
    use super::*;

    const TEXT: &str = r#"[[secret]]
id = "meta"
kind = "app"
platform = "facebook"
value = "hunter2 "
previous = "hunter2 "
accounts = ["1", "2"]

[[secret]]
id = "insta"
kind = "verify"
platform = "instagram"
value = "hunter2 "

[[secret]]
id = "x"
kind = "verify"
platform = "x"
value = "hunter3"

[[secret]]
id = "x-app"
kind = "app"
platform = "x"
value = "hunter4"
accounts = ["1"]

[[secret]]
id = "names"
kind = "key"
platform = "x"
value = "hunter5"
previous = "hunter6"
"#;

    fn doubts(text: &str, configured: Option<&BTreeSet<Account>>) -> String {
        let Examined { problems, doubts, .. } = examine(text, configured);
        assert_eq!(problems, []);
        let doubts: Vec<_> = doubts.iter().map(ToString::to_string).collect();
        doubts.join("\n")
    }

    #[test]
    fn what_makes_no_sense_is_told_and_no_value() {
        let configured = BTreeSet::from(["facebook:1".parse().unwrap(), "x:1".parse().unwrap()]);
        let said = doubts(TEXT, Some(&configured));
        assert!(!said.contains("hunter"), "{said}");
        // Whether a platform is built changes from release to release.
        let said: Vec<_> = said.lines().filter(|line| !line.contains("is not built yet")).collect();
        insta::assert_snapshot!(said.join("\n"), @r#"
        1:1: file: no secret of kind "link": links in mails need it; write [[secret]] with id = "links", kind = "link" and 32 random bytes as value
        1:1: meta: no verify token for facebook, so its dashboard cannot confirm our address; write [[secret]] with kind = "verify" and platform = "facebook"
        5:9: meta.value: begins or ends with blank space, which belongs to it; write it without, unless the platform shows it so
        6:12: meta.previous: begins or ends with blank space, which belongs to it; write it without, unless the platform shows it so
        6:12: meta.previous: the same as value; write the value that was in force before, or no previous
        7:18: meta.accounts[1]: no brand of the configuration has this account; write it into the accounts of its brand, or leave it out here
        13:9: insta.value: begins or ends with blank space, which belongs to it; write it without, unless the platform shows it so
        13:9: insta.value: the same value as meta, which is of another kind; write a value of its own
        15:1: x: the handshake of x names no token, so nothing reads this secret; write kind = "app" if it is the app's secret
        26:13: x-app.accounts[0]: the same id as an account on facebook; write the id that it has on x
        31:12: names.platform: says nothing about a secret of this kind; write it for app and verify only
        32:9: names.value: shorter than 32 bytes; write 32 random bytes before the first event is stored, and never change them after
        33:12: names.previous: the key never changes, so nothing reads this; write no previous
        "#);
    }

    #[test]
    fn of_a_platform_with_several_apps_each_is_asked_for_and_told_apart() {
        let text = r#"
[[secret]]
id = "parent"
kind = "app"
platform = "linkedin"
value = "hunter2"
application = "78abc"
accounts = ["urn:li:organization:1"]
[[secret]]
id = "child"
kind = "app"
platform = "linkedin"
value = "hunter3"
accounts = ["linkedin:5500002"]
[[secret]]
id = "page-app"
kind = "app"
platform = "instagram"
value = "hunter4"
application = "268278"
accounts = ["17841400000000001", "17841400000000002"]
[[secret]]
id = "instagram-app"
kind = "app"
platform = "instagram"
value = "hunter5"
accounts = ["17841400000000001"]
[[secret]]
id = "instagram-verify"
kind = "verify"
platform = "instagram"
value = "hunter6"
application = "268278"
[[secret]]
id = "bot"
kind = "app"
platform = "telegram"
value = "hunter 7"
accounts = ["@acme_bot"]
[[secret]]
id = "own-app"
kind = "app"
platform = "generic"
value = "hunter8"
accounts = ["hotline"]
[[secret]]
id = "names"
kind = "key"
value = "a-key-of-at-least-thirty-two-bytes"
[[secret]]
id = "links"
kind = "link"
value = "another-of-at-least-thirty-two-bytes"
"#;
        insta::assert_snapshot!(doubts(text, None), @r#"
        9:1: child: one of several apps on linkedin, whose handshake says which is meant; write application = "…" with the app's Client ID
        14:13: child.accounts[0]: not of the form of an account's id there; write the organization's URN, such as "linkedin:urn:li:organization:5500001"
        15:1: page-app: the only secret for some account on instagram, where either of two apps may sign; write two [[secret]], with the App secret and with the Instagram app secret
        20:15: page-app.application: the handshake of instagram names no app, so nothing reads this; write it for linkedin only
        33:15: instagram-verify.application: says nothing about a secret of this kind; write it for app only
        38:9: bot.value: no secret of telegram, so no signature is right under it; write another: a token has 1 to 256 letters, digits, _ and -
        39:13: bot.accounts[0]: not of the form of an account's id there; write the bot's id, the digits before the colon of its token, such as "telegram:7100000001"
        44:9: own-app.value: no secret of generic, so no signature is right under it; write another: whsec_ stands before the base64 of 24 to 64 bytes
        "#);
    }

    #[test]
    fn a_secret_of_a_webhook_signs_or_is_a_routing_key() {
        let text = |value: &str| {
            let key = "[[secret]]\nid = \"names\"\nkind = \"key\"\nvalue = \"a-key-of-at-least-thirty-two-bytes\"\n";
            let link = "[[secret]]\nid = \"links\"\nkind = \"link\"\nvalue = \"another-of-at-least-thirty-two-bytes\"\n";
            format!("{key}{link}[[secret]]\nid = \"pager\"\nkind = \"hook\"\nvalue = \"{value}\"\n")
        };
        for value in ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "0123456789ABCDEF0123456789abcdef"] {
            assert_eq!(doubts(&text(value), None), "");
            let secrets = Secrets::parse(&text(value)).unwrap();
            assert_eq!((secrets.hook("pager"), secrets.hook("page")), (vec![value], vec![]));
        }
        for value in ["hunter2", "whpk_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo="] {
            insta::allow_duplicates! {
                insta::assert_snapshot!(doubts(&text(value), None), @"12:9: pager.value: neither signs webhooks nor is a routing key of PagerDuty; write whsec_ and the base64 of 24 to 64 bytes, or the 32 letters and digits of an integration");
            }
        }
    }

    #[test]
    fn a_text_that_makes_sense_is_without_doubts() {
        let text = include_str!("../../../../infra/config/secrets.example.toml");
        assert_eq!(doubts(text, None), "");
    }
}
