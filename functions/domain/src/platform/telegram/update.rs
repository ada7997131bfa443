//! One update: which kind it is, and what it says.

use serde_json::Value;

use super::super::json::{self, Flaw, Object};
use super::Bot;
use super::chat::{Chat, object_name};
use super::content;
use crate::event::{self, Author, Event, Kind, Side, Verb, Visibility};
use crate::id::Platform;

/// Kinds of updates that are a message, and what happened to it.
const MESSAGES: [(&str, Verb); 6] = [
    ("message", Verb::Add),
    ("edited_message", Verb::Edit),
    ("channel_post", Verb::Add),
    ("edited_channel_post", Verb::Edit),
    ("business_message", Verb::Add),
    ("edited_business_message", Verb::Edit),
];

/// Kinds of updates that say nothing that anybody could answer.
const SILENT: [&str; 16] = [
    "chat_boost",
    "chat_join_request",
    "chat_member",
    "chosen_inline_result",
    "inline_query",
    "managed_bot",
    "message_reaction",
    "message_reaction_count",
    "my_chat_member",
    "poll",
    "poll_answer",
    "pre_checkout_query",
    "purchased_paid_media",
    "removed_chat_boost",
    "shipping_query",
    "subscription",
];

/// Most messages that one update can delete: an id is a few bytes, and what it becomes some hundred.
const MOST_DELETED: usize = 10_000;

impl Bot<'_> {
    /// Reads an update: what was said, and what could not be read with its place.
    pub(super) fn read(&self, update: &Value) -> Vec<Result<Event, Flaw>> {
        let update = match json::object(update) {
            Ok(update) => update,
            Err(flaw) => return vec![Err(flaw)],
        };
        for (name, verb) in MESSAGES {
            if let Some(message) = update.get(name) {
                let said = version(update, verb).and_then(|version| {
                    let said = json::object(message).and_then(|message| self.message(version, verb, message));
                    said.map_err(|flaw| at(name, flaw))
                });
                return said.transpose().into_iter().collect();
            }
        }
        if let Some(pressed) = update.get("callback_query") {
            let said = json::object(pressed).and_then(|pressed| self.pressed(pressed));
            return said.map_err(|flaw| at("callback_query", flaw)).transpose().into_iter().collect();
        }
        if let Some(deleted) = update.get("deleted_business_messages") {
            let gone = match json::object(deleted).and_then(|deleted| self.deleted(deleted)) {
                Ok(gone) => gone,
                Err(flaw) => vec![Err(flaw)],
            };
            return gone
                .into_iter()
                .map(|gone| gone.map_err(|flaw| at("deleted_business_messages", flaw)))
                .collect();
        }
        if let Some(connection) = update.get("business_connection") {
            // From now on nothing that is said there is heard.
            let ended = connection.get("is_enabled").and_then(Value::as_bool) == Some(false);
            let ended = ended.then(|| Err(Flaw::unknown("/business_connection", "the account ended it")));
            return ended.into_iter().collect();
        }
        if SILENT.iter().any(|name| update.contains_key(*name)) {
            return Vec::new();
        }
        vec![Err(Flaw::unknown("", "unknown kind of update"))]
    }

    fn message(&self, version: String, verb: Verb, message: &Object) -> Result<Option<Event>, Flaw> {
        let chat = Chat::of(message)?;
        let id = json::need("message_id", json::id(message, "message_id")?)?;
        let object = chat.object(&id)?;
        let Some(content) = content::of(message)? else { return Ok(None) };
        let author = chat.author(message)?;
        let side = chat.side(self, message, author.as_ref())?;
        let said_at = if verb == Verb::Edit { "edit_date" } else { "date" };
        let (occurred_at, time_from) =
            event::occurred(json::seconds(message, said_at), None, self.received_at);
        Ok(Some(Event {
            platform: Platform::Telegram,
            account: self.account.to_owned(),
            verb,
            version,
            kind: chat.kind(message)?,
            visibility: chat.visibility(),
            side,
            author,
            counterpart: chat.counterpart.clone(),
            thread: chat.thread(message, &object)?,
            parent: chat.parent(message)?,
            mentions: content::mentions(message),
            text: content.text,
            attachments: content.attachments,
            permalink: chat.permalink(&id),
            occurred_at,
            time_from,
            object,
        }))
    }

    /// Reads that somebody pressed a button under a message of the bot: in private the title is what they say. What is
    /// pressed in groups and channels is mostly a vote.
    fn pressed(&self, pressed: &Object) -> Result<Option<Event>, Flaw> {
        let Some(message) = json::member(pressed, "message")? else { return Ok(None) };
        let chat = Chat::of(message).map_err(|flaw| flaw.under("/message"))?;
        if chat.visibility() == Visibility::Public {
            return Ok(None);
        }
        let id = json::need("id", json::id(pressed, "id")?)?;
        let under = json::id(message, "message_id").map_err(|flaw| flaw.under("/message"))?;
        let author = chat.author(pressed)?;
        // Nobody says when.
        let (occurred_at, time_from) = event::occurred(None, None, self.received_at);
        Ok(Some(Event {
            platform: Platform::Telegram,
            account: self.account.to_owned(),
            object: object_name(&["button", &id])?,
            verb: Verb::Add,
            version: "-".to_owned(),
            kind: Kind::Message,
            visibility: Visibility::Private,
            side: chat.side(self, pressed, author.as_ref())?,
            author,
            counterpart: chat.counterpart.clone(),
            thread: None,
            parent: under.map(|under| chat.object(&under)).transpose()?,
            mentions: Vec::new(),
            text: content::button(message, json::text(pressed, "data")?).and_then(event::text),
            attachments: Vec::new(),
            permalink: None,
            occurred_at,
            time_from,
        }))
    }

    /// Reads that messages of an account were deleted, by either side: Telegram does not say by whom, nor who wrote
    /// them. Only of such accounts are deletions told at all.
    fn deleted(&self, deleted: &Object) -> Result<Vec<Result<Event, Flaw>>, Flaw> {
        let chat = Chat::of(deleted)?;
        let ids = json::need("message_ids", json::list(deleted, "message_ids")?)?;
        if ids.len() > MOST_DELETED {
            return Err(Flaw::broken("/message_ids", "too many"));
        }
        let gone = |(number, id): (usize, &Value)| {
            let place = |flaw: Flaw| flaw.under(&format!("/message_ids/{number}"));
            let id = json::id_of(id).map_err(place)?;
            let id = id.ok_or_else(|| place(Flaw::broken("", "empty")))?;
            let (occurred_at, time_from) = event::occurred(None, None, self.received_at);
            Ok(Event {
                platform: Platform::Telegram,
                account: self.account.to_owned(),
                object: chat.object(&id).map_err(|_| place(Flaw::broken("", "id is too long")))?,
                verb: Verb::Remove,
                version: "-".to_owned(),
                kind: Kind::Message,
                visibility: chat.visibility(),
                side: Side::Customer,
                author: None::<Author>,
                counterpart: chat.counterpart.clone(),
                thread: None,
                parent: None,
                mentions: Vec::new(),
                text: None,
                attachments: Vec::new(),
                permalink: None,
                occurred_at,
                time_from,
            })
        };
        Ok(ids.iter().enumerate().map(gone).collect())
    }
}

/// Returns what tells repeated edits apart: of several within a second the dates are the same, and a repeated delivery
/// has its number again.
fn version(update: &Object, verb: Verb) -> Result<String, Flaw> {
    match verb {
        Verb::Edit => json::need("update_id", json::id(update, "update_id")?),
        Verb::Add | Verb::Remove | Verb::Hide | Verb::Unhide => Ok("-".to_owned()),
    }
}

fn at(name: &str, flaw: Flaw) -> Flaw {
    flaw.under(&format!("/{name}"))
}
