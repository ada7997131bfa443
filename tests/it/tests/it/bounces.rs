//! Mails that do not arrive: whoever is next is told at once, the administrator hears of it, and nobody is written to
//! again at an address that is known to be bad.

use std::time::Duration;

use cloud::start::now;
use domain::fact::{Cause, Failed, address};
use domain::id::PersonId;
use flow::ports::{List, Table, Unreachable};
use heard::local::{Kill, Mail};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use support::bodies::{JO, MILA, comment, feed};
use support::world::{AttributeValue, World, config, message};
use support::{eventually, until};

use crate::flow::{question, seconds, written};
use crate::told::{assert_in_time, mails, person, purposes, recipients};

/// What is promised comes within this time, or not at all.
const SOON: Duration = Duration::from_secs(20);

/// Everybody of the first level is one person whom mail does not reach; the next level would be told in an hour.
const STEPS: [&str; 2] = [r#"{ at = "1s", to = "lead" }"#, r#"{ at = "due", to = "manager" }"#];

/// A world in which the lead is written to at this address of SES's simulator, and lee is the administrator.
async fn world(lead: &str) -> World {
    World::start(&at_address(lead)).await
}

fn at_address(lead: &str) -> String {
    let text = config("60m", &STEPS).replace("to = [\"ash\"]", "to = [\"lee\"]");
    let changed = text.replace("kim@acme.example", lead);
    assert!(text != changed || lead == "kim@acme.example");
    changed
}

fn sent_at(mail: &Mail) -> Timestamp {
    mail.sent_at.parse().unwrap()
}

fn kim() -> PersonId {
    PersonId::from("kim")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hard_bounce_at_level_1_leads_to_the_next_levels_mail_within_two_seconds() {
    let world = world("bounce@simulator.amazonses.com").await;
    let conversation = world.say(&question(now())).await;
    let all = mails(&world, 3, SOON).await;
    assert_eq!(recipients(&all)[0], "bounce");
    let next = all.iter().find(|mail| person(mail) == "ash").unwrap();
    assert_in_time(next, sent_at(&all[0]));
    assert!(next.text.contains("Step 1 was skipped: nobody was reachable."), "{}", next.text);
    assert!(next.text.contains("kim (lead), not reached by mail"), "{}", next.text);
    let report = all.iter().find(|mail| person(mail) == "lee").unwrap();
    assert_eq!(report.headers["X-Purpose"], "unreachable");
    assert!(report.subject.starts_with("Not reached by mail: kim ["), "{}", report.subject);
    assert!(report.text.contains("the mail came back"), "{}", report.text);
    assert!(!report.text.contains("simulator"), "an address stands in no mail: {}", report.text);

    let notices = world.facts(&conversation).await.notices;
    let failed: Vec<&Failed> = notices.iter().filter_map(|notice| notice.failed.as_ref()).collect();
    let bad = address("bounce@simulator.amazonses.com");
    assert_eq!(
        failed.iter().map(|it| (it.cause, it.known, &it.address)).collect::<Vec<_>>(),
        [(Cause::Bounced, false, &bad)]
    );
    let state = world.cloud.person(&kim()).await.unwrap();
    assert_eq!(state.unreachable.map(|it| (it.cause, it.address)), Some((Cause::Bounced, bad)));
    assert_eq!(world.metric("MailFailed"), 1);
    assert!(world.todo(List::Out).await.is_empty());
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_known_to_be_unreachable_is_passed_over_until_the_mark_is_cleared_or_the_address_changes() {
    let world = world("suppressionlist@simulator.amazonses.com").await;
    world.say(&question(now())).await;
    let first = purposes(&mails(&world, 3, SOON).await);
    assert_eq!(first[0], "suppressionlist step");

    // Somebody else asks: nothing goes to kim, and the next level hears of it in time all the same.
    let asked_at = now();
    world.say(&feed(&[comment(7, MILA, "Do you ship to Malta?", asked_at)])).await;
    let all = mails(&world, 4, SOON).await;
    assert_eq!(purposes(&all)[3..], ["ash step"], "and the administrator knows");
    assert_in_time(&all[3], written(asked_at) + seconds(1));

    // The runbook's way for an address that is good again.
    clear(&world).await;
    world.say(&feed(&[comment(8, JO, "And to Gozo?", now())])).await;
    let all = mails(&world, 7, SOON).await;
    assert_eq!(recipients(&all).iter().filter(|name| **name == "suppressionlist").count(), 2);

    // A corrected address counts at once.
    eventually(SOON, "the push is taken", async || {
        world.cloud.push(&at_address("kim@acme.example"), cloud::settings::Terms::default()).await.ok()
    })
    .await;
    // A function remembers a configuration for a minute, but not while it knows only an address that is bad.
    let asked_at = now();
    world.say(&feed(&[comment(9, MILA, "And to Comino?", asked_at)])).await;
    let all = mails(&world, 8, SOON).await;
    assert_eq!(purposes(&all)[7..], ["kim step"]);
    assert_in_time(&all[7], written(asked_at) + seconds(1));
    world.stop().await;
}

/// Does to the table what `infra/runbooks/bounces.md` says.
async fn clear(world: &World) {
    let page =
        std::fs::read_to_string(crate::command_line::root().join("infra/runbooks/bounces.md")).unwrap();
    assert!(page.contains("--update-expression 'REMOVE unreachable'"), "{page}");
    assert!(page.contains(r#"{"pk":{"S":"PERSON#dana"},"sk":{"S":"STATE"}}"#), "{page}");
    let key = |name: &str, value: &str| (name.to_owned(), AttributeValue::S(value.to_owned()));
    let key = [key("pk", "PERSON#kim"), key("sk", "STATE")].into();
    world.change(key, "REMOVE unreachable").await;
    assert_eq!(world.cloud.person(&kim()).await.unwrap().unreachable, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_complains_is_not_written_to_again_and_the_administrator_is_asked_to_ask() {
    let world = world("complaint@simulator.amazonses.com").await;
    world.say(&question(now())).await;
    let all = mails(&world, 3, SOON).await;
    let report = all.iter().find(|mail| person(mail) == "lee").unwrap();
    assert!(report.text.contains("marked as spam") && report.text.contains("Ask them"), "{}", report.text);
    let complained = world.cloud.person(&kim()).await.unwrap().unreachable;
    assert!(matches!(complained, Some(Unreachable { cause: Cause::Complained, .. })), "{complained:?}");
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_check_that_the_queue_loses_is_found_by_the_sweep() {
    let world = world("bounce@simulator.amazonses.com").await;
    world.say(&question(now())).await;
    eventually(SOON, "the first mail", async || (!world.mails().is_empty()).then_some(())).await;
    world.stack.discard("ChecksQueue", true);
    let failed = async || (world.metric("MailFailed") > 0).then_some(());
    eventually(SOON, "the report is taken", failed).await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    world.stack.discard("ChecksQueue", false);
    let all = mails(&world, 3, SOON).await;
    assert!(recipients(&all).contains(&"ash"));
    world.stop().await;
}

/// The calls of a report that somebody is not reached: what the mail told, the person, the mark at the notice, the
/// person's, the head, the check.
const CALLS: usize = 6;

#[tokio::test(flavor = "multi_thread")]
async fn killed_before_and_after_each_of_its_calls_the_next_level_is_told() {
    for nth in 1..=CALLS {
        for kill in [Kill::Before, Kill::After] {
            let world = world("bounce@simulator.amazonses.com").await;
            world.set_visibility("ReportsQueue", Duration::from_secs(1)).await;
            let killing = world.stack.kill("FeedbackFunction", nth, kill);
            world.say(&question(now())).await;
            let all = mails(&world, 3, Duration::from_secs(40)).await;
            assert!(killing.hit().is_some(), "{kill:?} call {nth} is made");
            let mut told = purposes(&all);
            told.sort_unstable();
            assert_eq!(told, ["ash step", "bounce step", "lee unreachable"], "{kill:?} call {nth}");
            eventually(SOON, "nothing is left to send", async || {
                world.todo(List::Out).await.is_empty().then_some(())
            })
            .await;
            world.stop().await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_report_stays_on_the_queue_and_what_asks_for_nothing_is_done() {
    let world = World::quiet().await;
    let event = |kind: &str, mail: &str| {
        let mail = json!({"destination": ["kim@acme.example"], "tags": {"mail": [mail]}});
        let bounce = json!({"bounceType": "Permanent"});
        json!({"detail-type": kind, "source": "aws.ses", "detail": {"mail": mail, "bounce": bounce}})
            .to_string()
    };
    let records = [
        message("no JSON", "bounce!"),
        message("no event", "{}"),
        message("sent", &event("Email Sent", "a")),
        message("late", &event("Email Delivery Delayed", "a")),
        message("of tomorrow", &event("Email Framed", "a")),
        message("of a mail that nobody knows", &event("Email Bounced", "a")),
    ];
    let answer =
        world.stack.invoke("FeedbackFunction", json!({"Records": records}).to_string()).await.unwrap();
    let answer: Value = serde_json::from_slice(&answer).unwrap();
    let stays = |name: &str| json!({"itemIdentifier": name});
    assert_eq!(answer["batchItemFailures"], json!([stays("no JSON"), stays("no event")]));
    let counted = async || {
        let counts = (world.metric("ReportIgnored"), world.metric("MailDelayed"), world.metric("MailFailed"));
        (counts == (3, 1, 0)).then_some(())
    };
    eventually(SOON, "they are counted", counted).await;
    until(now() + SignedDuration::from_millis(100)).await;
    assert!(!world.logged("kim@acme"), "no address is logged");
    world.stop().await;
}
