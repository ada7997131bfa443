//! X, formerly Twitter: posts that name the brand or answer it, its own, and direct messages.
//!
//! Two products deliver them. A body of the Account Activity API (`classic`) holds lists of updates for one
//! account, `for_user_id`; a body of its successor, the X Activity API (`activity`), holds one event in `data`.
//! Every update is read on its own: a broken one is reported with its place and costs no other.
//!
//! The same post can come from both products, and from one of them as a mention and as a reply: what is read
//! depends on the post alone, never on the name of the event that brought it.
//!
//! **Source:** <https://docs.x.com/x-api/account-activity/introduction> and
//! <https://docs.x.com/x-api/activity/event-payloads>

use jiff::Timestamp;
use serde_json::Value;

use super::json::{self, Flaw, Object};
use super::{Item, Parsed, Unreadable, Voices};
use crate::event::{self, Event, Side, TimeFrom};

pub use signature::{SCHEME, SIGNATURE, SIGNATURE_OAUTH2, handshake, sign, verify};

mod activity;
mod classic;
mod message;
mod post;
mod signature;
mod value;

/// Most mentioned persons and most attachments that are kept of one object.
const MANY: usize = 64;

/// Why the word that an account takes its consent back is kept raw: there is nobody to answer.
const REVOKED: &str = "the account took its consent back";

/// Reads a body that was verified before.
///
/// `received_at` is when it came, `voices` who speaks for the brands. Likes, reposts, follows, blocks, mutes,
/// typing, receipts, changed profiles and the end of a replay leave no item; what is unknown, and the word
/// that an account takes its consent back, is [`Item::Unknown`].
///
/// # Errors
///
/// [`Unreadable`] if the body is not JSON.
pub fn parse(body: &[u8], received_at: Timestamp, voices: &Voices) -> Result<Parsed, Unreadable> {
    let body = json::document(body)?;
    let items = match json::object(&body) {
        Ok(body) => match json::field(body, "data") {
            Some(data) => activity::items(data, received_at, voices),
            None => classic::items(body, received_at, voices),
        },
        Err(flaw) => vec![flaw.item(None)],
    };
    Ok(Parsed { items })
}

/// For whom something was delivered, and what that says about all of it.
struct Delivery<'a> {
    /// The brand's account.
    account: String,
    received_at: Timestamp,
    voices: &'a Voices,
}

impl Delivery<'_> {
    /// Returns what became of the update at `place`; absent if nothing was said.
    fn item(&self, place: &str, read: Result<Option<Event>, Flaw>) -> Option<Item> {
        match read {
            Ok(event) => event.map(|event| Item::Event(Box::new(event))),
            Err(flaw) => Some(flaw.under(place).item(Some(&self.account))),
        }
    }

    /// Returns what became of each update in the list `name` of `fields`, which stand at `place`.
    fn list(
        &self,
        place: &str,
        fields: &Object,
        name: &str,
        read: impl Fn(&Value) -> Result<Option<Event>, Flaw>,
    ) -> Vec<Item> {
        let list = match json::list(fields, name) {
            Ok(list) => list.unwrap_or_default(),
            Err(flaw) => return vec![flaw.under(place).item(Some(&self.account))],
        };
        let place = |number| format!("{place}/{name}/{number}");
        let updates = list.iter().enumerate();
        updates.filter_map(|(number, update)| self.item(&place(number), read(update))).collect()
    }

    /// Returns who speaks if `author` wrote with `app`.
    fn side(&self, author: Option<&str>, app: Option<&str>) -> Side {
        self.voices.side(&self.account, author, app)
    }

    /// Whether `person` is an account of the brand's group.
    fn is_ours(&self, person: &str) -> bool {
        self.side(Some(person), None) != Side::Customer
    }

    /// Returns when something happened that `said` dates. X does not say when it sent a body.
    fn occurred(&self, said: Option<Timestamp>) -> (Timestamp, TimeFrom) {
        event::occurred(said, None, self.received_at)
    }
}

#[cfg(test)]
mod tests;
