//! The Account Activity API: lists of updates for one account.
//!
//! **Source:** <https://docs.x.com/x-api/account-activity/introduction#payload-examples>

use jiff::Timestamp;
use serde_json::Value;

use super::super::json::{self, Flaw, Object};
use super::super::{Item, Voices};
use super::post::{self, Post};
use super::{Delivery, REVOKED, message, value};
use crate::event::{Author, Event};

/// Reads one update of a body; absent if nothing was said.
type Read = fn(&Delivery<'_>, &Object, &Value) -> Result<Option<Event>, Flaw>;

/// The lists of what is said.
const SPOKEN: [(&str, Read); 3] = [
    ("tweet_create_events", |delivery, _, update| post(delivery, update)),
    ("direct_message_events", |delivery, body, update| {
        message::direct(delivery, update, json::field(body, "users")).map(Some)
    }),
    ("tweet_delete_events", |delivery, _, update| removal(delivery, update).map(Some)),
];

/// The lists of what says nothing that anybody could answer.
const SILENT: [&str; 9] = [
    "favorite_events",
    "follow_events",
    "unfollow_events",
    "block_events",
    "unblock_events",
    "mute_events",
    "unmute_events",
    "direct_message_indicate_typing_events",
    "direct_message_mark_read_events",
];

/// What is about the webhook itself, and names no account that it was delivered for: the end of an app's
/// consent, and the end of a replay.
const CONTROL: [&str; 2] = ["user_event", "replay_job_status"];

/// Reads a body.
pub(super) fn items(body: &Object, received_at: Timestamp, voices: &Voices) -> Vec<Item> {
    let mut items = Vec::new();
    if let Some(event) = json::field(body, "user_event") {
        items.push(match event.get("revoke") {
            Some(_) => Flaw::unknown("/user_event/revoke", REVOKED).item(None),
            None => Flaw::unknown("/user_event", "unknown kind of event").item(None),
        });
    }
    let account = match value::need_id(body, "for_user_id") {
        Ok(account) => account,
        Err(flaw) => {
            let has = |name: &str| json::field(body, name).is_some();
            if !CONTROL.into_iter().any(has) || SPOKEN.iter().any(|(name, _)| has(name)) {
                items.push(flaw.item(None));
            }
            return items;
        }
    };
    let delivery = Delivery { account, received_at, voices };
    for (name, read) in SPOKEN {
        items.extend(delivery.list("", body, name, |update| read(&delivery, body, update)));
    }
    items.extend(unknown(body).map(|flaw| flaw.item(Some(&delivery.account))));
    items
}

/// Returns what the body holds in lists that we do not know, or that it holds nothing we know.
fn unknown(body: &Object) -> impl Iterator<Item = Flaw> {
    let known = |name: &str| {
        SPOKEN.iter().any(|(spoken, _)| *spoken == name) || SILENT.contains(&name) || CONTROL.contains(&name)
    };
    let lists = body.iter().filter(move |(name, value)| value.is_array() && !known(name));
    let nothing = body.iter().all(|(name, value)| !value.is_array() && !known(name));
    let lists = lists.map(|(name, _)| {
        // The place of a name that would have to be escaped is the body itself.
        let plain = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        let pointer = if plain { format!("/{name}") } else { String::new() };
        Flaw::unknown(&pointer, "unknown list")
    });
    lists.chain(nothing.then(|| Flaw::unknown("", "no updates")))
}

/// Reads one element of `tweet_create_events`.
fn post(delivery: &Delivery<'_>, tweet: &Value) -> Result<Option<Event>, Flaw> {
    let tweet = json::object(tweet)?;
    if json::field(tweet, "retweeted_status").is_some() {
        // Passed on without a word: nobody is asked anything.
        return Ok(None);
    }
    let id = value::need_id(tweet, "id")?;
    let user = json::need("user", json::member(tweet, "user")?)?;
    let author = value::need_id(user, "id").map_err(|flaw| flaw.under("/user"))?;
    // A long post stands whole beside its beginning, which names and shows less.
    let whole = json::member(tweet, "extended_tweet")?;
    let inside = |outer: &str, inner: &str| {
        let mut places = whole.into_iter().chain([tweet]);
        places.find_map(|place| place.get(outer)?.get(inner)?.as_array())
    };
    let shown = whole.into_iter().chain([tweet]).find_map(|place| place.get("display_text_range"));
    // All pictures stand in `extended_entities`, in `entities` only the first.
    let media = inside("extended_entities", "media").or_else(|| inside("entities", "media"));
    let post = Post {
        first: first(tweet)?,
        author: Author { id: Some(author), ..value::profile(user) },
        thread: None,
        parent: value::id(tweet, "in_reply_to_status_id")?,
        answered: value::id(tweet, "in_reply_to_user_id")?,
        mentioned: value::mentioned(inside("entities", "user_mentions").into_iter().flatten(), shown),
        text: value::text(&[
            (whole, "full_text", "/extended_tweet"),
            (Some(tweet), "full_text", ""),
            (Some(tweet), "text", ""),
        ])?,
        attachments: value::attachments(media.into_iter().flatten()),
        at: json::milliseconds(tweet, "timestamp_ms").or_else(|| value::classic_time(tweet, "created_at")),
        id,
    };
    Ok(Some(post.event(delivery)))
}

/// Returns the first id of a post's history, where it has one.
fn first(tweet: &Object) -> Result<Option<String>, Flaw> {
    let history = |history: &Object| match value::id(history, "initial_tweet_id") {
        Ok(None) => value::first_id(history, "edit_tweet_ids"),
        first => first,
    };
    match json::member(tweet, "edit_history")? {
        Some(told) => history(told).map_err(|flaw| flaw.under("/edit_history")),
        None => value::first_id(tweet, "edit_history_tweet_ids"),
    }
}

/// Reads one element of `tweet_delete_events`.
fn removal(delivery: &Delivery<'_>, update: &Value) -> Result<Event, Flaw> {
    let update = json::object(update)?;
    let status = json::need("status", json::member(update, "status")?)?;
    let at = json::milliseconds(update, "timestamp_ms");
    let read = || {
        let (id, author) = (value::need_id(status, "id")?, value::need_id(status, "user_id")?);
        Ok(post::removed(delivery, id, author, at))
    };
    read().map_err(|flaw: Flaw| flaw.under("/status"))
}
