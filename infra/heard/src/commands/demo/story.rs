//! Three customers, one brand: what they say and when.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};

/// The app secret of the example secrets.
pub(super) const SECRET: &str = "local-app-secret";
const PAGE: &str = "100200300400";
const POST: &str = "100200300400_555666777";

/// How many mails each must lead to, by the ladder of the demo's configuration.
pub(super) const MAILS: [(&str, usize); 3] = [("Jörg Muster", 3), ("Ann Keller", 0), ("Paul Renard", 1)];

/// One webhook of the story.
pub(super) struct Act {
    /// When, since the story began.
    pub(super) after: Duration,
    /// The customer it is about.
    pub(super) who: &'static str,
    /// By what way, in words.
    pub(super) how: &'static str,
    pub(super) deed: Deed,
    /// The body, as the platform would send it now.
    pub(super) body: fn(Timestamp) -> String,
}

/// What happens to the customer.
#[derive(Clone, Copy)]
pub(super) enum Deed {
    Asks,
    AsksAgain,
    IsAnswered,
}

/// Returns all acts in their order.
pub(super) fn acts() -> Vec<Act> {
    let act = |after, who, how, deed, body| Act { after: Duration::from_secs(after), who, how, deed, body };
    vec![
        act(0, "Jörg Muster", "a comment on Facebook", Deed::Asks, jörg),
        act(2, "Ann Keller", "a comment on Facebook", Deed::Asks, |now| {
            comment(now, "111", POST, Some(("5252525252", "Ann Keller")), "Do you open on Sundays?")
        }),
        act(4, "Jörg Muster", "Facebook delivers the same comment again", Deed::AsksAgain, jörg),
        act(7, "Ann Keller", "from a phone, in Facebook's own app", Deed::IsAnswered, |now| {
            comment(now, "112", "555666777_111", None, "Hello Ann, yes: ten to four.")
        }),
        act(9, "Paul Renard", "a comment on Facebook", Deed::Asks, |now| {
            comment(now, "113", POST, Some(("6262626262", "Paul Renard")), "Is the blue one back in stock?")
        }),
        act(22, "Paul Renard", "in the page's inbox", Deed::IsAnswered, |now| {
            comment(now, "114", "555666777_113", None, "It is, since this morning.")
        }),
        act(37, "Jörg Muster", "in the page's inbox", Deed::IsAnswered, |now| {
            comment(now, "115", "555666777_110", None, "Sorry, Jörg! It is on its way again.")
        }),
    ]
}

/// The comment that waits for everybody; the second delivery is byte for byte the first.
fn jörg(now: Timestamp) -> String {
    static FIRST: std::sync::OnceLock<String> = std::sync::OnceLock::new();
    let text = "My parcel has been missing for a week. Does anybody read this?";
    FIRST.get_or_init(|| comment(now, "110", POST, Some(("4242424242", "Jörg Muster")), text)).clone()
}

/// A comment as Facebook sends it; by the page itself if `from` is left out.
fn comment(now: Timestamp, id: &str, parent: &str, from: Option<(&str, &str)>, text: &str) -> String {
    let (from, name) = from.unwrap_or((PAGE, "Acme"));
    let value = json!({
        "item": "comment", "verb": "add",
        "comment_id": format!("555666777_{id}"), "post_id": POST, "parent_id": parent,
        "from": { "id": from, "name": name },
        "message": text, "created_time": now.as_second(),
    });
    envelope(&json!({ "changes": [{ "field": "feed", "value": value }] }), now.as_second())
}

fn envelope(entry: &Value, time: i64) -> String {
    let mut entry = entry.clone();
    entry["id"] = json!(PAGE);
    entry["time"] = json!(time);
    json!({ "object": "page", "entry": [entry] }).to_string()
}
