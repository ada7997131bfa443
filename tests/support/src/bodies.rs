//! Bodies built as Facebook builds them, about one page of one brand.

use jiff::Timestamp;
use serde_json::{Value, json};

/// The page that [`World`](crate::World) is configured for.
pub const PAGE: &str = "100200300400";
/// A post of the page.
pub const POST: &str = "100200300400_555666777";

/// Somebody who writes.
#[derive(Debug, Clone, Copy)]
pub struct Person {
    /// The platform's id.
    pub id: &'static str,
    /// The name shown.
    pub name: &'static str,
}

/// A customer.
pub const JO: Person = Person { id: "4242424242", name: "Jo Muster" };
/// Another customer.
pub const MILA: Person = Person { id: "4343434343", name: "Mila Beispiel" };
/// The page itself.
pub const ACME: Person = Person { id: PAGE, name: "Acme" };

/// Returns the id of a comment under [`POST`].
#[must_use]
pub fn comment_id(number: u32) -> String {
    format!("555666777_{number}")
}

/// A comment right under the post; the time is cut to whole seconds, as Facebook writes it.
#[must_use]
pub fn comment(number: u32, from: Person, text: &str, at: Timestamp) -> Value {
    reply(number, POST, from, text, at)
}

/// A comment that answers `parent`.
#[must_use]
pub fn reply(number: u32, parent: &str, from: Person, text: &str, at: Timestamp) -> Value {
    json!({
        "item": "comment", "verb": "add",
        "comment_id": comment_id(number), "post_id": POST, "parent_id": parent,
        "from": { "id": from.id, "name": from.name },
        "message": text, "created_time": at.as_second(),
    })
}

/// The removal of a comment right under the post.
#[must_use]
pub fn removal(number: u32, from: Person, at: Timestamp) -> Value {
    json!({
        "item": "comment", "verb": "remove",
        "comment_id": comment_id(number), "post_id": POST, "parent_id": POST,
        "from": { "id": from.id, "name": from.name },
        "created_time": at.as_second(),
    })
}

/// A message to the page.
#[must_use]
pub fn message(mid: &str, from: Person, text: &str, at: Timestamp) -> Value {
    json!({
        "sender": { "id": from.id }, "recipient": { "id": PAGE }, "timestamp": at.as_millisecond(),
        "message": { "mid": mid, "text": text },
    })
}

/// A message of the page, written with the app `app`.
#[must_use]
pub fn echo(mid: &str, to: Person, app: &str, text: &str, at: Timestamp) -> Value {
    json!({
        "sender": { "id": PAGE }, "recipient": { "id": to.id }, "timestamp": at.as_millisecond(),
        "message": { "mid": mid, "text": text, "is_echo": true, "app_id": app },
    })
}

/// A body about [`PAGE`] with values of the field `feed`.
#[must_use]
pub fn feed(values: &[Value]) -> String {
    feed_of(PAGE, values)
}

/// A body about any page with values of the field `feed`.
#[must_use]
pub fn feed_of(page: &str, values: &[Value]) -> String {
    let changes: Vec<_> = values.iter().map(|value| json!({ "field": "feed", "value": value })).collect();
    let sent = values.iter().filter_map(|value| value["created_time"].as_i64()).max();
    json!({ "object": "page", "entry": [{ "id": page, "time": sent, "changes": changes }] }).to_string()
}

/// A body about [`PAGE`] with messages.
#[must_use]
pub fn dialogue(messages: &[Value]) -> String {
    let sent = messages.iter().filter_map(|message| message["timestamp"].as_i64()).max();
    json!({ "object": "page", "entry": [{ "id": PAGE, "time": sent, "messaging": messages }] }).to_string()
}
