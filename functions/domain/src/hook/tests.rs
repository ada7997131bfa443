//! Requests of each format, as their receivers get them.

use insta::assert_snapshot;
use serde_json::Value;

use super::*;
use crate::decide::{Telling, decide, tellings};
use crate::fact::{Purpose, Sent};
use crate::id::{BrandId, ConversationId};
use crate::run::run;
use crate::story::{CONFIG, at, configs, facts, folded};

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const OTHER: &str = "whsec_dGhpcyBpcyBhIHNlY3JldCBvZiAzMiBieXRlcyE=";
const QUESTION: &str = "09:00 maria says c1: Where is <my> [parcel](https://evil.example) & *why*?";

fn webhook(format: Format) -> Webhook {
    let secret = format.needs_secret().then(|| "pager".to_owned());
    Webhook { url: "https://hooks.acme.example/heard".to_owned(), secret, format }
}

/// Plays a story at each moment, as if all that is claimed was sent at once, and returns what the last notice becomes.
fn posts(lines: &str, moments: &[&str], secrets: &[&str], format: Format) -> Vec<(Purpose, Post)> {
    let all = facts(lines);
    let configs = configs(&[&CONFIG.replace(
        "[person.kim]",
        "[person.kim]\nwebhook = { url = \"https://hooks.acme.example/heard\", secret = \"pager\" }",
    )]);
    let conversation = ConversationId::from("ABCDEFGHIJKLMNOPQRSTUVWXYZ");
    let (mut sent, mut posts) = (Vec::new(), Vec::new());
    for now in moments.iter().map(|moment| at(moment)) {
        let mut known = all.clone();
        known.said.retain(|said| said.received_at <= now);
        known.actions.retain(|action| action.at <= now);
        known.notices.clone_from(&sent);
        let history = folded(&known, now);
        for mut notice in decide(&conversation, None, &known, &history, &configs, now).unwrap().claim {
            let (tellings, untold) = tellings(&history, &known, vec![notice.clone()]);
            assert_eq!(untold, []);
            let Telling { turn, notices, told } = &tellings[0];
            let run = run(turn, &BrandId::from("acme"), &configs, now).unwrap();
            let person = &run.config.people[&notice.key.person];
            if person.webhook_for(notice.key.channel).is_some() {
                let turns = &history.turns;
                let letter = Letter {
                    conversation: &conversation,
                    turn,
                    turns,
                    run: &run,
                    notices,
                    told,
                    person,
                    now,
                };
                let post = Post::write(&letter, &webhook(format), &id(notices), secrets).unwrap();
                posts.push((notice.key.purpose, post));
            }
            notice.sent = Some(Sent { at: now, mail: format!("mail {}", sent.len()) });
            sent.push(notice);
        }
    }
    posts
}

fn last(lines: &str, moments: &[&str], format: Format) -> Post {
    let key = if format == Format::Pagerduty { "R0123456789ABCDEF0123456789ABCDE" } else { SECRET };
    posts(lines, moments, &[key], format).pop().unwrap().1
}

fn pretty(post: &Post) -> String {
    let body: Value = serde_json::from_str(&post.body).unwrap();
    serde_json::to_string_pretty(&body).unwrap()
}

#[test]
fn a_tool_of_ones_own_gets_everything() {
    assert_snapshot!(pretty(&last(QUESTION, &["10:00"], Format::Standard)));
    let answered = format!("{QUESTION}\n10:20 brand says c2 > c1: On its way.");
    assert_snapshot!(pretty(&last(&answered, &["10:00", "10:20"], Format::Standard)));
}

#[test]
fn a_chat_shows_the_text_and_nothing_foreign_becomes_a_link() {
    assert_snapshot!(pretty(&last(QUESTION, &["10:00"], Format::Slack)));
    let card = pretty(&last(QUESTION, &["10:00"], Format::Teams));
    assert!(!card.contains("\"TextBlock\""), "it knows Markdown");
    assert_snapshot!(card);
}

#[test]
fn an_incident_is_opened_acknowledged_and_resolved_under_one_key() {
    let lines = format!("{QUESTION}\n10:10 lee acks c1\n10:20 brand says c2 > c1: On its way.");
    let posts = posts(&lines, &["10:00", "10:10", "10:20"], &["R0"], Format::Pagerduty);
    let events = posts.iter().map(|(_, post)| {
        let body: Value = serde_json::from_str(&post.body).unwrap();
        assert_eq!((post.headers.len(), &body["routing_key"]), (0, &Value::from("R0")));
        format!("{} {} {}", body["event_action"], body["dedup_key"], body["payload"]["severity"])
    });
    assert_snapshot!(events.collect::<Vec<_>>().join("\n"));
    assert_snapshot!(pretty(&last(QUESTION, &["10:00"], Format::Pagerduty)));
}

#[test]
fn what_was_written_in_private_goes_nowhere() {
    for format in Format::ALL {
        let post = last("09:00 maria says m1 private: My card is 4711", &["10:00"], format);
        assert!(!post.body.contains("4711") && post.body.contains("Maria"), "{}", post.body);
    }
}

#[test]
fn each_secret_signs_so_that_the_receiver_may_change_to_the_new_one() {
    let post = posts(QUESTION, &["10:00"], &[SECRET, OTHER], Format::Standard).pop().unwrap().1;
    let header =
        |name: &str| post.headers.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_str());
    for secret in [SECRET, OTHER] {
        let verified = generic::verify(secret.as_bytes(), post.body.as_bytes(), header, at("10:00"));
        assert_eq!(verified, Ok(()));
    }
    let stranger = "whsec_c29tZWJvZHkgZWxzZSdzIHNlY3JldCBvZiBieXRlcw==";
    assert!(generic::verify(stranger.as_bytes(), post.body.as_bytes(), header, at("10:00")).is_err());
    assert!(generic::verify(SECRET.as_bytes(), b"{}", header, at("10:00")).is_err());
}

#[test]
fn the_same_notices_are_the_same_message_whenever_they_are_sent() {
    let id = |now: &str| {
        let post = last(QUESTION, &[now], Format::Standard);
        post.headers.iter().find(|(name, _)| *name == generic::ID).unwrap().1.clone()
    };
    assert_eq!(id("10:00"), id("10:05"));
    let others = last(QUESTION, &["10:00", "10:31"], Format::Standard);
    assert!(others.headers.contains(&(generic::ID, id("10:00"))), "nothing is claimed twice");
}

#[test]
fn without_the_secret_it_names_nothing_is_sent() {
    let all = facts(QUESTION);
    let (configs, now) = (configs(&[CONFIG]), at("10:00"));
    let history = folded(&all, now);
    let turn = &history.turns[0];
    let run = run(turn, &BrandId::from("acme"), &configs, now).unwrap();
    let conversation = ConversationId::from("ABCDEFGHIJKLMNOPQRSTUVWXYZ");
    let notices = decide(&conversation, None, &all, &history, &configs, now).unwrap().claim;
    let person = &run.config.people[&notices[0].key.person];
    let (notices, told) = (&notices[..1], &[][..]);
    let turns = &history.turns;
    let letter = Letter { conversation: &conversation, turn, turns, run: &run, notices, told, person, now };
    let named = |format| Webhook { secret: Some("pager".to_owned()), ..webhook(format) };
    let open = |format| Webhook { secret: None, ..webhook(format) };
    // webhook, values of its secret, what comes of it
    let table = [
        (named(Format::Standard), &[][..], Some(Unwritable::NoSecret)),
        (open(Format::Standard), &[], Some(Unwritable::NoSecret)),
        (named(Format::Slack), &[], Some(Unwritable::NoSecret)),
        (open(Format::Slack), &[], None),
        (open(Format::Teams), &[], None),
        (named(Format::Pagerduty), &[], Some(Unwritable::NoSecret)),
        (named(Format::Pagerduty), &["R0"], None),
        (named(Format::Standard), &[SECRET], None),
    ];
    for (webhook, secrets, error) in table {
        assert_eq!(Post::write(&letter, &webhook, "msg_1", secrets).err(), error, "{webhook:?} {secrets:?}");
    }
    let bad = Post::write(&letter, &named(Format::Standard), "msg_1", &["no secret at all!"]);
    assert!(matches!(bad, Err(Unwritable::Unusable(_))), "{bad:?}");
}
