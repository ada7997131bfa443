//! What fails on the way, and what comes of it.

use std::collections::HashMap;
use std::time::Duration;

use cloud::start::now;
use domain::fact::Reason;
use domain::platform::facebook;
use flow::ports::{Errand, List};
use heard::local::Fault;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use support::bodies::{ACME, JO, MILA, comment, comment_id, feed, reply};
use support::world::{
    AttributeValue, LEAD_WHEN_DUE, PREVIOUS_SECRET, SECRET, World, config, message, secrets,
};
use support::{eventually, until};

use crate::flow::{question, three_seconds};
use crate::told::{REMINDED, delay, mails, recipients, still};

const SOON: Duration = Duration::from_secs(20);
/// What was lost is sent again when it is ten seconds late.
const FOUND_AGAIN: Duration = Duration::from_secs(45);

/// When a question of `at` falls due: Facebook writes whole seconds.
fn due(at: Timestamp) -> Timestamp {
    Timestamp::from_second(at.as_second()).unwrap() + SignedDuration::from_secs(3)
}

/// Waits for the one mail to kim, which never comes early; returns how late it is.
async fn told(world: &World, asked_at: Timestamp, within: Duration) -> SignedDuration {
    let mails = mails(world, 1, within).await;
    assert_eq!(recipients(&mails), ["kim"]);
    let delay = delay(&mails[0], due(asked_at));
    assert!(!delay.is_negative(), "{delay:?} early");
    eprintln!("told {} ms after its moment", delay.as_millis());
    delay
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sweep_finds_what_both_queues_lost() {
    let world = three_seconds().await;
    world.stack.discard("ChecksQueue", true);
    world.stack.discard("MailsQueue", true);
    let asked_at = now();
    world.say(&question(asked_at)).await;
    still(&world, 0, due(asked_at)).await;
    world.stack.discard("ChecksQueue", false);
    world.stack.discard("MailsQueue", false);
    told(&world, asked_at, FOUND_AGAIN).await;
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sweep_finds_a_mail_that_the_queue_lost() {
    let world = three_seconds().await;
    world.stack.discard("MailsQueue", true);
    let asked_at = now();
    let conversation = world.say(&question(asked_at)).await;
    let claimed = async || world.facts(&conversation).await.notices.pop();
    eventually(SOON, "a notice", claimed).await;
    still(&world, 0, due(asked_at)).await;
    world.stack.discard("MailsQueue", false);
    told(&world, asked_at, FOUND_AGAIN).await;
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_check_that_the_stream_could_not_finish_is_made_by_the_queue() {
    let world = three_seconds().await;
    // As often as the SDK tries.
    world.stack.fail("CheckFunction", "Query", Fault::ServerError, 3);
    let asked_at = now();
    world.say(&question(asked_at)).await;
    let queued = async || world.logged("check failed; somebody else repeats it").then_some(());
    eventually(SOON, "the queue is asked", queued).await;
    told(&world, asked_at, SOON).await;
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_stream_repeats_what_neither_it_nor_the_queue_could_check() {
    let world = three_seconds().await;
    world.stack.fail("CheckFunction", "Query", Fault::Throttle, 3);
    world.stack.fail("CheckFunction", "SendMessageBatch", Fault::ServerError, 3);
    let asked_at = now();
    world.say(&question(asked_at)).await;
    told(&world, asked_at, FOUND_AGAIN).await;
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_of_the_table_that_get_lost_double_nothing() {
    let world = three_seconds().await;
    let asked_at = now();
    // The put is made and nobody hears of it: the event, the head, the claim and the head once more.
    world.stack.fail("WebhookFunction", "PutItem", Fault::LoseAnswer, 1);
    world.stack.fail("CheckFunction", "PutItem", Fault::LoseAnswer, 3);
    let conversation = world.say(&question(asked_at)).await;
    told(&world, asked_at, SOON).await;
    let facts = world.facts(&conversation).await;
    assert_eq!((facts.said.len(), facts.notices.len()), (1, 1));
    still(&world, 1, now()).await;
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn checks_at_the_same_time_lead_to_the_same_as_one() {
    let world = three_seconds().await;
    let asked_at = now();
    let conversation = world.say(&question(asked_at)).await;
    let other = feed(&[comment(2, MILA, "Mine too", asked_at)]);
    assert_ne!(world.say(&other).await, conversation);
    until(due(asked_at)).await;
    let check = || world.check(&conversation);
    tokio::join!(check(), check(), check(), check());
    let mails = mails(&world, 2, SOON).await;
    assert_eq!(recipients(&mails), ["kim", "kim"], "about Jo and about Mila");
    still(&world, 2, now()).await;
    assert_eq!(world.facts(&conversation).await.notices.len(), 1);
    let head = world.head(&conversation).await.unwrap();
    assert_eq!((head.open.len(), head.next_at), (1, Some(due(asked_at) + REMINDED)));
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_that_ses_asks_to_hold_is_postponed_not_lost() {
    let world = three_seconds().await;
    world.stack.fail("MailFunction", "SendEmail", Fault::Throttle, 1);
    let asked_at = now();
    let conversation = world.say(&question(asked_at)).await;
    let moved = async || {
        let entry = world.todo(List::Out).await.pop()?;
        (entry.at > due(asked_at) + SignedDuration::from_secs(5)).then_some(entry)
    };
    let entry = eventually(SOON, "the notice is moved", moved).await;
    assert!(matches!(&entry.what, Errand::Send(key) if key.conversation == conversation), "{entry:?}");
    let wait = entry.at.duration_since(due(asked_at));
    assert!(wait <= SignedDuration::from_secs(20), "{wait:?}");
    let notice = world.facts(&conversation).await.notices.remove(0);
    assert!(notice.is_pending());
    // A list tells whole milliseconds, never a moment before the one that is meant.
    assert_eq!(entry.at.duration_since(notice.send_after).as_millis(), 0);
    assert!(entry.at >= notice.send_after);
    assert_eq!(world.mails().len(), 0);
    mails(&world, 1, SOON).await;
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_that_ses_fails_on_is_sent_by_the_next_try_and_once() {
    let world = three_seconds().await;
    world.stack.fail("MailFunction", "SendEmail", Fault::ServerError, 1);
    let asked_at = now();
    world.say(&question(asked_at)).await;
    told(&world, asked_at, FOUND_AGAIN).await;
    still(&world, 1, now()).await;
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_whose_receipt_gets_lost_is_doubled_at_most() {
    let world = three_seconds().await;
    world.stack.fail("MailFunction", "SendEmail", Fault::LoseAnswer, 1);
    let asked_at = now();
    let conversation = world.say(&question(asked_at)).await;
    // SES took it, nobody knows: told twice rather than never.
    let sent = async || world.facts(&conversation).await.notices.first()?.sent.clone();
    eventually(FOUND_AGAIN, "the notice is marked", sent).await;
    assert_eq!(recipients(&world.mails()), ["kim", "kim"]);
    let [first, second] = &world.mails()[..] else { panic!("two mails") };
    assert_eq!(first.subject, second.subject);
    assert_ne!(first.tags["mail"], second.tags["mail"], "each has a name of its own");
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn messages_that_cannot_be_read_go_back_and_their_neighbours_are_done() {
    let world = three_seconds().await;
    let check = |v: u16| json!({ "v": v, "conversation": format!("CONVERSATION{v}") }).to_string();
    let tell = |v: u16| json!({ "v": v, "person": "kim", "notices": [] }).to_string();
    for (function, good, newer) in [("CheckFunction", check(1), check(2)), ("MailFunction", tell(1), tell(2))]
    {
        let records =
            [message("odd", "{}"), message("newer", &newer), message("good", &good), message("none", "")];
        let event = json!({ "Records": records }).to_string();
        let answer: Value =
            serde_json::from_slice(&world.stack.invoke(function, event).await.unwrap()).unwrap();
        let failed = answer["batchItemFailures"].as_array().unwrap();
        let mut failed: Vec<_> = failed.iter().map(|one| one["itemIdentifier"].as_str().unwrap()).collect();
        failed.sort_unstable();
        assert_eq!(failed, ["newer", "none", "odd"], "{function}");
    }
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_waits_is_told_about_though_everything_stopped_in_between() {
    let world = World::kept(&config("3s", &[LEAD_WHEN_DUE])).await;
    let asked_at = now();
    let conversation = world.say(&question(asked_at)).await;
    eventually(SOON, "a head", async || world.head(&conversation).await.map(drop)).await;
    let world = world.restart().await;
    told(&world, asked_at, FOUND_AGAIN).await;
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_notice_that_nobody_got_is_dropped_when_the_answer_comes() {
    let world = three_seconds().await;
    world.stack.discard("MailsQueue", true);
    let asked_at = now();
    let conversation = world.say(&question(asked_at)).await;
    let claimed = async || world.facts(&conversation).await.notices.pop();
    eventually(SOON, "a notice", claimed).await;
    world.say(&feed(&[reply(2, &comment_id(1), ACME, "On its way!", now())])).await;
    let dropped = async || world.facts(&conversation).await.notices.pop()?.dropped;
    let dropped = eventually(SOON, "the notice is dropped", dropped).await;
    assert_eq!(dropped.reason, Reason::Answered);
    world.stack.discard("MailsQueue", false);
    // Later than the sweep would send it again.
    still(&world, 0, due(asked_at) + SignedDuration::from_secs(12)).await;
    assert!(world.todo(List::Out).await.is_empty() && world.todo(List::Due).await.is_empty());
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_head_of_another_form_and_a_fact_that_is_none_stop_nothing() {
    let world = three_seconds().await;
    let asked_at = now();
    let conversation = world.say(&question(asked_at)).await;
    eventually(SOON, "a head", async || world.head(&conversation).await.map(drop)).await;
    let item = |sk: &str, form: &str| {
        let text = |text: String| AttributeValue::S(text);
        HashMap::from([
            ("pk".to_owned(), text(format!("CONV#{conversation}"))),
            ("sk".to_owned(), text(sk.to_owned())),
            ("v".to_owned(), AttributeValue::N(form.to_owned())),
            ("version".to_owned(), AttributeValue::N("7".to_owned())),
        ])
    };
    world.put(item("HEAD", "99")).await;
    world.put(item("20251009#EVENT#NOBODY#add#-", "1")).await;
    told(&world, asked_at, SOON).await;
    let head = world.head(&conversation).await.unwrap();
    assert_eq!((head.version, head.open.len()), (8, 1));
    assert!(world.metric("FactUnreadable") >= 1);
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_that_was_rotated_is_believed_within_a_minute() {
    let world = three_seconds().await;
    let body = feed(&[comment(1, JO, "Where is my parcel?", now())]);
    let signed = async |secret: &str| {
        let signature = facebook::sign(secret.as_bytes(), body.as_bytes());
        world.post(&body, &[("x-hub-signature-256", &signature)]).await.status
    };
    assert_eq!(signed(SECRET).await, 200);
    let reads = || world.stack.calls().to("WebhookFunction", "GetSecretValue");
    assert_eq!(reads(), 1);

    world.stack.replace_secrets(secrets("test-app-secret-after", SECRET));
    for _ in 0..20 {
        assert_eq!(signed("nobody's").await, 401);
    }
    assert_eq!(reads(), 1, "strangers cannot make us read the secrets again and again");

    let taken = async || {
        tokio::time::sleep(Duration::from_secs(1)).await;
        (signed("test-app-secret-after").await == 200).then_some(())
    };
    eventually(Duration::from_secs(90), "the new secret is believed", taken).await;
    assert_eq!((signed(SECRET).await, signed(PREVIOUS_SECRET).await), (200, 401));
    assert_eq!(reads(), 2);
    world.stop().await;
}
