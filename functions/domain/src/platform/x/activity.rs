//! The X Activity API: one event for one account.
//!
//! **Source:** <https://docs.x.com/x-api/activity/event-payloads>

use jiff::Timestamp;
use serde_json::Value;

use super::super::json::{self, Flaw, Object};
use super::super::{Item, Voices};
use super::post::{self, Post};
use super::{Delivery, MANY, REVOKED, message, value};
use crate::event::{Attachment, Event};

/// Where in a body the payload stands.
const PAYLOAD: &str = "/data/payload";

/// How the names of events begin that say nothing that anybody could answer, without their dots.
const SILENT: [&str; 11] = [
    "block",
    "chatconversationjoin",
    "dmindicatetyping",
    "dmread",
    "follow",
    "like",
    "mute",
    "news",
    "postrepost",
    "profile",
    "spaces",
];

/// Reads a payload, with what is included beside it.
type Read = fn(&Delivery<'_>, &Object, Option<&Object>) -> Vec<Item>;

/// Reads the event of a body.
pub(super) fn items(data: &Value, received_at: Timestamp, voices: &Voices) -> Vec<Item> {
    read(data, received_at, voices).unwrap_or_else(|flaw| {
        let account = data.pointer("/filter/user_id").and_then(|id| json::id_of(id).ok()).flatten();
        vec![flaw.under("/data").item(account.as_deref())]
    })
}

fn read(data: &Value, received_at: Timestamp, voices: &Voices) -> Result<Vec<Item>, Flaw> {
    let data = json::object(data)?;
    let name = letters(json::need("event_type", json::text(data, "event_type")?)?);
    let read: Read = match name.as_str() {
        "postcreate" | "postmentioncreate" | "postreplycreate" | "postquotecreate" => {
            |delivery, payload, includes| one(delivery, post(delivery, payload, includes))
        }
        "postdelete" => |delivery, payload, _| one(delivery, removal(delivery, payload).map(Some)),
        "dmreceived" | "dmsent" => messages,
        "chatreceived" | "chatsent" => |delivery, payload, includes| {
            one(delivery, message::encrypted(delivery, payload, users(includes)).map(Some))
        },
        "oauthrevoke" => return Err(Flaw::unknown("/event_type", REVOKED)),
        name if SILENT.iter().any(|silent| name.starts_with(silent)) => return Ok(Vec::new()),
        _ => return Err(Flaw::unknown("/event_type", "unknown kind of event")),
    };
    let filter = json::need("filter", json::member(data, "filter")?)?;
    let account = value::need_id(filter, "user_id").map_err(|flaw| flaw.under("/filter"))?;
    let payload = json::need("payload", json::member(data, "payload")?)?;
    let includes = json::field(data, "includes").and_then(Value::as_object);
    Ok(read(&Delivery { account, received_at, voices }, payload, includes))
}

/// Returns the letters of an event's name, in lower case: until March 2026 `post.create` was `PostCreate`.
fn letters(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).map(|letter| letter.to_ascii_lowercase()).collect()
}

fn one(delivery: &Delivery<'_>, read: Result<Option<Event>, Flaw>) -> Vec<Item> {
    delivery.item(PAYLOAD, read).into_iter().collect()
}

fn users(includes: Option<&Object>) -> Option<&Value> {
    json::field(includes?, "users")
}

fn post(delivery: &Delivery<'_>, payload: &Object, includes: Option<&Object>) -> Result<Option<Event>, Flaw> {
    let mut parent = None;
    for (number, other) in json::list(payload, "referenced_tweets")?.unwrap_or_default().iter().enumerate() {
        match other.get("type").and_then(Value::as_str) {
            // Passed on without a word: nobody is asked anything.
            Some("retweeted") => return Ok(None),
            Some("replied_to") => {
                let id = json::object(other).and_then(|other| value::need_id(other, "id"));
                parent = Some(id.map_err(|flaw| flaw.under(&format!("/referenced_tweets/{number}")))?);
            }
            Some(_) | None => {}
        }
    }
    let author = value::need_id(payload, "author_id")?;
    // A long post stands whole beside its beginning, which names less.
    let whole = json::member(payload, "note_tweet")?;
    let mut places = whole.into_iter().chain([payload]);
    let mentions = places.find_map(|place| place.get("entities")?.get("mentions")?.as_array());
    let post = Post {
        id: value::need_id(payload, "id")?,
        first: value::first_id(payload, "edit_history_tweet_ids")?,
        author: value::person(author, users(includes)),
        thread: value::id(payload, "conversation_id")?,
        answered: match value::id(payload, "in_reply_to_user_id")? {
            Some(author) => Some(author),
            None => parent.as_deref().and_then(|parent| author_of(parent, includes)),
        },
        mentioned: value::mentioned(mentions.into_iter().flatten(), payload.get("display_text_range")),
        parent,
        text: value::text(&[(whole, "text", "/note_tweet"), (Some(payload), "text", "")])?,
        attachments: attachments(payload, includes),
        at: value::iso_time(payload, "created_at"),
    };
    Ok(Some(post.event(delivery)))
}

/// Returns who wrote the post `id`, if it is included.
fn author_of(id: &str, includes: Option<&Object>) -> Option<String> {
    let posts = json::field(includes?, "tweets")?.as_array()?.iter().filter_map(Value::as_object);
    let mut same = posts.filter(|post| value::id(post, "id").ok().flatten().as_deref() == Some(id));
    value::id(same.next()?, "author_id").ok().flatten()
}

/// Returns the pictures and films that a post names by their keys and that are included beside it.
fn attachments(payload: &Object, includes: Option<&Object>) -> Vec<Attachment> {
    let keys = payload.get("attachments").and_then(|attachments| attachments.get("media_keys")?.as_array());
    let media = includes.and_then(|includes| includes.get("media")?.as_array());
    let of = |key: &Value| media?.iter().find(|media| media.get("media_key") == Some(key));
    value::attachments(keys.into_iter().flatten().take(MANY).filter_map(of))
}

fn removal(delivery: &Delivery<'_>, payload: &Object) -> Result<Event, Flaw> {
    let id = value::need_id(payload, "id")?;
    let author = match value::id(payload, "author_id")? {
        Some(author) => author,
        None => json::need("author_id", value::id(payload, "user_id")?)?,
    };
    Ok(post::removed(delivery, id, author, json::milliseconds(payload, "timestamp_ms")))
}

fn messages(delivery: &Delivery<'_>, payload: &Object, includes: Option<&Object>) -> Vec<Item> {
    const LIST: &str = "direct_message_events";
    if json::field(payload, LIST).is_none() {
        return one(delivery, Err(Flaw::broken(&format!("/{LIST}"), "missing")));
    }
    let users = json::field(payload, "users").or_else(|| users(includes));
    delivery.list(PAYLOAD, payload, LIST, |update| message::direct(delivery, update, users).map(Some))
}
