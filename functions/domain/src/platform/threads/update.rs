//! One update: a reply, a mention, a post of the brand, or that something is gone.

use jiff::Timestamp;
use serde_json::Value;

use super::super::Voices;
use super::super::json::{self, Flaw, Object};
use crate::event::{self, Author, Event, Kind, Side, Verb, Visibility};
use crate::id::Platform;

/// Reads one element of `values`, in `body`.
///
/// Replies nest to any depth and name only what they answer: everything under one post is one thread, in which an
/// answer finds what it answers wherever it stands.
pub(super) fn read(
    body: &Value,
    update: &Value,
    received_at: Timestamp,
    voices: &Voices,
) -> Result<Event, Flaw> {
    let update = json::object(update)?;
    let (verb, kind) = match json::need("field", json::text(update, "field")?)? {
        "replies" => (Verb::Add, Kind::Comment),
        "mentions" => (Verb::Add, Kind::Mention),
        "publish" => (Verb::Add, Kind::Post),
        "delete" => (Verb::Remove, Kind::Comment),
        _ => return Err(Flaw::unknown("/field", "unknown field")),
    };
    let value = json::need("value", json::member(update, "value")?)?;
    event(body, value, (verb, kind), received_at, voices).map_err(|flaw| flaw.under("/value"))
}

fn event(
    body: &Value,
    value: &Object,
    (verb, kind): (Verb, Kind),
    received_at: Timestamp,
    voices: &Voices,
) -> Result<Event, Flaw> {
    let of = |name: &str, key: &str| {
        let inside = json::member(value, name)?.map(|inside| json::id(inside, key)).transpose();
        Ok(inside.map_err(|flaw: Flaw| flaw.under(&format!("/{name}")))?.flatten())
    };
    let object = json::need("id", json::id(value, "id")?)?;
    let name = json::id(value, "username")?.map(|name| name.trim_start_matches('@').to_owned());
    let name = name.filter(|name| !name.is_empty());
    let (owner, owner_name) = (of("root_post", "owner_id")?, of("root_post", "username")?);
    let target = body.get("target_id").and_then(|target| json::id_of(target).ok().flatten());
    let account = match (kind, owner.or(of("owner", "owner_id")?)) {
        // It may stand under anybody's post.
        (Kind::Mention, owner) => target.or(owner),
        (_, Some(owner)) => Some(owner),
        // What the brand itself publishes says by whom only in its name.
        (Kind::Post, None) => name.clone(),
        (_, None) => None,
    };
    let account = json::need("root_post", account)?;
    let by_brand = kind == Kind::Post || (name.is_some() && name == owner_name && kind == Kind::Comment);
    let side = if by_brand && verb == Verb::Add {
        voices.side(&account, Some(&account), None)
    } else {
        voices.side(&account, name.as_deref(), None)
    };
    let (root, above) = (of("root_post", "id")?, of("replied_to", "id")?);
    let said = json::text(value, "timestamp")?.and_then(time);
    let deleted = json::text(value, "deleted_at")?.and_then(time);
    let sent = body.as_object().and_then(|body| json::seconds(body, "time"));
    let said = if verb == Verb::Remove { deleted } else { said };
    let (occurred_at, time_from) = event::occurred(said, sent, received_at);
    let text = json::text(value, "text")?.filter(|_| verb == Verb::Add);
    Ok(Event {
        platform: Platform::Threads,
        verb,
        version: "-".to_owned(),
        kind: if kind == Kind::Post && above.is_some() { Kind::Comment } else { kind },
        visibility: Visibility::Public,
        side,
        author: name.map(|name| Author { id: Some(name.clone()), handle: Some(name), ..Author::default() }),
        counterpart: None,
        thread: root.or_else(|| above.clone()).or_else(|| (verb == Verb::Add).then(|| object.clone())),
        parent: above,
        mentions: if kind == Kind::Mention && side == Side::Customer {
            vec![account.clone()]
        } else {
            Vec::new()
        },
        text: text.and_then(event::text),
        attachments: Vec::new(),
        permalink: json::field(value, "permalink").and_then(json::url),
        occurred_at,
        time_from,
        account,
        object,
    })
}

/// Returns the time that `text` says: ISO 8601, whose offset here has no colon.
fn time(text: &str) -> Option<Timestamp> {
    text.parse().ok().or_else(|| Timestamp::strptime("%Y-%m-%dT%H:%M:%S%z", text).ok())
}
