//! One message: who wrote it to whom, and what it says.

use jiff::Timestamp;
use serde_json::Value;

use super::super::Voices;
use super::super::json::{self, Flaw, Object};
use crate::event::{self, Attachment, Author, Event, Kind, Verb, Visibility};
use crate::id::Platform;

/// What may carry a caption.
const MEDIA: [&str; 5] = ["image", "video", "audio", "document", "sticker"];

/// The telephone number that messages were sent to or from.
pub(super) struct Number<'a> {
    /// The platform's id of it: the digits can change.
    pub(super) account: String,
    /// Its digits.
    digits: Option<String>,
    contacts: Vec<Contact>,
    received_at: Timestamp,
    voices: &'a Voices,
}

/// What is known of a person besides their messages.
struct Contact {
    /// Their telephone number; left out for whoever hides it.
    phone: Option<String>,
    /// Their id, made for this business.
    user: Option<String>,
    name: Option<String>,
    handle: Option<String>,
}

/// What a message says.
#[derive(Default)]
struct Content {
    text: Option<String>,
    attachments: Vec<Attachment>,
}

impl<'a> Number<'a> {
    pub(super) fn open(
        value: &Object,
        received_at: Timestamp,
        voices: &'a Voices,
    ) -> Result<Number<'a>, Flaw> {
        let metadata = json::need("metadata", json::member(value, "metadata")?)?;
        let of = |key| json::id(metadata, key).map_err(|flaw| flaw.under("/metadata"));
        let account = of("phone_number_id")?;
        let account = json::need("phone_number_id", account).map_err(|flaw| flaw.under("/metadata"))?;
        let digits = of("display_phone_number")?;
        let contacts = json::field(value, "contacts").and_then(Value::as_array).into_iter().flatten();
        let contacts = contacts.filter_map(contact).collect();
        Ok(Number { account, digits, contacts, received_at, voices })
    }

    /// Reads a message; absent if it says nothing.
    pub(super) fn read(&self, message: &Value, is_echo: bool) -> Result<Option<Event>, Flaw> {
        let fields = json::object(message)?;
        let kind = json::need("type", json::text(fields, "type")?)?;
        let id = json::need("id", json::id(fields, "id")?)?;
        let parent = json::member(fields, "context")?.map(|context| json::id(context, "id"));
        let parent = parent.transpose().map_err(|flaw| flaw.under("/context"))?.flatten();
        let (object, verb, version, content) = match kind {
            // Who changed their number; somebody liked something.
            "system" | "reaction" => return Ok(None),
            "edit" => {
                let (object, inside) = original(fields, "edit")?;
                let edited = json::member(inside, "message").map_err(|flaw| flaw.under("/edit"))?;
                let edited =
                    edited.map(|edited| content(edited, json::text(edited, "type")?.unwrap_or_default()));
                let edited = edited.transpose().map_err(|flaw| flaw.under("/edit/message"))?.flatten();
                (object, Verb::Edit, id, edited.unwrap_or_default())
            }
            "revoke" => (original(fields, "revoke")?.0, Verb::Remove, "-".to_owned(), Content::default()),
            kind => {
                let content = content(fields, kind)?.ok_or_else(|| Flaw::unknown("/type", "unknown type"))?;
                (id, Verb::Add, "-".to_owned(), content)
            }
        };
        let from = json::id(fields, "from")?;
        let is_ours = is_echo || (from.is_some() && from == self.digits);
        let person = if is_ours { ("to_user_id", "to") } else { ("from_user_id", "from") };
        let (user, phone) = (json::id(fields, person.0)?, json::id(fields, person.1)?);
        let known = self.contact(user.as_deref(), phone.as_deref());
        let user = user.or_else(|| known.and_then(|contact| contact.user.clone()));
        let group = json::id(fields, "group_id")?;
        let writer = user.or(phone);
        let counterpart = json::need(person.1, group.or(writer.clone()))?;
        let author = if is_ours {
            Author { id: Some(self.account.clone()), ..Author::default() }
        } else {
            let of = |get: fn(&Contact) -> &Option<String>| known.and_then(|contact| get(contact).clone());
            Author {
                id: writer,
                name: of(|known| &known.name),
                handle: of(|known| &known.handle),
                followers: None,
            }
        };
        let (occurred_at, time_from) =
            event::occurred(json::seconds(fields, "timestamp"), None, self.received_at);
        Ok(Some(Event {
            platform: Platform::Whatsapp,
            account: self.account.clone(),
            object,
            verb,
            version,
            kind: Kind::Message,
            visibility: Visibility::Private,
            side: self.voices.side(&self.account, author.id.as_deref(), None),
            author: Some(author).filter(|author| *author != Author::default()),
            counterpart: Some(counterpart),
            thread: None,
            parent,
            mentions: Vec::new(),
            text: content.text,
            attachments: content.attachments,
            permalink: None,
            occurred_at,
            time_from,
        }))
    }

    /// Returns what is known of a person by either of their names; contacts stand in no order.
    fn contact(&self, user: Option<&str>, phone: Option<&str>) -> Option<&Contact> {
        let same =
            |ours: &Option<String>, theirs: Option<&str>| theirs.is_some() && ours.as_deref() == theirs;
        let is_theirs = |contact: &&Contact| same(&contact.user, user) || same(&contact.phone, phone);
        self.contacts.iter().find(is_theirs)
    }
}

fn contact(value: &Value) -> Option<Contact> {
    let fields = value.as_object()?;
    let id = |key| json::id(fields, key).ok().flatten();
    let profile = fields.get("profile").and_then(Value::as_object);
    let name = |key| profile.and_then(|profile| json::name(profile, key));
    let handle = name("username").map(|name| name.trim_start_matches('@').to_owned());
    Some(Contact {
        phone: id("wa_id"),
        user: id("user_id"),
        name: name("name"),
        handle: handle.filter(|handle| !handle.is_empty()),
    })
}

/// Returns the message that an edit or a revocation is about, and what stands beside its name.
fn original<'a>(fields: &'a Object, key: &str) -> Result<(String, &'a Object), Flaw> {
    let inside = json::need(key, json::member(fields, key)?)?;
    let id = json::id(inside, "original_message_id");
    let id = id.and_then(|id| json::need("original_message_id", id));
    Ok((id.map_err(|flaw| flaw.under(&format!("/{key}")))?, inside))
}

/// Returns what a message of that type says; absent for a type that is not known.
fn content(fields: &Object, kind: &str) -> Result<Option<Content>, Flaw> {
    let inside = json::member(fields, kind);
    let text = |fields: Option<&Object>, key: &str| {
        let text = fields.map(|fields| json::text(fields, key)).transpose();
        let text = text.map_err(|flaw| flaw.under(&format!("/{kind}")))?;
        Ok(text.flatten().and_then(event::text))
    };
    let words = |text| Content { text, attachments: Vec::new() };
    Ok(Some(match kind {
        "text" => words(text(inside?, "body")?),
        "button" => words(text(inside?, "text")?),
        "order" => Content { text: text(inside?, "text")?, attachments: attachment(kind, None) },
        "interactive" => words(chosen(inside?).map_err(|flaw| flaw.under("/interactive"))?),
        kind if MEDIA.contains(&kind) => {
            let inside = inside?;
            let url = inside.and_then(|inside| inside.get("url")).and_then(json::url);
            Content { text: text(inside, "caption")?, attachments: attachment(kind, url) }
        }
        // A person has to look at it in the app.
        "location" | "contacts" | "unsupported" => {
            Content { text: None, attachments: attachment(kind, None) }
        }
        _ => return Ok(None),
    }))
}

/// Returns the words of the button or line that somebody chose, or of the form that they filled in.
fn chosen(interactive: Option<&Object>) -> Result<Option<String>, Flaw> {
    let Some(interactive) = interactive else { return Ok(None) };
    for (key, words) in [("button_reply", "title"), ("list_reply", "title"), ("nfm_reply", "body")] {
        if let Some(reply) = json::member(interactive, key)? {
            let words = json::text(reply, words).map_err(|flaw| flaw.under(&format!("/{key}")))?;
            return Ok(words.and_then(event::text));
        }
    }
    Ok(None)
}

fn attachment(kind: &str, url: Option<String>) -> Vec<Attachment> {
    vec![Attachment { kind: kind.to_owned(), url }]
}
