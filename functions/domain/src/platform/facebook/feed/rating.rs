//! The field `ratings`: reviews of the page, and comments under them.
//!
//! **Source:** <https://developers.facebook.com/docs/graph-api/webhooks/reference/page/#ratings>

use super::super::super::json::{self, Flaw, Object};
use super::super::super::meta::Entry;
use super::{author, permalink, verb, version};
use crate::event::{self, Author, Event, Kind, Verb, Visibility};
use crate::id::Platform;

pub(super) fn read(entry: &Entry<'_>, value: &Object) -> Result<Option<Event>, Flaw> {
    let kind = match json::need("item", json::text(value, "item")?)? {
        "rating" => Kind::Review,
        "comment" => Kind::Comment,
        "like" | "reaction" => return Ok(None),
        _ => return Err(Flaw::unknown("/item", "unknown item")),
    };
    let Some(verb) = verb(value)? else { return Ok(None) };
    let review = json::need("open_graph_story_id", review(value)?)?;
    let (object, parent, author, text) = match kind {
        Kind::Comment => {
            let object = json::need("comment_id", json::id(value, "comment_id")?)?;
            let above = json::id(value, "parent_id")?.filter(|above| !is_review(above, &review));
            let parent = above.unwrap_or_else(|| review.clone());
            (object, Some(parent), author(value)?, json::text(value, "message")?)
        }
        _ => (review.clone(), None, reviewer(value)?, json::text(value, "review_text")?),
    };
    let author_id = author.as_ref().and_then(|author| author.id.as_deref());
    let (occurred_at, time_from) = entry.occurred(json::seconds(value, "created_time"));
    Ok(Some(Event {
        platform: Platform::Facebook,
        account: entry.account.clone(),
        verb,
        version: version(entry, verb, text),
        kind,
        visibility: Visibility::Public,
        side: entry.voices.side(&entry.account, author_id, None),
        author,
        counterpart: None,
        // All that is said under a review is about it.
        thread: Some(review),
        parent,
        mentions: Vec::new(),
        text: text.filter(|_| verb != Verb::Remove).and_then(event::text),
        attachments: Vec::new(),
        permalink: permalink(value, &object),
        occurred_at,
        time_from,
        object,
    }))
}

/// Returns the review's id. What stands under it names it as a post of the reviewer, `PERSON_REVIEW`.
fn review(value: &Object) -> Result<Option<String>, Flaw> {
    let post = json::id(value, "post_id")?;
    match post.as_deref().and_then(|post| post.rsplit_once('_')).filter(|(_, review)| !review.is_empty()) {
        Some((_, review)) => Ok(Some(review.to_owned())),
        None => Ok(json::id(value, "open_graph_story_id")?.or(post)),
    }
}

/// Whether `id` names the review, as such a post or by itself. A comment's id, `REVIEW_COMMENT`, ends otherwise.
fn is_review(id: &str, review: &str) -> bool {
    id.rsplit_once('_').map_or(id, |(_, last)| last) == review
}

/// Returns who wrote the review: `reviewer_id`, or `from` where Meta says it as everywhere else.
fn reviewer(value: &Object) -> Result<Option<Author>, Flaw> {
    let Some(id) = json::id(value, "reviewer_id")? else { return author(value) };
    Ok(Some(Author { id: Some(id), name: json::name(value, "reviewer_name"), ..Author::default() }))
}
