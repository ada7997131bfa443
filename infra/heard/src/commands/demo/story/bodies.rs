//! What each platform would send, as short as it reads.

use std::sync::OnceLock;

use jiff::Timestamp;
use serde_json::json;

const PAGE: &str = "100200300400";
const POST: &str = "100200300400_555666777";
/// The brand on Instagram.
const PROFESSIONAL: &str = "17841400000000001";
/// The brand on X.
const HANDLE: &str = "2244994945";
const PAUL: &str = "6262626262";
/// The brand's number on WhatsApp, and the id that it has there.
const NUMBER: (&str, &str) = ("15550783881", "106540352242922");
const MILA: &str = "US.13491208655302741918";

/// The comment that waits for everybody; the second delivery is byte for byte the first.
pub(super) fn jörg(now: Timestamp) -> String {
    static FIRST: OnceLock<String> = OnceLock::new();
    let text = "My parcel has been missing for a week. Does anybody read this?";
    FIRST.get_or_init(|| comment(now, "110", None, text)).clone()
}

/// A comment of Jörg's under a post of the page; the page's own if it answers one.
pub(super) fn comment(now: Timestamp, id: &str, answers: Option<&str>, text: &str) -> String {
    let from = match answers {
        None => json!({ "id": "4242424242", "name": "Jörg Muster" }),
        Some(_) => json!({ "id": PAGE, "name": "Acme" }),
    };
    let value = json!({
        "item": "comment", "verb": "add",
        "comment_id": format!("555666777_{id}"), "post_id": POST, "parent_id": answers.unwrap_or(POST),
        "from": from, "message": text, "created_time": now.as_second(),
    });
    let entry =
        json!({ "id": PAGE, "time": now.as_second(), "changes": [{ "field": "feed", "value": value }] });
    json!({ "object": "page", "entry": [entry] }).to_string()
}

/// A comment of Ann's under a photo on Instagram; the brand's own if it answers one.
pub(super) fn under_photo(now: Timestamp, id: &str, answers: Option<&str>, text: &str) -> String {
    let from = match answers {
        None => json!({ "id": "998877665544", "username": "ann.keller" }),
        Some(_) => json!({ "id": PROFESSIONAL, "username": "acme" }),
    };
    let media = json!({ "id": "18000000000000009", "media_product_type": "FEED" });
    let value = json!({ "id": id, "parent_id": answers, "from": from, "media": media, "text": text });
    let change = json!({ "field": "comments", "value": value });
    let entry = json!({ "id": PROFESSIONAL, "time": now.as_second(), "changes": [change] });
    json!({ "object": "instagram", "entry": [entry] }).to_string()
}

/// A post of Paul's that names the brand; the brand's own if it answers one.
pub(super) fn post(now: Timestamp, id: &str, answers: Option<&str>, text: &str) -> String {
    let ((from, name), named) = match answers {
        None => ((PAUL, "Paul Renard"), HANDLE),
        Some(_) => ((HANDLE, "Acme"), PAUL),
    };
    let post = json!({
        "id_str": id, "text": text, "timestamp_ms": now.as_millisecond().to_string(),
        "user": { "id_str": from, "name": name },
        "in_reply_to_status_id_str": answers, "in_reply_to_user_id_str": answers.map(|_| named),
        "entities": { "user_mentions": [{ "id_str": named }] },
    });
    json!({ "for_user_id": HANDLE, "tweet_create_events": [post] }).to_string()
}

/// A message of Mila's on WhatsApp, or what the brand writes to her in the app on its telephone.
pub(super) fn message(now: Timestamp, id: &str, is_echo: bool, text: &str) -> String {
    let (display, number) = NUMBER;
    let mut said = json!({ "id": id, "timestamp": now.as_second().to_string(), "type": "text", "text": { "body": text } });
    let mut value = json!({
        "messaging_product": "whatsapp",
        "metadata": { "display_phone_number": display, "phone_number_id": number },
    });
    let field = if is_echo {
        said["from"] = json!(display);
        said["to_user_id"] = json!(MILA);
        value["message_echoes"] = json!([said]);
        "smb_message_echoes"
    } else {
        said["from_user_id"] = json!(MILA);
        value["messages"] = json!([said]);
        value["contacts"] = json!([{ "profile": { "name": "Mila Beispiel" }, "user_id": MILA }]);
        "messages"
    };
    let change = json!({ "field": field, "value": value });
    json!({ "object": "whatsapp_business_account", "entry": [{ "id": "102290129340398", "changes": [change] }] })
        .to_string()
}
