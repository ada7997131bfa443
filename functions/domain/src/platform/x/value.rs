//! The values that X's products share, each in the shapes they have been seen in.

use jiff::Timestamp;
use serde_json::Value;

use super::super::json::{self, Flaw, Object};
use super::MANY;
use crate::event::{self, Attachment, Author};

/// Longest handle that is taken, in bytes; X's have fifteen, older ones a few more.
const HANDLE_LIMIT: usize = 64;

/// Characters that X writes into texts as entities, since they could be markup.
const ENTITIES: [(&str, char); 5] =
    [("&amp;", '&'), ("&lt;", '<'), ("&gt;", '>'), ("&quot;", '"'), ("&#39;", '\'')];

/// Returns the id at `key`: that of `key_str` where it stands too, since the number beside it may be rounded.
///
/// # Errors
///
/// [`Flaw`] if it is neither a string nor a whole number.
pub(super) fn id(at: &Object, key: &str) -> Result<Option<String>, Flaw> {
    match json::id(at, &format!("{key}_str"))? {
        Some(id) => Ok(Some(id)),
        None => json::id(at, key),
    }
}

/// Returns the id at `key` as [`id`] does.
///
/// # Errors
///
/// [`Flaw`] as for [`id`], and if there is none.
pub(super) fn need_id(at: &Object, key: &str) -> Result<String, Flaw> {
    json::need(key, id(at, key)?)
}

/// Returns the first id of the list at `key`.
///
/// # Errors
///
/// [`Flaw`] if something other than a list is there, or its first element is no id.
pub(super) fn first_id(at: &Object, key: &str) -> Result<Option<String>, Flaw> {
    let Some(first) = json::list(at, key)?.and_then(<[Value]>::first) else { return Ok(None) };
    json::id_of(first).map_err(|flaw| flaw.under(&format!("/{key}/0")))
}

/// Returns the person of this id, with what `users` tells of them: a map by id, or a list.
pub(super) fn person(id: String, users: Option<&Value>) -> Author {
    let known = match users {
        Some(Value::Object(by_id)) => by_id.get(&id).and_then(unwrapped),
        Some(Value::Array(list)) => list.iter().filter_map(unwrapped).find(|user| is_of(user, &id)),
        Some(_) | None => None,
    };
    let told = known.map(profile).unwrap_or_default();
    Author { id: Some(id), ..told }
}

/// Returns what `user` tells of a person, except who it is.
pub(super) fn profile(user: &Object) -> Author {
    let count = |counts: &Object| json::field(counts, "followers_count").and_then(Value::as_u64);
    let metrics = json::field(user, "public_metrics").and_then(Value::as_object);
    Author {
        id: None,
        name: json::name(user, "name"),
        handle: handle(user, "screen_name").or_else(|| handle(user, "username")),
        followers: count(user).or_else(|| metrics.and_then(count)),
    }
}

/// Returns the fields of a user, which may be wrapped in `data`.
fn unwrapped(user: &Value) -> Option<&Object> {
    let fields = user.as_object()?;
    Some(json::field(fields, "data").and_then(Value::as_object).unwrap_or(fields))
}

fn is_of(user: &Object, id: &str) -> bool {
    self::id(user, "id").ok().flatten().is_some_and(|theirs| theirs == id)
}

/// Returns the handle at `key`; one that holds anything but letters, digits and `_` is none.
fn handle(at: &Object, key: &str) -> Option<String> {
    let handle = json::field(at, key)?.as_str()?;
    let plain = handle.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    (plain && (1..=HANDLE_LIMIT).contains(&handle.len())).then(|| handle.to_owned())
}

/// The ids of persons whom a text mentions.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Mentioned {
    /// Whom its author named.
    pub(super) named: Vec<String>,
    /// Whom X put in front of an answer, out of sight: everybody of the thread so far.
    pub(super) prefixed: Vec<String>,
}

/// Returns the ids of the persons in `mentions`; one that cannot be read costs itself only. `shown` is where the
/// shown part of the text begins and ends.
pub(super) fn mentioned<'a>(
    mentions: impl IntoIterator<Item = &'a Value>,
    shown: Option<&Value>,
) -> Mentioned {
    let begins = shown.and_then(|range| range.get(0)?.as_u64()).unwrap_or(0);
    let mut mentioned = Mentioned::default();
    for mention in mentions {
        let Some(id) = mention.as_object().and_then(|mention| id(mention, "id").ok().flatten()) else {
            continue;
        };
        let end = mention.get("indices").and_then(|indices| indices.get(1)).or_else(|| mention.get("end"));
        let is_shown = end.and_then(Value::as_u64).is_none_or(|end| end > begins);
        if is_shown { &mut mentioned.named } else { &mut mentioned.prefixed }.push(id);
    }
    mentioned
}

/// Returns the pictures and films in `media`.
pub(super) fn attachments<'a>(media: impl IntoIterator<Item = &'a Value>) -> Vec<Attachment> {
    media.into_iter().filter_map(attachment).take(MANY).collect()
}

/// Returns the picture or film that `media` is.
pub(super) fn attachment(media: &Value) -> Option<Attachment> {
    let kind = media.get("type")?.as_str().filter(|kind| (1..=64).contains(&kind.len()))?;
    let mut places = ["media_url_https", "media_url", "url", "preview_image_url"].into_iter();
    let url = places.find_map(|key| media.get(key).and_then(json::url));
    Some(Attachment { kind: kind.to_owned(), url })
}

/// Returns the first text that stands in one of `places`, as somebody wrote it: an object, the key in it, and
/// what leads to the object.
///
/// # Errors
///
/// [`Flaw`] if something other than a string is there.
pub(super) fn text(places: &[(Option<&Object>, &str, &str)]) -> Result<Option<String>, Flaw> {
    for (at, key, place) in places {
        let Some(at) = at else { continue };
        if let Some(text) = json::text(at, key).map_err(|flaw| flaw.under(place))? {
            return Ok(event::text(&unescaped(text)));
        }
    }
    Ok(None)
}

/// Returns `text` with each entity as the character it stands for, once.
fn unescaped(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        plain.push_str(&rest[..at]);
        rest = &rest[at..];
        let entity = ENTITIES.into_iter().find(|(entity, _)| rest.starts_with(entity));
        let (entity, character) = entity.unwrap_or(("&", '&'));
        plain.push(character);
        rest = &rest[entity.len()..];
    }
    plain + rest
}

/// Returns the time at `key`, written as in `Thu Oct 09 08:53:24 +0000 2025`.
pub(super) fn classic_time(at: &Object, key: &str) -> Option<Timestamp> {
    Timestamp::strptime("%a %b %d %H:%M:%S %z %Y", json::field(at, key)?.as_str()?).ok()
}

/// Returns the time at `key`, written as in `2025-10-09T08:53:24.000Z`.
pub(super) fn iso_time(at: &Object, key: &str) -> Option<Timestamp> {
    json::field(at, key)?.as_str()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn fields(value: &Value) -> &Object {
        value.as_object().unwrap()
    }

    #[test]
    fn an_id_is_what_its_text_says() {
        // object, id or what is wrong with it
        let table = [
            (r#"{"id":1924465506158879000,"id_str":"1924465506158878979"}"#, Ok(Some("1924465506158878979"))),
            (r#"{"id":9.3e17,"id_str":"930077847535812617"}"#, Ok(Some("930077847535812617"))),
            (r#"{"id":1976200000000000123}"#, Ok(Some("1976200000000000123"))), // beyond 2^53
            (r#"{"id":"42","id_str":null}"#, Ok(Some("42"))),
            (r#"{"id":"42","id_str":""}"#, Ok(Some("42"))),
            (r#"{"id":9.300778475358126e17}"#, Err(("/id", "not a whole number"))),
            (r#"{"id":"42","id_str":true}"#, Err(("/id_str", "not an id"))),
            ("{}", Ok(None)),
        ];
        for (object, expected) in table {
            let expected = expected
                .map(|id| id.map(str::to_owned))
                .map_err(|(pointer, reason)| Flaw::broken(pointer, reason));
            assert_eq!(id(fields(&json::document(object.as_bytes()).unwrap()), "id"), expected, "{object}");
        }
    }

    #[test]
    fn a_person_is_known_from_whatever_names_them() {
        let plain =
            json!({"id": "42", "name": "Ann", "username": "ann_k", "public_metrics": {"followers_count": 7}});
        let older = json!({"id": 42, "name": "Ann", "screen_name": "ann_k", "followers_count": 7});
        let other = json!({"id": "43", "name": "Bo"});
        let known = [
            json!([other, plain]),
            json!([7, null, {"id": 1.5}, {"data": plain}]),
            json!({"43": other, "42": older}),
            json!({"42": {"data": plain}}),
        ];
        for users in known {
            let ann = Author {
                id: Some("42".to_owned()),
                name: Some("Ann".to_owned()),
                handle: Some("ann_k".to_owned()),
                followers: Some(7),
            };
            assert_eq!(person("42".to_owned(), Some(&users)), ann, "{users}");
        }
        for users in [json!([other]), json!({"43": other}), json!({"42": "Ann"}), json!("Ann"), json!([])] {
            let nobody = Author { id: Some("42".to_owned()), ..Author::default() };
            assert_eq!(person("42".to_owned(), Some(&users)), nobody, "{users}");
        }
    }

    #[test]
    fn who_is_named_is_told_from_whom_x_put_in_front() {
        let mentions = json!([
            {"id_str": "1", "indices": [0, 5]},
            {"id": "2", "start": 6, "end": 10},
            {"id": "3", "start": 11, "end": 15},
            {"id": "4"},
            {"id": 1.5, "end": 20},
            7,
        ]);
        let of = |shown: Option<Value>| mentioned(mentions.as_array().unwrap(), shown.as_ref());
        let ids = |ids: &[&str]| ids.iter().map(ToString::to_string).collect::<Vec<_>>();
        let some = Mentioned { named: ids(&["3", "4"]), prefixed: ids(&["1", "2"]) };
        assert_eq!(of(Some(json!([11, 40]))), some);
        let all = Mentioned { named: ids(&["1", "2", "3", "4"]), prefixed: Vec::new() };
        for shown in [None, Some(json!([0, 40])), Some(json!([])), Some(json!("11")), Some(json!([-1, 2]))] {
            assert_eq!(of(shown), all);
        }
    }

    #[test]
    fn handles_are_plain_or_left_out() {
        let long = "a".repeat(HANDLE_LIMIT + 1);
        for odd in ["", "a b", "ä", "a/../b", "@a", "a?b", long.as_str()] {
            assert_eq!(profile(fields(&json!({"screen_name": odd}))), Author::default(), "{odd}");
        }
        let both = json!({"screen_name": "a/b", "username": "Ann_1"});
        assert_eq!(profile(fields(&both)).handle.as_deref(), Some("Ann_1"));
    }

    #[test]
    fn entities_stand_for_their_characters_once() {
        let table = [
            ("a &amp; b", "a & b"),
            ("&lt;3 &gt; 2", "<3 > 2"),
            ("&quot;&#39;", "\"'"),
            ("&amp;lt;", "&lt;"), // somebody wrote of an entity
            ("&amp;amp;amp;", "&amp;amp;"),
            ("&AMP; &amp &;&", "&AMP; &amp &;&"),
            ("ä&", "ä&"),
            ("", ""),
        ];
        for (text, plain) in table {
            assert_eq!(unescaped(text), plain, "{text}");
        }
    }

    #[test]
    fn times_are_read_as_written_or_not_at_all() {
        let table = [
            ("Thu Oct 09 08:53:24 +0000 2025", Some("2025-10-09T08:53:24Z")),
            ("Thu Oct 09 10:53:24 +0200 2025", Some("2025-10-09T08:53:24Z")),
            ("Mon Feb 29 00:00:00 +0000 2016", Some("2016-02-29T00:00:00Z")),
            ("Fri Oct 09 08:53:24 +0000 2025", None), // it was a Thursday
            ("Thu Oct 32 08:53:24 +0000 2025", None),
            ("Thu Oct 09 08:53:24 +0000 2025 Z", None),
            ("Thu Oct 09 08:53:24 2025", None), // nobody knows where
            ("2025-10-09T08:53:24.000Z", None),
            ("", None),
        ];
        for (text, time) in table {
            let time = time.map(|time| time.parse::<Timestamp>().unwrap());
            assert_eq!(classic_time(fields(&json!({"t": text})), "t"), time, "{text}");
        }
        let iso = |text: &str| iso_time(fields(&json!({"t": text})), "t").map(Timestamp::as_millisecond);
        assert_eq!(iso("2025-10-09T08:53:24.120Z"), Some(1_760_000_004_120));
        assert_eq!(iso("2025-10-09T10:53:24+02:00"), Some(1_760_000_004_000));
        for text in ["2025-10-09T08:53:24", "2025-10-09", "1760000004", "now", ""] {
            assert_eq!(iso(text), None, "{text}");
        }
    }
}
