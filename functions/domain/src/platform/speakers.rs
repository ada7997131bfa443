//! Who speaks, on every platform: what stops the clock, what starts it, and what does neither.

use std::collections::BTreeSet;

use jiff::SignedDuration;

use super::Protocol;
use super::payloads;
use crate::event::{Author, Event, Side, Verb};
use crate::fact::{Facts, Said};
use crate::history::{Kept, REOPEN, fold};
use crate::id::{BrandId, HashKey};

use Protocol::{Facebook, Generic, Instagram, Linkedin, Telegram, Threads, Whatsapp, X};
use Side::{Automation, Brand, Customer};

/// Returns the events of a kept body.
fn events(protocol: Protocol, name: &str) -> Vec<Event> {
    let body = payloads::body(protocol, name);
    payloads::parse(protocol, &body).events().cloned().collect()
}

/// Whether `event` stops the clock of a question that it answers in its conversation.
fn stops_the_clock(event: &Event) -> bool {
    let asked_at = event.occurred_at - SignedDuration::from_mins(1);
    let author = event.counterpart.clone().unwrap_or_else(|| "somebody".to_owned());
    let question = Event {
        object: "question".to_owned(),
        side: Customer,
        author: Some(Author { id: Some(author), ..Author::default() }),
        parent: None,
        text: Some("Where is my parcel?".to_owned()),
        occurred_at: asked_at,
        ..event.clone()
    };
    let answer = Event {
        parent: Some(question.object.clone()),
        text: Some("It is on its way.".to_owned()),
        ..event.clone()
    };
    let said = |event: Event| {
        let received_at = event.occurred_at;
        Said::heard(BrandId::from("acme"), event, received_at, &HashKey::new(b"key"))
    };
    let facts = Facts { said: vec![said(question), said(answer)], ..Facts::default() };
    let now = event.occurred_at + SignedDuration::from_mins(1);
    let history = fold(&facts, &Kept::default(), REOPEN, now);
    let turn = history.turns.iter().find(|turn| turn.opener().event.object == "question");
    turn.expect("the question waits").end.is_some()
}

#[test]
fn the_brands_own_words_stop_the_clock_and_nobody_elses() {
    // who wrote it, in which body
    let table: [(Protocol, &str, &[Side]); 58] = [
        // The account that it was delivered for.
        (Facebook, "comment-reply-by-brand", &[Brand]),
        (Facebook, "comment-by-brand-under-post", &[Brand]),
        (Facebook, "comment-sender-as-number", &[Brand, Customer]), // its id as a JSON number
        (Facebook, "post-by-brand", &[Brand]),
        (Facebook, "review-answered-by-brand", &[Brand]),
        (Facebook, "message-echo", &[Brand]),
        (Facebook, "message-echo-numbers", &[Brand]), // an echo that names the page as the recipient
        (Facebook, "message-echo-by-hand", &[Brand, Brand]), // without an app; without the word that it is an echo
        (Instagram, "comment-reply-by-brand", &[Brand]),
        (Instagram, "comment-by-brand-under-media", &[Brand]),
        (Instagram, "comment-by-brand-under-its-other-id", &[Brand]),
        (Instagram, "message-echo", &[Brand]),
        (Linkedin, "comment-reply-by-brand", &[Brand]),
        (Linkedin, "comment-by-brand-without-details", &[Brand]), // by the name of the action alone
        (Linkedin, "comment-by-brand-as-a-comment", &[Brand]),
        (Threads, "reply-by-brand", &[Brand]), // by its name
        (Threads, "reply-by-brand-published", &[Brand]),
        (Threads, "post-by-brand", &[Brand]),
        (Whatsapp, "echo-from-the-app", &[Brand]),
        (Whatsapp, "echo-among-messages", &[Brand]), // by its number
        (Whatsapp, "echo-to-a-number-alone", &[Brand]),
        (X, "activity-reply-by-brand", &[Brand]),
        (X, "activity-message-by-brand", &[Brand]),
        (X, "activity-chat-by-brand", &[Brand]), // without a word that can be read
        (X, "classic-reply-by-brand", &[Brand]),
        (X, "classic-message-by-brand", &[Brand]),
        (Telegram, "group-reply-by-brand", &[Brand]),
        (Telegram, "business-message-by-the-owner", &[Brand]), // configured nowhere
        (Telegram, "business-message-by-the-owners-bot", &[Brand]),
        (Telegram, "channel-written-to-and-answering", &[Brand]),
        (Telegram, "channel-post", &[Brand]),
        (Generic, "reply-by-brand", &[Brand]), // by the sender's word
        // Another account of the brand.
        (Facebook, "comment-by-brands-other-page", &[Brand]),
        (Facebook, "mention-by-brands-other-page", &[Brand]),
        (Instagram, "comment-by-brands-other-account", &[Brand]),
        (Linkedin, "comment-by-brands-other-page", &[Brand]),
        (X, "activity-reply-by-brands-other-handle", &[Brand]),
        (X, "classic-reply-by-brands-other-handle", &[Brand]),
        (X, "classic-message-by-brands-other-handle", &[Brand]),
        (Telegram, "group-reply-in-the-channels-name", &[Brand]),
        (Generic, "side-by-configuration", &[Customer, Brand, Customer, Brand, Customer]),
        // A machine of the brand: recorded, but nobody at the brand has read anything.
        (Facebook, "message-echo-by-machine", &[Automation]),
        (Facebook, "message-standby", &[Customer, Automation]),
        (Instagram, "message-echo-by-machine", &[Automation]),
        (X, "activity-message-by-machine", &[Automation]),
        (X, "classic-message-by-machine", &[Automation]),
        (Telegram, "business-message-by-a-machine", &[Automation]),
        (Telegram, "business-message-while-away", &[Automation]),
        // Somebody else who answers a customer.
        (Facebook, "comment-reply-by-customer", &[Customer]),
        (Facebook, "comment-without-author", &[Customer]), // nobody is said
        (Instagram, "comment-reply-by-customer", &[Customer]),
        (Linkedin, "comment-reply-by-customer", &[Customer]),
        (Threads, "reply-to-a-reply", &[Customer]),
        (Whatsapp, "message-in-a-group", &[Customer]),
        (X, "activity-reply-by-customer", &[Customer]),
        (X, "classic-reply-by-customer-to-customer", &[Customer]),
        (Telegram, "group-reply-by-a-member", &[Customer]),
        (Telegram, "group-message-by-an-anonymous-administrator", &[Customer]), // of a group that is not configured
    ];
    for (protocol, name, sides) in table {
        let events = events(protocol, name);
        let got: Vec<_> = events.iter().map(|event| event.side).collect();
        assert_eq!(got, sides, "{protocol:?} {name}");
        for event in events.iter().filter(|event| event.verb == Verb::Add) {
            assert_eq!(stops_the_clock(event), event.side == Brand, "{protocol:?} {name}");
        }
    }
    for protocol in Protocol::ALL {
        let told: BTreeSet<_> = table
            .iter()
            .filter(|row| row.0 == protocol)
            .flat_map(|row| row.2)
            .map(|side| *side as u8)
            .collect();
        assert!(told.is_superset(&[Brand as u8, Customer as u8].into()), "{protocol:?}");
    }
}

#[test]
fn an_answer_meets_what_it_answers() {
    // what was said, what followed, whether they belong together
    let table = [
        (Facebook, "comment-add", "comment-reply-by-brand", true),
        (Facebook, "comment-add", "comment-by-brand-under-post", false), // to everybody
        (Facebook, "review", "review-answered-by-brand", true),
        (Facebook, "review", "review-edited-and-removed", true),
        (Facebook, "mention-in-a-comment", "mention-edited-and-removed", true),
        (Facebook, "mention-in-a-comment", "mention-in-a-post", false),
        (Facebook, "message", "message-echo", true),
        (Facebook, "message", "message-deleted", true),
        (Facebook, "message", "comment-add", false), // joined by the author, not here
        (Instagram, "comment", "comment-reply-by-brand", true),
        (Instagram, "message", "message-echo", true),
        (Linkedin, "comment", "comment-reply-by-brand", true),
        (Linkedin, "comment", "comment-its-name-written-out", true), // two spellings of one name
        (Threads, "reply", "reply-by-brand", true),
        (Whatsapp, "message", "echo-from-the-app", true),
        (Whatsapp, "message", "message-in-a-group", false),
        (X, "classic-mention", "classic-reply-by-brand", true),
        (X, "activity-message", "activity-message-by-brand", true),
        (Telegram, "message", "message-edited", true),
        (Telegram, "message", "button-pressed", true),
        (Telegram, "message", "business-message-by-the-owner", true), // the same person, to whomever they write
        (Telegram, "business-message", "business-message-by-the-owner", true),
        (Telegram, "business-message", "business-messages-deleted", true),
        (Telegram, "channel-written-to", "channel-written-to-and-answering", true),
        (Telegram, "message", "group-message", false),
        (Telegram, "group-message", "group-reply-by-brand", true),
        (Telegram, "group-message", "group-reply-in-the-channels-name", true),
        (Telegram, "group-message", "group-of-a-few", false),
        (Telegram, "group-with-topics", "group-with-topics-reply", true),
        (Telegram, "group-with-topics", "group-message", false),
        (Telegram, "channel-post", "group-message", false),
        (Generic, "comment", "reply-by-brand", true),
        (Generic, "comment", "review", false),
    ];
    let key = HashKey::new(b"key");
    let acme = BrandId::from("acme");
    for (protocol, said, followed, together) in table {
        let of = |name| -> BTreeSet<_> {
            let events = events(protocol, name).into_iter();
            events.flat_map(|event| event.conversations(&acme, &key)).collect()
        };
        let (said, follows) = (of(said), of(followed));
        assert!(!said.is_empty() && !follows.is_empty(), "{protocol:?} {followed}");
        assert_eq!(!said.is_disjoint(&follows), together, "{protocol:?} {followed}");
    }
}

#[test]
fn without_words_nothing_is_opened() {
    // what is silent, in which body
    let table = [
        (Facebook, "likes-and-reactions"),
        (Facebook, "review-liked"),
        (Facebook, "receipts-and-the-like"), // delivered, read, typing, reactions, who leads the dialogue
        (Facebook, "what-only-the-page-does"),
        (Instagram, "reactions-and-reads"),
        (Instagram, "story-figures"),
        (Linkedin, "likes"),
        (Linkedin, "share-without-words"),
        (Whatsapp, "receipts"), // sent, delivered, read, failed
        (Whatsapp, "reaction"),
        (Whatsapp, "number-changed"),
        (Whatsapp, "account-updates"),
        (X, "activity-like"),
        (X, "activity-repost"),
        (X, "activity-repost-of-brand"),
        (X, "activity-follow"),
        (X, "activity-profile"),
        (X, "activity-message-read"),
        (X, "classic-silent"), // likes, follows, blocks, mutes, typing, reads
        (X, "replay-done"),
        (Telegram, "reaction"),
        (Telegram, "button-in-a-channel"), // a vote
        (Telegram, "blocked-by-a-person"),
        (Telegram, "service-messages"),
        (Telegram, "business-connection-made"),
        (Generic, "nothing-at-all"),
    ];
    for (protocol, name) in table {
        assert_eq!(events(protocol, name), [], "{protocol:?} {name}");
    }
    // A repost beside a mention: the mention alone is left.
    let retweets = events(X, "classic-retweet");
    assert_eq!(retweets.len(), 1);
    assert_eq!(retweets[0].text.as_deref(), Some("@acme see you there. What about Saturday?"));
    // A receipt beside a message.
    assert_eq!(events(Whatsapp, "receipt-beside-a-message").len(), 1);
}
