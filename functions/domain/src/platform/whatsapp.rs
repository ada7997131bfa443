//! WhatsApp's Cloud API: what is said to a business's telephone number, and what the business says from its app.
//!
//! One body holds entries, one per business, each a list of changes, and each change the messages of one number. Every
//! message is read on its own: a broken one is reported with its place and costs no other.
//!
//! What the business sends through the API comes back as receipts only, which say nothing.
//!
//! **Source:** <https://developers.facebook.com/docs/whatsapp/cloud-api/webhooks>

use jiff::Timestamp;
use serde_json::Value;

use super::json::{self, Flaw, Object};
use super::{Item, Parsed, Unreadable, Voices};

pub use super::meta::{SCHEME, SIGNATURE, handshake, sign, verify};

mod message;

/// The lists of messages that a value may have, and whether the business wrote them.
const LISTS: [(&str, bool); 2] = [("messages", false), ("message_echoes", true)];

/// Fields that tell of the business's account and templates, and of what was said before it was connected.
const SILENT: [&str; 12] = [
    "account_alerts",
    "account_review_update",
    "account_update",
    "business_capability_update",
    "history",
    "message_template_quality_update",
    "message_template_status_update",
    "phone_number_name_update",
    "phone_number_quality_update",
    "smb_app_state_sync",
    "template_category_update",
    "user_preferences",
];

/// Reads a body that was verified before.
///
/// `received_at` is when it came, `voices` who speaks for the brands. Receipts, reactions and what concerns the account
/// leave no item; a body for another product and an unknown field or kind of message are [`Item::Unknown`].
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
        match changes(entry) {
            Ok(changes) => {
                for (number, change) in changes.iter().enumerate() {
                    let place = format!("{place}/changes/{number}");
                    match value(change) {
                        Ok(Some(value)) => {
                            let place = format!("{place}/value");
                            items.extend(said(value, received_at, voices, &place));
                        }
                        Ok(None) => {}
                        Err(flaw) => items.push(flaw.under(&place).item(None)),
                    }
                }
            }
            Err(flaw) => items.push(flaw.under(&place).item(None)),
        }
    }
    Ok(Parsed { items })
}

fn entries(body: &Value) -> Result<&[Value], Flaw> {
    let body = json::object(body)?;
    if json::need("object", json::text(body, "object")?)? != "whatsapp_business_account" {
        return Err(Flaw::unknown("/object", "not about a WhatsApp account"));
    }
    json::need("entry", json::list(body, "entry")?)
}

fn changes(entry: &Value) -> Result<&[Value], Flaw> {
    let entry = json::object(entry)?;
    if json::field(entry, "changed_fields").is_some() {
        return Err(Flaw::unknown("/changed_fields", "fields without their values"));
    }
    json::need("changes", json::list(entry, "changes")?)
}

/// Returns the value of a change, if somebody may have said something.
fn value(change: &Value) -> Result<Option<&Object>, Flaw> {
    let change = json::object(change)?;
    match json::need("field", json::text(change, "field")?)? {
        "messages" | "smb_message_echoes" => json::need("value", json::member(change, "value")?).map(Some),
        field if SILENT.contains(&field) => Ok(None),
        _ => Err(Flaw::unknown("/field", "unknown field")),
    }
}

/// Returns what was said to or from one number.
fn said(value: &Object, received_at: Timestamp, voices: &Voices, place: &str) -> Vec<Item> {
    let number = match message::Number::open(value, received_at, voices) {
        Ok(number) => number,
        Err(flaw) => return vec![flaw.under(place).item(None)],
    };
    let mut items = Vec::new();
    for (name, is_echo) in LISTS {
        let list = match json::list(value, name) {
            Ok(list) => list.unwrap_or_default(),
            Err(flaw) => {
                items.push(flaw.under(place).item(Some(&number.account)));
                continue;
            }
        };
        items.extend(list.iter().enumerate().filter_map(
            |(at, message)| match number.read(message, is_echo) {
                Ok(event) => event.map(|event| Item::Event(Box::new(event))),
                Err(flaw) => Some(flaw.under(&format!("{place}/{name}/{at}")).item(Some(&number.account))),
            },
        ));
    }
    items
}
