//! Facebook Pages: what is said in public on a page, and in private in Messenger.
//!
//! One body holds entries, one per page, and each entry a list of updates. Every update is read on its own: a
//! broken one is reported with its place and costs no other.
//!
//! **Source:** <https://developers.facebook.com/docs/graph-api/webhooks/reference/page>

use jiff::Timestamp;

use super::meta::{Product, direct};
use super::{Parsed, Unreadable, Voices};
use crate::id::Platform;

pub use super::meta::{SCHEME, SIGNATURE, handshake, sign, verify};

mod feed;

/// `standby` holds what is said in Messenger while another app leads the dialogue.
const PAGES: Product = Product {
    platform: Platform::Facebook,
    object: "page",
    other: "not about a page",
    lists: &[("changes", feed::read), ("messaging", direct::read), ("standby", direct::read)],
    bare: None,
};

/// Reads a body that was verified before.
///
/// `received_at` is when it came, `voices` who speaks for the brands. Likes, reactions, receipts and typing
/// leave no item; a body for another product than pages, an unknown field, or a list of changed fields without
/// their values is [`Item::Unknown`](super::Item::Unknown).
///
/// # Errors
///
/// [`Unreadable`] if the body is not JSON.
pub fn parse(body: &[u8], received_at: Timestamp, voices: &Voices) -> Result<Parsed, Unreadable> {
    PAGES.parse(body, received_at, voices)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::Item;
    use super::super::json::Flaw;
    use super::*;
    use crate::event::{self, Event};
    use crate::id::{BrandId, ConversationId, HashKey};

    const RECEIVED: Timestamp = Timestamp::constant(1_760_000_040, 0);

    fn items(body: &Value) -> Vec<Item> {
        parse(body.to_string().as_bytes(), RECEIVED, &Voices::default()).unwrap().items
    }

    fn feed(values: &[Value]) -> Value {
        field("feed", values)
    }

    fn field(name: &str, values: &[Value]) -> Value {
        let changes: Vec<_> = values.iter().map(|value| json!({"field": name, "value": value})).collect();
        json!({"object": "page", "entry": [{"id": "100200300400", "time": 1_760_000_005, "changes": changes}]})
    }

    fn comment(id: &str, parent: &str, from: &str) -> Value {
        json!({
            "item": "comment", "verb": "add", "comment_id": id, "post_id": "100200300400_555",
            "parent_id": parent, "from": {"id": from}, "message": "…", "created_time": 1_760_000_001,
        })
    }

    fn message(from: &str, to: &str, is_echo: bool) -> Value {
        json!({"object": "page", "entry": [{"id": "100200300400", "time": 1_760_000_005_000_i64, "messaging": [{
            "sender": {"id": from}, "recipient": {"id": to}, "timestamp": 1_760_000_004_000_i64,
            "message": {"mid": format!("m_{from}_{to}"), "text": "…", "is_echo": is_echo},
        }]}]})
    }

    fn conversations(body: &Value) -> Vec<ConversationId> {
        let parsed = parse(body.to_string().as_bytes(), RECEIVED, &Voices::default()).unwrap();
        let key = HashKey::new(b"key");
        let of = |event: &Event| event.conversations(&BrandId::from("acme"), &key);
        parsed.events().flat_map(of).collect()
    }

    #[test]
    fn a_question_and_its_answer_meet_in_one_conversation() {
        let (page, jo, mila) = ("100200300400", "4242", "4343");
        let post = "100200300400_555";
        let visitor_post = json!({"item": "post", "verb": "add", "post_id": post, "from": {"id": jo}});
        let question = feed(&[comment("555_1", post, jo)]);
        let review = json!({"item": "rating", "verb": "add", "open_graph_story_id": 9, "reviewer_id": jo});
        let review = field("ratings", &[review]);
        let under_review = |from: &str, parent: &str| {
            field(
                "ratings",
                &[json!({
                    "item": "comment", "verb": "add", "comment_id": format!("9_{from}"), "post_id": "4242_9",
                    "parent_id": parent, "sender_id": from, "open_graph_story_id": "9",
                })],
            )
        };
        let dm = message(jo, page, false);
        // what was asked, what followed, whether they belong together
        let table = [
            (&question, feed(&[comment("555_2", "555_1", page)]), true), // the answer
            (&question, feed(&[comment("555_3", "555_1", mila)]), true), // somebody joins in
            (&question, feed(&[comment("555_4", post, mila)]), false),   // somebody else's question
            (&question, feed(&[comment("555_5", post, page)]), false),   // to everybody
            (&feed(&[visitor_post]), feed(&[comment("555_5", post, page)]), true), // to the post's author
            (&review, under_review(page, "4242_9"), true),
            (&review, under_review(jo, "9_100200300400"), true), // the reviewer writes on
            (&dm, message(page, jo, true), true),
            (&dm, message(page, jo, false), true), // the sender alone tells
            (&dm, message(jo, page, true), true),  // an echo that names the page as recipient
            (&dm, message(page, mila, true), false),
            (&dm, question.clone(), false), // another place: joined by the author, not here
        ];
        for (asked, followed, together) in &table {
            let (asked, followed) = (conversations(asked), conversations(followed));
            assert_eq!((asked.len(), followed.len()), (1, 1));
            assert_eq!(asked == followed, *together, "{table:#?}");
        }
    }

    #[test]
    fn one_broken_update_of_a_thousand_costs_itself_only() {
        let mut values: Vec<_> =
            (0..1000).map(|n| comment(&format!("555_{n}"), "100200300400_555", "4242")).collect();
        values[500]["comment_id"] = json!(1.5);
        let items = items(&feed(&values));
        assert_eq!(items.len(), 1000);
        let refused = Flaw::broken("/entry/0/changes/500/value/comment_id", "not a whole number");
        assert_eq!(items[500], refused.item(Some("100200300400")));
        assert_eq!(items.iter().filter(|item| matches!(item, Item::Event(_))).count(), 999);
    }

    #[test]
    fn a_body_of_three_megabytes_is_read() {
        let mut value = comment("555_1", "100200300400_555", "4242");
        value["message"] = json!("ä".repeat(1_000_000));
        value["photos"] = json!(vec!["https://a.example/1.jpg"; 50_000]);
        value["message_tags"] = (0..10_000).map(|n| json!({"id": n})).collect();
        let body = feed(&[value]);
        assert!(body.to_string().len() > 3_000_000);
        let [Item::Event(event)] = &items(&body)[..] else { panic!("one event") };
        assert_eq!(event.text.as_ref().map(String::len), Some(event::TEXT_LIMIT));
        assert_eq!((event.attachments.len(), event.mentions.len()), (1, 64));
    }

    #[test]
    fn the_version_of_an_edit_is_of_the_whole_text() {
        let edited = |end: &str| {
            let mut value = comment("555_1", "100200300400_555", "4242");
            value["verb"] = json!("edited");
            value["message"] = json!("a".repeat(event::TEXT_LIMIT) + end);
            let [Item::Event(event)] = &items(&feed(&[value]))[..] else { panic!("one event") };
            event.version.clone()
        };
        assert_ne!(edited("b"), edited("c"));
    }

    #[test]
    fn what_is_not_json_is_unreadable() {
        let deep = format!(r#"{{"object":"page","entry":{}{}}}"#, "[".repeat(200), "]".repeat(200));
        for body in ["", "hub.mode=subscribe", "<feed/>", r#"{"object":"page""#, deep.as_str()] {
            assert!(parse(body.as_bytes(), RECEIVED, &Voices::default()).is_err(), "{body}");
        }
        for body in [json!([]), json!("page"), json!({}), json!({"object": 7}), json!({"object": "page"})] {
            assert!(matches!(items(&body)[..], [Item::Refused(_)]), "{body}");
        }
    }
}
