//! Direct messages, which both products deliver in one shape, and the newer encrypted chat.
//!
//! The Account Activity API delivers dialogues of two only. An encrypted chat can be a group's.
//!
//! **Source:** <https://docs.x.com/x-api/account-activity/introduction#direct_message_events> and
//! <https://docs.x.com/x-api/activity/event-payloads#chat-events-xchat>

use jiff::Timestamp;
use serde_json::Value;

use super::super::json::{self, Flaw, Object};
use super::{Delivery, value};
use crate::event::{Attachment, Author, Event, Kind, Verb, Visibility};
use crate::id::Platform;

/// A message as it was told.
struct Message {
    id: String,
    author: Author,
    app: Option<String>,
    /// The person who is not the brand.
    person: String,
    text: Option<String>,
    attachments: Vec<Attachment>,
    at: Option<Timestamp>,
}

/// Reads one element of `direct_message_events`; `users` tells of the persons.
pub(super) fn direct(delivery: &Delivery<'_>, update: &Value, users: Option<&Value>) -> Result<Event, Flaw> {
    let update = json::object(update)?;
    if json::text(update, "type")?.is_some_and(|kind| kind != "message_create") {
        return Err(Flaw::unknown("/type", "unknown kind of message"));
    }
    let id = value::need_id(update, "id")?;
    let create = json::need("message_create", json::member(update, "message_create")?)?;
    let at = json::milliseconds(update, "created_timestamp");
    let message = created(delivery, id, create, users, at).map_err(|flaw| flaw.under("/message_create"))?;
    Ok(message.event(delivery))
}

fn created(
    delivery: &Delivery<'_>,
    id: String,
    create: &Object,
    users: Option<&Value>,
    at: Option<Timestamp>,
) -> Result<Message, Flaw> {
    let sender = value::need_id(create, "sender_id")?;
    let person = if delivery.is_ours(&sender) { recipient(create)? } else { sender.clone() };
    let data = json::member(create, "message_data")?;
    let attachment = data.and_then(|data| json::field(data, "attachment")).and_then(sent_along);
    Ok(Message {
        id,
        app: value::id(create, "source_app_id")?,
        person,
        text: value::text(&[(data, "text", "/message_data")])?,
        attachments: attachment.into_iter().collect(),
        author: value::person(sender, users),
        at,
    })
}

/// Returns to whom the brand wrote.
fn recipient(create: &Object) -> Result<String, Flaw> {
    let target = json::need("target", json::member(create, "target")?)?;
    value::need_id(target, "recipient_id").map_err(|flaw| flaw.under("/target"))
}

/// Returns what `attachment` holds: a picture or film, or a place that has no address.
fn sent_along(attachment: &Value) -> Option<Attachment> {
    attachment.get("media").and_then(value::attachment).or_else(|| value::attachment(attachment))
}

/// Reads an encrypted message. Only the people's own devices can read its text; that somebody waits, or was
/// answered, is known all the same.
pub(super) fn encrypted(
    delivery: &Delivery<'_>,
    payload: &Object,
    users: Option<&Value>,
) -> Result<Event, Flaw> {
    let id = value::need_id(payload, "id")?;
    let sender = value::need_id(payload, "sender_id")?;
    let chat = value::id(payload, "conversation_id")?;
    let person = match &chat {
        Some(chat) => other(delivery, &sender, chat).to_owned(),
        None if delivery.is_ours(&sender) => json::need("conversation_id", chat)?,
        None => sender.clone(),
    };
    let message = Message {
        id,
        app: None,
        person,
        text: None,
        attachments: Vec::new(),
        author: value::person(sender, users),
        at: json::milliseconds(payload, "created_at_msec"),
    };
    Ok(message.event(delivery))
}

/// Returns the person who is not the brand: in a chat of two, which is named by both, that person; else the
/// chat itself, which waits and is answered as one.
fn other<'a>(delivery: &Delivery<'_>, sender: &'a str, chat: &'a str) -> &'a str {
    match chat.split_once(':') {
        Some((one, two)) if [one, two].contains(&sender) => match (delivery.is_ours(sender), one == sender) {
            (false, _) => sender,
            (true, true) => two,
            (true, false) => one,
        },
        Some(_) | None => chat,
    }
}

impl Message {
    fn event(self, delivery: &Delivery<'_>) -> Event {
        let (occurred_at, time_from) = delivery.occurred(self.at);
        Event {
            platform: Platform::X,
            account: delivery.account.clone(),
            object: self.id,
            verb: Verb::Add,
            version: "-".to_owned(),
            kind: Kind::Message,
            visibility: Visibility::Private,
            side: delivery.side(self.author.id.as_deref(), self.app.as_deref()),
            author: Some(self.author),
            counterpart: Some(self.person),
            thread: None,
            parent: None,
            mentions: Vec::new(),
            text: self.text,
            attachments: self.attachments,
            permalink: None,
            occurred_at,
            time_from,
        }
    }
}
