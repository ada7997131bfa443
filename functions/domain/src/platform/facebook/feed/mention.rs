//! The field `mention`: the page is tagged in somebody's post, or in a comment elsewhere. Nobody says by whom.
//!
//! **Source:** <https://developers.facebook.com/docs/graph-api/webhooks/reference/page/#mention>

use super::super::super::json::{self, Flaw, Object};
use super::super::super::meta::Entry;
use super::{author, permalink, verb, version};
use crate::event::{self, Event, Kind, Verb, Visibility};
use crate::id::Platform;

pub(super) fn read(entry: &Entry<'_>, value: &Object) -> Result<Option<Event>, Flaw> {
    let is_comment = match json::need("item", json::text(value, "item")?)? {
        "comment" => true,
        "post" | "status" | "photo" | "video" | "share" | "link" => false,
        "like" | "reaction" => return Ok(None),
        _ => return Err(Flaw::unknown("/item", "unknown item")),
    };
    let Some(verb) = verb(value)? else { return Ok(None) };
    let post = json::need("post_id", json::id(value, "post_id")?)?;
    if post.strip_prefix(&entry.account).is_some_and(|rest| rest.starts_with('_')) {
        // It stands on the page itself: the field `feed` tells it whole, with its author and its thread.
        return Ok(None);
    }
    let comment = json::id(value, "comment_id")?;
    let object = if is_comment { json::need("comment_id", comment)? } else { post.clone() };
    let author = author(value)?;
    let author_id = author.as_ref().and_then(|author| author.id.as_deref());
    let text = json::text(value, "message")?;
    let (occurred_at, time_from) = entry.occurred(json::seconds(value, "created_time"));
    Ok(Some(Event {
        platform: Platform::Facebook,
        account: entry.account.clone(),
        verb,
        version: version(entry, verb, text),
        kind: Kind::Mention,
        visibility: Visibility::Public,
        side: entry.voices.side(&entry.account, author_id, None),
        author,
        counterpart: None,
        thread: Some(object.clone()),
        parent: is_comment.then_some(post),
        mentions: vec![entry.account.clone()],
        text: text.filter(|_| verb != Verb::Remove).and_then(event::text),
        attachments: Vec::new(),
        permalink: permalink(value, &object),
        occurred_at,
        time_from,
        object,
    }))
}
