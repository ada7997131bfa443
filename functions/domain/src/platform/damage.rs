//! Damaged and odd bodies of every platform: what goes wrong with webhooks in practice, as tests.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Number, Value, json};

use super::payloads::{RECEIVED, bodies, body, parse, read, replace, voices};
use super::{Item, Parsed, Protocol};
use crate::event::Event;

/// Bodies with a list of updates: which list, and the field of an update without which it is nothing.
const LISTS: [(Protocol, &str, &str, &str); 10] = [
    (Protocol::Facebook, "comment-add", "/entry/0/changes", "/value/comment_id"),
    (Protocol::Facebook, "mention-in-a-comment", "/entry/0/changes", "/value/comment_id"),
    (Protocol::Facebook, "message", "/entry/0/messaging", "/message/mid"),
    (Protocol::Instagram, "comment", "/entry/0/changes", "/value/id"),
    (Protocol::Instagram, "message", "/entry/0/messaging", "/message/mid"),
    (Protocol::Linkedin, "comment", "/notifications", "/generatedActivity"),
    (Protocol::Threads, "reply-in-a-list", "/values", "/value/id"),
    (Protocol::Whatsapp, "message", "/entry/0/changes/0/value/messages", "/id"),
    (Protocol::X, "classic-mention", "/tweet_create_events", "/id_str"),
    (Protocol::Generic, "one-broken-among-neighbours", "/data", "/object"),
];

fn document(protocol: Protocol, name: &str) -> Value {
    serde_json::from_slice(&body(protocol, name)).unwrap()
}

fn parse_document(protocol: Protocol, document: &Value) -> Parsed {
    parse(protocol, document.to_string().as_bytes())
}

#[test]
fn of_a_thousand_updates_one_broken_one_is_missing() {
    for (protocol, name, list, field) in LISTS {
        let mut whole = document(protocol, name);
        let updates = whole.pointer_mut(list).unwrap();
        let one = updates[0].clone();
        let update = |number: usize| {
            let mut update = one.clone();
            *update.pointer_mut(field).unwrap() = json!(format!("{}", 700_000 + number));
            if let Some(id) = update.get_mut("id").filter(|id| id.is_number()) {
                *id = json!(700_000 + number);
            }
            update
        };
        *updates = (0..1000).map(update).collect();
        let all: Vec<Event> = parse_document(protocol, &whole).events().cloned().collect();
        assert_eq!(all.len(), 1000, "{protocol:?} {name}");
        for broken in [json!({"id": [1]}), Value::Null] {
            let mut damaged = whole.clone();
            damaged.pointer_mut(list).unwrap()[500] = broken.clone();
            let parsed = parse_document(protocol, &damaged);
            let events: Vec<&Event> = parsed.events().collect();
            assert_eq!(events.len(), 999, "{protocol:?} {name} {broken}");
            assert!(
                events.iter().eq(&all
                    .iter()
                    .enumerate()
                    .filter(|(at, _)| *at != 500)
                    .map(|(_, event)| event)
                    .collect::<Vec<_>>())
            );
            let flaw = parsed.items.iter().find_map(|item| match item {
                Item::Event(_) => None,
                Item::Refused(flaw) | Item::Unknown(flaw) => Some(flaw.pointer.as_str()),
            });
            assert!(flaw.is_some_and(|place| place.starts_with(&format!("{list}/500"))), "{flaw:?}");
        }
    }
}

#[test]
fn of_a_thousand_deletions_one_broken_one_is_missing() {
    let mut whole = document(Protocol::Telegram, "business-messages-deleted");
    let ids: Vec<Value> = (0..1000).map(|id| if id == 500 { json!({}) } else { json!(id) }).collect();
    whole["deleted_business_messages"]["message_ids"] = json!(ids);
    let parsed = parse_document(Protocol::Telegram, &whole);
    assert_eq!((parsed.items.len(), parsed.events().count()), (1000, 999));
}

/// Returns every value in `value`, itself first, in the order in which [`replace`] counts.
fn values(value: &Value) -> Vec<&Value> {
    let inside: Vec<&Value> = match value {
        Value::Array(values) => values.iter().collect(),
        Value::Object(fields) => fields.values().collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Vec::new(),
    };
    [value].into_iter().chain(inside.into_iter().flat_map(values)).collect()
}

/// Returns the times that `value` would be in other units, and impossible ones; nothing if it is no time.
fn odd_times(value: &Value) -> Vec<Value> {
    let text = value.as_str();
    if text.is_some_and(|text| text.len() > 18 && text.contains(':')) {
        let dates = ["0001-01-01T00:00:00Z", "1999-12-31T23:59:59+0000", "9999-12-30T22:00:00Z", "tomorrow"];
        return dates.map(Value::from).to_vec();
    }
    let Some(number) = text.map_or_else(|| value.as_i64(), |text| text.parse().ok()) else {
        return Vec::new();
    };
    // Seconds, milliseconds and microseconds of our time; an id looks otherwise.
    if ![10, 13, 16].contains(&number.to_string().len()) {
        return Vec::new();
    }
    let odd: [i64; 7] = [
        number.saturating_mul(1000),
        number.saturating_mul(1_000_000),
        number / 1000,
        number / 1_000_000,
        0,
        -number,
        i64::MAX,
    ];
    odd.into_iter().map(|odd| if text.is_some() { odd.to_string().into() } else { odd.into() }).collect()
}

/// Puts another of its [`odd_times`] in the place of every time in `value`.
fn make_odd(value: &mut Value, kind: usize) {
    match value {
        Value::Array(values) => values.iter_mut().for_each(|value| make_odd(value, kind)),
        Value::Object(fields) => fields.values_mut().for_each(|value| make_odd(value, kind)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
            let odd = odd_times(value);
            if let Some(odd) = odd.get(kind % odd.len().max(1)) {
                value.clone_from(odd);
            }
        }
    }
}

#[test]
fn times_land_between_2010_and_2030_whatever_their_unit() {
    let first: Timestamp = "2010-01-01T00:00:00Z".parse().unwrap();
    let last: Timestamp = "2030-01-01T00:00:00Z".parse().unwrap();
    let mut count = 0;
    for protocol in Protocol::ALL {
        for (file, body) in bodies(protocol) {
            let Ok(whole) = serde_json::from_slice::<Value>(&body) else { continue };
            for kind in 0..7 {
                let mut changed = whole.clone();
                make_odd(&mut changed, kind);
                for event in parse_document(protocol, &changed).events() {
                    count += 1;
                    let at = event.occurred_at;
                    assert!((first..last).contains(&at), "{}: {at} of {changed}", file.display());
                    assert!(at <= RECEIVED + SignedDuration::from_mins(2), "{}: {at}", file.display());
                }
            }
        }
    }
    assert!(count > 1000, "{count} times were looked at");
}

/// Returns `body` with every character that JSON can escape written so, as Meta and Rails do.
fn escaped(body: &str) -> String {
    let mut is_text = false;
    let mut escaped = String::new();
    let mut characters = body.chars();
    while let Some(character) = characters.next() {
        match character {
            '"' => is_text = !is_text,
            '\\' => {
                escaped.push(character);
                escaped.extend(characters.next());
                continue;
            }
            '/' if is_text => {
                escaped.push_str("\\/");
                continue;
            }
            character if is_text && (!character.is_ascii() || "<>&%@".contains(character)) => {
                let mut units = [0; 2];
                for unit in character.encode_utf16(&mut units) {
                    write!(escaped, "\\u{unit:04x}").unwrap();
                }
                continue;
            }
            _ => {}
        }
        escaped.push(character);
    }
    escaped
}

#[test]
fn escaped_or_not_a_body_says_the_same() {
    for protocol in Protocol::ALL {
        for (file, body) in bodies(protocol) {
            let Ok(whole) = serde_json::from_slice::<Value>(&body) else { continue };
            let plain = whole.to_string();
            let escaped = escaped(&plain);
            assert_eq!(serde_json::from_str::<Value>(&escaped).unwrap(), whole, "{}", file.display());
            let [plain, escaped] = [plain, escaped].map(|body| parse(protocol, body.as_bytes()));
            assert_eq!(plain, escaped, "{}", file.display());
        }
    }
}

#[test]
fn a_body_of_three_megabytes_says_the_same() {
    for protocol in Protocol::ALL {
        for (file, body) in bodies(protocol) {
            let Ok(Value::Object(mut fields)) = serde_json::from_slice(&body) else { continue };
            let before = parse(protocol, Value::Object(fields.clone()).to_string().as_bytes());
            let padding: Map<String, Value> =
                (0..100).map(|number| (number.to_string(), json!("ä".repeat(15_000)))).collect();
            fields.insert("padding".to_owned(), Value::Object(padding));
            let large = Value::Object(fields).to_string();
            assert!(large.len() > 3_000_000);
            assert_eq!(parse(protocol, large.as_bytes()), before, "{}", file.display());
            break; // one of each
        }
    }
}

#[test]
fn ids_beyond_what_a_float_can_hold_stay_whole() {
    const ID: &str = "9007199254740993123";
    for (protocol, name, list, field) in LISTS {
        let mut whole = document(protocol, name);
        let update = &mut whole.pointer_mut(list).unwrap()[0];
        *update.pointer_mut(field).unwrap() = Value::Number(ID.parse::<Number>().unwrap());
        let parsed = parse_document(protocol, &whole);
        let event = parsed.events().next().unwrap();
        assert!(event.object.contains(ID), "{protocol:?} {name}: {}", event.object);
    }
}

#[test]
fn a_body_that_comes_again_is_the_same_facts() {
    // What the table keeps apart: the object, what happened to it, and which time.
    let names = |parsed: &Parsed| -> Vec<_> {
        let name =
            |event: &Event| (event.account.clone(), event.object.clone(), event.verb, event.version.clone());
        parsed.events().map(name).collect()
    };
    for protocol in Protocol::ALL {
        let account = protocol.scheme().in_path.then_some("7100000001");
        for (file, body) in bodies(protocol) {
            let later = RECEIVED + SignedDuration::from_hours(36);
            let again = protocol.parse(&body, account, later, &voices(protocol)).unwrap();
            assert_eq!(names(&parse(protocol, &body)), names(&again), "{}", file.display());
        }
    }
}

#[test]
fn what_names_nobody_is_kept() {
    let table = [
        (Protocol::Facebook, "comment-without-author"),
        (Protocol::Facebook, "mention-in-a-post"),
        (Protocol::Instagram, "comment-without-author-or-media"),
        (Protocol::Instagram, "mention-in-a-comment"),
        (Protocol::Generic, "least-that-is-needed"),
    ];
    for (protocol, name) in table {
        let parsed = parse(protocol, &body(protocol, name));
        assert!(parsed.events().count() > 0, "{protocol:?} {name}");
        assert!(parsed.events().all(|event| event.author.is_none()), "{protocol:?} {name}");
    }
}

#[test]
fn a_body_cut_anywhere_is_refused_whole() {
    for protocol in Protocol::ALL {
        let (file, body) = bodies(protocol).swap_remove(0);
        for end in 0..body.trim_ascii_end().len() {
            assert!(read(protocol, &body[..end]).is_err(), "{} cut at {end}", file.display());
        }
    }
}

#[test]
fn a_missing_or_odd_field_costs_its_own_item_at_most() {
    // Every value of a body with two updates is replaced in the first of them: the second is read as before.
    let odd =
        [Value::Null, json!(true), json!(-1), json!(1.5), json!("x"), json!([]), json!({}), json!([[{}]])];
    for (protocol, name, list, _) in LISTS {
        let mut whole = document(protocol, name);
        let updates = whole.pointer_mut(list).unwrap();
        *updates = json!([updates[0].clone(), updates[0].clone()]);
        let second = parse_document(protocol, &whole).events().last().cloned().unwrap();
        let mut lost = BTreeSet::new();
        for number in 0..values(&whole.pointer(list).unwrap()[0]).len() {
            for odd in &odd {
                let mut damaged = whole.clone();
                let first = &mut damaged.pointer_mut(list).unwrap()[0];
                replace(first, &mut { number }, odd);
                let parsed = parse_document(protocol, &damaged);
                if parsed.events().last() != Some(&second) {
                    lost.insert((number, odd.to_string()));
                }
            }
        }
        assert_eq!(lost, BTreeSet::new(), "{protocol:?} {name}");
    }
}
