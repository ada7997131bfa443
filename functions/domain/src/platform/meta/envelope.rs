//! The envelope of Facebook's and Instagram's bodies: entries, one per account, and in each entry lists of updates.
//!
//! Every update is read on its own: a broken one is reported with its place and costs no other.

use jiff::Timestamp;
use serde_json::Value;

use super::super::json::{self, Flaw, Object};
use super::super::{Item, Parsed, Unreadable, Voices};
use crate::event::{self, Author, Event, TimeFrom};
use crate::id::Platform;

/// A product whose bodies come in this envelope.
pub(in super::super) struct Product {
    /// Whose events they become.
    pub(in super::super) platform: Platform,
    /// What a body calls itself.
    pub(in super::super) object: &'static str,
    /// Why a body of another name is not understood.
    pub(in super::super) other: &'static str,
    /// The lists of updates that an entry may have, with what reads an element.
    pub(in super::super) lists: &'static [(&'static str, Read)],
    /// Reads an entry that is itself an update; absent where there is no such thing.
    pub(in super::super) bare: Option<Read>,
}

/// Reads one update; absent if nothing was said.
pub(in super::super) type Read = fn(&Entry<'_>, &Value) -> Result<Option<Event>, Flaw>;

/// What was delivered for one account, and what it says about all its updates.
pub(in super::super) struct Entry<'a> {
    product: &'a Product,
    value: &'a Value,
    fields: &'a Object,
    /// The brand's page or account.
    pub(in super::super) account: String,
    /// When the platform sent it, as it says.
    sent: Option<Timestamp>,
    received_at: Timestamp,
    pub(in super::super) voices: &'a Voices,
}

impl Product {
    /// Reads a body.
    pub(in super::super) fn parse(
        &self,
        body: &[u8],
        received_at: Timestamp,
        voices: &Voices,
    ) -> Result<Parsed, Unreadable> {
        let body = json::document(body)?;
        let entries = match self.entries(&body) {
            Ok(entries) => entries,
            Err(flaw) => return Ok(Parsed { items: vec![flaw.item(None)] }),
        };
        let mut items = Vec::new();
        for (number, entry) in entries.iter().enumerate() {
            let place = format!("/entry/{number}");
            match self.open(entry, received_at, voices) {
                Ok(entry) => items.extend(entry.updates().into_iter().map(|update| match update {
                    Ok(event) => Item::Event(Box::new(event)),
                    Err(flaw) => flaw.under(&place).item(Some(&entry.account)),
                })),
                Err(flaw) => items.push(flaw.under(&place).item(None)),
            }
        }
        Ok(Parsed { items })
    }

    fn entries<'a>(&self, body: &'a Value) -> Result<&'a [Value], Flaw> {
        let body = json::object(body)?;
        if json::need("object", json::text(body, "object")?)? != self.object {
            return Err(Flaw::unknown("/object", self.other));
        }
        json::need("entry", json::list(body, "entry")?)
    }

    fn open<'a>(
        &'a self,
        value: &'a Value,
        received_at: Timestamp,
        voices: &'a Voices,
    ) -> Result<Entry<'a>, Flaw> {
        let fields = json::object(value)?;
        let account = json::need("id", json::id(fields, "id")?)?;
        let sent = json::seconds_or_milliseconds(fields, "time");
        Ok(Entry { product: self, value, fields, account, sent, received_at, voices })
    }
}

impl Entry<'_> {
    /// Returns whose event an update becomes.
    pub(in super::super) fn platform(&self) -> Platform {
        self.product.platform
    }

    /// Returns everything that was said, and what could not be read with its place in the entry.
    fn updates(&self) -> Vec<Result<Event, Flaw>> {
        let mut updates = Vec::new();
        for (name, read) in self.product.lists {
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
        let has = |name: &str| json::field(self.fields, name).is_some();
        if has("changed_fields") {
            updates.push(Err(Flaw::unknown("/changed_fields", "fields without their values")));
        } else if let Some(read) = self.product.bare.filter(|_| has("field")) {
            updates.extend(read(self, self.value).transpose());
        } else if !self.product.lists.iter().any(|(name, _)| has(name)) {
            updates.push(Err(Flaw::unknown("", "no updates")));
        }
        updates
    }

    /// Returns when something happened that `said` dates, and where that time comes from.
    pub(in super::super) fn occurred(&self, said: Option<Timestamp>) -> (Timestamp, TimeFrom) {
        event::occurred(said, self.sent, self.received_at)
    }

    /// Returns the delivery's time in milliseconds: the same for every copy of a body if the platform says it.
    pub(in super::super) fn delivery(&self) -> String {
        self.sent.unwrap_or(self.received_at).as_millisecond().to_string()
    }
}

/// Returns the person or page that `value` is, as far as it is named. Some senders write the bare id.
pub(in super::super) fn person(value: &Value) -> Result<Author, Flaw> {
    let (id, name) = match value.as_object() {
        Some(fields) => (json::id(fields, "id")?, json::name(fields, "name")),
        None => (json::id_of(value)?, None),
    };
    Ok(Author { id, name, ..Author::default() })
}
