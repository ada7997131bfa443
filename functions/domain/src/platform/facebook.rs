//! Facebook Pages: what is said in public under [`feed`], and in Messenger under [`messenger`].
//!
//! One body holds entries, one per page, and each entry a list of updates. Every update is read on its own: a
//! broken one is reported with its place and costs no other.
//!
//! **Source:** <https://developers.facebook.com/docs/graph-api/webhooks/reference/page>

use jiff::Timestamp;
use serde_json::Value;

use super::json::{self, Flaw, Object};
use super::{Item, Parsed, Unreadable, Voices};
use crate::event::{self, Author, Event, TimeFrom};

pub use super::meta::{SIGNATURE, handshake, sign, verify};

mod feed;
mod messenger;

/// Reads a body that was verified before.
///
/// `received_at` is when it came, `voices` who speaks for the brands. Likes, reactions, receipts and typing
/// leave no item; a body for another product than pages, an unknown field, or a list of changed fields without
/// their values is [`Item::Unknown`].
///
/// # Errors
///
/// [`Unreadable`] if the body is not JSON.
pub fn parse(body: &[u8], received_at: Timestamp, voices: &Voices) -> Result<Parsed, Unreadable> {
    let body = json::document(body)?;
    let entries = match entries(&body) {
        Ok(entries) => entries,
        Err(flaw) => return Ok(Parsed { items: vec![flaw.item(None)] }),
    };
    let mut items = Vec::new();
    for (number, entry) in entries.iter().enumerate() {
        let place = format!("/entry/{number}");
        match Entry::open(entry, received_at, voices) {
            Ok(entry) => items.extend(entry.updates().into_iter().map(|update| match update {
                Ok(event) => Item::Event(Box::new(event)),
                Err(flaw) => flaw.under(&place).item(Some(&entry.account)),
            })),
            Err(flaw) => items.push(flaw.under(&place).item(None)),
        }
    }
    Ok(Parsed { items })
}

/// What was delivered for one page, and what it says about all its updates.
struct Entry<'a> {
    fields: &'a Object,
    /// The page.
    account: String,
    /// When the platform sent it, as it says.
    sent: Option<Timestamp>,
    received_at: Timestamp,
    voices: &'a Voices,
}

/// Reads one update; absent if nothing was said.
type Read = fn(&Entry<'_>, &Value) -> Result<Option<Event>, Flaw>;

/// The lists of updates an entry may have. `standby` holds what is said in Messenger while another app leads
/// the dialogue.
const LISTS: [(&str, Read); 3] =
    [("changes", feed::read), ("messaging", messenger::read), ("standby", messenger::read)];

impl<'a> Entry<'a> {
    fn open(entry: &'a Value, received_at: Timestamp, voices: &'a Voices) -> Result<Entry<'a>, Flaw> {
        let fields = json::object(entry)?;
        let account = json::need("id", json::id(fields, "id")?)?;
        let sent = json::seconds_or_milliseconds(fields, "time");
        Ok(Entry { fields, account, sent, received_at, voices })
    }

    /// Returns everything that was said, and what could not be read with its place in the entry.
    fn updates(&self) -> Vec<Result<Event, Flaw>> {
        let mut updates = Vec::new();
        for (name, read) in LISTS {
            match json::list(self.fields, name) {
                Ok(list) => {
                    for (number, update) in list.unwrap_or_default().iter().enumerate() {
                        let place = |flaw: Flaw| flaw.under(&format!("/{name}/{number}"));
                        updates.extend(read(self, update).map_err(place).transpose());
                    }
                }
                Err(flaw) => updates.push(Err(flaw)),
            }
        }
        if json::field(self.fields, "changed_fields").is_some() {
            updates.push(Err(Flaw::unknown("/changed_fields", "fields without their values")));
        } else if LISTS.iter().all(|(name, _)| json::field(self.fields, name).is_none()) {
            updates.push(Err(Flaw::unknown("", "no updates")));
        }
        updates
    }

    /// Returns when something happened that `said` dates, and where that time comes from.
    fn occurred(&self, said: Option<Timestamp>) -> (Timestamp, TimeFrom) {
        event::occurred(said, self.sent, self.received_at)
    }

    /// Returns the delivery's time in milliseconds: the same for every copy of a body if the platform says it.
    fn delivery(&self) -> String {
        self.sent.unwrap_or(self.received_at).as_millisecond().to_string()
    }
}

fn entries(body: &Value) -> Result<&[Value], Flaw> {
    let body = json::object(body)?;
    if json::need("object", json::text(body, "object")?)? != "page" {
        return Err(Flaw::unknown("/object", "not about a page"));
    }
    json::need("entry", json::list(body, "entry")?)
}

/// Returns the person or page that `value` is, as far as it is named. Some senders write the bare id.
fn person(value: &Value) -> Result<Author, Flaw> {
    let (id, name) = match value.as_object() {
        Some(fields) => (json::id(fields, "id")?, json::name(fields, "name")),
        None => (json::id_of(value)?, None),
    };
    Ok(Author { id, name, ..Author::default() })
}
