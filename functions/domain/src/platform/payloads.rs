//! Every body of `tests/payloads` against what it should become, and what holds for bodies nobody wrote.
//!
//! Beside `NAME.json` lies `NAME.expected`: a line for every item, in the body's order. With `HEARD_BLESS` set
//! the tests write these files instead of comparing them; read the difference before it is committed.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::{Group, Item, Parsed, Protocol, Unreadable, Voices};
use crate::event::{Event, Side, TEXT_LIMIT, Visibility};
use crate::id::Platform;

/// When every body came: shortly after the times in them.
pub(super) const RECEIVED: Timestamp = Timestamp::constant(1_760_000_040, 0);

/// How many bodies of each protocol are kept at least, in the order of [`Protocol::ALL`], each in a folder of its
/// platform's name.
const LEAST: [usize; Protocol::ALL.len()] = [25, 12, 30, 15, 16, 12, 20, 70];

/// A brand with two accounts and one machine.
pub(super) fn voices(protocol: Protocol) -> Voices {
    let (accounts, machine) = match protocol {
        Protocol::Facebook => (["100200300400", "100200300401"], "268278000000001"),
        Protocol::Generic => (["shop", "hotline"], "bot-1"),
        Protocol::Instagram => (["17841400000000001", "17841400000000002"], "268278000000001"),
        Protocol::Linkedin => {
            (["urn:li:organization:5500001", "urn:li:organizationBrand:5500002"], "urn:li:person:Bot_1")
        }
        Protocol::Telegram => (["7100000001", "-1001700000001"], "7200000001"),
        Protocol::Threads => (["17841400000000001", "brand"], "268278000000001"),
        Protocol::Whatsapp => (["106540352242922", "106540352242923"], "268278000000001"),
        Protocol::X => (["2244994945", "2244994946"], "268278"),
    };
    let group = Group {
        accounts: accounts.map(str::to_owned).into(),
        automation: BTreeSet::from([machine.to_owned()]),
    };
    Voices { groups: group.accounts.iter().map(|account| (account.clone(), group.clone())).collect() }
}

/// Reads a body that came to the address of the brand's first account.
pub(super) fn read(protocol: Protocol, body: &[u8]) -> Result<Parsed, Unreadable> {
    let account = protocol.scheme().in_path.then_some("7100000001");
    protocol.parse(body, account, RECEIVED, &voices(protocol))
}

pub(super) fn parse(protocol: Protocol, body: &[u8]) -> Parsed {
    read(protocol, body).unwrap()
}

fn lines(parsed: &Parsed) -> String {
    let line = |item: &Item| match item {
        Item::Event(event) => serde_json::to_string(event).unwrap(),
        Item::Refused(refused) => format!("refused {refused}"),
        Item::Unknown(unknown) => format!("unknown {unknown}"),
    };
    parsed.items.iter().map(|item| line(item) + "\n").collect()
}

/// Returns the body of that name.
pub(super) fn body(protocol: Protocol, name: &str) -> Vec<u8> {
    let mut bodies = bodies(protocol).into_iter();
    let body = bodies.find(|(file, _)| file.file_stem().is_some_and(|stem| stem == name));
    body.unwrap_or_else(|| panic!("no body {name} of {protocol:?}")).1
}

/// Returns every body of the platform's folder, in the order of their names.
#[expect(clippy::disallowed_methods, reason = "a test reads its table from files")]
pub(super) fn bodies(protocol: Protocol) -> Vec<(PathBuf, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/payloads");
    let folder = folder.join(protocol.platform().name());
    let files = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
    let mut files: Vec<_> =
        files.filter(|file| file.extension().is_some_and(|kind| kind == "json")).collect();
    files.sort();
    files.into_iter().map(|file| (file.clone(), std::fs::read(&file).unwrap())).collect()
}

#[test]
#[expect(clippy::disallowed_methods, reason = "a test reads its table from files")]
fn every_body_becomes_what_lies_beside_it() {
    for (protocol, least) in Protocol::ALL.into_iter().zip(LEAST) {
        let bodies = bodies(protocol);
        assert!(bodies.len() >= least, "{} bodies of {}", bodies.len(), protocol.platform());
        for (file, body) in bodies {
            let got = lines(&parse(protocol, &body));
            let beside = file.with_extension("expected");
            if std::env::var_os("HEARD_BLESS").is_some() {
                std::fs::write(&beside, &got).unwrap();
            }
            let expected = std::fs::read_to_string(&beside).unwrap_or_default();
            assert_eq!(got, expected, "{}", file.display());
        }
    }
}

#[test]
fn what_is_normalised_is_taken_back_by_the_generic_channel() {
    let bodies = Protocol::ALL.into_iter().flat_map(|protocol| {
        let bodies = bodies(protocol).into_iter();
        bodies.flat_map(move |(_, body)| parse(protocol, &body).events().cloned().collect::<Vec<_>>())
    });
    let mut events: Vec<Event> = bodies.collect();
    assert!(events.len() > 200, "{} events", events.len());
    for event in &mut events {
        event.platform = Platform::Generic;
    }
    let body = json!({ "data": events });
    let taken = parse(Protocol::Generic, body.to_string().as_bytes());
    assert_eq!(taken.items.len(), events.len());
    for (event, item) in events.into_iter().zip(taken.items) {
        // X threads nothing; here an answer is in the thread of what it answers.
        let is_public = event.visibility == Visibility::Public;
        let thread = event.thread.clone().or_else(|| event.parent.clone().filter(|_| is_public));
        let told = Event { thread, ..event };
        assert_eq!(item, Item::Event(Box::new(told)));
    }
}

/// What no body may lead to: an empty text, an endless id or list, a time out of the world, a place that is
/// nowhere.
fn assert_sound(parsed: &Parsed, body: &Value) {
    for event in parsed.events() {
        assert_sound_event(event);
    }
    for item in &parsed.items {
        match item {
            Item::Event(_) => {}
            Item::Refused(refused) | Item::Unknown(refused) => {
                let around = refused.pointer.rsplit_once('/').map_or("", |(around, _)| around);
                assert!(body.pointer(around).is_some(), "{refused}");
                assert!(refused.reason == "missing" || body.pointer(&refused.pointer).is_some(), "{refused}");
            }
        }
    }
}

fn assert_sound_event(event: &Event) {
    let line = serde_json::to_string(event).unwrap();
    for empty in [r#":"""#, r#"["""#, r#","""#, ":[]", ":{}"] {
        assert!(!line.contains(empty), "{empty} in {line}");
    }
    assert_eq!(serde_json::from_str::<Event>(&line).unwrap(), *event, "{line}");

    let ids = [Some(&event.account), Some(&event.object), event.thread.as_ref(), event.parent.as_ref()];
    let people = [event.counterpart.as_ref(), event.author.as_ref().and_then(|author| author.id.as_ref())];
    for id in ids.into_iter().chain(people).flatten().chain(&event.mentions) {
        assert!((1..=512).contains(&id.len()), "{line}");
    }
    assert!(event.text.as_ref().is_none_or(|text| text.len() <= TEXT_LIMIT), "{line}");
    assert!(event.occurred_at.as_millisecond() >= 1_262_304_000_000, "{line}");
    assert!(event.occurred_at.duration_since(RECEIVED).as_secs() <= 120, "{line}");
    assert!(event.mentions.len() <= 64 && event.attachments.len() <= 64, "{line}");
    assert_speaks_to_others(event, &line);
}

/// In public on X the brand speaks to nobody of its own group: it would wait for itself.
fn assert_speaks_to_others(event: &Event, line: &str) {
    if event.platform != Platform::X || event.visibility != Visibility::Public {
        return;
    }
    let voices = voices(Protocol::X);
    let is_ours = |id: &String| voices.side(&event.account, Some(id), None) != Side::Customer;
    assert!(!event.counterpart.iter().any(is_ours), "{line}");
    assert!(event.side == Side::Customer || !event.mentions.iter().any(is_ours), "{line}");
}

/// Puts `with` in the place of the `number`th value of `value`, counted through and through.
pub(super) fn replace(value: &mut Value, number: &mut usize, with: &Value) {
    if *number == 0 {
        value.clone_from(with);
    }
    *number = number.wrapping_sub(1);
    match value {
        Value::Array(values) => values.iter_mut().for_each(|value| replace(value, number, with)),
        Value::Object(fields) => fields.values_mut().for_each(|value| replace(value, number, with)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

proptest! {
    #[test]
    fn bytes_of_any_kind_are_read_or_not(
        protocol in prop::sample::select(&Protocol::ALL),
        body in proptest::collection::vec(any::<u8>(), 0..200),
    ) {
        if let Ok(parsed) = read(protocol, &body) {
            parsed.events().for_each(assert_sound_event);
        }
    }

    #[test]
    fn changed_bytes_do_no_harm(
        protocol in prop::sample::select(&Protocol::ALL),
        which in any::<prop::sample::Index>(),
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
    ) {
        let bodies = bodies(protocol);
        let mut body = which.get(&bodies).1.clone();
        for (at, byte) in changes {
            *at.get_mut(&mut body) = byte;
        }
        if let Ok(parsed) = read(protocol, &body) {
            parsed.events().for_each(assert_sound_event);
        }
    }

    #[test]
    fn changed_values_do_no_harm(
        protocol in prop::sample::select(&Protocol::ALL),
        which in any::<prop::sample::Index>(),
        changes in proptest::collection::vec((0_usize..120, any::<prop::sample::Index>()), 1..4),
    ) {
        let mut odd = vec![
            json!(null), json!(true), json!(""), json!([]), json!({}), json!([[1]]), json!({"id": {}}),
            json!({"id": "7"}), json!(-1), json!(0), json!(1.0), json!(1e300), json!(u64::MAX),
            json!(1_760_000_001_i64), json!(1_760_000_001_000_i64), json!(i64::MIN), json!("\u{0}\r\n"),
            json!("ä".repeat(3000)), json!("9".repeat(513)), json!("https://a.example/"),
        ];
        odd.extend(match protocol {
            Protocol::Facebook => [
                "100200300400", "comment", "add", "edited", "hide", "feed", "remove",
            ].map(Value::from).to_vec(),
            Protocol::Generic => [
                "shop", "bot-1", "generic", "x", "edit", "remove", "private", "public", "brand", "message",
                "2025-10-09T08:53:24Z", "9999-12-30T22:00:00Z", "delivery",
            ].map(Value::from).to_vec(),
            Protocol::Instagram => [
                "17841400000000001", "comments", "mentions", "messages", "story_insights", "@maria.shops",
            ].map(Value::from).to_vec(),
            Protocol::Linkedin => [
                "urn:li:organization:5500001", "COMMENT", "ADMIN_COMMENT", "COMMENT_DELETE", "SHARE", "SHARE_MENTION",
                "urn:li:comment:(activity:7,8)",
            ].map(Value::from).to_vec(),
            Protocol::Telegram => vec![
                json!("private"), json!("group"), json!("supergroup"), json!("channel"), json!("7100000001"),
                json!({"id": -1_001_700_000_001_i64, "type": "supergroup"}), json!({"id": 7, "type": "private"}),
                json!({"id": 7_000_000_001_i64, "first_name": "Ola"}), json!({"topic_id": 7}), json!([{"text": "x"}]),
            ],
            Protocol::Threads => [
                "17841400000000001", "brand", "@brand", "replies", "mentions", "publish", "delete",
                "2025-10-09T08:53:24+0000",
            ].map(Value::from).to_vec(),
            Protocol::Whatsapp => [
                "106540352242922", "15550783881", "edit", "revoke", "text", "image", "reaction", "interactive",
            ].map(Value::from).to_vec(),
            Protocol::X => vec![
                json!("2244994945"), json!("2244994946"), json!("42"), json!("42:2244994945"), json!(":"),
                json!("post.create"), json!("post.delete"), json!("dm.sent"), json!("chat.sent"),
                json!("PostCreate"), json!("oauth.revoke"), json!("message_create"), json!("replied_to"),
                json!("retweeted"), json!("Thu Oct 09 08:53:24 +0000 2025"), json!("2025-10-09T08:53:24.000Z"),
                json!("&amp;&lt;"), json!({"data": {"id": "42", "username": "ann_k"}}), json!({"revoke": {}}),
                json!([{"id": "2244994945"}, {"id_str": "43"}]), json!([{"type": "replied_to", "id": "7"}]),
                json!(["7", "8"]), json!(9.3e17), json!({"full_text": "x", "entities": {"user_mentions": [7]}}),
            ],
        });
        let mut body = serde_json::from_slice(&which.get(&bodies(protocol)).1).unwrap_or_default();
        for (mut number, with) in changes {
            replace(&mut body, &mut number, with.get(&odd));
        }
        assert_sound(&parse(protocol, body.to_string().as_bytes()), &body);
    }
}
