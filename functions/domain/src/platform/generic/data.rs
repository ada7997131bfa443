//! One event, as a sender writes it.

use jiff::Timestamp;
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::super::Voices;
use super::super::json::{self, Flaw, Object};
use crate::event::{self, Attachment, Author, Event, Kind, Side, TimeFrom, Verb, Visibility};
use crate::id::Platform;

/// Most mentioned persons and most attachments that are kept of one object.
const MANY: usize = 64;

/// Longest name of a sort of attachment, in bytes.
const ATTACHMENT_LIMIT: usize = 64;

/// Longest version, in bytes.
const VERSION_LIMIT: usize = 128;

const VERBS: [(&str, Verb); 5] = [
    ("add", Verb::Add),
    ("edit", Verb::Edit),
    ("remove", Verb::Remove),
    ("hide", Verb::Hide),
    ("unhide", Verb::Unhide),
];

const KINDS: [(&str, Kind); 5] = [
    ("post", Kind::Post),
    ("comment", Kind::Comment),
    ("message", Kind::Message),
    ("review", Kind::Review),
    ("mention", Kind::Mention),
];

const VISIBILITIES: [(&str, Visibility); 2] =
    [("public", Visibility::Public), ("private", Visibility::Private)];

const SIDES: [(&str, Side); 3] =
    [("customer", Side::Customer), ("brand", Side::Brand), ("automation", Side::Automation)];

const TIMES_FROM: [(&str, TimeFrom); 2] = [("event", TimeFrom::Event), ("delivery", TimeFrom::Delivery)];

/// Reads one event. A flaw comes with the account, if that could be read.
pub(super) fn read(
    event: &Value,
    received_at: Timestamp,
    voices: &Voices,
) -> Result<Event, (Option<String>, Flaw)> {
    let fields = json::object(event).map_err(|flaw| (None, flaw))?;
    let account = json::id(fields, "account").and_then(|id| json::need("account", id));
    let account = account.map_err(|flaw| (None, flaw))?;
    said(fields, &account, received_at, voices).map_err(|flaw| (Some(account), flaw))
}

fn said(fields: &Object, account: &str, received_at: Timestamp, voices: &Voices) -> Result<Event, Flaw> {
    // Whoever may speak here may not speak for an account elsewhere: that platform has secrets of its own.
    if json::text(fields, "platform")?.is_some_and(|platform| platform != Platform::Generic.name()) {
        return Err(Flaw::broken("/platform", "not generic"));
    }
    let object = json::need("object", json::id(fields, "object")?)?;
    let verb = json::need("verb", word(fields, "verb", &VERBS)?)?;
    let kind = json::need("kind", word(fields, "kind", &KINDS)?)?;
    let visibility = json::need("visibility", word(fields, "visibility", &VISIBILITIES)?)?;
    let author = json::member(fields, "author")?.map(author).transpose();
    let author = author.map_err(|flaw| flaw.under("/author"))?.flatten();
    let author_id = author.as_ref().and_then(|author| author.id.clone());
    let side = word(fields, "side", &SIDES)?;
    let side = side.unwrap_or_else(|| voices.side(account, author_id.as_deref(), None));
    let parent = json::id(fields, "parent")?;
    let counterpart = json::id(fields, "counterpart")?;
    let counterpart = match (visibility, side) {
        (Visibility::Private, Side::Customer) => Some(json::need("counterpart", counterpart.or(author_id))?),
        (Visibility::Private, Side::Brand | Side::Automation) => {
            Some(json::need("counterpart", counterpart)?)
        }
        (Visibility::Public, _) => counterpart,
    };
    let thread = json::id(fields, "thread")?;
    let is_gone = verb == Verb::Remove;
    let text = json::text(fields, "text")?.filter(|_| !is_gone);
    let attachments = attachments(fields)?;
    let (occurred_at, time_from) = occurred(fields, received_at)?;
    Ok(Event {
        platform: Platform::Generic,
        account: account.to_owned(),
        version: version(fields, verb, text, occurred_at)?,
        kind,
        visibility,
        side,
        author,
        counterpart,
        thread: thread.or_else(|| parent.clone().filter(|_| visibility == Visibility::Public)),
        parent,
        mentions: mentions(fields)?,
        text: text.and_then(event::text),
        attachments: if is_gone { Vec::new() } else { attachments },
        permalink: json::field(fields, "permalink").and_then(json::url),
        occurred_at,
        time_from,
        verb,
        object,
    })
}

/// Returns what the word at `key` stands for.
fn word<T: Copy>(fields: &Object, key: &str, known: &[(&str, T)]) -> Result<Option<T>, Flaw> {
    let Some(word) = json::text(fields, key)? else { return Ok(None) };
    let found = known.iter().find(|(name, _)| *name == word);
    found.map(|(_, meaning)| Some(*meaning)).ok_or_else(|| Flaw::broken(&format!("/{key}"), "unknown word"))
}

fn author(fields: &Object) -> Result<Option<Author>, Flaw> {
    let followers = match json::field(fields, "followers") {
        Some(followers) => {
            Some(followers.as_u64().ok_or_else(|| Flaw::broken("/followers", "not a whole number"))?)
        }
        None => None,
    };
    let handle = json::name(fields, "handle").map(|handle| handle.trim_start_matches('@').to_owned());
    let handle = handle.filter(|handle| !handle.is_empty());
    let author = Author { id: json::id(fields, "id")?, name: json::name(fields, "name"), handle, followers };
    Ok(Some(author).filter(|author| *author != Author::default()))
}

/// Returns what tells repeated verbs on one object apart. An object appears and goes once.
fn version(fields: &Object, verb: Verb, text: Option<&str>, occurred_at: Timestamp) -> Result<String, Flaw> {
    if matches!(verb, Verb::Add | Verb::Remove) {
        return Ok("-".to_owned());
    }
    if let Some(version) = json::id(fields, "version")? {
        let is_long = version.len() > VERSION_LIMIT;
        return if is_long { Err(Flaw::broken("/version", "version is too long")) } else { Ok(version) };
    }
    Ok(match verb {
        Verb::Edit => hex::encode(&Sha256::digest(text.unwrap_or_default())[..8]),
        Verb::Add | Verb::Remove | Verb::Hide | Verb::Unhide => occurred_at.as_millisecond().to_string(),
    })
}

fn mentions(fields: &Object) -> Result<Vec<String>, Flaw> {
    let mut ids = Vec::new();
    for (number, id) in json::list(fields, "mentions")?.unwrap_or_default().iter().enumerate() {
        let id = json::id_of(id).map_err(|flaw| flaw.under(&format!("/mentions/{number}")))?;
        if ids.len() < MANY {
            ids.extend(id.filter(|id| !ids.contains(id)));
        }
    }
    Ok(ids)
}

fn attachments(fields: &Object) -> Result<Vec<Attachment>, Flaw> {
    let list = json::list(fields, "attachments")?.unwrap_or_default();
    let read = |(number, attachment): (usize, &Value)| {
        attached(attachment).map_err(|flaw| flaw.under(&format!("/attachments/{number}")))
    };
    list.iter().take(MANY).enumerate().map(read).collect()
}

fn attached(attachment: &Value) -> Result<Attachment, Flaw> {
    let fields = json::object(attachment)?;
    let kind = json::need("kind", json::text(fields, "kind")?)?;
    if kind.len() > ATTACHMENT_LIMIT {
        return Err(Flaw::broken("/kind", "kind is too long"));
    }
    Ok(Attachment { kind: kind.to_owned(), url: json::field(fields, "url").and_then(json::url) })
}

/// Returns when it happened. What cannot be read is refused, since the sender can mend it; what cannot be true is
/// replaced by the time of receipt.
fn occurred(fields: &Object, received_at: Timestamp) -> Result<(Timestamp, TimeFrom), Flaw> {
    let said = json::text(fields, "occurred_at")?.map(str::parse::<Timestamp>).transpose();
    let said = said.map_err(|_| Flaw::broken("/occurred_at", "not a time such as 2025-10-09T08:53:24Z"))?;
    Ok(match word(fields, "time_from", &TIMES_FROM)? {
        Some(TimeFrom::Delivery) => event::occurred(None, said, received_at),
        Some(TimeFrom::Event) | None => event::occurred(said, None, received_at),
    })
}
