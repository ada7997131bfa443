//! Comments under media and live videos, and mentions elsewhere.
//!
//! **Source:** <https://developers.facebook.com/docs/instagram-platform/webhooks/examples>

use serde_json::Value;

use super::super::json::{self, Flaw, Object};
use super::super::meta::{Entry, direct};
use crate::event::{self, Author, Event, Kind, Side, Verb, Visibility};

/// Fields whose value is an element of `messaging`: so the dashboard's test deliveries look.
const MESSAGES: [&str; 6] = [
    "messages",
    "message_edit",
    "message_reactions",
    "messaging_postbacks",
    "messaging_referral",
    "messaging_seen",
];

/// Reads one element of `changes`, or an entry that is one.
pub(super) fn read(entry: &Entry<'_>, change: &Value) -> Result<Option<Event>, Flaw> {
    let change = json::object(change)?;
    let field = json::need("field", json::text(change, "field")?)?;
    let value = json::need("value", json::field(change, "value"))?;
    let said = match field {
        "comments" | "live_comments" => json::object(value).and_then(|value| comment(entry, value)).map(Some),
        "mentions" => json::object(value).and_then(|value| mention(entry, value)).map(Some),
        "story_insights" => Ok(None),
        field if MESSAGES.contains(&field) => direct::read(entry, value),
        _ => return Err(Flaw::unknown("/field", "unknown field")),
    };
    said.map_err(|flaw| flaw.under("/value"))
}

fn comment(entry: &Entry<'_>, value: &Object) -> Result<Event, Flaw> {
    // Called so where the account is connected by Facebook's login.
    let object = json::id(value, "id")?.map_or_else(|| json::id(value, "comment_id"), |id| Ok(Some(id)))?;
    let object = json::need("id", object)?;
    let media = json::member(value, "media")?.map(|media| json::id(media, "id"));
    let media = media.transpose().map_err(|flaw| flaw.under("/media"))?.flatten();
    let above = json::id(value, "parent_id")?.filter(|parent| Some(parent) != media.as_ref());
    let (author, side) = author(entry, value)?;
    let thread = match (&above, side) {
        (Some(above), _) => above.clone(),
        (None, Side::Customer) => object.clone(),
        // To everybody under the media.
        (None, Side::Brand | Side::Automation) => media.clone().unwrap_or_else(|| object.clone()),
    };
    let text = json::text(value, "text")?.and_then(event::text);
    Ok(Event { parent: above.or(media), author, side, text, ..public(entry, Kind::Comment, object, thread) })
}

/// Reads that the account is mentioned under somebody else's media: by ids alone.
fn mention(entry: &Entry<'_>, value: &Object) -> Result<Event, Flaw> {
    let media = json::need("media_id", json::id(value, "media_id")?)?;
    let object = json::id(value, "comment_id")?;
    let parent = object.is_some().then(|| media.clone());
    let object = object.unwrap_or(media);
    let mentions = vec![entry.account.clone()];
    Ok(Event { parent, mentions, ..public(entry, Kind::Mention, object.clone(), object) })
}

/// Returns who wrote it, and for whom: under one of two ids the account knows itself.
fn author(entry: &Entry<'_>, value: &Object) -> Result<(Option<Author>, Side), Flaw> {
    let Some(from) = json::member(value, "from")? else { return Ok((None, Side::Customer)) };
    let id = |key| json::id(from, key).map_err(|flaw| flaw.under("/from"));
    let (id, own) = (id("id")?, id("self_ig_scoped_id")?);
    let sides = [&id, &own].map(|id| entry.voices.side(&entry.account, id.as_deref(), None));
    let side = sides.into_iter().find(|side| *side != Side::Customer).unwrap_or(Side::Customer);
    let handle = json::name(from, "username").map(|name| name.trim_start_matches('@').to_owned());
    let author = Author { id, handle: handle.filter(|handle| !handle.is_empty()), ..Author::default() };
    Ok((Some(author).filter(|author| *author != Author::default()), side))
}

/// Returns something that appeared in public, and of which nothing else is said.
fn public(entry: &Entry<'_>, kind: Kind, object: String, thread: String) -> Event {
    let (occurred_at, time_from) = entry.occurred(None);
    Event {
        platform: entry.platform(),
        account: entry.account.clone(),
        object,
        verb: Verb::Add,
        version: "-".to_owned(),
        kind,
        visibility: Visibility::Public,
        side: Side::Customer,
        author: None,
        counterpart: None,
        thread: Some(thread),
        parent: None,
        mentions: Vec::new(),
        text: None,
        attachments: Vec::new(),
        permalink: None,
        occurred_at,
        time_from,
    }
}
