//! Messenger and Instagram's messages: what is said in private, by either side.
//!
//! **Source:** <https://developers.facebook.com/docs/messenger-platform/reference/webhook-events>

use serde_json::Value;

use super::super::json::{self, Flaw, Object};
use super::{Entry, person};
use crate::event::{self, Attachment, Author, Event, Kind, Verb, Visibility};

/// Most attachments that are kept of one message.
const MANY: usize = 64;

type Listen = fn(&Object) -> Result<Said, Flaw>;

/// What is said, and how to read it.
const SPOKEN: [(&str, Listen); 3] = [("message", message), ("message_edit", edit), ("postback", postback)];

/// What says nothing that anybody could answer: receipts, reactions, and who leads the dialogue.
const SILENT: [&str; 11] = [
    "delivery",
    "read",
    "typing",
    "reaction",
    "optin",
    "referral",
    "account_linking",
    "app_roles",
    "pass_thread_control",
    "take_thread_control",
    "request_thread_control",
];

/// What is said, before it is known by whom.
struct Said {
    message: String,
    verb: Verb,
    version: String,
    text: Option<String>,
    attachments: Vec<Attachment>,
    parent: Option<String>,
    /// The page said it, with whatever tool.
    echo: bool,
    app: Option<String>,
}

/// Reads one element of `messaging` or `standby`.
pub(in super::super) fn read(entry: &Entry<'_>, update: &Value) -> Result<Option<Event>, Flaw> {
    let update = json::object(update)?;
    for (key, read) in SPOKEN {
        if let Some(fields) = json::member(update, key)? {
            let said = read(fields).map_err(|flaw| flaw.under(&format!("/{key}")))?;
            return event(entry, update, said).map(Some);
        }
    }
    if SILENT.iter().any(|key| update.contains_key(*key)) {
        return Ok(None);
    }
    Err(Flaw::unknown("", "unknown kind of update"))
}

fn message(fields: &Object) -> Result<Said, Flaw> {
    let removed = json::flag(fields, "is_deleted")?;
    let text = json::text(fields, "text")?;
    // A reply to a story has no `mid`.
    let parent = json::member(fields, "reply_to")?.map(|to| json::id(to, "mid"));
    Ok(Said {
        message: json::need("mid", json::id(fields, "mid")?)?,
        verb: if removed { Verb::Remove } else { Verb::Add },
        version: "-".to_owned(),
        text: text.filter(|_| !removed).and_then(event::text),
        attachments: if removed { Vec::new() } else { attachments(fields) },
        parent: parent.transpose().map_err(|flaw| flaw.under("/reply_to"))?.flatten(),
        echo: json::flag(fields, "is_echo")?,
        app: json::id(fields, "app_id")?,
    })
}

fn edit(fields: &Object) -> Result<Said, Flaw> {
    Ok(Said {
        message: json::need("mid", json::id(fields, "mid")?)?,
        verb: Verb::Edit,
        version: json::need("num_edit", json::id(fields, "num_edit")?)?,
        text: json::text(fields, "text")?.and_then(event::text),
        attachments: Vec::new(),
        parent: None,
        echo: json::flag(fields, "is_echo")?,
        app: json::id(fields, "app_id")?,
    })
}

/// A tap on a button of the page's menu or greeting counts as said: the dialogue shows the button's title as
/// the person's own words, and "Where is my parcel?" waits for an answer whether it was typed or tapped.
fn postback(fields: &Object) -> Result<Said, Flaw> {
    Ok(Said {
        message: json::need("mid", json::id(fields, "mid")?)?,
        verb: Verb::Add,
        version: "-".to_owned(),
        text: json::text(fields, "title")?.and_then(event::text),
        attachments: Vec::new(),
        parent: None,
        echo: false,
        app: None,
    })
}

fn event(entry: &Entry<'_>, update: &Object, said: Said) -> Result<Event, Flaw> {
    let page = Some(entry.account.as_str());
    let sender = party(update, "sender")?;
    let recipient = party(update, "recipient")?;
    let own = said.echo || sender.as_deref() == page;
    // Some echoes name the page as the recipient: the person is the other one.
    let (author, counterpart) = if own {
        let person = recipient.filter(|id| Some(id.as_str()) != page);
        let person = person.or(sender.filter(|id| Some(id.as_str()) != page));
        (entry.account.clone(), person.ok_or_else(|| nobody(update, "recipient"))?)
    } else {
        let person = sender.ok_or_else(|| nobody(update, "sender"))?;
        (person.clone(), person)
    };
    let (occurred_at, time_from) = entry.occurred(json::seconds_or_milliseconds(update, "timestamp"));
    Ok(Event {
        platform: entry.platform(),
        account: entry.account.clone(),
        object: said.message,
        verb: said.verb,
        version: said.version,
        kind: Kind::Message,
        visibility: Visibility::Private,
        side: entry.voices.side(&entry.account, Some(&author), said.app.as_deref()),
        author: Some(Author { id: Some(author), ..Author::default() }),
        counterpart: Some(counterpart),
        thread: None,
        parent: said.parent,
        mentions: Vec::new(),
        text: said.text,
        attachments: said.attachments,
        permalink: None,
        occurred_at,
        time_from,
    })
}

fn party(update: &Object, key: &str) -> Result<Option<String>, Flaw> {
    let Some(value) = json::field(update, key) else { return Ok(None) };
    Ok(person(value).map_err(|flaw| flaw.under(&format!("/{key}")))?.id)
}

/// Says that `key` names no person other than the page.
fn nobody(update: &Object, key: &str) -> Flaw {
    let inside = if update.get(key).is_some_and(Value::is_object) { "/id" } else { "" };
    Flaw::broken(&format!("/{key}{inside}"), "missing")
}

/// Returns what was sent along; an address may lie beside the `payload` too, as for a shared page.
fn attachments(fields: &Object) -> Vec<Attachment> {
    let all = json::field(fields, "attachments").and_then(Value::as_array);
    let sticker = json::field(fields, "sticker").map(|sticker| ("sticker", sticker));
    let typed = |attachment| Some((Value::as_str(Value::get(attachment, "type")?)?, attachment));
    all.into_iter()
        .flatten()
        .filter_map(typed)
        .chain(sticker)
        .filter(|(kind, _)| (1..=64).contains(&kind.len()))
        .take(MANY)
        .map(|(kind, attachment)| {
            let inner = attachment.get("payload").and_then(|payload| payload.get("url"));
            let url = inner.and_then(json::url).or_else(|| attachment.get("url").and_then(json::url));
            Attachment { kind: kind.to_owned(), url }
        })
        .collect()
}
