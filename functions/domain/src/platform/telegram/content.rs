//! What a message says.

use serde_json::Value;

use super::super::json::{self, Flaw, Object};
use crate::event::{self, Attachment};

/// Most mentioned persons that are kept of one message.
const MANY: usize = 64;

/// What may be sent beside words. The first that is there counts: a film without sound is a document too, and a place
/// with a name has coordinates.
const THINGS: [&str; 20] = [
    "animation",
    "audio",
    "live_photo",
    "photo",
    "sticker",
    "story",
    "video",
    "video_note",
    "voice",
    "paid_media",
    "document",
    "checklist",
    "contact",
    "dice",
    "game",
    "invoice",
    "poll",
    "venue",
    "location",
    "web_app_data",
];

/// What a chat says of itself: members, names, topics, calls, payments.
const SERVICE: [&str; 54] = [
    "boost_added",
    "channel_chat_created",
    "chat_background_set",
    "chat_owner_changed",
    "chat_owner_left",
    "chat_shared",
    "checklist_tasks_added",
    "checklist_tasks_done",
    "connected_website",
    "delete_chat_photo",
    "direct_message_price_changed",
    "forum_topic_closed",
    "forum_topic_created",
    "forum_topic_edited",
    "forum_topic_reopened",
    "general_forum_topic_hidden",
    "general_forum_topic_unhidden",
    "gift",
    "gift_upgrade_sent",
    "giveaway",
    "giveaway_completed",
    "giveaway_created",
    "giveaway_winners",
    "group_chat_created",
    "left_chat_member",
    "message_auto_delete_timer_changed",
    "migrate_from_chat_id",
    "migrate_to_chat_id",
    "new_chat_member",
    "new_chat_members",
    "new_chat_participant",
    "new_chat_photo",
    "new_chat_title",
    "paid_message_price_changed",
    "passport_data",
    "pinned_message",
    "poll_option_added",
    "poll_option_deleted",
    "proximity_alert_triggered",
    "refunded_payment",
    "successful_payment",
    "suggested_post_approval_failed",
    "suggested_post_approved",
    "suggested_post_declined",
    "suggested_post_paid",
    "suggested_post_refunded",
    "supergroup_chat_created",
    "unique_gift",
    "users_shared",
    "video_chat_ended",
    "video_chat_participants_invited",
    "video_chat_scheduled",
    "video_chat_started",
    "write_access_allowed",
];

/// The words of a message, and what came with them.
pub(super) struct Content {
    pub(super) text: Option<String>,
    pub(super) attachments: Vec<Attachment>,
}

/// Reads what `message` says; absent if nobody says anything in it.
pub(super) fn of(message: &Object) -> Result<Option<Content>, Flaw> {
    let thing = THINGS.into_iter().find(|name| json::field(message, name).is_some());
    let text = match (json::text(message, "text")?, json::text(message, "caption")?) {
        (Some(text), _) | (None, Some(text)) => Some(text),
        (None, None) => thing.and_then(|thing| worded(thing, message)),
    };
    let text = text.and_then(event::text);
    if text.is_none() && thing.is_none() {
        if SERVICE.iter().any(|name| message.contains_key(*name)) {
            return Ok(None);
        }
        return Err(Flaw::unknown("", "unknown kind of message"));
    }
    // Files are fetched by the bot with its own token: they have no address that anybody could open.
    let thing = thing.filter(|thing| *thing != "web_app_data");
    let attachments = thing.map(|kind| Attachment { kind: kind.to_owned(), url: None });
    Ok(Some(Content { text, attachments: attachments.into_iter().collect() }))
}

/// Returns the words that a thing has of its own.
fn worded<'a>(thing: &str, message: &'a Object) -> Option<&'a str> {
    let key = match thing {
        "poll" => "question",
        "checklist" | "venue" => "title",
        "web_app_data" => "button_text",
        _ => return None,
    };
    message.get(thing)?.get(key)?.as_str()
}

/// Returns the ids of those whom the words mention. Whoever has a public name is mentioned by it alone, without an id.
pub(super) fn mentions(message: &Object) -> Vec<String> {
    let lists = ["entities", "caption_entities"].into_iter().filter_map(|key| message.get(key)?.as_array());
    let users = lists.flatten().filter_map(|entity| entity.get("user")?.get("id"));
    let mut ids: Vec<String> = Vec::new();
    for id in users.filter_map(|id| json::id_of(id).ok().flatten()) {
        if ids.len() < MANY && !ids.contains(&id) {
            ids.push(id);
        }
    }
    ids
}

/// Returns the title of the button under `message` that sends `data`.
pub(super) fn button<'a>(message: &'a Object, data: Option<&str>) -> Option<&'a str> {
    let rows = message.get("reply_markup")?.get("inline_keyboard")?.as_array()?;
    let buttons = rows.iter().filter_map(Value::as_array).flatten();
    let is_it =
        |button: &&Value| data.is_some() && button.get("callback_data").and_then(Value::as_str) == data;
    buttons.into_iter().find(is_it)?.get("text")?.as_str()
}
