//! Threads: replies to a brand's posts, mentions of it, its own posts, and what was deleted.
//!
//! One body holds one update or a list of them, without the envelope of Meta's other platforms. Every update is read on
//! its own: a broken one is reported with its place and costs no other.
//!
//! Persons have no ids here: the name under which they write is theirs, and the brand's own is to be listed among its
//! accounts beside its id.
//!
//! **Source:** <https://developers.facebook.com/docs/threads/webhooks>

use jiff::Timestamp;
use serde_json::Value;

use super::json::{self, Flaw};
use super::{Item, Parsed, Unreadable, Voices};

pub use super::meta::{SCHEME, SIGNATURE, handshake, sign, verify};

mod update;

/// Reads a body that was verified before.
///
/// `received_at` is when it came, `voices` who speaks for the brands. An unknown field is [`Item::Unknown`].
///
/// # Errors
///
/// [`Unreadable`] if the body is not JSON.
pub fn parse(body: &[u8], received_at: Timestamp, voices: &Voices) -> Result<Parsed, Unreadable> {
    let body = json::document(body)?;
    let values = json::object(&body).and_then(|body| json::need("values", json::field(body, "values")));
    let values = match values {
        Ok(values) => values,
        Err(flaw) => return Ok(Parsed { items: vec![flaw.item(None)] }),
    };
    let read = |place: String, value: &Value| match update::read(&body, value, received_at, voices) {
        Ok(event) => Item::Event(Box::new(event)),
        Err(flaw) => Flaw::under(flaw, &place).item(None),
    };
    let items = match values.as_array() {
        Some(values) => {
            let places = (0..).map(|number| format!("/values/{number}"));
            places.zip(values).map(|(place, value)| read(place, value)).collect()
        }
        None => vec![read("/values".to_owned(), values)],
    };
    Ok(Parsed { items })
}
