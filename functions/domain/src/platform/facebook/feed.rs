//! What is said in public: posts and comments under them, mentions of the page elsewhere, and reviews.
//!
//! **Source:** <https://developers.facebook.com/docs/graph-api/webhooks/reference/page>

use serde_json::Value;
use sha2::{Digest, Sha256};

use super::super::json::{self, Flaw, Object};
use super::super::meta::{Entry, person};
use crate::event::{self, Attachment, Author, Event, Kind, Side, Verb, Visibility};
use crate::id::Platform;

mod mention;
mod rating;

/// Most pictures and most mentioned persons that are kept of one object.
const MANY: usize = 64;

/// Reads one element of `changes`.
pub(super) fn read(entry: &Entry<'_>, change: &Value) -> Result<Option<Event>, Flaw> {
    let change = json::object(change)?;
    let read = match json::need("field", json::text(change, "field")?)? {
        "feed" => update,
        "mention" => mention::read,
        "ratings" => rating::read,
        _ => return Err(Flaw::unknown("/field", "unknown field")),
    };
    let value = json::need("value", json::member(change, "value")?)?;
    read(entry, value).map_err(|flaw| flaw.under("/value"))
}

fn update(entry: &Entry<'_>, value: &Object) -> Result<Option<Event>, Flaw> {
    // The item first: a like of a comment has the comment's id too.
    let item = json::need("item", json::text(value, "item")?)?;
    let kind = match item {
        "comment" => Kind::Comment,
        "post" | "status" | "photo" | "video" | "share" | "link" => Kind::Post,
        // What somebody liked; what only the page itself puts there, without a word to anybody.
        "like" | "reaction" | "album" | "event" | "milestone" | "note" => return Ok(None),
        _ => return Err(Flaw::unknown("/item", "unknown item")),
    };
    let Some(verb) = verb(value)? else { return Ok(None) };

    let post = json::id(value, "post_id")?;
    let object = match kind {
        Kind::Comment => json::need("comment_id", json::id(value, "comment_id")?)?,
        Kind::Post | Kind::Message | Kind::Review | Kind::Mention => {
            // An unpublished picture has no post.
            let own = json::id(value, &format!("{item}_id"))?;
            json::need("post_id", post.clone().or(own))?
        }
    };
    let parent = json::id(value, "parent_id")?;
    let author = author(value)?;
    let author_id = author.as_ref().and_then(|author| author.id.as_deref());
    let side = entry.voices.side(&entry.account, author_id, None);
    let text = json::text(value, "message")?;
    if item == "share" && verb == Verb::Add && side == Side::Customer && text.is_none_or(str::is_empty) {
        // Passed on without a word: nobody is asked anything.
        return Ok(None);
    }

    // Documented as the update's time. Edits have been seen with the object's own; the fold allows for it.
    let (occurred_at, time_from) = entry.occurred(json::seconds(value, "created_time"));
    let removed = verb == Verb::Remove;
    Ok(Some(Event {
        platform: Platform::Facebook,
        account: entry.account.clone(),
        verb,
        version: version(entry, verb, text),
        kind,
        visibility: Visibility::Public,
        side,
        counterpart: None,
        thread: Some(thread(kind, side, &object, post.as_deref(), parent.as_deref()).to_owned()),
        permalink: permalink(value, &object),
        parent,
        mentions: mentions(value),
        text: text.filter(|_| !removed).and_then(event::text),
        attachments: if removed { Vec::new() } else { attachments(item, value) },
        occurred_at,
        time_from,
        author,
        object,
    }))
}

/// Returns what happened; absent for what is done to a person or a film and not to what was said.
fn verb(value: &Object) -> Result<Option<Verb>, Flaw> {
    Ok(Some(match json::need("verb", json::text(value, "verb")?)? {
        "add" => Verb::Add,
        "edit" | "edited" => Verb::Edit,
        "remove" | "delete" => Verb::Remove,
        "hide" => Verb::Hide,
        "unhide" => Verb::Unhide,
        "block" | "unblock" | "mute" | "unmute" => return Ok(None),
        _ => return Err(Flaw::unknown("/verb", "unknown verb")),
    }))
}

/// Returns what tells repeated verbs on one object apart.
fn version(entry: &Entry<'_>, verb: Verb, text: Option<&str>) -> String {
    match verb {
        Verb::Add | Verb::Remove => "-".to_owned(),
        Verb::Edit => hex::encode(&Sha256::digest(text.unwrap_or_default())[..8]),
        Verb::Hide | Verb::Unhide => entry.delivery(),
    }
}

/// Returns who wrote it: `from`, or in older versions `sender_id` and `sender_name`.
///
/// Absent for a person who gave the page's app no permission, in a mention, and for the anonymous.
fn author(value: &Object) -> Result<Option<Author>, Flaw> {
    let from = json::field(value, "from").map(person).transpose();
    let Author { id, name, .. } = from.map_err(|flaw| flaw.under("/from"))?.unwrap_or_default();
    let id = match id {
        Some(id) => Some(id),
        None => json::id(value, "sender_id")?,
    };
    let author = Author { id, name: name.or_else(|| json::name(value, "sender_name")), ..Author::default() };
    Ok(Some(author).filter(|author| *author != Author::default()))
}

/// Returns what the thread hangs on.
///
/// A comment of the brand right under a post speaks to everybody there, and to the author of the post; a
/// comment of anybody else right under a post begins a thread of its own.
fn thread<'a>(
    kind: Kind,
    side: Side,
    object: &'a str,
    post: Option<&'a str>,
    parent: Option<&'a str>,
) -> &'a str {
    if kind != Kind::Comment {
        return object;
    }
    match (parent.filter(|parent| Some(*parent) != post), side) {
        (Some(comment), _) => comment,
        (None, Side::Customer) => object,
        (None, Side::Brand | Side::Automation) => post.unwrap_or(object),
    }
}

/// Returns where a person can see it: what the platform says, or the address made of the id.
fn permalink(value: &Object, object: &str) -> Option<String> {
    let said = value.get("post").and_then(|post| post.get("permalink_url")).and_then(json::url);
    let plain = object.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-.:".contains(&byte));
    said.or_else(|| plain.then(|| format!("https://www.facebook.com/{object}")))
}

/// Returns whom the text mentions.
///
/// Tags come as an array, or as an object that holds an array for every place in the text.
fn mentions(value: &Object) -> Vec<String> {
    let mut ids = Vec::new();
    for tags in ["message_tags", "mentions"].iter().filter_map(|key| json::field(value, key)) {
        let places = tags.as_object().into_iter().flat_map(|places| places.values());
        for tag in places.chain([tags]).filter_map(Value::as_array).flatten() {
            let id = person(tag).ok().and_then(|person| person.id);
            if ids.len() < MANY {
                ids.extend(id.filter(|id| !ids.contains(id)));
            }
        }
    }
    ids
}

/// Returns the pictures and films, and the page that a text refers to.
fn attachments(item: &str, value: &Object) -> Vec<Attachment> {
    let linked = if matches!(item, "photo" | "video") { item } else { "link" };
    let photos = json::field(value, "photos").and_then(Value::as_array);
    let all = [("photo", value.get("photo")), ("video", value.get("video")), (linked, value.get("link"))]
        .into_iter()
        .filter_map(|(kind, url)| Some((kind, url?)))
        .chain(photos.into_iter().flatten().map(|url| ("photo", url)));
    let mut attachments: Vec<Attachment> = Vec::new();
    for (kind, url) in all {
        let Some(url) = json::url(url) else { continue };
        let url = Some(url);
        if attachments.iter().all(|known| known.url != url) && attachments.len() < MANY {
            attachments.push(Attachment { kind: kind.to_owned(), url });
        }
    }
    attachments
}
