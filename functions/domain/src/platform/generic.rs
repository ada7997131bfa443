//! A channel for everybody else: other tools and own applications tell Heard what was said, by Standard Webhooks.
//!
//! A body is an object with a field `data`: one event as [`Event`](crate::event::Event) writes it, which is the line
//! that `heard normalize` prints, or a list of them. What stands beside `data`, such as `type` and `timestamp`, is the
//! sender's own. Fields that are not named here are passed over.
//!
//! | Field | What it holds | Left out |
//! |---|---|---|
//! | `platform` | `generic` | `generic` |
//! | `account` | the brand's account here | refused |
//! | `object` | the post, comment or message | refused |
//! | `verb` | `add`, `edit`, `remove`, `hide`, `unhide` | refused |
//! | `version` | what tells edits of one object apart, and hidings | made of the text, or of the time |
//! | `kind` | `post`, `comment`, `message`, `review`, `mention` | refused |
//! | `visibility` | `public`, `private` | refused |
//! | `side` | `customer`, `brand`, `automation` | told by `author.id` and the configuration |
//! | `author` | `id`, `name`, `handle`, `followers` | nobody is known |
//! | `counterpart` | in private the person who is not the brand | `author.id` of a customer; else refused |
//! | `thread` | in public the top-level comment or post | `parent`, or the object itself |
//! | `parent` | the object that this one answers | it answers none |
//! | `mentions` | ids of mentioned persons, 64 at most; the account's own if the brand was addressed | none |
//! | `text` | what was said | nothing |
//! | `attachments` | `kind` and `url` of each, 64 at most | none |
//! | `permalink` | where a person can see it | nowhere |
//! | `occurred_at` | when, such as `2025-10-09T08:53:24Z` | when it came |
//! | `time_from` | `delivery` if `occurred_at` is when the sender heard of it | `event` |
//!
//! Ids are strings or whole numbers of at most 512 bytes; empty and `null` is left out.
//!
//! **Source:** <https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md>

use jiff::Timestamp;
use serde_json::Value;

use super::json::{self, Flaw};
use super::{Answer, Beside, Item, Parsed, Proof, Scheme, Unreadable, Voices};

pub use signature::{ID, SIGNATURE, TIMESTAMP, TOLERANCE, sign, usable, verify};

mod data;
mod signature;

/// What sets these proofs apart from those of others.
pub const SCHEME: Scheme =
    Scheme { handshake: Proof::Nothing, signs: &[Beside::Time, Beside::Id], oauth2: None, in_path: false };

/// Refuses every handshake: Standard Webhooks have none.
#[must_use]
pub fn handshake() -> Answer {
    Answer::NO_HANDSHAKE
}

/// Reads a body that was verified before.
///
/// `received_at` is when it came, `voices` who speaks for the brands. Every event is read on its own: a broken one is
/// reported with its place and costs no other.
///
/// # Errors
///
/// [`Unreadable`] if the body is not JSON.
pub fn parse(body: &[u8], received_at: Timestamp, voices: &Voices) -> Result<Parsed, Unreadable> {
    let body = json::document(body)?;
    let data = json::object(&body).and_then(|body| json::need("data", json::field(body, "data")));
    let data = match data {
        Ok(data) => data,
        Err(flaw) => return Ok(Parsed { items: vec![flaw.item(None)] }),
    };
    let read = |place: &str, event: &Value| match data::read(event, received_at, voices) {
        Ok(event) => Item::Event(Box::new(event)),
        Err((account, flaw)) => Flaw::under(flaw, place).item(account.as_deref()),
    };
    let items = match data.as_array() {
        Some(list) => {
            list.iter().enumerate().map(|(number, event)| read(&format!("/data/{number}"), event)).collect()
        }
        None => vec![read("/data", data)],
    };
    Ok(Parsed { items })
}
