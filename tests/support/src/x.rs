//! Bodies built as X builds them, about accounts of a brand, and their way in.

use domain::id::ConversationId;
use domain::platform::Protocol;
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::World;
use crate::bodies::Person;
use crate::http::Answer;
use crate::world::X_SECRET;

/// The handle of the brand.
pub const ACME: Person = Person { id: "2244994945", name: "Acme" };
/// Another handle of the same brand.
pub const ACME_HELPS: Person = Person { id: "2244994946", name: "Acme Helps" };

/// A post of the classic product; `answers` is the post it answers and who wrote that.
#[must_use]
pub fn post(
    id: &str,
    from: Person,
    answers: Option<(&str, Person)>,
    names: &[Person],
    text: &str,
    at: Timestamp,
) -> Value {
    let mentions: Vec<_> =
        names.iter().map(|person| json!({ "id_str": person.id, "name": person.name })).collect();
    json!({
        "id_str": id, "text": text, "timestamp_ms": at.as_millisecond().to_string(),
        "in_reply_to_status_id_str": answers.map(|(post, _)| post),
        "in_reply_to_user_id_str": answers.map(|(_, person)| person.id),
        "user": { "id_str": from.id, "name": from.name },
        "entities": { "user_mentions": mentions },
    })
}

/// A body with posts, delivered for an account.
#[must_use]
pub fn posts(account: Person, posts: &[Value]) -> String {
    json!({ "for_user_id": account.id, "tweet_create_events": posts }).to_string()
}

/// A body that tells that a post is gone.
#[must_use]
pub fn removal(account: Person, id: &str, from: Person, at: Timestamp) -> String {
    let status = json!({ "id": id, "user_id": from.id });
    let event = json!({ "status": status, "timestamp_ms": at.as_millisecond().to_string() });
    json!({ "for_user_id": account.id, "tweet_delete_events": [event] }).to_string()
}

/// A body with one direct message.
#[must_use]
pub fn message(account: Person, id: &str, from: Person, to: Person, text: &str, at: Timestamp) -> String {
    json!({
        "for_user_id": account.id,
        "direct_message_events": [{
            "type": "message_create", "id": id, "created_timestamp": at.as_millisecond().to_string(),
            "message_create": {
                "target": { "recipient_id": to.id }, "sender_id": from.id, "message_data": { "text": text },
            },
        }],
        "users": { from.id: { "id": from.id, "name": from.name }, to.id: { "id": to.id, "name": to.name } },
    })
    .to_string()
}

impl World {
    /// Delivers a body as X does, and returns the status.
    pub async fn deliver_x(&self, body: &str) -> u16 {
        self.deliver_to(Protocol::X, X_SECRET, body).await
    }

    /// Posts a body of JSON to the webhook of X with these headers.
    pub async fn post_x(&self, body: &str, headers: &[(&str, &str)]) -> Answer {
        self.post_to(Protocol::X, body, headers).await
    }

    /// Delivers a body that must be taken, and returns the first conversation of its first event.
    pub async fn say_x(&self, body: &str) -> ConversationId {
        assert_eq!(self.deliver_x(body).await, 200, "{body}");
        self.conversation_of(Protocol::X, "acme", body)
    }
}
