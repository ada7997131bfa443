//! Every body of `tests/payloads` against what it should become, and what holds for bodies nobody wrote.
//!
//! Beside `NAME.json` lies `NAME.expected`: a line for every item, in the body's order. With `HEARD_BLESS` set
//! the tests write these files instead of comparing them; read the difference before it is committed.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::{Group, Item, Parsed, Voices, facebook};
use crate::event::{Event, TEXT_LIMIT};

/// When every body came: shortly after the times in them.
const RECEIVED: Timestamp = Timestamp::constant(1_760_000_040, 0);

/// A brand with two pages and one machine.
fn voices() -> Voices {
    let set = |ids: &[&str]| ids.iter().map(ToString::to_string).collect::<BTreeSet<_>>();
    let group =
        Group { accounts: set(&["100200300400", "100200300401"]), automation: set(&["268278000000001"]) };
    Voices { groups: group.accounts.iter().map(|account| (account.clone(), group.clone())).collect() }
}

fn parse(body: &[u8]) -> Parsed {
    facebook::parse(body, RECEIVED, &voices()).unwrap()
}

fn lines(parsed: &Parsed) -> String {
    let line = |item: &Item| match item {
        Item::Event(event) => serde_json::to_string(event).unwrap(),
        Item::Refused(refused) => format!("refused {refused}"),
        Item::Unknown(unknown) => format!("unknown {unknown}"),
    };
    parsed.items.iter().map(|item| line(item) + "\n").collect()
}

/// Returns every body of the folder, in the order of their names.
#[expect(clippy::disallowed_methods, reason = "a test reads its table from files")]
fn bodies() -> Vec<(PathBuf, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/payloads/facebook");
    let files = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
    let mut files: Vec<_> =
        files.filter(|file| file.extension().is_some_and(|kind| kind == "json")).collect();
    files.sort();
    files.into_iter().map(|file| (file.clone(), std::fs::read(&file).unwrap())).collect()
}

#[test]
#[expect(clippy::disallowed_methods, reason = "a test reads its table from files")]
fn every_body_becomes_what_lies_beside_it() {
    let bodies = bodies();
    assert!(bodies.len() >= 25, "{} bodies", bodies.len());
    for (file, body) in bodies {
        let got = lines(&parse(&body));
        let beside = file.with_extension("expected");
        if std::env::var_os("HEARD_BLESS").is_some() {
            std::fs::write(&beside, &got).unwrap();
        }
        let expected = std::fs::read_to_string(&beside).unwrap_or_default();
        assert_eq!(got, expected, "{}", file.display());
    }
}

/// What no body may lead to: an empty text, an endless id, a time out of the world, a place that is nowhere.
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
}

/// Puts `with` in the place of the `number`th value of `value`, counted through and through.
fn replace(value: &mut Value, number: &mut usize, with: &Value) {
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
    fn bytes_of_any_kind_are_read_or_not(body in proptest::collection::vec(any::<u8>(), 0..200)) {
        if let Ok(parsed) = facebook::parse(&body, RECEIVED, &voices()) {
            parsed.events().for_each(assert_sound_event);
        }
    }

    #[test]
    fn changed_bytes_do_no_harm(
        which in any::<prop::sample::Index>(),
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
    ) {
        let bodies = bodies();
        let mut body = which.get(&bodies).1.clone();
        for (at, byte) in changes {
            *at.get_mut(&mut body) = byte;
        }
        if let Ok(parsed) = facebook::parse(&body, RECEIVED, &voices()) {
            parsed.events().for_each(assert_sound_event);
        }
    }

    #[test]
    fn changed_values_do_no_harm(
        which in any::<prop::sample::Index>(),
        changes in proptest::collection::vec((0_usize..120, any::<prop::sample::Index>()), 1..4),
    ) {
        let odd = [
            json!(null), json!(true), json!(""), json!("100200300400"), json!([]), json!({}), json!([[1]]),
            json!({"id": {}}), json!({"id": "7"}), json!(-1), json!(0), json!(1.0), json!(1e300), json!(u64::MAX),
            json!(1_760_000_001_i64), json!(1_760_000_001_000_i64), json!(i64::MIN), json!("comment"),
            json!("add"), json!("edited"), json!("hide"), json!("feed"), json!("remove"), json!("\u{0}\r\n"),
            json!("ä".repeat(3000)), json!("9".repeat(513)), json!("https://a.example/"),
        ];
        let mut body = serde_json::from_slice(&which.get(&bodies()).1).unwrap_or_default();
        for (mut number, with) in changes {
            replace(&mut body, &mut number, with.get(&odd));
        }
        assert_sound(&parse(body.to_string().as_bytes()), &body);
    }
}
