//! Three customers, one brand: what they say and when.

use std::time::Duration;

use anyhow::{Context, Result};
use domain::platform::{Protocol, Sending};
use flow::secrets::Secrets;
use jiff::Timestamp;
use serde_json::{Value, json};

const PAGE: &str = "100200300400";
const POST: &str = "100200300400_555666777";
/// The brand's handle on X.
const HANDLE: &str = "2244994945";

/// How many mails each must lead to, by the ladder of the demo's configuration: steps of the ladder, and all
/// clears to those told who do not answer themselves.
pub(super) const MAILS: [(&str, Mails); 3] = [
    ("Jörg Muster", Mails { steps: 3, clears: 2 }),
    ("Ann Keller", Mails { steps: 0, clears: 0 }),
    ("Paul Renard", Mails { steps: 1, clears: 0 }),
];

/// Mails about one customer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Mails {
    /// That say that somebody waits.
    pub(super) steps: usize,
    /// That say that somebody was answered.
    pub(super) clears: usize,
}

/// One webhook of the story.
pub(super) struct Act {
    /// When, since the story began.
    pub(super) after: Duration,
    /// The customer it is about.
    pub(super) who: &'static str,
    /// Where.
    pub(super) protocol: Protocol,
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

impl Act {
    /// Returns the headers with which the platform sends `body`, signed with the first of its apps' secrets: on X that
    /// is the client secret, which has a header of its own.
    pub(super) fn signature(
        &self,
        secrets: &Secrets,
        body: &str,
        at: Timestamp,
    ) -> Result<Vec<(&'static str, String)>> {
        let platform = self.protocol.platform();
        let secret = secrets.apps(platform).next().with_context(|| format!("no secret for {platform}"))?;
        let (secret, body) = (secret.value, body.as_bytes());
        Ok(match self.protocol.scheme().oauth2 {
            Some(sign) => vec![sign(secret, body)],
            None => self.protocol.sign(secret, body, &Sending { id: "msg_demo", at })?,
        })
    }
}

/// Returns all acts in their order.
pub(super) fn acts() -> Vec<Act> {
    let on = |protocol, after, who, how, deed, body| Act {
        after: Duration::from_secs(after),
        who,
        protocol,
        how,
        deed,
        body,
    };
    let act = |after, who, how, deed, body| on(Protocol::Facebook, after, who, how, deed, body);
    vec![
        act(0, "Jörg Muster", "a comment on Facebook", Deed::Asks, jörg),
        act(2, "Ann Keller", "a comment on Facebook", Deed::Asks, |now| {
            comment(now, "111", POST, Some(("5252525252", "Ann Keller")), "Do you open on Sundays?")
        }),
        act(4, "Jörg Muster", "Facebook delivers the same comment again", Deed::AsksAgain, jörg),
        act(7, "Ann Keller", "from a phone, in Facebook's own app", Deed::IsAnswered, |now| {
            comment(now, "112", "555666777_111", None, "Hello Ann, yes: ten to four.")
        }),
        on(Protocol::X, 9, "Paul Renard", "a post on X", Deed::Asks, |now| {
            post(
                now,
                "1976200000000000113",
                ("6262626262", "Paul Renard"),
                "@acme is the blue one back in stock?",
            )
        }),
        on(Protocol::X, 22, "Paul Renard", "in X's own app", Deed::IsAnswered, |now| {
            post(now, "1976200000000000114", (HANDLE, "Acme"), "@paul It is, since this morning.")
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

/// A post as X sends it: the customer names the brand, the brand answers Paul.
fn post(now: Timestamp, id: &str, (from, name): (&str, &str), text: &str) -> String {
    let named = if from == HANDLE { "6262626262" } else { HANDLE };
    let answers = (from == HANDLE).then_some("1976200000000000113");
    let post = json!({
        "id_str": id, "text": text, "timestamp_ms": now.as_millisecond().to_string(),
        "user": { "id_str": from, "name": name },
        "in_reply_to_status_id_str": answers, "in_reply_to_user_id_str": answers.map(|_| named),
        "entities": { "user_mentions": [{ "id_str": named }] },
    });
    json!({ "for_user_id": HANDLE, "tweet_create_events": [post] }).to_string()
}

fn envelope(entry: &Value, time: i64) -> String {
    let mut entry = entry.clone();
    entry["id"] = json!(PAGE);
    entry["time"] = json!(time);
    json!({ "object": "page", "entry": [entry] }).to_string()
}
